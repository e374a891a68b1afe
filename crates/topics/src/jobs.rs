//! The jobs of topics: what happens when its moment comes, whether anybody looks or not.

use edge::App;
use people::{System, WorkspaceId, changed, travel};
use serde::de::DeserializeOwned;
use store::{Job, Worker};

use crate::{asks, delivery, drafts};

/// Gives the worker the handlers of this crate.
pub fn add(worker: Worker, app: &App) -> Worker {
    let (deliverer, teller, planner) = (app.clone(), app.clone(), app.clone());
    let (ticker, sender, traveller) = (app.clone(), app.clone(), app.clone());
    worker
        .handle(people::delivery::JOB, move |_, _: Job| {
            let app = deliverer.clone();
            async move { delivery::deliver(&app.context).await.map_err(text) }
        })
        .handle(delivery::TELL, move |_, job: Job| {
            let app = teller.clone();
            async move { delivery::tell(&app, workspace(&job)).await.map_err(text) }
        })
        .handle(changed::JOB, move |_, job: Job| {
            let app = planner.clone();
            async move { time_changed(&app, workspace(&job), payload(&job)?).await.map_err(text) }
        })
        .handle(asks::JOB, move |_, job: Job| {
            let app = ticker.clone();
            async move { asks::tick(&app, workspace(&job), payload(&job)?).await.map_err(text) }
        })
        .handle(drafts::JOB, move |_, job: Job| {
            let app = sender.clone();
            async move { drafts::send_due(&app, &job).await.map_err(text) }
        })
        .handle(travel::JOB, move |_, job: Job| {
            let app = traveller.clone();
            async move { travel_ended(&app, workspace(&job), payload(&job)?).await.map_err(text) }
        })
}

/// A member's hours, time off or focus are other than they were: what was promised with them is
/// computed again.
async fn time_changed(app: &App, workspace: WorkspaceId, changed: changed::Changed) -> crate::Result<()> {
    let at = app.context.clock.now();
    let sending = app.clone();
    app.context
        .db
        .write(move |tx| async move {
            drafts::replan(&sending, &tx, workspace, changed.member, at).await?;
            delivery::replan(&tx, workspace, changed.member, at).await?;
            asks::recompute(&tx, &System { workspace, at }, changed.member, changed.because).await
        })
        .await?;
    Ok(())
}

/// A journey is over: everybody is told where the member works again.
async fn travel_ended(app: &App, workspace: WorkspaceId, ended: travel::Ended) -> crate::Result<()> {
    let at = app.context.clock.now();
    let written = app
        .context
        .db
        .write(move |tx| async move { travel::ended(&tx, workspace, ended.member, at).await })
        .await;
    written.map(|_| ()).map_err(crate::Error::from)
}

fn workspace(job: &Job) -> WorkspaceId {
    WorkspaceId::from_uuid(job.workspace)
}

fn payload<T: DeserializeOwned>(job: &Job) -> Result<T, String> {
    serde_json::from_str(job.payload.get()).map_err(|error| error.to_string())
}

fn text(error: crate::Error) -> String {
    error.to_string()
}
