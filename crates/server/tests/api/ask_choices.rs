//! Asks to groups, what the asker can do when nobody has answered, and what was passed on.

use serde_json::{Value, json};
use testkit::{App, Person, World, both};

async fn group(app: &App, by: &Person, name: &str, members: &[&Person]) -> String {
    let id = app.new_id("grp");
    let members: Vec<_> = members.iter().map(|person| person.id).collect();
    let new = json!({ "id": id, "name": name, "members": members });
    app.by(by).post("/groups", new).await.row("groups", &id);
    id
}

async fn owed(app: &App, by: &Person) -> Vec<Value> {
    let list = app.by(by).get("/asks?list=owe").await.ok();
    list["items"].as_array().unwrap().iter().map(|ask| ask["id"].clone()).collect()
}

both!(
    async fn a_group_has_members_and_no_guests(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        let new = |members: Value| json!({ "id": app.new_id("grp"), "name": "Design", "members": members });
        app.by(&world.rui).post("/groups", new(json!([world.jonas.id]))).await.expect(403);
        jonas.post("/groups", new(json!([]))).await.refuses(422, "members");
        jonas.post("/groups", new(json!([world.jonas.id, world.rui.id]))).await.refuses(422, "members[1]");
        jonas.post("/groups", new(json!([world.zoe.id]))).await.refuses(422, "members[0]");
        let first = group(app, &world.jonas, "Design", &[&world.jonas, &world.althea]).await;
        let second = group(app, &world.jonas, "Design", &[&world.ines]).await;
        let rows = jonas.get("/groups").await.ok();
        assert_eq!(rows["items"].as_array().unwrap().len(), 2);
        let slugs: Vec<&Value> =
            rows["items"].as_array().unwrap().iter().map(|group| &group["slug"]).collect();
        assert!(slugs.contains(&&json!("design")) && slugs.contains(&&json!("design-2")));
        assert_eq!(app.by(&world.rui).get("/groups").await.ok()["items"], json!([]));
        assert_eq!(app.by(&world.rui).get("/me").await.ok()["groups"], json!([]));
        let changed = jonas
            .patch(&format!("/groups/{first}"), json!({ "name": "Designers", "members": [world.camila.id] }))
            .await;
        let row = changed.row("groups", &first);
        assert_eq!(
            (&row["name"], &row["slug"], &row["members"]),
            (&json!("Designers"), &json!("design"), &json!([world.camila.id]))
        );
        app.by(&world.rui).patch(&format!("/groups/{first}"), json!({ "name": "Mine" })).await.expect(404);
        // Who leaves, leaves the group.
        app.by(&world.camila).post(&format!("/members/{}/remove", world.ines.id), json!({})).await.ok();
        let rows = jonas.get("/groups").await.ok();
        let left = rows["items"].as_array().unwrap().iter().find(|group| group["id"] == second).unwrap();
        assert_eq!(left["members"], json!([]));
        jonas.delete(&format!("/groups/{second}")).await.ok();
        assert_eq!(jonas.get("/me").await.ok()["groups"].as_array().unwrap().len(), 1);
        // Who becomes a guest no longer sees the groups.
        let role = json!({ "role": "guest" });
        app.by(&world.camila).patch(&format!("/members/{}", world.althea.id), role).await.ok();
        assert_eq!(app.by(&world.althea).get("/groups").await.ok()["items"], json!([]));
    }
);

