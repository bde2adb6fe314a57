//! Forgotten passwords (contract better-auth §1.1).

use super::call::Call;
use super::endpoint::{Answer, get, json, post, redirect, status_true};
use super::error::{INVALID_CALLBACK_URL, INVALID_RESET_TOKEN, NativeError};
use super::fields::Fields;
use crate::core::Core;
use crate::password_reset::service::{self as password_reset, ResetError};
use axum::Router;
use kernel::crypto::password::Password;
use platform::http::limits;
use platform::http::location::with_parameter;
use platform::limited;
use serde_json::{Value, json as object};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route(
            "/request-password-reset",
            post(request).layer(limited!(limits::PASSWORD_FORGOT)),
        )
        .route("/reset-password/{token}", get(open_link))
        .route(
            "/reset-password",
            post(reset).layer(limited!(limits::PASSWORD_RESET)),
        )
}

async fn request(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.email("email");
    let redirect_to = fields.optional_string("redirectTo");
    fields.finish()?;
    if let Some(email) = email {
        let redirect_to = redirect_to.as_deref();
        password_reset::request(call.core(), &email, redirect_to, &call.asker()).await?;
    }
    Ok(json(&object!({
        "status": true,
        "message": "If this email exists in our system, check your email for the reset link",
    })))
}

/// The mailed link: leads on to the app with the token, which stays usable.
async fn open_link(call: Call) -> Answer {
    let mut fields = Fields::of_query(call.query());
    let callback = fields.string("callbackURL");
    fields.finish()?;
    let error_page = format!(
        "{}/api/auth/error?error=INVALID_TOKEN",
        call.core().config.base()
    );
    if callback.is_empty() {
        return Ok(redirect(&error_page));
    }
    if !call.trusted_origins().allows_link(&callback) {
        return Err(INVALID_CALLBACK_URL.into());
    }
    let token = call.path_segment();
    let is_usable = password_reset::is_usable(call.core(), &token).await?;
    let (name, value) = if is_usable {
        ("token", token.as_str())
    } else {
        ("error", "INVALID_TOKEN")
    };
    let target = call
        .core()
        .config
        .base_url
        .join(&callback)
        .map_err(NativeError::internal)?;
    Ok(redirect(&with_parameter(target.as_str(), name, value)))
}

async fn reset(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let new_password = fields.string("newPassword");
    let in_body = fields.optional_string("token");
    fields.finish()?;
    let query = Fields::of_query(call.query());
    let in_query = query
        .raw("token")
        .and_then(Value::as_str)
        .map(ToOwned::to_owned);
    let in_body = in_body.filter(|token| !token.is_empty());
    let token = in_body.or(in_query).ok_or(INVALID_RESET_TOKEN)?;
    let password = Password::new(&new_password)?;
    password_reset::reset(call.core(), &token, password, &call.origin()).await?;
    Ok(status_true())
}

impl From<ResetError> for NativeError {
    fn from(error: ResetError) -> Self {
        match error {
            ResetError::Invalid => INVALID_RESET_TOKEN.into(),
            ResetError::Db(error) => error.into(),
            ResetError::Hash(error) => error.into(),
        }
    }
}
