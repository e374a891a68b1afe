//! A label: a coloured word of a project that its tasks carry.

use std::collections::HashMap;

use kernel::{Refusal, clean_line};
use people::{Actor, present};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    LabelId, ProjectId, Result,
    error::taken,
    project::{self, Project},
    task,
};

/// The longest name, in characters.
const NAME: usize = 30;
/// The most labels of a project.
pub(crate) const MOST: usize = 60;

store::words! {
    /// A colour of the design's tokens. It says nothing by itself: no priorities.
    pub enum Colour {
        /// The colour of text.
        Ink = "ink",
        /// Green.
        Green = "green",
        /// Blue.
        Blue = "blue",
        /// Violet.
        Violet = "violet",
        /// Rose.
        Rose = "rose",
        /// Yellow.
        Sun = "sun",
        /// Light brown.
        Sand = "sand",
        /// Grey.
        Slate = "slate",
    }
}

/// A label of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Label {
    /// Its id.
    pub id: LabelId,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub colour: Colour,
}

/// A label to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLabel {
    /// Made by whoever creates it.
    pub id: LabelId,
    /// Its name, 1 to 30 characters.
    #[schema(min_length = 1, max_length = 30)]
    pub name: String,
    /// Its colour.
    pub colour: Colour,
}

/// What can be changed about a label. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelPatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Another colour.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub colour: Option<Colour>,
}

/// The labels of one project, or of all in the workspace, by name.
pub(crate) async fn of(
    tx: &Tx,
    actor: &Actor,
    only: Option<ProjectId>,
) -> Result<HashMap<ProjectId, Vec<Label>>> {
    let rows = tx
        .all(
            sql!(
                "SELECT project, id, name, colour FROM labels WHERE workspace = $1 AND ($2 OR project = $3) \
                 ORDER BY name, id"
            ),
            args![actor.workspace, only.is_none(), only],
        )
        .await?;
    let mut labels: HashMap<ProjectId, Vec<Label>> = HashMap::new();
    for row in &rows {
        let label = Label { id: row.get("id")?, name: row.get("name")?, colour: row.get("colour")? };
        labels.entry(row.get("project")?).or_default().push(label);
    }
    Ok(labels)
}

/// Adds a label to a project. Guests label tasks and do not make labels.
pub async fn create(tx: &Tx, actor: &Actor, of: ProjectId, new: NewLabel) -> Result<()> {
    project::hold(tx, actor, of).await?;
    let project = project::see_to_shape(tx, actor, of).await?;
    let name = free_name(&project, new.id, &new.name)?;
    if project.labels.len() >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} labels."))
            .named("too_many_labels")
            .into());
    }
    tx.run(
        sql!("INSERT INTO labels (workspace, id, project, name, colour) VALUES ($1, $2, $3, $4, $5)"),
        args![actor.workspace, new.id, of, name, new.colour],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    project::touch(tx, actor, "label.created", of).await
}

/// A name that no other label of the project has: people choose labels by their names.
fn free_name(project: &Project, id: LabelId, name: &str) -> Result<String> {
    let name = clean_line("name", name, NAME)?;
    let same = |label: &&Label| label.id != id && label.name.to_lowercase() == name.to_lowercase();
    match project.labels.iter().find(same) {
        Some(_) => Err(Refusal::conflict("There is a label of this name.").named("name_taken").into()),
        None => Ok(name),
    }
}

async fn see(tx: &Tx, actor: &Actor, id: LabelId) -> Result<(Project, Label)> {
    let row = tx
        .maybe(
            sql!("SELECT project FROM labels WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("label"))?;
    let of: ProjectId = row.get("project")?;
    project::hold(tx, actor, of).await?;
    let project = project::see_to_shape(tx, actor, of).await.map_err(project::missing("label"))?;
    let label = project.labels.iter().find(|label| label.id == id).cloned();
    Ok((project, label.ok_or(Refusal::not_found("label"))?))
}

/// Changes a label.
pub async fn change(tx: &Tx, actor: &Actor, id: LabelId, patch: LabelPatch) -> Result<()> {
    let (project, label) = see(tx, actor, id).await?;
    let name = free_name(&project, id, patch.name.as_ref().unwrap_or(&label.name))?;
    tx.run(
        sql!("UPDATE labels SET name = $3, colour = $4 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, name, patch.colour.unwrap_or(label.colour)],
    )
    .await?;
    project::touch(tx, actor, "label.changed", project.id).await
}

/// Takes a label away, from the tasks that carry it as well.
pub async fn remove(tx: &Tx, actor: &Actor, id: LabelId) -> Result<()> {
    let (project, _) = see(tx, actor, id).await?;
    task::forget_label(tx, actor, &project, id).await?;
    tx.run(sql!("DELETE FROM labels WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    project::touch(tx, actor, "label.removed", project.id).await
}
