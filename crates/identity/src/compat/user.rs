//! The person: profile, ways to sign in, deletion (contract better-auth §1.4, §1.5).

use super::call::Call;
use super::endpoint::{Answer, get, json, post, redirect, status_true};
use super::error::{
    ACCOUNT_NOT_FOUND, EMAIL_CAN_NOT_BE_UPDATED, FAILED_TO_GET_USER_INFO,
    FAILED_TO_UNLINK_LAST_ACCOUNT, INVALID_CALLBACK_URL, INVALID_TOKEN, NativeError,
    SESSION_EXPIRED, UNAUTHORIZED,
};
use super::fields::{Fields, is_truthy};
use super::session::Session;
use super::sign::NAME_CHARACTERS;
use crate::account::deletion;
use crate::account::service::{self as account, ProfileChange, UnlinkError};
use crate::core::Core;
use axum::Router;
use axum::response::Response;
use http::StatusCode;
use platform::http::limits;
use platform::limited;
use serde_json::{Value, json as object};
use std::sync::Arc;

/// Fields of a person that only the service sets.
const PROTECTED: [&str; 3] = ["role", "accessTier", "twoFactorEnabled"];

pub(super) fn router() -> Router<Arc<Core>> {
    let delete = post(delete).layer(limited!(limits::ACCOUNT_DELETE));
    Router::new()
        .route("/update-user", post(update))
        .route("/delete-user", delete)
        .route("/delete-user/callback", get(follow))
        .route("/list-accounts", get(list_accounts))
        .route("/unlink-account", post(unlink_account))
}

async fn update(call: Call) -> Answer {
    let mut fields = Fields::of_record(call.body())?;
    let session = call.session().await?;
    if is_truthy(fields.raw("email")) {
        return Err(EMAIL_CAN_NOT_BE_UPDATED.into());
    }
    for name in PROTECTED {
        if is_truthy(fields.raw(name)) {
            return Err(NativeError::new(
                StatusCode::BAD_REQUEST,
                Some("FIELD_NOT_ALLOWED"),
                format!("{name} is not allowed to be set"),
            ));
        }
    }
    let name = fields.optional_string("name");
    fields.at_most("name", name.as_deref().unwrap_or_default(), NAME_CHARACTERS);
    let image = match fields.raw("image") {
        None => None,
        Some(Value::Null) => Some(None),
        Some(_) => Some(fields.picture("image")),
    };
    fields.finish()?;
    if name.is_none() && image.is_none() {
        return Err(NativeError::without_code("No fields to update"));
    }
    let change = ProfileChange { name, image };
    let user = session.user_id();
    if !account::update_profile(call.core(), user, &change, &call.origin()).await? {
        return Err(UNAUTHORIZED.into());
    }
    call.set_session_again(&session);
    Ok(status_true())
}

/// Confirmed by the password, a fresh session or, where addresses are proved, by a mailed link.
async fn delete(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let callback = fields.optional_string("callbackURL");
    let password = fields.optional_string("password");
    let token = fields.optional_string("token");
    fields.finish()?;
    let session = call.session().await?;
    let core = call.core();
    let password = password.filter(|password| !password.is_empty());
    if let Some(password) = &password {
        let origin = call.origin();
        let presented = session.presented(password, &origin)?;
        account::verify_password(core, session.user_id(), presented).await?;
    }
    if let Some(token) = token.filter(|token| !token.is_empty()) {
        confirm(&call, &session, &token).await?;
        return Ok(deleted());
    }
    if deletion::needs_confirmation(core) {
        let callback = callback.filter(|link| !link.is_empty());
        let (user, callback) = (session.user_id(), callback.as_deref());
        if !deletion::request(core, user, callback, &call.asker()).await? {
            return Err(UNAUTHORIZED.into());
        }
        return Ok(json(
            &object!({"success": true, "message": "Verification email sent"}),
        ));
    }
    if password.is_none() && !call.is_fresh(&session) {
        return Err(SESSION_EXPIRED.into());
    }
    deletion::delete(core.clone(), session.user_id().clone(), call.origin()).await?;
    call.clear_session();
    Ok(deleted())
}

/// The mailed link, followed in a browser where its person is signed in.
async fn follow(call: Call) -> Answer {
    let mut fields = Fields::of_query(call.query());
    let token = fields.string("token");
    let callback = fields.optional_string("callbackURL");
    fields.finish()?;
    let callback = callback.filter(|link| !link.is_empty());
    let may_lead = |link: &String| call.trusted_origins().allows_link(link);
    if callback.as_ref().is_some_and(|link| !may_lead(link)) {
        return Err(INVALID_CALLBACK_URL.into());
    }
    let session = call.find_session().await?.ok_or(FAILED_TO_GET_USER_INFO)?;
    confirm(&call, &session, &token).await?;
    Ok(callback.map_or_else(deleted, |link| redirect(&link)))
}

async fn confirm(call: &Call, session: &Session, token: &str) -> Result<(), NativeError> {
    let user = session.user_id().clone();
    if !deletion::confirm(call.core().clone(), user, token, call.origin()).await? {
        return Err(INVALID_TOKEN.into());
    }
    call.clear_session();
    Ok(())
}

fn deleted() -> Response {
    json(&object!({"success": true, "message": "User deleted"}))
}

async fn list_accounts(call: Call) -> Answer {
    let session = call.session().await?;
    Ok(json(
        &account::list_accounts(call.core(), session.user_id()).await?,
    ))
}

async fn unlink_account(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let id = fields.string("accountId");
    fields.finish()?;
    let session = call.fresh_session().await?;
    match account::unlink(call.core(), session.user_id(), &id).await {
        Ok(()) => Ok(status_true()),
        Err(UnlinkError::Last) => Err(FAILED_TO_UNLINK_LAST_ACCOUNT.into()),
        Err(UnlinkError::Unknown) => Err(ACCOUNT_NOT_FOUND.into()),
        Err(UnlinkError::Db(error)) => Err(error.into()),
    }
}
