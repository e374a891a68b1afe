//! When a task is due: a day, or a day and a time, as its owner's clock shows them; kept as it was said
//! with its zone, so that it survives a change of the clocks, and as the instant that it means.

use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, Time},
    tz::TimeZone,
};
use kernel::{Ids, Refusal};
use people::{Actor, MemberId, Role, System, delivery, members};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use utoipa::ToSchema;
use worktime::Schedule;

use crate::{
    Error, Result, TaskId,
    list::{self, Tasks},
    task::Altered,
};

/// The end of a day when nobody knows the owner's hours.
const EVENING: Time = Time::constant(18, 0, 0, 0);
/// The first and the last day of which work speaks: what lies beyond them was mistyped.
const DAYS: [Date; 2] = [Date::constant(2000, 1, 1), Date::constant(2200, 12, 31)];

/// When a task is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Due {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The wall time `HH:MM`; null for the end of the owner's working day.
    #[schema(required = true)]
    pub time: Option<String>,
    /// The IANA zone in which day and time are meant: the owner's when it was set, or that of whoever
    /// set it while nobody owned the task.
    pub zone: String,
    /// The instant.
    pub at: Timestamp,
}

/// When a task is to be due.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDue {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The wall time `HH:MM`; without it, the end of the owner's working day.
    #[serde(default)]
    pub time: Option<String>,
}

impl Due {
    /// Reads the four columns; none when nothing is due.
    pub(crate) fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(date) = row.get::<Option<String>>("due_date")? else { return Ok(None) };
        Ok(Some(Self {
            date: day("tasks.due_date", &date)?,
            time: row.get("due_time")?,
            zone: row.get("due_zone")?,
            at: row.get("due_at")?,
        }))
    }
}

/// A day that a column keeps.
pub(crate) fn day(what: &'static str, text: &str) -> Result<Date> {
    text.parse().map_err(|_| Error::Broken { what, problem: text.to_owned() })
}

/// Whether work speaks of such a day.
pub(crate) fn is_of_work(day: Date) -> bool {
    let [first, last] = DAYS;
    (first..=last).contains(&day)
}

/// A day that somebody has said for something to begin or to be due.
pub(crate) fn checked_day(field: &str, day: Date) -> Result<Date, Refusal> {
    if is_of_work(day) {
        return Ok(day);
    }
    let [first, last] = DAYS;
    Err(Refusal::invalid_because(field, "is too far away", format!("{first} to {last}")).named("day_too_far"))
}

/// What a wish means for the owner, or for whoever wishes while there is none.
pub(crate) async fn meant(tx: &Tx, actor: &Actor, owner: Option<MemberId>, new: &NewDue) -> Result<Due> {
    checked_day("due.date", new.date)?;
    let whose = owner.unwrap_or(actor.member);
    let time = new.time.as_deref().map(checked_time).transpose()?;
    let receiver = delivery::receiver_of(tx, actor.workspace, whose, actor.at).await?;
    let schedule = receiver.schedule();
    let zone = match schedule {
        Some(schedule) => schedule.zone_name().to_owned(),
        None => zone_of(tx, actor, whose).await?,
    };
    let at = instant(&zone, schedule, new.date, time)
        .ok_or_else(|| Refusal::invalid("due.date", "is no day that can be reckoned with"))?;
    Ok(Due { date: new.date, time: time.map(|time| time.strftime("%H:%M").to_string()), zone, at })
}

/// An instant as the owner's clock shows it, or that of whoever sets it while nobody owns the task.
pub(crate) async fn exactly(
    tx: &Tx,
    actor: &Actor,
    owner: Option<MemberId>,
    at: Timestamp,
) -> Result<Option<Due>> {
    let zone = zone_of(tx, actor, owner.unwrap_or(actor.member)).await?;
    let there = at.to_zoned(jiff::tz::db().get(&zone).unwrap_or(TimeZone::UTC));
    let Ok(there) = there.with().second(0).subsec_nanosecond(0).build() else { return Ok(None) };
    let time = Some(there.strftime("%H:%M").to_string());
    Ok(Some(Due { date: there.date(), time, zone, at: there.timestamp() }))
}

pub(crate) fn checked_time(text: &str) -> Result<Time> {
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|digit| digit.is_ascii_digit());
    let parts = text.split_once(':').filter(|(hour, minute)| two_digits(hour) && two_digits(minute));
    let numbers = parts.and_then(|(hour, minute)| Some((hour.parse().ok()?, minute.parse().ok()?)));
    let time = numbers.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    Ok(time.ok_or_else(|| Refusal::invalid_because("due.time", "is no time", "00:00 to 23:59"))?)
}

/// The zone of a member whose hours are unknown: their own when they have one, else UTC.
pub(crate) async fn zone_of(tx: &Tx, actor: &Actor, member: MemberId) -> Result<String> {
    let card = members::read(tx, actor.workspace, member, actor.at).await?;
    Ok(card.schedule.zone.unwrap_or_else(|| "UTC".to_owned()))
}

