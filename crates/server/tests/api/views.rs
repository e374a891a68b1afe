//! The board of a project in little room, and the views of it that are kept.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use testkit::{Answer, App, Person, World, both};

use crate::work::{Project, project};

async fn board(app: &App, by: &Person, project: &Project) -> Answer {
    let read = app.by(by).get(&format!("/projects/{}/board", project.id));
    read.header("accept-encoding", "gzip").await
}

/// The tasks of all portions as a client makes them of the columns.
fn tasks(board: &Value) -> Vec<Map<String, Value>> {
    board["portions"].as_array().unwrap().iter().flat_map(of_portion).collect()
}

fn of_portion(columns: &Value) -> Vec<Map<String, Value>> {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let fields = |name: &str| columns[name].as_object().unwrap().clone();
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut made, mut number, mut rows) = (0, 0, Vec::new());
    for (at, born) in columns["born"].as_array().unwrap().iter().enumerate() {
        made += born.as_i64().unwrap();
        number += columns["numbers"][at].as_i64().unwrap();
        let time: String =
            (0..10).rev().map(|place| char::from(ALPHABET[(made >> (5 * place)) as usize & 31])).collect();
        let mut row = Map::new();
        row.insert(
            "id".into(),
            format!("top_{time}{}", &columns["ids"].as_str().unwrap()[at * 16..at * 16 + 16]).into(),
        );
        row.insert("key".into(), format!("{}{number}", columns["key"].as_str().unwrap()).into());
        row.extend(fields("same"));
        row.extend(fields("each").into_iter().map(|(name, values)| (name, values[at].clone())));
        let few = fields("few").into_iter();
        row.extend(few.map(|(name, few)| {
            (name, few["values"][LETTERS.find(&few["of"].as_str().unwrap()[at..=at]).unwrap()].clone())
        }));
        let since = |name: &str, from: i64| {
            let milliseconds = columns["times"][name][at].as_i64()?;
            Some(Timestamp::from_millisecond(from + milliseconds).unwrap())
        };
        let moved = since("moved_at", made).unwrap();
        let from = moved.as_millisecond();
        for (name, at) in [
            ("moved_at", Some(moved)),
            ("changed_at", since("changed_at", from)),
            ("done_at", since("done_at", from)),
        ] {
            row.insert(name.into(), json!(at));
        }
        rows.push(row);
    }
    rows
}

/// A row with its instants to the millisecond, as columns have them.
fn to_the_millisecond(row: &Value) -> Map<String, Value> {
    let mut row = row.as_object().unwrap().clone();
    for name in ["moved_at", "changed_at", "done_at"] {
        let at: Option<Timestamp> = serde_json::from_value(row[name].clone()).unwrap();
        row.insert(
            name.into(),
            json!(at.map(|at| Timestamp::from_millisecond(at.as_millisecond()).unwrap())),
        );
    }
    row
}

