//! What one reader of the change log may see, kept while they read.

use std::collections::HashSet;

use people::{Actor, MemberId, SpaceId, members, spaces};
use store::{Audience, Change, Tx};
use uuid::Uuid;

/// What a member sees now.
pub(crate) struct View {
    member: MemberId,
    guest: bool,
    admin: bool,
    spaces: HashSet<Uuid>,
    /// Whom a guest sees; everybody else sees everybody.
    people: HashSet<Uuid>,
}

impl View {
    /// Reads it from the same rules that every request is held to.
    pub(crate) async fn of(tx: &Tx, actor: &Actor) -> people::Result<Self> {
        let guest = actor.is_guest();
        let people = if guest { members::list(tx, actor).await? } else { Vec::new() };
        Ok(Self {
            member: actor.member,
            guest,
            admin: actor.is_admin(),
            spaces: spaces::visible(tx, actor).await?.into_iter().map(SpaceId::uuid).collect(),
            people: people.into_iter().map(|member| member.id.uuid()).collect(),
        })
    }

    /// Whether a change may widen or narrow what members see.
    pub(crate) fn may_change_by(change: &Change) -> bool {
        change.verb.starts_with("space.") || change.verb.starts_with("member.")
    }

    /// Whether the change is for this reader. `participants` are the people of the direct topic
    /// that it is about.
    pub(crate) fn covers(&self, change: &Change, participants: &HashSet<MemberId>) -> bool {
        match change.audience {
            Audience::Workspace => !self.guest,
            Audience::Space(space) => self.spaces.contains(&space),
            Audience::Topic(_) => participants.contains(&self.member),
            Audience::Person(person) => {
                !self.guest || person == self.member.uuid() || self.people.contains(&person)
            }
            Audience::Member(member) => member == self.member.uuid(),
            Audience::Admins => self.admin,
        }
    }
}
