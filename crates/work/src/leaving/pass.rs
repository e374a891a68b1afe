//! How it goes from hand to hand when somebody leaves. A taker gets one direct thread with everything that
//! is theirs now; the history of each task says the rest, so that nothing rings for each.

use std::{collections::BTreeMap, fmt::Write};

use edge::App;
use jiff::Timestamp;
use kernel::{Ids, Refusal, clean_line};
use people::{Actor, MemberId, MemberState, Role, SpaceId, System, WorkspaceId, members, spaces};
use serde::Serialize;
use store::{NewJob, Row, Tx, args, sql};
use topics::{
    asks::{self, Pass},
    posts::NewPost,
    topic::{self, NewTopic, TopicKind},
};
use utoipa::ToSchema;

use super::{
    HeldAsk, InProject, hands_of, may_ask,
    plan::{self, Plan, ToLeave},
};
use crate::{
    DepartureId, Error, ProjectId, Result, TaskId,
    error::{from_json, taken, to_json},
    goals, handoff, hands, members as people_of, project, queue,
    task::{self, Altered},
};

/// The job that passes on what is left; its key is the departure.
pub(crate) const JOB: &str = "work.leaving";
/// How many tasks go in one transaction.
const AT_ONCE: i64 = 50;
/// How many tasks of a project the thread names.
const NAMED: i64 = 30;
/// The longest reason, in characters.
const REASON: usize = 300;

/// That somebody left, and how far what they had is with others.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Departure {
    /// Its id.
    pub id: DepartureId,
    /// Who left.
    pub member: MemberId,
    /// The space; null for the workspace.
    #[schema(required = true)]
    pub space: Option<SpaceId>,
    /// Who did it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
    /// How many tasks are with others, or nobody's.
    pub tasks: i64,
    /// When everything was; null while tasks are still on their way.
    #[schema(required = true)]
    pub done_at: Option<Timestamp>,
}

/// A departure with what only the job needs to know.
#[derive(Debug, Clone)]
struct Kept {
    shown: Departure,
    takers: BTreeMap<ProjectId, Option<MemberId>>,
    reached: Option<TaskId>,
}

impl Kept {
    fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            shown: Departure {
                id: row.get("id")?,
                member: row.get("member")?,
                space: row.get("space")?,
                by: row.get("by_member")?,
                at: row.get("at")?,
                tasks: row.get("tasks")?,
                done_at: row.get("done_at")?,
            },
            takers: from_json("departures.takers", &row.get::<String>("takers")?)?,
            reached: row.get("reached")?,
        })
    }
}

/// Removes somebody, or takes them out of a space, and gives what is in their hands to others.
pub async fn leave(app: &App, actor: &Actor, member: MemberId, wish: ToLeave) -> Result<Departure> {
    let (actor, ids) = (actor.clone(), app.context.ids.clone());
    let written = app.context.db.write(move |tx| async move {
        if let Some(before) = find(&tx, actor.workspace, wish.id).await? {
            return again(before, &actor, member);
        }
        begin(&tx, &actor, ids, member, wish).await
    });
    Ok(written.await?.value)
}

/// Done twice it is as done once; the id of another departure is taken.
fn again(before: Kept, actor: &Actor, member: MemberId) -> Result<Departure> {
    if (before.shown.member, before.shown.by) == (member, actor.member) {
        return Ok(before.shown);
    }
    Err(Refusal::conflict("id is taken: something with this id was made before.").named("taken").into())
}

