//! Handing one mail to the operator's mail server.

use std::{net::IpAddr, time::Duration};

use kernel::MailServer;
use lettre::{
    Message,
    message::Mailbox,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
        response::Code,
    },
};
use tokio::time::timeout;
use url::{Host, Url};

use crate::settings::BadSetting;

/// How long one mail may take, from the connection to the last answer.
const PATIENCE: Duration = Duration::from_mins(1);
const PATIENCE_TO_CONNECT: Duration = Duration::from_secs(15);
/// The longest text of a failure that is kept, in characters.
const LONGEST_PROBLEM: usize = 300;

/// The way to the mail server.
pub struct Route {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    patience: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything that matters: without it nothing is sent.
    StartTls,
    /// This machine's own server.
    None,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// The server will never take this mail.
    #[error("{0}")]
    Never(String),
    /// It may take it later; nothing is wrong with the mail.
    #[error("{0}")]
    Later(String),
}

impl Route {
    /// The same with another end to patience.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Hands one mail over. `Ok` means that the server has taken it: then it is the server's.
    pub async fn send(&self, mail: &Message, hello: &str) -> Result<(), NotTaken> {
        let exchange = async {
            let mut connection = self.connect(hello).await?;
            let taken = connection.send(mail.envelope(), &mail.formatted()).await;
            taken.map_err(|error| not_taken(&error))?;
            // It has the mail already, whatever it says now.
            let _ = timeout(Duration::from_secs(2), connection.quit()).await;
            Ok(())
        };
        timeout(self.patience, exchange).await.unwrap_or_else(|_| Err(self.too_slow()))
    }

    /// Connects and signs in, without a mail: whether it would work.
    pub async fn check(&self, hello: &str) -> Result<(), NotTaken> {
        let exchange = async {
            let mut connection = self.connect(hello).await?;
            let _ = timeout(Duration::from_secs(2), connection.quit()).await;
            Ok(())
        };
        timeout(self.patience, exchange).await.unwrap_or_else(|_| Err(self.too_slow()))
    }

    /// Whatever goes wrong here is not the mail's fault.
    async fn connect(&self, hello: &str) -> Result<AsyncSmtpConnection, NotTaken> {
        let later = |error: SmtpError| NotTaken::Later(said(&error));
        let hello = ClientId::Domain(hello.to_owned());
        let tls = match self.security {
            Security::None => None,
            Security::Tls | Security::StartTls => Some(TlsParameters::new(self.host.clone()).map_err(later)?),
        };
        let at_once = tls.clone().filter(|_| self.security == Security::Tls);
        let (server, patience) = ((self.host.as_str(), self.port), Some(PATIENCE_TO_CONNECT));
        let connecting = AsyncSmtpConnection::connect_tokio1(server, patience, &hello, at_once, None);
        let mut connection = connecting.await.map_err(later)?;
        if let (Security::StartTls, Some(tls)) = (self.security, tls) {
            connection.starttls(tls, &hello).await.map_err(later)?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await.map_err(later)?;
        }
        Ok(connection)
    }

    fn too_slow(&self) -> NotTaken {
        let (host, seconds) = (&self.host, self.patience.as_secs());
        NotTaken::Later(format!("{host} did not finish within {seconds} seconds"))
    }
}

/// A refusal for good counts only when it is about the mail: "sign in first" is about us.
fn not_taken(error: &SmtpError) -> NotTaken {
    const ABOUT_US: [u16; 4] = [530, 534, 535, 538];
    let code: Option<u16> = error.status().map(|code: Code| code.into());
    if error.is_permanent() && !code.is_some_and(|code| ABOUT_US.contains(&code)) {
        NotTaken::Never(said(error))
    } else {
        NotTaken::Later(said(error))
    }
}

fn said(error: &SmtpError) -> String {
    let mut said = error.to_string();
    if said.chars().count() > LONGEST_PROBLEM {
        said = said.chars().take(LONGEST_PROBLEM).collect();
    }
    said
}

