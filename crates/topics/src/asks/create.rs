//! Asking somebody, or a group.

use jiff::Timestamp;
use kernel::{Refusal, clean_line};
use people::{Actor, GroupId, MemberId, MemberState, groups, norms};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::{
    Ask, AskKind, AskState, Budget, Moved, Silence, budget, clock,
    row::{self, Kept, Urgent, announce},
    silence, takers, times, urgent,
};
use crate::{
    AskId, PostId, Result, TopicId,
    marks::{self, Reason},
    posts,
    topic::{self, Topic},
};

/// The longest question, in characters: one line.
pub(super) const QUESTION: usize = 300;

/// A new ask.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAsk {
    /// Made by whoever creates it.
    pub id: AskId,
    /// What for.
    pub kind: AskKind,
    /// One line, 1 to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub question: String,
    /// Who is asked; or else `group`.
    #[serde(default)]
    pub asked: Option<MemberId>,
    /// The group that is asked: one of its members claims it.
    #[serde(default)]
    pub group: Option<GroupId>,
    /// How long they have.
    pub budget: Budget,
    /// What happens when nobody replies in time; `remind` when absent.
    #[serde(default)]
    pub silence: Option<Silence>,
}

/// Who is asked.
pub(super) enum To {
    /// One member.
    Member(MemberId),
    /// Whoever of these members of a group claims it.
    Group(GroupId, Vec<MemberId>),
}

impl To {
    /// Everybody who gets it.
    pub(super) fn members(&self) -> &[MemberId] {
        match self {
            Self::Member(member) => std::slice::from_ref(member),
            Self::Group(_, members) => members,
        }
    }
}

/// Where an ask comes from, besides what its asker wrote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// Who asks: not always who acts.
    pub asker: MemberId,
    /// The post that carries it.
    pub post: Option<(PostId, i64)>,
    /// The ask that it replaces.
    pub passed_from: Option<AskId>,
    /// The late ask that it takes to the lead.
    pub escalates: Option<AskId>,
}

/// Asks on a topic, or on one of its posts.
pub async fn create(tx: &Tx, actor: &Actor, topic: TopicId, post: Option<PostId>, new: NewAsk) -> Result<()> {
    let topic = topic::see(tx, actor, topic).await?;
    topic::writable(tx, actor, &topic).await?;
    let post = match post {
        Some(post) => Some((post, on_this_topic(tx, actor, &topic, "post", post).await?.no)),
        None => None,
    };
    let id = write(tx, actor, &topic, new, asked_by(actor, post)).await?;
    announce(tx, actor, "ask.created", &topic, &[id]).await
}

fn asked_by(actor: &Actor, post: Option<(PostId, i64)>) -> Origin {
    Origin { asker: actor.member, post, passed_from: None, escalates: None }
}

pub(super) async fn on_this_topic(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    field: &'static str,
    post: PostId,
) -> Result<posts::Post> {
    match posts::read(tx, actor, post).await {
        Ok(post) if post.topic == topic.id && post.deleted_at.is_none() => Ok(post),
        Ok(_) | Err(crate::Error::Refused(Refusal::NotFound { .. })) => {
            Err(Refusal::invalid(field, "is no post of this thread").named("not_of_thread").into())
        }
        Err(error) => Err(error),
    }
}

/// Writes the ask of a post, with its number, and its computed times; the caller records it.
pub(crate) async fn insert(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    post: (PostId, i64),
    new: NewAsk,
) -> Result<AskId> {
    let written = write(tx, actor, topic, new, asked_by(actor, Some(post))).await;
    written.map_err(|error| renamed(error, |field| format!("ask.{field}")))
}

/// A refusal of a field, under the name that the field has in the request.
pub(super) fn renamed(error: crate::Error, name: impl FnOnce(&str) -> String) -> crate::Error {
    match error {
        crate::Error::Refused(Refusal::Invalid { field, problem, allowed, code }) => {
            Refusal::Invalid { field: name(&field), problem, allowed, code }.into()
        }
        other => other,
    }
}

