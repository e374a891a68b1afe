//! Reading a table: lines of cells with a head (RFC 4180), whatever stands between the cells and in whatever
//! encoding spreadsheets write it; and what its columns mean, by their names.

use std::borrow::Cow;

use kernel::Refusal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::trello::CARDS;

/// The most columns of a table.
const COLUMNS: usize = 200;
/// How many cells of a column are shown before an import.
const SAMPLE: usize = 3;

/// What a column means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ColumnMeaning)]
pub enum Meaning {
    /// Nothing: it is left out.
    Nothing,
    /// The title; one column has it.
    Title,
    /// What the task is for.
    Why,
    /// The stage.
    Stage,
    /// Whose it is, by name.
    Owner,
    /// Whose it is, by e-mail.
    OwnerEmail,
    /// When it is due.
    Due,
    /// The day on which it starts.
    StartsOn,
    /// Labels, between commas.
    Labels,
    /// The title of the task that it is a part of.
    Parent,
    /// Titles of tasks that it waits for, between commas.
    WaitsFor,
    /// Titles of tasks that wait for it, between commas.
    Blocks,
    /// Whether or when it was done.
    Done,
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    ChangedAt,
    /// What names it where it comes from: with it the file can be imported again after titles changed.
    Id,
    /// The name of the project.
    Project,
    /// A field of this name.
    Field,
}

/// In which order day, month and year stand where all are numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// 31/12/2026
    DayFirst,
    /// 12/31/2026
    MonthFirst,
}

/// What somebody said of a table.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportTableWish)]
pub struct TableWish {
    /// What each column means; as their names say when absent.
    #[serde(default)]
    pub columns: Option<Vec<Meaning>>,
    /// How dates are written; as the file shows when absent.
    #[serde(default)]
    pub dates: Option<DateOrder>,
}

/// A column as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: Meaning,
    /// The first cells with something in them, at most three.
    pub sample: Vec<String>,
}

/// A table as it was understood.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ImportTable)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// How many lines it has below its head.
    pub lines: usize,
    /// What stands between its cells.
    pub delimiter: String,
    /// How dates are written in it; null where none needs to know.
    #[schema(required = true)]
    pub dates: Option<DateOrder>,
    /// Whether the dates could as well be written the other way.
    pub dates_are_unclear: bool,
    /// Whether Asana wrote it.
    pub asana: bool,
    /// The cells.
    #[serde(skip)]
    pub(super) rows: Vec<Vec<String>>,
}

