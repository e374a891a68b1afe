//! The queue of a project: its tasks follow the sun. Each is always owned by somebody of the queue whose
//! day is going on, or where that is nobody, by whose day begins next. At the end of the owner's day it
//! passes on, accepted by being on shift.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use kernel::{Ids, Refusal};
use people::{Actor, MemberId, SpaceId, System, WorkspaceId, schedules};
use serde::{Deserialize, Serialize};
use store::{NewJob, Row, Tx, args, sql};
use utoipa::ToSchema;
use worktime::{Schedule, WorkingDay};

use crate::{
    Error, ProjectId, Result, TaskId, handoff,
    list::{self, Tasks},
    project::{self, Project},
    task::{self, Altered, Kept},
};

/// The kind of the job that passes tasks on; its key is the project.
pub(crate) const JOB: &str = "queue.turn";
/// The most people in one queue.
const MOST: usize = 30;
/// How far ahead a queue is shown.
const SHOWN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a queue waits to look again where nobody has hours.
const NOBODY: SignedDuration = SignedDuration::from_hours(24);

/// Who takes turns in a queue.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueMembers {
    /// At most 30 people who see the project; none ends the queue.
    #[schema(max_items = 30)]
    pub members: Vec<MemberId>,
}

/// Whether a task is in the queue of its project.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InQueue {
    /// True: from now on somebody on shift owns it.
    pub queued: bool,
}

/// The time of one member of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueMember {
    /// They.
    pub member: MemberId,
    /// From the start to the end of each of their days in the time that is shown, breaks included, time
    /// off taken out.
    pub days: Vec<QueueSpan>,
    /// Whether their hours are known.
    pub known: bool,
}

/// Time from an instant to another, the other excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueSpan {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// A queue with the week that lies ahead.
#[derive(Debug)]
pub struct Queue {
    /// Its project.
    pub project: Project,
    /// The time that is shown: seven days from now.
    pub shown: QueueSpan,
    /// Its people in their order, with their days.
    pub members: Vec<QueueMember>,
    /// When nobody is on shift, in order.
    pub gaps: Vec<QueueSpan>,
    /// The open tasks in it.
    pub tasks: Tasks,
}

/// The payload of the job. Without a project: all queues that have something in them.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Turn {
    pub project: ProjectId,
}

// ------------------------------------------------------------------ who is in it

/// Who is in the queues of one project or of all, in order.
pub(crate) async fn of(
    tx: &Tx,
    actor: &Actor,
    only: Option<ProjectId>,
) -> Result<HashMap<ProjectId, Vec<MemberId>>> {
    let rows = tx
        .all(
            sql!(
                "SELECT project, member FROM queue_members WHERE workspace = $1 AND ($2 OR project = $3) \
                 ORDER BY project, place, member"
            ),
            args![actor.workspace, only.is_none(), only],
        )
        .await?;
    let mut queues: HashMap<ProjectId, Vec<MemberId>> = HashMap::new();
    for row in &rows {
        queues.entry(row.get("project")?).or_default().push(row.get("member")?);
    }
    Ok(queues)
}

/// Says who takes turns in the queue of a project; nobody ends it, and its tasks stay whose they are.
pub async fn set(tx: &Tx, actor: &Actor, id: ProjectId, wish: QueueMembers) -> Result<()> {
    let project = project::see_to_shape(tx, actor, id).await?;
    if wish.members.len() > MOST {
        return Err(Refusal::invalid_because("members", "are too many", format!("at most {MOST}"))
            .named("too_many_entries")
            .into());
    }
    for (index, member) in wish.members.iter().enumerate() {
        project::must_reach(tx, actor, &format!("members[{index}]"), *member, project.space).await?;
    }
    project::hold(tx, actor, id).await?;
    tx.run(
        sql!("DELETE FROM queue_members WHERE workspace = $1 AND project = $2"),
        args![actor.workspace, id],
    )
    .await?;
    for (place, member) in wish.members.iter().enumerate() {
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        tx.run(
            sql!(
                "INSERT INTO queue_members (workspace, project, member, place) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (workspace, project, member) DO NOTHING"
            ),
            args![actor.workspace, id, member, place],
        )
        .await?;
    }
    project::touch(tx, actor, "project.queue_set", id).await?;
    if wish.members.is_empty() {
        return empty(tx, actor, id).await;
    }
    wind(tx, actor.workspace, id, actor.at).await
}

/// Takes somebody who leaves out of a queue; of nobody else's, it ends. The caller announces the project.
pub(crate) async fn take_out(tx: &Tx, actor: &Actor, id: ProjectId, member: MemberId) -> Result<()> {
    let left = tx
        .run(
            sql!("DELETE FROM queue_members WHERE workspace = $1 AND project = $2 AND member = $3"),
            args![actor.workspace, id, member],
        )
        .await?;
    if left == 0 {
        return Ok(());
    }
    if of(tx, actor, Some(id)).await?.is_empty() {
        return empty(tx, actor, id).await;
    }
    wind(tx, actor.workspace, id, actor.at).await
}

