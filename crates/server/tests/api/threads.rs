//! Threads and posts: direct ones, moving, editing, removing, responding, following.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{App, World, both};

both!(
    async fn a_direct_thread_is_for_its_people(app: &App) {
        let world = World::new(app).await;
        let thread = world.direct(&world.jonas, &[&world.althea], "Between us").await;
        let path = format!("/topics/{}", thread.id);
        let seen = app.by(&world.althea).get(&path).await.ok();
        let mut people = [world.jonas.id.to_string(), world.althea.id.to_string()];
        people.sort();
        assert_eq!(seen["topic"]["participants"], json!(people));
        assert_eq!(seen["topic"]["space"], Value::Null);
        assert_eq!(seen["mark"]["reason"], "participant");
        assert_eq!(app.by(&world.althea).get("/direct").await.ok()["items"][0]["id"], thread.id);
        // The owner of the workspace as well is somebody else here.
        for other in [&world.camila, &world.rui, &world.zoe] {
            app.by(other).get(&path).await.expect(404);
            app.by(other).get(&format!("/topics/{}", thread.code)).await.expect(404);
            assert_eq!(app.by(other).get("/direct").await.ok()["items"], json!([]));
            assert_eq!(app.by(other).get("/search?q=between").await.ok()["items"], json!([]));
            let log = app.by(other).get("/changes/log?after=0&limit=200").await.ok();
            assert!(!log.to_string().contains(&thread.id), "{} reads of it in the log", other.email);
        }
        app.by(&world.jonas).patch(&path, json!({ "space": world.company })).await.refuses(422, "space");
        let to = json!({ "id": app.new_id("pst"), "source": "Look", "to": [world.camila.id] });
        app.by(&world.jonas).post(&format!("{path}/posts"), to).await.refuses(422, "to");
        let hidden = json!({ "id": app.new_id("top"), "kind": "thread", "title": "Who?", "participants": [world.althea.id],
            "post": { "id": app.new_id("pst"), "source": "Hi" } });
        app.by(&world.noor).post("/topics", hidden).await.expect(404);
        let both_places = json!({ "id": app.new_id("top"), "kind": "thread", "title": "Where?", "space": world.company,
            "participants": [world.althea.id], "post": { "id": app.new_id("pst"), "source": "Hi" } });
        app.by(&world.jonas).post("/topics", both_places).await.refuses(422, "space");
    }
);

both!(
    async fn a_thread_that_moves_is_lost_to_those_who_may_not_follow_it(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.company, "Where it belongs").await;
        let path = format!("/topics/{}", thread.id);
        world.ask(&world.jonas, &thread, &world.althea, "What do you think?").await;
        app.goes_to("2026-11-26T01:00:00Z").await;
        assert_eq!(app.by(&world.althea).get("/inbox").await.ok()["items"][0]["topic"], thread.id);
        let moved = app.by(&world.jonas).patch(&path, json!({ "space": world.delivery })).await;
        assert_eq!(moved.row("topics", &thread.id)["space"], world.delivery);
        app.by(&world.althea).get(&path).await.expect(404);
        let althea = app.by(&world.althea);
        assert_eq!(althea.get("/inbox").await.ok()["items"], json!([]));
        assert_eq!(althea.get("/asks?list=owe").await.ok()["items"], json!([]));
        assert_eq!(althea.get("/search?q=belongs").await.ok()["items"], json!([]));
        app.by(&world.rui).get(&path).await.ok();
        app.by(&world.jonas).patch(&path, json!({ "space": world.vendors })).await.expect(404);
    }
);

both!(
    async fn an_edit_keeps_what_was_said(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "First words").await;
        let path = format!("/posts/{}", thread.post);
        let edit = |source: &str, edits: i64| {
            app.by(&world.jonas).patch(&path, json!({ "source": source, "edits": edits }))
        };
        app.set_clock("2026-11-25T21:45:00Z");
        let edited = edit("Second words", 0).await;
        let post = edited.row("posts", &thread.post);
        assert_eq!((&post["source"], &post["edits"]), (&json!("Second words"), &json!(1)));
        assert_eq!(post["edited_at"], "2026-11-25T21:45:00Z");
        assert_eq!(edited.row("topics", &thread.id)["snippet"], "Second words");
        edit("Lost words", 0).await.expect(409);
        edit("   ", 1).await.refuses(422, "source");
        app.by(&world.camila).patch(&path, json!({ "source": "Not mine", "edits": 1 })).await.expect(403);
        edit("Third words", 1).await.ok();
        let history = app.by(&world.rui).get(&format!("{path}/history")).await.ok();
        let said: Vec<&str> = history["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["source"].as_str().unwrap())
            .collect();
        assert_eq!(said, ["First words", "Second words"]);
        assert_eq!(
            app.by(&world.rui).get("/search?q=first").await.ok()["items"][0]["kind"],
            "topic",
            "the title"
        );
        assert_eq!(app.by(&world.rui).get("/search?q=third").await.ok()["items"][0]["post"], thread.post);
    }
);

