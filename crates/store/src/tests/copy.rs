use std::io::Cursor;

use uuid::Uuid;

use super::{TABLES, WORKSPACE, add, at, change, json};
use crate::{
    Db, Error, Migration, NewJob, Row, Sql, Tx, Value, args, changes, copy,
    copy::Loaded,
    sql,
    testing::{self, TestDb},
};

/// A table that only one engine has, as a search index would be.
const INDEX: Migration = Migration {
    name: "tests-index",
    sql: "-- sqlite
CREATE TABLE index_of_sqlite (id BIGINT NOT NULL PRIMARY KEY, word TEXT NOT NULL);
INSERT INTO index_of_sqlite VALUES (1, 'x');
-- postgres
ALTER TABLE things ADD COLUMN vector TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED;
ALTER TABLE things ADD COLUMN written TSVECTOR;",
};

fn migrations() -> Vec<Migration> {
    [TABLES, &[INDEX]].concat()
}

async fn databases() -> Vec<TestDb> {
    let migrations = migrations();
    let mut databases = vec![testing::sqlite(&migrations).await];
    databases.extend(testing::postgres(&migrations).await);
    databases
}

async fn fill(db: &Db) {
    db.write(|tx| async move {
        let shelf = Uuid::from_u128(u128::MAX / 3);
        tx.run(sql!("INSERT INTO shelves (id, name) VALUES ($1, $2)"), args![shelf, "Ünï \"quoted\"\n"])
            .await?;
        // More than one portion, and each row points at the row after it.
        add(&tx, "9999").await?;
        for number in (0..1_200).rev() {
            let next = if number == 1_199 { 9_999 } else { number + 1 };
            tx.run(
                sql!("INSERT INTO things (workspace, name, shelf, parent) VALUES ($1, $2, $3, $4)"),
                args![WORKSPACE, format!("{number:04}"), shelf, format!("{next:04}")],
            )
            .await?;
        }
        tx.run(
            sql!(
                "INSERT INTO everything
                     (id, small, normal, big, real_number, truth, words, bytes, ident)
                 VALUES (1, 2, 3, $1, $2, $3, $4, $5, $6), (2, NULL, NULL, NULL, 2.0, FALSE, '', $7, NULL)"
            ),
            args![i64::MAX, 0.1 + 0.2, true, "ñ", vec![0, 254], shelf, Vec::<u8>::new()],
        )
        .await?;
        for number in 0..3 {
            tx.record(change(WORKSPACE, number));
        }
        let payload = json("{}");
        tx.enqueue(NewJob { workspace: WORKSPACE, kind: "work", key: "k".to_owned(), payload, run_at: at(0) })
            .await
    })
    .await
    .unwrap();
}

/// The rows of the product's tables, as either engine shows them.
async fn contents(db: &Db) -> Vec<String> {
    async fn of(tx: &Tx, sql: Sql) -> Result<Vec<String>, Error> {
        let show = |row: &Row| {
            let cells = row.iter().map(|(name, value)| match value {
                Value::Bool(truth) => format!("{name}={:?}", Value::Int((*truth).into())),
                Value::Uuid(uuid) => format!("{name}={:?}", Value::Bytes(uuid.as_bytes().to_vec())),
                other => format!("{name}={other:?}"),
            });
            cells.collect::<Vec<_>>().join(" ")
        };
        Ok(tx.all(sql, args![]).await?.iter().map(show).collect())
    }
    db.read_long(|tx| async move {
        let mut all = of(&tx, sql!("SELECT id, name FROM shelves ORDER BY id")).await?;
        all.extend(of(&tx, sql!("SELECT workspace, name, shelf, parent FROM things ORDER BY name")).await?);
        all.extend(
            of(
                &tx,
                sql!(
                    "SELECT id, small, normal, big, real_number, truth, words, bytes, ident
                     FROM everything ORDER BY id"
                ),
            )
            .await?,
        );
        all.extend(
            of(&tx, sql!("SELECT kind, key, payload, run_at, dead, lease FROM jobs ORDER BY key")).await?,
        );
        let log = changes::since(&tx, WORKSPACE, 0, 100).await?;
        all.extend(log.iter().map(|change| format!("{change:?}")));
        all.push(format!("head {}", tx.head(WORKSPACE).await?));
        Ok::<_, Error>(all)
    })
    .await
    .unwrap()
}