/// Reads `smtp://user:password@host:587` or `smtps://…`.
pub fn route(mail: &MailServer) -> Result<Route, BadSetting> {
    let bad = |problem: &str| BadSetting { setting: "mail.server", problem: problem.to_owned() };
    let url =
        Url::parse(&mail.server).map_err(|_| bad("expected smtp://user:password@host:587 or smtps://…"))?;
    let (tls, usual_port) = match url.scheme() {
        "smtp" => (false, 587),
        "smtps" => (true, 465),
        _ => return Err(bad("expected an address that begins with smtp:// or smtps://")),
    };
    let nothing_more = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let host = url.host_str().filter(|host| !host.is_empty() && nothing_more);
    let Some(host) = host else { return Err(bad("expected only a user, a host and a port")) };
    let host = host.trim_matches(['[', ']']).to_owned();
    let security = match (tls, is_this_machine(&host)) {
        (true, _) => Security::Tls,
        (false, true) => Security::None,
        (false, false) => Security::StartTls,
    };
    let credentials = match (url.username(), url.password()) {
        ("", None) => None,
        ("", Some(_)) => return Err(bad("there is a password, and no user")),
        (_, None) => return Err(bad("there is a user, and no password")),
        (user, Some(password)) => Some(Credentials::new(decoded(user), decoded(password))),
    };
    let port = url.port().unwrap_or(usual_port);
    Ok(Route { host, port, security, credentials, patience: PATIENCE })
}

/// Only then nobody can listen.
fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// What an address cannot hold is written with percent signs.
fn decoded(text: &str) -> String {
    // A plus is a plus here.
    let text = text.replace('+', "%2B");
    url::form_urlencoded::parse(format!("a={text}").as_bytes()).map(|(_, value)| value.into_owned()).collect()
}

/// Whom mail comes from.
pub fn sender(mail: &MailServer) -> Result<Mailbox, BadSetting> {
    mail.from.parse().map_err(|_| BadSetting {
        setting: "mail.from",
        problem: "expected an address like Meridian <meridian@example.org>".to_owned(),
    })
}

/// By which name we greet: the host of our address.
pub fn hello(address: &str) -> String {
    match Url::parse(address).ok().and_then(|url| url.host().map(|host| host.to_owned())) {
        Some(Host::Domain(name)) => name,
        Some(Host::Ipv4(ip)) => format!("[{ip}]"),
        Some(Host::Ipv6(ip)) => format!("[IPv6:{ip}]"),
        None => "localhost".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(server: &str) -> Result<Route, BadSetting> {
        route(&MailServer { server: server.to_owned(), from: String::new() })
    }

    #[test]
    fn mail_leaves_this_machine_only_encrypted() {
        let security = |server: &str| read(server).unwrap().security;
        assert_eq!(security("smtp://mail.example.org"), Security::StartTls);
        assert_eq!(security("smtp://10.0.0.1:25"), Security::StartTls);
        assert_eq!(security("smtps://mail.example.org"), Security::Tls);
        assert_eq!(security("smtp://127.0.0.1:2525"), Security::None);
        assert_eq!(security("smtp://localhost"), Security::None);
        assert_eq!(security("smtp://[::1]:25"), Security::None);
        assert_eq!(security("smtp://localhost.example.org"), Security::StartTls);
    }

    #[test]
    fn ports_users_and_passwords() {
        let route = read("smtp://me%40example.org:p%2Fa+s%25s@mail.example.org").unwrap();
        assert_eq!((route.host.as_str(), route.port), ("mail.example.org", 587));
        assert_eq!(route.credentials, Some(Credentials::new("me@example.org".into(), "p/a+s%s".into())));
        assert_eq!(read("smtps://mail.example.org").unwrap().port, 465);
        assert_eq!(read("smtp://mail.example.org:25").unwrap().port, 25);
        assert_eq!(read("smtp://[::1]:25").unwrap().host, "::1");
        for wrong in [
            "",
            "mail.example.org",
            "http://a",
            "smtp://",
            "smtp://me@a",
            "smtp://:p@a",
            "smtp://a/b",
            "smtp://a?tls=none",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_sender_is_an_address() {
        let from = |from: &str| sender(&MailServer { server: String::new(), from: from.to_owned() });
        assert_eq!(from("Meridian <m@example.org>").unwrap().to_string(), "Meridian <m@example.org>");
        assert!(from("m@example.org").is_ok());
        assert!(from("Meridian").is_err());
    }

    #[test]
    fn we_greet_by_our_host() {
        assert_eq!(hello("https://work.example.org"), "work.example.org");
        assert_eq!(hello("http://127.0.0.1:7600"), "[127.0.0.1]");
        assert_eq!(hello("http://[::1]:7600"), "[IPv6:::1]");
    }
}
