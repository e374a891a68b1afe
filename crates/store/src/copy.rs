//! A dump of every table in one snapshot, which either engine can load: the backup of a
//! PostgreSQL database, and the way from SQLite to PostgreSQL.
//!
//! It is text, one JSON object in a line: first the migrations that made the schema, then the
//! rows, last their number, so that a dump that was cut off is noticed. What one engine keeps for
//! itself (a search index) is left out; whoever owns it builds it again.

use std::{
    collections::{BTreeMap, HashMap},
    io::{BufRead, Write},
};

use serde::{Deserialize, Serialize};

use crate::{Db, Error, Result, Row, Tx, Value, args, hexadecimal, sql, sql::Text};

/// Rows are read and written in portions of this many.
const PORTION: usize = 500;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// Name and checksum of every migration.
    Migrations(BTreeMap<String, String>),
    Row {
        table: String,
        values: BTreeMap<String, Cell>,
    },
    End {
        rows: u64,
    },
}

/// A value in JSON. SQLite knows a UUID only as its bytes, so both are bytes here. Floats are
/// texts, because a JSON number may lose the last bit.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Float(String),
    Text(String),
    Bytes(String),
}

/// What [`load`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Rows written.
    pub rows: u64,
    /// Tables of the dump that only the other engine has; their rows were left out.
    pub skipped: Vec<String>,
}

/// Writes every row of one snapshot to `out`; returns `out` and the number of rows.
pub async fn dump<W: Write + Send + 'static>(db: &Db, mut out: W) -> Result<(W, u64)> {
    db.read_long(|tx| async move {
        let rows = dump_to(&tx, &mut out).await?;
        out.flush()?;
        Ok((out, rows))
    })
    .await
}

/// Reads a dump into a new database: its schema was made by the same migrations and it has no
/// rows yet. All of it is loaded or nothing.
pub async fn load<R: BufRead + Send + 'static>(db: &Db, input: R) -> Result<Loaded> {
    Ok(db.write(|tx| async move { load_from(&tx, input).await }).await?.value)
}

// ------------------------------------------------------------------ writing

async fn dump_to(tx: &Tx, out: &mut (impl Write + Send)) -> Result<u64> {
    write_line(out, &Line::Migrations(migrations(tx).await?))?;
    let mut rows = 0;
    for table in tables(tx).await? {
        rows += dump_table(tx, &table, out).await?;
    }
    write_line(out, &Line::End { rows })?;
    Ok(rows)
}

async fn dump_table(tx: &Tx, table: &Table, out: &mut (impl Write + Send)) -> Result<u64> {
    let mut rows = 0;
    let mut last = Vec::new();
    loop {
        let portion = tx.all_text(Text::made(&table.portion(!last.is_empty())?), &last).await?;
        for row in &portion {
            write_line(out, &table.line(row)?)?;
        }
        rows += portion.len() as u64;
        match portion.last() {
            Some(row) if portion.len() == PORTION => last = table.key(row)?,
            _ => return Ok(rows),
        }
    }
}

fn write_line(out: &mut impl Write, line: &Line) -> Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    Ok(out.write_all(b"\n")?)
}

// ------------------------------------------------------------------ reading

async fn load_from(tx: &Tx, input: impl BufRead + Send) -> Result<Loaded> {
    let tables: HashMap<String, Table> =
        tables(tx).await?.into_iter().map(|table| (table.name.clone(), table)).collect();
    for table in tables.values() {
        refuse_rows(tx, table).await?;
    }
    let keys = suspend_foreign_keys(tx).await?;
    let loaded = load_lines(tx, &tables, input).await?;
    resume_foreign_keys(tx, keys).await?;
    Ok(loaded)
}

async fn load_lines(tx: &Tx, tables: &HashMap<String, Table>, input: impl BufRead + Send) -> Result<Loaded> {
    let mut loaded = Loaded::default();
    let mut seen = 0;
    let mut lines = input.lines();
    match next_line(&mut lines)? {
        Line::Migrations(made_by) if made_by == migrations(tx).await? => {}
        Line::Migrations(_) => {
            return Err(Error::Dump("it is of another version of the program than this database".to_owned()));
        }
        _ => return Err(Error::Dump("it does not begin with its migrations".to_owned())),
    }
    loop {
        match next_line(&mut lines)? {
            Line::Row { table: name, values } => {
                seen += 1;
                if let Some(table) = tables.get(&name) {
                    insert(tx, table, values).await?;
                    loaded.rows += 1;
                } else if !loaded.skipped.contains(&name) {
                    loaded.skipped.push(name);
                }
            }
            Line::End { rows } if rows == seen => return Ok(loaded),
            Line::End { rows } => return Err(Error::Dump(format!("it has {seen} of {rows} rows"))),
            Line::Migrations(_) => return Err(Error::Dump("it begins twice".to_owned())),
        }
    }
}

