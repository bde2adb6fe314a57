//! Live sessions in memory, keyed by the token's hash and by id.
//!
//! Each entry remembers the epoch before it was read. A change of a person raises the epoch and notes it for them, so
//! an entry read before the change never counts, in whatever order reading and change finish.

use super::model::Stored;
use bytes::Bytes;
use kernel::{Timestamp, UserId};
use moka::sync::Cache;
use platform::ports::{Caller, Via};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A live session in memory.
pub(crate) struct Live {
    pub(crate) stored: Stored,
    pub(crate) by_cookie: Arc<Caller>,
    pub(crate) by_bearer: Arc<Caller>,
    epoch: u64,
    noted_at: AtomicI64,
    /// The body of get-session with the token it was rendered for, and a JWT that is still fresh.
    pub(crate) rendered: Mutex<Option<Rendered>>,
}

/// What a hot get-session sends, made once a minute.
#[derive(Clone)]
pub(crate) struct Rendered {
    pub(crate) token: String,
    pub(crate) made_at: Timestamp,
    pub(crate) body: Bytes,
    pub(crate) jwt: Option<http::HeaderValue>,
}

impl Live {
    pub(crate) fn caller(&self, via: Via) -> Arc<Caller> {
        match via {
            Via::Cookie => self.by_cookie.clone(),
            Via::Bearer => self.by_bearer.clone(),
        }
    }

    pub(crate) fn rendered(&self) -> Option<Rendered> {
        self.rendered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn keep_rendered(&self, rendered: Rendered) {
        *self.rendered.lock().unwrap_or_else(PoisonError::into_inner) = Some(rendered);
    }
}

pub(crate) struct LiveSessions {
    by_token: Cache<[u8; 32], Arc<Live>>,
    by_id: Cache<String, Arc<Live>>,
    changed: Cache<UserId, u64>,
    epoch: AtomicU64,
    is_fed: AtomicBool,
    /// The epoch at which the feed came up: a reading begun before may have missed a change.
    fed_since: AtomicU64,
    seen: Mutex<HashMap<String, Timestamp>>,
}

/// How long an entry may serve; a bound on memory, not on correctness, which the feed keeps.
const LIFE: Duration = Duration::from_secs(60);
const CAPACITY: u64 = 100_000;
/// Last activity is written at most this often per session.
const ACTIVITY_SECONDS: i64 = 60;

impl LiveSessions {
    pub(crate) fn new() -> Self {
        Self {
            by_token: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(LIFE)
                .build(),
            by_id: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(LIFE)
                .build(),
            // Outlives every entry it may have to contradict.
            changed: Cache::builder().time_to_live(LIFE * 2).build(),
            epoch: AtomicU64::new(0),
            is_fed: AtomicBool::new(false),
            fed_since: AtomicU64::new(0),
            seen: Mutex::default(),
        }
    }

    /// The epoch to remember before reading the database.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    /// Whether memory may answer at all.
    pub(crate) fn is_fed(&self) -> bool {
        self.is_fed.load(Ordering::SeqCst)
    }

    /// The feed came up or went down; what was read while it was down does not count.
    pub(crate) fn set_fed(&self, is_fed: bool) {
        if is_fed {
            self.by_token.invalidate_all();
            self.by_id.invalidate_all();
            let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
            self.fed_since.store(epoch, Ordering::SeqCst);
        }
        self.is_fed.store(is_fed, Ordering::SeqCst);
    }

    pub(crate) fn by_token(&self, hash: &[u8; 32]) -> Option<Arc<Live>> {
        if !self.is_fed() {
            return None;
        }
        self.by_token.get(hash).filter(|live| self.is_current(live))
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<Arc<Live>> {
        if !self.is_fed() {
            return None;
        }
        self.by_id.get(id).filter(|live| self.is_current(live))
    }

    fn is_current(&self, live: &Live) -> bool {
        self.changed
            .get(&live.stored.user_id)
            .is_none_or(|changed| changed <= live.epoch)
    }

    /// Keeps what was read; `epoch` is that from before the reading.
    pub(crate) fn keep(&self, stored: Stored, epoch: u64, hash: Option<[u8; 32]>) -> Arc<Live> {
        let caller = |via| {
            Arc::new(Caller {
                user_id: stored.user_id.clone(),
                session_id: kernel::SessionId::new(stored.session.id.clone()),
                role: platform::ports::Role::from_label(&stored.user.role),
                email: kernel::text::EmailAddress::stored(stored.user.email.clone()),
                via,
            })
        };
        let live = Arc::new(Live {
            by_cookie: caller(Via::Cookie),
            by_bearer: caller(Via::Bearer),
            noted_at: AtomicI64::new(stored.last_activity_at.millis()),
            epoch,
            rendered: Mutex::new(None),
            stored,
        });
        if self.is_fed() && epoch >= self.fed_since.load(Ordering::SeqCst) {
            if let Some(hash) = hash {
                self.by_token.insert(hash, live.clone());
            }
            self.by_id
                .insert(live.stored.session.id.clone(), live.clone());
        }
        live
    }

    /// A person or one of their sessions changed: nothing read before now counts.
    pub(crate) fn forget(&self, user: &UserId) {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        self.changed.insert(user.clone(), epoch);
    }

    /// Notes that a session is being used; written in a batch.
    pub(crate) fn note_activity(&self, live: &Live, now: Timestamp) {
        let noted = live.noted_at.load(Ordering::Relaxed);
        if now.millis() - noted < ACTIVITY_SECONDS * 1000
            || live
                .noted_at
                .compare_exchange(noted, now.millis(), Ordering::Relaxed, Ordering::Relaxed)
                .is_err()
        {
            return;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(live.stored.session.id.clone(), now);
    }

    /// Takes what [`Self::note_activity`] gathered.
    pub(crate) fn take_activity(&self) -> HashMap<String, Timestamp> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn len(&self) -> u64 {
        // Entries of a quiet minute are counted late otherwise.
        self.by_id.run_pending_tasks();
        self.by_id.entry_count()
    }
}
