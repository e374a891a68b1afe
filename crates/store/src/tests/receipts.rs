use futures::future::join_all;
use uuid::Uuid;

use super::{TABLES, WORKSPACE, add, at, change, stored_names};
use crate::{Db, Error, Receipt, ReceiptKey, Tx, both, receipts};

fn key(name: &str, fingerprint: u8) -> ReceiptKey {
    ReceiptKey {
        workspace: WORKSPACE,
        member: Uuid::from_u128(5),
        key: name.to_owned(),
        fingerprint: vec![fingerprint; 32],
        at: at(0),
    }
}

async fn look(db: &Db, key: ReceiptKey) -> Receipt {
    db.write(|tx| async move { tx.receipt(key).await }).await.unwrap().value
}

both!(TABLES; async fn a_retried_request_finds_what_its_first_try_made(db: Db) {
    db.write(|tx| async move {
        tx.record(change(WORKSPACE, 0));
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let first = db
        .write(|tx| async move {
            let receipt = tx.receipt(key("k", 1)).await?;
            tx.record(change(WORKSPACE, 1));
            tx.record(change(Uuid::from_u128(77), 1));
            tx.record(change(WORKSPACE, 2));
            Ok::<_, Error>(receipt)
        })
        .await
        .unwrap();
    assert_eq!(first.value, Receipt::New);
    assert_eq!(look(&db, key("k", 1)).await, Receipt::Seen { first_seq: 2, last_seq: 3 });
    assert_eq!(look(&db, key("k", 2)).await, Receipt::Different);
    let of_another = ReceiptKey { member: Uuid::from_u128(6), ..key("k", 2) };
    assert_eq!(look(&db, of_another.clone()).await, Receipt::New);
    assert_eq!(look(&db, of_another).await, Receipt::Seen { first_seq: 4, last_seq: 3 }, "an empty range");
});

both!(TABLES; async fn a_failed_request_may_be_tried_again(db: Db) {
    let failed = db
        .write(|tx| async move {
            tx.receipt(key("k", 1)).await?;
            Err::<(), _>(Error::NoRow)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(look(&db, key("k", 9)).await, Receipt::New);
});

both!(TABLES; async fn of_concurrent_requests_with_one_key_one_does_the_work(db: Db) {
    async fn request(tx: Tx, number: usize) -> Result<Receipt, Error> {
        let receipt = tx.receipt(key("k", 1)).await?;
        if receipt == Receipt::New {
            tx.record(change(WORKSPACE, number));
            add(&tx, &number.to_string()).await?;
        }
        Ok(receipt)
    }
    let requests = (0..12).map(|number| tokio::spawn(db.write(move |tx| request(tx, number))));
    let answers: Vec<_> = join_all(requests).await.into_iter().map(|a| a.unwrap().unwrap().value).collect();
    let new = answers.iter().filter(|answer| **answer == Receipt::New).count();
    let seen = answers.iter().filter(|answer| **answer == Receipt::Seen { first_seq: 1, last_seq: 1 }).count();
    assert_eq!((new, seen), (1, 11), "{answers:?}");
    assert_eq!(stored_names(&db).await.len(), 1);
});

both!(TABLES; async fn old_receipts_are_forgotten(db: Db) {
    look(&db, key("old", 1)).await;
    look(&db, ReceiptKey { at: at(60), ..key("young", 1) }).await;
    look(&db, ReceiptKey { at: at(1), ..key("older", 1) }).await;
    look(&db, ReceiptKey { at: at(2), ..key("less old", 1) }).await;
    let prune = async |most| {
        db.write(move |tx| async move { receipts::prune(&tx, at(60), most).await }).await.unwrap().value
    };
    // The oldest first, a portion at a time.
    assert_eq!((prune(2).await, prune(2).await, prune(2).await), (2, 1, 0));
    assert_eq!(look(&db, key("old", 2)).await, Receipt::New);
    assert_eq!(look(&db, key("young", 2)).await, Receipt::Different);
});
