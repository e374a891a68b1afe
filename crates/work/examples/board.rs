//! Measures what the board of a large project costs: makes 5,000 tasks in a new SQLite database, reads
//! the board again and again as the API answers it, and prints the processor's time for one answer and
//! its size (Linux). Tasks are made over a year, with owners, labels, due times, values in fields and
//! posts, so that they say as different things as people's do.
//!
//! ```text
//! script/bench board
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement ends when something is wrong"
)]

use axum::{
    body::to_bytes,
    http::{HeaderMap, HeaderValue, header},
    response::IntoResponse,
};
use edge::Pieces;
use jiff::SignedDuration;
use people::{
    Actor, Role, SpaceKind, Visibility,
    spaces::{self, NewSpace},
    workspaces::{self, NewOwner, NewWorkspace, SetUp},
};
use serde_json::json;
use store::{Blobs, Context, Db, Options, args, sql};
use work::{
    ProjectId, ProjectKind, Result, TaskId,
    change::{self, TaskPatch},
    create::{self, NewTask},
    project::{self, NewProject},
};

/// Reads that are measured together.
const READS: u32 = 100;
/// A year's thousandth in microseconds, about: how far tasks lie apart at most, and changes behind them.
const YEAR: u64 = 31_500_000_000;
/// Words of titles.
const WORDS: [&str; 24] = [
    "save", "route", "phone", "driver", "map", "tunnel", "show", "fuel", "stops", "night", "colours",
    "crash", "cache", "limit", "customs", "label", "scan", "battery", "offline", "message", "arrival",
    "window", "depot", "tyre",
];

