//! Goals: a sentence with an owner, a measure and a day, key results with numbers, and the projects
//! and tasks that belong to it. Everything that changes about one is kept, with a weekly line by its owner.

use edge::put;
use jiff::{Timestamp, civil::Date};
use kernel::{Refusal, clean_line, clean_text};
use people::{Actor, MemberId, SpaceId, present};
use serde::{Deserialize, Serialize};
use store::{Audience, Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    GoalId, KeyResultId, ProjectId, Result, TaskId, due,
    error::{from_json, taken, to_json},
    list::{self, Tasks},
    project, task,
};

/// The longest title, in characters.
const TITLE: usize = 200;
/// The longest measure, in bytes.
const MEASURE: usize = 2_000;
/// The longest line, in characters.
const LINE: usize = 300;
/// The longest name of a key result, in characters.
const NAME: usize = 120;
/// The longest unit, in characters.
const UNIT: usize = 20;
/// The most key results of a goal.
const RESULTS: usize = 10;
/// The most projects and tasks of a goal.
const PARTS: usize = 50;
/// Numbers beyond this are not told apart exactly.
const LARGEST: f64 = 1e12;

store::words! {
    /// What became of a goal.
    pub enum GoalState {
        /// People work towards it.
        Open = "open",
        /// It is reached.
        Reached = "reached",
        /// It is given up.
        Dropped = "dropped",
    }
}

store::words! {
    /// How a key result is told.
    pub enum KeyResultKind {
        /// From one number to another.
        Number = "number",
        /// Done, or not.
        Done = "done",
    }
}

/// A goal as everyone who may see its space sees it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Goal {
    /// Its id.
    pub id: GoalId,
    /// The space whose people see it.
    pub space: SpaceId,
    /// One sentence.
    pub title: String,
    /// How one will know that it is reached, as plain text.
    pub measure: String,
    /// Who answers for it.
    #[schema(required = true)]
    pub owner: Option<MemberId>,
    /// The day by which it is to be reached.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub target_date: Option<Date>,
    /// What became of it.
    pub state: GoalState,
    /// Its key results, in order.
    pub results: Vec<KeyResult>,
    /// The newest line of its owner.
    #[schema(required = true)]
    pub line: Option<GoalLine>,
    /// The projects that belong to it.
    pub projects: Vec<ProjectId>,
    /// The tasks that belong to it by themselves.
    pub tasks: Vec<TaskId>,
    /// Who made it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When it was reached or given up.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// Goes up whenever any of this changes.
    pub version: i64,
}

/// A key result: a number on its way to another one, or something that is done or not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeyResult {
    /// Its id.
    pub id: KeyResultId,
    /// What it measures.
    pub name: String,
    /// How it is told.
    pub kind: KeyResultKind,
    /// `s`, `%`, `drivers`; empty where there is none.
    pub unit: String,
    /// Where the number began; null where it is done or not.
    #[schema(required = true)]
    pub from: Option<f64>,
    /// Where it is to arrive.
    #[schema(required = true)]
    pub to: Option<f64>,
    /// Where it is.
    #[schema(required = true)]
    pub value: Option<f64>,
    /// When it was done, or when its number arrived.
    #[schema(required = true)]
    pub done_at: Option<Timestamp>,
}

/// What the owner of a goal says about it, once a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoalLine {
    /// One line.
    pub text: String,
    /// Who wrote it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// One thing that changed about a goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoalChange {
    /// `made`, `title`, `measure`, `owner`, `target_date`, `state`, `parts`, `result_added`,
    /// `result_removed`, `result`, or `line`. There may be more of them later.
    pub what: String,
    /// The key result, by its name then; empty for what is about the goal.
    pub name: String,
    /// As it was: a text, the id of a member, a date, a number with its unit; empty for nothing.
    pub from: String,
    /// As it is since.
    pub to: String,
    /// Who did it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
}

/// How far what belongs to a goal has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoalCounts {
    /// The deliverables among its tasks, without what was put away.
    pub deliverables: i64,
    /// Those of them that were accepted.
    pub accepted: i64,
    /// All of its tasks.
    pub tasks: i64,
    /// Those of them that are done.
    pub done: i64,
}

