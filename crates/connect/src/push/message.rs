//! What a browser shows of a notice.

use jiff::Timestamp;
use topics::notices::{Notice, NoticeKind};

use super::sending::Message;
use crate::{
    news::{AskNews, News, Reader, ThreadNews, shortened},
    words::Words,
};

/// The longest title and body, in characters: no screen shows more.
const LONGEST_TITLE: usize = 120;
const LONGEST_BODY: usize = 400;
/// How many titles a delivery names.
const NAMED: usize = 3;

/// A notice in the reader's words. It tells of one thing by itself, and of several by counting.
pub(super) fn of(notice: &Notice, reader: &Reader, news: &News) -> Message {
    let words = &reader.words;
    let (title, body, url, about) = match (news.asks.as_slice(), news.threads.as_slice()) {
        ([ask], []) => {
            let (title, body) = ask_says(notice.kind, words, reader, ask);
            (title, body, ask.thread.path.clone(), ask.ask.id.to_string())
        }
        ([], [thread]) => {
            let (title, body) = thread_says(words, thread, reader.actor.at);
            (title, body, thread.thread.path.clone(), thread.thread.id.to_string())
        }
        (asks, threads) => {
            let title = words.delivered(asks.len(), threads.len());
            let named = asks
                .iter()
                .map(|ask| &ask.ask.question)
                .chain(threads.iter().map(|thread| &thread.thread.title));
            let body = named.take(NAMED).map(String::as_str).collect::<Vec<_>>().join(" · ");
            (title, body, "/inbox".to_owned(), "delivery".to_owned())
        }
    };
    Message {
        title: shortened(&title, LONGEST_TITLE),
        body: shortened(&body, LONGEST_BODY),
        url,
        tag: about,
        kind: notice.kind.word().to_owned(),
        at: notice.at,
    }
}

/// That push works.
pub(super) fn test(reader: &Reader) -> Message {
    let (title, body) = reader.words.test_push();
    Message {
        title: title.to_owned(),
        body: body.to_owned(),
        url: "/settings/notifications".to_owned(),
        tag: "test".to_owned(),
        kind: "test".to_owned(),
        at: reader.actor.at,
    }
}

fn ask_says(kind: NoticeKind, words: &Words, reader: &Reader, news: &AskNews) -> (String, String) {
    let AskNews { ask, asker, asked, .. } = news;
    let (question, due) = (&ask.question, ask.expected_at());
    match kind {
        NoticeKind::Reminder => (words.needs(ask.kind, asker), format!("{question} {}", words.by(due))),
        NoticeKind::Late => {
            let title =
                if ask.asked.is_some() { words.no_reply_from(asked) } else { words.nobody_took_it(asked) };
            let was = due.map(|due| words.was_for(due)).unwrap_or_default();
            (title, format!("{question} {was} {}", words.late_choices()))
        }
        NoticeKind::Moved => (
            words.moved().to_owned(),
            format!("{question} {}", words.moved_from_to(ask.due_before, ask.due_at)),
        ),
        NoticeKind::Reply => (words.answered(asked), question.clone()),
        NoticeKind::Urgent => {
            let title = words.urgent(&words.asks_you(ask.kind, asker));
            let why = ask.urgent.as_ref().map(|urgent| words.because(&urgent.reason, &urgent.cost));
            (title, format!("{question} {}", why.unwrap_or_default()))
        }
        NoticeKind::Ask | NoticeKind::Delivery | NoticeKind::Digest => {
            let title = if ask.asked == Some(reader.actor.member) {
                words.asks_you(ask.kind, asker)
            } else {
                words.asks_group(asker, asked)
            };
            (title, format!("{question} {}", words.by(due)))
        }
    }
}

fn thread_says(words: &Words, news: &ThreadNews, now: Timestamp) -> (String, String) {
    if let Some(due_at) = news.due_at {
        return (news.thread.title.clone(), words.due(due_at, now));
    }
    let body = match &news.last {
        Some(last) if news.count == 1 => words.says(last, &last.text),
        Some(last) => format!("{} · {}", words.new_posts(news.count), words.says(last, &last.text)),
        None => words.new_posts(news.count),
    };
    (news.thread.title.clone(), body)
}
