use std::{io, path::Path};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::{Blob, BlobError, BlobStream, Blobs, Error};

/// SHA-256 of "hello".
const HELLO: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

fn blobs() -> (TempDir, Blobs) {
    let folder = TempDir::new().unwrap();
    let blobs = Blobs::local(folder.path()).unwrap();
    (folder, blobs)
}

async fn text(stream: BlobStream) -> String {
    let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
    String::from_utf8(pieces.concat()).unwrap()
}

fn incoming(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("incoming")).unwrap().count()
}

#[tokio::test]
async fn a_file_is_named_by_its_content_and_kept_once() {
    let (folder, blobs) = blobs();
    let pieces = ["he", "", "llo"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece)));
    let first = blobs.put_stream(stream::iter(pieces), 5).await.unwrap();
    assert_eq!(first, Blob { hash: HELLO.to_owned(), size: 5 });
    assert_eq!(blobs.put("hello").await.unwrap(), first);
    blobs.put("").await.unwrap();
    assert!(folder.path().join("2c").join(&HELLO[2..]).is_file());
    assert_eq!(text(blobs.get(HELLO).await.unwrap()).await, "hello");
    assert_eq!(blobs.size(HELLO).await.unwrap(), 5);
    let mut sizes: Vec<u64> = blobs.list().map_ok(|blob| blob.size).try_collect().await.unwrap();
    sizes.sort_unstable();
    assert_eq!(sizes, [0, 5]);
    assert_eq!(incoming(folder.path()), 0);
}

#[tokio::test]
async fn a_range_is_a_part() {
    let (_folder, blobs) = blobs();
    blobs.put("hello").await.unwrap();
    assert_eq!(text(blobs.get_range(HELLO, 1..3).await.unwrap()).await, "el");
    assert_eq!(text(blobs.get_range(HELLO, 3..u64::MAX).await.unwrap()).await, "lo");
    for empty in [5..9, 2..2] {
        let refused = blobs.get_range(HELLO, empty).await.err().unwrap();
        assert!(matches!(refused, Error::Blob(BlobError::Range { size: 5 })), "{refused}");
    }
}

#[tokio::test]
async fn only_a_hash_is_a_name() {
    let (_folder, blobs) = blobs();
    let upper = HELLO.to_uppercase();
    let with_path = format!("../{}", &HELLO[3..]);
    for name in ["", "..", "../../etc/passwd", &HELLO[1..], &upper, &with_path, &"é".repeat(32)] {
        assert!(matches!(blobs.exists(name).await, Err(Error::Blob(BlobError::Hash))), "{name}");
        assert!(matches!(blobs.get(name).await.err(), Some(Error::Blob(BlobError::Hash))), "{name}");
        assert!(matches!(blobs.remove(name).await, Err(Error::Blob(BlobError::Hash))), "{name}");
    }
    assert!(!blobs.exists(HELLO).await.unwrap());
    assert!(matches!(blobs.get(HELLO).await.err(), Some(Error::Blob(BlobError::Missing))));
}

#[tokio::test]
async fn a_removed_file_is_gone() {
    let (_folder, blobs) = blobs();
    blobs.put("hello").await.unwrap();
    blobs.remove(HELLO).await.unwrap();
    blobs.remove(HELLO).await.unwrap();
    assert!(!blobs.exists(HELLO).await.unwrap());
}

#[tokio::test]
async fn a_failure_leaves_nothing() {
    let (folder, blobs) = blobs();
    let pieces = |last: io::Result<&'static str>| stream::iter([Ok("hel"), last]).map(|p| p.map(Bytes::from));
    let large = blobs.put_stream(pieces(Ok("lo")), 4).await.unwrap_err();
    assert!(matches!(large, Error::Blob(BlobError::TooLarge { limit: 4 })), "{large}");
    let broken = blobs.put_stream(pieces(Err(io::Error::other("gone"))), 10).await.unwrap_err();
    assert!(matches!(broken, Error::Blob(BlobError::Source(_))), "{broken}");
    let endless = pieces(Ok("lo")).chain(stream::pending());
    {
        let mut dropped = std::pin::pin!(blobs.put_stream(endless, 10));
        while incoming(folder.path()) == 0 {
            assert!(futures::poll!(&mut dropped).is_pending());
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(incoming(folder.path()), 0);
    assert_eq!(blobs.list().count().await, 0);
}

#[tokio::test]
async fn leftovers_of_a_crash_are_swept() {
    let (folder, blobs) = blobs();
    blobs.put("hello").await.unwrap();
    std::fs::write(folder.path().join("incoming").join("123-4"), "half").unwrap();
    assert_eq!(blobs.sweep(Timestamp::UNIX_EPOCH).await.unwrap(), 0, "it may still be written");
    assert_eq!(blobs.sweep(Timestamp::MAX).await.unwrap(), 1);
    assert_eq!(incoming(folder.path()), 0);
    assert!(blobs.exists(HELLO).await.unwrap());
}
