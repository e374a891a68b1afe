use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::join_all;
use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{TABLES, WORKSPACE, add, change, names, stored_names};
use crate::{Db, Error, Result, Sql, Tx, args, both, sql};

both!(TABLES; async fn a_commit_is_there_and_an_error_leaves_nothing(db: Db) {
    let written = db
        .write(|tx| async move {
            add(&tx, "kept").await?;
            assert_eq!(names(&tx).await?, ["kept"], "a transaction sees its own rows");
            Ok::<_, Error>(7)
        })
        .await
        .unwrap();
    assert_eq!(written.value, 7);
    let refused = db
        .write(|tx| async move {
            add(&tx, "lost").await?;
            Err::<(), _>(Error::NoRow)
        })
        .await;
    assert!(matches!(refused, Err(Error::NoRow)));
    assert_eq!(stored_names(&db).await, ["kept"]);
});

both!(TABLES; async fn one_of_many_fails_alone(db: Db) {
    let writes = (0..40).map(|number| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write(move |tx| async move {
                add(&tx, &format!("{number:02}")).await?;
                match number % 4 {
                    1 => Err(Error::NoRow),
                    2 => add(&tx, "").await.map(|_| ()),
                    3 => panic!("a bug in number {number}"),
                    _ => Ok(()),
                }
            })
            .await
        })
    });
    for (number, outcome) in join_all(writes).await.into_iter().enumerate() {
        let outcome = outcome.unwrap();
        match number % 4 {
            1 => assert!(matches!(outcome, Err(Error::NoRow))),
            2 => assert!(matches!(outcome, Err(Error::Check(_))), "{outcome:?}"),
            3 => assert!(
                matches!(&outcome, Err(Error::Panicked(text)) if *text == format!("a bug in number {number}"))
            ),
            _ => assert!(outcome.is_ok(), "{outcome:?}"),
        }
    }
    let expected: Vec<_> = (0..40).filter(|n| n % 4 == 0).map(|n| format!("{n:02}")).collect();
    assert_eq!(stored_names(&db).await, expected);
});

both!(TABLES; async fn a_panic_before_the_first_await_is_reported(db: Db) {
    #[expect(clippy::unused_async, reason = "the panic comes before any await")]
    async fn unused() -> Result<()> {
        Ok(())
    }
    let outcome = db
        .write(|tx| {
            assert!(!tx.is_sqlite() && tx.is_sqlite(), "never");
            unused()
        })
        .await;
    assert!(matches!(outcome, Err(Error::Panicked(text)) if text == "never"));
    let read = db
        .read(|tx| async move {
            assert_eq!(names(&tx).await?.len(), 1, "while reading");
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(read, Err(Error::Panicked(text)) if text.contains("while reading")));
    assert_eq!(stored_names(&db).await, Vec::<String>::new(), "the connections still work");
});

both!(TABLES; async fn a_failed_statement_ends_the_transaction(db: Db) {
    let outcome = db
        .write(|tx| async move {
            add(&tx, "one").await?;
            assert!(add(&tx, "one").await.unwrap_err().is_unique());
            assert!(matches!(add(&tx, "two").await, Err(Error::Aborted)));
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Aborted)), "{outcome:?}");
    assert_eq!(stored_names(&db).await, Vec::<String>::new());
});

both!(TABLES; async fn the_handle_dies_with_its_closure(db: Db) {
    let kept: Arc<Mutex<Vec<Tx>>> = Arc::default();
    let (first, second) = (kept.clone(), kept.clone());
    db.write(|tx| async move {
        first.lock().unwrap().push(tx.clone());
        add(&tx, "one").await
    })
    .await
    .unwrap();
    db.read(|tx| async move {
        second.lock().unwrap().push(tx.clone());
        names(&tx).await
    })
    .await
    .unwrap();
    let kept = std::mem::take(&mut *kept.lock().unwrap());
    assert_eq!(kept.len(), 2);
    for tx in kept {
        assert!(matches!(add(&tx, "two").await, Err(Error::Finished)));
        assert!(matches!(names(&tx).await, Err(Error::Finished | Error::Aborted)));
    }
    assert_eq!(stored_names(&db).await, ["one"]);
});

