//! Posts that the program writes for somebody: what happened, instead of words or with a note. They
//! count, are numbered and delivered as any post, and each reader's client says them in their language.

use people::{Actor, MemberId};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Error, PostId, Result, error,
    marks::{self, Reason},
    posts::{self, Origin, Post},
    topic::{self, Topic},
};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// In product words: `task.assigned`. There may be more of them later.
    pub verb: String,
    /// From whom.
    #[schema(required = true)]
    pub from: Option<MemberId>,
    /// To whom.
    #[schema(required = true)]
    pub to: Option<MemberId>,
}

impl Event {
    /// The text of its column.
    pub(crate) fn kept(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|problem| error::broken("posts.event", &problem))
    }

    /// Reads its column; none for what people write.
    pub(crate) fn from_row(row: &Row) -> Result<Option<Self>> {
        let Some(text) = row.get::<Option<String>>("event")? else { return Ok(None) };
        let read = serde_json::from_str(&text);
        read.map(Some).map_err(|problem| Error::Broken { what: "posts.event", problem: problem.to_string() })
    }
}

/// Writes that something happened, with a note in Markdown or none. Whoever it is to is named by the
/// post; their mark is the caller's. The caller has checked the topic, and records both rows.
pub async fn say(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    id: PostId,
    event: &Event,
    note: &str,
) -> Result<(Post, Topic)> {
    let rendered = posts::render(tx, actor, note).await?;
    let origin = Origin { event: Some(event), ..Origin::default() };
    let topic = posts::store_post(tx, actor, topic.id, id, note, &rendered, origin).await?;
    if let Some(to) = event.to {
        tx.run(
            sql!("INSERT INTO mentions (workspace, post, member) VALUES ($1, $2, $3)"),
            args![actor.workspace, id, to],
        )
        .await?;
    }
    marks::wrote(tx, actor, topic.id, topic.last_no, Reason::Posted).await?;
    let post = posts::read(tx, actor, id).await?;
    Ok((post, topic::see(tx, actor, topic.id).await?))
}
