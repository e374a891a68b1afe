//! The page for coming back: what happened while the reader was away, ordered by what it wants
//! from them. It is computed anew for each request, so that the same absence always gives the same
//! page, and each topic stands in one section: the one that wants most.

mod activity;
mod asks;

use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use people::{Actor, MemberId, Space, delivery, schedules};
use serde::Serialize;
use store::{Audience, Tx, args, sql};
use utoipa::ToSchema;
use worktime::Schedule;

use crate::{
    Result, TopicId,
    posts::Post,
    shows,
    topic::{Topic, TopicState},
};
use activity::{Active, Activity};

/// From how many working days on an absence has its page by itself.
const LONG: u32 = 2;
/// How far back the last absence is looked for.
const LATELY: SignedDuration = SignedDuration::from_hours(400 * 24);
/// The longest absence that can be asked for.
const LONGEST: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);
/// Half a working day: the clocks run again after it (product.md, *coming back*).
const RAMP: u32 = 240;
/// The most topics in the last section; the rest is a number.
const MOST_REST: usize = 200;
/// How much of an outcome or a summary stands in one line, in characters.
const LINE: usize = 160;

/// What happened while I was away.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AwayPage {
    /// The number at which it was read.
    pub seq: i64,
    /// When it was read.
    pub now: Timestamp,
    /// When the absence began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// My working days in it.
    pub working_days: u32,
    /// Half a working day after I am back: clocks run and deliveries come again. Null when my
    /// hours are unknown.
    #[schema(required = true)]
    pub ramp_until: Option<Timestamp>,
    /// How long each section takes to read.
    pub minutes: Minutes,
    /// What wants something from me, what is due first; then what my cover has.
    pub needs: Vec<Need>,
    /// What wants only that I have read it.
    pub acknowledge: Vec<ToAcknowledge>,
    /// What ended with an outcome, the newest first.
    pub decided: Vec<Decided>,
    /// What others did with threads that I started, the weightiest first.
    pub changed: Vec<Changed>,
    /// What colleagues marked for me, that of most colleagues first.
    pub worth: Vec<Worth>,
    /// One line for each of my spaces in which something was written.
    pub spaces: Vec<SpaceLine>,
    /// Everything else that I follow or that is in my spaces, the newest first.
    pub rest: Vec<Rest>,
    /// How much of the rest is not listed.
    pub more: usize,
}

/// Minutes of reading, by section: 200 words a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Minutes {
    /// What needs me, and what I acknowledge.
    pub needs: u32,
    /// What was decided.
    pub decided: u32,
    /// What changed in my threads.
    pub changed: u32,
    /// What colleagues marked.
    pub worth: u32,
    /// The rest, listed or not.
    pub rest: u32,
}

/// How an ask stands that was mine while I was away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Was {
    /// Mine, from before the absence.
    Open,
    /// Mine; its clock runs from my return.
    Reclocked,
    /// With somebody else, and not answered.
    PassedToCover,
    /// Answered by somebody else.
    AnsweredByCover,
}

/// An ask of mine.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Need {
    /// As it stands; one that was passed on is the one that the other person has.
    pub ask: crate::asks::Ask,
    /// Where.
    pub topic: Topic,
    /// The post that carries it.
    #[schema(required = true)]
    pub post: Option<Post>,
    /// Of reading what was written there meanwhile; 0 where that is counted above.
    pub minutes: u32,
    /// How it stands.
    pub was: Was,
    /// Who has it or answered it, if not me.
    #[schema(required = true)]
    pub by: Option<MemberId>,
    /// Their answer.
    #[schema(required = true)]
    pub answer_post: Option<Post>,
}

/// An ask that wants only that I have read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToAcknowledge {
    /// The ask.
    pub ask: crate::asks::Ask,
    /// Where.
    pub topic: Topic,
}

/// A topic that ended with an outcome.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Decided {
    /// The topic, with its outcome.
    pub topic: Topic,
    /// Of reading what was written there meanwhile.
    pub minutes: u32,
}

/// What somebody did with a topic of mine. Of several things the weightiest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It ended with an outcome.
    Closed,
    /// It is in another space.
    Moved,
    /// It has another title.
    Renamed,
    /// Somebody wrote there.
    NewPosts,
}

