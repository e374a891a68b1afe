use tempfile::TempDir;

use super::{TABLES, add, stored_names};
use crate::{Db, Error, Migration, Options, Result, Value, args, sql, testing};

const SECOND: Migration = Migration {
    name: "tests-0002",
    sql: "-- Every thing has a colour.
ALTER TABLE things ADD COLUMN colour TEXT;
-- sqlite
ALTER TABLE things ADD COLUMN engine TEXT NOT NULL DEFAULT 'sqlite';
-- postgres
ALTER TABLE things ADD COLUMN engine TEXT NOT NULL DEFAULT 'postgres';
-- common
CREATE TABLE notes (thing TEXT NOT NULL, note {json} NOT NULL, owner {uuid}, body {bytes});
",
};

fn with(more: &[Migration]) -> Vec<Migration> {
    [TABLES, more].concat()
}

fn problem(outcome: Result<Db>) -> (String, String) {
    match outcome.err() {
        Some(Error::Migration { name, problem }) => (name, problem),
        other => panic!("expected a migration's error, got {other:?}"),
    }
}

/// Opens the same database again and again.
struct Place {
    folder: TempDir,
    options: Options,
    keep: Option<testing::TestDb>,
}

async fn places() -> Vec<Place> {
    let folder = TempDir::new().unwrap();
    let options = Options::new(format!("sqlite:{}", folder.path().join("meridian.db").display()));
    let mut places = vec![Place { folder, options, keep: None }];
    if let Some(test) = testing::postgres(&[]).await {
        let options = Options {
            postgres_schema: test.schema().map(str::to_owned),
            ..Options::new(std::env::var(testing::POSTGRES).unwrap())
        };
        places.push(Place { folder: TempDir::new().unwrap(), options, keep: Some(test) });
    }
    places
}

impl Place {
    async fn open(&self, migrations: &[Migration]) -> Result<Db> {
        Db::open(self.options.clone(), migrations).await
    }

    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
        names.sort();
        names
    }

    async fn end(self) {
        if let Some(test) = self.keep {
            test.end().await;
        }
    }
}

#[tokio::test]
async fn what_is_missing_runs_once_and_in_its_engines_words() {
    for place in places().await {
        let db = place.open(TABLES).await.unwrap();
        db.write(|tx| async move { add(&tx, "old").await }).await.unwrap();
        let sqlite = db.is_sqlite();
        db.close().await;
        for _ in 0..2 {
            let db = place.open(&with(&[SECOND])).await.unwrap();
            let row = db.read(|tx| async move { tx.one(sql_of_second(), args![]).await }).await.unwrap();
            let expected = if sqlite { "sqlite" } else { "postgres" };
            assert_eq!(row.get::<String>("engine").unwrap(), expected);
            assert_eq!(row.get::<Value>("colour").unwrap(), Value::Null);
            db.close().await;
        }
        if sqlite {
            assert_eq!(place.files(), ["meridian.db", "meridian.db.before-tests-0002"]);
            let before = format!("{}.before-tests-0002", place.options.url);
            let snapshot = Db::open(Options::new(before), TABLES).await.unwrap();
            assert_eq!(stored_names(&snapshot).await, ["old"], "the copy has the old schema and rows");
            snapshot.close().await;
        }
        place.end().await;
    }
}

/// The statement runs against a schema that only this test has, so it is not registered.
fn sql_of_second() -> crate::Sql {
    crate::Sql("SELECT engine, colour FROM things")
}

#[tokio::test]
async fn a_new_database_needs_no_snapshot() {
    for place in places().await {
        place.open(&with(&[SECOND])).await.unwrap().close().await;
        assert!(place.files().iter().all(|name| !name.contains("before")));
        place.end().await;
    }
}

#[tokio::test]
async fn a_later_migration_of_a_lower_room_comes_after_what_has_run() {
    const LATER: Migration = Migration { name: "store-later", sql: "CREATE TABLE later (id BIGINT)" };
    for place in places().await {
        place.open(TABLES).await.unwrap().close().await;
        let db = place.open(&[&TABLES[..1], &[LATER], &TABLES[1..]].concat()).await.unwrap();
        db.write(
            |tx| async move { tx.run(crate::Sql("INSERT INTO later (id) VALUES ($1)"), args![1]).await },
        )
        .await
        .unwrap();
        db.close().await;
        place.end().await;
    }
}

#[tokio::test]
async fn a_changed_an_unknown_and_a_doubled_migration_are_refused() {
    for place in places().await {
        place.open(&with(&[SECOND])).await.unwrap().close().await;
        let (name, text) = problem(place.open(TABLES).await);
        assert_eq!(name, "tests-0002");
        assert!(text.contains("not known"), "{text}");
        let edited = Migration { sql: "CREATE TABLE notes (thing TEXT)", ..SECOND };
        let (name, text) = problem(place.open(&with(&[edited])).await);
        assert_eq!(name, "tests-0002");
        assert!(text.contains("changed"), "{text}");
        let (name, text) = problem(place.open(&with(&[SECOND, SECOND])).await);
        assert_eq!(name, "tests-0002");
        assert!(text.contains("twice"), "{text}");
        place.end().await;
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_schema_as_it_was() {
    const BROKEN: Migration = Migration {
        name: "tests-0003",
        sql: "CREATE TABLE half (id BIGINT); INSERT INTO nowhere VALUES (1)",
    };
    for place in places().await {
        place.open(TABLES).await.unwrap().close().await;
        let (name, _) = problem(place.open(&with(&[SECOND, BROKEN])).await);
        assert_eq!(name, "tests-0003");
        let db = place.open(&with(&[SECOND])).await.unwrap();
        let half =
            db.read(|tx| async move { tx.all(crate::Sql("SELECT id FROM half"), args![]).await }).await;
        assert!(half.is_err());
        db.close().await;
        place.end().await;
    }
}

#[tokio::test]
async fn on_sqlite_rows_that_point_nowhere_stop_a_migration() {
    const DANGLING: Migration = Migration {
        name: "tests-0004",
        sql: "-- sqlite
INSERT INTO things (workspace, name, shelf) VALUES (x'00', 'x', x'01');",
    };
    let place = places().await.remove(0);
    let (name, text) = problem(place.open(&with(&[DANGLING])).await);
    assert_eq!(name, "tests-0004");
    assert!(text.contains("point nowhere"), "{text}");
    let db = place.open(TABLES).await.unwrap();
    let refused = db
        .write(|tx| async move {
            tx.run(sql!("DELETE FROM things WHERE name = 'none'"), args![]).await?;
            tx.run(
                sql!("INSERT INTO things (workspace, name, shelf) VALUES ($1, 'y', $1)"),
                args![super::WORKSPACE],
            )
            .await
        })
        .await;
    assert!(matches!(refused, Err(Error::ForeignKey(_))), "keys are on again");
    db.close().await;
}

#[tokio::test]
async fn nodes_that_start_at_once_migrate_once() {
    for place in places().await {
        let all = with(&[SECOND]);
        let opened = futures::future::join_all((0..4).map(|_| place.open(&all))).await;
        for db in opened {
            db.unwrap().close().await;
        }
        place.end().await;
    }
}
