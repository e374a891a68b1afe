//! *Later*: moments of one's own working time at which a topic comes back.

use jiff::{SignedDuration, Timestamp, ToSpan, Unit, ZonedRound, civil::Weekday};
use kernel::Refusal;
use people::{Actor, schedules};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use crate::Result;

/// When it should come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Later {
    /// The start of my next working day.
    NextStart,
    /// Half past two in the afternoon, or when I work next after it.
    ThisAfternoon,
    /// My first start of next week.
    NextWeek,
}

/// The instants behind the words, in the actor's working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct LaterChoices {
    /// The start of my next working day.
    #[schema(required = true)]
    pub next_start: Option<Timestamp>,
    /// This afternoon, while it lies ahead.
    #[schema(required = true)]
    pub this_afternoon: Option<Timestamp>,
    /// My first start of next week.
    #[schema(required = true)]
    pub next_week: Option<Timestamp>,
}

impl LaterChoices {
    /// The instant of one choice; refused when there is none.
    pub fn of(&self, later: Later) -> Result<Timestamp> {
        let (at, problem) = match later {
            Later::NextStart => (self.next_start, "needs working hours: set yours, or choose a time"),
            Later::ThisAfternoon => (self.this_afternoon, "is over: choose another time"),
            Later::NextWeek => (self.next_week, "needs working hours: set yours, or choose a time"),
        };
        Ok(at.ok_or_else(|| Refusal::invalid("later", problem))?)
    }
}

/// The longest time for which something can be put off.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// An exact instant for Later: in the future, at most a year away.
pub fn checked(now: Timestamp, until: Option<Timestamp>) -> Result<Option<Timestamp>> {
    match until {
        Some(at) if at <= now || at.duration_since(now) > LONGEST => Err(Refusal::invalid_because(
            "later_until",
            "is out of range",
            "an instant within the coming year",
        )
        .named("out_of_range")
        .into()),
        other => Ok(other),
    }
}

/// Where the three words fall for the actor now. Without a schedule, 9:00 of their zone's days
/// stands in, UTC when not even the zone is known.
pub async fn choices(tx: &Tx, actor: &Actor) -> Result<LaterChoices> {
    let schedules = schedules::of(tx, actor.workspace, &[actor.member], actor.at).await?;
    Ok(computed(schedules.get(&actor.member), actor.at))
}

fn computed(schedule: Option<&worktime::Schedule>, now: Timestamp) -> LaterChoices {
    let zone = schedule.map_or(jiff::tz::TimeZone::UTC, |schedule| schedule.zone().clone());
    let local = now.to_zoned(zone);
    let day = local.round(ZonedRound::new().smallest(Unit::Day).mode(jiff::RoundMode::Trunc));
    let Ok(today) = day else {
        return LaterChoices { next_start: None, this_afternoon: None, next_week: None };
    };
    let at = |days: i64, minutes: i64| {
        today
            .checked_add(days.days())
            .and_then(|day| day.checked_add(minutes.minutes()))
            .ok()
            .map(|at| at.timestamp())
    };
    let works_from = |at: Timestamp| match schedule {
        Some(schedule) => schedule.next_working(at),
        None => Some(at),
    };
    let start_minute = if schedule.is_some() { 0 } else { 9 * 60 };
    let until_monday = i64::from(7 - local.weekday().since(Weekday::Monday));
    LaterChoices {
        next_start: at(1, start_minute).and_then(works_from),
        this_afternoon: at(0, 14 * 60 + 30)
            .filter(|afternoon| *afternoon > now)
            .and_then(works_from)
            .filter(|afternoon| afternoon.to_zoned(local.time_zone().clone()).date() == local.date()),
        next_week: at(until_monday, start_minute).and_then(works_from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bogota() -> worktime::Schedule {
        let day = vec![("08:30".to_owned(), "12:30".to_owned()), ("13:30".to_owned(), "17:30".to_owned())];
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        worktime::Schedule::parse("America/Bogota", &week, &[]).unwrap()
    }

    #[test]
    fn words_become_instants_of_my_hours() {
        // Wednesday 25 November 2026, 09:20 in Bogotá.
        let choices = computed(Some(&bogota()), "2026-11-25T14:20:00Z".parse().unwrap());
        assert_eq!(choices.next_start.unwrap().to_string(), "2026-11-26T13:30:00Z");
        assert_eq!(choices.this_afternoon.unwrap().to_string(), "2026-11-25T19:30:00Z");
        assert_eq!(choices.next_week.unwrap().to_string(), "2026-11-30T13:30:00Z");
    }

    #[test]
    fn an_afternoon_that_is_over_is_no_choice() {
        let choices = computed(Some(&bogota()), "2026-11-27T20:00:00Z".parse().unwrap());
        assert_eq!(choices.this_afternoon, None);
        assert!(choices.of(Later::ThisAfternoon).is_err());
        assert_eq!(choices.next_start.unwrap().to_string(), "2026-11-30T13:30:00Z");
    }

    #[test]
    fn without_hours_nine_o_clock_stands_in() {
        let choices = computed(None, "2026-11-27T20:00:00Z".parse().unwrap());
        assert_eq!(choices.next_start.unwrap().to_string(), "2026-11-28T09:00:00Z");
        assert_eq!(choices.next_week.unwrap().to_string(), "2026-11-30T09:00:00Z");
    }
}
