//! Results of a month: deliverables that were accepted, those that slipped with the stated cause, and,
//! for a team of four or more, how well it replies. There are no hours, no messages and no people in it,
//! and no way from a number to a person.

use std::collections::{BTreeMap, HashSet};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kernel::Refusal;
use people::{Actor, SpaceId, members};
use serde::Serialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{ProjectId, Result, TaskId};

/// Numbers of fewer people than this are not told.
pub const FEWEST: i64 = 4;

/// The results of one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonthResults {
    /// The month: `2026-11`.
    pub month: String,
    /// Deliverables that were accepted in it, the latest first; at most 500.
    pub accepted: Vec<AcceptedDeliverable>,
    /// How many were in the month before.
    pub accepted_before: i64,
    /// Deliverables that were put off in it, or whose time passed in it; at most 500.
    pub slipped: Vec<SlippedDeliverable>,
    /// How the team of the space replies; null without a space, and where fewer than four people
    /// would be behind the numbers.
    #[schema(required = true)]
    pub team: Option<TeamResults>,
}

/// A deliverable that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AcceptedDeliverable {
    /// The task.
    pub task: TaskId,
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its project.
    pub project: ProjectId,
    /// When it was accepted.
    pub at: Timestamp,
}

/// A deliverable that was put off, or is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlippedDeliverable {
    /// The task.
    pub task: TaskId,
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its project.
    pub project: ProjectId,
    /// When it was due first in this month.
    pub from: Timestamp,
    /// When it is due since; null for at no time. The same as `from` where it was not put off.
    #[schema(required = true)]
    pub to: Option<Timestamp>,
    /// Why, as it was stated; empty when it was not.
    pub cause: String,
}

/// How a team of four or more people replies. Every number has four or more people behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamResults {
    /// The time from a question to its decision, as the median in minutes.
    #[schema(required = true)]
    pub decided_after: Option<TeamNumber>,
    /// Of the asks that were due, how many in a hundred were answered in time.
    #[schema(required = true)]
    pub in_time: Option<TeamNumber>,
}

/// A number of a month and of the month before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TeamNumber {
    /// In this month.
    pub now: i64,
    /// In the month before; null where fewer than four people would be behind it.
    #[schema(required = true)]
    pub before: Option<i64>,
}

/// From when to when.
#[derive(Debug, Clone, Copy)]
struct Period {
    from: Timestamp,
    until: Timestamp,
}

/// The results of a month, `2026-11`, in the actor's zone; of one space, or of all that they may see.
pub async fn of_month(
    tx: &Tx,
    actor: &Actor,
    month: Option<&str>,
    space: Option<SpaceId>,
) -> Result<MonthResults> {
    if let Some(space) = space {
        people::spaces::must_be_visible(tx, actor, space).await?;
    }
    let zone = zone_of(tx, actor).await?;
    let first = match month {
        Some(month) => first_day(month)?,
        None => actor.at.to_zoned(zone.clone()).date().first_of_month(),
    };
    let period = period(first, &zone)?;
    let before = period_before(first, &zone)?;
    let team = match space {
        Some(space) => team(tx, actor, space, period, before).await?,
        None => None,
    };
    Ok(MonthResults {
        month: first.strftime("%Y-%m").to_string(),
        accepted: accepted(tx, actor, space, period).await?,
        accepted_before: i64::try_from(accepted(tx, actor, space, before).await?.len()).unwrap_or(i64::MAX),
        slipped: slipped(tx, actor, space, period).await?,
        team,
    })
}

async fn zone_of(tx: &Tx, actor: &Actor) -> Result<TimeZone> {
    let card = members::read(tx, actor.workspace, actor.member, actor.at).await?;
    let zone = card.schedule.zone.and_then(|name| jiff::tz::db().get(&name).ok());
    Ok(zone.unwrap_or(TimeZone::UTC))
}

fn first_day(month: &str) -> Result<Date> {
    let day = (month.len() == 7).then(|| format!("{month}-01").parse::<Date>().ok()).flatten();
    let near = day.filter(|day| (2000..=9990).contains(&day.year()));
    Ok(near.ok_or_else(|| {
        Refusal::invalid_because("month", "is no month", "a month like 2026-11").named("out_of_range")
    })?)
}

fn period(first: Date, zone: &TimeZone) -> Result<Period> {
    let starts = |day: Date| zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok();
    let next = first.checked_add(1.month()).ok();
    let period = starts(first).zip(next.and_then(starts)).map(|(from, until)| Period { from, until });
    Ok(period.ok_or_else(|| Refusal::invalid("month", "cannot be reckoned with").named("out_of_range"))?)
}

