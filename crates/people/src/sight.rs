//! Who may see whom and what, compared before and after a change of membership: whoever gains
//! sight of something is given it, and whoever loses sight is told that it is gone.

use std::collections::{BTreeMap, BTreeSet};

use edge::gone;
use store::{Audience, RowChange, Tx, args, sql};

use crate::{Actor, MemberId, Result, SpaceId, WorkspaceId, members, spaces};

/// What some members see.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    /// Viewer and whom they see.
    people: BTreeSet<(MemberId, MemberId)>,
    /// Viewer and the space that they see.
    spaces: BTreeSet<(MemberId, SpaceId)>,
}

/// What this member sees, and which guests see them. Everybody else sees everybody.
pub(crate) async fn around_member(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Sight> {
    let people = tx
        .all(
            sql!(
                "SELECT v.viewer, v.member FROM visible_members v WHERE v.workspace = $1 AND v.viewer = $2
                 UNION ALL
                 SELECT v.viewer, v.member FROM members g
                 JOIN visible_members v ON v.workspace = g.workspace AND v.viewer = g.id
                 WHERE g.workspace = $1 AND g.role = 'guest' AND v.member = $2"
            ),
            args![workspace, member],
        )
        .await?;
    let spaces = tx
        .all(
            sql!("SELECT member, space FROM visible_spaces WHERE workspace = $1 AND member = $2"),
            args![workspace, member],
        )
        .await?;
    Ok(Sight {
        people: people
            .iter()
            .map(|row| Ok((row.get("viewer")?, row.get("member")?)))
            .collect::<Result<_>>()?,
        spaces: spaces
            .iter()
            .map(|row| Ok((row.get("member")?, row.get("space")?)))
            .collect::<Result<_>>()?,
    })
}

/// Who sees this space.
pub(crate) async fn of_space(tx: &Tx, workspace: WorkspaceId, space: SpaceId) -> Result<Sight> {
    let viewers = tx
        .all(
            sql!("SELECT member FROM visible_spaces WHERE workspace = $1 AND space = $2"),
            args![workspace, space],
        )
        .await?;
    let spaces = viewers.iter().map(|row| Ok((row.get("member")?, space))).collect::<Result<_>>()?;
    Ok(Sight { people: BTreeSet::new(), spaces })
}

/// Records for each viewer alone what they have gained or lost.
pub(crate) async fn tell(
    tx: &Tx,
    actor: &Actor,
    verb: &'static str,
    before: &Sight,
    after: &Sight,
) -> Result<()> {
    for (viewer, rows) in differences(tx, actor, before, after).await? {
        tx.record(actor.change(verb, Audience::Member(viewer.uuid()), rows));
    }
    Ok(())
}

/// The same, but not to the member whom it is about: they have just arrived, and ask for
/// everything, or they are gone.
pub(crate) async fn tell_others(
    tx: &Tx,
    actor: &Actor,
    verb: &'static str,
    about: MemberId,
    before: &Sight,
    after: &Sight,
) -> Result<()> {
    let others = |sight: &Sight| Sight {
        people: sight.people.iter().filter(|(viewer, _)| *viewer != about).copied().collect(),
        spaces: sight.spaces.iter().filter(|(viewer, _)| *viewer != about).copied().collect(),
    };
    tell(tx, actor, verb, &others(before), &others(after)).await
}

async fn differences(
    tx: &Tx,
    actor: &Actor,
    before: &Sight,
    after: &Sight,
) -> Result<BTreeMap<MemberId, Vec<RowChange>>> {
    let mut rows: BTreeMap<MemberId, Vec<RowChange>> = BTreeMap::new();
    for (viewer, member) in after.people.difference(&before.people) {
        let member = members::read(tx, actor.workspace, *member, actor.at).await?;
        rows.entry(*viewer).or_default().push(members::row_change(&member));
    }
    for (viewer, space) in after.spaces.difference(&before.spaces) {
        let gained = rows.entry(*viewer).or_default();
        gained.extend(spaces::rows_for_newcomer(tx, actor.workspace, *space).await?);
    }
    for (viewer, space) in before.spaces.difference(&after.spaces) {
        rows.entry(*viewer).or_default().push(gone("spaces", space));
    }
    for (viewer, member) in before.people.difference(&after.people) {
        rows.entry(*viewer).or_default().push(members::row_gone(*member));
    }
    Ok(rows)
}
