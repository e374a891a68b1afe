//! A project: tasks with a purpose, in stages, for the people of one space.

use std::collections::HashMap;

use edge::{gone, put};
use jiff::Timestamp;
use kernel::{Refusal, clean_line, clean_text};
use people::{Actor, MemberId, SpaceId, present};
use serde::{Deserialize, Serialize};
use store::{Audience, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Error, ProjectId, Result, StageId,
    error::taken,
    field::{self, Field},
    keys,
    label::{self, Label},
    members, queue,
    stage::{self, Stage, StageKind},
    task, views,
};

/// The longest name, in characters.
const NAME: usize = 80;
/// The longest purpose or note on the health, in bytes.
const NOTE: usize = 2_000;
/// The most stages that a project begins with.
const STAGES: usize = 20;

store::words! {
    /// How a project goes, as its people say.
    pub enum ProjectHealth {
        /// As planned.
        OnTrack = "on_track",
        /// It may come differently.
        AtRisk = "at_risk",
        /// It comes differently.
        OffTrack = "off_track",
    }
}

/// A project as everyone who may see its space sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The beginning of its tasks' keys: two to six letters A–Z.
    pub key: String,
    /// The space whose people see it.
    pub space: SpaceId,
    /// Its name.
    pub name: String,
    /// What it is for, as plain text.
    pub purpose: String,
    /// Who answers for it.
    #[schema(required = true)]
    pub owner: Option<MemberId>,
    /// Who works on it.
    pub members: Vec<MemberId>,
    /// How it goes; null when nobody has said.
    #[schema(required = true)]
    pub health: Option<ProjectHealth>,
    /// Why, in a sentence or two.
    pub health_note: String,
    /// When that was said.
    #[schema(required = true)]
    pub health_at: Option<Timestamp>,
    /// By whom.
    #[schema(required = true)]
    pub health_by: Option<MemberId>,
    /// Who made it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When it was put away.
    #[schema(required = true)]
    pub archived_at: Option<Timestamp>,
    /// Its stages in order.
    pub stages: Vec<Stage>,
    /// Its labels by name.
    pub labels: Vec<Label>,
    /// Its fields, the oldest first.
    pub fields: Vec<Field>,
    /// Who takes turns in its queue, which follows the sun; nobody where it has none.
    pub queue: Vec<MemberId>,
    /// Goes up whenever any of this changes.
    pub version: i64,
}

/// A stage that a project begins with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstStage {
    /// Made by whoever creates it.
    pub id: StageId,
    /// Its name, 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// What being in it means.
    pub kind: StageKind,
}

/// A project to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// Made by whoever creates it.
    pub id: ProjectId,
    /// Two to six letters A–Z that no other project has or had.
    #[schema(min_length = 2, max_length = 6)]
    pub key: String,
    /// Its name, 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// The space whose people see it.
    pub space: SpaceId,
    /// What it is for, at most 2,000 bytes.
    #[serde(default)]
    #[schema(max_length = 2_000)]
    pub purpose: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// Its stages in order, at most 20; without them, Ideas, Ready, In progress, In review, Done, Not now.
    #[serde(default)]
    pub stages: Option<Vec<FirstStage>>,
}

/// What can be changed about a project. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectPatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub purpose: Option<String>,
    /// Who answers for it; null for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MemberId>)]
    pub owner: Option<Option<MemberId>>,
    /// Who works on it, at most 100 people who see its space.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, max_items = 100)]
    pub members: Option<Vec<MemberId>>,
    /// How it goes; null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<ProjectHealth>)]
    pub health: Option<Option<ProjectHealth>>,
    /// Why.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub health_note: Option<String>,
    /// Another key: its tasks get keys of it, and the old ones still lead to them.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub key: Option<String>,
    /// Whether it is put away.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub archived: Option<bool>,
    /// The space whose people see it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub space: Option<SpaceId>,
}

impl Project {
    /// Who hears of changes to it and to its tasks.
    pub fn audience(&self) -> Audience {
        Audience::Space(self.space.uuid())
    }

    pub(crate) fn row(&self) -> RowChange {
        put("projects", self.id, self)
    }

