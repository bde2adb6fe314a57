//! Gathers concurrent uses into calls of the ledger.
//!
//! One call of the ledger costs five statements however many uses it carries. So while a call is under way the uses that
//! arrive wait, and the next call takes them together: of one wallet in the order they came, of many wallets at once. A
//! wallet is in one call at a time, so that calls of one server never wait for each other's locks. The task belongs to
//! the server and not to a request: a client that goes away cannot cut a debit short.

use super::model;
use crate::calendar::Calendar;
use crate::ledger::{self, Debit, Moment, Outcome};
use kernel::UserId;
use platform::Context;
use platform::db::{Actor, Db, DbError};
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Sleep;
use uuid::Uuid;

/// Most uses in one call.
const MAX_BATCH: usize = 128;
/// Most calls at a time.
const MAX_FLIGHTS: usize = 4;
/// So many waiting uses are worth a further call beside one that is under way.
const WORTH_A_FLIGHT: usize = 32;
/// So long uses wait at most for a call that is under way, before they get one of their own.
const PATIENCE: Duration = Duration::from_millis(5);
/// A call takes no further use once it carries so much, in KiB.
const FULL_BATCH_KIB: usize = 512;
/// What a use holds beside its texts, in KiB.
const USE_KIB: usize = 4;
/// Most uses that wait or are under way; more are turned away.
const MAX_WAITING: usize = 4096;
/// What they may hold together, in KiB.
const ROOM_KIB: usize = MAX_WAITING * USE_KIB;

/// Why a use did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UseError {
    /// The balance does not cover it.
    Insufficient {
        /// The amount asked for.
        required: i64,
        /// What there is.
        available: i64,
    },
    /// The person has no wallet.
    NoWallet,
    /// The idempotency key belongs to another request.
    KeyReused,
    /// The database is out of reach, or too much is waiting.
    Unavailable(String),
    /// A fault of ours.
    Internal(String),
}

/// A use that happened, now or before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    /// The JSON answer.
    pub(crate) body: Vec<u8>,
    /// Whether an earlier request with the same key did it.
    pub(crate) is_replayed: bool,
}

/// Who waits for a use, and the room it takes until they have their answer.
struct Reply {
    answer: oneshot::Sender<Result<Used, UseError>>,
    _room: OwnedSemaphorePermit,
}

impl Reply {
    fn send(self, answer: Result<Used, UseError>) {
        // A client that went away waits for nothing.
        let _ = self.answer.send(answer);
    }
}

/// A use, and everyone who waits for it: later requests with its key join it.
struct Pending {
    debit: Debit,
    replies: Vec<Reply>,
}

enum Message {
    Use(Box<Pending>),
    Drain(oneshot::Sender<()>),
}

/// What a call needs.
#[derive(Clone)]
pub(crate) struct Flight {
    /// The database.
    pub(crate) db: Db,
    /// Time.
    pub(crate) context: Context,
    /// Days.
    pub(crate) calendar: Calendar,
}

/// The door to the gathering task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gatherer {
    inbox: mpsc::Sender<Message>,
    room: Arc<Semaphore>,
}

impl Gatherer {
    /// Starts the task on the current runtime; it ends when the last door is dropped.
    pub(crate) fn start(flight: Flight) -> Self {
        let (inbox, messages) = mpsc::channel(MAX_WAITING);
        let task = Task {
            flight: Arc::new(flight),
            wallets: HashMap::new(),
            ready: VecDeque::new(),
            ready_uses: 0,
            underway: HashMap::new(),
            last_id: Uuid::nil(),
            impatience: None,
            is_impatient: false,
            drains: Vec::new(),
        };
        tokio::spawn(task.run(messages));
        Self {
            inbox,
            room: Arc::new(Semaphore::new(ROOM_KIB)),
        }
    }

