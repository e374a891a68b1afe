//! What a mail says, as text and as HTML, and the headers by which mail programs know what it is.
//! Nothing in it tells anybody that it was opened.

mod layout;

pub(crate) use layout::escaped;

use edge::App;
use kernel::Site;
use lettre::{
    Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};
use topics::notices::{Notice, NoticeKind};

use self::layout::{Block, Letter};
use crate::{
    Error, Result,
    news::{AskNews, News, Reader, ThreadNews, Written, shortened},
    settings::BadSetting,
    smtp,
    unsubscribe::{self, List},
};

/// The longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;
/// How many threads a mail at the start of the day tells of.
const MOST_THREADS: usize = 30;
/// How much of a thread's last words it quotes, in characters.
const LONGEST_LAST: usize = 240;

/// The mail of a notice.
pub(crate) async fn of(app: &App, notice: &Notice, reader: &Reader, news: &News) -> Result<Message> {
    let address = base(&app.site)?;
    let list = List::of(notice.kind);
    let stop = match list {
        Some(list) => {
            let (workspace, member) = (notice.workspace, notice.member);
            let token = unsubscribe::token(&app.context, workspace, member, list).await?;
            Some(format!("{address}/api/v1/unsubscribe/{token}"))
        }
        None => None,
    };
    let letter = match (notice.kind, news.asks.first()) {
        (NoticeKind::Reminder, None) => due(address, reader, news),
        (NoticeKind::Digest, _) | (_, None) => day(address, reader, news),
        (kind, Some(ask)) => asked(kind, address, reader, ask),
    };
    let letter = letter.with_end(ending(address, list, reader, stop.as_deref()));
    let thread = match (notice.kind, news.asks.first()) {
        (NoticeKind::Digest, _) | (_, None) => None,
        (_, Some(ask)) => Some(ask.thread.id.to_string()),
    };
    let envelope = Envelope { id: notice.id.to_string(), thread, stop };
    message(&app.site, reader, &letter, &envelope)
}

/// A mail that says that mail works.
pub(crate) fn test(app: &App, reader: &Reader) -> Result<Message> {
    let (title, text) = reader.words.test_mail();
    let letter = Letter::new(title.to_owned()).with(Block::Text(text.to_owned()));
    let id = format!("test-{}", app.context.ids.uuid().simple());
    message(&app.site, reader, &letter, &Envelope { id, thread: None, stop: None })
}

/// What mail programs need to know.
struct Envelope {
    /// Unique, and the same when the mail is sent once more.
    id: String,
    /// What it belongs to.
    thread: Option<String>,
    /// Where these mails end with one click.
    stop: Option<String>,
}

fn message(site: &Site, reader: &Reader, letter: &Letter, envelope: &Envelope) -> Result<Message> {
    let server = site.mail.as_ref().ok_or(Error::Broken("the settings of mail"))?;
    let host = smtp::hello(base(site)?);
    let email = reader.email.as_deref().ok_or(Error::Broken("a member's address"))?;
    let to = email.parse().map_err(|_| Error::Broken("a member's address"))?;
    let from = smtp::sender(server).map_err(|_: BadSetting| Error::Broken("the sender of mail"))?;
    let mut builder = Message::builder()
        .message_id(Some(format!("<{}@{host}>", envelope.id)))
        .date(reader.actor.at.into())
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(shortened(&letter.subject, LONGEST_SUBJECT));
    if let Some(thread) = &envelope.thread {
        let thread = format!("<{thread}@{host}>");
        builder = builder.in_reply_to(thread.clone()).references(thread);
    }
    let parts = MultiPart::alternative_plain_html(letter.text(), letter.html(reader.words.tag()));
    let mut message = builder.multipart(parts).map_err(|_| Error::Broken("a mail"))?;
    for (name, value) in fixed_headers(envelope.stop.as_deref()) {
        // Already ASCII and short enough: an address must not be broken over lines.
        let value = HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value);
        message.headers_mut().insert_raw(value);
    }
    Ok(message)
}