/// A topic of mine in which something changed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Changed {
    /// The topic.
    pub topic: Topic,
    /// What.
    pub what: What,
    /// Who did it; the newest author for posts.
    #[schema(required = true)]
    pub by: Option<MemberId>,
    /// When.
    pub at: Timestamp,
    /// How many posts others wrote there.
    pub posts: u32,
}

/// A topic that colleagues marked for me.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Worth {
    /// The topic.
    pub topic: Topic,
    /// Who marked it, the first first.
    pub by: Vec<MemberId>,
    /// Of reading what was written there meanwhile.
    pub minutes: u32,
}

/// One of my spaces.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SpaceLine {
    /// Which.
    pub space: Space,
    /// In how many topics somebody wrote.
    pub topics: u32,
    /// How many posts.
    pub posts: u32,
    /// The newest "where we are" or outcome that was written meanwhile; empty when there is none.
    pub line: String,
}

/// A topic among the rest.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Rest {
    /// The topic.
    pub topic: Topic,
    /// How it ended, in one line.
    #[schema(required = true)]
    pub outcome: Option<String>,
    /// How many posts others wrote there.
    pub posts: u32,
    /// Of reading them.
    pub minutes: u32,
}

/// An absence of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Absence {
    from: Timestamp,
    until: Timestamp,
    working_days: u32,
    /// Their first working instant afterwards, or the end when their hours are unknown.
    back: Timestamp,
    ramp_until: Option<Timestamp>,
}

