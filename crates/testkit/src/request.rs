use std::{
    future::{Future, IntoFuture},
    io::Read,
    net::SocketAddr,
    pin::Pin,
};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, StatusCode},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::App;

/// Sends requests as somebody.
#[derive(Clone)]
pub struct Client<'a> {
    app: &'a App,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Client<'a> {
    pub(crate) fn new(app: &'a App, headers: Vec<(&'static str, String)>) -> Self {
        Self { app, headers }
    }

    /// A request to an address below `/api/v1`.
    pub fn send(&self, method: Method, path: &str) -> Request<'a> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.insert(*name, value.parse().unwrap());
        }
        // What a browser says of a page's own requests.
        headers.insert("sec-fetch-site", "same-origin".parse().unwrap());
        Request {
            app: self.app,
            method,
            path: format!("/api/v1{path}"),
            headers,
            body: Bytes::new(),
            is_listed: true,
            is_the_document: false,
        }
    }

    /// Reads.
    pub fn get(&self, path: &str) -> Request<'a> {
        self.send(Method::GET, path)
    }

    /// Writes.
    pub fn post(&self, path: &str, body: Value) -> Request<'a> {
        self.send(Method::POST, path).json(&body)
    }

    /// Puts in place.
    pub fn put(&self, path: &str, body: Value) -> Request<'a> {
        self.send(Method::PUT, path).json(&body)
    }

    /// Alters.
    pub fn patch(&self, path: &str, body: Value) -> Request<'a> {
        self.send(Method::PATCH, path).json(&body)
    }

    /// Takes away.
    pub fn delete(&self, path: &str) -> Request<'a> {
        self.send(Method::DELETE, path)
    }
}

/// A request that is sent when it is awaited.
pub struct Request<'a> {
    app: &'a App,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    is_listed: bool,
    is_the_document: bool,
}

impl Request<'_> {
    /// With this JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    /// With these bytes of this media type.
    #[must_use]
    pub fn bytes(self, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self.header("content-type", media_type) }
    }

    /// With this header, instead of one of the same name.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// Without this header.
    #[must_use]
    pub fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    /// With this `Idempotency-Key`.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// To an address, or by a method, that the specification does not list: the answer must be 404
    /// or 405.
    #[must_use]
    pub fn unlisted(self) -> Self {
        Self { is_listed: false, ..self }
    }

    /// For the specification itself, which does not list its own address.
    pub async fn unlisted_document(mut self) -> Value {
        self.is_the_document = true;
        self.await.expect(200)
    }

    async fn run(self) -> Answer {
        let Self { app, method, path, headers, body, is_listed, is_the_document } = self;
        let mut request = axum::http::Request::builder().method(method.clone()).uri(&path);
        *request.headers_mut().unwrap_or_else(|| panic!("{path} is no address")) = headers.clone();
        let mut request = request.body(Body::from(body.clone())).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))));
        let response = app.router.clone().oneshot(request).await.unwrap();
        let (parts, answered) = response.into_parts();
        let is_stream = parts.headers.get("content-type").is_some_and(|value| value == "text/event-stream");
        // A stream has no end to wait for.
        let bytes = if is_stream { Bytes::new() } else { answered.collect().await.unwrap().to_bytes() };
        let bytes = if parts.headers.contains_key("content-encoding") { unzipped(&bytes) } else { bytes };
        let answer = Answer {
            request: format!("{method} {path}"),
            status: parts.status,
            headers: parts.headers,
            body: bytes,
        };
        if is_the_document {
            return answer;
        }
        if is_listed {
            app.specification.check(&method, &path, &headers, &body, &answer);
        } else {
            assert!([404, 405].contains(&answer.status.as_u16()), "{} has an answer", answer.request);
        }
        answer
    }
}

/// What a client makes of an answer with gzip, the one coding that there is.
fn unzipped(body: &[u8]) -> Bytes {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(body).read_to_end(&mut text).unwrap();
    text.into()
}

impl<'a> IntoFuture for Request<'a> {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// An answer that fits the specification.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for messages.
    pub request: String,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON; null when there is none.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} answered no JSON: {error}", self.request))
    }

    /// A header as text; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{}: {body}", self.request);
        if self.header("content-type").contains("json") { self.json() } else { Value::Null }
    }

    /// The JSON of an answer that must be a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        assert!(self.status.is_success(), "{}: {} {body}", self.request, self.status);
        if self.header("content-type").contains("json") { self.json() } else { Value::Null }
    }

    /// The answer must refuse this field with this status.
    #[track_caller]
    pub fn refuses(&self, status: u16, field: &str) {
        let problem = self.expect(status);
        assert_eq!(problem["field"], field, "{}: {problem}", self.request);
    }

    /// The newest row of this id among those that a write answered.
    #[track_caller]
    pub fn row(&self, table: &str, id: &str) -> Value {
        let written = self.ok();
        let rows = written["rows"].as_array().unwrap();
        let found = rows.iter().rev().find(|row| row["table"] == table && row["id"] == id);
        found.unwrap_or_else(|| panic!("{} wrote no {table} {id}: {written}", self.request))["row"].clone()
    }
}
