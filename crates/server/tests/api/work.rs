//! Work: projects, stages, labels and fields; tasks, their places, steps, hands and what they wait for.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};
use testkit::{Answer, App, Person, World, both};

/// A project as tests name it.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its id.
    pub id: String,
    /// The beginning of its tasks' keys.
    pub key: String,
    stages: BTreeMap<String, String>,
}

/// A key that was not used before.
pub fn another_key() -> String {
    static USED: AtomicU32 = AtomicU32::new(0);
    let mut number = USED.fetch_add(1, Ordering::Relaxed);
    let mut key = vec![b'A'; 6];
    for letter in key.iter_mut().rev() {
        *letter = b'A' + (number % 26) as u8;
        number /= 26;
    }
    String::from_utf8(key).unwrap()
}

/// A project with the stages that projects have.
pub async fn project(app: &App, by: &Person, space: &str) -> Project {
    let (id, key) = (app.new_id("prj"), another_key());
    let new = json!({ "id": id, "key": key, "name": "Driver app", "space": space });
    let made = app.by(by).post("/projects", new).await.row("projects", &id);
    let stages = made["stages"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let stages = stages.iter().map(|stage| (text(&stage["name"]), text(&stage["id"]))).collect();
    Project { id, key, stages }
}

impl Project {
    /// The id of the stage of this name.
    pub fn stage(&self, name: &str) -> String {
        self.stages[name].clone()
    }

    /// A task at the end of the stage Ready; answers its id.
    pub async fn task(&self, app: &App, by: &Person, title: &str) -> String {
        let id = app.new_id("top");
        let new = json!({ "id": id, "project": self.id, "title": title });
        app.by(by).post("/tasks", new).await.row("tasks", &id);
        id
    }

    /// A task at the end of Ready whose result its requester accepts; answers its id.
    pub async fn deliverable(&self, app: &App, by: &Person, title: &str) -> String {
        let id = app.new_id("top");
        let new = json!({ "id": id, "project": self.id, "title": title, "deliverable": true });
        app.by(by).post("/tasks", new).await.row("tasks", &id);
        id
    }

    /// A label; answers its id.
    pub async fn label(&self, app: &App, by: &Person, name: &str) -> String {
        let id = app.new_id("lbl");
        let new = json!({ "id": id, "name": name, "colour": "blue" });
        app.by(by).post(&format!("/projects/{}/labels", self.id), new).await.ok();
        id
    }

    /// A field; answers its id.
    pub async fn field(&self, app: &App, by: &Person, name: &str, kind: &str) -> String {
        let id = app.new_id("fld");
        let new = json!({ "id": id, "name": name, "kind": kind });
        app.by(by).post(&format!("/projects/{}/fields", self.id), new).await.ok();
        id
    }
}

/// The titles in a stage, from the top.
async fn titles(app: &App, by: &Person, project: &Project, stage: &str) -> Vec<String> {
    let board = app.by(by).get(&format!("/projects/{}/tasks", project.id)).await.ok();
    let stage = project.stage(stage);
    let mut found: Vec<(String, String)> = Vec::new();
    for task in board["items"].as_array().unwrap().iter().filter(|task| task["stage"] == stage) {
        found.push((task["place"].as_str().unwrap().to_owned(), task["title"].as_str().unwrap().to_owned()));
    }
    found.sort();
    found.into_iter().map(|(_, title)| title).collect()
}

async fn task(app: &App, by: &Person, id: &str) -> Value {
    app.by(by).get(&format!("/tasks/{id}")).await.ok()["task"].clone()
}

async fn page(app: &App, by: &Person, id: &str) -> Value {
    app.by(by).get(&format!("/tasks/{id}")).await.ok()["page"].clone()
}

async fn change(app: &App, by: &Person, id: &str, patch: Value) -> Answer {
    app.by(by).patch(&format!("/tasks/{id}"), patch).await
}

async fn moves(app: &App, by: &Person, id: &str, stage: &str, after: Option<&str>, version: i64) -> Answer {
    let to = json!({ "stage": stage, "after": after, "version": version });
    app.by(by).post(&format!("/tasks/{id}/move"), to).await
}

fn code(answer: &Answer, status: u16) -> Value {
    answer.expect(status)["code"].clone()
}

// ------------------------------------------------------------------ projects

both!(
    async fn a_project_begins_with_stages_and_belongs_to_a_space(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let read =
            camila.get(&format!("/projects/{}", project.key.to_lowercase())).await.ok()["project"].clone();
        let kinds: Vec<&str> =
            read["stages"].as_array().unwrap().iter().map(|stage| stage["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["idea", "open", "open", "open", "done", "not_now"]);
        assert_eq!(read["labels"], json!([]));
        for (reader, count) in [(&world.jonas, 1), (&world.rui, 1), (&world.ines, 0), (&world.althea, 0)] {
            let list = app.by(reader).get("/projects").await.ok()["items"].clone();
            assert_eq!(list.as_array().unwrap().len(), count, "{}", reader.email);
        }
        let of_space = camila.get(&format!("/projects?space={}", world.company)).await.ok();
        assert_eq!(of_space["items"], json!([]));
        app.by(&world.althea).get(&format!("/projects?space={}", world.delivery)).await.expect(404);

        let again =
            json!({ "id": app.new_id("prj"), "key": project.key, "name": "Another", "space": world.company });
        assert_eq!(code(&camila.post("/projects", again.clone()).await, 409), "key_taken");
        for key in ["D", "DRIVERS", "DR1", "dé", ""] {
            let mut odd = again.clone();
            odd["key"] = json!(key);
            camila.post("/projects", odd).await.refuses(422, "key");
        }
        let by_guest =
            json!({ "id": app.new_id("prj"), "key": another_key(), "name": "Mine", "space": world.delivery });
        assert_eq!(code(&app.by(&world.rui).post("/projects", by_guest).await, 403), "guests_cannot");
        let no_end = json!({ "id": app.new_id("prj"), "key": another_key(), "name": "Endless", "space": world.company,
            "stages": [{ "id": app.new_id("stg"), "name": "Ready", "kind": "open" }] });
        assert_eq!(code(&camila.post("/projects", no_end).await, 409), "last_stage");
    }
);

both!(
    async fn people_say_how_a_project_goes(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let path = format!("/projects/{}", project.id);
        let said = app
            .by(&world.jonas)
            .patch(
                &path,
                json!({ "health": "at_risk", "health_note": "A part is late", "owner": world.jonas.id }),
            )
            .await
            .row("projects", &project.id);
        assert_eq!((&said["health"], &said["health_by"]), (&json!("at_risk"), &json!(world.jonas.id)));
        assert_eq!((&said["owner"], &said["version"]), (&json!(world.jonas.id), &json!(2)));
        let taken =
            app.by(&world.camila).patch(&path, json!({ "health": null })).await.row("projects", &project.id);
        assert_eq!((&taken["health"], &taken["health_at"]), (&Value::Null, &Value::Null));
        let outside = app.by(&world.camila).patch(&path, json!({ "owner": world.althea.id })).await;
        assert_eq!(code(&outside, 409), "cannot_see");
        app.by(&world.rui).patch(&path, json!({ "name": "Mine" })).await.expect(403);
    }
);

both!(
    async fn a_project_says_who_works_on_it(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (camila, path) = (app.by(&world.camila), format!("/projects/{}", project.id));
        let with = |members: Value| json!({ "members": members });
        let now = camila.patch(&path, with(json!([world.jonas.id, world.camila.id, world.jonas.id]))).await;
        let mut both = [world.jonas.id.to_string(), world.camila.id.to_string()];
        both.sort();
        assert_eq!(now.row("projects", &project.id)["members"], json!(both));
        // Somebody outside is refused, and nobody was changed.
        let outside = camila.patch(&path, with(json!([world.althea.id]))).await;
        assert_eq!(code(&outside, 409), "cannot_see");
        camila.patch(&path, with(json!(["mem_00000000000000000000000000"]))).await.refuses(422, "members[0]");
        let many = vec![json!(world.jonas.id); 101];
        camila.patch(&path, with(json!(many))).await.refuses(422, "members");
        let read = app.by(&world.jonas).get(&path).await.ok();
        assert_eq!(read["project"]["members"], json!(both));
        let alone = camila.patch(&path, with(json!([world.camila.id]))).await;
        assert_eq!(alone.row("projects", &project.id)["members"], json!([world.camila.id]));
        app.by(&world.rui).patch(&path, with(json!([]))).await.expect(403);
    }
);

both!(
    async fn what_is_put_away_is_read_and_not_written(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "Save the route").await;
        let (camila, path) = (app.by(&world.camila), format!("/projects/{}", project.id));
        camila.patch(&path, json!({ "archived": true })).await.ok();
        assert_eq!(
            code(&change(app, &world.camila, &id, json!({ "title": "New" })).await, 403),
            "project_archived"
        );
        let new = json!({ "id": app.new_id("top"), "project": project.id, "title": "More" });
        assert_eq!(code(&camila.post("/tasks", new).await, 403), "project_archived");
        assert_eq!(code(&camila.patch(&path, json!({ "name": "New" })).await, 403), "project_archived");
        assert_eq!(task(app, &world.jonas, &id).await["title"], "Save the route");
        camila.patch(&path, json!({ "archived": false })).await.ok();
        camila.patch(&format!("/spaces/{}", world.delivery), json!({ "archived": true })).await.ok();
        assert_eq!(
            code(&change(app, &world.camila, &id, json!({ "title": "New" })).await, 403),
            "space_archived"
        );
        let named = json!({ "id": app.new_id("stg"), "name": "Next", "kind": "open" });
        assert_eq!(code(&camila.post(&format!("{path}/stages"), named).await, 403), "space_archived");
    }
);

both!(
    async fn a_project_that_moves_takes_its_tasks_along(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.company).await;
        let id = project.task(app, &world.althea, "Save the route").await;
        let post = json!({ "id": app.new_id("pst"), "source": "Tunnels" });
        app.by(&world.althea).post(&format!("/topics/{id}/posts"), post).await.ok();
        let path = format!("/projects/{}", project.id);
        let hidden = app.by(&world.camila).patch(&path, json!({ "space": world.vendors })).await;
        hidden.refuses(422, "space");
        let moved = app.by(&world.camila).patch(&path, json!({ "space": world.delivery })).await;
        assert_eq!(moved.row("topics", &id)["space"], world.delivery);
        for gone in [format!("/tasks/{id}"), format!("/topics/{id}"), path.clone()] {
            app.by(&world.althea).get(&gone).await.expect(404);
        }
        assert_eq!(app.by(&world.althea).get("/search?q=tunnels").await.ok()["items"], json!([]));
        assert_eq!(app.by(&world.rui).get("/search?q=tunnels").await.ok()["items"][0]["topic"]["id"], id);
    }
);

both!(
    async fn another_key_keeps_the_old_addresses(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "Save the route").await;
        let (camila, path, key) = (app.by(&world.camila), format!("/projects/{}", project.id), another_key());
        let changed = camila.patch(&path, json!({ "key": key })).await;
        assert_eq!(changed.row("tasks", &id)["key"], format!("{key}-1"));
        assert_eq!(changed.row("topics", &id)["code"], format!("{key}-1"));
        for name in [format!("{}-1", project.key), format!("{key}-1"), key.to_lowercase() + "-1", id.clone()]
        {
            assert_eq!(camila.get(&format!("/tasks/{name}")).await.ok()["task"]["id"], id, "{name}");
        }
        assert_eq!(page(app, &world.camila, &id).await["old_keys"], json!([format!("{}-1", project.key)]));
        camila.get(&format!("/topics/{key}-1")).await.ok();
        camila.get(&format!("/projects/{}", project.key)).await.ok();
        let again =
            json!({ "id": app.new_id("prj"), "key": project.key, "name": "Another", "space": world.company });
        assert_eq!(code(&camila.post("/projects", again).await, 409), "key_taken");
        let second = project.task(app, &world.camila, "Another").await;
        assert_eq!(task(app, &world.camila, &second).await["key"], format!("{key}-2"));
        let back = camila.patch(&path, json!({ "key": project.key })).await;
        assert_eq!(back.row("tasks", &id)["key"], format!("{}-1", project.key));
        assert_eq!(page(app, &world.camila, &id).await["old_keys"], json!([format!("{key}-1")]));
    }
);