both!(
    async fn a_removed_post_leaves_a_trace_and_nothing_else(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "A thread").await;
        let secret = world.post(&world.jonas, &thread, "A pasted password: hunter2").await;
        let path = format!("/posts/{secret}");
        app.by(&world.jonas).patch(&path, json!({ "source": "Still hunter2", "edits": 0 })).await.ok();
        app.by(&world.rui).put(&format!("{path}/responses/Thanks"), json!({})).await.ok();
        app.by(&world.rui).delete(&path).await.expect(403);
        let removed = app.by(&world.camila).delete(&path).await;
        let post = removed.row("posts", &secret);
        assert_eq!(
            (&post["source"], &post["html"], &post["responses"]),
            (&json!(""), &json!(""), &json!([]))
        );
        assert_eq!(post["deleted_by"], world.camila.id.to_string());
        assert_eq!(removed.row("topics", &thread.id)["post_count"], 1);
        assert_eq!(removed.row("topics", &thread.id)["snippet"], "");
        app.by(&world.camila).delete(&path).await.expect(409);
        app.by(&world.jonas).patch(&path, json!({ "source": "Back", "edits": 1 })).await.expect(409);
        app.by(&world.jonas).put(&format!("{path}/responses/Thanks"), json!({})).await.expect(409);
        assert_eq!(app.by(&world.jonas).get(&format!("{path}/history")).await.ok()["items"], json!([]));
        assert_eq!(app.by(&world.jonas).get("/search?q=hunter2").await.ok()["items"], json!([]));
        let page = app.by(&world.jonas).get(&format!("/topics/{}", thread.id)).await.ok();
        assert!(!page.to_string().contains("hunter2"));
        // The next post has the next number: this one is never used again.
        let next = world.post(&world.jonas, &thread, "Careful").await;
        let posts = app.by(&world.jonas).get(&format!("/topics/{}/posts?after=2", thread.id)).await.ok();
        assert_eq!((&posts["items"][0]["id"], &posts["items"][0]["no"]), (&json!(next), &json!(3)));
    }
);

both!(
    async fn words_said_in_response(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Shipped").await;
        let respond = |by, method: Method, word: &str| {
            app.by(by).send(method, &format!("/posts/{}/responses/{word}", thread.post))
        };
        respond(&world.camila, Method::PUT, "Thanks").await.ok();
        let (again, head) = (respond(&world.camila, Method::PUT, "Thanks").await.ok(), world.heads().await.0);
        assert_eq!((&again["rows"], &again["seq"]), (&json!([]), &json!(head)));
        app.set_clock("2026-11-25T21:41:00Z");
        respond(&world.rui, Method::PUT, "Thanks").await.ok();
        app.set_clock("2026-11-25T21:42:00Z");
        let party = respond(&world.rui, Method::PUT, "%F0%9F%8E%89").await;
        let expected = json!([
            { "word": "Thanks", "members": [world.camila.id, world.rui.id] },
            { "word": "🎉", "members": [world.rui.id] },
        ]);
        assert_eq!(party.row("posts", &thread.post)["responses"], expected);
        respond(&world.camila, Method::DELETE, "Thanks").await.ok();
        respond(&world.camila, Method::DELETE, "Thanks").await.ok();
        respond(&world.camila, Method::PUT, &"x".repeat(25)).await.refuses(422, "word");
        respond(&world.camila, Method::PUT, "%20").await.refuses(422, "word");
        for number in 0..18 {
            respond(&world.camila, Method::PUT, &format!("Word{number}")).await.ok();
        }
        respond(&world.camila, Method::PUT, "TooMany").await.refuses(422, "word");
        respond(&world.jonas, Method::PUT, "Word1").await.ok();
    }
);

