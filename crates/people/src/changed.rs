//! When a member's time has changed, what was promised with it is computed again: the asks that
//! they owe, and their deliveries. Those live above this crate, so a change leaves a job behind,
//! in its own transaction.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Audience, NewJob, Tx};

use crate::{Actor, MemberId, Result, WorkspaceId, members};

/// The kind of the job.
pub const JOB: &str = "time.changed";

/// What changed in a member's time: what the people of an ask are told when its due moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// The weekly hours.
    Hours,
    /// Time off was added, altered or taken away.
    TimeOff,
    /// Public holidays.
    Holiday,
    /// The time zone, for good or for a journey.
    Zone,
    /// Focus time or the plan of deliveries: what arrives when.
    Focus,
}

/// The payload of the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Whose time.
    pub member: MemberId,
    /// What changed in it.
    pub because: Because,
}

/// Leaves the job behind, to run right after the commit. Several changes of one member that wait
/// together are one job, and the last one says why.
pub async fn enqueue(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    because: Because,
    at: Timestamp,
) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Changed { member, because })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: member.to_string(), payload, run_at: at };
    Ok(tx.enqueue(job).await?)
}

/// Records the member's card as it is now, by whoever changed it; nobody for the program itself.
pub(crate) async fn record_card(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    actor: Option<&Actor>,
    verb: &'static str,
    at: Timestamp,
) -> Result<()> {
    if let Some(actor) = actor {
        return members::record_card(tx, actor, member, verb).await;
    }
    let card = members::read(tx, workspace, member, at).await?;
    tx.record(store::NewChange {
        workspace: workspace.uuid(),
        at,
        actor: None,
        verb,
        audience: Audience::Person(member.uuid()),
        operation: None,
        rows: vec![members::row_change(&card)],
    });
    Ok(())
}