/// Checks a new ask, writes it with its times, and winds its clock.
pub(super) async fn write(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    new: NewAsk,
    origin: Origin,
) -> Result<AskId> {
    let question = clean_line("question", &new.question, QUESTION)?;
    let to = recipient(tx, actor, topic, new.asked, new.group, origin.asker).await?;
    let budget = checked_budget(tx, actor, topic, new.budget, &to, origin).await?;
    let silence = new.silence.unwrap_or_default();
    silence::check(tx, actor, topic, silence, &budget, origin.asker, &to).await?;
    let kept =
        begun(tx, actor, topic, &to, Words { id: new.id, kind: new.kind, question, budget, silence }, origin)
            .await?;
    row::insert(tx, actor.workspace, &kept).await?;
    for member in to.members() {
        marks::touch(tx, actor, *member, topic.id, Reason::Asked).await?;
    }
    if kept.ask.urgent.is_some() {
        urgent::call(tx, actor.workspace, &kept.ask, actor.at).await?;
    } else {
        clock::arrives(tx, actor.workspace, &kept).await?;
    }
    clock::wind(tx, actor.workspace, &kept).await?;
    Ok(new.id)
}

/// What was asked, checked.
struct Words {
    id: AskId,
    kind: AskKind,
    question: String,
    budget: Budget,
    silence: Silence,
}

/// The ask as it begins at the actor's instant.
async fn begun(tx: &Tx, actor: &Actor, topic: &Topic, to: &To, words: Words, origin: Origin) -> Result<Kept> {
    let at = actor.at;
    let (asked, group) = match to {
        To::Member(member) => (Some(*member), None),
        To::Group(group, _) => (None, Some(*group)),
    };
    let urgent = match &words.budget {
        Budget::Urgent { reason, cost } => Some(Urgent {
            reason: reason.clone(),
            cost: cost.clone(),
            acknowledged_at: None,
            repeats: 0,
            judged: None,
        }),
        _ => None,
    };
    let repeat_at = urgent.as_ref().and_then(|_| urgent::next_call(at));
    let ask = Ask {
        id: words.id,
        topic: topic.id,
        post: origin.post.map(|(post, _)| post),
        no: origin.post.map(|(_, no)| no),
        kind: words.kind,
        question: words.question,
        asker: origin.asker,
        asked,
        group,
        budget: words.budget,
        asked_at: at,
        delivered_at: at,
        due_at: None,
        due_before: None,
        moved_because: None,
        promised_at: None,
        nudge_at: None,
        nudged_at: None,
        silence: words.silence,
        state: AskState::Open,
        accepted_at: None,
        answered_at: None,
        answer_post: None,
        reason: None,
        suggested: None,
        passed_to: None,
        passed_from: origin.passed_from,
        escalates: origin.escalates,
        urgent,
        ended_at: None,
        closed_by_itself: false,
    };
    let mut kept = Kept { ask, clock_from: at, late_at: None, repeat_at, passed_by: None };
    start_clock(tx, actor.workspace, &mut kept, at, Begins::OnTheirWay).await?;
    Ok(kept)
}

/// How the asked person's time begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begins {
    /// The ask reaches them when their hours and deliveries say.
    OnTheirWay,
    /// They have it before them: they took it.
    InHand,
}

