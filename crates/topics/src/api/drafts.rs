use axum::extract::State;
use edge::{App, Json, Nothing, Path, Problem, Problems, Write, Written, commit};
use people::{Actor, SignedIn};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    DraftId, Result,
    drafts::{self, Draft, NewDraft, SendDraft},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(save, remove)).routes(routes!(send, cancel))
}

/// My drafts.
#[derive(Debug, Serialize, ToSchema)]
struct DraftList {
    /// The number at which it was read.
    seq: i64,
    /// The newest first.
    items: Vec<Draft>,
}

/// My drafts
#[utoipa::path(get, path = "/drafts", tag = "drafts", operation_id = "list_drafts",
    responses((status = 200, body = DraftList), Problems))]
async fn list(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<DraftList>, Problem> {
    async fn run(tx: Tx, actor: Actor) -> Result<DraftList> {
        Ok(DraftList { seq: tx.head(actor.workspace.uuid()).await?, items: drafts::list(&tx, &actor).await? })
    }
    read(&app, actor, run).await.map(Json)
}

/// Keep a version of my draft
///
/// With another version there than the one that this was made from, the answer is 409, and
/// `current` has the other version; null when it was sent or thrown away.
#[utoipa::path(put, path = "/drafts/{draft}", tag = "drafts", operation_id = "save_draft", request_body = NewDraft,
    params(("draft" = DraftId, Path)), responses((status = 200, body = Written), Problems))]
async fn save(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<DraftId>,
    write: Write<NewDraft>,
) -> Result<Json<Written>, Problem> {
    commit(
        &app,
        actor.writer(),
        write,
        move |tx, new| async move { drafts::save(&tx, &actor, id, new).await },
    )
    .await
}

/// Throw my draft away
#[utoipa::path(delete, path = "/drafts/{draft}", tag = "drafts", operation_id = "remove_draft",
    params(("draft" = DraftId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<DraftId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { drafts::remove(&tx, &actor, id).await })
        .await
}

/// Let my draft go out by itself
#[utoipa::path(post, path = "/drafts/{draft}/send", tag = "drafts", operation_id = "send_draft",
    request_body = SendDraft, params(("draft" = DraftId, Path)), responses((status = 200, body = Written), Problems))]
async fn send(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<DraftId>,
    write: Write<SendDraft>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, send| async move {
        drafts::send_later(&tx, &actor, id, send).await
    })
    .await
}

/// Keep my draft back
#[utoipa::path(delete, path = "/drafts/{draft}/send", tag = "drafts", operation_id = "cancel_draft",
    params(("draft" = DraftId, Path)), responses((status = 200, body = Written), Problems))]
async fn cancel(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<DraftId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    commit(&app, actor.writer(), write, move |tx, _| async move { drafts::cancel(&tx, &actor, id).await })
        .await
}
