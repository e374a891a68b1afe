//! A client for load: one keep-alive HTTP/1.1 connection, requests as bytes that were made before, and as
//! little work for each answer as possible, so that the machine's time is the server's. It understands what
//! the server and the references send and no more.

use std::{
    io::{Error, ErrorKind, Result},
    net::{IpAddr, SocketAddr},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// How much is read at once.
const READ: usize = 32 * 1024;

/// A request as bytes. `headers` are whole lines without their end; a body is JSON.
pub fn request(method: &str, path: &str, headers: &[String], body: Option<&str>) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    if let Some(body) = body {
        text.push_str("Content-Type: application/json\r\nContent-Length: ");
        text.push_str(&body.len().to_string());
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body.unwrap_or_default());
    text.into_bytes()
}

/// What came back. The body is in the connection until its next request.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'a [u8],
    /// The body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    /// A header's value; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    /// The answer as an error unless its status is 2xx.
    pub fn must_succeed(&self) -> Result<&Self> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        Err(Error::other(format!("{}: {}", self.status, String::from_utf8_lossy(self.body))))
    }
}

/// One connection to the server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    /// What was read and not used; `used` bytes at its beginning are done with.
    buffer: Vec<u8>,
    used: usize,
    /// The body of a chunked answer, put together.
    joined: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        Self::over(TcpStream::connect(address).await?)
    }

    /// Connects from an address of one's own: each has only so many ports.
    pub async fn open_from(source: IpAddr, address: SocketAddr) -> Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(source, 0))?;
        Self::over(socket.connect(address).await?)
    }

    fn over(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::new(), used: 0, joined: Vec::new() })
    }

    /// Sends a request and reads its whole answer. An error of kind `UnexpectedEof` means that the server
    /// closed the connection, or died.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        let head = self.read_head().await?;
        let start = self.used;
        let text = self.buffer.get(start..head).unwrap_or_default();
        let status = status(text)?;
        let length = header(text, "content-length").and_then(|text| text.parse::<usize>().ok());
        let chunked = header(text, "transfer-encoding").is_some();
        self.used = head;
        match length {
            Some(length) => {
                while self.buffer.len() < head + length {
                    self.fill().await?;
                }
                self.used = head + length;
            }
            None if chunked => {
                self.joined.clear();
                while let Some((from, to)) = self.chunk().await? {
                    let chunk = self.buffer.get(from..to).unwrap_or_default();
                    self.joined.extend_from_slice(chunk);
                }
                let text = self.buffer.get(start..head).unwrap_or_default();
                return Ok(Answer { status, head: text, body: &self.joined });
            }
            None => {}
        }
        let text = self.buffer.get(start..head).unwrap_or_default();
        Ok(Answer { status, head: text, body: self.buffer.get(head..self.used).unwrap_or_default() })
    }

    /// Sends a request for server-sent events and gives the connection over to reading them. An answer that
    /// is not 200 is given back.
    pub async fn events(mut self, request: &[u8]) -> Result<std::result::Result<Events, u16>> {
        self.stream.write_all(request).await?;
        let head = self.read_head().await?;
        let status = status(self.buffer.get(self.used..head).unwrap_or_default())?;
        self.used = head;
        if status != 200 {
            return Ok(Err(status));
        }
        Ok(Ok(Events { connection: self, text: Vec::new() }))
    }

    /// Reads on until the head is there; returns where it ends.
    async fn read_head(&mut self) -> Result<usize> {
        if self.used == self.buffer.len() {
            self.buffer.clear();
        } else {
            self.buffer.drain(..self.used);
        }
        self.used = 0;
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                return Ok(end + 4);
            }
            self.fill().await?;
        }
    }

    /// Where the next chunk of a chunked body stands in the buffer; None after the last.
    async fn chunk(&mut self) -> Result<Option<(usize, usize)>> {
        let line = loop {
            match find(self.buffer.get(self.used..).unwrap_or_default(), b"\r\n") {
                Some(end) => break self.used + end,
                None => self.fill().await?,
            }
        };
        let size = std::str::from_utf8(self.buffer.get(self.used..line).unwrap_or_default())
            .ok()
            .and_then(|text| usize::from_str_radix(text.trim(), 16).ok())
            .ok_or_else(|| Error::new(ErrorKind::InvalidData, "a chunk without its size"))?;
        let from = line + 2;
        while self.buffer.len() < from + size + 2 {
            self.fill().await?;
        }
        self.used = from + size + 2;
        Ok((size > 0).then_some((from, from + size)))
    }

    async fn fill(&mut self) -> Result<()> {
        self.buffer.reserve(READ);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// One server-sent event.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Its `id`, if it has one.
    pub id: Option<String>,
    /// Its kind: `change`, `reload`, `alive`.
    pub event: String,
    /// Its data.
    pub data: String,
}