// ------------------------------------------------------------------ stages, labels, fields

both!(
    async fn stages_are_shaped_by_the_people_of_the_space(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (jonas, path) = (app.by(&world.jonas), format!("/projects/{}/stages", project.id));
        let names = |row: &Value| -> Vec<String> {
            row["stages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|stage| stage["name"].as_str().unwrap().to_owned())
                .collect()
        };
        let stage = |name: &str, after: Value| json!({ "id": app.new_id("stg"), "name": name, "kind": "open", "limit": 5, "after": after });
        let added = jonas.post(&path, stage("Waiting", json!(project.stage("Ready")))).await;
        let row = added.row("projects", &project.id);
        assert_eq!(names(&row), ["Ideas", "Ready", "Waiting", "In progress", "In review", "Done", "Not now"]);
        assert_eq!(row["stages"][2]["limit"], 5);
        let first = jonas.post(&path, stage("First", Value::Null)).await.row("projects", &project.id);
        assert_eq!(names(&first)[0], "First");
        assert_eq!(code(&jonas.post(&path, stage("Sixth", Value::Null)).await, 409), "too_many_open");
        jonas
            .post(&path, json!({ "id": app.new_id("stg"), "name": "Odd", "kind": "idea", "limit": 100 }))
            .await
            .refuses(422, "limit");
        jonas
            .post(
                &path,
                json!({ "id": app.new_id("stg"), "name": "Odd", "kind": "idea", "after": app.new_id("stg") }),
            )
            .await
            .refuses(422, "after");
        let by_guest = app.by(&world.rui).post(&path, stage("Mine", Value::Null)).await;
        assert_eq!(code(&by_guest, 403), "guests_cannot");

        let done = format!("/stages/{}", project.stage("Done"));
        let moved = jonas.patch(&done, json!({ "name": "Shipped", "after": null, "limit": null })).await;
        assert_eq!(names(&moved.row("projects", &project.id))[0], "Shipped");
        assert_eq!(code(&jonas.patch(&done, json!({ "kind": "idea" })).await, 409), "last_stage");
        assert_eq!(code(&jonas.delete(&done).await, 409), "last_stage");
        let ideas = format!("/stages/{}", project.stage("Ideas"));
        let left = jonas.delete(&ideas).await.row("projects", &project.id);
        assert!(!names(&left).contains(&"Ideas".to_owned()));
        jonas.delete(&ideas).await.expect(404);
    }
);

both!(
    async fn a_stage_goes_away_and_its_tasks_go_elsewhere(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (one, two) =
            (project.task(app, &world.camila, "One").await, project.task(app, &world.camila, "Two").await);
        change(app, &world.camila, &two, json!({ "archived": true })).await.ok();
        let waits = json!({ "id": app.new_id("wai"), "task": one });
        let other = project.task(app, &world.camila, "Other").await;
        change(app, &world.camila, &other, json!({ "stage": project.stage("In progress") })).await.ok();
        app.by(&world.camila).post(&format!("/tasks/{other}/waits"), waits).await.ok();
        let (camila, path) = (app.by(&world.camila), format!("/stages/{}", project.stage("Ready")));
        assert_eq!(code(&camila.delete(&path).await, 409), "stage_has_tasks");
        for nowhere in [project.stage("Ready"), app.new_id("stg")] {
            camila.delete(&format!("{path}?to={nowhere}")).await.refuses(422, "to");
        }
        let gone = camila.delete(&format!("{path}?to={}", project.stage("Done"))).await;
        let one = gone.row("tasks", &one);
        assert_eq!(one["stage"], project.stage("Done"));
        assert!(one["done_at"].is_string());
        assert_eq!(gone.row("tasks", &two)["stage"], project.stage("Done"));
        assert_eq!(gone.row("tasks", &other)["waits"], 0);
        // A card that is on its way into a stage that is no longer there stays where it is.
        let lost = moves(app, &world.camila, &other, &project.stage("Ready"), None, 0).await;
        lost.refuses(422, "stage");
    }
);

both!(
    async fn a_stage_that_comes_to_mean_done_finishes_its_tasks(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "One").await;
        let path = format!("/stages/{}", project.stage("Ready"));
        let camila = app.by(&world.camila);
        assert!(
            camila.patch(&path, json!({ "kind": "done" })).await.row("tasks", &id)["done_at"].is_string()
        );
        let open = camila.patch(&path, json!({ "kind": "open" })).await.row("tasks", &id);
        assert_eq!(open["done_at"], Value::Null);
    }
);

