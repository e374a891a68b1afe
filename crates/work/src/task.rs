//! A task: a topic with a stage and exactly one owner, or nobody. This file has what it is and how it
//! is read; what people do with it is in the files beside.

use std::collections::BTreeMap;

use edge::{gone, put};
use jiff::{Timestamp, civil::Date};
use kernel::Refusal;
use people::{Actor, MemberId, SpaceId, System, WorkspaceId};
use serde::Serialize;
use store::{Audience, Row, RowChange, Tx, args, sql};
use topics::{AskId, FileId, PostId, TopicId, topic};
use utoipa::ToSchema;

use crate::{
    FieldId, LabelId, ProjectId, Result, RuleId, StageId, StepId, TaskId, WaitId,
    acceptance::{self, ResultStanding, TaskAcceptance},
    due::{self, Due},
    error::{from_json, to_json},
    field::{FieldValue, FieldValues},
    hands::{self, Handed},
    happened, history, keys,
    project::{self, Project},
    repeat::{self, Repeats},
    slips::{self, Slip},
    steps, waits,
};

/// A task as everyone who may see its project sees it: its card.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Task {
    /// The id of its topic, which has its posts, asks and files.
    pub id: TaskId,
    /// The project.
    pub project: ProjectId,
    /// `DRV-142`.
    pub key: String,
    /// One line.
    pub title: String,
    /// The stage that it is in.
    pub stage: StageId,
    /// Where in the stage: places compare byte by byte.
    pub place: String,
    /// Whose it is.
    #[schema(required = true)]
    pub owner: Option<MemberId>,
    /// For whom it is done: whoever made it, unless they said otherwise.
    pub requester: MemberId,
    /// The last time that it went from one person to another.
    #[schema(required = true)]
    pub handed: Option<Handed>,
    /// Whether it is in the queue of its project, which follows the sun.
    pub queued: bool,
    /// When it is due.
    #[schema(required = true)]
    pub due: Option<Due>,
    /// The day on which it starts.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub starts_on: Option<Date>,
    /// Labels of its project.
    pub labels: Vec<LabelId>,
    /// How many of its steps are done.
    pub steps_done: i64,
    /// How many steps it has.
    pub steps: i64,
    /// How many of those that it waits for are not done.
    pub waits: i64,
    /// The task that it is a part of.
    #[schema(required = true)]
    pub parent: Option<TaskId>,
    /// Whether its requester accepts what came out of it.
    pub deliverable: bool,
    /// How its requester stands to what came out of it; null until they are asked.
    #[schema(required = true)]
    pub acceptance: Option<ResultStanding>,
    /// Where it was made from.
    #[schema(required = true)]
    pub made_from: Option<MadeFrom>,
    /// The picture on its card.
    #[schema(required = true)]
    pub cover: Option<FileId>,
    /// What it says in the fields of its project, by the id of the field.
    #[schema(value_type = BTreeMap<String, FieldValue>)]
    pub values: FieldValues,
    /// How many of the posts on it say what happened, and have no words of their own.
    pub events: i64,
    /// When it last came into another stage.
    pub moved_at: Timestamp,
    /// When any of this, or of its page, last changed.
    pub changed_at: Timestamp,
    /// When it came into a stage of kind `done`.
    #[schema(required = true)]
    pub done_at: Option<Timestamp>,
    /// When it was put away.
    #[schema(required = true)]
    pub archived_at: Option<Timestamp>,
    /// Goes up whenever any of this, or of its page, changes.
    pub version: i64,
}

/// The rest of a task: what its page shows beside the card.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaskPage {
    /// The task's.
    pub id: TaskId,
    /// What it is for, in Markdown.
    pub why: String,
    /// The same as safe HTML.
    pub why_html: String,
    /// Its steps, in order.
    pub done_when: Vec<TaskStep>,
    /// What it waits for, the oldest first.
    pub waits_for: Vec<Wait>,
    /// Whose it was, the latest 50, the newest first.
    pub hand_overs: Vec<HandOver>,
    /// The stages in which it was, the latest 50 moves, the newest first.
    pub stages: Vec<StageMove>,
    /// The keys that it had.
    pub old_keys: Vec<String>,
    /// Where it stands among tasks that come again; null for one that does not.
    #[schema(required = true)]
    pub repeats: Option<Repeats>,
    /// Each time that it was done as a deliverable, the latest 20, the newest first.
    pub acceptances: Vec<TaskAcceptance>,
    /// Each time that it was put off as a deliverable, the latest 20, the newest first.
    pub slips: Vec<Slip>,
}

