use jiff::Timestamp;
use kernel::{Id, Kind};
use uuid::Uuid;

use super::TABLES;
use crate::{Db, Error, Result, Row, Tx, Value, args, both, sql};

enum Thing {}
impl Kind for Thing {
    const PREFIX: &'static str = "thg";
}

async fn store(tx: &Tx, id: i64, values: &[Value; 8]) -> Result<Row> {
    let mut args = args![id];
    args.extend_from_slice(values);
    tx.one(
        sql!(
            "INSERT INTO everything (id, small, normal, big, real_number, truth, words, bytes, ident)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             RETURNING id, small, normal, big, real_number, truth, words, bytes, ident"
        ),
        args,
    )
    .await
}

both!(TABLES; async fn what_is_written_is_read(db: Db) {
    let ident = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let row = db
        .write(move |tx| async move {
            let values = [
                Value::from(-7_i32),
                Value::from(70_000_u32),
                Value::from(i64::MIN),
                Value::from(0.1),
                Value::from(true),
                Value::from("Ünïcode ’n’ \u{1f30d}"),
                Value::from(vec![0, 255, 0]),
                Value::from(ident),
            ];
            store(&tx, 1, &values).await
        })
        .await
        .unwrap()
        .value;
    assert_eq!(row.get::<i32>("small").unwrap(), -7);
    assert_eq!(row.get::<u32>("normal").unwrap(), 70_000);
    assert_eq!(row.get::<i64>("big").unwrap(), i64::MIN);
    assert!((row.get::<f64>("real_number").unwrap() - 0.1).abs() < f64::EPSILON);
    assert!(row.get::<bool>("truth").unwrap());
    assert_eq!(row.get::<String>("words").unwrap(), "Ünïcode ’n’ \u{1f30d}");
    assert_eq!(row.get::<Vec<u8>>("bytes").unwrap(), [0, 255, 0]);
    assert_eq!(row.get::<Uuid>("ident").unwrap(), ident);
    assert_eq!(row.get::<Id<Thing>>("ident").unwrap().uuid(), ident);
    assert_eq!(row.get::<Option<Id<Thing>>>("ident").unwrap(), Some(Id::from_uuid(ident)));
});

both!(TABLES; async fn null_goes_into_every_type(db: Db) {
    let row = db
        .write(|tx| async move { store(&tx, 1, &[const { Value::Null }; 8]).await })
        .await
        .unwrap()
        .value;
    assert_eq!(row.get::<Option<i32>>("small").unwrap(), None);
    assert_eq!(row.get::<Option<i64>>("big").unwrap(), None);
    assert_eq!(row.get::<Option<f64>>("real_number").unwrap(), None);
    assert_eq!(row.get::<Option<bool>>("truth").unwrap(), None);
    assert_eq!(row.get::<Option<String>>("words").unwrap(), None);
    assert_eq!(row.get::<Option<Vec<u8>>>("bytes").unwrap(), None);
    assert_eq!(row.get::<Option<Uuid>>("ident").unwrap(), None);
    assert!(matches!(row.get::<i64>("big"), Err(Error::Column { column, .. }) if column == "big"));
});

both!(TABLES; async fn a_wrong_column_is_an_error_that_names_it(db: Db) {
    let row = db
        .read(|tx| async move { tx.one(sql!("SELECT 'secret' AS word, 300 AS number"), args![]).await })
        .await
        .unwrap();
    for error in [
        row.get::<i64>("word").unwrap_err(),
        row.get::<Uuid>("word").unwrap_err(),
        row.get::<bool>("number").unwrap_err(),
        row.get::<u8>("number").unwrap_err(),
        row.get::<String>("other").unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(matches!(error, Error::Column { .. }), "{text}");
        assert!(!text.contains("secret"), "contents stay out of the log: {text}");
    }
});

both!(TABLES; async fn parameters_are_numbers_not_places(db: Db) {
    let row = db
        .read(|tx| async move {
            tx.one(
                sql!("SELECT CAST($2 AS TEXT) AS second, CAST($1 AS TEXT) AS first, CAST($2 AS TEXT) AS again"),
                args!["a", "b"],
            )
            .await
        })
        .await
        .unwrap();
    let texts = ["first", "second", "again"].map(|column| row.get::<String>(column).unwrap());
    assert_eq!(texts, ["a", "b", "b"]);
});

both!(TABLES; async fn sums_and_averages_read_the_same(db: Db) {
    let row = db
        .write(|tx| async move {
            for (id, big) in [(1, 40_000_000_012_i64), (2, -12), (3, 20_000)] {
                tx.run(sql!("INSERT INTO everything (id, big) VALUES ($1, $2)"), args![id, big]).await?;
            }
            tx.one(
                sql!(
                    "SELECT SUM(big) AS total, SUM(-big) AS negative, COUNT(*) AS count,
                            AVG(CASE WHEN id < 3 THEN id ELSE 4 END) AS average, SUM(small) AS absent
                     FROM everything"
                ),
                args![],
            )
            .await
        })
        .await
        .unwrap()
        .value;
    assert_eq!(row.get::<i64>("total").unwrap(), 40_000_020_000);
    assert_eq!(row.get::<i64>("negative").unwrap(), -40_000_020_000);
    assert_eq!(row.get::<i64>("count").unwrap(), 3);
    assert!((row.get::<f64>("average").unwrap() - 7.0 / 3.0).abs() < 1e-9);
    assert_eq!(row.get::<Option<i64>>("absent").unwrap(), None);
});

both!(TABLES; async fn instants_and_references(db: Db) {
    let now: Timestamp = "2026-11-25T21:40:00.123456Z".parse().unwrap();
    let (name, none) = ("x".to_owned(), None::<&str>);
    let row = db
        .write(move |tx| async move {
            tx.one(
                sql!("INSERT INTO everything (id, big, words, ident) VALUES ($1, $2, $3, $4) RETURNING big, words"),
                args![1, &now, &&name, none.map(|_| Uuid::nil())],
            )
            .await
        })
        .await
        .unwrap()
        .value;
    assert_eq!(row.get::<Timestamp>("big").unwrap(), now);
    assert_eq!(row.get::<Value>("words").unwrap(), Value::Text("x".to_owned()));
});

both!(TABLES; async fn text_matching_tells_case_apart(db: Db) {
    let row = db
        .read(|tx| async move {
            tx.one(sql!("SELECT 'Minh' LIKE 'minh%' AS loose, 'Minh' LIKE 'Min%' AS strict"), args![]).await
        })
        .await
        .unwrap();
    assert_eq!((row.get::<bool>("loose").unwrap(), row.get::<bool>("strict").unwrap()), (false, true));
});
