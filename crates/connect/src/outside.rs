//! The one client for requests to the outside. Whoever names an address (a browser's push
//! service, a calendar) must not reach what only this machine can: private, loopback and
//! link-local addresses are refused after the name was looked up, and the connection goes to the
//! very address that was checked. TLS always, no redirects, an end to patience and size.

mod addresses;

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::{HeaderMap, Method, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use kernel::Allowed;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto, pki_types::ServerName},
};
use url::{Host, Url};

/// How long one request may take, from looking up the name to the last byte of the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one of several addresses of a host may take to accept.
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(8);
/// The largest head of an answer, in bytes.
const LARGEST_HEAD: usize = 64 * 1024;
/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 2048;

/// Sends requests to the outside. Clones share what is costly.
#[derive(Clone)]
pub struct Outside {
    allowed: Arc<[Allowed]>,
    patience: Duration,
    /// None: those of the system.
    roots: Option<Arc<RootCertStore>>,
}

/// What to send.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub address: String,
    /// The headers, but for `Host` and `User-Agent`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// How many bytes of the answer's body are read.
    pub most: usize,
}

/// What came back: any status but a redirect.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, as much of it as was wanted.
    pub body: Bytes,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// Why there is no answer. The words are for whoever runs the server, or chose the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// This address is not for us, today or tomorrow.
    #[error("{0}")]
    Refused(String),
    /// It may work later.
    #[error("{0}")]
    Unreachable(String),
}

type Result<T> = std::result::Result<T, Failure>;

/// An address that has been looked at, though not yet looked up.
#[derive(Debug, Clone)]
struct Target {
    url: Url,
    host: Host<String>,
    port: u16,
}

impl Outside {
    /// With the networks that the operator allows beside the public internet.
    pub fn new(allowed: &[Allowed]) -> Self {
        Self { allowed: allowed.into(), patience: PATIENCE, roots: None }
    }

    /// With another end to patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Trusting these certificate authorities instead of the system's.
    #[must_use]
    pub fn with_roots(self, roots: RootCertStore) -> Self {
        Self { roots: Some(Arc::new(roots)), ..self }
    }

    /// Refuses an address that could never be asked, as far as it shows without looking it up. A
    /// name needs TLS here: whose network it is in shows only later.
    pub fn check(&self, address: &str) -> Result<()> {
        let target = self.target(address)?;
        if matches!(target.host, Host::Domain(_)) && target.url.scheme() != "https" {
            return Err(Failure::Refused("the address does not begin with https://".to_owned()));
        }
        Ok(())
    }

    /// Sends one request and reads the answer.
    pub async fn send(&self, request: Request) -> Result<Answer> {
        let target = self.target(&request.address)?;
        let seconds = self.patience.as_secs();
        timeout(self.patience, self.ask(&target, request)).await.unwrap_or_else(|_| {
            Err(Failure::Unreachable(format!("{} did not answer within {seconds} seconds", target.host)))
        })
    }

