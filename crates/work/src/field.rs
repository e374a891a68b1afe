//! A field: what the tasks of one project say beside what all tasks say.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use kernel::{Refusal, clean_line};
use people::{Actor, MemberId, present};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    ChoiceId, FieldId, ProjectId, Result,
    error::{from_json, taken, to_json},
    project::{self, Project},
    task,
};

/// The longest name of a field or a choice, in characters.
const NAME: usize = 40;
/// The longest text in a field, in characters.
const TEXT: usize = 500;
/// The most fields of a project.
pub(crate) const MOST: usize = 20;
/// The most choices of a field.
pub(crate) const CHOICES: usize = 50;

store::words! {
    /// What a field holds.
    pub enum FieldKind {
        /// A line of text.
        Text = "text",
        /// A number.
        Number = "number",
        /// A day.
        Date = "date",
        /// One of its choices.
        Choice = "choice",
        /// A member.
        Member = "member",
    }
}

/// One of the choices of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Made by whoever creates it.
    pub id: ChoiceId,
    /// Its name, 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
}

/// A field of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Field {
    /// Its id.
    pub id: FieldId,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// In order; empty for all kinds but `choice`.
    pub choices: Vec<Choice>,
}

/// What a task says in a field: text, also a day or the id of a choice or member, or a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FieldValue {
    /// For `number`.
    Number(f64),
    /// For all others.
    Text(String),
}

/// What a task is to say in a field; null takes it away.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum FieldWish {
    /// For `number`.
    Number(f64),
    /// For all others.
    Text(String),
    /// Nothing any more.
    Nothing,
}

impl FieldWish {
    fn value(&self) -> Option<FieldValue> {
        match self {
            Self::Number(number) => Some(FieldValue::Number(*number)),
            Self::Text(text) => Some(FieldValue::Text(text.clone())),
            Self::Nothing => None,
        }
    }
}

/// What a task says in the fields of its project, by the id of the field.
pub type FieldValues = BTreeMap<FieldId, FieldValue>;

/// A field to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// Made by whoever creates it.
    pub id: FieldId,
    /// Its name, 1 to 40 characters.
    #[schema(min_length = 1, max_length = 40)]
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// For `choice`: 1 to 50.
    #[serde(default)]
    pub choices: Option<Vec<Choice>>,
}

/// What can be changed about a field. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldPatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// All of its choices. Tasks that have one which is no longer there say nothing any more.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub choices: Option<Vec<Choice>>,
}

/// The fields of one project, or of all in the workspace, the oldest first.
pub(crate) async fn of(
    tx: &Tx,
    actor: &Actor,
    only: Option<ProjectId>,
) -> Result<HashMap<ProjectId, Vec<Field>>> {
    let rows = tx
        .all(
            sql!(
                "SELECT project, id, name, kind, choices FROM project_fields \
                 WHERE workspace = $1 AND ($2 OR project = $3) ORDER BY id"
            ),
            args![actor.workspace, only.is_none(), only],
        )
        .await?;
    let mut fields: HashMap<ProjectId, Vec<Field>> = HashMap::new();
    for row in &rows {
        let choices: String = row.get("choices")?;
        let field = Field {
            id: row.get("id")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            choices: from_json("project_fields.choices", &choices)?,
        };
        fields.entry(row.get("project")?).or_default().push(field);
    }
    Ok(fields)
}

