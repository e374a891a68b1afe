//! The inbox rule on the cases that the client runs too.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashSet;

use jiff::Timestamp;
use people::{GroupId, MemberId};
use serde::Deserialize;
use serde_json::{Value, json};
use topics::{
    TopicId,
    asks::{Ask, AskKind, AskState, Budget, Silence},
    inbox::{Reached, Reader, Seen, place},
    marks::Mark,
};

#[derive(Deserialize)]
struct Case {
    name: String,
    now: Timestamp,
    me: MemberId,
    groups: HashSet<GroupId>,
    topic: CaseTopic,
    mark: Option<Value>,
    delivery: CaseDelivery,
    asks: Vec<CaseAsk>,
    space_social: bool,
    expect: Value,
}

#[derive(Deserialize)]
struct CaseTopic {
    id: TopicId,
    last_no: i64,
}

#[derive(Deserialize)]
struct CaseDelivery {
    through: Timestamp,
    open_until: Option<Timestamp>,
}

#[derive(Deserialize)]
struct CaseAsk {
    asker: MemberId,
    asked: Option<MemberId>,
    group: Option<GroupId>,
    no: Option<i64>,
    state: AskState,
    asked_at: Timestamp,
    delivered_at: Timestamp,
    due_at: Option<Timestamp>,
    promised_at: Option<Timestamp>,
}

/// The case says what decides; the rest of an ask does not matter.
fn ask(said: &CaseAsk, topic: TopicId) -> Ask {
    Ask {
        id: "ask_00000000000000000000000001".parse().unwrap(),
        topic,
        post: None,
        no: said.no,
        kind: AskKind::Answer,
        question: "A or B?".to_owned(),
        asker: said.asker,
        asked: said.asked,
        group: said.group,
        budget: Budget::NoRush,
        asked_at: said.asked_at,
        delivered_at: said.delivered_at,
        due_at: said.due_at,
        due_before: None,
        moved_because: None,
        promised_at: said.promised_at,
        nudge_at: None,
        nudged_at: None,
        silence: Silence::Remind,
        state: said.state,
        accepted_at: None,
        answered_at: None,
        answer_post: None,
        reason: None,
        suggested: None,
        passed_to: None,
        passed_from: None,
        escalates: None,
        urgent: None,
        ended_at: None,
        closed_by_itself: false,
    }
}

fn mark(mut fields: Value, topic: TopicId, at: Timestamp) -> Mark {
    let row = fields.as_object_mut().unwrap();
    row.insert("id".to_owned(), json!(topic));
    row.insert("arrived_at".to_owned(), json!(at));
    row.insert("changed_at".to_owned(), json!(at));
    serde_json::from_value(fields).unwrap()
}

/// What the page is told; `shown` is what of `unread` has arrived, where that differs.
fn expected(case: &Case) -> Value {
    let mut expect = case.expect.clone();
    let row = expect.as_object_mut().unwrap();
    if let Some(shown) = row.remove("shown") {
        row.insert("unread".to_owned(), shown);
    }
    expect
}

#[test]
fn every_case_of_the_rule() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("vectors/inbox.json")).unwrap();
    assert!(cases.len() > 90);
    for case in cases {
        let expect = expected(&case);
        let seen = Seen { id: case.topic.id, last_no: case.topic.last_no, social: case.space_social };
        let mark = case.mark.map(|fields| mark(fields, case.topic.id, case.now));
        let asks: Vec<Ask> = case.asks.iter().map(|said| ask(said, case.topic.id)).collect();
        let CaseDelivery { through, open_until } = case.delivery;
        let reader = Reader {
            me: case.me,
            groups: &case.groups,
            reached: Reached { through, open_until },
            now: case.now,
        };
        let said = match place(reader, seen, mark.as_ref(), &asks) {
            Some(placed) => json!({
                "place": placed.place,
                "section": placed.item.section,
                "reason": placed.item.reason,
                "unread": placed.item.unread,
            }),
            None => json!({
                "place": "none",
                "section": null,
                "reason": null,
                "unread": (seen.last_no - mark.map_or(0, |mark| mark.read_no)).max(0),
            }),
        };
        assert_eq!(said, expect, "{}", case.name);
    }
}