/// Begins the asked person's time at `at`: when they get it, when it is due, when they are
/// reminded. Until somebody of a group has claimed the ask, the time of all who could runs
/// together, and nobody is reminded. An instant that was wished for and lies before they get it
/// is kept as the one before.
pub(super) async fn start_clock(
    tx: &Tx,
    workspace: people::WorkspaceId,
    kept: &mut Kept,
    at: Timestamp,
    begins: Begins,
) -> Result<()> {
    let ask = &mut kept.ask;
    kept.clock_from = at;
    (kept.late_at, ask.nudged_at, ask.promised_at) = (None, None, None);
    let schedules = takers::schedules(tx, workspace, ask, at).await?;
    ask.due_at = times::first_due(&schedules, &ask.budget, at);
    ask.delivered_at = match begins {
        Begins::OnTheirWay => clock::arrival(tx, workspace, ask, at).await?,
        Begins::InHand => at,
    };
    let own = schedules.first().filter(|_| ask.asked.is_some());
    let wished = ask.due_at;
    ask.due_at = times::with_delivery(own, wished, ask.delivered_at);
    if ask.due_at != wished {
        let off = wished.zip(own).is_some_and(|(wished, own)| own.off_until(wished).is_some());
        (ask.due_before, ask.moved_because) = (wished, Some(if off { Moved::TimeOff } else { Moved::Hours }));
    }
    ask.nudge_at = times::nudge_after(own, at, ask.delivered_at, ask.due_at);
    Ok(())
}

/// Whoever is asked can read the thread and answer there.
async fn recipient(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    asked: Option<MemberId>,
    group: Option<GroupId>,
    asker: MemberId,
) -> Result<To> {
    match (asked, group) {
        (Some(member), None) => {
            must_be_able(tx, actor, topic, member, asker).await?;
            Ok(To::Member(member))
        }
        (None, Some(group)) => Ok(To::Group(group, able_of(tx, actor, topic, group, asker).await?)),
        _ => Err(Refusal::invalid_because("asked", "says who is asked", "either `asked` or `group`").into()),
    }
}

async fn must_be_able(tx: &Tx, actor: &Actor, topic: &Topic, asked: MemberId, asker: MemberId) -> Result<()> {
    if asked == asker {
        return Err(Refusal::invalid("asked", "asks its own asker").named("own_ask").into());
    }
    let person = people::members::see(tx, actor, asked)
        .await
        .map_err(|_| Refusal::invalid("asked", "is nobody here").named("not_here"))?;
    if person.state != MemberState::Active {
        return Err(Refusal::invalid("asked", format!("{} cannot answer here", person.short_name))
            .named("cannot_answer")
            .into());
    }
    if !topic::can_see(tx, actor, asked, topic).await? {
        return Err(Refusal::invalid("asked", format!("{} cannot read this thread", person.short_name))
            .named("cannot_read")
            .into());
    }
    Ok(())
}

/// The members of a group who can claim what is asked of it: those who can read the thread.
async fn able_of(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    group: GroupId,
    asker: MemberId,
) -> Result<Vec<MemberId>> {
    groups::see(tx, actor, group)
        .await
        .map_err(|_| Refusal::invalid("group", "is no group here").named("not_here"))?;
    let able = takers::of_group(tx, actor.workspace, topic, group, asker).await?;
    if able.is_empty() {
        return Err(Refusal::invalid("group", "has nobody else who can read this thread")
            .named("nobody_can_take")
            .into());
    }
    Ok(able)
}

/// An instant that lies ahead; an urgent reason that the norms know.
async fn checked_budget(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    budget: Budget,
    to: &To,
    origin: Origin,
) -> Result<Budget> {
    budget::check(&budget, actor.at)?;
    if origin.passed_from.is_some() {
        // It was checked when it was asked; the norms may have changed since.
        return Ok(budget);
    }
    let Budget::Urgent { reason, cost } = budget else { return Ok(budget) };
    if matches!(to, To::Group(..)) {
        return Err(Refusal::invalid_because("group", "cannot be asked urgently", "one member")
            .named("not_urgently")
            .into());
    }
    let reasons = norms::seen(tx, actor, topic.space).await?.urgent_reasons;
    if !reasons.contains(&reason) {
        let allowed = format!("one of: {}", reasons.join("; "));
        return Err(Refusal::invalid_because("budget.reason", "is not a listed reason", allowed)
            .named("no_listed_reason")
            .into());
    }
    Ok(Budget::Urgent { reason, cost: clean_line("budget.cost", &cost, QUESTION)? })
}
