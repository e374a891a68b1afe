//! Importing archives into both databases.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails at once")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, atomic::Ordering},
};

use connect::{
    Error,
    import::{self, Order, Progress, Report, Skip, Watch},
};
use futures::TryStreamExt;
use jiff::Timestamp;
use people::{
    Actor, MemberId, MemberState, Role, SpaceId, Visibility,
    members::{self, NewMember},
    spaces::{self, NewSpace},
    workspaces::{self, Founded, NewOwner, NewWorkspace, SetUp},
};
use serde_json::Value;
use store::{Context, Migration, args, sql, testing::TestDb};
use topics::{TopicId, files, posts, search, topic};

static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    [store::MIGRATIONS, people::MIGRATIONS, topics::MIGRATIONS, work::MIGRATIONS, connect::MIGRATIONS]
        .concat()
});

fn now() -> Timestamp {
    "2026-11-25T21:40:00Z".parse().unwrap()
}

/// A workspace with its owner, and what a test does with it.
struct Office {
    context: Context,
    founded: Founded,
    folder: PathBuf,
}

impl Office {
    async fn open(test: &TestDb) -> Self {
        let context = test.context(now());
        let input = SetUp {
            workspace: NewWorkspace { name: "Lab".to_owned() },
            owner: NewOwner {
                name: "Ann Lee".to_owned(),
                email: "ann@x.example".to_owned(),
                password: "correct horse battery".to_owned(),
                zone: "Europe/Lisbon".to_owned(),
            },
        };
        let founded = workspaces::set_up(&context, input).await.unwrap();
        Self { context, founded, folder: test.folder().to_owned() }
    }

    fn owner(&self) -> Actor {
        self.actor(self.founded.member, Role::Owner)
    }

    fn actor(&self, member: MemberId, role: Role) -> Actor {
        Actor {
            workspace: self.founded.workspace,
            member,
            role,
            at: now(),
            operation: None,
            ids: self.context.ids.clone(),
        }
    }

    async fn add_member(&self, email: &str) -> Actor {
        let (id, workspace) = (self.context.ids.make(), self.founded.workspace);
        let new = NewMember {
            id,
            role: Role::Member,
            state: MemberState::Active,
            email: Some(email.to_owned()),
            password_hash: Some("x".to_owned()),
            name: "Bo".to_owned(),
            short_name: None,
            city: None,
            hue: None,
            at: now(),
        };
        self.context
            .db
            .write(move |tx| async move { members::create(&tx, workspace, new).await })
            .await
            .unwrap();
        self.actor(id, Role::Member)
    }

    async fn add_space(&self, name: &str, visibility: Visibility, actor: Actor) -> SpaceId {
        let id = self.context.ids.make();
        let new = NewSpace {
            id,
            name: name.to_owned(),
            purpose: String::new(),
            visibility,
            social: false,
            hue: None,
            members: Vec::new(),
        };
        self.context.db.write(move |tx| async move { spaces::create(&tx, &actor, new).await }).await.unwrap();
        id
    }

    fn file(&self, mbox: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.join("archive.mbox");
        std::fs::write(&path, mbox).unwrap();
        path
    }

    async fn import(&self, mbox: impl AsRef<[u8]>) -> Report {
        self.import_into("Lists", mbox).await
    }

    async fn import_into(&self, space: &str, mbox: impl AsRef<[u8]>) -> Report {
        let path = self.file(mbox);
        import::mbox(&self.context, order(&path, space, false), Watch::default()).await.unwrap()
    }

    async fn count(&self, what: store::Sql) -> i64 {
        let read = self.context.db.read(move |tx| async move { tx.one(what, vec![]).await?.get("n") });
        read.await.map_err(|error: store::Error| error).unwrap()
    }

    async fn posts(&self) -> i64 {
        self.count(sql!("SELECT COUNT(*) AS n FROM posts")).await
    }

    async fn topics(&self) -> i64 {
        self.count(sql!("SELECT COUNT(*) AS n FROM topics")).await
    }

