//! One member's turn: what was due for them happens, and what comes next is planned.

use jiff::{SignedDuration, Timestamp};
use people::{
    Actor, MemberId, System, WorkspaceId,
    delivery::{self, Receiver, Standing},
};
use store::{Audience, Context, RowChange, Tx};

use super::{
    single,
    sweep::{ArrivedAt, Swept, sweep},
};
use crate::{
    AskId, Result,
    notices::{self, NoticeKind, NoticePayload, NoticeTopic},
};

/// The most deliveries of fourteen days.
const DELIVERIES_OF_A_FORTNIGHT: usize = 14 * 6;
/// How many turns are looked up at once.
const PAGE: i64 = 50;

/// Does everything that is due now, for everybody. One who fails does not hold up the others; the
/// job comes again for them.
pub async fn deliver(context: &Context) -> Result<()> {
    begin_missing(context).await?;
    let mut failure = None;
    loop {
        let now = context.clock.now();
        let due = context.db.read(move |tx| async move { delivery::due(&tx, now, PAGE).await }).await?;
        if !due.is_empty() && all_at_once(context, due.clone(), now).await {
            continue;
        }
        let mut done = 0;
        for one in due {
            match context.db.write(move |tx| async move { take_all(&tx, &[one], now).await }).await {
                Ok(_) => done += 1,
                Err(error) => failure = Some(error),
            }
        }
        if done == 0 {
            break;
        }
    }
    if let Err(error) = single::arrive(context).await {
        failure = Some(error);
    }
    failure.map_or(Ok(()), Err)
}

/// Whoever became a member before there were deliveries, or by another way, has theirs from now on.
async fn begin_missing(context: &Context) -> Result<()> {
    let missing = context.db.read(|tx| async move { delivery::missing(&tx).await }).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let at = context.clock.now();
    context
        .db
        .write(move |tx| async move {
            for (workspace, member) in missing {
                delivery::begin(&tx, workspace, member, at).await?;
                record(&tx, &System { workspace, at }, member, "delivery.changed", Vec::new()).await?;
            }
            Ok::<_, crate::Error>(())
        })
        .await?;
    Ok(())
}

/// Where one writer commits at a time, many turns in one transaction cost as much as one; whether
/// they succeeded. Elsewhere they would lock the marks of several members at once, as a post does,
/// and wait for each other in a circle.
async fn all_at_once(
    context: &Context,
    due: Vec<(WorkspaceId, MemberId, Timestamp)>,
    now: Timestamp,
) -> bool {
    context.db.is_sqlite()
        && context.db.write(move |tx| async move { take_all(&tx, &due, now).await }).await.is_ok()
}

/// These members' turns in one transaction.
async fn take_all(tx: &Tx, due: &[(WorkspaceId, MemberId, Timestamp)], now: Timestamp) -> Result<()> {
    for (workspace, member, run_at) in due {
        take(tx, &System { workspace: *workspace, at: now }, *member, *run_at).await?;
    }
    Ok(())
}

async fn take(tx: &Tx, system: &System, member: MemberId, run_at: Timestamp) -> Result<()> {
    if delivery::take(tx, system.workspace, member, run_at).await? {
        let Some(standing) = delivery::standing(tx, system.workspace, member).await? else { return Ok(()) };
        let turn = catch_up(tx, system, member, Standing { run_at: Some(run_at), ..standing }).await?;
        turn.end(tx, system, member, "delivery.arrived").await?;
    }
    Ok(())
}

/// A member's working time or plan is other than it was: what was due before is done as it was
/// promised, and what comes next is planned anew from `at` on.
pub async fn replan(tx: &Tx, workspace: WorkspaceId, member: MemberId, at: Timestamp) -> Result<()> {
    plan_anew(tx, &System { workspace, at }, member).await
}

/// The same with the change that says so.
pub(super) async fn plan_anew(tx: &Tx, system: &System, member: MemberId) -> Result<()> {
    let (workspace, at) = (system.workspace, system.at);
    let Some(standing) = delivery::standing(tx, workspace, member).await? else {
        delivery::begin(tx, workspace, member, at).await?;
        return record(tx, system, member, "delivery.changed", Vec::new()).await;
    };
    let mut turn = catch_up(tx, system, member, standing).await?;
    let receiver = delivery::receiver_of(tx, workspace, member, at).await?;
    if turn.standing.open_until != turn.standing.clone().planned(&receiver, at).open_until {
        turn.close(tx, system, member, at).await?;
    }
    turn.standing = turn.standing.planned(&receiver, at);
    single::move_arrivals(tx, workspace, member, &receiver, at).await?;
    turn.end(tx, system, member, "delivery.changed").await
}

