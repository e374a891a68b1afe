//! When an ask is due and when its person is reminded. These are the promises that Meridian makes,
//! so they exist once: previews, asks and every later computation come from here.

use jiff::{SignedDuration, Timestamp};
use worktime::Schedule;

use super::Budget;

/// Half a working day, in working minutes (product.md, *budget*).
const HALF_DAY: u32 = 240;
/// Time off of so many working days is a leave after which clocks start half a working day late.
const LONG_LEAVE: u32 = 2;
/// More leaves than this within one budget are not looked at.
const MOST_LEAVES: u32 = 20;

/// The due instant for somebody with this schedule whose time runs from `from`. Working time only;
/// after a leave of two working days or more the clock starts half a working day after the return.
pub(super) fn due(schedule: Option<&Schedule>, budget: &Budget, from: Timestamp) -> Option<Timestamp> {
    if let Budget::Exact { at } = budget {
        return Some(*at);
    }
    let schedule = schedule?;
    let plain = match budget {
        Budget::NextWorkingDay => schedule.end_of_working_day(from, 1),
        Budget::HalfDay => schedule.add_working(from, HALF_DAY),
        Budget::ThisWeek => end_of_week(schedule, from),
        Budget::NoRush | Budget::Exact { .. } | Budget::Urgent { .. } => None,
    }?;
    after_leaves(schedule, from, plain)
}

/// The due instant of what several people could take: the earliest at which it would be due for any
/// one of them. An exact instant needs nobody's hours.
pub(super) fn first_due(schedules: &[Schedule], budget: &Budget, from: Timestamp) -> Option<Timestamp> {
    let each = schedules.iter().filter_map(|schedule| due(Some(schedule), budget, from));
    each.min().or_else(|| due(None, budget, from))
}

/// The due instant of what reaches somebody at `delivered`: never before that. What would be due
/// before they have it, because they are away, asleep or in focus until then, is due half a working
/// day after it came.
pub(super) fn with_delivery(
    schedule: Option<&Schedule>,
    due: Option<Timestamp>,
    delivered: Timestamp,
) -> Option<Timestamp> {
    let due = due?;
    if delivered <= due {
        return Some(due);
    }
    let half_day = schedule.and_then(|schedule| schedule.add_working(delivered, HALF_DAY));
    Some(half_day.unwrap_or(delivered))
}

/// Half a working day later for each long leave that ends before it would be due.
fn after_leaves(schedule: &Schedule, from: Timestamp, plain: Timestamp) -> Option<Timestamp> {
    let (mut counted, mut due) = (0, plain);
    loop {
        let long = schedule.leaves(from, due).iter().filter(|leave| leave.working_days >= LONG_LEAVE).count();
        let long = u32::try_from(long).unwrap_or(MOST_LEAVES).min(MOST_LEAVES);
        if long <= counted {
            return Some(due);
        }
        counted = long;
        due = schedule.add_working(plain, HALF_DAY * long)?;
    }
}

/// When somebody is reminded of what reaches them at `delivered`: at three quarters of the whole
/// time, or of what is left of it when that would be before it is there.
pub(super) fn nudge_after(
    schedule: Option<&Schedule>,
    from: Timestamp,
    delivered: Timestamp,
    due: Option<Timestamp>,
) -> Option<Timestamp> {
    nudge(schedule, from, due).filter(|at| *at > delivered).or_else(|| nudge(schedule, delivered, due))
}

/// When somebody is reminded once: at three quarters of their working time from `from` to `due`,
/// at an instant at which they work. None when no instant of theirs lies between.
fn nudge(schedule: Option<&Schedule>, from: Timestamp, due: Option<Timestamp>) -> Option<Timestamp> {
    let (schedule, due) = (schedule?, due?);
    let minutes = u32::try_from(schedule.working_minutes(from, due)).ok().filter(|minutes| *minutes > 0)?;
    let passed = schedule.add_working(from, u32::try_from(u64::from(minutes) * 3 / 4).ok()?)?;
    schedule.next_working(passed).filter(|at| *at < due && *at > from)
}

