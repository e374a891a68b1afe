//! Forms: a page with an address that cannot be guessed, on which anybody asks for something. What they
//! send becomes a task of the project; they need neither an account nor scripts.

pub(crate) mod page;

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use kernel::{Ids, Refusal, clean_line, clean_text};
use people::{Actor, MemberId, MemberState, System, WorkspaceId, members, present};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    FieldId, FormId, ProjectId, Result, StageId, TaskId,
    create::{self, NewTask},
    due::{self, NewDue},
    error::{from_json, taken, to_json},
    field::{Field, FieldKind, FieldValue, FieldValues},
    project::{self, Project},
    rhythm,
    task::{self, Altered},
};

/// The longest title of a form, in characters.
const TITLE: usize = 120;
/// The longest introduction, in bytes.
const INTRO: usize = 2_000;
/// The most forms of a project.
const MOST: usize = 20;
/// The most fields of a form.
const FIELDS: usize = 20;
/// The longest line that somebody sends, in characters.
const LINE: usize = 200;
/// The longest text, in bytes.
const TEXT: usize = 10_000;
/// How many bytes of chance the address of a form has.
const SECRET: usize = 18;

store::words! {
    /// What a form asks for, besides what it is about.
    pub enum FormAsks {
        /// A text.
        Details = "details",
        /// The name of whoever sends it.
        Name = "name",
        /// Their address, to be written to.
        Email = "email",
        /// By when it is wanted.
        WantedBy = "wanted_by",
        /// A field of the project: text, number, date or choice.
        Field = "field",
    }
}

/// A field of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// What it asks for.
    pub asks: FormAsks,
    /// With `field`: which one.
    #[serde(default)]
    pub field: Option<FieldId>,
    /// Whether it must be filled in.
    pub needed: bool,
}

/// A form as everyone who may see its project sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Form {
    /// Its id.
    pub id: FormId,
    /// What stands above it.
    pub title: String,
    /// What whoever fills it in should know, as plain text.
    pub intro: String,
    /// Where its tasks stand; the first open stage when null.
    #[schema(required = true)]
    pub stage: Option<StageId>,
    /// What it asks for, besides one line on what it is about.
    pub fields: Vec<FormField>,
    /// The end of its address, `/api/v1/f/{secret}`: whoever knows it can send.
    pub secret: String,
    /// Whether it takes anything.
    pub open: bool,
    /// Who made it: its tasks are theirs to look after.
    pub made_by: MemberId,
    /// When.
    pub made_at: Timestamp,
}

/// A form to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewForm {
    /// Made by whoever creates it.
    pub id: FormId,
    /// 1 to 120 characters.
    #[schema(min_length = 1, max_length = 120)]
    pub title: String,
    /// At most 2,000 bytes.
    #[serde(default)]
    #[schema(max_length = 2_000)]
    pub intro: Option<String>,
    /// Where its tasks stand.
    #[serde(default)]
    pub stage: Option<StageId>,
    /// At most 20.
    pub fields: Vec<FormField>,
}

/// What can be changed about a form. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FormPatch {
    /// Another title.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    /// Another introduction.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub intro: Option<String>,
    /// Another stage; null for the first open one.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<StageId>)]
    pub stage: Option<Option<StageId>>,
    /// Other fields.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub fields: Option<Vec<FormField>>,
    /// Whether it takes anything.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub open: Option<bool>,
    /// True gives it another address: the old one leads nowhere from then on.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub renew: Option<bool>,
}

impl Form {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            title: row.get("title")?,
            intro: row.get("intro")?,
            stage: row.get("stage")?,
            fields: from_json("forms.fields", &row.get::<String>("fields")?)?,
            secret: row.get("secret")?,
            open: row.get("open")?,
            made_by: row.get("made_by")?,
            made_at: row.get("made_at")?,
        })
    }
}

/// The columns of [`Form`], of a table named `f`.
macro_rules! form_columns {
    () => {
        "f.id, f.title, f.intro, f.stage, f.fields, f.secret, f.open, f.made_by, f.made_at"
    };
}

/// The forms of a project, the oldest first.
pub(crate) async fn of(tx: &Tx, workspace: WorkspaceId, project: ProjectId) -> Result<Vec<Form>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                form_columns!(),
                " FROM forms f WHERE f.workspace = $1 AND f.project = $2 ORDER BY f.made_at, f.id"
            )),
            args![workspace, project],
        )
        .await?;
    rows.iter().map(Form::from_row).collect()
}

