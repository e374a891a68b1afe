//! A browser and its push service: it has the keys, reads what was encrypted for it, and holds who
//! sends against the standard. Written from the RFCs, not from our own code.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use p256::{
    PublicKey, SecretKey,
    ecdsa::{Signature, VerifyingKey, signature::Verifier as _},
};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use serde_json::{Value, json};

use crate::listener::Asked;

/// A browser that wants to be told.
pub struct Browser {
    key: SecretKey,
    auth: [u8; 16],
}

impl Browser {
    pub fn new(seed: u8) -> Self {
        Self { key: SecretKey::from_slice(&[seed; 32]).unwrap(), auth: [seed; 16] }
    }

    /// What its page sends to `PUT /me/push`.
    pub fn subscription(&self, id: &str, endpoint: &str) -> Value {
        json!({
            "id": id, "endpoint": endpoint, "label": "Firefox, Linux",
            "p256dh": BASE64.encode(self.key.public_key().to_sec1_bytes()), "auth": BASE64.encode(self.auth),
        })
    }

    /// Reads a push: RFC 8291 over RFC 8188.
    pub fn read(&self, asked: &Asked) -> Value {
        assert_eq!(asked.headers["content-encoding"], "aes128gcm");
        let body = &asked.body;
        assert!(body.len() <= 4096, "{} bytes", body.len());
        let (salt, id_length) = (&body[..16], usize::from(body[20]));
        let record = u32::from_be_bytes(body[16..20].try_into().unwrap()) as usize;
        let (theirs, sealed) = body[21..].split_at(id_length);
        assert!(sealed.len() <= record);
        let shared = self.key.diffie_hellman(&PublicKey::from_sec1_bytes(theirs).unwrap());
        let info = [b"WebPush: info\0", &*self.key.public_key().to_sec1_bytes(), theirs].concat();
        let secret = hkdf(&self.auth, shared.raw_secret_bytes(), &info, 32);
        let key = hkdf(salt, &secret, b"Content-Encoding: aes128gcm\0", 16);
        let nonce: [u8; 12] = hkdf(salt, &secret, b"Content-Encoding: nonce\0", 12).try_into().unwrap();
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap());
        let mut sealed = sealed.to_vec();
        let plain =
            key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(plain[end], 2, "the last record ends so");
        serde_json::from_slice(&plain[..end]).unwrap()
    }
}

/// RFC 5869.
fn hkdf(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text);
    let extracted = sign(salt, secret);
    sign(extracted.as_ref(), &[info, &[1]].concat()).as_ref()[..length].to_vec()
}

/// Holds the sender against RFC 8292; answers the claims.
pub fn sender(asked: &Asked, public_key: &str, audience: &str, now: Timestamp) -> Value {
    let authorization = asked.headers["authorization"].strip_prefix("vapid t=").unwrap();
    let (token, key) = authorization.split_once(", k=").unwrap();
    assert_eq!(key, public_key);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = VerifyingKey::from_sec1_bytes(&BASE64.decode(key).unwrap()).unwrap();
    let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
    key.verify(signed.as_bytes(), &signature).unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let parsed = |part: &str| serde_json::from_slice::<Value>(&BASE64.decode(part).unwrap()).unwrap();
    assert_eq!(parsed(head), json!({ "typ": "JWT", "alg": "ES256" }));
    let claims = parsed(claims);
    assert_eq!(claims["aud"], audience);
    let left = claims["exp"].as_i64().unwrap() - now.as_second();
    assert!((1..=24 * 3600).contains(&left), "{left} seconds are left");
    claims
}
