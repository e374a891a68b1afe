//! What a member says and sees about their own deliveries, and when things reach others.

use jiff::Timestamp;
use kernel::Refusal;
use people::{
    Actor, Away, Delivery, MemberId, Plan, System, Week,
    delivery::{self, ArrivesBecause, DeliveryPatch, DeliverySettings},
    time_off,
};
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use super::turn::{plan_anew, receive_all, record_by};
use crate::{Result, notices, topic::visible_to_2};

/// How many coming deliveries are told.
const COMING: usize = 6;
/// The most people of one preview.
const MOST_PREVIEWED: usize = 50;

/// One's own deliveries.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeliveryAnswer {
    /// The number at which it was read.
    pub seq: i64,
    /// How things reach me.
    pub delivery: Delivery,
    /// The next six deliveries.
    pub coming: Vec<Timestamp>,
    /// How many topics wait for the next one.
    pub held: i64,
    /// Whether mail can reach me: the operator has set a mail server. Without one, what I choose
    /// about mail is kept and has no effect.
    pub mail_available: bool,
}

/// Reads the actor's own deliveries.
pub async fn read(tx: &Tx, actor: &Actor) -> Result<DeliveryAnswer> {
    let receiver = delivery::receiver_of(tx, actor.workspace, actor.member, actor.at).await?;
    Ok(DeliveryAnswer {
        seq: tx.head(actor.workspace.uuid()).await?,
        delivery: delivery::read(tx, actor.workspace, actor.member, actor.at).await?,
        coming: receiver.coming(actor.at, COMING),
        held: held(tx, actor).await?,
        mail_available: notices::mail_goes_out(tx).await?,
    })
}

/// How many topics hold something for the actor that has not arrived. Everything that was written before
/// the last delivery has, so only what is newer is looked at, and not the topics of ten years.
pub async fn held(tx: &Tx, actor: &Actor) -> Result<i64> {
    let standing = delivery::standing(tx, actor.workspace, actor.member).await?;
    let Some(standing) = standing.filter(|standing| !standing.is_open(actor.at)) else { return Ok(0) };
    let row = tx
        .one(
            sql!(concat!(
                "WITH news AS (\
                   SELECT t.id, t.space, t.last_no FROM visible_spaces v CROSS JOIN topics t \
                   WHERE v.workspace = $1 AND v.member = $2 \
                   AND t.workspace = $1 AND t.space = v.space AND t.last_at >= $4 \
                   UNION ALL \
                   SELECT t.id, t.space, t.last_no FROM topic_participants p CROSS JOIN topics t \
                   WHERE p.workspace = $1 AND p.member = $2 \
                   AND t.workspace = $1 AND t.id = p.topic AND t.last_at >= $4) \
                 SELECT COUNT(*) AS held FROM (\
                   SELECT n.id FROM news n CROSS JOIN marks m \
                   LEFT JOIN spaces s ON s.workspace = m.workspace AND s.id = n.space \
                   WHERE m.workspace = $1 AND m.member = $2 AND m.topic = n.id AND n.last_no > m.delivered_no \
                   AND (m.mention_no > m.delivered_no OR (m.following AND NOT COALESCE(s.social, FALSE))) \
                   UNION \
                   SELECT t.id FROM asks a CROSS JOIN topics t \
                   WHERE a.workspace = $1 AND a.asked = $2 AND a.state IN ('open', 'accepted') \
                   AND a.delivered_at > $3 AND a.asked_at >= $4 \
                   AND t.workspace = a.workspace AND t.id = a.topic AND ",
                visible_to_2!(),
                "  UNION \
                   SELECT t.id FROM group_members g CROSS JOIN asks a CROSS JOIN topics t \
                   LEFT JOIN marks m ON m.workspace = t.workspace AND m.topic = t.id AND m.member = $2 \
                   WHERE g.workspace = $1 AND g.member = $2 \
                   AND a.workspace = $1 AND a.asked_group = g.of_group AND a.state IN ('open', 'accepted') \
                   AND a.asked IS NULL AND a.no > COALESCE(m.delivered_no, 0) \
                   AND t.workspace = a.workspace AND t.id = a.topic AND ",
                visible_to_2!(),
                ") h"
            )),
            args![actor.workspace, actor.member, actor.at, standing.through],
        )
        .await?;
    Ok(row.get("held")?)
}