/// A key result to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKeyResult {
    /// Made by whoever creates it.
    pub id: KeyResultId,
    /// What it measures, 1 to 120 characters.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// How it is told.
    pub kind: KeyResultKind,
    /// At most 20 characters.
    #[serde(default)]
    #[schema(max_length = 20)]
    pub unit: Option<String>,
    /// Where the number begins; 0 when absent.
    #[serde(default)]
    pub from: Option<f64>,
    /// Where it is to arrive; needed for a number.
    #[serde(default)]
    pub to: Option<f64>,
}

/// What can be changed about a key result. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyResultPatch {
    /// Another name.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// Where its number is.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub value: Option<f64>,
    /// Where it is to arrive.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub to: Option<f64>,
    /// Whether it is done, where it has no number.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub done: Option<bool>,
}

/// A goal to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGoal {
    /// Made by whoever creates it.
    pub id: GoalId,
    /// The space whose people see it.
    pub space: SpaceId,
    /// One sentence, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// How one will know that it is reached, at most 2,000 bytes.
    #[serde(default)]
    #[schema(max_length = 2_000)]
    pub measure: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<MemberId>,
    /// The day by which it is to be reached.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub target_date: Option<Date>,
    /// Its first key results, at most 10.
    #[serde(default)]
    pub results: Option<Vec<NewKeyResult>>,
    /// The projects that belong to it.
    #[serde(default)]
    pub projects: Option<Vec<ProjectId>>,
}

/// What can be changed about a goal. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalPatch {
    /// Another title.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    /// How one will know.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub measure: Option<String>,
    /// Who answers for it; null for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MemberId>)]
    pub owner: Option<Option<MemberId>>,
    /// The day; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = Date)]
    pub target_date: Option<Option<Date>>,
    /// What became of it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub state: Option<GoalState>,
    /// All projects that belong to it.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub projects: Option<Vec<ProjectId>>,
    /// All tasks that belong to it by themselves.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub tasks: Option<Vec<TaskId>>,
}

/// The owner's line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLine {
    /// One line, 1 to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub text: String,
}

impl Goal {
    fn row(&self) -> RowChange {
        put("goals", self.id, self)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let line: Option<String> = row.get("line")?;
        Ok(Self {
            id: row.get("id")?,
            space: row.get("space")?,
            title: row.get("title")?,
            measure: row.get("measure")?,
            owner: row.get("owner")?,
            target_date: row
                .get::<Option<String>>("target_date")?
                .map(|text| due::day("goals.target_date", &text))
                .transpose()?,
            state: row.get("state")?,
            results: from_json("goals.results", &row.get::<String>("results")?)?,
            line: line.map(|text| from_json("goals.line", &text)).transpose()?,
            projects: Vec::new(),
            tasks: Vec::new(),
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            ended_at: row.get("ended_at")?,
            version: row.get("version")?,
        })
    }
}

/// The columns of [`Goal`], of a table named `g`.
macro_rules! goal_columns {
    () => {
        "g.id, g.space, g.title, g.measure, g.owner, g.target_date, g.state, g.results, g.line, g.created_by, \
         g.created_at, g.ended_at, g.version"
    };
}

/// The goals that the actor may see: the open ones by their day, then those that ended, the latest
/// first. Of one space when it is named.
pub async fn list(tx: &Tx, actor: &Actor, space: Option<SpaceId>) -> Result<Vec<Goal>> {
    if let Some(space) = space {
        people::spaces::must_be_visible(tx, actor, space).await?;
    }
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                goal_columns!(),
                " FROM goals g JOIN visible_spaces v ON v.workspace = g.workspace AND v.member = $2 \
                 AND v.space = g.space WHERE g.workspace = $1 AND ($3 OR g.space = $4) \
                 ORDER BY g.ended_at IS NOT NULL, g.ended_at DESC, g.target_date IS NULL, g.target_date, g.created_at, \
                 g.id"
            )),
            args![actor.workspace, actor.member, space.is_none(), space],
        )
        .await?;
    let mut goals = Vec::with_capacity(rows.len());
    for row in &rows {
        goals.push(with_parts(tx, actor, Goal::from_row(row)?).await?);
    }
    Ok(goals)
}

