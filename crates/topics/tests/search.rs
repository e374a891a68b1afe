//! Search against a search that reads everything: the same is found, whoever looks, on both engines; and
//! what was indexed before the index was in the order of time is found as before.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use people::{Actor, MemberId, SpaceId, Visibility, members, spaces, spaces::NewSpace};
use rusqlite::Connection;
use store::{Db, Options, args, sql};
use testkit::{App, Person, World, both};
use topics::{
    PostId, TopicId,
    markdown::Rendered,
    posts::{self, Origin},
    query,
    search::{self, HitKind},
    topic,
    words::{Term, tokens},
};
use uuid::Uuid;

/// The commonest come first.
const WORDS: [&str; 26] = [
    "the",
    "a",
    "theory",
    "München",
    "therefore",
    "mango",
    "東",
    "京",
    "会",
    "Café",
    "then",
    "manga",
    "議",
    "b2b",
    "offline",
    "munchkin",
    "thé",
    "caña",
    "x",
    "回",
    "offload",
    "Zürich",
    "quince",
    "mangrove",
    "مُحَمَّد",
    "zz9",
];
const TOPICS: usize = 60;
const POSTS: usize = 1_000;

/// Numbers that are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }

    /// One of the words; one of the first more often.
    fn word(&mut self) -> &'static str {
        let end = 1 + self.below(WORDS.len());
        WORDS[self.below(end)]
    }

    fn text(&mut self, most: usize) -> String {
        let words = 1 + self.below(most);
        let said: Vec<&str> = (0..words).map(|_| self.word()).collect();
        said.join([" ", ", ", "-", ""][self.below(4)])
    }

    fn query(&mut self) -> String {
        let mut parts = Vec::new();
        for _ in 0..=self.below(3) {
            let word = self.word();
            let letters = 1 + self.below(word.chars().count());
            parts.push(match self.below(6) {
                0 => format!("\"{} {}\"", word, self.word()),
                1 | 2 => word.to_owned(),
                3 => format!("{word}{}", self.word()),
                _ => format!("{}*", word.chars().take(letters).collect::<String>()),
            });
        }
        match self.below(8) {
            0 => parts.push("from:me".to_owned()),
            1 => parts.push(format!("in:{}", self.of(&["company", "delivery", "vendors", "team-3"]))),
            2 => parts = vec!["from:jonas-weber".to_owned()],
            3 => parts = vec![format!("in:{}", self.of(&["company", "delivery"]))],
            4 => parts.push(" ".to_owned()),
            _ => {}
        }
        parts.join(" ")
    }
}

/// What there is to find.
struct Entry {
    part: Uuid,
    topic: usize,
    author: MemberId,
    at: Timestamp,
    text: String,
}

struct Thread {
    id: TopicId,
    space: Option<SpaceId>,
    people: Vec<MemberId>,
}

struct Archive {
    jonas: MemberId,
    threads: Vec<Thread>,
    entries: Vec<Entry>,
}

both!(
    async fn the_same_is_found_as_by_reading_everything(app: &App) {
        let world = World::new(app).await;
        app.without_replay();
        let mut dice = Dice(0x5EED_5EED);
        let mut open = vec![world.company.parse().unwrap()];
        for number in 0..9 {
            let (id, actor): (SpaceId, _) = (app.id(), world.camila.actor(app));
            let name = format!("Team {number}");
            let new = NewSpace {
                id,
                name,
                purpose: String::new(),
                visibility: Visibility::Open,
                social: false,
                hue: None,
                members: Vec::new(),
            };
            let made =
                app.context().db.write(move |tx| async move { spaces::create(&tx, &actor, new).await });
            made.await.unwrap();
            open.push(id);
        }
        let mut archive = Archive { jonas: world.jonas.id, threads: Vec::new(), entries: Vec::new() };
        for _ in 0..TOPICS {
            start(app, &world, &mut dice, &open, &mut archive).await;
        }
        for _ in 0..POSTS {
            reply(app, &world, &mut dice, &mut archive).await;
        }
        change(app, &world, &mut dice, &mut archive).await;
        for asked in 0..160 {
            let by =
                *dice.of(&[&world.camila, &world.ines, &world.jonas, &world.althea, &world.rui, &world.noor]);
            let mut query = dice.query();
            if by.id == world.rui.id && asked % 3 == 0 {
                query += " after:2026-01-10 before:2026-01-20";
            }
            compare(app, by, &query, [1, 7, 50][dice.below(3)], &archive).await;
        }
    }
);

/// Somebody writes at an instant that others may have too.
fn writer(app: &App, by: &Person, dice: &mut Dice) -> Actor {
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let seconds = i64::try_from(dice.below(600) * 4_000).unwrap();
    Actor { at: begin + SignedDuration::from_secs(seconds), ..by.actor(app) }
}

