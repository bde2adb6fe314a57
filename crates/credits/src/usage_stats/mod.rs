//! What a person spent, by app and day: `GET /api/v1/credits/usage-stats`. The ledger keeps the sums with each debit.

mod routes;
mod store;

pub(crate) use routes::router;
pub(crate) use store::list_days;