/// A goal that the actor may see; otherwise it does not exist.
pub async fn see(tx: &Tx, actor: &Actor, id: GoalId) -> Result<Goal> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                goal_columns!(),
                " FROM goals g JOIN visible_spaces v ON v.workspace = g.workspace AND v.member = $2 \
                 AND v.space = g.space WHERE g.workspace = $1 AND g.id = $3"
            )),
            args![actor.workspace, actor.member, id],
        )
        .await?
        .ok_or(Refusal::not_found("goal"))?;
    with_parts(tx, actor, Goal::from_row(&row)?).await
}

async fn with_parts(tx: &Tx, actor: &Actor, mut goal: Goal) -> Result<Goal> {
    let rows = tx
        .all(
            sql!("SELECT project, task FROM goal_parts WHERE workspace = $1 AND goal = $2 ORDER BY no"),
            args![actor.workspace, goal.id],
        )
        .await?;
    for row in &rows {
        goal.projects.extend(row.get::<Option<ProjectId>>("project")?);
        goal.tasks.extend(row.get::<Option<TaskId>>("task")?);
    }
    Ok(goal)
}

/// The cards of the single tasks that belong to a goal, as far as the actor may see them.
pub async fn tasks_of(tx: &Tx, actor: &Actor, goal: GoalId) -> Result<Tasks> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.version, t.post_count FROM goal_parts a \
                 JOIN tasks k ON k.workspace = a.workspace AND k.id = a.task \
                 JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $3 AND v.space = p.space \
                 WHERE a.workspace = $1 AND a.goal = $2 ORDER BY a.no"
            ),
            args![actor.workspace, goal, actor.member],
        )
        .await?;
    list::encoded(tx, actor, &rows, None).await
}

/// The latest 100 changes of a goal, the newest first.
pub async fn changes(tx: &Tx, actor: &Actor, goal: GoalId) -> Result<Vec<GoalChange>> {
    let rows = tx
        .all(
            sql!(
                "SELECT what, name, from_text, to_text, by_member, at FROM goal_changes \
                 WHERE workspace = $1 AND goal = $2 ORDER BY no DESC LIMIT 100"
            ),
            args![actor.workspace, goal],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(GoalChange {
                what: row.get("what")?,
                name: row.get("name")?,
                from: row.get("from_text")?,
                to: row.get("to_text")?,
                by: row.get("by_member")?,
                at: row.get("at")?,
            })
        })
        .collect()
}

/// How far the tasks of a goal have come, as far as the actor may see them.
pub async fn counts(tx: &Tx, actor: &Actor, goal: GoalId) -> Result<GoalCounts> {
    let row = tx
        .one(
            sql!(
                "SELECT COUNT(*) AS tasks, COUNT(k.done_at) AS done, \
                 COALESCE(SUM(CASE WHEN k.deliverable THEN 1 ELSE 0 END), 0) AS deliverables, \
                 COALESCE(SUM(CASE WHEN k.deliverable AND k.acceptance = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted \
                 FROM tasks k JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                 JOIN visible_spaces v ON v.workspace = p.workspace AND v.member = $3 AND v.space = p.space \
                 WHERE k.workspace = $1 AND k.archived_at IS NULL AND k.id IN \
                 (SELECT a.task FROM goal_parts a WHERE a.workspace = $1 AND a.goal = $2 AND a.task IS NOT NULL \
                  UNION SELECT t.id FROM goal_parts b JOIN tasks t ON t.workspace = b.workspace \
                  AND t.project = b.project WHERE b.workspace = $1 AND b.goal = $2)"
            ),
            args![actor.workspace, goal, actor.member],
        )
        .await?;
    Ok(GoalCounts {
        deliverables: row.get("deliverables")?,
        accepted: row.get("accepted")?,
        tasks: row.get("tasks")?,
        done: row.get("done")?,
    })
}

