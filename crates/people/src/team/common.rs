//! Who works together: the step function of the set of people who are working, and the best
//! stretches of it.

use std::cmp::Reverse;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use worktime::Interval;

use super::PersonTime;
use crate::MemberId;

/// How many windows are offered.
const BEST: usize = 3;
/// A shorter stretch is no time to work together.
const SHORTEST: SignedDuration = SignedDuration::from_mins(30);
/// Who would have to come this much earlier, or stay this much longer, is near.
const NEAR: SignedDuration = SignedDuration::from_mins(120);

/// An interval in which the same people work throughout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Who works, by name.
    pub members: Vec<MemberId>,
}

/// A good time to work together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// Who works throughout, by name.
    pub working: Vec<MemberId>,
    /// Who would have to start earlier or stay longer, the nearest first.
    pub near: Vec<Near>,
}

/// Somebody who nearly works during a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Near {
    /// Who.
    pub member: MemberId,
    /// By how many minutes they would have to start earlier, stay longer, or both.
    pub minutes: i64,
}

/// A set of people, by their place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn has(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, others)| own & !others == 0)
    }
}

/// Who works between which instants, without gaps, from the first start to the last end.
pub(super) struct Steps {
    people: Vec<MemberId>,
    /// The instants at which the set changes; one more than sets.
    edges: Vec<Timestamp>,
    sets: Vec<Set>,
}

impl Steps {
    pub(super) fn new(working: &[(MemberId, Vec<Interval>)]) -> Self {
        let spans = working.iter().flat_map(|(_, intervals)| intervals);
        let mut edges: Vec<Timestamp> = spans.flat_map(|span| [span.start, span.end]).collect();
        edges.sort_unstable();
        edges.dedup();
        let nobody = Set(vec![0; working.len().div_ceil(64)]);
        let mut sets = vec![nobody; edges.len().saturating_sub(1)];
        for (place, (_, intervals)) in working.iter().enumerate() {
            for span in intervals {
                let first = edges.partition_point(|edge| *edge < span.start);
                let last = edges.partition_point(|edge| *edge < span.end);
                sets.get_mut(first..last).unwrap_or_default().iter_mut().for_each(|set| set.insert(place));
            }
        }
        Self { people: working.iter().map(|(member, _)| *member).collect(), edges, sets }
    }

    /// The intervals with two people or more.
    pub(super) fn common(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let mut last: Option<&Set> = None;
        for (set, edges) in self.sets.iter().zip(self.edges.windows(2)) {
            let [from, until] = *edges else { continue };
            match steps.last_mut() {
                Some(step) if last == Some(set) && step.until == from => step.until = until,
                _ if set.len() >= 2 => steps.push(Step { from, until, members: self.named(set) }),
                _ => {}
            }
            last = Some(set);
        }
        steps
    }

    /// The best stretches: of most people, then the soonest. Each reaches as far as its people
    /// work together, whoever else comes and goes.
    pub(super) fn windows(&self, people: &[PersonTime]) -> Vec<Window> {
        let mut found: Vec<(&Set, Timestamp, Timestamp)> = (0..self.sets.len())
            .filter_map(|place| self.around(place))
            .filter(|(set, from, until)| set.len() >= 2 && until.duration_since(*from) >= SHORTEST)
            .collect();
        found.sort_by_key(|(set, from, _)| (Reverse(set.len()), *from));
        let mut best: Vec<(&Set, Timestamp, Timestamp)> = Vec::new();
        for (set, from, until) in found {
            if best.len() < BEST && best.iter().all(|(_, start, end)| until <= *start || *end <= from) {
                best.push((set, from, until));
            }
        }
        let window = |(set, from, until)| Window {
            from,
            until,
            working: self.named(set),
            near: near(people, from, until),
        };
        best.into_iter().map(window).collect()
    }

    /// The stretch around one step in which all of its people work.
    fn around(&self, place: usize) -> Option<(&Set, Timestamp, Timestamp)> {
        let set = self.sets.get(place)?;
        let before = self.sets.get(..place)?.iter().rev().take_while(|other| set.is_within(other)).count();
        let after = self.sets.get(place..)?.iter().take_while(|other| set.is_within(other)).count();
        Some((set, *self.edges.get(place - before)?, *self.edges.get(place + after)?))
    }

    fn named(&self, set: &Set) -> Vec<MemberId> {
        let there = self.people.iter().enumerate().filter(|(place, _)| set.has(*place));
        there.map(|(_, member)| *member).collect()
    }
}

fn near(people: &[PersonTime], from: Timestamp, until: Timestamp) -> Vec<Near> {
    let mut near: Vec<Near> = people
        .iter()
        .filter_map(|person| {
            let missing =
                person.working.iter().map(|(start, end)| missing(*start, *end, from, until)).min()?;
            let nearly = SignedDuration::ZERO < missing && missing <= NEAR;
            nearly.then(|| Near { member: person.member, minutes: missing.as_mins() })
        })
        .collect();
    near.sort_by_key(|near| (near.minutes, near.member));
    near
}

/// How much earlier or longer somebody who works `[start, end)` would have to work for `[from, until)`.
fn missing(start: Timestamp, end: Timestamp, from: Timestamp, until: Timestamp) -> SignedDuration {
    let earlier = start.duration_since(from).max(SignedDuration::ZERO);
    let longer = until.duration_since(end).max(SignedDuration::ZERO);
    earlier.saturating_add(longer)
}
