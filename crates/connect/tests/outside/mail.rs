use std::time::Duration;

use connect::smtp;
use jiff::SignedDuration;
use kernel::{MailServer, Site};
use serde_json::json;
use testkit::{App, World};

use crate::{
    listener::Listener,
    mail_server::{Does, Exim, server_that},
    on_both, site,
};

/// Camila's working morning, and her first delivery.
const MORNING: &str = "2026-11-26T13:30:00Z";

fn with_mail(server: String) -> Site {
    let from = "Meridian Cordel <meridian@work.example.org>".to_owned();
    Site { mail: Some(MailServer { server, from }), ..site() }
}

fn at(listener: &Listener) -> Site {
    with_mail(format!("smtp://{}", listener.address))
}

async fn drain(app: &App) {
    assert_eq!(server::worker(&app.inner).drain(app.now()).await.unwrap().failed, vec![]);
}

async fn pass(app: &App, seconds: i64) {
    let later = app.now() + SignedDuration::from_secs(seconds);
    app.set_clock(&later.to_string());
    drain(app).await;
}

/// Jonas asks Camila, who gets it with her first delivery of the next day. Answers thread and ask.
async fn morning_with_an_ask(app: &App, world: &World<'_>) -> (testkit::Thread, String) {
    connect::start(&app.inner).await.unwrap();
    let thread = world.thread(&world.jonas, &world.delivery, "Routes without a signal").await;
    let new = json!({
        "id": app.new_id("pst"), "source": "I met *three* drivers in <Usme>.",
        "ask": { "id": app.new_id("ask"), "kind": "decide", "question": "Do drivers see the route & the map?",
            "asked": world.camila.id, "budget": { "kind": "half_day" } },
    });
    app.by(&world.jonas).post(&format!("/topics/{}/posts", thread.id), new.clone()).await.ok();
    drain(app).await;
    app.set_clock(MORNING);
    drain(app).await;
    (thread, new["ask"]["id"].as_str().unwrap().to_owned())
}

async fn health(app: &App, person: &testkit::Person) -> (String, Option<String>) {
    let overview = app.by(person).get("/admin/overview").await.ok();
    let problem = overview["mail_problem"].as_str().map(str::to_owned);
    (overview["mail"].as_str().unwrap().to_owned(), problem)
}

