//! Urgent asks: the gate before one is sent, the calls until somebody acknowledges it, and what
//! the woken person says about it afterwards.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use kernel::Refusal;
use people::{
    Actor, MemberId, MemberState, Role, SpaceId, System, WorkspaceId, delivery, delivery::Receiver, members,
    norms, spaces, time_off,
};
use serde::Serialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;

use super::{
    Ask, Judged,
    clock::{self, Program},
    late, life,
    row::{Kept, announce, announce_by_itself, ask_columns, save},
};
use crate::{
    AskId, Result,
    notices::NoticeKind,
    topic::{self, Topic, visible_to_2},
};

/// The pause between two calls.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);
/// How often it is repeated before somebody else is called.
const REPEATS: i64 = 2;
/// The most asks of one month's log.
const MOST: i64 = 500;

/// When an urgent ask is called again after `at`.
pub(super) fn next_call(at: Timestamp) -> Option<Timestamp> {
    at.checked_add(PAUSE).ok()
}

/// Calls the asked person now, whatever time it is there.
pub(super) async fn call(tx: &Tx, workspace: WorkspaceId, ask: &Ask, at: Timestamp) -> Result<()> {
    match ask.asked {
        Some(asked) => clock::send(tx, workspace, asked, NoticeKind::Urgent, at, ask).await,
        None => Ok(()),
    }
}

/// The asked person has seen it: nobody is called any more.
pub(super) fn seen(kept: &mut Kept, at: Timestamp) {
    if let Some(urgent) = &mut kept.ask.urgent {
        urgent.acknowledged_at.get_or_insert(at);
        kept.repeat_at = None;
    }
}

/// Calls again when nobody has acknowledged; after two repetitions somebody else is called.
pub(super) async fn repeat(tx: &Tx, program: &Program, topic: &Topic, kept: &mut Kept) -> Result<()> {
    let system = &program.system;
    if kept.repeat_at.is_none_or(|at| at > system.at) {
        return Ok(());
    }
    let Some(urgent) = &mut kept.ask.urgent else { return Ok(()) };
    if urgent.repeats < REPEATS {
        urgent.repeats += 1;
        kept.repeat_at = next_call(system.at);
        save(tx, system.workspace, kept).await?;
        call(tx, system.workspace, &kept.ask, system.at).await?;
        return announce_by_itself(tx, system, "ask.reminded", topic, &[kept.ask.id]).await;
    }
    kept.repeat_at = None;
    save(tx, system.workspace, kept).await?;
    let id = kept.ask.id;
    for member in line_after(tx, system, topic, &kept.ask).await? {
        if let Some(next) = late::ask_instead(tx, program, topic, kept, member).await? {
            return announce_by_itself(tx, system, "ask.passed_on", topic, &[id, next]).await;
        }
    }
    clock::send(tx, system.workspace, kept.ask.asker, NoticeKind::Late, system.at, &kept.ask).await
}

/// Who is called when this person is silent: their cover, then the rota after them; of the rota
/// those who work now come first. Nobody twice.
async fn line_after(tx: &Tx, system: &System, topic: &Topic, ask: &Ask) -> Result<Vec<MemberId>> {
    let called = called(tx, system.workspace, ask).await?;
    let mut line = Vec::new();
    if let Some(asked) = ask.asked {
        line.extend(cover_of(tx, system.workspace, asked, system.at).await?);
    }
    let rota = norms::of(tx, system.workspace, topic.space).await?.rota;
    let place = rota.iter().position(|member| Some(*member) == ask.asked).map_or(0, |place| place + 1);
    let (before, after) = rota.split_at(place.min(rota.len()));
    let rota: Vec<MemberId> = after.iter().chain(before).copied().collect();
    let receivers = delivery::receivers(tx, system.workspace, &rota, system.at).await?;
    let works =
        |member: &MemberId| receivers.get(member).is_some_and(|receiver| receiver.is_working(system.at));
    let (working, resting): (Vec<MemberId>, Vec<MemberId>) = rota.into_iter().partition(works);
    line.extend(working.into_iter().chain(resting));
    line.retain(|member| !called.contains(member));
    Ok(line)
}

/// The asker, and everybody who was called about this before.
async fn called(tx: &Tx, workspace: WorkspaceId, ask: &Ask) -> Result<HashSet<MemberId>> {
    let mut called: HashSet<MemberId> = ask.asked.into_iter().chain([ask.asker]).collect();
    let mut before = ask.passed_from;
    while let Some(id) = before {
        let earlier = super::row::kept(tx, workspace, id).await?.ask;
        called.extend(earlier.asked);
        before = earlier.passed_from;
    }
    Ok(called)
}