fn period_before(first: Date, zone: &TimeZone) -> Result<Period> {
    let before = first.checked_sub(1.month());
    let before = before.map_err(|_| Refusal::invalid("month", "is too early").named("out_of_range"))?;
    period(before, zone)
}

async fn accepted(
    tx: &Tx,
    actor: &Actor,
    space: Option<SpaceId>,
    Period { from, until }: Period,
) -> Result<Vec<AcceptedDeliverable>> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.key, t.title, k.project, a.decided_at \
                 FROM acceptances a JOIN tasks k ON k.workspace = a.workspace AND k.id = a.task \
                 JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE a.workspace = $1 AND a.state = 'accepted' AND a.decided_at >= $3 AND a.decided_at < $4 \
                 AND k.acceptance = 'accepted' AND ($5 OR p.space = $6) \
                 ORDER BY a.decided_at DESC, a.no DESC, k.id LIMIT 500"
            ),
            args![actor.workspace, actor.member, from, until, space.is_none(), space],
        )
        .await?;
    let mut seen = HashSet::new();
    let mut all = Vec::with_capacity(rows.len());
    for row in &rows {
        let task: TaskId = row.get("id")?;
        if seen.insert(task) {
            all.push(AcceptedDeliverable {
                task,
                key: row.get("key")?,
                title: row.get("title")?,
                project: row.get("project")?,
                at: row.get("decided_at")?,
            });
        }
    }
    Ok(all)
}

async fn slipped(
    tx: &Tx,
    actor: &Actor,
    space: Option<SpaceId>,
    Period { from, until }: Period,
) -> Result<Vec<SlippedDeliverable>> {
    let put_off = tx
        .all(
            sql!(
                "SELECT k.id, k.key, t.title, k.project, s.from_at, s.to_at, s.cause \
                 FROM slips s JOIN tasks k ON k.workspace = s.workspace AND k.id = s.task \
                 JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE s.workspace = $1 AND s.at >= $3 AND s.at < $4 AND k.deliverable AND ($5 OR p.space = $6) \
                 ORDER BY s.at, s.no LIMIT 500"
            ),
            args![actor.workspace, actor.member, from, until, space.is_none(), space],
        )
        .await?;
    let late = tx
        .all(
            sql!(
                "SELECT k.id, k.key, t.title, k.project, k.due_at AS from_at, k.due_at AS to_at, '' AS cause \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.deliverable AND k.due_at >= $3 AND k.due_at < $4 AND k.due_at <= $7 \
                 AND (k.done_at IS NULL OR k.done_at > k.due_at) AND k.archived_at IS NULL \
                 AND ($5 OR p.space = $6) ORDER BY k.due_at, k.id LIMIT 500"
            ),
            args![actor.workspace, actor.member, from, until, space.is_none(), space, actor.at],
        )
        .await?;
    let mut all: Vec<SlippedDeliverable> = Vec::new();
    let mut places: BTreeMap<TaskId, usize> = BTreeMap::new();
    for row in put_off.iter().chain(&late) {
        let next = SlippedDeliverable {
            task: row.get("id")?,
            key: row.get("key")?,
            title: row.get("title")?,
            project: row.get("project")?,
            from: row.get("from_at")?,
            to: row.get("to_at")?,
            cause: row.get("cause")?,
        };
        let known = places.get(&next.task).and_then(|place| all.get_mut(*place));
        if let Some(known) = known {
            known.to = next.to;
            if !next.cause.is_empty() {
                known.cause = next.cause;
            }
        } else {
            places.insert(next.task, all.len());
            all.push(next);
        }
    }
    Ok(all)
}

/// The numbers of a team; none for fewer than four people.
async fn team(
    tx: &Tx,
    actor: &Actor,
    space: SpaceId,
    period: Period,
    before: Period,
) -> Result<Option<TeamResults>> {
    let row = tx
        .one(
            sql!(
                "SELECT COUNT(*) AS people FROM space_members s \
                 JOIN members m ON m.workspace = s.workspace AND m.id = s.member \
                 WHERE s.workspace = $1 AND s.space = $2 AND m.state = 'active' AND m.role <> 'guest'"
            ),
            args![actor.workspace, space],
        )
        .await?;
    if row.get::<i64>("people")? < FEWEST {
        return Ok(None);
    }
    let now = numbers(tx, actor, space, period).await?;
    let then = numbers(tx, actor, space, before).await?;
    let pair = |now: Option<i64>, before| now.map(|now| TeamNumber { now, before });
    let told = TeamResults { decided_after: pair(now.0, then.0), in_time: pair(now.1, then.1) };
    Ok((told.decided_after.is_some() || told.in_time.is_some()).then_some(told))
}

