//! Asks: a request to exactly one member, with a clock that runs only in that member's own
//! working time. `open → accepted → answered → closed`, or declined, passed on, withdrawn.

use edge::put;
use jiff::{SignedDuration, Timestamp};
use kernel::{Refusal, clean_line};
use people::{Actor, Away, MemberId, MemberState, schedules, time_off};
use serde::{Deserialize, Serialize};
use store::{Row, RowChange, Tx, args, sql};
use utoipa::ToSchema;
use worktime::Schedule;

use crate::{
    AskId, PostId, Result, TopicId, error,
    marks::{self, Reason},
    posts,
    topic::{self, Topic},
};

/// The longest question, in characters: one line.
const QUESTION: usize = 300;
/// Half a working day, in working minutes (product.md, *budget*).
const HALF_DAY: u32 = 240;
/// The farthest due instant.
const FARTHEST: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// The word in the API and the database.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ();
            fn from_str(word: &str) -> std::result::Result<Self, ()> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err(()) }
            }
        }
    };
}

words! {
    /// What is asked for.
    AskKind {
        /// An answer to a question.
        Answer = "answer",
        /// A decision.
        Decide = "decide",
        /// A review of something.
        Review = "review",
        /// Something done.
        Do = "do",
        /// That it was read and understood.
        Acknowledge = "acknowledge",
    }
}

words! {
    /// Where an ask stands.
    AskState {
        /// Nobody has taken it up.
        Open = "open",
        /// The asked person said when.
        Accepted = "accepted",
        /// Answered; the asker has not closed it.
        Answered = "answered",
        /// Over.
        Closed = "closed",
        /// The asked person said no, with a reason.
        Declined = "declined",
        /// It is with somebody else now.
        PassedOn = "passed_on",
        /// The asker took it back.
        Withdrawn = "withdrawn",
    }
}

impl AskState {
    /// Whether the asked person still owes something.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Accepted)
    }
}

/// How long the asked person has, in their working time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "SaidBudget")]
pub enum Budget {
    /// The end of their next working day.
    NextWorkingDay,
    /// Four working hours.
    HalfDay,
    /// The end of the last working day of this week of theirs, or of the next if none is left.
    ThisWeek,
    /// No due instant.
    NoRush,
    /// An exact instant.
    Exact {
        /// In the future, at most two years away.
        at: Timestamp,
    },
}

/// A budget as it is written. Read apart, because a tagged enum would let unknown fields pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SaidBudget {
    kind: BudgetKind,
    #[serde(default)]
    at: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum BudgetKind {
    NextWorkingDay,
    HalfDay,
    ThisWeek,
    NoRush,
    Exact,
}

impl TryFrom<SaidBudget> for Budget {
    type Error = &'static str;

    fn try_from(said: SaidBudget) -> Result<Self, &'static str> {
        Ok(match (said.kind, said.at) {
            (BudgetKind::NextWorkingDay, None) => Self::NextWorkingDay,
            (BudgetKind::HalfDay, None) => Self::HalfDay,
            (BudgetKind::ThisWeek, None) => Self::ThisWeek,
            (BudgetKind::NoRush, None) => Self::NoRush,
            (BudgetKind::Exact, Some(at)) => Self::Exact { at },
            (BudgetKind::Exact, None) => return Err("missing field `at`"),
            (_, Some(_)) => return Err("unknown field `at`: only an exact budget has it"),
        })
    }
}

/// An ask as everyone who may see its topic sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Ask {
    /// Its id.
    pub id: AskId,
    /// Where it was asked.
    pub topic: TopicId,
    /// On which post.
    #[schema(required = true)]
    pub post: Option<PostId>,
    /// What for.
    pub kind: AskKind,
    /// One line.
    pub question: String,
    /// Who asks.
    pub asker: MemberId,
    /// Who is asked.
    pub asked: MemberId,
    /// How long they have.
    pub budget: Budget,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When the asked person gets it: at once in their working time, else when they next start.
    pub delivered_at: Timestamp,
    /// When it is due; null when there is no rush or their hours are unknown.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// When the asked person said that it would be, if they named another time.
    #[schema(required = true)]
    pub promised_at: Option<Timestamp>,
    /// Where it stands.
    pub state: AskState,
    /// The post that answers it.
    #[schema(required = true)]
    pub answer_post: Option<PostId>,
    /// Why it was declined, or the note with which it was passed on.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// Whom the asked person suggested instead.
    #[schema(required = true)]
    pub suggested: Option<MemberId>,
    /// The ask that replaced it when it was passed on.
    #[schema(required = true)]
    pub passed_to: Option<AskId>,
    /// The ask that it replaced.
    #[schema(required = true)]
    pub passed_from: Option<AskId>,
    /// When it was over.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
}

