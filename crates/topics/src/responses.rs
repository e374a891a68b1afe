//! Worded responses: “Thanks”, “Agree”, an emoji. A word says what was meant, so it needs no legend.

use kernel::{Refusal, clean_line};
use people::{Actor, MemberId};
use serde::Serialize;
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{PostId, Result, TopicId, posts, topic};

/// The longest word, in characters.
const WORD: usize = 24;
/// The most different words on one post.
const WORDS: usize = 20;

/// A word and who chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Response {
    /// `Thanks`, `Agree`, `Noted`, or any short text.
    pub word: String,
    /// Who, in the order in which they did.
    pub members: Vec<MemberId>,
}

/// Adds the actor's response. Adding it twice changes nothing.
pub async fn add(tx: &Tx, actor: &Actor, post: PostId, word: &str) -> Result<()> {
    let word = clean_line("word", word, WORD)?;
    let (topic, current) = posts::see(tx, actor, post).await?;
    if current.deleted_at.is_some() {
        return Err(Refusal::conflict("This post was removed.").named("post_removed").into());
    }
    let is_new = !current.responses.iter().any(|response| response.word == word);
    if is_new && current.responses.len() >= WORDS {
        return Err(Refusal::invalid("word", format!("a post takes {WORDS} different words")).into());
    }
    let added = tx
        .run(
            sql!(
                "INSERT INTO responses (workspace, post, member, word, at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT DO NOTHING"
            ),
            args![actor.workspace, post, actor.member, word, actor.at],
        )
        .await?;
    announce(tx, actor, "response.added", &topic, post, added).await
}

/// Takes the actor's response back.
pub async fn remove(tx: &Tx, actor: &Actor, post: PostId, word: &str) -> Result<()> {
    let (topic, _) = posts::see(tx, actor, post).await?;
    let removed = tx
        .run(
            sql!("DELETE FROM responses WHERE workspace = $1 AND post = $2 AND member = $3 AND word = $4"),
            args![actor.workspace, post, actor.member, word],
        )
        .await?;
    announce(tx, actor, "response.removed", &topic, post, removed).await
}

async fn announce(
    tx: &Tx,
    actor: &Actor,
    verb: &'static str,
    topic: &topic::Topic,
    post: PostId,
    rows: u64,
) -> Result<()> {
    if rows > 0 {
        posts::looks_different(tx, actor, topic.id).await?;
        let row = posts::read(tx, actor, post).await?.row();
        tx.record(actor.change(verb, topic.audience(), vec![row]));
    }
    Ok(())
}

/// The responses of a range of posts, by post number.
pub(crate) async fn of_posts(
    tx: &Tx,
    actor: &Actor,
    topic: TopicId,
    first: i64,
    last: i64,
) -> Result<Vec<(i64, Vec<Response>)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT p.no, r.word, r.member FROM posts p \
                 JOIN responses r ON r.workspace = p.workspace AND r.post = p.id \
                 WHERE p.workspace = $1 AND p.topic = $2 AND p.no BETWEEN $3 AND $4 \
                 ORDER BY p.no, r.at, r.member"
            ),
            args![actor.workspace, topic, first, last],
        )
        .await?;
    let mut posts: Vec<(i64, Vec<Response>)> = Vec::new();
    for row in &rows {
        let (no, word, member): (i64, String, MemberId) =
            (row.get("no")?, row.get("word")?, row.get("member")?);
        if posts.last().is_none_or(|(last, _)| *last != no) {
            posts.push((no, Vec::new()));
        }
        let Some((_, words)) = posts.last_mut() else { continue };
        match words.iter_mut().find(|response| response.word == word) {
            Some(response) => response.members.push(member),
            None => words.push(Response { word, members: vec![member] }),
        }
    }
    Ok(posts)
}
