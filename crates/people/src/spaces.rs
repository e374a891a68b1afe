//! Spaces: named places for a team, a project, a subject or for fun, and who is in them.
//!
//! An open space is there for everybody but guests; a private one only for those in it, whatever
//! their role. What a member may not see does not exist for them.

use edge::{gone, put};
use jiff::Timestamp;
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::{Audience, Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, MemberId, MemberState, Norms, Result, SpaceId, WorkspaceId, members, norms, patch::present, sight,
    slugs,
};

const MOST_NAME: usize = 60;
const MOST_PURPOSE: usize = 2000;
/// How many members a space may begin with.
const MOST_AT_ONCE: usize = 200;
/// The slug of the space that every new member joins.
const COMPANY: &str = "company";

store::words! {
    /// For whom a space exists.
    pub enum Visibility {
        /// For all but guests; guests need to be in it.
        Open = "open",
        /// For those who are in it.
        Private = "private",
    }
}

/// A space.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Its name.
    pub name: String,
    /// Its name in addresses. It stays when the name changes.
    pub slug: String,
    /// What it is for.
    pub purpose: String,
    /// For whom it exists.
    pub visibility: Visibility,
    /// A space for fun stays out of inbox counts.
    pub social: bool,
    /// Its colour, 1 to 8.
    #[schema(minimum = 1, maximum = 8)]
    pub hue: u8,
    /// When it was put away; null while it is in use.
    #[schema(required = true)]
    pub archived_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    #[schema(required = true)]
    pub created_by: Option<MemberId>,
    /// How many members are in it.
    pub member_count: u32,
    /// How people reply here; null when the workspace's norms hold.
    #[schema(required = true)]
    pub norms: Option<Norms>,
    /// Whom a late ask can be taken to.
    #[schema(required = true)]
    pub lead: Option<MemberId>,
}

/// That a member is in a space.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SpaceMember {
    /// `{space}/{member}`.
    pub id: String,
    /// The space.
    pub space: SpaceId,
    /// The member.
    pub member: MemberId,
    /// Since when.
    pub joined_at: Timestamp,
}

/// A space to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpace {
    /// Its id, made by the client.
    pub id: SpaceId,
    /// Its name, at most 60 characters.
    pub name: String,
    /// What it is for, at most 2000 bytes.
    #[serde(default)]
    pub purpose: String,
    /// For whom it exists.
    pub visibility: Visibility,
    /// Whether it is for fun.
    #[serde(default)]
    pub social: bool,
    /// Its colour, 1 to 8; chosen by the id when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 8)]
    pub hue: Option<u8>,
    /// Who is in it from the beginning, besides the one who makes it.
    #[serde(default)]
    pub members: Vec<MemberId>,
}

/// What to alter in a space.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpacePatch {
    /// Its name, at most 60 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// What it is for, at most 2000 bytes.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub purpose: Option<String>,
    /// For whom it exists.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub visibility: Option<Visibility>,
    /// Whether it is for fun.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub social: Option<bool>,
    /// Its colour, 1 to 8.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, minimum = 1, maximum = 8)]
    pub hue: Option<u8>,
    /// Whether it is put away.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub archived: Option<bool>,
    /// How people reply here; null when the workspace's norms hold.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Norms>)]
    pub norms: Option<Option<Norms>>,
    /// Whom a late ask can be taken to: a member of the space; null for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MemberId>)]
    pub lead: Option<Option<MemberId>>,
}

