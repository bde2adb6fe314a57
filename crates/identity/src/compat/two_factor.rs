//! Second factors (contract better-auth §3.4).

use super::call::Call;
use super::endpoint::{Answer, json, post, status_true};
use super::error::{NativeError, UNAUTHORIZED};
use super::fields::Fields;
use super::session::{Session, presented_password};
use crate::core::Core;
use crate::mfa::challenge::{self, Entry, Outcome, TrustCookie};
use crate::mfa::service::{self as mfa, Changer, MfaError, Proof, Proved, Prover};
use crate::mfa::trust;
use crate::sign_in::service::{Device, Method, Opened, SignInError};
use crate::users::{self, Person};
use axum::Router;
use axum::routing::MethodRouter;
use kernel::crypto::password::{Password, PasswordError};
use platform::http::{Origin, limits};
use platform::limited_by_path;
use serde_json::{Value, json as object};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Core>> {
    let limited =
        |endpoint: MethodRouter<Arc<Core>>| endpoint.layer(limited_by_path!(limits::TWO_FACTOR));
    Router::new()
        .route("/two-factor/enable", limited(post(enable)))
        .route("/two-factor/disable", limited(post(disable)))
        .route("/two-factor/get-totp-uri", limited(post(totp_uri)))
        .route("/two-factor/verify-totp", limited(post(verify_totp)))
        .route("/two-factor/send-otp", limited(post(send_otp)))
        .route("/two-factor/verify-otp", limited(post(verify_otp)))
        .route(
            "/two-factor/verify-backup-code",
            limited(post(verify_backup_code)),
        )
        .route(
            "/two-factor/generate-backup-codes",
            limited(post(generate_backup_codes)),
        )
}

/// The cookies of a sign-in with a right first factor. Answers the session, or the body that asks for a second factor.
pub(super) fn enter(call: &Call, entry: Entry, is_remembered: bool) -> Result<Box<Opened>, Value> {
    let cookies = &call.core().cookies;
    match entry.trust {
        TrustCookie::Keep => {}
        TrustCookie::Replace(value) => set_trust(call, &value),
        TrustCookie::Clear => call.add_cookie(cookies.clear(trust::COOKIE)),
    }
    match entry.outcome {
        Outcome::Opened(opened) => Ok(opened),
        Outcome::Challenged { challenge, methods } => {
            for name in ["session_token", "session_data"] {
                call.add_cookie(cookies.clear(name));
            }
            if !is_remembered {
                call.add_cookie(cookies.set_signed("dont_remember", "true", None));
            }
            let life = Some(challenge::LIFE_SECONDS);
            call.add_cookie(cookies.set_signed(challenge::COOKIE, &challenge, life));
            Err(object!({"twoFactorRedirect": true, "twoFactorMethods": methods}))
        }
    }
}

/// Opens a session for somebody who proved one factor: its token, or the body that asks for the second.
pub(super) async fn open(
    call: &Call,
    person: &Person,
    method: Method,
) -> Result<Result<String, Value>, SignInError> {
    let device = Device {
        is_remembered: true,
        ..Device::default()
    };
    let trusted = trust::of_cookies(call.core(), call.headers()).await?;
    let (core, origin) = (call.core(), call.origin());
    let entry = challenge::enter(core, person, device, method, trusted.as_deref(), &origin).await?;
    Ok(enter(call, entry, true).map(|opened| {
        call.set_session(&person.id, &opened.token, true);
        opened.token
    }))
}

fn set_trust(call: &Call, value: &str) {
    let life = Some(trust::LIFE_SECONDS);
    call.add_cookie(call.core().cookies.set_signed(trust::COOKIE, value, life));
}

async fn person(call: &Call, session: &Session) -> Result<Person, NativeError> {
    let found = users::find(call.core(), session.user_id()).await?;
    Ok(found.ok_or(UNAUTHORIZED)?)
}

/// What a change of factors comes with: the password, and a code for whoever has not met the factor in this session.
struct Given {
    password: Result<Password, PasswordError>,
    code: Option<String>,
}

fn given(call: &Call) -> Result<Given, NativeError> {
    let mut fields = call.fields()?;
    let given = Given::of(&mut fields);
    fields.finish()?;
    Ok(given)
}

impl Given {
    fn of(fields: &mut Fields<'_>) -> Self {
        Self {
            password: presented_password(&fields.string("password")),
            code: fields.optional_string("code"),
        }
    }

    /// The person of a session who changes factors with it.
    fn changer<'a>(
        &'a self,
        person: &'a Person,
        session: &'a Session,
        origin: &'a Origin,
    ) -> Changer<'a> {
        Changer {
            person,
            session: session.id(),
            code: self.code.as_deref(),
            origin,
        }
    }
}

async fn enable(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let given = Given::of(&mut fields);
    let method = fields.optional_choice("method", &["otp", "totp"]);
    let issuer = fields.optional_string("issuer");
    fields.finish()?;
    let session = call.session().await?;
    let (core, origin) = (call.core(), call.origin());
    let person = person(&call, &session).await?;
    let changer = given.changer(&person, &session, &origin);
    if method == Some("otp") {
        mfa::enable_mail(core, &changer, given.password.clone()?).await?;
        call.replace_session(&session, Method::SecondFactorChange)
            .await?;
        return Ok(json(&object!({"method": "otp"})));
    }
    let made = mfa::enrol(core, &changer, given.password.clone()?, issuer.as_deref()).await?;
    Ok(json(&object!({
        "method": "totp",
        "totpURI": made.uri,
        "backupCodes": made.backup_codes,
    })))
}

