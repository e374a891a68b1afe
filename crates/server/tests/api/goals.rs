//! Tasks made from posts and asks, acceptance of deliverables, goals and results.

use serde_json::{Value, json};
use testkit::{Answer, App, Person, World, both};

use crate::work::{Project, project};

async fn task(app: &App, by: &Person, id: &str) -> Value {
    app.by(by).get(&format!("/tasks/{id}")).await.ok()
}

async fn change(app: &App, by: &Person, id: &str, patch: Value) -> Answer {
    app.by(by).patch(&format!("/tasks/{id}"), patch).await
}

async fn deliver(app: &App, by: &Person, id: &str, delivered: Value) -> Answer {
    app.by(by).post(&format!("/tasks/{id}/deliver"), delivered).await
}

async fn accept(app: &App, by: &Person, id: &str) -> Answer {
    app.by(by).post(&format!("/tasks/{id}/accept"), json!({})).await
}

async fn send_back(app: &App, by: &Person, id: &str, reason: &str) -> Answer {
    app.by(by).post(&format!("/tasks/{id}/send-back"), json!({ "reason": reason })).await
}

async fn results(app: &App, by: &Person, query: &str) -> Value {
    app.by(by).get(&format!("/results{query}")).await.ok()["results"].clone()
}

async fn ask(app: &App, by: &Person, list: &str, id: &str) -> Value {
    let all = app.by(by).get(&format!("/asks?list={list}&state=all")).await.ok();
    let found = all["items"].as_array().unwrap().iter().find(|ask| ask["id"] == id);
    found.unwrap_or_else(|| panic!("{} has no ask {id} in {list}", by.email)).clone()
}

fn keys(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|each| each["task"].as_str().unwrap().to_owned()).collect()
}

fn code(answer: &Answer, status: u16) -> Value {
    answer.expect(status)["code"].clone()
}

/// A deliverable that Camila asked Jonas for, due on a day.
async fn for_camila(app: &App, world: &World<'_>, project: &Project, title: &str, due: &str) -> String {
    let id = project.deliverable(app, &world.camila, title).await;
    let patch = json!({ "owner": world.jonas.id, "due": { "date": due } });
    change(app, &world.camila, &id, patch).await.ok();
    id
}

// ------------------------------------------------------------------ made from

both!(
    async fn a_thread_shows_the_tasks_that_were_made_from_it(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let thread = world.thread(&world.camila, &world.delivery, "Without a signal").await;
        let id = app.new_id("top");
        let new =
            json!({ "id": id, "project": project.id, "title": "Save the route", "from_post": thread.post });
        let made = app.by(&world.camila).post("/tasks", new).await.row("tasks", &id);
        assert_eq!(made["made_from"], json!({ "topic": thread.id, "post": thread.post, "ask": null }));
        let path = format!("/topics/{}/tasks", thread.id);
        let shown = app.by(&world.jonas).get(&path).await.ok();
        assert_eq!(shown["items"][0]["id"], id);
        assert_eq!(shown["projects"][0]["id"], project.id);
        change(app, &world.camila, &id, json!({ "archived": true })).await.ok();
        assert_eq!(app.by(&world.jonas).get(&path).await.ok()["items"], json!([]));
    }
);

both!(
    async fn who_does_not_see_the_project_does_not_see_the_task_on_its_post(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let thread = world.thread(&world.camila, &world.company, "For everybody").await;
        let id = app.new_id("top");
        let new = json!({ "id": id, "project": project.id, "title": "In private", "from_post": thread.post });
        app.by(&world.camila).post("/tasks", new).await.ok();
        let path = format!("/topics/{}/tasks", thread.id);
        assert_eq!(app.by(&world.camila).get(&path).await.ok()["items"].as_array().unwrap().len(), 1);
        let hidden = app.by(&world.althea).get(&path).await.ok();
        assert_eq!((&hidden["items"], &hidden["projects"]), (&json!([]), &json!([])));
        app.by(&world.noor).get(&path).await.expect(404);
    }
);