async fn begin(tx: &Tx, actor: &Actor, ids: Ids, member: MemberId, wish: ToLeave) -> Result<Departure> {
    let card = members::see(tx, actor, member).await?;
    let space = wish.space;
    may_ask(tx, actor, space).await?;
    must_be_there(tx, actor, member, space).await?;
    let title = clean_line("title", &wish.title, topic::TITLE)?;
    let reason = clean_line("reason", &wish.reason, REASON)?;
    let hands = hands_of(tx, actor, member, space).await?;
    let own: Vec<InProject> = super::in_projects(tx, actor.workspace, member, space).await?;
    let plan = plan::of(tx, actor, member, hands, &wish).await?;
    let system = System { workspace: actor.workspace, at: actor.at };
    tell(tx, actor, &plan, &own, (member, &title, &reason)).await?;
    let leaver = system.acting_as(member, card.role, ids.clone());
    if card.state == MemberState::Active {
        for (ask, to) in &plan.asks {
            pass_ask(tx, &leaver, ask, *to, &reason).await?;
        }
    }
    for (goal, to) in &plan.goals {
        if let Some(program) = acting(tx, &system, &ids, goal.space, actor.member).await? {
            goals::pass(tx, &program, goal.id, *to).await?;
        }
    }
    leave_projects(tx, &system, &ids, actor, (member, space, &plan)).await?;
    let mut kept = insert(tx, actor, member, &wish, plan).await?;
    portion(tx, &system, &ids, &mut kept).await?;
    match space {
        Some(space) => spaces::leave(tx, actor, space, member).await?,
        None => members::remove(tx, actor, member).await?,
    }
    if kept.shown.done_at.is_none() {
        enqueue(tx, actor.workspace, kept.shown.id, actor.at).await?;
    }
    Ok(kept.shown)
}

/// Nobody leaves a space in which they are not: what they have there stays theirs.
async fn must_be_there(tx: &Tx, actor: &Actor, member: MemberId, space: Option<SpaceId>) -> Result<()> {
    match space {
        Some(space) if !spaces::is_in(tx, actor.workspace, space, member).await? => {
            Err(Refusal::conflict("They are not in this space.").named("not_in_space").into())
        }
        _ => Ok(()),
    }
}

/// An ask goes to somebody else, or back to who asked where nobody else can be asked.
async fn pass_ask(tx: &Tx, leaver: &Actor, ask: &HeldAsk, to: Option<MemberId>, reason: &str) -> Result<()> {
    if let Some(to) = to.filter(|to| *to != ask.asker) {
        let pass = Pass { id: leaver.ids.make(), to, note: reason.to_owned() };
        match asks::pass(tx, leaver, ask.id, pass).await {
            // Refused before anything was written: they cannot be asked there.
            Err(topics::Error::Refused(_)) => {}
            other => return Ok(other?),
        }
    }
    Ok(asks::decline(tx, leaver, ask.id, reason, None).await?)
}

/// Everything in projects but the tasks: who answers for them, queues, people, series, steps and offers.
async fn leave_projects(
    tx: &Tx,
    system: &System,
    ids: &Ids,
    actor: &Actor,
    (member, space, plan): (MemberId, Option<SpaceId>, &Plan),
) -> Result<()> {
    let projects = super::open_projects(tx, system.workspace, space).await?;
    handoff::left(tx, system, ids, member, &|project| projects.contains_key(&project)).await?;
    let named = named_in(tx, system.workspace, member).await?;
    for held in projects.values() {
        let to = plan.projects.get(&held.project).copied().flatten();
        let is_owner = held.owner == Some(member);
        if !is_owner && !named.contains(&held.project) {
            continue;
        }
        let Some(program) = acting(tx, system, ids, held.space, actor.member).await? else { continue };
        if is_owner {
            tx.run(
                sql!("UPDATE projects SET owner = $3 WHERE workspace = $1 AND id = $2"),
                args![system.workspace, held.project, to],
            )
            .await?;
        }
        people_of::take_out(tx, &program, held.project, member).await?;
        queue::take_out(tx, &program, held.project, member).await?;
        project::touch(tx, &program, "project.changed", held.project).await?;
    }
    leave_series(tx, system.workspace, member, plan).await?;
    leave_steps(tx, system, ids, actor, (member, &projects)).await
}

/// The projects in which somebody is named: among their people, or in their queue.
async fn named_in(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Vec<ProjectId>> {
    let rows = tx
        .all(
            sql!(
                "SELECT project FROM project_members WHERE workspace = $1 AND member = $2 \
                 UNION SELECT project FROM queue_members WHERE workspace = $1 AND member = $2"
            ),
            args![workspace, member],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("project")).collect::<store::Result<_>>()?)
}

