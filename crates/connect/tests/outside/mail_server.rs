//! Mail servers on the loopback: a real one (Exim, from Debian's packages), and one that does what
//! it should not.

use std::{
    fs,
    io::Write as _,
    net::SocketAddr,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use connect::mail::{headers::Headers, mbox::Splitter, message::Message};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::listener::{Asked, Listener};

/// The user "nobody": Exim delivers nothing as root.
const NOBODY: u32 = 65534;

/// A mail as it arrived.
pub struct Arrived {
    pub raw: Vec<u8>,
    pub message: Message,
}

impl Arrived {
    /// A header as text; empty when there is none.
    pub fn header(&self, name: &str) -> String {
        Headers::split(&self.raw).0.plain(name).unwrap_or_default()
    }

    /// The HTML of it.
    pub fn html(&self) -> String {
        let parsed = mail_parser::MessageParser::default().parse(&self.raw).unwrap();
        parsed.body_html(0).unwrap().into_owned()
    }

    /// The plain text of it.
    pub fn text(&self) -> String {
        let parsed = mail_parser::MessageParser::default().parse(&self.raw).unwrap();
        parsed.body_text(0).unwrap().replace("\r\n", "\n")
    }
}

/// Exim with a folder of its own. It takes mail of the user `meridian` with the password `p@ss`
/// and writes it into one file.
pub struct Exim {
    pub address: SocketAddr,
    folder: TempDir,
    busy: watch::Sender<usize>,
    serving: JoinHandle<()>,
}

impl Drop for Exim {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn program() -> Option<PathBuf> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/exim/usr/sbin/exim4");
    [PathBuf::from("/usr/sbin/exim4"), ours].into_iter().find(|path| path.is_file())
}

impl Exim {
    /// Starts it; none, with a line that says so, where it is not installed.
    pub async fn start() -> Option<Self> {
        let Some(program) = program() else {
            eprintln!("SKIPPED: there is no Exim here; script/install test gets it");
            return None;
        };
        let program = fs::canonicalize(program).unwrap();
        let folder = TempDir::new().unwrap();
        let configuration = folder.path().join("configuration");
        let user = match fs::metadata(folder.path()).unwrap().uid() {
            0 => NOBODY,
            me => me,
        };
        let mut file = fs::File::create(&configuration).unwrap();
        file.write_all(settings(&program, folder.path(), user).as_bytes()).unwrap();
        if user == NOBODY {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let busy = watch::Sender::new(0);
        let counter = busy.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                counter.send_modify(|busy| *busy += 1);
                let (program, configuration, counter) =
                    (program.clone(), configuration.clone(), counter.clone());
                tokio::task::spawn_blocking(move || {
                    converse(&program, &configuration, stream);
                    counter.send_modify(|busy| *busy -= 1);
                });
            }
        });
        Some(Self { address, folder, busy, serving })
    }

    /// As the settings name it.
    pub fn url(&self) -> String {
        format!("smtp://meridian:p%40ss@{}", self.address)
    }

    /// Every mail that has arrived, in order.
    pub async fn arrived(&self) -> Vec<Arrived> {
        self.busy.subscribe().wait_for(|busy| *busy == 0).await.unwrap();
        let Ok(file) = fs::File::open(self.folder.path().join("arrived")) else { return Vec::new() };
        Splitter::new(std::io::BufReader::new(file))
            .map(|entry| {
                let entry = entry.unwrap();
                let message = Message::parse(&entry).unwrap();
                Arrived { raw: entry.bytes.unwrap(), message }
            })
            .collect()
    }
}

/// As inetd would: one process for each connection, which delivers before it ends.
fn converse(program: &Path, configuration: &Path, stream: TcpStream) {
    let stream = stream.into_std().unwrap();
    stream.set_nonblocking(false).unwrap();
    let output = stream.try_clone().unwrap();
    let mut exim = Command::new(program);
    exim.arg("-C").arg(configuration).args(["-odi", "-bs"]);
    exim.stdin(Stdio::from(std::os::fd::OwnedFd::from(stream)));
    exim.stdout(Stdio::from(std::os::fd::OwnedFd::from(output))).stderr(Stdio::inherit());
    exim.status().unwrap();
}

