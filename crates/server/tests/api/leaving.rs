//! Somebody leaves: what is in their hands is shown before, and goes to others with it.

use serde_json::{Value, json};
use testkit::{Answer, App, Person, World, both};

use crate::work::{Project, project};

/// A task of somebody; answers its id.
async fn task_of(app: &App, project: &Project, by: &Person, owner: &Person, title: &str) -> String {
    let id = app.new_id("top");
    let new = json!({ "id": id, "project": project.id, "title": title, "owner": owner.id });
    app.by(by).post("/tasks", new).await.row("tasks", &id);
    id
}

async fn held(app: &App, by: &Person, of: &Person, query: &str) -> Value {
    app.by(by).get(&format!("/members/{}/held{query}", of.id)).await.ok()
}

fn wish(app: &App, everything: Value) -> Value {
    json!({ "id": app.new_id("dep"), "everything": everything, "title": "What Jonas had",
        "reason": "Jonas works elsewhere from now on" })
}

fn to(person: &Person) -> Value {
    json!({ "kind": "member", "member": person.id })
}

fn nobody() -> Value {
    json!({ "kind": "nobody" })
}

async fn leaves(app: &App, by: &Person, member: &Person, wish: Value) -> Answer {
    app.by(by).post(&format!("/members/{}/leave", member.id), wish).await
}

async fn owner(app: &App, by: &Person, task: &str) -> Value {
    app.by(by).get(&format!("/tasks/{task}")).await.ok()["task"]["owner"].clone()
}

async fn state(app: &App, by: &Person, of: &Person) -> Value {
    app.by(by).get(&format!("/members/{}", of.id)).await.ok()["member"]["state"].clone()
}

async fn ask(app: &App, by: &Person, list: &str, id: &str) -> Value {
    let all = app.by(by).get(&format!("/asks?list={list}&state=all")).await.ok();
    all["items"].as_array().unwrap().iter().find(|ask| ask["id"] == id).unwrap().clone()
}

/// The direct threads of somebody, by title with the text of the newest post.
async fn told(app: &App, person: &Person) -> Vec<(String, String)> {
    let direct = app.by(person).get("/direct").await.ok();
    let mut told = Vec::new();
    for topic in direct["items"].as_array().unwrap() {
        let posts = app.by(person).get(&format!("/topics/{}/posts?after=0", topic["id"].as_str().unwrap()));
        let posts = posts.await.ok();
        told.push((
            topic["title"].as_str().unwrap().to_owned(),
            posts["items"][0]["source"].as_str().unwrap().to_owned(),
        ));
    }
    told
}

both!(
    async fn what_is_in_somebodys_hands_is_shown_before(app: &App) {
        let world = World::new(app).await;
        let (open, private) = (
            project(app, &world.camila, &world.company).await,
            project(app, &world.camila, &world.delivery).await,
        );
        task_of(app, &open, &world.camila, &world.jonas, "Write the guide").await;
        let done = task_of(app, &open, &world.camila, &world.jonas, "Done before").await;
        app.by(&world.camila).patch(&format!("/tasks/{done}"), json!({ "done": true })).await.ok();
        task_of(app, &private, &world.camila, &world.jonas, "Find the leak").await;
        task_of(app, &open, &world.camila, &world.althea, "Her own").await;
        let patch = json!({ "owner": world.jonas.id, "members": [world.jonas.id, world.camila.id] });
        app.by(&world.camila).patch(&format!("/projects/{}", private.id), patch).await.ok();
        let queue = json!({ "members": [world.jonas.id] });
        app.by(&world.camila).put(&format!("/projects/{}/queue", private.id), queue).await.ok();
        let goal = app.new_id("goa");
        let new =
            json!({ "id": goal, "space": world.company, "title": "Fewer calls", "owner": world.jonas.id });
        app.by(&world.camila).post("/goals", new).await.ok();
        let thread = world.thread(&world.camila, &world.delivery, "The leak").await;
        let asked = world.ask(&world.camila, &thread, &world.jonas, "Since when?").await;

        let all = held(app, &world.camila, &world.jonas, "").await;
        assert_eq!(all["hidden"], 0);
        let projects = all["projects"].as_array().unwrap();
        let of = |id: &str| projects.iter().find(|held| held["project"] == id).unwrap();
        assert_eq!((&of(&open.id)["tasks"], &of(&open.id)["queue"]), (&json!(1), &json!(false)));
        assert_eq!(of(&open.id)["first"][0]["title"], "Write the guide");
        assert_eq!(
            (&of(&private.id)["owner"], &of(&private.id)["queue"]),
            (&json!(world.jonas.id), &json!(true))
        );
        assert_eq!(all["goals"][0]["id"], goal);
        assert_eq!(all["asks"][0]["id"], asked);
        let takers = all["takers"].as_array().unwrap();
        let taker = |person: &Person| takers.iter().find(|taker| taker["member"] == json!(person.id));
        assert!(taker(&world.jonas).is_none(), "nobody takes over from themselves");
        assert_eq!(takers[0]["member"], json!(world.camila.id), "sees both, and works on one");
        assert_eq!(taker(&world.althea).unwrap()["spaces"], json!([world.company]));
        assert_eq!(taker(&world.althea).unwrap()["tasks"], 1);

        // An admin who is not in the private space reads a number of it, and no word.
        let outside = held(app, &world.ines, &world.jonas, "").await;
        assert_eq!(outside["hidden"], 3, "a task, its project and the ask");
        assert!(!outside.to_string().contains("leak"));
        app.by(&world.althea).get(&format!("/members/{}/held", world.jonas.id)).await.expect(403);
        let here = held(app, &world.rui, &world.jonas, &format!("?space={}", world.delivery)).await;
        assert_eq!(here["projects"].as_array().unwrap().len(), 1);
        assert_eq!(here["goals"], json!([]));
    }
);