both!(
    async fn an_ask_to_a_group_is_taken_by_one_of_it(app: &App) {
        let world = World::new(app).await;
        let design =
            group(app, &world.camila, "Design", &[&world.camila, &world.jonas, &world.althea, &world.ines])
                .await;
        let thread = world.thread(&world.camila, &world.company, "Which colour?").await;
        let id = app.new_id("ask");
        let new = |more: Value| {
            let mut new = json!({ "id": id, "kind": "decide", "question": "Red or blue?", "budget": { "kind": "half_day" } });
            new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            new
        };
        let camila = app.by(&world.camila);
        let path = format!("/topics/{}/asks", thread.id);
        camila.post(&path, new(json!({}))).await.refuses(422, "asked");
        camila
            .post(&path, new(json!({ "group": design, "asked": world.jonas.id })))
            .await
            .refuses(422, "asked");
        camila.post(&path, new(json!({ "group": app.new_id("grp") }))).await.refuses(422, "group");
        let private = world.thread(&world.ines, &world.vendors, "Inside").await;
        let inside = new(json!({ "group": design }));
        app.by(&world.ines).post(&format!("/topics/{}/asks", private.id), inside).await.refuses(422, "group");
        let post = app.new_id("pst");
        let reply = json!({ "id": post, "source": "Colours", "ask": new(json!({ "group": design })) });
        let row = camila.post(&format!("/topics/{}/posts", thread.id), reply).await.row("asks", &id);
        assert_eq!((&row["asked"], &row["group"], &row["no"]), (&Value::Null, &json!(design), &json!(2)));
        // Half a day of Althea's, who of all in the group would be the first to be due.
        assert_eq!(
            (&row["due_at"], &row["nudge_at"], &row["delivered_at"]),
            (&json!("2026-11-26T06:00:00Z"), &Value::Null, &json!("2026-11-25T21:40:00Z"))
        );
        for person in [&world.jonas, &world.althea, &world.ines] {
            assert_eq!(owed(app, person).await, [json!(id)]);
        }
        assert_eq!(owed(app, &world.camila).await, [] as [Value; 0]);
        app.by(&world.jonas).post(&format!("/asks/{id}/accept"), json!({})).await.expect(403);
        camila.post(&format!("/asks/{id}/claim"), json!({})).await.expect(409);
        camila.delete(&format!("/groups/{design}")).await.expect(409);
        app.goes_to("2026-11-26T10:00:00Z").await;
        let row = app.by(&world.jonas).post(&format!("/asks/{id}/claim"), json!({})).await.row("asks", &id);
        // 11:00 in Berlin: 90 minutes before lunch, and 150 after.
        assert_eq!((&row["asked"], &row["due_at"]), (&json!(world.jonas.id), &json!("2026-11-26T14:45:00Z")));
        assert_eq!(row["asked_at"], "2026-11-25T21:40:00Z");
        app.by(&world.jonas).post(&format!("/asks/{id}/claim"), json!({})).await.ok();
        let refused = app.by(&world.althea).post(&format!("/asks/{id}/claim"), json!({})).await.expect(409);
        assert_eq!(refused["code"], "ask_taken");
        app.by(&world.rui).post(&format!("/asks/{id}/claim"), json!({})).await.expect(404);
        assert_eq!(owed(app, &world.althea).await, [] as [Value; 0]);
        assert_eq!(owed(app, &world.jonas).await, [json!(id)]);
    }
);

both!(
    async fn what_nobody_in_a_group_has_taken_is_late(app: &App) {
        let world = World::new(app).await;
        let design = group(app, &world.camila, "Design", &[&world.jonas, &world.althea]).await;
        let thread = world.thread(&world.camila, &world.company, "Which colour?").await;
        let (path, camila) = (format!("/topics/{}/asks", thread.id), app.by(&world.camila));
        let new = |id: &str| json!({ "id": id, "kind": "decide", "question": "Red or blue?", "group": design, "budget": { "kind": "half_day" } });
        let of_ask = |page: Value, id: &str| {
            page["asks"].as_array().unwrap().iter().find(|ask| ask["id"] == id).unwrap().clone()
        };
        let id = app.new_id("ask");
        let row = camila.post(&path, new(&id)).await.row("asks", &id);
        assert_eq!(row["due_at"], "2026-11-26T06:00:00Z", "in Manila");
        // Althea is away: now Jonas would be the first.
        let away = json!({ "id": app.new_id("off"), "from": "2026-11-26T00:00", "to": "2026-11-27T00:00" });
        app.by(&world.althea).post("/time-off", away).await.ok();
        app.work().await;
        let row = of_ask(camila.get(&format!("/topics/{}", thread.id)).await.ok(), &id);
        assert_eq!(
            (&row["due_at"], &row["due_before"], &row["moved_because"]),
            (&json!("2026-11-26T12:45:00Z"), &json!("2026-11-26T06:00:00Z"), &json!("time_off"))
        );
        app.goes_to("2026-11-26T12:44:59Z").await;
        assert_eq!(camila.get("/inbox").await.ok()["items"], json!([]));
        app.goes_to("2026-11-26T12:45:00Z").await;
        let inbox = camila.get("/inbox").await.ok();
        assert_eq!((&inbox["items"][0]["reason"], &inbox["items"][0]["ask"]), (&json!("late"), &json!(id)));
        let log = camila.get("/changes/log?after=0&limit=200").await.ok();
        let late = log["items"].as_array().unwrap().iter().filter(|change| change["verb"] == "ask.late");
        assert_eq!(late.count(), 1);
        // The asker chooses: longer, and then somebody by name.
        let longer = json!({ "due_at": "2026-11-27T10:00:00Z" });
        let row = camila.post(&format!("/asks/{id}/extend"), longer).await.row("asks", &id);
        assert_eq!((&row["asked"], &row["due_at"]), (&Value::Null, &json!("2026-11-27T10:00:00Z")));
        assert_eq!(camila.get("/inbox").await.ok()["items"], json!([]));
        let next = app.new_id("ask");
        let to_ines = json!({ "id": next, "to": world.ines.id });
        let answer = camila.post(&format!("/asks/{id}/reassign"), to_ines).await;
        assert_eq!(answer.row("asks", &id)["state"], "passed_on");
        assert_eq!(answer.row("asks", &next)["asked"], json!(world.ines.id));
        // Who goes ahead when nobody replies goes ahead when nobody takes it.
        let ahead = app.new_id("ask");
        let mut new = new(&ahead);
        new["silence"] = json!({ "kind": "proceed" });
        let due = camila.post(&path, new).await.row("asks", &ahead)["due_at"].as_str().unwrap().to_owned();
        app.goes_to(&due).await;
        let row = of_ask(camila.get(&format!("/topics/{}", thread.id)).await.ok(), &ahead);
        assert_eq!((&row["state"], &row["ended_at"]), (&json!("proceeded"), &json!(due)));
        app.by(&world.jonas).post(&format!("/asks/{ahead}/claim"), json!({})).await.expect(409);
    }
);

