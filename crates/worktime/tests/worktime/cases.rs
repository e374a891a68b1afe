//! Cases with an answer that can be read off a calendar: never, bad input, and dates that clocks skip.

use jiff::Timestamp;
use worktime::{Interval, MinuteOfDay, Schedule, ScheduleError, overlap};

type Week<'a> = [&'a [(&'a str, &'a str)]; 7];

fn parse(zone: &str, week: Week<'_>, time_off: &[(&str, &str)]) -> Result<Schedule, ScheduleError> {
    let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    Schedule::parse(zone, &week.map(own), &own(time_off))
}

const NONE: &[(&str, &str)] = &[];
const OFFICE: &[(&str, &str)] = &[("09:00", "17:00")];
const ALWAYS: Week<'_> = [&[("00:00", "24:00")]; 7];
const WEEKDAYS: Week<'_> = [OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, NONE, NONE];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn some(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[test]
fn the_days_of_the_rules() {
    let berlin = parse("Europe/Berlin", WEEKDAYS, &[]).unwrap();
    let monday_ten = at("2026-01-05T09:00:00Z");
    assert_eq!(berlin.end_of_working_day(monday_ten, 1), some("2026-01-06T16:00:00Z"));
    assert_eq!(berlin.end_of_working_day(at("2026-01-05T02:00:00Z"), 1), some("2026-01-05T16:00:00Z"));
    assert_eq!(berlin.end_of_working_day(at("2026-01-05T08:00:00Z"), 1), some("2026-01-06T16:00:00Z"));
    assert_eq!(berlin.end_of_working_day(monday_ten, 0), None);
    assert_eq!(berlin.next_working(monday_ten), Some(monday_ten));
    assert_eq!(berlin.add_working(monday_ten, 0), Some(monday_ten));
    assert_eq!(berlin.add_working(monday_ten, 7 * 60), some("2026-01-05T16:00:00Z"));
    assert_eq!(berlin.add_working(monday_ten, 7 * 60 + 1), some("2026-01-06T08:01:00Z"));
    assert_eq!(berlin.working_minutes(monday_ten, at("2026-01-05T08:30:00Z")), 0);
    assert_eq!(berlin.end_of_interval(monday_ten), some("2026-01-05T16:00:00Z"));
    assert_eq!(berlin.end_of_interval(at("2026-01-05T16:00:00Z")), None);
}

#[test]
fn a_fraction_of_a_second_is_kept() {
    let berlin = parse("Europe/Berlin", WEEKDAYS, &[]).unwrap();
    let asked = at("2026-01-05T15:59:59.25Z");
    assert_eq!(berlin.add_working(asked, 1), some("2026-01-06T08:00:59.25Z"));
    assert_eq!(berlin.working_minutes(asked, at("2026-01-06T08:00:59.249999999Z")), 0);
    assert_eq!(berlin.working_minutes(asked, at("2026-01-06T08:00:59.25Z")), 1);
}

#[test]
fn never_without_any_shift() {
    let nobody = parse("UTC", [NONE; 7], &[("2026-01-01T00:00", "2026-02-01T00:00")]).unwrap();
    let now = at("2026-01-05T09:00:00Z");
    assert!(!nobody.is_working(now));
    assert_eq!(nobody.next_working(now), None);
    assert_eq!(nobody.add_working(now, 1), None);
    assert_eq!(nobody.end_of_working_day(now, 1), None);
    assert_eq!(nobody.working_minutes(Timestamp::MIN, Timestamp::MAX), 0);
    assert_eq!(nobody.intervals(Timestamp::MIN, Timestamp::MAX), []);
    assert_eq!(nobody.off_until(now), some("2026-02-01T00:00:00Z"));
}

