//! Measures the real program, as a process of its own, beside the references.

mod import;
mod load;
mod posts;
mod reads;
mod results;
mod search;
mod start;
mod streams;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use tempfile::TempDir;

use self::results::Results;
use crate::{
    data::{self, manifest::Manifest},
    server::{Server, Start, raise_open_files},
};

/// What to measure, and on what.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Only these
    #[arg(value_enum)]
    names: Vec<Name>,
    /// The workspace, made by bench data; it is copied and stays as it is
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Which database
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// A PostgreSQL database in which others can be made and dropped
    #[arg(long, env = "BENCH_CLUSTER", hide_env_values = true)]
    postgres: Option<String>,
    /// The program
    #[arg(long, default_value = "target/release/meridian")]
    binary: PathBuf,
    /// How much processor time of the server a figure is made of, in seconds
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// The size of the mail archive to import, in megabytes
    #[arg(long, default_value_t = 1024)]
    archive: u64,
    /// Add what was measured to this file
    #[arg(long, default_value = "target/bench/results.json")]
    out: PathBuf,
}

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// Inbox, thread, space: warm and cold, by session and by token
    Reads,
    /// Durable posts by 1, 16 and 64 writers, in a large space and in a small one
    Posts,
    /// 1,000 and 10,000 live streams in one space
    Streams,
    /// Start to first answer, and memory at rest
    Start,
    /// Search for common, rare and half words
    Search,
    /// Memory while importing a mail archive
    Import,
}

/// A database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

/// Measures what was asked for and prints it as tables.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    raise_open_files()?;
    let mut results = Results::read(&arguments.out)?;
    let bench = Bench::prepare(&arguments).await?;
    let names = if arguments.names.is_empty() { Name::value_variants() } else { &arguments.names };
    for name in names {
        println!("measuring {name:?} of {}", bench.label);
        match name {
            Name::Reads => Box::pin(reads::measure(&bench, &mut results)).await?,
            Name::Posts => Box::pin(posts::measure(&bench, &mut results)).await?,
            Name::Streams => Box::pin(streams::measure(&bench, &mut results)).await?,
            Name::Start => start::measure(&bench, &mut results).await?,
            Name::Search => Box::pin(search::measure(&bench, &mut results)).await?,
            Name::Import => import::measure(&bench, arguments.archive, &mut results).await?,
        }
        results.write(&arguments.out)?;
    }
    bench.end().await?;
    println!("{results}");
    Ok(())
}

/// What every measurement needs.
struct Bench {
    /// How the server is started.
    start: Start,
    /// What its workspace holds.
    manifest: Manifest,
    /// Data and engine, for people.
    label: String,
    /// How much processor time a figure is made of.
    enough: Duration,
    /// The cluster and the database made in it.
    postgres: Option<(String, String)>,
    scratch: TempDir,
}

impl Bench {
    /// Copies the data, or makes it anew in PostgreSQL.
    async fn prepare(arguments: &Arguments) -> anyhow::Result<Self> {
        let mut manifest = Manifest::read(&arguments.data)?;
        let scratch = scratch()?;
        let folder = scratch.path().join("data");
        let mut start = Start::new(&arguments.binary, &folder);
        start.clock = Some(manifest.now.clone());
        let postgres = match arguments.engine {
            Engine::Sqlite => {
                copy(&arguments.data, &folder)?;
                None
            }
            Engine::Postgres => {
                let cluster = arguments.postgres.clone().context("--postgres is missing")?;
                let (url, name) = new_database(&cluster).await?;
                std::fs::create_dir_all(&folder)?;
                manifest = Box::pin(data::make(&folder, Some(&url), manifest.size)).await?;
                start.database = Some(url);
                Some((cluster, name))
            }
        };
        let engine = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
        let label = format!("{} members, {} posts, {engine}", manifest.size.members, manifest.size.posts);
        Ok(Self {
            start,
            manifest,
            label,
            enough: Duration::from_secs_f64(arguments.seconds),
            postgres,
            scratch,
        })
    }

    fn serve(&self) -> anyhow::Result<Server> {
        self.start.serve()
    }

    /// Starts one of the bare programs.
    fn reference(&self, arguments: &[&str]) -> anyhow::Result<Server> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("reference").args(arguments);
        if let Some(url) = &self.start.database {
            command.env("BENCH_POSTGRES", url);
        }
        Server::of(command)
    }

    /// The folder for what is needed only now.
    fn scratch(&self) -> &Path {
        self.scratch.path()
    }

    async fn end(self) -> anyhow::Result<()> {
        if let Some((cluster, name)) = &self.postgres {
            on_cluster(cluster, &format!("DROP DATABASE {name} WITH (FORCE)")).await?;
        }
        Ok(())
    }
}

/// A folder on the disk of the data: what is temporary elsewhere may be memory.
fn scratch() -> anyhow::Result<TempDir> {
    let parent = Path::new("target/bench");
    std::fs::create_dir_all(parent)?;
    Ok(tempfile::Builder::new().prefix("scratch-").tempdir_in(parent)?)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Makes a database beside the cluster's own; answers its URL and name.
async fn new_database(cluster: &str) -> anyhow::Result<(String, String)> {
    let name = format!("bench_{}", std::process::id());
    on_cluster(cluster, &format!("CREATE DATABASE {name}")).await?;
    let (before, query) = cluster.split_once('?').map_or((cluster, None), |(url, query)| (url, Some(query)));
    let Some((server, _)) = before.rsplit_once('/') else { bail!("the URL names no database") };
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Ok((format!("{server}/{name}{query}"), name))
}

async fn on_cluster(cluster: &str, statement: &str) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(cluster, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(statement).await?;
    Ok(())
}