both!(
    async fn a_late_ask_becomes_a_task_and_is_over(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let thread = world.thread(&world.camila, &world.delivery, "Labels").await;
        let asked = world.ask(&world.camila, &thread, &world.jonas, "Which labels?").await;
        let id = app.new_id("top");
        let new = json!({ "id": id, "project": project.id, "title": "Which labels?", "owner": world.jonas.id,
            "from_ask": asked });
        let by_another = app.by(&world.jonas).post("/tasks", new.clone()).await;
        assert_eq!(code(&by_another, 403), "asker_only");
        let made = app.by(&world.camila).post("/tasks", new.clone()).await;
        let from = &made.row("tasks", &id)["made_from"];
        assert_eq!((&from["topic"], &from["ask"]), (&json!(thread.id), &json!(asked)));
        assert_eq!(ask(app, &world.camila, "waiting", &asked).await["state"], "closed");
        let mut again = new;
        again["id"] = json!(app.new_id("top"));
        assert_eq!(code(&app.by(&world.camila).post("/tasks", again.clone()).await, 409), "ask_over");
        again["from_ask"] = json!(app.new_id("ask"));
        app.by(&world.camila).post("/tasks", again).await.refuses(422, "from_ask");
    }
);

// ------------------------------------------------------------------ acceptance

both!(
    async fn a_deliverable_that_is_done_asks_its_requester(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        let shows = app.new_id("pst");
        let new = json!({ "id": shows, "source": "Here it is." });
        app.by(&world.jonas).post(&format!("/topics/{id}/posts"), new).await.ok();
        change(app, &world.jonas, &id, json!({ "done": true })).await.ok();

        let whole = task(app, &world.camila, &id).await;
        let standing = &whole["task"]["acceptance"];
        assert_eq!(standing["state"], "asked");
        let asked = standing["ask"].as_str().unwrap().to_owned();
        let owed = ask(app, &world.camila, "owe", &asked).await;
        assert_eq!((&owed["kind"], &owed["asker"]), (&json!("review"), &json!(world.jonas.id)));
        assert!(
            owed["due_at"].is_string() && owed["question"].as_str().unwrap().ends_with("A map for tunnels")
        );
        assert_eq!(whole["page"]["acceptances"][0]["posts"], json!([shows]));

        assert_eq!(code(&accept(app, &world.jonas, &id).await, 403), "requester_only");
        let accepted = accept(app, &world.camila, &id).await;
        assert_eq!(accepted.row("tasks", &id)["acceptance"]["state"], "accepted");
        let answered = ask(app, &world.jonas, "waiting", &asked).await;
        assert_eq!(answered["state"], "answered");
        let posts = app.by(&world.jonas).get(&format!("/topics/{id}/posts?after=0&limit=50")).await.ok();
        let said = posts["items"].as_array().unwrap().last().unwrap();
        assert_eq!(
            (&said["event"]["verb"], &said["id"]),
            (&json!("task.accepted"), &answered["answer_post"])
        );
        assert_eq!(code(&accept(app, &world.camila, &id).await, 409), "not_asked");
    }
);

