//! The browsers that a member wants to be told on. Each gives an address at its push service and
//! a key of its own; both are the browser's to give up at any time.

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use jiff::Timestamp;
use kernel::Refusal;
use p256::PublicKey;
use people::{Actor, MemberId, WorkspaceId};
use serde::{Deserialize, Serialize};
use store::{Row, Tx, args, sql};
use url::Url;
use utoipa::ToSchema;

use super::encryption::Reader;
use crate::{Error, Result, SubscriptionId, outside::Outside};

/// The longest label, in characters.
const MOST_LABEL: usize = 80;
/// The most browsers of one member. One more ends the oldest: browsers forget without saying so.
const MOST: i64 = 20;

/// A browser to be told, as its Push API describes it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSubscription {
    /// Its id, made by the client. The same id again renews it.
    #[schema(value_type = String)]
    pub id: SubscriptionId,
    /// Its address at the push service.
    pub endpoint: String,
    /// Its public key: 65 bytes in base64url.
    pub p256dh: String,
    /// Its secret: 16 bytes in base64url.
    pub auth: String,
    /// What the person knows it by: "Firefox on Linux".
    pub label: String,
}

/// A browser that is told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Subscription {
    /// Its id.
    #[schema(value_type = String)]
    pub id: SubscriptionId,
    /// What the person knows it by.
    pub label: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When its push service last took something.
    #[schema(required)]
    pub last_ok_at: Option<Timestamp>,
    /// What is wrong with it at present.
    #[schema(required)]
    pub problem: Option<PushProblem>,
}

/// What is wrong with a browser's push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PushProblem {
    /// It did not answer, or was not well.
    Unreachable,
    /// It did not want what we sent: subscribing anew may help.
    Refused,
}

impl PushProblem {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
        }
    }

    fn read(text: &str) -> Result<Self> {
        match text {
            "unreachable" => Ok(Self::Unreachable),
            "refused" => Ok(Self::Refused),
            _ => Err(Error::Broken("the problem of a push")),
        }
    }
}

/// Where and for whom a push is encrypted.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub id: SubscriptionId,
    pub endpoint: Url,
    pub reader: Reader,
}

/// Keeps a browser of the actor, which from now on is nobody else's.
pub async fn keep(tx: &Tx, actor: &Actor, outside: &Outside, new: NewSubscription) -> Result<()> {
    let label = kernel::clean_line("label", &new.label, MOST_LABEL)?;
    let refuse = |failure: crate::outside::Failure| Refusal::invalid("endpoint", failure.to_string());
    outside.check(&new.endpoint).map_err(refuse)?;
    let key = decoded("p256dh", &new.p256dh, 65)?;
    PublicKey::from_sec1_bytes(&key)
        .map_err(|_| Refusal::invalid("p256dh", "is no point of the curve P-256"))?;
    let auth = decoded("auth", &new.auth, 16)?;
    // A browser has one address: whoever used it before has signed out there.
    tx.run(
        sql!(
            "DELETE FROM push_subscriptions
             WHERE endpoint = $1 AND NOT (workspace = $2 AND id = $3 AND member = $4)"
        ),
        args![new.endpoint, actor.workspace, new.id, actor.member],
    )
    .await?;
    let taken = tx.maybe(
        sql!("SELECT id FROM push_subscriptions WHERE workspace = $1 AND id = $2 AND member <> $3"),
        args![actor.workspace, new.id, actor.member],
    );
    if taken.await?.is_some() {
        return Err(Refusal::conflict("This id names another browser.").into());
    }
    tx.run(
        sql!(
            "INSERT INTO push_subscriptions (workspace, id, member, endpoint, p256dh, auth, label, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (workspace, id) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh,
                 auth = excluded.auth, label = excluded.label, problem = NULL"
        ),
        args![actor.workspace, new.id, actor.member, new.endpoint, key, auth, label, actor.at],
    )
    .await?;
    forget_the_oldest(tx, actor).await
}

async fn forget_the_oldest(tx: &Tx, actor: &Actor) -> Result<()> {
    tx.run(
        sql!(
            "DELETE FROM push_subscriptions WHERE workspace = $1 AND member = $2 AND id NOT IN (
                 SELECT id FROM push_subscriptions WHERE workspace = $1 AND member = $2
                 ORDER BY created_at DESC, id DESC LIMIT $3)"
        ),
        args![actor.workspace, actor.member, MOST],
    )
    .await?;
    Ok(())
}

