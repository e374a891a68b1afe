//! What happens to an ask by itself at its instants: reminded once, late, gone ahead with, asked of
//! somebody else, closed; and moved when somebody's time changes.

use serde_json::{Value, json};
use testkit::{App, Person, Thread, World, both};

/// Asks with these fields besides; answers the ask's id.
async fn ask(app: &App, by: &Person, thread: &Thread, asked: &Person, more: Value) -> String {
    let id = app.new_id("ask");
    let mut new = json!({ "id": id, "kind": "review", "question": "Is it right?", "asked": asked.id,
        "budget": { "kind": "half_day" } });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    app.by(by).post(&format!("/topics/{}/asks", thread.id), new).await.row("asks", &id);
    id
}

async fn read(app: &App, by: &Person, thread: &Thread, ask: &str) -> Value {
    let page = app.by(by).get(&format!("/topics/{}", thread.id)).await.ok();
    page["asks"].as_array().unwrap().iter().find(|row| row["id"] == ask).unwrap().clone()
}

/// How often a change with this verb is in the log, and that nobody is said to have made it.
async fn by_itself(app: &App, by: &Person, verb: &str) -> usize {
    let log = app.by(by).get("/changes/log?after=0&limit=200").await.ok();
    let changes: Vec<Value> =
        log["items"].as_array().unwrap().iter().filter(|change| change["verb"] == verb).cloned().collect();
    assert!(changes.iter().all(|change| change["actor"].is_null()), "{changes:?}");
    changes.len()
}

both!(
    async fn somebody_is_reminded_once_and_then_it_is_late(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let id = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        let row = read(app, &world.camila, &thread, &id).await;
        assert_eq!(
            (&row["due_at"], &row["nudge_at"]),
            (&json!("2026-11-26T12:45:00Z"), &json!("2026-11-26T11:00:00Z"))
        );
        assert_eq!((&row["silence"], &row["nudged_at"]), (&json!({ "kind": "remind" }), &Value::Null));
        app.goes_to("2026-11-26T10:59:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.reminded").await, 0);
        app.goes_to("2026-11-26T11:00:00Z").await;
        app.goes_to("2026-11-26T11:01:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.reminded").await, 1);
        assert_eq!(read(app, &world.camila, &thread, &id).await["nudged_at"], "2026-11-26T11:00:00Z");
        app.goes_to("2026-11-26T12:45:00Z").await;
        app.goes_to("2026-11-26T15:00:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.late").await, 1);
        assert_eq!(read(app, &world.camila, &thread, &id).await["state"], "open");
        let inbox = app.by(&world.camila).get("/inbox").await.ok();
        let item = inbox["items"].as_array().unwrap().iter().find(|item| item["topic"] == thread.id).unwrap();
        assert_eq!((&item["section"], &item["reason"]), (&json!("waiting"), &json!("late")));
    }
);

both!(
    async fn whoever_has_done_it_is_not_reminded_and_a_standstill_reminds_nobody(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let done = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        let answer = json!({ "id": app.new_id("pst"), "source": "It is", "answers": done });
        app.set_clock("2026-11-26T08:30:00Z");
        app.by(&world.jonas).post(&format!("/topics/{}/posts", thread.id), answer).await.ok();
        let other = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        // The server stood still over both instants.
        app.goes_to("2026-11-27T21:00:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.reminded").await, 0);
        assert_eq!(by_itself(app, &world.camila, "ask.late").await, 1);
        let row = read(app, &world.camila, &thread, &other).await;
        assert_eq!((&row["nudged_at"], &row["nudge_at"]), (&Value::Null, &Value::Null));
    }
);

