//! Changing a task, or many at once.

use std::collections::BTreeMap;

use jiff::civil::Date;
use kernel::{Refusal, clean_line, clean_text};
use people::{Actor, MemberId, present};
use serde::Deserialize;
use store::{Tx, args, sql};
use topics::{FileId, posts, topic};
use utoipa::ToSchema;

use crate::{
    Error, FieldId, LabelId, ProjectId, Result, StageId, TaskId, acceptance,
    due::{self, NewDue},
    field::{self, FieldWish},
    handoff, hands,
    moves::{self, Spot},
    project::{self, Project},
    slips,
    task::{self, Altered, Kept},
};

/// The longest text of what a task is for, in bytes.
pub(crate) const WHY: usize = 20_000;
/// The most labels of a task.
const LABELS: usize = 20;
/// The most tasks that are changed at once.
const AT_ONCE: usize = 200;
/// The deepest that a task is a part of a part.
const DEPTH: usize = 20;

/// What can be changed about a task. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskPatch {
    /// Another title.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    /// What it is for, in Markdown; an empty text takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub why: Option<String>,
    /// Whose it is; null for nobody's.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MemberId>)]
    pub owner: Option<Option<MemberId>>,
    /// When it is due; null for never.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NewDue>)]
    pub due: Option<Option<NewDue>>,
    /// Why a deliverable is put off, or why it is late: one line of at most 300 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_length = 300)]
    pub due_cause: Option<String>,
    /// The day on which it starts; null for any.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = Date)]
    pub starts_on: Option<Option<Date>>,
    /// All of its labels.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub labels: Option<Vec<LabelId>>,
    /// For whom it is done.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub requester: Option<MemberId>,
    /// Whether its requester accepts what comes out of it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub deliverable: Option<bool>,
    /// The task that it is a part of; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<TaskId>)]
    pub parent: Option<Option<TaskId>>,
    /// A picture on one of its posts; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<FileId>)]
    pub cover: Option<Option<FileId>>,
    /// What it says in fields of its project, by the id of the field; null takes it away, and fields that
    /// are not named stay.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, value_type = Option<BTreeMap<String, FieldWish>>)]
    pub values: Option<BTreeMap<FieldId, FieldWish>>,
    /// Whether it is put away.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub archived: Option<bool>,
    /// True moves it to the first stage of kind `done`, false back to where it came from.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub done: Option<bool>,
    /// The stage to whose top it goes.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub stage: Option<StageId>,
    /// The project into which it goes, with a new key.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub project: Option<ProjectId>,
    /// The `version` that the writer saw. When somebody else has changed title or why since, and this
    /// changes them too: 409 `overtaken` with the task as it is now in `current`.
    #[serde(default)]
    pub version: Option<i64>,
}

/// What is changed about one of several tasks.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskChange {
    /// The task.
    pub task: TaskId,
    /// What is changed.
    pub patch: TaskPatch,
}

/// Changes a task.
pub async fn change(tx: &Tx, actor: &Actor, id: TaskId, patch: TaskPatch) -> Result<()> {
    let mut altered = Altered::default();
    apply(tx, actor, &mut altered, id, patch).await?;
    altered.record(tx, actor, "task.changed").await
}

/// Changes many tasks, all or none.
pub async fn change_all(tx: &Tx, actor: &Actor, items: Vec<TaskChange>) -> Result<()> {
    if items.is_empty() || items.len() > AT_ONCE {
        return Err(Refusal::invalid_because("items", "are too few or too many", format!("1 to {AT_ONCE}"))
            .named("too_many_entries")
            .into());
    }
    let mut altered = Altered::default();
    for (index, TaskChange { task, patch }) in items.into_iter().enumerate() {
        apply(tx, actor, &mut altered, task, patch).await.map_err(|error| within(index, error))?;
    }
    altered.record(tx, actor, "task.changed").await
}

