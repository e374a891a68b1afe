use edge::{App, Json, Problem, Write, Written, commit};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;

use crate::{Actor, Error, Result};

/// A list, and the number at which it was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// The number at which it was read: the version of every row in it.
    pub seq: i64,
    /// The rows.
    pub items: Vec<T>,
}

/// Reads with the number at which it was read.
pub(super) async fn read<T, F, Fut>(app: &App, actor: &Actor, work: F) -> Result<(i64, T), Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let (workspace, actor) = (actor.workspace.uuid(), actor.clone());
    let answer = app.context.db.read(move |tx| async move {
        let seq = tx.head(workspace).await?;
        Ok::<_, Error>((seq, work(tx, actor).await?))
    });
    Ok(answer.await?)
}

/// Reads a list with the number at which it was read.
pub(super) async fn items<T, F, Fut>(app: &App, actor: &Actor, work: F) -> Result<Json<Items<T>>, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<Vec<T>>> + Send + 'static,
{
    let (seq, items) = read(app, actor, work).await?;
    Ok(Json(Items { seq, items }))
}

/// Writes what others do not see: no receipt, no change.
pub(super) async fn write<T, F, Fut>(app: &App, actor: Actor, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let written = app.context.db.write(move |tx| async move { work(tx, actor).await });
    Ok(written.await?.value)
}

/// Writes shared things, once for each `Idempotency-Key`.
pub(super) async fn share<T, F, Fut>(
    app: &App,
    actor: Actor,
    input: Write<T>,
    work: F,
) -> Result<Json<Written>, Problem>
where
    T: Send + 'static,
    F: FnOnce(Tx, Actor, T) -> Fut + Send + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    let writer = actor.writer();
    commit(app, writer, input, move |tx, input| work(tx, actor, input)).await
}
