//! Tasks that come again. A series knows a rule about days and its newest task; the next one is made
//! like that when it is done, or when its own day comes: at the start of the owner's working day on which
//! it is due, or so many working days before as the series says.

pub(crate) mod days;
pub(crate) mod rule;

use edge::App;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use kernel::{Ids, Refusal};
use people::{Actor, MemberId, System, WorkspaceId, delivery, members, present, time_off};
use serde::{Deserialize, Serialize};
use store::{NewJob, Row, Tx, args, sql};
use utoipa::ToSchema;
use worktime::Schedule;

use self::{
    days::{Coming, OwnDays},
    rule::Rule,
};
use crate::{
    Error, ProjectId, Result, SeriesId, TaskId,
    blueprint::{Blueprint, Dates},
    due::{self, NewDue},
    error::{code_of, taken},
    project,
    task::{self, Altered, Kept},
};

/// The kind of the job; its key is the series.
pub const JOB: &str = "task.series";
/// The most working days before its day on which a task is made.
const LEAD: u8 = 20;
/// How many days ahead a preview shows.
const PREVIEW: usize = 5;
/// After a standstill so many days are looked over for the one that holds now.
const MOST_MISSED: usize = 1_000;

store::words! {
    /// What becomes of a day of the rule on which the owner does not work.
    pub enum DaysOff {
        /// It is left out.
        Skip = "skip",
        /// It is their next working day.
        Move = "move",
        /// Whoever covers for the owner then gets the task; without a cover it stays theirs.
        Cover = "cover",
    }
}

store::words! {
    /// Whether a series goes on.
    pub enum SeriesState {
        /// The next task will be made.
        Running = "running",
        /// Not until somebody says so.
        Paused = "paused",
        /// There is no next one.
        Ended = "ended",
    }
}

/// That a task comes again, as the page of its newest task shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Repeat {
    /// The series.
    pub series: SeriesId,
    /// When it comes: a rule of RFC 5545 about days.
    pub rule: String,
    /// The day on which the rule begins.
    #[schema(value_type = String, format = Date)]
    pub begins_on: Date,
    /// The wall time `HH:MM` of the owner; null for the end of their working day.
    #[schema(required = true)]
    pub time: Option<String>,
    /// What becomes of days off.
    pub days_off: DaysOff,
    /// How many working days before it is due the next one is made.
    pub lead: u8,
    /// Whether it goes on.
    pub state: SeriesState,
    /// Why the program has paused it, in one word.
    #[schema(required = true)]
    pub stopped: Option<String>,
    /// When the next one is due.
    #[schema(required = true, value_type = Option<String>, format = Date)]
    pub next_due: Option<Date>,
    /// When the next one is made, unless this one is done before.
    #[schema(required = true)]
    pub next_at: Option<Timestamp>,
}

/// Where a task stands in its series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Repeats {
    /// The series, on its newest task only.
    #[schema(required = true)]
    pub series: Option<Repeat>,
    /// The task before this one.
    #[schema(required = true)]
    pub previous: Option<TaskId>,
    /// The task after this one.
    #[schema(required = true)]
    pub next: Option<TaskId>,
}

/// That a task shall come again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRepeat {
    /// Made by whoever creates it.
    pub id: SeriesId,
    /// A rule of RFC 5545 about days, at most 200 characters: `FREQ=WEEKLY;INTERVAL=2;BYDAY=MO`.
    #[schema(max_length = 200)]
    pub rule: String,
    /// The wall time `HH:MM`; without it, the end of the owner's working day.
    #[serde(default)]
    pub time: Option<String>,
    /// What becomes of days off.
    pub days_off: DaysOff,
    /// How many working days before it is due the next one is made, at most 20; 0 when absent.
    #[serde(default)]
    #[schema(maximum = 20)]
    pub lead: Option<u8>,
}

/// What can be changed about a series, for all that is to come. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatPatch {
    /// Another rule.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub rule: Option<String>,
    /// Another time; null for the end of the working day.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub time: Option<Option<String>>,
    /// What becomes of days off.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub days_off: Option<DaysOff>,
    /// How many working days before.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub lead: Option<u8>,
    /// Whether it goes on.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub state: Option<SeriesState>,
}

/// A day that is to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ComingDay {
    /// The day that the rule says.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The day on which the task is due.
    #[schema(value_type = String, format = Date)]
    pub due: Date,
    /// When it is made, unless the one before is done earlier.
    pub made_at: Timestamp,
}

