//! The work of the sample: its projects with all that happens in them, each thing at its own time.

use std::collections::HashMap;

use anyhow::Context as _;
use jiff::Timestamp;
use people::{Actor, SpaceId};
use store::Tx;
use topics::{AskId, PostId};
use work::{
    ChoiceId, FieldId, GoalId, HandoffId, KeyResultId, LabelId, ProjectId, SeriesId, StageId, TaskId,
    field::{self, Choice, FieldKind, NewField},
    label::{self, NewLabel},
    project::{self, FirstStage, NewProject, ProjectPatch},
    stage::{self, StagePatch},
};

use super::{
    calendar::Calendar,
    cards::{CARDS, Card},
    cast::{Cast, Who},
    goals::{self, Aim, Said},
    pictures::Pictures,
    play::Made,
    projects::{PLANS, Plan, Site},
    rhythm::{self, SHAPES, Shape},
    script::Thread,
    tasks::{self, DONE, Done},
};

/// How many working days ago the projects were made, and when: before every task.
const MADE: (&str, usize) = ("11:30", 13);
/// When tasks are made, when they move, and when they are said to wait.
const MAKES: &str = "10:20";
const MOVES: &str = "14:30";
const WAITS: (&str, usize) = ("11:10", 1);
/// How long after a post a task is made from it.
const AFTER_A_POST: jiff::SignedDuration = jiff::SignedDuration::from_mins(7);

