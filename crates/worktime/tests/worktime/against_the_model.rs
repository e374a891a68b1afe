//! The crate and a minute-stepping model must agree, in every zone and around every kind of change of the
//! clocks.

use jiff::{Timestamp, ToSpan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::model::{Given, ZONES, Zone, any_day, compare};

/// Minutes of the day, with a liking for full and half hours and for the hours when clocks change.
fn minute_of_day(latest: u16) -> impl Strategy<Value = u16> {
    prop_oneof![(0..=latest / 30).prop_map(|half_hours| half_hours * 30), 0..=latest.min(240), 0..=latest]
}

fn shifts() -> impl Strategy<Value = Vec<(u16, u16)>> {
    vec((minute_of_day(1439), minute_of_day(1440)), 0..4)
}

/// A zone, and an instant within three days of one of its changes.
fn place() -> impl Strategy<Value = (&'static Zone, Timestamp)> {
    (any::<Index>(), any::<Index>(), -3 * 1440..1440_i64).prop_map(|(zone, change, minutes)| {
        let zone = zone.get(&ZONES);
        let near = if zone.changes.is_empty() { any_day() } else { change.get(&zone.changes).0 };
        (zone, near + minutes.minutes())
    })
}

fn given() -> impl Strategy<Value = (Given, Timestamp)> {
    let time_off = vec((-4 * 1440..8 * 1440_i64, prop_oneof![0..1440_i64, 0..5 * 1440_i64]), 0..4);
    (place(), [shifts(), shifts(), shifts(), shifts(), shifts(), shifts(), shifts()], time_off).prop_map(
        |((zone, at), week, time_off)| {
            let now = zone.rules.to_datetime(at);
            let time_off = time_off
                .iter()
                .map(|(from, length)| (now + from.minutes(), now + from.minutes() + length.minutes()))
                .collect();
            (Given { zone: &zone.name, week, time_off }, at)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    #[test]
    fn any_schedule_near_any_change((given, at) in given()) {
        compare(&given, at, 8);
    }
}

/// The last change of a zone in one direction.
fn last_change(zone: &Zone, forward: bool) -> Option<Timestamp> {
    zone.changes.iter().rev().find(|(_, by)| (*by > 0) == forward).map(|(at, _)| *at)
}

fn in_every_zone(week: [Vec<(u16, u16)>; 7]) {
    let mut changes = [0, 0];
    for zone in ZONES.iter() {
        for forward in [false, true] {
            let change = last_change(zone, forward);
            changes[usize::from(forward)] += usize::from(change.is_some());
            let given = Given { zone: &zone.name, week: week.clone(), time_off: vec![] };
            compare(&given, change.unwrap_or_else(any_day) - 30.hours(), 4);
        }
    }
    assert!(changes[0] > 300 && changes[1] > 300, "too few changes: {changes:?}");
}

#[test]
fn office_hours_in_every_zone() {
    let day = || vec![(540, 780), (840, 1080)];
    in_every_zone([day(), day(), day(), day(), day(), vec![], day()]);
}

#[test]
fn nights_in_every_zone() {
    let day = || vec![(1320, 360)];
    in_every_zone([day(), day(), day(), day(), day(), day(), day()]);
}

#[test]
fn short_shifts_at_the_hours_of_change_in_every_zone() {
    let day = || vec![(0, 10), (15, 75), (90, 130), (125, 185), (200, 240), (1395, 1425), (1410, 1440)];
    in_every_zone([day(), day(), day(), day(), day(), day(), day()]);
}

#[test]
fn whole_days_in_every_zone() {
    let day = || vec![(0, 1440)];
    in_every_zone([day(), day(), vec![(600, 600)], day(), day(), day(), day()]);
}
