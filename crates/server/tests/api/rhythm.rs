//! What happens to tasks by itself or again: series, reminders, rules, templates, forms.

use serde_json::{Value, json};
use store::{args, sql};
use testkit::{App, Person, World, both};

use crate::work::{self, Project};

/// Every Thursday, moved on days off.
pub fn weekly(app: &App) -> Value {
    json!({ "id": app.new_id("ser"), "rule": "FREQ=WEEKLY;BYDAY=TH", "time": "15:00", "days_off": "move", "lead": 0 })
}

/// What is done is put away.
pub fn archives(app: &App) -> Value {
    json!({ "id": app.new_id("rul"), "when": "done", "stage": null, "label": null, "action": { "does": "archive" } })
}

async fn page(app: &App, by: &Person, id: &str) -> Value {
    app.by(by).get(&format!("/tasks/{id}")).await.ok()["page"].clone()
}

async fn task(app: &App, by: &Person, id: &str) -> Value {
    app.by(by).get(&format!("/tasks/{id}")).await.ok()["task"].clone()
}

async fn change(app: &App, by: &Person, id: &str, patch: Value) {
    app.by(by).patch(&format!("/tasks/{id}"), patch).await.ok();
}

/// A task of Jonas's, due on a day.
async fn of_jonas(app: &App, world: &World<'_>, project: &Project, title: &str, date: &str) -> String {
    let id = app.new_id("top");
    let new = json!({ "id": id, "project": project.id, "title": title, "owner": world.jonas.id, "due": { "date": date } });
    app.by(&world.camila).post("/tasks", new).await.ok();
    id
}

/// Every task of a project with its due date, by title and date.
async fn tasks(app: &App, by: &Person, project: &Project) -> Vec<Value> {
    let list = app.by(by).get(&format!("/projects/{}/tasks", project.id)).await.ok();
    let mut found = Vec::new();
    for item in list["items"].as_array().unwrap() {
        found.push(task(app, by, item["id"].as_str().unwrap()).await);
    }
    found.sort_by_key(|task| task["due"]["date"].to_string());
    found
}

fn dates(tasks: &[Value]) -> Vec<&str> {
    tasks.iter().map(|task| task["due"]["date"].as_str().unwrap_or("")).collect()
}

async fn repeat(app: &App, by: &Person, task: &str, more: Value) -> String {
    let mut new = weekly(app);
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.by(by).put(&format!("/tasks/{task}/repeat"), new.clone()).await.ok();
    new["id"].as_str().unwrap().to_owned()
}

// ------------------------------------------------------------------ again

both!(
    async fn the_next_one_is_made_when_this_one_is_done(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let id = of_jonas(app, &world, &project, "Send the report", "2026-11-26").await;
        let step = json!({ "id": app.new_id("stp"), "text": "The numbers" });
        app.by(&world.camila).post(&format!("/tasks/{id}/steps"), step.clone()).await.ok();
        let step = step["id"].as_str().unwrap();
        app.by(&world.camila).patch(&format!("/steps/{step}"), json!({ "done": true })).await.ok();
        repeat(app, &world.camila, &id, json!({})).await;
        let shown = page(app, &world.jonas, &id).await["repeats"].clone();
        assert_eq!(shown["series"]["next_due"], "2026-12-03");
        assert_eq!(shown["series"]["next_at"], "2026-12-03T08:00:00Z");
        app.work().await;
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 1);

        change(app, &world.jonas, &id, json!({ "done": true })).await;
        app.work().await;
        app.work().await;
        let both = tasks(app, &world.jonas, &project).await;
        assert_eq!(dates(&both), ["2026-11-26", "2026-12-03"]);
        let next = &both[1];
        assert_eq!(
            (&next["title"], &next["steps"], &next["steps_done"]),
            (&json!("Send the report"), &json!(1), &json!(0))
        );
        assert_eq!((&next["owner"], &next["done_at"]), (&json!(world.jonas.id), &Value::Null));
        assert_eq!(next["due"]["at"], "2026-12-03T14:00:00Z");
        let next = next["id"].as_str().unwrap();
        let (was, is) = (page(app, &world.jonas, &id).await, page(app, &world.jonas, next).await);
        assert_eq!((&was["repeats"]["next"], &was["repeats"]["series"]), (&json!(next), &Value::Null));
        assert_eq!(
            (&is["repeats"]["previous"], &is["repeats"]["series"]["next_due"]),
            (&json!(id), &json!("2026-12-10"))
        );

        // Done, and not done after all, and done again: nothing comes twice.
        change(app, &world.jonas, &id, json!({ "done": false })).await;
        app.work().await;
        change(app, &world.jonas, &id, json!({ "done": true })).await;
        app.work().await;
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 2);
    }
);

