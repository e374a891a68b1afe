//! The board of the sample: what the people of the driver app work on.

use std::collections::HashMap;

use anyhow::Context as _;
use jiff::Timestamp;
use people::{Actor, SpaceId};
use store::Tx;
use topics::AskId;
use work::{
    ProjectId, StageId, TaskId,
    create::{self, NewTask},
    due::NewDue,
    moves::{self, Move},
    project::{self, FirstStage, NewProject},
    stage::StageKind,
    steps::{self, NewStep, StepPatch},
    task,
    waits::{self, NewWait},
};

use super::{
    calendar::Calendar,
    cast::Who::{self, Ananya, Camila, Ines, Lucia, MinhAnh, Piotr, Rafael, Yuki},
};

/// Who made the board, and how many of their working days ago: before every task.
const MADE: (Who, &str, usize) = (Yuki, "11:30", 13);
/// When tasks are made, and when they move.
const MAKES: &str = "10:20";
const MOVES: &str = "14:30";

/// The columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Column {
    Ideas,
    Ready,
    InProgress,
    InReview,
    Done,
    NotNow,
}

impl Column {
    const ALL: [Self; 6] =
        [Self::Ideas, Self::Ready, Self::InProgress, Self::InReview, Self::Done, Self::NotNow];

    fn name(self) -> &'static str {
        match self {
            Self::Ideas => "Ideas",
            Self::Ready => "Ready",
            Self::InProgress => "In progress",
            Self::InReview => "In review",
            Self::Done => "Done",
            Self::NotNow => "Not now",
        }
    }

    fn kind(self) -> StageKind {
        match self {
            Self::Ideas => StageKind::Idea,
            Self::Ready | Self::InProgress | Self::InReview => StageKind::Open,
            Self::Done => StageKind::Done,
            Self::NotNow => StageKind::NotNow,
        }
    }

    /// How many people want in it at most.
    fn most(self) -> Option<u8> {
        match self {
            Self::InProgress => Some(5),
            Self::InReview => Some(4),
            _ => None,
        }
    }
}

/// A task of the sample.
pub struct Card {
    title: &'static str,
    why: &'static str,
    /// Who made it; it is theirs, unless it is nobody's.
    by: Who,
    is_owned: bool,
    /// How many of their working days ago.
    made: usize,
    /// Where it is now, and since when, if it was not made there.
    column: Column,
    moved: Option<usize>,
    /// In how many working days it is due, and when.
    due: Option<(usize, Option<&'static str>)>,
    /// What must hold, and whether it does.
    steps: &'static [(&'static str, bool)],
    /// Whether it waits for what Camila is asked to decide.
    waits: bool,
}

const fn card(title: &'static str, by: Who, made: usize, column: Column) -> Card {
    Card {
        title,
        why: "",
        by,
        is_owned: true,
        made,
        column,
        moved: None,
        due: None,
        steps: &[],
        waits: false,
    }
}

impl Card {
    const fn nobodys(self) -> Self {
        Self { is_owned: false, ..self }
    }

    const fn moved(self, days: usize) -> Self {
        Self { moved: Some(days), ..self }
    }

    const fn due(self, days: usize, time: Option<&'static str>) -> Self {
        Self { due: Some((days, time)), ..self }
    }

    const fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }

    const fn when(self, steps: &'static [(&'static str, bool)]) -> Self {
        Self { steps, ..self }
    }

    const fn waits_for_the_choice(self) -> Self {
        Self { waits: true, ..self }
    }
}

