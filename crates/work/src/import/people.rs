//! Who the people of a board are here: as somebody said by hand, as an earlier import had it, by e-mail, or by a
//! name that only one member has. For anybody else the import makes a person who cannot sign in, as the import of
//! mail does.

use std::collections::HashMap;

use edge::put;
use jiff::Timestamp;
use people::{
    Actor, MemberId, MemberState, Role,
    members::{self, NewMember},
};
use store::{Audience, NewChange, Tx, args, sql};

use super::{
    plan::Person,
    report::{FoundBy, PersonFound},
};
use crate::Result;

/// What was said by hand: for an origin, a user name or a name, who that is. None makes somebody new.
pub(super) type ByHand = HashMap<String, Option<MemberId>>;

/// Finds the people of a plan among the members.
pub(super) async fn find(
    tx: &Tx,
    actor: &Actor,
    people: &[Person],
    by_hand: &ByHand,
) -> Result<Vec<PersonFound>> {
    let mut found = Vec::with_capacity(people.len());
    for person in people {
        let (member, by) = find_one(tx, actor, person, by_hand).await?;
        found.push(PersonFound {
            origin: person.origin.clone(),
            name: person.name.clone(),
            username: person.username.clone(),
            email: person.email.clone(),
            member,
            by,
        });
    }
    Ok(found)
}

async fn find_one(
    tx: &Tx,
    actor: &Actor,
    person: &Person,
    by_hand: &ByHand,
) -> Result<(Option<MemberId>, FoundBy)> {
    let named =
        [&person.origin, &person.username, &person.name, person.email.as_ref().unwrap_or(&person.origin)];
    let said =
        named.into_iter().filter(|name| !name.is_empty()).find_map(|name| by_hand.get(&name.to_lowercase()));
    if let Some(Some(member)) = said {
        return Ok((Some(*member), FoundBy::Hand));
    }
    if let Some(member) = before(tx, actor, &person.origin).await? {
        return Ok((Some(member), FoundBy::Before));
    }
    if said.is_some() {
        return Ok((None, FoundBy::Nothing));
    }
    if let Some(email) = &person.email
        && let Some(member) = members::by_email(tx, actor.workspace, email).await?
    {
        return Ok((Some(member), FoundBy::Email));
    }
    Ok(match by_name(tx, actor, &person.name).await? {
        Some(member) => (Some(member), FoundBy::Name),
        None => (None, FoundBy::Nothing),
    })
}

async fn before(tx: &Tx, actor: &Actor, origin: &str) -> Result<Option<MemberId>> {
    let row = tx
        .maybe(
            sql!("SELECT member FROM import_people WHERE workspace = $1 AND origin = $2"),
            args![actor.workspace, origin],
        )
        .await?;
    Ok(row.map(|row| row.get("member")).transpose()?)
}

/// The one active member of this name; with two of them nobody can tell.
async fn by_name(tx: &Tx, actor: &Actor, name: &str) -> Result<Option<MemberId>> {
    let rows = tx
        .all(
            sql!("SELECT id, name FROM members WHERE workspace = $1 AND state = 'active' ORDER BY id"),
            args![actor.workspace],
        )
        .await?;
    let mut same = Vec::new();
    for row in &rows {
        if row.get::<String>("name")?.to_lowercase() == name.to_lowercase() {
            same.push(row.get("id")?);
        }
    }
    Ok(if let [one] = same.as_slice() { Some(*one) } else { None })
}

/// Makes those who are not here, and remembers who everybody is. Answers them in the order of the plan, and how
/// many are new.
pub(super) async fn bring(
    tx: &Tx,
    actor: &Actor,
    people: &[Person],
    by_hand: &ByHand,
) -> Result<(Vec<MemberId>, u64)> {
    let mut here = Vec::with_capacity(people.len());
    let mut newcomers = Vec::new();
    for person in people {
        let (found, _) = find_one(tx, actor, person, by_hand).await?;
        let member = if let Some(member) = found {
            member
        } else {
            let id = make(tx, actor, person, actor.at).await?;
            newcomers.push(id);
            id
        };
        tx.run(
            sql!(
                "INSERT INTO import_people (workspace, origin, member) VALUES ($1, $2, $3) \
                 ON CONFLICT (workspace, origin) DO UPDATE SET member = excluded.member"
            ),
            args![actor.workspace, &person.origin, member],
        )
        .await?;
        here.push(member);
    }
    record(tx, actor, &newcomers).await?;
    Ok((here, newcomers.len() as u64))
}

async fn make(tx: &Tx, actor: &Actor, person: &Person, at: Timestamp) -> Result<MemberId> {
    let id = actor.ids.make();
    let email = person.email.as_deref().and_then(|email| members::clean_email("email", email).ok());
    let new = NewMember {
        id,
        role: Role::Member,
        state: MemberState::Imported,
        email,
        password_hash: None,
        name: person.name.clone(),
        short_name: None,
        city: None,
        hue: None,
        at,
    };
    members::create(tx, actor.workspace, new).await?;
    Ok(id)
}

/// The people come first in the log: what they wrote names them.
async fn record(tx: &Tx, actor: &Actor, newcomers: &[MemberId]) -> Result<()> {
    let mut rows = Vec::with_capacity(newcomers.len());
    for id in newcomers {
        rows.push(put("members", id, &members::read(tx, actor.workspace, *id, actor.at).await?));
    }
    if !rows.is_empty() {
        let change = actor.change("member.imported", Audience::Workspace, rows);
        tx.record(NewChange { actor: None, ..change });
    }
    Ok(())
}
