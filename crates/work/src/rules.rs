//! Rules of a project: when this happens to a task, do that. Ten things that happen, ten things to do.
//!
//! They run as jobs, right after the write that they follow: what a person does stays theirs alone, succeeds
//! whatever the rules make of it, and can be taken back while nothing has followed yet. A rule acts with
//! the rights of whoever made it, once for each thing that happened; rules that set each other off in a
//! circle are refused when they are saved, and at most five follow one another.

mod run;

use jiff::Timestamp;
use kernel::{Ids, Refusal, clean_line, clean_text};
use people::{Actor, MemberId, System, WorkspaceId, present};
use serde::{Deserialize, Serialize};
use store::{NewJob, Row, Tx, args, sql};
use topics::asks::AskKind;
use utoipa::ToSchema;

pub use self::run::{JOB, RuleRun, Work, prune, runs, work, work_within};
pub use crate::happened::Happening;
use crate::{
    Error, LabelId, ProjectId, Result, RuleEventId, RuleId, StageId, TaskId, TemplateId,
    error::{from_json, taken, to_json},
    happened::Event,
    project::{self, Project},
    rhythm,
    stage::StageKind,
    task::Kept,
    template,
};

/// The most rules of a project.
const MOST: usize = 50;
/// The longest question or step of an action, in characters.
const LINE: usize = 300;
/// The longest post of an action, in bytes.
const POST: usize = 5_000;
/// The most working days until a due.
const DAYS: u8 = 60;

store::words! {
    /// What a rule does.
    pub enum RuleDoes {
        /// Asks somebody, `kind` and `text`.
        Ask = "ask",
        /// Gives the task to somebody, or to nobody.
        Assign = "assign",
        /// Moves it to `stage`.
        Move = "move",
        /// Puts `label` on it.
        AddLabel = "add_label",
        /// Takes `label` off.
        RemoveLabel = "remove_label",
        /// Makes it due so many working days of its owner from then.
        SetDue = "set_due",
        /// Adds the step `text`.
        AddStep = "add_step",
        /// Posts `text`.
        Post = "post",
        /// Makes a task from `template`.
        MakeTask = "make_task",
        /// Puts the task away.
        Archive = "archive",
    }
}

store::words! {
    /// To whom a rule turns.
    pub enum Whom {
        /// Whoever owns the task.
        Owner = "owner",
        /// For whom it is done.
        Requester = "requester",
        /// `member`.
        Member = "member",
        /// Nobody: the task can be taken.
        Nobody = "nobody",
    }
}

/// What is done, with what it needs: the other fields are null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleAction {
    /// What.
    pub does: RuleDoes,
    /// For `ask` and `assign`: to whom.
    #[serde(default)]
    pub whom: Option<Whom>,
    /// The member, where `whom` says so.
    #[serde(default)]
    pub member: Option<MemberId>,
    /// For `ask`: what for.
    #[serde(default)]
    pub kind: Option<AskKind>,
    /// For `ask` the question, for `add_step` the step, for `post` Markdown.
    #[serde(default)]
    pub text: Option<String>,
    /// For `move`.
    #[serde(default)]
    pub stage: Option<StageId>,
    /// For `add_label` and `remove_label`.
    #[serde(default)]
    pub label: Option<LabelId>,
    /// For `set_due`: working days.
    #[serde(default)]
    pub days: Option<u8>,
    /// For `make_task`.
    #[serde(default)]
    pub template: Option<TemplateId>,
}

/// A rule of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What happens to a task.
    pub when: Happening,
    /// With `moved`: into which stage.
    #[schema(required = true)]
    pub stage: Option<StageId>,
    /// With `labelled`: with which label.
    #[schema(required = true)]
    pub label: Option<LabelId>,
    /// What is done then.
    pub action: RuleAction,
    /// With whose rights.
    pub made_by: MemberId,
    /// Since when.
    pub made_at: Timestamp,
    /// Whether it runs.
    pub active: bool,
    /// Why the program has switched it off: `no_access`, when its maker no longer sees the project.
    #[schema(required = true)]
    pub stopped: Option<String>,
}

/// A rule to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// Made by whoever creates it.
    pub id: RuleId,
    /// What happens to a task.
    pub when: Happening,
    /// With `moved`: into which stage.
    #[serde(default)]
    pub stage: Option<StageId>,
    /// With `labelled`: with which label.
    #[serde(default)]
    pub label: Option<LabelId>,
    /// What is done then.
    pub action: RuleAction,
}

