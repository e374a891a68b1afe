//! Search: words of any script, filters, and nothing that the searcher may not see.

use serde_json::{Value, json};
use testkit::{App, Person, World, both};

/// The sources of the posts, and the titles of the threads, that a search finds.
async fn found(app: &App, by: &Person, query: &str) -> Vec<String> {
    let encoded: String = query.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"));
    let found = app.by(by).get(&format!("/search?q={encoded}")).await.ok();
    let items = found["items"].as_array().unwrap();
    let plain =
        |item: &Value| item["excerpt_html"].as_str().unwrap().replace("<mark>", "").replace("</mark>", "");
    items.iter().map(plain).collect()
}

both!(
    async fn words_of_any_script_are_found(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.company, "Sprachen").await;
        for text in [
            "東京の会議室を予約した",
            "การประชุมวันพรุ่งนี้",
            "Café à São Paulo",
            "Straße und Fahrräder",
            "회의는 내일입니다",
        ] {
            world.post(&world.jonas, &thread, text).await;
        }
        let by = &world.althea;
        for (query, text) in [
            ("会", "東京の会議室を予約した"),
            ("東京", "東京の会議室を予約した"),
            ("ประชุม", "การประชุมวันพรุ่งนี้"),
            ("พรุ่งนี้", "การประชุมวันพรุ่งนี้"),
            ("cafe", "Café à São Paulo"),
            ("CAFÉ", "Café à São Paulo"),
            ("sao pau", "Café à São Paulo"),
            ("\"sao paulo\"", "Café à São Paulo"),
            ("fahrrader", "Straße und Fahrräder"),
            ("fahr*", "Straße und Fahrräder"),
            ("회의", "회의는 내일입니다"),
        ] {
            assert_eq!(found(app, by, query).await, [text], "{query}");
        }
        for query in ["京東", "\"paulo sao\"", "afé", "zz"] {
            assert_eq!(found(app, by, query).await, [""; 0], "{query}");
        }
        assert_eq!(found(app, by, "sprach").await, ["Sprachen", "Sprachen"], "the title, and the first post");
        assert_eq!(found(app, by, "").await, [""; 0]);
    }
);

both!(
    async fn filters_narrow(app: &App) {
        let world = World::new(app).await;
        let company = world.thread(&world.jonas, &world.company, "Pallets for all").await;
        let delivery = world.thread(&world.camila, &world.delivery, "Pallets for some").await;
        app.set_clock("2026-11-27T10:00:00Z");
        world.post(&world.camila, &company, "More pallets").await;
        let by = &world.jonas;
        assert_eq!(found(app, by, "pallets in:delivery").await.len(), 2);
        assert_eq!(found(app, by, "pallets from:camila").await.len(), 3);
        assert_eq!(found(app, by, "pallets from:camila in:company").await, ["More pallets"]);
        assert_eq!(found(app, by, "pallets from:jonas-weber").await.len(), 2);
        assert_eq!(found(app, by, "pallets from:me").await.len(), 2);
        assert_eq!(found(app, by, "pallets after:2026-11-26").await, ["More pallets"]);
        assert_eq!(found(app, by, "pallets before:2026-11-27").await.len(), 4);
        assert_eq!(found(app, by, "in:company").await.len(), 3);
        assert_eq!(found(app, by, "pallets in:nowhere").await, [""; 0]);
        assert_eq!(found(app, by, "pallets from:nobody").await, [""; 0]);
        let odd = app.by(by).get("/search?q=pallets+before:soon").await.ok();
        assert_eq!(odd["query"]["problems"].as_array().unwrap().len(), 1);
        assert_eq!(odd["items"].as_array().unwrap().len(), 5);
        app.by(by).get(&format!("/topics/{}", delivery.id)).await.ok();
    }
);

both!(
    async fn what_one_may_not_see_is_not_found(app: &App) {
        let world = World::new(app).await;
        world.thread(&world.camila, &world.delivery, "Quince in delivery").await;
        world.thread(&world.ines, &world.vendors, "Quince for vendors").await;
        world.thread(&world.jonas, &world.company, "Quince for all").await;
        world.direct(&world.jonas, &[&world.althea], "Quince between us").await;
        world.thread(&world.zoe, &world.elsewhere, "Quince elsewhere").await;
        // A title and a post each.
        for (person, count) in [
            (&world.camila, 4),
            (&world.ines, 4),
            (&world.jonas, 6),
            (&world.althea, 4),
            (&world.rui, 2),
            (&world.noor, 2),
            (&world.zoe, 2),
        ] {
            assert_eq!(found(app, person, "quince").await.len(), count, "{}", person.email);
        }
        assert_eq!(found(app, &world.althea, "quince in:delivery").await, [""; 0]);
        assert_eq!(found(app, &world.noor, "quince from:jonas").await, [""; 0]);
    }
);

both!(
    async fn an_excerpt_is_harmless_and_pages_join(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Start").await;
        for number in 0..7 {
            world.post(&world.jonas, &thread, &format!("Crate {number} <b>&lt;script&gt;</b>")).await;
        }
        let mut seen = Vec::new();
        let mut address = Some("/search?q=crate&limit=3".to_owned());
        while let Some(path) = address {
            let page = app.by(&world.rui).get(&path).await.ok();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 3);
            for item in items {
                let html = item["excerpt_html"].as_str().unwrap();
                assert!(html.starts_with("<mark>Crate</mark>") && !html.contains("<script"), "{html}");
                seen.push(item["post_no"].as_i64().unwrap());
            }
            address = page["next"].as_str().map(|next| format!("/search?q=crate&limit=3&after={next}"));
        }
        assert_eq!(seen, [8, 7, 6, 5, 4, 3, 2]);
        app.by(&world.rui).get("/search?q=x&after=7").await.refuses(422, "after");
        app.by(&world.rui).get(&format!("/search?q={}", "x".repeat(301))).await.refuses(422, "q");
        assert_eq!(
            app.by(&world.rui).get("/search?q=crate&limit=1").await.ok()["query"]["problems"],
            json!([])
        );
    }
);
