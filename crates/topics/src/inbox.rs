//! The inbox: the topics that want something from me, each with its reason. Nothing is stored
//! for it: one rule reads the topic, my mark and the asks. The client applies the same rule to
//! its own rows; both run the cases of `tests/vectors/inbox.json`.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use people::{Actor, GroupId, MemberId, delivery};
use serde::{Deserialize, Serialize};
use store::{Encoded, Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    AskId, Result, TopicId,
    asks::{self, Ask, AskState},
    marks::{Mark, Reason, mark_columns},
    outline::{self, Outline, outline_columns},
    posts::{self, Post},
    topic::{Topic, visible_to_2},
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
    /// Somebody asked a group of mine, and nobody has taken it.
    AskedGroup,
    /// The time of an ask of mine has passed.
    Late,
    /// My ask was answered; it waits for me to close it.
    Answered,
    /// A new post names me.
    Mentioned,
    /// It is mine to do.
    Assigned,
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
    /// Posts that have arrived after the last that I have read.
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

/// What has reached me: what the rule needs to know of my deliveries.
#[derive(Debug, Clone, Copy)]
pub struct Reached {
    /// All that was written before this instant has arrived.
    pub through: Timestamp,
    /// Until then everything arrives as it happens.
    pub open_until: Option<Timestamp>,
}

impl Reached {
    fn is_open(&self, now: Timestamp) -> bool {
        self.open_until.is_some_and(|until| now < until)
    }

    /// The highest post that has arrived.
    fn no(&self, now: Timestamp, topic: Seen, mark: Option<&Mark>) -> i64 {
        if self.is_open(now) {
            topic.last_no
        } else {
            mark.map_or(0, |mark| mark.delivered_no).min(topic.last_no)
        }
    }

    fn ask(&self, now: Timestamp, ask: &Ask) -> bool {
        self.is_open(now) || ask.delivered_at <= now || ask.asked_at < self.through
    }
}

/// Who looks at their inbox, and when.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Me.
    pub me: MemberId,
    /// The groups that I belong to.
    pub groups: &'a HashSet<GroupId>,
    /// What has reached me.
    pub reached: Reached,
    /// The clock.
    pub now: Timestamp,
}

/// The rule. None: the topic does not concern my inbox. `asks` are those on the topic in which I
/// am asker or asked, or a group of mine is.
pub fn place(reader: Reader<'_>, topic: Seen, mark: Option<&Mark>, asks: &[Ask]) -> Option<Placed> {
    let arrived = reader.reached.no(reader.now, topic, mark);
    let unread = (arrived - mark.map_or(0, |mark| mark.read_no)).max(0);
    let item = |section, reason, ask| Item { topic: topic.id, section, reason, ask, unread };
    if let Some((section, reason, ask)) = wanted(reader, arrived, topic, mark, asks) {
        let later = mark.and_then(|mark| mark.later_until).is_some_and(|until| until > reader.now);
        let place = if later { Place::Later } else { Place::Today };
        return Some(Placed { place, item: item(Some(section), reason, ask) });
    }
    let cleared = mark.is_some_and(|mark| {
        mark.done_no > 0 && mark.done_no >= arrived && (!topic.social || mark.mention_no > 0)
    });
    cleared.then(|| Placed { place: Place::Done, item: item(None, None, None) })
}

/// What the topic wants from me, and the strongest reason: an ask for me or a group of mine, an ask
/// of mine whose time has passed, an answer to one, a mention, and then whatever made me follow it.
/// Of several asks the one due first.
fn wanted(
    reader: Reader<'_>,
    arrived: i64,
    topic: Seen,
    mark: Option<&Mark>,
    asks: &[Ask],
) -> Option<(Section, Option<Because>, Option<AskId>)> {
    let Reader { me, groups, reached, now } = reader;
    let done = mark.map_or(0, |mark| mark.done_no);
    let news = arrived > done;
    let waiting = |because: Because, wanted: &dyn Fn(&Ask) -> bool| {
        let first = asks.iter().filter(|ask| wanted(ask)).min_by_key(|ask| (due(ask), ask.id));
        first.map(|ask| (Section::Waiting, Some(because), Some(ask.id)))
    };
    let for_me = |ask: &Ask| ask.asked == Some(me) && ask.state.is_owed() && reached.ask(now, ask);
    let for_us = |ask: &Ask| {
        ask.asked.is_none()
            && ask.asker != me
            && ask.state.is_owed()
            && ask.group.is_some_and(|group| groups.contains(&group))
            && ask.no.unwrap_or(0) <= arrived
    };
    let late = |ask: &Ask| ask.asker == me && ask.state.is_owed() && due(ask) <= now;
    let answered = |ask: &Ask| news && ask.asker == me && ask.state == AskState::Answered;
    let asked = waiting(Because::Asked, &for_me)
        .or_else(|| waiting(Because::AskedGroup, &for_us))
        .or_else(|| waiting(Because::Late, &late))
        .or_else(|| waiting(Because::Answered, &answered));
    if asked.is_some() {
        return asked;
    }
    let mark = mark?;
    if mark.mention_no > done && mark.mention_no <= arrived {
        return Some((Section::Reading, Some(Because::Mentioned), None));
    }
    let followed = mark.following && news && !topic.social;
    (followed || mark.kept).then(|| (Section::Reading, mark.reason.map(Because::from), None))
}