/// A series with all that only its rules need to know.
#[derive(Debug, Clone)]
struct Series {
    id: SeriesId,
    project: ProjectId,
    rule: String,
    begins_on: Date,
    time: Option<String>,
    days_off: DaysOff,
    lead: u8,
    state: SeriesState,
    stopped: Option<String>,
    owner: Option<MemberId>,
    cover: Option<MemberId>,
    made_by: MemberId,
    latest: TaskId,
    latest_on: Date,
    latest_due: Date,
    next_due: Option<Date>,
    next_at: Option<Timestamp>,
}

/// The columns of [`Series`], of a table named `s`.
macro_rules! series_columns {
    () => {
        "s.id, s.project, s.rule, s.begins_on, s.at_time, s.days_off, s.lead, s.state, s.stopped, s.owner, s.cover, \
         s.made_by, s.latest, s.latest_on, s.latest_due, s.next_due, s.next_at"
    };
}

impl Series {
    fn from_row(row: &Row) -> Result<Self> {
        let date = |column: &'static str| due::day(column, &row.get::<String>(column)?);
        let next_due: Option<String> = row.get("next_due")?;
        Ok(Self {
            id: row.get("id")?,
            project: row.get("project")?,
            rule: row.get("rule")?,
            begins_on: date("begins_on")?,
            time: row.get("at_time")?,
            days_off: row.get("days_off")?,
            lead: row.get("lead")?,
            state: row.get("state")?,
            stopped: row.get("stopped")?,
            owner: row.get("owner")?,
            cover: row.get("cover")?,
            made_by: row.get("made_by")?,
            latest: row.get("latest")?,
            latest_on: date("latest_on")?,
            latest_due: date("latest_due")?,
            next_due: next_due.map(|text| due::day("series.next_due", &text)).transpose()?,
            next_at: row.get("next_at")?,
        })
    }

    fn shown(&self) -> Repeat {
        Repeat {
            series: self.id,
            rule: self.rule.clone(),
            begins_on: self.begins_on,
            time: self.time.clone(),
            days_off: self.days_off,
            lead: self.lead,
            state: self.state,
            stopped: self.stopped.clone(),
            next_due: self.next_due,
            next_at: self.next_at,
        }
    }

    fn newest(&self) -> Coming {
        Coming { on: self.latest_on, due: self.latest_due }
    }

    /// The rule as it was checked when it was set.
    fn rule(&self) -> Result<Rule> {
        Ok(Rule::read(&self.rule, self.begins_on)?)
    }
}