async fn start(app: &App, world: &World<'_>, dice: &mut Dice, open: &[SpaceId], archive: &mut Archive) {
    let (space, by, people) = match dice.below(6) {
        0 => (Some(world.delivery.parse().unwrap()), &world.rui, Vec::new()),
        1 => (Some(world.vendors.parse().unwrap()), &world.ines, Vec::new()),
        2 => (None, &world.jonas, vec![world.jonas.id, dice.of(&[&world.althea, &world.rui]).id]),
        _ => (Some(*dice.of(open)), *dice.of(&[&world.camila, &world.jonas]), Vec::new()),
    };
    let (id, title, actor): (TopicId, _, _) = (app.id(), dice.text(4), writer(app, by, dice));
    let entry = Entry {
        part: id.uuid(),
        topic: archive.threads.len(),
        author: by.id,
        at: actor.at,
        text: title.clone(),
    };
    archive.entries.push(entry);
    archive.threads.push(Thread { id, space, people: people.clone() });
    let written = app.context().db.write(move |tx| async move {
        topic::insert(&tx, &actor, id, &title, space, None).await?;
        for member in people {
            tx.run(
                sql!("INSERT INTO topic_participants (workspace, topic, member) VALUES ($1, $2, $3)"),
                args![actor.workspace, id, member],
            )
            .await?;
        }
        search::index_title(&tx, actor.workspace, id, &title, actor.at).await
    });
    written.await.unwrap();
}

async fn reply(app: &App, world: &World<'_>, dice: &mut Dice, archive: &mut Archive) {
    let by = *dice.of(&[&world.camila, &world.ines, &world.jonas, &world.rui]);
    let (topic, text, actor) = (dice.below(TOPICS), dice.text(12), writer(app, by, dice));
    let (thread, post): (_, PostId) = (archive.threads[topic].id, app.id());
    archive.entries.push(Entry { part: post.uuid(), topic, author: by.id, at: actor.at, text: text.clone() });
    let written = app.context().db.write(move |tx| async move {
        let rendered = Rendered { html: String::new(), text, mentions: Vec::new(), links: Vec::new() };
        posts::store_post(&tx, &actor, thread, post, "source", &rendered, Origin::default()).await
    });
    written.await.unwrap();
}

/// Texts are edited and removed, and threads move.
async fn change(app: &App, world: &World<'_>, dice: &mut Dice, archive: &mut Archive) {
    let workspace = world.workspace;
    for _ in 0..60 {
        let place = TOPICS + dice.below(archive.entries.len() - TOPICS);
        let (thread, text) = (archive.threads[archive.entries[place].topic].id, dice.text(12));
        let (part, at) = (archive.entries[place].part, archive.entries[place].at);
        archive.entries[place].text.clone_from(&text);
        let edited = app.context().db.write(move |tx| async move {
            search::index_post(&tx, workspace, thread, PostId::from_uuid(part), &text, at).await
        });
        edited.await.unwrap();
        let gone = archive.entries.remove(TOPICS + dice.below(archive.entries.len() - TOPICS)).part;
        let removed =
            app.context().db.write(move |tx| async move { search::forget(&tx, workspace, gone).await });
        removed.await.unwrap();
    }
    let to: SpaceId = world.delivery.parse().unwrap();
    for thread in archive.threads.iter_mut().filter(|thread| thread.space.is_some()).take(8) {
        let (id, actor) = (thread.id, world.camila.actor(app));
        thread.space = Some(to);
        let moved = app.context().db.write(move |tx| async move {
            tx.run(
                sql!("UPDATE topics SET space = $3 WHERE workspace = $1 AND id = $2"),
                args![actor.workspace, id, to],
            )
            .await?;
            search::moved(&tx, actor.workspace, id, to).await
        });
        moved.await.unwrap();
    }
}

/// Reads all pages, and everything.
async fn compare(app: &App, by: &Person, text: &str, limit: u32, archive: &Archive) {
    let mut found = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let (actor, asked, from) = (by.actor(app), text.to_owned(), after.take());
        let page = app.context().db.read_long(move |tx| async move {
            search::find(&tx, &actor, &asked, from.as_deref(), limit).await
        });
        let page = page.await.unwrap();
        assert!(page.items.len() <= limit as usize);
        found.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert!(found.is_sorted_by(|newer, older| newer.at >= older.at), "{text}");
    let parts: Vec<Uuid> = found
        .iter()
        .map(|hit| match hit.kind {
            HitKind::Topic => hit.topic.id.uuid(),
            HitKind::Post => hit.post.unwrap().uuid(),
        })
        .collect();
    let once: BTreeSet<Uuid> = parts.iter().copied().collect();
    assert_eq!(once.len(), parts.len(), "{text}: nothing comes twice");
    assert_eq!(once, wanted(app, by, text, archive).await, "{text}, for {}", by.email);
}