impl Ask {
    pub(crate) fn row(&self) -> RowChange {
        put("asks", self.id, self)
    }

    fn from_row(row: &Row) -> Result<Self> {
        let (kind, state, budget): (String, String, String) =
            (row.get("kind")?, row.get("state")?, row.get("budget")?);
        Ok(Self {
            id: row.get("id")?,
            topic: row.get("topic")?,
            post: row.get("post")?,
            kind: error::word("asks.kind", &kind)?,
            question: row.get("question")?,
            asker: row.get("asker")?,
            asked: row.get("asked")?,
            budget: serde_json::from_str(&budget)
                .map_err(|error| crate::Error::Broken { what: "asks.budget", problem: error.to_string() })?,
            asked_at: row.get("asked_at")?,
            delivered_at: row.get("delivered_at")?,
            due_at: row.get("due_at")?,
            promised_at: row.get("promised_at")?,
            state: error::word("asks.state", &state)?,
            answer_post: row.get("answer_post")?,
            reason: row.get("reason")?,
            suggested: row.get("suggested")?,
            passed_to: row.get("passed_to")?,
            passed_from: row.get("passed_from")?,
            ended_at: row.get("ended_at")?,
        })
    }
}

/// The columns of [`Ask`], of a table named `a`.
macro_rules! ask_columns {
    () => {
        "a.id, a.topic, a.post, a.kind, a.question, a.asker, a.asked, a.budget, a.asked_at, a.delivered_at, \
         a.due_at, a.promised_at, a.state, a.answer_post, a.reason, a.suggested, a.passed_to, a.passed_from, \
         a.ended_at"
    };
}

/// A new ask.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAsk {
    /// Made by whoever creates it.
    pub id: AskId,
    /// What for.
    pub kind: AskKind,
    /// One line, 1 to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub question: String,
    /// Who is asked.
    pub asked: MemberId,
    /// How long they have.
    pub budget: Budget,
}

/// Passing an ask on to somebody else.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// The id of the ask that they get.
    pub id: AskId,
    /// Who gets it.
    pub to: MemberId,
    /// What they should know, in a sentence.
    pub note: String,
}

/// What one person's clock says about an ask, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskTimes {
    /// Whose clock.
    pub member: MemberId,
    /// When they get it.
    pub delivered_at: Timestamp,
    /// When it is due.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
    /// Whether the due instant lies in their working time.
    pub in_hours: bool,
    /// Where the due falls outside, the start of their next working time: a better choice.
    #[schema(required = true)]
    pub better: Option<Timestamp>,
    /// What stands in the way of a promise.
    #[schema(required = true)]
    pub note: Option<AskNote>,
    /// The time off they are in, if any: until when, and who covers.
    #[schema(required = true)]
    pub away: Option<Away>,
}

/// What stands in the way of computing a person's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AskNote {
    /// They have not set their hours: unknown, not off.
    NoSchedule,
    /// Their hours hold no working time in the coming two years.
    NeverWorks,
    /// They are on time off now.
    Away,
}

/// Delivery and due of an ask made at `at` to a person with this schedule. This is the promise
/// that Meridian makes, so it exists once; previews and asks both come from here.
fn times(schedule: Option<&Schedule>, budget: &Budget, at: Timestamp) -> (Timestamp, Option<Timestamp>) {
    let exact = match budget {
        Budget::Exact { at } => Some(*at),
        _ => None,
    };
    let Some(schedule) = schedule else { return (at, exact) };
    let delivered = schedule.next_working(at).unwrap_or(at);
    let due = match budget {
        Budget::NextWorkingDay => schedule.end_of_working_day(at, 1),
        Budget::HalfDay => schedule.add_working(at, HALF_DAY),
        Budget::ThisWeek => end_of_week(schedule, at),
        Budget::NoRush => None,
        Budget::Exact { .. } => exact,
    };
    (delivered, due)
}

