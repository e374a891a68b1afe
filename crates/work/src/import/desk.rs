//! Filing what a plan has: one transaction for a batch of tasks, each whole with its steps and posts.

use std::collections::{BTreeSet, HashMap};

use edge::put;
use jiff::Timestamp;
use people::{Actor, MemberId, Role};
use store::{NewChange, Tx, args, sql};
use topics::{
    FileId, PostId, files,
    files::Upload,
    marks::{self, Reason},
    posts,
    topic::{self, Bare, Topic, TopicKind},
};
use uuid::Uuid;

use super::{
    ground::{self, Ground},
    plan::{Plan, PlannedStep, PlannedTask, PlannedValue, PostKind, When},
    reason,
    report::Counts,
    runs,
    words::{escaped, replace_each},
};
use crate::{
    ImportId, Result, StageId, StepId, TaskId, change,
    due::{self, Due, NewDue},
    error::to_json,
    field::FieldValue,
    history, keys, place, project, steps, task,
};

/// What stands around the place of somebody in the text of a plan: characters that no keyboard has.
pub(super) const PERSON: char = '\u{e000}';
pub(super) const END: char = '\u{e001}';
/// How many posts are in one change.
const POSTS_IN_CHANGE: u32 = 25;

/// Everything that filing needs, the same for all batches.
pub(super) struct Desk {
    /// In whose sight rows are read back.
    pub importer: Actor,
    pub plan: Plan,
    pub ground: Ground,
    /// For each person of the plan.
    pub people: Vec<MemberId>,
    /// The keys of cards, by what stands in addresses of them.
    pub links: HashMap<String, String>,
    /// The titles of cards, by their keys.
    pub titles: HashMap<String, String>,
    /// The key of each task of the plan, where it is known before.
    pub keys: Vec<Option<String>>,
    /// The import that is followed in the browser.
    pub import: Option<ImportId>,
}

/// A batch: tasks of the plan with the files of their posts, whose content is kept already.
pub(super) struct Batch {
    pub tasks: Vec<usize>,
    /// By the origin of the post.
    pub files: HashMap<String, Upload>,
    /// How many tasks of the plan are through after it.
    pub done: usize,
}

/// What a batch did.
#[derive(Debug, Default)]
pub(super) struct Filed {
    pub added: Counts,
    pub files: u64,
    /// What is known now.
    pub known: Vec<(String, Uuid)>,
    /// Somebody wants it to stop.
    pub stop: bool,
}

/// Which keys the cards of a plan have or will have, and what addresses of them become.
pub(super) async fn keys_of(
    tx: &Tx,
    actor: &Actor,
    plan: &Plan,
    ground: &Ground,
) -> Result<(Vec<Option<String>>, HashMap<String, String>)> {
    let (mut all, mut links) = (Vec::with_capacity(plan.tasks.len()), HashMap::new());
    for planned in &plan.tasks {
        let key = match ground.known.get(&planned.origin) {
            Some(id) => Some(task::read(tx, actor, TaskId::from_uuid(*id)).await?.task.key),
            None => free_key(tx, actor, ground, planned.number).await?,
        };
        if let (Some(short), Some(key)) = (&planned.short_link, &key) {
            links.insert(short.clone(), key.clone());
        }
        all.push(key);
    }
    Ok((all, links))
}

async fn free_key(tx: &Tx, actor: &Actor, ground: &Ground, number: Option<i64>) -> Result<Option<String>> {
    let Some(number) = number else { return Ok(None) };
    let key = format!("{}-{number}", ground.project.key);
    let is_free = ground.created || keys::find(tx, actor, &key).await?.is_none();
    Ok(is_free.then_some(key))
}

