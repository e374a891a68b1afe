use std::{sync::Arc, time::Duration};

use axum::http::{HeaderMap, Method};
use connect::outside::{Answer, Failure, Outside, Request};
use kernel::Allowed;
use tokio::io::AsyncWriteExt;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

use crate::listener::{self, Listener};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-said: it\r\n\r\nhello";

fn request(address: &str) -> Request {
    Request {
        method: Method::GET,
        address: address.to_owned(),
        headers: HeaderMap::new(),
        body: bytes::Bytes::new(),
        most: 1000,
    }
}

fn allowing(listener: &Listener) -> Outside {
    let allowed: Allowed = listener.address.to_string().parse().unwrap();
    Outside::new(&[allowed]).with_patience(Duration::from_secs(10))
}

async fn get(outside: &Outside, address: &str) -> Result<Answer, Failure> {
    outside.send(request(address)).await
}

async fn is_refused(outside: &Outside, address: &str) {
    let answer = get(outside, address).await;
    assert!(matches!(answer, Err(Failure::Refused(_))), "{address}: {answer:?}");
}

#[tokio::test]
async fn an_allowed_address_is_asked() {
    let listener = Listener::answering(&[OK]).await;
    let mut request = request(&listener.url("/a%20b?c=d#e"));
    request.method = Method::POST;
    request.headers.insert("ttl", "60".parse().unwrap());
    request.body = "words".into();
    let answer = allowing(&listener).send(request).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..], answer.is_whole), (200, &b"hello"[..], true));
    assert_eq!(answer.headers["x-said"], "it");
    let asked = &listener.asked()[0];
    assert_eq!((asked.line.as_str(), &asked.body[..]), ("POST /a%20b?c=d HTTP/1.1", &b"words"[..]));
    assert_eq!(asked.headers["host"], listener.address.to_string());
    assert_eq!(asked.headers["ttl"], "60");
}

#[tokio::test]
async fn what_is_private_is_refused_however_it_is_spelled() {
    let listener = Listener::answering(&[OK]).await;
    let (nobody, port) = (Outside::new(&[]), listener.address.port());
    let spellings = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "localhost",
        "LOCALHOST",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "１２７.0.0.1",
        "①②⑦.⓪.⓪.①",
        "0",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ];
    for host in spellings {
        is_refused(&nobody, &format!("https://{host}:{port}/")).await;
        is_refused(&nobody, &format!("http://{host}:{port}/")).await;
    }
    assert!(listener.asked().is_empty());
}

#[tokio::test]
async fn one_allowed_port_opens_no_other() {
    let (allowed, other) = (Listener::answering(&[OK]).await, Listener::answering(&[OK]).await);
    let outside = allowing(&allowed);
    get(&outside, &allowed.url("/")).await.unwrap();
    get(&outside, &format!("http://localhost:{}/", allowed.address.port())).await.unwrap_or_else(|failure| {
        // A machine whose name resolves to ::1 as well: that one was not allowed.
        assert!(matches!(failure, Failure::Refused(_)));
        Answer { status: 200.try_into().unwrap(), headers: HeaderMap::new(), body: "".into(), is_whole: true }
    });
    is_refused(&outside, &other.url("/")).await;
    is_refused(&outside, &format!("http://localhost:{}/", other.address.port())).await;
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn only_addresses_of_the_web() {
    let outside = Outside::new(&[]);
    let long = format!("https://example.org/{}", "a".repeat(2048));
    for address in [
        "",
        "example.org",
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://example.org/",
        "https://",
        "http://example.org/",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "data:text/plain,a",
        "https://exa mple.org/",
        "http://8.8.8.8/",
        &long,
    ] {
        is_refused(&outside, address).await;
        assert!(outside.check(address).is_err(), "{address}");
    }
    assert!(outside.check("https://updates.example.org/push/abc").is_ok());
    assert!(outside.check("https://127.0.0.1/").is_err());
}

#[tokio::test]
async fn nobody_sends_us_elsewhere() {
    let inner = Listener::answering(&[OK]).await;
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let answer =
            format!("HTTP/1.1 {status}\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", inner.url("/"));
        let outer = Listener::answering(&[&answer]).await;
        is_refused(&allowing(&outer), &outer.url("/")).await;
    }
    assert!(inner.asked().is_empty());
}

