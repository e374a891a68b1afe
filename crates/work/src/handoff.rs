//! Handoffs: a task that is offered to somebody with what they need to know, the baton. It stays whose
//! it is until the other accepts it. An offer ends by itself one working hour into the receiver's next
//! working day, in their own hours.

use edge::put;
use jiff::{SignedDuration, Timestamp};
use kernel::{Ids, Refusal, clean_text};
use people::{Actor, MemberId, Role, System, WorkspaceId, delivery};
use serde::{Deserialize, Serialize};
use store::{NewJob, Row, RowChange, Tx, args, sql};
use topics::{
    events::{self, Event},
    marks, topic,
};
use utoipa::ToSchema;

use crate::{
    Error, HandoffId, ProjectId, Result, TaskId,
    error::{from_json, taken, to_json},
    hands,
    list::{self, Tasks},
    project, queue,
    task::{self, Altered, Kept},
};

/// The kind of the job that ends an offer; its key is the handoff.
pub(crate) const JOB: &str = "handoff.ends";
/// The longest part of a baton, in bytes.
const PART: usize = 5_000;
/// The longest reason for giving an offer back, in bytes.
const REASON: usize = 1_000;
/// How long after the beginning of their day somebody can accept, in working minutes.
const FIRST_HOUR: u32 = 60;
/// How long where nobody knows when their day begins.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

store::words! {
    /// What has become of a handoff.
    pub enum HandoffState {
        /// It waits for its receiver.
        Offered = "offered",
        /// The task is theirs.
        Accepted = "accepted",
        /// They gave it back, or did not accept it in time.
        Returned = "returned",
        /// Whoever offered it took it back, or the task went another way.
        TakenBack = "taken_back",
    }
}

/// What somebody needs to know to go on: plain Markdown in each part, empty where there is nothing to say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Baton {
    /// What is done. At most 5,000 bytes, as every part.
    pub state: String,
    /// What comes next.
    pub next_action: String,
    /// What nobody has answered yet.
    pub open_questions: String,
    /// What is to be left as it is.
    pub do_not_touch: String,
    /// Where things are.
    pub links: String,
    /// What the receiver may decide alone.
    pub authority: String,
}

impl Baton {
    /// The same, cleaned. It says what is done or what is next.
    fn checked(self) -> Result<Self, Refusal> {
        let clean = |field: &str, text: &str| clean_text(&format!("baton.{field}"), text.trim(), PART);
        let baton = Self {
            state: clean("state", &self.state)?,
            next_action: clean("next_action", &self.next_action)?,
            open_questions: clean("open_questions", &self.open_questions)?,
            do_not_touch: clean("do_not_touch", &self.do_not_touch)?,
            links: clean("links", &self.links)?,
            authority: clean("authority", &self.authority)?,
        };
        if baton.state.is_empty() && baton.next_action.is_empty() {
            let allowed = "what is done, or what is next in `next_action`";
            return Err(Refusal::invalid_because("baton.state", "is empty", allowed).named("empty"));
        }
        Ok(baton)
    }

    /// What the post of the offer says.
    fn words(&self) -> String {
        let said: Vec<&str> = [&self.state, &self.next_action]
            .into_iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        said.join("\n\n")
    }
}

/// A task on its way from one person to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Handoff {
    /// Its id.
    pub id: HandoffId,
    /// The task.
    pub task: TaskId,
    /// Whose it was when it was offered; null for nobody's.
    #[schema(required = true)]
    pub from: Option<MemberId>,
    /// To whom it is offered.
    pub to: MemberId,
    /// Who offered it.
    pub by: MemberId,
    /// What has become of it.
    pub state: HandoffState,
    /// What the receiver needs to know.
    pub baton: Baton,
    /// The number of the post that tells of it; null where none does.
    #[schema(required = true)]
    pub no: Option<i64>,
    /// Whether the queue of its project passed it on: then nobody needed to accept it.
    pub by_queue: bool,
    /// When it was offered.
    pub offered_at: Timestamp,
    /// Until when it can be accepted.
    #[schema(required = true)]
    pub ends_at: Option<Timestamp>,
    /// When it was accepted, given back or taken back.
    #[schema(required = true)]
    pub settled_at: Option<Timestamp>,
    /// By whom; null where it ended, or was passed on, by itself.
    #[schema(required = true)]
    pub settled_by: Option<MemberId>,
    /// Why its receiver gave it back.
    pub reason: String,
}

