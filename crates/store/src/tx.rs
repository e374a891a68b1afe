use std::{
    future::{Future, ready},
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rusqlite::Connection;
use tokio::sync::{Mutex as AsyncMutex, watch};
use uuid::Uuid;

use crate::{
    Bus, Encodings, Error, NewChange, NewJob, Portions, ReceiptKey, Result, Row, Sql, Value, args,
    changes::{self, Numbered},
    db::Committed,
    jobs,
    postgres::Lease,
    receipts, sql,
    sql::Text,
    sqlite,
};

/// What the transactions of a database share: who is told about a commit, and what was encoded.
#[derive(Clone, Default)]
pub(crate) struct Signals {
    pub(crate) bus: Bus,
    /// Goes up when jobs were enqueued.
    pub(crate) jobs: Arc<watch::Sender<u64>>,
    /// What its readers have encoded.
    pub(crate) encodings: Encodings,
    /// What they have made of many rows at once.
    pub(crate) portions: Portions,
}

/// A transaction in progress. It dies with its closure: whoever kept a clone gets
/// [`Error::Finished`]. After a statement failed the transaction takes no more statements, on
/// both engines, and is rolled back whatever the closure returns.
#[derive(Clone)]
pub struct Tx {
    inner: Arc<Inner>,
}

struct Inner {
    link: Link,
    failed: AtomicBool,
    buffer: Mutex<Buffer>,
    journal: Mutex<Journal>,
    signals: Signals,
    is_snapshot: bool,
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TxKind {
    Snapshot,
    Write,
}

enum Link {
    Sqlite(Mutex<Option<Connection>>),
    Postgres(AsyncMutex<Option<Lease>>),
}

/// How much of what a transaction writes is remembered, in bytes of its arguments.
const REMEMBERED: usize = 256 * 1024;

/// What a transaction on SQLite has written so far. Transactions share a commit: when one of them
/// fails, the others are written again from this.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) statements: Vec<Statement>,
    bytes: usize,
    /// It has written what is not remembered: nobody may share its commit after it.
    pub(crate) is_cut: bool,
}

impl Journal {
    fn remember(&mut self, sql: Sql, args: Vec<Value>) {
        self.bytes += args.iter().map(Value::size).sum::<usize>();
        if self.is_cut || self.bytes > REMEMBERED {
            self.cut();
        } else {
            self.statements.push(Statement { sql, args });
        }
    }

    fn cut(&mut self) {
        *self = Self { is_cut: true, ..Self::default() };
    }
}

/// What is written at the end of the transaction.
#[derive(Default)]
struct Buffer {
    changes: Vec<NewChange>,
    jobs: Vec<NewJob>,
    receipts: Vec<ReceiptKey>,
    last: Vec<Statement>,
}

/// A statement with its arguments, to be run later.
pub(crate) struct Statement {
    pub(crate) sql: Sql,
    pub(crate) args: Vec<Value>,
}

impl Tx {
    pub(crate) fn over_sqlite(connection: Connection, signals: Signals, kind: TxKind) -> Self {
        Self::over(Link::Sqlite(Mutex::new(Some(connection))), signals, kind)
    }

    pub(crate) fn over_postgres(lease: Lease, signals: Signals, kind: TxKind) -> Self {
        Self::over(Link::Postgres(AsyncMutex::new(Some(lease))), signals, kind)
    }

    fn over(link: Link, signals: Signals, kind: TxKind) -> Self {
        let (failed, buffer, journal) = (AtomicBool::new(false), Mutex::default(), Mutex::default());
        let is_snapshot = kind == TxKind::Snapshot;
        Self { inner: Arc::new(Inner { link, failed, buffer, journal, signals, is_snapshot }) }
    }

    /// Runs a statement; returns how many rows it touched.
    pub async fn run(&self, sql: Sql, args: Vec<Value>) -> Result<u64> {
        let touched = self.execute(sql.into(), &args).await?;
        self.remember(sql, args);
        Ok(touched)
    }

    /// All rows of the answer.
    pub async fn all(&self, sql: Sql, args: Vec<Value>) -> Result<Vec<Row>> {
        let rows = self.all_text(sql.into(), &args).await?;
        if !sql.0.trim_start().starts_with("SELECT") {
            self.remember(sql, args);
        }
        Ok(rows)
    }

    /// The same as [`Tx::run`] with a text that was made at run time.
    pub(crate) async fn run_text(&self, sql: Text<'_>, args: &[Value]) -> Result<u64> {
        lock(&self.inner.journal).cut();
        self.execute(sql, args).await
    }

    async fn execute(&self, sql: Text<'_>, args: &[Value]) -> Result<u64> {
        self.check()?;
        let outcome = match &self.inner.link {
            Link::Sqlite(connection) => {
                sqlite::run(lock(connection).as_ref().ok_or(Error::Finished)?, sql, args)
            }
            Link::Postgres(lease) => {
                lease.lock().await.as_ref().ok_or(Error::Finished)?.run(sql.text, args).await
            }
        };
        self.note(outcome)
    }

    /// A query with a text that may have been made at run time.
    pub(crate) async fn all_text(&self, sql: Text<'_>, args: &[Value]) -> Result<Vec<Row>> {
        self.check()?;
        let outcome = match &self.inner.link {
            Link::Sqlite(connection) => {
                sqlite::all(lock(connection).as_ref().ok_or(Error::Finished)?, sql, args)
            }
            Link::Postgres(lease) => {
                lease.lock().await.as_ref().ok_or(Error::Finished)?.all(sql.text, args).await
            }
        };
        self.note(outcome)
    }

    fn remember(&self, sql: Sql, args: Vec<Value>) {
        if self.is_sqlite() && !self.inner.is_snapshot {
            lock(&self.inner.journal).remember(sql, args);
        }
    }

    /// The first row; [`Error::NoRow`] when there is none.
    pub async fn one(&self, sql: Sql, args: Vec<Value>) -> Result<Row> {
        self.maybe(sql, args).await?.ok_or(Error::NoRow)
    }

    /// The first row, if there is one.
    pub async fn maybe(&self, sql: Sql, args: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.inner.link, Link::Sqlite(_))
    }

    /// The statement for this engine, for the few that cannot be written once.
    pub fn pick(&self, sqlite: Sql, postgres: Sql) -> Sql {
        if self.is_sqlite() { sqlite } else { postgres }
    }

    /// Appends a change to the log. It gets its number at the end of the transaction.
    pub fn record(&self, change: NewChange) {
        lock(&self.inner.buffer).changes.push(change);
    }

    /// Leaves a job behind, to run after the commit; see [`NewJob`] for what happens to one of
    /// the same key. Jobs are written at the end of the transaction; on SQLite those of all
    /// transactions that share its commit.
    pub fn enqueue(&self, job: NewJob) -> impl Future<Output = Result<()>> + Send + use<> {
        lock(&self.inner.buffer).jobs.push(job);
        ready(Ok(()))
    }

    /// Runs a statement after all others of the transaction and, on SQLite, after those of all
    /// transactions that share its commit, in the order in which they were left: for an index that
    /// takes many entries at once more cheaply than one by one. Nothing else in a transaction may
    /// depend on it. On SQLite its failure is the failure of that commit.
    pub fn run_last(&self, sql: Sql, args: Vec<Value>) {
        lock(&self.inner.buffer).last.push(Statement { sql, args });
    }

    /// The number of the workspace's newest change in this snapshot; 0 before the first.
    pub async fn head(&self, workspace: Uuid) -> Result<i64> {
        let row =
            self.maybe(sql!("SELECT seq FROM change_heads WHERE workspace = $1"), args![workspace]).await?;
        row.map_or(Ok(0), |row| row.get("seq"))
    }

    /// The rows that were encoded before; none in a transaction that writes, because what it reads
    /// may be rolled back.
    pub fn encodings(&self) -> Option<&Encodings> {
        self.inner.is_snapshot.then_some(&self.inner.signals.encodings)
    }

    /// What readers have made of many rows; none in a transaction that writes, for the same reason.
    pub fn portions(&self) -> Option<&Portions> {
        self.inner.is_snapshot.then_some(&self.inner.signals.portions)
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.inner.signals.bus
    }

    pub(crate) fn keep_receipt(&self, key: ReceiptKey) {
        lock(&self.inner.buffer).receipts.push(key);
    }

    /// Writes what was buffered. The change heads are locked from here to the commit.
    pub(crate) async fn settle(&self) -> Result<Settled> {
        self.check()?;
        let Buffer { changes, mut jobs, receipts, mut last } = mem::take(&mut *lock(&self.inner.buffer));
        let enqueued = !jobs.is_empty();
        if !self.is_sqlite() {
            for Statement { sql, args } in mem::take(&mut last) {
                self.run(sql, args).await?;
            }
            jobs::insert(self, mem::take(&mut jobs)).await?;
        }
        let numbered = changes::number(self, changes).await?;
        for key in &receipts {
            receipts::complete(self, key, &numbered).await?;
        }
        Ok(Settled { numbered, enqueued, rest: Rest { last, jobs } })
    }

    /// A snapshot writes nothing, so nothing may have been left to be written.
    pub(crate) fn settle_snapshot(&self) -> Result<()> {
        self.check()?;
        let Buffer { changes, jobs, receipts, last } = &*lock(&self.inner.buffer);
        if changes.is_empty() && jobs.is_empty() && receipts.is_empty() && last.is_empty() {
            Ok(())
        } else {
            Err(Error::Unsupported("writes in a read transaction"))
        }
    }

    /// What it has written, and whether a statement failed: then it may have written more.
    pub(crate) fn end_journal(&self) -> (Journal, bool) {
        (mem::take(&mut *lock(&self.inner.journal)), self.inner.failed.load(Ordering::Acquire))
    }

    /// Ends the handle and gives the connection back.
    pub(crate) fn end_sqlite(&self) -> Option<Connection> {
        match &self.inner.link {
            Link::Sqlite(connection) => lock(connection).take(),
            Link::Postgres(_) => None,
        }
    }

    /// The same for PostgreSQL; a statement that is under way is waited for.
    pub(crate) async fn end_postgres(&self) -> Option<Lease> {
        match &self.inner.link {
            Link::Sqlite(_) => None,
            Link::Postgres(lease) => lease.lock().await.take(),
        }
    }

    fn check(&self) -> Result<()> {
        if self.inner.failed.load(Ordering::Acquire) { Err(Error::Aborted) } else { Ok(()) }
    }

    /// PostgreSQL takes nothing more after a failed statement. SQLite would; it must not, or a
    /// closure that goes on after an error would work on one engine only.
    fn note<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() {
            self.inner.failed.store(true, Ordering::Release);
        }
        outcome
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a transaction leaves to be announced once it is committed.
pub(crate) struct Settled {
    numbered: Numbered,
    enqueued: bool,
    rest: Rest,
}

/// What is still to be written, when all that share a commit are done: together it costs less.
#[derive(Default)]
pub(crate) struct Rest {
    pub(crate) last: Vec<Statement>,
    pub(crate) jobs: Vec<NewJob>,
}

impl Settled {
    /// What is still to be written, once.
    pub(crate) fn take_rest(&mut self) -> Rest {
        mem::take(&mut self.rest)
    }

    /// From here on the commit may have happened even if nobody hears of it.
    pub(crate) fn committing(&mut self) {
        for ticket in &mut self.numbered.tickets {
            ticket.committing();
        }
    }

    /// The commit certainly did not happen.
    pub(crate) fn rolled_back(mut self) {
        for ticket in &mut self.numbered.tickets {
            ticket.rolled_back();
        }
    }

    /// The commit happened: wake the listeners and the workers.
    pub(crate) fn announce<T>(self, value: T, signals: &Signals) -> Committed<T> {
        let Numbered { changes, tickets } = self.numbered;
        for ticket in tickets {
            let of_workspace = changes.iter().filter(|change| change.workspace == ticket.workspace());
            let of_workspace = of_workspace.cloned().collect();
            ticket.announce(of_workspace);
        }
        if self.enqueued {
            signals.jobs.send_modify(|count| *count = count.wrapping_add(1));
        }
        Committed { value, changes }
    }
}

/// The closure and then what the store itself writes, in one future for both engines.
pub(crate) async fn perform<T, E, F, Fut>(tx: Tx, work: F) -> Result<(T, Settled), E>
where
    F: FnOnce(Tx) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<Error>,
{
    let value = work(tx.clone()).await?;
    let settled = tx.settle().await?;
    Ok((value, settled))
}

/// The same for a snapshot.
pub(crate) async fn inspect<T, E, F, Fut>(tx: Tx, work: F) -> Result<T, E>
where
    F: FnOnce(Tx) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<Error>,
{
    let value = work(tx.clone()).await?;
    tx.settle_snapshot()?;
    Ok(value)
}

/// The text of a panic.
pub(crate) fn panic_text(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
