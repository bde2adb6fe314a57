//! Reading, listing and ending sessions, and access tokens for them (contract better-auth §1.3, §3.2).

use super::call::Call;
use super::endpoint::{Answer, get, get_or_post, json, json_bytes, post, status_true};
use super::error::{METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED, NativeError};
use super::fields::Fields;
use crate::core::Core;
use crate::sessions::service as sessions;
use axum::Router;
use bytes::Bytes;
use http::HeaderName;
use serde_json::json as object;
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/get-session", get_or_post(read))
        .route("/token", get(token))
        .route("/list-sessions", get(list))
        .route("/revoke-session", post(revoke))
        .route("/revoke-sessions", post(revoke_all))
        .route("/revoke-other-sessions", post(revoke_others))
        .route("/update-session", post(update))
}

async fn read(call: Call) -> Answer {
    if call.is_post() {
        return Err(METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED.into());
    }
    let Some(session) = call.find_session().await? else {
        return Ok(json_bytes(Bytes::from_static(b"null")));
    };
    let rendered = sessions::render(call.core(), &session.live, Some(&session.token))?;
    let mut response = json_bytes(rendered.body);
    if let Some(jwt) = rendered.jwt {
        let name = HeaderName::from_static("set-auth-jwt");
        response.headers_mut().insert(name, jwt);
    }
    Ok(response)
}

async fn token(call: Call) -> Answer {
    let session = call.session().await?;
    sessions::may_issue(call.core(), &session.live)?;
    let subject = sessions::subject(&session.live);
    let token = call.core().keys.issue(&subject);
    Ok(json(
        &object!({"token": token.map_err(NativeError::internal)?}),
    ))
}

/// The person's sessions; the current one with its token, the others with handles that `revoke-session` accepts.
async fn list(call: Call) -> Answer {
    let session = call.fresh_session().await?;
    let listed = sessions::list(call.core(), session.user_id()).await?;
    let shown = |mut listed: sessions::Listed| {
        if listed.view.id == session.id() {
            listed.view.token.clone_from(&session.token);
        }
        listed.view
    };
    Ok(json(&listed.into_iter().map(shown).collect::<Vec<_>>()))
}

async fn revoke(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let named = fields.string("token");
    fields.finish()?;
    let session = call.session().await?;
    let ended =
        sessions::revoke_named(call.core(), session.user_id(), &named, &call.origin()).await?;
    if named == session.token || ended.as_deref() == Some(session.id()) {
        call.clear_session();
    }
    Ok(status_true())
}

async fn revoke_all(call: Call) -> Answer {
    let session = call.session().await?;
    sessions::revoke_all(call.core(), session.user_id(), None, &call.origin()).await?;
    call.clear_session();
    Ok(status_true())
}

async fn revoke_others(call: Call) -> Answer {
    let session = call.session().await?;
    let kept = Some(session.id());
    sessions::revoke_all(call.core(), session.user_id(), kept, &call.origin()).await?;
    Ok(status_true())
}

/// Sessions have no fields that a client may set.
async fn update(call: Call) -> Answer {
    Fields::of_record(call.body())?.finish()?;
    call.session().await?;
    Err(NativeError::without_code("No fields to update"))
}
