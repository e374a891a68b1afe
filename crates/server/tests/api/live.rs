//! Live changes over a real connection: who hears what, and that nothing is missed or told twice.

use std::net::SocketAddr;

use serde_json::{Value, json};
use store::Audience;
use testkit::{App, Connection, Person, Stream, World, both};

/// A stream as this person's browser would open it.
async fn listens(address: SocketAddr, person: &Person, query: &str, more: &[(&str, &str)]) -> Stream {
    let cookie = format!("meridian_session={}", person.session);
    let connection = Connection::open(address, vec![("cookie", cookie)]).await.unwrap();
    connection.stream(&format!("/api/v1/changes{query}"), more).await
}

/// Everything up to the last change of now, as a page of the log would have it.
async fn hears(app: &App, stream: &mut Stream, by: &Person, last_verb: &str) -> Vec<Value> {
    let heard = stream.until(last_verb).await;
    for change in &heard {
        let problems = app.specification.problems("LiveChange", change);
        assert!(problems.is_empty(), "{problems:?}");
    }
    let first = heard[0]["seq"].as_i64().unwrap();
    let log = app.by(by).get(&format!("/changes/log?after={}&limit=200", first - 1)).await.ok();
    let log: Vec<Value> = log["items"].as_array().unwrap().iter().take(heard.len()).cloned().collect();
    assert_eq!(heard, log, "the stream and the log say the same");
    heard
}

fn verbs(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|change| change["verb"].as_str().unwrap()).collect()
}

both!(
    async fn two_readers_hear_what_they_may(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let mut jonas = listens(address, &world.jonas, "", &[]).await;
        let mut althea = listens(address, &world.althea, "", &[]).await;
        assert_eq!(jonas.headers["cache-control"], "no-store");
        // The streams are open once they have said hello.
        for stream in [&mut jonas, &mut althea] {
            assert_eq!(stream.next_or_comment().await.unwrap().name, "comment");
        }
        let private = world.thread(&world.camila, &world.delivery, "In private").await;
        world.direct(&world.camila, &[&world.jonas], "Directly").await;
        world.direct(&world.camila, &[&world.althea], "Directly").await;
        let open = world.thread(&world.camila, &world.company, "For all").await;
        app.by(&world.camila).put(&format!("/topics/{}/mark", open.id), json!({ "kept": true })).await.ok();
        app.by(&world.camila)
            .post(&format!("/topics/{}/close", open.id), json!({ "outcome": "Done" }))
            .await
            .ok();

        let heard = hears(app, &mut jonas, &world.jonas, "topic.closed").await;
        assert_eq!(
            verbs(&heard),
            ["topic.created", "mark.followed", "topic.created", "topic.created", "topic.closed"]
        );
        assert_eq!(heard[0]["rows"][0]["id"], private.id);
        let heard = hears(app, &mut althea, &world.althea, "topic.closed").await;
        assert_eq!(verbs(&heard), ["mark.followed", "topic.created", "topic.created", "topic.closed"]);
        assert!(!heard.iter().any(|change| change.to_string().contains(&private.id)));
    }
);

both!(
    async fn a_cut_is_caught_up_without_gap_or_double(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let thread = world.thread(&world.camila, &world.delivery, "Posts").await;
        let head = world.heads().await.0;
        let mut seen = Vec::new();
        let mut last = head;
        for round in 0..5 {
            for number in 0..3 {
                world.post(&world.camila, &thread, &format!("Missed {round}.{number}")).await;
            }
            // By turns as the address says it, and as a browser does that comes back on its own.
            let id = last.to_string();
            let mut stream = match round % 2 {
                0 => listens(address, &world.jonas, &format!("?after={last}"), &[]).await,
                _ => {
                    listens(address, &world.jonas, &format!("?after={head}"), &[("last-event-id", &id)]).await
                }
            };
            world.post(&world.camila, &thread, &format!("Heard {round}")).await;
            for _ in 0..4 {
                let change = stream.next().await.unwrap().json();
                last = change["seq"].as_i64().unwrap();
                let post = change["rows"].as_array().unwrap().iter().find(|row| row["table"] == "posts");
                seen.push(post.unwrap()["row"]["no"].as_i64().unwrap());
            }
        }
        assert_eq!(seen, (2..=21).collect::<Vec<i64>>());
    }
);

both!(
    async fn many_writers_and_readers_agree(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let thread = world.thread(&world.camila, &world.delivery, "Busy").await;
        let head = world.heads().await.0;
        let readers = async {
            let mut logs = Vec::new();
            for person in [&world.jonas, &world.rui, &world.camila] {
                let mut stream = listens(address, person, &format!("?after={head}"), &[]).await;
                let mut numbers = Vec::new();
                while numbers.len() < 40 {
                    let change = stream.next().await.unwrap().json();
                    let rows = change["rows"].as_array().unwrap();
                    numbers.extend(
                        rows.iter()
                            .filter(|row| row["table"] == "posts")
                            .map(|row| row["row"]["no"].as_i64().unwrap()),
                    );
                }
                logs.push(numbers);
            }
            logs
        };
        let writes = async |by: &Person| {
            for number in 0..10 {
                world.post(by, &thread, &format!("Number {number}")).await;
            }
        };
        let (logs, ..) = tokio::join!(
            readers,
            writes(&world.camila),
            writes(&world.jonas),
            writes(&world.rui),
            writes(&world.camila)
        );
        for log in logs {
            assert_eq!(log, (2..=41).collect::<Vec<i64>>());
        }
    }
);