/// The same refusal with the place of the item in its field.
fn within(index: usize, error: Error) -> Error {
    match error {
        Error::Refused(Refusal::Invalid { field, problem, allowed, code }) => {
            let field = format!("items[{index}].patch.{field}");
            Refusal::Invalid { field, problem, allowed, code }.into()
        }
        other => other,
    }
}

/// Changes one task and saves it; the caller records what was altered.
pub(crate) async fn apply(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    id: TaskId,
    patch: TaskPatch,
) -> Result<()> {
    let (mut project, mut kept) = task::hold(tx, actor, id).await?;
    altered.page(id);
    if [patch.done.is_some(), patch.stage.is_some()] == [true, true] {
        return Err(Refusal::invalid("done", "says where it goes, and so does stage").into());
    }
    set_title_and_why(tx, actor, altered, &mut kept, &patch).await?;
    if let Some(to) = patch.project.filter(|to| *to != project.id) {
        let to = (to, patch.stage);
        project = moves::into_project(tx, actor, altered, &project, &mut kept, to).await?;
        kept.space = project.space;
    } else if let Some(stage) = patch.stage {
        moves::enter(tx, actor, altered, &project, &mut kept, stage, Spot::Top).await?;
    }
    if let Some(done) = patch.done {
        moves::set_done(tx, actor, altered, &project, &mut kept, done).await?;
    }
    set_people(tx, actor, altered, &mut kept, &patch).await?;
    set_days(tx, actor, &mut kept, &patch).await?;
    set_rest(tx, actor, &project, &mut kept, patch).await?;
    task::save(tx, actor, &mut kept).await
}

async fn set_title_and_why(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    patch: &TaskPatch,
) -> Result<()> {
    if patch.title.is_none() && patch.why.is_none() {
        return Ok(());
    }
    let overtaken = patch.version.is_some_and(|seen| kept.edited_version > seen);
    if overtaken && kept.edited_by != actor.member {
        let why = format!("Somebody else has changed {} meanwhile.", kept.task.key);
        return Err(Error::meanwhile(why, "overtaken", &kept.task));
    }
    if let Some(title) = &patch.title {
        let title = clean_line("title", title, topic::TITLE)?;
        if title != kept.task.title {
            let topic = topic::see(tx, actor, kept.task.id).await?;
            topic::rename(tx, actor, &topic, &title).await?;
            kept.task.title = title;
            altered.topic(kept.task.id);
        }
    }
    set_words(tx, actor, kept, patch.why.as_deref()).await?;
    kept.edited_version = kept.task.version + 1;
    kept.edited_by = actor.member;
    Ok(())
}

/// Sets what a task is for; the caller saves it.
pub(crate) async fn set_words(tx: &Tx, actor: &Actor, kept: &mut Kept, why: Option<&str>) -> Result<()> {
    let Some(why) = why else { return Ok(()) };
    let why = clean_text("why", why, WHY)?;
    kept.why_html = posts::render(tx, actor, &why).await?.html;
    kept.why = why;
    Ok(())
}

async fn set_people(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    patch: &TaskPatch,
) -> Result<()> {
    if let Some(owner) = patch.owner {
        hands::give(tx, actor, altered, kept, owner).await?;
    }
    if let Some(archived) = patch.archived {
        handoff::put_away(tx, actor, altered, kept, archived).await?;
    }
    if let Some(requester) = patch.requester.filter(|requester| *requester != kept.task.requester) {
        project::must_reach(tx, actor, "requester", requester, kept.space).await?;
        kept.task.requester = requester;
        acceptance::asked_anew(tx, actor, kept).await?;
    }
    Ok(())
}

async fn set_days(tx: &Tx, actor: &Actor, kept: &mut Kept, patch: &TaskPatch) -> Result<()> {
    if patch.due.is_none() && patch.starts_on.is_none() && patch.due_cause.is_none() {
        return Ok(());
    }
    let before = kept.task.due.clone();
    if let Some(wish) = &patch.due {
        kept.task.due = match wish {
            Some(wish) => Some(due::meant(tx, actor, kept.task.owner, wish).await?),
            None => None,
        };
    }
    if let Some(Some(day)) = patch.starts_on {
        due::checked_day("starts_on", day)?;
    }
    kept.task.starts_on = patch.starts_on.unwrap_or(kept.task.starts_on);
    due::must_follow(kept.task.starts_on, kept.task.due.as_ref())?;
    slips::note(tx, actor, kept, before.as_ref(), patch.due_cause.as_deref()).await
}

