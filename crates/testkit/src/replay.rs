//! Whether the change log says the same as the tables.

use std::collections::{BTreeMap, BTreeSet};

use people::{MemberId, Role, WorkspaceId, sessions};
use serde_json::Value;
use store::{Audience, Change, args, sql};

use crate::{App, Person};

/// Rows by table and id.
type Rows = BTreeMap<(String, String), Value>;

/// Replays each workspace's log, and compares what it gives with what its active members read
/// through the API.
pub(crate) async fn check(app: &App) {
    for workspace in workspaces(app).await {
        check_workspace(app, workspace).await;
    }
}

async fn check_workspace(app: &App, workspace: WorkspaceId) {
    let log = log(app, workspace).await;
    for (place, change) in log.iter().enumerate() {
        assert_eq!(change.seq, place as i64 + 1, "the log has a gap");
    }
    let replayed = replay(log.iter().filter(|change| !matches!(change.audience, Audience::Member(_))));
    let mut seen = Rows::new();
    for reader in readers(app, workspace).await {
        let (rows, mut marks) = read(app, &reader).await;
        let own = log.iter().filter(|change| change.audience == Audience::Member(reader.id.uuid()));
        let mut own = replay(own);
        own.retain(|(table, id), row| match table.as_str() {
            "marks" => seen_topic(&rows, id),
            "views" => seen_project(&rows, row),
            table => matches!(table, "deliveries" | "drafts"),
        });
        // A member's deliveries begin with the member; the log has them from their first change on.
        marks.retain(|key, _| key.0 != "deliveries" || own.contains_key(key));
        assert_same(&own, &marks, &format!("what is {}'s alone", reader.email));
        for (key, row) in rows {
            let known = seen.insert(key.clone(), row.clone());
            assert!(known.is_none_or(|known| known == row), "two members read {key:?} differently");
        }
    }
    let mut expected = replayed;
    expected.retain(|key, row| seen.contains_key(key) || somebody_sees(&seen, &key.0, row));
    assert_same(&expected, &seen, "the tables");
}

fn seen_project(rows: &Rows, of: &Value) -> bool {
    rows.contains_key(&("projects".to_owned(), of["project"].as_str().unwrap().to_owned()))
}

fn seen_topic(rows: &Rows, id: &str) -> bool {
    rows.contains_key(&("topics".to_owned(), id.to_owned()))
}

/// Whether an active member should have read this row: one of a private space that nobody is in
/// any more, or of a direct thread whose people are all gone, is nobody's.
fn somebody_sees(seen: &Rows, table: &str, row: &Value) -> bool {
    let has = |table: &str, id: &Value| {
        id.as_str().is_some_and(|id| seen.contains_key(&(table.to_owned(), id.to_owned())))
    };
    match table {
        "topics" if row["space"].is_null() => row["participants"].as_array().unwrap().iter().any(|member| {
            let card = member.as_str().and_then(|id| seen.get(&("members".to_owned(), id.to_owned())));
            card.is_some_and(|card| card["state"] == "active")
        }),
        "spaces" => row["visibility"] == "open" || row["member_count"].as_u64() > Some(0),
        "topics" | "space_members" | "projects" | "goals" => has("spaces", &row["space"]),
        "tasks" | "views" => has("projects", &row["project"]),
        "rhythms" => has("projects", &row["id"]) && has_rhythm(row),
        "task_pages" => has("tasks", &row["id"]),
        "handoffs" => has("tasks", &row["task"]),
        "posts" | "asks" | "shows" => has("topics", &row["topic"]),
        _ => true,
    }
}

/// A project that never had any of it has no row.
fn has_rhythm(row: &Value) -> bool {
    ["rules", "templates", "forms"]
        .iter()
        .any(|part| row[part].as_array().is_some_and(|part| !part.is_empty()))
}

fn replay<'a>(log: impl Iterator<Item = &'a Change>) -> Rows {
    let mut rows = Rows::new();
    for change in log {
        let changed: Vec<Value> = serde_json::from_str(change.rows.get()).unwrap();
        for row in changed {
            let key = (row["table"].as_str().unwrap().to_owned(), row["id"].as_str().unwrap().to_owned());
            match &row["row"] {
                Value::Null => drop(rows.remove(&key)),
                row => drop(rows.insert(key, timeless(row.clone()))),
            }
        }
    }
    rows
}

/// A member's working time is computed for the moment of reading; the rest of a card is kept.
fn timeless(mut row: Value) -> Value {
    if let Some(time) = row.get_mut("schedule").and_then(Value::as_object_mut) {
        for computed in
            ["working", "working_until", "next_start", "away", "focus", "holidays", "clock_change", "home"]
        {
            time.remove(computed);
        }
    }
    row
}

fn assert_same(replayed: &Rows, read: &Rows, what: &str) {
    let keys: BTreeSet<_> = replayed.keys().chain(read.keys()).collect();
    let different: Vec<String> = keys
        .into_iter()
        .filter(|key| replayed.get(*key) != read.get(*key))
        .map(|key| format!("{key:?}\n  replayed: {:?}\n  read:     {:?}", replayed.get(key), read.get(key)))
        .collect();
    assert!(different.is_empty(), "the log and {what} differ:\n{}", different.join("\n"));
}

async fn workspaces(app: &App) -> Vec<WorkspaceId> {
    let rows = app
        .context()
        .db
        .read(|tx| async move { tx.all(sql!("SELECT id FROM workspaces ORDER BY id"), args![]).await });
    rows.await.unwrap().iter().map(|row| row.get("id").unwrap()).collect()
}

