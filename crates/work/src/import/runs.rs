//! Imports that were begun in the browser: what is imported and how, how far it is, and what came of it. A job
//! does the work; killed with the server, it goes on when its lease has ended, and adds what is missing.

use edge::App;
use futures::TryStreamExt;
use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, MemberId, Role, SpaceId, WorkspaceId, destination::Place};
use serde::{Deserialize, Serialize};
use store::{NewJob, Row, Tx, args, sql};
use topics::{FileId, files};
use utoipa::ToSchema;

use super::{Folder, Job, LARGEST, Report, Source, Table, TableWish, Watch, left_out};
use crate::{
    Error, ImportId, ProjectId, Result,
    error::{from_json, taken, to_json},
    keys, project,
};

/// The job that imports.
pub(crate) const JOB: &str = "work.import";
/// The most files that come with an export.
const FILES: usize = 2_000;
/// How many imports a list shows.
const SHOWN: i64 = 50;

store::words! {
    /// How an import stands.
    pub enum ImportState {
        /// It is under way.
        Running = "running",
        /// Somebody wants it to stop.
        Stopping = "stopping",
        /// It was stopped; it can go on.
        Stopped = "stopped",
        /// Everything is here.
        Done = "done",
        /// It cannot go on.
        Failed = "failed",
    }
}

/// Somebody in the file, and who that is here.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportWho)]
pub struct Who {
    /// What names them in the file.
    pub origin: String,
    /// The member; null for somebody who is not here.
    #[serde(default)]
    pub member: Option<MemberId>,
}

/// What to import, and how.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportWish)]
pub struct Wish {
    /// The uploaded file.
    pub file: FileId,
    /// Uploaded files that its cards carry, found by their names, at most 2,000.
    #[serde(default)]
    pub files: Option<Vec<FileId>>,
    /// The space.
    pub space: SpaceId,
    /// The project to which the tasks are added; without it, the one that an earlier import of the same board made
    /// here, or a new one.
    #[serde(default)]
    pub project: Option<ProjectId>,
    /// The name of a new project; what the file says when absent.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    /// The key of a new project; one from its name when absent.
    #[serde(default)]
    pub key: Option<String>,
    /// Who people are, where the file does not say enough.
    #[serde(default)]
    pub people: Option<Vec<Who>>,
    /// How a table is read.
    #[serde(default)]
    pub table: Option<TableWish>,
}

/// An import to begin.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImport {
    /// Made by whoever begins it.
    pub id: ImportId,
    /// What and how.
    pub wish: Wish,
}

/// An import.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// How it stands.
    pub state: ImportState,
    /// The name of the file.
    pub file_name: String,
    /// The tool.
    pub source: Source,
    /// The space.
    pub space: SpaceId,
    /// The project, once it is there.
    #[schema(required = true)]
    pub project: Option<ProjectId>,
    /// How many tasks are through.
    pub done: i64,
    /// How many there are; 0 while that is not known.
    pub tasks: i64,
    /// What it did, when it has ended or was stopped.
    #[schema(required = true)]
    pub report: Option<Report>,
    /// Why it failed, in a sentence.
    #[schema(required = true)]
    pub problem: Option<String>,
    /// Who began it.
    pub created_by: MemberId,
    /// When.
    pub created_at: Timestamp,
    /// When it last came on. One that is running and has not for minutes was interrupted; it goes on by itself.
    pub moved_at: Timestamp,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
}

/// What would come of an import.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportPreview)]
pub struct Preview {
    /// The tool.
    pub source: Source,
    /// What it would do.
    pub report: Report,
    /// How a table was understood; null for a board.
    #[schema(required = true)]
    pub table: Option<Table>,
}

