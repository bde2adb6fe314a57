//! The hash pool: as many threads as cores, at lower priority, behind a bounded queue. Nothing else ever waits behind it.
//!
//! The queue is shared fairly: see [`queue`]. How long a refused password takes at least: see [`floor`].

mod floor;
mod queue;

pub(crate) use floor::FLOOR;
pub(crate) use queue::Seat;

use floor::Durations;
use kernel::crypto::password::{self, Cost, HashError, Memory, Password, Verdict};
use queue::Queue;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// The pool. Memory is threads × cost, and given back when the pool rests.
pub struct HashPool {
    queue: Arc<Queue>,
    cost: Cost,
    threads: usize,
    durations: Durations,
    done: AtomicU64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HashPoolError {
    /// Too many are waiting: 503 with Retry-After.
    #[error("the hash queue is full")]
    Full,
    /// Hashing failed.
    #[error(transparent)]
    Hash(#[from] HashError),
}

impl From<HashPoolError> for platform::http::ApiError {
    fn from(error: HashPoolError) -> Self {
        match error {
            HashPoolError::Full => Self::unavailable(error),
            HashPoolError::Hash(cause) => Self::internal(cause),
        }
    }
}

/// Threads give their working memory back after this long without work.
const REST: Duration = Duration::from_secs(5);
/// Below the threads that answer requests, so that a storm of sign-ins slows nothing but sign-ins.
const NICENESS: i32 = 10;

impl HashPool {
    /// Starts the threads. `is_shared` bounds how many of the places in the queue one network may take.
    pub fn start(cost: Cost, places: usize, is_shared: bool) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let queue = Arc::new(Queue::new(places, is_shared));
        for number in 0..threads {
            let queue = queue.clone();
            let spawned = std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || work(&queue));
            if let Err(error) = spawned {
                tracing::error!(%error, "a hash thread could not be started");
            }
        }
        Self {
            queue,
            cost,
            threads,
            durations: Durations::default(),
            done: AtomicU64::new(0),
        }
    }

    /// Hashes a new password of somebody who proved who they are.
    ///
    /// # Errors
    /// [`HashPoolError`].
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String, HashPoolError> {
        self.hash_for(Seat::ours(), password, salt).await
    }

    /// Hashes a new password.
    pub(crate) async fn hash_for(
        &self,
        seat: Seat,
        password: Password,
        salt: [u8; 16],
    ) -> Result<String, HashPoolError> {
        let cost = self.cost;
        let hash = move |memory: &mut Memory| password::hash(&password, salt, cost, memory);
        Ok(self.run(seat, hash).await?.value)
    }

    /// Checks a password against a stored hash; answers when that began.
    pub(crate) async fn verify(
        &self,
        seat: Seat,
        password: Password,
        stored: String,
    ) -> Result<(Verdict, Instant), HashPoolError> {
        let cost = self.cost;
        let kind = password::kind(&stored);
        let texts = password.texts();
        let verify = move |memory: &mut Memory| password::verify(&password, &stored, cost, memory);
        let done = self.run(seat, verify).await?;
        if let Some(kind) = kind {
            // One that matched stops at the first text that does.
            let texts = if done.value.is_match { 1 } else { texts };
            self.durations.note(kind, done.took / texts);
        }
        Ok((done.value, done.began))
    }

    /// Spends as much as a check, for addresses nobody has; answers when that began.
    pub(crate) async fn pretend(
        &self,
        seat: Seat,
        password: Password,
    ) -> Result<Instant, HashPoolError> {
        let cost = self.cost;
        let pretend = move |memory: &mut Memory| password::pretend(&password, cost, memory);
        Ok(self.run(seat, pretend).await?.began)
    }

    /// How long after a check began its refusal is answered at the soonest: as long as the dearest of these kinds takes, so
    /// that time does not tell whose hash it was. A kind that was never seen is measured first.
    pub(crate) async fn floor(
        &self,
        kinds: &[String],
        password: &Password,
    ) -> Result<Duration, HashPoolError> {
        for kind in kinds {
            if self.durations.knows(kind) {
                continue;
            }
            let _turn = self.durations.measuring.lock().await;
            if self.durations.knows(kind) {
                continue;
            }
            let took = match password::sample(kind) {
                Some(sample) => {
                    let (nobody, cost) = (Password::presented(""), self.cost);
                    let verify =
                        move |memory: &mut Memory| password::verify(&nobody, &sample, cost, memory);
                    self.run(Seat::ours(), verify).await?.took
                }
                None => Duration::ZERO,
            };
            self.durations.note(kind.clone(), took);
        }
        Ok(self.durations.floor(kinds, password.texts()))
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How many work at once.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// How many hashes were computed since the start.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        seat: Seat,
        task: impl FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> Result<Done<T>, HashPoolError> {
        let (answer, receiver) = oneshot::channel();
        let work = Box::new(move |memory: &mut Memory| {
            // Nobody waits any more: spend nothing.
            if answer.is_closed() {
                return;
            }
            let began = Instant::now();
            let done = task(memory).map(|value| Done {
                value,
                began,
                took: began.elapsed(),
            });
            let _ = answer.send(done);
        });
        if !self.queue.push(seat, work) {
            return Err(HashPoolError::Full);
        }
        match receiver.await {
            Ok(result) => {
                self.done.fetch_add(1, Ordering::Relaxed);
                Ok(result?)
            }
            Err(_) => Err(HashPoolError::Full),
        }
    }
}

impl Drop for HashPool {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// What a task answered, when it began and how long it took.
struct Done<T> {
    value: T,
    began: Instant,
    took: Duration,
}

fn work(queue: &Queue) {
    let thread = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(thread), NICENESS);
    let mut memory = Memory::default();
    loop {
        let task = match queue.pop(Some(REST)) {
            queue::Popped::Work(task) => task,
            queue::Popped::Closed => return,
            queue::Popped::Nothing => {
                memory = Memory::default();
                match queue.pop(None) {
                    queue::Popped::Work(task) => task,
                    queue::Popped::Closed | queue::Popped::Nothing => return,
                }
            }
        };
        task(&mut memory);
    }
}