/// Every task, the oldest first.
pub const CARDS: [Card; 20] = [
    card("New pickup photo, smaller files", Ananya, 10, Column::InProgress).moved(9).because("A photo of a parcel is 4 MB. On a slow line the driver waits at the door."),
    card("Voice instead of text at the pickup", Ines, 10, Column::NotNow).nobodys(),
    card("A widget with the next stop", MinhAnh, 10, Column::NotNow).nobodys(),
    card("Map loads in under 2 seconds", Yuki, 9, Column::Done).moved(3).when(&[("Measured on a phone with 3 GB", true), ("Under 2 seconds in Recife", true)]),
    card("Spanish words for the pickup screen", Lucia, 2, Column::Ready).because("14 new texts. Drivers in Buenos Aires read them first."),
    card("Share a route with another driver", Piotr, 9, Column::Ideas).nobodys(),
    card("Offline banner text", Ines, 9, Column::Done).moved(2),
    card("Shorter sign-in for returning drivers", MinhAnh, 8, Column::InReview).moved(1).when(&[("The phone remembers who drives", true), ("One step less", true), ("Works after an update", true), ("The test list has passed", true)]),
    card("Night colours for the map", Rafael, 8, Column::InReview).moved(1).because("At 22:00 the bright map blinds drivers."),
    card("Count parcels by voice", Ananya, 7, Column::Ideas).nobodys(),
    card("Decision: keep tiles for 7 days", Rafael, 6, Column::Done).moved(1),
    card("Fix the crash on Android 12", MinhAnh, 5, Column::InProgress).moved(2).when(&[("The cause is known", true), ("The last 40 tiles are kept", true), ("Tested on three old phones", false)]),
    card("Save the route on the phone", Yuki, 5, Column::InProgress).moved(2).because("When the signal is lost, the map turns grey. In the hills around Recife this happens on one trip in six.").due(2, Some("12:00")).when(&[("The route is saved when a shift starts", true), ("The map shows it in flight mode", true), ("Both versions were tried by five drivers", true), ("Camila chose A or B", false), ("The limit of 40 MB is respected", false)]).waits_for_the_choice(),
    card("Send tiles in three groups", Piotr, 4, Column::InProgress).moved(2).due(1, None),
    card("Ask for camera access later, not at sign-in", Ines, 3, Column::Ready).due(3, None),
    card("Larger buttons for cold hands", Camila, 3, Column::Ideas).nobodys(),
    card("A quiet mode for the night shift", Rafael, 3, Column::Ideas).nobodys(),
    card("Show fuel stops on the route", Camila, 2, Column::Ready).nobodys(),
    card("Warn before the data plan is used up", Ananya, 2, Column::Ideas).nobodys(),
    card("A map for bicycles", MinhAnh, 2, Column::NotNow).nobodys(),
];

/// Something that happens to the board.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    Begins,
    Makes(usize),
    Moves(usize),
    /// It waits for what was asked.
    Waits(usize),
}

/// What happens to the board, and when. `asked_at` is when Camila was asked what a task waits for.
pub fn deeds(calendar: &Calendar, asked_at: Timestamp) -> anyhow::Result<Vec<(Timestamp, Deed)>> {
    let (who, time, days) = MADE;
    let mut deeds = vec![(calendar.days_before(who, time, days)?, Deed::Begins)];
    for (number, card) in CARDS.iter().enumerate() {
        deeds.push((calendar.days_before(card.by, MAKES, card.made)?, Deed::Makes(number)));
        if let Some(days) = card.moved {
            deeds.push((calendar.days_before(card.by, MOVES, days)?, Deed::Moves(number)));
        }
        if card.waits {
            deeds.push((asked_at, Deed::Waits(number)));
        }
    }
    Ok(deeds)
}

/// What the board has become so far.
#[derive(Default)]
pub struct Board {
    project: Option<ProjectId>,
    columns: HashMap<Column, StageId>,
    tasks: HashMap<usize, TaskId>,
}

