//! The key by which push services know this server (RFC 8292, "VAPID"): made at the first start,
//! kept in the database, the same ever after, since browsers subscribe to it.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::{SignedDuration, Timestamp};
use p256::{
    SecretKey,
    ecdsa::{Signature, SigningKey, signature::Signer as _},
};
use serde::Serialize;
use store::Context;
use url::Url;

use crate::{Result, secrets};

/// How long a signature is good. The standard allows a day; clocks differ.
const LASTS: SignedDuration = SignedDuration::from_hours(12);

/// The key of this server.
#[derive(Clone)]
pub struct PushKey(SecretKey);

/// What is signed.
#[derive(Serialize)]
struct Claims<'a> {
    aud: String,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

/// The key of this server; makes it if there is none.
pub async fn key(context: &Context) -> Result<PushKey> {
    let fresh = generate(&context.ids);
    let kept = secrets::keep(context, "push", fresh.to_bytes().to_vec()).await?;
    SecretKey::from_slice(&kept).map(PushKey).map_err(|_| crate::Error::Broken("the key for push"))
}

/// A new key pair. All but one in four billion random numbers are one.
pub(super) fn generate(ids: &kernel::Ids) -> SecretKey {
    loop {
        if let Ok(key) = SecretKey::from_slice(&ids.bytes::<32>()) {
            return key;
        }
    }
}

impl PushKey {
    /// The public half, as a browser takes it.
    pub fn public(&self) -> String {
        BASE64.encode(self.0.public_key().to_sec1_bytes())
    }

    /// The header `Authorization` of a push to this endpoint: who we are, for this service only
    /// (`aud` is its origin with its port), and only for a while.
    pub fn authorization(&self, endpoint: &Url, contact: Option<&str>, now: Timestamp) -> Result<String> {
        let exp = now.saturating_add(LASTS).unwrap_or(now).as_second();
        let claims = Claims { aud: endpoint.origin().ascii_serialization(), exp, sub: contact };
        let claims = serde_json::to_vec(&claims).map_err(|_| crate::Error::Broken("the claims of a push"))?;
        let signed = format!("{}.{}", BASE64.encode(r#"{"typ":"JWT","alg":"ES256"}"#), BASE64.encode(claims));
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        let token = format!("{signed}.{}", BASE64.encode(signature.to_bytes()));
        Ok(format!("vapid t={token}, k={}", self.public()))
    }
}
