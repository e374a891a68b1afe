//! Runs the cases that an independent brute-force program made, or those of the file that
//! `MERIDIAN_WORKTIME_VECTORS` names.
//!
//! The cases agree with release 2025b of the time zone database. Governments change rules: where the data
//! at hand has a later rule for a zone (`CHANGED`), the cases of that zone are left out, and the test says so.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use worktime::{Interval, Schedule, ScheduleError, overlap};

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    op: String,
    schedule: Given,
    #[serde(default)]
    others: Vec<Given>,
    at: Timestamp,
    until: Option<Timestamp>,
    minutes: Option<u32>,
    days: Option<u32>,
    expect: Value,
}

#[derive(Deserialize)]
struct Given {
    zone: String,
    week: BTreeMap<String, Vec<(String, String)>>,
    #[serde(default)]
    time_off: Vec<GivenTimeOff>,
}

#[derive(Deserialize)]
struct GivenTimeOff {
    from: String,
    to: String,
}

impl Given {
    fn parse(&self) -> Result<Schedule, ScheduleError> {
        let week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .map(|day| self.week.get(day).cloned().unwrap_or_default());
        let time_off: Vec<_> = self.time_off.iter().map(|off| (off.from.clone(), off.to.clone())).collect();
        Schedule::parse(&self.zone, &week, &time_off)
    }
}

impl Vector {
    fn answer(&self) -> Result<Value, Box<dyn std::error::Error>> {
        let schedule = self.schedule.parse()?;
        let until = || self.until.ok_or("no until");
        Ok(match self.op.as_str() {
            "is_working" => json!(schedule.is_working(self.at)),
            "next_working" => json!(schedule.next_working(self.at)),
            "add_working" => json!(schedule.add_working(self.at, self.minutes.ok_or("no minutes")?)),
            "end_of_working_day" => json!(schedule.end_of_working_day(self.at, self.days.ok_or("no days")?)),
            "working_minutes" => json!(schedule.working_minutes(self.at, until()?)),
            "overlap" => {
                let others = self.others.iter().map(Given::parse).collect::<Result<Vec<_>, _>>()?;
                let all: Vec<&Schedule> = std::iter::once(&schedule).chain(&others).collect();
                overlap(&all, self.at, until()?).iter().map(pair).collect()
            }
            other => return Err(format!("unknown operation {other}").into()),
        })
    }
}

/// Zones whose rules changed after 2025b: an instant, and the offset in hours that 2025b gives there.
/// By 2026f, Havana no longer sets its clocks back in the autumn of 2026.
const CHANGED: [(&str, &str, i8); 1] = [("America/Havana", "2026-12-01T00:00:00Z", -5)];

/// Whether the data at hand has another rule for the zone than the cases had.
fn has_changed(zone: &str) -> bool {
    CHANGED.iter().filter(|(changed, ..)| *changed == zone).any(|(_, at, hours)| {
        let here = at.parse::<Timestamp>().ok().zip(jiff::tz::TimeZone::get(zone).ok());
        here.is_some_and(|(at, zone)| zone.to_offset(at) != jiff::tz::Offset::constant(*hours))
    })
}

fn pair(interval: &Interval) -> Value {
    json!([interval.start, interval.end])
}

#[test]
fn every_vector_holds() {
    let path = std::env::var("MERIDIAN_WORKTIME_VECTORS")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/worktime.json").to_owned());
    let text = std::fs::read_to_string(&path).expect(&path);
    let file: File = serde_json::from_str(&text).expect(&path);
    assert!(!file.vectors.is_empty(), "{path} holds no vectors");
    let rests_on_a_changed_rule = |vector: &Vector| {
        std::iter::once(&vector.schedule).chain(&vector.others).any(|given| has_changed(&given.zone))
    };
    let left_out = file.vectors.iter().filter(|vector| rests_on_a_changed_rule(vector)).count();
    if left_out > 0 {
        println!("{left_out} cases left out: the zone data at hand has later rules than 2025b");
    }
    let wrong: Vec<String> = file
        .vectors
        .iter()
        .enumerate()
        .filter(|(_, vector)| !rests_on_a_changed_rule(vector))
        .filter_map(|(index, vector)| match vector.answer() {
            Ok(answer) if answer == vector.expect => None,
            answer => Some(format!(
                "{index}: {} in {} at {}: expected {}, got {answer:?}",
                vector.op, vector.schedule.zone, vector.at, vector.expect
            )),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), file.vectors.len(), wrong.join("\n"));
}