/// Reads the page for an absence, or for the last one of two working days or more.
pub async fn read(
    tx: &Tx,
    actor: &Actor,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<AwayPage> {
    let schedules = schedules::of(tx, actor.workspace, &[actor.member], actor.at).await?;
    let schedule = schedules.get(&actor.member);
    let absence = match (from, until) {
        (Some(from), Some(until)) => between(schedule, from, until)?,
        (None, None) => {
            last(schedule, actor.at).ok_or(Refusal::not_found("absence of two working days or more"))?
        }
        _ => return Err(Refusal::invalid("to", "belongs to `from`: say both or neither").into()),
    };
    page(tx, actor, absence).await
}

/// The page was seen: it does not open by itself any more, and what colleagues marked has served.
pub async fn seen(tx: &Tx, actor: &Actor) -> Result<()> {
    shows::seen(tx, actor).await?;
    let Some(standing) = delivery::standing(tx, actor.workspace, actor.member).await? else { return Ok(()) };
    if standing.came_back.is_none() {
        return Ok(());
    }
    let seen = delivery::Standing { came_back: None, ..standing };
    delivery::keep(tx, actor.workspace, actor.member, &seen).await?;
    let row = delivery::read(tx, actor.workspace, actor.member, actor.at).await?;
    let own = Audience::Member(actor.member.uuid());
    tx.record(actor.change("delivery.changed", own, vec![edge::put("deliveries", row.id, &row)]));
    Ok(())
}

fn between(schedule: Option<&Schedule>, from: Timestamp, until: Timestamp) -> Result<Absence, Refusal> {
    if until <= from || until.duration_since(from) > LONGEST {
        return Err(Refusal::invalid_because(
            "to",
            "is not after the beginning",
            "at most two years after it",
        )
        .named("out_of_range"));
    }
    let working_days = schedule.map_or(0, |schedule| {
        let always = schedule.without_time_off();
        let days = always.working_days(from).take_while(|day| day.start() < until);
        u32::try_from(days.count()).unwrap_or(u32::MAX)
    });
    Ok(absence(schedule, from, until, working_days))
}

fn last(schedule: Option<&Schedule>, now: Timestamp) -> Option<Absence> {
    let schedule = schedule?;
    let leaves = schedule.leaves(now.checked_sub(LATELY).ok()?, now);
    let leave = leaves.into_iter().rfind(|leave| leave.working_days >= LONG && leave.from <= now)?;
    Some(absence(Some(schedule), leave.from, leave.until, leave.working_days))
}

fn absence(schedule: Option<&Schedule>, from: Timestamp, until: Timestamp, working_days: u32) -> Absence {
    let back = schedule.and_then(|schedule| schedule.next_working(until));
    let ramp_until = schedule.and_then(|schedule| schedule.add_working(until, RAMP));
    Absence { from, until, working_days, back: back.unwrap_or(until), ramp_until }
}

impl Absence {
    /// What was written until then belongs to the page: up to the first moment back.
    fn end(&self, now: Timestamp) -> Timestamp {
        now.min(self.back)
    }
}

async fn page(tx: &Tx, actor: &Actor, absence: Absence) -> Result<AwayPage> {
    let mut page = AwayPage {
        seq: tx.head(actor.workspace.uuid()).await?,
        now: actor.at,
        from: absence.from,
        until: absence.until,
        working_days: absence.working_days,
        ramp_until: absence.ramp_until,
        minutes: Minutes::default(),
        needs: Vec::new(),
        acknowledge: Vec::new(),
        decided: Vec::new(),
        changed: Vec::new(),
        worth: Vec::new(),
        spaces: Vec::new(),
        rest: Vec::new(),
        more: 0,
    };
    let mut activity = activity::read(tx, actor, &absence).await?;
    page.spaces = activity::lines(tx, actor, &activity).await?;
    take_asks(tx, actor, &absence, &mut activity, &mut page).await?;
    take_decided(actor, &mut activity, &mut page);
    take_changed(tx, actor, &absence, &mut activity, &mut page).await?;
    take_worth(tx, actor, &mut activity, &mut page).await?;
    take_rest(activity, &mut page);
    Ok(page)
}

async fn take_asks(
    tx: &Tx,
    actor: &Actor,
    absence: &Absence,
    activity: &mut Activity,
    page: &mut AwayPage,
) -> Result<()> {
    for need in asks::read(tx, actor, absence).await? {
        let minutes = activity.take(need.topic.id).map_or(0, |active| active.minutes());
        page.minutes.needs += minutes;
        if need.was <= Was::Reclocked && need.ask.kind == crate::asks::AskKind::Acknowledge {
            page.acknowledge.push(ToAcknowledge { ask: need.ask, topic: need.topic });
        } else {
            page.needs.push(Need { minutes, ..need });
        }
    }
    Ok(())
}

fn take_decided(actor: &Actor, activity: &mut Activity, page: &mut AwayPage) {
    let by_others = |active: &Active| active.was_closed && active.topic.closed_by != Some(actor.member);
    let mut decided =
        activity.take_all(|active| by_others(active) && active.topic.created_by != actor.member);
    decided.sort_by_key(|active| (std::cmp::Reverse(active.topic.closed_at), active.topic.id));
    for active in decided {
        let minutes = active.minutes();
        page.minutes.decided += minutes;
        page.decided.push(Decided { topic: active.topic, minutes });
    }
}

async fn take_changed(
    tx: &Tx,
    actor: &Actor,
    absence: &Absence,
    activity: &mut Activity,
    page: &mut AwayPage,
) -> Result<()> {
    let events = events(tx, actor, absence).await?;
    for (topic, ..) in &events {
        // Nobody wrote there, but somebody moved it.
        if let Some(topic) = of_mine(tx, actor, *topic).await? {
            activity.add(topic);
        }
    }
    for active in activity.take_all(|active| active.topic.created_by == actor.member) {
        let mut found: Vec<(What, Option<MemberId>, Timestamp)> = events
            .iter()
            .filter(|(topic, ..)| *topic == active.topic.id)
            .map(|(_, what, by, at)| (*what, *by, *at))
            .collect();
        if let (true, Some(at)) = (active.was_closed, active.topic.closed_at) {
            found.push((What::Closed, active.topic.closed_by, at));
        }
        if let Some((by, at)) = active.newest {
            found.push((What::NewPosts, Some(by), at));
        }
        found.retain(|(_, by, _)| *by != Some(actor.member));
        // Of one kind the newest.
        found.sort_by_key(|(what, _, at)| (*what, std::cmp::Reverse(*at)));
        let Some((what, by, at)) = found.into_iter().next() else { continue };
        page.minutes.changed += active.minutes();
        page.changed.push(Changed { what, by, at, posts: active.posts, topic: active.topic });
    }
    page.changed.sort_by_key(|changed| (changed.what, std::cmp::Reverse(changed.at), changed.topic.id));
    Ok(())
}

async fn of_mine(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<Option<Topic>> {
    match crate::topic::see(tx, actor, topic).await {
        Ok(topic) => Ok(Some(topic).filter(|topic| topic.created_by == actor.member)),
        Err(crate::Error::Refused(Refusal::NotFound { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Who moved or renamed which topics meanwhile.
async fn events(
    tx: &Tx,
    actor: &Actor,
    absence: &Absence,
) -> Result<Vec<(TopicId, What, Option<MemberId>, Timestamp)>> {
    let rows = tx
        .all(
            sql!(
                "SELECT c.verb, c.actor, c.at, c.rows FROM changes c WHERE c.workspace = $1 \
                 AND c.verb IN ('topic.moved', 'topic.renamed') AND c.at >= $2 AND c.at < $3 ORDER BY c.seq"
            ),
            args![actor.workspace, absence.from, absence.end(actor.at)],
        )
        .await?;
    let mut events = Vec::new();
    for row in &rows {
        let verb: String = row.get("verb")?;
        let what = if verb == "topic.moved" { What::Moved } else { What::Renamed };
        let (by, at) = (row.get("actor")?, row.get("at")?);
        let named: Vec<NamedRow> = super::drafts::parsed("changes.rows", &row.get::<String>("rows")?)?;
        let topics = named.into_iter().filter(|row| row.table == "topics");
        events.extend(topics.filter_map(|row| Some((row.id.parse().ok()?, what, by, at))));
    }
    Ok(events)
}

/// What a change says about a row, without the row.
#[derive(serde::Deserialize)]
struct NamedRow {
    table: String,
    id: String,
}

async fn take_worth(tx: &Tx, actor: &Actor, activity: &mut Activity, page: &mut AwayPage) -> Result<()> {
    let mut worth: Vec<(TopicId, Vec<MemberId>)> = Vec::new();
    for show in shows::to_me(tx, actor).await? {
        match worth.iter_mut().find(|(topic, _)| *topic == show.topic) {
            Some((_, by)) => by.push(show.by),
            None => worth.push((show.topic, vec![show.by])),
        }
    }
    // The sort is stable: of as many colleagues, what was marked first.
    worth.sort_by_key(|(_, by)| std::cmp::Reverse(by.len()));
    for (topic, by) in worth {
        if activity.is_taken(topic) {
            continue;
        }
        let (topic, minutes) = match activity.take(topic) {
            Some(active) => (active.topic.clone(), active.minutes()),
            // Nothing was written there meanwhile, or it is in nobody's space of theirs.
            None => match crate::topic::see(tx, actor, topic).await {
                Ok(topic) => (topic, 0),
                Err(crate::Error::Refused(Refusal::NotFound { .. })) => continue,
                Err(error) => return Err(error),
            },
        };
        page.minutes.worth += minutes;
        page.worth.push(Worth { topic, by, minutes });
    }
    Ok(())
}

fn take_rest(mut activity: Activity, page: &mut AwayPage) {
    let mut rest = activity.take_all(|active| active.posts > 0);
    rest.sort_by_key(|active| (std::cmp::Reverse(active.topic.last_at), active.topic.id));
    page.minutes.rest = rest.iter().map(Active::minutes).sum();
    page.more = rest.len().saturating_sub(MOST_REST);
    page.rest = rest
        .into_iter()
        .take(MOST_REST)
        .map(|active| Rest {
            outcome: (active.topic.state == TopicState::Closed)
                .then(|| active.topic.outcome.as_deref().map(line))
                .flatten(),
            posts: active.posts,
            minutes: active.minutes(),
            topic: active.topic,
        })
        .collect();
}

/// The first line of a Markdown text, as plain text.
fn line(markdown: &str) -> String {
    let text = crate::markdown::render(markdown, &|_: &str| None).text;
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    crate::markdown::snippet(first, LINE)
}
