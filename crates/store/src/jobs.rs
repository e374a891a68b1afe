//! Work after a commit: enqueued in the transaction that causes it, claimed with a lease, retried
//! with growing pauses, and kept for people to see when it fails for good. Jobs must be
//! idempotent: a job runs at least once.

use std::{
    collections::{BTreeMap, HashMap},
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::value::RawValue;
use tokio::{task::JoinSet, time};
use uuid::Uuid;

use crate::{
    Context, Db, Error, Result, Row, Tx, args, sql,
    tx::{Statement, panic_text},
};

/// How often a job is tried before it is dead.
pub const MOST_ATTEMPTS: i64 = 10;
/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(10);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// A job whose lease ran out may be claimed by somebody else. A running one renews it.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
const RENEW_EVERY: Duration = Duration::from_mins(1);
/// Another node may have enqueued something; in this process enqueuing wakes the worker.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The same after the database failed.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// How much of an error is kept.
const MOST_ERROR_CHARACTERS: usize = 2_000;

/// A job to be done. One of the same workspace, kind and key that is waiting takes this payload
/// and the earlier of both times; one that is running runs once more; a dead one gets a new life.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Where; the nil UUID for the program's own jobs.
    pub workspace: Uuid,
    /// Which handler does it.
    pub kind: &'static str,
    /// What it is about; jobs of one key are one job.
    pub key: String,
    /// What the handler needs to know.
    pub payload: Box<RawValue>,
    /// Not before this instant.
    pub run_at: Timestamp,
}

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    /// Where; the nil UUID for the program's own jobs.
    pub workspace: Uuid,
    /// Which handler does it.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// What the handler needs to know.
    pub payload: Box<RawValue>,
    /// 1 for the first try.
    pub attempt: i64,
    lease: Uuid,
    generation: i64,
}

/// A job that failed for good.
#[derive(Debug, Clone)]
pub struct DeadJob {
    /// Where.
    pub workspace: Uuid,
    /// Which handler.
    pub kind: String,
    /// What it was about.
    pub key: String,
    /// How often it was tried.
    pub attempts: i64,
    /// The last failure.
    pub last_error: String,
}

/// A job that comes again and again.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// Where; the nil UUID for the program's own.
    pub workspace: Uuid,
    /// Its name, unique there; also the key of its jobs.
    pub name: String,
    /// Which handler does it.
    pub kind: &'static str,
    /// What the handler needs to know.
    pub payload: Box<RawValue>,
    /// The pause between two runs, at least a microsecond. Missed runs are not made up for.
    pub every: SignedDuration,
    /// The first run.
    pub first_at: Timestamp,
}

/// Sets a schedule up. One that is there keeps its next run and takes the rest.
pub async fn schedule(tx: &Tx, schedule: &Schedule) -> Result<()> {
    let every = micros(schedule.every);
    tx.run(
        sql!(
            "INSERT INTO job_schedules (workspace, name, kind, payload, every, next_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (workspace, name) DO UPDATE SET
                 kind = excluded.kind, payload = excluded.payload, every = excluded.every"
        ),
        args![
            schedule.workspace,
            schedule.name,
            schedule.kind,
            schedule.payload.get(),
            every,
            schedule.first_at
        ],
    )
    .await?;
    Ok(())
}

/// Ends a schedule.
pub async fn unschedule(tx: &Tx, workspace: Uuid, name: &str) -> Result<()> {
    tx.run(sql!("DELETE FROM job_schedules WHERE workspace = $1 AND name = $2"), args![workspace, name])
        .await?;
    Ok(())
}

/// Jobs that failed for good, at most `limit`.
pub async fn dead(tx: &Tx, limit: u32) -> Result<Vec<DeadJob>> {
    let rows = tx
        .all(
            sql!(
                "SELECT workspace, kind, key, attempts, last_error FROM jobs
                 WHERE dead = TRUE ORDER BY run_at, workspace, kind, key LIMIT $1"
            ),
            args![limit],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DeadJob {
                workspace: row.get("workspace")?,
                kind: row.get("kind")?,
                key: row.get("key")?,
                attempts: row.get("attempts")?,
                last_error: row.get::<Option<String>>("last_error")?.unwrap_or_default(),
            })
        })
        .collect()
}

