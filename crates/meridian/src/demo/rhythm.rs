//! What the projects of the sample do by themselves or again: rules, a form with its answers, templates, a
//! task that comes again, a queue; and what their people say and keep.

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use people::{Actor, System};
use work::{
    ProjectId, SeriesId,
    change::{self, TaskPatch},
    forms::{self, FormAsks, FormField, NewForm},
    project::{self, ProjectHealth, ProjectPatch},
    queue::{self, QueueMembers},
    remind::{self, ReminderPatch},
    repeat::{self, DaysOff, NewRepeat},
    rhythm,
    rules::{self, Happening, NewRule, RuleAction, RuleDoes},
    template::{self, CopyProject, NewTemplate, TemplateOwner},
    views::{self, NewView, Shows, ViewDue, ViewGroup, ViewKind, ViewSort, ViewSpan},
};

use super::{
    board::{Board, Play, free_key},
    calendar::Calendar,
    cards::READING,
    cast::Who::{self, Ananya, Camila, Ines, Piotr, Rafael, Yuki},
    projects::Site,
    tasks,
};

/// How long after Ananya's last minutes her queue looks at who is at work.
const AFTER_HER_DAY: SignedDuration = SignedDuration::from_mins(15);

/// Something about a project.
pub struct Shape {
    pub who: Who,
    time: &'static str,
    days: usize,
    what: What,
}

