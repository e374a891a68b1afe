//! The files that rows name.

use std::path::Path;

use futures::StreamExt;
use sha2::{Digest, Sha256};
use store::{BlobError, Blobs, Db, args, sql};

use super::Finding;
use crate::{progress::Progress, say};

const WHAT: &str = "Files";
/// How many of the files that are wrong are named.
const NAMED: usize = 3;

/// A file that a row names.
struct Wanted {
    hash: String,
    /// What the row says of it; a picture's row says nothing.
    size: Option<u64>,
}

/// Whether every file is there and as large as its row says; with `deep` also its content.
pub async fn all_there(db: &Db, folder: &Path, deep: bool) -> Finding {
    let look = async {
        let wanted = wanted(db).await?;
        if !folder.is_dir() {
            let all = wanted.iter().map(|file| format!("{} is missing", file.hash)).collect();
            return Ok((wanted.len(), 0, all));
        }
        let blobs = Blobs::local(folder)?;
        let mut progress = Progress::of("files", wanted.len() as u64);
        let (mut bytes, mut wrong) = (0, Vec::new());
        for file in &wanted {
            match examine(&blobs, file, deep).await? {
                Ok(size) => bytes += size,
                Err(problem) => wrong.push(format!("{} {problem}", file.hash)),
            }
            progress.add(1);
        }
        Ok::<_, store::Error>((wanted.len(), bytes, wrong))
    };
    match look.await {
        Ok((count, bytes, wrong)) if wrong.is_empty() => {
            let how = if deep { "with the content that their names promise" } else { "of the right size" };
            Finding::well(WHAT, format!("{count} are there, {how}, {}", say::size(bytes)))
        }
        Ok((count, _, wrong)) => Finding::wrong(
            WHAT,
            format!("{} of {count} are not as they should be: {}", wrong.len(), named(&wrong)),
            format!("Copy them from a backup: tar xf FILE files/, then move them into {}.", folder.display()),
        ),
        Err(error) => Finding::wrong(
            WHAT,
            format!("cannot be looked at: {error}"),
            format!("Let this user read {}.", folder.display()),
        ),
    }
}

fn named(wrong: &[String]) -> String {
    let mut named = wrong.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if wrong.len() > NAMED {
        named.push_str(", …");
    }
    named
}

async fn wanted(db: &Db) -> store::Result<Vec<Wanted>> {
    db.read_long(|tx| async move {
        let wanted = sql!(
            "SELECT hash, size FROM files GROUP BY hash, size
             UNION ALL SELECT picture AS hash, CAST(NULL AS BIGINT) AS size FROM members
             WHERE picture IS NOT NULL GROUP BY picture
             ORDER BY 1"
        );
        let rows = tx.all(wanted, args![]).await?;
        rows.iter()
            .map(|row| {
                let size: Option<i64> = row.get("size")?;
                Ok(Wanted { hash: row.get("hash")?, size: size.and_then(|size| size.try_into().ok()) })
            })
            .collect()
    })
    .await
}

/// The size of the file, or what is wrong with it.
async fn examine(blobs: &Blobs, file: &Wanted, deep: bool) -> store::Result<Result<u64, String>> {
    let size = match blobs.size(&file.hash).await {
        Ok(size) => size,
        Err(store::Error::Blob(BlobError::Missing)) => return Ok(Err("is missing".to_owned())),
        Err(store::Error::Blob(BlobError::Hash)) => return Ok(Err("is no name of a file".to_owned())),
        Err(error) => return Err(error),
    };
    if let Some(expected) = file.size.filter(|expected| *expected != size) {
        return Ok(Err(format!("has {size} bytes instead of {expected}")));
    }
    if deep && !has_its_hash(blobs, &file.hash).await? {
        return Ok(Err("has another content".to_owned()));
    }
    Ok(Ok(size))
}

async fn has_its_hash(blobs: &Blobs, hash: &str) -> store::Result<bool> {
    let mut digest = Sha256::new();
    let mut content = blobs.get(hash).await?;
    while let Some(bytes) = content.next().await {
        digest.update(&bytes?);
    }
    Ok(crate::backup::hexadecimal(&digest.finalize()) == hash)
}
