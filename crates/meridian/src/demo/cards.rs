//! The tasks of the sample: what the people of Cordel work on.

use super::{
    cast::Who::{self, Ananya, Camila, Ines, Lucia, MinhAnh, Piotr, Rafael, Yuki},
    projects::Site,
};

/// What a task waits for.
#[derive(Debug, Clone, Copy)]
pub enum For {
    /// What Camila is asked to decide.
    TheChoice,
    /// Another task, by its title.
    Task(&'static str),
    /// Somebody.
    Person(Who),
}

/// When a task is due.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// On a working day of its owner, counted from now, and when.
    Day(i64, Option<&'static str>),
    /// A week before the public holiday to come.
    WeekBeforeTheHoliday,
}

/// A task of the sample.
pub struct Card {
    pub of: Site,
    pub title: &'static str,
    pub why: &'static str,
    /// Who made it.
    pub by: Who,
    pub owner: Option<Who>,
    /// For whom it is done, where that is not who made it: they accept what comes out of it.
    pub accepted_by: Option<Who>,
    /// How many of their working days ago it was made, or from which post of which thread.
    pub made: usize,
    pub from: Option<(&'static str, usize)>,
    /// Where it is now, and since when, if it was not made there.
    pub column: &'static str,
    pub moved: Option<usize>,
    /// On which working day of its owner it begins, counted from now.
    pub starts: Option<i64>,
    pub due: Option<Until>,
    /// What must hold, and whether it does.
    pub steps: &'static [(&'static str, bool)],
    pub waits: &'static [For],
    pub labels: &'static [&'static str],
    /// What it says in the fields of its project.
    pub says: &'static [(&'static str, &'static str)],
}

const fn card(title: &'static str, by: Who, made: usize, column: &'static str) -> Card {
    Card {
        of: Site::App,
        title,
        why: "",
        by,
        owner: Some(by),
        accepted_by: None,
        made,
        from: None,
        column,
        moved: None,
        starts: None,
        due: None,
        steps: &[],
        waits: &[],
        labels: &[],
        says: &[],
    }
}

const fn told(title: &'static str, by: Who, made: usize, column: &'static str) -> Card {
    Card { of: Site::Intake, ..card(title, by, made, column) }
}

const fn hiring(title: &'static str, by: Who, made: usize, column: &'static str) -> Card {
    Card { of: Site::Hiring, ..card(title, by, made, column) }
}

const fn week(title: &'static str, column: &'static str, due: i64) -> Card {
    let of = Site::Weeks;
    Card { of, owner: None, due: Some(Until::Day(due, None)), ..card(title, Ines, 11, column) }
}

impl Card {
    const fn nobodys(self) -> Self {
        Self { owner: None, ..self }
    }

    const fn accepted_by(self, who: Who) -> Self {
        Self { accepted_by: Some(who), ..self }
    }

    const fn from(self, thread: &'static str, post: usize) -> Self {
        Self { from: Some((thread, post)), ..self }
    }

    const fn moved(self, days: usize) -> Self {
        Self { moved: Some(days), ..self }
    }

    const fn starts(self, days: i64) -> Self {
        Self { starts: Some(days), ..self }
    }

    const fn due(self, days: i64) -> Self {
        Self { due: Some(Until::Day(days, None)), ..self }
    }

    const fn due_at(self, days: i64, time: &'static str) -> Self {
        Self { due: Some(Until::Day(days, Some(time))), ..self }
    }

    const fn due_a_week_before_the_holiday(self) -> Self {
        Self { due: Some(Until::WeekBeforeTheHoliday), ..self }
    }

    const fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }

    const fn when(self, steps: &'static [(&'static str, bool)]) -> Self {
        Self { steps, ..self }
    }

    const fn waits(self, waits: &'static [For]) -> Self {
        Self { waits, ..self }
    }

    const fn labels(self, labels: &'static [&'static str]) -> Self {
        Self { labels, ..self }
    }

    const fn says(self, says: &'static [(&'static str, &'static str)]) -> Self {
        Self { says, ..self }
    }
}

/// The task that comes again every week.
pub const READING: &str = "Read what drivers wrote this week";

