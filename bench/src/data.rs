//! Makes workspaces of realistic size through the product's own functions, so that whatever belongs to a post (change,
//! marks, search words, jobs) is there and agrees. The same arguments make the same workspace.

pub mod letters;
pub mod manifest;

mod founding;
mod maker;
mod text;
mod words;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use kernel::{Clock, Ids};
use rand::{SeedableRng, rngs::StdRng};
use store::{Blobs, Context, Db, Options};

use self::{
    maker::Maker,
    manifest::{Manifest, Size},
};

/// When the workspace's first year begins.
const BEGAN: &str = "2025-11-20T15:00:00Z";
/// When it ends: the present of all measurements.
pub const NOW: &str = "2026-11-20T15:00:00Z";
/// From which all chance comes.
const SEED: u64 = 20_251_120;
/// How many posts, with what belongs to them, are in one transaction.
const GROUP: usize = 500;
/// After how many posts the jobs that have fallen due are done: about as often as a day passes in a workspace of
/// 10 thousand posts a year, so that what is late is little.
const JOBS_EVERY: usize = 2000;

/// What to make.
#[derive(Debug, Args)]
pub struct Arguments {
    /// How many members, guests not counted
    #[arg(long, default_value_t = 500)]
    members: usize,
    /// How many posts
    #[arg(long, default_value_t = 10_000)]
    posts: usize,
    /// The data folder to make; nothing happens when it is there
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
}

/// Makes a data folder.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let size = Size { members: arguments.members, posts: arguments.posts };
    if arguments.out.join(manifest::FILE).exists() {
        println!("{} is there already", arguments.out.display());
        return Ok(());
    }
    if arguments.out.exists() {
        bail!("{} is not complete: remove it first", arguments.out.display());
    }
    std::fs::create_dir_all(&arguments.out)?;
    make(&arguments.out, None, size).await.map(|_| ())
}

/// Makes a workspace in a data folder, or in a database elsewhere with the rest in the folder.
pub async fn make(folder: &Path, database: Option<&str>, size: Size) -> anyhow::Result<Manifest> {
    let url =
        database.map_or_else(|| format!("sqlite:{}", folder.join("meridian.db").display()), str::to_owned);
    let began: Timestamp = BEGAN.parse()?;
    let clock = Clock::fixed(began);
    let context = Context {
        db: Db::open(Options::new(url), &server::migrations()).await?,
        blobs: Blobs::local(folder.join("files"))?,
        ids: Ids::seeded(SEED, clock.clone()),
        clock,
    };
    let mut rng = StdRng::seed_from_u64(SEED);
    let started = Instant::now();
    let founded = founding::found(&context, size, &mut rng).await?;
    println!(
        "{} people in {} spaces after {:.0?}",
        founded.people.len(),
        founded.places.len(),
        started.elapsed()
    );
    let app = edge::App {
        context: context.clone(),
        limits: edge::Limits::default(),
        site: std::sync::Arc::default(),
    };
    let worker = server::worker(&app);
    let span = (began, NOW.parse()?);
    let mut maker = Maker::new(&context, founded, size, span, rng);
    while maker.written() < size.posts {
        let before = maker.written();
        let goal = (before + GROUP).min(size.posts);
        let write = context.db.write(move |tx| async move {
            maker.write_until(&tx, goal).await?;
            Ok::<_, anyhow::Error>(maker)
        });
        maker = write.await?.value;
        if goal / JOBS_EVERY != before / JOBS_EVERY || goal == size.posts {
            worker.drain(context.clock.now()).await?;
        }
        if goal * 20 / size.posts != before * 20 / size.posts {
            println!("{goal} of {} posts after {:.0?}", size.posts, started.elapsed());
        }
    }
    context.clock.set(span.1);
    worker.drain(span.1).await?;
    let manifest = maker.finish(&context).await.context("cannot write down what was made")?;
    context.db.close().await;
    manifest.write(folder)?;
    println!("made after {:.0?}", started.elapsed());
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_same_size_makes_the_same_workspace() {
        let size = Size { members: 50, posts: 300 };
        let mut made = Vec::new();
        for _ in 0..2 {
            let folder = tempfile::tempdir().unwrap();
            let manifest = Box::pin(make(folder.path(), None, size)).await.unwrap();
            let database = rusqlite::Connection::open(folder.path().join("meridian.db")).unwrap();
            let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(count("SELECT COUNT(*) FROM posts"), 300);
            assert_eq!(count("SELECT COUNT(*) FROM jobs WHERE dead"), 0);
            assert!(count("SELECT COUNT(DISTINCT state) FROM asks") > 2);
            assert_eq!(manifest.people.len(), 52);
            made.push(serde_json::to_string(&manifest).unwrap());
        }
        assert_eq!(made.first(), made.last());
    }
}
