//! Those for whom it matters what becomes of an ask, though it is not theirs: a job tells them.

use people::{Actor, WorkspaceId};
use serde::{Deserialize, Serialize};
use store::{NewJob, Tx, args, sql};

use super::row::Kept;
use crate::{AskId, Result, error};

/// The job that runs whenever something about a watched ask has changed, with [`Watched`] as its payload.
pub const CHANGED: &str = "ask.changed";

/// Which ask.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Watched {
    /// Its id.
    pub ask: AskId,
}

/// From now on the job [`CHANGED`] runs whenever this ask changes.
pub async fn watch(tx: &Tx, actor: &Actor, ask: AskId) -> Result<()> {
    tx.run(
        sql!("UPDATE asks SET watched = TRUE WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, ask],
    )
    .await?;
    Ok(())
}

/// Leaves the job behind, if anybody watches.
pub(super) async fn tell(tx: &Tx, workspace: WorkspaceId, kept: &Kept) -> Result<()> {
    let ask = kept.ask.id;
    let watched = tx
        .maybe(
            sql!("SELECT id FROM asks WHERE workspace = $1 AND id = $2 AND watched"),
            args![workspace, ask],
        )
        .await?;
    if watched.is_none() {
        return Ok(());
    }
    let payload = serde_json::value::to_raw_value(&Watched { ask })
        .map_err(|problem| error::broken("ask.changed", &problem))?;
    // At once: any instant that is over will do.
    let run_at = kept.ask.asked_at;
    let job = NewJob { workspace: workspace.uuid(), kind: CHANGED, key: ask.to_string(), payload, run_at };
    Ok(tx.enqueue(job).await?)
}
