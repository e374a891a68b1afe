//! Databases for tests, here and in the crates above (feature `testing`).
//!
//! The PostgreSQL half needs a throw-away cluster whose address is in `MERIDIAN_TEST_POSTGRES`;
//! `script/postgres start` makes one. Each test has a schema of its own.

#![expect(clippy::expect_used, reason = "a test without its database fails at once")]

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
};

use jiff::Timestamp;
use kernel::{Clock, Ids};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Blobs, Context, Db, Engine, Migration, Options, Registered};

/// The variable with the cluster's address.
pub const POSTGRES: &str = "MERIDIAN_TEST_POSTGRES";

/// A database that lives as long as its test, and a folder for the test's files.
pub struct TestDb {
    /// The open database.
    pub db: Db,
    folder: TempDir,
    schema: Option<String>,
}

impl TestDb {
    /// A context over it: files in the test's folder, a clock that stands at `at`, ids from a
    /// fixed seed.
    pub fn context(&self, at: Timestamp) -> Context {
        let clock = Clock::fixed(at);
        Context {
            db: self.db.clone(),
            blobs: Blobs::local(self.folder.path().join("blobs")).expect("a folder for files"),
            ids: Ids::seeded(1, clock.clone()),
            clock,
        }
    }

    /// The test's folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The test's PostgreSQL schema.
    pub fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// Drops a PostgreSQL schema and closes the database.
    pub async fn end(self) {
        if let Some(schema) = &self.schema {
            self.db.drop_schema(schema).await.expect("drop the test's schema");
        }
        self.db.close().await;
    }
}

/// A new SQLite database.
pub async fn sqlite(migrations: &[Migration]) -> TestDb {
    let folder = TempDir::new().expect("a folder for the test");
    let url = format!("sqlite:{}", folder.path().join("meridian.db").display());
    let db = Db::open(Options::new(url), migrations).await.expect("open SQLite");
    TestDb { db, folder, schema: None }
}

/// A new schema in the test cluster; none when there is no cluster.
pub async fn postgres(migrations: &[Migration]) -> Option<TestDb> {
    let Ok(url) = env::var(POSTGRES) else {
        eprintln!("skipped: no {POSTGRES}");
        return None;
    };
    let schema = schema_name();
    let options = Options { pool: 8, postgres_schema: Some(schema.clone()), ..Options::new(url) };
    let db = Db::open(options, migrations).await.expect("open PostgreSQL");
    let folder = TempDir::new().expect("a folder for the test");
    Some(TestDb { db, folder, schema: Some(schema) })
}

/// A name that no other test has, also not one of an earlier run that broke off.
#[expect(clippy::disallowed_methods, reason = "uniqueness over runs, not time; nothing reads it")]
fn schema_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let count = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{}_{count}", process::id(), Uuid::now_v7().simple())
}

/// Prepares every registered statement that this engine understands and returns how many those
/// are. Panics with the list of those that the engine refuses.
pub async fn prepare_all(db: &Db) -> usize {
    let other = if db.is_sqlite() { Engine::Postgres } else { Engine::Sqlite };
    let mut prepared = 0;
    let mut problems = Vec::new();
    for statement in inventory::iter::<Registered> {
        if statement.engine == other {
            continue;
        }
        prepared += 1;
        if let Err(error) = db.prepare(statement.sql).await {
            let (file, line) = statement.place;
            problems.push(format!("{file}:{line}: {error}\n{}", statement.sql));
        }
    }
    assert!(problems.is_empty(), "{} statements do not prepare:\n{}", problems.len(), problems.join("\n\n"));
    prepared
}

/// The registered statements for which SQLite reads every row that a workspace, or all of them, has in
/// one of these tables, as `file:line: step of the plan`. What costs nothing on a test's ten rows takes
/// seconds on a million. A partial index is there to be read as a whole.
pub fn whole_reads(test: &TestDb, tables: &[&str]) -> Vec<String> {
    let file = test.folder.path().join("meridian.db");
    let database = rusqlite::Connection::open(file).expect("open the test's database");
    let mut partial = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
        .expect("read the schema");
    let partial = partial.query_map([], |row| row.get("name")).expect("read the indexes");
    let partial: Vec<String> = partial.map(|name| name.expect("a name")).collect();
    let mut found = Vec::new();
    for statement in inventory::iter::<Registered> {
        if statement.engine == Engine::Postgres
            || !statement.sql.trim_start().starts_with(['S', 'W', 'U', 'D', 'I'])
        {
            continue;
        }
        let explained = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let Ok(mut plan) = database.prepare(&explained) else { continue };
        let mut steps = plan.raw_query();
        while let Some(step) = steps.next().expect("a step of the plan") {
            let step: String = step.get("detail").expect("what the step does");
            let is_partial = partial.iter().any(|name| step.split_whitespace().any(|word| word == name));
            if !is_partial && reads_all(&step, statement.sql, tables) {
                let (file, line) = statement.place;
                found.push(format!("{file}:{line}: {step}"));
            }
        }
    }
    found.sort();
    found
}

/// Whether a step of a plan goes through one of the tables with nothing to look for but the workspace.
fn reads_all(step: &str, sql: &str, tables: &[&str]) -> bool {
    let mut words = step.split_whitespace();
    let (Some(how @ ("SCAN" | "SEARCH")), Some(name)) = (words.next(), words.next()) else { return false };
    let narrowed = how == "SEARCH" && !step.ends_with("(workspace=?)");
    let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_of = |table: &&str| {
        name == *table
            || sql.contains(&format!(" {table} {name} "))
            || sql.ends_with(&format!(" {table} {name}"))
    };
    !narrowed && tables.iter().any(is_of)
}

/// Makes `name::sqlite` and `name::postgres` of one test.
///
/// ```ignore
/// store::both!(async fn names_are_unique(db: Db) { … });             // the store's own tables
/// store::both!(MIGRATIONS; async fn names_are_unique(db: Db) { … }); // a list of migrations
/// store::both!(MIGRATIONS; async fn jobs_run(test: &TestDb) { … });  // with folder and context
/// ```
/// The list is an expression of type `&[Migration]`. The test's crate needs `tokio`.
#[macro_export]
macro_rules! both {
    (@ $migrations:expr; [$(#[$attribute:meta])*] $name:ident, $test:ident => $work:expr) => {
        $(#[$attribute])*
        #[tokio::test]
        async fn sqlite() {
            let $test = $crate::testing::sqlite($migrations).await;
            Box::pin($work).await;
            $test.end().await;
        }

        $(#[$attribute])*
        #[tokio::test]
        async fn postgres() {
            if let Some($test) = $crate::testing::postgres($migrations).await {
                Box::pin($work).await;
                $test.end().await;
            }
        }
    };
    ($(#[$attribute:meta])* async fn $name:ident($($argument:tt)*) $body:block) => {
        $crate::both!($crate::MIGRATIONS; $(#[$attribute])* async fn $name($($argument)*) $body);
    };
    ($migrations:expr; $(#[$attribute:meta])* async fn $name:ident($argument:ident: Db) $body:block) => {
        mod $name {
            use super::*;
            async fn test($argument: Db) $body
            $crate::both!(@ $migrations; [$(#[$attribute])*] $name, database => test(database.db.clone()));
        }
    };
    ($migrations:expr; $(#[$attribute:meta])* async fn $name:ident($argument:ident: &TestDb) $body:block) => {
        mod $name {
            use super::*;
            async fn test($argument: &TestDb) $body
            $crate::both!(@ $migrations; [$(#[$attribute])*] $name, database => test(&database));
        }
    };
}