both!(
    async fn everything_goes_to_others_when_somebody_is_removed(app: &App) {
        let world = World::new(app).await;
        let (open, private) = (
            project(app, &world.camila, &world.company).await,
            project(app, &world.camila, &world.delivery).await,
        );
        let camila = app.by(&world.camila);
        let guide = task_of(app, &open, &world.camila, &world.jonas, "Write *the* guide").await;
        let leak = task_of(app, &private, &world.camila, &world.jonas, "Find the leak").await;
        camila.patch(&format!("/projects/{}", open.id), json!({ "owner": world.jonas.id })).await.ok();
        let patch = json!({ "owner": world.rui.id, "members": [world.jonas.id] });
        camila.patch(&format!("/projects/{}", private.id), patch).await.ok();
        let queue = json!({ "members": [world.jonas.id, world.rui.id] });
        camila.put(&format!("/projects/{}/queue", private.id), queue).await.ok();
        let goal = app.new_id("goa");
        let new =
            json!({ "id": goal, "space": world.company, "title": "Fewer calls", "owner": world.jonas.id });
        camila.post("/goals", new).await.ok();
        let thread = world.thread(&world.camila, &world.company, "The leak").await;
        let asked = world.ask(&world.camila, &thread, &world.jonas, "Since when?").await;
        let private_thread = world.thread(&world.camila, &world.delivery, "Inside").await;
        let back = world.ask(&world.camila, &private_thread, &world.jonas, "How much?").await;

        let left = leaves(app, &world.camila, &world.jonas, wish(app, to(&world.althea))).await.ok();
        assert_eq!((&left["tasks"], left["done_at"].is_string()), (&json!(2), true));
        assert_eq!(state(app, &world.camila, &world.jonas).await, "removed");
        assert_eq!(owner(app, &world.camila, &guide).await, json!(world.althea.id));
        // Althea does not see Delivery: there it is whoever answers for the project.
        assert_eq!(owner(app, &world.camila, &leak).await, json!(world.rui.id));
        let page = camila.get(&format!("/tasks/{guide}")).await.ok()["page"].clone();
        assert_eq!(page["hand_overs"][0]["from"], json!(world.jonas.id));
        assert_eq!(page["hand_overs"][0]["by"], json!(world.camila.id));
        let now = camila.get(&format!("/projects/{}", open.id)).await.ok()["project"].clone();
        assert_eq!(now["owner"], json!(world.althea.id));
        let now = camila.get(&format!("/projects/{}", private.id)).await.ok()["project"].clone();
        assert_eq!((&now["members"], &now["queue"]), (&json!([]), &json!([world.rui.id])));
        let now = camila.get(&format!("/goals/{goal}")).await.ok();
        assert_eq!(now["goal"]["owner"], json!(world.althea.id));
        assert_eq!(now["changes"][0]["what"], "owner");

        let passed = ask(app, &world.camila, "waiting", &asked).await;
        assert_eq!((&passed["state"], &passed["reason"]), (&json!("passed_on"), &left_reason()));
        let owed = app.by(&world.althea).get("/asks?list=owe").await.ok();
        assert_eq!(owed["items"][0]["question"], "Since when?");
        assert_eq!(ask(app, &world.camila, "waiting", &back).await["state"], "declined");

        let told = told(app, &world.althea).await;
        assert_eq!(told.len(), 1, "one thread, whatever it is");
        assert_eq!(told[0].0, "What Jonas had");
        assert!(told[0].1.contains(r"Write \*the\* guide"), "{}", told[0].1);
        assert!(told[0].1.contains("Fewer calls") && !told[0].1.contains("leak"), "{}", told[0].1);
    }
);