both!(
    async fn another_promised_time_is_another_reminder_and_another_end(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let id = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        app.goes_to("2026-11-26T08:30:00Z").await;
        let promise = json!({ "promised_at": "2026-11-27T16:00:00Z" });
        let row = app.by(&world.jonas).post(&format!("/asks/{id}/accept"), promise).await.row("asks", &id);
        assert_eq!(row["accepted_at"], "2026-11-26T08:30:00Z");
        let nudge = row["nudge_at"].as_str().unwrap().to_owned();
        assert_eq!(nudge, "2026-11-27T11:26:00Z");
        app.goes_to("2026-11-26T13:00:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.late").await, 0);
        app.goes_to(&nudge).await;
        assert_eq!(by_itself(app, &world.camila, "ask.reminded").await, 1);
        app.goes_to("2026-11-27T16:00:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.late").await, 1);
    }
);

both!(
    async fn silence_lets_the_asker_go_ahead_where_it_counts(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let proceed = json!({ "silence": { "kind": "proceed" } });
        let id = ask(app, &world.camila, &thread, &world.jonas, proceed.clone()).await;
        app.goes_to("2026-11-26T12:45:00Z").await;
        app.goes_to("2026-11-26T13:45:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.proceeded").await, 1);
        assert_eq!(by_itself(app, &world.camila, "ask.late").await, 0);
        let row = read(app, &world.camila, &thread, &id).await;
        assert_eq!((&row["state"], &row["ended_at"]), (&json!("proceeded"), &json!("2026-11-26T12:45:00Z")));
        app.by(&world.jonas).post(&format!("/asks/{id}/accept"), json!({})).await.expect(409);
        // In an open space that Jonas is not in, his silence says nothing.
        let space = app.new_id("spc");
        let new = json!({ "id": space, "name": "Labels", "visibility": "open" });
        app.by(&world.camila).post("/spaces", new).await.ok();
        let elsewhere = world.thread(&world.camila, &space, "Another label").await;
        let mut new = json!({ "id": app.new_id("ask"), "kind": "do", "question": "Well?", "asked": world.jonas.id,
            "budget": { "kind": "half_day" }, "silence": { "kind": "proceed" } });
        let path = format!("/topics/{}/asks", elsewhere.id);
        app.by(&world.camila).post(&path, new.clone()).await.refuses(422, "silence");
        new["silence"] = json!({ "kind": "ask", "member": world.rui.id });
        app.by(&world.camila).post(&path, new.clone()).await.refuses(422, "silence.member");
        new["silence"] = json!({ "kind": "ask" });
        app.by(&world.camila).post(&path, new.clone()).await.expect(400);
        (new["silence"], new["budget"]) =
            (json!({ "kind": "ask", "member": world.ines.id }), json!({ "kind": "no_rush" }));
        app.by(&world.camila).post(&path, new).await.refuses(422, "silence");
    }
);

both!(
    async fn silence_asks_somebody_else(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let instead = json!({ "silence": { "kind": "ask", "member": world.rui.id } });
        let id = ask(app, &world.camila, &thread, &world.jonas, instead).await;
        app.goes_to("2026-11-26T12:45:00Z").await;
        app.goes_to("2026-11-26T12:46:00Z").await;
        assert_eq!(by_itself(app, &world.camila, "ask.passed_on").await, 1);
        let row = read(app, &world.camila, &thread, &id).await;
        assert_eq!(row["state"], "passed_on");
        let next = read(app, &world.camila, &thread, row["passed_to"].as_str().unwrap()).await;
        assert_eq!((&next["asked"], &next["passed_from"]), (&json!(world.rui.id), &json!(id)));
        // What a rule has passed on does not go back to whoever was silent.
        let no = json!({ "reason": "Not mine" });
        app.by(&world.rui).post(&format!("/asks/{}/decline", next["id"].as_str().unwrap()), no).await.ok();
        assert_eq!(read(app, &world.camila, &thread, &id).await["state"], "passed_on");
    }
);