/// What comes again is made with the rights of who takes it, and is theirs; nobody else's stays whose it is.
async fn leave_series(tx: &Tx, workspace: WorkspaceId, member: MemberId, plan: &Plan) -> Result<()> {
    for (project, to) in &plan.projects {
        tx.run(
            sql!(
                "UPDATE series SET owner = CASE WHEN owner = $3 THEN $4 ELSE owner END, \
                 cover = CASE WHEN cover = $3 THEN NULL ELSE cover END, \
                 made_by = CASE WHEN made_by = $3 THEN COALESCE($4, made_by) ELSE made_by END \
                 WHERE workspace = $1 AND project = $2"
            ),
            args![workspace, *project, member, *to],
        )
        .await?;
    }
    Ok(())
}

/// Steps that were theirs in the tasks of others are those of the tasks' owners.
async fn leave_steps(
    tx: &Tx,
    system: &System,
    ids: &Ids,
    actor: &Actor,
    (member, projects): (MemberId, &BTreeMap<ProjectId, InProject>),
) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT DISTINCT s.task, k.project FROM steps s \
                 JOIN tasks k ON k.workspace = s.workspace AND k.id = s.task \
                 WHERE s.workspace = $1 AND s.owner = $2 AND s.done_at IS NULL ORDER BY s.task"
            ),
            args![system.workspace, member],
        )
        .await?;
    for row in &rows {
        let (id, project): (TaskId, ProjectId) = (row.get("task")?, row.get("project")?);
        let Some(held) = projects.get(&project) else { continue };
        let Some(program) = acting(tx, system, ids, held.space, actor.member).await? else { continue };
        tx.run(
            sql!(
                "UPDATE steps SET owner = NULL WHERE workspace = $1 AND task = $2 AND owner = $3 AND done_at IS NULL"
            ),
            args![system.workspace, id, member],
        )
        .await?;
        let mut kept = task::read(tx, &program, id).await?;
        task::save(tx, &program, &mut kept).await?;
        let mut altered = Altered::default();
        altered.page(id);
        record(tx, system, &program, actor.member, altered).await?;
    }
    Ok(())
}

/// Who does it did it where they see it; the rest happened by itself.
async fn record(tx: &Tx, system: &System, program: &Actor, by: MemberId, altered: Altered) -> Result<()> {
    if program.member == by {
        altered.record(tx, program, "task.changed").await
    } else {
        altered.record_by_itself(tx, system, program, "task.changed").await
    }
}

/// Somebody with whose eyes the program does it: who does it, or where they do not see the space anybody who
/// does. None where nobody does.
async fn acting(tx: &Tx, system: &System, ids: &Ids, space: SpaceId, by: MemberId) -> Result<Option<Actor>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT member FROM visible_spaces WHERE workspace = $1 AND space = $2 \
                 ORDER BY member <> $3, member LIMIT 1"
            ),
            args![system.workspace, space, by],
        )
        .await?;
    row.map(|row| Ok(system.acting_as(row.get("member")?, Role::Member, ids.clone()))).transpose()
}

// ------------------------------------------------------------------ tasks, in portions

async fn insert(tx: &Tx, actor: &Actor, member: MemberId, wish: &ToLeave, plan: Plan) -> Result<Kept> {
    tx.run(
        sql!(
            "INSERT INTO departures (workspace, id, member, space, by_member, at, takers, tasks) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0)"
        ),
        args![
            actor.workspace,
            wish.id,
            member,
            wish.space,
            actor.member,
            actor.at,
            to_json("departures.takers", &plan.projects)?
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    find(tx, actor.workspace, wish.id).await?.ok_or_else(|| Refusal::not_found("departure").into())
}

async fn find(tx: &Tx, workspace: WorkspaceId, id: DepartureId) -> Result<Option<Kept>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, member, space, by_member, at, takers, reached, tasks, done_at FROM departures \
                 WHERE workspace = $1 AND id = $2"
            ),
            args![workspace, id],
        )
        .await?;
    row.as_ref().map(Kept::from_row).transpose()
}

