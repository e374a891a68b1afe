//! Brings the schema up to date: forward only, checksummed, under a lock, all that is missing in
//! one transaction.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use crate::{Error, Result, Value, hexadecimal, postgres::Lease, sql, sqlite};

/// A step of the schema. It is never edited once it has run anywhere: its checksum is kept.
///
/// A line `-- sqlite`, `-- postgres` or `-- common` by itself starts a part for that engine or
/// for both. `{uuid}`, `{bytes}` and `{json}` stand for the engine's types.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its name, unique among all: `people-0002`.
    pub name: &'static str,
    /// The text of the file.
    pub sql: &'static str,
}

impl Migration {
    fn checksum(&self) -> String {
        hexadecimal::write(&Sha256::digest(self.sql))
    }

    fn script(&self, engine: Engine) -> String {
        let mut script = String::with_capacity(self.sql.len());
        let mut wanted = true;
        for line in self.sql.lines() {
            match line.trim() {
                "-- common" => wanted = true,
                "-- sqlite" => wanted = engine == Engine::Sqlite,
                "-- postgres" => wanted = engine == Engine::Postgres,
                _ if wanted => {
                    script.push_str(line);
                    script.push('\n');
                }
                _ => {}
            }
        }
        let (uuid, bytes) = match engine {
            Engine::Sqlite => ("BLOB", "BLOB"),
            Engine::Postgres => ("UUID", "BYTEA"),
        };
        script.replace("{uuid}", uuid).replace("{bytes}", bytes).replace("{json}", "TEXT")
    }

    fn error(&self, problem: impl ToString) -> Error {
        Error::Migration { name: self.name.to_owned(), problem: problem.to_string() }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Name and checksum of a migration that has run.
type Applied = (String, String);

/// The migrations that have not run yet, in order.
fn missing<'a>(migrations: &'a [Migration], applied: &[Applied]) -> Result<Vec<&'a Migration>> {
    let mut names = HashSet::new();
    if let Some(twice) = migrations.iter().find(|migration| !names.insert(migration.name)) {
        return Err(twice.error("is listed twice"));
    }
    for (name, checksum) in applied {
        let problem = match migrations.iter().find(|migration| migration.name == name) {
            Some(migration) if migration.checksum() == *checksum => continue,
            Some(_) => "was changed after it had run here",
            None => "has run here and is not known to this program; it is older than its database",
        };
        return Err(Error::Migration { name: name.clone(), problem: problem.to_owned() });
    }
    let ran = |migration: &&Migration| applied.iter().any(|(name, _)| name == migration.name);
    Ok(migrations.iter().filter(|migration| !ran(migration)).collect())
}

const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS migrations
    (name TEXT NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)";

// ------------------------------------------------------------------ SQLite

/// Runs what is missing. Before it touches a database that has been in use, it leaves a copy
/// `NAME.before-MIGRATION` beside it.
pub(crate) fn sqlite(connection: &Connection, path: &Path, migrations: &[Migration]) -> Result<()> {
    let applied = applied_in_sqlite(connection)?;
    let Some(first) = missing(migrations, &applied)?.first().copied() else { return Ok(()) };
    if !applied.is_empty() {
        sqlite::snapshot_file(connection, &snapshot_path(path, first))?;
    }
    // Rebuilding a table drops one that others point at; the keys are checked at the end.
    connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN EXCLUSIVE")?;
    let outcome = apply_to_sqlite(connection, migrations);
    let ended = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = connection.execute_batch(ended);
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    outcome?;
    Ok(ended?)
}

fn snapshot_path(path: &Path, first: &Migration) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{}", first.name));
    name.into()
}

fn apply_to_sqlite(connection: &Connection, migrations: &[Migration]) -> Result<()> {
    connection.execute_batch(CREATE_TABLE)?;
    // Another process may have been faster.
    for migration in missing(migrations, &applied_in_sqlite(connection)?)? {
        tracing::info!(migration = migration.name, "migrating");
        connection
            .execute_batch(&migration.script(Engine::Sqlite))
            .map_err(|error| migration.error(error))?;
        let dangling: i64 =
            connection.query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get(0))?;
        if dangling > 0 {
            return Err(migration.error(format!("leaves {dangling} rows that point nowhere")));
        }
        connection.execute(
            "INSERT INTO migrations (name, checksum) VALUES (?1, ?2)",
            (migration.name, migration.checksum()),
        )?;
    }
    Ok(())
}

fn applied_in_sqlite(connection: &Connection) -> Result<Vec<Applied>> {
    let exists: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations')",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare("SELECT name, checksum FROM migrations")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

// ------------------------------------------------------------------ PostgreSQL

pub(crate) async fn postgres(lease: &Lease, migrations: &[Migration]) -> Result<()> {
    lease.batch("BEGIN").await?;
    let outcome = apply_to_postgres(lease, migrations).await;
    let ended = lease.batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
    outcome?;
    ended
}

async fn apply_to_postgres(lease: &Lease, migrations: &[Migration]) -> Result<()> {
    // Several nodes may start at once. The lock is of this schema and ends with the transaction.
    lease
        .all(
            sql!(postgres: "SELECT 1 AS locked FROM
                 (SELECT pg_advisory_xact_lock(hashtextextended('meridian.' || current_schema(), 0))) AS lock").0,
            &[],
        )
        .await?;
    lease.batch(CREATE_TABLE).await?;
    for migration in missing(migrations, &applied_in_postgres(lease).await?)? {
        tracing::info!(migration = migration.name, "migrating");
        lease.batch(&migration.script(Engine::Postgres)).await.map_err(|error| migration.error(error))?;
        let ran = vec![Value::from(migration.name), Value::from(migration.checksum())];
        lease.run(sql!("INSERT INTO migrations (name, checksum) VALUES ($1, $2)").0, &ran).await?;
    }
    Ok(())
}

async fn applied_in_postgres(lease: &Lease) -> Result<Vec<Applied>> {
    let rows = lease.all(sql!("SELECT name, checksum FROM migrations").0, &[]).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("checksum")?))).collect()
}
