//! `meridian import`.

mod boards;

use std::{
    fmt::Write as _,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use connect::import::{self, Order, Progress, Report, Watch};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use work::import::Source;

use crate::{config::Config, program};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring a mail archive (mbox) into a space
    ///
    /// Threads are joined by the headers of replies. Senders who are not members become people who cannot sign in
    /// and are told nothing. Dates and attachments are kept. A message that cannot be read is reported and passed
    /// over. It may run while the server runs, and again at any time: what is there already is passed over.
    Mbox(Mbox),
    /// Bring a Trello board (the JSON of its export) into a space
    ///
    /// A board becomes a project, a card a task with the same number. People are found by e-mail or name, or as
    /// --member says; others become people who cannot sign in and are told nothing. Files are taken from the folder
    /// of the export; those that are not there stay links. It may run while the server runs, and again at any time:
    /// what is there already stays as it is.
    Trello(Board),
    /// Bring a table (CSV, also Asana's) into a space, with a task for each line
    Csv(Board),
}

#[derive(Debug, Args)]
pub struct Mbox {
    /// The archive
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name or slug of the space; an open one is made when there is none
    #[arg(long, value_name = "NAME")]
    space: String,
    /// Find out what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the report to this file, in JSON
    #[arg(long, value_name = "FILE.json")]
    report: Option<PathBuf>,
    /// Slug of the workspace, when the server has several
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
}

#[derive(Debug, Args)]
pub struct Board {
    /// The export
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name or slug of the space; an open one is made when there is none
    #[arg(long, value_name = "NAME", required_unless_present = "project", conflicts_with = "project")]
    space: Option<String>,
    /// Key of a project that is there, to which the tasks are added
    #[arg(long, value_name = "KEY", conflicts_with_all = ["name", "key"])]
    project: Option<String>,
    /// Somebody's user name, name or id in the file, and the e-mail of the member that they are
    #[arg(long = "member", value_name = "NAME=EMAIL", value_parser = boards::pair)]
    members: Vec<(String, String)>,
    /// Name of the project, when not as in the file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Key of the project, two to six letters, when not made from its name
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Find out what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the report to this file, in JSON
    #[arg(long, value_name = "FILE.json")]
    report: Option<PathBuf>,
    /// Slug of the workspace, when the server has several
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
}

/// Runs the command.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Mbox(mbox) => import_mail(config, mbox).await,
        Command::Trello(board) => boards::run(config, board, Source::Trello).await,
        Command::Csv(table) => boards::run(config, table, Source::Csv).await,
    }
}

async fn import_mail(config: &Config, mbox: Mbox) -> anyhow::Result<()> {
    let app = program::open(config).await?;
    let line = Arc::new(ProgressLine::default());
    let drawn = line.clone();
    let watch = Watch {
        progress: Arc::new(move |progress| drawn.show(progress)),
        stop: Arc::new(AtomicBool::new(false)),
    };
    stop_on_interrupt(watch.stop.clone());
    let order = Order {
        file: mbox.file.clone(),
        workspace: mbox.workspace,
        space: mbox.space,
        dry_run: mbox.dry_run,
    };
    let report = Box::pin(import::mbox(&app.context, order, watch)).await;
    line.end();
    app.context.db.close().await;
    let report = report.context("the import did not end; it can be run again and goes on from there")?;
    if let Some(path) = &mbox.report {
        write_report(path, &report)?;
    }
    print!("{}", summary(&mbox.file, &report));
    if !report.complete {
        bail!("stopped; run the same command again to go on");
    }
    Ok(())
}

/// Ctrl-C lets the batch end that is being written.
fn stop_on_interrupt(stop: Arc<AtomicBool>) {
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::Relaxed);
        }
    });
}

fn write_report(path: &Path, report: &impl Serialize) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(report)? + "\n";
    std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))
}

// ------------------------------------------------------------------ while it runs

/// The progress on standard error: one line that changes on a terminal, else a line for each tenth.
struct ProgressLine {
    is_terminal: bool,
    /// What was shown last: the pass and its percent.
    shown: AtomicU64,
}

impl Default for ProgressLine {
    fn default() -> Self {
        Self { is_terminal: std::io::stderr().is_terminal(), shown: AtomicU64::new(u64::MAX) }
    }
}

impl ProgressLine {
    fn show(&self, progress: Progress) {
        let (pass, percent, text) = match progress {
            Progress::Reading { done, of } => (0, percent(done, of), "Reading the archive".to_owned()),
            Progress::Filing { done, of } => {
                let text = format!("Importing: {} of {} messages", grouped(done), grouped(of));
                (1, percent(done as u64, of as u64), text)
            }
        };
        self.draw(pass, percent, &text);
    }