both!(
    async fn what_was_passed_on_and_declined_comes_back(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Who?").await;
        let id = world.ask(&world.camila, &thread, &world.jonas, "Is it yours?").await;
        let next = app.new_id("ask");
        let pass = json!({ "id": next, "to": world.rui.id, "note": "Rui was there" });
        app.by(&world.jonas).post(&format!("/asks/{id}/pass"), pass).await.ok();
        app.goes_to("2026-11-26T09:00:00Z").await;
        let no = json!({ "reason": "I was not", "suggested": world.jonas.id });
        let answer = app.by(&world.rui).post(&format!("/asks/{next}/decline"), no).await;
        assert_eq!(answer.row("asks", &next)["state"], "declined");
        let back = answer.row("asks", &id);
        assert_eq!(
            (&back["state"], &back["ended_at"], &back["passed_to"]),
            (&json!("open"), &Value::Null, &Value::Null)
        );
        assert_eq!((&back["moved_because"], &back["reason"]), (&json!("back"), &json!("I was not")));
        // Half a day from 10:00 in Berlin.
        assert_eq!(
            (&back["due_before"], &back["due_at"]),
            (&json!("2026-11-26T12:45:00Z"), &json!("2026-11-26T13:45:00Z"))
        );
        assert_eq!(owed(app, &world.jonas).await, [json!(id)]);
    }
);

both!(
    async fn the_asker_waits_longer_or_asks_somebody_else(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Still nothing").await;
        let camila = app.by(&world.camila);
        let late = world.ask(&world.camila, &thread, &world.jonas, "Well?").await;
        let path = |id: &str, verb: &str| format!("/asks/{id}/{verb}");
        app.goes_to("2026-11-26T13:00:00Z").await;
        app.by(&world.jonas)
            .post(&path(&late, "extend"), json!({ "due_at": "2026-11-27T10:00:00Z" }))
            .await
            .expect(403);
        camila
            .post(&path(&late, "extend"), json!({ "due_at": "2026-11-26T12:59:00Z" }))
            .await
            .refuses(422, "due_at");
        let row = camila
            .post(&path(&late, "extend"), json!({ "due_at": "2026-11-27T10:00:00Z" }))
            .await
            .row("asks", &late);
        assert_eq!(
            (&row["due_at"], &row["due_before"]),
            (&json!("2026-11-27T10:00:00Z"), &json!("2026-11-26T12:45:00Z"))
        );
        assert_eq!((&row["moved_because"], &row["state"]), (&json!("longer"), &json!("open")));
        camila
            .post(&path(&late, "extend"), json!({ "due_at": "2026-11-27T09:00:00Z" }))
            .await
            .refuses(422, "due_at");
        // It was reminded before; it is late again at its new time.
        app.goes_to("2026-11-27T10:00:00Z").await;
        let inbox = camila.get("/inbox").await.ok();
        assert_eq!(inbox["items"][0]["reason"], "late");

        let next = app.new_id("ask");
        camila
            .post(&path(&late, "reassign"), json!({ "id": next, "to": world.jonas.id }))
            .await
            .refuses(422, "to");
        camila
            .post(&path(&late, "reassign"), json!({ "id": next, "to": world.camila.id }))
            .await
            .refuses(422, "to");
        let answer = camila
            .post(&path(&late, "reassign"), json!({ "id": next, "to": world.rui.id, "note": "You know" }))
            .await;
        assert_eq!(
            (&answer.row("asks", &late)["state"], &answer.row("asks", &late)["reason"]),
            (&json!("passed_on"), &json!("You know"))
        );
        assert_eq!(answer.row("asks", &next)["passed_from"], late);
        // The asker chose somebody else: it does not go back to the first.
        app.by(&world.rui).post(&path(&next, "decline"), json!({ "reason": "No" })).await.ok();
        let topic = camila.get(&format!("/topics/{}", thread.id)).await.ok();
        assert!(topic["asks"].as_array().unwrap().iter().all(|ask| ask["state"] != "open"));
    }
);

