use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};

use crate::sessions::{self, COOKIE, LASTS};

/// What is known of whoever sends a request before they are known.
pub struct Visitor {
    /// Where from, for counting attempts.
    pub address: String,
    /// What their browser calls itself.
    pub label: String,
    /// Whether the browser came by HTTPS.
    secure: bool,
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let user_agent = text(&parts.headers, header::USER_AGENT.as_str()).unwrap_or_default();
        let scheme = text(&parts.headers, "x-forwarded-proto").unwrap_or_default();
        Ok(Self {
            address: address(peer, &parts.headers),
            label: sessions::label(user_agent),
            secure: scheme.eq_ignore_ascii_case("https"),
        })
    }
}

impl Visitor {
    /// The header that keeps a session's secret in the browser.
    pub(super) fn keep(&self, secret: &str) -> Option<HeaderValue> {
        self.cookie(secret, LASTS.as_secs())
    }

    /// The header that makes the browser forget it.
    pub(super) fn forget(&self) -> Option<HeaderValue> {
        self.cookie("", 0)
    }

    fn cookie(&self, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&cookie).ok()
    }
}

/// The peer, or the one it forwards for when the peer is a proxy of ours: on this machine or in
/// its network. What a stranger writes into the header does not count.
fn address(peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    let Some(peer) = peer else { return "unknown".to_owned() };
    let ours = match peer.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    let forwarded = text(headers, "x-forwarded-for")
        .and_then(|list| list.rsplit(',').next())
        .and_then(|last| last.trim().parse::<IpAddr>().ok());
    forwarded.filter(|_| ours).unwrap_or(peer).to_canonical().to_string()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_ours_speaks_for_others() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.9.9.9, 203.0.113.7"));
        assert_eq!(address("127.0.0.1".parse().ok(), &headers), "203.0.113.7");
        assert_eq!(address("198.51.100.1".parse().ok(), &headers), "198.51.100.1");
        assert_eq!(address("::ffff:198.51.100.1".parse().ok(), &headers), "198.51.100.1");
        assert_eq!(address(None, &headers), "unknown");
    }

    #[test]
    fn the_cookie_is_secure_only_over_https() {
        let visitor = |secure| Visitor { address: String::new(), label: String::new(), secure };
        let plain = visitor(false).keep("abc").unwrap();
        assert_eq!(plain, "meridian_session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000");
        assert!(visitor(true).keep("abc").unwrap().to_str().unwrap().ends_with("; Secure"));
        assert!(visitor(false).forget().unwrap().to_str().unwrap().contains("Max-Age=0"));
    }
}
