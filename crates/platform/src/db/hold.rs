//! Nobody asks the pool for another connection inside a transaction: as many such requests at once as the pool has
//! connections would wait for each other. Debug builds, and with them all tests, refuse it.

#[cfg(debug_assertions)]
mod watched {
    use std::collections::HashSet;
    use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
    use std::thread::ThreadId;

    /// Who holds a transaction: a task, or the thread that runs a future which is none.
    #[derive(Clone, Copy, PartialEq, Eq, Hash)]
    enum Holder {
        Task(tokio::task::Id),
        Thread(ThreadId),
    }

    static HOLDERS: LazyLock<Mutex<HashSet<Holder>>> = LazyLock::new(Mutex::default);

    fn holders() -> MutexGuard<'static, HashSet<Holder>> {
        HOLDERS.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn holder() -> Holder {
        tokio::task::try_id()
            .map_or_else(|| Holder::Thread(std::thread::current().id()), Holder::Task)
    }

    /// Panics inside a transaction.
    pub(in crate::db) fn refuse_second() {
        assert!(
            !holders().contains(&holder()),
            "a second connection was asked for inside a transaction: {}",
            std::backtrace::Backtrace::force_capture()
        );
    }

    /// One transaction.
    pub(in crate::db) struct Hold(Holder);

    impl Hold {
        pub(in crate::db) fn take() -> Self {
            let holder = holder();
            holders().insert(holder);
            Self(holder)
        }
    }

    impl Drop for Hold {
        fn drop(&mut self) {
            holders().remove(&self.0);
        }
    }
}

#[cfg(debug_assertions)]
pub(super) use watched::{Hold, refuse_second};

/// One transaction.
#[cfg(not(debug_assertions))]
pub(super) struct Hold;

#[cfg(not(debug_assertions))]
impl Hold {
    pub(super) fn take() -> Self {
        Self
    }
}

#[cfg(not(debug_assertions))]
pub(super) fn refuse_second() {}
