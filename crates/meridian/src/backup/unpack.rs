//! A backup taken apart again, every part compared with what the manifest says of it.

use std::{
    fs::File,
    io::{self, Read, Seek},
    path::Path,
};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use futures::stream;
use store::Blobs;

use super::container::{
    Backup, DATABASE, FILES, Hashing, Header, MANIFEST, Manifest, Part, parse, read_json,
};
use crate::progress::Progress;

/// How much of a file is in memory at once.
const PIECE: usize = 256 * 1024;

/// What a backup held; its files have been kept.
pub struct Unpacked {
    /// The first part.
    pub header: Header,
    /// The last part.
    pub manifest: Manifest,
    /// The rows, compressed, read from the beginning.
    pub database: File,
}

/// Opens a backup and reads its beginning: whether this program can read the rest.
pub fn open(file: &Path) -> anyhow::Result<Backup> {
    Backup::open(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Keeps the files of a backup in `blobs`, and its rows in a nameless file in `scratch`.
pub async fn unpack(mut backup: Backup, blobs: &Blobs, scratch: &Path) -> anyhow::Result<Unpacked> {
    let (mut database, mut manifest, mut files) = (None, None, Vec::new());
    let mut progress = Progress::new("files");
    for part in backup.archive.entries()? {
        let part = part.context("the backup is damaged")?;
        let name = part.path()?.to_string_lossy().into_owned();
        if name == DATABASE {
            database = Some(keep_rows(part, scratch)?);
        } else if name == MANIFEST {
            manifest = Some(parse::<Manifest>(&read_json(part)?)?);
        } else if let Some(name) = name.strip_prefix(FILES) {
            files.push(keep_file(part, &name.replace('/', ""), blobs).await?);
            progress.add(1);
        }
    }
    let (database, rows) = database.context("the backup is damaged: it has no database")?;
    let manifest = manifest.context("the backup is damaged: it has no manifest")?;
    compare("its first part", &manifest.header, &backup.header_sha256)?;
    compare("the database", &manifest.database, &rows)?;
    files.sort();
    compare("the list of files", &manifest.files, &files)?;
    Ok(Unpacked { header: backup.header, manifest, database })
}

fn compare<T: PartialEq + ?Sized>(what: &str, expected: &T, found: &T) -> anyhow::Result<()> {
    if expected == found { Ok(()) } else { bail!("the backup is damaged: {what} is not as it was written") }
}

fn keep_rows(mut part: impl Read, scratch: &Path) -> anyhow::Result<(File, Part)> {
    let file = tempfile::tempfile_in(scratch)?;
    let mut hashing = Hashing::new(file);
    io::copy(&mut part, &mut hashing).context("the backup is damaged")?;
    let (mut file, part) = hashing.finish();
    file.rewind()?;
    Ok((file, part))
}

async fn keep_file(mut part: impl Read, hash: &str, blobs: &Blobs) -> anyhow::Result<Part> {
    let pieces = std::iter::from_fn(|| next_piece(&mut part).transpose());
    let kept = blobs.put_stream(stream::iter(pieces), u64::MAX).await.context("cannot keep a file")?;
    if kept.hash == hash {
        Ok(Part { sha256: kept.hash, bytes: kept.size })
    } else {
        bail!("the backup is damaged: the file {hash} is not as it was written")
    }
}

fn next_piece(part: &mut impl Read) -> io::Result<Option<Bytes>> {
    let mut piece = Vec::with_capacity(PIECE);
    part.by_ref().take(PIECE as u64).read_to_end(&mut piece)?;
    Ok(Some(piece).filter(|piece| !piece.is_empty()).map(Bytes::from))
}
