//! The plan of a table: a task for each line. Asana's export says sections, subtasks and dependencies by names;
//! what a name means is looked up among the titles, the nearest line above first.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use super::{
    columns::{self, List, NAME},
    plan::{
        FIELD_TEXT, FIELDS, LABELS, LABELS_OF_TASK, Person, Plan, PlannedField, PlannedKind, PlannedLabel,
        PlannedPost, PlannedTask, PlannedValue, PostKind, When,
    },
    reason::{Reason, Thing},
    table::{DateOrder, Meaning, Table},
    words::{escaped, line, lines},
};
use crate::{change, label::Colour, stage::StageKind};

const LABEL_NAME: usize = 30;
/// The colours of labels in turn: a table says none.
const COLOURS: [Colour; 7] =
    [Colour::Blue, Colour::Green, Colour::Sun, Colour::Rose, Colour::Violet, Colour::Sand, Colour::Slate];

struct Reader<'a> {
    table: &'a Table,
    plan: Plan,
    /// The columns of each meaning.
    at: HashMap<u8, usize>,
    people: HashMap<String, usize>,
    labels: HashMap<String, usize>,
    stages: HashMap<String, usize>,
    done_stage: usize,
    /// Field and kind of each column that is one.
    fields: Vec<(usize, usize)>,
    /// Which lines have a title.
    titles: HashMap<String, Vec<usize>>,
}

/// Makes the plan of a table. `file_name` names it where no column does.
pub(super) fn plan(table: &Table, file_name: &str) -> Plan {
    let mut reader = Reader {
        table,
        plan: Plan::default(),
        at: HashMap::new(),
        people: HashMap::new(),
        labels: HashMap::new(),
        stages: HashMap::new(),
        done_stage: 0,
        fields: Vec::new(),
        titles: HashMap::new(),
    };
    for (index, column) in table.columns.iter().enumerate() {
        if column.meaning != Meaning::Field {
            reader.at.entry(column.meaning as u8).or_insert(index);
        }
    }
    reader.name(file_name);
    reader.stages();
    reader.field_columns();
    for (index, row) in table.rows.iter().enumerate() {
        let task = reader.task(index, row);
        reader.plan.tasks.push(task);
    }
    reader.ties();
    reader.plan.counts.members = reader.plan.people.len() as u64;
    reader.plan
}