/// To whom a task is offered, and what they need to know.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToHandOver {
    /// Made by whoever offers it.
    pub id: HandoffId,
    /// Whose it is once they accept it.
    pub to: MemberId,
    /// What they need to know. One line in `state` is enough.
    pub baton: Baton,
}

/// Why an offer is given back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoffDeclined {
    /// At most 1,000 bytes.
    #[schema(min_length = 1, max_length = 1_000)]
    pub reason: String,
}

/// The payload of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Ends {
    pub handoff: HandoffId,
}

/// The columns of [`Handoff`], of a table named `h`.
macro_rules! handoff_columns {
    () => {
        "h.id, h.task, h.from_member, h.to_member, h.by_member, h.state, h.baton, h.post_no, h.by_queue, \
         h.offered_at, h.ends_at, h.settled_at, h.settled_by, h.reason"
    };
}

impl Handoff {
    pub(crate) fn row(&self) -> RowChange {
        put("handoffs", self.id, self)
    }

    /// Who is told what its receiver did with it.
    fn giver(&self) -> MemberId {
        self.from.unwrap_or(self.by)
    }

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            task: row.get("task")?,
            from: row.get("from_member")?,
            to: row.get("to_member")?,
            by: row.get("by_member")?,
            state: row.get("state")?,
            baton: from_json("handoffs.baton", &row.get::<String>("baton")?)?,
            no: row.get("post_no")?,
            by_queue: row.get("by_queue")?,
            offered_at: row.get("offered_at")?,
            ends_at: row.get("ends_at")?,
            settled_at: row.get("settled_at")?,
            settled_by: row.get("settled_by")?,
            reason: row.get("reason")?,
        })
    }
}

// ------------------------------------------------------------------ reading

/// The latest 50 handoffs of a task, the newest first.
pub async fn of_task(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<Handoff>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                handoff_columns!(),
                " FROM handoffs h WHERE h.workspace = $1 AND h.task = $2 ORDER BY h.offered_at DESC, h.id DESC LIMIT 50"
            )),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter().map(Handoff::from_row).collect()
}

/// The open offers of tasks that the actor may see, to them and of what is theirs, the oldest first.
pub async fn mine(tx: &Tx, actor: &Actor) -> Result<Vec<Handoff>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                handoff_columns!(),
                " FROM handoffs h JOIN tasks k ON k.workspace = h.workspace AND k.id = h.task \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $2 AND v.space = p.space \
                 WHERE h.workspace = $1 AND h.state = 'offered' AND (h.to_member = $2 OR h.from_member = $2) \
                 ORDER BY h.offered_at, h.id LIMIT 200"
            )),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(Handoff::from_row).collect()
}

/// The open offers of the tasks of a project that the actor may see, the oldest first.
pub async fn of_project(tx: &Tx, actor: &Actor, project: ProjectId) -> Result<Vec<Handoff>> {
    let project = project::see(tx, actor, project).await?;
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                handoff_columns!(),
                " FROM handoffs h JOIN tasks k ON k.workspace = h.workspace AND k.id = h.task \
                 WHERE h.workspace = $1 AND h.state = 'offered' AND k.project = $2 \
                 ORDER BY h.offered_at, h.id LIMIT 200"
            )),
            args![actor.workspace, project.id],
        )
        .await?;
    rows.iter().map(Handoff::from_row).collect()
}