fn next_line(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> Result<Line> {
    let line = lines.next().ok_or_else(|| Error::Dump("it was cut off".to_owned()))??;
    serde_json::from_str(&line).map_err(|error| Error::Dump(error.to_string()))
}

/// Columns that only the other engine has are left out.
async fn insert(tx: &Tx, table: &Table, mut values: BTreeMap<String, Cell>) -> Result<()> {
    let (mut columns, mut parameters, mut args) = (Vec::new(), Vec::new(), Vec::new());
    for column in &table.columns {
        if let Some(cell) = values.remove(&column.name) {
            args.push(cell.value()?);
            columns.push(quoted(&column.name)?);
            parameters.push(format!("${}", args.len()));
        }
    }
    let (name, columns, parameters) = (quoted(&table.name)?, columns.join(", "), parameters.join(", "));
    tx.run_text(Text::made(&format!("INSERT INTO {name} ({columns}) VALUES ({parameters})")), &args).await?;
    Ok(())
}

async fn refuse_rows(tx: &Tx, table: &Table) -> Result<()> {
    let text = format!("SELECT 1 AS found FROM {} LIMIT 1", quoted(&table.name)?);
    if tx.all_text(Text::made(&text), &[]).await?.is_empty() {
        Ok(())
    } else {
        Err(Error::Dump(format!("{} has rows; a dump is loaded into a new database", table.name)))
    }
}

/// Rows come in any order, also those that point at later ones. SQLite checks the keys at the
/// commit; on PostgreSQL they are taken away and made again, which checks them as well. Returns
/// the statements that make them.
async fn suspend_foreign_keys(tx: &Tx) -> Result<Vec<String>> {
    if tx.is_sqlite() {
        tx.all(sql!(sqlite: "PRAGMA defer_foreign_keys = ON"), args![]).await?;
        return Ok(Vec::new());
    }
    let found = tx
        .all(
            sql!(postgres:
                "SELECT CAST(CAST(conrelid AS regclass) AS TEXT) AS place, quote_ident(conname) AS name,
                        pg_get_constraintdef(oid) AS definition
                 FROM pg_constraint
                 WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)"
            ),
            args![],
        )
        .await?;
    let mut again = Vec::new();
    for row in found {
        let place: String = row.get("place")?;
        let (name, definition): (String, String) = (row.get("name")?, row.get("definition")?);
        tx.run_text(Text::made(&format!("ALTER TABLE {place} DROP CONSTRAINT {name}")), &[]).await?;
        again.push(format!("ALTER TABLE {place} ADD CONSTRAINT {name} {definition}"));
    }
    Ok(again)
}

async fn resume_foreign_keys(tx: &Tx, again: Vec<String>) -> Result<()> {
    if tx.is_sqlite() {
        let dangling = tx
            .one(sql!(sqlite: "SELECT COUNT(*) AS dangling FROM pragma_foreign_key_check"), args![])
            .await?;
        return match dangling.get::<i64>("dangling")? {
            0 => Ok(()),
            rows => Err(Error::ForeignKey(format!("{rows} rows of the dump point nowhere"))),
        };
    }
    for statement in again {
        tx.run_text(Text::made(&statement), &[]).await?;
    }
    Ok(())
}

// ------------------------------------------------------------------ the catalog

struct Table {
    name: String,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    is_boolean: bool,
    /// Place in the primary key, from 1; 0 outside of it.
    key_place: i64,
}

impl Table {
    /// The next rows in the order of the primary key, those after a key if `after`.
    fn portion(&self, after: bool) -> Result<String> {
        let columns = self.columns.iter().map(|column| quoted(&column.name));
        let columns = columns.collect::<Result<Vec<_>>>()?.join(", ");
        let table = quoted(&self.name)?;
        let key = self.key_columns();
        if key.is_empty() {
            return Err(Error::Dump(format!("{} has no primary key", self.name)));
        }
        let parameters: Vec<_> = (1..=key.len()).map(|number| format!("${number}")).collect();
        let key = key.iter().map(|column| quoted(&column.name)).collect::<Result<Vec<_>>>()?.join(", ");
        let condition =
            if after { format!("WHERE ({key}) > ({}) ", parameters.join(", ")) } else { String::new() };
        Ok(format!("SELECT {columns} FROM {table} {condition}ORDER BY {key} LIMIT {PORTION}"))
    }

