//! A slow second opinion: one entry per minute, straight from the rules. It shares no code with the crate.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use worktime::{Interval, Schedule, overlap};

/// A zone of the database and what its clocks did from 1975 on; before that, offsets were not always
/// whole minutes.
#[derive(Debug)]
pub struct Zone {
    pub name: String,
    pub rules: TimeZone,
    /// The instants at which the clocks changed, and by how many seconds they went forward.
    pub changes: Vec<(Timestamp, i32)>,
}

/// Every zone of the database.
pub static ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    jiff::tz::db()
        .available()
        .map(|name| zone(name.as_str()))
        .filter(|zone| zone.rules.iana_name().is_some())
        .collect()
});

fn zone(name: &str) -> Zone {
    let rules = jiff::tz::db().get(name).unwrap();
    let first = "1975-01-01T00:00Z".parse().unwrap();
    let last = "2040-01-01T00:00Z".parse().unwrap();
    let mut before = rules.to_offset(first).seconds();
    let mut changes = Vec::new();
    for change in rules.following(first).take_while(|change| change.timestamp() < last) {
        let forward = change.offset().seconds() - before;
        before = change.offset().seconds();
        if forward != 0 {
            changes.push((change.timestamp(), forward));
        }
    }
    Zone { name: name.to_owned(), rules, changes }
}

/// A schedule as minutes of the day, before it is written as text. An end may be 1440.
#[derive(Debug, Clone)]
pub struct Given {
    pub zone: &'static str,
    pub week: [Vec<(u16, u16)>; 7],
    pub time_off: Vec<(DateTime, DateTime)>,
}

impl Given {
    pub fn parse(&self) -> Schedule {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let date_time = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M").to_string();
        let week = self
            .week
            .each_ref()
            .map(|shifts| shifts.iter().map(|(start, end)| (time(*start), time(*end))).collect());
        let time_off: Vec<_> =
            self.time_off.iter().map(|(from, to)| (date_time(*from), date_time(*to))).collect();
        Schedule::parse(self.zone, &week, &time_off).unwrap()
    }
}

/// The minutes of a window. A working minute knows the date of its shift.
pub struct Model {
    first: i64,
    minutes: Vec<Option<Date>>,
    off: Vec<bool>,
}

impl Model {
    /// The minutes from `days_before` to `days_after` around `at`, which is a whole minute.
    pub fn new(given: &Given, at: Timestamp, days_before: i64, days_after: i64) -> Self {
        let zone = TimeZone::get(given.zone).unwrap();
        let first = at.as_second() / 60 - days_before * 1440;
        let length = usize::try_from((days_before + days_after) * 1440).unwrap();
        let mut model = Self { first, minutes: vec![None; length], off: vec![false; length] };
        let middle = zone.to_datetime(at).date();
        let mut shifts = Vec::new();
        for days in -days_before - 4..days_after + 4 {
            let date = middle + days.days();
            for (start, end) in &given.week[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()]
            {
                let next_day = if end <= start { 1440 } else { 0 };
                shifts.push((instant(&zone, date, *start), instant(&zone, date, *end + next_day), date));
            }
        }
        shifts.sort_by_key(|(start, ..)| *start);
        for (start, end, date) in shifts {
            model.range(start, end, |minute, _| *minute = minute.or(Some(date)));
        }
        for (from, to) in &given.time_off {
            let (from, to) = (zone.to_timestamp(*from).unwrap(), zone.to_timestamp(*to).unwrap());
            model.range(from, to, |minute, off| (*minute, *off) = (None, true));
        }
        model
    }

    fn range(&mut self, start: Timestamp, end: Timestamp, mark: impl Fn(&mut Option<Date>, &mut bool)) {
        assert_eq!((start.as_second() % 60, end.as_second() % 60), (0, 0), "not whole minutes");
        for minute in (start.as_second() / 60).max(self.first)..(end.as_second() / 60).min(self.end()) {
            let index = self.index(minute);
            mark(&mut self.minutes[index], &mut self.off[index]);
        }
    }

    fn end(&self) -> i64 {
        self.first + i64::try_from(self.minutes.len()).unwrap()
    }

    fn index(&self, minute: i64) -> usize {
        usize::try_from(minute - self.first).unwrap()
    }