impl Board {
    /// Makes the board in a space.
    pub async fn begin(&mut self, tx: &Tx, actor: &Actor, space: SpaceId) -> anyhow::Result<()> {
        // In a workspace of one's own the letters may be taken.
        let key = if project::see_named(tx, actor, "DRV").await.is_ok() { "DRVS" } else { "DRV" };
        let stages = Column::ALL.map(|column| {
            let id = actor.ids.make();
            self.columns.insert(column, id);
            FirstStage { id, name: column.name().to_owned(), kind: column.kind() }
        });
        let new = NewProject {
            id: actor.ids.make(),
            key: key.to_owned(),
            name: "Driver app".to_owned(),
            space,
            purpose: Some("What drivers have on their phones, and what comes next.".to_owned()),
            owner: Some(actor.member),
            stages: Some(stages.to_vec()),
        };
        self.project = Some(new.id);
        project::create(tx, actor, new).await?;
        for column in Column::ALL {
            if let (Some(most), Some(stage)) = (column.most(), self.columns.get(&column)) {
                let patch = work::stage::StagePatch { limit: Some(Some(most)), ..Default::default() };
                work::stage::change(tx, actor, *stage, patch).await?;
            }
        }
        Ok(())
    }

    /// Makes one of the tasks.
    pub async fn make(
        &mut self,
        tx: &Tx,
        actor: &Actor,
        calendar: &Calendar,
        number: usize,
    ) -> anyhow::Result<()> {
        let card = CARDS.get(number).context("there is no such task")?;
        let first = if card.moved.is_some() { Column::Ready } else { card.column };
        let new = NewTask {
            id: actor.ids.make(),
            project: self.project.context("the board is made before its tasks")?,
            title: card.title.to_owned(),
            stage: self.columns.get(&first).copied(),
            after: None,
            owner: card.is_owned.then_some(actor.member),
            due: card.due.map(|(days, time)| due(calendar, card.by, days, time)).transpose()?,
            starts_on: None,
            labels: None,
            why: Some(card.why.to_owned()).filter(|why| !why.is_empty()),
            parent: None,
            deliverable: None,
            from_post: None,
            from_ask: None,
        };
        let id = new.id;
        self.tasks.insert(number, id);
        create::create(tx, actor, new).await?;
        for (text, _) in card.steps {
            let step = NewStep { id: actor.ids.make(), text: (*text).to_owned(), after: None };
            steps::create(tx, actor, id, step).await?;
        }
        Ok(())
    }

    /// A task goes to where it is now, with what of it is done.
    pub async fn carry(&self, tx: &Tx, actor: &Actor, number: usize) -> anyhow::Result<()> {
        let card = CARDS.get(number).context("there is no such task")?;
        let id = self.task(number)?;
        let stage = *self.columns.get(&card.column).context("the board has this column")?;
        let page = task::page(tx, actor, id).await?;
        for (step, (_, done)) in page.done_when.iter().zip(card.steps) {
            if *done {
                let patch = StepPatch { done: Some(true), ..StepPatch::default() };
                steps::change(tx, actor, step.id, patch).await?;
            }
        }
        let version = task::see(tx, actor, id).await?.version;
        Ok(moves::move_to(tx, actor, id, Move { stage, after: None, version }).await?)
    }

    /// A task waits for an ask.
    pub async fn wait(&self, tx: &Tx, actor: &Actor, number: usize, ask: AskId) -> anyhow::Result<()> {
        let wait = NewWait { id: actor.ids.make(), task: None, ask: Some(ask), member: None };
        Ok(waits::create(tx, actor, self.task(number)?, wait).await?)
    }

    fn task(&self, number: usize) -> anyhow::Result<TaskId> {
        self.tasks.get(&number).copied().context("a task is made first")
    }

    /// Who does something to the board.
    pub fn who(deed: Deed) -> anyhow::Result<Who> {
        match deed {
            Deed::Begins => Ok(MADE.0),
            Deed::Makes(number) | Deed::Moves(number) | Deed::Waits(number) => {
                Ok(CARDS.get(number).context("there is no such task")?.by)
            }
        }
    }
}

/// A day of work of theirs to come.
fn due(calendar: &Calendar, who: Who, days: usize, time: Option<&'static str>) -> anyhow::Result<NewDue> {
    let mut at = calendar.now;
    for _ in 0..days {
        at = calendar.next(who, "11:00", at)?;
    }
    let zone = jiff::tz::TimeZone::get(who.person().zone)?;
    Ok(NewDue { date: at.to_zoned(zone).date(), time: time.map(str::to_owned) })
}
