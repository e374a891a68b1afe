//! Topics of every kind: the tables of a database from before there were kinds.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::{collections::BTreeSet, env};

use jiff::Timestamp;
use store::{Db, Migration, Options, args, sql, testing};
use topics::{PostId, TopicId};

/// The tables as they were when every topic was a thread.
fn before() -> Vec<Migration> {
    let first = |migrations: &[Migration], count: usize| migrations[..count].to_vec();
    [store::MIGRATIONS.to_vec(), first(people::MIGRATIONS, 1), first(topics::MIGRATIONS, 8)].concat()
}

struct Old {
    topic: TopicId,
    post: PostId,
    member: people::MemberId,
}

/// A workspace with one thread, a post in it, and its author's mark.
async fn fill(db: &Db, ids: &kernel::Ids) -> Old {
    let workspace = ids.make::<people::WorkspaceKind>();
    let old = Old { topic: ids.make(), post: ids.make(), member: ids.make::<people::MemberKind>() };
    let (topic, post, member) = (old.topic, old.post, old.member);
    db.write(move |tx| async move {
        tx.run(
            sql!("INSERT INTO workspaces (id, name, slug, created_at) VALUES ($1, 'W', 'w', 1)"),
            args![workspace],
        )
        .await?;
        tx.run(
            sql!("INSERT INTO members (workspace, id, role, state, name, short_name, slug, hue, settings, created_at) \
                  VALUES ($1, $2, 'member', 'imported', 'One', 'One', 'one', 1, '{}', 1)"),
            args![workspace, member],
        )
        .await?;
        tx.run(
            sql!("INSERT INTO topics (workspace, id, code, kind, title, created_by, created_at, last_no, post_count, \
                  last_at, last_by, snippet, state, version, posts_version) \
                  VALUES ($1, $2, 'abcde', 'thread', 'T', $3, 1, 1, 1, 1, $3, 's', 'open', 4, 5)"),
            args![workspace, topic, member],
        )
        .await?;
        tx.run(
            sql!("INSERT INTO posts (workspace, id, topic, no, author, source, html, created_at, edits, imported) \
                  VALUES ($1, $2, $3, 1, $4, 'Hello', '', 1, 0, FALSE)"),
            args![workspace, post, topic, member],
        )
        .await?;
        tx.run(
            sql!("INSERT INTO marks (workspace, member, topic, following, reason, read_no, done_no, mention_no, kept, \
                  changed_at, delivered_no, arrived_at) VALUES ($1, $2, $3, TRUE, 'started', 1, 0, 1, TRUE, 7, 1, 8)"),
            args![workspace, member, topic],
        )
        .await?;
        Ok::<_, store::Error>(())
    })
    .await
    .unwrap();
    old
}

async fn nothing_is_lost(db: &Db, old: &Old) {
    let (topic, member) = (old.topic, old.member);
    let row = db.read(move |tx| async move {
        tx.one(
            sql!("SELECT t.title, t.kind, t.version, t.posts_version, p.id AS post, p.event, m.reason, m.read_no, m.kept, \
                  m.delivered_no, m.arrived_at FROM topics t \
                  JOIN posts p ON p.workspace = t.workspace AND p.topic = t.id \
                  JOIN marks m ON m.workspace = t.workspace AND m.topic = t.id WHERE t.id = $1"),
            args![topic],
        )
        .await
    });
    let row = row.await.unwrap();
    assert_eq!(row.get::<String>("title").unwrap(), "T");
    assert_eq!(row.get::<String>("kind").unwrap(), "thread");
    assert_eq!((row.get::<i64>("version").unwrap(), row.get::<i64>("posts_version").unwrap()), (4, 5));
    assert_eq!(row.get::<PostId>("post").unwrap(), old.post);
    assert_eq!(row.get::<Option<String>>("event").unwrap(), None);
    assert_eq!(row.get::<String>("reason").unwrap(), "started");
    assert_eq!((row.get::<i64>("read_no").unwrap(), row.get::<bool>("kept").unwrap()), (1, true));
    assert_eq!((row.get::<i64>("delivered_no").unwrap(), row.get::<i64>("arrived_at").unwrap()), (1, 8));
    db.write(move |tx| async move {
        tx.run(sql!("UPDATE topics SET kind = 'task' WHERE id = $1"), args![topic]).await?;
        tx.run(sql!("UPDATE marks SET reason = 'assigned' WHERE topic = $1"), args![topic]).await
    })
    .await
    .unwrap();
    let no_kind = db.write(move |tx| async move {
        tx.run(sql!("UPDATE topics SET kind = 'other' WHERE id = $1"), args![topic]).await
    });
    assert!(no_kind.await.is_err(), "the kinds are a closed set");
    let orphan = db.write(move |tx| async move {
        tx.run(sql!("DELETE FROM topics WHERE created_by = $1"), args![member]).await
    });
    assert!(orphan.await.is_err(), "what points at a topic holds it");
}

#[tokio::test]
async fn topics_from_before_there_were_kinds_on_sqlite() {
    let test = testing::sqlite(&before()).await;
    let old = fill(&test.db, &test.context(Timestamp::UNIX_EPOCH).ids).await;
    test.db.clone().close().await;
    let url = format!("sqlite:{}", test.folder().join("meridian.db").display());
    let db = Db::open(Options::new(url), &server::migrations()).await.unwrap();
    nothing_is_lost(&db, &old).await;
    let indexes = db.read(|tx| async move {
        let rows = tx
            .all(
                sql!(sqlite: "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
                              AND tbl_name IN ('topics', 'marks')"),
                args![],
            )
            .await?;
        rows.iter().map(|row| row.get("name")).collect::<store::Result<BTreeSet<String>>>()
    });
    let wanted = ["followers_of_topic", "marks_at_hand", "topics_of_space", "topics_of_tasks"];
    assert_eq!(indexes.await.unwrap(), wanted.map(str::to_owned).into());
    db.close().await;
}

#[tokio::test]
async fn topics_from_before_there_were_kinds_on_postgres() {
    let Some(test) = testing::postgres(&before()).await else { return };
    let old = fill(&test.db, &test.context(Timestamp::UNIX_EPOCH).ids).await;
    let schema = test.schema().map(str::to_owned);
    let options =
        Options { pool: 2, postgres_schema: schema, ..Options::new(env::var(testing::POSTGRES).unwrap()) };
    let db = Db::open(options, &server::migrations()).await.unwrap();
    nothing_is_lost(&db, &old).await;
    db.close().await;
    test.end().await;
}
