//! The stream that every operation walks: pieces of working time in order.

use std::collections::VecDeque;

use jiff::Span;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::clock::Clock;
use crate::schedule::{Away, DAY, PatternShift, Schedule, WEEK, end_of_time};

/// Whole days by which a walk starts early, so that every shift that reaches the instant asked about,
/// and every shift that cuts one of those, is seen. A shift spans up to 24 hours of wall time, changes of
/// the clocks can stretch or move it by up to another day, and local dates differ from those of UTC.
const LEAD: i64 = 6 * DAY;

/// Time off longer than this is jumped over, shorter time off is walked through.
const WORTH_A_JUMP: i64 = 4 * LEAD;

/// Monday 00:00 nearest before 1970-01-01 00:00, a Thursday.
const FIRST_MONDAY: i64 = -3 * DAY;

/// A piece of working time that belongs to one shift, in seconds since 1970, `[start, end)`.
///
/// Pieces follow each other in time and never overlap, but they may touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) start: i64,
    pub(crate) end: i64,
    /// The local date on which the shift starts, in days since 1970-01-01.
    pub(crate) date: i64,
}

/// All pieces of working time that start before `limit`: those of the days just before the instant
/// given, and everything after.
pub(crate) struct Pieces<'a> {
    schedule: &'a Schedule,
    clock: Clock<'a>,
    /// Where the walk through the pattern is: Monday 00:00 of the week, and the shift that is next.
    monday: i64,
    next: usize,
    /// Shifts whose turn is not certain: around a change of the clocks, a shift that follows on the wall
    /// can come first in time.
    waiting: VecDeque<Piece>,
    /// The end of all shifts so far, to which later ones are cut.
    covered: i64,
    /// What is left of a shift after time off cut it.
    rest: Option<Piece>,
    /// Time off that is not over yet.
    away: &'a [Away],
    limit: i64,
}

impl<'a> Pieces<'a> {
    /// The pieces around `at` and after it that start before `limit`, both in seconds since 1970.
    pub(crate) fn new(schedule: &'a Schedule, at: i64, limit: i64) -> Self {
        let mut pieces = Self {
            schedule,
            clock: Clock::new(schedule.zone(), at),
            monday: 0,
            next: 0,
            waiting: VecDeque::with_capacity(4),
            covered: i64::MIN,
            rest: None,
            away: schedule.away(),
            limit: limit.min(end_of_time()),
        };
        pieces.seek(at);
        pieces
    }

    /// Continues with the shifts around `at`. Skips whatever lies between.
    fn seek(&mut self, at: i64) {
        let midnight = at.div_euclid(DAY) * DAY - LEAD;
        self.monday = (midnight - FIRST_MONDAY).div_euclid(WEEK) * WEEK + FIRST_MONDAY;
        let since_monday = midnight - self.monday;
        self.next = self.schedule.pattern().partition_point(|shift| shift.start < since_monday);
        self.clock = Clock::new(self.schedule.zone(), midnight - 3 * DAY);
        self.waiting.clear();
        let over = self.away.partition_point(|away| away.end <= midnight - 3 * DAY);
        self.away = self.away.get(over..).unwrap_or_default();
    }

    /// The next shift after cutting by the shifts before it, or `None` when all others start at the limit
    /// or later.
    fn next_shift(&mut self) -> Option<Piece> {
        loop {
            let upcoming = self.upcoming()?;
            let earliest = self.clock.earliest(self.monday + upcoming.start);
            match self.waiting.front().copied() {
                Some(first) if first.start <= earliest => {
                    self.waiting.pop_front();
                    let start = first.start.max(self.covered);
                    self.covered = self.covered.max(first.end);
                    if start < first.end {
                        return Some(Piece { start, ..first });
                    }
                }
                None if earliest >= self.limit => return None,
                _ => self.place(upcoming),
            }
        }
    }

    /// The next shift of the pattern, of which `monday` is the week.
    fn upcoming(&mut self) -> Option<PatternShift> {
        let pattern = self.schedule.pattern();
        if let Some(shift) = pattern.get(self.next) {
            return Some(*shift);
        }
        self.monday += WEEK;
        self.next = 0;
        pattern.first().copied()
    }

    /// Gives a shift its instants and puts it in line, unless the clocks leave nothing of it.
    fn place(&mut self, shift: PatternShift) {
        self.next += 1;
        let start = self.clock.advance(self.monday + shift.start);
        let end = self.clock.look_ahead(self.monday + shift.end);
        if start < end {
            let piece = Piece { start, end, date: self.monday / DAY + shift.day };
            let turn = self.waiting.partition_point(|other| other.start <= start);
            self.waiting.insert(turn, piece);
        }
    }

    /// The first time off that ends after `at`.
    fn away_at(&mut self, at: i64) -> Option<Away> {
        while let [first, later @ ..] = self.away {
            if first.end > at {
                return Some(*first);
            }
            self.away = later;
        }
        None
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            let piece = match self.rest.take() {
                Some(rest) => rest,
                None => self.next_shift()?,
            };
            if piece.start >= self.limit {
                self.rest = Some(piece);
                return None;
            }
            let Some(away) = self.away_at(piece.start).filter(|away| away.start < piece.end) else {
                return Some(piece);
            };
            if piece.start < away.start {
                self.rest = Some(Piece { start: away.start, ..piece });
                return Some(Piece { end: away.start, ..piece });
            }
            if away.end < piece.end {
                self.rest = Some(Piece { start: away.end, ..piece });
            } else if away.end - piece.start > WORTH_A_JUMP {
                self.seek(away.end);
            }
        }
    }
}

/// The pieces around an instant and after it, until two years pass without any: then there are none.
pub(crate) struct Coming<'a> {
    pieces: Pieces<'a>,
    idle_since: i64,
}

impl<'a> Coming<'a> {
    pub(crate) fn new(schedule: &'a Schedule, at: Timestamp) -> Self {
        let at = at.as_second();
        Self { pieces: Pieces::new(schedule, at, at), idle_since: at }
    }
}

impl Iterator for Coming<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        // Two years are 730 or 731 days: the calendar is asked only where that matters.
        self.pieces.limit = (self.idle_since + 731 * DAY).min(end_of_time());
        let piece = self.pieces.next()?;
        let certain = piece.start < self.idle_since + 730 * DAY;
        if !certain && piece.start >= two_years_after(self.idle_since) {
            return None;
        }
        self.idle_since = self.idle_since.max(piece.end);
        Some(piece)
    }
}

/// The same date and time two calendar years later in UTC, or the end of time.
pub(crate) fn two_years_after(at: i64) -> i64 {
    Timestamp::from_second(at)
        .map(|at| TimeZone::UTC.to_datetime(at).saturating_add(Span::new().years(2)))
        .and_then(|later| TimeZone::UTC.to_timestamp(later))
        .map_or(end_of_time(), Timestamp::as_second)
}