/// What can be changed about a rule. Whoever changes it has made it: it has their rights from then on.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulePatch {
    /// Whether it runs.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub active: Option<bool>,
    /// Something else to do.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub action: Option<RuleAction>,
}

impl Rule {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            when: row.get("happens")?,
            stage: row.get("stage")?,
            label: row.get("label")?,
            action: from_json("rules.does", &row.get::<String>("does")?)?,
            made_by: row.get("made_by")?,
            made_at: row.get("made_at")?,
            active: row.get("active")?,
            stopped: row.get("stopped")?,
        })
    }

    /// Whether it is about something that happened.
    fn is_about(&self, event: Event) -> bool {
        let what = match self.when {
            Happening::Moved => self.stage.map(StageId::uuid),
            Happening::Labelled => self.label.map(LabelId::uuid),
            _ => None,
        };
        self.when == event.happened && what == event.what.filter(|_| what.is_some())
    }

    /// Whether what it does would set another rule off.
    fn sets_off(&self, other: &Self, project: &Project) -> bool {
        let is_done = |stage: Option<StageId>| {
            stage.and_then(|stage| project.stage(stage)).is_some_and(|stage| stage.kind == StageKind::Done)
        };
        match (self.action.does, other.when) {
            (RuleDoes::Move, Happening::Moved) => self.action.stage == other.stage,
            (RuleDoes::Move, Happening::Done) => is_done(self.action.stage),
            (RuleDoes::Assign, Happening::Given) => self.action.whom != Some(Whom::Nobody),
            (RuleDoes::AddLabel, Happening::Labelled) => self.action.label == other.label,
            // What is made stands in the first open stage.
            (RuleDoes::MakeTask, Happening::Moved) => {
                project.first(StageKind::Open).map(|stage| stage.id) == other.stage
            }
            (RuleDoes::Archive, Happening::Archived)
            | (RuleDoes::MakeTask, Happening::Created | Happening::Given) => true,
            _ => false,
        }
    }
}

/// The columns of [`Rule`], of a table named `r`.
macro_rules! rule_columns {
    () => {
        "r.id, r.happens, r.stage, r.label, r.does, r.made_by, r.made_at, r.active, r.stopped"
    };
}

/// The rules of a project, the oldest first.
pub(crate) async fn of(tx: &Tx, workspace: WorkspaceId, project: ProjectId) -> Result<Vec<Rule>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                rule_columns!(),
                " FROM rules r WHERE r.workspace = $1 AND r.project = $2 ORDER BY r.made_at, r.id"
            )),
            args![workspace, project],
        )
        .await?;
    rows.iter().map(Rule::from_row).collect()
}

