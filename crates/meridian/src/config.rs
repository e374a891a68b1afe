//! Where the program finds what it needs: flags, then the environment, then `meridian.toml`.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::Timestamp;
use kernel::{Allowed, MailServer, Site};
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

    /// Where people reach the server, for links in mails: https://work.example.org
    #[arg(long, global = true, env = "MERIDIAN_ADDRESS", value_name = "URL")]
    address: Option<String>,

    /// The server that takes mail: smtp://USER:PASSWORD@HOST:587 or smtps://… [default: no mail]
    #[arg(long, global = true, env = "MERIDIAN_MAIL", value_name = "URL", hide_env_values = true)]
    mail: Option<String>,

    /// Whom mail comes from: Meridian <meridian@example.org>
    #[arg(long, global = true, env = "MERIDIAN_MAIL_FROM", value_name = "MAILBOX")]
    mail_from: Option<String>,

    /// Own networks that the server may send requests to, separated by commas: 10.0.0.0/8
    #[arg(
        long,
        global = true,
        env = "MERIDIAN_OUTBOUND_ALLOW",
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    outbound_allow: Option<Vec<Allowed>>,

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
    address: Option<String>,
    #[serde(default)]
    mail: MailSection,
    #[serde(default)]
    outbound: OutboundSection,
}

/// `[mail]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct MailSection {
    server: Option<String>,
    from: Option<String>,
}

/// `[outbound]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboundSection {
    allow: Option<Vec<String>>,
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
    /// The public address, mail, and the operator's own networks.
    pub site: Site,
}

/// The variables that begin with `MERIDIAN_` and are not settings.
const OF_TESTS: [&str; 2] = ["MERIDIAN_TEST_", "MERIDIAN_WORKTIME_VECTORS"];
/// The variables that are settings.
const SETTINGS: [&str; 10] = [
    "MERIDIAN_DATA",
    "MERIDIAN_LISTEN",
    "MERIDIAN_DATABASE",
    "MERIDIAN_LOG",
    "MERIDIAN_ADDRESS",
    "MERIDIAN_MAIL",
    "MERIDIAN_MAIL_FROM",
    "MERIDIAN_OUTBOUND_ALLOW",
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
        let address = options.address.or(file.address);
        let mail = mail_server(options.mail.or(file.mail.server), options.mail_from.or(file.mail.from))?;
        let outbound = match options.outbound_allow {
            Some(allowed) => allowed,
            None => networks(file.outbound.allow.unwrap_or_default())?,
        };
        let site = connect::settings::checked(Site { address, mail, outbound, ..Site::default() })?;
        let data = options.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        let usual_database = || format!("sqlite:{}", data.join("meridian.db").display());
        Ok(Self {
            database: options.database.or(file.database).unwrap_or_else(usual_database),
            listen: options.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 7600))),
            log: options.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            clock: options.clock.map_or_else(kernel::Clock::system, kernel::Clock::starting_at),
            site,
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

fn mail_server(server: Option<String>, from: Option<String>) -> anyhow::Result<Option<MailServer>> {
    match (server, from) {
        (Some(server), Some(from)) => Ok(Some(MailServer { server, from })),
        (None, None) => Ok(None),
        (Some(_), None) => bail!("a mail server is set, and not whom mail comes from: set mail.from"),
        (None, Some(_)) => bail!("it is set whom mail comes from, and no server: set mail.server"),
    }
}

fn networks(texts: Vec<String>) -> anyhow::Result<Vec<Allowed>> {
    texts.iter().map(|text| text.parse().context("outbound.allow")).collect()
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
        assert!(toml::from_str::<File>("[mail]\nserver = \"smtp://a\"\nfrom = \"a@b\"").is_ok());
        assert!(toml::from_str::<File>("[mail]\nhost = \"a\"").is_err());
        assert!(toml::from_str::<File>("[outbound]\nallow = [\"10.0.0.0/8\"]").is_ok());
    }

    #[test]
    fn half_of_the_settings_of_mail_is_a_mistake() {
        let some = |text: &str| Some(text.to_owned());
        assert!(mail_server(some("smtp://a"), some("a@b")).unwrap().is_some());
        assert!(mail_server(None, None).unwrap().is_none());
        assert!(mail_server(some("smtp://a"), None).is_err());
        assert!(mail_server(None, some("a@b")).is_err());
        assert!(networks(vec!["10.0.0.0/8".to_owned()]).is_ok());
        assert!(networks(vec!["intranet".to_owned()]).is_err());
    }
}