/// Passes the next tasks on: the open ones, and the newest of each series that goes on. Says how far it is.
async fn portion(tx: &Tx, system: &System, ids: &Ids, kept: &mut Kept) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.id, k.project, p.space FROM tasks k \
                 JOIN projects p ON p.workspace = k.workspace AND p.id = k.project AND p.archived_at IS NULL \
                 LEFT JOIN series s ON s.workspace = k.workspace AND s.latest = k.id AND s.state <> 'ended' \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.archived_at IS NULL \
                 AND (k.done_at IS NULL OR s.latest IS NOT NULL) AND ($3 OR p.space = $4) \
                 AND ($5 OR k.id > $6) ORDER BY k.id LIMIT $7"
            ),
            args![
                system.workspace,
                kept.shown.member,
                kept.shown.space.is_none(),
                kept.shown.space,
                kept.reached.is_none(),
                kept.reached,
                AT_ONCE
            ],
        )
        .await?;
    for row in &rows {
        let (id, to): (TaskId, ProjectId) = (row.get("id")?, row.get("project")?);
        let to = kept.takers.get(&to).copied().flatten();
        pass_task(tx, system, ids, kept.shown.by, (id, row.get("space")?, to)).await?;
        kept.reached = Some(id);
    }
    let passed = super::count(&rows);
    kept.shown.tasks += passed;
    kept.shown.done_at = (passed < AT_ONCE).then_some(system.at);
    tx.run(
        sql!("UPDATE departures SET reached = $3, tasks = $4, done_at = $5 WHERE workspace = $1 AND id = $2"),
        args![system.workspace, kept.shown.id, kept.reached, kept.shown.tasks, kept.shown.done_at],
    )
    .await?;
    Ok(())
}

async fn pass_task(
    tx: &Tx,
    system: &System,
    ids: &Ids,
    by: MemberId,
    (id, space, to): (TaskId, SpaceId, Option<MemberId>),
) -> Result<()> {
    let Some(program) = acting(tx, system, ids, space, by).await? else { return Ok(()) };
    // Who was to take it may have left meanwhile.
    let to = match to {
        Some(to) if project::can_reach(tx, &program, to, space).await? => Some(to),
        _ => None,
    };
    tx.run(
        sql!("UPDATE tasks SET version = version WHERE workspace = $1 AND id = $2"),
        args![system.workspace, id],
    )
    .await?;
    let mut kept = task::read(tx, &program, id).await?;
    let mut altered = Altered::default();
    handoff::take_back_open(tx, &program, &mut altered, id, to).await?;
    hands::pass(tx, &program, &mut altered, &mut kept, to).await?;
    task::save(tx, &program, &mut kept).await?;
    record(tx, system, &program, by, altered).await
}

async fn enqueue(tx: &Tx, workspace: WorkspaceId, id: DepartureId, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&())
        .map_err(|error| Error::Broken { what: JOB, problem: error.to_string() })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: id.to_string(), payload, run_at };
    Ok(tx.enqueue(job).await?)
}

/// Passes on what is left, one portion after the other. Killed in between it goes on where it was.
pub(crate) async fn go_on(app: &App, workspace: WorkspaceId, id: DepartureId) -> Result<()> {
    loop {
        let system = System { workspace, at: app.context.clock.now() };
        let ids = app.context.ids.clone();
        let written = app.context.db.write(move |tx| async move { step(&tx, &system, &ids, id).await });
        if written.await?.value {
            return Ok(());
        }
    }
}

/// One portion; true when nothing is left. Who has come back meanwhile keeps what they have.
async fn step(tx: &Tx, system: &System, ids: &Ids, id: DepartureId) -> Result<bool> {
    let Some(mut kept) = find(tx, system.workspace, id).await? else { return Ok(true) };
    if kept.shown.done_at.is_some() {
        return Ok(true);
    }
    if is_back(tx, system, &kept.shown).await? {
        tx.run(
            sql!("UPDATE departures SET done_at = $3 WHERE workspace = $1 AND id = $2"),
            args![system.workspace, id, system.at],
        )
        .await?;
        return Ok(true);
    }
    portion(tx, system, ids, &mut kept).await?;
    Ok(kept.shown.done_at.is_some())
}

