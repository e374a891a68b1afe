//! Somebody leaves: the workspace, or a space that they see no longer. What is in their hands is shown
//! before, and goes to others with it: in one transaction, and what is left of many tasks in a job.

mod pass;
mod plan;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, MemberId, MemberState, SpaceId, WorkspaceId, members};
use serde::Serialize;
use store::{Tx, args, sql};
use topics::{AskId, TopicId, topic};
use utoipa::ToSchema;

pub use pass::{Departure, leave};
pub(crate) use pass::{JOB, go_on, wind_overdue};
pub use plan::{ProjectTaker, Taker, ToLeave};

use crate::{
    GoalId, ProjectId, Result, TaskId,
    project::{self, Project},
};

/// How many tasks of a project are shown by name.
const SHOWN: i64 = 20;

/// What is in the hands of somebody, as far as the reader may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Held {
    /// The number at which it was read.
    pub seq: i64,
    /// Who leaves.
    pub member: MemberId,
    /// What is theirs in projects, by the name of the project.
    pub projects: Vec<HeldProject>,
    /// The open goals that they own, by title.
    pub goals: Vec<HeldGoal>,
    /// The open asks on them, the earliest due first.
    pub asks: Vec<HeldAsk>,
    /// How many tasks, projects, goals and asks there are besides that the reader may not see.
    pub hidden: i64,
    /// Who could take something of it.
    pub takers: Vec<PossibleTaker>,
}

/// What of a project is in somebody's hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldProject {
    /// The project.
    pub project: ProjectId,
    /// The beginning of its tasks' keys.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its space.
    pub space: SpaceId,
    /// Who answers for it.
    #[schema(required = true)]
    pub owner: Option<MemberId>,
    /// How many open tasks are theirs.
    pub tasks: i64,
    /// The first of them, by when they are due.
    pub first: Vec<HeldTask>,
    /// How many series of tasks that come again are theirs.
    pub series: i64,
    /// Whether they take turns in its queue.
    pub queue: bool,
}

/// A task in somebody's hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldTask {
    /// The task.
    pub id: TaskId,
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// When it is due.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
}

/// A goal in somebody's hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldGoal {
    /// The goal.
    pub id: GoalId,
    /// Its space.
    pub space: SpaceId,
    /// Its title.
    pub title: String,
}

/// An ask on somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldAsk {
    /// The ask.
    pub id: AskId,
    /// What is asked, in a line.
    pub question: String,
    /// Who asks.
    pub asker: MemberId,
    /// Where.
    pub topic: TopicId,
    /// The end of the address of its thread, or the key of its task.
    pub code: String,
    /// The title of its thread or task.
    pub title: String,
    /// Whether it is on a task.
    pub on_task: bool,
    /// The space; null for a direct thread.
    #[schema(required = true)]
    pub space: Option<SpaceId>,
}

/// Somebody who could take over.
#[derive(Debug, Serialize, ToSchema)]
pub struct PossibleTaker {
    /// They.
    pub member: MemberId,
    /// Which of the spaces concerned they see.
    pub spaces: Vec<SpaceId>,
    /// On which of the projects concerned they work: they own it, or are named with it.
    pub projects: Vec<ProjectId>,
    /// How many open tasks are theirs, as far as the reader may see them.
    pub tasks: i64,
}

/// What of a project is in somebody's hands, whoever asks.
#[derive(Debug)]
struct InProject {
    project: ProjectId,
    space: SpaceId,
    owner: Option<MemberId>,
    tasks: i64,
    series: i64,
    queue: bool,
}

/// Everything that is in somebody's hands, whoever asks.
#[derive(Debug)]
struct Hands {
    projects: Vec<InProject>,
    goals: Vec<HeldGoal>,
    asks: Vec<HeldAsk>,
}

/// What is in somebody's hands: everywhere, for admins; or in one space, for whoever sees it.
pub async fn see(tx: &Tx, actor: &Actor, member: MemberId, space: Option<SpaceId>) -> Result<Held> {
    members::see(tx, actor, member).await?;
    may_ask(tx, actor, space).await?;
    let hands = hands_of(tx, actor, member, space).await?;
    let visible: BTreeSet<SpaceId> = people::spaces::visible(tx, actor).await?.into_iter().collect();
    let mut hidden = 0;
    let mut projects = Vec::new();
    for held in &hands.projects {
        if visible.contains(&held.space) {
            let project = project::see(tx, actor, held.project).await?;
            projects.push(shown(tx, actor, member, project, held).await?);
        } else {
            hidden += held.tasks + i64::from(held.owner == Some(member));
        }
    }
    projects.sort_by(|one, other| one.name.cmp(&other.name).then(one.project.cmp(&other.project)));
    let (goals, private): (Vec<_>, Vec<_>) =
        hands.goals.into_iter().partition(|goal| visible.contains(&goal.space));
    hidden += count(&private);
    let mut asks = Vec::new();
    for ask in hands.asks {
        if sees_topic(tx, actor, ask.topic).await? {
            asks.push(ask);
        } else {
            hidden += 1;
        }
    }
    let takers = takers(tx, actor, member, &projects, &goals).await?;
    Ok(Held { seq: tx.head(actor.workspace.uuid()).await?, member, projects, goals, asks, hidden, takers })
}