/// Makes a rule.
pub async fn create(tx: &Tx, actor: &Actor, of_project: ProjectId, new: NewRule) -> Result<()> {
    project::hold(tx, actor, of_project).await?;
    let project = project::see_to_shape(tx, actor, of_project).await?;
    let others = of(tx, actor.workspace, of_project).await?;
    if others.len() >= MOST {
        return Err(Refusal::conflict(format!("A project has at most {MOST} rules."))
            .named("too_many")
            .into());
    }
    let rule = Rule {
        id: new.id,
        when: new.when,
        stage: new.stage,
        label: new.label,
        action: new.action,
        made_by: actor.member,
        made_at: actor.at,
        active: true,
        stopped: None,
    };
    let rule = checked(tx, actor, &project, rule).await?;
    must_not_circle(&project, &others, &rule)?;
    tx.run(
        sql!(
            "INSERT INTO rules (workspace, id, project, happens, stage, label, does, made_by, made_at, active) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, TRUE)"
        ),
        args![
            actor.workspace,
            rule.id,
            project.id,
            rule.when,
            rule.stage,
            rule.label,
            to_json("rules.does", &rule.action)?,
            actor.member,
            actor.at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    rhythm::announce(tx, actor, "rule.created", project.id).await
}

/// Changes a rule, switches it on or off.
pub async fn change(tx: &Tx, actor: &Actor, id: RuleId, patch: RulePatch) -> Result<()> {
    let (project, others, rule) = see(tx, actor, id).await?;
    let active = patch.active.unwrap_or(rule.active);
    let action = patch.action.unwrap_or(rule.action.clone());
    let rule = Rule { action, active, made_by: actor.member, stopped: None, ..rule };
    let rule = checked(tx, actor, &project, rule).await?;
    if rule.active {
        must_not_circle(&project, &others, &rule)?;
    }
    tx.run(
        sql!(
            "UPDATE rules SET does = $3, active = $4, made_by = $5, stopped = NULL WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, to_json("rules.does", &rule.action)?, rule.active, actor.member],
    )
    .await?;
    rhythm::announce(tx, actor, "rule.changed", project.id).await
}

/// Takes a rule away, with what is known of its runs.
pub async fn remove(tx: &Tx, actor: &Actor, id: RuleId) -> Result<()> {
    let (project, ..) = see(tx, actor, id).await?;
    tx.run(
        sql!("DELETE FROM rule_runs WHERE workspace = $1 AND project = $2 AND rule = $3"),
        args![actor.workspace, project.id, id],
    )
    .await?;
    tx.run(sql!("DELETE FROM rules WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    rhythm::announce(tx, actor, "rule.removed", project.id).await
}

/// A rule with its project, which the actor may shape, and the other rules of it.
async fn see(tx: &Tx, actor: &Actor, id: RuleId) -> Result<(Project, Vec<Rule>, Rule)> {
    let row = tx
        .maybe(sql!("SELECT project FROM rules WHERE workspace = $1 AND id = $2"), args![actor.workspace, id])
        .await?
        .ok_or(Refusal::not_found("rule"))?;
    let of_project: ProjectId = row.get("project")?;
    project::hold(tx, actor, of_project).await?;
    let project = project::see_to_shape(tx, actor, of_project).await.map_err(project::missing("rule"))?;
    let mut others = of(tx, actor.workspace, of_project).await?;
    let place = others.iter().position(|rule| rule.id == id).ok_or(Refusal::not_found("rule"))?;
    let rule = others.remove(place);
    Ok((project, others, rule))
}

/// A rule with exactly what it needs, all of it in its project.
async fn checked(tx: &Tx, actor: &Actor, project: &Project, rule: Rule) -> Result<Rule> {
    let stage = match (rule.when, rule.stage) {
        (Happening::Moved, stage) => Some(known_stage(project, "stage", stage)?),
        (_, None) => None,
        _ => return Err(needless("stage")),
    };
    let label = match (rule.when, rule.label) {
        (Happening::Labelled, label) => Some(known_label(project, "label", label)?),
        (_, None) => None,
        _ => return Err(needless("label")),
    };
    let action = checked_action(tx, actor, project, rule.action).await?;
    Ok(Rule { stage, label, action, ..rule })
}

fn needless(field: &str) -> Error {
    Refusal::invalid(field, "has no meaning here").into()
}

fn needed(field: &str) -> Refusal {
    Refusal::invalid(field, "is missing").named("missing")
}

fn known_stage(project: &Project, field: &str, stage: Option<StageId>) -> Result<StageId> {
    let stage = stage.ok_or_else(|| needed(field))?;
    project
        .stage(stage)
        .ok_or_else(|| Refusal::invalid(field, "is no stage of this project").named("not_here"))?;
    Ok(stage)
}

fn known_label(project: &Project, field: &str, label: Option<LabelId>) -> Result<LabelId> {
    let label = label.ok_or_else(|| needed(field))?;
    let known = project.labels.iter().any(|known| known.id == label);
    if known {
        Ok(label)
    } else {
        Err(Refusal::invalid(field, "is no label of this project").named("not_here").into())
    }
}

async fn checked_action(tx: &Tx, actor: &Actor, project: &Project, action: RuleAction) -> Result<RuleAction> {
    let does = action.does;
    let mut kept = RuleAction {
        does,
        whom: None,
        member: None,
        kind: None,
        text: None,
        stage: None,
        label: None,
        days: None,
        template: None,
    };
    let text = || action.text.as_deref().ok_or_else(|| needed("action.text"));
    match does {
        RuleDoes::Ask => {
            (kept.whom, kept.member) = checked_whom(tx, actor, project, &action).await?;
            if kept.whom == Some(Whom::Nobody) {
                return Err(needed("action.whom").into());
            }
            kept.kind = Some(action.kind.ok_or_else(|| needed("action.kind"))?);
            kept.text = Some(clean_line("action.text", text()?, LINE)?);
        }
        RuleDoes::Assign => (kept.whom, kept.member) = checked_whom(tx, actor, project, &action).await?,
        RuleDoes::Move => kept.stage = Some(known_stage(project, "action.stage", action.stage)?),
        RuleDoes::AddLabel | RuleDoes::RemoveLabel => {
            kept.label = Some(known_label(project, "action.label", action.label)?);
        }
        RuleDoes::SetDue => {
            let days = action.days.ok_or_else(|| needed("action.days"))?;
            if !(1..=DAYS).contains(&days) {
                let allowed = format!("1 to {DAYS} working days");
                return Err(Refusal::invalid_because("action.days", "is no number of days", allowed).into());
            }
            kept.days = Some(days);
        }
        RuleDoes::AddStep => kept.text = Some(clean_line("action.text", text()?, LINE)?),
        RuleDoes::Post => {
            let text = clean_text("action.text", text()?, POST)?;
            kept.text =
                Some(Some(text).filter(|text| !text.trim().is_empty()).ok_or_else(|| needed("action.text"))?);
        }
        RuleDoes::MakeTask => {
            let template = action.template.ok_or_else(|| needed("action.template"))?;
            template::of_project(tx, actor.workspace, project.id, template).await?.ok_or_else(|| {
                Refusal::invalid("action.template", "is no template of this project").named("not_here")
            })?;
            kept.template = Some(template);
        }
        RuleDoes::Archive => {}
    }
    Ok(kept)
}

async fn checked_whom(
    tx: &Tx,
    actor: &Actor,
    project: &Project,
    action: &RuleAction,
) -> Result<(Option<Whom>, Option<MemberId>)> {
    let whom = action.whom.ok_or_else(|| needed("action.whom"))?;
    if whom != Whom::Member {
        return Ok((Some(whom), None));
    }
    let member = action.member.ok_or_else(|| needed("action.member"))?;
    project::must_reach(tx, actor, "action.member", member, project.space).await?;
    Ok((Some(whom), Some(member)))
}

/// What a circle consists of.
#[derive(Serialize)]
struct Circle {
    rules: Vec<RuleId>,
}

/// Refuses a rule that would set itself off, by itself or over others.
fn must_not_circle(project: &Project, others: &[Rule], new: &Rule) -> Result<()> {
    let mut ways: Vec<Vec<&Rule>> = vec![vec![new]];
    let mut reached: Vec<RuleId> = Vec::new();
    while let Some(way) = ways.pop() {
        let Some(last) = way.last() else { continue };
        if last.sets_off(new, project) {
            let rules = way.iter().map(|rule| rule.id).collect();
            let why = "These rules would set each other off for ever.";
            return Err(Error::meanwhile(why, "loop", &Circle { rules }));
        }
        for other in others.iter().filter(|other| other.active && last.sets_off(other, project)) {
            if !reached.contains(&other.id) {
                reached.push(other.id);
                ways.push(way.iter().copied().chain([other]).collect());
            }
        }
    }
    Ok(())
}

/// Leaves behind what has happened, where a rule of the project is about it.
pub(crate) async fn note(
    tx: &Tx,
    system: &System,
    ids: &Ids,
    kept: &Kept,
    events: &[Event],
    chain: &[RuleId],
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let workspace = system.workspace;
    let rules = of(tx, workspace, kept.task.project).await?;
    let mut noted = false;
    for event in events.iter().filter(|event| rules.iter().any(|rule| rule.active && rule.is_about(**event)))
    {
        noted = true;
        let id: RuleEventId = ids.make();
        tx.run(
            sql!(
                "INSERT INTO rule_events (workspace, id, task, no, happened, what, chain) \
                 VALUES ($1, $2, $3, (SELECT COALESCE(MAX(e.no), 0) + 1 FROM rule_events e WHERE e.workspace = $1 \
                 AND e.task = $3), $4, $5, $6)"
            ),
            args![
                workspace,
                id,
                kept.task.id,
                event.happened,
                event.what,
                to_json("rule_events.chain", &chain)?
            ],
        )
        .await?;
    }
    if !noted {
        return Ok(());
    }
    enqueue(tx, workspace, kept.task.id, system.at).await
}

async fn enqueue(tx: &Tx, workspace: WorkspaceId, task: TaskId, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Work { task })
        .map_err(|error| Error::Broken { what: JOB, problem: error.to_string() })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: task.to_string(), payload, run_at };
    Ok(tx.enqueue(job).await?)
}
