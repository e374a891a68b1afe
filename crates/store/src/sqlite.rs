//! SQLite: one writer thread that groups waiting transactions into one commit, so that durability
//! costs one fsync for many of them, and readers on connections of their own.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs::File,
    future::Future,
    panic::{AssertUnwindSafe, Location, catch_unwind},
    path::{Path, PathBuf},
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{self, Poll, Waker},
    thread,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Statement, backup::Backup, config::DbConfig};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    task::spawn_blocking,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    Error, Migration, Result, Row, Tx, Value,
    db::Committed,
    jobs, migrate,
    row::Columns,
    sql::Text,
    statistics,
    tx::{self, Settled, Signals, TxKind, inspect, panic_text, perform},
};

/// How many transactions wait for the writer before callers wait for a place.
const QUEUE: usize = 1024;
/// How many transactions share one commit.
const GROUP: usize = 64;
/// How often those who share a commit are written again, because one of them failed, before they
/// are committed without waiting for more.
const AGAIN: usize = 4;
/// Snapshots for search and export beside the ordinary ones.
const LONG_READERS: usize = 2;

pub(crate) struct Sqlite {
    path: PathBuf,
    orders: mpsc::Sender<Order>,
    short: Arc<Readers>,
    long: Arc<Readers>,
    patience: Duration,
    signals: Signals,
}

enum Order {
    Write(Box<dyn Task>),
    Close(oneshot::Sender<()>),
}

impl Sqlite {
    pub(crate) async fn open(
        path: PathBuf,
        readers: usize,
        patience: Duration,
        migrations: &[Migration],
        signals: Signals,
    ) -> Result<Self> {
        let (opened, migrations) = (path.clone(), migrations.to_vec());
        let connection = spawn_blocking(move || open_writer(&opened, &migrations))
            .await
            .map_err(|error| Error::Panicked(error.to_string()))??;
        let (orders, waiting) = mpsc::channel(QUEUE);
        let writer = Writer { orders: waiting, signals: signals.clone() };
        thread::Builder::new().name("store-writer".to_owned()).spawn(move || writer.work(connection))?;
        Ok(Self {
            short: Readers::new(&path, readers),
            long: Readers::new(&path, LONG_READERS),
            path,
            orders,
            patience,
            signals,
        })
    }

    pub(crate) async fn write<T, E, F, Fut>(
        &self,
        place: &'static Location<'static>,
        work: F,
    ) -> Result<Committed<T>, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, mut answered) = oneshot::channel();
        let begun = Arc::new(AtomicBool::new(false));
        let (signals, told) = (self.signals.clone(), begun.clone());
        let task = Write { work: Some(work), outcome: None, answer, place, signals, begun: told };
        let deadline = Instant::now() + self.patience;
        let queued = timeout_at(deadline, self.orders.send(Order::Write(Box::new(task)))).await;
        queued.map_err(|_| Error::Busy)?.map_err(|_| Error::Closed)?;
        let outcome = match timeout_at(deadline, &mut answered).await {
            Ok(outcome) => outcome,
            // Whoever is first to say so decides: it is never given up and run all the same.
            Err(_) if !begun.swap(true, Ordering::AcqRel) => return Err(Error::Busy.into()),
            Err(_) => answered.await,
        };
        outcome.map_err(|_| Error::Closed)?
    }

    /// Runs where it is called: an indexed read takes less time than a change of threads.
    pub(crate) async fn read<T, E, F, Fut>(&self, place: &'static Location<'static>, work: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let _permit = self.short.permit(self.patience).await?;
        self.short.snapshot(place, self.signals.clone(), work)
    }

    pub(crate) async fn read_long<T, E, F, Fut>(
        &self,
        place: &'static Location<'static>,
        work: F,
    ) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let permit = self.long.permit(self.patience).await?;
        let (readers, signals) = (self.long.clone(), self.signals.clone());
        spawn_blocking(move || {
            let _permit = permit;
            readers.snapshot(place, signals, work)
        })
        .await
        .map_err(|error| Error::Panicked(error.to_string()))?
    }

    pub(crate) async fn backup_to(&self, target: &Path) -> Result<()> {
        if target.try_exists()? {
            return Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists).into());
        }
        let (source, target) = (self.path.clone(), target.to_owned());
        spawn_blocking(move || snapshot_file(&open(&source, Access::Read)?, &target))
            .await
            .map_err(|error| Error::Panicked(error.to_string()))?
    }

    /// Lets the writer finish what it has begun and closes every connection.
    pub(crate) async fn close(&self) {
        self.short.close();
        self.long.close();
        let (closed, ended) = oneshot::channel();
        if self.orders.send(Order::Close(closed)).await.is_ok() {
            let _ = ended.await;
        }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn prepare(&self, sql: &str) -> Result<()> {
        let connection = self.short.take()?;
        let outcome = connection.prepare(sql).map(|_| ()).map_err(Error::from);
        self.short.put_back(connection);
        outcome
    }
}