both!(
    async fn who_enters_hears_and_who_leaves_does_not(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let before = world.thread(&world.camila, &world.delivery, "Before").await;
        let mut althea = listens(address, &world.althea, "", &[]).await;
        althea.next_or_comment().await.unwrap();
        let membership = format!("/spaces/{}/members/{}", world.delivery, world.althea.id);
        world.post(&world.camila, &before, "Not for her yet").await;
        app.by(&world.camila).put(&membership, json!({})).await.ok();
        let during = world.post(&world.camila, &before, "For her").await;
        let heard = althea.until("post.created").await;
        assert!(heard.last().unwrap().to_string().contains(&during));
        let gained: Vec<&Value> =
            heard.iter().flat_map(|change| change["rows"].as_array().unwrap()).collect();
        assert!(gained.iter().any(|row| row["table"] == "spaces" && row["id"] == world.delivery));
        assert!(
            gained
                .iter()
                .any(|row| row["table"] == "space_members"
                    && row["row"]["member"] == world.jonas.id.to_string())
        );

        app.by(&world.camila).delete(&membership).await.ok();
        world.post(&world.camila, &before, "Not for her any more").await;
        let open = world.thread(&world.camila, &world.company, "For all").await;
        let heard = althea.until("topic.created").await;
        assert!(heard.last().unwrap().to_string().contains(&open.id));
        assert!(!verbs(&heard).contains(&"post.created"));
        let lost = heard.iter().flat_map(|change| change["rows"].as_array().unwrap());
        let lost: Vec<&Value> = lost.filter(|row| row["row"].is_null()).collect();
        assert!(lost.iter().any(|row| row["table"] == "spaces" && row["id"] == world.delivery), "{lost:?}");
    }
);

both!(
    async fn who_is_removed_hears_no_more(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let mut jonas = listens(address, &world.jonas, "", &[]).await;
        jonas.next_or_comment().await.unwrap();
        app.by(&world.camila).post(&format!("/members/{}/remove", world.jonas.id), json!({})).await.ok();
        world.thread(&world.camila, &world.company, "Without him").await;
        while let Some(event) = jonas.next().await {
            assert!(!event.data.contains("Without him"));
        }
        let cookie = format!("meridian_session={}", world.jonas.session);
        let mut again = Connection::open(address, vec![("cookie", cookie)]).await.unwrap();
        let (status, _) = again.json(axum::http::Method::GET, "/api/v1/changes", &[], None).await.unwrap();
        assert_eq!(status, 401);
    }
);

both!(
    async fn a_slow_reader_reads_the_log_and_the_writer_does_not_wait(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let thread = world.thread(&world.camila, &world.delivery, "Heavy").await;
        let summary = "A long text about what was agreed. ".repeat(500);
        let path = format!("/topics/{}", thread.id);
        let topic =
            app.by(&world.camila).patch(&path, json!({ "summary": summary })).await.row("topics", &thread.id);
        let mut slow = listens(address, &world.jonas, "", &[]).await;
        slow.next_or_comment().await.unwrap();
        let head = world.heads().await.0;
        // More than the ring holds, and more bytes than the connection does, while nobody reads:
        // the same row again and again, which is what the tables say.
        const MANY: i64 = 1500;
        let space: people::SpaceId = world.delivery.parse().unwrap();
        for _ in 0..15 {
            let (actor, topic) = (world.camila.actor(app), topic.clone());
            let written = app.context().db.write(move |tx| async move {
                for _ in 0..MANY / 15 {
                    let row = edge::put("topics", topic["id"].as_str().unwrap(), &topic);
                    tx.record(actor.change("topic.changed", Audience::Space(space.uuid()), vec![row]));
                }
                Ok::<_, people::Error>(())
            });
            written.await.unwrap();
        }
        for number in 1..=MANY {
            let event = slow.next().await.unwrap();
            assert_eq!(event.id, (head + number).to_string(), "none missing, none twice");
        }
        world.post(&world.camila, &thread, "Live again").await;
        assert_eq!(verbs(&slow.until("post.created").await), ["post.created"]);
    }
);

both!(
    async fn who_comes_too_late_reads_everything_again(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let thread = world.thread(&world.camila, &world.company, "Old").await;
        let head = world.heads().await.0;
        app.without_replay();
        let workspace = world.workspace.uuid();
        let forgotten = app.context().db.write(move |tx| async move {
            let old = store::sql!("DELETE FROM changes WHERE workspace = $1 AND seq <= $2");
            tx.run(old, store::args![workspace, head - 3]).await
        });
        assert!(forgotten.await.unwrap().value > 0);
        for (after, reloads) in
            [(0, true), (head - 4, true), (head - 3, false), (head, false), (head + 10, true)]
        {
            let mut stream = listens(address, &world.jonas, &format!("?after={after}"), &[]).await;
            world.post(&world.camila, &thread, "New").await;
            let first = stream.next().await.unwrap();
            assert_eq!(first.name == "reload", reloads, "after {after}: {first:?}");
            if reloads {
                assert!(app.specification.problems("Reload", &first.json()).is_empty());
                assert_eq!(stream.until("post.created").await.len(), 1, "then it goes on from now");
            }
            if after == head {
                break;
            }
        }
    }
);

both!(
    async fn a_stream_ends_when_the_program_does(app: &App) {
        let world = World::new(app).await;
        let address = app.listen().await;
        let mut stream = listens(address, &world.jonas, "", &[]).await;
        let hello = stream.next_or_comment().await.unwrap();
        assert_eq!(hello.name, "comment");
        app.stop();
        assert_eq!(stream.next().await, None);
    }
);