/// Writes a batch and records what is new.
pub(super) async fn file(tx: &Tx, desk: &Desk, batch: &Batch) -> Result<Filed> {
    // Of two imports of one board at once the second waits here, and finds what the first has filed.
    project::hold(tx, &desk.importer, desk.ground.project.id).await?;
    let mut work = Work { tx, desk, batch, filed: Filed::default(), ends: HashMap::new() };
    for index in &batch.tasks {
        let Some(planned) = desk.plan.tasks.get(*index) else { continue };
        match desk.ground.known.get(&planned.origin) {
            Some(id) => work.add_to(TaskId::from_uuid(*id), planned).await?,
            None if ground::is_there(tx, &desk.importer, desk.ground.project.id, &planned.origin).await? => {}
            None => work.make(*index, planned).await?,
        }
    }
    let mut filed = work.filed;
    if let Some(import) = desk.import {
        filed.stop = runs::came_on(tx, &desk.importer, import, batch.done).await?;
    }
    Ok(filed)
}

impl Desk {
    /// Whether no earlier import has brought this.
    pub(super) fn is_new(&self, origin: &str) -> bool {
        !self.ground.known.contains_key(origin)
    }
}

struct Work<'a> {
    tx: &'a Tx,
    desk: &'a Desk,
    batch: &'a Batch,
    filed: Filed,
    /// The last place in each stage.
    ends: HashMap<StageId, String>,
}

