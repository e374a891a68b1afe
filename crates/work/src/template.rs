//! Templates: tasks to be made again and again, and projects made like another one. Days are kept as
//! working days from the beginning, so that they fit whoever makes them, whenever.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, SpaceId, WorkspaceId, delivery, present};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    FieldId, LabelId, ProjectId, Result, StageId, TaskId, TemplateId,
    blueprint::{Blueprint, Dates},
    due::NewDue,
    error::{from_json, taken, to_json},
    field::FieldValues,
    project::{self, FirstStage, NewProject, Project},
    repeat::days::OwnDays,
    rhythm,
    stage::StageKind,
    task::{self, Altered},
};

/// The longest name, in characters.
const NAME: usize = 80;
/// The most templates of a project.
const MOST: usize = 50;
/// The most tasks that a project is made with.
const TASKS: usize = 300;

store::words! {
    /// Whose a task is that is made from a template.
    pub enum TemplateOwner {
        /// Whoever owned the one that the template was made from.
        Kept = "kept",
        /// Whoever makes it.
        Maker = "maker",
        /// Whoever answers for the project.
        ProjectOwner = "project_owner",
        /// Nobody: it can be taken.
        Nobody = "nobody",
    }
}

/// What a task is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Content {
    title: String,
    why: String,
    labels: Vec<LabelId>,
    owner: TemplateOwner,
    kept_owner: Option<MemberId>,
    deliverable: bool,
    values: FieldValues,
    steps: Vec<String>,
    /// Working days from the day on which it is made.
    due_in: Option<u8>,
}

/// A template of a task, as everyone who may see its project sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// What people call it.
    pub name: String,
    /// The title of the tasks that are made from it.
    pub title: String,
    /// How many steps they have.
    pub steps: usize,
    /// Whose they are.
    pub owner: TemplateOwner,
    /// Due so many working days after they are made; null for not at all.
    #[schema(required = true)]
    pub due_in: Option<u8>,
    /// Who made it.
    pub made_by: MemberId,
    /// When.
    pub made_at: Timestamp,
    #[serde(skip)]
    content: Content,
}

/// A template to make from a task.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplate {
    /// Made by whoever creates it.
    pub id: TemplateId,
    /// 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The task that it is made from.
    pub task: TaskId,
    /// Whose the tasks are; `nobody` when absent.
    #[serde(default)]
    pub owner: Option<TemplateOwner>,
    /// Due so many working days after they are made, at most 250.
    #[serde(default)]
    #[schema(maximum = 250)]
    pub due_in: Option<u8>,
}

/// What can be changed about a template. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Whose the tasks are.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub owner: Option<TemplateOwner>,
    /// Due so many working days after; null for not at all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u8>, maximum = 250)]
    pub due_in: Option<Option<u8>>,
    /// The task from which all else is taken anew.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub task: Option<TaskId>,
}

impl Template {
    fn from_row(row: &Row) -> Result<Self> {
        let content: Content = from_json("templates.content", &row.get::<String>("content")?)?;
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            title: content.title.clone(),
            steps: content.steps.len(),
            owner: content.owner,
            due_in: content.due_in,
            made_by: row.get("made_by")?,
            made_at: row.get("made_at")?,
            content,
        })
    }

    /// Makes a task from it, with another title if one is given. The caller records it.
    pub(crate) async fn use_it(
        self,
        tx: &Tx,
        actor: &Actor,
        altered: &mut Altered,
        project: ProjectId,
        title: Option<String>,
    ) -> Result<TaskId> {
        let of = project::see(tx, actor, project).await?;
        let content = self.content;
        let owner = match content.owner {
            TemplateOwner::Kept => content.kept_owner,
            TemplateOwner::Maker => Some(actor.member),
            TemplateOwner::ProjectOwner => of.owner,
            TemplateOwner::Nobody => None,
        };
        let days = Days::of(tx, actor, owner).await?;
        let due = content.due_in.and_then(|days_| days.after(days.today, i64::from(days_)));
        let like = Blueprint {
            title: title.unwrap_or(content.title),
            why: content.why,
            labels: content.labels,
            owner,
            requester: None,
            stage: None,
            parent: None,
            deliverable: content.deliverable,
            values: content.values,
            steps: content.steps.into_iter().map(|text| (text, None)).collect(),
        };
        let due = due.map(|date| NewDue { date, time: None });
        like.build(tx, actor, altered, project, Dates { starts_on: None, due }).await
    }
}