// ------------------------------------------------------------------ connections

#[derive(PartialEq)]
enum Access {
    Read,
    Write,
}

fn open(path: &Path, access: Access) -> Result<Connection> {
    let flags = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch("PRAGMA busy_timeout = 10000")?;
    if access == Access::Write {
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;
             PRAGMA wal_autocheckpoint = 16000",
        )?;
    }
    // As on PostgreSQL: LIKE tells upper from lower case, and "x" is a column or an error.
    connection.execute_batch(
        "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 67108864; PRAGMA cache_size = -16000",
    )?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    // A plan is for every value of its arguments. Otherwise SQLite prepares a statement anew whenever
    // an argument that it looked at (a LIMIT, say) changes: a quarter of all time was spent on that.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(512);
    Ok(connection)
}

fn open_writer(path: &Path, migrations: &[Migration]) -> Result<Connection> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let connection = open(path, Access::Write)?;
    migrate::sqlite(&connection, path, migrations)?;
    statistics::assume(&connection)?;
    Ok(connection)
}

/// Copies the database as it is now into one file, in one read snapshot, while writers go on.
/// The file appears under its name only when it is complete and on disk.
pub(crate) fn snapshot_file(source: &Connection, target: &Path) -> Result<()> {
    let mut unfinished = target.as_os_str().to_owned();
    unfinished.push(".partial");
    let unfinished = PathBuf::from(unfinished);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let outcome = fill_snapshot(source, &unfinished).and_then(|()| {
        std::fs::rename(&unfinished, target)?;
        sync_folder_of(target)
    });
    if outcome.is_err() {
        // The first error is the one that matters.
        let _ = std::fs::remove_file(&unfinished);
    }
    outcome
}

fn fill_snapshot(source: &Connection, unfinished: &Path) -> Result<()> {
    let mut copy = Connection::open(unfinished)?;
    Backup::new(source, &mut copy)?.step(-1)?;
    // The copy says of itself that it has a write-ahead log; a backup is one file.
    copy.execute_batch("PRAGMA journal_mode = DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    File::open(unfinished)?.sync_all()?;
    Ok(())
}

fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    Ok(())
}

// ------------------------------------------------------------------ statements

/// What is the same whenever a statement runs.
pub(crate) struct Shape {
    columns: Arc<Columns>,
    /// For each of SQLite's parameters the argument that it takes. SQLite takes `$2` for a name and
    /// numbers parameters by first appearance; here a number is a number, as on PostgreSQL.
    arguments: Box<[usize]>,
}

impl Shape {
    fn of(statement: &Statement<'_>, sql: &str) -> Result<Self> {
        let expected = statement.parameter_count();
        let number = |index| statement.parameter_name(index)?.strip_prefix('$')?.parse::<usize>().ok();
        let arguments: Option<Box<[usize]>> =
            (1..=expected).map(|index| number(index)?.checked_sub(1)).collect();
        let arguments =
            arguments.ok_or_else(|| Error::Arguments { given: 0, expected, sql: sql.to_owned() })?;
        let columns = Arc::new(Columns::new(statement.column_names().map(str::to_owned)));
        Ok(Self { columns, arguments })
    }
}

