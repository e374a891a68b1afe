//! What goes through a backup's database part, line by line: rows that can be made anew are left
//! out, the rest is counted.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::progress::Progress;

/// Tables that are made anew from others: [`topics::search::rebuild`].
const DERIVED: [&str; 1] = ["search_entries"];
/// The columns that name kept files.
const NAMING_FILES: [(&str, &str); 2] = [("files", "hash"), ("members", "picture")];

/// A line of [`store::copy`].
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line<'a> {
    Migrations(BTreeMap<String, String>),
    Row {
        #[serde(borrow)]
        table: Cow<'a, str>,
        #[serde(borrow)]
        values: &'a RawValue,
    },
    End {
        #[serde(rename = "rows")]
        _rows: u64,
    },
}

/// A value of a column that names a file.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cell<'a> {
    #[serde(borrow)]
    Text(Cow<'a, str>),
}

/// What a table holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// Its rows.
    pub rows: u64,
    /// The sum of the first 16 bytes of each row's SHA-256, in hexadecimal: the order of the
    /// rows, in which engines differ, does not matter.
    pub sum: String,
}

/// What a dump holds.
#[derive(Debug, Default)]
pub struct Contents {
    /// Name and checksum of the migrations that made its schema.
    pub migrations: BTreeMap<String, String>,
    /// The hashes of the files that its rows name.
    pub files: BTreeSet<String>,
    tables: BTreeMap<String, (u64, u128)>,
    rows: u64,
}

impl Contents {
    /// Every table with rows.
    pub fn tables(&self) -> BTreeMap<String, TableSum> {
        let sum = |(rows, sum): &(u64, u128)| TableSum { rows: *rows, sum: format!("{sum:032x}") };
        self.tables.iter().map(|(name, counted)| (name.clone(), sum(counted))).collect()
    }

    /// All rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn count(&mut self, table: &str, values: &RawValue, line: &[u8]) -> serde_json::Result<()> {
        let (rows, sum) = self.tables.entry(table.to_owned()).or_default();
        *rows += 1;
        *sum = sum.wrapping_add(digest(line));
        self.rows += 1;
        for (_, column) in NAMING_FILES.iter().filter(|(of, _)| *of == table) {
            let values: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(values.get())?;
            let cell = values.get(*column).map(|cell| serde_json::from_str::<Cell<'_>>(cell.get()));
            if let Some(Ok(Cell::Text(hash))) = cell {
                self.files.insert(hash.into_owned());
            }
        }
        Ok(())
    }
}

fn digest(line: &[u8]) -> u128 {
    let digest = Sha256::digest(line);
    digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// Passes a dump on to `out`.
pub struct Rows<W> {
    /// Where it goes.
    pub out: W,
    /// What has passed.
    pub contents: Contents,
    unfinished: Vec<u8>,
    progress: Progress,
}

impl<W: Write> Rows<W> {
    /// Nothing has passed yet.
    pub fn new(out: W) -> Self {
        Self { out, contents: Contents::default(), unfinished: Vec::new(), progress: Progress::new("rows") }
    }

    fn pass(&mut self, line: &[u8]) -> io::Result<()> {
        match serde_json::from_slice(line)? {
            Line::Migrations(migrations) => self.contents.migrations = migrations,
            Line::Row { table, .. } if DERIVED.contains(&table.as_ref()) => return Ok(()),
            Line::Row { table, values } => {
                self.contents.count(&table, values, line)?;
                self.progress.set(self.contents.rows);
            }
            Line::End { .. } => return writeln!(self.out, "{{\"end\":{{\"rows\":{}}}}}", self.contents.rows),
        }
        self.out.write_all(line)?;
        self.out.write_all(b"\n")
    }
}

impl<W: Write> Write for Rows<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        self.unfinished.extend_from_slice(lines.next().unwrap_or_default());
        for next in lines {
            let line = std::mem::replace(&mut self.unfinished, next.to_vec());
            self.pass(&line)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads a whole database to say what is in it.
pub async fn contents_of(db: &store::Db) -> store::Result<Contents> {
    Ok(store::copy::dump(db, Rows::new(io::sink())).await?.0.contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_in_any_order_and_derived_ones_left_out() {
        let rows = [
            r#"{"row":{"table":"posts","values":{"id":{"int":1}}}}"#,
            r#"{"row":{"table":"search_entries","values":{"entry":{"int":1}}}}"#,
            r#"{"row":{"table":"posts","values":{"id":{"int":2}}}}"#,
            r#"{"row":{"table":"files","values":{"hash":{"text":"ab"}}}}"#,
            r#"{"row":{"table":"members","values":{"picture":"null"}}}"#,
        ];
        let pass = |order: &[usize], portion: usize| {
            let mut text = String::from("{\"migrations\":{\"a\":\"b\"}}\n");
            for row in order {
                text.extend([rows[*row], "\n"]);
            }
            text.push_str("{\"end\":{\"rows\":5}}\n");
            let mut passed = Rows::new(Vec::new());
            text.as_bytes().chunks(portion).for_each(|bytes| passed.write_all(bytes).unwrap());
            passed
        };
        let one = pass(&[0, 1, 2, 3, 4], 1000);
        let other = pass(&[4, 3, 2, 1, 0], 7);
        assert_eq!(one.contents.tables(), other.contents.tables());
        assert_eq!(one.contents.tables()["posts"].rows, 2);
        assert_eq!(one.contents.files.iter().collect::<Vec<_>>(), ["ab"]);
        let text = String::from_utf8(one.out).unwrap();
        assert!(text.ends_with("{\"end\":{\"rows\":4}}\n") && !text.contains("search_entries"), "{text}");
    }
}