/// A step: it is done when all of them are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TaskStep {
    /// Its id.
    pub id: StepId,
    /// One line.
    pub text: String,
    /// When it was done.
    #[schema(required = true)]
    pub done_at: Option<Timestamp>,
    /// By whom.
    #[schema(required = true)]
    pub done_by: Option<MemberId>,
    /// Whose it is, where that is not the owner of the task.
    #[schema(required = true)]
    pub owner: Option<MemberId>,
}

/// That a task waits for a task, an ask or a member: one of the three.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wait {
    /// Its id.
    pub id: WaitId,
    /// The task.
    #[schema(required = true)]
    pub task: Option<TaskId>,
    /// The ask.
    #[schema(required = true)]
    pub ask: Option<AskId>,
    /// The member.
    #[schema(required = true)]
    pub member: Option<MemberId>,
    /// Since when.
    pub since: Timestamp,
    /// Whether the task is done, or the ask answered or over. A member is waited for until somebody
    /// takes that away.
    pub done: bool,
}

/// That a task went from hand to hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandOver {
    /// Whose it was; null for nobody's.
    #[schema(required = true)]
    pub from: Option<MemberId>,
    /// Whose it was then.
    #[schema(required = true)]
    pub to: Option<MemberId>,
    /// Who did it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// That a task came into another stage. The names are those of that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct StageMove {
    /// The name of the stage that it left.
    pub from: String,
    /// The name of the stage into which it came.
    pub to: String,
    /// Who did it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// Where a task was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct MadeFrom {
    /// The topic.
    pub topic: TopicId,
    /// Its post; null where it was an ask on the topic itself.
    #[schema(required = true)]
    pub post: Option<PostId>,
    /// The ask that the task takes the place of.
    #[schema(required = true)]
    pub ask: Option<AskId>,
}

/// A task with what only its rules need to know.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub task: Task,
    /// The space of its project.
    pub space: SpaceId,
    pub why: String,
    pub why_html: String,
    /// The stage in which it was before it was done.
    pub came_from: Option<StageId>,
    /// The version at which it was last moved.
    pub moved_version: i64,
    pub moved_by: MemberId,
    /// The version at which its words were last changed.
    pub edited_version: i64,
    pub edited_by: MemberId,
}

/// The columns of [`Task`], of tables named `k` and `t`.
macro_rules! task_columns {
    () => {
        "k.id, k.project, k.key, t.title, k.stage, k.place, k.owner, k.requester, k.handed_from, k.handed_at, k.queued, k.due_date, k.due_time, k.due_zone, \
         k.due_at, k.starts_on, k.labels, k.steps_done, k.steps, k.waits, k.parent, k.deliverable, k.acceptance, \
         k.acceptance_ask, k.from_topic, k.from_post, k.from_ask, k.cover, k.field_values, k.events, k.moved_at, k.changed_at, k.done_at, k.archived_at, k.version"
    };
}
pub(crate) use task_columns;

/// The tables of [`task_columns`].
macro_rules! task_tables {
    () => {
        " FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id "
    };
}
pub(crate) use task_tables;

/// The columns of [`Kept`], of tables named `k`, `t` and `p`.
macro_rules! kept_columns {
    () => {
        concat!(
            $crate::task::task_columns!(),
            ", p.space, k.why, k.why_html, k.came_from, k.moved_version, k.moved_by, k.edited_version, \
             k.edited_by"
        )
    };
}

