use std::collections::BTreeMap;

use jiff::Timestamp;
use people::{Actor, MemberId, Role, WorkspaceId, members, schedules};
use store::{
    Context, Db, args, sql,
    testing::{self, TestDb},
};
use topics::{
    asks::{self, AskState},
    inbox::{self, Place, Section},
    topic,
};

use super::{
    add,
    board::{self, Deed},
    calendar::Calendar,
    cards::CARDS,
    cast::{BEGAN, Who},
    faces::{Face, face},
    play::SPACES_MADE,
    script::Act,
    story::{SPACES, threads},
    tasks::DONE,
};

/// Tuesday 14 October 2025, 09:20 in Bogotá: the moment of the mock-ups.
const MOCK: &str = "2025-10-14T14:20:00Z";

/// The mock-ups' moment, nights, weekends, the ends of months and years, and days on which the
/// clocks change somewhere.
const CLOCKS: [&str; 11] = [
    MOCK,
    "2026-02-28T23:59:00Z",
    "2026-03-01T12:00:00Z",
    "2026-03-08T15:30:00Z",
    "2026-03-29T01:30:00Z",
    "2026-10-25T00:30:00Z",
    "2026-11-01T06:00:00Z",
    "2026-11-22T16:45:00Z",
    "2027-01-01T00:00:00Z",
    "2027-06-16T04:10:00Z",
    "2028-02-29T21:00:00Z",
];

fn at(clock: &str) -> Timestamp {
    clock.parse().unwrap()
}

async fn sample(test: &TestDb, clock: &str) -> Context {
    let context = test.context(at(clock));
    assert!(add(&context, "correct horse battery").await.unwrap());
    context
}

/// Who did something, and when: every instant that the sample wrote. A queue passes on, in the name of whoever had
/// a task, when their day is over.
async fn deeds(db: &Db) -> Vec<(WorkspaceId, MemberId, Timestamp)> {
    let rows = db.read(|tx| async move {
        let deeds = sql!(
            "SELECT c.workspace, c.actor AS who, c.at FROM changes c WHERE c.actor IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.workspace = c.workspace AND h.by_queue
                 AND h.offered_at = c.at)
             UNION ALL SELECT p.workspace, p.author AS who, p.created_at AS at FROM posts p
               WHERE NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.workspace = p.workspace AND h.task = p.topic
                 AND h.post_no = p.no AND h.by_queue)
             UNION ALL SELECT workspace, created_by AS who, created_at AS at FROM topics
             UNION ALL SELECT t.workspace, t.last_by AS who, t.last_at AS at FROM topics t
               WHERE NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.workspace = t.workspace AND h.task = t.id
                 AND h.post_no = t.last_no AND h.by_queue)
             UNION ALL SELECT workspace, closed_by AS who, closed_at AS at FROM topics WHERE closed_at IS NOT NULL
             UNION ALL SELECT workspace, summary_by AS who, summary_at AS at FROM topics
               WHERE summary_at IS NOT NULL
             UNION ALL SELECT workspace, member AS who, at FROM responses
             UNION ALL SELECT workspace, asker AS who, asked_at AS at FROM asks WHERE passed_from IS NULL
             UNION ALL SELECT workspace, id AS who, created_at AS at FROM members
             UNION ALL SELECT workspace, created_by AS who, created_at AS at FROM invitations
             UNION ALL SELECT workspace, created_by AS who, created_at AS at FROM spaces"
        );
        tx.all(deeds, args![]).await
    });
    let read = |row: &store::Row| Ok((row.get("workspace")?, row.get("who")?, row.get("at")?));
    rows.await.unwrap().iter().map(read).collect::<store::Result<_>>().unwrap()
}

/// The one rule of the sample: nothing after now, and everybody works when they do something.
async fn obeys_time(context: &Context) {
    let now = context.clock.now();
    let deeds = deeds(&context.db).await;
    assert!(deeds.len() > 900, "{} deeds", deeds.len());
    for (workspace, who, at) in deeds {
        assert!(at <= now, "{who} did something at {at}, after {now}");
        // Who has just come has set their hours in the same moment or a little later.
        let known = at.checked_add(jiff::SignedDuration::from_mins(10)).unwrap();
        let schedules =
            context.db.read(move |tx| async move { schedules::of(&tx, workspace, &[who], known).await });
        let schedules = schedules.await.unwrap();
        let schedule = schedules.get(&who).unwrap_or_else(|| panic!("{who} has no hours at {at}; now {now}"));
        assert!(schedule.is_working(at), "{who} did something at {at}, off work");
    }
    log_is_in_order(context).await;
    open_asks_end_after(context, now).await;
}