/// How many jobs wait or run.
pub async fn waiting(tx: &Tx) -> Result<i64> {
    tx.one(sql!("SELECT COUNT(*) AS waiting FROM jobs WHERE dead = FALSE"), args![]).await?.get("waiting")
}

/// Writes what a transaction has enqueued.
pub(crate) async fn insert(tx: &Tx, jobs: Vec<NewJob>) -> Result<()> {
    for Statement { sql, args } in insertions(jobs) {
        tx.run(sql, args).await?;
    }
    Ok(())
}

/// The statements that write jobs: one for each key, in one order, so that two transactions with
/// the same keys do not wait for each other in a circle.
pub(crate) fn insertions(jobs: impl IntoIterator<Item = NewJob>) -> impl Iterator<Item = Statement> {
    let mut by_key: BTreeMap<(Uuid, &'static str, String), (Box<RawValue>, Timestamp)> = BTreeMap::new();
    for NewJob { workspace, kind, key, payload, run_at } in jobs {
        let job = by_key.entry((workspace, kind, key)).or_insert_with(|| (payload.clone(), run_at));
        *job = (payload, run_at.min(job.1));
    }
    by_key.into_iter().map(|((workspace, kind, key), (payload, run_at))| Statement {
        sql: sql!(
            "INSERT INTO jobs (workspace, kind, key, payload, run_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (workspace, kind, key) DO UPDATE SET
                 payload = excluded.payload,
                 run_at = CASE WHEN jobs.lease IS NULL AND jobs.dead = FALSE AND jobs.run_at < excluded.run_at
                     THEN jobs.run_at ELSE excluded.run_at END,
                 attempts = CASE WHEN jobs.dead THEN 0 ELSE jobs.attempts END,
                 dead = FALSE,
                 generation = jobs.generation + 1"
        ),
        args: args![workspace, kind, key, payload.get(), run_at],
    })
}

type Handler =
    Arc<dyn Fn(Context, Job) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// Runs jobs with the handlers that it was given.
#[derive(Clone)]
pub struct Worker {
    context: Context,
    handlers: HashMap<&'static str, Vec<Handler>>,
    parallel: usize,
}

/// What [`Worker::drain`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drained {
    /// How many jobs succeeded.
    pub done: usize,
    /// Kind and error of each failed try.
    pub failed: Vec<(String, String)>,
}

impl Worker {
    /// A worker without handlers that runs four jobs at once.
    pub fn new(context: Context) -> Self {
        Self { context, handlers: HashMap::new(), parallel: 4 }
    }

    /// How many jobs run at once.
    #[must_use]
    pub fn parallel(mut self, jobs: usize) -> Self {
        self.parallel = jobs.max(1);
        self
    }

    /// Gives jobs of a kind to a function. It must be idempotent; its error is kept with the job. A kind
    /// that several crates take an interest in goes to each of their functions, in the order given; where
    /// one fails the job is tried again, and all of them run anew.
    #[must_use]
    pub fn handle<F, Fut>(mut self, kind: &'static str, handler: F) -> Self
    where
        F: Fn(Context, Job) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let handler: Handler = Arc::new(move |context, job| Box::pin(handler(context, job)));
        self.handlers.entry(kind).or_default().push(handler);
        self
    }

