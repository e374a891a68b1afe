//! For tests only: the whole program on either database, people to be, and requests whose answers
//! are held against the specification. Nothing here is part of the program.
//!
//! ```ignore
//! testkit::both!(async fn a_post_is_read_by_others(app: &App) {
//!     let world = World::new(app).await;
//!     let thread = world.thread(&world.camila, &world.delivery, "Routes").await;
//!     app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok();
//! });
//! ```
//!
//! Every answer is checked: its operation and status must be in the specification, its body must
//! fit the schema of that status, and an error of the server fails the test at once. When a test
//! ends, replaying the change log must give the tables ([`App::end`]).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "only tests use this, and they stop at the first surprise"
)]

mod app;
mod http;
mod replay;
mod request;
mod schema;
mod specification;
mod world;

pub use app::App;
pub use http::{Connection, Event, Stream};
pub use request::{Answer, Client, Request};
pub use specification::{Operation, Specification};
pub use world::{PASSWORD, Person, Thread, World};

/// Makes `name::sqlite` and `name::postgres` of one test over a started [`App`]. The test's crate
/// needs `tokio`.
#[macro_export]
macro_rules! both {
    ($(#[$attribute:meta])* async fn $name:ident($app:ident: &App) $body:block) => {
        $(#[$attribute])*
        mod $name {
            use super::*;

            async fn test($app: &App) $body

            #[tokio::test]
            async fn sqlite() {
                let app = $crate::App::sqlite().await;
                Box::pin(test(&app)).await;
                Box::pin(app.end()).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(app) = $crate::App::postgres().await {
                    Box::pin(test(&app)).await;
                    Box::pin(app.end()).await;
                }
            }
        }
    };
}
