//! The jobs of this crate: what goes out, after the change that causes it was committed.

use std::sync::Arc;

use edge::App;
use jiff::SignedDuration;
use people::{WorkspaceId, holidays};
use store::{Job, NewJob, Worker};
use tokio::sync::Semaphore;

use crate::{Result, calendars, mailing, push};

/// How many mails, and how many requests to elsewhere, are under way at once. A server that hangs
/// holds these up, and nothing else.
const AT_ONCE: usize = 4;
/// When one looks again whether it is its turn.
const TURN: SignedDuration = SignedDuration::from_secs(5);

/// Gives the worker the handlers of this crate.
pub fn add(worker: Worker, app: &App) -> Worker {
    let (mails, requests) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(Semaphore::new(AT_ONCE)));
    let worker = in_turn(worker, "mail", app, mails, |app, job| async move {
        mailing::send(&app, workspace(&job), id(&job)?).await.map_err(text)
    });
    let worker = in_turn(worker, "push", app, requests.clone(), |app, job| async move {
        push::send(&app, workspace(&job), id(&job)?).await.map_err(text)
    });
    let worker = in_turn(worker, push::TEST, app, requests.clone(), |app, job| async move {
        push::test(&app, workspace(&job), id(&job)?).await.map_err(text)
    });
    in_turn(worker, holidays::FETCH_JOB, app, requests, |app, job| async move {
        let fetch = serde_json::from_str(job.payload.get()).map_err(|error| error.to_string())?;
        calendars::fetch(&app, workspace(&job), fetch).await.map_err(text)
    })
}

/// Handles a kind of job when there is room for it, and lets it come again when there is none.
fn in_turn<F, Fut>(worker: Worker, kind: &'static str, app: &App, room: Arc<Semaphore>, handler: F) -> Worker
where
    F: Fn(App, Job) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<(), String>> + Send + 'static,
{
    let app = app.clone();
    worker.handle(kind, move |_, job: Job| {
        let (app, room, handler) = (app.clone(), room.clone(), handler.clone());
        async move {
            match room.try_acquire() {
                Ok(_turn) => handler(app, job).await,
                Err(_) => later(&app, kind, job).await.map_err(text),
            }
        }
    })
}

async fn later(app: &App, kind: &'static str, job: Job) -> Result<()> {
    let now = app.context.clock.now();
    let run_at = now.saturating_add(TURN).unwrap_or(now);
    let again = NewJob { workspace: job.workspace, kind, key: job.key, payload: job.payload, run_at };
    app.context.db.write(move |tx| async move { tx.enqueue(again).await }).await?;
    Ok(())
}

fn workspace(job: &Job) -> WorkspaceId {
    WorkspaceId::from_uuid(job.workspace)
}

/// The key of each of these jobs is an id.
fn id<K: kernel::Kind>(job: &Job) -> Result<kernel::Id<K>, String> {
    job.key.parse().map_err(|error| format!("{}: {error}", job.key))
}

fn text(error: crate::Error) -> String {
    error.to_string()
}
