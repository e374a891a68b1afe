//! Invitations: links with which somebody becomes a member. Each works once, for seven days.

use jiff::{SignedDuration, Timestamp};
use kernel::{Ids, Refusal};
use serde::{Deserialize, Serialize};
use store::{Context, Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, Error, InvitationId, MemberId, MemberState, Result, Role, SpaceId, Week, WorkspaceId, delivery,
    members::{self, NewMember},
    schedules,
    sessions::hash,
    sight,
    sign_in::{self, Proved},
    spaces,
};

const LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);
const MOST_SPACES: usize = 50;

/// An invitation to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// What they will be: admin, member or guest.
    pub role: Role,
    /// For whom alone; null for whoever has the link.
    #[serde(default)]
    pub email: Option<String>,
    /// The spaces they will be in. A guest needs one.
    #[serde(default)]
    pub spaces: Vec<SpaceId>,
}

/// An invitation that was just made: its link is told only now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CreatedInvitation {
    /// Its id.
    pub id: InvitationId,
    /// The path of the link: `/invite/…`.
    pub url_path: String,
    /// What they will be.
    pub role: Role,
    /// For whom alone.
    #[schema(required = true)]
    pub email: Option<String>,
    /// The spaces they will be in.
    pub spaces: Vec<SpaceId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An invitation, without its link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// What they will be.
    pub role: Role,
    /// For whom alone.
    #[schema(required = true)]
    pub email: Option<String>,
    /// The spaces they will be in; only those that the reader may see.
    pub spaces: Vec<SpaceId>,
    /// Who made it.
    pub created_by: MemberId,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Who became a member with it.
    #[schema(required = true)]
    pub used_by: Option<MemberId>,
    /// When it was taken back.
    #[schema(required = true)]
    pub revoked_at: Option<Timestamp>,
}

/// What somebody with the link is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenInvitation {
    /// Where to.
    pub workspace: InvitedTo,
    /// What they will be.
    pub role: Role,
    /// For whom alone.
    #[schema(required = true)]
    pub email: Option<String>,
    /// By whom.
    pub invited_by: InvitedBy,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The workspace that invites.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitedTo {
    /// Its name.
    pub name: String,
}

/// The member who invites.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitedBy {
    /// Their name.
    pub name: String,
}

/// What somebody says of themselves when they accept.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Their name, at most 80 characters.
    pub name: String,
    /// What they are called, at most 30 characters; the first word of the name when absent.
    #[serde(default)]
    pub short_name: Option<String>,
    /// Their e-mail; that of the invitation, if it has one.
    pub email: String,
    /// Their password, 10 to 200 characters.
    pub password: String,
    /// Their IANA zone.
    pub zone: String,
    /// Their weekly hours; unknown when absent.
    #[serde(default)]
    pub week: Option<Week>,
    /// Where they are, at most 60 characters.
    #[serde(default)]
    pub city: Option<String>,
}