/// What is in all spaces is for admins; in one space it is for its people, who see it anyhow.
async fn may_ask(tx: &Tx, actor: &Actor, space: Option<SpaceId>) -> Result<()> {
    match space {
        Some(space) => Ok(people::spaces::must_be_visible(tx, actor, space).await?),
        None if actor.is_admin() => Ok(()),
        None => Err(Refusal::forbidden("Only admins can remove members.").named("admins_only").into()),
    }
}

fn count<T>(items: &[T]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

async fn sees_topic(tx: &Tx, actor: &Actor, id: TopicId) -> Result<bool> {
    match topic::see(tx, actor, id).await {
        Ok(_) => Ok(true),
        Err(topics::Error::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn shown(
    tx: &Tx,
    actor: &Actor,
    member: MemberId,
    project: Project,
    held: &InProject,
) -> Result<HeldProject> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.key, t.title, k.due_at \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.project = $3 AND k.done_at IS NULL \
                 AND k.archived_at IS NULL ORDER BY k.due_at IS NULL, k.due_at, k.id LIMIT $4"
            ),
            args![actor.workspace, member, project.id, SHOWN],
        )
        .await?;
    let task = |row: &store::Row| {
        Ok(HeldTask {
            id: row.get("id")?,
            key: row.get("key")?,
            title: row.get("title")?,
            due_at: row.get("due_at")?,
        })
    };
    Ok(HeldProject {
        project: project.id,
        key: project.key,
        name: project.name,
        space: project.space,
        owner: project.owner,
        tasks: held.tasks,
        first: rows.iter().map(task).collect::<Result<_>>()?,
        series: held.series,
        queue: held.queue,
    })
}

// ------------------------------------------------------------------ everything, whoever asks

async fn hands_of(tx: &Tx, actor: &Actor, member: MemberId, space: Option<SpaceId>) -> Result<Hands> {
    Ok(Hands {
        projects: in_projects(tx, actor.workspace, member, space).await?,
        goals: goals_of(tx, actor.workspace, member, space).await?,
        asks: asks_on(tx, actor.workspace, member, space).await?,
    })
}

async fn in_projects(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    space: Option<SpaceId>,
) -> Result<Vec<InProject>> {
    let mut projects = open_projects(tx, workspace, space).await?;
    let rows = tx
        .all(
            sql!(
                "SELECT k.project, SUM(CASE WHEN k.done_at IS NULL THEN 1 ELSE 0 END) AS tasks, \
                 COUNT(s.latest) AS series FROM tasks k \
                 LEFT JOIN series s ON s.workspace = k.workspace AND s.latest = k.id AND s.state <> 'ended' \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.archived_at IS NULL \
                 AND (k.done_at IS NULL OR s.latest IS NOT NULL) GROUP BY k.project"
            ),
            args![workspace, member],
        )
        .await?;
    for row in &rows {
        if let Some(held) = projects.get_mut(&row.get("project")?) {
            (held.tasks, held.series) = (row.get("tasks")?, row.get("series")?);
        }
    }
    let rows = tx
        .all(
            sql!("SELECT project FROM queue_members WHERE workspace = $1 AND member = $2"),
            args![workspace, member],
        )
        .await?;
    for row in &rows {
        if let Some(held) = projects.get_mut(&row.get("project")?) {
            held.queue = true;
        }
    }
    let in_hands =
        |held: &InProject| held.tasks + held.series > 0 || held.queue || held.owner == Some(member);
    Ok(projects.into_values().filter(in_hands).collect())
}

/// The projects that are not put away, with nothing of anybody yet.
async fn open_projects(
    tx: &Tx,
    workspace: WorkspaceId,
    space: Option<SpaceId>,
) -> Result<BTreeMap<ProjectId, InProject>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, space, owner FROM projects WHERE workspace = $1 AND archived_at IS NULL \
                 AND ($2 OR space = $3)"
            ),
            args![workspace, space.is_none(), space],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let project = row.get("id")?;
            let (space, owner) = (row.get("space")?, row.get("owner")?);
            Ok((project, InProject { project, space, owner, tasks: 0, series: 0, queue: false }))
        })
        .collect()
}