/// Nothing follows the sun in a project without a queue.
async fn empty(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "UPDATE tasks SET queued = FALSE, version = version + 1 WHERE workspace = $1 AND project = $2 \
                 AND queued RETURNING id"
            ),
            args![actor.workspace, project],
        )
        .await?;
    let mut altered = Altered::default();
    for row in &rows {
        altered.card(row.get("id")?);
    }
    altered.record(tx, actor, "task.changed").await
}

/// Puts a task into the queue of its project, or takes it out of it.
pub async fn put(tx: &Tx, actor: &Actor, id: TaskId, wish: InQueue) -> Result<()> {
    let (project, mut kept) = task::hold(tx, actor, id).await?;
    if wish.queued && project.queue.is_empty() {
        return Err(Refusal::conflict("This project has no queue yet.").named("no_queue").into());
    }
    tx.run(
        sql!("UPDATE tasks SET queued = $3 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, wish.queued],
    )
    .await?;
    kept.task.queued = wish.queued;
    task::save(tx, actor, &mut kept).await?;
    let mut altered = Altered::default();
    altered.card(id);
    altered.record(tx, actor, "task.changed").await?;
    if wish.queued { wind(tx, actor.workspace, project.id, actor.at).await } else { Ok(()) }
}

/// A task has gone into another project: it is no longer in the queue of the one that it left.
pub(crate) async fn left(tx: &Tx, actor: &Actor, kept: &mut Kept) -> Result<()> {
    kept.task.queued = false;
    tx.run(
        sql!("UPDATE tasks SET queued = FALSE WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, kept.task.id],
    )
    .await?;
    Ok(())
}

/// A queue as its project's people see it.
pub async fn see(tx: &Tx, actor: &Actor, name: &str) -> Result<Queue> {
    let project = project::see_named(tx, actor, name).await?;
    let to = actor.at.checked_add(SHOWN).unwrap_or(Timestamp::MAX);
    let shown = QueueSpan { from: actor.at, to };
    let known = schedules::of(tx, actor.workspace, &project.queue, actor.at).await?;
    let members: Vec<QueueMember> = project
        .queue
        .iter()
        .map(|member| QueueMember {
            member: *member,
            days: known.get(member).map(|schedule| days_in(schedule, shown)).unwrap_or_default(),
            known: known.contains_key(member),
        })
        .collect();
    let spans: Vec<QueueSpan> = members.iter().flat_map(|member| member.days.iter().copied()).collect();
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 WHERE k.workspace = $1 AND k.project = $2 AND k.queued AND k.done_at IS NULL \
                 AND k.archived_at IS NULL ORDER BY k.due_at IS NULL, k.due_at, k.id LIMIT 500"
            ),
            args![actor.workspace, project.id],
        )
        .await?;
    let tasks = list::encoded(tx, actor, &rows, None).await?;
    Ok(Queue { project, shown, gaps: gaps(&spans, shown), members, tasks })
}

// ------------------------------------------------------------------ the turn

/// Leaves the job behind that looks whether tasks of a queue pass on.
pub(crate) async fn wind(
    tx: &Tx,
    workspace: WorkspaceId,
    project: ProjectId,
    run_at: Timestamp,
) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Turn { project })
        .map_err(|error| Error::Broken { what: "queue.turn", problem: error.to_string() })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: project.to_string(), payload, run_at };
    Ok(tx.enqueue(job).await?)
}

/// When somebody's time has changed: their queues look again at once.
pub(crate) async fn replan(tx: &Tx, system: &System, member: MemberId) -> Result<()> {
    let rows = tx
        .all(
            sql!("SELECT project FROM queue_members WHERE workspace = $1 AND member = $2 ORDER BY project"),
            args![system.workspace, member],
        )
        .await?;
    for row in &rows {
        wind(tx, system.workspace, row.get("project")?, system.at).await?;
    }
    Ok(())
}

/// Winds all queues with something in them, in every workspace: for jobs that failed for good.
pub(crate) async fn wind_all(tx: &Tx, at: Timestamp) -> Result<()> {
    let rows = tx
        .all(
            sql!("SELECT DISTINCT workspace, project FROM tasks WHERE queued ORDER BY workspace, project"),
            args![],
        )
        .await?;
    for row in &rows {
        wind(tx, row.get("workspace")?, row.get("project")?, at).await?;
    }
    Ok(())
}

