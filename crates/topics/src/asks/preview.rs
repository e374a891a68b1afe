//! What people's clocks say about an ask before it is sent.

use jiff::{SignedDuration, Timestamp};
use people::{
    Actor, Away, MemberId,
    delivery::{self, Receiver},
    schedules, time_off,
};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use worktime::Schedule;

use super::{Budget, budget, times};
use crate::Result;

/// What one person's clock says about an ask, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskTimes {
    /// Whose clock.
    pub member: MemberId,
    /// When they get it.
    pub delivered_at: Timestamp,
    /// When it is due: never before they get it. What would be, as an exact instant in their time
    /// off, is due half a working day after they got it.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// Whether the instant that the budget names lies in their working time.
    pub in_hours: bool,
    /// Where that instant falls outside, the start of their next working time: a better choice.
    #[schema(required = true)]
    pub better: Option<Timestamp>,
    /// What stands in the way of a promise.
    #[schema(required = true)]
    pub note: Option<AskNote>,
    /// The time off they are in, if any: until when, and who covers.
    #[schema(required = true)]
    pub away: Option<Away>,
}

/// What stands in the way of computing a person's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskNote {
    /// They have not set their hours: unknown, not off.
    NoSchedule,
    /// Their hours hold no working time in the coming two years.
    NeverWorks,
    /// They are on time off now.
    Away,
}

/// What each person's clock says about a budget, without asking anything.
pub async fn preview(
    tx: &Tx,
    actor: &Actor,
    asked: &[MemberId],
    budget: &Budget,
    at: Timestamp,
) -> Result<Vec<AskTimes>> {
    budget::check(budget, at)?;
    let schedules = schedules::of(tx, actor.workspace, asked, at).await?;
    let receivers = delivery::receivers(tx, actor.workspace, asked, at).await?;
    let mut previews = Vec::with_capacity(asked.len());
    for member in asked {
        people::members::see(tx, actor, *member).await?;
        let schedule = schedules.get(member);
        let receiver = receivers.get(member).filter(|_| !budget.is_urgent());
        let Promise { wished, delivered_at, due_at } = promise(schedule, receiver, budget, at);
        let away = time_off::current_or_next(tx, actor.workspace, *member, at)
            .await?
            .filter(|away| away.from <= at && at < away.until);
        let in_hours = match (schedule, wished) {
            // A due instant at the end of a working interval is the last moment of it.
            (Some(schedule), Some(due)) => {
                schedule.is_working(due)
                    || due
                        .checked_sub(SignedDuration::from_micros(1))
                        .is_ok_and(|just_before| schedule.is_working(just_before))
            }
            _ => true,
        };
        previews.push(AskTimes {
            member: *member,
            delivered_at,
            due_at,
            in_hours,
            better: wished.filter(|_| !in_hours).and_then(|due| schedule?.next_working(due)),
            note: match schedule {
                None => Some(AskNote::NoSchedule),
                Some(schedule) if schedule.next_working(at).is_none() => Some(AskNote::NeverWorks),
                Some(_) if away.is_some() => Some(AskNote::Away),
                Some(_) => None,
            },
            away,
        });
    }
    Ok(previews)
}

/// When something would reach somebody and be due.
struct Promise {
    /// The instant that the budget names.
    wished: Option<Timestamp>,
    delivered_at: Timestamp,
    due_at: Option<Timestamp>,
}

/// Without a receiver it reaches them at once.
fn promise(
    schedule: Option<&Schedule>,
    receiver: Option<&Receiver>,
    budget: &Budget,
    at: Timestamp,
) -> Promise {
    let wished = times::due(schedule, budget, at);
    let delivered_at = receiver.and_then(|receiver| receiver.arrival(at, wished, false)).unwrap_or(at);
    Promise { wished, delivered_at, due_at: times::with_delivery(schedule, wished, delivered_at) }
}

/// One choice of budget and where it falls for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetChoice {
    /// The choice.
    pub budget: Budget,
    /// Where it falls.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
}

/// Where each named budget falls for one person.
pub async fn choices(tx: &Tx, actor: &Actor, member: MemberId, at: Timestamp) -> Result<Vec<BudgetChoice>> {
    let schedules = schedules::of(tx, actor.workspace, &[member], at).await?;
    let receivers = delivery::receivers(tx, actor.workspace, &[member], at).await?;
    Ok([Budget::HalfDay, Budget::NextWorkingDay, Budget::ThisWeek, Budget::NoRush]
        .into_iter()
        .map(|budget| {
            let due_at = promise(schedules.get(&member), receivers.get(&member), &budget, at).due_at;
            BudgetChoice { budget, due_at }
        })
        .collect())
}
