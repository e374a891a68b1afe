//! One push to one browser, and what its service made of it.

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::Context;

use super::{
    encryption::{LONGEST, encrypt},
    key::{PushKey, generate},
    subscriptions::Device,
};
use crate::{
    Result,
    outside::{Answer, Failure, Outside, Request},
};

/// The longest pause that a push service may ask for.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// How much of its answer is read; nothing in it matters.
const MOST_ANSWER: usize = 2048;

/// What a browser shows. The words are in the reader's language.
#[derive(Debug, Clone, Serialize)]
pub struct Message {
    /// The first line.
    pub title: String,
    /// The rest.
    pub body: String,
    /// Where a click leads: a path of this site.
    pub url: String,
    /// A newer one with the same tag replaces an older one.
    pub tag: String,
    /// Why it comes: the kind of its notice, or `test`.
    pub kind: String,
    /// When it was sent.
    pub at: Timestamp,
}

/// How a push is handled on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// Whether it wakes a sleeping phone.
    pub is_urgent: bool,
    /// How long the push service keeps it for a browser that is away, in seconds.
    pub keeps: i64,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The service took it.
    Taken,
    /// The browser has given its subscription up.
    Gone,
    /// Not now; perhaps after this pause.
    Later(Option<SignedDuration>),
    /// Never like this.
    Refused,
}

/// Sends one message to one browser.
pub(super) async fn send(
    context: &Context,
    outside: &Outside,
    key: &PushKey,
    contact: Option<&str>,
    device: &Device,
    message: &Message,
    manner: Manner,
) -> Result<Outcome> {
    let now = context.clock.now();
    let ours = generate(&context.ids);
    let body = encrypt(&device.reader, &encoded(message)?, &ours, context.ids.bytes())
        .map_err(|_| crate::Error::Broken("a browser's key"))?;
    let request = Request {
        method: Method::POST,
        address: device.endpoint.to_string(),
        headers: headers(&key.authorization(&device.endpoint, contact, now)?, message, manner)?,
        body: body.into(),
        most: MOST_ANSWER,
    };
    Ok(match outside.send(request).await {
        Ok(answer) => outcome(&answer, now),
        Err(failure) => {
            tracing::info!(%failure, subscription = %device.id, "a push was not delivered");
            match failure {
                Failure::Refused(_) => Outcome::Refused,
                Failure::Unreachable(_) => Outcome::Later(None),
            }
        }
    })
}

/// The message as JSON that fits: its body gives way.
fn encoded(message: &Message) -> Result<Vec<u8>> {
    let mut message = message.clone();
    loop {
        let bytes = serde_json::to_vec(&message).map_err(|_| crate::Error::Broken("a push message"))?;
        if bytes.len() <= LONGEST.min(3000) || message.body.is_empty() {
            return Ok(bytes);
        }
        let half = message.body.chars().count() / 2;
        message.body = message.body.chars().take(half).collect();
    }
}

fn headers(authorization: &str, message: &Message, manner: Manner) -> Result<HeaderMap> {
    let broken = |_| crate::Error::Broken("a header of a push");
    let mut headers = HeaderMap::new();
    let authorization = HeaderValue::from_str(authorization).map_err(broken)?;
    headers.insert(header::AUTHORIZATION, authorization);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("aes128gcm"));
    headers.insert("ttl", HeaderValue::from(manner.keeps.max(0)));
    headers.insert("urgency", HeaderValue::from_static(if manner.is_urgent { "high" } else { "normal" }));
    headers.insert("topic", HeaderValue::from_str(&topic(&message.tag)).map_err(broken)?);
    Ok(headers)
}

/// RFC 8030 takes 32 characters of base64url: one that waits is replaced by a newer one of the
/// same tag. The push service does not learn the tag itself.
fn topic(tag: &str) -> String {
    BASE64.encode(Sha256::digest(tag)).chars().take(32).collect()
}

fn outcome(answer: &Answer, now: Timestamp) -> Outcome {
    match answer.status {
        status if status.is_success() => Outcome::Taken,
        StatusCode::NOT_FOUND | StatusCode::GONE => Outcome::Gone,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Outcome::Later(retry_after(answer, now))
        }
        status if status.is_server_error() => Outcome::Later(retry_after(answer, now)),
        status => {
            tracing::warn!(%status, said = %String::from_utf8_lossy(&answer.body), "a push service refused");
            Outcome::Refused
        }
    }
}

/// Seconds, or a date.
fn retry_after(answer: &Answer, now: Timestamp) -> Option<SignedDuration> {
    let said = answer.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = match said.parse::<u32>() {
        Ok(seconds) => SignedDuration::from_secs(i64::from(seconds)),
        Err(_) => rfc2822::parse(said).ok()?.timestamp().duration_since(now),
    };
    Some(pause.clamp(SignedDuration::ZERO, LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&'static str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(text));
        }
        Answer { status: status.try_into().unwrap(), headers, body: "".into(), is_whole: true }
    }

    #[test]
    fn a_status_says_what_became_of_it() {
        let now: Timestamp = "2026-11-25T21:40:00Z".parse().unwrap();
        let later = |seconds| Outcome::Later(Some(SignedDuration::from_secs(seconds)));
        for (status, retry_after, expected) in [
            (200, None, Outcome::Taken),
            (201, None, Outcome::Taken),
            (202, None, Outcome::Taken),
            (400, None, Outcome::Refused),
            (401, None, Outcome::Refused),
            (403, None, Outcome::Refused),
            (404, None, Outcome::Gone),
            (410, None, Outcome::Gone),
            (413, None, Outcome::Refused),
            (429, None, Outcome::Later(None)),
            (429, Some("120"), later(120)),
            (429, Some("999999"), later(3600)),
            (429, Some("Wed, 25 Nov 2026 21:45:00 GMT"), later(300)),
            (429, Some("Wed, 25 Nov 2026 21:30:00 GMT"), later(0)),
            (429, Some("soon"), Outcome::Later(None)),
            (500, None, Outcome::Later(None)),
            (503, Some("7"), later(7)),
        ] {
            assert_eq!(outcome(&answer(status, retry_after), now), expected, "{status} {retry_after:?}");
        }
    }

    #[test]
    fn a_long_body_gives_way() {
        let message = Message {
            title: "A".repeat(100),
            body: "ü".repeat(5000),
            url: "/".to_owned(),
            tag: "t".to_owned(),
            kind: "ask".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let bytes = encoded(&message).unwrap();
        assert!(bytes.len() <= 3000);
        assert!(std::str::from_utf8(&bytes).unwrap().contains(&"A".repeat(100)));
    }

    #[test]
    fn a_push_service_does_not_learn_the_tag() {
        let topic = topic("top_01hxyz");
        assert_eq!(topic.len(), 32);
        assert!(topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
        assert!(!topic.contains("hxyz"));
    }
}
