//! On which day something of a rule falls for its owner, and when it begins to matter.

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::{Date, Time},
    tz::TimeZone,
};
use worktime::{Schedule, WorkingDay};

use super::{DaysOff, rule::Rule};

/// How many days of a rule may fall away one after the other: somebody is away for years.
const MOST_LEFT_OUT: usize = 800;
/// So many days hold enough working days for any lead.
const BACK: i64 = 120;

/// A day of a rule, and the one on which the task is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coming {
    /// What the rule says.
    pub on: Date,
    /// What it means for the owner.
    pub due: Date,
}

/// The owner's days. Unknown hours have no days off.
pub(crate) struct OwnDays<'a> {
    pub schedule: Option<&'a Schedule>,
    pub zone: TimeZone,
}

impl OwnDays<'_> {
    /// The instant at which a day begins on the owner's clock.
    fn midnight(&self, date: Date) -> Option<Timestamp> {
        self.zone.to_timestamp(date.to_datetime(Time::midnight())).ok()
    }

    /// The working days whose first instant is on this date or later.
    fn working_days(&self, date: Date) -> Option<impl Iterator<Item = WorkingDay> + '_> {
        let schedule = self.schedule?;
        let midnight = self.midnight(date)?;
        let before = midnight.checked_sub(SignedDuration::from_mins(1)).unwrap_or(midnight);
        Some(schedule.working_days(before).filter(move |day| day.date >= date))
    }

    /// The first day from this one on that they work; the day itself when their hours are unknown.
    fn working_from(&self, date: Date) -> Option<Date> {
        match self.working_days(date) {
            Some(mut days) => days.next().map(|day| day.date),
            None => Some(date),
        }
    }

    /// When their first working day from this date on begins.
    pub(crate) fn start_from(&self, date: Date) -> Option<Timestamp> {
        match self.working_days(date) {
            Some(mut days) => days.next().map(|day| day.start()),
            None => self.midnight(date),
        }
    }

    /// The working day so many after a date; none when their hours are unknown.
    pub(crate) fn working_day_after(&self, date: Date, days: u8) -> Option<Date> {
        let mut later = self.working_days(date)?.filter(|day| day.date > date);
        later.nth(usize::from(days).checked_sub(1)?).map(|day| day.date)
    }

    /// How many working days there are after one date until another, that one included; days as they
    /// are when their hours are unknown.
    pub(crate) fn working_days_between(&self, from: Date, to: Date) -> i64 {
        match self.working_days(from) {
            Some(days) => {
                let between = days.take_while(|day| day.date <= to).filter(|day| day.date > from).count();
                i64::try_from(between).unwrap_or(i64::MAX)
            }
            None => from.until(to).map_or(0, |span| i64::from(span.get_days())),
        }
    }

    /// Whether they work on this day; yes when their hours are unknown.
    pub(crate) fn works_on(&self, date: Date) -> bool {
        self.working_from(date) == Some(date)
    }

    /// When the working day begins that lies so many before a date; of none, the one of the date itself.
    /// Where nobody knows, days count as they are.
    pub(crate) fn start_before(&self, date: Date, lead: u8) -> Option<Timestamp> {
        let lead = usize::from(lead);
        let from = date.checked_sub(BACK.days()).ok()?;
        let Some(days) = self.working_days(from) else {
            return self.midnight(date.checked_sub(i64::try_from(lead).unwrap_or(0).days()).ok()?);
        };
        let days: Vec<WorkingDay> = days.take_while(|day| day.date <= date).collect();
        let (on, earlier): (Vec<_>, Vec<_>) = days.into_iter().partition(|day| day.date == date);
        match (lead, on.first()) {
            (0, Some(day)) => Some(day.start()),
            (0, None) => self.midnight(date),
            _ => earlier.iter().rev().nth(lead - 1).map(WorkingDay::start).or_else(|| self.midnight(date)),
        }
    }
}

/// What comes after one day of a rule, for an owner with these days: strictly later in both ways.
pub(crate) fn next(rule: &Rule, days_off: DaysOff, days: &OwnDays<'_>, after: Coming) -> Option<Coming> {
    rule.dates()
        .filter(|on| *on > after.on)
        .take(MOST_LEFT_OUT)
        .filter_map(|on| Some(Coming { on, due: placed(on, days_off, days)? }))
        .find(|coming| coming.due > after.due)
}

