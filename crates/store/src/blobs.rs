//! Files, named by the SHA-256 of their content: the same content is kept once.

use std::{
    error::Error as StdError,
    io,
    ops::Range,
    path::{Path, PathBuf},
    pin::pin,
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use jiff::Timestamp;
use object_store::{
    GetOptions, GetRange, ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key,
};
use sha2::{Digest, Sha256};
use tokio::{
    fs::{self, File},
    io::AsyncWriteExt,
};

use crate::{Error, Result, hexadecimal};

/// Where a file is written before its name is known.
const INCOMING: &str = "incoming";

/// A file's content in pieces.
pub type BlobStream = BoxStream<'static, Result<Bytes>>;

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of its content, 64 lower-case hexadecimal digits.
    pub hash: String,
    /// In bytes.
    pub size: u64,
}

/// Why a file could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// A name that is no SHA-256 in hexadecimal.
    #[error("a file's name has 64 lower-case hexadecimal digits")]
    Hash,
    /// No such file.
    #[error("no such file")]
    Missing,
    /// More bytes came than were allowed.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// What was allowed.
        limit: u64,
    },
    /// The range has no byte in common with the file.
    #[error("the file has no bytes in that range; it has {size}")]
    Range {
        /// The file's size in bytes.
        size: u64,
    },
    /// The sender's stream broke.
    #[error("the file did not arrive: {0}")]
    Source(Box<dyn StdError + Send + Sync>),
    /// The disk.
    #[error("file storage: {0}")]
    Io(#[from] io::Error),
    /// The storage.
    #[error("file storage: {0}")]
    Storage(#[source] object_store::Error),
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Storage(other),
        }
    }
}

/// The files of one folder. Clones share it.
#[derive(Clone)]
pub struct Blobs {
    folder: Arc<PathBuf>,
    storage: Arc<LocalFileSystem>,
    next: Arc<AtomicU64>,
}

impl Blobs {
    /// Files in a local folder, which is made if it is missing.
    pub fn local(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        std::fs::create_dir_all(folder.join(INCOMING))?;
        let storage = LocalFileSystem::new_with_prefix(folder).map_err(BlobError::from)?;
        Ok(Self { folder: Arc::new(folder.to_owned()), storage: Arc::new(storage), next: Arc::default() })
    }