async fn goals_of(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    space: Option<SpaceId>,
) -> Result<Vec<HeldGoal>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, space, title FROM goals WHERE workspace = $1 AND owner = $2 AND state = 'open' \
                 AND ($3 OR space = $4) ORDER BY title, id"
            ),
            args![workspace, member, space.is_none(), space],
        )
        .await?;
    rows.iter()
        .map(|row| Ok(HeldGoal { id: row.get("id")?, space: row.get("space")?, title: row.get("title")? }))
        .collect()
}

async fn asks_on(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    space: Option<SpaceId>,
) -> Result<Vec<HeldAsk>> {
    let rows = tx
        .all(
            sql!(
                "SELECT a.id, a.question, a.asker, a.topic, t.code, t.title, t.kind, t.space \
                 FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND a.asked = $2 AND (a.state = 'open' OR a.state = 'accepted') \
                 AND ($3 OR t.space = $4) ORDER BY a.due_at IS NULL, a.due_at, a.id"
            ),
            args![workspace, member, space.is_none(), space],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(HeldAsk {
                id: row.get("id")?,
                question: row.get("question")?,
                asker: row.get("asker")?,
                topic: row.get("topic")?,
                code: row.get("code")?,
                title: row.get("title")?,
                on_task: row.get::<String>("kind")? == "task",
                space: row.get("space")?,
            })
        })
        .collect()
}

// ------------------------------------------------------------------ who could take it

/// Everybody who is here and sees one of the spaces concerned; everybody where only asks are left. First who
/// sees most of it and works on it, then who has least to do.
async fn takers(
    tx: &Tx,
    actor: &Actor,
    leaving: MemberId,
    projects: &[HeldProject],
    goals: &[HeldGoal],
) -> Result<Vec<PossibleTaker>> {
    let spaces: BTreeSet<SpaceId> =
        projects.iter().map(|held| held.space).chain(goals.iter().map(|goal| goal.space)).collect();
    let mut takers: BTreeMap<MemberId, PossibleTaker> = members::list(tx, actor)
        .await?
        .into_iter()
        .filter(|card| card.state == MemberState::Active && card.id != leaving)
        .map(|card| {
            let member = card.id;
            (member, PossibleTaker { member, spaces: Vec::new(), projects: Vec::new(), tasks: 0 })
        })
        .collect();
    for space in &spaces {
        let rows = tx
            .all(
                sql!("SELECT member FROM visible_spaces WHERE workspace = $1 AND space = $2"),
                args![actor.workspace, *space],
            )
            .await?;
        for row in &rows {
            if let Some(taker) = takers.get_mut(&row.get("member")?) {
                taker.spaces.push(*space);
            }
        }
    }
    for held in projects {
        let project = project::see(tx, actor, held.project).await?;
        let named: BTreeSet<MemberId> = project.members.into_iter().chain(project.owner).collect();
        for member in named {
            if let Some(taker) = takers.get_mut(&member) {
                taker.projects.push(held.project);
            }
        }
    }
    for (member, tasks) in loads(tx, actor).await? {
        if let Some(taker) = takers.get_mut(&member) {
            taker.tasks = tasks;
        }
    }
    let mut takers: Vec<PossibleTaker> =
        takers.into_values().filter(|taker| spaces.is_empty() || !taker.spaces.is_empty()).collect();
    takers.sort_by_key(|taker| {
        let most = (std::cmp::Reverse(taker.spaces.len()), std::cmp::Reverse(taker.projects.len()));
        (most, taker.tasks, taker.member)
    });
    Ok(takers)
}

/// How many open tasks everybody has, in what the actor may see.
async fn loads(tx: &Tx, actor: &Actor) -> Result<Vec<(MemberId, i64)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.owner, COUNT(*) AS tasks FROM visible_spaces v \
                 JOIN projects p ON p.workspace = v.workspace AND p.space = v.space AND p.archived_at IS NULL \
                 JOIN tasks k ON k.workspace = p.workspace AND k.project = p.id \
                 WHERE v.workspace = $1 AND v.member = $2 AND k.owner IS NOT NULL AND k.done_at IS NULL \
                 AND k.archived_at IS NULL GROUP BY k.owner"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("owner")?, row.get("tasks")?))).collect()
}
