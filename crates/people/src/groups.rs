//! Groups: several members under one name, to mention and to ask. Everybody but guests sees them
//! and may make and alter them.

use std::collections::HashMap;

use edge::{gone, put};
use jiff::Timestamp;
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::{Audience, Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, GroupId, MemberId, Result, Role, WorkspaceId, norms::must_be_colleague, patch::present, slugs,
};

const MOST_NAME: usize = 60;
const MOST_MEMBERS: usize = 200;

/// Several members under one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Its name in addresses. It stays when the name changes.
    pub slug: String,
    /// Who is in it.
    pub members: Vec<MemberId>,
    /// Who made it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
}

/// A group to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGroup {
    /// Its id, made by the client.
    pub id: GroupId,
    /// Its name, at most 60 characters.
    pub name: String,
    /// Who is in it, 1 to 200 members; guests cannot be.
    pub members: Vec<MemberId>,
}

/// What to alter in a group.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupPatch {
    /// Its name, at most 60 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Who is in it, all of them.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub members: Option<Vec<MemberId>>,
}

/// The groups of the workspace by name; a guest sees none.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Group>> {
    if actor.is_guest() {
        return Ok(Vec::new());
    }
    let groups = tx
        .all(
            sql!(
                "SELECT id, name, slug, created_by, created_at FROM groups
                 WHERE workspace = $1 ORDER BY name, id"
            ),
            args![actor.workspace],
        )
        .await?;
    let members = tx
        .all(
            sql!("SELECT of_group, member FROM group_members WHERE workspace = $1 ORDER BY of_group, member"),
            args![actor.workspace],
        )
        .await?;
    let mut by_group: HashMap<GroupId, Vec<MemberId>> = HashMap::new();
    for row in &members {
        by_group.entry(row.get("of_group")?).or_default().push(row.get("member")?);
    }
    groups.iter().map(|row| read_row(row, by_group.remove(&row.get("id")?).unwrap_or_default())).collect()
}

/// A group, if there is one with this id, whoever asks.
pub async fn find(tx: &Tx, workspace: WorkspaceId, id: GroupId) -> Result<Option<Group>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, name, slug, created_by, created_at FROM groups WHERE workspace = $1 AND id = $2"
            ),
            args![workspace, id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let members = tx
        .all(
            sql!("SELECT member FROM group_members WHERE workspace = $1 AND of_group = $2 ORDER BY member"),
            args![workspace, id],
        )
        .await?;
    let members = members.iter().map(|row| row.get("member")).collect::<store::Result<_>>()?;
    read_row(&row, members).map(Some)
}

/// A group that the actor may see; for a guest there is none.
pub async fn see(tx: &Tx, actor: &Actor, id: GroupId) -> Result<Group> {
    let found = if actor.is_guest() { None } else { find(tx, actor.workspace, id).await? };
    found.ok_or_else(|| Refusal::not_found("group").into())
}

/// Whether a member is in a group.
pub async fn is_in(tx: &Tx, workspace: WorkspaceId, group: GroupId, member: MemberId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT member FROM group_members WHERE workspace = $1 AND of_group = $2 AND member = $3"),
            args![workspace, group, member],
        )
        .await?;
    Ok(row.is_some())
}

/// Makes a group.
pub async fn create(tx: &Tx, actor: &Actor, new: NewGroup) -> Result<()> {
    must_not_be_guest(actor)?;
    let name = kernel::clean_line("name", &new.name, MOST_NAME)?;
    let members = checked_members(tx, actor, new.members).await?;
    insert(tx, actor, new.id, &name).await?;
    put_in(tx, actor.workspace, new.id, &members).await?;
    announce(tx, actor, "group.created", new.id).await
}

async fn insert(tx: &Tx, actor: &Actor, id: GroupId, name: &str) -> Result<()> {
    let exists = || Refusal::conflict("A group with this id exists.").named("taken");
    for slug in slugs::candidates(name, "group", id) {
        let added = tx
            .run(
                sql!(
                    "INSERT INTO groups (workspace, id, name, slug, created_by, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace, slug) DO NOTHING"
                ),
                args![actor.workspace, id, name, slug, actor.member, actor.at],
            )
            .await
            .map_err(|error| if error.is_unique() { exists().into() } else { crate::Error::from(error) })?;
        if added == 1 {
            return Ok(());
        }
    }
    Err(exists().into())
}

