//! From hand to hand: handoffs and their clocks, signing off, queues that follow the sun, and what the
//! time of people does to their tasks.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::{Answer, App, Person, World, both};

use crate::work::{Project, project};

/// A task of somebody; answers its id.
async fn task_of(app: &App, project: &Project, owner: &Person, title: &str) -> String {
    let id = app.new_id("top");
    let new = json!({ "id": id, "project": project.id, "title": title, "owner": owner.id });
    app.by(owner).post("/tasks", new).await.row("tasks", &id);
    id
}

/// Offers a task with one line.
async fn offer(app: &App, by: &Person, task: &str, to: &Person) -> (String, Answer) {
    let id = app.new_id("han");
    let new = json!({ "id": id, "to": to.id, "baton": { "state": "The **cache** is done. Next: the map." } });
    (id, app.by(by).post(&format!("/tasks/{task}/hand-over"), new).await)
}

async fn does(app: &App, by: &Person, handoff: &str, what: &str) -> Answer {
    app.by(by).post(&format!("/handoffs/{handoff}/{what}"), json!({})).await
}

async fn whole(app: &App, by: &Person, task: &str) -> Value {
    app.by(by).get(&format!("/tasks/{task}")).await.ok().clone()
}

async fn owner(app: &App, by: &Person, task: &str) -> Value {
    whole(app, by, task).await["task"]["owner"].clone()
}

async fn due(app: &App, by: &Person, task: &str) -> Value {
    whole(app, by, task).await["task"]["due"].clone()
}

async fn events(app: &App, by: &Person, task: &str) -> Vec<(String, Value)> {
    let posts = app.by(by).get(&format!("/topics/{task}/posts?after=0")).await.ok()["items"].clone();
    let said = posts.as_array().unwrap().iter().filter(|post| post["event"].is_object());
    said.map(|post| (post["event"]["verb"].as_str().unwrap().to_owned(), post["event"]["to"].clone()))
        .collect()
}

fn verbs(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(verb, _)| verb.as_str()).collect()
}

fn code(answer: &Answer, status: u16) -> Value {
    answer.expect(status)["code"].clone()
}

async fn hours(app: &App, of: &Person, zone: &str, shift: (&str, &str)) {
    let day = json!([[shift.0, shift.1]]);
    let week = json!([day, day, day, day, day, [], []]);
    let path = format!("/members/{}/schedule", of.id);
    app.by(of).put(&path, json!({ "zone": zone, "week": week })).await.ok();
}

async fn off(app: &App, of: &Person, from: &str, to: &str) {
    let new = json!({ "id": app.new_id("off"), "from": from, "to": to });
    app.by(of).post("/time-off", new).await.ok();
}

// ------------------------------------------------------------------ handoffs

