//! Days that nobody meant, and what comes again on days that its owner has off.

use serde_json::{Value, json};
use testkit::{App, Person, World, both};

use crate::work::{self, Project};

async fn task(app: &App, by: &Person, project: &Project, more: Value) -> String {
    let id = app.new_id("top");
    let mut new = json!({ "id": id, "project": project.id, "title": "Send the report" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.by(by).post("/tasks", new).await.ok();
    id
}

both!(
    async fn days_that_nobody_meant_are_refused(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let id = task(app, &world.camila, &project, json!({})).await;
        for day in ["1999-12-31", "2201-01-01", "9999-12-31", "0204-11-26"] {
            for patch in [json!({ "due": { "date": day } }), json!({ "starts_on": day })] {
                let refused = camila.patch(&format!("/tasks/{id}"), patch.clone()).await;
                assert_eq!(refused.expect(422)["code"], "day_too_far", "{patch}");
            }
            let new =
                json!({ "id": app.new_id("top"), "project": project.id, "title": "x", "starts_on": day });
            assert_eq!(camila.post("/tasks", new).await.expect(422)["code"], "day_too_far", "{day}");
            let goal = json!({ "id": app.new_id("goa"), "space": world.delivery, "title": "Grow",
                "owner": world.camila.id, "target_date": day });
            assert_eq!(camila.post("/goals", goal).await.expect(422)["code"], "day_too_far", "{day}");
        }
        for day in ["2000-01-01", "2200-12-31"] {
            let patch = json!({ "starts_on": null, "due": { "date": day } });
            camila.patch(&format!("/tasks/{id}"), patch).await.ok();
        }
    }
);

both!(
    async fn what_comes_only_on_days_off_is_refused(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let camila = app.by(&world.camila);
        let due = json!({ "owner": world.jonas.id, "due": { "date": "2026-11-28" } });
        let id = task(app, &world.camila, &project, due).await;
        let saturdays = |days_off: &str, rule: &str| json!({ "id": app.new_id("ser"), "rule": rule, "time": null, "days_off": days_off, "lead": 0 });
        let path = format!("/tasks/{id}/repeat");
        let refused = camila.put(&path, saturdays("skip", "FREQ=WEEKLY;BYDAY=SA")).await;
        assert_eq!(refused.expect(422)["code"], "every_day_off");
        let page = camila.get(&format!("/tasks/{id}")).await.ok()["page"].clone();
        assert!(page["repeats"].is_null(), "nothing was begun");

        // Moved to the next working day it comes; changed so that it never would, it stays as it is.
        camila.put(&path, saturdays("move", "FREQ=WEEKLY;BYDAY=SA")).await.ok();
        let refused = camila.put(&path, saturdays("skip", "FREQ=WEEKLY;BYDAY=SA,SU")).await;
        assert_eq!(refused.expect(422)["code"], "every_day_off");
        let page = camila.get(&format!("/tasks/{id}")).await.ok()["page"].clone();
        let series = &page["repeats"]["series"];
        assert_eq!((&series["state"], &series["days_off"]), (&json!("running"), &json!("move")));
        // A rule that has ended by itself is no mistake.
        camila.put(&path, saturdays("move", "FREQ=WEEKLY;BYDAY=SA;COUNT=1")).await.ok();
    }
);

both!(
    async fn a_form_is_not_wanted_by_a_day_that_is_over(app: &App) {
        let world = World::new(app).await;
        let project = work::project(app, &world.camila, &world.delivery).await;
        let new = json!({ "id": app.new_id("frm"), "title": "Ask us",
            "fields": [{ "asks": "wanted_by", "field": null, "needed": false }] });
        let made = app.by(&world.camila).post(&format!("/projects/{}/forms", project.id), new).await;
        let secret = made.row("rhythms", &project.id)["forms"][0]["secret"].as_str().unwrap().to_owned();
        let send = async |day: &str| {
            let request = app.by_nobody().post(&format!("/f/{secret}"), Value::Null);
            let body = format!("about=A+route&wanted_by={day}");
            let answer = request
                .bytes("application/x-www-form-urlencoded", body)
                .header("accept-language", "es")
                .await;
            (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap())
        };
        for (day, words) in [
            ("2020-01-01", "Ese día ya pasó."),
            ("2201-01-01", "Ese día está demasiado lejos."),
            ("soon", "No es una fecha."),
        ] {
            let (status, page) = send(day).await;
            assert_eq!(status, 422, "{day}");
            assert!(page.contains(words) && page.contains("A route"), "{day}: {page}");
        }
        assert_eq!(send("2026-12-01").await.0, 200);
        let tasks = app.by(&world.jonas).get(&format!("/projects/{}/tasks", project.id)).await.ok();
        assert_eq!(tasks["items"].as_array().unwrap().len(), 1);
    }
);

both!(
    async fn an_old_date_of_a_table_is_left_behind_and_said(app: &App) {
        let world = World::new(app).await;
        let table = "Title,Due date\nOld,1999-05-01\nNew,2026-12-01\n";
        let request = app.by(&world.camila).send(axum::http::Method::POST, "/files?name=Old.csv");
        let file = request.bytes("text/csv", table).await.expect(201)["id"].clone();
        let import = app.new_id("imp");
        let wish = json!({ "file": file, "space": world.company });
        app.by(&world.camila).post("/imports", json!({ "id": import, "wish": wish })).await.ok();
        app.work().await;
        let done = app.by(&world.camila).get(&format!("/imports/{import}")).await.ok();
        assert_eq!((&done["state"], &done["report"]["added"]["cards"]), (&json!("done"), &json!(2)));
        let left = &done["report"]["not_carried"][0];
        assert_eq!((&left["code"], &left["objects"][0]["name"]), (&json!("date_too_far"), &json!("Old")));
        let project = done["project"].as_str().unwrap();
        let tasks = app.by(&world.camila).get(&format!("/projects/{project}/tasks")).await.ok();
        let due = |title: &str| {
            let items = tasks["items"].as_array().unwrap();
            items.iter().find(|task| task["title"] == title).unwrap()["due"].clone()
        };
        assert_eq!((due("Old"), due("New")["date"].clone()), (Value::Null, json!("2026-12-01")));
    }
);
