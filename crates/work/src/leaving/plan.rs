//! Who takes what: as it is wished, and what that means for each project, goal and ask.

use std::collections::BTreeMap;

use kernel::Refusal;
use people::{Actor, MemberId, SpaceId};
use serde::Deserialize;
use store::Tx;
use utoipa::ToSchema;

use super::{Hands, HeldAsk, HeldGoal, InProject};
use crate::{DepartureId, ProjectId, Result, project};

/// Who takes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Taker {
    /// This member.
    Member {
        /// They.
        member: MemberId,
    },
    /// Whoever answers for the project; nobody where that is who leaves.
    ProjectOwner {},
    /// Nobody: it is shown without an owner. An ask goes back to who asked.
    Nobody {},
}

/// Who takes what is in one project.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectTaker {
    /// The project.
    pub project: ProjectId,
    /// Who takes it.
    pub to: Taker,
}

/// That somebody leaves, and who takes what is in their hands.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToLeave {
    /// Made by whoever does it: done twice it is as done once.
    pub id: DepartureId,
    /// The space that they leave; without it, they are removed from the workspace.
    #[serde(default)]
    pub space: Option<SpaceId>,
    /// Who takes what is not named below. Of what they cannot see it is the owner of the project.
    pub everything: Taker,
    /// Who takes what is in single projects, at most 500.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub projects: Option<Vec<ProjectTaker>>,
    /// Who takes the goals.
    #[serde(default)]
    pub goals: Option<Taker>,
    /// Who is asked instead.
    #[serde(default)]
    pub asks: Option<Taker>,
    /// The title of the direct thread in which each of those who take something is told, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// Why, in a line of at most 300 characters: it stands in that thread, and with the asks.
    #[schema(min_length = 1, max_length = 300)]
    pub reason: String,
}

/// The most projects of a wish.
const MOST: usize = 500;

/// Who takes what, each of them somebody who sees it.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub projects: BTreeMap<ProjectId, Option<MemberId>>,
    pub goals: Vec<(HeldGoal, Option<MemberId>)>,
    pub asks: Vec<(HeldAsk, Option<MemberId>)>,
}

/// What a wish means. What the actor may not see goes to the owners of the projects, and asks back to who asked.
pub(super) async fn of(
    tx: &Tx,
    actor: &Actor,
    leaving: MemberId,
    hands: Hands,
    wish: &ToLeave,
) -> Result<Plan> {
    let named = wish.projects.as_deref().unwrap_or_default();
    if named.len() > MOST {
        return Err(Refusal::invalid_because("projects", "are too many", format!("at most {MOST}"))
            .named("too_many_entries")
            .into());
    }
    must_be_others(leaving, wish)?;
    let mut plan = Plan::default();
    for held in &hands.projects {
        let taker = of_project(tx, actor, leaving, held, (named, wish.everything)).await?;
        plan.projects.insert(held.project, taker);
    }
    for goal in hands.goals {
        let taker = match wish.goals.unwrap_or(wish.everything) {
            Taker::Member { member } if sees_both(tx, actor, member, goal.space).await? => Some(member),
            _ => None,
        };
        plan.goals.push((goal, taker));
    }
    for ask in hands.asks {
        let taker = match wish.asks.unwrap_or(wish.everything) {
            Taker::Member { member } if super::sees_topic(tx, actor, ask.topic).await? => Some(member),
            _ => None,
        };
        plan.asks.push((ask, taker));
    }
    Ok(plan)
}

/// Nobody takes over from themselves.
fn must_be_others(leaving: MemberId, wish: &ToLeave) -> Result<()> {
    let named = wish.projects.iter().flatten().map(|named| named.to);
    let all = [Some(wish.everything), wish.goals, wish.asks].into_iter().flatten();
    if all.chain(named).any(|taker| taker == Taker::Member { member: leaving }) {
        return Err(Refusal::invalid("everything", "names who leaves").named("not_here").into());
    }
    Ok(())
}

async fn of_project(
    tx: &Tx,
    actor: &Actor,
    leaving: MemberId,
    held: &InProject,
    (named, everything): (&[ProjectTaker], Taker),
) -> Result<Option<MemberId>> {
    let found = named.iter().enumerate().find(|(_, named)| named.project == held.project);
    let is_seen = project::can_reach(tx, actor, actor.member, held.space).await?;
    match found.filter(|_| is_seen) {
        Some((index, ProjectTaker { to: Taker::Member { member }, .. })) => {
            project::must_reach(tx, actor, &format!("projects[{index}].to"), *member, held.space).await?;
            return Ok(Some(*member));
        }
        Some((_, ProjectTaker { to: Taker::Nobody {}, .. })) => return Ok(None),
        Some((_, ProjectTaker { to: Taker::ProjectOwner {}, .. })) => {}
        None => match everything {
            Taker::Member { member } if sees_both(tx, actor, member, held.space).await? => {
                return Ok(Some(member));
            }
            Taker::Nobody {} => return Ok(None),
            _ => {}
        },
    }
    match held.owner.filter(|owner| *owner != leaving) {
        Some(owner) if project::can_reach(tx, actor, owner, held.space).await? => Ok(Some(owner)),
        _ => Ok(None),
    }
}

/// Whether the actor sees a space, and somebody to whom they give what is in it.
async fn sees_both(tx: &Tx, actor: &Actor, member: MemberId, space: SpaceId) -> Result<bool> {
    Ok(project::can_reach(tx, actor, actor.member, space).await?
        && people::members::state_of_visible(tx, actor, member).await?.is_some()
        && project::can_reach(tx, actor, member, space).await?)
}
