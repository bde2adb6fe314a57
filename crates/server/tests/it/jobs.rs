//! The job queue: in the transaction that needs it, at least once, retried, buried, once over replicas.

use platform::db::Actor;
use platform::jobs::{JobError, Jobs, Registry};
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use testkit::{ManualClock, TestDatabase, eventually};
use tokio_util::sync::CancellationToken;

struct Queue {
    database: TestDatabase,
    clock: Arc<ManualClock>,
    jobs: Arc<Jobs>,
}

impl Queue {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let clock = ManualClock::at("2026-06-01T12:00:00Z");
        let jobs = Arc::new(Jobs::new(database.db.clone(), testkit::context(&clock)));
        Self {
            database,
            clock,
            jobs,
        }
    }

    fn replica(&self) -> Jobs {
        Jobs::new(self.database.db.clone(), testkit::context(&self.clock))
    }

    async fn enqueue(&self, kind: &str, dedupe: Option<&str>) {
        let tx = self.database.db.tx(&Actor::Service).await.unwrap();
        let now = kernel::Clock::now(self.clock.as_ref());
        self.jobs
            .enqueue(&tx, kind, &json!({"n": 1}), dedupe, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

/// A registry whose one handler counts its calls and answers `outcome`.
fn counting(
    kind: &'static str,
    outcome: impl Fn(u32) -> Result<(), JobError> + Send + Sync + 'static,
) -> (Registry, Arc<AtomicU32>) {
    let calls = Arc::new(AtomicU32::new(0));
    let (counter, outcome) = (calls.clone(), Arc::new(outcome));
    let mut registry = Registry::default();
    registry.on(kind, move |payload| {
        let call = counter.fetch_add(1, Ordering::SeqCst) + 1;
        let outcome = outcome.clone();
        async move {
            assert_eq!(payload["n"], 1);
            outcome(call)
        }
    });
    (registry, calls)
}

#[tokio::test]
async fn a_job_is_done_once_and_forgotten() {
    let queue = Queue::new().await;
    queue.enqueue("mail", Some("welcome:ada")).await;
    queue.enqueue("mail", Some("welcome:ada")).await;
    let (registry, calls) = counting("mail", |_| Ok(()));
    assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 1);
    assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 0);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(queue.jobs.counts().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_job_of_a_transaction_that_rolled_back_never_runs() {
    let queue = Queue::new().await;
    let tx = queue.database.db.tx(&Actor::Service).await.unwrap();
    let now = kernel::Clock::now(queue.clock.as_ref());
    queue
        .jobs
        .enqueue(&tx, "mail", &json!({"n": 1}), None, now)
        .await
        .unwrap();
    drop(tx);
    let (registry, calls) = counting("mail", |_| Ok(()));
    queue.jobs.run_due(&registry).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_and_then_succeeds() {
    let queue = Queue::new().await;
    queue.enqueue("flaky", None).await;
    let (registry, calls) = counting("flaky", |call| match call {
        3 => Ok(()),
        _ => Err(JobError::Retry("not yet".to_owned())),
    });
    for wait in [10, 20] {
        assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 1);
        queue.clock.advance_seconds(wait - 1);
        assert_eq!(
            queue.jobs.run_due(&registry).await.unwrap(),
            0,
            "waits {wait} s"
        );
        queue.clock.advance_seconds(1);
    }
    assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 1);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    assert_eq!(queue.jobs.counts().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_hopeless_job_becomes_a_dead_letter_that_is_kept_for_ninety_days() {
    let queue = Queue::new().await;
    queue.enqueue("hopeless", None).await;
    queue.enqueue("tiring", None).await;
    let (mut registry, hopeless) =
        counting("hopeless", |_| Err(JobError::Never("never".to_owned())));
    let tries = Arc::new(AtomicU32::new(0));
    let counter = tries.clone();
    registry.on("tiring", move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { Err(JobError::Retry("again".to_owned())) }
    });
    for _ in 0..20 {
        queue.jobs.run_due(&registry).await.unwrap();
        queue.clock.advance_seconds(6000);
    }
    assert_eq!(hopeless.load(Ordering::SeqCst), 1);
    assert_eq!(tries.load(Ordering::SeqCst), 12);
    assert_eq!(queue.jobs.counts().await.unwrap(), (0, 2));
    let root = queue.database.superuser().await;
    let row = root
        .query_one(
            "select string_agg(last_error, ',' order by last_error) from platform.jobs",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, String>(0), "again,never");
    queue.jobs.clean().await.unwrap();
    assert_eq!(queue.jobs.counts().await.unwrap(), (0, 2));
    queue.clock.advance_seconds(91 * 86_400);
    queue.jobs.clean().await.unwrap();
    assert_eq!(queue.jobs.counts().await.unwrap(), (0, 0));
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_up_again() {
    let queue = Queue::new().await;
    queue.enqueue("mail", None).await;
    let mut stuck = Registry::default();
    stuck.on("mail", |_| std::future::pending::<Result<(), JobError>>());
    let replica = queue.replica();
    tokio::select! {
        _ = replica.run_due(&stuck) => unreachable!("the worker never answers"),
        () = eventually("the claim", async || {
            let root = queue.database.superuser().await;
            let row = root.query_one("select locked_until is not null from platform.jobs", &[]).await.unwrap();
            row.get::<_, bool>(0).then_some(())
        }) .then_unit() => {}
    }
    let (registry, calls) = counting("mail", |_| Ok(()));
    assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 0, "leased");
    queue.clock.advance_seconds(121);
    assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 1);
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

/// Drops what a future answers.
trait ThenUnit: Future + Sized {
    async fn then_unit(self) {
        self.await;
    }
}

impl<F: Future> ThenUnit for F {}

#[tokio::test]
async fn a_schedule_comes_round_once_over_two_replicas() {
    let queue = Queue::new().await;
    let calls = Arc::new(AtomicU32::new(0));
    let registry = || {
        let counter = calls.clone();
        let mut registry = Registry::default();
        registry.every("tick", 3600, move || {
            counter.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        });
        registry
    };
    let (left, right) = (queue.replica(), queue.replica());
    let (first, second) = (registry(), registry());
    for round in 1..=3 {
        for _ in 0..3 {
            let (a, b) = tokio::join!(left.run_due(&first), right.run_due(&second));
            a.unwrap();
            b.unwrap();
        }
        assert_eq!(calls.load(Ordering::SeqCst), round);
        queue.clock.advance_seconds(3600);
    }
}

#[tokio::test]
async fn the_runner_wakes_up_for_new_work_and_stops_when_told() {
    let queue = Queue::new().await;
    let (registry, calls) = counting("mail", |_| Ok(()));
    let stop = CancellationToken::new();
    let (jobs, token) = (queue.jobs.clone(), stop.clone());
    let runner = tokio::spawn(async move { jobs.run(&registry, token).await });
    queue.enqueue("mail", None).await;
    queue.jobs.wake();
    eventually("the job", async || {
        (calls.load(Ordering::SeqCst) == 1).then_some(())
    })
    .await;
    stop.cancel();
    runner.await.unwrap();
}

#[tokio::test]
async fn jobs_of_one_moment_are_done_in_their_order() {
    let queue = Queue::new().await;
    let tx = queue.database.db.tx(&Actor::Service).await.unwrap();
    let now = kernel::Clock::now(queue.clock.as_ref());
    for number in 0..12 {
        let payload = json!({ "number": number });
        let jobs = &queue.jobs;
        jobs.enqueue(&tx, "note", &payload, None, now)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    // The table keeps no order: rows that were written again stand last.
    let root = queue.database.superuser().await;
    let again =
        "update platform.jobs set attempts = attempts where payload->>'number' in ('0', '5')";
    root.batch_execute(again).await.unwrap();
    let done = Arc::new(Mutex::new(Vec::new()));
    let mut registry = Registry::default();
    let noted = done.clone();
    registry.on("note", move |payload| {
        noted
            .lock()
            .unwrap()
            .push(payload["number"].as_i64().unwrap());
        async { Ok(()) }
    });
    assert_eq!(queue.jobs.run_due(&registry).await.unwrap(), 12);
    assert_eq!(*done.lock().unwrap(), (0..12).collect::<Vec<_>>());
}

/// A mail server that hangs must not make a second replica send the rest of the batch twice.
#[tokio::test]
async fn behind_a_slow_job_the_others_are_let_go_before_their_lease_ends() {
    let queue = Queue::new().await;
    for _ in 0..4 {
        queue.enqueue("mail", None).await;
    }
    let clock = queue.clock.clone();
    let (slow, _) = counting("mail", move |_| {
        clock.advance_seconds(70);
        Ok(())
    });
    assert_eq!(queue.jobs.run_due(&slow).await.unwrap(), 1);
    let root = queue.database.superuser().await;
    let free = "select count(*) from platform.jobs where attempts = 0 and locked_until is null";
    let free: i64 = root.query_one(free, &[]).await.unwrap().get(0);
    assert_eq!(free, 3);
    let (fast, calls) = counting("mail", |_| Ok(()));
    assert_eq!(queue.replica().run_due(&fast).await.unwrap(), 3);
    assert_eq!(queue.jobs.run_due(&fast).await.unwrap(), 0);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_clock_that_was_ahead_holds_up_neither_jobs_nor_schedules() {
    let queue = Queue::new().await;
    let calls = Arc::new(AtomicU32::new(0));
    let ticking = || {
        let (mut registry, mails) = counting("mail", |call| match call {
            1 => Err(JobError::Retry("later".to_owned())),
            _ => Ok(()),
        });
        let counter = calls.clone();
        registry.every("tick", 3600, move || {
            counter.fetch_add(1, Ordering::SeqCst);
            async { Ok(()) }
        });
        (registry, mails)
    };
    let (registry, mails) = ticking();
    queue.clock.set("2030-01-01T00:00:00Z");
    queue.enqueue("mail", None).await;
    queue.replica().run_due(&registry).await.unwrap();
    queue.enqueue("mail", None).await;
    assert_eq!(
        (calls.load(Ordering::SeqCst), mails.load(Ordering::SeqCst)),
        (1, 1)
    );
    // One mail is to be tried again in 2030, one was written then, and one was in hand when its server stopped.
    let root = queue.database.superuser().await;
    root.batch_execute(
        "insert into platform.jobs (id, kind, payload, run_at, locked_until, created_at)
         values (gen_random_uuid(), 'mail', '{\"n\": 1}', '2029-12-31', '2030-01-01', '2029-12-31')",
    )
    .await
    .unwrap();
    queue.clock.set("2026-06-01T12:00:00Z");
    queue.replica().run_due(&registry).await.unwrap();
    assert_eq!(mails.load(Ordering::SeqCst), 4);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    queue.clock.advance_seconds(3600);
    queue.replica().run_due(&registry).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}