    /// One of its stages.
    pub(crate) fn stage(&self, id: StageId) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.id == id)
    }

    /// The first stage of a kind.
    pub(crate) fn first(&self, kind: StageKind) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.kind == kind)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            key: row.get("key")?,
            space: row.get("space")?,
            name: row.get("name")?,
            purpose: row.get("purpose")?,
            owner: row.get("owner")?,
            members: Vec::new(),
            health: row.get("health")?,
            health_note: row.get("health_note")?,
            health_at: row.get("health_at")?,
            health_by: row.get("health_by")?,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            archived_at: row.get("archived_at")?,
            stages: Vec::new(),
            labels: Vec::new(),
            fields: Vec::new(),
            queue: Vec::new(),
            version: row.get("version")?,
        })
    }
}

/// The columns of [`Project`], of a table named `p`.
macro_rules! project_columns {
    () => {
        "p.id, p.key, p.space, p.name, p.purpose, p.owner, p.health, p.health_note, p.health_at, p.health_by, \
         p.created_by, p.created_at, p.archived_at, p.version"
    };
}

/// The condition that member `$2` of workspace `$1` may see project `p`.
macro_rules! visible_to_2 {
    () => {
        "p.space IN (SELECT v.space FROM visible_spaces v WHERE v.workspace = $1 AND v.member = $2)"
    };
}

/// The projects that the actor may see by name, those put away as well; of one space when it is named.
pub async fn list(tx: &Tx, actor: &Actor, space: Option<SpaceId>) -> Result<Vec<Project>> {
    if let Some(space) = space {
        people::spaces::must_be_visible(tx, actor, space).await?;
    }
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                project_columns!(),
                " FROM projects p WHERE p.workspace = $1 AND ",
                visible_to_2!(),
                " AND ($3 OR p.space = $4) ORDER BY p.name, p.id"
            )),
            args![actor.workspace, actor.member, space.is_none(), space],
        )
        .await?;
    let mut projects = rows.iter().map(Project::from_row).collect::<Result<Vec<_>>>()?;
    complete(tx, actor, &mut projects).await?;
    Ok(projects)
}

/// A project that the actor may see; otherwise it does not exist.
pub async fn see(tx: &Tx, actor: &Actor, id: ProjectId) -> Result<Project> {
    let found = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                project_columns!(),
                " FROM projects p WHERE p.workspace = $1 AND p.id = $3 AND ",
                visible_to_2!()
            )),
            args![actor.workspace, actor.member, id],
        )
        .await?;
    whole(tx, actor, found).await
}

/// The same by its id as text, or by a key that it has or had.
pub async fn see_named(tx: &Tx, actor: &Actor, name: &str) -> Result<Project> {
    if let Ok(id) = name.parse() {
        return see(tx, actor, id).await;
    }
    let named = tx
        .maybe(
            sql!("SELECT project FROM project_keys WHERE workspace = $1 AND key = $2"),
            args![actor.workspace, name.to_ascii_uppercase()],
        )
        .await?
        .ok_or(Refusal::not_found("project"))?;
    see(tx, actor, named.get("project")?).await
}

/// A project whose people the actor is among, to be altered by somebody who is no guest.
pub(crate) async fn see_to_shape(tx: &Tx, actor: &Actor, id: ProjectId) -> Result<Project> {
    let project = see(tx, actor, id).await?;
    must_not_be_guest(actor)?;
    must_be_open(tx, actor, &project).await?;
    Ok(project)
}

/// Refuses what would be written into what is put away: the project, or its space.
pub(crate) async fn must_be_open(tx: &Tx, actor: &Actor, project: &Project) -> Result<()> {
    people::spaces::must_be_open(tx, actor.workspace, project.space).await?;
    if project.archived_at.is_none() {
        return Ok(());
    }
    Err(Refusal::forbidden(format!("{} is archived: it can be read, not written.", project.name))
        .named("project_archived")
        .into())
}

pub(crate) fn must_not_be_guest(actor: &Actor) -> Result<()> {
    if actor.is_guest() {
        return Err(Refusal::forbidden("Guests cannot change projects.").named("guests_cannot").into());
    }
    Ok(())
}

async fn whole(tx: &Tx, actor: &Actor, found: Option<Row>) -> Result<Project> {
    let row = found.ok_or(Refusal::not_found("project"))?;
    let mut projects = [Project::from_row(&row)?];
    complete(tx, actor, &mut projects).await?;
    let [project] = projects;
    Ok(project)
}

