//! Codes by mail (contract better-auth §3.9, email-otp).

use super::call::Call;
use super::endpoint::{Answer, json, post};
use super::error::{
    INVALID_EMAIL, INVALID_OTP, NativeError, OTP_EXPIRED, TOO_MANY_ATTEMPTS, UNAUTHORIZED,
    USER_NOT_FOUND,
};
use super::fields::{Fields, parse_email};
use super::session::Session;
use super::sign::NAME_CHARACTERS;
use super::{origin, two_factor};
use crate::core::Core;
use crate::email_codes::service::{self as email_codes, ChangeError, CodeError, Purpose};
use crate::mailbox_proof::service::{self as mailbox_proof, Newcomer, ProofError};
use crate::password_reset::service as password_reset;
use crate::sign_in::service::Method;
use crate::users::{self, Person};
use axum::Router;
use axum::response::Response;
use kernel::crypto::password::Password;
use kernel::text::EmailAddress;
use platform::http::limits;
use platform::limited;
use serde_json::json as object;
use std::sync::Arc;

const PURPOSES: [(&str, Purpose); 4] = [
    ("email-verification", Purpose::VerifyEmail),
    ("sign-in", Purpose::SignIn),
    ("forget-password", Purpose::ResetPassword),
    ("change-email", Purpose::ChangeEmail),
];

/// Asking for codes and guessing them count apart: whoever asked five times may still type the last one.
pub(super) fn router() -> Router<Arc<Core>> {
    let reset = || post(request_reset).layer(limited!(limits::MAGIC_LINK));
    Router::new()
        .route(
            "/email-otp/send-verification-otp",
            post(send).layer(limited!(limits::MAGIC_LINK)),
        )
        .route(
            "/email-otp/check-verification-otp",
            post(check).layer(limited!(limits::SIGN_IN)),
        )
        .route(
            "/email-otp/verify-email",
            post(verify).layer(limited!(limits::SIGN_IN)),
        )
        .route(
            "/sign-in/email-otp",
            post(sign_in).layer(limited!(limits::SIGN_IN)),
        )
        .route("/email-otp/request-password-reset", reset())
        .route("/forget-password/email-otp", reset())
        .route(
            "/email-otp/reset-password",
            post(reset_password).layer(limited!(limits::PASSWORD_RESET)),
        )
        .route(
            "/email-otp/request-email-change",
            post(request_change).layer(limited!(limits::MAGIC_LINK)),
        )
        .route(
            "/email-otp/change-email",
            post(change).layer(limited!(limits::PASSWORD_CHANGE)),
        )
}

impl From<CodeError> for NativeError {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Invalid => INVALID_OTP.into(),
            CodeError::Expired => OTP_EXPIRED.into(),
            CodeError::TooMany => TOO_MANY_ATTEMPTS.into(),
            CodeError::OldRequired => Self::without_code("OTP is required to verify current email"),
            CodeError::Db(error) => error.into(),
        }
    }
}

impl From<ProofError> for NativeError {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Gone => INVALID_OTP.into(),
            ProofError::Register(error) => error.into(),
            ProofError::Db(error) => error.into(),
        }
    }
}

fn success() -> Response {
    json(&object!({"success": true}))
}

async fn person(call: &Call, email: &EmailAddress) -> Result<Person, NativeError> {
    let found = users::find_by_email(call.core(), email).await?;
    Ok(found
        .filter(|person| !person.standing.is_deleted)
        .ok_or(USER_NOT_FOUND)?)
}

async fn send(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.string("email");
    let purpose = fields.one_of("type", &PURPOSES);
    fields.finish()?;
    origin::check_form(&call)?;
    let email = parse_email(&email).ok_or(INVALID_EMAIL)?;
    let purpose = purpose
        .filter(|purpose| *purpose != Purpose::ChangeEmail)
        .ok_or_else(|| NativeError::without_code("Invalid OTP type"))?;
    email_codes::send(call.core(), &email, purpose, &call.asker()).await?;
    Ok(success())
}

async fn check(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.string("email");
    let purpose = fields.one_of("type", &PURPOSES);
    let code = fields.string("otp");
    fields.finish()?;
    let email = parse_email(&email).ok_or(INVALID_EMAIL)?;
    let purpose = purpose.ok_or(INVALID_OTP)?;
    email_codes::check(call.core(), &email, purpose, &code).await?;
    person(&call, &email).await?;
    Ok(success())
}

