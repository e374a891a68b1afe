//! Work that nobody asks for: forgetting what has served its time.

use edge::App;
use jiff::SignedDuration;
use store::{Job, Worker};

/// How long a retried request is recognised.
const RECEIPTS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How many jobs run at once: more than may wait for servers elsewhere.
const PARALLEL: usize = 16;

/// The jobs of the product, ready to run.
pub fn worker(app: &App) -> Worker {
    let sweeper = app.clone();
    let worker = Worker::new(app.context.clone()).handle("upkeep", move |_, _: Job| {
        let app = sweeper.clone();
        async move {
            upkeep(&app).await.map_err(|error| error.to_string())?;
            work::jobs::wind_overdue(&app).await
        }
    });
    let worker = topics::jobs::add(worker.parallel(PARALLEL), app);
    let worker = work::jobs::add(worker, app);
    connect::jobs::add(worker, app)
}

/// How long it is known what went out by push and mail.
const NOTICES: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many receipts or notices one transaction forgets: whoever writes waits no longer than for these.
const PORTION: u32 = 2_000;

/// Forgets unattached uploads, old receipts and notices, sessions that have ended, and the browsers
/// of those who have left; and makes up for
/// what a lost job should have delivered or moved on.
async fn upkeep(app: &App) -> Result<(), topics::Error> {
    let now = app.context.clock.now();
    topics::files::sweep(app, now).await?;
    topics::delivery::deliver(&app.context).await?;
    let (receipts, notices) =
        (now.checked_sub(RECEIPTS).unwrap_or(now), now.checked_sub(NOTICES).unwrap_or(now));
    let db = &app.context.db;
    let whole = |forgotten: u64| forgotten >= u64::from(PORTION);
    while whole(
        db.write(move |tx| async move { store::receipts::prune(&tx, receipts, PORTION).await }).await?.value,
    ) {}
    while whole(
        db.write(move |tx| async move { topics::notices::prune(&tx, notices, PORTION).await }).await?.value,
    ) {}
    app.context
        .db
        .write(move |tx| async move {
            people::sessions::prune(&tx, now).await?;
            topics::asks::wind_overdue(&tx, now).await?;
            connect::push::forget_leavers(&tx).await?;
            Ok::<_, topics::Error>(())
        })
        .await?;
    Ok(())
}