/// Every task, those of each project the oldest first.
#[rustfmt::skip]
pub static CARDS: &[Card] = &[
    card("One map library on the web", Piotr, 12, "Done").accepted_by(Yuki).starts(-12).due(-11).labels(&["map"]),
    card("Smaller app for old phones", MinhAnh, 12, "Done").accepted_by(Ananya).starts(-12).due(-7).because("On 16 GB phones the app is the first thing that drivers remove when the memory is full.").says(&[("Size", "1 week"), ("Drivers who asked", "12")]),
    card("New pickup photo, smaller files", Ananya, 10, "In progress").moved(9).because("A photo of a parcel is 4 MB. On a slow line the driver waits at the door.").says(&[("Size", "2 days"), ("Drivers who asked", "11")]),
    card("Voice instead of text at the pickup", Ines, 10, "Not now").nobodys(),
    card("A widget with the next stop", MinhAnh, 10, "Not now").nobodys(),
    card("Map loads in under 2 seconds", Yuki, 9, "Done").accepted_by(Rafael).starts(-9).due(-1).labels(&["map"]).when(&[("Measured on a phone with 3 GB", true), ("Under 2 seconds in Recife", true)]),
    card("Spanish words for the pickup screen", Lucia, 2, "Ready").because("14 new texts. Drivers in Buenos Aires read them first.").starts(3).due(5).labels(&["texts", "release"]).says(&[("Size", "½ day")]),
    card("Share a route with another driver", Piotr, 9, "Ideas").nobodys().labels(&["map"]),
    card("Offline banner text", Ines, 9, "Done").accepted_by(Ananya).starts(-4).due(-1).labels(&["texts"]),
    card("Words for the low-battery warning", Ines, 8, "Ready").accepted_by(Rafael).starts(-6).due(2).labels(&["texts"]).because("At 10 % the app stops the map. Drivers should know it before they leave."),
    card("Shorter sign-in for returning drivers", MinhAnh, 8, "In review").moved(1).starts(-6).due(1).labels(&["sign-in"]).when(&[("The phone remembers who drives", true), ("One step less", true), ("Works after an update", true), ("The test list has passed", true)]),
    card("Night colours for the map", Rafael, 8, "In review").moved(1).because("At 22:00 the bright map blinds drivers.").starts(-5).due(2).labels(&["map"]),
    card("The door on the receipt", Ananya, 9, "Done").accepted_by(Ines).starts(-8).due(-6).because("Drivers write the number of the door by hand today."),
    card("Fewer questions to the tile server", Yuki, 9, "Done").accepted_by(Piotr).starts(-9).due(-6).labels(&["map"]),
    card("Count parcels by voice", Ananya, 7, "Ideas").nobodys(),
    card(READING, Ananya, 6, "Ready").due_a_week_before_the_holiday().because("What they ask for most goes to the board, with how many asked."),
    card("Tile sizes by country", Ananya, 6, "In review").moved(2).starts(-4).due(1).labels(&["map"]),
    card("Decision: keep tiles for 7 days", Rafael, 6, "Done").moved(0),
    card("Test the saved route on old phones", MinhAnh, 6, "In progress").moved(2).starts(-2).due(2).labels(&["map", "release"]).because("Half of our drivers have a phone with 3 GB or less.").when(&[("The route fits on a phone with 3 GB", true), ("It is there after a restart", true), ("Forty minutes in a tunnel", false)]).says(&[("Size", "2 days")]),
    card("Try the saved route with twenty drivers", Ines, 6, "Ready").accepted_by(Rafael).starts(4).due(8).labels(&["release"]).because("Ten in Recife, ten in Porto, one week. They drive as always, and tell us in the evening where the map helped.").waits(&[For::Task("Save the route on the phone"), For::Task("Send tiles in three groups"), For::Task("Test the saved route on old phones")]).says(&[("Size", "1 week")]),
    card("Release the route to all drivers", MinhAnh, 6, "Ready").accepted_by(Rafael).starts(9).due(10).labels(&["release"]).waits(&[For::Task("Try the saved route with twenty drivers"), For::Task("Spanish words for the pickup screen")]).says(&[("Drivers who asked", "140")]),
    card("Remove saved routes after the shift", MinhAnh, 6, "Ideas").starts(3).due(5).labels(&["map"]).waits(&[For::Task("Save the route on the phone")]),
    card("Tell drivers what is new", Ines, 5, "Ideas").starts(14).due(15).labels(&["texts", "release"]).waits(&[For::Task("Release the route to all drivers")]),
    card("Measure how often the map turns grey", Piotr, 5, "Ideas").starts(16).due(20).labels(&["map"]).waits(&[For::Task("Release the route to all drivers")]),
    card("Fix the crash on Android 12", MinhAnh, 5, "In progress").moved(2).starts(-4).due(3).says(&[("Size", "2 days"), ("Drivers who asked", "14")]).when(&[("The cause is known", true), ("The last 40 tiles are kept", true), ("Tested on three old phones", false)]),
    card("Save the route on the phone", Yuki, 5, "In progress").moved(2).because("When the signal is lost, the map turns grey. In the hills around Recife this happens on one trip in six.").starts(-3).due_at(2, "12:00").labels(&["map", "release"]).when(&[("The route is saved when a shift starts", true), ("The map shows it in flight mode", true), ("Both versions were tried by five drivers", true), ("Camila chose A or B", false), ("The limit of 40 MB is respected", false)]).waits(&[For::TheChoice]).says(&[("Size", "1 week"), ("Drivers who asked", "140")]),
    card("Send tiles in three groups", Piotr, 4, "In progress").moved(2).starts(-2).due(1).labels(&["map", "release"]).when(&[("The groups are by depot", true), ("Between 04:00 and 06:00", false), ("A failed phone tries again at noon", false)]),
    card("Ask for camera access later, not at sign-in", Ines, 0, "Ready").from("Ask for camera access later, not at sign-in", 1).starts(2).due(3).labels(&["sign-in"]).waits(&[For::Person(Lucia)]),
    card("A sentence below the pickup photo", Ines, 0, "Ready").from("Drivers ask about the new pickup photo", 2).due(4).labels(&["texts"]),
    card("Larger buttons for cold hands", Camila, 3, "Ideas").nobodys(),
    card("A quiet mode for the night shift", Rafael, 3, "Ideas").nobodys(),
    card("Show fuel stops on the route", Camila, 2, "Ready").nobodys().labels(&["map"]).says(&[("Drivers who asked", "31")]),
    card("Warn before the data plan is used up", Ananya, 2, "Ideas").nobodys(),
    card("A map for bicycles", MinhAnh, 2, "Not now").nobodys(),

    told("A receipt for every pickup", Ananya, 9, "Answered").moved(7).labels(&["payment"]).says(&[("City", "São Paulo"), ("About", "A payment")]),
    told("Two drivers share one phone", Ananya, 8, "Answered").moved(6).labels(&["sign-in"]).says(&[("City", "Recife"), ("About", "The app")]),
    told("Yesterday's prices until the app is opened again", Ines, 5, "Answered").moved(3).says(&[("City", "Porto"), ("About", "The app")]),
    told("A customer was not at home three times", Ananya, 4, "Waiting for the driver").moved(2).labels(&["pickup"]).says(&[("City", "Recife"), ("About", "A pickup")]),
    told("The photo stays grey on one phone", Ananya, 3, "Looking at it").moved(1).labels(&["pickup"]).says(&[("City", "Porto"), ("About", "The app")]),
    told("She cannot sign in with a new phone", Ananya, 0, "Looking at it").from("Signing in with a new phone", 1).labels(&["sign-in"]).because("The code arrives, and the app says that it is old. Her shift starts at 18:00.").says(&[("City", "Porto"), ("About", "The app")]),

    hiring("Agree on what we look for", Camila, 10, "Done").moved(8),
    hiring("Write the notice", Ines, 9, "Done").moved(7).labels(&["papers"]),
    hiring("Candidate 4, Kraków", Camila, 3, "First talk").due_at(3, "11:00").labels(&["talk"]),
    hiring("Candidate 11, Hanoi", Ines, 3, "First talk").due_at(5, "10:30").labels(&["talk"]),
    hiring("Candidate 7, between Lisbon and Kraków", Rafael, 6, "Test task").moved(2).due(4).when(&[("The task was sent", true), ("It came back", true), ("Two of us have read it", false)]),
    hiring("Candidate 15, Porto", Rafael, 6, "Not this time").nobodys(),
    hiring("Agree on the range of the salary", Camila, 6, "Offer").moved(4).starts(-2).due(3).labels(&["papers"]).when(&[("Compared with three other companies", true), ("Rafael agrees", false)]),
    hiring("Write the offer", Camila, 6, "Offer").starts(5).due(8).labels(&["papers"]).waits(&[For::Task("Agree on the range of the salary")]).because("One page: what they do, where, when, and for how much."),

    week("An account and a phone", "Before the first day", 20),
    week("Say hello in the Kitchen table", "First week", 23),
    week("One hour with each of the eight", "First week", 27),
    week("A first small change for drivers", "First month", 31),
];
