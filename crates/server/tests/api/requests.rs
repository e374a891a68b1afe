//! One good request for every operation of the specification. Whoever adds an operation adds its
//! request here; without one, the permission table and the hostile input fail.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Client, PASSWORD, Person, Request, Thread, World};

use crate::{imports, rhythm, work};

/// A picture of one pixel.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
    \0\0\0\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// A calendar of one holiday.
const HOLIDAYS: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas Day\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

/// A request that its rightful sender may send.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its method.
    pub method: Method,
    /// Its address below `/api/v1`.
    pub path: String,
    /// Its JSON.
    pub body: Option<Value>,
    /// Or its bytes.
    pub bytes: Option<&'static [u8]>,
    /// The id, in the address or the body, of what it is about; empty when it names nothing.
    pub target: String,
}

impl Call {
    /// As this client would send it.
    pub fn by<'a>(&self, client: &Client<'a>) -> Request<'a> {
        let request = client.send(self.method.clone(), &self.path);
        match (&self.body, self.bytes) {
            (Some(body), _) => request.json(body),
            (None, Some(bytes)) => request.bytes("application/octet-stream", bytes),
            (None, None) => request,
        }
    }

    /// The same about something that does not exist.
    pub fn about_nothing(&self, app: &App) -> Self {
        let missing = match self.target.split_once('_') {
            Some((prefix, _)) => app.new_id(prefix),
            // A hash.
            None => "0".repeat(self.target.len()),
        };
        let body = self.body.as_ref().map(|body| body.to_string().replace(&self.target, &missing));
        Self {
            path: self.path.replace(&self.target, &missing),
            body: body.map(|body| serde_json::from_str(&body).unwrap()),
            target: missing,
            ..self.clone()
        }
    }
}