fn settings(program: &Path, folder: &Path, user: u32) -> String {
    let (program, folder) = (program.display(), folder.display());
    format!(
        "exim_path = {program}
exim_user = {user}
exim_group = {user}
never_users =
keep_environment =
primary_hostname = mail.example.org
spool_directory = {folder}/spool
log_file_path = {folder}/%slog
acl_smtp_rcpt = recipient
acl_smtp_data = content
begin acl
recipient:
  require message = sign in first
          authenticated = *
  accept
content:
  accept
begin routers
all:
  driver = accept
  transport = file
begin transports
file:
  driver = appendfile
  file = {folder}/arrived
begin retry
* * F,1h,1m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and {{{{eq{{$auth2}}{{meridian}}}}{{eq{{$auth3}}{{p@ss}}}}}}}}
  server_set_id = $auth2
"
    )
}

/// What a server does with one connection.
#[derive(Debug, Clone, Copy)]
pub enum Does {
    /// What it should.
    Takes,
    /// Hangs up at once.
    HangsUp,
    /// Says that it is busy, before anything.
    IsBusy,
    /// Speaks something else.
    SpeaksNonsense,
    /// Says nothing.
    IsSilent,
    /// Answers, a byte now and then.
    IsSlow,
    /// Wants a password that we do not have.
    WantsPassword,
    /// Answers the recipient so.
    AnswersRecipient(&'static str),
    /// Answers the content so.
    AnswersContent(&'static str),
    /// Takes the content and hangs up without a word.
    HangsUpAfterContent,
    /// Takes it and says goodbye wrongly.
    TakesAndHangsUp,
}

/// A server that does these things, one for each connection, and then the last one again. What it
/// was given is in `asked`, as bodies, whether it took it or not.
pub async fn server_that(does: &[Does]) -> Listener {
    let (does, count): (Arc<[Does]>, _) = (does.into(), Arc::new(AtomicUsize::new(0)));
    Listener::serving(move |stream, asked| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        let what = does[number.min(does.len() - 1)];
        async move {
            // A client that has gone away is no concern of a server.
            if let Ok(Some(content)) = talk(stream, what).await {
                let headers = std::collections::HashMap::new();
                asked.lock().unwrap().push(Asked { line: format!("{what:?}"), headers, body: content });
            }
        }
    })
    .await
}

async fn talk(stream: TcpStream, what: Does) -> std::io::Result<Option<Vec<u8>>> {
    let mut stream = BufReader::new(stream);
    match what {
        Does::HangsUp => return Ok(None),
        Does::IsBusy => {
            stream.write_all(b"421 too much to do\r\n").await?;
            return Ok(None);
        }
        Does::SpeaksNonsense => {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
            return Ok(None);
        }
        Does::IsSilent => std::future::pending().await,
        Does::IsSlow => loop {
            stream.write_all(b"2").await?;
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        },
        _ => stream.write_all(b"220 mail.example.org ESMTP\r\n").await?,
    }
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250 mail.example.org",
            "MAIL" if matches!(what, Does::WantsPassword) => "530 5.7.0 sign in first",
            "RCPT" if let Does::AnswersRecipient(answer) = what => answer,
            "DATA" => "354 go on",
            "QUIT" => return Ok(None),
            _ => "250 fine",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        if answer.starts_with("354") {
            return end(stream, what).await;
        }
    }
}

async fn end(mut stream: BufReader<TcpStream>, what: Does) -> std::io::Result<Option<Vec<u8>>> {
    let (mut content, mut line) = (Vec::new(), Vec::new());
    while line != b".\r\n" {
        content.extend_from_slice(&line);
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
    }
    let answer = match what {
        Does::HangsUpAfterContent => return Ok(Some(content)),
        Does::AnswersContent(answer) => answer,
        _ => "250 taken",
    };
    stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    if !matches!(what, Does::TakesAndHangsUp) {
        line.clear();
        stream.read_until(b'\n', &mut line).await?;
        stream.write_all(b"221 goodbye\r\n").await?;
    }
    Ok(Some(content))
}
