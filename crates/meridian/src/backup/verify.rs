//! `meridian backup verify`: restores a backup to a temporary folder and says what it found.

use std::path::Path;

use anyhow::Context as _;
use store::Options;

use crate::{
    restore::{self, Place},
    say,
};

/// Verifies a backup and prints the result.
pub async fn run(file: &Path) -> anyhow::Result<()> {
    let restored = verify(file).await.with_context(|| format!("{} does not verify", file.display()))?;
    let header = &restored.header;
    let files_bytes = restored.manifest.files.iter().map(|file| file.bytes).sum();
    println!("{}", file.display());
    println!("  made {} by Meridian {} from {}", header.created_at, header.program, header.database);
    println!("  ✓ every part has the hash that it was written with");
    println!(
        "  ✓ {} rows in {} tables, the same as in the backup",
        restored.rows,
        restored.manifest.tables.len()
    );
    println!("  ✓ {} files that rows name, {}", restored.manifest.files.len(), say::size(files_bytes));
    println!("  ✓ the search index was made anew with {} entries", restored.entries);
    println!("This backup can be restored.");
    if !restored.manifest.missing.is_empty() {
        println!("{} files were missing already when it was made.", restored.manifest.missing.len());
    }
    Ok(())
}

/// Restores a backup to a temporary folder, with all checks, and removes it again.
pub async fn verify(file: &Path) -> anyhow::Result<restore::Restored> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let data = folder.path().join("data");
    let url = format!("sqlite:{}", data.join("meridian.db").display());
    let place = Place { files: data.join("files"), data, database: Options::new(url) };
    restore::restore(file, &place).await
}
