//! Members, their time, their settings, the spaces they are in.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{App, World, both};

use crate::requests::PNG;

both!(
    async fn hours_and_time_off_are_seen_by_others(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        let path = format!("/members/{}", world.jonas.id);
        let seen = async || app.by(&world.althea).get(&path).await.ok()["member"]["schedule"].clone();
        // 22:40 in Berlin.
        assert_eq!(seen().await["next_start"], "2026-11-26T08:00:00Z");
        let off = app.new_id("off");
        let new = json!({ "id": off, "from": "2026-11-26T00:00", "to": "2026-11-30T00:00", "cover": world.camila.id,
            "note": "A family matter" });
        jonas.post("/time-off", new.clone()).await.ok();
        jonas.post("/time-off", new.clone()).await.expect(409);
        let again = json!({ "id": app.new_id("off"), "from": new["from"], "to": new["to"] });
        let refused = jonas.post("/time-off", again).await.expect(409);
        assert_eq!(refused["code"], "same_time_off", "{refused}");
        assert!(refused["detail"].as_str().unwrap().contains("2026-11-26T00:00"), "{refused}");
        let away = seen().await;
        assert_eq!(away["next_start"], "2026-11-30T08:00:00Z");
        let expected = json!({ "from": "2026-11-25T23:00:00Z", "until": "2026-11-29T23:00:00Z", "cover": world.camila.id });
        assert_eq!(away["away"], expected);
        let own = jonas.get(&format!("{path}/time-off")).await.ok();
        assert_eq!(own["items"][0]["note"], "A family matter");
        let others = app.by(&world.camila).get(&format!("{path}/time-off")).await.ok();
        assert_eq!(others["items"][0]["note"], Value::Null, "nobody else reads the note");
        let log = app.by(&world.camila).get("/changes/log?after=0&limit=200").await.ok().to_string();
        assert!(!log.contains("family matter"), "nor does the log have it");
        jonas
            .patch(&format!("/time-off/{off}"), json!({ "to": "2026-11-25T00:00" }))
            .await
            .refuses(422, "to");
        jonas
            .patch(&format!("/time-off/{off}"), json!({ "to": "2026-11-27T00:00", "cover": null }))
            .await
            .ok();
        assert_eq!(seen().await["next_start"], "2026-11-27T08:00:00Z");
        jonas.delete(&format!("/time-off/{off}")).await.ok();
        assert_eq!(seen().await["next_start"], "2026-11-26T08:00:00Z");
        jonas.delete(&format!("{path}/schedule")).await.ok();
        let unknown = seen().await;
        assert_eq!((&unknown["zone"], &unknown["next_start"]), (&Value::Null, &Value::Null));
    }
);

both!(
    async fn hours_are_checked_by_field(app: &App) {
        let world = World::new(app).await;
        let path = format!("/members/{}/schedule", world.jonas.id);
        let with =
            |zone: &str, monday: Value| json!({ "zone": zone, "week": [monday, [], [], [], [], [], []] });
        let put = async |schedule: Value| app.by(&world.jonas).put(&path, schedule).await;
        put(with("Mars/Base", json!([]))).await.refuses(422, "zone");
        for wrong in [json!([["9:00", "17:00"]]), json!([["25:00", "26:00"]]), json!([["09:00", "09:61"]])] {
            let problem = put(with("Europe/Berlin", wrong)).await.expect(422);
            assert!(problem["field"].as_str().unwrap().starts_with("week.mon"), "{problem}");
        }
        put(json!({ "zone": "Europe/Berlin", "week": [[], []] })).await.refuses(400, "week");
        let night = put(with("europe/berlin", json!([["22:00", "06:00"]]))).await;
        assert_eq!(night.row("members", &world.jonas.id.to_string())["schedule"]["zone"], "Europe/Berlin");
        let preview = json!({ "schedule": with("Asia/Tokyo", json!([["09:00", "17:00"]])), "at": "2026-11-29T12:00:00Z" });
        let preview = app.by(&world.jonas).post("/time/preview", preview).await.ok();
        assert_eq!(preview["next_start"], "2026-11-30T00:00:00Z");
    }
);

both!(
    async fn settings_are_mine_alone(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        let head = world.heads().await;
        let changed = jonas
            .patch("/me/settings", json!({ "theme": "dark", "clock": "12", "language": "pt" }))
            .await
            .ok();
        assert_eq!(changed["theme"], "dark");
        assert_eq!(changed["density"], "comfortable");
        assert_eq!(jonas.get("/me").await.ok()["settings"], changed);
        assert_eq!(app.by(&world.althea).get("/me").await.ok()["settings"]["theme"], "system");
        jonas.patch("/me/settings", json!({ "text_size": 200 })).await.refuses(422, "text_size");
        jonas.patch("/me/settings", json!({ "theme": "mauve" })).await.refuses(400, "theme");
        assert_eq!(world.heads().await, head, "settings are no change for others");
    }
);