thread_local! {
    /// The shapes of the program's statements, by where their text is.
    static SHAPES: RefCell<HashMap<(usize, usize), Rc<Shape>>> = RefCell::default();
}

/// A statement of the program keeps its shape; one that was made at run time is looked at each time.
fn shape(statement: &Statement<'_>, sql: Text<'_>) -> Result<Rc<Shape>> {
    if !sql.is_fixed {
        return Shape::of(statement, sql.text).map(Rc::new);
    }
    let place = (sql.text.as_ptr().addr(), sql.text.len());
    if let Some(known) = SHAPES.with_borrow(|shapes| shapes.get(&place).cloned()) {
        return Ok(known);
    }
    let shape = Rc::new(Shape::of(statement, sql.text)?);
    SHAPES.with_borrow_mut(|shapes| shapes.insert(place, shape.clone()));
    Ok(shape)
}

pub(crate) fn run(connection: &Connection, sql: Text<'_>, args: &[Value]) -> Result<u64> {
    let mut statement = connection.prepare_cached(sql.text)?;
    let shape = shape(&statement, sql)?;
    bind(&mut statement, &shape, sql, args)?;
    Ok(statement.raw_execute()? as u64)
}

pub(crate) fn all(connection: &Connection, sql: Text<'_>, args: &[Value]) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(sql.text)?;
    let shape = shape(&statement, sql)?;
    bind(&mut statement, &shape, sql, args)?;
    let columns = &shape.columns;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns.len());
        for index in 0..columns.len() {
            let value = Value::try_from(row.get_ref(index)?).map_err(|problem| Error::Column {
                column: columns.name(index).to_owned(),
                problem: problem.to_string(),
            })?;
            values.push(value);
        }
        found.push(Row::new(columns.clone(), values));
    }
    Ok(found)
}

fn bind(statement: &mut Statement<'_>, shape: &Shape, sql: Text<'_>, args: &[Value]) -> Result<()> {
    let expected = shape.arguments.len();
    let wrong = || Error::Arguments { given: args.len(), expected, sql: sql.text.to_owned() };
    if expected != args.len() {
        return Err(wrong());
    }
    for (index, argument) in shape.arguments.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, args.get(*argument).ok_or_else(wrong)?)?;
    }
    Ok(())
}

// ------------------------------------------------------------------ reading

struct Readers {
    path: PathBuf,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    fn new(path: &Path, most: usize) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(most.max(1)));
        Arc::new(Self { path: path.to_owned(), permits, idle: Mutex::default() })
    }

    async fn permit(&self, patience: Duration) -> Result<OwnedSemaphorePermit> {
        let permit = timeout(patience, self.permits.clone().acquire_owned()).await;
        permit.map_err(|_| Error::Busy)?.map_err(|_| Error::Closed)
    }

    fn take(&self) -> Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| open(&self.path, Access::Read), Ok)
    }

    fn put_back(&self, connection: Connection) {
        if !self.permits.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }

    fn close(&self) {
        self.permits.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn snapshot<T, E, F, Fut>(
        &self,
        place: &'static Location<'static>,
        signals: Signals,
        work: F,
    ) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut,
        Fut: Future<Output = Result<T, E>>,
        E: From<Error>,
    {
        let connection = self.take()?;
        execute(&connection, "BEGIN")?;
        let tx = Tx::over_sqlite(connection, signals, TxKind::Snapshot);
        let outcome = at_once(place, || inspect(tx.clone(), work));
        if let Some(connection) = tx.end_sqlite()
            && execute(&connection, "ROLLBACK").is_ok()
        {
            self.put_back(connection);
        }
        outcome?
    }
}

