//! Passkeys (contract better-auth §3.6).

use super::call::Call;
use super::devices::view;
use super::endpoint::{Answer, get, json, post, status_true};
use super::error::{FAILED_TO_VERIFY_REGISTRATION, NativeError, UNAUTHORIZED};
use super::fields::Fields;
use super::origin;
use super::session::Session;
use crate::core::Core;
use crate::passkeys::service::{self as passkeys, Begun, Demand, Passkey, PasskeyError, Wish};
use crate::sessions::service as sessions;
use crate::sign_in::service::Method;
use crate::users;
use axum::Router;
use kernel::Timestamp;
use platform::http::limits;
use platform::limited;
use serde::Serialize;
use serde_json::{Value, json as object};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route(
            "/passkey/generate-register-options",
            get(begin_registration).layer(limited!(limits::PASSKEY_OPTIONS)),
        )
        .route("/passkey/verify-registration", post(register))
        .route(
            "/passkey/generate-authenticate-options",
            get(begin_sign_in).layer(limited!(limits::PASSKEY_OPTIONS)),
        )
        .route(
            "/passkey/verify-authentication",
            post(sign_in).layer(limited!(limits::SIGN_IN)),
        )
        .route("/passkey/list-user-passkeys", get(list))
        .route("/passkey/update-passkey", post(rename))
        .route("/passkey/delete-passkey", post(delete))
}

/// A passkey in the plugin's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: Option<String>,
    public_key: String,
    user_id: String,
    #[serde(rename = "credentialID")]
    credential_id: String,
    counter: i64,
    device_type: String,
    backed_up: bool,
    transports: String,
    created_at: Timestamp,
    aaguid: Option<String>,
    id: String,
}

impl From<Passkey> for Row {
    fn from(passkey: Passkey) -> Self {
        Self {
            name: passkey.name,
            public_key: passkey.public_key,
            user_id: passkey.user_id.to_string(),
            credential_id: passkey.credential_id,
            counter: passkey.counter,
            device_type: passkey.device_type,
            backed_up: passkey.is_backed_up,
            transports: passkey.transports,
            created_at: passkey.created_at,
            aaguid: passkey.aaguid,
            id: passkey.id,
        }
    }
}

fn begun(call: &Call, begun: &Begun) -> Answer {
    let life = Some(passkeys::LIFE_SECONDS);
    let cookies = &call.core().cookies;
    call.add_cookie(cookies.set_signed(passkeys::COOKIE, &begun.id, life));
    Ok(json(&begun.options))
}

async fn challenge(call: &Call) -> Result<Option<String>, NativeError> {
    Ok(passkeys::of_cookies(call.core(), call.headers()).await?)
}

async fn begin_registration(call: Call) -> Answer {
    let mut fields = Fields::of_query(call.query());
    let attachment =
        fields.optional_choice("authenticatorAttachment", &["platform", "cross-platform"]);
    let name = fields.optional_string("name");
    fields.at_most(
        "name",
        name.as_deref().unwrap_or_default(),
        passkeys::NAME_CHARACTERS,
    );
    fields.optional_string("context");
    fields.finish()?;
    let session = call.fresh_session().await?;
    let core = call.core();
    passkeys::require_met(core, session.user_id(), session.id()).await?;
    let person = users::find(core, session.user_id()).await?;
    let person = person.ok_or(UNAUTHORIZED)?;
    let wish = Wish { name, attachment };
    let options = passkeys::begin_registration(core, &person, wish, Demand::Preferred).await?;
    begun(&call, &options)
}

async fn register(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let credential = fields.present("response");
    let name = fields.optional_string("name");
    fields.at_most(
        "name",
        name.as_deref().unwrap_or_default(),
        passkeys::NAME_CHARACTERS,
    );
    let opens = fields.optional_boolean("createSession").unwrap_or(false);
    fields.finish()?;
    let session = call.fresh_session().await?;
    let (core, user) = (call.core(), session.user_id());
    let (challenge, name) = (challenge(&call).await?, name.as_deref());
    let (challenge, origin) = (challenge.as_deref(), call.origin());
    let owner = (user, session.id());
    let made = passkeys::register(core, owner, challenge, &credential, name, &origin).await;
    let row = made.map(Row::from).map_err(|error| match error {
        PasskeyError::Ceremony(_) => NativeError::from(FAILED_TO_VERIFY_REGISTRATION),
        error => error.into(),
    })?;
    if !opens {
        return Ok(json(&row));
    }
    let person = users::find(core, user).await?.ok_or(UNAUTHORIZED)?;
    let token = call.open_session(&person, Method::Passkey).await?;
    let mut body = signed_in(&call, token).await?;
    if let (Some(fields), Ok(Value::Object(row))) =
        (body.as_object_mut(), serde_json::to_value(&row))
    {
        fields.extend(row);
    }
    Ok(json(&body))
}

async fn begin_sign_in(call: Call) -> Answer {
    let session = call.find_session().await?;
    let user = session.as_ref().map(Session::user_id);
    let options = passkeys::begin_sign_in(call.core(), user, Demand::Preferred).await?;
    begun(&call, &options)
}

async fn sign_in(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let credential = fields.record("response");
    fields.finish()?;
    origin::check_form(&call)?;
    let (challenge, from) = (challenge(&call).await?, call.origin());
    let person =
        passkeys::authenticate(call.core(), challenge.as_deref(), &credential, &from).await?;
    let token = call.open_session(&person, Method::Passkey).await?;
    Ok(json(&signed_in(&call, token).await?))
}

/// Session and person of a session that was opened just now.
async fn signed_in(call: &Call, token: String) -> Result<Value, NativeError> {
    let live = sessions::by_token(call.core(), &token).await?;
    let live = live.ok_or(UNAUTHORIZED)?;
    Ok(view(&Session { live, token }))
}

async fn list(call: Call) -> Answer {
    let session = call.session().await?;
    let passkeys = passkeys::list(call.core(), session.user_id()).await?;
    let rows: Vec<Row> = passkeys.into_iter().map(Row::from).collect();
    Ok(json(&rows))
}

async fn rename(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let id = fields.string("id");
    let name = fields.trimmed("name");
    fields.at_most("name", &name, passkeys::NAME_CHARACTERS);
    fields.finish()?;
    let session = call.session().await?;
    let (core, user) = (call.core(), session.user_id());
    let renamed = passkeys::rename(core, user, &id, &name, &call.origin()).await?;
    Ok(json(&object!({ "passkey": Row::from(renamed) })))
}

async fn delete(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let id = fields.string("id");
    fields.finish()?;
    let session = call.session().await?;
    let owner = (session.user_id(), session.id());
    passkeys::delete(call.core(), owner, &id, &call.origin()).await?;
    Ok(status_true())
}