impl Reader<'_> {
    fn cell<'a>(&self, row: &'a [String], meaning: Meaning) -> &'a str {
        self.at.get(&(meaning as u8)).and_then(|index| row.get(*index)).map_or("", |cell| cell.trim())
    }

    fn name(&mut self, file_name: &str) {
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let named =
            self.table.rows.iter().map(|row| self.cell(row, Meaning::Project)).find(|name| !name.is_empty());
        let name = line(named.unwrap_or(stem), 80).unwrap_or_else(|| "Table".to_owned());
        self.plan.origin = format!("csv:{}", name.to_lowercase());
        self.plan.name = name;
    }

    /// The sections in the order in which they come first.
    fn stages(&mut self) {
        let mut lists: Vec<List> = Vec::new();
        for row in &self.table.rows {
            let name = self.cell(row, Meaning::Stage);
            if !name.is_empty() && !lists.iter().any(|list| list.name.to_lowercase() == name.to_lowercase()) {
                let origin = format!("csv:{}", line(name, 200).unwrap_or_default().to_lowercase());
                lists.push(List { origin, name: name.to_owned(), archived: false, limit: None });
            }
        }
        let arranged = columns::arrange(&lists, &mut self.plan.not_carried);
        for (list, home) in lists.iter().zip(&arranged.homes) {
            self.stages.insert(list.name.to_lowercase(), home.stage);
        }
        self.plan.counts.lists = lists.len() as u64;
        self.plan.stages = arranged.stages;
        self.plan.notes.extend(arranged.notes);
        if let Some(field) = arranged.field {
            self.plan.fields.push(field);
        }
        self.done_stage = self.first(StageKind::Done).unwrap_or(0);
    }

    fn first(&self, kind: StageKind) -> Option<usize> {
        self.plan.stages.iter().position(|stage| stage.kind == kind)
    }

    /// Columns without another meaning are fields: numbers where every cell is one, text otherwise.
    fn field_columns(&mut self) {
        for (index, column) in self.table.columns.iter().enumerate() {
            if column.meaning != Meaning::Field {
                continue;
            }
            let cells = || {
                self.table.rows.iter().filter_map(|row| row.get(index)).filter(|cell| !cell.trim().is_empty())
            };
            if cells().next().is_none() {
                continue;
            }
            if self.plan.fields.len() >= FIELDS {
                self.plan.not_carried.add(
                    Thing::Column,
                    Reason::TooManyFields,
                    &index.to_string(),
                    &column.name,
                );
                continue;
            }
            let is_number = cells().all(|cell| number(cell).is_some());
            self.fields.push((index, self.plan.fields.len()));
            self.plan.fields.push(PlannedField {
                origin: format!("csv:{}", column.name.to_lowercase()),
                name: line(&column.name, NAME).unwrap_or_else(|| "Field".to_owned()),
                kind: if is_number { PlannedKind::Number } else { PlannedKind::Text },
                choices: Vec::new(),
            });
        }
    }

    fn task(&mut self, index: usize, row: &[String]) -> PlannedTask {
        let title = self.cell(row, Meaning::Title).to_owned();
        let short = line(&title, topics::topic::TITLE).unwrap_or_else(|| "Untitled".to_owned());
        let origin = self.origin(row, &short);
        let same = self.titles.entry(title.to_lowercase()).or_default();
        same.push(index);
        let mut task = PlannedTask {
            origin: match (origin, same.len()) {
                (Some(id), _) => format!("row:{id}"),
                (None, 1) => format!("row:{}", short.to_lowercase()),
                (None, count) => format!("row:{} #{count}", short.to_lowercase()),
            },
            title: short,
            owner: self.owner(row),
            due: self.when(row, Meaning::Due, &title),
            starts: self.when(row, Meaning::StartsOn, &title),
            created_at: self.when(row, Meaning::CreatedAt, &title).and_then(instant),
            changed_at: self.when(row, Meaning::ChangedAt, &title).and_then(instant),
            ..PlannedTask::default()
        };
        self.words(row, &title, &mut task);
        self.place(row, &title, &mut task);
        task.labels = self.labels_of(row, &title);
        task.values = self.values(row, &title);
        task
    }

    /// What names a line, if a column does.
    fn origin(&self, row: &[String], title: &str) -> Option<String> {
        let id = line(self.cell(row, Meaning::Id), 100)?;
        Some(if title.is_empty() { String::new() } else { id })
    }

    fn words(&mut self, row: &[String], title: &str, task: &mut PlannedTask) {
        let at = task.created_at.unwrap_or(Timestamp::UNIX_EPOCH);
        let origin = task.origin.clone();
        let rest = |what: &str, text: &str| PlannedPost {
            origin: format!("{what}:{origin}"),
            kind: PostKind::Rest,
            author: None,
            at,
            text: lines(text, topics::posts::SOURCE).0,
            file: None,
        };
        if title.chars().count() > topics::topic::TITLE {
            let reason = Reason::TitleCut;
            self.plan.not_carried.add(Thing::Title, reason, &origin, title);
            task.posts.push(rest("title", &escaped(title)));
        }
        let (why, whole) = lines(self.cell(row, Meaning::Why), change::WHY);
        task.why = why;
        if let Some(whole) = whole {
            let reason = Reason::DescriptionCut;
            self.plan.not_carried.add(Thing::Description, reason, &origin, title);
            task.posts.push(rest("description", &whole));
        }
    }

    fn place(&mut self, row: &[String], title: &str, task: &mut PlannedTask) {
        let stage = self.stages.get(&self.cell(row, Meaning::Stage).to_lowercase()).copied();
        task.stage = stage.or(self.first(StageKind::Open)).unwrap_or(0);
        let done = self.cell(row, Meaning::Done).to_owned();
        let stage_is_done =
            self.plan.stages.get(task.stage).is_some_and(|stage| stage.kind == StageKind::Done);
        let (says_done, at) = match done.to_lowercase().as_str() {
            "" | "no" | "false" | "0" | "não" | "nein" | "-" => (false, None),
            "yes" | "true" | "1" | "x" | "✓" | "done" | "sí" | "si" | "sim" | "ja" | "hecho" | "feito" => {
                (true, None)
            }
            _ => {
                let when = self.when(row, Meaning::Done, title).and_then(instant);
                (when.is_some(), when)
            }
        };
        if says_done && !stage_is_done {
            task.came_from = Some(task.stage);
            task.stage = self.done_stage;
        }
        task.moved_at = at.or(task.changed_at).or(task.created_at);
        if says_done || stage_is_done {
            task.done_at = at.or(task.changed_at).or(task.created_at);
        }
    }

    fn owner(&mut self, row: &[String]) -> Option<usize> {
        let email = self.cell(row, Meaning::OwnerEmail).to_lowercase();
        let email = Some(email).filter(|email| email.contains('@'));
        let said = self.cell(row, Meaning::Owner);
        // Several people in one cell: the first is the owner.
        let first = said.split([',', ';']).next().unwrap_or_default();
        let name = line(first, 80).or_else(|| line(email.as_deref()?.split('@').next()?, 80))?;
        let key = email.clone().unwrap_or_else(|| name.to_lowercase());
        if let Some(known) = self.people.get(&key) {
            return Some(*known);
        }
        let index = self.plan.people.len();
        let origin = format!("csv:{key}");
        self.plan.people.push(Person { origin, name, username: String::new(), email });
        self.people.insert(key, index);
        Some(index)
    }

    fn when(&mut self, row: &[String], meaning: Meaning, title: &str) -> Option<When> {
        let said = self.cell(row, meaning);
        if said.is_empty() {
            return None;
        }
        let when = when(said, self.table.dates.unwrap_or(DateOrder::MonthFirst));
        if when.is_none() && meaning != Meaning::Done {
            let shown = format!("{title}: {said}");
            self.plan.not_carried.add(Thing::Date, Reason::NoDate, "", &shown);
        }
        when
    }

    fn labels_of(&mut self, row: &[String], title: &str) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for name in self.cell(row, Meaning::Labels).split([',', ';']) {
            let Some(name) = line(name, LABEL_NAME) else { continue };
            let next = self.plan.labels.len();
            let known = self.labels.get(&name.to_lowercase()).copied();
            let label = match known {
                Some(label) => label,
                None if next < LABELS => {
                    self.labels.insert(name.to_lowercase(), next);
                    let colour = COLOURS.get(next % COLOURS.len()).copied().unwrap_or(Colour::Slate);
                    self.plan.labels.push(PlannedLabel {
                        origin: format!("csv:{}", name.to_lowercase()),
                        name,
                        colour,
                    });
                    next
                }
                None => {
                    self.plan.not_carried.add(Thing::Label, Reason::TooManyLabels, &name, title);
                    continue;
                }
            };
            if found.len() < LABELS_OF_TASK && !found.contains(&label) {
                found.push(label);
            }
        }
        found
    }

    fn values(&mut self, row: &[String], title: &str) -> BTreeMap<usize, PlannedValue> {
        let mut values = BTreeMap::new();
        for (column, field) in self.fields.clone() {
            let Some(cell) = row.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty()) else {
                continue;
            };
            let kind = self.plan.fields.get(field).map(|field| field.kind);
            let value = match kind {
                Some(PlannedKind::Number) => number(cell).map(PlannedValue::Number),
                _ => line(cell, FIELD_TEXT).map(PlannedValue::Text),
            };
            match value {
                Some(value) => {
                    if cell.chars().count() > FIELD_TEXT {
                        self.plan.not_carried.add(Thing::ValueOfField, Reason::ValueCut, "", title);
                    }
                    values.insert(field, value);
                }
                None => self.plan.not_carried.add(Thing::ValueOfField, Reason::CannotHold, "", title),
            }
        }
        values
    }

    // -------------------------------------------------------------- parts and dependencies

    fn ties(&mut self) {
        let rows = &self.table.rows;
        for (index, row) in rows.iter().enumerate() {
            self.part(index, row);
            for name in self.names(index, self.cell(row, Meaning::WaitsFor)) {
                self.wait(index, name, index);
            }
            for name in self.names(index, self.cell(row, Meaning::Blocks)) {
                self.wait_of(name, index, index);
            }
        }
        self.part_stages();
    }

    /// The line that a title names: the nearest above, else the first below.
    fn find(&self, from: usize, title: &str) -> Option<usize> {
        let lines = self.titles.get(&title.trim().to_lowercase())?;
        lines
            .iter()
            .rev()
            .find(|line| **line < from)
            .or_else(|| lines.iter().find(|line| **line > from))
            .copied()
    }

    /// The lines that a cell names. Titles have commas too, so the longest that is one is taken.
    fn names(&self, from: usize, cell: &str) -> Vec<Result<usize, String>> {
        let parts: Vec<&str> = cell.split([',', '\n', ';']).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < parts.len() {
            let longest = (at + 1..=parts.len()).rev().find_map(|end| {
                let title = parts.get(at..end)?.join(",");
                Some((self.find(from, &title)?, end))
            });
            if let Some((line, end)) = longest {
                found.push(Ok(line));
                at = end;
            } else {
                let name = parts.get(at).map(|part| part.trim()).unwrap_or_default();
                if !name.is_empty() {
                    found.push(Err(name.to_owned()));
                }
                at += 1;
            }
        }
        found
    }

    fn part(&mut self, index: usize, row: &[String]) {
        let name = self.cell(row, Meaning::Parent).to_owned();
        if name.is_empty() {
            return;
        }
        let parent = self.find(index, &name);
        let mut above = parent;
        let mut seen = HashSet::from([index]);
        while let Some(line) = above {
            if !seen.insert(line) || seen.len() > 20 {
                self.not_tied(Thing::Part, Reason::PartsTooDeep, index, &name);
                return;
            }
            above = self.plan.tasks.get(line).and_then(|task| task.parent);
        }
        match (parent, self.plan.tasks.get_mut(index)) {
            (Some(parent), Some(task)) => task.parent = Some(parent),
            _ => self.not_tied(Thing::Part, Reason::NoSuchTitle, index, &name),
        }
    }

    fn wait(&mut self, index: usize, name: Result<usize, String>, line: usize) {
        match name {
            Ok(other) => self.add_wait(index, other),
            Err(name) => self.not_tied(Thing::Dependency, Reason::NoSuchTitle, line, &name),
        }
    }

    fn wait_of(&mut self, name: Result<usize, String>, other: usize, line: usize) {
        match name {
            Ok(index) => self.add_wait(index, other),
            Err(name) => self.not_tied(Thing::Dependency, Reason::NoSuchTitle, line, &name),
        }
    }

    fn add_wait(&mut self, index: usize, other: usize) {
        let waits =
            |from: usize| self.plan.tasks.get(from).map(|task| task.waits_for.as_slice()).unwrap_or_default();
        if waits(index).contains(&other) {
            return;
        }
        // Whether the other waits for this one, however far.
        let (mut next, mut seen) = (vec![other], HashSet::new());
        while let Some(line) = next.pop() {
            if line == index {
                let name = self.plan.tasks.get(other).map(|task| task.title.clone()).unwrap_or_default();
                self.not_tied(Thing::Dependency, Reason::WaitLoop, index, &name);
                return;
            }
            if seen.insert(line) {
                next.extend(waits(line));
            }
        }
        if let Some(task) = self.plan.tasks.get_mut(index) {
            task.waits_for.push(other);
        }
    }

    fn not_tied(&mut self, kind: Thing, reason: Reason, line: usize, name: &str) {
        let title = self.plan.tasks.get(line).map(|task| task.title.clone()).unwrap_or_default();
        self.plan.not_carried.add(kind, reason, &format!("line {}", line + 2), &format!("{title}: {name}"));
    }

    /// A part without a section stands where the whole does.
    fn part_stages(&mut self) {
        for (index, row) in self.table.rows.iter().enumerate() {
            let mut above = self.plan.tasks.get(index).and_then(|task| task.parent);
            let is_open = self.plan.tasks.get(index).is_some_and(|task| task.done_at.is_none());
            if !self.cell(row, Meaning::Stage).is_empty() || !is_open {
                continue;
            }
            while let Some(parent) = above {
                let said =
                    self.table.rows.get(parent).map(|row| self.cell(row, Meaning::Stage)).unwrap_or_default();
                if let (Some(stage), Some(task)) =
                    (self.stages.get(&said.to_lowercase()), self.plan.tasks.get_mut(index))
                {
                    let is_done =
                        self.plan.stages.get(*stage).is_some_and(|stage| stage.kind == StageKind::Done);
                    task.stage = if is_done { task.stage } else { *stage };
                    break;
                }
                above = self.plan.tasks.get(parent).and_then(|task| task.parent);
            }
        }
    }
}

