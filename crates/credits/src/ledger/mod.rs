//! The only writer of balances. Every function here is one call of a database function of the migrations (V3, V15), which locks
//! the wallet first and writes the transfer, its entries, what the person is shown and the receipt together.
//!
//! Tables: accounts, transfers, transfer_references, entries, transactions, usage_stats, receipts, checkpoints,
//! sealed_heads. `usage` debits through here, the front opens and erases wallets, `balance` asks for the daily grant.

mod store;

pub(crate) use store::{
    FoldedHeads, delete_receipts, erase_wallet, fold_heads, grant_daily, insert_checkpoint,
    open_wallet, use_batch,
};

use kernel::{Credits, Timestamp, UserId};
use serde_json::value::RawValue;
use uuid::Uuid;

/// A debit as the ledger takes it.
#[derive(Clone, Debug)]
pub(crate) struct Debit {
    /// Becomes the transfer's and the transaction's id; a second debit with the same id cannot be written.
    /// The gatherer gives it.
    pub(crate) transfer_id: Uuid,
    /// Whose wallet.
    pub(crate) user_id: UserId,
    /// How much, positive.
    pub(crate) amount: Credits,
    /// Which app asks.
    pub(crate) app_id: String,
    /// For the person's list of transactions.
    pub(crate) description: String,
    /// A JSON object, as it was sent.
    pub(crate) metadata: Option<Box<RawValue>>,
    /// Who asks: `user:<id>`; the scope of idempotency keys.
    pub(crate) caller: String,
    /// The idempotency key, and what the first request with it looked like.
    pub(crate) claim: Option<Claim>,
    /// The start of the answer, which the ledger completes with the balances.
    pub(crate) answer_head: String,
}

/// An idempotency key and the hash of the request it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Claim {
    /// The client's key.
    pub(crate) key: String,
    /// SHA-256 of the request without the key.
    pub(crate) request_hash: [u8; 32],
}

/// Balances before and after a debit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Balances {
    /// Free and paid credits before.
    pub(crate) before: i64,
    /// Free and paid credits after.
    pub(crate) after: i64,
    /// Paid credits now.
    pub(crate) paid: i64,
    /// Free credits now.
    pub(crate) free: i64,
    /// Spent in all.
    pub(crate) total_spent: i64,
}

/// What became of one debit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Debited.
    Done(Balances),
    /// The key was seen before: the first answer, byte for byte.
    Replayed(Vec<u8>),
    /// The key was seen with another request.
    KeyReused,
    /// The balance does not cover it; nothing changed.
    Insufficient {
        /// What there is, free and paid.
        available: i64,
    },
    /// The person has no wallet.
    NoWallet,
}

/// When a batch happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The time written to the book.
    pub(crate) now: Timestamp,
    /// When today began in `CREDITS_TIMEZONE`.
    pub(crate) day_start: Timestamp,
}
