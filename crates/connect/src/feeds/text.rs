//! Writing iCalendar (RFC 5545): lines of at most 75 bytes, and text with its marks escaped.

/// The longest line, in bytes, without its end (3.1).
const LINE: usize = 75;

/// A calendar that is being written.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// A line whose value is written as it is.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    /// A line whose value is text (3.3.11).
    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.plain(name, &escaped(value));
    }

    /// All of it.
    pub(super) fn into_text(self) -> String {
        self.0
    }

    /// Continues on the next line, after a space, before the line is too long; never inside a letter.
    fn fold(&mut self, line: &str) {
        let mut used = 0;
        for letter in line.chars() {
            let length = letter.len_utf8();
            if used + length > LINE {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(letter);
            used += length;
        }
        self.0.push_str("\r\n");
    }
}

/// Text with its backslashes, commas, semicolons and line ends escaped, without other controls.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ',' | ';' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_between_letters() {
        let mut lines = Lines::default();
        let title = "運転手は".repeat(20);
        lines.text("SUMMARY", &title);
        let text = lines.into_text();
        assert!(text.ends_with("\r\n"));
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        assert!(text.split("\r\n").count() > 3);
        assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{title}\r\n"));
        let mut short = Lines::default();
        short.plain("A", &"b".repeat(LINE - 2));
        assert_eq!(short.into_text().matches("\r\n").count(), 1);
    }

    #[test]
    fn marks_are_escaped() {
        assert_eq!(escaped("a, b; c\\d\r\ne\u{7}"), "a\\, b\\; c\\\\d\\ne");
    }
}