impl Work<'_> {
    fn person(&self, index: Option<usize>) -> Option<MemberId> {
        self.desk.people.get(index?).copied()
    }

    /// Somebody at an instant, as whom a row is written.
    fn acting(&self, who: Option<MemberId>, at: Timestamp) -> Actor {
        let importer = &self.desk.importer;
        // What is dated in the future was not written then.
        let at = at.min(importer.at);
        Actor { member: who.unwrap_or(importer.member), role: Role::Member, at, ..importer.clone() }
    }

    /// A new task with all that it has.
    async fn make(&mut self, index: usize, planned: &PlannedTask) -> Result<()> {
        let importer = &self.desk.importer;
        let id: TaskId = importer.ids.make();
        let author = self.acting(self.person(planned.requester), planned.created_at.unwrap_or(importer.at));
        let key = match self.desk.keys.get(index).cloned().flatten() {
            Some(key) => key,
            None => keys::next(self.tx, importer, self.desk.ground.project.id).await?,
        };
        let title = kernel::clean_line("title", &planned.title, topic::TITLE)?;
        let space = self.desk.ground.project.space;
        let bare = Bare { id, kind: TopicKind::Task, code: Some(key.clone()), title, space };
        topic::open_imported(self.tx, &author, bare).await?;
        self.insert(&author, id, &key, planned).await?;
        self.remember(&planned.origin, id.uuid()).await?;
        self.steps(id, planned, &planned.steps).await?;
        self.moves(id, planned).await?;
        let cover = self.posts(id, planned).await?;
        self.settle(id, planned, cover).await?;
        self.filed.added += planned.counts();
        self.follow(id, planned, 0).await?;
        self.record(id, 1).await
    }

    /// What came since to a task that came before. What people did with it here stays.
    async fn add_to(&mut self, id: TaskId, planned: &PlannedTask) -> Result<()> {
        let before = topic::see(self.tx, &self.desk.importer, id).await?.last_no;
        let new: Vec<&PlannedStep> =
            planned.steps.iter().filter(|step| self.desk.is_new(&step.origin)).collect();
        let has_steps = !new.is_empty();
        self.add_steps(id, planned, &new).await?;
        self.filed.added.check_items += new.len() as u64;
        self.filed.added.check_items_done += new.iter().filter(|step| step.done.is_some()).count() as u64;
        self.posts(id, planned).await?;
        let after = topic::see(self.tx, &self.desk.importer, id).await?.last_no;
        if after == before && !has_steps {
            return Ok(());
        }
        let desk = self.desk;
        for post in planned.posts.iter().filter(|post| desk.is_new(&post.origin)) {
            match post.kind {
                PostKind::Comment => self.filed.added.comments += 1,
                PostKind::Attachment => self.filed.added.attachments += 1,
                PostKind::Rest => {}
            }
        }
        if has_steps {
            steps::count(self.tx, &self.desk.importer, id).await?;
            let mut kept = task::read(self.tx, &self.desk.importer, id).await?;
            task::save(self.tx, &self.desk.importer, &mut kept).await?;
        }
        self.follow(id, planned, before).await?;
        self.record(id, before + 1).await
    }

    async fn remember(&mut self, origin: &str, id: Uuid) -> Result<()> {
        let project = self.desk.ground.project.id;
        ground::remember(self.tx, &self.desk.importer, project, origin, id).await?;
        self.filed.known.push((origin.to_owned(), id));
        Ok(())
    }

    /// Writes the row with what every task has; the rest is set when its steps and posts are there.
    async fn insert(&mut self, author: &Actor, id: TaskId, key: &str, planned: &PlannedTask) -> Result<()> {
        let stage = self.stage(planned.stage)?;
        let place = self.end_of(stage).await?;
        let nothing: [crate::LabelId; 0] = [];
        self.tx
            .run(
                sql!(
                    "INSERT INTO tasks (workspace, id, project, key, stage, place, requester, labels, steps_done, \
                     steps, waits, deliverable, field_values, why, why_html, created_at, moved_at, changed_at, \
                     version, moved_version, moved_by, edited_version, edited_by) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, FALSE, '{}', '', '', $9, $9, $9, 0, 0, $7, 0, $7)"
                ),
                args![
                    author.workspace,
                    id,
                    self.desk.ground.project.id,
                    key,
                    stage,
                    place,
                    author.member,
                    to_json("tasks.labels", &nothing)?,
                    author.at
                ],
            )
            .await?;
        Ok(())
    }

    fn stage(&self, index: usize) -> Result<StageId> {
        let stage = self.desk.ground.stages.get(index).or_else(|| self.desk.ground.stages.first());
        let missing = || crate::Error::Broken { what: "stages", problem: "a project has none".to_owned() };
        stage.copied().ok_or_else(missing)
    }

    /// A place behind everything in a stage.
    async fn end_of(&mut self, stage: StageId) -> Result<String> {
        let last = if let Some(last) = self.ends.get(&stage) {
            Some(last.clone())
        } else {
            let row = self
                .tx
                .maybe(
                    sql!(
                        "SELECT place FROM tasks WHERE workspace = $1 AND stage = $2 \
                         ORDER BY place DESC LIMIT 1"
                    ),
                    args![self.desk.importer.workspace, stage],
                )
                .await?;
            row.map(|row| row.get("place")).transpose()?
        };
        let no_room = || crate::Error::Broken { what: "tasks.place", problem: format!("no room in {stage}") };
        let place = place::between(last.as_deref(), None).ok_or_else(no_room)?;
        self.ends.insert(stage, place.clone());
        Ok(place)
    }

    async fn steps(&mut self, id: TaskId, planned: &PlannedTask, all: &[PlannedStep]) -> Result<()> {
        let all: Vec<&PlannedStep> = all.iter().collect();
        self.add_steps(id, planned, &all).await?;
        steps::count(self.tx, &self.desk.importer, id).await
    }

    async fn add_steps(&mut self, id: TaskId, planned: &PlannedTask, new: &[&PlannedStep]) -> Result<()> {
        if new.is_empty() {
            return Ok(());
        }
        let importer = &self.desk.importer;
        let there = steps::of(self.tx, importer, id).await?.len();
        let places = place::spread(there + new.len());
        for (step, place) in new.iter().zip(places.iter().skip(there)) {
            let step_id: StepId = importer.ids.make();
            let checked = step.done.map(|(at, by)| {
                let at = at.or(planned.changed_at).unwrap_or(importer.at).min(importer.at);
                (at, self.person(by).or(self.person(planned.owner)).unwrap_or(importer.member))
            });
            self.tx
                .run(
                    sql!(
                        "INSERT INTO steps (workspace, id, task, place, text, owner, done_at, done_by) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                    ),
                    args![
                        importer.workspace,
                        step_id,
                        id,
                        place,
                        &step.text,
                        self.person(step.owner),
                        checked.map(|(at, _)| at),
                        checked.map(|(_, by)| by)
                    ],
                )
                .await?;
            self.remember(&step.origin, step_id.uuid()).await?;
        }
        Ok(())
    }

    async fn moves(&self, id: TaskId, planned: &PlannedTask) -> Result<()> {
        for moved in &planned.moves {
            let by = self.acting(self.person(moved.by), moved.at);
            history::note(self.tx, &by, id, &moved.from, &moved.to).await?;
        }
        Ok(())
    }

    /// Writes the posts that are not there yet. Answers the file of the one that carries the cover.
    async fn posts(&mut self, id: TaskId, planned: &PlannedTask) -> Result<Option<FileId>> {
        let mut cover = None;
        let desk = self.desk;
        for post in planned.posts.iter().filter(|post| desk.is_new(&post.origin)) {
            let author = self.acting(self.person(post.author), post.at);
            let post_id: PostId = author.ids.make();
            let text = self.text(&post.text);
            let rendered = posts::render(self.tx, &author, &text).await?;
            let key = format!("{}:{}", self.desk.ground.project.id, post.origin);
            let origin = posts::Origin { source_key: Some(&key), ..posts::Origin::default() };
            posts::store_post(self.tx, &author, id, post_id, &text, &rendered, origin).await?;
            if let Some(upload) = self.batch.files.get(&post.origin) {
                files::register(self.tx, &author, upload).await?;
                self.tx
                    .run(
                        sql!("UPDATE files SET post = $3, place = 0 WHERE workspace = $1 AND id = $2"),
                        args![author.workspace, upload.id, post_id],
                    )
                    .await?;
                self.filed.files += 1;
                if planned.cover.as_ref() == Some(&post.origin) {
                    cover = Some(upload.id);
                }
            }
            self.remember(&post.origin, post_id.uuid()).await?;
        }
        Ok(cover)
    }

    /// A text with people mentioned and with addresses of cards leading to their tasks.
    fn text(&self, text: &str) -> String {
        let mut text = replace_each(text, &PERSON.to_string(), &|after| {
            let (index, _) = after.split_once(END)?;
            let number: usize = index.parse().ok()?;
            let (member, person) = (self.desk.people.get(number)?, self.desk.plan.people.get(number)?);
            let name = person.name.replace(['[', ']', '\\'], "");
            Some((index.len() + END.len_utf8(), format!("@[{name}]({member})")))
        });
        if let Some(beginning) = self.desk.plan.card_address {
            text = replace_each(&text, beginning, &|after| {
                let end = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
                let key = self.desk.links.get(after.get(..end)?)?;
                let rest = after.get(end..)?;
                let tail = rest.bytes().take_while(|byte| is_of_address(*byte)).count();
                Some((end + tail, format!("{HERE}{key}")))
            });
            text = as_links(&text, &self.desk.titles);
        }
        text
    }

    /// Sets what the task has beside its row. `cover`: the file.
    async fn settle(&self, id: TaskId, planned: &PlannedTask, cover: Option<FileId>) -> Result<()> {
        let importer = &self.desk.importer;
        let at = |at: Option<Timestamp>| at.unwrap_or(importer.at).min(importer.at);
        let mut kept = task::read(self.tx, importer, id).await?;
        let why = kernel::clean_text("why", &self.text(&planned.why), usize::MAX)?;
        let why = if why.len() <= change::WHY { why } else { planned.why.clone() };
        kept.why_html = posts::render(self.tx, importer, &why).await?.html;
        kept.why = why;
        kept.task.owner = self.person(planned.owner);
        kept.task.due = self.due(kept.task.owner, planned.due).await?;
        kept.task.starts_on = self.due(kept.task.owner, planned.starts).await?.map(|start| start.date);
        if let (Some(start), Some(due)) = (kept.task.starts_on, &kept.task.due) {
            kept.task.starts_on = Some(start.min(due.date));
        }
        kept.task.labels = planned
            .labels
            .iter()
            .filter_map(|label| self.desk.ground.labels.get(*label).copied().flatten())
            .collect();
        kept.task.values = self.values(planned);
        kept.task.cover = cover;
        kept.came_from = planned.came_from.map(|stage| self.stage(stage)).transpose()?;
        kept.task.moved_at = at(planned.moved_at.or(planned.created_at));
        kept.task.done_at = self.is_done(kept.task.stage).then(|| at(planned.done_at.or(planned.changed_at)));
        let changed = self.acting(None, at(planned.changed_at.or(planned.created_at)));
        kept.task.archived_at = planned.archived.then_some(changed.at);
        task::save(self.tx, &changed, &mut kept).await
    }

    fn is_done(&self, stage: StageId) -> bool {
        self.desk.ground.project.stage(stage).is_some_and(|stage| stage.kind == crate::stage::StageKind::Done)
    }

    /// When that is on the owner's clock, or on the importer's where nobody knows the owner's.
    async fn due(&self, owner: Option<MemberId>, when: Option<When>) -> Result<Option<Due>> {
        let Some(when) = when else { return Ok(None) };
        let importer = &self.desk.importer;
        let whose = match owner {
            Some(owner) => {
                let card = people::members::read(self.tx, importer.workspace, owner, importer.at).await?;
                card.schedule.zone.map(|_| owner)
            }
            None => None,
        };
        let wish = match when {
            When::Exact(at) => return due::exactly(self.tx, importer, whose, at).await,
            When::Day(date) => NewDue { date, time: None },
            When::Wall(date, time) => NewDue { date, time: Some(time.strftime("%H:%M").to_string()) },
        };
        due::meant(self.tx, importer, whose, &wish).await.map(Some)
    }

    fn values(&self, planned: &PlannedTask) -> crate::field::FieldValues {
        let mut values = crate::field::FieldValues::new();
        for (index, value) in &planned.values {
            let Some(Some((field, choices))) = self.desk.ground.fields.get(*index) else { continue };
            let value = match value {
                PlannedValue::Text(text) => FieldValue::Text(text.clone()),
                PlannedValue::Number(number) => FieldValue::Number(*number),
                PlannedValue::Date(date) => FieldValue::Text(date.to_string()),
                PlannedValue::Choice(choice) => {
                    let known = self.desk.ground.project.fields.iter().find(|known| known.id == *field);
                    let choice = choices.get(*choice).filter(|id| {
                        known.is_some_and(|known| known.choices.iter().any(|choice| choice.id == **id))
                    });
                    let Some(choice) = choice else { continue };
                    FieldValue::Text(choice.to_string())
                }
            };
            values.insert(*field, value);
        }
        values
    }

    /// Its owner and the others who were on it follow it, and nothing arrives.
    async fn follow(&self, id: TaskId, planned: &PlannedTask, before: i64) -> Result<()> {
        let importer = &self.desk.importer;
        let topic = topic::see(self.tx, importer, id).await?;
        let owner = self.person(planned.owner);
        let others: BTreeSet<MemberId> = planned
            .others
            .iter()
            .filter_map(|index| self.person(Some(*index)))
            .filter(|m| Some(*m) != owner)
            .collect();
        for (member, reason) in owner
            .into_iter()
            .map(|owner| (owner, Reason::Assigned))
            .chain(others.into_iter().map(|member| (member, Reason::Follows)))
        {
            marks::imported(self.tx, importer, member, &topic, before, reason).await?;
        }
        Ok(())
    }

    /// Records the task as it is now with its posts from a number on.
    async fn record(&self, id: TaskId, first: i64) -> Result<()> {
        let importer = &self.desk.importer;
        let topic: Topic = topic::see(self.tx, importer, id).await?;
        let card = task::read(self.tx, importer, id).await?.task;
        let page = task::page(self.tx, importer, id).await?;
        let mut rows = vec![topic.row(), card.row(), put("task_pages", id, &page)];
        let mut next = first;
        loop {
            let posts = posts::range(self.tx, importer, id, next, topic.last_no, POSTS_IN_CHANGE).await?;
            let last = posts.last().map(|post| post.no);
            rows.extend(posts.iter().map(|post| put("posts", post.id, post)));
            let change = importer.change("task.imported", topic.audience(), std::mem::take(&mut rows));
            self.tx.record(NewChange { actor: None, ..change });
            match last {
                Some(last) if last < topic.last_no => {
                    next = last + 1;
                    rows.push(topic.row());
                }
                _ => return Ok(()),
            }
        }
    }
}

