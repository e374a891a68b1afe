//! The real binary is killed while it delivers to many members and queues what goes out about it.
//! Afterwards everything has arrived for everybody, once, and is queued once.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use people::{
    Actor, MemberId, MemberState, Role, SpaceId, WorkspaceId, delivery,
    members::{self, NewMember},
    schedules,
};
use serde_json::Value;
use store::{Audience, Db, Options, args, sql};
use topics::{
    AskId, TopicId,
    asks::{self, AskKind, Budget, NewAsk},
    marks::{self, MarkPatch},
    posts::{self, NewPost, Reply},
    topic::{self, NewTopic, TopicKind},
};

use super::*;

const MEMBERS: usize = 240;
const TOPICS: usize = 4;
const POSTS: usize = 3;
/// Wednesday evening: nobody works, so everything waits for the morning.
const EVENING: &str = "2026-11-25T19:00:00Z";
/// Thursday, half a minute after everybody's first delivery.
const MORNING: &str = "2026-11-26T09:00:30Z";
/// When the leases of all jobs that a killed program held have run out.
const LATER: &str = "2026-11-26T09:07:00Z";

/// What was written in the evening.
struct Written {
    workspace: WorkspaceId,
    /// Each member with the two topics that they follow, and what they were asked.
    people: BTreeMap<MemberId, ([TopicId; 2], AskId)>,
}

/// What has become of it.
struct Arrived {
    /// How often a change brought a topic, for each member and topic.
    marks: BTreeMap<(MemberId, String), usize>,
    /// Channel, kind and payload of all notices of each member.
    notices: BTreeMap<MemberId, Vec<(String, String, Value)>>,
}

async fn open(program: &Program) -> Db {
    Db::open(Options::new(program.url()), &server::migrations()).await.unwrap()
}

/// A space full of people who have gone home, and what was written for them since.
async fn evening(program: &Program, ids: &Ids) -> Written {
    let db = open(program).await;
    let at: Timestamp = EVENING.parse().unwrap();
    let row = db.read(|tx| async move {
        tx.one(sql!("SELECT m.workspace, m.id, s.id AS space FROM members m JOIN spaces s ON s.workspace = m.workspace"), args![])
            .await
    });
    let row = row.await.unwrap();
    let (workspace, member, space): (WorkspaceId, MemberId, SpaceId) =
        (row.get("workspace").unwrap(), row.get("id").unwrap(), row.get("space").unwrap());
    let camila = Actor { workspace, member, role: Role::Owner, at, operation: None, ids: ids.clone() };
    let mut topics = Vec::new();
    for number in 0..TOPICS {
        topics.push(thread(&db, &camila, space, number).await);
    }
    let mut people = BTreeMap::new();
    for number in 0..MEMBERS {
        let theirs = [topics[number % TOPICS], topics[(number + 1) % TOPICS]];
        let member = arrive(&db, &camila, number, theirs).await;
        people.insert(member, (theirs, ids.make()));
    }
    for topic in topics.iter().cycle().take(TOPICS * POSTS) {
        write(&db, &camila, *topic).await;
    }
    for (member, (theirs, ask)) in &people {
        ask_of(&db, &camila, theirs[0], *member, *ask).await;
    }
    db.close().await;
    Written { workspace, people }
}

async fn thread(db: &Db, by: &Actor, space: SpaceId, number: usize) -> TopicId {
    let (by, id) = (by.clone(), by.ids.make());
    let new = NewTopic {
        id,
        kind: TopicKind::Thread,
        title: format!("Topic {number}"),
        space: Some(space),
        participants: None,
        post: NewPost { id: by.ids.make(), source: "First".to_owned(), files: None, to: None },
        ask: None,
    };
    db.write(move |tx| async move { topic::create(&tx, &by, new).await }).await.unwrap();
    id
}

/// Somebody who works from nine to five, by UTC, and follows two topics.
async fn arrive(db: &Db, by: &Actor, number: usize, follows: [TopicId; 2]) -> MemberId {
    let member: MemberId = by.ids.make();
    let actor = Actor { member, role: Role::Member, ..by.clone() };
    let day = || vec![("09:00".to_owned(), "17:00".to_owned())];
    let week = people::Week([day(), day(), day(), day(), day(), Vec::new(), Vec::new()]);
    let new = NewMember {
        id: member,
        role: Role::Member,
        state: MemberState::Active,
        email: Some(format!("p{number}@example.com")),
        password_hash: Some("none".to_owned()),
        name: format!("Person {number}"),
        short_name: None,
        city: None,
        hue: None,
        at: actor.at,
    };
    let settled = db.write(move |tx| async move {
        members::create(&tx, actor.workspace, new).await?;
        schedules::keep(&tx, actor.workspace, member, Some("UTC"), Some(&week), actor.at).await?;
        delivery::begin(&tx, actor.workspace, member, actor.at).await?;
        for topic in follows {
            marks::set(&tx, &actor, topic, MarkPatch { following: Some(true), ..MarkPatch::default() })
                .await?;
        }
        Ok::<_, topics::Error>(())
    });
    settled.await.unwrap();
    member
}

async fn write(db: &Db, by: &Actor, topic: TopicId) {
    let reply: Reply =
        serde_json::from_value(json!({ "id": by.ids.make::<PostKind>(), "source": "Something" })).unwrap();
    let by = by.clone();
    db.write(move |tx| async move { posts::add(&tx, &by, topic, reply).await }).await.unwrap();
}

