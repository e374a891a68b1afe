//! Who works on a project. Whoever sees its space sees it and may write in it all the same: the people of
//! a project say whom to turn to, and come first wherever somebody is chosen for one of its tasks.

use std::collections::{BTreeSet, HashMap};

use kernel::Refusal;
use people::{Actor, MemberId};
use store::{Tx, args, sql};

use crate::{ProjectId, Result, project};

/// The most people of one project.
const MOST: usize = 100;

/// The people of one project, or of all.
pub(crate) async fn of(
    tx: &Tx,
    actor: &Actor,
    only: Option<ProjectId>,
) -> Result<HashMap<ProjectId, Vec<MemberId>>> {
    let rows = tx
        .all(
            sql!(
                "SELECT project, member FROM project_members WHERE workspace = $1 AND ($2 OR project = $3) \
                 ORDER BY project, member"
            ),
            args![actor.workspace, only.is_none(), only],
        )
        .await?;
    let mut members: HashMap<ProjectId, Vec<MemberId>> = HashMap::new();
    for row in &rows {
        members.entry(row.get("project")?).or_default().push(row.get("member")?);
    }
    Ok(members)
}

/// Says who works on a project. Somebody new must see its space; whoever lost access may stay named.
pub(crate) async fn set(
    tx: &Tx,
    actor: &Actor,
    project: &project::Project,
    wanted: &[MemberId],
) -> Result<()> {
    if wanted.len() > MOST {
        return Err(Refusal::invalid_because("members", "are too many", format!("at most {MOST}"))
            .named("too_many_entries")
            .into());
    }
    let (before, now): (BTreeSet<_>, BTreeSet<_>) =
        (project.members.iter().copied().collect(), wanted.iter().copied().collect());
    for member in before.difference(&now) {
        tx.run(
            sql!("DELETE FROM project_members WHERE workspace = $1 AND project = $2 AND member = $3"),
            args![actor.workspace, project.id, *member],
        )
        .await?;
    }
    for (index, member) in wanted.iter().enumerate().filter(|(_, member)| !before.contains(member)) {
        project::must_reach(tx, actor, &format!("members[{index}]"), *member, project.space).await?;
        tx.run(
            sql!(
                "INSERT INTO project_members (workspace, project, member) VALUES ($1, $2, $3) \
                 ON CONFLICT (workspace, project, member) DO NOTHING"
            ),
            args![actor.workspace, project.id, *member],
        )
        .await?;
    }
    Ok(())
}

/// Takes somebody who leaves from the people of a project; the caller announces it.
pub(crate) async fn take_out(tx: &Tx, actor: &Actor, project: ProjectId, member: MemberId) -> Result<()> {
    tx.run(
        sql!("DELETE FROM project_members WHERE workspace = $1 AND project = $2 AND member = $3"),
        args![actor.workspace, project, member],
    )
    .await?;
    Ok(())
}
