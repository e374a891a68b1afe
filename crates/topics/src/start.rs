//! Answers composed for a screen: everything that the shell needs at once, and the front page of
//! a space.

use people::{
    Actor, Delivery, Group, Member, Settings, Space, SpaceId, SpaceMember, Workspace, delivery, groups,
    members, settings, spaces, workspaces,
};
use serde::Serialize;
use store::{Encoded, Tx};
use utoipa::ToSchema;

use crate::{
    Result,
    asks::{self, Ask},
    inbox,
    marks::{self, Mark},
    outline,
    topic::Topic,
};

/// Everything that the client needs to draw its first screen.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Start {
    /// The number at which it was read.
    pub seq: i64,
    /// Me.
    pub member: Member,
    /// Where I am. Of its norms a guest reads the budgets only.
    pub workspace: Workspace,
    /// How I sign in.
    pub email: String,
    /// Everyone I may see.
    pub members: Vec<Member>,
    /// Every space that I may see.
    pub spaces: Vec<Space>,
    /// Who is in them, as far as I am in them too; and my own memberships.
    pub space_members: Vec<SpaceMember>,
    /// The groups of members; none for a guest.
    pub groups: Vec<Group>,
    /// The numbers that the shell shows.
    pub counts: Counts,
    /// How I want things to look.
    pub settings: Settings,
    /// How things reach me.
    pub delivery: Delivery,
}

/// The numbers that the shell shows: one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Counts {
    /// Topics that wait for my reply.
    pub waiting: i64,
}

/// Reads everything for the first screen in one snapshot.
pub async fn start(tx: &Tx, actor: &Actor) -> Result<Start> {
    Ok(Start {
        seq: tx.head(actor.workspace.uuid()).await?,
        member: members::read(tx, actor.workspace, actor.member, actor.at).await?,
        workspace: workspaces::see(tx, actor).await?,
        email: members::email_of(tx, actor.workspace, actor.member).await?.unwrap_or_default(),
        members: members::list(tx, actor).await?,
        spaces: spaces::list(tx, actor).await?,
        space_members: spaces::memberships(tx, actor).await?,
        groups: groups::list(tx, actor).await?,
        counts: Counts { waiting: inbox::waiting(tx, actor).await? },
        settings: settings::of(tx, actor.workspace, actor.member).await?,
        delivery: delivery::read(tx, actor.workspace, actor.member, actor.at).await?,
    })
}

/// The front page of a space.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// The number at which it was read.
    pub seq: i64,
    /// The space.
    pub space: Space,
    /// Who is in it.
    pub members: Vec<SpaceMember>,
    /// What is asked there and not answered, the earliest due first.
    pub open_asks: Vec<Ask>,
    /// The topics with the newest activity, at most 20.
    #[schema(value_type = Vec<Topic>)]
    pub topics: Vec<Encoded>,
    /// My marks on its topics.
    pub marks: Vec<Mark>,
}

/// Reads the front page of a space that the actor may see.
pub async fn overview(tx: &Tx, actor: &Actor, space: SpaceId) -> Result<Overview> {
    let space = spaces::see(tx, actor, space).await?;
    let topics = outline::of_space(tx, actor, space.id, None, None, 20).await?.items;
    Ok(Overview {
        seq: tx.head(actor.workspace.uuid()).await?,
        members: spaces::members_of(tx, actor, space.id).await?,
        open_asks: asks::open_in_space(tx, actor, space.id).await?,
        marks: marks::of_space(tx, actor, space.id).await?,
        topics,
        space,
    })
}
