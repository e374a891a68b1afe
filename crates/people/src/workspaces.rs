//! Workspaces: one organisation each, and the first start that makes one.

use edge::put;
use jiff::Timestamp;
use kernel::{Ids, Refusal};
use serde::{Deserialize, Serialize};
use store::{Audience, Context, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, Error, MemberId, MemberState, Norms, Result, Role, SpaceId, Visibility, Week, WorkspaceId,
    delivery,
    members::{self, NewMember},
    norms,
    patch::present,
    schedules, sign_in,
    spaces::{self, NewSpace},
};

const MOST_NAME: usize = 80;

/// One organisation.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// How people reply here.
    pub norms: Norms,
}

/// What to alter in a workspace.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspacePatch {
    /// Its name, at most 80 characters.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// How people reply here.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub norms: Option<Norms>,
}

/// What the first start asks for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// The workspace to make.
    pub workspace: NewWorkspace,
    /// Its owner.
    pub owner: NewOwner,
}

/// A workspace to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// Its name, at most 80 characters.
    pub name: String,
}

/// The person who sets the workspace up.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOwner {
    /// Their name, at most 80 characters.
    pub name: String,
    /// Their e-mail.
    pub email: String,
    /// Their password, 10 to 200 characters.
    pub password: String,
    /// Their IANA zone. Their hours stay unknown until they set them.
    pub zone: String,
}

/// What a set-up made.
#[derive(Debug, Clone, Copy)]
pub struct Founded {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its owner.
    pub member: MemberId,
    /// The open space that everybody is in.
    pub company: SpaceId,
}

/// How many workspaces there are.
pub async fn count(tx: &Tx) -> Result<i64> {
    Ok(tx.one(sql!("SELECT COUNT(*) AS workspaces FROM workspaces"), vec![]).await?.get("workspaces")?)
}

/// A workspace.
pub async fn read(tx: &Tx, id: WorkspaceId) -> Result<Workspace> {
    let row = tx
        .maybe(sql!("SELECT id, name, slug, created_at, norms FROM workspaces WHERE id = $1"), args![id])
        .await?
        .ok_or(Refusal::not_found("workspace"))?;
    let norms: String = row.get("norms")?;
    Ok(Workspace {
        id: row.get("id")?,
        name: row.get("name")?,
        slug: row.get("slug")?,
        created_at: row.get("created_at")?,
        norms: serde_json::from_str(&norms)?,
    })
}

/// The actor's workspace, as far as they may see it.
pub async fn see(tx: &Tx, actor: &Actor) -> Result<Workspace> {
    let workspace = read(tx, actor.workspace).await?;
    Ok(if actor.is_guest() { workspace.for_guest() } else { workspace })
}

impl Workspace {
    fn for_guest(self) -> Self {
        Self { norms: self.norms.for_guest(), ..self }
    }
}

/// An admin renames the workspace, or writes how people reply in it.
pub async fn change(tx: &Tx, actor: &Actor, patch: WorkspacePatch) -> Result<()> {
    actor.must_be_admin("Only admins can change the workspace.")?;
    hold(tx, actor.workspace).await?;
    let now = read(tx, actor.workspace).await?;
    let name = match patch.name {
        Some(name) => kernel::clean_line("name", &name, MOST_NAME)?,
        None => now.name,
    };
    let norms = match patch.norms {
        Some(norms) => norms::checked(tx, actor, "norms", None, norms).await?,
        None => now.norms,
    };
    keep(tx, actor, &name, &norms).await
}

/// Writes what can change about a workspace. Guests learn of it when they read it again.
async fn keep(tx: &Tx, actor: &Actor, name: &str, norms: &Norms) -> Result<()> {
    tx.run(
        sql!("UPDATE workspaces SET name = $2, norms = $3 WHERE id = $1"),
        args![actor.workspace, name, serde_json::to_string(norms)?],
    )
    .await?;
    let row = put("workspaces", actor.workspace, &read(tx, actor.workspace).await?);
    tx.record(actor.change("workspace.changed", Audience::Workspace, vec![row]));
    Ok(())
}

/// A member who leaves the workspace, or becomes a guest, leaves its rota.
pub(crate) async fn leave_rota(tx: &Tx, actor: &Actor, member: MemberId) -> Result<()> {
    hold(tx, actor.workspace).await?;
    let now = read(tx, actor.workspace).await?;
    match now.norms.without(member) {
        Some(norms) => keep(tx, actor, &now.name, &norms).await,
        None => Ok(()),
    }
}

