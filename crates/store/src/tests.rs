//! What the store promises, on both engines.

mod blobs;
mod bus;
mod changes;
mod copy;
mod groups;
mod jobs;
mod migrate;
mod receipts;
mod transactions;
mod values;

use jiff::Timestamp;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{Audience, Db, Migration, NewChange, Result, RowChange, Tx, args, sql};

/// The store's tables and two for the tests.
const TABLES: &[Migration] = &[
    crate::MIGRATIONS[0],
    Migration {
        name: "tests-0001",
        sql: "CREATE TABLE shelves (id {uuid} NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
              CREATE TABLE things (
                  workspace {uuid} NOT NULL,
                  name TEXT NOT NULL CHECK (name <> ''),
                  shelf {uuid} REFERENCES shelves (id),
                  -- A row may point at a later one.
                  parent TEXT,
                  FOREIGN KEY (workspace, parent) REFERENCES things (workspace, name),
                  PRIMARY KEY (workspace, name)
              );
              CREATE TABLE everything (
                  id BIGINT NOT NULL PRIMARY KEY,
                  small SMALLINT, normal INTEGER, big BIGINT,
                  real_number DOUBLE PRECISION, truth BOOLEAN,
                  words TEXT, bytes {bytes}, ident {uuid}
              );",
    },
];

const WORKSPACE: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

fn change(workspace: Uuid, id: impl ToString) -> NewChange {
    NewChange {
        workspace,
        at: at(0),
        actor: None,
        verb: "thing.added",
        audience: Audience::Workspace,
        operation: None,
        rows: vec![RowChange { table: "things", id: id.to_string(), row: Some(json(r#"{"a":1}"#)) }],
    }
}

async fn add(tx: &Tx, name: &str) -> Result<u64> {
    tx.run(sql!("INSERT INTO things (workspace, name) VALUES ($1, $2)"), args![WORKSPACE, name]).await
}

async fn names(tx: &Tx) -> Result<Vec<String>> {
    let rows =
        tx.all(sql!("SELECT name FROM things WHERE workspace = $1 ORDER BY name"), args![WORKSPACE]).await?;
    rows.iter().map(|row| row.get("name")).collect()
}

async fn stored_names(db: &Db) -> Vec<String> {
    db.read(|tx| async move { names(&tx).await }).await.unwrap()
}

crate::both!(TABLES; async fn every_statement_prepares(db: Db) {
    assert!(crate::testing::prepare_all(&db).await > 20);
});