/// The cards of their tasks, each once.
pub async fn tasks_of(tx: &Tx, actor: &Actor, handoffs: &[Handoff]) -> Result<Tasks> {
    let mut rows = Vec::with_capacity(handoffs.len());
    for handoff in handoffs {
        let row = tx.maybe(
            sql!(
                "SELECT k.id, k.version, t.post_count \
                 FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 WHERE k.workspace = $1 AND k.id = $2"
            ),
            args![actor.workspace, handoff.task],
        );
        rows.extend(row.await?);
    }
    list::encoded(tx, actor, &rows, None).await
}

pub(crate) async fn open_of(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<Option<Handoff>> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                handoff_columns!(),
                " FROM handoffs h WHERE h.workspace = $1 AND h.task = $2 AND h.state = 'offered'"
            )),
            args![workspace, task],
        )
        .await?;
    row.as_ref().map(Handoff::from_row).transpose()
}

async fn find(tx: &Tx, workspace: WorkspaceId, id: HandoffId) -> Result<Handoff> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                handoff_columns!(),
                " FROM handoffs h WHERE h.workspace = $1 AND h.id = $2"
            )),
            args![workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("handoff"))?;
    Handoff::from_row(&row)
}

/// The baton with which a task last went on; nothing where none did.
pub(crate) async fn last_baton(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<Baton> {
    let row = tx
        .maybe(
            sql!(
                "SELECT baton FROM handoffs WHERE workspace = $1 AND task = $2 AND state = 'accepted' \
                 ORDER BY settled_at DESC, id DESC LIMIT 1"
            ),
            args![workspace, task],
        )
        .await?;
    row.map_or_else(|| Ok(Baton::default()), |row| from_json("handoffs.baton", &row.get::<String>("baton")?))
}

// ------------------------------------------------------------------ its life

/// Offers a task to somebody. An offer of it that still waits is taken back. Who offers it to
/// themselves has it at once.
pub async fn offer(tx: &Tx, actor: &Actor, id: TaskId, new: ToHandOver) -> Result<()> {
    let (_, mut kept) = task::hold(tx, actor, id).await?;
    let baton = new.baton.checked()?;
    if kept.task.owner == Some(new.to) {
        return Err(Refusal::conflict("It is theirs already.").named("owner_already").into());
    }
    project::must_reach(tx, actor, "to", new.to, kept.space).await?;
    let mut altered = Altered::default();
    take_back_open(tx, actor, &mut altered, id, Some(new.to)).await?;
    let ends_at = ends_at(tx, actor.workspace, new.to, (actor.at, actor.at)).await?;
    let mut handoff = Handoff {
        id: new.id,
        task: id,
        from: kept.task.owner,
        to: new.to,
        by: actor.member,
        state: HandoffState::Offered,
        baton,
        no: None,
        by_queue: false,
        offered_at: actor.at,
        ends_at: Some(ends_at),
        settled_at: None,
        settled_by: None,
        reason: String::new(),
    };
    insert(tx, actor.workspace, &handoff).await?;
    let words = handoff.baton.words();
    if new.to == actor.member {
        settle(tx, actor.workspace, &mut handoff, HandoffState::Accepted, Some(actor.member), actor.at)
            .await?;
        hands::pass(tx, actor, &mut altered, &mut kept, Some(new.to)).await?;
        handoff.no = tell(tx, actor, &mut altered, "task.handed_over", &handoff, handoff.to, &words).await?;
    } else {
        marks::assigned(tx, actor, new.to, &topic::see(tx, actor, id).await?).await?;
        handoff.no =
            tell(tx, actor, &mut altered, "task.handoff_offered", &handoff, handoff.to, &words).await?;
        wind(tx, actor.workspace, handoff.id, ends_at).await?;
    }
    keep_number(tx, actor.workspace, &handoff).await?;
    task::save(tx, actor, &mut kept).await?;
    altered.row(id, handoff.row());
    altered.page(id);
    altered.record(tx, actor, "task.handoff_offered").await
}

/// The receiver accepts: the task is theirs from now on.
pub async fn accept(tx: &Tx, actor: &Actor, id: HandoffId) -> Result<()> {
    let (mut kept, mut handoff) = open_for(tx, actor, id).await?;
    must_be_receiver(actor, &handoff)?;
    let mut altered = Altered::default();
    settle(tx, actor.workspace, &mut handoff, HandoffState::Accepted, Some(actor.member), actor.at).await?;
    hands::pass(tx, actor, &mut altered, &mut kept, Some(actor.member)).await?;
    tell(tx, actor, &mut altered, "task.handoff_accepted", &handoff, handoff.giver(), "").await?;
    finish(tx, actor, altered, kept, &handoff, "task.handoff_accepted").await
}

/// The receiver gives it back: it stays whose it was.
pub async fn decline(tx: &Tx, actor: &Actor, id: HandoffId, declined: HandoffDeclined) -> Result<()> {
    let (kept, mut handoff) = open_for(tx, actor, id).await?;
    must_be_receiver(actor, &handoff)?;
    handoff.reason = clean_text("reason", declined.reason.trim(), REASON)?;
    if handoff.reason.is_empty() {
        return Err(Refusal::invalid_because("reason", "is empty", "why it comes back")
            .named("empty")
            .into());
    }
    let mut altered = Altered::default();
    settle(tx, actor.workspace, &mut handoff, HandoffState::Returned, Some(actor.member), actor.at).await?;
    marks::no_longer_assigned(tx, actor, handoff.to, handoff.task).await?;
    tell(tx, actor, &mut altered, "task.handoff_returned", &handoff, handoff.giver(), &handoff.reason)
        .await?;
    finish(tx, actor, altered, kept, &handoff, "task.handoff_returned").await
}

/// Whoever offered it, or has it, takes the offer back.
pub async fn take_back(tx: &Tx, actor: &Actor, id: HandoffId) -> Result<()> {
    let (kept, mut handoff) = open_for(tx, actor, id).await?;
    if handoff.by != actor.member && kept.task.owner != Some(actor.member) {
        return Err(Refusal::forbidden("Only who offered it, or has the task, takes it back.")
            .named("not_yours")
            .into());
    }
    let mut altered = Altered::default();
    settle(tx, actor.workspace, &mut handoff, HandoffState::TakenBack, Some(actor.member), actor.at).await?;
    marks::no_longer_assigned(tx, actor, handoff.to, handoff.task).await?;
    tell(tx, actor, &mut altered, "task.handoff_taken_back", &handoff, handoff.to, "").await?;
    finish(tx, actor, altered, kept, &handoff, "task.handoff_taken_back").await
}

/// The task went another way: an offer that still waits is over. Nobody is told of it apart from that,
/// and whoever has the task next, `to`, keeps following it for that reason.
pub(crate) async fn take_back_open(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    task: TaskId,
    to: Option<MemberId>,
) -> Result<()> {
    let Some(mut handoff) = open_of(tx, actor.workspace, task).await? else { return Ok(()) };
    settle(tx, actor.workspace, &mut handoff, HandoffState::TakenBack, Some(actor.member), actor.at).await?;
    if Some(handoff.to) != to {
        marks::no_longer_assigned(tx, actor, handoff.to, task).await?;
    }
    altered.row(task, handoff.row());
    altered.page(task);
    Ok(())
}

/// Ends the offer of a job, if it still waits and its time has passed. Its giver and its receiver are told.
pub(crate) async fn end(tx: &Tx, system: &System, ids: Ids, id: HandoffId) -> Result<()> {
    let mut handoff = match find(tx, system.workspace, id).await {
        Err(Error::Refused(Refusal::NotFound { .. })) => return Ok(()),
        other => other?,
    };
    hold_task(tx, system.workspace, handoff.task).await?;
    handoff = find(tx, system.workspace, id).await?;
    let Some(ends_at) = handoff.ends_at.filter(|_| handoff.state == HandoffState::Offered) else {
        return Ok(());
    };
    if ends_at > system.at {
        return wind(tx, system.workspace, id, ends_at).await;
    }
    lapse(tx, system, ids, handoff).await
}

/// The offers to somebody who leaves go back, in the projects given. Their givers are told.
pub(crate) async fn left(
    tx: &Tx,
    system: &System,
    ids: &Ids,
    member: MemberId,
    is_left: &(dyn Fn(ProjectId) -> bool + Sync),
) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT h.task, k.project FROM handoffs h \
                 JOIN tasks k ON k.workspace = h.workspace AND k.id = h.task \
                 WHERE h.workspace = $1 AND h.to_member = $2 AND h.state = 'offered' ORDER BY h.id"
            ),
            args![system.workspace, member],
        )
        .await?;
    for row in &rows {
        if !is_left(row.get("project")?) {
            continue;
        }
        let task: TaskId = row.get("task")?;
        hold_task(tx, system.workspace, task).await?;
        if let Some(handoff) = open_of(tx, system.workspace, task).await?.filter(|open| open.to == member) {
            lapse(tx, system, ids.clone(), handoff).await?;
        }
    }
    Ok(())
}