/// Who covers for somebody who is away at `at`.
async fn cover_of(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<Option<MemberId>> {
    let away = time_off::current_or_next(tx, workspace, member, at).await?;
    Ok(away.filter(|away| away.from <= at && at < away.until).and_then(|away| away.cover))
}

/// The asked person has seen an urgent ask.
pub async fn acknowledge(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, mut kept) = life::owed_by_actor(tx, actor, id).await?;
    match &kept.ask.urgent {
        None => return Err(Refusal::conflict("This ask is not urgent.").named("ask_not_urgent").into()),
        Some(urgent) if urgent.acknowledged_at.is_some() => return Ok(()),
        Some(_) => seen(&mut kept, actor.at),
    }
    save(tx, actor.workspace, &kept).await?;
    announce(tx, actor, "ask.acknowledged", &topic, &[id]).await
}

/// The asked person says whether it was right to call them.
pub async fn judge(tx: &Tx, actor: &Actor, id: AskId, judged: Judged) -> Result<()> {
    let (topic, mut kept) = life::held(tx, actor, id).await?;
    life::must_be_asked(&kept.ask, actor)?;
    match &mut kept.ask.urgent {
        None => return Err(Refusal::conflict("This ask is not urgent.").named("ask_not_urgent").into()),
        Some(urgent) => urgent.judged = Some(judged),
    }
    save(tx, actor.workspace, &kept).await?;
    announce(tx, actor, "ask.judged", &topic, &[id]).await
}

/// What somebody is told before they call somebody urgently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gate {
    /// The server's clock.
    pub now: Timestamp,
    /// Whether the asked person works now.
    pub works_now: bool,
    /// When they next start, if they do not.
    #[schema(required = true)]
    pub starts_at: Option<Timestamp>,
    /// Who could be asked first, when the asked person does not work now.
    #[schema(required = true)]
    pub covering: Option<Covering>,
    /// The reasons that the norms know.
    pub reasons: Vec<String>,
    /// Whether the telephone rings. It does not: only messages go out.
    pub phone: bool,
}

/// Somebody who could be asked first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Covering {
    /// Who.
    pub member: MemberId,
    /// Why they.
    pub because: CoversBecause,
    /// Whether they work now.
    pub works_now: bool,
    /// When they next start, if they do not.
    #[schema(required = true)]
    pub starts_at: Option<Timestamp>,
}

/// Why somebody could be asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CoversBecause {
    /// They are on the rota, and work now.
    Rota,
    /// They cover for the asked person, who is away.
    Cover,
    /// They are in the space, and work now.
    Working,
}

/// The gate: what is to be known before somebody is called.
pub async fn gate(tx: &Tx, actor: &Actor, asked: MemberId, space: Option<SpaceId>) -> Result<Gate> {
    let card = members::see(tx, actor, asked).await?;
    if let Some(space) = space {
        spaces::see(tx, actor, space).await?;
    }
    let norms = norms::seen(tx, actor, space).await?;
    let (works_now, starts_at) =
        match delivery::receivers(tx, actor.workspace, &[asked], actor.at).await?.get(&asked) {
            Some(receiver) => standing(receiver, actor.at),
            None => (false, None),
        };
    let covering = if works_now || card.state != MemberState::Active {
        None
    } else {
        covering(tx, actor, asked, space, &norms.rota).await?
    };
    Ok(Gate { now: actor.at, works_now, starts_at, covering, reasons: norms.urgent_reasons, phone: false })
}

/// Whether somebody works at `at`, and else when they next start.
fn standing(receiver: &Receiver, at: Timestamp) -> (bool, Option<Timestamp>) {
    if receiver.is_working(at) { (true, None) } else { (false, receiver.starts(at)) }
}

/// On the rota and working now; else the cover of the absent person; else anybody of the space who
/// works now.
async fn covering(
    tx: &Tx,
    actor: &Actor,
    asked: MemberId,
    space: Option<SpaceId>,
    rota: &[MemberId],
) -> Result<Option<Covering>> {
    if let Some(covering) = working(tx, actor, asked, rota, CoversBecause::Rota).await? {
        return Ok(Some(covering));
    }
    let cover = cover_of(tx, actor.workspace, asked, actor.at).await?.filter(|cover| *cover != actor.member);
    if let Some(member) = cover
        && members::state_of_visible(tx, actor, member).await? == Some(MemberState::Active)
    {
        let receiver = delivery::receiver_of(tx, actor.workspace, member, actor.at).await?;
        let (works_now, starts_at) = standing(&receiver, actor.at);
        return Ok(Some(Covering { member, because: CoversBecause::Cover, works_now, starts_at }));
    }
    let Some(space) = space else { return Ok(None) };
    let around: Vec<MemberId> =
        spaces::members_of(tx, actor, space).await?.into_iter().map(|membership| membership.member).collect();
    working(tx, actor, asked, &around, CoversBecause::Working).await
}

