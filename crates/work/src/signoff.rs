//! Signing off: what is in somebody's hands at the end of their day, and what was done about each of it
//! today, from which they write what the next person needs to know.

use jiff::{SignedDuration, Timestamp};
use people::{Actor, MemberId, schedules};
use serde::Serialize;
use store::{Row, Tx, args, sql};
use topics::asks;
use utoipa::ToSchema;
use worktime::Schedule;

use crate::{
    Result, TaskId,
    list::{self, Tasks},
    project::{self, Project},
    stage::StageKind,
    task::StageMove,
};

/// How far back a day goes at most.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);
/// How far ahead is soon where hours are unknown.
const SOON: SignedDuration = SignedDuration::from_hours(36);
/// The most of each kind of change that a draft is made from.
const MOST: u32 = 10;
/// The longest excerpt of a post, in characters.
const EXCERPT: usize = 200;

/// Why a task is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InHand {
    /// It was worked on today.
    Today,
    /// It is past the first stage of its project.
    InProgress,
    /// It is due by the end of the owner's next working day.
    DueSoon,
}

/// What was done about a task today, and what is left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Today {
    /// The steps that I have done, the first first.
    pub steps: Vec<String>,
    /// The stages into which I have put it, the first first.
    pub moves: Vec<StageMove>,
    /// The beginnings of what I have written, the first first.
    pub posts: Vec<String>,
    /// The first step that is not done.
    #[schema(required = true)]
    pub next_step: Option<String>,
    /// The questions on it that nobody has answered.
    pub asks: Vec<OpenQuestion>,
}

/// A question that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenQuestion {
    /// The question.
    pub question: String,
    /// Who was asked; null for a group.
    #[schema(required = true)]
    pub asked: Option<MemberId>,
}

/// A task in somebody's hands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignOffItem {
    /// The task.
    pub task: TaskId,
    /// Why it is listed.
    pub why: InHand,
    /// What happened with it today.
    pub today: Today,
}

/// The end of somebody's day.
#[derive(Debug)]
pub struct SignOff {
    /// When the day began: since then is today.
    pub since: Timestamp,
    /// What is in their hands: worked on today first, then in progress, then due soon.
    pub items: Vec<SignOffItem>,
    /// The cards of those, and of what they have done today.
    pub tasks: Tasks,
    /// What they have done today.
    pub done: Vec<TaskId>,
    /// The projects that they may see.
    pub projects: Vec<Project>,
}

/// A task as it is looked at.
struct Candidate {
    id: TaskId,
    why: InHand,
}

/// What the actor has in their hands. What they have offered to somebody already is left out.
pub async fn see(tx: &Tx, actor: &Actor) -> Result<SignOff> {
    let schedule = schedules::of(tx, actor.workspace, &[actor.member], actor.at).await?.remove(&actor.member);
    let since = day_began(schedule.as_ref(), actor.at);
    let soon = schedule.as_ref().and_then(|schedule| schedule.end_of_working_day(actor.at, 1));
    let soon = soon.unwrap_or_else(|| actor.at.saturating_add(SOON).unwrap_or(Timestamp::MAX));
    let projects = project::list(tx, actor, None).await?;
    let rows = open_rows(tx, actor).await?;
    let done_rows = done_rows(tx, actor, since).await?;
    let mut items = Vec::new();
    let mut listed = Vec::new();
    for row in rows {
        let id = row.get("id")?;
        let today = today(tx, actor, id, since).await?;
        if let Some(Candidate { id, why }) = candidate(&row, &projects, &today, soon)? {
            items.push(SignOffItem { task: id, why, today });
            listed.push(row);
        }
    }
    items.sort_by_key(|item| match item.why {
        InHand::Today => 0,
        InHand::InProgress => 1,
        InHand::DueSoon => 2,
    });
    let done = done_rows.iter().map(|row| row.get("id")).collect::<store::Result<_>>()?;
    listed.extend(done_rows);
    Ok(SignOff { since, items, tasks: list::encoded(tx, actor, &listed, None).await?, done, projects })
}

/// When the day that goes on, or was the last, began; a day ago where nobody knows.
fn day_began(schedule: Option<&Schedule>, at: Timestamp) -> Timestamp {
    let before = at.saturating_sub(A_DAY).unwrap_or(at);
    let began = schedule.and_then(|schedule| {
        schedule.working_days(before).map(|day| day.start()).take_while(|start| *start <= at).last()
    });
    began.unwrap_or(before)
}

async fn open_rows(tx: &Tx, actor: &Actor) -> Result<Vec<Row>> {
    Ok(tx
        .all(
            sql!(
                "SELECT k.id, k.version, k.project, k.stage, k.due_at, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.archived_at IS NULL AND p.archived_at IS NULL \
                 AND k.done_at IS NULL AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.workspace = $1 \
                   AND h.task = k.id AND h.state = 'offered') \
                 ORDER BY k.due_at IS NULL, k.due_at, k.id LIMIT 100"
            ),
            args![actor.workspace, actor.member],
        )
        .await?)
}

async fn done_rows(tx: &Tx, actor: &Actor, since: Timestamp) -> Result<Vec<Row>> {
    Ok(tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.done_at >= $3 ORDER BY k.done_at, k.id LIMIT 50"
            ),
            args![actor.workspace, actor.member, since],
        )
        .await?)
}

