use std::collections::HashMap;

use jiff::Timestamp;
use store::{NewJob, Row, Tx, args, sql};
use uuid::Uuid;

use super::{DeliverySettings, Flow, Receiver};
use crate::{
    Actor, MemberId, Result, WorkspaceId,
    changed::{self, Because},
    members,
};

/// The kind of the job that delivers; its key is the instant.
pub const JOB: &str = "deliver";

/// How far the deliveries of one member have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// All that was written before this instant has arrived.
    pub through: Timestamp,
    /// Until then everything arrives as it happens.
    pub open_until: Option<Timestamp>,
    /// The next delivery; for as-it-happens, when it begins again.
    pub next_at: Option<Timestamp>,
    /// When something was last delivered.
    pub last_at: Option<Timestamp>,
    /// The leave that the page for coming back is about, until it was seen.
    pub came_back: Option<(Timestamp, Timestamp)>,
    /// Returns up to this one were looked at.
    pub back_done: Timestamp,
    /// Whether nothing may leave the inbox: their hours hold no working time.
    pub quiet: bool,
    /// When there is something to do next.
    pub run_at: Option<Timestamp>,
}

impl Standing {
    /// Of somebody for whom nothing was written before `at`.
    pub fn new(at: Timestamp, receiver: &Receiver) -> Self {
        let nothing = Self {
            through: at,
            open_until: None,
            next_at: None,
            last_at: None,
            came_back: None,
            back_done: at,
            quiet: false,
            run_at: None,
        };
        nothing.planned(receiver, at)
    }

    /// The same with what comes after `at`, when everything before has been done.
    #[must_use]
    pub fn planned(self, receiver: &Receiver, at: Timestamp) -> Self {
        let (open_until, next_at, quiet) = match receiver.flow(at) {
            Flow::Always => (Some(forever()), None, false),
            Flow::Quietly => (Some(forever()), None, true),
            Flow::Open(until) => (Some(until.min(forever())), receiver.next_delivery(until), false),
            Flow::Held(next) => (None, Some(next), false),
        };
        let back = receiver.next_return(self.back_done).map(|leave| leave.back);
        let ends = open_until.filter(|until| *until < forever());
        let run_at = if quiet { back } else { [ends, next_at, back].into_iter().flatten().min() };
        Self { open_until, next_at, quiet, run_at, ..self }
    }

    /// Whether everything arrives as it happens at `at`.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.open_until.is_some_and(|until| at < until)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let from: Option<Timestamp> = row.get("came_back_from")?;
        let until: Option<Timestamp> = row.get("came_back_until")?;
        Ok(Self {
            through: row.get("through")?,
            open_until: row.get("open_until")?,
            next_at: row.get("next_at")?,
            last_at: row.get("last_at")?,
            came_back: from.zip(until),
            back_done: row.get("back_done")?,
            quiet: row.get("quiet")?,
            run_at: row.get("run_at")?,
        })
    }
}

/// The last instant that an answer can hold.
fn forever() -> Timestamp {
    Timestamp::from_second(Timestamp::MAX.as_second()).unwrap_or(Timestamp::MAX)
}

/// How far one member's deliveries have come; none before they have begun.
pub async fn standing(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Option<Standing>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT through, open_until, next_at, last_at, came_back_from, came_back_until, back_done, quiet,
                     run_at
                 FROM deliveries WHERE workspace = $1 AND member = $2"
            ),
            args![workspace, member],
        )
        .await?;
    row.as_ref().map(Standing::from_row).transpose()
}

/// Writes it, and leaves the job behind that does what comes next.
pub async fn keep(tx: &Tx, workspace: WorkspaceId, member: MemberId, standing: &Standing) -> Result<()> {
    let Standing { through, open_until, next_at, last_at, came_back, back_done, quiet, run_at } = standing;
    tx.run(
        sql!(
            "INSERT INTO deliveries (workspace, member, through, open_until, next_at, last_at, came_back_from,
                 came_back_until, back_done, quiet, run_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (workspace, member) DO UPDATE SET through = excluded.through,
                 open_until = excluded.open_until, next_at = excluded.next_at, last_at = excluded.last_at,
                 came_back_from = excluded.came_back_from, came_back_until = excluded.came_back_until,
                 back_done = excluded.back_done, quiet = excluded.quiet, run_at = excluded.run_at"
        ),
        args![
            workspace,
            member,
            through,
            open_until,
            next_at,
            last_at,
            came_back.map(|(from, _)| from),
            came_back.map(|(_, until)| until),
            back_done,
            quiet,
            run_at
        ],
    )
    .await?;
    match run_at {
        Some(at) => wake(tx, *at).await,
        None => Ok(()),
    }
}