async fn log_is_in_order(context: &Context) {
    let rows = context
        .db
        .read(|tx| async move { tx.all(sql!("SELECT at FROM changes ORDER BY seq"), args![]).await })
        .await
        .unwrap();
    let instants: Vec<Timestamp> = rows.iter().map(|row| row.get("at").unwrap()).collect();
    // People come one by one, each after an invitation of the same moment.
    let first_space = instants.len() - instants.iter().rev().take_while(|at| **at > instants[0]).count();
    assert!(instants[first_space..].is_sorted(), "the change log goes back in time");
}

/// What somebody owes ends after now, but for the one ask that shows what late is; and nobody has
/// taken the one that was asked of a group.
async fn open_asks_end_after(context: &Context, now: Timestamp) {
    let rows = context.db.read(|tx| async move {
        let open = sql!(
            "SELECT question, asked, COALESCE(promised_at, due_at) AS due FROM asks
             WHERE state IN ('open', 'accepted')"
        );
        tx.all(open, args![]).await
    });
    let (mut late, mut unclaimed) = (Vec::new(), 0);
    for row in rows.await.unwrap() {
        let due: Option<Timestamp> = row.get("due").unwrap();
        if row.get::<Option<MemberId>>("asked").unwrap().is_none() {
            unclaimed += 1;
        } else if due.is_none_or(|due| due <= now) {
            late.push((row.get::<String>("question").unwrap(), due));
        }
    }
    assert_eq!(late.len(), 1, "late at {now}: {late:?}");
    assert_eq!(unclaimed, 1);
}

#[tokio::test]
async fn time_is_obeyed_on_sqlite() {
    for clock in CLOCKS {
        let test = testing::sqlite(&server::migrations()).await;
        obeys_time(&sample(&test, clock).await).await;
        test.end().await;
    }
}

#[tokio::test]
async fn time_is_obeyed_on_postgres() {
    for clock in [MOCK, "2026-11-01T06:00:00Z"] {
        if let Some(test) = testing::postgres(&server::migrations()).await {
            obeys_time(&sample(&test, clock).await).await;
            test.end().await;
        }
    }
}

/// Every hour of two weeks around a change of the clocks: the moments exist and are in order.
#[test]
fn every_hour_has_its_sample() {
    for start in ["2026-03-20T00:00:00Z", "2026-10-20T00:30:00Z", "2026-12-24T00:00:00Z"] {
        for hour in 0..336 {
            let now = at(start).checked_add(jiff::SignedDuration::from_hours(hour)).unwrap();
            let calendar = Calendar::new(now).unwrap();
            let began = calendar.days_before(Who::Camila, "09:05", BEGAN).unwrap();
            let began = began.checked_add(jiff::SignedDuration::from_hours(2)).unwrap();
            let joined = Who::ALL.map(|who| calendar.working(who, began).unwrap()).into_iter().max();
            let made = SPACES.map(|space| calendar.days_before(space.made_by, "10:30", SPACES_MADE).unwrap());
            assert!(made.into_iter().min() > joined, "a space at {now} is older than its people");
            let made = made.into_iter().max();
            for thread in threads(&calendar).unwrap() {
                let instants = thread.instants(&calendar).unwrap();
                assert!(instants.is_sorted() && instants.iter().all(|at| *at <= now), "{}", thread.title);
                assert!(
                    instants.first().copied() > made,
                    "{} at {now} is older than its space",
                    thread.title
                );
            }
        }
    }
}

