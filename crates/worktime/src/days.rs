//! Working days with what they are made of, and the leaves that end with a return to work.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::intervals::{Interval, instant};
use crate::pieces::{Coming, Piece};
use crate::schedule::Schedule;

/// A working day: all working time whose shift starts on one local date, time off taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDay {
    /// The local date on which its shifts start.
    pub date: Date,
    /// Its working time in order, never empty; what touches is one interval.
    pub intervals: Vec<Interval>,
}

impl WorkingDay {
    /// Its first instant of working time.
    pub fn start(&self) -> Timestamp {
        self.intervals.first().map_or(Timestamp::MIN, |interval| interval.start)
    }

    /// The end of its last working time.
    pub fn end(&self) -> Timestamp {
        self.intervals.last().map_or(Timestamp::MIN, |interval| interval.end)
    }
}

/// Time off from the last work before it to the first work after it. Several entries with no
/// working time between them, as a Friday and the Monday after it, are one leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// When its first time off begins.
    pub from: Timestamp,
    /// When its last time off ends.
    pub until: Timestamp,
    /// How many working days it takes away completely.
    pub working_days: u32,
    /// The first working instant after it. `None` if there is none within two calendar years.
    pub back: Option<Timestamp>,
}

impl Schedule {
    /// The working days that end after `at`, in order, the one that `at` lies in with all of its
    /// intervals. They end when two calendar years pass without working time.
    pub fn working_days(&self, at: Timestamp) -> impl Iterator<Item = WorkingDay> + '_ {
        Days { pieces: Coming::new(self, at), open: VecDeque::with_capacity(4) }
            .filter(move |day| day.end() > at)
    }

    /// The leaves that overlap `[at, until)`, in order.
    pub fn leaves(&self, at: Timestamp, until: Timestamp) -> Vec<Leave> {
        let mut leaves: Vec<Leave> = Vec::new();
        for away in self.away() {
            let (from, end) = (instant(away.start), instant(away.end));
            if from >= until {
                break;
            }
            match leaves.last_mut().filter(|leave| leave.back.is_none_or(|back| back >= end)) {
                Some(leave) => leave.until = end,
                None => {
                    leaves.push(Leave { from, until: end, working_days: 0, back: self.next_working(end) });
                }
            }
        }
        leaves.retain(|leave| leave.until > at);
        let unbroken = self.without_time_off();
        for leave in &mut leaves {
            leave.working_days = days_within(&unbroken, leave.from, leave.until);
        }
        leaves
    }
}

/// The working days that lie in `[from, until)` completely.
fn days_within(unbroken: &Schedule, from: Timestamp, until: Timestamp) -> u32 {
    let within = unbroken
        .working_days(from)
        .take_while(|day| day.end() <= until)
        .filter(|day| day.start() >= from)
        .count();
    u32::try_from(within).unwrap_or(u32::MAX)
}

/// The working days that pieces form, by date.
///
/// Where the clocks go forward over midnight, the last pieces of a date can come after the first
/// ones of the next date, so a day is complete only once the date after the next one begins.
struct Days<'a> {
    pieces: Coming<'a>,
    open: VecDeque<(i64, WorkingDay)>,
}

impl Days<'_> {
    fn add(&mut self, piece: Piece) {
        let turn = self.open.partition_point(|(date, _)| *date < piece.date);
        let interval = Interval { start: instant(piece.start), end: instant(piece.end) };
        match self.open.get_mut(turn) {
            Some((date, day)) if *date == piece.date => match day.intervals.last_mut() {
                Some(last) if last.end == interval.start => last.end = interval.end,
                _ => day.intervals.push(interval),
            },
            _ => {
                let Some(date) = date_of(piece.date) else { return };
                self.open.insert(turn, (piece.date, WorkingDay { date, intervals: vec![interval] }));
            }
        }
    }
}

impl Iterator for Days<'_> {
    type Item = WorkingDay;

    fn next(&mut self) -> Option<WorkingDay> {
        while let Some(piece) = self.pieces.next() {
            self.add(piece);
            if self.open.front().is_some_and(|(date, _)| *date + 1 < piece.date) {
                return self.open.pop_front().map(|(_, day)| day);
            }
        }
        self.open.pop_front().map(|(_, day)| day)
    }
}

/// The date so many days after 1970-01-01.
fn date_of(days: i64) -> Option<Date> {
    let days = i32::try_from(days).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(zone: &str, shifts: &[(&str, &str)], off: &[(&str, &str)]) -> Schedule {
        let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
        };
        let day = own(shifts);
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        Schedule::parse(zone, &week, &own(off)).unwrap()
    }

    #[test]
    fn a_day_is_its_shifts_without_time_off() {
        let off = [("2026-11-26T12:00", "2026-11-27T00:00")];
        let berlin = schedule("Europe/Berlin", &[("09:00", "12:30"), ("13:15", "17:45")], &off);
        let days: Vec<WorkingDay> = berlin.working_days(at("2026-11-25T13:00:00Z")).take(3).collect();
        let told: Vec<String> =
            days.iter().map(|day| format!("{} {} {}", day.date, day.start(), day.end())).collect();
        assert_eq!(
            told,
            [
                "2026-11-25 2026-11-25T08:00:00Z 2026-11-25T16:45:00Z",
                "2026-11-26 2026-11-26T08:00:00Z 2026-11-26T11:00:00Z",
                "2026-11-27 2026-11-27T08:00:00Z 2026-11-27T16:45:00Z",
            ]
        );
        assert_eq!(days[0].intervals.len(), 2);
    }

    #[test]
    fn a_night_belongs_to_the_date_on_which_it_begins() {
        let nurse = schedule("UTC", &[("22:00", "06:00")], &[]);
        let day = nurse.working_days(at("2026-11-26T03:00:00Z")).next().unwrap();
        assert_eq!(day.date, jiff::civil::date(2026, 11, 25));
        assert_eq!(day.end(), at("2026-11-26T06:00:00Z"));
        let after = nurse.working_days(day.end()).next().unwrap();
        assert_eq!(after.date, jiff::civil::date(2026, 11, 26));
    }

    #[test]
    fn a_friday_and_the_monday_after_it_are_one_leave() {
        let off = [
            ("2026-11-27T00:00", "2026-11-28T00:00"),
            ("2026-11-30T00:00", "2026-12-01T00:00"),
            ("2026-12-03T13:00", "2026-12-03T17:00"),
        ];
        let utc = schedule("UTC", &[("09:00", "17:00")], &off);
        let leaves = utc.leaves(at("2026-11-25T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let told: Vec<_> = leaves.iter().map(|leave| (leave.working_days, leave.back)).collect();
        assert_eq!(told, [(2, Some(at("2026-12-01T09:00:00Z"))), (0, Some(at("2026-12-04T09:00:00Z")))]);
        assert_eq!(utc.leaves(at("2026-12-02T00:00:00Z"), at("2026-12-03T00:00:00Z")), []);
    }

    #[test]
    fn who_never_works_has_no_days_and_comes_back_never() {
        let never = schedule("UTC", &[], &[("2026-11-27T00:00", "2026-11-28T00:00")]);
        assert_eq!(never.working_days(at("2026-11-25T00:00:00Z")).next(), None);
        let leaves = never.leaves(at("2026-11-25T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        assert_eq!(leaves.len(), 1);
        assert_eq!((leaves[0].working_days, leaves[0].back), (0, None));
    }
}