/// Alters a group.
pub async fn change(tx: &Tx, actor: &Actor, id: GroupId, patch: GroupPatch) -> Result<()> {
    see(tx, actor, id).await?;
    if let Some(name) = patch.name {
        let name = kernel::clean_line("name", &name, MOST_NAME)?;
        tx.run(
            sql!("UPDATE groups SET name = $3 WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id, name],
        )
        .await?;
    }
    if let Some(members) = patch.members {
        let members = checked_members(tx, actor, members).await?;
        clear(tx, actor.workspace, id).await?;
        put_in(tx, actor.workspace, id, &members).await?;
    }
    announce(tx, actor, "group.changed", id).await
}

/// Takes a group away. Whoever calls has seen to it that nothing waits for the group.
pub async fn remove(tx: &Tx, actor: &Actor, id: GroupId) -> Result<()> {
    see(tx, actor, id).await?;
    clear(tx, actor.workspace, id).await?;
    tx.run(sql!("DELETE FROM groups WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    tx.record(actor.change("group.removed", Audience::Workspace, vec![gone("groups", id)]));
    Ok(())
}

/// A member who leaves the workspace, or becomes a guest, leaves its groups.
pub(crate) async fn take_out(tx: &Tx, actor: &Actor, member: MemberId) -> Result<()> {
    let left = tx
        .all(
            sql!("SELECT of_group FROM group_members WHERE workspace = $1 AND member = $2 ORDER BY of_group"),
            args![actor.workspace, member],
        )
        .await?;
    tx.run(
        sql!("DELETE FROM group_members WHERE workspace = $1 AND member = $2"),
        args![actor.workspace, member],
    )
    .await?;
    for row in &left {
        announce(tx, actor, "group.changed", row.get("of_group")?).await?;
    }
    Ok(())
}

/// Gives all groups to a member who was a guest, or takes them from one who is a guest now.
pub(crate) async fn tell_member(tx: &Tx, actor: &Actor, member: MemberId, guest: bool) -> Result<()> {
    let colleague = Actor { role: Role::Member, ..actor.clone() };
    let rows: Vec<_> = list(tx, &colleague)
        .await?
        .iter()
        .map(|group| if guest { gone("groups", group.id) } else { put("groups", group.id, group) })
        .collect();
    if !rows.is_empty() {
        tx.record(actor.change("member.changed", Audience::Member(member.uuid()), rows));
    }
    Ok(())
}

fn must_not_be_guest(actor: &Actor) -> Result<()> {
    if actor.is_guest() {
        return Err(Refusal::forbidden("Guests cannot make groups.").named("guests_cannot").into());
    }
    Ok(())
}

async fn checked_members(tx: &Tx, actor: &Actor, mut members: Vec<MemberId>) -> Result<Vec<MemberId>> {
    if members.is_empty() || members.len() > MOST_MEMBERS {
        let allowed = format!("1 to {MOST_MEMBERS} members");
        return Err(Refusal::invalid_because("members", "has too few or too many entries", allowed)
            .named("too_many_entries")
            .into());
    }
    for (place, member) in members.iter().enumerate() {
        must_be_colleague(tx, actor, &format!("members[{place}]"), *member).await?;
    }
    members.sort();
    members.dedup();
    Ok(members)
}

async fn put_in(tx: &Tx, workspace: WorkspaceId, group: GroupId, members: &[MemberId]) -> Result<()> {
    for member in members {
        tx.run(
            sql!("INSERT INTO group_members (workspace, of_group, member) VALUES ($1, $2, $3)"),
            args![workspace, group, *member],
        )
        .await?;
    }
    Ok(())
}

async fn clear(tx: &Tx, workspace: WorkspaceId, group: GroupId) -> Result<()> {
    tx.run(sql!("DELETE FROM group_members WHERE workspace = $1 AND of_group = $2"), args![workspace, group])
        .await?;
    Ok(())
}

async fn announce(tx: &Tx, actor: &Actor, verb: &'static str, id: GroupId) -> Result<()> {
    let group = find(tx, actor.workspace, id).await?.ok_or(Refusal::not_found("group"))?;
    tx.record(actor.change(verb, Audience::Workspace, vec![put("groups", id, &group)]));
    Ok(())
}

fn read_row(row: &Row, members: Vec<MemberId>) -> Result<Group> {
    Ok(Group {
        id: row.get("id")?,
        name: row.get("name")?,
        slug: row.get("slug")?,
        members,
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
    })
}
