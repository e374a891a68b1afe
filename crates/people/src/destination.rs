//! Where an import goes: the workspace, the space, and in whose sight.

use kernel::Refusal;
use store::{Context, Row, Tx, args, sql};

use crate::{
    Actor, MemberId, Result, Role, SpaceId, Visibility, WorkspaceId,
    spaces::{self, NewSpace},
    workspaces,
};

/// A space as an import needs it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its id.
    pub id: SpaceId,
    /// Its name.
    pub name: String,
    /// Its name in addresses.
    pub slug: String,
}

/// A member as whom the program reads back what it has written.
#[derive(Debug, Clone, Copy)]
struct Reader {
    member: MemberId,
    role: Role,
}

/// The place of an import.
#[derive(Debug)]
pub struct Place {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// None while it does not exist.
    pub space: Option<Target>,
    /// Whether this import made it, or in a dry run would.
    pub created: bool,
    /// The name of a space that is to be made.
    pub name: String,
    reader: Reader,
}

impl Place {
    /// Finds the workspace, by its slug or the oldest one, and the space, by its name or slug.
    pub async fn find(context: &Context, workspace: Option<&str>, space: &str) -> Result<Self> {
        let (slug, wanted) = (workspace.map(str::to_owned), space.to_owned());
        context.db.read(move |tx| async move { find(&tx, slug.as_deref(), &wanted).await }).await
    }

    /// A space that the actor sees, in their sight.
    pub async fn of(tx: &Tx, actor: &Actor, space: SpaceId) -> Result<Self> {
        spaces::must_be_visible(tx, actor, space).await?;
        spaces::must_be_open(tx, actor.workspace, space).await?;
        let found = spaces::read(tx, actor.workspace, space).await?;
        Ok(Self {
            workspace: actor.workspace,
            name: found.name.clone(),
            space: Some(Target { id: space, name: found.name, slug: found.slug }),
            created: false,
            reader: Reader { member: actor.member, role: actor.role },
        })
    }

    /// The space; it is made first when it is not there.
    pub async fn make_space(&mut self, context: &Context) -> Result<SpaceId> {
        if let Some(space) = &self.space {
            return Ok(space.id);
        }
        let actor = self.importer(context);
        let new = NewSpace {
            id: context.ids.make(),
            name: self.name.clone(),
            purpose: String::new(),
            visibility: Visibility::Open,
            social: false,
            hue: None,
            members: Vec::new(),
        };
        let made = context.db.write(move |tx| async move {
            let id = new.id;
            spaces::create(&tx, &actor, new).await?;
            spaces::read(&tx, actor.workspace, id).await
        });
        let made = made.await?.value;
        self.space = Some(Target { id: made.id, name: made.name, slug: made.slug });
        Ok(made.id)
    }

    /// Somebody who sees the space, as whom rows are read back.
    pub fn importer(&self, context: &Context) -> Actor {
        Actor {
            workspace: self.workspace,
            member: self.reader.member,
            role: self.reader.role,
            at: context.clock.now(),
            operation: None,
            ids: context.ids.clone(),
        }
    }
}

async fn find(tx: &Tx, slug: Option<&str>, wanted: &str) -> Result<Place> {
    let workspace = workspaces::find(tx, slug).await?.ok_or(Refusal::not_found("workspace"))?;
    let name = kernel::clean_line("space", wanted, 60)?;
    let space = find_space(tx, workspace, &name).await?;
    let reader = match &space {
        Some(space) => reader_of(tx, workspace, space).await?,
        None => owner(tx, workspace).await?,
    };
    Ok(Place { workspace, created: space.is_none(), space, name, reader })
}

/// The space with this slug, or else with this name; upper and lower case are the same.
async fn find_space(tx: &Tx, workspace: WorkspaceId, wanted: &str) -> Result<Option<Target>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, name, slug, archived_at FROM spaces WHERE workspace = $1 ORDER BY created_at, id"
            ),
            args![workspace],
        )
        .await?;
    let mut named = Vec::new();
    for row in &rows {
        let space = Target { id: row.get("id")?, name: row.get("name")?, slug: row.get("slug")? };
        if space.slug == wanted {
            return in_use(space, row).map(Some);
        }
        if space.name.to_lowercase() == wanted.to_lowercase() {
            named.push((space, row));
        }
    }
    if named.len() > 1 {
        let slugs: Vec<String> = named.into_iter().map(|(space, _)| space.slug).collect();
        let allowed = format!("one of {}", slugs.join(", "));
        return Err(Refusal::invalid_because("space", "is the name of several spaces", allowed).into());
    }
    named.pop().map(|(space, row)| in_use(space, row)).transpose()
}

fn in_use(space: Target, row: &Row) -> Result<Target> {
    if row.get::<Option<i64>>("archived_at")?.is_some() {
        let why = format!("{} is archived: it can be read, not written", space.name);
        return Err(Refusal::forbidden(why).into());
    }
    Ok(space)
}

async fn reader_of(tx: &Tx, workspace: WorkspaceId, space: &Target) -> Result<Reader> {
    let row = tx
        .maybe(
            sql!(
                "SELECT m.id, m.role FROM visible_spaces v
                 JOIN members m ON m.workspace = v.workspace AND m.id = v.member
                 WHERE v.workspace = $1 AND v.space = $2 ORDER BY m.created_at, m.id LIMIT 1"
            ),
            args![workspace, space.id],
        )
        .await?;
    let nobody =
        || Refusal::forbidden(format!("nobody can see {}: an import would be lost there", space.name));
    read(&row.ok_or_else(nobody)?)
}

/// Makes the space when there is none.
async fn owner(tx: &Tx, workspace: WorkspaceId) -> Result<Reader> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, role FROM members WHERE workspace = $1 AND role = 'owner' AND state = 'active'
                 ORDER BY created_at, id LIMIT 1"
            ),
            args![workspace],
        )
        .await?;
    read(&row.ok_or(Refusal::not_found("owner"))?)
}

fn read(row: &Row) -> Result<Reader> {
    Ok(Reader { member: row.get("id")?, role: row.get("role")? })
}
