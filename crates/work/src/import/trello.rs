//! Reading the export of a Trello board: the JSON of *Print, export and share*.
//!
//! A board becomes a project and each card a task with the card's number in its key, so that "#114" in a comment
//! still leads somewhere. Everything is optional in the file but lists and cards: what is not there, or is of
//! another sort than expected, is left out.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kernel::Refusal;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use super::{
    columns::{self, Home, List, NAME},
    folder::{Folder, Wanted},
    note::{Note, NoteCode},
    plan::{
        CHOICES, Content, FIELD_TEXT, FIELDS, LABELS, LABELS_OF_TASK, Person, Plan, PlannedField,
        PlannedFile, PlannedKind, PlannedLabel, PlannedMove, PlannedPost, PlannedStep, PlannedTask,
        PlannedValue, PostKind, When,
    },
    reason::{PURPOSE, Reason, Thing},
    report::{MissingComments, MissingOnCard},
    words::{escaped, line, lines, link, media_type},
};
use crate::{change, label::Colour, steps};

/// The most cards that one import takes.
pub(super) const CARDS: usize = 20_000;
/// How many entries of a board's history an export has at most.
const ACTIONS: usize = 1_000;
const LABEL_NAME: usize = 30;

// ------------------------------------------------------------------ the file

/// What is read of a list or an object; the default where it is null.
fn present_or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// What is read of a word or a number; the default where it is null or of another sort.
fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(from: D) -> Result<T, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(serde_json::from_value(value).unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Board {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    desc: String,
    lists: Option<Vec<BoardList>>,
    cards: Option<Vec<Card>>,
    #[serde(deserialize_with = "present_or_default")]
    labels: Vec<BoardLabel>,
    #[serde(deserialize_with = "present_or_default")]
    members: Vec<BoardMember>,
    #[serde(deserialize_with = "present_or_default")]
    checklists: Vec<Checklist>,
    #[serde(deserialize_with = "present_or_default")]
    custom_fields: Vec<CustomField>,
    #[serde(deserialize_with = "present_or_default")]
    actions: Vec<Action>,
    #[serde(deserialize_with = "present_or_default")]
    plugin_data: Vec<PluginData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BoardList {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    closed: bool,
    #[serde(deserialize_with = "lenient")]
    pos: f64,
    #[serde(deserialize_with = "lenient")]
    soft_limit: Option<u8>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Card {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    desc: String,
    #[serde(deserialize_with = "lenient")]
    closed: bool,
    #[serde(deserialize_with = "lenient")]
    id_list: String,
    #[serde(deserialize_with = "lenient")]
    id_short: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    short_link: String,
    #[serde(deserialize_with = "lenient")]
    pos: f64,
    #[serde(deserialize_with = "lenient")]
    due: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    due_complete: bool,
    #[serde(deserialize_with = "lenient")]
    start: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    date_last_activity: Option<Timestamp>,
    #[serde(deserialize_with = "present_or_default")]
    id_members: Vec<String>,
    #[serde(deserialize_with = "present_or_default")]
    id_labels: Vec<String>,
    #[serde(deserialize_with = "present_or_default")]
    id_members_voted: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    id_attachment_cover: Option<String>,
    #[serde(deserialize_with = "present_or_default")]
    cover: Cover,
    #[serde(deserialize_with = "present_or_default")]
    attachments: Vec<Attachment>,
    #[serde(deserialize_with = "present_or_default")]
    checklists: Vec<Checklist>,
    #[serde(deserialize_with = "present_or_default")]
    custom_field_items: Vec<FieldItem>,
    #[serde(deserialize_with = "present_or_default")]
    plugin_data: Vec<PluginData>,
    #[serde(deserialize_with = "present_or_default")]
    stickers: Vec<IgnoredAny>,
    #[serde(deserialize_with = "lenient")]
    coordinates: Option<Value>,
    #[serde(deserialize_with = "lenient")]
    is_template: bool,
    #[serde(deserialize_with = "lenient")]
    due_reminder: Option<i64>,
    #[serde(deserialize_with = "present_or_default")]
    badges: Badges,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Cover {
    #[serde(deserialize_with = "lenient")]
    id_attachment: Option<String>,
    #[serde(deserialize_with = "lenient")]
    color: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Badges {
    #[serde(deserialize_with = "lenient")]
    comments: u64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Attachment {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    file_name: String,
    #[serde(deserialize_with = "lenient")]
    url: String,
    #[serde(deserialize_with = "lenient")]
    is_upload: bool,
    #[serde(deserialize_with = "lenient")]
    id_member: String,
    #[serde(deserialize_with = "lenient")]
    date: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BoardLabel {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    color: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BoardMember {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    full_name: String,
    #[serde(deserialize_with = "lenient")]
    username: String,
    #[serde(deserialize_with = "lenient")]
    email: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Checklist {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    id_card: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    pos: f64,
    #[serde(deserialize_with = "present_or_default")]
    check_items: Vec<CheckItem>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CheckItem {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(deserialize_with = "lenient")]
    state: String,
    #[serde(deserialize_with = "lenient")]
    pos: f64,
    #[serde(deserialize_with = "lenient")]
    id_member: Option<String>,
    #[serde(deserialize_with = "lenient")]
    due: Option<Timestamp>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CustomField {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    #[serde(deserialize_with = "present_or_default")]
    options: Vec<FieldOption>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FieldOption {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    value: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct FieldItem {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    id_custom_field: String,
    #[serde(deserialize_with = "lenient")]
    id_value: Option<String>,
    #[serde(deserialize_with = "lenient")]
    value: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PluginData {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    id_plugin: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Action {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: String,
    #[serde(deserialize_with = "lenient")]
    date: Option<Timestamp>,
    #[serde(deserialize_with = "lenient")]
    id_member_creator: String,
    #[serde(deserialize_with = "present_or_default")]
    member_creator: BoardMember,
    #[serde(deserialize_with = "present_or_default")]
    data: ActionData,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ActionData {
    #[serde(deserialize_with = "lenient")]
    text: String,
    #[serde(deserialize_with = "present_or_default")]
    card: Named,
    #[serde(deserialize_with = "present_or_default")]
    list: Named,
    #[serde(deserialize_with = "present_or_default")]
    list_before: Option<Named>,
    #[serde(deserialize_with = "present_or_default")]
    list_after: Option<Named>,
    #[serde(deserialize_with = "present_or_default")]
    check_item: Named,
    #[serde(deserialize_with = "present_or_default")]
    old: OldValues,
}

/// What an entry of the history says was otherwise before.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OldValues {
    due_complete: Option<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    name: String,
}

/// Reads the JSON of a board. An error is a sentence for the person who gave the file.
pub(super) fn parse(json: &[u8]) -> Result<Board, Refusal> {
    let json = super::table::decoded(json);
    let board: Board = serde_json::from_str(&json).map_err(|error| {
        if error.is_eof() {
            Refusal::invalid("file", "ends before the board does: it is not whole").named("not_whole")
        } else {
            Refusal::invalid("file", format!("is no export of a Trello board: {error}")).named("not_a_board")
        }
    })?;
    match (&board.lists, &board.cards) {
        (Some(_), Some(cards)) if cards.len() > CARDS => {
            let allowed = format!("at most {CARDS} cards");
            Err(Refusal::invalid_because("file", "has too many cards", allowed).named("too_many_cards"))
        }
        (Some(_), Some(_)) if !board.id.is_empty() => Ok(board),
        _ => {
            let why = "is no export of a Trello board: it has no lists and cards";
            Err(Refusal::invalid("file", why).named("not_a_board"))
        }
    }
}

// ------------------------------------------------------------------ the plan

/// What is looked up while cards are read.
struct Reader<'a> {
    plan: Plan,
    folder: &'a Folder,
    people: HashMap<String, usize>,
    usernames: HashMap<String, String>,
    homes: HashMap<String, Home>,
    done_stage: usize,
    labels: HashMap<String, usize>,
    fields: HashMap<String, usize>,
    /// The place of a choice in its field, by its id.
    choices: HashMap<String, usize>,
    checklists: HashMap<String, Vec<Checklist>>,
    history: HashMap<String, History>,
    list_field: Option<usize>,
}

/// What the board's history says of one card.
#[derive(Default)]
struct History {
    comments: Vec<(String, Timestamp, String, String)>,
    moves: Vec<PlannedMove>,
    creator: Option<String>,
    completed: Option<Timestamp>,
    /// When an item was checked last, and by whom.
    items: HashMap<String, (Timestamp, String)>,
}

/// Makes the plan of a board. What stands beside the export is looked up in `folder`.
pub(super) fn plan(board: Board, folder: &Folder) -> (Plan, Option<MissingComments>) {
    let mut reader = Reader {
        plan: Plan {
            origin: format!("trello:{}", board.id),
            name: line(&board.name, 80).unwrap_or_else(|| "Trello".to_owned()),
            card_address: Some("https://trello.com/c/"),
            ..Plan::default()
        },
        folder,
        people: HashMap::new(),
        usernames: HashMap::new(),
        homes: HashMap::new(),
        done_stage: 0,
        labels: HashMap::new(),
        fields: HashMap::new(),
        choices: HashMap::new(),
        checklists: HashMap::new(),
        history: HashMap::new(),
        list_field: None,
    };
    reader.purpose(&board.desc, &board.id);
    reader.members(&board.members);
    reader.lists(board.lists.unwrap_or_default());
    reader.labels(&board.labels);
    reader.custom_fields(&board.custom_fields);
    let oldest = board.actions.iter().filter_map(|action| action.date).min();
    let is_cut = board.actions.len() >= ACTIONS;
    let cards = board.cards.unwrap_or_default();
    let known: HashSet<String> = cards.iter().map(|card| card.id.clone()).collect();
    reader.actions(board.actions, &known);
    reader.checklists(board.checklists, &cards, &known);
    for data in board.plugin_data {
        reader.plan.not_carried.add(Thing::PowerUpData, Reason::NoPowerUps, &data.id, &data.id_plugin);
    }
    let missing = reader.cards(cards, oldest);
    if is_cut {
        reader.plan.notes.push(Note::counting(NoteCode::HistoryCut, ACTIONS));
    }
    (reader.plan, missing)
}

impl Reader<'_> {
    fn purpose(&mut self, desc: &str, id: &str) {
        let (purpose, whole) = lines(desc, PURPOSE);
        self.plan.purpose = purpose;
        if whole.is_some() {
            self.plan.not_carried.add(Thing::BoardDescription, Reason::PurposeCut, id, desc);
        }
    }

    fn members(&mut self, members: &[BoardMember]) {
        for member in members {
            self.person(member);
        }
        self.plan.counts.members = self.plan.people.len() as u64;
    }

    /// The place of somebody among the people; those who have left the board are added when they are met.
    fn person(&mut self, member: &BoardMember) -> Option<usize> {
        if member.id.is_empty() {
            return None;
        }
        if let Some(known) = self.people.get(&member.id) {
            return Some(*known);
        }
        let username = line(&member.username, 60).unwrap_or_default();
        let name = line(&member.full_name, 80).or_else(|| line(&member.username, 80));
        let index = self.plan.people.len();
        self.plan.people.push(Person {
            origin: format!("trello:{}", member.id),
            name: name.unwrap_or_else(|| "Somebody on Trello".to_owned()),
            username: username.clone(),
            email: member.email.clone().filter(|email| email.contains('@')),
        });
        self.people.insert(member.id.clone(), index);
        if !username.is_empty() {
            self.usernames.insert(username.to_lowercase(), member.id.clone());
        }
        Some(index)
    }

    fn person_of(&self, id: &str) -> Option<usize> {
        self.people.get(id).copied()
    }

    fn lists(&mut self, mut lists: Vec<BoardList>) {
        lists.sort_by(|a, b| a.pos.total_cmp(&b.pos));
        let mut seen = HashSet::new();
        lists.retain(|list| !list.id.is_empty() && seen.insert(list.id.clone()));
        let as_they_were: Vec<List> = lists
            .iter()
            .map(|list| List {
                origin: list.id.clone(),
                name: list.name.clone(),
                archived: list.closed,
                limit: list.soft_limit.filter(|limit| (1..=99).contains(limit)),
            })
            .collect();
        let arranged = columns::arrange(&as_they_were, &mut self.plan.not_carried);
        for (list, home) in lists.iter().zip(&arranged.homes) {
            self.homes.insert(list.id.clone(), *home);
            let has_name = !list.closed || home.choice.is_some();
            self.plan.counts.lists += u64::from(has_name);
            self.plan.counts.lists_archived += u64::from(has_name && list.closed);
        }
        self.done_stage =
            arranged.stages.iter().position(|stage| stage.kind == crate::stage::StageKind::Done).unwrap_or(0);
        self.plan.stages = arranged.stages;
        self.plan.notes.extend(arranged.notes);
        if let Some(field) = arranged.field {
            self.list_field = Some(self.plan.fields.len());
            self.plan.fields.push(field);
        }
    }

    fn labels(&mut self, labels: &[BoardLabel]) {
        let mut names: HashSet<String> = HashSet::new();
        for label in labels {
            let reason = Reason::TooManyLabels;
            if self.plan.labels.len() >= LABELS {
                self.plan.not_carried.add(Thing::Label, reason, &label.id, &label.name);
                continue;
            }
            let colour = label.color.as_deref().unwrap_or("none");
            let word = colour.split('_').next().unwrap_or(colour);
            let mut name = line(&label.name, LABEL_NAME).unwrap_or_else(|| {
                format!("{}{}", word.get(..1).unwrap_or("").to_uppercase(), word.get(1..).unwrap_or(""))
            });
            let mut number = 2;
            while !names.insert(name.to_lowercase()) {
                // Trello tells labels of one name apart by their colours; people here choose them by name.
                name = format!("{} {number}", line(&name, LABEL_NAME - 4).unwrap_or_default());
                number += 1;
            }
            self.labels.insert(label.id.clone(), self.plan.labels.len());
            self.plan.labels.push(PlannedLabel { origin: label.id.clone(), name, colour: colour_of(word) });
        }
    }

    fn custom_fields(&mut self, fields: &[CustomField]) {
        for field in fields {
            if self.plan.fields.len() >= FIELDS {
                self.plan.not_carried.add(Thing::Field, Reason::TooManyFields, &field.id, &field.name);
                continue;
            }
            let (kind, choices) = match field.kind.as_str() {
                "number" => (PlannedKind::Number, Vec::new()),
                "date" => (PlannedKind::Date, Vec::new()),
                "checkbox" => (PlannedKind::Choice, vec!["Yes".to_owned()]),
                "list" => (PlannedKind::Choice, self.choices_of(field)),
                _ => (PlannedKind::Text, Vec::new()),
            };
            // A choice without choices is nothing that a field can be.
            let kind =
                if kind == PlannedKind::Choice && choices.is_empty() { PlannedKind::Text } else { kind };
            self.fields.insert(field.id.clone(), self.plan.fields.len());
            self.plan.fields.push(PlannedField {
                origin: field.id.clone(),
                name: line(&field.name, NAME).unwrap_or_else(|| "Field".to_owned()),
                kind,
                choices,
            });
        }
    }

    fn choices_of(&mut self, field: &CustomField) -> Vec<String> {
        let mut choices = Vec::new();
        for option in &field.options {
            let name = option.value.get("text").and_then(Value::as_str).unwrap_or_default();
            if choices.len() >= CHOICES {
                self.plan.not_carried.add(Thing::ChoiceOfField, Reason::TooManyChoices, &option.id, name);
                continue;
            }
            self.choices.insert(option.id.clone(), choices.len());
            choices.push(line(name, NAME).unwrap_or_else(|| "Untitled".to_owned()));
        }
        choices
    }

    fn actions(&mut self, actions: Vec<Action>, known: &HashSet<String>) {
        for action in actions {
            if let Err((thing, reason)) = self.action(&action, known) {
                let name = [&action.data.card.name, &action.data.list.name]
                    .into_iter()
                    .find(|name| !name.is_empty());
                let detail = if thing == Thing::History { action.kind.as_str() } else { "" };
                let name = name.map_or("", String::as_str);
                self.plan.not_carried.add_of(thing, detail, reason, &action.id, name);
            }
        }
    }

    /// Takes what an entry of the history says; otherwise why it is left out.
    fn action(&mut self, action: &Action, known: &HashSet<String>) -> Result<(), (Thing, Reason)> {
        let card = action.data.card.id.clone();
        let at = action.date.ok_or((Thing::History, Reason::Undated))?;
        if !known.contains(&card) {
            let thing = if action.kind == "commentCard" { Thing::Comment } else { Thing::History };
            return Err((thing, Reason::OtherCard));
        }
        let by = action.id_member_creator.clone();
        let creator = BoardMember { id: by.clone(), ..action.member_creator.clone() };
        match action.kind.as_str() {
            "commentCard" | "copyCommentCard" => {
                self.person(&creator);
                let comment = (action.id.clone(), at, by, action.data.text.clone());
                self.history.entry(card).or_default().comments.push(comment);
                Ok(())
            }
            "createCard" | "copyCard" | "emailCard" | "convertToCardFromCheckItem" => {
                self.person(&creator);
                self.history.entry(card).or_default().creator = Some(by);
                Ok(())
            }
            "updateCheckItemStateOnCard" => {
                let items = &mut self.history.entry(card).or_default().items;
                let known = items.entry(action.data.check_item.id.clone()).or_insert((at, by.clone()));
                if known.0 < at {
                    *known = (at, by);
                }
                Ok(())
            }
            "updateCard" if action.data.list_after.is_some() => {
                let by = self.person(&creator);
                let name = |list: &Option<Named>| {
                    list.as_ref().and_then(|list| line(&list.name, NAME)).unwrap_or_default()
                };
                let (from, to) = (name(&action.data.list_before), name(&action.data.list_after));
                self.history.entry(card).or_default().moves.push(PlannedMove { from, to, by, at });
                Ok(())
            }
            "updateCard" if action.data.old.due_complete.is_some() => {
                let completed = &mut self.history.entry(card).or_default().completed;
                *completed = (*completed).max(Some(at));
                Ok(())
            }
            _ => Err((Thing::History, Reason::HistoryKept)),
        }
    }

    fn checklists(&mut self, checklists: Vec<Checklist>, cards: &[Card], known: &HashSet<String>) {
        let of_cards = cards.iter().flat_map(|card| {
            card.checklists.iter().map(|list| Checklist { id_card: card.id.clone(), ..list.clone() })
        });
        let mut seen = HashSet::new();
        for list in checklists.into_iter().chain(of_cards) {
            if !seen.insert(list.id.clone()) {
                continue;
            }
            if known.contains(&list.id_card) {
                self.checklists.entry(list.id_card.clone()).or_default().push(list);
            } else {
                self.plan.not_carried.add(Thing::Checklist, Reason::CardMissing, &list.id, &list.name);
            }
        }
    }

    fn cards(&mut self, mut cards: Vec<Card>, oldest: Option<Timestamp>) -> Option<MissingComments> {
        cards.sort_by(|a, b| a.pos.total_cmp(&b.pos));
        let mut missing = MissingComments { count: 0, cards: Vec::new(), oldest };
        let mut seen = HashSet::new();
        for card in cards {
            if card.id.is_empty() || !seen.insert(card.id.clone()) {
                self.plan.not_carried.add(Thing::Card, Reason::CardTwice, &card.id, &card.name);
                continue;
            }
            let known = self.history.get(&card.id).map_or(0, |history| history.comments.len() as u64);
            let lacks = card.badges.comments.saturating_sub(known);
            let name = line(&card.name, 120).unwrap_or_default();
            if lacks > 0 {
                missing.count += lacks;
                missing.cards.push(MissingOnCard { name, count: lacks });
            }
            let task = self.card(card);
            self.plan.tasks.push(task);
        }
        (missing.count > 0).then_some(missing)
    }

    fn card(&mut self, card: Card) -> PlannedTask {
        let history = self.history.remove(&card.id).unwrap_or_default();
        let created_at = made_at(&card.id);
        let people: Vec<usize> = card.id_members.iter().filter_map(|id| self.person_of(id)).collect();
        let mut task = PlannedTask {
            origin: format!("card:{}", card.id),
            number: card.id_short.filter(|number| (1..=999_999_999).contains(number)),
            short_link: Some(card.short_link.clone()).filter(|link| !link.is_empty()),
            owner: people.first().copied(),
            others: people.iter().skip(1).copied().collect(),
            requester: history.creator.as_deref().and_then(|id| self.person_of(id)),
            due: card.due.map(When::Exact),
            starts: card.start.map(When::Exact),
            archived: card.closed,
            created_at,
            changed_at: card.date_last_activity.or(created_at),
            ..PlannedTask::default()
        };
        self.words(&card, &mut task);
        self.place(&card, &history, &mut task);
        self.values(&card, &mut task);
        self.steps(&card, &history, &mut task);
        self.posts(&card, &history, &mut task);
        self.left_out(&card);
        task.moves = history.moves;
        task.moves.sort_by_key(|moved| moved.at);
        task
    }

    /// Title and description, with the whole where one was cut.
    fn words(&mut self, card: &Card, task: &mut PlannedTask) {
        task.title = line(&card.name, topics::topic::TITLE).unwrap_or_else(|| "Untitled".to_owned());
        let (why, whole) = lines(&card.desc, change::WHY);
        task.why = why;
        if let Some(whole) = whole {
            self.plan.not_carried.add(Thing::Description, Reason::DescriptionCut, &card.id, &card.name);
            task.posts.push(Self::rest(card, "description", &whole, task.requester));
        }
        if card.name.trim().chars().count() > topics::topic::TITLE {
            self.plan.not_carried.add(Thing::Title, Reason::TitleCut, &card.id, &card.name);
            let whole = escaped(&card.name);
            task.posts.push(Self::rest(card, "title", &whole, task.requester));
        }
    }

    /// A post with a text that was too long for its place.
    fn rest(card: &Card, what: &str, text: &str, author: Option<usize>) -> PlannedPost {
        PlannedPost {
            origin: format!("{what}:{}", card.id),
            kind: PostKind::Rest,
            author,
            at: made_at(&card.id).unwrap_or(Timestamp::UNIX_EPOCH),
            text: lines(text, topics::posts::SOURCE).0,
            file: None,
        }
    }

    fn place(&mut self, card: &Card, history: &History, task: &mut PlannedTask) {
        let home = if let Some(home) = self.homes.get(&card.id_list) {
            *home
        } else {
            self.plan.not_carried.add(Thing::ListOfCard, Reason::ListMissing, &card.id, &card.name);
            Home { stage: 0, choice: None }
        };
        task.stage = home.stage;
        if let (Some(choice), Some(field)) = (home.choice, self.list_field) {
            task.values.insert(field, PlannedValue::Choice(choice));
            // Trello shows no card of an archived list.
            task.archived = true;
        }
        let is_done = |stage: usize| {
            self.plan.stages.get(stage).is_some_and(|stage| stage.kind == crate::stage::StageKind::Done)
        };
        if card.due_complete && !is_done(home.stage) {
            task.came_from = Some(home.stage);
            task.stage = self.done_stage;
        }
        let moved = history.moves.iter().map(|moved| moved.at).max();
        task.moved_at = moved.or(task.created_at);
        task.done_at = is_done(task.stage).then(|| {
            let completed = history.completed.filter(|_| card.due_complete);
            completed
                .or(moved)
                .or(card.date_last_activity)
                .or(task.created_at)
                .unwrap_or(Timestamp::UNIX_EPOCH)
        });
        self.labels_of(card, task);
    }

    fn labels_of(&mut self, card: &Card, task: &mut PlannedTask) {
        for id in &card.id_labels {
            match self.labels.get(id) {
                Some(label) if task.labels.contains(label) => {}
                Some(label) if task.labels.len() < LABELS_OF_TASK => task.labels.push(*label),
                _ => self.plan.not_carried.add(Thing::LabelOnCard, Reason::LabelMissing, id, &card.name),
            }
        }
    }

    fn values(&mut self, card: &Card, task: &mut PlannedTask) {
        for item in &card.custom_field_items {
            match self.value(item) {
                Some((field, value)) => {
                    task.values.insert(field, value);
                }
                None if is_unchecked(item) => {}
                None => {
                    self.plan.not_carried.add(
                        Thing::ValueOfField,
                        Reason::FieldMissing,
                        &item.id,
                        &card.name,
                    );
                }
            }
        }
    }

    fn value(&self, item: &FieldItem) -> Option<(usize, PlannedValue)> {
        let index = *self.fields.get(&item.id_custom_field)?;
        let field = self.plan.fields.get(index)?;
        let text = |name: &str| match item.value.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) if !other.is_null() => Some(other.to_string()),
            _ => None,
        };
        let value = match field.kind {
            PlannedKind::Choice => match &item.id_value {
                Some(id) => PlannedValue::Choice(*self.choices.get(id)?),
                None => PlannedValue::Choice(text("checked").filter(|checked| checked == "true").map(|_| 0)?),
            },
            PlannedKind::Number => {
                PlannedValue::Number(text("number")?.parse().ok().filter(|n: &f64| n.is_finite())?)
            }
            PlannedKind::Date => {
                let at: Timestamp = text("date")?.parse().ok()?;
                PlannedValue::Date(at.to_zoned(jiff::tz::TimeZone::UTC).date())
            }
            PlannedKind::Text => PlannedValue::Text(line(&text("text")?, FIELD_TEXT)?),
        };
        Some((index, value))
    }

    fn steps(&mut self, card: &Card, history: &History, task: &mut PlannedTask) {
        let mut lists = self.checklists.remove(&card.id).unwrap_or_default();
        lists.sort_by(|a, b| a.pos.total_cmp(&b.pos));
        task.checklists = lists.len() as u64;
        let are_several = lists.len() > 1;
        for list in lists {
            let name = line(&list.name, 80).filter(|name| are_several || says_something(name));
            let mut items = list.check_items;
            items.sort_by(|a, b| a.pos.total_cmp(&b.pos));
            for item in items {
                self.step(card, history, task, name.as_deref(), &item);
            }
        }
    }

    fn step(
        &mut self,
        card: &Card,
        history: &History,
        task: &mut PlannedTask,
        list: Option<&str>,
        item: &CheckItem,
    ) {
        if task.steps.len() >= steps::MOST {
            self.plan.not_carried.add(Thing::ChecklistItem, Reason::TooManySteps, &item.id, &item.name);
            return;
        }
        let words = line(&item.name, steps::TEXT).unwrap_or_else(|| "Untitled".to_owned());
        let text = match list {
            Some(list) => line(&format!("{list}: {}", item.name), steps::TEXT).unwrap_or(words),
            None => words,
        };
        if text.ends_with('…') && !item.name.trim_end().ends_with('…') {
            let reason = Reason::StepCut;
            self.plan.not_carried.add(Thing::ChecklistItem, reason, &item.id, &item.name);
            let rest = Self::rest(card, &format!("item:{}", item.id), &escaped(&item.name), task.requester);
            task.posts.push(rest);
        }
        if item.due.is_some() {
            self.plan.not_carried.add(Thing::DueOfItem, Reason::NoStepDates, &item.id, &item.name);
        }
        let checked = history.items.get(&item.id);
        let done = (item.state == "complete")
            .then(|| (checked.map(|(at, _)| *at), checked.and_then(|(_, by)| self.person_of(by))));
        task.steps.push(PlannedStep {
            origin: format!("item:{}", item.id),
            text,
            owner: item.id_member.as_deref().and_then(|id| self.person_of(id)),
            done,
        });
    }

    fn posts(&mut self, card: &Card, history: &History, task: &mut PlannedTask) {
        for (id, at, by, text) in &history.comments {
            let (text, cut) = lines(&self.with_mentions(text), topics::posts::SOURCE);
            if cut.is_some() {
                let reason = Reason::PostCut;
                self.plan.not_carried.add(Thing::Comment, reason, id, &card.name);
            }
            if text.trim().is_empty() {
                self.plan.not_carried.add(Thing::Comment, Reason::Empty, id, &card.name);
                continue;
            }
            let author = self.person_of(by);
            let origin = format!("comment:{id}");
            task.posts.push(PlannedPost {
                origin,
                kind: PostKind::Comment,
                author,
                at: *at,
                text,
                file: None,
            });
        }
        for attachment in &card.attachments {
            let post = self.attachment(card, attachment);
            task.posts.push(post);
        }
        task.posts.sort_by(|a, b| (a.at, &a.origin).cmp(&(b.at, &b.origin)));
        let cover = card.id_attachment_cover.as_ref().or(card.cover.id_attachment.as_ref());
        task.cover = cover.map(|id| format!("attachment:{id}"));
        let has_picture =
            task.posts.iter().any(|post| Some(&post.origin) == task.cover.as_ref() && is_picture(post));
        if let Some(id) = cover.filter(|_| !has_picture) {
            task.cover = None;
            let reason = Reason::CoverMissing;
            self.plan.not_carried.add(Thing::Cover, reason, id, &card.name);
        }
    }

    /// An attachment: the file itself where it is beside the export, otherwise a link to it.
    fn attachment(&mut self, card: &Card, attachment: &Attachment) -> PlannedPost {
        let address = attachment.url.trim();
        let last = address.rsplit('/').next().unwrap_or_default().split('?').next().unwrap_or_default();
        let name = [attachment.name.as_str(), &attachment.file_name, last, "attachment"]
            .into_iter()
            .find_map(|name| line(name, 200))
            .unwrap_or_default();
        let names = [attachment.file_name.clone(), attachment.name.clone(), last.to_owned()];
        let wanted = Wanted { id: &attachment.id, card: [&card.id, &card.short_link], names: &names };
        let content = attachment.is_upload.then(|| self.folder.find(&wanted)).flatten().filter(is_readable);
        let text = match (&content, link(&name, address)) {
            (Some(_), _) => String::new(),
            (None, Some(link)) => {
                if attachment.is_upload {
                    let reason = Reason::FileMissing;
                    self.plan.not_carried.add(Thing::ContentOfFile, reason, &attachment.id, &name);
                }
                link
            }
            (None, None) => {
                let reason = Reason::NoWebAddress;
                self.plan.not_carried.add(Thing::Link, reason, &attachment.id, &name);
                let address = line(address, 500).unwrap_or_default();
                format!("{}: {}", escaped(&name), escaped(&address))
            }
        };
        PlannedPost {
            origin: format!("attachment:{}", attachment.id),
            kind: PostKind::Attachment,
            author: self.person_of(&attachment.id_member),
            at: attachment
                .date
                .or(card.date_last_activity)
                .or(made_at(&card.id))
                .unwrap_or(Timestamp::UNIX_EPOCH),
            text,
            file: content.map(|content| PlannedFile {
                media_type: media_type(&name).to_owned(),
                name,
                content,
            }),
        }
    }

    /// "@steven_st" becomes the place of that person, which is replaced by a mention when they are known.
    fn with_mentions(&self, text: &str) -> String {
        super::words::replace_each(text, "@", &|after| {
            let length =
                after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
            let name = after.get(..length)?.to_lowercase();
            let index = self.people.get(self.usernames.get(&name)?)?;
            Some((length, format!("{}{index}{}", super::desk::PERSON, super::desk::END)))
        })
    }

    fn left_out(&mut self, card: &Card) {
        let mut add = |kind: Thing, reason: Reason, count: usize| {
            for _ in 0..count {
                self.plan.not_carried.add(kind, reason, &card.id, &card.name);
            }
        };
        add(Thing::Vote, Reason::NoVotes, card.id_members_voted.len());
        add(Thing::Sticker, Reason::NoStickers, card.stickers.len());
        add(Thing::PlaceOnMap, Reason::NoPlaces, usize::from(card.coordinates.is_some()));
        add(Thing::PowerUpData, Reason::NoPowerUps, card.plugin_data.len());
        add(Thing::Template, Reason::TemplateIsTask, usize::from(card.is_template));
        let coloured = card.cover.color.is_some() && card.cover.id_attachment.is_none();
        add(Thing::ColourOfCover, Reason::CoverColour, usize::from(coloured));
        let reminds = card.due_reminder.is_some_and(|minutes| minutes >= 0);
        add(Thing::Reminder, Reason::RemindersFollowHours, usize::from(reminds));
    }
}

fn is_unchecked(item: &FieldItem) -> bool {
    item.id_value.is_none()
        && (item.value.is_null() || item.value.get("checked").is_some_and(|checked| checked != "true"))
}

fn is_picture(post: &PlannedPost) -> bool {
    post.file.as_ref().is_some_and(|file| file.media_type.starts_with("image/"))
}

fn is_readable(content: &Content) -> bool {
    match content {
        Content::Path(path) => super::folder::readable(path).is_some(),
        Content::Uploaded(_) => true,
    }
}

/// Whether the name of a card's only checklist is more than what Trello writes by itself.
fn says_something(name: &str) -> bool {
    !matches!(
        name.to_lowercase().trim(),
        "checklist" | "to do" | "todo" | "to-do" | "lista de comprobación" | "lista de verificação"
    )
}

/// Trello's ids begin with the second at which they were made.
fn made_at(id: &str) -> Option<Timestamp> {
    let seconds = i64::from_str_radix(id.get(..8)?, 16).ok()?;
    Timestamp::from_second(seconds).ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

fn colour_of(word: &str) -> Colour {
    match word {
        "green" | "lime" => Colour::Green,
        "blue" => Colour::Blue,
        "purple" => Colour::Violet,
        "red" | "pink" => Colour::Rose,
        "yellow" => Colour::Sun,
        "orange" => Colour::Sand,
        "black" => Colour::Ink,
        _ => Colour::Slate,
    }
}
