//! What a time off would touch: the asks whose clock runs in it.

use jiff::{Timestamp, civil::DateTime};
use kernel::Refusal;
use people::{Actor, schedules};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use worktime::{Schedule, TimeOff};

use super::{Ask, lists, recompute};
use crate::{
    Result,
    topic::{self, Topic},
};

/// An ask that a time off touches.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Touched {
    /// The ask.
    pub ask: Ask,
    /// Its topic.
    pub topic: Topic,
    /// When it would be due if it is left as it is.
    #[schema(required = true)]
    pub due_after: Option<Timestamp>,
}

/// The asks that the actor owes and whose clock runs between these two local times, in the order
/// in which they are due.
pub async fn touched(tx: &Tx, actor: &Actor, from: &str, to: &str) -> Result<Vec<Touched>> {
    let off = time_off(from, to)?;
    let schedule = schedules::of(tx, actor.workspace, &[actor.member], actor.at).await?.remove(&actor.member);
    let Some(schedule) = schedule else { return Ok(Vec::new()) };
    let (begin, end) = instants(&schedule, off)?;
    let away = schedule.with_time_off(off);
    let mut touched = Vec::new();
    for kept in lists::owed_with_clocks(tx, actor).await? {
        let Some(expected) = kept.ask.expected_at() else { continue };
        if expected <= begin || kept.clock_from >= end {
            continue;
        }
        let moved = recompute::due_moves(&kept, std::slice::from_ref(&away), actor.at);
        let topic = topic::see(tx, actor, kept.ask.topic).await?;
        let due_after =
            if kept.ask.promised_at.is_some() { kept.ask.promised_at } else { moved.or(kept.ask.due_at) };
        touched.push(Touched { ask: kept.ask, topic, due_after });
    }
    Ok(touched)
}

/// The instants of two local times of the actor; none while their hours are unknown.
pub async fn own_time(
    tx: &Tx,
    actor: &Actor,
    from: &str,
    to: &str,
) -> Result<Option<(Timestamp, Timestamp)>> {
    let off = time_off(from, to)?;
    let schedule = schedules::of(tx, actor.workspace, &[actor.member], actor.at).await?.remove(&actor.member);
    Ok(schedule.map(|schedule| instants(&schedule, off)).transpose()?)
}

fn instants(schedule: &Schedule, off: TimeOff) -> Result<(Timestamp, Timestamp), Refusal> {
    match (schedule.zone().to_timestamp(off.from), schedule.zone().to_timestamp(off.to)) {
        (Ok(begin), Ok(end)) => Ok((begin, end)),
        _ => Err(Refusal::invalid("to", "has no instant")),
    }
}

fn time_off(from: &str, to: &str) -> Result<TimeOff, Refusal> {
    let off = TimeOff { from: wall_time("from", from)?, to: wall_time("to", to)? };
    if off.to <= off.from {
        return Err(Refusal::invalid("to", "is not after the beginning").named("out_of_range"));
    }
    Ok(off)
}

fn wall_time(field: &str, text: &str) -> Result<DateTime, Refusal> {
    Some(text)
        .filter(|text| text.len() == 16 && text.contains('T'))
        .and_then(|text| text.parse::<DateTime>().ok())
        .filter(|time| (1970..=9990).contains(&time.year()))
        .ok_or_else(|| {
            Refusal::invalid_because(field, "is not a local date and time", "such as 2026-12-21T00:00")
                .named("out_of_range")
        })
}
