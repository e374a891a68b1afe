//! A view: what somebody wants to see of a project's tasks, and how, under a name. It is theirs alone, or
//! everybody's who sees the project.

use edge::{gone, put};
use jiff::Timestamp;
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, present};
use serde::{Deserialize, Serialize};
use store::{Audience, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    ChoiceId, LabelId, ProjectId, Result, ViewId,
    error::{from_json, taken, to_json},
    project::{self, Project},
};

/// The longest name, in characters.
const NAME: usize = 60;
/// The longest text to look for, in characters.
const FIND: usize = 200;
/// The most views of a project that are everybody's, and the most that are one member's.
const MOST: i64 = 50;
/// The most columns of a list, and the longest name of one.
const COLUMNS: (usize, usize) = (40, 40);

store::words! {
    /// As what tasks are shown.
    pub enum ViewKind {
        /// Columns of cards.
        Board = "board",
        /// A list, which is a table.
        List = "list",
        /// The days on which they are due.
        Calendar = "calendar",
        /// Bars from their start to when they are due.
        Timeline = "timeline",
    }
}

store::words! {
    /// Which tasks by when they are due.
    pub enum ViewDue {
        /// Those whose time has passed.
        Past = "past",
        /// Those due within a week.
        Week = "week",
    }
}

store::words! {
    /// What the tasks of a list are grouped by.
    pub enum ViewGroup {
        /// Their stage.
        Stage = "stage",
        /// Whose they are.
        Owner = "owner",
        /// When they are due.
        Due = "due",
        /// Their labels.
        Label = "label",
    }
}

store::words! {
    /// The order of a list.
    pub enum ViewSort {
        /// As they stand on the board.
        Place = "place",
        /// By when they are due.
        Due = "due",
        /// By title.
        Title = "title",
        /// By when they last changed.
        Changed = "changed",
    }
}

store::words! {
    /// How much of a calendar or a timeline is shown at once.
    pub enum ViewSpan {
        /// A week.
        Week = "week",
        /// A month.
        Month = "month",
        /// Three months.
        Quarter = "quarter",
    }
}

/// What a view shows, and how. What is absent is not asked for: all tasks, in the usual way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shows {
    /// As what; without it, as a board.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub kind: Option<ViewKind>,
    /// Words in the title, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200)]
    pub find: Option<String>,
    /// Whose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub owner: Option<MemberId>,
    /// Those that are nobody's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nobody: bool,
    /// With this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub label: Option<LabelId>,
    /// Due when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub due: Option<ViewDue>,
    /// With this choice of a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub choice: Option<ChoiceId>,
    /// A list: grouped by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub group: Option<ViewGroup>,
    /// A list: in which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sort: Option<ViewSort>,
    /// A list: with which columns, in order; the names are the client's, and the ids of fields. At most 40.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 40)]
    pub columns: Option<Vec<String>>,
    /// A calendar or a timeline: how much at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub span: Option<ViewSpan>,
}

/// A view that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// The project whose tasks it shows.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// Everybody's who sees the project; otherwise it is mine alone.
    pub shared: bool,
    /// What it shows, and how.
    pub shows: Shows,
    /// Who made it.
    pub made_by: MemberId,
    /// When.
    pub made_at: Timestamp,
    /// Goes up whenever any of this changes.
    pub version: i64,
}

/// A view to keep.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// Made by whoever creates it.
    pub id: ViewId,
    /// Its name, 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// Everybody's, or mine alone.
    pub shared: bool,
    /// What it shows.
    pub shows: Shows,
}

/// What can be changed about a view. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewPatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Everybody's, or mine alone. What is everybody's becomes alone the view of whoever says so.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub shared: Option<bool>,
    /// What it shows, as a whole.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub shows: Option<Shows>,
}

impl View {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            project: row.get("project")?,
            name: row.get("name")?,
            shared: row.get::<Option<MemberId>>("owner")?.is_none(),
            shows: from_json("views.shows", &row.get::<String>("shows")?)?,
            made_by: row.get("made_by")?,
            made_at: row.get("made_at")?,
            version: row.get("version")?,
        })
    }

    fn row(&self) -> RowChange {
        put("views", self.id, self)
    }

    /// Who hears of it.
    fn audience(&self, project: &Project, actor: &Actor) -> Audience {
        if self.shared { project.audience() } else { Audience::Member(actor.member.uuid()) }
    }
}

/// The columns of [`View`], of a table named `v`, with whose alone it is.
macro_rules! view_columns {
    () => {
        "v.id, v.project, v.owner, v.name, v.shows, v.made_by, v.made_at, v.version"
    };
}

/// The views of a project that are everybody's or the actor's alone, the oldest first. The caller has
/// checked that the actor may see the project.
pub async fn of_project(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<View>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                view_columns!(),
                " FROM views v WHERE v.workspace = $1 AND v.project = $2 AND (v.owner IS NULL OR v.owner = $3) \
                 ORDER BY v.id"
            )),
            args![actor.workspace, project, actor.member],
        )
        .await?;
    rows.iter().map(View::from_row).collect()
}

