use std::collections::BTreeMap;

use edge::{App, Json, Problem, Write, Written, commit};
use serde::Serialize;
use store::Tx;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use crate::{Actor, Error, Result};

/// The answers that are not successes, for the specification: every operation may give them.
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        const PROBLEMS: [(&str, &str); 10] = [
            ("400", "The request could not be understood; the field is named"),
            ("401", "Nobody is signed in"),
            ("403", "It may be seen, but this may not be done"),
            ("404", "There is no such thing for you"),
            ("409", "The state has moved on"),
            ("413", "The request is too large"),
            ("415", "The body has another media type"),
            ("422", "A rule refused a value; the field is named"),
            ("429", "Too many attempts; see Retry-After"),
            ("500", "An error of the server; the id names its log entry"),
        ];
        PROBLEMS.iter().map(|(status, about)| ((*status).to_owned(), problem(about).into())).collect()
    }
}

fn problem(about: &str) -> Response {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(about).content("application/problem+json", content).build()
}

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

/// The body of a write that needs none: `{}` or nothing.
#[derive(Debug, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}
