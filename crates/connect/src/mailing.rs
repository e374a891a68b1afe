//! Mails on their way: each is tried until the mail server takes it or two days have passed, with
//! the same `Message-ID`, so that a server whose last answer was lost knows the second from the
//! first. How the server does is written down for those who run it.

use edge::App;
use jiff::{SignedDuration, Timestamp};
use kernel::{MailServer, Refusal};
use people::{Actor, WorkspaceId};
use serde::Serialize;
use store::{Context, NewJob, Tx, args, sql};
use topics::{
    NoticeId,
    notices::{self, Notice, NoticeKind, NoticeState},
};

use crate::{
    Result, letters,
    news::{self, Moment, News, Reader},
    smtp::{self, NotTaken},
    unsubscribe::List,
};

/// A mail that was not taken for so long is given up.
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(48);
/// The start of a day is over by then.
const DAY_IS_OVER_AFTER: SignedDuration = SignedDuration::from_hours(16);
/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_mins(1);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(2);
/// How long mails that were given up are spoken of.
const SPOKEN_OF: SignedDuration = SignedDuration::from_hours(7 * 24);

enum Step {
    Settle(Notice, NoticeState),
    Nothing,
    Wait(Timestamp),
    Send(Box<(Notice, Reader, News)>),
}

/// Sends the mail of a notice.
pub(crate) async fn send(app: &App, workspace: WorkspaceId, id: NoticeId) -> Result<()> {
    let (context, server) = (app.context.clone(), app.site.mail.clone());
    let configured = server.is_some();
    let step = app
        .context
        .db
        .read(move |tx| async move { step(&tx, &context, workspace, id, configured).await })
        .await?;
    match (step, server) {
        (Step::Nothing, _) => Ok(()),
        (Step::Wait(at), _) => again(app, workspace, id, at).await,
        (Step::Settle(notice, state), _) => settle(app, notice, state).await,
        (Step::Send(ready), Some(server)) => {
            let (notice, reader, news) = *ready;
            let mail = letters::of(app, &notice, &reader, &news).await?;
            let taken = hand_over(app, &server, &mail).await;
            note(app, notice, taken).await
        }
        (Step::Send(ready), None) => settle(app, ready.0, NoticeState::Unwanted).await,
    }
}

async fn step(
    tx: &Tx,
    context: &Context,
    workspace: WorkspaceId,
    id: NoticeId,
    configured: bool,
) -> Result<Step> {
    let now = context.clock.now();
    let Some(notice) = notices::read(tx, workspace, id).await? else { return Ok(Step::Nothing) };
    if notice.state != NoticeState::Waiting {
        return Ok(Step::Nothing);
    }
    let is_over = notice.kind == NoticeKind::Digest && now.duration_since(notice.at) > DAY_IS_OVER_AFTER;
    if !configured || is_over || !is_chosen(tx, &notice).await? {
        return Ok(Step::Settle(notice, NoticeState::Unwanted));
    }
    let reader = news::reader(tx, context, workspace, notice.member).await?;
    let Some(reader) = reader.filter(|reader| reader.email.is_some()) else {
        return Ok(Step::Settle(notice, NoticeState::Unwanted));
    };
    match news::may_arrive(tx, &notice, now).await? {
        Moment::Now => {}
        Moment::At(at) => return Ok(Step::Wait(at)),
        Moment::Never => return Ok(Step::Settle(notice, NoticeState::Unwanted)),
    }
    let news = news::of(tx, &reader.actor, &notice).await?;
    if news.is_empty() {
        return Ok(Step::Settle(notice, NoticeState::Unwanted));
    }
    Ok(Step::Send(Box::new((notice, reader, news))))
}

/// Whether the member still wants mails like this: they may have ended them since.
async fn is_chosen(tx: &Tx, notice: &Notice) -> Result<bool> {
    let email = people::delivery::settings(tx, notice.workspace, notice.member).await?.email;
    Ok(match List::of(notice.kind) {
        Some(List::Asks) => email.asks,
        Some(List::Days) => email.digest,
        None => true,
    })
}

async fn hand_over(app: &App, server: &MailServer, mail: &lettre::Message) -> Result<(), NotTaken> {
    let route = smtp::route(server).map_err(|bad| NotTaken::Later(bad.to_string()))?;
    let hello = smtp::hello(app.site.address.as_deref().unwrap_or_default());
    route.send(mail, &hello).await
}