both!(
    async fn labels_and_fields_belong_to_a_project(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (camila, id) = (app.by(&world.camila), project.task(app, &world.camila, "One").await);
        let (maps, bugs) = (
            project.label(app, &world.camila, "Maps").await,
            project.label(app, &world.camila, "Bugs").await,
        );
        let same = json!({ "id": app.new_id("lbl"), "name": "maps", "colour": "sun" });
        assert_eq!(
            code(&camila.post(&format!("/projects/{}/labels", project.id), same).await, 409),
            "name_taken"
        );
        let labelled = change(app, &world.rui, &id, json!({ "labels": [maps, bugs, maps] })).await;
        assert_eq!(labelled.row("tasks", &id)["labels"], json!([maps, bugs]));
        change(app, &world.camila, &id, json!({ "labels": [app.new_id("lbl")] }))
            .await
            .refuses(422, "labels[0]");
        camila.patch(&format!("/labels/{bugs}"), json!({ "colour": "rose" })).await.ok();
        let gone = camila.delete(&format!("/labels/{maps}")).await;
        assert_eq!(gone.row("tasks", &id)["labels"], json!([bugs]));
        assert_eq!(gone.row("projects", &project.id)["labels"][0]["colour"], "rose");

        let (cost, day) = (
            project.field(app, &world.camila, "Cost", "number").await,
            project.field(app, &world.camila, "Day", "date").await,
        );
        let (who, note) = (
            project.field(app, &world.camila, "Who", "member").await,
            project.field(app, &world.camila, "Note", "text").await,
        );
        let (country, colombia, japan) = (app.new_id("fld"), app.new_id("cho"), app.new_id("cho"));
        let choices = json!([{ "id": colombia, "name": "Colombia" }, { "id": japan, "name": "Japan" }]);
        let choice = json!({ "id": country, "name": "Country", "kind": "choice", "choices": choices });
        camila.post(&format!("/projects/{}/fields", project.id), choice).await.ok();
        let set = |field: &str, value: Value| json!({ "values": { field: value } });
        for (field, value) in [
            (&cost, json!(12.5)),
            (&day, json!("2026-12-24")),
            (&who, json!(world.rui.id)),
            (&note, json!(" By  air ")),
            (&country, json!(japan)),
        ] {
            change(app, &world.camila, &id, set(field, value)).await.ok();
        }
        let values = task(app, &world.camila, &id).await["values"].clone();
        assert_eq!(
            (&values[&cost], &values[&note], &values[&country]),
            (&json!(12.5), &json!("By air"), &json!(japan))
        );
        for (field, value) in [
            (&cost, json!("12")),
            (&day, json!("tomorrow")),
            (&who, json!(app.new_id("mem"))),
            (&country, json!("Japan")),
            (&note, json!(1)),
        ] {
            let refused = change(app, &world.camila, &id, set(field, value)).await;
            refused.refuses(422, &format!("values.{field}"));
        }
        let outside = change(app, &world.camila, &id, set(&who, json!(world.althea.id))).await;
        assert_eq!(code(&outside, 409), "cannot_see");
        let fewer = json!({ "choices": [{ "id": colombia, "name": "Colombia" }] });
        let changed = camila.patch(&format!("/fields/{country}"), fewer).await.row("tasks", &id);
        assert_eq!(changed["values"][&country], Value::Null);
        let gone = camila.delete(&format!("/fields/{cost}")).await.row("tasks", &id);
        assert_eq!(gone["values"][&cost], Value::Null);
        let taken = change(app, &world.camila, &id, set(&day, Value::Null)).await.row("tasks", &id);
        assert_eq!(taken["values"][&day], Value::Null);
        assert_eq!(taken["values"][&note], "By air");
    }
);