/// Names of columns in several tools and languages, lower case.
const NAMES: &[(Meaning, &[&str])] = &[
    (
        Meaning::Title,
        &[
            "title",
            "name",
            "task",
            "task name",
            "card name",
            "summary",
            "subject",
            "título",
            "titulo",
            "nombre",
            "tarea",
            "nome",
            "tarefa",
        ],
    ),
    (
        Meaning::Why,
        &[
            "why",
            "notes",
            "description",
            "card description",
            "details",
            "desc",
            "por qué",
            "descripción",
            "descripcion",
            "notas",
            "por quê",
            "descrição",
            "descricao",
        ],
    ),
    (
        Meaning::Stage,
        &[
            "stage",
            "section",
            "section/column",
            "column",
            "list",
            "list name",
            "status",
            "etapa",
            "columna",
            "sección",
            "estado",
            "coluna",
            "seção",
            "lista",
        ],
    ),
    (
        Meaning::Owner,
        &[
            "owner",
            "who",
            "quién",
            "quem",
            "assignee",
            "assigned to",
            "members",
            "responsable",
            "asignado",
            "asignado a",
            "persona",
            "responsável",
            "responsavel",
            "pessoa",
        ],
    ),
    (Meaning::OwnerEmail, &["assignee email", "owner email", "owner e-mail", "email", "e-mail", "correo"]),
    (
        Meaning::Due,
        &[
            "due",
            "when",
            "cuándo",
            "quando",
            "due date",
            "deadline",
            "due at",
            "vence",
            "fecha de vencimiento",
            "vencimiento",
            "prazo",
            "vencimento",
            "data de vencimento",
        ],
    ),
    (
        Meaning::StartsOn,
        &[
            "start",
            "start date",
            "starts",
            "starts on",
            "inicio",
            "fecha de inicio",
            "empieza",
            "começa",
            "início",
            "data de início",
        ],
    ),
    (Meaning::Labels, &["labels", "tags", "label", "tag", "etiquetas", "etiqueta", "rótulos"]),
    (
        Meaning::Parent,
        &[
            "parent",
            "parent task",
            "part of",
            "subtask of",
            "tarea principal",
            "parte de",
            "tarefa pai",
            "tarefa principal",
        ],
    ),
    (
        Meaning::WaitsFor,
        &[
            "blocked by (dependencies)",
            "blocked by",
            "waits for",
            "depends on",
            "dependencies",
            "espera a",
            "espera por",
            "depende de",
        ],
    ),
    (Meaning::Blocks, &["blocking (dependencies)", "blocking", "blocks", "bloquea", "bloqueia"]),
    (
        Meaning::Done,
        &[
            "completed at",
            "completed",
            "done",
            "done at",
            "completion date",
            "hecho",
            "hecha",
            "hecha el",
            "completado",
            "feito",
            "feita",
            "feita em",
            "concluída em",
        ],
    ),
    (
        Meaning::CreatedAt,
        &["created at", "created", "creation date", "creado", "creada el", "criado", "criada em"],
    ),
    (
        Meaning::ChangedAt,
        &["last modified", "updated", "updated at", "changed", "modificado", "cambió", "alterado", "mudou"],
    ),
    (Meaning::Id, &["task id", "card id", "id", "key", "clave", "chave"]),
    (Meaning::Project, &["projects", "project", "board", "board name", "proyecto", "projeto"]),
];

/// Columns that only Asana has.
const ASANA: [&str; 3] = ["section/column", "blocked by (dependencies)", "parent task"];

/// Reads a table. `wish`: what was said of it by hand.
pub(super) fn parse(bytes: &[u8], wish: &TableWish) -> Result<Table, Refusal> {
    let text = decoded(bytes);
    let not_a_table =
        |why: &str| Refusal::invalid("file", format!("is no table: {why}")).named("not_a_table");
    if text.contains('\0') {
        return Err(not_a_table("it has bytes that no text has"));
    }
    let (delimiter, text) = delimiter_of(&text);
    if ends_in_quotes(text, delimiter) {
        return Err(Refusal::invalid("file", "ends within a cell: it is not whole").named("not_whole"));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Vec<String>> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| not_a_table(&error.to_string()))?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() > CARDS {
            let allowed = format!("at most {CARDS} lines");
            return Err(
                Refusal::invalid_because("file", "has too many lines", allowed).named("too_many_cards")
            );
        }
        rows.push(record.iter().take(COLUMNS).map(plain).collect());
    }
    if rows.len() < 2 {
        return Err(not_a_table("it has no line below its head"));
    }
    let names = rows.remove(0);
    let columns = columns(&names, &rows, wish)?;
    let asana = ASANA.iter().all(|known| names.iter().any(|name| name.trim().to_lowercase() == *known));
    let (dates, dates_are_unclear) = date_order(&columns, &rows, wish);
    Ok(Table {
        columns,
        lines: rows.len(),
        delimiter: (delimiter as char).to_string(),
        dates,
        dates_are_unclear,
        asana,
        rows,
    })
}

