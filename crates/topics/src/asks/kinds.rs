//! The closed sets of words of an ask.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
        /// Nobody replied in time, and the asker went ahead as written.
        Proceeded = "proceeded",
    }
}

impl AskState {
    /// Whether the asked person still owes something.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Accepted)
    }
}

words! {
    /// Why a shown due instant moved.
    Moved {
        /// The asked person's weekly hours changed.
        Hours = "hours",
        /// They take time off.
        TimeOff = "time_off",
        /// A public holiday.
        Holiday = "holiday",
        /// They are in another time zone.
        Zone = "zone",
        /// The asker waits longer.
        Longer = "longer",
        /// It came back to the one who had passed it on.
        Back = "back",
    }
}

words! {
    /// What the woken person says about an urgent ask afterwards.
    Judged {
        /// It could not wait.
        Justified = "justified",
        /// It could.
        CouldHaveWaited = "could_have_waited",
    }
}

impl From<people::norms::NamedBudget> for super::Budget {
    fn from(named: people::norms::NamedBudget) -> Self {
        use people::norms::NamedBudget;
        match named {
            NamedBudget::NextWorkingDay => Self::NextWorkingDay,
            NamedBudget::HalfDay => Self::HalfDay,
            NamedBudget::ThisWeek => Self::ThisWeek,
            NamedBudget::NoRush => Self::NoRush,
        }
    }
}
