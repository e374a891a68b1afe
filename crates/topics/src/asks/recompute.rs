//! What was promised with somebody's time is computed again when their time changes, as one who was
//! asked or as one who could take what a group was asked. A due instant that was shown moves later
//! or stays; it never moves earlier.

use jiff::Timestamp;
use people::{MemberId, System, changed::Because};
use store::{Tx, args, sql};
use worktime::Schedule;

use super::{
    Budget, Moved, clock,
    row::{self, Kept, announce_by_itself, save},
    takers, times,
};
use crate::{AskId, Result, notices::NoticeKind, topic};

/// Computes the open asks of this member and of their groups again, and winds the clocks of the
/// answered ones that they asked: those close in their working time.
pub async fn recompute(tx: &Tx, system: &System, member: MemberId, because: Because) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT id FROM asks WHERE workspace = $1 AND ended_at IS NULL \
                 AND ((asked = $2 AND state IN ('open', 'accepted')) OR (asker = $2 AND state = 'answered') \
                   OR (asked IS NULL AND state IN ('open', 'accepted') AND asker <> $2 AND asked_group IN \
                     (SELECT g.of_group FROM group_members g WHERE g.workspace = $1 AND g.member = $2))) \
                 ORDER BY id"
            ),
            args![system.workspace, member],
        )
        .await?;
    for row in &rows {
        let kept = row::hold(tx, system.workspace, row.get::<AskId>("id")?).await?;
        if kept.ask.state.is_owed() {
            one(tx, system, kept, because).await?;
        } else {
            clock::wind(tx, system.workspace, &kept).await?;
        }
    }
    Ok(())
}

async fn one(tx: &Tx, system: &System, before: Kept, because: Because) -> Result<()> {
    let mut kept = before.clone();
    let schedules = takers::schedules(tx, system.workspace, &kept.ask, system.at).await?;
    if let Some(due) = due_moves(&kept, &schedules, system.at) {
        kept.ask.due_at = Some(due);
    }
    if kept.ask.delivered_at > system.at {
        kept.ask.delivered_at = clock::arrival(tx, system.workspace, &kept.ask, system.at).await?;
        if kept.ask.due_at.is_some_and(|due| due > system.at) {
            let own = schedules.first().filter(|_| kept.ask.asked.is_some());
            kept.ask.due_at = times::with_delivery(own, kept.ask.due_at, kept.ask.delivered_at);
        }
    }
    let moved = kept.ask.due_at != before.ask.due_at;
    if moved {
        (kept.ask.due_before, kept.ask.moved_because) = (before.ask.due_at, Some(word(because)));
    }
    clock::plan_nudge(tx, system.workspace, &mut kept, system.at).await?;
    let seen = |kept: &Kept| (kept.ask.due_at, kept.ask.delivered_at, kept.ask.nudge_at);
    if seen(&kept) == seen(&before) {
        return Ok(());
    }
    save(tx, system.workspace, &kept).await?;
    clock::wind(tx, system.workspace, &kept).await?;
    if kept.ask.delivered_at != before.ask.delivered_at {
        clock::arrives(tx, system.workspace, &kept).await?;
    }
    if moved {
        clock::tell(tx, system.workspace, Some(kept.ask.asker), NoticeKind::Moved, &kept.ask, system.at)
            .await?;
        clock::tell(tx, system.workspace, kept.ask.asked, NoticeKind::Moved, &kept.ask, system.at).await?;
    }
    let topic = topic::read(tx, system.workspace, kept.ask.topic).await?;
    announce_by_itself(tx, system, "ask.moved", &topic, &[kept.ask.id]).await
}

/// Where the due instant moves for those in whose time the ask runs: later only, and only while it
/// lies ahead. An exact instant stays; one that its person would get only afterwards is moved by the
/// caller. Where none could be named because the hours were unknown, one comes with the hours.
pub(super) fn due_moves(kept: &Kept, schedules: &[Schedule], now: Timestamp) -> Option<Timestamp> {
    let ask = &kept.ask;
    if matches!(ask.budget, Budget::Exact { .. }) {
        return None;
    }
    match ask.due_at {
        None => times::first_due(schedules, &ask.budget, now),
        Some(shown) if shown <= now => None,
        Some(shown) => times::first_due(schedules, &ask.budget, kept.clock_from).filter(|due| *due > shown),
    }
}

fn word(because: Because) -> Moved {
    match because {
        Because::Hours | Because::Focus => Moved::Hours,
        Because::TimeOff => Moved::TimeOff,
        Because::Holiday => Moved::Holiday,
        Because::Zone => Moved::Zone,
    }
}
