//! Drafts on several devices, and drafts that go out by themselves.

use serde_json::{Value, json};
use testkit::{App, Person, World, both};

/// What a device writes into a draft.
fn draft(place: Value, source: &str, device: &str, version: i64) -> Value {
    json!({ "place": place, "source": source, "device": device, "version": version })
}

fn in_topic(thread: &str) -> Value {
    json!({ "kind": "topic", "topic": thread })
}

async fn save(app: &App, by: &Person, id: &str, body: Value) -> Value {
    app.by(by).put(&format!("/drafts/{id}"), body).await.row("drafts", id)
}

async fn drafts(app: &App, by: &Person) -> Vec<Value> {
    app.by(by).get("/drafts").await.ok()["items"].as_array().unwrap().clone()
}

/// The texts of a thread's posts.
async fn texts(app: &App, by: &Person, thread: &str) -> Vec<String> {
    let page = app.by(by).get(&format!("/topics/{thread}")).await.ok();
    page["posts"].as_array().unwrap().iter().map(|post| post["source"].as_str().unwrap().to_owned()).collect()
}

/// Lets a draft go out at an instant; answers the id of the post.
async fn send_at(app: &App, by: &Person, id: &str, at: &str) -> String {
    let post = app.new_id("pst");
    let send = json!({ "when": { "kind": "at", "at": at }, "post": post });
    let row = app.by(by).post(&format!("/drafts/{id}/send"), send).await.row("drafts", id);
    assert_eq!((&row["send_at"], &row["problem"]), (&json!(at), &Value::Null));
    post
}

both!(
    async fn two_devices_do_not_overwrite_each_other(app: &App) {
        let world = World::new(app).await;
        let (id, path) = (app.new_id("drf"), |id: &str| format!("/drafts/{id}"));
        let place = json!({ "kind": "new", "space": null });
        let first = save(app, &world.camila, &id, draft(place.clone(), "One", "Laptop", 0)).await;
        assert_eq!((&first["version"], &first["device"]), (&json!(1), &json!("Laptop")));
        let second = save(app, &world.camila, &id, draft(place.clone(), "One, two", "Phone", 1)).await;
        assert_eq!((&second["version"], &second["device"]), (&json!(2), &json!("Phone")));
        // The laptop has not seen it.
        let camila = app.by(&world.camila);
        let stale = draft(place.clone(), "One, three", "Laptop", 1);
        let refused = camila.put(&path(&id), stale.clone()).await.expect(409);
        assert_eq!(refused["current"], second, "the answer has what it had not seen");
        assert_eq!(drafts(app, &world.camila).await, std::slice::from_ref(&second), "nothing was lost");
        // The same words are no conflict, whoever wrote them.
        let same = draft(place.clone(), "One, two", "Laptop", 1);
        assert_eq!(camila.put(&path(&id), same).await.ok()["rows"], json!([]));
        // Thrown away here, written on there: the other device decides.
        assert_eq!(camila.delete(&path(&id)).await.ok()["rows"][0]["row"], Value::Null);
        let gone =
            camila.put(&path(&id), draft(place.clone(), "One, two, four", "Phone", 2)).await.expect(409);
        assert_eq!(gone.get("current"), None);
        let again = save(app, &world.camila, &id, draft(place, "One, two, four", "Phone", 0)).await;
        assert_eq!(again["version"], 1);
        // Nobody else has it, and nobody else takes its place.
        assert_eq!(drafts(app, &world.jonas).await, [] as [Value; 0]);
        app.by(&world.jonas).delete(&path(&id)).await.expect(404);
        let theirs = draft(json!({ "kind": "new", "space": null }), "Mine", "x", 0);
        app.by(&world.jonas).put(&path(&id), theirs).await.expect(409);
        let log = app.by(&world.jonas).get("/changes/log?after=0").await.ok();
        assert!(!log.to_string().contains("One, two"), "a draft is for its author alone");
    }
);

