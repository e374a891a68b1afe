use std::{future::Future, panic::Location, path::Path, sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{Bus, Change, Error, Migration, Result, Tx, postgres::Postgres, sqlite::Sqlite, tx::Signals};

/// Where the database is.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// SQLite: how many reads may run at once.
    pub readers: usize,
    /// PostgreSQL: how many connections.
    pub pool: usize,
    /// How long a transaction waits for its turn before its caller gets [`Error::Busy`].
    pub patience: Duration,
    /// PostgreSQL: a schema of its own, made if it is missing; for tests.
    pub postgres_schema: Option<String>,
}

impl Options {
    /// Four readers, sixteen connections, five seconds of patience, no schema of its own.
    pub fn new(url: impl Into<String>) -> Self {
        let patience = Duration::from_secs(5);
        Self { url: url.into(), readers: 4, pool: 16, patience, postgres_schema: None }
    }
}

/// The database. Clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    signals: Signals,
}

enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// What a write transaction returned, and the changes that it recorded.
#[derive(Debug, Clone)]
pub struct Committed<T> {
    /// What the closure returned.
    pub value: T,
    /// In order, with their numbers.
    pub changes: Vec<Arc<Change>>,
}

impl Db {
    /// Opens the database and brings its schema up to date.
    pub async fn open(options: Options, migrations: &[Migration]) -> Result<Self> {
        let signals = Signals::default();
        let engine = match options.url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() && path != ":memory:" => Engine::Sqlite(
                Sqlite::open(path.into(), options.readers, options.patience, migrations, signals.clone())
                    .await?,
            ),
            Some(("postgres" | "postgresql", _)) => {
                Engine::Postgres(Postgres::open(&options, migrations, signals.clone()).await?)
            }
            // The address may hold a password, so it is not repeated.
            _ => return Err(Error::Address("expected sqlite:PATH or postgres://…".to_owned())),
        };
        Ok(Self { inner: Arc::new(Inner { engine, signals }) })
    }

    /// Whether this is SQLite.
    pub fn is_sqlite(&self) -> bool {
        matches!(self.inner.engine, Engine::Sqlite(_))
    }

    /// Runs `work` in one write transaction and returns once it is committed. Changes recorded
    /// with [`Tx::record`] get their numbers as its last statements. An error or a panic rolls
    /// back. A caller that stops waiting does not stop the transaction.
    ///
    /// A transaction that does not get its turn in time is not begun: [`Error::Busy`].
    ///
    /// `work` may await nothing but the transaction ([`Error::Pending`] on SQLite).
    #[track_caller]
    pub fn write<T, E, F, Fut>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<Committed<T>, E>> + Send + use<T, E, F, Fut>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (inner, place) = (self.inner.clone(), Location::caller());
        async move {
            match &inner.engine {
                Engine::Sqlite(sqlite) => sqlite.write(place, work).await,
                Engine::Postgres(postgres) => postgres.write(place, work).await,
            }
        }
    }

    /// Runs `work` on one consistent snapshot. On SQLite it runs where it is called, so it is for
    /// reads that an index answers.
    #[track_caller]
    pub fn read<T, E, F, Fut>(&self, work: F) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F, Fut>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (inner, place) = (self.inner.clone(), Location::caller());
        async move {
            match &inner.engine {
                Engine::Sqlite(sqlite) => sqlite.read(place, work).await,
                Engine::Postgres(postgres) => postgres.read(place, work).await,
            }
        }
    }

    /// The same for search and export: on SQLite on a thread and a connection apart, so that the
    /// short reads do not wait.
    #[track_caller]
    pub fn read_long<T, E, F, Fut>(
        &self,
        work: F,
    ) -> impl Future<Output = Result<T, E>> + Send + use<T, E, F, Fut>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (inner, place) = (self.inner.clone(), Location::caller());
        async move {
            match &inner.engine {
                Engine::Sqlite(sqlite) => sqlite.read_long(place, work).await,
                Engine::Postgres(postgres) => postgres.read(place, work).await,
            }
        }
    }

    /// Writes the database as it is now into a new file, while writers go on. SQLite only: the
    /// file is a database of its own. It is an error if the file exists.
    pub async fn backup_to(&self, path: &Path) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.backup_to(path).await,
            Engine::Postgres(_) => {
                Err(Error::Unsupported("a backup file of a PostgreSQL database; dump it instead"))
            }
        }
    }

    /// Announces the changes of committed transactions.
    pub fn bus(&self) -> &Bus {
        &self.inner.signals.bus
    }

    /// Finishes what was begun and closes the connections; other clones get [`Error::Closed`].
    pub async fn close(self) {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(postgres) => postgres.close(),
        }
    }

    pub(crate) fn job_signal(&self) -> watch::Receiver<u64> {
        self.inner.signals.jobs.subscribe()
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn prepare(&self, sql: &str) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite(sqlite) => sqlite.prepare(sql),
            Engine::Postgres(postgres) => postgres.prepare(sql).await,
        }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn drop_schema(&self, schema: &str) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite(_) => Err(Error::Unsupported("schemas on SQLite")),
            Engine::Postgres(postgres) => postgres.batch(&format!("DROP SCHEMA {schema} CASCADE")).await,
        }
    }
}
