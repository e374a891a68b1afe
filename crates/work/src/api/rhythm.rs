use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written};
use people::{Actor, SignedIn};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{read, share};
use crate::{
    FormId, ProjectId, Result, RuleId, SeriesId, TaskId, TemplateId,
    forms::{self, FormPatch, NewForm},
    remind::{self, ReminderChoice, ReminderPatch},
    repeat::{self, ComingDay, DaysOff, NewRepeat, RepeatPatch},
    rhythm::{self, Rhythm},
    rules::{self, NewRule, RulePatch, RuleRun},
    template::{self, CopyProject, NewTemplate, TemplatePatch, UseTemplate},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_repeat))
        .routes(routes!(preview_repeat))
        .routes(routes!(change_series))
        .routes(routes!(read_reminders, choose_reminders))
        .routes(routes!(read_rhythm))
        .routes(routes!(read_runs))
        .routes(routes!(create_rule))
        .routes(routes!(change_rule, remove_rule))
        .routes(routes!(create_template))
        .routes(routes!(change_template, remove_template))
        .routes(routes!(use_template))
        .routes(routes!(copy_project))
        .routes(routes!(create_form))
        .routes(routes!(change_form, remove_form))
}

// ------------------------------------------------------------------ tasks that come again

/// Make a task come again, or change how it does from now on
#[utoipa::path(put, path = "/tasks/{task}/repeat", tag = "work", operation_id = "set_repeat",
    request_body = NewRepeat, params(("task" = TaskId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn set_repeat(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    new: Write<NewRepeat>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, move |tx, actor, new| async move { repeat::set(&tx, &actor, id, new).await })
        .await
}

/// Which days are shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wish {
    /// A rule of RFC 5545 about days.
    rule: String,
    /// What becomes of days off.
    #[param(inline)]
    days_off: DaysOff,
    /// How many working days before it is due a task is made.
    lead: Option<u8>,
}

/// The days that a rule would give.
#[derive(Debug, Serialize, ToSchema)]
struct ComingDays {
    /// At most five, in order.
    items: Vec<ComingDay>,
}

/// The next days of a rule, as they would be for the owner of a task
#[utoipa::path(get, path = "/tasks/{task}/repeat/coming", tag = "work", operation_id = "preview_repeat",
    params(("task" = TaskId, Path), Wish), responses((status = 200, body = ComingDays), Problems))]
async fn preview_repeat(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TaskId>,
    Params(wish): Params<Wish>,
) -> Result<Json<ComingDays>, Problem> {
    async fn run(tx: Tx, actor: Actor, id: TaskId, wish: Wish) -> Result<ComingDays> {
        let items = repeat::preview(&tx, &actor, id, &wish.rule, wish.days_off, wish.lead).await?;
        Ok(ComingDays { items })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, id, wish)).await
}

/// Change a series for all that is to come, pause it, go on with it, or end it
#[utoipa::path(patch, path = "/series/{series}", tag = "work", operation_id = "change_series",
    request_body = RepeatPatch, params(("series" = SeriesId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn change_series(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<SeriesId>,
    patch: Write<RepeatPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { repeat::change(&tx, &actor, id, patch).await },
    )
    .await
}

// ------------------------------------------------------------------ reminders

/// When I am reminded of my tasks
#[utoipa::path(get, path = "/work/reminders", tag = "work", operation_id = "read_reminders",
    responses((status = 200, body = ReminderChoice), Problems))]
async fn read_reminders(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<ReminderChoice>, Problem> {
    read(&app, actor, |tx, actor| async move { remind::choice(&tx, actor.workspace, actor.member).await })
        .await
}

/// Choose when I am reminded of my tasks
#[utoipa::path(patch, path = "/work/reminders", tag = "work", operation_id = "choose_reminders",
    request_body = ReminderPatch, responses((status = 200, body = Written), Problems))]
async fn choose_reminders(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    patch: Write<ReminderPatch>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, patch, |tx, actor, patch| async move { remind::choose(&tx, &actor, patch).await })
        .await
}

// ------------------------------------------------------------------ what a project has

/// A project's rules, templates and forms.
#[derive(Debug, Serialize, ToSchema)]
struct WholeRhythm {
    /// The number at which it was read.
    seq: i64,
    /// They.
    rhythm: Rhythm,
}

/// The rules, templates and forms of a project
#[utoipa::path(get, path = "/projects/{project}/rhythm", tag = "work", operation_id = "read_rhythm",
    params(("project" = ProjectId, Path)), responses((status = 200, body = WholeRhythm), Problems))]
