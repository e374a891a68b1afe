//! Push to people's browsers, signed by this server itself (RFC 8030, 8188, 8291, 8292). Every
//! browser hears of a notice once: one that is away or whose push service is not well is tried
//! again for a while, without the others hearing it twice.

mod encryption;
mod key;
mod message;
mod sending;
mod subscriptions;

use std::collections::HashMap;

use edge::App;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use people::{Actor, MemberId, WorkspaceId, delivery::Flow};
use serde_json::value::RawValue;
use store::{NewJob, Tx, args, sql};
use topics::{
    NoticeId,
    notices::{self, Notice, NoticeKind, NoticeState},
};

use self::{
    sending::{Manner, Message, Outcome},
    subscriptions::Device,
};
use crate::{
    Result, SubscriptionId,
    news::{self, Moment},
    outside::Outside,
};

pub use key::{PushKey, key};
pub use subscriptions::{NewSubscription, PushProblem, Subscription, end, forget_leavers, keep, list};

/// The kind of the job that tells a member's browsers that push works. Its key is the member's id.
pub const TEST: &str = "push.test";

/// How often a push service that is not well is tried for one notice: over an hour and a half.
const MOST_TRIES: i64 = 8;
/// The pause after the first failure; it doubles with each.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(30);
/// How long a push service keeps what cannot wait. It is repeated anyway.
const KEEPS_URGENT: i64 = 15 * 60;
/// How long it keeps the rest for somebody whose hours nobody knows.
const KEEPS: i64 = 4 * 3600;

/// What there is to do about a notice now.
enum Step {
    /// It is over, this way.
    Settle(Notice, NoticeState),
    /// It was over before.
    Nothing,
    /// Not before this instant.
    Wait(Timestamp),
    Send(Box<Sending>),
}

struct Sending {
    notice: Notice,
    message: Message,
    manner: Manner,
    /// Those that have not heard of it, and how often each was tried.
    devices: Vec<(Device, i64)>,
    /// The earliest instant at which another of them is to be tried.
    later: Option<Timestamp>,
}

/// Sends a notice to those of its member's browsers that have not heard of it.
pub(crate) async fn send(app: &App, workspace: WorkspaceId, id: NoticeId) -> Result<()> {
    let context = app.context.clone();
    let step = app.context.db.read(move |tx| async move { step(&tx, &context, workspace, id).await });
    match step.await? {
        Step::Nothing => Ok(()),
        Step::Settle(notice, state) => settle(app, notice, state).await,
        Step::Wait(at) => again(app, workspace, id, at).await,
        Step::Send(sending) => deliver(app, *sending).await,
    }
}

async fn step(tx: &Tx, context: &store::Context, workspace: WorkspaceId, id: NoticeId) -> Result<Step> {
    let now = context.clock.now();
    let Some(notice) = notices::read(tx, workspace, id).await? else { return Ok(Step::Nothing) };
    if notice.state != NoticeState::Waiting {
        return Ok(Step::Nothing);
    }
    let Some(reader) = news::reader(tx, context, workspace, notice.member).await? else {
        return Ok(Step::Settle(notice, NoticeState::Unwanted));
    };
    match news::may_arrive(tx, &notice, now).await? {
        Moment::Now => {}
        Moment::At(at) => return Ok(Step::Wait(at)),
        Moment::Never => return Ok(Step::Settle(notice, NoticeState::Unwanted)),
    }
    let devices = subscriptions::devices(tx, workspace, notice.member).await?;
    let news = news::of(tx, &reader.actor, &notice).await?;
    if news.is_empty() || devices.is_empty() {
        return Ok(Step::Settle(notice, NoticeState::Unwanted));
    }
    let progress = progress(tx, &notice).await?;
    let manner = manner(tx, &notice, now).await?;
    let mut sending = Sending {
        message: message::of(&notice, &reader, &news),
        manner,
        devices: Vec::new(),
        later: None,
        notice,
    };
    for device in devices {
        match progress.get(&device.id) {
            None => sending.devices.push((device, 0)),
            Some((tries, Some(next))) if *next <= now => sending.devices.push((device, *tries)),
            Some((_, Some(next))) => {
                sending.later = Some(sending.later.map_or(*next, |later| later.min(*next)));
            }
            Some((_, None)) => {}
        }
    }
    Ok(match (sending.devices.is_empty(), sending.later) {
        (true, None) => Step::Settle(sending.notice, NoticeState::Sent),
        (true, Some(at)) => Step::Wait(at),
        (false, _) => Step::Send(Box::new(sending)),
    })
}

