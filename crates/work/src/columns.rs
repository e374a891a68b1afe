//! Many tasks in little room. Cards of one project say much the same: here a field that is the same
//! for all is said once, one with few values names them by number, and what differs stands together,
//! where it is compressed best. Some hundred tasks make a portion, which is compressed once and kept
//! until one of its tasks changes.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use edge::Packed;
use jiff::Timestamp;
use people::Actor;
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Encoded, PortionKey, Tx};
use utoipa::ToSchema;

use crate::{
    Error, ProjectId, Result, TaskId,
    error::to_json,
    list::{self, Outline},
};

/// How many tasks a portion has, about.
const ABOUT: u128 = 512;
/// How many it has at most.
const MOST: usize = 1_024;
/// A field whose values are said once and then by their numbers has at most one for so many tasks.
const TASKS_FOR_EACH: usize = 4;
/// What the numbers of values are written in: one letter each.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The letters of an id that say when it was made, and those after them.
const LETTERS_OF_TIME: usize = 10;
/// Crockford's alphabet, in which ids are written.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Some tasks of a project, the oldest first, field by field. Each field of a task is in one of `same`,
/// `few`, `each` and `times`.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TaskColumns {
    /// What the first ten letters of each id behind `top_` say, the millisecond of 1970 in which it was
    /// made, as the difference to the one before.
    born: Vec<i64>,
    /// The other 16 letters of each id, without anything between.
    ids: String,
    /// What all keys begin with, up to the number.
    key: String,
    /// The number in each key, as the difference to the one before.
    numbers: Vec<i64>,
    /// Fields that are the same for all.
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    same: BTreeMap<String, Box<RawValue>>,
    /// Fields that have few values.
    few: BTreeMap<String, Few>,
    /// All other fields: a value for each task.
    #[schema(value_type = BTreeMap<String, Vec<serde_json::Value>>)]
    each: BTreeMap<String, Vec<Box<RawValue>>>,
    /// Instants in milliseconds, null where there is none: `moved_at` counted from when the id was made, the
    /// others from `moved_at`.
    times: BTreeMap<&'static str, Vec<Option<i64>>>,
}

/// A field that has few values.
#[derive(Debug, Serialize, ToSchema)]
pub struct Few {
    /// The values.
    #[schema(value_type = Vec<serde_json::Value>)]
    values: Vec<Box<RawValue>>,
    /// Which of them each task has, a letter for each: `A` to `Z`, `a` to `z`, `0` to `9`, `+` and `/`.
    of: String,
}

/// Some hundred tasks as they are kept.
#[derive(Debug)]
pub struct Portion {
    rows: Vec<Outline>,
    /// [`TaskColumns`] as JSON.
    pub packed: Packed,
}

impl Portion {
    fn has(&self, rows: &[Outline]) -> bool {
        let same = |(one, other): (&Outline, &Outline)| (one.id, one.version) == (other.id, other.version);
        self.rows.len() == rows.len() && self.rows.iter().zip(rows).all(same)
    }

    /// What it takes in memory, about.
    fn bytes(&self) -> usize {
        self.packed.size() + self.rows.len() * size_of::<Outline>()
    }
}

/// The fields of `times`; the second and third are counted from the first.
const TIMES: [&str; 3] = ["moved_at", "changed_at", "done_at"];

/// The portions of a project's tasks, compressed.
pub async fn packed(
    tx: &Tx,
    actor: &Actor,
    project: ProjectId,
    outlines: &[Outline],
) -> Result<Vec<Arc<Portion>>> {
    let mut portions = Vec::new();
    let mut stale = Vec::new();
    for rows in cut(outlines) {
        let known = tx.portions().and_then(|portions| portions.get::<Portion>(&key(actor, project, rows)));
        let known = known.filter(|portion| portion.has(rows));
        if known.is_none() {
            stale.extend_from_slice(rows);
        }
        portions.push((rows, known));
    }
    let cards = list::cards_of(tx, actor, &stale, Some(project)).await?;
    let mut cards = stale.iter().zip(cards);
    let mut packed = Vec::with_capacity(portions.len());
    for (rows, known) in portions {
        if let Some(portion) = known {
            packed.push(portion);
            continue;
        }
        let texts: Vec<Encoded> = cards.by_ref().take(rows.len()).filter_map(|(_, card)| card).collect();
        let json = to_json("task columns", &columns(&texts)?)?;
        let portion = Arc::new(Portion { rows: rows.to_vec(), packed: Packed::new(json.as_bytes()) });
        if let Some(portions) = tx.portions() {
            portions.keep(key(actor, project, rows), portion.clone(), portion.bytes());
        }
        packed.push(portion);
    }
    Ok(packed)
}

/// The same as it is, for the few who cannot unpack.
pub async fn plain(tx: &Tx, actor: &Actor, project: ProjectId, outlines: &[Outline]) -> Result<Vec<String>> {
    let mut cards = list::cards_of(tx, actor, outlines, Some(project)).await?.into_iter();
    cut(outlines)
        .map(|rows| {
            let texts: Vec<Encoded> = cards.by_ref().take(rows.len()).flatten().collect();
            to_json("task columns", &columns(&texts)?)
        })
        .collect()
}

fn key(actor: &Actor, project: ProjectId, rows: &[Outline]) -> PortionKey {
    let first = rows.first().map(|row| row.id.uuid()).unwrap_or_default();
    PortionKey { what: "task columns", workspace: actor.workspace.uuid(), of: project.uuid(), first }
}