both!(TABLES; async fn a_caller_that_goes_away_does_not_stop_its_transaction(db: Db) {
    let (started, has_started) = oneshot::channel();
    let (ended, has_ended) = oneshot::channel();
    let caller = tokio::spawn(db.write(|tx| async move {
        let _ = started.send(());
        for name in ["a", "b", "c"] {
            add(&tx, name).await?;
        }
        let _ = ended.send(());
        Ok::<_, Error>(())
    }));
    has_started.await.unwrap();
    caller.abort();
    has_ended.await.unwrap();
    // The next write comes after it on SQLite; on PostgreSQL it waits for the row of "a".
    let again = db.write(|tx| async move { add(&tx, "a").await }).await;
    assert!(again.unwrap_err().is_unique());
    assert_eq!(stored_names(&db).await, ["a", "b", "c"]);
});

both!(TABLES; async fn a_reader_keeps_its_snapshot(db: Db) {
    db.write(|tx| async move { add(&tx, "before").await }).await.unwrap();
    let (begun, has_begun) = oneshot::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let reader = tokio::spawn(db.read_long(move |tx| async move {
        let first = names(&tx).await?;
        let _ = begun.send(());
        if tx.is_sqlite() {
            // On a thread of its own; the transaction itself may not wait.
            may_go_on.recv().unwrap();
        } else {
            tokio::task::spawn_blocking(move || may_go_on.recv().unwrap()).await.unwrap();
        }
        Ok::<_, Error>((first, names(&tx).await?))
    }));
    has_begun.await.unwrap();
    db.write(|tx| async move { add(&tx, "after").await }).await.unwrap();
    go_on.send(()).unwrap();
    let before = vec!["before".to_owned()];
    assert_eq!(reader.await.unwrap().unwrap(), (before.clone(), before));
    assert_eq!(stored_names(&db).await, ["after", "before"]);
});

both!(TABLES; async fn a_snapshot_writes_nothing(db: Db) {
    let outcome = db.read(|tx| async move { add(&tx, "no").await }).await;
    assert!(outcome.is_err());
    let outcome = db
        .read(|tx| async move {
            tx.record(change(WORKSPACE, 1));
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Unsupported(_))));
    assert_eq!(stored_names(&db).await, Vec::<String>::new());
});

both!(TABLES; async fn broken_rules_are_told_apart(db: Db) {
    async fn attempt<F>(db: &Db, work: impl FnOnce(Tx) -> F + Send + 'static) -> Error
    where
        F: Future<Output = Result<u64>> + Send + 'static,
    {
        db.write(work).await.unwrap_err()
    }
    db.write(|tx| async move { add(&tx, "one").await }).await.unwrap();
    let unique = attempt(&db, |tx| async move { add(&tx, "one").await }).await;
    assert!(unique.is_unique_on("things", &["workspace", "name"]), "{unique:?}");
    assert!(!unique.is_unique_on("things", &["name"]));
    let check = attempt(&db, |tx| async move { add(&tx, "").await }).await;
    assert!(matches!(check, Error::Check(_)), "{check:?}");
    let foreign = attempt(&db, |tx| async move {
        tx.run(
            sql!("INSERT INTO things (workspace, name, shelf) VALUES ($1, 'x', $1)"),
            args![WORKSPACE],
        )
        .await
    })
    .await;
    assert!(matches!(foreign, Error::ForeignKey(_)), "{foreign:?}");
    let arguments = attempt(&db, |tx| async move {
        tx.run(sql!("DELETE FROM things WHERE name = $1"), args!["x", 1]).await
    })
    .await;
    assert!(matches!(arguments, Error::Arguments { given: 2, expected: 1, .. }), "{arguments:?}");
    let nothing = db.read(|tx| async move {
        tx.one(sql!("SELECT name FROM things WHERE name = 'none'"), args![]).await
    });
    assert!(matches!(nothing.await, Err(Error::NoRow)));
});

both!(TABLES; async fn a_closed_database_says_so(db: Db) {
    let other = Db::clone(&db);
    if !db.is_sqlite() {
        return;
    }
    db.close().await;
    assert!(matches!(other.write(|tx| async move { add(&tx, "x").await }).await, Err(Error::Closed)));
    assert!(matches!(other.read(|tx| async move { names(&tx).await }).await, Err(Error::Closed)));
});

#[tokio::test]
async fn on_sqlite_a_transaction_that_waits_is_rolled_back() {
    let test = crate::testing::sqlite(TABLES).await;
    let outcome = test
        .db
        .write(|tx| async move {
            add(&tx, "waiting").await?;
            pending::<()>().await;
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Pending(place)) if place.contains("transactions.rs")));
    let outcome = test.db.read(|_| pending::<Result<()>>()).await;
    assert!(matches!(outcome, Err(Error::Pending(_))));
    assert_eq!(stored_names(&test.db).await, Vec::<String>::new());
    test.end().await;
}