fn execute(connection: &Connection, sql: &'static str) -> Result<()> {
    connection.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

/// Polls a transaction once: on SQLite every future of its own is ready at once, so one that is
/// not waits for something else, which would hold up everybody.
fn at_once<T, Fut>(place: &Location<'_>, start: impl FnOnce() -> Fut) -> Result<T>
where
    Fut: Future<Output = T>,
{
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let mut future = Box::pin(start());
        future.as_mut().poll(&mut task::Context::from_waker(Waker::noop()))
    }));
    match polled {
        Ok(Poll::Ready(value)) => Ok(value),
        Ok(Poll::Pending) => {
            tracing::error!(%place, "a transaction waits for something other than itself");
            Err(Error::Pending(place.to_string()))
        }
        Err(payload) => {
            let text = panic_text(&*payload);
            tracing::error!(%place, %text, "a transaction panicked");
            Err(Error::Panicked(text))
        }
    }
}

// ------------------------------------------------------------------ writing

/// A transaction on its way through the writer.
trait Task: Send {
    /// Runs it; says whether its rows stay.
    fn run(&mut self, tx: &Tx) -> bool;
    /// What it has left to be written when all that share the commit are done.
    fn rest(&mut self) -> tx::Rest;
    /// Tells the caller; `problem` when the group's commit failed.
    fn answer(self: Box<Self>, problem: Option<&Error>);
}

struct Write<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<(T, Settled), E>>,
    /// Nobody may be waiting any more; the transaction completes all the same.
    answer: oneshot::Sender<Result<Committed<T>, E>>,
    place: &'static Location<'static>,
    signals: Signals,
    /// Set by the writer when it begins, or by the caller who no longer waits for that.
    begun: Arc<AtomicBool>,
}

impl<T, E, F, Fut> Task for Write<T, E, F>
where
    F: FnOnce(Tx) -> Fut + Send,
    Fut: Future<Output = Result<T, E>> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, tx: &Tx) -> bool {
        if self.begun.swap(true, Ordering::AcqRel) {
            return false;
        }
        let Some(work) = self.work.take() else { return false };
        let outcome =
            at_once(self.place, || perform(tx.clone(), work)).unwrap_or_else(|error| Err(error.into()));
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn rest(&mut self) -> tx::Rest {
        match &mut self.outcome {
            Some(Ok((_, settled))) => settled.take_rest(),
            _ => tx::Rest::default(),
        }
    }

    fn answer(self: Box<Self>, problem: Option<&Error>) {
        let answer = match (self.outcome, problem) {
            (Some(Ok((value, settled))), None) => Ok(settled.announce(value, &self.signals)),
            (Some(Ok((_, settled))), Some(problem)) => {
                settled.rolled_back();
                Err(commit_error(problem).into())
            }
            (Some(Err(error)), _) => Err(error),
            (None, Some(problem)) => Err(commit_error(problem).into()),
            (None, None) => Err(Error::Closed.into()),
        };
        let _ = self.answer.send(answer);
    }
}

fn commit_error(problem: &Error) -> Error {
    match problem {
        Error::Busy => Error::Busy,
        other => Error::Commit(other.to_string()),
    }
}

struct Writer {
    orders: mpsc::Receiver<Order>,
    signals: Signals,
}

impl Writer {
    fn work(mut self, mut connection: Connection) {
        while let Some(order) = self.orders.blocking_recv() {
            let close = match order {
                Order::Close(closed) => Some(closed),
                Order::Write(first) => {
                    let Some((back, close)) = self.group(connection, first) else { return };
                    connection = back;
                    close
                }
            };
            if let Some(closed) = close {
                close_down(connection);
                let _ = closed.send(());
                return;
            }
        }
        close_down(connection);
    }

    /// One commit for everybody who is waiting now. Gives the connection back, and an order to
    /// close if one came.
    fn group(
        &mut self,
        mut connection: Connection,
        first: Box<dyn Task>,
    ) -> Option<(Connection, Option<oneshot::Sender<()>>)> {
        let mut problem = execute(&connection, "BEGIN IMMEDIATE").err();
        let mut close = None;
        let mut group = Group::default();
        let mut next = Some(first);
        while let Some(task) = next.take() {
            if problem.is_some() {
                group.failed.push(task);
            } else {
                let (back, outcome) = group.take(connection, task, &self.signals)?;
                connection = back;
                problem = outcome.err();
            }
            if problem.is_none() && group.has_room() && close.is_none() {
                match self.orders.try_recv() {
                    Ok(Order::Write(task)) => next = Some(task),
                    Ok(Order::Close(closed)) => close = Some(closed),
                    Err(_) => {}
                }
            }
        }
        let problem = problem.or_else(|| group.commit(&connection).err());
        if let Some(problem) = &problem {
            tracing::error!(%problem, transactions = group.len(), "a group was not committed");
            if !connection.is_autocommit()
                && let Err(error) = execute(&connection, "ROLLBACK")
            {
                tracing::error!(%error, "roll back");
            }
        }
        group.answer(problem.as_ref());
        Some((connection, close))
    }
}