/// Makes a form.
pub async fn create(tx: &Tx, actor: &Actor, of_project: ProjectId, new: NewForm) -> Result<()> {
    let project = project::see_to_shape(tx, actor, of_project).await?;
    if of(tx, actor.workspace, project.id).await?.len() >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} forms."))
            .named("too_many")
            .into());
    }
    let title = clean_line("title", &new.title, TITLE)?;
    let intro = clean_text("intro", new.intro.as_deref().unwrap_or_default(), INTRO)?;
    let fields = checked(&project, new.stage, &new.fields)?;
    tx.run(
        sql!(
            "INSERT INTO forms (workspace, id, project, title, intro, stage, fields, secret, made_by, made_at, open) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, TRUE)"
        ),
        args![
            actor.workspace,
            new.id,
            project.id,
            title,
            intro,
            new.stage,
            to_json("forms.fields", &fields)?,
            secret(&actor.ids),
            actor.member,
            actor.at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    rhythm::announce(tx, actor, "form.created", project.id).await
}

/// Letters and digits that nobody guesses: 144 bits.
fn secret(ids: &Ids) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let letter = |byte: u8| LETTERS.get(usize::from(byte % 32)).copied().map_or('a', char::from);
    ids.bytes::<SECRET>().into_iter().chain(ids.bytes::<SECRET>()).map(letter).collect()
}

/// Fields of the project, each once, in the order given.
fn checked(project: &Project, stage: Option<StageId>, fields: &[FormField]) -> Result<Vec<FormField>> {
    if stage.is_some_and(|stage| project.stage(stage).is_none()) {
        return Err(Refusal::invalid("stage", "is no stage of this project").named("not_here").into());
    }
    if fields.len() > FIELDS {
        return Err(Refusal::invalid_because("fields", "are too many", format!("at most {FIELDS}"))
            .named("too_many_entries")
            .into());
    }
    for (index, field) in fields.iter().enumerate() {
        let known = field.field.and_then(|id| project.fields.iter().find(|known| known.id == id));
        let fits = match field.asks {
            FormAsks::Field => known.is_some_and(|known| known.kind != FieldKind::Member),
            _ => field.field.is_none(),
        };
        let is_twice =
            fields.iter().take(index).any(|other| (other.asks, other.field) == (field.asks, field.field));
        if !fits || is_twice {
            let field = format!("fields[{index}]");
            return Err(Refusal::invalid(field, "cannot be asked for").named("not_here").into());
        }
    }
    Ok(fields.to_vec())
}

async fn see(tx: &Tx, actor: &Actor, id: FormId) -> Result<(Project, Form)> {
    let row = tx
        .maybe(sql!("SELECT project FROM forms WHERE workspace = $1 AND id = $2"), args![actor.workspace, id])
        .await?
        .ok_or(Refusal::not_found("form"))?;
    let project =
        project::see_to_shape(tx, actor, row.get("project")?).await.map_err(project::missing("form"))?;
    let form = of(tx, actor.workspace, project.id).await?.into_iter().find(|form| form.id == id);
    Ok((project, form.ok_or(Refusal::not_found("form"))?))
}

/// Changes a form, closes it, or gives it another address.
pub async fn change(tx: &Tx, actor: &Actor, id: FormId, patch: FormPatch) -> Result<()> {
    let (project, form) = see(tx, actor, id).await?;
    let known = known_fields(&project, &form);
    let title = match &patch.title {
        Some(title) => clean_line("title", title, TITLE)?,
        None => form.title,
    };
    let intro = match &patch.intro {
        Some(intro) => clean_text("intro", intro, INTRO)?,
        None => form.intro,
    };
    let stage = patch.stage.unwrap_or(form.stage.filter(|stage| project.stage(*stage).is_some()));
    let fields = checked(&project, stage, patch.fields.as_deref().unwrap_or(&known))?;
    let secret = if patch.renew == Some(true) { secret(&actor.ids) } else { form.secret };
    tx.run(
        sql!(
            "UPDATE forms SET title = $3, intro = $4, stage = $5, fields = $6, secret = $7, open = $8 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            id,
            title,
            intro,
            stage,
            to_json("forms.fields", &fields)?,
            secret,
            patch.open.unwrap_or(form.open)
        ],
    )
    .await?;
    rhythm::announce(tx, actor, "form.changed", project.id).await
}

