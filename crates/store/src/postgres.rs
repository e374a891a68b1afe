//! PostgreSQL: a pool; each transaction is a task of its own, so that a caller who goes away can
//! neither break it nor give back a connection with an open transaction.

use std::{future::Future, panic::AssertUnwindSafe, panic::Location, sync::Arc, time::Duration};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime};
use futures::FutureExt;
use tokio_postgres::{NoTls, types::ToSql};

use crate::{
    Error, Migration, Options, Result, Row, Tx, Value,
    db::Committed,
    migrate,
    row::Columns,
    tx::{Signals, TxKind, inspect, panic_text, perform},
};

/// How long the server may take to accept a new connection.
const CONNECTING: Duration = Duration::from_secs(10);

pub(crate) struct Postgres {
    pool: Pool,
    signals: Signals,
}

impl Postgres {
    pub(crate) async fn open(options: &Options, migrations: &[Migration], signals: Signals) -> Result<Self> {
        let (url, schema) = (&options.url, options.postgres_schema.as_deref());
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|error: tokio_postgres::Error| Error::Address(error.to_string()))?;
        if config.get_application_name().is_none() {
            config.application_name("meridian");
        }
        if let Some(schema) = schema {
            check_schema(schema)?;
            config.options(format!("-c search_path={schema}"));
        }
        let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, NoTls, manager_config);
        let pool = Pool::builder(manager)
            .max_size(options.pool.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(options.patience))
            .create_timeout(Some(CONNECTING))
            .build()
            .map_err(|error| Error::Pool(error.to_string()))?;
        let postgres = Self { pool, signals };
        let lease = postgres.lease().await?;
        if let Some(schema) = schema {
            lease.batch(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await?;
        }
        migrate::postgres(&lease, migrations).await?;
        lease.give_back();
        Ok(postgres)
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
        let lease = self.lease().await?;
        let signals = self.signals.clone();
        tokio::spawn(write(lease, signals, place, work))
            .await
            .map_err(|error| Error::Panicked(error.to_string()))?
    }

    pub(crate) async fn read<T, E, F, Fut>(&self, place: &'static Location<'static>, work: F) -> Result<T, E>
    where
        F: FnOnce(Tx) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let lease = self.lease().await?;
        let signals = self.signals.clone();
        tokio::spawn(read(lease, signals, place, work))
            .await
            .map_err(|error| Error::Panicked(error.to_string()))?
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    async fn lease(&self) -> Result<Lease> {
        match self.pool.get().await {
            Ok(object) => Ok(Lease(Some(object))),
            Err(PoolError::Backend(error)) => Err(error.into()),
            Err(PoolError::Timeout(_)) => Err(Error::Busy),
            Err(PoolError::Closed) => Err(Error::Closed),
            Err(other) => Err(Error::Pool(other.to_string())),
        }
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn prepare(&self, sql: &str) -> Result<()> {
        let lease = self.lease().await?;
        let outcome = lease.object()?.prepare(sql).await.map(|_| ()).map_err(Error::from);
        lease.give_back();
        outcome
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) async fn batch(&self, sql: &str) -> Result<()> {
        let lease = self.lease().await?;
        lease.batch(sql).await?;
        lease.give_back();
        Ok(())
    }
}

/// The name goes into a connection option and a statement, so only harmless ones are taken.
fn check_schema(schema: &str) -> Result<()> {
    let harmless = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !schema.is_empty() && schema.len() < 64 && schema.bytes().all(harmless) {
        Ok(())
    } else {
        Err(Error::Address(format!("schema {schema}: 1 to 63 of a-z, 0-9 and _ are allowed")))
    }
}

async fn write<T, E, F, Fut>(
    lease: Lease,
    signals: Signals,
    place: &'static Location<'static>,
    work: F,
) -> Result<Committed<T>, E>
where
    F: FnOnce(Tx) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<Error>,
{
    lease.batch("BEGIN").await?;
    let tx = Tx::over_postgres(lease, signals.clone(), TxKind::Write);
    let outcome = Box::pin(unpanicked(place, async { perform(tx.clone(), work).await })).await;
    let lease = tx.end_postgres().await.ok_or(Error::Finished)?;
    match outcome {
        Ok((value, mut settled)) => {
            settled.committing();
            lease.batch("COMMIT").await?;
            lease.give_back();
            Ok(settled.announce(value, &signals))
        }
        Err(error) => {
            lease.roll_back().await;
            Err(error)
        }
    }
}

async fn read<T, E, F, Fut>(
    lease: Lease,
    signals: Signals,
    place: &'static Location<'static>,
    work: F,
) -> Result<T, E>
where
    F: FnOnce(Tx) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<Error>,
{
    lease.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let tx = Tx::over_postgres(lease, signals, TxKind::Snapshot);
    let outcome = Box::pin(unpanicked(place, async { inspect(tx.clone(), work).await })).await;
    tx.end_postgres().await.ok_or(Error::Finished)?.roll_back().await;
    outcome
}

async fn unpanicked<T, E: From<Error>>(
    place: &'static Location<'static>,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|payload| {
        let text = panic_text(&*payload);
        tracing::error!(%place, %text, "a transaction panicked");
        Err(Error::Panicked(text).into())
    })
}

/// A connection out of the pool. Dropped, it is thrown away: only who knows that no transaction
/// is open gives it back.
pub(crate) struct Lease(Option<Object>);

impl Lease {
    pub(crate) async fn run(&self, sql: &str, args: &[Value]) -> Result<u64> {
        let object = self.object()?;
        let statement = object.prepare_cached(sql).await?;
        check_count(sql, args, statement.params().len())?;
        Ok(object.execute(&statement, &parameters(args)).await?)
    }

    pub(crate) async fn all(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>> {
        let object = self.object()?;
        let statement = object.prepare_cached(sql).await?;
        check_count(sql, args, statement.params().len())?;
        let columns =
            Arc::new(Columns::new(statement.columns().iter().map(|column| column.name().to_owned())));
        let found = object.query(&statement, &parameters(args)).await?;
        found.iter().map(|row| convert(row, &columns)).collect()
    }

    /// Several statements without parameters.
    pub(crate) async fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.object()?.batch_execute(sql).await?)
    }

    fn object(&self) -> Result<&Object> {
        self.0.as_ref().ok_or(Error::Finished)
    }

    pub(crate) fn give_back(mut self) {
        drop(self.0.take());
    }

    /// Gives the connection back if the transaction is certainly over.
    pub(crate) async fn roll_back(self) {
        match self.batch("ROLLBACK").await {
            Ok(()) => self.give_back(),
            Err(error) => tracing::warn!(%error, "roll back"),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

fn parameters(args: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn check_count(sql: &str, args: &[Value], expected: usize) -> Result<()> {
    if args.len() == expected {
        Ok(())
    } else {
        Err(Error::Arguments { given: args.len(), expected, sql: sql.to_owned() })
    }
}

fn convert(row: &tokio_postgres::Row, columns: &Arc<Columns>) -> Result<Row> {
    let values = (0..columns.len()).map(|index| {
        row.try_get::<_, Value>(index).map_err(|error| Error::Column {
            column: columns.name(index).to_owned(),
            problem: error.to_string(),
        })
    });
    Ok(Row::new(columns.clone(), values.collect::<Result<_>>()?))
}