async fn set_rest(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    kept: &mut Kept,
    patch: TaskPatch,
) -> Result<()> {
    if let Some(labels) = patch.labels {
        kept.task.labels = checked_labels(project, &labels)?;
    }
    if let Some(parent) = patch.parent {
        set_parent(tx, actor, kept, parent).await?;
    }
    if let Some(cover) = patch.cover {
        must_be_picture(tx, actor, kept.task.id, cover).await?;
        kept.task.cover = cover;
    }
    if let Some(values) = patch.values {
        kept.task.values = field::set(tx, actor, project, &kept.task.values, &values).await?;
    }
    if let Some(archived) = patch.archived {
        kept.task.archived_at = archived.then(|| kept.task.archived_at.unwrap_or(actor.at));
    }
    if let Some(deliverable) = patch.deliverable.filter(|wish| *wish != kept.task.deliverable) {
        kept.task.deliverable = deliverable;
        acceptance::asked_anew(tx, actor, kept).await?;
    }
    Ok(())
}

/// Labels of the project, each once, in the order given.
pub(crate) fn checked_labels(project: &Project, labels: &[LabelId]) -> Result<Vec<LabelId>> {
    let mut checked = Vec::with_capacity(labels.len());
    for (index, label) in labels.iter().enumerate() {
        if !project.labels.iter().any(|known| known.id == *label) {
            let field = format!("labels[{index}]");
            return Err(Refusal::invalid(field, "is no label of this project").named("not_here").into());
        }
        if !checked.contains(label) {
            checked.push(*label);
        }
    }
    if checked.len() > LABELS {
        return Err(Refusal::invalid_because("labels", "are too many", format!("at most {LABELS}"))
            .named("too_many_entries")
            .into());
    }
    Ok(checked)
}

/// Makes a task a part of another one of its project; the caller saves it.
pub(crate) async fn set_parent(
    tx: &Tx,
    actor: &Actor,
    kept: &mut Kept,
    parent: Option<TaskId>,
) -> Result<()> {
    let mut above = parent;
    for _ in 0..=DEPTH {
        let Some(id) = above else {
            kept.task.parent = parent;
            return Ok(());
        };
        if id == kept.task.id {
            return Err(Refusal::conflict("A task cannot be a part of itself.").named("cycle").into());
        }
        let found = tx
            .maybe(
                sql!("SELECT parent FROM tasks WHERE workspace = $1 AND id = $2 AND project = $3"),
                args![actor.workspace, id, kept.task.project],
            )
            .await?
            .ok_or_else(|| Refusal::invalid("parent", "is no task of this project").named("not_here"))?;
        above = found.get("parent")?;
    }
    Err(Refusal::conflict(format!("Parts go at most {DEPTH} deep.")).named("too_deep").into())
}

/// A cover is a picture that everybody who sees the task sees.
async fn must_be_picture(tx: &Tx, actor: &Actor, task: TaskId, cover: Option<FileId>) -> Result<()> {
    let Some(file) = cover else { return Ok(()) };
    let found = tx
        .maybe(
            sql!(
                "SELECT f.id FROM files f JOIN posts p ON p.workspace = f.workspace AND p.id = f.post \
                 WHERE f.workspace = $1 AND f.id = $2 AND p.topic = $3 AND f.media_type LIKE 'image/%'"
            ),
            args![actor.workspace, file, task],
        )
        .await?;
    match found {
        Some(_) => Ok(()),
        None => {
            Err(Refusal::invalid("cover", "is no picture on a post of this task").named("not_here").into())
        }
    }
}