fn instant(when: When) -> Option<Timestamp> {
    match when {
        When::Exact(at) => Some(at),
        When::Day(date) => TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok(),
        When::Wall(date, time) => TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok(),
    }
}

fn number(cell: &str) -> Option<f64> {
    cell.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// A day, a day with a time, or an instant, however it is written.
fn when(said: &str, order: DateOrder) -> Option<When> {
    let said = said.trim();
    if let Ok(at) = said.parse::<Timestamp>() {
        return Some(When::Exact(at));
    }
    let (day, time) = match said.split_once([' ', 'T']) {
        Some((day, time)) if day.starts_with(|c: char| c.is_ascii_digit()) && day.len() >= 6 => {
            (day, Some(time))
        }
        _ => (said, None),
    };
    let date = day.parse::<Date>().ok().or_else(|| slashed(day, order)).or_else(|| in_words(said))?;
    let time = time.and_then(|time| {
        let time = time.trim();
        let read = |format: &str| {
            DateTime::strptime(format!("%Y-%m-%d {format}"), format!("2000-01-01 {time}")).ok()
        };
        read("%H:%M:%S").or_else(|| read("%H:%M")).or_else(|| read("%I:%M %p")).map(DateTime::time)
    });
    Some(time.map_or(When::Day(date), |time| When::Wall(date, time)))
}

fn slashed(day: &str, order: DateOrder) -> Option<Date> {
    let parts: Vec<i16> = day.split(['/', '.', '-']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [first, second, year] = parts.as_slice() else { return None };
    let (month, day) = match order {
        DateOrder::DayFirst => (*second, *first),
        DateOrder::MonthFirst => (*first, *second),
    };
    let year = if *year < 100 { 2000 + *year } else { *year };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// `Dec 1, 2026`, `1 December 2026`
fn in_words(said: &str) -> Option<Date> {
    ["%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%Y/%m/%d"]
        .iter()
        .find_map(|format| Date::strptime(format, said).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::table::{self, TableWish};

    fn planned(text: &str) -> Plan {
        plan(&table::parse(text.as_bytes(), &TableWish::default()).unwrap(), "list.csv")
    }

    #[test]
    fn dates_are_read_however_they_are_written() {
        let day = |text: &str| Some(When::Day(text.parse().unwrap()));
        let read = |text: &str| when(text, DateOrder::DayFirst);
        assert_eq!(read("2026-12-01"), day("2026-12-01"));
        assert_eq!(read("01/12/2026"), day("2026-12-01"));
        assert_eq!(when("12/1/26", DateOrder::MonthFirst), day("2026-12-01"));
        assert_eq!(read("Dec 1, 2026"), day("2026-12-01"));
        assert_eq!(read("1.12.2026"), day("2026-12-01"));
        assert_eq!(read("2026-12-01T10:00:00Z"), Some(When::Exact("2026-12-01T10:00:00Z".parse().unwrap())));
        let wall = When::Wall("2026-12-01".parse().unwrap(), "15:30".parse().unwrap());
        assert_eq!(read("2026-12-01 15:30"), Some(wall));
        assert_eq!(read("01/12/2026 3:30 PM"), Some(wall));
        for wrong in ["soon", "32/1/2026", "2026-13-01", "0/0/0", ""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn asana_says_sections_parts_and_dependencies() {
        let plan = planned(
            "Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email,Start Date,Due Date,Tags,Notes,Projects,Parent task,Blocked By (Dependencies),Blocking (Dependencies)\n\
             1,2026-01-02,,2026-01-05,\"Design, first\",Doing,Ann Lee,ann@x.example,2026-01-03,2026-01-09,\"ui, web\",Why not,Site,,,\n\
             2,2026-01-02,2026-01-06,2026-01-06,Draw,,Bo,bo@x.example,,,ui,,,\"Design, first\",,\n\
             3,2026-01-02,,2026-01-05,Build,To do,,,,2026-01-20,,,Site,,\"Design, first,Nobody knows\",Ship\n\
             4,2026-01-02,,2026-01-05,Ship,To do,,,,,,,Site,,,\"Design, first\"\n",
        );
        assert_eq!(plan.name, "Site");
        let names: Vec<(&str, StageKind)> =
            plan.stages.iter().map(|stage| (stage.name.as_str(), stage.kind)).collect();
        assert_eq!(
            names,
            [("Doing", StageKind::Open), ("To do", StageKind::Open), ("Done", StageKind::Done)]
        );
        let task = |index: usize| &plan.tasks[index];
        assert_eq!((task(1).parent, task(1).stage, task(1).came_from.is_some()), (Some(0), 2, true));
        assert_eq!((&task(2).waits_for[..], &task(3).waits_for[..]), (&[0][..], &[2][..]));
        // The first would wait for the last, which waits for it.
        assert_eq!(task(0).waits_for, [0_usize; 0]);
        assert_eq!((task(0).labels.len(), plan.labels.len(), plan.people.len()), (2, 2, 2));
        let left: Vec<(String, u64)> =
            plan.not_carried.into_groups().into_iter().map(|group| (group.reason, group.count)).collect();
        assert_eq!(
            left,
            [
                ("No line has that title.".to_owned(), 1),
                ("The tasks would wait for each other.".to_owned(), 1)
            ]
        );
    }

    #[test]
    fn parts_in_a_circle_are_cut() {
        let plan = planned("Name,Parent task\na,b\nb,a\nc,c\n");
        let parents: Vec<Option<usize>> = plan.tasks.iter().map(|task| task.parent).collect();
        assert_eq!(parents, [Some(1), None, None]);
        assert_eq!(plan.not_carried.into_groups().iter().map(|group| group.count).sum::<u64>(), 2);
    }

    #[test]
    fn lines_of_one_title_are_different_tasks_each_time() {
        let origins =
            |text: &str| planned(text).tasks.into_iter().map(|task| task.origin).collect::<Vec<_>>();
        assert_eq!(origins("Name,Cost\nA,1\nA,2\nB,x\n"), ["row:a", "row:a #2", "row:b"]);
        let plan = planned("Name,Cost,Note\nA,1,x\nB,2.5,\n");
        assert_eq!(plan.fields[0].kind, PlannedKind::Number);
        assert_eq!(plan.tasks[1].values.values().collect::<Vec<_>>(), [&PlannedValue::Number(2.5)]);
    }

    #[test]
    fn a_title_of_a_hundred_thousand_characters_is_cut_and_kept() {
        let plan = planned(&format!("Name\n{}\n", "x".repeat(100_000)));
        assert!(plan.tasks[0].title.chars().count() <= 200);
        assert!(plan.tasks[0].posts[0].text.len() >= 90_000);
        assert_eq!(plan.not_carried.into_groups()[0].kind, "title");
    }
}