// ------------------------------------------------------------------ tasks

both!(
    async fn a_task_is_a_topic_with_a_key(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Tunnels").await;
        let (id, camila) = (app.new_id("top"), app.by(&world.camila));
        let new = json!({ "id": id, "project": project.id, "title": "Save  the route", "owner": world.jonas.id,
            "stage": project.stage("In progress"), "due": { "date": "2026-11-30" }, "starts_on": "2026-11-30",
            "why": "Drivers lose the **map**.", "deliverable": true, "from_post": thread.post });
        let made = camila.post("/tasks", new.clone()).await;
        let card = made.row("tasks", &id);
        assert_eq!(card["key"], format!("{}-1", project.key));
        assert_eq!(card["title"], "Save the route");
        assert_eq!((&card["owner"], &card["requester"]), (&json!(world.jonas.id), &json!(world.camila.id)));
        // The end of his working day.
        assert_eq!(
            card["due"],
            json!({ "date": "2026-11-30", "time": null, "zone": "Europe/Berlin", "at": "2026-11-30T16:45:00Z" })
        );
        let whole = camila.get(&format!("/tasks/{}-1", project.key)).await.ok();
        assert_eq!(whole["page"]["why_html"], "<p>Drivers lose the <strong>map</strong>.</p>");
        assert_eq!(
            whole["task"]["made_from"],
            json!({ "topic": thread.id, "post": thread.post, "ask": null })
        );
        assert_eq!((&whole["topic"]["kind"], &whole["topic"]["code"]), (&json!("task"), &card["key"]));
        // It talks, is found and is followed as any topic, and is in no list of threads.
        let post = json!({ "id": app.new_id("pst"), "source": "Which tiles?" });
        app.by(&world.rui).post(&format!("/topics/{id}/posts"), post).await.ok();
        let topic = camila.get(&format!("/topics/{}-1", project.key.to_lowercase())).await.ok();
        assert_eq!(topic["topic"]["id"], id);
        assert_eq!(topic["mark"]["reason"], "started");
        let threads = camila.get(&format!("/spaces/{}/topics", world.delivery)).await.ok()["items"].clone();
        assert_eq!(threads.as_array().unwrap().len(), 1);
        assert_eq!(camila.get("/search?q=route").await.ok()["items"][0]["topic"]["id"], id);
        let board = camila.get(&format!("/projects/{}/tasks", project.id)).await.ok();
        assert_eq!(board["posts"][&id].as_i64(), topic["topic"]["post_count"].as_i64());
        // What it is called and where it is belongs to its own page.
        let path = format!("/topics/{id}");
        assert_eq!(code(&camila.patch(&path, json!({ "title": "Other" })).await, 409), "own_page");
        assert_eq!(code(&camila.patch(&path, json!({ "space": world.company })).await, 409), "own_page");
        assert_eq!(
            code(&camila.post(&format!("{path}/close"), json!({ "outcome": "Done" })).await, 409),
            "own_page"
        );
        let of_kind = json!({ "id": app.new_id("top"), "kind": "task", "title": "T", "space": world.delivery,
            "post": { "id": app.new_id("pst"), "source": "T" } });
        camila.post("/topics", of_kind).await.refuses(422, "kind");
        assert_eq!(code(&camila.post("/tasks", new).await, 409), "taken");
        for other in [&world.ines, &world.althea, &world.noor, &world.zoe] {
            app.by(other).get(&format!("/tasks/{}-1", project.key)).await.expect(404);
        }
    }
);