/// A task in a queue.
struct Item {
    id: TaskId,
    owner: Option<MemberId>,
    requester: MemberId,
}

impl Item {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self { id: row.get("id")?, owner: row.get("owner")?, requester: row.get("requester")? })
    }
}

/// Passes on what is not with somebody on shift, and leaves the job for the next beginning or end of
/// somebody's day behind. Run late, early or twice, it does the same.
pub async fn turn(tx: &Tx, system: &System, ids: Ids, project: ProjectId) -> Result<()> {
    // Of two turns at once the second waits for the first.
    let held = tx
        .maybe(
            sql!(
                "UPDATE projects SET version = version WHERE workspace = $1 AND id = $2 AND archived_at IS NULL \
                 RETURNING space"
            ),
            args![system.workspace, project],
        )
        .await?;
    let Some(held) = held else { return Ok(()) };
    let items = open_items(tx, system.workspace, project).await?;
    let people = on_the_list(tx, system, project, held.get("space")?).await?;
    if items.is_empty() || people.is_empty() {
        return Ok(());
    }
    let mut loads: BTreeMap<MemberId, usize> = BTreeMap::new();
    for owner in items.iter().filter_map(|item| item.owner) {
        *loads.entry(owner).or_default() += 1;
    }
    for item in &items {
        let Some((to, at_work)) = successor(&people, item.owner, &loads, system.at) else { continue };
        if let Some(owner) = item.owner {
            loads.entry(owner).and_modify(|load| *load -= 1);
        }
        *loads.entry(to).or_default() += 1;
        pass_on(tx, system, ids.clone(), item, (to, at_work)).await?;
    }
    let next = people.iter().filter_map(|(_, schedule)| next_edge(schedule, system.at)).min();
    let next = next.unwrap_or_else(|| system.at.saturating_add(NOBODY).unwrap_or(Timestamp::MAX));
    wind(tx, system.workspace, project, next).await
}

async fn open_items(tx: &Tx, workspace: WorkspaceId, project: ProjectId) -> Result<Vec<Item>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, owner, requester FROM tasks WHERE workspace = $1 AND project = $2 AND queued \
                 AND done_at IS NULL AND archived_at IS NULL ORDER BY due_at IS NULL, due_at, id"
            ),
            args![workspace, project],
        )
        .await?;
    rows.iter().map(Item::from_row).collect()
}

/// The people of a queue who are here, see its space and whose hours are known, in their order.
async fn on_the_list(
    tx: &Tx,
    system: &System,
    project: ProjectId,
    space: SpaceId,
) -> Result<Vec<(MemberId, Schedule)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT q.member FROM queue_members q \
                 JOIN visible_spaces v ON v.workspace = q.workspace AND v.member = q.member AND v.space = $3 \
                 JOIN members m ON m.workspace = q.workspace AND m.id = q.member AND m.state = 'active' \
                 WHERE q.workspace = $1 AND q.project = $2 ORDER BY q.place, q.member"
            ),
            args![system.workspace, project, space],
        )
        .await?;
    let members: Vec<MemberId> = rows.iter().map(|row| row.get("member")).collect::<store::Result<_>>()?;
    let mut known = schedules::of(tx, system.workspace, &members, system.at).await?;
    Ok(members.into_iter().filter_map(|member| Some((member, known.remove(&member)?))).collect())
}

/// To whom a task passes, and whether their day goes on; none where it stays.
fn successor(
    people: &[(MemberId, Schedule)],
    owner: Option<MemberId>,
    loads: &BTreeMap<MemberId, usize>,
    at: Timestamp,
) -> Option<(MemberId, bool)> {
    let on_shift: Vec<(MemberId, Timestamp)> =
        people.iter().filter_map(|(member, schedule)| Some((*member, day_at(schedule, at)?.end()))).collect();
    if on_shift.iter().any(|(member, _)| Some(*member) == owner) {
        return None;
    }
    // Whose day lasts longest keeps it longest; of two, who has less to do.
    let load = |member: &MemberId| loads.get(member).copied().unwrap_or_default();
    let longest = on_shift
        .iter()
        .min_by_key(|(member, end)| (std::cmp::Reverse(*end), load(member)))
        .map(|(member, _)| (*member, true));
    let first_to_come = || {
        let starts =
            people.iter().filter_map(|(member, schedule)| Some((schedule.next_working(at)?, member)));
        starts.min_by_key(|(start, member)| (*start, load(member))).map(|(_, member)| (*member, false))
    };
    longest.or_else(first_to_come).filter(|(to, _)| Some(*to) != owner)
}