enum What {
    /// How it goes.
    Goes(Site, ProjectHealth, &'static str),
    /// Who takes turns.
    TakesTurns(&'static [Who]),
    /// Their day is over, and the tasks pass on.
    Turns,
    /// When all steps are done, it goes into review.
    ReviewsWhatIsDone,
    /// What is new is due in three days.
    PromisesThreeDays,
    /// Whoever knows the address can write.
    Opens,
    /// Somebody has.
    Answers(Answer),
    /// A task to make others like.
    Keeps(Site, &'static str, &'static str, Option<u8>),
    /// A project that is made like another one.
    Copies,
    /// A view of the app's tasks.
    Looks(Look),
    /// Once a week, without the weeks in which they are off.
    Repeats,
    /// This week's is done, and the next one is there.
    ReadsThisWeek,
    /// When they want to be reminded.
    Reminds(u8),
}

/// What somebody wrote into the form.
struct Answer {
    about: &'static str,
    details: &'static str,
    name: &'static str,
    city: &'static str,
    of: &'static str,
}

/// A view that is kept.
enum Look {
    Plan,
    Week,
    Free,
}

const fn shape(who: Who, time: &'static str, days: usize, what: What) -> Shape {
    Shape { who, time, days, what }
}

/// The title of the form.
const FORM: &str = "Tell us what went wrong";

#[rustfmt::skip]
pub static SHAPES: &[Shape] = &[
    shape(Yuki, "12:10", 12, What::ReviewsWhatIsDone),
    shape(Ananya, "12:10", 12, What::PromisesThreeDays),
    shape(Ananya, "12:20", 12, What::TakesTurns(&[Yuki, Ananya, Ines, Rafael])),
    shape(Ananya, "12:30", 12, What::Opens),
    shape(Piotr, "12:10", 12, What::Reminds(2)),
    shape(Yuki, "17:20", 4, What::Looks(Look::Plan)),
    shape(Yuki, "17:25", 4, What::Looks(Look::Week)),
    shape(Camila, "15:20", 4, What::Looks(Look::Free)),
    shape(Ananya, "15:30", 4, What::Keeps(Site::Intake, "Two drivers share one phone", "A driver cannot sign in", Some(1))),
    shape(Yuki, "17:40", 2, What::Keeps(Site::App, "Spanish words for the pickup screen", "Words for a new screen", Some(5))),
    shape(Ines, "16:10", 5, What::Copies),
    shape(Ananya, "15:20", 5, What::Repeats),
    shape(Ananya, "16:10", 0, What::ReadsThisWeek),
    shape(Ananya, "15:10", 2, What::Answers(Answer {
        about: "I was paid once for two pickups",
        details: "On Thursday evening I had two parcels for the same door. The list shows both, my money only one.",
        name: "Otávio Lins",
        city: "Recife",
        of: "A payment",
    })),
    shape(Ananya, "14:25", 1, What::Answers(Answer {
        about: "The address is right, the map is wrong",
        details: "Rua da Moeda 12 is drawn on the other bank of the river. I called the customer and found it.",
        name: "Teresa Moura",
        city: "Porto",
        of: "The app",
    })),
    shape(Ananya, "18:25", 0, What::Turns),
    shape(Yuki, "18:15", 0, What::Goes(Site::App, ProjectHealth::AtRisk, "Both versions run. Camila chooses A or B today: every day without a choice moves the test with twenty drivers, and the release with it.")),
    shape(Ananya, "17:40", 1, What::Goes(Site::Intake, ProjectHealth::OnTrack, "88 of 100 drivers had an answer within three days.")),
    shape(Camila, "16:20", 3, What::Goes(Site::Hiring, ProjectHealth::OnTrack, "Three of nineteen fit well. First talks this week.")),
];

impl Shape {
    /// When it happens.
    pub fn at(&self, calendar: &Calendar) -> anyhow::Result<Timestamp> {
        match self.what {
            What::ReadsThisWeek => {
                let day = calendar.week_before_the_holiday()?.tomorrow()?;
                let midnight = day.in_tz(self.who.person().zone)?.timestamp();
                calendar.last(self.who, self.time, midnight)
            }
            What::Turns => {
                // Her last minutes, and what is left until the end.
                let before = calendar.now.checked_sub(AFTER_HER_DAY)?;
                Ok(calendar.last(self.who, self.time, before)?.checked_add(AFTER_HER_DAY)?)
            }
            _ => calendar.days_before(self.who, self.time, self.days),
        }
    }
}

/// Does it.
pub async fn perform(play: &Play<'_>, board: &mut Board, actor: &Actor, shape: &Shape) -> anyhow::Result<()> {
    let tx = play.tx;
    let system = System { workspace: actor.workspace, at: actor.at };
    match &shape.what {
        What::Goes(site, health, note) => {
            let patch = ProjectPatch {
                health: Some(Some(*health)),
                health_note: Some((*note).to_owned()),
                ..ProjectPatch::default()
            };
            Ok(project::change(tx, actor, board.project(*site)?.id, patch).await?)
        }
        What::TakesTurns(people) => {
            let members = people.iter().map(|who| play.cast.id(*who)).collect::<anyhow::Result<_>>()?;
            let intake = board.project(Site::Intake)?.id;
            Ok(queue::set(tx, actor, intake, QueueMembers { members }).await?)
        }
        What::Turns => {
            let intake = board.project(Site::Intake)?.id;
            Ok(queue::turn(tx, &system, actor.ids.clone(), intake).await?)
        }
        What::ReviewsWhatIsDone => {
            let app = board.project(Site::App)?;
            let moves = RuleAction { stage: Some(app.column("In review")?), ..action(RuleDoes::Move) };
            keep_rule(play, actor, app.id, Happening::StepsDone, moves).await
        }
        What::PromisesThreeDays => {
            let intake = board.project(Site::Intake)?.id;
            let due = RuleAction { days: Some(3), ..action(RuleDoes::SetDue) };
            keep_rule(play, actor, intake, Happening::Created, due).await
        }
        What::Opens => open_form(play, board, actor).await,
        What::Answers(answer) => take_answer(play, board, actor, answer).await,
        What::Keeps(site, title, name, due_in) => {
            let new = NewTemplate {
                id: actor.ids.make(),
                name: (*name).to_owned(),
                task: board.task(title)?,
                owner: Some(TemplateOwner::Nobody),
                due_in: *due_in,
            };
            Ok(template::create(tx, actor, board.project(*site)?.id, new).await?)
        }
        What::Copies => copy(play, board, actor).await,
        What::Looks(look) => {
            let app = board.project(Site::App)?.id;
            Ok(views::create(tx, actor, app, view(actor, look)).await?)
        }
        What::Repeats => repeat_weekly(play, board, actor).await,
        What::ReadsThisWeek => {
            let task = board.task(READING)?;
            let patch = TaskPatch { done: Some(true), ..TaskPatch::default() };
            change::change(tx, actor, task, patch).await?;
            let series = board.series.context("it comes again")?;
            Ok(repeat::run(tx, &system, actor.ids.clone(), series).await?)
        }
        What::Reminds(days) => {
            let patch = ReminderPatch { days_before: Some(Some(*days)), after: None };
            Ok(remind::choose(tx, actor, patch).await?)
        }
    }
}

fn action(does: RuleDoes) -> RuleAction {
    RuleAction {
        does,
        whom: None,
        member: None,
        kind: None,
        text: None,
        stage: None,
        label: None,
        days: None,
        template: None,
    }
}

async fn keep_rule(
    play: &Play<'_>,
    actor: &Actor,
    project: ProjectId,
    when: Happening,
    action: RuleAction,
) -> anyhow::Result<()> {
    let new = NewRule { id: actor.ids.make(), when, stage: None, label: None, action };
    Ok(rules::create(play.tx, actor, project, new).await?)
}

/// A form for drivers, on their phones.
async fn open_form(play: &Play<'_>, board: &Board, actor: &Actor) -> anyhow::Result<()> {
    let intake = board.project(Site::Intake)?;
    let asks = |asks, needed| FormField { asks, field: None, needed };
    let of = |name: &str, needed| {
        let (field, _) = intake.field(name)?;
        Ok::<_, anyhow::Error>(FormField { asks: FormAsks::Field, field: Some(field), needed })
    };
    let new = NewForm {
        id: actor.ids.make(),
        title: FORM.to_owned(),
        intro: Some(
            "For everybody who drives for Cordel. Write in Portuguese, Spanish or English. Somebody reads it today, \
             and answers within three days."
                .to_owned(),
        ),
        stage: Some(intake.column("New")?),
        fields: vec![
            of("About", true)?,
            asks(FormAsks::Details, true),
            of("City", false)?,
            asks(FormAsks::Name, true),
            asks(FormAsks::Email, false),
        ],
    };
    Ok(forms::create(play.tx, actor, intake.id, new).await?)
}

/// A driver writes, as anybody can who has the address.
async fn take_answer(play: &Play<'_>, board: &Board, actor: &Actor, answer: &Answer) -> anyhow::Result<()> {
    let intake = board.project(Site::Intake)?;
    let form =
        rhythm::see(play.tx, actor, intake.id).await?.forms.into_iter().find(|form| form.title == FORM);
    let form = form.context("the form is made first")?;
    let open = forms::open(play.tx, actor.ids.clone(), actor.at, &form.secret).await?;
    let (city, about) = (intake.field("City")?.0, intake.field("About")?.0);
    let filled = [
        ("about".to_owned(), answer.about.to_owned()),
        (FormAsks::Details.as_str().to_owned(), answer.details.to_owned()),
        (FormAsks::Name.as_str().to_owned(), answer.name.to_owned()),
        (city.to_string(), answer.city.to_owned()),
        (about.to_string(), intake.choice("About", answer.of)?.to_string()),
    ];
    let task = forms::take(play.tx, &open, &filled.into()).await?;
    tasks::follow(play.tx, actor, task).await
}

/// What the test engineer finds, two weeks from now.
async fn copy(play: &Play<'_>, board: &Board, actor: &Actor) -> anyhow::Result<()> {
    let wish = CopyProject {
        id: actor.ids.make(),
        key: free_key(play.tx, actor, "ENG").await,
        name: "First weeks of the test engineer".to_owned(),
        space: None,
        tasks: true,
        owners: TemplateOwner::Nobody,
        begins_on: Some(play.calendar.working_day(Ines, 10)?),
    };
    Ok(template::copy(play.tx, actor, board.project(Site::Weeks)?.id, wish).await?)
}

fn view(actor: &Actor, look: &Look) -> NewView {
    let (name, shared, shows) = match look {
        Look::Plan => {
            let quarter = Some(ViewSpan::Quarter);
            (
                "Plan of the release",
                true,
                Shows { kind: Some(ViewKind::Timeline), span: quarter, ..Shows::default() },
            )
        }
        Look::Week => {
            let shows = Shows {
                kind: Some(ViewKind::List),
                due: Some(ViewDue::Week),
                group: Some(ViewGroup::Owner),
                sort: Some(ViewSort::Due),
                ..Shows::default()
            };
            ("Due this week, by person", true, shows)
        }
        Look::Free => {
            let shows = Shows { kind: Some(ViewKind::List), nobody: true, ..Shows::default() };
            ("Nobody has it yet", false, shows)
        }
    };
    NewView { id: actor.ids.make(), name: name.to_owned(), shared, shows }
}

/// On the weekday of the public holiday to come: that week is left out.
async fn repeat_weekly(play: &Play<'_>, board: &mut Board, actor: &Actor) -> anyhow::Result<()> {
    let id: SeriesId = actor.ids.make();
    board.series = Some(id);
    let day = play.calendar.holiday.strftime("%A").to_string().to_uppercase();
    let day = day.get(..2).context("every weekday has a name")?;
    let new = NewRepeat {
        id,
        rule: format!("FREQ=WEEKLY;BYDAY={day}"),
        time: None,
        days_off: DaysOff::Skip,
        lead: Some(0),
    };
    Ok(repeat::set(play.tx, actor, board.task(READING)?, new).await?)
}