/// The end of the last working interval of the week in which they next work. A week begins on
/// Monday in their zone; an interval belongs to the week in which it ends.
fn end_of_week(schedule: &Schedule, at: Timestamp) -> Option<Timestamp> {
    let next = schedule.next_working(at)?;
    let week_of = |end: Timestamp| {
        let last_moment = end.checked_sub(SignedDuration::from_micros(1)).unwrap_or(end);
        last_moment.to_zoned(schedule.zone().clone()).date().iso_week_date()
    };
    let two_weeks = next.checked_add(SignedDuration::from_hours(14 * 24)).ok()?;
    let intervals = schedule.intervals(next, two_weeks);
    let first = week_of(intervals.first()?.end);
    intervals
        .iter()
        .take_while(|interval| {
            let week = week_of(interval.end);
            (week.year(), week.week()) == (first.year(), first.week())
        })
        .last()
        .map(|interval| interval.end)
}

/// Refuses an exact instant in the past or beyond two years.
fn check_budget(budget: &Budget, now: Timestamp) -> Result<()> {
    match budget {
        Budget::Exact { at } if *at <= now || at.duration_since(now) > FARTHEST => {
            Err(Refusal::invalid_because(
                "budget.at",
                "is out of range",
                "an instant within the coming two years",
            )
            .into())
        }
        _ => Ok(()),
    }
}

/// What each person's clock says about a budget, without asking anything.
pub async fn preview(
    tx: &Tx,
    actor: &Actor,
    asked: &[MemberId],
    budget: &Budget,
    at: Timestamp,
) -> Result<Vec<AskTimes>> {
    check_budget(budget, at)?;
    let schedules = schedules::of(tx, actor.workspace, asked, at).await?;
    let mut previews = Vec::with_capacity(asked.len());
    for member in asked {
        people::members::see(tx, actor, *member).await?;
        let schedule = schedules.get(member);
        let (delivered_at, due_at) = times(schedule, budget, at);
        let away = time_off::current_or_next(tx, actor.workspace, *member, at)
            .await?
            .filter(|away| away.from <= at && at < away.until);
        let in_hours = match (schedule, due_at) {
            // A due instant at the end of a working interval is the last moment of it.
            (Some(schedule), Some(due)) => {
                schedule.is_working(due)
                    || due
                        .checked_sub(SignedDuration::from_micros(1))
                        .is_ok_and(|just_before| schedule.is_working(just_before))
            }
            _ => true,
        };
        previews.push(AskTimes {
            member: *member,
            delivered_at,
            due_at,
            in_hours,
            better: due_at.filter(|_| !in_hours).and_then(|due| schedule?.next_working(due)),
            note: match schedule {
                None => Some(AskNote::NoSchedule),
                Some(schedule) if schedule.next_working(at).is_none() => Some(AskNote::NeverWorks),
                Some(_) if away.is_some() => Some(AskNote::Away),
                Some(_) => None,
            },
            away,
        });
    }
    Ok(previews)
}

/// One choice of budget and where it falls for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BudgetChoice {
    /// The choice.
    pub budget: Budget,
    /// Where it falls.
    #[schema(required = true)]
    pub due_at: Option<Timestamp>,
}

/// Where each named budget falls for one person.
pub async fn choices(tx: &Tx, actor: &Actor, member: MemberId, at: Timestamp) -> Result<Vec<BudgetChoice>> {
    let schedules = schedules::of(tx, actor.workspace, &[member], at).await?;
    Ok([Budget::HalfDay, Budget::NextWorkingDay, Budget::ThisWeek, Budget::NoRush]
        .into_iter()
        .map(|budget| {
            let (_, due_at) = times(schedules.get(&member), &budget, at);
            BudgetChoice { budget, due_at }
        })
        .collect())
}

