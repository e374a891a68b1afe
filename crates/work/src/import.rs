//! Bringing boards and tables of other tools into a space.
//!
//! A file is read into a plan ([`plan`]), which is pure data and the same for all tools; the plan is filed in
//! batches of whole tasks ([`desk`]). Each thing that is made is remembered with the id that it had
//! (`import_origins`), so an import can be run again: after it was stopped or killed, or when the board has grown.
//! Then it adds what is new and leaves alone what people have done here since.
//!
//! An import is quiet: nobody is told, nothing arrives, no reminder is sent. Whoever a card belongs to follows it
//! from here on.

mod columns;
mod desk;
mod folder;
mod ground;
pub mod left_out;
mod note;
mod people;
mod plan;
mod reason;
mod report;
pub mod runs;
mod table;
mod tasks_of_table;
mod trello;
mod words;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use ::people::{Actor, MemberId, destination::Place, members, workspaces};
use jiff::Timestamp;
use kernel::Refusal;
use store::{Context, Tx, args, sql};
use topics::files::{self, Upload};

pub use note::{Note, NoteCode};
pub use reason::{Reason, Thing};
pub use report::{
    Counts, FoundBy, LeftOut, LeftOutObject, MissingComments, MissingOnCard, PersonFound, Report,
};
pub use table::{Column, Meaning, Table, TableWish};

use crate::{Error, ImportId, ProjectId, Result, due, project};
use desk::{Batch, Desk};
use folder::Folder;
use plan::{Content, Plan};

/// The largest file that is imported, in bytes.
pub const LARGEST: u64 = files::LARGEST;
/// So many bytes tell what a file is.
const HEAD: usize = 1024;
/// How many tasks share one transaction.
const BATCH: usize = 20;

/// Which tool a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportSource)]
pub enum Source {
    /// The JSON of a Trello board.
    Trello,
    /// A table with a line for each task; Asana's is recognised.
    Csv,
}

impl Source {
    /// What a file looks like.
    pub fn of(bytes: &[u8]) -> Self {
        let text = table::decoded(bytes.get(..HEAD).unwrap_or(bytes));
        let mut signs = text.chars().filter(|sign| !sign.is_whitespace());
        match (signs.next(), signs.next()) {
            // A list is the JSON of some other tool: it is refused as no board.
            (Some('{'), _) | (Some('['), Some('{' | '[' | ']')) => Self::Trello,
            _ => Self::Csv,
        }
    }
}

/// How far an import has come, in tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Filed or known already.
    pub done: usize,
    /// All.
    pub of: usize,
}

/// How to follow an import, and how to end it early.
#[derive(Clone)]
pub struct Watch {
    /// Is told after each batch.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
    /// Set it to stop after the batch that is being written.
    pub stop: Arc<AtomicBool>,
}

impl Default for Watch {
    /// Tells nobody and goes on to the end.
    fn default() -> Self {
        Self { progress: Arc::new(|_| ()), stop: Arc::default() }
    }
}

/// What to import from a file on this machine.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// The export.
    pub file: PathBuf,
    /// The tool; what the file looks like when absent.
    pub source: Option<Source>,
    /// Slug of the workspace; the oldest one when absent.
    pub workspace: Option<String>,
    /// Name or slug of the space. It is made, open, when there is none. A project that is there has its own.
    pub space: String,
    /// Key of a project that is there, to which the tasks are added; without it, the one that an earlier import of
    /// the same file made, or a new one.
    pub project: Option<String>,
    /// Name of the project; what the file says when absent.
    pub name: Option<String>,
    /// Key of the project; one from its name when absent.
    pub key: Option<String>,
    /// People by hand: a user name, name or id in the file, and the e-mail of the member that they are.
    pub members: Vec<(String, String)>,
    /// Find out what would happen, and change nothing.
    pub dry_run: bool,
}

/// What to import into a space, from wherever it was read.
struct Job {
    place: Place,
    source: Source,
    bytes: Vec<u8>,
    file_name: String,
    folder: Folder,
    table: TableWish,
    by_hand: people::ByHand,
    into: Option<ProjectId>,
    name: Option<String>,
    key: Option<String>,
    dry_run: bool,
    import: Option<ImportId>,
}