both!(
    async fn an_answered_ask_closes_after_three_working_days_of_its_asker(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let of_camila = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        let of_rui = ask(app, &world.rui, &thread, &world.jonas, json!({})).await;
        let by_hand = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        app.goes_to("2026-11-26T09:00:00Z").await;
        let answer = world.post(&world.jonas, &thread, "It is right").await;
        for id in [&of_camila, &of_rui, &by_hand] {
            app.by(&world.jonas).post(&format!("/asks/{id}/answer"), json!({ "post": answer })).await.ok();
        }
        let closed = app.by(&world.camila).post(&format!("/asks/{by_hand}/close"), json!({})).await;
        let row = closed.row("asks", &by_hand);
        assert_eq!((&row["state"], &row["closed_by_itself"]), (&json!("closed"), &json!(false)));
        // Thursday, Friday, Monday in Bogotá.
        app.goes_to("2026-11-30T22:29:00Z").await;
        assert_eq!(read(app, &world.camila, &thread, &of_camila).await["state"], "answered");
        app.goes_to("2026-11-30T22:30:00Z").await;
        let row = read(app, &world.camila, &thread, &of_camila).await;
        assert_eq!((&row["state"], &row["closed_by_itself"]), (&json!("closed"), &json!(true)));
        // Nobody knows when Rui works: a week.
        assert_eq!(read(app, &world.camila, &thread, &of_rui).await["state"], "answered");
        app.goes_to("2026-12-03T09:00:00Z").await;
        assert_eq!(read(app, &world.camila, &thread, &of_rui).await["ended_at"], "2026-12-03T09:00:00Z");
        assert_eq!(by_itself(app, &world.camila, "ask.closed_by_itself").await, 2);
        let again = app.by(&world.camila).post(&format!("/asks/{of_camila}/reopen"), json!({})).await;
        assert_eq!(again.row("asks", &of_camila)["closed_by_itself"], false);
    }
);

both!(
    async fn a_shown_due_moves_later_when_time_changes_and_never_earlier(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let named = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        let exact = json!({ "budget": { "kind": "exact", "at": "2026-11-26T12:45:00Z" } });
        let exact = ask(app, &world.camila, &thread, &world.jonas, exact).await;
        let off = app.new_id("off");
        let away =
            json!({ "id": off, "from": "2026-11-26T00:00", "to": "2026-11-28T00:00", "note": "secret" });
        app.by(&world.jonas).post("/time-off", away).await.ok();
        app.work().await;
        let row = read(app, &world.camila, &thread, &named).await;
        // Two working days off: half a day from Monday 9:00, and half a day later.
        assert_eq!(row["due_at"], "2026-11-30T16:45:00Z");
        assert_eq!(
            (&row["due_before"], &row["moved_because"]),
            (&json!("2026-11-26T12:45:00Z"), &json!("time_off"))
        );
        assert_eq!(row["nudge_at"], "2026-11-30T14:45:00Z");
        let row = read(app, &world.camila, &thread, &exact).await;
        // He gets it on Monday only: an exact instant moves when it would come before that.
        assert_eq!(
            (&row["due_at"], &row["due_before"], &row["moved_because"]),
            (&json!("2026-11-30T12:45:00Z"), &json!("2026-11-26T12:45:00Z"), &json!("time_off"))
        );
        app.by(&world.jonas).delete(&format!("/time-off/{off}")).await.ok();
        app.work().await;
        assert_eq!(read(app, &world.camila, &thread, &named).await["due_at"], "2026-11-30T16:45:00Z");
        assert!(by_itself(app, &world.camila, "ask.moved").await >= 1);
        // Whose hours become known is promised something from then on.
        let unknown = ask(app, &world.camila, &thread, &world.rui, json!({})).await;
        assert_eq!(read(app, &world.camila, &thread, &unknown).await["due_at"], Value::Null);
        let day = json!([["09:00", "17:00"]]);
        let hours = json!({ "zone": "Europe/Lisbon", "week": [day, day, day, day, day, [], []] });
        app.by(&world.rui).put(&format!("/members/{}/schedule", world.rui.id), hours).await.ok();
        app.work().await;
        let row = read(app, &world.camila, &thread, &unknown).await;
        assert_eq!(
            (&row["due_at"], &row["moved_because"]),
            (&json!("2026-11-26T13:00:00Z"), &json!("hours"))
        );
    }
);

