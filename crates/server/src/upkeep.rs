//! Work that nobody asks for: forgetting what has served its time.

use edge::App;
use jiff::SignedDuration;
use store::{Job, Worker};

/// How long a retried request is recognised.
const RECEIPTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The jobs of the product, ready to run.
pub fn worker(app: &App) -> Worker {
    let sweeper = app.clone();
    Worker::new(app.context.clone()).handle("upkeep", move |_, _: Job| {
        let app = sweeper.clone();
        async move { upkeep(&app).await.map_err(|error| error.to_string()) }
    })
}

/// Forgets unattached uploads, old receipts, and sessions that have ended.
async fn upkeep(app: &App) -> Result<(), topics::Error> {
    let now = app.context.clock.now();
    topics::files::sweep(app, now).await?;
    let old = now.checked_sub(RECEIPTS).unwrap_or(now);
    app.context
        .db
        .write(move |tx| async move {
            store::receipts::prune(&tx, old).await?;
            people::sessions::prune(&tx, now).await?;
            Ok::<_, topics::Error>(())
        })
        .await?;
    Ok(())
}
