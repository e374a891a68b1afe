//! Work: projects with their stages, and tasks. A task is a topic, so its posts, asks, marks, files and
//! its place in inbox and search are those of every topic; here is what a task has beside them. A file
//! holds its whole trade, and `api` translates between HTTP and those functions.

mod api;
pub mod change;
pub mod create;
pub mod due;
mod error;
pub mod field;
pub mod hands;
mod history;
mod ids;
pub mod jobs;
mod keys;
pub mod label;
pub mod list;
pub mod mine;
pub mod moves;
pub mod place;
pub mod project;
pub mod stage;
pub mod steps;
pub mod task;
pub mod waits;

pub use api::routes;
pub use error::{Error, Result};
pub use ids::{
    ChoiceId, ChoiceKind, FieldId, FieldIdKind, LabelId, LabelKind, ProjectId, ProjectKind, StageId,
    StageIdKind, StepId, StepKind, TaskId, WaitId, WaitKind,
};

/// The tables of this crate, to be run after those of `topics`.
pub const MIGRATIONS: &[store::Migration] =
    &[store::Migration { name: "work-0001", sql: include_str!("../migrations/0001_work.sql") }];