async fn dump_of(db: &Db) -> Vec<u8> {
    copy::dump(db, Vec::new()).await.unwrap().0
}

#[tokio::test]
async fn a_dump_of_either_engine_loads_into_either() {
    for source in databases().await {
        fill(&source.db).await;
        let expected = contents(&source.db).await;
        let dump = dump_of(&source.db).await;
        for target in databases().await {
            // SQLite's own table has a row already there, which a dump must not meet.
            if target.db.is_sqlite() {
                let emptied = target
                    .db
                    .write(|tx| async move { tx.run(Sql("DELETE FROM index_of_sqlite"), args![]).await });
                emptied.await.unwrap();
            }
            let loaded = copy::load(&target.db, Cursor::new(dump.clone())).await.unwrap();
            let left_out = source.db.is_sqlite() && !target.db.is_sqlite();
            assert_eq!(loaded.skipped, if left_out { vec!["index_of_sqlite"] } else { vec![] });
            assert_eq!(contents(&target.db).await, expected);
            let refused = target
                .db
                .write(|tx| async move {
                    tx.run(
                        sql!("INSERT INTO things (workspace, name, shelf) VALUES ($1, 'y', $1)"),
                        args![WORKSPACE],
                    )
                    .await
                })
                .await;
            assert!(matches!(refused, Err(Error::ForeignKey(_))), "keys are on again: {refused:?}");
            target.end().await;
        }
        source.end().await;
    }
}

async fn refusal(target: &TestDb, dump: Vec<u8>) -> String {
    match copy::load(&target.db, Cursor::new(dump)).await {
        Err(Error::Dump(text)) => text,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

crate::both!(TABLES; async fn a_dump_that_is_not_whole_leaves_nothing(test: &TestDb) {
    let source = testing::sqlite(TABLES).await;
    fill(&source.db).await;
    let dump = String::from_utf8(dump_of(&source.db).await).unwrap();
    let lines: Vec<&str> = dump.lines().collect();
    let without = |gone: usize| {
        let kept = lines.iter().enumerate().filter(|(line, _)| *line != gone).map(|(_, text)| *text);
        kept.collect::<Vec<_>>().join("\n").into_bytes()
    };
    assert!(refusal(test, without(lines.len() - 1)).await.contains("cut off"));
    assert!(refusal(test, without(lines.len() - 2)).await.contains("rows"));
    assert!(refusal(test, without(0)).await.contains("begin"));
    assert!(refusal(test, b"PK\x03\x04".to_vec()).await.contains("expected"));
    assert!(refusal(test, Vec::new()).await.contains("cut off"));
    let other_version = dump.replacen("tests-0001", "tests-0009", 1);
    assert!(refusal(test, other_version.into_bytes()).await.contains("another version"));
    assert_eq!(contents(&test.db).await, ["head 0"]);
    assert_ne!(copy::load(&test.db, Cursor::new(dump.clone())).await.unwrap(), Loaded::default());
    assert!(refusal(test, dump.into_bytes()).await.contains("has rows"));
    source.end().await;
});

crate::both!(TABLES; async fn a_dump_whose_rows_point_nowhere_is_refused(test: &TestDb) {
    let source = testing::sqlite(TABLES).await;
    fill(&source.db).await;
    let dump = String::from_utf8(dump_of(&source.db).await).unwrap();
    let kept: Vec<&str> = dump.lines().filter(|line| !line.contains(r#""table":"shelves""#)).collect();
    let total = kept.len() - 1;
    let dump = kept.join("\n").replace(&format!(r#"{{"rows":{total}}}"#), &format!(r#"{{"rows":{}}}"#, total - 1));
    let refused = copy::load(&test.db, Cursor::new(dump)).await;
    assert!(matches!(refused, Err(Error::ForeignKey(_))), "{refused:?}");
    assert_eq!(contents(&test.db).await, ["head 0"]);
    source.end().await;
});
