//! Credits: whole numbers only (contract decision 9).

use serde::{Deserialize, Serialize};

/// An amount of credits; 1 credit is sold for 1 euro cent. Arithmetic is checked, never wrapping.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Credits(i64);

/// The largest amount one request may move.
pub const MAX_AMOUNT: i64 = 1_000_000_000;

impl Credits {
    /// No credits.
    pub const ZERO: Self = Self(0);

    /// Wraps an amount read from the ledger.
    pub const fn new(amount: i64) -> Self {
        Self(amount)
    }

    /// An amount asked for by a client: positive and at most [`MAX_AMOUNT`].
    pub const fn positive(amount: i64) -> Option<Self> {
        if amount >= 1 && amount <= MAX_AMOUNT {
            Some(Self(amount))
        } else {
            None
        }
    }

    /// The amount as an integer.
    pub const fn amount(self) -> i64 {
        self.0
    }

    /// The sum, or `None` when it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` when it does not fit.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }
}