/// At whatever hour it is added, nothing happens to a task before it is made, and what follows another thing is after
/// it.
#[test]
fn work_is_in_order_at_every_hour() {
    for start in ["2026-03-20T00:00:00Z", "2026-10-20T00:30:00Z", "2026-12-24T00:00:00Z"] {
        for hour in (0..336).step_by(5) {
            let now = at(start).checked_add(jiff::SignedDuration::from_hours(hour)).unwrap();
            let calendar = Calendar::new(now).unwrap();
            let mut written = BTreeMap::new();
            for thread in threads(&calendar).unwrap() {
                let posts = thread.instants(&calendar).unwrap().into_iter().zip(&thread.steps);
                let posts = posts.filter(|(_, step)| matches!(step.act, Act::Write { .. }));
                written.extend(posts.zip(1..).map(|((at, _), no)| ((thread.title.clone(), no), at)));
            }
            let post = |thread: &str, no| written.get(&(thread.to_owned(), no)).copied();
            let deeds = board::deeds(&calendar, post, now).unwrap();
            let (mut begun, mut made, mut done) = (Vec::new(), Vec::new(), Vec::new());
            for (at, deed) in deeds {
                assert!(at <= now, "something happens at {at}, after {now}");
                match deed {
                    Deed::Begins(plan) => begun.push(plan.site),
                    Deed::Makes(card) => {
                        assert!(
                            begun.contains(&card.of),
                            "{} at {now} is older than its project",
                            card.title
                        );
                        made.push(card.title);
                    }
                    Deed::Moves(card) | Deed::Waits(card) => {
                        assert!(
                            made.contains(&card.title),
                            "{} at {now} moves before it is there",
                            card.title
                        );
                    }
                    Deed::Acts(act) => {
                        assert!(made.contains(&act.task), "{} at {now} is not there yet", act.task);
                        done.push((act.task, DONE.iter().position(|other| std::ptr::eq(other, act))));
                    }
                    Deed::Shapes(_) | Deed::Aims(_) | Deed::Says(_) => {}
                }
            }
            for card in CARDS {
                let order = done.iter().filter(|(task, _)| *task == card.title).map(|(_, place)| place);
                assert!(order.is_sorted(), "what happens to {} at {now} is not in order", card.title);
            }
        }
    }
}

async fn camila(context: &Context) -> Actor {
    let found = context.db.read(|tx| async move {
        let workspace = people::workspaces::find(&tx, None).await?.unwrap();
        let member = members::by_email(&tx, workspace, Who::Camila.person().email).await?.unwrap();
        Ok::<_, people::Error>((workspace, member))
    });
    let (workspace, member) = found.await.unwrap();
    let (at, ids) = (context.clock.now(), context.ids.clone());
    Actor { workspace, member, role: Role::Owner, at, operation: None, ids }
}

fn local(at: Option<Timestamp>, zone: &str) -> String {
    at.unwrap().in_tz(zone).unwrap().strftime("%a %H:%M").to_string()
}

#[tokio::test]
async fn the_mock_ups_moment_shows_the_mock_ups_inbox() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    let actor = camila(&context).await;
    let reading = actor.clone();
    let read = context.db.read(move |tx| async move {
        let today = inbox::read(&tx, &reading, Place::Today).await?;
        let later = inbox::read(&tx, &reading, Place::Later).await?;
        let waiting = asks::waited_for(&tx, &reading, false).await?;
        Ok::<_, topics::Error>((today, later, waiting))
    });
    let (today, later, waited_for) = read.await.unwrap();
    let topics =
        today.topics.iter().map(|topic| serde_json::from_str::<serde_json::Value>(topic.get()).unwrap());
    let text = |topic: &serde_json::Value, field: &str| topic[field].as_str().unwrap().to_owned();
    let titles: BTreeMap<_, _> = topics.map(|topic| (text(&topic, "id"), text(&topic, "title"))).collect();
    let of = |section| {
        let items = today.items.iter().filter(move |item| item.section == Some(section));
        items.map(|item| titles[&item.topic.to_string()].as_str()).collect::<Vec<_>>()
    };
    assert_eq!(
        of(Section::Waiting),
        [
            "Should drivers see their route without a signal?",
            "Refund rule for late pickups",
            "October release notes, draft 2"
        ]
    );
    assert_eq!(
        of(Section::Reading),
        [
            "We keep map tiles on the phone for 7 days",
            "Postgres upgrade: plan for Saturday",
            "Crash on Android 12: what I found",
            "Weekly check-in, Driver app"
        ]
    );
    let due = today.items.iter().filter_map(|item| today.asks.iter().find(|ask| Some(ask.id) == item.ask));
    let due: Vec<_> = due.map(|ask| local(ask.due_at, "America/Bogota")).collect();
    assert_eq!(due, ["Tue 11:30", "Tue 16:00", "Wed 12:00"]);
    assert_eq!(later.items.len(), 6);
    let waited: Vec<_> = waited_for
        .iter()
        .map(|ask| (ask.question.as_str(), ask.state, local(ask.due_at, "Europe/Warsaw")))
        .collect();
    assert_eq!(
        waited,
        [
            ("Which two phones do we need, and who keeps them?", AskState::Open, "Wed 11:30".to_owned()),
            ("What would a second read copy cost a month?", AskState::Open, "Wed 12:00".to_owned()),
        ]
    );
    test.end().await;
}

