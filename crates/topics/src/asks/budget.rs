//! How long the asked person has.

use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Result;

/// The farthest due instant.
pub(super) const FARTHEST: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// How long the asked person has, in their working time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SaidBudget")]
pub enum Budget {
    /// The end of their next working day.
    NextWorkingDay,
    /// Four working hours.
    HalfDay,
    /// The end of the last working day of this week of theirs, or of the next if none is left.
    ThisWeek,
    /// No due instant.
    NoRush,
    /// An exact instant.
    Exact {
        /// In the future, at most two years away.
        at: Timestamp,
    },
    /// At once, whatever time it is there; it repeats until it is acknowledged.
    Urgent {
        /// One of the urgent reasons of the norms that hold there.
        reason: String,
        /// What happens if it waits, in one sentence.
        cost: String,
    },
}

impl Budget {
    /// Whether it wakes people.
    pub fn is_urgent(&self) -> bool {
        matches!(self, Self::Urgent { .. })
    }

    /// The same for somebody who begins now: an exact instant that is over becomes the default.
    pub(super) fn anew(self, now: Timestamp) -> Self {
        match self {
            Self::Exact { at } if at <= now => Self::NextWorkingDay,
            budget => budget,
        }
    }
}

/// A budget as it is written. Read apart, because a tagged enum would let unknown fields pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidBudget {
    kind: BudgetKind,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    cost: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BudgetKind {
    NextWorkingDay,
    HalfDay,
    ThisWeek,
    NoRush,
    Exact,
    Urgent,
}

impl TryFrom<SaidBudget> for Budget {
    type Error = &'static str;

    fn try_from(said: SaidBudget) -> Result<Self, &'static str> {
        if let BudgetKind::Urgent = said.kind {
            let (Some(reason), Some(cost), None) = (said.reason, said.cost, said.at) else {
                return Err("an urgent budget has the fields `reason` and `cost`");
            };
            return Ok(Self::Urgent { reason, cost });
        }
        if said.reason.is_some() || said.cost.is_some() {
            return Err("unknown field: only an urgent budget has a reason and a cost");
        }
        Ok(match (said.kind, said.at) {
            (BudgetKind::NextWorkingDay, None) => Self::NextWorkingDay,
            (BudgetKind::HalfDay, None) => Self::HalfDay,
            (BudgetKind::ThisWeek, None) => Self::ThisWeek,
            (BudgetKind::NoRush, None) => Self::NoRush,
            (BudgetKind::Exact, Some(at)) => Self::Exact { at },
            (_, None) => return Err("missing field `at`"),
            (_, Some(_)) => return Err("unknown field `at`: only an exact budget has it"),
        })
    }
}

/// Refuses an exact instant in the past or beyond two years.
pub(super) fn check(budget: &Budget, now: Timestamp) -> Result<()> {
    match budget {
        Budget::Exact { at } if *at <= now || at.duration_since(now) > FARTHEST => {
            Err(Refusal::invalid_because(
                "budget.at",
                "is out of range",
                "an instant within the coming two years",
            )
            .named("out_of_range")
            .into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_instant_lies_ahead() {
        let now: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        assert!(check(&Budget::Exact { at: now }, now).is_err());
        assert!(check(&Budget::Exact { at: "2029-11-25T15:00:00Z".parse().unwrap() }, now).is_err());
        assert!(check(&Budget::Exact { at: "2026-11-26T15:00:00Z".parse().unwrap() }, now).is_ok());
    }
}
