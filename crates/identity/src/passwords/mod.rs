//! The hash pool: as many threads as cores, at lower priority, behind a bounded queue. Nothing else ever waits behind it.

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TrySendError};
use kernel::crypto::password::{self, Cost, HashError, Memory, Password, Verdict};
use std::num::NonZero;
use std::time::Duration;
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// The pool. Memory is threads × cost, and given back when the pool rests.
pub struct HashPool {
    queue: Sender<Work>,
    cost: Cost,
    threads: usize,
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
    /// Starts the threads.
    pub fn start(cost: Cost, queue: usize) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
        let (sender, receiver) = crossbeam_channel::bounded::<Work>(queue);
        for number in 0..threads {
            let receiver = receiver.clone();
            let spawned = std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || work(&receiver));
            if let Err(error) = spawned {
                tracing::error!(%error, "a hash thread could not be started");
            }
        }
        Self {
            queue: sender,
            cost,
            threads,
        }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`HashPoolError`].
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<String, HashPoolError> {
        let cost = self.cost;
        self.run(move |memory| password::hash(&password, salt, cost, memory))
            .await
    }

    /// Checks a password against a stored hash.
    ///
    /// # Errors
    /// [`HashPoolError`].
    pub async fn verify(
        &self,
        password: Password,
        stored: String,
    ) -> Result<Verdict, HashPoolError> {
        let cost = self.cost;
        self.run(move |memory| password::verify(&password, &stored, cost, memory))
            .await
    }

    /// Spends as much as a check, for addresses nobody has.
    ///
    /// # Errors
    /// [`HashPoolError`].
    pub async fn pretend(&self, password: Password) -> Result<(), HashPoolError> {
        self.hash(password, [0; 16]).await.map(drop)
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How many work at once.
    pub fn threads(&self) -> usize {
        self.threads
    }

    async fn run<T: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashPoolError> {
        let (answer, receiver) = oneshot::channel();
        let work: Work = Box::new(move |memory| {
            // Nobody waits any more: spend nothing.
            if !answer.is_closed() {
                let _ = answer.send(task(memory));
            }
        });
        match self.queue.try_send(work) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                return Err(HashPoolError::Full);
            }
        }
        match receiver.await {
            Ok(result) => Ok(result?),
            Err(_) => Err(HashPoolError::Full),
        }
    }
}

fn work(queue: &Receiver<Work>) {
    let thread = rustix::thread::gettid();
    let _ = rustix::process::setpriority_process(Some(thread), NICENESS);
    let mut memory = Memory::default();
    loop {
        match queue.recv_timeout(REST) {
            Ok(task) => task(&mut memory),
            Err(RecvTimeoutError::Timeout) => {
                memory = Memory::default();
                match queue.recv() {
                    Ok(task) => task(&mut memory),
                    Err(_) => return,
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