both!(
    async fn a_task_is_theirs_once_they_accept_it(app: &App) {
        app.set_clock("2026-11-25T22:20:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let task = task_of(app, &project, &world.camila, "Export invoices").await;
        let (camila, jonas) = (json!(world.camila.id), json!(world.jonas.id));
        let (handoff, offered) = offer(app, &world.camila, &task, &world.jonas).await;
        assert_eq!(offered.row("tasks", &task)["owner"], camila);
        let row = offered.row("handoffs", &handoff);
        // 23:20 in Berlin: one working hour into Thursday, which begins at 9:00.
        assert_eq!(row["ends_at"], "2026-11-26T09:00:00Z");
        assert_eq!((&row["state"], &row["from"], &row["to"]), (&json!("offered"), &camila, &jonas));
        assert_eq!(row["baton"]["state"], "The **cache** is done. Next: the map.");
        let posts =
            app.by(&world.jonas).get(&format!("/topics/{task}/posts?after=0")).await.ok()["items"].clone();
        assert_eq!(posts[0]["event"], json!({ "verb": "task.handoff_offered", "from": camila, "to": jonas }));
        assert_eq!((&posts[0]["no"], &posts[0]["mentions"]), (&row["no"], &json!([jonas])));
        assert_eq!(app.by(&world.jonas).get("/search?q=cache").await.ok()["items"][0]["topic"]["id"], task);
        for person in [&world.camila, &world.jonas] {
            let mine = app.by(person).get("/handoffs").await.ok();
            assert_eq!((&mine["items"][0]["id"], &mine["tasks"][0]["id"]), (&json!(handoff), &json!(task)));
        }
        assert_eq!(app.by(&world.rui).get("/handoffs").await.ok()["items"], json!([]));

        // It comes with the start of his day, and not before.
        let at_night = app.by(&world.jonas).get("/inbox").await.ok();
        assert_eq!(at_night["items"], json!([]));
        app.goes_to("2026-11-26T08:00:00Z").await;
        let inbox = app.by(&world.jonas).get("/inbox").await.ok();
        assert_eq!(
            (&inbox["items"][0]["topic"], &inbox["items"][0]["reason"]),
            (&json!(task), &json!("assigned"))
        );

        assert_eq!(code(&does(app, &world.rui, &handoff, "accept").await, 403), "not_yours");
        assert_eq!(code(&does(app, &world.rui, &handoff, "take-back").await, 403), "not_yours");
        let accepted = does(app, &world.jonas, &handoff, "accept").await;
        assert_eq!(accepted.row("tasks", &task)["owner"], jonas);
        assert_eq!(accepted.row("tasks", &task)["handed"]["from"], camila);
        assert_eq!(accepted.row("task_pages", &task)["hand_overs"][0]["by"], jonas);
        let row = accepted.row("handoffs", &handoff);
        assert_eq!((&row["state"], &row["settled_by"]), (&json!("accepted"), &jonas));
        let events = events(app, &world.camila, &task).await;
        assert_eq!(verbs(&events), ["task.handoff_offered", "task.handoff_accepted"]);
        assert_eq!(events[1].1, camila);
        assert_eq!(app.by(&world.jonas).get("/handoffs").await.ok()["items"], json!([]));
        let again = does(app, &world.jonas, &handoff, "accept").await;
        assert_eq!(code(&again, 409), "handoff_over");
        assert_eq!(again.expect(409)["current"]["state"], "accepted");
        app.goes_to("2026-11-27T12:00:00Z").await;
        assert_eq!(owner(app, &world.camila, &task).await, jonas);
        assert_eq!(events.len(), self::events(app, &world.camila, &task).await.len());
    }
);

both!(
    async fn what_is_not_accepted_in_time_stays(app: &App) {
        app.set_clock("2026-11-25T22:20:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let task = task_of(app, &project, &world.camila, "Export invoices").await;
        let (handoff, _) = offer(app, &world.camila, &task, &world.jonas).await;
        app.goes_to("2026-11-26T08:59:59Z").await;
        assert_eq!(whole(app, &world.camila, &task).await["handoffs"][0]["state"], "offered");
        app.goes_to("2026-11-26T09:00:00Z").await;
        let after = whole(app, &world.camila, &task).await;
        assert_eq!(after["task"]["owner"], json!(world.camila.id));
        assert_eq!(
            (&after["handoffs"][0]["state"], &after["handoffs"][0]["settled_by"]),
            (&json!("returned"), &Value::Null)
        );
        let events = events(app, &world.camila, &task).await;
        assert_eq!(verbs(&events), ["task.handoff_offered", "task.handoff_lapsed"]);
        assert_eq!(events[1].1, json!(world.camila.id));
        assert_eq!(code(&does(app, &world.jonas, &handoff, "accept").await, 409), "handoff_over");
        // Both are told: her at the start of her day, him at once, for he has it before his eyes.
        app.goes_to("2026-11-26T14:00:00Z").await;
        let inbox = app.by(&world.camila).get("/inbox").await.ok();
        assert_eq!(inbox["items"][0]["topic"], json!(task));
        let his = app.by(&world.jonas).get(&format!("/topics/{task}")).await.ok()["mark"].clone();
        assert_eq!((&his["reason"], &his["following"]), (&json!("follows"), &json!(true)));
    }
);

both!(
    async fn a_handoff_waits_for_who_is_away_and_moves_with_their_hours(app: &App) {
        app.set_clock("2026-11-25T10:00:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let task = task_of(app, &project, &world.camila, "Export invoices").await;
        // Jonas works now: he has the rest of this day and an hour of the next.
        let (handoff, offered) = offer(app, &world.camila, &task, &world.jonas).await;
        assert_eq!(offered.row("handoffs", &handoff)["ends_at"], "2026-11-26T09:00:00Z");
        // Thursday off: Friday.
        off(app, &world.jonas, "2026-11-26T00:00", "2026-11-27T00:00").await;
        app.work().await;
        let moved = whole(app, &world.camila, &task).await["handoffs"][0].clone();
        assert_eq!(moved["ends_at"], "2026-11-27T09:00:00Z");
        // An earlier start does not take back what was said.
        hours(app, &world.jonas, "Europe/Berlin", ("06:00", "14:00")).await;
        app.work().await;
        assert_eq!(whole(app, &world.camila, &task).await["handoffs"][0]["ends_at"], "2026-11-27T09:00:00Z");
        app.goes_to("2026-11-26T09:30:00Z").await;
        assert_eq!(whole(app, &world.camila, &task).await["handoffs"][0]["state"], "offered");
        app.goes_to("2026-11-27T09:00:00Z").await;
        assert_eq!(whole(app, &world.camila, &task).await["handoffs"][0]["state"], "returned");
        // Where nobody knows the hours it is a day.
        let (handoff, offered) = offer(app, &world.camila, &task, &world.rui).await;
        assert_eq!(offered.row("handoffs", &handoff)["ends_at"], "2026-11-28T09:00:00Z");
    }
);

both!(
    async fn an_offer_is_given_back_with_a_reason_or_taken_back(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let task = task_of(app, &project, &world.camila, "Export invoices").await;
        let (first, _) = offer(app, &world.camila, &task, &world.jonas).await;
        let path = format!("/handoffs/{first}/decline");
        app.by(&world.jonas).post(&path, json!({ "reason": "  " })).await.refuses(422, "reason");
        assert_eq!(code(&app.by(&world.rui).post(&path, json!({ "reason": "No" })).await, 403), "not_yours");
        let declined =
            app.by(&world.jonas).post(&path, json!({ "reason": "I am on the *map* until Friday." })).await;
        assert_eq!(declined.row("handoffs", &first)["state"], "returned");
        assert_eq!(declined.row("handoffs", &first)["reason"], "I am on the *map* until Friday.");
        assert_eq!(declined.row("tasks", &task)["owner"], json!(world.camila.id));

        let (second, _) = offer(app, &world.camila, &task, &world.jonas).await;
        let back = does(app, &world.camila, &second, "take-back").await;
        assert_eq!(back.row("handoffs", &second)["state"], "taken_back");
        let events = events(app, &world.camila, &task).await;
        assert_eq!(
            verbs(&events),
            [
                "task.handoff_offered",
                "task.handoff_returned",
                "task.handoff_offered",
                "task.handoff_taken_back"
            ]
        );
        assert_eq!((&events[1].1, &events[3].1), (&json!(world.camila.id), &json!(world.jonas.id)));

        // Another offer takes the place of the one that waits; so does whoever simply gets it.
        let (third, _) = offer(app, &world.camila, &task, &world.jonas).await;
        let (fourth, offered) = offer(app, &world.camila, &task, &world.rui).await;
        assert_eq!(offered.row("handoffs", &third)["state"], "taken_back");
        let given =
            app.by(&world.camila).patch(&format!("/tasks/{task}"), json!({ "owner": world.jonas.id })).await;
        assert_eq!(given.row("handoffs", &fourth)["state"], "taken_back");
        // What is done, or put away, waits for nobody.
        let (fifth, _) = offer(app, &world.jonas, &task, &world.camila).await;
        let done = app.by(&world.jonas).patch(&format!("/tasks/{task}"), json!({ "done": true })).await;
        assert_eq!(done.row("handoffs", &fifth)["state"], "taken_back");
        let (sixth, _) = offer(app, &world.jonas, &task, &world.camila).await;
        let away = app.by(&world.jonas).patch(&format!("/tasks/{task}"), json!({ "archived": true })).await;
        assert_eq!(away.row("handoffs", &sixth)["state"], "taken_back");
    }
);

both!(
    async fn what_an_offer_says_is_checked(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let task = task_of(app, &project, &world.camila, "Export invoices").await;
        let try_it = |to: &Person, baton: Value| {
            let new = json!({ "id": app.new_id("han"), "to": to.id, "baton": baton });
            let (client, path) = (app.by(&world.camila), format!("/tasks/{task}/hand-over"));
            async move { client.post(&path, new).await }
        };
        try_it(&world.jonas, json!({})).await.refuses(422, "baton.state");
        try_it(&world.jonas, json!({ "state": " \n " })).await.refuses(422, "baton.state");
        let long = "x".repeat(5_001);
        try_it(&world.jonas, json!({ "state": "Done", "authority": long }))
            .await
            .refuses(422, "baton.authority");
        try_it(&world.jonas, json!({ "mood": "fine" })).await.expect(400);
        assert_eq!(code(&try_it(&world.althea, json!({ "state": "Done" })).await, 409), "cannot_see");
        assert_eq!(code(&try_it(&world.camila, json!({ "state": "Done" })).await, 409), "owner_already");
        let (id, offered) = offer(app, &world.camila, &task, &world.jonas).await;
        offered.ok();
        let again = json!({ "id": id, "to": world.rui.id, "baton": { "state": "Done" } });
        let taken = app.by(&world.camila).post(&format!("/tasks/{task}/hand-over"), again).await;
        assert_eq!(code(&taken, 409), "taken");
        // Who hands it to themselves has it at once.
        let (id, own) = offer(app, &world.rui, &task, &world.rui).await;
        assert_eq!(own.row("handoffs", &id)["state"], "accepted");
        assert_eq!(own.row("tasks", &task)["owner"], json!(world.rui.id));
    }
);

both!(
    async fn a_receiver_who_lost_access_accepts_nothing_and_the_offer_ends(app: &App) {
        app.set_clock("2026-11-25T22:20:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let task = task_of(app, &project, &world.camila, "Export invoices").await;
        let (handoff, _) = offer(app, &world.camila, &task, &world.jonas).await;
        app.by(&world.camila)
            .delete(&format!("/spaces/{}/members/{}", world.delivery, world.jonas.id))
            .await
            .ok();
        does(app, &world.jonas, &handoff, "accept").await.expect(404);
        assert_eq!(app.by(&world.jonas).get("/handoffs").await.ok()["items"], json!([]));
        app.goes_to("2026-11-26T09:00:00Z").await;
        let after = whole(app, &world.camila, &task).await;
        assert_eq!(after["handoffs"][0]["state"], "returned");
        assert_eq!(after["task"]["owner"], json!(world.camila.id));
    }
);

/// The same numbers in the same order, without a library in a test of the API.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

both!(
    async fn a_task_has_one_owner_through_any_sequence_of_offers(app: &App) {
        app.set_clock("2026-11-23T09:00:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let people = [&world.camila, &world.jonas, &world.rui];
        for seed in 0..6 {
            let mut dice = Dice(seed);
            let task = task_of(app, &project, &world.camila, "Export invoices").await;
            let mut owner_is = json!(world.camila.id);
            let mut waiting: Option<(String, usize)> = None;
            for _ in 0..40 {
                let (who, whom) = (dice.roll(3), dice.roll(3));
                match dice.roll(6) {
                    0 | 1 => {
                        let (id, offered) = offer(app, people[who], &task, people[whom]).await;
                        if offered.status.is_success() && who == whom {
                            owner_is = json!(people[whom].id);
                            waiting = None;
                        } else if offered.status.is_success() {
                            waiting = Some((id, whom));
                        } else {
                            assert_eq!(code(&offered, 409), "owner_already");
                        }
                    }
                    2 => {
                        let Some((id, to)) = waiting.clone() else { continue };
                        let accepted = does(app, people[who], &id, "accept").await;
                        assert_eq!(accepted.status.is_success(), who == to, "only the receiver accepts");
                        if who == to {
                            owner_is = json!(people[to].id);
                            waiting = None;
                        }
                    }
                    3 => {
                        let Some((id, _)) = waiting.clone() else { continue };
                        if does(app, people[who], &id, "take-back").await.status.is_success() {
                            waiting = None;
                        }
                    }
                    4 => {
                        let given = json!({ "owner": people[whom].id });
                        app.by(people[who]).patch(&format!("/tasks/{task}"), given).await.ok();
                        if owner_is != json!(people[whom].id) {
                            owner_is = json!(people[whom].id);
                            waiting = None;
                        }
                    }
                    _ => {
                        let Some((id, to)) = waiting.clone() else { continue };
                        let no = json!({ "reason": "Not today" });
                        let declined = app.by(people[who]).post(&format!("/handoffs/{id}/decline"), no).await;
                        assert_eq!(
                            declined.status.is_success(),
                            who == to,
                            "only the receiver gives it back"
                        );
                        if who == to {
                            waiting = None;
                        }
                    }
                }
                let now = whole(app, &world.camila, &task).await;
                assert_eq!(now["task"]["owner"], owner_is);
                let open: Vec<&Value> = now["handoffs"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|handoff| handoff["state"] == "offered")
                    .collect();
                assert_eq!(open.len(), usize::from(waiting.is_some()));
                assert!(
                    open.iter().all(|open| Some(open["id"].as_str().unwrap())
                        == waiting.as_ref().map(|(id, _)| id.as_str()))
                );
                let hands = now["page"]["hand_overs"].as_array().unwrap().clone();
                assert_eq!(hands[0]["to"], owner_is);
                assert!(
                    hands.windows(2).all(|two| two[0]["from"] == two[1]["to"]),
                    "each takes from the one before"
                );
            }
        }
    }
);

// ------------------------------------------------------------------ signing off

both!(
    async fn signing_off_lists_what_is_in_hand_with_what_happened_today(app: &App) {
        app.set_clock("2026-11-25T14:00:00Z");
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let project = project(app, &world.camila, &world.delivery).await;
        let mut tasks = Vec::new();
        for title in ["Worked on", "In progress", "Due soon", "Later", "Finished", "Offered", "An idea"] {
            tasks.push(task_of(app, &project, &world.camila, title).await);
        }
        let [worked, running, due, _, finished, offered, idea] = tasks.as_slice() else { panic!("seven") };
        // Yesterday it came into progress; only today counts as today.
        for task in [running, offered] {
            let to = json!({ "stage": project.stage("In progress"), "after": null, "version": 1 });
            camila.post(&format!("/tasks/{task}/move"), to).await.ok();
        }
        camila.patch(&format!("/tasks/{idea}"), json!({ "stage": project.stage("Ideas") })).await.ok();
        camila.patch(&format!("/tasks/{due}"), json!({ "due": { "date": "2026-11-27" } })).await.ok();
        app.set_clock("2026-11-26T20:00:00Z");
        for (text, done) in [("The route is saved", true), ("It works in flight mode", false)] {
            let step = app.new_id("stp");
            let new = json!({ "id": step, "text": text });
            camila.post(&format!("/tasks/{worked}/steps"), new).await.ok();
            if done {
                camila.patch(&format!("/steps/{step}"), json!({ "done": true })).await.ok();
            }
        }
        let post = json!({ "id": app.new_id("pst"), "source": "\nMigration 31 is half applied.\nMore." });
        camila.post(&format!("/topics/{worked}/posts"), post).await.ok();
        let ask = json!({ "id": app.new_id("ask"), "kind": "decide", "question": "Include drafts?",
            "asked": world.jonas.id, "budget": { "kind": "half_day" } });
        camila.post(&format!("/topics/{worked}/asks"), ask).await.ok();
        camila.patch(&format!("/tasks/{finished}"), json!({ "done": true })).await.ok();
        offer(app, &world.camila, offered, &world.jonas).await.1.ok();

        let day = camila.get("/sign-off").await.ok().clone();
        assert_eq!(day["since"], "2026-11-26T13:30:00Z");
        let listed: Vec<(&Value, &Value)> =
            day["items"].as_array().unwrap().iter().map(|item| (&item["task"], &item["why"])).collect();
        assert_eq!(
            listed,
            [
                (&json!(worked), &json!("today")),
                (&json!(running), &json!("in_progress")),
                (&json!(due), &json!("due_soon"))
            ]
        );
        let today = &day["items"][0]["today"];
        assert_eq!(today["steps"], json!(["The route is saved"]));
        assert_eq!(today["posts"], json!(["Migration 31 is half applied."]));
        assert_eq!(today["next_step"], "It works in flight mode");
        assert_eq!(today["asks"], json!([{ "question": "Include drafts?", "asked": world.jonas.id }]));
        assert_eq!(day["items"][1]["today"]["moves"], json!([]));
        assert_eq!(day["done"], json!([finished]));
        assert_eq!(app.by(&world.jonas).get("/sign-off").await.ok()["items"], json!([]));
    }
);

// ------------------------------------------------------------------ queues

/// Three zones: Camila in Bogotá, Jonas in Berlin, Althea in Manila, all in one project.
async fn around_the_world(app: &App, world: &World<'_>) -> Project {
    hours(app, &world.camila, "America/New_York", ("08:00", "17:00")).await;
    hours(app, &world.jonas, "Europe/Berlin", ("08:00", "16:00")).await;
    hours(app, &world.althea, "Asia/Manila", ("08:00", "15:00")).await;
    let project = project(app, &world.camila, &world.company).await;
    let members = json!({ "members": [world.camila.id, world.jonas.id, world.althea.id] });
    let set = app.by(&world.camila).put(&format!("/projects/{}/queue", project.id), members.clone()).await;
    assert_eq!(set.row("projects", &project.id)["queue"], members["members"]);
    app.work().await;
    project
}

both!(
    async fn an_item_of_a_queue_is_always_with_somebody_on_shift(app: &App) {
        // The week in which Berlin and New York are five hours apart: New York sets its clocks a week later.
        app.set_clock("2026-10-26T06:30:00Z");
        let world = World::new(app).await;
        let project = around_the_world(app, &world).await;
        // Jonas has Wednesday off.
        off(app, &world.jonas, "2026-10-28T00:00", "2026-10-29T00:00").await;
        let task = task_of(app, &project, &world.camila, "Refunds fail").await;
        let path = format!("/tasks/{task}/queue");
        let queued = app.by(&world.camila).put(&path, json!({ "queued": true })).await;
        assert_eq!(queued.row("tasks", &task)["queued"], true);
        app.work().await;
        // [day begins, day ends) of each in UTC; on Sunday 1 November New York goes back.
        let days = |of: &Person| match &of.slug {
            slug if slug.contains("camila") => ("12:00", "21:00"),
            slug if slug.contains("jonas") => ("07:00", "15:00"),
            _ => ("00:00", "07:00"),
        };
        let is_on = |of: &Person, at: &str| {
            let (date, time) = at.split_once('T').unwrap();
            let (from, to) = days(of);
            let later = of.id == world.camila.id && date >= "2026-11-01";
            let (from, to) = if later { ("13:00", "22:00") } else { (from, to) };
            let weekend = matches!(date, "2026-10-31" | "2026-11-01");
            let away = of.id == world.jonas.id && date == "2026-10-28";
            !weekend && !away && from <= &time[..5] && &time[..5] < to
        };
        let people = [&world.camila, &world.jonas, &world.althea];
        let mut owners = BTreeSet::new();
        for day in [
            "2026-10-26",
            "2026-10-27",
            "2026-10-28",
            "2026-10-29",
            "2026-10-30",
            "2026-10-31",
            "2026-11-01",
            "2026-11-02",
        ] {
            for hour in 0..24 {
                let at = format!("{day}T{hour:02}:00:00Z");
                if at.as_str() < "2026-10-26T07:00:00Z" {
                    continue;
                }
                app.goes_to(&at).await;
                let on: Vec<Value> = people
                    .iter()
                    .filter(|person| is_on(person, &at))
                    .map(|person| json!(person.id))
                    .collect();
                let owner = owner(app, &world.camila, &task).await;
                if on.is_empty() {
                    // In a gap it is with whoever comes next.
                    let next = if hour >= 21 || day > "2026-10-30" { &world.althea } else { &world.camila };
                    assert_eq!(owner, json!(next.id), "at {at}");
                } else {
                    assert!(on.contains(&owner), "at {at} it is with somebody who is not on shift");
                }
                owners.insert(owner.to_string());
            }
        }
        assert_eq!(owners.len(), 3);
        let handoffs = whole(app, &world.camila, &task).await["handoffs"].clone();
        let handoffs = handoffs.as_array().unwrap();
        assert!(handoffs.iter().all(|handoff| handoff["by_queue"] == true && handoff["state"] == "accepted"));
        // Once for each change of shift, not for each hour.
        assert!((12..=22).contains(&handoffs.len()), "{}", handoffs.len());
    }
);

both!(
    async fn the_baton_goes_on_with_an_item_of_a_queue(app: &App) {
        app.set_clock("2026-11-24T13:10:00Z");
        let world = World::new(app).await;
        let project = around_the_world(app, &world).await;
        let task = task_of(app, &project, &world.camila, "Refunds fail").await;
        let camila = app.by(&world.camila);
        camila.put(&format!("/tasks/{task}/queue"), json!({ "queued": true })).await.ok();
        app.work().await;
        // What the owner writes for the one who is next is what that one gets.
        let id = app.new_id("han");
        let baton = json!({ "state": "Payments retried.", "authority": "May roll back without asking." });
        let new = json!({ "id": id, "to": world.althea.id, "baton": baton });
        camila.post(&format!("/tasks/{task}/hand-over"), new).await.row("handoffs", &id);
        app.goes_to("2026-11-24T22:00:00Z").await;
        let first = whole(app, &world.camila, &task).await;
        assert_eq!(first["task"]["owner"], json!(world.althea.id));
        assert_eq!(
            (&first["handoffs"][0]["id"], &first["handoffs"][0]["state"]),
            (&json!(id), &json!("accepted"))
        );
        app.goes_to("2026-11-25T07:00:00Z").await;
        let second = whole(app, &world.camila, &task).await;
        assert_eq!(second["task"]["owner"], json!(world.jonas.id));
        assert_eq!(second["handoffs"][0]["baton"]["authority"], "May roll back without asking.");
        let events = events(app, &world.camila, &task).await;
        assert_eq!(verbs(&events), ["task.handoff_offered", "task.queue_passed", "task.queue_passed"]);
        // It is in the inbox of whoever has it now.
        app.goes_to("2026-11-25T07:01:00Z").await;
        let inbox = app.by(&world.jonas).get("/inbox").await.ok();
        assert_eq!(inbox["items"][0]["topic"], json!(task));
        // Done: it passes to nobody. Open again: it finds somebody on shift.
        app.by(&world.jonas).patch(&format!("/tasks/{task}"), json!({ "done": true })).await.ok();
        app.goes_to("2026-11-26T00:30:00Z").await;
        assert_eq!(owner(app, &world.camila, &task).await, json!(world.jonas.id));
        camila.patch(&format!("/tasks/{task}"), json!({ "done": false })).await.ok();
        app.work().await;
        assert_eq!(owner(app, &world.camila, &task).await, json!(world.althea.id));
    }
);

both!(
    async fn a_queue_shows_who_is_on_shift_and_when_nobody_is(app: &App) {
        app.set_clock("2026-11-24T12:00:00Z");
        let world = World::new(app).await;
        let project = around_the_world(app, &world).await;
        let queue = app.by(&world.jonas).get(&format!("/projects/{}/queue", project.key)).await.ok().clone();
        assert_eq!(queue["shown"], json!({ "from": "2026-11-24T12:00:00Z", "to": "2026-12-01T12:00:00Z" }));
        let gaps = queue["gaps"].as_array().unwrap();
        // Between the end of New York and the start of Manila, and the weekend.
        assert_eq!(gaps[0], json!({ "from": "2026-11-24T22:00:00Z", "to": "2026-11-25T00:00:00Z" }));
        assert_eq!(gaps[3], json!({ "from": "2026-11-27T22:00:00Z", "to": "2026-11-30T00:00:00Z" }));
        assert_eq!(gaps.len(), 5);
        let first = &queue["members"][0];
        assert_eq!((&first["member"], &first["known"]), (&json!(world.camila.id), &json!(true)));
        assert_eq!(first["days"][0], json!({ "from": "2026-11-24T13:00:00Z", "to": "2026-11-24T22:00:00Z" }));
        // A day off makes a gap.
        off(app, &world.althea, "2026-11-25T00:00", "2026-11-26T00:00").await;
        let queue = app.by(&world.jonas).get(&format!("/projects/{}/queue", project.key)).await.ok().clone();
        assert_eq!(queue["gaps"][0], json!({ "from": "2026-11-24T22:00:00Z", "to": "2026-11-25T07:00:00Z" }));

        let camila = app.by(&world.camila);
        let path = format!("/projects/{}/queue", project.id);
        let odd = json!({ "members": [world.noor.id] });
        camila.put(&path, odd).await.expect(409);
        let task = task_of(app, &project, &world.camila, "Refunds fail").await;
        camila.put(&format!("/tasks/{task}/queue"), json!({ "queued": true })).await.ok();
        app.work().await;
        let items = camila.get(&path).await.ok()["items"].clone();
        assert_eq!(items[0]["id"], task);
        let ended = camila.put(&path, json!({ "members": [] })).await;
        assert_eq!(ended.row("tasks", &task)["queued"], false);
        let none = camila.put(&format!("/tasks/{task}/queue"), json!({ "queued": true })).await;
        assert_eq!(code(&none, 409), "no_queue");
    }
);

// ------------------------------------------------------------------ time

both!(
    async fn what_is_due_by_the_end_of_a_day_moves_with_the_hours_of_its_owner(app: &App) {
        app.set_clock("2026-11-25T10:00:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let by_day = task_of(app, &project, &world.jonas, "By the end of the day").await;
        let by_time = task_of(app, &project, &world.jonas, "By noon").await;
        let jonas = app.by(&world.jonas);
        jonas.patch(&format!("/tasks/{by_day}"), json!({ "due": { "date": "2026-12-03" } })).await.ok();
        let noon = json!({ "due": { "date": "2026-12-03", "time": "12:00" } });
        jonas.patch(&format!("/tasks/{by_time}"), noon).await.ok();
        assert_eq!(due(app, &world.jonas, &by_day).await["at"], "2026-12-03T16:45:00Z");
        hours(app, &world.jonas, "Europe/Berlin", ("09:00", "19:00")).await;
        app.work().await;
        assert_eq!(due(app, &world.jonas, &by_day).await["at"], "2026-12-03T18:00:00Z");
        // What was shown does not move earlier.
        hours(app, &world.jonas, "Europe/Berlin", ("09:00", "16:00")).await;
        app.work().await;
        assert_eq!(due(app, &world.jonas, &by_day).await["at"], "2026-12-03T18:00:00Z");
        hours(app, &world.jonas, "America/Bogota", ("09:00", "17:00")).await;
        app.work().await;
        let moved = due(app, &world.jonas, &by_day).await;
        assert_eq!(
            (&moved["at"], &moved["zone"], &moved["date"]),
            (&json!("2026-12-03T22:00:00Z"), &json!("America/Bogota"), &json!("2026-12-03"))
        );
        assert_eq!(due(app, &world.jonas, &by_time).await["at"], "2026-12-03T11:00:00Z");
    }
);

both!(
    async fn time_off_touches_tasks(app: &App) {
        app.set_clock("2026-11-25T10:00:00Z");
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let jonas = app.by(&world.jonas);
        for (title, date) in [("Before", "2026-12-04"), ("In it", "2026-12-08"), ("After", "2026-12-21")] {
            let task = task_of(app, &project, &world.jonas, title).await;
            jonas.patch(&format!("/tasks/{task}"), json!({ "due": { "date": date } })).await.ok();
        }
        let path = "/work/touches?from=2026-12-07T00:00&to=2026-12-19T00:00";
        let touched = jonas.get(path).await.ok().clone();
        let titles: Vec<&Value> =
            touched["items"].as_array().unwrap().iter().map(|task| &task["title"]).collect();
        assert_eq!(titles, [&json!("In it")]);
        jonas.get("/work/touches?from=2026-12-19T00:00&to=2026-12-07T00:00").await.refuses(422, "to");
        assert_eq!(app.by(&world.rui).get(path).await.ok()["items"], json!([]));
    }
);