/// Finds out what an import would do, and changes nothing.
pub async fn preview(app: &App, actor: &Actor, wish: Wish) -> Result<Preview> {
    must_be_admin(actor)?;
    let job = job(app, actor, &wish, None).await?;
    let source = job.source;
    let (read, job) = super::blocking(move || (super::understand(&job), job)).await?;
    let table = read?.table;
    let mut report = super::run(&app.context, Job { dry_run: true, ..job }, Watch::default()).await?;
    // What is shown before: the whole list is kept with the import.
    report.shorten();
    Ok(Preview { source, report, table })
}

/// Begins an import.
pub async fn begin(app: &App, actor: &Actor, new: NewImport) -> Result<Import> {
    must_be_admin(actor)?;
    // Read here once, so that a file that cannot be imported is refused at once and not later.
    let job = job(app, actor, &new.wish, None).await?;
    let (source, file_name) = (job.source, job.file_name.clone());
    super::blocking(move || super::understand(&job).map(drop)).await??;
    let actor = actor.clone();
    let written = app.context.db.write(move |tx| async move {
        insert(&tx, &actor, &new, source, &file_name).await?;
        enqueue(&tx, &actor, new.id).await?;
        see(&tx, &actor, new.id).await
    });
    Ok(written.await?.value)
}

/// Stops one that is under way, after the tasks that are being written.
pub async fn stop(tx: &Tx, actor: &Actor, id: ImportId) -> Result<Import> {
    must_be_admin(actor)?;
    set_state(tx, actor, id, ImportState::Running, ImportState::Stopping).await?;
    see(tx, actor, id).await
}

/// Goes on with one that was stopped, or that failed.
pub async fn go_on(tx: &Tx, actor: &Actor, id: ImportId) -> Result<Import> {
    must_be_admin(actor)?;
    set_state(tx, actor, id, ImportState::Stopped, ImportState::Running).await?;
    set_state(tx, actor, id, ImportState::Failed, ImportState::Running).await?;
    if see(tx, actor, id).await?.state == ImportState::Running {
        enqueue(tx, actor, id).await?;
    }
    see(tx, actor, id).await
}

async fn enqueue(tx: &Tx, actor: &Actor, id: ImportId) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&())
        .map_err(|error| Error::Broken { what: "job", problem: error.to_string() })?;
    let (workspace, key) = (actor.workspace.uuid(), id.to_string());
    Ok(tx.enqueue(NewJob { workspace, kind: JOB, key, payload, run_at: actor.at }).await?)
}

fn must_be_admin(actor: &Actor) -> Result<()> {
    if actor.is_admin() {
        return Ok(());
    }
    Err(Refusal::forbidden("Only admins import.").named("admins_only").into())
}

async fn set_state(tx: &Tx, actor: &Actor, id: ImportId, from: ImportState, to: ImportState) -> Result<()> {
    tx.run(
        sql!("UPDATE imports SET state = $4, moved_at = $5 WHERE workspace = $1 AND id = $2 AND state = $3"),
        args![actor.workspace, id, from, to, actor.at],
    )
    .await?;
    Ok(())
}

async fn insert(tx: &Tx, actor: &Actor, new: &NewImport, source: Source, file_name: &str) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO imports (workspace, id, state, wish, file_name, source, space, done, tasks, created_by, \
             created_at, moved_at) VALUES ($1, $2, 'running', $3, $4, $5, $6, 0, 0, $7, $8, $8)"
        ),
        args![
            actor.workspace,
            new.id,
            to_json("imports.wish", &new.wish)?,
            file_name,
            to_json("imports.source", &source)?,
            new.wish.space,
            actor.member,
            actor.at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    Ok(())
}

macro_rules! columns {
    () => {
        "id, state, wish, file_name, source, space, project, done, tasks, report, problem, created_by, created_at, \
         moved_at, ended_at"
    };
}

