//! Bytes of a mail into text, whatever the label says.

use mail_parser::decoders::charsets::map::charset_decoder;

/// Decodes `bytes` that are labelled with the character set `label`.
///
/// Labels in mail are often wrong or missing, therefore: text that is valid UTF-8 is UTF-8 unless its label
/// names a multi-byte set that reads it without damage; without a usable label every byte that is not UTF-8 is
/// read as Windows-1252, which contains Latin-1. Never fails; damage becomes U+FFFD at worst.
pub fn decode(bytes: &[u8], label: Option<&str>) -> String {
    let family = Family::of(label);
    match (family, std::str::from_utf8(bytes)) {
        (Family::Unicode | Family::SingleByte, Ok(text)) => text.to_owned(),
        (Family::Unicode, Err(_)) => decode_mixed(bytes),
        (Family::MultiByte, Ok(text)) => decode_as(bytes, label)
            .filter(|decoded| !decoded.contains('\u{fffd}'))
            .unwrap_or_else(|| text.to_owned()),
        (Family::Stateful, _) | (Family::SingleByte | Family::MultiByte, Err(_)) => {
            decode_as(bytes, label).unwrap_or_else(|| decode_mixed(bytes))
        }
    }
}

/// How far a label can be believed.
#[derive(Clone, Copy)]
enum Family {
    /// UTF-8, ASCII, nothing, or a name nobody knows.
    Unicode,
    SingleByte,
    MultiByte,
    /// Written in ASCII bytes that mean something else (ISO-2022-JP, UTF-7), or in 16-bit units.
    Stateful,
}

impl Family {
    fn of(label: Option<&str>) -> Self {
        let label = label.unwrap_or_default().trim().to_ascii_lowercase();
        let starts = |names: &[&str]| names.iter().any(|name| label.starts_with(name));
        if label.is_empty() || starts(&["utf-8", "utf8", "us-ascii", "ascii", "ansi_x3", "unknown"]) {
            Self::Unicode
        } else if starts(&["iso-2022", "iso2022", "csiso2022", "utf-7", "utf7", "utf-16", "utf16", "hz"]) {
            Self::Stateful
        } else if starts(&[
            "big5", "cn-", "gb", "euc", "ks_c", "ksc", "shift", "sjis", "ms_kanji", "x-sjis", "cp936",
        ]) {
            Self::MultiByte
        } else if charset_decoder(label.as_bytes()).is_some() {
            Self::SingleByte
        } else {
            Self::Unicode
        }
    }
}

fn decode_as(bytes: &[u8], label: Option<&str>) -> Option<String> {
    charset_decoder(label?.trim().as_bytes()).map(|decoder| decoder(bytes))
}

/// UTF-8 where it is UTF-8, Windows-1252 for every other byte.
fn decode_mixed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            text.push_str(&decode_as(chunk.invalid(), Some("windows-1252")).unwrap_or_default());
        }
    }
    text
}

/// Line ends as `\n` only; no byte order mark and no control characters but tab and newline.
pub fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut characters = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\u{c}' | '\u{2028}' | '\u{2029}' => tidied.push('\n'),
            '\n' | '\t' => tidied.push(c),
            _ if c.is_control() => {}
            _ => tidied.push(c),
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_wrong_and_missing_labels() {
        for (bytes, label, expected) in [
            (b"M\xfcnchen".as_slice(), Some("iso-8859-1"), "München"),
            (b"M\xfcnchen", None, "München"),
            (b"M\xfcnchen", Some("utf-8"), "München"),
            (b"M\xfcnchen", Some("us-ascii"), "München"),
            (b"M\xfcnchen", Some("no-such-set"), "München"),
            ("München".as_bytes(), Some("iso-8859-1"), "München"),
            ("München".as_bytes(), None, "München"),
            (b"\x80 5", Some("iso-8859-1"), "€ 5"),
            (b"\xa4 5", Some("iso-8859-15"), "€ 5"),
            (b"\xf0\xd2\xc9\xd7\xc5\xd4", Some("koi8-r"), "Привет"),
            (b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), "Привет"),
            (b"\xc4\xe3\xba\xc3", Some("gb2312"), "你好"),
            (b"\x93\xfa\x96{", Some("shift_jis"), "日本"),
            (b"\x1b$BF|K\\\x1b(B", Some("iso-2022-jp"), "日本"),
            (b"\xb0\xa1", Some("euc-kr"), "가"),
            ("naïve \u{2013} ".as_bytes(), Some("windows-1252"), "naïve – "),
            (b"caf\xc3\xa9 and caf\xe9", Some("utf-8"), "café and café"),
        ] {
            assert_eq!(decode(bytes, label), expected, "{label:?} {bytes:?}");
        }
    }

    #[test]
    fn tidy_keeps_text_and_drops_control_characters() {
        assert_eq!(tidy("\u{feff}a\r\nb\rc\0\u{7}\td\u{85}"), "a\nb\nc\td");
    }
}
