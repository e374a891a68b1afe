use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jiff::Timestamp;
use kernel::{Id, Kind};
use uuid::Uuid;

use crate::{Error, Result, Value};

/// The names of an answer's columns.
#[derive(Debug)]
pub(crate) struct Columns {
    names: Box<[String]>,
    /// Whether no two have the same name.
    distinct: bool,
}

impl Columns {
    pub(crate) fn new(names: impl Iterator<Item = String>) -> Self {
        let names: Box<[String]> = names.collect();
        let distinct = names.iter().collect::<HashSet<_>>().len() == names.len();
        Self { names, distinct }
    }

    pub(crate) fn name(&self, position: usize) -> &str {
        self.names.get(position).map_or("", String::as_str)
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Where a column is, looked for from `start` on.
    fn position(&self, column: &str, start: usize) -> Option<usize> {
        let found = |(_, name): &(usize, &String)| name.as_str() == column;
        let names = || self.names.iter().enumerate();
        let start = if self.distinct { start } else { 0 };
        names().skip(start).find(found).or_else(|| names().take(start).find(found)).map(|(place, _)| place)
    }
}

/// One row of an answer, read by column name.
#[derive(Debug)]
pub struct Row {
    columns: Arc<Columns>,
    values: Vec<Value>,
    /// Rows are mostly read in the order of their columns: where the next one is expected.
    expected: AtomicUsize,
}

impl Clone for Row {
    fn clone(&self) -> Self {
        Self::new(self.columns.clone(), self.values.clone())
    }
}

impl Row {
    pub(crate) fn new(columns: Arc<Columns>, values: Vec<Value>) -> Self {
        Self { columns, values, expected: AtomicUsize::new(0) }
    }

    /// The column's value. A missing column or another type is [`Error::Column`], never a panic.
    /// Of two columns with one name the first counts.
    pub fn get<T: FromValue>(&self, column: &str) -> Result<T> {
        let found = self.columns.position(column, self.expected.load(Ordering::Relaxed));
        let value = found.and_then(|position| self.values.get(position)).ok_or_else(|| {
            let problem = format!("not among {}", self.columns.names.join(", "));
            Error::Column { column: column.to_owned(), problem }
        })?;
        self.expected.store(found.unwrap_or(0) + 1, Ordering::Relaxed);
        T::from_value(value).map_err(|problem| Error::Column { column: column.to_owned(), problem })
    }

    /// Names and values in the order of the statement.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.columns.names.iter().map(String::as_str).zip(&self.values)
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// The value as this type, or what was found instead.
    fn from_value(value: &Value) -> Result<Self, String>;
}

fn unexpected<T>(wanted: &str, found: &Value) -> Result<T, String> {
    Err(format!("expected {wanted}, found {}", found.name()))
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, String> {
        Ok(value.clone())
    }
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Int(number) => Ok(*number),
            other => unexpected("an integer", other),
        }
    }
}

macro_rules! narrower {
    ($($type:ty),*) => {$(
        impl FromValue for $type {
            fn from_value(value: &Value) -> Result<Self, String> {
                let number = i64::from_value(value)?;
                number.try_into().map_err(|_| format!("{number} does not fit into {}", stringify!($type)))
            }
        }
    )*};
}
narrower!(i32, i16, u64, u32, u16, u8);

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bool(truth) => Ok(*truth),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => unexpected("a boolean", other),
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Float(number) => Ok(*number),
            Value::Int(number) => Ok(*number as Self),
            other => unexpected("a float", other),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => unexpected("text", other),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            Value::Uuid(uuid) => Ok(uuid.as_bytes().to_vec()),
            other => unexpected("bytes", other),
        }
    }
}

impl FromValue for Uuid {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Uuid(uuid) => Ok(*uuid),
            Value::Bytes(bytes) => {
                Self::from_slice(bytes).map_err(|_| format!("{} bytes are not a UUID", bytes.len()))
            }
            other => unexpected("a UUID", other),
        }
    }
}

impl<K: Kind> FromValue for Id<K> {
    fn from_value(value: &Value) -> Result<Self, String> {
        Uuid::from_value(value).map(Self::from_uuid)
    }
}

impl FromValue for Timestamp {
    fn from_value(value: &Value) -> Result<Self, String> {
        let micros = i64::from_value(value)?;
        Self::from_microsecond(micros).map_err(|_| format!("{micros} is no instant"))
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}
