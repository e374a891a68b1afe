//! The sample is played: every step through the same functions as a person's, at its own time.

use std::collections::HashMap;

use anyhow::Context as _;
use jiff::Timestamp;
use people::{
    Actor, GroupId, MemberId, Norms, SpaceId, Visibility, WorkspaceId, delivery,
    groups::{self, NewGroup},
    norms::{Budgets, NamedBudget},
    spaces::{self, NewSpace, SpacePatch},
    workspaces::{self, WorkspacePatch},
};
use store::Tx;
use topics::{
    AskId, PostId, TopicId,
    asks::{self, Budget, NewAsk, Pass},
    marks::{self, MarkPatch},
    posts::{self, NewPost, Reply},
    responses, shows,
    topic::{self, NewTopic, TopicKind, TopicPatch},
};

use super::{
    board::{self, Board, Deed, Play},
    calendar::Calendar,
    cast::{self, Cast, Who},
    pictures::Pictures,
    script::{Act, Moment, Place, Question, Step, Thread, Wish},
};

/// How many working days ago the spaces were made: before every thread, after everybody came.
pub const SPACES_MADE: usize = 14;

/// How many working days ago those who like to work undisturbed said when.
const FOCUS_SET: usize = SPACES_MADE - 1;

/// The thread that Lucía is shown when she is back, and by whom. What Camila is asked there is what a
/// task waits for.
const SHOWN: &str = "Should drivers see their route without a signal?";
const SHOWN_BY: [(Who, &str); 2] = [(Who::Ines, "16:40"), (Who::Piotr, "15:10")];

/// A space of the sample.
pub struct Space {
    pub place: Place,
    pub name: &'static str,
    pub purpose: &'static str,
    pub made_by: Who,
    pub hue: u8,
    pub social: bool,
    /// Private to these people and the one who made it; open if there are none.
    pub only: &'static [Who],
}

/// Something that happens in the sample.
enum Event<'a> {
    Space(&'a Space),
    TimeOff,
    Holidays,
    /// Somebody sets the hours in which nothing reaches them.
    Focus(Who),
    /// How people reply here is written down.
    Norms,
    /// Somebody marks a thread for Lucía, who is away.
    Show(Who),
    Work(Deed),
    Step {
        thread: usize,
        step: &'a Step,
    },
}

/// What a thread has become so far.
#[derive(Default)]
pub struct Made {
    topic: Option<TopicId>,
    pub posts: Vec<PostId>,
    asks: Vec<AskId>,
}

/// Plays everything in the order of time, in one transaction: it is all there or not at all.
pub async fn play(
    tx: &Tx,
    cast: &Cast,
    calendar: &Calendar,
    pictures: &Pictures,
    (places, threads): (&[Space], &[Thread]),
) -> anyhow::Result<()> {
    let mut player = Player {
        tx,
        cast,
        calendar,
        pictures,
        group: None,
        spaces: HashMap::new(),
        board: Board::default(),
        threads: threads.iter().map(|thread| (thread, Made::default())).collect(),
    };
    if cast.founded {
        player.know_company().await?;
    }
    for (at, event) in events(calendar, cast, places, threads)? {
        match event {
            Event::Space(space) => player.make_space(space, at).await?,
            Event::TimeOff => cast::leave(tx, cast, calendar).await?,
            Event::Norms => player.write_norms(at).await?,
            Event::Focus(who) => cast::focus(tx, cast, who, at).await?,
            Event::Holidays => cast::take_holidays(tx, cast, calendar).await?,
            Event::Show(by) => player.show(by, at).await?,
            Event::Work(deed) => Box::pin(player.work(deed, at)).await?,
            Event::Step { thread, step } => player.step(thread, step, at).await?,
        }
    }
    for who in Who::ALL {
        deliver(tx, cast.workspace, cast.id(who)?, calendar.now).await?;
    }
    Ok(())
}