/// Where a task stands in its series, for its page.
pub(crate) async fn of(tx: &Tx, actor: &Actor, task: TaskId) -> Result<Option<Repeats>> {
    let row = tx
        .maybe(
            sql!("SELECT series, previous, next FROM repeated WHERE workspace = $1 AND task = $2"),
            args![actor.workspace, task],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let series = read(tx, actor.workspace, row.get("series")?).await?;
    let series = series.filter(|series| series.latest == task).map(|series| series.shown());
    Ok(Some(Repeats { series, previous: row.get("previous")?, next: row.get("next")? }))
}

async fn read(tx: &Tx, workspace: WorkspaceId, id: SeriesId) -> Result<Option<Series>> {
    let row = tx
        .maybe(
            sql!(concat!(
                "SELECT ",
                series_columns!(),
                " FROM series s WHERE s.workspace = $1 AND s.id = $2"
            )),
            args![workspace, id],
        )
        .await?;
    row.as_ref().map(Series::from_row).transpose()
}

/// Holds a series until the end of the transaction.
async fn hold(tx: &Tx, workspace: WorkspaceId, id: SeriesId) -> Result<Option<Series>> {
    tx.run(sql!("UPDATE series SET lead = lead WHERE workspace = $1 AND id = $2"), args![workspace, id])
        .await?;
    read(tx, workspace, id).await
}

/// Makes a task the first of a series, or changes the one that it is the newest of. What is made from
/// now on follows the new rule.
pub async fn set(tx: &Tx, actor: &Actor, id: TaskId, new: NewRepeat) -> Result<()> {
    let (_, kept) = task::hold(tx, actor, id).await?;
    let row = tx
        .maybe(sql!("SELECT id FROM series WHERE workspace = $1 AND latest = $2"), args![actor.workspace, id])
        .await?;
    if let Some(row) = row {
        let NewRepeat { rule, time, days_off, lead, .. } = new;
        let patch = RepeatPatch {
            rule: Some(rule),
            time: Some(time),
            days_off: Some(days_off),
            lead,
            state: Some(SeriesState::Running),
        };
        return change(tx, actor, row.get("id")?, patch).await;
    }
    let (receiver, zone) = hours(tx, actor, kept.task.owner).await?;
    let today = zone.to_datetime(actor.at).date();
    let begins_on = kept.task.due.as_ref().map_or(today, |due| due.date);
    let rule = Rule::read(&new.rule, begins_on)?;
    let own = OwnDays { schedule: receiver.as_ref(), zone };
    let mut series = Series {
        id: new.id,
        project: kept.task.project,
        rule: rule.text().to_owned(),
        begins_on,
        time: checked_time(new.time)?,
        days_off: new.days_off,
        lead: checked_lead(new.lead)?,
        state: SeriesState::Running,
        stopped: None,
        owner: kept.task.owner,
        cover: None,
        made_by: actor.member,
        latest: id,
        latest_on: begins_on,
        latest_due: begins_on,
        next_due: None,
        next_at: None,
    };
    wind(&mut series, &rule, &own);
    must_leave_a_day(&series, &rule)?;
    insert(tx, actor, &series).await?;
    // One that was the last of an ended series begins another one.
    tx.run(
        sql!(
            "INSERT INTO repeated (workspace, task, series) VALUES ($1, $2, $3) \
             ON CONFLICT (workspace, task) DO UPDATE SET series = excluded.series"
        ),
        args![actor.workspace, id, series.id],
    )
    .await?;
    enqueue(tx, actor.workspace, series.id, actor.at).await?;
    record(tx, actor, id, "task.repeats").await
}

async fn insert(tx: &Tx, actor: &Actor, series: &Series) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO series (workspace, id, project, rule, begins_on, at_time, days_off, lead, state, owner, \
             made_by, latest, latest_on, latest_due, next_due, next_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
        ),
        args![
            actor.workspace,
            series.id,
            series.project,
            &series.rule,
            series.begins_on.to_string(),
            series.time.clone(),
            series.days_off,
            series.lead,
            series.state,
            series.owner,
            series.made_by,
            series.latest,
            series.latest_on.to_string(),
            series.latest_due.to_string(),
            series.next_due.map(|date| date.to_string()),
            series.next_at
        ],
    )
    .await
    .map_err(|error| taken(error, "id"))?;
    Ok(())
}

/// Changes a series for all that is to come, pauses it, goes on with it, or ends it.
pub async fn change(tx: &Tx, actor: &Actor, id: SeriesId, patch: RepeatPatch) -> Result<()> {
    let missing = || Refusal::not_found("series");
    let mut series = hold(tx, actor.workspace, id).await?.ok_or_else(missing)?;
    let (_, kept) = task::hold(tx, actor, series.latest).await.map_err(project::missing("series"))?;
    let (receiver, zone) = hours(tx, actor, kept.task.owner).await?;
    let today = zone.to_datetime(actor.at).date();
    if let Some(text) = &patch.rule {
        let same = Rule::read(text, series.begins_on).is_ok_and(|rule| rule.text() == series.rule);
        if !same {
            // From the newest task on, so that what was before stays as it was.
            series.begins_on = series.latest_due;
            series.latest_on = series.latest_due;
            Rule::read(text, series.begins_on)?.text().clone_into(&mut series.rule);
        }
    }
    if let Some(time) = patch.time {
        series.time = checked_time(time)?;
    }
    series.days_off = patch.days_off.unwrap_or(series.days_off);
    series.lead = checked_lead(Some(patch.lead.unwrap_or(series.lead)))?;
    if let Some(state) = patch.state {
        if state == SeriesState::Running && series.state != SeriesState::Running {
            // What fell into the pause is not made up for.
            series.latest_on = series.latest_on.max(today.yesterday().unwrap_or(today));
            series.made_by = actor.member;
        }
        series.state = state;
        series.stopped = None;
    }
    let rule = series.rule()?;
    let was = series.state;
    wind(&mut series, &rule, &OwnDays { schedule: receiver.as_ref(), zone });
    if was == SeriesState::Running {
        must_leave_a_day(&series, &rule)?;
    }
    save(tx, actor.workspace, &series).await?;
    if series.state == SeriesState::Running {
        enqueue(tx, actor.workspace, id, actor.at).await?;
    }
    record(tx, actor, series.latest, "task.repeats").await
}