    /// Debits, and waits for the outcome. Dropping the future does not undo the debit.
    pub(crate) async fn debit(&self, debit: Debit) -> Result<Used, UseError> {
        let too_many = || UseError::Unavailable("too many uses are waiting".to_owned());
        let room = self
            .room
            .clone()
            .try_acquire_many_owned(u32::try_from(size_kib(&debit)).unwrap_or(u32::MAX))
            .map_err(|_| too_many())?;
        let (answer, outcome) = oneshot::channel();
        let pending = Pending {
            debit,
            replies: vec![Reply {
                answer,
                _room: room,
            }],
        };
        self.inbox
            .try_send(Message::Use(Box::new(pending)))
            .map_err(|_| too_many())?;
        // Lost with a server that goes down: whether it happened is unknown, and its key makes asking again safe.
        outcome
            .await
            .unwrap_or_else(|_| Err(UseError::Unavailable("a ledger call was lost".to_owned())))
    }

    /// Waits until nothing is under way: before the database is shut down.
    pub(crate) async fn drain(&self) {
        let (reply, done) = oneshot::channel();
        if self.inbox.send(Message::Drain(reply)).await.is_ok() {
            let _ = done.await;
        }
    }
}

#[derive(Default)]
struct Wallet {
    queue: VecDeque<Pending>,
    is_underway: bool,
}

struct Task {
    flight: Arc<Flight>,
    wallets: HashMap<UserId, Wallet>,
    /// Wallets with waiting uses and no call under way.
    ready: VecDeque<UserId>,
    /// Waiting uses of those.
    ready_uses: usize,
    /// Which wallets a call has.
    underway: HashMap<tokio::task::Id, Vec<UserId>>,
    last_id: Uuid,
    impatience: Option<Pin<Box<Sleep>>>,
    is_impatient: bool,
    drains: Vec<oneshot::Sender<()>>,
}

impl Task {
    async fn run(mut self, mut messages: mpsc::Receiver<Message>) {
        let mut flights = JoinSet::new();
        let mut is_open = true;
        while is_open || !flights.is_empty() || self.ready_uses > 0 {
            while let Ok(message) = messages.try_recv() {
                self.take(message);
            }
            self.launch(&mut flights);
            metrics::gauge!("credits_uses_waiting").set(f64_of(self.ready_uses));
            if flights.is_empty() && self.ready_uses == 0 {
                for drained in self.drains.drain(..) {
                    let _ = drained.send(());
                }
            }
            tokio::select! {
                message = messages.recv(), if is_open => match message {
                    Some(message) => self.take(message),
                    None => is_open = false,
                },
                Some(landed) = flights.join_next_with_id(), if !flights.is_empty() => {
                    let id = landed.as_ref().map_or_else(tokio::task::JoinError::id, |(id, ())| *id);
                    self.land(id);
                }
                () = wait(&mut self.impatience) => {
                    self.impatience = None;
                    self.is_impatient = true;
                }
            }
        }
    }

    fn take(&mut self, message: Message) {
        let pending = match message {
            Message::Use(pending) => *pending,
            Message::Drain(reply) => {
                self.drains.push(reply);
                return;
            }
        };
        let user_id = pending.debit.user_id.clone();
        let wallet = self.wallets.entry(user_id.clone()).or_default();
        if !wallet.is_underway {
            if wallet.queue.is_empty() {
                self.ready.push_back(user_id);
            }
            self.ready_uses = self.ready_uses.saturating_add(1);
        }
        wallet.queue.push_back(pending);
    }

    /// Sends off what is worth a call.
    fn launch(&mut self, flights: &mut JoinSet<()>) {
        while self.ready_uses > 0
            && (flights.is_empty()
                || flights.len() < MAX_FLIGHTS
                    && (self.ready_uses >= WORTH_A_FLIGHT || self.is_impatient))
        {
            let (batch, users) = self.gather();
            let flight = self.flight.clone();
            let handle = flights.spawn(async move { flight.fly(batch).await });
            self.underway.insert(handle.id(), users);
            self.is_impatient = false;
            self.impatience = None;
        }
        if self.ready_uses > 0 && self.impatience.is_none() && !self.is_impatient {
            self.impatience = Some(Box::pin(tokio::time::sleep(PATIENCE)));
        }
    }