/// Everything up to somebody's last delivery has arrived, by the hours that they have now: when they
/// came, those were not known yet.
async fn deliver(tx: &Tx, workspace: WorkspaceId, member: MemberId, now: Timestamp) -> anyhow::Result<()> {
    if let Some(standing) = delivery::standing(tx, workspace, member).await? {
        let receiver = delivery::receiver_of(tx, workspace, member, now).await?;
        delivery::keep(tx, workspace, member, &standing.planned(&receiver, now)).await?;
    }
    Ok(topics::delivery::arrived_before(tx, workspace, member, now).await?)
}

fn events<'a>(
    calendar: &Calendar,
    cast: &Cast,
    places: &'a [Space],
    threads: &'a [Thread],
) -> anyhow::Result<Vec<(Timestamp, Event<'a>)>> {
    let mut events = vec![
        (cast::leaves_at(calendar)?, Event::TimeOff),
        (cast::takes_holidays_at(calendar)?, Event::Holidays),
    ];
    for who in Who::ALL.into_iter().filter(|who| !who.focus().is_empty()) {
        events.push((calendar.days_before(who, "11:50", FOCUS_SET)?, Event::Focus(who)));
    }
    for (by, time) in SHOWN_BY {
        events.push((calendar.last(by, time, calendar.now)?, Event::Show(by)));
    }
    for (minute, space) in places.iter().enumerate() {
        // A workspace of its own has its Company already.
        if !(cast.founded && space.place == Place::Company) {
            let at = calendar.days_before(space.made_by, "10:30", SPACES_MADE)?;
            let minutes = jiff::SignedDuration::from_mins(i64::try_from(minute)?);
            events.push((at.checked_add(minutes)?, Event::Space(space)));
        }
    }
    events.push((norms_at(calendar, cast, places)?, Event::Norms));
    let mut asked_at = None;
    let mut written = HashMap::new();
    for (number, thread) in threads.iter().enumerate() {
        let instants = thread.instants(calendar)?;
        if thread.title == SHOWN {
            let asks = |step: &Step| matches!(step.act, Act::Write { ask: Some(_), .. });
            asked_at = instants.iter().zip(&thread.steps).find(|(_, step)| asks(step)).map(|(at, _)| *at);
        }
        let posts =
            instants.iter().zip(&thread.steps).filter(|(_, step)| matches!(step.act, Act::Write { .. }));
        written.extend(posts.zip(1..).map(|((at, _), no)| ((thread.title.as_str(), no), *at)));
        let steps = thread.steps.iter().map(|step| Event::Step { thread: number, step });
        events.extend(instants.into_iter().zip(steps));
    }
    let asked_at = asked_at.context("something is asked in the thread that is shown")?;
    let work = board::deeds(calendar, |thread, no| written.get(&(thread, no)).copied(), asked_at)?;
    // After the steps of the same instant.
    events.extend(work.into_iter().map(|(at, deed)| (at, Event::Work(deed))));
    events.sort_by_key(|(at, _)| *at);
    Ok(events)
}

/// Camila writes how people reply here when all spaces are there.
fn norms_at(calendar: &Calendar, cast: &Cast, places: &[Space]) -> anyhow::Result<Timestamp> {
    let made = places.iter().filter(|space| !(cast.founded && space.place == Place::Company));
    let made = made.map(|space| calendar.days_before(space.made_by, "10:30", SPACES_MADE));
    let last = made.collect::<anyhow::Result<Vec<_>>>()?.into_iter().max().context("no space is made")?;
    calendar.working(Who::Camila, last.checked_add(jiff::SignedDuration::from_mins(20))?)
}

struct Player<'a> {
    tx: &'a Tx,
    cast: &'a Cast,
    calendar: &'a Calendar,
    pictures: &'a Pictures,
    /// Those who know the app.
    group: Option<GroupId>,
    spaces: HashMap<&'static str, SpaceId>,
    board: Board,
    threads: Vec<(&'a Thread, Made)>,
}

