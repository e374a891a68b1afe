//! Files: uploaded once, named by the hash of what is in them, carried by a post. Who may see the
//! post may read the file; until a post carries it, only its uploader.

use edge::App;
use jiff::{SignedDuration, Timestamp};
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId};
use serde::Serialize;
use store::{Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{FileId, PostId, Result, TopicId, topic};

/// The largest upload, in bytes.
pub const LARGEST: u64 = 100 * 1024 * 1024;
/// An upload that no post carries after this long is swept.
const UNATTACHED: SignedDuration = SignedDuration::from_hours(24);
/// Bytes of a picture that are enough to know its size.
pub(crate) const HEAD: usize = 256 * 1024;

/// A file as a post shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FileCard {
    /// Its id.
    pub id: FileId,
    /// Its name, as the uploader had it.
    pub name: String,
    /// What the uploader said it is; never trusted for display.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Pixels, of a picture.
    #[schema(required = true)]
    pub width: Option<u32>,
    /// Pixels, of a picture.
    #[schema(required = true)]
    pub height: Option<u32>,
    /// Where its content is.
    pub url: String,
}

/// A file with what the server needs to send it.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// The public part.
    pub card: FileCard,
    /// The name of its content.
    pub hash: String,
}

impl StoredFile {
    fn from_row(row: &Row) -> Result<Self> {
        let id: FileId = row.get("id")?;
        let (size, width, height): (i64, Option<i64>, Option<i64>) =
            (row.get("size")?, row.get("width")?, row.get("height")?);
        let card = FileCard {
            id,
            name: row.get("name")?,
            media_type: row.get("media_type")?,
            size: u64::try_from(size).unwrap_or_default(),
            width: width.and_then(|pixels| u32::try_from(pixels).ok()),
            height: height.and_then(|pixels| u32::try_from(pixels).ok()),
            url: format!("/api/v1/files/{id}/content"),
        };
        Ok(Self { card, hash: row.get("hash")? })
    }
}

/// Content that is in the blob store and about to become a file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its id.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// The name of its content.
    pub hash: String,
    /// Pixels, of a picture.
    pub pixels: Option<(u32, u32)>,
}

/// Writes an upload's row. It is the uploader's alone until a post carries it.
pub async fn register(tx: &Tx, actor: &Actor, upload: &Upload) -> Result<FileCard> {
    let name = clean_line("name", &upload.name, 200)?;
    let media_type = media_type(&upload.media_type);
    tx.run(
        sql!(
            "INSERT INTO files (workspace, id, name, media_type, size, width, height, hash, uploaded_by, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        args![
            actor.workspace,
            upload.id,
            name,
            media_type,
            i64::try_from(upload.size).unwrap_or(i64::MAX),
            upload.pixels.map(|(width, _)| width),
            upload.pixels.map(|(_, height)| height),
            &upload.hash,
            actor.member,
            actor.at
        ],
    )
    .await?;
    Ok(by_id(tx, actor, upload.id).await?.0.card)
}

/// A media type as it may stand in a header; anything odd is bytes.
fn media_type(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fits = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+' | b'_'))
    };
    match essence.split_once('/') {
        Some((kind, detail)) if fits(kind) && fits(detail) => essence,
        _ => "application/octet-stream".to_owned(),
    }
}

/// Gives uploaded files to a post, in this order. Only one's own, only once.
pub(crate) async fn attach(tx: &Tx, actor: &Actor, post: PostId, files: &[FileId]) -> Result<()> {
    for (place, file) in files.iter().enumerate() {
        let taken = tx
            .run(
                sql!(
                    "UPDATE files SET post = $3, place = $4 \
                     WHERE workspace = $1 AND id = $2 AND uploaded_by = $5 AND post IS NULL"
                ),
                args![actor.workspace, *file, post, i64::try_from(place).unwrap_or(i64::MAX), actor.member],
            )
            .await?;
        if taken == 0 {
            let field = format!("files[{place}]");
            return Err(Refusal::invalid(field, "is no file that you uploaded and have not used").into());
        }
    }
    Ok(())
}

/// The files of a range of posts, by post number, in their order.
pub(crate) async fn of_posts(
    tx: &Tx,
    actor: &Actor,
    topic: TopicId,
    first: i64,
    last: i64,
) -> Result<Vec<(i64, FileCard)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT p.no, f.id, f.name, f.media_type, f.size, f.width, f.height, f.hash \
                 FROM posts p JOIN files f ON f.workspace = p.workspace AND f.post = p.id \
                 WHERE p.workspace = $1 AND p.topic = $2 AND p.no BETWEEN $3 AND $4 ORDER BY p.no, f.place"
            ),
            args![actor.workspace, topic, first, last],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("no")?, StoredFile::from_row(row)?.card))).collect()
}