/// Everything that there is arrives for the actor now, by their own hand: nothing goes out about it.
pub(super) async fn receive_all(tx: &Tx, actor: &Actor) -> Result<()> {
    let (workspace, member, at) = (actor.workspace, actor.member, actor.at);
    let system = System { workspace, at };
    plan_anew(tx, &system, member).await?;
    let Some(standing) = delivery::standing(tx, workspace, member).await? else { return Ok(()) };
    if standing.is_open(at) {
        return Ok(());
    }
    let swept = sweep(tx, workspace, member, just_after(at), ArrivedAt::Once(at)).await?;
    single::forget(tx, workspace, member, at).await?;
    let standing = Standing { through: standing.through.max(just_after(at)), last_at: Some(at), ..standing };
    delivery::keep(tx, workspace, member, &standing).await?;
    let mut rows = last_of_each(&swept);
    rows.push(own_row(tx, workspace, member, at).await?);
    tx.record(actor.change("delivery.arrived", Audience::Member(member.uuid()), rows));
    Ok(())
}

/// Tells the actor what their deliveries are after they changed them.
pub(super) async fn record_by(tx: &Tx, actor: &Actor, verb: &'static str) -> Result<()> {
    let row = own_row(tx, actor.workspace, actor.member, actor.at).await?;
    tx.record(actor.change(verb, Audience::Member(actor.member.uuid()), vec![row]));
    Ok(())
}

/// As if this member had been here for long: what was written before their last delivery has
/// arrived with it, and nothing goes out about it. For a past that is told afterwards, as that of
/// the sample.
pub async fn arrived_before(tx: &Tx, workspace: WorkspaceId, member: MemberId, now: Timestamp) -> Result<()> {
    let Some(standing) = delivery::standing(tx, workspace, member).await? else { return Ok(()) };
    let receiver = delivery::receiver_of(tx, workspace, member, now).await?;
    let a_fortnight_ago = now.checked_sub(SignedDuration::from_hours(14 * 24)).unwrap_or(now);
    let mut coming = receiver.coming(a_fortnight_ago, DELIVERIES_OF_A_FORTNIGHT);
    coming.retain(|at| *at <= now);
    let last = if standing.is_open(now) { just_after(now) } else { coming.pop().unwrap_or(now) };
    let swept = sweep(tx, workspace, member, last, ArrivedAt::WhenWritten).await?;
    single::forget(tx, workspace, member, now).await?;
    let last_at = Some(last).filter(|last| *last <= now);
    delivery::keep(tx, workspace, member, &Standing { through: last, last_at, ..standing }).await?;
    record(tx, &System { workspace, at: now }, member, "delivery.arrived", last_of_each(&swept)).await
}

/// A member's turn while it lasts.
struct Turn {
    /// As it was before.
    before: Standing,
    standing: Standing,
    swept: Vec<Swept>,
    /// What the deliveries of this turn brought, for push.
    news: Vec<NoticeTopic>,
    asks: Vec<AskId>,
    /// Whether one of them was the first of its day.
    begins_a_day: bool,
    /// The last delivery of this turn.
    delivered_at: Option<Timestamp>,
}

/// Everything that was due up to now, one instant after the other, each as it was promised.
async fn catch_up(tx: &Tx, system: &System, member: MemberId, standing: Standing) -> Result<Turn> {
    let mut turn = Turn {
        before: standing.clone(),
        standing,
        swept: Vec::new(),
        news: Vec::new(),
        asks: Vec::new(),
        begins_a_day: false,
        delivered_at: None,
    };
    let mut done_to = turn.standing.last_at.unwrap_or(Timestamp::MIN);
    while let Some(due) = turn.standing.run_at.filter(|due| *due <= system.at) {
        // A leave that was entered afterwards is looked at late; nothing else goes back in time.
        let at = due.max(done_to);
        done_to = at;
        let receiver = delivery::receiver_of(tx, system.workspace, member, at).await?;
        turn.close(tx, system, member, at).await?;
        turn.come_back(&receiver, at);
        turn.deliver(tx, system, member, &receiver, at).await?;
        turn.standing = turn.standing.planned(&receiver, at);
    }
    Ok(turn)
}

impl Turn {
    /// Ends the window in which everything arrived as it happened: what did so stays arrived.
    async fn close(&mut self, tx: &Tx, system: &System, member: MemberId, at: Timestamp) -> Result<()> {
        let Some(end) = self.standing.open_until else { return Ok(()) };
        // Before its end the window has let in what was written at this very instant too.
        let until = end.min(just_after(at));
        if until <= self.standing.through {
            return Ok(());
        }
        let swept = sweep(tx, system.workspace, member, until, ArrivedAt::WhenWritten).await?;
        self.swept.extend(swept);
        self.standing.through = until;
        if end <= at {
            self.standing.open_until = None;
        }
        Ok(())
    }