both!(
    async fn what_a_task_says_is_checked(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (camila, id) = (app.by(&world.camila), project.task(app, &world.camila, "One").await);
        for title in ["", "   ", &"x".repeat(201), &"x".repeat(100_000)] {
            let new = json!({ "id": app.new_id("top"), "project": project.id, "title": title });
            camila.post("/tasks", new).await.refuses(422, "title");
            change(app, &world.camila, &id, json!({ "title": title })).await.refuses(422, "title");
        }
        let early = json!({ "due": { "date": "2026-12-01" }, "starts_on": "2026-12-02" });
        assert_eq!(code(&change(app, &world.camila, &id, early).await, 422), "due_before_start");
        change(app, &world.camila, &id, json!({ "due": { "date": "2026-12-01", "time": "25:00" } }))
            .await
            .refuses(422, "due.time");
        change(app, &world.camila, &id, json!({ "starts_on": "2026-12-02" })).await.ok();
        let before = change(app, &world.camila, &id, json!({ "due": { "date": "2026-12-01" } })).await;
        assert_eq!(code(&before, 422), "due_before_start");
        let outside = change(app, &world.camila, &id, json!({ "owner": world.althea.id })).await;
        assert_eq!(code(&outside, 409), "cannot_see");
        change(app, &world.camila, &id, json!({ "owner": app.new_id("mem") })).await.refuses(422, "owner");
        change(app, &world.camila, &id, json!({ "cover": app.new_id("fil") })).await.refuses(422, "cover");
        change(app, &world.camila, &id, json!({ "done": true, "stage": project.stage("Done") }))
            .await
            .refuses(422, "done");
        let other = self::project(app, &world.camila, &world.company).await;
        change(app, &world.camila, &id, json!({ "stage": other.stage("Done") })).await.refuses(422, "stage");
        let elsewhere = other.task(app, &world.camila, "Elsewhere").await;
        change(app, &world.camila, &id, json!({ "parent": elsewhere })).await.refuses(422, "parent");
        let part = project.task(app, &world.camila, "Part").await;
        change(app, &world.camila, &part, json!({ "parent": id })).await.ok();
        for parent in [&id, &part] {
            let circle = change(app, &world.camila, &id, json!({ "parent": parent })).await;
            assert_eq!(code(&circle, 409), "cycle");
        }
    }
);

both!(
    async fn due_is_in_the_time_of_the_owner(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.company).await;
        let id = project.task(app, &world.camila, "One").await;
        let noon = json!({ "due": { "date": "2026-12-17", "time": "12:00" } });
        let due = change(app, &world.camila, &id, noon.clone()).await.row("tasks", &id)["due"].clone();
        assert_eq!((&due["zone"], &due["at"]), (&json!("America/Bogota"), &json!("2026-12-17T17:00:00Z")));
        // What was shown stays when somebody takes it; what is set then is in their time.
        let taken =
            app.by(&world.althea).post(&format!("/tasks/{id}/take"), json!({})).await.row("tasks", &id);
        assert_eq!(taken["due"], due);
        let due = change(app, &world.camila, &id, noon).await.row("tasks", &id)["due"].clone();
        assert_eq!((&due["zone"], &due["at"]), (&json!("Asia/Manila"), &json!("2026-12-17T04:00:00Z")));
        let both = json!({ "owner": world.ines.id, "due": { "date": "2026-12-18" } });
        let due = change(app, &world.camila, &id, both).await.row("tasks", &id)["due"].clone();
        assert_eq!((&due["zone"], &due["at"]), (&json!("Europe/Lisbon"), &json!("2026-12-18T17:45:00Z")));
        assert_eq!(
            change(app, &world.camila, &id, json!({ "due": null })).await.row("tasks", &id)["due"],
            Value::Null
        );
    }
);

both!(
    async fn two_who_change_the_same_words_are_told(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "One").await;
        let seen = task(app, &world.camila, &id).await["version"].as_i64().unwrap();
        let title = |title: &str| json!({ "title": title, "version": seen });
        change(app, &world.jonas, &id, title("Two")).await.ok();
        let late = change(app, &world.camila, &id, title("Three")).await.expect(409);
        assert_eq!((&late["code"], &late["current"]["title"]), (&json!("overtaken"), &json!("Two")));
        // What others have not touched is no conflict, nor what one has written oneself.
        change(app, &world.camila, &id, json!({ "owner": world.camila.id, "version": seen })).await.ok();
        change(app, &world.jonas, &id, title("Four")).await.ok();
        let renamed = change(app, &world.camila, &id, json!({ "title": "Five" })).await;
        assert_eq!(renamed.row("topics", &id)["title"], "Five");
        assert_eq!(app.by(&world.rui).get("/search?q=five").await.ok()["items"][0]["topic"]["id"], id);
    }
);

// ------------------------------------------------------------------ moving

both!(
    async fn tasks_stand_where_they_were_put(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let mut ids = Vec::new();
        for title in ["A", "B", "C", "D"] {
            ids.push(project.task(app, &world.camila, title).await);
        }
        assert_eq!(titles(app, &world.rui, &project, "Ready").await, ["A", "B", "C", "D"]);
        let ready = project.stage("Ready");
        moves(app, &world.camila, &ids[3], &ready, None, 1).await.ok();
        moves(app, &world.camila, &ids[0], &ready, Some(&ids[1]), 1).await.ok();
        assert_eq!(titles(app, &world.rui, &project, "Ready").await, ["D", "B", "A", "C"]);
        // After itself, and after what is elsewhere: to the top.
        moves(app, &world.camila, &ids[2], &ready, Some(&ids[2]), 1).await.ok();
        assert_eq!(titles(app, &world.rui, &project, "Ready").await, ["C", "D", "B", "A"]);
        let review = project.stage("In review");
        let moved = moves(app, &world.jonas, &ids[1], &review, Some(&ids[0]), 1).await;
        let rows = moved.ok()["rows"].as_array().unwrap().len();
        assert_eq!(rows, 2, "a move writes one card and its page");
        assert_eq!(titles(app, &world.rui, &project, "Ready").await, ["C", "D", "A"]);
        assert_eq!(titles(app, &world.rui, &project, "In review").await, ["B"]);
        let told = page(app, &world.camila, &ids[1]).await["stages"].clone();
        assert_eq!(
            (&told[0]["from"], &told[0]["to"], &told[0]["by"]),
            (&json!("Ready"), &json!("In review"), &json!(world.jonas.id))
        );
        let top = json!({ "id": app.new_id("top"), "project": project.id, "title": "E", "after": null });
        app.by(&world.camila).post("/tasks", top).await.ok();
        assert_eq!(titles(app, &world.rui, &project, "Ready").await, ["E", "C", "D", "A"]);
    }
);

