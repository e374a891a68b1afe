use edge::Problem;
use kernel::Refusal;

/// Why something about topics did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Something about people did not happen.
    #[error(transparent)]
    People(people::Error),
    /// Another device has written a version that this one was not made from.
    #[error("{why}")]
    Overtaken {
        /// One sentence for the person.
        why: &'static str,
        /// The version that is there, in its public form; none when it is gone.
        current: Option<Box<serde_json::value::RawValue>>,
    },
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
            Error::Store(error) => error.into(),
            Error::People(error) => error.into(),
            Error::Overtaken { why, current } => {
                let refused = Self::from(Refusal::conflict(why).named("overtaken"));
                Self { current, ..refused }
            }
            broken @ Error::Broken { .. } => Self::internal(&broken),
        }
    }
}

/// Reads one of a closed set of words from a text column.
pub(crate) fn word<T: std::str::FromStr>(what: &'static str, text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::Broken { what, problem: text.to_owned() })
}

/// What the database holds, or what goes into it, is no JSON of ours.
pub(crate) fn broken(what: &'static str, problem: &serde_json::Error) -> Error {
    Error::Broken { what, problem: problem.to_string() }
}
