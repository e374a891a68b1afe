use jiff::SignedDuration;
use serde_json::{Value, json};
use store::jobs::Drained;
use testkit::{App, Person, World};

use crate::{
    browser::{Browser, sender},
    listener::Listener,
    on_both, site,
};

const CREATED: &str = "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n";
const GONE: &str = "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n";
const MISSING: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
const BUSY: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 120\r\ncontent-length: 0\r\n\r\n";
const BROKEN: &str = "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n";
const TOO_LARGE: &str = "HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n";

/// Camila's working morning, and her first delivery.
const MORNING: &str = "2026-11-26T13:30:00Z";

async fn drain(app: &App) -> Drained {
    server::worker(&app.inner).drain(app.now()).await.unwrap()
}

async fn pass(app: &App, seconds: i64) {
    let later = app.now() + SignedDuration::from_secs(seconds);
    app.set_clock(&later.to_string());
    let drained = drain(app).await;
    assert_eq!(drained.failed, vec![]);
}

/// Connects a browser; answers its id.
async fn subscribe(app: &App, person: &Person, browser: &Browser, endpoint: &str) -> String {
    let id = app.new_id("psh");
    app.by(person).put("/me/push", browser.subscription(&id, endpoint)).await.expect(204);
    id
}

async fn browsers(app: &App, person: &Person) -> Vec<Value> {
    app.by(person).get("/me/push").await.ok()["items"].as_array().unwrap().clone()
}

/// Jonas asks Camila, who gets it with her first delivery of the next day.
async fn morning_with_an_ask(app: &App, world: &World<'_>) -> String {
    let thread = world.thread(&world.jonas, &world.delivery, "Routes without a signal").await;
    let ask = world.ask(&world.jonas, &thread, &world.camila, "Do drivers see the route?").await;
    assert_eq!(drain(app).await.failed, vec![]);
    app.set_clock(MORNING);
    assert_eq!(drain(app).await.failed, vec![]);
    ask
}

#[tokio::test]
async fn an_ask_reaches_the_browser_with_the_delivery_and_not_before() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let service = Listener::answering(&[CREATED]).await;
        let browser = Browser::new(3);
        subscribe(app, &world.camila, &browser, &service.url("/push/abc")).await;
        let thread = world.thread(&world.jonas, &world.delivery, "Routes without a signal").await;
        world.ask(&world.jonas, &thread, &world.camila, "Do drivers see the route?").await;
        drain(app).await;
        app.set_clock("2026-11-26T13:29:59Z");
        drain(app).await;
        assert_eq!(service.asked().len(), 0, "nothing rings outside of her hours");
        app.set_clock(MORNING);
        assert_eq!(drain(app).await.failed, vec![]);

        let asked = service.asked();
        assert_eq!(asked.len(), 1);
        let key = app.by(&world.camila).get("/push/key").await.ok();
        let audience = format!("http://{}", service.address);
        let claims = sender(&asked[0], key["key"].as_str().unwrap(), &audience, app.now());
        assert_eq!(claims["sub"], "https://work.example.org");
        assert_eq!(asked[0].line, "POST /push/abc HTTP/1.1");
        assert_eq!(asked[0].headers["urgency"], "normal");
        assert_eq!(asked[0].headers["topic"].len(), 32);
        let ttl: i64 = asked[0].headers["ttl"].parse().unwrap();
        assert!((1..=4 * 3600).contains(&ttl), "{ttl}");
        let message = browser.read(&asked[0]);
        assert_eq!(message["title"], "Jonas asks you for an answer");
        assert_eq!(message["body"], "Do drivers see the route? By 11:40 today, your time.");
        assert_eq!(message["url"], format!("/thread/{}-routes-without-a-signal", thread.code));
        assert!(message["tag"].as_str().unwrap().starts_with("ask_"));
        let mut fields: Vec<&String> = message.as_object().unwrap().keys().collect();
        fields.sort();
        assert_eq!(fields, ["at", "body", "kind", "tag", "title", "url"]);
        let known = &browsers(app, &world.camila).await[0];
        assert_eq!((known["last_ok_at"].clone(), known["problem"].clone()), (json!(MORNING), Value::Null));

        // Once.
        pass(app, 60).await;
        pass(app, 3600).await;
        assert_eq!(service.asked().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn each_browser_hears_it_once_whatever_the_others_do() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let well = Listener::answering(&[CREATED]).await;
        let busy = Listener::answering(&[BUSY, CREATED]).await;
        let (gone, missing) = (Listener::answering(&[GONE]).await, Listener::answering(&[MISSING]).await);
        let refusing = Listener::answering(&[TOO_LARGE]).await;
        let browser = Browser::new(3);
        for service in [&well, &busy, &gone, &missing, &refusing] {
            subscribe(app, &world.camila, &browser, &service.url("/push")).await;
        }
        morning_with_an_ask(app, &world).await;
        for service in [&well, &busy, &gone, &missing, &refusing] {
            assert_eq!(service.asked().len(), 1);
        }
        let mut left: Vec<_> =
            browsers(app, &world.camila).await.iter().map(|one| one["problem"].clone()).collect();
        left.sort_by_key(Value::to_string);
        assert_eq!(left, [json!("refused"), json!("unreachable"), Value::Null], "two have gone");

        pass(app, 119).await;
        assert_eq!(busy.asked().len(), 1, "not before it may");
        pass(app, 1).await;
        assert_eq!(busy.asked().len(), 2);
        pass(app, 3600).await;
        let all = [&well, &busy, &gone, &missing, &refusing].map(|service| service.asked().len());
        assert_eq!(all, [1, 2, 1, 1, 1]);
    })
    .await;
}

