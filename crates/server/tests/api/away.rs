//! The page for coming back: one absence with something of everything, and the page exactly.

use serde_json::{Value, json};
use testkit::{App, Person, Thread, World, both};

/// Jonas is away from Monday 30 November to Friday 11 December; Camila covers.
async fn jonas_leaves(app: &App, world: &World<'_>) {
    let off = json!({ "id": app.new_id("off"), "from": "2026-11-30T00:00", "to": "2026-12-12T00:00",
        "cover": world.camila.id, "note": "Nobody sees this" });
    app.by(&world.jonas).post("/time-off", off).await.ok();
    app.work().await;
}

/// A post of so many words.
async fn writes(app: &App, by: &Person, thread: &Thread, words: usize) -> String {
    let id = app.new_id("pst");
    let body = json!({ "id": id, "source": vec!["word"; words].join(" ") });
    app.by(by).post(&format!("/topics/{}/posts", thread.id), body).await.ok();
    id
}

async fn closes(app: &App, by: &Person, thread: &Thread, outcome: &str) {
    app.by(by).post(&format!("/topics/{}/close", thread.id), json!({ "outcome": outcome })).await.ok();
}

async fn asks(app: &App, by: &Person, thread: &Thread, asked: &Person, kind: &str) -> String {
    let id = app.new_id("ask");
    let new = json!({ "id": id, "kind": kind, "question": "Is it right?", "asked": asked.id,
        "budget": { "kind": "half_day" } });
    app.by(by).post(&format!("/topics/{}/asks", thread.id), new).await.ok();
    id
}

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["topic"]["title"].as_str().unwrap()).collect()
}