/// One ask that was due or answered, without a name: `who` only tells people apart.
struct Reply {
    who: u128,
    minutes: i64,
    in_time: bool,
}

/// The median of minutes to a decision, and how many in a hundred were answered in time.
async fn numbers(
    tx: &Tx,
    actor: &Actor,
    space: SpaceId,
    Period { from, until }: Period,
) -> Result<(Option<i64>, Option<i64>)> {
    let rows = tx
        .all(
            sql!(
                "SELECT a.asked, a.kind, a.asked_at, a.due_at, a.answered_at FROM topics t \
                 JOIN asks a ON a.workspace = t.workspace AND a.topic = t.id \
                 WHERE t.workspace = $1 AND t.space = $2 AND a.asked IS NOT NULL \
                 AND ((a.answered_at >= $3 AND a.answered_at < $4) OR (a.due_at >= $3 AND a.due_at < $4)) \
                 AND a.state IN ('open', 'accepted', 'answered', 'closed', 'proceeded') ORDER BY a.id"
            ),
            args![actor.workspace, space, from, until],
        )
        .await?;
    let (mut decided, mut due) = (Vec::new(), Vec::new());
    for row in &rows {
        let who = row.get::<people::MemberId>("asked")?.uuid().as_u128();
        let (asked_at, due_at, answered_at): (Timestamp, Option<Timestamp>, Option<Timestamp>) =
            (row.get("asked_at")?, row.get("due_at")?, row.get("answered_at")?);
        let minutes = answered_at.map_or(0, |at| at.duration_since(asked_at).as_mins());
        let in_time = answered_at.zip(due_at).is_some_and(|(at, due)| at <= due);
        let within = |at: Option<Timestamp>| at.is_some_and(|at| from <= at && at < until);
        if row.get::<String>("kind")? == "decide" && within(answered_at) {
            decided.push(Reply { who, minutes, in_time });
        }
        // What is not due yet says nothing.
        if within(due_at) && (answered_at.is_some() || due_at.is_some_and(|due| due <= actor.at)) {
            due.push(Reply { who, minutes, in_time });
        }
    }
    Ok((median(&decided), percent_in_time(&due)))
}

fn has_enough_people(replies: &[Reply]) -> bool {
    let people = replies.iter().map(|reply| reply.who).collect::<HashSet<_>>().len();
    i64::try_from(people).is_ok_and(|people| people >= FEWEST)
}

fn median(replies: &[Reply]) -> Option<i64> {
    if !has_enough_people(replies) {
        return None;
    }
    let mut minutes: Vec<i64> = replies.iter().map(|reply| reply.minutes).collect();
    minutes.sort_unstable();
    let (low, high) = (minutes.get((minutes.len() - 1) / 2)?, minutes.get(minutes.len() / 2)?);
    Some(low.midpoint(*high))
}

fn percent_in_time(replies: &[Reply]) -> Option<i64> {
    if !has_enough_people(replies) {
        return None;
    }
    let (in_time, all) = (replies.iter().filter(|reply| reply.in_time).count(), replies.len());
    i64::try_from((in_time * 100 + all / 2) / all).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(of: &[(u128, i64, bool)]) -> Vec<Reply> {
        of.iter().map(|&(who, minutes, in_time)| Reply { who, minutes, in_time }).collect()
    }

    #[test]
    fn fewer_than_four_people_are_not_told_however_many_replies_there_are() {
        let three = replies(&[(1, 10, true), (2, 20, true), (3, 30, false), (1, 40, true), (2, 50, true)]);
        assert_eq!((median(&three), percent_in_time(&three)), (None, None));
        assert_eq!((median(&[]), percent_in_time(&[])), (None, None));
    }

    #[test]
    fn of_four_the_median_and_the_share() {
        let four = replies(&[(1, 10, true), (2, 90, false), (3, 30, true), (4, 50, false)]);
        assert_eq!((median(&four), percent_in_time(&four)), (Some(40), Some(50)));
        let five = replies(&[(1, 10, true), (2, 90, false), (3, 30, true), (4, 50, true), (1, 20, false)]);
        assert_eq!((median(&five), percent_in_time(&five)), (Some(30), Some(60)));
    }

    #[test]
    fn a_month_is_that_of_the_reader() {
        let zone = jiff::tz::db().get("America/Bogota").unwrap();
        let november = period(first_day("2026-11").unwrap(), &zone).unwrap();
        assert_eq!(november.from.to_string(), "2026-11-01T05:00:00Z");
        assert_eq!(november.until.to_string(), "2026-12-01T05:00:00Z");
        for wrong in ["2026", "2026-13", "26-11", "2026-1", "", "1999-12", "2026-11-01"] {
            assert!(first_day(wrong).is_err(), "{wrong}");
        }
    }
}
