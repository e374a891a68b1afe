use std::sync::Arc;

use futures::future::join_all;

use super::{OTHER, TABLES, WORKSPACE, add, change};
use crate::{Bus, Change, Db, Error, Lagged, both};

both!(TABLES; async fn listeners_hear_every_change_in_order(db: Db) {
    let mut here = db.bus().subscribe(WORKSPACE);
    let mut elsewhere = db.bus().subscribe(OTHER);
    let writers = (0..60).map(|number| {
        tokio::spawn(db.write(move |tx| async move {
            add(&tx, &number.to_string()).await?;
            tx.record(change(WORKSPACE, number));
            tx.record(change(WORKSPACE, number));
            if number % 6 == 0 { Err(Error::NoRow) } else { Ok(()) }
        }))
    });
    join_all(writers).await;
    let mut heard = Vec::new();
    while heard.len() < 100 {
        heard.push(here.next().await.unwrap().unwrap().seq);
    }
    assert_eq!(heard, (1..=100).collect::<Vec<_>>());
    assert!(here.try_next().is_none());
    assert!(elsewhere.try_next().is_none(), "another workspace stays quiet");
});

both!(TABLES; async fn a_change_is_heard_after_it_can_be_read(db: Db) {
    let mut listener = db.bus().subscribe(WORKSPACE);
    let reader = db.clone();
    let listening = tokio::spawn(async move {
        for _ in 0..20 {
            let seq = listener.next().await.unwrap().unwrap().seq;
            let head = reader.read(|tx| async move { tx.head(WORKSPACE).await }).await.unwrap();
            assert!(head >= seq, "{head} {seq}");
        }
    });
    for number in 0..20 {
        db.write(move |tx| async move {
            tx.record(change(WORKSPACE, number));
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
    }
    listening.await.unwrap();
});

both!(TABLES; async fn a_listener_that_fell_behind_is_told(db: Db) {
    let mut slow = db.bus().subscribe(WORKSPACE);
    db.write(|tx| async move {
        for number in 0..1_500 {
            tx.record(change(WORKSPACE, number));
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    assert_eq!(slow.next().await.unwrap().unwrap_err(), Lagged);
    let next = slow.next().await.unwrap().unwrap().seq;
    assert!(next > 1 && next <= 1_500);
});

fn numbered(seq: i64) -> Arc<Change> {
    let change = change(WORKSPACE, seq);
    Arc::new(Change {
        workspace: WORKSPACE,
        seq,
        at: change.at,
        actor: None,
        verb: change.verb.to_owned(),
        audience: change.audience,
        operation: None,
        rows: super::json("[]"),
    })
}

#[test]
fn an_announcement_waits_for_those_before_it() {
    let bus = Bus::default();
    let mut listener = bus.subscribe(WORKSPACE);
    let (first, second, third) = (bus.reserve(WORKSPACE), bus.reserve(WORKSPACE), bus.reserve(WORKSPACE));
    third.announce(vec![numbered(3)]);
    assert!(listener.try_next().is_none());
    drop(first);
    assert!(listener.try_next().is_none());
    second.announce(vec![numbered(2)]);
    assert_eq!(listener.try_next().unwrap().unwrap().seq, 2);
    assert_eq!(listener.try_next().unwrap().unwrap().seq, 3);
}

#[test]
fn a_commit_of_unknown_end_sends_listeners_to_the_log() {
    let bus = Bus::default();
    let mut listener = bus.subscribe(WORKSPACE);
    let mut ticket = bus.reserve(WORKSPACE);
    ticket.committing();
    drop(ticket);
    assert_eq!(listener.try_next().unwrap().unwrap_err(), Lagged);
}