/// The first of these who works now and could be asked.
async fn working(
    tx: &Tx,
    actor: &Actor,
    asked: MemberId,
    candidates: &[MemberId],
    because: CoversBecause,
) -> Result<Option<Covering>> {
    let receivers = delivery::receivers(tx, actor.workspace, candidates, actor.at).await?;
    for member in candidates.iter().filter(|member| **member != asked && **member != actor.member) {
        if receivers.get(member).is_some_and(|receiver| receiver.is_working(actor.at))
            && is_colleague(tx, actor, *member).await?
        {
            return Ok(Some(Covering { member: *member, because, works_now: true, starts_at: None }));
        }
    }
    Ok(None)
}

async fn is_colleague(tx: &Tx, actor: &Actor, member: MemberId) -> Result<bool> {
    match members::see(tx, actor, member).await {
        Ok(card) => Ok(card.state == MemberState::Active && card.role != Role::Guest),
        Err(people::Error::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// The urgent asks of a month, and what was said about them. Never counted for a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UrgentLog {
    /// The number at which it was read.
    pub seq: i64,
    /// The latest first.
    pub items: Vec<UrgentItem>,
    /// How many there were.
    pub counts: UrgentCounts,
}

/// An urgent ask and where it was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UrgentItem {
    /// The ask.
    pub ask: Ask,
    /// Its topic.
    pub topic: Topic,
}

/// How many urgent asks there were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct UrgentCounts {
    /// All of them.
    pub total: u32,
    /// Those that could not wait, say those who were called.
    pub justified: u32,
    /// Those that could.
    pub could_have_waited: u32,
}

/// The urgent asks of a month (`2026-12`, by UTC) on topics that the actor may see: in spaces that
/// they are in, or in all of those for an admin.
pub async fn log(tx: &Tx, actor: &Actor, month: &str) -> Result<UrgentLog> {
    let (from, until) =
        bounds(month).ok_or_else(|| Refusal::invalid_because("month", "is no month", "such as 2026-12"))?;
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND a.urgent AND a.asked_at >= $3 AND a.asked_at < $4 \
                 AND ($5 OR t.space IS NULL OR t.space IN (SELECT sm.space FROM space_members sm \
                      WHERE sm.workspace = $1 AND sm.member = $2)) AND ",
                visible_to_2!(),
                " ORDER BY a.asked_at DESC, a.id LIMIT $6"
            )),
            args![actor.workspace, actor.member, from, until, actor.is_admin(), MOST],
        )
        .await?;
    let mut log = UrgentLog {
        seq: tx.head(actor.workspace.uuid()).await?,
        items: Vec::new(),
        counts: UrgentCounts::default(),
    };
    for row in &rows {
        let ask = Ask::from_row(row)?;
        log.counts.total += 1;
        match ask.urgent.as_ref().and_then(|urgent| urgent.judged) {
            Some(Judged::Justified) => log.counts.justified += 1,
            Some(Judged::CouldHaveWaited) => log.counts.could_have_waited += 1,
            None => {}
        }
        let topic = topic::see(tx, actor, ask.topic).await?;
        log.items.push(UrgentItem { ask, topic });
    }
    Ok(log)
}

/// The first instant of a month and of the one after it.
fn bounds(month: &str) -> Option<(Timestamp, Timestamp)> {
    let first: Date =
        Some(month).filter(|month| month.len() == 7).map(|month| format!("{month}-01"))?.parse().ok()?;
    let next = first.last_of_month().tomorrow().ok()?;
    let instant = |date: Date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok();
    Some((instant(first)?, instant(next)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_its_days() {
        let (from, until) = bounds("2026-12").unwrap();
        assert_eq!(
            (from.to_string(), until.to_string()),
            ("2026-12-01T00:00:00Z".to_owned(), "2027-01-01T00:00:00Z".to_owned())
        );
        for wrong in ["2026-13", "2026-1", "26-12-01", "", "9999-12"] {
            assert!(bounds(wrong).is_none(), "{wrong}");
        }
    }
}