    fn target(&self, address: &str) -> Result<Target> {
        let refuse = |why: &str| Err(Failure::Refused(why.to_owned()));
        if address.len() > LONGEST_ADDRESS {
            return refuse("the address is too long");
        }
        let Ok(url) = Url::parse(address) else { return refuse("this is no address") };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("the address names a user");
        }
        let (Some(host), Some(port)) = (url.host().map(|host| host.to_owned()), url.port_or_known_default())
        else {
            return refuse("the address names no host");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("the address does not begin with https://");
        }
        let ip = match &host {
            Host::Ipv4(ip) => Some((*ip).into()),
            Host::Ipv6(ip) => Some((*ip).into()),
            Host::Domain(_) => None,
        };
        if let Some(ip) = ip {
            self.permit(&url, SocketAddr::new(ip, port))?;
        } else if url.scheme() == "http" && self.allowed.is_empty() {
            return refuse("the address does not begin with https://");
        }
        Ok(Target { url, host, port })
    }

    /// Whether this address may be reached, by the scheme of that URL.
    fn permit(&self, url: &Url, to: SocketAddr) -> Result<()> {
        if self.allowed.iter().any(|allowed| allowed.covers(to.ip(), to.port())) {
            return Ok(());
        }
        if !addresses::is_public(to.ip()) {
            return Err(Failure::Refused("the address is in a private network".to_owned()));
        }
        if url.scheme() != "https" {
            return Err(Failure::Refused("the address does not begin with https://".to_owned()));
        }
        Ok(())
    }

    async fn ask(&self, target: &Target, request: Request) -> Result<Answer> {
        let stream = self.connect(target).await?;
        if target.url.scheme() == "http" {
            return exchange(stream, target, request).await;
        }
        let name = match &target.host {
            Host::Domain(domain) => ServerName::try_from(domain.clone())
                .map_err(|_| Failure::Refused("the address names no host".to_owned()))?,
            Host::Ipv4(ip) => ServerName::from(std::net::IpAddr::from(*ip)),
            Host::Ipv6(ip) => ServerName::from(std::net::IpAddr::from(*ip)),
        };
        let connector = TlsConnector::from(self.tls()?);
        let stream = connector
            .connect(name, stream)
            .await
            .map_err(|error| Failure::Unreachable(format!("{} and TLS: {error}", target.host)))?;
        exchange(stream, target, request).await
    }

    /// Connects to an address that has been checked, never to the name once more.
    async fn connect(&self, target: &Target) -> Result<TcpStream> {
        let unreachable =
            |error: &dyn std::fmt::Display| Failure::Unreachable(format!("{}: {error}", target.host));
        let addresses: Vec<SocketAddr> = match &target.host {
            Host::Ipv4(ip) => vec![SocketAddr::new((*ip).into(), target.port)],
            Host::Ipv6(ip) => vec![SocketAddr::new((*ip).into(), target.port)],
            Host::Domain(name) => {
                let found = lookup_host((name.as_str(), target.port)).await;
                found.map_err(|error| unreachable(&error))?.collect()
            }
        };
        // A name that answers with a private address beside a public one wants to be let in.
        for address in &addresses {
            self.permit(&target.url, *address)?;
        }
        let mut last = unreachable(&"the name has no address");
        for address in addresses {
            match timeout(PATIENCE_TO_CONNECT, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = unreachable(&error),
                Err(_) => last = unreachable(&"nobody accepted the connection"),
            }
        }
        Err(last)
    }

    fn tls(&self) -> Result<Arc<ClientConfig>> {
        static OF_THE_SYSTEM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
        if let Some(roots) = &self.roots {
            return trusting(RootCertStore::clone(roots));
        }
        if let Some(kept) = OF_THE_SYSTEM.get() {
            return Ok(kept.clone());
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            let problem = "this machine trusts no certificate authority: install the package ca-certificates";
            return Err(Failure::Unreachable(problem.to_owned()));
        }
        let config = trusting(roots)?;
        Ok(OF_THE_SYSTEM.get_or_init(|| config).clone())
    }
}

fn trusting(roots: RootCertStore) -> Result<Arc<ClientConfig>> {
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::Unreachable(format!("TLS: {error}")))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// One request and its answer on a fresh connection, which ends with them.
async fn exchange<S>(stream: S, target: &Target, request: Request) -> Result<Answer>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |error: hyper::Error| {
        let mut said = format!("{} broke off: {error}", target.host);
        if let Some(source) = std::error::Error::source(&error) {
            said = format!("{said}: {source}");
        }
        Failure::Unreachable(said)
    };
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(LARGEST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // Dropped with this call, whether it comes to an end or not.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let most = request.most;
    let response = sender.send_request(prepared(target, request)?).await.map_err(broken)?;
    if response.status().is_redirection() {
        return Err(Failure::Refused(format!("{} sends us elsewhere, and we do not follow", target.host)));
    }
    let (head, body) = response.into_parts();
    let (body, is_whole) = read(body, most).await.map_err(broken)?;
    Ok(Answer { status: head.status, headers: head.headers, body, is_whole })
}

fn prepared(target: &Target, request: Request) -> Result<hyper::Request<Full<Bytes>>> {
    let (url, default_port) = (&target.url, target.url.port().is_none());
    let host =
        if default_port { target.host.to_string() } else { format!("{}:{}", target.host, target.port) };
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let mut prepared = hyper::Request::builder()
        .method(request.method)
        .uri(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, concat!("Meridian/", env!("CARGO_PKG_VERSION")))
        .body(Full::new(request.body))
        .map_err(|error| Failure::Refused(format!("this is no address: {error}")))?;
    prepared.headers_mut().extend(request.headers);
    Ok(prepared)
}

/// At most so many bytes, and whether that was all.
async fn read(mut body: Incoming, most: usize) -> std::result::Result<(Bytes, bool), hyper::Error> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(bytes) = frame?.into_data() else { continue };
        let room = most.saturating_sub(read.len());
        read.extend(bytes.iter().take(room));
        if bytes.len() > room {
            return Ok((read.into(), false));
        }
    }
    Ok((read.into(), true))
}
