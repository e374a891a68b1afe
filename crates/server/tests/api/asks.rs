//! Asks: accepted, declined, passed on, withdrawn, closed, and by whom.

use serde_json::{Value, json};
use testkit::{App, World, both};

both!(
    async fn an_ask_is_accepted_with_another_time(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "When?").await;
        let ask = world.ask(&world.camila, &thread, &world.jonas, "When can it be there?").await;
        let path = format!("/asks/{ask}/accept");
        let at = |at: &str| json!({ "promised_at": at });
        app.by(&world.rui).post(&path, at("2026-11-27T10:00:00Z")).await.expect(403);
        app.by(&world.camila).post(&path, at("2026-11-27T10:00:00Z")).await.expect(403);
        app.by(&world.jonas).post(&path, at("2026-11-25T21:40:00Z")).await.refuses(422, "promised_at");
        app.by(&world.jonas).post(&path, at("2036-11-25T21:40:00Z")).await.refuses(422, "promised_at");
        let accepted = app.by(&world.jonas).post(&path, at("2026-11-27T10:00:00Z")).await.row("asks", &ask);
        assert_eq!(
            (&accepted["state"], &accepted["promised_at"]),
            (&json!("accepted"), &json!("2026-11-27T10:00:00Z"))
        );
        let later = world.ask(&world.camila, &thread, &world.jonas, "Something due before").await;
        let owed = app.by(&world.jonas).get("/asks?list=owe").await.ok();
        assert_eq!(owed["items"][0]["id"], later, "by when it is due, or promised");
        assert_eq!(owed["topics"].as_array().unwrap().len(), 1);
    }
);

both!(
    async fn an_ask_is_declined_passed_on_or_withdrawn(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Who?").await;
        let jonas = app.by(&world.jonas);
        let declined = world.ask(&world.camila, &thread, &world.jonas, "You?").await;
        let no = |reason: &str, suggested: Value| json!({ "reason": reason, "suggested": suggested });
        let path = format!("/asks/{declined}/decline");
        jonas.post(&path, no("", Value::Null)).await.refuses(422, "reason");
        jonas.post(&path, no("Not mine", json!(world.zoe.id))).await.refuses(422, "suggested");
        let row = jonas.post(&path, no("Not mine", json!(world.rui.id))).await.row("asks", &declined);
        assert_eq!((&row["state"], &row["suggested"]), (&json!("declined"), &json!(world.rui.id)));
        jonas.post(&path, no("Again", Value::Null)).await.expect(409);
        app.by(&world.camila).post(&format!("/asks/{declined}/withdraw"), json!({})).await.expect(409);

        let passed = world.ask(&world.camila, &thread, &world.jonas, "Or you?").await;
        let next = app.new_id("ask");
        let path = format!("/asks/{passed}/pass");
        let on = |to: Value| json!({ "id": next, "to": to, "note": "Rui was there" });
        jonas.post(&path, on(json!(world.althea.id))).await.refuses(422, "to");
        jonas.post(&path, on(json!(world.jonas.id))).await.refuses(422, "to");
        jonas.post(&path, on(json!(world.camila.id))).await.refuses(422, "to");
        jonas.post(&path, on(json!(app.new_id("mem")))).await.refuses(422, "to");
        let answer = jonas.post(&path, on(json!(world.rui.id))).await;
        assert_eq!(answer.row("asks", &passed)["passed_to"], next);
        let new = answer.row("asks", &next);
        assert_eq!((&new["asker"], &new["asked"]), (&json!(world.camila.id), &json!(world.rui.id)));
        assert_eq!((&new["passed_from"], &new["state"]), (&json!(passed), &json!("open")));
        assert_eq!(app.by(&world.rui).get("/me").await.ok()["counts"]["waiting"], 1);
        jonas.post(&format!("/asks/{next}/accept"), json!({})).await.expect(403);
        app.by(&world.jonas).post(&format!("/asks/{next}/withdraw"), json!({})).await.expect(403);
        let back = app.by(&world.camila).post(&format!("/asks/{next}/withdraw"), json!({})).await;
        assert_eq!(back.row("asks", &next)["state"], "withdrawn");
        assert_eq!(app.by(&world.rui).get("/me").await.ok()["counts"]["waiting"], 0);
        let all = app.by(&world.camila).get("/asks?list=waiting&state=all").await.ok();
        assert_eq!(all["items"].as_array().unwrap().len(), 3);
        assert_eq!(app.by(&world.camila).get("/asks?list=waiting").await.ok()["items"], json!([]));
    }
);

