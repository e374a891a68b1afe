/// Why a rule said no. Every trade refuses in these words; the HTTP edge turns them into
/// RFC 9457 problem details, the command line into a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It does not exist, or the actor may not know that it does.
    #[error("{what} was not found")]
    NotFound {
        /// The thing in product words: `thread`, `space`.
        what: &'static str,
    },
    /// The actor may see it, and may not do this.
    #[error("{why}")]
    Forbidden {
        /// One sentence for the person.
        why: String,
        /// Which rule, in one word for programs.
        code: &'static str,
    },
    /// One input is wrong.
    #[error("{field}: {problem}")]
    Invalid {
        /// Path of the field in the request, `budget.minutes`.
        field: String,
        /// What was wrong.
        problem: String,
        /// What is allowed, if that can be said.
        allowed: Option<String>,
        /// Which rule, in one word for programs.
        code: &'static str,
    },
    /// The thing is no longer in the state that the request took for granted.
    #[error("{why}")]
    Conflict {
        /// One sentence for the person.
        why: String,
        /// Which rule, in one word for programs.
        code: &'static str,
    },
    /// Too many tries; come back later.
    #[error("too many attempts; try again in {retry_after} seconds")]
    TooMany {
        /// Seconds until a new attempt is accepted.
        retry_after: u32,
    },
    /// Nobody is signed in.
    #[error("sign in first")]
    SignedOut,
}

impl Refusal {
    /// An input that breaks a rule.
    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), problem: problem.into(), allowed: None, code: "invalid" }
    }

    /// The same, with what would have been accepted.
    pub fn invalid_because(
        field: impl Into<String>,
        problem: impl Into<String>,
        allowed: impl Into<String>,
    ) -> Self {
        let allowed = Some(allowed.into());
        Self::Invalid { field: field.into(), problem: problem.into(), allowed, code: "invalid" }
    }

    /// No such thing for this actor.
    pub const fn not_found(what: &'static str) -> Self {
        Self::NotFound { what }
    }

    /// Seen but not allowed.
    pub fn forbidden(why: impl Into<String>) -> Self {
        Self::Forbidden { why: why.into(), code: "forbidden" }
    }

    /// The state has moved on.
    pub fn conflict(why: impl Into<String>) -> Self {
        Self::Conflict { why: why.into(), code: "conflict" }
    }

    /// The same with the word by which programs know the rule: they say it in their reader's
    /// language. A word stays once it has been released. Refusals that are of one sort only have
    /// theirs already.
    #[must_use]
    pub fn named(mut self, word: &'static str) -> Self {
        match &mut self {
            Self::Forbidden { code, .. } | Self::Invalid { code, .. } | Self::Conflict { code, .. } => {
                *code = word;
            }
            Self::NotFound { .. } | Self::TooMany { .. } | Self::SignedOut => {}
        }
        self
    }
}