both!(
    async fn half_written_things_are_kept_as_they_are(app: &App) {
        let world = World::new(app).await;
        let id = app.new_id("drf");
        let half = json!({
            "place": { "kind": "direct", "participants": [world.jonas.id] }, "title": "  ", "source": "",
            "to": [world.jonas.id], "ask": { "kind": "decide", "asked": null }, "files": [], "device": "Phone",
            "version": 0,
        });
        let row = save(app, &world.camila, &id, half.clone()).await;
        for field in ["place", "source", "to", "ask", "files", "device"] {
            assert_eq!(row[field], half[field], "{field}");
        }
        let camila = app.by(&world.camila);
        let path = format!("/drafts/{id}");
        for (field, wrong) in [
            ("place", json!({ "kind": "topic" })),
            ("place", json!({ "kind": "new", "space": null, "topic": null, "when": 1 })),
            ("ask", json!(["an", "array"])),
            ("source", json!("x".repeat(100_001))),
            ("to", json!(vec![world.jonas.id.to_string(); 51])),
            ("files", json!((0..21).map(|_| app.new_id("fil")).collect::<Vec<_>>())),
            ("device", json!("")),
        ] {
            let mut body = half.clone();
            body[field] = wrong;
            body["version"] = json!(1);
            let answer = camila.put(&path, body).await;
            assert!(matches!(answer.status.as_u16(), 400 | 422), "{field}: {}", answer.json());
            assert!(answer.json()["field"].as_str().unwrap().starts_with(field), "{}", answer.json());
        }
    }
);

both!(
    async fn a_draft_goes_out_once_at_its_instant(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "The label").await;
        let id = app.new_id("drf");
        save(app, &world.camila, &id, draft(in_topic(&thread.id), "Printed.", "Laptop", 0)).await;
        let post = send_at(app, &world.camila, &id, "2026-11-26T08:00:00Z").await;
        app.goes_to("2026-11-26T07:59:59Z").await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await, ["The label"]);
        app.goes_to("2026-11-26T08:00:00Z").await;
        app.work().await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await, ["The label", "Printed."]);
        assert_eq!(drafts(app, &world.camila).await, [] as [Value; 0]);
        let page = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok();
        let row = &page["posts"][1];
        assert_eq!((&row["id"], &row["author"]), (&json!(post), &json!(world.camila.id)));
        assert_eq!(row["created_at"], "2026-11-26T08:00:00Z");
        // The job runs again: its lease ran out, or it was killed after the commit.
        let (workspace, member) = (world.workspace, world.camila.id);
        let (key, payload) = (id.clone(), json!({ "member": member, "draft": id }));
        app.context()
            .db
            .write(move |tx| async move {
                let payload = serde_json::value::to_raw_value(&payload).unwrap();
                let run_at = "2026-11-26T08:00:00Z".parse().unwrap();
                let job =
                    store::NewJob { workspace: workspace.uuid(), kind: "draft.send", key, payload, run_at };
                tx.enqueue(job).await
            })
            .await
            .unwrap();
        app.work().await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await.len(), 2);
    }
);

both!(
    async fn what_was_sent_by_hand_is_not_sent_again(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "The label").await;
        let id = app.new_id("drf");
        save(app, &world.camila, &id, draft(in_topic(&thread.id), "Printed.", "Laptop", 0)).await;
        let post = send_at(app, &world.camila, &id, "2026-11-26T08:00:00Z").await;
        let by_hand = json!({ "id": post, "source": "Printed." });
        app.by(&world.camila).post(&format!("/topics/{}/posts", thread.id), by_hand).await.ok();
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await.len(), 2);
        assert_eq!(drafts(app, &world.camila).await, [] as [Value; 0]);
    }
);

