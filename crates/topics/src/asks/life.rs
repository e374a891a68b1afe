//! What the two people of an ask do with it.

use jiff::{SignedDuration, Timestamp};
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, groups};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::{
    Ask, AskState, Moved, NewAsk,
    budget::FARTHEST,
    clock,
    create::{Begins, Origin, QUESTION, on_this_topic, renamed, start_clock, write},
    row::{self, Kept, announce, save},
    urgent,
};
use crate::{
    AskId, PostId, Result,
    marks::{self, Reason},
    notices::NoticeKind,
    posts::Post,
    topic::{self, Topic},
};

/// How long ago something may have been written that is sent now.
const OLDEST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How far ahead of ours somebody's clock may be.
const CLOCK_ERROR: SignedDuration = SignedDuration::from_mins(2);

/// Passing an ask on to somebody else.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// The id of the ask that they get.
    pub id: AskId,
    /// Who gets it.
    pub to: MemberId,
    /// What they should know, in a sentence.
    pub note: String,
}

/// The asked person says yes, naming another time if they need one.
pub async fn accept(tx: &Tx, actor: &Actor, id: AskId, promised_at: Option<Timestamp>) -> Result<()> {
    let (topic, mut kept) = owed_by_actor(tx, actor, id).await?;
    if let Some(at) = promised_at {
        must_lie_ahead("promised_at", at, actor.at)?;
    }
    let ask = &mut kept.ask;
    (ask.state, ask.promised_at, ask.accepted_at) = (AskState::Accepted, promised_at, Some(actor.at));
    if promised_at.is_some() {
        kept.late_at = None;
    }
    urgent::seen(&mut kept, actor.at);
    clock::plan_nudge(tx, actor.workspace, &mut kept, actor.at).await?;
    keep(tx, actor, &kept).await?;
    announce(tx, actor, "ask.accepted", &topic, &[id]).await
}

/// Refuses an instant that is over or beyond two years.
pub(super) fn must_lie_ahead(field: &'static str, at: Timestamp, now: Timestamp) -> Result<()> {
    if at > now && at.duration_since(now) <= FARTHEST {
        return Ok(());
    }
    Err(Refusal::invalid_because(field, "is out of range", "an instant within the coming two years")
        .named("out_of_range")
        .into())
}

/// Saves an ask and winds its clock. What nobody owes any more does not arrive any more.
pub(super) async fn keep(tx: &Tx, actor: &Actor, kept: &Kept) -> Result<()> {
    save(tx, actor.workspace, kept).await?;
    if !kept.ask.state.is_owed() {
        clock::arrives(tx, actor.workspace, kept).await?;
    }
    clock::wind(tx, actor.workspace, kept).await
}

/// Somebody in the group takes an ask that nobody has claimed; their time runs from now.
pub async fn claim(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, mut kept) = held(tx, actor, id).await?;
    let Some(group) = kept.ask.group else {
        return Err(Refusal::conflict("This ask is for one person.").named("ask_for_one").into());
    };
    if kept.ask.asked == Some(actor.member) && kept.ask.state.is_owed() {
        return Ok(());
    }
    if !groups::is_in(tx, actor.workspace, group, actor.member).await? {
        return Err(Refusal::forbidden("Only members of the group can take this.")
            .named("group_only")
            .into());
    }
    if kept.ask.asker == actor.member {
        return Err(Refusal::conflict("You asked this yourself.").named("own_ask").into());
    }
    if kept.ask.asked.is_some() {
        return Err(Refusal::conflict("Somebody else has taken this.").named("ask_taken").into());
    }
    if !kept.ask.state.is_owed() {
        return Err(over(&kept.ask));
    }
    kept.ask.asked = Some(actor.member);
    start_clock(tx, actor.workspace, &mut kept, actor.at, Begins::InHand).await?;
    keep(tx, actor, &kept).await?;
    // Who joined the group after it was asked follows the thread from now on.
    marks::touch(tx, actor, actor.member, topic.id, Reason::Asked).await?;
    announce(tx, actor, "ask.claimed", &topic, &[id]).await
}

/// A post of the asked person answers it. `written_at`: when they said so, if it comes later.
pub async fn answer(
    tx: &Tx,
    actor: &Actor,
    id: AskId,
    post: PostId,
    written_at: Option<Timestamp>,
) -> Result<()> {
    let topic = answered_by(tx, actor, id, post, written_at).await?;
    announce(tx, actor, "ask.answered", &topic, &[id]).await
}

