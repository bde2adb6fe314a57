//! The mailbox of development: the newest mails, in memory.

use super::Mail;
use kernel::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

const CAPACITY: usize = 500;

/// Mails that would have left, oldest first.
#[derive(Default)]
pub struct Mailbox(Mutex<VecDeque<(Timestamp, Mail)>>);

impl Mailbox {
    pub(super) fn put(&self, mail: Mail, at: Timestamp) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if mails.len() == CAPACITY {
            mails.pop_front();
        }
        mails.push_back((at, mail));
    }

    /// All of them, oldest first, with the time they were sent.
    pub fn list(&self) -> Vec<(Timestamp, Mail)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}