both!(
    async fn a_draft_can_be_written_on_put_off_and_kept_back(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "The label").await;
        let id = app.new_id("drf");
        save(app, &world.camila, &id, draft(in_topic(&thread.id), "Printed", "Laptop", 0)).await;
        send_at(app, &world.camila, &id, "2026-11-26T08:00:00Z").await;
        let on =
            save(app, &world.camila, &id, draft(in_topic(&thread.id), "Printed, twice", "Phone", 1)).await;
        assert_eq!(on["send_at"], "2026-11-26T08:00:00Z", "it still goes out");
        send_at(app, &world.camila, &id, "2026-11-26T09:00:00Z").await;
        app.goes_to("2026-11-26T08:30:00Z").await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await.len(), 1, "it was put off");
        let kept = app.by(&world.camila).delete(&format!("/drafts/{id}/send")).await.row("drafts", &id);
        assert_eq!((&kept["send_at"], &kept["send_when"]), (&Value::Null, &Value::Null));
        app.goes_to("2026-11-26T10:00:00Z").await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await.len(), 1);
        send_at(app, &world.camila, &id, "2026-11-26T11:00:00Z").await;
        app.goes_to("2026-11-26T11:00:00Z").await;
        assert_eq!(texts(app, &world.jonas, &thread.id).await[1], "Printed, twice");
    }
);

both!(
    async fn a_refusal_leaves_a_draft_with_its_reason(app: &App) {
        let world = World::new(app).await;
        let closed = world.thread(&world.jonas, &world.delivery, "Soon closed").await;
        let moved = world.thread(&world.jonas, &world.company, "Soon elsewhere").await;
        let hidden = world.thread(&world.ines, &world.company, "Soon hidden").await;
        let mut ids = Vec::new();
        for thread in [&closed, &moved, &hidden] {
            let id = app.new_id("drf");
            save(app, &world.camila, &id, draft(in_topic(&thread.id), "Late words", "Laptop", 0)).await;
            send_at(app, &world.camila, &id, "2026-11-26T08:00:00Z").await;
            ids.push(id);
        }
        let close = json!({ "outcome": "Settled." });
        app.by(&world.jonas).post(&format!("/topics/{}/close", closed.id), close).await.ok();
        // To a space where she is, and to one that she does not see.
        let to = |space: &str| json!({ "space": space });
        app.by(&world.jonas).patch(&format!("/topics/{}", moved.id), to(&world.delivery)).await.ok();
        app.by(&world.ines).patch(&format!("/topics/{}", hidden.id), to(&world.vendors)).await.ok();
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(
            texts(app, &world.jonas, &moved.id).await[1],
            "Late words",
            "a moved thread is the same thread"
        );
        let left = drafts(app, &world.camila).await;
        let problem = |id: &str| {
            let row = left.iter().find(|row| row["id"] == id).unwrap();
            assert_eq!((&row["send_at"], &row["source"]), (&Value::Null, &json!("Late words")));
            row["problem"].as_str().unwrap().to_owned()
        };
        assert_eq!(left.len(), 2);
        assert_eq!(problem(&ids[0]), "This thread is closed. Reopen it first.");
        assert_eq!(problem(&ids[2]), "There is no such thread.");
        assert_eq!(texts(app, &world.ines, &hidden.id).await.len(), 1);
        // Written on, the reason is gone; sent where it may go, it goes.
        let reopened = app.by(&world.jonas).post(&format!("/topics/{}/reopen", closed.id), json!({})).await;
        reopened.ok();
        let on =
            save(app, &world.camila, &ids[0], draft(in_topic(&closed.id), "Later words", "Laptop", 1)).await;
        assert_eq!(on["problem"], Value::Null);
        send_at(app, &world.camila, &ids[0], "2026-11-26T09:00:00Z").await;
        app.goes_to("2026-11-26T09:00:00Z").await;
        assert_eq!(texts(app, &world.jonas, &closed.id).await[1], "Later words");
    }
);

