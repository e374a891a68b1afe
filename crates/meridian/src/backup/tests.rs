use std::{
    fs,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use futures::TryStreamExt;
use people::{Actor, Role, members, workspaces};
use store::{
    Blobs, Context, Db, Options, args, sql,
    testing::{self, TestDb},
};
use tempfile::TempDir;
use topics::{
    FileId, PostId, TopicId,
    files::{self, Upload},
    posts::{self, NewPost, Reply},
    topic::{self, NewTopic, TopicKind},
};

use super::{
    container::{Header, Manifest, Part, Writer},
    verify::verify,
    write,
};
use crate::restore::{Place, restore};

const NOW: &str = "2026-11-25T15:00:00Z";

/// A workspace with one thread, and somebody who writes in it.
async fn workspace(context: &Context) -> (Actor, TopicId) {
    let owner = workspaces::NewOwner {
        name: "Jo Ünï".to_owned(),
        email: "jo@example.org".to_owned(),
        password: "correct horse battery".to_owned(),
        zone: "Europe/Berlin".to_owned(),
    };
    let new = workspaces::NewWorkspace { name: "Ours".to_owned() };
    let founded = workspaces::set_up(context, workspaces::SetUp { workspace: new, owner }).await.unwrap();
    let actor = Actor {
        workspace: founded.workspace,
        member: founded.member,
        role: Role::Owner,
        at: context.clock.now(),
        operation: None,
        ids: context.ids.clone(),
    };
    let topic: TopicId = context.ids.make();
    let post =
        NewPost { id: context.ids.make(), source: "Grüße aus 東京".to_owned(), files: None, to: None };
    let new = NewTopic {
        id: topic,
        kind: TopicKind::Thread,
        title: "A title to be found".to_owned(),
        space: Some(founded.company),
        participants: None,
        post,
        ask: None,
    };
    let acting = actor.clone();
    context.db.write(move |tx| async move { topic::create(&tx, &acting, new).await }).await.unwrap();
    (actor, topic)
}

async fn post(db: &Db, actor: &Actor, topic: TopicId, source: &str, files: Vec<FileId>) -> PostId {
    let id: PostId = actor.ids.make();
    let reply = Reply {
        id,
        source: source.to_owned(),
        files: Some(files),
        to: None,
        ask: None,
        answers: None,
        written_at: None,
    };
    let acting = actor.clone();
    db.write(move |tx| async move { posts::add(&tx, &acting, topic, reply).await }).await.unwrap();
    id
}

/// A post with a file that is larger than one piece, and a picture of the member.
async fn with_files(context: &Context, actor: &Actor, topic: TopicId) {
    let blob = context.blobs.put(vec![7; 700_000]).await.unwrap();
    let upload = Upload {
        id: context.ids.make(),
        name: "notes.bin".to_owned(),
        media_type: "application/octet-stream".to_owned(),
        size: blob.size,
        hash: blob.hash,
        pixels: None,
    };
    let (acting, file) = (actor.clone(), upload.id);
    context.db.write(move |tx| async move { files::register(&tx, &acting, &upload).await }).await.unwrap();
    post(&context.db, actor, topic, "with a file", vec![file]).await;
    let picture = context.blobs.put(b"GIF89a".to_vec()).await.unwrap();
    let acting = actor.clone();
    let set = context.db.write(move |tx| async move {
        members::set_picture(&tx, &acting, acting.member, &picture.hash).await
    });
    set.await.unwrap();
}

async fn filled(test: &TestDb) -> (Context, Actor, TopicId) {
    let context = test.context(NOW.parse().unwrap());
    let (actor, topic) = workspace(&context).await;
    with_files(&context, &actor, topic).await;
    for number in 0..20 {
        post(&context.db, &actor, topic, &format!("post {number}"), Vec::new()).await;
    }
    (context, actor, topic)
}

async fn backup_of(context: &Context, folder: &TempDir) -> std::path::PathBuf {
    let file = folder.path().join("backup.mrd");
    let written = write(&context.db, &context.blobs, &file, context.clock.now()).await.unwrap();
    assert_eq!((written.files, written.missing), (2, 0));
    file
}

fn sqlite_place(data: &Path) -> Place {
    let url = format!("sqlite:{}", data.join("meridian.db").display());
    Place { data: data.to_owned(), files: data.join("files"), database: Options::new(url) }
}

/// What a person would notice: posts in order, a file's bytes, and search.
async fn is_all_there(database: &Options, data: &Path, actor: &Actor, topic: TopicId) {
    let db = Db::open(database.clone(), &server::migrations()).await.unwrap();
    let reading = actor.clone();
    let read = db.read(move |tx| async move {
        let posts = posts::range(&tx, &reading, topic, 1, 100, 100).await?;
        let found = topics::search::find(&tx, &reading, "post 1", None, 50).await?;
        let title = topics::search::find(&tx, &reading, "title", None, 50).await?;
        let tokyo = topics::search::find(&tx, &reading, "東", None, 50).await?;
        Ok::<_, topics::Error>((posts, found.items.len(), title.items.len(), tokyo.items.len()))
    });
    let (posts, found, title, tokyo) = read.await.unwrap();
    assert_eq!(posts.len(), 22);
    assert_eq!(posts[1].files[0].size, 700_000);
    // 1 and 10 to 19: the last word of a query may go on.
    assert_eq!((found, title, tokyo), (11, 1, 1));
    let (acting, file) = (actor.clone(), posts[1].files[0].id);
    let stored = db.read(move |tx| async move { files::see(&tx, &acting, file).await }).await.unwrap();
    let blobs = Blobs::local(data.join("files")).unwrap();
    let bytes: Vec<bytes::Bytes> = blobs.get(&stored.hash).await.unwrap().try_collect().await.unwrap();
    assert_eq!(bytes.concat(), vec![7; 700_000]);
    // And it goes on: the next post gets the next number.
    post(&db, actor, topic, "afterwards", Vec::new()).await;
    db.close().await;
}

async fn goes_round(from: TestDb) {
    let (context, actor, topic) = filled(&from).await;
    let folder = TempDir::new().unwrap();
    let file = backup_of(&context, &folder).await;
    let verified = verify(&file).await.unwrap();
    assert_eq!((verified.manifest.tables["posts"].rows, verified.entries), (22, 23));
    assert!(!verified.manifest.tables.contains_key("search_entries"));

    let place = sqlite_place(&folder.path().join("deep/data"));
    restore(&file, &place).await.unwrap();
    is_all_there(&place.database, &place.data, &actor, topic).await;
    assert!(!place.data.join(".restoring").exists());

    if let Some(target) = testing::postgres(&server::migrations()).await {
        let url = std::env::var(testing::POSTGRES).unwrap();
        let schema = target.schema().map(str::to_owned);
        let database = Options { postgres_schema: schema, pool: 4, ..Options::new(url) };
        let place = Place { database, ..sqlite_place(&folder.path().join("data2")) };
        restore(&file, &place).await.unwrap();
        is_all_there(&place.database, &place.data, &actor, topic).await;
        let again = Place { ..sqlite_place(&folder.path().join("data3")) };
        let again = Place { database: place.database.clone(), ..again };
        let refused = restore(&file, &again).await.err().unwrap();
        assert!(refused.to_string().contains("overwrites nothing"), "{refused:#}");
        assert!(!again.data.exists());
        target.end().await;
    }
    from.end().await;
}

#[tokio::test]
async fn from_sqlite_to_either_engine() {
    goes_round(testing::sqlite(&server::migrations()).await).await;
}

#[tokio::test]
async fn from_postgres_to_either_engine() {
    if let Some(from) = testing::postgres(&server::migrations()).await {
        goes_round(from).await;
    }
}

/// Eight writers go on while the backup is made.
async fn nothing_acknowledged_is_missing(test: TestDb) {
    let context = test.context(NOW.parse().unwrap());
    let (actor, topic) = workspace(&context).await;
    let (acknowledged, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (db, actor) = (context.db.clone(), actor.clone());
            let (acknowledged, stop) = (acknowledged.clone(), stop.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let id = post(&db, &actor, topic, &format!("of writer {writer}"), Vec::new()).await;
                    acknowledged.lock().unwrap().push(id);
                }
            })
        })
        .collect();
    while acknowledged.lock().unwrap().len() < 100 {
        tokio::task::yield_now().await;
    }
    let before = acknowledged.lock().unwrap().clone();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("backup.mrd");
    write(&context.db, &context.blobs, &file, context.clock.now()).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    let place = sqlite_place(&folder.path().join("data"));
    restore(&file, &place).await.unwrap();
    let db = Db::open(place.database, &server::migrations()).await.unwrap();
    let kept = db.read(|tx| async move {
        let rows = tx.all(sql!("SELECT id FROM posts"), args![]).await?;
        rows.iter().map(|row| row.get("id")).collect::<store::Result<std::collections::HashSet<PostId>>>()
    });
    let kept = kept.await.unwrap();
    assert!(before.iter().all(|id| kept.contains(id)));
    db.close().await;
    test.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_missing_on_sqlite() {
    nothing_acknowledged_is_missing(testing::sqlite(&server::migrations()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_missing_on_postgres() {
    if let Some(test) = testing::postgres(&server::migrations()).await {
        nothing_acknowledged_is_missing(test).await;
    }
}

/// A backup that was harmed is refused, whatever was done to it, and leaves nothing behind.
#[tokio::test]
async fn harmed_backups_are_refused() {
    let test = testing::sqlite(&server::migrations()).await;
    let (context, ..) = filled(&test).await;
    let folder = TempDir::new().unwrap();
    let whole = fs::read(backup_of(&context, &folder).await).unwrap();
    let place = sqlite_place(&folder.path().join("new/data"));
    let harmed = folder.path().join("harmed.mrd");
    let mut harms: Vec<(String, Vec<u8>)> =
        [0, 1, 600, 1024, whole.len() / 2, whole.len() - 512, whole.len() - 1]
            .into_iter()
            .map(|length| (format!("cut at {length}"), whole[..length].to_vec()))
            .collect();
    // The name of the first part, then what is in it, in the rows (they are compressed), in a file.
    let rows = whole.windows(2).position(|pair| pair == [0x1f, 0x8b]).unwrap();
    for position in [3, 530, rows + 100, whole.len() / 2] {
        let mut bytes = whole.clone();
        bytes[position] ^= 0x20;
        harms.push((format!("another byte at {position}"), bytes));
    }
    harms.push(("something else".to_owned(), vec![b'x'; 4096]));
    harms.push(("zeros".to_owned(), vec![0; 4096]));
    for (harm, bytes) in harms {
        fs::write(&harmed, bytes).unwrap();
        let refused = restore(&harmed, &place).await.err();
        assert!(refused.is_some(), "{harm} went through");
        assert!(!folder.path().join("new").exists(), "{harm} left something behind");
        assert!(verify(&harmed).await.is_err());
    }
    test.end().await;
}

/// A backup whose parts are whole, and whose manifest says something else.
#[tokio::test]
async fn rows_are_compared_with_the_manifest() {
    let test = testing::sqlite(&server::migrations()).await;
    let (context, ..) = filled(&test).await;
    let folder = TempDir::new().unwrap();
    let (dump, database, contents) = super::dump(&context.db, tempfile::tempfile().unwrap()).await.unwrap();
    let header = Header::new(context.clock.now(), "sqlite", contents.migrations.clone());
    let file = folder.path().join("other.mrd");
    let mut writer = Writer::new(fs::File::create(&file).unwrap(), &header).unwrap();
    writer.copy(super::DATABASE, database.bytes, dump).unwrap();
    let mut tables = contents.tables();
    tables.get_mut("posts").unwrap().sum.replace_range(..1, "x");
    let header = writer.header().to_owned();
    let files: Vec<Part> = Vec::new();
    writer.finish(&Manifest { header, database, tables, files, missing: Vec::new() }).unwrap();
    let place = sqlite_place(&folder.path().join("data"));
    let refused = restore(&file, &place).await.err().unwrap();
    assert!(format!("{refused:#}").contains("posts"), "{refused:#}");
    assert!(!place.data.exists());
    test.end().await;
}

#[tokio::test]
async fn a_backup_of_a_newer_program_says_so() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("newer.mrd");
    let made = |format, migration: &str| {
        let migrations = [(migration.to_owned(), "x".to_owned())].into();
        let header = Header {
            format,
            program: "9.0.0".to_owned(),
            ..Header::new(NOW.parse().unwrap(), "sqlite", migrations)
        };
        let database = Part { sha256: String::new(), bytes: 0 };
        let manifest = Manifest {
            header: String::new(),
            database,
            tables: [].into(),
            files: Vec::new(),
            missing: Vec::new(),
        };
        let writer = Writer::new(fs::File::create(&file).unwrap(), &header).unwrap();
        writer.finish(&manifest).unwrap();
    };
    for (format, migration) in [(2, "store-0001"), (1, "store-9999")] {
        made(format, migration);
        let refused = verify(&file).await.err().unwrap();
        assert!(format!("{refused:#}").contains("9.0.0, which is newer"), "{refused:#}");
    }
}

#[tokio::test]
async fn a_backup_of_an_older_program_is_brought_up_to_date() {
    let test = testing::sqlite(store::MIGRATIONS).await;
    let context = test.context(NOW.parse().unwrap());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("older.mrd");
    write(&context.db, &context.blobs, &file, context.clock.now()).await.unwrap();
    let place = sqlite_place(&folder.path().join("data"));
    restore(&file, &place).await.unwrap();
    let opened = crate::as_is::open(&place.database).await.unwrap();
    assert!(opened.missing.is_empty());
    let entries: Vec<_> =
        fs::read_dir(&place.data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(entries.iter().all(|name| !name.to_string_lossy().contains("before")), "{entries:?}");
    opened.db.close().await;
    test.end().await;
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let test = testing::sqlite(&server::migrations()).await;
    let (context, ..) = filled(&test).await;
    let folder = TempDir::new().unwrap();
    let file = backup_of(&context, &folder).await;
    let size = fs::metadata(&file).unwrap().len();
    assert!(write(&context.db, &context.blobs, &file, context.clock.now()).await.is_err());
    assert_eq!(fs::metadata(&file).unwrap().len(), size);
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("mine.txt"), "mine").unwrap();
    let refused = restore(&file, &sqlite_place(&data)).await.err().unwrap();
    assert!(refused.to_string().contains("mine.txt"), "{refused:#}");
    fs::remove_file(data.join("mine.txt")).unwrap();
    restore(&file, &sqlite_place(&data)).await.unwrap();
    assert!(restore(&file, &sqlite_place(&data)).await.is_err());
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    test.end().await;
}

#[tokio::test]
async fn a_file_that_is_gone_is_said_and_does_not_stop_the_backup() {
    let test = testing::sqlite(&server::migrations()).await;
    let (context, ..) = filled(&test).await;
    let gone: Vec<store::Blob> = context.blobs.list().try_collect().await.unwrap();
    context.blobs.remove(&gone[0].hash).await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("backup.mrd");
    let written = write(&context.db, &context.blobs, &file, context.clock.now()).await.unwrap();
    assert_eq!((written.files, written.missing), (1, 1));
    let verified = verify(&file).await.unwrap();
    assert_eq!(verified.manifest.missing, [gone[0].hash.clone()]);
    test.end().await;
}
