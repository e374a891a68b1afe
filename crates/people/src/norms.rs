//! How people reply here: default budgets for each kind of ask, what may be urgent, who is asked
//! first then, and a sentence for everybody. A workspace has norms; a space may have its own.

use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;

use crate::{Actor, MemberId, MemberState, Result, Role, SpaceId, WorkspaceId, members, spaces, workspaces};

const MOST_REASONS: usize = 10;
const MOST_REASON: usize = 100;
const MOST_ON_THE_ROTA: usize = 50;
const MOST_NOTE: usize = 500;

store::words! {
    /// A budget that a norm may name: one that follows the asked person's working time.
    pub enum NamedBudget {
        /// The end of their next working day.
        NextWorkingDay = "next_working_day",
        /// Four working hours.
        HalfDay = "half_day",
        /// The end of their working week.
        ThisWeek = "this_week",
        /// No due instant.
        NoRush = "no_rush",
    }
}

/// The default budget of each kind of ask. A kind that is absent has none here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Budgets {
    /// For an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub answer: Option<NamedBudget>,
    /// For a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decide: Option<NamedBudget>,
    /// For a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub review: Option<NamedBudget>,
    /// For something to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub r#do: Option<NamedBudget>,
    /// For an acknowledgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub acknowledge: Option<NamedBudget>,
}

/// How people reply in a workspace, or in one of its spaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Norms {
    /// The default budgets. In a space, a kind that is absent has the workspace's.
    pub budgets: Budgets,
    /// What may be urgent, at most 10 reasons of 100 characters.
    #[schema(max_items = 10)]
    pub urgent_reasons: Vec<String>,
    /// Who is asked first when something is urgent, in order; at most 50.
    #[schema(max_items = 50)]
    pub rota: Vec<MemberId>,
    /// How we reply here, at most 500 bytes.
    #[schema(max_length = 500)]
    pub note: String,
}

/// Norms of the workspace, or of a space, as they are kept, or what is wrong with them. `field` is
/// the name that they have in the request. Who has left the workspace, or is not in the space, is
/// left out of the rota: they may have been on it when the norms were read.
pub(crate) async fn checked(
    tx: &Tx,
    actor: &Actor,
    field: &str,
    space: Option<SpaceId>,
    norms: Norms,
) -> Result<Norms> {
    let (reasons, rota) = (format!("{field}.urgent_reasons"), format!("{field}.rota"));
    let too_many = |field: String, most: usize| {
        Refusal::invalid_because(field, "has too many entries", format!("at most {most}"))
            .named("too_many_entries")
    };
    if norms.urgent_reasons.len() > MOST_REASONS {
        return Err(too_many(reasons, MOST_REASONS).into());
    }
    if norms.rota.len() > MOST_ON_THE_ROTA {
        return Err(too_many(rota, MOST_ON_THE_ROTA).into());
    }
    let mut urgent_reasons: Vec<String> = Vec::with_capacity(norms.urgent_reasons.len());
    for (place, reason) in norms.urgent_reasons.iter().enumerate() {
        let reason = kernel::clean_line(&format!("{reasons}[{place}]"), reason, MOST_REASON)?;
        if urgent_reasons.contains(&reason) {
            return Err(Refusal::invalid(format!("{reasons}[{place}]"), "is there twice")
                .named("twice")
                .into());
        }
        urgent_reasons.push(reason);
    }
    let rota = checked_rota(tx, actor, &rota, space, &norms.rota).await?;
    let note = kernel::clean_text(&format!("{field}.note"), &norms.note, MOST_NOTE)?;
    Ok(Norms { urgent_reasons, rota, note, ..norms })
}

