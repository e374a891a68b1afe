use edge::Problem;
use kernel::Refusal;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// Why something about work did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A rule said no, and the answer has what is there now.
    #[error("{why}")]
    Meanwhile {
        /// One sentence for the person.
        why: String,
        /// Which rule, in one word for programs.
        code: &'static str,
        /// What is there now, in its public form.
        current: Option<Box<RawValue>>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Something about topics did not happen.
    #[error(transparent)]
    Topics(topics::Error),
    /// Something about people did not happen.
    #[error(transparent)]
    People(people::Error),
    /// A file of this machine cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// What the database holds cannot be read back.
    #[error("{what} in the database cannot be read: {problem}")]
    Broken {
        /// Which column.
        what: &'static str,
        /// How.
        problem: String,
    },
}

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A conflict whose answer shows what is there now.
    pub(crate) fn meanwhile<T: Serialize>(why: impl Into<String>, code: &'static str, current: &T) -> Self {
        Self::Meanwhile { why: why.into(), code, current: to_raw_value(current).ok() }
    }
}

impl From<topics::Error> for Error {
    fn from(error: topics::Error) -> Self {
        match error {
            topics::Error::Refused(refusal) => Self::Refused(refusal),
            topics::Error::Store(error) => Self::Store(error),
            topics::Error::People(error) => Self::People(error),
            other => Self::Topics(other),
        }
    }
}

impl From<people::Error> for Error {
    fn from(error: people::Error) -> Self {
        match error {
            people::Error::Refused(refusal) => Self::Refused(refusal),
            people::Error::Store(error) => Self::Store(error),
            other => Self::People(other),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Meanwhile { why, code, current } => {
                let refused = Self::from(Refusal::conflict(why).named(code));
                Self { current, ..refused }
            }
            Error::Store(error) => error.into(),
            Error::Topics(error) => error.into(),
            Error::People(error) => error.into(),
            broken @ (Error::Broken { .. } | Error::Unreadable(_)) => Self::internal(&broken),
        }
    }
}

/// Reads what a column keeps as JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Broken { what, problem: error.to_string() })
}

/// Writes what a column keeps as JSON.
pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Broken { what, problem: error.to_string() })
}

/// The word of a refusal, for what keeps why something was not done.
pub(crate) const fn code_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Forbidden { code, .. } | Refusal::Invalid { code, .. } | Refusal::Conflict { code, .. } => {
            code
        }
        Refusal::NotFound { .. } => "not_found",
        Refusal::TooMany { .. } => "too_many",
        Refusal::SignedOut => "no_access",
    }
}

/// An id that somebody used before is a conflict, not an error of ours.
pub(crate) fn taken(error: store::Error, field: &'static str) -> Error {
    if error.is_unique() {
        Refusal::conflict(format!("{field} is taken: something with this id was made before."))
            .named("taken")
            .into()
    } else {
        error.into()
    }
}