both!(
    async fn a_picture_is_seen_by_those_who_see_the_member(app: &App) {
        let world = World::new(app).await;
        let id = world.jonas.id.to_string();
        let path = format!("/members/{id}/picture");
        let set = app.by(&world.jonas).send(Method::PUT, &path).bytes("image/png", PNG).await;
        let address = set.row("members", &id)["picture"].as_str().unwrap().to_owned();
        let address = address.strip_prefix("/api/v1").unwrap();
        let seen = app.by(&world.althea).get(address).await;
        assert_eq!(seen.body, PNG);
        assert_eq!(seen.header("content-type"), "image/png");
        assert_eq!(seen.header("x-content-type-options"), "nosniff");
        app.by(&world.noor).get(address).await.expect(404);
        let svg = app.by(&world.jonas).send(Method::PUT, &path).bytes("image/png", "<svg xmlns='x'/>").await;
        svg.refuses(422, "body");
        let large = [PNG, &vec![0; 6 * 1024 * 1024]].concat();
        app.by(&world.jonas).send(Method::PUT, &path).bytes("image/png", large).await.expect(413);
        let gone = app.by(&world.jonas).patch(&format!("/members/{id}"), json!({ "picture": null })).await;
        assert_eq!(gone.row("members", &id)["picture"], Value::Null);
        app.by(&world.althea).get(address).await.expect(404);
    }
);

both!(
    async fn roles_change_by_their_rules(app: &App) {
        let world = World::new(app).await;
        let role = async |by, of: &testkit::Person, role: &str| {
            app.by(by).patch(&format!("/members/{}", of.id), json!({ "role": role })).await
        };
        role(&world.jonas, &world.jonas, "admin").await.expect(403);
        role(&world.ines, &world.jonas, "admin").await.expect(403);
        role(&world.ines, &world.jonas, "guest").await.ok();
        assert_eq!(app.by(&world.jonas).get("/spaces/company").await.ok()["space"]["slug"], "company");
        role(&world.ines, &world.jonas, "member").await.ok();
        role(&world.camila, &world.camila, "member").await.expect(409);
        role(&world.camila, &world.ines, "owner").await.ok();
        role(&world.camila, &world.camila, "member").await.ok();
        role(&world.camila, &world.ines, "member").await.expect(403);
    }
);

both!(
    async fn a_space_is_made_changed_and_put_away(app: &App) {
        let world = World::new(app).await;
        let (id, jonas) = (app.new_id("spc"), app.by(&world.jonas));
        let new =
            json!({ "id": id, "name": "Company", "visibility": "private", "members": [world.althea.id] });
        let made = jonas.post("/spaces", new).await;
        let space = made.row("spaces", &id);
        assert_eq!((&space["slug"], &space["member_count"]), (&json!("company-2"), &json!(2)));
        app.by(&world.camila).get(&format!("/spaces/{id}")).await.expect(404);
        assert_eq!(app.by(&world.althea).get("/spaces/company-2").await.ok()["space"]["id"], id);
        jonas.patch(&format!("/spaces/{id}"), json!({ "visibility": "open", "name": "Ideas" })).await.ok();
        app.by(&world.camila).get(&format!("/spaces/{id}")).await.ok();
        let thread = world.thread(&world.jonas, &id, "Read me").await;
        jonas.patch(&format!("/spaces/{id}"), json!({ "archived": true })).await.ok();
        let late = json!({ "id": app.new_id("pst"), "source": "Late" });
        let path = format!("/topics/{}/posts", thread.id);
        jonas.post(&path, late.clone()).await.expect(403);
        jonas.get(&format!("/topics/{}", thread.id)).await.ok();
        jonas.patch(&format!("/spaces/{id}"), json!({ "archived": false })).await.ok();
        jonas.post(&path, late).await.ok();
        jonas.patch(&format!("/spaces/{id}"), json!({ "visibility": "private" })).await.ok();
        let althea = format!("/spaces/{id}/members/{}", world.althea.id);
        app.by(&world.althea).delete(&althea).await.ok();
        app.by(&world.althea).get(&format!("/spaces/{id}")).await.expect(404);
        app.by(&world.althea).get(&format!("/topics/{}", thread.id)).await.expect(404);
        jonas.delete(&format!("/spaces/{id}/members/{}", world.jonas.id)).await.expect(409);
    }
);
