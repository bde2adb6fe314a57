//! `/change-email` and `/not-me`: what the owner of a mailbox is asked before an account moves or changes hands.

use super::service::{self as moves, Followed, LinkError, Visitor};
use super::{moving, not_me};
use crate::core::Core;
use crate::pages::routes::{
    form_target, language, own_form, page, page_leading_to, pairs, refused, see_other, session,
    show_verified, value,
};
use crate::sessions::Live;
use crate::verification::service::allowed_link;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use kernel::text::Locale;
use platform::http::{ApiError, Origin, limits};
use platform::limited;
use std::sync::Arc;

pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route(
            moving::PATH,
            post(move_account).layer(limited!(limits::PASSWORD_CHANGE)),
        )
        .route(moving::PATH, get(ask_moving))
        .route(
            not_me::PATH,
            post(disown).layer(limited!(limits::PASSWORD_RESET)),
        )
        .route(not_me::PATH, get(ask_disowning))
        .route("/verified", get(verified))
}

/// Whose session it is.
pub(crate) fn visitor(live: &Live) -> Visitor<'_> {
    Visitor {
        user: &live.stored.user_id,
        session: &live.stored.session.id,
    }
}

fn refuse(core: &Core, locale: Locale, error: LinkError) -> Result<Response, ApiError> {
    match error {
        LinkError::Invalid => Ok(refused(core, locale, "INVALID_TOKEN")),
        LinkError::Expired => Ok(refused(core, locale, "TOKEN_EXPIRED")),
        LinkError::Taken => Ok(refused(core, locale, "USER_ALREADY_EXISTS")),
        LinkError::Db(error) => Err(error.into()),
    }
}

async fn ask_moving(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let query = pairs(query.unwrap_or_default().as_bytes());
    let token = value(&query, "token");
    let question = match moves::question(&core, token).await {
        Ok(question) => question,
        Err(error) => return refuse(&core, locale, error),
    };
    let callback = allowed_link(&core, Some(value(&query, "callbackURL"))).unwrap_or_default();
    let along = (token, callback.as_str());
    let html = moving::form(locale, core.mailer.brand(), &question, along);
    let target = form_target(&callback);
    Ok(page_leading_to(target.as_deref(), StatusCode::OK, html))
}

async fn move_account(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = own_form(&core, &headers, body)?;
    let live = session(&core, &headers).await?;
    let visitor = live.as_deref().map(visitor);
    let page = match moves::agree(&core, value(&given, "token"), visitor, &origin).await {
        Ok(Followed::EmailChanged {
            reset_token: Some(token),
            ..
        }) => return Ok(see_other(&format!("/reset-password?token={token}"))),
        Ok(Followed::ChangeConfirmed) => "/change-confirmed",
        Ok(_) => "/verified",
        Err(error) => return refuse(&core, locale, error),
    };
    let callback = allowed_link(&core, Some(value(&given, "callbackURL")));
    Ok(see_other(callback.as_deref().unwrap_or(page)))
}

async fn ask_disowning(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let query = pairs(query.unwrap_or_default().as_bytes());
    let token = value(&query, "token");
    match moves::disown_question(&core, token).await {
        Ok(question) => {
            let html = not_me::form(locale, core.mailer.brand(), &question, token);
            Ok(page(StatusCode::OK, html))
        }
        Err(error) => refuse(&core, locale, error),
    }
}

async fn disown(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = own_form(&core, &headers, body)?;
    match moves::disown(&core, value(&given, "token"), &origin).await {
        Ok(token) => Ok(see_other(&format!("/reset-password?token={token}"))),
        Err(error) => refuse(&core, locale, error),
    }
}

/// The news that an address is proved, with a way out for who did not make the account.
async fn verified(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = pairs(query.as_deref().unwrap_or_default().as_bytes());
    if let Some(token) = given.get("notMe").filter(|_| !given.contains_key("error")) {
        match moves::disown_question(&core, token).await {
            Ok(question) => {
                let app = core.frontend_link();
                let brand = core.mailer.brand();
                let html = not_me::verified(locale, brand, app.as_deref(), &question, token);
                return Ok(page(StatusCode::OK, html));
            }
            Err(LinkError::Db(error)) => return Err(error.into()),
            Err(LinkError::Invalid | LinkError::Expired | LinkError::Taken) => {}
        }
    }
    let query = query.as_deref();
    Ok(show_verified(&core, query, &headers))
}