/// Imports a file of this machine. Files of attachments are looked for beside it. An error leaves whole tasks
/// behind: the same order can be given again and goes on from there.
pub async fn file(context: &Context, order: Order, watch: Watch) -> Result<Report> {
    let into = match &order.project {
        Some(key) => Some(project_of(context, order.workspace.as_deref(), key).await?),
        None => None,
    };
    let space = into.as_ref().map_or(&order.space, |(_, space)| space);
    let mut place = Place::find(context, order.workspace.as_deref(), space).await?;
    if let Some(found) = &place.space {
        place.name = found.name.clone();
    }
    let path = order.file.clone();
    let (bytes, folder) = blocking(move || {
        let folder = Folder::beside(&path);
        read(&path).and_then(|bytes| Ok((bytes, folder.map_err(|error| unreadable(&path, &error))?)))
    })
    .await??;
    let by_hand = by_hand(context, &place, &order.members).await?;
    let file_name = order.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let job = Job {
        place,
        source: order.source.unwrap_or_else(|| Source::of(&bytes)),
        bytes,
        file_name: file_name.unwrap_or_default(),
        folder,
        table: TableWish::default(),
        by_hand,
        into: into.map(|(project, _)| project),
        name: order.name,
        key: order.key,
        dry_run: order.dry_run,
        import: None,
    };
    run(context, job, watch).await
}

/// The project that has this key, or had it, and the slug of its space.
async fn project_of(context: &Context, workspace: Option<&str>, key: &str) -> Result<(ProjectId, String)> {
    let (slug, key) = (workspace.map(str::to_owned), key.trim().to_uppercase());
    let read = context.db.read(move |tx| async move {
        let workspace =
            workspaces::find(&tx, slug.as_deref()).await?.ok_or(Refusal::not_found("workspace"))?;
        let row = tx
            .maybe(
                sql!(
                    "SELECT p.id, s.slug FROM project_keys k \
                     JOIN projects p ON p.workspace = k.workspace AND p.id = k.project \
                     JOIN spaces s ON s.workspace = p.workspace AND s.id = p.space \
                     WHERE k.workspace = $1 AND k.key = $2"
                ),
                args![workspace, key],
            )
            .await?
            .ok_or(Refusal::not_found("project"))?;
        Ok::<_, Error>((row.get("id")?, row.get("slug")?))
    });
    read.await
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let about = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if about.len() > LARGEST {
        return Err(too_large());
    }
    std::fs::read(path).map_err(|error| unreadable(path, &error))
}

fn too_large() -> Error {
    Refusal::invalid_because("file", "is too large", format!("at most {} MiB", LARGEST / 1024 / 1024))
        .named("file_too_large")
        .into()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unreadable(format!("cannot read {}: {error}", path.display()))
}

/// Runs work on files away from the threads that serve the database.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.map_err(|error| Error::Unreadable(error.to_string()))
}

/// The members behind the e-mails that were said by hand.
async fn by_hand(context: &Context, place: &Place, said: &[(String, String)]) -> Result<people::ByHand> {
    let (workspace, said) = (place.workspace, said.to_vec());
    let read = context.db.read(move |tx| async move {
        let mut by_hand = HashMap::new();
        for (name, email) in said {
            let member = members::by_email(&tx, workspace, &email).await?;
            let member = member.ok_or_else(|| {
                Refusal::invalid("member", format!("{email} is the e-mail of nobody here")).named("not_here")
            })?;
            by_hand.insert(name.to_lowercase(), Some(member));
        }
        Ok::<_, Error>(by_hand)
    });
    read.await
}

/// What reading a file gives.
struct Read {
    plan: Plan,
    missing: Option<MissingComments>,
    /// How the columns of a table were understood.
    table: Option<Table>,
}

/// Reads a file into a plan.
fn understand(job: &Job) -> Result<Read, Refusal> {
    let mut read = match job.source {
        Source::Trello => {
            let (plan, missing) = trello::plan(trello::parse(&job.bytes)?, &job.folder);
            Read { plan, missing, table: None }
        }
        Source::Csv => {
            let table = table::parse(&job.bytes, &job.table)?;
            let plan = tasks_of_table::plan(&table, &job.file_name);
            Read { plan, missing: None, table: Some(table) }
        }
    };
    if let Some(name) = &job.name {
        read.plan.name = kernel::clean_line("name", name, 80)?;
    }
    sane_dates(&mut read.plan);
    Ok(read)
}