/// The next days of a rule as they would be for the owner of a task.
pub async fn preview(
    tx: &Tx,
    actor: &Actor,
    id: TaskId,
    rule: &str,
    days_off: DaysOff,
    lead: Option<u8>,
) -> Result<Vec<ComingDay>> {
    let task = task::see(tx, actor, id).await?;
    let lead = checked_lead(lead)?;
    let (schedule, zone) = hours(tx, actor, task.owner).await?;
    let begins_on = task.due.as_ref().map_or_else(|| zone.to_datetime(actor.at).date(), |due| due.date);
    let rule = Rule::read(rule, begins_on)?;
    let own = OwnDays { schedule: schedule.as_ref(), zone };
    let mut last = Coming { on: begins_on, due: begins_on };
    let mut coming = Vec::with_capacity(PREVIEW);
    while coming.len() < PREVIEW
        && let Some(next) = days::next(&rule, days_off, &own, last)
        && let Some(made_at) = own.start_before(next.due, lead)
    {
        coming.push(ComingDay { on: next.on, due: next.due, made_at });
        last = next;
    }
    Ok(coming)
}

/// Refuses what would end at once although its rule has days to come: the owner has all of them off.
fn must_leave_a_day(series: &Series, rule: &Rule) -> Result<()> {
    if series.state != SeriesState::Ended || !rule.dates().any(|day| day > series.latest_on) {
        return Ok(());
    }
    Err(Refusal::invalid("days_off", "leaves out every day of the rule").named("every_day_off").into())
}

/// Computes when the next one comes. A rule that has no more days ends the series.
fn wind(series: &mut Series, rule: &Rule, own: &OwnDays<'_>) {
    (series.next_due, series.next_at) = (None, None);
    if series.state != SeriesState::Running {
        return;
    }
    match days::next(rule, series.days_off, own, series.newest()) {
        Some(next) => {
            series.next_due = Some(next.due);
            series.next_at = own.start_before(next.due, series.lead);
        }
        None => series.state = SeriesState::Ended,
    }
}

/// The hours of an owner, or of the actor while there is none, and their zone.
async fn hours(tx: &Tx, actor: &Actor, owner: Option<MemberId>) -> Result<(Option<Schedule>, TimeZone)> {
    let whose = owner.unwrap_or(actor.member);
    let receiver = delivery::receiver_of(tx, actor.workspace, whose, actor.at).await?;
    let schedule = receiver.schedule().cloned();
    let zone = if let Some(schedule) = &schedule {
        schedule.zone().clone()
    } else {
        let name = due::zone_of(tx, actor, whose).await?;
        jiff::tz::db().get(&name).unwrap_or(TimeZone::UTC)
    };
    Ok((schedule, zone))
}

fn checked_time(time: Option<String>) -> Result<Option<String>> {
    let Some(time) = time else { return Ok(None) };
    let checked = due::checked_time(&time)
        .map_err(|_| Refusal::invalid_because("time", "is no time", "00:00 to 23:59"))?;
    Ok(Some(checked.strftime("%H:%M").to_string()))
}

fn checked_lead(lead: Option<u8>) -> Result<u8> {
    match lead.unwrap_or_default() {
        lead if lead <= LEAD => Ok(lead),
        _ => {
            Err(Refusal::invalid_because("lead", "is too long", format!("at most {LEAD} working days"))
                .into())
        }
    }
}

async fn save(tx: &Tx, workspace: WorkspaceId, series: &Series) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE series SET rule = $3, begins_on = $4, at_time = $5, days_off = $6, lead = $7, state = $8, \
             stopped = $9, owner = $10, cover = $11, made_by = $12, latest = $13, latest_on = $14, latest_due = $15, \
             next_due = $16, next_at = $17 WHERE workspace = $1 AND id = $2"
        ),
        args![
            workspace,
            series.id,
            &series.rule,
            series.begins_on.to_string(),
            series.time.clone(),
            series.days_off,
            series.lead,
            series.state,
            series.stopped.clone(),
            series.owner,
            series.cover,
            series.made_by,
            series.latest,
            series.latest_on.to_string(),
            series.latest_due.to_string(),
            series.next_due.map(|date| date.to_string()),
            series.next_at
        ],
    )
    .await?;
    Ok(())
}

/// The page of the newest task says it; its version goes up.
async fn record(tx: &Tx, actor: &Actor, id: TaskId, verb: &'static str) -> Result<()> {
    let mut kept = task::read(tx, actor, id).await?;
    task::save(tx, actor, &mut kept).await?;
    let mut altered = Altered::default();
    altered.page(id);
    altered.record(tx, actor, verb).await
}

// ------------------------------------------------------------------ by itself

