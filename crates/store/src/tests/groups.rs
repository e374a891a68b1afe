//! Transactions that share a commit on SQLite: each of them succeeds or fails as if it were alone.

use std::{future::Future, sync::mpsc};

use futures::{future::join_all, poll};

use super::{TABLES, WORKSPACE, add, change, names, stored_names};
use crate::{Committed, Db, Error, Result, Tx, args, both, changes, sql};

/// Runs `work` once for each number, all in one group: the writer is held until all are waiting.
async fn in_one_group<T, F, Fut>(db: &Db, numbers: usize, work: F) -> Vec<Result<Committed<T>>>
where
    F: Fn(Tx, usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = Result<T>> + Send + 'static,
    T: Send + 'static,
{
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let mut first = Box::pin(db.write(move |_| async move {
        may_go_on.recv().unwrap();
        Ok::<_, Error>(())
    }));
    assert!(poll!(&mut first).is_pending());
    let mut all = join_all((0..numbers).map(|number| {
        let work = work.clone();
        Box::pin(db.write(move |tx| work(tx, number)))
    }));
    assert!(poll!(&mut all).is_pending());
    go_on.send(()).unwrap();
    first.await.unwrap();
    all.await
}

/// Adds a thing and records it; every third fails after that, each of them in another way.
async fn one_in_three_fails(tx: Tx, number: usize) -> Result<Vec<String>> {
    let before = names(&tx).await?;
    tx.all(
        sql!("INSERT INTO things (workspace, name) VALUES ($1, $2) RETURNING name"),
        args![WORKSPACE, format!("{number:02}")],
    )
    .await?;
    tx.record(change(WORKSPACE, number));
    match number % 9 {
        2 => Err(Error::NoRow),
        5 => add(&tx, "").await.map(|_| before),
        8 => panic!("a bug in number {number}"),
        _ => Ok(before),
    }
}

#[tokio::test]
async fn who_fails_after_writing_leaves_the_others() {
    let test = crate::testing::sqlite(TABLES).await;
    let outcomes = in_one_group(&test.db, 60, one_in_three_fails).await;
    let mut kept = Vec::new();
    let mut seqs = Vec::new();
    for (number, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(outcome.is_ok(), number % 3 != 2, "{number}");
        if let Ok(Committed { value: before, changes }) = outcome {
            assert_eq!(before, kept, "{number} sees those that were kept before it");
            kept.push(format!("{number:02}"));
            seqs.extend(changes.iter().map(|change| change.seq));
        }
    }
    assert_eq!(seqs, (1..=40).collect::<Vec<_>>());
    assert_eq!(stored_names(&test.db).await, kept);
    let log = test.db.read(|tx| async move { changes::since(&tx, WORKSPACE, 0, 100).await }).await.unwrap();
    let logged: Vec<_> = log.iter().map(|change| change.rows.get().to_owned()).collect();
    assert_eq!(log.iter().map(|change| change.seq).collect::<Vec<_>>(), seqs);
    for (rows, name) in logged.iter().zip(&kept) {
        let number: usize = name.parse().unwrap();
        assert!(rows.contains(&format!("\"id\":\"{number}\"")), "{rows} is of {name}");
    }
    test.end().await;
}

#[tokio::test]
async fn what_is_too_long_to_be_remembered_stays_too() {
    let test = crate::testing::sqlite(TABLES).await;
    let outcomes = in_one_group(&test.db, 12, |tx, number| async move {
        add(&tx, &format!("{number:02}")).await?;
        match number % 3 {
            0 => add(&tx, &format!("{number:02}{}", "x".repeat(300 * 1024))).await.map(|_| ()),
            1 => Ok(()),
            _ => Err(Error::NoRow),
        }
    })
    .await;
    for (number, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_ok(), number % 3 != 2, "{number}");
    }
    let stored: Vec<_> =
        stored_names(&test.db).await.into_iter().map(|name| (name[..2].to_owned(), name.len() > 2)).collect();
    let expected: Vec<_> = (0..12)
        .filter(|number| number % 3 != 2)
        .flat_map(|number| {
            let long = (number % 3 == 0).then(|| (format!("{number:02}"), true));
            [Some((format!("{number:02}"), false)), long]
        })
        .flatten()
        .collect();
    assert_eq!(stored, expected);
    test.end().await;
}

#[tokio::test]
async fn what_comes_last_comes_after_all_that_share_the_commit() {
    let test = crate::testing::sqlite(TABLES).await;
    let outcomes = in_one_group(&test.db, 9, |tx, number| async move {
        tx.run_last(
            sql!("INSERT INTO things (workspace, name) VALUES ($1, $2)"),
            args![WORKSPACE, format!("last {number}")],
        );
        add(&tx, &number.to_string()).await?;
        let seen = names(&tx).await?;
        if number % 3 == 2 { Err(Error::NoRow) } else { Ok(seen) }
    })
    .await;
    for outcome in outcomes.into_iter().flatten() {
        assert!(outcome.value.iter().all(|name| !name.starts_with("last")), "{:?}", outcome.value);
    }
    let expected = ["0", "1", "3", "4", "6", "7", "last 0", "last 1", "last 3", "last 4", "last 6", "last 7"];
    assert_eq!(stored_names(&test.db).await, expected);
    test.end().await;
}

both!(TABLES; async fn what_comes_last_is_of_its_transaction(db: Db) {
    fn write(tx: &Tx, number: usize) -> Result<()> {
        for name in ["b", "a"] {
            tx.run_last(
                sql!("INSERT INTO things (workspace, name, parent) VALUES ($1, $2, (SELECT MAX(name) FROM things))"),
                args![WORKSPACE, format!("{number}{name}")],
            );
        }
        if number == 2 { Err(Error::NoRow) } else { Ok(()) }
    }
    for number in 1..=3 {
        let outcome = db.write(move |tx| async move { write(&tx, number) }).await;
        assert_eq!(outcome.is_ok(), number != 2);
    }
    let rows = db.read(|tx| async move {
        tx.all(sql!("SELECT name, parent FROM things ORDER BY name"), args![]).await
    });
    let rows: Vec<(String, Option<String>)> =
        rows.await.unwrap().iter().map(|row| (row.get("name").unwrap(), row.get("parent").unwrap())).collect();
    let named = |name: &str, parent: Option<&str>| (name.to_owned(), parent.map(str::to_owned));
    let in_order = [named("1a", Some("1b")), named("1b", None), named("3a", Some("3b")), named("3b", Some("1b"))];
    assert_eq!(rows, in_order);
});

both!(TABLES; async fn a_snapshot_leaves_nothing_for_the_end(db: Db) {
    let outcome = db
        .read(|tx| async move {
            tx.run_last(sql!("INSERT INTO things (workspace, name) VALUES ($1, 'x')"), args![WORKSPACE]);
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(outcome, Err(Error::Unsupported(_))));
});
