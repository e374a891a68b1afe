//! The state of a client: the rows that it knows, each as a hash, because a thousand clients of a long storm
//! must fit into one process.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hasher as _},
};

use serde::Deserialize;
use serde_json::value::RawValue;

/// The tables of what people write; the rest of a client's store is computed for the moment of reading.
const TABLES: [&str; 4] = ["topics", "posts", "asks", "marks"];

/// Rows by table and id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows(HashMap<u64, u64>);

/// One change as a stream sends it.
#[derive(Debug, Deserialize)]
pub struct Change<'a> {
    /// Its number.
    pub seq: i64,
    /// Its rows.
    #[serde(borrow)]
    rows: Vec<ChangedRow<'a>>,
}

#[derive(Debug, Deserialize)]
struct ChangedRow<'a> {
    table: &'a str,
    id: &'a str,
    #[serde(borrow)]
    row: Option<&'a RawValue>,
}

/// A table and an id as one number.
pub fn key(table: &str, id: &str) -> u64 {
    hash(&(table, id))
}

fn hash(value: &impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Rows {
    /// Takes a change in, as the client does: a row replaces the one that was there.
    pub fn take(&mut self, change: &Change<'_>) {
        for changed in change.rows.iter().filter(|changed| TABLES.contains(&changed.table)) {
            let key = key(changed.table, changed.id);
            match changed.row {
                Some(row) => self.0.insert(key, hash(&row.get())),
                None => self.0.remove(&key),
            };
        }
    }

    /// A row that was read; answers under which number it is kept.
    pub fn put(&mut self, table: &str, id: &str, row: &RawValue) -> u64 {
        let key = key(table, id);
        self.0.insert(key, hash(&row.get()));
        key
    }

    /// Whether there is such a row.
    pub fn has(&self, table: &str, id: &str) -> bool {
        self.0.contains_key(&key(table, id))
    }

    /// The rows that are missing here, those that are here alone, and those that differ.
    pub fn differences(&self, expected: &Self) -> [Vec<u64>; 3] {
        let only = |these: &Self, others: &Self| {
            these.0.keys().filter(|key| !others.0.contains_key(key)).copied().collect()
        };
        let differs =
            |(key, row): (&u64, &u64)| expected.0.get(key).is_some_and(|other| other != row).then_some(*key);
        [only(expected, self), only(self, expected), self.0.iter().filter_map(differs).collect()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(changes: &[&str]) -> Rows {
        let mut rows = Rows::default();
        for change in changes {
            rows.take(&serde_json::from_str(change).unwrap());
        }
        rows
    }

    #[test]
    fn the_newest_row_counts_and_a_row_that_is_gone_does_not() {
        let one = r#"{"seq":1,"rows":[{"table":"posts","id":"p","row":{"a":1}},{"table":"spaces","id":"s","row":{}}]}"#;
        let two = r#"{"seq":2,"rows":[{"table":"posts","id":"p","row":{"a":2}}]}"#;
        let gone = r#"{"seq":3,"rows":[{"table":"posts","id":"p","row":null}]}"#;
        let mut read = Rows::default();
        read.put("posts", "p", serde_json::from_str(r#"{"a":2}"#).unwrap());
        assert_eq!(state(&[one, two]), read);
        assert_eq!(state(&[one]).differences(&read), [vec![], vec![], vec![key("posts", "p")]]);
        assert_eq!(state(&[one, two, gone]).differences(&read), [vec![key("posts", "p")], vec![], vec![]]);
        assert_eq!(state(&[one, gone]), Rows::default());
    }
}
