//! What rules do when something has happened, and what is known of it afterwards.

use edge::App;
use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use kernel::{Ids, Refusal};
use people::{Actor, MemberId, MemberState, System, WorkspaceId, delivery, members};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use topics::{
    asks::{self, Budget, NewAsk},
    posts::{self, Reply},
};
use utoipa::ToSchema;

use super::{Rule, RuleAction, RuleDoes, Whom};
use crate::{
    Error, ProjectId, Result, RuleEventId, RuleId, RuleRunId, StepId, TaskId,
    change::{self, TaskPatch},
    due::NewDue,
    error::{code_of, from_json},
    happened::{Event, Happening},
    project::{self, Project},
    repeat::days::OwnDays,
    rhythm,
    steps::{self, NewStep},
    task::{self, Altered, Kept},
    template,
};

/// The kind of the job; its key is the task.
pub const JOB: &str = "task.rules";
/// The most rules that follow one another.
const DEEPEST: usize = 5;
/// How many runs of a project are shown.
const SHOWN: i64 = 100;
/// How long runs are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

store::words! {
    /// What came of a rule.
    pub enum RunOutcome {
        /// It was done.
        Done = "done",
        /// There was no reason any more: `why`.
        Left = "left",
        /// It could not be done: `why`.
        Failed = "failed",
    }
}

/// That a rule looked at something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleRun {
    /// Its id.
    pub id: RuleRunId,
    /// The rule.
    pub rule: RuleId,
    /// The task to which it happened.
    pub task: TaskId,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: RunOutcome,
    /// Why nothing did, in one word: `no_longer_so`, `ran_already`, `too_deep`, `no_access`, or the code of
    /// the refusal.
    #[schema(required = true)]
    pub why: Option<String>,
}

/// The latest 100 runs of a project, the newest first.
pub async fn runs(tx: &Tx, actor: &Actor, of: ProjectId) -> Result<Vec<RuleRun>> {
    let project = project::see(tx, actor, of).await?;
    let rows = tx
        .all(
            sql!(
                "SELECT id, rule, task, at, outcome, why FROM rule_runs WHERE workspace = $1 AND project = $2 \
                 ORDER BY no DESC LIMIT $3"
            ),
            args![actor.workspace, project.id, SHOWN],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(RuleRun {
                id: row.get("id")?,
                rule: row.get("rule")?,
                task: row.get("task")?,
                at: row.get("at")?,
                outcome: row.get("outcome")?,
                why: row.get("why")?,
            })
        })
        .collect()
}

/// Forgets runs after 90 days.
pub async fn prune(tx: &Tx, now: Timestamp) -> Result<()> {
    let before = now.checked_sub(KEPT).unwrap_or(now);
    tx.run(sql!("DELETE FROM rule_runs WHERE at < $1"), args![before]).await?;
    Ok(())
}

/// The payload of the job.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Work {
    pub(super) task: TaskId,
}

/// Something that happened and the rules of the project that are about it.
struct Due {
    id: RuleEventId,
    event: Event,
    chain: Vec<RuleId>,
    project: ProjectId,
    rules: Vec<Rule>,
}

/// One rule at one thing that happened.
struct Run {
    system: System,
    ids: Ids,
    event: RuleEventId,
    happened: Event,
    chain: Vec<RuleId>,
    project: ProjectId,
    task: TaskId,
    rule: Rule,
}

/// Does what rules say to all that has happened to a task. Each rule is a transaction of its own: one that
/// is refused leaves nothing behind but its run.
pub async fn work(app: &App, workspace: WorkspaceId, work: Work) -> Result<()> {
    let task = work.task;
    loop {
        let due = app.context.db.read(move |tx| async move { next(&tx, workspace, task).await }).await?;
        let Some(due) = due else { return Ok(()) };
        for rule in due.rules {
            let run = Run {
                system: System { workspace, at: app.context.clock.now() },
                ids: app.context.ids.clone(),
                event: due.id,
                happened: due.event,
                chain: due.chain.clone(),
                project: due.project,
                task,
                rule,
            };
            one(app, run).await?;
        }
        let id = due.id;
        app.context.db.write(move |tx| async move { forget(&tx, workspace, id).await }).await?;
    }
}

