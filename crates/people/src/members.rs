//! Members: the people of a workspace, their cards and their roles.

use std::fmt::Display;

use edge::{gone, put};
use jiff::Timestamp;
use kernel::Refusal;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use store::{Audience, Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, MemberId, MemberTime, Result, Settings, SpaceId, WorkspaceId, groups,
    patch::present,
    sight, slugs, spaces,
    time::{self, KeptTime},
    workspaces,
};

const MOST_NAME: usize = 80;
const MOST_SHORT_NAME: usize = 30;
const MOST_CITY: usize = 60;
const MOST_EMAIL: usize = 254;

store::words! {
    /// What a member may do.
    pub enum Role {
        /// Everything, and the only one who makes owners and admins.
        Owner = "owner",
        /// Runs the workspace: invites and removes people.
        Admin = "admin",
        /// Works here.
        Member = "member",
        /// Sees only the spaces they were invited to, and nobody outside them.
        Guest = "guest",
    }
}

store::words! {
    /// How a member stands to the workspace.
    pub enum MemberState {
        /// They can sign in.
        Active = "active",
        /// An author of imported posts, who cannot sign in.
        Imported = "imported",
        /// They were here and are no longer.
        Removed = "removed",
    }
}

/// A member's public card.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Member {
    /// Their id.
    pub id: MemberId,
    /// What they may do.
    pub role: Role,
    /// How they stand to the workspace.
    pub state: MemberState,
    /// Their name.
    pub name: String,
    /// What they are called: `Minh Anh`.
    pub short_name: String,
    /// The end of their address: `/people/minh-anh`. It stays when the name changes.
    pub slug: String,
    /// Where they are.
    #[schema(required = true)]
    pub city: Option<String>,
    /// Path of their picture: `/api/v1/pictures/…`.
    #[schema(required = true)]
    pub picture: Option<String>,
    /// Their colour, 1 to 8.
    #[schema(minimum = 1, maximum = 8)]
    pub hue: u8,
    /// When they work.
    pub schedule: MemberTime,
}

/// A member to create.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Their id.
    pub id: MemberId,
    /// What they may do.
    pub role: Role,
    /// Active ones need an e-mail and a password.
    pub state: MemberState,
    /// Their e-mail, checked with [`clean_email`].
    pub email: Option<String>,
    /// What [`crate::sign_in::hash_password`] made.
    pub password_hash: Option<String>,
    /// Their name.
    pub name: String,
    /// What they are called; the first word of the name when absent.
    pub short_name: Option<String>,
    /// Where they are.
    pub city: Option<String>,
    /// Their colour, 1 to 8; chosen by the id when absent.
    pub hue: Option<u8>,
    /// When they came.
    pub at: Timestamp,
}

/// What to alter in a member.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// Their name, at most 80 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// What they are called, at most 30 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub short_name: Option<String>,
    /// Where they are, at most 60 characters; null for nowhere.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub city: Option<Option<String>>,
    /// What they may do; for admins.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Null takes the picture away. To set one, `PUT` its bytes to `…/picture`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Object>)]
    pub picture: Option<Option<NoPicture>>,
}

/// A picture is not set here: only null can be said.
#[derive(Debug, Clone)]
pub enum NoPicture {}

impl<'de> Deserialize<'de> for NoPicture {
    fn deserialize<D: serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(value)?;
        Err(serde::de::Error::custom("takes only null; PUT the bytes of a picture to …/picture"))
    }
}

/// A member's card, whoever asks: rules have been applied before. Times are as of `at`.
pub async fn read(tx: &Tx, workspace: WorkspaceId, id: MemberId, at: Timestamp) -> Result<Member> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, role, state, name, short_name, slug, city, picture, hue FROM members
                 WHERE workspace = $1 AND id = $2"
            ),
            args![workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("member"))?;
    let kept = time::kept_of(tx, workspace, &[id], at).await?.take(id);
    card(&row, &kept, at)
}

