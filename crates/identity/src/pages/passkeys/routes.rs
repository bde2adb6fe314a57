//! `/passkeys/confirm`.

use super::super::routes::{language, own_form, page, see_other, session, value};
use super::{none, notice, question, stranger, unproved};
use crate::core::Core;
use crate::passkeys::service::{self as passkeys, CONFIRM_PATH, PasskeyError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use platform::http::{ApiError, Origin, limits};
use platform::limited;
use std::sync::Arc;

pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route(
            "/passkeys/confirm",
            post(confirm).layer(limited!(limits::PASSKEY_OPTIONS)),
        )
        .route("/passkeys/confirm", get(ask))
}

async fn ask(State(core): State<Arc<Core>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let Some(live) = session(&core, &headers).await? else {
        let html = notice(locale, core.mailer.brand(), stranger(locale));
        return Ok(page(StatusCode::UNAUTHORIZED, html));
    };
    let mut listed = passkeys::list(&core, &live.stored.user_id).await?;
    listed.retain(|passkey| passkey.suspended_at.is_some());
    let html = if listed.is_empty() {
        notice(locale, core.mailer.brand(), none(locale))
    } else {
        question(locale, core.mailer.brand(), &listed)
    };
    Ok(page(StatusCode::OK, html))
}

async fn confirm(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = own_form(&core, &headers, body)?;
    let Some(live) = session(&core, &headers).await? else {
        let html = notice(locale, core.mailer.brand(), stranger(locale));
        return Ok(page(StatusCode::UNAUTHORIZED, html));
    };
    let owner = (&live.stored.user_id, live.stored.session.id.as_str());
    match passkeys::confirm(&core, owner, value(&given, "id"), &origin).await {
        // What is confirmed already needs no second word.
        Ok(()) | Err(PasskeyError::NotFound) => Ok(see_other(CONFIRM_PATH)),
        Err(PasskeyError::NotMet | PasskeyError::NotFresh) => {
            let html = notice(locale, core.mailer.brand(), unproved(locale));
            Ok(page(StatusCode::FORBIDDEN, html))
        }
        Err(error) => Err(error.into()),
    }
}
