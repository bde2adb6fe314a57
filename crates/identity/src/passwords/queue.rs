//! The queue for a hash: fair between networks, with places kept for devices that signed in before.

use ipnet::IpNet;
use kernel::crypto::password::Memory;
use platform::http::{ClientIp, Origin};
use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// So many of one client wait at most; of each wider network around it twice as many.
const MOST_OF_ONE: u32 = 8;
/// Strangers take at most three quarters of the places.
const KEPT_SHARE: usize = 4;
/// After so many of known devices a stranger has a turn.
const KNOWN_IN_A_ROW: u32 = 3;

/// Who waits.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    is_known: bool,
    /// Under what it is counted while it waits, with how many of each may wait.
    counted: Vec<(String, u32)>,
}

impl Seat {
    /// Somebody who proved who they are, or the server itself.
    pub(super) fn ours() -> Self {
        Self {
            is_known: true,
            counted: Vec::new(),
        }
    }

    /// A device that signed in before, by the name of its count.
    pub(crate) fn known(name: &str) -> Self {
        Self {
            is_known: true,
            counted: vec![(name.to_owned(), MOST_OF_ONE)],
        }
    }

    /// Anybody else, by their network.
    pub(crate) fn stranger(origin: &Origin) -> Self {
        let ip = origin.ip.parse().ok().map(ClientIp);
        let around = ip.map(|ip| (ip.surroundings().1, 4 * MOST_OF_ONE));
        let mut networks: Vec<(IpNet, u32)> = Vec::new();
        for (step, (net, _)) in ip.into_iter().flat_map(ClientIp::networks).enumerate() {
            networks.push((net, MOST_OF_ONE << step));
        }
        if let Some(around) = around.filter(|around| !networks.contains(around)) {
            networks.push(around);
        }
        let counted = networks
            .into_iter()
            .map(|(net, most)| (net.to_string(), most));
        Self {
            is_known: false,
            counted: counted.collect(),
        }
    }
}

/// What a thread finds.
pub(super) enum Popped {
    Work(Work),
    /// Nobody came in time.
    Nothing,
    /// The pool is gone.
    Closed,
}

pub(super) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    places: usize,
    is_shared: bool,
}

#[derive(Default)]
struct State {
    known: VecDeque<(Seat, Work)>,
    strangers: VecDeque<(Seat, Work)>,
    waiting: HashMap<String, u32>,
    known_in_a_row: u32,
    is_closed: bool,
}

impl Queue {
    pub(super) fn new(places: usize, is_shared: bool) -> Self {
        Self {
            state: Mutex::default(),
            arrived: Condvar::new(),
            places,
            is_shared,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        let state = self.state();
        state.known.len() + state.strangers.len()
    }

    /// Whether there was a place.
    pub(super) fn push(&self, seat: Seat, work: Work) -> bool {
        let mut state = self.state();
        let waiting = state.known.len() + state.strangers.len();
        let kept = if self.is_shared {
            self.places / KEPT_SHARE
        } else {
            0
        };
        let is_full = waiting >= self.places
            || !seat.is_known && state.strangers.len() >= self.places - kept
            || self.is_shared && state.is_taken_up(&seat);
        if is_full {
            return false;
        }
        for (name, _) in &seat.counted {
            *state.waiting.entry(name.clone()).or_default() += 1;
        }
        if seat.is_known {
            state.known.push_back((seat, work));
        } else {
            state.strangers.push_back((seat, work));
        }
        drop(state);
        self.arrived.notify_one();
        true
    }

    /// The next in turn; waits for it, at most so long.
    pub(super) fn pop(&self, patience: Option<Duration>) -> Popped {
        let mut state = self.state();
        loop {
            if state.is_closed {
                return Popped::Closed;
            }
            if let Some(work) = state.next() {
                return Popped::Work(work);
            }
            match patience {
                None => {
                    state = self
                        .arrived
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner)
                }
                Some(patience) => {
                    let waited = self.arrived.wait_timeout(state, patience);
                    let (again, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
                    state = again;
                    if timeout.timed_out() && state.is_empty() {
                        return Popped::Nothing;
                    }
                }
            }
        }
    }

    pub(super) fn close(&self) {
        self.state().is_closed = true;
        self.arrived.notify_all();
    }
}

impl State {
    fn is_empty(&self) -> bool {
        !self.is_closed && self.known.is_empty() && self.strangers.is_empty()
    }