/// A space, whoever asks: rules have been applied before.
pub async fn read(tx: &Tx, workspace: WorkspaceId, id: SpaceId) -> Result<Space> {
    let row = tx
        .maybe(
            sql!(
                "SELECT s.id, s.name, s.slug, s.purpose, s.visibility, s.social, s.hue, s.archived_at,
                   s.created_at, s.created_by, s.norms, s.lead, s.member_count
                 FROM spaces s WHERE s.workspace = $1 AND s.id = $2"
            ),
            args![workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("space"))?;
    read_row(&row)
}

/// A space, if the actor may see it; else it does not exist.
pub async fn see(tx: &Tx, actor: &Actor, id: SpaceId) -> Result<Space> {
    must_be_visible(tx, actor, id).await?;
    read(tx, actor.workspace, id).await
}

/// Refuses a space that the actor may not see: it does not exist.
pub async fn must_be_visible(tx: &Tx, actor: &Actor, id: SpaceId) -> Result<()> {
    tx.maybe(
        sql!("SELECT space FROM visible_spaces WHERE workspace = $1 AND member = $2 AND space = $3"),
        args![actor.workspace, actor.member, id],
    )
    .await?
    .ok_or(Refusal::not_found("space"))?;
    Ok(())
}

/// Refuses what would be written into a space that is put away. Whether it may be seen was asked
/// before.
pub async fn must_be_open(tx: &Tx, workspace: WorkspaceId, id: SpaceId) -> Result<()> {
    let put_away = tx
        .maybe(
            sql!("SELECT name FROM spaces WHERE workspace = $1 AND id = $2 AND archived_at IS NOT NULL"),
            args![workspace, id],
        )
        .await?;
    let Some(row) = put_away else { return Ok(()) };
    let name: String = row.get("name")?;
    Err(Refusal::forbidden(format!("{name} is archived: it can be read, not written."))
        .named("space_archived")
        .into())
}

/// The same by the slug, or by the id as text.
pub async fn by_slug_or_id(tx: &Tx, actor: &Actor, slug_or_id: &str) -> Result<Space> {
    if let Ok(id) = slug_or_id.parse() {
        return see(tx, actor, id).await;
    }
    let row = tx
        .maybe(
            sql!("SELECT id FROM spaces WHERE workspace = $1 AND slug = $2"),
            args![actor.workspace, slug_or_id],
        )
        .await?
        .ok_or(Refusal::not_found("space"))?;
    see(tx, actor, row.get("id")?).await
}

/// The spaces that the actor may see, by name; those put away as well.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Space>> {
    let rows = tx
        .all(
            sql!(
                "SELECT s.id, s.name, s.slug, s.purpose, s.visibility, s.social, s.hue, s.archived_at,
                   s.created_at, s.created_by, s.norms, s.lead, s.member_count
                 FROM spaces s JOIN visible_spaces v ON v.workspace = s.workspace AND v.space = s.id
                 WHERE v.workspace = $1 AND v.member = $2 ORDER BY s.name, s.id"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(read_row).collect()
}

/// The ids of the spaces that the actor may see.
pub async fn visible(tx: &Tx, actor: &Actor) -> Result<Vec<SpaceId>> {
    let rows = tx
        .all(
            sql!("SELECT space FROM visible_spaces WHERE workspace = $1 AND member = $2"),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(|row| Ok(row.get("space")?)).collect()
}

/// The actor's own memberships, and everybody's in the private spaces that the actor is in.
pub async fn memberships(tx: &Tx, actor: &Actor) -> Result<Vec<SpaceMember>> {
    let rows = tx
        .all(
            sql!(
                "SELECT sm.space, sm.member, sm.joined_at
                 FROM space_members mine
                 JOIN spaces s ON s.workspace = mine.workspace AND s.id = mine.space
                 JOIN space_members sm ON sm.workspace = mine.workspace AND sm.space = mine.space
                 WHERE mine.workspace = $1 AND mine.member = $2
                   AND (sm.member = $2 OR s.visibility = 'private')
                 ORDER BY sm.space, sm.joined_at, sm.member"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(read_membership).collect()
}

/// Who is in a space that the actor may see, longest first.
pub async fn members_of(tx: &Tx, actor: &Actor, space: SpaceId) -> Result<Vec<SpaceMember>> {
    see(tx, actor, space).await?;
    everybody_in(tx, actor.workspace, space).await
}

/// Makes a space; the actor is in it, and whom they name.
pub async fn create(tx: &Tx, actor: &Actor, new: NewSpace) -> Result<()> {
    if actor.is_guest() {
        return Err(Refusal::forbidden("Guests cannot make spaces.").named("guests_cannot").into());
    }
    let name = kernel::clean_line("name", &new.name, MOST_NAME)?;
    let purpose = kernel::clean_text("purpose", &new.purpose, MOST_PURPOSE)?;
    let hue = new.hue.unwrap_or_else(|| members::hue_of(new.id.uuid().as_bytes()));
    check_hue(hue)?;
    check_first_members(tx, actor, &new.members).await?;
    insert(tx, actor, &new, &name, &purpose, hue).await?;
    let before = sights(tx, actor, &new.members).await?;
    let mut rows = Vec::new();
    for member in std::iter::once(&actor.member).chain(&new.members) {
        if let Some(membership) = put_in(tx, actor, new.id, *member).await? {
            rows.push(put("space_members", membership.id.clone(), &membership));
        }
    }
    let space = read(tx, actor.workspace, new.id).await?;
    rows.insert(0, put("spaces", space.id, &space));
    let audience = match new.visibility {
        Visibility::Open => Audience::Workspace,
        Visibility::Private => Audience::Space(new.id.uuid()),
    };
    tx.record(actor.change("space.created", audience, rows));
    let after = sights(tx, actor, &new.members).await?;
    for (before, after) in before.iter().zip(&after) {
        sight::tell(tx, actor, "space.member_added", before, after).await?;
    }
    Ok(())
}

async fn insert(tx: &Tx, actor: &Actor, new: &NewSpace, name: &str, purpose: &str, hue: u8) -> Result<()> {
    let exists = || Refusal::conflict("A space with this id exists.").named("taken");
    for slug in slugs::candidates(name, "space", new.id) {
        let added = tx
            .run(
                sql!(
                    "INSERT INTO spaces (workspace, id, name, slug, purpose, visibility, social, hue,
                       created_by, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                     ON CONFLICT (workspace, slug) DO NOTHING"
                ),
                args![
                    actor.workspace,
                    new.id,
                    name,
                    slug,
                    purpose,
                    new.visibility,
                    new.social,
                    hue,
                    actor.member,
                    actor.at
                ],
            )
            .await
            .map_err(|error| if error.is_unique() { exists().into() } else { crate::Error::from(error) })?;
        if added == 1 {
            return Ok(());
        }
    }
    Err(exists().into())
}

async fn check_first_members(tx: &Tx, actor: &Actor, members: &[MemberId]) -> Result<()> {
    if members.len() > MOST_AT_ONCE {
        let allowed = format!("at most {MOST_AT_ONCE} members");
        return Err(Refusal::invalid_because("members", "has too many entries", allowed)
            .named("too_many_entries")
            .into());
    }
    for (place, member) in members.iter().enumerate() {
        check_active(tx, actor, &format!("members[{place}]"), *member).await?;
    }
    Ok(())
}

async fn check_active(tx: &Tx, actor: &Actor, field: &str, member: MemberId) -> Result<()> {
    match members::state_of_visible(tx, actor, member).await? {
        Some(MemberState::Active) => Ok(()),
        _ => Err(Refusal::invalid(field, "is not an active member").named("not_here").into()),
    }
}

/// What those who are about to be put in see.
async fn sights(tx: &Tx, actor: &Actor, members: &[MemberId]) -> Result<Vec<sight::Sight>> {
    let mut sights = Vec::with_capacity(members.len());
    for member in members {
        sights.push(sight::around_member(tx, actor.workspace, *member).await?);
    }
    Ok(sights)
}

/// Alters a space: those who are in it and not guests, and admins who see it.
pub async fn change(tx: &Tx, actor: &Actor, id: SpaceId, patch: SpacePatch) -> Result<()> {
    let space = see(tx, actor, id).await?;
    must_run(tx, actor, id).await?;
    let name = match patch.name {
        Some(name) => kernel::clean_line("name", &name, MOST_NAME)?,
        None => space.name,
    };
    let purpose = match patch.purpose {
        Some(purpose) => kernel::clean_text("purpose", &purpose, MOST_PURPOSE)?,
        None => space.purpose,
    };
    let hue = patch.hue.unwrap_or(space.hue);
    check_hue(hue)?;
    let visibility = patch.visibility.unwrap_or(space.visibility);
    if visibility == Visibility::Private && visibility != space.visibility {
        must_be_in(tx, actor, id, "Join the space before you make it private.").await?;
    }
    let archived_at = match patch.archived {
        Some(true) => Some(space.archived_at.unwrap_or(actor.at)),
        Some(false) => None,
        None => space.archived_at,
    };
    let norms = match patch.norms {
        Some(Some(norms)) => Some(norms::checked(tx, actor, "norms", Some(id), norms).await?),
        Some(None) => None,
        None => space.norms,
    };
    let lead = match patch.lead {
        Some(lead) => checked_lead(tx, actor, id, lead).await?,
        None => space.lead,
    };
    let before = sight::of_space(tx, actor.workspace, id).await?;
    tx.run(
        sql!(
            "UPDATE spaces SET name = $3, purpose = $4, visibility = $5, social = $6, hue = $7, archived_at = $8,
               norms = $9, lead = $10
             WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            id,
            name,
            purpose,
            visibility,
            patch.social.unwrap_or(space.social),
            hue,
            archived_at,
            norms.as_ref().map(serde_json::to_string).transpose()?,
            lead
        ],
    )
    .await?;
    let now = read(tx, actor.workspace, id).await?;
    tx.record(actor.change("space.changed", Audience::Space(id.uuid()), vec![put("spaces", id, &now)]));
    if visibility != space.visibility {
        let after = sight::of_space(tx, actor.workspace, id).await?;
        sight::tell(tx, actor, "space.changed", &before, &after).await?;
    }
    Ok(())
}

/// The lead is in the space and no guest.
async fn checked_lead(
    tx: &Tx,
    actor: &Actor,
    space: SpaceId,
    lead: Option<MemberId>,
) -> Result<Option<MemberId>> {
    let Some(member) = lead else { return Ok(None) };
    norms::must_be_colleague(tx, actor, "lead", member).await?;
    if is_in(tx, actor.workspace, space, member).await? {
        Ok(lead)
    } else {
        Err(Refusal::invalid("lead", "is not in this space").named("not_here").into())
    }
}

/// Puts a member in a space: oneself into an open one, others when one may. Twice is the same as
/// once.
pub async fn join(tx: &Tx, actor: &Actor, space: SpaceId, member: MemberId) -> Result<()> {
    let seen = see(tx, actor, space).await?;
    if is_in(tx, actor.workspace, space, member).await? {
        return Ok(());
    }
    if actor.is_guest() {
        return Err(Refusal::forbidden("Guests cannot add members.").named("guests_cannot").into());
    }
    if seen.visibility == Visibility::Private {
        must_be_in(tx, actor, space, "Only its members can add somebody to a private space.").await?;
    }
    if seen.archived_at.is_some() {
        actor.must_be_admin("This space is archived. Only admins can change who is in it.")?;
    }
    members::must_be_visible(tx, actor, member).await?;
    check_active(tx, actor, "member", member).await?;
    let before = sight::around_member(tx, actor.workspace, member).await?;
    add(tx, actor, space, member).await?;
    let after = sight::around_member(tx, actor.workspace, member).await?;
    sight::tell(tx, actor, "space.member_added", &before, &after).await
}

/// Takes a member out of a space: oneself, or others when one may. Who is not in it stays so.
pub async fn leave(tx: &Tx, actor: &Actor, space: SpaceId, member: MemberId) -> Result<()> {
    let seen = see(tx, actor, space).await?;
    if !is_in(tx, actor.workspace, space, member).await? {
        members::must_be_visible(tx, actor, member).await?;
        return Ok(());
    }
    if member != actor.member {
        may_take_out(tx, actor, &seen).await?;
    }
    if seen.visibility == Visibility::Private && seen.archived_at.is_none() {
        must_not_be_the_last(tx, actor.workspace, space).await?;
    }
    let before = sight::around_member(tx, actor.workspace, member).await?;
    take_out(tx, actor, space, member).await?;
    let after = sight::around_member(tx, actor.workspace, member).await?;
    sight::tell(tx, actor, "space.member_removed", &before, &after).await
}

/// Admins and whoever made the space may take others out; in a private one, those in it.
async fn may_take_out(tx: &Tx, actor: &Actor, space: &Space) -> Result<()> {
    if space.archived_at.is_some() {
        return actor.must_be_admin("This space is archived. Only admins can change who is in it.");
    }
    let private = space.visibility == Visibility::Private;
    let may = actor.is_admin()
        || space.created_by == Some(actor.member)
        || (private && is_in(tx, actor.workspace, space.id, actor.member).await?);
    if may && !actor.is_guest() {
        Ok(())
    } else {
        Err(Refusal::forbidden("Only admins and whoever made the space can remove its members.")
            .named("admins_only")
            .into())
    }
}

/// Of two who leave at once, the second waits for the first.
async fn must_not_be_the_last(tx: &Tx, workspace: WorkspaceId, space: SpaceId) -> Result<()> {
    tx.run(sql!("UPDATE spaces SET name = name WHERE workspace = $1 AND id = $2"), args![workspace, space])
        .await?;
    if everybody_in(tx, workspace, space).await?.len() > 1 {
        Ok(())
    } else {
        Err(Refusal::conflict("A private space needs a member. Archive it before you leave.")
            .named("last_member")
            .into())
    }
}

/// Writes that a member is in a space and records it, without asking whether they may.
pub(crate) async fn add(tx: &Tx, actor: &Actor, space: SpaceId, member: MemberId) -> Result<()> {
    let Some(membership) = put_in(tx, actor, space, member).await? else { return Ok(()) };
    let space = read(tx, actor.workspace, space).await?;
    let rows =
        vec![put("spaces", space.id, &space), put("space_members", membership.id.clone(), &membership)];
    tx.record(actor.change("space.member_added", Audience::Space(space.id.uuid()), rows));
    Ok(())
}

/// Writes that a member is no longer in a space and records it, without asking whether they may.
pub(crate) async fn take_out(tx: &Tx, actor: &Actor, space: SpaceId, member: MemberId) -> Result<()> {
    let left = tx
        .run(
            sql!("DELETE FROM space_members WHERE workspace = $1 AND space = $2 AND member = $3"),
            args![actor.workspace, space, member],
        )
        .await?;
    count(tx, actor.workspace, space, -left.cast_signed()).await?;
    stand_down_in(tx, actor.workspace, space, member).await?;
    let membership = membership_id(space, member);
    let left = read(tx, actor.workspace, space).await?;
    let rows = vec![put("spaces", space, &left), gone("space_members", membership.clone())];
    tx.record(actor.change("space.member_removed", Audience::Space(space.uuid()), rows));
    let own = vec![gone("space_members", membership)];
    tx.record(actor.change("space.member_removed", Audience::Member(member.uuid()), own));
    Ok(())
}

/// A member who leaves the workspace, or becomes a guest, leads no space and is on no rota.
pub(crate) async fn stand_down(tx: &Tx, actor: &Actor, member: MemberId) -> Result<()> {
    let rows = tx
        .all(
            sql!("SELECT id FROM spaces WHERE workspace = $1 AND (lead = $2 OR norms LIKE $3) ORDER BY id"),
            args![actor.workspace, member, format!("%{member}%")],
        )
        .await?;
    for row in &rows {
        let space: SpaceId = row.get("id")?;
        if stand_down_in(tx, actor.workspace, space, member).await? {
            let now = read(tx, actor.workspace, space).await?;
            let row = put("spaces", space, &now);
            tx.record(actor.change("space.changed", Audience::Space(space.uuid()), vec![row]));
        }
    }
    Ok(())
}

/// Whether they led this space or were on its rota; now they do and are not.
async fn stand_down_in(tx: &Tx, workspace: WorkspaceId, space: SpaceId, member: MemberId) -> Result<bool> {
    let led = tx
        .run(
            sql!("UPDATE spaces SET lead = NULL WHERE workspace = $1 AND id = $2 AND lead = $3"),
            args![workspace, space, member],
        )
        .await?;
    let norms = read(tx, workspace, space).await?.norms.and_then(|norms| norms.without(member));
    if let Some(norms) = &norms {
        tx.run(
            sql!("UPDATE spaces SET norms = $3 WHERE workspace = $1 AND id = $2"),
            args![workspace, space, serde_json::to_string(norms)?],
        )
        .await?;
    }
    Ok(led > 0 || norms.is_some())
}

/// A new member joins the space Company, if it is still there and open.
pub(crate) async fn join_company(tx: &Tx, actor: &Actor) -> Result<()> {
    let company = tx
        .maybe(
            sql!(
                "SELECT id FROM spaces
                 WHERE workspace = $1 AND slug = $2 AND visibility = 'open' AND archived_at IS NULL"
            ),
            args![actor.workspace, COMPANY],
        )
        .await?;
    match company {
        Some(company) => add(tx, actor, company.get("id")?, actor.member).await,
        None => Ok(()),
    }
}

/// The spaces that a member is in, whoever asks.
pub(crate) async fn all_of(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Vec<SpaceId>> {
    let rows = tx
        .all(
            sql!("SELECT space FROM space_members WHERE workspace = $1 AND member = $2 ORDER BY space"),
            args![workspace, member],
        )
        .await?;
    rows.iter().map(|row| Ok(row.get("space")?)).collect()
}

/// What somebody who now sees a space needs of it: the space, and who is in it if it is private.
pub(crate) async fn rows_for_newcomer(
    tx: &Tx,
    workspace: WorkspaceId,
    id: SpaceId,
) -> Result<Vec<store::RowChange>> {
    let space = read(tx, workspace, id).await?;
    let mut rows = vec![put("spaces", id, &space)];
    if space.visibility == Visibility::Private {
        let members = everybody_in(tx, workspace, id).await?;
        rows.extend(members.iter().map(|member| put("space_members", &member.id, member)));
    }
    Ok(rows)
}

/// None if they were in it already.
async fn put_in(tx: &Tx, actor: &Actor, space: SpaceId, member: MemberId) -> Result<Option<SpaceMember>> {
    let added = tx
        .run(
            sql!(
                "INSERT INTO space_members (workspace, space, member, joined_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (workspace, space, member) DO NOTHING"
            ),
            args![actor.workspace, space, member, actor.at],
        )
        .await?;
    count(tx, actor.workspace, space, added.cast_signed()).await?;
    let membership = SpaceMember { id: membership_id(space, member), space, member, joined_at: actor.at };
    Ok((added == 1).then_some(membership))
}

/// So many more are in a space now.
async fn count(tx: &Tx, workspace: WorkspaceId, space: SpaceId, more: i64) -> Result<()> {
    if more != 0 {
        tx.run(
            sql!("UPDATE spaces SET member_count = member_count + $3 WHERE workspace = $1 AND id = $2"),
            args![workspace, space, more],
        )
        .await?;
    }
    Ok(())
}

async fn everybody_in(tx: &Tx, workspace: WorkspaceId, space: SpaceId) -> Result<Vec<SpaceMember>> {
    let rows = tx
        .all(
            sql!(
                "SELECT space, member, joined_at FROM space_members
                 WHERE workspace = $1 AND space = $2 ORDER BY joined_at, member"
            ),
            args![workspace, space],
        )
        .await?;
    rows.iter().map(read_membership).collect()
}

/// Whether a member is in a space.
pub async fn is_in(tx: &Tx, workspace: WorkspaceId, space: SpaceId, member: MemberId) -> Result<bool> {
    let row = tx
        .maybe(
            sql!("SELECT space FROM space_members WHERE workspace = $1 AND space = $2 AND member = $3"),
            args![workspace, space, member],
        )
        .await?;
    Ok(row.is_some())
}

async fn must_be_in(tx: &Tx, actor: &Actor, space: SpaceId, why: &str) -> Result<()> {
    if is_in(tx, actor.workspace, space, actor.member).await? {
        Ok(())
    } else {
        Err(Refusal::forbidden(why).named("members_only").into())
    }
}

async fn must_run(tx: &Tx, actor: &Actor, space: SpaceId) -> Result<()> {
    let why = "Only its members and admins can change a space.";
    if actor.is_guest() {
        Err(Refusal::forbidden(why).named("members_only").into())
    } else if actor.is_admin() {
        Ok(())
    } else {
        must_be_in(tx, actor, space, why).await
    }
}

fn check_hue(hue: u8) -> Result<(), Refusal> {
    if (1..=8).contains(&hue) {
        Ok(())
    } else {
        Err(Refusal::invalid_because("hue", "is out of range", "1 to 8").named("out_of_range"))
    }
}

fn membership_id(space: SpaceId, member: MemberId) -> String {
    format!("{space}/{member}")
}

fn read_row(row: &Row) -> Result<Space> {
    let norms: Option<String> = row.get("norms")?;
    Ok(Space {
        id: row.get("id")?,
        name: row.get("name")?,
        slug: row.get("slug")?,
        purpose: row.get("purpose")?,
        visibility: row.get("visibility")?,
        social: row.get("social")?,
        hue: row.get("hue")?,
        archived_at: row.get("archived_at")?,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        member_count: row.get("member_count")?,
        norms: norms.as_deref().map(serde_json::from_str).transpose()?,
        lead: row.get("lead")?,
    })
}

fn read_membership(row: &Row) -> Result<SpaceMember> {
    let (space, member) = (row.get("space")?, row.get("member")?);
    Ok(SpaceMember { id: membership_id(space, member), space, member, joined_at: row.get("joined_at")? })
}