/// The same, for a post that is being written; the caller records it.
pub(crate) async fn answered_by(
    tx: &Tx,
    actor: &Actor,
    id: AskId,
    post: PostId,
    written_at: Option<Timestamp>,
) -> Result<Topic> {
    let written_at = written_at.map(|at| checked_written("written_at", at, actor.at)).transpose()?;
    let (topic, mut kept) = held(tx, actor, id).await?;
    must_be_asked(&kept.ask, actor)?;
    let post = on_this_topic(tx, actor, &topic, "post", post).await?;
    if post.author != actor.member {
        return Err(Refusal::invalid("post", "was written by somebody else").named("not_theirs").into());
    }
    let answered_at = counted_at(&kept.ask, &post, written_at, actor.at);
    // Whoever went ahead did so because the answer was still on its way.
    let in_time = kept.ask.state == AskState::Proceeded && answered_at < actor.at;
    if !kept.ask.state.is_owed() && !in_time {
        return Err(over(&kept.ask));
    }
    let ask = &mut kept.ask;
    (ask.state, ask.answer_post, ask.answered_at) = (AskState::Answered, Some(post.id), Some(answered_at));
    ask.ended_at = None;
    kept.clock_from = actor.at;
    urgent::seen(&mut kept, actor.at);
    keep(tx, actor, &kept).await?;
    Ok(topic)
}

/// When an answer counts: when it was written, if that was in time; else now.
fn counted_at(ask: &Ask, post: &Post, written_at: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let written = written_at.or(post.written_at).unwrap_or(post.created_at);
    match ask.expected_at() {
        Some(expected) if written <= expected && written >= ask.asked_at => written.min(now),
        _ => now,
    }
}

/// When something was written that is sent now: within the last 30 days, and not in the future by
/// more than a clock may be wrong.
pub(crate) fn checked_written(field: &str, at: Timestamp, now: Timestamp) -> Result<Timestamp> {
    let age = now.duration_since(at);
    if age > OLDEST || age < -CLOCK_ERROR {
        let allowed = "an instant within the last 30 days";
        return Err(Refusal::invalid_because(field, "is out of range", allowed).named("out_of_range").into());
    }
    Ok(at.min(now))
}

/// The asked person says no, and whom to ask instead. What somebody had passed on to them goes
/// back to that person, and their time begins anew.
pub async fn decline(
    tx: &Tx,
    actor: &Actor,
    id: AskId,
    reason: &str,
    suggested: Option<MemberId>,
) -> Result<()> {
    let (topic, mut kept) = owed_by_actor(tx, actor, id).await?;
    let reason = clean_line("reason", reason, QUESTION)?;
    if let Some(member) = suggested {
        people::members::see(tx, actor, member)
            .await
            .map_err(|_| Refusal::invalid("suggested", "is nobody here").named("not_here"))?;
    }
    (kept.ask.reason, kept.ask.suggested) = (Some(reason.clone()), suggested);
    end(&mut kept, AskState::Declined, actor.at);
    keep(tx, actor, &kept).await?;
    let mut changed = vec![id];
    if let Some(previous) = kept.ask.passed_from {
        changed.extend(back(tx, actor, previous, reason).await?);
    }
    announce(tx, actor, "ask.declined", &topic, &changed).await
}

/// An ask goes back to whoever was asked and had passed it on; not if the asker or a rule had.
async fn back(tx: &Tx, actor: &Actor, id: AskId, reason: String) -> Result<Option<AskId>> {
    let mut kept = row::hold(tx, actor.workspace, id).await?;
    if kept.ask.state != AskState::PassedOn || kept.passed_by.is_none() || kept.passed_by != kept.ask.asked {
        return Ok(None);
    }
    let shown = kept.ask.due_at;
    let ask = &mut kept.ask;
    (ask.state, ask.ended_at, ask.accepted_at, ask.passed_to) = (AskState::Open, None, None, None);
    ask.reason = Some(reason);
    ask.budget = ask.budget.clone().anew(actor.at);
    kept.passed_by = None;
    start_clock(tx, actor.workspace, &mut kept, actor.at, Begins::OnTheirWay).await?;
    kept.ask.due_at = kept.ask.due_at.max(shown);
    (kept.ask.due_before, kept.ask.moved_because) = (shown, Some(Moved::Back));
    keep(tx, actor, &kept).await?;
    clock::arrives(tx, actor.workspace, &kept).await?;
    clock::tell(tx, actor.workspace, kept.ask.asked, NoticeKind::Moved, &kept.ask, actor.at).await?;
    Ok(Some(id))
}

/// The asked person passes it on: somebody else gets a new ask of the same asker, with a clock
/// of their own that starts now.
pub async fn pass(tx: &Tx, actor: &Actor, id: AskId, pass: Pass) -> Result<()> {
    let (topic, kept) = owed_by_actor(tx, actor, id).await?;
    let note = clean_line("note", &pass.note, QUESTION)?;
    if pass.to == actor.member {
        return Err(Refusal::invalid("to", "is you").named("own_ask").into());
    }
    hand_on(
        tx,
        actor,
        &topic,
        kept,
        HandOn { id: pass.id, to: pass.to, note: Some(note), by: Some(actor.member) },
    )
    .await?;
    announce(tx, actor, "ask.passed_on", &topic, &[id, pass.id]).await
}

