//! How the sample's threads are written down: steps in the order in which they happened, each at
//! a time on somebody's own clock. The days follow from now, backwards.

use jiff::{SignedDuration, Timestamp};
use topics::asks::{AskKind, Budget, Silence};

use super::{calendar::Calendar, cast::Who};

/// Where a thread is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Company,
    DriverApp,
    Billing,
    DataPlatform,
    Support,
    Hiring,
    Kitchen,
    /// Between two people.
    Direct(Who, Who),
}

/// A thread and all that happened in it.
pub struct Thread {
    pub place: Place,
    pub title: String,
    /// It came to rest so many days before now.
    pub days_ago: i64,
    pub steps: Vec<Step>,
}

/// Something that somebody did.
pub struct Step {
    pub who: Who,
    /// On their own clock: `10:15`.
    pub time: &'static str,
    pub act: Act,
}

/// What they did. Posts and asks are named by their place in the thread, from 1.
pub enum Act {
    Write {
        text: String,
        to: Vec<Who>,
        ask: Option<Question>,
        answers: Option<usize>,
    },
    Respond {
        post: usize,
        word: &'static str,
    },
    Summarise(String),
    Close(String),
    /// They read up to this post.
    Read(i64),
    /// They put the thread away.
    Done,
    /// They put it off until they next start after now.
    Later,
    Accept {
        ask: usize,
        until: Moment,
    },
    Decline {
        ask: usize,
        reason: &'static str,
        suggest: Who,
    },
    Pass {
        ask: usize,
        to: Who,
        note: &'static str,
    },
    Withdraw {
        ask: usize,
    },
    CloseAsk {
        ask: usize,
    },
}

/// A question to one person.
pub struct Question {
    pub kind: AskKind,
    pub text: &'static str,
    /// Nobody: the group of the sample.
    pub asked: Option<Who>,
    pub wish: Wish,
    /// What happens when nobody replies in time.
    pub silence: Silence,
}

/// How long the asked person has.
#[derive(Clone)]
pub enum Wish {
    /// Until a moment that lies ahead of now.
    Until(Moment),
    /// The first of these that does not end before now: the ask is open.
    Open(Vec<Budget>),
    /// Just this: the ask is over, or late, or nobody has taken it.
    Just(Budget),
}

/// The first time, at least so many hours after now, at which the asked person's clock shows this.
#[derive(Clone, Copy)]
pub struct Moment {
    pub time: &'static str,
    pub hours: i64,
}

impl Moment {
    /// The instant, for one person.
    pub fn of(self, who: Who, calendar: &Calendar) -> anyhow::Result<Timestamp> {
        let earliest = calendar.now.checked_add(SignedDuration::from_hours(self.hours))?;
        calendar.next(who, self.time, earliest)
    }
}

/// Somebody writes.
pub fn write(who: Who, time: &'static str, text: impl Into<String>) -> Step {
    let act = Act::Write { text: text.into(), to: Vec::new(), ask: None, answers: None };
    Step { who, time, act }
}

/// Somebody does something else.
pub fn does(who: Who, time: &'static str, act: Act) -> Step {
    Step { who, time, act }
}

impl Step {
    /// The post also goes to these people.
    pub fn to(mut self, people: &[Who]) -> Self {
        if let Act::Write { to, .. } = &mut self.act {
            to.extend(people);
        }
        self
    }

    /// The post asks.
    pub fn asks(mut self, kind: AskKind, asked: Who, text: &'static str, wish: Wish) -> Self {
        if let Act::Write { ask, .. } = &mut self.act {
            *ask = Some(Question { kind, text, asked: Some(asked), wish, silence: Silence::Remind });
        }
        self
    }

    /// The post asks the group of the sample.
    pub fn asks_the_group(mut self, kind: AskKind, text: &'static str, budget: Budget) -> Self {
        if let Act::Write { ask, .. } = &mut self.act {
            *ask = Some(Question {
                kind,
                text,
                asked: None,
                wish: Wish::Just(budget),
                silence: Silence::Remind,
            });
        }
        self
    }

    /// Who asks goes ahead as written if nobody replies in time.
    pub fn or_goes_ahead(mut self) -> Self {
        if let Act::Write { ask: Some(question), .. } = &mut self.act {
            question.silence = Silence::Proceed;
        }
        self
    }

    /// The post answers an ask of the thread.
    pub fn answers(mut self, number: usize) -> Self {
        if let Act::Write { answers, .. } = &mut self.act {
            *answers = Some(number);
        }
        self
    }
}

impl Thread {
    /// When each step happened: the last one as late as can be, the others each as late as can be
    /// before the one after them.
    pub fn instants(&self, calendar: &Calendar) -> anyhow::Result<Vec<Timestamp>> {
        let mut bound = calendar.now.checked_sub(SignedDuration::from_hours(24 * self.days_ago))?;
        let mut instants = Vec::with_capacity(self.steps.len());
        for step in self.steps.iter().rev() {
            bound = calendar.last(step.who, step.time, bound)?;
            instants.push(bound);
        }
        instants.reverse();
        Ok(instants)
    }
}