/// Asks on a topic, or on one of its posts.
pub async fn create(tx: &Tx, actor: &Actor, topic: TopicId, post: Option<PostId>, new: NewAsk) -> Result<()> {
    let topic = topic::see(tx, actor, topic).await?;
    topic::writable(tx, actor, &topic).await?;
    if let Some(post) = post {
        on_this_topic(tx, actor, &topic, "post", post).await?;
    }
    let id = write(tx, actor, &topic, post, new, actor.member, None).await?;
    announce(tx, actor, "ask.created", &topic, &[id]).await
}

async fn on_this_topic(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    field: &'static str,
    post: PostId,
) -> Result<posts::Post> {
    match posts::read(tx, actor, post).await {
        Ok(post) if post.topic == topic.id && post.deleted_at.is_none() => Ok(post),
        Ok(_) | Err(crate::Error::Refused(Refusal::NotFound { .. })) => {
            Err(Refusal::invalid(field, "is no post of this thread").into())
        }
        Err(error) => Err(error),
    }
}

/// Writes the ask of a post with its computed times; the caller records it.
pub(crate) async fn insert(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    post: Option<PostId>,
    new: NewAsk,
) -> Result<AskId> {
    let written = write(tx, actor, topic, post, new, actor.member, None).await;
    written.map_err(|error| renamed(error, |field| format!("ask.{field}")))
}

/// A refusal of a field, under the name that the field has in the request.
fn renamed(error: crate::Error, name: impl FnOnce(&str) -> String) -> crate::Error {
    match error {
        crate::Error::Refused(Refusal::Invalid { field, problem, allowed }) => {
            Refusal::Invalid { field: name(&field), problem, allowed }.into()
        }
        other => other,
    }
}

async fn write(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    post: Option<PostId>,
    new: NewAsk,
    asker: MemberId,
    passed_from: Option<AskId>,
) -> Result<AskId> {
    let question = clean_line("question", &new.question, QUESTION)?;
    check_budget(&new.budget, actor.at)?;
    if new.asked == asker {
        return Err(Refusal::invalid("asked", "asks its own asker").into());
    }
    let person = people::members::see(tx, actor, new.asked)
        .await
        .map_err(|_| Refusal::invalid("asked", "is nobody here"))?;
    if person.state != MemberState::Active {
        return Err(Refusal::invalid("asked", format!("{} cannot answer here", person.short_name)).into());
    }
    if !topic::can_see(tx, actor, new.asked, topic).await? {
        return Err(
            Refusal::invalid("asked", format!("{} cannot read this thread", person.short_name)).into()
        );
    }
    let schedules = schedules::of(tx, actor.workspace, &[new.asked], actor.at).await?;
    let (delivered_at, due_at) = times(schedules.get(&new.asked), &new.budget, actor.at);
    let budget = serde_json::to_string(&new.budget)
        .map_err(|error| crate::Error::Broken { what: "budget", problem: error.to_string() })?;
    tx.run(
        sql!(
            "INSERT INTO asks (workspace, id, topic, post, kind, question, asker, asked, budget, asked_at, \
             delivered_at, due_at, state, passed_from) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', $13)"
        ),
        args![
            actor.workspace,
            new.id,
            topic.id,
            post,
            new.kind.word(),
            question,
            asker,
            new.asked,
            budget,
            actor.at,
            delivered_at,
            due_at,
            passed_from
        ],
    )
    .await
    .map_err(|error| topic::taken(error, "id"))?;
    marks::touch(tx, actor, new.asked, topic.id, Reason::Asked).await?;
    Ok(new.id)
}

pub(crate) async fn read(tx: &Tx, actor: &Actor, id: AskId) -> Result<Ask> {
    let row = tx
        .maybe(
            sql!(concat!("SELECT ", ask_columns!(), " FROM asks a WHERE a.workspace = $1 AND a.id = $2")),
            args![actor.workspace, id],
        )
        .await?
        .ok_or(Refusal::not_found("ask"))?;
    Ask::from_row(&row)
}

/// An ask on a topic that the actor may see.
pub async fn see(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Ask)> {
    let ask = read(tx, actor, id).await?;
    let topic = topic::see(tx, actor, ask.topic).await.map_err(|error| match error {
        crate::Error::Refused(Refusal::NotFound { .. }) => Refusal::not_found("ask").into(),
        other => other,
    })?;
    Ok((topic, ask))
}

