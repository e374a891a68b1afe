//! The goals of the sample, their key results, and what their owners say about them.

use anyhow::Context as _;
use jiff::Timestamp;
use people::{Actor, SpaceId};
use work::goals::{
    self, GoalPatch, GoalState, KeyResultKind, KeyResultPatch, NewGoal, NewKeyResult, NewLine,
};

use super::{
    board::{Board, Deed, Play},
    calendar::Calendar,
    cast::Who::{self, Ananya, MinhAnh, Piotr, Rafael},
    projects::Site,
    script::Place,
};

/// How many working days ago goals are set, and when.
const SET: (&str, usize) = ("11:50", 12);

/// A goal.
pub struct Aim {
    pub place: Place,
    pub title: &'static str,
    pub measure: &'static str,
    /// Who sets it and answers for it.
    pub by: Who,
    /// In how many working days it is to be reached.
    pub within: i64,
    pub results: &'static [Result],
    pub site: Option<Site>,
}

/// A key result: its name, and from which number to which one in what unit; done or not without.
pub struct Result(&'static str, Option<(f64, f64, &'static str)>);

/// What is said about a goal, or done.
pub struct Said {
    pub who: Who,
    time: &'static str,
    days: usize,
    about: About,
}

enum About {
    /// The goal, in a line.
    Line(&'static str, &'static str),
    /// The number of a key result.
    Number(&'static str, &'static str, f64),
    /// A key result is done.
    Done(&'static str, &'static str),
    /// The goal is reached.
    Reached(&'static str),
}

const SIGNAL: &str = "Drivers work without a signal";
const SIGN_IN: &str = "Returning drivers sign in within 20 seconds";
const CRASHES: &str = "The app does not stop on small phones";
const GREY: &str = "Trips on which the map turns grey";
const STOPS: &str = "Stops in 1,000 hours, on phones with 3 GB";
const ANSWERS: &str = "Every driver has an answer within three days";
const WITHIN: &str = "Answered within three days";
const REPORTS: &str = "Reports never slow down the phones";

static AIMS: &[Aim] = &[
    Aim {
        place: Place::DriverApp,
        title: SIGNAL,
        measure: "The map shows the whole way of a shift, also in the hills around Recife and in the tunnels of Porto.",
        by: Rafael,
        within: 34,
        results: &[
            Result(GREY, Some((17.0, 2.0, "%"))),
            Result("Drivers who have the saved route", Some((0.0, 2300.0, "drivers"))),
            Result("Support has no open question about grey maps", None),
        ],
        site: Some(Site::App),
    },
    Aim {
        place: Place::DriverApp,
        title: CRASHES,
        measure: "Half of our drivers have a phone with 3 GB or less.",
        by: MinhAnh,
        within: 22,
        results: &[Result(STOPS, Some((9.0, 1.0, ""))), Result("The app is smaller than 55 MB", None)],
        site: None,
    },
    Aim {
        place: Place::DriverApp,
        title: SIGN_IN,
        measure: "Measured from the first touch to the first stop on the screen.",
        by: MinhAnh,
        within: 6,
        results: &[Result("In the middle of all phones", Some((48.0, 20.0, "s")))],
        site: None,
    },
    Aim {
        place: Place::Support,
        title: ANSWERS,
        measure: "Counted from what they write to what we answer, in the language of the question.",
        by: Ananya,
        within: 40,
        results: &[Result(WITHIN, Some((71.0, 95.0, "%"))), Result("Answers in two languages", None)],
        site: Some(Site::Intake),
    },
    Aim {
        place: Place::DataPlatform,
        title: REPORTS,
        measure: "The prices on the phones come within a second, also on Monday mornings.",
        by: Piotr,
        within: 28,
        results: &[
            Result("The report of the week", Some((41.0, 5.0, "min"))),
            Result("A copy for reports alone", None),
        ],
        site: None,
    },
];

const fn said(who: Who, time: &'static str, days: usize, about: About) -> Said {
    Said { who, time, days, about }
}

#[rustfmt::skip]
static SAID: &[Said] = &[
    said(MinhAnh, "10:40", 9, About::Number(SIGN_IN, "In the middle of all phones", 31.0)),
    said(MinhAnh, "15:30", 8, About::Done(CRASHES, "The app is smaller than 55 MB")),
    said(Rafael, "15:10", 8, About::Number(SIGNAL, GREY, 15.0)),
    said(Rafael, "15:20", 6, About::Line(SIGNAL, "Both versions are built. Five drivers try them this week.")),
    said(Ananya, "15:30", 7, About::Number(ANSWERS, WITHIN, 78.0)),
    said(Ananya, "15:40", 6, About::Done(ANSWERS, "Answers in two languages")),
    said(Piotr, "13:10", 4, About::Number(REPORTS, "The report of the week", 6.0)),
    said(Piotr, "13:15", 4, About::Line(REPORTS, "Six minutes since it starts at 05:00. The last minute needs the second copy.")),
    said(MinhAnh, "11:50", 3, About::Number(CRASHES, STOPS, 6.0)),
    said(Rafael, "15:40", 2, About::Number(SIGNAL, GREY, 9.0)),
    said(MinhAnh, "16:20", 1, About::Number(SIGN_IN, "In the middle of all phones", 19.0)),
    said(MinhAnh, "16:25", 1, About::Line(SIGN_IN, "19 seconds, measured on 600 phones over a week.")),
    said(MinhAnh, "16:30", 1, About::Reached(SIGN_IN)),
    said(MinhAnh, "16:40", 1, About::Line(CRASHES, "The cause is known. With the last 40 tiles kept, one phone of three still stops.")),
    said(Ananya, "17:50", 1, About::Number(ANSWERS, WITHIN, 88.0)),
    said(Ananya, "17:55", 1, About::Line(ANSWERS, "88 %. What is late waits for a second question to the driver, not for us.")),
    said(Rafael, "10:50", 0, About::Line(SIGNAL, "Next: A or B today. Every day without a choice moves the test with twenty drivers.")),
];

/// What happens to the goals, and when.
pub fn deeds(calendar: &Calendar) -> anyhow::Result<Vec<(Timestamp, Deed)>> {
    let mut deeds = Vec::new();
    for aim in AIMS {
        deeds.push((calendar.days_before(aim.by, SET.0, SET.1)?, Deed::Aims(aim)));
    }
    for said in SAID {
        deeds.push((calendar.days_before(said.who, said.time, said.days)?, Deed::Says(said)));
    }
    Ok(deeds)
}

/// Somebody sets a goal.
pub async fn aim(
    play: &Play<'_>,
    board: &mut Board,
    actor: &Actor,
    aim: &'static Aim,
    space: SpaceId,
) -> anyhow::Result<()> {
    let results = aim.results.iter().map(|Result(name, number)| {
        let id = actor.ids.make();
        board.results.insert(name, id);
        NewKeyResult {
            id,
            name: (*name).to_owned(),
            kind: if number.is_some() { KeyResultKind::Number } else { KeyResultKind::Done },
            unit: number.map(|(.., unit)| unit.to_owned()),
            from: number.map(|(from, ..)| from),
            to: number.map(|(_, to, _)| to),
        }
    });
    let results = results.collect();
    let new = NewGoal {
        id: actor.ids.make(),
        space,
        title: aim.title.to_owned(),
        measure: Some(aim.measure.to_owned()),
        owner: Some(actor.member),
        target_date: Some(play.calendar.working_day(aim.by, aim.within)?),
        results: Some(results),
        projects: aim.site.map(|site| Ok::<_, anyhow::Error>(vec![board.project(site)?.id])).transpose()?,
    };
    board.goals.insert(aim.title, new.id);
    Ok(goals::create(play.tx, actor, new).await?)
}

/// Somebody says how it goes.
pub async fn say(play: &Play<'_>, board: &Board, actor: &Actor, said: &Said) -> anyhow::Result<()> {
    let tx = play.tx;
    let goal = |title: &str| board.goals.get(title).copied().context("a goal is set first");
    let result = |name: &str| board.results.get(name).copied().context("a key result is set first");
    match said.about {
        About::Line(title, text) => {
            goals::say(tx, actor, goal(title)?, NewLine { text: text.to_owned() }).await?;
        }
        About::Number(title, name, value) => {
            let patch = KeyResultPatch { value: Some(value), ..KeyResultPatch::default() };
            goals::change_result(tx, actor, goal(title)?, result(name)?, patch).await?;
        }
        About::Done(title, name) => {
            let patch = KeyResultPatch { done: Some(true), ..KeyResultPatch::default() };
            goals::change_result(tx, actor, goal(title)?, result(name)?, patch).await?;
        }
        About::Reached(title) => {
            let patch = GoalPatch { state: Some(GoalState::Reached), ..GoalPatch::default() };
            goals::change(tx, actor, goal(title)?, patch).await?;
        }
    }
    Ok(())
}