fn left_reason() -> Value {
    json!("Jonas works elsewhere from now on")
}

both!(
    async fn what_an_admin_does_not_see_goes_to_who_answers_for_it(app: &App) {
        let world = World::new(app).await;
        let private = project(app, &world.camila, &world.delivery).await;
        let leak = task_of(app, &private, &world.camila, &world.jonas, "Find the leak").await;
        let patch = json!({ "owner": world.rui.id });
        app.by(&world.camila).patch(&format!("/projects/{}", private.id), patch).await.ok();
        let thread = world.thread(&world.camila, &world.delivery, "Inside").await;
        let asked = world.ask(&world.camila, &thread, &world.jonas, "How much?").await;
        let answer = leaves(app, &world.ines, &world.jonas, wish(app, to(&world.ines))).await.ok();
        assert!(!answer.to_string().contains("leak"));
        assert_eq!(owner(app, &world.camila, &leak).await, json!(world.rui.id));
        let back = ask(app, &world.camila, "waiting", &asked).await;
        assert_eq!((&back["state"], &back["reason"]), (&json!("declined"), &left_reason()));
        assert_eq!(told(app, &world.rui).await, [], "Ines writes nothing of what she does not see");
    }
);

both!(
    async fn single_projects_go_elsewhere_and_somebody_must_see_what_they_take(app: &App) {
        let world = World::new(app).await;
        let (open, private) = (
            project(app, &world.camila, &world.company).await,
            project(app, &world.camila, &world.delivery).await,
        );
        let guide = task_of(app, &open, &world.camila, &world.jonas, "Write the guide").await;
        let leak = task_of(app, &private, &world.camila, &world.jonas, "Find the leak").await;
        let mut wished = wish(app, to(&world.camila));
        wished["projects"] = json!([{ "project": private.id, "to": to(&world.althea) }]);
        let refused = leaves(app, &world.camila, &world.jonas, wished.clone()).await;
        assert_eq!(refused.expect(409)["code"], "cannot_see");
        assert_eq!(state(app, &world.camila, &world.jonas).await, "active", "all of it or nothing");
        wished["projects"] = json!([{ "project": private.id, "to": nobody() }]);
        wished["everything"] = to(&world.jonas);
        leaves(app, &world.camila, &world.jonas, wished.clone()).await.refuses(422, "everything");
        wished["everything"] = to(&world.camila);
        leaves(app, &world.camila, &world.jonas, wished).await.ok();
        assert_eq!(owner(app, &world.camila, &guide).await, json!(world.camila.id));
        assert_eq!(owner(app, &world.camila, &leak).await, Value::Null);
        assert_eq!(told(app, &world.camila).await, [], "nobody is told what they did themselves");
    }
);