#[tokio::main]
async fn main() {
    let count: usize = std::env::args().nth(1).map_or(5_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let migrations = [store::MIGRATIONS, people::MIGRATIONS, topics::MIGRATIONS, work::MIGRATIONS].concat();
    let url = format!("sqlite:{}", folder.path().join("meridian.db").display());
    let clock = kernel::Clock::fixed("2025-12-01T09:00:00Z".parse().unwrap());
    let context = Context {
        db: Db::open(Options::new(url), &migrations).await.unwrap(),
        blobs: Blobs::local(folder.path().join("files")).unwrap(),
        ids: kernel::Ids::new(clock.clone()),
        clock,
    };
    let actor = found(&context).await;
    let (project, tasks) = fill(&context, &actor, count).await;
    let sizes = [size(&context, &actor, project, false).await, size(&context, &actor, project, true).await];
    println!("{count} tasks: {} KB, {} KB with gzip", sizes[0] / 1000, sizes[1] / 1000);
    let before = processor();
    for _ in 0..READS {
        read(&context, &actor, project, true).await;
    }
    println!("{:.1} ms each time", (processor() - before) / f64::from(READS));
    let mut changed = 0.0;
    for number in 0..READS as usize {
        rename(&context, &actor, tasks[number * 47 % tasks.len()], number).await;
        let before = processor();
        read(&context, &actor, project, true).await;
        changed += processor() - before;
    }
    println!("{:.1} ms each time after one task has changed", changed / f64::from(READS));
    context.db.close().await;
}

async fn found(context: &Context) -> Actor {
    let owner = NewOwner {
        name: "Ann".to_owned(),
        email: "ann@x.example".to_owned(),
        password: "correct horse battery".to_owned(),
        zone: "UTC".to_owned(),
    };
    let workspace = NewWorkspace { name: "Lab".to_owned() };
    workspaces::set_up(context, SetUp { workspace, owner }).await.unwrap();
    let row = context
        .db
        .read(|tx| async move { tx.one(sql!("SELECT workspace, id FROM members LIMIT 1"), args![]).await })
        .await
        .unwrap();
    Actor {
        workspace: row.get("workspace").unwrap(),
        member: row.get("id").unwrap(),
        role: Role::Owner,
        at: context.clock.now(),
        operation: None,
        ids: context.ids.clone(),
    }
}

/// A project with so many tasks, in transactions of some hundred.
async fn fill(context: &Context, actor: &Actor, count: usize) -> (ProjectId, Vec<TaskId>) {
    let (space, project) = (context.ids.make::<SpaceKind>(), context.ids.make::<ProjectKind>());
    let actor = actor.clone();
    let maker = actor.clone();
    let work = async move |tx: store::Tx| -> Result<()> {
        let new = NewSpace {
            id: space,
            name: "Driver app".to_owned(),
            purpose: String::new(),
            visibility: Visibility::Open,
            social: false,
            hue: None,
            members: Vec::new(),
        };
        spaces::create(&tx, &maker, new).await?;
        let new: NewProject = serde_json::from_value(
            json!({ "id": project, "key": "DRV", "name": "Driver app", "space": space }),
        )
        .unwrap();
        project::create(&tx, &maker, new).await
    };
    context.db.write(work).await.unwrap();
    let mut tasks = Vec::new();
    for portion in 0..count.div_ceil(250) {
        let numbers = portion * 250..count.min(portion * 250 + 250);
        let made: Vec<(usize, TaskId, Actor)> = numbers
            .map(|number| {
                let chance = chance(number);
                context
                    .clock
                    .set(context.clock.now() + SignedDuration::from_micros((chance % (YEAR * 2)) as i64));
                let at = context.clock.now();
                (number, context.ids.make::<topics::TopicKind>(), Actor { at, ..actor.clone() })
            })
            .collect();
        tasks.extend(made.iter().map(|(_, id, _)| *id));
        let work = async move |tx: store::Tx| -> Result<()> {
            for (number, id, maker) in made {
                let stages = project::see(&tx, &maker, project).await?.stages;
                let stage = &stages[chance(number + 7) as usize % stages.len()];
                let new: NewTask = serde_json::from_value(json!({
                    "id": id, "project": project, "title": title(number), "stage": stage.id,
                    "owner": (number % 3 > 0).then_some(maker.member),
                    "due": (number % 4 == 0).then(|| json!({ "date": format!("2026-12-{:02}", number % 28 + 1) })),
                }))
                .unwrap();
                create::create(&tx, &maker, new).await?;
                if number % 2 == 0 {
                    // Half of them were altered some time after.
                    let later = SignedDuration::from_micros((chance(number + 3) % YEAR) as i64);
                    let later = Actor { at: maker.at + later, ..maker };
                    let patch: TaskPatch =
                        serde_json::from_value(json!({ "starts_on": "2026-11-30" })).unwrap();
                    change::change(&tx, &later, id, patch).await?;
                }
            }
            Ok(())
        };
        context.db.write(work).await.unwrap();
    }
    (project, tasks)
}

/// Gives a task another title.
async fn rename(context: &Context, actor: &Actor, id: TaskId, number: usize) {
    let actor = Actor { at: context.clock.now(), ..actor.clone() };
    let patch: TaskPatch = serde_json::from_value(json!({ "title": title(number + 100_000) })).unwrap();
    let work = async move |tx: store::Tx| change::change(&tx, &actor, id, patch).await;
    context.db.write(work).await.unwrap();
}

/// Some number that is always the same for this one.
fn chance(number: usize) -> u64 {
    (number as u64 + 1).wrapping_mul(6_364_136_223_846_793_005).rotate_right(29)
}

/// Some words, and the number, so that no two are the same.
fn title(number: usize) -> String {
    let mut state = number.wrapping_mul(2_654_435_761);
    let words: Vec<&str> = (0..4 + number % 4)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            WORDS[(state >> 33) % WORDS.len()]
        })
        .collect();
    format!("{} {number}", words.join(" "))
}

/// How many bytes an answer has.
async fn size(context: &Context, actor: &Actor, project: ProjectId, packed: bool) -> usize {
    let answer = read(context, actor, project, packed).await.into_response();
    to_bytes(answer.into_body(), usize::MAX).await.unwrap().len()
}

/// The board as the API answers it.
async fn read(context: &Context, actor: &Actor, project: ProjectId, packed: bool) -> Pieces {
    let accepted = HeaderValue::from_static(if packed { "gzip" } else { "identity" });
    let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, accepted)]);
    let actor = actor.clone();
    context
        .db
        .read(move |tx| work::board(tx, actor, project.to_string(), Pieces::for_request(&headers)))
        .await
        .unwrap()
}

/// The processor's time that this process has used, in milliseconds.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..=12].iter().map(|field| field.parse::<f64>().unwrap()).sum();
    ticks * 10.0
}
