//! The clock of an ask: what happens by itself at its instants. One job for each ask runs at the
//! next of them. It does what has become due and nothing else, so it may run late, early or twice.

use edge::App;
use jiff::{SignedDuration, Timestamp};
use kernel::{Ids, Refusal};
use people::{MemberId, System, WorkspaceId, delivery, schedules};
use serde::{Deserialize, Serialize};
use store::{NewJob, Tx, args, sql};
use uuid::Uuid;

use super::{
    Ask, AskState, Budget, Silence, late,
    row::{self, Kept, announce_by_itself, save},
    takers, times, urgent,
};
use crate::{
    AskId, Result,
    notices::{self, NoticeKind, NoticePayload},
    topic::{self, Topic},
};

/// The kind of the job; its key is the ask.
pub const JOB: &str = "ask.clock";
/// An answered ask closes by itself after so many working days of its asker.
const CLOSES_AFTER: u32 = 3;
/// The same where the asker's hours are unknown.
const CLOSES_AFTER_AT_MOST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The payload of the job. Without an ask: wind the clocks of all asks that are not over.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Tick {
    ask: Option<AskId>,
}

/// The program at one instant, with ids for what it makes.
pub(super) struct Program {
    pub system: System,
    pub ids: Ids,
}

/// Does what has become due for the ask of a job.
pub async fn tick(app: &App, workspace: WorkspaceId, tick: Tick) -> Result<()> {
    let system = System { workspace, at: app.context.clock.now() };
    let program = Program { system, ids: app.context.ids.clone() };
    app.context
        .db
        .write(move |tx| async move {
            match tick.ask {
                Some(ask) => run(&tx, &program, ask).await,
                None => wind_all(&tx, program.system.at).await,
            }
        })
        .await?;
    Ok(())
}

/// Leaves the job behind that does what comes next for this ask. One that waits already runs at
/// the earlier of both instants.
pub(super) async fn wind(tx: &Tx, workspace: WorkspaceId, kept: &Kept) -> Result<()> {
    match next(tx, workspace, kept).await? {
        Some(at) => enqueue(tx, workspace.uuid(), kept.ask.id, at).await,
        None => Ok(()),
    }
}

async fn enqueue(tx: &Tx, workspace: Uuid, ask: AskId, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Tick { ask: Some(ask) })
        .map_err(|error| crate::Error::Broken { what: "ask.clock", problem: error.to_string() })?;
    Ok(tx.enqueue(NewJob { workspace, kind: JOB, key: ask.to_string(), payload, run_at }).await?)
}

/// Winds the clocks of all asks that are not over, in every workspace.
async fn wind_all(tx: &Tx, at: Timestamp) -> Result<()> {
    let asks = tx.all(sql!("SELECT workspace, id FROM asks WHERE ended_at IS NULL"), args![]).await?;
    for row in &asks {
        enqueue(tx, row.get("workspace")?, row.get("id")?, at).await?;
    }
    Ok(())
}

/// Winds the clocks of all asks for which something should have happened by `at`, in every
/// workspace: for jobs that failed for good.
pub async fn wind_overdue(tx: &Tx, at: Timestamp) -> Result<()> {
    let waited = at.saturating_sub(CLOSES_AFTER_AT_MOST).unwrap_or(at);
    let asks = tx
        .all(
            sql!(
                "SELECT workspace, id FROM asks WHERE ended_at IS NULL AND (repeat_at <= $1 \
                 OR (state = 'answered' AND clock_from <= $2) \
                 OR (state <> 'answered' AND ((nudged_at IS NULL AND nudge_at <= $1) \
                   OR (late_at IS NULL AND COALESCE(promised_at, due_at) <= $1))))"
            ),
            args![at, waited],
        )
        .await?;
    for row in &asks {
        enqueue(tx, row.get("workspace")?, row.get("id")?, at).await?;
    }
    Ok(())
}

/// When something is to be done next.
async fn next(tx: &Tx, workspace: WorkspaceId, kept: &Kept) -> Result<Option<Timestamp>> {
    let ask = &kept.ask;
    Ok(match ask.state {
        AskState::Open | AskState::Accepted => {
            let nudge = ask.nudge_at.filter(|_| ask.nudged_at.is_none());
            let late = ask.expected_at().filter(|_| kept.late_at.is_none());
            [kept.repeat_at, nudge, late].into_iter().flatten().min()
        }
        AskState::Answered => Some(closes_at(tx, workspace, kept).await?),
        AskState::Closed
        | AskState::Declined
        | AskState::PassedOn
        | AskState::Withdrawn
        | AskState::Proceeded => None,
    })
}

/// When an answered ask closes by itself: in the asker's own working time, as it is now, from the
/// moment at which the answer came.
async fn closes_at(tx: &Tx, workspace: WorkspaceId, kept: &Kept) -> Result<Timestamp> {
    let (asker, from) = (kept.ask.asker, kept.clock_from);
    let schedule = schedules::of(tx, workspace, &[asker], from).await?.remove(&asker);
    let worked = schedule.and_then(|schedule| schedule.end_of_working_day(from, CLOSES_AFTER));
    Ok(worked.unwrap_or_else(|| from.saturating_add(CLOSES_AFTER_AT_MOST).unwrap_or(Timestamp::MAX)))
}

/// Does what is due for one ask at the system's instant.
pub(super) async fn run(tx: &Tx, program: &Program, id: AskId) -> Result<()> {
    let system = &program.system;
    let mut kept = match row::hold(tx, system.workspace, id).await {
        Err(crate::Error::Refused(Refusal::NotFound { .. })) => return Ok(()),
        other => other?,
    };
    let topic = topic::read(tx, system.workspace, kept.ask.topic).await?;
    match kept.ask.state {
        AskState::Open | AskState::Accepted => {
            urgent::repeat(tx, program, &topic, &mut kept).await?;
            nudge(tx, system, &topic, &mut kept).await?;
            late::become_late(tx, program, &topic, &mut kept).await?;
        }
        AskState::Answered => close(tx, system, &topic, &mut kept).await?,
        _ => {}
    }
    wind(tx, system.workspace, &kept).await
}