both!(
    async fn mentions_reach_those_who_may_read(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Names").await;
        let source = format!(
            "@[Camila]({}) and @[Althea]({}) and @[Zoe]({})",
            world.camila.id, world.althea.id, world.zoe.id
        );
        let post = world.post(&world.jonas, &thread, &source).await;
        let page = app.by(&world.camila).get(&format!("/topics/{}", thread.id)).await.ok();
        let shown = page["posts"].as_array().unwrap().iter().find(|shown| shown["id"] == post).unwrap();
        assert_eq!(shown["mentions"], json!([world.camila.id]));
        assert_eq!(page["mark"]["mention_no"], 2);
        assert_eq!(page["mark"]["following"], true);
        app.goes_to("2026-11-26T13:30:00Z").await;
        let inbox = app.by(&world.camila).get("/inbox").await.ok();
        assert_eq!(inbox["items"][0]["reason"], "mentioned");
        assert_eq!(app.by(&world.althea).get("/inbox").await.ok()["items"], json!([]));
    }
);

both!(
    async fn a_reader_who_is_named_or_asked_follows_from_then_on(app: &App) {
        let world = World::new(app).await;
        let named = world.thread(&world.jonas, &world.company, "Who is named").await;
        let asked = world.thread(&world.jonas, &world.company, "Who is asked").await;
        let stopped = world.thread(&world.jonas, &world.company, "Who has stopped").await;
        let althea = app.by(&world.althea);
        let mark = |thread: &testkit::Thread| format!("/topics/{}/mark", thread.id);
        for thread in [&named, &asked, &stopped] {
            let read = althea.put(&mark(thread), json!({ "read_no": 1 })).await;
            assert_eq!(read.row("marks", &thread.id)["following"], false, "reading is not following");
        }
        althea.put(&mark(&stopped), json!({ "following": true })).await.ok();
        althea.put(&mark(&stopped), json!({ "following": false })).await.ok();
        let name = format!("@[Althea]({})", world.althea.id);
        world.post(&world.jonas, &named, &name).await;
        world.post(&world.jonas, &stopped, &name).await;
        world.ask(&world.jonas, &asked, &world.althea, "Well?").await;
        let standing = async |thread: &testkit::Thread| {
            let page = althea.get(&format!("/topics/{}", thread.id)).await.ok();
            (
                page["mark"]["following"].clone(),
                page["mark"]["reason"].clone(),
                page["mark"]["read_no"].clone(),
            )
        };
        assert_eq!(standing(&named).await, (json!(true), json!("mentioned"), json!(1)));
        assert_eq!(standing(&asked).await, (json!(true), json!("asked"), json!(1)));
        assert_eq!(standing(&stopped).await, (json!(false), json!("follows"), json!(1)));
        app.goes_to("2026-11-26T01:00:00Z").await;
        let inbox = althea.get("/inbox").await.ok();
        assert_eq!(inbox["items"].as_array().unwrap().len(), 3, "a mention reaches also who has stopped");
    }
);

both!(
    async fn marks_move_forward_and_back_only_when_asked(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Marks").await;
        world.post(&world.jonas, &thread, "Two").await;
        let mark = async |patch: Value| {
            let path = format!("/topics/{}/mark", thread.id);
            app.by(&world.camila).put(&path, patch).await
        };
        mark(json!({ "read_no": 3 })).await.refuses(422, "read_no");
        mark(json!({ "done_no": -1 })).await.refuses(422, "done_no");
        mark(json!({ "read_no": 2, "done_no": 2 })).await.ok();
        let before = world.heads().await;
        mark(json!({ "read_no": 1, "done_no": 0 })).await.ok();
        assert_eq!(world.heads().await, before, "nothing moved, so nothing changed");
        let back = mark(json!({ "read_no": 1, "done_no": 1, "unread": true })).await;
        assert_eq!(back.row("marks", &thread.id)["read_no"], 1);
        mark(json!({ "later_until": "2026-11-25T21:00:00Z" })).await.refuses(422, "later_until");
        mark(json!({ "later_until": "2027-11-29T21:00:00Z" })).await.refuses(422, "later_until");
        mark(json!({ "later_until": "2026-12-01T21:00:00Z", "later": "next_start" }))
            .await
            .refuses(422, "later");
        mark(json!({ "later_until": "2026-12-01T21:00:00Z" })).await.ok();
        let again = mark(json!({ "later_until": null })).await;
        assert_eq!(again.row("marks", &thread.id)["later_until"], Value::Null);
        let kept = mark(json!({ "kept": true, "done_no": 2 })).await.row("marks", &thread.id);
        assert_eq!(kept["kept"], true);
        // Nobody else has anything of it.
        let page = app.by(&world.rui).get(&format!("/topics/{}", thread.id)).await.ok();
        assert_eq!(page["mark"], Value::Null);
        let log = app.by(&world.rui).get("/changes/log?after=0&limit=200").await.ok();
        assert!(!log.to_string().contains("mark.changed"));
    }
);