async fn wanted(app: &App, by: &Person, text: &str, archive: &Archive) -> BTreeSet<Uuid> {
    let query = query::parse(text);
    let (actor, jonas) = (by.actor(app), archive.jonas);
    let read = app.context().db.read(move |tx| async move {
        let jonas = members::state_of_visible(&tx, &actor, jonas).await?;
        Ok::<_, people::Error>((spaces::list(&tx, &actor).await?, jonas.is_some()))
    });
    let (seen, sees_jonas) = read.await.unwrap();
    let start = |day: jiff::civil::Date| day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    // Whom the searcher does not see wrote nothing.
    let named = |from: &str| if from == "me" { Some(by.id) } else { sees_jonas.then_some(archive.jonas) };
    let asked_for = |entry: &&Entry| {
        let thread = &archive.threads[entry.topic];
        let space = seen.iter().find(|space| Some(space.id) == thread.space);
        let said = tokens(&entry.text);
        (space.is_some() || thread.people.contains(&by.id))
            && query.in_space.as_ref().is_none_or(|slug| space.is_some_and(|space| space.slug == *slug))
            && query.from.as_ref().is_none_or(|from| Some(entry.author) == named(from))
            && query.before.is_none_or(|day| entry.at < start(day))
            && query.after.is_none_or(|day| entry.at >= start(day.tomorrow().unwrap()))
            && query.terms.iter().all(|term| meets(&said, term))
    };
    archive.entries.iter().filter(asked_for).map(|entry| entry.part).collect()
}

fn meets(said: &[String], term: &Term) -> bool {
    match term {
        Term::Word(word) => said.contains(word),
        Term::Prefix(beginning) => said.iter().any(|word| word.starts_with(beginning.as_str())),
        Term::Phrase(words) => said.windows(words.len()).any(|place| place == words),
        Term::Any(words) => words.iter().any(|word| said.contains(word)),
    }
}

/// What a search found, in its order.
async fn found(db: &Db, actor: Actor, text: &'static str) -> Vec<(Option<PostId>, TopicId, Timestamp)> {
    let page = db.read_long(move |tx| async move { search::find(&tx, &actor, text, None, 200).await });
    page.await.unwrap().items.iter().map(|hit| (hit.post, hit.topic.id, hit.at)).collect()
}

/// Puts the index back to how it was made before it was in the order of time.
fn make_old(path: &str) {
    let file = Connection::open(path).unwrap();
    let old = include_str!("../migrations/0001_topics.sql").split("-- sqlite\n").nth(1).unwrap();
    let old = old.split("-- postgres\n").next().unwrap().replace("{uuid}", "BLOB");
    file.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM search_entries").unwrap();
    file.execute_batch("DROP TABLE search_words; DROP TABLE search_entries").unwrap();
    file.execute_batch(&old).unwrap();
    // In the order in which they were written, which was that of time.
    file.execute_batch(
        "INSERT INTO search_entries (workspace, topic, part, at, text)
         SELECT workspace, topic, part, at, text FROM kept ORDER BY entry;
         DELETE FROM migrations WHERE name = 'topics-0007'",
    )
    .unwrap();
    let mut entries = file.prepare("SELECT entry, text FROM search_entries").unwrap();
    let entries = entries.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    for (entry, text) in entries.collect::<Result<Vec<(i64, String)>, _>>().unwrap() {
        let words = tokens(&text).join(" ");
        file.execute("INSERT INTO search_words (rowid, words) VALUES (?1, ?2)", (entry, words)).unwrap();
    }
}

#[tokio::test]
async fn an_index_of_before_is_put_in_order() {
    let app = App::sqlite().await;
    let world = World::new(&app).await;
    for number in 0..20 {
        let thread = world.thread(&world.camila, &world.delivery, &format!("Quince {number} 東京")).await;
        world.post(&world.rui, &thread, "no words but quinces").await;
        world.direct(&world.jonas, &[&world.rui], &format!("Quince between us {number}")).await;
    }
    let db = &app.context().db;
    let path = db
        .read(|tx| async move {
            let row = tx
                .one(sql!(sqlite: "SELECT file FROM pragma_database_list WHERE name = 'main'"), args![])
                .await?;
            row.get::<String>("file")
        })
        .await
        .unwrap();
    let queries = ["quince", "quinc*", "\"東京\"", "東", "from:me", "quinces in:delivery", "between us"];
    let people = [&world.rui, &world.camila, &world.althea, &world.zoe];
    let mut before = Vec::new();
    for (query, person) in queries.iter().flat_map(|query| people.map(|person| (query, person))) {
        before.push(found(db, person.actor(&app), query).await);
    }
    assert_eq!(before[0].len(), 100, "the guest's: titles, first posts, and replies to the first word");
    make_old(&path);
    let moved = Db::open(Options::new(format!("sqlite:{path}")), &server::migrations()).await.unwrap();
    let mut after = Vec::new();
    for (query, person) in queries.iter().flat_map(|query| people.map(|person| (query, person))) {
        after.push(found(&moved, person.actor(&app), query).await);
    }
    assert_eq!(before, after);
    moved.close().await;
    app.end().await;
}
