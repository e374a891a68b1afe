use std::{fmt, net::IpAddr, str::FromStr};

use jiff::Timestamp;

/// What the person who runs the server has said about its place in the world. Plain values: those
/// who use them know what they mean.
#[derive(Debug, Clone, Default)]
pub struct Site {
    /// Where people reach it, without a slash at the end: `https://work.example.org`. Mails and
    /// pushes link there.
    pub address: Option<String>,
    /// How mail goes out. None: it does not.
    pub mail: Option<MailServer>,
    /// Addresses of the operator's own networks that requests to the outside may reach, and
    /// without TLS.
    pub outbound: Vec<Allowed>,
    /// When the program was started.
    pub started_at: Timestamp,
}

/// A mail server that takes our mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    /// `smtp://user:password@host:587` or `smtps://…`.
    pub server: String,
    /// Whom mail comes from: `Meridian <meridian@example.org>`.
    pub from: String,
}

/// The address may hold a password, so that it is not shown.
impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer").field("from", &self.from).finish_non_exhaustive()
    }
}

/// An address, a network, or one port of either: `127.0.0.1:4711`, `10.1.2.3`, `10.0.0.0/8`,
/// `[fd00::]/8`, `[::1]:4711`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    network: IpAddr,
    bits: u8,
    port: Option<u16>,
}

/// What is no [`Allowed`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address like 127.0.0.1:4711, 10.1.2.3, 10.0.0.0/8 or [::1]:4711")]
pub struct NotAnAddress(String);

impl Allowed {
    /// Whether a connection to this address and port is meant.
    pub fn covers(&self, ip: IpAddr, port: u16) -> bool {
        if self.port.is_some_and(|mine| mine != port) {
            return false;
        }
        match (self.network, ip.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let shift = 32 - u32::from(self.bits.min(32));
                network.to_bits().checked_shr(shift) == ip.to_bits().checked_shr(shift)
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let shift = 128 - u32::from(self.bits.min(128));
                network.to_bits().checked_shr(shift) == ip.to_bits().checked_shr(shift)
            }
            _ => false,
        }
    }
}

impl FromStr for Allowed {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        parse(text).ok_or_else(|| NotAnAddress(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Allowed> {
    let (ip, rest) = if let Some(bracketed) = text.strip_prefix('[') {
        bracketed.split_once(']')?
    } else if let Some(end) = text.find(['/', ':']).filter(|_| text.contains('.')) {
        text.split_at_checked(end)?
    } else if let Some(end) = text.find('/') {
        text.split_at_checked(end)?
    } else {
        (text, "")
    };
    let network = ip.parse::<IpAddr>().ok()?.to_canonical();
    let most = if network.is_ipv4() { 32 } else { 128 };
    let (bits, port) = match rest.split_at_checked(1) {
        None => (most, None),
        Some((":", port)) => (most, Some(port.parse().ok()?)),
        Some(("/", bits)) => (bits.parse().ok().filter(|bits| *bits <= most)?, None),
        Some(_) => return None,
    };
    Some(Allowed { network, bits, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(allowed: &str, ip: &str, port: u16) -> bool {
        allowed.parse::<Allowed>().unwrap().covers(ip.parse().unwrap(), port)
    }

    #[test]
    fn an_address_a_network_or_a_port() {
        assert!(covers("127.0.0.1:4711", "127.0.0.1", 4711));
        assert!(covers("127.0.0.1:4711", "::ffff:127.0.0.1", 4711));
        assert!(!covers("127.0.0.1:4711", "127.0.0.1", 4712));
        assert!(!covers("127.0.0.1:4711", "127.0.0.2", 4711));
        assert!(covers("10.1.2.3", "10.1.2.3", 1));
        assert!(covers("10.0.0.0/8", "10.200.1.1", 443));
        assert!(!covers("10.0.0.0/8", "11.0.0.1", 443));
        assert!(covers("0.0.0.0/0", "203.0.113.1", 443));
        assert!(covers("[::1]:80", "::1", 80));
        assert!(covers("::1", "::1", 80));
        assert!(covers("fd00::/8", "fd12::1", 80));
        assert!(covers("[fd00::]/8", "fd12::1", 80));
        assert!(!covers("fd00::/8", "fe80::1", 80));
    }

    #[test]
    fn nothing_else_is_understood() {
        for text in ["", "localhost", "localhost:80", "10.0.0.0/33", "127.0.0.1:x", "127.0.0.1:80/8", "[::1"]
        {
            assert!(text.parse::<Allowed>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let server = MailServer { server: "smtp://me:secret@host".to_owned(), from: "a@b".to_owned() };
        assert!(!format!("{server:?}").contains("secret"));
    }
}
