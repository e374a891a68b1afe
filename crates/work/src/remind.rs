//! The clock of a task: its owner is reminded before it is due and once after, in their own working
//! hours, and rules hear that it is due soon or late. Each instant is used once; what lay in the past when
//! it was planned is left out, so nobody is reminded of what is late already.

use edge::App;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use kernel::{Ids, Refusal};
use people::{Actor, MemberId, System, WorkspaceId, delivery, present};
use serde::{Deserialize, Serialize};
use store::{NewJob, Tx, args, sql};
use topics::reminders;
use utoipa::ToSchema;

use crate::{
    Error, Result, TaskId,
    error::{from_json, to_json},
    happened::Happening,
    repeat::days::OwnDays,
    rules,
    task::{self, Kept},
};

/// The kind of the job; its key is the task.
pub const JOB: &str = "task.clock";
/// The most working days before.
const MOST: u8 = 5;
/// How late something may still be told: a clock that stood still does not ring for what is old.
const STALE: SignedDuration = SignedDuration::from_hours(24);
/// How long before it is due a task of nobody is due soon.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// When a member is reminded of their own tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReminderChoice {
    /// How many working days before, at the start of that day; null for not at all.
    #[schema(required = true)]
    pub days_before: Option<u8>,
    /// Whether once more at the start of the first working day after.
    pub after: bool,
}

impl Default for ReminderChoice {
    fn default() -> Self {
        Self { days_before: Some(1), after: true }
    }
}

/// What is changed about it. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReminderPatch {
    /// 0 to 5 working days before; null for not at all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u8>, maximum = 5)]
    pub days_before: Option<Option<u8>>,
    /// Whether once more after.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub after: Option<bool>,
}

/// When a member is reminded.
pub async fn choice(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<ReminderChoice> {
    let row = tx
        .maybe(
            sql!("SELECT days_before, once_after FROM reminder_choices WHERE workspace = $1 AND member = $2"),
            args![workspace, member],
        )
        .await?;
    let Some(row) = row else { return Ok(ReminderChoice::default()) };
    Ok(ReminderChoice { days_before: row.get("days_before")?, after: row.get("once_after")? })
}

/// The actor chooses. What is planned for their tasks is planned anew.
pub async fn choose(tx: &Tx, actor: &Actor, patch: ReminderPatch) -> Result<()> {
    let before = choice(tx, actor.workspace, actor.member).await?;
    let days_before = patch.days_before.unwrap_or(before.days_before);
    if days_before.is_some_and(|days| days > MOST) {
        return Err(Refusal::invalid_because("days_before", "are too many", format!("at most {MOST}")).into());
    }
    let after = patch.after.unwrap_or(before.after);
    tx.run(
        sql!(
            "INSERT INTO reminder_choices (workspace, member, days_before, once_after) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (workspace, member) DO UPDATE SET days_before = excluded.days_before, \
             once_after = excluded.once_after"
        ),
        args![actor.workspace, actor.member, days_before, after],
    )
    .await?;
    time_changed(tx, actor.workspace, actor.member, actor.at).await
}

store::words! {
    /// What happens around the due instant of a task.
    pub enum Moment {
        /// Its owner is reminded.
        Before = "before",
        /// Rules hear that it is due soon.
        Soon = "soon",
        /// Rules hear that it is late.
        Late = "late",
        /// Its owner is reminded once more.
        After = "after",
    }
}

/// What has happened around the due instant that a task has.
#[derive(Debug, Clone)]
struct Clock {
    owner: Option<MemberId>,
    due_at: Timestamp,
    told: Vec<Moment>,
}

// ------------------------------------------------------------------ jobs

/// The payload of the job. Without a task: all open ones of the workspace.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Tick {
    #[serde(default)]
    task: Option<TaskId>,
}

/// Leaves the job behind that plans, or does what has become due.
pub(crate) async fn plan_soon(tx: &Tx, workspace: WorkspaceId, task: TaskId, at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Tick { task: Some(task) })
        .map_err(|error| Error::Broken { what: JOB, problem: error.to_string() })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: task.to_string(), payload, run_at: at };
    Ok(tx.enqueue(job).await?)
}

/// A member's hours, or their choice, are other than they were.
pub(crate) async fn time_changed(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT id FROM tasks WHERE workspace = $1 AND owner = $2 AND done_at IS NULL \
                 AND archived_at IS NULL AND due_at IS NOT NULL ORDER BY id"
            ),
            args![workspace, member],
        )
        .await?;
    for row in &rows {
        plan_soon(tx, workspace, row.get("id")?, at).await?;
    }
    Ok(())
}

/// Enqueues what should have happened by now, in every workspace: for jobs that failed for good.
pub async fn wind_overdue(tx: &Tx, at: Timestamp) -> Result<()> {
    let rows = tx.all(sql!("SELECT workspace, task FROM task_clocks WHERE next_at <= $1"), args![at]).await?;
    for row in &rows {
        plan_soon(tx, row.get("workspace")?, row.get("task")?, at).await?;
    }
    Ok(())
}

/// Does what has become due for the task of a job.
pub async fn tick(app: &App, workspace: WorkspaceId, tick: Tick) -> Result<()> {
    let system = System { workspace, at: app.context.clock.now() };
    let ids = app.context.ids.clone();
    app.context
        .db
        .write(move |tx| async move {
            match tick.task {
                Some(task) => run(&tx, &system, &ids, task).await,
                None => plan_all(&tx, &system).await,
            }
        })
        .await?;
    Ok(())
}

