//! Filing letters: one transaction for a batch of them.

use std::collections::HashMap;

use edge::put;
use jiff::Timestamp;
use people::{
    Actor, MemberId, MemberState, Role, SpaceId, WorkspaceId,
    members::{self, NewMember},
};
use store::{Audience, NewChange, RowChange, Tx, args, sql};
use topics::{PostId, TopicId, files, posts, search, topic};

use super::letter::{Letter, Sender};
use crate::Result;

/// How many posts are in one change.
const POSTS_IN_CHANGE: u32 = 25;

/// Letters to file, with what is known before.
pub(super) struct Batch {
    /// As whom rows are read back.
    pub(super) importer: Actor,
    pub(super) space: SpaceId,
    pub(super) letters: Vec<Letter>,
    /// Threads of this space, by the key of a message in them.
    pub(super) topics: HashMap<String, TopicId>,
    /// Threads of this space, by the conversation of the archive.
    pub(super) conversations: HashMap<usize, TopicId>,
    /// Members, by e-mail.
    pub(super) people: HashMap<String, MemberId>,
}

/// What is known after.
pub(super) struct Filed {
    pub(super) topics: HashMap<String, TopicId>,
    pub(super) conversations: HashMap<usize, TopicId>,
    pub(super) people: HashMap<String, MemberId>,
    pub(super) new_people: usize,
    pub(super) files: usize,
}

/// Which of these messages are in the workspace, with their thread and its space.
pub(super) async fn known(
    tx: &Tx,
    workspace: WorkspaceId,
    keys: &[String],
) -> Result<HashMap<String, (TopicId, Option<SpaceId>)>> {
    let mut known = HashMap::new();
    for key in keys {
        if let Some(found) = topic_of(tx, workspace, key).await? {
            known.insert(key.clone(), found);
        }
    }
    Ok(known)
}

/// The members with these e-mails.
pub(super) async fn members(
    tx: &Tx,
    workspace: WorkspaceId,
    emails: Vec<String>,
) -> Result<Vec<(String, Option<MemberId>)>> {
    let mut found = Vec::with_capacity(emails.len());
    for email in emails {
        let member = members::by_email(tx, workspace, &email).await?;
        found.push((email, member));
    }
    Ok(found)
}

async fn topic_of(tx: &Tx, workspace: WorkspaceId, key: &str) -> Result<Option<(TopicId, Option<SpaceId>)>> {
    let row = tx
        .maybe(
            sql!(
                "SELECT p.topic, t.space FROM posts p JOIN topics t ON t.workspace = p.workspace AND t.id = p.topic
                 WHERE p.workspace = $1 AND p.source_key = $2"
            ),
            args![workspace, key],
        )
        .await?;
    Ok(row.map(|row| Ok::<_, store::Error>((row.get("topic")?, row.get("space")?))).transpose()?)
}

/// Writes a batch and records what is new.
pub(super) async fn file(tx: &Tx, batch: Batch) -> Result<Filed> {
    let Batch { importer, space, letters, topics, conversations, people } = batch;
    let mut desk = Desk {
        tx,
        importer,
        space,
        topics,
        conversations,
        people,
        newcomers: Vec::new(),
        touched: Vec::new(),
        files: 0,
    };
    for letter in letters {
        desk.file(letter).await?;
    }
    desk.record_people().await?;
    desk.record_topics().await?;
    Ok(Filed {
        new_people: desk.newcomers.len(),
        topics: desk.topics,
        conversations: desk.conversations,
        people: desk.people,
        files: desk.files,
    })
}

struct Desk<'a> {
    tx: &'a Tx,
    importer: Actor,
    space: SpaceId,
    topics: HashMap<String, TopicId>,
    conversations: HashMap<usize, TopicId>,
    people: HashMap<String, MemberId>,
    newcomers: Vec<MemberId>,
    touched: Vec<Touched>,
    files: usize,
}

/// The numbers of the posts that a thread got.
struct Touched {
    topic: TopicId,
    first: i64,
    last: i64,
}