    /// Whether enough wait already under one of the names.
    fn is_taken_up(&self, seat: &Seat) -> bool {
        let mut counted = seat.counted.iter();
        counted.any(|(name, most)| {
            self.waiting
                .get(name)
                .is_some_and(|waiting| waiting >= most)
        })
    }

    fn next(&mut self) -> Option<Work> {
        let is_turn_of_strangers = self.known.is_empty()
            || self.known_in_a_row >= KNOWN_IN_A_ROW && !self.strangers.is_empty();
        let (seat, work) = if is_turn_of_strangers {
            self.known_in_a_row = 0;
            self.strangers.pop_front()?
        } else {
            self.known_in_a_row += 1;
            self.known.pop_front()?
        };
        for (name, _) in seat.counted {
            if let Some(waiting) = self.waiting.get_mut(&name) {
                *waiting -= 1;
                if *waiting == 0 {
                    self.waiting.remove(&name);
                }
            }
        }
        Some(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn from(ip: &str) -> Seat {
        Seat::stranger(&Origin {
            ip: ip.to_owned(),
            ..Origin::default()
        })
    }

    fn push(queue: &Queue, seat: Seat) -> bool {
        queue.push(seat, Box::new(|_| {}))
    }

    #[test]
    fn one_network_does_not_take_every_place() {
        let queue = Queue::new(256, true);
        let taken = |addresses: &mut dyn Iterator<Item = String>| {
            addresses.filter(|ip| push(&queue, from(ip))).count()
        };
        assert_eq!(
            taken(&mut (0..100).map(|n| format!("2001:db8:1:100::{n:x}"))),
            8
        );
        assert_eq!(
            taken(&mut (0..100).map(|n| format!("2001:db8:2:2{n:02x}::1"))),
            16
        );
        assert_eq!(
            taken(&mut (0..300).map(|n| format!("2001:db8:{n:x}::1")).take(3)),
            3
        );
        assert_eq!(taken(&mut (0..100).map(|_| "192.0.2.7".to_owned())), 8);
        assert_eq!(
            taken(&mut (0..5000).map(|n| format!("2001:db8:9:{n:x}::1"))),
            32
        );
        assert_eq!(taken(&mut (0..200).map(|n| format!("203.0.113.{n}"))), 32);
        assert!(push(&queue, from("198.51.100.1")));
        assert_eq!(queue.len(), 100);
    }

    #[test]
    fn strangers_leave_places_to_known_devices() {
        let queue = Queue::new(8, true);
        let strangers = (0..20).filter(|n| push(&queue, from(&format!("10.{n}.0.1"))));
        assert_eq!(strangers.count(), 6);
        assert!(push(&queue, Seat::known("mark:ada")));
        assert!(push(&queue, Seat::ours()));
        assert!(
            !push(&queue, Seat::known("mark:ada")),
            "every place is taken"
        );
    }

    #[test]
    fn known_devices_come_first_and_strangers_still_come() {
        let queue = Queue::new(100, true);
        let order = Arc::new(Mutex::new(Vec::new()));
        let come = |name: &'static str, seat: Seat| {
            let order = order.clone();
            assert!(queue.push(seat, Box::new(move |_| order.lock().unwrap().push(name))));
        };
        for _ in 0..2 {
            come("stranger", from("192.0.2.7"));
        }
        for _ in 0..5 {
            come("known", Seat::known("mark:ada"));
        }
        while queue.len() > 0 {
            if let Popped::Work(work) = queue.pop(Some(Duration::ZERO)) {
                work(&mut Memory::default());
            }
        }
        let seen = order.lock().unwrap().clone();
        let wanted = [
            "known", "known", "known", "stranger", "known", "known", "stranger",
        ];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn places_are_given_back_and_a_closed_queue_lets_its_threads_go() {
        let queue = Arc::new(Queue::new(10, true));
        let served = Arc::new(AtomicUsize::new(0));
        for _ in 0..3 {
            for _ in 0..7 {
                let served = served.clone();
                let count = Box::new(move |_: &mut Memory| {
                    served.fetch_add(1, Ordering::Relaxed);
                });
                assert!(queue.push(from("192.0.2.7"), count));
            }
            while let Popped::Work(work) = queue.pop(Some(Duration::ZERO)) {
                work(&mut Memory::default());
            }
        }
        assert_eq!(served.load(Ordering::Relaxed), 21);
        assert!(queue.state().waiting.is_empty());
        let thread = {
            let queue = queue.clone();
            std::thread::spawn(move || matches!(queue.pop(None), Popped::Closed))
        };
        queue.close();
        assert!(thread.join().unwrap());
    }
}
