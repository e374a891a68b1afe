use std::{fmt, str::FromStr};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use worktime::WorkingDay;

/// The most times of day that a member may choose.
const MOST_TIMES: usize = 6;
/// The delivery in the middle of the day: 13:00.
const MIDDAY: TimeOfDay = TimeOfDay { minutes: 13 * 60 };
/// How long before the end of a working day its last delivery comes.
const BEFORE_THE_END: jiff::SignedDuration = jiff::SignedDuration::from_mins(60);

/// When things reach a member in their working time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SaidPlan")]
pub enum Plan {
    /// As it happens.
    AsItHappens,
    /// At the start of the day, at 13:00 and an hour before the end.
    #[default]
    Three,
    /// At the start of the day.
    One,
    /// At these times of day.
    Fixed {
        /// Local `HH:MM`, 1 to 6 of them, in order, each once.
        #[schema(value_type = Vec<String>, min_items = 1, max_items = 6)]
        times: Vec<TimeOfDay>,
    },
}

/// A plan as it is written. Read apart, because a tagged enum would let unknown fields pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidPlan {
    kind: PlanKind,
    #[serde(default)]
    times: Option<Vec<TimeOfDay>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PlanKind {
    AsItHappens,
    Three,
    One,
    Fixed,
}

impl TryFrom<SaidPlan> for Plan {
    type Error = &'static str;

    fn try_from(said: SaidPlan) -> Result<Self, &'static str> {
        Ok(match (said.kind, said.times) {
            (PlanKind::AsItHappens, None) => Self::AsItHappens,
            (PlanKind::Three, None) => Self::Three,
            (PlanKind::One, None) => Self::One,
            (PlanKind::Fixed, Some(mut times)) => {
                times.sort_unstable();
                times.dedup();
                Self::Fixed { times }
            }
            (PlanKind::Fixed, None) => return Err("missing field `times`"),
            (_, Some(_)) => return Err("unknown field `times`: only a fixed plan has it"),
        })
    }
}

/// A local time of day, `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

impl FromStr for TimeOfDay {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = |part: &str| {
            let plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| part.parse::<u16>().ok()).flatten()
        };
        text.split_once(':')
            .and_then(|(hours, minutes)| Some((digits(hours)?, digits(minutes)?)))
            .filter(|(hours, minutes)| *hours < 24 && *minutes < 60)
            .map(|(hours, minutes)| Self { minutes: hours * 60 + minutes })
            .ok_or("a time of day is written as 00:00 to 23:59")
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl TimeOfDay {
    /// Its instant on one working day. A day that goes on after midnight may mean the date after.
    fn on(self, day: &WorkingDay, zone: &TimeZone) -> Option<Timestamp> {
        let at = |date: Date| {
            let wall = date.to_datetime(jiff::civil::Time::midnight());
            zone.to_timestamp(wall.checked_add(i64::from(self.minutes).minutes()).ok()?).ok()
        };
        let first = at(day.date)?;
        let late = || day.date.tomorrow().ok().and_then(at).filter(|late| *late < day.end());
        if first < day.start() { Some(late().unwrap_or(first)) } else { Some(first) }
    }
}

impl Plan {
    /// Refuses a fixed plan without times, or with too many.
    pub fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Fixed { times } if !(1..=MOST_TIMES).contains(&times.len()) => {
                let allowed = format!("1 to {MOST_TIMES} times of day");
                Err(Refusal::invalid_because("plan.times", "is not that many", allowed))
            }
            _ => Ok(()),
        }
    }

    /// The instants of one working day as the plan names them, in any order: they may lie outside
    /// of working time. None for a plan without deliveries.
    pub(super) fn wanted(&self, day: &WorkingDay, zone: &TimeZone) -> Vec<Timestamp> {
        match self {
            Self::AsItHappens => Vec::new(),
            Self::One => vec![day.start()],
            Self::Three => {
                let near_the_end = day.end().checked_sub(BEFORE_THE_END).ok();
                [Some(day.start()), MIDDAY.on(day, zone), near_the_end].into_iter().flatten().collect()
            }
            Self::Fixed { times } => times.iter().filter_map(|time| time.on(day, zone)).collect(),
        }
    }
}