both!(
    async fn many_are_done_at_once_or_none(app: &App) {
        let world = World::new(app).await;
        let one = world.thread(&world.jonas, &world.company, "One").await;
        let two = world.thread(&world.jonas, &world.company, "Two").await;
        let althea = app.by(&world.althea);
        let list = |second: &str, no: i64| json!({ "topics": [{ "id": one.id, "done_no": 1 }, { "id": second, "done_no": no }] });
        let before = world.heads().await;
        althea.post("/marks/done", list(&app.new_id("top"), 1)).await.expect(404);
        althea.post("/marks/done", list(&two.id, 7)).await.expect(422);
        assert_eq!(world.heads().await, before, "nothing half-written");
        assert_eq!(althea.get(&format!("/topics/{}", one.id)).await.ok()["mark"], Value::Null);
        let done = althea.post("/marks/done", list(&two.id, 1)).await;
        assert_eq!(done.row("marks", &one.id)["done_no"], 1);
        assert_eq!(done.row("marks", &two.id)["done_no"], 1);
    }
);

both!(
    async fn a_summary_is_written_and_taken_away(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Long").await;
        let path = format!("/topics/{}", thread.id);
        let written = app.by(&world.rui).patch(&path, json!({ "summary": "We **agreed**." })).await;
        let topic = written.row("topics", &thread.id);
        assert_eq!(topic["summary_html"], "<p>We <strong>agreed</strong>.</p>");
        assert_eq!(topic["summary_by"], world.rui.id.to_string());
        let away =
            app.by(&world.jonas).patch(&path, json!({ "summary": "" })).await.row("topics", &thread.id);
        assert_eq!((&away["summary"], &away["summary_by"]), (&Value::Null, &Value::Null));
        app.by(&world.jonas)
            .patch(&path, json!({ "title": " \u{202e}\u{200b} " }))
            .await
            .refuses(422, "title");
        let renamed = app.by(&world.jonas).patch(&path, json!({ "title": "  Two\n words " })).await;
        assert_eq!(renamed.row("topics", &thread.id)["title"], "Two words");
        assert_eq!(app.by(&world.rui).get("/search?q=two+words").await.ok()["items"][0]["kind"], "topic");
        assert_eq!(app.by(&world.rui).get("/search?q=long").await.ok()["items"][0]["kind"], "post");
    }
);

both!(
    async fn a_summary_is_not_written_over_one_that_its_writer_has_not_seen(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Long").await;
        let path = format!("/topics/{}", thread.id);
        let (rui, jonas) = (app.by(&world.rui), app.by(&world.jonas));
        let first = rui.patch(&path, json!({ "summary": "Ours", "summary_version": 0 })).await;
        assert_eq!(first.row("topics", &thread.id)["summary_version"], 1);
        let late = json!({ "summary": "Mine", "summary_version": 0, "title": "Mine too" });
        let answer = jonas.patch(&path, late).await;
        let there = answer.expect(409)["current"].clone();
        assert_eq!((&there["summary"], &there["summary_version"]), (&json!("Ours"), &json!(1)));
        assert_eq!(there["title"], "Long", "nothing half-written");
        let second = jonas.patch(&path, json!({ "summary": null, "summary_version": 1 })).await;
        assert_eq!(second.row("topics", &thread.id)["summary_version"], 2);
        // Who does not say what they saw replaces what is there.
        let third = rui.patch(&path, json!({ "summary": "Again" })).await;
        assert_eq!(third.row("topics", &thread.id)["summary_version"], 3);
        let renamed = rui.patch(&path, json!({ "title": "Renamed", "summary_version": 0 })).await;
        assert_eq!(renamed.row("topics", &thread.id)["summary_version"], 3);
    }
);

both!(
    async fn every_answer_says_what_time_it_is(app: &App) {
        let world = World::new(app).await;
        for path in ["/me", "/topics/top_00000000000000000000000000"] {
            assert_eq!(app.by(&world.rui).get(path).await.header("meridian-now"), app.now().to_string());
        }
    }
);
