//! What a reader sees of an imported plain text mail is what its writer wrote, character for character.
//!
//! The Markdown is read with the rules that posts are read with, and its visible text compared with the mail.

use std::fmt::Write as _;
use std::fs::File;
use std::path::PathBuf;

use comrak::nodes::{ListType, NodeValue};
use comrak::{Arena, Options, parse_document};
use connect::mail::mbox::Splitter;
use connect::mail::message::Message;
use connect::mail::{html, plain};
use proptest::prelude::*;

/// All visible characters of a Markdown text but spaces, and but those that also stand for structure.
fn visible(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.cjk_friendly_emphasis = true;
    let arena = Arena::new();
    let mut text = String::new();
    for node in parse_document(&arena, markdown, &options).descendants() {
        match &node.data().value {
            NodeValue::Text(literal) => text += literal,
            NodeValue::Code(code) => text += &code.literal,
            NodeValue::CodeBlock(block) => text += &block.literal,
            NodeValue::Item(item) if item.list_type == ListType::Bullet => {
                text.push(char::from(item.bullet_char));
            }
            NodeValue::Document
            | NodeValue::BlockQuote
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::Paragraph
            | NodeValue::SoftBreak
            | NodeValue::Link(_)
            | NodeValue::Escaped => {}
            other => drop(write!(text, "<<{other:?}>>")),
        }
    }
    comparable(&text)
}

/// Numbers of lists are counted anew by Markdown, and angle brackets are quotation or surround addresses.
fn comparable(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !"<>0123456789.)".contains(*c)).collect()
}

/// The marks above a signature are not part of it: `--`, and a long line of underscores.
fn without_signature_marks(text: &str) -> String {
    const LONG: usize = 30;
    let characters: Vec<char> = text.replace("--", "").chars().collect();
    let runs = characters.chunk_by(|a, b| a == b);
    runs.filter(|run| !(run.starts_with(&['_']) && run.len() >= LONG)).flatten().collect()
}

#[test]
fn every_mail_of_a_real_archive_reads_as_it_was_written() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/r-sig-hpc.mbox");
    let Ok(file) = File::open(path) else {
        println!("skipped: the archive r-sig-hpc.mbox is not here");
        return;
    };
    for entry in Splitter::new(std::io::BufReader::new(file)) {
        let entry = entry.unwrap();
        let message = Message::parse(&entry).unwrap();
        let text = std::str::from_utf8(entry.bytes.as_deref().unwrap()).unwrap();
        let body = text.split_once("\n\n").map_or("", |(_, body)| body);
        let signature = message.signature_markdown.unwrap_or_default();
        let shown = without_signature_marks(&(visible(&message.body_markdown) + &visible(&signature)));
        let written = without_signature_marks(&comparable(body));
        let difference = difference(&shown, &written);
        assert_eq!(difference, None, "{}", message.envelope.message_id);
    }
}

/// What each text goes on with where they begin to differ.
fn difference(a: &str, b: &str) -> Option<(String, String)> {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let from = |text: &str| text.chars().skip(same.saturating_sub(20)).take(60).collect::<String>();
    (a != b).then(|| (from(a), from(b)))
}

/// Lines made of what Markdown gives a meaning.
fn lines() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "*",
        "**",
        "_",
        "__",
        "`",
        "```",
        "~",
        "~~",
        "~~~",
        "#",
        "## ",
        "- ",
        "+ ",
        "* ",
        "1. ",
        "12) ",
        "1986. ",
        "---",
        "===",
        "|",
        "|-|-|",
        ":-",
        "[",
        "]",
        "(",
        ")",
        "[x] ",
        "[^1]",
        "[a]: ",
        "](",
        "!",
        "![",
        "<",
        ">",
        "</b>",
        "<!--",
        "<b ",
        "&amp;",
        "&",
        "&#65;",
        ";",
        "\\",
        "\\\\",
        " ",
        "  ",
        "   ",
        "    ",
        "\t",
        "word",
        "Two",
        "x_y",
        "é",
        "你",
        "https://x.example/",
        "www.x.example",
        "a@x.example",
        "<https://x.example/_a_>",
        "$",
        "@",
        "@[",
        "{",
        "}",
        "\n",
        "\n",
        "\n\n",
        "> ",
        "\n> ",
        "\n>> ",
    ]);
    prop::collection::vec(token, 0..14).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_text_is_never_read_as_markup(text in lines()) {
        let found = plain::to_markdown(&text);
        prop_assert_eq!(visible(&found.body), comparable(&text), "{:?}", found.body);
    }

    #[test]
    fn text_in_html_is_never_read_as_markup(text in lines()) {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\n', "<br>");
        let found = html::to_markdown(&format!("<p>{escaped}</p>"));
        prop_assert_eq!(visible(&found.body), comparable(&text), "{:?}", found.body);
    }
}