/// An ask that goes to somebody else.
pub(super) struct HandOn {
    /// The id of the new ask.
    pub id: AskId,
    /// Who gets it.
    pub to: MemberId,
    /// What they should know.
    pub note: Option<String>,
    /// Who passed it on; none when a rule did.
    pub by: Option<MemberId>,
}

/// Ends an ask and writes the one that replaces it, for somebody else; the caller records both.
pub(super) async fn hand_on(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    mut kept: Kept,
    on: HandOn,
) -> Result<Kept> {
    let ask = &kept.ask;
    let next = NewAsk {
        id: on.id,
        kind: ask.kind,
        question: ask.question.clone(),
        asked: Some(on.to),
        group: None,
        budget: ask.budget.clone().anew(actor.at),
        silence: None,
    };
    let origin = Origin {
        asker: ask.asker,
        post: ask.post.zip(ask.no),
        passed_from: Some(ask.id),
        escalates: ask.escalates,
    };
    write(tx, actor, topic, next, origin).await.map_err(|error| {
        renamed(error, |field| if field == "asked" { "to".to_owned() } else { field.to_owned() })
    })?;
    (kept.ask.reason, kept.ask.passed_to, kept.passed_by) = (on.note, Some(on.id), on.by);
    end(&mut kept, AskState::PassedOn, actor.at);
    keep(tx, actor, &kept).await?;
    Ok(kept)
}

/// The asker takes it back.
pub async fn withdraw(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, mut kept) = asked_by_actor(tx, actor, id).await?;
    if !kept.ask.state.is_owed() {
        return Err(over(&kept.ask));
    }
    end(&mut kept, AskState::Withdrawn, actor.at);
    keep(tx, actor, &kept).await?;
    announce(tx, actor, "ask.withdrawn", &topic, &[id]).await
}

/// The asker has what they needed.
pub async fn close(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, mut kept) = asked_by_actor(tx, actor, id).await?;
    if kept.ask.ended_at.is_some() {
        return Err(over(&kept.ask));
    }
    end(&mut kept, AskState::Closed, actor.at);
    keep(tx, actor, &kept).await?;
    announce(tx, actor, "ask.closed", &topic, &[id]).await
}

pub(super) fn end(kept: &mut Kept, state: AskState, at: Timestamp) {
    (kept.ask.state, kept.ask.ended_at, kept.repeat_at) = (state, Some(at), None);
    kept.ask.closed_by_itself = false;
}

/// The asker needs more: the ask is open again, and its clock starts anew.
pub async fn reopen(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, mut kept) = asked_by_actor(tx, actor, id).await?;
    if !matches!(kept.ask.state, AskState::Answered | AskState::Closed | AskState::Proceeded) {
        return Err(Refusal::conflict("Only an answered or closed ask can be opened again.")
            .named("ask_open")
            .into());
    }
    topic::writable(tx, actor, &topic).await?;
    let ask = &mut kept.ask;
    (ask.state, ask.ended_at, ask.closed_by_itself) = (AskState::Open, None, false);
    (ask.accepted_at, ask.answered_at, ask.answer_post) = (None, None, None);
    (ask.due_before, ask.moved_because) = (None, None);
    ask.budget = ask.budget.clone().anew(actor.at);
    start_clock(tx, actor.workspace, &mut kept, actor.at, Begins::OnTheirWay).await?;
    keep(tx, actor, &kept).await?;
    clock::arrives(tx, actor.workspace, &kept).await?;
    announce(tx, actor, "ask.reopened", &topic, &[id]).await
}

/// An ask on a topic that the actor sees, held until the end of the transaction.
pub(super) async fn held(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Kept)> {
    row::hold(tx, actor.workspace, id).await?;
    row::see_kept(tx, actor, id).await
}

pub(super) fn must_be_asked(ask: &Ask, actor: &Actor) -> Result<()> {
    if ask.asked == Some(actor.member) {
        return Ok(());
    }
    Err(Refusal::forbidden("Only the person who was asked can do this.").named("asked_only").into())
}

pub(super) async fn owed_by_actor(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Kept)> {
    let (topic, kept) = held(tx, actor, id).await?;
    must_be_asked(&kept.ask, actor)?;
    if !kept.ask.state.is_owed() {
        return Err(over(&kept.ask));
    }
    Ok((topic, kept))
}

pub(super) async fn asked_by_actor(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Kept)> {
    let (topic, kept) = held(tx, actor, id).await?;
    if kept.ask.asker != actor.member {
        return Err(Refusal::forbidden("Only the person who asked can do this.").named("asker_only").into());
    }
    Ok((topic, kept))
}

pub(super) fn over(ask: &Ask) -> crate::Error {
    let state = match ask.state {
        AskState::Open | AskState::Accepted => "open",
        AskState::Answered => "answered",
        AskState::Closed => "closed",
        AskState::Declined => "declined",
        AskState::PassedOn => "with somebody else now",
        AskState::Withdrawn => "withdrawn",
        AskState::Proceeded => "over: the asker went ahead",
    };
    Refusal::conflict(format!("This ask is {state}.")).named("ask_over").into()
}
