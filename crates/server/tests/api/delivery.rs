//! Deliveries: what is held, when it arrives, and what goes out about it.

use people::MemberId;
use serde_json::{Value, json};
use store::{args, sql};
use testkit::{App, Person, Thread, World, both};

/// The topics in somebody's inbox today.
async fn inbox(app: &App, person: &Person) -> Vec<String> {
    let inbox = app.by(person).get("/inbox").await.ok();
    inbox["items"].as_array().unwrap().iter().map(|item| item["topic"].as_str().unwrap().to_owned()).collect()
}

async fn delivery(app: &App, person: &Person) -> Value {
    app.by(person).get("/me/delivery").await.ok()
}

/// Kind, instant and payload of what goes to somebody's devices, in order.
async fn pushes(app: &App, person: &Person) -> Vec<(String, String, Value)> {
    let (workspace, member) = (person.workspace, person.id);
    let rows = app.context().db.read(move |tx| async move {
        tx.all(
            sql!(
                "SELECT kind, at, payload FROM notices WHERE workspace = $1 AND member = $2 AND channel = 'push'
                 ORDER BY at, kind"
            ),
            args![workspace, member],
        )
        .await
    });
    let read = |row: &store::Row| {
        let at: jiff::Timestamp = row.get("at").unwrap();
        let payload: String = row.get("payload").unwrap();
        (row.get("kind").unwrap(), at.to_string(), serde_json::from_str(&payload).unwrap())
    };
    rows.await.unwrap().iter().map(read).collect()
}

/// A thread of Camila's in Delivery that Jonas has read to its end.
async fn followed_by_jonas(app: &App, world: &World<'_>) -> Thread {
    let thread = world.thread(&world.camila, &world.delivery, "Routes").await;
    let path = format!("/topics/{}/mark", thread.id);
    app.by(&world.jonas).put(&path, json!({ "following": true })).await.ok();
    thread
}

both!(
    async fn a_post_waits_for_the_next_delivery(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "New at night").await;
        assert_eq!(inbox(app, &world.jonas).await, [""; 0]);
        let before = delivery(app, &world.jonas).await;
        assert_eq!(
            (&before["held"], &before["delivery"]["next_at"]),
            (&json!(1), &json!("2026-11-26T08:00:00Z"))
        );
        assert_eq!(before["coming"][1], "2026-11-26T12:15:00Z");

        app.goes_to("2026-11-26T07:59:59Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [""; 0]);
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, std::slice::from_ref(&thread.id));
        let after = delivery(app, &world.jonas).await;
        assert_eq!(after["held"], 0);
        let row = &after["delivery"];
        assert_eq!((&row["through"], &row["last_at"]), (&row["last_at"], &json!("2026-11-26T08:00:00Z")));
        assert_eq!(row["next_at"], "2026-11-26T12:15:00Z");
        let me = app.by(&world.jonas).get("/me").await.ok();
        assert_eq!(&me["delivery"], row);

        let head = app.head(world.workspace).await;
        app.work().await;
        assert_eq!(app.head(world.workspace).await, head, "once");
        let told = json!({ "topics": [{ "id": thread.id, "from_no": 2, "to_no": 2, "reason": "follows" }] });
        assert_eq!(
            pushes(app, &world.jonas).await,
            [("delivery".to_owned(), "2026-11-26T08:00:00Z".to_owned(), told)]
        );
    }
);

both!(
    async fn a_late_delivery_brings_what_was_written_before_its_instant(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "At night").await;
        app.set_clock("2026-11-26T08:00:00Z");
        world.post(&world.camila, &thread, "At the instant").await;
        app.set_clock("2026-11-26T09:00:00Z");
        world.post(&world.camila, &thread, "While nothing ran").await;
        app.goes_to("2026-11-26T09:30:00Z").await;
        let mark = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok()["mark"].clone();
        assert_eq!((&mark["delivered_no"], &mark["arrived_at"]), (&json!(2), &json!("2026-11-26T08:00:00Z")));
        // After two deliveries that nobody ran, both were done, in order, and one notice says so.
        app.goes_to("2026-11-26T16:00:00Z").await;
        let mark = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok()["mark"].clone();
        assert_eq!((&mark["delivered_no"], &mark["arrived_at"]), (&json!(4), &json!("2026-11-26T12:15:00Z")));
        assert_eq!(delivery(app, &world.jonas).await["delivery"]["last_at"], "2026-11-26T15:45:00Z");
        assert_eq!(pushes(app, &world.jonas).await.len(), 2);
    }
);