/// How far a notice has come on each browser: how often it was tried, and when it is next.
async fn progress(tx: &Tx, notice: &Notice) -> Result<HashMap<SubscriptionId, (i64, Option<Timestamp>)>> {
    let rows = tx
        .all(
            sql!("SELECT subscription, tries, next_at FROM pushes WHERE workspace = $1 AND notice = $2"),
            args![notice.workspace, notice.id],
        )
        .await?;
    rows.iter().map(|row| Ok((row.get("subscription")?, (row.get("tries")?, row.get("next_at")?)))).collect()
}

/// A push that its service could not hand over goes out of date when the member's time for such
/// things ends: it must not ring in their evening.
async fn manner(tx: &Tx, notice: &Notice, now: Timestamp) -> Result<Manner> {
    if notice.kind == NoticeKind::Urgent {
        return Ok(Manner { is_urgent: true, keeps: KEEPS_URGENT });
    }
    let receiver = people::delivery::receiver_of(tx, notice.workspace, notice.member, now).await?;
    let keeps = match receiver.flow(now) {
        Flow::Always => KEEPS,
        Flow::Open(until) | Flow::Held(until) => {
            // Held until the next delivery means working now: what is left of the day is longer,
            // and by then the next push replaces this one.
            until.duration_since(now).as_secs().clamp(0, KEEPS)
        }
        Flow::Quietly => 0,
    };
    Ok(Manner { is_urgent: false, keeps })
}

async fn deliver(app: &App, sending: Sending) -> Result<()> {
    let outside = Outside::new(&app.site.outbound);
    let key = key(&app.context).await?;
    let Sending { notice, message, manner, devices, later } = sending;
    let sent = devices.iter().map(|(device, _)| {
        sending::send(&app.context, &outside, &key, app.site.address.as_deref(), device, &message, manner)
    });
    let outcomes = join_all(sent).await;
    let now = app.context.clock.now();
    let tried: Vec<(SubscriptionId, i64, Outcome)> = devices
        .into_iter()
        .zip(outcomes)
        .map(|((device, tries), outcome)| Ok((device.id, tries + 1, outcome?)))
        .collect::<Result<_>>()?;
    let written = app.context.db.write(move |tx| async move {
        let mut next = later;
        for (device, tries, outcome) in tried {
            if let Some(at) = note(&tx, &notice, device, tries, outcome, now).await? {
                next = Some(next.map_or(at, |next: Timestamp| next.min(at)));
            }
        }
        match next {
            Some(at) => tx.enqueue(job(notice.workspace, notice.id, at)?).await.map_err(crate::Error::from),
            None => Ok(notices::settle(&tx, &notice, NoticeState::Sent).await?),
        }
    });
    written.await?;
    Ok(())
}

/// Writes down what became of one push; answers when it is tried again.
async fn note(
    tx: &Tx,
    notice: &Notice,
    device: SubscriptionId,
    tries: i64,
    outcome: Outcome,
    now: Timestamp,
) -> Result<Option<Timestamp>> {
    let workspace = notice.workspace;
    let next = match outcome {
        Outcome::Taken => {
            subscriptions::went_well(tx, workspace, device, now).await?;
            None
        }
        Outcome::Gone => {
            subscriptions::is_gone(tx, workspace, device).await?;
            return Ok(None);
        }
        Outcome::Refused => {
            subscriptions::went_wrong(tx, workspace, device, PushProblem::Refused).await?;
            None
        }
        Outcome::Later(pause) => {
            subscriptions::went_wrong(tx, workspace, device, PushProblem::Unreachable).await?;
            (tries < MOST_TRIES).then(|| now.saturating_add(pause_after(tries, pause)).unwrap_or(now))
        }
    };
    tx.run(
        // The browser may have been taken away in the meantime.
        sql!(
            "INSERT INTO pushes (workspace, notice, subscription, tries, next_at)
             SELECT s.workspace, $2, s.id, $4, $5 FROM push_subscriptions s WHERE s.workspace = $1 AND s.id = $3
             ON CONFLICT (workspace, notice, subscription)
             DO UPDATE SET tries = excluded.tries, next_at = excluded.next_at"
        ),
        args![workspace, notice.id, device, tries, next],
    )
    .await?;
    Ok(next)
}

