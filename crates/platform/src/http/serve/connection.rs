//! What one connection does, as numbers that the accept loop reads and that cost a request no lock and no timer.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool, AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst,
};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a tick of the loop's clock is. Nothing here is timed more finely.
pub(super) const TICK: Duration = Duration::from_millis(250);

const fn seconds(count: u32) -> u32 {
    count * 4
}

/// A first request has to begin within this.
const FIRST: u32 = seconds(10);
/// A head that began has to be whole within this.
const HEAD: u32 = seconds(10);
/// Between requests a connection may rest for this; longer than proxies keep theirs, so that they close first.
const IDLE: u32 = seconds(75);
/// A client that takes nothing for this is gone.
const BLOCKED: u32 = seconds(10);
/// What was written has to be taken within this, however slowly.
const SLOW: u32 = seconds(60);
/// A quarter of the longest life of an answer that waits for its client.
const ERA: u32 = seconds(15);
/// After a refusal the rest of the request is read and thrown away for this, and as long as something comes.
const LINGER: u32 = seconds(30);
const LINGER_SILENCE: u32 = seconds(5);
/// After the polite request to end.
const LAST_WORDS: u32 = seconds(5);
pub(super) const LAST_ANSWER: Duration = Duration::from_secs(5);
/// While the server goes down nobody waits longer for a client.
const GOING_DOWN: u32 = seconds(3);

/// Answers that wait on one connection for its client, in bytes, before it gets no further one.
const MAX_WAITING_BYTES: usize = 512 * 1024;
/// Requests of one connection at work at once (HTTP/2); the others wait their turn.
const MAX_AT_WORK: u32 = 16;
/// Requests that were taken back (HTTP/2 resets) beyond those that were answered.
const MAX_TAKEN_BACK: u32 = 200;
/// Bytes of requests and answers under way: of the process, and of one address. What is small always passes.
const MAX_HELD: usize = 64 * 1024 * 1024;
const MAX_HELD_BY_ADDRESS: usize = 16 * 1024 * 1024;
/// So much is small.
pub(super) const SMALL: usize = 16 * 1024;

/// The loop's clock. Zero stands for "never".
#[derive(Debug)]
pub(super) struct Ticks(AtomicU32);

impl Ticks {
    pub(super) fn new() -> Self {
        Self(AtomicU32::new(1))
    }

    pub(super) fn now(&self) -> u32 {
        self.0.load(Relaxed)
    }

    pub(super) fn advance(&self) -> u32 {
        self.0.fetch_add(1, Relaxed).wrapping_add(1)
    }
}

/// What a connection is told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Answer what is under way, then end.
    Finish,
    /// End, unless a request came that nobody has looked at yet.
    GiveWay,
    /// End.
    Stop,
}

impl Order {
    const fn code(self) -> u8 {
        match self {
            Self::Finish => 1,
            Self::GiveWay => 2,
            Self::Stop => 3,
        }
    }
}

/// The memory that requests under way may hold.
#[derive(Debug, Default)]
pub(super) struct Held(AtomicUsize);

impl Held {
    fn take(&self, bytes: usize, most: usize) -> bool {
        self.0.fetch_add(bytes, Relaxed).saturating_add(bytes) <= most
    }
}

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: u64,
    /// Whose limit it counts against; none for a proxy of ours.
    pub(super) address: Option<IpAddr>,
    clock: Arc<Ticks>,
    /// Requests that our side works on.
    at_work: AtomicU32,
    /// Requests whose answer the client has not taken, those at work among them.
    open: AtomicU32,
    /// Requests that wait until there is room.
    queued: AtomicU32,
    served: AtomicU32,
    taken_back: AtomicU32,
    opened_at: u32,
    waiting_since: AtomicU32,
    head_since: AtomicU32,
    blocked_since: AtomicU32,
    slow_since: AtomicU32,
    lingering_since: AtomicU32,
    drained_at: AtomicU32,
    ordered_at: AtomicU32,
    /// Answers by the era in which they began.
    answers: [AtomicU32; 4],
    answer_bytes: AtomicUsize,
    /// Those of them that wait in the buffer of an HTTP/1.1 connection, after the answer itself is gone.
    unflushed: AtomicUsize,
    order: AtomicU8,
    is_http2: AtomicBool,
    is_target_cut: AtomicBool,
    has_left_body: AtomicBool,
    held: Arc<Held>,
    held_by_address: Option<Arc<Held>>,
    told: Notify,
    room: Notify,
}

