use futures::future::join_all;
use uuid::Uuid;

use super::{OTHER, TABLES, WORKSPACE, add, at, change, json, stored_names};
use crate::{Audience, Db, Error, NewChange, RowChange, args, both, changes, sql};

both!(TABLES; async fn numbers_have_no_gaps_under_32_writers(db: Db) {
    let writers = (0..32).map(|writer| {
        let db = db.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            for round in 0..8 {
                let written = db
                    .write(move |tx| async move {
                        for part in 0..=(round % 3) {
                            tx.record(change(WORKSPACE, format!("{writer}-{round}-{part}")));
                        }
                        tx.record(change(OTHER, writer));
                        add(&tx, &format!("{writer:02}-{round}")).await?;
                        if (writer + round) % 5 == 0 { Err(Error::NoRow) } else { Ok(()) }
                    })
                    .await;
                match written {
                    Ok(written) => mine.extend(written.changes),
                    Err(error) => assert!(matches!(error, Error::NoRow), "{error:?}"),
                }
            }
            mine
        })
    });
    let mut told: Vec<(i64, String)> = Vec::new();
    for writer in join_all(writers).await {
        let mine = writer.unwrap();
        assert!(mine.iter().filter(|c| c.workspace == WORKSPACE).is_sorted_by_key(|c| c.seq));
        told.extend(mine.iter().filter(|c| c.workspace == WORKSPACE).map(|c| (c.seq, c.rows.get().to_owned())));
    }
    told.sort();
    let (log, head, other) = db
        .read(|tx| async move {
            let log = changes::since(&tx, WORKSPACE, 0, 10_000).await?;
            let other = changes::since(&tx, OTHER, 0, 10_000).await?;
            Ok::<_, Error>((log, tx.head(WORKSPACE).await?, other))
        })
        .await
        .unwrap();
    let numbers: Vec<i64> = log.iter().map(|change| change.seq).collect();
    assert_eq!(numbers, (1..=head).collect::<Vec<_>>());
    assert_eq!(told, log.iter().map(|c| (c.seq, c.rows.get().to_owned())).collect::<Vec<_>>());
    let transactions = stored_names(&db).await.len();
    assert_eq!(other.iter().map(|c| c.seq).collect::<Vec<_>>(), (1..=transactions as i64).collect::<Vec<_>>());
});

both!(TABLES; async fn a_change_reads_back_as_it_was_recorded(db: Db) {
    let audiences = [
        Audience::Workspace,
        Audience::Space(Uuid::from_u128(11)),
        Audience::Topic(Uuid::from_u128(12)),
        Audience::Person(Uuid::from_u128(13)),
        Audience::Member(Uuid::from_u128(14)),
        Audience::Admins,
    ];
    let committed = db
        .write(move |tx| async move {
            for (second, audience) in audiences.into_iter().enumerate() {
                tx.record(NewChange {
                    workspace: WORKSPACE,
                    at: at(second as i64),
                    actor: (second > 2).then_some(Uuid::from_u128(99)),
                    verb: "thing.moved",
                    audience,
                    operation: Some(format!("op-{}", second / 3)),
                    rows: vec![
                        RowChange { table: "things", id: "thg_1".into(), row: Some(json(r#"{"name":"Ünï"}"#)) },
                        RowChange { table: "things", id: "thg_2".into(), row: None },
                    ],
                });
            }
            Ok::<_, Error>(())
        })
        .await
        .unwrap()
        .changes;
    let log = db.read(|tx| async move { changes::since(&tx, WORKSPACE, 0, 100).await }).await.unwrap();
    assert_eq!(format!("{:?}", committed.iter().map(|c| &**c).collect::<Vec<_>>()), format!("{:?}", log.iter().collect::<Vec<_>>()));
    assert_eq!(log.iter().map(|change| change.audience).collect::<Vec<_>>(), audiences);
    assert_eq!(
        log[0].rows.get(),
        r#"[{"table":"things","id":"thg_1","row":{"name":"Ünï"}},{"table":"things","id":"thg_2","row":null}]"#
    );
    let operations: Vec<_> = log.iter().map(|change| change.operation.as_deref()).collect();
    assert_eq!(
        operations,
        [None, None, Some("op-0"), None, None, Some("op-1")],
        "only the last change of an operation says that it is done"
    );
    let middle = db
        .read(|tx| async move {
            let part = changes::between(&tx, WORKSPACE, 2, 4).await?;
            let page = changes::since(&tx, WORKSPACE, 1, 2).await?;
            let numbers = |list: &[changes::Change]| list.iter().map(|c| c.seq).collect::<Vec<_>>();
            let oldest = changes::oldest(&tx, WORKSPACE).await?;
            Ok::<_, Error>((numbers(&part), numbers(&page), oldest, changes::oldest(&tx, OTHER).await?))
        })
        .await
        .unwrap();
    assert_eq!(middle, (vec![2, 3, 4], vec![2, 3], Some(1), None));
});

both!(TABLES; async fn a_snapshot_knows_its_number(db: Db) {
    let head = |db: Db| async move { db.read(|tx| async move { tx.head(WORKSPACE).await }).await.unwrap() };
    assert_eq!(head(db.clone()).await, 0);
    for number in 1..=3 {
        db.write(move |tx| async move {
            tx.record(change(WORKSPACE, number));
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
        assert_eq!(head(db.clone()).await, number);
    }
});

both!(crate::MIGRATIONS; async fn an_audience_is_one_of_the_known(db: Db) {
    let kinds = ["workspace", "space", "topic", "person", "member", "admins", "all", ""];
    for (seq, kind) in (1_i64..).zip(kinds) {
        let is_known = seq <= 6;
        let outcome = db.write(move |tx| async move {
            tx.run(
                sql!(
                    "INSERT INTO changes (workspace, seq, at, verb, audience_kind, rows)
                     VALUES ($1, $2, 1, 'x', $3, '[]')"
                ),
                args![OTHER, seq, kind],
            )
            .await
        });
        match outcome.await {
            Ok(_) => assert!(is_known, "{kind}"),
            Err(error) => assert!(!is_known && matches!(error, Error::Check(_)), "{kind}: {error:?}"),
        }
    }
});

#[tokio::test]
async fn on_sqlite_no_table_is_made_to_check_a_change() {
    let test = crate::testing::sqlite(crate::MIGRATIONS).await;
    let text = test.db.read(|tx| async move {
        tx.one(sql!(sqlite: "SELECT sql FROM sqlite_schema WHERE name = 'changes'"), args![])
            .await?
            .get::<String>("sql")
    });
    assert!(!text.await.unwrap().contains(" IN ("));
    test.end().await;
}
