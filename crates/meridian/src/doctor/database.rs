//! The database and what it says of itself.

use jiff::{SignedDuration, Timestamp};
use store::{Db, args, sql};

use super::Finding;
use crate::{as_is::AsIs, config::Config};

/// How far ahead of the clock a change may be, for clocks of several machines.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);
/// How many dead jobs are looked at.
const JOBS: u32 = 1000;

const RESTORE: &str = "Stop the server, move the data folder aside, and restore the last backup: \
    meridian restore FILE --data FOLDER";

/// Whether it opens, and which engine it is.
pub async fn opens(opened: &anyhow::Result<AsIs>, config: &Config) -> Finding {
    const WHAT: &str = "Database";
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let remedy = if config.is_sqlite() {
                "If the server has never run here: meridian serve makes the database. Else check --data, or \
                 restore a backup."
            } else {
                "Check the address in --database, and that PostgreSQL is running and lets this user in."
            };
            return Finding::wrong(WHAT, format!("{error:#}"), remedy);
        }
    };
    let version = opened.db.read(|tx| async move {
        let version = tx.pick(
            sql!(sqlite: "SELECT sqlite_version() AS version"),
            sql!(postgres: "SELECT current_setting('server_version') AS version"),
        );
        tx.one(version, args![]).await?.get::<String>("version")
    });
    match version.await {
        Ok(version) if opened.db.is_sqlite() => Finding::well(WHAT, format!("opens (SQLite {version})")),
        Ok(version) => Finding::well(WHAT, format!("answers (PostgreSQL {version})")),
        Err(error) => Finding::wrong(WHAT, format!("does not answer: {error}"), RESTORE),
    }
}

/// Whether its schema is that of this program.
pub fn migrations(opened: &AsIs) -> Finding {
    const WHAT: &str = "Migrations";
    let missing: Vec<&str> = opened.missing.iter().map(|migration| migration.name).collect();
    if missing.is_empty() {
        return Finding::well(WHAT, format!("all {} have run", opened.applied.len()));
    }
    Finding::wrong(
        WHAT,
        format!("{} have not run: {}", missing.len(), missing.join(", ")),
        "Make a backup, then start this version: meridian serve runs them.",
    )
}

/// Whether its pages and keys hold together. PostgreSQL checks both itself.
pub async fn integrity(db: &Db) -> Vec<Finding> {
    if !db.is_sqlite() {
        return Vec::new();
    }
    let pages = db.read_long(|tx| async move {
        let rows =
            tx.all(sql!(sqlite: "SELECT quick_check AS said FROM pragma_quick_check"), args![]).await?;
        rows.iter().map(|row| row.get("said")).collect::<Result<Vec<String>, _>>()
    });
    let keys = db.read_long(|tx| async move {
        let rows = tx
            .all(
                sql!(sqlite:
                    "SELECT \"table\" AS place, COUNT(*) AS dangling FROM pragma_foreign_key_check GROUP BY 1"),
                args![],
            )
            .await?;
        rows.iter()
            .map(|row| Ok(format!("{} in {}", row.get::<i64>("dangling")?, row.get::<String>("place")?)))
            .collect::<Result<Vec<String>, _>>()
    });
    vec![pages_finding(pages.await), keys_finding(keys.await)]
}

fn pages_finding(said: store::Result<Vec<String>>) -> Finding {
    const WHAT: &str = "Integrity";
    match said {
        Ok(said) if said == ["ok"] => Finding::well(WHAT, "SQLite finds its pages in order"),
        Ok(said) => {
            let first = said.first().map_or("nothing", String::as_str);
            Finding::wrong(WHAT, format!("{} problems, the first: {first}", said.len()), RESTORE)
        }
        Err(error) => Finding::wrong(WHAT, format!("cannot be checked: {error}"), RESTORE),
    }
}

fn keys_finding(dangling: store::Result<Vec<String>>) -> Finding {
    const WHAT: &str = "Foreign keys";
    match dangling {
        Ok(dangling) if dangling.is_empty() => Finding::well(WHAT, "every row points at one that is there"),
        Ok(dangling) => {
            Finding::wrong(WHAT, format!("rows that point nowhere: {}", dangling.join(", ")), RESTORE)
        }
        Err(error) => Finding::wrong(WHAT, format!("cannot be checked: {error}"), RESTORE),
    }
}

/// Whether the machine's clock agrees with what was written last.
pub async fn clock(db: &Db, now: Timestamp) -> Finding {
    const WHAT: &str = "Clock";
    const REMEDY: &str = "Set the machine's clock, best by a time service (NTP): due times depend on it.";
    let newest = db.read(|tx| async move {
        let newest = sql!(
            "SELECT MAX(c.at) AS newest FROM change_heads h
             JOIN changes c ON c.workspace = h.workspace AND c.seq = h.seq"
        );
        tx.one(newest, args![]).await?.get::<Option<Timestamp>>("newest")
    });
    match newest.await {
        Ok(Some(newest)) if newest.duration_since(now) > TOLERANCE => {
            Finding::wrong(WHAT, format!("it is {now}, and the newest change is of {newest}"), REMEDY)
        }
        Ok(_) => Finding::well(WHAT, format!("it is {now:.0}, after everything that was written")),
        Err(error) => Finding::wrong(WHAT, format!("cannot be compared: {error}"), REMEDY),
    }
}

/// Whether every zone that members chose is known.
pub async fn zones(db: &Db) -> Finding {
    const WHAT: &str = "Zones of members";
    let zones = db.read(|tx| async move {
        let zones = sql!("SELECT DISTINCT zone FROM schedules WHERE zone IS NOT NULL ORDER BY zone");
        let rows = tx.all(zones, args![]).await?;
        rows.iter().map(|row| row.get("zone")).collect::<Result<Vec<String>, _>>()
    });
    match zones.await {
        Err(error) => Finding::wrong(WHAT, format!("cannot be read: {error}"), RESTORE),
        Ok(zones) => {
            let unknown: Vec<&str> =
                zones.iter().map(String::as_str).filter(|zone| jiff::tz::db().get(zone).is_err()).collect();
            if unknown.is_empty() {
                return Finding::well(WHAT, format!("all {} are known", zones.len()));
            }
            Finding::wrong(
                WHAT,
                format!("unknown to this machine: {}", unknown.join(", ")),
                "Update the package tzdata. Until then the hours of these members are unknown.",
            )
        }
    }
}

/// Whether work was given up.
pub async fn dead_jobs(db: &Db) -> Finding {
    const WHAT: &str = "Background work";
    const REMEDY: &str = "The error says why; the log of the server has more.";
    match db.read(|tx| async move { store::jobs::dead(&tx, JOBS).await }).await {
        Ok(dead) => match dead.first() {
            None => Finding::well(WHAT, "no job was given up"),
            Some(job) => Finding::wrong(
                WHAT,
                format!(
                    "{} jobs were given up, such as {} {}: {}",
                    dead.len(),
                    job.kind,
                    job.key,
                    job.last_error
                ),
                REMEDY,
            ),
        },
        Err(error) => Finding::wrong(WHAT, format!("cannot be read: {error}"), RESTORE),
    }
}
