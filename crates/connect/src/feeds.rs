//! A member's own calendar: what they owe and when they are away, at a secret address that any
//! calendar program can read. Whoever has the address reads what the member may see, and can do
//! nothing else. It can be made anew, and then the one before opens nothing.

mod entries;
mod text;
mod zones;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use edge::{App, Rate};
use jiff::Timestamp;
use kernel::Refusal;
use people::{Actor, MemberId, WorkspaceId};
use ring::{digest, hmac};
use serde::Serialize;
use store::{Context, Tx, args, sql};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Error, Result, news, secrets};

/// How much of the signature an address carries, in bytes.
const SIGNATURE: usize = 16;
/// Calendar programs ask every few minutes at most.
const EACH: Rate = Rate { burst: 30, seconds_each: 20 };
/// What the file of a feed is called.
const ENDING: &str = ".ics";

/// A member's own calendar, as they see it in their settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Feed {
    /// Its path below the address of the site; null when there is none. Whoever has it reads it.
    #[schema(required = true)]
    pub path: Option<String>,
    /// When this address was made.
    #[schema(required = true)]
    pub made_at: Option<Timestamp>,
}

/// A calendar as it goes out.
#[derive(Debug, Clone)]
pub(crate) struct Calendar {
    /// iCalendar, RFC 5545.
    pub text: String,
    /// Names this text: another text has another.
    pub tag: String,
}

/// Whose address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Claim {
    workspace: WorkspaceId,
    member: MemberId,
    number: i64,
}

/// The actor's calendar.
pub(crate) async fn read(context: &Context, actor: &Actor) -> Result<Feed> {
    let (workspace, member) = (actor.workspace, actor.member);
    let found = context.db.read(move |tx| async move { newest(&tx, workspace, member).await }).await?;
    let Some((number, Some(made_at))) = found else { return Ok(Feed { path: None, made_at: None }) };
    let token = sign(&key(context).await?, Claim { workspace, member, number });
    Ok(Feed { path: Some(format!("/api/v1/feeds/{token}{ENDING}")), made_at: Some(made_at) })
}

/// Makes the actor's calendar, or another address for it: the one before opens nothing any more.
pub(crate) async fn renew(tx: &Tx, actor: &Actor) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO feeds (workspace, member, number, made_at) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (workspace, member) DO UPDATE SET number = feeds.number + 1, made_at = excluded.made_at"
        ),
        args![actor.workspace, actor.member, actor.at],
    )
    .await?;
    Ok(())
}

/// Takes the actor's calendar away: its address opens nothing any more.
pub(crate) async fn end(tx: &Tx, actor: &Actor) -> Result<()> {
    tx.run(
        sql!("UPDATE feeds SET made_at = NULL, number = number + 1 WHERE workspace = $1 AND member = $2"),
        args![actor.workspace, actor.member],
    )
    .await?;
    Ok(())
}

/// The calendar behind the last part of an address. One that is not ours, that was taken away or made
/// anew, or of somebody who has gone, opens nothing.
pub(crate) async fn open(app: &App, file: &str) -> Result<Calendar> {
    let nothing = || Refusal::not_found("calendar");
    let token = file.strip_suffix(ENDING).ok_or_else(nothing)?;
    let claim = parse(&key(&app.context).await?, token).ok_or_else(nothing)?;
    app.limits.attempt(format!("feed of {}", claim.member), EACH, app.context.clock.now())?;
    let (context, address) = (app.context.clone(), app.site.address.clone());
    let read = app.context.db.read(move |tx| async move {
        let Claim { workspace, member, number } = claim;
        let is_newest = newest(&tx, workspace, member).await?.is_some_and(|(newest, _)| newest == number);
        let reader = if is_newest { news::reader(&tx, &context, workspace, member).await? } else { None };
        match reader {
            Some(reader) => entries::calendar(&tx, &reader, address.as_deref()).await.map(Some),
            None => Ok::<_, Error>(None),
        }
    });
    let text = read.await?.ok_or_else(nothing)?;
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let tag = format!("\"{}\"", BASE64.encode(hash));
    Ok(Calendar { text, tag })
}

/// The number of the member's newest address, and since when it opens something.
async fn newest(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<Option<(i64, Option<Timestamp>)>> {
    let row = tx
        .maybe(
            sql!("SELECT number, made_at FROM feeds WHERE workspace = $1 AND member = $2"),
            args![workspace, member],
        )
        .await?;
    row.map(|row| Ok((row.get("number")?, row.get("made_at")?))).transpose()
}

async fn key(context: &Context) -> Result<hmac::Key> {
    let secret = secrets::keep(context, "feeds", context.ids.bytes::<32>().to_vec()).await?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &secret))
}

fn sign(key: &hmac::Key, claim: Claim) -> String {
    let said = [
        &claim.workspace.uuid().into_bytes()[..],
        &claim.member.uuid().into_bytes(),
        &claim.number.to_be_bytes(),
    ]
    .concat();
    let signature = hmac::sign(key, &said);
    let signature = signature.as_ref().iter().take(SIGNATURE).copied();
    BASE64.encode(said.into_iter().chain(signature).collect::<Vec<u8>>())
}

/// Whose address this is, if it is one of ours.
fn parse(key: &hmac::Key, token: &str) -> Option<Claim> {
    let bytes: [u8; 40 + SIGNATURE] = BASE64.decode(token).ok()?.try_into().ok()?;
    let (workspace, rest) = bytes.split_first_chunk::<16>()?;
    let (member, rest) = rest.split_first_chunk::<16>()?;
    let (number, _) = rest.split_first_chunk::<8>()?;
    let claim = Claim {
        workspace: WorkspaceId::from_uuid(Uuid::from_bytes(*workspace)),
        member: MemberId::from_uuid(Uuid::from_bytes(*member)),
        number: i64::from_be_bytes(*number),
    };
    // Compared through a second signature, so that how long it takes says nothing.
    let expected = sign(key, claim);
    let check = hmac::sign(key, expected.as_bytes());
    hmac::verify(key, token.as_bytes(), check.as_ref()).is_ok().then_some(claim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_addresses_are_read() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[7; 32]);
        let claim = Claim {
            workspace: WorkspaceId::from_uuid(Uuid::from_u128(1)),
            member: MemberId::from_uuid(Uuid::from_u128(2)),
            number: 3,
        };
        let token = sign(&key, claim);
        assert_eq!(parse(&key, &token), Some(claim));
        assert_eq!(parse(&hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]), &token), None);
        for at in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(parse(&key, std::str::from_utf8(&other).unwrap()), None, "{at}");
        }
        for nothing in ["", "a", &token[1..], &format!("{token}A")] {
            assert_eq!(parse(&key, nothing), None);
        }
    }
}