both!(
    async fn whoever_was_removed_sends_nothing(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let id = app.new_id("drf");
        save(app, &world.jonas, &id, draft(in_topic(&thread.id), "Farewell", "Laptop", 0)).await;
        send_at(app, &world.jonas, &id, "2026-11-26T08:00:00Z").await;
        app.by(&world.camila).post(&format!("/members/{}/remove", world.jonas.id), json!({})).await.ok();
        app.goes_to("2026-11-26T08:00:00Z").await;
        assert_eq!(texts(app, &world.camila, &thread.id).await, ["The label"]);
    }
);

both!(
    async fn a_new_thread_with_an_ask_goes_out_when_their_day_starts(app: &App) {
        let world = World::new(app).await;
        let id = app.new_id("drf");
        let (topic, post, ask) = (app.new_id("top"), app.new_id("pst"), app.new_id("ask"));
        let form = json!({ "kind": "review", "question": "Does it hold?", "asked": world.althea.id,
            "budget": { "kind": "half_day" } });
        let body = json!({
            "place": { "kind": "new", "space": world.company }, "title": "The export", "source": "Look at it.",
            "ask": form, "device": "Laptop", "version": 0,
        });
        save(app, &world.camila, &id, body).await;
        let when = json!({ "kind": "their_start", "member": world.althea.id });
        let path = format!("/drafts/{id}/send");
        let camila = app.by(&world.camila);
        for missing in ["topic", "ask"] {
            let mut send = json!({ "when": when, "post": post, "topic": topic, "ask": ask });
            send.as_object_mut().unwrap().remove(missing);
            camila.post(&path, send).await.refuses(422, missing);
        }
        let send = json!({ "when": when, "post": post, "topic": topic, "ask": ask });
        let row = camila.post(&path, send.clone()).await.row("drafts", &id);
        assert_eq!(row["send_at"], "2026-11-26T01:00:00Z", "nine on Thursday in Manila");
        // She will start later: so will this.
        let late = json!({ "zone": "Asia/Manila", "week": [[["11:00", "19:00"]], [["11:00", "19:00"]],
            [["11:00", "19:00"]], [["11:00", "19:00"]], [["11:00", "19:00"]], [], []] });
        app.by(&world.althea).put(&format!("/members/{}/schedule", world.althea.id), late).await.ok();
        app.work().await;
        assert_eq!(drafts(app, &world.camila).await[0]["send_at"], "2026-11-26T03:00:00Z");
        app.goes_to("2026-11-26T01:00:00Z").await;
        app.by(&world.althea).get(&format!("/topics/{topic}")).await.expect(404);
        app.goes_to("2026-11-26T03:00:00Z").await;
        let page = app.by(&world.althea).get(&format!("/topics/{topic}")).await.ok();
        assert_eq!((&page["topic"]["title"], &page["asks"][0]["id"]), (&json!("The export"), &json!(ask)));
        assert_eq!(page["asks"][0]["asked"], json!(world.althea.id));
        // Unknown hours have no start.
        let other = app.new_id("drf");
        let short = json!({ "place": { "kind": "topic", "topic": topic }, "source": "x", "device": "d", "version": 0 });
        save(app, &world.camila, &other, short).await;
        let to_rui =
            json!({ "when": { "kind": "their_start", "member": world.rui.id }, "post": app.new_id("pst") });
        camila.post(&format!("/drafts/{other}/send"), to_rui).await.refuses(422, "when.member");
        let past =
            json!({ "when": { "kind": "at", "at": "2026-11-20T00:00:00Z" }, "post": app.new_id("pst") });
        camila.post(&format!("/drafts/{other}/send"), past).await.refuses(422, "when.at");
    }
);

