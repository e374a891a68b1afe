//! A request that is sent twice is done once.

use serde_json::json;
use testkit::{App, World, both};

both!(
    async fn the_same_key_answers_the_same(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Once").await;
        let path = format!("/topics/{}/posts", thread.id);
        let post = json!({ "id": app.new_id("pst"), "source": "Said once" });
        let first = app.by(&world.jonas).post(&path, post.clone()).key("op-1").await;
        let head = world.heads().await;
        let rows = first.ok()["rows"].clone();
        let again = app.by(&world.jonas).post(&path, post.clone()).key("op-1").await;
        assert_eq!(again.ok(), first.ok());
        assert_eq!(world.heads().await, head, "nothing was written again");
        // The first answer comes also later, at the version of now.
        world.post(&world.camila, &thread, "Something else").await;
        let late = app.by(&world.jonas).post(&path, post.clone()).key("op-1").await.ok();
        assert_eq!(late["rows"], rows);
        // Without the key it would be a second post with the same id.
        app.by(&world.jonas).post(&path, post).await.expect(409);
    }
);

both!(
    async fn the_same_key_with_another_request_is_refused(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Keys").await;
        let other = world.thread(&world.jonas, &world.delivery, "Others").await;
        let path = |thread: &testkit::Thread| format!("/topics/{}/posts", thread.id);
        let post = |source: &str| json!({ "id": app.new_id("pst"), "source": source });
        let said = post("Said");
        app.by(&world.jonas).post(&path(&thread), said.clone()).key("k").await.ok();
        let head = world.heads().await;
        app.by(&world.jonas)
            .post(&path(&thread), post("Else"))
            .key("k")
            .await
            .refuses(422, "Idempotency-Key");
        app.by(&world.jonas).post(&path(&other), said).key("k").await.refuses(422, "Idempotency-Key");
        assert_eq!(world.heads().await, head);
        // The key is its sender's own.
        app.by(&world.camila).post(&path(&thread), post("Mine")).key("k").await.ok();
        for key in ["", " ", "a b", &"k".repeat(65), "ключ", "a/b"] {
            let wrong = app.by(&world.jonas).post(&path(&thread), post("No")).key(key).await;
            wrong.refuses(400, "Idempotency-Key");
        }
    }
);

both!(
    async fn at_once_is_once(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "At once").await;
        let path = format!("/topics/{}/posts", thread.id);
        let post = json!({ "id": app.new_id("pst"), "source": "Me first" });
        let send = async || app.by(&world.jonas).post(&path, post.clone()).key("together").await;
        let answers = tokio::join!(send(), send(), send(), send());
        let answers = [answers.0, answers.1, answers.2, answers.3];
        for answer in &answers {
            assert_eq!(answer.ok(), answers[0].ok());
        }
        let posts = app.by(&world.rui).get(&path).await.ok();
        assert_eq!(posts["items"].as_array().unwrap().len(), 2);
    }
);

both!(
    async fn a_refused_request_may_be_sent_again_with_its_key(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Again").await;
        let outcome = json!({ "outcome": "Agreed." });
        let (close, reopen) =
            (format!("/topics/{}/close", thread.id), format!("/topics/{}/reopen", thread.id));
        let jonas = app.by(&world.jonas);
        jonas.post(&reopen, json!({})).key("r").await.expect(409);
        jonas.post(&close, outcome.clone()).key("c").await.ok();
        jonas.post(&reopen, json!({})).key("r").await.ok();
        // Replayed out of order, each answers what it did then; the thread stays open.
        jonas.post(&close, outcome).key("c").await.ok();
        let page = jonas.get(&format!("/topics/{}", thread.id)).await.ok();
        assert_eq!(page["topic"]["state"], "open");
        // The operation is named once, by the last change of the transaction.
        let log = jonas.get("/changes/log?after=0&limit=200").await.ok();
        let named =
            log["items"].as_array().unwrap().iter().filter(|change| change["operation"] == "r").count();
        assert_eq!(named, 1);
    }
);

both!(
    async fn what_changes_nothing_answers_its_key_as_well(app: &App) {
        let world = World::new(app).await;
        let path = format!("/spaces/{}/members/{}", world.delivery, world.jonas.id);
        for _ in 0..2 {
            let answer = app.by(&world.jonas).put(&path, json!({})).key("join").await.ok();
            assert_eq!((&answer["rows"], &answer["operation"]), (&json!([]), &json!("join")));
        }
    }
);