/// The text of bytes: UTF-8, UTF-16 with its mark, or what spreadsheets on Windows write.
pub(super) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// What stands between the cells: said in a first line `sep=;`, or what the head has most of.
fn delimiter_of(text: &str) -> (u8, &str) {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some([delimiter]) = head.trim().strip_prefix("sep=").map(str::as_bytes) {
        return (*delimiter, rest);
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    for byte in head.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(known, _)| !quoted && *known == byte) {
            *count += 1;
        }
    }
    // Of several that are as frequent the first counts.
    let best = counts.iter().rev().max_by_key(|(_, count)| *count);
    (best.map_or(b',', |(delimiter, _)| *delimiter), text)
}

/// Whether the last cell was never closed: all lines after its beginning would be one title. As the reader has it,
/// a quote opens a cell only at its beginning, and two of them within are one.
fn ends_in_quotes(text: &str, delimiter: u8) -> bool {
    let mut quoted = false;
    let mut begins = true;
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'"' {
            quoted = if quoted { bytes.next_if_eq(&b'"').is_some() } else { begins };
        }
        begins = !quoted && (byte == delimiter || byte == b'\n' || byte == b'\r');
    }
    quoted
}

/// A cell without the mark that keeps spreadsheets from taking it for a formula.
fn plain(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

fn columns(names: &[String], rows: &[Vec<String>], wish: &TableWish) -> Result<Vec<Column>, Refusal> {
    let meanings = match &wish.columns {
        Some(said) if said.len() == names.len() => said.clone(),
        Some(_) => {
            let allowed = format!("{} of them", names.len());
            return Err(Refusal::invalid_because("table.columns", "are not as many as in the file", allowed));
        }
        None => meanings(names),
    };
    if meanings.iter().filter(|meaning| **meaning == Meaning::Title).count() != 1 {
        return Err(Refusal::invalid("table.columns", "need one that is the title").named("no_title_column"));
    }
    let sample = |index: usize| -> Vec<String> {
        let cells = rows.iter().filter_map(|row| row.get(index)).filter(|cell| !cell.trim().is_empty());
        cells.take(SAMPLE).map(|cell| topics::markdown::snippet(cell, 60)).collect()
    };
    Ok(names
        .iter()
        .zip(meanings)
        .enumerate()
        .map(|(index, (name, meaning))| Column {
            name: topics::markdown::snippet(name, 60),
            meaning,
            sample: sample(index),
        })
        .collect())
}

/// What names say. Each meaning but a field is that of the first column which says it; a table without a known
/// title has it in its first column.
fn meanings(names: &[String]) -> Vec<Meaning> {
    let mut meanings: Vec<Meaning> = Vec::with_capacity(names.len());
    for name in names {
        let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
        let known =
            NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(meaning, _)| *meaning);
        meanings.push(match known {
            Some(meaning) if !meanings.contains(&meaning) => meaning,
            _ if name.is_empty() => Meaning::Nothing,
            _ => Meaning::Field,
        });
    }
    if !meanings.contains(&Meaning::Title)
        && let Some(first) = meanings.iter_mut().find(|meaning| **meaning == Meaning::Field)
    {
        *first = Meaning::Title;
    }
    meanings
}

/// How dates are written: as somebody said, or as the first of them shows that can be read in one way only.
fn date_order(columns: &[Column], rows: &[Vec<String>], wish: &TableWish) -> (Option<DateOrder>, bool) {
    let is_date = |column: &Column| {
        matches!(
            column.meaning,
            Meaning::Due | Meaning::StartsOn | Meaning::Done | Meaning::CreatedAt | Meaning::ChangedAt
        )
    };
    let mut unclear = false;
    for (index, _) in columns.iter().enumerate().filter(|(_, column)| is_date(column)) {
        for (first, second, is_german) in rows.iter().filter_map(|row| slashed(row.get(index)?)) {
            let order = match (first > 12, second > 12) {
                (true, false) => Some(DateOrder::DayFirst),
                (false, true) => Some(DateOrder::MonthFirst),
                _ if is_german => Some(DateOrder::DayFirst),
                _ => None,
            };
            if let Some(order) = order {
                return (Some(wish.dates.unwrap_or(order)), false);
            }
            unclear = true;
        }
    }
    (wish.dates.or(unclear.then_some(DateOrder::MonthFirst)), unclear)
}

