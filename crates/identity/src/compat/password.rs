//! Checking and changing the password of a person who is signed in (contract better-auth §1.1).

use super::call::Call;
use super::endpoint::{Answer, json, post, status_true};
use super::error::UNAUTHORIZED;
use crate::account::service as account;
use crate::core::Core;
use crate::policy;
use crate::sessions::service as sessions;
use crate::sign_in::service::{self as sign_in, Device, Method};
use crate::users;
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
    let password = Password::presented(&password);
    account::verify_password(call.core(), session.user_id(), password).await?;
    Ok(status_true())
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
    let passwords = (Password::presented(&current), Password::new(&new)?);
    let kept = Some(session.id());
    account::change_password(core, session.user_id(), kept, passwords, &origin).await?;
    let user = &session.live.stored.user;
    if !is_replacing {
        return Ok(json(&object!({"token": null, "user": user})));
    }
    let person = users::find(core, session.user_id())
        .await?
        .ok_or(UNAUTHORIZED)?;
    let now = core.context.now();
    policy::may_hold_session(&person.standing, core.config.is_verification_required, now)?;
    let device = Device {
        is_remembered: session.live.stored.is_remembered,
        ..Device::default()
    };
    let opened = sign_in::open(core, &person, &device, Method::PasswordChange, &origin)
        .await?
        .ok_or(UNAUTHORIZED)?;
    sessions::revoke(core, session.id(), &origin).await?;
    call.set_session(&person.id, &opened.token, device.is_remembered);
    Ok(json(&object!({"token": opened.token, "user": user})))
}
