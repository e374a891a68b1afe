//! Signing in with e-mail and password. Hashing is slow on purpose, so it runs on its own threads
//! and never inside a transaction; an unknown e-mail costs as much as a known one.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use edge::{App, Rate};
use jiff::Timestamp;
use kernel::Refusal;
use serde::Deserialize;
use store::{Context, Tx, args, sql};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::{Actor, Error, MemberId, Result, WorkspaceId, members, sessions, workspaces};

const FEWEST: usize = 10;
const MOST: usize = 200;

/// Guesses at one person's password: 10 at once, then one a minute.
const PER_EMAIL: Rate = Rate { burst: 10, seconds_each: 60 };
/// Guesses from one address, where a whole office may be: 60 at once, then one every 5 seconds.
pub(crate) const PER_ADDRESS: Rate = Rate { burst: 60, seconds_each: 5 };

/// Each hash takes 19 MiB for a moment: this many at once.
static HASHERS: Semaphore = Semaphore::const_new(4);

/// Verified when there is no such member. Nobody has this password, and no answer is yes.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bWVyaWRpYW4gbm9ib2R5IQ$\
                      N9TwdEqNyIrRIAGItJWaXUisKZVIErk2il2NbwY8mxU";

/// What somebody types to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// Their e-mail.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The slug of the workspace; without it the oldest one that has an active member with this e-mail.
    #[serde(default)]
    pub workspace: Option<String>,
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password until now.
    pub current: String,
    /// The new one, 10 to 200 characters.
    pub new: String,
}

/// Somebody who has proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proved {
    /// Their workspace.
    pub workspace: WorkspaceId,
    /// Themselves.
    pub member: MemberId,
}

/// Whether e-mail and password belong together. Each try counts, by e-mail and by `address`; the
/// answer to a wrong password and to an unknown e-mail is the same, and takes as long.
pub async fn sign_in(app: &App, address: &str, credentials: Credentials) -> Result<Option<Proved>> {
    let now = app.context.clock.now();
    let email_key = members::email_key(&credentials.email);
    let by_email = format!("sign-in as {email_key}");
    app.limits.attempt(format!("from {address}"), PER_ADDRESS, now)?;
    app.limits.attempt(by_email.clone(), PER_EMAIL, now)?;
    if credentials.password.chars().count() > MOST {
        return Ok(None);
    }
    let workspace = credentials.workspace;
    let known = app
        .context
        .db
        .read(move |tx| async move { find(&tx, workspace.as_deref(), &email_key).await })
        .await?;
    let (proved, hash) = known.unzip();
    if !is_right(credentials.password, hash).await? {
        return Ok(None);
    }
    app.limits.forget(&by_email);
    Ok(proved)
}