#[tokio::test]
async fn an_ask_comes_by_mail_through_a_real_server() {
    let Some(exim) = Exim::start().await else { return };
    let before = std::cell::Cell::new(0);
    on_both(with_mail(exim.url()), async |app: &App| {
        let world = World::new(app).await;
        let (thread, _) = morning_with_an_ask(app, &world).await;
        let arrived = exim.arrived().await;
        assert_eq!(arrived.len(), before.get() + 1);
        let mail = &arrived[before.get()];
        before.set(arrived.len());

        assert_eq!(mail.message.subject, "Jonas asks you to decide: Do drivers see the route & the map?");
        let from = &mail.message.envelope.from;
        assert_eq!((&*from.name, &*from.email), ("Meridian Cordel", "meridian@work.example.org"));
        assert_eq!(mail.header("To"), world.camila.email);
        assert_eq!(mail.message.envelope.date, Some(MORNING.parse().unwrap()));
        assert!(mail.message.envelope.message_id.starts_with("ntc_"));
        assert!(mail.message.envelope.message_id.ends_with("@work.example.org"));
        assert_eq!(mail.message.envelope.references.ids, [format!("{}@work.example.org", thread.id)]);
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");

        let text = mail.text();
        let link = format!("https://work.example.org/thread/{}-routes-without-a-signal#post-2", thread.code);
        for line in [
            "Jonas asks you to decide\n",
            "Do drivers see the route & the map?\n",
            "By 11:40 today, your time.\n",
            "> I met *three* drivers in <Usme>.\n",
            "Routes without a signal, in Delivery\n",
            &format!("Open the thread: {link}\n"),
            "Cordel sends you a mail for each ask.\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        let html = mail.html();
        assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
        assert!(
            html.contains("I met *three* drivers in &lt;Usme&gt;.") && html.contains("<html lang=\"en\">")
        );
        for fetched in ["<img", "src=", "<link", "url(", "<script"] {
            assert!(!html.contains(fetched), "{fetched} would be fetched when the mail is opened");
        }

        pass(app, 600).await;
        assert_eq!(exim.arrived().await.len(), before.get(), "once");
        assert_eq!(health(app, &world.camila).await, ("ok".to_owned(), None));
    })
    .await;
}

#[tokio::test]
async fn the_day_begins_with_one_mail_in_the_readers_language() {
    let Some(exim) = Exim::start().await else { return };
    let before = std::cell::Cell::new(0);
    on_both(with_mail(exim.url()), async |app: &App| {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        camila.patch("/me/settings", json!({ "language": "es" })).await.ok();
        camila.patch("/me/delivery", json!({ "email": { "asks": false, "digest": true } })).await.ok();
        let other = world.thread(&world.jonas, &world.delivery, "Second thread").await;
        camila.put(&format!("/topics/{}/mark", other.id), json!({ "following": true })).await.ok();
        world.post(&world.jonas, &other, "The weather in @[Bogotá](mem_00000000000000000000000000)").await;
        let (thread, _) = morning_with_an_ask(app, &world).await;
        let arrived = exim.arrived().await;
        assert_eq!(arrived.len(), before.get() + 1);
        let mail = &arrived[before.get()];
        before.set(arrived.len());
        assert_eq!(mail.message.subject, "jueves, 26 de noviembre: 1 petición, 1 hilo");
        let text = mail.text();
        let (ask, read) = (text.find("Esperan tu respuesta").unwrap(), text.find("Para leer").unwrap());
        assert!(ask < read, "asks first");
        assert!(text.contains(
            "* Do drivers see the route & the map?\n  Jonas te pide que decidas. Hasta: hoy, 11:40"
        ));
        assert!(text.contains("* Second thread\n  "), "{text}");
        assert!(text.contains("The weather in @"), "{text}");
        assert!(
            !text.contains(&format!("* {}", "Routes without a signal")),
            "the ask has said it: {thread:?}"
        );
        assert!(mail.html().contains("<html lang=\"es\">"));
    })
    .await;
}

#[tokio::test]
async fn one_click_ends_the_mails() {
    let Some(exim) = Exim::start().await else { return };
    on_both(with_mail(exim.url()), async |app: &App| {
        let world = World::new(app).await;
        let (thread, _) = morning_with_an_ask(app, &world).await;
        let arrived = exim.arrived().await;
        let count = arrived.len();
        let link = arrived.last().unwrap().header("List-Unsubscribe");
        let path = link.strip_prefix("<https://work.example.org/api/v1").unwrap().strip_suffix('>').unwrap();

        let page = app.by_nobody().get(path).await;
        page.ok();
        let html = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(html.contains("<form method=\"post\">") && html.contains("Stop these mails"));
        assert!(page.header("content-security-policy").contains("default-src 'none'"));
        let emails = app.by(&world.camila).get("/me/delivery").await.ok();
        assert_eq!(emails["delivery"]["email"]["asks"], true, "looking ends nothing");

        let click = || {
            let post = app.by_nobody().send(axum::http::Method::POST, path);
            post.header("sec-fetch-site", "cross-site")
                .bytes("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click")
        };
        click().await.ok();
        click().await.ok();
        let emails = app.by(&world.camila).get("/me/delivery").await.ok();
        assert_eq!(emails["delivery"]["email"]["asks"], false);
        world.ask(&world.jonas, &thread, &world.camila, "And another?").await;
        pass(app, 24 * 3600).await;
        assert_eq!(exim.arrived().await.len(), count);

        let wrong = format!("{}A", &path[..path.len() - 1]);
        for path in [wrong.as_str(), "/unsubscribe/x"] {
            app.by_nobody().get(path).await.expect(404);
            app.by_nobody().send(axum::http::Method::POST, path).await.expect(404);
        }
    })
    .await;
}

#[tokio::test]
async fn an_admin_sees_whether_mail_works() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        app.by(&world.camila).post("/admin/mail-test", json!({})).await.expect(409);
        assert_eq!(health(app, &world.camila).await, ("none".to_owned(), None));
    })
    .await;

    let listener = server_that(&[Does::Takes, Does::IsBusy, Does::Takes]).await;
    let app = App::sqlite().await.at(at(&listener));
    let world = World::new(&app).await;
    app.by(&world.jonas).post("/admin/mail-test", json!({})).await.expect(403);
    let test = || app.by(&world.camila).post("/admin/mail-test", json!({}));
    test().await.expect(202);
    let said = test().await.expect(502);
    assert!(said["detail"].as_str().unwrap().contains("too much to do"), "{said}");
    let (state, problem) = health(&app, &world.camila).await;
    assert!(state == "failing" && problem.unwrap().contains("too much to do"));
    test().await.expect(202);
    assert_eq!(health(&app, &world.camila).await, ("ok".to_owned(), None));
    let mail = String::from_utf8(listener.asked()[0].body.clone()).unwrap();
    assert!(mail.contains("Subject: Mail works") && mail.contains(&format!("To: {}", world.camila.email)));
    app.end().await;
}