    /// Draws it if it looks different.
    fn draw(&self, pass: u64, percent: u64, text: &str) {
        let step = if self.is_terminal { percent } else { percent / 10 * 10 };
        let mark = pass * 1000 + step;
        if self.shown.swap(mark, Ordering::Relaxed) == mark {
            return;
        }
        // Nobody reads it: no reason to stop.
        let _ = if self.is_terminal {
            write!(std::io::stderr(), "\r\x1b[2K{text}, {percent} %")
        } else {
            writeln!(std::io::stderr(), "{text}, {percent} %")
        };
    }

    /// Clears the line for what comes after it.
    fn end(&self) {
        if self.is_terminal && self.shown.load(Ordering::Relaxed) != u64::MAX {
            let _ = write!(std::io::stderr(), "\r\x1b[2K");
        }
    }
}

fn percent(done: u64, of: u64) -> u64 {
    (done.saturating_mul(100)).checked_div(of).unwrap_or(100)
}

// ------------------------------------------------------------------ when it is over

fn summary(file: &Path, report: &Report) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {} in {} by {}{}.",
        file.display(),
        counted(report.messages, "message"),
        counted(report.threads, "thread"),
        counted(report.people, "person").replace("persons", "people"),
        between(report.first, report.last)
    );
    let (verb, made) =
        if report.dry_run { ("would be imported", "would be made") } else { ("imported", "was made") };
    if report.space.created && report.imported > 0 {
        let _ = writeln!(text, "The space {} {made}; it is open.", report.space.name);
    }
    let _ = writeln!(
        text,
        "{} and {} {verb} into {}; {} new. ({:.1} s)",
        counted(report.imported, "message"),
        counted(report.files, "file"),
        report.space.name,
        if report.new_people == 1 {
            "1 person is".to_owned()
        } else {
            format!("{} people are", grouped(report.new_people))
        },
        report.seconds
    );
    if report.duplicates > 0 {
        let _ = writeln!(
            text,
            "{} passed over: in the workspace already.",
            counted(report.duplicates, "message")
        );
    }
    write_skipped(&mut text, report);
    if report.dry_run {
        let _ = writeln!(text, "Nothing was changed.");
    }
    text
}

fn write_skipped(text: &mut String, report: &Report) {
    const SHOWN: usize = 20;
    if report.skipped.is_empty() {
        return;
    }
    let _ = writeln!(text, "{} skipped:", counted(report.skipped.len(), "message"));
    for skip in report.skipped.iter().take(SHOWN) {
        let _ = writeln!(text, "  at byte {}: {}", skip.offset, skip.reason);
    }
    if report.skipped.len() > SHOWN {
        let _ =
            writeln!(text, "  and {} more; --report names them all", grouped(report.skipped.len() - SHOWN));
    }
}

fn between(first: Option<Timestamp>, last: Option<Timestamp>) -> String {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string();
    match (first, last) {
        (Some(first), Some(last)) => format!(", {} to {}", day(first), day(last)),
        _ => String::new(),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// `2,152`
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use connect::import::{Destination, Skip};

    use super::*;

    #[test]
    fn numbers_are_grouped() {
        let texts: Vec<String> = [0, 12, 999, 1000, 2152, 1_234_567].into_iter().map(grouped).collect();
        assert_eq!(texts, ["0", "12", "999", "1,000", "2,152", "1,234,567"]);
    }

    #[test]
    fn the_summary_says_what_happened() {
        let mut report = Report {
            messages: 2152,
            imported: 2150,
            duplicates: 1,
            skipped: vec![Skip { offset: 17, reason: "the message has no header".to_owned() }],
            threads: 892,
            people: 420,
            new_people: 1,
            files: 35,
            largest_threads: vec![20],
            single_message_threads: 436,
            first: Some("2008-10-15T19:44:23Z".parse().unwrap()),
            last: Some("2024-12-11T14:23:30Z".parse().unwrap()),
            space: Destination { name: "HPC".to_owned(), slug: Some("hpc".to_owned()), created: true },
            dry_run: false,
            complete: true,
            seconds: 2.04,
        };
        assert_eq!(
            summary(Path::new("a.mbox"), &report),
            "a.mbox: 2,152 messages in 892 threads by 420 people, 15 October 2008 to 11 December 2024.\n\
             The space HPC was made; it is open.\n\
             2,150 messages and 35 files imported into HPC; 1 person is new. (2.0 s)\n\
             1 message passed over: in the workspace already.\n\
             1 message skipped:\n  at byte 17: the message has no header\n"
        );
        report.dry_run = true;
        assert!(summary(Path::new("a.mbox"), &report).ends_with("Nothing was changed.\n"));
    }
}
