//! Signing in and out, sessions, passwords, tokens.

use axum::http::Method;
use serde_json::json;
use testkit::{App, PASSWORD, World, both};

both!(
    async fn a_session_is_listed_and_ended(app: &App) {
        let world = World::new(app).await;
        let signs_in = || {
            let credentials = json!({ "email": " ALTHEA-reyes@example.com", "password": PASSWORD });
            app.by_nobody().post("/sessions", credentials)
        };
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        let signed_in = signs_in().header("user-agent", firefox).await;
        assert_eq!(signed_in.expect(201)["member"], world.althea.id.to_string());
        let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
        let there = app.by_cookie(&cookie);
        let sessions = there.get("/sessions").await.ok();
        let items = sessions["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        let current: Vec<_> = items.iter().filter(|session| session["current"] == true).collect();
        assert_eq!(current[0]["label"], "Firefox on Linux");
        let id = current[0]["id"].as_str().unwrap();
        let listed = app.by(&world.althea).get("/sessions").await.ok();
        assert_eq!(
            listed["items"].as_array().unwrap().iter().filter(|one| one["current"] == true).count(),
            1
        );
        app.by(&world.althea).delete(&format!("/sessions/{id}")).await.expect(204);
        there.get("/me").await.expect(401);
        app.by(&world.althea).delete(&format!("/sessions/{id}")).await.expect(404);

        let secure = signs_in().header("x-forwarded-proto", "https").await;
        assert!(secure.header("set-cookie").contains("; Secure"));
        let cookie = secure.header("set-cookie").split(';').next().unwrap().to_owned();
        let out = app.by_cookie(&cookie).delete("/sessions/current").await;
        out.expect(204);
        assert!(out.header("set-cookie").contains("Max-Age=0"));
        app.by_cookie(&cookie).get("/me").await.expect(401);
        app.by(&world.althea).get("/me").await.ok();
    }
);

both!(
    async fn a_session_lasts_thirty_days(app: &App) {
        let world = World::new(app).await;
        app.set_clock("2026-12-25T21:39:59Z");
        app.by(&world.jonas).get("/me").await.ok();
        app.set_clock("2026-12-25T21:40:00Z");
        app.by(&world.jonas).get("/me").await.expect(401);
        assert_eq!(app.by(&world.jonas).get("/state").await.ok()["signed_in"], false);
    }
);

both!(
    async fn a_wrong_password_and_an_unknown_email_are_answered_alike(app: &App) {
        let world = World::new(app).await;
        let tries = |email: &str, password: &str| {
            app.by_nobody().post("/sessions", json!({ "email": email, "password": password }))
        };
        let wrong = tries(&world.jonas.email, "not the password").await;
        let unknown = tries("nobody@example.com", "not the password").await;
        assert_eq!(wrong.expect(401), unknown.expect(401));
        for _ in 0..9 {
            tries(&world.jonas.email, "not the password").await.expect(401);
        }
        let too_many = tries(&world.jonas.email, PASSWORD).await;
        assert_eq!(too_many.expect(429)["retry_after"], 60);
        assert_eq!(too_many.header("retry-after"), "60");
        tries(&world.althea.email, PASSWORD).await.expect(201);
        app.set_clock("2026-11-25T21:41:00Z");
        tries(&world.jonas.email, PASSWORD).await.expect(201);
        // Who is right has a full measure again.
        for _ in 0..10 {
            tries(&world.jonas.email, "not the password").await.expect(401);
        }
    }
);

both!(
    async fn the_workspace_can_be_named(app: &App) {
        let world = World::new(app).await;
        let credentials = |workspace: &str| {
            let credentials =
                json!({ "email": world.zoe.email, "password": PASSWORD, "workspace": workspace });
            app.by_nobody().post("/sessions", credentials)
        };
        credentials("cordel").await.expect(401);
        assert_eq!(credentials("elsewhere").await.expect(201)["member"], world.zoe.id.to_string());
    }
);

both!(
    async fn a_new_password_ends_the_other_sessions(app: &App) {
        let world = World::new(app).await;
        let elsewhere = world.jonas.signs_in(app).await;
        let changes = |current: &str, new: &str| {
            app.by(&world.jonas).post("/password", json!({ "current": current, "new": new }))
        };
        changes("wrong password", "a new long password").await.refuses(422, "current");
        changes(PASSWORD, "short").await.refuses(422, "new");
        app.by(&elsewhere).get("/me").await.ok();
        changes(PASSWORD, "a new long password").await.expect(204);
        app.by(&elsewhere).get("/me").await.expect(401);
        app.by(&world.jonas).get("/me").await.ok();
        let signs_in = |password: &str| {
            app.by_nobody().post("/sessions", json!({ "email": world.jonas.email, "password": password }))
        };
        signs_in(PASSWORD).await.expect(401);
        signs_in("a new long password").await.expect(201);
    }
);

both!(
    async fn a_token_acts_until_it_is_revoked(app: &App) {
        let world = World::new(app).await;
        let made = app.by(&world.jonas).post("/tokens", json!({ "label": "Backups" })).await.expect(201);
        let secret = made["secret"].as_str().unwrap();
        assert!(secret.starts_with("mrd_"));
        let program = app.by_token(secret);
        assert_eq!(program.get("/me").await.ok()["member"]["id"], world.jonas.id.to_string());
        let listed = program.get("/tokens").await.ok();
        assert_eq!(listed["items"][0]["label"], "Backups");
        assert_eq!(listed["items"][0].get("secret"), None, "a secret is told once");
        app.by(&world.jonas).delete(&format!("/tokens/{}", made["id"].as_str().unwrap())).await.expect(204);
        program.get("/me").await.expect(401);
        app.by_token("mrd_guessed").get("/me").await.expect(401);
        app.by_token(&world.jonas.session).get("/me").await.expect(401);
        // A wrong token does not fall back to the cookie.
        app.by(&world.jonas).get("/me").header("authorization", "Bearer mrd_guessed").await.expect(401);
    }
);

both!(
    async fn of_two_first_starts_one_wins(app: &App) {
        let start = |name: &str| {
            let owner = json!({ "name": name, "email": "ana@example.com", "password": PASSWORD, "zone": "Europe/Lisbon" });
            app.by_nobody().post("/setup", json!({ "workspace": { "name": name }, "owner": owner }))
        };
        let (one, two) = tokio::join!(async { start("One").await }, async { start("Two").await });
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        assert_eq!(app.by_nobody().get("/state").await.ok()["workspaces"], 1);
        start("Three").await.expect(409);
    }
);

both!(
    async fn an_answer_is_kept_by_no_cache(app: &App) {
        let world = World::new(app).await;
        for path in ["/me", "/state", "/inbox", "/members", "/search?q=x"] {
            let answer = app.by(&world.jonas).get(path).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
        let refused = app.by_nobody().send(Method::GET, "/me").await;
        assert_eq!(refused.header("cache-control"), "no-store");
    }
);
