//! Measures the operations that have a bound, prints the medians, and fails if one is over its bound.

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use worktime::{Schedule, ScheduleError, overlap};

/// Near enough to each other that office hours have something in common.
const ZONES: [&str; 10] = [
    "Atlantic/Azores",
    "Europe/Lisbon",
    "Europe/London",
    "Africa/Lagos",
    "Europe/Berlin",
    "Africa/Cairo",
    "Europe/Helsinki",
    "Africa/Nairobi",
    "Europe/Moscow",
    "Asia/Dubai",
];

fn main() -> Result<(), Box<dyn Error>> {
    let at: Timestamp = "2026-01-05T07:30:00Z".parse()?;
    let week_later: Timestamp = "2026-01-12T07:30:00Z".parse()?;
    let office = schedule("Europe/Berlin", &[("09:00", "13:00"), ("14:00", "18:00")], &[])?;
    let year_off = [("2026-06-01T00:00", "2027-06-01T00:00")];
    let away = schedule("Europe/Berlin", &[("09:00", "13:00"), ("14:00", "18:00")], &year_off)?;
    let team = (0..50)
        .zip(ZONES.iter().cycle())
        .map(|(_, zone)| schedule(zone, &[("09:00", "13:00"), ("13:30", "22:00")], &[]))
        .collect::<Result<Vec<_>, _>>()?;
    let team: Vec<&Schedule> = team.iter().collect();
    let whole_days = (0..50)
        .zip(ZONES.iter().cycle())
        .map(|(_, zone)| schedule(zone, &[("00:00", "24:00")], &[]))
        .collect::<Result<Vec<_>, _>>()?;
    let whole_days: Vec<&Schedule> = whole_days.iter().collect();

    // About a year of working minutes: with the year off they end two years later.
    let year = 121_000;
    let end = away.add_working(at, year).ok_or("the year does not end")?;
    let millisecond = Duration::from_millis(1);
    let bound = Duration::from_micros(20);
    println!("two years, one of them off: {at} to {end}");
    let within = [
        measure("add_working, two years, one off", bound, || away.add_working(at, year)),
        measure("add_working, two years, none off", bound, || office.add_working(at, 2 * year)),
        measure("add_working, four hours", bound, || office.add_working(at, 240)),
        measure("end_of_working_day, the first", bound, || office.end_of_working_day(at, 1)),
        measure("next_working", bound, || office.next_working(at)),
        measure("is_working", bound, || office.is_working(at)),
        measure("overlap, 50 schedules, 7 days", millisecond, || overlap(&team, at, week_later)),
        measure("overlap, 50 whole weeks, 7 days", millisecond, || overlap(&whole_days, at, week_later)),
    ];
    if within.contains(&false) { Err("over the bound".into()) } else { Ok(()) }
}

fn schedule(
    zone: &str,
    shifts: &[(&str, &str)],
    time_off: &[(&str, &str)],
) -> Result<Schedule, ScheduleError> {
    let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect()
    };
    let day = own(shifts);
    let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
    Schedule::parse(zone, &week, &own(time_off))
}

/// Whether the median of many runs is within the bound. Prints both.
fn measure<R>(name: &str, bound: Duration, run: impl Fn() -> R) -> bool {
    let mut samples: Vec<Duration> = (0..2_000)
        .map(|_| {
            let start = Instant::now();
            black_box(run());
            start.elapsed()
        })
        .collect();
    samples.sort_unstable();
    let median = samples.get(samples.len() / 2).copied().unwrap_or_default();
    println!("{name:<34} median {median:>10.2?}   bound {bound:?}");
    median < bound
}