both!(
    async fn after_a_standstill_nothing_rings_at_night(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "Before a week without power").await;
        app.goes_to("2026-12-03T02:00:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [thread.id]);
        let pushed = pushes(app, &world.jonas).await;
        assert_eq!(pushed.len(), 1);
        assert_eq!(pushed[0].1, "2026-12-03T08:00:00Z");
    }
);

both!(
    async fn looking_now_brings_everything_and_rings_nowhere(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "New").await;
        let ask = world.ask(&world.camila, &thread, &world.jonas, "A or B?").await;
        assert_eq!(app.by(&world.jonas).get("/me").await.ok()["counts"]["waiting"], 0);
        let head = app.head(world.workspace).await;
        let answer = app.by(&world.jonas).post("/me/delivery/check", json!({})).await;
        let row = answer.row("deliveries", &world.jonas.id.to_string());
        assert_eq!(
            (&row["last_at"], &row["next_at"]),
            (&json!("2026-11-25T21:40:00Z"), &json!("2026-11-26T08:00:00Z"))
        );
        assert_eq!(answer.row("marks", &thread.id)["delivered_no"], 2);
        let log = app.by(&world.camila).get(&format!("/changes/log?after={head}")).await.ok();
        assert_eq!(log["items"], json!([]), "nobody else sees that he looked");
        let inbox = app.by(&world.jonas).get("/inbox").await.ok();
        assert_eq!(
            (&inbox["items"][0]["ask"], &inbox["items"][0]["section"]),
            (&json!(ask), &json!("waiting"))
        );
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(pushes(app, &world.jonas).await, []);
    }
);

both!(
    async fn as_it_happens_is_told_at_once_and_only_while_they_work(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        let plan = json!({ "plan": { "kind": "as_it_happens" } });
        let changed = app.by(&world.jonas).patch("/me/delivery", plan).await;
        let row = changed.row("deliveries", &world.jonas.id.to_string());
        assert_eq!((&row["open_until"], &row["next_at"]), (&Value::Null, &json!("2026-11-26T08:00:00Z")));
        app.goes_to("2026-11-26T10:00:00Z").await;
        assert_eq!(delivery(app, &world.jonas).await["delivery"]["open_until"], "2026-11-26T11:30:00Z");
        let head = app.head(world.workspace).await;
        world.post(&world.camila, &thread, "In the morning").await;
        assert_eq!(inbox(app, &world.jonas).await, std::slice::from_ref(&thread.id));
        app.work().await;
        assert_eq!(
            app.head(world.workspace).await,
            head + 2,
            "the post and its author's mark, nothing for followers"
        );
        let told = pushes(app, &world.jonas).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0.as_str(), told[0].1.as_str()), ("delivery", "2026-11-26T10:00:00Z"));

        app.goes_to("2026-11-26T11:30:00Z").await;
        let mark = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok()["mark"].clone();
        assert_eq!((&mark["delivered_no"], &mark["arrived_at"]), (&json!(2), &json!("2026-11-26T10:00:00Z")));
        world.post(&world.camila, &thread, "At noon").await;
        assert_eq!(delivery(app, &world.jonas).await["held"], 1);
        app.work().await;
        assert_eq!(pushes(app, &world.jonas).await.len(), 1);
        app.goes_to("2026-11-26T12:15:00Z").await;
        assert_eq!(delivery(app, &world.jonas).await["held"], 0);
        assert_eq!(pushes(app, &world.jonas).await[1].1, "2026-11-26T12:15:00Z");
    }
);