/// What is due before it starts keeps its due date; dates of which work does not speak are left out.
fn sane_dates(plan: &mut Plan) {
    let utc = |when: plan::When| match when {
        plan::When::Exact(at) => at.to_zoned(jiff::tz::TimeZone::UTC).date(),
        plan::When::Day(date) | plan::When::Wall(date, _) => date,
    };
    for task in &mut plan.tasks {
        for when in [&mut task.starts, &mut task.due] {
            if when.is_some_and(|when| !due::is_of_work(utc(when))) {
                *when = None;
                plan.not_carried.add(Thing::Date, Reason::DateTooFar, &task.origin, &task.title);
            }
        }
        if let (Some(start), Some(due)) = (task.starts, task.due)
            && utc(start) > utc(due)
        {
            task.starts = None;
            plan.not_carried.add(Thing::StartDate, Reason::StartAfterDue, &task.origin, &task.title);
        }
    }
}

/// Runs an import in one go, or finds out what it would do.
async fn run(context: &Context, mut job: Job, watch: Watch) -> Result<Report> {
    let started = context.clock.now();
    let (read, job) = blocking(move || {
        let read = understand(&job);
        job.bytes = Vec::new();
        (read, job)
    })
    .await?;
    let read = read?;
    let import = Import { context, watch, started, files: 0 };
    if job.dry_run { import.look(job, read).await } else { import.write(job, read).await }
}

struct Import<'a> {
    context: &'a Context,
    watch: Watch,
    started: Timestamp,
    files: u64,
}