/// The end of the last working interval of the week in which they next work. A week begins on
/// Monday in their zone; an interval belongs to the week in which it ends.
fn end_of_week(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    let next = schedule.next_working(at)?;
    let week_of = |end: Timestamp| {
        let last_moment = end.checked_sub(SignedDuration::from_micros(1)).unwrap_or(end);
        last_moment.to_zoned(schedule.zone().clone()).date().iso_week_date()
    };
    let two_weeks = next.checked_add(SignedDuration::from_hours(14 * 24)).ok()?;
    let intervals = schedule.intervals(next, two_weeks);
    let first = week_of(intervals.first()?.end);
    intervals
        .iter()
        .take_while(|interval| {
            let week = week_of(interval.end);
            (week.year(), week.week()) == (first.year(), first.week())
        })
        .last()
        .map(|interval| interval.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(zone: &str, shifts: &[(&str, &str)]) -> Schedule {
        let day: Vec<(String, String)> =
            shifts.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect();
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        Schedule::parse(zone, &week, &[]).unwrap()
    }

    /// The same, away in this time.
    fn away(schedule: &Schedule, from: &str, to: &str) -> Schedule {
        let off = worktime::TimeOff { from: from.parse().unwrap(), to: to.parse().unwrap() };
        schedule.with_time_off(off)
    }

    fn due_of(schedule: &Schedule, budget: &Budget, at: &str) -> Option<String> {
        due(Some(schedule), budget, at.parse().unwrap()).map(|due| due.to_string())
    }

    fn nudge_of(schedule: &Schedule, from: &str, due: &str) -> Option<String> {
        nudge(Some(schedule), from.parse().unwrap(), Some(due.parse().unwrap())).map(|at| at.to_string())
    }

    /// days.md D1: asked Wednesday 16:40 in Bogotá, half a day is Thursday 14:00 in Manila.
    #[test]
    fn half_a_day_around_the_world() {
        let althea = schedule("Asia/Manila", &[("09:00", "12:00"), ("13:00", "18:00")]);
        let half_day = due_of(&althea, &Budget::HalfDay, "2026-11-25T21:40:00Z");
        assert_eq!(half_day.as_deref(), Some("2026-11-26T06:00:00Z"));
    }

    /// days.md D1: asked 14:20 in Manila, half a day is 13:45 in Berlin.
    #[test]
    fn half_a_day_before_they_start() {
        let jonas = schedule("Europe/Berlin", &[("09:00", "12:30"), ("13:15", "17:45")]);
        let half_day = due_of(&jonas, &Budget::HalfDay, "2026-11-26T06:20:00Z");
        assert_eq!(half_day.as_deref(), Some("2026-11-26T12:45:00Z"));
    }

    #[test]
    fn this_week_ends_with_the_week_in_which_they_next_work() {
        let camila = schedule("America/Bogota", &[("08:30", "12:30"), ("13:30", "17:30")]);
        let friday_evening = Some("2026-11-27T22:30:00Z".to_owned());
        assert_eq!(due_of(&camila, &Budget::ThisWeek, "2026-11-25T15:00:00Z"), friday_evening);
        assert_eq!(due_of(&camila, &Budget::ThisWeek, "2026-11-27T20:00:00Z"), friday_evening);
        let friday_after = Some("2026-12-04T22:30:00Z".to_owned());
        assert_eq!(due_of(&camila, &Budget::ThisWeek, "2026-11-28T15:00:00Z"), friday_after);
    }

    #[test]
    fn unknown_hours_promise_nothing() {
        let at: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        assert_eq!(due(None, &Budget::NextWorkingDay, at), None);
        assert_eq!(nudge(None, at, Some(at)), None);
    }

    /// days.md D3: back on Monday after two weeks, the first due is Tuesday 14:00 in Manila.
    #[test]
    fn clocks_start_half_a_working_day_after_the_return() {
        let althea = schedule("Asia/Manila", &[("09:00", "12:00"), ("13:00", "18:00")]);
        let away = away(&althea, "2026-12-07T00:00", "2026-12-19T00:00");
        let tuesday = Some("2026-12-22T06:00:00Z".to_owned());
        assert_eq!(due_of(&away, &Budget::NextWorkingDay, "2026-12-15T10:00:00Z"), tuesday);
        // Half a day, half a day late: the end of Monday.
        let monday = Some("2026-12-21T10:00:00Z".to_owned());
        assert_eq!(due_of(&away, &Budget::HalfDay, "2026-12-15T10:00:00Z"), monday);
        assert_eq!(
            due_of(&away, &Budget::NextWorkingDay, "2026-12-03T10:00:00Z"),
            Some("2026-12-04T10:00:00Z".to_owned())
        );
        // An exact instant stays where it was put.
        let exact = Budget::Exact { at: "2026-12-16T10:00:00Z".parse().unwrap() };
        assert_eq!(due_of(&away, &exact, "2026-12-15T10:00:00Z"), Some("2026-12-16T10:00:00Z".to_owned()));
    }

    #[test]
    fn for_several_people_the_first_of_them_counts() {
        let jonas = schedule("Europe/Berlin", &[("09:00", "12:30"), ("13:15", "17:45")]);
        let althea = schedule("Asia/Manila", &[("09:00", "12:00"), ("13:00", "18:00")]);
        let away = away(&althea, "2026-11-20T00:00", "2026-12-05T00:00");
        let at: Timestamp = "2026-11-26T01:00:00Z".parse().unwrap();
        let first =
            |schedules: &[Schedule]| first_due(schedules, &Budget::HalfDay, at).map(|due| due.to_string());
        assert_eq!(first(&[jonas.clone(), althea]).as_deref(), Some("2026-11-26T06:00:00Z"));
        // Whoever is away is not waited for.
        assert_eq!(first(&[away, jonas]).as_deref(), Some("2026-11-26T12:45:00Z"));
        assert_eq!(first(&[]), None);
        let exact = Budget::Exact { at: "2026-11-27T03:00:00Z".parse().unwrap() };
        assert_eq!(first_due(&[], &exact, at), Some("2026-11-27T03:00:00Z".parse().unwrap()));
    }

    #[test]
    fn nothing_is_due_before_it_is_there() {
        let utc = schedule("UTC", &[("09:00", "17:00")]);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (due, monday) = (Some(at("2026-11-26T18:00:00Z")), at("2026-11-30T09:00:00Z"));
        assert_eq!(with_delivery(Some(&utc), due, at("2026-11-26T18:00:00Z")), due);
        assert_eq!(with_delivery(Some(&utc), due, monday), Some(at("2026-11-30T13:00:00Z")));
        assert_eq!(with_delivery(None, due, monday), Some(monday));
        assert_eq!(with_delivery(Some(&utc), None, monday), None);
    }

    #[test]
    fn a_day_off_is_no_leave() {
        let utc = schedule("UTC", &[("09:00", "17:00")]);
        let friday_off = away(&utc, "2026-11-27T00:00", "2026-11-28T00:00");
        let monday = Some("2026-11-30T17:00:00Z".to_owned());
        assert_eq!(due_of(&friday_off, &Budget::NextWorkingDay, "2026-11-26T18:00:00Z"), monday);
    }

    #[test]
    fn the_reminder_comes_at_three_quarters_in_their_hours() {
        let utc = schedule("UTC", &[("09:00", "17:00")]);
        // Eight working hours: six of them have passed at 15:00.
        assert_eq!(
            nudge_of(&utc, "2026-11-26T06:00:00Z", "2026-11-26T17:00:00Z").as_deref(),
            Some("2026-11-26T15:00:00Z")
        );
        // Three quarters end with the day: the next morning.
        let next_morning = nudge_of(&utc, "2026-11-26T11:00:00Z", "2026-11-27T11:00:00Z");
        assert_eq!(next_morning.as_deref(), Some("2026-11-27T09:00:00Z"));
        // Due in the night, with no working time before it.
        assert_eq!(nudge_of(&utc, "2026-11-26T18:00:00Z", "2026-11-27T03:00:00Z"), None);
    }

    #[test]
    fn nobody_is_reminded_of_what_is_not_there_yet() {
        let utc = schedule("UTC", &[("09:00", "17:00")]);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let due = Some(at("2026-11-27T11:00:00Z"));
        let delivered = at("2026-11-27T09:00:00Z");
        let nudge = nudge_after(Some(&utc), at("2026-11-26T09:00:00Z"), delivered, due);
        // Three quarters of the whole would be at 16:30 on the day before.
        assert_eq!(nudge, Some(at("2026-11-27T10:30:00Z")));
        let at_once = nudge_after(Some(&utc), at("2026-11-26T09:00:00Z"), at("2026-11-26T09:00:00Z"), due);
        assert_eq!(at_once, Some(at("2026-11-26T16:30:00Z")));
    }
}