both!(
    async fn a_reply_to_an_ask_of_mine_does_not_wait(app: &App) {
        let world = World::new(app).await;
        app.goes_to("2026-11-26T09:00:00Z").await;
        let thread = world.thread(&world.jonas, &world.delivery, "Which one?").await;
        world.ask(&world.jonas, &thread, &world.rui, "A or B?").await;
        app.goes_to("2026-11-26T10:00:00Z").await;
        world.post(&world.camila, &thread, "I was not asked").await;
        assert_eq!(inbox(app, &world.jonas).await, [""; 0]);
        world.post(&world.rui, &thread, "B").await;
        assert_eq!(inbox(app, &world.jonas).await, std::slice::from_ref(&thread.id));
        assert_eq!(pushes(app, &world.jonas).await.last().unwrap().0, "reply");

        let read = json!({ "read_no": 3, "done_no": 3 });
        app.by(&world.jonas).put(&format!("/topics/{}/mark", thread.id), read).await.ok();
        app.goes_to("2026-11-26T11:45:00Z").await;
        world.post(&world.rui, &thread, "And in his pause").await;
        assert_eq!(inbox(app, &world.jonas).await, [""; 0]);
        app.goes_to("2026-11-26T12:15:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [thread.id]);
    }
);

both!(
    async fn focus_holds_a_reply_until_it_ends(app: &App) {
        let world = World::new(app).await;
        app.goes_to("2026-11-26T09:00:00Z").await;
        let thread = world.thread(&world.jonas, &world.delivery, "Which one?").await;
        world.ask(&world.jonas, &thread, &world.rui, "A or B?").await;
        let focus = json!({ "focus_until": "2026-11-26T10:45:00Z" });
        app.by(&world.jonas).patch("/me/delivery", focus).await.ok();
        world.post(&world.rui, &thread, "B").await;
        app.goes_to("2026-11-26T10:44:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [""; 0]);
        app.goes_to("2026-11-26T10:45:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [thread.id]);
        assert_eq!(pushes(app, &world.jonas).await.last().unwrap().1, "2026-11-26T10:45:00Z");
    }
);

both!(
    async fn an_ask_arrives_at_its_instant_and_is_told_once(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Asks").await;
        let ask = world.ask(&world.camila, &thread, &world.jonas, "A or B?").await;
        let with_delivery = app.by(&world.camila).get("/asks?list=waiting").await.ok();
        assert_eq!(with_delivery["items"][0]["delivered_at"], "2026-11-26T08:00:00Z");
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(app.by(&world.jonas).get("/me").await.ok()["counts"]["waiting"], 1);
        let told = pushes(app, &world.jonas).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0.as_str(), &told[0].2["asks"]), ("delivery", &json!([ask])));

        app.goes_to("2026-11-26T09:00:00Z").await;
        let (now, pressing) = ("2026-11-26T09:00:00Z", app.new_id("ask"));
        let exact = json!({ "id": pressing, "kind": "answer", "question": "Before noon?", "asked": world.jonas.id,
            "budget": { "kind": "exact", "at": "2026-11-26T11:00:00Z" } });
        let path = format!("/topics/{}/asks", thread.id);
        let row = app.by(&world.camila).post(&path, exact).await.row("asks", &pressing);
        assert_eq!(row["delivered_at"], now, "it is due before the next delivery");
        app.work().await;
        let told = pushes(app, &world.jonas).await;
        assert_eq!(
            (told[1].0.as_str(), told[1].1.as_str(), &told[1].2["asks"]),
            ("ask", now, &json!([pressing]))
        );
    }
);

both!(
    async fn whose_hours_are_unknown_gets_everything_and_who_never_works_no_push(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Routes").await;
        app.by(&world.rui)
            .put(&format!("/topics/{}/mark", thread.id), json!({ "following": true }))
            .await
            .ok();
        app.by(&world.jonas)
            .put(&format!("/topics/{}/mark", thread.id), json!({ "following": true }))
            .await
            .ok();
        let never = json!({ "zone": "Europe/Berlin", "week": [[], [], [], [], [], [], []] });
        app.by(&world.jonas).put(&format!("/members/{}/schedule", world.jonas.id), never).await.ok();
        app.work().await;
        world.post(&world.camila, &thread, "At night").await;
        app.work().await;
        for person in [&world.rui, &world.jonas] {
            assert_eq!(inbox(app, person).await, std::slice::from_ref(&thread.id));
            assert_eq!(delivery(app, person).await["coming"], json!([]));
        }
        assert_eq!(pushes(app, &world.rui).await.len(), 1);
        assert_eq!(pushes(app, &world.jonas).await.len(), 0);
    }
);

both!(
    async fn the_page_for_coming_back_is_due_at_the_first_start(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        let off = json!({ "id": app.new_id("off"), "from": "2026-11-26T00:00", "to": "2026-11-28T00:00" });
        app.by(&world.jonas).post("/time-off", off).await.ok();
        app.work().await;
        world.post(&world.camila, &thread, "While he is away").await;
        assert_eq!(delivery(app, &world.jonas).await["delivery"]["next_at"], "2026-11-30T12:45:00Z");
        app.goes_to("2026-11-30T08:00:00Z").await;
        let row = delivery(app, &world.jonas).await["delivery"].clone();
        assert_eq!(
            row["came_back"],
            json!({ "from": "2026-11-25T23:00:00Z", "until": "2026-11-27T23:00:00Z" })
        );
        assert_eq!(inbox(app, &world.jonas).await, [""; 0], "the first half day is quiet");
        app.goes_to("2026-11-30T12:45:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [thread.id]);
    }
);

both!(
    async fn hours_that_change_move_what_comes_next(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "New").await;
        let day = json!([["07:00", "15:00"]]);
        let early = json!({ "zone": "Europe/Berlin", "week": [day, day, day, day, day, [], []] });
        app.by(&world.jonas).put(&format!("/members/{}/schedule", world.jonas.id), early).await.ok();
        app.work().await;
        assert_eq!(delivery(app, &world.jonas).await["delivery"]["next_at"], "2026-11-26T06:00:00Z");
        app.goes_to("2026-11-26T06:00:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, [thread.id]);
        // Now nobody knows when he works: from here on everything arrives as it happens.
        app.by(&world.jonas).delete(&format!("/members/{}/schedule", world.jonas.id)).await.ok();
        app.work().await;
        assert_eq!(delivery(app, &world.jonas).await["held"], 0);
    }
);

both!(
    async fn a_plan_is_checked_and_previewed(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        let planned = json!({ "plan": { "kind": "fixed", "times": ["10:00", "15:30"] } });
        let preview = jonas.post("/me/delivery/preview", planned.clone()).await.ok();
        assert_eq!(preview["coming"][0], "2026-11-26T09:00:00Z");
        assert_eq!(preview["coming"].as_array().unwrap().len(), 6);
        assert_eq!(delivery(app, &world.jonas).await["delivery"]["plan"], json!({ "kind": "three" }));
        let row = jonas.patch("/me/delivery", planned.clone()).await;
        let row = row.row("deliveries", &world.jonas.id.to_string());
        assert_eq!((&row["plan"], &row["next_at"]), (&planned["plan"], &json!("2026-11-26T09:00:00Z")));

        let week = |shifts: Value| json!([shifts, shifts, shifts, shifts, shifts, [], []]);
        for (wrong, field) in [
            (json!({ "focus_until": "2026-11-26T09:41:00Z" }), "focus_until"),
            (json!({ "focus_until": "2026-11-25T21:00:00Z" }), "focus_until"),
            (json!({ "focus": week(json!([["25:00", "26:00"]])) }), "focus.mon[0].start"),
            (json!({ "focus": week(json!([["00:00", "24:00"]])) }), "focus"),
        ] {
            jonas.patch("/me/delivery", wrong).await.refuses(422, field);
        }
        jonas
            .patch("/me/delivery", json!({ "plan": { "kind": "fixed", "times": [] } }))
            .await
            .refuses(422, "plan.times");
        let focus = week(json!([["09:00", "11:00"]]));
        let row = jonas.patch("/me/delivery", json!({ "focus": focus, "email": { "digest": true } })).await;
        let card = row.row("members", &world.jonas.id.to_string());
        assert_eq!(card["schedule"]["focus"][0], json!(["2026-11-25T08:00:00Z", "2026-11-25T10:00:00Z"]));
        let row = row.row("deliveries", &world.jonas.id.to_string());
        assert_eq!((&row["focus"], &row["email"]), (&focus, &json!({ "asks": true, "digest": true })));
        assert_eq!(row["next_at"], "2026-11-26T10:00:00Z");
    }
);

both!(
    async fn everybody_sees_whether_mail_can_reach_them(app: &App) {
        let world = World::new(app).await;
        for (set, said) in [(false, false), (true, true), (false, false)] {
            let db = &app.context().db;
            db.write(move |tx| async move { topics::notices::set_outlets(&tx, set).await }).await.unwrap();
            assert_eq!(delivery(app, &world.rui).await["mail_available"], said);
        }
    }
);

both!(
    async fn the_composer_knows_when_each_person_gets_it(app: &App) {
        let world = World::new(app).await;
        let off = json!({ "id": app.new_id("off"), "from": "2026-11-24T00:00", "to": "2026-11-28T00:00",
            "cover": world.camila.id });
        app.by(&world.althea).post("/time-off", off).await.ok();
        let open = json!({ "plan": { "kind": "as_it_happens" } });
        app.by(&world.camila).patch("/me/delivery", open).await.ok();
        let members: Vec<MemberId> =
            [&world.camila, &world.jonas, &world.althea, &world.rui].map(|person| person.id).to_vec();
        let preview = app.by(&world.ines).post("/arrivals/preview", json!({ "members": members })).await.ok();
        let told = |place: usize| {
            let item = &preview["items"][place];
            (item["why"].as_str().unwrap().to_owned(), item["arrives_at"].clone(), item["now"].clone())
        };
        assert_eq!(told(0), ("now".to_owned(), json!("2026-11-25T21:40:00Z"), json!(true)));
        assert_eq!(told(1), ("start".to_owned(), json!("2026-11-26T08:00:00Z"), json!(false)));
        assert_eq!(told(2), ("away".to_owned(), json!("2026-11-30T06:00:00Z"), json!(false)));
        assert_eq!(told(3), ("unknown".to_owned(), json!("2026-11-25T21:40:00Z"), json!(true)));
        assert_eq!(preview["items"][2]["away"]["cover"], json!(world.camila.id));
        assert_eq!(preview["items"][2]["starts_at"], "2026-11-30T01:00:00Z");
        let at_ten = json!({ "members": [world.jonas.id], "at": "2026-11-26T09:00:00Z" });
        let preview = app.by(&world.ines).post("/arrivals/preview", at_ten).await.ok();
        assert_eq!(preview["items"][0]["why"], "delivery");
        let many = vec![world.jonas.id; 51];
        app.by(&world.ines)
            .post("/arrivals/preview", json!({ "members": many }))
            .await
            .refuses(422, "members");
    }
);

both!(
    async fn a_clock_that_goes_back_loses_nothing_and_brings_nothing_twice(app: &App) {
        let world = World::new(app).await;
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "At night").await;
        app.goes_to("2026-11-26T08:00:00Z").await;
        app.goes_to("2026-11-26T06:30:00Z").await;
        world.post(&world.camila, &thread, "An hour and a half earlier").await;
        app.goes_to("2026-11-26T08:00:00Z").await;
        let mark = |page: Value| page["mark"]["delivered_no"].clone();
        let path = format!("/topics/{}", thread.id);
        assert_eq!(mark(app.by(&world.jonas).get(&path).await.ok()), 2);
        app.goes_to("2026-11-26T12:15:00Z").await;
        assert_eq!(mark(app.by(&world.jonas).get(&path).await.ok()), 3);
        let told: Vec<_> = pushes(app, &world.jonas).await.into_iter().map(|(_, at, _)| at).collect();
        assert_eq!(told, ["2026-11-26T08:00:00Z", "2026-11-26T12:15:00Z"]);
    }
);

both!(
    async fn whose_zone_is_gone_gets_what_was_held_and_then_everything(app: &App) {
        let world = World::new(app).await;
        // The card in the log has the zone still.
        app.without_replay();
        let thread = followed_by_jonas(app, &world).await;
        world.post(&world.camila, &thread, "At night").await;
        let (workspace, member) = (world.workspace, world.jonas.id);
        let gone = app.context().db.write(move |tx| async move {
            tx.run(
                sql!("UPDATE schedules SET zone = 'Mars/Olympus' WHERE workspace = $1 AND member = $2"),
                args![workspace, member],
            )
            .await
        });
        gone.await.unwrap();
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(inbox(app, &world.jonas).await, std::slice::from_ref(&thread.id));
        app.set_clock("2026-11-26T22:00:00Z");
        world.post(&world.camila, &thread, "At any time").await;
        assert_eq!(delivery(app, &world.jonas).await["held"], 0);
    }
);