/// Tasks from before there were clocks.
async fn plan_all(tx: &Tx, system: &System) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id FROM projects p JOIN tasks k ON k.workspace = p.workspace AND k.project = p.id \
                 WHERE p.workspace = $1 AND k.due_at > $2 AND k.done_at IS NULL AND k.archived_at IS NULL"
            ),
            args![system.workspace, system.at],
        )
        .await?;
    for row in &rows {
        plan_soon(tx, system.workspace, row.get("id")?, system.at).await?;
    }
    Ok(())
}

async fn run(tx: &Tx, system: &System, ids: &Ids, id: TaskId) -> Result<()> {
    let Some(kept) = task::found(tx, system.workspace, id).await? else { return Ok(()) };
    let task = &kept.task;
    let due = task.due.as_ref().filter(|_| task.done_at.is_none() && task.archived_at.is_none());
    let Some(due) = due.map(|due| due.at) else {
        return forget(tx, system.workspace, id).await;
    };
    let planned = plan(tx, system, &kept, due).await?;
    let mut told = match read(tx, system.workspace, id).await? {
        // Other hours move what is to come, and nothing is told twice.
        Some(had) if had.due_at == due && had.owner == task.owner => had.told,
        _ => planned.iter().filter(|(_, at)| *at < system.at).map(|(moment, _)| *moment).collect(),
    };
    for (moment, at) in &planned {
        if *at <= system.at && !told.contains(moment) {
            told.push(*moment);
            if system.at.duration_since(*at) <= STALE {
                tell(tx, system, ids, &kept, *moment, due).await?;
            }
        }
    }
    let next = planned.iter().filter(|(moment, _)| !told.contains(moment)).map(|(_, at)| *at).min();
    save(tx, system.workspace, id, &Clock { owner: task.owner, due_at: due, told }, next).await?;
    match next {
        Some(next) => plan_soon(tx, system.workspace, id, next).await,
        None => Ok(()),
    }
}

/// Tells what has come; what was to come before the due instant no longer after it.
async fn tell(
    tx: &Tx,
    system: &System,
    ids: &Ids,
    kept: &Kept,
    moment: Moment,
    due: Timestamp,
) -> Result<()> {
    let is_over = due <= system.at;
    match moment {
        Moment::Soon if !is_over => {
            rules::note(tx, system, ids, kept, &[Happening::DueSoon.into()], &[]).await
        }
        Moment::Late => rules::note(tx, system, ids, kept, &[Happening::Late.into()], &[]).await,
        Moment::Before if !is_over => remind(tx, system, kept, due).await,
        Moment::After => remind(tx, system, kept, due).await,
        Moment::Soon | Moment::Before => Ok(()),
    }
}

/// Who lost access to the space keeps the task, and is not reminded of what they cannot open.
async fn remind(tx: &Tx, system: &System, kept: &Kept, due: Timestamp) -> Result<()> {
    match kept.task.owner {
        Some(owner) if can_see(tx, system, owner, kept).await? => {
            Ok(reminders::send(tx, system.workspace, owner, kept.task.id, due, system.at).await?)
        }
        _ => Ok(()),
    }
}

async fn can_see(tx: &Tx, system: &System, owner: MemberId, kept: &Kept) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT space FROM visible_spaces WHERE workspace = $1 AND member = $2 AND space = $3"),
            args![system.workspace, owner, kept.space],
        )
        .await?;
    Ok(row.is_some())
}

/// The instants for a task that is due then, as its owner's hours are now, in the order of time.
async fn plan(tx: &Tx, system: &System, kept: &Kept, due_at: Timestamp) -> Result<Vec<(Moment, Timestamp)>> {
    let Some(owner) = kept.task.owner else {
        let soon = due_at.checked_sub(SOON).unwrap_or(due_at);
        return Ok(vec![(Moment::Soon, soon), (Moment::Late, due_at)]);
    };
    let receiver = delivery::receiver_of(tx, system.workspace, owner, system.at).await?;
    let choice = choice(tx, system.workspace, owner).await?;
    let zone = kept.task.due.as_ref().and_then(|due| jiff::tz::db().get(&due.zone).ok());
    let own = OwnDays { schedule: receiver.schedule(), zone: zone.unwrap_or(TimeZone::UTC) };
    let date = own.zone.to_datetime(due_at).date();
    let after = date.tomorrow().ok().and_then(|next| own.start_from(next));
    let wanted = [
        (Moment::Before, choice.days_before.and_then(|days| own.start_before(date, days))),
        (Moment::Soon, own.start_before(date, 1)),
        (Moment::Late, Some(due_at)),
        (Moment::After, after.filter(|_| choice.after)),
    ];
    Ok(wanted.into_iter().filter_map(|(moment, at)| Some((moment, at?))).collect())
}

async fn read(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<Option<Clock>> {
    let row = tx
        .maybe(
            sql!("SELECT owner, due_at, told FROM task_clocks WHERE workspace = $1 AND task = $2"),
            args![workspace, task],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let told = from_json("task_clocks.told", &row.get::<String>("told")?)?;
    Ok(Some(Clock { owner: row.get("owner")?, due_at: row.get("due_at")?, told }))
}

async fn save(
    tx: &Tx,
    workspace: WorkspaceId,
    task: TaskId,
    clock: &Clock,
    next: Option<Timestamp>,
) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO task_clocks (workspace, task, owner, due_at, told, next_at) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (workspace, task) DO UPDATE SET owner = excluded.owner, due_at = excluded.due_at, \
             told = excluded.told, next_at = excluded.next_at"
        ),
        args![workspace, task, clock.owner, clock.due_at, to_json("task_clocks.told", &clock.told)?, next],
    )
    .await?;
    Ok(())
}

async fn forget(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<()> {
    tx.run(sql!("DELETE FROM task_clocks WHERE workspace = $1 AND task = $2"), args![workspace, task])
        .await?;
    Ok(())
}