    /// Takes up to a batch of uses. In one batch no two have the same key: those with the same request join the
    /// first, one with another request waits for the next call, which will see the first one's receipt.
    fn gather(&mut self) -> (Vec<Pending>, Vec<UserId>) {
        let mut batch: Vec<Pending> = Vec::new();
        let mut users = Vec::new();
        let mut kib = 0_usize;
        while batch.len() < MAX_BATCH
            && kib < FULL_BATCH_KIB
            && let Some(user_id) = self.ready.pop_front()
        {
            let Some(wallet) = self.wallets.get_mut(&user_id) else {
                continue;
            };
            wallet.is_underway = true;
            self.ready_uses = self.ready_uses.saturating_sub(wallet.queue.len());
            let mut keys: HashMap<(String, String), usize> = HashMap::new();
            while batch.len() < MAX_BATCH
                && kib < FULL_BATCH_KIB
                && let Some(mut pending) = wallet.queue.pop_front()
            {
                let key = pending
                    .debit
                    .claim
                    .as_ref()
                    .map(|claim| (pending.debit.caller.clone(), claim.key.clone()));
                let first = key.as_ref().and_then(|key| keys.get(key)).copied();
                match first.and_then(|index| batch.get_mut(index)) {
                    Some(first) if first.debit.claim == pending.debit.claim => {
                        first.replies.extend(pending.replies);
                    }
                    Some(_) => {
                        wallet.queue.push_front(pending);
                        break;
                    }
                    None => {
                        if let Some(key) = key {
                            keys.insert(key, batch.len());
                        }
                        self.last_id = next_id(self.last_id, &self.flight.context);
                        pending.debit.transfer_id = self.last_id;
                        kib = kib.saturating_add(size_kib(&pending.debit));
                        batch.push(pending);
                    }
                }
            }
            users.push(user_id);
        }
        (batch, users)
    }

    /// Makes the wallets of a finished call available again.
    fn land(&mut self, id: tokio::task::Id) {
        for user_id in self.underway.remove(&id).unwrap_or_default() {
            let Some(wallet) = self.wallets.get_mut(&user_id) else {
                continue;
            };
            wallet.is_underway = false;
            if wallet.queue.is_empty() {
                self.wallets.remove(&user_id);
            } else {
                self.ready_uses = self.ready_uses.saturating_add(wallet.queue.len());
                self.ready.push_back(user_id);
            }
        }
    }
}

/// What a use holds until it is answered.
fn size_kib(debit: &Debit) -> usize {
    let metadata = debit.metadata.as_ref().map_or(0, |text| text.get().len());
    (debit.description.len().saturating_add(metadata) / 1024).saturating_add(USE_KIB)
}

/// A new id behind the last one: uses of one millisecond are listed in the order in which they were booked.
fn next_id(last: Uuid, context: &Context) -> Uuid {
    let new = context.new_uuid();
    if new > last {
        new
    } else {
        Uuid::from_u128(last.as_u128().saturating_add(1))
    }
}

/// Never, when there is no timer.
async fn wait(timer: &mut Option<Pin<Box<Sleep>>>) {
    match timer {
        Some(timer) => timer.await,
        None => std::future::pending().await,
    }
}

/// Why a call gave no outcomes.
enum CallError {
    /// Nothing was sent.
    NotSent(DbError),
    /// It is unknown whether it was committed.
    Unknown(DbError),
    /// It was refused and rolled back.
    Refused(DbError),
    /// It was carried out, but its answer makes no sense to us: another call would not either.
    Unreadable(DbError),
}

impl CallError {
    /// Of a call that was sent.
    fn of(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) => Self::Unknown(error),
            _ if error.is_refusal() => Self::Refused(error),
            DbError::Statement(_) | DbError::Fault(_) => Self::Unreadable(error),
        }
    }
}

