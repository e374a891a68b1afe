//! A journey: the same weekly hours in another zone for a while. It is two dated versions of the
//! schedule, one from now on and one from its end on, and a job that tells everybody at the end.

use jiff::{Timestamp, ToSpan, civil::Date};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::{NewJob, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, MemberId, Result, Week, WorkspaceId,
    changed::{self, Because},
    members, schedules, time,
};

/// The kind of the job that runs when a journey ends.
pub const JOB: &str = "travel.ended";

/// A journey to begin now.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTravel {
    /// The IANA zone there.
    pub zone: String,
    /// What the place is called, at most 60 characters.
    #[serde(default)]
    pub city: Option<String>,
    /// The last day there: `2026-12-04`, at most a year away.
    pub until: String,
}

/// The payload of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Ended {
    /// Whose journey.
    pub member: MemberId,
}

/// The actor works in another zone from now until the end of a day there, with the same hours.
pub async fn set(tx: &Tx, actor: &Actor, new: NewTravel) -> Result<()> {
    let kept = time::kept_of(tx, actor.workspace, &[actor.member], actor.at).await?.take(actor.member);
    let (Some(zone), Some(week)) = (kept.zone, kept.week) else {
        return Err(Refusal::conflict("Set your hours first: a journey takes them along.")
            .named("hours_first")
            .into());
    };
    let before = current(tx, actor.workspace, actor.member).await?.filter(|travel| actor.at < travel.until);
    let home = before.map_or(zone, |travel| travel.home_zone);
    let there = schedules::check("", &new.zone, &week)?;
    if there == home {
        return Err(Refusal::invalid("zone", "is where your hours are already").named("same_zone").into());
    }
    let until = end_of(&there, &new.until, actor.at)?;
    let city = members::clean_city(new.city.as_deref())?;
    keep(tx, actor, &Travel { zone: there, city, home_zone: home, last_day: new.until, until }, &week)
        .await?;
    end_later(tx, actor.workspace, actor.member, until).await?;
    tell(tx, actor.workspace, actor.member, Some(actor), actor.at).await
}

/// The actor is back: the journey ends now.
pub async fn end(tx: &Tx, actor: &Actor) -> Result<()> {
    let Some(travel) = current(tx, actor.workspace, actor.member).await? else { return Ok(()) };
    let kept = time::kept_of(tx, actor.workspace, &[actor.member], actor.at).await?.take(actor.member);
    forget(tx, actor).await?;
    schedules::keep(tx, actor.workspace, actor.member, Some(&travel.home_zone), kept.week.as_ref(), actor.at)
        .await?;
    tell(tx, actor.workspace, actor.member, Some(actor), actor.at).await
}

/// What the job does: tells everybody where the member works again. A journey that was made
/// longer meanwhile goes on; one that is over is told once.
pub async fn ended(tx: &Tx, workspace: WorkspaceId, member: MemberId, at: Timestamp) -> Result<()> {
    let Some(travel) = current(tx, workspace, member).await? else { return Ok(()) };
    if at < travel.until {
        return end_later(tx, workspace, member, travel.until).await;
    }
    tx.run(sql!("DELETE FROM travels WHERE workspace = $1 AND member = $2"), args![workspace, member])
        .await?;
    tell(tx, workspace, member, None, at).await
}

/// The actor sets their hours: on a journey they hold at home as well. Another zone, or no hours
/// at all, ends it.
pub(crate) async fn hours_set(tx: &Tx, actor: &Actor, hours: Option<(&str, &Week)>) -> Result<()> {
    let Some(travel) = current(tx, actor.workspace, actor.member).await? else { return Ok(()) };
    match hours {
        Some((zone, week)) if zone == travel.zone && actor.at < travel.until => {
            let home = Some(travel.home_zone.as_str());
            schedules::keep(tx, actor.workspace, actor.member, home, Some(week), travel.until).await
        }
        _ => forget(tx, actor).await,
    }
}

struct Travel {
    zone: String,
    city: Option<String>,
    home_zone: String,
    last_day: String,
    until: Timestamp,
}

async fn current(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Option<Travel>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT zone, city, home_zone, last_day, until FROM travels
                 WHERE workspace = $1 AND member = $2"
            ),
            args![workspace, member],
        )
        .await?;
    row.map(|row| {
        Ok(Travel {
            zone: row.get("zone")?,
            city: row.get("city")?,
            home_zone: row.get("home_zone")?,
            last_day: row.get("last_day")?,
            until: row.get("until")?,
        })
    })
    .transpose()
}

async fn keep(tx: &Tx, actor: &Actor, travel: &Travel, week: &Week) -> Result<()> {
    let (workspace, member) = (actor.workspace, actor.member);
    forget(tx, actor).await?;
    schedules::keep(tx, workspace, member, Some(&travel.zone), Some(week), actor.at).await?;
    schedules::keep(tx, workspace, member, Some(&travel.home_zone), Some(week), travel.until).await?;
    tx.run(
        sql!(
            "INSERT INTO travels (workspace, member, zone, city, home_zone, last_day, until)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![workspace, member, travel.zone, travel.city, travel.home_zone, travel.last_day, travel.until],
    )
    .await?;
    Ok(())
}

/// Takes a journey away, with the version of the schedule that would have begun at its end.
async fn forget(tx: &Tx, actor: &Actor) -> Result<()> {
    tx.run(
        sql!("DELETE FROM travels WHERE workspace = $1 AND member = $2"),
        args![actor.workspace, actor.member],
    )
    .await?;
    tx.run(
        sql!("DELETE FROM schedules WHERE workspace = $1 AND member = $2 AND begins_at > $3"),
        args![actor.workspace, actor.member, actor.at],
    )
    .await?;
    Ok(())
}

async fn end_later(tx: &Tx, workspace: WorkspaceId, member: MemberId, until: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Ended { member })?;
    let job =
        NewJob { workspace: workspace.uuid(), kind: JOB, key: member.to_string(), payload, run_at: until };
    Ok(tx.enqueue(job).await?)
}

async fn tell(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    actor: Option<&Actor>,
    at: Timestamp,
) -> Result<()> {
    changed::enqueue(tx, workspace, member, Because::Zone, at).await?;
    changed::record_card(tx, workspace, member, actor, "travel.set", at).await
}

/// The midnight after the last day there.
fn end_of(zone: &str, last_day: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    let wrong = || {
        Refusal::invalid_because("until", "is not a day to come", "such as 2026-12-04, within a year")
            .named("out_of_range")
    };
    let shaped = last_day.len() == 10;
    let day: Date = last_day.parse().ok().filter(|_| shaped).ok_or_else(wrong)?;
    let midnight = day.tomorrow().map_err(|_| wrong())?.to_string();
    let zone = jiff::tz::db().get(zone).map_err(|_| wrong())?;
    let until = time::instant(&zone, &format!("{midnight}T00:00")).ok_or_else(wrong)?;
    let latest = now.to_zoned(zone).checked_add(1.year()).map_err(|_| wrong())?.timestamp();
    if now < until && until <= latest { Ok(until) } else { Err(wrong()) }
}