both!(
    async fn the_page_has_everything_once_and_what_wants_most_first(app: &App) {
        let world = World::new(app).await;
        let (camila, jonas, ines, althea) = (&world.camila, &world.jonas, &world.ines, &world.althea);
        let start = async |by: &Person, title: &str| world.thread(by, &world.company, title).await;
        // Before he leaves.
        let old_ask = start(ines, "An old ask").await;
        asks(app, ines, &old_ask, jonas, "answer").await;
        let (his_closed, his_moved) = (start(jonas, "His, closed").await, start(jonas, "His, moved").await);
        let (his_named, his_posts) =
            (start(jonas, "His, named").await, start(jonas, "His, written in").await);
        let his_quiet = start(jonas, "His, quiet").await;
        let handed = start(ines, "Handed over").await;
        let to_hand = asks(app, ines, &handed, jonas, "review").await;
        let answered = start(ines, "Handed over and answered").await;
        let to_answer = asks(app, ines, &answered, jonas, "review").await;
        jonas_leaves(app, &world).await;
        app.goes_to("2026-11-27T10:00:00Z").await;
        let mut passed = Vec::new();
        for ask in [&to_hand, &to_answer] {
            let id = app.new_id("ask");
            let pass = json!({ "id": id, "to": camila.id, "note": "While I am away" });
            app.by(jonas).post(&format!("/asks/{ask}/pass"), pass).await.ok();
            passed.push(id);
        }
        // While he is away.
        app.goes_to("2026-12-02T15:00:00Z").await;
        let answer = writes(app, camila, &answered, 401).await;
        app.by(camila).post(&format!("/asks/{}/answer", passed[1]), json!({ "post": answer })).await.ok();
        let new_ask = start(althea, "A new ask").await;
        let asked = asks(app, althea, &new_ask, jonas, "decide").await;
        let to_read = start(ines, "Please read").await;
        asks(app, ines, &to_read, jonas, "acknowledge").await;
        closes(app, camila, &his_closed, "His is settled.").await;
        let elsewhere = json!({ "space": world.delivery });
        app.by(camila).patch(&format!("/topics/{}", his_moved.id), elsewhere).await.ok();
        let renamed = json!({ "title": "His, renamed" });
        app.by(camila).patch(&format!("/topics/{}", his_named.id), renamed).await.ok();
        writes(app, althea, &his_posts, 10).await;
        let decided = start(althea, "To be decided").await;
        writes(app, ines, &decided, 250).await;
        closes(app, ines, &decided, "**Tiles** stay for 7 days.\n\nAnd more.").await;
        let worth = start(althea, "Worth reading").await;
        writes(app, althea, &worth, 100).await;
        for by in [ines, althea] {
            app.by(by).put(&format!("/topics/{}/show/{}", worth.id, jonas.id), json!({})).await.ok();
        }
        let rest = start(ines, "Something else").await;
        let summary = json!({ "summary": "The **export** is nearly done.\nMore." });
        app.by(ines).patch(&format!("/topics/{}", rest.id), summary).await.ok();
        world.thread(ines, &world.vendors, "Not for him").await;
        // Back on Monday at nine; what comes then is not of the absence.
        app.goes_to("2026-12-14T08:00:00Z").await;
        writes(app, camila, &rest, 500).await;
        app.goes_to("2026-12-14T08:30:00Z").await;
        let page = app.by(jonas).get("/away").await.ok();

        assert_eq!(page["from"], "2026-11-29T23:00:00Z");
        assert_eq!(page["until"], "2026-12-11T23:00:00Z");
        assert_eq!((&page["now"], &page["working_days"]), (&json!("2026-12-14T08:30:00Z"), &json!(10)));
        assert_eq!(page["ramp_until"], "2026-12-14T12:45:00Z", "four of his working hours after nine");
        let needs: Vec<(&str, &str)> = page["needs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|need| (need["topic"]["title"].as_str().unwrap(), need["was"].as_str().unwrap()))
            .collect();
        assert_eq!(
            needs,
            [
                ("An old ask", "open"),
                ("A new ask", "reclocked"),
                ("Handed over", "passed_to_cover"),
                ("Handed over and answered", "answered_by_cover"),
            ]
        );
        assert_eq!(page["needs"][1]["ask"]["id"], asked);
        let done = &page["needs"][3];
        assert_eq!((&done["by"], &done["answer_post"]["id"]), (&json!(camila.id), &json!(answer)));
        assert_eq!(done["minutes"], 3, "401 words");
        assert_eq!(page["needs"][2]["ask"]["id"], passed[0]);
        assert_eq!(titles(&page["acknowledge"]), ["Please read"]);
        assert_eq!(titles(&page["decided"]), ["To be decided"]);
        assert_eq!(page["decided"][0]["minutes"], 2, "253 words and the title's three");
        let changed: Vec<String> = page["changed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| format!("{} {} {}", row["what"], row["topic"]["title"], row["posts"]).replace('"', ""))
            .collect();
        assert_eq!(
            changed,
            [
                "closed His, closed 0",
                "moved His, moved 0",
                "renamed His, renamed 0",
                "new_posts His, written in 1",
            ]
        );
        assert_eq!(page["changed"][3]["by"], json!(althea.id));
        assert!(!page.to_string().contains(&his_quiet.id), "nothing happened there");
        assert_eq!(titles(&page["worth"]), ["Worth reading"]);
        assert_eq!(page["worth"][0]["by"], json!([ines.id, althea.id]));
        assert_eq!(titles(&page["rest"]), ["Something else"]);
        assert_eq!((&page["rest"][0]["posts"], &page["rest"][0]["outcome"]), (&json!(1), &Value::Null));
        assert_eq!(page["more"], 0);
        let spaces = page["spaces"].as_array().unwrap();
        assert_eq!(spaces.len(), 1);
        assert_eq!(spaces[0]["space"]["id"], json!(world.company));
        assert_eq!(
            spaces[0]["line"], "The export is nearly done.",
            "the newest of what was written meanwhile"
        );
        assert_eq!(page["minutes"], json!({ "needs": 5, "decided": 2, "changed": 1, "worth": 1, "rest": 1 }));
        assert!(!page.to_string().contains("Not for him"));
        assert!(!page.to_string().contains("Nobody sees this"));
        let again = app.by(jonas).get("/away").await.ok();
        assert_eq!(again, page, "the same absence, the same page");

        // He has seen it: it does not open by itself again, and the marks have served.
        let me = app.by(jonas).get("/me").await.ok();
        assert_eq!(me["delivery"]["came_back"]["until"], "2026-12-11T23:00:00Z");
        app.by(jonas).post("/away/seen", json!({})).await.ok();
        let me = app.by(jonas).get("/me").await.ok();
        assert_eq!(me["delivery"]["came_back"], Value::Null);
        let page = app.by(jonas).get("/away").await.ok();
        assert_eq!(titles(&page["worth"]), [] as [&str; 0]);
    }
);

both!(
    async fn nothing_may_need_anybody(app: &App) {
        let world = World::new(app).await;
        app.by(&world.jonas).get("/away").await.expect(404);
        jonas_leaves(app, &world).await;
        app.goes_to("2026-12-14T08:30:00Z").await;
        let page = app.by(&world.jonas).get("/away").await.ok();
        for section in ["needs", "acknowledge", "decided", "changed", "worth", "spaces", "rest"] {
            assert_eq!(page[section], json!([]), "{section}");
        }
        assert_eq!(page["minutes"], json!({ "needs": 0, "decided": 0, "changed": 0, "worth": 0, "rest": 0 }));
        // Any other stretch can be asked for; a wrong one is refused.
        let stretch = |from: &str, to: &str| format!("/away?from={from}&to={to}");
        let own = app.by(&world.rui).get(&stretch("2026-11-30T00:00:00Z", "2026-12-02T00:00:00Z")).await.ok();
        assert_eq!(
            (&own["ramp_until"], &own["working_days"]),
            (&Value::Null, &json!(0)),
            "his hours are unknown"
        );
        let jonas = app.by(&world.jonas);
        jonas.get(&stretch("2026-12-02T00:00:00Z", "2026-12-01T00:00:00Z")).await.refuses(422, "to");
        jonas.get(&stretch("2020-12-02T00:00:00Z", "2026-12-01T00:00:00Z")).await.refuses(422, "to");
        jonas.get("/away?from=2026-12-02T00:00:00Z").await.refuses(422, "to");
    }
);

both!(
    async fn somebody_is_shown_a_thread_when_they_are_back(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "The label").await;
        let path = |member: &Person| format!("/topics/{}/show/{}", thread.id, member.id);
        let camila = app.by(&world.camila);
        let id = format!("{}/{}/{}", thread.id, world.jonas.id, world.camila.id);
        let row = camila.put(&path(&world.jonas), json!({})).await.row("shows", &id);
        assert_eq!((&row["by"], &row["member"]), (&json!(world.camila.id), &json!(world.jonas.id)));
        assert_eq!(
            camila.put(&path(&world.jonas), json!({})).await.ok()["rows"],
            json!([]),
            "once is enough"
        );
        let page = app.by(&world.rui).get(&format!("/topics/{}", thread.id)).await.ok();
        assert_eq!(page["shows"], json!([row]));
        camila.put(&path(&world.camila), json!({})).await.refuses(422, "member");
        camila.put(&path(&world.althea), json!({})).await.refuses(422, "member");
        app.by(&world.althea).put(&path(&world.jonas), json!({})).await.expect(404);
        camila.delete(&path(&world.jonas)).await.ok();
        let page = app.by(&world.rui).get(&format!("/topics/{}", thread.id)).await.ok();
        assert_eq!(page["shows"], json!([]));
    }
);