    /// For each thread, by title, what its posts say; newest activity last.
    async fn threads(&self) -> Vec<(String, Vec<String>)> {
        let rows = self
            .context
            .db
            .read(|tx| async move {
                tx.all(
                    sql!(
                        "SELECT t.id, t.title, p.source FROM topics t
                         JOIN posts p ON p.workspace = t.workspace AND p.topic = t.id
                         ORDER BY t.created_at, t.id, p.no"
                    ),
                    vec![],
                )
                .await
            })
            .await
            .map_err(|error: store::Error| error)
            .unwrap();
        let mut threads: Vec<(TopicId, String, Vec<String>)> = Vec::new();
        for row in rows {
            let (id, title, source): (TopicId, String, String) =
                (row.get("id").unwrap(), row.get("title").unwrap(), row.get("source").unwrap());
            match threads.last_mut() {
                Some((last, _, sources)) if *last == id => sources.push(source),
                _ => threads.push((id, title, vec![source])),
            }
        }
        threads.into_iter().map(|(_, title, sources)| (title, sources)).collect()
    }

    async fn find(&self, actor: Actor, text: &'static str) -> Vec<search::Hit> {
        let found = self
            .context
            .db
            .read_long(move |tx| async move { search::find(&tx, &actor, text, None, 20).await })
            .await
            .unwrap();
        found.items
    }

    /// The newest row of each id in the change log must be the row in the tables.
    async fn assert_log_equals_tables(&self) {
        let (owner, workspace) = (self.owner(), self.founded.workspace);
        let (changes, topics, posts) = self
            .context
            .db
            .read(move |tx| async move {
                let changes = store::changes::since(&tx, workspace.uuid(), 0, 100_000).await?;
                let rows = tx.all(sql!("SELECT id, last_no FROM topics"), args![]).await?;
                let (mut topics, mut posts) = (Vec::new(), Vec::new());
                for row in rows {
                    let topic = topic::see(&tx, &owner, row.get("id")?).await?;
                    posts.extend(posts::range(&tx, &owner, topic.id, 1, topic.last_no, 10_000).await?);
                    topics.push(topic);
                }
                Ok::<_, topics::Error>((changes, topics, posts))
            })
            .await
            .unwrap();
        let mut replayed: BTreeMap<(String, String), Value> = BTreeMap::new();
        for (number, change) in changes.iter().enumerate() {
            assert_eq!(change.seq, number as i64 + 1);
            for row in serde_json::from_str::<Vec<Value>>(change.rows.get()).unwrap() {
                let key = |name: &str| row[name].as_str().unwrap().to_owned();
                replayed.insert((key("table"), key("id")), row["row"].clone());
            }
        }
        replayed.retain(|(table, _), _| table == "topics" || table == "posts");
        let topics =
            topics.iter().map(|topic| (("topics", topic.id.to_string()), serde_json::to_value(topic)));
        let posts = posts.iter().map(|post| (("posts", post.id.to_string()), serde_json::to_value(post)));
        let tables = topics
            .chain(posts)
            .map(|((table, id), row)| ((table.to_owned(), id), row.unwrap()))
            .collect::<BTreeMap<_, _>>();
        assert!(!tables.is_empty());
        assert_eq!(replayed, tables);
    }
}

fn order(file: &Path, space: &str, dry_run: bool) -> Order {
    Order { file: file.to_owned(), workspace: None, space: space.to_owned(), dry_run }
}

/// One mail: its id is its text, its sender `{from}@x.example`, its date that minute.
fn mail(id: &str, from: &str, minute: u32, fields: &str) -> String {
    let mut mail = String::new();
    let fields = if fields.is_empty() { String::new() } else { format!("{fields}\n") };
    let _ = write!(
        mail,
        "From {from}@x.example Wed Oct 15 19:44:23 2008\nFrom: {from} <{from}@x.example>\n\
         Message-ID: <{id}>\nDate: Wed, 15 Oct 2008 10:{minute:02}:00 +0000\n{fields}\n{id}\n\n"
    );
    mail
}

fn texts(thread: &[&str]) -> Vec<String> {
    thread.iter().map(|text| (*text).to_owned()).collect()
}

// ------------------------------------------------------------------ the real archive

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name)
}

