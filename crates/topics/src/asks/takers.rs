//! Who could take an ask, and how much time they have together. An ask to a group is nobody's until
//! it is claimed; until then its budget runs in the working time of all who could claim it.

use jiff::Timestamp;
use people::{GroupId, MemberId, WorkspaceId, groups, schedules};
use store::Tx;
use worktime::Schedule;

use super::Ask;
use crate::{
    Result,
    topic::{self, Topic},
};

/// The members of a group who can claim what is asked of it: all who can read the thread, but the
/// one who asks.
pub(super) async fn of_group(
    tx: &Tx,
    workspace: WorkspaceId,
    topic: &Topic,
    group: GroupId,
    asker: MemberId,
) -> Result<Vec<MemberId>> {
    let members = groups::find(tx, workspace, group).await?.map(|group| group.members).unwrap_or_default();
    let mut able = Vec::with_capacity(members.len());
    for member in members.into_iter().filter(|member| *member != asker) {
        if topic::is_readable_by(tx, workspace, member, topic).await? {
            able.push(member);
        }
    }
    Ok(able)
}

/// Whose time an ask runs in: the asked person's, or that of everybody who can claim it.
pub(super) async fn of_ask(tx: &Tx, workspace: WorkspaceId, ask: &Ask) -> Result<Vec<MemberId>> {
    match (ask.asked, ask.group) {
        (Some(member), _) => Ok(vec![member]),
        (None, Some(group)) => {
            let topic = topic::read(tx, workspace, ask.topic).await?;
            of_group(tx, workspace, &topic, group, ask.asker).await
        }
        (None, None) => Ok(Vec::new()),
    }
}

/// Their schedules at `at`; whose hours are unknown has none.
pub(super) async fn schedules(
    tx: &Tx,
    workspace: WorkspaceId,
    ask: &Ask,
    at: Timestamp,
) -> Result<Vec<Schedule>> {
    let takers = of_ask(tx, workspace, ask).await?;
    Ok(schedules::of(tx, workspace, &takers, at).await?.into_values().collect())
}