/// The rota of a space names only those who are in it: whoever sees the space sees them.
async fn checked_rota(
    tx: &Tx,
    actor: &Actor,
    field: &str,
    space: Option<SpaceId>,
    said: &[MemberId],
) -> Result<Vec<MemberId>> {
    let mut rota = Vec::with_capacity(said.len());
    for (place, member) in said.iter().enumerate() {
        let field = format!("{field}[{place}]");
        if said.iter().take(place).any(|earlier| earlier == member) {
            return Err(Refusal::invalid(field, "is there twice").named("twice").into());
        }
        if members::state_of_visible(tx, actor, *member).await? == Some(MemberState::Removed) {
            continue;
        }
        must_be_colleague(tx, actor, &field, *member).await?;
        let around = match space {
            Some(space) => spaces::is_in(tx, actor.workspace, space, *member).await?,
            None => true,
        };
        if around {
            rota.push(*member);
        }
    }
    Ok(rota)
}

/// Refuses whoever is not an active member with a place of their own: guests and those who left.
pub(crate) async fn must_be_colleague(tx: &Tx, actor: &Actor, field: &str, member: MemberId) -> Result<()> {
    match members::see(tx, actor, member).await {
        Ok(card) if card.state == MemberState::Active && card.role != Role::Guest => Ok(()),
        Ok(_) | Err(crate::Error::Refused(Refusal::NotFound { .. })) => {
            Err(Refusal::invalid(field, "is not an active member").named("not_here").into())
        }
        Err(error) => Err(error),
    }
}

/// The norms that hold in a space, or in the workspace when there is none: the space's own, with
/// the workspace's budgets where it names none.
pub async fn of(tx: &Tx, workspace: WorkspaceId, space: Option<SpaceId>) -> Result<Norms> {
    let common = workspaces::read(tx, workspace).await?.norms;
    in_space(tx, workspace, space, common).await
}

/// The same as far as the actor may see it: a guest has nothing of the workspace's but its budgets.
pub async fn seen(tx: &Tx, actor: &Actor, space: Option<SpaceId>) -> Result<Norms> {
    let common = workspaces::see(tx, actor).await?.norms;
    in_space(tx, actor.workspace, space, common).await
}

async fn in_space(tx: &Tx, workspace: WorkspaceId, space: Option<SpaceId>, common: Norms) -> Result<Norms> {
    let own = match space {
        Some(space) => spaces::read(tx, workspace, space).await?.norms,
        None => None,
    };
    let Some(own) = own else { return Ok(common) };
    Ok(Norms { budgets: own.budgets.or(common.budgets), ..own })
}

impl Norms {
    /// What a guest may know of a workspace's norms: how long an answer takes. The rota names people
    /// whom they may not see, and the rest was written for those who see all of the workspace.
    #[must_use]
    pub fn for_guest(self) -> Self {
        Self { budgets: self.budgets, urgent_reasons: Vec::new(), rota: Vec::new(), note: String::new() }
    }

    /// The same without this member on the rota; none if they are not on it.
    #[must_use]
    pub(crate) fn without(mut self, member: MemberId) -> Option<Self> {
        let before = self.rota.len();
        self.rota.retain(|other| *other != member);
        (self.rota.len() < before).then_some(self)
    }
}

impl Budgets {
    /// These, with those of `common` where these have none.
    #[must_use]
    pub fn or(self, common: Self) -> Self {
        Self {
            answer: self.answer.or(common.answer),
            decide: self.decide.or(common.decide),
            review: self.review.or(common.review),
            r#do: self.r#do.or(common.r#do),
            acknowledge: self.acknowledge.or(common.acknowledge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_says_only_what_it_does_differently() {
        let own = Budgets { review: Some(NamedBudget::ThisWeek), ..Budgets::default() };
        let common = Budgets {
            review: Some(NamedBudget::HalfDay),
            answer: Some(NamedBudget::NextWorkingDay),
            ..Budgets::default()
        };
        let both = own.or(common);
        assert_eq!(both.review, Some(NamedBudget::ThisWeek));
        assert_eq!(both.answer, Some(NamedBudget::NextWorkingDay));
        assert_eq!(serde_json::to_string(&own).unwrap(), r#"{"review":"this_week"}"#);
    }
}