both!(
    async fn the_next_one_is_made_when_its_day_comes(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let id = of_jonas(app, &world, &project, "Send the report", "2026-11-26").await;
        repeat(app, &world.camila, &id, json!({ "lead": 1 })).await;
        app.goes_to("2026-12-02T07:59:00Z").await;
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 1);
        app.goes_to("2026-12-02T08:00:00Z").await;
        assert_eq!(dates(&tasks(app, &world.jonas, &project).await), ["2026-11-26", "2026-12-03"]);
        // Of what a standstill swallowed only what holds now is made.
        app.goes_to("2026-12-18T12:00:00Z").await;
        assert_eq!(
            dates(&tasks(app, &world.jonas, &project).await),
            ["2026-11-26", "2026-12-03", "2026-12-17"]
        );
    }
);

both!(
    async fn days_off_are_left_out_moved_or_covered(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let mut ids = Vec::new();
        for days_off in ["skip", "move", "cover"] {
            let id = of_jonas(app, &world, &project, days_off, "2026-11-26").await;
            repeat(app, &world.camila, &id, json!({ "days_off": days_off })).await;
            ids.push(id);
        }
        let away = json!({ "id": app.new_id("off"), "from": "2026-12-03T00:00", "to": "2026-12-05T00:00",
            "cover": world.camila.id });
        app.by(&world.jonas).post("/time-off", away).await.ok();
        app.work().await;
        let mut next = Vec::new();
        for id in &ids {
            next.push(page(app, &world.jonas, id).await["repeats"]["series"]["next_due"].clone());
        }
        assert_eq!(next, [json!("2026-12-10"), json!("2026-12-07"), json!("2026-12-03")]);
        for id in &ids {
            change(app, &world.jonas, id, json!({ "done": true })).await;
        }
        app.work().await;
        let made = tasks(app, &world.jonas, &project).await;
        let owner = |title: &str| {
            made.iter().find(|task| task["title"] == title && task["done_at"].is_null()).unwrap()["owner"]
                .clone()
        };
        assert_eq!(owner("cover"), json!(world.camila.id));
        assert_eq!((owner("skip"), owner("move")), (json!(world.jonas.id), json!(world.jonas.id)));
        // The one after that is the owner's again.
        let covered = made.iter().find(|task| task["title"] == "cover" && task["done_at"].is_null()).unwrap();
        change(app, &world.camila, covered["id"].as_str().unwrap(), json!({ "done": true })).await;
        app.work().await;
        let made = tasks(app, &world.jonas, &project).await;
        let last = made.iter().rfind(|task| task["title"] == "cover").unwrap();
        assert_eq!((&last["owner"], &last["due"]["date"]), (&json!(world.jonas.id), &json!("2026-12-10")));
    }
);

