//! `meridian restore`: a backup becomes a server's data, where there was none.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use flate2::bufread::GzDecoder;
use store::{Blobs, Db, Migration, Options, copy};

use crate::{
    as_is,
    backup::{self, Header, Manifest, Unpacked},
    config::Config,
    progress::Progress,
};

/// What a person can learn from the help.
const EXAMPLES: &str = "\
Examples:
  meridian restore /backups/monday.mrd --data ./data
  meridian restore /backups/monday.mrd --data ./data --database postgres://meridian@localhost/meridian

The second one is also the way from SQLite to PostgreSQL: back up, then restore into a new database.
The folder must be empty or new, and so must the database: a restore overwrites nothing. If it
fails, the folder is as it was before. A backup of an older version is brought up to date.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The backup to restore; --data says where to
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Runs the command.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let place =
        Place { data: config.data.clone(), files: config.files(), database: Options::new(&config.database) };
    let restored = restore(&arguments.file, &place).await.context("nothing was restored")?;
    println!(
        "{} has {} rows and {} files of {}, and a new search index of {} entries.",
        place.data.display(),
        restored.rows,
        restored.manifest.files.len(),
        restored.header.created_at,
        restored.entries
    );
    println!("Start it with: meridian serve --data {}", place.data.display());
    Ok(())
}

/// Where a backup is restored to.
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// The folder of the files in it.
    pub files: PathBuf,
    /// The database.
    pub database: Options,
}

/// What was restored.
pub struct Restored {
    /// The backup's first part.
    pub header: Header,
    /// The backup's last part.
    pub manifest: Manifest,
    /// Rows of all tables.
    pub rows: u64,
    /// Entries of the new search index.
    pub entries: u64,
}

/// Restores a backup into an empty place and compares every table with the manifest. A failure
/// leaves no files behind.
pub async fn restore(file: &Path, place: &Place) -> anyhow::Result<Restored> {
    let backup = backup::open(file)?;
    must_have_no_workspace(&place.database).await?;
    let staging = Staging::begin(place)?;
    let blobs = Blobs::local(&staging.files)?;
    let unpacked = backup::unpack(backup, &blobs, &staging.folder).await?;
    let entries = load(&staging, &unpacked).await?;
    staging.put_in_place()?;
    let Unpacked { header, manifest, .. } = unpacked;
    let rows = manifest.tables.values().map(|table| table.rows).sum();
    Ok(Restored { header, manifest, rows, entries })
}

/// A database of SQLite must not even exist; one of PostgreSQL may have empty tables.
async fn must_have_no_workspace(database: &Options) -> anyhow::Result<()> {
    if database.url.starts_with("sqlite:") {
        return Ok(());
    }
    let Ok(opened) = as_is::open(database).await else { return Ok(()) };
    let workspaces = match opened.missing.as_slice() {
        [] => opened.db.read(|tx| async move { people::workspaces::count(&tx).await }).await?,
        _ => 0,
    };
    opened.db.close().await;
    if workspaces == 0 { Ok(()) } else { bail!("the database has a workspace; a restore overwrites nothing") }
}

/// Fills the database, first with the schema that the backup was made with, and brings it up to
/// date. Returns how many entries the search index has.
async fn load(staging: &Staging, unpacked: &Unpacked) -> anyhow::Result<u64> {
    let all = server::migrations();
    let of_backup: Vec<Migration> = all
        .iter()
        .filter(|migration| unpacked.header.migrations.contains_key(migration.name))
        .copied()
        .collect();
    let db = Db::open(staging.database.clone(), &of_backup).await.context("cannot open the new database")?;
    let filled = fill(&db, unpacked).await;
    db.close().await;
    filled?;
    let db =
        Db::open(staging.database.clone(), &all).await.context("cannot bring the database up to date")?;
    let mut progress = Progress::new("entries of the search index");
    let indexed = topics::search::rebuild(&db, |entries| progress.set(entries)).await;
    db.close().await;
    indexed.context("cannot make the search index anew")
}

