//! Inbox, thread of 50 posts, the list of a space: what people open all day.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{
    Bench,
    load::{self, Measured, cycle},
    results::Results,
};
use crate::{
    data::manifest::{Manifest, Part, Person},
    http::{Connection, request},
    server::Server,
};

/// How many requests are under way at once: enough that the server always has one.
const CONNECTIONS: usize = 4;
/// How many members take turns.
const MEMBERS: usize = 200;
/// How many requests are the first of their kind after one start.
const COLD: usize = 1000;
/// How often the server is started for them at most.
const STARTS: u32 = 20;
/// How long a server that has just started may finish what it begins with.
const SETTLE: Duration = Duration::from_millis(500);

/// What somebody opens: a page of theirs.
struct View<'a> {
    person: &'a Person,
    path: String,
}

/// Measures each page: warm by one member and by 200, by token, and cold.
pub async fn measure(bench: &Bench, results: &mut Results) -> anyhow::Result<()> {
    for (name, views) in pages(&bench.manifest)? {
        let server = bench.serve()?;
        let by_session = requests(&views, Person::by_session);
        let by_token = requests(&views, Person::by_token);
        let size = answer_size(&server, by_session.first()).await?;
        let bare_server = bench.reference(&["static", "--size", &size.to_string()])?;
        let bare = warm(&bare_server, &by_session, bench.enough).await?;
        drop(bare_server);
        let one = by_session.get(..1).unwrap_or_default();
        for (how, requests) in [
            ("warm, one member", one),
            ("warm, 200 members", by_session.get(..MEMBERS.min(by_session.len())).unwrap_or_default()),
            ("warm, one member by token", by_token.get(..1).unwrap_or_default()),
        ] {
            let measured = warm(&server, requests, bench.enough).await?;
            results.load(&format!("{name}, {how}"), &bench.label, &measured, Some(&bare));
        }
        results.value(&format!("{name}, size of the answer"), &bench.label, size as f64, "bytes");
        drop(server);
        let measured = cold(bench, &by_session).await?;
        results.load(&format!("{name}, cold"), &bench.label, &measured, Some(&bare));
    }
    Ok(())
}

/// The pages, each as many different ones as there are.
fn pages(manifest: &Manifest) -> anyhow::Result<Vec<(&'static str, Vec<View<'_>>)>> {
    let large = manifest.space(Part::Large)?;
    let members = || large.people.iter().rev().filter_map(|place| manifest.people.get(*place));
    let each = |path: String| members().map(|person| View { person, path: path.clone() }).collect::<Vec<_>>();
    let threads = manifest.fifty.iter().map(|thread| {
        Ok(View { person: manifest.person(thread.person)?, path: format!("/topics/{}", thread.id) })
    });
    Ok(vec![
        ("inbox", each("/inbox".to_owned())),
        ("thread of 50 posts", threads.collect::<anyhow::Result<_>>()?),
        ("threads of a space", each(format!("/spaces/{}/topics", large.id))),
        ("front page of a space", each(format!("/spaces/{}", large.id))),
        ("start", each("/me".to_owned())),
    ])
}

fn requests(views: &[View<'_>], headers: fn(&Person) -> Vec<String>) -> Vec<Bytes> {
    let of = |view: &View<'_>| request("GET", &format!("/api/v1{}", view.path), &headers(view.person), None);
    views.iter().map(|view| of(view).into()).collect()
}

async fn answer_size(server: &Server, request: Option<&Bytes>) -> anyhow::Result<usize> {
    let mut connection = Connection::open(server.address).await?;
    let answer = connection.send(request.map_or(&[], |request| request.as_ref())).await?;
    Ok(answer.must_succeed()?.body.len())
}

async fn warm(server: &Server, requests: &[Bytes], enough: Duration) -> anyhow::Result<Measured> {
    let requests = Arc::new(requests.to_vec());
    let sources = (0..CONNECTIONS).map(|connection| cycle(&requests, connection, CONNECTIONS)).collect();
    load::measure(server, sources, enough).await
}

/// Every request once after each start: nothing is kept of it, though the files are in the system's memory.
async fn cold(bench: &Bench, requests: &[Bytes]) -> anyhow::Result<Measured> {
    let mut all =
        Measured { operations: 0, time: Duration::ZERO, cpu: Duration::ZERO, latencies: Vec::new() };
    for _ in 0..STARTS {
        let server = bench.serve()?;
        tokio::time::sleep(SETTLE).await;
        let mut connection = Connection::open(server.address).await?;
        let (began, before) = (Instant::now(), server.process().cpu()?);
        for request in requests.iter().take(COLD) {
            let sent = Instant::now();
            connection.send(request).await?.must_succeed()?;
            all.latencies.push(sent.elapsed());
            all.operations += 1;
        }
        all.time += began.elapsed();
        all.cpu += server.process().cpu()?.saturating_sub(before);
        if all.cpu >= bench.enough {
            break;
        }
    }
    all.latencies.sort_unstable();
    Ok(all)
}