/// Adds people, stages, labels, fields and queues.
async fn complete(tx: &Tx, actor: &Actor, projects: &mut [Project]) -> Result<()> {
    let only = match projects {
        [one] => Some(one.id),
        _ => None,
    };
    let mut people: HashMap<ProjectId, Vec<MemberId>> = members::of(tx, actor, only).await?;
    let mut stages: HashMap<ProjectId, Vec<Stage>> = stage::of(tx, actor, only).await?;
    let mut labels: HashMap<ProjectId, Vec<Label>> = label::of(tx, actor, only).await?;
    let mut fields: HashMap<ProjectId, Vec<Field>> = field::of(tx, actor, only).await?;
    let mut queues: HashMap<ProjectId, Vec<MemberId>> = queue::of(tx, actor, only).await?;
    for project in projects {
        project.members = people.remove(&project.id).unwrap_or_default();
        project.stages = stages.remove(&project.id).unwrap_or_default();
        project.labels = labels.remove(&project.id).unwrap_or_default();
        project.fields = fields.remove(&project.id).unwrap_or_default();
        project.queue = queues.remove(&project.id).unwrap_or_default();
    }
    Ok(())
}

/// Makes a project with its stages.
pub async fn create(tx: &Tx, actor: &Actor, new: NewProject) -> Result<()> {
    people::spaces::must_be_visible(tx, actor, new.space).await?;
    must_not_be_guest(actor)?;
    people::spaces::must_be_open(tx, actor.workspace, new.space).await?;
    let name = clean_line("name", &new.name, NAME)?;
    let purpose = clean_text("purpose", new.purpose.as_deref().unwrap_or_default(), NOTE)?;
    let key = keys::checked(&new.key)?;
    if let Some(owner) = new.owner {
        must_reach(tx, actor, "owner", owner, new.space).await?;
    }
    tx.run(
        sql!(
            "INSERT INTO projects (workspace, id, key, space, name, purpose, owner, health_note, created_by, \
             created_at, last_number, version) VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, 0, 1) \
             ON CONFLICT (workspace, key) DO NOTHING"
        ),
        args![actor.workspace, new.id, &key, new.space, name, purpose, new.owner, actor.member, actor.at],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    keys::claim(tx, actor, new.id, &key).await?;
    let stages = new.stages.unwrap_or_else(|| default_stages(actor));
    if stages.len() > STAGES {
        return Err(Refusal::invalid_because("stages", "are too many", format!("at most {STAGES}"))
            .named("too_many_entries")
            .into());
    }
    stage::insert_first(tx, actor, new.id, stages).await?;
    announce(tx, actor, "project.created", new.id).await
}

fn default_stages(actor: &Actor) -> Vec<FirstStage> {
    [
        ("Ideas", StageKind::Idea),
        ("Ready", StageKind::Open),
        ("In progress", StageKind::Open),
        ("In review", StageKind::Open),
        ("Done", StageKind::Done),
        ("Not now", StageKind::NotNow),
    ]
    .map(|(name, kind)| FirstStage { id: actor.ids.make(), name: name.to_owned(), kind })
    .into()
}

/// Changes a project.
pub async fn change(tx: &Tx, actor: &Actor, id: ProjectId, patch: ProjectPatch) -> Result<()> {
    let before = see(tx, actor, id).await?;
    must_not_be_guest(actor)?;
    people::spaces::must_be_open(tx, actor.workspace, before.space).await?;
    if patch.archived != Some(false) {
        must_be_open(tx, actor, &before).await?;
    }
    let now = patched(tx, actor, before.clone(), &patch).await?;
    tx.run(
        sql!(
            "UPDATE projects SET name = $3, purpose = $4, owner = $5, health = $6, health_note = $7, \
             health_at = $8, health_by = $9, archived_at = $10, space = $11, version = version + 1 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            id,
            &now.name,
            &now.purpose,
            now.owner,
            now.health,
            &now.health_note,
            now.health_at,
            now.health_by,
            now.archived_at,
            now.space
        ],
    )
    .await?;
    if let Some(wanted) = &patch.members {
        members::set(tx, actor, &now, wanted).await?;
    }
    let key = patch.key.as_deref().map(keys::checked).transpose()?.filter(|key| *key != before.key);
    if let Some(key) = &key {
        keys::change(tx, actor, id, key).await?;
    }
    let is_moved = now.space != before.space;
    if is_moved {
        task::all_into_space(tx, actor, &before, now.space).await?;
        // Readers of the old space drop the project; readers of the new one get it right after.
        tx.record(actor.change("project.moved", before.audience(), vec![gone("projects", id)]));
    }
    announce(tx, actor, "project.changed", id).await?;
    if is_moved {
        let views = views::shared_rows(tx, actor, id).await?;
        tx.record(actor.change("project.moved", Audience::Space(now.space.uuid()), views));
    }
    if is_moved || key.is_some() {
        task::announce_all(tx, actor, "task.changed", id).await?;
    }
    Ok(())
}

/// The project as the patch says, its key left as it is.
async fn patched(tx: &Tx, actor: &Actor, project: Project, patch: &ProjectPatch) -> Result<Project> {
    let mut now = project;
    if let Some(name) = &patch.name {
        now.name = clean_line("name", name, NAME)?;
    }
    if let Some(purpose) = &patch.purpose {
        now.purpose = clean_text("purpose", purpose, NOTE)?;
    }
    if let Some(archived) = patch.archived {
        now.archived_at = archived.then(|| now.archived_at.unwrap_or(actor.at));
    }
    if let Some(space) = patch.space.filter(|space| *space != now.space) {
        people::spaces::must_be_visible(tx, actor, space)
            .await
            .map_err(|_| Refusal::invalid("space", "is not here").named("not_here"))?;
        people::spaces::must_be_open(tx, actor.workspace, space).await?;
        now.space = space;
    }
    if let Some(owner) = patch.owner {
        if let Some(owner) = owner.filter(|owner| Some(*owner) != now.owner) {
            must_reach(tx, actor, "owner", owner, now.space).await?;
        }
        now.owner = owner;
    }
    if patch.health.is_some() || patch.health_note.is_some() {
        now.health = patch.health.unwrap_or(now.health);
        if let Some(note) = &patch.health_note {
            now.health_note = clean_text("health_note", note, NOTE)?;
        }
        let is_said = now.health.is_some();
        now.health_at = is_said.then_some(actor.at);
        now.health_by = is_said.then_some(actor.member);
    }
    Ok(now)
}

/// Refuses somebody who is not here, or who cannot see the space.
pub(crate) async fn must_reach(
    tx: &Tx,
    actor: &Actor,
    field: &str,
    member: MemberId,
    space: SpaceId,
) -> Result<()> {
    let card = people::members::see(tx, actor, member)
        .await
        .map_err(|_| Refusal::invalid(field, "names somebody who is not here").named("not_here"))?;
    if can_reach(tx, actor, member, space).await? {
        return Ok(());
    }
    Err(Refusal::conflict(format!("{} cannot see this space.", card.short_name)).named("cannot_see").into())
}

/// Whether a member sees a space.
pub(crate) async fn can_reach(tx: &Tx, actor: &Actor, member: MemberId, space: SpaceId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT space FROM visible_spaces WHERE workspace = $1 AND member = $2 AND space = $3"),
            args![actor.workspace, member, space],
        )
        .await?;
    Ok(row.is_some())
}

/// Says that something about a project has changed: its version goes up and its row goes out.
pub(crate) async fn touch(tx: &Tx, actor: &Actor, verb: &'static str, id: ProjectId) -> Result<()> {
    tx.run(
        sql!("UPDATE projects SET version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id],
    )
    .await?;
    announce(tx, actor, verb, id).await
}

async fn announce(tx: &Tx, actor: &Actor, verb: &'static str, id: ProjectId) -> Result<()> {
    let project = see(tx, actor, id).await?;
    tx.record(actor.change(verb, project.audience(), vec![project.row()]));
    Ok(())
}

/// Holds a project until the end of the transaction: of two who alter its stages at once the second
/// waits for the first.
pub(crate) async fn hold(tx: &Tx, actor: &Actor, id: ProjectId) -> Result<()> {
    tx.run(
        sql!("UPDATE projects SET version = version WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id],
    )
    .await?;
    Ok(())
}

/// Where something of a project is kept: for stages, labels and fields, whose addresses do not name it.
pub(crate) fn missing(what: &'static str) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Refused(Refusal::NotFound { .. }) => Refusal::not_found(what).into(),
        other => other,
    }
}
