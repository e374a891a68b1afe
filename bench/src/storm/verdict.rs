//! Whether everything is as it should be.

use std::collections::{BTreeMap, HashMap, HashSet};

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::value::RawValue;
use store::{Db, Options, args, sql};
use uuid::Uuid;

use super::{Storm, crowd::Posted, reader::Reader, rows::Rows, world::database, writer::Written};
use crate::{
    http::{Connection, request},
    server::Start,
};

/// How many examples of a difference are told.
const EXAMPLES: usize = 5;

/// Everything of one person that the API answers.
pub struct Read {
    /// The number before which it was read.
    pub seq: i64,
    /// Topics, posts, asks and marks.
    pub rows: Rows,
    /// What the numbers of the rows stand for.
    names: HashMap<u64, String>,
    /// The posts of each topic.
    topics: BTreeMap<String, Vec<Post>>,
}

#[derive(Debug, Deserialize)]
struct Id<'a> {
    id: &'a str,
}

#[derive(Debug, Clone, Deserialize)]
struct Post {
    id: String,
    no: i64,
    source: String,
}

#[derive(Deserialize)]
struct Me<'a> {
    seq: i64,
    #[serde(borrow)]
    spaces: Vec<Id<'a>>,
}

#[derive(Deserialize)]
struct TopicList<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
    next: Option<String>,
}

#[derive(Deserialize)]
struct TopicPage<'a> {
    #[serde(borrow)]
    topic: &'a RawValue,
    asks: Vec<&'a RawValue>,
    mark: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct PostPage<'a> {
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
    more: bool,
}

/// Reads everything as this person.
pub async fn read(storm: &Storm, place: usize) -> anyhow::Result<Read> {
    let person = storm.world.people.get(place).context("there is no such person")?;
    let mut client =
        Client { connection: Connection::open(storm.address).await?, headers: person.headers.clone() };
    let me = client.get("/me").await?.to_owned();
    let me: Me<'_> = serde_json::from_slice(&me)?;
    let mut read =
        Read { seq: me.seq, rows: Rows::default(), names: HashMap::new(), topics: BTreeMap::new() };
    let mut lists = vec!["/direct?limit=200".to_owned()];
    lists.extend(me.spaces.iter().map(|space| format!("/spaces/{}/topics?limit=200", space.id)));
    for list in lists {
        let mut next = Some(list.clone());
        while let Some(address) = next {
            let page = client.get(&address).await?.to_owned();
            let page: TopicList<'_> = serde_json::from_slice(&page)?;
            for topic in &page.items {
                let topic: Id<'_> = serde_json::from_str(topic.get())?;
                read.topic(&mut client, topic.id).await?;
            }
            next = page.next.map(|cursor| format!("{list}&after={cursor}"));
        }
    }
    Ok(read)
}

impl Read {
    async fn topic(&mut self, client: &mut Client, id: &str) -> anyhow::Result<()> {
        let page = client.get(&format!("/topics/{id}")).await?;
        let page: TopicPage<'_> = serde_json::from_slice(page)?;
        self.put("topics", page.topic)?;
        for ask in page.asks {
            self.put("asks", ask)?;
        }
        if let Some(mark) = page.mark {
            self.put("marks", mark)?;
        }
        let mut posts: Vec<Post> = Vec::new();
        loop {
            let after = posts.last().map_or(0, |post| post.no);
            let page = client.get(&format!("/topics/{id}/posts?after={after}&limit=200")).await?;
            let page: PostPage<'_> = serde_json::from_slice(page)?;
            for post in &page.items {
                self.put("posts", post)?;
                posts.push(serde_json::from_str(post.get())?);
            }
            if !page.more || page.items.is_empty() {
                break;
            }
        }
        self.topics.insert(id.to_owned(), posts);
        Ok(())
    }

    fn put(&mut self, table: &str, row: &RawValue) -> anyhow::Result<()> {
        let id: Id<'_> = serde_json::from_str(row.get())?;
        let key = self.rows.put(table, id.id, row);
        self.names.insert(key, format!("{table} {}", id.id));
        Ok(())
    }
}

struct Client {
    connection: Connection,
    headers: [String; 2],
}

impl Client {
    async fn get(&mut self, path: &str) -> anyhow::Result<&[u8]> {
        let get = request("GET", &format!("/api/v1{path}"), &self.headers, None);
        let answer = self.connection.send(&get).await?;
        ensure!(answer.status == 200, "{path}: {} {}", answer.status, String::from_utf8_lossy(answer.body));
        Ok(answer.body)
    }
}

/// The head of the log as the owner reads it.
async fn head(storm: &Storm) -> anyhow::Result<i64> {
    let owner = storm.world.people.first().context("nobody is here")?;
    let mut client =
        Client { connection: Connection::open(storm.address).await?, headers: owner.headers.clone() };
    let me: Me<'_> = serde_json::from_slice(client.get("/me").await?)?;
    Ok(me.seq)
}