async fn verify(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.string("email");
    let code = fields.string("otp");
    fields.finish()?;
    let email = parse_email(&email).ok_or(INVALID_EMAIL)?;
    let core = call.core();
    email_codes::redeem(core, &email, Purpose::VerifyEmail, &code).await?;
    let known = person(&call, &email).await?;
    // What proves an address is no sign-in of its own.
    let method = if known.standing.is_email_verified {
        Method::EmailCode
    } else {
        Method::EmailLink
    };
    email_codes::prove(core, &known, &call.origin()).await?;
    let proved = person(&call, &email).await?;
    // Proving an address is no sign-in where a second factor is asked for.
    let token = if proved.standing.has_second_factor {
        None
    } else {
        Some(call.open_session(&proved, method).await?)
    };
    Ok(json(
        &object!({"status": true, "token": token, "user": proved.view}),
    ))
}

async fn sign_in(call: Call) -> Answer {
    let mut fields = Fields::of_object_and_record(call.body())?;
    let email = fields.string("email");
    let code = fields.string("otp");
    let name = fields.optional_string("name").unwrap_or_default();
    fields.at_most("name", &name, NAME_CHARACTERS);
    let image = fields.picture("image");
    fields.finish()?;
    let email = parse_email(&email).ok_or(INVALID_OTP)?;
    let core = call.core();
    email_codes::redeem(core, &email, Purpose::SignIn, &code).await?;
    let newcomer = Newcomer {
        name,
        image,
        locale: call.locale(),
    };
    let owner = mailbox_proof::owner(core, &email, newcomer, &call.origin()).await?;
    let body = match two_factor::open(&call, &owner.person, Method::EmailCode).await? {
        Ok(token) => object!({"token": token, "user": owner.person.view}),
        Err(asking) => asking,
    };
    Ok(json(&body))
}

async fn request_reset(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.string("email");
    fields.finish()?;
    let email = parse_email(&email).ok_or(INVALID_EMAIL)?;
    let purpose = Purpose::ResetPassword;
    email_codes::send(call.core(), &email, purpose, &call.asker()).await?;
    Ok(success())
}

async fn reset_password(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.string("email");
    let code = fields.string("otp");
    let password = fields.string("password");
    fields.finish()?;
    let email = parse_email(&email).ok_or(INVALID_EMAIL)?;
    let password = Password::new(&password)?;
    let core = call.core();
    email_codes::redeem(core, &email, Purpose::ResetPassword, &code).await?;
    let person = person(&call, &email).await?;
    password_reset::replace(core, &person.id, password, &call.origin()).await?;
    Ok(success())
}

/// Who changes their address to which.
async fn changing(
    call: &Call,
    new_email: &str,
) -> Result<(Session, Person, EmailAddress), NativeError> {
    let session = call.session().await?;
    let new_email = parse_email(new_email).ok_or(INVALID_EMAIL)?;
    let person = users::find(call.core(), session.user_id()).await?;
    let person = person.filter(|person| !person.standing.is_deleted);
    let person = person.ok_or(UNAUTHORIZED)?;
    if person.view.email == new_email.as_str() {
        return Err(NativeError::without_code("Email is the same"));
    }
    Ok((session, person, new_email))
}

async fn request_change(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let new_email = fields.string("newEmail");
    let code = fields.optional_string("otp");
    fields.finish()?;
    let (_, person, new_email) = changing(&call, &new_email).await?;
    let (core, code) = (call.core(), code.as_deref());
    email_codes::request_change(core, &person, &new_email, code, &call.asker()).await?;
    Ok(success())
}

async fn change(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let new_email = fields.string("newEmail");
    let code = fields.string("otp");
    fields.finish()?;
    let (session, person, new_email) = changing(&call, &new_email).await?;
    let (core, origin) = (call.core(), call.origin());
    let kept = session.id();
    match email_codes::change(core, &person, &new_email, &code, kept, &origin).await {
        Ok(()) => {
            call.set_session_again(&session);
            Ok(success())
        }
        Err(ChangeError::Code(error)) => Err(error.into()),
        Err(ChangeError::Taken) => Err(NativeError::without_code("Email already in use")),
    }
}
