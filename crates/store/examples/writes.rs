//! Prints how many transactions a second 16 writers make, each like a post: a receipt, a row, a
//! counter and a change. Both engines; PostgreSQL when `MERIDIAN_TEST_POSTGRES` has an address.
//!
//! `cargo run --release -p store --features testing --example writes [seconds]`
//!
//! PostgreSQL of `script/postgres` runs without fsync, so the two numbers do not compare.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::value::to_raw_value;
use store::{Audience, Db, Migration, NewChange, ReceiptKey, RowChange, Tx, args, sql, testing};
use uuid::Uuid;

const WRITERS: u128 = 16;
const WORKSPACE: Uuid = Uuid::from_u128(1);
const POSTS: Migration = Migration {
    name: "posts",
    sql: "CREATE TABLE topics (workspace {uuid} NOT NULL, id {uuid} NOT NULL, posts BIGINT NOT NULL,
              PRIMARY KEY (workspace, id));
          CREATE TABLE posts (workspace {uuid} NOT NULL, id {uuid} NOT NULL, topic {uuid} NOT NULL,
              body TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (workspace, id));",
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let seconds = std::env::args().nth(1).map_or(Ok(5), |text| text.parse())?;
    let migrations = [store::MIGRATIONS, &[POSTS]].concat();
    let test = testing::sqlite(&migrations).await;
    println!("sqlite: {} transactions a second", measure(&test.db, seconds).await?);
    test.end().await;
    if let Some(test) = testing::postgres(&migrations).await {
        println!("postgres: {} transactions a second", measure(&test.db, seconds).await?);
        test.end().await;
    }
    Ok(())
}

async fn measure(db: &Db, seconds: u64) -> Result<u64, Box<dyn Error>> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write_until(db.clone(), writer, end))).collect();
    let mut total = 0;
    for writer in writers {
        total += writer.await??;
    }
    Ok(total / seconds.max(1))
}

async fn write_until(db: Db, writer: u128, end: Instant) -> store::Result<u64> {
    let mut written = 0_u64;
    while Instant::now() < end {
        let post = Uuid::from_u128((writer << 64) | u128::from(written));
        db.write(move |tx| async move { add_post(&tx, Uuid::from_u128(writer), post).await }).await?;
        written += 1;
    }
    Ok(written)
}

async fn add_post(tx: &Tx, topic: Uuid, post: Uuid) -> store::Result<()> {
    let (at, body) = (Timestamp::UNIX_EPOCH, "The route stays on the screen when the signal is gone.");
    let fingerprint = post.as_bytes().to_vec();
    tx.receipt(ReceiptKey { workspace: WORKSPACE, member: topic, key: post.to_string(), fingerprint, at })
        .await?;
    tx.run(
        sql!("INSERT INTO posts (workspace, id, topic, body, at) VALUES ($1, $2, $3, $4, $5)"),
        args![WORKSPACE, post, topic, body, at],
    )
    .await?;
    tx.run(
        sql!(
            "INSERT INTO topics (workspace, id, posts) VALUES ($1, $2, 1)
             ON CONFLICT (workspace, id) DO UPDATE SET posts = topics.posts + 1"
        ),
        args![WORKSPACE, topic],
    )
    .await?;
    let row = Some(to_raw_value(&serde_json::json!({ "id": post, "topic": topic, "body": body }))?);
    tx.record(NewChange {
        workspace: WORKSPACE,
        at,
        actor: Some(topic),
        verb: "post.added",
        audience: Audience::Topic(topic),
        operation: Some(post.to_string()),
        rows: vec![RowChange { table: "posts", id: post.to_string(), row }],
    });
    Ok(())
}
