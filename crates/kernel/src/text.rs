use crate::Refusal;

/// A slug that could not be made or read.
pub type SlugError = Refusal;

/// One line for people: trimmed, inner white space folded, no control or bidirectional-override
/// characters (they could make one name look like another), 1 to `most` characters of which one
/// at least can be seen.
pub fn clean_line(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    let line = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_hidden(*c))
        .collect::<String>()
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if !line.chars().any(is_seen) {
        return Err(
            Refusal::invalid_because(field, "is empty", format!("1 to {most} characters")).named("empty")
        );
    }
    if line.chars().count() > most {
        return Err(Refusal::invalid_because(field, "is too long", format!("1 to {most} characters"))
            .named("too_long"));
    }
    Ok(line)
}

/// Text of many lines: line ends become `\n`, NUL and other control characters are dropped,
/// outer blank lines are trimmed; at most `most` bytes. It may be empty.
pub fn clean_text(field: &str, text: &str, most: usize) -> Result<String, Refusal> {
    if text.len() > most {
        return Err(Refusal::invalid_because(field, "is too long", format!("at most {most} bytes of UTF-8"))
            .named("too_long"));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    Ok(text.trim_matches('\n').trim_end().to_owned())
}

/// Control, bidirectional override and isolate characters. Zero-width joiners stay: scripts and
/// emoji need them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a character leaves something to see: not a space, joiner, filler, blank or selector.
fn is_seen(c: char) -> bool {
    !c.is_whitespace()
        && !is_hidden(c)
        && !matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{200d}' | '\u{2061}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// The readable tail of an address: lower-case letters and digits of any script joined by
/// hyphens, at most 60 characters; `-` alone never, empty when nothing is left.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if slug.chars().count() >= 60 {
            break;
        }
        if c.is_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') && c != '\'' && c != '’' {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_trimmed_and_folded() {
        assert_eq!(clean_line("name", "  Minh\t\n Anh\u{202e} ", 80), Ok("Minh Anh".to_owned()));
        assert!(clean_line("name", " \u{200b} ", 80).is_err());
        assert!(clean_line("name", "\u{200d} \u{3164}\u{2800}", 80).is_err());
        assert_eq!(clean_line("name", "👩\u{200d}👩", 80), Ok("👩\u{200d}👩".to_owned()));
        assert!(clean_line("name", "abcd", 3).is_err());
    }

    #[test]
    fn slugs_are_readable() {
        assert_eq!(
            slug("Should drivers see their route, without a signal?"),
            "should-drivers-see-their-route-without-a-signal"
        );
        assert_eq!(slug("Decisión nº 3"), "decisión-nº-3");
        assert_eq!(slug("???"), "");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_more(text: String) {
            if let Ok(line) = clean_line("x", &text, 500) {
                prop_assert_eq!(clean_line("x", &line, 500), Ok(line.clone()));
            }
            if let Ok(clean) = clean_text("x", &text, 5_000) {
                prop_assert_eq!(clean_text("x", &clean, 5_000), Ok(clean.clone()));
            }
            prop_assert_eq!(slug(&slug(&text)), slug(&text));
        }
    }
}