/// How the address of a task here begins while a text is made.
const HERE: &str = "\u{e002}";

fn is_of_address(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'%' | b'#' | b'?' | b'=')
}

/// Addresses of tasks as Markdown has them: inside of a link as they are, elsewhere as a link of their own.
fn as_links(text: &str, titles: &HashMap<String, String>) -> String {
    let mut made = String::with_capacity(text.len());
    for (index, part) in text.split(HERE).enumerate() {
        if index == 0 {
            made.push_str(part);
            continue;
        }
        let end = part.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
        let (key, rest) = part.split_at_checked(end).unwrap_or((part, ""));
        if made.ends_with("](<") || made.ends_with("](") {
            made.extend(["/task/", key]);
        } else {
            let title = titles.get(key).map(|title| format!(" {}", escaped(title))).unwrap_or_default();
            made.extend(["[", key, &title, "](/task/", key, ")"]);
        }
        made.push_str(rest);
    }
    made
}

/// Ties tasks to those that they are a part of or wait for. Answers what does not hold, with the reason.
pub(super) async fn tie(tx: &Tx, desk: &Desk, index: usize) -> Result<Option<reason::Reason>> {
    let Some(planned) = desk.plan.tasks.get(index) else { return Ok(None) };
    let tied = format!("ties:{}", planned.origin);
    let of = |index: usize| {
        let id = desk.ground.known.get(&desk.plan.tasks.get(index)?.origin)?;
        Some(TaskId::from_uuid(*id))
    };
    let Some(id) = of(index).filter(|_| desk.is_new(&tied)) else { return Ok(None) };
    let importer = &desk.importer;
    let mut problem = None;
    if let Some(parent) = planned.parent.and_then(of) {
        let patch = change::TaskPatch { parent: Some(Some(parent)), ..change::TaskPatch::default() };
        match change::change(tx, importer, id, patch).await {
            Err(crate::Error::Refused(_)) => problem = Some(reason::Reason::NoPart),
            other => other?,
        }
    }
    for other in planned.waits_for.iter().filter_map(|index| of(*index)) {
        let wait =
            crate::waits::NewWait { id: importer.ids.make(), task: Some(other), ask: None, member: None };
        match crate::waits::create(tx, importer, id, wait).await {
            Err(crate::Error::Refused(_) | crate::Error::Meanwhile { .. }) => {
                problem = Some(reason::Reason::WaitRefused);
            }
            other => other?,
        }
    }
    ground::remember(tx, importer, desk.ground.project.id, &tied, id.uuid()).await?;
    Ok(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links() {
        let text = format!("See {HERE}TD-12, [that]({HERE}TD-3) and [x](<{HERE}TD-4>)");
        let titles = HashMap::from([("TD-12".to_owned(), "Make [it]".to_owned())]);
        let expected = "See [TD-12 Make \\[it\\]](/task/TD-12), [that](/task/TD-3) and [x](</task/TD-4>)";
        assert_eq!(as_links(&text, &titles), expected);
    }
}
