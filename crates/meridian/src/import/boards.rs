//! `meridian import trello` and `meridian import csv`.

use std::{fmt::Write as _, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use work::import::{self, Counts, FoundBy, Order, Report, Source, Watch};

use super::{Board, ProgressLine, counted, grouped, percent, stop_on_interrupt, write_report};
use crate::{config::Config, program};

/// How many objects of one kind the text names; the report has them all.
const NAMED: usize = 5;

/// `NAME=EMAIL`
pub(super) fn pair(said: &str) -> Result<(String, String), String> {
    match said.rsplit_once('=') {
        Some((name, email)) if !name.trim().is_empty() && email.contains('@') => {
            Ok((name.trim().to_owned(), email.trim().to_owned()))
        }
        _ => Err("say it as NAME=EMAIL".to_owned()),
    }
}

pub(super) async fn run(config: &Config, board: Board, source: Source) -> anyhow::Result<()> {
    let app = program::open(config).await?;
    let line = Arc::new(ProgressLine::default());
    let drawn = line.clone();
    let watch = Watch {
        progress: Arc::new(move |progress| {
            let text = format!("Importing: {} of {} tasks", grouped(progress.done), grouped(progress.of));
            drawn.draw(1, percent(progress.done as u64, progress.of as u64), &text);
        }),
        ..Watch::default()
    };
    stop_on_interrupt(watch.stop.clone());
    let order = Order {
        file: board.file.clone(),
        source: Some(source),
        workspace: board.workspace,
        space: board.space.unwrap_or_default(),
        project: board.project,
        name: board.name,
        key: board.key,
        members: board.members,
        dry_run: board.dry_run,
    };
    let report = Box::pin(import::file(&app.context, order, watch)).await;
    line.end();
    app.context.db.close().await;
    let report = report.context("the import did not end; it can be run again and goes on from there")?;
    if let Some(path) = &board.report {
        write_report(path, &report)?;
    }
    print!("{}", summary(&board.file, &report));
    if !report.complete {
        bail!("stopped; run the same command again to go on");
    }
    Ok(())
}

fn summary(file: &Path, report: &Report) -> String {
    let mut text = String::new();
    let verb = if report.dry_run { "would be" } else { "are" };
    let key = report.key.as_ref().map(|key| format!(" ({key})")).unwrap_or_default();
    let made = if report.project_created { "new project" } else { "project" };
    let _ = writeln!(
        text,
        "{}: {} {verb} in the {made} {}{key} in {}{}. ({:.1} s)",
        file.display(),
        counted(count(report.carried.cards), "task"),
        report.project,
        report.space,
        if report.space_created { ", a new space" } else { "" },
        report.seconds
    );
    write_counts(&mut text, report);
    write_people(&mut text, report);
    for note in &report.notes {
        let _ = writeln!(text, "{}", note.in_english());
    }
    if let Some(missing) = &report.missing_comments {
        let _ = writeln!(
            text,
            "{} not in the export, on {}.",
            if missing.count == 1 {
                "1 comment is".to_owned()
            } else {
                format!("{} comments are", grouped(count(missing.count)))
            },
            counted(missing.cards.len(), "card")
        );
    }
    write_left_out(&mut text, report);
    if report.dry_run {
        let _ = writeln!(text, "Nothing was changed.");
    }
    text
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// What is there, and what of it is new.
fn rows(counts: &Counts) -> [(&'static str, u64); 14] {
    [
        ("lists", counts.lists),
        ("  archived", counts.lists_archived),
        ("cards", counts.cards),
        ("  archived", counts.cards_archived),
        ("  with a due date", counts.cards_with_due),
        ("  with a description", counts.cards_with_description),
        ("  with an owner", counts.cards_with_owner),
        ("labels on cards", counts.labels_on_cards),
        ("attachments", counts.attachments),
        ("checklists", counts.checklists),
        ("checklist items", counts.check_items),
        ("  done", counts.check_items_done),
        ("people", counts.members),
        ("comments", counts.comments),
    ]
}

fn write_counts(text: &mut String, report: &Report) {
    let new = if report.dry_run { "would be new" } else { "new" };
    let _ = writeln!(text, "{:<22}{:>8}{:>14}", "", "carried", new);
    for ((name, carried), (_, added)) in rows(&report.carried).into_iter().zip(rows(&report.added)) {
        let _ = writeln!(text, "{name:<22}{:>8}{:>14}", grouped(count(carried)), grouped(count(added)));
    }
}

fn write_people(text: &mut String, report: &Report) {
    let unknown: Vec<&str> = report
        .people
        .iter()
        .filter(|person| person.by == FoundBy::Nothing)
        .map(
            |person| if person.username.is_empty() { person.name.as_str() } else { person.username.as_str() },
        )
        .collect();
    if unknown.is_empty() {
        return;
    }
    let verb = if report.dry_run { "would become" } else { "became" };
    let _ = writeln!(
        text,
        "{} {verb} people who cannot sign in. Say who somebody is with --member NAME=EMAIL.",
        unknown.join(", ")
    );
}

fn write_left_out(text: &mut String, report: &Report) {
    if report.not_carried.is_empty() {
        return;
    }
    let _ = writeln!(text, "Not carried, or not whole:");
    for group in &report.not_carried {
        let _ = writeln!(text, "  {} {}: {}", grouped(count(group.count)), group.kind, group.reason);
        if group.kind.starts_with("history") {
            continue;
        }
        for object in group.objects.iter().take(NAMED) {
            let _ =
                writeln!(text, "      {}", if object.name.is_empty() { &object.id } else { &object.name });
        }
        if group.objects.len() > NAMED {
            let _ =
                writeln!(text, "      and {} more; --report names them", grouped(count(group.count) - NAMED));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_has_a_name_and_an_address() {
        assert_eq!(
            pair("steven_st=steven@x.example"),
            Ok(("steven_st".to_owned(), "steven@x.example".to_owned()))
        );
        for wrong in ["steven", "=a@b", "a=b", ""] {
            assert!(pair(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_summary_says_what_happened() {
        let report = Report {
            carried: Counts { cards: 122, comments: 93, ..Counts::default() },
            added: Counts { cards: 2, ..Counts::default() },
            not_carried: vec![import::LeftOut {
                thing: import::Thing::Cover,
                detail: String::new(),
                code: import::Reason::CoverMissing,
                most: 0,
                named: 7,
                kind: "cover".to_owned(),
                reason: "It is not here.".to_owned(),
                count: 7,
                objects: (0..7)
                    .map(|n| import::LeftOutObject { id: n.to_string(), name: format!("Card {n}") })
                    .collect(),
            }],
            missing_comments: Some(import::MissingComments { count: 1, cards: Vec::new(), oldest: None }),
            notes: vec![import::Note::naming(import::NoteCode::Sentence, "A note.")],
            people: Vec::new(),
            new_people: 0,
            files: 0,
            project: "Test Drive".to_owned(),
            key: Some("TD".to_owned()),
            project_created: false,
            space: "Delivery".to_owned(),
            space_created: false,
            dry_run: false,
            complete: true,
            seconds: 0.4,
        };
        let text = summary(Path::new("a.json"), &report);
        assert!(
            text.starts_with("a.json: 122 tasks are in the project Test Drive (TD) in Delivery. (0.4 s)\n"),
            "{text}"
        );
        assert!(text.contains("cards                      122             2\n"), "{text}");
        assert!(text.contains("1 comment is not in the export") && text.contains("and 2 more"), "{text}");
    }
}
