//! The projects of the sample: what they are for, their columns, labels and fields.

use work::{field::FieldKind, label::Colour, stage::StageKind};

use super::{
    cast::Who::{self, Ananya, Camila, Ines, MinhAnh, Piotr, Rafael, Yuki},
    script::Place,
};

/// One of the projects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Site {
    /// What is built.
    App,
    /// What drivers tell support, which is somebody's at every hour of the day.
    Intake,
    /// Who joins next.
    Hiring,
    /// What happens in the first weeks of whoever joins: others are made like it.
    Weeks,
}

/// A column: its name, what being in it means, and how many people want in it at most.
pub struct Column(pub &'static str, pub StageKind, pub Option<u8>);

/// What a task can say besides: its name, what it holds, and its choices.
pub struct Extra(pub &'static str, pub FieldKind, pub &'static [&'static str]);

/// A project.
pub struct Plan {
    pub site: Site,
    pub place: Place,
    pub key: &'static str,
    pub name: &'static str,
    pub purpose: &'static str,
    /// Who makes it, and answers for it.
    pub by: Who,
    pub members: &'static [Who],
    pub columns: &'static [Column],
    pub labels: &'static [(&'static str, Colour)],
    pub extras: &'static [Extra],
}

/// Every project.
pub static PLANS: [Plan; 4] = [
    Plan {
        site: Site::App,
        place: Place::DriverApp,
        key: "DRV",
        name: "Driver app",
        purpose: "What drivers have on their phones, and what comes next.",
        by: Yuki,
        members: &[Rafael, Ines, Piotr, Ananya, MinhAnh, Yuki],
        columns: &[
            Column("Ideas", StageKind::Idea, None),
            Column("Ready", StageKind::Open, None),
            Column("In progress", StageKind::Open, Some(5)),
            Column("In review", StageKind::Open, Some(4)),
            Column("Done", StageKind::Done, None),
            Column("Not now", StageKind::NotNow, None),
        ],
        labels: &[
            ("release", Colour::Green),
            ("map", Colour::Blue),
            ("sign-in", Colour::Violet),
            ("texts", Colour::Sand),
        ],
        extras: &[
            Extra("Size", FieldKind::Choice, &["½ day", "2 days", "1 week"]),
            Extra("Drivers who asked", FieldKind::Number, &[]),
        ],
    },
    Plan {
        site: Site::Intake,
        place: Place::Support,
        key: "SUP",
        name: "Support intake",
        purpose: "What drivers tell us. Somebody has it at every hour; we answer within three days.",
        by: Ananya,
        members: &[Rafael, Ines, Ananya, Yuki],
        columns: &[
            Column("New", StageKind::Open, None),
            Column("Looking at it", StageKind::Open, Some(4)),
            Column("Waiting for the driver", StageKind::Open, None),
            Column("Answered", StageKind::Done, None),
            Column("Not now", StageKind::NotNow, None),
        ],
        labels: &[("sign-in", Colour::Violet), ("payment", Colour::Sun), ("pickup", Colour::Blue)],
        extras: &[
            Extra("City", FieldKind::Text, &[]),
            Extra("About", FieldKind::Choice, &["The app", "A payment", "A pickup"]),
        ],
    },
    Plan {
        site: Site::Hiring,
        place: Place::Hiring,
        key: "HIR",
        name: "Test engineer",
        purpose: "One person for the tests of the app, before the new year.",
        by: Camila,
        members: &[Camila, Rafael, Ines],
        columns: &[
            Column("First talk", StageKind::Open, Some(3)),
            Column("Test task", StageKind::Open, None),
            Column("Offer", StageKind::Open, None),
            Column("Done", StageKind::Done, None),
            Column("Not this time", StageKind::NotNow, None),
        ],
        labels: &[("talk", Colour::Sun), ("papers", Colour::Slate)],
        extras: &[],
    },
    Plan {
        site: Site::Weeks,
        place: Place::Company,
        key: "WEEKS",
        name: "First weeks of a colleague",
        purpose: "What everybody who joins us finds ready. Copy it, and say on which day they begin.",
        by: Ines,
        members: &[Camila, Ines],
        columns: &[
            Column("Before the first day", StageKind::Open, None),
            Column("First week", StageKind::Open, None),
            Column("First month", StageKind::Open, None),
            Column("Done", StageKind::Done, None),
        ],
        labels: &[],
        extras: &[],
    },
];