/// Something that happens to the work.
#[derive(Clone, Copy)]
pub enum Deed {
    Begins(&'static Plan),
    Makes(&'static Card),
    Moves(&'static Card),
    Waits(&'static Card),
    Acts(&'static Done),
    Shapes(&'static Shape),
    Aims(&'static Aim),
    Says(&'static Said),
}

impl Deed {
    /// Who does it.
    pub fn who(self) -> Who {
        match self {
            Self::Begins(plan) => plan.by,
            Self::Makes(card) | Self::Waits(card) => card.by,
            Self::Moves(card) => card.owner.unwrap_or(card.by),
            Self::Acts(done) => done.who,
            Self::Shapes(shape) => shape.who,
            Self::Aims(aim) => aim.by,
            Self::Says(said) => said.who,
        }
    }
}

/// All that happens, and when. `written` says when a post of a thread was; `asked_at` is when Camila was
/// asked what a task waits for.
pub fn deeds(
    calendar: &Calendar,
    written: impl Fn(&str, usize) -> Option<Timestamp>,
    asked_at: Timestamp,
) -> anyhow::Result<Vec<(Timestamp, Deed)>> {
    let (mut deeds, mut last) = (Vec::new(), HashMap::new());
    for plan in &PLANS {
        deeds.push((calendar.days_before(plan.by, MADE.0, MADE.1)?, Deed::Begins(plan)));
    }
    for card in CARDS {
        let made = match card.from {
            Some((thread, no)) => {
                let post = written(thread, no).context("tasks are made from posts")?;
                post.checked_add(AFTER_A_POST)?.min(calendar.now)
            }
            None => calendar.days_before(card.by, MAKES, card.made)?,
        };
        last.insert(card.title, made);
        deeds.push((made, Deed::Makes(card)));
        let moves = Deed::Moves(card);
        if let Some(days) = card.moved {
            deeds.push((calendar.days_before(moves.who(), MOVES, days)?, moves));
        }
        if !card.waits.is_empty() {
            let waits = calendar.days_before(card.by, WAITS.0, WAITS.1)?;
            let asks = card.waits.iter().any(|wait| matches!(wait, super::cards::For::TheChoice));
            let earliest = if asks { asked_at } else { made };
            deeds.push((waits.max(earliest), Deed::Waits(card)));
        }
    }
    for done in DONE {
        let before = last.get_mut(done.task).with_context(|| format!("there is no task {}", done.task))?;
        *before = done.at(calendar, *before)?;
        deeds.push((*before, Deed::Acts(done)));
    }
    for shape in SHAPES {
        deeds.push((shape.at(calendar)?, Deed::Shapes(shape)));
    }
    deeds.extend(goals::deeds(calendar)?);
    deeds.sort_by_key(|(at, _)| *at);
    Ok(deeds)
}

/// What whoever does something finds.
pub struct Play<'a> {
    pub tx: &'a Tx,
    pub cast: &'a Cast,
    pub calendar: &'a Calendar,
    pub pictures: &'a Pictures,
    pub threads: &'a [(&'a Thread, Made)],
    /// What Camila is asked to decide.
    pub choice: Option<AskId>,
}

impl Play<'_> {
    /// A post of a thread, from 1.
    pub fn post(&self, thread: &str, no: usize) -> anyhow::Result<PostId> {
        let found = self.threads.iter().find(|(written, _)| written.title == thread);
        let (_, made) = found.context("tasks are made from posts of the sample")?;
        no.checked_sub(1).and_then(|place| made.posts.get(place)).copied().context("no such post yet")
    }
}

/// A project that is there.
pub struct Project {
    pub id: ProjectId,
    columns: HashMap<&'static str, StageId>,
    labels: HashMap<&'static str, LabelId>,
    fields: HashMap<&'static str, (FieldId, FieldKind)>,
    choices: HashMap<(&'static str, &'static str), ChoiceId>,
}

impl Project {
    /// One of its columns.
    pub fn column(&self, name: &str) -> anyhow::Result<StageId> {
        self.columns.get(name).copied().with_context(|| format!("there is no column {name}"))
    }

    /// One of its labels.
    pub fn label(&self, name: &str) -> anyhow::Result<LabelId> {
        self.labels.get(name).copied().with_context(|| format!("there is no label {name}"))
    }

    /// One of its fields, and what it holds.
    pub fn field(&self, name: &str) -> anyhow::Result<(FieldId, FieldKind)> {
        self.fields.get(name).copied().with_context(|| format!("there is no field {name}"))
    }

    /// One of the choices of a field.
    pub fn choice(&self, field: &str, name: &str) -> anyhow::Result<ChoiceId> {
        self.choices.get(&(field, name)).copied().with_context(|| format!("there is no choice {name}"))
    }
}

/// What the work has become so far.
#[derive(Default)]
pub struct Board {
    projects: HashMap<Site, Project>,
    pub tasks: HashMap<&'static str, TaskId>,
    pub offers: HashMap<&'static str, HandoffId>,
    pub goals: HashMap<&'static str, GoalId>,
    pub results: HashMap<&'static str, KeyResultId>,
    /// What comes again.
    pub series: Option<SeriesId>,
}

impl Board {
    /// A project that was made.
    pub fn project(&self, site: Site) -> anyhow::Result<&Project> {
        self.projects.get(&site).context("a project is made before what is in it")
    }

    /// A task that was made, by its title.
    pub fn task(&self, title: &str) -> anyhow::Result<TaskId> {
        self.tasks.get(title).copied().with_context(|| format!("{title} is not made yet"))
    }

    /// Does what happens.
    pub async fn play(
        &mut self,
        play: &Play<'_>,
        spaces: &HashMap<&'static str, SpaceId>,
        actor: &Actor,
        deed: Deed,
    ) -> anyhow::Result<()> {
        match deed {
            Deed::Begins(plan) => {
                let space = spaces.get(super::play::key(plan.place));
                let space = *space.context("a space is made before its projects")?;
                self.begin(play, actor, plan, space).await
            }
            Deed::Makes(card) => {
                tasks::make(play, self, actor, card).await?;
                tasks::follow(play.tx, actor, self.task(card.title)?).await
            }
            Deed::Moves(card) => tasks::carry(play.tx, self, actor, card).await,
            Deed::Waits(card) => tasks::wait(play, self, actor, card).await,
            Deed::Acts(done) => {
                let acted = Box::pin(tasks::act(play, self, actor, done)).await;
                acted.with_context(|| format!("{:?} in {}", done.who, done.task))
            }
            Deed::Shapes(shape) => Box::pin(rhythm::perform(play, self, actor, shape)).await,
            Deed::Aims(aim) => {
                let space = spaces.get(super::play::key(aim.place));
                goals::aim(play, self, actor, aim, *space.context("a space is made before its goals")?).await
            }
            Deed::Says(said) => goals::say(play, self, actor, said).await,
        }
    }

    /// Makes a project in a space.
    async fn begin(
        &mut self,
        play: &Play<'_>,
        actor: &Actor,
        plan: &'static Plan,
        space: SpaceId,
    ) -> anyhow::Result<()> {
        let tx = play.tx;
        let mut made = Project {
            id: actor.ids.make(),
            columns: HashMap::new(),
            labels: HashMap::new(),
            fields: HashMap::new(),
            choices: HashMap::new(),
        };
        let stages = plan.columns.iter().map(|column| {
            let id = actor.ids.make();
            made.columns.insert(column.0, id);
            FirstStage { id, name: column.0.to_owned(), kind: column.1 }
        });
        let new = NewProject {
            stages: Some(stages.collect()),
            id: made.id,
            key: free_key(tx, actor, plan.key).await,
            name: plan.name.to_owned(),
            space,
            purpose: Some(plan.purpose.to_owned()),
            owner: Some(actor.member),
        };
        project::create(tx, actor, new).await?;
        for column in plan.columns.iter().filter(|column| column.2.is_some()) {
            let patch = StagePatch { limit: Some(column.2), ..StagePatch::default() };
            stage::change(tx, actor, made.column(column.0)?, patch).await?;
        }
        // One second after the other: they stand in the order in which they were made.
        let mut seconds = 0;
        let mut next = || {
            seconds += 1;
            play.cast.actor(plan.by, actor.at.checked_add(jiff::SignedDuration::from_secs(seconds))?)
        };
        for (name, colour) in plan.labels {
            let actor = &next()?;
            let new = NewLabel { id: actor.ids.make(), name: (*name).to_owned(), colour: *colour };
            made.labels.insert(name, new.id);
            label::create(tx, actor, made.id, new).await?;
        }
        for extra in plan.extras {
            let actor = &next()?;
            let id = actor.ids.make();
            made.fields.insert(extra.0, (id, extra.1));
            let choices = extra.2.iter().map(|name| {
                let id = actor.ids.make();
                made.choices.insert((extra.0, name), id);
                Choice { id, name: (*name).to_owned() }
            });
            let choices = Some(choices.collect::<Vec<_>>()).filter(|choices| !choices.is_empty());
            let new = NewField { id, name: extra.0.to_owned(), kind: extra.1, choices };
            field::create(tx, actor, made.id, new).await?;
        }
        let members = plan.members.iter().map(|who| play.cast.id(*who)).collect::<anyhow::Result<_>>()?;
        let patch = ProjectPatch { members: Some(members), ..ProjectPatch::default() };
        project::change(tx, &next()?, made.id, patch).await?;
        self.projects.insert(plan.site, made);
        Ok(())
    }
}

/// In a workspace of one's own the letters may be taken.
pub async fn free_key(tx: &Tx, actor: &Actor, key: &str) -> String {
    let taken = project::see_named(tx, actor, key).await.is_ok();
    if taken { format!("{key}S") } else { key.to_owned() }
}