#[tokio::test]
async fn without_a_server_nothing_waits() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        morning_with_an_ask(app, &world).await;
        let mails = app.context().db.read(|tx| async move {
            let row = tx.one(
                store::sql!("SELECT COUNT(*) AS mails FROM notices WHERE channel = 'mail'"),
                store::args![],
            );
            row.await?.get::<i64>("mails")
        });
        assert_eq!(mails.await.unwrap(), 0);
    })
    .await;
}

/// How often a mail was handed over when its server does these things, after a while.
async fn handed_over(does: &[Does]) -> (Vec<String>, (String, Option<String>)) {
    let listener = server_that(does).await;
    let app = App::sqlite().await.at(at(&listener));
    let world = World::new(&app).await;
    morning_with_an_ask(&app, &world).await;
    for _ in 0..4 {
        pass(&app, 600).await;
    }
    let id = |mail: &str| mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap().to_owned();
    let mails = listener.asked().into_iter().map(|asked| String::from_utf8(asked.body).unwrap());
    let ids = mails.map(|mail| id(&mail)).collect();
    let health = health(&app, &world.camila).await;
    app.end().await;
    (ids, health)
}

#[tokio::test]
async fn a_server_that_is_not_well_is_tried_again_and_gets_the_mail_once() {
    let well = ("ok".to_owned(), None);
    for trouble in [
        Does::HangsUp,
        Does::IsBusy,
        Does::SpeaksNonsense,
        Does::WantsPassword,
        Does::AnswersRecipient("451 later"),
        Does::AnswersRecipient("4 what"),
    ] {
        let (ids, health) = handed_over(&[trouble, trouble, Does::Takes]).await;
        assert_eq!((ids.len(), &health), (1, &well), "{trouble:?}");
    }
    // Here the server had it in its hands: it comes again, and the server can tell that it does.
    for trouble in [Does::AnswersContent("452 full"), Does::HangsUpAfterContent] {
        let (ids, health) = handed_over(&[trouble, Does::Takes]).await;
        assert_eq!((ids.len(), &health), (2, &well), "{trouble:?}");
        assert_eq!(ids[0], ids[1]);
    }
    let (ids, health) = handed_over(&[Does::TakesAndHangsUp]).await;
    assert_eq!((ids.len(), health), (1, well));
}

