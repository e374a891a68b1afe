//! Asks over time: random lives of several asks while the clock jumps and people's hours change,
//! and the asks of a database from before there were clocks.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};
use store::{Db, Migration, Options, args, sql, testing};
use testkit::{App, Person, Thread, World};
use topics::{AskId, PostId, TopicId};

// ------------------------------------------------------------------ lives

/// Something that somebody does, or that happens. Numbers choose among what is there.
#[derive(Debug, Clone)]
enum Deed {
    Ask { asked: usize, budget: usize, silence: usize, hours: i64 },
    Accept { ask: usize, hours: Option<i64> },
    Answer { ask: usize },
    Decline { ask: usize },
    Pass { ask: usize, to: usize },
    Extend { ask: usize, hours: i64 },
    Reassign { ask: usize, to: usize },
    End { ask: usize, how: usize },
    Leave { who: usize, days: i64, length: i64 },
    Return { who: usize },
    Move { who: usize, hours: usize },
    Focus { who: usize, from: usize, plan: usize },
    Wait { minutes: i64 },
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let ask = 0..8_usize;
    let deed = prop_oneof![
        5 => (0..3_usize, 0..5_usize, 0..3_usize, 1..120_i64)
            .prop_map(|(asked, budget, silence, hours)| Deed::Ask { asked, budget, silence, hours }),
        2 => (ask.clone(), prop::option::of(1..90_i64)).prop_map(|(ask, hours)| Deed::Accept { ask, hours }),
        2 => ask.clone().prop_map(|ask| Deed::Answer { ask }),
        1 => ask.clone().prop_map(|ask| Deed::Decline { ask }),
        2 => (ask.clone(), 0..3_usize).prop_map(|(ask, to)| Deed::Pass { ask, to }),
        1 => (ask.clone(), 1..90_i64).prop_map(|(ask, hours)| Deed::Extend { ask, hours }),
        1 => (ask.clone(), 0..3_usize).prop_map(|(ask, to)| Deed::Reassign { ask, to }),
        1 => (ask, 0..3_usize).prop_map(|(ask, how)| Deed::End { ask, how }),
        2 => (0..2_usize, 0..6_i64, 1..9_i64).prop_map(|(who, days, length)| Deed::Leave { who, days, length }),
        1 => (0..2_usize).prop_map(|who| Deed::Return { who }),
        2 => (0..3_usize, 0..4_usize).prop_map(|(who, hours)| Deed::Move { who, hours }),
        1 => (0..3_usize, 0..5_usize, 0..4_usize).prop_map(|(who, from, plan)| Deed::Focus { who, from, plan }),
        9 => (1..4_000_i64).prop_map(|minutes| Deed::Wait { minutes }),
    ];
    prop::collection::vec(deed, 12..40)
}

/// What has been seen of one life: every row as it was after the last deed.
struct Life<'a> {
    app: &'a App,
    world: &'a World<'a>,
    thread: Thread,
    asks: Vec<String>,
    off: BTreeMap<usize, Vec<String>>,
    rows: BTreeMap<String, Value>,
    begun_anew: BTreeMap<String, usize>,
}

impl<'a> Life<'a> {
    async fn begin(app: &'a App, world: &'a World<'a>) -> Self {
        let thread = world.thread(&world.camila, &world.company, "A life").await;
        Self {
            app,
            world,
            thread,
            asks: Vec::new(),
            off: BTreeMap::new(),
            rows: BTreeMap::new(),
            begun_anew: BTreeMap::new(),
        }
    }