/// Writes down what became of a mail, and when it is tried again.
async fn note(app: &App, notice: Notice, taken: Result<(), NotTaken>) -> Result<()> {
    let now = app.context.clock.now();
    let written = app.context.db.write(move |tx| async move {
        match taken {
            Ok(()) => {
                is_well(&tx, now).await?;
                forget(&tx, &notice).await?;
                Ok(notices::settle(&tx, &notice, NoticeState::Sent).await?)
            }
            Err(NotTaken::Never(problem)) => {
                tracing::warn!(notice = %notice.id, problem, "a mail was refused");
                // Whoever says no is there.
                is_well(&tx, now).await?;
                is_late(&tx, &notice, &problem, now).await?;
                give_up(&tx, &notice, now).await
            }
            Err(NotTaken::Later(problem)) => {
                is_failing(&tx, &problem, now).await?;
                let (tries, since) = is_late(&tx, &notice, &problem, now).await?;
                let at = now.saturating_add(pause_after(tries)).unwrap_or(now);
                if at.duration_since(since) > GIVE_UP_AFTER {
                    tracing::error!(notice = %notice.id, problem, "a mail was given up");
                    return give_up(&tx, &notice, now).await;
                }
                tracing::info!(notice = %notice.id, problem, next = %at, "a mail was not taken");
                Ok::<_, crate::Error>(tx.enqueue(job(notice.workspace, notice.id, at)?).await?)
            }
        }
    });
    written.await?;
    Ok(())
}

fn pause_after(tries: i64) -> SignedDuration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    FIRST_PAUSE.checked_mul(1 << doublings).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

/// Counts a failure; answers how many there were, and since when.
async fn is_late(tx: &Tx, notice: &Notice, problem: &str, now: Timestamp) -> Result<(i64, Timestamp)> {
    let row = tx
        .one(
            sql!(
                "INSERT INTO late_mails (workspace, notice, first_tried_at, tries, problem) VALUES ($1, $2, $3, 1, $4)
                 ON CONFLICT (workspace, notice)
                 DO UPDATE SET tries = late_mails.tries + 1, problem = excluded.problem
                 RETURNING tries, first_tried_at"
            ),
            args![notice.workspace, notice.id, now, problem],
        )
        .await?;
    Ok((row.get("tries")?, row.get("first_tried_at")?))
}

async fn forget(tx: &Tx, notice: &Notice) -> Result<()> {
    tx.run(
        sql!("DELETE FROM late_mails WHERE workspace = $1 AND notice = $2"),
        args![notice.workspace, notice.id],
    )
    .await?;
    Ok(())
}

async fn give_up(tx: &Tx, notice: &Notice, now: Timestamp) -> Result<()> {
    tx.run(
        sql!("UPDATE late_mails SET given_up_at = $3 WHERE workspace = $1 AND notice = $2"),
        args![notice.workspace, notice.id, now],
    )
    .await?;
    Ok(notices::settle(tx, notice, NoticeState::Failed).await?)
}

async fn settle(app: &App, notice: Notice, state: NoticeState) -> Result<()> {
    let settled = app.context.db.write(move |tx| async move {
        forget(&tx, &notice).await?;
        Ok::<_, crate::Error>(notices::settle(&tx, &notice, state).await?)
    });
    settled.await?;
    Ok(())
}

async fn again(app: &App, workspace: WorkspaceId, id: NoticeId, at: Timestamp) -> Result<()> {
    app.context
        .db
        .write(move |tx| async move { Ok::<_, crate::Error>(tx.enqueue(job(workspace, id, at)?).await?) })
        .await?;
    Ok(())
}

fn job(workspace: WorkspaceId, id: NoticeId, run_at: Timestamp) -> Result<NewJob> {
    let payload = serde_json::value::to_raw_value(&id).map_err(|_| crate::Error::Broken("a notice's id"))?;
    Ok(NewJob { workspace: workspace.uuid(), kind: "mail", key: id.to_string(), payload, run_at })
}

// ------------------------------------------------------------------ how the server does

/// How mail goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It is not set up.
    None,
    /// The server took the last mail, or there was none.
    Ok,
    /// The server did not take the last mail, or one was given up these days.
    Failing,
}

/// How the mail server does, for those who run Meridian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailHealth {
    /// In a word.
    pub state: MailState,
    /// What is wrong.
    pub problem: Option<String>,
}

