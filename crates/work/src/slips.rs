//! Slips: a deliverable that was put off, with the cause as it was stated. What is counted is the
//! deliverable; nobody is named with it.

use jiff::Timestamp;
use kernel::{Refusal, clean_line};
use people::Actor;
use serde::Serialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{Result, TaskId, due::Due, task::Kept};

/// The longest cause, in characters.
const CAUSE: usize = 300;

/// One time that a deliverable was put off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Slip {
    /// When it was due.
    pub from: Timestamp,
    /// When it is due since; null for at no time. The same as `from` where only the cause was stated.
    #[schema(required = true)]
    pub to: Option<Timestamp>,
    /// Why, as it was stated; empty when it was not.
    pub cause: String,
    /// When it was put off.
    pub at: Timestamp,
}

/// The latest 20 times that a task was put off as a deliverable, the newest first.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Vec<Slip>> {
    let rows = tx
        .all(
            sql!(
                "SELECT from_at, to_at, cause, at FROM slips WHERE workspace = $1 AND task = $2 \
                 ORDER BY no DESC LIMIT 20"
            ),
            args![actor.workspace, task],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Slip {
                from: row.get("from_at")?,
                to: row.get("to_at")?,
                cause: row.get("cause")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// Notes that a deliverable was put off, or why it is late; what comes earlier is no slip.
pub(crate) async fn note(
    tx: &Tx,
    actor: &Actor,
    kept: &Kept,
    before: Option<&Due>,
    cause: Option<&str>,
) -> Result<()> {
    let cause = cause.map(|cause| clean_line("due_cause", cause, CAUSE)).transpose()?;
    let now = kept.task.due.as_ref().map(|due| due.at);
    let Some(before) = before.map(|due| due.at).filter(|_| kept.task.deliverable) else {
        return match cause {
            Some(_) => Err(no_slip().into()),
            None => Ok(()),
        };
    };
    let put_off = now.is_none_or(|now| now > before);
    let is_late = now == Some(before) && before <= actor.at;
    match cause {
        None if !put_off => return Ok(()),
        Some(_) if !put_off && !is_late => return Err(no_slip().into()),
        _ => {}
    }
    tx.run(
        sql!(
            "INSERT INTO slips (workspace, task, no, from_at, to_at, cause, at) \
             SELECT $1, $2, COALESCE(MAX(s.no), 0) + 1, $3, $4, $5, $6 FROM slips s \
             WHERE s.workspace = $1 AND s.task = $2"
        ),
        args![actor.workspace, kept.task.id, before, now, cause.unwrap_or_default(), actor.at],
    )
    .await?;
    Ok(())
}

fn no_slip() -> Refusal {
    Refusal::invalid_because(
        "due_cause",
        "says why something is late",
        "a deliverable that is late or put off",
    )
    .named("no_slip")
}
