//! The database and what hangs on it: transactions and migrations, the change log, receipts for
//! retried requests, jobs, files and the bus. One module each. It knows no table of the product.
//!
//! SQL is written once for SQLite and PostgreSQL: `$1` parameters, `RETURNING`, `ON CONFLICT`,
//! window functions, common table expressions. Every statement passes through [`sql!`], so that
//! a test can prepare all of them on both engines.

mod blobs;
mod bus;
pub mod changes;
mod context;
pub mod copy;
mod db;
mod encodings;
mod error;
mod hexadecimal;
pub mod jobs;
mod migrate;
mod portions;
mod postgres;
pub mod receipts;
mod row;
mod sql;
mod sqlite;
mod statistics;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod tx;
mod value;
mod words;

pub use blobs::{Blob, BlobError, BlobStream, Blobs};
pub use bus::{Bus, Lagged, Subscription};
pub use changes::{Audience, Change, NewChange, RowChange};
pub use context::Context;
pub use db::{Committed, Db, Options};
pub use encodings::{Encoded, EncodingKey, Encodings};
pub use error::{Error, Result};
pub use jobs::{Job, NewJob, Worker};
pub use migrate::Migration;
pub use portions::{PortionKey, Portions};
pub use receipts::{Receipt, ReceiptKey};
pub use row::{FromValue, Row};
pub use sql::{Engine, Registered, Sql};
pub use tx::Tx;
pub use value::{ToValue, Value};

#[doc(hidden)]
pub use inventory;

/// The store's own tables. Callers put their own migrations behind these.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "store-0001", sql: include_str!("../migrations/store-0001.sql") },
    Migration { name: "store-0002", sql: include_str!("../migrations/store-0002.sql") },
    Migration { name: "store-0003", sql: include_str!("../migrations/store-0003.sql") },
];