/// Makes an invitation; for admins. Only an owner invites admins, and nobody owners.
pub async fn create(tx: &Tx, actor: &Actor, new: NewInvitation) -> Result<CreatedInvitation> {
    actor.must_be_admin("Only admins can invite people.")?;
    check_role(actor, &new)?;
    let email = new.email.map(|email| members::clean_email("email", &email)).transpose()?;
    check_spaces(tx, actor, &new.spaces).await?;
    let (id, secret): (InvitationId, _) = (actor.ids.make(), actor.ids.secret());
    let expires_at = actor.at + LASTS;
    tx.run(
        sql!(
            "INSERT INTO invitations (workspace, id, secret_hash, role, email, spaces, created_by, created_at,
               expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        args![
            actor.workspace,
            id,
            hash(&secret),
            new.role,
            email,
            serde_json::to_string(&new.spaces)?,
            actor.member,
            actor.at,
            expires_at
        ],
    )
    .await?;
    Ok(CreatedInvitation {
        id,
        url_path: format!("/invite/{secret}"),
        role: new.role,
        email,
        spaces: new.spaces,
        created_at: actor.at,
        expires_at,
    })
}

fn check_role(actor: &Actor, new: &NewInvitation) -> Result<()> {
    match new.role {
        Role::Owner => {
            Err(Refusal::invalid_because("role", "cannot be invited", "admin, member or guest").into())
        }
        Role::Admin if actor.role != Role::Owner => {
            Err(Refusal::forbidden("Only an owner can invite admins.").named("owners_only").into())
        }
        Role::Guest if new.spaces.is_empty() => {
            Err(Refusal::invalid_because("spaces", "is empty", "a guest needs at least one space")
                .named("empty")
                .into())
        }
        _ => Ok(()),
    }
}

/// A private space may be named only by its members, as when they add somebody.
async fn check_spaces(tx: &Tx, actor: &Actor, spaces: &[SpaceId]) -> Result<()> {
    if spaces.len() > MOST_SPACES {
        let allowed = format!("at most {MOST_SPACES} spaces");
        return Err(Refusal::invalid_because("spaces", "has too many entries", allowed)
            .named("too_many_entries")
            .into());
    }
    for (place, space) in spaces.iter().enumerate() {
        match spaces::see(tx, actor, *space).await {
            Ok(space) if space.archived_at.is_none() => {}
            Ok(_) => {
                return Err(Refusal::invalid(format!("spaces[{place}]"), "is archived")
                    .named("space_archived")
                    .into());
            }
            Err(Error::Refused(Refusal::NotFound { .. })) => {
                return Err(Refusal::invalid(format!("spaces[{place}]"), "is not a space").into());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The invitations of the workspace, newest first, at most 200; for admins.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Invitation>> {
    actor.must_be_admin("Only admins can see invitations.")?;
    let visible: std::collections::HashSet<SpaceId> =
        spaces::list(tx, actor).await?.iter().map(|space| space.id).collect();
    let rows = tx
        .all(
            sql!(
                "SELECT id, role, email, spaces, created_by, created_at, expires_at, used_by, revoked_at
                 FROM invitations WHERE workspace = $1 ORDER BY created_at DESC, id DESC LIMIT 200"
            ),
            args![actor.workspace],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let spaces = spaces_in(row)?.into_iter().filter(|space| visible.contains(space)).collect();
            Ok(Invitation {
                id: row.get("id")?,
                role: row.get("role")?,
                email: row.get("email")?,
                spaces,
                created_by: row.get("created_by")?,
                created_at: row.get("created_at")?,
                expires_at: row.get("expires_at")?,
                used_by: row.get("used_by")?,
                revoked_at: row.get("revoked_at")?,
            })
        })
        .collect()
}

/// Takes an invitation back; for admins. One that was used stays used.
pub async fn revoke(tx: &Tx, actor: &Actor, id: InvitationId) -> Result<()> {
    actor.must_be_admin("Only admins can revoke invitations.")?;
    let row = tx
        .maybe(
            sql!(
                "UPDATE invitations SET revoked_at = COALESCE(revoked_at, $3)
                 WHERE workspace = $1 AND id = $2 RETURNING used_by"
            ),
            args![actor.workspace, id, actor.at],
        )
        .await?
        .ok_or(Refusal::not_found("invitation"))?;
    match row.get::<Option<MemberId>>("used_by")? {
        Some(_) => {
            Err(Refusal::conflict("This invitation was used already.").named("invitation_used").into())
        }
        None => Ok(()),
    }
}

/// What the holder of a link may know. A link that ended, was used or revoked is not found.
pub async fn open(tx: &Tx, secret: &str, at: Timestamp) -> Result<OpenInvitation> {
    let row = tx
        .maybe(
            sql!(
                "SELECT i.role, i.email, i.expires_at, w.name AS workspace_name, m.name AS inviter_name
                 FROM invitations i
                 JOIN workspaces w ON w.id = i.workspace
                 JOIN members m ON m.workspace = i.workspace AND m.id = i.created_by
                 WHERE i.secret_hash = $1 AND i.used_by IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2"
            ),
            args![hash(secret), at],
        )
        .await?
        .ok_or(Refusal::not_found("invitation"))?;
    Ok(OpenInvitation {
        workspace: InvitedTo { name: row.get("workspace_name")? },
        role: row.get("role")?,
        email: row.get("email")?,
        invited_by: InvitedBy { name: row.get("inviter_name")? },
        expires_at: row.get("expires_at")?,
    })
}

/// Makes a member of whoever holds the link. Of two at once, one wins.
pub async fn accept(context: &Context, secret: &str, acceptance: Acceptance) -> Result<Proved> {
    let secret_hash = hash(secret);
    let (at, secret) = (context.clock.now(), secret.to_owned());
    context.db.read(move |tx| async move { open(&tx, &secret, at).await }).await?;
    let newcomer = check(&acceptance)?;
    let password_hash = sign_in::hash_password(acceptance.password).await?;
    let (at, ids) = (context.clock.now(), context.ids.clone());
    let accepted = context
        .db
        .write(move |tx| async move { join(&tx, secret_hash, newcomer, password_hash, at, ids).await })
        .await?;
    Ok(accepted.value)
}

/// An acceptance whose values are as they are kept.
struct Newcomer {
    name: String,
    short_name: Option<String>,
    city: Option<String>,
    email: String,
    zone: String,
    week: Option<Week>,
}

fn check(acceptance: &Acceptance) -> Result<Newcomer, Refusal> {
    sign_in::check_password("password", &acceptance.password)?;
    let week = acceptance.week.clone();
    let short_name = acceptance.short_name.as_deref().filter(|name| !name.trim().is_empty());
    Ok(Newcomer {
        name: members::clean_name("name", &acceptance.name)?,
        short_name: short_name.map(|name| members::clean_short_name("short_name", name)).transpose()?,
        city: members::clean_city(acceptance.city.as_deref())?,
        email: members::clean_email("email", &acceptance.email)?,
        zone: schedules::check("", &acceptance.zone, &week.clone().unwrap_or_default())?,
        week,
    })
}

/// An invitation as its holder's transaction has it.
struct Held {
    workspace: WorkspaceId,
    id: InvitationId,
    role: Role,
    email: Option<String>,
    spaces: Vec<SpaceId>,
}

async fn join(
    tx: &Tx,
    secret_hash: [u8; 32],
    newcomer: Newcomer,
    password_hash: String,
    at: Timestamp,
    ids: Ids,
) -> Result<Proved> {
    let held = hold(tx, secret_hash, at).await?;
    if held
        .email
        .as_deref()
        .is_some_and(|email| members::email_key(email) != members::email_key(&newcomer.email))
    {
        return Err(Refusal::invalid("email", "is not the one that was invited").named("not_invited").into());
    }
    let known = members::by_email(tx, held.workspace, &newcomer.email).await?;
    let member = known.unwrap_or_else(|| ids.make());
    let actor = Actor { workspace: held.workspace, member, role: held.role, at, operation: None, ids };
    let before = sight::around_member(tx, held.workspace, member).await?;
    match known {
        Some(_) => come_back(tx, &actor, &held, &newcomer, &password_hash).await?,
        None => members::create(tx, held.workspace, new_member(&actor, &newcomer, password_hash)).await?,
    }
    schedules::keep(tx, held.workspace, member, Some(&newcomer.zone), newcomer.week.as_ref(), at).await?;
    delivery::begin(tx, held.workspace, member, at).await?;
    use_up(tx, &held, member).await?;
    members::record_card(tx, &actor, member, "member.joined").await?;
    enter_spaces(tx, &actor, &held.spaces).await?;
    let after = sight::around_member(tx, held.workspace, member).await?;
    sight::tell_others(tx, &actor, "member.joined", member, &before, &after).await?;
    Ok(Proved { workspace: held.workspace, member })
}

/// Finds the invitation and keeps others from using it until this transaction is over.
async fn hold(tx: &Tx, secret_hash: [u8; 32], at: Timestamp) -> Result<Held> {
    let row = tx
        .maybe(
            sql!(
                "UPDATE invitations SET role = role
                 WHERE secret_hash = $1 AND used_by IS NULL AND revoked_at IS NULL AND expires_at > $2
                 RETURNING workspace, id, role, email, spaces"
            ),
            args![secret_hash, at],
        )
        .await?
        .ok_or(Refusal::not_found("invitation"))?;
    Ok(Held {
        workspace: row.get("workspace")?,
        id: row.get("id")?,
        role: row.get("role")?,
        email: row.get("email")?,
        spaces: spaces_in(&row)?,
    })
}

fn new_member(actor: &Actor, newcomer: &Newcomer, password_hash: String) -> NewMember {
    NewMember {
        id: actor.member,
        role: actor.role,
        state: MemberState::Active,
        email: Some(newcomer.email.clone()),
        password_hash: Some(password_hash),
        name: newcomer.name.clone(),
        short_name: newcomer.short_name.clone(),
        city: newcomer.city.clone(),
        hue: None,
        at: actor.at,
    }
}

/// The author of imported posts, or a member who was removed, becomes active as the same member.
/// Only an invitation to exactly that e-mail does this: anybody else could claim their past.
async fn come_back(
    tx: &Tx,
    actor: &Actor,
    held: &Held,
    newcomer: &Newcomer,
    password_hash: &str,
) -> Result<()> {
    let now = members::read(tx, actor.workspace, actor.member, actor.at).await?;
    if now.state == MemberState::Active {
        return Err(Refusal::invalid("email", "belongs to another member").named("address_taken").into());
    }
    if held.email.is_none() {
        let allowed = "an invitation to exactly this e-mail";
        return Err(Refusal::invalid_because("email", "belongs to somebody who was here before", allowed)
            .named("address_taken")
            .into());
    }
    tx.run(
        sql!(
            "UPDATE members SET state = 'active', role = $3, password_hash = $4, name = $5, short_name = $6,
               city = $7, email = $8
             WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            actor.member,
            actor.role,
            password_hash,
            newcomer.name,
            newcomer.short_name.as_deref().unwrap_or(&now.short_name),
            newcomer.city,
            newcomer.email
        ],
    )
    .await?;
    Ok(())
}

async fn use_up(tx: &Tx, held: &Held, member: MemberId) -> Result<()> {
    tx.run(
        sql!("UPDATE invitations SET used_by = $3 WHERE workspace = $1 AND id = $2"),
        args![held.workspace, held.id, member],
    )
    .await?;
    Ok(())
}

/// Everybody but guests is in Company. Spaces that were archived since are left out.
async fn enter_spaces(tx: &Tx, actor: &Actor, invited_to: &[SpaceId]) -> Result<()> {
    if !actor.is_guest() {
        spaces::join_company(tx, actor).await?;
    }
    for space in invited_to {
        if spaces::read(tx, actor.workspace, *space).await?.archived_at.is_none() {
            spaces::add(tx, actor, *space, actor.member).await?;
        }
    }
    Ok(())
}

fn spaces_in(row: &Row) -> Result<Vec<SpaceId>> {
    Ok(serde_json::from_str(&row.get::<String>("spaces")?)?)
}
