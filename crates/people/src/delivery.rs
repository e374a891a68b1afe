//! Deliveries: when things reach a member. One decision for each member and thing, asked by the
//! inbox, previews, asks, push and mail alike. What is held is never dropped.
//!
//! The arithmetic is in `receiver`, what a member may choose in `plan`, the tables in `kept`.
//! What is delivered lives above this crate, in `topics::delivery`.

mod kept;
mod plan;
mod receiver;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::Tx;
use utoipa::ToSchema;
use worktime::Schedule;

use crate::{MemberId, Result, Week, WorkspaceId, patch::present, schedules, time};

pub use kept::{JOB, Standing, change, due, keep, missing, settings, settings_of, standing, take, wake};
pub use plan::{Plan, TimeOfDay};
pub use receiver::{ArrivesBecause, Flow, LONG_LEAVE, Receiver, Return};

/// The longest focus that is begun by hand.
const LONGEST_FOCUS: SignedDuration = SignedDuration::from_hours(12);

/// What a member chose about how things reach them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliverySettings {
    /// When.
    pub plan: Plan,
    /// The weekly times in which nothing but what is urgent arrives, in their zone.
    pub focus: Week,
    /// The same from now until then.
    pub focus_until: Option<Timestamp>,
    /// What comes by mail.
    pub email: EmailSettings,
}

/// What comes by mail besides what is in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmailSettings {
    /// One mail for each ask.
    pub asks: bool,
    /// One mail at the start of the day.
    pub digest: bool,
}

impl Default for EmailSettings {
    fn default() -> Self {
        Self { asks: true, digest: false }
    }
}

/// One's own deliveries. Nobody else ever gets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Delivery {
    /// The member's id.
    pub id: MemberId,
    /// When things arrive.
    pub plan: Plan,
    /// The weekly times in which nothing but what is urgent arrives.
    pub focus: Week,
    /// The same from now until then.
    #[schema(required = true)]
    pub focus_until: Option<Timestamp>,
    /// What comes by mail.
    pub email: EmailSettings,
    /// All that was written before this instant has arrived.
    pub through: Timestamp,
    /// Until then everything arrives as it happens.
    #[schema(required = true)]
    pub open_until: Option<Timestamp>,
    /// When something was last delivered.
    #[schema(required = true)]
    pub last_at: Option<Timestamp>,
    /// The next delivery.
    #[schema(required = true)]
    pub next_at: Option<Timestamp>,
    /// The page for coming back is due: the leave that it is about.
    #[schema(required = true)]
    pub came_back: Option<CameBack>,
}

/// A leave that somebody came back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CameBack {
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
}

/// What a member changes about their deliveries. Absent fields stay as they are.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPatch {
    /// When things arrive.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub plan: Option<Plan>,
    /// The weekly times in which nothing but what is urgent arrives.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub focus: Option<Week>,
    /// The same from now until then, at most 12 hours ahead; null ends it now.
    #[serde(default, deserialize_with = "present")]
    pub focus_until: Option<Option<Timestamp>>,
    /// What comes by mail.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub email: Option<EmailPatch>,
}

/// What changes about the mail.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailPatch {
    /// One mail for each ask.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub asks: Option<bool>,
    /// One mail at the start of the day.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub digest: Option<bool>,
}

impl DeliverySettings {
    /// The same with what is said; refused when it cannot be.
    pub fn patched(self, patch: DeliveryPatch, now: Timestamp) -> Result<Self, Refusal> {
        if let Some(plan) = &patch.plan {
            plan.check()?;
        }
        if let Some(focus) = &patch.focus {
            // Any zone will do: only the times are looked at.
            schedules::check("", "UTC", focus).map_err(in_focus)?;
        }
        if let Some(Some(until)) = patch.focus_until
            && (until <= now || until.duration_since(now) > LONGEST_FOCUS)
        {
            let allowed = "an instant within the coming 12 hours";
            return Err(
                Refusal::invalid_because("focus_until", "is out of range", allowed).named("out_of_range")
            );
        }
        let email = patch.email.unwrap_or_default();
        Ok(Self {
            plan: patch.plan.unwrap_or(self.plan),
            focus: patch.focus.unwrap_or(self.focus),
            focus_until: patch.focus_until.unwrap_or(self.focus_until),
            email: EmailSettings {
                asks: email.asks.unwrap_or(self.email.asks),
                digest: email.digest.unwrap_or(self.email.digest),
            },
        })
    }
}

