//! Calendars of public holidays that members keep at an address.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use edge::App;
use encoding_rs::{Encoding, WINDOWS_1252};
use people::{MemberId, WorkspaceId, holidays};
use serde::Deserialize;

use crate::{
    Result,
    outside::{Outside, Request},
};

/// Whose calendar is to be read.
#[derive(Deserialize)]
pub(crate) struct Fetch {
    member: MemberId,
}

/// Reads a member's calendar anew. What goes wrong is for the member to see, with the days of
/// before; it is tried again with the next turn.
pub(crate) async fn fetch(app: &App, workspace: WorkspaceId, fetch: Fetch) -> Result<()> {
    let member = fetch.member;
    let address = app
        .context
        .db
        .read(move |tx| async move { holidays::address_of(&tx, workspace, member).await })
        .await?;
    let Some(address) = address else { return Ok(()) };
    let read = read(&Outside::new(&app.site.outbound), &address).await;
    let now = app.context.clock.now();
    let written = app.context.db.write(move |tx| async move {
        match read {
            Ok(text) => holidays::replace(&tx, workspace, member, &address, &text, now).await,
            Err(problem) => holidays::could_not_fetch(&tx, workspace, member, &address, &problem).await,
        }
    });
    written.await?;
    Ok(())
}

/// The text at an address, or what is wrong.
async fn read(outside: &Outside, address: &str) -> Result<String, String> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/calendar, text/plain;q=0.5"));
    let request = Request {
        method: Method::GET,
        address: address.to_owned(),
        headers,
        body: bytes::Bytes::new(),
        most: holidays::MOST_BYTES,
    };
    let answer = outside.send(request).await.map_err(|failure| failure.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("the address answered with {}", answer.status));
    }
    if !answer.is_whole {
        return Err(format!("the calendar is larger than {} bytes", holidays::MOST_BYTES));
    }
    let said = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    text_of(said, &answer.body).ok_or_else(|| "the calendar is not text".to_owned())
}

/// The text of a calendar. iCalendar is UTF-8 (RFC 5545, 3.1.4), and what can be read as that is
/// that, whatever the server says. Older programs write the character set that their server names,
/// or Windows-1252 without saying so. None for what is no text in any of them.
fn text_of(content_type: Option<&str>, bytes: &[u8]) -> Option<String> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return plain(encoding.decode_with_bom_removal(bytes).0.into_owned());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return plain(text.to_owned());
    }
    let named = content_type.and_then(charset).and_then(|name| Encoding::for_label(name.as_bytes()));
    let encoding = named.filter(|encoding| *encoding != encoding_rs::UTF_8).unwrap_or(WINDOWS_1252);
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    plain(text.into_owned())
}

/// No text has these: the zero byte, and the controls that stand where Windows-1252 has no letter.
fn plain(text: String) -> Option<String> {
    let strange = |c: char| matches!(c, '\0' | '\u{80}'..='\u{9f}' | char::REPLACEMENT_CHARACTER);
    (!text.contains(strange)).then_some(text)
}

/// The character set of a media type.
fn charset(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_read_in_the_letters_it_was_written_in() {
        let name = "SUMMARY:Corazón de Jesús";
        let latin = b"SUMMARY:Coraz\xf3n de Jes\xfas";
        assert_eq!(text_of(None, name.as_bytes()).as_deref(), Some(name));
        assert_eq!(text_of(None, latin).as_deref(), Some(name));
        for said in ["text/calendar; charset=ISO-8859-1", "text/calendar;charset=\"utf-8\"", "text/plain"] {
            assert_eq!(text_of(Some(said), latin).as_deref(), Some(name), "{said}");
            assert_eq!(text_of(Some(said), name.as_bytes()).as_deref(), Some(name), "{said}");
        }
        let polish = text_of(Some("text/calendar; Charset=iso-8859-2"), b"SUMMARY:\xa6wi\xeato");
        assert_eq!(polish.as_deref(), Some("SUMMARY:Święto"));
        let japanese = text_of(Some("text/calendar; charset=Shift_JIS"), b"SUMMARY:\x8c\xb3\x93\xfa");
        assert_eq!(japanese.as_deref(), Some("SUMMARY:元日"));
        assert_eq!(text_of(None, b"\xef\xbb\xbfSUMMARY:A").as_deref(), Some("SUMMARY:A"));
        assert_eq!(text_of(None, b"\xff\xfeA\0B\0").as_deref(), Some("AB"));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(text_of(None, b"PK\x03\x04\0\0\xff"), None);
        assert_eq!(text_of(None, b"SUMMARY:\x81"), None);
        assert_eq!(text_of(Some("text/calendar; charset=Shift_JIS"), b"SUMMARY:\x8c"), None);
    }
}
