//! Public holidays: whole local days without work, from a calendar that each member chooses for
//! themselves, a file or an address. Everybody sees their names.

mod calendar;

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::{NewJob, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, MemberId, Result, WorkspaceId,
    changed::{self, Because},
};

/// The kind of the job that reads an address. Its handler is in the crate for the outside world.
pub const FETCH_JOB: &str = "holidays.fetch";
/// How often an address is read again.
const FETCH_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest calendar, in bytes.
pub const MOST_BYTES: usize = 500_000;
const MOST_ADDRESS: usize = 500;
const MOST_NAME: usize = 120;
const MOST_PROBLEM: usize = 300;

/// One public holiday.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Holiday {
    /// The local day: `2026-12-25`.
    pub date: String,
    /// What people call it.
    pub name: String,
}

impl Holiday {
    fn day(&self) -> Option<Date> {
        self.date.parse().ok()
    }

    /// Its midnights in wall time, as time off is written.
    pub(crate) fn wall(&self) -> Option<(String, String)> {
        let next = self.day()?.tomorrow().ok()?;
        Some((format!("{}T00:00", self.date), format!("{next}T00:00")))
    }

    /// Whether it may touch `[from, until)` in some zone: none is more than a day from UTC.
    pub(crate) fn is_near(&self, from: Timestamp, until: Timestamp) -> bool {
        let date = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
        let after = date(from).checked_sub(2.days()).unwrap_or(Date::MIN);
        let before = date(until).checked_add(2.days()).unwrap_or(Date::MAX);
        self.day().is_some_and(|day| after <= day && day <= before)
    }
}

/// Where a member's holidays come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HolidaySource {
    /// No calendar: no holidays.
    None,
    /// A file that they gave.
    File {
        /// Its name.
        name: String,
    },
    /// An address that is read once a week.
    Address {
        /// Where.
        address: String,
        /// When it was last read without a problem.
        #[schema(required = true)]
        fetched_at: Option<Timestamp>,
        /// What was wrong the last time; the days from before stay.
        #[schema(required = true)]
        problem: Option<String>,
    },
}

/// A calendar to take holidays from: a file (`name` and `ics`) or an `address`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHolidays {
    /// The name of the file, 1 to 120 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// The file itself: iCalendar, at most 500,000 bytes.
    #[serde(default)]
    pub ics: Option<String>,
    /// Where a calendar is: `https://…`, at most 500 characters.
    #[serde(default)]
    pub address: Option<String>,
}

/// A member's holidays.
#[derive(Debug, Clone)]
pub struct Holidays {
    /// Where they come from.
    pub source: HolidaySource,
    /// By date.
    pub days: Vec<Holiday>,
}

/// The actor's own holidays from 30 days ago on.
pub async fn read(tx: &Tx, actor: &Actor) -> Result<Holidays> {
    let Some(kept) = kept(tx, actor.workspace, actor.member).await? else {
        return Ok(Holidays { source: HolidaySource::None, days: Vec::new() });
    };
    let since = (actor.at - SignedDuration::from_hours(30 * 24)).to_zoned(TimeZone::UTC).date().to_string();
    let days = kept.days.into_iter().filter(|day| day.date >= since).collect();
    Ok(Holidays { source: kept.source, days })
}

/// The actor takes their holidays from a file, or from an address that is read right after.
pub async fn set(tx: &Tx, actor: &Actor, new: NewHolidays) -> Result<()> {
    match new {
        NewHolidays { name: Some(name), ics: Some(ics), address: None } => {
            let name = kernel::clean_line("name", &name, MOST_NAME)?;
            let days = calendar::read("ics", &ics, actor.at)?;
            store::jobs::unschedule(tx, actor.workspace.uuid(), &schedule_name(actor.member)).await?;
            keep(tx, actor, "file", &name, &days).await
        }
        NewHolidays { name: None, ics: None, address: Some(address) } => {
            let address = clean_address(&address)?;
            fetch_from_now_on(tx, actor).await?;
            keep(tx, actor, "address", &address, &[]).await
        }
        _ => Err(Refusal::invalid_because(
            "ics",
            "says where the holidays come from",
            "either `name` and `ics`, or `address`",
        )
        .into()),
    }
}

/// The actor has no holidays any more.
pub async fn remove(tx: &Tx, actor: &Actor) -> Result<()> {
    let gone = tx
        .run(
            sql!("DELETE FROM holidays WHERE workspace = $1 AND member = $2"),
            args![actor.workspace, actor.member],
        )
        .await?;
    if gone == 0 {
        return Ok(());
    }
    store::jobs::unschedule(tx, actor.workspace.uuid(), &schedule_name(actor.member)).await?;
    tell(tx, actor.workspace, actor.member, Some(actor), actor.at).await
}