#[test]
fn never_means_two_years_to_the_minute() {
    let now = at("2027-03-01T00:00:00Z");
    let two_years = parse("UTC", ALWAYS, &[("2027-03-01T00:00", "2029-03-01T00:00")]).unwrap();
    assert_eq!(two_years.next_working(now), None);
    assert_eq!(two_years.add_working(now, 1), None);
    assert_eq!(two_years.end_of_working_day(now, 1), None);
    let a_minute_less = parse("UTC", ALWAYS, &[("2027-03-01T00:00", "2029-02-28T23:59")]).unwrap();
    assert_eq!(a_minute_less.next_working(now), some("2029-02-28T23:59:00Z"));
    assert_eq!(a_minute_less.add_working(now, 1), some("2029-03-01T00:00:00Z"));
    assert_eq!(a_minute_less.end_of_working_day(now, 1), some("2029-03-01T00:00:00Z"));
}

#[test]
fn two_years_without_a_leap_day_are_a_day_shorter() {
    let now = at("2025-01-01T00:00:00Z");
    let two_years = parse("UTC", ALWAYS, &[("2025-01-01T00:00", "2027-01-01T00:00")]).unwrap();
    assert_eq!(two_years.next_working(now), None);
    let a_minute_less = parse("UTC", ALWAYS, &[("2025-01-01T00:00", "2026-12-31T23:59")]).unwrap();
    assert_eq!(a_minute_less.next_working(now), some("2026-12-31T23:59:00Z"));
}

#[test]
fn never_when_every_single_shift_is_off() {
    let days: Vec<(String, String)> = (2026..2030)
        .flat_map(|year| (1..=12).flat_map(move |month| (1..=28).map(move |day| (year, month, day))))
        .map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
        .map(|date| (format!("{date}T08:00"), format!("{date}T18:00")))
        .collect();
    let month_ends =
        (2026..2030).flat_map(|year| (1..=12).map(move |month| (year, month))).map(|(year, month)| {
            let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
            (format!("{year}-{month:02}-28T18:00"), format!("{next_year}-{next:02}-01T00:00"))
        });
    let time_off: Vec<_> = days.into_iter().chain(month_ends).collect();
    let week = WEEKDAYS.map(|day| day.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect());
    let schedule = Schedule::parse("Europe/Berlin", &week, &time_off).unwrap();
    assert_eq!(schedule.next_working(at("2026-01-01T00:00:00Z")), None);
    assert_eq!(schedule.next_working(at("2029-01-01T00:00:00Z")), some("2030-01-01T08:00:00Z"));
}

#[test]
fn more_than_two_years_of_work_are_counted() {
    let berlin = parse("Europe/Berlin", WEEKDAYS, &[("2027-01-01T00:00", "2028-01-01T00:00")]).unwrap();
    let now = at("2026-01-01T00:00:00Z");
    let due = berlin.add_working(now, 1_000_000).unwrap();
    assert!(due > at("2034-01-01T00:00:00Z"));
    assert_eq!(berlin.working_minutes(now, due), 1_000_000);
    assert_eq!(berlin.add_working(at("9990-01-01T00:00:00Z"), u32::MAX), None);
}

#[test]
fn an_interval_without_end_has_none() {
    let always = parse("America/New_York", ALWAYS, &[]).unwrap();
    let now = at("2026-01-05T09:00:00Z");
    assert_eq!(always.end_of_interval(now), None);
    let two_years = Interval { start: now, end: at("2028-01-05T09:00:00Z") };
    assert_eq!(always.intervals(now, Timestamp::MAX), [two_years]);
    assert_eq!(overlap(&[&always, &always], now, Timestamp::MAX), [two_years]);
    assert_eq!(overlap(&[], now, Timestamp::MAX), []);
    let leaves = parse("America/New_York", ALWAYS, &[("2026-03-10T12:30", "2026-03-10T12:31")]).unwrap();
    assert_eq!(leaves.end_of_interval(now), some("2026-03-10T16:30:00Z"));
}