#[tokio::test]
async fn a_service_that_is_not_well_is_tried_for_a_while() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let service = Listener::answering(&[BROKEN]).await;
        let browser = Browser::new(3);
        subscribe(app, &world.camila, &browser, &service.url("/push")).await;
        morning_with_an_ask(app, &world).await;
        for _ in 0..40 {
            pass(app, 300).await;
        }
        // Later notices have tries of their own.
        let asked = service.asked();
        let of_the_morning =
            asked.iter().map(|asked| browser.read(asked)).filter(|said| said["at"] == MORNING);
        assert_eq!(of_the_morning.count(), 8);
        assert_eq!(browsers(app, &world.camila).await[0]["problem"], "unreachable");
    })
    .await;
}

#[tokio::test]
async fn what_was_done_in_the_meantime_is_not_told() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let service = Listener::answering(&[BROKEN, CREATED]).await;
        subscribe(app, &world.camila, &Browser::new(3), &service.url("/push")).await;
        let ask = morning_with_an_ask(app, &world).await;
        assert_eq!(service.asked().len(), 1);
        let topic = app.by(&world.camila).get("/asks?list=owe").await.ok()["items"][0]["topic"].clone();
        let post = app.new_id("pst");
        let reply = json!({ "id": post, "source": "They do.", "answers": ask });
        app.by(&world.camila).post(&format!("/topics/{}/posts", topic.as_str().unwrap()), reply).await.ok();
        pass(app, 3600).await;
        assert_eq!(service.asked().len(), 1, "it was answered before the second try");
    })
    .await;
}

