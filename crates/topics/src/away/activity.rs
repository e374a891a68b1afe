//! What was written in the topics that are the reader's business: those that they follow or
//! started, and those of the spaces they are in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use people::{Actor, MemberId, SpaceId, spaces};
use store::{Tx, args, sql};

use super::{Absence, SpaceLine, line};
use crate::{
    Result, TopicId,
    topic::{self, Topic, topic_columns, visible_to_2},
    words,
};

/// How fast people read, in words a minute.
const WORDS_A_MINUTE: usize = 200;

/// A topic and what others did in it meanwhile.
#[derive(Debug, Clone)]
pub(super) struct Active {
    pub topic: Topic,
    /// Posts by others.
    pub posts: u32,
    words: usize,
    /// Author and time of the newest of them.
    pub newest: Option<(MemberId, Timestamp)>,
    /// Whether it was closed meanwhile.
    pub was_closed: bool,
    /// Whether it is in a space that the reader is in, and not a social one.
    in_my_space: bool,
    /// Whether it is the reader's business beyond its space.
    mine: bool,
}

impl Active {
    /// Of reading what others wrote, begun ones whole.
    pub(super) fn minutes(&self) -> u32 {
        u32::try_from(self.words.div_ceil(WORDS_A_MINUTE)).unwrap_or(u32::MAX)
    }
}

/// All of them. Each can be taken once: into the section that wants most.
#[derive(Debug, Default)]
pub(super) struct Activity {
    topics: BTreeMap<TopicId, Active>,
    taken: BTreeSet<TopicId>,
}

impl Activity {
    pub(super) fn take(&mut self, topic: TopicId) -> Option<Active> {
        self.taken.insert(topic);
        self.topics.remove(&topic)
    }

    /// A topic in which nobody wrote, unless it is there or was taken.
    pub(super) fn add(&mut self, topic: Topic) {
        if !self.is_taken(topic.id) {
            self.topics.entry(topic.id).or_insert(Active {
                posts: 0,
                words: 0,
                newest: None,
                was_closed: false,
                in_my_space: false,
                mine: true,
                topic,
            });
        }
    }

    pub(super) fn is_taken(&self, topic: TopicId) -> bool {
        self.taken.contains(&topic)
    }

    pub(super) fn take_all(&mut self, wanted: impl Fn(&Active) -> bool) -> Vec<Active> {
        let ids: Vec<TopicId> =
            self.topics.values().filter(|active| wanted(active)).map(|active| active.topic.id).collect();
        ids.into_iter().filter_map(|id| self.take(id)).collect()
    }
}

/// Reads what happened from the beginning of the absence to the first moment back.
pub(super) async fn read(tx: &Tx, actor: &Actor, absence: &Absence) -> Result<Activity> {
    let end = absence.end(actor.at);
    let mut activity = topics(tx, actor, absence.from, end).await?;
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT p.topic, p.author, p.source, p.created_at FROM posts p \
                 JOIN topics t ON t.workspace = p.workspace AND t.id = p.topic \
                 WHERE p.workspace = $1 AND p.author <> $2 AND p.deleted_at IS NULL AND p.created_at >= $3 \
                 AND p.created_at < $4 AND t.last_at >= $3 AND ",
                visible_to_2!(),
                " ORDER BY p.topic, p.no"
            )),
            args![actor.workspace, actor.member, absence.from, end],
        )
        .await?;
    for row in &rows {
        let Some(active) = activity.topics.get_mut(&row.get("topic")?) else { continue };
        active.posts += 1;
        active.words += words::tokens(&row.get::<String>("source")?).len();
        active.newest = Some((row.get("author")?, row.get("created_at")?));
    }
    Ok(activity)
}

async fn topics(tx: &Tx, actor: &Actor, from: Timestamp, end: Timestamp) -> Result<Activity> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                topic_columns!(),
                ", m.following AS followed, s.social AS social, sm.member AS member_there FROM topics t \
                 LEFT JOIN marks m ON m.workspace = t.workspace AND m.topic = t.id AND m.member = $2 \
                 LEFT JOIN spaces s ON s.workspace = t.workspace AND s.id = t.space \
                 LEFT JOIN space_members sm ON sm.workspace = t.workspace AND sm.space = t.space \
                   AND sm.member = $2 \
                 WHERE t.workspace = $1 AND (t.last_at >= $3 OR t.closed_at >= $3) \
                 AND (m.following OR t.created_by = $2 OR sm.member IS NOT NULL) AND ",
                visible_to_2!(),
                " ORDER BY t.id"
            )),
            args![actor.workspace, actor.member, from],
        )
        .await?;
    let mut activity = Activity::default();
    for (row, topic) in rows.iter().zip(topic::collect(tx, actor, &rows).await?) {
        let social = row.get::<Option<bool>>("social")?.unwrap_or(false);
        let followed = row.get::<Option<bool>>("followed")?.unwrap_or(false);
        let there = row.get::<Option<MemberId>>("member_there")?.is_some();
        let active = Active {
            posts: 0,
            words: 0,
            newest: None,
            was_closed: topic.closed_at.is_some_and(|at| from <= at && at < end),
            in_my_space: there && !social,
            mine: followed || topic.created_by == actor.member,
            topic,
        };
        // Social spaces want nothing from anybody.
        if active.mine || active.in_my_space {
            activity.topics.insert(active.topic.id, active);
        }
    }
    Ok(activity)
}

/// One line for each of the reader's spaces in which something was written, by name.
pub(super) async fn lines(tx: &Tx, actor: &Actor, activity: &Activity) -> Result<Vec<SpaceLine>> {
    let mut written: BTreeMap<SpaceId, Vec<&Active>> = BTreeMap::new();
    for active in activity.topics.values().filter(|active| active.in_my_space && active.posts > 0) {
        if let Some(space) = active.topic.space {
            written.entry(space).or_default().push(active);
        }
    }
    let mut lines = Vec::with_capacity(written.len());
    for (space, active) in written {
        lines.push(SpaceLine {
            space: spaces::see(tx, actor, space).await?,
            topics: u32::try_from(active.len()).unwrap_or(u32::MAX),
            posts: active.iter().map(|active| active.posts).sum(),
            line: newest_line(&active),
        });
    }
    lines.sort_by(|a, b| (&a.space.name, a.space.id).cmp(&(&b.space.name, b.space.id)));
    Ok(lines)
}

fn newest_line(active: &[&Active]) -> String {
    let summaries = active.iter().filter_map(|active| {
        let began = active.newest.map(|(_, at)| at)?;
        let topic = &active.topic;
        let summary = topic.summary.as_deref().zip(topic.summary_at);
        let outcome = topic.outcome.as_deref().zip(topic.closed_at).filter(|_| active.was_closed);
        summary.into_iter().chain(outcome).max_by_key(|(_, at)| (*at, began))
    });
    summaries.max_by_key(|(_, at)| *at).map(|(text, _)| line(text)).unwrap_or_default()
}