/// In the order of the alphabet: on a clock that stands still none is older.
fn names(list: &Value) -> Vec<&str> {
    let mut names: Vec<&str> =
        list.as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

fn code(answer: &Answer, status: u16) -> Value {
    answer.expect(status)["code"].clone()
}

// ------------------------------------------------------------------ the board

both!(
    async fn a_board_in_columns_says_the_same_as_its_tasks(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let empty = board(app, &world.camila, &project).await.ok();
        assert_eq!((&empty["portions"], &empty["posts"]), (&json!([]), &json!([])));
        let label = project.label(app, &world.camila, "Maps").await;
        let mut ids = Vec::new();
        for number in 0..30 {
            app.set_clock(&(app.now() + jiff::SignedDuration::from_secs(61)).to_string());
            let title = format!("\"Quoted\", [listed] and ünusual {number}");
            let id = project.task(app, &world.camila, &title).await;
            let change = json!({ "owner": (number % 3 == 0).then(|| world.jonas.id.to_string()),
                "labels": if number % 2 == 0 { vec![label.clone()] } else { vec![] },
                "due": (number % 4 == 0).then(|| json!({ "date": "2026-12-04", "time": "15:30" })),
                "done": number % 5 == 0 });
            camila.patch(&format!("/tasks/{id}"), change).await.ok();
            ids.push(id);
        }
        camila.patch(&format!("/tasks/{}", ids[7]), json!({ "archived": true })).await.ok();
        let read = async || {
            let answer = board(app, &world.camila, &project).await;
            assert_eq!(answer.header("content-encoding"), "gzip");
            assert_eq!(answer.header("vary"), "accept-encoding");
            let packed = answer.ok();
            let plain = camila.get(&format!("/projects/{}/board", project.key)).await;
            assert_eq!(plain.header("content-encoding"), "");
            assert_eq!(plain.ok(), packed, "who cannot unzip reads something else");
            let list = camila.get(&format!("/projects/{}/tasks", project.id)).await.ok();
            let expected: Vec<_> = list["items"].as_array().unwrap().iter().map(to_the_millisecond).collect();
            assert_eq!(tasks(&packed), expected);
            assert_eq!(packed["project"], list["project"]);
            let counted = expected.iter().zip(packed["posts"].as_array().unwrap());
            let counted: BTreeMap<String, Value> = counted
                .filter(|(_, count)| **count != 0)
                .map(|(task, count)| (task["id"].as_str().unwrap().to_owned(), count.clone()))
                .collect();
            assert_eq!(json!(counted), list["posts"]);
            packed
        };
        assert_eq!(tasks(&read().await).len(), 29);
        // What was kept of it is not answered when a task has changed, is put away or comes back.
        camila.patch(&format!("/tasks/{}", ids[3]), json!({ "title": "Another title" })).await.ok();
        assert!(tasks(&read().await).iter().any(|task| task["title"] == "Another title"));
        camila.patch(&format!("/tasks/{}", ids[7]), json!({ "archived": false })).await.ok();
        assert_eq!(tasks(&read().await).len(), 30);
        let post = json!({ "id": app.new_id("pst"), "source": "Which tiles?" });
        app.by(&world.rui).post(&format!("/topics/{}/posts", ids[9]), post).await.ok();
        read().await;
        for other in [&world.ines, &world.althea, &world.noor, &world.zoe] {
            board(app, other, &project).await.expect(404);
        }
    }
);

both!(
    async fn a_card_counts_words_and_not_what_happened(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let id = project.task(app, &world.camila, "Map tiles").await;
        let given = camila.patch(&format!("/tasks/{id}"), json!({ "owner": world.jonas.id })).await;
        assert_eq!(given.row("tasks", &id)["events"], 1);
        let post = json!({ "id": app.new_id("pst"), "source": "Which tiles?" });
        app.by(&world.jonas).post(&format!("/topics/{id}/posts"), post).await.ok();
        let read = board(app, &world.camila, &project).await.ok();
        assert_eq!((&read["posts"], &tasks(&read)[0]["events"]), (&json!([2]), &json!(1)));
        // Who takes it gets no post, and there is nothing to count.
        let taken = app.by(&world.jonas).patch(&format!("/tasks/{id}"), json!({ "owner": null })).await;
        assert_eq!(taken.row("tasks", &id)["events"], 1);
        let taken = camila.post(&format!("/tasks/{id}/take"), json!({})).await;
        assert_eq!(taken.row("tasks", &id)["events"], 1);
    }
);

both!(
    async fn a_board_names_the_asks_for_which_its_tasks_wait(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let (own, waits) = (
            project.task(app, &world.camila, "Own ask").await,
            project.task(app, &world.camila, "Waits elsewhere").await,
        );
        let thread = world.thread(&world.camila, &world.delivery, "Route without a signal").await;
        let ask = world.ask(&world.camila, &thread, &world.jonas, "A or B?").await;
        // In a private space that Jonas does not see.
        let private = world.direct(&world.camila, &[&world.ines], "Between us").await;
        let hidden = world.ask(&world.camila, &private, &world.ines, "Shall we?").await;
        for (task, ask) in [(&waits, &ask), (&own, &hidden)] {
            let wait = json!({ "id": app.new_id("wai"), "ask": ask });
            camila.post(&format!("/tasks/{task}/waits"), wait).await.ok();
        }
        let read = async |by: &Person| board(app, by, &project).await.ok();
        let asks = |read: &Value| {
            read["asks"].as_array().unwrap().iter().map(|ask| ask["question"].clone()).collect::<Vec<_>>()
        };
        let mine = read(&world.camila).await;
        assert_eq!(mine["waiting"], json!({ &waits: ask, &own: hidden }));
        assert_eq!(asks(&mine), ["A or B?", "Shall we?"]);
        let theirs = read(&world.jonas).await;
        assert_eq!((&theirs["waiting"], asks(&theirs)), (&json!({ &waits: ask }), vec![json!("A or B?")]));
        camila.post(&format!("/asks/{ask}/withdraw"), json!({})).await.ok();
        app.work().await;
        assert_eq!(read(&world.jonas).await["waiting"], json!({}));
    }
);

// ------------------------------------------------------------------ views

both!(
    async fn a_view_is_ones_own_or_everybodys(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let path = format!("/projects/{}/views", project.id);
        let list = async |by: &Person| app.by(by).get(&path).await.ok()["items"].clone();
        let make = async |by: &Person, name: &str, shared: bool| {
            let id = app.new_id("viw");
            let shows =
                json!({ "as": "list", "owner": world.jonas.id, "group": "due", "columns": ["who", "when"] });
            let view = json!({ "id": id, "name": name, "shared": shared, "shows": shows });
            (id, app.by(by).post(&path, view).await)
        };
        let (ours, made) = make(&world.camila, "  For Jonas ", true).await;
        let row = made.row("views", &ours);
        assert_eq!(row["name"], "For Jonas");
        assert_eq!(row["shows"]["columns"], json!(["who", "when"]));
        assert_eq!(row["shows"]["label"], Value::Null, "what is not asked for is absent");
        let (mine, _) = make(&world.camila, "Only mine", false).await;
        assert_eq!(names(&list(&world.camila).await), ["For Jonas", "Only mine"]);
        assert_eq!(names(&list(&world.jonas).await), ["For Jonas"]);
        assert_eq!(board(app, &world.jonas, &project).await.ok()["views"], list(&world.jonas).await);
        // Another member's does not exist.
        app.by(&world.jonas).patch(&format!("/views/{mine}"), json!({ "name": "X" })).await.expect(404);
        app.by(&world.jonas).delete(&format!("/views/{mine}")).await.expect(404);
        // A guest has views, and does not make those of everybody.
        assert_eq!(code(&make(&world.rui, "Guest", true).await.1, 403), "guests_cannot");
        let (of_guest, made) = make(&world.rui, "Guest", false).await;
        made.ok();
        let share = app.by(&world.rui).patch(&format!("/views/{of_guest}"), json!({ "shared": true })).await;
        assert_eq!(code(&share, 403), "guests_cannot");
        let change = app.by(&world.rui).patch(&format!("/views/{ours}"), json!({ "name": "X" })).await;
        assert_eq!(code(&change, 403), "guests_cannot");
        assert_eq!(code(&app.by(&world.rui).delete(&format!("/views/{ours}")).await, 403), "guests_cannot");

        // Everybody's become one's own, and the other way round.
        let jonas = app.by(&world.jonas);
        jonas.patch(&format!("/views/{ours}"), json!({ "shared": false })).await.ok();
        assert_eq!(names(&list(&world.camila).await), ["Only mine"]);
        app.by(&world.camila).patch(&format!("/views/{ours}"), json!({ "name": "Mine" })).await.expect(404);
        let back = jonas
            .patch(&format!("/views/{ours}"), json!({ "shared": true, "shows": { "as": "calendar" } }))
            .await;
        let row = back.row("views", &ours);
        assert_eq!((&row["shows"], &row["version"]), (&json!({ "as": "calendar" }), &json!(3)));
        assert_eq!(names(&list(&world.camila).await), ["For Jonas", "Only mine"]);
        // Taken away, and made again as it was.
        jonas.delete(&format!("/views/{ours}")).await.ok();
        assert_eq!(names(&list(&world.camila).await), ["Only mine"]);
        let again = json!({ "id": ours, "name": "For Jonas", "shared": true, "shows": row["shows"] });
        jonas.post(&path, again.clone()).await.ok();
        assert_eq!(code(&jonas.post(&path, again).await, 409), "taken");
    }
);

both!(
    async fn a_view_of_what_is_not_there_is_refused(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let path = format!("/projects/{}/views", project.id);
        let new = |name: &str, shows: Value| json!({ "id": app.new_id("viw"), "name": name, "shared": true, "shows": shows });
        camila.post(&path, new(" ", json!({}))).await.refuses(422, "name");
        camila.post(&path, new(&"x".repeat(61), json!({}))).await.refuses(422, "name");
        camila.post(&path, new("V", json!({ "as": "gantt" }))).await.expect(400);
        camila.post(&path, new("V", json!({ "colour": "red" }))).await.expect(400);
        for (field, prefix) in [("owner", "mem"), ("label", "lbl"), ("choice", "cho")] {
            let shows = json!({ field: app.new_id(prefix) });
            camila.post(&path, new("V", shows)).await.refuses(422, &format!("shows.{field}"));
        }
        camila.post(&path, new("V", json!({ "find": "x".repeat(201) }))).await.refuses(422, "shows.find");
        let many = json!({ "columns": vec!["who"; 41] });
        camila.post(&path, new("V", many)).await.refuses(422, "shows.columns");
        let long = json!({ "columns": ["who", "x".repeat(41)] });
        camila.post(&path, new("V", long)).await.refuses(422, "shows.columns[1]");
        for number in 0..50 {
            camila.post(&path, new(&format!("View {number}"), json!({}))).await.ok();
        }
        assert_eq!(code(&camila.post(&path, new("Too many", json!({}))).await, 409), "too_many_views");
        // There is still room for one's own, also where nothing can be written.
        camila.patch(&format!("/projects/{}", project.id), json!({ "archived": true })).await.ok();
        let id = app.new_id("viw");
        let mine = json!({ "id": id, "name": "Mine", "shared": false, "shows": {} });
        camila.post(&path, mine).await.ok();
        let share = camila.patch(&format!("/views/{id}"), json!({ "shared": true })).await;
        assert_eq!(code(&share, 403), "project_archived");
    }
);

both!(
    async fn views_move_with_their_project(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let id = app.new_id("viw");
        let view = json!({ "id": id, "name": "Due soon", "shared": true, "shows": { "due": "week" } });
        camila.post(&format!("/projects/{}/views", project.id), view).await.ok();
        let moved =
            camila.patch(&format!("/projects/{}", project.id), json!({ "space": world.company })).await;
        assert_eq!(moved.row("views", &id)["name"], "Due soon");
        let seen = app.by(&world.althea).get(&format!("/projects/{}/views", project.id)).await.ok();
        assert_eq!(names(&seen["items"]), ["Due soon"]);
    }
);
