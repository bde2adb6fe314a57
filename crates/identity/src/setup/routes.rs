//! `/setup`: the form behind the first administrator's link. Plain HTML, no scripts.

use super::page::{Form, Words, words};
use super::service::{self, SetupError, Standing};
use crate::core::Core;
use crate::pages::layout;
use crate::pages::routes::{language, own_form, page, pairs, value};
use crate::registration::{NewAccount, RegisterError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, header};
use kernel::crypto::password::Password;
use kernel::text::{EmailAddress, Locale};
use platform::http::{ApiError, Origin, limits};
use platform::limited;
use platform::ports::Role;
use std::sync::Arc;

pub(crate) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route("/setup", post(make_admin).layer(limited!(limits::REGISTER)))
        .route("/setup", get(show_form))
        .route("/setup/done", get(show_done))
}

fn refused(words: &Words, standing: Standing) -> Response {
    let status = match standing {
        Standing::Expired | Standing::Done => StatusCode::GONE,
        Standing::Open | Standing::Unknown => StatusCode::BAD_REQUEST,
    };
    page(status, words.refused(standing))
}

async fn show_form(
    State(core): State<Arc<Core>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let words = words(language(&core, &headers));
    let query = pairs(query.unwrap_or_default().as_bytes());
    let token = value(&query, "token");
    Ok(match service::look(&core, token).await? {
        Standing::Open => {
            let form = Form {
                token,
                ..Form::default()
            };
            page(StatusCode::OK, words.form(&form))
        }
        standing => refused(words, standing),
    })
}

async fn make_admin(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let words = words(locale);
    let given = own_form(&core, &headers, body)?;
    let mut form = Form {
        token: value(&given, "token"),
        email: value(&given, "email"),
        name: value(&given, "name").trim(),
        errors: Vec::new(),
    };
    let token = form.token.to_owned();
    let password = value(&given, "password");
    let Some(account) = read(&mut form, words, password, locale, origin) else {
        // A wrong link is not told which of the fields are wrong.
        return Ok(match service::look(&core, &token).await? {
            Standing::Open => page(StatusCode::BAD_REQUEST, words.form(&form)),
            standing => refused(words, standing),
        });
    };
    // The operator's disconnect must not cut the link's use from the account.
    let worker = core.clone();
    let made = tokio::spawn(async move { service::make(&worker, &token, account).await })
        .await
        .map_err(ApiError::internal)?;
    match made {
        Ok(()) => Ok((StatusCode::SEE_OTHER, [(header::LOCATION, "/setup/done")]).into_response()),
        Err(SetupError::Link(standing)) => Ok(refused(words, standing)),
        Err(SetupError::Db(error)) => Err(error.into()),
        Err(SetupError::Account(RegisterError::EmailTaken)) => {
            form.errors.push(("email", words.taken_email));
            Ok(page(StatusCode::CONFLICT, words.form(&form)))
        }
        Err(SetupError::Account(RegisterError::Db(error))) => Err(error.into()),
        Err(SetupError::Account(RegisterError::LimitReached(_) | RegisterError::Hash(_))) => {
            form.errors.push(("", layout::busy(locale)));
            Ok(page(StatusCode::SERVICE_UNAVAILABLE, words.form(&form)))
        }
    }
}

/// The account the form describes, or what is wrong with it.
fn read(
    form: &mut Form<'_>,
    words: &Words,
    password: &str,
    locale: Locale,
    origin: Origin,
) -> Option<NewAccount> {
    let email = EmailAddress::parse(form.email);
    if email.is_none() {
        form.errors.push(("email", words.wrong_email));
    }
    if form.name.chars().count() > 255 || form.name.chars().any(char::is_control) {
        form.errors.push(("name", words.wrong_name));
    }
    let password = match Password::new(password) {
        Ok(password) => Some(password),
        Err(error) => {
            let text = layout::refused_password(locale, &error);
            form.errors.push(("password", text));
            None
        }
    };
    if !form.errors.is_empty() {
        return None;
    }
    Some(NewAccount {
        email: email?,
        password: Some(password?),
        name: Some(form.name.to_owned()).filter(|name| !name.is_empty()),
        image: None,
        locale: Some(locale),
        role: Role::Admin,
        is_verified: true,
        callback: None,
        origin,
    })
}

async fn show_done(State(core): State<Arc<Core>>, headers: HeaderMap) -> Response {
    page(StatusCode::OK, words(language(&core, &headers)).done())
}