impl Desk<'_> {
    async fn file(&mut self, letter: Letter) -> Result<()> {
        let member = self.sender(&letter.sender, letter.at).await?;
        let author = Actor { member, role: Role::Member, at: letter.at, ..self.importer.clone() };
        let topic = match self.joins(&letter).await? {
            Some(topic) => topic,
            None => self.start(&author, &letter).await?,
        };
        let post = self.importer.ids.make();
        let origin = posts::Origin { source_key: Some(&letter.key), ..posts::Origin::default() };
        let topic =
            posts::store_post(self.tx, &author, topic, post, &letter.source, &letter.rendered, origin)
                .await?;
        self.attach(&author, post, &letter).await?;
        self.note(topic.id, topic.last_no);
        self.conversations.entry(letter.conversation).or_insert(topic.id);
        self.topics.insert(letter.key, topic.id);
        Ok(())
    }

    /// The member with the sender's e-mail, who may have been here before; else a new, imported one.
    async fn sender(&mut self, sender: &Sender, at: Timestamp) -> Result<MemberId> {
        if let Some(member) = self.people.get(&sender.email) {
            return Ok(*member);
        }
        let workspace = self.importer.workspace;
        let member = match members::by_email(self.tx, workspace, &sender.email).await? {
            Some(member) => member,
            None => self.invite(sender, at).await?,
        };
        self.people.insert(sender.email.clone(), member);
        Ok(member)
    }

    /// Makes an author who cannot sign in.
    async fn invite(&mut self, sender: &Sender, at: Timestamp) -> Result<MemberId> {
        let id = self.importer.ids.make();
        let new = NewMember {
            id,
            role: Role::Member,
            state: MemberState::Imported,
            email: Some(sender.email.clone()),
            password_hash: None,
            name: sender.name.clone(),
            short_name: None,
            city: None,
            hue: None,
            at,
        };
        members::create(self.tx, self.importer.workspace, new).await?;
        self.newcomers.push(id);
        Ok(id)
    }

    /// The thread that the letter belongs to, if there is one; see the rules in [`super`].
    async fn joins(&self, letter: &Letter) -> Result<Option<TopicId>> {
        for answered in &letter.answers {
            if let Some(topic) = self.topics.get(answered) {
                return Ok(Some(*topic));
            }
            match topic_of(self.tx, self.importer.workspace, answered).await? {
                Some((topic, space)) if space == Some(self.space) => return Ok(Some(topic)),
                _ => {}
            }
        }
        Ok(self.conversations.get(&letter.conversation).copied())
    }

    async fn start(&self, author: &Actor, letter: &Letter) -> Result<TopicId> {
        let id = self.importer.ids.make();
        topic::insert(self.tx, author, id, &letter.title, Some(self.space), Some(&letter.key)).await?;
        search::index_title(self.tx, author.workspace, id, &letter.title, letter.at).await?;
        Ok(id)
    }

    async fn attach(&mut self, author: &Actor, post: PostId, letter: &Letter) -> Result<()> {
        for (place, upload) in letter.files.iter().enumerate() {
            files::register(self.tx, author, upload).await?;
            self.tx
                .run(
                    sql!("UPDATE files SET post = $3, place = $4 WHERE workspace = $1 AND id = $2"),
                    args![author.workspace, upload.id, post, place as i64],
                )
                .await?;
            self.files += 1;
        }
        Ok(())
    }

    fn note(&mut self, topic: TopicId, no: i64) {
        match self.touched.iter_mut().find(|touched| touched.topic == topic) {
            Some(touched) => touched.last = no,
            None => self.touched.push(Touched { topic, first: no, last: no }),
        }
    }

    /// The people come first in the log: their posts name them. They are in no space, so guests do not see them.
    async fn record_people(&self) -> Result<()> {
        let mut rows = Vec::with_capacity(self.newcomers.len());
        for id in &self.newcomers {
            let member = members::read(self.tx, self.importer.workspace, *id, self.importer.at).await?;
            rows.push(put("members", id, &member));
        }
        if !rows.is_empty() {
            self.record("member.imported", Audience::Workspace, rows);
        }
        Ok(())
    }

    async fn record_topics(&self) -> Result<()> {
        for touched in &self.touched {
            let topic = topic::see(self.tx, &self.importer, touched.topic).await?;
            let mut next = touched.first;
            while next <= touched.last {
                let posts =
                    posts::range(self.tx, &self.importer, touched.topic, next, touched.last, POSTS_IN_CHANGE)
                        .await?;
                let Some(last) = posts.last() else { break };
                next = last.no + 1;
                let mut rows = vec![put("topics", topic.id, &topic)];
                rows.extend(posts.iter().map(|post| put("posts", post.id, post)));
                self.record("topic.imported", topic.audience(), rows);
            }
        }
        Ok(())
    }

    fn record(&self, verb: &'static str, audience: Audience, rows: Vec<RowChange>) {
        let change = self.importer.change(verb, audience, rows);
        self.tx.record(NewChange { actor: None, ..change });
    }
}
