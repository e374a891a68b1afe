//! The newcomer's path, from the first start to the first answer, by nothing but the API.

use serde_json::{Value, json};
use testkit::{Answer, App, both};

/// The `name=value` of the cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn hours(shifts: &Value) -> Value {
    json!([shifts, shifts, shifts, shifts, shifts, [], []])
}

both!(
    async fn two_people_in_two_zones_ask_and_answer(app: &App) {
        let nobody = app.by_nobody();
        assert_eq!(nobody.get("/state").await.ok()["needs_setup"], true);
        let founded = nobody
            .post(
                "/setup",
                json!({
                    "workspace": { "name": "Cordel" },
                    "owner": { "name": "Camila Torres", "email": "camila@example.com", "password": "a long password",
                        "zone": "America/Bogota" },
                }),
            )
            .await;
        assert_eq!(founded.expect(201)["workspace"]["name"], "Cordel");
        let set_cookie = founded.header("set-cookie").to_owned();
        assert!(set_cookie.contains("HttpOnly") && set_cookie.contains("SameSite=Lax"), "{set_cookie}");
        let camila = app.by_cookie(&cookie(&founded));
        assert_eq!(camila.get("/state").await.ok()["signed_in"], true);
        let me = camila.get("/me").await.ok();
        let camila_id = me["member"]["id"].as_str().unwrap().to_owned();
        let company = me["spaces"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(me["spaces"][0]["slug"], "company");
        assert_eq!(me["member"]["schedule"]["zone"], "America/Bogota");
        let morning = json!([["08:30", "12:30"], ["13:30", "17:30"]]);
        camila
            .put(
                &format!("/members/{camila_id}/schedule"),
                json!({ "zone": "America/Bogota", "week": hours(&morning) }),
            )
            .await
            .ok();

        let invited = camila.post("/invitations", json!({ "role": "member" })).await.expect(201);
        let secret = invited["url_path"].as_str().unwrap().strip_prefix("/invite/").unwrap().to_owned();
        let opened = nobody.get(&format!("/invitations/open/{secret}")).await.ok();
        assert_eq!(opened["workspace"]["name"], "Cordel");
        assert_eq!(opened["invited_by"]["name"], "Camila Torres");
        let accepted = nobody
            .post(
                &format!("/invitations/open/{secret}/accept"),
                json!({
                    "name": "Althea Reyes", "email": "althea@example.com", "password": "another long one",
                    "zone": "Asia/Manila", "week": hours(&json!([["09:00", "12:00"], ["13:00", "18:00"]])),
                }),
            )
            .await;
        let althea_id = accepted.expect(201)["member"].as_str().unwrap().to_owned();
        let althea = app.by_cookie(&cookie(&accepted));
        nobody.get(&format!("/invitations/open/{secret}")).await.expect(404);
        let althea_start = althea.get("/me").await.ok();
        assert_eq!(althea_start["spaces"][0]["slug"], "company", "everybody joins Company");
        assert_eq!(althea_start["counts"]["waiting"], 0);

        // It is 16:40 in Bogotá; half a working day of Althea ends at 14:00 in Manila.
        let preview = json!({ "asked": [althea_id], "budget": { "kind": "half_day" } });
        let preview = camila.post("/asks/preview", preview).await.ok();
        assert_eq!(preview["items"][0]["delivered_at"], "2026-11-26T01:00:00Z");
        assert_eq!(preview["items"][0]["due_at"], "2026-11-26T06:00:00Z");
        assert_eq!(preview["items"][0]["in_hours"], true);
        let (topic, post, ask) = (app.new_id("top"), app.new_id("pst"), app.new_id("ask"));
        let thread = json!({
            "id": topic, "kind": "thread", "title": "Routes without a signal", "space": company,
            "post": { "id": post, "source": "Should drivers **see** their route?" },
            "ask": { "id": ask, "kind": "decide", "question": "Keep it offline?", "asked": althea_id,
                "budget": { "kind": "half_day" } },
        });
        let written = camila.post("/topics", thread).key("op-1").await;
        assert_eq!(written.ok()["operation"], "op-1");
        assert_eq!(written.row("asks", &ask)["due_at"], "2026-11-26T06:00:00Z");
        assert_eq!(
            written.row("posts", &post)["html"],
            "<p>Should drivers <strong>see</strong> their route?</p>"
        );
        let code = written.row("topics", &topic)["code"].as_str().unwrap().to_owned();

        // It reaches her when her day starts, and not before.
        assert_eq!(althea.get("/inbox").await.ok()["items"], json!([]));
        app.goes_to("2026-11-26T01:00:00Z").await;
        let inbox = althea.get("/inbox").await.ok();
        assert_eq!(inbox["items"][0]["section"], "waiting");
        assert_eq!(inbox["items"][0]["reason"], "asked");
        assert_eq!(inbox["items"][0]["ask"], ask);
        assert_eq!(inbox["items"][0]["unread"], 1);
        assert_eq!(inbox["posts"][0]["id"], post);
        assert_eq!(althea.get("/me").await.ok()["counts"]["waiting"], 1);
        let owed = althea.get("/asks?list=owe").await.ok();
        assert_eq!(owed["items"][0]["question"], "Keep it offline?");
        assert_eq!(camila.get("/asks?list=waiting").await.ok()["items"][0]["id"], ask);

        app.set_clock("2026-11-26T01:30:00Z");
        let page = althea.get(&format!("/topics/{code}")).await.ok();
        assert_eq!(page["topic"]["id"], topic);
        assert_eq!(page["asks"][0]["state"], "open");
        let read = json!({ "read_no": 1 });
        let mark = althea.put(&format!("/topics/{topic}/mark"), read).await.row("marks", &topic);
        assert_eq!(mark["read_no"], 1);
        let reply = app.new_id("pst");
        let answered = althea
            .post(
                &format!("/topics/{topic}/posts"),
                json!({ "id": reply, "source": "Yes: keep it.", "answers": ask }),
            )
            .await;
        assert_eq!(answered.row("asks", &ask)["state"], "answered");
        assert_eq!(answered.row("asks", &ask)["answer_post"], reply);
        assert_eq!(answered.row("posts", &reply)["no"], 2);
        assert_eq!(althea.get("/me").await.ok()["counts"]["waiting"], 0);

        // It is night for Camila: the answer waits, until she looks.
        assert_eq!(camila.get("/inbox").await.ok()["items"], json!([]));
        camila.post("/me/delivery/check", json!({})).await.ok();
        let back = camila.get("/inbox").await.ok();
        assert_eq!(back["items"][0]["reason"], "answered");
        assert_eq!(back["items"][0]["section"], "waiting");
        assert_eq!(
            camila.post(&format!("/asks/{ask}/close"), json!({})).await.row("asks", &ask)["state"],
            "closed"
        );
        let done = json!({ "read_no": 2, "done_no": 2 });
        camila.put(&format!("/topics/{topic}/mark"), done).await.ok();
        assert_eq!(camila.get("/inbox").await.ok()["items"], json!([]));
        assert_eq!(camila.get("/inbox?place=done").await.ok()["items"][0]["topic"], topic);

        let outcome = json!({ "outcome": "Routes stay on the phone." });
        let closed = camila.post(&format!("/topics/{topic}/close"), outcome).await;
        assert_eq!(closed.row("topics", &topic)["state"], "closed");
        let late = json!({ "id": app.new_id("pst"), "source": "One more thing" });
        althea.post(&format!("/topics/{topic}/posts"), late.clone()).await.expect(409);
        althea.post(&format!("/topics/{topic}/reopen"), json!({})).await.ok();
        althea.post(&format!("/topics/{topic}/posts"), late).await.ok();
        camila.post("/me/delivery/check", json!({})).await.ok();
        let again = camila.get("/inbox").await.ok();
        assert_eq!(again["items"][0]["section"], "reading");
        assert_eq!(again["items"][0]["reason"], "started");
        let later = json!({ "later": "next_start" });
        let put_off = camila.put(&format!("/topics/{topic}/mark"), later).await.row("marks", &topic);
        assert_eq!(put_off["later_until"], "2026-11-26T13:30:00Z");
        assert_eq!(camila.get("/inbox").await.ok()["items"], json!([]));
        assert_eq!(camila.get("/inbox?place=later").await.ok()["items"][0]["topic"], topic);
        app.set_clock("2026-11-26T13:30:00Z");
        assert_eq!(camila.get("/inbox").await.ok()["items"][0]["topic"], topic);

        let found = althea.get("/search?q=offl").await.ok();
        assert_eq!(found["items"], json!([]), "a question is not text of a post");
        let found = althea.get("/search?q=driv").await.ok();
        assert_eq!(found["items"][0]["post"], post);
        assert_eq!(found["items"][0]["excerpt_html"], "Should <mark>drivers</mark> see their route?");
    }
);
