use std::{collections::HashMap, sync::Arc};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;
use worktime::{Interval, Schedule, overlap};

use crate::{MemberId, Result, WorkspaceId, holidays::Holiday};

/// How far back `working` reaches.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// How far ahead `working` reaches.
const AFTER: SignedDuration = SignedDuration::from_hours(72);
/// How far ahead a time off is announced.
const ANNOUNCED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A weekly pattern: seven lists, Monday first, of `[start, end]` in local wall time `HH:MM`. An
/// end at or before its start lies on the next day; `24:00` is allowed as an end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Vec<Shifts>, min_items = 7, max_items = 7, example = json!([[["09:00", "17:00"]], [], [], [], [], [], []]))]
pub struct Week(pub [Vec<(String, String)>; 7]);

/// The `[start, end]` of one day, in local wall time `HH:MM`.
#[derive(ToSchema)]
#[schema(value_type = Vec<(String, String)>)]
struct Shifts(
    #[expect(dead_code, reason = "it only names a day's times in the specification")] Vec<(String, String)>,
);

/// What others may know about a member's time, computed from their schedule at one instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberTime {
    /// The IANA zone. Null: no schedule is set, which means unknown, never off.
    #[schema(required = true)]
    pub zone: Option<String>,
    /// The weekly pattern. Null: the hours are unknown.
    #[schema(required = true)]
    pub week: Option<Week>,
    /// Working intervals `[start, end)` from 24 hours before to 72 hours after the time of the
    /// answer, time off taken out.
    #[schema(value_type = Vec<(Timestamp, Timestamp)>)]
    pub working: Vec<(Timestamp, Timestamp)>,
    /// Up to when `working` is complete. Null: the hours are unknown.
    #[schema(required = true)]
    pub working_until: Option<Timestamp>,
    /// The start of the first working interval that begins after the time of the answer, however
    /// far. Null: never within two years, or unknown.
    #[schema(required = true)]
    pub next_start: Option<Timestamp>,
    /// The current time off, or the next one within 14 days. It has no reason.
    #[schema(required = true)]
    pub away: Option<Away>,
    /// The parts of `working` in which nothing but what is urgent arrives.
    #[schema(value_type = Vec<(Timestamp, Timestamp)>)]
    pub focus: Vec<(Timestamp, Timestamp)>,
    /// The public holidays that touch the time of `working`.
    pub holidays: Vec<HolidayTime>,
    /// The next change of the zone's clocks within 14 days.
    #[schema(required = true)]
    pub clock_change: Option<ClockChange>,
    /// While they work somewhere else: where they are otherwise.
    #[schema(required = true)]
    pub home: Option<Home>,
}

/// A public holiday as instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HolidayTime {
    /// The midnight at which it begins.
    pub from: Timestamp,
    /// The midnight at which it ends.
    pub until: Timestamp,
    /// What people call it.
    pub name: String,
}

/// A change of a zone's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockChange {
    /// When.
    pub at: Timestamp,
    /// By how many minutes: positive where the clocks go forward.
    pub minutes: i64,
}

/// Where somebody who is travelling works otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Home {
    /// The IANA zone.
    pub zone: String,
    /// When they work there again.
    pub until: Timestamp,
}

/// A time off as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Away {
    /// When it begins.
    pub from: Timestamp,
    /// When it ends, together with all time off that follows without a gap.
    pub until: Timestamp,
    /// The active member who covers.
    #[schema(required = true)]
    pub cover: Option<MemberId>,
}

/// What the database has about one member's time.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeptTime {
    pub zone: Option<String>,
    pub week: Option<Week>,
    pub time_off: Vec<KeptTimeOff>,
    pub holidays: Arc<Vec<Holiday>>,
    pub focus: Option<Week>,
    /// Focus that was begun by hand ends then.
    pub focus_until: Option<Timestamp>,
    /// Where they work again after a journey. It may be over.
    pub home: Option<Home>,
    /// What the place of the journey is called.
    pub city: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct KeptTimeOff {
    pub from: String,
    pub to: String,
    pub cover: Option<MemberId>,
}

impl KeptTime {
    /// The schedule with its time off; none when the hours are unknown.
    pub(crate) fn schedule(&self) -> Option<Schedule> {
        self.schedule_in(self.zone.as_ref()?)
    }

    fn schedule_in(&self, zone: &str) -> Option<Schedule> {
        parse(zone, self.week.as_ref()?, &self.off())
    }

