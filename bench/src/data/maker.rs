//! A year of threads: what people write, ask, answer and read, one after the other.

use anyhow::Context as _;
use jiff::Timestamp;
use people::{Actor, Role, SpaceId, WorkspaceId, sessions, tokens};
use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use store::{Context, Tx, args, sql};
use topics::{
    AskId, PostId, TopicId,
    asks::{self, AskKind, Budget, NewAsk, Pass, Silence},
    marks::{self, MarkPatch},
    posts::{self, NewPost, Reply},
    responses,
    topic::{self, NewTopic, TopicKind},
};

use super::{
    NOW,
    founding::{Founded, Place, Someone},
    manifest::{Manifest, Person, Size, Space, Thread, Words},
    text::Texts,
};

/// The posts of a thread: half have fewer than six, none more than this.
const LONGEST: usize = 200;
/// The length that measurements ask for.
const FIFTY: usize = 50;
/// How many threads of a space the manifest names.
const THREADS: usize = 200;
/// How many threads of 50 posts it names.
const FIFTIES: usize = 2000;

/// Writes a workspace's year.
pub struct Maker {
    context: Context,
    workspace: WorkspaceId,
    people: Vec<Someone>,
    places: Vec<Place>,
    /// The newest threads of each place.
    threads: Vec<Vec<TopicId>>,
    /// Threads in which people talk now.
    active: Vec<Active>,
    open_asks: Vec<OpenAsk>,
    fifty: Vec<Thread>,
    texts: Texts,
    rng: StdRng,
    size: Size,
    /// From when to when.
    span: (Timestamp, Timestamp),
    written: usize,
}

/// A thread in which people talk.
struct Active {
    topic: TopicId,
    language: usize,
    people: Vec<Someone>,
    last_post: PostId,
    posts: usize,
    goal: usize,
}

/// An ask whose fate is open.
struct OpenAsk {
    id: AskId,
    topic: TopicId,
    language: usize,
    asker: Someone,
    asked: Someone,
    others: Vec<Someone>,
}

impl Maker {
    /// Ready to write the first post.
    pub fn new(
        context: &Context,
        founded: Founded,
        size: Size,
        span: (Timestamp, Timestamp),
        mut rng: StdRng,
    ) -> Self {
        Self {
            context: context.clone(),
            workspace: founded.workspace,
            threads: founded.places.iter().map(|_| Vec::new()).collect(),
            people: founded.people,
            places: founded.places,
            active: Vec::new(),
            open_asks: Vec::new(),
            fifty: Vec::new(),
            texts: Texts::new(&mut rng),
            rng,
            size,
            span,
            written: 0,
        }
    }

    /// How many posts there are.
    pub fn written(&self) -> usize {
        self.written
    }

    /// Writes until there are so many posts.
    pub async fn write_until(&mut self, tx: &Tx, goal: usize) -> anyhow::Result<()> {
        while self.written < goal {
            self.pass_time()?;
            if self.active.len() < self.talking_at_once() {
                Box::pin(self.start(tx)).await?;
            } else if !self.open_asks.is_empty() && self.rng.random_bool(0.1) {
                Box::pin(self.reply_to_ask(tx)).await?;
            } else {
                Box::pin(self.post(tx)).await?;
            }
        }
        Ok(())
    }

    /// More threads are open where more is written.
    fn talking_at_once(&self) -> usize {
        (self.size.posts / 500).clamp(20, 400)
    }

    /// The posts are spread evenly over the year.
    fn pass_time(&self) -> anyhow::Result<()> {
        let (from, until) = (self.span.0.as_microsecond(), self.span.1.as_microsecond());
        let passed = (until - from) / self.size.posts as i64 * self.written as i64;
        self.context.clock.set(Timestamp::from_microsecond(from + passed)?);
        Ok(())
    }

    fn actor(&self, someone: Someone) -> Actor {
        Actor {
            workspace: self.workspace,
            member: someone.id,
            role: someone.role,
            at: self.context.clock.now(),
            operation: None,
            ids: self.context.ids.clone(),
        }
    }

    // -------------------------------------------------------------- threads

    async fn start(&mut self, tx: &Tx) -> anyhow::Result<()> {
        let (place, people) = self.place_and_people()?;
        let author = *people.first().context("nobody talks")?;
        let language = self.texts.language(&mut self.rng);
        let (id, post) = (self.context.ids.make(), self.context.ids.make());
        let direct = people.iter().skip(1).map(|someone| someone.id).collect();
        let space = place.and_then(|place| self.places.get(place)).map(|place| place.id);
        let new = NewTopic {
            id,
            kind: TopicKind::Thread,
            title: self.texts.title(language, &mut self.rng),
            participants: if space.is_some() { None } else { Some(direct) },
            space,
            post: NewPost {
                id: post,
                source: self.texts.post(language, &mut self.rng),
                files: None,
                to: None,
            },
            ask: None,
        };
        topic::create(tx, &self.actor(author), new).await?;
        if let Some(threads) = place.and_then(|place| self.threads.get_mut(place)) {
            threads.push(id);
        }
        let goal = self.length();
        self.active.push(Active { topic: id, language, people, last_post: post, posts: 1, goal });
        self.written += 1;
        Ok(())
    }