fn decoded(field: &'static str, text: &str, length: usize) -> Result<Vec<u8>, Refusal> {
    // Browsers leave the padding out, libraries do not.
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let bytes = GeneralPurpose::new(&URL_SAFE, config).decode(text).ok();
    bytes.filter(|bytes| bytes.len() == length).ok_or_else(|| {
        Refusal::invalid_because(field, "cannot be read", format!("{length} bytes in base64url"))
    })
}

/// The actor's browsers, newest first.
pub async fn list(tx: &Tx, actor: &Actor) -> Result<Vec<Subscription>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, label, created_at, last_ok_at, problem FROM push_subscriptions
                 WHERE workspace = $1 AND member = $2 ORDER BY created_at DESC, id DESC"
            ),
            args![actor.workspace, actor.member],
        )
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Subscription> {
    let problem: Option<String> = row.get("problem")?;
    Ok(Subscription {
        id: row.get("id")?,
        label: row.get("label")?,
        created_at: row.get("created_at")?,
        last_ok_at: row.get("last_ok_at")?,
        problem: problem.as_deref().map(PushProblem::read).transpose()?,
    })
}

/// Ends one of the actor's own.
pub async fn end(tx: &Tx, actor: &Actor, id: SubscriptionId) -> Result<()> {
    let ended = tx
        .run(
            sql!("DELETE FROM push_subscriptions WHERE workspace = $1 AND member = $2 AND id = $3"),
            args![actor.workspace, actor.member, id],
        )
        .await?;
    if ended == 0 { Err(Refusal::not_found("browser").into()) } else { Ok(()) }
}

/// Forgets the browsers of those who have left.
pub async fn forget_leavers(tx: &Tx) -> store::Result<()> {
    tx.run(
        sql!(
            "DELETE FROM push_subscriptions WHERE NOT EXISTS (
                 SELECT 1 AS here FROM members m WHERE m.workspace = push_subscriptions.workspace
                 AND m.id = push_subscriptions.member AND m.state = 'active')"
        ),
        args![],
    )
    .await?;
    Ok(())
}

/// All of a member, to be sent to.
pub(super) async fn devices(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Vec<Device>> {
    let rows = tx
        .all(
            sql!(
                "SELECT id, endpoint, p256dh, auth FROM push_subscriptions
                 WHERE workspace = $1 AND member = $2 ORDER BY created_at, id"
            ),
            args![workspace, member],
        )
        .await?;
    rows.iter().map(device).collect()
}

fn device(row: &Row) -> Result<Device> {
    let broken = |_| Error::Broken("a browser's subscription");
    let (endpoint, key, auth): (String, Vec<u8>, Vec<u8>) =
        (row.get("endpoint")?, row.get("p256dh")?, row.get("auth")?);
    Ok(Device {
        id: row.get("id")?,
        endpoint: Url::parse(&endpoint).map_err(|_| Error::Broken("a browser's address"))?,
        reader: Reader {
            key: PublicKey::from_sec1_bytes(&key).map_err(|_| Error::Broken("a browser's key"))?,
            auth: auth.try_into().map_err(broken)?,
        },
    })
}

/// Its push service took something.
pub(super) async fn went_well(
    tx: &Tx,
    workspace: WorkspaceId,
    id: SubscriptionId,
    at: Timestamp,
) -> Result<()> {
    tx.run(
        sql!(
            "UPDATE push_subscriptions SET last_ok_at = $3, problem = NULL WHERE workspace = $1 AND id = $2"
        ),
        args![workspace, id, at],
    )
    .await?;
    Ok(())
}

/// Its push service did not.
pub(super) async fn went_wrong(
    tx: &Tx,
    workspace: WorkspaceId,
    id: SubscriptionId,
    problem: PushProblem,
) -> Result<()> {
    tx.run(
        sql!("UPDATE push_subscriptions SET problem = $3 WHERE workspace = $1 AND id = $2"),
        args![workspace, id, problem.as_str()],
    )
    .await?;
    Ok(())
}

/// The browser has given it up.
pub(super) async fn is_gone(tx: &Tx, workspace: WorkspaceId, id: SubscriptionId) -> Result<()> {
    tx.run(sql!("DELETE FROM push_subscriptions WHERE workspace = $1 AND id = $2"), args![workspace, id])
        .await?;
    Ok(())
}
