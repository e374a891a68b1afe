use jiff::Timestamp;
use worktime::Schedule;

use super::{
    ArrivesBecause, Flow, Plan, Receiver,
    receiver::{Hours, Stay},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A person of these hours, Monday to Friday.
struct Person {
    zone: &'static str,
    shifts: &'static [(&'static str, &'static str)],
    off: &'static [(&'static str, &'static str)],
    focus: &'static [(&'static str, &'static str)],
    focus_until: Option<&'static str>,
    plan: Plan,
}

const JONAS: Person = Person {
    zone: "Europe/Berlin",
    shifts: &[("09:00", "12:30"), ("13:15", "17:45")],
    off: &[],
    focus: &[],
    focus_until: None,
    plan: Plan::Three,
};

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
}

fn weekdays(shifts: &[(&str, &str)]) -> [Vec<(String, String)>; 7] {
    let day = owned(shifts);
    [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]]
}

fn stay(person: &Person, near: &str) -> Stay {
    let schedule = Schedule::parse(person.zone, &weekdays(person.shifts), &owned(person.off)).unwrap();
    let focus = Schedule::parse(person.zone, &weekdays(person.focus), &[]).unwrap();
    let focus = (!person.focus.is_empty()).then_some(focus);
    Stay::new(schedule, focus, person.focus_until.map(at), at(near))
}

impl Person {
    fn receiver(&self, near: &str) -> Receiver {
        Receiver { hours: Some(Hours { here: stay(self, near), home: None }), plan: self.plan.clone() }
    }

    fn coming(&self, from: &str, most: usize) -> Vec<String> {
        self.receiver(from).coming(at(from), most).iter().map(ToString::to_string).collect()
    }
}

