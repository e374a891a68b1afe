//! A member's own calendar at a secret address.

use axum::http::Method;
use icalendar::{Calendar, CalendarComponent, CalendarDateTime, Component, DatePerhapsTime};
use serde_json::{Value, json};
use testkit::{App, Person, World, both};

use crate::work::project;

async fn path(app: &App, by: &Person) -> String {
    let feed = app.by(by).send(Method::PUT, "/me/feed").await.ok();
    feed["path"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned()
}

async fn text(app: &App, path: &str) -> String {
    let answer = app.by_nobody().get(path).await;
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    answer.expect(200);
    String::from_utf8(answer.body.to_vec()).unwrap()
}

/// Its entries by their summary, read by a parser that is not ours.
fn entries(text: &str) -> Vec<(String, DatePerhapsTime)> {
    let calendar: Calendar = text.parse().unwrap_or_else(|problem| panic!("{problem}\n{text}"));
    let mut found: Vec<(String, DatePerhapsTime)> = calendar
        .components
        .iter()
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => {
                Some((event.get_summary().unwrap().to_owned(), event.get_start().unwrap()))
            }
            _ => None,
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

both!(
    async fn a_calendar_has_what_its_member_owes_and_their_time_off(app: &App) {
        let world = World::new(app).await;
        let project = project(app, &world.camila, &world.delivery).await;
        let timed = project.task(app, &world.camila, "Save the route; for tunnels, all of them").await;
        let due = json!({ "owner": world.jonas.id, "due": { "date": "2026-12-17", "time": "15:00" } });
        app.by(&world.camila).patch(&format!("/tasks/{timed}"), due).await.ok();
        let whole_day = project.task(app, &world.camila, "Write it down").await;
        let due = json!({ "owner": world.jonas.id, "due": { "date": "2026-12-18" } });
        app.by(&world.camila).patch(&format!("/tasks/{whole_day}"), due).await.ok();
        let of_another = project.task(app, &world.camila, "Camila's own").await;
        let due = json!({ "owner": world.camila.id, "due": { "date": "2026-12-18" } });
        app.by(&world.camila).patch(&format!("/tasks/{of_another}"), due).await.ok();
        let thread = world.thread(&world.camila, &world.delivery, "Labels").await;
        world.ask(&world.camila, &thread, &world.jonas, "Which labels?").await;
        let off = json!({ "id": app.new_id("off"), "from": "2026-12-21T00:00", "to": "2026-12-24T00:00" });
        app.by(&world.jonas).post("/time-off", off).await.ok();

        let text = text(app, &path(app, &world.jonas).await).await;
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(!text.replace("\r\n", "").contains('\n'), "every line ends with both");
        assert!(text.contains("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"));
        let found = entries(&text);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.split_once(' ').unwrap().1).collect();
        assert_eq!(
            names,
            ["Save the route; for tunnels, all of them", "Write it down", "Which labels?", "off"],
            "{text}"
        );
        let wall = "2026-12-17T15:00:00".parse().unwrap();
        let expected = CalendarDateTime::WithTimezone { date_time: wall, tzid: "Europe/Berlin".to_owned() };
        assert_eq!(found[0].1, DatePerhapsTime::DateTime(expected));
        assert_eq!(found[1].1, DatePerhapsTime::Date("2026-12-18".parse().unwrap()));
        assert_eq!(found[3].1, DatePerhapsTime::Date("2026-12-21".parse().unwrap()));
        assert!(!text.contains(&world.camila.email) && !text.contains("Camila"), "nobody else is in it");
    }
);

both!(
    async fn an_address_that_was_renewed_or_taken_away_opens_nothing(app: &App) {
        let world = World::new(app).await;
        let jonas = app.by(&world.jonas);
        assert_eq!(jonas.get("/me/feed").await.ok(), json!({ "path": null, "made_at": null }));
        let first = path(app, &world.jonas).await;
        text(app, &first).await;
        let second = path(app, &world.jonas).await;
        assert_ne!(first, second);
        app.by_nobody().get(&first).await.expect(404);
        text(app, &second).await;
        assert_eq!(jonas.get("/me/feed").await.ok()["path"], format!("/api/v1{second}"));
        jonas.delete("/me/feed").await.expect(204);
        app.by_nobody().get(&second).await.expect(404);
        assert_eq!(jonas.get("/me/feed").await.ok()["path"], Value::Null);
        let third = path(app, &world.jonas).await;
        assert!(third != first && third != second);
        for wrong in ["/feeds/", "/feeds/a.ics", third.trim_end_matches(".ics")] {
            app.by_nobody().get(wrong).unlisted().await.expect(404);
        }
        app.by(&world.camila).post(&format!("/members/{}/remove", world.jonas.id), json!({})).await.ok();
        app.by_nobody().get(&third).await.expect(404);
    }
);

both!(
    async fn what_is_known_is_not_sent_again_and_too_many_requests_are_refused(app: &App) {
        let world = World::new(app).await;
        let path = path(app, &world.camila).await;
        let first = app.by_nobody().get(&path).await;
        let tag = first.header("etag").to_owned();
        app.by_nobody().get(&path).header("if-none-match", &tag).await.expect(304);
        let project = project(app, &world.camila, &world.delivery).await;
        let task = project.task(app, &world.camila, "Save the route").await;
        let due = json!({ "owner": world.camila.id, "due": { "date": "2026-12-17" } });
        app.by(&world.camila).patch(&format!("/tasks/{task}"), due).await.ok();
        let changed = app.by_nobody().get(&path).header("if-none-match", &tag).await;
        changed.expect(200);
        assert_ne!(changed.header("etag"), tag);
        let mut last = changed;
        for _ in 0..40 {
            last = app.by_nobody().get(&path).await;
        }
        last.expect(429);
    }
);
