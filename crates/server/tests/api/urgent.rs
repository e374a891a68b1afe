//! What may wake people: the gate before, the calls until somebody has seen it, the words after.

use serde_json::{Value, json};
use testkit::{App, Person, Thread, World, both};

fn urgent(app: &App, asked: &Person) -> Value {
    json!({ "id": app.new_id("ask"), "kind": "do", "question": "Can you roll back?", "asked": asked.id,
        "budget": { "kind": "urgent", "reason": "Production is down", "cost": "Refunds fail." } })
}

async fn call(app: &App, by: &Person, thread: &Thread, asked: &Person) -> String {
    let new = urgent(app, asked);
    let id = new["id"].as_str().unwrap().to_owned();
    app.by(by).post(&format!("/topics/{}/asks", thread.id), new).await.row("asks", &id);
    id
}

async fn rota(app: &App, by: &Person, people: &[&Person]) {
    let rota: Vec<_> = people.iter().map(|person| person.id).collect();
    let norms = json!({ "norms": { "budgets": {}, "urgent_reasons": ["Production is down"], "rota": rota, "note": "" } });
    app.by(by).patch("/workspace", norms).await.ok();
}

async fn asks(app: &App, by: &Person, thread: &Thread) -> Vec<Value> {
    app.by(by).get(&format!("/topics/{}", thread.id)).await.ok()["asks"].as_array().unwrap().clone()
}

both!(
    async fn the_gate_names_who_is_at_work(app: &App) {
        let world = World::new(app).await;
        // Wednesday 16:40 in Bogotá, Thursday 5:40 in Manila.
        let gate = |by: &Person, asked: &Person, space: Value| {
            let request = app.by(by).post("/urgent/preview", json!({ "asked": asked.id, "space": space }));
            async move { request.await.ok() }
        };
        let said = gate(&world.jonas, &world.althea, Value::Null).await;
        assert_eq!((&said["works_now"], &said["starts_at"]), (&json!(false), &json!("2026-11-26T01:00:00Z")));
        assert_eq!((&said["covering"], &said["phone"]), (&Value::Null, &json!(false)));
        assert_eq!(said["reasons"], json!(["Production is down", "A customer cannot work"]));
        let said = gate(&world.jonas, &world.althea, json!(world.company)).await;
        assert_eq!(
            said["covering"],
            json!({ "member": world.camila.id, "because": "working", "works_now": true, "starts_at": null })
        );
        let off = json!({ "id": app.new_id("off"), "from": "2026-11-25T00:00", "to": "2026-12-01T00:00", "cover": world.ines.id });
        app.by(&world.althea).post("/time-off", off).await.ok();
        let said = gate(&world.jonas, &world.althea, json!(world.company)).await;
        assert_eq!(
            (&said["covering"]["member"], &said["covering"]["because"]),
            (&json!(world.ines.id), &json!("cover"))
        );
        assert_eq!(said["covering"]["starts_at"], "2026-11-26T09:00:00Z");
        rota(app, &world.camila, &[&world.althea, &world.jonas, &world.camila]).await;
        let said = gate(&world.ines, &world.althea, json!(world.company)).await;
        assert_eq!(
            (&said["covering"]["member"], &said["covering"]["because"]),
            (&json!(world.camila.id), &json!("rota"))
        );
        let said = gate(&world.jonas, &world.camila, json!(world.company)).await;
        assert_eq!((&said["works_now"], &said["covering"]), (&json!(true), &Value::Null));
    }
);

both!(
    async fn it_needs_a_listed_reason_and_what_happens_if_it_waits(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.company, "Refunds fail").await;
        let camila = app.by(&world.camila);
        let path = format!("/topics/{}/asks", thread.id);
        let mut new = urgent(app, &world.althea);
        new["budget"]["reason"] = json!("I am bored");
        camila.post(&path, new.clone()).await.refuses(422, "budget.reason");
        new["budget"] = json!({ "kind": "urgent", "reason": "Production is down", "cost": " " });
        camila.post(&path, new.clone()).await.refuses(422, "budget.cost");
        new["budget"] = json!({ "kind": "urgent", "reason": "Production is down" });
        camila.post(&path, new.clone()).await.expect(400);
        new["budget"] = json!({ "kind": "half_day", "reason": "Production is down" });
        camila.post(&path, new).await.expect(400);
        let mut new = urgent(app, &world.althea);
        let group = app.new_id("grp");
        camila
            .post("/groups", json!({ "id": group, "name": "All", "members": [world.althea.id] }))
            .await
            .ok();
        new["group"] = json!(group);
        new.as_object_mut().unwrap().remove("asked");
        camila.post(&path, new).await.refuses(422, "group");
    }
);