impl Connection {
    pub(super) fn new(
        id: u64,
        clock: Arc<Ticks>,
        held: Arc<Held>,
        address: Option<IpAddr>,
        held_by_address: Option<Arc<Held>>,
    ) -> Self {
        let now = clock.now();
        Self {
            id,
            address,
            clock,
            at_work: AtomicU32::new(0),
            open: AtomicU32::new(0),
            queued: AtomicU32::new(0),
            served: AtomicU32::new(0),
            taken_back: AtomicU32::new(0),
            opened_at: now,
            waiting_since: AtomicU32::new(now),
            head_since: AtomicU32::new(0),
            blocked_since: AtomicU32::new(0),
            slow_since: AtomicU32::new(0),
            lingering_since: AtomicU32::new(0),
            drained_at: AtomicU32::new(0),
            ordered_at: AtomicU32::new(0),
            answers: Default::default(),
            answer_bytes: AtomicUsize::new(0),
            unflushed: AtomicUsize::new(0),
            order: AtomicU8::new(0),
            is_http2: AtomicBool::new(false),
            is_target_cut: AtomicBool::new(false),
            has_left_body: AtomicBool::new(false),
            held,
            held_by_address,
            told: Notify::new(),
            room: Notify::new(),
        }
    }

    // What the socket tells.

    /// Bytes came in. Whether they begin the head of a request.
    pub(super) fn read(&self) -> bool {
        let is_head = self.open.load(Relaxed) == 0
            && self.queued.load(Relaxed) == 0
            && self.head_since.load(Relaxed) == 0
            && !self.is_http2.load(Relaxed);
        if is_head {
            self.head_since.store(self.clock.now(), Relaxed);
        }
        is_head
    }

    /// The preface of HTTP/2 was seen: its heads have no beginning that a socket could see.
    pub(super) fn speak_http2(&self) {
        self.is_http2.store(true, Relaxed);
        self.head_since.store(0, Relaxed);
    }

    /// The target of the request is longer than anything we answer, and was cut.
    pub(super) fn cut_target(&self) {
        self.is_target_cut.store(true, Relaxed);
    }

    pub(super) fn is_target_cut(&self) -> bool {
        self.is_target_cut.load(Relaxed)
    }

    /// The client takes nothing at present.
    pub(super) fn block(&self) {
        let now = self.clock.now();
        let _ = self.blocked_since.compare_exchange(0, now, SeqCst, Relaxed);
        let _ = self.slow_since.compare_exchange(0, now, Relaxed, Relaxed);
    }

    /// The client took something.
    pub(super) fn unblock(&self) {
        self.blocked_since.store(0, SeqCst);
        self.make_room();
    }

    /// The client took everything.
    pub(super) fn flushed(&self) {
        if self.slow_since.load(Relaxed) != 0 {
            self.slow_since.store(0, Relaxed);
        }
        let bytes = self.unflushed.swap(0, Relaxed);
        if bytes != 0 {
            self.give_back(bytes);
        }
    }

    fn give_back(&self, bytes: usize) {
        self.answer_bytes.fetch_sub(bytes, SeqCst);
        self.release(bytes);
        self.make_room();
    }

    /// The answer is out, and the client is still sending.
    pub(super) fn drained(&self) {
        self.drained_at.store(self.clock.now(), Relaxed);
    }

    /// Whether the client may go on to send what has to be read lest the answer is lost.
    pub(super) fn lingers(&self) -> bool {
        let now = self.clock.now();
        let is_needed = self.has_left_body.load(Relaxed) || self.head_since.load(Relaxed) != 0;
        if is_needed && self.lingering_since.load(Relaxed) == 0 {
            self.lingering_since.store(now, Relaxed);
            self.drained_at.store(now, Relaxed);
        }
        is_needed
    }

    // What requests tell.

    /// Waits until the client has taken so much that it may have another answer.
    pub(super) async fn until_room(&self) {
        if self.has_room() {
            return;
        }
        let _queued = Counted::new(&self.queued);
        loop {
            let notified = self.room.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.has_room() {
                return;
            }
            notified.await;
        }
    }

    fn has_room(&self) -> bool {
        self.blocked_since.load(SeqCst) == 0
            && self.at_work.load(SeqCst) < MAX_AT_WORK
            && self.answer_bytes.load(SeqCst) <= MAX_WAITING_BYTES
    }