store::both!(&MIGRATIONS;
    async fn the_real_archive_gives_its_figures_once_and_again(test: &TestDb) {
        let (mbox, expected) = (data("r-sig-hpc.mbox"), std::fs::read(data("r-sig-hpc.expect.json")));
        let Ok(expected) = expected else {
            println!("skipped: the archive r-sig-hpc.mbox is not here");
            return;
        };
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        let office = Office::open(test).await;

        let order = order(&mbox, "R-sig-hpc", false);
        let first = import::mbox(&office.context, order.clone(), Watch::default()).await.unwrap();
        assert_eq!(Value::from(first.messages), expected["messages"]);
        assert_eq!(Value::from(first.imported), expected["messages"]);
        assert_eq!(Value::from(first.threads), expected["threads"]);
        assert_eq!(Value::from(first.people), expected["authors"]);
        assert_eq!(Value::from(first.new_people), expected["authors"]);
        assert_eq!(Value::from(first.largest_threads.clone()), expected["largest_threads"]);
        assert_eq!(Value::from(first.single_message_threads), expected["single_message_threads"]);
        let instant =
            |name: &str| expected[name].as_str().unwrap().replace(' ', "T").parse::<Timestamp>().unwrap();
        assert_eq!((first.first, first.last), (Some(instant("first")), Some(instant("last"))));
        assert_eq!((first.duplicates, first.skipped.len(), first.complete), (0, 0, true));
        assert_eq!(Value::from(office.posts().await), expected["messages"]);
        assert_eq!(Value::from(office.topics().await), expected["threads"]);
        let hits = office.find(office.owner(), "mpi.remote.exec in:r-sig-hpc before:2012-01-01").await;
        assert!(!hits.is_empty() && hits.iter().all(|hit| hit.at < "2012-01-01T00:00:00Z".parse().unwrap()));

        let second = import::mbox(&office.context, order, Watch::default()).await.unwrap();
        assert_eq!((second.imported, second.new_people), (0, 0));
        assert_eq!(Value::from(second.duplicates), expected["messages"]);
        assert!(!second.space.created);
        assert_eq!(Value::from(office.posts().await), expected["messages"]);
        assert_eq!(Value::from(office.topics().await), expected["threads"]);
        office.assert_log_equals_tables().await;
    }
);

// ------------------------------------------------------------------ again and again

store::both!(&MIGRATIONS;
    async fn a_dry_run_changes_nothing_and_reports_the_same(test: &TestDb) {
        let office = Office::open(test).await;
        let mbox = mail("a", "ann", 1, "Subject: Plan")
            + &mail("b", "bo", 2, "In-Reply-To: <a>\nContent-Type: application/pdf; name=a.pdf")
            + &mail("a", "bo", 3, "")
            + "From x Wed Oct 15 19:44:23 2008\nno header\n";
        let path = office.file(&mbox);
        let dry = import::mbox(&office.context, order(&path, "Lists", true), Watch::default()).await.unwrap();
        assert_eq!((dry.messages, dry.imported, dry.new_people, dry.files), (4, 2, 1, 1));
        assert_eq!((office.posts().await, office.count(sql!("SELECT COUNT(*) AS n FROM spaces")).await), (0, 1));
        assert_eq!(office.context.blobs.list().try_collect::<Vec<_>>().await.unwrap(), []);
        let real = office.import(&mbox).await;
        let mut as_dry = Report { dry_run: true, ..real };
        assert_eq!(as_dry.space.slug.take().as_deref(), Some("lists"));
        assert_eq!(as_dry, dry);

        let again = import::mbox(&office.context, order(&path, "Lists", true), Watch::default()).await.unwrap();
        assert_eq!((again.imported, again.duplicates, again.new_people), (0, 3, 0));
    }
);

