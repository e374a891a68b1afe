//! What happens when nobody replies in time.

use kernel::Refusal;
use people::{Actor, MemberId, MemberState};
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use super::{Budget, create::To};
use crate::{
    Result,
    topic::{self, Topic},
};

/// What happens when nobody replies in time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SaidSilence")]
pub enum Silence {
    /// One reminder before, and then the asker is told.
    #[default]
    Remind,
    /// The asker goes ahead as written.
    Proceed,
    /// Somebody else is asked.
    Ask {
        /// Who.
        member: MemberId,
    },
}

/// The same as it is written. Read apart, because a tagged enum would let unknown fields pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidSilence {
    kind: SilenceKind,
    #[serde(default)]
    member: Option<MemberId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SilenceKind {
    Remind,
    Proceed,
    Ask,
}

impl TryFrom<SaidSilence> for Silence {
    type Error = &'static str;

    fn try_from(said: SaidSilence) -> Result<Self, &'static str> {
        Ok(match (said.kind, said.member) {
            (SilenceKind::Remind, None) => Self::Remind,
            (SilenceKind::Proceed, None) => Self::Proceed,
            (SilenceKind::Ask, Some(member)) => Self::Ask { member },
            (SilenceKind::Ask, None) => return Err("missing field `member`"),
            (_, Some(_)) => return Err("unknown field `member`: only `ask` has it"),
        })
    }
}

/// Refuses a rule that could not be kept: silence counts only for those whom the topic concerns,
/// and only where there is a due instant; somebody else is somebody who can read it.
pub(super) async fn check(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    silence: Silence,
    budget: &Budget,
    asker: MemberId,
    to: &To,
) -> Result<()> {
    if silence == Silence::Remind {
        return Ok(());
    }
    if matches!(budget, Budget::NoRush | Budget::Urgent { .. }) {
        return Err(Refusal::invalid_because("silence", "needs a time by which", "a budget with a due time")
            .named("needs_due")
            .into());
    }
    match silence {
        Silence::Remind => Ok(()),
        Silence::Proceed => {
            for member in to.members() {
                if !concerns(tx, actor.workspace, topic, *member).await? {
                    let problem = "counts only for those who are in the space of the thread";
                    return Err(Refusal::invalid("silence", problem).named("not_in_space").into());
                }
            }
            Ok(())
        }
        Silence::Ask { member } => {
            if member == asker || to.members().contains(&member) {
                return Err(Refusal::invalid("silence.member", "is in this ask already")
                    .named("asked_already")
                    .into());
            }
            let card = people::members::see(tx, actor, member)
                .await
                .map_err(|_| Refusal::invalid("silence.member", "is nobody here").named("not_here"))?;
            if card.state == MemberState::Active && topic::can_see(tx, actor, member, topic).await? {
                return Ok(());
            }
            let problem = format!("{} cannot read this thread", card.short_name);
            Err(Refusal::invalid("silence.member", problem).named("cannot_read").into())
        }
    }
}

/// Whether a topic concerns somebody by itself: they are in its space, or in the direct topic.
pub(super) async fn concerns(
    tx: &Tx,
    workspace: people::WorkspaceId,
    topic: &Topic,
    member: MemberId,
) -> Result<bool> {
    match topic.space {
        Some(space) => Ok(people::spaces::is_in(tx, workspace, space, member).await?),
        None => Ok(topic.participants.contains(&member)),
    }
}