/// Nobody in the group may believe that it was committed, and the writer goes on with the next.
#[tokio::test]
async fn on_sqlite_a_group_that_cannot_commit_tells_everybody() {
    let test = crate::testing::sqlite(TABLES).await;
    // A deferred key is found only by the commit.
    let path = test.folder().join("meridian.db");
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch(
            "CREATE TABLE late (id INTEGER PRIMARY KEY,
                 up INTEGER REFERENCES late (id) DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
    drop(other);
    let (begun, has_begun) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let mut listener = test.db.bus().subscribe(WORKSPACE);
    let bad = tokio::spawn(test.db.write(move |tx| async move {
        begun.send(()).unwrap();
        may_go_on.recv().unwrap();
        tx.run(Sql("INSERT INTO late (id, up) VALUES (1, 2)"), args![]).await
    }));
    tokio::task::spawn_blocking(move || has_begun.recv().unwrap()).await.unwrap();
    let mut innocent = std::pin::pin!(test.db.write(|tx| async move {
        tx.record(change(WORKSPACE, 1));
        add(&tx, "innocent").await
    }));
    // Puts the second transaction into the queue while the first is under way.
    assert!(futures::poll!(&mut innocent).is_pending());
    go_on.send(()).unwrap();
    assert!(matches!(bad.await.unwrap(), Err(Error::Commit(_) | Error::ForeignKey(_))));
    assert!(matches!(innocent.await, Err(Error::Commit(_))));
    assert!(listener.try_next().is_none(), "what was not committed is not announced");
    test.db
        .write(|tx| async move {
            tx.record(change(WORKSPACE, 2));
            add(&tx, "next").await
        })
        .await
        .unwrap();
    assert_eq!(listener.next().await.unwrap().unwrap().seq, 1);
    assert_eq!(stored_names(&test.db).await, ["next"]);
    test.end().await;
}

#[tokio::test]
async fn on_postgres_a_deadlock_is_a_conflict() {
    let Some(test) = crate::testing::postgres(TABLES).await else { return };
    test.db
        .write(|tx| async move {
            add(&tx, "a").await?;
            add(&tx, "b").await
        })
        .await
        .unwrap();
    let meeting = Arc::new(tokio::sync::Barrier::new(2));
    let cross = |first: &'static str, second: &'static str| {
        let (db, meeting) = (test.db.clone(), meeting.clone());
        async move {
            db.write(move |tx| async move {
                let touch = sql!("UPDATE things SET shelf = NULL WHERE name = $1");
                tx.run(touch, args![first]).await?;
                meeting.wait().await;
                tx.run(touch, args![second]).await
            })
            .await
        }
    };
    let (one, two) = tokio::join!(cross("a", "b"), cross("b", "a"));
    let conflicts = [&one, &two].iter().filter(|o| o.as_ref().is_err_and(Error::is_conflict)).count();
    assert_eq!((conflicts, one.is_ok() || two.is_ok()), (1, true), "{one:?} {two:?}");
    test.end().await;
}

#[tokio::test]
async fn on_postgres_an_aborted_reader_leaves_no_open_transaction() {
    let Some(test) = crate::testing::postgres(TABLES).await else { return };
    for _ in 0..20 {
        let (started, has_started) = oneshot::channel();
        let reader = tokio::spawn(test.db.read(|tx| async move {
            let _ = started.send(());
            names(&tx).await
        }));
        has_started.await.unwrap();
        reader.abort();
    }
    // Every connection of the pool takes a write, which a left-over snapshot would refuse.
    let writes =
        (0..16).map(|number| test.db.write(move |tx| async move { add(&tx, &number.to_string()).await }));
    assert!(join_all(writes).await.iter().all(Result::is_ok));
    test.end().await;
}

/// Writes once there is room.
async fn write_when_there_is_room(db: &Db, name: &'static str) {
    while let Err(error) = db.write(move |tx| async move { add(&tx, name).await }).await {
        assert!(matches!(error, Error::Busy), "{error}");
    }
}

#[tokio::test]
async fn on_sqlite_who_waits_too_long_is_told_and_nothing_of_it_happens() {
    let test = crate::testing::sqlite(TABLES).await;
    let path = test.folder().join("meridian.db");
    let url = format!("sqlite:{}", path.display());
    let patience = Duration::from_millis(10);
    let hasty = Db::open(crate::Options { patience, ..crate::Options::new(url) }, TABLES).await.unwrap();
    // Somebody else writes, so that the writer cannot begin.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waits = (0..10).map(|_| hasty.write(|tx| async move { add(&tx, "given up").await }));
    assert!(join_all(waits).await.iter().all(|outcome| matches!(outcome, Err(Error::Busy))));
    assert_eq!(stored_names(&hasty).await, Vec::<String>::new(), "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    write_when_there_is_room(&hasty, "next").await;
    assert_eq!(stored_names(&hasty).await, ["next"]);
    hasty.close().await;
    test.end().await;
}

#[tokio::test]
async fn on_sqlite_what_was_begun_is_waited_for() {
    let test = crate::testing::sqlite(TABLES).await;
    let url = format!("sqlite:{}", test.folder().join("meridian.db").display());
    let patience = Duration::from_millis(10);
    let hasty = Db::open(crate::Options { patience, ..crate::Options::new(url) }, TABLES).await.unwrap();
    let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let may_go_on = Arc::new(Mutex::new(may_go_on));
    let db = hasty.clone();
    let slow = tokio::spawn(async move {
        // Until it gets its turn, which is then as long as it likes.
        loop {
            let (begun, may_go_on) = (begun.clone(), may_go_on.clone());
            let outcome = db.write(move |tx| async move {
                begun.send(()).unwrap();
                may_go_on.lock().unwrap().recv().unwrap();
                add(&tx, "slow").await
            });
            match outcome.await {
                Err(Error::Busy) => {}
                other => return other.map(|_| ()),
            }
        }
    });
    has_begun.recv().await.unwrap();
    let behind = hasty.write(|tx| async move { add(&tx, "behind").await }).await;
    assert!(matches!(behind, Err(Error::Busy)));
    go_on.send(()).unwrap();
    slow.await.unwrap().unwrap();
    assert_eq!(stored_names(&hasty).await, ["slow"]);
    hasty.close().await;
    test.end().await;
}

#[tokio::test]
async fn on_postgres_who_waits_too_long_is_told() {
    let Some(test) = crate::testing::postgres(TABLES).await else { return };
    let hasty = crate::Options {
        pool: 1,
        patience: Duration::from_millis(10),
        postgres_schema: test.schema().map(str::to_owned),
        ..crate::Options::new(std::env::var(crate::testing::POSTGRES).unwrap())
    };
    let hasty = Db::open(hasty, TABLES).await.unwrap();
    let (begun, has_begun) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let slow = tokio::spawn(hasty.write(move |tx| async move {
        begun.send(()).unwrap();
        may_go_on.await.unwrap();
        add(&tx, "slow").await
    }));
    has_begun.await.unwrap();
    let behind = hasty.write(|tx| async move { add(&tx, "behind").await }).await;
    assert!(matches!(behind, Err(Error::Busy)));
    assert!(matches!(hasty.read(|tx| async move { names(&tx).await }).await, Err(Error::Busy)));
    go_on.send(()).unwrap();
    slow.await.unwrap().unwrap();
    write_when_there_is_room(&hasty, "next").await;
    assert_eq!(stored_names(&test.db).await, ["next", "slow"]);
    hasty.close().await;
    test.end().await;
}

#[tokio::test]
async fn a_backup_is_a_database_of_its_own_while_writers_go_on() {
    let test = crate::testing::sqlite(TABLES).await;
    let target = test.folder().join("backup.db");
    let writers = (0..50).map(|number| {
        test.db.write(move |tx| async move {
            tx.record(change(WORKSPACE, number));
            add(&tx, &format!("{number:02}")).await
        })
    });
    let (written, saved) = tokio::join!(join_all(writers), test.db.backup_to(&target));
    assert!(written.iter().all(Result::is_ok));
    saved.unwrap();
    let copy = Db::open(crate::Options::new(format!("sqlite:{}", target.display())), TABLES).await.unwrap();
    let (rows, head) = copy
        .read(|tx| async move { Ok::<_, Error>((names(&tx).await?.len(), tx.head(WORKSPACE).await?)) })
        .await
        .unwrap();
    assert_eq!(rows as i64, head, "one snapshot");
    copy.close().await;
    assert!(matches!(test.db.backup_to(&target).await, Err(Error::Io(_))), "never over another file");
    let leftovers = std::fs::read_dir(test.folder()).unwrap();
    let partial =
        leftovers.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|e| e == "partial"));
    assert_eq!(partial.count(), 0);
    test.end().await;
}

#[tokio::test]
async fn addresses_that_mean_nothing_are_refused() {
    for url in ["", "sqlite:", "sqlite::memory:", "mysql://x", "meridian.db"] {
        let outcome = Db::open(crate::Options::new(url), TABLES).await;
        assert!(matches!(outcome, Err(Error::Address(_))), "{url}");
    }
}
