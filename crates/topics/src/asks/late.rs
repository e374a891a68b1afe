//! An ask that nobody has answered in time, and what its asker can do about it.

use jiff::Timestamp;
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, MemberState, members, norms, spaces, time_off};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::{
    AskKind, AskState, Budget, Moved, NewAsk, Silence,
    clock::{self, Program},
    create::{Origin, QUESTION, write},
    life::{self, HandOn, asked_by_actor, hand_on, keep, must_lie_ahead, over},
    lists,
    row::{Kept, announce, announce_by_itself, save},
};
use crate::{
    AskId, Result,
    notices::NoticeKind,
    topic::{self, Topic},
};

/// Asking somebody else instead.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reassign {
    /// The id of the ask that they get.
    pub id: AskId,
    /// Who gets it.
    pub to: MemberId,
    /// What they should know, in a sentence.
    #[serde(default)]
    pub note: Option<String>,
}

/// Asking the lead of the space.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalate {
    /// The id of the ask that the lead gets.
    pub id: AskId,
    /// What is to be decided; the question of the late ask when absent.
    #[serde(default)]
    pub note: Option<String>,
}

/// At the expected instant nothing rings: the ask is late, and its silence rule holds.
pub(super) async fn become_late(tx: &Tx, program: &Program, topic: &Topic, kept: &mut Kept) -> Result<()> {
    let system = &program.system;
    if kept.late_at.is_some() || !kept.ask.is_late(system.at) {
        return Ok(());
    }
    kept.late_at = kept.ask.expected_at();
    let id = kept.ask.id;
    if clock::silence_counts(tx, system.workspace, topic, &kept.ask).await? {
        life::end(kept, AskState::Proceeded, system.at);
        save(tx, system.workspace, kept).await?;
        return announce_by_itself(tx, system, "ask.proceeded", topic, &[id]).await;
    }
    save(tx, system.workspace, kept).await?;
    if let (Silence::Ask { member }, AskState::Open) = (kept.ask.silence, kept.ask.state)
        && let Some(next) = ask_instead(tx, program, topic, kept, member).await?
    {
        return announce_by_itself(tx, system, "ask.passed_on", topic, &[id, next]).await;
    }
    clock::tell(tx, system.workspace, Some(kept.ask.asker), NoticeKind::Late, &kept.ask, system.at).await?;
    announce_by_itself(tx, system, "ask.late", topic, &[id]).await
}

/// Asks this member instead, by a rule and not by anybody's hand. None if they cannot be asked.
pub(super) async fn ask_instead(
    tx: &Tx,
    program: &Program,
    topic: &Topic,
    kept: &mut Kept,
    member: MemberId,
) -> Result<Option<AskId>> {
    let system = &program.system;
    let asker = members::read(tx, system.workspace, kept.ask.asker, system.at).await?;
    let acting = system.acting_as(kept.ask.asker, asker.role, program.ids.clone());
    if asker.state != MemberState::Active || !can_be_asked(tx, &acting, topic, member).await? {
        return Ok(None);
    }
    let next = program.ids.make();
    let on = HandOn { id: next, to: member, note: None, by: None };
    *kept = hand_on(tx, &acting, topic, kept.clone(), on).await?;
    Ok(Some(next))
}