/// All asks of a topic, the oldest first.
pub async fn of_topic(tx: &Tx, actor: &Actor, topic: TopicId) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a WHERE a.workspace = $1 AND a.topic = $2 ORDER BY a.asked_at, a.id LIMIT 500"
            )),
            args![actor.workspace, topic],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// The open asks of a space, the earliest due first.
pub async fn open_in_space(tx: &Tx, actor: &Actor, space: people::SpaceId) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND t.space = $2 AND a.state IN ('open', 'accepted') \
                 ORDER BY a.due_at IS NULL, a.due_at, a.id LIMIT 50"
            )),
            args![actor.workspace, space],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// What the actor owes, ordered by when it is due (no due instant comes last). `ended` adds what
/// is over, the latest first.
pub async fn owed(tx: &Tx, actor: &Actor, ended: bool) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND a.asked = $2 AND ($3 OR a.state IN ('open', 'accepted')) AND ",
                topic::visible_to_2!(),
                " ORDER BY a.ended_at IS NOT NULL, a.ended_at DESC, \
                 COALESCE(a.promised_at, a.due_at) IS NULL, COALESCE(a.promised_at, a.due_at), a.id LIMIT 200"
            )),
            args![actor.workspace, actor.member, ended],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// What the actor waits for, ordered by when it will reach them.
pub async fn waited_for(tx: &Tx, actor: &Actor, ended: bool) -> Result<Vec<Ask>> {
    let rows = tx
        .all(
            sql!(concat!(
                "SELECT ",
                ask_columns!(),
                " FROM asks a JOIN topics t ON t.workspace = a.workspace AND t.id = a.topic \
                 WHERE a.workspace = $1 AND a.asker = $2 AND ($3 OR a.state IN ('open', 'accepted', 'answered')) AND ",
                topic::visible_to_2!(),
                " ORDER BY a.ended_at IS NOT NULL, a.ended_at DESC, \
                 COALESCE(a.promised_at, a.due_at) IS NULL, COALESCE(a.promised_at, a.due_at), a.id LIMIT 200"
            )),
            args![actor.workspace, actor.member, ended],
        )
        .await?;
    rows.iter().map(Ask::from_row).collect()
}