/// Transactions that share a commit. There are no savepoints between them, which would copy every
/// page that each of them touches: few transactions fail after they have written something, and
/// then those before them are written again.
#[derive(Default)]
struct Group {
    kept: Vec<(Box<dyn Task>, Vec<tx::Statement>)>,
    failed: Vec<Box<dyn Task>>,
    /// How often it was written again.
    again: usize,
    /// Nobody may come after the last one.
    is_closed: bool,
}

impl Group {
    fn len(&self) -> usize {
        self.kept.len() + self.failed.len()
    }

    fn has_room(&self) -> bool {
        self.len() < GROUP && self.again < AGAIN && !self.is_closed
    }

    /// Runs one more transaction so that its failure leaves the others alone. An error here means
    /// that the whole group is lost: a full disk may end the transaction that they share.
    fn take(
        &mut self,
        connection: Connection,
        mut task: Box<dyn Task>,
        signals: &Signals,
    ) -> Option<(Connection, Result<()>)> {
        let tx = Tx::over_sqlite(connection, signals.clone(), TxKind::Write);
        let keep = task.run(&tx);
        let (journal, has_failed) = tx.end_journal();
        let connection = tx.end_sqlite()?;
        if keep {
            self.is_closed = journal.is_cut;
            self.kept.push((task, journal.statements));
            return Some((connection, Ok(())));
        }
        self.failed.push(task);
        let has_written = has_failed || journal.is_cut || !journal.statements.is_empty();
        let outcome = if has_written { self.write_again(&connection) } else { Ok(()) };
        Some((connection, outcome))
    }

    /// Undoes everything and writes those again that are kept.
    fn write_again(&mut self, connection: &Connection) -> Result<()> {
        self.again += 1;
        let before = data_version(connection)?;
        execute(connection, "ROLLBACK")?;
        execute(connection, "BEGIN IMMEDIATE")?;
        if data_version(connection)? != before {
            // Another process was faster: what was read is no longer so.
            return Err(Error::Busy);
        }
        for tx::Statement { sql, args } in self.kept.iter().flat_map(|(_, statements)| statements) {
            all(connection, (*sql).into(), args)?;
        }
        Ok(())
    }

    /// Writes what its transactions have left for the end, and commits. A full-text index writes
    /// down and merges at every savepoint what it was given: so it gets all of a group at once.
    fn commit(&mut self, connection: &Connection) -> Result<()> {
        let mut rest = tx::Rest::default();
        for tx::Rest { last, jobs } in self.kept.iter_mut().map(|(task, _)| task.rest()) {
            rest.last.extend(last);
            rest.jobs.extend(jobs);
        }
        for tx::Statement { sql, args } in rest.last.into_iter().chain(jobs::insertions(rest.jobs)) {
            run(connection, sql.into(), &args)?;
        }
        execute(connection, "COMMIT")
    }

    /// Tells those who wait; `problem` when the commit failed.
    fn answer(self, problem: Option<&Error>) {
        for (task, _) in self.kept {
            task.answer(problem);
        }
        for task in self.failed {
            task.answer(problem);
        }
    }
}

/// Changes when another process has committed something.
fn data_version(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("PRAGMA data_version")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

fn close_down(connection: Connection) {
    if let Err(error) = connection.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(%error, "checkpoint at the end");
    }
    if let Err((_, error)) = connection.close() {
        tracing::warn!(%error, "close");
    }
}