both!(
    async fn a_move_that_comes_too_late_is_told_what_became_of_the_task(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "A").await;
        let seen = task(app, &world.camila, &id).await["version"].as_i64().unwrap();
        moves(app, &world.jonas, &id, &project.stage("In review"), None, seen).await.ok();
        let late = moves(app, &world.camila, &id, &project.stage("Done"), None, seen).await.expect(409);
        assert_eq!(
            (&late["code"], &late["current"]["stage"]),
            (&json!("moved_meanwhile"), &json!(project.stage("In review")))
        );
        assert_eq!(task(app, &world.camila, &id).await["done_at"], Value::Null);
        // Who has seen it moves it on; who moved it last may do so from where they were.
        let now = late["current"]["version"].as_i64().unwrap();
        moves(app, &world.camila, &id, &project.stage("Done"), None, now).await.ok();
        moves(app, &world.camila, &id, &project.stage("Ready"), None, now).await.ok();
        // Other changes are no moves.
        let seen = task(app, &world.camila, &id).await["version"].as_i64().unwrap();
        change(app, &world.jonas, &id, json!({ "title": "B" })).await.ok();
        moves(app, &world.rui, &id, &project.stage("Done"), None, seen).await.ok();
    }
);

both!(
    async fn a_spot_that_is_used_very_often_stays_in_order(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let mut ids = Vec::new();
        for title in ["A", "B", "C", "D"] {
            ids.push(project.task(app, &world.camila, title).await);
        }
        let ready = project.stage("Ready");
        // The last two change places again and again right behind the first.
        for turn in 0..240 {
            moves(app, &world.camila, &ids[2 + turn % 2], &ready, Some(&ids[0]), 1_000_000).await.ok();
        }
        assert_eq!(titles(app, &world.camila, &project, "Ready").await, ["A", "D", "C", "B"]);
        let board = app.by(&world.camila).get(&format!("/projects/{}/tasks", project.id)).await.ok();
        for task in board["items"].as_array().unwrap() {
            assert!(task["place"].as_str().unwrap().len() <= 41, "{task}");
        }
    }
);

both!(
    async fn done_and_back_again(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "A").await;
        change(app, &world.camila, &id, json!({ "stage": project.stage("In review") })).await.ok();
        let done = change(app, &world.jonas, &id, json!({ "done": true })).await.row("tasks", &id);
        assert_eq!((&done["stage"], &done["done_at"]), (&json!(project.stage("Done")), &json!(app.now())));
        let again = change(app, &world.jonas, &id, json!({ "done": true })).await.row("tasks", &id);
        assert_eq!(again["done_at"], done["done_at"]);
        let back = change(app, &world.jonas, &id, json!({ "done": false })).await.row("tasks", &id);
        assert_eq!((&back["stage"], &back["done_at"]), (&json!(project.stage("In review")), &Value::Null));
    }
);

both!(
    async fn a_task_goes_into_another_project_and_its_old_key_leads_to_it(app: &App) {
        let world = World::new(app).await;
        let (from, to) = (
            project(app, &world.camila, &world.company).await,
            project(app, &world.camila, &world.delivery).await,
        );
        let id = from.task(app, &world.althea, "A").await;
        let part = from.task(app, &world.althea, "A part").await;
        let (here, there) =
            (from.label(app, &world.camila, "Maps").await, to.label(app, &world.camila, "Maps").await);
        let only_here = from.label(app, &world.camila, "Bugs").await;
        let field = from.field(app, &world.camila, "Cost", "number").await;
        change(app, &world.camila, &part, json!({ "parent": id })).await.ok();
        let said = json!({ "labels": [here, only_here], "values": { &field: 3.0 }, "owner": world.althea.id,
            "stage": from.stage("In progress") });
        change(app, &world.camila, &id, said).await.ok();
        change(app, &world.althea, &id, json!({ "project": to.id })).await.refuses(422, "project");
        let moved = change(app, &world.camila, &id, json!({ "project": to.id })).await;
        let card = moved.row("tasks", &id);
        assert_eq!((&card["project"], &card["key"]), (&json!(to.id), &json!(format!("{}-1", to.key))));
        assert_eq!((&card["labels"], &card["values"]), (&json!([there]), &json!({})));
        assert_eq!(card["stage"], to.stage("Ready"));
        // Whose it was cannot see it any more, and it is theirs until somebody passes it on.
        assert_eq!(card["owner"], json!(world.althea.id));
        assert_eq!(moved.row("tasks", &part)["parent"], Value::Null);
        let old = app.by(&world.jonas).get(&format!("/tasks/{}-1", from.key)).await.ok();
        assert_eq!(old["task"]["id"], id);
        assert_eq!(old["page"]["old_keys"], json!([format!("{}-1", from.key)]));
        assert_eq!(old["topic"]["space"], world.delivery);
        app.by(&world.althea).get(&format!("/tasks/{id}")).await.expect(404);
        assert_eq!(app.by(&world.althea).get("/work").await.ok()["items"], json!([]));
        let passed = change(app, &world.jonas, &id, json!({ "owner": world.rui.id })).await;
        assert_eq!(passed.row("tasks", &id)["owner"], json!(world.rui.id));
    }
);

// ------------------------------------------------------------------ steps, waits, hands