/// What it asks for, without fields that the project no longer has.
fn known_fields(project: &Project, form: &Form) -> Vec<FormField> {
    let known = |field: &FormField| {
        field.field.is_none_or(|id| {
            project.fields.iter().any(|known| known.id == id && known.kind != FieldKind::Member)
        })
    };
    form.fields.iter().copied().filter(known).collect()
}

/// Takes a form away: its address leads nowhere.
pub async fn remove(tx: &Tx, actor: &Actor, id: FormId) -> Result<()> {
    let (project, _) = see(tx, actor, id).await?;
    tx.run(sql!("DELETE FROM forms WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    rhythm::announce(tx, actor, "form.removed", project.id).await
}

// ------------------------------------------------------------------ for anybody

/// A form that anybody may fill in.
#[derive(Clone)]
pub struct OpenForm {
    pub(crate) form: Form,
    pub(crate) project: Project,
    actor: Actor,
}

/// The form at an address, which takes something: neither it nor its project is closed, and whoever made
/// it is still there. All else does not exist.
pub async fn open(tx: &Tx, ids: Ids, now: Timestamp, secret: &str) -> Result<OpenForm> {
    let missing = || Refusal::not_found("form");
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                form_columns!(),
                ", f.workspace, f.project FROM forms f WHERE f.secret = $1 AND f.open"
            )),
            args![secret],
        )
        .await?
        .ok_or_else(missing)?;
    let (form, workspace): (Form, WorkspaceId) = (Form::from_row(&row)?, row.get("workspace")?);
    let card = members::read(tx, workspace, form.made_by, now).await?;
    if card.state != MemberState::Active {
        return Err(missing().into());
    }
    let actor = System { workspace, at: now }.acting_as(form.made_by, card.role, ids);
    let project = project::see(tx, &actor, row.get("project")?).await.map_err(project::missing("form"))?;
    project::must_be_open(tx, &actor, &project).await.map_err(|_| missing())?;
    let form = Form { fields: known_fields(&project, &form), ..form };
    Ok(OpenForm { form, project, actor })
}

/// What somebody has filled in, by the name of the field.
pub type Filled = std::collections::HashMap<String, String>;

/// The name of the field that people do not see: who fills it in is a program.
pub(crate) const TRAP: &str = "website";
/// The name of the line on what it is about.
pub(crate) const ABOUT: &str = "about";

/// The name of a field in the page.
pub(crate) fn name_of(field: &FormField) -> String {
    match field.field {
        Some(id) => id.to_string(),
        None => field.asks.as_str().to_owned(),
    }
}

/// What is wrong with what was sent: by the name of the field.
pub(crate) type Wrong = Vec<(String, page::Problem)>;

/// Makes a task of what was sent. Says what is wrong with it instead; nothing is kept then.
pub(crate) async fn send(tx: &Tx, at: &OpenForm, filled: &Filled) -> Result<Result<TaskId, Wrong>> {
    let OpenForm { form, project, actor } = at;
    let mut wrong = Wrong::new();
    let said = |name: &str| filled.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let title = said(ABOUT).map(|text| clean_line(ABOUT, text, LINE));
    let title = match title {
        Some(Ok(title)) => title,
        Some(Err(_)) => {
            wrong.push((ABOUT.to_owned(), page::Problem::TooLong));
            String::new()
        }
        None => {
            wrong.push((ABOUT.to_owned(), page::Problem::Missing));
            String::new()
        }
    };
    let mut answers = Answers::default();
    for field in &form.fields {
        let name = name_of(field);
        match said(&name) {
            None if field.needed => wrong.push((name, page::Problem::Missing)),
            None => {}
            Some(text) => {
                if let Err(problem) = answers.take(project, field, text, still_ahead(actor.at)) {
                    wrong.push((name, problem));
                }
            }
        }
    }
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let new = NewTask {
        id: actor.ids.make(),
        project: project.id,
        title,
        stage: form.stage.filter(|stage| project.stage(*stage).is_some()),
        after: None,
        owner: None,
        due: answers.wanted_by.map(|date| NewDue { date, time: None }),
        starts_on: None,
        labels: None,
        why: Some(answers.why(&form.title)),
        parent: None,
        deliverable: None,
        from_post: None,
        from_ask: None,
    };
    let (id, mut altered) = (new.id, Altered::default());
    create::make(tx, actor, &mut altered, new).await?;
    if !answers.values.is_empty() {
        let mut kept = task::read(tx, actor, id).await?;
        kept.task.values = answers.values;
        task::save(tx, actor, &mut kept).await?;
    }
    let system = System { workspace: actor.workspace, at: actor.at };
    altered.record_by_itself(tx, &system, actor, "task.requested").await?;
    Ok(Ok(id))
}

