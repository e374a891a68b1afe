//! The program under load: a process of its own, with what the operating system says about it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal};

/// What the operating system's accounting says about a process (Linux).
#[derive(Debug, Clone, Copy)]
pub struct Process(u32);

impl Process {
    /// The process with this number.
    pub fn new(pid: u32) -> Self {
        Self(pid)
    }

    /// The processor time that it has used, its own and the system's for it, in steps of 10 ms.
    pub fn cpu(self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        // The name stands in parentheses and may hold anything; the fields after it do not.
        let fields = stat.rsplit_once(')').context("no name in the accounting")?.1;
        let mut ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        let (user, system) =
            (ticks.next().context("no user time")??, ticks.next().context("no system time")??);
        Ok(Duration::from_secs_f64((user + system) as f64 / rustix::param::clock_ticks_per_second() as f64))
    }

    /// Resident memory, in bytes: what is its own, and the pages of files that it has mapped.
    pub fn resident(self) -> anyhow::Result<u64> {
        self.status("VmRSS:")
    }

    /// Resident memory without the pages of files, in bytes.
    pub fn anonymous(self) -> anyhow::Result<u64> {
        self.status("RssAnon:")
    }

    /// The most resident memory so far, in bytes.
    pub fn peak(self) -> anyhow::Result<u64> {
        self.status("VmHWM:")
    }

    fn status(self, field: &str) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find(|line| line.starts_with(field)).context("no such field")?;
        let kilobytes: u64 = line.split_whitespace().nth(1).context("no number")?.parse()?;
        Ok(kilobytes * 1024)
    }
}

/// How a server is started.
#[derive(Debug, Clone)]
pub struct Start {
    /// The program.
    pub binary: PathBuf,
    /// Its data folder.
    pub data: PathBuf,
    /// The URL of its database; SQLite in the data folder when absent.
    pub database: Option<String>,
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// The instant at which its clock starts; the machine's time when absent.
    pub clock: Option<String>,
}

impl Start {
    /// On a free port of this machine, with SQLite and the machine's time.
    pub fn new(binary: &Path, data: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            data: data.to_owned(),
            database: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            clock: None,
        }
    }

    /// The program with its options, to which a command is added.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--data").arg(&self.data).args(["--listen", &self.listen.to_string(), "--log", "warn"]);
        if let Some(database) = &self.database {
            command.env("MERIDIAN_DATABASE", database);
        }
        if let Some(clock) = &self.clock {
            command.args(["--clock", clock]);
        }
        command
    }

    /// Starts the server and waits until it says where it listens.
    pub fn serve(&self) -> anyhow::Result<Server> {
        let mut command = self.command();
        command.arg("serve");
        Server::of(command)
    }
}

/// A program that serves, as a process of its own. It is killed when this is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a program that prints a line ending with `http://ADDRESS` when it is ready.
    pub fn of(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no standard output")?).read_line(&mut line)?;
        let address = line.trim().rsplit_once("http://").and_then(|(_, address)| address.parse().ok());
        if let Some(address) = address {
            return Ok(Self { child, address });
        }
        child.kill()?;
        child.wait()?;
        bail!("{} did not say where it listens", command.get_program().display())
    }

    /// Its accounting.
    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Ends it at once (SIGKILL), as a power cut would.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Tells it to stop (SIGTERM) and waits until it has.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { bail!("the server ended with {status}") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before; there is nobody left to tell.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets this process, and those it starts, have as many open files as the system allows.
pub fn raise_open_files() -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(())
}