both!(
    async fn steps_are_counted_on_the_card(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "A").await;
        let (rui, path) = (app.by(&world.rui), format!("/tasks/{id}/steps"));
        let (one, two, three) = (app.new_id("stp"), app.new_id("stp"), app.new_id("stp"));
        let step = |id: &str, text: &str| json!({ "id": id, "text": text });
        rui.post(&path, step(&one, "Saved")).await.ok();
        rui.post(&path, step(&two, "Shown")).await.ok();
        let first = json!({ "id": three, "text": "Chosen", "after": null });
        assert_eq!(rui.post(&path, first).await.row("tasks", &id)["steps"], 3);
        let done = rui.patch(&format!("/steps/{two}"), json!({ "done": true })).await;
        assert_eq!(done.row("tasks", &id)["steps_done"], 1);
        let steps = done.row("task_pages", &id)["done_when"].clone();
        let texts: Vec<&str> =
            steps.as_array().unwrap().iter().map(|step| step["text"].as_str().unwrap()).collect();
        assert_eq!(texts, ["Chosen", "Saved", "Shown"]);
        assert_eq!(steps[2]["done_by"], json!(world.rui.id));
        let moved = rui
            .patch(
                &format!("/steps/{two}"),
                json!({ "after": three, "owner": world.jonas.id, "text": "Drawn" }),
            )
            .await;
        let steps = moved.row("task_pages", &id)["done_when"].clone();
        assert_eq!((&steps[1]["text"], &steps[1]["owner"]), (&json!("Drawn"), &json!(world.jonas.id)));
        let gone = rui.delete(&format!("/steps/{two}")).await.row("tasks", &id);
        assert_eq!((&gone["steps"], &gone["steps_done"]), (&json!(2), &json!(0)));
        rui.post(&path, step(&app.new_id("stp"), "")).await.refuses(422, "text");
        let outside = rui.patch(&format!("/steps/{one}"), json!({ "owner": world.camila.id })).await;
        outside.ok();
    }
);

both!(
    async fn tasks_wait_for_each_other_and_never_in_a_circle(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (a, b, c) = (
            project.task(app, &world.camila, "A").await,
            project.task(app, &world.camila, "B").await,
            project.task(app, &world.camila, "C").await,
        );
        let camila = app.by(&world.camila);
        let wait = async |waiting: &str, other: &str| {
            let wait = json!({ "id": app.new_id("wai"), "task": other });
            camila.post(&format!("/tasks/{waiting}/waits"), wait).await
        };
        assert_eq!(wait(&a, &b).await.row("tasks", &a)["waits"], 1);
        wait(&b, &c).await.ok();
        let circle = wait(&c, &a).await.expect(409);
        assert_eq!(circle["code"], "cycle");
        let keys: Vec<String> = [3, 1, 2].iter().map(|number| format!("{}-{number}", project.key)).collect();
        assert_eq!(circle["current"]["keys"], json!(keys));
        assert_eq!(code(&wait(&a, &a).await, 409), "cycle");
        assert_eq!(code(&wait(&a, &b).await, 409), "waits_already");
        let done = change(app, &world.jonas, &c, json!({ "done": true })).await;
        assert_eq!(done.row("tasks", &b)["waits"], 0);
        assert_eq!(done.row("task_pages", &b)["waits_for"][0]["done"], true);
        let again = change(app, &world.jonas, &c, json!({ "done": false })).await;
        assert_eq!(again.row("tasks", &b)["waits"], 1);

        let hidden = self::project(app, &world.ines, &world.vendors).await;
        let secret = hidden.task(app, &world.ines, "Secret").await;
        wait(&a, &secret).await.refuses(422, "task");
        let nothing = json!({ "id": app.new_id("wai") });
        camila.post(&format!("/tasks/{a}/waits"), nothing).await.refuses(422, "task");
        let both = json!({ "id": app.new_id("wai"), "task": c, "member": world.jonas.id });
        camila.post(&format!("/tasks/{a}/waits"), both).await.refuses(422, "task");
        let (id, person) = (app.new_id("wai"), json!(world.jonas.id));
        let waits = camila.post(&format!("/tasks/{a}/waits"), json!({ "id": id, "member": person })).await;
        assert_eq!(waits.row("tasks", &a)["waits"], 2);
        assert_eq!(camila.delete(&format!("/waits/{id}")).await.row("tasks", &a)["waits"], 1);
        camila.delete(&format!("/waits/{id}")).await.expect(404);
    }
);

both!(
    async fn a_task_is_taken_once(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "A").await;
        let path = format!("/tasks/{id}/take");
        let post = json!({ "id": app.new_id("pst"), "source": "Who takes it?" });
        app.by(&world.camila).post(&format!("/topics/{id}/posts"), post).await.ok();
        assert_eq!(
            app.by(&world.rui).post(&path, json!({})).await.row("tasks", &id)["owner"],
            json!(world.rui.id)
        );
        app.by(&world.rui).post(&path, json!({})).await.ok();
        // Who takes it has read it: it does not come to them as news.
        let inbox = app.by(&world.rui).get("/inbox").await.ok();
        assert_eq!(inbox["items"], json!([]));
        let late = app.by(&world.jonas).post(&path, json!({})).await.expect(409);
        assert_eq!((&late["code"], &late["current"]["owner"]), (&json!("task_taken"), &json!(world.rui.id)));
        let mine = app.by(&world.rui).get("/work").await.ok();
        assert_eq!(mine["items"][0]["id"], id);
        assert_eq!(app.by(&world.camila).get("/work").await.ok()["follows"][0]["id"], id);
        let nobody = change(app, &world.jonas, &id, json!({ "owner": null })).await.row("task_pages", &id);
        let hands: Vec<(&Value, &Value)> = nobody["hand_overs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hand| (&hand["from"], &hand["to"]))
            .collect();
        let rui = json!(world.rui.id);
        assert_eq!(hands, [(&rui, &Value::Null), (&Value::Null, &rui)]);
    }
);

both!(
    async fn a_task_of_somebody_who_left_is_passed_on(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "A").await;
        change(app, &world.camila, &id, json!({ "owner": world.jonas.id })).await.ok();
        app.by(&world.camila).post(&format!("/members/{}/remove", world.jonas.id), json!({})).await.ok();
        assert_eq!(task(app, &world.rui, &id).await["owner"], json!(world.jonas.id));
        let back = change(app, &world.rui, &id, json!({ "owner": world.rui.id })).await;
        assert_eq!(back.row("tasks", &id)["owner"], json!(world.rui.id));
        let gone = change(app, &world.rui, &id, json!({ "owner": world.jonas.id })).await;
        assert!([409, 422].contains(&gone.status.as_u16()));
    }
);

