use serde_json::{Value, json};
use testkit::{App, Person, World};

use crate::{listener::Listener, on_both, site};

const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nBEGIN:VEVENT\r\nUID:1\r\n\
    DTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261208\r\nSUMMARY:Inmaculada Concepción\r\nEND:VEVENT\r\n\
    END:VCALENDAR\r\n";

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: text/calendar\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// What Camila's holidays are after she gave this address.
async fn read_from(app: &App, camila: &Person, address: &str) -> Value {
    app.by(camila).put("/me/holidays", json!({ "address": address })).await.ok();
    assert_eq!(server::worker(&app.inner).drain(app.now()).await.unwrap().failed, vec![]);
    app.by(camila).get("/me/holidays").await.ok()
}

#[tokio::test]
async fn holidays_come_from_an_address() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let listener = Listener::answering(&[&answer(CALENDAR)]).await;
        let holidays = read_from(app, &world.camila, &listener.url("/colombia.ics")).await;
        assert_eq!(holidays["items"], json!([{ "date": "2026-12-08", "name": "Inmaculada Concepción" }]));
        assert_eq!(holidays["source"]["problem"], Value::Null);
        assert_eq!(listener.asked()[0].line, "GET /colombia.ics HTTP/1.1");
    })
    .await;
}

#[tokio::test]
async fn an_address_that_is_no_calendar_is_said_to_be_none() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let large = answer(&"X".repeat(600_000));
        for (said, part) in [
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "404"),
            ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n", "elsewhere"),
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\u{7f}\u{7f}", "calendar"),
            (&large, "larger than"),
            ("", "broke off"),
        ] {
            let listener = Listener::answering(&[said]).await;
            let holidays = read_from(app, &world.camila, &listener.url("/c.ics")).await;
            let problem = holidays["source"]["problem"].as_str().unwrap_or_default().to_owned();
            assert!(problem.contains(part), "{problem:?} says nothing about {part}");
            assert_eq!(holidays["items"], json!([]));
        }
        // Networks that only this machine reaches.
        let holidays = read_from(app, &world.camila, "https://10.0.0.1/c.ics").await;
        assert_eq!(holidays["source"]["problem"], "the address is in a private network");
    })
    .await;
}