impl Task {
    pub(crate) fn row(&self) -> RowChange {
        put("tasks", self.id, self)
    }

    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            project: row.get("project")?,
            key: row.get("key")?,
            title: row.get("title")?,
            stage: row.get("stage")?,
            place: row.get("place")?,
            owner: row.get("owner")?,
            requester: row.get("requester")?,
            handed: Handed::from_row(row)?,
            queued: row.get("queued")?,
            due: Due::from_row(row)?,
            starts_on: row
                .get::<Option<String>>("starts_on")?
                .map(|text| due::day("tasks.starts_on", &text))
                .transpose()?,
            labels: from_json("tasks.labels", &row.get::<String>("labels")?)?,
            steps_done: row.get("steps_done")?,
            steps: row.get("steps")?,
            waits: row.get("waits")?,
            parent: row.get("parent")?,
            deliverable: row.get("deliverable")?,
            acceptance: ResultStanding::from_row(row)?,
            made_from: MadeFrom::from_row(row)?,
            cover: row.get("cover")?,
            values: from_json("tasks.field_values", &row.get::<String>("field_values")?)?,
            events: row.get("events")?,
            moved_at: row.get("moved_at")?,
            changed_at: row.get("changed_at")?,
            done_at: row.get("done_at")?,
            archived_at: row.get("archived_at")?,
            version: row.get("version")?,
        })
    }
}

impl MadeFrom {
    fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(topic) = row.get("from_topic")? else { return Ok(None) };
        Ok(Some(Self { topic, post: row.get("from_post")?, ask: row.get("from_ask")? }))
    }
}

impl Kept {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            task: Task::from_row(row)?,
            space: row.get("space")?,
            why: row.get("why")?,
            why_html: row.get("why_html")?,
            came_from: row.get("came_from")?,
            moved_version: row.get("moved_version")?,
            moved_by: row.get("moved_by")?,
            edited_version: row.get("edited_version")?,
            edited_by: row.get("edited_by")?,
        })
    }
}

/// A task, whoever reads.
pub(crate) async fn read(tx: &Tx, actor: &Actor, id: TaskId) -> Result<Kept> {
    Ok(found(tx, actor.workspace, id).await?.ok_or(Refusal::not_found("task"))?)
}

/// The same for the program, which knows of what is no longer there.
pub(crate) async fn found(tx: &Tx, workspace: WorkspaceId, id: TaskId) -> Result<Option<Kept>> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                kept_columns!(),
                task_tables!(),
                "JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 WHERE k.workspace = $1 AND k.id = $2"
            )),
            args![workspace, id],
        )
        .await?;
    row.as_ref().map(Kept::from_row).transpose()
}

/// A task that the actor may see; otherwise it does not exist.
pub(crate) async fn see_kept(tx: &Tx, actor: &Actor, id: TaskId) -> Result<Kept> {
    let kept = read(tx, actor, id).await?;
    people::spaces::must_be_visible(tx, actor, kept.space).await.map_err(|_| Refusal::not_found("task"))?;
    Ok(kept)
}

/// The card of a task that the actor may see.
pub async fn see(tx: &Tx, actor: &Actor, id: TaskId) -> Result<Task> {
    Ok(see_kept(tx, actor, id).await?.task)
}

/// The same by its id as text, or by a key that it has or had.
pub async fn see_named(tx: &Tx, actor: &Actor, name: &str) -> Result<Task> {
    let id = match name.parse() {
        Ok(id) => id,
        Err(_) => keys::find(tx, actor, name).await?.ok_or(Refusal::not_found("task"))?,
    };
    see(tx, actor, id).await
}