store::both!(&MIGRATIONS;
    async fn a_longer_archive_goes_on_where_the_shorter_ended(test: &TestDb) {
        let office = Office::open(test).await;
        let start = mail("a", "bo", 1, "Subject: [lists] Plan\nList-Id: <lists.x.example>")
            + &mail("b", "cy", 3, "Subject: Re: Plan\nIn-Reply-To: <a>")
            + &mail("z", "cy", 2, "Subject: Plan");
        let whole = start.clone()
            + &mail("c", "bo", 4, "In-Reply-To: <b>")
            + &mail("d", "bo", 5, "References: <z>\nSubject: Other")
            + &mail("late", "dee", 2, "References: <a>");
        let first = office.import(start).await;
        assert_eq!((first.imported, first.threads, first.new_people), (3, 2, 2));
        let second = office.import(whole.clone()).await;
        assert_eq!((second.imported, second.duplicates, second.threads, second.new_people), (3, 3, 2, 1));
        let expected = vec![
            ("Plan".to_owned(), texts(&["a", "b", "late", "c"])),
            ("Plan".to_owned(), texts(&["z", "d"])),
        ];
        assert_eq!(office.threads().await, expected);
        assert_eq!(office.import(whole).await.imported, 0);

        // The archive of the next month has only what is new.
        let month = mail("e", "bo", 6, "In-Reply-To: <c>\nReferences: <a> <c>") + &mail("f", "bo", 7, "References: <e>");
        assert_eq!(office.import(month).await.imported, 2);
        assert_eq!(office.threads().await[0].1, texts(&["a", "b", "late", "c", "e", "f"]));
        office.assert_log_equals_tables().await;
    }
);

store::both!(&MIGRATIONS;
    async fn an_earlier_mail_that_comes_later_joins_at_the_end(test: &TestDb) {
        let office = Office::open(test).await;
        let reply = mail("b", "cy", 3, "Subject: Re: Plan\nIn-Reply-To: <a>");
        office.import(&reply).await;
        office.import(mail("a", "bo", 1, "Subject: Plan") + &reply).await;
        assert_eq!(office.threads().await, [("Plan".to_owned(), texts(&["b", "a"]))]);
        office.assert_log_equals_tables().await;
    }
);

store::both!(&MIGRATIONS;
    async fn an_import_that_was_stopped_goes_on(test: &TestDb) {
        let office = Office::open(test).await;
        let mbox: String = (0..250)
            .map(|n| mail(&format!("m{n}"), "bo", n % 60, if n == 0 { "" } else { "References: <m0>" }))
            .collect();
        let path = office.file(&mbox);
        let watch = Watch::default();
        let stop = watch.stop.clone();
        let after_one_batch = Watch {
            progress: Arc::new(move |progress| {
                stop.store(matches!(progress, Progress::Filing { done: 50.., .. }), Ordering::Relaxed);
            }),
            ..watch
        };
        let stopped = import::mbox(&office.context, order(&path, "Lists", false), after_one_batch).await.unwrap();
        assert_eq!((stopped.imported, stopped.complete), (50, false));
        assert_eq!(office.posts().await, 50);
        let rest = office.import(&mbox).await;
        assert_eq!((rest.imported, rest.duplicates, rest.complete), (200, 50, true));
        assert_eq!((office.posts().await, office.topics().await), (250, 1));
        office.assert_log_equals_tables().await;

        let at_once = Watch::default();
        at_once.stop.store(true, Ordering::Relaxed);
        let refused = import::mbox(&office.context, order(&path, "Other", false), at_once).await;
        assert!(matches!(refused, Err(Error::Stopped)));
    }
);

// ------------------------------------------------------------------ what comes along

store::both!(&MIGRATIONS;
    async fn broken_messages_are_reported_and_the_rest_goes_on(test: &TestDb) {
        let office = Office::open(test).await;
        let first = mail("a", "bo", 1, "");
        let no_header = "From x Wed Oct 15 19:44:23 2008\nnothing but text\n\n";
        let no_sender = "From x Wed Oct 15 19:44:23 2008\nSubject: who\n\ntext\n\n";
        let bytes = b"From x Wed Oct 15 19:44:23 2008\n\xff\xfe\x00\x01: \x80\n\n\xf0\x9f\n\n";
        let mut mbox = (first.clone() + no_header + no_sender).into_bytes();
        let binary_at = mbox.len() as u64;
        mbox.extend_from_slice(bytes);
        mbox.extend_from_slice(mail("b", "bo", 2, "Subject: \u{0}\u{202e}").as_bytes());
        mbox.extend_from_slice(first.as_bytes());
        let report = office.import(mbox).await;
        let skip = |offset, reason: &str| Skip { offset, reason: reason.to_owned() };
        let sender = "the message does not say who sent it";
        assert_eq!(
            report.skipped[..2],
            [
                skip(first.len() as u64, "the message has no header"),
                skip((first.len() + no_header.len()) as u64, sender)
            ]
        );
        assert_eq!((report.skipped.len(), report.skipped[2].offset), (3, binary_at));
        assert_eq!((report.messages, report.imported, report.duplicates), (6, 2, 1));
        let titles: Vec<String> = office.threads().await.into_iter().map(|(title, _)| title).collect();
        assert_eq!(titles, ["(no subject)", "(no subject)"]);
        office.assert_log_equals_tables().await;
    }
);