async fn pass_on(
    tx: &Tx,
    system: &System,
    ids: Ids,
    item: &Item,
    (to, at_work): (MemberId, bool),
) -> Result<()> {
    // Whoever had it says so: then it is new to whoever has it now.
    let people = [item.owner.filter(|owner| *owner != to), Some(item.requester)];
    let Some(program) = handoff::reader(tx, system, ids, item.id, people).await? else { return Ok(()) };
    let mut kept = task::read(tx, &program, item.id).await?;
    let mut altered = Altered::default();
    handoff::pass_on_shift(tx, &program, &mut altered, &mut kept, (to, at_work)).await?;
    task::save(tx, &program, &mut kept).await?;
    altered.record_by_itself(tx, system, &program, "task.queue_passed").await
}

// ------------------------------------------------------------------ time

/// The working day that goes on at an instant, from its start to its end: a break does not end it.
fn day_at(schedule: &Schedule, at: Timestamp) -> Option<WorkingDay> {
    schedule.working_days(at).take_while(|day| day.start() <= at).find(|day| at < day.end())
}

/// The next beginning or end of a day strictly after an instant.
fn next_edge(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    let day = schedule.working_days(at).next()?;
    Some(if day.start() > at { day.start() } else { day.end() })
}

fn days_in(schedule: &Schedule, shown: QueueSpan) -> Vec<QueueSpan> {
    schedule
        .working_days(shown.from)
        .take_while(|day| day.start() < shown.to)
        .map(|day| QueueSpan { from: day.start().max(shown.from), to: day.end().min(shown.to) })
        .collect()
}

/// What of the shown time none of the spans covers.
fn gaps(spans: &[QueueSpan], shown: QueueSpan) -> Vec<QueueSpan> {
    let mut sorted = spans.to_vec();
    sorted.sort_by_key(|span| span.from);
    let mut gaps = Vec::new();
    let mut covered = shown.from;
    for span in sorted {
        if span.from > covered {
            gaps.push(QueueSpan { from: covered, to: span.from });
        }
        covered = covered.max(span.to);
    }
    if covered < shown.to {
        gaps.push(QueueSpan { from: covered, to: shown.to });
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(zone: &str, shifts: &[(&str, &str)]) -> Schedule {
        let day: Vec<_> = shifts.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        Schedule::parse(zone, &week, &[]).unwrap()
    }

    fn member(number: u128) -> MemberId {
        MemberId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn a_break_does_not_end_a_day() {
        let bogota = schedule("America/Bogota", &[("08:30", "12:30"), ("13:30", "17:30")]);
        assert!(day_at(&bogota, at("2026-11-25T18:00:00Z")).is_some());
        assert!(day_at(&bogota, at("2026-11-25T22:30:00Z")).is_none());
        assert_eq!(next_edge(&bogota, at("2026-11-25T18:00:00Z")), Some(at("2026-11-25T22:30:00Z")));
        assert_eq!(next_edge(&bogota, at("2026-11-25T22:30:00Z")), Some(at("2026-11-26T13:30:00Z")));
    }

    #[test]
    fn it_goes_to_whose_day_lasts_longest_and_else_to_whose_begins_next() {
        let people = [
            (member(1), schedule("America/Bogota", &[("08:30", "17:30")])),
            (member(2), schedule("Europe/Berlin", &[("09:00", "17:45")])),
            (member(3), schedule("Asia/Manila", &[("09:00", "18:00")])),
        ];
        let next = |owner, when| successor(&people, owner, &BTreeMap::new(), at(when));
        // Berlin and Bogotá work: it stays, or goes to Bogotá.
        assert_eq!(next(Some(member(2)), "2026-11-25T14:00:00Z"), None);
        assert_eq!(next(Some(member(3)), "2026-11-25T14:00:00Z"), Some((member(1), true)));
        // Nobody works at 17:30 in Bogotá: Manila is next.
        assert_eq!(next(Some(member(1)), "2026-11-25T22:30:00Z"), Some((member(3), false)));
        assert_eq!(next(Some(member(3)), "2026-11-25T22:30:00Z"), None);
        assert_eq!(next(None, "2026-11-28T12:00:00Z"), Some((member(3), false)));
    }

    #[test]
    fn gaps_are_what_nobody_covers() {
        let span = |from: &str, to: &str| QueueSpan { from: at(from), to: at(to) };
        let shown = span("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z");
        let days = [
            span("2026-11-25T08:00:00Z", "2026-11-25T16:00:00Z"),
            span("2026-11-25T01:00:00Z", "2026-11-25T10:00:00Z"),
        ];
        let expected = [
            span("2026-11-25T00:00:00Z", "2026-11-25T01:00:00Z"),
            span("2026-11-25T16:00:00Z", "2026-11-26T00:00:00Z"),
        ];
        assert_eq!(gaps(&days, shown), expected);
        assert_eq!(gaps(&[], shown), [shown]);
        assert_eq!(gaps(&[shown], shown), []);
    }
}