/// Makes a goal.
pub async fn create(tx: &Tx, actor: &Actor, new: NewGoal) -> Result<()> {
    people::spaces::must_be_visible(tx, actor, new.space).await?;
    project::must_not_be_guest(actor)?;
    people::spaces::must_be_open(tx, actor.workspace, new.space).await?;
    let title = clean_line("title", &new.title, TITLE)?;
    let measure = clean_text("measure", new.measure.as_deref().unwrap_or_default(), MEASURE)?;
    if let Some(owner) = new.owner {
        project::must_reach(tx, actor, "owner", owner, new.space).await?;
    }
    let mut results: Vec<KeyResult> = Vec::new();
    for (index, result) in new.results.unwrap_or_default().into_iter().enumerate() {
        let field = format!("results[{index}].");
        must_have_room(&results)?;
        results.push(checked(&field, result)?);
    }
    if let Some(day) = new.target_date {
        due::checked_day("target_date", day)?;
    }
    tx.run(
        sql!(
            "INSERT INTO goals (workspace, id, space, title, measure, owner, target_date, state, results, created_by, \
             created_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, 1)"
        ),
        args![
            actor.workspace,
            new.id,
            new.space,
            &title,
            measure,
            new.owner,
            new.target_date.map(|date| date.to_string()),
            to_json("goals.results", &results)?,
            actor.member,
            actor.at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    if let Some(projects) = &new.projects {
        set_parts(tx, actor, new.id, (&[], &[]), (projects, &[])).await?;
    }
    note(tx, actor, new.id, What { about: "made", to: title, ..What::default() }).await?;
    announce(tx, actor, "goal.created", new.id).await
}

/// Changes a goal.
pub async fn change(tx: &Tx, actor: &Actor, id: GoalId, patch: GoalPatch) -> Result<()> {
    let before = hold(tx, actor, id).await?;
    let now = patched(tx, actor, before.clone(), patch).await?;
    if (&now.projects, &now.tasks) != (&before.projects, &before.tasks) {
        let before = (before.projects.as_slice(), before.tasks.as_slice());
        set_parts(tx, actor, id, before, (&now.projects, &now.tasks)).await?;
    }
    for what in differences(&before, &now) {
        note(tx, actor, id, what).await?;
    }
    save(tx, actor, &now).await?;
    announce(tx, actor, "goal.changed", id).await
}

/// Gives a goal to somebody else when its owner leaves, or to nobody. The caller has checked that they see it.
pub(crate) async fn pass(tx: &Tx, actor: &Actor, id: GoalId, to: Option<MemberId>) -> Result<()> {
    let before = see(tx, actor, id).await?;
    let now = Goal { owner: to, ..before.clone() };
    for what in differences(&before, &now) {
        note(tx, actor, id, what).await?;
    }
    save(tx, actor, &now).await?;
    announce(tx, actor, "goal.changed", id).await
}

async fn patched(tx: &Tx, actor: &Actor, goal: Goal, patch: GoalPatch) -> Result<Goal> {
    let mut now = goal;
    if let Some(title) = &patch.title {
        now.title = clean_line("title", title, TITLE)?;
    }
    if let Some(measure) = &patch.measure {
        now.measure = clean_text("measure", measure, MEASURE)?;
    }
    if let Some(owner) = patch.owner {
        if let Some(owner) = owner.filter(|owner| Some(*owner) != now.owner) {
            project::must_reach(tx, actor, "owner", owner, now.space).await?;
        }
        now.owner = owner;
    }
    if let Some(Some(day)) = patch.target_date {
        due::checked_day("target_date", day)?;
    }
    now.target_date = patch.target_date.unwrap_or(now.target_date);
    if let Some(state) = patch.state.filter(|state| *state != now.state) {
        now.state = state;
        now.ended_at = (state != GoalState::Open).then_some(actor.at);
    }
    now.projects = patch.projects.unwrap_or(now.projects);
    now.tasks = patch.tasks.unwrap_or(now.tasks);
    Ok(now)
}

/// What its log says of a change.
#[derive(Default)]
struct What {
    about: &'static str,
    name: String,
    from: String,
    to: String,
}

fn differences(before: &Goal, now: &Goal) -> Vec<What> {
    let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let member = |owner: Option<MemberId>| owner.map(|owner| owner.to_string()).unwrap_or_default();
    let parts = |goal: &Goal| (goal.projects.len() + goal.tasks.len()).to_string();
    let is_same_parts = (&before.projects, &before.tasks) == (&now.projects, &now.tasks);
    let mut all = vec![
        ("title", before.title.clone(), now.title.clone()),
        ("measure", before.measure.clone(), now.measure.clone()),
        ("owner", member(before.owner), member(now.owner)),
        ("target_date", day(before.target_date), day(now.target_date)),
        ("state", before.state.as_str().to_owned(), now.state.as_str().to_owned()),
    ];
    all.retain(|(_, from, to)| from != to);
    if !is_same_parts {
        all.push(("parts", parts(before), parts(now)));
    }
    all.into_iter().map(|(about, from, to)| What { about, name: String::new(), from, to }).collect()
}

/// Says what belongs to a goal. What is new there must be seen; what belonged to it before stays, seen or not.
async fn set_parts(
    tx: &Tx,
    actor: &Actor,
    goal: GoalId,
    before: (&[ProjectId], &[TaskId]),
    (projects, tasks): (&[ProjectId], &[TaskId]),
) -> Result<()> {
    if projects.len() + tasks.len() > PARTS {
        return Err(Refusal::invalid_because(
            "projects",
            "are too many",
            format!("at most {PARTS} with tasks"),
        )
        .named("too_many_entries")
        .into());
    }
    tx.run(sql!("DELETE FROM goal_parts WHERE workspace = $1 AND goal = $2"), args![actor.workspace, goal])
        .await?;
    let mut no = 0_i64;
    for (index, id) in projects.iter().enumerate() {
        let gone = |_| Refusal::invalid(format!("projects[{index}]"), "is no project here").named("not_here");
        if !before.0.contains(id) {
            project::see(tx, actor, *id).await.map_err(gone)?;
        }
        insert_part(tx, actor, goal, no, (Some(*id), None)).await?;
        no += 1;
    }
    for (index, id) in tasks.iter().enumerate() {
        let gone = |_| Refusal::invalid(format!("tasks[{index}]"), "is no task here").named("not_here");
        if !before.1.contains(id) {
            task::see(tx, actor, *id).await.map_err(gone)?;
        }
        insert_part(tx, actor, goal, no, (None, Some(*id))).await?;
        no += 1;
    }
    Ok(())
}

async fn insert_part(
    tx: &Tx,
    actor: &Actor,
    goal: GoalId,
    no: i64,
    (project, task): (Option<ProjectId>, Option<TaskId>),
) -> Result<()> {
    tx.run(
        sql!("INSERT INTO goal_parts (workspace, goal, no, project, task) VALUES ($1, $2, $3, $4, $5)"),
        args![actor.workspace, goal, no, project, task],
    )
    .await?;
    Ok(())
}

/// Adds a key result to a goal.
pub async fn add_result(tx: &Tx, actor: &Actor, id: GoalId, new: NewKeyResult) -> Result<()> {
    let mut goal = hold(tx, actor, id).await?;
    if goal.results.iter().any(|result| result.id == new.id) {
        return Err(Refusal::conflict("id is taken: something with this id was made before.")
            .named("taken")
            .into());
    }
    must_have_room(&goal.results)?;
    let result = checked("", new)?;
    let what =
        What { about: "result_added", name: result.name.clone(), from: String::new(), to: told(&result) };
    goal.results.push(result);
    keep(tx, actor, &goal, what).await
}

/// Changes a key result: its name, where its number is, whether it is done.
pub async fn change_result(
    tx: &Tx,
    actor: &Actor,
    id: GoalId,
    result: KeyResultId,
    patch: KeyResultPatch,
) -> Result<()> {
    let mut goal = hold(tx, actor, id).await?;
    let found = goal.results.iter_mut().find(|each| each.id == result);
    let kept = found.ok_or(Refusal::not_found("key result"))?;
    let before = kept.clone();
    patch_result(kept, patch, actor.at)?;
    if *kept == before {
        return Ok(());
    }
    let what = What { about: "result", name: kept.name.clone(), from: told(&before), to: told(kept) };
    keep(tx, actor, &goal, what).await
}

fn patch_result(kept: &mut KeyResult, patch: KeyResultPatch, now: Timestamp) -> Result<()> {
    if let Some(name) = &patch.name {
        kept.name = clean_line("name", name, NAME)?;
    }
    let is_number = kept.kind == KeyResultKind::Number;
    if (patch.value.is_some() || patch.to.is_some()) && !is_number {
        return Err(Refusal::invalid("value", "is for numbers: this is done, or not")
            .named("other_kind")
            .into());
    }
    if patch.done.is_some() && is_number {
        return Err(Refusal::invalid("done", "is not for numbers").named("other_kind").into());
    }
    if let Some(value) = patch.value {
        kept.value = Some(number("value", value)?);
    }
    if let Some(to) = patch.to {
        kept.to = Some(number("to", to)?);
        must_move("to", kept.from, kept.to)?;
    }
    let is_done = if is_number { has_arrived(kept) } else { patch.done.unwrap_or(kept.done_at.is_some()) };
    kept.done_at = is_done.then(|| kept.done_at.unwrap_or(now));
    Ok(())
}

/// Takes a key result away.
pub async fn remove_result(tx: &Tx, actor: &Actor, id: GoalId, result: KeyResultId) -> Result<()> {
    let mut goal = hold(tx, actor, id).await?;
    let at =
        goal.results.iter().position(|each| each.id == result).ok_or(Refusal::not_found("key result"))?;
    let gone = goal.results.remove(at);
    let what = What { about: "result_removed", from: told(&gone), name: gone.name, to: String::new() };
    keep(tx, actor, &goal, what).await
}

/// The owner says how it goes, in one line. Nobody's goal takes a line of anybody.
pub async fn say(tx: &Tx, actor: &Actor, id: GoalId, new: NewLine) -> Result<()> {
    let mut goal = hold(tx, actor, id).await?;
    if goal.owner.is_some_and(|owner| owner != actor.member) {
        return Err(Refusal::forbidden("Its owner writes this line.").named("owner_only").into());
    }
    let text = clean_line("text", &new.text, LINE)?;
    let from = goal.line.take().map(|line| line.text).unwrap_or_default();
    goal.line = Some(GoalLine { text: text.clone(), by: actor.member, at: actor.at });
    keep(tx, actor, &goal, What { about: "line", name: String::new(), from, to: text }).await
}

/// A goal that is altered by somebody who is no guest, held until the end of the transaction.
async fn hold(tx: &Tx, actor: &Actor, id: GoalId) -> Result<Goal> {
    tx.run(
        sql!("UPDATE goals SET version = version WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id],
    )
    .await?;
    let goal = see(tx, actor, id).await?;
    project::must_not_be_guest(actor)?;
    people::spaces::must_be_open(tx, actor.workspace, goal.space).await?;
    Ok(goal)
}

async fn keep(tx: &Tx, actor: &Actor, goal: &Goal, what: What) -> Result<()> {
    note(tx, actor, goal.id, what).await?;
    save(tx, actor, goal).await?;
    announce(tx, actor, "goal.changed", goal.id).await
}

async fn save(tx: &Tx, actor: &Actor, goal: &Goal) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE goals SET title = $3, measure = $4, owner = $5, target_date = $6, state = $7, results = $8, \
             line = $9, ended_at = $10, version = version + 1 WHERE workspace = $1 AND id = $2"
        ),
        args![
            actor.workspace,
            goal.id,
            &goal.title,
            &goal.measure,
            goal.owner,
            goal.target_date.map(|date| date.to_string()),
            goal.state,
            to_json("goals.results", &goal.results)?,
            goal.line.as_ref().map(|line| to_json("goals.line", line)).transpose()?,
            goal.ended_at
        ],
    )
    .await?;
    Ok(())
}