    /// The same without hours, to turn wall times into instants; none when the zone is unknown.
    fn calendar(&self) -> Option<Schedule> {
        parse(self.zone.as_ref()?, &Week::default(), &self.off())
    }

    /// All time off and all holidays, from and to in wall time.
    fn off(&self) -> Vec<(String, String)> {
        let time_off = self.time_off.iter().map(|off| (off.from.clone(), off.to.clone()));
        time_off.chain(self.holidays.iter().filter_map(Holiday::wall)).collect()
    }

    /// Whether they work somewhere else at `at`, and where they are otherwise.
    fn home_after(&self, at: Timestamp) -> Option<&Home> {
        self.home.as_ref().filter(|home| at < home.until)
    }

    /// The place of the journey that they are on at `at`.
    pub(crate) fn away_in(&self, at: Timestamp) -> Option<&str> {
        self.home_after(at).and(self.city.as_deref())
    }

    /// Where they work from when until when, inside `[from, until)`.
    fn stays(&self, from: Timestamp, until: Timestamp) -> Vec<(&str, Timestamp, Timestamp)> {
        let Some(zone) = self.zone.as_deref() else { return Vec::new() };
        match self.home_after(from).filter(|home| home.until < until) {
            Some(home) => vec![(zone, from, home.until), (&home.zone, home.until, until)],
            None => vec![(zone, from, until)],
        }
    }

    /// Working intervals inside `[from, until)`, a journey's end included.
    pub(crate) fn working(&self, from: Timestamp, until: Timestamp) -> Vec<Interval> {
        let parts = self
            .stays(from, until)
            .into_iter()
            .filter_map(|(zone, from, until)| Some(self.schedule_in(zone)?.intervals(from, until)));
        union(parts.flatten())
    }

    /// The parts of the working time in `[from, until)` that are focus: by the weekly pattern, and
    /// what is left at `at` of focus that was begun by hand.
    pub(crate) fn focus(&self, from: Timestamp, until: Timestamp, at: Timestamp) -> Vec<Interval> {
        let mut focus = Vec::new();
        if self.focus.is_none() && self.focus_until.is_none_or(|end| end <= at) {
            return focus;
        }
        for (zone, from, until) in self.stays(from, until) {
            let Some(schedule) = self.schedule_in(zone) else { continue };
            if let Some(pattern) = self.focus.as_ref().and_then(|week| parse(zone, week, &[])) {
                focus.extend(overlap(&[&schedule, &pattern], from, until));
            }
            if let Some(end) = self.focus_until.filter(|end| at < *end) {
                focus.extend(schedule.intervals(at.max(from), end.min(until)));
            }
        }
        union(focus)
    }

    /// The holidays that touch `[from, until)`.
    pub(crate) fn holidays(&self, from: Timestamp, until: Timestamp) -> Vec<HolidayTime> {
        let Some(zone) = self.zone.as_deref().and_then(zone) else { return Vec::new() };
        let instants = |day: &Holiday| {
            let (from, until) = (instant(&zone, &day.wall()?.0)?, instant(&zone, &day.wall()?.1)?);
            Some(HolidayTime { from, until, name: day.name.clone() })
        };
        let near = self.holidays.iter().filter(|day| day.is_near(from, until));
        near.filter_map(instants).filter(|day| day.from < until && from < day.until).collect()
    }

    /// The times off that touch `[from, until)`, as they were entered.
    pub(crate) fn absences(&self, from: Timestamp, until: Timestamp) -> Vec<(Timestamp, Timestamp)> {
        let Some(zone) = self.zone.as_deref().and_then(zone) else { return Vec::new() };
        self.time_off
            .iter()
            .filter_map(|off| Some((instant(&zone, &off.from)?, instant(&zone, &off.to)?)))
            .filter(|(begin, end)| *begin < until && from < *end)
            .collect()
    }

    /// The next change of the zone's clocks within 14 days.
    pub(crate) fn clock_change(&self, at: Timestamp) -> Option<ClockChange> {
        let zone = zone(self.zone.as_deref()?)?;
        let before = zone.to_offset(at);
        let soon = at.checked_add(ANNOUNCED).unwrap_or_else(|_| latest());
        let change = zone.following(at).take_while(|change| change.timestamp() < soon);
        let change = change.into_iter().find(|change| change.offset() != before)?;
        let minutes = i64::from(change.offset().seconds() - before.seconds()) / 60;
        Some(ClockChange { at: change.timestamp(), minutes })
    }
}

