//! Ending mails with one click, without signing in (RFC 8058). The link in a mail holds who reads
//! it and which mails it is about, signed by a secret of this server; it can do nothing else.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use kernel::Refusal;
use people::{
    Actor, MemberId, WorkspaceId,
    delivery::{DeliveryPatch, EmailPatch},
};
use ring::hmac;
use store::{Context, Tx};
use topics::notices::NoticeKind;
use uuid::Uuid;

use crate::{
    Result,
    letters::escaped,
    news::{self, Reader},
    secrets,
};

/// How much of the signature a link carries, in bytes.
const SIGNATURE: usize = 16;

/// Mails that can be ended together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// One mail for each ask, and what follows from it.
    Asks,
    /// One at the start of the day.
    Days,
}

impl List {
    /// The list of a notice; none for what always comes.
    pub fn of(kind: NoticeKind) -> Option<Self> {
        match kind {
            NoticeKind::Urgent => None,
            NoticeKind::Digest => Some(Self::Days),
            NoticeKind::Ask
            | NoticeKind::Delivery
            | NoticeKind::Late
            | NoticeKind::Moved
            | NoticeKind::Reminder
            | NoticeKind::Reply => Some(Self::Asks),
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Asks => b'a',
            Self::Days => b'd',
        }
    }

    const fn read(byte: u8) -> Option<Self> {
        match byte {
            b'a' => Some(Self::Asks),
            b'd' => Some(Self::Days),
            _ => None,
        }
    }
}

/// Whom a link is for, and what it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Claim {
    workspace: WorkspaceId,
    member: MemberId,
    list: List,
}

/// The end of the address of a link.
pub async fn token(
    context: &Context,
    workspace: WorkspaceId,
    member: MemberId,
    list: List,
) -> Result<String> {
    Ok(sign(&key(context).await?, Claim { workspace, member, list }))
}

async fn key(context: &Context) -> Result<hmac::Key> {
    let secret = secrets::keep(context, "unsubscribe", context.ids.bytes::<32>().to_vec()).await?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &secret))
}

fn sign(key: &hmac::Key, claim: Claim) -> String {
    let said =
        [&claim.workspace.uuid().into_bytes()[..], &claim.member.uuid().into_bytes(), &[claim.list.byte()]]
            .concat();
    let signature = hmac::sign(key, &said);
    let signature = signature.as_ref().iter().take(SIGNATURE).copied();
    BASE64.encode(said.into_iter().chain(signature).collect::<Vec<u8>>())
}

/// What a link says, if it is one of ours.
fn read(key: &hmac::Key, token: &str) -> Option<Claim> {
    let bytes: [u8; 33 + SIGNATURE] = BASE64.decode(token).ok()?.try_into().ok()?;
    let (workspace, rest) = bytes.split_first_chunk::<16>()?;
    let (member, rest) = rest.split_first_chunk::<16>()?;
    let claim = Claim {
        workspace: WorkspaceId::from_uuid(Uuid::from_bytes(*workspace)),
        member: MemberId::from_uuid(Uuid::from_bytes(*member)),
        list: List::read(*rest.first()?)?,
    };
    // Compared through a second signature, so that how long it takes says nothing.
    let expected = sign(key, claim);
    let check = hmac::sign(key, expected.as_bytes());
    hmac::verify(key, token.as_bytes(), check.as_ref()).is_ok().then_some(claim)
}

/// Whose link this is, and what it ends.
pub(crate) struct Link {
    reader: Reader,
    list: List,
}

/// Reads a link. One that is not ours, or of somebody who has gone, names nothing.
pub(crate) async fn open(context: &Context, token: &str) -> Result<Link> {
    let nothing = || Refusal::not_found("link");
    let claim = read(&key(context).await?, token).ok_or_else(nothing)?;
    let inner = context.clone();
    let reader = context
        .db
        .read(move |tx| async move { news::reader(&tx, &inner, claim.workspace, claim.member).await })
        .await?;
    Ok(Link { reader: reader.ok_or_else(nothing)?, list: claim.list })
}

impl Link {
    /// Ends the mails, as the member would in their settings.
    pub(crate) async fn follow(&self, tx: &Tx, now: Timestamp) -> Result<()> {
        let email = match self.list {
            List::Asks => EmailPatch { asks: Some(false), digest: None },
            List::Days => EmailPatch { asks: None, digest: Some(false) },
        };
        let patch = DeliveryPatch { email: Some(email), ..DeliveryPatch::default() };
        let actor = Actor { at: now, ..self.reader.actor.clone() };
        Ok(topics::delivery::change(tx, &actor, patch).await?)
    }

    /// Asks once more: programs that look at every link in a mail must not end anything.
    pub(crate) fn question(&self) -> String {
        let words = &self.reader.words;
        let why = match self.list {
            List::Asks => words.mails_for_asks(&self.reader.workspace),
            List::Days => words.mails_for_days(&self.reader.workspace),
        };
        self.page(&format!(
            "<p>{}</p><form method=\"post\"><button>{}</button></form>",
            escaped(&why),
            escaped(words.stop_these_mails())
        ))
    }

    /// Says that it is done.
    pub(crate) fn answer(&self) -> String {
        let words = &self.reader.words;
        let said = match self.list {
            List::Asks => words.stopped_for_asks(),
            List::Days => words.stopped_for_days(),
        };
        self.page(&format!(
            "<p>{}</p><p><a href=\"/settings/notifications\">{}</a></p>",
            escaped(said),
            escaped(words.choose_mails())
        ))
    }

    fn page(&self, content: &str) -> String {
        let language = self.reader.words.tag();
        format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>Meridian</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
             <style>:root{{color-scheme:light dark}}body{{max-width:32em;margin:15vh auto;padding:0 1em;\
             font:1.1rem/1.5 system-ui,sans-serif}}button{{font:inherit;padding:.5em 1em}}</style></head>\
             <body><main><h1>Meridian</h1>{content}</main></body></html>"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_links_are_read() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let claim = Claim {
            workspace: WorkspaceId::from_uuid(Uuid::from_u128(1)),
            member: MemberId::from_uuid(Uuid::from_u128(2)),
            list: List::Days,
        };
        let token = sign(&key, claim);
        assert_eq!(read(&key, &token), Some(claim));
        assert_eq!(read(&hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]), &token), None);
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&key, std::str::from_utf8(&other).unwrap()), None, "{at}");
        }
        for nothing in ["", "a", &token[1..], &format!("{token}A")] {
            assert_eq!(read(&key, nothing), None);
        }
    }
}