both!(
    async fn a_draft_asks_several_people_and_groups(app: &App) {
        let world = World::new(app).await;
        let (id, group) = (app.new_id("drf"), app.new_id("grp"));
        let camila = app.by(&world.camila);
        camila
            .post("/groups", json!({ "id": group, "name": "Design", "members": [world.ines.id] }))
            .await
            .ok();
        let thread = world.thread(&world.camila, &world.company, "The export").await;
        let form = json!({ "kind": "review", "question": "Does it hold?", "asked": world.althea.id,
            "also": [{ "asked": world.jonas.id }, { "group": group }], "budget": { "kind": "half_day" } });
        let mut body = draft(in_topic(&thread.id), "Look at it.", "Laptop", 0);
        body["ask"] = form.clone();
        assert_eq!(save(app, &world.camila, &id, body.clone()).await["ask"], form);
        let (post, asks) = (app.new_id("pst"), [app.new_id("ask"), app.new_id("ask"), app.new_id("ask")]);
        let path = format!("/drafts/{id}/send");
        let mut send = json!({ "when": { "kind": "at", "at": "2026-11-26T08:00:00Z" }, "post": post,
            "ask": asks[0], "also": [asks[1]] });
        camila.post(&path, send.clone()).await.refuses(422, "also");
        send["also"] = json!([asks[1], asks[2]]);
        camila.post(&path, send.clone()).await.ok();
        app.goes_to("2026-11-26T08:00:00Z").await;
        app.work().await;
        let page = camila.get(&format!("/topics/{}", thread.id)).await.ok();
        assert_eq!(page["posts"].as_array().unwrap().len(), 2);
        let asked = |ask: &String| {
            let row = page["asks"].as_array().unwrap().iter().find(|row| row["id"] == *ask).unwrap().clone();
            assert_eq!((&row["post"], &row["question"]), (&json!(post), &json!("Does it hold?")));
            (row["asked"].clone(), row["group"].clone())
        };
        assert_eq!(asked(&asks[0]), (json!(world.althea.id), Value::Null));
        assert_eq!(asked(&asks[1]), (json!(world.jonas.id), Value::Null));
        assert_eq!(asked(&asks[2]), (Value::Null, json!(group)));
        assert_eq!(drafts(app, &world.camila).await, [] as [Value; 0]);
        // One who cannot be asked holds up all of it, and nothing is half sent.
        let other = app.new_id("drf");
        body["ask"]["also"] = json!([{ "asked": world.rui.id }]);
        save(app, &world.camila, &other, body).await;
        let send = json!({ "when": { "kind": "at", "at": "2026-11-26T09:00:00Z" }, "post": app.new_id("pst"),
            "ask": app.new_id("ask"), "also": [app.new_id("ask")] });
        camila.post(&format!("/drafts/{other}/send"), send).await.ok();
        app.goes_to("2026-11-26T09:00:00Z").await;
        app.work().await;
        let page = camila.get(&format!("/topics/{}", thread.id)).await.ok();
        assert_eq!((page["posts"].as_array().unwrap().len(), page["asks"].as_array().unwrap().len()), (2, 3));
        let kept = drafts(app, &world.camila).await;
        assert_eq!((&kept[0]["id"], &kept[0]["send_at"]), (&json!(other), &Value::Null));
        assert!(kept[0]["problem"].as_str().unwrap().contains("Rui"), "{}", kept[0]["problem"]);
    }
);

both!(
    async fn an_upload_waits_with_its_draft(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let mut files = Vec::new();
        for name in ["kept.txt", "dropped.txt"] {
            let upload = camila.send(axum::http::Method::POST, &format!("/files?name={name}"));
            files.push(
                upload.bytes("text/plain", "words").await.expect(201)["id"].as_str().unwrap().to_owned(),
            );
        }
        let id = app.new_id("drf");
        let mut body = draft(json!({ "kind": "new", "space": null }), "With a file", "Laptop", 0);
        body["files"] = json!([files[0]]);
        save(app, &world.camila, &id, body).await;
        app.set_clock("2026-11-28T21:40:00Z");
        topics::files::sweep(&app.inner, app.now()).await.unwrap();
        assert_eq!(camila.get(&format!("/files/{}/content", files[0])).await.status, 200);
        camila.get(&format!("/files/{}/content", files[1])).await.expect(404);
    }
);