    fn works(&self, minute: i64) -> bool {
        self.minutes[self.index(minute)].is_some()
    }

    /// The maximal runs of working minutes inside `[from, until)`.
    fn runs(&self, from: i64, until: i64) -> Vec<(i64, i64)> {
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for minute in (from..until).filter(|minute| self.works(*minute)) {
            match runs.last_mut() {
                Some(last) if last.1 == minute => last.1 += 1,
                _ => runs.push((minute, minute + 1)),
            }
        }
        runs
    }

    /// First minute and end of the working days, by date.
    fn days(&self) -> BTreeMap<Date, (i64, i64)> {
        let mut days = BTreeMap::new();
        for (minute, date) in (self.first..).zip(&self.minutes) {
            if let Some(date) = date {
                days.entry(*date).or_insert((minute, minute)).1 = minute + 1;
            }
        }
        days
    }
}

fn instant(zone: &TimeZone, date: Date, minutes: u16) -> Timestamp {
    zone.to_timestamp(date.at(0, 0, 0, 0) + i64::from(minutes).minutes()).unwrap()
}

fn stamp(minute: i64) -> Timestamp {
    Timestamp::from_second(minute * 60).unwrap()
}

fn stamps(runs: &[(i64, i64)]) -> Vec<Interval> {
    runs.iter().map(|(start, end)| Interval { start: stamp(*start), end: stamp(*end) }).collect()
}

/// Asks the crate and the model the same questions around `at`, a whole minute, and after it.
pub fn compare(given: &Given, at: Timestamp, days_after: i64) {
    let schedule = given.parse();
    let model = Model::new(given, at, 5, days_after + 5);
    let (from, until) = (at.as_second() / 60, at.as_second() / 60 + days_after * 1440);
    let runs = model.runs(from, until);

    assert_eq!(schedule.intervals(at, stamp(until)), stamps(&runs), "intervals");
    assert_eq!(overlap(&[&schedule, &schedule], at, stamp(until)), stamps(&runs), "overlap with itself");

    let edges = runs.iter().flat_map(|(start, end)| [*start, *end]);
    for minute in edges.flat_map(|edge| [edge - 1, edge, edge + 1]).chain((from..until).step_by(97)) {
        assert_eq!(schedule.is_working(stamp(minute)), model.works(minute), "is_working {}", stamp(minute));
        let index = model.index(minute);
        let off_until = (model.off[index]).then(|| model.off[index..].iter().position(|off| !off)).flatten();
        if let Some(length) = off_until {
            let back = stamp(minute + i64::try_from(length).unwrap());
            assert_eq!(schedule.off_until(stamp(minute)), Some(back), "off_until {}", stamp(minute));
        } else if !model.off[index] {
            assert_eq!(schedule.off_until(stamp(minute)), None, "off_until {}", stamp(minute));
        }
    }

    let total: i64 = runs.iter().map(|(start, end)| end - start).sum();
    assert_eq!(schedule.working_minutes(at, stamp(until)), total, "working_minutes");

    if let Some((start, end)) = runs.first() {
        assert_eq!(schedule.next_working(at), Some(stamp(*start)), "next_working");
        if *end < until {
            assert_eq!(schedule.end_of_interval(stamp(*start)), Some(stamp(*end)), "end_of_interval");
            assert_eq!(schedule.end_of_interval(stamp(*end)), None, "end_of_interval outside");
        }
    }

    let mut passed = 0;
    for minute in (from..until).filter(|minute| model.works(*minute)) {
        passed += 1;
        if passed % 61 == 0 || passed == total {
            let minutes = u32::try_from(passed).unwrap();
            assert_eq!(schedule.add_working(at, minutes), Some(stamp(minute + 1)), "add_working {passed}");
        }
    }

    let days = model.days();
    let mut n = 0;
    for (first, end) in days.values().filter(|(first, end)| *first > from && *end < until) {
        n += 1;
        assert_eq!(schedule.end_of_working_day(at, n), Some(stamp(*end)), "day {n}, from {}", stamp(*first));
    }
}

/// Some day that no test depends on, for cases without a change of the clocks.
pub fn any_day() -> Timestamp {
    TimeZone::UTC.to_timestamp(date(2026, 5, 6).at(10, 0, 0, 0)).unwrap()
}
