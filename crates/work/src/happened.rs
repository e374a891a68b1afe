//! What has happened to a task, for what follows from it by itself: rules, reminders, the next task of a
//! series. Every write that records a task passes here, whoever wrote and however.

use jiff::Timestamp;
use people::{Actor, MemberId, System, WorkspaceId};
use store::{Row, Tx, args, sql};
use topics::reminders;
use uuid::Uuid;

use crate::{
    LabelId, Result, RuleId, StageId, TaskId,
    error::{from_json, to_json},
    remind, repeat, rules,
    task::{Kept, Task},
};

store::words! {
    /// What can happen to a task, for rules.
    pub enum Happening {
        /// It was made.
        Created = "created",
        /// It came into a stage.
        Moved = "moved",
        /// Somebody got it.
        Given = "given",
        /// It got a label.
        Labelled = "labelled",
        /// The last of its steps was done.
        StepsDone = "steps_done",
        /// It waits for nothing any more.
        WaitsOver = "waits_over",
        /// The working day before it is due has begun.
        DueSoon = "due_soon",
        /// It was due, and is not done.
        Late = "late",
        /// It was done.
        Done = "done",
        /// It was put away.
        Archived = "archived",
    }
}

/// Something that happened: to which stage or label, where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub happened: Happening,
    pub what: Option<Uuid>,
}

impl From<Happening> for Event {
    fn from(happened: Happening) -> Self {
        Self { happened, what: None }
    }
}

/// What of a task was seen last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    stage: StageId,
    owner: Option<MemberId>,
    labels: Vec<LabelId>,
    due_at: Option<Timestamp>,
    done: bool,
    archived: bool,
    steps_left: i64,
    waits: i64,
}

impl Seen {
    fn of(task: &Task) -> Self {
        Self {
            stage: task.stage,
            owner: task.owner,
            labels: task.labels.clone(),
            due_at: task.due.as_ref().map(|due| due.at),
            done: task.done_at.is_some(),
            archived: task.archived_at.is_some(),
            steps_left: task.steps - task.steps_done,
            waits: task.waits,
        }
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            stage: row.get("stage")?,
            owner: row.get("owner")?,
            labels: from_json("task_seen.labels", &row.get::<String>("labels")?)?,
            due_at: row.get("due_at")?,
            done: row.get("done")?,
            archived: row.get("archived")?,
            steps_left: row.get("steps_left")?,
            waits: row.get("waits")?,
        })
    }

    /// What happened between then and now.
    fn until(&self, now: &Self, steps: i64) -> Vec<Event> {
        let mut events = Vec::new();
        if self.stage != now.stage {
            events.push(Event { happened: Happening::Moved, what: Some(now.stage.uuid()) });
        }
        if self.owner != now.owner && now.owner.is_some() {
            events.push(Happening::Given.into());
        }
        let new = now.labels.iter().filter(|label| !self.labels.contains(label));
        events.extend(new.map(|label| Event { happened: Happening::Labelled, what: Some(label.uuid()) }));
        let turned = [
            (self.steps_left > 0 && now.steps_left == 0 && steps > 0, Happening::StepsDone),
            (self.waits > 0 && now.waits == 0, Happening::WaitsOver),
            (!self.done && now.done, Happening::Done),
            (!self.archived && now.archived, Happening::Archived),
        ];
        events.extend(
            turned.into_iter().filter(|(turned, _)| *turned).map(|(_, happened)| Event::from(happened)),
        );
        events
    }
}

/// A task was written: what follows from that is left behind as jobs. `chain` are the rules that led to
/// the write, none for what people do.
pub(crate) async fn written(tx: &Tx, actor: &Actor, kept: &Kept, chain: &[RuleId]) -> Result<()> {
    let task = &kept.task;
    let now = Seen::of(task);
    let before = seen(tx, actor.workspace, task.id).await?;
    if before.as_ref() == Some(&now) {
        return Ok(());
    }
    keep(tx, actor.workspace, task.id, &now).await?;
    let events = if let Some(before) = &before {
        before.until(&now, task.steps)
    } else {
        let stage = Event { happened: Happening::Moved, what: Some(now.stage.uuid()) };
        let given = now.owner.is_some().then_some(Happening::Given.into());
        [Happening::Created.into(), stage].into_iter().chain(given).collect()
    };
    let system = System { workspace: actor.workspace, at: actor.at };
    rules::note(tx, &system, &actor.ids, kept, &events, chain).await?;
    let promised = |seen: &Seen| (seen.due_at, seen.owner, seen.done, seen.archived);
    if before.as_ref().map(promised) != Some(promised(&now)) {
        reminders::forget(tx, actor.workspace, task.id).await?;
        let lies_ahead = now.due_at.is_some_and(|due| due > actor.at) && !now.done && !now.archived;
        if lies_ahead {
            remind::plan_soon(tx, actor.workspace, task.id, actor.at).await?;
        }
    }
    let turns = |seen: &Seen| (seen.done, seen.owner);
    if before.is_some_and(|before| turns(&before) != turns(&now)) {
        repeat::task_turned(tx, actor.workspace, task.id, actor.at).await?;
    }
    Ok(())
}

async fn seen(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<Option<Seen>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT stage, owner, labels, due_at, done, archived, steps_left, waits FROM task_seen \
                 WHERE workspace = $1 AND task = $2"
            ),
            args![workspace, task],
        )
        .await?;
    row.as_ref().map(Seen::from_row).transpose()
}

async fn keep(tx: &Tx, workspace: WorkspaceId, task: TaskId, seen: &Seen) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO task_seen (workspace, task, stage, owner, labels, due_at, done, archived, steps_left, waits) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT (workspace, task) DO UPDATE SET stage = excluded.stage, owner = excluded.owner, \
             labels = excluded.labels, due_at = excluded.due_at, done = excluded.done, archived = excluded.archived, \
             steps_left = excluded.steps_left, waits = excluded.waits"
        ),
        args![
            workspace,
            task,
            seen.stage,
            seen.owner,
            to_json("task_seen.labels", &seen.labels)?,
            seen.due_at,
            seen.done,
            seen.archived,
            seen.steps_left,
            seen.waits
        ],
    )
    .await?;
    Ok(())
}
