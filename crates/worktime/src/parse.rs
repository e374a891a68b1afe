//! From plain strings to a valid schedule, or to an error that names the field and its value.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::schedule::{MinuteOfDay, Schedule, Shift, TimeOff};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// No day can use more shifts than it has minutes; a longer list is a mistake or an attack.
const MOST_SHIFTS_A_DAY: usize = 24 * 60;

/// Why a schedule was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {value:?} {problem}")]
pub struct ScheduleError {
    /// The field at fault, such as `zone`, `week.mon[0].end` or `time_off[2].from`.
    pub field: String,
    /// The value it had.
    pub value: String,
    /// What is wrong with the value, to be read after it: `is not a known time zone`.
    pub problem: &'static str,
}

impl Schedule {
    /// Reads a schedule.
    ///
    /// `zone` is an IANA name. `week` holds seven lists, Monday first, of `(start, end)` as `HH:MM`.
    /// `time_off` holds `(from, to)` as `YYYY-MM-DDTHH:MM`. Zones come from the time zone database of the
    /// system, or from the one built in where the system has none.
    ///
    /// # Errors
    ///
    /// The first field that is not valid: an unknown zone, a malformed time, a shift longer than 24 hours,
    /// time off that starts after it ends, or more than 1440 shifts on one weekday.
    pub fn parse(
        zone: &str,
        week: &[Vec<(String, String)>; 7],
        time_off: &[(String, String)],
    ) -> Result<Self, ScheduleError> {
        let (zone, zone_name) = parse_zone(zone)?;
        let week = parse_week(week)?;
        let time_off = time_off
            .iter()
            .enumerate()
            .map(|(index, (from, to))| parse_time_off(index, from, to))
            .collect::<Result<_, _>>()?;
        Ok(Self::new(zone, zone_name, week, time_off))
    }
}

fn refuse(field: String, value: &str, problem: &'static str) -> ScheduleError {
    ScheduleError { field, value: value.to_owned(), problem }
}

/// The name comes back as the database spells it. `Etc/Unknown` has no such name, and is refused.
fn parse_zone(name: &str) -> Result<(TimeZone, String), ScheduleError> {
    let zone = jiff::tz::db().get(name).ok();
    zone.and_then(|zone| zone.iana_name().map(str::to_owned).map(|name| (zone, name)))
        .ok_or_else(|| refuse("zone".to_owned(), name, "is not a known time zone"))
}

fn parse_week(week: &[Vec<(String, String)>; 7]) -> Result<[Vec<Shift>; 7], ScheduleError> {
    let mut parsed: [Vec<Shift>; 7] = Default::default();
    for ((day, shifts), parsed) in WEEKDAYS.iter().zip(week).zip(&mut parsed) {
        if shifts.len() > MOST_SHIFTS_A_DAY {
            let count = format!("{} shifts", shifts.len());
            return Err(refuse(format!("week.{day}"), &count, "are more than a day has minutes"));
        }
        *parsed = shifts
            .iter()
            .enumerate()
            .map(|(index, (start, end))| parse_shift(&format!("week.{day}[{index}]"), start, end))
            .collect::<Result<_, _>>()?;
    }
    Ok(parsed)
}

fn parse_shift(field: &str, start: &str, end: &str) -> Result<Shift, ScheduleError> {
    let start_at = parse_hours_and_minutes(start)
        .and_then(MinuteOfDay::new)
        .filter(|time| *time < MinuteOfDay::END_OF_DAY)
        .ok_or_else(|| refuse(format!("{field}.start"), start, "is not a time from 00:00 to 23:59"))?;
    let end_minutes = parse_hours_and_minutes(end)
        .ok_or_else(|| refuse(format!("{field}.end"), end, "is not a time from 00:00 to 24:00"))?;
    let end_at = MinuteOfDay::new(end_minutes).ok_or_else(|| {
        let too_long = end_minutes > start_at.minutes() + MinuteOfDay::END_OF_DAY.minutes();
        let problem = if too_long {
            "makes the shift longer than 24 hours"
        } else {
            "is not a time from 00:00 to 24:00; an end on the next day is written as its own time of day"
        };
        refuse(format!("{field}.end"), end, problem)
    })?;
    Ok(Shift { start: start_at, end: end_at })
}

fn parse_time_off(index: usize, from: &str, to: &str) -> Result<TimeOff, ScheduleError> {
    const MALFORMED: &str = "is not a date and time such as 2026-12-24T00:00";
    let field = |name| format!("time_off[{index}].{name}");
    let from_at = parse_date_time(from).ok_or_else(|| refuse(field("from"), from, MALFORMED))?;
    let to_at = parse_date_time(to).ok_or_else(|| refuse(field("to"), to, MALFORMED))?;
    if from_at > to_at {
        return Err(refuse(field("from"), from, "is after the end of the time off"));
    }
    Ok(TimeOff { from: from_at, to: to_at })
}

/// `YYYY-MM-DDTHH:MM` and nothing else.
fn parse_date_time(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once('T')?;
    let (year, month_and_day) = date.split_once('-')?;
    let (month, day) = month_and_day.split_once('-')?;
    let (hour, minute) = time.split_once(':')?;
    let date = Date::new(digits(year, 4)?, digits(month, 2)?, digits(day, 2)?).ok()?;
    let time = Time::new(digits(hour, 2)?, digits(minute, 2)?, 0, 0).ok()?;
    Some(date.to_datetime(time))
}

/// `HH:MM` as minutes, with any two digits as hours: the caller decides how late is too late.
fn parse_hours_and_minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let hours: u16 = digits(hours, 2)?;
    let minutes: u16 = digits(minutes, 2).filter(|minutes| *minutes < 60)?;
    Some(hours * 60 + minutes)
}

/// A number of exactly so many decimal digits.
fn digits<N: std::str::FromStr>(text: &str, count: usize) -> Option<N> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}