/// The same within a transaction that is all there or not at all: what is refused ends it.
pub async fn work_within(tx: &Tx, system: System, ids: &Ids, task: TaskId) -> Result<()> {
    while let Some(due) = next(tx, system.workspace, task).await? {
        for rule in due.rules {
            let run = Run {
                system,
                ids: ids.clone(),
                event: due.id,
                happened: due.event,
                chain: due.chain.clone(),
                project: due.project,
                task,
                rule,
            };
            perform(tx, &run).await?;
        }
        forget(tx, system.workspace, due.id).await?;
    }
    Ok(())
}

async fn next(tx: &Tx, workspace: WorkspaceId, task: TaskId) -> Result<Option<Due>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT e.id, e.happened, e.what, e.chain, k.project FROM rule_events e \
                 JOIN tasks k ON k.workspace = e.workspace AND k.id = e.task \
                 WHERE e.workspace = $1 AND e.task = $2 ORDER BY e.no LIMIT 1"
            ),
            args![workspace, task],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let (project, event) = (row.get("project")?, event(&row)?);
    let mut rules = super::of(tx, workspace, project).await?;
    rules.retain(|rule| rule.active && rule.is_about(event));
    let chain = from_json("rule_events.chain", &row.get::<String>("chain")?)?;
    Ok(Some(Due { id: row.get("id")?, event, chain, project, rules }))
}

fn event(row: &Row) -> Result<Event> {
    Ok(Event { happened: row.get("happened")?, what: row.get("what")? })
}

async fn forget(tx: &Tx, workspace: WorkspaceId, event: RuleEventId) -> Result<()> {
    tx.run(sql!("DELETE FROM rule_events WHERE workspace = $1 AND id = $2"), args![workspace, event]).await?;
    Ok(())
}

/// Runs one rule, and records what came of it.
async fn one(app: &App, run: Run) -> Result<()> {
    let run = std::sync::Arc::new(run);
    let first = run.clone();
    let done = app.context.db.write(move |tx| async move { perform(&tx, &first).await }).await;
    let Err(Error::Refused(refusal)) = done else { return done.map(|_| ()) };
    let why = code_of(&refusal);
    app.context
        .db
        .write(move |tx| async move {
            let stays = matches!(refusal, Refusal::NotFound { .. } | Refusal::Forbidden { .. });
            if stays && !maker_reaches(&tx, &run).await? {
                return stop(&tx, &run).await;
            }
            record(&tx, &run, RunOutcome::Failed, Some(why)).await.map(|_| ())
        })
        .await?;
    Ok(())
}

/// Whoever made the rule no longer sees the project: the rule is off, and says so.
async fn stop(tx: &Tx, run: &Run) -> Result<()> {
    let system = &run.system;
    tx.run(
        sql!("UPDATE rules SET active = FALSE, stopped = 'no_access' WHERE workspace = $1 AND id = $2"),
        args![system.workspace, run.rule.id],
    )
    .await?;
    record(tx, run, RunOutcome::Failed, Some("no_access")).await?;
    rhythm::announce_by_itself(tx, system, "rule.stopped", run.project).await
}

async fn maker_reaches(tx: &Tx, run: &Run) -> Result<bool> {
    let row = tx
        .maybe(
            sql!(
                "SELECT p.id FROM projects p JOIN visible_spaces v ON v.workspace = p.workspace AND v.space = p.space \
                 WHERE p.workspace = $1 AND p.id = $2 AND v.member = $3"
            ),
            args![run.system.workspace, run.project, run.rule.made_by],
        )
        .await?;
    let card = members::read(tx, run.system.workspace, run.rule.made_by, run.system.at).await?;
    Ok(row.is_some() && card.state == MemberState::Active)
}