both!(
    async fn whoever_covers_is_asked(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Away").await;
        let camila = app.by(&world.camila);
        let id = world.ask(&world.camila, &thread, &world.jonas, "Well?").await;
        let next = app.new_id("ask");
        camila.post(&format!("/asks/{id}/cover"), json!({ "id": next })).await.expect(409);
        let off = json!({ "id": app.new_id("off"), "from": "2026-11-25T00:00", "to": "2026-12-01T00:00", "cover": world.rui.id });
        app.by(&world.jonas).post("/time-off", off).await.ok();
        let answer = camila.post(&format!("/asks/{id}/cover"), json!({ "id": next })).await;
        assert_eq!(answer.row("asks", &next)["asked"], json!(world.rui.id));
        assert_eq!(answer.row("asks", &id)["passed_to"], json!(next));
        camila.post(&format!("/asks/{id}/cover"), json!({ "id": app.new_id("ask") })).await.expect(409);
    }
);

both!(
    async fn a_late_ask_goes_to_the_lead(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.company, "Late").await;
        let id = world.ask(&world.camila, &thread, &world.jonas, "Well?").await;
        let (path, next) = (format!("/asks/{id}/escalate"), app.new_id("ask"));
        let camila = app.by(&world.camila);
        camila.post(&path, json!({ "id": next })).await.expect(409);
        app.goes_to("2026-11-26T13:00:00Z").await;
        camila.post(&path, json!({ "id": next })).await.expect(409);
        let space = format!("/spaces/{}", world.company);
        camila.patch(&space, json!({ "lead": world.rui.id })).await.refuses(422, "lead");
        let row =
            camila.patch(&space, json!({ "lead": world.althea.id })).await.row("spaces", &world.company);
        assert_eq!(row["lead"], json!(world.althea.id));
        let answer = camila.post(&path, json!({ "id": next, "note": "We wait since noon" })).await;
        let row = answer.row("asks", &next);
        assert_eq!((&row["kind"], &row["asked"]), (&json!("decide"), &json!(world.althea.id)));
        assert_eq!((&row["escalates"], &row["question"]), (&json!(id), &json!("We wait since noon")));
        assert_eq!(answer.row("asks", &id)["state"], "open");
        camila.post(&path, json!({ "id": app.new_id("ask") })).await.expect(409);
        // Who leaves the space leads it no longer.
        camila.delete(&format!("{space}/members/{}", world.althea.id)).await.ok();
        let overview = camila.get(&space).await.ok();
        assert_eq!(overview["space"]["lead"], Value::Null);
    }
);