async fn log(app: &App, workspace: WorkspaceId) -> Vec<Change> {
    let log = app
        .context()
        .db
        .read(move |tx| async move { store::changes::since(&tx, workspace.uuid(), 0, 100_000).await });
    log.await.unwrap()
}

/// The active members of a workspace, each with a session of their own.
async fn readers(app: &App, workspace: WorkspaceId) -> Vec<Person> {
    let (at, ids) = (app.now(), app.context().ids.clone());
    let readers = app.context().db.write(move |tx| async move {
        let rows = tx
            .all(
                sql!(
                    "SELECT id, role, slug, email FROM members WHERE workspace = $1 AND state = 'active' ORDER BY id"
                ),
                args![workspace],
            )
            .await?;
        let mut readers = Vec::new();
        for row in &rows {
            let id: MemberId = row.get("id")?;
            let role: Role = row.get("role")?;
            let session = sessions::open(&tx, workspace, id, "The end of a test", at, &ids).await?;
            let (slug, email) = (row.get("slug")?, row.get("email")?);
            readers.push(Person { id, role, slug, email, session, workspace });
        }
        Ok::<_, people::Error>(readers)
    });
    readers.await.unwrap().value
}

/// Everything that one member reads, and what is theirs alone: marks and drafts.
async fn read(app: &App, reader: &Person) -> (Rows, Rows) {
    let client = app.by(reader);
    let me = client.get("/me").await.ok();
    let (mut rows, mut marks) = (Rows::new(), Rows::new());
    if reader.role != Role::Guest {
        // A guest reads a part of it.
        keep(&mut rows, "workspaces", [&me["workspace"]]);
    }
    keep(&mut rows, "members", list(&me["members"]));
    keep(&mut rows, "spaces", list(&me["spaces"]));
    keep(&mut rows, "space_members", list(&me["space_members"]));
    keep(&mut marks, "deliveries", [&me["delivery"]]);
    keep(&mut rows, "groups", list(&me["groups"]));
    keep(&mut marks, "drafts", list(&client.get("/drafts").await.ok()["items"]));
    let mut lists = vec!["/direct?limit=200".to_owned()];
    for space in list(&me["spaces"]) {
        let id = space["id"].as_str().unwrap();
        let overview = client.get(&format!("/spaces/{id}")).await.ok();
        keep(&mut rows, "space_members", list(&overview["members"]));
        lists.push(format!("/spaces/{id}/topics?limit=200"));
    }
    for first in lists {
        let mut next = Some(first.clone());
        while let Some(address) = next {
            let page = client.get(&address).await.ok();
            for topic in list(&page["items"]) {
                read_topic(app, reader, topic["id"].as_str().unwrap(), &mut rows, &mut marks).await;
            }
            next = page["next"].as_str().map(|cursor| format!("{first}&after={cursor}"));
        }
    }
    keep(&mut rows, "goals", list(&client.get("/goals").await.ok()["items"]));
    for project in list(&client.get("/projects").await.ok()["items"]) {
        read_project(app, reader, project, &mut rows, &mut marks).await;
    }
    (rows, marks)
}

/// A project with its tasks, those that are put away as well.
async fn read_project(app: &App, reader: &Person, project: &Value, rows: &mut Rows, marks: &mut Rows) {
    let (client, id) = (app.by(reader), project["id"].as_str().unwrap());
    keep(rows, "projects", [project]);
    let rhythm = client.get(&format!("/projects/{id}/rhythm")).await.ok();
    keep(rows, "rhythms", [&rhythm["rhythm"]].into_iter().filter(|rhythm| has_rhythm(rhythm)));
    for view in list(&client.get(&format!("/projects/{id}/views")).await.ok()["items"]) {
        keep(if view["shared"] == true { &mut *rows } else { &mut *marks }, "views", [view]);
    }
    for archived in [false, true] {
        let board = client.get(&format!("/projects/{id}/tasks?archived={archived}")).await.ok();
        assert_eq!(board["project"], *project);
        keep(rows, "tasks", list(&board["items"]));
        for task in list(&board["items"]) {
            let id = task["id"].as_str().unwrap();
            let whole = client.get(&format!("/tasks/{id}")).await.ok();
            assert_eq!(whole["task"], *task);
            keep(rows, "task_pages", [&whole["page"]]);
            keep(rows, "handoffs", list(&whole["handoffs"]));
            read_topic(app, reader, id, rows, marks).await;
        }
    }
}

async fn read_topic(app: &App, reader: &Person, id: &str, rows: &mut Rows, marks: &mut Rows) {
    let client = app.by(reader);
    let page = client.get(&format!("/topics/{id}")).await.ok();
    keep(rows, "topics", [&page["topic"]]);
    keep(rows, "asks", list(&page["asks"]));
    keep(rows, "shows", list(&page["shows"]));
    if page["mark"].is_object() {
        keep(marks, "marks", [&page["mark"]]);
    }
    let mut after = Some(0);
    while let Some(no) = after {
        let posts = client.get(&format!("/topics/{id}/posts?after={no}&limit=200")).await.ok();
        keep(rows, "posts", list(&posts["items"]));
        let last = list(&posts["items"]).last().and_then(|post| post["no"].as_i64());
        after = last.filter(|_| posts["more"] == true);
    }
}

fn list(value: &Value) -> std::slice::Iter<'_, Value> {
    value.as_array().unwrap().iter()
}

fn keep<'a>(rows: &mut Rows, table: &str, list: impl IntoIterator<Item = &'a Value>) {
    for row in list {
        let id = row["id"].as_str().unwrap().to_owned();
        rows.insert((table.to_owned(), id), timeless(row.clone()));
    }
}
