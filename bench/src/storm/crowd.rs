//! More at once than the server can do: every request has an answer, and afterwards all is well.

use std::{collections::HashSet, sync::Arc, time::Duration};

use anyhow::{Context as _, ensure};
use serde::Serialize;
use tokio::time::Instant;

use super::{
    Storm, finished,
    tally::Times,
    writer::{Outcome, Sender, Written, new_post},
};
use crate::http::{Connection, request};

/// What the crowd got.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Requests that were answered.
    answered: Times,
    /// Requests that were refused.
    refused: Times,
    /// Requests without an answer: the connection broke, or nothing came for half a minute.
    unanswered: u64,
    /// Posts that were acknowledged.
    posts: usize,
    /// How long the first request took afterwards, in milliseconds.
    healthy_after: f64,
    /// Resident memory of the server before and some seconds after, in MB.
    pub memory: [u64; 2],
}

/// The crowd's posts.
#[derive(Debug, Default)]
pub struct Posted {
    /// Those that must be there.
    pub acknowledged: Vec<Written>,
    /// Those that must not be there.
    pub refused: Vec<String>,
    /// Those of which nobody knows.
    pub unknown: HashSet<String>,
}

/// What one of the crowd did.
#[derive(Default)]
struct Visit {
    answered: Vec<Duration>,
    refused: Vec<Duration>,
    unanswered: u64,
    posted: Posted,
}

/// Everybody at once, each with one request after the other and none of the patience that `Retry-After` asks for.
pub async fn come(storm: &Arc<Storm>, crowd: usize, seconds: f64) -> anyhow::Result<(Report, Posted)> {
    super::say(&format!("a crowd of {crowd} comes"));
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let visits = (0..crowd).map(|number| tokio::spawn(visit(storm.clone(), number, until))).collect();
    let visits = finished(visits).await?;
    let begun = Instant::now();
    let mut connection = Connection::open(storm.address).await?;
    let answer = connection.send(&request("GET", "/api/v1/health", &[], None)).await?;
    ensure!(answer.status == 200, "the server is not well: {}", answer.status);
    let healthy_after = begun.elapsed().as_secs_f64() * 1000.0;
    let (mut all, mut report) = (Visit::default(), Report { healthy_after, ..Report::default() });
    for visit in visits {
        all.answered.extend(visit.answered);
        all.refused.extend(visit.refused);
        report.unanswered += visit.unanswered;
        all.posted.acknowledged.extend(visit.posted.acknowledged);
        all.posted.refused.extend(visit.posted.refused);
        all.posted.unknown.extend(visit.posted.unknown);
    }
    report.posts = all.posted.acknowledged.len();
    report.answered = Times::of(all.answered);
    report.refused = Times::of(all.refused);
    super::say(&format!("the crowd has gone: {report:?}"));
    Ok((report, all.posted))
}

async fn visit(storm: Arc<Storm>, number: usize, until: Instant) -> anyhow::Result<Visit> {
    let place = number % storm.world.people.len();
    let person = storm.world.people.get(place).context("nobody comes")?;
    let rooms = storm.world.rooms_of(place);
    let room = rooms.get(number % rooms.len()).context("there is nowhere to go")?;
    let thread = room.threads.get(number % room.threads.len()).context("there is no thread")?;
    let headers = &person.headers;
    let reads = [
        request("GET", "/api/v1/inbox", headers, None),
        request("GET", &format!("/api/v1/topics/{thread}"), headers, None),
        request("GET", "/api/v1/search?q=rain&limit=20", headers, None),
    ];
    let mut sender = Sender::new(&storm);
    let mut visit = Visit::default();
    let mut turn = number;
    while Instant::now() < until {
        turn += 1;
        let post = reads.get(turn % 4).is_none().then(|| new_post(&storm, person, thread));
        let bytes =
            reads.get(turn % 4).or(post.as_ref().map(|(_, request)| request)).context("no request")?;
        let begun = Instant::now();
        let outcome = sender.once(bytes).await?;
        visit.note(outcome, begun.elapsed(), post.map(|(post, _)| post));
    }
    Ok(visit)
}

impl Visit {
    fn note(&mut self, outcome: Outcome, took: Duration, post: Option<Written>) {
        match outcome {
            Outcome::Done => {
                self.answered.push(took);
                self.posted.acknowledged.extend(post);
            }
            Outcome::Refused(_) => {
                self.refused.push(took);
                self.posted.refused.extend(post.map(|post| post.id));
            }
            Outcome::Unknown => {
                self.unanswered += 1;
                self.posted.unknown.extend(post.map(|post| post.id));
            }
        }
    }
}
