//! The jobs of work: what changes by itself.

use edge::App;
use people::{System, WorkspaceId};
use store::{Job, Worker};
use topics::asks::{CHANGED, Watched};

use crate::waits;

/// Gives the worker the handlers of this crate.
pub fn add(worker: Worker, app: &App) -> Worker {
    let waiter = app.clone();
    worker.handle(CHANGED, move |_, job: Job| {
        let app = waiter.clone();
        async move { ask_changed(&app, &job).await }
    })
}

/// An ask that tasks wait for was answered, is over, or was opened again.
async fn ask_changed(app: &App, job: &Job) -> Result<(), String> {
    let watched: Watched = serde_json::from_str(job.payload.get()).map_err(|error| error.to_string())?;
    let workspace = WorkspaceId::from_uuid(job.workspace);
    let system = System { workspace, at: app.context.clock.now() };
    let ids = app.context.ids.clone();
    let written = app
        .context
        .db
        .write(move |tx| async move { waits::ask_turned(&tx, &system, ids, watched.ask).await })
        .await;
    written.map(|_| ()).map_err(|error| error.to_string())
}
