//! What a project does by itself or again: its rules, templates and forms, as one row for its people.

use edge::put;
use people::{Actor, System};
use serde::Serialize;
use store::{Audience, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    ProjectId, Result,
    forms::{self, Form},
    project,
    rules::{self, Rule},
    template::{self, Template},
};

/// The rules, templates and forms of a project.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Rhythm {
    /// The project.
    pub id: ProjectId,
    /// The oldest first.
    pub rules: Vec<Rule>,
    /// By name.
    pub templates: Vec<Template>,
    /// The oldest first.
    pub forms: Vec<Form>,
}

/// What a project has.
pub async fn see(tx: &Tx, actor: &Actor, of: ProjectId) -> Result<Rhythm> {
    let project = project::see(tx, actor, of).await?;
    Ok(Rhythm {
        id: project.id,
        rules: rules::of(tx, actor.workspace, project.id).await?,
        templates: template::of(tx, actor.workspace, project.id).await?,
        forms: forms::of(tx, actor.workspace, project.id).await?,
    })
}

/// Says that something of it has changed.
pub(crate) async fn announce(tx: &Tx, actor: &Actor, verb: &'static str, of: ProjectId) -> Result<()> {
    let project = project::see(tx, actor, of).await?;
    let rhythm = see(tx, actor, of).await?;
    tx.record(actor.change(verb, project.audience(), vec![put("rhythms", of, &rhythm)]));
    Ok(())
}

/// The same for what nobody did at that moment.
pub(crate) async fn announce_by_itself(
    tx: &Tx,
    system: &System,
    verb: &'static str,
    of: ProjectId,
) -> Result<()> {
    let row = tx
        .one(sql!("SELECT space FROM projects WHERE workspace = $1 AND id = $2"), args![system.workspace, of])
        .await?;
    let space: people::SpaceId = row.get("space")?;
    let rhythm = Rhythm {
        id: of,
        rules: rules::of(tx, system.workspace, of).await?,
        templates: template::of(tx, system.workspace, of).await?,
        forms: forms::of(tx, system.workspace, of).await?,
    };
    tx.record(system.change(verb, Audience::Space(space.uuid()), vec![put("rhythms", of, &rhythm)]));
    Ok(())
}