    fn person(&self, number: usize) -> &'a Person {
        [&self.world.jonas, &self.world.althea, &self.world.ines][number % 3]
    }

    /// Somebody's request. A rule may refuse it; nothing may fail.
    async fn request(&self, by: &Person, path: &str, body: Value) -> bool {
        let answer = self.app.by(by).post(path, body).await;
        let status = answer.status.as_u16();
        assert!(status < 500, "{path}: {status}");
        status == 200
    }

    /// An ask that is there, with whoever is asked.
    fn chosen(&self, number: usize) -> Option<(String, &'a Person)> {
        let id = self.asks.get(number % self.asks.len().max(1))?.clone();
        let asked = self.rows[&id]["asked"].as_str()?.to_owned();
        let person =
            (0..3).map(|number| self.person(number)).find(|person| person.id.to_string() == asked)?;
        Some((id, person))
    }

    fn in_hours(&self, hours: i64) -> Timestamp {
        self.app.now() + SignedDuration::from_hours(hours)
    }

    async fn asks(&mut self, asked: usize, budget: usize, silence: usize, hours: i64) {
        let budget = match budget {
            0 => json!({ "kind": "half_day" }),
            1 => json!({ "kind": "next_working_day" }),
            2 => json!({ "kind": "this_week" }),
            3 => json!({ "kind": "no_rush" }),
            _ => json!({ "kind": "exact", "at": self.in_hours(hours) }),
        };
        let silence = match silence {
            0 => json!({ "kind": "remind" }),
            1 => json!({ "kind": "proceed" }),
            _ => json!({ "kind": "ask", "member": self.person(asked + 1).id }),
        };
        let id = self.app.new_id("ask");
        let new = json!({ "id": id, "kind": "do", "question": "Well?", "asked": self.person(asked).id,
            "budget": budget, "silence": silence });
        self.request(&self.world.camila, &format!("/topics/{}/asks", self.thread.id), new).await;
    }

    async fn answers(&self, id: &str, by: &Person) {
        let reply = json!({ "id": self.app.new_id("pst"), "source": "So.", "answers": id });
        self.request(by, &format!("/topics/{}/posts", self.thread.id), reply).await;
    }

    async fn leaves(&mut self, who: usize, days: i64, length: i64) {
        let local = |days: i64| self.in_hours(days * 24).strftime("%Y-%m-%dT00:00").to_string();
        let id = self.app.new_id("off");
        let new =
            json!({ "id": id, "from": local(days), "to": local(days + length), "cover": self.world.ines.id });
        if self.request(self.person(who), "/time-off", new).await {
            self.off.entry(who).or_default().push(id);
        }
    }

    async fn returns(&mut self, who: usize) {
        if let Some(id) = self.off.get_mut(&who).and_then(Vec::pop) {
            self.app.by(self.person(who)).delete(&format!("/time-off/{id}")).await.ok();
        }
    }

    async fn moves(&self, who: usize, hours: usize) {
        let day = json!([["09:00", "12:00"], ["13:00", "18:00"]]);
        let short = json!([["10:00", "14:00"]]);
        let none = json!([]);
        let hours = match hours {
            0 => json!({ "zone": "Asia/Tokyo", "week": [day, day, day, day, day, none, none] }),
            1 => json!({ "zone": "America/Bogota", "week": [short, short, none, short, short, none, none] }),
            2 => json!({ "zone": "Europe/Berlin", "week": [day, day, day, day, day, none, none] }),
            _ => json!({ "zone": "Europe/Berlin", "week": [none, none, none, none, none, none, none] }),
        };
        let path = format!("/members/{}/schedule", self.person(who).id);
        self.app.by(self.person(who)).put(&path, hours).await.ok();
    }

    /// When things reach somebody: a plan, and focus for half of each working day.
    async fn focuses(&self, who: usize, from: usize, plan: usize) {
        let (start, end) = [
            ("08:00", "12:00"),
            ("09:00", "14:00"),
            ("12:00", "18:00"),
            ("00:00", "23:59"),
            ("10:00", "10:30"),
        ][from];
        let plan = ["as_it_happens", "three", "one", "three"][plan];
        let (day, none) = (json!([[start, end]]), json!([]));
        let chosen = json!({ "plan": { "kind": plan }, "focus": [day, day, day, none, day, none, none] });
        self.app.by(self.person(who)).patch("/me/delivery", chosen).await.ok();
    }

    async fn does(&mut self, deed: Deed) {
        let note = "Because";
        match deed {
            Deed::Ask { asked, budget, silence, hours } => self.asks(asked, budget, silence, hours).await,
            Deed::Leave { who, days, length } => self.leaves(who, days, length).await,
            Deed::Return { who } => self.returns(who).await,
            Deed::Move { who, hours } => self.moves(who, hours).await,
            Deed::Focus { who, from, plan } => self.focuses(who, from, plan).await,
            Deed::Wait { minutes } => {
                let at = self.app.now() + SignedDuration::from_mins(minutes);
                self.app.set_clock(&at.to_string());
            }
            Deed::Accept { ask, hours } => {
                let Some((id, asked)) = self.chosen(ask) else { return };
                let promise = hours.map(|hours| self.in_hours(hours));
                self.request(asked, &format!("/asks/{id}/accept"), json!({ "promised_at": promise })).await;
            }
            Deed::Answer { ask } => {
                let Some((id, asked)) = self.chosen(ask) else { return };
                self.answers(&id, asked).await;
            }
            Deed::Decline { ask } => {
                let Some((id, asked)) = self.chosen(ask) else { return };
                let back = self.rows[&id]["passed_from"].as_str().map(str::to_owned);
                if self.request(asked, &format!("/asks/{id}/decline"), json!({ "reason": note })).await {
                    *self.begun_anew.entry(back.unwrap_or_default()).or_default() += 1;
                }
            }
            Deed::Pass { ask, to } => {
                let Some((id, asked)) = self.chosen(ask) else { return };
                let on = json!({ "id": self.app.new_id("ask"), "to": self.person(to).id, "note": note });
                self.request(asked, &format!("/asks/{id}/pass"), on).await;
            }
            Deed::Extend { ask, hours } => {
                let Some((id, _)) = self.chosen(ask) else { return };
                let body = json!({ "due_at": self.in_hours(hours) });
                self.request(&self.world.camila, &format!("/asks/{id}/extend"), body).await;
            }
            Deed::Reassign { ask, to } => {
                let Some((id, _)) = self.chosen(ask) else { return };
                let on = json!({ "id": self.app.new_id("ask"), "to": self.person(to).id });
                self.request(&self.world.camila, &format!("/asks/{id}/reassign"), on).await;
            }
            Deed::End { ask, how } => {
                let Some((id, _)) = self.chosen(ask) else { return };
                let verb = ["close", "withdraw", "reopen"][how];
                if self.request(&self.world.camila, &format!("/asks/{id}/{verb}"), json!({})).await
                    && how == 2
                {
                    *self.begun_anew.entry(id).or_default() += 1;
                }
            }
        }
    }

    /// What is due happens, and happens once. Then every row is held against what it was.
    async fn look(&mut self, deed: &str) {
        self.app.work().await;
        let head = self.app.head(self.world.workspace).await;
        self.app.work().await;
        assert_eq!(self.app.head(self.world.workspace).await, head, "{deed}: something happened twice");
        let page = self.app.by(&self.world.camila).get(&format!("/topics/{}", self.thread.id)).await.ok();
        for row in page["asks"].as_array().unwrap() {
            let id = row["id"].as_str().unwrap().to_owned();
            self.holds(deed, row);
            if let Some(before) = self.rows.insert(id.clone(), row.clone()) {
                let due = |row: &Value| row["due_at"].as_str().map(|due| due.parse::<Timestamp>().unwrap());
                if let (Some(before), Some(after)) = (due(&before), due(row)) {
                    assert!(after >= before, "{deed}: a shown due moved from {before} to {after}");
                }
            } else {
                self.asks.push(id);
            }
        }
    }

    /// What is true of every ask at every moment.
    fn holds(&self, deed: &str, row: &Value) {
        let instant = |field: &str| row[field].as_str().map(|at| at.parse::<Timestamp>().unwrap());
        let owed = matches!(row["state"].as_str(), Some("open" | "accepted"));
        let expected = instant("promised_at").or(instant("due_at"));
        if let (true, Some(due)) = (owed && instant("due_at") > Some(self.app.now()), instant("due_at")) {
            assert!(instant("delivered_at").unwrap() <= due, "{deed}: due before it is there: {row}");
        }
        assert_eq!(instant("ended_at").is_none(), owed || row["state"] == "answered", "{deed}: {row}");
        if let (true, Some(nudge), None) = (owed, instant("nudge_at"), instant("nudged_at")) {
            assert!(nudge > instant("delivered_at").unwrap(), "{deed}: reminded of what is not there: {row}");
            assert!(nudge > self.app.now(), "{deed}: nobody was reminded: {row}");
            assert!(
                expected.is_some_and(|expected| nudge < expected),
                "{deed}: a reminder comes too late: {row}"
            );
        }
        if row["silence"]["kind"] == "proceed" && owed && row["passed_from"].is_null() {
            assert!(
                expected.is_none_or(|expected| expected > self.app.now()),
                "{deed}: nobody went ahead: {row}"
            );
        }
    }

    /// Reminders in the log: never of somebody who has done it, never twice for one clock.
    async fn reminders(&self) {
        let workspace = self.world.workspace.uuid();
        let log = self
            .app
            .context()
            .db
            .read(move |tx| async move { store::changes::since(&tx, workspace, 0, 100_000).await });
        let mut reminded: BTreeMap<String, usize> = BTreeMap::new();
        for change in log.await.unwrap().iter().filter(|change| change.verb == "ask.reminded") {
            let rows: Vec<Value> = serde_json::from_str(change.rows.get()).unwrap();
            let row = &rows[0]["row"];
            assert!(matches!(row["state"].as_str(), Some("open" | "accepted")), "{row}");
            *reminded.entry(row["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        for (id, times) in reminded {
            let clocks = 1 + self.begun_anew.get(&id).copied().unwrap_or_default();
            assert!(times <= clocks, "{times} reminders of {clocks} clocks");
        }
    }
}

async fn live(deeds: Vec<Deed>) {
    let app = App::sqlite().await;
    let world = World::new(&app).await;
    let mut life = Life::begin(&app, &world).await;
    for deed in deeds {
        let said = format!("{deed:?}");
        life.does(deed).await;
        Box::pin(life.look(&said)).await;
    }
    life.reminders().await;
    Box::pin(app.end()).await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn promises_hold_whatever_happens(deeds in deeds()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(Box::pin(live(deeds)));
    }
}

// ------------------------------------------------------------------ the asks of before

/// The tables as they were before asks had clocks.
fn before() -> Vec<Migration> {
    let first = |migrations: &[Migration]| migrations[..1].to_vec();
    [store::MIGRATIONS.to_vec(), first(people::MIGRATIONS), first(topics::MIGRATIONS)].concat()
}

/// A workspace with two members and three asks: open, answered, and passed on.
async fn fill(db: &Db, ids: &kernel::Ids) -> Vec<AskId> {
    let (workspace, one, two) = (
        ids.make::<people::WorkspaceKind>(),
        ids.make::<people::MemberKind>(),
        ids.make::<people::MemberKind>(),
    );
    let topic: TopicId = ids.make();
    let posts: [PostId; 2] = [ids.make(), ids.make()];
    let asks: [AskId; 3] = [ids.make(), ids.make(), ids.make()];
    db.write(move |tx| async move {
        tx.run(sql!("INSERT INTO workspaces (id, name, slug, created_at) VALUES ($1, 'W', 'w', 1)"), args![workspace]).await?;
        for (member, slug) in [(one, "one"), (two, "two")] {
            tx.run(
                sql!("INSERT INTO members (workspace, id, role, state, name, short_name, slug, hue, settings, created_at) \
                      VALUES ($1, $2, 'member', 'imported', $3, $3, $3, 1, '{}', 1)"),
                args![workspace, member, slug],
            )
            .await?;
        }
        tx.run(
            sql!("INSERT INTO topics (workspace, id, code, kind, title, created_by, created_at, last_no, post_count, \
                  last_at, last_by, snippet, state) VALUES ($1, $2, 'abcde', 'thread', 'T', $3, 1, 2, 2, 1, $3, '', 'open')"),
            args![workspace, topic, one],
        )
        .await?;
        for (no, post) in (1_i64..).zip(posts) {
            tx.run(
                sql!("INSERT INTO posts (workspace, id, topic, no, author, source, html, created_at, edits, imported) \
                      VALUES ($1, $2, $3, $4, $5, '', '', $6, 0, FALSE)"),
                args![workspace, post, topic, no, one, no * 100],
            )
            .await?;
        }
        let rows = [
            (asks[0], "open", Some(posts[1]), None, None, None),
            (asks[1], "answered", None, Some(posts[1]), None, None),
            (asks[2], "passed_on", None, None, Some(asks[0]), Some(77_i64)),
        ];
        for (ask, state, post, answer, passed_to, ended) in rows {
            tx.run(
                sql!("INSERT INTO asks (workspace, id, topic, post, kind, question, asker, asked, budget, asked_at, \
                      delivered_at, due_at, state, answer_post, passed_to, ended_at) VALUES ($1, $2, $3, $4, 'do', 'Well?', \
                      $5, $6, '{\"kind\":\"half_day\"}', 10, 20, 30, $7, $8, $9, $10)"),
                args![workspace, ask, topic, post, one, two, state, answer, passed_to, ended],
            )
            .await?;
        }
        Ok::<_, store::Error>(())
    })
    .await
    .unwrap();
    asks.to_vec()
}

/// What the new columns say of an ask, in words.
async fn told(db: &Db, ask: AskId) -> String {
    let row = db.read(move |tx| async move {
        tx.one(
            sql!("SELECT state, no, clock_from, silence, answered_at, urgent, passed_by, asked, ended_at, budget FROM asks WHERE id = $1"),
            args![ask],
        )
        .await
    });
    let row = row.await.unwrap();
    let number = |column: &str| {
        row.get::<Option<i64>>(column).unwrap().map_or("-".to_owned(), |number| number.to_string())
    };
    let by_asked = row.get::<Option<people::MemberId>>("passed_by").unwrap() == row.get("asked").unwrap();
    format!(
        "{} no {} from {} answered {} ended {} passed {by_asked} urgent {} {} {}",
        row.get::<String>("state").unwrap(),
        number("no"),
        number("clock_from"),
        number("answered_at"),
        number("ended_at"),
        row.get::<bool>("urgent").unwrap(),
        row.get::<String>("silence").unwrap(),
        row.get::<String>("budget").unwrap(),
    )
}

async fn nothing_is_lost(db: &Db, asks: &[AskId]) {
    let rest = r#"urgent false {"kind":"remind"} {"kind":"half_day"}"#;
    assert_eq!(told(db, asks[0]).await, format!("open no 2 from 10 answered - ended - passed false {rest}"));
    assert_eq!(
        told(db, asks[1]).await,
        format!("answered no - from 200 answered 200 ended - passed false {rest}")
    );
    assert_eq!(
        told(db, asks[2]).await,
        format!("passed_on no - from 10 answered - ended 77 passed true {rest}")
    );
    let waiting = db.read(|tx| async move {
        let rows = tx.all(sql!("SELECT key FROM jobs WHERE kind = 'ask.clock'"), args![]).await?;
        rows.iter().map(|row| row.get("key")).collect::<store::Result<Vec<String>>>()
    });
    assert_eq!(waiting.await.unwrap(), ["all"], "the clocks are wound after the start");
    let (nowhere, ask) = (uuid::Uuid::from_u128(7), asks[0]);
    let orphan = db.write(move |tx| async move {
        tx.run(sql!("UPDATE asks SET asker = $2 WHERE id = $1"), args![ask, nowhere]).await
    });
    assert!(orphan.await.is_err(), "the keys hold");
    let of_nobody = db.write(move |tx| async move {
        tx.run(sql!("UPDATE asks SET asked = NULL WHERE id = $1"), args![ask]).await
    });
    assert!(of_nobody.await.is_err(), "somebody or some group is asked");
}

#[tokio::test]
async fn asks_from_before_there_were_clocks_on_sqlite() {
    let test = testing::sqlite(&before()).await;
    let ids = test.context(Timestamp::UNIX_EPOCH).ids;
    let asks = fill(&test.db, &ids).await;
    test.db.clone().close().await;
    let url = format!("sqlite:{}", test.folder().join("meridian.db").display());
    let db = Db::open(Options::new(url), &server::migrations()).await.unwrap();
    nothing_is_lost(&db, &asks).await;
    let indexes = db.read(|tx| async move {
        let indexes =
            sql!(sqlite: "SELECT name FROM pragma_index_list('asks') WHERE origin = 'c' ORDER BY name");
        let rows = tx.all(indexes, args![]).await?;
        rows.iter().map(|row| row.get("name")).collect::<store::Result<BTreeSet<String>>>()
    });
    let wanted = [
        "asks_escalating",
        "asks_of_group",
        "asks_of_topic",
        "asks_open",
        "asks_owed",
        "asks_waited_for",
        "urgent_asks",
    ];
    assert_eq!(indexes.await.unwrap(), wanted.map(str::to_owned).into());
    db.close().await;
}

#[tokio::test]
async fn asks_from_before_there_were_clocks_on_postgres() {
    let Some(test) = testing::postgres(&before()).await else { return };
    let ids = test.context(Timestamp::UNIX_EPOCH).ids;
    let asks = fill(&test.db, &ids).await;
    let schema = test.schema().map(str::to_owned);
    let options =
        Options { pool: 2, postgres_schema: schema, ..Options::new(env::var(testing::POSTGRES).unwrap()) };
    let db = Db::open(options, &server::migrations()).await.unwrap();
    nothing_is_lost(&db, &asks).await;
    db.close().await;
    test.end().await;
}
