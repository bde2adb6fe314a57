//! Checking and changing the password of a person who is signed in (contract better-auth §1.1).

use super::call::Call;
use super::endpoint::{Answer, json, post, status_true};
use super::error::INVALID_PASSWORD;
use crate::account::service::{self as account, PasswordChangeError};
use crate::core::Core;
use crate::sign_in::service::Method;
use axum::Router;
use kernel::crypto::password::Password;
use platform::http::limits;
use platform::limited;
use serde_json::json as object;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    let change = post(change).layer(limited!(limits::PASSWORD_CHANGE));
    let verify = post(verify).layer(limited!(limits::PASSWORD_CHANGE));
    Router::new()
        .route("/change-password", change)
        .route("/verify-password", verify)
}

async fn verify(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let password = fields.string("password");
    fields.finish()?;
    let session = call.session().await?;
    let origin = call.origin();
    let presented = session.presented(&password, &origin)?;
    match account::verify_password(call.core(), session.user_id(), presented).await {
        Ok(()) => Ok(status_true()),
        // Whether somebody has a password at all is not told here.
        Err(PasswordChangeError::NoPassword) => Err(INVALID_PASSWORD.into()),
        Err(error) => Err(error.into()),
    }
}

/// The other sessions end, asked or not. When asked, the present one is replaced by a new one too.
async fn change(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let new = fields.string("newPassword");
    let current = fields.string("currentPassword");
    let is_replacing = fields
        .optional_boolean("revokeOtherSessions")
        .unwrap_or(false);
    fields.finish()?;
    let session = call.session().await?;
    let core = call.core();
    let origin = call.origin();
    let new = Password::new(&new)?;
    let current = session.presented(&current, &origin)?;
    account::change_password(core, session.user_id(), current, new).await?;
    let user = &session.live.stored.user;
    if !is_replacing {
        return Ok(json(&object!({"token": null, "user": user})));
    }
    let (_, token) = call
        .replace_session(&session, Method::PasswordChange)
        .await?;
    Ok(json(&object!({"token": token, "user": user})))
}