#[tokio::test]
async fn everybody_has_a_face_of_their_own_and_spaces_keep_their_colours() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    let actor = camila(&context).await;
    let read = context.db.read(move |tx| async move {
        let spaces = people::spaces::list(&tx, &actor).await?;
        Ok::<_, people::Error>((members::list(&tx, &actor).await?, spaces))
    });
    let (members, spaces) = read.await.unwrap();
    for who in Who::ALL {
        let member = members.iter().find(|member| member.name == who.person().name).unwrap();
        assert_eq!(Face::of(member.id), face(who), "{who:?}");
        let others = Who::ALL.into_iter().filter(|other| *other != who);
        assert!(others.map(face).all(|other| other != face(who)), "{who:?} looks like somebody else");
    }
    for space in SPACES {
        let made = spaces.iter().find(|made| made.name == space.name).unwrap();
        assert_eq!(made.hue, space.hue, "{}", space.name);
    }
    test.end().await;
}

#[tokio::test]
async fn the_day_has_begun_with_a_delivery_and_some_work_undisturbed() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    let actor = camila(&context).await;
    let read = context.db.read(move |tx| async move {
        let own = people::delivery::read(&tx, actor.workspace, actor.member, actor.at).await?;
        let today = inbox::read(&tx, &actor, Place::Today).await?;
        let asked = today.asks.into_iter().find(|ask| ask.question == "A or B?").unwrap();
        Ok::<_, topics::Error>((own, asked.silence))
    });
    let (own, silence) = read.await.unwrap();
    assert_eq!(local(own.last_at, "America/Bogota"), "Tue 09:00");
    assert_eq!(local(own.next_at, "America/Bogota"), "Tue 13:00");
    assert!(own.focus.0.iter().any(|day| !day.is_empty()));
    assert_eq!(silence, asks::Silence::Proceed);
    test.end().await;
}

#[tokio::test]
async fn the_main_thread_is_that_of_the_mock_up() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    let actor = camila(&context).await;
    let read = context.db.read(move |tx| async move {
        let found = topics::search::find(&tx, &actor, "route without a signal", None, 5).await?;
        let topic = topic::see(&tx, &actor, found.items[0].topic.id).await?;
        let posts = topics::posts::range(&tx, &actor, topic.id, 1, topic.last_no, 50).await?;
        Ok::<_, topics::Error>((topic, posts))
    });
    let (topic, posts) = read.await.unwrap();
    assert_eq!((topic.post_count, posts.len()), (11, 11));
    let when = |no: usize| local(Some(posts[no - 1].created_at), "America/Bogota");
    assert_eq!([when(1), when(9), when(10), when(11)], ["Fri 01:20", "Mon 10:15", "Tue 04:12", "Tue 07:58"]);
    assert!(topic.summary_html.is_some_and(|html| html.contains("Save the whole route")));
    assert_eq!(local(topic.summary_at, "America/Bogota"), "Tue 08:40");
    assert_eq!(posts[9].mentions.len(), 2);
    test.end().await;
}

#[tokio::test]
async fn the_sample_is_added_once_and_marked_where_others_work() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = test.context(at(MOCK));
    let owner = people::workspaces::NewOwner {
        name: "Jo".to_owned(),
        email: "jo@example.org".to_owned(),
        password: "correct horse battery".to_owned(),
        zone: "Europe/Berlin".to_owned(),
    };
    let workspace = people::workspaces::NewWorkspace { name: "Ours".to_owned() };
    people::workspaces::set_up(&context, people::workspaces::SetUp { workspace, owner }).await.unwrap();
    assert!(!add(&context, "correct horse battery").await.unwrap());
    let again = add(&context, "correct horse battery").await.unwrap_err();
    assert!(again.to_string().contains("already"), "{again}");
    let names = context.db.read(|tx| async move {
        let rows = tx.all(sql!("SELECT name FROM spaces ORDER BY created_at"), args![]).await?;
        rows.iter().map(|row| row.get("name")).collect::<store::Result<Vec<String>>>()
    });
    let names = names.await.unwrap();
    assert_eq!(names.len(), 1 + SPACES.len());
    assert_eq!(names.iter().filter(|name| name.ends_with("(Sample)")).count(), SPACES.len());
    test.end().await;
}