/// The templates of a project, by name.
pub(crate) async fn of(tx: &Tx, workspace: WorkspaceId, project: ProjectId) -> Result<Vec<Template>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, name, content, made_by, made_at FROM templates WHERE workspace = $1 AND project = $2 \
                 ORDER BY name, id"
            ),
            args![workspace, project],
        )
        .await?;
    rows.iter().map(Template::from_row).collect()
}

/// One of them.
pub(crate) async fn of_project(
    tx: &Tx,
    workspace: WorkspaceId,
    project: ProjectId,
    id: TemplateId,
) -> Result<Option<Template>> {
    Ok(of(tx, workspace, project).await?.into_iter().find(|template| template.id == id))
}

/// Makes a template from a task.
pub async fn create(tx: &Tx, actor: &Actor, of_project: ProjectId, new: NewTemplate) -> Result<()> {
    let project = project::see_to_shape(tx, actor, of_project).await?;
    if of(tx, actor.workspace, project.id).await?.len() >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} templates."))
            .named("too_many")
            .into());
    }
    let name = clean_line("name", &new.name, NAME)?;
    let mut content = taken_from(tx, actor, project.id, new.task).await?;
    content.owner = new.owner.unwrap_or(TemplateOwner::Nobody);
    content.due_in = checked_days(new.due_in)?;
    tx.run(
        sql!(
            "INSERT INTO templates (workspace, id, project, name, content, made_by, made_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![
            actor.workspace,
            new.id,
            project.id,
            name,
            to_json("templates.content", &content)?,
            actor.member,
            actor.at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    rhythm::announce(tx, actor, "template.created", project.id).await
}

/// What a task of the project is, as the content of a template.
async fn taken_from(tx: &Tx, actor: &Actor, project: ProjectId, task: TaskId) -> Result<Content> {
    let not_here = || Refusal::invalid("task", "is no task of this project").named("not_here");
    let kept = task::see_kept(tx, actor, task).await.map_err(|_| not_here())?;
    if kept.task.project != project {
        return Err(not_here().into());
    }
    let like = Blueprint::of(tx, actor, &kept).await?;
    Ok(Content {
        title: like.title,
        why: like.why,
        labels: like.labels,
        owner: TemplateOwner::Nobody,
        kept_owner: like.owner,
        deliverable: like.deliverable,
        values: like.values,
        steps: like.steps.into_iter().map(|(text, _)| text).collect(),
        due_in: None,
    })
}

fn checked_days(days: Option<u8>) -> Result<Option<u8>> {
    match days {
        Some(days) if days > 250 => {
            Err(Refusal::invalid_because("due_in", "are too many", "at most 250 working days").into())
        }
        days => Ok(days),
    }
}

async fn see(tx: &Tx, actor: &Actor, id: TemplateId) -> Result<(Project, Template)> {
    let row = tx
        .maybe(
            sql!("SELECT project FROM templates WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("template"))?;
    let project =
        project::see_to_shape(tx, actor, row.get("project")?).await.map_err(project::missing("template"))?;
    let template = of_project(tx, actor.workspace, project.id, id).await?;
    Ok((project, template.ok_or(Refusal::not_found("template"))?))
}

/// Changes a template. What was made from it stays as it is.
pub async fn change(tx: &Tx, actor: &Actor, id: TemplateId, patch: TemplatePatch) -> Result<()> {
    let (project, template) = see(tx, actor, id).await?;
    let name = match &patch.name {
        Some(name) => clean_line("name", name, NAME)?,
        None => template.name,
    };
    let mut content = template.content;
    if let Some(task) = patch.task {
        let (owner, due_in) = (content.owner, content.due_in);
        content = Content { owner, due_in, ..taken_from(tx, actor, project.id, task).await? };
    }
    content.owner = patch.owner.unwrap_or(content.owner);
    content.due_in = checked_days(patch.due_in.unwrap_or(content.due_in))?;
    tx.run(
        sql!("UPDATE templates SET name = $3, content = $4 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, name, to_json("templates.content", &content)?],
    )
    .await?;
    rhythm::announce(tx, actor, "template.changed", project.id).await
}

/// Takes a template away.
pub async fn remove(tx: &Tx, actor: &Actor, id: TemplateId) -> Result<()> {
    let (project, _) = see(tx, actor, id).await?;
    tx.run(sql!("DELETE FROM templates WHERE workspace = $1 AND id = $2"), args![actor.workspace, id])
        .await?;
    rhythm::announce(tx, actor, "template.removed", project.id).await
}

/// A task to make from a template.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UseTemplate {
    /// Another title, 1 to 200 characters.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
}

/// Makes a task from a template.
pub async fn make(tx: &Tx, actor: &Actor, id: TemplateId, wish: UseTemplate) -> Result<()> {
    let row = tx
        .maybe(
            sql!("SELECT project FROM templates WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("template"))?;
    let project = project::see(tx, actor, row.get("project")?).await.map_err(project::missing("template"))?;
    let template = of_project(tx, actor.workspace, project.id, id).await?;
    let template = template.ok_or(Refusal::not_found("template"))?;
    let mut altered = Altered::default();
    template.use_it(tx, actor, &mut altered, project.id, wish.title).await?;
    altered.record(tx, actor, "task.created").await
}

// ------------------------------------------------------------------ projects

/// A project to make like another one: its stages, labels and fields, and its open tasks if they are wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyProject {
    /// Made by whoever creates it.
    pub id: ProjectId,
    /// Two to six letters A–Z that no other project has or had.
    #[schema(min_length = 2, max_length = 6)]
    pub key: String,
    /// Its name, 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The space whose people see it; the same one when absent.
    #[serde(default)]
    pub space: Option<SpaceId>,
    /// Whether its open tasks come along, without their posts, at most 300.
    pub tasks: bool,
    /// Whose they are: `kept`, `maker`, `project_owner` (the owner of the old project becomes the maker) or
    /// `nobody`.
    pub owners: TemplateOwner,
    /// The day on which the work begins: the earliest day of the old tasks becomes it, and all others keep
    /// their distance in working days. Without it, tasks have no days.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub begins_on: Option<Date>,
}

/// Makes a project like another one.
pub async fn copy(tx: &Tx, actor: &Actor, from: ProjectId, wish: CopyProject) -> Result<()> {
    let old = project::see(tx, actor, from).await?;
    let stage_ids: Vec<(StageId, StageId)> =
        old.stages.iter().map(|stage| (stage.id, actor.ids.make())).collect();
    let first = |(stage, (_, id)): (&crate::stage::Stage, &(StageId, StageId))| FirstStage {
        id: *id,
        name: stage.name.clone(),
        kind: stage.kind,
    };
    let new = NewProject {
        id: wish.id,
        key: wish.key.clone(),
        name: wish.name.clone(),
        space: wish.space.unwrap_or(old.space),
        purpose: Some(old.purpose.clone()).filter(|purpose| !purpose.is_empty()),
        owner: Some(actor.member),
        stages: Some(old.stages.iter().zip(&stage_ids).map(first).collect()),
    };
    project::create(tx, actor, new).await?;
    let label_ids = copy_labels(tx, actor, &old, wish.id).await?;
    let field_ids = copy_fields(tx, actor, &old, wish.id).await?;
    project::touch(tx, actor, "project.changed", wish.id).await?;
    if !wish.tasks {
        return Ok(());
    }
    let tasks = open_tasks(tx, actor, &old).await?;
    let days = Days::of(tx, actor, None).await?;
    let earliest = tasks.iter().filter_map(|kept| first_day(&kept.task)).min();
    let moved = |date: Date| {
        let (from, to) = (earliest?, wish.begins_on?);
        days.after(to, days.between(from, date))
    };
    let mut altered = Altered::default();
    for kept in &tasks {
        let mut like = Blueprint::of(tx, actor, kept).await?;
        like.parent = None;
        like.requester = None;
        like.stage = stage_ids.iter().find(|(had, _)| *had == kept.task.stage).map(|(_, id)| *id);
        like.labels = same(&like.labels, &label_ids);
        like.values = carried(like.values, &field_ids);
        like.owner = match wish.owners {
            TemplateOwner::Kept => like.owner,
            TemplateOwner::Maker => Some(actor.member),
            TemplateOwner::ProjectOwner => like.owner.map(|owner| match old.owner {
                Some(had) if had == owner => actor.member,
                _ => owner,
            }),
            TemplateOwner::Nobody => None,
        };
        let due = kept
            .task
            .due
            .as_ref()
            .and_then(|due| Some(NewDue { date: moved(due.date)?, time: due.time.clone() }));
        let dates = Dates { starts_on: kept.task.starts_on.and_then(moved), due };
        like.build(tx, actor, &mut altered, wish.id, dates).await?;
    }
    altered.record(tx, actor, "task.created").await
}

/// The labels of the old project in the new one; answers which became which.
async fn copy_labels(
    tx: &Tx,
    actor: &Actor,
    old: &Project,
    new: ProjectId,
) -> Result<Vec<(LabelId, LabelId)>> {
    let mut pairs = Vec::with_capacity(old.labels.len());
    for label in &old.labels {
        let id: LabelId = actor.ids.make();
        tx.run(
            sql!("INSERT INTO labels (workspace, id, project, name, colour) VALUES ($1, $2, $3, $4, $5)"),
            args![actor.workspace, id, new, &label.name, label.colour],
        )
        .await?;
        pairs.push((label.id, id));
    }
    Ok(pairs)
}

/// The same of its fields. Choices keep their ids: they mean something within their field only.
async fn copy_fields(
    tx: &Tx,
    actor: &Actor,
    old: &Project,
    new: ProjectId,
) -> Result<Vec<(FieldId, FieldId)>> {
    let mut pairs = Vec::with_capacity(old.fields.len());
    for field in &old.fields {
        let id: FieldId = actor.ids.make();
        tx.run(
            sql!(
                "INSERT INTO project_fields (workspace, id, project, name, kind, choices) \
                 VALUES ($1, $2, $3, $4, $5, $6)"
            ),
            args![
                actor.workspace,
                id,
                new,
                &field.name,
                field.kind,
                to_json("project_fields.choices", &field.choices)?
            ],
        )
        .await?;
        pairs.push((field.id, id));
    }
    Ok(pairs)
}

/// What a task says in fields, in those of the new project.
fn carried(values: FieldValues, pairs: &[(FieldId, FieldId)]) -> FieldValues {
    let to = |id: FieldId| pairs.iter().find(|(from, _)| *from == id).map(|(_, to)| *to);
    values.into_iter().filter_map(|(id, value)| Some((to(id)?, value))).collect()
}

fn first_day(task: &task::Task) -> Option<Date> {
    [task.starts_on, task.due.as_ref().map(|due| due.date)].into_iter().flatten().min()
}

fn same<T: Copy + PartialEq>(had: &[T], pairs: &[(T, T)]) -> Vec<T> {
    had.iter().filter_map(|id| pairs.iter().find(|(from, _)| from == id).map(|(_, to)| *to)).collect()
}

/// The tasks of a project that are neither done nor put away, as they stand on its board.
async fn open_tasks(tx: &Tx, actor: &Actor, project: &Project) -> Result<Vec<task::Kept>> {
    let mut tasks = Vec::new();
    for stage in project.stages.iter().filter(|stage| stage.kind != StageKind::Done) {
        for id in task::in_stage(tx, actor, stage.id).await? {
            let kept = task::read(tx, actor, id).await?;
            if kept.task.archived_at.is_none() {
                tasks.push(kept);
            }
        }
    }
    if tasks.len() > TASKS {
        let why = format!("More than {TASKS} open tasks cannot be copied at once.");
        return Err(Refusal::conflict(why).named("too_many").into());
    }
    Ok(tasks)
}

/// The working days of somebody, or Monday to Friday where nobody knows.
struct Days {
    schedule: Option<worktime::Schedule>,
    today: Date,
}

impl Days {
    async fn of(tx: &Tx, actor: &Actor, whose: Option<MemberId>) -> Result<Self> {
        let whose = whose.unwrap_or(actor.member);
        let receiver = delivery::receiver_of(tx, actor.workspace, whose, actor.at).await?;
        let schedule = receiver.schedule().cloned();
        let zone = schedule.as_ref().map_or(TimeZone::UTC, |schedule| schedule.zone().clone());
        Ok(Self { schedule, today: zone.to_datetime(actor.at).date() })
    }

    fn own(&self) -> OwnDays<'_> {
        let zone = self.schedule.as_ref().map_or(TimeZone::UTC, |schedule| schedule.zone().clone());
        OwnDays { schedule: self.schedule.as_ref(), zone }
    }

    /// The day so many working days after one; the day itself for none.
    fn after(&self, from: Date, days: i64) -> Option<Date> {
        if days <= 0 {
            return Some(from);
        }
        let days_ = u8::try_from(days).ok()?;
        self.own().working_day_after(from, days_).or_else(|| from.checked_add(days.days()).ok())
    }

    /// How many working days lie between two, the last one counted.
    fn between(&self, from: Date, to: Date) -> i64 {
        self.own().working_days_between(from, to)
    }
}
