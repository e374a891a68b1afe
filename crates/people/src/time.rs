use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::Disambiguation};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;
use worktime::Schedule;

use crate::{MemberId, Result, WorkspaceId};

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
        let (zone, week) = (self.zone.as_ref()?, self.week.as_ref()?);
        parse(zone, week, &self.time_off)
    }

    /// The same without hours, to turn wall times into instants; none when the zone is unknown.
    fn calendar(&self) -> Option<Schedule> {
        parse(self.zone.as_ref()?, &Week::default(), &self.time_off)
    }
}

/// What was stored was valid then. A zone may leave the time zone database later: the hours are
/// unknown from then on, and everybody else's time is still answered.
fn parse(zone: &str, week: &Week, time_off: &[KeptTimeOff]) -> Option<Schedule> {
    let time_off: Vec<_> = time_off.iter().map(|off| (off.from.clone(), off.to.clone())).collect();
    Schedule::parse(zone, &week.0, &time_off)
        .inspect_err(|error| tracing::warn!(%error, "a stored schedule is no longer valid"))
        .ok()
}

impl MemberTime {
    /// What is known at `at`.
    pub(crate) fn compute(kept: &KeptTime, at: Timestamp) -> Self {
        let away = away(kept, at);
        let unknown = Self { zone: kept.zone.clone(), away, ..Self::default() };
        let Some(schedule) = kept.schedule() else { return unknown };
        let horizon = at.checked_add(AFTER).unwrap_or_else(|_| latest());
        let begin = at.checked_sub(BEFORE).unwrap_or(Timestamp::MIN);
        let working = schedule.intervals(begin, horizon);
        Self {
            week: kept.week.clone(),
            working: working.iter().map(|interval| (interval.start, interval.end)).collect(),
            working_until: Some(horizon),
            next_start: next_start(&schedule, at),
            ..unknown
        }
    }
}

/// The last instant that an answer can hold: not finer than microseconds.
fn latest() -> Timestamp {
    Timestamp::from_second(Timestamp::MAX.as_second()).unwrap_or(Timestamp::MAX)
}

/// The start of the first working interval that begins after `at`.
fn next_start(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
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
    let instant = |local: &str| {
        let local: DateTime = local.parse().ok()?;
        let zone = calendar.zone().clone();
        zone.into_ambiguous_zoned(local)
            .disambiguate(Disambiguation::Compatible)
            .ok()
            .map(|zoned| zoned.timestamp())
    };
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
                    "SELECT member, zone, week FROM schedules
                     WHERE workspace = $1 AND member = $2 AND begins_at <= $3
                     ORDER BY begins_at DESC LIMIT 1"
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
                "SELECT s.member, s.zone, s.week FROM schedules s
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
pub(crate) struct Kept(std::collections::HashMap<MemberId, KeptTime>);

impl Kept {
    /// One member's; empty when nothing is known.
    pub(crate) fn take(&mut self, member: MemberId) -> KeptTime {
        self.0.remove(&member).unwrap_or_default()
    }

    fn add(
        &mut self,
        schedules: impl IntoIterator<Item = store::Row>,
        time_off: impl IntoIterator<Item = store::Row>,
    ) -> Result<()> {
        for row in schedules {
            let kept = self.0.entry(row.get("member")?).or_default();
            kept.zone = row.get("zone")?;
            let week: Option<String> = row.get("week")?;
            kept.week = week.map(|week| serde_json::from_str(&week)).transpose()?;
        }
        for row in time_off {
            let kept = self.0.entry(row.get("member")?).or_default();
            kept.time_off.push(KeptTimeOff {
                from: row.get("from_local")?,
                to: row.get("to_local")?,
                cover: row.get("cover")?,
            });
        }
        Ok(())
    }
}