both!(
    async fn what_is_sent_back_is_open_again_and_its_owner_learns_why(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        change(app, &world.jonas, &id, json!({ "done": true })).await.ok();
        send_back(app, &world.camila, &id, "  ").await.refuses(422, "reason");
        let back = send_back(app, &world.camila, &id, "The legend is **missing**.").await;
        let row = back.row("tasks", &id);
        assert_eq!((&row["acceptance"]["state"], &row["done_at"]), (&json!("sent_back"), &Value::Null));
        assert_eq!(row["stage"], project.stage("Ready"));
        let mark = app.by(&world.jonas).get(&format!("/topics/{id}")).await.ok()["mark"].clone();
        assert_eq!(mark["reason"], "assigned");

        change(app, &world.jonas, &id, json!({ "done": true })).await.ok();
        accept(app, &world.camila, &id).await.ok();
        let times = task(app, &world.camila, &id).await["page"]["acceptances"].clone();
        let states: Vec<&str> =
            times.as_array().unwrap().iter().map(|time| time["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["accepted", "sent_back"]);
        assert_eq!(times[1]["reason"], "The legend is **missing**.");
    }
);

both!(
    async fn who_asked_for_it_and_does_it_has_accepted_it(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = project.deliverable(app, &world.camila, "A map for tunnels").await;
        let row = change(app, &world.camila, &id, json!({ "done": true })).await.row("tasks", &id);
        assert_eq!(row["acceptance"], json!({ "state": "accepted", "ask": null }));
        let again = change(app, &world.camila, &id, json!({ "done": false })).await.row("tasks", &id);
        assert_eq!(again["acceptance"], Value::Null);
        assert_eq!(results(app, &world.camila, "").await["accepted"], json!([]));
    }
);

both!(
    async fn opened_again_the_ask_is_taken_back(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        let done = change(app, &world.jonas, &id, json!({ "done": true })).await.row("tasks", &id);
        let asked = done["acceptance"]["ask"].as_str().unwrap().to_owned();
        let open = change(app, &world.camila, &id, json!({ "done": false })).await.row("tasks", &id);
        assert_eq!(open["acceptance"], Value::Null);
        assert_eq!(ask(app, &world.jonas, "waiting", &asked).await["state"], "withdrawn");
        assert_eq!(code(&accept(app, &world.camila, &id).await, 409), "not_asked");
    }
);

both!(
    async fn another_requester_is_asked_instead(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        let done = change(app, &world.jonas, &id, json!({ "done": true })).await.row("tasks", &id);
        let first = done["acceptance"]["ask"].as_str().unwrap().to_owned();
        let other =
            change(app, &world.jonas, &id, json!({ "requester": world.rui.id })).await.row("tasks", &id);
        let second = other["acceptance"]["ask"].as_str().unwrap().to_owned();
        assert_ne!(first, second);
        assert_eq!(ask(app, &world.jonas, "waiting", &first).await["state"], "withdrawn");
        assert_eq!(ask(app, &world.rui, "owe", &second).await["state"], "open");
        assert_eq!(code(&accept(app, &world.camila, &id).await, 403), "requester_only");
        accept(app, &world.rui, &id).await.ok();
    }
);

both!(
    async fn evidence_is_of_the_task_and_of_the_web(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        let thread = world.thread(&world.camila, &world.delivery, "Another").await;
        deliver(app, &world.jonas, &id, json!({ "posts": [thread.post] })).await.refuses(422, "posts[0]");
        for link in ["javascript:alert(1)", "https://", "ftp://a", "map.png"] {
            deliver(app, &world.jonas, &id, json!({ "link": link })).await.refuses(422, "link");
        }
        let link = "https://example.org/map";
        let told = deliver(app, &world.jonas, &id, json!({ "posts": [], "link": link })).await;
        let latest = told.row("task_pages", &id)["acceptances"][0].clone();
        assert_eq!((&latest["posts"], &latest["link"]), (&json!([]), &json!(link)));
        assert_eq!(told.row("tasks", &id)["acceptance"]["state"], "asked");
        let plain = project.task(app, &world.camila, "No deliverable").await;
        assert_eq!(code(&deliver(app, &world.camila, &plain, json!({})).await, 409), "no_deliverable");
    }
);

both!(
    async fn what_somebody_passed_on_is_accepted_by_whoever_has_it(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        let done = change(app, &world.jonas, &id, json!({ "done": true })).await.row("tasks", &id);
        let first = done["acceptance"]["ask"].as_str().unwrap();
        let next = app.new_id("ask");
        let pass = json!({ "id": next, "to": world.rui.id, "note": "You know the tunnels." });
        app.by(&world.camila).post(&format!("/asks/{first}/pass"), pass).await.ok();
        accept(app, &world.rui, &id).await.ok();
        assert_eq!(ask(app, &world.rui, "owe", &next).await["state"], "answered");
    }
);

// ------------------------------------------------------------------ my work

both!(
    async fn my_work_has_what_i_asked_others_for(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = for_camila(app, &world, &project, "A map for tunnels", "2026-12-17").await;
        project.task(app, &world.camila, "Nobody's yet").await;
        let work = app.by(&world.camila).get("/work").await.ok();
        let requested: Vec<&Value> =
            work["requested"].as_array().unwrap().iter().map(|task| &task["id"]).collect();
        assert_eq!(requested, [&json!(id)]);
        assert_eq!(app.by(&world.jonas).get("/work").await.ok()["requested"], json!([]));
        change(app, &world.jonas, &id, json!({ "done": true })).await.ok();
        assert_eq!(app.by(&world.camila).get("/work").await.ok()["requested"], json!([]));
    }
);

// ------------------------------------------------------------------ goals

async fn goal(app: &App, world: &World<'_>, owner: &Person) -> String {
    let id = app.new_id("goa");
    let new = json!({ "id": id, "space": world.delivery, "title": "Drivers work without a signal",
        "measure": "No call about a lost map", "owner": owner.id, "target_date": "2026-12-18" });
    app.by(&world.camila).post("/goals", new).await.row("goals", &id);
    id
}

both!(
    async fn a_goal_keeps_everything_that_changed_about_it(app: &App) {
        let world = World::new(app).await;
        let id = goal(app, &world, &world.jonas).await;
        let path = format!("/goals/{id}");
        let camila = app.by(&world.camila);
        camila
            .patch(&path, json!({ "target_date": "2027-01-15", "title": "Drivers need no signal" }))
            .await
            .ok();
        let result = app.new_id("krs");
        let new =
            json!({ "id": result, "name": "Sign-in", "kind": "number", "unit": "s", "from": 45, "to": 20 });
        camila.post(&format!("{path}/results"), new).await.ok();
        let at = format!("{path}/results/{result}");
        let half = camila.patch(&at, json!({ "value": 21.5 })).await.row("goals", &id);
        assert_eq!(
            (&half["results"][0]["value"], &half["results"][0]["done_at"]),
            (&json!(21.5), &Value::Null)
        );
        let there = camila.patch(&at, json!({ "value": 18 })).await.row("goals", &id);
        assert!(there["results"][0]["done_at"].is_string());
        let line = json!({ "text": "Five of seven are accepted." });
        let by_another = camila.post(&format!("{path}/lines"), line.clone()).await;
        assert_eq!(code(&by_another, 403), "owner_only");
        let said = app.by(&world.jonas).post(&format!("{path}/lines"), line).await.row("goals", &id);
        assert_eq!(said["line"]["text"], "Five of seven are accepted.");
        let ended = camila.patch(&path, json!({ "state": "reached" })).await.row("goals", &id);
        assert!(ended["ended_at"].is_string());

        let whole = app.by(&world.rui).get(&path).await.ok();
        let log: Vec<(&str, &str, &str)> = whole["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| {
                let text = |name: &str| change[name].as_str().unwrap();
                (text("what"), text("from"), text("to"))
            })
            .collect();
        assert_eq!(
            log,
            [
                ("state", "open", "reached"),
                ("line", "", "Five of seven are accepted."),
                ("result", "21.5 s", "18 s"),
                ("result", "45 s", "21.5 s"),
                ("result_added", "", "45 s"),
                ("target_date", "2026-12-18", "2027-01-15"),
                ("title", "Drivers work without a signal", "Drivers need no signal"),
                ("made", "", "Drivers work without a signal"),
            ]
        );
        camila.delete(&at).await.ok();
        assert_eq!(camila.get(&path).await.ok()["goal"]["results"], json!([]));
    }
);

both!(
    async fn projects_and_tasks_belong_to_a_goal_and_are_counted(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let id = goal(app, &world, &world.jonas).await;
        let one = for_camila(app, &world, &project, "One", "2026-12-17").await;
        for_camila(app, &world, &project, "Two", "2026-12-17").await;
        project.task(app, &world.camila, "No deliverable").await;
        let parts = json!({ "projects": [project.id], "tasks": [one] });
        let row = app.by(&world.camila).patch(&format!("/goals/{id}"), parts).await.row("goals", &id);
        assert_eq!((&row["projects"], &row["tasks"]), (&json!([project.id]), &json!([one])));
        change(app, &world.jonas, &one, json!({ "done": true })).await.ok();
        accept(app, &world.camila, &one).await.ok();
        let counts = app.by(&world.rui).get("/goals").await.ok()["counts"][&id].clone();
        assert_eq!(counts, json!({ "deliverables": 2, "accepted": 1, "tasks": 3, "done": 1 }));
        let nowhere = json!({ "projects": [app.new_id("prj")] });
        app.by(&world.camila).patch(&format!("/goals/{id}"), nowhere).await.refuses(422, "projects[0]");
    }
);

both!(
    async fn goals_refuse_what_they_cannot_be(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let new = json!({ "id": app.new_id("goa"), "space": world.delivery, "title": "A goal" });
        assert_eq!(code(&app.by(&world.rui).post("/goals", new.clone()).await, 403), "guests_cannot");
        let mut odd = new.clone();
        odd["title"] = json!("x".repeat(100_000));
        camila.post("/goals", odd).await.refuses(422, "title");
        let mut odd = new.clone();
        odd["owner"] = json!(world.althea.id);
        assert_eq!(code(&camila.post("/goals", odd).await, 409), "cannot_see");
        let mut odd = new.clone();
        odd["results"] =
            json!([{ "id": app.new_id("krs"), "name": "Same", "kind": "number", "from": 3, "to": 3 }]);
        camila.post("/goals", odd).await.refuses(422, "results[0].to");
        camila.post("/goals", new.clone()).await.ok();
        assert_eq!(code(&camila.post("/goals", new.clone()).await, 409), "taken");
        let path = format!("/goals/{}/results", new["id"].as_str().unwrap());
        let done = app.new_id("krs");
        camila.post(&path, json!({ "id": done, "name": "Agreed", "kind": "done" })).await.ok();
        camila.patch(&format!("{path}/{done}"), json!({ "value": 3 })).await.refuses(422, "value");
        camila.patch(&format!("{path}/{}", app.new_id("krs")), json!({ "done": true })).await.expect(404);
        for index in 1..10 {
            let more = json!({ "id": app.new_id("krs"), "name": format!("{index}"), "kind": "done" });
            camila.post(&path, more).await.ok();
        }
        let more = json!({ "id": app.new_id("krs"), "name": "Eleven", "kind": "done" });
        assert_eq!(code(&camila.post(&path, more).await, 409), "too_many_entries");
    }
);

// ------------------------------------------------------------------ results

both!(
    async fn results_count_what_was_accepted_and_say_why_something_slipped(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let accepted = for_camila(app, &world, &project, "Accepted", "2026-12-30").await;
        let moved = for_camila(app, &world, &project, "Put off", "2026-12-10").await;
        let earlier = for_camila(app, &world, &project, "Earlier", "2026-12-30").await;
        change(app, &world.jonas, &accepted, json!({ "done": true })).await.ok();
        accept(app, &world.camila, &accepted).await.ok();
        let cause = "The supplier sends the tiles a week later";
        let put_off = json!({ "due": { "date": "2026-12-17" }, "due_cause": cause });
        let page = change(app, &world.jonas, &moved, put_off).await.row("task_pages", &moved);
        assert_eq!(page["slips"][0]["cause"], cause);
        change(app, &world.jonas, &earlier, json!({ "due": { "date": "2026-12-20" } })).await.ok();
        let plain = project.task(app, &world.camila, "No deliverable").await;
        change(app, &world.camila, &plain, json!({ "due": { "date": "2026-12-01" } })).await.ok();
        change(app, &world.camila, &plain, json!({ "due": { "date": "2026-12-02" } })).await.ok();
        let no_slip = json!({ "due_cause": "Nothing is late" });
        change(app, &world.camila, &plain, no_slip).await.refuses(422, "due_cause");

        let month = app.now().to_string()[..7].to_owned();
        let told = results(app, &world.rui, &format!("?month={month}&space={}", world.delivery)).await;
        assert_eq!(keys(&told["accepted"]), std::slice::from_ref(&accepted));
        assert_eq!(keys(&told["slipped"]), std::slice::from_ref(&moved));
        assert_eq!(told["slipped"][0]["cause"], cause);
        // Delivery has two members and a guest: too few for numbers.
        assert_eq!(told["team"], Value::Null);
        let text = told.to_string();
        for person in [&world.camila, &world.jonas, &world.rui] {
            assert!(!text.contains(&person.id.to_string()), "nobody is named in {text}");
        }
        let outside = results(app, &world.althea, &format!("?month={month}")).await;
        assert_eq!((&outside["accepted"], &outside["slipped"]), (&json!([]), &json!([])));
        app.by(&world.althea).get(&format!("/results?space={}", world.delivery)).await.expect(404);
        app.by(&world.camila).get("/results?month=2026-13").await.refuses(422, "month");
    }
);

both!(
    async fn a_deliverable_whose_time_has_passed_has_slipped(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let tomorrow = app.now() + jiff::SignedDuration::from_hours(24);
        let day = tomorrow.to_string()[..10].to_owned();
        let id = for_camila(app, &world, &project, "Late", &day).await;
        assert_eq!(results(app, &world.camila, "").await["slipped"], json!([]));
        let due: jiff::Timestamp =
            task(app, &world.camila, &id).await["task"]["due"]["at"].as_str().unwrap().parse().unwrap();
        app.goes_to(&(due + jiff::SignedDuration::from_mins(1)).to_string()).await;
        let month = &day[..7];
        let late = results(app, &world.camila, &format!("?month={month}")).await;
        assert_eq!(keys(&late["slipped"]), std::slice::from_ref(&id));
        assert_eq!(late["slipped"][0]["cause"], "");
        change(app, &world.jonas, &id, json!({ "due_cause": "Two of us were ill" })).await.ok();
        let stated = results(app, &world.camila, &format!("?month={month}")).await;
        assert_eq!(stated["slipped"][0]["cause"], "Two of us were ill");
    }
);

both!(
    async fn a_team_of_four_has_numbers_and_three_have_none(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.company, "Questions").await;
        let month = app.now().to_string()[..7].to_owned();
        let query = format!("?month={month}&space={}", world.company);
        let people = [&world.ines, &world.jonas, &world.althea, &world.camila];
        for (index, person) in people.into_iter().enumerate() {
            assert_eq!(results(app, &world.camila, &query).await["team"], Value::Null, "{index} people");
            let by = if person.id == world.camila.id { &world.ines } else { &world.camila };
            let asked = world.ask(by, &thread, person, "When?").await;
            let post = world.post(person, &thread, "On Friday.").await;
            app.by(person).post(&format!("/asks/{asked}/answer"), json!({ "post": post })).await.ok();
        }
        let four = results(app, &world.camila, &query).await["team"].clone();
        assert_eq!(four, json!({ "decided_after": null, "in_time": { "now": 100, "before": null } }));
        // Delivery has two members: nothing is told of them.
        let two = results(app, &world.camila, &format!("?month={month}&space={}", world.delivery)).await;
        assert_eq!(two["team"], Value::Null);
    }
);