/// Held as every write holds the task: somebody may be accepting at this moment.
async fn hold_task(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<()> {
    tx.run(
        sql!("UPDATE tasks SET version = version WHERE workspace = $1 AND id = $2"),
        args![workspace, task],
    )
    .await?;
    Ok(())
}

/// An offer goes back by itself.
async fn lapse(tx: &Tx, system: &System, ids: Ids, mut handoff: Handoff) -> Result<()> {
    settle(tx, system.workspace, &mut handoff, HandoffState::Returned, None, system.at).await?;
    let people = [Some(handoff.to), Some(handoff.by), handoff.from];
    let Some(reader) = reader(tx, system, ids, handoff.task, people).await? else { return Ok(()) };
    let mut altered = Altered::default();
    marks::no_longer_assigned(tx, &reader, handoff.to, handoff.task).await?;
    tell(tx, &reader, &mut altered, "task.handoff_lapsed", &handoff, handoff.giver(), "").await?;
    let mut kept = task::read(tx, &reader, handoff.task).await?;
    task::save(tx, &reader, &mut kept).await?;
    altered.row(handoff.task, handoff.row());
    altered.page(handoff.task);
    altered.record_by_itself(tx, system, &reader, "task.handoff_returned").await
}

/// When somebody's time has changed: the offers to them end when they would have from the beginning.
/// What was said moves later or stays.
pub(crate) async fn replan(tx: &Tx, system: &System, ids: &Ids, member: MemberId) -> Result<()> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                handoff_columns!(),
                " FROM handoffs h WHERE h.workspace = $1 AND h.to_member = $2 AND h.state = 'offered' ORDER BY h.id"
            )),
            args![system.workspace, member],
        )
        .await?;
    for row in &rows {
        let mut handoff = Handoff::from_row(row)?;
        let planned = ends_at(tx, system.workspace, member, (handoff.offered_at, system.at)).await?;
        if handoff.ends_at.is_some_and(|said| planned <= said) {
            continue;
        }
        handoff.ends_at = Some(planned);
        tx.run(
            sql!("UPDATE handoffs SET ends_at = $3 WHERE workspace = $1 AND id = $2"),
            args![system.workspace, handoff.id, planned],
        )
        .await?;
        wind(tx, system.workspace, handoff.id, planned).await?;
        let people = [Some(handoff.to), Some(handoff.by), handoff.from];
        let Some(reader) = reader(tx, system, ids.clone(), handoff.task, people).await? else { continue };
        let mut altered = Altered::default();
        altered.card(handoff.task);
        altered.row(handoff.task, handoff.row());
        altered.record_by_itself(tx, system, &reader, "task.handoff_moved").await?;
    }
    Ok(())
}

