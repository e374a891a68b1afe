//! Team time: when several people work, what they have in common, and the least synchronous way
//! of working together that their hours allow. From what each has set, never from activity.

mod common;

use std::collections::{BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use kernel::Refusal;
use serde::Serialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;
use worktime::{Interval, Schedule, overlap};

use crate::{
    Actor, ClockChange, GroupId, MemberId, MemberState, Result, SpaceId, groups, members, spaces,
    time::{self, KeptTime},
};
use common::Steps;
pub use common::{Near, Step, Window};

/// The most people in one answer.
pub const MOST_PEOPLE: usize = 500;
/// Above so many people, their steps are in what each works, and not written out.
const MOST_FOR_STEPS: usize = 50;
/// How far ahead a time for all is looked for.
const FOR_ALL: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How far from now a map may begin.
const FARTHEST: SignedDuration = SignedDuration::from_hours(366 * 24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Whose time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// Those in a space.
    pub space: Option<SpaceId>,
    /// Those in a group.
    pub group: Option<GroupId>,
    /// Those named.
    pub members: Option<Vec<MemberId>>,
}

/// When a team works.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamTime {
    /// The number at which it was read.
    pub seq: i64,
    /// When it was read.
    pub now: Timestamp,
    /// The beginning of the time that it is about.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Everybody, by name.
    pub people: Vec<PersonTime>,
    /// Each longest interval in which one set of two or more people works, in order. Empty for
    /// more than 50 people: then it is to be computed from what each works.
    pub common: Vec<Step>,
    /// The best times from now on, the best first; at most three, and no two overlap.
    pub windows: Vec<Window>,
    /// The first time within 14 days at which all work whose hours are known. Null: there is none.
    #[schema(required = true)]
    pub all: Option<Span>,
    /// The least synchronous way that works.
    pub suggestion: Suggestion,
    /// The clocks that change within 14 days, the first first.
    pub changes: Vec<OverlapChange>,
}

/// One person's time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonTime {
    /// Who.
    pub member: MemberId,
    /// Their IANA zone; null when it is unknown.
    #[schema(required = true)]
    pub zone: Option<String>,
    /// When they work, `[start, end)`.
    #[schema(value_type = Vec<(Timestamp, Timestamp)>)]
    pub working: Vec<(Timestamp, Timestamp)>,
    /// The parts of it that are focus.
    #[schema(value_type = Vec<(Timestamp, Timestamp)>)]
    pub focus: Vec<(Timestamp, Timestamp)>,
    /// When they are away.
    pub off: Vec<Off>,
    /// When their clock changes next, within 14 days.
    #[schema(required = true)]
    pub clock_change: Option<ClockChange>,
}

/// Time off, or a public holiday.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Off {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// The name of a holiday; null for time off, which has no reason.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
}

/// A way of working together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// A call: there is a time that suits everybody.
    Call,
    /// A recording: most are there at one time, the others see it when they start.
    Clip,
    /// A thread: everybody answers in their own time.
    Thread,
}

/// The least synchronous way that works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    /// Which.
    pub kind: Together,
    /// When; null for a thread.
    #[schema(required = true)]
    pub from: Option<Timestamp>,
    /// Until when.
    #[schema(required = true)]
    pub until: Option<Timestamp>,
    /// Who works then; everybody for a thread.
    pub members: Vec<MemberId>,
}

/// What a change of somebody's clock does to the time that they have in common with the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverlapChange {
    /// Whose clock.
    pub member: MemberId,
    /// When.
    pub at: Timestamp,
    /// By how many minutes; positive where it goes forward.
    pub minutes: i64,
    /// Minutes in common on a working day of the reader, on average over the week before.
    pub overlap_before: i64,
    /// The same over the week after.
    pub overlap_after: i64,
}