both!(
    async fn an_answer_that_was_written_in_time_is_in_time(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let id =
            ask(app, &world.camila, &thread, &world.jonas, json!({ "silence": { "kind": "proceed" } })).await;
        let late = ask(app, &world.camila, &thread, &world.jonas, json!({})).await;
        app.goes_to("2026-11-26T14:00:00Z").await;
        let path = format!("/topics/{}/posts", thread.id);
        let written = |at: &str, answers: &str| json!({ "id": app.new_id("pst"), "source": "It is", "answers": answers, "written_at": at });
        let jonas = app.by(&world.jonas);
        jonas.post(&path, written("2026-10-20T10:00:00Z", &id)).await.refuses(422, "written_at");
        jonas.post(&path, written("2026-11-26T14:03:00Z", &id)).await.refuses(422, "written_at");
        jonas.post(&path, written("2026-11-26T13:50:00Z", &id)).await.expect(409);
        let post = written("2026-11-26T12:31:00Z", &id);
        let answer = jonas.post(&path, post.clone()).await;
        let row = answer.row("asks", &id);
        assert_eq!(
            (&row["state"], &row["answered_at"]),
            (&json!("answered"), &json!("2026-11-26T12:31:00Z"))
        );
        assert_eq!(row["ended_at"], Value::Null);
        let row = answer.row("posts", post["id"].as_str().unwrap());
        assert_eq!(
            (&row["written_at"], &row["created_at"]),
            (&json!("2026-11-26T12:31:00Z"), &json!("2026-11-26T14:00:00Z"))
        );
        // The asker has three working days from when it came.
        app.goes_to("2026-12-01T22:29:00Z").await;
        assert_eq!(read(app, &world.camila, &thread, &id).await["state"], "answered");
        app.goes_to("2026-12-01T22:30:00Z").await;
        assert_eq!(read(app, &world.camila, &thread, &id).await["state"], "closed");
        // Written after its time it counts when it came.
        let answer = jonas.post(&path, written("2026-12-01T22:29:50Z", &late)).await;
        assert_eq!(answer.row("asks", &late)["answered_at"], "2026-12-01T22:30:00Z");
        let rows = &answer.ok()["rows"];
        let post = rows.as_array().unwrap().iter().find(|row| row["table"] == "posts").unwrap();
        assert_eq!(post["row"]["written_at"], Value::Null, "ten seconds are no delay");
    }
);

both!(
    async fn a_time_off_lists_what_it_touches(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let week =
            ask(app, &world.camila, &thread, &world.jonas, json!({ "budget": { "kind": "this_week" } }))
                .await;
        ask(app, &world.camila, &thread, &world.jonas, json!({ "budget": { "kind": "no_rush" } })).await;
        let exact = json!({ "budget": { "kind": "exact", "at": "2026-11-27T10:00:00Z" } });
        let exact = ask(app, &world.camila, &thread, &world.jonas, exact).await;
        ask(
            app,
            &world.camila,
            &thread,
            &world.jonas,
            json!({ "budget": { "kind": "exact", "at": "2026-11-26T10:00:00Z" } }),
        )
        .await;
        let jonas = app.by(&world.jonas);
        let touched = jonas.get("/time-off/touches?from=2026-11-27T00:00&to=2026-12-02T00:00").await.ok();
        let told: Vec<(&Value, &Value)> = touched["asks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (&item["ask"]["id"], &item["due_after"]))
            .collect();
        // Friday to Tuesday: the week ends on Thursday then, which is earlier than was shown.
        assert_eq!(
            told,
            [(&json!(exact), &json!("2026-11-27T10:00:00Z")), (&json!(week), &json!("2026-11-27T16:45:00Z"))]
        );
        assert_eq!(touched["asks"][0]["topic"]["id"], thread.id);
        let none = jonas.get("/time-off/touches?from=2026-12-07T00:00&to=2026-12-12T00:00").await.ok();
        assert_eq!(none["asks"], json!([]));
        jonas.get("/time-off/touches?from=2026-12-07&to=2026-12-12T00:00").await.refuses(422, "from");
        jonas.get("/time-off/touches?from=2026-12-07T00:00&to=2026-12-06T00:00").await.refuses(422, "to");
    }
);
