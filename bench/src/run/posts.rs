//! Durable posts: permission, row, change, marks, search words and the live event, answered when they are on the disk.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use bytes::Bytes;
use kernel::{Clock, Ids};

use super::{
    Bench,
    load::{self, Source},
    results::Results,
};
use crate::{
    data::manifest::{Manifest, Part, Person, Space},
    http::request,
};

/// How many write at once.
const WRITERS: [usize; 3] = [1, 16, 64];
/// What each of them writes: of middle length, with a little Markdown.
pub const TEXT: &str = "The drivers in the north have tested the new route for two days. **Nobody lost the map** when the \
    signal was gone, and the list of stops was there after a restart.\n\nWhat is left: the order of stops that were \
    moved on the road, and the battery on old phones. I would ship it on Monday if nobody sees a reason to wait.";

/// Measures the writers in the large space and in the small one, beside bare inserts of the same text.
pub async fn measure(bench: &Bench, results: &mut Results) -> anyhow::Result<()> {
    for writers in WRITERS {
        let bare = bare(bench, writers).await?;
        for (part, name) in [(Part::Small, "space of 50"), (Part::Large, "space of 500")] {
            let server = bench.serve()?;
            let sources = posts(&bench.manifest, bench.manifest.space(part)?, writers)?;
            let measured = load::measure(&server, sources, bench.enough).await?;
            results.load(&format!("post, {writers} writers, {name}"), &bench.label, &measured, Some(&bare));
        }
    }
    Ok(())
}

async fn bare(bench: &Bench, writers: usize) -> anyhow::Result<load::Measured> {
    let file = bench.scratch().join(format!("bare-{writers}.db")).display().to_string();
    let server = match &bench.start.database {
        Some(_) => bench.reference(&["postgres"])?,
        None => bench.reference(&["insert", "--file", &file])?,
    };
    let insert = Bytes::from(request("POST", "/", &[], Some(TEXT)));
    let sources = (0..writers).map(|_| {
        let insert = insert.clone();
        Box::new(move || insert.clone()) as Source
    });
    load::measure(&server, sources.collect(), bench.enough).await
}

/// The requests of some writers, each a member of the space who writes into its threads in turn.
pub fn posts(manifest: &Manifest, space: &Space, writers: usize) -> anyhow::Result<Vec<Source>> {
    let ids = Ids::new(Clock::system());
    let (threads, turn) = (Arc::new(space.threads.clone()), Arc::new(AtomicUsize::new(0)));
    let places = space.people.iter().cycle().take(writers);
    places
        .map(|place| {
            let mut next = post(manifest.person(*place)?, ids.clone());
            let (threads, turn) = (threads.clone(), turn.clone());
            Ok(Box::new(move || {
                let turn = turn.fetch_add(1, Ordering::Relaxed) % threads.len().max(1);
                next(threads.get(turn).map_or("", String::as_str))
            }) as Source)
        })
        .collect()
}

/// Makes posts of one member, each with an id and a key of its own, into the thread that is named.
pub fn post(person: &Person, ids: Ids) -> impl FnMut(&str) -> Bytes + Send + use<> {
    let headers = person.by_session();
    move |thread| {
        let id = ids.make::<topics::PostKind>();
        let mut headers = headers.clone();
        headers.push(format!("Idempotency-Key: {}", ids.short_code(20)));
        let body = serde_json::json!({ "id": id, "source": TEXT }).to_string();
        request("POST", &format!("/api/v1/topics/{thread}/posts"), &headers, Some(&body)).into()
    }
}