    /// Runs jobs as they fall due until `shutdown` is ready, then lets those that run end. It
    /// sleeps until the next job is due or one is enqueued.
    pub async fn run_until(self, shutdown: impl Future<Output = ()> + Send) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut enqueued = self.context.db.job_signal();
        let mut running = JoinSet::new();
        loop {
            enqueued.mark_unchanged();
            let pause = match self.start_due(&mut running).await {
                Ok(pause) => pause,
                Err(error) => {
                    tracing::error!(%error, "claim jobs");
                    PAUSE_AFTER_ERROR
                }
            };
            tokio::select! {
                () = &mut shutdown => break,
                changed = enqueued.changed() => if changed.is_err() { break },
                Some(_) = running.join_next() => {}
                () = time::sleep(pause) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Starts as many due jobs as there is room for; says how long nothing more is due.
    async fn start_due(&self, running: &mut JoinSet<()>) -> Result<Duration> {
        let now = self.context.clock.now();
        enqueue_scheduled(&self.context.db, now).await?;
        let room = self.parallel.saturating_sub(running.len());
        let jobs = self.claim(now, room).await?;
        let all = jobs.len() < room;
        for job in jobs {
            let worker = self.clone();
            running.spawn(async move {
                let _ = worker.perform(job, None).await;
            });
        }
        if all { next_pause(&self.context.db, now).await } else { Ok(LONGEST_SLEEP) }
    }

    /// Runs every job that is due at `now`, one after the other, with those that they enqueue,
    /// until none is due. For tests: nothing happens behind their back.
    pub async fn drain(&self, now: Timestamp) -> Result<Drained> {
        let mut drained = Drained::default();
        enqueue_scheduled(&self.context.db, now).await?;
        while let Some(job) = self.claim(now, 1).await?.pop() {
            let kind = job.kind.clone();
            match self.perform(job, Some(now)).await {
                Ok(()) => drained.done += 1,
                Err(error) => drained.failed.push((kind, error)),
            }
        }
        Ok(drained)
    }

    /// Takes at most `room` jobs that are due, in one transaction.
    async fn claim(&self, now: Timestamp, room: usize) -> Result<Vec<Job>> {
        if room == 0 {
            return Ok(Vec::new());
        }
        let leases: Vec<Uuid> = (0..room).map(|_| self.context.ids.uuid()).collect();
        let claimed = self.context.db.write(move |tx| async move {
            let mut jobs = Vec::with_capacity(leases.len());
            for lease in leases {
                match claim(&tx, now, lease).await? {
                    Some(job) => jobs.push(job),
                    None => break,
                }
            }
            Ok::<_, Error>(jobs)
        });
        Ok(claimed.await?.value)
    }

    /// Runs one job and writes down how it ended. Without `now` the clock says when.
    async fn perform(&self, job: Job, now: Option<Timestamp>) -> Result<(), String> {
        let outcome = self.handle_job(&job).await;
        if let Err(error) = &outcome {
            tracing::warn!(kind = job.kind, key = job.key, attempt = job.attempt, %error, "a job failed");
        }
        let (ended, failure) = (now.unwrap_or_else(|| self.context.clock.now()), outcome.clone().err());
        let (kind, key) = (job.kind.clone(), job.key.clone());
        let written =
            self.context.db.write(move |tx| async move { finish(&tx, &job, ended, failure).await }).await;
        if let Err(error) = written {
            // The lease runs out and the job runs again: that is what leases are for.
            tracing::error!(kind, key, %error, "write down how a job ended");
        }
        outcome
    }

    async fn handle_job(&self, job: &Job) -> Result<(), String> {
        let Some(handlers) = self.handlers.get(job.kind.as_str()) else {
            return Err(format!("nobody handles {}", job.kind));
        };
        let mut work = std::pin::pin!(
            AssertUnwindSafe(async {
                for handler in handlers {
                    handler(self.context.clone(), job.clone()).await?;
                }
                Ok(())
            })
            .catch_unwind()
        );
        loop {
            tokio::select! {
                outcome = &mut work => {
                    return outcome.unwrap_or_else(|payload| Err(format!("panicked: {}", panic_text(&*payload))));
                }
                () = time::sleep(RENEW_EVERY) => self.renew(job).await,
            }
        }
    }

    async fn renew(&self, job: &Job) {
        let (job, until) = (job.clone(), lease_end(self.context.clock.now()));
        let renewed = self
            .context
            .db
            .write(move |tx| async move {
                tx.run(
                    sql!(
                        "UPDATE jobs SET leased_until = $5
                         WHERE workspace = $1 AND kind = $2 AND key = $3 AND lease = $4"
                    ),
                    args![job.workspace, job.kind, job.key, job.lease, until],
                )
                .await
            })
            .await;
        if let Err(error) = renewed {
            let error: Error = error;
            tracing::warn!(%error, "renew a job's lease");
        }
    }
}

/// Takes the job that has been due for longest. One whose last try never came to an end dies here.
async fn claim(tx: &Tx, now: Timestamp, lease: Uuid) -> Result<Option<Job>> {
    loop {
        let Some((workspace, kind, key, attempts)) = longest_due(tx, now).await? else { return Ok(None) };
        if attempts < MOST_ATTEMPTS {
            return take(tx, now, lease, workspace, kind, key).await.map(Some);
        }
        tx.run(
            sql!(
                "UPDATE jobs SET dead = TRUE, lease = NULL, leased_until = NULL,
                     last_error = COALESCE(last_error, 'the last try did not come to an end')
                 WHERE workspace = $1 AND kind = $2 AND key = $3"
            ),
            args![workspace, kind, key],
        )
        .await?;
    }
}

async fn longest_due(tx: &Tx, now: Timestamp) -> Result<Option<(Uuid, String, String, i64)>> {
    let next = tx.pick(
        sql!(sqlite:
            "SELECT workspace, kind, key, attempts FROM jobs
             WHERE dead = FALSE AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
             ORDER BY run_at LIMIT 1"
        ),
        sql!(postgres:
            "SELECT workspace, kind, key, attempts FROM jobs
             WHERE dead = FALSE AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
             ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED"
        ),
    );
    let Some(found) = tx.maybe(next, args![now]).await? else { return Ok(None) };
    Ok(Some((found.get("workspace")?, found.get("kind")?, found.get("key")?, found.get("attempts")?)))
}

async fn take(
    tx: &Tx,
    now: Timestamp,
    lease: Uuid,
    workspace: Uuid,
    kind: String,
    key: String,
) -> Result<Job> {
    let row = tx
        .one(
            sql!(
                "UPDATE jobs SET lease = $4, leased_until = $5, attempts = attempts + 1
                 WHERE workspace = $1 AND kind = $2 AND key = $3
                 RETURNING payload, attempts, generation"
            ),
            args![workspace, kind, key, lease, lease_end(now)],
        )
        .await?;
    Ok(Job {
        workspace,
        kind,
        key,
        payload: RawValue::from_string(row.get("payload")?)?,
        attempt: row.get("attempts")?,
        lease,
        generation: row.get("generation")?,
    })
}

async fn finish(tx: &Tx, job: &Job, now: Timestamp, failure: Option<String>) -> Result<()> {
    match failure {
        None => succeed(tx, job).await,
        Some(error) => fail(tx, job, now, error).await,
    }
}

/// Deletes the job, unless it was enqueued again while it ran.
async fn succeed(tx: &Tx, job: &Job) -> Result<()> {
    let deleted = tx
        .run(
            sql!(
                "DELETE FROM jobs
                 WHERE workspace = $1 AND kind = $2 AND key = $3 AND lease = $4 AND generation = $5"
            ),
            args![job.workspace, job.kind, job.key, job.lease, job.generation],
        )
        .await?;
    if deleted == 0 {
        tx.run(
            sql!(
                "UPDATE jobs SET lease = NULL, leased_until = NULL, attempts = 0, last_error = NULL
                 WHERE workspace = $1 AND kind = $2 AND key = $3 AND lease = $4"
            ),
            args![job.workspace, job.kind, job.key, job.lease],
        )
        .await?;
    }
    Ok(())
}

async fn fail(tx: &Tx, job: &Job, now: Timestamp, error: String) -> Result<()> {
    let error: String = error.chars().take(MOST_ERROR_CHARACTERS).collect();
    let again = now.saturating_add(pause_after(job.attempt)).unwrap_or(now);
    tx.run(
        sql!(
            "UPDATE jobs SET lease = NULL, leased_until = NULL, last_error = $5, run_at = $6, dead = $7
             WHERE workspace = $1 AND kind = $2 AND key = $3 AND lease = $4"
        ),
        args![job.workspace, job.kind, job.key, job.lease, error, again, job.attempt >= MOST_ATTEMPTS],
    )
    .await?;
    Ok(())
}

fn pause_after(attempt: i64) -> SignedDuration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(16);
    FIRST_PAUSE.checked_mul(1 << doublings).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

fn lease_end(now: Timestamp) -> Timestamp {
    now.saturating_add(LEASE).unwrap_or(now)
}

/// How long nothing is due.
async fn next_pause(db: &Db, now: Timestamp) -> Result<Duration> {
    let next = db
        .read(|tx| async move {
            tx.one(
                sql!(
                    "SELECT MIN(due) AS due FROM (
                         SELECT (SELECT run_at FROM jobs WHERE dead = FALSE AND leased_until IS NULL
                                 ORDER BY run_at LIMIT 1) AS due
                         UNION ALL
                         SELECT MIN(CASE WHEN leased_until > run_at THEN leased_until ELSE run_at END)
                         FROM jobs WHERE dead = FALSE AND leased_until IS NOT NULL
                         UNION ALL SELECT MIN(next_at) FROM job_schedules
                     ) AS all_due"
                ),
                args![],
            )
            .await?
            .get::<Option<Timestamp>>("due")
        })
        .await?;
    let Some(next) = next else { return Ok(LONGEST_SLEEP) };
    let pause = Duration::try_from(next.duration_since(now)).unwrap_or(Duration::ZERO);
    // A millisecond more, so that a coarse timer does not wake just before.
    Ok(pause.saturating_add(Duration::from_millis(1)).min(LONGEST_SLEEP))
}

/// Enqueues the schedules that are due.
async fn enqueue_scheduled(db: &Db, now: Timestamp) -> Result<()> {
    let due = db.read(move |tx| async move { due_schedules(&tx, now).await }).await?;
    if due.is_empty() {
        return Ok(());
    }
    db.write(move |tx| async move {
        for row in due {
            enqueue_one_scheduled(&tx, &row, now).await?;
        }
        Ok::<_, Error>(())
    })
    .await?;
    Ok(())
}

async fn due_schedules(tx: &Tx, now: Timestamp) -> Result<Vec<Row>> {
    tx.all(
        sql!(
            "SELECT workspace, name, kind, payload, every, next_at FROM job_schedules
             WHERE next_at <= $1 ORDER BY workspace, name"
        ),
        args![now],
    )
    .await
}

/// Moves a schedule on and enqueues its job, unless another node was faster.
async fn enqueue_one_scheduled(tx: &Tx, row: &Row, now: Timestamp) -> Result<()> {
    let (workspace, name): (Uuid, String) = (row.get("workspace")?, row.get("name")?);
    let (every, due): (i64, i64) = (row.get("every")?, row.get("next_at")?);
    let missed = now.as_microsecond().saturating_sub(due) / every.max(1);
    let next = due.saturating_add(every.saturating_mul(missed + 1));
    let moved = tx
        .run(
            sql!(
                "UPDATE job_schedules SET next_at = $4
                 WHERE workspace = $1 AND name = $2 AND next_at = $3"
            ),
            args![workspace, name, due, next],
        )
        .await?;
    if moved == 1 {
        let (kind, payload): (String, String) = (row.get("kind")?, row.get("payload")?);
        tx.run(
            sql!(
                "INSERT INTO jobs (workspace, kind, key, payload, run_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (workspace, kind, key) DO UPDATE SET
                     attempts = CASE WHEN jobs.dead THEN 0 ELSE jobs.attempts END,
                     dead = FALSE, payload = excluded.payload, generation = jobs.generation + 1"
            ),
            args![workspace, kind, name, payload, due],
        )
        .await?;
    }
    Ok(())
}

fn micros(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