    fn key_columns(&self) -> Vec<&Column> {
        let mut key: Vec<&Column> = self.columns.iter().filter(|column| column.key_place > 0).collect();
        key.sort_by_key(|column| column.key_place);
        key
    }

    fn key(&self, row: &Row) -> Result<Vec<Value>> {
        self.key_columns().iter().map(|column| row.get(&column.name)).collect()
    }

    fn line(&self, row: &Row) -> Result<Line> {
        let values = self.columns.iter().map(|column| {
            let value = match row.get(&column.name)? {
                Value::Int(_) if column.is_boolean => Value::Bool(row.get(&column.name)?),
                value => value,
            };
            Ok((column.name.clone(), Cell::of(value)))
        });
        Ok(Line::Row { table: self.name.clone(), values: values.collect::<Result<_>>()? })
    }
}

async fn migrations(tx: &Tx) -> Result<BTreeMap<String, String>> {
    let rows = tx.all(sql!("SELECT name, checksum FROM migrations"), args![]).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("checksum")?))).collect()
}

/// Every ordinary table: no views, no search index.
async fn tables(tx: &Tx) -> Result<Vec<Table>> {
    let list = tx.pick(
        sql!(sqlite:
            "SELECT name FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND substr(name, 1, 7) <> 'sqlite_' AND name <> 'migrations'
             ORDER BY name"
        ),
        sql!(postgres:
            "SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables
             WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> 'migrations'
             ORDER BY 1"
        ),
    );
    let mut tables = Vec::new();
    for row in tx.all(list, args![]).await? {
        let name: String = row.get("name")?;
        let columns = columns(tx, &name).await?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

/// The columns that a row is written with: none that the engine computes, no search vectors.
async fn columns(tx: &Tx, table: &str) -> Result<Vec<Column>> {
    let list = tx.pick(
        sql!(sqlite:
            "SELECT name, type = 'BOOLEAN' AS is_boolean, pk AS key_place
             FROM pragma_table_xinfo($1) WHERE hidden = 0 ORDER BY cid"
        ),
        sql!(postgres:
            "SELECT CAST(attribute.attname AS TEXT) AS name,
                    attribute.atttypid = CAST('boolean' AS regtype) AS is_boolean,
                    COALESCE(array_position(CAST(primary_key.conkey AS SMALLINT[]), attribute.attnum), 0) AS key_place
             FROM pg_attribute AS attribute
             JOIN pg_class AS class ON class.oid = attribute.attrelid
             LEFT JOIN pg_constraint AS primary_key
                 ON primary_key.conrelid = class.oid AND primary_key.contype = 'p'
             WHERE class.relnamespace = CAST(current_schema() AS regnamespace)
               AND CAST(class.relname AS TEXT) = $1 AND class.relkind = 'r'
               AND attribute.attnum > 0 AND NOT attribute.attisdropped AND attribute.attgenerated = ''
               AND attribute.atttypid <> CAST('tsvector' AS regtype)
             ORDER BY attribute.attnum"
        ),
    );
    let rows = tx.all(list, args![table]).await?;
    rows.iter()
        .map(|row| {
            Ok(Column {
                name: row.get("name")?,
                is_boolean: row.get("is_boolean")?,
                key_place: row.get("key_place")?,
            })
        })
        .collect()
}

/// A name from the catalog as part of a statement.
fn quoted(name: &str) -> Result<String> {
    if name.contains(['"', '\0']) {
        return Err(Error::Dump(format!("{name:?} is no name of a table or column")));
    }
    Ok(format!("\"{name}\""))
}

// ------------------------------------------------------------------ values

impl Cell {
    fn of(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(truth),
            Value::Int(number) => Self::Int(number),
            Value::Float(number) => Self::Float(number.to_string()),
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Bytes(hexadecimal::write(&bytes)),
            Value::Uuid(uuid) => Self::Bytes(hexadecimal::write(uuid.as_bytes())),
        }
    }

    fn value(self) -> Result<Value> {
        Ok(match self {
            Self::Null => Value::Null,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Int(number) => Value::Int(number),
            Self::Float(text) => {
                Value::Float(text.parse().map_err(|_| Error::Dump(format!("{text} is no number")))?)
            }
            Self::Text(text) => Value::Text(text),
            Self::Bytes(digits) => Value::Bytes(
                hexadecimal::read(&digits).ok_or_else(|| Error::Dump("bytes that are none".to_owned()))?,
            ),
        })
    }
}