/// Adds a field to a project.
pub async fn create(tx: &Tx, actor: &Actor, of: ProjectId, new: NewField) -> Result<()> {
    project::hold(tx, actor, of).await?;
    let project = project::see_to_shape(tx, actor, of).await?;
    let name = clean_line("name", &new.name, NAME)?;
    if project.fields.len() >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} fields."))
            .named("too_many_fields")
            .into());
    }
    let choices = checked_choices(new.kind, new.choices.unwrap_or_default())?;
    tx.run(
        sql!(
            "INSERT INTO project_fields (workspace, id, project, name, kind, choices) \
             VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        args![actor.workspace, new.id, of, name, new.kind, to_json("project_fields.choices", &choices)?],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    project::touch(tx, actor, "field.created", of).await
}

fn checked_choices(kind: FieldKind, choices: Vec<Choice>) -> Result<Vec<Choice>> {
    let allowed = if kind == FieldKind::Choice { 1..=CHOICES } else { 0..=0 };
    if !allowed.contains(&choices.len()) {
        let allowed = format!("{} to {}", allowed.start(), allowed.end());
        return Err(Refusal::invalid_because("choices", "are too many or too few", allowed)
            .named("too_many_entries")
            .into());
    }
    let mut checked: Vec<Choice> = Vec::with_capacity(choices.len());
    for (index, Choice { id, name }) in choices.into_iter().enumerate() {
        if checked.iter().any(|known| known.id == id) {
            return Err(Refusal::invalid(format!("choices[{index}].id"), "is there twice").into());
        }
        checked.push(Choice { id, name: clean_line(&format!("choices[{index}].name"), &name, NAME)? });
    }
    Ok(checked)
}

async fn see(tx: &Tx, actor: &Actor, id: FieldId) -> Result<(Project, Field)> {
    let row = tx
        .maybe(
            sql!("SELECT project FROM project_fields WHERE workspace = $1 AND id = $2"),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("field"))?;
    let of: ProjectId = row.get("project")?;
    project::hold(tx, actor, of).await?;
    let project = project::see_to_shape(tx, actor, of).await.map_err(project::missing("field"))?;
    let field = project.fields.iter().find(|field| field.id == id).cloned();
    Ok((project, field.ok_or(Refusal::not_found("field"))?))
}

/// Changes a field.
pub async fn change(tx: &Tx, actor: &Actor, id: FieldId, patch: FieldPatch) -> Result<()> {
    let (project, field) = see(tx, actor, id).await?;
    let name = clean_line("name", patch.name.as_ref().unwrap_or(&field.name), NAME)?;
    let choices = match patch.choices {
        Some(choices) => checked_choices(field.kind, choices)?,
        None => field.choices.clone(),
    };
    tx.run(
        sql!("UPDATE project_fields SET name = $3, choices = $4 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, name, to_json("project_fields.choices", &choices)?],
    )
    .await?;
    let left: Vec<String> = choices.iter().map(|choice| choice.id.to_string()).collect();
    let gone = |value: &FieldValue| match value {
        FieldValue::Text(text) => field.kind == FieldKind::Choice && !left.contains(text),
        FieldValue::Number(_) => false,
    };
    task::forget_values(tx, actor, &project, id, &gone).await?;
    project::touch(tx, actor, "field.changed", project.id).await
}

/// Takes a field away, with what tasks say in it.
pub async fn remove(tx: &Tx, actor: &Actor, id: FieldId) -> Result<()> {
    let (project, _) = see(tx, actor, id).await?;
    task::forget_values(tx, actor, &project, id, &|_| true).await?;
    tx.run(sql!("DELETE FROM project_fields WHERE workspace = $1 AND id = $2"), args![actor.workspace, id])
        .await?;
    project::touch(tx, actor, "field.removed", project.id).await
}

/// The values as they are after some were set, and some taken away with null.
pub(crate) async fn set(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    values: &FieldValues,
    set: &BTreeMap<FieldId, FieldWish>,
) -> Result<FieldValues> {
    let mut values = values.clone();
    for (id, value) in set {
        let path = format!("values.{id}");
        let field = project.fields.iter().find(|known| known.id == *id);
        let field =
            field.ok_or_else(|| Refusal::invalid(&*path, "is no field of this project").named("not_here"))?;
        match value.value() {
            Some(value) => {
                let value = checked_value(tx, actor, project, field, &path, &value).await?;
                values.insert(*id, value);
            }
            None => {
                values.remove(id);
            }
        }
    }
    Ok(values)
}

async fn checked_value(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    field: &Field,
    path: &str,
    value: &FieldValue,
) -> Result<FieldValue> {
    let wrong = |allowed: &str| Refusal::invalid_because(path, "does not fit this field", allowed);
    let text = match (field.kind, value) {
        (FieldKind::Number, FieldValue::Number(number)) if number.is_finite() => return Ok(value.clone()),
        (FieldKind::Number, _) => return Err(wrong("a number").into()),
        (_, FieldValue::Number(_)) => return Err(wrong("a text").into()),
        (_, FieldValue::Text(text)) => text,
    };
    match field.kind {
        FieldKind::Number => {}
        FieldKind::Text => return Ok(FieldValue::Text(clean_line(path, text, TEXT)?)),
        FieldKind::Date => {
            let date: Date = text.parse().map_err(|_| wrong("a day such as 2026-12-01"))?;
            return Ok(FieldValue::Text(date.to_string()));
        }
        FieldKind::Choice => {
            if !field.choices.iter().any(|choice| choice.id.to_string() == *text) {
                return Err(wrong("the id of one of its choices").into());
            }
        }
        FieldKind::Member => {
            let member: MemberId = text.parse().map_err(|_| wrong("the id of a member"))?;
            project::must_reach(tx, actor, path, member, project.space).await?;
        }
    }
    Ok(FieldValue::Text(text.clone()))
}