/// Reads when these people work, from an instant on, for 1 to 7 days.
pub async fn read(
    tx: &Tx,
    actor: &Actor,
    who: Who,
    from: Option<Timestamp>,
    days: Option<u32>,
) -> Result<TeamTime> {
    let team = of(tx, actor, who).await?;
    let kept = time::kept_in(tx, actor.workspace, actor.at).await?;
    let mine = kept.copy(actor.member);
    let (from, until) = stretch(&mine, actor.at, from, days)?;
    let team: Vec<(MemberId, KeptTime)> = team.into_iter().map(|id| (id, kept.copy(id))).collect();
    let people: Vec<PersonTime> =
        team.iter().map(|(id, kept)| person(*id, kept, from, until, actor.at)).collect();
    let ahead = Steps::new(&working(&people, actor.at.max(from)));
    let windows = ahead.windows(&people);
    Ok(TeamTime {
        seq: tx.head(actor.workspace.uuid()).await?,
        now: actor.at,
        from,
        until,
        common: if people.len() <= MOST_FOR_STEPS {
            Steps::new(&working(&people, from)).common()
        } else {
            Vec::new()
        },
        all: for_all(&team, actor.at),
        suggestion: suggestion(&windows, &team),
        changes: changes(&mine, actor, &team),
        windows,
        people,
    })
}

