//! `meridian backup`: everything in one file, while the server runs.

mod container;
mod rows;
#[cfg(test)]
mod tests;
mod unpack;
mod verify;

pub use container::{Header, Manifest, hexadecimal};
pub use rows::contents_of;
pub use unpack::{Unpacked, open, unpack};

use std::{
    collections::BTreeSet,
    fs::File,
    io::Seek,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use flate2::{Compression, write::GzEncoder};
use futures::StreamExt;
use jiff::Timestamp;
use store::{BlobError, Blobs, Db, Options};
use tempfile::NamedTempFile;

use self::{
    container::{DATABASE, FILES, Hashing, Part, Writer},
    rows::{Contents, Rows},
};
use crate::{as_is, config::Config, progress::Progress, say};

/// What a person can learn from the help.
const EXAMPLES: &str = "\
Examples:
  meridian backup /backups/monday.mrd            the server may go on running
  meridian backup verify /backups/monday.mrd     restore it to a temporary folder and check all of it
  meridian restore /backups/monday.mrd --data ./data

Every night, from cron:
  0 3 * * *  meridian --data /srv/meridian backup \"/backups/$(date +\\%F).mrd\"

What was acknowledged before the backup began is in it. It is a tar file: `tar tf FILE` lists what
is inside. A backup of SQLite can be restored into PostgreSQL, and the other way round.";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = EXAMPLES)]
pub struct Arguments {
    /// The file to write; it must not exist
    #[arg(required = true, value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Restore a backup to a temporary folder and check counts, hashes, files and search
    Verify {
        /// The backup to check
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Runs the command.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    match (arguments.command, arguments.file) {
        (Some(Command::Verify { file }), _) => verify::run(&file).await,
        (None, Some(file)) => back_up(config, &file).await,
        (None, None) => bail!("name the file to write"),
    }
}

async fn back_up(config: &Config, file: &Path) -> anyhow::Result<()> {
    let opened = as_is::open(&Options::new(&config.database)).await.context("cannot open the database")?;
    let blobs = Blobs::local(config.files()).context("cannot open the folder of the files")?;
    let written = write(&opened.db, &blobs, file, config.clock.now()).await?;
    opened.db.close().await;
    println!(
        "{} is complete: {} rows, {} files, {}.",
        file.display(),
        written.rows,
        written.files,
        say::size(written.bytes)
    );
    if written.missing > 0 {
        eprintln!(
            "Warning: {} files that the database names are not in {}. `meridian doctor` lists them.",
            written.missing,
            config.files().display()
        );
    }
    Ok(())
}

/// What a backup holds.
#[derive(Debug)]
pub struct Written {
    /// Rows of all tables.
    pub rows: u64,
    /// Files.
    pub files: u64,
    /// Files that rows name and that were not there.
    pub missing: u64,
    /// The size of the backup.
    pub bytes: u64,
}

/// Writes a backup of one instant. The file appears under its name when it is complete and on
/// disk; it is an error if the name is taken.
pub async fn write(db: &Db, blobs: &Blobs, file: &Path, at: Timestamp) -> anyhow::Result<Written> {
    if file.try_exists()? {
        bail!("{} exists; a backup overwrites nothing", file.display());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let cannot_write = || format!("cannot write to {}", folder.display());
    // The rows first: a file is there before a row names it, so every file is there afterwards.
    let scratch = tempfile::tempfile_in(folder).with_context(cannot_write)?;
    let (dump, database, contents) = dump(db, scratch).await?;
    let unfinished = tempfile::Builder::new().prefix(".meridian-backup-").tempfile_in(folder);
    let unfinished = unfinished.with_context(cannot_write)?;
    let engine = if db.is_sqlite() { "sqlite" } else { "postgres" };
    let header = Header::new(at, engine, contents.migrations.clone());
    let mut writer = Writer::new(unfinished, &header)?;
    writer.copy(DATABASE, database.bytes, dump)?;
    let (files, missing) = copy_files(blobs, &contents.files, &mut writer).await?;
    let written =
        Written { rows: contents.rows(), files: files.len() as u64, missing: missing.len() as u64, bytes: 0 };
    let tables = contents.tables();
    let header = writer.header().to_owned();
    let unfinished = writer.finish(&Manifest { header, database, tables, files, missing })?;
    let bytes = put_in_place(unfinished, file, folder)?;
    Ok(Written { bytes, ..written })
}

/// Writes all rows, compressed, and goes back to the beginning.
async fn dump(db: &Db, scratch: File) -> anyhow::Result<(File, Part, Contents)> {
    let rows = Rows::new(GzEncoder::new(Hashing::new(scratch), Compression::default()));
    let (rows, _) = store::copy::dump(db, rows).await.context("cannot read the database")?;
    let (mut file, part) = rows.out.finish()?.finish();
    file.rewind()?;
    Ok((file, part, rows.contents))
}

/// Copies the files that rows name. One that nobody needed any more may have been removed since
/// the rows were read.
async fn copy_files(
    blobs: &Blobs,
    wanted: &BTreeSet<String>,
    writer: &mut Writer<NamedTempFile>,
) -> anyhow::Result<(Vec<Part>, Vec<String>)> {
    let (mut files, mut missing) = (Vec::new(), Vec::new());
    let mut progress = Progress::of("files", wanted.len() as u64);
    for hash in wanted {
        match copy_file(blobs, hash, writer).await? {
            Some(bytes) => files.push(Part { sha256: hash.clone(), bytes }),
            None => missing.push(hash.clone()),
        }
        progress.add(1);
    }
    Ok((files, missing))
}

async fn copy_file(
    blobs: &Blobs,
    hash: &str,
    writer: &mut Writer<NamedTempFile>,
) -> anyhow::Result<Option<u64>> {
    let (size, mut content) = match (blobs.size(hash).await, blobs.get(hash).await) {
        (Ok(size), Ok(content)) => (size, content),
        (Err(store::Error::Blob(BlobError::Missing | BlobError::Hash)), _)
        | (_, Err(store::Error::Blob(BlobError::Missing))) => return Ok(None),
        (Err(error), _) | (_, Err(error)) => return Err(error.into()),
    };
    let (folder, name) = hash.split_at_checked(2).unwrap_or_default();
    writer.begin(&format!("{FILES}{folder}/{name}"), size)?;
    let mut copied = 0;
    while let Some(bytes) = content.next().await {
        let bytes = bytes?;
        copied += bytes.len() as u64;
        writer.bytes(&bytes)?;
    }
    if copied != size {
        bail!("the file {hash} changed its size while it was read");
    }
    writer.end(size)?;
    Ok(Some(size))
}

fn put_in_place(unfinished: NamedTempFile, file: &Path, folder: &Path) -> anyhow::Result<u64> {
    unfinished.as_file().sync_all()?;
    let placed = unfinished.persist_noclobber(file);
    let placed = placed.with_context(|| format!("cannot write {}", file.display()))?;
    File::open(folder)?.sync_all()?;
    Ok(placed.metadata()?.len())
}