async fn ask_of(db: &Db, by: &Actor, topic: TopicId, member: MemberId, id: AskId) {
    let new = NewAsk {
        id,
        kind: AskKind::Answer,
        question: "Which one?".to_owned(),
        asked: Some(member),
        group: None,
        budget: Budget::NextWorkingDay,
        silence: None,
    };
    let by = by.clone();
    db.write(move |tx| async move { asks::create(&tx, &by, topic, None, new).await }).await.unwrap();
}

/// Members who have had the delivery, and notices by push that are still to be looked at.
async fn progress(db: &Db) -> (usize, usize) {
    let row = db.read(|tx| async move {
        tx.one(
            sql!(
                "SELECT (SELECT COUNT(*) FROM deliveries WHERE last_at IS NOT NULL) AS delivered, \
                 (SELECT COUNT(*) FROM notices WHERE channel = 'push' AND state = 'waiting') AS waiting"
            ),
            args![],
        )
        .await
    });
    let row = row.await.unwrap();
    let count = |column: &str| usize::try_from(row.get::<i64>(column).unwrap()).unwrap();
    (count("delivered"), count("waiting"))
}

/// Looks until the running server has come so far. Nobody but the server has the database open
/// afterwards.
async fn until(program: &Program, so_far: impl Fn((usize, usize)) -> bool) {
    let db = open(program).await;
    while !so_far(progress(&db).await) {
        tokio::task::yield_now().await;
    }
    db.close().await;
}

async fn arrived(program: &Program, workspace: WorkspaceId) -> Arrived {
    let db = open(program).await;
    let read = db.read(move |tx| async move {
        let log = store::changes::since(&tx, workspace.uuid(), 0, 100_000).await?;
        let notices = tx
            .all(
                sql!("SELECT member, channel, kind, payload FROM notices WHERE workspace = $1 ORDER BY channel, kind"),
                args![workspace],
            )
            .await?;
        let left = tx.one(sql!("SELECT COUNT(*) AS entries FROM arrivals"), args![]).await?;
        Ok::<_, store::Error>((log, notices, left.get::<i64>("entries")?))
    });
    let (log, rows, left) = read.await.unwrap();
    assert_eq!(left, 0, "asks are still on their way");
    let mut marks = BTreeMap::new();
    for change in log.iter().filter(|change| change.at >= MORNING.parse().unwrap()) {
        let Audience::Member(member) = change.audience else { continue };
        let rows: Vec<Value> = serde_json::from_str(change.rows.get()).unwrap();
        for row in rows.iter().filter(|row| row["table"] == "marks") {
            let topic = row["id"].as_str().unwrap().to_owned();
            *marks.entry((MemberId::from_uuid(member), topic)).or_default() += 1;
        }
    }
    let mut notices: BTreeMap<MemberId, Vec<(String, String, Value)>> = BTreeMap::new();
    for row in &rows {
        let payload: String = row.get("payload").unwrap();
        notices.entry(row.get("member").unwrap()).or_default().push((
            row.get("channel").unwrap(),
            row.get("kind").unwrap(),
            serde_json::from_str(&payload).unwrap(),
        ));
    }
    db.close().await;
    Arrived { marks, notices }
}

/// Everything has arrived for everybody, once, and is queued once: one push for the delivery, one
/// mail for the ask.
fn check(written: &Written, arrived: &Arrived) {
    for (member, (theirs, ask)) in &written.people {
        for topic in theirs {
            let brought = arrived.marks.get(&(*member, topic.to_string())).copied();
            assert_eq!(brought, Some(1), "{topic} for {member}");
        }
        let notices = &arrived.notices[member];
        let said: Vec<_> =
            notices.iter().map(|(channel, kind, _)| (channel.as_str(), kind.as_str())).collect();
        assert_eq!(said, [("mail", "ask"), ("push", "delivery")], "{member}");
        assert_eq!(notices[0].2, json!({ "asks": [ask] }), "{member}");
        assert_eq!(notices[1].2["asks"], json!([ask]), "{member}");
        let told = notices[1].2["topics"].as_array().unwrap().iter();
        let told: BTreeSet<_> =
            told.map(|topic| (topic["id"].to_string(), topic["to_no"].as_u64())).collect();
        let last = Some(1 + POSTS as u64);
        assert_eq!(told, theirs.iter().map(|topic| (json!(topic).to_string(), last)).collect(), "{member}");
    }
    let everybody: usize = arrived.marks.values().sum();
    assert_eq!(everybody, MEMBERS * 2, "and nothing else has arrived");
}

async fn delivers(mut program: Program) {
    let clock = |at: &str| ("MERIDIAN_CLOCK", at.to_owned());
    program.settings = vec![clock(EVENING)];
    program.set_up();
    let ids = Ids::new(Clock::starting_at(EVENING.parse().unwrap()));
    let written = evening(&program, &ids).await;
    // Nobody listens there: mail stays in the queue.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    program.settings = vec![
        clock(MORNING),
        ("MERIDIAN_ADDRESS", "https://work.example.org".to_owned()),
        ("MERIDIAN_MAIL", format!("smtp://{nobody}")),
        ("MERIDIAN_MAIL_FROM", "Meridian <m@example.org>".to_owned()),
    ];
    for part in 0..=4 {
        let mut server = program.serve();
        let enough = part * MEMBERS / 5 + random(&ids, MEMBERS / 5) - 1;
        until(&program, |(delivered, _)| delivered >= enough).await;
        server.kill();
    }
    program.settings[0] = clock(LATER);
    let mut server = program.serve();
    until(&program, |(delivered, waiting)| delivered >= MEMBERS && waiting == 0).await;
    assert!(server.ends_well());
    check(&written, &arrived(&program, written.workspace).await);
}

mod what_is_delivered_while_it_is_killed_arrives_once {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        Box::pin(delivers(on_sqlite())).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        Box::pin(on_postgres(delivers)).await;
    }
}