/// The payload of the job. Without a series: all whose time has come.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Turn {
    series: SeriesId,
}

async fn enqueue(tx: &Tx, workspace: WorkspaceId, series: SeriesId, run_at: Timestamp) -> Result<()> {
    let payload = serde_json::value::to_raw_value(&Turn { series })
        .map_err(|error| Error::Broken { what: JOB, problem: error.to_string() })?;
    let job = NewJob { workspace: workspace.uuid(), kind: JOB, key: series.to_string(), payload, run_at };
    Ok(tx.enqueue(job).await?)
}

/// The newest task of a series is done, or somebody else's: the series looks at it again.
pub(crate) async fn task_turned(tx: &Tx, workspace: WorkspaceId, task: TaskId, at: Timestamp) -> Result<()> {
    let rows = tx
        .all(
            sql!("SELECT id FROM series WHERE workspace = $1 AND latest = $2 AND state = 'running'"),
            args![workspace, task],
        )
        .await?;
    for row in &rows {
        enqueue(tx, workspace, row.get("id")?, at).await?;
    }
    Ok(())
}

/// The hours of somebody are other than they were: the next ones of their series come at other instants.
pub(crate) async fn time_changed(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<()> {
    let rows = tx
        .all(
            sql!(
                "SELECT s.id FROM tasks k JOIN series s ON s.workspace = k.workspace AND s.latest = k.id \
                 WHERE k.workspace = $1 AND k.owner = $2 AND s.state = 'running'"
            ),
            args![workspace, member],
        )
        .await?;
    for row in &rows {
        enqueue(tx, workspace, row.get("id")?, at).await?;
    }
    Ok(())
}

/// Enqueues all series whose time has come, in every workspace: for jobs that failed for good.
pub async fn wind_overdue(tx: &Tx, at: Timestamp) -> Result<()> {
    let rows = tx.all(sql!("SELECT workspace, id FROM series WHERE next_at <= $1"), args![at]).await?;
    for row in &rows {
        enqueue(tx, row.get("workspace")?, row.get("id")?, at).await?;
    }
    Ok(())
}

/// Makes the next task of a series, if its time has come. What a rule refuses pauses the series.
pub async fn turn(app: &App, workspace: WorkspaceId, turn: Turn) -> Result<()> {
    let system = System { workspace, at: app.context.clock.now() };
    let ids = app.context.ids.clone();
    let again = ids.clone();
    let written =
        app.context.db.write(move |tx| async move { run(&tx, &system, ids, turn.series).await }).await;
    let refused = match written {
        Err(Error::Refused(refusal)) => refusal,
        other => return other.map(|_| ()),
    };
    let why = code_of(&refused).to_owned();
    app.context.db.write(move |tx| async move { pause(&tx, &system, again, turn.series, why).await }).await?;
    Ok(())
}

async fn pause(tx: &Tx, system: &System, ids: Ids, id: SeriesId, why: String) -> Result<()> {
    let Some(mut series) = hold(tx, system.workspace, id).await? else { return Ok(()) };
    (series.state, series.stopped) = (SeriesState::Paused, Some(why));
    (series.next_due, series.next_at) = (None, None);
    save(tx, system.workspace, &series).await?;
    let reader = maker(tx, system, ids, &series).await?;
    let mut altered = Altered::default();
    touch(tx, &reader, series.latest).await?;
    altered.page(series.latest);
    altered.record_by_itself(tx, system, &reader, "task.repeats").await
}

/// The page of a task says something else: its version goes up.
async fn touch(tx: &Tx, reader: &Actor, id: TaskId) -> Result<()> {
    tx.run(
        sql!("UPDATE tasks SET version = version + 1 WHERE workspace = $1 AND id = $2"),
        args![reader.workspace, id],
    )
    .await?;
    Ok(())
}

/// Whoever made the series: the next task is made with their rights.
async fn maker(tx: &Tx, system: &System, ids: Ids, series: &Series) -> Result<Actor> {
    let card = members::read(tx, system.workspace, series.made_by, system.at).await?;
    Ok(system.acting_as(series.made_by, card.role, ids))
}

/// Makes the next task of a series within a transaction, if its time has come.
pub async fn run(tx: &Tx, system: &System, ids: Ids, id: SeriesId) -> Result<()> {
    let Some(mut series) = hold(tx, system.workspace, id).await? else { return Ok(()) };
    if series.state != SeriesState::Running {
        return Ok(());
    }
    let before = series.shown();
    let actor = maker(tx, system, ids, &series).await?;
    let (_, newest) =
        task::hold(tx, &actor, series.latest).await.map_err(|error| no_access(error, "no_access"))?;
    follow_owner(&mut series, &newest);
    let (schedule, zone) = hours(tx, &actor, series.owner.or(newest.task.owner)).await?;
    let own = OwnDays { schedule: schedule.as_ref(), zone };
    let rule = series.rule()?;
    let mut altered = Altered::default();
    if let Some(coming) = whose_time_has_come(&series, &rule, &own, &newest, system.at) {
        make(tx, &actor, &mut altered, &mut series, &newest, coming).await?;
    }
    wind(&mut series, &rule, &own);
    save(tx, system.workspace, &series).await?;
    if let Some(at) = series.next_at {
        enqueue(tx, system.workspace, id, at.max(system.at)).await?;
    }
    if series.shown() != before {
        touch(tx, &actor, series.latest).await?;
        altered.page(series.latest);
    }
    altered.record_by_itself(tx, system, &actor, "task.came_again").await
}

fn no_access(error: Error, code: &'static str) -> Error {
    match error {
        Error::Refused(Refusal::NotFound { .. }) => {
            Refusal::conflict("Whoever made this cannot see the task any more.").named(code).into()
        }
        other => other,
    }
}

/// Whose the newest task is, the next ones are too; what the cover does for once stays the owner's.
fn follow_owner(series: &mut Series, newest: &Kept) {
    if series.cover.is_none() || newest.task.owner != series.cover {
        series.owner = newest.task.owner;
        series.cover = None;
    }
}

/// The next day, if the newest task is done or that day has come. Of several that have come by now only
/// the last: what a standstill has swallowed is not made up for.
fn whose_time_has_come(
    series: &Series,
    rule: &Rule,
    own: &OwnDays<'_>,
    newest: &Kept,
    now: Timestamp,
) -> Option<Coming> {
    let has_come = |coming: &Coming| own.start_before(coming.due, series.lead).is_some_and(|at| at <= now);
    let mut coming = days::next(rule, series.days_off, own, series.newest())?;
    if newest.task.done_at.is_none() && !has_come(&coming) {
        return None;
    }
    for _ in 0..MOST_MISSED {
        match days::next(rule, series.days_off, own, coming) {
            Some(later) if has_come(&later) => coming = later,
            _ => break,
        }
    }
    Some(coming)
}

/// Makes the next task like the newest one, and links both.
async fn make(
    tx: &Tx,
    actor: &Actor,
    altered: &mut Altered,
    series: &mut Series,
    newest: &Kept,
    coming: Coming,
) -> Result<()> {
    let mut like = Blueprint::of(tx, actor, newest).await?;
    series.cover = cover_on(tx, actor, series, coming.due).await?;
    like.owner = series.cover.or(series.owner);
    let starts_on = newest.task.starts_on.and_then(|starts_on| {
        let ahead = series.latest_due.since(starts_on).ok()?;
        coming.due.checked_sub(ahead).ok()
    });
    let dates = Dates { starts_on, due: Some(NewDue { date: coming.due, time: series.time.clone() }) };
    let next = like.build(tx, actor, altered, newest.task.project, dates).await?;
    let had = newest.task.id;
    tx.run(
        sql!("UPDATE repeated SET next = $3 WHERE workspace = $1 AND task = $2"),
        args![actor.workspace, had, next],
    )
    .await?;
    tx.run(
        sql!("INSERT INTO repeated (workspace, task, series, previous) VALUES ($1, $2, $3, $4)"),
        args![actor.workspace, next, series.id, had],
    )
    .await?;
    touch(tx, actor, had).await?;
    altered.page(had);
    series.project = newest.task.project;
    (series.latest, series.latest_on, series.latest_due) = (next, coming.on, coming.due);
    Ok(())
}

/// Who covers for the owner on a day, where the series goes to them then.
async fn cover_on(tx: &Tx, actor: &Actor, series: &Series, day: Date) -> Result<Option<MemberId>> {
    let Some(owner) = series.owner.filter(|_| series.days_off == DaysOff::Cover) else { return Ok(None) };
    let (_, zone) = hours(tx, actor, Some(owner)).await?;
    let Ok(noon) = zone.to_timestamp(day.at(12, 0, 0, 0)) else { return Ok(None) };
    let away = time_off::current_or_next(tx, actor.workspace, owner, noon).await?;
    Ok(away.filter(|away| away.from <= noon && noon < away.until).and_then(|away| away.cover))
}
