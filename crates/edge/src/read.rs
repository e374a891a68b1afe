use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, RawPathParams, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::Problem;

/// A JSON body, read strictly: the problem names the field that stopped it. As an answer it
/// writes JSON that no cache keeps.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let is_json = says_json(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(body_problem)?;
        parse(is_json, &body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        ([(header::CACHE_CONTROL, "no-store")], axum::Json(self.0)).into_response()
    }
}

/// The query string, read strictly: the problem names the parameter that stopped it.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        if let Some((name, _)) = pairs.clone().find(|(_, value)| value.contains('\0')) {
            return Err(Problem::malformed(name, "holds a NUL character"));
        }
        let read = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs));
        read.map(Self)
            .map_err(|error| misread(&error.path().to_string(), &error.inner().to_string(), "query"))
    }
}

/// Path segments. A segment that is no id of the expected kind names nothing: not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let nothing = || Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address.");
        let segments = RawPathParams::from_request_parts(parts, state).await.map_err(|_| nothing())?;
        // Nothing is named so, and not every database takes it.
        if segments.iter().any(|(_, segment)| segment.contains('\0')) {
            return Err(nothing());
        }
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(nothing()),
        }
    }
}

/// The body of a write, with what makes a retry recognisable. An absent body reads as `{}`.
#[derive(Debug)]
pub struct Write<T> {
    /// The parsed body.
    pub input: T,
    /// The `Idempotency-Key`, when the client sent one.
    pub key: Option<String>,
    /// SHA-256 of method, path and body: the same key must come with the same request.
    pub fingerprint: Vec<u8>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Write<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let key = idempotency_key(request.headers())?;
        let is_json = says_json(request.headers());
        let mut hash = Sha256::new();
        hash.update(request.method().as_str());
        hash.update(request.uri().path());
        let body = Bytes::from_request(request, state).await.map_err(body_problem)?;
        hash.update(&body);
        let input = if body.is_empty() { parse(true, b"{}") } else { parse(is_json, &body) }?;
        Ok(Self { input, key, fingerprint: hash.finalize().to_vec() })
    }
}

/// The body of a write that says nothing more than its address: `{}`, or none at all.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Reads the header by the rule of the API: 1 to 64 letters, digits, `_` and `-`.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let fits = |key: &&str| {
        (1..=64).contains(&key.len())
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    match value.to_str().ok().filter(fits) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(Problem::malformed("Idempotency-Key", "takes 1 to 64 letters, digits, _ and -")),
    }
}

fn says_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    })
}

fn parse<T: DeserializeOwned>(is_json: bool, body: &[u8]) -> Result<T, Problem> {
    if !is_json {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Send the body as application/json."));
    }
    // An array would be read as the fields of a struct in their order.
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::malformed("body", "is no JSON object"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        // Where in the text it stopped says less than the field does.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        misread(path.trim_end_matches('?').trim_end_matches('.'), message, "body")
    })?;
    json.end().map_err(|error| Problem::malformed("body", error.to_string()))?;
    Ok(value)
}

/// What stopped the reading. "unknown field `x`" and "missing field `x`" are said of the object
/// around it: the field itself is named. `whole` is what was read.
fn misread(path: &str, message: &str, whole: &str) -> Problem {
    let named = ["unknown field `", "missing field `"]
        .into_iter()
        .find_map(|start| message.strip_prefix(start).and_then(|rest| rest.split('`').next()));
    let field = match (path, named) {
        ("" | ".", Some(name)) => name.to_owned(),
        ("" | ".", None) => whole.to_owned(),
        (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
        (path, _) => path.to_owned(),
    };
    Problem::malformed(field, message)
}

fn body_problem(rejection: BytesRejection) -> Problem {
    let status = rejection.status();
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(status, "The request is larger than this address takes.")
    } else {
        Problem::malformed("body", rejection.body_text())
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(rename = "inner")]
        _inner: Inner,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "count")]
        _count: u32,
    }

    fn field_of(body: &str) -> (u16, Option<String>) {
        let problem = parse::<Outer>(true, body.as_bytes()).unwrap_err();
        (problem.status, problem.field)
    }

    #[test]
    fn a_problem_names_the_field() {
        assert_eq!(field_of(r#"{"inner":{"count":"x"}}"#), (400, Some("inner.count".into())));
        assert_eq!(field_of(r#"{"inner":{"count":1,"more":2}}"#), (400, Some("inner.more".into())));
        assert_eq!(field_of(r#"{"other":1}"#), (400, Some("other".into())));
        assert_eq!(field_of("{"), (400, Some("body".into())));
        assert_eq!(field_of(r#"{"inner":{"count":1}} x"#), (400, Some("body".into())));
        assert_eq!(parse::<Outer>(false, b"{}").unwrap_err().status, 415);
    }
}
