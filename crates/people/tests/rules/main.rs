//! The rules about people, on both engines.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod elsewhere;
mod invitations;
mod members;
mod routes;
mod sign_in;
mod spaces;
mod team;
mod time;
mod world;

use store::Db;

/// The tables below this crate and its own.
fn migrations() -> &'static [store::Migration] {
    static ALL: std::sync::LazyLock<Vec<store::Migration>> =
        std::sync::LazyLock::new(|| [store::MIGRATIONS, people::MIGRATIONS].concat());
    &ALL
}

store::both!(migrations(); async fn every_statement_prepares(db: Db) {
    assert!(store::testing::prepare_all(&db).await > 60);
});
