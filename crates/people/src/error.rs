use kernel::Refusal;

/// Why something about people could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule said no; the words are for the person.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database or a file failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A password could not be hashed.
    #[error("password hashing: {0}")]
    Hash(String),
    /// A value of ours could not be written as JSON, or a stored one could not be read.
    #[error("stored JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// A result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Error> for edge::Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Store(error) => error.into(),
            error @ (Error::Hash(_) | Error::Json(_)) => Self::internal(&error),
        }
    }
}