/// What was stored was valid then. A zone may leave the time zone database later: the hours are
/// unknown from then on, and everybody else's time is still answered.
fn parse(zone: &str, week: &Week, time_off: &[(String, String)]) -> Option<Schedule> {
    Schedule::parse(zone, &week.0, time_off)
        .inspect_err(|error| tracing::warn!(%error, "a stored schedule is no longer valid"))
        .ok()
}

fn zone(name: &str) -> Option<TimeZone> {
    jiff::tz::db().get(name).ok()
}

/// The instant of a wall time, the *compatible* way.
pub(crate) fn instant(zone: &TimeZone, wall: &str) -> Option<Timestamp> {
    zone.to_timestamp(wall.parse::<DateTime>().ok()?).ok()
}

/// The union of intervals, in order; the results neither overlap nor touch.
pub(crate) fn union(intervals: impl IntoIterator<Item = Interval>) -> Vec<Interval> {
    let mut sorted: Vec<Interval> = intervals.into_iter().collect();
    sorted.sort_unstable();
    sorted.dedup_by(|next, kept| {
        let touches = next.start <= kept.end;
        if touches {
            kept.end = kept.end.max(next.end);
        }
        touches
    });
    sorted
}

/// Intervals as they go out.
pub(crate) fn pairs(intervals: &[Interval]) -> Vec<(Timestamp, Timestamp)> {
    intervals.iter().map(|interval| (interval.start, interval.end)).collect()
}

impl MemberTime {
    /// What is known at `at`.
    pub(crate) fn compute(kept: &KeptTime, at: Timestamp) -> Self {
        let horizon = at.checked_add(AFTER).unwrap_or_else(|_| latest());
        let begin = at.checked_sub(BEFORE).unwrap_or(Timestamp::MIN);
        let unknown = Self {
            zone: kept.zone.clone(),
            away: away(kept, at),
            holidays: kept.holidays(begin, horizon),
            clock_change: kept.clock_change(at),
            home: kept.home_after(at).cloned(),
            ..Self::default()
        };
        let Some(schedule) = kept.schedule() else { return unknown };
        Self {
            week: kept.week.clone(),
            working: pairs(&kept.working(begin, horizon)),
            working_until: Some(horizon),
            next_start: next_start_of(kept, &schedule, at),
            focus: pairs(&kept.focus(begin, horizon, at)),
            ..unknown
        }
    }
}

/// The last instant that an answer can hold: not finer than microseconds.
fn latest() -> Timestamp {
    Timestamp::from_second(Timestamp::MAX.as_second()).unwrap_or(Timestamp::MAX)
}

/// The start of the first working interval that begins after `at`, at home when the journey has
/// ended by then.
fn next_start_of(kept: &KeptTime, schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    let here = next_start(schedule, at);
    match kept.home_after(at) {
        Some(home) if here.is_none_or(|start| home.until <= start) => {
            kept.schedule_in(&home.zone)?.next_working(home.until)
        }
        _ => here,
    }
}

/// The start of the first working interval that begins after `at`.
pub(crate) fn next_start(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    if schedule.is_working(at) {
        schedule.next_working(schedule.end_of_interval(at)?)
    } else {
        schedule.next_working(at)
    }
}

/// The time off that holds at `at`, or the first that begins within 14 days.
pub(crate) fn away(kept: &KeptTime, at: Timestamp) -> Option<Away> {
    if kept.time_off.is_empty() {
        return None;
    }
    let calendar = kept.calendar()?;
    let announced = at.checked_add(ANNOUNCED).unwrap_or_else(|_| latest());
    let instant = |wall: &str| instant(calendar.zone(), wall);
    kept.time_off
        .iter()
        .filter_map(|off| Some((instant(&off.from)?, instant(&off.to)?, off.cover)))
        .filter(|(from, until, _)| at < *until && *from < announced)
        .min_by_key(|(from, ..)| *from)
        .map(|(from, until, cover)| Away { from, until: calendar.off_until(from).unwrap_or(until), cover })
}