/// The address that a member's holidays are read from, if they are.
pub async fn address_of(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Option<String>> {
    let row = tx
        .maybe(
            sql!("SELECT name FROM holidays WHERE workspace = $1 AND member = $2 AND kind = 'address'"),
            args![workspace, member],
        )
        .await?;
    Ok(row.map(|row| row.get("name")).transpose()?)
}

/// Takes the days of a calendar that was read from `address`. One that cannot be read leaves the
/// days as they were and says what is wrong with it; one of an address that is no longer the
/// member's does nothing.
pub async fn replace(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    address: &str,
    text: &str,
    at: Timestamp,
) -> Result<()> {
    let days = match calendar::read("calendar", text, at) {
        Ok(days) => days,
        Err(refusal) => return could_not_fetch(tx, workspace, member, address, &said(&refusal)).await,
    };
    let Some(before) = kept(tx, workspace, member).await?.filter(|kept| kept.is_from(address)) else {
        return Ok(());
    };
    tx.run(
        sql!(
            "UPDATE holidays SET days = $3, fetched_at = $4, problem = NULL
             WHERE workspace = $1 AND member = $2"
        ),
        args![workspace, member, serde_json::to_string(&days)?, at],
    )
    .await?;
    if before.days == days { Ok(()) } else { tell(tx, workspace, member, None, at).await }
}

/// Notes why the calendar at `address` could not be read. The days from before stay.
pub async fn could_not_fetch(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    address: &str,
    problem: &str,
) -> Result<()> {
    let problem: String = problem.chars().take(MOST_PROBLEM).collect();
    tx.run(
        sql!(
            "UPDATE holidays SET problem = $4
             WHERE workspace = $1 AND member = $2 AND kind = 'address' AND name = $3"
        ),
        args![workspace, member, address, problem],
    )
    .await?;
    Ok(())
}

/// What the database has.
struct Kept {
    source: HolidaySource,
    days: Vec<Holiday>,
}

impl Kept {
    fn is_from(&self, wanted: &str) -> bool {
        matches!(&self.source, HolidaySource::Address { address, .. } if address == wanted)
    }
}

async fn kept(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Option<Kept>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT kind, name, fetched_at, problem, days FROM holidays
                 WHERE workspace = $1 AND member = $2"
            ),
            args![workspace, member],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (kind, name): (String, String) = (row.get("kind")?, row.get("name")?);
    let source = if kind == "file" {
        HolidaySource::File { name }
    } else {
        let (fetched_at, problem) = (row.get("fetched_at")?, row.get("problem")?);
        HolidaySource::Address { address: name, fetched_at, problem }
    };
    let days: String = row.get("days")?;
    Ok(Some(Kept { source, days: serde_json::from_str(&days)? }))
}

async fn keep(tx: &Tx, actor: &Actor, kind: &'static str, name: &str, days: &[Holiday]) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO holidays (workspace, member, kind, name, fetched_at, problem, days)
             VALUES ($1, $2, $3, $4, NULL, NULL, $5)
             ON CONFLICT (workspace, member) DO UPDATE SET kind = excluded.kind, name = excluded.name,
               fetched_at = NULL, problem = NULL, days = excluded.days"
        ),
        args![actor.workspace, actor.member, kind, name, serde_json::to_string(days)?],
    )
    .await?;
    tell(tx, actor.workspace, actor.member, Some(actor), actor.at).await
}

/// Everybody gets the new card, and what was promised is computed again.
async fn tell(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    actor: Option<&Actor>,
    at: Timestamp,
) -> Result<()> {
    changed::enqueue(tx, workspace, member, Because::Holiday, at).await?;
    changed::record_card(tx, workspace, member, actor, "holidays.set", at).await
}

fn schedule_name(member: MemberId) -> String {
    format!("{FETCH_JOB}/{member}")
}

async fn fetch_from_now_on(tx: &Tx, actor: &Actor) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&serde_json::json!({ "member": actor.member }))?;
    let (workspace, name) = (actor.workspace.uuid(), schedule_name(actor.member));
    let again = store::jobs::Schedule {
        workspace,
        name: name.clone(),
        kind: FETCH_JOB,
        payload: payload.clone(),
        every: FETCH_EVERY,
        first_at: actor.at + FETCH_EVERY,
    };
    store::jobs::schedule(tx, &again).await?;
    let now = NewJob { workspace, kind: FETCH_JOB, key: name, payload, run_at: actor.at };
    Ok(tx.enqueue(now).await?)
}

/// What calendar programs call `webcal` is https. Whether the address may be asked at all is
/// decided when it is.
fn clean_address(address: &str) -> Result<String, Refusal> {
    let address = address.trim();
    let address = match address.strip_prefix("webcal://") {
        Some(rest) => format!("https://{rest}"),
        None => address.to_owned(),
    };
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let plain = !address.chars().any(|c| c.is_whitespace() || c.is_control());
    if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
        && plain
        && address.len() <= MOST_ADDRESS
    {
        Ok(address)
    } else {
        Err(Refusal::invalid_because(
            "address",
            "is not an address of a calendar",
            format!("https://…, at most {MOST_ADDRESS} characters"),
        )
        .named("not_an_address"))
    }
}

/// A refusal without the name of a field that nobody filled in.
fn said(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid { problem, .. } => format!("The calendar {problem}."),
        other => other.to_string(),
    }
}