/// Everybody whom the actor may see, themselves included, by name.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Member>> {
    let rows = tx
        .all(
            sql!(
                "SELECT m.id, m.role, m.state, m.name, m.short_name, m.slug, m.city, m.picture, m.hue
                 FROM members m JOIN visible_members v ON v.workspace = m.workspace AND v.member = m.id
                 WHERE v.workspace = $1 AND v.viewer = $2 ORDER BY m.name, m.id"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    let mut kept = time::kept_in(tx, actor.workspace, actor.at).await?;
    rows.iter().map(|row| card(row, &kept.take(row.get("id")?), actor.at)).collect()
}

/// A member's card, if the actor may see it; else they do not exist.
pub async fn see(tx: &Tx, actor: &Actor, id: MemberId) -> Result<Member> {
    must_be_visible(tx, actor, id).await?;
    read(tx, actor.workspace, id, actor.at).await
}

/// The same by the end of the address, or by the id as text.
pub async fn see_by_slug_or_id(tx: &Tx, actor: &Actor, slug_or_id: &str) -> Result<Member> {
    if let Ok(id) = slug_or_id.parse() {
        return see(tx, actor, id).await;
    }
    let row = tx
        .maybe(
            sql!("SELECT id FROM members WHERE workspace = $1 AND slug = $2"),
            args![actor.workspace, slug_or_id],
        )
        .await?
        .ok_or(Refusal::not_found("member"))?;
    see(tx, actor, row.get("id")?).await
}

/// The state of a member whom the actor may see.
pub async fn state_of_visible(tx: &Tx, actor: &Actor, id: MemberId) -> Result<Option<MemberState>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT m.state FROM members m
                 JOIN visible_members v ON v.workspace = m.workspace AND v.member = m.id
                 WHERE v.workspace = $1 AND v.viewer = $2 AND v.member = $3"
            ),
            args![actor.workspace, actor.member, id],
        )
        .await?;
    Ok(row.map(|row| row.get("state")).transpose()?)
}

/// Refuses members whom the actor may not see: they do not exist.
pub(crate) async fn must_be_visible(tx: &Tx, actor: &Actor, id: MemberId) -> Result<()> {
    match state_of_visible(tx, actor, id).await? {
        Some(_) => Ok(()),
        None => Err(Refusal::not_found("member").into()),
    }
}

pub(crate) fn must_be_own_or_admin(actor: &Actor, id: MemberId) -> Result<()> {
    if actor.member == id {
        return Ok(());
    }
    actor.must_be_admin("Only the member and admins can change this.")
}

/// The spaces that a member is in and the actor may see.
pub async fn spaces_of(tx: &Tx, actor: &Actor, member: MemberId) -> Result<Vec<SpaceId>> {
    let rows = tx
        .all(
            sql!(
                "SELECT sm.space FROM space_members sm
                 JOIN visible_spaces v ON v.workspace = sm.workspace AND v.space = sm.space
                 WHERE v.workspace = $1 AND v.member = $2 AND sm.member = $3
                 ORDER BY sm.joined_at, sm.space"
            ),
            args![actor.workspace, actor.member, member],
        )
        .await?;
    rows.iter().map(|row| Ok(row.get("space")?)).collect()
}

