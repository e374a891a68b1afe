//! Mail through TLS, as the operator sets it up: the certificate of the mail server counts when
//! somebody whom this machine trusts has signed it.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::{
    process::{Command, Output},
    sync::Arc,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

const TLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../connect/tests/tls");

/// A mail server with TLS from the first byte that lets everybody in; answers its port.
async fn mail_server() -> u16 {
    let certificate = CertificateDer::from_pem_file(format!("{TLS}/server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(format!("{TLS}/server.key")).unwrap();
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let (acceptor, socket) =
        (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = socket.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = socket.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            stream.write_all(b"220 mail.example.org\r\n").await.unwrap();
            while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                stream.write_all(b"250 fine\r\n").await.unwrap();
                line.clear();
            }
        }
    });
    port
}

/// What `meridian doctor` says, in a data folder where there has been a workspace.
async fn doctor(data: &TempDir, port: u16, trusted: &'static str) -> String {
    let data = data.path().to_owned();
    let run = move || -> Output {
        Command::new(env!("CARGO_BIN_EXE_meridian"))
            .args(["doctor", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("MERIDIAN_ADDRESS", "https://work.example.org")
            .env("MERIDIAN_MAIL", format!("smtps://127.0.0.1:{port}"))
            .env("MERIDIAN_MAIL_FROM", "Meridian <m@example.org>")
            .env("SSL_CERT_FILE", format!("{TLS}/{trusted}"))
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_mail_server_needs_a_certificate_that_somebody_vouches_for() {
    let data = TempDir::new().unwrap();
    let url = format!("sqlite:{}/meridian.db", data.path().display());
    store::Db::open(store::Options::new(url), &server::migrations()).await.unwrap().close().await;
    let port = mail_server().await;
    let said = doctor(&data, port, "root.pem").await;
    assert!(said.contains("✓ Mail: the mail server lets us in"), "{said}");
    // The server's own certificate has signed nothing.
    let said = doctor(&data, port, "../messages.rs").await;
    assert!(said.contains("✗ Mail: the mail server does not let us in"), "{said}");
}
