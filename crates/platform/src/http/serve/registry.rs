//! Every open connection. At a limit the one that waits longest for its client gives way to a new one.

use super::Bounds;
use super::connection::{Connection, Held, Order, Ticks};
use crate::http::client_ip::{ClientIp, TrustedProxies};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// So many of those that wait longest are looked for at once: looking costs a walk over all.
const CANDIDATES: usize = 64;
/// The operator's own probes find a place past the limit.
const RESERVED_FOR_LOOPBACK: usize = 32;
const GIVES_WAY: &str = "it gives way to a new one";

/// The connections of the server.
pub(super) struct Registry {
    pub(super) clock: Arc<Ticks>,
    bounds: Bounds,
    proxies: TrustedProxies,
    held: Arc<Held>,
    state: Mutex<State>,
    ended: Notify,
}

#[derive(Default)]
struct State {
    last_id: u64,
    is_going_down: bool,
    all: Group,
    addresses: HashMap<IpAddr, (Group, Arc<Held>)>,
}

/// Connections that share a limit.
#[derive(Default)]
struct Group {
    members: HashMap<u64, Arc<Connection>>,
    /// Those that may give way, the next one last, with what was seen of them.
    candidates: Vec<((bool, u32), Arc<Connection>)>,
    /// When nobody was found who may give way.
    barren_at: u32,
}

impl Group {
    /// Takes out the connection that waits longest for its client; those without a request go first.
    fn give_way(&mut self, now: u32) -> Option<Arc<Connection>> {
        loop {
            while let Some((seen, connection)) = self.candidates.pop() {
                let is_there = self.members.contains_key(&connection.id);
                if is_there && connection.waits() == Some(seen) {
                    self.members.remove(&connection.id);
                    return Some(connection);
                }
            }
            if self.barren_at == now {
                return None;
            }
            let waiting = self.members.values();
            let mut waiting: Vec<_> = waiting
                .filter_map(|connection| Some((connection.waits()?, connection)))
                .collect();
            if waiting.is_empty() {
                self.barren_at = now;
                return None;
            }
            waiting.sort_unstable_by_key(|(seen, connection)| (*seen, connection.id));
            waiting.truncate(CANDIDATES);
            waiting.sort_unstable_by_key(|(seen, connection)| Reverse((*seen, connection.id)));
            let found = waiting.into_iter();
            self.candidates = found
                .map(|(seen, connection)| (seen, connection.clone()))
                .collect();
        }
    }
}

impl Registry {
    pub(super) fn new(bounds: Bounds, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self {
            clock: Arc::new(Ticks::new()),
            bounds,
            proxies,
            held: Arc::default(),
            state: Mutex::default(),
            ended: Notify::new(),
        })
    }

    /// A place for a connection from this peer; `None` when everybody in its way is being worked for.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let now = self.clock.now();
        let peer = peer.to_canonical();
        let address = (!self.proxies.trusts(peer)).then(|| ClientIp(peer).surroundings().0.addr());
        let mut state = self.state();
        if let Some(address) = address {
            let (group, _) = state.addresses.entry(address).or_default();
            if group.members.len() >= self.bounds.max_per_address {
                let leaving = group.give_way(now)?;
                state.all.members.remove(&leaving.id);
                leaving.tell(Order::GiveWay, GIVES_WAY);
            }
        }
        let reserved = if peer.is_loopback() {
            RESERVED_FOR_LOOPBACK
        } else {
            0
        };
        if state.all.members.len() >= self.bounds.max_connections + reserved {
            let leaving = state.all.give_way(now);
            let Some(leaving) = leaving else {
                state.forget_empty(address);
                return None;
            };
            state.remove_from_address(&leaving);
            leaving.tell(Order::GiveWay, GIVES_WAY);
        }
        state.last_id += 1;
        let id = state.last_id;
        let held_by_address = address.map(|address| {
            let (_, held) = state.addresses.entry(address).or_default();
            held.clone()
        });
        let (clock, held) = (self.clock.clone(), self.held.clone());
        let connection = Arc::new(Connection::new(id, clock, held, address, held_by_address));
        if let Some(address) = address {
            let (group, _) = state.addresses.entry(address).or_default();
            group.members.insert(id, connection.clone());
        }
        state.all.members.insert(id, connection.clone());
        Some(Place {
            connection,
            registry: self.clone(),
        })
    }

    /// Makes room for a new connection when the process has no file descriptor left.
    pub(super) fn give_way(&self) {
        let mut state = self.state();
        if let Some(leaving) = state.all.give_way(self.clock.now()) {
            state.remove_from_address(&leaving);
            leaving.tell(Order::GiveWay, GIVES_WAY);
        }
    }

    /// Ends what took too long.
    pub(super) fn sweep(&self) {
        let state = self.state();
        for connection in state.all.members.values() {
            if let Some((order, why)) = connection.verdict(state.is_going_down) {
                connection.tell(order, why);
            }
        }
    }

    /// From now on connections end after what they are answering.
    pub(super) fn go_down(&self) {
        let mut state = self.state();
        state.is_going_down = true;
        for connection in state.all.members.values() {
            connection.tell(Order::Finish, "the server goes down");
        }
    }

    /// Resolves when no connection is left.
    pub(super) async fn until_empty(&self) {
        loop {
            let ended = self.ended.notified();
            if self.state().all.members.is_empty() {
                return;
            }
            ended.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove_from_address(&mut self, connection: &Connection) {
        if let Some(address) = connection.address
            && let Some((group, _)) = self.addresses.get_mut(&address)
        {
            group.members.remove(&connection.id);
        }
        self.forget_empty(connection.address);
    }

    fn forget_empty(&mut self, address: Option<IpAddr>) {
        if let Some(address) = address
            && self
                .addresses
                .get(&address)
                .is_some_and(|(group, _)| group.members.is_empty())
        {
            self.addresses.remove(&address);
        }
    }
}

/// The place of one connection; free again when this is dropped.
pub(super) struct Place {
    pub(super) connection: Arc<Connection>,
    registry: Arc<Registry>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connection.ended();
        let mut state = self.registry.state();
        state.all.members.remove(&self.connection.id);
        state.remove_from_address(&self.connection);
        let is_empty = state.all.members.is_empty();
        drop(state);
        if is_empty {
            self.registry.ended.notify_one();
        }
    }
}