both!(
    async fn norms_say_how_people_reply_here(app: &App) {
        let world = World::new(app).await;
        let workspace = app.by(&world.camila).get("/me").await.ok()["workspace"].clone();
        assert_eq!(
            workspace["norms"],
            json!({ "budgets": {}, "urgent_reasons": ["Production is down", "A customer cannot work"],
            "rota": [], "note": "" })
        );
        let ines = app.by(&world.ines);
        let norms = |reasons: Value, rota: Value| json!({ "budgets": { "do": "this_week" }, "urgent_reasons": reasons, "rota": rota, "note": "Slowly." });
        let change = |norms: Value| json!({ "norms": norms });
        ines.patch("/workspace", change(norms(json!(["A", ""]), json!([]))))
            .await
            .refuses(422, "norms.urgent_reasons[1]");
        ines.patch("/workspace", change(norms(json!(["A", "A"]), json!([]))))
            .await
            .refuses(422, "norms.urgent_reasons[1]");
        ines.patch("/workspace", change(norms(json!([]), json!([world.rui.id]))))
            .await
            .refuses(422, "norms.rota[0]");
        let eleven: Vec<String> = (0..11).map(|number| format!("Reason {number}")).collect();
        ines.patch("/workspace", change(norms(json!(eleven), json!([]))))
            .await
            .refuses(422, "norms.urgent_reasons");
        app.by(&world.jonas).patch("/workspace", json!({ "name": "Mine" })).await.expect(403);
        let row = ines.patch("/workspace", change(norms(json!(["Fire"]), json!([world.jonas.id])))).await;
        let row = row.row("workspaces", workspace["id"].as_str().unwrap()).clone();
        assert_eq!((&row["norms"]["rota"], &row["name"]), (&json!([world.jonas.id]), &json!("Cordel")));
        let space = format!("/spaces/{}", world.delivery);
        let own =
            json!({ "norms": { "budgets": {}, "urgent_reasons": ["Flood"], "rota": [], "note": "Today." } });
        let row = app.by(&world.jonas).patch(&space, own).await.row("spaces", &world.delivery);
        assert_eq!(row["norms"]["note"], "Today.");
        let gate = json!({ "asked": world.jonas.id, "space": world.delivery });
        assert_eq!(
            app.by(&world.camila).post("/urgent/preview", gate).await.ok()["reasons"],
            json!(["Flood"])
        );
        let row =
            app.by(&world.jonas).patch(&space, json!({ "norms": null })).await.row("spaces", &world.delivery);
        assert_eq!(row["norms"], Value::Null);
    }
);

both!(
    async fn naming_a_group_names_those_who_can_read(app: &App) {
        let world = World::new(app).await;
        let design = group(app, &world.camila, "Design", &[&world.camila, &world.jonas, &world.althea]).await;
        let thread = world.thread(&world.camila, &world.delivery, "Colours").await;
        let post = world.post(&world.camila, &thread, &format!("@[Old name]({design}) look")).await;
        let page = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok();
        let row = page["posts"].as_array().unwrap().iter().find(|row| row["id"] == post).unwrap();
        assert_eq!(
            row["html"],
            format!("<p><span class=\"mention\" data-group=\"{design}\">@Design</span> look</p>")
        );
        let mut named = [json!(world.camila.id), json!(world.jonas.id)];
        named.sort_by_key(Value::to_string);
        assert_eq!(row["mentions"], json!(named), "Althea is not in Delivery");
        assert_eq!(page["mark"]["mention_no"], 2);
        // A guest does not know the groups, so their words name nobody.
        let by_guest = world.post(&world.rui, &thread, &format!("@[Design]({design}) look")).await;
        let page = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok();
        let row = page["posts"].as_array().unwrap().iter().find(|row| row["id"] == by_guest).unwrap();
        assert_eq!(row["mentions"], json!([]));
    }
);

both!(
    async fn nothing_is_due_before_it_is_there(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.company, "The refund rule").await;
        let (camila, jonas) = (app.by(&world.camila), app.by(&world.jonas));
        // Althea is away until Monday; Thursday 18:00 in Berlin lies before that.
        let off = json!({ "id": app.new_id("off"), "from": "2026-11-26T00:00", "to": "2026-11-28T00:00" });
        app.by(&world.althea).post("/time-off", off).await.ok();
        let id = app.new_id("ask");
        let wished = "2026-11-26T17:00:00Z";
        let new = json!({ "id": id, "kind": "do", "question": "Can you?", "asked": world.jonas.id,
            "budget": { "kind": "exact", "at": wished } });
        camila.post(&format!("/topics/{}/asks", thread.id), new).await.ok();
        let preview = json!({ "asked": [world.althea.id], "budget": { "kind": "exact", "at": wished } });
        let preview = jonas.post("/asks/preview", preview).await.ok();
        let promised = preview["items"][0].clone();
        assert_eq!((&promised["in_hours"], &promised["note"]), (&json!(false), &json!("away")), "{promised}");
        let next = app.new_id("ask");
        let on = json!({ "id": next, "to": world.althea.id, "note": "She knows it." });
        let passed = jonas.post(&format!("/asks/{id}/pass"), on).await;
        let row = passed.row("asks", &next);
        let instant = |field: &str| row[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert!(instant("delivered_at") < instant("due_at"), "{row}");
        assert_eq!((&row["due_before"], &row["moved_because"]), (&json!(wished), &json!("time_off")));
        assert_eq!(
            (&promised["delivered_at"], &promised["due_at"]),
            (&row["delivered_at"], &row["due_at"]),
            "what was promised is what happens"
        );
    }
);