/// The asked person says yes, naming another time if they need one.
pub async fn accept(tx: &Tx, actor: &Actor, id: AskId, promised_at: Option<Timestamp>) -> Result<()> {
    let (topic, ask) = owed_by_actor(tx, actor, id).await?;
    if let Some(at) = promised_at
        && (at <= actor.at || at.duration_since(actor.at) > FARTHEST)
    {
        return Err(Refusal::invalid_because(
            "promised_at",
            "is out of range",
            "an instant within the coming two years",
        )
        .into());
    }
    tx.run(
        sql!("UPDATE asks SET state = 'accepted', promised_at = $3 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, ask.id, promised_at],
    )
    .await?;
    announce(tx, actor, "ask.accepted", &topic, &[id]).await
}

/// A post of the asked person answers it.
pub async fn answer(tx: &Tx, actor: &Actor, id: AskId, post: PostId) -> Result<()> {
    let (topic, _) = owed_by_actor(tx, actor, id).await?;
    answered_by(tx, actor, id, post).await?;
    announce(tx, actor, "ask.answered", &topic, &[id]).await
}

/// The same, for a post that is being written; the caller records it.
pub(crate) async fn answered_by(tx: &Tx, actor: &Actor, id: AskId, post: PostId) -> Result<()> {
    let (topic, ask) = owed_by_actor(tx, actor, id).await?;
    let post = on_this_topic(tx, actor, &topic, "post", post).await?;
    if post.author != actor.member {
        return Err(Refusal::invalid("post", "was written by somebody else").into());
    }
    tx.run(
        sql!("UPDATE asks SET state = 'answered', answer_post = $3 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, ask.id, post.id],
    )
    .await?;
    Ok(())
}

/// The asked person says no, and whom to ask instead.
pub async fn decline(
    tx: &Tx,
    actor: &Actor,
    id: AskId,
    reason: &str,
    suggested: Option<MemberId>,
) -> Result<()> {
    let (topic, ask) = owed_by_actor(tx, actor, id).await?;
    let reason = clean_line("reason", reason, QUESTION)?;
    if let Some(member) = suggested {
        people::members::see(tx, actor, member)
            .await
            .map_err(|_| Refusal::invalid("suggested", "is nobody here"))?;
    }
    tx.run(
        sql!(
            "UPDATE asks SET state = 'declined', reason = $3, suggested = $4, ended_at = $5 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, ask.id, reason, suggested, actor.at],
    )
    .await?;
    announce(tx, actor, "ask.declined", &topic, &[id]).await
}

/// The asked person passes it on: somebody else gets a new ask of the same asker, with a clock
/// of their own that starts now.
pub async fn pass(tx: &Tx, actor: &Actor, id: AskId, pass: Pass) -> Result<()> {
    let (topic, ask) = owed_by_actor(tx, actor, id).await?;
    let note = clean_line("note", &pass.note, QUESTION)?;
    if pass.to == actor.member {
        return Err(Refusal::invalid("to", "is you").into());
    }
    let budget = match ask.budget {
        // An exact instant that is over would be refused: the new person gets the default.
        Budget::Exact { at } if at <= actor.at => Budget::NextWorkingDay,
        budget => budget,
    };
    let next = NewAsk { id: pass.id, kind: ask.kind, question: ask.question, asked: pass.to, budget };
    write(tx, actor, &topic, ask.post, next, ask.asker, Some(ask.id)).await.map_err(|error| {
        renamed(error, |field| if field == "asked" { "to".to_owned() } else { field.to_owned() })
    })?;
    tx.run(
        sql!(
            "UPDATE asks SET state = 'passed_on', reason = $3, passed_to = $4, ended_at = $5 \
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, ask.id, note, pass.id, actor.at],
    )
    .await?;
    announce(tx, actor, "ask.passed_on", &topic, &[id, pass.id]).await
}

/// The asker takes it back.
pub async fn withdraw(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, ask) = asked_by_actor(tx, actor, id).await?;
    if !ask.state.is_owed() {
        return Err(over(&ask));
    }
    end(tx, actor, &ask, AskState::Withdrawn).await?;
    announce(tx, actor, "ask.withdrawn", &topic, &[id]).await
}

/// The asker has what they needed.
pub async fn close(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, ask) = asked_by_actor(tx, actor, id).await?;
    if ask.ended_at.is_some() {
        return Err(over(&ask));
    }
    end(tx, actor, &ask, AskState::Closed).await?;
    announce(tx, actor, "ask.closed", &topic, &[id]).await
}

async fn end(tx: &Tx, actor: &Actor, ask: &Ask, state: AskState) -> Result<()> {
    tx.run(
        sql!("UPDATE asks SET state = $3, ended_at = $4 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, ask.id, state.word(), actor.at],
    )
    .await?;
    Ok(())
}

/// The asker needs more: the ask is open again, and its clock starts anew.
pub async fn reopen(tx: &Tx, actor: &Actor, id: AskId) -> Result<()> {
    let (topic, ask) = asked_by_actor(tx, actor, id).await?;
    if !matches!(ask.state, AskState::Answered | AskState::Closed) {
        return Err(Refusal::conflict("Only an answered or closed ask can be opened again.").into());
    }
    topic::writable(tx, actor, &topic).await?;
    let schedules = schedules::of(tx, actor.workspace, &[ask.asked], actor.at).await?;
    let budget = match &ask.budget {
        Budget::Exact { at } if *at <= actor.at => &Budget::NextWorkingDay,
        budget => budget,
    };
    let (delivered_at, due_at) = times(schedules.get(&ask.asked), budget, actor.at);
    tx.run(
        sql!(
            "UPDATE asks SET state = 'open', answer_post = NULL, promised_at = NULL, ended_at = NULL, \
             delivered_at = $3, due_at = $4 WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, ask.id, delivered_at, due_at],
    )
    .await?;
    announce(tx, actor, "ask.reopened", &topic, &[id]).await
}

async fn owed_by_actor(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Ask)> {
    let (topic, ask) = see(tx, actor, id).await?;
    if ask.asked != actor.member {
        return Err(Refusal::forbidden("Only the person who was asked can do this.").into());
    }
    if !ask.state.is_owed() {
        return Err(over(&ask));
    }
    Ok((topic, ask))
}

async fn asked_by_actor(tx: &Tx, actor: &Actor, id: AskId) -> Result<(Topic, Ask)> {
    let (topic, ask) = see(tx, actor, id).await?;
    if ask.asker != actor.member {
        return Err(Refusal::forbidden("Only the person who asked can do this.").into());
    }
    Ok((topic, ask))
}

fn over(ask: &Ask) -> crate::Error {
    let state = match ask.state {
        AskState::Open | AskState::Accepted => "open",
        AskState::Answered => "answered",
        AskState::Closed => "closed",
        AskState::Declined => "declined",
        AskState::PassedOn => "with somebody else now",
        AskState::Withdrawn => "withdrawn",
    };
    Refusal::conflict(format!("This ask is {state}.")).into()
}

async fn announce(tx: &Tx, actor: &Actor, verb: &'static str, topic: &Topic, asks: &[AskId]) -> Result<()> {
    let mut rows = Vec::with_capacity(asks.len());
    for id in asks {
        rows.push(read(tx, actor, *id).await?.row());
    }
    tx.record(actor.change(verb, topic.audience(), rows));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(zone: &str, shifts: &[(&str, &str)]) -> Schedule {
        let day: Vec<(String, String)> =
            shifts.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect();
        let week = [day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]];
        Schedule::parse(zone, &week, &[]).unwrap()
    }

    fn due(schedule: &Schedule, budget: &Budget, at: &str) -> (String, Option<String>) {
        let (delivered, due) = times(Some(schedule), budget, at.parse().unwrap());
        (delivered.to_string(), due.map(|due| due.to_string()))
    }

    /// days.md D1: asked Wednesday 16:40 in Bogotá, half a day is Thursday 14:00 in Manila.
    #[test]
    fn half_a_day_around_the_world() {
        let althea = schedule("Asia/Manila", &[("09:00", "12:00"), ("13:00", "18:00")]);
        let (delivered, half_day) = due(&althea, &Budget::HalfDay, "2026-11-25T21:40:00Z");
        assert_eq!(delivered, "2026-11-26T01:00:00Z");
        assert_eq!(half_day.as_deref(), Some("2026-11-26T06:00:00Z"));
    }

    /// days.md D1: asked 14:20 in Manila, half a day is 13:45 in Berlin.
    #[test]
    fn half_a_day_before_they_start() {
        let jonas = schedule("Europe/Berlin", &[("09:00", "12:30"), ("13:15", "17:45")]);
        let (delivered, half_day) = due(&jonas, &Budget::HalfDay, "2026-11-26T06:20:00Z");
        assert_eq!(delivered, "2026-11-26T08:00:00Z");
        assert_eq!(half_day.as_deref(), Some("2026-11-26T12:45:00Z"));
    }

    #[test]
    fn this_week_ends_with_the_week_in_which_they_next_work() {
        let camila = schedule("America/Bogota", &[("08:30", "12:30"), ("13:30", "17:30")]);
        let friday_evening = Some("2026-11-27T22:30:00Z".to_owned());
        assert_eq!(due(&camila, &Budget::ThisWeek, "2026-11-25T15:00:00Z").1, friday_evening);
        assert_eq!(due(&camila, &Budget::ThisWeek, "2026-11-27T20:00:00Z").1, friday_evening);
        let friday_after = Some("2026-12-04T22:30:00Z".to_owned());
        assert_eq!(due(&camila, &Budget::ThisWeek, "2026-11-28T15:00:00Z").1, friday_after);
    }

    #[test]
    fn unknown_hours_promise_nothing() {
        let at: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        assert_eq!(times(None, &Budget::NextWorkingDay, at), (at, None));
    }

    #[test]
    fn an_exact_instant_lies_ahead() {
        let now: Timestamp = "2026-11-25T15:00:00Z".parse().unwrap();
        assert!(check_budget(&Budget::Exact { at: now }, now).is_err());
        assert!(check_budget(&Budget::Exact { at: "2029-11-25T15:00:00Z".parse().unwrap() }, now).is_err());
        assert!(check_budget(&Budget::Exact { at: "2026-11-26T15:00:00Z".parse().unwrap() }, now).is_ok());
    }
}