/// The request of this operation, about things that are new and in the private space Delivery.
/// Camila, who owns the workspace, may send it.
pub async fn call(app: &App, world: &World<'_>, operation: &str) -> Call {
    let things = Things { app, world };
    let camila = world.camila.id.to_string();
    let (delivery, company) = (&world.delivery, &world.company);
    let by_camila = app.by(&world.camila);
    let of = |method: Method, path: &str, body: Value, target: &str| Call {
        method,
        path: path.to_owned(),
        body: Some(body).filter(|body| !body.is_null()),
        bytes: None,
        target: target.to_owned(),
    };
    let get = |path: &str, target: &str| of(Method::GET, path, Value::Null, target);
    let delete = |path: &str, target: &str| of(Method::DELETE, path, Value::Null, target);
    let post = |path: &str, body: Value, target: &str| of(Method::POST, path, body, target);
    let put = |path: &str, body: Value, target: &str| of(Method::PUT, path, body, target);
    let patch = |path: &str, body: Value, target: &str| of(Method::PATCH, path, body, target);
    let hours = json!({ "zone": "Europe/Lisbon", "week": [[["09:00", "17:00"]], [], [], [], [], [], []] });

    match operation {
        "state" => get("/state", ""),
        "read_health" => get("/health", ""),
        "read_me" => get("/me", ""),
        "set_up" => post(
            "/setup",
            json!({ "workspace": { "name": "Again" }, "owner": { "name": "Eve",
            "email": "eve@example.com", "password": PASSWORD, "zone": "UTC" } }),
            "",
        ),
        "change_settings" => {
            patch("/me/settings", json!({ "theme": "dark", "text_size": 110, "single_keys": false }), "")
        }
        "read_push_key" => get("/push/key", ""),
        "list_push" => get("/me/push", ""),
        "keep_push" => put("/me/push", things.browser(), ""),
        "test_push" => {
            by_camila.put("/me/push", things.browser()).await.expect(204);
            post("/me/push/test", Value::Null, "")
        }
        "end_push" => {
            let browser = things.browser();
            by_camila.put("/me/push", browser.clone()).await.expect(204);
            let id = browser["id"].as_str().unwrap();
            delete(&format!("/me/push/{id}"), id)
        }
        "test_mail" => post("/admin/mail-test", Value::Null, ""),
        "ask_to_unsubscribe" => get(&format!("/unsubscribe/{}", things.last_mail().await), ""),
        "unsubscribe" => post(&format!("/unsubscribe/{}", things.last_mail().await), Value::Null, ""),
        "read_delivery" => get("/me/delivery", ""),
        "change_delivery" => patch(
            "/me/delivery",
            json!({ "plan": { "kind": "fixed", "times": ["10:00"] }, "email": { "digest": true } }),
            "",
        ),
        "preview_delivery" => post("/me/delivery/preview", json!({ "plan": { "kind": "one" } }), ""),
        "check_delivery" => post("/me/delivery/check", Value::Null, ""),
        "preview_arrivals" => post("/arrivals/preview", json!({ "members": [camila] }), &camila),
        "read_admin_overview" => get("/admin/overview", ""),
        "sign_in" => post(
            "/sessions",
            json!({ "email": world.camila.email, "password": PASSWORD, "workspace": "cordel" }),
            "",
        ),
        "sign_out" => delete("/sessions/current", ""),
        "list_sessions" => get("/sessions", ""),
        "end_session" => {
            world.camila.signs_in(app).await;
            let sessions = by_camila.get("/sessions").await.ok();
            let session =
                sessions["items"].as_array().unwrap().iter().find(|session| session["current"] == false);
            let session = session.unwrap()["id"].as_str().unwrap();
            delete(&format!("/sessions/{session}"), session)
        }
        "change_password" => post("/password", json!({ "current": PASSWORD, "new": PASSWORD }), ""),
        "list_tokens" => get("/tokens", ""),
        "create_token" => post("/tokens", json!({ "label": "A program" }), ""),
        "revoke_token" => {
            let made = by_camila.post("/tokens", json!({ "label": "A program" })).await.expect(201);
            let token = made["id"].as_str().unwrap();
            delete(&format!("/tokens/{token}"), token)
        }
        "list_invitations" => get("/invitations", ""),
        "create_invitation" => post(
            "/invitations",
            json!({ "role": "guest", "email": "g@example.com", "spaces": [delivery] }),
            delivery,
        ),
        "revoke_invitation" => {
            let made = by_camila.post("/invitations", json!({ "role": "member" })).await.expect(201);
            let invitation = made["id"].as_str().unwrap();
            delete(&format!("/invitations/{invitation}"), invitation)
        }
        "open_invitation" => get(&format!("/invitations/open/{}", things.invitation().await), ""),
        "accept_invitation" => post(
            &format!("/invitations/open/{}/accept", things.invitation().await),
            json!({ "name": "New Comer", "short_name": "New", "email": format!("{}@example.com", app.new_id("new")),
                "password": PASSWORD, "zone": "Europe/Lisbon", "week": hours["week"], "city": "Lisbon" }),
            "",
        ),
        "list_members" => get("/members", ""),
        "see_member" => get(&format!("/members/{camila}"), &camila),
        "change_member" => patch(
            &format!("/members/{camila}"),
            json!({ "name": "Camila Torres", "short_name": "Camila", "city": "Bogotá" }),
            &camila,
        ),
        "remove_member" => {
            let gone = world.newcomer(&app.new_id("gone"), people::Role::Member).await.id.to_string();
            post(&format!("/members/{gone}/remove"), json!({}), &gone)
        }
        "set_picture" => {
            let picture = put(&format!("/members/{camila}/picture"), Value::Null, &camila);
            Call { bytes: Some(PNG), ..picture }
        }
        "picture" => {
            let path = format!("/members/{camila}/picture");
            let set = by_camila.send(Method::PUT, &path).bytes("image/png", PNG).await;
            let path = set.row("members", &camila)["picture"].as_str().unwrap().to_owned();
            let hash = path.rsplit('/').next().unwrap().to_owned();
            get(path.strip_prefix("/api/v1").unwrap(), &hash)
        }
        "set_schedule" => put(&format!("/members/{camila}/schedule"), hours, &camila),
        "remove_schedule" => delete(&format!("/members/{camila}/schedule"), &camila),
        "list_time_off" => get(&format!("/members/{camila}/time-off"), &camila),
        "add_time_off" => post("/time-off", things.time_off(), ""),
        "change_time_off" | "remove_time_off" => {
            let new = things.time_off();
            let id = new["id"].as_str().unwrap();
            by_camila.put(&format!("/members/{camila}/schedule"), hours).await.ok();
            by_camila.post("/time-off", new.clone()).await.ok();
            let path = format!("/time-off/{id}");
            let change = json!({ "from": "2026-12-22T00:00", "to": "2026-12-24T12:00", "cover": null, "note": "Away" });
            if operation == "change_time_off" { patch(&path, change, id) } else { delete(&path, id) }
        }
        "preview" => post("/time/preview", json!({ "schedule": hours, "at": "2026-12-01T10:00:00Z" }), ""),
        "list_spaces" => get("/spaces", ""),
        "create_space" => post(
            "/spaces",
            json!({ "id": app.new_id("spc"), "name": "Ideas", "purpose": "New things",
            "visibility": "open", "social": true, "hue": 3, "members": [] }),
            "",
        ),
        "read_space" => get(&format!("/spaces/{delivery}"), delivery),
        "change_space" => patch(
            &format!("/spaces/{delivery}"),
            json!({ "name": "Delivery", "purpose": "To the door",
            "visibility": "private", "social": false, "hue": 2, "archived": false }),
            delivery,
        ),
        "join_space" => put(&format!("/spaces/{delivery}/members/{}", world.jonas.id), json!({}), delivery),
        "leave_space" => {
            let member = world.newcomer(&app.new_id("leaver"), people::Role::Member).await.id;
            by_camila.put(&format!("/spaces/{delivery}/members/{member}"), json!({})).await.ok();
            delete(&format!("/spaces/{delivery}/members/{member}"), delivery)
        }
        "list_topics" => get(&format!("/spaces/{delivery}/topics"), delivery),
        "list_direct_topics" => get("/direct", ""),
        "create_topic" => post(
            "/topics",
            json!({
                "id": app.new_id("top"), "kind": "thread", "title": "A new thread", "space": delivery,
                "post": { "id": app.new_id("pst"), "source": "Hello", "files": [], "to": [world.jonas.id] },
                "ask": things.new_ask(&world.jonas),
            }),
            delivery,
        ),
        "read_topic" => things.about_thread(Method::GET, "", Value::Null).await,
        "change_topic" => {
            things
                .about_thread(Method::PATCH, "", json!({ "title": "Renamed", "summary": "Where we are" }))
                .await
        }
        "close_topic" => things.about_thread(Method::POST, "/close", json!({ "outcome": "Done." })).await,
        "reopen_topic" => {
            let call = things.about_thread(Method::POST, "/reopen", json!({})).await;
            let path = format!("/topics/{}/close", call.target);
            by_camila.post(&path, json!({ "outcome": "Done." })).await.ok();
            call
        }
        "set_mark" => {
            things
                .about_thread(
                    Method::PUT,
                    "/mark",
                    json!({ "read_no": 1, "done_no": 0, "unread": false,
            "following": true, "later_until": "2026-12-01T10:00:00Z", "kept": true }),
                )
                .await
        }
        "mark_done" => {
            let thread = things.thread().await;
            post("/marks/done", json!({ "topics": [{ "id": thread.id, "done_no": 1 }] }), &thread.id)
        }
        "list_posts" => things.about_thread(Method::GET, "/posts", Value::Null).await,
        "create_post" => {
            let reply = json!({ "id": app.new_id("pst"), "source": "A reply", "files": [], "to": [world.jonas.id],
                "ask": things.new_ask(&world.jonas) });
            things.about_thread(Method::POST, "/posts", reply).await
        }
        "edit_post" => things.about_post(Method::PATCH, "", json!({ "source": "Edited", "edits": 0 })).await,
        "delete_post" => things.about_post(Method::DELETE, "", Value::Null).await,
        "read_post_history" => things.about_post(Method::GET, "/history", Value::Null).await,
        "add_response" => things.about_post(Method::PUT, "/responses/Thanks", json!({})).await,
        "remove_response" => things.about_post(Method::DELETE, "/responses/Thanks", Value::Null).await,
        "render" => post("/render", json!({ "source": "**Bold**" }), ""),
        "create_ask" => things.about_thread(Method::POST, "/asks", things.new_ask(&world.jonas)).await,
        "list_asks" => get("/asks?list=owe", ""),
        "preview_ask" => {
            let jonas = world.jonas.id.to_string();
            let preview = json!({ "asked": [jonas], "budget": { "kind": "exact", "at": "2026-12-01T10:00:00Z" },
                "at": "2026-11-26T10:00:00Z" });
            post("/asks/preview", preview, &jonas)
        }
        "accept_ask" => {
            things.about_ask_for_camila("accept", json!({ "promised_at": "2026-12-01T10:00:00Z" })).await
        }
        "answer_ask" => {
            let thread = things.thread().await;
            let ask = world.ask(&world.jonas, &thread, &world.camila, "When?").await;
            let answer = world.post(&world.camila, &thread, "Now").await;
            post(&format!("/asks/{ask}/answer"), json!({ "post": answer }), &ask)
        }
        "decline_ask" => {
            let no = json!({ "reason": "Not mine", "suggested": world.jonas.id });
            things.about_ask_for_camila("decline", no).await
        }
        "pass_ask" => {
            let on = json!({ "id": app.new_id("ask"), "to": world.rui.id, "note": "You know more" });
            things.about_ask_for_camila("pass", on).await
        }
        "withdraw_ask" => things.about_ask_of_camila("withdraw").await,
        "close_ask" => things.about_ask_of_camila("close").await,
        "reopen_ask" => {
            let call = things.about_ask_of_camila("reopen").await;
            by_camila.post(&format!("/asks/{}/close", call.target), json!({})).await.ok();
            call
        }
        "read_inbox" => get("/inbox", ""),
        "read_later_choices" => get("/later-choices", ""),
        "search" => get("/search?q=hello", ""),
        "upload_file" => Call { bytes: Some(b"text"), ..post("/files?name=notes.txt", Value::Null, "") },
        "read_file" => {
            let file = upload(&by_camila, "notes.txt", "text/plain", b"some notes").await;
            let file = file.expect(201)["id"].as_str().unwrap().to_owned();
            let thread = things.thread().await;
            let carrier = json!({ "id": app.new_id("pst"), "source": "See", "files": [file] });
            by_camila.post(&format!("/topics/{}/posts", thread.id), carrier).await.ok();
            get(&format!("/files/{file}/content"), &file)
        }
        "claim_ask" => things.asked_of_a_group().await,
        "extend_ask" => {
            let call = things.about_ask_of_camila("extend").await;
            Call { body: Some(json!({ "due_at": "2027-01-15T10:00:00Z" })), ..call }
        }
        "ask_cover" => {
            let from = format!("2026-11-20T{}", another_minute());
            let off = json!({ "id": app.new_id("off"), "from": from, "to": "2026-12-01T00:00", "cover": world.rui.id });
            app.by(&world.jonas).post("/time-off", off).await.ok();
            let call = things.about_ask_of_camila("cover").await;
            Call { body: Some(json!({ "id": app.new_id("ask") })), ..call }
        }
        "reassign_ask" => {
            let call = things.about_ask_of_camila("reassign").await;
            Call {
                body: Some(json!({ "id": app.new_id("ask"), "to": world.rui.id, "note": "He knows" })),
                ..call
            }
        }
        "escalate_ask" => things.late_with_a_lead().await,
        "acknowledge_ask" => things.urgent_for_camila("acknowledge", json!({})).await,
        "judge_ask" => things.urgent_for_camila("judge", json!({ "judged": "justified" })).await,
        "preview_urgent" => post("/urgent/preview", json!({ "asked": camila }), &camila),
        "list_urgent" => get("/urgent?month=2026-11", ""),
        "read_touches" => get("/time-off/touches?from=2026-12-21T00:00&to=2026-12-24T00:00", ""),
        "list_groups" => get("/groups", ""),
        "create_group" => post(
            "/groups",
            json!({ "id": app.new_id("grp"), "name": "Design", "members": [camila] }),
            &camila,
        ),
        "change_group" => {
            let group = things.group().await;
            patch(&format!("/groups/{group}"), json!({ "name": "Designers", "members": [camila] }), &group)
        }
        "remove_group" => {
            let group = things.group().await;
            delete(&format!("/groups/{group}"), &group)
        }
        "change_workspace" => patch(
            "/workspace",
            json!({ "name": "Cordel", "norms": { "budgets": { "review": "half_day" },
                "urgent_reasons": ["Production is down"], "rota": [], "note": "By the next working day." } }),
            "",
        ),
        "list_drafts" => get("/drafts", ""),
        "save_draft" => put(&format!("/drafts/{}", app.new_id("drf")), things.draft("Half a thought"), ""),
        "remove_draft" => {
            let draft = things.saved_draft().await;
            delete(&format!("/drafts/{draft}"), &draft)
        }
        "send_draft" => {
            let draft = things.saved_draft().await;
            let when = json!({ "kind": "at", "at": "2027-01-15T10:00:00Z" });
            let send = json!({ "when": when, "post": app.new_id("pst"), "topic": app.new_id("top") });
            post(&format!("/drafts/{draft}/send"), send, &draft)
        }
        "cancel_draft" => {
            let draft = things.saved_draft().await;
            delete(&format!("/drafts/{draft}/send"), &draft)
        }
        "read_away" => get("/away?from=2026-11-09T00:00:00Z&to=2026-11-21T00:00:00Z", ""),
        "away_seen" => post("/away/seen", Value::Null, ""),
        "show_topic" | "do_not_show_topic" => {
            let thread = things.thread().await.id;
            let path = format!("/topics/{thread}/show/{}", world.jonas.id);
            if operation == "show_topic" { put(&path, Value::Null, &thread) } else { delete(&path, &thread) }
        }
        "read_team_time" => get("/time/team?from=2026-11-25T00:00:00Z&days=2", ""),
        "read_holidays" => get("/me/holidays", ""),
        "set_holidays" => put("/me/holidays", json!({ "name": "holidays.ics", "ics": HOLIDAYS }), ""),
        "remove_holidays" => delete("/me/holidays", ""),
        "set_travel" => {
            put("/me/travel", json!({ "zone": "Asia/Tokyo", "city": "Tokyo", "until": "2026-12-04" }), "")
        }
        "end_travel" => delete("/me/travel", ""),
        "list_projects" => get("/projects", ""),
        "read_work" => get("/work", ""),
        "read_reminders" => get("/work/reminders", ""),
        "choose_reminders" => patch("/work/reminders", json!({ "days_before": 2, "after": false }), ""),
        "set_repeat" => {
            let task = things.task().await;
            put(&format!("/tasks/{task}/repeat"), rhythm::weekly(app), &task)
        }
        "preview_repeat" => {
            let task = things.task().await;
            get(&format!("/tasks/{task}/repeat/coming?rule=FREQ%3DDAILY&days_off=move&lead=1"), &task)
        }
        "change_series" => {
            let task = things.task().await;
            let new = rhythm::weekly(app);
            app.by(&world.camila).put(&format!("/tasks/{task}/repeat"), new.clone()).await.ok();
            let series = new["id"].as_str().unwrap();
            let change = json!({ "rule": "FREQ=DAILY", "time": null, "days_off": "skip", "lead": 2, "state": "paused" });
            patch(&format!("/series/{series}"), change, series)
        }
        "read_rhythm" => {
            let project = things.project().await;
            get(&format!("/projects/{}/rhythm", project.id), &project.id)
        }
        "read_rule_runs" => {
            let project = things.project().await;
            get(&format!("/projects/{}/rule-runs", project.id), &project.id)
        }
        "create_rule" => {
            let project = things.project().await;
            post(&format!("/projects/{}/rules", project.id), rhythm::archives(app), &project.id)
        }
        "change_rule" | "remove_rule" => {
            let (project, new) = (things.project().await, rhythm::archives(app));
            app.by(&world.camila).post(&format!("/projects/{}/rules", project.id), new.clone()).await.ok();
            let rule = new["id"].as_str().unwrap();
            let change = json!({ "active": false, "action": { "does": "post", "text": "Done." } });
            if operation == "change_rule" {
                patch(&format!("/rules/{rule}"), change, rule)
            } else {
                delete(&format!("/rules/{rule}"), rule)
            }
        }
        "create_template" => {
            let project = things.project().await;
            let task = project.task(app, &world.camila, "Pack").await;
            let new = json!({ "id": app.new_id("tpl"), "name": "Packing", "task": task, "owner": "maker", "due_in": 3 });
            post(&format!("/projects/{}/templates", project.id), new, &project.id)
        }
        "change_template" | "remove_template" | "use_template" => {
            let template = things.template().await;
            let path = format!("/templates/{template}");
            match operation {
                "change_template" => {
                    patch(&path, json!({ "name": "Packing", "owner": "nobody", "due_in": 3 }), &template)
                }
                "remove_template" => delete(&path, &template),
                _ => post(&format!("{path}/tasks"), json!({ "title": "Pack it" }), &template),
            }
        }
        "copy_project" => {
            let project = things.project().await;
            let new = json!({ "id": app.new_id("prj"), "key": work::another_key(), "name": "The next one",
                "space": delivery, "tasks": true, "owners": "kept", "begins_on": "2026-12-01" });
            post(&format!("/projects/{}/copy", project.id), new, &project.id)
        }
        "create_form" => {
            let project = things.project().await;
            let new = json!({ "id": app.new_id("frm"), "title": "Ask us", "intro": "", "stage": null,
                "fields": [{ "asks": "email", "field": null, "needed": true }] });
            post(&format!("/projects/{}/forms", project.id), new, &project.id)
        }
        "change_form" | "remove_form" => {
            let (form, _) = things.form().await;
            if operation == "change_form" {
                let change = json!({ "title": "Ask", "intro": "", "stage": null, "fields": [], "open": false, "renew": true });
                patch(&format!("/forms/{form}"), change, &form)
            } else {
                delete(&format!("/forms/{form}"), &form)
            }
        }
        "show_form" => get(&format!("/f/{}", things.form().await.1), ""),
        "send_form" => post(&format!("/f/{}", things.form().await.1), Value::Null, ""),
        "create_project" => post(
            "/projects",
            json!({ "id": app.new_id("prj"), "key": work::another_key(), "name": "Driver app", "space": delivery,
                "purpose": "To the door", "owner": camila,
                "stages": [{ "id": app.new_id("stg"), "name": "Ready", "kind": "open" },
                    { "id": app.new_id("stg"), "name": "Done", "kind": "done" }] }),
            delivery,
        ),
        "read_project" => {
            let project = things.project().await;
            get(&format!("/projects/{}", project.id), &project.id)
        }
        "list_tasks" => {
            let project = things.project().await;
            get(&format!("/projects/{}/tasks?archived=false", project.id), &project.id)
        }
        "change_project" => {
            let project = things.project().await;
            let change = json!({ "name": "Driver", "purpose": "", "owner": null, "members": [], "health": "at_risk",
                "health_note": "A part is late", "key": work::another_key(), "archived": false, "space": delivery });
            // Of the two the project is what it is about.
            patch(&format!("/projects/{}", project.id), change, &project.id)
        }
        "read_held" => get(&format!("/members/{camila}/held?space={delivery}"), delivery),
        "leave_to_others" => {
            let wish = json!({ "id": app.new_id("dep"), "space": delivery, "everything": { "kind": "nobody" },
                "title": "What Jonas had", "reason": "Jonas works elsewhere now" });
            let gone = world.newcomer(&app.new_id("gone"), people::Role::Member).await.id;
            by_camila.put(&format!("/spaces/{delivery}/members/{gone}"), json!({})).await.ok();
            post(&format!("/members/{gone}/leave"), wish, delivery)
        }
        "list_imports" => get("/imports", ""),
        "preview_import" => {
            post("/imports/preview", imports::wish(app, &world.camila, delivery).await, delivery)
        }
        "begin_import" => {
            let wish = imports::wish(app, &world.camila, delivery).await;
            post("/imports", json!({ "id": app.new_id("imp"), "wish": wish }), delivery)
        }
        "read_import" | "list_left_out" | "stop_import" | "continue_import" => {
            let import = imports::begun(app, &world.camila, delivery).await;
            match operation {
                "read_import" => get(&format!("/imports/{import}"), &import),
                "list_left_out" => get(&format!("/imports/{import}/left-out?after=0"), &import),
                "stop_import" => post(&format!("/imports/{import}/stop"), Value::Null, &import),
                _ => post(&format!("/imports/{import}/continue"), Value::Null, &import),
            }
        }
        "create_stage" => {
            let project = things.project().await;
            let stage = json!({ "id": app.new_id("stg"), "name": "Waiting", "kind": "open", "limit": 5,
                "after": project.stage("Ready") });
            post(&format!("/projects/{}/stages", project.id), stage, &project.id)
        }
        "change_stage" => {
            let stage = things.project().await.stage("Ready");
            let change = json!({ "name": "Next", "kind": "open", "limit": 3, "after": null });
            patch(&format!("/stages/{stage}"), change, &stage)
        }
        "remove_stage" => {
            let project = things.project().await;
            let stage = project.stage("In review");
            delete(&format!("/stages/{stage}?to={}", project.stage("Done")), &stage)
        }
        "create_label" => {
            let project = things.project().await;
            let label = json!({ "id": app.new_id("lbl"), "name": "Maps", "colour": "blue" });
            post(&format!("/projects/{}/labels", project.id), label, &project.id)
        }
        "change_label" | "remove_label" => {
            let label = things.project().await.label(app, &world.camila, "Maps").await;
            let path = format!("/labels/{label}");
            let change = json!({ "name": "Routes", "colour": "green" });
            if operation == "change_label" { patch(&path, change, &label) } else { delete(&path, &label) }
        }
        "create_field" => {
            let project = things.project().await;
            let field = json!({ "id": app.new_id("fld"), "name": "Country", "kind": "choice",
                "choices": [{ "id": app.new_id("cho"), "name": "Colombia" }] });
            post(&format!("/projects/{}/fields", project.id), field, &project.id)
        }
        "change_field" | "remove_field" => {
            let field = things.project().await.field(app, &world.camila, "Cost", "number").await;
            let path = format!("/fields/{field}");
            let change = json!({ "name": "Price", "choices": [] });
            if operation == "change_field" { patch(&path, change, &field) } else { delete(&path, &field) }
        }
        "read_board" => {
            let project = things.project().await;
            get(&format!("/projects/{}/board", project.id), &project.id)
        }
        "list_views" => {
            let project = things.project().await;
            get(&format!("/projects/{}/views", project.id), &project.id)
        }
        "create_view" => {
            let project = things.project().await;
            let view = json!({ "id": app.new_id("viw"), "name": "Due soon", "shared": true, "shows": { "as": "list",
                "find": "map", "owner": camila, "nobody": false, "due": "week", "group": "owner", "sort": "due",
                "columns": ["who", "when"], "span": "month" } });
            post(&format!("/projects/{}/views", project.id), view, &project.id)
        }
        "change_view" | "remove_view" => {
            let view = app.new_id("viw");
            let new = json!({ "id": view, "name": "Mine", "shared": true, "shows": {} });
            let path = format!("/projects/{}/views", things.project().await.id);
            by_camila.post(&path, new).await.row("views", &view);
            let path = format!("/views/{view}");
            let change = json!({ "name": "Ours", "shared": false, "shows": { "as": "timeline" } });
            if operation == "change_view" { patch(&path, change, &view) } else { delete(&path, &view) }
        }
        "create_task" => {
            let project = things.project().await;
            let task = json!({ "id": app.new_id("top"), "project": project.id, "title": "Save the route",
                "stage": project.stage("Ready"), "after": null, "owner": camila,
                "due": { "date": "2026-12-17", "time": "12:00" }, "starts_on": "2026-12-14", "labels": [],
                "why": "Drivers lose the map in tunnels.", "deliverable": true });
            post("/tasks", task, &project.id)
        }
        "read_task" => {
            let task = things.task().await;
            get(&format!("/tasks/{task}"), &task)
        }
        "change_task" => {
            let task = things.task().await;
            let change = json!({ "title": "Save it", "why": "", "owner": camila, "due": null, "starts_on": null,
                "labels": [], "requester": camila, "deliverable": true, "parent": null, "cover": null, "values": {},
                "archived": false, "done": true, "version": 1 });
            patch(&format!("/tasks/{task}"), change, &task)
        }
        "change_tasks" => {
            let task = things.task().await;
            let items = json!({ "items": [{ "task": task, "patch": { "done": true } }] });
            post("/tasks/bulk", items, &task)
        }
        "move_task" => {
            let project = things.project().await;
            let task = project.task(app, &world.camila, "Save the route").await;
            let to = json!({ "stage": project.stage("In progress"), "after": null, "version": 1 });
            post(&format!("/tasks/{task}/move"), to, &task)
        }
        "take_task" => {
            let task = things.task().await;
            post(&format!("/tasks/{task}/take"), Value::Null, &task)
        }
        "hand_over_task" => {
            let task = things.task().await;
            let baton = json!({ "state": "The cache is done.", "next_action": "The map", "open_questions": "",
                "do_not_touch": "", "links": "", "authority": "The layout is yours." });
            let to = json!({ "id": app.new_id("han"), "to": world.jonas.id, "baton": baton });
            post(&format!("/tasks/{task}/hand-over"), to, &task)
        }
        "list_handoffs" => get("/handoffs", ""),
        "read_sign_off" => get("/sign-off", ""),
        "read_touched_tasks" => get("/work/touches?from=2026-12-21T00:00&to=2026-12-24T00:00", ""),
        "accept_handoff" => {
            let handoff = things.handoff(&world.jonas, &world.camila).await;
            post(&format!("/handoffs/{handoff}/accept"), Value::Null, &handoff)
        }
        "decline_handoff" => {
            let handoff = things.handoff(&world.jonas, &world.camila).await;
            post(&format!("/handoffs/{handoff}/decline"), json!({ "reason": "I am away." }), &handoff)
        }
        "take_back_handoff" => {
            let handoff = things.handoff(&world.camila, &world.jonas).await;
            post(&format!("/handoffs/{handoff}/take-back"), Value::Null, &handoff)
        }
        "read_queue" => {
            let project = things.project().await;
            get(&format!("/projects/{}/queue", project.id), &project.id)
        }
        "set_queue" => {
            let project = things.project().await;
            let members = json!({ "members": [world.camila.id, world.jonas.id] });
            put(&format!("/projects/{}/queue", project.id), members, &project.id)
        }
        "queue_task" => {
            let project = things.project().await;
            let members = json!({ "members": [world.camila.id] });
            by_camila.put(&format!("/projects/{}/queue", project.id), members).await.ok();
            let task = project.task(app, &world.camila, "Save the route").await;
            put(&format!("/tasks/{task}/queue"), json!({ "queued": true }), &task)
        }
        "create_step" => {
            let task = things.task().await;
            let step = json!({ "id": app.new_id("stp"), "text": "It works in flight mode", "after": null });
            post(&format!("/tasks/{task}/steps"), step, &task)
        }
        "change_step" | "remove_step" => {
            let (task, step) = (things.task().await, app.new_id("stp"));
            let new = json!({ "id": step, "text": "It works in flight mode" });
            by_camila.post(&format!("/tasks/{task}/steps"), new).await.ok();
            let path = format!("/steps/{step}");
            let change = json!({ "text": "It works offline", "done": true, "after": null, "owner": camila });
            if operation == "change_step" { patch(&path, change, &step) } else { delete(&path, &step) }
        }
        "create_wait" => {
            let task = things.task().await;
            let wait = json!({ "id": app.new_id("wai"), "member": world.jonas.id });
            post(&format!("/tasks/{task}/waits"), wait, &task)
        }
        "remove_wait" => {
            let (task, wait) = (things.task().await, app.new_id("wai"));
            let new = json!({ "id": wait, "member": world.jonas.id });
            by_camila.post(&format!("/tasks/{task}/waits"), new).await.ok();
            delete(&format!("/waits/{wait}"), &wait)
        }
        "list_tasks_made_from" => things.about_thread(Method::GET, "/tasks", Value::Null).await,
        "deliver_task" | "accept_task" | "send_task_back" => {
            let project = things.project().await;
            let task = project.deliverable(app, &world.camila, "A map for tunnels").await;
            let delivered = json!({ "posts": [], "link": "https://example.org/map" });
            match operation {
                "deliver_task" => post(&format!("/tasks/{task}/deliver"), delivered, &task),
                other => {
                    app.by(&world.jonas).post(&format!("/tasks/{task}/deliver"), delivered).await.ok();
                    if other == "accept_task" {
                        post(&format!("/tasks/{task}/accept"), json!({ "note": "As agreed." }), &task)
                    } else {
                        post(&format!("/tasks/{task}/send-back"), json!({ "reason": "The legend." }), &task)
                    }
                }
            }
        }
        "list_goals" => get("/goals", ""),
        "read_results" => get("/results?month=2026-11", ""),
        "create_goal" => {
            let project = things.project().await;
            let goal = json!({ "id": app.new_id("goa"), "space": delivery, "title": "Drivers work without a signal",
                "measure": "No call about a lost map in a month", "owner": camila, "target_date": "2026-12-18",
                "results": [{ "id": app.new_id("krs"), "name": "Sign-in", "kind": "number", "unit": "s",
                    "from": 45.0, "to": 20.0 }], "projects": [project.id] });
            post("/goals", goal, delivery)
        }
        "read_goal" => {
            let goal = things.goal().await;
            get(&format!("/goals/{goal}"), &goal)
        }
        "change_goal" => {
            let goal = things.goal().await;
            let change = json!({ "title": "Drivers sign in fast", "measure": "", "owner": null, "target_date": null,
                "state": "reached", "projects": [], "tasks": [] });
            patch(&format!("/goals/{goal}"), change, &goal)
        }
        "create_key_result" => {
            let goal = things.goal().await;
            let result = json!({ "id": app.new_id("krs"), "name": "The rule is agreed", "kind": "done" });
            post(&format!("/goals/{goal}/results"), result, &goal)
        }
        "change_key_result" | "remove_key_result" => {
            let (goal, result) = (things.goal().await, app.new_id("krs"));
            let new = json!({ "id": result, "name": "Sign-in", "kind": "number", "to": 7 });
            by_camila.post(&format!("/goals/{goal}/results"), new).await.ok();
            let path = format!("/goals/{goal}/results/{result}");
            let change = json!({ "name": "Fast sign-in", "value": 5.5, "to": 8.5 });
            if operation == "change_key_result" { patch(&path, change, &goal) } else { delete(&path, &goal) }
        }
        "create_goal_line" => {
            let goal = things.goal().await;
            post(&format!("/goals/{goal}/lines"), json!({ "text": "Five of seven are accepted." }), &goal)
        }
        "read_feed" => get("/me/feed", ""),
        "renew_feed" => put("/me/feed", Value::Null, ""),
        "end_feed" => delete("/me/feed", ""),
        "open_feed" => {
            let feed = by_camila.send(Method::PUT, "/me/feed").await.ok();
            let path = feed["path"].as_str().unwrap();
            get(path.strip_prefix("/api/v1").unwrap(), "")
        }
        "list_changes" => get("/changes/log?after=0", ""),
        "follow_changes" => get("/changes", ""),
        unknown => {
            panic!("requests.rs has no request for the operation {unknown} (such as one in {company})")
        }
    }
}

