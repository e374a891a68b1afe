//! Working time: who is working when, as pure arithmetic.
//!
//! This crate does no input or output and has no clock of its own: every operation is told the
//! instant it is asked at, and answers with exact instants.
//!
//! # The rules
//!
//! - A [`Schedule`] is an IANA time zone, a weekly pattern and time off.
//! - The weekly pattern lists, for each weekday, the [`Shift`]s `[start, end)` that start on it, in
//!   local wall time. An end at or before its start lies on the next day; `24:00` is allowed as an end.
//! - [`TimeOff`] is `[from, to)` in local wall time. A whole day is midnight to midnight.
//! - Wall time becomes an instant the *compatible* way: where clocks go forward, a skipped time moves
//!   forward by what was skipped; where they go back, the earlier of the two instants counts. A shift
//!   whose instants end at or before they begin is empty.
//! - Where two shifts overlap, the one that starts later is cut to start where the earlier one ends.
//! - **Working time** is the union of the shifts minus the union of time off: half-open intervals
//!   `[start, end)` of instants.
//! - A **working day** is all working time whose shift starts on one local calendar date, after time
//!   off is taken out. A date with none left is not a working day.
//! - **Never**: an operation that would have to pass two calendar years without any working time
//!   answers `None`.
//!
//! # How it computes
//!
//! [`Schedule::parse`] flattens the pattern to one sorted list of shifts in seconds since Monday, and
//! time off to sorted disjoint spans of instants. Every operation then walks the same stream of pieces
//! of working time (`pieces`), which looks the zone up once per change of its clocks (`clock`) and
//! jumps over long time off. Nothing is stored per minute or per day.

mod clock;
mod days;
mod intervals;
mod operations;
mod parse;
mod pieces;
mod schedule;

pub use days::{Leave, WorkingDay};
pub use intervals::{Interval, overlap};
pub use parse::ScheduleError;
pub use schedule::{MinuteOfDay, Schedule, Shift, TimeOff};