/// Makes a task of what was filled in by somebody who knows what the form asks for: what is wrong is refused.
pub async fn take(tx: &Tx, at: &OpenForm, filled: &Filled) -> Result<TaskId> {
    send(tx, at, filled).await?.map_err(|wrong| {
        let field = wrong.into_iter().next().map_or_else(|| ABOUT.to_owned(), |(field, _)| field);
        Refusal::invalid(field, "does not fit the form").into()
    })
}

/// What was sent, as far as it is right.
/// The first day that is not over everywhere: nobody knows on which clock a form was filled in.
fn still_ahead(now: Timestamp) -> Date {
    let westernmost = TimeZone::fixed(Offset::constant(-12));
    now.to_zoned(westernmost).date()
}

#[derive(Default)]
struct Answers {
    details: Option<String>,
    name: Option<String>,
    email: Option<String>,
    wanted_by: Option<Date>,
    values: FieldValues,
}

impl Answers {
    fn take(
        &mut self,
        project: &Project,
        field: &FormField,
        text: &str,
        first_day: Date,
    ) -> Result<(), page::Problem> {
        let line = || clean_line("line", text, LINE).map_err(|_| page::Problem::TooLong);
        let date = || text.parse::<Date>().map_err(|_| page::Problem::NoDate);
        match field.asks {
            FormAsks::Details => {
                self.details = Some(clean_text("details", text, TEXT).map_err(|_| page::Problem::TooLong)?);
            }
            FormAsks::Name => self.name = Some(line()?),
            FormAsks::Email => {
                self.email = Some(members::clean_email("email", text).map_err(|_| page::Problem::NoAddress)?);
            }
            FormAsks::WantedBy => {
                let day = date()?;
                if day < first_day {
                    return Err(page::Problem::Past);
                }
                if !due::is_of_work(day) {
                    return Err(page::Problem::TooFar);
                }
                self.wanted_by = Some(day);
            }
            FormAsks::Field => {
                let known = field.field.and_then(|id| project.fields.iter().find(|known| known.id == id));
                let Some(known) = known else { return Ok(()) };
                let value = read_text(known, text).ok_or(page::Problem::NotOne)?;
                self.values.insert(known.id, value);
            }
        }
        Ok(())
    }

    /// What stands in the task: words of somebody outside, so nothing in them is markup, a link or a mention.
    fn why(&self, form: &str) -> String {
        let from = [self.name.as_deref(), self.email.as_deref()];
        let from: Vec<String> = from.into_iter().flatten().map(as_it_is).collect();
        let mut lines = vec![format!("Form: {}", as_it_is(form))];
        if !from.is_empty() {
            lines.push(format!("From: {}", from.join(", ")));
        }
        let mut why = lines.join("  \n");
        if let Some(details) = &self.details {
            let quoted: Vec<String> = details.lines().map(|line| format!("> {}", as_it_is(line))).collect();
            why.push_str("\n\n");
            why.push_str(&quoted.join("  \n"));
        }
        why
    }
}

/// What somebody wrote, as the value of a field of the project; none when it does not fit.
fn read_text(field: &Field, text: &str) -> Option<FieldValue> {
    match field.kind {
        FieldKind::Text => clean_line("field", text, LINE).ok().map(FieldValue::Text),
        FieldKind::Number => {
            let number: f64 = text.replace(',', ".").parse().ok()?;
            number.is_finite().then_some(FieldValue::Number(number))
        }
        FieldKind::Date => text.parse::<Date>().ok().map(|date| FieldValue::Text(date.to_string())),
        FieldKind::Choice => {
            let chosen = field.choices.iter().find(|choice| choice.id.to_string() == text)?;
            Some(FieldValue::Text(chosen.id.to_string()))
        }
        FieldKind::Member => None,
    }
}

/// Text that Markdown shows as it is written.
fn as_it_is(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            shown.push('\\');
        }
        shown.push(letter);
    }
    shown
}
