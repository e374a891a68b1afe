//! A schedule: what was given, and the flat form that the arithmetic walks.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

pub(crate) const DAY: i64 = 86_400;
pub(crate) const WEEK: i64 = 7 * DAY;

/// A time of day in whole minutes since midnight, `00:00` to `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// Midnight at the end of the day, `24:00`.
    pub const END_OF_DAY: Self = Self(24 * 60);

    /// The time of day so many minutes after midnight, at most 1440 (`24:00`).
    pub fn new(minutes: u16) -> Option<Self> {
        Some(Self(minutes)).filter(|time| *time <= Self::END_OF_DAY)
    }

    /// Minutes since midnight, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }

    fn seconds(self) -> i64 {
        i64::from(self.0) * 60
    }
}

/// Writes `HH:MM`.
impl fmt::Display for MinuteOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// One shift of the weekly pattern, in local wall time. An `end` at or before `start` lies on the next
/// day, so that no shift is longer than 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shift {
    /// When the shift starts, before `24:00`.
    pub start: MinuteOfDay,
    /// When the shift ends.
    pub end: MinuteOfDay,
}

impl Shift {
    /// The end in seconds since the midnight before the start.
    fn end_seconds(self) -> i64 {
        if self.end <= self.start { self.end.seconds() + DAY } else { self.end.seconds() }
    }
}

/// Time off, `[from, to)` in local wall time. `from` is never after `to`; where they are equal, nothing
/// is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOff {
    /// The first moment off.
    pub from: DateTime,
    /// The first moment back.
    pub to: DateTime,
}

/// When one person works: a time zone, a weekly pattern and time off, all of it valid.
///
/// Made by [`Schedule::parse`]. A clone shares its contents and costs nothing.
#[derive(Debug, Clone)]
pub struct Schedule {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    zone: TimeZone,
    zone_name: String,
    week: [Vec<Shift>; 7],
    time_off: Vec<TimeOff>,
    pattern: Vec<PatternShift>,
    away: Vec<Away>,
}

/// A shift of the flat pattern, in seconds of wall time since Monday 00:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PatternShift {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// The weekday the shift starts on, 0 is Monday.
    pub(crate) day: i64,
}

/// Time off as instants, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Away {
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Schedule {
    pub(crate) fn new(
        zone: TimeZone,
        zone_name: String,
        week: [Vec<Shift>; 7],
        time_off: Vec<TimeOff>,
    ) -> Self {
        let pattern = flatten(&week);
        let away = merge(&zone, &time_off);
        Self { inner: Arc::new(Inner { zone, zone_name, week, time_off, pattern, away }) }
    }

    /// The time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.inner.zone
    }

    /// The IANA name of the time zone, as the database spells it.
    pub fn zone_name(&self) -> &str {
        &self.inner.zone_name
    }

    /// The weekly pattern: seven lists of shifts, Monday first, as they were given.
    pub fn week(&self) -> &[Vec<Shift>; 7] {
        &self.inner.week
    }

    /// The time off, as it was given.
    pub fn time_off(&self) -> &[TimeOff] {
        &self.inner.time_off
    }

    /// The same hours with this time off as well.
    #[must_use]
    pub fn with_time_off(&self, more: TimeOff) -> Self {
        let Inner { zone, zone_name, week, time_off, .. } = &*self.inner;
        let all = time_off.iter().copied().chain([more]).collect();
        Self::new(zone.clone(), zone_name.clone(), week.clone(), all)
    }

    /// The same hours as if there were no time off.
    #[must_use]
    pub fn without_time_off(&self) -> Self {
        let Inner { zone, zone_name, week, .. } = &*self.inner;
        Self::new(zone.clone(), zone_name.clone(), week.clone(), Vec::new())
    }

    /// The shifts of the week, sorted by start.
    pub(crate) fn pattern(&self) -> &[PatternShift] {
        &self.inner.pattern
    }

    /// Time off as sorted spans that neither overlap nor touch.
    pub(crate) fn away(&self) -> &[Away] {
        &self.inner.away
    }
}

fn flatten(week: &[Vec<Shift>; 7]) -> Vec<PatternShift> {
    let mut pattern: Vec<PatternShift> = (0..)
        .zip(week)
        .flat_map(|(day, shifts)| shifts.iter().map(move |shift| place_in_week(day, *shift)))
        .collect();
    pattern.sort_unstable();
    pattern.dedup();
    pattern
}

fn place_in_week(day: i64, shift: Shift) -> PatternShift {
    let midnight = day * DAY;
    PatternShift { start: midnight + shift.start.seconds(), end: midnight + shift.end_seconds(), day }
}

fn merge(zone: &TimeZone, time_off: &[TimeOff]) -> Vec<Away> {
    let mut spans: Vec<Away> = time_off
        .iter()
        .map(|off| Away { start: second_of(zone, off.from), end: second_of(zone, off.to) })
        .filter(|span| span.start < span.end)
        .collect();
    spans.sort_unstable();
    spans.dedup_by(|next, span| {
        let touches = next.start <= span.end;
        if touches {
            span.end = span.end.max(next.end);
        }
        touches
    });
    spans
}

/// The instant of a wall time. The last hours of the year 9999 have no instant: they become the end of
/// time.
fn second_of(zone: &TimeZone, wall: DateTime) -> i64 {
    zone.to_timestamp(wall).map_or(end_of_time(), Timestamp::as_second)
}

/// The first second after every instant there is.
pub(crate) fn end_of_time() -> i64 {
    Timestamp::MAX.as_second() + 1
}
