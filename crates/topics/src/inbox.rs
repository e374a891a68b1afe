//! The inbox: the topics that want something from me, each with its reason. Nothing is stored
//! for it: one rule reads the topic, my mark and the asks. The client applies the same rule to
//! its own rows; both run the cases of `tests/vectors/inbox.json`.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use people::{Actor, MemberId};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    AskId, Result, TopicId,
    asks::{self, Ask, AskState},
    marks::{Mark, Reason, mark_columns},
    posts::{self, Post},
    topic::{self, Topic, topic_columns, visible_to_2},
};

/// The most topics that the inbox shows of one section; the rest is counted.
const MOST: i64 = 200;

/// Which part of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// What wants something from me now.
    Today,
    /// What I put off.
    Later,
    /// What I am done with, the latest first.
    Done,
}

/// The two sections of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Waiting for my reply.
    Waiting,
    /// For me to read.
    Reading,
}

/// Why a topic is in my inbox: the strongest reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Somebody asked me.
    Asked,
    /// My ask was answered; it waits for me to close it.
    Answered,
    /// A new post names me.
    Mentioned,
    /// I started it.
    Started,
    /// I wrote in it.
    Posted,
    /// It is a direct topic of mine.
    Participant,
    /// I follow it.
    Follows,
}

/// A topic in my inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Item {
    /// The topic.
    pub topic: TopicId,
    /// Where on the page; null for what is done.
    #[schema(required = true)]
    pub section: Option<Section>,
    /// Why; null for what is done, or kept for no other reason.
    #[schema(required = true)]
    pub reason: Option<Because>,
    /// The ask that is the reason: of several, the one due first.
    #[schema(required = true)]
    pub ask: Option<AskId>,
    /// Posts after the last that I have read.
    pub unread: i64,
}

/// What the rule says about one topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// In which part of the inbox.
    pub place: Place,
    /// The row there.
    pub item: Item,
}

/// What the rule needs to know of a topic.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The topic.
    pub id: TopicId,
    /// Its newest post.
    pub last_no: i64,
    /// Whether it is in a social space.
    pub social: bool,
}

/// The rule. None: the topic does not concern my inbox. `asks` are those on the topic in which I
/// am asker or asked.
pub fn place(now: Timestamp, me: MemberId, topic: Seen, mark: Option<&Mark>, asks: &[Ask]) -> Option<Placed> {
    let unread = (topic.last_no - mark.map_or(0, |mark| mark.read_no)).max(0);
    let item = |section, reason, ask| Item { topic: topic.id, section, reason, ask, unread };
    if let Some((section, reason, ask)) = wanted(me, topic, mark, asks) {
        let later = mark.and_then(|mark| mark.later_until).is_some_and(|until| until > now);
        let place = if later { Place::Later } else { Place::Today };
        return Some(Placed { place, item: item(Some(section), reason, ask) });
    }
    let cleared = mark.is_some_and(|mark| {
        mark.done_no > 0 && mark.done_no >= topic.last_no && (!topic.social || mark.mention_no > 0)
    });
    cleared.then(|| Placed { place: Place::Done, item: item(None, None, None) })
}

/// What the topic wants from me, and the strongest reason: an ask for me, an answer to mine, a
/// mention, and then whatever made me follow it. Of several asks the one due first.
fn wanted(
    me: MemberId,
    topic: Seen,
    mark: Option<&Mark>,
    asks: &[Ask],
) -> Option<(Section, Option<Because>, Option<AskId>)> {
    let done = mark.map_or(0, |mark| mark.done_no);
    let news = topic.last_no > done;
    let owed = asks
        .iter()
        .filter(|ask| ask.asked == me && ask.state.is_owed())
        .min_by_key(|ask| (ask.promised_at.or(ask.due_at).unwrap_or(Timestamp::MAX), ask.id));
    if let Some(ask) = owed {
        return Some((Section::Waiting, Some(Because::Asked), Some(ask.id)));
    }
    let answered = asks
        .iter()
        .filter(|ask| news && ask.asker == me && ask.state == AskState::Answered)
        .min_by_key(|ask| (ask.asked_at, ask.id));
    if let Some(ask) = answered {
        return Some((Section::Waiting, Some(Because::Answered), Some(ask.id)));
    }
    let mark = mark?;
    if mark.mention_no > done {
        return Some((Section::Reading, Some(Because::Mentioned), None));
    }
    let followed = mark.following && news && !topic.social;
    (followed || mark.kept).then(|| (Section::Reading, mark.reason.map(Because::from), None))
}

impl From<Reason> for Because {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Started => Self::Started,
            Reason::Mentioned => Self::Mentioned,
            Reason::Asked => Self::Asked,
            Reason::Posted => Self::Posted,
            Reason::Participant => Self::Participant,
            Reason::Follows => Self::Follows,
        }
    }
}

/// A part of the inbox with everything that it shows.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Inbox {
    /// The number at which it was read.
    pub seq: i64,
    /// The server's clock, by which it was placed.
    pub now: Timestamp,
    /// The rows: waiting first, by when they are due; then to read, the newest first.
    pub items: Vec<Item>,
    /// The topics of the rows.
    pub topics: Vec<Topic>,
    /// My marks on them.
    pub marks: Vec<Mark>,
    /// The asks of mine on them.
    pub asks: Vec<Ask>,
    /// The posts that carry those asks.
    pub posts: Vec<Post>,
}

