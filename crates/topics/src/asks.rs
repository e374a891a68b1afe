//! Asks: a request to exactly one member, or to a group until one of its members claims it, with a
//! clock that runs only in that member's own working time. `open → accepted → answered → closed`,
//! or declined, passed on, withdrawn, gone ahead with.
//!
//! `times` says when an ask is due; `clock` does what happens by itself at its instants; `life` is
//! what its two people do with it, `late` what the asker can do when time has passed, `urgent` what
//! wakes people, `takers` whose time it runs in. `recompute` keeps promises true when somebody's time changes.

mod budget;
mod clock;
mod create;
mod kinds;
mod late;
mod life;
mod lists;
mod preview;
mod recompute;
mod row;
mod silence;
mod takers;
mod times;
mod touches;
mod urgent;
mod watch;

pub use budget::Budget;
pub use clock::{JOB, Tick, tick, wind_overdue};
pub(crate) use create::insert;
pub use create::{NewAsk, create};
pub use kinds::{AskKind, AskState, Judged, Moved};
pub use late::{Escalate, Reassign, cover, escalate, extend, reassign};
pub use life::{Pass, accept, answer, claim, close, decline, pass, reopen, withdraw};
pub(crate) use life::{answered_by, checked_written};
pub use lists::{of_topic, open_in_space, owed, waited_for, waits_for_group};
pub use preview::{AskNote, AskTimes, BudgetChoice, choices, preview};
pub use recompute::recompute;
pub(crate) use row::read;
pub use row::{Ask, Urgent, find, see};
pub use silence::Silence;
pub use touches::{Touched, own_time, touched};
pub use urgent::{
    Covering, CoversBecause, Gate, UrgentCounts, UrgentItem, UrgentLog, acknowledge, gate, judge,
    log as urgent_log,
};
pub use watch::{CHANGED, Watched, watch};