impl Import<'_> {
    /// Finds out what would happen.
    async fn look(self, job: Job, read: Read) -> Result<Report> {
        let Read { plan, missing, .. } = read;
        let actor = job.place.importer(self.context);
        let (by_hand, into) = (job.by_hand.clone(), job.into);
        let space = job.place.space.as_ref().map(|space| space.id);
        let plan = Arc::new(plan);
        let looked = plan.clone();
        let (people, found, known) = self
            .context
            .db
            .read(move |tx| async move {
                let people = people::find(&tx, &actor, &looked.people, &by_hand).await?;
                let project = match (into, space) {
                    (Some(id), _) => Some(project::see(&tx, &actor, id).await?),
                    (None, Some(space)) => ground::find(&tx, &actor, &looked.origin, space).await?,
                    (None, None) => None,
                };
                let known = match &project {
                    Some(project) => ground::known(&tx, &actor, project.id).await?,
                    None => HashMap::new(),
                };
                Ok::<_, Error>((people, project, known))
            })
            .await?;
        let mut carried = plan.counts;
        let mut added = if found.is_none() { plan.counts } else { Counts::default() };
        let mut files = 0;
        for task in &plan.tasks {
            carried += task.counts();
            if known.contains_key(&task.origin) {
                added += new_of(task, &known);
            } else {
                added += task.counts();
                files += task.posts.iter().filter(|post| post.file.is_some()).count() as u64;
            }
        }
        let new_people = people.iter().filter(|person| person.by == FoundBy::Nothing).count() as u64;
        let plan = Arc::into_inner(plan)
            .ok_or_else(|| Error::Broken { what: "import", problem: "in use".to_owned() })?;
        Ok(Report {
            carried,
            added,
            not_carried: plan.not_carried.into_groups(),
            missing_comments: missing,
            notes: plan.notes,
            people,
            new_people,
            files,
            project: found.as_ref().map_or(plan.name, |project| project.name.clone()),
            key: found.as_ref().map(|project| project.key.clone()),
            project_created: found.is_none(),
            space: job.place.name,
            space_created: job.place.created,
            dry_run: true,
            complete: true,
            seconds: self.seconds(),
        })
    }

    fn seconds(&self) -> f64 {
        self.context.clock.now().duration_since(self.started).as_secs_f64()
    }

    async fn write(mut self, mut job: Job, read: Read) -> Result<Report> {
        let Read { plan, missing, .. } = read;
        let space = job.place.make_space(self.context).await?;
        let actor = job.place.importer(self.context);
        let (desk, found, new_people) = self.begin(&job, actor, plan, space).await?;
        let mut desk = desk;
        let (mut carried, mut added) = (desk.plan.counts, Counts::default());
        if desk.ground.created {
            added = desk.plan.counts;
        }
        let all = desk.plan.tasks.len();
        let mut complete = true;
        let mut done = 0;
        while done < all {
            if self.watch.stop.load(Ordering::Relaxed) {
                complete = false;
                break;
            }
            let tasks: Vec<usize> = (done..all.min(done + BATCH)).collect();
            for index in &tasks {
                carried += desk.plan.tasks.get(*index).map(plan::PlannedTask::counts).unwrap_or_default();
            }
            done += tasks.len();
            let files = self.keep_files(&mut desk, &tasks).await?;
            let (back, filed) = self.file(desk, Batch { tasks, files, done }).await?;
            desk = back;
            added += filed.added;
            self.files += filed.files;
            desk.ground.known.extend(filed.known);
            (self.watch.progress)(Progress { done, of: all });
            if filed.stop && done < all {
                complete = false;
                break;
            }
        }
        if complete {
            desk = self.tie(desk).await?;
        }
        let Desk { mut plan, ground, .. } = desk;
        plan.notes.extend(ground.notes);
        Ok(Report {
            carried,
            added,
            not_carried: plan.not_carried.into_groups(),
            missing_comments: missing,
            notes: plan.notes,
            people: found,
            new_people,
            files: self.files,
            project: ground.project.name,
            key: Some(ground.project.key),
            project_created: ground.created,
            space: job.place.name,
            space_created: job.place.created,
            dry_run: false,
            complete,
            seconds: self.seconds(),
        })
    }

    /// People, project, stages, labels and fields: one transaction.
    async fn begin(
        &self,
        job: &Job,
        actor: Actor,
        plan: Plan,
        space: ::people::SpaceId,
    ) -> Result<(Desk, Vec<PersonFound>, u64)> {
        let (by_hand, into, key, import) = (job.by_hand.clone(), job.into, job.key.clone(), job.import);
        let written = self.context.db.write(move |tx| async move {
            let found = people::find(&tx, &actor, &plan.people, &by_hand).await?;
            let (people, new_people) = people::bring(&tx, &actor, &plan.people, &by_hand).await?;
            let ground = ground::prepare(&tx, &actor, &plan, space, into, key.as_deref()).await?;
            if let Some(import) = import {
                runs::begun(&tx, &actor, import, ground.project.id, plan.tasks.len()).await?;
            }
            let (keys, links) = desk::keys_of(&tx, &actor, &plan, &ground).await?;
            let titled = plan.tasks.iter().zip(&keys);
            let titles = titled.filter_map(|(task, key)| Some((key.clone()?, task.title.clone()))).collect();
            let mut desk = Desk { importer: actor, plan, ground, people, links, titles, keys, import };
            blind_owners(&tx, &mut desk).await?;
            Ok::<_, Error>((desk, found, new_people))
        });
        Ok(Box::pin(written).await?.value)
    }

    /// Reads what the new posts of some tasks carry and keeps its content. What cannot be read any more stays a
    /// post without it.
    async fn keep_files(&self, desk: &mut Desk, tasks: &[usize]) -> Result<HashMap<String, Upload>> {
        let mut kept = HashMap::new();
        let mut lost = Vec::new();
        for index in tasks {
            let Some(task) = desk.plan.tasks.get(*index) else { continue };
            for post in task.posts.iter().filter(|post| desk.is_new(&post.origin)) {
                let Some(file) = &post.file else { continue };
                match self.content(&desk.importer, &file.content).await? {
                    Some(content) => {
                        let id = self.context.ids.make();
                        let (name, media_type) = (file.name.clone(), file.media_type.clone());
                        kept.insert(post.origin.clone(), Upload { id, name, media_type, ..content });
                    }
                    None => lost.push((post.origin.clone(), file.name.clone())),
                }
            }
        }
        for (origin, name) in lost {
            desk.plan.not_carried.add(Thing::ContentOfFile, Reason::Unreadable, &origin, &name);
        }
        Ok(kept)
    }

    async fn content(&self, importer: &Actor, content: &Content) -> Result<Option<Upload>> {
        match content {
            Content::Path(path) => {
                let path = path.clone();
                let Ok(bytes) = blocking(move || std::fs::read(path)).await? else { return Ok(None) };
                let (size, pixels) = (bytes.len() as u64, files::pixels(&bytes));
                let blob = self.context.blobs.put(bytes).await?;
                Ok(Some(Upload {
                    id: self.context.ids.make(),
                    name: String::new(),
                    media_type: String::new(),
                    size,
                    hash: blob.hash,
                    pixels,
                }))
            }
            Content::Uploaded(id) => {
                let (importer, id) = (importer.clone(), *id);
                let seen =
                    self.context.db.read(move |tx| async move { files::see(&tx, &importer, id).await }).await;
                let file = match seen {
                    Ok(file) => file,
                    Err(topics::Error::Refused(_)) => return Ok(None),
                    Err(error) => return Err(error.into()),
                };
                Ok(Some(Upload {
                    id,
                    name: String::new(),
                    media_type: String::new(),
                    size: file.card.size,
                    hash: file.hash,
                    pixels: file.card.width.zip(file.card.height),
                }))
            }
        }
    }

    async fn file(&self, desk: Desk, batch: Batch) -> Result<(Desk, desk::Filed)> {
        let written = self.context.db.write(move |tx| async move {
            let filed = Box::pin(desk::file(&tx, &desk, &batch)).await?;
            Ok::<_, Error>((desk, filed))
        });
        Ok(written.await?.value)
    }

    /// Parts and dependencies, once all tasks are there.
    async fn tie(&self, mut desk: Desk) -> Result<Desk> {
        let ties: Vec<usize> = (0..desk.plan.tasks.len())
            .filter(|index| {
                let task = desk.plan.tasks.get(*index);
                task.is_some_and(|task| task.parent.is_some() || !task.waits_for.is_empty())
            })
            .collect();
        for indices in ties.chunks(BATCH) {
            let indices = indices.to_vec();
            let written = self.context.db.write(move |tx| async move {
                let mut problems = Vec::new();
                for index in indices {
                    if let Some(problem) = Box::pin(desk::tie(&tx, &desk, index)).await? {
                        problems.push((index, problem));
                    }
                }
                Ok::<_, Error>((desk, problems))
            });
            let problems;
            (desk, problems) = Box::pin(written).await?.value;
            for (index, problem) in problems {
                if let Some(task) = desk.plan.tasks.get(index) {
                    desk.plan.not_carried.add(Thing::Dependency, problem, &task.origin, &task.title);
                }
            }
        }
        Ok(desk)
    }
}