store::both!(&MIGRATIONS;
    async fn a_file_that_is_no_archive_changes_nothing(test: &TestDb) {
        let office = Office::open(test).await;
        let report = office.import(b"\x89PNG\r\n\x1a\n\x00\x00 nothing here").await;
        assert_eq!((report.imported, report.skipped.len()), (0, 1));
        assert_eq!(office.count(sql!("SELECT COUNT(*) AS n FROM spaces")).await, 1);
        let missing = import::mbox(&office.context, order(Path::new("no-such-file"), "Lists", false), Watch::default());
        assert!(matches!(missing.await, Err(Error::Unreadable { .. })));
    }
);

store::both!(&MIGRATIONS;
    async fn attachments_and_dates_are_kept(test: &TestDb) {
        let office = Office::open(test).await;
        let png = "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA=";
        let mbox = mail("a", "bo", 1, "Subject: Look\nContent-Type: multipart/mixed; boundary=b").replace(
            "\na\n",
            &format!(
                "\n--b\n\nSee **this**: <script>alert(1)</script>\n--b\nContent-Type: image/png; name=\"../plan.png\"\n\
                 Content-Transfer-Encoding: base64\n\n{png}\n--b\n\
                 Content-Type: text/x-r; name=fit.R\n\nx <- 1\n--b--\n"
            ),
        );
        let report = office.import(mbox).await;
        assert_eq!(report.files, 2);
        let owner = office.owner();
        let hits = office.find(owner.clone(), "this").await;
        let topic = hits[0].topic.clone();
        let written: Timestamp = "2008-10-15T10:01:00Z".parse().unwrap();
        assert_eq!((topic.created_at, topic.last_at, hits[0].at), (written, written, written));
        let (id, reader) = (topic.id, owner.clone());
        let posts = office
            .context
            .db
            .read(move |tx| async move { posts::range(&tx, &reader, id, 1, 9, 9).await })
            .await
            .unwrap();
        let post = &posts[0];
        assert!(post.imported && post.created_at == written);
        assert!(post.html.contains("&lt;script&gt;") && !post.html.contains("<script"));
        let cards: Vec<_> =
            post.files.iter().map(|file| (file.name.as_str(), file.media_type.as_str(), file.width)).collect();
        assert_eq!(cards, [("plan.png", "image/png", Some(640)), ("fit.R", "text/x-r", None)]);

        let file = post.files[1].id;
        let stored =
            office.context.db.read(move |tx| async move { files::see(&tx, &owner, file).await }).await.unwrap();
        let content: Vec<u8> = office
            .context
            .blobs
            .get(&stored.hash)
            .await
            .unwrap()
            .try_fold(Vec::new(), |mut all, bytes| async move {
                all.extend_from_slice(&bytes);
                Ok(all)
            })
            .await
            .unwrap();
        assert_eq!(content, b"x <- 1");
        office.assert_log_equals_tables().await;
    }
);

store::both!(&MIGRATIONS;
    async fn a_date_in_the_future_is_not_believed(test: &TestDb) {
        let office = Office::open(test).await;
        let mbox = mail("a", "bo", 1, "").replace("Wed, 15 Oct 2008", "Thu, 15 Oct 2043");
        office.import(mbox).await;
        let late = office.context.db.read(|tx| async move {
            tx.one(sql!("SELECT last_at FROM topics"), vec![]).await?.get::<Timestamp>("last_at")
        });
        assert_eq!(late.await.map_err(|error: store::Error| error).unwrap(), now());
    }
);