/// Gives the workspace to a member as they see it now that they are a guest, or no longer one.
pub(crate) async fn tell_member(tx: &Tx, actor: &Actor, member: MemberId, guest: bool) -> Result<()> {
    let workspace = read(tx, actor.workspace).await?;
    let workspace = if guest { workspace.for_guest() } else { workspace };
    let row = put("workspaces", actor.workspace, &workspace);
    tx.record(actor.change("member.changed", Audience::Member(member.uuid()), vec![row]));
    Ok(())
}

/// The workspace with this slug; the oldest one when there is no slug.
pub async fn find(tx: &Tx, slug: Option<&str>) -> Result<Option<WorkspaceId>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id FROM workspaces WHERE $1 = '' OR slug = $1
                 ORDER BY created_at, id LIMIT 1"
            ),
            args![slug.unwrap_or_default()],
        )
        .await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

/// Makes other transactions that hold the same workspace wait until this one is over.
pub(crate) async fn hold(tx: &Tx, id: WorkspaceId) -> Result<()> {
    tx.run(sql!("UPDATE workspaces SET name = name WHERE id = $1"), args![id]).await?;
    Ok(())
}

/// Makes the first workspace, its owner, and the open space Company. Of two at once, one wins.
pub async fn set_up(context: &Context, input: SetUp) -> Result<Founded> {
    let name = kernel::clean_line("workspace.name", &input.workspace.name, MOST_NAME)?;
    let owner = check_owner(&input.owner)?;
    if context.db.read(|tx| async move { count(&tx).await }).await? > 0 {
        return Err(already_set_up());
    }
    let password_hash = sign_in::hash_password(input.owner.password).await?;
    let (at, ids) = (context.clock.now(), context.ids.clone());
    let founded = context
        .db
        .write(move |tx| async move { found(&tx, name, owner, password_hash, at, ids).await })
        .await?;
    Ok(founded.value)
}

fn already_set_up() -> Error {
    Refusal::conflict("This server is set up already.").named("set_up_already").into()
}

/// An owner whose values are as they are kept.
struct CheckedOwner {
    name: String,
    email: String,
    zone: String,
}

fn check_owner(owner: &NewOwner) -> Result<CheckedOwner, Refusal> {
    sign_in::check_password("owner.password", &owner.password)?;
    Ok(CheckedOwner {
        name: members::clean_name("owner.name", &owner.name)?,
        email: members::clean_email("owner.email", &owner.email)?,
        zone: schedules::check("owner.", &owner.zone, &Week::default())?,
    })
}

async fn found(
    tx: &Tx,
    name: String,
    owner: CheckedOwner,
    password_hash: String,
    at: Timestamp,
    ids: Ids,
) -> Result<Founded> {
    let workspace = ids.make();
    must_be_the_first(tx, workspace, &name, at).await?;
    let member = ids.make();
    let actor = Actor { workspace, member, role: Role::Owner, at, operation: None, ids };
    let new = NewMember {
        id: member,
        role: Role::Owner,
        state: MemberState::Active,
        email: Some(owner.email),
        password_hash: Some(password_hash),
        name: owner.name,
        short_name: None,
        city: None,
        hue: None,
        at,
    };
    members::create(tx, workspace, new).await?;
    schedules::keep(tx, workspace, member, Some(&owner.zone), None, at).await?;
    delivery::begin(tx, workspace, member, at).await?;
    let card = members::read(tx, workspace, member, at).await?;
    let rows = vec![put("workspaces", workspace, &read(tx, workspace).await?), members::row_change(&card)];
    tx.record(actor.change("workspace.created", Audience::Workspace, rows));
    let company = actor.ids.make();
    spaces::create(tx, &actor, company_space(company)).await?;
    Ok(Founded { workspace, member, company })
}

/// The row of `first_start` can be written once, and a second writer waits for the first.
async fn must_be_the_first(tx: &Tx, id: WorkspaceId, name: &str, at: Timestamp) -> Result<()> {
    let first = tx
        .run(sql!("INSERT INTO first_start (one, at) VALUES (1, $1) ON CONFLICT (one) DO NOTHING"), args![at])
        .await?;
    if first == 0 {
        return Err(already_set_up());
    }
    let slug =
        Some(kernel::slug(name)).filter(|slug| !slug.is_empty()).unwrap_or_else(|| "workspace".to_owned());
    tx.run(
        sql!("INSERT INTO workspaces (id, name, slug, created_at) VALUES ($1, $2, $3, $4)"),
        args![id, name, slug, at],
    )
    .await?;
    Ok(())
}

fn company_space(id: SpaceId) -> NewSpace {
    NewSpace {
        id,
        name: "Company".to_owned(),
        purpose: "What concerns everybody.".to_owned(),
        visibility: Visibility::Open,
        social: false,
        hue: None,
        members: Vec::new(),
    }
}