async fn by_id(tx: &Tx, actor: &Actor, id: FileId) -> Result<(StoredFile, Option<PostId>, MemberId)> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, post, name, media_type, size, width, height, hash, uploaded_by FROM files \
                 WHERE workspace = $1 AND id = $2"
            ),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("file"))?;
    Ok((StoredFile::from_row(&row)?, row.get("post")?, row.get("uploaded_by")?))
}

/// A file that the actor may read.
pub async fn see(tx: &Tx, actor: &Actor, id: FileId) -> Result<StoredFile> {
    let (file, post, uploaded_by) = by_id(tx, actor, id).await?;
    match post {
        Some(post) => topic::of_post(tx, actor, post).await.map(|_| ()),
        None if uploaded_by == actor.member => Ok(()),
        None => Err(Refusal::not_found("file").into()),
    }
    .map_err(|error| match error {
        crate::Error::Refused(Refusal::NotFound { .. }) => Refusal::not_found("file").into(),
        other => other,
    })?;
    Ok(file)
}

/// Forgets uploads that no post ever carried and no draft carries.
pub async fn sweep(app: &App, now: Timestamp) -> Result<u64> {
    let before = now.checked_sub(UNATTACHED).unwrap_or(now);
    let swept = app
        .context
        .db
        .write(move |tx| async move {
            let count = tx
                .run(
                    sql!(
                        "DELETE FROM files WHERE post IS NULL AND created_at < $1 AND NOT EXISTS \
                         (SELECT 1 FROM draft_files d WHERE d.workspace = files.workspace AND d.file = files.id)"
                    ),
                    args![before],
                )
                .await?;
            Ok::<_, crate::Error>(count)
        })
        .await?;
    Ok(swept.value)
}

/// Width and height of a PNG, GIF, JPEG or WebP, read from its first bytes.
pub fn pixels(head: &[u8]) -> Option<(u32, u32)> {
    let head = head.get(..HEAD.min(head.len()))?;
    let size = png(head).or_else(|| gif(head)).or_else(|| webp(head)).or_else(|| jpeg(head))?;
    (size.0 > 0 && size.1 > 0 && size.0 <= 100_000 && size.1 <= 100_000).then_some(size)
}

fn png(head: &[u8]) -> Option<(u32, u32)> {
    head.starts_with(b"\x89PNG\r\n\x1a\n").then_some(())?;
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

fn gif(head: &[u8]) -> Option<(u32, u32)> {
    (head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a")).then_some(())?;
    let number = |at: usize| Some(u32::from(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?)));
    Some((number(6)?, number(8)?))
}

fn webp(head: &[u8]) -> Option<(u32, u32)> {
    (head.starts_with(b"RIFF") && head.get(8..12)? == b"WEBP").then_some(())?;
    let byte = |at: usize| head.get(at).map(|b| u32::from(*b));
    let number = |at: usize| Some(byte(at)? | byte(at + 1)? << 8);
    match head.get(12..16)? {
        b"VP8 " => Some((number(26)? & 0x3fff, number(28)? & 0x3fff)),
        b"VP8L" => {
            let bits = number(21)? | number(23)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let three = |at: usize| Some(number(at)? | byte(at + 2)? << 16);
            Some((three(24)? + 1, three(27)? + 1))
        }
        _ => None,
    }
}

fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    head.starts_with(b"\xff\xd8").then_some(())?;
    let number = |at: usize| Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        if *head.get(at)? != 0xff {
            return None;
        }
        let marker = *head.get(at + 1)?;
        match marker {
            0xff => at += 1,
            // Start of frame: every C0–CF but the tables C4, C8, CC.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                return Some((u32::from(number(at + 7)?), u32::from(number(at + 5)?)));
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => at += 2 + usize::from(number(at + 2)?.max(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_are_read_from_the_first_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06\0\0\0";
        assert_eq!(pixels(png), Some((640, 480)));
        assert_eq!(pixels(b"GIF89a\x0a\0\x14\0"), Some((10, 20)));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\x01\xe0\x02\x80\x03";
        assert_eq!(pixels(jpeg), Some((640, 480)));
        assert_eq!(pixels(b"<svg width='10' height='10'/>"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            let _ = pixels(&bytes);
            for magic in [&b"\xff\xd8"[..], b"RIFF\0\0\0\0WEBPVP8X", b"\x89PNG\r\n\x1a\n", b"GIF89a"] {
                let _ = pixels(&[magic, &bytes].concat());
            }
        }

        #[test]
        fn media_types_fit_a_header(text: String) {
            let media = media_type(&text);
            prop_assert!(media.is_ascii() && media.contains('/') && !media.contains(['\r', '\n', ' ', ';']));
        }
    }

    #[test]
    fn media_types_lose_their_parameters() {
        assert_eq!(media_type("Text/HTML; charset=utf-8"), "text/html");
        assert_eq!(media_type("nonsense"), "application/octet-stream");
    }
}
