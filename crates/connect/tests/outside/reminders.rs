//! Reminders of one's own tasks: what they say, by mail and in a browser, before and after.

use kernel::{MailServer, Site};
use mail_parser::MessageParser;
use serde_json::{Value, json};
use testkit::{App, World};

use crate::{
    browser::Browser,
    listener::Listener,
    mail_server::{Does, server_that},
    on_both, site,
};

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n";
const TITLE: &str = "Measure the route & the map";
/// The task is due on a Friday at noon in Bogotá: one working day before, her day begins.
const BEFORE: &str = "2026-11-26T13:30:00Z";
/// Her first morning after it.
const AFTER: &str = "2026-11-30T13:30:00Z";

async fn at(app: &App, clock: &str) {
    app.set_clock(clock);
    assert_eq!(server::worker(&app.inner).drain(app.now()).await.unwrap().failed, vec![]);
}

/// Camila has a task.
async fn task(app: &App, world: &World<'_>) -> String {
    let camila = app.by(&world.camila);
    let (project, id) = (app.new_id("prj"), app.new_id("top"));
    let new = json!({ "id": project, "key": "RUN", "name": "Driver app", "space": world.delivery });
    camila.post("/projects", new).await.ok();
    let new = json!({
        "id": id, "project": project, "title": TITLE, "owner": world.camila.id,
        "due": { "date": "2026-11-27", "time": "12:00" },
    });
    camila.post("/tasks", new).await.ok();
    id
}

/// Subject and words of the mails about the task.
fn mails(server: &Listener) -> Vec<(String, String)> {
    let read = |body: &[u8]| {
        let mail = MessageParser::default().parse(body).unwrap();
        let text = mail.body_text(0).unwrap().replace("\r\n", "\n");
        (mail.subject().unwrap().to_owned(), text)
    };
    let all = server.asked().into_iter().map(|asked| read(&asked.body));
    all.filter(|(subject, _)| subject.contains(TITLE)).collect()
}

/// What the browser showed of the task.
fn shown(browser: &Browser, service: &Listener) -> Vec<Value> {
    let all = service.asked().into_iter().map(|asked| browser.read(&asked));
    all.filter(|message| message["kind"] == "reminder").collect()
}

#[tokio::test]
async fn a_task_is_spoken_of_before_and_once_after_in_the_readers_words() {
    let mail = server_that(&[Does::Takes]).await;
    let service = Listener::answering(&[CREATED]).await;
    let known = std::cell::Cell::new((0, 0));
    let server = MailServer {
        server: format!("smtp://{}", mail.address),
        from: "Meridian Cordel <meridian@work.example.org>".to_owned(),
    };
    on_both(Site { mail: Some(server), ..site() }, async |app: &App| {
        connect::start(&app.inner).await.unwrap();
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let browser = Browser::new(3);
        let push = app.new_id("psh");
        camila.put("/me/push", browser.subscription(&push, &service.url("/push"))).await.expect(204);
        let id = task(app, &world).await;
        let (mails_before, pushes_before) = known.get();

        at(app, "2026-11-26T13:29:59Z").await;
        assert_eq!(mails(&mail).len(), mails_before, "nothing comes outside of her hours");
        at(app, BEFORE).await;
        let (mailed, pushed) = (mails(&mail), shown(&browser, &service));
        assert_eq!((mailed.len(), pushed.len()), (mails_before + 1, pushes_before + 1));
        let (subject, text) = &mailed[mails_before];
        assert_eq!(subject, TITLE);
        let link = "Open the thread: https://work.example.org/task/";
        for line in [TITLE, "By tomorrow, 12:00, your time.\n", "Delivery\n", link] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        let message = &pushed[pushes_before];
        assert_eq!(message["title"], TITLE);
        assert_eq!(message["body"], "By tomorrow, 12:00, your time.");
        assert_eq!(message["tag"], id);
        assert!(message["url"].as_str().unwrap().starts_with("/task/"), "{message}");

        camila.patch("/me/settings", json!({ "language": "es" })).await.ok();
        at(app, "2026-11-27T17:00:00Z").await;
        assert_eq!(mails(&mail).len(), mails_before + 1, "at that moment nothing rings");
        at(app, AFTER).await;
        let (mailed, pushed) = (mails(&mail), shown(&browser, &service));
        assert_eq!((mailed.len(), pushed.len()), (mails_before + 2, pushes_before + 2));
        let was = "Era para: 27 de noviembre, 12:00, tu hora.";
        let (subject, text) = &mailed[mails_before + 1];
        assert!(subject == TITLE && text.contains(was), "{was:?} is not in {text}");
        assert_eq!(pushed[pushes_before + 1]["body"], was);

        // Once: and not at all about what is done.
        at(app, "2026-12-01T13:30:00Z").await;
        assert_eq!(mails(&mail).len(), mails_before + 2);
        known.set((mails_before + 2, pushes_before + 2));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_reminded_of_what_is_done() {
    let mail = server_that(&[Does::Takes]).await;
    let server = MailServer {
        server: format!("smtp://{}", mail.address),
        from: "Meridian Cordel <meridian@work.example.org>".to_owned(),
    };
    on_both(Site { mail: Some(server), ..site() }, async |app: &App| {
        connect::start(&app.inner).await.unwrap();
        let world = World::new(app).await;
        let id = task(app, &world).await;
        app.by(&world.camila).patch(&format!("/tasks/{id}"), json!({ "done": true })).await.ok();
        at(app, BEFORE).await;
        at(app, AFTER).await;
        assert_eq!(mails(&mail), []);
    })
    .await;
}
