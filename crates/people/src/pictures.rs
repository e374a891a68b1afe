//! Pictures of members: kept as they came, named by their hash, told only to those who may see
//! the member.

use edge::App;
use kernel::Refusal;
use store::{args, sql};

use crate::{Actor, MemberId, Result, members};

/// The largest picture, in bytes.
pub(crate) const MOST_BYTES: usize = 5 * 1024 * 1024;

/// The media type that the first bytes of a file say; none for anything but a picture that every
/// browser shows.
pub(crate) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Keeps the bytes of a member's picture and answers their hash. Who may not set it is refused
/// before anything is kept.
pub(crate) async fn keep(
    app: &App,
    actor: &Actor,
    member: MemberId,
    bytes: axum::body::Bytes,
) -> Result<String> {
    if media_type(&bytes).is_none() {
        return Err(Refusal::invalid_because("body", "is not a picture", "PNG, JPEG, WebP or GIF")
            .named("not_a_picture")
            .into());
    }
    let asking = actor.clone();
    app.context
        .db
        .read(move |tx| async move {
            members::must_be_visible(&tx, &asking, member).await?;
            members::must_be_own_or_admin(&asking, member)
        })
        .await?;
    Ok(app.context.blobs.put(bytes).await?.hash)
}

/// The bytes of a picture that some member has whom the actor may see.
pub(crate) async fn bytes_of(app: &App, actor: &Actor, hash: &str) -> Result<Vec<u8>> {
    let (asking, wanted) = (actor.clone(), hash.to_owned());
    app.context
        .db
        .read(move |tx| async move {
            tx.maybe(
                sql!(
                    "SELECT m.id FROM members m
                     JOIN visible_members v ON v.workspace = m.workspace AND v.member = m.id
                     WHERE v.workspace = $1 AND v.viewer = $2 AND m.picture = $3 LIMIT 1"
                ),
                args![asking.workspace, asking.member, wanted],
            )
            .await?
            .ok_or_else(|| crate::Error::from(Refusal::not_found("picture")))
        })
        .await?;
    let mut stream = app.context.blobs.get(hash).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = futures::StreamExt::next(&mut stream).await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn only_pictures_pass() {
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(media_type(b"GIF89a..."), Some("image/gif"));
        assert_eq!(media_type(b"RIFF\0\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(media_type(b"<svg xmlns=..."), None);
        assert_eq!(media_type(b"RIFF\0\0\0\0WAVE"), None);
        assert_eq!(media_type(b""), None);
    }
}