fn fixed_headers(stop: Option<&str>) -> Vec<(HeaderName, String)> {
    let name = HeaderName::new_from_ascii_str;
    let mut headers = vec![
        (name("Auto-Submitted"), "auto-generated".to_owned()),
        (name("X-Auto-Response-Suppress"), "All".to_owned()),
    ];
    if let Some(stop) = stop {
        headers.push((name("List-Unsubscribe"), format!("<{stop}>")));
        headers.push((name("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click".to_owned()));
    }
    headers
}

fn base(site: &Site) -> Result<&str> {
    site.address.as_deref().ok_or(Error::Broken("the address of the site"))
}

// ------------------------------------------------------------------ what they say

/// A mail about one ask.
fn asked(kind: NoticeKind, address: &str, reader: &Reader, news: &AskNews) -> Letter {
    let (words, AskNews { ask, thread, asker, asked, post }) = (&reader.words, news);
    let due = ask.expected_at();
    let (title, then) = match kind {
        NoticeKind::Reminder => (words.needs(ask.kind, asker), words.by(due)),
        NoticeKind::Late => {
            let title =
                if ask.asked.is_some() { words.no_reply_from(asked) } else { words.nobody_took_it(asked) };
            let was = due.map(|due| words.was_for(due)).unwrap_or_default();
            (title, format!("{was} {}", words.late_choices()).trim().to_owned())
        }
        NoticeKind::Moved => (words.moved().to_owned(), words.moved_from_to(ask.due_before, ask.due_at)),
        NoticeKind::Reply => (words.answered(asked), String::new()),
        NoticeKind::Urgent => {
            let why = ask.urgent.as_ref().map(|urgent| words.because(&urgent.reason, &urgent.cost));
            (words.urgent(&words.asks_you(ask.kind, asker)), why.unwrap_or_default())
        }
        NoticeKind::Ask | NoticeKind::Delivery | NoticeKind::Digest => {
            let title = if ask.asked == Some(reader.actor.member) {
                words.asks_you(ask.kind, asker)
            } else {
                words.asks_group(asker, asked)
            };
            (title, words.by(due))
        }
    };
    Letter::new(format!("{title}: {}", ask.question))
        .with(Block::Lead(title))
        .with(Block::Text(ask.question.clone()))
        .with_some((!then.is_empty()).then_some(Block::Text(then)))
        .with_some(post.as_ref().filter(|post| post.text != ask.question).map(quote))
        .with(Block::Small(place(reader, &thread.title, thread.space.as_deref())))
        .with(Block::Button {
            label: words.open_thread().to_owned(),
            url: format!("{address}{}", thread.path),
        })
}

/// A mail about what is, or was, due.
fn due(address: &str, reader: &Reader, news: &News) -> Letter {
    let Some(ThreadNews { thread, due_at: Some(due_at), .. }) = news.threads.first() else {
        return day(address, reader, news);
    };
    Letter::new(thread.title.clone())
        .with(Block::Lead(thread.title.clone()))
        .with(Block::Text(reader.words.due(*due_at, reader.actor.at)))
        .with_some(thread.space.clone().map(Block::Small))
        .with(Block::Button {
            label: reader.words.open_thread().to_owned(),
            url: format!("{address}{}", thread.path),
        })
}

fn quote(post: &Written) -> Block {
    Block::Quote { name: post.name.clone(), text: post.text.clone() }
}

fn place(reader: &Reader, title: &str, space: Option<&str>) -> String {
    match space {
        Some(space) => reader.words.in_space(title, space),
        None => title.to_owned(),
    }
}

/// The mail at the start of the day: asks first, then threads.
fn day(address: &str, reader: &Reader, news: &News) -> Letter {
    let words = &reader.words;
    let mut letter = Letter::new(words.your_day(news.asks.len(), news.threads.len()));
    if !news.asks.is_empty() {
        letter = letter.with(Block::Heading(words.waiting_for_you().to_owned()));
    }
    for ask in &news.asks {
        letter = letter.with(ask_line(address, reader, ask));
    }
    if !news.threads.is_empty() {
        letter = letter.with(Block::Heading(words.for_you_to_read().to_owned()));
    }
    for thread in news.threads.iter().take(MOST_THREADS) {
        letter = letter.with(thread_line(address, reader, thread));
    }
    letter.with(Block::Button { label: words.open_inbox().to_owned(), url: format!("{address}/inbox") })
}

fn ask_line(address: &str, reader: &Reader, news: &AskNews) -> Block {
    let AskNews { ask, thread, asker, asked, .. } = news;
    let words = &reader.words;
    let who = if ask.asked == Some(reader.actor.member) {
        words.asks_you(ask.kind, asker)
    } else if ask.asker == reader.actor.member {
        words.no_reply_from(asked)
    } else {
        words.asks_group(asker, asked)
    };
    let due = match ask.expected_at() {
        Some(due) => words.due(due, reader.actor.at),
        None => words.by(None),
    };
    Block::Line {
        title: ask.question.clone(),
        url: format!("{address}{}", thread.path),
        more: format!("{who}. {due}"),
    }
}

fn thread_line(address: &str, reader: &Reader, news: &ThreadNews) -> Block {
    let (words, thread) = (&reader.words, &news.thread);
    let mut more = vec![match news.due_at {
        Some(due_at) => words.due(due_at, reader.actor.at),
        None => words.new_posts(news.count),
    }];
    more.extend(thread.space.clone());
    if let Some(last) = &news.last {
        let text = last.text.split_whitespace().collect::<Vec<_>>().join(" ");
        more.push(words.says(last, &shortened(&text, LONGEST_LAST)));
    }
    Block::Line {
        title: thread.title.clone(),
        url: format!("{address}{}", thread.path),
        more: more.join(" · "),
    }
}

/// Why it came, and how it ends.
fn ending(address: &str, list: Option<List>, reader: &Reader, stop: Option<&str>) -> Vec<Block> {
    let words = &reader.words;
    let why = match list {
        Some(List::Days) => words.mails_for_days(&reader.workspace),
        Some(List::Asks) => words.mails_for_asks(&reader.workspace),
        None => words.mails_when_urgent(&reader.workspace),
    };
    let settings = format!("{address}/settings/notifications");
    let mut links = vec![(words.choose_mails().to_owned(), settings)];
    if let Some(stop) = stop {
        links.insert(0, (words.stop_these_mails().to_owned(), stop.to_owned()));
    }
    vec![Block::Small(why), Block::Links(links)]
}