    /// Keeps what the stream brings, at most `limit` bytes. When this returns, the file is on
    /// disk under its name; when it fails or is dropped, nothing is left.
    pub async fn put_stream<S, E>(&self, stream: S, limit: u64) -> Result<Blob>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let incoming = Incoming::new(self.incoming_path());
        let blob = write(&incoming.path, stream, limit).await?;
        let key = key(&blob.hash)?;
        let target = self.storage.path_to_filesystem(&key).map_err(BlobError::from)?;
        move_into_place(incoming, &target).await?;
        Ok(blob)
    }

    /// Keeps these bytes.
    pub async fn put(&self, bytes: impl Into<Bytes> + Send) -> Result<Blob> {
        let bytes = bytes.into();
        let limit = bytes.len() as u64;
        self.put_stream(futures::stream::iter([Ok::<_, io::Error>(bytes)]), limit).await
    }

    /// The whole content.
    pub async fn get(&self, hash: &str) -> Result<BlobStream> {
        let found = self.storage.get(&key(hash)?).await.map_err(BlobError::from)?;
        Ok(found.into_stream().map_err(|error| BlobError::from(error).into()).boxed())
    }

    /// The bytes from `range.start` up to and without `range.end`; a range that ends behind the
    /// file is cut.
    pub async fn get_range(&self, hash: &str, range: Range<u64>) -> Result<BlobStream> {
        let size = self.size(hash).await?;
        let range = range.start..range.end.min(size);
        if range.is_empty() {
            return Err(BlobError::Range { size }.into());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.storage.get_opts(&key(hash)?, options).await.map_err(BlobError::from)?;
        Ok(found.into_stream().map_err(|error| BlobError::from(error).into()).boxed())
    }

    /// The size in bytes.
    pub async fn size(&self, hash: &str) -> Result<u64> {
        Ok(self.storage.head(&key(hash)?).await.map_err(BlobError::from)?.size)
    }

    /// Whether there is such a file.
    pub async fn exists(&self, hash: &str) -> Result<bool> {
        match self.size(hash).await {
            Ok(_) => Ok(true),
            Err(Error::Blob(BlobError::Missing)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Every file, in no order.
    pub fn list(&self) -> BoxStream<'static, Result<Blob>> {
        self.storage
            .list(None)
            .try_filter_map(|found| async move {
                let hash = found.location.as_ref().replace('/', "");
                let is_blob = key(&hash).is_ok_and(|key| key == found.location);
                Ok(is_blob.then_some(Blob { hash, size: found.size }))
            })
            .map_err(|error| BlobError::from(error).into())
            .boxed()
    }

    /// Removes a file; one that is gone already is no error.
    pub async fn remove(&self, hash: &str) -> Result<()> {
        match self.storage.delete(&key(hash)?).await.map_err(BlobError::from) {
            Ok(()) | Err(BlobError::Missing) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes what a crash left half-written and untouched since `before` (the machine's time,
    /// for the program's start). Returns how many files that were.
    pub async fn sweep(&self, before: Timestamp) -> Result<u64> {
        let before = instant(before);
        let mut removed = 0;
        let mut entries = fs::read_dir(self.folder.join(INCOMING)).await?;
        while let Some(entry) = entries.next_entry().await? {
            if entry.metadata().await?.modified()? < before {
                fs::remove_file(entry.path()).await?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// A name that no other file of this program or of another running one has.
    fn incoming_path(&self) -> PathBuf {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let address = Arc::as_ptr(&self.next).addr();
        self.folder.join(INCOMING).join(format!("{}-{address:x}-{count}", process::id()))
    }
}

/// `ab/cdef…`: two digits of folder keep folders small. Only a hash becomes a path.
fn key(hash: &str) -> Result<Key, BlobError> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hash.len() != 64 || !hash.bytes().all(is_digit) {
        return Err(BlobError::Hash);
    }
    let (folder, name) = hash.split_at_checked(2).ok_or(BlobError::Hash)?;
    Ok(Key::from_iter([folder, name]))
}

fn instant(at: Timestamp) -> SystemTime {
    let micros = Duration::from_micros(at.as_microsecond().unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    let moved = if at.as_microsecond() < 0 { epoch.checked_sub(micros) } else { epoch.checked_add(micros) };
    moved.unwrap_or(epoch)
}

async fn write<S, E>(path: &Path, stream: S, limit: u64) -> Result<Blob, BlobError>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut file = File::create_new(path).await?;
    let mut digest = Sha256::new();
    let mut size = 0;
    let mut stream = pin!(stream);
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|error| BlobError::Source(error.into()))?;
        size += piece.len() as u64;
        if size > limit {
            return Err(BlobError::TooLarge { limit });
        }
        digest.update(&piece);
        file.write_all(&piece).await?;
    }
    file.sync_all().await?;
    let hash = hexadecimal::write(&digest.finalize());
    Ok(Blob { hash, size })
}

async fn move_into_place(incoming: Incoming, target: &Path) -> Result<(), BlobError> {
    let folder = target.parent().ok_or(BlobError::Hash)?;
    if !fs::try_exists(target).await? {
        fs::create_dir_all(folder).await?;
        fs::rename(&incoming.path, target).await?;
        incoming.moved();
    }
    // Also when it was there: who put it there may have crashed just before this.
    File::open(folder).await?.sync_all().await?;
    if let Some(parent) = folder.parent() {
        File::open(parent).await?.sync_all().await?;
    }
    Ok(())
}

/// A file that is being written; removed unless it was moved to its place.
struct Incoming {
    path: PathBuf,
    moved: bool,
}

impl Incoming {
    fn new(path: PathBuf) -> Self {
        Self { path, moved: false }
    }

    fn moved(mut self) {
        self.moved = true;
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.moved
            && let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished file stays until the next start");
        }
    }
}
