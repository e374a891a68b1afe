use std::{cmp::Ordering, fmt, hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use uuid::Uuid;

/// The sort of thing an [`Id`] names. Each trade defines its own kinds.
pub trait Kind: 'static {
    /// Three or four letters before the underscore: `thr` in `thr_01h…`.
    const PREFIX: &'static str;
}

/// A UUIDv7 of one kind: 16 bytes in the database, and `prefix_` with 26 base32 characters
/// (Crockford's alphabet, lower case) in JSON, addresses and logs. It parses only its own prefix.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as {prefix}_01hxyz…, 26 characters after the underscore")]
pub struct ParseIdError {
    prefix: &'static str,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

impl<K: Kind> Id<K> {
    /// Names an existing UUID as an id of this kind.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The 16 bytes behind it.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.as_u128();
        let mut digits = [b'0'; LENGTH];
        for (digit, position) in digits.iter_mut().rev().zip(0..) {
            let value = (value >> (5 * position)) as usize & 31;
            *digit = ALPHABET.get(value).copied().unwrap_or(b'0');
        }
        // At once: an answer has many ids, and each piece of them would be looked at for escapes.
        f.write_str(K::PREFIX)?;
        f.write_str("_")?;
        f.write_str(str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl<K: Kind> FromStr for Id<K> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let wrong = ParseIdError { prefix: K::PREFIX };
        let digits = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|digits| digits.len() == LENGTH)
            .ok_or(wrong.clone())?;
        let mut value: u128 = 0;
        for byte in digits.bytes() {
            let digit = ALPHABET.iter().position(|known| *known == byte).ok_or(wrong.clone())?;
            // 26 digits hold 130 bits: the first one may use only two of its five.
            value = value.checked_mul(32).ok_or(wrong.clone())? | digit as u128;
        }
        Ok(Self::from_uuid(Uuid::from_u128(value)))
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> hash::Hash for Id<K> {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<K>(PhantomData<fn() -> K>);
        impl<K: Kind> de::Visitor<'_> for Visitor<K> {
            type Value = Id<K>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an id such as {}_01hxyz…", K::PREFIX)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id<K>, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor(PhantomData))
    }
}

impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", K::PREFIX)))
            .build()
            .into()
    }
}
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Id_{}", K::PREFIX).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    enum Thing {}
    impl Kind for Thing {
        const PREFIX: &'static str = "thg";
    }
    enum Other {}
    impl Kind for Other {
        const PREFIX: &'static str = "oth";
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bytes: u128) {
            let id = Id::<Thing>::from_uuid(Uuid::from_u128(bytes));
            prop_assert_eq!(id.to_string().parse::<Id<Thing>>(), Ok(id));
            prop_assert!(id.to_string().parse::<Id<Other>>().is_err());
        }

        #[test]
        fn any_text_parses_or_is_refused(text: String) {
            if let Ok(id) = text.parse::<Id<Thing>>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }

        #[test]
        fn texts_sort_as_their_ids(a: u128, b: u128) {
            let (a, b) = (Id::<Thing>::from_uuid(Uuid::from_u128(a)), Id::<Thing>::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }

    #[test]
    fn more_than_128_bits_are_refused() {
        assert!("thg_80000000000000000000000000".parse::<Id<Thing>>().is_err());
        assert!("thg_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<Id<Thing>>().is_ok());
    }
}