/// What a task that came before has new.
fn new_of(task: &plan::PlannedTask, known: &HashMap<String, uuid::Uuid>) -> Counts {
    let is_new = |origin: &String| !known.contains_key(origin);
    let posts = |kind: plan::PostKind| {
        task.posts.iter().filter(|post| post.kind == kind && is_new(&post.origin)).count() as u64
    };
    let steps = task.steps.iter().filter(|step| is_new(&step.origin));
    Counts {
        comments: posts(plan::PostKind::Comment),
        attachments: posts(plan::PostKind::Attachment),
        check_items: steps.clone().count() as u64,
        check_items_done: steps.filter(|step| step.done.is_some()).count() as u64,
        ..Counts::default()
    }
}

/// Says whose tasks come into a space that they do not see.
async fn blind_owners(tx: &Tx, desk: &mut Desk) -> Result<()> {
    let mut owners: Vec<(MemberId, usize)> = Vec::new();
    for task in &desk.plan.tasks {
        let Some(owner) = task.owner.and_then(|index| desk.people.get(index)) else { continue };
        match owners.iter_mut().find(|(known, _)| known == owner) {
            Some((_, count)) => *count += 1,
            None => owners.push((*owner, 1)),
        }
    }
    let importer = &desk.importer;
    for (owner, count) in owners {
        let card = members::read(tx, importer.workspace, owner, importer.at).await?;
        let sees = tx
            .maybe(
                sql!("SELECT space FROM visible_spaces WHERE workspace = $1 AND member = $2 AND space = $3"),
                args![importer.workspace, owner, desk.ground.project.space],
            )
            .await?;
        if card.state == ::people::MemberState::Active && sees.is_none() {
            let note = Note::counting(NoteCode::OwnerOutside, count);
            desk.ground.notes.push(Note { name: card.name, ..note });
        }
    }
    Ok(())
}
