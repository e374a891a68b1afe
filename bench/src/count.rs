//! Counts the processor's instructions for ten requests. Unlike time, the count is the same on every machine and hardly
//! differs from run to run, so a bound on it can stand in a test.
//!
//! Each request is answered in process, N times in one run and 2 N times in another, under callgrind. The difference is
//! N requests without the start, without what happens only the first time, and with all threads: the store writes in one
//! of its own, which is why callgrind is not told to count a single function.

mod request;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail, ensure};
use clap::{Args, ValueEnum as _};

use self::request::Name;
pub use self::request::{Arguments as RequestArguments, answer};
use crate::data::{self, manifest::Size};

/// The bounds that are kept with the code.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/counts.toml");
/// How much more than the kept count is too much, of a hundred.
const TOLERANCE: u64 = 15;
/// How often a request is answered in the shorter run.
const REPEATS: u64 = 4;
/// The workspace in which they are answered.
const SIZE: Size = Size { members: 50, posts: 2000 };
/// How many processes count at once.
const AT_ONCE: usize = 2;

/// What to do with the counts.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Keep today's counts as the ones to compare with
    #[arg(long)]
    write: bool,
}

/// Counts, and fails when a request takes more than 15 % more instructions than it is known to take.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data)?;
    Box::pin(data::make(&data, None, SIZE)).await?;
    let counts = tokio::task::block_in_place(|| count_all(&data))?;
    if arguments.write {
        return keep(&counts);
    }
    let kept = kept()?;
    let mut worse = Vec::new();
    for (name, count) in &counts {
        let before =
            *kept.get(name).with_context(|| format!("{name} is not in {KEPT}: bench count --write"))?;
        println!("{name:>10}: {count} instructions, {:+.1} %", (*count as f64 / before as f64 - 1.0) * 100.0);
        if *count > before + before * TOLERANCE / 100 {
            worse.push(format!("{name} takes {count} instructions and took {before}"));
        }
    }
    if worse.is_empty() {
        return Ok(());
    }
    bail!("{}. If that is meant: bench count --write", worse.join("; "))
}

/// The instructions of one request of each kind.
fn count_all(data: &Path) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut counts = BTreeMap::new();
    for names in Name::value_variants().chunks(AT_ONCE) {
        let counted: Vec<anyhow::Result<u64>> = std::thread::scope(|scope| {
            let threads: Vec<_> = names.iter().map(|name| scope.spawn(|| count(*name, data))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| bail!("a count broke off")))
                .collect()
        });
        for (name, count) in names.iter().zip(counted) {
            counts.insert(name.word(), count?);
        }
    }
    Ok(counts)
}

fn count(name: Name, data: &Path) -> anyhow::Result<u64> {
    let (once, twice) = (instructions(name, data, REPEATS)?, instructions(name, data, 2 * REPEATS)?);
    Ok(twice.saturating_sub(once) / REPEATS)
}

/// The instructions of a whole run.
fn instructions(name: Name, data: &Path, repeats: u64) -> anyhow::Result<u64> {
    let copy = tempfile::tempdir()?;
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
        }
    }
    let program = std::env::current_exe()?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["request", &name.word(), "--repeats", &repeats.to_string(), "--data"])
        .arg(copy.path())
        .stdin(Stdio::null())
        .output()
        .context("cannot start valgrind: script/install test installs it")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} failed under callgrind: {said}", name.word());
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    Ok(collected.context("callgrind has not counted")?.1.trim().parse()?)
}

fn kept() -> anyhow::Result<BTreeMap<String, u64>> {
    let text = std::fs::read_to_string(KEPT).with_context(|| format!("cannot read {KEPT}"))?;
    Ok(toml::from_str(&text)?)
}

fn keep(counts: &BTreeMap<String, u64>) -> anyhow::Result<()> {
    let head = "# Instructions of one request of each kind: bench count --write makes this file anew.\n";
    std::fs::write(PathBuf::from(KEPT), format!("{head}{}", toml::to_string(counts)?))?;
    for (name, count) in counts {
        println!("{name:>10}: {count} instructions");
    }
    Ok(())
}