/// Reads everything as everybody, at a moment in which nothing changes.
async fn read_all(storm: &Storm) -> anyhow::Result<Vec<Read>> {
    loop {
        let before = head(storm).await?;
        let mut all = Vec::new();
        for place in 0..storm.world.people.len() {
            all.push(read(storm, place).await?);
        }
        if head(storm).await? == before {
            return Ok(all);
        }
        super::say("something changed while everything was read; once more");
    }
}

/// What is wrong with the readers and the posts.
pub async fn compare(storm: &Storm, readers: &[Reader], ledger: &[Written]) -> anyhow::Result<Vec<String>> {
    let all = read_all(storm).await?;
    let mut wrong = posts(&all, ledger, &HashSet::new());
    for reader in readers {
        let Some(expected) = all.get(reader.place) else { continue };
        let [missing, more, different] = reader.rows().differences(&expected.rows);
        if missing.is_empty() && more.is_empty() && different.is_empty() {
            continue;
        }
        let name =
            |key: &u64| expected.names.get(key).cloned().unwrap_or_else(|| "a row that is not there".into());
        let examples: Vec<String> = missing.iter().chain(&different).take(EXAMPLES).map(name).collect();
        wrong.push(format!(
            "{}: {} rows are missing, {} too many, {} different: {}",
            reader.name(),
            missing.len(),
            more.len(),
            different.len(),
            examples.join(", ")
        ));
    }
    Ok(wrong)
}

/// What is wrong with the posts after the crowd.
pub async fn after_the_crowd(
    storm: &Storm,
    ledger: &[Written],
    crowd: &Posted,
) -> anyhow::Result<Vec<String>> {
    let all = read_all(storm).await?;
    let acknowledged: Vec<Written> = ledger.iter().chain(&crowd.acknowledged).cloned().collect();
    let mut wrong = posts(&all, &acknowledged, &crowd.unknown);
    let there: HashSet<&str> =
        all.iter().flat_map(|read| read.topics.values().flatten()).map(|post| &*post.id).collect();
    let refused = crowd.refused.iter().filter(|id| there.contains(id.as_str())).count();
    if refused > 0 {
        wrong.push(format!("{refused} posts are there though they were refused"));
    }
    Ok(wrong)
}

/// Every acknowledged post is there once, in its thread, with its words; the numbers of a thread have no gap;
/// and nothing is there that nobody wrote. `unknown` may be there or not.
fn posts(all: &[Read], ledger: &[Written], unknown: &HashSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut topics: BTreeMap<&str, &Vec<Post>> = BTreeMap::new();
    for (id, posts) in all.iter().flat_map(|read| &read.topics) {
        topics.insert(id, posts);
    }
    let (mut found, mut bodies) = (HashMap::new(), HashSet::new());
    for (topic, posts) in &topics {
        if !posts.iter().map(|post| post.no).eq(1..=posts.len() as i64) {
            wrong.push(format!("the numbers of {topic} have a gap"));
        }
        for post in *posts {
            if found.insert(post.id.as_str(), (*topic, post.source.as_str())).is_some() {
                wrong.push(format!("{} is there twice", post.id));
            }
            if !bodies.insert(post.source.as_str()) {
                wrong.push(format!("two posts say: {}", post.source));
            }
        }
    }
    for written in ledger {
        let expected = (written.thread.as_str(), written.source.as_str());
        match found.remove(written.id.as_str()) {
            Some(kept) if kept == expected => {}
            Some(kept) => wrong.push(format!("{} is {kept:?} and should be {expected:?}", written.id)),
            None => wrong.push(format!("{} was acknowledged and is not there", written.id)),
        }
    }
    let from_nowhere = found.iter().filter(|(id, (topic, source))| {
        let begins = source.starts_with("The beginning of") && source.ends_with(topic);
        !begins && !unknown.contains(**id)
    });
    wrong.extend(from_nowhere.map(|(id, _)| format!("{id} is there and nobody wrote it")));
    wrong
}

/// The number of changes, and what is wrong with the log: read from the database itself, after the server
/// has stopped.
pub async fn log(start: &Start) -> anyhow::Result<(i64, Vec<String>)> {
    let db = Db::open(Options::new(database(start)), &server::migrations()).await?;
    let workspace = db.read(|tx| async move {
        tx.one(sql!("SELECT id FROM workspaces ORDER BY id LIMIT 1"), args![]).await?.get::<Uuid>("id")
    });
    let workspace = workspace.await?;
    let (mut last, mut wrong) = (0, Vec::new());
    loop {
        let page = db.read(move |tx| async move { store::changes::since(&tx, workspace, last, 1000).await });
        let page = page.await?;
        if page.is_empty() {
            break;
        }
        for change in page {
            if change.seq != last + 1 {
                wrong.push(format!("after change {last} comes change {}", change.seq));
            }
            last = change.seq;
        }
    }
    let head = db.read(move |tx| async move { tx.head(workspace).await }).await?;
    if head != last {
        wrong.push(format!("the last change is {last} and the head says {head}"));
    }
    db.close().await;
    Ok((last, wrong))
}
