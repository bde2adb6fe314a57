//! Carrying a session to another browser by a one-time token (contract better-auth §3.9, one-time-token).

use super::call::Call;
use super::devices::view;
use super::endpoint::{Answer, get, json, post};
use super::error::NativeError;
use super::session::Session;
use crate::core::Core;
use crate::sessions::hand_over::{self, HandOverError};
use crate::sessions::service as sessions;
use axum::Router;
use serde_json::json as object;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/one-time-token/generate", get(generate))
        .route("/one-time-token/verify", post(verify))
}

impl From<HandOverError> for NativeError {
    fn from(error: HandOverError) -> Self {
        match error {
            HandOverError::Invalid => Self::without_code("Invalid token"),
            HandOverError::Ended => Self::without_code("Session not found"),
            HandOverError::Refused(refusal) => refusal.into(),
            HandOverError::Db(error) => error.into(),
            HandOverError::Seal(error) => Self::internal(error),
        }
    }
}

async fn generate(call: Call) -> Answer {
    let session = call.session().await?;
    sessions::may_issue(call.core(), &session.live)?;
    let token = hand_over::create(call.core(), &session.token).await?;
    Ok(json(&object!({"token": token})))
}

async fn verify(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let token = fields.string("token");
    fields.finish()?;
    let (live, token) = hand_over::redeem(call.core(), &token).await?;
    let session = Session { live, token };
    call.set_session_again(&session);
    Ok(json(&view(&session)))
}