/// Those whom the actor may see, active ones only, by name.
async fn of(tx: &Tx, actor: &Actor, who: Who) -> Result<Vec<MemberId>> {
    let wanted: Option<BTreeSet<MemberId>> = match who {
        Who { space: Some(space), group: None, members: None } => {
            let space = spaces::see(tx, actor, space).await?;
            let there = spaces::members_of(tx, actor, space.id).await?;
            Some(there.into_iter().map(|membership| membership.member).collect())
        }
        Who { space: None, group: Some(group), members: None } => {
            Some(groups::see(tx, actor, group).await?.members.into_iter().collect())
        }
        Who { space: None, group: None, members: Some(named) } => {
            if named.len() > MOST_PEOPLE {
                let allowed = format!("at most {MOST_PEOPLE}");
                return Err(Refusal::invalid_because("members", "are too many", allowed)
                    .named("too_many_entries")
                    .into());
            }
            for member in &named {
                members::must_be_visible(tx, actor, *member).await?;
            }
            Some(named.into_iter().collect())
        }
        Who { space: None, group: None, members: None } => None,
        _ => return Err(Refusal::invalid("space", "is one way to say who: say one only").into()),
    };
    let rows = tx
        .all(
            sql!(
                "SELECT m.id, m.state FROM members m
                 JOIN visible_members v ON v.workspace = m.workspace AND v.member = m.id
                 WHERE v.workspace = $1 AND v.viewer = $2 ORDER BY m.name, m.id"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    let mut team = Vec::new();
    for row in &rows {
        let (id, state): (MemberId, MemberState) = (row.get("id")?, row.get("state")?);
        if state == MemberState::Active && wanted.as_ref().is_none_or(|wanted| wanted.contains(&id)) {
            team.push(id);
        }
    }
    team.truncate(MOST_PEOPLE);
    Ok(team)
}

/// From the instant given, or from the reader's midnight; so many of the reader's own days.
fn stretch(
    mine: &KeptTime,
    now: Timestamp,
    from: Option<Timestamp>,
    days: Option<u32>,
) -> Result<(Timestamp, Timestamp), Refusal> {
    let zone = mine.zone.as_deref().and_then(|zone| jiff::tz::db().get(zone).ok()).unwrap_or(TimeZone::UTC);
    let days = days.unwrap_or(1);
    if !(1..=7).contains(&days) {
        return Err(
            Refusal::invalid_because("days", "are too many or too few", "1 to 7").named("too_many_entries")
        );
    }
    let midnight = || now.to_zoned(zone.clone()).start_of_day().map_or(now, |day| day.timestamp());
    let from = from.unwrap_or_else(midnight);
    if from.duration_since(now).abs() > FARTHEST {
        return Err(
            Refusal::invalid_because("from", "is too far away", "within a year").named("out_of_range")
        );
    }
    let until = from.to_zoned(zone).checked_add(i64::from(days).days()).map(|end| end.timestamp());
    Ok((from, until.map_err(|_| Refusal::invalid("from", "is too far away").named("out_of_range"))?))
}

fn person(
    member: MemberId,
    kept: &KeptTime,
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
) -> PersonTime {
    let time_off = kept.absences(from, until).into_iter();
    let mut off: Vec<Off> = time_off.map(|(from, until)| Off { from, until, name: None }).collect();
    let holidays = kept.holidays(from, until).into_iter();
    off.extend(holidays.map(|day| Off { from: day.from, until: day.until, name: Some(day.name) }));
    off.sort_unstable();
    PersonTime {
        member,
        zone: kept.zone.clone(),
        working: time::pairs(&kept.working(from, until)),
        focus: time::pairs(&kept.focus(from, until, now)),
        off,
        clock_change: kept.clock_change(now),
    }
}

/// What each works from an instant on.
fn working(people: &[PersonTime], from: Timestamp) -> Vec<(MemberId, Vec<Interval>)> {
    people
        .iter()
        .map(|person| {
            let ahead = person.working.iter().filter(|(_, end)| from < *end);
            let cut = ahead.map(|(start, end)| Interval { start: (*start).max(from), end: *end });
            (person.member, cut.collect())
        })
        .collect()
}

/// The first time at which all work whose hours are known, if they are two or more.
fn for_all(team: &[(MemberId, KeptTime)], now: Timestamp) -> Option<Span> {
    let schedules: Vec<Schedule> = team.iter().filter_map(|(_, kept)| kept.schedule()).collect();
    if schedules.len() < 2 {
        return None;
    }
    let schedules: Vec<&Schedule> = schedules.iter().collect();
    let until = now.checked_add(FOR_ALL).ok()?;
    let first = overlap(&schedules, now, until).into_iter().next()?;
    Some(Span { from: first.start, until: first.end })
}

/// A call only where a time suits everybody whose hours are known; a recording where most are
/// there; else a thread, which always works.
fn suggestion(windows: &[Window], team: &[(MemberId, KeptTime)]) -> Suggestion {
    let known = team.iter().filter(|(_, kept)| kept.week.is_some()).count();
    let with_all = windows.iter().find(|window| window.working.len() == known);
    let with_most = windows.first().filter(|window| 3 * window.working.len() >= 2 * known);
    let at = |kind, window: &Window| Suggestion {
        kind,
        from: Some(window.from),
        until: Some(window.until),
        members: window.working.clone(),
    };
    match (with_all, with_most) {
        (Some(window), _) => at(Together::Call, window),
        (None, Some(window)) => at(Together::Clip, window),
        (None, None) => Suggestion {
            kind: Together::Thread,
            from: None,
            until: None,
            members: team.iter().map(|(member, _)| *member).collect(),
        },
    }
}

/// What the coming changes of the clocks do to the hours that are shared with the reader.
fn changes(mine: &KeptTime, actor: &Actor, team: &[(MemberId, KeptTime)]) -> Vec<OverlapChange> {
    let own = hours_of(mine);
    // Many people share a zone and hours: each pair of weeks is computed once.
    let mut known: HashMap<(String, String), (i64, i64)> = HashMap::new();
    let mut changes: Vec<OverlapChange> = team
        .iter()
        .filter_map(|(member, kept)| {
            let ClockChange { at, minutes } = kept.clock_change(actor.at)?;
            let (zone, week) = (kept.zone.clone()?, serde_json::to_string(&kept.week).ok()?);
            let (overlap_before, overlap_after) = *known.entry((zone, week)).or_insert_with(|| {
                let (Some(own), Some(theirs)) = (&own, hours_of(kept)) else { return (0, 0) };
                let before = at.checked_sub(WEEK).unwrap_or(at);
                let after = at.checked_add(WEEK).unwrap_or(at);
                (daily(own, &theirs, before, at), daily(own, &theirs, at, after))
            });
            Some(OverlapChange { member: *member, at, minutes, overlap_before, overlap_after })
        })
        .collect();
    changes.sort_by_key(|change| (change.at, change.member));
    changes
}

/// Hours as if there were no time off: what is usual.
fn hours_of(kept: &KeptTime) -> Option<Schedule> {
    kept.schedule().map(|schedule| schedule.without_time_off())
}

/// Minutes in common on a working day of the first, on average.
fn daily(own: &Schedule, theirs: &Schedule, from: Timestamp, until: Timestamp) -> i64 {
    let shared = overlap(&[own, theirs], from, until);
    let minutes: i64 = shared.iter().map(|span| span.end.duration_since(span.start).as_mins()).sum();
    let days = own.working_days(from).take_while(|day| day.start() < until).count();
    minutes / i64::try_from(days.max(1)).unwrap_or(1)
}
