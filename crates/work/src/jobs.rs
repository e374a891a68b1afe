//! The jobs of work: what changes by itself.

use edge::App;
use kernel::Ids;
use people::{
    System, WorkspaceId,
    changed::{self, Changed},
};
use serde::de::DeserializeOwned;
use store::{Job, Tx, Worker};
use topics::asks::{CHANGED, Watched};

use crate::{
    due,
    handoff::{self, Ends},
    import::runs,
    leaving,
    queue::{self, Turn},
    remind, repeat, rules, waits,
};

/// Gives the worker the handlers of this crate.
pub fn add(worker: Worker, app: &App) -> Worker {
    let (waiter, ender, turner, planner) = (app.clone(), app.clone(), app.clone(), app.clone());
    let (repeater, reminder, ruler, importer) = (app.clone(), app.clone(), app.clone(), app.clone());
    let leaver = app.clone();
    worker
        .handle(CHANGED, move |_, job: Job| {
            let app = waiter.clone();
            async move { ask_changed(&app, &job).await }
        })
        .handle(handoff::JOB, move |_, job: Job| {
            let app = ender.clone();
            async move { handoff_ends(&app, &job).await }
        })
        .handle(queue::JOB, move |_, job: Job| {
            let app = turner.clone();
            async move { queue_turns(&app, &job).await }
        })
        .handle(repeat::JOB, move |_, job: Job| {
            let app = repeater.clone();
            async move { text(repeat::turn(&app, workspace(&job), payload(&job)?).await) }
        })
        .handle(remind::JOB, move |_, job: Job| {
            let app = reminder.clone();
            async move { text(remind::tick(&app, workspace(&job), payload(&job)?).await) }
        })
        .handle(rules::JOB, move |_, job: Job| {
            let app = ruler.clone();
            async move { text(rules::work(&app, workspace(&job), payload(&job)?).await) }
        })
        .handle(runs::JOB, move |_, job: Job| {
            let app = importer.clone();
            async move { text(runs::work(&app, workspace(&job), id_of(&job)?).await) }
        })
        .handle(leaving::JOB, move |_, job: Job| {
            let app = leaver.clone();
            async move { text(leaving::go_on(&app, workspace(&job), id_of(&job)?).await) }
        })
        .handle(changed::JOB, move |_, job: Job| {
            let app = planner.clone();
            async move { time_changed(&app, &job).await }
        })
}

/// Winds what lost jobs should have done by now.
pub async fn wind_overdue(app: &App) -> Result<(), String> {
    let at = app.context.clock.now();
    let written = app
        .context
        .db
        .write(move |tx| async move {
            handoff::wind_overdue(&tx, at).await?;
            repeat::wind_overdue(&tx, at).await?;
            remind::wind_overdue(&tx, at).await?;
            rules::prune(&tx, at).await?;
            leaving::wind_overdue(&tx, at).await?;
            queue::wind_all(&tx, at).await
        })
        .await;
    written.map(|_| ()).map_err(|error| error.to_string())
}

/// The time in which an offer can be accepted is over.
async fn handoff_ends(app: &App, job: &Job) -> Result<(), String> {
    let Ends { handoff } = payload(job)?;
    write(app, job, move |tx, system, ids| async move { handoff::end(&tx, &system, ids, handoff).await })
        .await
}

/// Somebody's day in a queue has begun or ended.
async fn queue_turns(app: &App, job: &Job) -> Result<(), String> {
    let Turn { project } = payload(job)?;
    write(app, job, move |tx, system, ids| async move { queue::turn(&tx, &system, ids, project).await }).await
}

/// A member's hours, time off or zone are other than they were.
async fn time_changed(app: &App, job: &Job) -> Result<(), String> {
    let Changed { member, .. } = payload(job)?;
    write(app, job, move |tx, system, ids| async move {
        handoff::replan(&tx, &system, &ids, member).await?;
        due::recompute(&tx, &system, ids, member).await?;
        repeat::time_changed(&tx, system.workspace, member, system.at).await?;
        remind::time_changed(&tx, system.workspace, member, system.at).await?;
        queue::replan(&tx, &system, member).await
    })
    .await
}

fn workspace(job: &Job) -> WorkspaceId {
    WorkspaceId::from_uuid(job.workspace)
}

fn text(done: crate::Result<()>) -> Result<(), String> {
    done.map_err(|error| error.to_string())
}

fn payload<T: DeserializeOwned>(job: &Job) -> Result<T, String> {
    serde_json::from_str(job.payload.get()).map_err(|error| error.to_string())
}

/// Writes as the program, in the workspace of the job.
async fn write<F, Fut>(app: &App, job: &Job, run: F) -> Result<(), String>
where
    F: FnOnce(Tx, System, Ids) -> Fut + Send + 'static,
    Fut: Future<Output = crate::Result<()>> + Send + 'static,
{
    let system = System { workspace: WorkspaceId::from_uuid(job.workspace), at: app.context.clock.now() };
    let ids = app.context.ids.clone();
    let written = app.context.db.write(move |tx| run(tx, system, ids)).await;
    written.map(|_| ()).map_err(|error| error.to_string())
}

/// An ask that tasks wait for was answered, is over, or was opened again.
async fn ask_changed(app: &App, job: &Job) -> Result<(), String> {
    let watched: Watched = payload(job)?;
    write(
        app,
        job,
        move |tx, system, ids| async move { waits::ask_turned(&tx, &system, ids, watched.ask).await },
    )
    .await
}

/// The id that is the key of a job.
fn id_of<K: kernel::Kind>(job: &Job) -> Result<kernel::Id<K>, String> {
    job.key.parse().map_err(|error| format!("{}: {error}", job.key))
}