/// At least what the service asked for.
fn pause_after(tries: i64, asked: Option<SignedDuration>) -> SignedDuration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    let pause =
        FIRST_PAUSE.checked_mul(1 << doublings).map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
    asked.map_or(pause, |asked| asked.max(pause))
}

async fn settle(app: &App, notice: Notice, state: NoticeState) -> Result<()> {
    app.context
        .db
        .write(move |tx| async move { Ok::<_, crate::Error>(notices::settle(&tx, &notice, state).await?) })
        .await?;
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
    Ok(NewJob { workspace: workspace.uuid(), kind: "push", key: id.to_string(), payload, run_at })
}

// ------------------------------------------------------------------ the test that a person asks for

/// Queues a push to all of the actor's browsers that says that push works.
pub async fn ask_for_test(tx: &Tx, actor: &Actor) -> Result<()> {
    if subscriptions::list(tx, actor).await?.is_empty() {
        return Err(Refusal::conflict("None of your browsers is connected.").named("no_browser").into());
    }
    tx.enqueue(NewJob {
        workspace: actor.workspace.uuid(),
        kind: TEST,
        key: actor.member.to_string(),
        payload: RawValue::NULL.to_owned(),
        run_at: actor.at,
    })
    .await?;
    Ok(())
}

/// Sends it, once to each. What became of it shows in the list of the member's browsers.
pub(crate) async fn test(app: &App, workspace: WorkspaceId, member: MemberId) -> Result<()> {
    let context = app.context.clone();
    let found = app.context.db.read(move |tx| async move {
        let Some(reader) = news::reader(&tx, &context, workspace, member).await? else { return Ok(None) };
        Ok::<_, crate::Error>(Some((reader, subscriptions::devices(&tx, workspace, member).await?)))
    });
    let Some((reader, devices)) = found.await? else { return Ok(()) };
    let outside = Outside::new(&app.site.outbound);
    let (key, message) = (key(&app.context).await?, message::test(&reader));
    let (address, manner) = (app.site.address.as_deref(), Manner { is_urgent: false, keeps: 60 });
    let sent = devices
        .iter()
        .map(|device| sending::send(&app.context, &outside, &key, address, device, &message, manner));
    let outcomes: Vec<Outcome> = join_all(sent).await.into_iter().collect::<Result<_>>()?;
    let now = app.context.clock.now();
    let written = app.context.db.write(move |tx| async move {
        for (device, outcome) in devices.iter().zip(outcomes) {
            let id = device.id;
            match outcome {
                Outcome::Taken => subscriptions::went_well(&tx, workspace, id, now).await?,
                Outcome::Gone => subscriptions::is_gone(&tx, workspace, id).await?,
                Outcome::Refused => {
                    subscriptions::went_wrong(&tx, workspace, id, PushProblem::Refused).await?;
                }
                Outcome::Later(_) => {
                    subscriptions::went_wrong(&tx, workspace, id, PushProblem::Unreachable).await?;
                }
            }
        }
        Ok::<_, crate::Error>(())
    });
    written.await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_heed_what_was_asked() {
        let seconds =
            |tries, asked: Option<i64>| pause_after(tries, asked.map(SignedDuration::from_secs)).as_secs();
        assert_eq!([seconds(1, None), seconds(2, None), seconds(3, None)], [30, 60, 120]);
        assert_eq!(seconds(20, None), 1800);
        assert_eq!([seconds(1, Some(120)), seconds(1, Some(5))], [120, 30]);
    }
}