    fn make_room(&self) {
        if self.queued.load(SeqCst) > 0 {
            self.room.notify_waiters();
        }
    }

    /// Our side waits for the client: for the rest of a body, say.
    pub(super) fn pause(&self) {
        if self.at_work.fetch_sub(1, SeqCst) == 1 {
            self.waiting_since.store(self.clock.now(), Relaxed);
        }
        self.make_room();
    }

    /// Our side goes on.
    pub(super) fn resume(&self) {
        self.at_work.fetch_add(1, SeqCst);
    }

    /// The rest of a body was not read.
    pub(super) fn leave_body(&self) {
        self.has_left_body.store(true, Relaxed);
    }

    /// Takes memory for a request; `false` when there is no more to be had. What was taken has to be released either way.
    pub(super) fn hold(&self, bytes: usize) -> bool {
        let is_well = self.held.take(bytes, MAX_HELD);
        let by_address = self.held_by_address.as_ref();
        is_well & by_address.is_none_or(|held| held.take(bytes, MAX_HELD_BY_ADDRESS))
    }

    pub(super) fn release(&self, bytes: usize) {
        self.held.0.fetch_sub(bytes, Relaxed);
        if let Some(held) = &self.held_by_address {
            held.0.fetch_sub(bytes, Relaxed);
        }
    }

    /// The connection is gone, and with it what waited in its buffer.
    pub(super) fn ended(&self) {
        self.release(self.unflushed.swap(0, Relaxed));
    }

    // What the loop asks.

    /// Whether our side works on a request.
    pub(super) fn is_at_work(&self) -> bool {
        self.at_work.load(SeqCst) > 0
    }

    /// Since when the connection waits for its client, those without a request first; `None` while our side works.
    pub(super) fn waits(&self) -> Option<(bool, u32)> {
        (!self.is_at_work() && self.order.load(Relaxed) < Order::GiveWay.code()).then(|| {
            (
                self.open.load(Relaxed) > 0,
                self.waiting_since.load(Relaxed),
            )
        })
    }

    /// Tells the connection; a weaker order does not take back a stronger one.
    pub(super) fn tell(&self, order: Order, why: &'static str) {
        if self.order.fetch_max(order.code(), SeqCst) < order.code() {
            tracing::debug!(
                id = self.id,
                ?order,
                why,
                served = self.served.load(Relaxed),
                "a connection has to end"
            );
            let now = self.clock.now();
            let _ = self.ordered_at.compare_exchange(0, now, Relaxed, Relaxed);
            self.told.notify_one();
        }
    }

    /// Has the connection be told once more what it was told.
    pub(super) fn remind(&self) {
        self.told.notify_one();
    }

    /// Resolves when the connection is told something.
    pub(super) async fn told(&self) -> Order {
        self.told.notified().await;
        match self.order.load(SeqCst) {
            0 | 1 => Order::Finish,
            2 => Order::GiveWay,
            _ => Order::Stop,
        }
    }

    /// What has to happen with the connection by now, and why.
    pub(super) fn verdict(&self, is_going_down: bool) -> Option<(Order, &'static str)> {
        let now = self.clock.now();
        let is_past = |since: u32, limit: u32| since != 0 && now.saturating_sub(since) > limit;
        let has = |since: &AtomicU32, limit: u32| is_past(since.load(Relaxed), limit);
        let brief = |limit: u32| {
            if is_going_down {
                limit.min(GOING_DOWN)
            } else {
                limit
            }
        };
        let is_waiting = self.at_work.load(Relaxed) == 0;
        let is_idle = is_waiting && self.open.load(Relaxed) == 0;
        let is_lingering = self.lingering_since.load(Relaxed) != 0;
        let faults = [
            (
                Order::Stop,
                "the client takes nothing",
                has(&self.blocked_since, brief(BLOCKED)),
            ),
            (
                Order::Stop,
                "the client takes too slowly",
                has(&self.slow_since, SLOW),
            ),
            (
                Order::Stop,
                "the head of a request is not whole",
                !is_lingering && has(&self.head_since, brief(HEAD)),
            ),
            (
                Order::Stop,
                "a refused body has no end",
                has(&self.lingering_since, brief(LINGER))
                    || has(&self.drained_at, brief(LINGER_SILENCE)),
            ),
            (
                Order::Stop,
                "an answer is not taken",
                self.has_old_answer(now),
            ),
            (
                Order::Stop,
                "too many requests were taken back",
                self.taken_back.load(Relaxed)
                    > MAX_TAKEN_BACK.saturating_add(self.served.load(Relaxed)),
            ),
            (
                Order::Stop,
                "the server goes down",
                is_going_down && is_waiting && has(&self.waiting_since, GOING_DOWN),
            ),
            (
                Order::GiveWay,
                "the client does not end it",
                self.order.load(Relaxed) != 0 && is_idle && has(&self.ordered_at, LAST_WORDS),
            ),
            (
                Order::GiveWay,
                "no request came",
                is_idle && self.served.load(Relaxed) == 0 && is_past(self.opened_at, FIRST),
            ),
            (
                Order::Finish,
                "idle",
                is_idle && has(&self.waiting_since, IDLE),
            ),
        ];
        let found = faults.into_iter().find(|(.., is_over)| *is_over);
        found.map(|(order, why, _)| (order, why))
    }