/// When an ask is due: as promised, else as asked. What is urgent is due now and comes first; what
/// has no due comes last.
fn due(ask: &Ask) -> Timestamp {
    if ask.urgent.is_some() { Timestamp::MIN } else { ask.expected_at().unwrap_or(Timestamp::MAX) }
}

impl From<Reason> for Because {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Started => Self::Started,
            Reason::Mentioned => Self::Mentioned,
            Reason::Asked => Self::Asked,
            Reason::Assigned => Self::Assigned,
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
    #[schema(value_type = Vec<Topic>)]
    pub topics: Vec<Encoded>,
    /// My marks on them.
    pub marks: Vec<Mark>,
    /// The asks of mine on them.
    pub asks: Vec<Ask>,
    /// The posts that carry those asks.
    #[schema(value_type = Vec<Post>)]
    pub posts: Vec<Encoded>,
}

/// A topic in one part of the inbox, with what put it there.
struct Found {
    topic: Outline,
    mark: Option<Mark>,
    asks: Vec<Ask>,
    item: Item,
    /// When the newest post that has arrived was written. What is held does not move the topic.
    newest_at: Timestamp,
}

/// Reads one part of the actor's inbox.
pub async fn read(tx: &Tx, actor: &Actor, wanted: Place) -> Result<Inbox> {
    let found = find(tx, actor, wanted).await?;
    let outlines: Vec<Outline> = found.iter().map(|found| found.topic).collect();
    let mut inbox = Inbox {
        seq: tx.head(actor.workspace.uuid()).await?,
        now: actor.at,
        items: Vec::with_capacity(found.len()),
        topics: outline::encoded(tx, actor, &outlines).await?,
        marks: Vec::new(),
        asks: Vec::new(),
        posts: Vec::new(),
    };
    for Found { topic, mark, asks, item, .. } in found {
        for no in asks.iter().filter_map(|ask| ask.no) {
            inbox.posts.extend(posts::encoded(tx, actor, topic, no, no).await?);
        }
        inbox.items.push(item);
        inbox.marks.extend(mark);
        inbox.asks.extend(asks);
    }
    Ok(inbox)
}

/// The topics in one part of the actor's inbox, in order.
async fn find(tx: &Tx, actor: &Actor, wanted: Place) -> Result<Vec<Found>> {
    let (groups, reached) = (groups_of(tx, actor).await?, reached(tx, actor).await?);
    let reader = Reader { me: actor.member, groups: &groups, reached, now: actor.at };
    let asks = asks_at_hand(tx, actor, reached).await?;
    let candidates = candidates(tx, reader, actor, wanted, &asks).await?;
    let mut by_topic: HashMap<TopicId, Vec<Ask>> = HashMap::new();
    for ask in asks {
        by_topic.entry(ask.topic).or_default().push(ask);
    }
    let social = social_spaces(tx, actor).await?;
    let mut found = Vec::new();
    for Candidate { topic, mark, arrived_at } in candidates {
        let asks = by_topic.remove(&topic.id).unwrap_or_default();
        let social = topic.space.is_some_and(|space| social.contains(&space));
        let seen = Seen { id: topic.id, last_no: topic.last_no, social };
        let Some(placed) = place(reader, seen, mark.as_ref(), &asks) else { continue };
        if placed.place != wanted {
            continue;
        }
        let all_arrived = reached.no(actor.at, seen, mark.as_ref()) >= topic.last_no;
        let newest_at = if all_arrived { topic.last_at } else { arrived_at.unwrap_or(topic.created_at) };
        found.push(Found { topic, mark, asks, item: placed.item, newest_at });
    }
    if wanted != Place::Done {
        sort(&mut found);
    }
    Ok(found)
}

/// What has reached the actor. Whose deliveries have not begun gets everything as it happens.
async fn reached(tx: &Tx, actor: &Actor) -> Result<Reached> {
    let standing = if let Some(standing) = delivery::standing(tx, actor.workspace, actor.member).await? {
        standing
    } else {
        let receiver = delivery::receiver_of(tx, actor.workspace, actor.member, actor.at).await?;
        delivery::Standing::new(actor.at, &receiver)
    };
    Ok(Reached { through: standing.through, open_until: standing.open_until })
}

