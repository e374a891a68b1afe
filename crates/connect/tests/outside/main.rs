//! What goes out: the guarded client, push, mail.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod browser;
mod calendar;
mod client;
mod listener;
mod mail;
mod mail_server;
mod push;
mod reminders;

use kernel::Site;
use testkit::App;

/// A site whose pushes may go to this machine.
fn site() -> Site {
    Site {
        address: Some("https://work.example.org".to_owned()),
        outbound: vec!["127.0.0.0/8".parse().unwrap()],
        ..Site::default()
    }
}

/// Runs a test on SQLite, and on PostgreSQL when there is a cluster.
async fn on_both(site: Site, test: impl AsyncFn(&App)) {
    for app in [Some(App::sqlite().await), App::postgres().await].into_iter().flatten() {
        let app = app.at(site.clone());
        Box::pin(test(&app)).await;
        Box::pin(app.end()).await;
    }
}
