//! What a person has: `GET /api/v1/credits/balance` (contract A.1.1, A.3). Asking for it brings about the daily grant.

mod routes;
mod service;
mod store;

pub(crate) use routes::router;
pub(crate) use store::find_balance;
