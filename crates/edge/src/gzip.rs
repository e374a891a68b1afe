//! A large answer of JSON in pieces. A piece that many readers get is compressed once: what it became
//! stands between the others as it is, because each is compressed without looking back at those before.

use std::fmt;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Magic, deflate, no flags, no time, no word about speed, no word about the system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// A last block of deflate with nothing in it.
const END: [u8; 2] = [3, 0];
/// The longest block that stands uncompressed.
const STORED: usize = 0xffff;
/// Shorter pieces are not worth compressing.
const SHORT: usize = 64;

/// A piece that is kept compressed.
pub struct Packed {
    /// Blocks of deflate that end at the end of a byte; none of them is the last.
    blocks: Vec<u8>,
    check: Crc,
}

impl Packed {
    /// Compresses a piece that is kept for many readers.
    pub fn new(text: &[u8]) -> Self {
        Self::at(text, Compression::default())
    }

    fn at(text: &[u8], level: Compression) -> Self {
        let mut check = Crc::new();
        check.update(text);
        Self { blocks: blocks(text, level), check }
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        self.blocks.len()
    }
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packed").field("bytes", &self.blocks.len()).finish_non_exhaustive()
    }
}

fn blocks(text: &[u8], level: Compression) -> Vec<u8> {
    if text.len() < SHORT {
        return stored(text);
    }
    let mut compress = Compress::new(level, false);
    let mut packed = Vec::with_capacity(text.len() / 4 + SHORT);
    loop {
        let read = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        let rest = text.get(read..).unwrap_or_default();
        let flushed = compress.compress_vec(rest, &mut packed, FlushCompress::Full);
        if !matches!(flushed, Ok(Status::Ok | Status::BufError)) {
            // It has no such end; uncompressed it is as right.
            return stored(text);
        }
        let is_read = compress.total_in() as usize == text.len();
        if is_read && packed.len() < packed.capacity() {
            return packed;
        }
        packed.reserve(packed.capacity() / 2 + SHORT);
    }
}

/// Blocks that hold the text as it is.
fn stored(text: &[u8]) -> Vec<u8> {
    let mut blocks = Vec::with_capacity(text.len() + 5);
    for part in text.chunks(STORED) {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        blocks.push(0);
        blocks.extend_from_slice(&length.to_le_bytes());
        blocks.extend_from_slice(&(!length).to_le_bytes());
        blocks.extend_from_slice(part);
    }
    blocks
}

/// An answer of JSON, to be put together for whoever asks.
#[derive(Debug)]
pub struct Pieces {
    can_unzip: bool,
    body: Vec<u8>,
    check: Crc,
}

impl Pieces {
    /// Nothing yet. With gzip where the request's headers allow it, otherwise as it is.
    pub fn for_request(headers: &HeaderMap) -> Self {
        let can_unzip = accepts_gzip(headers);
        Self { can_unzip, body: if can_unzip { HEAD.to_vec() } else { Vec::new() }, check: Crc::new() }
    }

    /// Whether pieces are wanted compressed.
    pub fn are_packed(&self) -> bool {
        self.can_unzip
    }

    /// Adds what is for this reader alone; compressed quickly.
    pub fn add(&mut self, text: &[u8]) {
        if self.can_unzip {
            self.add_packed(&Packed::at(text, Compression::fast()));
        } else {
            self.body.extend_from_slice(text);
        }
    }

    /// Adds what was compressed before. Only where pieces are wanted compressed.
    pub fn add_packed(&mut self, packed: &Packed) {
        self.body.extend_from_slice(&packed.blocks);
        self.check.combine(&packed.check);
    }
}

impl IntoResponse for Pieces {
    fn into_response(self) -> Response {
        let mut body = self.body;
        if self.can_unzip {
            body.extend_from_slice(&END);
            body.extend_from_slice(&self.check.sum().to_le_bytes());
            body.extend_from_slice(&self.check.amount().to_le_bytes());
        }
        let mut response = Body::from(body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if self.can_unzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// Whether one of the codings that may be used is gzip, not weighted with nothing.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        matches!(name.trim().to_ascii_lowercase().as_str(), "gzip" | "x-gzip")
            && weight.is_none_or(|q| q > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use axum::body::to_bytes;
    use flate2::read::GzDecoder;

    use super::*;

    fn headers(accepted: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))])
    }

    async fn sent(pieces: Pieces) -> (HeaderMap, Vec<u8>) {
        let response = pieces.into_response();
        let headers = response.headers().clone();
        (headers, to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec())
    }

    fn unzipped(body: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        // It reads one member, as browsers do, and compares its check and length.
        GzDecoder::new(body).read_to_end(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn pieces_of_any_size_make_one_text() {
        // Short ones, one that needs several stored blocks, one that does not compress, and an empty one.
        let noise: Vec<u8> = (0_u32..70_000).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let words = "[\"DRV-142 moved to In review\"],".repeat(9_000).into_bytes();
        let kept = Packed::new(&words);
        assert!(kept.size() < words.len() / 20, "{kept:?}");
        let mut pieces = Pieces::for_request(&headers("gzip, deflate, br"));
        let mut expected = Vec::new();
        for part in [b"{".as_slice(), &noise, b"", b",", &words] {
            pieces.add(part);
            pieces.add_packed(&kept);
            expected.extend_from_slice(part);
            expected.extend_from_slice(&words);
        }
        pieces.add_packed(&Packed { blocks: stored(&noise), check: Packed::new(&noise).check });
        expected.extend_from_slice(&noise);
        let (headers, body) = sent(pieces).await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        assert_eq!(headers[header::VARY], "accept-encoding");
        assert!(unzipped(&body) == expected, "the text is another one");
    }

    #[tokio::test]
    async fn who_does_not_say_gzip_gets_it_as_it_is() {
        for accepted in ["", "br", "gzip;q=0", "identity, gzip; q=0.0"] {
            let mut pieces = Pieces::for_request(&headers(accepted));
            assert!(!pieces.are_packed(), "{accepted}");
            pieces.add(b"{\"seq\":1}");
            let (headers, body) = sent(pieces).await;
            assert!(!headers.contains_key(header::CONTENT_ENCODING));
            assert_eq!(body, b"{\"seq\":1}");
        }
        assert!(Pieces::for_request(&headers("br;q=1.0, GZIP;q=0.5")).are_packed());
    }
}
