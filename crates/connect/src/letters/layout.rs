//! One letter in two forms. The HTML is plain: no pictures, no colours of its own, so that a dark
//! screen stays dark, and nothing that is fetched when it is opened.

use std::fmt::Write as _;

/// A letter before it has a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Letter {
    pub subject: String,
    blocks: Vec<Block>,
    end: Vec<Block>,
}

/// A piece of a letter, from top to bottom.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// The first sentence.
    Lead(String),
    Heading(String),
    Text(String),
    Small(String),
    /// Somebody's words.
    Quote {
        name: String,
        text: String,
    },
    /// A thing with a link and a line about it.
    Line {
        title: String,
        url: String,
        more: String,
    },
    /// What to do.
    Button {
        label: String,
        url: String,
    },
    /// Small links: words and address.
    Links(Vec<(String, String)>),
}

const BODY: &str =
    "margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif";
const COLUMN: &str = "max-width:36em;margin:0 auto";
const BUTTON: &str = "display:inline-block;padding:10px 18px;border:1px solid;border-radius:8px;\
    color:inherit;font-weight:600;text-decoration:none";
const QUOTE: &str =
    "margin:16px 0;padding:0 0 0 14px;border-left:3px solid;white-space:pre-wrap;overflow-wrap:anywhere";

impl Letter {
    pub(super) fn new(subject: String) -> Self {
        Self { subject, ..Self::default() }
    }

    pub(super) fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub(super) fn with_some(mut self, block: Option<Block>) -> Self {
        self.blocks.extend(block);
        self
    }

    /// What stands below everything.
    pub(super) fn with_end(self, end: Vec<Block>) -> Self {
        Self { end, ..self }
    }

    /// As plain text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.blocks.iter().for_each(|block| block.write_text(&mut text));
        if !self.end.is_empty() {
            // The mark by which mail programs know a signature.
            text.push_str("-- \n");
            self.end.iter().for_each(|block| block.write_text(&mut text));
        }
        format!("{}\n", text.trim_end())
    }

    /// As HTML, in this language.
    pub(super) fn html(&self, language: &str) -> String {
        let mut html = format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>{}</title>\n</head>\n\
             <body style=\"{BODY}\">\n<div style=\"{COLUMN}\">\n",
            escaped(&self.subject)
        );
        self.blocks.iter().for_each(|block| block.write_html(&mut html));
        if !self.end.is_empty() {
            html.push_str("<hr style=\"margin:28px 0 12px;border:0;border-top:1px solid;opacity:.3\">\n");
            self.end.iter().for_each(|block| block.write_html(&mut html));
        }
        html.push_str("</div>\n</body>\n</html>\n");
        html
    }
}

impl Block {
    fn write_text(&self, out: &mut String) {
        // Writing into a string does not fail.
        let _ = match self {
            Self::Lead(text) | Self::Text(text) | Self::Small(text) => write!(out, "{text}\n\n"),
            Self::Heading(text) => write!(out, "{text}\n{}\n\n", "-".repeat(text.chars().count())),
            Self::Quote { name, text } => {
                let quoted: Vec<String> = text.lines().map(|line| format!("> {line}")).collect();
                write!(out, "{name}:\n{}\n\n", quoted.join("\n"))
            }
            Self::Line { title, url, more } => write!(out, "* {title}\n  {more}\n  {url}\n\n"),
            Self::Button { label, url } => write!(out, "{label}: {url}\n\n"),
            Self::Links(links) => links.iter().try_for_each(|(label, url)| writeln!(out, "{label}: {url}")),
        };
    }

    fn write_html(&self, out: &mut String) {
        let _ = match self {
            Self::Lead(text) => {
                writeln!(out, "<h1 style=\"margin:0 0 12px;font-size:20px\">{}</h1>", escaped(text))
            }
            Self::Heading(text) => {
                writeln!(out, "<h2 style=\"margin:24px 0 8px;font-size:17px\">{}</h2>", escaped(text))
            }
            Self::Text(text) => writeln!(out, "<p style=\"margin:0 0 12px\">{}</p>", escaped(text)),
            Self::Small(text) => {
                writeln!(out, "<p style=\"margin:0 0 12px;font-size:14px;opacity:.75\">{}</p>", escaped(text))
            }
            Self::Quote { name, text } => {
                let (name, text) = (escaped(name), escaped(text));
                writeln!(out, "<blockquote style=\"{QUOTE}\"><strong>{name}</strong>\n{text}</blockquote>")
            }
            Self::Line { title, url, more } => {
                let (title, url, more) = (escaped(title), escaped(url), escaped(more));
                writeln!(
                    out,
                    "<p style=\"margin:0 0 14px\"><a href=\"{url}\" style=\"color:inherit;font-weight:600\">{title}</a>\
                     <br><span style=\"font-size:14px;opacity:.75\">{more}</span></p>"
                )
            }
            Self::Button { label, url } => {
                let (label, url) = (escaped(label), escaped(url));
                writeln!(
                    out,
                    "<p style=\"margin:20px 0\"><a href=\"{url}\" style=\"{BUTTON}\">{label}</a></p>"
                )
            }
            Self::Links(links) => {
                let links: Vec<String> = links
                    .iter()
                    .map(|(label, url)| {
                        format!("<a href=\"{}\" style=\"color:inherit\">{}</a>", escaped(url), escaped(label))
                    })
                    .collect();
                writeln!(out, "<p style=\"margin:0;font-size:14px;opacity:.75\">{}</p>", links.join(" · "))
            }
        };
    }
}

pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_people_write_is_html() {
        let letter = Letter::new("<b>A</b>".to_owned())
            .with(Block::Text("<script>alert(1)</script>".to_owned()))
            .with(Block::Quote { name: "\"Eve\"".to_owned(), text: "</blockquote><img src=x>".to_owned() })
            .with(Block::Line {
                title: "a & b".to_owned(),
                url: "https://a/?b&c".to_owned(),
                more: "'".to_owned(),
            });
        let html = letter.html("en");
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>"));
        assert!(html.contains("a &amp; b") && html.contains("https://a/?b&amp;c"));
        assert_eq!(html.matches("<blockquote").count(), html.matches("</blockquote").count());
    }

    #[test]
    fn the_text_reads_from_top_to_bottom() {
        let letter = Letter::new("S".to_owned())
            .with(Block::Lead("Yuki asks you to decide".to_owned()))
            .with(Block::Quote { name: "Yuki".to_owned(), text: "One\n\nTwo".to_owned() })
            .with(Block::Button { label: "Open".to_owned(), url: "https://a/b".to_owned() })
            .with_end(vec![
                Block::Small("Why".to_owned()),
                Block::Links(vec![("Stop".to_owned(), "https://a/s".to_owned())]),
            ]);
        assert_eq!(
            letter.text(),
            "Yuki asks you to decide\n\nYuki:\n> One\n> \n> Two\n\nOpen: https://a/b\n\n-- \nWhy\n\nStop: https://a/s\n"
        );
    }
}
