//! Search, one after the other on one connection, by somebody who sees nearly everything and somebody who sees little.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::{Bench, load::Measured, results::Results};
use crate::{
    data::manifest::{Manifest, Person},
    http::{Connection, request},
};

/// How many searches of each sort at least.
const ROUNDS: usize = 500;
/// How long one sort may take: what is very slow is seen with fewer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures each sort of query for each of them.
pub async fn measure(bench: &Bench, results: &mut Results) -> anyhow::Result<()> {
    let server = bench.serve()?;
    for (who, person) in searchers(&bench.manifest) {
        for (sort, queries) in sorts(&bench.manifest) {
            let requests: Vec<Bytes> = queries.iter().map(|query| search(person, query)).collect();
            let mut connection = Connection::open(server.address).await?;
            for request in requests.iter().take(100) {
                connection.send(request).await?.must_succeed()?;
            }
            let (began, before) = (Instant::now(), server.process().cpu()?);
            let mut latencies = Vec::with_capacity(ROUNDS);
            for request in requests.iter().cycle().take(ROUNDS) {
                let sent = Instant::now();
                connection.send(request).await?.must_succeed()?;
                latencies.push(sent.elapsed());
                if began.elapsed() > PATIENCE {
                    break;
                }
            }
            let (time, cpu) = (began.elapsed(), server.process().cpu()?.saturating_sub(before));
            latencies.sort_unstable();
            let measured = Measured { operations: latencies.len() as u64, time, cpu, latencies };
            results.load(&format!("search, {sort}, {who}"), &bench.label, &measured, None);
        }
    }
    Ok(())
}

/// Who sees all spaces, who sees the open ones, and who sees one.
fn searchers(manifest: &Manifest) -> Vec<(&'static str, &Person)> {
    let most = manifest.people.iter().max_by_key(|person| person.sees);
    let usual = manifest.people.iter().filter(|person| !person.guest).min_by_key(|person| person.sees);
    let guest = manifest.people.iter().filter(|person| person.guest).min_by_key(|person| person.sees);
    [("sees all spaces", most), ("sees the open spaces", usual), ("guest in one space", guest)]
        .into_iter()
        .filter_map(|(name, person)| Some((name, person?)))
        .collect()
}

fn sorts(manifest: &Manifest) -> Vec<(&'static str, Vec<String>)> {
    let words = &manifest.words;
    let pairs = |one: &[String], other: &[String]| {
        one.iter().zip(other.iter().rev()).map(|(one, other)| format!("{one} {other}")).collect::<Vec<_>>()
    };
    let beginning = |word: &String| format!("{}*", word.chars().take(3).collect::<String>());
    vec![
        ("common word", words.common.clone()),
        ("rare word", words.rare.clone()),
        ("prefix", words.rare.iter().take(100).map(beginning).collect()),
        ("Chinese and Japanese", words.characters.clone()),
        ("two common words", pairs(&words.common, &words.common)),
        ("common and rare word", pairs(&words.common, &words.rare)),
        ("nothing found", (0..100).map(|number| format!("nowhere{number}")).collect()),
    ]
}

fn search(person: &Person, query: &str) -> Bytes {
    let mut path = "/api/v1/search?q=".to_owned();
    for byte in query.bytes() {
        // Writing to a string cannot fail.
        let _ = write!(path, "%{byte:02X}");
    }
    request("GET", &path, &person.by_session(), None).into()
}