async fn read_rhythm(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ProjectId>,
) -> Result<Json<WholeRhythm>, Problem> {
    async fn run(tx: Tx, actor: Actor, id: ProjectId) -> Result<WholeRhythm> {
        Ok(WholeRhythm {
            seq: tx.head(actor.workspace.uuid()).await?,
            rhythm: rhythm::see(&tx, &actor, id).await?,
        })
    }
    read(&app, actor, move |tx, actor| run(tx, actor, id)).await
}

/// What came of the rules of a project.
#[derive(Debug, Serialize, ToSchema)]
struct RuleRuns {
    /// The latest 100, the newest first.
    items: Vec<RuleRun>,
}

/// What came of the rules of a project, within 90 days
#[utoipa::path(get, path = "/projects/{project}/rule-runs", tag = "work", operation_id = "read_rule_runs",
    params(("project" = ProjectId, Path)), responses((status = 200, body = RuleRuns), Problems))]
async fn read_runs(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<ProjectId>,
) -> Result<Json<RuleRuns>, Problem> {
    read(
        &app,
        actor,
        move |tx, actor| async move { Ok(RuleRuns { items: rules::runs(&tx, &actor, id).await? }) },
    )
    .await
}

/// Make a rule: when this happens, do that
#[utoipa::path(post, path = "/projects/{project}/rules", tag = "work", operation_id = "create_rule",
    request_body = NewRule, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_rule(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewRule>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { rules::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a rule, switch it on or off
#[utoipa::path(patch, path = "/rules/{rule}", tag = "work", operation_id = "change_rule", request_body = RulePatch,
    params(("rule" = RuleId, Path)), responses((status = 200, body = Written), Problems))]
async fn change_rule(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<RuleId>,
    patch: Write<RulePatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { rules::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Take a rule away
#[utoipa::path(delete, path = "/rules/{rule}", tag = "work", operation_id = "remove_rule",
    params(("rule" = RuleId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_rule(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<RuleId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { rules::remove(&tx, &actor, id).await }).await
}

// ------------------------------------------------------------------ templates

/// Make a template from a task
#[utoipa::path(post, path = "/projects/{project}/templates", tag = "work", operation_id = "create_template",
    request_body = NewTemplate, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_template(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewTemplate>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { template::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a template
#[utoipa::path(patch, path = "/templates/{template}", tag = "work", operation_id = "change_template",
    request_body = TemplatePatch, params(("template" = TemplateId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn change_template(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TemplateId>,
    patch: Write<TemplatePatch>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, patch, move |tx, actor, patch| async move {
        template::change(&tx, &actor, id, patch).await
    })
    .await
}

/// Take a template away
#[utoipa::path(delete, path = "/templates/{template}", tag = "work", operation_id = "remove_template",
    params(("template" = TemplateId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_template(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TemplateId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { template::remove(&tx, &actor, id).await })
        .await
}

/// Make a task from a template
#[utoipa::path(post, path = "/templates/{template}/tasks", tag = "work", operation_id = "use_template",
    request_body = UseTemplate, params(("template" = TemplateId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn use_template(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TemplateId>,
    wish: Write<UseTemplate>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        wish,
        move |tx, actor, wish| async move { template::make(&tx, &actor, id, wish).await },
    )
    .await
}

/// Make a project like this one
#[utoipa::path(post, path = "/projects/{project}/copy", tag = "work", operation_id = "copy_project",
    request_body = CopyProject, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn copy_project(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(from): Path<ProjectId>,
    wish: Write<CopyProject>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        wish,
        move |tx, actor, wish| async move { template::copy(&tx, &actor, from, wish).await },
    )
    .await
}

// ------------------------------------------------------------------ forms

/// Make a form with an address for anybody
#[utoipa::path(post, path = "/projects/{project}/forms", tag = "work", operation_id = "create_form",
    request_body = NewForm, params(("project" = ProjectId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn create_form(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(project): Path<ProjectId>,
    new: Write<NewForm>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { forms::create(&tx, &actor, project, new).await },
    )
    .await
}

/// Change a form, close it, or give it another address
#[utoipa::path(patch, path = "/forms/{form}", tag = "work", operation_id = "change_form",
    request_body = FormPatch, params(("form" = FormId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn change_form(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<FormId>,
    patch: Write<FormPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { forms::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Take a form away
#[utoipa::path(delete, path = "/forms/{form}", tag = "work", operation_id = "remove_form",
    params(("form" = FormId, Path)), responses((status = 200, body = Written), Problems))]
async fn remove_form(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<FormId>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move { forms::remove(&tx, &actor, id).await }).await
}