#[tokio::test]
async fn everybody_of_the_sample_can_sign_in_and_asks_are_in_every_state() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    let app = edge::App {
        context: context.clone(),
        limits: edge::Limits::default(),
        site: std::sync::Arc::default(),
    };
    for who in Who::ALL {
        let credentials = people::sign_in::Credentials {
            email: who.person().email.to_owned(),
            password: "correct horse battery".to_owned(),
            workspace: None,
        };
        assert!(people::sign_in::sign_in(&app, "127.0.0.1", credentials).await.unwrap().is_some());
    }
    let ways = context.db.read(|tx| async move {
        let workspace = people::workspaces::find(&tx, None).await?.unwrap();
        let norms = people::workspaces::read(&tx, workspace).await?.norms;
        let groups = tx.all(sql!("SELECT name FROM groups"), args![]).await?;
        Ok::<_, people::Error>((norms, groups.len()))
    });
    let (norms, groups) = ways.await.unwrap();
    assert_eq!((norms.rota.len(), norms.urgent_reasons.len(), groups), (3, 2, 1));
    let states = context.db.read(|tx| async move {
        let rows = tx.all(sql!("SELECT DISTINCT state FROM asks ORDER BY state"), args![]).await?;
        rows.iter().map(|row| row.get("state")).collect::<store::Result<Vec<String>>>()
    });
    assert_eq!(
        states.await.unwrap(),
        ["accepted", "answered", "closed", "declined", "open", "passed_on", "withdrawn"]
    );
    test.end().await;
}

/// How many rows there are of something.
macro_rules! count {
    ($context:expr, $statement:literal) => {
        $context
            .db
            .read(|tx| async move {
                let row = tx.one(sql!(concat!("SELECT COUNT(*) AS n FROM ", $statement)), args![]).await?;
                row.get::<i64>("n")
            })
            .await
            .unwrap()
    };
}

#[tokio::test]
async fn the_work_shows_what_work_can_do() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    assert_eq!(count!(context, "projects"), 5);
    let waits = [
        count!(context, "waits WHERE for_task IS NOT NULL"),
        count!(context, "waits WHERE for_ask IS NOT NULL"),
        count!(context, "waits WHERE for_member IS NOT NULL"),
    ];
    assert_eq!(waits, [9, 1, 1]);
    let hands = [
        count!(context, "handoffs WHERE state = 'offered'"),
        count!(context, "handoffs WHERE state = 'accepted' AND NOT by_queue"),
        count!(context, "handoffs WHERE by_queue"),
    ];
    assert_eq!(hands, [1, 2, 2]);
    assert_eq!(count!(context, "tasks WHERE from_topic IS NOT NULL"), 3);
    assert_eq!(count!(context, "tasks WHERE cover IS NOT NULL"), 2);
    assert_eq!(count!(context, "acceptances WHERE state = 'accepted'"), 6);
    assert_eq!(count!(context, "acceptances WHERE state = 'sent_back'"), 1);
    assert_eq!(count!(context, "slips WHERE cause <> ''"), 1);
    assert_eq!((count!(context, "goals"), count!(context, "goals WHERE state = 'reached'")), (5, 1));
    assert_eq!((count!(context, "rules"), count!(context, "templates"), count!(context, "views")), (2, 2, 3));
    assert!(count!(context, "rule_runs WHERE outcome = 'done'") > 3);
    assert_eq!(count!(context, "rule_events"), 0, "a rule has not looked at what happened");
    let asked = count!(
        context,
        "tasks k JOIN stages s ON s.workspace = k.workspace AND s.id = k.stage WHERE s.name = 'New'"
    );
    assert_eq!(asked, 2, "what came in by the form");
    test.end().await;
}

#[tokio::test]
async fn the_week_of_the_holiday_is_left_out_and_the_queue_has_its_gap() {
    let test = testing::sqlite(&server::migrations()).await;
    let context = sample(&test, MOCK).await;
    let actor = camila(&context).await;
    let holiday = Calendar::new(actor.at).unwrap().holiday;
    let read = context.db.read(move |tx| async move {
        let queue = work::queue::see(&tx, &actor, "SUP").await?;
        let series = tx.one(sql!("SELECT latest_due, state FROM series"), args![]).await?;
        Ok::<_, work::Error>((queue, series.get::<String>("latest_due")?, series.get::<String>("state")?))
    });
    let (queue, latest, state) = read.await.unwrap();
    assert_eq!(
        (latest, state.as_str()),
        (holiday.checked_add(jiff::Span::new().days(7)).unwrap().to_string(), "running")
    );
    let gap = queue.gaps.first().unwrap();
    assert_eq!(
        (local(Some(gap.from), "America/Bogota"), local(Some(gap.to), "America/Bogota")),
        ("Tue 16:00".to_owned(), "Tue 19:30".to_owned())
    );
    test.end().await;
}