#[tokio::test]
async fn a_test_goes_to_all_browsers_of_oneself() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        app.by(&world.jonas).post("/me/push/test", json!({})).await.expect(409);
        let (one, two) = (Listener::answering(&[CREATED]).await, Listener::answering(&[GONE]).await);
        let other = Listener::answering(&[CREATED]).await;
        let browser = Browser::new(9);
        subscribe(app, &world.camila, &browser, &one.url("/1")).await;
        subscribe(app, &world.camila, &browser, &two.url("/2")).await;
        subscribe(app, &world.jonas, &browser, &other.url("/3")).await;
        app.by(&world.camila).patch("/me/settings", json!({ "language": "pt" })).await.ok();
        app.by(&world.camila).post("/me/push/test", json!({})).await.expect(202);
        drain(app).await;
        assert_eq!([one.asked().len(), two.asked().len(), other.asked().len()], [1, 1, 0]);
        let message = browser.read(&one.asked()[0]);
        assert_eq!(
            (&message["title"], &message["kind"]),
            (&json!("Este navegador está conectado"), &json!("test"))
        );
        assert_eq!(browsers(app, &world.camila).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn only_what_a_browser_would_say_is_kept() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let (camila, browser) = (app.by(&world.camila), Browser::new(5));
        let good = browser.subscription(&app.new_id("psh"), "https://push.example.org/abc");
        let with = |field: &str, value: &str| {
            let mut new = good.clone();
            new[field] = json!(value);
            camila.put("/me/push", new)
        };
        for endpoint in [
            "",
            "push",
            "http://push.example.org/abc",
            "https://10.0.0.1/abc",
            "https://[::1]/",
            "https://192.168.1.1:8443/",
            "https://169.254.169.254/latest/meta-data",
            "https://u:p@push.example.org/",
            "file:///etc/passwd",
        ] {
            with("endpoint", endpoint).await.refuses(422, "endpoint");
        }
        for key in ["", "a", "AAAA", &"A".repeat(87), &"!".repeat(87)] {
            with("p256dh", key).await.refuses(422, "p256dh");
        }
        for auth in ["", "AAAA", &"A".repeat(24)] {
            with("auth", auth).await.refuses(422, "auth");
        }
        with("label", " ").await.refuses(422, "label");
        assert_eq!(browsers(app, &world.camila).await.len(), 0);

        camila.put("/me/push", good.clone()).await.expect(204);
        with("label", "Phone").await.expect(204);
        with("auth", "AAAAAAAAAAAAAAAAAAAAAA==").await.expect(204);
        assert_eq!(browsers(app, &world.camila).await.len(), 1, "the same one again");

        // Somebody else signs in on the same browser: it is theirs now.
        app.by(&world.jonas).put("/me/push", good.clone()).await.expect(204);
        assert_eq!(browsers(app, &world.camila).await.len(), 0);
        assert_eq!(browsers(app, &world.jonas).await.len(), 1);
        with("endpoint", "https://push.example.org/other").await.expect(409);
        let path = format!("/me/push/{}", good["id"].as_str().unwrap());
        camila.delete(&path).await.expect(404);
        app.by(&world.jonas).delete(&path).await.expect(204);

        for number in 0..25 {
            let endpoint = format!("https://push.example.org/{number}");
            let new = browser.subscription(&app.new_id("psh"), &endpoint);
            camila.put("/me/push", new).await.expect(204);
            let later = app.now() + SignedDuration::from_secs(1);
            app.set_clock(&later.to_string());
        }
        assert_eq!(browsers(app, &world.camila).await.len(), 20, "the oldest have gone");
    })
    .await;
}

#[tokio::test]
async fn the_key_stays() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let key = app.by(&world.camila).get("/push/key").await.ok();
        assert_eq!(key["key"].as_str().unwrap().len(), 87);
        assert_eq!(app.by(&world.zoe).get("/push/key").await.ok(), key);
        app.by_nobody().get("/push/key").await.expect(401);
    })
    .await;
}

#[tokio::test]
async fn who_has_left_is_told_nothing() {
    on_both(site(), async |app: &App| {
        let world = World::new(app).await;
        let service = Listener::answering(&[CREATED]).await;
        subscribe(app, &world.camila, &Browser::new(3), "https://push.example.org/1").await;
        let leaver = world.newcomer("Tunde Bello", people::Role::Member).await;
        subscribe(app, &leaver, &Browser::new(4), &service.url("/push")).await;
        app.by(&leaver).post("/me/push/test", json!({})).await.expect(202);
        app.by(&world.camila).post(&format!("/members/{}/remove", leaver.id), json!({})).await.ok();
        drain(app).await;
        assert_eq!(service.asked().len(), 0);
        let left = app.context().db.write(|tx| async move {
            connect::push::forget_leavers(&tx).await?;
            let row =
                tx.one(store::sql!("SELECT COUNT(*) AS left_over FROM push_subscriptions"), store::args![]);
            row.await?.get::<i64>("left_over")
        });
        let left: store::Result<_> = left.await;
        assert_eq!(left.unwrap().value, 1);
    })
    .await;
}