async fn groups_of(tx: &Tx, actor: &Actor) -> Result<HashSet<GroupId>> {
    let rows = tx
        .all(
            sql!("SELECT of_group FROM group_members WHERE workspace = $1 AND member = $2"),
            args![actor.workspace, actor.member],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("of_group")).collect::<std::result::Result<_, _>>()?)
}

/// The asks that can put a topic into the inbox now: those for me that have arrived, and those of
/// mine that were answered or whose time has passed.
async fn asks_at_hand(tx: &Tx, actor: &Actor, reached: Reached) -> Result<Vec<Ask>> {
    let mut asks = asks::owed(tx, actor, false).await?;
    asks.retain(|ask| ask.asked.is_none() || reached.ask(actor.at, ask));
    let mine = asks::waited_for(tx, actor, false).await?;
    asks.extend(mine.into_iter().filter(|ask| ask.state == AskState::Answered || due(ask) <= actor.at));
    Ok(asks)
}

/// Waiting first, by the instant at which it is due; then to read, the newest of what has arrived
/// first. Between deliveries nothing moves.
fn sort(found: &mut [Found]) {
    found.sort_by_key(|found| {
        let newest = -found.newest_at.as_microsecond();
        match found.item.section {
            Some(Section::Waiting) => {
                let ask = found.asks.iter().find(|ask| Some(ask.id) == found.item.ask);
                (0, ask.map_or(Timestamp::MAX, due).as_microsecond(), newest)
            }
            _ => (1, 0, newest),
        }
    });
}

/// Topics with the actor's marks on them, by a condition, the latest first.
macro_rules! marked {
    ($condition:literal, $latest:literal) => {
        concat!(
            "SELECT ",
            outline_columns!(),
            ", ",
            mark_columns!(),
            ", p.created_at AS delivered_at FROM marks m \
             JOIN topics t ON t.workspace = m.workspace AND t.id = m.topic \
             LEFT JOIN posts p ON p.workspace = m.workspace AND p.topic = m.topic AND p.no = m.delivered_no \
               AND m.delivered_no < t.last_no \
             WHERE m.workspace = $1 AND m.member = $2 AND ",
            visible_to_2!(),
            " AND ",
            $condition,
            " ORDER BY ",
            $latest,
            " DESC LIMIT $3"
        )
    };
}

/// A topic that the rule is asked about.
struct Candidate {
    topic: Outline,
    mark: Option<Mark>,
    /// When the newest post that was delivered was written.
    arrived_at: Option<Timestamp>,
}

/// The topics that the rule is asked about: those with a mark that can matter, and those with asks.
async fn candidates(
    tx: &Tx,
    reader: Reader<'_>,
    actor: &Actor,
    wanted: Place,
    asks: &[Ask],
) -> Result<Vec<Candidate>> {
    let done = wanted == Place::Done;
    let open = reader.reached.is_open(reader.now);
    let by = match (done, open) {
        (true, true) => sql!(marked!("m.done_no > 0 AND t.last_no <= m.done_no", "m.changed_at")),
        (true, false) => sql!(marked!("m.done_no > 0 AND m.delivered_no <= m.done_no", "m.changed_at")),
        (false, true) => {
            sql!(marked!(
                "(m.following OR m.mention_no > 0 OR m.kept) AND (m.kept OR t.last_no > m.done_no)",
                "t.last_at"
            ))
        }
        // The condition of the index on what is at hand, word by word.
        (false, false) => sql!(marked!(
            "(m.following OR m.mention_no > 0 OR m.kept) AND (m.kept OR m.delivered_no > m.done_no)",
            "COALESCE(m.arrived_at, t.last_at)"
        )),
    };
    let rows = tx.all(by, args![actor.workspace, actor.member, MOST]).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (topic, mark) = (Outline::from_row(row)?, Mark::from_row(row)?);
        found.push(Candidate { topic, mark: Some(mark), arrived_at: row.get("delivered_at")? });
    }
    if !done {
        let mut known: HashSet<TopicId> = found.iter().map(|found| found.topic.id).collect();
        for ask in asks {
            if known.insert(ask.topic) {
                let (topic, mark) = outline::with_mark(tx, actor, ask.topic).await?;
                let arrived_at = match &mark {
                    Some(mark) => posts::written_at(tx, actor, topic.id, mark.delivered_no).await?,
                    None => None,
                };
                found.push(Candidate { topic, mark, arrived_at });
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
    let found = find(tx, actor, Place::Today).await?;
    let waiting = found.iter().filter(|found| found.item.section == Some(Section::Waiting)).count();
    Ok(i64::try_from(waiting).unwrap_or(i64::MAX))
}