/// Keeps a view. One that is everybody's is made by somebody who is no guest.
pub async fn create(tx: &Tx, actor: &Actor, of: ProjectId, new: NewView) -> Result<()> {
    project::hold(tx, actor, of).await?;
    let project = project_for(tx, actor, of, new.shared).await?;
    let name = clean_line("name", &new.name, NAME)?;
    let shows = checked(tx, actor, &project, new.shows).await?;
    let owner = (!new.shared).then_some(actor.member);
    must_have_room(tx, actor, of, owner).await?;
    tx.run(
        sql!(
            "INSERT INTO views (workspace, id, project, owner, name, shows, made_by, made_at, version) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)"
        ),
        args![
            actor.workspace,
            new.id,
            of,
            owner,
            name,
            to_json("views.shows", &shows)?,
            actor.member,
            actor.at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    let view = see(tx, actor, new.id).await?;
    tx.record(actor.change("view.created", view.audience(&project, actor), vec![view.row()]));
    Ok(())
}

/// Changes a view.
pub async fn change(tx: &Tx, actor: &Actor, id: ViewId, patch: ViewPatch) -> Result<()> {
    let (project, before) = hold(tx, actor, id).await?;
    let shared = patch.shared.unwrap_or(before.shared);
    project_for(tx, actor, project.id, before.shared || shared).await?;
    let name = clean_line("name", patch.name.as_ref().unwrap_or(&before.name), NAME)?;
    let shows = match patch.shows {
        Some(shows) => checked(tx, actor, &project, shows).await?,
        None => before.shows.clone(),
    };
    let owner = (!shared).then_some(actor.member);
    if shared != before.shared {
        must_have_room(tx, actor, project.id, owner).await?;
        // Whoever saw it before drops it; whoever sees it now gets it right after.
        let readers = before.audience(&project, actor);
        tx.record(actor.change("view.changed", readers, vec![gone("views", id)]));
    }
    tx.run(
        sql!(
            "UPDATE views SET name = $3, owner = $4, shows = $5, version = version + 1 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, name, owner, to_json("views.shows", &shows)?],
    )
    .await?;
    let view = see(tx, actor, id).await?;
    tx.record(actor.change("view.changed", view.audience(&project, actor), vec![view.row()]));
    Ok(())
}

/// Takes a view away; the tasks stay as they are.
pub async fn remove(tx: &Tx, actor: &Actor, id: ViewId) -> Result<()> {
    let (project, view) = hold(tx, actor, id).await?;
    project_for(tx, actor, project.id, view.shared).await?;
    tx.run(sql!("DELETE FROM views WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    tx.record(actor.change("view.removed", view.audience(&project, actor), vec![gone("views", id)]));
    Ok(())
}

/// The rows of a project's views that are everybody's: for those who come to see the project.
pub(crate) async fn shared_rows(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<RowChange>> {
    let views = of_project(tx, actor, project).await?;
    Ok(views.iter().filter(|view| view.shared).map(View::row).collect())
}

/// What is everybody's is a part of the project; what is one's own is not.
async fn project_for(tx: &Tx, actor: &Actor, id: ProjectId, shared: bool) -> Result<Project> {
    if shared { project::see_to_shape(tx, actor, id).await } else { project::see(tx, actor, id).await }
}

/// What it names must be there: a person who is here, a label and a choice of the project.
async fn checked(tx: &Tx, actor: &Actor, project: &Project, mut shows: Shows) -> Result<Shows> {
    if let Some(owner) = shows.owner {
        people::members::see(tx, actor, owner).await.map_err(|_| not_here("shows.owner"))?;
    }
    if shows.label.is_some_and(|wanted| project.labels.iter().all(|label| label.id != wanted)) {
        return Err(not_here("shows.label").into());
    }
    let mut choices = project.fields.iter().flat_map(|field| &field.choices);
    if shows.choice.is_some_and(|wanted| choices.all(|choice| choice.id != wanted)) {
        return Err(not_here("shows.choice").into());
    }
    if let Some(find) = &shows.find {
        shows.find = Some(clean_line("shows.find", find, FIND)?);
    }
    if let Some(columns) = &mut shows.columns {
        if columns.len() > COLUMNS.0 {
            return Err(Refusal::invalid_because(
                "shows.columns",
                "are too many",
                format!("at most {}", COLUMNS.0),
            )
            .named("too_many_entries")
            .into());
        }
        for (index, column) in columns.iter_mut().enumerate() {
            *column = clean_line(&format!("shows.columns[{index}]"), column, COLUMNS.1)?;
        }
    }
    Ok(shows)
}

fn not_here(field: &str) -> Refusal {
    Refusal::invalid(field, "names something that is not here").named("not_here")
}

async fn must_have_room(tx: &Tx, actor: &Actor, project: ProjectId, owner: Option<MemberId>) -> Result<()> {
    let row = tx
        .one(
            sql!(
                "SELECT COUNT(*) AS count FROM views WHERE workspace = $1 AND project = $2 \
                 AND (($3 AND owner IS NULL) OR owner = $4)"
            ),
            args![actor.workspace, project, owner.is_none(), owner],
        )
        .await?;
    if row.get::<i64>("count")? >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} views."))
            .named("too_many_views")
            .into());
    }
    Ok(())
}

/// A view that is everybody's or the actor's alone; another member's does not exist.
async fn see(tx: &Tx, actor: &Actor, id: ViewId) -> Result<View> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                view_columns!(),
                " FROM views v WHERE v.workspace = $1 AND v.id = $2 AND (v.owner IS NULL OR v.owner = $3)"
            )),
            args![actor.workspace, id, actor.member],
        )
        .await?
        .ok_or(Refusal::not_found("view"))?;
    View::from_row(&row)
}

/// A view to be altered, held until the end of the transaction with its project.
async fn hold(tx: &Tx, actor: &Actor, id: ViewId) -> Result<(Project, View)> {
    let of = see(tx, actor, id).await?.project;
    project::hold(tx, actor, of).await?;
    let project = project::see(tx, actor, of).await.map_err(project::missing("view"))?;
    Ok((project, see(tx, actor, id).await?))
}
