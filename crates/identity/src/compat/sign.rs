//! Signing up, in and out (contract better-auth §1.1).

use super::call::Call;
use super::endpoint::{Answer, json, post, post_form};
use super::error::{INVALID_EMAIL, INVALID_EMAIL_OR_PASSWORD, NativeError};
use super::fields::{Fields, parse_email};
use super::session::{Session, presented_password};
use super::{devices, origin, two_factor};
use crate::core::Core;
use crate::mfa::{challenge as mfa, trust};
use crate::policy;
use crate::registration::{NewAccount, RegisterError, service as registration};
use crate::sessions::model::UserView;
use crate::sessions::service as sessions;
use crate::sign_in::service::{self as sign_in, Attempt, Device, Method};
use crate::users::{self, Person};
use axum::Router;
use http::header;
use kernel::UserId;
use kernel::crypto::password::Password;
use platform::http::limits;
use platform::http::location::location;
use platform::limited;
use platform::ports::Role;
use serde_json::json as object;
use std::sync::Arc;

/// The longest name that is stored, in characters.
pub(super) const NAME_CHARACTERS: usize = 255;

pub(super) fn router() -> Router<Arc<Core>> {
    let sign_up = post_form(sign_up)
        .layer(limited!(limits::REGISTER_DAY))
        .layer(limited!(limits::REGISTER));
    let sign_in = post_form(sign_in_by_email).layer(limited!(limits::SIGN_IN));
    Router::new()
        .route("/sign-up/email", sign_up)
        .route("/sign-in/email", sign_in)
        .route("/sign-out", post(sign_out))
}

async fn sign_up(call: Call) -> Answer {
    let mut fields = Fields::of_object_and_record(call.body())?;
    let name = fields.string("name");
    fields.at_most("name", &name, NAME_CHARACTERS);
    let email = fields.email("email");
    let password = fields.nonempty("password");
    let image = fields.picture("image");
    let callback = fields.optional_string("callbackURL");
    let is_remembered = fields.optional_boolean("rememberMe").unwrap_or(true);
    fields.finish()?;
    origin::check_form(&call)?;
    let email = email.ok_or(INVALID_EMAIL)?;
    let password = Password::new(&password)?;
    let account = NewAccount {
        email: email.clone(),
        password: Some(password),
        name: Some(name.clone()),
        image: image.clone(),
        locale: call.locale(),
        role: Role::User,
        is_verified: false,
        callback,
        origin: call.origin(),
    };
    let person = match register(&call, account).await {
        Ok(id) => find(&call, &id).await?,
        // As long as an address has to be proved first, nobody learns here whether it is taken.
        Err(RegisterError::EmailTaken) if call.core().config.is_verification_required => {
            let user = stranger(&call, email.to_string(), name, image);
            return Ok(json(&object!({"token": null, "user": user})));
        }
        Err(error) => return Err(error.into()),
    };
    let core = call.core();
    let standing = policy::may_hold_session(
        &person.standing,
        core.config.is_verification_required,
        core.context.now(),
    );
    if standing.is_err() {
        return Ok(json(&object!({"token": null, "user": person.view})));
    }
    let device = Device {
        is_remembered,
        ..Device::default()
    };
    let opened = sign_in::open(core, &person, &device, Method::SignUp, &call.origin())
        .await?
        .ok_or(INVALID_EMAIL_OR_PASSWORD)?;
    call.set_session(&person.id, &opened.token, is_remembered);
    Ok(json(&object!({"token": opened.token, "user": person.view})))
}

/// A person's disconnect must not cut the transaction that makes their wallet.
async fn register(call: &Call, account: NewAccount) -> Result<UserId, RegisterError> {
    let core = call.core().clone();
    tokio::spawn(async move { registration::create(&core, account).await })
        .await
        .map_err(platform::db::DbError::from)?
}

async fn find(call: &Call, id: &UserId) -> Result<Person, NativeError> {
    let found = users::find(call.core(), id).await?;
    found.ok_or_else(|| NativeError::internal("a new person is not there"))
}

/// Looks like somebody who has just registered.
fn stranger(call: &Call, email: String, name: String, image: Option<String>) -> UserView {
    let now = call.core().context.now();
    UserView {
        id: call.core().context.new_id(),
        name,
        email,
        email_verified: false,
        image,
        created_at: now,
        updated_at: now,
        role: Role::User.label().to_owned(),
        access_tier: "public".to_owned(),
        two_factor_enabled: false,
    }
}

async fn sign_in_by_email(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.string("email");
    let password = fields.string("password");
    let callback = fields.optional_string("callbackURL");
    let is_remembered = fields.optional_boolean("rememberMe").unwrap_or(true);
    fields.finish()?;
    origin::check_form(&call)?;
    let email = parse_email(&email).ok_or(INVALID_EMAIL)?;
    let attempt = Attempt {
        email,
        password: presented_password(&password)?,
        device_id: None,
        device_name: None,
        is_remembered,
    };
    let trusted = trust::of_cookies(call.core(), call.headers()).await?;
    let entry = mfa::sign_in(call.core(), attempt, trusted.as_deref(), &call.origin()).await?;
    let target = callback.as_deref().filter(|link| !link.is_empty());
    let body = match two_factor::enter(&call, entry, is_remembered) {
        Err(asking) => asking,
        Ok(opened) => {
            let user = opened.pair.user();
            call.set_session(&UserId::new(user.id.clone()), &opened.token, is_remembered);
            let mut body = object!({"redirect": false, "token": opened.token, "user": user});
            if let (Some(link), Some(fields)) = (&callback, body.as_object_mut()) {
                fields.insert("redirect".to_owned(), target.is_some().into());
                fields.insert("url".to_owned(), link.as_str().into());
            }
            body
        }
    };
    let mut response = json(&body);
    if let Some(target) = target {
        let headers = response.headers_mut();
        headers.insert(header::LOCATION, location(target));
    }
    Ok(response)
}

async fn sign_out(call: Call) -> Answer {
    let mut fields = Fields::of_optional_body(call.body())?;
    fields.optional_string("callbackURL");
    fields.optional_boolean("disableRedirect");
    fields.optional_string("state");
    fields.finish()?;
    let core = call.core();
    let presented = core.find_held(call.headers()).await;
    let presented = presented.map_err(NativeError::unavailable)?;
    let kept = sessions::alive_of(core, devices::tokens(&call)).await?;
    let held = presented.by_cookie.iter().chain(&kept).map(Session::id);
    let ended = held.chain(presented.by_bearer.as_deref());
    sessions::revoke_many(core, ended, &call.origin()).await?;
    call.clear_session();
    devices::forget_all(&call);
    Ok(json(&object!({"success": true})))
}
