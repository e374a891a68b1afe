//! The file of a backup: a tar archive that `tar xf` opens, with these parts in this order.
//!
//! | part | what |
//! |---|---|
//! | `meridian-backup.json` | [`Header`]: format, version of the program, when, which migrations |
//! | `database.jsonl.gz` | every row as JSON, one in a line, as [`store::copy`] writes them |
//! | `files/ab/cdef…` | every file that a row names, under its SHA-256 |
//! | `manifest.json` | [`Manifest`]: sizes, hashes and counts of all that comes before |
//!
//! The manifest comes last, so a backup without one was cut off.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::Path,
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::rows::TableSum;

/// The newest format that this program reads, and the one that it writes.
const FORMAT: u32 = 1;
const HEADER: &str = "meridian-backup.json";
pub const DATABASE: &str = "database.jsonl.gz";
pub const FILES: &str = "files/";
pub const MANIFEST: &str = "manifest.json";
/// A tar archive is written in blocks and ends with two empty ones.
const BLOCK: u64 = 512;
/// A header or manifest larger than this is none.
const LARGEST_JSON: u64 = 1 << 30;

/// The first part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// The format of the file.
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// When.
    pub created_at: Timestamp,
    /// `sqlite` or `postgres`: where the rows came from. They can go to either.
    pub database: String,
    /// Name and checksum of the migrations that made the schema.
    pub migrations: BTreeMap<String, String>,
}

/// The last part.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// SHA-256 of the header.
    pub header: String,
    /// The database part.
    pub database: Part,
    /// What each table holds.
    pub tables: BTreeMap<String, TableSum>,
    /// Every file, by its name, which is the SHA-256 of its content.
    pub files: Vec<Part>,
    /// Files that rows name and that were not there.
    pub missing: Vec<String>,
}

/// A part by what is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Part {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl Header {
    /// Of a backup made now.
    pub fn new(created_at: Timestamp, database: &str, migrations: BTreeMap<String, String>) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { format: FORMAT, program, created_at, database: database.to_owned(), migrations }
    }
}

// ------------------------------------------------------------------ writing

/// Writes the parts one after the other.
pub struct Writer<W: Write> {
    out: BufWriter<W>,
    at: Timestamp,
    header: String,
}

impl<W: Write> Writer<W> {
    /// Begins with the header.
    pub fn new(out: W, header: &Header) -> anyhow::Result<Self> {
        let mut writer = Self { out: BufWriter::new(out), at: header.created_at, header: String::new() };
        let json = serde_json::to_vec_pretty(header)?;
        writer.header = sha256(&json);
        writer.whole(HEADER, &json)?;
        Ok(writer)
    }

    /// SHA-256 of the header.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// A part that is read from a file.
    pub fn copy(&mut self, name: &str, size: u64, part: impl Read) -> io::Result<()> {
        self.begin(name, size)?;
        let copied = io::copy(&mut part.take(size), &mut self.out)?;
        if copied == size { self.end(size) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// The next part is so large; its bytes come with [`Self::bytes`].
    pub fn begin(&mut self, name: &str, size: u64) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_path(name)?;
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.at.as_second()).unwrap_or_default());
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        self.out.write_all(header.as_bytes())
    }

    /// More bytes of the part.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// The part is complete.
    pub fn end(&mut self, size: u64) -> io::Result<()> {
        let rest = (BLOCK - size % BLOCK) % BLOCK;
        self.empty(rest)
    }

    /// Writes the manifest and gives back what everything was written to.
    pub fn finish(mut self, manifest: &Manifest) -> anyhow::Result<W> {
        self.whole(MANIFEST, &serde_json::to_vec_pretty(manifest)?)?;
        self.empty(2 * BLOCK)?;
        Ok(self.out.into_inner().map_err(io::IntoInnerError::into_error)?)
    }

    fn whole(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        self.copy(name, content.len() as u64, content)
    }

    fn empty(&mut self, bytes: u64) -> io::Result<()> {
        io::copy(&mut io::repeat(0).take(bytes), &mut self.out).map(|_| ())
    }
}

// ------------------------------------------------------------------ reading

/// A backup's file, open for reading; its header fits this program.
pub struct Backup {
    /// The first part.
    pub header: Header,
    /// SHA-256 of it.
    pub header_sha256: String,
    /// All parts, the first one included.
    pub archive: tar::Archive<BufReader<File>>,
}

impl Backup {
    /// Reads the beginning and looks at the end.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let mut file = File::open(path)?;
        must_end_as_written(&mut file)?;
        file.rewind()?;
        let mut archive = tar::Archive::new(BufReader::new(file));
        let first = archive.entries()?.next().context("it is empty")??;
        if first.path()?.as_os_str() != HEADER {
            bail!("it is no backup of Meridian");
        }
        let json = read_json(first)?;
        let header: Header = parse(&json)?;
        if header.format > FORMAT {
            bail!("it is of Meridian {}, which is newer than this program", header.program);
        }
        let known = server::migrations();
        if header.migrations.keys().any(|name| !known.iter().any(|migration| migration.name == name)) {
            bail!("its database is of Meridian {}, which is newer than this program", header.program);
        }
        let mut file = archive.into_inner();
        file.rewind()?;
        Ok(Self { header, header_sha256: sha256(&json), archive: tar::Archive::new(file) })
    }
}

fn must_end_as_written(file: &mut File) -> anyhow::Result<()> {
    let size = file.metadata()?.len();
    let mut end = [0; 2 * BLOCK as usize];
    let whole = size >= 2 * BLOCK && size.is_multiple_of(BLOCK);
    if whole {
        file.seek(SeekFrom::End(-2 * BLOCK as i64))?;
        file.read_exact(&mut end)?;
    }
    if whole && end.iter().all(|byte| *byte == 0) {
        Ok(())
    } else {
        bail!("it does not end as a backup does: it was cut off, or it is something else")
    }
}

/// A part that is JSON.
pub fn read_json(part: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut json = Vec::new();
    part.take(LARGEST_JSON).read_to_end(&mut json)?;
    Ok(json)
}

/// What that JSON says.
pub fn parse<T: DeserializeOwned>(json: &[u8]) -> anyhow::Result<T> {
    serde_json::from_slice(json).context("a part of it is not as it was written")
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Passes bytes on and hashes them.
pub struct Hashing<W> {
    out: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    /// Nothing has passed yet.
    pub fn new(out: W) -> Self {
        Self { out, digest: Sha256::new(), bytes: 0 }
    }

    /// Where the bytes went, and what they were.
    pub fn finish(self) -> (W, Part) {
        (self.out, Part { sha256: hexadecimal(&self.digest.finalize()), bytes: self.bytes })
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