#[tokio::test]
async fn an_answer_is_read_only_so_far() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{}", "a".repeat(5000));
    let listener = Listener::answering(&[&long]).await;
    let answer = get(&allowing(&listener), &listener.url("/")).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_whole), (1000, false));

    let endless = Listener::serving(|mut stream, _| async move {
        let _ = listener::read(&mut stream).await;
        let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let _ = stream.write_all(head).await;
        while stream.write_all(b"5\r\nagain\r\n").await.is_ok() {}
    })
    .await;
    let answer = get(&allowing(&endless), &endless.url("/")).await.unwrap();
    assert_eq!((answer.body.len(), answer.is_whole), (1000, false));

    let all_head = Listener::serving(|mut stream, _| async move {
        let _ = listener::read(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"x-more: and more and more and more\r\n").await.is_ok() {}
    })
    .await;
    let answer = get(&allowing(&all_head), &all_head.url("/")).await;
    assert!(matches!(answer, Err(Failure::Unreachable(_))), "{answer:?}");
}

#[tokio::test]
async fn patience_ends() {
    let silent = Listener::serving(|stream, _| async move {
        let _open = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let drop_by_drop = Listener::serving(|mut stream, _| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    for listener in [silent, drop_by_drop] {
        let outside = allowing(&listener).with_patience(Duration::from_millis(150));
        let answer = get(&outside, &listener.url("/")).await;
        assert!(
            matches!(&answer, Err(Failure::Unreachable(why)) if why.contains("did not answer")),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn whoever_breaks_off_or_speaks_nonsense_is_tried_later() {
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello";
    for answer in ["", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\n", short, "HTTP/1.1 999999 X\r\n\r\n"] {
        let listener = Listener::answering(&[answer]).await;
        let answer = get(&allowing(&listener), &listener.url("/")).await;
        assert!(matches!(answer, Err(Failure::Unreachable(_))), "{answer:?}");
    }
    let gone = Listener::answering(&[OK]).await;
    let (outside, address) = (allowing(&gone), gone.url("/"));
    drop(gone);
    tokio::task::yield_now().await;
    let answer = get(&outside, &address).await;
    assert!(matches!(answer, Err(Failure::Unreachable(_))), "{answer:?}");
}

/// A server with the certificate of `tests/tls`, which is for 127.0.0.1.
pub async fn with_tls() -> Listener {
    let provider = Arc::new(crypto::ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(include_bytes!("../tls/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("../tls/server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Listener::serving(move |stream, asked| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let Some(request) = listener::read(&mut stream).await else { return };
            asked.lock().unwrap().push(request);
            let _ = stream.write_all(OK.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    })
    .await
}

#[tokio::test]
async fn a_certificate_must_be_signed_by_somebody_who_is_trusted() {
    let listener = with_tls().await;
    let address = format!("https://{}/", listener.address);
    let answer = get(&allowing(&listener), &address).await;
    assert!(matches!(&answer, Err(Failure::Unreachable(why)) if why.contains("TLS")), "{answer:?}");
    assert!(listener.asked().is_empty());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(include_bytes!("../tls/root.pem")).unwrap()).unwrap();
    let trusting = allowing(&listener).with_roots(roots);
    assert_eq!(get(&trusting, &address).await.unwrap().body, "hello");
    // The certificate is for the address, not for the name.
    let by_name = format!("https://localhost:{}/", listener.address.port());
    assert!(get(&trusting, &by_name).await.is_err());
}