/// Leaves the job behind that delivers at `at` to whomever something is due for then. Each instant
/// is a job of its own: whoever plans one need not know of the others.
pub async fn wake(tx: &Tx, at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&())?;
    let job = NewJob { workspace: Uuid::nil(), kind: JOB, key: at.to_string(), payload, run_at: at };
    Ok(tx.enqueue(job).await?)
}

/// Takes one member's turn at `run_at`, so that of two at once only one has it. False: it was
/// taken, or planned anew.
pub async fn take(tx: &Tx, workspace: WorkspaceId, member: MemberId, run_at: Timestamp) -> Result<bool> {
    let taken = tx
        .run(
            sql!("UPDATE deliveries SET run_at = NULL WHERE workspace = $1 AND member = $2 AND run_at = $3"),
            args![workspace, member, run_at],
        )
        .await?;
    Ok(taken == 1)
}

/// Active members with something to do at `now`, those that wait longest first, at most `limit`.
pub async fn due(tx: &Tx, now: Timestamp, limit: i64) -> Result<Vec<(WorkspaceId, MemberId, Timestamp)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT d.workspace, d.member, d.run_at FROM deliveries d
                 JOIN members m ON m.workspace = d.workspace AND m.id = d.member AND m.state = 'active'
                 WHERE d.run_at <= $1 ORDER BY d.run_at, d.workspace, d.member LIMIT $2"
            ),
            args![now, limit],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("workspace")?, row.get("member")?, row.get("run_at")?))).collect()
}

/// Active members whose deliveries have not begun.
pub async fn missing(tx: &Tx) -> Result<Vec<(WorkspaceId, MemberId)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT m.workspace, m.id FROM members m
                 LEFT JOIN deliveries d ON d.workspace = m.workspace AND d.member = m.id
                 WHERE m.state = 'active' AND d.member IS NULL ORDER BY m.workspace, m.id"
            ),
            args![],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("workspace")?, row.get("id")?))).collect()
}

/// What one member chose; the defaults when they chose nothing.
pub async fn settings(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<DeliverySettings> {
    let row = tx
        .maybe(
            sql!(
                "SELECT plan, focus, focus_until, email FROM delivery_plans WHERE workspace = $1 AND member = $2"
            ),
            args![workspace, member],
        )
        .await?;
    row.as_ref().map_or_else(|| Ok(DeliverySettings::default()), settings_from)
}

/// What these members chose. Who chose nothing is absent.
pub async fn settings_of(
    tx: &Tx,
    workspace: WorkspaceId,
    members: &[MemberId],
) -> Result<HashMap<MemberId, DeliverySettings>> {
    if let [member] = members {
        return Ok(HashMap::from([(*member, settings(tx, workspace, *member).await?)]));
    }
    let rows = tx
        .all(
            sql!("SELECT member, plan, focus, focus_until, email FROM delivery_plans WHERE workspace = $1"),
            args![workspace],
        )
        .await?;
    let mut found = HashMap::new();
    for row in &rows {
        let member = row.get("member")?;
        if members.contains(&member) {
            found.insert(member, settings_from(row)?);
        }
    }
    Ok(found)
}

fn settings_from(row: &Row) -> Result<DeliverySettings> {
    let json = |column: &str| row.get::<String>(column);
    Ok(DeliverySettings {
        plan: serde_json::from_str(&json("plan")?)?,
        focus: serde_json::from_str(&json("focus")?)?,
        focus_until: row.get("focus_until")?,
        email: serde_json::from_str(&json("email")?)?,
    })
}

/// Writes what the actor chose. Focus is in their card, and what was promised with it is computed
/// again.
pub async fn change(tx: &Tx, actor: &Actor, settings: &DeliverySettings) -> Result<()> {
    let (workspace, member) = (actor.workspace, actor.member);
    let before = super::settings(tx, workspace, member).await?;
    tx.run(
        sql!(
            "INSERT INTO delivery_plans (workspace, member, plan, focus, focus_until, email)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (workspace, member) DO UPDATE SET plan = excluded.plan, focus = excluded.focus,
                 focus_until = excluded.focus_until, email = excluded.email"
        ),
        args![
            workspace,
            member,
            serde_json::to_string(&settings.plan)?,
            serde_json::to_string(&settings.focus)?,
            settings.focus_until,
            serde_json::to_string(&settings.email)?
        ],
    )
    .await?;
    if (&before.focus, before.focus_until) != (&settings.focus, settings.focus_until) {
        members::record_card(tx, actor, member, "delivery.changed").await?;
    }
    if before != (DeliverySettings { email: before.email, ..settings.clone() }) {
        changed::enqueue(tx, workspace, member, Because::Focus, actor.at).await?;
    }
    Ok(())
}
