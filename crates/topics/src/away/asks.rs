//! The reader's asks: those that are theirs, and what became of those that somebody else has.

use jiff::{SignedDuration, Timestamp};
use kernel::Refusal;
use people::Actor;
use store::{Tx, args, sql};

use super::{Absence, Need, Was};
use crate::{
    AskId, Result,
    asks::{self, Ask, AskState},
    posts::{self, Post},
    topic,
};

/// What was handed over shortly before leaving is part of the absence.
const BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Passing on in a circle ends somewhere.
const MOST_HANDS: usize = 20;

/// What is mine by due, then what others have, then what they answered.
pub(super) async fn read(tx: &Tx, actor: &Actor, absence: &Absence) -> Result<Vec<Need>> {
    let mut needs = Vec::new();
    for (id, is_mine) in found(tx, actor, absence).await? {
        let ask = asks::read(tx, actor, id).await?;
        let need = if is_mine {
            let was = if moved(&ask, absence) { Was::Reclocked } else { Was::Open };
            need(tx, actor, ask, was).await?
        } else {
            let last = last_hands(tx, actor, ask).await?;
            let was = if last.state.is_owed() { Was::PassedToCover } else { Was::AnsweredByCover };
            let told = last.asked != Some(actor.member) && last.answer_post.is_some() | last.state.is_owed();
            if told { need(tx, actor, last, was).await? } else { None }
        };
        needs.extend(need);
    }
    needs.sort_by_key(|need| {
        (need.was.max(Was::Reclocked), need.ask.due_at.unwrap_or(Timestamp::MAX), need.ask.id)
    });
    Ok(needs)
}

/// Asks that are mine, and those of mine that were passed on, with whether they are mine.
async fn found(tx: &Tx, actor: &Actor, absence: &Absence) -> Result<Vec<(AskId, bool)>> {
    let end = absence.end(actor.at);
    let since = absence.from.checked_sub(BEFORE).unwrap_or(absence.from);
    let rows = tx
        .all(
            sql!(
                "SELECT id, state FROM asks WHERE workspace = $1 AND asked = $2 AND \
                 ((state IN ('open', 'accepted') AND asked_at < $4) \
                  OR (state = 'passed_on' AND ended_at >= $3 AND ended_at < $4)) ORDER BY id"
            ),
            args![actor.workspace, actor.member, since, end],
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.get("id")?, row.get::<String>("state")? != AskState::PassedOn.word())))
        .collect()
}

/// Whether its time runs from the return and not from when it was asked.
fn moved(ask: &Ask, absence: &Absence) -> bool {
    ask.asked_at >= absence.from || ask.due_before.is_some()
}

/// The ask at the end of the chain of those who passed it on.
async fn last_hands(tx: &Tx, actor: &Actor, mut ask: Ask) -> Result<Ask> {
    for _ in 0..MOST_HANDS {
        match ask.passed_to {
            Some(next) => ask = asks::read(tx, actor, next).await?,
            None => break,
        }
    }
    Ok(ask)
}

/// None when the reader may no longer see the topic.
async fn need(tx: &Tx, actor: &Actor, ask: Ask, was: Was) -> Result<Option<Need>> {
    let topic = match topic::see(tx, actor, ask.topic).await {
        Ok(topic) => topic,
        Err(crate::Error::Refused(Refusal::NotFound { .. })) => return Ok(None),
        Err(error) => return Err(error),
    };
    let carries = post(tx, actor, ask.post).await?;
    let by = if was >= Was::PassedToCover { ask.asked } else { None };
    let answer_post = post(tx, actor, ask.answer_post).await?;
    Ok(Some(Need { ask, topic, post: carries, minutes: 0, was, by, answer_post }))
}

async fn post(tx: &Tx, actor: &Actor, id: Option<crate::PostId>) -> Result<Option<Post>> {
    match id {
        Some(id) => posts::read(tx, actor, id).await.map(Some),
        None => Ok(None),
    }
}
