//! What every kind of topic shares: topics themselves, posts, asks, read marks and the inbox,
//! files, search. A file holds its whole trade: the type, its rules, its SQL and the change that
//! it records; `api` translates between HTTP and those functions.

pub mod api;
pub mod asks;
pub mod away;
pub mod delivery;
pub mod drafts;
mod error;
pub mod events;
pub mod files;
mod ids;
pub mod inbox;
pub mod jobs;
pub mod later;
pub mod markdown;
pub mod marks;
pub mod notices;
pub mod outline;
pub mod posts;
pub mod query;
pub mod reminders;
pub mod responses;
pub mod search;
pub mod shows;
pub mod start;
pub mod topic;
pub mod words;

pub use api::routes;
pub use error::{Error, Result};
pub use ids::{
    AskId, AskKind, DraftId, DraftKind, FileId, FileKind, NoticeId, NoticeIdKind, PostId, PostKind, TopicId,
    TopicKind,
};

/// The tables of this crate, to be run after those of `people`.
pub const MIGRATIONS: &[store::Migration] = &[
    store::Migration { name: "topics-0001", sql: include_str!("../migrations/0001_topics.sql") },
    store::Migration { name: "topics-0002", sql: include_str!("../migrations/0002_delivery.sql") },
    store::Migration { name: "topics-0003", sql: include_str!("../migrations/0003_asks.sql") },
    store::Migration { name: "topics-0004", sql: include_str!("../migrations/0004_drafts.sql") },
    store::Migration { name: "topics-0005", sql: include_str!("../migrations/0005_summary.sql") },
    store::Migration { name: "topics-0006", sql: include_str!("../migrations/0006_closed.sql") },
    store::Migration { name: "topics-0007", sql: include_str!("../migrations/0007_search.sql") },
    store::Migration { name: "topics-0008", sql: include_str!("../migrations/0008_versions.sql") },
    store::Migration { name: "topics-0009", sql: include_str!("../migrations/0009_kinds.sql") },
    store::Migration { name: "topics-0010", sql: include_str!("../migrations/0010_open.sql") },
    store::Migration { name: "topics-0011", sql: include_str!("../migrations/0011_reminders.sql") },
    store::Migration { name: "topics-0012", sql: include_str!("../migrations/0012_forgetting.sql") },
];
