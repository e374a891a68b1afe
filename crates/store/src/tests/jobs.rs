use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, oneshot};
use uuid::Uuid;

use super::{TABLES, WORKSPACE, at, json};
use crate::{
    Db, Error, Job, NewJob, Worker, both,
    jobs::{self, Drained, Schedule},
    testing::TestDb,
};

fn job(key: &str, run_at: Timestamp) -> NewJob {
    let payload = json(&format!("\"{key}\""));
    NewJob { workspace: WORKSPACE, kind: "work", key: key.to_owned(), payload, run_at }
}

async fn enqueue(db: &Db, jobs: Vec<NewJob>) {
    db.write(|tx| async move {
        for job in jobs {
            tx.enqueue(job).await?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
}

async fn waiting(db: &Db) -> i64 {
    db.read(|tx| async move { jobs::waiting(&tx).await }).await.unwrap()
}

type Log = Arc<Mutex<Vec<String>>>;

/// A worker that writes down what it did.
fn noting(test: &TestDb) -> (Worker, Log) {
    let log: Log = Arc::default();
    let noted = log.clone();
    let worker = Worker::new(test.context(at(0))).handle("work", move |_, job: Job| {
        let noted = noted.clone();
        async move {
            noted.lock().unwrap().push(format!("{}#{}", job.payload.get(), job.attempt));
            Ok(())
        }
    });
    (worker, log)
}

fn done(count: usize) -> Drained {
    Drained { done: count, failed: Vec::new() }
}

both!(TABLES; async fn due_jobs_run_once_in_the_order_of_their_times(test: &TestDb) {
    let (worker, log) = noting(test);
    enqueue(&test.db, vec![job("b", at(2)), job("a", at(1)), job("later", at(60))]).await;
    assert_eq!(worker.drain(at(5)).await.unwrap(), done(2));
    assert_eq!(worker.drain(at(5)).await.unwrap(), done(0));
    assert_eq!(*log.lock().unwrap(), ["\"a\"#1", "\"b\"#1"]);
    assert_eq!(waiting(&test.db).await, 1);
    assert_eq!(worker.drain(at(60)).await.unwrap(), done(1));
    assert_eq!(waiting(&test.db).await, 0);
});

both!(TABLES; async fn a_rolled_back_transaction_leaves_no_job(db: Db) {
    let failed = db
        .write(|tx| async move {
            tx.enqueue(job("a", at(0))).await?;
            Err::<(), _>(Error::NoRow)
        })
        .await;
    assert!(failed.is_err());
    assert_eq!(waiting(&db).await, 0);
});

both!(TABLES; async fn jobs_of_one_key_are_one_job_at_the_earlier_time(test: &TestDb) {
    let (worker, log) = noting(test);
    let newer = NewJob { payload: json("\"newer\""), ..job("a", at(9)) };
    enqueue(&test.db, vec![job("a", at(5))]).await;
    enqueue(&test.db, vec![newer]).await;
    assert_eq!(waiting(&test.db).await, 1);
    assert_eq!(worker.drain(at(5)).await.unwrap(), done(1));
    assert_eq!(*log.lock().unwrap(), ["\"newer\"#1"]);
    enqueue(&test.db, vec![job("a", at(6))]).await;
    assert_eq!(worker.drain(at(6)).await.unwrap(), done(1), "a finished job does not stand in the way");
});

both!(TABLES; async fn a_job_enqueued_while_it_runs_runs_once_more(test: &TestDb) {
    let runs: Arc<Mutex<usize>> = Arc::default();
    let counted = runs.clone();
    let worker = Worker::new(test.context(at(0))).handle("work", move |context, _| {
        let counted = counted.clone();
        async move {
            *counted.lock().unwrap() += 1;
            if *counted.lock().unwrap() == 1 {
                enqueue(&context.db, vec![job("a", at(1))]).await;
            }
            Ok(())
        }
    });
    enqueue(&test.db, vec![job("a", at(0))]).await;
    assert_eq!(worker.drain(at(1)).await.unwrap(), done(2));
    assert_eq!(waiting(&test.db).await, 0);
});

both!(TABLES; async fn failures_are_retried_with_growing_pauses_and_then_kept(test: &TestDb) {
    let worker = Worker::new(test.context(at(0)))
        .handle("work", |_, job: Job| async move {
            assert!(job.attempt % 2 != 0, "bug {}", job.attempt);
            Err(format!("no luck {}", job.attempt))
        });
    enqueue(&test.db, vec![job("a", at(0))]).await;
    let (mut now, mut pause) = (at(0), SignedDuration::from_secs(10));
    for attempt in 1..=jobs::MOST_ATTEMPTS {
        let failed = worker.drain(now).await.unwrap().failed;
        let text = if attempt % 2 == 0 { format!("panicked: bug {attempt}") } else { format!("no luck {attempt}") };
        assert_eq!(failed, [("work".to_owned(), text)]);
        let almost = now + pause - SignedDuration::from_micros(1);
        assert_eq!(worker.drain(almost).await.unwrap(), done(0), "it pauses after try {attempt}");
        now += pause;
        pause = (pause * 2).min(SignedDuration::from_hours(1));
    }
    assert_eq!(waiting(&test.db).await, 0);
    let dead = test.db.read(|tx| async move { jobs::dead(&tx, 10).await }).await.unwrap();
    assert_eq!((dead.len(), dead[0].key.as_str(), dead[0].attempts), (1, "a", jobs::MOST_ATTEMPTS));
    assert_eq!(dead[0].last_error, "panicked: bug 10");
    let (healthy, log) = noting(test);
    assert_eq!(healthy.drain(now).await.unwrap(), done(0));
    enqueue(&test.db, vec![job("a", now)]).await;
    assert_eq!(healthy.drain(now).await.unwrap(), done(1), "enqueuing gives it a new life");
    assert_eq!(*log.lock().unwrap(), ["\"a\"#1"]);
});

both!(TABLES; async fn a_kind_that_nobody_handles_waits_for_somebody(test: &TestDb) {
    enqueue(&test.db, vec![job("a", at(0))]).await;
    let drained = Worker::new(test.context(at(0))).drain(at(0)).await.unwrap();
    assert_eq!(drained.failed, [("work".to_owned(), "nobody handles work".to_owned())]);
    assert_eq!(noting(test).0.drain(at(60)).await.unwrap(), done(1));
});

both!(TABLES; async fn a_leased_job_is_left_alone_until_the_lease_ends(test: &TestDb) {
    let started = Arc::new(Notify::new());
    let (told, stuck) = (started.clone(), Worker::new(test.context(at(0))));
    let stuck = stuck.handle("work", move |_, _| {
        let told = told.clone();
        async move {
            told.notify_one();
            std::future::pending::<Result<(), String>>().await
        }
    });
    enqueue(&test.db, vec![job("a", at(0))]).await;
    let crashing = tokio::spawn(async move { stuck.drain(at(0)).await });
    started.notified().await;
    crashing.abort();
    let (healthy, log) = noting(test);
    assert_eq!(healthy.drain(at(299)).await.unwrap(), done(0));
    assert_eq!(healthy.drain(at(300)).await.unwrap(), done(1));
    assert_eq!(*log.lock().unwrap(), ["\"a\"#2"]);
});

both!(TABLES; async fn two_workers_share_the_work(test: &TestDb) {
    let (worker, log) = noting(test);
    enqueue(&test.db, (0..30).map(|number| job(&format!("{number:02}"), at(0))).collect()).await;
    let other = worker.clone();
    let (one, two) = tokio::join!(worker.drain(at(0)), other.drain(at(0)));
    assert_eq!(one.unwrap().done + two.unwrap().done, 30);
    let mut ran = log.lock().unwrap().clone();
    ran.sort();
    assert_eq!(ran, (0..30).map(|number| format!("\"{number:02}\"#1")).collect::<Vec<_>>());
});

both!(TABLES; async fn a_running_worker_wakes_for_a_new_job_and_ends_its_work(test: &TestDb) {
    let (worker, log) = noting(test);
    let ran = Arc::new(Notify::new());
    let told = ran.clone();
    let worker = worker.handle("last", move |_, _| {
        let told = told.clone();
        async move {
            told.notify_one();
            Ok(())
        }
    });
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(worker.run_until(async {
        let _ = stopped.await;
    }));
    enqueue(&test.db, vec![job("a", at(-1)), NewJob { kind: "last", ..job("z", at(0)) }]).await;
    ran.notified().await;
    stop.send(()).unwrap();
    running.await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["\"a\"#1"]);
    assert_eq!(waiting(&test.db).await, 0);
});

both!(TABLES; async fn a_schedule_comes_again_and_makes_up_for_nothing(test: &TestDb) {
    let (worker, log) = noting(test);
    let schedule = Schedule {
        workspace: Uuid::nil(),
        name: "tidy".to_owned(),
        kind: "work",
        payload: json("\"tidy\""),
        every: SignedDuration::from_secs(60),
        first_at: at(60),
    };
    for _ in 0..2 {
        let schedule = schedule.clone();
        test.db.write(|tx| async move { jobs::schedule(&tx, &schedule).await }).await.unwrap();
    }
    for (now, expected) in [(59, 0), (60, 1), (61, 0), (119, 0), (120, 1), (500, 1), (539, 0), (540, 1)] {
        assert_eq!(worker.drain(at(now)).await.unwrap(), done(expected), "at {now}");
    }
    assert_eq!(log.lock().unwrap().len(), 4);
    test.db.write(|tx| async move { jobs::unschedule(&tx, Uuid::nil(), "tidy").await }).await.unwrap();
    assert_eq!(worker.drain(at(5_000)).await.unwrap(), done(0));
});