/// A task with its project, to be altered: held until the end of the transaction, so that of two at
/// once the second waits for the first and then reads what it left.
pub(crate) async fn hold(tx: &Tx, actor: &Actor, id: TaskId) -> Result<(Project, Kept)> {
    tx.run(
        sql!("UPDATE tasks SET version = version WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id],
    )
    .await?;
    let kept = see_kept(tx, actor, id).await?;
    let project = project::see(tx, actor, kept.task.project).await?;
    project::must_be_open(tx, actor, &project).await?;
    Ok((project, kept))
}

/// The page of a task. The caller has checked that the actor may see it.
pub async fn page(tx: &Tx, actor: &Actor, id: TaskId) -> Result<TaskPage> {
    let kept = read(tx, actor, id).await?;
    Ok(TaskPage {
        id,
        why: kept.why,
        why_html: kept.why_html,
        done_when: steps::of(tx, actor, id).await?,
        waits_for: waits::of(tx, actor, id).await?,
        hand_overs: hands::of(tx, actor, id).await?,
        stages: history::of(tx, actor, id).await?,
        old_keys: keys::old(tx, actor, id).await?,
        repeats: repeat::of(tx, actor, id).await?,
        acceptances: acceptance::of(tx, actor, id).await?,
        slips: slips::of(tx, actor, id).await?,
    })
}

/// Writes what has changed about a task, and counts its version up.
pub(crate) async fn save(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    kept.task.version += 1;
    kept.task.changed_at = actor.at;
    let Kept { task, why, why_html, came_from, moved_version, moved_by, edited_version, edited_by, .. } =
        &*kept;
    let due = task.due.as_ref();
    tx.run(
        sql!(
            "UPDATE tasks SET project = $3, stage = $4, place = $5, owner = $6, requester = $7, due_date = $8, \
             due_time = $9, due_zone = $10, due_at = $11, starts_on = $12, labels = $13, parent = $14, \
             deliverable = $15, cover = $16, field_values = $17, why = $18, why_html = $19, came_from = $20, \
             moved_at = $21, changed_at = $22, done_at = $23, archived_at = $24, version = $25, moved_version = $26, \
             moved_by = $27, edited_version = $28, edited_by = $29, acceptance = $30, acceptance_ask = $31 WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            task.id,
            task.project,
            task.stage,
            &task.place,
            task.owner,
            task.requester,
            due.map(|due| due.date.to_string()),
            due.and_then(|due| due.time.clone()),
            due.map(|due| due.zone.clone()),
            due.map(|due| due.at),
            task.starts_on.map(|date| date.to_string()),
            to_json("tasks.labels", &task.labels)?,
            task.parent,
            task.deliverable,
            task.cover,
            to_json("tasks.field_values", &task.values)?,
            why,
            why_html,
            *came_from,
            task.moved_at,
            task.changed_at,
            task.done_at,
            task.archived_at,
            task.version,
            *moved_version,
            *moved_by,
            *edited_version,
            *edited_by,
            task.acceptance.map(|standing| standing.state),
            task.acceptance.and_then(|standing| standing.ask)
        ],
    )
    .await?;
    Ok(())
}

/// The tasks of a stage in order, archived ones as well.
pub(crate) async fn in_stage(tx: &Tx, actor: &Actor, stage: StageId) -> Result<Vec<TaskId>> {
    let rows = tx
        .all(
            sql!("SELECT id FROM tasks WHERE workspace = $1 AND stage = $2 ORDER BY place, id"),
            args![actor.workspace, stage],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<store::Result<_>>()?)
}

/// What a write has altered, to be recorded as one change for each space.
#[derive(Debug, Default)]
pub(crate) struct Altered {
    tasks: BTreeMap<TaskId, Parts>,
    /// Rows of other tables, for the space of the task that they belong to.
    more: Vec<(TaskId, RowChange)>,
    /// The rules that led to it, the first one first; none for what people do.
    chain: Vec<RuleId>,
}

/// What of a task goes out beside its card.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    page: bool,
    topic: bool,
}

impl Altered {
    /// What rules alter, one after the other.
    pub(crate) fn by_rules(chain: Vec<RuleId>) -> Self {
        Self { chain, ..Self::default() }
    }

    /// The card has changed.
    pub(crate) fn card(&mut self, id: TaskId) {
        self.tasks.entry(id).or_default();
    }

    /// The card and its page have changed.
    pub(crate) fn page(&mut self, id: TaskId) {
        self.tasks.entry(id).or_default().page = true;
    }

    /// The card and its topic have changed.
    pub(crate) fn topic(&mut self, id: TaskId) {
        self.tasks.entry(id).or_default().topic = true;
    }

    /// A row of another table that belongs to a task.
    pub(crate) fn row(&mut self, of: TaskId, row: RowChange) {
        self.more.push((of, row));
    }

    /// Records everything, each task for the people of its space.
    pub(crate) async fn record(self, tx: &Tx, actor: &Actor, verb: &'static str) -> Result<()> {
        for (audience, rows) in self.rows(tx, actor).await? {
            tx.record(actor.change(verb, audience, rows));
        }
        Ok(())
    }