/// One reminder at three quarters of the budget; never after the due instant, and never twice.
async fn nudge(tx: &Tx, system: &System, topic: &Topic, kept: &mut Kept) -> Result<()> {
    let ask = &mut kept.ask;
    let Some(at) = ask.nudge_at.filter(|at| *at <= system.at && ask.nudged_at.is_none()) else {
        return Ok(());
    };
    let Some(asked) = ask.asked.filter(|_| ask.state.is_owed()) else { return Ok(()) };
    if ask.expected_at().is_some_and(|expected| expected <= system.at) {
        // Too late to remind: what is late is told as late.
        ask.nudge_at = None;
        return save(tx, system.workspace, kept).await;
    }
    ask.nudged_at = Some(system.at);
    save(tx, system.workspace, kept).await?;
    if let Some(at) = receiver(tx, system.workspace, asked, at).await?.at_once(system.at) {
        send(tx, system.workspace, asked, NoticeKind::Reminder, at, &kept.ask).await?;
    }
    announce_by_itself(tx, system, "ask.reminded", topic, &[kept.ask.id]).await
}

/// An answered ask closes by itself when its asker had time enough to say otherwise.
async fn close(tx: &Tx, system: &System, topic: &Topic, kept: &mut Kept) -> Result<()> {
    if closes_at(tx, system.workspace, kept).await? > system.at {
        return Ok(());
    }
    super::life::end(kept, AskState::Closed, system.at);
    kept.ask.closed_by_itself = true;
    save(tx, system.workspace, kept).await?;
    announce_by_itself(tx, system, "ask.closed_by_itself", topic, &[kept.ask.id]).await
}

/// Sets when the asked person is reminded, where they were not and the instant lies ahead.
pub(super) async fn plan_nudge(
    tx: &Tx,
    workspace: WorkspaceId,
    kept: &mut Kept,
    now: Timestamp,
) -> Result<()> {
    let Some(asked) = kept.ask.asked.filter(|_| kept.ask.nudged_at.is_none()) else { return Ok(()) };
    let schedule = schedules::of(tx, workspace, &[asked], now).await?.remove(&asked);
    let (delivered, expected) = (kept.ask.delivered_at, kept.ask.expected_at());
    let planned = times::nudge_after(schedule.as_ref(), kept.clock_from, delivered, expected);
    let lies_ahead = |at: Timestamp| {
        let at = schedule.as_ref()?.next_working(at.max(now))?;
        expected.filter(|expected| at < *expected).map(|_| at)
    };
    kept.ask.nudge_at = planned.and_then(lies_ahead);
    Ok(())
}

/// When an ask that somebody gets at `at` reaches them. Nobody's hours count until somebody of a
/// group has claimed it, and urgent is at once.
pub(super) async fn arrival(tx: &Tx, workspace: WorkspaceId, ask: &Ask, at: Timestamp) -> Result<Timestamp> {
    let Some(asked) = ask.asked.filter(|_| !ask.budget.is_urgent()) else { return Ok(at) };
    let receiver = receiver(tx, workspace, asked, at).await?;
    // That it cannot be there in time gives nobody more time: it comes as soon as it may.
    let due = match ask.budget {
        Budget::Exact { at: wished } => ask.due_at.map(|due| due.min(wished)),
        _ => ask.due_at,
    };
    Ok(receiver.arrival(at, due, false).unwrap_or(at))
}

/// The ask is on its way to the asked person, or no longer.
pub(super) async fn arrives(tx: &Tx, workspace: WorkspaceId, kept: &Kept) -> Result<()> {
    crate::delivery::ask_arrives(tx, workspace, kept.ask.id).await
}

async fn receiver(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<delivery::Receiver> {
    Ok(delivery::receiver_of(tx, workspace, member, at).await?)
}

/// Tells somebody about an ask with their next delivery, or at once if it is due before that.
/// Nothing when they never work: their inbox says it.
pub(super) async fn tell(
    tx: &Tx,
    workspace: WorkspaceId,
    member: Option<MemberId>,
    kind: NoticeKind,
    ask: &Ask,
    now: Timestamp,
) -> Result<()> {
    let Some(member) = member else { return Ok(()) };
    let due = ask.expected_at().filter(|due| *due > now);
    match receiver(tx, workspace, member, now).await?.arrival(now, due, false) {
        Some(at) => send(tx, workspace, member, kind, at, ask).await,
        None => Ok(()),
    }
}

pub(super) async fn send(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    kind: NoticeKind,
    at: Timestamp,
    ask: &Ask,
) -> Result<()> {
    let payload = NoticePayload { asks: vec![ask.id], ..NoticePayload::default() };
    notices::send(tx, workspace, member, kind, at, &payload).await
}

/// Whether the silence of the asked person counts, or that of all who could have taken it: they
/// took it up, or the thread is theirs.
pub(super) async fn silence_counts(
    tx: &Tx,
    workspace: WorkspaceId,
    topic: &Topic,
    ask: &Ask,
) -> Result<bool> {
    if ask.silence != Silence::Proceed {
        return Ok(false);
    }
    if ask.state == AskState::Accepted {
        return Ok(true);
    }
    let silent = takers::of_ask(tx, workspace, ask).await?;
    for member in &silent {
        if !super::silence::concerns(tx, workspace, topic, *member).await? {
            return Ok(false);
        }
    }
    Ok(!silent.is_empty())
}