    /// Whether an answer waits that began two whole eras ago.
    fn has_old_answer(&self, now: u32) -> bool {
        let (_, [_, _, oldest, _]) = self.eras(now);
        oldest.load(Relaxed) > 0
    }

    /// The era's index, and the counts of the next, this, and the two before it: `[next, this, oldest, last]`.
    fn eras(&self, now: u32) -> (usize, [&AtomicU32; 4]) {
        let [a, b, c, d] = &self.answers;
        match (now / ERA) % 4 {
            0 => (0, [b, a, c, d]),
            1 => (1, [c, b, d, a]),
            2 => (2, [d, c, a, b]),
            _ => (3, [a, d, b, c]),
        }
    }
}

/// A number that is one higher while this lives.
struct Counted<'a>(&'a AtomicU32);

impl<'a> Counted<'a> {
    fn new(number: &'a AtomicU32) -> Self {
        number.fetch_add(1, SeqCst);
        Self(number)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// A request from its head to the last byte of its answer. Dropped before it is answered, it was taken back.
pub(super) struct Exchange {
    connection: Arc<Connection>,
    held: usize,
    /// The era in which the answer began, and its size.
    answer: Option<(usize, usize)>,
}

impl Exchange {
    /// Begins one whose head has this size; the second value tells whether there is memory for it.
    pub(super) fn begin(connection: Arc<Connection>, bytes: usize) -> (Self, bool) {
        connection.head_since.store(0, Relaxed);
        if connection.has_left_body.load(Relaxed) {
            // It was short enough to be read after all.
            connection.has_left_body.store(false, Relaxed);
        }
        connection.open.fetch_add(1, Relaxed);
        connection.at_work.fetch_add(1, SeqCst);
        let has_memory = connection.hold(bytes);
        let exchange = Self {
            connection,
            held: bytes,
            answer: None,
        };
        (exchange, has_memory)
    }

    /// The head of the answer is there, and its body has this size; answers whether there is memory for it.
    pub(super) fn answered(&mut self, bytes: usize) -> bool {
        let connection = &self.connection;
        connection.release(self.held);
        connection.served.fetch_add(1, Relaxed);
        let has_memory = connection.hold(bytes) || bytes <= SMALL;
        let bytes = if has_memory {
            bytes
        } else {
            connection.release(bytes);
            0
        };
        connection.answer_bytes.fetch_add(bytes, SeqCst);
        let (era, [_, this, ..]) = connection.eras(connection.clock.now());
        this.fetch_add(1, Relaxed);
        self.answer = Some((era, bytes));
        connection.pause();
        has_memory
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let connection = &self.connection;
        match self.answer {
            Some((era, bytes)) => {
                if let Some(count) = connection.answers.get(era) {
                    count.fetch_sub(1, Relaxed);
                }
                if connection.is_http2.load(Relaxed) {
                    connection.give_back(bytes);
                } else {
                    connection.unflushed.fetch_add(bytes, Relaxed);
                }
            }
            None => {
                connection.release(self.held);
                connection.taken_back.fetch_add(1, Relaxed);
                connection.pause();
            }
        }
        if connection.open.fetch_sub(1, Relaxed) == 1 {
            let now = connection.clock.now();
            connection.waiting_since.store(now, Relaxed);
        }
    }
}