#[test]
fn time_off_that_touches_is_one() {
    let off = [
        ("2026-01-10T00:00", "2026-01-12T00:00"),
        ("2026-01-05T00:00", "2026-01-08T00:00"),
        ("2026-01-08T00:00", "2026-01-10T00:00"),
        ("2026-01-13T00:00", "2026-01-13T00:00"),
    ];
    let berlin = parse("Europe/Berlin", WEEKDAYS, &off).unwrap();
    assert_eq!(berlin.off_until(at("2026-01-06T12:00:00Z")), some("2026-01-11T23:00:00Z"));
    assert_eq!(berlin.off_until(at("2026-01-11T23:00:00Z")), None);
    assert_eq!(berlin.off_until(at("2026-01-12T23:00:00Z")), None);
}

#[test]
fn clocks_that_skip_midnight() {
    // On Saturday 2026-03-28 in Nuuk, 23:00 is followed by 00:00 of Sunday: the last shift of Saturday moves
    // behind the first one of Sunday.
    let week: Week<'_> = [NONE, NONE, NONE, NONE, NONE, &[("23:30", "23:50")], &[("00:00", "00:10")]];
    let nuuk = parse("America/Nuuk", week, &[]).unwrap();
    let now = at("2026-03-28T12:00:00Z");
    let sunday = Interval { start: at("2026-03-29T01:00:00Z"), end: at("2026-03-29T01:10:00Z") };
    let saturday = Interval { start: at("2026-03-29T01:30:00Z"), end: at("2026-03-29T01:50:00Z") };
    assert_eq!(nuuk.intervals(now, at("2026-03-30T00:00:00Z")), [sunday, saturday]);
    assert_eq!(nuuk.end_of_working_day(now, 1), Some(saturday.end));
    assert_eq!(nuuk.end_of_working_day(now, 2), Some(sunday.end));
}

#[test]
fn clocks_that_skip_a_date() {
    // Apia had no Friday 2011-12-30: its shifts move to Saturday, whose own hours are cut to what is left.
    let week: Week<'_> = [NONE, NONE, NONE, OFFICE, OFFICE, &[("12:00", "20:00")], NONE];
    let apia = parse("Pacific/Apia", week, &[]).unwrap();
    let now = at("2011-12-29T12:00:00Z");
    let end = at("2012-01-01T00:00:00Z");
    let thursday = Interval { start: at("2011-12-29T19:00:00Z"), end: at("2011-12-30T03:00:00Z") };
    let saturday = Interval { start: at("2011-12-30T19:00:00Z"), end: at("2011-12-31T06:00:00Z") };
    assert_eq!(apia.intervals(now, end), [thursday, saturday]);
    assert_eq!(apia.end_of_working_day(now, 2), some("2011-12-31T03:00:00Z"));
    assert_eq!(apia.end_of_working_day(now, 3), some("2011-12-31T06:00:00Z"));
}

#[test]
fn the_earlier_date_comes_first_where_two_start_together() {
    let week: Week<'_> = [NONE, NONE, NONE, OFFICE, OFFICE, &[("09:00", "20:00")], NONE];
    let apia = parse("Pacific/Apia", week, &[]).unwrap();
    let now = at("2011-12-29T12:00:00Z");
    assert_eq!(apia.end_of_working_day(now, 2), some("2011-12-31T03:00:00Z"));
    assert_eq!(apia.end_of_working_day(now, 3), some("2011-12-31T06:00:00Z"));
}

#[test]
fn the_schedule_gives_back_what_it_was_given() {
    let schedule = parse("europe/berlin", WEEKDAYS, &[("2026-01-10T00:00", "2026-01-12T00:00")]).unwrap();
    assert_eq!(schedule.zone_name(), "Europe/Berlin");
    assert_eq!(schedule.zone().iana_name(), Some("Europe/Berlin"));
    let [monday, .., sunday] = schedule.week();
    assert_eq!(
        monday.iter().map(|shift| format!("{}-{}", shift.start, shift.end)).collect::<Vec<_>>(),
        ["09:00-17:00"]
    );
    assert!(sunday.is_empty());
    let off = schedule.time_off().first().unwrap();
    assert_eq!(
        (off.from.to_string(), off.to.to_string()),
        ("2026-01-10T00:00:00".into(), "2026-01-12T00:00:00".into())
    );
    assert_eq!(MinuteOfDay::new(1440), Some(MinuteOfDay::END_OF_DAY));
    assert_eq!(MinuteOfDay::new(1441), None);
}

