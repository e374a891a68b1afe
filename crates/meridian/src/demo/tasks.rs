//! What happens to the tasks of the sample: they are made, move, wait, pass from hand to hand, are
//! delivered and accepted.

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date};
use people::Actor;
use store::Tx;
use topics::{
    FileId,
    files::{self, Upload},
    posts::{self, Reply},
};
use work::{
    HandoffId, TaskId,
    acceptance::{self, Acceptable, ToDeliver, ToSendBack},
    change::{self, TaskPatch},
    create::{self, NewTask},
    due::NewDue,
    field::{FieldKind, FieldWish},
    handoff::{self, Baton, ToHandOver},
    moves::{self, Move},
    queue::{self, InQueue},
    rules,
    steps::{self, NewStep, StepPatch},
    task,
    waits::{self, NewWait},
};

use super::{
    board::{Board, Play},
    calendar::Calendar,
    cards::{CARDS, Card, For, Until},
    cast::Who::{self, Ananya, Ines, MinhAnh, Piotr, Rafael, Yuki},
    pictures::Picture,
    projects::{PLANS, Site},
};

/// What somebody does about a task.
pub enum Act {
    /// They write.
    Says(&'static str),
    /// They write with a picture, which is the task's cover from then on.
    Shows(Picture, &'static str),
    /// One of its steps is done.
    Ticks(usize),
    /// They offer it to somebody.
    Offers(Who, Words),
    /// They accept what they were offered.
    Accepts,
    /// They say that it is done, and where it can be seen.
    Delivers(Option<&'static str>),
    /// They accept what came out of it, with a word.
    Approves(&'static str),
    SendsBack(&'static str),
    /// It is due on another working day from now, and why.
    PutsOff(i64, &'static str),
    /// It is somebody's at every hour from now on.
    Queues,
}

/// What the next one needs to know.
pub struct Words {
    pub state: &'static str,
    pub next: &'static str,
    pub open: &'static str,
    pub leave: &'static str,
    pub decide: &'static str,
}

/// Who does something about a task, and at what time on their clock: so many of their working days ago, or the next
/// time that it shows this after what happened to the task before.
pub struct Done {
    pub who: Who,
    time: &'static str,
    days: Option<usize>,
    pub task: &'static str,
    pub act: Act,
}

const fn does(who: Who, time: &'static str, days: usize, task: &'static str, act: Act) -> Done {
    Done { who, time, days: Some(days), task, act }
}

const fn then(who: Who, time: &'static str, task: &'static str, act: Act) -> Done {
    Done { who, time, days: None, task, act }
}

/// Everything that people do about tasks, besides making and moving them.
#[rustfmt::skip]
pub static DONE: &[Done] = &[
    does(Piotr, "14:35", 11, "One map library on the web", Act::Delivers(Some("https://maps.cordel.example/web"))),
    then(Yuki, "10:40", "One map library on the web", Act::Approves("Both maps draw the same roads now. Thank you.")),
    does(MinhAnh, "11:10", 9, "Smaller app for old phones", Act::Says("From 84 MB to 51 MB. Most of it were pictures that nobody had seen for two years.")),
    does(MinhAnh, "15:20", 8, "Smaller app for old phones", Act::Delivers(None)),
    then(Ananya, "16:15", "Smaller app for old phones", Act::Approves("Four drivers with 16 GB phones have it since Friday and kept it.")),
    does(Yuki, "14:50", 1, "Map loads in under 2 seconds", Act::Delivers(Some("https://measure.cordel.example/map"))),
    then(Rafael, "10:20", "Map loads in under 2 seconds", Act::Approves("Measured again in São Paulo: 1.7 seconds.")),
    does(Ines, "14:55", 1, "Offline banner text", Act::Delivers(None)),
    then(Ananya, "11:45", "Offline banner text", Act::Approves("Short, and it says what to do.")),
    does(Yuki, "15:10", 7, "Fewer questions to the tile server", Act::Delivers(None)),
    then(Piotr, "10:30", "Fewer questions to the tile server", Act::Approves("A third fewer, and nobody waits longer.")),
    does(Ananya, "15:10", 6, "The door on the receipt", Act::Delivers(None)),
    then(Ines, "11:20", "The door on the receipt", Act::Approves("")),
    does(Ines, "15:15", 4, "Words for the low-battery warning", Act::Says("> Your phone has 10 % left. The map stops at 5 %. Please charge it before you go on.")),
    does(Ines, "15:20", 4, "Words for the low-battery warning", Act::Delivers(None)),
    then(Rafael, "14:30", "Words for the low-battery warning", Act::SendsBack("Drivers read this at night and in the rain. One line, please, and say how many minutes they have left, not per cent.")),
    does(Yuki, "16:10", 3, "Save the route on the phone", Act::Shows(Picture::Route, "This is how a saved route looks on my test phone. The line stays when the signal goes.")),
    does(MinhAnh, "10:05", 1, "Save the route on the phone", Act::Says("I freed 12 MB that the old map kept. There is room for the route now, also with 3 GB.")),
    does(Rafael, "16:30", 4, "Night colours for the map", Act::Shows(Picture::Night, "From the car, at 22:10. The orange of the route is the only thing that shines.")),
    does(MinhAnh, "14:20", 1, "Test the saved route on old phones", Act::Ticks(1)),
    does(Piotr, "11:40", 2, "Send tiles in three groups", Act::Says("The first group is Recife and Porto: 412 phones. The second one starts when the first has finished.")),
    does(Piotr, "15:35", 0, "Send tiles in three groups", Act::Ticks(1)),
    does(Piotr, "15:40", 0, "Send tiles in three groups", Act::Says("All three groups now end before 06:00, also when one of them is late. What a phone does that fails twice is still open.")),
    does(Rafael, "12:10", 2, "Try the saved route with twenty drivers", Act::Says("Please take some who drive at night. They lose the signal most.")),
    does(MinhAnh, "11:30", 1, "Release the route to all drivers", Act::PutsOff(13, "The store review takes three days longer than last time.")),
    does(Ananya, "18:05", 1, "Tile sizes by country", Act::Offers(Piotr, Words {
        state: "Sizes are measured for Brazil, Portugal and Poland. The table is in the last post.",
        next: "Choose one limit for all, or one for each country.",
        open: "Does the server cut tiles that are too large?",
        leave: "",
        decide: "The limit. I only need to know it by Thursday.",
    })),
    then(Piotr, "09:25", "Tile sizes by country", Act::Accepts),
    does(MinhAnh, "16:50", 1, "Remove saved routes after the shift", Act::Offers(Yuki, Words {
        state: "Old routes are found by the day on which they were saved.",
        next: "Remove them when the shift ends, not at night: the phone may be off.",
        open: "",
        leave: "",
        decide: "",
    })),
    then(Yuki, "10:05", "Remove saved routes after the shift", Act::Accepts),
    does(MinhAnh, "17:10", 0, "Test the saved route on old phones", Act::Offers(Ines, Words {
        state: "Two of three tests pass on all three phones. The route is still there after a restart.",
        next: "Forty minutes in a tunnel, in a real car. Porto has one that is long enough.",
        open: "Does the phone get warm?",
        leave: "The test phone with the red sticker runs until Friday.",
        decide: "Whether thirty minutes are enough.",
    })),
    does(Ananya, "16:20", 3, "A customer was not at home three times", Act::Says("I asked the driver for the three times on his list. He looks tonight.")),
    does(Ananya, "17:15", 1, "The photo stays grey on one phone", Act::Queues),
    does(Ananya, "17:25", 0, "She cannot sign in with a new phone", Act::Queues),
];

impl Done {
    /// When they do it; `before` is when the last thing happened to the task.
    pub fn at(&self, calendar: &Calendar, before: Timestamp) -> anyhow::Result<Timestamp> {
        match self.days {
            Some(days) => Ok(calendar.days_before(self.who, self.time, days)?.max(before)),
            None => calendar.next(self.who, self.time, before),
        }
    }
}

/// Puts a card on its board.
pub async fn make(
    play: &Play<'_>,
    board: &mut Board,
    actor: &Actor,
    card: &'static Card,
) -> anyhow::Result<()> {
    let tx = play.tx;
    let made = board.project(card.of)?;
    let first = if card.moved.is_some() || is_delivered(card) { first_open(card.of)? } else { card.column };
    let owner = card.owner.unwrap_or(card.by);
    let from_post = card.from.map(|(thread, no)| play.post(thread, no)).transpose()?;
    let new = NewTask {
        id: actor.ids.make(),
        project: made.id,
        title: card.title.to_owned(),
        stage: Some(made.column(first)?),
        after: None,
        owner: card.owner.map(|who| play.cast.id(who)).transpose()?,
        due: card.due.map(|due| until(play.calendar, owner, due)).transpose()?,
        starts_on: card.starts.map(|days| play.calendar.working_day(owner, days)).transpose()?,
        labels: Some(card.labels.iter().map(|name| made.label(name)).collect::<anyhow::Result<_>>()?),
        why: Some(card.why.to_owned()).filter(|why| !why.is_empty()),
        parent: None,
        deliverable: Some(card.accepted_by.is_some()),
        from_post,
        from_ask: None,
    };
    let id = new.id;
    let values = card.says.iter().map(|(name, text)| {
        let (field, kind) = made.field(name)?;
        let wish = match kind {
            FieldKind::Number => FieldWish::Number(text.parse()?),
            FieldKind::Choice => FieldWish::Text(made.choice(name, text)?.to_string()),
            _ => FieldWish::Text((*text).to_owned()),
        };
        Ok((field, wish))
    });
    let values = values.collect::<anyhow::Result<std::collections::BTreeMap<_, _>>>()?;
    board.tasks.insert(card.title, id);
    create::create(tx, actor, new).await?;
    let requester = card.accepted_by.map(|who| play.cast.id(who)).transpose()?;
    if requester.is_some() || !values.is_empty() {
        let values = Some(values).filter(|values| !values.is_empty());
        change::change(tx, actor, id, TaskPatch { requester, values, ..TaskPatch::default() }).await?;
    }
    for (text, _) in card.steps {
        let step = NewStep { id: actor.ids.make(), text: (*text).to_owned(), after: None };
        steps::create(tx, actor, id, step).await?;
    }
    Ok(())
}

/// What is delivered gets to its column by that.
fn is_delivered(card: &Card) -> bool {
    DONE.iter().any(|done| done.task == card.title && matches!(done.act, Act::Delivers(_)))
}

/// The first column of a project in which something is to be done.
fn first_open(site: Site) -> anyhow::Result<&'static str> {
    let plan = PLANS.iter().find(|plan| plan.site == site).context("every task has a project")?;
    let open = plan.columns.iter().find(|column| column.1 == work::stage::StageKind::Open);
    Ok(open.context("every project has an open column")?.0)
}

/// It goes to where it is now, with what of it is done. A rule may have put it there already.
pub async fn carry(tx: &Tx, board: &Board, actor: &Actor, card: &Card) -> anyhow::Result<()> {
    let id = board.task(card.title)?;
    let stage = board.project(card.of)?.column(card.column)?;
    tick(tx, actor, id, |number| card.steps.get(number).is_some_and(|(_, done)| *done)).await?;
    follow(tx, actor, id).await?;
    let now = task::see(tx, actor, id).await?;
    if now.stage != stage {
        moves::move_to(tx, actor, id, Move { stage, after: None, version: now.version }).await?;
    }
    Ok(())
}

async fn tick(tx: &Tx, actor: &Actor, id: TaskId, is_done: impl Fn(usize) -> bool) -> anyhow::Result<()> {
    let page = task::page(tx, actor, id).await?;
    for (_, step) in page.done_when.iter().enumerate().filter(|(number, _)| is_done(*number)) {
        let patch = StepPatch { done: Some(true), ..StepPatch::default() };
        steps::change(tx, actor, step.id, patch).await?;
    }
    Ok(())
}

/// The rules of the project do what follows from it.
pub async fn follow(tx: &Tx, actor: &Actor, id: TaskId) -> anyhow::Result<()> {
    let system = people::System { workspace: actor.workspace, at: actor.at };
    Ok(rules::work_within(tx, system, &actor.ids, id).await?)
}

/// It waits for what it waits for.
pub async fn wait(play: &Play<'_>, board: &Board, actor: &Actor, card: &Card) -> anyhow::Result<()> {
    let id = board.task(card.title)?;
    for wait in card.waits {
        let new = NewWait { id: actor.ids.make(), task: None, ask: None, member: None };
        let new = match wait {
            For::TheChoice => NewWait { ask: Some(play.choice.context("Camila has been asked")?), ..new },
            For::Task(title) => NewWait { task: Some(board.task(title)?), ..new },
            For::Person(who) => NewWait { member: Some(play.cast.id(*who)?), ..new },
        };
        waits::create(play.tx, actor, id, new).await?;
    }
    Ok(())
}

/// Somebody does something about a task.
pub async fn act(play: &Play<'_>, board: &mut Board, actor: &Actor, done: &Done) -> anyhow::Result<()> {
    let (tx, id) = (play.tx, board.task(done.task)?);
    match &done.act {
        Act::Says(text) => say(tx, actor, id, text, None).await?,
        Act::Shows(picture, text) => show(play, actor, id, *picture, text).await?,
        Act::Ticks(number) => tick(tx, actor, id, |other| other == *number).await?,
        Act::Offers(to, words) => {
            let handoff: HandoffId = actor.ids.make();
            board.offers.insert(done.task, handoff);
            let new = ToHandOver { id: handoff, to: play.cast.id(*to)?, baton: words.baton() };
            handoff::offer(tx, actor, id, new).await?;
        }
        Act::Accepts => {
            let offer = board.offers.get(done.task).context("it was offered before")?;
            handoff::accept(tx, actor, *offer).await?;
        }
        Act::Delivers(link) => {
            let card = CARDS.iter().find(|card| card.title == done.task);
            let steps = card.map(|card| card.steps).unwrap_or_default();
            tick(tx, actor, id, |number| steps.get(number).is_some_and(|(_, done)| *done)).await?;
            follow(tx, actor, id).await?;
            let delivered = ToDeliver { posts: None, link: link.map(str::to_owned) };
            acceptance::deliver(tx, actor, id, delivered).await?;
        }
        Act::Approves(note) => {
            acceptance::accept(
                tx,
                actor,
                id,
                Acceptable { note: Some((*note).to_owned()).filter(|note| !note.is_empty()) },
            )
            .await?;
        }
        Act::SendsBack(reason) => {
            acceptance::send_back(tx, actor, id, ToSendBack { reason: (*reason).to_owned() }).await?;
        }
        Act::PutsOff(days, cause) => put_off(play, actor, id, done.who, *days, cause).await?,
        Act::Queues => queue::put(tx, actor, id, InQueue { queued: true }).await?,
    }
    follow(tx, actor, id).await
}

impl Words {
    fn baton(&self) -> Baton {
        Baton {
            state: self.state.to_owned(),
            next_action: self.next.to_owned(),
            open_questions: self.open.to_owned(),
            do_not_touch: self.leave.to_owned(),
            links: String::new(),
            authority: self.decide.to_owned(),
        }
    }
}

async fn say(tx: &Tx, actor: &Actor, id: TaskId, text: &str, file: Option<FileId>) -> anyhow::Result<()> {
    let post = Reply {
        id: actor.ids.make(),
        source: text.to_owned(),
        files: file.map(|file| vec![file]),
        to: None,
        ask: None,
        answers: None,
        written_at: None,
    };
    Ok(posts::add(tx, actor, id, post).await?)
}

async fn show(
    play: &Play<'_>,
    actor: &Actor,
    id: TaskId,
    picture: Picture,
    text: &str,
) -> anyhow::Result<()> {
    let (hash, size) = play.pictures.kept(picture)?;
    let upload = Upload {
        id: actor.ids.make(),
        name: picture.name().to_owned(),
        media_type: "image/png".to_owned(),
        size,
        hash,
        pixels: files::pixels(picture.bytes()),
    };
    let file = files::register(play.tx, actor, &upload).await?.id;
    say(play.tx, actor, id, text, Some(file)).await?;
    let cover = TaskPatch { cover: Some(Some(file)), ..TaskPatch::default() };
    Ok(change::change(play.tx, actor, id, cover).await?)
}

async fn put_off(
    play: &Play<'_>,
    actor: &Actor,
    id: TaskId,
    who: Who,
    days: i64,
    cause: &str,
) -> anyhow::Result<()> {
    let due = until(play.calendar, who, Until::Day(days, None))?;
    let due_cause = Some(cause.to_owned()).filter(|cause| !cause.is_empty());
    let patch = TaskPatch { due: Some(Some(due)), due_cause, ..TaskPatch::default() };
    Ok(change::change(play.tx, actor, id, patch).await?)
}

fn until(calendar: &Calendar, owner: Who, due: Until) -> anyhow::Result<NewDue> {
    let (date, time): (Date, _) = match due {
        Until::Day(days, time) => (calendar.working_day(owner, days)?, time),
        Until::WeekBeforeTheHoliday => (calendar.week_before_the_holiday()?, None),
    };
    Ok(NewDue { date, time: time.map(str::to_owned) })
}
