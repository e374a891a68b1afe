//! What a notice is about, read at the moment in which it is sent and as its member may read it
//! then: what they no longer see, or have done, is left out.

use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, MemberId, MemberState, members, settings, spaces, workspaces};
use store::{Context, Tx};
use topics::{
    TopicId,
    asks::{self, Ask},
    events::Event,
    notices::{self, Notice, NoticeKind, NoticeTopic},
    posts::{self, Post},
    topic::{self, Topic, TopicKind},
};

use crate::{Result, words::Words};

/// How many asks and threads are told of; the inbox has the rest.
const MOST: usize = 50;
/// How many posts of a thread are looked at for its last words.
const LAST_POSTS: u32 = 20;
/// The longest excerpt, in characters.
const LONGEST_EXCERPT: usize = 1200;

/// Somebody who is told, and in which words.
pub(crate) struct Reader {
    /// They.
    pub actor: Actor,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// Their language and time.
    pub words: Words,
    /// The name of their workspace.
    pub workspace: String,
}

/// All that is still to be said.
#[derive(Default)]
pub(crate) struct News {
    /// The one that is due first at the front.
    pub asks: Vec<AskNews>,
    /// In the order of the notice.
    pub threads: Vec<ThreadNews>,
}

/// One ask.
pub(crate) struct AskNews {
    pub ask: Ask,
    pub thread: Thread,
    /// What people call the asker.
    pub asker: String,
    /// The same of the asked person, or the name of the group.
    pub asked: String,
    /// The post that carries it.
    pub post: Option<Written>,
}

/// New posts of a thread.
pub(crate) struct ThreadNews {
    pub thread: Thread,
    /// How many, by others.
    pub count: i64,
    /// The last of them.
    pub last: Option<Written>,
    /// Instead of posts: when what is to be done there is due.
    pub due_at: Option<Timestamp>,
}

/// A thread as a mail names it.
pub(crate) struct Thread {
    pub id: TopicId,
    pub title: String,
    /// Its space; none when it is direct.
    pub space: Option<String>,
    /// Its address: a path of the site.
    pub path: String,
}

/// What somebody wrote, or did.
pub(crate) struct Written {
    pub name: String,
    pub text: String,
    /// What the post says they did; what they wrote is a note then.
    pub did: Option<Did>,
}

/// What somebody did.
pub(crate) struct Did {
    /// In product words.
    pub verb: String,
    /// To whom: what people call them, and whether that is the reader.
    pub to: Option<(String, bool)>,
}

impl News {
    pub(crate) fn is_empty(&self) -> bool {
        self.asks.is_empty() && self.threads.is_empty()
    }
}