    /// One thread of twenty is direct; the others are in spaces by their weight. Two to eight people talk.
    fn place_and_people(&mut self) -> anyhow::Result<(Option<usize>, Vec<Someone>)> {
        let many = self.rng.random_range(2..=8);
        if self.rng.random_bool(0.05) {
            let staff: Vec<_> = self.people.iter().filter(|one| one.role != Role::Guest).copied().collect();
            return Ok((None, staff.sample(&mut self.rng, many.min(4)).copied().collect()));
        }
        let total: u32 = self.places.iter().map(|place| place.weight).sum();
        let mut left = self.rng.random_range(0..total.max(1));
        let mut found = 0;
        for (number, place) in self.places.iter().enumerate() {
            found = number;
            if left < place.weight {
                break;
            }
            left -= place.weight;
        }
        let place = self.places.get(found).context("there is no space")?;
        Ok((Some(found), place.people.sample(&mut self.rng, many).copied().collect()))
    }

    /// How long a thread becomes: log-normal, and one of twenty-five exactly 50.
    fn length(&mut self) -> usize {
        if self.rng.random_bool(0.04) {
            return FIFTY;
        }
        let spread: f64 = (0..6).map(|_| self.rng.random_range(-0.5..0.5)).sum();
        ((1.8 + 1.7 * spread).exp() as usize).clamp(1, LONGEST)
    }

    // -------------------------------------------------------------- posts

    async fn post(&mut self, tx: &Tx) -> anyhow::Result<()> {
        let place = self.rng.random_range(0..self.active.len());
        let mut thread = self.active.swap_remove(place);
        if thread.posts >= thread.goal {
            self.end(tx, thread).await?;
            return Ok(());
        }
        let author = *thread.people.choose(&mut self.rng).context("nobody talks")?;
        let actor = self.actor(author);
        let mut source = self.texts.post(thread.language, &mut self.rng);
        let other = thread.people.choose(&mut self.rng).filter(|other| other.id != author.id).copied();
        if let Some(other) = other
            && self.rng.random_bool(0.08)
        {
            source = format!("@[Somebody]({}) {source}", other.id);
        }
        let ask = match other {
            Some(other) if self.rng.random_bool(0.04) => Some(self.new_ask(&thread, author, other)),
            _ => None,
        };
        let id = self.context.ids.make();
        let reply = Reply { id, source, files: None, to: None, ask, answers: None, written_at: None };
        posts::add(tx, &actor, thread.topic, reply).await?;
        self.written += 1;
        (thread.last_post, thread.posts) = (id, thread.posts + 1);
        if let Some(other) = other {
            self.react(tx, &thread, other).await?;
        }
        self.active.push(thread);
        Ok(())
    }

    /// Somebody else reads, and sometimes responds.
    async fn react(&mut self, tx: &Tx, thread: &Active, other: Someone) -> anyhow::Result<()> {
        let actor = self.actor(other);
        if self.rng.random_bool(0.05) {
            let word = ["Thanks", "Agree", "Noted"].choose(&mut self.rng).copied().unwrap_or("Thanks");
            responses::add(tx, &actor, thread.last_post, word).await?;
        }
        if self.rng.random_bool(0.1) {
            let patch = MarkPatch { read_no: Some(thread.posts as i64), ..MarkPatch::default() };
            marks::set(tx, &actor, thread.topic, patch).await?;
        }
        Ok(())
    }

    /// Nobody writes any more: some have read it all, some are done with it, some have not looked. What is asked and
    /// not answered stays so.
    async fn end(&mut self, tx: &Tx, thread: Active) -> anyhow::Result<()> {
        self.open_asks.retain(|asked| asked.topic != thread.topic);
        let last = thread.posts as i64;
        for someone in &thread.people {
            let chance = self.rng.random_range(0..10);
            let patch = match chance {
                0..4 => MarkPatch { read_no: Some(last), done_no: Some(last), ..MarkPatch::default() },
                4..7 => MarkPatch { read_no: Some(last), ..MarkPatch::default() },
                _ => continue,
            };
            marks::set(tx, &self.actor(*someone), thread.topic, patch).await?;
        }
        if let Some(person) = thread.people.first().filter(|_| thread.posts == FIFTY) {
            self.fifty.push(Thread { id: thread.topic.to_string(), person: person.place });
        }
        Ok(())
    }

    // -------------------------------------------------------------- asks

