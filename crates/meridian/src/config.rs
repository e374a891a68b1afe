//! Where the program finds what it needs: flags, then the environment, then `meridian.toml`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use serde::Deserialize;
use tracing_subscriber::EnvFilter;

/// The options of every command.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Options {
    /// Folder of the database and the files [default: ./data]
    #[arg(long, global = true, env = "MERIDIAN_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,

    /// Where the server listens [default: 127.0.0.1:7600]
    #[arg(long, global = true, env = "MERIDIAN_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,

    /// postgres://… when one machine is outgrown [default: SQLite in the data folder]
    #[arg(long, global = true, env = "MERIDIAN_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,

    /// What to log: error, warn, info, debug, or target=level,… [default: info]
    #[arg(long, global = true, env = "MERIDIAN_LOG", value_name = "FILTER")]
    log: Option<String>,

    /// Read settings from this file [default: ./meridian.toml if it is there]
    #[arg(long, global = true, env = "MERIDIAN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// Let the clock start at this instant and run on from there (walkthroughs and tests)
    #[arg(long, global = true, env = "MERIDIAN_CLOCK", value_name = "INSTANT", hide = true)]
    clock: Option<Timestamp>,
}

/// What may stand in `meridian.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    listen: Option<SocketAddr>,
    database: Option<String>,
    log: Option<String>,
}

/// The settings in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder of the database and the files.
    pub data: PathBuf,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The database's URL, as [`store::Options`] takes it.
    pub database: String,
    log: String,
    /// A clock that starts elsewhere.
    pub clock: kernel::Clock,
}

/// The variables that begin with `MERIDIAN_` and are not settings.
const OF_TESTS: [&str; 2] = ["MERIDIAN_TEST_", "MERIDIAN_WORKTIME_VECTORS"];
/// The variables that are settings.
const SETTINGS: [&str; 6] = [
    "MERIDIAN_DATA",
    "MERIDIAN_LISTEN",
    "MERIDIAN_DATABASE",
    "MERIDIAN_LOG",
    "MERIDIAN_CONFIG",
    "MERIDIAN_CLOCK",
];
/// The file that is read when none is named.
const USUAL_FILE: &str = "meridian.toml";

impl Config {
    /// Puts flags, environment and file together. A key that nobody knows is an error: a typing
    /// mistake must not pass for a setting.
    pub fn read(options: Options) -> anyhow::Result<Self> {
        refuse_unknown_variables(std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()))?;
        let file = match &options.config {
            Some(path) => read_file(path)?,
            None if Path::new(USUAL_FILE).exists() => read_file(Path::new(USUAL_FILE))?,
            None => File::default(),
        };
        let data = options.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let usual_database = || format!("sqlite:{}", data.join("meridian.db").display());
        Ok(Self {
            database: options.database.or(file.database).unwrap_or_else(usual_database),
            listen: options.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 7600))),
            log: options.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            clock: options.clock.map_or_else(kernel::Clock::system, kernel::Clock::starting_at),
            data,
        })
    }

    /// Starts writing the log to standard error.
    pub fn start_log(&self) {
        let filter = EnvFilter::try_new(&self.log).unwrap_or_else(|_| EnvFilter::new("info"));
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    }

    /// Whether the database is the file in the data folder.
    pub fn is_sqlite(&self) -> bool {
        self.database.starts_with("sqlite:")
    }

    /// The folder of the files.
    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }
}

fn read_file(path: &Path) -> anyhow::Result<File> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not as expected", path.display()))
}

fn refuse_unknown_variables(names: impl Iterator<Item = String>) -> anyhow::Result<()> {
    for name in names.filter(|name| name.starts_with("MERIDIAN_")) {
        let known =
            SETTINGS.contains(&name.as_str()) || OF_TESTS.iter().any(|prefix| name.starts_with(prefix));
        if !known {
            bail!("{name} is no setting; there are {}", SETTINGS.join(", "));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_nobody_knows_is_an_error() {
        let names = |name: &str| std::iter::once(name.to_owned());
        assert!(refuse_unknown_variables(names("MERIDIAN_LISTEN")).is_ok());
        assert!(refuse_unknown_variables(names("MERIDIAN_TEST_POSTGRES")).is_ok());
        assert!(refuse_unknown_variables(names("PATH")).is_ok());
        assert!(refuse_unknown_variables(names("MERIDIAN_LISTE")).is_err());
        assert!(toml::from_str::<File>("listen = \"127.0.0.1:80\"").is_ok());
        assert!(toml::from_str::<File>("lisen = \"127.0.0.1:80\"").is_err());
    }
}
