use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use axum::http::{HeaderMap, Method, Request, StatusCode};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{body::Incoming, client::conn::http1::SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};

/// Longer than anything here takes: a test that waits for this long has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// One HTTP/1.1 connection to a server on the loopback.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    headers: Vec<(&'static str, String)>,
}

impl Connection {
    /// Connects; every request has these headers. The error is the operating system's.
    pub async fn open(address: SocketAddr, headers: Vec<(&'static str, String)>) -> std::io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(std::io::Error::other)?;
        // It ends with the sender, or when the server is gone: the sender then says so.
        tokio::spawn(connection);
        Ok(Self { sender, headers })
    }

    /// Sends a request to a whole path, and waits for the head of the answer.
    async fn send(
        &mut self,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        body: Option<&Value>,
    ) -> hyper::Result<axum::http::Response<Incoming>> {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost");
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let bytes = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        self.sender.ready().await?;
        self.sender.send_request(request.body(Full::new(bytes)).unwrap()).await
    }

    /// Sends a request with these headers more, and reads the answer's JSON. An error when the
    /// connection broke.
    pub async fn json(
        &mut self,
        method: Method,
        path: &str,
        more: &[(&str, &str)],
        body: Option<&Value>,
    ) -> hyper::Result<(StatusCode, Value)> {
        let response = self.send(method, path, more, body).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
    }

    /// Opens a stream of server-sent events; the answer must be one.
    pub async fn stream(mut self, path: &str, more: &[(&str, &str)]) -> Stream {
        let response = self.send(Method::GET, path, more, None).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers["content-type"], "text/event-stream");
        Stream { headers, body: response.into_body(), read: Vec::new(), events: VecDeque::new(), _open: self }
    }
}

/// One server-sent event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// `change`, `reload`, or `comment` for a line that a browser leaves out.
    pub name: String,
    /// Its id; empty when it has none.
    pub id: String,
    /// What it says.
    pub data: String,
}

impl Event {
    /// The data as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{self:?}: {error}"))
    }

    fn read(block: &str) -> Self {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.map_or_else(String::new, |value| value.trim_start().to_owned())
        };
        let name = if block.starts_with(':') { "comment".to_owned() } else { field("event:") };
        Self { name, id: field("id:"), data: field("data:") }
    }
}

/// A stream of server-sent events that is being read.
pub struct Stream {
    /// The headers of the answer.
    pub headers: HeaderMap,
    body: Incoming,
    /// What has arrived of the next event.
    read: Vec<u8>,
    events: VecDeque<Event>,
    /// The connection ends when nobody holds it.
    _open: Connection,
}

impl Stream {
    /// The next event, comments included; none when the server ended the stream.
    pub async fn next_or_comment(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.expect("the stream says nothing");
            let bytes = frame?.ok()?.into_data().ok()?;
            self.read.extend_from_slice(&bytes);
            while let Some(end) = self.read.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                self.events.push_back(Event::read(std::str::from_utf8(&block).expect("an event is UTF-8")));
            }
        }
    }

    /// The next event that a browser would tell; none when the server ended the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            let event = self.next_or_comment().await?;
            if event.name != "comment" {
                return Some(event);
            }
        }
    }

    /// The changes up to the first with this verb, it included.
    pub async fn until(&mut self, verb: &str) -> Vec<Value> {
        let mut changes = Vec::new();
        loop {
            let event = self.next().await.unwrap_or_else(|| panic!("the stream ended before {verb}"));
            assert_eq!(event.name, "change", "{event:?}");
            let change = event.json();
            assert_eq!(event.id, change["seq"].to_string());
            let is_it = change["verb"] == verb;
            changes.push(change);
            if is_it {
                return changes;
            }
        }
    }
}