async fn disable(call: Call) -> Answer {
    let given = given(&call)?;
    let session = call.session().await?;
    let (core, origin) = (call.core(), call.origin());
    let person = person(&call, &session).await?;
    let changer = given.changer(&person, &session, &origin);
    mfa::disable(core, &changer, given.password.clone()?).await?;
    call.replace_session(&session, Method::SecondFactorChange)
        .await?;
    let trusted = core.cookies.read_signed(call.headers(), trust::COOKIE);
    if trusted.is_some() {
        call.add_cookie(core.cookies.clear(trust::COOKIE));
    }
    Ok(status_true())
}

async fn totp_uri(call: Call) -> Answer {
    let given = given(&call)?;
    let session = call.session().await?;
    let (core, origin) = (call.core(), call.origin());
    let person = person(&call, &session).await?;
    let changer = given.changer(&person, &session, &origin);
    let uri = mfa::uri(core, &changer, given.password.clone()?).await?;
    Ok(json(&object!({"totpURI": uri})))
}

async fn generate_backup_codes(call: Call) -> Answer {
    let given = given(&call)?;
    let session = call.session().await?;
    let (core, origin) = (call.core(), call.origin());
    let person = person(&call, &session).await?;
    let changer = given.changer(&person, &session, &origin);
    let codes = mfa::renew_backup_codes(core, &changer, given.password.clone()?).await?;
    Ok(json(&object!({"status": true, "backupCodes": codes})))
}

async fn send_otp(call: Call) -> Answer {
    let mut fields = Fields::of_optional_body(call.body())?;
    fields.optional_boolean("trustDevice");
    fields.finish()?;
    let side = Side::of(&call).await?;
    mfa::send_code(call.core(), side.prover(), &call.asker()).await?;
    Ok(status_true())
}

async fn verify_totp(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let code = fields.string("code");
    let trusts = fields.optional_boolean("trustDevice").unwrap_or(false);
    fields.finish()?;
    let side = Side::of(&call).await?;
    let proved = verify(&call, &side, Proof::App(&code)).await?;
    match &side {
        Side::Challenge(_) => finish(&call, &proved, trusts).await,
        Side::Session(session) => {
            if proved.is_switched_on {
                call.replace_session(session, Method::SecondFactorChange)
                    .await?;
            }
            // As the real server: the body still shows what was before, the cookie has the new session.
            Ok(unchanged(session))
        }
    }
}

async fn verify_otp(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let code = fields.string("code");
    let trusts = fields.optional_boolean("trustDevice").unwrap_or(false);
    fields.finish()?;
    let side = Side::of(&call).await?;
    let proved = verify(&call, &side, Proof::Mail(&code)).await?;
    match &side {
        Side::Challenge(_) => finish(&call, &proved, trusts).await,
        Side::Session(session) if proved.is_switched_on => {
            let (person, token) = call
                .replace_session(session, Method::SecondFactorChange)
                .await?;
            Ok(json(&object!({"token": token, "user": person.view})))
        }
        Side::Session(session) => Ok(unchanged(session)),
    }
}

async fn verify_backup_code(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let code = fields.string("code");
    let opens = !fields.optional_boolean("disableSession").unwrap_or(false);
    let trusts = fields.optional_boolean("trustDevice").unwrap_or(false);
    fields.finish()?;
    let side = Side::of(&call).await?;
    let code = Proof::Backup { code: &code, opens };
    let proved = verify(&call, &side, code).await?;
    match &side {
        Side::Challenge(_) if opens => finish(&call, &proved, trusts).await,
        Side::Challenge(_) => Ok(json(&object!({"user": proved.person.view}))),
        Side::Session(session) => Ok(unchanged(session)),
    }
}

/// Whose code it is: of a session, else of the challenge in the cookie.
enum Side {
    Challenge(String),
    Session(Session),
}

impl Side {
    async fn of(call: &Call) -> Result<Self, NativeError> {
        if let Some(session) = call.find_session().await? {
            return Ok(Self::Session(session));
        }
        match challenge::of_cookies(call.core(), call.headers()).await? {
            Some(challenge) => Ok(Self::Challenge(challenge)),
            None => Err(MfaError::NoChallenge.into()),
        }
    }

    fn prover(&self) -> Prover<'_> {
        match self {
            Self::Challenge(challenge) => Prover::Challenge(challenge),
            Self::Session(session) => Prover::Session {
                user: session.user_id(),
                session: session.id(),
            },
        }
    }
}

async fn verify(call: &Call, side: &Side, proof: Proof<'_>) -> Result<Proved, NativeError> {
    let proved = mfa::verify(call.core(), side.prover(), proof, &call.origin()).await;
    if let Err(MfaError::TooManyTries {
        ends_challenge: true,
    }) = proved
    {
        call.add_cookie(call.core().cookies.clear(challenge::COOKIE));
    }
    Ok(proved?)
}

/// Opens the session of a challenge that was met.
async fn finish(call: &Call, proved: &Proved, trusts: bool) -> Answer {
    let core = call.core();
    let opened = mfa::enter(core, proved, &call.origin()).await?;
    let person = &proved.person;
    call.set_session(&person.id, &opened.token, proved.is_remembered());
    call.add_cookie(core.cookies.clear(challenge::COOKIE));
    if trusts {
        set_trust(call, &trust::grant(core, &person.id).await?);
        call.add_cookie(core.cookies.clear("dont_remember"));
    }
    Ok(json(&object!({"token": opened.token, "user": person.view})))
}

fn unchanged(session: &Session) -> axum::response::Response {
    json(&object!({"token": session.token, "user": session.live.stored.user}))
}
