//! Public rows that were encoded before. A row that has a version is encoded once for all of its
//! readers; nothing is ever invalidated, because the version is part of the name.

use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::Result;

/// How many bytes of rows are kept, at most twice as many for a moment.
const KEPT: usize = 16 * 1024 * 1024;
/// What an entry takes besides its text.
const OVERHEAD: usize = 160;

/// The name of one row as it was at one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EncodingKey {
    /// The client's word for the table.
    pub table: &'static str,
    /// Where.
    pub workspace: Uuid,
    /// What the row belongs to, or its own id.
    pub id: Uuid,
    /// Which of the rows that belong to it; 0 for the row itself.
    pub part: i64,
    /// Goes up whenever the public form changes.
    pub version: i64,
}

/// A public row as JSON, shared by all who read it.
#[derive(Debug, Clone)]
pub struct Encoded(Arc<RawValue>);

impl Encoded {
    /// Encodes a row.
    pub fn new<T: Serialize>(row: &T) -> Result<Self> {
        Ok(Self(to_raw_value(row)?.into()))
    }

    /// Its JSON.
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

impl Serialize for Encoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The rows of one database handle that were encoded last.
#[derive(Clone, Default)]
pub struct Encodings {
    generations: Arc<Mutex<Generations>>,
}

/// Two generations: when the young one is full it becomes the old one, and what was in the old one
/// and was not asked for since is forgotten.
#[derive(Default)]
struct Generations {
    young: HashMap<EncodingKey, Encoded>,
    old: HashMap<EncodingKey, Encoded>,
    bytes: usize,
}

impl Encodings {
    /// Those of the rows that are there, in the order of the keys.
    pub fn get(&self, keys: &[EncodingKey]) -> Vec<Option<Encoded>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| generations.get(key)).collect()
    }

    /// Keeps rows for whoever reads them next.
    pub fn keep(&self, rows: impl IntoIterator<Item = (EncodingKey, Encoded)>) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, row) in rows {
            generations.keep(key, row);
        }
    }
}

impl Generations {
    fn get(&mut self, key: &EncodingKey) -> Option<Encoded> {
        if let Some(row) = self.young.get(key) {
            return Some(row.clone());
        }
        let row = self.old.remove(key)?;
        self.keep(*key, row.clone());
        Some(row)
    }

    fn keep(&mut self, key: EncodingKey, row: Encoded) {
        self.bytes += row.get().len() + OVERHEAD;
        self.young.insert(key, row);
        if self.bytes > KEPT / 2 {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(part: i64, version: i64) -> EncodingKey {
        EncodingKey { table: "posts", workspace: Uuid::nil(), id: Uuid::nil(), part, version }
    }

    fn text(row: Option<&Encoded>) -> Option<&str> {
        row.map(Encoded::get)
    }

    #[test]
    fn another_version_is_another_row() {
        let encodings = Encodings::default();
        encodings.keep([(key(1, 0), Encoded::new(&"before").unwrap())]);
        let found = encodings.get(&[key(1, 0), key(1, 1), key(2, 0)]);
        assert_eq!(
            found.iter().map(|row| text(row.as_ref())).collect::<Vec<_>>(),
            [Some("\"before\""), None, None]
        );
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_and_the_rest_stays() {
        let encodings = Encodings::default();
        let large = Encoded::new(&"x".repeat(KEPT / 16)).unwrap();
        encodings.keep([(key(0, 0), large.clone())]);
        for part in 1..64 {
            encodings.keep([(key(part, 0), large.clone())]);
            assert!(encodings.get(&[key(0, 0)])[0].is_some(), "it was asked for after {part} others");
        }
        assert!(encodings.get(&[key(1, 0)])[0].is_none());
        let generations = encodings.generations.lock().unwrap();
        let bytes: usize = [&generations.young, &generations.old]
            .iter()
            .flat_map(|rows| rows.values())
            .map(|row| row.get().len())
            .sum();
        assert!(bytes <= KEPT, "{bytes}");
    }
}
