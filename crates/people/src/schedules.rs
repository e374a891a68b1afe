//! Schedules: a member's zone and weekly hours, in dated versions.

use std::collections::HashMap;

use jiff::Timestamp;
use kernel::Refusal;
use serde::Deserialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, MemberId, MemberTime, Result, Week, WorkspaceId,
    changed::{self, Because},
    members,
    time::{self, KeptTime},
    travel,
};

/// More shifts than this on one day are a mistake.
const MOST_SHIFTS_A_DAY: usize = 12;

/// A zone and the weekly hours in it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// An IANA zone: `America/Bogota`.
    pub zone: String,
    /// The weekly hours.
    pub week: Week,
}

/// The schedules that hold at `at`, with time off. A member who is absent has unknown hours.
pub async fn of(
    tx: &Tx,
    workspace: WorkspaceId,
    members: &[MemberId],
    at: Timestamp,
) -> Result<HashMap<MemberId, worktime::Schedule>> {
    let mut kept = time::kept_of(tx, workspace, members, at).await?;
    Ok(members.iter().filter_map(|member| Some((*member, kept.take(*member).schedule()?))).collect())
}

/// What others may know about these members' time at `at`.
pub async fn times_of(
    tx: &Tx,
    workspace: WorkspaceId,
    members: &[MemberId],
    at: Timestamp,
) -> Result<HashMap<MemberId, MemberTime>> {
    let mut kept = time::kept_of(tx, workspace, members, at).await?;
    Ok(members.iter().map(|member| (*member, MemberTime::compute(&kept.take(*member), at))).collect())
}

/// A member sets their own schedule; it holds from now on.
pub async fn set(tx: &Tx, actor: &Actor, member: MemberId, schedule: &NewSchedule) -> Result<()> {
    must_be_own(actor, member)?;
    let zone = check("", &schedule.zone, &schedule.week)?;
    let before = time::kept_of(tx, actor.workspace, &[member], actor.at).await?.take(member);
    travel::hours_set(tx, actor, Some((&zone, &schedule.week))).await?;
    keep(tx, actor.workspace, member, Some(&zone), Some(&schedule.week), actor.at).await?;
    let moved = before.zone.is_some_and(|before| before != zone);
    let because = if moved { Because::Zone } else { Because::Hours };
    changed::enqueue(tx, actor.workspace, member, because, actor.at).await?;
    members::record_card(tx, actor, member, "schedule.set").await
}

/// A member takes their own schedule away: their hours are unknown from now on.
pub async fn remove(tx: &Tx, actor: &Actor, member: MemberId) -> Result<()> {
    must_be_own(actor, member)?;
    travel::hours_set(tx, actor, None).await?;
    keep(tx, actor.workspace, member, None, None, actor.at).await?;
    changed::enqueue(tx, actor.workspace, member, Because::Hours, actor.at).await?;
    members::record_card(tx, actor, member, "schedule.set").await
}

/// What a schedule would mean at `at`, nothing saved. Without one: what the actor's means.
pub async fn preview(
    tx: &Tx,
    actor: &Actor,
    schedule: Option<NewSchedule>,
    at: Timestamp,
) -> Result<MemberTime> {
    let own = time::kept_of(tx, actor.workspace, &[actor.member], at).await?.take(actor.member);
    let Some(schedule) = schedule else { return Ok(MemberTime::compute(&own, at)) };
    let zone = check("schedule.", &schedule.zone, &schedule.week)?;
    let planned = KeptTime { zone: Some(zone), week: Some(schedule.week), ..own };
    Ok(MemberTime::compute(&planned, at))
}

/// Refuses an unknown zone or hours that cannot be, naming the field behind `prefix`. Answers the
/// zone as the database of zones spells it.
pub fn check(prefix: &str, zone: &str, week: &Week) -> Result<String, Refusal> {
    const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    if let Some((day, _)) = DAYS.iter().zip(&week.0).find(|(_, shifts)| shifts.len() > MOST_SHIFTS_A_DAY) {
        let allowed = format!("at most {MOST_SHIFTS_A_DAY} shifts on one day");
        return Err(Refusal::invalid_because(format!("{prefix}week.{day}"), "has too many shifts", allowed)
            .named("too_many_entries"));
    }
    match worktime::Schedule::parse(zone, &week.0, &[]) {
        Ok(schedule) => Ok(schedule.zone_name().to_owned()),
        Err(error) => {
            // Wrong values may be as long as a request: quote the beginning only.
            let value: String = error.value.chars().take(40).collect();
            Err(Refusal::invalid(format!("{prefix}{}", error.field), format!("{value:?} {}", error.problem)))
        }
    }
}

/// Writes the version that holds from `at`, and records nothing: for a change that includes it.
/// Both have been checked; a zone without a week means that only the local time is known.
pub async fn keep(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    zone: Option<&str>,
    week: Option<&Week>,
    at: Timestamp,
) -> Result<()> {
    let week = week.map(serde_json::to_string).transpose()?;
    tx.run(
        sql!(
            "INSERT INTO schedules (workspace, member, begins_at, zone, week) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (workspace, member, begins_at)
             DO UPDATE SET zone = excluded.zone, week = excluded.week"
        ),
        args![workspace, member, at, zone, week],
    )
    .await?;
    Ok(())
}

fn must_be_own(actor: &Actor, member: MemberId) -> Result<()> {
    if actor.member == member {
        Ok(())
    } else {
        Err(Refusal::forbidden("Only the member can set their own hours.").named("own_hours_only").into())
    }
}
