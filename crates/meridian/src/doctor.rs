//! `meridian doctor`: looks at everything that a server needs, changes nothing, and says what to
//! do about what it finds.

mod database;
mod deliveries;
mod files;
mod outside;
mod surroundings;
#[cfg(test)]
mod tests;

use std::io::{self, Write as _};

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use store::Options;

use crate::{as_is, config::Config};

/// What a person can learn from the help.
const EXAMPLES: &str = "\
Examples:
  meridian doctor                     beside a running server or without one
  meridian doctor --deep              also reads every file and compares its hash
  meridian doctor --json              for a monitor; the exit code is 1 if something is wrong

✓ is well, ✗ is wrong and comes with what to do, · is for you to judge.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Read every file and compare its hash
    #[arg(long)]
    deep: bool,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Well,
    /// Not as it should be.
    Wrong,
    /// For a person to judge.
    Note,
}

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it is.
    pub state: State,
    /// What was found, in a sentence.
    pub found: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

impl Finding {
    fn well(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, state: State::Well, found: found.into(), remedy: None }
    }

    fn wrong(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, state: State::Wrong, found: found.into(), remedy: Some(remedy.into()) }
    }

    fn note(what: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, state: State::Note, found: found.into(), remedy: Some(remedy.into()) }
    }
}

#[derive(Serialize)]
struct Report<'a> {
    well: bool,
    version: &'a str,
    findings: &'a [Finding],
}

/// Examines and prints. An error if something is wrong, so that the exit code says so.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let findings = examine(config, &Options::new(&config.database), arguments.deep).await;
    let wrong = findings.iter().filter(|finding| finding.state == State::Wrong).count();
    if arguments.json {
        let version = env!("CARGO_PKG_VERSION");
        let report = Report { well: wrong == 0, version, findings: &findings };
        writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for finding in &findings {
            print(finding)?;
        }
    }
    match wrong {
        0 => Ok(()),
        1 => bail!("one thing is wrong"),
        wrong => bail!("{wrong} things are wrong"),
    }
}

/// A reader that has seen enough is no reason to panic.
fn print(finding: &Finding) -> io::Result<()> {
    let mut out = io::stdout();
    let sign = match finding.state {
        State::Well => '✓',
        State::Wrong => '✗',
        State::Note => '·',
    };
    writeln!(out, "{sign} {}: {}", finding.what, finding.found)?;
    if let Some(remedy) = &finding.remedy {
        writeln!(out, "    {remedy}")?;
    }
    Ok(())
}

/// Looks at everything. What needs the database is left out when it cannot be opened.
pub async fn examine(config: &Config, database: &Options, deep: bool) -> Vec<Finding> {
    let mut findings = vec![surroundings::data_folder(&config.data), surroundings::disk_space(&config.data)];
    let opened = as_is::open(database).await;
    findings.push(database::opens(&opened, config).await);
    if let Ok(opened) = &opened {
        findings.push(database::migrations(opened));
        findings.extend(database::integrity(&opened.db).await);
        if opened.missing.is_empty() {
            findings.push(files::all_there(&opened.db, &config.files(), deep).await);
            findings.push(database::clock(&opened.db, config.clock.now()).await);
            findings.push(database::zones(&opened.db).await);
            findings.push(database::dead_jobs(&opened.db).await);
            findings.push(outside::mail(&opened.db, &config.site, config.clock.now()).await);
            findings.push(outside::push(&opened.db, &config.site).await);
            findings.push(deliveries::punctual(&opened.db, config.clock.now()).await);
        }
        findings.push(surroundings::client(opened.db.clone(), config).await);
    }
    findings.push(surroundings::zone_data(config.clock.now()));
    findings.push(surroundings::port(config.listen).await);
    findings.extend(surroundings::public_address(config.listen));
    findings.push(surroundings::last_backup());
    if let Ok(opened) = opened {
        opened.db.close().await;
    }
    findings
}