/// Leaves the jobs behind of all offers, in every workspace, that should have ended by `at`: for jobs
/// that failed for good.
pub(crate) async fn wind_overdue(tx: &Tx, at: Timestamp) -> Result<()> {
    let rows = tx
        .all(sql!("SELECT workspace, id FROM handoffs WHERE state = 'offered' AND ends_at <= $1"), args![at])
        .await?;
    for row in &rows {
        wind(tx, row.get("workspace")?, row.get("id")?, at).await?;
    }
    Ok(())
}

// ------------------------------------------------------------------ its parts

/// When an offer made at `at` ends, by the hours that hold `now`: one working hour into the receiver's
/// next working day, and not before they had it for that long.
async fn ends_at(
    tx: &Tx,
    workspace: WorkspaceId,
    to: MemberId,
    (at, now): (Timestamp, Timestamp),
) -> Result<Timestamp> {
    let receiver = delivery::receiver_of(tx, workspace, to, now).await?;
    let ends = receiver.schedule().and_then(|schedule| {
        let begins = schedule.working_days(at).map(|day| day.start()).find(|start| *start > at)?;
        let arrives = receiver.arrival(at, None, false).unwrap_or(begins);
        schedule.add_working(begins.max(arrives), FIRST_HOUR)
    });
    Ok(ends.unwrap_or_else(|| at.saturating_add(A_DAY).unwrap_or(Timestamp::MAX)))
}