async fn fill(db: &Db, unpacked: &Unpacked) -> anyhow::Result<()> {
    let rows = unpacked.database.try_clone()?;
    let lines = BufReader::new(GzDecoder::new(BufReader::new(rows)));
    let loaded = copy::load(db, Watched { lines, progress: Progress::new("bytes of rows") }).await;
    let loaded = loaded.context("cannot load the rows")?;
    if !loaded.skipped.is_empty() {
        bail!("the new database has no place for {}", loaded.skipped.join(", "));
    }
    let found = backup::contents_of(db).await.context("cannot read the rows back")?.tables();
    let differs = |table: &&String| found.get(*table) != unpacked.manifest.tables.get(*table);
    if let Some(table) = unpacked.manifest.tables.keys().chain(found.keys()).find(differs) {
        bail!("the table {table} is not as it was in the backup");
    }
    Ok(())
}

/// Says how much has been read.
struct Watched<R> {
    lines: R,
    progress: Progress,
}

impl<R: BufRead> std::io::Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.lines.read(buffer)?;
        self.progress.add(read as u64);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.lines.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.progress.add(bytes as u64);
        self.lines.consume(bytes);
    }
}

// ------------------------------------------------------------------ the place

/// A restore under way, beside where it will be. Dropped before its end it leaves nothing.
struct Staging {
    /// Everything that is not in its place yet.
    folder: PathBuf,
    files: PathBuf,
    final_files: PathBuf,
    /// The database that is filled.
    database: Options,
    /// Where a SQLite database is while it is filled, and where it goes.
    sqlite: Option<(PathBuf, PathBuf)>,
    /// Folders that were made for this, to be removed if they end up empty.
    made: Vec<PathBuf>,
}

impl Staging {
    fn begin(place: &Place) -> anyhow::Result<Self> {
        must_be_empty(&place.data)?;
        let folder = place.data.join(".restoring");
        let sqlite = place.database.url.strip_prefix("sqlite:").map(PathBuf::from);
        if let Some(path) = sqlite.as_ref().filter(|path| path.exists()) {
            bail!("{} exists; a restore overwrites nothing", path.display());
        }
        let made = missing_folders(&place.data);
        // A database elsewhere is filled beside its place, which may be on another disk.
        let sqlite = sqlite.map(|path| {
            let folder = if path.starts_with(&place.data) { folder.clone() } else { beside(&path) };
            (folder.join("meridian.db"), path)
        });
        let url = match &sqlite {
            Some((staged, _)) => format!("sqlite:{}", staged.display()),
            None => place.database.url.clone(),
        };
        let staging = Self {
            files: folder.join("files"),
            final_files: place.files.clone(),
            database: Options { url, ..place.database.clone() },
            sqlite,
            made,
            folder,
        };
        for folder in staging.folders() {
            let made = fs::create_dir_all(folder);
            made.with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        Ok(staging)
    }

    /// What exists only while this does.
    fn folders(&self) -> impl Iterator<Item = &Path> {
        let of_database = self.sqlite.as_ref().and_then(|(staged, _)| staged.parent());
        std::iter::once(self.folder.as_path()).chain(of_database)
    }

    /// The database comes last: it is there only when everything is.
    fn put_in_place(self) -> anyhow::Result<()> {
        fs::rename(&self.files, &self.final_files).context("cannot move the files into place")?;
        if let Some((staged, path)) = &self.sqlite {
            File::open(staged)?.sync_all()?;
            fs::rename(staged, path).context("cannot move the database into place")?;
            sync_folder_of(path)?;
        }
        sync_folder_of(&self.final_files)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed is in a folder whose name says what it is.
        for folder in self.folders() {
            let _ = fs::remove_dir_all(folder);
        }
        for folder in &self.made {
            let _ = fs::remove_dir(folder);
        }
    }
}

fn must_be_empty(data: &Path) -> anyhow::Result<()> {
    match fs::read_dir(data) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot look into {}", data.display())),
        Ok(entries) => {
            // The root of a file system may have this.
            let others = entries.filter_map(Result::ok).find(|entry| entry.file_name() != "lost+found");
            match others {
                None => Ok(()),
                Some(other) => bail!(
                    "{} is not empty: it has {}; a restore overwrites nothing",
                    data.display(),
                    other.file_name().to_string_lossy()
                ),
            }
        }
    }
}

/// The folder and those above it that do not exist, the innermost first.
fn missing_folders(folder: &Path) -> Vec<PathBuf> {
    folder
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_owned)
        .collect()
}

fn beside(path: &Path) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(".restoring");
    name.into()
}

fn sync_folder_of(path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok(File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?)
}