both!(
    async fn a_series_can_be_changed_paused_and_ended(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let id = of_jonas(app, &world, &project, "Water the plants", "2026-11-26").await;
        let series = repeat(app, &world.camila, &id, json!({})).await;
        let by = app.by(&world.camila);
        let path = format!("/series/{series}");
        by.patch(&path, json!({ "state": "paused" })).await.ok();
        change(app, &world.jonas, &id, json!({ "done": true })).await;
        app.goes_to("2026-12-18T10:00:00Z").await;
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 1);
        by.patch(&path, json!({ "state": "running", "rule": "FREQ=DAILY" })).await.ok();
        app.work().await;
        assert_eq!(dates(&tasks(app, &world.jonas, &project).await), ["2026-11-26", "2026-12-18"]);
        by.patch(&path, json!({ "state": "ended" })).await.ok();
        app.goes_to("2026-12-22T10:00:00Z").await;
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 2);

        // One that ends by itself.
        let id = of_jonas(app, &world, &project, "Twice", "2026-12-23").await;
        repeat(app, &world.camila, &id, json!({ "rule": "FREQ=DAILY;COUNT=2" })).await;
        change(app, &world.jonas, &id, json!({ "done": true })).await;
        app.work().await;
        let next = page(app, &world.jonas, &id).await["repeats"]["next"].as_str().unwrap().to_owned();
        assert_eq!(page(app, &world.jonas, &next).await["repeats"]["series"]["state"], "ended");

        for (rule, code) in
            [("FREQ=HOURLY", "not_a_rule"), ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never_comes")]
        {
            let new = json!({ "id": app.new_id("ser"), "rule": rule, "days_off": "move" });
            assert_eq!(by.put(&format!("/tasks/{next}/repeat"), new).await.expect(422)["code"], code);
        }
        let coming =
            by.get(&format!("/tasks/{next}/repeat/coming?rule=FREQ%3DDAILY&days_off=skip&lead=1")).await.ok();
        let coming: Vec<&Value> = coming["items"].as_array().unwrap().iter().map(|day| &day["due"]).collect();
        assert_eq!(coming, ["2026-12-25", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"]);
    }
);

both!(
    async fn who_lost_access_makes_nothing_more(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let id = app.new_id("top");
        let new =
            json!({ "id": id, "project": project.id, "title": "Mine", "due": { "date": "2026-11-26" } });
        app.by(&world.jonas).post("/tasks", new).await.ok();
        repeat(app, &world.jonas, &id, json!({})).await;
        app.by(&world.camila)
            .delete(&format!("/spaces/{}/members/{}", world.delivery, world.jonas.id))
            .await
            .ok();
        change(app, &world.camila, &id, json!({ "done": true })).await;
        app.work().await;
        let series = page(app, &world.camila, &id).await["repeats"]["series"].clone();
        assert_eq!((&series["state"], &series["stopped"]), (&json!("paused"), &json!("no_access")));
    }
);

// ------------------------------------------------------------------ reminders

/// When somebody's browsers are told of a task, and its due instant.
async fn reminders(app: &App, person: &Person) -> Vec<(String, String)> {
    let (workspace, member) = (person.workspace, person.id);
    let rows = app.context().db.read(move |tx| async move {
        tx.all(
            sql!(
                "SELECT at, payload FROM notices WHERE workspace = $1 AND member = $2 AND channel = 'push' \
                 AND kind = 'reminder' ORDER BY at"
            ),
            args![workspace, member],
        )
        .await
    });
    let read = |row: &store::Row| {
        let at: jiff::Timestamp = row.get("at").unwrap();
        let payload: Value = serde_json::from_str(&row.get::<String>("payload").unwrap()).unwrap();
        (at.to_string(), payload["topics"][0]["due_at"].as_str().unwrap().to_owned())
    };
    rows.await.unwrap().iter().map(read).collect()
}

/// Whether the newest reminder would still be said.
async fn is_still_said(app: &App, person: &Person) -> bool {
    let (workspace, member) = (person.workspace, person.id);
    let said = app.context().db.read(move |tx| async move {
        let row = tx
            .one(
                sql!(
                    "SELECT id FROM notices WHERE workspace = $1 AND member = $2 AND channel = 'push' \
                     AND kind = 'reminder' ORDER BY at DESC LIMIT 1"
                ),
                args![workspace, member],
            )
            .await?;
        let mut notice = topics::notices::read(&tx, workspace, row.get("id")?).await?.unwrap();
        notice.state = topics::notices::NoticeState::Waiting;
        topics::notices::still_wanted(&tx, &notice).await
    });
    said.await.unwrap()
}

both!(
    async fn its_owner_is_reminded_a_working_day_before_and_once_after(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        // A Monday: the working day before is Friday.
        let id = of_jonas(app, &world, &project, "Save the route", "2026-11-30").await;
        app.work().await;
        app.goes_to("2026-11-27T07:59:59Z").await;
        assert_eq!(reminders(app, &world.jonas).await, []);
        app.goes_to("2026-11-27T08:00:00Z").await;
        app.goes_to("2026-11-27T08:30:00Z").await;
        let due = "2026-11-30T16:45:00Z".to_owned();
        assert_eq!(reminders(app, &world.jonas).await, [("2026-11-27T08:00:00Z".to_owned(), due.clone())]);
        assert!(is_still_said(app, &world.jonas).await);
        app.goes_to("2026-11-30T17:00:00Z").await;
        app.goes_to("2026-12-01T08:00:00Z").await;
        app.goes_to("2026-12-02T08:00:00Z").await;
        let after = ("2026-12-01T08:00:00Z".to_owned(), due);
        assert_eq!(reminders(app, &world.jonas).await[1..], [after]);
        assert!(is_still_said(app, &world.jonas).await);
        // What waits to be sent falls out once it is done.
        change(app, &world.jonas, &id, json!({ "done": true })).await;
        assert!(!is_still_said(app, &world.jonas).await);
        assert_eq!(reminders(app, &world.camila).await, []);
    }
);

both!(
    async fn who_is_done_or_no_longer_its_owner_is_not_reminded(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let done = of_jonas(app, &world, &project, "Done before", "2026-11-30").await;
        let given = of_jonas(app, &world, &project, "Given away", "2026-11-30").await;
        let later = of_jonas(app, &world, &project, "Put off", "2026-11-30").await;
        app.work().await;
        change(app, &world.jonas, &done, json!({ "done": true })).await;
        change(app, &world.camila, &given, json!({ "owner": world.camila.id })).await;
        change(app, &world.camila, &later, json!({ "due": { "date": "2026-12-03" } })).await;
        app.work().await;
        app.goes_to("2026-11-27T08:00:00Z").await;
        assert_eq!(reminders(app, &world.jonas).await, []);
        // In Bogotá the day begins later.
        app.goes_to("2026-11-27T13:30:00Z").await;
        assert_eq!(reminders(app, &world.camila).await.len(), 1);
        app.goes_to("2026-12-02T08:00:00Z").await;
        assert_eq!(reminders(app, &world.jonas).await.len(), 1);
    }
);

both!(
    async fn other_hours_and_ones_own_choice_move_reminders(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        of_jonas(app, &world, &project, "Save the route", "2026-12-03").await;
        app.work().await;
        let jonas = app.by(&world.jonas);
        assert_eq!(jonas.get("/work/reminders").await.ok(), json!({ "days_before": 1, "after": true }));
        jonas.patch("/work/reminders", json!({ "days_before": 6 })).await.refuses(422, "days_before");
        jonas.patch("/work/reminders", json!({ "days_before": 2, "after": false })).await.ok();
        let away = json!({ "id": app.new_id("off"), "from": "2026-12-01T00:00", "to": "2026-12-02T00:00" });
        jonas.post("/time-off", away).await.ok();
        app.work().await;
        // Two working days before: Wednesday, and before the day off, Monday.
        app.goes_to("2026-11-30T08:00:00Z").await;
        assert_eq!(reminders(app, &world.jonas).await.len(), 1);
        for later in
            ["2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z", "2026-12-04T08:00:00Z", "2026-12-07T08:00:00Z"]
        {
            app.goes_to(later).await;
        }
        assert_eq!(reminders(app, &world.jonas).await.len(), 1);
    }
);

// ------------------------------------------------------------------ rules

async fn rule(app: &App, by: &Person, project: &Project, when: Value, action: Value) -> String {
    let id = app.new_id("rul");
    let mut new = json!({ "id": id, "action": action });
    new.as_object_mut().unwrap().extend(when.as_object().unwrap().clone());
    app.by(by).post(&format!("/projects/{}/rules", project.id), new).await.ok();
    id
}

async fn runs(app: &App, by: &Person, project: &Project) -> Vec<(String, String)> {
    let runs = app.by(by).get(&format!("/projects/{}/rule-runs", project.id)).await.ok();
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let mut runs: Vec<_> = runs["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (text(&run["outcome"]), text(&run["why"])))
        .collect();
    runs.reverse();
    runs
}

fn ran(outcome: &str, why: &str) -> (String, String) {
    (outcome.to_owned(), why.to_owned())
}

both!(
    async fn rules_ask_give_move_label_and_post(app: &App) {
        let world = World::new(app).await;
        let (camila, jonas) = (&world.camila, &world.jonas);
        let project = work::project(app, camila, &world.delivery).await;
        let label = project.label(app, camila, "Checked").await;
        let review = json!({ "when": "moved", "stage": project.stage("In review") });
        rule(
            app,
            camila,
            &project,
            review,
            json!({ "does": "ask", "whom": "member", "member": jonas.id,
            "kind": "review", "text": "Does it hold?" }),
        )
        .await;
        let labelled = json!({ "when": "labelled", "label": label });
        rule(app, camila, &project, labelled, json!({ "does": "move", "stage": project.stage("Done") }))
            .await;
        rule(
            app,
            camila,
            &project,
            json!({ "when": "done" }),
            json!({ "does": "post", "text": "**Done.**" }),
        )
        .await;
        rule(
            app,
            camila,
            &project,
            json!({ "when": "created" }),
            json!({ "does": "add_step", "text": "Try it" }),
        )
        .await;
        rule(app, camila, &project, json!({ "when": "steps_done" }), json!({ "does": "set_due", "days": 2 }))
            .await;
        rule(
            app,
            camila,
            &project,
            json!({ "when": "given" }),
            json!({ "does": "add_step", "text": "Tell the vendor" }),
        )
        .await;

        let id = project.task(app, jonas, "Save the route").await;
        app.work().await;
        let made = page(app, jonas, &id).await;
        assert_eq!(made["done_when"][0]["text"], "Try it");
        let step = made["done_when"][0]["id"].as_str().unwrap().to_owned();
        app.by(jonas).patch(&format!("/steps/{step}"), json!({ "done": true })).await.ok();
        app.work().await;
        // Nobody owns it: two working days of whoever made the rule, from Wednesday evening there.
        assert_eq!(task(app, jonas, &id).await["due"]["date"], "2026-11-27");
        change(app, camila, &id, json!({ "stage": project.stage("In review") })).await;
        app.work().await;
        let topic = app.by(jonas).get(&format!("/topics/{id}")).await.ok();
        let ask = &topic["asks"][0];
        assert_eq!(
            (&ask["question"], &ask["asked"], &ask["asker"]),
            (&json!("Does it hold?"), &json!(jonas.id), &json!(camila.id))
        );
        // One thing leads to another: the label moves it, and that it is done is posted.
        change(app, jonas, &id, json!({ "labels": [label], "owner": jonas.id })).await;
        app.work().await;
        let now = task(app, jonas, &id).await;
        assert_eq!((&now["stage"], now["done_at"].is_null()), (&json!(project.stage("Done")), false));
        assert_eq!(page(app, jonas, &id).await["done_when"][1]["text"], "Tell the vendor");
        let posts = app.by(jonas).get(&format!("/topics/{id}/posts?after=0&limit=50")).await.ok();
        assert!(posts["items"].as_array().unwrap().iter().any(|post| post["source"] == "**Done.**"));
        let runs = runs(app, jonas, &project).await;
        assert_eq!(runs.len(), 6);
        assert!(runs.iter().all(|run| *run == ran("done", "")), "{runs:?}");
    }
);

both!(
    async fn what_was_taken_back_sets_nothing_off(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let review = json!({ "when": "moved", "stage": project.stage("In review") });
        rule(app, &world.camila, &project, review, json!({ "does": "archive" })).await;
        let id = project.task(app, &world.jonas, "Save the route").await;
        change(app, &world.jonas, &id, json!({ "stage": project.stage("In review") })).await;
        change(app, &world.jonas, &id, json!({ "stage": project.stage("Ready") })).await;
        app.work().await;
        assert_eq!(task(app, &world.jonas, &id).await["archived_at"], Value::Null);
        assert_eq!(runs(app, &world.jonas, &project).await, [ran("left", "no_longer_so")]);
    }
);

both!(
    async fn circles_are_refused_and_chains_end(app: &App) {
        let world = World::new(app).await;
        let camila = &world.camila;
        let project = work::project(app, camila, &world.delivery).await;
        let path = format!("/projects/{}/rules", project.id);
        let moved = |from: &str, to: &str| {
            json!({ "id": app.new_id("rul"), "when": "moved", "stage": project.stage(from),
                "action": { "does": "move", "stage": project.stage(to) } })
        };
        let first = moved("Ready", "In progress");
        app.by(camila).post(&path, first.clone()).await.ok();
        let back = moved("In progress", "Ready");
        let refused = app.by(camila).post(&path, back.clone()).await.expect(409);
        assert_eq!(refused["code"], "loop");
        assert_eq!(refused["current"]["rules"], json!([back["id"], first["id"]]));
        assert_eq!(
            app.by(camila).post(&path, moved("In review", "In review")).await.expect(409)["code"],
            "loop"
        );

        // Switched off it may be there, and not be switched on beside the other.
        let off = first["id"].as_str().unwrap();
        app.by(camila).patch(&format!("/rules/{off}"), json!({ "active": false })).await.ok();
        app.by(camila).post(&path, back.clone()).await.ok();
        let again = app.by(camila).patch(&format!("/rules/{off}"), json!({ "active": true })).await;
        assert_eq!(again.expect(409)["code"], "loop");
        let back = back["id"].as_str().unwrap();
        app.by(camila).delete(&format!("/rules/{back}")).await.ok();

        // Labels that lead to labels, one after the other: five, and no more.
        let mut labels = Vec::new();
        for name in ["A", "B", "C", "D", "E", "F", "G"] {
            labels.push(project.label(app, camila, name).await);
        }
        for pair in labels.windows(2) {
            let when = json!({ "when": "labelled", "label": pair[0] });
            rule(app, camila, &project, when, json!({ "does": "add_label", "label": pair[1] })).await;
        }
        let id = project.task(app, camila, "Labelled").await;
        change(app, camila, &id, json!({ "labels": [labels[0]] })).await;
        app.work().await;
        assert_eq!(task(app, camila, &id).await["labels"], json!(labels[..6]));
        assert_eq!(runs(app, camila, &project).await.last(), Some(&ran("left", "too_deep")));
        for (wrong, field) in [
            (json!({ "when": "moved", "action": { "does": "archive" } }), "stage"),
            (
                json!({ "when": "done", "stage": project.stage("Done"), "action": { "does": "archive" } }),
                "stage",
            ),
            (json!({ "when": "done", "action": { "does": "assign", "whom": "member" } }), "action.member"),
            (json!({ "when": "done", "action": { "does": "set_due", "days": 0 } }), "action.days"),
            (json!({ "when": "done", "action": { "does": "post", "text": " " } }), "action.text"),
            (
                json!({ "when": "done", "action": { "does": "make_task", "template": app.new_id("tpl") } }),
                "action.template",
            ),
        ] {
            let mut wrong = wrong;
            wrong["id"] = json!(app.new_id("rul"));
            app.by(camila).post(&path, wrong).await.refuses(422, field);
        }
    }
);

both!(
    async fn a_rule_has_the_rights_of_its_maker(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        rule(
            app,
            &world.jonas,
            &project,
            json!({ "when": "created" }),
            json!({ "does": "add_step", "text": "Try it" }),
        )
        .await;
        app.by(&world.rui).post(&format!("/projects/{}/rules", project.id), archives(app)).await.expect(403);
        app.by(&world.camila)
            .delete(&format!("/spaces/{}/members/{}", world.delivery, world.jonas.id))
            .await
            .ok();
        let id = project.task(app, &world.camila, "Save the route").await;
        app.work().await;
        assert_eq!(page(app, &world.camila, &id).await["done_when"], json!([]));
        assert_eq!(runs(app, &world.camila, &project).await, [ran("failed", "no_access")]);
        let rhythm = app.by(&world.camila).get(&format!("/projects/{}/rhythm", project.id)).await.ok();
        let stopped = &rhythm["rhythm"]["rules"][0];
        assert_eq!((&stopped["active"], &stopped["stopped"]), (&json!(false), &json!("no_access")));
        // Whoever switches it on again has made it.
        let rule = stopped["id"].as_str().unwrap();
        app.by(&world.camila).patch(&format!("/rules/{rule}"), json!({ "active": true })).await.ok();
        let id = project.task(app, &world.camila, "Save the map").await;
        app.work().await;
        assert_eq!(page(app, &world.camila, &id).await["done_when"][0]["text"], "Try it");
    }
);

both!(
    async fn rules_hear_of_time_and_a_refused_one_leaves_nothing(app: &App) {
        let world = World::new(app).await;
        let camila = &world.camila;
        let project = work::project(app, camila, &world.delivery).await;
        let label = project.label(app, camila, "Soon").await;
        rule(
            app,
            camila,
            &project,
            json!({ "when": "due_soon" }),
            json!({ "does": "add_label", "label": label }),
        )
        .await;
        let gone = project.label(app, camila, "Gone").await;
        rule(app, camila, &project, json!({ "when": "late" }), json!({ "does": "add_label", "label": gone }))
            .await;
        app.by(camila).delete(&format!("/labels/{gone}")).await.ok();
        let id = of_jonas(app, &world, &project, "Save the route", "2026-11-30").await;
        app.work().await;
        app.goes_to("2026-11-27T08:00:00Z").await;
        assert_eq!(task(app, camila, &id).await["labels"], json!([label]));
        app.goes_to("2026-11-30T16:45:00Z").await;
        assert_eq!(task(app, camila, &id).await["labels"], json!([label]));
        assert_eq!(runs(app, camila, &project).await, [ran("done", ""), ran("failed", "not_here")]);
    }
);

// ------------------------------------------------------------------ templates

both!(
    async fn a_task_and_a_project_are_made_from_templates(app: &App) {
        let world = World::new(app).await;
        let (camila, jonas) = (&world.camila, &world.jonas);
        let project = work::project(app, camila, &world.delivery).await;
        let label = project.label(app, camila, "Map").await;
        let id = of_jonas(app, &world, &project, "Pack the parcel", "2026-12-07").await;
        change(
            app,
            camila,
            &id,
            json!({ "labels": [label], "why": "So that it arrives whole", "starts_on": "2026-12-03" }),
        )
        .await;
        for text in ["Foam", "Tape"] {
            let step = json!({ "id": app.new_id("stp"), "text": text });
            app.by(camila).post(&format!("/tasks/{id}/steps"), step).await.ok();
        }
        let template =
            json!({ "id": app.new_id("tpl"), "name": "Packing", "task": id, "owner": "maker", "due_in": 3 });
        app.by(camila).post(&format!("/projects/{}/templates", project.id), template.clone()).await.ok();
        let template = template["id"].as_str().unwrap();
        let made = app
            .by(jonas)
            .post(&format!("/templates/{template}/tasks"), json!({ "title": "Pack it well" }))
            .await
            .ok();
        let made =
            made["rows"].as_array().unwrap().iter().find(|row| row["table"] == "tasks").unwrap()["row"]
                .clone();
        assert_eq!(
            (&made["title"], &made["steps"], &made["owner"]),
            (&json!("Pack it well"), &json!(2), &json!(jonas.id))
        );
        // Wednesday evening in Berlin, and three working days.
        assert_eq!((&made["due"]["date"], &made["labels"]), (&json!("2026-11-30"), &json!([label])));
        let page = page(app, jonas, made["id"].as_str().unwrap()).await;
        assert_eq!(
            (&page["why"], &page["done_when"][1]["text"]),
            (&json!("So that it arrives whole"), &json!("Tape"))
        );

        let new = json!({ "id": app.new_id("prj"), "key": work::another_key(), "name": "The next one", "tasks": true,
            "owners": "kept", "begins_on": "2027-01-04", "space": world.company });
        app.by(camila).post(&format!("/projects/{}/copy", project.id), new.clone()).await.ok();
        let list = app.by(camila).get(&format!("/projects/{}/tasks", new["id"].as_str().unwrap())).await.ok();
        assert_eq!(list["project"]["stages"].as_array().unwrap().len(), 6);
        let copied =
            list["items"].as_array().unwrap().iter().find(|task| task["title"] == "Pack the parcel").unwrap();
        assert_eq!(copied["labels"], json!([list["project"]["labels"][0]["id"]]));
        assert_ne!(list["project"]["labels"][0]["id"], label);
        // It began first with the other task's due, two days before; all keep their distance in working days.
        assert_eq!(copied["starts_on"], "2027-01-07");
        assert_eq!(copied["due"]["date"], "2027-01-11");
        let bare = json!({ "id": app.new_id("prj"), "key": work::another_key(), "name": "Bare", "tasks": false, "owners": "nobody" });
        app.by(camila).post(&format!("/projects/{}/copy", project.id), bare.clone()).await.ok();
        let list =
            app.by(camila).get(&format!("/projects/{}/tasks", bare["id"].as_str().unwrap())).await.ok();
        assert_eq!(list["items"], json!([]));
    }
);

// ------------------------------------------------------------------ forms

/// What a browser without scripts sends; status and page.
async fn send(app: &App, secret: &str, fields: &[(&str, &str)]) -> (u16, String) {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    ask(app, "POST", secret, body.finish()).await
}

async fn ask(app: &App, method: &str, secret: &str, body: String) -> (u16, String) {
    let (nobody, path) = (app.by_nobody(), format!("/f/{secret}"));
    let request = match method {
        "GET" => nobody.get(&path),
        _ => nobody.post(&path, Value::Null).bytes("application/x-www-form-urlencoded", body),
    };
    let answer = request.header("accept-language", "pt-BR,pt;q=0.9").await;
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap())
}

async fn form(app: &App, world: &World<'_>, project: &Project, fields: Value) -> (String, String) {
    let id = app.new_id("frm");
    let new = json!({ "id": id, "title": "Ask <us>", "intro": "Say what & why.", "fields": fields,
        "stage": project.stage("Ideas") });
    let made = app.by(&world.camila).post(&format!("/projects/{}/forms", project.id), new).await;
    let row = made.row("rhythms", &project.id);
    (id, row["forms"][0]["secret"].as_str().unwrap().to_owned())
}

both!(
    async fn anybody_with_its_address_sends_a_form(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let number = project.field(app, &world.camila, "Parcels", "number").await;
        let fields = json!([
            { "asks": "details", "field": null, "needed": false }, { "asks": "name", "field": null, "needed": false },
            { "asks": "email", "field": null, "needed": true }, { "asks": "wanted_by", "field": null, "needed": false },
            { "asks": "field", "field": number, "needed": false },
        ]);
        let (id, secret) = form(app, &world, &project, fields).await;
        let (status, page) = ask(app, "GET", &secret, String::new()).await;
        assert_eq!(status, 200);
        assert!(
            page.contains("<html lang=\"pt\">")
                && page.contains("<h1>Ask &lt;us&gt;</h1>")
                && page.contains("what &amp; why")
        );
        assert!(!page.contains("<script"));

        let nasty = "<img src=x onerror=alert(1)> @[Camila](mem_1) [x](javascript:alert(1)) ![p](http://x/y.png)\n# Big";
        let (status, page) = send(
            app,
            &secret,
            &[
                ("about", "  A   new route "),
                ("details", nasty),
                ("name", "Eve *"),
                ("email", "eve@shop.example"),
                ("wanted_by", "2026-12-01"),
                (&number, "12,5"),
                ("website", ""),
            ],
        )
        .await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("Foi enviado."));
        let made = tasks(app, &world.jonas, &project).await;
        assert_eq!(made.len(), 1);
        assert_eq!(
            (&made[0]["title"], &made[0]["stage"]),
            (&json!("A new route"), &json!(project.stage("Ideas")))
        );
        assert_eq!(
            (&made[0]["due"]["date"], &made[0]["values"][&number]),
            (&json!("2026-12-01"), &json!(12.5))
        );
        let why = self::page(app, &world.jonas, made[0]["id"].as_str().unwrap()).await["why_html"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            !why.contains("<img")
                && !why.contains("<a ")
                && !why.contains("<h1")
                && !why.contains("data-member"),
            "{why}"
        );
        assert!(
            why.contains("eve@shop.example") && why.contains("Eve *") && why.contains("onerror"),
            "{why}"
        );

        // Wrong and missing fields keep what was written; a program is thanked and kept out.
        let (status, page) =
            send(app, &secret, &[("about", ""), ("email", "nobody"), ("name", "\"><b>")]).await;
        assert_eq!(status, 422);
        assert!(page.contains("value=\"&quot;&gt;&lt;b&gt;\"") && page.contains("aria-invalid"));
        let (status, _) =
            send(app, &secret, &[("about", "Buy"), ("email", "a@b.example"), ("website", "spam")]).await;
        assert_eq!(status, 200);
        for (name, value) in [
            ("wanted_by", "soon"),
            (number.as_str(), "NaN"),
            ("about", &"x".repeat(100_000)),
            ("name", &"é".repeat(300)),
        ] {
            let mut sent = vec![("email", "a@b.example")];
            if name != "about" {
                sent.push(("about", "x"));
            }
            sent.push((name, value));
            let (status, _) = send(app, &secret, &sent).await;
            assert!(status == 422 || status == 413, "{name}: {status}");
        }
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 1);

        // Another address, closed, gone.
        let by = app.by(&world.camila);
        let path = format!("/forms/{id}");
        let renewed = by.patch(&path, json!({ "renew": true })).await.row("rhythms", &project.id);
        assert_eq!(ask(app, "GET", &secret, String::new()).await.0, 404);
        let secret = renewed["forms"][0]["secret"].as_str().unwrap().to_owned();
        assert_eq!(ask(app, "GET", &secret, String::new()).await.0, 200);
        by.patch(&path, json!({ "open": false })).await.ok();
        assert_eq!(send(app, &secret, &[("about", "x"), ("email", "a@b.example")]).await.0, 404);
        by.patch(&path, json!({ "open": true })).await.ok();
        by.patch(&format!("/projects/{}", project.id), json!({ "archived": true })).await.ok();
        assert_eq!(ask(app, "GET", &secret, String::new()).await.0, 404);
        by.patch(&format!("/projects/{}", project.id), json!({ "archived": false })).await.ok();
        by.delete(&path).await.ok();
        assert_eq!(ask(app, "GET", &secret, String::new()).await.0, 404);
    }
);

both!(
    async fn too_much_through_a_form_is_held_off(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let (_, secret) = form(app, &world, &project, json!([])).await;
        for _ in 0..10 {
            assert_eq!(send(app, &secret, &[("about", "Again")]).await.0, 200);
        }
        assert_eq!(send(app, &secret, &[("about", "Again")]).await.0, 429);
        assert_eq!(tasks(app, &world.jonas, &project).await.len(), 10);
    }
);
