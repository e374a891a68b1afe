//! Sessions: a browser that is signed in. The database keeps only the SHA-256 of the secret.

use axum::http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{Actor, MemberId, Result, Role, SessionId, WorkspaceId};

/// The name of the cookie.
pub const COOKIE: &str = "meridian_session";
/// How long a session lasts.
pub const LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What an API token begins with.
pub(crate) const TOKEN_PREFIX: &str = "mrd_";

/// A browser that is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What the browser called itself: `Firefox on Linux`.
    pub label: String,
    /// When the member signed in.
    pub created_at: Timestamp,
    /// When they have to sign in again.
    pub expires_at: Timestamp,
    /// Whether this is the session that asks.
    pub current: bool,
}

/// The proof that came with a request, as the database keeps it.
#[derive(Clone)]
pub(crate) enum Credential {
    Session([u8; 32]),
    Token([u8; 32]),
}

/// Whose proof it is.
pub(crate) struct Holder {
    pub workspace: WorkspaceId,
    pub member: MemberId,
    pub role: Role,
}

/// What the database keeps of a secret.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Credential {
    /// The token in `Authorization`, else the session's cookie.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        if let Some(token) = bearer {
            return token.starts_with(TOKEN_PREFIX).then(|| Self::Token(hash(token)));
        }
        cookie(headers).map(|secret| Self::Session(hash(secret)))
    }

    /// The active member who holds it, unless it has ended.
    pub(crate) async fn holder(&self, tx: &Tx, at: Timestamp) -> Result<Option<Holder>> {
        let row = match self {
            Self::Session(hash) => {
                tx.maybe(
                    sql!(
                        "SELECT m.workspace, m.id, m.role
                         FROM sessions s JOIN members m ON m.workspace = s.workspace AND m.id = s.member
                         WHERE s.secret_hash = $1 AND s.expires_at > $2 AND m.state = 'active'"
                    ),
                    args![hash, at],
                )
                .await?
            }
            Self::Token(hash) => {
                tx.maybe(
                    sql!(
                        "SELECT m.workspace, m.id, m.role
                         FROM tokens t JOIN members m ON m.workspace = t.workspace AND m.id = t.member
                         WHERE t.secret_hash = $1 AND m.state = 'active'"
                    ),
                    args![hash],
                )
                .await?
            }
        };
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Holder { workspace: row.get("workspace")?, member: row.get("id")?, role: row.get("role")? }))
    }

    /// The hash of the session's secret; none for a token.
    pub(crate) fn session(&self) -> Option<[u8; 32]> {
        match self {
            Self::Session(hash) => Some(*hash),
            Self::Token(_) => None,
        }
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE && !value.is_empty()).then_some(value))
}

/// Opens a session for 30 days and answers its secret, which is told only now. Forgets the
/// member's sessions that have ended.
pub async fn open(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    label: &str,
    at: Timestamp,
    ids: &kernel::Ids,
) -> Result<String> {
    tx.run(
        sql!("DELETE FROM sessions WHERE workspace = $1 AND member = $2 AND expires_at <= $3"),
        args![workspace, member, at],
    )
    .await?;
    let secret = ids.secret();
    tx.run(
        sql!(
            "INSERT INTO sessions (workspace, id, member, secret_hash, label, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)"
        ),
        args![workspace, ids.make::<crate::SessionKind>(), member, hash(&secret), label, at, at + LASTS],
    )
    .await?;
    Ok(secret)
}

/// The actor's sessions, newest first. `current` is the hash of the secret that asks.
pub(crate) async fn list(tx: &Tx, actor: &Actor, current: Option<[u8; 32]>) -> Result<Vec<Session>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, label, created_at, expires_at, secret_hash FROM sessions
                 WHERE workspace = $1 AND member = $2 AND expires_at > $3
                 ORDER BY created_at DESC, id DESC LIMIT 200"
            ),
            args![actor.workspace, actor.member, actor.at],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let kept: Vec<u8> = row.get("secret_hash")?;
            Ok(Session {
                id: row.get("id")?,
                label: row.get("label")?,
                created_at: row.get("created_at")?,
                expires_at: row.get("expires_at")?,
                current: current.is_some_and(|hash| hash.as_slice() == kept),
            })
        })
        .collect()
}

/// Ends one of the actor's own sessions.
pub async fn end(tx: &Tx, actor: &Actor, session: SessionId) -> Result<()> {
    let ended = tx
        .run(
            sql!("DELETE FROM sessions WHERE workspace = $1 AND member = $2 AND id = $3"),
            args![actor.workspace, actor.member, session],
        )
        .await?;
    if ended == 0 { Err(Refusal::not_found("session").into()) } else { Ok(()) }
}

/// Ends the session with this secret, if there is one: signing out.
pub(crate) async fn end_current(tx: &Tx, secret_hash: [u8; 32]) -> Result<()> {
    tx.run(sql!("DELETE FROM sessions WHERE secret_hash = $1"), args![secret_hash]).await?;
    Ok(())
}

/// Ends a member's sessions but the one with the secret `except`.
pub(crate) async fn end_others(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    except: Option<[u8; 32]>,
) -> Result<()> {
    let except = except.map_or_else(Vec::new, |hash| hash.to_vec());
    tx.run(
        sql!("DELETE FROM sessions WHERE workspace = $1 AND member = $2 AND secret_hash <> $3"),
        args![workspace, member, except],
    )
    .await?;
    Ok(())
}

/// Forgets the sessions of every workspace that ended before `now`.
pub async fn prune(tx: &Tx, now: Timestamp) -> Result<u64> {
    Ok(tx.run(sql!("DELETE FROM sessions WHERE expires_at <= $1"), args![now]).await?)
}

/// `Firefox on Linux`, from what the browser says of itself.
pub(crate) fn label(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "A program".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_browser_and_system() {
        let linux = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(label(linux), "Firefox on Linux");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1";
        assert_eq!(label(phone), "Safari on iPhone");
        assert_eq!(label("curl/8"), "A program");
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "a=1; meridian_session=abc; b=2".parse().unwrap());
        assert_eq!(cookie(&headers), Some("abc"));
        headers.insert(header::AUTHORIZATION, "Bearer other".parse().unwrap());
        assert!(Credential::of(&headers).is_none(), "a wrong bearer does not fall back to the cookie");
    }
}
