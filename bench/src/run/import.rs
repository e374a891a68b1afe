//! How much memory the import of a large mail archive takes.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::{Bench, results::Results};
use crate::{
    data::letters::Letters,
    server::{Process, Start},
};

/// How often its memory is looked at; the system keeps the highest.
const LOOK: Duration = Duration::from_millis(20);

/// Writes an archive of so many megabytes and imports it into an empty workspace, as the command does.
pub async fn measure(bench: &Bench, megabytes: u64, results: &mut Results) -> anyhow::Result<()> {
    let archive = bench.scratch().join("archive.mbox");
    let letters = write(&archive, megabytes << 20)?;
    let start = Start::new(&bench.start.binary, &bench.scratch().join("import"));
    set_up(&start)?;
    let began = Instant::now();
    let mut import = start.command();
    import.arg("import").arg("mbox").arg(&archive).args(["--space", "Archive"]).stdout(Stdio::null());
    let mut child = import.spawn()?;
    let process = Process::new(child.id());
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // Between its end and our noticing there is nothing to read.
        peak = process.peak().unwrap_or(peak);
        tokio::time::sleep(LOOK).await;
    };
    if !status.success() {
        bail!("the import ended with {status}");
    }
    let on = format!("{megabytes} MB, {letters} letters");
    results.value("import, most memory", &on, peak as f64 / f64::from(1 << 20), "MB");
    results.value("import, time", &on, began.elapsed().as_secs_f64(), "s");
    std::fs::remove_file(archive)?;
    Ok(())
}

fn write(path: &Path, bytes: u64) -> anyhow::Result<u64> {
    let mut out = BufWriter::new(File::create(path)?);
    let mut letters = Letters::new();
    let (mut written, mut count) = (0, 0);
    while written < bytes {
        let letter = letters.next_letter();
        out.write_all(letter.as_bytes())?;
        written += letter.len() as u64;
        count += 1;
    }
    out.flush()?;
    Ok(count)
}

fn set_up(start: &Start) -> anyhow::Result<()> {
    let mut command = start.command();
    command.args(["setup", "--workspace", "Bench", "--owner", "owner@bench.example", "--name", "Olga Owner"]);
    let mut child = command.args(["--zone", "UTC", "--password-stdin"]).stdin(Stdio::piped()).spawn()?;
    child.stdin.take().context("no standard input")?.write_all(b"correct horse battery\n")?;
    if child.wait()?.success() { Ok(()) } else { bail!("the workspace could not be set up") }
}