// ------------------------------------------------------------------ people and what they may see

store::both!(&MIGRATIONS;
    async fn members_are_found_by_their_address(test: &TestDb) {
        let office = Office::open(test).await;
        let bo = office.add_member("Bo@X.example").await;
        let report = office.import(mail("a", "BO", 1, "") + &mail("b", "cy", 2, "References: <a>")).await;
        assert_eq!((report.people, report.new_people), (2, 1));
        let hits = office.find(bo.clone(), "from:bo").await;
        assert_eq!(hits.iter().map(|hit| hit.author).collect::<Vec<_>>(), [bo.member, bo.member]);

        let workspace = office.founded.workspace;
        let (cy, asker) = office
            .context
            .db
            .read(move |tx| async move {
                let cy = members::by_email(&tx, workspace, "cy@x.example").await?.unwrap();
                members::read(&tx, workspace, cy, now()).await.map(|card| (card, cy))
            })
            .await
            .unwrap();
        assert_eq!((cy.state, cy.name.as_str()), (MemberState::Imported, "cy"));
        // Whoever wrote is in no space, has no marks and so hears nothing.
        assert_eq!(office.count(sql!("SELECT COUNT(*) AS n FROM marks")).await, 0);
        let imported = office.actor(asker, Role::Member);
        assert!(office.find(imported, "a").await.is_empty());
    }
);

store::both!(&MIGRATIONS;
    async fn what_comes_into_a_private_space_stays_there(test: &TestDb) {
        let office = Office::open(test).await;
        let (bo, cy) = (office.add_member("bo@x.example").await, office.add_member("cy@x.example").await);
        let secret = office.add_space("Board", Visibility::Private, bo.clone()).await;
        office.import_into("Lists", mail("public", "dee", 1, "Subject: News")).await;

        // The owner is not in it; the answer to a public mail must not end up beside it.
        let report = office
            .import_into("board", mail("secret", "bo", 2, "Subject: Re: News\nIn-Reply-To: <public>"))
            .await;
        assert_eq!((report.imported, report.space.created), (1, false));
        assert_eq!(office.threads().await.len(), 2);
        let found = office.find(bo, "secret").await;
        assert_eq!(found.iter().map(|hit| hit.topic.space).collect::<Vec<_>>(), [Some(secret)]);
        for outsider in [cy, office.owner()] {
            assert!(office.find(outsider, "secret").await.is_empty());
        }
    }
);

store::both!(&MIGRATIONS;
    async fn a_space_that_cannot_take_mail_refuses(test: &TestDb) {
        let office = Office::open(test).await;
        office.add_space("Twice", Visibility::Open, office.owner()).await;
        office.add_space("Twice", Visibility::Open, office.owner()).await;
        let path = office.file(mail("a", "bo", 1, ""));
        let by_slug = import::mbox(&office.context, order(&path, "twice-2", false), Watch::default()).await.unwrap();
        assert_eq!(by_slug.space.slug.as_deref(), Some("twice-2"));
        let ambiguous = import::mbox(&office.context, order(&path, "TWICE", false), Watch::default()).await;
        assert!(matches!(ambiguous, Err(Error::Refused(_))), "{ambiguous:?}");

        let (owner, archived) = (office.owner(), office.add_space("Old", Visibility::Open, office.owner()).await);
        let patch = serde_json::from_str(r#"{"archived": true}"#).unwrap();
        office
            .context
            .db
            .write(move |tx| async move { spaces::change(&tx, &owner, archived, patch).await })
            .await
            .unwrap();
        let refused = import::mbox(&office.context, order(&path, "Old", false), Watch::default()).await;
        assert!(refused.unwrap_err().to_string().contains("archived"));
        let nowhere = Order { workspace: Some("elsewhere".to_owned()), ..order(&path, "Twice", false) };
        assert!(import::mbox(&office.context, nowhere, Watch::default()).await.is_err());
    }
);

store::both!(&MIGRATIONS;
    async fn every_statement_prepares(test: &TestDb) {
        assert!(store::testing::prepare_all(&test.db).await > 0);
    }
);