async fn find(tx: &Tx, workspace: Option<&str>, email_key: &str) -> Result<Option<(Proved, String)>> {
    // Nobody is called so, and not every database takes it.
    if email_key.contains('\0') || workspace.is_some_and(|slug| slug.contains('\0')) {
        return Ok(None);
    }
    let row = tx
        .maybe(
            sql!(
                "SELECT m.workspace, m.id, m.password_hash
                 FROM members m JOIN workspaces w ON w.id = m.workspace
                 WHERE m.email_key = $1 AND m.state = 'active' AND ($2 = '' OR w.slug = $2)
                 ORDER BY w.created_at, w.id LIMIT 1"
            ),
            args![email_key, workspace.unwrap_or_default()],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let proved = Proved { workspace: row.get("workspace")?, member: row.get("id")? };
    Ok(Some((proved, row.get("password_hash")?)))
}

/// Changes the actor's own password and ends their other sessions. `session` is the hash of the
/// secret that asks.
pub async fn change_password(
    app: &App,
    actor: &Actor,
    session: Option<[u8; 32]>,
    passwords: NewPassword,
) -> Result<()> {
    check_password("new", &passwords.new)?;
    app.limits.attempt(format!("password of {}", actor.member), PER_EMAIL, actor.at)?;
    let (workspace, member) = (actor.workspace, actor.member);
    let kept: Option<String> =
        app.context.db.read(move |tx| async move { password_hash_of(&tx, workspace, member).await }).await?;
    if !is_right(passwords.current, kept.clone()).await? {
        return Err(Refusal::invalid("current", "is not your password").named("wrong_password").into());
    }
    let hash = hash_password(passwords.new).await?;
    app.context
        .db
        .write(move |tx| async move {
            replace_password(&tx, workspace, member, kept.as_deref(), &hash).await?;
            sessions::end_others(&tx, workspace, member, session).await
        })
        .await?;
    app.limits.forget(&format!("password of {member}"));
    Ok(())
}

async fn password_hash_of(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Option<String>> {
    let row = tx
        .maybe(
            sql!("SELECT password_hash FROM members WHERE workspace = $1 AND id = $2 AND state = 'active'"),
            args![workspace, member],
        )
        .await?;
    Ok(row.map(|row| row.get("password_hash")).transpose()?.flatten())
}

/// Only over the hash that was verified: another change at the same time, or a removal, wins.
async fn replace_password(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    verified: Option<&str>,
    hash: &str,
) -> Result<()> {
    let replaced = tx
        .run(
            sql!(
                "UPDATE members SET password_hash = $4
                 WHERE workspace = $1 AND id = $2 AND state = 'active' AND password_hash = $3"
            ),
            args![workspace, member, verified, hash],
        )
        .await?;
    if replaced == 1 {
        Ok(())
    } else {
        Err(Refusal::conflict("The password was changed at the same time. Try again.")
            .named("overtaken")
            .into())
    }
}

/// Sets a member's password without the one before: for whoever runs the server. Ends all of the
/// member's sessions.
pub async fn reset_password(
    context: &Context,
    workspace: WorkspaceId,
    member: MemberId,
    password: String,
) -> Result<()> {
    check_password("password", &password)?;
    let hash = hash_password(password).await?;
    context
        .db
        .write(move |tx| async move {
            let kept = password_hash_of(&tx, workspace, member).await?;
            if kept.is_none() {
                return Err(Refusal::not_found("member").into());
            }
            replace_password(&tx, workspace, member, kept.as_deref(), &hash).await?;
            sessions::end_others(&tx, workspace, member, None).await
        })
        .await?;
    Ok(())
}

/// Opens a session for somebody who has proved who they are; answers its secret.
pub async fn open_session(context: &Context, proved: Proved, label: String) -> Result<String> {
    let (at, ids) = (context.clock.now(), context.ids.clone());
    let opened = context
        .db
        .write(move |tx| async move { open_if_active(&tx, proved, &label, at, &ids).await })
        .await?;
    Ok(opened.value)
}

/// Whoever was removed in the meantime stays out.
async fn open_if_active(
    tx: &Tx,
    proved: Proved,
    label: &str,
    at: Timestamp,
    ids: &kernel::Ids,
) -> Result<String> {
    password_hash_of(tx, proved.workspace, proved.member).await?.ok_or(Refusal::SignedOut)?;
    sessions::open(tx, proved.workspace, proved.member, label, at, ids).await
}

/// Refuses passwords that are too short to keep anybody out, or too long to hash.
pub fn check_password(field: &str, password: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    let allowed = format!("{FEWEST} to {MOST} characters");
    if length < FEWEST {
        Err(Refusal::invalid_because(field, "is too short", allowed).named("too_short"))
    } else if length > MOST {
        Err(Refusal::invalid_because(field, "is too long", allowed).named("too_long"))
    } else {
        Ok(())
    }
}

/// The argon2id hash of a password, with a new salt. Never call this inside a transaction.
pub async fn hash_password(password: String) -> Result<String> {
    on_a_hasher(move || {
        let hash = Argon2::default().hash_password(password.as_bytes());
        hash.map(|hash| hash.to_string()).map_err(|error| Error::Hash(error.to_string()))
    })
    .await
}

/// Whether the password belongs to the hash. Without a hash it is never right, after the same work.
pub(crate) async fn is_right(password: String, hash: Option<String>) -> Result<bool> {
    on_a_hasher(move || {
        let matches = verify(&password, hash.as_deref().unwrap_or(NOBODY))?;
        Ok(matches && hash.is_some())
    })
    .await
}

fn verify(password: &str, hash: &str) -> Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|error| Error::Hash(error.to_string()))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(Error::Hash(error.to_string())),
    }
}

async fn on_a_hasher<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let _turn = HASHERS.acquire().await.map_err(|error| Error::Hash(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Hash(error.to_string()))?
}

/// The active member with this e-mail, in the workspace with this slug or the oldest: for the
/// command line.
pub async fn active_by_email(tx: &Tx, workspace: Option<&str>, email: &str) -> Result<Proved> {
    let workspace = workspaces::find(tx, workspace).await?.ok_or(Refusal::not_found("workspace"))?;
    let row = tx
        .maybe(
            sql!("SELECT id FROM members WHERE workspace = $1 AND email_key = $2 AND state = 'active'"),
            args![workspace, members::email_key(email)],
        )
        .await?
        .ok_or(Refusal::not_found("member"))?;
    Ok(Proved { workspace, member: row.get("id")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody = Argon2::default().hash_password(b"any").unwrap();
        assert_eq!((nobody.algorithm, nobody.version), (somebody.algorithm, somebody.version));
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
    }

    #[tokio::test]
    async fn an_unknown_member_is_verified_and_never_right() {
        let password = "the password that nobody has";
        assert!(verify(password, NOBODY).unwrap(), "the work is done on a real hash");
        assert!(!is_right(password.to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_is_right_for_its_password_alone() {
        let hash = hash_password("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(is_right("correct horse".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!is_right("correct horsf".to_owned(), Some(hash)).await.unwrap());
    }
}