/// The times are checked as those of a week of work are; the field has another name.
fn in_focus(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid { field, problem, allowed, code } => {
            Refusal::Invalid { field: field.replacen("week", "focus", 1), problem, allowed, code }
        }
        other => other,
    }
}

/// When things reach these members, to be asked about instants near `at`. Every one of them is in
/// the answer.
pub async fn receivers(
    tx: &Tx,
    workspace: WorkspaceId,
    members: &[MemberId],
    at: Timestamp,
) -> Result<HashMap<MemberId, Receiver>> {
    let mut times = time::kept_of(tx, workspace, members, at).await?;
    let mut settings = settings_of(tx, workspace, members).await?;
    Ok(members
        .iter()
        .map(|member| {
            let chosen = settings.remove(member).unwrap_or_default();
            (*member, receiver(times.take(*member), chosen, at))
        })
        .collect())
}

/// The same for one member who would have chosen these settings.
pub async fn receiver_with(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    settings: DeliverySettings,
    at: Timestamp,
) -> Result<Receiver> {
    let kept = time::kept_of(tx, workspace, &[member], at).await?.take(member);
    Ok(receiver(kept, settings, at))
}

/// The same for one member as things are.
pub async fn receiver_of(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<Receiver> {
    let settings = settings(tx, workspace, member).await?;
    receiver_with(tx, workspace, member, settings, at).await
}

fn receiver(kept: time::KeptTime, settings: DeliverySettings, at: Timestamp) -> Receiver {
    let DeliverySettings { plan, focus, focus_until, .. } = settings;
    let stay = |schedule: Schedule| {
        let pattern = focus.0.iter().any(|day| !day.is_empty());
        let focus = pattern.then(|| Schedule::parse(schedule.zone_name(), &focus.0, &[]).ok()).flatten();
        receiver::Stay::new(schedule, focus, focus_until, at)
    };
    let hours = kept.schedule().map(|here| {
        let home = kept.home.clone().filter(|home| at < home.until).and_then(|home| {
            let kept = time::KeptTime { zone: Some(home.zone), home: None, ..kept };
            Some((home.until, stay(kept.schedule()?)))
        });
        receiver::Hours { here: stay(here), home }
    });
    Receiver { hours, plan }
}

/// One's own deliveries as they go out.
pub async fn read(tx: &Tx, workspace: WorkspaceId, member: MemberId, at: Timestamp) -> Result<Delivery> {
    let standing = match standing(tx, workspace, member).await? {
        Some(standing) => standing,
        None => Standing::new(at, &receiver_of(tx, workspace, member, at).await?),
    };
    let DeliverySettings { plan, focus, focus_until, email } = settings(tx, workspace, member).await?;
    Ok(Delivery {
        id: member,
        plan,
        focus,
        focus_until,
        email,
        through: standing.through,
        open_until: standing.open_until,
        last_at: standing.last_at,
        next_at: standing.next_at,
        came_back: standing.came_back.map(|(from, until)| CameBack { from, until }),
    })
}

/// From now on things reach this active member as their plan says. Who has begun already goes on.
pub async fn begin(tx: &Tx, workspace: WorkspaceId, member: MemberId, at: Timestamp) -> Result<()> {
    if standing(tx, workspace, member).await?.is_some() {
        return Ok(());
    }
    let receiver = receiver_of(tx, workspace, member, at).await?;
    keep(tx, workspace, member, &Standing::new(at, &receiver)).await
}