/// Writes down what came of it. Says false when that was known already: the job ran once more.
async fn record(tx: &Tx, run: &Run, outcome: RunOutcome, why: Option<&str>) -> Result<bool> {
    let id: RuleRunId = run.ids.make();
    let written = tx
        .run(
            sql!(
                "INSERT INTO rule_runs (workspace, id, project, no, rule, event, task, at, outcome, why) \
                 VALUES ($1, $2, $3, (SELECT COALESCE(MAX(r.no), 0) + 1 FROM rule_runs r WHERE r.workspace = $1 \
                 AND r.project = $3), $4, $5, $6, $7, $8, $9) ON CONFLICT (workspace, event, rule) DO NOTHING"
            ),
            args![
                run.system.workspace,
                id,
                run.project,
                run.rule.id,
                run.event,
                run.task,
                run.system.at,
                outcome,
                why
            ],
        )
        .await?;
    Ok(written > 0)
}

/// Does what the rule says, where it is still so.
async fn perform(tx: &Tx, run: &Run) -> Result<()> {
    let actor = maker(tx, run).await?;
    let (project, kept) = task::hold(tx, &actor, run.task).await?;
    if let Some(why) = reason_to_leave(tx, run, &kept).await? {
        return record(tx, run, RunOutcome::Left, Some(why)).await.map(|_| ());
    }
    if !record(tx, run, RunOutcome::Done, None).await? {
        return Ok(());
    }
    act(tx, &actor, run, &project, kept).await
}

/// Whoever made the rule, with the rights that they have now.
async fn maker(tx: &Tx, run: &Run) -> Result<Actor> {
    let card = members::read(tx, run.system.workspace, run.rule.made_by, run.system.at).await?;
    if card.state != MemberState::Active {
        return Err(Refusal::not_found("member").into());
    }
    Ok(run.system.acting_as(run.rule.made_by, card.role, run.ids.clone()))
}

/// Why nothing is to be done: what happened was taken back, or rules follow one another in a circle.
async fn reason_to_leave(tx: &Tx, run: &Run, kept: &Kept) -> Result<Option<&'static str>> {
    let task = &kept.task;
    let is_open = task.done_at.is_none() && task.archived_at.is_none();
    let still = match run.happened.happened {
        Happening::Created | Happening::DueSoon => task.archived_at.is_none(),
        Happening::Moved => run.happened.what == Some(task.stage.uuid()),
        Happening::Given => task.owner.is_some(),
        Happening::Labelled => task.labels.iter().any(|label| Some(label.uuid()) == run.happened.what),
        Happening::StepsDone => task.steps == task.steps_done,
        Happening::WaitsOver => task.waits == 0,
        Happening::Late => is_open,
        Happening::Done => task.done_at.is_some(),
        Happening::Archived => task.archived_at.is_some(),
    };
    let row = tx
        .maybe(
            sql!("SELECT id FROM rules WHERE workspace = $1 AND id = $2 AND active"),
            args![run.system.workspace, run.rule.id],
        )
        .await?;
    Ok(if task.project != run.project || row.is_none() || !still {
        Some("no_longer_so")
    } else if run.chain.contains(&run.rule.id) {
        Some("ran_already")
    } else if run.chain.len() >= DEEPEST {
        Some("too_deep")
    } else {
        None
    })
}

async fn act(tx: &Tx, actor: &Actor, run: &Run, project: &Project, kept: Kept) -> Result<()> {
    let action = &run.rule.action;
    let task = kept.task.id;
    let text = || action.text.clone().unwrap_or_default();
    match action.does {
        RuleDoes::Ask => ask(tx, actor, action, &kept).await,
        RuleDoes::Post => {
            let post = Reply {
                id: actor.ids.make(),
                source: text(),
                files: None,
                to: None,
                ask: None,
                answers: None,
                written_at: None,
            };
            Ok(posts::add(tx, actor, task, post).await?)
        }
        RuleDoes::AddStep => {
            let id: StepId = actor.ids.make();
            steps::create(tx, actor, task, NewStep { id, text: text(), after: None }).await
        }
        RuleDoes::MakeTask => {
            let Some(template) = action.template else { return Ok(()) };
            let found = template::of_project(tx, actor.workspace, project.id, template).await?;
            let template = found
                .ok_or_else(|| Refusal::conflict("The template is no longer there.").named("not_here"))?;
            let mut altered = Altered::by_rules(chained(run));
            template.use_it(tx, actor, &mut altered, project.id, None).await?;
            altered.record_by_itself(tx, &run.system, actor, "task.created").await
        }
        _ => {
            let patch = patch(tx, actor, action, &kept).await?;
            let mut altered = Altered::by_rules(chained(run));
            change::apply(tx, actor, &mut altered, task, patch).await?;
            altered.record_by_itself(tx, &run.system, actor, "task.changed").await
        }
    }
}