/// Where a day of a rule falls; nowhere when it is left out.
pub(crate) fn placed(on: Date, days_off: DaysOff, days: &OwnDays<'_>) -> Option<Date> {
    match days_off {
        DaysOff::Skip => days.works_on(on).then_some(on),
        DaysOff::Move => days.working_from(on),
        DaysOff::Cover => Some(on),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn berlin(time_off: &[(&str, &str)]) -> Schedule {
        let day = vec![("09:00".to_owned(), "17:00".to_owned())];
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        let off: Vec<(String, String)> =
            time_off.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        Schedule::parse("Europe/Berlin", &week, &off).unwrap()
    }

    fn own(schedule: &Schedule) -> OwnDays<'_> {
        OwnDays { schedule: Some(schedule), zone: schedule.zone().clone() }
    }

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn coming(rule: &str, days_off: DaysOff, days: &OwnDays<'_>, most: usize) -> Vec<String> {
        let begins_on = date("2026-12-21");
        let rule = Rule::read(rule, begins_on).unwrap();
        let mut last = Coming { on: begins_on, due: begins_on };
        std::iter::from_fn(|| {
            last = next(&rule, days_off, days, last)?;
            Some(last.due.to_string())
        })
        .take(most)
        .collect()
    }

    #[test]
    fn a_day_off_is_left_out_or_moved() {
        let schedule = berlin(&[("2026-12-28T00:00", "2026-12-30T00:00")]);
        let days = own(&schedule);
        let mondays = "FREQ=WEEKLY;BYDAY=MO";
        assert_eq!(coming(mondays, DaysOff::Skip, &days, 2), ["2027-01-04", "2027-01-11"]);
        assert_eq!(coming(mondays, DaysOff::Move, &days, 2), ["2026-12-30", "2027-01-04"]);
        assert_eq!(coming(mondays, DaysOff::Cover, &days, 2), ["2026-12-28", "2027-01-04"]);
        // Saturday, Sunday and Monday are one Monday, not three.
        let daily = coming("FREQ=DAILY", DaysOff::Move, &days, 6);
        assert_eq!(
            daily,
            ["2026-12-22", "2026-12-23", "2026-12-24", "2026-12-25", "2026-12-30", "2026-12-31"]
        );
    }

    #[test]
    fn who_is_away_for_good_has_none() {
        let schedule = berlin(&[("2026-12-22T00:00", "2046-12-22T00:00")]);
        assert!(coming("FREQ=DAILY", DaysOff::Skip, &own(&schedule), 1).is_empty());
        assert!(coming("FREQ=DAILY", DaysOff::Move, &own(&schedule), 1).is_empty());
    }

    #[test]
    fn it_begins_with_the_working_day() {
        let schedule = berlin(&[]);
        let days = own(&schedule);
        let at = |date_: &str, lead| days.start_before(date(date_), lead).unwrap().to_string();
        assert_eq!(at("2026-11-30", 0), "2026-11-30T08:00:00Z");
        assert_eq!(at("2026-11-30", 1), "2026-11-27T08:00:00Z");
        // The clocks go forward on the night before.
        assert_eq!(at("2027-03-29", 0), "2027-03-29T07:00:00Z");
        assert_eq!(at("2027-03-29", 1), "2027-03-26T08:00:00Z");
        // A Saturday.
        assert_eq!(at("2026-11-28", 0), "2026-11-27T23:00:00Z");
        let nobody = OwnDays { schedule: None, zone: TimeZone::UTC };
        assert_eq!(nobody.start_before(date("2026-11-30"), 1).unwrap().to_string(), "2026-11-29T00:00:00Z");
    }

    proptest! {
        /// Whatever the rule and the leave: days come in order, none twice, and none on a day off that was
        /// to be left out or moved.
        #[test]
        fn days_come_in_order_and_never_on_a_day_off(
            freq in prop::sample::select(vec!["DAILY", "WEEKLY", "MONTHLY"]),
            interval in 1_u8..5,
            by in prop::sample::select(vec!["", ";BYDAY=MO", ";BYDAY=SA,SU", ";BYDAY=TU,TH,FR", ";BYMONTHDAY=-1"]),
            from in 0_i64..60,
            length in 1_i64..40,
            move_on in any::<bool>(),
        ) {
            let by = if freq == "MONTHLY" || !by.contains("MONTHDAY") { by } else { "" };
            let begins_on = date("2026-12-21");
            let leave = begins_on.checked_add(from.days()).unwrap();
            let back = leave.checked_add(length.days()).unwrap();
            let schedule = berlin(&[(&format!("{leave}T00:00"), &format!("{back}T00:00"))]);
            let days = own(&schedule);
            let rule = Rule::read(&format!("FREQ={freq};INTERVAL={interval}{by}"), begins_on).unwrap();
            let days_off = if move_on { DaysOff::Move } else { DaysOff::Skip };
            let mut last = Coming { on: begins_on, due: begins_on };
            for _ in 0..12 {
                let Some(found) = next(&rule, days_off, &days, last) else { break };
                prop_assert!(found.on > last.on && found.due > last.due && found.due >= found.on);
                prop_assert!(days.works_on(found.due), "{} is a day off", found.due);
                prop_assert!(!(leave..back).contains(&found.due));
                prop_assert!(days.start_before(found.due, 0) >= days.start_before(found.due, 1));
                last = found;
            }
        }
    }
}
