use serde::{Deserialize, Deserializer};

/// For fields of a PATCH: absent stays `None`, whatever is there is read as `T`. With
/// `T = Option<X>` a null is `Some(None)`; with a plain `T` a null is refused.
///
/// Use as `#[serde(default, deserialize_with = "present")]`.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}