both!(
    async fn many_tasks_are_passed_on_in_portions(app: &App) {
        let world = World::new(app).await;
        let open = project(app, &world.camila, &world.company).await;
        let mut tasks = Vec::new();
        for number in 0..60 {
            tasks.push(task_of(app, &open, &world.camila, &world.jonas, &format!("No. {number}")).await);
        }
        let wished = wish(app, to(&world.althea));
        let left = leaves(app, &world.camila, &world.jonas, wished.clone()).await.ok();
        assert_eq!((&left["tasks"], &left["done_at"]), (&json!(50), &Value::Null));
        app.work().await;
        let owners = app.by(&world.camila).get(&format!("/projects/{}/tasks", open.id)).await.ok();
        let owners = owners["items"].as_array().unwrap();
        assert!(owners.iter().all(|task| task["owner"] == json!(world.althea.id)));
        // Once more it is as it was, and of somebody else it is taken.
        let again = leaves(app, &world.camila, &world.jonas, wished.clone()).await.ok();
        assert_eq!((&again["tasks"], again["done_at"].is_string()), (&json!(60), true));
        let other = leaves(app, &world.camila, &world.rui, wished).await;
        assert_eq!(other.expect(409)["code"], "taken");
        let told = told(app, &world.althea).await;
        assert!(told[0].1.contains("+ 30"), "{}", told[0].1);
    }
);

both!(
    async fn who_leaves_a_space_keeps_what_is_elsewhere(app: &App) {
        let world = World::new(app).await;
        let (open, private) = (
            project(app, &world.camila, &world.company).await,
            project(app, &world.camila, &world.delivery).await,
        );
        let guide = task_of(app, &open, &world.camila, &world.jonas, "Write the guide").await;
        let leak = task_of(app, &private, &world.camila, &world.jonas, "Find the leak").await;
        let mut wished = wish(app, to(&world.rui));
        wished["space"] = json!(world.delivery);
        // Guests take nobody out.
        leaves(app, &world.rui, &world.jonas, wished.clone()).await.expect(403);
        assert_eq!(owner(app, &world.camila, &leak).await, json!(world.jonas.id));
        leaves(app, &world.camila, &world.jonas, wished.clone()).await.ok();
        assert_eq!(owner(app, &world.camila, &leak).await, json!(world.rui.id));
        assert_eq!(owner(app, &world.camila, &guide).await, json!(world.jonas.id));
        assert_eq!(state(app, &world.camila, &world.jonas).await, "active");
        wished["id"] = json!(app.new_id("dep"));
        let gone = leaves(app, &world.camila, &world.jonas, wished).await;
        assert_eq!(gone.expect(409)["code"], "not_in_space");
    }
);

both!(
    async fn offers_and_steps_go_back_and_a_series_goes_on(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.company).await;
        let camila = app.by(&world.camila);
        let offered = task_of(app, &project, &world.camila, &world.camila, "Offered").await;
        let baton = json!({ "state": "Half of it" });
        let offer = json!({ "id": app.new_id("han"), "to": world.jonas.id, "baton": baton });
        camila.post(&format!("/tasks/{offered}/hand-over"), offer).await.ok();
        let step = app.new_id("stp");
        camila.post(&format!("/tasks/{offered}/steps"), json!({ "id": step, "text": "One" })).await.ok();
        camila.patch(&format!("/steps/{step}"), json!({ "owner": world.jonas.id })).await.ok();
        let weekly = task_of(app, &project, &world.jonas, &world.jonas, "The week").await;
        let due = json!({ "due": { "date": "2026-11-26" } });
        app.by(&world.jonas).patch(&format!("/tasks/{weekly}"), due).await.ok();
        let repeat = json!({ "id": app.new_id("ser"), "rule": "FREQ=WEEKLY;BYDAY=TH", "days_off": "skip" });
        app.by(&world.jonas).put(&format!("/tasks/{weekly}/repeat"), repeat).await.ok();
        app.work().await;

        leaves(app, &world.camila, &world.jonas, wish(app, to(&world.althea))).await.ok();
        let page = camila.get(&format!("/tasks/{offered}")).await.ok();
        assert_eq!(page["handoffs"][0]["state"], "returned");
        assert_eq!(page["page"]["done_when"][0]["owner"], Value::Null);
        assert_eq!(page["task"]["owner"], json!(world.camila.id));
        camila.patch(&format!("/tasks/{weekly}"), json!({ "done": true })).await.ok();
        app.work().await;
        let next = camila.get(&format!("/tasks/{weekly}")).await.ok()["page"]["repeats"]["next"].clone();
        assert_eq!(owner(app, &world.camila, next.as_str().unwrap()).await, json!(world.althea.id));
    }
);
