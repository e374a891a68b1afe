//! Rules of topics that no request reaches: what an import writes, and the order of the inbox.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

use kernel::Refusal;
use people::Actor;
use serde_json::{Value, json};
use testkit::{App, Person, World, both};
use topics::{Error, PostId, TopicId, markdown::Rendered, posts, search, topic};

/// Writes a thread of one imported post, as an importer does; answers the post's number.
async fn import(
    app: &App,
    actor: Actor,
    space: &str,
    thread: TopicId,
    key: &'static str,
) -> Result<i64, Error> {
    let (space, post): (people::SpaceId, PostId) = (space.parse().unwrap(), app.id());
    let written = app.context().db.write(move |tx| async move {
        topic::insert(&tx, &actor, thread, "From the archive", Some(space), Some(key)).await?;
        search::index_title(&tx, actor.workspace, thread, "From the archive", actor.at).await?;
        let rendered = Rendered {
            html: "<p>An old letter</p>".to_owned(),
            text: "An old letter".to_owned(),
            mentions: Vec::new(),
            links: Vec::new(),
        };
        let origin = posts::Origin { source_key: Some(key), ..posts::Origin::default() };
        let topic = posts::store_post(&tx, &actor, thread, post, "An old letter", &rendered, origin).await?;
        Ok(topic.last_no)
    });
    written.await.map(|written| written.value)
}

both!(
    async fn what_is_imported_keeps_its_date_and_comes_once(app: &App) {
        let world = World::new(app).await;
        // Imports announce themselves in batches of their own.
        app.without_replay();
        let old = Actor { at: "2009-03-01T10:00:00Z".parse().unwrap(), ..world.jonas.actor(app) };
        let thread: TopicId = app.id();
        assert_eq!(import(app, old.clone(), &world.company, thread, "<1@example.com>").await.unwrap(), 1);
        let page = app.by(&world.althea).get(&format!("/topics/{thread}")).await.ok();
        assert_eq!(page["topic"]["last_at"], "2009-03-01T10:00:00Z");
        assert_eq!((&page["posts"][0]["imported"], &page["posts"][0]["no"]), (&json!(true), &json!(1)));
        assert_eq!(page["mark"], Value::Null, "an import notifies nobody");
        let found = app.by(&world.althea).get("/search?q=letter+before:2010-01-01").await.ok();
        assert_eq!(found["items"][0]["topic"]["id"], thread.to_string());
        let again = import(app, old, &world.company, app.id(), "<1@example.com>").await;
        assert!(matches!(again, Err(Error::Refused(Refusal::Conflict { .. }))), "{again:?}");
        assert_eq!(
            app.by(&world.althea).get("/search?q=archive").await.ok()["items"].as_array().unwrap().len(),
            1
        );
    }
);

both!(
    async fn the_inbox_is_ordered_by_what_is_due(app: &App) {
        let world = World::new(app).await;
        let mut threads = Vec::new();
        for title in ["read older", "read newer", "no rush", "due late", "due soon"] {
            threads.push(world.thread(&world.camila, &world.company, title).await.id);
            let minute = threads.len();
            app.set_clock(&format!("2026-11-25T21:5{minute}:00Z"));
        }
        let budgets = [
            (2, json!({ "kind": "no_rush" })),
            (3, json!({ "kind": "exact", "at": "2026-12-03T10:00:00Z" })),
            (4, json!({ "kind": "exact", "at": "2026-12-02T10:00:00Z" })),
        ];
        for (number, budget) in budgets {
            let ask = json!({ "id": app.new_id("ask"), "kind": "do", "question": "Well?", "asked": world.althea.id,
                "budget": budget });
            app.by(&world.camila).post(&format!("/topics/{}/asks", threads[number]), ask).await.ok();
        }
        for number in [0, 1] {
            let path = format!("/topics/{}/mark", threads[number]);
            app.by(&world.althea).put(&path, json!({ "following": true })).await.ok();
            app.set_clock(&format!("2026-11-25T22:0{number}:00Z"));
            let post = json!({ "id": app.new_id("pst"), "source": "News" });
            app.by(&world.camila).post(&format!("/topics/{}/posts", threads[number]), post).await.ok();
        }
        assert_eq!(inbox(app, &world.althea).await, [""; 0], "it is five in the morning");
        app.goes_to("2026-11-26T01:00:00Z").await;
        assert_eq!(inbox(app, &world.althea).await, [4, 3, 2, 1, 0].map(|number| threads[number].clone()));
    }
);

both!(
    async fn a_social_space_wants_nothing_but_what_is_said_to_me(app: &App) {
        let world = World::new(app).await;
        let space = app.new_id("spc");
        let new = json!({ "id": space, "name": "Pictures of cats", "visibility": "open", "social": true });
        app.by(&world.camila).post("/spaces", new).await.ok();
        let thread = world.thread(&world.camila, &space, "A cat").await;
        let mark = format!("/topics/{}/mark", thread.id);
        app.by(&world.althea).put(&mark, json!({ "following": true })).await.ok();
        world.post(&world.camila, &thread, "Another cat").await;
        app.goes_to("2026-11-26T01:00:00Z").await;
        assert_eq!(inbox(app, &world.althea).await, [""; 0]);
        world.post(&world.camila, &thread, &format!("@[Althea]({}) look", world.althea.id)).await;
        app.goes_to("2026-11-26T05:00:00Z").await;
        assert_eq!(inbox(app, &world.althea).await, [thread.id.as_str()]);
        app.by(&world.althea).put(&mark, json!({ "done_no": 3, "read_no": 3 })).await.ok();
        assert_eq!(inbox(app, &world.althea).await, [""; 0]);
        world.ask(&world.camila, &thread, &world.althea, "Yours?").await;
        app.goes_to("2026-11-26T09:00:00Z").await;
        assert_eq!(inbox(app, &world.althea).await, [thread.id]);
    }
);

/// The topics of somebody's inbox, in order.
async fn inbox(app: &App, person: &Person) -> Vec<String> {
    let inbox = app.by(person).get("/inbox").await.ok();
    inbox["items"].as_array().unwrap().iter().map(|item| item["topic"].as_str().unwrap().to_owned()).collect()
}