/// What led here, this rule included.
fn chained(run: &Run) -> Vec<RuleId> {
    run.chain.iter().copied().chain([run.rule.id]).collect()
}

/// The change of the task that a rule makes.
async fn patch(tx: &Tx, actor: &Actor, action: &RuleAction, kept: &Kept) -> Result<TaskPatch> {
    let task = &kept.task;
    let mut patch = TaskPatch::default();
    match action.does {
        RuleDoes::Assign => patch.owner = Some(whom(action, kept)),
        RuleDoes::Move => patch.stage = action.stage.filter(|stage| *stage != task.stage),
        RuleDoes::AddLabel => {
            let more = action.label.filter(|label| !task.labels.contains(label));
            patch.labels = Some(task.labels.iter().copied().chain(more).collect());
        }
        RuleDoes::RemoveLabel => {
            let left = task.labels.iter().copied().filter(|label| Some(*label) != action.label);
            patch.labels = Some(left.collect());
        }
        RuleDoes::SetDue => patch.due = Some(due_in(tx, actor, action.days.unwrap_or(1), kept).await?),
        RuleDoes::Archive => patch.archived = Some(true),
        RuleDoes::Ask | RuleDoes::Post | RuleDoes::AddStep | RuleDoes::MakeTask => {}
    }
    Ok(patch)
}

fn whom(action: &RuleAction, kept: &Kept) -> Option<MemberId> {
    match action.whom? {
        Whom::Owner => kept.task.owner,
        Whom::Requester => Some(kept.task.requester),
        Whom::Member => action.member,
        Whom::Nobody => None,
    }
}

/// So many working days of the owner from now; of whoever made the rule while there is none.
async fn due_in(tx: &Tx, actor: &Actor, days: u8, kept: &Kept) -> Result<Option<NewDue>> {
    let whose = kept.task.owner.unwrap_or(actor.member);
    let receiver = delivery::receiver_of(tx, actor.workspace, whose, actor.at).await?;
    let schedule = receiver.schedule();
    let zone = schedule.map_or(TimeZone::UTC, |schedule| schedule.zone().clone());
    let own = OwnDays { schedule, zone };
    let today = own.zone.to_datetime(actor.at).date();
    let date = own.working_day_after(today, days).or_else(|| today.checked_add(i64::from(days).days()).ok());
    Ok(date.map(|date| NewDue { date, time: None }))
}

async fn ask(tx: &Tx, actor: &Actor, action: &RuleAction, kept: &Kept) -> Result<()> {
    let asked =
        whom(action, kept).ok_or_else(|| Refusal::conflict("There is nobody to ask.").named("nobody"))?;
    if asked == actor.member {
        // One does not ask oneself: the words stand in the task.
        let post = Reply {
            id: actor.ids.make(),
            source: action.text.clone().unwrap_or_default(),
            files: None,
            to: None,
            ask: None,
            answers: None,
            written_at: None,
        };
        return Ok(posts::add(tx, actor, kept.task.id, post).await?);
    }
    let new = NewAsk {
        id: actor.ids.make(),
        kind: action.kind.ok_or_else(|| Refusal::conflict("There is nothing to ask.").named("missing"))?,
        question: action.text.clone().unwrap_or_default(),
        asked: Some(asked),
        group: None,
        budget: Budget::NextWorkingDay,
        silence: None,
    };
    Ok(asks::create(tx, actor, kept.task.id, None, new).await?)
}