/// The first two numbers of `1/2/2026`, and whether points stand between them.
fn slashed(cell: &str) -> Option<(u8, u8, bool)> {
    let cell = cell.trim();
    let mark = cell.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.'))?;
    let mut parts = cell.split(mark);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, mark == '.'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(text: &str) -> Table {
        parse(text.as_bytes(), &TableWish::default()).unwrap()
    }

    fn meant(table: &Table) -> Vec<Meaning> {
        table.columns.iter().map(|column| column.meaning).collect()
    }

    #[test]
    fn cells_are_read_by_the_standard() {
        let read = table("\u{feff}Title,Notes\r\n\"A, \"\"b\"\"\",\"two\r\nlines\"\r\n\r\n'=1+1,'fine\r\n");
        assert_eq!(read.rows, [["A, \"b\"", "two\r\nlines"], ["=1+1", "'fine"]]);
        assert_eq!(meant(&read), [Meaning::Title, Meaning::Why]);
    }

    #[test]
    fn what_stands_between_cells_is_recognised() {
        for (text, delimiter) in [
            ("Nombre;Etapa\na;b\n", ";"),
            ("Name\tStatus\na\tb\n", "\t"),
            ("sep=|\nName|Status\na|b\n", "|"),
            ("\"Name;x\",Status\na,b\n", ","),
            ("Name\na\n", ","),
        ] {
            assert_eq!(table(text).delimiter, delimiter, "{text}");
        }
        assert_eq!(
            meant(&table("Nombre;Etapa;Responsable\na;b;c\n")),
            [Meaning::Title, Meaning::Stage, Meaning::Owner]
        );
    }

    #[test]
    fn other_encodings_are_read() {
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("Name,X\nñandú,1\n".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(parse(&utf16, &TableWish::default()).unwrap().rows[0][0], "ñandú");
        assert_eq!(parse(b"Name,X\nni\xf1o,1\n", &TableWish::default()).unwrap().rows[0][0], "niño");
    }

    #[test]
    fn dates_show_how_they_are_written() {
        let order = |cells: &str| {
            let read = table(&format!("Name,Due\n{cells}"));
            (read.dates, read.dates_are_unclear)
        };
        assert_eq!(order("a,31/12/2026\n"), (Some(DateOrder::DayFirst), false));
        assert_eq!(order("a,1/2/2026\nb,12/31/2026\n"), (Some(DateOrder::MonthFirst), false));
        assert_eq!(order("a,1/2/2026\n"), (Some(DateOrder::MonthFirst), true));
        assert_eq!(order("a,1.2.2026\n"), (Some(DateOrder::DayFirst), false));
        assert_eq!(order("a,2026-12-31\n"), (None, false));
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for wrong in [&b""[..], b"Name\n", b"\n\n", b"\x00\x01\x02,\x00\n\x00,\x00\n"] {
            assert!(matches!(
                parse(wrong, &TableWish::default()),
                Err(Refusal::Invalid { code: "not_a_table", .. })
            ));
        }
        for cut in ["Name,Due\n\"Half a title,2026-12-01\nAnother,\n", "Name\na\n\"", "Name\na\n\"b\"\"\n"] {
            assert!(matches!(
                parse(cut.as_bytes(), &TableWish::default()),
                Err(Refusal::Invalid { code: "not_whole", .. })
            ));
        }
        assert_eq!(table("Name,Size\nA 5\" screen,\"\"\n\"\"\"b\"\"\",\"x\ny\"").lines, 2);
        let wish = TableWish { columns: Some(vec![Meaning::Nothing]), dates: None };
        assert!(matches!(parse(b"Name\na\n", &wish), Err(Refusal::Invalid { code: "no_title_column", .. })));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes: Vec<u8>) {
            let _ = parse(&bytes, &TableWish::default());
        }
    }
}