async fn announce(tx: &Tx, actor: &Actor, verb: &'static str, id: GoalId) -> Result<()> {
    let goal = see(tx, actor, id).await?;
    tx.record(actor.change(verb, Audience::Space(goal.space.uuid()), vec![goal.row()]));
    Ok(())
}

async fn note(tx: &Tx, actor: &Actor, goal: GoalId, what: What) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO goal_changes (workspace, goal, no, what, name, from_text, to_text, by_member, at) \
             SELECT $1, $2, COALESCE(MAX(c.no), 0) + 1, $3, $4, $5, $6, $7, $8 FROM goal_changes c \
             WHERE c.workspace = $1 AND c.goal = $2"
        ),
        args![
            actor.workspace,
            goal,
            what.about.to_owned(),
            what.name,
            what.from,
            what.to,
            actor.member,
            actor.at
        ],
    )
    .await?;
    Ok(())
}

fn must_have_room(results: &[KeyResult]) -> Result<()> {
    if results.len() < RESULTS {
        return Ok(());
    }
    let why = format!("A goal has at most {RESULTS} key results.");
    Err(Refusal::conflict(why).named("too_many_entries").into())
}

/// A new key result as it is kept. `before`: what stands before its fields in the request.
fn checked(before: &str, new: NewKeyResult) -> Result<KeyResult> {
    let field = |name: &str| format!("{before}{name}");
    let name = clean_line(&field("name"), &new.name, NAME)?;
    let unit = match new.unit.as_deref().map(str::trim).filter(|unit| !unit.is_empty()) {
        Some(unit) => clean_line(&field("unit"), unit, UNIT)?,
        None => String::new(),
    };
    if new.kind == KeyResultKind::Done {
        let kept = KeyResult {
            id: new.id,
            name,
            kind: new.kind,
            unit,
            from: None,
            to: None,
            value: None,
            done_at: None,
        };
        return Ok(kept);
    }
    let from = number(&field("from"), new.from.unwrap_or_default())?;
    let to = new.to.ok_or_else(|| {
        Refusal::invalid_because(field("to"), "is missing", "the number at which it arrives").named("empty")
    })?;
    let to = number(&field("to"), to)?;
    must_move(&field("to"), Some(from), Some(to))?;
    Ok(KeyResult {
        id: new.id,
        name,
        kind: new.kind,
        unit,
        from: Some(from),
        to: Some(to),
        value: Some(from),
        done_at: None,
    })
}