async fn is_back(tx: &Tx, system: &System, left: &Departure) -> Result<bool> {
    match left.space {
        None => {
            let card = members::read(tx, system.workspace, left.member, system.at).await?;
            Ok(card.state != MemberState::Removed)
        }
        Some(space) => spaces::is_in(tx, system.workspace, space, left.member).await.map_err(Error::from),
    }
}

/// Winds what lost jobs should have passed on, in every workspace: for jobs that failed for good.
pub(crate) async fn wind_overdue(tx: &Tx, at: Timestamp) -> Result<()> {
    let rows = tx
        .all(sql!("SELECT workspace, id FROM departures WHERE done_at IS NULL AND at <= $1"), args![at])
        .await?;
    for row in &rows {
        enqueue(tx, row.get("workspace")?, row.get("id")?, at).await?;
    }
    Ok(())
}

// ------------------------------------------------------------------ what the takers are told

/// Writes each taker one direct thread with everything of which the actor sees that it goes to them.
async fn tell(
    tx: &Tx,
    actor: &Actor,
    plan: &Plan,
    own: &[InProject],
    (leaving, title, reason): (MemberId, &str, &str),
) -> Result<()> {
    let mut said: BTreeMap<MemberId, String> = BTreeMap::new();
    for held in own {
        let Some(to) = plan.projects.get(&held.project).copied().flatten() else { continue };
        if !project::can_reach(tx, actor, actor.member, held.space).await? {
            continue;
        }
        let project = project::see(tx, actor, held.project).await?;
        let slug = spaces::read(tx, actor.workspace, held.space).await?.slug;
        let text = said.entry(to).or_default();
        let _ = write!(text, "\n\n**[{}](/s/{slug}/board?project={})**\n", plain(&project.name), project.key);
        name_tasks(tx, actor, leaving, held, text).await?;
    }
    for (goal, to) in &plan.goals {
        let Some(to) = to else { continue };
        let slug = spaces::read(tx, actor.workspace, goal.space).await?.slug;
        let text = said.entry(*to).or_default();
        let _ = write!(text, "\n\n[{}](/s/{slug}/goals)", plain(&goal.title));
    }
    for (to, text) in said {
        if to == actor.member || to == leaving {
            continue;
        }
        let post = NewPost {
            id: actor.ids.make(),
            source: format!("{}{text}", plain(reason)),
            files: None,
            to: Some(vec![to]),
        };
        let new = NewTopic {
            id: actor.ids.make(),
            kind: TopicKind::Thread,
            title: title.to_owned(),
            space: None,
            participants: Some(vec![to]),
            post,
            ask: None,
        };
        topic::create(tx, actor, new).await?;
    }
    Ok(())
}

async fn name_tasks(
    tx: &Tx,
    actor: &Actor,
    leaving: MemberId,
    held: &InProject,
    text: &mut String,
) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT k.key, t.title FROM tasks k JOIN topics t ON t.workspace = k.workspace AND t.id = k.id \
                 WHERE k.workspace = $1 AND k.owner = $2 AND k.project = $3 AND k.done_at IS NULL \
                 AND k.archived_at IS NULL ORDER BY k.due_at IS NULL, k.due_at, k.id LIMIT $4"
            ),
            args![actor.workspace, leaving, held.project, NAMED],
        )
        .await?;
    for row in &rows {
        let (key, title): (String, String) = (row.get("key")?, row.get("title")?);
        let _ = write!(text, "\n- [{key}](/task/{key}) {}", plain(&title));
    }
    let more = held.tasks - super::count(&rows);
    if more > 0 {
        let _ = write!(text, "\n- + {more}");
    }
    Ok(())
}

/// A line as it is: nothing in it is Markdown.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    for character in line.chars() {
        if character.is_ascii_punctuation() {
            plain.push('\\');
        }
        plain.push(character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_title_is_no_markdown() {
        assert_eq!(plain("A *b* [c](d)"), r"A \*b\* \[c\]\(d\)");
    }
}
