//! Texts of other tools as they may stand here: lines cut to their room, links that cannot run anything.

use url::Url;

/// One clean line, cut where it is too long; none when nothing is left.
pub(super) fn line(text: &str, most: usize) -> Option<String> {
    let cut: String = text.chars().take(4 * most).collect();
    let clean = kernel::clean_line("line", &cut, 4 * most).ok()?;
    Some(topics::markdown::snippet(&clean, most))
}

/// Clean lines of at most so many bytes, and the whole where that was cut.
pub(super) fn lines(text: &str, most: usize) -> (String, Option<String>) {
    let clean = kernel::clean_text("text", text, usize::MAX).unwrap_or_default();
    if clean.len() <= most {
        return (clean, None);
    }
    let end = clean.floor_char_boundary(most.saturating_sub('…'.len_utf8()));
    (format!("{}…", clean.get(..end).unwrap_or_default()), Some(clean))
}

/// A Markdown link to an address of the web; none where the address is no such thing (`javascript:`).
pub(super) fn link(name: &str, address: &str) -> Option<String> {
    let url =
        Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))?;
    let address = String::from(url).replace('<', "%3C").replace('>', "%3E");
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | ':' | '.' | '-' | '?' | '=' | '#' | '%');
    if name.trim() == address && address.chars().all(is_plain) {
        return Some(address);
    }
    Some(format!("[{}](<{address}>)", escaped(name)))
}

/// A text as Markdown shows it: nothing in it is understood.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_punctuation()
            && !matches!(c, ',' | ';' | '.' | '-' | '/' | '\'' | '"' | '?' | '%' | '=')
        {
            safe.push('\\');
        }
        safe.push(c);
    }
    safe
}

/// What is found between a beginning and the first character that cannot belong to it.
pub(super) fn replace_each(
    text: &str,
    beginning: &str,
    with: &dyn Fn(&str) -> Option<(usize, String)>,
) -> String {
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(beginning) {
        let (before, from) = rest.split_at(at);
        let after = from.get(beginning.len()..).unwrap_or_default();
        made.push_str(before);
        if let Some((taken, replacement)) = with(after) {
            made.push_str(&replacement);
            rest = after.get(taken..).unwrap_or_default();
        } else {
            made.push_str(beginning);
            rest = after;
        }
    }
    made.push_str(rest);
    made
}

/// The media type that a name says, for what browsers show; anything else is bytes.
pub(super) fn media_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "pdf" => "application/pdf",
        "txt" | "md" | "log" => "text/plain",
        "csv" => "text/csv",
        "zip" => "application/zip",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(link("A [b]", "https://x.example/a b").unwrap(), "[A \\[b\\]](<https://x.example/a%20b>)");
        for wrong in
            ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x", "", "JaVaScript:x"]
        {
            assert_eq!(link("A", wrong), None, "{wrong}");
        }
        let broken = link("x](javascript:alert(1))[y", "https://x.example/").unwrap();
        assert!(!topics::markdown::render(&broken, &|_| None).html.contains("javascript:alert(1)\""));
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_character() {
        assert_eq!(lines("añb", 3), ("…".to_owned(), Some("añb".to_owned())));
        assert_eq!(lines("añb", 4), ("añb".to_owned(), None));
        assert!(line(&"x".repeat(100_000), 200).unwrap().chars().count() <= 200);
    }

    #[test]
    fn each_is_replaced_once() {
        let made = replace_each("a c/12 c/x c/3", "c/", &|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0).then(|| (digits, format!("<{}>", &rest[..digits])))
        });
        assert_eq!(made, "a <12> c/x <3>");
    }
}