/// The actor changes how things reach them. What was due is delivered as it was promised; what
/// comes next follows the new plan.
pub async fn change(tx: &Tx, actor: &Actor, patch: DeliveryPatch) -> Result<()> {
    let now = delivery::settings(tx, actor.workspace, actor.member).await?;
    let settings = now.clone().patched(patch, actor.at)?;
    must_leave_time(tx, actor, &settings).await?;
    if settings == now {
        return Ok(());
    }
    let system = System { workspace: actor.workspace, at: actor.at };
    plan_anew(tx, &system, actor.member).await?;
    delivery::change(tx, actor, &settings).await?;
    plan_anew(tx, &system, actor.member).await?;
    record_by(tx, actor, "delivery.changed").await
}

/// Focus that fills all of the working time would hold everything back for ever.
async fn must_leave_time(tx: &Tx, actor: &Actor, settings: &DeliverySettings) -> Result<()> {
    let (workspace, member, at) = (actor.workspace, actor.member, actor.at);
    let open = DeliverySettings { focus: Week::default(), focus_until: None, ..settings.clone() };
    let without = delivery::receiver_with(tx, workspace, member, open, at).await?;
    let with = delivery::receiver_with(tx, workspace, member, settings.clone(), at).await?;
    if without.at_once(at).is_some() && with.at_once(at).is_none() {
        return Err(Refusal::invalid("focus", "leaves no working time in which anything could arrive")
            .named("no_working_time")
            .into());
    }
    Ok(())
}

/// Everything arrives now. Nobody else sees that the actor looked, and nothing rings.
pub async fn check(tx: &Tx, actor: &Actor) -> Result<()> {
    receive_all(tx, actor).await
}

/// A plan that is being thought about.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPreview {
    /// When things would arrive.
    pub plan: Plan,
    /// The weekly times of focus; those I have when absent.
    #[serde(default)]
    pub focus: Option<Week>,
}

/// The next deliveries that a plan would have, nothing saved.
pub async fn preview(tx: &Tx, actor: &Actor, planned: PlanPreview) -> Result<Vec<Timestamp>> {
    let now = delivery::settings(tx, actor.workspace, actor.member).await?;
    let patch = DeliveryPatch { plan: Some(planned.plan), focus: planned.focus, ..DeliveryPatch::default() };
    let settings = now.patched(patch, actor.at)?;
    let receiver = delivery::receiver_with(tx, actor.workspace, actor.member, settings, actor.at).await?;
    Ok(receiver.coming(actor.at, COMING))
}

/// When what is sent reaches people.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Arrivals {
    /// When it is sent.
    pub now: Timestamp,
    /// Each person, in the order asked.
    pub items: Vec<Arrival>,
}

/// When what is sent reaches one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Arrival {
    /// Whom.
    pub member: MemberId,
    /// When; null: it waits in their inbox, because they never work.
    #[schema(required = true)]
    pub arrives_at: Option<Timestamp>,
    /// Whether that is now.
    pub now: bool,
    /// Why then.
    pub why: ArrivesBecause,
    /// When they next start, if they do not work now.
    #[schema(required = true)]
    pub starts_at: Option<Timestamp>,
    /// The time off they are in: until when, and who covers.
    #[schema(required = true)]
    pub away: Option<Away>,
}

/// When a post that is sent at `at` would reach these people.
pub async fn arrivals(tx: &Tx, actor: &Actor, members: &[MemberId], at: Timestamp) -> Result<Arrivals> {
    if members.len() > MOST_PREVIEWED {
        let allowed = format!("at most {MOST_PREVIEWED}");
        return Err(Refusal::invalid_because("members", "are too many", allowed)
            .named("too_many_entries")
            .into());
    }
    for member in members {
        people::members::see(tx, actor, *member).await?;
    }
    let receivers = delivery::receivers(tx, actor.workspace, members, at).await?;
    let mut items = Vec::with_capacity(members.len());
    for member in members {
        let Some(receiver) = receivers.get(member) else { continue };
        let arrives_at = receiver.arrival(at, None, false);
        let away = time_off::current_or_next(tx, actor.workspace, *member, at).await?;
        items.push(Arrival {
            member: *member,
            arrives_at,
            now: arrives_at == Some(at),
            why: receiver.because(at, arrives_at),
            starts_at: receiver.starts(at).filter(|start| *start > at),
            away: away.filter(|away| away.from <= at && at < away.until),
        });
    }
    Ok(Arrivals { now: at, items })
}
