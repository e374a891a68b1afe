//! The questions about one schedule.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::intervals::instant;
use crate::pieces::{Coming, Piece, Pieces};
use crate::schedule::Schedule;

const MINUTE: i128 = 60 * SECOND;
const SECOND: i128 = 1_000_000_000;

impl Schedule {
    /// Whether `at` lies in working time.
    pub fn is_working(&self, at: Timestamp) -> bool {
        let at = at.as_second();
        Pieces::new(self, at, at + 1).any(|piece| piece.end > at)
    }

    /// `at` itself if it lies in working time, else the start of the next working interval. `None` if
    /// there is no working time within two calendar years.
    pub fn next_working(&self, at: Timestamp) -> Option<Timestamp> {
        let piece = Coming::new(self, at).find(|piece| piece.end > at.as_second())?;
        Some(instant(piece.start).max(at))
    }

    /// The earliest instant by which so many minutes of working time have passed since `at`; `at` itself
    /// for none. `None` if two calendar years without working time, or the end of time, come first.
    pub fn add_working(&self, at: Timestamp, minutes: u32) -> Option<Timestamp> {
        let at_nanos = at.as_nanosecond();
        let mut left = i128::from(minutes) * MINUTE;
        if left == 0 {
            return Some(at);
        }
        for piece in Coming::new(self, at) {
            let start = nanos(piece.start).max(at_nanos);
            let room = nanos(piece.end) - start;
            if left <= room {
                return Timestamp::from_nanosecond(start + left).ok();
            }
            left -= room.max(0);
        }
        None
    }

    /// The end of the `n`-th working day whose first instant is strictly after `at`, counted from 1: asked
    /// on Monday at 10:00, the first is Tuesday; asked before the start on Monday, it is Monday.
    ///
    /// `None` if two calendar years without working time, or the end of time, come first, and for `n` = 0.
    pub fn end_of_working_day(&self, at: Timestamp, n: u32) -> Option<Timestamp> {
        let nth_after = usize::try_from(n.checked_sub(1)?).ok()?;
        let day =
            WorkingDays::new(Coming::new(self, at)).filter(|day| instant(day.first) > at).nth(nth_after)?;
        Timestamp::from_second(day.end).ok()
    }

    /// The working time between two instants in whole minutes, rounded down; 0 if `until` is not after
    /// `at`.
    pub fn working_minutes(&self, at: Timestamp, until: Timestamp) -> i64 {
        let (from, to) = (at.as_nanosecond(), until.as_nanosecond());
        let worked: i128 = Pieces::new(self, at.as_second(), until.as_second() + 1)
            .map(|piece| nanos(piece.end).min(to) - nanos(piece.start).max(from))
            .filter(|length| *length > 0)
            .sum();
        (worked / MINUTE) as i64
    }

    /// If `at` lies in time off: when that ends, together with all time off that follows without a gap.
    pub fn off_until(&self, at: Timestamp) -> Option<Timestamp> {
        let at = at.as_second();
        let over = self.away().partition_point(|away| away.end <= at);
        let away = self.away().get(over).filter(|away| away.start <= at)?;
        Some(instant(away.end))
    }
}

fn nanos(second: i64) -> i128 {
    i128::from(second) * SECOND
}

/// A working day, in seconds since 1970.
struct WorkingDay {
    date: i64,
    /// Its first instant of working time.
    first: i64,
    /// The end of its last working time.
    end: i64,
}

/// The working days that pieces form, by date.
///
/// Where the clocks go forward over midnight, the last pieces of a date can come after the first ones of
/// the next date, so a day is complete only once the date after the next one begins.
struct WorkingDays<'a> {
    pieces: Coming<'a>,
    open: VecDeque<WorkingDay>,
}

impl<'a> WorkingDays<'a> {
    fn new(pieces: Coming<'a>) -> Self {
        Self { pieces, open: VecDeque::with_capacity(4) }
    }

    fn add(&mut self, piece: Piece) {
        let turn = self.open.partition_point(|day| day.date < piece.date);
        match self.open.get_mut(turn) {
            Some(day) if day.date == piece.date => day.end = piece.end,
            _ => {
                let day = WorkingDay { date: piece.date, first: piece.start, end: piece.end };
                self.open.insert(turn, day);
            }
        }
    }
}

impl Iterator for WorkingDays<'_> {
    type Item = WorkingDay;

    fn next(&mut self) -> Option<WorkingDay> {
        while let Some(piece) = self.pieces.next() {
            self.add(piece);
            if self.open.front().is_some_and(|day| day.date + 1 < piece.date) {
                return self.open.pop_front();
            }
        }
        self.open.pop_front()
    }
}