/// The instant of a day and a time in a zone, where the clocks jump the *compatible* way; without a
/// time, the end of the working day that begins on that date, and the evening where there is none.
fn instant(zone: &str, schedule: Option<&Schedule>, date: Date, time: Option<Time>) -> Option<Timestamp> {
    let zone = jiff::tz::db().get(zone).unwrap_or(TimeZone::UTC);
    let wall = |time: Time| zone.to_timestamp(date.to_datetime(time)).ok();
    if let Some(time) = time {
        return wall(time);
    }
    let midnight = wall(Time::midnight())?;
    let before = midnight.checked_sub(SignedDuration::from_mins(1)).unwrap_or(midnight);
    let day = schedule.and_then(|schedule| {
        schedule.working_days(before).take_while(|day| day.date <= date).find(|day| day.date == date)
    });
    day.map(|day| day.end()).or_else(|| wall(EVENING))
}

/// When a member's hours or zone have changed: what they own and is due by the end of one of their days
/// is due by the end of that day as it is now. What was shown moves later or stays, and what is due at
/// a time of day stays.
pub(crate) async fn recompute(tx: &Tx, system: &System, ids: Ids, member: MemberId) -> Result<()> {
    let receiver = delivery::receiver_of(tx, system.workspace, member, system.at).await?;
    let Some(schedule) = receiver.schedule() else { return Ok(()) };
    let rows = tx
        .all(
            sql!(
                "SELECT id, due_date, due_time, due_zone, due_at FROM tasks WHERE workspace = $1 AND owner = $2 \
                 AND due_date IS NOT NULL AND due_time IS NULL AND done_at IS NULL AND archived_at IS NULL \
                 ORDER BY id"
            ),
            args![system.workspace, member],
        )
        .await?;
    let mut altered = Altered::default();
    for row in &rows {
        let Some(due) = Due::from_row(row)? else { continue };
        let zone = schedule.zone_name();
        let Some(at) = instant(zone, Some(schedule), due.date, None).filter(|at| *at > due.at) else {
            continue;
        };
        let id: TaskId = row.get("id")?;
        tx.run(
            sql!(
                "UPDATE tasks SET due_zone = $3, due_at = $4, version = version + 1 WHERE workspace = $1 AND id = $2"
            ),
            args![system.workspace, id, zone, at],
        )
        .await?;
        altered.card(id);
    }
    let reader = system.acting_as(member, Role::Member, ids);
    altered.record_by_itself(tx, system, &reader, "task.due_moved").await
}

/// The tasks of a member that fall due between two instants, the earliest first.
pub async fn within(tx: &Tx, actor: &Actor, from: Timestamp, to: Timestamp) -> Result<Tasks> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.archived_at IS NULL AND p.archived_at IS NULL \
                 AND k.done_at IS NULL AND k.due_at >= $3 AND k.due_at <= $4 ORDER BY k.due_at, k.id LIMIT 200"
            ),
            args![actor.workspace, actor.member, from, to],
        )
        .await?;
    list::encoded(tx, actor, &rows, None).await
}

/// Refuses what would be due before it starts.
pub(crate) fn must_follow(starts_on: Option<Date>, due: Option<&Due>) -> Result<()> {
    match (starts_on, due) {
        (Some(starts_on), Some(due)) if due.date < starts_on => {
            Err(Refusal::invalid_because("due", "is before the start", format!("{starts_on} or later"))
                .named("due_before_start")
                .into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> Schedule {
        let day = vec![("09:00".to_owned(), "12:30".to_owned()), ("13:15".to_owned(), "17:45".to_owned())];
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        Schedule::parse("Europe/Berlin", &week, &[]).unwrap()
    }

    fn at(schedule: Option<&Schedule>, date: &str, time: Option<&str>) -> String {
        let time = time.map(|time| checked_time(time).unwrap());
        instant("Europe/Berlin", schedule, date.parse().unwrap(), time).unwrap().to_string()
    }

    #[test]
    fn a_day_ends_with_its_work() {
        let berlin = berlin();
        assert_eq!(at(Some(&berlin), "2026-11-26", None), "2026-11-26T16:45:00Z");
        // A Saturday, and a day of somebody whose hours are unknown.
        assert_eq!(at(Some(&berlin), "2026-11-28", None), "2026-11-28T17:00:00Z");
        assert_eq!(at(None, "2026-11-26", None), "2026-11-26T17:00:00Z");
    }

    #[test]
    fn a_night_shift_belongs_to_the_day_on_which_it_begins() {
        let night = vec![("22:00".to_owned(), "06:00".to_owned())];
        let week = [night.clone(), night.clone(), night.clone(), night.clone(), night, vec![], vec![]];
        let schedule = Schedule::parse("Europe/Berlin", &week, &[]).unwrap();
        assert_eq!(at(Some(&schedule), "2026-11-26", None), "2026-11-27T05:00:00Z");
    }

    #[test]
    fn a_time_is_a_wall_time() {
        assert_eq!(at(None, "2026-07-01", Some("12:00")), "2026-07-01T10:00:00Z");
        // In the hour that the clocks leave out, time moves on by that hour.
        assert_eq!(at(None, "2027-03-28", Some("02:30")), "2027-03-28T01:30:00Z");
        // In the hour that comes twice, the first counts.
        assert_eq!(at(None, "2026-10-25", Some("02:30")), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn times_are_read_strictly() {
        for wrong in ["24:00", "9:00", "12:60", "12", "", "12:00:00", "+1:00"] {
            assert!(checked_time(wrong).is_err(), "{wrong}");
        }
        assert!(checked_time("00:00").is_ok() && checked_time("23:59").is_ok());
    }
}