fn number(field: &str, value: f64) -> Result<f64> {
    if value.is_finite() && value.abs() <= LARGEST {
        return Ok(value);
    }
    let allowed = format!("a number from -{LARGEST} to {LARGEST}");
    Err(Refusal::invalid_because(field, "is out of range", allowed).named("out_of_range").into())
}

fn must_move(field: &str, from: Option<f64>, to: Option<f64>) -> Result<()> {
    if from == to {
        let allowed = "another number than the one where it begins";
        return Err(Refusal::invalid_because(field, "is where it begins", allowed)
            .named("out_of_range")
            .into());
    }
    Ok(())
}

/// Whether its number is where it is to arrive, or beyond.
fn has_arrived(result: &KeyResult) -> bool {
    match (result.from, result.to, result.value) {
        (Some(from), Some(to), Some(value)) => {
            if to > from {
                value >= to
            } else {
                value <= to
            }
        }
        _ => false,
    }
}

/// A key result as its log says it: its number with the unit, or whether it is done.
fn told(result: &KeyResult) -> String {
    match result.value {
        Some(value) if result.unit.is_empty() => value.to_string(),
        Some(value) => format!("{value} {}", result.unit),
        None if result.done_at.is_some() => "done".to_owned(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(from: f64, to: f64, value: f64) -> KeyResult {
        KeyResult {
            id: KeyResultId::from_uuid(uuid::Uuid::from_u128(1)),
            name: "Sign-in".to_owned(),
            kind: KeyResultKind::Number,
            unit: "s".to_owned(),
            from: Some(from),
            to: Some(to),
            value: Some(value),
            done_at: None,
        }
    }

    #[test]
    fn a_number_arrives_from_either_side() {
        for (from, to, value, arrived) in [
            (0.0, 7.0, 5.0, false),
            (0.0, 7.0, 7.0, true),
            (45.0, 20.0, 21.5, false),
            (45.0, 20.0, 18.0, true),
        ] {
            assert_eq!(has_arrived(&result(from, to, value)), arrived, "{from} {to} {value}");
        }
    }

    #[test]
    fn numbers_are_told_with_their_unit() {
        assert_eq!(told(&result(45.0, 20.0, 21.5)), "21.5 s");
        assert_eq!(told(&KeyResult { unit: String::new(), ..result(0.0, 7.0, 5.0) }), "5");
    }
}