both!(
    async fn many_tasks_change_all_or_none(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let (a, b) =
            (project.task(app, &world.camila, "A").await, project.task(app, &world.camila, "B").await);
        let camila = app.by(&world.camila);
        let items = |title: &str| {
            json!({ "items": [
            { "task": a, "patch": { "owner": world.rui.id, "stage": project.stage("In progress") } },
            { "task": b, "patch": { "title": title } },
        ] })
        };
        let before = world.heads().await;
        camila.post("/tasks/bulk", items("")).await.refuses(422, "items[1].patch.title");
        assert_eq!(world.heads().await, before);
        let changed = camila.post("/tasks/bulk", items("C")).await;
        assert_eq!(changed.row("tasks", &a)["owner"], json!(world.rui.id));
        assert_eq!(changed.row("topics", &b)["title"], "C");
        camila.post("/tasks/bulk", json!({ "items": [] })).await.refuses(422, "items");
        let patch = json!({ "task": a, "patch": {} });
        camila.post("/tasks/bulk", json!({ "items": vec![patch; 201] })).await.refuses(422, "items");
    }
);

both!(
    async fn what_is_archived_leaves_the_board(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "A").await;
        let path = format!("/projects/{}/tasks", project.id);
        change(app, &world.camila, &id, json!({ "archived": true })).await.ok();
        let camila = app.by(&world.camila);
        assert_eq!(camila.get(&path).await.ok()["items"], json!([]));
        assert_eq!(camila.get(&format!("{path}?archived=true")).await.ok()["items"][0]["id"], id);
        change(app, &world.camila, &id, json!({ "archived": false })).await.ok();
        assert_eq!(camila.get(&path).await.ok()["items"][0]["id"], id);
    }
);

// ------------------------------------------------------------------ what people are told

both!(
    async fn who_gets_a_task_is_told_by_a_post(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = app.new_id("top");
        let new =
            json!({ "id": id, "project": project.id, "title": "Save the route", "owner": world.jonas.id });
        let made = app.by(&world.camila).post("/tasks", new).await;
        let topic = made.row("topics", &id);
        assert_eq!((&topic["last_no"], &topic["snippet"]), (&json!(1), &json!("")));
        let posts =
            app.by(&world.jonas).get(&format!("/topics/{id}/posts?after=0")).await.ok()["items"].clone();
        let (camila, jonas, rui) = (json!(world.camila.id), json!(world.jonas.id), json!(world.rui.id));
        assert_eq!(posts[0]["event"], json!({ "verb": "task.assigned", "from": null, "to": jonas }));
        assert_eq!((&posts[0]["source"], &posts[0]["mentions"]), (&json!(""), &json!([jonas])));
        let mark = app.by(&world.jonas).get(&format!("/topics/{id}")).await.ok()["mark"].clone();
        assert_eq!(
            (&mark["reason"], &mark["following"], &mark["mention_no"]),
            (&json!("assigned"), &json!(true), &json!(0))
        );
        app.goes_to("2026-11-30T10:00:00Z").await;
        let inbox = app.by(&world.jonas).get("/inbox").await.ok();
        assert_eq!(
            (&inbox["items"][0]["topic"], &inbox["items"][0]["reason"]),
            (&json!(id), &json!("assigned"))
        );

        let taken = app.by(&world.rui).patch(&format!("/tasks/{id}"), json!({ "owner": rui })).await;
        let hands = taken.row("task_pages", &id)["hand_overs"].clone();
        assert_eq!((&hands[0]["from"], &hands[0]["to"], &hands[0]["by"]), (&jonas, &rui, &rui));
        assert_eq!((&hands[1]["to"], &hands[1]["by"]), (&jonas, &camila));
        let before = app.by(&world.jonas).get(&format!("/topics/{id}")).await.ok()["mark"].clone();
        assert_eq!((&before["reason"], &before["following"]), (&json!("follows"), &json!(true)));
    }
);

both!(
    async fn a_task_waits_until_an_ask_is_answered(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.task(app, &world.camila, "Save the route").await;
        let thread = world.thread(&world.camila, &world.delivery, "Which tiles?").await;
        let ask = world.ask(&world.camila, &thread, &world.jonas, "A or B?").await;
        let path = format!("/tasks/{id}/waits");
        let wait = json!({ "id": app.new_id("wai"), "ask": ask });
        assert_eq!(app.by(&world.rui).post(&path, wait).await.row("tasks", &id)["waits"], 1);
        let answer = world.post(&world.jonas, &thread, "B").await;
        app.by(&world.jonas).post(&format!("/asks/{ask}/answer"), json!({ "post": answer })).await.ok();
        app.work().await;
        assert_eq!(task(app, &world.rui, &id).await["waits"], 0);
        assert_eq!(page(app, &world.rui, &id).await["waits_for"][0]["done"], true);
        // A wait that begins afterwards is done at once.
        let other = project.task(app, &world.camila, "Other").await;
        let wait = json!({ "id": app.new_id("wai"), "ask": ask });
        let waits = app.by(&world.rui).post(&format!("/tasks/{other}/waits"), wait).await;
        assert_eq!(waits.row("tasks", &other)["waits"], 0);
        app.by(&world.camila).post(&format!("/asks/{ask}/close"), json!({})).await.ok();
        app.by(&world.camila).post(&format!("/asks/{ask}/reopen"), json!({})).await.ok();
        app.work().await;
        assert_eq!(task(app, &world.rui, &id).await["waits"], 1);
        let direct = world.direct(&world.camila, &[&world.ines], "Between us").await;
        let hidden = world.ask(&world.camila, &direct, &world.ines, "Well?").await;
        let wait = json!({ "id": app.new_id("wai"), "ask": hidden });
        app.by(&world.rui).post(&path, wait).await.refuses(422, "ask");
    }
);
