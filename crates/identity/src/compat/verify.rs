//! Proving and changing addresses (contract better-auth §1.2).

use super::call::Call;
use super::endpoint::{Answer, get, json, post, redirect, status_true};
use super::error::{
    EMAIL_ALREADY_VERIFIED, EMAIL_MISMATCH, INVALID_CALLBACK_URL, NativeError, UNAUTHORIZED,
};
use super::fields::Fields;
use crate::core::Core;
use crate::moves::routes::visitor;
use crate::moves::service::{self as moves, Followed, LinkError};
use crate::sign_in::service::{self as sign_in, Device, Method, SignInError};
use crate::users;
use crate::verification::service as verification;
use axum::Router;
use axum::response::Response;
use http::{StatusCode, header};
use kernel::UserId;
use kernel::crypto::cookie::percent_encode;
use platform::http::headers::text;
use platform::http::limits;
use platform::http::location::with_parameter;
use platform::limited;
use serde_json::{Value, json as object};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route(
            "/send-verification-email",
            post(send).layer(limited!(limits::VERIFICATION_SEND)),
        )
        .route("/verify-email", get(follow_link))
        .route(
            "/change-email",
            post(change).layer(limited!(limits::PASSWORD_CHANGE)),
        )
}

async fn send(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.email("email");
    let callback = fields.optional_string("callbackURL");
    fields.finish()?;
    let Some(email) = email else {
        return Ok(status_true());
    };
    if let Some(session) = call.find_session().await? {
        let user = &session.live.stored.user;
        if user.email != email.as_str() {
            return Err(EMAIL_MISMATCH.into());
        }
        if user.email_verified {
            return Err(EMAIL_ALREADY_VERIFIED.into());
        }
    }
    verification::resend(call.core(), &email, callback.as_deref(), &call.asker()).await?;
    Ok(status_true())
}

/// The mailed link. With a callback every outcome leads there, an error as `?error=CODE`.
async fn follow_link(call: Call) -> Answer {
    let mut fields = Fields::of_query(call.query());
    let token = fields.string("token");
    let callback = fields
        .raw("callbackURL")
        .and_then(Value::as_str)
        .filter(|link| !link.is_empty())
        .map(ToOwned::to_owned);
    fields.finish()?;
    if callback
        .as_deref()
        .is_some_and(|link| !call.trusted_origins().allows_link(link))
    {
        return Err(INVALID_CALLBACK_URL.into());
    }
    // Looked at aside: a link that does nothing changes no cookie.
    let session = call.look_at_session().await?;
    let visitor = session.as_ref().map(|session| visitor(&session.live));
    let user = match moves::follow(call.core(), &token, visitor, &call.origin()).await {
        Ok(Followed::Verified { user, is_news }) => {
            if is_news {
                sign_in_by_link(&call, &user).await?;
            }
            None
        }
        Ok(Followed::ChangeConfirmed) => {
            return Ok(leave(callback.as_deref(), &object!({"status": true})));
        }
        Ok(Followed::EmailChanged { user, .. }) => {
            if let Some(session) = call.find_session().await? {
                call.set_session_again(&session);
            }
            users::find(call.core(), &user)
                .await?
                .map(|person| person.view)
        }
        Ok(Followed::Asks) => return ask(&call, &token, callback.as_deref()),
        Err(error) => return refuse(callback.as_deref(), error),
    };
    Ok(leave(
        callback.as_deref(),
        &object!({"status": true, "user": user}),
    ))
}

/// Leads people to the page that asks; an app that calls on its own is told to sign in first.
fn ask(call: &Call, token: &str, callback: Option<&str>) -> Answer {
    let is_page =
        text(call.headers(), header::ACCEPT).is_some_and(|accepted| accepted.contains("text/html"));
    if callback.is_none() && !is_page {
        return Err(UNAUTHORIZED.into());
    }
    Ok(redirect(&format!(
        "{}/change-email?token={}&callbackURL={}",
        call.core().config.base(),
        percent_encode(token),
        percent_encode(callback.unwrap_or_default())
    )))
}

fn leave(callback: Option<&str>, body: &Value) -> Response {
    callback.map_or_else(|| json(body), redirect)
}

fn refuse(callback: Option<&str>, error: LinkError) -> Answer {
    let (code, message) = match error {
        LinkError::Invalid => ("INVALID_TOKEN", "Invalid token"),
        LinkError::Expired => ("TOKEN_EXPIRED", "Token expired"),
        LinkError::Taken => ("USER_ALREADY_EXISTS", "User already exists."),
        LinkError::Db(error) => return Err(error.into()),
    };
    match callback {
        Some(link) => Ok(redirect(&with_parameter(link, "error", code))),
        None => Err(NativeError::new(
            StatusCode::UNAUTHORIZED,
            Some(code),
            message,
        )),
    }
}

/// Whoever follows a link from the mailbox is signed in, once, unless they are already or the policy says no.
async fn sign_in_by_link(call: &Call, user: &UserId) -> Result<(), NativeError> {
    if let Some(session) = call.find_session().await? {
        if session.user_id() == user {
            call.set_session_again(&session);
        }
        return Ok(());
    }
    let core = call.core();
    let person = users::find(core, user).await?.ok_or(UNAUTHORIZED)?;
    let device = Device {
        is_remembered: true,
        ..Device::default()
    };
    match sign_in::open(core, &person, &device, Method::EmailLink, &call.origin()).await {
        Ok(Some(opened)) => call.set_session(user, &opened.token, true),
        Ok(None) | Err(SignInError::Refused(_)) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn change(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let new_email = fields.email("newEmail");
    let callback = fields.optional_string("callbackURL");
    fields.finish()?;
    let session = call.session().await?;
    let Some(new_email) = new_email else {
        return Ok(status_true());
    };
    if session.live.stored.user.email == new_email.as_str() {
        return Err(NativeError::without_code("Email is the same"));
    }
    let (user, callback) = (session.user_id(), callback.as_deref());
    let asker = call.asker();
    if !verification::request_change(call.core(), user, &new_email, callback, &asker).await? {
        return Err(UNAUTHORIZED.into());
    }
    Ok(status_true())
}