#[tokio::test]
async fn what_is_refused_for_good_is_given_up_and_said() {
    for refusal in
        [Does::AnswersRecipient("550 there is nobody of this name"), Does::AnswersContent("554 spam")]
    {
        let listener = server_that(&[refusal]).await;
        let app = App::sqlite().await.at(at(&listener));
        let world = World::new(&app).await;
        morning_with_an_ask(&app, &world).await;
        let first = listener.asked().len();
        pass(&app, 1200).await;
        assert_eq!(listener.asked().len(), first, "not again");
        let (state, problem) = health(&app, &world.camila).await;
        let problem = problem.unwrap();
        assert!(state == "failing" && problem.starts_with("1 given up"), "{problem}");
        let later = app.now() + SignedDuration::from_hours(8 * 24);
        app.set_clock(&later.to_string());
        assert_eq!(health(&app, &world.camila).await.0, "ok", "it is not spoken of for ever");
        app.end().await;
    }
}

#[tokio::test]
async fn two_days_are_enough() {
    let listener = server_that(&[Does::IsBusy]).await;
    let app = App::sqlite().await.at(at(&listener));
    let world = World::new(&app).await;
    // Known by nobody, so that mail may come at any hour.
    app.by(&world.camila).delete(&format!("/members/{}/schedule", world.camila.id)).await.ok();
    morning_with_an_ask(&app, &world).await;
    let waiting = async || {
        let read = app.context().db.read(|tx| async move {
            let row = tx.one(
                store::sql!("SELECT COUNT(*) AS mails FROM jobs WHERE kind = 'mail' AND dead = FALSE"),
                store::args![],
            );
            row.await?.get::<i64>("mails")
        });
        read.await.unwrap()
    };
    assert!(waiting().await > 0);
    for _ in 0..60 {
        pass(&app, 3600).await;
    }
    assert_eq!(waiting().await, 0);
    let (state, problem) = health(&app, &world.camila).await;
    assert!(state == "failing" && problem.unwrap().contains("too much to do"));
    app.end().await;
}

#[tokio::test]
async fn what_was_done_in_the_meantime_is_not_mailed() {
    let listener = server_that(&[Does::IsBusy, Does::Takes]).await;
    let app = App::sqlite().await.at(at(&listener));
    let world = World::new(&app).await;
    let (thread, ask) = morning_with_an_ask(&app, &world).await;
    let reply = json!({ "id": app.new_id("pst"), "source": "They do.", "answers": ask });
    app.by(&world.camila).post(&format!("/topics/{}/posts", thread.id), reply).await.ok();
    pass(&app, 3600).await;
    let to_camila = format!("To: {}", world.camila.email);
    let mails = listener.asked().into_iter().map(|asked| String::from_utf8(asked.body).unwrap());
    assert_eq!(mails.filter(|mail| mail.contains(&to_camila)).count(), 0);
    app.end().await;
}

#[tokio::test]
async fn patience_with_a_mail_server_ends() {
    for does in [Does::IsSilent, Does::IsSlow] {
        let listener = server_that(&[does]).await;
        let server =
            MailServer { server: format!("smtp://{}", listener.address), from: "a@b.example".to_owned() };
        let route = smtp::route(&server).unwrap().with_patience(Duration::from_millis(150));
        let checked = route.check("work.example.org").await;
        assert!(
            matches!(&checked, Err(smtp::NotTaken::Later(why)) if why.contains("did not finish")),
            "{checked:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_server_that_nobody_vouches_for_gets_nothing() {
    let listener = crate::client::with_tls().await;
    let server =
        MailServer { server: format!("smtps://{}", listener.address), from: "a@b.example".to_owned() };
    let checked = smtp::route(&server).unwrap().check("work.example.org").await;
    assert!(matches!(checked, Err(smtp::NotTaken::Later(_))), "{checked:?}");
    assert!(listener.asked().is_empty());
}
