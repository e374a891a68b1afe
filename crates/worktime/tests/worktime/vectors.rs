//! Runs the cases that an independent brute-force program made, or those of the file that
//! `MERIDIAN_WORKTIME_VECTORS` names.
//!
//! The cases agree with release 2025b of the time zone database. Under a later release that changes the
//! rules of a zone, a case can fail although the arithmetic is right: by 2026f, Havana no longer sets its
//! clocks back in the autumn of 2026, which one of the cases rests on.

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
    let wrong: Vec<String> = file
        .vectors
        .iter()
        .enumerate()
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