    fn new_ask(&mut self, thread: &Active, asker: Someone, asked: Someone) -> NewAsk {
        let budget = match self.rng.random_range(0..4) {
            0 => Budget::HalfDay,
            1 => Budget::NextWorkingDay,
            2 => Budget::ThisWeek,
            _ => Budget::NoRush,
        };
        let proceeds = budget != Budget::NoRush && self.rng.random_bool(0.2);
        let new = NewAsk {
            id: self.context.ids.make(),
            kind: [AskKind::Answer, AskKind::Decide, AskKind::Review]
                .choose(&mut self.rng)
                .copied()
                .unwrap_or(AskKind::Answer),
            question: self.texts.title(thread.language, &mut self.rng),
            asked: Some(asked.id),
            group: None,
            budget,
            silence: proceeds.then_some(Silence::Proceed),
        };
        let (topic, language) = (thread.topic, thread.language);
        let others = thread.people.iter().filter(|one| one.id != asker.id && one.id != asked.id).copied();
        self.open_asks.push(OpenAsk { id: new.id, topic, language, asker, asked, others: others.collect() });
        new
    }

    /// What becomes of an ask; a fifth stay open, and what the program does by itself may have come first.
    async fn reply_to_ask(&mut self, tx: &Tx) -> anyhow::Result<()> {
        let place = self.rng.random_range(0..self.open_asks.len());
        let OpenAsk { id: ask, topic, language, asker, asked, others } = self.open_asks.swap_remove(place);
        let (_, seen) = asks::see(tx, &self.actor(asker), ask).await?;
        if seen.state != asks::AskState::Open {
            return Ok(());
        }
        let actor = self.actor(asked);
        match self.rng.random_range(0..20) {
            0..9 => {
                let (id, source) = (self.context.ids.make(), self.texts.post(language, &mut self.rng));
                let reply = Reply {
                    id,
                    source,
                    files: None,
                    to: None,
                    ask: None,
                    answers: Some(ask),
                    written_at: None,
                };
                posts::add(tx, &actor, topic, reply).await?;
                self.written += 1;
                if let Some(thread) = self.active.iter_mut().find(|thread| thread.topic == topic) {
                    thread.posts += 1;
                    thread.goal = thread.goal.max(thread.posts);
                }
            }
            9..11 => asks::accept(tx, &actor, ask, None).await?,
            11..13 => asks::decline(tx, &actor, ask, "Somebody else knows more about it.", None).await?,
            13 => {
                if let Some(other) = others.choose(&mut self.rng) {
                    let pass = Pass {
                        id: self.context.ids.make(),
                        to: other.id,
                        note: "You know more about it.".to_owned(),
                    };
                    asks::pass(tx, &actor, ask, pass).await?;
                }
            }
            14..16 => asks::withdraw(tx, &self.actor(asker), ask).await?,
            _ => {}
        }
        Ok(())
    }

    // -------------------------------------------------------------- the end

    /// Signs everybody in and says what there is.
    pub async fn finish(self, context: &Context) -> anyhow::Result<Manifest> {
        let (workspace, ids, at) = (self.workspace, self.context.ids.clone(), context.clock.now());
        let everybody = self.people.clone();
        let signed_in = context.db.write(move |tx| async move {
            let mut people = Vec::with_capacity(everybody.len());
            for someone in everybody {
                let session = sessions::open(&tx, workspace, someone.id, "Bench", at, &ids).await?;
                let token = tokens::create(&tx, workspace, someone.id, "bench", at, &ids).await?.secret;
                let guest = someone.role == Role::Guest;
                let sees = sees(&tx, workspace, someone).await?;
                people.push(Person { id: someone.id.to_string(), session, token, guest, sees });
            }
            Ok::<_, people::Error>(people)
        });
        let spaces = self.places.iter().zip(&self.threads).map(|(place, threads)| space(place, threads));
        let rare = self.texts.rare.iter().take(500).cloned();
        Ok(Manifest {
            size: self.size,
            now: NOW.to_owned(),
            people: signed_in.await?.value,
            spaces: spaces.collect(),
            fifty: self.fifty.into_iter().rev().take(FIFTIES).collect(),
            words: Words {
                common: words("the to and is route customer review de la que equipo reunião und für"),
                rare: rare.collect(),
                characters: words("我 的 会 今天 路线 会議 質問 時"),
            },
        })
    }
}

async fn sees(tx: &Tx, workspace: WorkspaceId, someone: Someone) -> people::Result<usize> {
    let row = tx
        .one(
            sql!("SELECT COUNT(*) AS seen FROM visible_spaces WHERE workspace = $1 AND member = $2"),
            args![workspace, someone.id],
        )
        .await?;
    let seen: i64 = row.get("seen")?;
    Ok(usize::try_from(seen).unwrap_or_default())
}

fn space(place: &Place, threads: &[TopicId]) -> Space {
    let id: SpaceId = place.id;
    Space {
        id: id.to_string(),
        part: place.part,
        people: place.people.iter().map(|someone| someone.place).collect(),
        threads: threads.iter().rev().take(THREADS).map(ToString::to_string).collect(),
    }
}

fn words(list: &str) -> Vec<String> {
    list.split_whitespace().map(str::to_owned).collect()
}