/// What the database has about these members' time at `at`. Every one of them is in the answer.
pub(crate) async fn kept_of(
    tx: &Tx,
    workspace: WorkspaceId,
    members: &[MemberId],
    at: Timestamp,
) -> Result<Kept> {
    let mut kept = Kept::default();
    for member in members {
        let schedule = tx
            .maybe(
                sql!(
                    "SELECT s.member, s.zone, s.week, h.days, t.city, t.home_zone, t.until,
                       p.focus, p.focus_until
                     FROM schedules s
                     LEFT JOIN delivery_plans p ON p.workspace = s.workspace AND p.member = s.member
                     LEFT JOIN holidays h ON h.workspace = s.workspace AND h.member = s.member
                     LEFT JOIN travels t ON t.workspace = s.workspace AND t.member = s.member
                     WHERE s.workspace = $1 AND s.member = $2 AND s.begins_at <= $3
                     ORDER BY s.begins_at DESC LIMIT 1"
                ),
                args![workspace, member, at],
            )
            .await?;
        let time_off = tx
            .all(
                sql!(
                    "SELECT o.member, o.from_local, o.to_local, c.id AS cover
                     FROM time_off o
                     LEFT JOIN members c ON c.workspace = o.workspace AND c.id = o.cover AND c.state = 'active'
                     WHERE o.workspace = $1 AND o.member = $2 ORDER BY o.from_local"
                ),
                args![workspace, member],
            )
            .await?;
        kept.add(schedule, time_off)?;
    }
    Ok(kept)
}

/// The same for everybody in the workspace, in two statements.
pub(crate) async fn kept_in(tx: &Tx, workspace: WorkspaceId, at: Timestamp) -> Result<Kept> {
    let schedules = tx
        .all(
            sql!(
                "SELECT s.member, s.zone, s.week, h.days, t.city, t.home_zone, t.until, p.focus, p.focus_until
                 FROM schedules s
                 LEFT JOIN delivery_plans p ON p.workspace = s.workspace AND p.member = s.member
                 LEFT JOIN holidays h ON h.workspace = s.workspace AND h.member = s.member
                 LEFT JOIN travels t ON t.workspace = s.workspace AND t.member = s.member
                 WHERE s.workspace = $1 AND s.begins_at =
                   (SELECT MAX(n.begins_at) FROM schedules n
                    WHERE n.workspace = s.workspace AND n.member = s.member AND n.begins_at <= $2)"
            ),
            args![workspace, at],
        )
        .await?;
    let time_off = tx
        .all(
            sql!(
                "SELECT o.member, o.from_local, o.to_local, c.id AS cover
                 FROM time_off o
                 LEFT JOIN members c ON c.workspace = o.workspace AND c.id = o.cover AND c.state = 'active'
                 WHERE o.workspace = $1 ORDER BY o.from_local"
            ),
            args![workspace],
        )
        .await?;
    let mut kept = Kept::default();
    kept.add(schedules, time_off)?;
    Ok(kept)
}

/// What the database has about several members' time.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    members: HashMap<MemberId, KeptTime>,
    /// Members of one country have the same days: they are read once.
    days: HashMap<String, Arc<Vec<Holiday>>>,
}

impl Kept {
    /// One member's; empty when nothing is known.
    pub(crate) fn take(&mut self, member: MemberId) -> KeptTime {
        self.members.remove(&member).unwrap_or_default()
    }

    /// The same for who asks about somebody twice.
    pub(crate) fn copy(&self, member: MemberId) -> KeptTime {
        self.members.get(&member).cloned().unwrap_or_default()
    }

    fn add(
        &mut self,
        schedules: impl IntoIterator<Item = store::Row>,
        time_off: impl IntoIterator<Item = store::Row>,
    ) -> Result<()> {
        for row in schedules {
            let kept = self.members.entry(row.get("member")?).or_default();
            kept.zone = row.get("zone")?;
            let week: Option<String> = row.get("week")?;
            kept.week = week.map(|week| serde_json::from_str(&week)).transpose()?;
            let home: Option<String> = row.get("home_zone")?;
            let until: Option<Timestamp> = row.get("until")?;
            kept.city = row.get("city")?;
            let focus: Option<String> = row.get("focus")?;
            kept.focus = focus.map(|focus| serde_json::from_str(&focus)).transpose()?;
            kept.focus_until = row.get("focus_until")?;
            kept.home = home.zip(until).map(|(zone, until)| Home { zone, until });
            if let Some(days) = row.get::<Option<String>>("days")? {
                kept.holidays = match self.days.get(&days) {
                    Some(known) => known.clone(),
                    None => self
                        .days
                        .entry(days.clone())
                        .or_insert(Arc::new(serde_json::from_str(&days)?))
                        .clone(),
                };
            }
        }
        for row in time_off {
            let kept = self.members.entry(row.get("member")?).or_default();
            kept.time_off.push(KeptTimeOff {
                from: row.get("from_local")?,
                to: row.get("to_local")?,
                cover: row.get("cover")?,
            });
        }
        Ok(())
    }
}