    /// The same for what nobody did at that moment.
    pub(crate) async fn record_by_itself(
        self,
        tx: &Tx,
        system: &System,
        reader: &Actor,
        verb: &'static str,
    ) -> Result<()> {
        for (audience, rows) in self.rows(tx, reader).await? {
            tx.record(system.change(verb, audience, rows));
        }
        Ok(())
    }

    async fn rows(self, tx: &Tx, actor: &Actor) -> Result<Vec<(Audience, Vec<RowChange>)>> {
        let mut by_space: BTreeMap<SpaceId, Vec<RowChange>> = BTreeMap::new();
        let mut more = self.more;
        for (id, parts) in self.tasks {
            let kept = read(tx, actor, id).await?;
            happened::written(tx, actor, &kept, &self.chain).await?;
            let rows = by_space.entry(kept.space).or_default();
            if parts.topic {
                rows.push(topic::see(tx, actor, id).await?.row());
            }
            rows.push(kept.task.row());
            if parts.page {
                rows.push(put("task_pages", id, &page(tx, actor, id).await?));
            }
            rows.extend(more.extract_if(.., |(of, _)| *of == id).map(|(_, row)| row));
        }
        Ok(by_space.into_iter().map(|(space, rows)| (Audience::Space(space.uuid()), rows)).collect())
    }
}

/// All rows of a task are gone for the readers of a space that it has left.
pub(crate) fn gone_from(tx: &Tx, actor: &Actor, space: SpaceId, id: TaskId) {
    let rows = vec![gone("topics", id), gone("tasks", id), gone("task_pages", id)];
    tx.record(actor.change("task.moved", Audience::Space(space.uuid()), rows));
}

/// Puts the topics of all tasks of a project into another space. The caller announces them there.
pub(crate) async fn all_into_space(tx: &Tx, actor: &Actor, project: &Project, space: SpaceId) -> Result<()> {
    for id in of_project(tx, actor, project.id).await? {
        topic::put_into(tx, actor, id, space).await?;
        gone_from(tx, actor, project.space, id);
    }
    Ok(())
}

/// Records all tasks of a project as they are now.
pub(crate) async fn announce_all(
    tx: &Tx,
    actor: &Actor,
    verb: &'static str,
    project: ProjectId,
) -> Result<()> {
    let mut altered = Altered::default();
    for id in of_project(tx, actor, project).await? {
        altered.page(id);
        altered.topic(id);
    }
    altered.record(tx, actor, verb).await
}

async fn of_project(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<TaskId>> {
    let rows = tx
        .all(
            sql!("SELECT id FROM tasks WHERE workspace = $1 AND project = $2 ORDER BY id"),
            args![actor.workspace, project],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<store::Result<_>>()?)
}

/// Takes a label from the tasks of a project.
pub(crate) async fn forget_label(tx: &Tx, actor: &Actor, project: &Project, label: LabelId) -> Result<()> {
    let rows = tx
        .all(
            sql!("SELECT id FROM tasks WHERE workspace = $1 AND project = $2 AND labels LIKE $3"),
            args![actor.workspace, project.id, format!("%{label}%")],
        )
        .await?;
    let mut altered = Altered::default();
    for row in &rows {
        let mut kept = read(tx, actor, row.get("id")?).await?;
        kept.task.labels.retain(|known| *known != label);
        save(tx, actor, &mut kept).await?;
        altered.card(kept.task.id);
    }
    altered.record(tx, actor, "task.changed").await
}

/// Takes what tasks of a project say in a field, where that is no longer right.
pub(crate) async fn forget_values(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    field: FieldId,
    is_wrong: &(dyn Fn(&FieldValue) -> bool + Sync),
) -> Result<()> {
    let rows = tx
        .all(
            sql!("SELECT id FROM tasks WHERE workspace = $1 AND project = $2 AND field_values LIKE $3"),
            args![actor.workspace, project.id, format!("%{field}%")],
        )
        .await?;
    let mut altered = Altered::default();
    for row in &rows {
        let mut kept = read(tx, actor, row.get("id")?).await?;
        if kept.task.values.get(&field).is_some_and(is_wrong) {
            kept.task.values.remove(&field);
            save(tx, actor, &mut kept).await?;
            altered.card(kept.task.id);
        }
    }
    altered.record(tx, actor, "task.changed").await
}
