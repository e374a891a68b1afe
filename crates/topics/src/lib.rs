//! What every kind of topic shares: topics themselves, posts, asks, read marks and the inbox,
//! files, search. A file holds its whole trade: the type, its rules, its SQL and the change that
//! it records; `api` translates between HTTP and those functions.

pub mod api;
pub mod asks;
mod error;
pub mod files;
mod ids;
pub mod inbox;
pub mod later;
pub mod markdown;
pub mod marks;
pub mod posts;
pub mod query;
pub mod responses;
pub mod search;
pub mod start;
pub mod topic;
pub mod words;

pub use api::routes;
pub use error::{Error, Result};
pub use ids::{AskId, AskKind, FileId, FileKind, PostId, PostKind, TopicId, TopicKind};

/// The tables of this crate, to be run after those of `people`.
pub const MIGRATIONS: &[store::Migration] =
    &[store::Migration { name: "topics-0001", sql: include_str!("../migrations/0001_topics.sql") }];
