//! Measures what the board of a large project costs: makes 5,000 tasks in a new SQLite database, reads
//! the board again and again as the API answers it, and prints the processor's time for one answer and
//! its size, as it is and compressed (Linux).
//!
//! ```text
//! cargo run --profile profiling -p work --example board -- 5000
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement ends when something is wrong"
)]

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use people::{
    Actor, Role, SpaceKind, Visibility,
    spaces::{self, NewSpace},
    workspaces::{self, NewOwner, NewWorkspace, SetUp},
};
use serde_json::{json, value::RawValue};
use store::{Blobs, Context, Db, Options, args, sql};
use work::{
    ProjectId, ProjectKind, Result,
    create::{self, NewTask},
    list,
    project::{self, NewProject},
};

/// Reads that are measured together.
const READS: u32 = 100;
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
    let clock = kernel::Clock::system();
    let context = Context {
        db: Db::open(Options::new(url), &migrations).await.unwrap(),
        blobs: Blobs::local(folder.path().join("files")).unwrap(),
        ids: kernel::Ids::new(clock.clone()),
        clock,
    };
    let actor = found(&context).await;
    let project = fill(&context, &actor, count).await;
    let before = processor();
    let body = read(&context, &actor, project).await;
    let first = processor() - before;
    let before = processor();
    for _ in 0..READS {
        assert_eq!(read(&context, &actor, project).await.len(), body.len());
    }
    let each = (processor() - before) / f64::from(READS);
    let mut zip = GzEncoder::new(Vec::new(), Compression::default());
    zip.write_all(&body).unwrap();
    let zipped = zip.finish().unwrap().len();
    println!("{count} tasks: {first:.0} ms the first time, {each:.2} ms each time after");
    println!("{} KB, {} KB with gzip", body.len() / 1000, zipped / 1000);
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
async fn fill(context: &Context, actor: &Actor, count: usize) -> ProjectId {
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
    for portion in 0..count.div_ceil(250) {
        let maker = Actor { at: context.clock.now(), ..actor.clone() };
        let numbers = portion * 250..count.min(portion * 250 + 250);
        let work = async move |tx: store::Tx| -> Result<()> {
            let stages = project::see(&tx, &maker, project).await?.stages;
            for number in numbers {
                let new: NewTask = serde_json::from_value(json!({
                    "id": maker.ids.make::<topics::TopicKind>(), "project": project, "title": title(number),
                    "stage": stages[number % stages.len()].id, "owner": (number % 3 > 0).then_some(maker.member),
                    "due": (number % 4 == 0).then(|| json!({ "date": format!("2026-12-{:02}", number % 28 + 1) })),
                }))
                .unwrap();
                create::create(&tx, &maker, new).await?;
            }
            Ok(())
        };
        context.db.write(work).await.unwrap();
    }
    project
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

/// The answer's rows as JSON.
async fn read(context: &Context, actor: &Actor, project: ProjectId) -> Vec<u8> {
    let actor = actor.clone();
    context
        .db
        .read(move |tx| async move {
            let project = project::see(&tx, &actor, project).await?;
            let tasks = list::of_project(&tx, &actor, project.id, false).await?;
            let asks = list::asks_of_project(&tx, &actor, project.id).await?;
            let rest: Box<RawValue> = serde_json::value::to_raw_value(&(project, asks, tasks.posts)).unwrap();
            Ok::<_, work::Error>(serde_json::to_vec(&(rest, tasks.items)).unwrap())
        })
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
