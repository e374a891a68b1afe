use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An RFC 9457 problem detail: what every answer that is not a success looks like.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A name for the sort of problem: `about:blank` when the status says it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The sort of problem in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// One sentence for a person.
    pub detail: String,
    /// The rule that said no, in one word that stays as it is, such as `ask_taken`; where no rule
    /// has a word of its own, what the status says: `conflict`.
    #[serde(default)]
    pub code: String,
    /// The input that was refused, as a path: `budget.at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What would have been accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<String>,
    /// Names the log entry that has the details of an error of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Seconds after which to try again; also in `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// With a conflict: the thing as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub current: Option<Box<serde_json::value::RawValue>>,
}

/// Seconds after which to try again when there was no room: long enough for what waits to be done.
const AGAIN: u32 = 2;

impl Problem {
    /// A problem that its status describes.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank".into(),
            title: status.canonical_reason().unwrap_or("Problem").into(),
            status: status.as_u16(),
            detail: detail.into(),
            code: word(status).into(),
            field: None,
            problem: None,
            allowed: None,
            id: None,
            retry_after: None,
            current: None,
        }
    }

    /// A request that could not be understood, with the field that stopped it.
    pub fn malformed(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "The request could not be understood.").about(field, problem)
    }

    /// More is asked of the server than it can do just now. Nothing was done; the same request
    /// may succeed later.
    pub fn overloaded() -> Self {
        let detail = "The server is very busy. Try again in a moment.";
        Self { retry_after: Some(AGAIN), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, detail) }
    }

    /// An error of ours: the details go to the log under an id, the client gets the id.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let id = log_id();
        let mut causes = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            causes.push_str(": ");
            causes.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(id, error = causes, "a request failed");
        Self {
            id: Some(id),
            ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "This did not work. It is our fault.")
        }
    }

    fn named(self, code: &str) -> Self {
        Self { code: code.into(), ..self }
    }

    fn about(self, field: impl Into<String>, problem: impl Into<String>) -> Self {
        let (field, problem) = (field.into(), problem.into());
        Self { detail: format!("{field}: {problem}."), field: Some(field), problem: Some(problem), ..self }
    }
}

/// What a status says, in a word.
fn word(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "malformed",
        StatusCode::UNAUTHORIZED => "signed_out",
        StatusCode::FORBIDDEN => "forbidden",
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::CONFLICT => "conflict",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNPROCESSABLE_ENTITY => "invalid",
        StatusCode::TOO_MANY_REQUESTS => "too_many",
        StatusCode::SERVICE_UNAVAILABLE => "busy",
        status if status.is_server_error() => "internal",
        _ => "refused",
    }
}

/// Distinguishes log entries of one process; not a secret.
fn log_id() -> String {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("err-{:x}-{:x}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound { what } => {
                Self::new(StatusCode::NOT_FOUND, format!("There is no such {what}."))
            }
            Refusal::Forbidden { why, code } => Self::new(StatusCode::FORBIDDEN, why).named(code),
            Refusal::Conflict { why, code } => Self::new(StatusCode::CONFLICT, why).named(code),
            Refusal::SignedOut => Self::new(StatusCode::UNAUTHORIZED, "Sign in first."),
            Refusal::Invalid { field, problem, allowed, code } => Self {
                allowed,
                ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, String::new()).about(field, problem).named(code)
            },
            Refusal::TooMany { retry_after } => Self {
                retry_after: Some(retry_after),
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    format!("Too many attempts. Try again in {retry_after} seconds."),
                )
            },
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        if error.is_conflict() { Self::overloaded() } else { Self::internal(&error) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, axum::Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_know_a_refusal_by_its_code() {
        let code = |refusal: Refusal| Problem::from(refusal).code;
        assert_eq!(code(Refusal::conflict("Somebody else has taken this.").named("ask_taken")), "ask_taken");
        assert_eq!(code(Refusal::invalid("title", "is empty").named("empty")), "empty");
        assert_eq!(code(Refusal::forbidden("No.")), "forbidden");
        assert_eq!(code(Refusal::conflict("No.")), "conflict");
        assert_eq!(code(Refusal::invalid("title", "is odd")), "invalid");
        // These are of one sort only.
        assert_eq!(code(Refusal::not_found("ask").named("ask_taken")), "not_found");
        assert_eq!(code(Refusal::SignedOut), "signed_out");
        assert_eq!(code(Refusal::TooMany { retry_after: 1 }), "too_many");
        assert_eq!(Problem::overloaded().code, "busy");
    }

    #[test]
    fn what_may_succeed_later_says_when() {
        for error in [store::Error::Busy, store::Error::Conflict("a deadlock".to_owned())] {
            let response = Problem::from(error).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        }
        let response = Problem::from(store::Error::NoRow).into_response();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!response.headers().contains_key(header::RETRY_AFTER));
    }
}