/// Portions end behind certain ids, so that a task more or less changes one of them and not all behind it.
fn cut(outlines: &[Outline]) -> impl Iterator<Item = &[Outline]> {
    let mut rest = outlines;
    std::iter::from_fn(move || {
        let end = rest.iter().take(MOST).position(|row| ends(row.id)).map_or(MOST, |last| last + 1);
        let (portion, others) = rest.split_at(end.min(rest.len()));
        rest = others;
        (!portion.is_empty()).then_some(portion)
    })
}

fn ends(id: TaskId) -> bool {
    id.uuid().as_u128().is_multiple_of(ABOUT)
}

/// Turns cards into columns.
fn columns(cards: &[Encoded]) -> Result<TaskColumns> {
    let mut made = TaskColumns::default();
    let mut fields: BTreeMap<&str, Vec<&RawValue>> = BTreeMap::new();
    let mut last = 0;
    let mut keys = Vec::with_capacity(cards.len());
    for card in cards {
        let card = Card::read(card)?;
        keys.push(card.key);
        made.born.push(card.born - last);
        last = card.born;
        made.ids.push_str(card.rest);
        for (field, value) in card.times {
            made.times.entry(field).or_default().push(value);
        }
        for (field, value) in card.others {
            fields.entry(field).or_insert_with(|| Vec::with_capacity(cards.len())).push(value);
        }
    }
    for (field, values) in fields {
        made.put(field, values);
    }
    let mut last = 0;
    for (prefix, number) in keys {
        if !made.key.is_empty() && made.key != prefix {
            return Err(broken(&prefix));
        }
        prefix.clone_into(&mut made.key);
        made.numbers.push(number - last);
        last = number;
    }
    Ok(made)
}

impl TaskColumns {
    fn put(&mut self, field: &str, values: Vec<&RawValue>) {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let mut known = Vec::new();
        let of: Vec<usize> = values
            .iter()
            .map(|value| {
                *numbers.entry(value.get()).or_insert_with(|| {
                    known.push(*value);
                    known.len() - 1
                })
            })
            .collect();
        let field = field.to_owned();
        let owned = |values: Vec<&RawValue>| values.into_iter().map(ToOwned::to_owned).collect::<Vec<_>>();
        match known.as_slice() {
            [value] => {
                self.same.insert(field, (*value).to_owned());
            }
            _ if known.len() * TASKS_FOR_EACH <= values.len() && known.len() <= LETTERS.len() => {
                let letters = of.iter().filter_map(|number| LETTERS.get(*number));
                let of = letters.map(|letter| char::from(*letter)).collect();
                self.few.insert(field, Few { values: owned(known), of });
            }
            _ => {
                self.each.insert(field, owned(values));
            }
        }
    }
}

/// A card taken apart.
struct Card<'a> {
    born: i64,
    rest: &'a str,
    /// What stands before the number in its key, and the number.
    key: (&'a str, i64),
    times: [(&'static str, Option<i64>); 3],
    others: BTreeMap<&'a str, &'a RawValue>,
}

impl<'a> Card<'a> {
    fn read(card: &'a Encoded) -> Result<Self> {
        let mut others: BTreeMap<&str, &RawValue> =
            serde_json::from_str(card.get()).map_err(|error| broken(&error))?;
        let id = others.remove("id").map(text).transpose()?.unwrap_or_default();
        let letters = id.split_once('_').map_or(id, |(_, letters)| letters);
        let (time, rest) = letters.split_at_checked(LETTERS_OF_TIME).ok_or_else(|| broken(&id))?;
        let born = time.bytes().try_fold(0, |sum: i64, letter| {
            let digit = ALPHABET.iter().position(|known| *known == letter)?;
            Some(sum << 5 | i64::try_from(digit).ok()?)
        });
        let born = born.ok_or_else(|| broken(&id))?;
        let key = others.remove("key").map(text).transpose()?.unwrap_or_default();
        let number = key.rfind('-').and_then(|dash| key.split_at_checked(dash + 1));
        let key = number.and_then(|(prefix, number)| Some((prefix, number.parse().ok()?)));
        let key = key.ok_or_else(|| broken(&id))?;
        let mut instant = |field: &str| match others.remove(field) {
            Some(value) if value.get() != "null" => {
                let at: Timestamp = text(value)?.parse().map_err(|error| broken(&error))?;
                Ok::<_, Error>(Some(at.as_millisecond()))
            }
            _ => Ok(None),
        };
        let [moved, changed, done] = [instant(TIMES[0])?, instant(TIMES[1])?, instant(TIMES[2])?];
        let since = |at: Option<i64>, from: i64| at.map(|at| at - from);
        let from = moved.unwrap_or(born);
        let times =
            [(TIMES[0], since(moved, born)), (TIMES[1], since(changed, from)), (TIMES[2], since(done, from))];
        Ok(Self { born, rest, key, times, others })
    }
}

/// What stands between the quotes; ids and instants have nothing to escape.
fn text(value: &RawValue) -> Result<&str> {
    value.get().strip_prefix('"').and_then(|text| text.strip_suffix('"')).ok_or_else(|| broken(&value.get()))
}

fn broken(problem: &impl ToString) -> Error {
    Error::Broken { what: "a card", problem: problem.to_string() }
}
