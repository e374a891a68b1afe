//! A message that only one browser can read: RFC 8291 over RFC 8188. The push service carries it
//! and learns nothing but its length.

use p256::{PublicKey, SecretKey};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};

/// The size of a record that is announced; ours are the only one of their message.
const RECORD: u32 = 4096;
/// The longest plain text: push services need not take bodies of more than 4096 bytes, of which
/// the header is 86, the tag 16 and the delimiter 1.
pub const LONGEST: usize = 4096 - 86 - 16 - 1;

/// What a browser gave us so that only it can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Its public key.
    pub key: PublicKey,
    /// A secret that it shares with us.
    pub auth: [u8; 16],
}

/// The one thing that goes wrong: the library refuses lengths that we do not use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be encrypted")]
pub struct Unencrypted;

impl From<ring::error::Unspecified> for Unencrypted {
    fn from(_: ring::error::Unspecified) -> Self {
        Self
    }
}

/// The body of a push: header and one record. The key pair and the salt are made anew for every
/// message.
pub fn encrypt(
    reader: &Reader,
    message: &[u8],
    ours: &SecretKey,
    salt: [u8; 16],
) -> Result<Vec<u8>, Unencrypted> {
    let our_public = ours.public_key().to_sec1_bytes();
    let secret = input_key(reader, ours, &our_public)?;
    content(&secret, salt, &our_public, message)
}

/// RFC 8291, section 3.4: from the two key pairs and the secret that both know.
fn input_key(reader: &Reader, ours: &SecretKey, our_public: &[u8]) -> Result<[u8; 32], Unencrypted> {
    let shared = ours.diffie_hellman(&reader.key);
    let reader_public = reader.key.to_sec1_bytes();
    derive(&reader.auth, shared.raw_secret_bytes(), &[b"WebPush: info\0", &reader_public, our_public])
}

/// RFC 8188: one record, which is the last.
fn content(secret: &[u8], salt: [u8; 16], key_id: &[u8], message: &[u8]) -> Result<Vec<u8>, Unencrypted> {
    let key: [u8; 16] = derive(&salt, secret, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = derive(&salt, secret, &[b"Content-Encoding: nonce\0"])?;
    let mut record = [message, &[2]].concat();
    let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
    let id_length = u8::try_from(key_id.len()).map_err(|_| Unencrypted)?;
    Ok([&salt[..], &RECORD.to_be_bytes(), &[id_length], key_id, &record].concat())
}

/// HKDF with SHA-256.
fn derive<const LENGTH: usize>(
    salt: &[u8],
    secret: &[u8],
    info: &[&[u8]],
) -> Result<[u8; LENGTH], Unencrypted> {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut derived = [0; LENGTH];
    let key = Salt::new(HKDF_SHA256, salt).extract(secret);
    key.expand(info, Length(LENGTH))?.fill(&mut derived)?;
    Ok(derived)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};

    use super::*;

    fn decoded<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
        BASE64.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8188, section 3.1.
    #[test]
    fn one_record_is_as_in_the_standard() {
        let secret: [u8; 16] = decoded("yqdlZ-tYemfogSmv7Ws5PQ");
        let salt = decoded("I1BsxtFttlv3u_Oo94xnmw");
        let body = content(&secret, salt, b"", b"I am the walrus").unwrap();
        assert_eq!(
            BASE64.encode(body),
            "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"
        );
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn a_push_is_as_in_the_standard() {
        let theirs = BASE64
            .decode("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
            .unwrap();
        let reader = Reader {
            key: PublicKey::from_sec1_bytes(&theirs).unwrap(),
            auth: decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        };
        let ours: [u8; 32] = decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let ours = SecretKey::from_slice(&ours).unwrap();
        let our_public = ours.public_key().to_sec1_bytes();
        let input = input_key(&reader, &ours, &our_public).unwrap();
        assert_eq!(BASE64.encode(input), "S4lYMb_L0FxCeq0WhDx813KgSYqU26kOyzWUdsXYyrg");
        let message = b"When I grow up, I want to be a watermelon";
        let body = encrypt(&reader, message, &ours, decoded("DGv6ra1nlYgDCS1FRnbzlw")).unwrap();
        assert_eq!(
            BASE64.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz\
             AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
                .replace(' ', "")
        );
    }

    #[test]
    fn the_longest_message_makes_the_largest_body() {
        let key = SecretKey::from_slice(&[7; 32]).unwrap();
        let reader = Reader { key: key.public_key(), auth: [1; 16] };
        let body = encrypt(&reader, &[b'a'; LONGEST], &key, [2; 16]).unwrap();
        assert_eq!(body.len(), 4096);
    }
}
