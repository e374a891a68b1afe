//! Making a task: a title is enough.

use jiff::civil::Date;
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, present};
use serde::Deserialize;
use store::{Tx, args, sql};
use topics::{
    AskId, PostId, asks, posts,
    topic::{self, Bare, TopicKind},
};
use utoipa::ToSchema;

use crate::{
    LabelId, ProjectId, Result, StageId, TaskId, change,
    due::{self, NewDue},
    error::to_json,
    hands, keys,
    moves::{self, Spot},
    project::{self, Project},
    stage::StageKind,
    task::{self, Altered, MadeFrom},
};

/// A task to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTask {
    /// Made by whoever creates it; its topic's as well.
    pub id: TaskId,
    /// The project.
    pub project: ProjectId,
    /// One line, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// The stage; without one, the first of kind `open`.
    #[serde(default)]
    pub stage: Option<StageId>,
    /// The task after which it stands in the stage; null for the top, absent for the end.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<TaskId>)]
    pub after: Option<Option<TaskId>>,
    /// Whose it is.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// When it is due.
    #[serde(default)]
    pub due: Option<NewDue>,
    /// The day on which it starts.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    /// Labels of the project.
    #[serde(default)]
    pub labels: Option<Vec<LabelId>>,
    /// What it is for, Markdown of at most 20,000 bytes.
    #[serde(default)]
    #[schema(max_length = 20_000)]
    pub why: Option<String>,
    /// The task of the same project that it is a part of.
    #[serde(default)]
    pub parent: Option<TaskId>,
    /// Whether its requester accepts what comes out of it.
    #[serde(default)]
    pub deliverable: Option<bool>,
    /// The post that it is made from.
    #[serde(default)]
    pub from_post: Option<PostId>,
    /// The actor's open ask that it takes the place of: the ask is closed, and its post is what the task
    /// is made from.
    #[serde(default)]
    pub from_ask: Option<AskId>,
}

/// Makes a task.
pub async fn create(tx: &Tx, actor: &Actor, new: NewTask) -> Result<()> {
    let mut altered = Altered::default();
    make(tx, actor, &mut altered, new).await?;
    altered.record(tx, actor, "task.created").await
}

/// The same where the caller records it.
pub(crate) async fn make(tx: &Tx, actor: &Actor, altered: &mut Altered, new: NewTask) -> Result<()> {
    let project = project::see(tx, actor, new.project).await?;
    project::must_be_open(tx, actor, &project).await?;
    let title = clean_line("title", &new.title, topic::TITLE)?;
    let stage = match new.stage {
        Some(stage) => project.stage(stage),
        None => project.first(StageKind::Open),
    };
    let stage =
        stage.ok_or_else(|| Refusal::invalid("stage", "is no stage of this project").named("not_here"))?;
    let made_from = made_from(tx, actor, &new).await?;
    let spot = new.after.map_or(Spot::End, Spot::from);
    let place = moves::place_at(tx, actor, altered, stage.id, spot, new.id).await?;
    let key = keys::next(tx, actor, project.id).await?;
    let bare =
        Bare { id: new.id, kind: TopicKind::Task, code: Some(key.clone()), title, space: project.space };
    topic::open(tx, actor, bare).await?;
    insert(tx, actor, &new, &project, made_from, (&key, stage.id, &place)).await?;
    let mut kept = task::read(tx, actor, new.id).await?;
    kept.task.done_at = (stage.kind == StageKind::Done).then_some(actor.at);
    change::set_words(tx, actor, &mut kept, new.why.as_deref()).await?;
    if let Some(labels) = &new.labels {
        kept.task.labels = change::checked_labels(&project, labels)?;
    }
    if let Some(parent) = new.parent {
        change::set_parent(tx, actor, &mut kept, Some(parent)).await?;
    }
    if let Some(owner) = new.owner {
        hands::give(tx, actor, altered, &mut kept, Some(owner)).await?;
    }
    kept.task.starts_on = new.starts_on.map(|day| due::checked_day("starts_on", day)).transpose()?;
    if let Some(wish) = &new.due {
        kept.task.due = Some(due::meant(tx, actor, kept.task.owner, wish).await?);
    }
    due::must_follow(kept.task.starts_on, kept.task.due.as_ref())?;
    task::save(tx, actor, &mut kept).await?;
    altered.topic(new.id);
    altered.page(new.id);
    Ok(())
}

/// The post or the ask that it is made from. An ask ends by it: what was asked is a task now.
async fn made_from(tx: &Tx, actor: &Actor, new: &NewTask) -> Result<Option<MadeFrom>> {
    if let Some(id) = new.from_ask {
        let (topic, ask) = asks::see(tx, actor, id)
            .await
            .map_err(|_| Refusal::invalid("from_ask", "is no ask here").named("not_here"))?;
        asks::close(tx, actor, id).await?;
        return Ok(Some(MadeFrom { topic: topic.id, post: ask.post, ask: Some(id) }));
    }
    let Some(id) = new.from_post else { return Ok(None) };
    let (topic, _) = posts::see(tx, actor, id)
        .await
        .map_err(|_| Refusal::invalid("from_post", "is no post here").named("not_here"))?;
    Ok(Some(MadeFrom { topic: topic.id, post: Some(id), ask: None }))
}

/// Writes the row with what every task has; the rest is set afterwards by the rules for changes.
async fn insert(
    tx: &Tx,
    actor: &Actor,
    new: &NewTask,
    project: &Project,
    made_from: Option<MadeFrom>,
    (key, stage, place): (&str, StageId, &str),
) -> Result<()> {
    let nothing: [LabelId; 0] = [];
    tx.run(
        sql!(
            "INSERT INTO tasks (workspace, id, project, key, stage, place, requester, labels, steps_done, steps, \
             waits, deliverable, field_values, why, why_html, from_topic, from_post, from_ask, created_at, moved_at, changed_at, \
             version, moved_version, moved_by, edited_version, edited_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, '{}', '', '', $10, $11, $12, $13, $13, $13, 0, 0, \
             $7, 0, $7)"
        ),
        args![
            actor.workspace,
            new.id,
            project.id,
            key,
            stage,
            place,
            actor.member,
            to_json("tasks.labels", &nothing)?,
            new.deliverable.unwrap_or(false),
            made_from.map(|from| from.topic),
            made_from.and_then(|from| from.post),
            made_from.and_then(|from| from.ask),
            actor.at
        ],
    )
    .await?;
    Ok(())
}