impl Flight {
    async fn fly(&self, mut batch: Vec<Pending>) {
        let now = self.context.now();
        let moment = Moment {
            now,
            day_start: self.calendar.day_start(now),
        };
        for pending in &mut batch {
            pending.debit.answer_head = model::answer_head(&pending.debit, now);
        }
        metrics::histogram!("credits_batch_size").record(f64_of(batch.len()));
        match self.call_surely(&batch, moment).await {
            Ok(outcomes) => {
                for (pending, outcome) in batch.into_iter().zip(outcomes) {
                    settle(pending, Ok(outcome));
                }
            }
            Err(CallError::Refused(_)) if batch.len() > 1 => {
                // One of them is at fault; the others must not suffer for it.
                for pending in batch {
                    let alone = std::slice::from_ref(&pending);
                    let outcome = match self.call_surely(alone, moment).await {
                        Ok(outcomes) => outcomes.into_iter().next(),
                        Err(error) => {
                            settle(pending, Err(error.into()));
                            continue;
                        }
                    };
                    settle(pending, outcome.ok_or_else(missing));
                }
            }
            Err(error) => {
                let error = UseError::from(error);
                for pending in batch {
                    settle(pending, Err(error.clone()));
                }
            }
        }
    }

    /// Calls, and once more where a second call can know better: after a lost connection, asking what the first one
    /// did, and after losing a race for a receipt or a deadlock.
    async fn call_surely(
        &self,
        batch: &[Pending],
        moment: Moment,
    ) -> Result<Vec<Outcome>, CallError> {
        match self.call(batch, moment, false).await {
            Err(CallError::Unknown(error)) => {
                tracing::warn!(%error, "asking again what a lost ledger call did");
                self.call(batch, moment, true).await
            }
            Err(CallError::Refused(error)) if batch.len() == 1 && error.is_lost_race() => {
                self.call(batch, moment, true).await
            }
            other => other,
        }
    }

    async fn call(
        &self,
        batch: &[Pending],
        moment: Moment,
        is_retry: bool,
    ) -> Result<Vec<Outcome>, CallError> {
        let debits: Vec<&Debit> = batch.iter().map(|pending| &pending.debit).collect();
        let once = self
            .db
            .once(&Actor::Service)
            .await
            .map_err(CallError::NotSent)?;
        ledger::use_batch(&once, &debits, moment, is_retry)
            .await
            .map_err(CallError::of)
    }
}

/// Sizes of batches are far below the precision of a double.
fn f64_of(size: usize) -> f64 {
    u32::try_from(size).map_or(f64::MAX, f64::from)
}

fn missing() -> UseError {
    UseError::Internal("the ledger left a use without an outcome".to_owned())
}

impl From<CallError> for UseError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::NotSent(error) | CallError::Unknown(error) => {
                Self::Unavailable(error.to_string())
            }
            CallError::Refused(error) | CallError::Unreadable(error) => {
                Self::Internal(error.to_string())
            }
        }
    }
}

/// Answers everyone who waits for a use; those who joined it get what they would have got a moment later.
fn settle(pending: Pending, outcome: Result<Outcome, UseError>) {
    let Pending { debit, replies } = pending;
    let answer = outcome.and_then(|outcome| answer(&debit, outcome));
    let label = match &answer {
        Ok(used) if used.is_replayed => "replayed",
        Ok(_) => "done",
        Err(UseError::Insufficient { .. }) => "insufficient",
        Err(_) => "failed",
    };
    metrics::counter!("credits_uses_total", "outcome" => label).increment(1);
    let mut replies = replies.into_iter();
    if let Some(first) = replies.next() {
        first.send(answer.clone());
    }
    for reply in replies {
        reply.send(answer.clone().map(|used| Used {
            is_replayed: true,
            ..used
        }));
    }
}

fn answer(debit: &Debit, outcome: Outcome) -> Result<Used, UseError> {
    match outcome {
        Outcome::Done(balances) => Ok(Used {
            body: model::complete_answer(&debit.answer_head, balances).into_bytes(),
            is_replayed: false,
        }),
        // After a lost connection the receipt found may be the one of this very use.
        Outcome::Replayed(body) => Ok(Used {
            is_replayed: !body.starts_with(debit.answer_head.as_bytes()),
            body,
        }),
        Outcome::KeyReused => Err(UseError::KeyReused),
        Outcome::Insufficient { available } => Err(UseError::Insufficient {
            required: debit.amount.amount(),
            available,
        }),
        Outcome::NoWallet => Err(UseError::NoWallet),
    }
}
