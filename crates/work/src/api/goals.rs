use std::collections::BTreeMap;

use axum::extract::State;
use edge::{App, Json, Nothing, Params, Path, Problem, Problems, Write, Written};
use people::{SignedIn, SpaceId};
use serde::{Deserialize, Serialize};
use store::Encoded;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{read, share};
use crate::{
    GoalId, KeyResultId,
    goals::{self, Goal, GoalChange, GoalCounts, GoalPatch, KeyResultPatch, NewGoal, NewKeyResult, NewLine},
    results::{self, MonthResults},
    task::Task,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_goals, create))
        .routes(routes!(see, change))
        .routes(routes!(add_result))
        .routes(routes!(change_result, remove_result))
        .routes(routes!(say))
        .routes(routes!(of_month))
}

/// Which goals.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Where {
    /// Only those of this space.
    space: Option<SpaceId>,
}

/// Goals.
#[derive(Debug, Serialize, ToSchema)]
struct GoalList {
    /// The number at which it was read.
    seq: i64,
    /// The open ones by their day, then those that ended, the latest first.
    items: Vec<Goal>,
    /// How far their tasks have come, by the id of the goal.
    #[schema(value_type = BTreeMap<String, GoalCounts>)]
    counts: BTreeMap<GoalId, GoalCounts>,
}

/// The goals that I may see
#[utoipa::path(get, path = "/goals", tag = "work", operation_id = "list_goals", params(Where),
    responses((status = 200, body = GoalList), Problems))]
async fn list_goals(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(of): Params<Where>,
) -> Result<Json<GoalList>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        let items = goals::list(&tx, &actor, of.space).await?;
        let mut counts = BTreeMap::new();
        for goal in &items {
            counts.insert(goal.id, goals::counts(&tx, &actor, goal.id).await?);
        }
        Ok(GoalList { seq: tx.head(actor.workspace.uuid()).await?, items, counts })
    })
    .await
}

/// Make a goal
#[utoipa::path(post, path = "/goals", tag = "work", operation_id = "create_goal", request_body = NewGoal,
    responses((status = 200, body = Written), Problems))]
async fn create(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    new: Write<NewGoal>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, |tx, actor, new| async move { goals::create(&tx, &actor, new).await }).await
}

/// A goal with all that changed about it.
#[derive(Debug, Serialize, ToSchema)]
struct GoalPage {
    /// The number at which it was read.
    seq: i64,
    /// The goal.
    goal: Goal,
    /// How far its tasks have come.
    counts: GoalCounts,
    /// The latest 100 changes, the newest first.
    changes: Vec<GoalChange>,
    /// The single tasks that belong to it, as far as I may see them.
    #[schema(value_type = Vec<Task>)]
    tasks: Vec<Encoded>,
}

/// A goal with all that changed about it
#[utoipa::path(get, path = "/goals/{goal}", tag = "work", operation_id = "read_goal", params(("goal" = GoalId, Path)),
    responses((status = 200, body = GoalPage), Problems))]
async fn see(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<GoalId>,
) -> Result<Json<GoalPage>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        let goal = goals::see(&tx, &actor, id).await?;
        Ok(GoalPage {
            seq: tx.head(actor.workspace.uuid()).await?,
            goal,
            counts: goals::counts(&tx, &actor, id).await?,
            changes: goals::changes(&tx, &actor, id).await?,
            tasks: goals::tasks_of(&tx, &actor, id).await?.items,
        })
    })
    .await
}

/// Change a goal
#[utoipa::path(patch, path = "/goals/{goal}", tag = "work", operation_id = "change_goal", request_body = GoalPatch,
    params(("goal" = GoalId, Path)), responses((status = 200, body = Written), Problems))]
async fn change(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<GoalId>,
    patch: Write<GoalPatch>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        patch,
        move |tx, actor, patch| async move { goals::change(&tx, &actor, id, patch).await },
    )
    .await
}

/// Add a key result to a goal
#[utoipa::path(post, path = "/goals/{goal}/results", tag = "work", operation_id = "create_key_result",
    request_body = NewKeyResult, params(("goal" = GoalId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn add_result(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<GoalId>,
    new: Write<NewKeyResult>,
) -> Result<Json<Written>, Problem> {
    share(
        &app,
        actor,
        new,
        move |tx, actor, new| async move { goals::add_result(&tx, &actor, id, new).await },
    )
    .await
}

/// Change a key result: its name, where its number is, whether it is done
#[utoipa::path(patch, path = "/goals/{goal}/results/{result}", tag = "work", operation_id = "change_key_result",
    request_body = KeyResultPatch, params(("goal" = GoalId, Path), ("result" = KeyResultId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn change_result(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, result)): Path<(GoalId, KeyResultId)>,
    patch: Write<KeyResultPatch>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, patch, move |tx, actor, patch| async move {
        goals::change_result(&tx, &actor, id, result, patch).await
    })
    .await
}

/// Take a key result away
#[utoipa::path(delete, path = "/goals/{goal}/results/{result}", tag = "work", operation_id = "remove_key_result",
    params(("goal" = GoalId, Path), ("result" = KeyResultId, Path)),
    responses((status = 200, body = Written), Problems))]
async fn remove_result(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path((id, result)): Path<(GoalId, KeyResultId)>,
    write: Write<Nothing>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, write, move |tx, actor, _| async move {
        goals::remove_result(&tx, &actor, id, result).await
    })
    .await
}

/// Say how a goal goes, in one line: for its owner
#[utoipa::path(post, path = "/goals/{goal}/lines", tag = "work", operation_id = "create_goal_line",
    request_body = NewLine, params(("goal" = GoalId, Path)), responses((status = 200, body = Written), Problems))]
async fn say(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<GoalId>,
    new: Write<NewLine>,
) -> Result<Json<Written>, Problem> {
    share(&app, actor, new, move |tx, actor, new| async move { goals::say(&tx, &actor, id, new).await }).await
}

/// Of which month, and of whom.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `2026-11`; this month when absent.
    month: Option<String>,
    /// Of this space; of all that I may see when absent.
    space: Option<SpaceId>,
}

/// The results of a month.
#[derive(Debug, Serialize, ToSchema)]
struct ResultsPage {
    /// The number at which it was read.
    seq: i64,
    /// The results.
    results: MonthResults,
}

/// The results of a month: deliverables, and how a team of four or more people replies
#[utoipa::path(get, path = "/results", tag = "work", operation_id = "read_results", params(Which),
    responses((status = 200, body = ResultsPage), Problems))]
async fn of_month(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(which): Params<Which>,
) -> Result<Json<ResultsPage>, Problem> {
    read(&app, actor, move |tx, actor| async move {
        let results = results::of_month(&tx, &actor, which.month.as_deref(), which.space).await?;
        Ok(ResultsPage { seq: tx.head(actor.workspace.uuid()).await?, results })
    })
    .await
}