/// Whether a task is in hand, and why. What waits among ideas, or is not for now, is not.
fn candidate(row: &Row, projects: &[Project], today: &Today, soon: Timestamp) -> Result<Option<Candidate>> {
    let (id, in_project, in_stage) = (row.get("id")?, row.get("project")?, row.get("stage")?);
    let Some(project) = projects.iter().find(|project| project.id == in_project) else { return Ok(None) };
    let due: Option<Timestamp> = row.get("due_at")?;
    let is_open = project.stage(in_stage).is_some_and(|stage| stage.kind == StageKind::Open);
    let is_first = project.first(StageKind::Open).is_some_and(|first| first.id == in_stage);
    let why = if !(today.steps.is_empty() && today.moves.is_empty() && today.posts.is_empty()) {
        InHand::Today
    } else if is_open && !is_first {
        InHand::InProgress
    } else if is_open && due.is_some_and(|due| due <= soon) {
        InHand::DueSoon
    } else {
        return Ok(None);
    };
    Ok(Some(Candidate { id, why }))
}

async fn today(tx: &Tx, actor: &Actor, task: TaskId, since: Timestamp) -> Result<Today> {
    Ok(Today {
        steps: steps_done(tx, actor, task, since).await?,
        moves: moves(tx, actor, task, since).await?,
        posts: posts(tx, actor, task, since).await?,
        next_step: next_step(tx, actor, task).await?,
        asks: open_questions(tx, actor, task).await?,
    })
}

async fn steps_done(tx: &Tx, actor: &Actor, task: TaskId, since: Timestamp) -> Result<Vec<String>> {
    let rows = tx
        .all(
            sql!(
                "SELECT text FROM steps WHERE workspace = $1 AND task = $2 AND done_by = $3 AND done_at >= $4 \
                 ORDER BY done_at, id LIMIT $5"
            ),
            args![actor.workspace, task, actor.member, since, i64::from(MOST)],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("text")).collect::<store::Result<_>>()?)
}

async fn next_step(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Option<String>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT text FROM steps WHERE workspace = $1 AND task = $2 AND done_at IS NULL \
                 ORDER BY place, id LIMIT 1"
            ),
            args![actor.workspace, task],
        )
        .await?;
    Ok(row.map(|row| row.get("text")).transpose()?)
}

async fn moves(tx: &Tx, actor: &Actor, task: TaskId, since: Timestamp) -> Result<Vec<StageMove>> {
    let rows = tx
        .all(
            sql!(
                "SELECT from_stage, to_stage, by_member, at FROM stage_moves WHERE workspace = $1 AND task = $2 \
                 AND by_member = $3 AND at >= $4 ORDER BY no LIMIT $5"
            ),
            args![actor.workspace, task, actor.member, since, i64::from(MOST)],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (from, to) = (row.get("from_stage")?, row.get("to_stage")?);
            Ok(StageMove { from, to, by: row.get("by_member")?, at: row.get("at")? })
        })
        .collect()
}

async fn posts(tx: &Tx, actor: &Actor, task: TaskId, since: Timestamp) -> Result<Vec<String>> {
    let rows = tx
        .all(
            sql!(
                "SELECT source FROM posts WHERE workspace = $1 AND topic = $2 AND author = $3 \
                 AND created_at >= $4 AND deleted_at IS NULL AND event IS NULL ORDER BY no LIMIT $5"
            ),
            args![actor.workspace, task, actor.member, since, i64::from(MOST)],
        )
        .await?;
    rows.iter().map(|row| Ok(excerpt(&row.get::<String>("source")?))).collect()
}

/// The first line that says something, shortened.
fn excerpt(source: &str) -> String {
    let line = source.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if line.chars().count() <= EXCERPT {
        return line.to_owned();
    }
    format!("{}…", line.chars().take(EXCERPT).collect::<String>().trim_end())
}

async fn open_questions(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<OpenQuestion>> {
    let asks = asks::of_topic(tx, actor, task).await?;
    Ok(asks
        .into_iter()
        .filter(|ask| ask.state.is_owed())
        .map(|ask| OpenQuestion { question: ask.question, asked: ask.asked })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_the_day_that_goes_on_or_was_the_last() {
        let day = vec![("08:30".to_owned(), "12:30".to_owned()), ("13:30".to_owned(), "17:30".to_owned())];
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        let bogota = Schedule::parse("America/Bogota", &week, &[]).unwrap();
        let began = |at: &str| day_began(Some(&bogota), at.parse().unwrap()).to_string();
        assert_eq!(began("2026-11-25T22:20:00Z"), "2026-11-25T13:30:00Z");
        assert_eq!(began("2026-11-25T23:50:00Z"), "2026-11-25T13:30:00Z");
        assert_eq!(began("2026-11-29T22:20:00Z"), "2026-11-28T22:20:00Z");
    }

    #[test]
    fn an_excerpt_is_a_line() {
        assert_eq!(excerpt("\n\n The cache works.\nMore"), "The cache works.");
        assert_eq!(excerpt(&"x".repeat(300)).chars().count(), EXCERPT + 1);
    }
}
