//! Long lists come in pages that join without a gap.

use serde_json::{Value, json};
use testkit::{App, World, both};

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

both!(
    async fn threads_come_newest_first_page_by_page(app: &App) {
        let world = World::new(app).await;
        let mut threads = Vec::new();
        for number in 0..7 {
            // Two at the same instant each.
            app.set_clock(&format!("2026-11-26T10:0{}:00Z", number / 2));
            threads.push(world.thread(&world.jonas, &world.delivery, &format!("Thread {number}")).await);
        }
        let path = format!("/spaces/{}/topics", world.delivery);
        let whole = app.by(&world.rui).get(&path).await.ok();
        assert_eq!(whole["next"], Value::Null);
        assert_eq!(ids(&whole["items"])[0], threads[6].id);
        let mut seen = Vec::new();
        let mut address = Some(format!("{path}?limit=2"));
        while let Some(page) = address {
            let page = app.by(&world.rui).get(&page).await.ok();
            seen.extend(ids(&page["items"]));
            // A new post in a thread that was seen already does not make others come twice.
            address = page["next"].as_str().map(|next| format!("{path}?limit=2&after={next}"));
        }
        assert_eq!(seen, ids(&whole["items"]));
        assert_eq!(seen.len(), 7);
        app.by(&world.jonas)
            .post(&format!("/topics/{}/close", seen[0]), json!({ "outcome": "Done" }))
            .await
            .ok();
        let closed = app.by(&world.rui).get(&format!("{path}?state=closed")).await.ok();
        assert_eq!(ids(&closed["items"]), [seen[0].clone()]);
        assert_eq!(ids(&app.by(&world.rui).get(&format!("{path}?state=open")).await.ok()["items"]).len(), 6);
        for wrong in ["x", "1.x", "99999999999999999999.top_01h00000000000000000000000", "%F0%9F%8E%89"] {
            app.by(&world.rui).get(&format!("{path}?after={wrong}")).await.refuses(422, "after");
        }
    }
);

both!(
    async fn direct_threads_come_in_pages(app: &App) {
        let world = World::new(app).await;
        for number in 0..3 {
            world.direct(&world.jonas, &[&world.althea], &format!("Direct {number}")).await;
        }
        let first = app.by(&world.althea).get("/direct?limit=2").await.ok();
        let next = first["next"].as_str().unwrap();
        let second = app.by(&world.althea).get(&format!("/direct?limit=2&after={next}")).await.ok();
        assert_eq!((ids(&first["items"]).len(), ids(&second["items"]).len()), (2, 1));
        assert_eq!(second["next"], Value::Null);
        assert_eq!(first["marks"].as_array().unwrap().len(), 2);
    }
);

both!(
    async fn a_long_thread_opens_at_its_end_or_where_asked(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Long").await;
        for number in 2..=120 {
            world.post(&world.jonas, &thread, &format!("Post {number}")).await;
        }
        let path = format!("/topics/{}", thread.id);
        let rui = app.by(&world.rui);
        let numbers = |page: &Value| -> Vec<i64> {
            page.as_array().unwrap().iter().map(|post| post["no"].as_i64().unwrap()).collect()
        };
        let opened = rui.get(&path).await.ok();
        let expected: Vec<i64> = std::iter::once(1).chain(71..=120).collect();
        assert_eq!(numbers(&opened["posts"]), expected);
        assert_eq!((&opened["more_before"], &opened["more_after"]), (&json!(true), &json!(false)));
        let around = rui.get(&format!("{path}?around=40")).await.ok();
        let expected: Vec<i64> = std::iter::once(1).chain(15..=64).collect();
        assert_eq!(numbers(&around["posts"]), expected);
        assert_eq!((&around["more_before"], &around["more_after"]), (&json!(true), &json!(true)));
        let start = rui.get(&format!("{path}?around=1")).await.ok();
        assert_eq!(numbers(&start["posts"]), (1..=50).collect::<Vec<i64>>());
        assert_eq!((&start["more_before"], &start["more_after"]), (&json!(false), &json!(true)));
        let before = rui.get(&format!("{path}/posts?before=71&limit=60")).await.ok();
        assert_eq!(numbers(&before["items"]), (11..=70).collect::<Vec<i64>>());
        assert_eq!(before["more"], true);
        let first = rui.get(&format!("{path}/posts?before=11&limit=60")).await.ok();
        assert_eq!((numbers(&first["items"]), &first["more"]), ((1..=10).collect(), &json!(false)));
        let after = rui.get(&format!("{path}/posts?after=100")).await.ok();
        assert_eq!((numbers(&after["items"]), &after["more"]), ((101..=120).collect(), &json!(false)));
        assert_eq!(rui.get(&format!("{path}/posts?after=120")).await.ok()["items"], json!([]));
        // The end is where it ends, however far one asks.
        assert_eq!(rui.get(&format!("{path}?around=9223372036854775807")).await.ok()["more_after"], false);
        assert_eq!(rui.get(&format!("{path}?around=-9223372036854775808")).await.ok()["more_before"], false);
    }
);

both!(
    async fn the_log_comes_in_pages(app: &App) {
        let world = World::new(app).await;
        world.thread(&world.jonas, &world.delivery, "Changes").await;
        let head = world.heads().await.0;
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = app.by(&world.camila).get(&format!("/changes/log?after={after}&limit=5")).await.ok();
            seen.extend(
                page["items"].as_array().unwrap().iter().map(|change| change["seq"].as_i64().unwrap()),
            );
            after = page["seq"].as_i64().unwrap();
            if page["more"] == false {
                break;
            }
        }
        assert_eq!(after, head);
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "in order, and none twice");
        let whole = app.by(&world.camila).get("/changes/log?after=0&limit=200").await.ok();
        assert_eq!(whole["items"].as_array().unwrap().len(), seen.len());
        app.by(&world.camila).get("/changes/log?after=-1").await.refuses(422, "after");
        app.by(&world.camila).get("/changes/log").await.refuses(400, "after");
    }
);