impl Import {
    fn from_row(row: &Row) -> Result<Self> {
        let report: Option<String> = row.get("report")?;
        Ok(Self {
            id: row.get("id")?,
            state: row.get("state")?,
            file_name: row.get("file_name")?,
            source: from_json("imports.source", &row.get::<String>("source")?)?,
            space: row.get("space")?,
            project: row.get("project")?,
            done: row.get("done")?,
            tasks: row.get("tasks")?,
            report: report.map(|text| from_json("imports.report", &text)).transpose()?,
            problem: row.get("problem")?,
            created_by: row.get("created_by")?,
            created_at: row.get("created_at")?,
            moved_at: row.get("moved_at")?,
            ended_at: row.get("ended_at")?,
        })
    }
}

/// The newest imports into spaces that the actor sees, without their reports.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Import>> {
    must_be_admin(actor)?;
    let rows = tx
        .all(
            sql!(
                "SELECT id, state, wish, file_name, source, space, project, done, tasks, NULL AS report, problem, \
                 created_by, created_at, moved_at, ended_at FROM imports \
                 WHERE workspace = $1 AND space IN \
                 (SELECT v.space FROM visible_spaces v WHERE v.workspace = $1 AND v.member = $2) \
                 ORDER BY created_at DESC, id DESC LIMIT $3"
            ),
            args![actor.workspace, actor.member, SHOWN],
        )
        .await?;
    rows.iter().map(Import::from_row).collect()
}

/// One of them.
pub async fn see(tx: &Tx, actor: &Actor, id: ImportId) -> Result<Import> {
    must_be_admin(actor)?;
    let row = tx
        .maybe(
            sql!(concat!("SELECT ", columns!(), " FROM imports WHERE workspace = $1 AND id = $2")),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("import"))?;
    let import = Import::from_row(&row)?;
    people::spaces::must_be_visible(tx, actor, import.space)
        .await
        .map_err(|_| Refusal::not_found("import"))?;
    Ok(import)
}

// ------------------------------------------------------------------ what a run writes

