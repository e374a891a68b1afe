use std::{io, path::PathBuf};

use kernel::Refusal;

/// Why something did not come in.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database or the folder of the files failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Something about people did not happen.
    #[error(transparent)]
    People(people::Error),
    /// Something about topics did not happen.
    #[error(transparent)]
    Topics(topics::Error),
    /// Something about work did not happen.
    #[error(transparent)]
    Work(work::Error),
    /// The archive cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What the database holds, or what we made ourselves, is not as it must be.
    #[error("{0} is broken")]
    Broken(&'static str),
    /// It was told to stop before it had written anything.
    #[error("stopped; nothing was written")]
    Stopped,
}

impl From<Error> for edge::Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Store(error) => error.into(),
            Error::People(error) => error.into(),
            Error::Topics(error) => error.into(),
            Error::Work(error) => error.into(),
            error @ (Error::Broken(_) | Error::Unreadable { .. } | Error::Stopped) => Self::internal(&error),
        }
    }
}

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<people::Error> for Error {
    fn from(error: people::Error) -> Self {
        match error {
            people::Error::Refused(refusal) => Self::Refused(refusal),
            people::Error::Store(error) => Self::Store(error),
            other => Self::People(other),
        }
    }
}

impl From<topics::Error> for Error {
    fn from(error: topics::Error) -> Self {
        match error {
            topics::Error::Refused(refusal) => Self::Refused(refusal),
            topics::Error::Store(error) => Self::Store(error),
            topics::Error::People(error) => error.into(),
            other => Self::Topics(other),
        }
    }
}