/// Uploads a file.
pub async fn upload(client: &Client<'_>, name: &str, media_type: &str, bytes: &'static [u8]) -> Answer {
    client.send(Method::POST, &format!("/files?name={name}")).bytes(media_type, bytes).await
}

struct Things<'a> {
    app: &'a App,
    world: &'a World<'a>,
}

/// A time of day that was not used before: nobody has the same time off twice.
fn another_minute() -> String {
    static USED: AtomicU32 = AtomicU32::new(0);
    let minute = USED.fetch_add(1, Ordering::Relaxed) % (24 * 60);
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl Things<'_> {
    async fn thread(&self) -> Thread {
        self.world.thread(&self.world.camila, &self.world.delivery, "About a delivery").await
    }

    /// A template of a project of its own; answers its id.
    async fn template(&self) -> String {
        let (project, id) = (self.project().await, self.app.new_id("tpl"));
        let task = project.task(self.app, &self.world.camila, "Pack").await;
        let new = json!({ "id": id, "name": "Packing", "task": task });
        let path = format!("/projects/{}/templates", project.id);
        self.app.by(&self.world.camila).post(&path, new).await.ok();
        id
    }

    /// A form of a project of its own; answers its id and the end of its address.
    async fn form(&self) -> (String, String) {
        let (project, id) = (self.project().await, self.app.new_id("frm"));
        let new = json!({ "id": id, "title": "Ask us", "fields": [] });
        let path = format!("/projects/{}/forms", project.id);
        let made = self.app.by(&self.world.camila).post(&path, new).await.row("rhythms", &project.id);
        (id, made["forms"][0]["secret"].as_str().unwrap().to_owned())
    }

    async fn project(&self) -> work::Project {
        work::project(self.app, &self.world.camila, &self.world.delivery).await
    }

    /// A task in a project of its own; answers its id.
    async fn task(&self) -> String {
        self.project().await.task(self.app, &self.world.camila, "Save the route").await
    }

    /// A task in a project of its own, offered by its owner; answers the handoff.
    async fn handoff(&self, from: &Person, to: &Person) -> String {
        let (task, id) = (self.task().await, self.app.new_id("han"));
        let by_camila = self.app.by(&self.world.camila);
        by_camila.patch(&format!("/tasks/{task}"), json!({ "owner": from.id })).await.ok();
        let new = json!({ "id": id, "to": to.id, "baton": { "state": "The cache is done." } });
        self.app.by(from).post(&format!("/tasks/{task}/hand-over"), new).await.row("handoffs", &id);
        id
    }

    /// A goal of Camila's in Delivery; answers its id.
    async fn goal(&self) -> String {
        let (id, camila) = (self.app.new_id("goa"), &self.world.camila);
        let new = json!({ "id": id, "space": self.world.delivery, "title": "Drivers sign in fast", "owner": camila.id });
        self.app.by(camila).post("/goals", new).await.ok();
        id
    }

    async fn about_thread(&self, method: Method, end: &str, body: Value) -> Call {
        let thread = self.thread().await;
        let body = Some(body).filter(|body| !body.is_null());
        Call { method, path: format!("/topics/{}{end}", thread.id), body, bytes: None, target: thread.id }
    }

    async fn about_post(&self, method: Method, end: &str, body: Value) -> Call {
        let post = self.thread().await.post;
        let body = Some(body).filter(|body| !body.is_null());
        Call { method, path: format!("/posts/{post}{end}"), body, bytes: None, target: post }
    }

    async fn about_ask_for_camila(&self, verb: &str, body: Value) -> Call {
        let thread = self.thread().await;
        let ask = self.world.ask(&self.world.jonas, &thread, &self.world.camila, "When?").await;
        Self::about_ask(ask, verb, body)
    }

    async fn about_ask_of_camila(&self, verb: &str) -> Call {
        let thread = self.thread().await;
        let ask = self.world.ask(&self.world.camila, &thread, &self.world.jonas, "When?").await;
        Self::about_ask(ask, verb, json!({}))
    }

    /// A draft of a new thread in Company.
    fn draft(&self, source: &str) -> Value {
        json!({ "place": { "kind": "new", "space": self.world.company }, "title": "A thought", "source": source,
            "to": [], "ask": null, "files": [], "device": "Firefox on Linux", "version": 0 })
    }

    /// A draft of Camila's; answers its id.
    async fn saved_draft(&self) -> String {
        let id = self.app.new_id("drf");
        let draft = self.draft("A whole thought");
        self.app.by(&self.world.camila).put(&format!("/drafts/{id}"), draft).await.ok();
        id
    }

    /// A group of Camila alone.
    async fn group(&self) -> String {
        let group = self.app.new_id("grp");
        let new = json!({ "id": group, "name": "Design", "members": [self.world.camila.id] });
        self.app.by(&self.world.camila).post("/groups", new).await.ok();
        group
    }

    /// An ask of this body on a thread in Delivery; answers its id.
    async fn asked(&self, by: &Person, mut ask: Value) -> String {
        let (thread, id) = (self.thread().await, self.app.new_id("ask"));
        ask["id"] = json!(id);
        self.app.by(by).post(&format!("/topics/{}/asks", thread.id), ask).await.ok();
        id
    }

    async fn asked_of_a_group(&self) -> Call {
        let ask = json!({ "kind": "answer", "question": "Who?", "group": self.group().await,
            "budget": { "kind": "half_day" } });
        Self::about_ask(self.asked(&self.world.jonas, ask).await, "claim", json!({}))
    }

    async fn urgent_for_camila(&self, verb: &str, body: Value) -> Call {
        let budget = json!({ "kind": "urgent", "reason": "Production is down", "cost": "Refunds fail" });
        let ask = json!({ "kind": "do", "question": "Roll back?", "asked": self.world.camila.id, "budget": budget });
        Self::about_ask(self.asked(&self.world.jonas, ask).await, verb, body)
    }

    /// An ask of Camila's whose time has passed, in a space that has a lead.
    async fn late_with_a_lead(&self) -> Call {
        let (app, delivery) = (self.app, &self.world.delivery);
        let lead = self.world.newcomer(&app.new_id("lead"), people::Role::Member).await.id;
        let camila = app.by(&self.world.camila);
        camila.put(&format!("/spaces/{delivery}/members/{lead}"), json!({})).await.ok();
        camila.patch(&format!("/spaces/{delivery}"), json!({ "lead": lead })).await.ok();
        // Somebody who is not away, so that it can be due at once.
        let asked = self.world.newcomer(&app.new_id("asked"), people::Role::Member).await.id;
        camila.put(&format!("/spaces/{delivery}/members/{asked}"), json!({})).await.ok();
        let soon = app.now() + jiff::SignedDuration::from_secs(1);
        let ask = json!({ "kind": "do", "question": "Ready?", "asked": asked,
            "budget": { "kind": "exact", "at": soon } });
        let ask = self.asked(&self.world.camila, ask).await;
        app.set_clock(&soon.to_string());
        Self::about_ask(ask, "escalate", json!({ "id": app.new_id("ask") }))
    }

    fn about_ask(ask: String, verb: &str, body: Value) -> Call {
        Call {
            method: Method::POST,
            path: format!("/asks/{ask}/{verb}"),
            body: Some(body),
            bytes: None,
            target: ask,
        }
    }

    fn new_ask(&self, asked: &Person) -> Value {
        json!({ "id": self.app.new_id("ask"), "kind": "answer", "question": "When?", "asked": asked.id,
            "budget": { "kind": "half_day" } })
    }

    fn browser(&self) -> Value {
        let id = self.app.new_id("psh");
        json!({ "id": id, "endpoint": format!("https://push.example.org/{id}"), "label": "Firefox, Linux",
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg" })
    }

    /// The end of the link under a mail to Camila.
    async fn last_mail(&self) -> String {
        let (camila, context) = (&self.world.camila, self.app.context());
        let list = connect::unsubscribe::List::Asks;
        connect::unsubscribe::token(context, camila.workspace, camila.id, list).await.unwrap()
    }

    fn time_off(&self) -> Value {
        let from = format!("2026-12-21T{}", another_minute());
        json!({ "id": self.app.new_id("off"), "from": from, "to": "2026-12-24T00:00", "note": "Rest" })
    }

    async fn invitation(&self) -> String {
        let made = self
            .app
            .by(&self.world.camila)
            .post("/invitations", json!({ "role": "member" }))
            .await
            .expect(201);
        made["url_path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
    }
}