/// The member with this e-mail, whatever their state: imported and removed ones as well.
pub async fn by_email(tx: &Tx, workspace: WorkspaceId, email: &str) -> Result<Option<MemberId>> {
    let row = tx
        .maybe(
            sql!("SELECT id FROM members WHERE workspace = $1 AND email_key = $2"),
            args![workspace, email_key(email)],
        )
        .await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

/// A member's e-mail as they wrote it. Only they and admins are told.
pub async fn email_of(tx: &Tx, workspace: WorkspaceId, id: MemberId) -> Result<Option<String>> {
    let row = tx
        .maybe(sql!("SELECT email FROM members WHERE workspace = $1 AND id = $2"), args![workspace, id])
        .await?;
    Ok(row.map(|row| row.get("email")).transpose()?.flatten())
}

/// Writes a member and records nothing: for a change that includes it. The slug is the first free
/// one from the name.
pub async fn create(tx: &Tx, workspace: WorkspaceId, new: NewMember) -> Result<()> {
    let name = clean_name("name", &new.name)?;
    let short_name = match &new.short_name {
        Some(short_name) => clean_short_name("short_name", short_name)?,
        None => first_word(&name),
    };
    let city = clean_city(new.city.as_deref())?;
    let settings = serde_json::to_string(&Settings::default())?;
    let hue = new.hue.unwrap_or_else(|| hue_of(new.id.uuid().as_bytes()));
    for slug in slugs::candidates(&name, "member", new.id) {
        let added = tx
            .run(
                sql!(
                    "INSERT INTO members (workspace, id, role, state, email, email_key, password_hash, name,
                       short_name, slug, city, hue, settings, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                     ON CONFLICT (workspace, slug) DO NOTHING"
                ),
                args![
                    workspace,
                    new.id,
                    new.role,
                    new.state,
                    new.email,
                    new.email.as_deref().map(email_key),
                    new.password_hash,
                    name,
                    short_name,
                    slug,
                    city,
                    hue,
                    settings,
                    new.at
                ],
            )
            .await
            .map_err(taken)?;
        if added == 1 {
            return Ok(());
        }
    }
    Err(Refusal::conflict("A member with this id exists.").named("taken").into())
}

/// A broken unique rule, in the words of the rule.
fn taken(error: store::Error) -> crate::Error {
    if error.is_unique_on("members", &["workspace", "email_key"]) {
        Refusal::invalid("email", "belongs to another member").named("address_taken").into()
    } else if error.is_unique() {
        Refusal::conflict("A member with this id exists.").named("taken").into()
    } else {
        error.into()
    }
}

/// Alters a member's card: their own, or an admin anybody's. Roles are for admins, those of
/// owners and admins for owners, and one owner always remains.
pub async fn change(tx: &Tx, actor: &Actor, id: MemberId, patch: MemberPatch) -> Result<()> {
    let member = see(tx, actor, id).await?;
    if member.state == MemberState::Removed {
        return Err(Refusal::conflict("This member was removed.").named("member_removed").into());
    }
    must_be_own_or_admin(actor, id)?;
    let name = patch.name.map(|name| clean_name("name", &name)).transpose()?;
    let short_name = patch.short_name.map(|name| clean_short_name("short_name", &name)).transpose()?;
    // The card's city may be that of a journey: what nobody says stays as it is in the database.
    let moves = patch.city.is_some();
    let city = clean_city(patch.city.flatten().as_deref())?;
    let role = patch.role.unwrap_or(member.role);
    let before = if role == member.role {
        None
    } else {
        check_role_change(tx, actor, member.role, role).await?;
        Some(sight::around_member(tx, actor.workspace, id).await?)
    };
    tx.run(
        sql!(
            "UPDATE members SET name = $3, short_name = $4, role = $6,
               city = CASE WHEN $8 THEN $5 ELSE city END,
               picture = CASE WHEN $7 THEN NULL ELSE picture END
             WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            id,
            name.unwrap_or(member.name),
            short_name.unwrap_or(member.short_name),
            city,
            role,
            patch.picture.is_some(),
            moves
        ],
    )
    .await?;
    record_card(tx, actor, id, "member.changed").await?;
    if let Some(before) = before {
        let after = sight::around_member(tx, actor.workspace, id).await?;
        sight::tell(tx, actor, "member.changed", &before, &after).await?;
    }
    let guest = |role| role == Role::Guest;
    if guest(role) && !guest(member.role) {
        leave_duties(tx, actor, id).await?;
    }
    if guest(role) != guest(member.role) {
        groups::tell_member(tx, actor, id, guest(role)).await?;
        workspaces::tell_member(tx, actor, id, guest(role)).await?;
    }
    Ok(())
}

async fn check_role_change(tx: &Tx, actor: &Actor, from: Role, to: Role) -> Result<()> {
    actor.must_be_admin("Only admins can change roles.")?;
    let high = |role| matches!(role, Role::Owner | Role::Admin);
    if (high(from) || high(to)) && actor.role != Role::Owner {
        return Err(Refusal::forbidden("Only an owner can change the role of owners and admins.")
            .named("owners_only")
            .into());
    }
    if from == Role::Owner {
        must_leave_an_owner(tx, actor.workspace).await?;
    }
    Ok(())
}

/// Of two owners who step down at once, the second waits for the first and is refused.
async fn must_leave_an_owner(tx: &Tx, workspace: WorkspaceId) -> Result<()> {
    workspaces::hold(tx, workspace).await?;
    let owners: i64 = tx
        .one(
            sql!(
                "SELECT COUNT(*) AS owners FROM members
                 WHERE workspace = $1 AND role = 'owner' AND state = 'active'"
            ),
            args![workspace],
        )
        .await?
        .get("owners")?;
    if owners > 1 {
        Ok(())
    } else {
        Err(Refusal::conflict("A workspace needs an owner. Make somebody else an owner first.")
            .named("last_owner")
            .into())
    }
}

/// Sets a member's picture: their own, or an admin anybody's. `hash` names the kept bytes.
pub async fn set_picture(tx: &Tx, actor: &Actor, id: MemberId, hash: &str) -> Result<()> {
    must_be_visible(tx, actor, id).await?;
    must_be_own_or_admin(actor, id)?;
    tx.run(
        sql!("UPDATE members SET picture = $3 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, hash],
    )
    .await?;
    record_card(tx, actor, id, "member.changed").await
}

/// Removes a member: they are signed out everywhere, leave all spaces, and what they wrote stays.
/// Invitations that they made and nobody used are revoked.
pub async fn remove(tx: &Tx, actor: &Actor, id: MemberId) -> Result<()> {
    actor.must_be_admin("Only admins can remove members.")?;
    let member = see(tx, actor, id).await?;
    if member.state == MemberState::Removed {
        return Ok(());
    }
    if matches!(member.role, Role::Owner | Role::Admin) && actor.role != Role::Owner {
        return Err(Refusal::forbidden("Only an owner can remove owners and admins.")
            .named("owners_only")
            .into());
    }
    if member.role == Role::Owner && member.state == MemberState::Active {
        must_leave_an_owner(tx, actor.workspace).await?;
    }
    let before = sight::around_member(tx, actor.workspace, id).await?;
    sign_out_for_good(tx, actor, id).await?;
    leave_duties(tx, actor, id).await?;
    for space in spaces::all_of(tx, actor.workspace, id).await? {
        spaces::take_out(tx, actor, space, id).await?;
    }
    record_card(tx, actor, id, "member.removed").await?;
    let after = sight::around_member(tx, actor.workspace, id).await?;
    sight::tell_others(tx, actor, "member.removed", id, &before, &after).await
}

/// Whoever is no colleague any more is in no group, on no rota, and leads no space.
async fn leave_duties(tx: &Tx, actor: &Actor, id: MemberId) -> Result<()> {
    groups::take_out(tx, actor, id).await?;
    workspaces::leave_rota(tx, actor, id).await?;
    spaces::stand_down(tx, actor, id).await
}

/// The e-mail stays with them: an invitation to it brings the same member back.
async fn sign_out_for_good(tx: &Tx, actor: &Actor, id: MemberId) -> Result<()> {
    let workspace = actor.workspace;
    for statement in [
        sql!("UPDATE members SET state = 'removed', password_hash = NULL WHERE workspace = $1 AND id = $2"),
        sql!("DELETE FROM sessions WHERE workspace = $1 AND member = $2"),
        sql!("DELETE FROM tokens WHERE workspace = $1 AND member = $2"),
    ] {
        tx.run(statement, args![workspace, id]).await?;
    }
    tx.run(
        sql!(
            "UPDATE invitations SET revoked_at = $3
             WHERE workspace = $1 AND created_by = $2 AND used_by IS NULL AND revoked_at IS NULL"
        ),
        args![workspace, id, actor.at],
    )
    .await?;
    Ok(())
}

/// Records that a member's card has changed, for everyone who may see it.
pub(crate) async fn record_card(tx: &Tx, actor: &Actor, id: MemberId, verb: &'static str) -> Result<()> {
    let member = read(tx, actor.workspace, id, actor.at).await?;
    tx.record(actor.change(verb, Audience::Person(id.uuid()), vec![row_change(&member)]));
    Ok(())
}

/// A member's card in a change.
pub(crate) fn row_change(member: &Member) -> store::RowChange {
    put("members", member.id, member)
}

/// A member whom the reader of a change no longer sees.
pub(crate) fn row_gone(id: MemberId) -> store::RowChange {
    gone("members", id)
}

fn card(row: &Row, kept: &KeptTime, at: Timestamp) -> Result<Member> {
    let picture: Option<String> = row.get("picture")?;
    Ok(Member {
        id: row.get("id")?,
        role: row.get("role")?,
        state: row.get("state")?,
        name: row.get("name")?,
        short_name: row.get("short_name")?,
        slug: row.get("slug")?,
        city: kept.away_in(at).map(str::to_owned).map_or_else(|| row.get("city"), |city| Ok(Some(city)))?,
        picture: picture.map(|hash| format!("/api/v1/pictures/{hash}")),
        hue: row.get("hue")?,
        schedule: MemberTime::compute(kept, at),
    })
}

/// One of the eight colours, always the same for the same id.
pub(crate) fn hue_of(id: &[u8]) -> u8 {
    let sum = id.iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    (sum % 8) as u8 + 1
}

/// A name as it is kept, or what is wrong with it.
pub fn clean_name(field: &str, name: &str) -> Result<String, Refusal> {
    kernel::clean_line(field, name, MOST_NAME)
}

pub(crate) fn clean_short_name(field: &str, name: &str) -> Result<String, Refusal> {
    kernel::clean_line(field, name, MOST_SHORT_NAME)
}

/// Nothing but white space is no city.
pub(crate) fn clean_city(city: Option<&str>) -> Result<Option<String>, Refusal> {
    city.filter(|city| !city.trim().is_empty())
        .map(|city| kernel::clean_line("city", city, MOST_CITY))
        .transpose()
}

fn first_word(name: &str) -> String {
    name.split(' ').next().unwrap_or_default().chars().take(MOST_SHORT_NAME).collect()
}

/// An e-mail as it is kept. Only a letter to it could prove more than this shape.
pub fn clean_email(field: impl Display, email: &str) -> Result<String, Refusal> {
    let email = email.trim();
    let wrong = || {
        Refusal::invalid_because(field.to_string(), "is not an e-mail address", "such as minh@example.com")
            .named("not_an_address")
    };
    let (local, domain) = email.rsplit_once('@').ok_or_else(wrong)?;
    let plain =
        !email.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'));
    let domain_fits = !domain.is_empty()
        && !domain.starts_with(['.', '-'])
        && !domain.ends_with(['.', '-'])
        && !domain.contains("..");
    if plain && domain_fits && !local.is_empty() && !local.contains('@') && email.len() <= MOST_EMAIL {
        Ok(email.to_owned())
    } else {
        Err(wrong())
    }
}

/// An e-mail as it is compared.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_the_shape_of_one() {
        for fine in ["a@b", " minh@example.com ", "o'neil+x@sub.example.org"] {
            assert_eq!(clean_email("email", fine), Ok(fine.trim().to_owned()));
        }
        for wrong in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b.", "a@b..c", "<a@b>", "a@b\u{0}"] {
            assert!(clean_email("email", wrong).is_err(), "{wrong:?}");
        }
        assert!(clean_email("email", &format!("{}@b", "a".repeat(253))).is_err());
    }

    #[test]
    fn a_picture_can_only_be_taken_away_by_a_patch() {
        let patch: MemberPatch = serde_json::from_str(r#"{"picture": null, "city": null}"#).unwrap();
        assert!(patch.picture.is_some_and(|picture| picture.is_none()));
        assert_eq!(patch.city, Some(None));
        assert!(serde_json::from_str::<MemberPatch>(r#"{"picture": "x"}"#).is_err());
        assert!(serde_json::from_str::<MemberPatch>(r#"{"name": null}"#).is_err());
    }
}