impl Player<'_> {
    async fn know_company(&mut self) -> anyhow::Result<()> {
        let actor = self.cast.actor(Who::Camila, self.calendar.now)?;
        let company = spaces::by_slug_or_id(self.tx, &actor, "company").await?;
        self.spaces.insert(key(Place::Company), company.id);
        Ok(())
    }

    async fn make_space(&mut self, space: &Space, at: Timestamp) -> anyhow::Result<()> {
        let actor = self.cast.actor(space.made_by, at)?;
        let everybody = Who::ALL.as_slice();
        let members = if space.only.is_empty() { everybody } else { space.only };
        let members = members.iter().filter(|who| **who != space.made_by).map(|who| self.cast.id(*who));
        let new = NewSpace {
            id: actor.ids.make(),
            name: name_of(space.name, self.cast.founded),
            purpose: space.purpose.to_owned(),
            visibility: if space.only.is_empty() { Visibility::Open } else { Visibility::Private },
            social: space.social,
            hue: Some(space.hue),
            members: members.collect::<anyhow::Result<_>>()?,
        };
        self.spaces.insert(key(space.place), new.id);
        Ok(spaces::create(self.tx, &actor, new).await?)
    }

    /// Marks a thread that has begun by then.
    async fn show(&self, by: Who, at: Timestamp) -> anyhow::Result<()> {
        let actor = self.cast.actor(by, at)?;
        let shown = self.threads.iter().find(|(thread, _)| thread.title == SHOWN);
        let topic = shown.and_then(|(_, made)| made.topic).context("the thread to be shown has begun")?;
        Ok(shows::add(self.tx, &actor, topic, self.cast.id(Who::Lucia)?).await?)
    }

    /// Somebody works.
    async fn work(&mut self, deed: Deed, at: Timestamp) -> anyhow::Result<()> {
        let actor = self.cast.actor(deed.who(), at)?;
        let shown = self.threads.iter().find(|(thread, _)| thread.title == SHOWN);
        let play = Play {
            tx: self.tx,
            cast: self.cast,
            calendar: self.calendar,
            pictures: self.pictures,
            threads: &self.threads,
            choice: shown.and_then(|(_, made)| made.asks.first()).copied(),
        };
        self.board.play(&play, &self.spaces, &actor, deed).await
    }

    /// A group, how people reply in the workspace if it is all theirs, and in one of its spaces.
    async fn write_norms(&mut self, at: Timestamp) -> anyhow::Result<()> {
        let actor = self.cast.actor(Who::Camila, at)?;
        let ids =
            |people: &[Who]| people.iter().map(|who| self.cast.id(*who)).collect::<anyhow::Result<Vec<_>>>();
        let id = actor.ids.make();
        let members = ids(&[Who::MinhAnh, Who::Yuki, Who::Ines])?;
        groups::create(self.tx, &actor, NewGroup { id, name: name_of("App", self.cast.founded), members })
            .await?;
        let common = Norms {
            budgets: Budgets { review: Some(NamedBudget::HalfDay), ..Budgets::default() },
            urgent_reasons: vec![
                "Drivers cannot work".to_owned(),
                "Customers pay the wrong price".to_owned(),
            ],
            rota: ids(&[Who::Piotr, Who::MinhAnh, Who::Camila])?,
            note: "We answer by the end of our next working day. Nobody needs to be online for that."
                .to_owned(),
        };
        let budgets = Budgets { decide: Some(NamedBudget::HalfDay), ..common.budgets };
        let note = "A decision about the app takes half a day, so that nobody waits over night.".to_owned();
        let own = Norms { budgets, note, ..common.clone() };
        let app = *self.spaces.get(key(Place::DriverApp)).context("the space of the app is not made yet")?;
        let lead = Some(Some(self.cast.id(Who::Rafael)?));
        let patch = SpacePatch { norms: Some(Some(own)), lead, ..SpacePatch::default() };
        spaces::change(self.tx, &actor, app, patch).await?;
        if self.cast.founded {
            let patch = WorkspacePatch { norms: Some(common), ..WorkspacePatch::default() };
            workspaces::change(self.tx, &actor, patch).await?;
        }
        self.group = Some(id);
        Ok(())
    }

    async fn step(&mut self, thread: usize, step: &Step, at: Timestamp) -> anyhow::Result<()> {
        let actor = self.cast.actor(step.who, at)?;
        let title = self.threads.get(thread).map(|(thread, _)| thread.title.clone()).unwrap_or_default();
        let done = Box::pin(self.act(thread, &step.act, &actor)).await;
        done.with_context(|| format!("{:?} at {} in {title:?}", step.who, step.time))
    }

    async fn act(&mut self, thread: usize, act: &Act, actor: &Actor) -> anyhow::Result<()> {
        let (tx, calendar) = (self.tx, self.calendar);
        if let Act::Write { text, to, ask, answers } = act {
            let ask = match ask {
                Some(question) => Some(self.ask(question, actor).await?),
                None => None,
            };
            return self.write(thread, actor, text, to, ask, *answers).await;
        }
        let topic = self.made(thread)?.topic.context("the thread begins with a post")?;
        match act {
            Act::Write { .. } => {}
            Act::Respond { post, word } => responses::add(tx, actor, self.post(thread, *post)?, word).await?,
            Act::Summarise(text) => {
                let patch = TopicPatch {
                    summary: Some(Some(self.cast.with_mentions(text))),
                    ..TopicPatch::default()
                };
                topic::patch(tx, actor, topic, patch).await?;
            }
            Act::Close(outcome) => topic::close(tx, actor, topic, outcome).await?,
            Act::Read(no) => {
                let patch = MarkPatch { read_no: Some(*no), ..MarkPatch::default() };
                marks::set(tx, actor, topic, patch).await?;
            }
            Act::Done => {
                let no = topic::see(tx, actor, topic).await?.last_no;
                let patch = MarkPatch { read_no: Some(no), done_no: Some(no), ..MarkPatch::default() };
                marks::set(tx, actor, topic, patch).await?;
            }
            Act::Later => {
                let until = calendar.next(Who::Camila, "09:00", calendar.now)?;
                let patch = MarkPatch { later_until: Some(Some(until)), ..MarkPatch::default() };
                marks::set(tx, actor, topic, patch).await?;
            }
            Act::Accept { ask, until } => {
                let ask = self.ask_id(thread, *ask)?;
                let (_, owed) = asks::see(tx, actor, ask).await?;
                let who = self.cast.who(owed.asked.context("nobody took this ask")?)?;
                asks::accept(tx, actor, ask, Some(until.of(who, calendar)?)).await?;
            }
            Act::Decline { ask, reason, suggest } => {
                let suggested = Some(self.cast.id(*suggest)?);
                asks::decline(tx, actor, self.ask_id(thread, *ask)?, reason, suggested).await?;
            }
            Act::Pass { ask, to, note } => {
                let pass = Pass { id: actor.ids.make(), to: self.cast.id(*to)?, note: (*note).to_owned() };
                let next = pass.id;
                asks::pass(tx, actor, self.ask_id(thread, *ask)?, pass).await?;
                self.made_mut(thread)?.asks.push(next);
            }
            Act::Withdraw { ask } => asks::withdraw(tx, actor, self.ask_id(thread, *ask)?).await?,
            Act::CloseAsk { ask } => asks::close(tx, actor, self.ask_id(thread, *ask)?).await?,
        }
        Ok(())
    }

    /// The first post starts the thread.
    async fn write(
        &mut self,
        thread: usize,
        actor: &Actor,
        text: &str,
        to: &[Who],
        ask: Option<NewAsk>,
        answers: Option<usize>,
    ) -> anyhow::Result<()> {
        let id: PostId = actor.ids.make();
        let source = self.cast.with_mentions(text);
        let to = Some(to.iter().map(|who| self.cast.id(*who)).collect::<anyhow::Result<Vec<MemberId>>>()?);
        let asked = ask.as_ref().map(|ask| ask.id);
        if let Some(topic) = self.made(thread)?.topic {
            let answers = answers.map(|number| self.ask_id(thread, number)).transpose()?;
            let reply = Reply { id, source, files: None, to, ask, answers, written_at: None };
            posts::add(self.tx, actor, topic, reply).await?;
        } else {
            let post = NewPost { id, source, files: None, to };
            self.start(thread, actor, post, ask).await?;
        }
        let made = self.made_mut(thread)?;
        made.posts.push(id);
        made.asks.extend(asked);
        Ok(())
    }

    async fn start(
        &mut self,
        thread: usize,
        actor: &Actor,
        post: NewPost,
        ask: Option<NewAsk>,
    ) -> anyhow::Result<()> {
        let (written, _) = self.threads.get(thread).context("no such thread")?;
        let (space, participants) = match written.place {
            Place::Direct(one, other) => (None, Some(vec![self.cast.id(one)?, self.cast.id(other)?])),
            place => (Some(*self.spaces.get(key(place)).context("its space is not made yet")?), None),
        };
        let id = actor.ids.make();
        let title = written.title.clone();
        let new = NewTopic { id, kind: TopicKind::Thread, title, space, participants, post, ask };
        Box::pin(topic::create(self.tx, actor, new)).await?;
        self.made_mut(thread)?.topic = Some(id);
        Ok(())
    }

    async fn ask(&self, question: &Question, actor: &Actor) -> anyhow::Result<NewAsk> {
        let asked = question.asked.map(|who| self.cast.id(who)).transpose()?;
        let group =
            if asked.is_none() { Some(self.group.context("the group is not made yet")?) } else { None };
        let somebody = || question.asked.context("only a person has a time of their own");
        let budget = match &question.wish {
            Wish::Just(budget) => budget.clone(),
            Wish::Until(moment) => Budget::Exact { at: moment.of(somebody()?, self.calendar)? },
            Wish::Open(budgets) => self.first_open(budgets, actor, self.cast.id(somebody()?)?).await?,
        };
        let silence = Some(question.silence);
        let (id, question, kind) = (actor.ids.make(), question.text.to_owned(), question.kind);
        Ok(NewAsk { id, kind, question, asked, group, budget, silence })
    }

    /// The first budget that does not end before now, by the rules that the product has for it;
    /// if all do, a day and a time, as somebody would name who knows that it takes longer.
    async fn first_open(&self, budgets: &[Budget], actor: &Actor, asked: MemberId) -> anyhow::Result<Budget> {
        for budget in budgets {
            let times = asks::preview(self.tx, actor, &[asked], budget, actor.at).await?;
            if times.iter().all(|times| times.due_at.is_some_and(|due| due > self.calendar.now)) {
                return Ok(budget.clone());
            }
        }
        let at = Moment { time: "12:00", hours: 20 }.of(self.cast.who(asked)?, self.calendar)?;
        Ok(Budget::Exact { at })
    }

    fn made(&self, thread: usize) -> anyhow::Result<&Made> {
        Ok(&self.threads.get(thread).context("no such thread")?.1)
    }

    fn made_mut(&mut self, thread: usize) -> anyhow::Result<&mut Made> {
        Ok(&mut self.threads.get_mut(thread).context("no such thread")?.1)
    }

    fn post(&self, thread: usize, number: usize) -> anyhow::Result<PostId> {
        let posts = &self.made(thread)?.posts;
        number.checked_sub(1).and_then(|place| posts.get(place)).copied().context("no such post yet")
    }

    fn ask_id(&self, thread: usize, number: usize) -> anyhow::Result<AskId> {
        let asks = &self.made(thread)?.asks;
        number.checked_sub(1).and_then(|place| asks.get(place)).copied().context("no such ask yet")
    }
}

/// The name of a space: marked where others have their own.
pub fn name_of(name: &str, founded: bool) -> String {
    if founded { name.to_owned() } else { format!("{name} (Sample)") }
}

/// What a space is called here.
pub fn key(place: Place) -> &'static str {
    match place {
        Place::Company => "company",
        Place::DriverApp => "driver-app",
        Place::Billing => "billing",
        Place::DataPlatform => "data-platform",
        Place::Support => "support",
        Place::Hiring => "hiring",
        Place::Kitchen => "kitchen",
        Place::Direct(..) => "direct",
    }
}