async fn wind(tx: &Tx, workspace: WorkspaceId, handoff: HandoffId, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Ends { handoff })
        .map_err(|error| Error::Broken { what: "handoff.ends", problem: error.to_string() })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: handoff.to_string(), payload, run_at };
    Ok(tx.enqueue(job).await?)
}

/// An offer that waits, with its task held.
async fn open_for(tx: &Tx, actor: &Actor, id: HandoffId) -> Result<(Kept, Handoff)> {
    let handoff = find(tx, actor.workspace, id).await?;
    let (_, kept) = task::hold(tx, actor, handoff.task).await.map_err(project::missing("handoff"))?;
    let handoff = find(tx, actor.workspace, id).await?;
    if handoff.state != HandoffState::Offered {
        let why = format!("The handoff of {} is over.", kept.task.key);
        return Err(Error::meanwhile(why, "handoff_over", &handoff));
    }
    Ok((kept, handoff))
}

fn must_be_receiver(actor: &Actor, handoff: &Handoff) -> Result<()> {
    if handoff.to == actor.member {
        return Ok(());
    }
    Err(Refusal::forbidden("It is offered to somebody else.").named("not_yours").into())
}

async fn finish(
    tx: &Tx,
    actor: &Actor,
    mut altered: Altered,
    mut kept: Kept,
    handoff: &Handoff,
    verb: &'static str,
) -> Result<()> {
    task::save(tx, actor, &mut kept).await?;
    altered.row(handoff.task, handoff.row());
    altered.page(handoff.task);
    altered.record(tx, actor, verb).await
}

/// Says in the task what became of the offer, above all to one of its two. Answers the number of the post.
async fn tell(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    verb: &str,
    handoff: &Handoff,
    to: MemberId,
    note: &str,
) -> Result<Option<i64>> {
    let topic = topic::see(tx, actor, handoff.task).await?;
    let event = Event { verb: verb.to_owned(), from: handoff.from, to: Some(to) };
    let (post, _) = events::say(tx, actor, &topic, actor.ids.make(), &event, note).await?;
    if note.is_empty() {
        hands::count_event(tx, actor, handoff.task).await?;
    }
    altered.topic(handoff.task);
    altered.row(handoff.task, post.row());
    Ok(Some(post.no))
}

/// Somebody who may see the task: one of these people, or anybody. None when nobody does any more.
pub(crate) async fn reader(
    tx: &Tx,
    system: &System,
    ids: Ids,
    task: TaskId,
    people: impl IntoIterator<Item = Option<MemberId>>,
) -> Result<Option<Actor>> {
    let rows = tx
        .all(
            sql!(
                "SELECT v.member FROM tasks k JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.id = $2 ORDER BY v.member"
            ),
            args![system.workspace, task],
        )
        .await?;
    let seeing: Vec<MemberId> = rows.iter().map(|row| row.get("member")).collect::<store::Result<_>>()?;
    let first = people.into_iter().flatten().find(|member| seeing.contains(member));
    Ok(first.or_else(|| seeing.first().copied()).map(|member| system.acting_as(member, Role::Member, ids)))
}

