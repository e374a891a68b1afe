//! Where something stands in an order, as a text: between any two places there is another one, so
//! that a move writes one row. Texts compare byte by byte.
//!
//! A place is a fraction in base 36 without trailing zeros. New places at either end are a fixed step
//! away and stay four characters long; places between two others grow by a character for every five
//! moves to the same spot, and a list whose places have become longer than [`LONGEST`] is spread anew.

/// The digits in their order.
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// How many digits count at the ends.
const WIDTH: usize = 4;
/// What lies between two places that are made at an end.
const STEP: u32 = 1;
/// The number of places of [`WIDTH`] digits.
const ALL: u32 = 36 * 36 * 36 * 36;
/// A place that is longer is a reason to spread its list anew.
pub const LONGEST: usize = 40;

/// A place after `before` and before `after`; none stands for the end of the list. None when there is
/// no room: the two are the same, or in the wrong order.
pub fn between(before: Option<&str>, after: Option<&str>) -> Option<String> {
    // Zeros at the end say nothing, and there is nothing between a text and the same with zeros.
    match (before, after.map(|after| after.trim_end_matches('0'))) {
        (None, None) => Some(written(ALL / 2)),
        (Some(before), None) => Some(behind(before)),
        (None, Some(after)) => ahead(after),
        (Some(before), Some(after)) if before < after => Some(middle(before, after)),
        _ => None,
    }
}

/// Places for a whole list, in order, with room at both ends.
pub fn spread(count: usize) -> Vec<String> {
    let count = u32::try_from(count).unwrap_or(ALL).min(ALL - 2);
    let first = ALL / 2 - count / 2;
    (0..count).map(|index| written((first + index * STEP).max(1))).collect()
}

/// The place a step after one, or, at the very end, half of what is left.
fn behind(place: &str) -> String {
    let next = number(place) + STEP;
    if next < ALL { written(next) } else { middle(place, "") }
}

/// The place a step before one, or, at the very beginning, half of what is left.
fn ahead(place: &str) -> Option<String> {
    let number = number(place);
    // What stands after the first digits is dropped: that alone is a place before.
    let rounded = written(number);
    if number > STEP {
        Some(written(number - STEP))
    } else if !rounded.is_empty() && rounded.as_str() < place {
        Some(rounded)
    } else if place.bytes().all(|digit| digit == b'0') {
        None
    } else {
        Some(middle("", place))
    }
}

/// The first digits as a number.
fn number(place: &str) -> u32 {
    let digits = place.bytes().chain(std::iter::repeat(b'0')).take(WIDTH);
    digits.fold(0, |number, digit| number * 36 + value(digit))
}

/// A number as a place.
fn written(mut number: u32) -> String {
    let mut digits = [b'0'; WIDTH];
    for digit in digits.iter_mut().rev() {
        *digit = character(number % 36);
        number /= 36;
    }
    let text: String = digits.iter().map(|digit| *digit as char).collect();
    text.trim_end_matches('0').to_owned()
}

/// The middle between two places; an empty `after` stands for the end.
fn middle(before: &str, after: &str) -> String {
    let mut low = before.bytes();
    let mut high = (!after.is_empty()).then(|| after.bytes());
    let mut place = String::new();
    loop {
        let from = low.next().map_or(0, value);
        let until = high.as_mut().map_or(36, |high| high.next().map_or(0, value));
        if until > from + 1 {
            place.push(character(from.midpoint(until)) as char);
            return place;
        }
        place.push(character(from) as char);
        if until > from {
            // From here on everything after `before` is free.
            high = None;
        }
    }
}

fn value(digit: u8) -> u32 {
    DIGITS.iter().position(|known| *known == digit).map_or(0, |value| value as u32)
}

fn character(value: u32) -> u8 {
    DIGITS.get(value as usize).copied().unwrap_or(b'z')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_place(text: &str) -> bool {
        !text.is_empty() && !text.ends_with('0') && text.bytes().all(|digit| DIGITS.contains(&digit))
    }

    proptest! {
        #[test]
        fn a_list_keeps_its_order_wherever_something_is_put(spots in prop::collection::vec(0.0..1.0_f64, 1..300)) {
            let mut places: Vec<String> = Vec::new();
            for spot in spots {
                let index = (spot * (places.len() + 1) as f64) as usize;
                let before = index.checked_sub(1).map(|index| places[index].clone());
                let after = places.get(index).cloned();
                let place = between(before.as_deref(), after.as_deref()).unwrap();
                prop_assert!(is_place(&place), "{}", place);
                places.insert(index, place);
                prop_assert!(places.is_sorted_by(|a, b| a < b), "{:?}", places);
            }
        }

        #[test]
        fn between_any_two_there_is_one(a in "[0-9a-z]{0,6}[1-9a-z]", b in "[0-9a-z]{0,6}[1-9a-z]") {
            let (low, high) = (a.clone().min(b.clone()), a.max(b));
            let Some(place) = between(Some(&low), Some(&high)) else {
                prop_assert_eq!(low, high);
                return Ok(());
            };
            prop_assert!(low < place && place < high, "{} {} {}", low, place, high);
            prop_assert!(is_place(&place));
        }

        #[test]
        fn the_ends_have_room(place in "[0-9a-z]{0,8}[1-9a-z]") {
            let (first, last) = (between(None, Some(&place)).unwrap(), between(Some(&place), None).unwrap());
            prop_assert!(first < place && place < last, "{} {} {}", first, place, last);
            prop_assert!(is_place(&first) && is_place(&last));
        }
    }

    #[test]
    fn ten_thousand_at_an_end_stay_short() {
        for at_the_end in [true, false] {
            let mut place = between(None, None).unwrap();
            for _ in 0..10_000 {
                let next = if at_the_end { between(Some(&place), None) } else { between(None, Some(&place)) };
                let next = next.unwrap();
                assert_eq!(at_the_end, place < next);
                place = next;
            }
            assert!(place.len() <= WIDTH, "{place}");
        }
    }

    #[test]
    fn ten_thousand_at_one_spot_are_spread_anew_now_and_then() {
        let mut places = spread(2);
        let mut anew = 0;
        for _ in 0..10_000 {
            let place = between(Some(&places[0]), Some(&places[1])).unwrap();
            let is_long = place.len() > LONGEST;
            places.insert(1, place);
            if is_long {
                anew += 1;
                places = spread(places.len());
            }
        }
        assert!(places.is_sorted_by(|a, b| a < b));
        assert!(places.iter().all(|place| place.len() <= LONGEST));
        assert!(anew <= 60, "each time holds for some 200 moves: {anew}");
    }

    #[test]
    fn a_spread_list_has_room_everywhere() {
        for count in [0, 1, 2, 5_000] {
            let places = spread(count);
            assert_eq!(places.len(), count);
            assert!(places.iter().all(|place| is_place(place)));
            assert!(places.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn there_is_no_room_where_there_is_none() {
        assert_eq!(between(Some("i"), Some("i")), None);
        assert_eq!(between(Some("j"), Some("i")), None);
    }
}
