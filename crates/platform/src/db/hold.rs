//! A request asks the pool for no other connection inside a transaction: as many such requests at once as the pool has
//! connections would wait for each other. Debug builds, and with them all tests, refuse it.

#[cfg(debug_assertions)]
mod watched {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    tokio::task_local! {
        /// How many transactions a request holds.
        static HELD: Arc<AtomicUsize>;
    }

    /// Does the work of one request.
    pub async fn watch<F: Future>(work: F) -> F::Output {
        HELD.scope(Arc::default(), work).await
    }

    /// Panics inside a transaction of a request.
    pub(in crate::db) fn refuse_second() {
        let held = HELD.try_with(|held| held.load(Ordering::Relaxed));
        assert!(
            held.unwrap_or(0) == 0,
            "a second connection was asked for inside a transaction: {}",
            std::backtrace::Backtrace::force_capture()
        );
    }

    /// One transaction, of a request or of none.
    pub(in crate::db) struct Hold(Option<Arc<AtomicUsize>>);

    impl Hold {
        pub(in crate::db) fn take() -> Self {
            let held = HELD.try_with(|held| {
                held.fetch_add(1, Ordering::Relaxed);
                held.clone()
            });
            Self(held.ok())
        }
    }

    impl Drop for Hold {
        fn drop(&mut self) {
            if let Some(held) = &self.0 {
                held.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }
}

#[cfg(debug_assertions)]
pub use watched::watch;
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

/// Does the work of one request.
#[cfg(not(debug_assertions))]
pub async fn watch<F: Future>(work: F) -> F::Output {
    work.await
}