/// How the mail server does. `configured` is whether there is one.
pub async fn health(tx: &Tx, configured: bool, now: Timestamp) -> Result<MailHealth> {
    if !configured {
        return Ok(MailHealth { state: MailState::None, problem: None });
    }
    let row = tx.maybe(sql!("SELECT failing_since, problem FROM mail_health WHERE one = 1"), args![]).await?;
    let failing = match row {
        Some(row) => {
            row.get::<Option<Timestamp>>("failing_since")?.zip(row.get::<Option<String>>("problem")?)
        }
        None => None,
    };
    if let Some((since, problem)) = failing {
        return Ok(MailHealth {
            state: MailState::Failing,
            problem: Some(format!("since {since:.0}: {problem}")),
        });
    }
    let (given_up, last) = given_up(tx, now).await?;
    Ok(match last {
        Some(problem) => MailHealth {
            state: MailState::Failing,
            problem: Some(format!("{given_up} given up within 7 days, the last one: {problem}")),
        },
        None => MailHealth { state: MailState::Ok, problem: None },
    })
}

/// How many mails were given up these days, and what was said of the last.
async fn given_up(tx: &Tx, now: Timestamp) -> Result<(i64, Option<String>)> {
    let since = now.checked_sub(SPOKEN_OF).unwrap_or(now);
    let count = sql!("SELECT COUNT(*) AS given_up FROM late_mails WHERE given_up_at >= $1");
    let last = sql!(
        "SELECT problem FROM late_mails WHERE given_up_at >= $1 ORDER BY given_up_at DESC, notice DESC LIMIT 1"
    );
    let given_up = tx.one(count, args![since]).await?.get("given_up")?;
    let last = tx.maybe(last, args![since]).await?;
    Ok((given_up, last.map(|row| row.get("problem")).transpose()?))
}

async fn is_well(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO mail_health (one, last_ok_at) VALUES (1, $1)
             ON CONFLICT (one) DO UPDATE SET last_ok_at = excluded.last_ok_at, failing_since = NULL, problem = NULL"
        ),
        args![now],
    )
    .await?;
    Ok(())
}

async fn is_failing(tx: &Tx, problem: &str, now: Timestamp) -> Result<()> {
    tx.run(
        sql!(
            "INSERT INTO mail_health (one, failing_since, problem) VALUES (1, $1, $2)
             ON CONFLICT (one) DO UPDATE SET
                 failing_since = COALESCE(mail_health.failing_since, excluded.failing_since), problem = excluded.problem"
        ),
        args![now, problem],
    )
    .await?;
    Ok(())
}

/// What became of a mail that an admin asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tested {
    /// The server took it.
    Taken,
    /// It did not: why.
    NotTaken(String),
}

/// Sends a mail to the actor at once, to see whether mail works.
pub async fn test(app: &App, actor: &Actor) -> Result<Tested> {
    if !actor.is_admin() {
        return Err(Refusal::forbidden("Only admins send a test.").named("admins_only").into());
    }
    let Some(server) = app.site.mail.clone() else {
        return Err(Refusal::conflict("Mail is not set up. The settings are in meridian.toml.")
            .named("mail_not_set_up")
            .into());
    };
    let (context, workspace, member) = (app.context.clone(), actor.workspace, actor.member);
    let reader = app
        .context
        .db
        .read(move |tx| async move { news::reader(&tx, &context, workspace, member).await })
        .await?;
    let Some(reader) = reader.filter(|reader| reader.email.is_some()) else {
        return Err(Refusal::conflict("You have no e-mail address.").named("no_address").into());
    };
    let taken = hand_over(app, &server, &letters::test(app, &reader)?).await;
    let (now, outcome) = (app.context.clock.now(), taken.clone());
    let written = app.context.db.write(move |tx| async move {
        match outcome {
            Ok(()) | Err(NotTaken::Never(_)) => is_well(&tx, now).await,
            Err(NotTaken::Later(problem)) => is_failing(&tx, &problem, now).await,
        }
    });
    written.await?;
    Ok(match taken {
        Ok(()) => Tested::Taken,
        Err(NotTaken::Never(problem) | NotTaken::Later(problem)) => Tested::NotTaken(problem),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_days_of_tries() {
        let mut at = SignedDuration::ZERO;
        let tries = (1..).take_while(|tries| {
            at += pause_after(*tries);
            at <= GIVE_UP_AFTER
        });
        assert_eq!(tries.count(), 29);
    }
}