#[test]
fn bad_zones_are_named() {
    for zone in ["Mars/Olympus", "", "Etc/Unknown", "+02:00", "Europe/Berlin ", "../etc/passwd"] {
        let error = parse(zone, WEEKDAYS, &[]).unwrap_err();
        assert_eq!((error.field.as_str(), error.value.as_str()), ("zone", zone));
        assert_eq!(error.to_string(), format!("zone: {zone:?} is not a known time zone"));
    }
}

#[test]
fn bad_shifts_are_named() {
    let malformed =
        ["", "9:00", "09:0", "0900", "09:60", "09:00:00", "+9:00", "-1:00", " 09:00", "٠٩:٠٠", "noon"];
    for text in malformed {
        for (shift, field) in [((text, "17:00"), "week.wed[1].start"), (("09:00", text), "week.wed[1].end")] {
            let wednesday = [("07:00", "08:00"), shift];
            let error = parse("UTC", [NONE, NONE, &wednesday, NONE, NONE, NONE, NONE], &[]).unwrap_err();
            assert_eq!((error.field.as_str(), error.value.as_str()), (field, text));
        }
    }
    for (shift, field, value, problem) in [
        (("24:00", "06:00"), "week.sun[0].start", "24:00", "is not a time from 00:00 to 23:59"),
        (("09:00", "33:01"), "week.sun[0].end", "33:01", "makes the shift longer than 24 hours"),
        (
            ("22:00", "30:00"),
            "week.sun[0].end",
            "30:00",
            "is not a time from 00:00 to 24:00; an end on the next day is written as its own time of day",
        ),
    ] {
        let error = parse("UTC", [NONE, NONE, NONE, NONE, NONE, NONE, &[shift]], &[]).unwrap_err();
        assert_eq!((error.field.as_str(), error.value.as_str(), error.problem), (field, value, problem));
    }
    let too_many = vec![("09:00", "10:00"); 1441];
    let error = parse("UTC", [NONE, &too_many, NONE, NONE, NONE, NONE, NONE], &[]).unwrap_err();
    assert_eq!((error.field.as_str(), error.value.as_str()), ("week.tue", "1441 shifts"));
}

#[test]
fn bad_time_off_is_named() {
    let good = "2026-01-01T00:00";
    let malformed = [
        "",
        "2026-01-01",
        "2026-01-01T24:00",
        "2026-02-29T00:00",
        "2026-1-01T00:00",
        "2026-01-01 00:00",
        "2026-01-01T00:00Z",
        "2026-01-01T00:00:00",
        "-2026-01-01T00:00",
        "12026-01-01T00:00",
        "2026-13-01T00:00",
    ];
    for text in malformed {
        for (off, field) in [((text, good), "time_off[1].from"), ((good, text), "time_off[1].to")] {
            let error = parse("UTC", WEEKDAYS, &[(good, good), off]).unwrap_err();
            assert_eq!((error.field.as_str(), error.value.as_str()), (field, text));
        }
    }
    let error = parse("UTC", WEEKDAYS, &[("2026-01-01T00:01", good)]).unwrap_err();
    assert_eq!(
        error,
        ScheduleError {
            field: "time_off[0].from".into(),
            value: "2026-01-01T00:01".into(),
            problem: "is after the end of the time off",
        }
    );
}

#[test]
fn time_off_to_the_end_of_time() {
    let gone = parse("Pacific/Honolulu", ALWAYS, &[("2026-01-01T00:00", "9999-12-31T23:59")]).unwrap();
    let now = at("2026-06-01T00:00:00Z");
    assert_eq!(gone.off_until(now), Some(Timestamp::MAX));
    assert_eq!(gone.next_working(now), None);
    assert!(!gone.is_working(Timestamp::MAX));
}