both!(
    async fn an_ask_is_answered_by_ones_own_post_and_can_be_opened_again(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Which?").await;
        let other = world.thread(&world.jonas, &world.delivery, "Elsewhere").await;
        let ask = world.ask(&world.camila, &thread, &world.jonas, "A or B?").await;
        let path = format!("/asks/{ask}/answer");
        let jonas = app.by(&world.jonas);
        jonas.post(&path, json!({ "post": thread.post })).await.refuses(422, "post");
        jonas.post(&path, json!({ "post": other.post })).await.refuses(422, "post");
        jonas.post(&path, json!({ "post": app.new_id("pst") })).await.refuses(422, "post");
        let answer = world.post(&world.jonas, &thread, "B").await;
        let row = jonas.post(&path, json!({ "post": answer })).await.row("asks", &ask);
        assert_eq!((&row["state"], &row["answer_post"]), (&json!("answered"), &json!(answer)));
        app.set_clock("2026-11-26T09:00:00Z");
        let again =
            app.by(&world.camila).post(&format!("/asks/{ask}/reopen"), json!({})).await.row("asks", &ask);
        assert_eq!((&again["state"], &again["answer_post"]), (&json!("open"), &Value::Null));
        // Its clock starts anew: four working hours from 10:00 in Berlin, over his lunch.
        assert_eq!(again["due_at"], "2026-11-26T13:45:00Z");
        let reply = json!({ "id": app.new_id("pst"), "source": "Still B", "answers": ask });
        let reply = jonas.post(&format!("/topics/{}/posts", thread.id), reply).await;
        assert_eq!(reply.row("asks", &ask)["state"], "answered");
        let late = json!({ "id": app.new_id("pst"), "source": "B!", "answers": ask });
        let before = world.heads().await;
        jonas.post(&format!("/topics/{}/posts", thread.id), late).await.expect(409);
        assert_eq!(world.heads().await, before, "the post is not written without its answer");
    }
);

both!(
    async fn an_ask_is_for_somebody_who_can_answer(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Whom?").await;
        let path = format!("/topics/{}/asks", thread.id);
        let new = |asked: Value, budget: Value| json!({ "id": app.new_id("ask"), "kind": "answer", "question": "Well?", "asked": asked, "budget": budget });
        let camila = app.by(&world.camila);
        let soon = || json!({ "kind": "half_day" });
        for nobody in [&world.camila, &world.althea, &world.zoe] {
            camila.post(&path, new(json!(nobody.id), soon())).await.refuses(422, "asked");
        }
        let inside =
            json!({ "id": app.new_id("pst"), "source": "Hm", "ask": new(json!(world.althea.id), soon()) });
        camila.post(&format!("/topics/{}/posts", thread.id), inside).await.refuses(422, "ask.asked");
        for at in ["2026-11-25T21:40:00Z", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"] {
            let exact = json!({ "kind": "exact", "at": at });
            camila.post(&path, new(json!(world.jonas.id), exact)).await.refuses(422, "budget.at");
        }
        camila.post(&path, new(json!(world.jonas.id), json!({ "kind": "exact" }))).await.expect(400);
        let with_time = json!({ "kind": "no_rush", "at": "2026-12-01T10:00:00Z" });
        camila.post(&path, new(json!(world.jonas.id), with_time)).await.expect(400);
        // Whose hours are unknown is promised nothing.
        let unknown = camila.post(&path, new(json!(world.rui.id), soon())).await.ok();
        let row =
            &unknown["rows"].as_array().unwrap().iter().find(|row| row["table"] == "asks").unwrap()["row"];
        assert_eq!((&row["due_at"], &row["delivered_at"]), (&Value::Null, &json!("2026-11-25T21:40:00Z")));
        let preview = json!({ "asked": [world.rui.id, world.jonas.id], "budget": soon() });
        let preview = camila.post("/asks/preview", preview).await.ok();
        assert_eq!(preview["items"][0]["note"], "no_schedule");
        assert_eq!(preview["items"][1]["due_at"], "2026-11-26T12:45:00Z");
        assert_eq!(preview["choices"].as_array().unwrap().len(), 4);
        camila.post("/asks/preview", json!({ "asked": [], "budget": soon() })).await.refuses(422, "asked");
    }
);
