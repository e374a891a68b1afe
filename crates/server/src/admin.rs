//! What those who run the workspace see of the server.

use axum::extract::State;
use connect::mailing::{self, MailState};
use edge::{App, Json, Problem, Problems};
use jiff::Timestamp;
use kernel::Refusal;
use people::SignedIn;
use serde::Serialize;
use store::{args, sql};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The server and the workspace in numbers. None of them is about a person.
#[derive(Debug, Serialize, ToSchema)]
struct AdminOverview {
    /// The program's version.
    version: String,
    /// `sqlite` or `postgres`.
    database: String,
    /// Active members.
    members: i64,
    /// Spaces that are not archived.
    spaces: i64,
    /// Topics.
    topics: i64,
    /// Posts, removed ones left out.
    posts: i64,
    /// Bytes of all files.
    files_bytes: i64,
    /// How mail goes out.
    mail: MailState,
    /// What is wrong with it.
    #[schema(required)]
    mail_problem: Option<String>,
    /// When the server was started.
    started_at: Timestamp,
    /// The server's clock.
    now: Timestamp,
}

/// Whether the server answers.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// Always `ok`: a server that is not well answers with a problem.
    status: String,
}

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(overview)).routes(routes!(health))
}

/// The server and the workspace in numbers, for admins
#[utoipa::path(get, path = "/admin/overview", tag = "admin", operation_id = "read_admin_overview",
    responses((status = 200, body = AdminOverview), Problems))]
async fn overview(State(app): State<App>, SignedIn(actor): SignedIn) -> Result<Json<AdminOverview>, Problem> {
    if !actor.is_admin() {
        return Err(Refusal::forbidden("Only admins see this page.").named("admins_only").into());
    }
    let (configured, now) = (app.site.mail.is_some(), app.context.clock.now());
    let mail = app.context.db.read(move |tx| async move { mailing::health(&tx, configured, now).await });
    let mail = mail.await?;
    let database = if app.context.db.is_sqlite() { "sqlite" } else { "postgres" };
    let counts = app.context.db.read(move |tx| async move {
        tx.one(
            sql!(
                "SELECT (SELECT COUNT(*) FROM members WHERE workspace = $1 AND state = 'active') AS members, \
                 (SELECT COUNT(*) FROM spaces WHERE workspace = $1 AND archived_at IS NULL) AS spaces, \
                 (SELECT COUNT(*) FROM topics WHERE workspace = $1) AS topics, \
                 (SELECT COUNT(*) FROM posts WHERE workspace = $1 AND deleted_at IS NULL) AS posts, \
                 (SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM files WHERE workspace = $1) AS files_bytes"
            ),
            args![actor.workspace],
        )
        .await
    });
    let counts = counts.await?;
    Ok(Json(AdminOverview {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        database: database.to_owned(),
        members: counts.get("members")?,
        spaces: counts.get("spaces")?,
        topics: counts.get("topics")?,
        posts: counts.get("posts")?,
        files_bytes: counts.get("files_bytes")?,
        mail: mail.state,
        mail_problem: mail.problem,
        started_at: app.site.started_at,
        now,
    }))
}

/// Whether the server and its database answer
#[utoipa::path(get, path = "/health", tag = "start", operation_id = "read_health", security(()),
    responses((status = 200, body = Health), Problems))]
async fn health(State(app): State<App>) -> Result<Json<Health>, Problem> {
    app.context.db.read(|tx| async move { tx.one(sql!("SELECT 1 AS one"), args![]).await }).await?;
    Ok(Json(Health { status: "ok".to_owned() }))
}