async fn insert(tx: &Tx, workspace: WorkspaceId, handoff: &Handoff) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO handoffs (workspace, id, task, from_member, to_member, by_member, state, baton, post_no, \
             by_queue, offered_at, ends_at, settled_at, settled_by, reason) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        args![
            workspace,
            handoff.id,
            handoff.task,
            handoff.from,
            handoff.to,
            handoff.by,
            handoff.state,
            to_json("handoffs.baton", &handoff.baton)?,
            handoff.no,
            handoff.by_queue,
            handoff.offered_at,
            handoff.ends_at,
            handoff.settled_at,
            handoff.settled_by,
            &handoff.reason
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    Ok(())
}

async fn settle(
    tx: &Tx,
    workspace: WorkspaceId,
    handoff: &mut Handoff,
    state: HandoffState,
    by: Option<MemberId>,
    at: Timestamp,
) -> Result<()> {
    (handoff.state, handoff.settled_by, handoff.settled_at) = (state, by, Some(at));
    tx.run(
        sql!(
            "UPDATE handoffs SET state = $3, settled_by = $4, settled_at = $5, reason = $6 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![workspace, handoff.id, state, by, at, &handoff.reason],
    )
    .await?;
    Ok(())
}

async fn keep_number(tx: &Tx, workspace: WorkspaceId, handoff: &Handoff) -> Result<()> {
    tx.run(
        sql!("UPDATE handoffs SET post_no = $3 WHERE workspace = $1 AND id = $2"),
        args![workspace, handoff.id, handoff.no],
    )
    .await?;
    Ok(())
}

/// Passes a task of a queue on: accepted by being on shift. An offer to the same person that waits is
/// that handoff; otherwise the baton goes on as it was. Who is `at_work` has it at once.
pub(crate) async fn pass_on_shift(
    tx: &Tx,
    program: &Actor,
    altered: &mut Altered,
    kept: &mut Kept,
    (to, at_work): (MemberId, bool),
) -> Result<()> {
    let (workspace, id) = (program.workspace, kept.task.id);
    let waiting = open_of(tx, workspace, id).await?;
    let mut handoff = match waiting {
        Some(mut waiting) if waiting.to == to => {
            settle(tx, workspace, &mut waiting, HandoffState::Accepted, None, program.at).await?;
            waiting
        }
        _ => {
            take_back_open(tx, program, altered, id, Some(to)).await?;
            let handoff = Handoff {
                id: program.ids.make(),
                task: id,
                from: kept.task.owner,
                to,
                by: kept.task.owner.unwrap_or(program.member),
                state: HandoffState::Accepted,
                baton: last_baton(tx, workspace, id).await?,
                no: None,
                by_queue: true,
                offered_at: program.at,
                ends_at: None,
                settled_at: Some(program.at),
                settled_by: None,
                reason: String::new(),
            };
            insert(tx, workspace, &handoff).await?;
            handoff
        }
    };
    hands::pass(tx, program, altered, kept, Some(to)).await?;
    let told = tell(tx, program, altered, "task.queue_passed", &handoff, to, "").await?;
    handoff.no = handoff.no.or(told);
    if at_work {
        marks::arrives(tx, program, to, &topic::see(tx, program, id).await?).await?;
    }
    keep_number(tx, workspace, &handoff).await?;
    altered.row(id, handoff.row());
    altered.page(id);
    Ok(())
}

/// A task has become done, or no longer is: what is done waits for nobody, and what is open again finds
/// somebody on shift.
pub(crate) async fn task_turned(tx: &Tx, actor: &Actor, altered: &mut Altered, kept: &Kept) -> Result<()> {
    put_away(tx, actor, altered, kept, kept.task.done_at.is_some()).await
}

/// The same for a task that is put away, or comes back.
pub(crate) async fn put_away(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    kept: &Kept,
    away: bool,
) -> Result<()> {
    if away {
        return take_back_open(tx, actor, altered, kept.task.id, kept.task.owner).await;
    }
    if kept.task.queued {
        queue::wind(tx, actor.workspace, kept.task.project, actor.at).await
    } else {
        Ok(())
    }
}