/// The project is there.
pub(super) async fn begun(
    tx: &Tx,
    actor: &Actor,
    id: ImportId,
    project: ProjectId,
    tasks: usize,
) -> Result<()> {
    let tasks = i64::try_from(tasks).unwrap_or(i64::MAX);
    tx.run(
        sql!("UPDATE imports SET project = $3, tasks = $4, done = 0, moved_at = $5 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, id, project, tasks, actor.at],
    )
    .await?;
    Ok(())
}

/// Tasks are through. Answers whether somebody wants it to stop.
pub(super) async fn came_on(tx: &Tx, actor: &Actor, id: ImportId, done: usize) -> Result<bool> {
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let row = tx
        .maybe(
            sql!(
                "UPDATE imports SET done = $3, moved_at = $4 WHERE workspace = $1 AND id = $2 RETURNING state"
            ),
            args![actor.workspace, id, done, actor.at],
        )
        .await?;
    let state = row.map(|row| row.get::<ImportState>("state")).transpose()?;
    Ok(state == Some(ImportState::Stopping))
}

/// Runs an import to its end. What a rule or the file refuses ends it with a sentence; what the database or the
/// disk refuses is tried again.
pub(crate) async fn work(app: &App, workspace: WorkspaceId, id: ImportId) -> Result<()> {
    let Some((actor, wish)) = taken_up(app, workspace, id).await? else { return Ok(()) };
    let job = match job(app, &actor, &wish, Some(id)).await {
        Ok(job) => job,
        Err(Error::Refused(refusal)) => return end(app, &actor, id, Err(refusal.to_string())).await,
        Err(error) => return Err(error),
    };
    match Box::pin(super::run(&app.context, job, Watch::default())).await {
        Ok(report) => end(app, &actor, id, Ok(report)).await,
        Err(Error::Refused(refusal)) => end(app, &actor, id, Err(refusal.to_string())).await,
        Err(error) => Err(error),
    }
}

/// Who began it, and what they wish; nothing when it has ended.
async fn taken_up(app: &App, workspace: WorkspaceId, id: ImportId) -> Result<Option<(Actor, Wish)>> {
    let (at, ids) = (app.context.clock.now(), app.context.ids.clone());
    let read = app.context.db.read(move |tx| async move {
        let row = tx
            .maybe(
                sql!(
                    "SELECT i.wish, i.created_by, m.role FROM imports i \
                     JOIN members m ON m.workspace = i.workspace AND m.id = i.created_by \
                     WHERE i.workspace = $1 AND i.id = $2 AND (i.state = 'running' OR i.state = 'stopping')"
                ),
                args![workspace, id],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let wish = from_json("imports.wish", &row.get::<String>("wish")?)?;
        let role: Role = row.get("role")?;
        let actor = Actor { workspace, member: row.get("created_by")?, role, at, operation: None, ids };
        Ok::<_, Error>(Some((actor, wish)))
    });
    read.await
}

async fn end(app: &App, actor: &Actor, id: ImportId, mut ended: Result<Report, String>) -> Result<()> {
    if let Ok(report) = &mut ended {
        left_out::keep(app, actor, id, report.shorten()).await?;
    }
    let (state, report, problem) = match ended {
        Ok(report) if report.complete => (ImportState::Done, Some(to_json("imports.report", &report)?), None),
        Ok(report) => (ImportState::Stopped, Some(to_json("imports.report", &report)?), None),
        Err(problem) => (ImportState::Failed, None, Some(problem)),
    };
    let (workspace, now) = (actor.workspace, app.context.clock.now());
    app.context
        .db
        .write(move |tx| async move {
            tx.run(
                sql!(
                    "UPDATE imports SET state = $3, report = $4, problem = $5, moved_at = $6, ended_at = $6 \
                     WHERE workspace = $1 AND id = $2"
                ),
                args![workspace, id, state, report, problem, now],
            )
            .await?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(())
}

/// Everything that a run needs.
async fn job(app: &App, actor: &Actor, wish: &Wish, import: Option<ImportId>) -> Result<Job> {
    if let Some(key) = &wish.key {
        keys::checked(key)?;
    }
    let (reader, asked) = (actor.clone(), wish.clone());
    let read = app.context.db.read(move |tx| async move {
        let file = files::see(&tx, &reader, asked.file)
            .await
            .map_err(|_| Refusal::invalid("file", "is no file of yours").named("not_here"))?;
        let place = Place::of(&tx, &reader, asked.space).await?;
        if let Some(id) = asked.project {
            let project = project::see(&tx, &reader, id).await?;
            if project.space != asked.space {
                return Err(Refusal::invalid("project", "is in another space").named("not_here").into());
            }
        }
        let mut beside = Vec::new();
        for id in asked.files.unwrap_or_default().into_iter().take(FILES) {
            beside.push((id, files::see(&tx, &reader, id).await?.card.name));
        }
        for who in asked.people.iter().flatten() {
            if let Some(member) = who.member {
                people::members::see(&tx, &reader, member).await.map_err(|_| {
                    Refusal::invalid("people", "name somebody who is not here").named("not_here")
                })?;
            }
        }
        Ok::<_, Error>((file, place, beside))
    });
    let (file, place, beside) = read.await?;
    if file.card.size > LARGEST {
        return Err(super::too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(file.card.size).unwrap_or_default());
    let mut stream = app.context.blobs.get(&file.hash).await?;
    while let Some(chunk) = stream.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    let people = wish.people.iter().flatten();
    Ok(Job {
        place,
        source: Source::of(&bytes),
        bytes,
        file_name: file.card.name,
        folder: Folder::uploaded(beside),
        table: wish.table.clone().unwrap_or_default(),
        by_hand: people.map(|who| (who.origin.to_lowercase(), who.member)).collect(),
        into: wish.project,
        name: wish.name.clone(),
        key: wish.key.clone(),
        dry_run: false,
        import,
    })
}
