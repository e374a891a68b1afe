//! Work: projects with their stages, and tasks. A task is a topic, so its posts, asks, marks, files and
//! its place in inbox and search are those of every topic; here is what a task has beside them. A file
//! holds its whole trade, and `api` translates between HTTP and those functions.

pub mod acceptance;
mod api;
mod blueprint;
pub mod change;
pub mod columns;
pub mod create;
pub mod due;
mod error;
pub mod field;
pub mod forms;
pub mod goals;
pub mod handoff;
pub mod hands;
mod happened;
mod history;
mod ids;
pub mod import;
pub mod jobs;
mod keys;
pub mod label;
pub mod leaving;
pub mod list;
mod members;
pub mod mine;
pub mod moves;
pub mod place;
pub mod project;
pub mod queue;
pub mod remind;
pub mod repeat;
pub mod results;
pub mod rhythm;
pub mod rules;
pub mod signoff;
pub mod slips;
pub mod stage;
pub mod steps;
pub mod task;
pub mod template;
pub mod views;
pub mod waits;

pub use api::{board, routes};
pub use error::{Error, Result};
pub use ids::{
    ChoiceId, ChoiceKind, DepartureId, DepartureKind, FieldId, FieldIdKind, FormId, FormKind, GoalId,
    GoalKind, HandoffId, HandoffKind, ImportId, ImportKind, KeyResultId, KeyResultIdKind, LabelId, LabelKind,
    ProjectId, ProjectKind, RuleEventId, RuleEventKind, RuleId, RuleKind, RuleRunId, RuleRunKind, SeriesId,
    SeriesKind, StageId, StageIdKind, StepId, StepKind, TaskId, TemplateId, TemplateKind, ViewId, ViewIdKind,
    WaitId, WaitKind,
};

/// The tables of this crate, to be run after those of `topics`.
pub const MIGRATIONS: &[store::Migration] = &[
    store::Migration { name: "work-0001", sql: include_str!("../migrations/0001_work.sql") },
    store::Migration { name: "work-0002", sql: include_str!("../migrations/0002_views.sql") },
    store::Migration { name: "work-0003", sql: include_str!("../migrations/0003_hands.sql") },
    store::Migration { name: "work-0004", sql: include_str!("../migrations/0004_rhythm.sql") },
    store::Migration { name: "work-0005", sql: include_str!("../migrations/0005_goals.sql") },
    store::Migration { name: "work-0006", sql: include_str!("../migrations/0006_import.sql") },
    store::Migration { name: "work-0007", sql: include_str!("../migrations/0007_members.sql") },
    store::Migration { name: "work-0008", sql: include_str!("../migrations/0008_leaving.sql") },
    store::Migration { name: "work-0009", sql: include_str!("../migrations/0009_left_out.sql") },
];