/// Reads one part of the actor's inbox.
pub async fn read(tx: &Tx, actor: &Actor, wanted: Place) -> Result<Inbox> {
    let mut asks = asks::owed(tx, actor, false).await?;
    asks.extend(
        asks::waited_for(tx, actor, false).await?.into_iter().filter(|ask| ask.state == AskState::Answered),
    );
    let candidates = candidates(tx, actor, wanted, &asks).await?;
    let mut by_topic: HashMap<TopicId, Vec<Ask>> = HashMap::new();
    for ask in asks {
        by_topic.entry(ask.topic).or_default().push(ask);
    }
    let social = social_spaces(tx, actor).await?;
    let mut inbox = Inbox {
        seq: tx.head(actor.workspace.uuid()).await?,
        now: actor.at,
        items: Vec::new(),
        topics: Vec::new(),
        marks: Vec::new(),
        asks: Vec::new(),
        posts: Vec::new(),
    };
    for (topic, mark) in candidates {
        let asks = by_topic.remove(&topic.id).unwrap_or_default();
        let seen = Seen {
            id: topic.id,
            last_no: topic.last_no,
            social: topic.space.is_some_and(|space| social.contains(&space)),
        };
        let Some(placed) = place(actor.at, actor.member, seen, mark.as_ref(), &asks) else { continue };
        if placed.place != wanted {
            continue;
        }
        for ask in &asks {
            if let Some(post) = ask.post {
                inbox.posts.push(posts::read(tx, actor, post).await?);
            }
        }
        inbox.items.push(placed.item);
        inbox.topics.push(topic);
        inbox.marks.extend(mark);
        inbox.asks.extend(asks);
    }
    if wanted != Place::Done {
        sort(&mut inbox);
    }
    Ok(inbox)
}

/// Waiting first, by the instant at which it is due; then to read, the newest first.
fn sort(inbox: &mut Inbox) {
    let due: HashMap<AskId, Timestamp> =
        inbox.asks.iter().filter_map(|ask| Some((ask.id, ask.promised_at.or(ask.due_at)?))).collect();
    let last: HashMap<TopicId, Timestamp> =
        inbox.topics.iter().map(|topic| (topic.id, topic.last_at)).collect();
    inbox.items.sort_by_key(|item| {
        let due = item.ask.and_then(|ask| due.get(&ask).copied()).unwrap_or(Timestamp::MAX);
        let newest = last.get(&item.topic).map_or(0, |at| at.as_microsecond());
        match item.section {
            Some(Section::Waiting) => (0, due.as_microsecond(), -newest),
            _ => (1, 0, -newest),
        }
    });
}

/// The topics that the rule is asked about: those with a mark that can matter, and those with asks.
async fn candidates(
    tx: &Tx,
    actor: &Actor,
    wanted: Place,
    asks: &[Ask],
) -> Result<Vec<(Topic, Option<Mark>)>> {
    let done = wanted == Place::Done;
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                topic_columns!(),
                ", ",
                mark_columns!(),
                " FROM marks m JOIN topics t ON t.workspace = m.workspace AND t.id = m.topic \
                 WHERE m.workspace = $1 AND m.member = $2 AND ",
                visible_to_2!(),
                " AND ($3 OR m.following OR m.mention_no > 0 OR m.kept) \
                 AND (($3 AND m.done_no > 0 AND t.last_no <= m.done_no) \
                   OR (NOT $3 AND (t.last_no > m.done_no OR m.kept))) \
                 ORDER BY CASE WHEN $3 THEN m.changed_at ELSE t.last_at END DESC LIMIT $4"
            )),
            args![actor.workspace, actor.member, done, MOST],
        )
        .await?;
    let mut marks = rows.iter().map(Mark::from_row).collect::<Result<Vec<_>>>()?;
    let mut found: Vec<(Topic, Option<Mark>)> =
        topic::collect(tx, actor, &rows).await?.into_iter().zip(marks.drain(..).map(Some)).collect();
    if !done {
        let mut known: HashSet<TopicId> = found.iter().map(|(topic, _)| topic.id).collect();
        for ask in asks {
            if known.insert(ask.topic) {
                let topic = topic::see(tx, actor, ask.topic).await?;
                let mark = crate::marks::read(tx, actor, topic.id).await?;
                found.push((topic, mark));
            }
        }
    }
    Ok(found)
}

async fn social_spaces(tx: &Tx, actor: &Actor) -> Result<HashSet<people::SpaceId>> {
    let rows =
        tx.all(sql!("SELECT id FROM spaces WHERE workspace = $1 AND social"), args![actor.workspace]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<std::result::Result<_, _>>()?)
}

/// How many topics wait for the actor's reply now: the one number that the shell shows.
pub async fn waiting(tx: &Tx, actor: &Actor) -> Result<i64> {
    let inbox = read(tx, actor, Place::Today).await?;
    let waiting = inbox.items.iter().filter(|item| item.section == Some(Section::Waiting)).count();
    Ok(i64::try_from(waiting).unwrap_or(i64::MAX))
}