/// A stream of server-sent events.
#[derive(Debug)]
pub struct Events {
    connection: Connection,
    /// The text of an event that is not complete.
    text: Vec<u8>,
}

impl Events {
    /// The next event; comments are left out. None when the server ended the stream.
    pub async fn next(&mut self) -> Result<Option<Sent>> {
        loop {
            if let Some(end) = find(&self.text, b"\n\n") {
                let rest = self.text.split_off(end + 2);
                let block = std::mem::replace(&mut self.text, rest);
                let event = event(&String::from_utf8_lossy(&block));
                if !event.event.is_empty() || !event.data.is_empty() {
                    return Ok(Some(event));
                }
                continue;
            }
            let Some((from, to)) = self.connection.next_chunk().await? else { return Ok(None) };
            let chunk = self.connection.buffer.get(from..to).unwrap_or_default();
            self.text.extend_from_slice(chunk);
        }
    }

    /// Waits until there is something to read, without room for it: thousands of silent readers share one.
    pub async fn readable(&self) -> Result<()> {
        self.connection.stream.readable().await
    }

    /// Reads what has come, without looking into it, for readers that only count; what was read before and not
    /// used is not in it. 0 when the server ended the stream, an error of kind `WouldBlock` when nothing has come.
    pub fn try_skip(&self, scratch: &mut [u8]) -> Result<usize> {
        self.connection.stream.try_read(scratch)
    }
}

impl Connection {
    /// The next chunk of an endless body; what is done with makes room first.
    async fn next_chunk(&mut self) -> Result<Option<(usize, usize)>> {
        self.buffer.drain(..self.used);
        self.used = 0;
        self.chunk().await
    }
}

fn event(block: &str) -> Sent {
    let mut event = Sent::default();
    for line in block.lines() {
        if let Some(id) = line.strip_prefix("id: ") {
            event.id = Some(id.to_owned());
        } else if let Some(kind) = line.strip_prefix("event: ") {
            kind.clone_into(&mut event.event);
        } else if let Some(data) = line.strip_prefix("data: ") {
            event.data.push_str(data);
        }
    }
    event
}

fn status(head: &[u8]) -> Result<u16> {
    head.get(9..12)
        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "no status line"))
}

fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a str> {
    let mut lines = head.split(|byte| *byte == b'\n').skip(1);
    let value = lines.find_map(|line| {
        let (key, value) = line.split_at_checked(name.len())?;
        if key.eq_ignore_ascii_case(name.as_bytes()) { value.strip_prefix(b":") } else { None }
    })?;
    std::str::from_utf8(value).ok().map(str::trim)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A server that reads one request for each answer and sends it in two pieces.
    async fn server(answers: Vec<&'static str>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let mut seen = Vec::new();
                while find(&seen, b"\r\n\r\n").is_none() {
                    stream.read_buf(&mut seen).await.unwrap();
                }
                let (first, rest) = answer.as_bytes().split_at(answer.len() / 2);
                stream.write_all(first).await.unwrap();
                stream.flush().await.unwrap();
                stream.write_all(rest).await.unwrap();
            }
        });
        address
    }

    #[tokio::test]
    async fn answers_come_whole_one_after_the_other() {
        let address = server(vec![
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nMeridian-Now: now\r\n\r\nhello",
            "HTTP/1.1 503 No\r\nretry-after: 2\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
        ])
        .await;
        let mut connection = Connection::open(address).await.unwrap();
        let get = request("GET", "/", &[], None);
        let first = connection.send(&get).await.unwrap();
        assert_eq!((first.status, first.body), (200, &b"hello"[..]));
        assert_eq!(first.header("meridian-now"), Some("now"));
        let second = connection.send(&get).await.unwrap();
        assert_eq!((second.status, second.body), (503, &b"abcde"[..]));
        assert_eq!(second.header("retry-after"), Some("2"));
        assert!(second.must_succeed().is_err());
        assert_eq!(connection.send(&get).await.unwrap().status, 204);
    }

    #[tokio::test]
    async fn events_are_read_over_the_borders_of_chunks() {
        let address = server(vec![
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n: hello\n\n\r\n1e\r\nid: 7\nevent: change\ndata: {\"a\"\r\n5\r\n:1}\n\n\r\n0\r\n\r\n",
        ])
        .await;
        let get = request("GET", "/", &[], None);
        let mut events = Connection::open(address).await.unwrap().events(&get).await.unwrap().unwrap();
        let expected =
            Sent { id: Some("7".to_owned()), event: "change".to_owned(), data: "{\"a\":1}".to_owned() };
        assert_eq!(events.next().await.unwrap(), Some(expected));
        assert_eq!(events.next().await.unwrap(), None);
    }
}
