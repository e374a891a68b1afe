//! API tokens: how a program signs in as a member. The database keeps only the SHA-256.

use jiff::Timestamp;
use kernel::{Ids, Refusal};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, MemberId, Result, TokenId, WorkspaceId,
    sessions::{TOKEN_PREFIX, hash},
};

const MOST_LABEL: usize = 80;
const MOST_TOKENS: i64 = 100;

/// A token to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, at most 80 characters.
    pub label: String,
}

/// A token, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A token that was just made: its secret is told only now.
#[derive(Clone, Serialize, ToSchema)]
pub struct CreatedToken {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub label: String,
    /// For `Authorization: Bearer …`; begins with `mrd_`.
    pub secret: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Makes a token with which a program acts as this member, until it is revoked.
pub async fn create(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    label: &str,
    at: Timestamp,
    ids: &Ids,
) -> Result<CreatedToken> {
    let label = kernel::clean_line("label", label, MOST_LABEL)?;
    let count: i64 = tx
        .one(
            sql!("SELECT COUNT(*) AS tokens FROM tokens WHERE workspace = $1 AND member = $2"),
            args![workspace, member],
        )
        .await?
        .get("tokens")?;
    if count >= MOST_TOKENS {
        return Err(Refusal::conflict(format!("There are {MOST_TOKENS} tokens. Revoke some first."))
            .named("too_many_entries")
            .into());
    }
    let (id, secret) = (ids.make(), format!("{TOKEN_PREFIX}{}", ids.secret()));
    tx.run(
        sql!(
            "INSERT INTO tokens (workspace, id, member, secret_hash, label, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)"
        ),
        args![workspace, id, member, hash(&secret), label, at],
    )
    .await?;
    Ok(CreatedToken { id, label, secret, created_at: at })
}

/// The actor's tokens, newest first.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Token>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, label, created_at FROM tokens WHERE workspace = $1 AND member = $2
                 ORDER BY created_at DESC, id DESC"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Token { id: row.get("id")?, label: row.get("label")?, created_at: row.get("created_at")? })
        })
        .collect()
}

/// Takes one of the actor's own tokens away.
pub async fn revoke(tx: &Tx, actor: &Actor, token: TokenId) -> Result<()> {
    let revoked = tx
        .run(
            sql!("DELETE FROM tokens WHERE workspace = $1 AND member = $2 AND id = $3"),
            args![actor.workspace, actor.member, token],
        )
        .await?;
    if revoked == 0 { Err(Refusal::not_found("token").into()) } else { Ok(()) }
}
