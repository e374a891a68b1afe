//! The outside world: reading archives of mail and bringing them into a space; push, mail and
//! calendars, all through one guarded client or the operator's own mail server.

mod api;
mod calendars;
mod error;
mod feeds;
mod ids;
pub mod import;
pub mod jobs;
mod letters;
pub mod mail;
pub mod mailing;
mod news;
pub mod outside;
pub mod push;
mod secrets;
pub mod settings;
pub mod smtp;
pub mod unsubscribe;
mod words;

pub use api::routes;
pub use error::{Error, Result};
pub use ids::{SubscriptionId, SubscriptionKind};

/// What a start needs: the key for push, made the first time, and what notices can go out on.
pub async fn start(app: &edge::App) -> Result<()> {
    push::key(&app.context).await?;
    let mail = app.site.mail.is_some();
    let set = app.context.db.write(move |tx| async move { topics::notices::set_outlets(&tx, mail).await });
    set.await?;
    Ok(())
}

/// The tables of this crate, to be run after those of `topics`.
pub const MIGRATIONS: &[store::Migration] = &[
    store::Migration { name: "connect-0001", sql: include_str!("../migrations/0001_outside.sql") },
    store::Migration { name: "connect-0002", sql: include_str!("../migrations/0002_feeds.sql") },
];
