//! Laws that hold for any schedule and any instant, also between seconds and at the ends of time.

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use worktime::{Schedule, overlap};

use crate::model::{Given, ZONES, any_day};

const NANOSECOND: SignedDuration = SignedDuration::from_nanos(1);

fn schedule() -> impl Strategy<Value = Schedule> {
    let shifts = || vec((0..1440_u16, 0..=1440_u16), 0..3);
    let week = [shifts(), shifts(), shifts(), shifts(), shifts(), shifts(), shifts()];
    let time_off = vec((0..2 * 365 * 1440_i64, 0..200 * 1440_i64), 0..5);
    (any::<Index>(), week, time_off).prop_map(|(zone, week, time_off)| {
        let first = date(2025, 6, 1).at(0, 0, 0, 0);
        let time_off = time_off
            .iter()
            .map(|(from, length)| (first + from.minutes(), first + from.minutes() + length.minutes()))
            .collect();
        Given { zone: &zone.get(&ZONES).name, week, time_off }.parse()
    })
}

/// An instant of the years around 2026, to the nanosecond.
fn instant() -> impl Strategy<Value = Timestamp> {
    (0..2 * 365 * 86_400_i64, prop_oneof![Just(0), 0..1_000_000_000_i32]).prop_map(
        |(seconds, nanoseconds)| {
            let first = any_day().as_second() - 365 * 86_400;
            Timestamp::new(first + seconds, nanoseconds).unwrap()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn added_minutes_are_working_minutes(schedule in schedule(), at in instant(), minutes in 0..200_000_u32) {
        if let Some(due) = schedule.add_working(at, minutes) {
            prop_assert_eq!(schedule.working_minutes(at, due), i64::from(minutes));
            if minutes > 0 {
                prop_assert!(schedule.is_working(due - NANOSECOND));
                prop_assert_eq!(schedule.working_minutes(at, due - NANOSECOND), i64::from(minutes) - 1);
            }
        }
    }

    #[test]
    fn adding_twice_is_adding_once(
        schedule in schedule(), at in instant(), some in 0..50_000_u32, more in 0..50_000_u32,
    ) {
        let twice = schedule.add_working(at, some).and_then(|then| schedule.add_working(then, more));
        prop_assert_eq!(schedule.add_working(at, some + more), twice);
    }

    #[test]
    fn later_and_more_never_end_earlier(
        schedule in schedule(), at in instant(), other in instant(), minutes in 0..20_000_u32, more in 0..20_000_u32,
    ) {
        let (at, later) = (at.min(other), at.max(other));
        if let (Some(due), Some(due_later)) = (schedule.add_working(at, minutes), schedule.add_working(later, minutes)) {
            prop_assert!(due <= due_later);
        }
        if let (Some(due), Some(due_more)) = (schedule.add_working(at, minutes), schedule.add_working(at, minutes + more)) {
            prop_assert!(due <= due_more);
        }
        if let (Some(next), Some(next_later)) = (schedule.next_working(at), schedule.next_working(later)) {
            prop_assert!(next <= next_later);
        }
    }

    #[test]
    fn the_next_working_instant_is_the_first(schedule in schedule(), at in instant()) {
        match schedule.next_working(at) {
            Some(next) => {
                prop_assert!(schedule.is_working(next) && next >= at);
                prop_assert_eq!(schedule.is_working(at), next == at);
                prop_assert_eq!(schedule.working_minutes(at, next), 0);
                prop_assert!(schedule.intervals(at, next).is_empty());
            }
            None => prop_assert!(schedule.intervals(at, Timestamp::MAX).is_empty()),
        }
    }

    #[test]
    fn a_working_day_ends_after_it_was_asked_for(schedule in schedule(), at in instant(), n in 1..40_u32) {
        if let Some(end) = schedule.end_of_working_day(at, n) {
            prop_assert!(end > at);
            prop_assert!(schedule.is_working(end - NANOSECOND));
            prop_assert!(schedule.working_minutes(at, end) >= i64::from(n));
        }
    }

    #[test]
    fn working_minutes_add_up(schedule in schedule(), a in instant(), b in instant(), c in instant()) {
        let mut instants = [a, b, c];
        instants.sort_unstable();
        let [a, b, c] = instants;
        let parts = schedule.working_minutes(a, b) + schedule.working_minutes(b, c);
        prop_assert!((0..=1).contains(&(schedule.working_minutes(a, c) - parts)), "a part of a minute at most");
        prop_assert!(b == a || schedule.working_minutes(b, a) == 0);
    }

    #[test]
    fn intervals_are_sorted_apart_and_maximal(schedule in schedule(), at in instant(), days in 0..400_i64) {
        let until = at + (days * 24).hours();
        let intervals = schedule.intervals(at, until);
        let mut before = None;
        let mut worked = SignedDuration::ZERO;
        for interval in &intervals {
            prop_assert!(interval.start < interval.end && at <= interval.start && interval.end <= until);
            prop_assert!(before.is_none_or(|end| end < interval.start));
            prop_assert!(schedule.is_working(interval.start) && schedule.is_working(interval.end - NANOSECOND));
            prop_assert!(interval.start == at || !schedule.is_working(interval.start - NANOSECOND));
            prop_assert!(interval.end == until || !schedule.is_working(interval.end));
            let end = schedule.end_of_interval(interval.start);
            prop_assert_eq!(end.filter(|end| *end < until), Some(interval.end).filter(|end| *end < until));
            before = Some(interval.end);
            worked += interval.end.duration_since(interval.start);
        }
        prop_assert_eq!(worked.as_mins(), schedule.working_minutes(at, until));
    }

    #[test]
    fn overlap_is_the_same_in_any_order(
        a in schedule(), b in schedule(), c in schedule(), at in instant(), days in 0..60_i64,
    ) {
        let until = at + (days * 24).hours();
        let common = overlap(&[&a, &b, &c], at, until);
        prop_assert_eq!(&common, &overlap(&[&c, &a, &b], at, until));
        prop_assert_eq!(&common, &overlap(&[&b, &c, &a, &b], at, until));
        for interval in &common {
            for schedule in [&a, &b, &c] {
                let inside = schedule.intervals(interval.start, interval.end);
                prop_assert_eq!(inside.as_slice(), std::slice::from_ref(interval));
            }
            let [starts, ends] = [interval.start - NANOSECOND, interval.end]
                .map(|edge| [&a, &b, &c].iter().all(|schedule| schedule.is_working(edge)));
            prop_assert!((interval.start == at || !starts) && (interval.end == until || !ends), "not maximal");
        }
        let all: i64 = common.iter().map(|interval| a.working_minutes(interval.start, interval.end)).sum();
        prop_assert!(all <= a.working_minutes(at, until));
    }

    #[test]
    fn time_off_ends_when_it_says(schedule in schedule(), at in instant()) {
        if let Some(back) = schedule.off_until(at) {
            prop_assert!(back > at && schedule.off_until(back).is_none());
            prop_assert!(schedule.off_until(back - NANOSECOND) == Some(back) && !schedule.is_working(at));
            prop_assert!(schedule.next_working(at).is_none_or(|next| next >= back));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics_at_the_ends_of_time(
        schedule in schedule(), seconds in 0..20 * 86_400_i64, minutes in any::<u32>(), n in 0..100_u32,
    ) {
        let away = SignedDuration::from_secs(seconds);
        let (early, late) = (Timestamp::MIN + away, Timestamp::MAX - away);
        for at in [Timestamp::MIN, early, late, Timestamp::MAX] {
            let until = at.saturating_add(10.hours()).unwrap();
            for interval in schedule.intervals(at, until) {
                prop_assert!(at <= interval.start && interval.end <= until);
            }
            prop_assert!(schedule.next_working(at).is_none_or(|next| next >= at));
            prop_assert!(schedule.end_of_working_day(at, n).is_none_or(|end| end > at));
            prop_assert!(schedule.end_of_interval(at).is_none_or(|end| end > at));
            prop_assert!(schedule.add_working(at, minutes % 10_000).is_none_or(|due| due >= at));
            prop_assert!(schedule.working_minutes(at, until) <= 600);
            prop_assert!(schedule.off_until(at).is_none_or(|back| back > at));
        }
        prop_assert!(schedule.add_working(late, minutes).is_none_or(|due| due > late || minutes == 0));
        prop_assert_eq!(schedule.end_of_working_day(late, u32::MAX), None);
    }
}
