use rusqlite::ffi;
use tokio_postgres::error::{DbError, SqlState};

use crate::BlobError;

/// What can go wrong between a statement and the disk. Details are for the log, not for a client.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// SQLite refused for a reason that has no variant of its own.
    #[error("sqlite: {0}")]
    Sqlite(#[source] rusqlite::Error),
    /// PostgreSQL or the connection to it failed for a reason that has no variant of its own.
    #[error("postgres: {}", chain(.0))]
    Postgres(#[source] tokio_postgres::Error),
    /// No connection could be had.
    #[error("connection pool: {0}")]
    Pool(String),
    /// The database's address cannot be understood, or it asks for something unknown.
    #[error("database address: {0}")]
    Address(String),
    /// A row was expected and there is none.
    #[error("no row")]
    NoRow,
    /// A row with the same unique values exists already.
    #[error("{table}: another row has the same {}", .columns.join(", "))]
    Unique {
        /// The table; empty when the engine names only an index.
        table: String,
        /// The columns, or the index when the engine names only that.
        columns: Vec<String>,
    },
    /// A row points at a row that does not exist, or is still pointed at.
    #[error("foreign key: {0}")]
    ForeignKey(String),
    /// A CHECK or NOT NULL rule of the schema says no.
    #[error("check: {0}")]
    Check(String),
    /// Two transactions stood in each other's way; the caller may try again.
    #[error("conflict with another transaction: {0}")]
    Conflict(String),
    /// A statement of this transaction failed before, so it can only be rolled back.
    #[error("the transaction failed before and takes no more statements")]
    Aborted,
    /// The transaction's handle was used after its closure had returned.
    #[error("the transaction is over")]
    Finished,
    /// The closure waited for something other than its transaction; it was rolled back.
    #[error("the transaction started at {0} waits for something other than itself")]
    Pending(String),
    /// The closure panicked; it was rolled back.
    #[error("the transaction panicked: {0}")]
    Panicked(String),
    /// The transaction's group could not be committed; nothing of it was kept.
    #[error("commit: {0}")]
    Commit(String),
    /// A column is missing or holds something else than was asked for.
    #[error("column {column}: {problem}")]
    Column {
        /// Its name.
        column: String,
        /// What was found.
        problem: String,
    },
    /// The number of values differs from the number of parameters.
    #[error("{given} values for {expected} parameters in: {sql}")]
    Arguments {
        /// What the caller passed.
        given: usize,
        /// What the statement takes.
        expected: usize,
        /// The statement.
        sql: String,
    },
    /// A change or a job could not be written as JSON.
    #[error("json: {0}")]
    Json(#[from] serde_json::Error),
    /// The schema cannot be brought up to date.
    #[error("migration {name}: {problem}")]
    Migration {
        /// Which one.
        name: String,
        /// Why not.
        problem: String,
    },
    /// A dump cannot be read into this database.
    #[error("dump: {0}")]
    Dump(String),
    /// A file could not be kept or read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// A file of the database itself could not be made.
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
    /// The database did not answer in time.
    #[error("the database is busy")]
    Busy,
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// This engine cannot do that.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
}

/// A result with the store's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether a unique rule was broken, on either engine.
    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Unique { .. })
    }

    /// Whether the unique rule over exactly these columns of this table was broken.
    pub fn is_unique_on(&self, wanted_table: &str, wanted: &[&str]) -> bool {
        matches!(self, Self::Unique { table, columns } if table == wanted_table && columns == wanted)
    }

    /// Whether the same transaction may succeed when it is tried again.
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Busy)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let Some(extended) = error.sqlite_error().map(|failure| failure.extended_code) else {
            return Self::Sqlite(error);
        };
        match extended {
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID => unique_in_sqlite(&error.to_string()),
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Self::ForeignKey(error.to_string()),
            ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_NOTNULL => Self::Check(error.to_string()),
            code if code & 0xff == ffi::SQLITE_BUSY || code & 0xff == ffi::SQLITE_LOCKED => Self::Busy,
            _ => Self::Sqlite(error),
        }
    }
}

/// `UNIQUE constraint failed: members.workspace, members.email`, or `… failed: index 'name'`.
fn unique_in_sqlite(message: &str) -> Error {
    let list = message.rsplit_once("failed: ").map_or(message, |(_, list)| list);
    let mut table = String::new();
    let columns = list
        .split(", ")
        .map(|column| match column.split_once('.') {
            Some((of, name)) => {
                of.clone_into(&mut table);
                name.to_owned()
            }
            None => column.trim_start_matches("index ").trim_matches('\'').to_owned(),
        })
        .collect();
    Error::Unique { table, columns }
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(problem) = error.as_db_error() else {
            return if error.is_closed() { Self::Pool(chain(&error)) } else { Self::Postgres(error) };
        };
        let code = problem.code();
        if *code == SqlState::UNIQUE_VIOLATION {
            unique_in_postgres(problem)
        } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
            Self::ForeignKey(problem.message().to_owned())
        } else if *code == SqlState::CHECK_VIOLATION || *code == SqlState::NOT_NULL_VIOLATION {
            Self::Check(problem.message().to_owned())
        } else if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
            Self::Conflict(problem.message().to_owned())
        } else if *code == SqlState::IN_FAILED_SQL_TRANSACTION {
            Self::Aborted
        } else {
            Self::Postgres(error)
        }
    }
}

/// The detail says `Key (workspace, email)=(…) already exists.`; without it the constraint's name
/// has to do.
fn unique_in_postgres(problem: &DbError) -> Error {
    let listed = problem.detail().and_then(|detail| detail.split_once("Key (")?.1.split_once(")=("));
    let columns = match listed {
        Some((list, _)) => list.split(", ").map(|column| column.trim_matches('"').to_owned()).collect(),
        None => problem.constraint().map(str::to_owned).into_iter().collect(),
    };
    Error::Unique { table: problem.table().unwrap_or_default().to_owned(), columns }
}

/// The error with its causes: `tokio_postgres` says only "db error" by itself.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text.push_str(": ");
        text.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    text
}