fn fixed(times: &str) -> Plan {
    serde_json::from_str(&format!(r#"{{"kind":"fixed","times":{times}}}"#)).unwrap()
}

#[test]
fn three_a_day_at_the_start_at_one_and_an_hour_before_the_end() {
    // 13:00 lies in the pause between two shifts: it moves to the end of the pause.
    assert_eq!(
        JONAS.coming("2026-11-25T15:45:00Z", 4),
        ["2026-11-26T08:00:00Z", "2026-11-26T12:15:00Z", "2026-11-26T15:45:00Z", "2026-11-27T08:00:00Z"]
    );
}

#[test]
fn one_a_day_is_its_start() {
    let person = Person { plan: Plan::One, ..JONAS };
    assert_eq!(person.coming("2026-11-27T08:00:00Z", 2), ["2026-11-30T08:00:00Z", "2026-12-01T08:00:00Z"]);
}

#[test]
fn fixed_times_move_into_the_day_or_go() {
    let person = Person { plan: fixed(r#"["07:00","09:00","12:45","16:00","22:00"]"#), ..JONAS };
    // 7:00 becomes the start and falls together with 9:00; 12:45 becomes 13:15; 22:00 is dropped.
    assert_eq!(
        person.coming("2026-11-26T00:00:00Z", 4),
        ["2026-11-26T08:00:00Z", "2026-11-26T12:15:00Z", "2026-11-26T15:00:00Z", "2026-11-27T08:00:00Z"]
    );
}

#[test]
fn a_day_whose_times_all_miss_it_begins_with_a_delivery() {
    let person = Person { plan: fixed(r#"["22:00"]"#), ..JONAS };
    assert_eq!(person.coming("2026-11-26T00:00:00Z", 1), ["2026-11-26T08:00:00Z"]);
}

#[test]
fn the_times_of_a_night_lie_on_two_dates() {
    let nurse =
        Person { zone: "UTC", shifts: &[("22:00", "06:00")], plan: fixed(r#"["02:00","23:00"]"#), ..JONAS };
    assert_eq!(
        nurse.coming("2026-11-25T22:30:00Z", 3),
        ["2026-11-25T23:00:00Z", "2026-11-26T02:00:00Z", "2026-11-26T23:00:00Z"]
    );
    let three = Person { plan: Plan::Three, ..nurse };
    assert_eq!(three.coming("2026-11-25T12:00:00Z", 2), ["2026-11-25T22:00:00Z", "2026-11-26T05:00:00Z"]);
}

#[test]
fn clocks_that_change_move_deliveries_with_them() {
    let early = Person { shifts: &[("09:00", "17:00")], ..JONAS };
    // Friday before and Monday after the clocks go back.
    assert_eq!(early.coming("2026-10-23T06:00:00Z", 1), ["2026-10-23T07:00:00Z"]);
    assert_eq!(early.coming("2026-10-24T00:00:00Z", 2), ["2026-10-26T08:00:00Z", "2026-10-26T12:00:00Z"]);
    // Sunday 29 March has no 02:30; whoever works that night gets it when the clocks have moved.
    let week = core::array::from_fn(|_| owned(&[("00:00", "06:00")]));
    let schedule = Schedule::parse("Europe/Berlin", &week, &[]).unwrap();
    let here = Stay::new(schedule, None, None, at("2026-03-28T12:00:00Z"));
    let receiver = Receiver { hours: Some(Hours { here, home: None }), plan: fixed(r#"["02:30"]"#) };
    assert_eq!(receiver.next_delivery(at("2026-03-28T23:00:00Z")), Some(at("2026-03-29T01:30:00Z")));
}

#[test]
fn focus_moves_a_delivery_to_its_end() {
    let person = Person { focus: &[("09:00", "11:00")], ..JONAS };
    assert_eq!(
        person.coming("2026-11-26T00:00:00Z", 3),
        ["2026-11-26T10:00:00Z", "2026-11-26T12:15:00Z", "2026-11-26T15:45:00Z"]
    );
    let receiver = person.receiver("2026-11-26T08:30:00Z");
    assert_eq!(receiver.at_once(at("2026-11-26T08:30:00Z")), Some(at("2026-11-26T10:00:00Z")));
    let by_hand = Person { focus_until: Some("2026-11-26T12:30:00Z"), ..JONAS };
    assert_eq!(by_hand.coming("2026-11-26T10:00:00Z", 2), ["2026-11-26T12:30:00Z", "2026-11-26T15:45:00Z"]);
}

#[test]
fn focus_at_the_end_of_a_day_drops_its_last_delivery() {
    let person = Person { focus: &[("16:00", "17:45")], ..JONAS };
    assert_eq!(person.coming("2026-11-26T09:00:00Z", 2), ["2026-11-26T12:15:00Z", "2026-11-27T08:00:00Z"]);
}

#[test]
fn as_it_happens_is_open_while_they_work() {
    let person = Person { plan: Plan::AsItHappens, focus: &[("10:00", "11:00")], ..JONAS };
    let receiver = person.receiver("2026-11-26T08:30:00Z");
    let now = at("2026-11-26T08:30:00Z");
    assert_eq!(receiver.next_delivery(now), Some(now));
    assert_eq!(receiver.flow(now), Flow::Open(at("2026-11-26T09:00:00Z")));
    assert_eq!(receiver.flow(at("2026-11-26T09:00:00Z")), Flow::Held(at("2026-11-26T10:00:00Z")));
    assert_eq!(
        person.coming("2026-11-26T08:30:00Z", 3),
        ["2026-11-26T10:00:00Z", "2026-11-26T12:15:00Z", "2026-11-27T08:00:00Z"]
    );
}

#[test]
fn the_first_half_day_after_a_long_leave_is_quiet() {
    // days.md D3: two weeks off in Manila, back on Monday 21 December; the ramp ends at 14:00.
    let althea = Person {
        zone: "Asia/Manila",
        shifts: &[("09:00", "12:00"), ("13:00", "18:00")],
        off: &[("2026-12-07T00:00", "2026-12-19T00:00")],
        ..JONAS
    };
    assert_eq!(
        althea.coming("2026-12-05T00:00:00Z", 3),
        ["2026-12-21T06:00:00Z", "2026-12-21T09:00:00Z", "2026-12-22T01:00:00Z"]
    );
    let receiver = althea.receiver("2026-12-21T01:30:00Z");
    let early = at("2026-12-21T01:30:00Z");
    assert_eq!(receiver.at_once(early), Some(early), "the ramp holds deliveries only");
    assert_eq!(receiver.because(early, receiver.next_delivery(early)), ArrivesBecause::Away);
    let back = receiver.next_return(at("2026-12-10T00:00:00Z")).unwrap();
    assert_eq!(back.back, at("2026-12-21T01:00:00Z"));
    let open = Person { plan: Plan::AsItHappens, ..althea };
    assert_eq!(open.coming("2026-12-10T00:00:00Z", 1), ["2026-12-21T06:00:00Z"]);
}

#[test]
fn a_single_day_off_has_no_ramp() {
    let person = Person { off: &[("2026-11-26T00:00", "2026-11-27T00:00")], ..JONAS };
    assert_eq!(person.coming("2026-11-25T20:00:00Z", 1), ["2026-11-27T08:00:00Z"]);
    assert_eq!(person.receiver("2026-11-25T20:00:00Z").next_return(at("2026-11-25T20:00:00Z")), None);
}

#[test]
fn what_is_due_before_the_next_delivery_does_not_wait() {
    let receiver = JONAS.receiver("2026-11-26T09:00:00Z");
    let now = at("2026-11-26T09:00:00Z");
    let next = at("2026-11-26T12:15:00Z");
    assert_eq!(receiver.arrival(now, None, false), Some(next));
    assert_eq!(receiver.arrival(now, Some(at("2026-11-26T12:15:00Z")), false), Some(next));
    assert_eq!(receiver.arrival(now, Some(at("2026-11-26T12:14:59Z")), false), Some(now));
    assert_eq!(receiver.arrival(now, None, true), Some(now));
    let evening = at("2026-11-26T20:00:00Z");
    assert_eq!(receiver.arrival(evening, None, true), Some(at("2026-11-27T08:00:00Z")));
    assert_eq!(receiver.because(evening, Some(at("2026-11-27T08:00:00Z"))), ArrivesBecause::Start);
}

#[test]
fn unknown_hours_hold_nothing_and_never_lets_nothing_out() {
    let unknown = Receiver { hours: None, plan: Plan::Three };
    let now = at("2026-11-26T20:00:00Z");
    assert_eq!((unknown.next_delivery(now), unknown.at_once(now)), (Some(now), Some(now)));
    assert_eq!(unknown.flow(now), Flow::Always);
    assert_eq!(unknown.coming(now, 6), []);
    let never = Person { shifts: &[], ..JONAS }.receiver("2026-11-26T20:00:00Z");
    assert_eq!((never.next_delivery(now), never.at_once(now)), (None, None));
    assert_eq!(never.flow(now), Flow::Quietly);
    let buried = Person { focus: &[("00:00", "24:00")], ..JONAS };
    assert_eq!(buried.receiver("2026-11-26T20:00:00Z").flow(now), Flow::Quietly);
}

#[test]
fn a_journey_ends_in_the_zone_of_home() {
    let here = stay(&Person { zone: "Asia/Tokyo", ..JONAS }, "2026-11-26T00:00:00Z");
    let home = stay(&JONAS, "2026-11-26T00:00:00Z");
    // Friday is the last day in Tokyo; it ends at 15:00 UTC.
    let hours = Hours { here, home: Some((at("2026-11-27T15:00:00Z"), home)) };
    let receiver = Receiver { hours: Some(hours), plan: Plan::Three };
    assert_eq!(receiver.next_delivery(at("2026-11-26T10:00:00Z")), Some(at("2026-11-27T00:00:00Z")));
    assert_eq!(receiver.next_delivery(at("2026-11-27T09:00:00Z")), Some(at("2026-11-27T15:45:00Z")));
    assert_eq!(receiver.next_delivery(at("2026-11-27T20:00:00Z")), Some(at("2026-11-30T08:00:00Z")));
}

#[test]
fn the_first_delivery_of_a_day_begins_it() {
    let receiver = JONAS.receiver("2026-11-26T08:00:00Z");
    assert!(receiver.begins_a_day(at("2026-11-26T08:00:00Z")));
    assert!(!receiver.begins_a_day(at("2026-11-26T12:15:00Z")));
    let open = Person { plan: Plan::AsItHappens, ..JONAS }.receiver("2026-11-26T08:00:00Z");
    assert!(open.begins_a_day(at("2026-11-26T08:00:00Z")));
    assert!(!open.begins_a_day(at("2026-11-26T12:15:00Z")));
}

#[test]
fn a_plan_is_read_strictly() {
    let read = |text: &str| serde_json::from_str::<Plan>(text);
    assert_eq!(read(r#"{"kind":"three"}"#).unwrap(), Plan::Three);
    assert_eq!(fixed(r#"["13:00","09:00","13:00"]"#), fixed(r#"["09:00","13:00"]"#));
    assert_eq!(
        serde_json::to_string(&fixed(r#"["09:00"]"#)).unwrap(),
        r#"{"kind":"fixed","times":["09:00"]}"#
    );
    for wrong in [
        r#"{"kind":"four"}"#,
        r#"{"kind":"three","times":["09:00"]}"#,
        r#"{"kind":"three","at":1}"#,
        r#"{"kind":"fixed"}"#,
        r#"{"kind":"fixed","times":["9:00"]}"#,
        r#"{"kind":"fixed","times":["24:00"]}"#,
        r#"{"kind":"fixed","times":["09:60"]}"#,
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    for wrong in ["[]", r#"["01:00","02:00","03:00","04:00","05:00","06:00","07:00"]"#] {
        assert!(fixed(wrong).check().is_err(), "{wrong}");
    }
}
