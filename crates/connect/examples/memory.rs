//! Measures how much memory an import takes: writes a large archive, imports it into a new SQLite database, and
//! prints the largest resident size on the way (Linux).
//!
//! ```text
//! cargo run --release -p connect --example memory -- 2000 text|files|huge [FOLDER]
//! ```
//! The first number is the size of the archive in megabytes; `text` are short mails, `files` mails with a file of
//! half a megabyte, `huge` mails of 60 megabytes. The archive and the database are made in FOLDER and removed.

#![expect(clippy::unwrap_used, reason = "a measurement ends at once when something is wrong")]

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use connect::import::{self, Order, Progress, Watch};
use people::workspaces::{self, NewOwner, NewWorkspace, SetUp};
use store::{Blobs, Context, Db, Options};

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let megabytes: u64 = arguments.next().map_or(200, |size| size.parse().unwrap());
    let shape = arguments.next().unwrap_or_else(|| "text".to_owned());
    let parent = arguments.next().unwrap_or_else(|| std::env::temp_dir().display().to_string());
    let folder = tempfile::tempdir_in(parent).unwrap();
    let file = folder.path().join("large.mbox");
    let messages = write_archive(&file, megabytes << 20, &shape);
    println!("{megabytes} MB in {messages} messages ({shape}); before the import: {}", resident());

    let context = open(folder.path()).await;
    let order = Order { file, workspace: None, space: "Large".to_owned(), dry_run: false };
    let watch = Watch { progress: Arc::new(show), ..Watch::default() };
    let report = Box::pin(import::mbox(&context, order, watch)).await.unwrap();
    context.db.close().await;
    let database = std::fs::metadata(folder.path().join("meridian.db")).unwrap().len() >> 20;
    println!(
        "imported {} of {} messages, {} files in {:.0} s; database {database} MB; after the import: {}",
        report.imported,
        report.messages,
        report.files,
        report.seconds,
        resident()
    );
}

async fn open(folder: &Path) -> Context {
    let migrations = [store::MIGRATIONS, people::MIGRATIONS, topics::MIGRATIONS].concat();
    let url = format!("sqlite:{}", folder.join("meridian.db").display());
    let clock = kernel::Clock::system();
    let context = Context {
        db: Db::open(Options::new(url), &migrations).await.unwrap(),
        blobs: Blobs::local(folder.join("files")).unwrap(),
        ids: kernel::Ids::new(clock.clone()),
        clock,
    };
    let owner = NewOwner {
        name: "Ann".to_owned(),
        email: "ann@x.example".to_owned(),
        password: "correct horse battery".to_owned(),
        zone: "UTC".to_owned(),
    };
    let workspace = NewWorkspace { name: "Lab".to_owned() };
    workspaces::set_up(&context, SetUp { workspace, owner }).await.unwrap();
    context
}

/// Threads of five mails, by a thousand people.
fn write_archive(path: &Path, bytes: u64, shape: &str) -> u64 {
    let mut out = BufWriter::new(File::create(path).unwrap());
    let (mut written, mut number) = (0, 0);
    while written < bytes {
        let mail = mail(number, shape);
        out.write_all(mail.as_bytes()).unwrap();
        written += mail.len() as u64;
        number += 1;
    }
    out.flush().unwrap();
    number
}

fn mail(number: u64, shape: &str) -> String {
    let (root, minute, hour) = (number - number % 5, number % 60, number / 60 % 24);
    let day = number / 1440 % 28 + 1;
    let person = number.wrapping_mul(2_654_435_761) % 1000;
    let text = format!(
        "Word{number} and more words in a line of text that somebody has written\n> and a quoted one\n\n\
         x <- f({number})\n"
    );
    let (kind, body) = if shape == "text" {
        ("text/plain", text.repeat(14))
    } else {
        let line = format!("{:A<76}\n", number.to_string());
        let content = line.repeat(if shape == "huge" { 800_000 } else { 6800 });
        let file = "Content-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64";
        ("multipart/mixed; boundary=b", format!("--b\n\n{text}\n--b\n{file}\n\n{content}\n--b--\n"))
    };
    format!(
        "From p{person}@x.example Wed Oct 15 19:44:23 2008\nFrom: Person {person} <p{person}@x.example>\n\
         Message-ID: <{number}@x>\nReferences: <{root}@x>\nSubject: Thread {root}\n\
         Date: {day} Oct 2008 {hour:02}:{minute:02}:00 +0000\nContent-Type: {kind}\n\n{body}\n\n"
    )
}

/// A line for each tenth of the messages.
fn show(progress: Progress) {
    static SHOWN: AtomicUsize = AtomicUsize::new(0);
    let Progress::Filing { done, of } = progress else { return };
    let tenth = done * 10 / of.max(1);
    if SHOWN.swap(tenth, Ordering::Relaxed) != tenth {
        println!("  {done} of {of} messages: {}", resident());
    }
}

/// Resident memory now, the part of it that is no file, and the most so far.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        let kilobytes: u64 =
            line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
        kilobytes >> 10
    };
    format!(
        "{} MB resident, {} MB without mapped files, {} MB at most",
        of("VmRSS"),
        of("RssAnon"),
        of("VmHWM")
    )
}
