//! From wall time to instants, with one look into the time zone per change of its clocks.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneFollowingTransitions};

/// The clock on the wall of one time zone, read forwards.
///
/// Wall times and instants are seconds: of local time, and of UTC. The compatible rule has a short form:
/// at a change of the clocks at instant `t`, every wall time before `t + max(offset before, offset
/// after)` is read with the offset before, and every later one with the offset after. That sends skipped
/// times forward and takes the earlier of two repeated ones.
pub(crate) struct Clock<'a> {
    /// The stretch in use.
    current: Stretch,
    /// The stretches after it that were needed so far.
    later: VecDeque<Stretch>,
    /// The changes that end the stretches not known yet, and the offset of the first of those.
    changes: TimeZoneFollowingTransitions<'a>,
    offset: i64,
}

/// A stretch of wall time read with one offset.
#[derive(Clone, Copy)]
struct Stretch {
    offset: i64,
    /// The first wall time that is read with another offset.
    until: i64,
    /// The instant at which the clocks change.
    change: i64,
}

impl<'a> Clock<'a> {
    /// A clock that may be asked about wall times at least two days after the instant `from`.
    pub(crate) fn new(zone: &'a TimeZone, from: i64) -> Self {
        let from = Timestamp::from_second(from).unwrap_or(Timestamp::MIN);
        let mut changes = zone.following(from);
        let mut offset = i64::from(zone.to_offset(from).seconds());
        let current = learn(&mut changes, &mut offset);
        Self { current, later: VecDeque::new(), changes, offset }
    }

    /// The instant of a wall time. Forgets what came before: no earlier wall time may be asked later.
    pub(crate) fn advance(&mut self, wall: i64) -> i64 {
        wall - self.stretch(wall).offset
    }

    /// An instant that no wall time from this one on can come before. Forgets as `advance` does.
    pub(crate) fn earliest(&mut self, wall: i64) -> i64 {
        let stretch = self.stretch(wall);
        (wall - stretch.offset).min(stretch.change)
    }

    /// The instant of a wall time, forgetting nothing.
    pub(crate) fn look_ahead(&mut self, wall: i64) -> i64 {
        let mut stretch = self.current;
        let mut index = 0;
        while wall >= stretch.until {
            match self.later.get(index) {
                Some(later) => {
                    stretch = *later;
                    index += 1;
                }
                None => self.later.push_back(learn(&mut self.changes, &mut self.offset)),
            }
        }
        wall - stretch.offset
    }

    fn stretch(&mut self, wall: i64) -> Stretch {
        while wall >= self.current.until {
            self.current = match self.later.pop_front() {
                Some(later) => later,
                None => learn(&mut self.changes, &mut self.offset),
            };
        }
        self.current
    }
}

/// The stretch that begins with `offset`, which becomes the offset after it. The last one has no end.
fn learn(changes: &mut TimeZoneFollowingTransitions<'_>, offset: &mut i64) -> Stretch {
    let before = *offset;
    match changes.next() {
        None => Stretch { offset: before, until: i64::MAX, change: i64::MAX },
        Some(next) => {
            let change = next.timestamp().as_second();
            *offset = i64::from(next.offset().seconds());
            Stretch { offset: before, until: change + before.max(*offset), change }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;

    use super::*;

    /// Wall time as seconds, as if the clocks showed UTC.
    fn civil(wall: i64) -> DateTime {
        TimeZone::UTC.to_datetime(Timestamp::from_second(wall).unwrap())
    }

    #[test]
    fn agrees_with_jiff_around_every_change_of_every_zone() {
        let steps = [
            -90_000, -86_400, -7_200, -3_600, -1_800, -60, -1, 0, 1, 60, 1_800, 3_600, 7_200, 86_400, 90_000,
        ];
        let mut changes = 0;
        for name in jiff::tz::db().available() {
            let zone = jiff::tz::db().get(name.as_str()).unwrap();
            let last = "2045-01-01T00:00Z".parse().unwrap();
            let mut before = zone.to_offset(Timestamp::MIN).seconds();
            for change in zone.following(Timestamp::MIN).take_while(|change| change.timestamp() < last) {
                let after = change.offset().seconds();
                let at = change.timestamp().as_second();
                let mut clock = Clock::new(&zone, at - 9 * 86_400);
                for edge in [i64::from(before), i64::from(after)] {
                    for step in steps {
                        let wall = at + edge + step;
                        let expected = zone.to_timestamp(civil(wall)).unwrap().as_second();
                        assert_eq!(clock.look_ahead(wall), expected, "{} {}", name.as_str(), civil(wall));
                    }
                }
                before = after;
                changes += 1;
            }
        }
        assert!(changes > 10_000, "the database has only {changes} changes");
    }
}