/// Whether this asker could ask somebody in a thread.
async fn can_be_asked(tx: &Tx, asker: &Actor, topic: &Topic, member: MemberId) -> Result<bool> {
    let card = match members::see(tx, asker, member).await {
        Ok(card) => card,
        Err(people::Error::Refused(_)) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    Ok(member != asker.member
        && card.state == MemberState::Active
        && topic::can_see(tx, asker, member, topic).await?)
}

/// The asker waits longer: the due instant moves later.
pub async fn extend(tx: &Tx, actor: &Actor, id: AskId, due_at: Timestamp) -> Result<()> {
    let (topic, mut kept) = open_of_actor(tx, actor, id).await?;
    must_lie_ahead("due_at", due_at, actor.at)?;
    // Of an earlier promise the due instant was shown as well.
    if kept.ask.due_at.max(kept.ask.promised_at).is_some_and(|shown| due_at <= shown) {
        let allowed = "an instant after the one that was shown";
        return Err(Refusal::invalid_because("due_at", "is not later", allowed).named("out_of_range").into());
    }
    let ask = &mut kept.ask;
    (ask.due_before, ask.moved_because) = (ask.expected_at(), Some(Moved::Longer));
    (ask.due_at, ask.promised_at) = (Some(due_at), None);
    kept.late_at = None;
    clock::plan_nudge(tx, actor.workspace, &mut kept, actor.at).await?;
    keep(tx, actor, &kept).await?;
    clock::tell(tx, actor.workspace, kept.ask.asked, NoticeKind::Moved, &kept.ask, actor.at).await?;
    announce(tx, actor, "ask.extended", &topic, &[id]).await
}

/// The asker asks whoever covers for the absent person.
pub async fn cover(tx: &Tx, actor: &Actor, id: AskId, next: AskId) -> Result<()> {
    let (topic, kept) = open_of_actor(tx, actor, id).await?;
    let away = match kept.ask.asked {
        Some(asked) => time_off::current_or_next(tx, actor.workspace, asked, actor.at).await?,
        None => None,
    };
    let cover =
        away.filter(|away| away.from <= actor.at && actor.at < away.until).and_then(|away| away.cover);
    let Some(cover) = cover else {
        return Err(Refusal::conflict("Nobody covers for this person now.").named("no_cover").into());
    };
    hand_on(tx, actor, &topic, kept, HandOn { id: next, to: cover, note: None, by: Some(actor.member) })
        .await?;
    announce(tx, actor, "ask.passed_on", &topic, &[id, next]).await
}

/// The asker asks somebody else.
pub async fn reassign(tx: &Tx, actor: &Actor, id: AskId, said: Reassign) -> Result<()> {
    let (topic, kept) = open_of_actor(tx, actor, id).await?;
    let note = said.note.map(|note| clean_line("note", &note, QUESTION)).transpose()?;
    if kept.ask.asked == Some(said.to) {
        return Err(Refusal::invalid("to", "is asked already").named("asked_already").into());
    }
    hand_on(tx, actor, &topic, kept, HandOn { id: said.id, to: said.to, note, by: Some(actor.member) })
        .await?;
    announce(tx, actor, "ask.passed_on", &topic, &[id, said.id]).await
}

/// The asker takes a late ask to the lead of the space, to decide. The late one stays as it is.
pub async fn escalate(tx: &Tx, actor: &Actor, id: AskId, said: Escalate) -> Result<()> {
    let (topic, kept) = open_of_actor(tx, actor, id).await?;
    if !kept.ask.is_late(actor.at) {
        return Err(Refusal::conflict("This ask is not late.").named("ask_not_late").into());
    }
    let lead = lead_of(tx, actor, &topic).await?;
    if lead == actor.member || kept.ask.asked == Some(lead) {
        return Err(Refusal::conflict("The lead is in this ask already.").named("lead_in_ask").into());
    }
    if lists::is_escalated(tx, actor.workspace, id).await? {
        return Err(Refusal::conflict("The lead has been asked.").named("lead_asked").into());
    }
    let question = match said.note {
        Some(note) => clean_line("note", &note, QUESTION)?,
        None => kept.ask.question.clone(),
    };
    let budgets = norms::of(tx, actor.workspace, topic.space).await?.budgets;
    let new = NewAsk {
        id: said.id,
        kind: AskKind::Decide,
        question,
        asked: Some(lead),
        group: None,
        budget: budgets.decide.map_or(Budget::NextWorkingDay, Budget::from),
        silence: None,
    };
    let origin = Origin {
        asker: actor.member,
        post: kept.ask.post.zip(kept.ask.no),
        passed_from: None,
        escalates: Some(id),
    };
    write(tx, actor, &topic, new, origin).await?;
    announce(tx, actor, "ask.escalated", &topic, &[id, said.id]).await
}

async fn lead_of(tx: &Tx, actor: &Actor, topic: &Topic) -> Result<MemberId> {
    let lead = match topic.space {
        Some(space) => spaces::read(tx, actor.workspace, space).await?.lead,
        None => None,
    };
    lead.ok_or_else(|| Refusal::conflict("This space has no lead.").named("no_lead").into())
}

async fn open_of_actor(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Kept)> {
    let (topic, kept) = asked_by_actor(tx, actor, id).await?;
    if kept.ask.state.is_owed() { Ok((topic, kept)) } else { Err(over(&kept.ask)) }
}
