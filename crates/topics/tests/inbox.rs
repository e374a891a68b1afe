//! The inbox rule on the cases that the client runs too.
#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use people::MemberId;
use serde::Deserialize;
use serde_json::{Value, json};
use topics::{
    TopicId,
    asks::{Ask, AskKind, AskState, Budget},
    inbox::{Seen, place},
    marks::Mark,
};

#[derive(Deserialize)]
struct Case {
    name: String,
    now: Timestamp,
    me: MemberId,
    topic: CaseTopic,
    mark: Option<Value>,
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
struct CaseAsk {
    asker: MemberId,
    asked: MemberId,
    state: AskState,
}

fn ask(case: &CaseAsk, topic: TopicId, at: Timestamp) -> Ask {
    Ask {
        id: "ask_00000000000000000000000001".parse().unwrap(),
        topic,
        post: None,
        kind: AskKind::Answer,
        question: "A or B?".to_owned(),
        asker: case.asker,
        asked: case.asked,
        budget: Budget::NoRush,
        asked_at: at,
        delivered_at: at,
        due_at: None,
        promised_at: None,
        state: case.state,
        answer_post: None,
        reason: None,
        suggested: None,
        passed_to: None,
        passed_from: None,
        ended_at: None,
    }
}

fn mark(mut fields: Value, topic: TopicId, at: Timestamp) -> Mark {
    let row = fields.as_object_mut().unwrap();
    row.insert("id".to_owned(), json!(topic));
    row.insert("changed_at".to_owned(), json!(at));
    serde_json::from_value(fields).unwrap()
}

#[test]
fn every_case_of_the_rule() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("vectors/inbox.json")).unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let seen = Seen { id: case.topic.id, last_no: case.topic.last_no, social: case.space_social };
        let mark = case.mark.map(|fields| mark(fields, case.topic.id, case.now));
        let asks: Vec<Ask> = case.asks.iter().map(|a| ask(a, case.topic.id, case.now)).collect();
        let said = match place(case.now, case.me, seen, mark.as_ref(), &asks) {
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
        assert_eq!(said, case.expect, "{}", case.name);
    }
}