    /// The first moment of work after a long leave: the page for coming back is due.
    fn come_back(&mut self, receiver: &Receiver, at: Timestamp) {
        let leave = receiver.next_return(self.standing.back_done).filter(|leave| leave.back <= at);
        if let Some(leave) = leave {
            self.standing.came_back = Some((leave.from, leave.until));
            self.standing.back_done = leave.back;
        }
    }

    /// A delivery, if this is the instant of one.
    async fn deliver(
        &mut self,
        tx: &Tx,
        system: &System,
        member: MemberId,
        receiver: &Receiver,
        at: Timestamp,
    ) -> Result<()> {
        let Some(next) = self.standing.next_at.filter(|next| *next <= at) else { return Ok(()) };
        let swept = sweep(tx, system.workspace, member, next, ArrivedAt::Once(next)).await?;
        self.news.extend(swept.iter().filter_map(|swept| swept.news.clone()));
        self.swept.extend(swept);
        self.asks.extend(single::asks_at(tx, system.workspace, member, next).await?);
        self.begins_a_day |= receiver.begins_a_day(next);
        self.standing.through = self.standing.through.max(next);
        self.standing.last_at = Some(next);
        self.delivered_at = Some(next);
        Ok(())
    }

    /// Writes what comes next, records what changed, and queues what leaves the inbox.
    async fn end(self, tx: &Tx, system: &System, member: MemberId, verb: &'static str) -> Result<()> {
        if self.standing == self.before && self.swept.is_empty() {
            return Ok(());
        }
        delivery::keep(tx, system.workspace, member, &self.standing).await?;
        let rows = last_of_each(&self.swept);
        record(tx, system, member, verb, rows).await?;
        self.notify(tx, system, member).await
    }

    /// One notice for all that was delivered in this turn. After a standstill it waits for the next
    /// delivery when the member does not work: nothing rings outside of working time, nor in the
    /// first half day after a leave.
    async fn notify(&self, tx: &Tx, system: &System, member: MemberId) -> Result<()> {
        let payload = NoticePayload { asks: self.asks.clone(), topics: joined(&self.news) };
        let Some(delivered_at) = self.delivered_at.filter(|_| payload != NoticePayload::default()) else {
            return Ok(());
        };
        let receiver = delivery::receiver_of(tx, system.workspace, member, system.at).await?;
        let on_time = if receiver.at_once(system.at) == Some(system.at) {
            Some(delivered_at)
        } else {
            receiver.next_delivery(system.at)
        };
        let Some(on_time) = on_time else { return Ok(()) };
        notices::send(tx, system.workspace, member, NoticeKind::Delivery, on_time, &payload).await?;
        for ask in &self.asks {
            let one = NoticePayload { asks: vec![*ask], topics: Vec::new() };
            notices::mail(tx, system.workspace, member, NoticeKind::Ask, on_time, &one).await?;
        }
        if self.begins_a_day {
            notices::mail(tx, system.workspace, member, NoticeKind::Digest, on_time, &payload).await?;
        }
        Ok(())
    }
}

/// The first instant after one: the database keeps microseconds.
pub(super) fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_micros(1)).unwrap_or(at)
}

/// Of a topic that was swept more than once, the last.
fn last_of_each(swept: &[Swept]) -> Vec<RowChange> {
    let is_last =
        |place: usize, one: &Swept| swept.iter().skip(place + 1).all(|later| later.mark.id != one.mark.id);
    let last = swept.iter().enumerate().filter(|(place, one)| is_last(*place, one));
    last.map(|(_, one)| one.mark.row()).collect()
}

/// Of a topic that was delivered more than once, all its posts.
fn joined(news: &[NoticeTopic]) -> Vec<NoticeTopic> {
    let mut joined: Vec<NoticeTopic> = Vec::new();
    for one in news {
        match joined.iter_mut().find(|known| known.id == one.id) {
            Some(known) => {
                known.to_no = known.to_no.max(one.to_no);
                known.from_no = known.from_no.min(one.from_no);
            }
            None => joined.push(one.clone()),
        }
    }
    joined
}

/// Tells the member, and nobody else, what their deliveries and these rows are now.
pub(super) async fn record(
    tx: &Tx,
    system: &System,
    member: MemberId,
    verb: &'static str,
    mut rows: Vec<RowChange>,
) -> Result<()> {
    rows.push(own_row(tx, system.workspace, member, system.at).await?);
    tx.record(system.change(verb, Audience::Member(member.uuid()), rows));
    Ok(())
}

async fn own_row(tx: &Tx, workspace: WorkspaceId, member: MemberId, at: Timestamp) -> Result<RowChange> {
    Ok(edge::put("deliveries", member, &delivery::read(tx, workspace, member, at).await?))
}