both!(
    async fn it_repeats_until_it_is_acknowledged(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.company, "Refunds fail").await;
        let id = call(app, &world.camila, &thread, &world.althea).await;
        let row = asks(app, &world.camila, &thread).await[0].clone();
        assert_eq!((&row["delivered_at"], &row["due_at"]), (&json!("2026-11-25T21:40:00Z"), &Value::Null));
        assert_eq!(
            row["urgent"],
            json!({ "reason": "Production is down", "cost": "Refunds fail.", "acknowledged_at": null,
            "repeats": 0, "judged": null })
        );
        app.goes_to("2026-11-25T21:44:59Z").await;
        assert_eq!(asks(app, &world.camila, &thread).await[0]["urgent"]["repeats"], 0);
        app.goes_to("2026-11-25T21:45:00Z").await;
        app.goes_to("2026-11-25T21:46:00Z").await;
        assert_eq!(asks(app, &world.camila, &thread).await[0]["urgent"]["repeats"], 1);
        app.by(&world.camila).post(&format!("/asks/{id}/acknowledge"), json!({})).await.expect(403);
        let althea = app.by(&world.althea);
        let row = althea.post(&format!("/asks/{id}/acknowledge"), json!({})).await.row("asks", &id);
        assert_eq!(row["urgent"]["acknowledged_at"], "2026-11-25T21:46:00Z");
        althea.post(&format!("/asks/{id}/acknowledge"), json!({})).await.ok();
        app.goes_to("2026-11-25T23:00:00Z").await;
        let rows = asks(app, &world.camila, &thread).await;
        assert_eq!((rows.len(), &rows[0]["urgent"]["repeats"]), (1, &json!(1)));
        let row = althea
            .post(&format!("/asks/{id}/judge"), json!({ "judged": "justified" }))
            .await
            .row("asks", &id);
        assert_eq!(row["urgent"]["judged"], "justified");
        app.by(&world.camila)
            .post(&format!("/asks/{id}/judge"), json!({ "judged": "justified" }))
            .await
            .expect(403);
        let calm = world.ask(&world.camila, &thread, &world.althea, "And now?").await;
        althea.post(&format!("/asks/{calm}/judge"), json!({ "judged": "justified" })).await.expect(409);
        althea.post(&format!("/asks/{calm}/acknowledge"), json!({})).await.expect(409);
    }
);

both!(
    async fn silence_goes_to_the_cover_and_then_along_the_rota(app: &App) {
        let world = World::new(app).await;
        rota(app, &world.camila, &[&world.althea, &world.jonas, &world.camila]).await;
        let off = json!({ "id": app.new_id("off"), "from": "2026-11-26T00:00", "to": "2026-11-27T00:00", "cover": world.ines.id });
        app.by(&world.althea).post("/time-off", off).await.ok();
        let thread = world.thread(&world.camila, &world.company, "Refunds fail").await;
        call(app, &world.camila, &thread, &world.althea).await;
        let asked = |rows: Vec<Value>| {
            rows.iter().map(|row| (row["asked"].clone(), row["state"].clone())).collect::<Vec<_>>()
        };
        for minute in ["45", "50", "55"] {
            app.goes_to(&format!("2026-11-25T21:{minute}:00Z")).await;
        }
        let row = |person: &Person, state: &str| (json!(person.id), json!(state));
        let rows = asked(asks(app, &world.camila, &thread).await);
        assert_eq!(rows, [row(&world.althea, "passed_on"), row(&world.ines, "open")]);
        for minute in ["00", "05", "10"] {
            app.goes_to(&format!("2026-11-25T22:{minute}:00Z")).await;
        }
        let rows = asked(asks(app, &world.camila, &thread).await);
        assert_eq!(rows[1..], [row(&world.ines, "passed_on"), row(&world.jonas, "open")]);
        // After Jonas there is nobody: Camila asked, and the others were called.
        for minute in ["15", "20", "25", "30", "59"] {
            app.goes_to(&format!("2026-11-25T22:{minute}:00Z")).await;
        }
        let rows = asks(app, &world.camila, &thread).await;
        assert_eq!(
            (rows.len(), &rows[2]["state"], &rows[2]["urgent"]["repeats"]),
            (3, &json!("open"), &json!(2))
        );
    }
);

both!(
    async fn the_month_is_written_down_and_nobody_is_counted(app: &App) {
        let world = World::new(app).await;
        let open = world.thread(&world.camila, &world.company, "Refunds fail").await;
        let inside = world.thread(&world.camila, &world.delivery, "Inside").await;
        let first = call(app, &world.camila, &open, &world.althea).await;
        app.by(&world.althea)
            .post(&format!("/asks/{first}/judge"), json!({ "judged": "could_have_waited" }))
            .await
            .ok();
        call(app, &world.camila, &inside, &world.jonas).await;
        world.ask(&world.camila, &open, &world.althea, "Calmly").await;
        let log = app.by(&world.camila).get("/urgent?month=2026-11").await.ok();
        assert_eq!(log["counts"], json!({ "total": 2, "justified": 0, "could_have_waited": 1 }));
        let log = app.by(&world.althea).get("/urgent?month=2026-11").await.ok();
        assert_eq!(
            (log["items"].as_array().unwrap().len(), &log["items"][0]["topic"]["id"]),
            (1, &json!(open.id))
        );
        assert_eq!(app.by(&world.ines).get("/urgent?month=2026-11").await.ok()["counts"]["total"], 1);
        assert_eq!(app.by(&world.camila).get("/urgent?month=2026-12").await.ok()["items"], json!([]));
        app.by(&world.camila).get("/urgent?month=2026").await.refuses(422, "month");
    }
);
