//! What happened to a person's credits: `GET /api/v1/credits/transactions` (contract A.1.3), newest first.

mod routes;
mod store;

pub(crate) use routes::router;
pub(crate) use store::{Position, Transaction, list_transactions};