/// Who a member is, as somebody to be told; none when they are no longer here.
pub(crate) async fn reader(
    tx: &Tx,
    context: &Context,
    workspace: people::WorkspaceId,
    member: MemberId,
) -> Result<Option<Reader>> {
    let now = context.clock.now();
    let card = match members::read(tx, workspace, member, now).await {
        Ok(card) if card.state == MemberState::Active => card,
        Ok(_) | Err(people::Error::Refused(Refusal::NotFound { .. })) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let actor =
        Actor { workspace, member, role: card.role, at: now, operation: None, ids: context.ids.clone() };
    let settings = settings::of(tx, workspace, member).await?;
    Ok(Some(Reader {
        actor,
        email: members::email_of(tx, workspace, member).await?,
        words: Words::new(&settings, card.schedule.zone.as_deref(), now),
        workspace: workspaces::read(tx, workspace).await?.name,
    }))
}

/// What of a notice is still to be said.
pub(crate) async fn of(tx: &Tx, actor: &Actor, notice: &Notice) -> Result<News> {
    let left = notices::still_to_say(tx, notice).await?;
    let mut news = News::default();
    for id in left.asks.into_iter().take(MOST) {
        if let Some((topic, ask)) = seen(asks::see(tx, actor, id).await)? {
            news.asks.push(ask_news(tx, actor, topic, ask).await?);
        }
    }
    // The ask says it all.
    let told = |topic: TopicId| news.asks.iter().any(|ask| ask.thread.id == topic);
    let rest: Vec<_> = left.topics.into_iter().filter(|named| !told(named.id)).take(MOST).collect();
    for named in rest {
        if let Some(topic) = seen(topic::see(tx, actor, named.id).await)? {
            news.threads.extend(thread_news(tx, actor, &topic, &named).await?);
        }
    }
    Ok(news)
}

/// None when it does not exist for them any more.
fn seen<T>(read: topics::Result<T>) -> Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(topics::Error::Refused(Refusal::NotFound { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn ask_news(tx: &Tx, actor: &Actor, topic: Topic, ask: Ask) -> Result<AskNews> {
    let asked = match (ask.asked, ask.group) {
        (Some(asked), _) => name_of(tx, actor, asked).await?,
        (None, Some(group)) => people::groups::find(tx, actor.workspace, group)
            .await?
            .map(|group| group.name)
            .unwrap_or_default(),
        (None, None) => String::new(),
    };
    let post = match ask.post {
        Some(post) => seen(posts::see(tx, actor, post).await)?,
        None => None,
    };
    let post = match post {
        Some((_, post)) => written(tx, actor, &post).await?,
        None => None,
    };
    let no = ask.no;
    Ok(AskNews {
        asker: name_of(tx, actor, ask.asker).await?,
        thread: thread(tx, actor, &topic, no).await?,
        asked,
        post,
        ask,
    })
}

async fn thread_news(
    tx: &Tx,
    actor: &Actor,
    topic: &Topic,
    named: &NoticeTopic,
) -> Result<Option<ThreadNews>> {
    if named.due_at.is_some() {
        let thread = thread(tx, actor, topic, None).await?;
        return Ok(Some(ThreadNews { thread, count: 0, last: None, due_at: named.due_at }));
    }
    let first = named.from_no.max(named.to_no - i64::from(LAST_POSTS) + 1);
    let mut new = posts::range(tx, actor, named.id, first, named.to_no, LAST_POSTS).await?;
    new.retain(|post| post.author != actor.member && post.deleted_at.is_none());
    let Some(last) = new.last() else { return Ok(None) };
    let before = first - named.from_no;
    Ok(Some(ThreadNews {
        thread: thread(tx, actor, topic, new.first().map(|post| post.no)).await?,
        count: before + i64::try_from(new.len()).unwrap_or(0),
        last: written(tx, actor, last).await?,
        due_at: None,
    }))
}

async fn thread(tx: &Tx, actor: &Actor, topic: &Topic, no: Option<i64>) -> Result<Thread> {
    let space = match topic.space {
        Some(space) => Some(spaces::read(tx, actor.workspace, space).await?.name),
        None => None,
    };
    Ok(Thread { id: topic.id, title: topic.title.clone(), space, path: path(topic, no) })
}

/// Where a thread is, at one of its posts.
fn path(topic: &Topic, no: Option<i64>) -> String {
    let tail = kernel::slug(&topic.title);
    let anchor = no.map(|no| format!("#post-{no}")).unwrap_or_default();
    if topic.kind == TopicKind::Task {
        return format!("/task/{}{anchor}", topic.code);
    }
    // Letters of every script may stand in a title, and only ASCII in an address.
    let encoded: String =
        if tail.is_ascii() { tail } else { url::form_urlencoded::byte_serialize(tail.as_bytes()).collect() };
    let hyphen = if encoded.is_empty() { "" } else { "-" };
    format!("/thread/{}{hyphen}{encoded}{anchor}", topic.code)
}

async fn written(tx: &Tx, actor: &Actor, post: &Post) -> Result<Option<Written>> {
    if post.deleted_at.is_some() {
        return Ok(None);
    }
    let did = match &post.event {
        Some(event) => Some(did(tx, actor, event).await?),
        None => None,
    };
    Ok(Some(Written { name: name_of(tx, actor, post.author).await?, text: readable(&post.source), did }))
}

async fn did(tx: &Tx, actor: &Actor, event: &Event) -> Result<Did> {
    let to = match event.to {
        Some(to) => Some((name_of(tx, actor, to).await?, to == actor.member)),
        None => None,
    };
    Ok(Did { verb: event.verb.clone(), to })
}

async fn name_of(tx: &Tx, actor: &Actor, member: MemberId) -> Result<String> {
    Ok(members::read(tx, actor.workspace, member, actor.at).await?.short_name)
}

/// Markdown reads well as it is, but for mentions: `@[Yuki](mem_…)` becomes `@Yuki`.
fn readable(source: &str) -> String {
    let mut text = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("@[") {
        text.push_str(before);
        text.push('@');
        rest = after;
        let Some((name, target)) = after.split_once("](") else {
            text.push('[');
            continue;
        };
        if let Some((id, after)) = target.split_once(')')
            && (id.starts_with("mem_") || id.starts_with("grp_"))
        {
            text.push_str(name);
            rest = after;
        } else {
            text.push('[');
        }
    }
    text.push_str(rest);
    shortened(text.trim(), LONGEST_EXCERPT)
}

/// At most so many characters, cut between words where there are some.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    let end = cut.rfind(char::is_whitespace).filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end())
}

/// Whether this is a moment at which things may reach the member; else the next one: the next
/// delivery, or for what cannot wait so long their next working time. An urgent notice does not ask.
pub(crate) async fn may_arrive(tx: &Tx, notice: &Notice, now: Timestamp) -> Result<Moment> {
    if notice.kind == NoticeKind::Urgent {
        return Ok(Moment::Now);
    }
    let receiver = people::delivery::receiver_of(tx, notice.workspace, notice.member, now).await?;
    if receiver.schedule().is_none() || receiver.at_once(now).is_some_and(|at| at <= now) {
        return Ok(Moment::Now);
    }
    let next = match notice.kind {
        NoticeKind::Ask | NoticeKind::Reply | NoticeKind::Reminder => receiver.at_once(now),
        _ => receiver.next_delivery(now),
    };
    Ok(next.map_or(Moment::Never, Moment::At))
}

/// When something may leave for a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Now,
    At(Timestamp),
    /// They never work: it is in their inbox.
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_read_as_names() {
        assert_eq!(readable("Ask @[Yuki](mem_01h) and @[Design](grp_01h)."), "Ask @Yuki and @Design.");
        assert_eq!(readable("me@[home](https://a) and @[x"), "me@[home](https://a) and @[x");
        assert_eq!(readable("@@[A](mem_1)"), "@@A");
        assert_eq!(readable(""), "");
    }

    #[test]
    fn long_words_are_cut_between_words() {
        assert_eq!(shortened("one two three", 9), "one two…");
        assert_eq!(shortened("onetwothree", 4), "onet…");
        assert_eq!(shortened("short", 5), "short");
        assert_eq!(shortened("日本語のテキスト", 4), "日本語の…");
    }
}
