//! Extractors that refuse bad input with a 400 that names the field, and the caller.

use super::codes::Code;
use super::error::ApiError;
use super::headers;
use super::json;
use super::origin::TrustedOrigins;
use super::serve::Overloaded;
use crate::ports::{self, Credential, Role, Via};
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, header};
use kernel::text::Locale;
use serde::de::DeserializeOwned;
use std::sync::{Arc, OnceLock};

/// The largest JSON body of an ordinary request, in bytes.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// The most values in a JSON body, lists and objects counted tenfold.
const MAX_BODY_VALUES: usize = 10_000;

/// A JSON body. Anything but `application/json` is 415, too much is 413, the rest 400 naming the field.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        require_json(&parts)?;
        let bytes = read(Request::from_parts(parts, body), state).await?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body that may be absent altogether.
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let typed = require_json(&parts);
        let bytes = read(Request::from_parts(parts, body), state).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        typed?;
        parse(&bytes).map(|value| Self(Some(value)))
    }
}

fn require_json(parts: &Parts) -> Result<(), ApiError> {
    let media = headers::text(&parts.headers, header::CONTENT_TYPE).unwrap_or_default();
    let essence = media.split(';').next().unwrap_or_default().trim();
    let is_json = essence.eq_ignore_ascii_case("application/json")
        || (essence.len() > 5 && essence.to_ascii_lowercase().ends_with("+json"));
    if is_json {
        Ok(())
    } else {
        Err(ApiError::new(Code::UnsupportedMediaType))
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    let announced = headers::text(request.headers(), header::CONTENT_LENGTH)
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MAX_BODY_BYTES) {
        return Err(ApiError::new(Code::PayloadTooLarge));
    }
    Bytes::from_request(request, state)
        .await
        .map_err(|rejection| {
            if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
                ApiError::new(Code::PayloadTooLarge)
            } else if Overloaded::caused(&rejection) {
                ApiError::unavailable(Overloaded)
            } else {
                ApiError::new(Code::Validation).detail("The request body could not be read.")
            }
        })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let bytes = json::without_mark(bytes);
    if std::str::from_utf8(bytes).is_err() {
        return Err(ApiError::field("body", "is not UTF-8"));
    }
    // Read by position, a list could stand for the fields.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::field("body", "is not an object"));
    }
    json::check(bytes, MAX_BODY_VALUES)
        .map_err(|fault| ApiError::field(fault.field(), fault.message()))?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        describe(&path, error.inner())
    })?;
    deserializer
        .end()
        .map_err(|_| ApiError::field("body", "has something after the JSON value"))?;
    Ok(value)
}

/// Turns serde's words into a field and a message.
fn describe(path: &str, error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let quoted = text.split('`').nth(1).unwrap_or_default();
    let inside = |name: &str| match path {
        "." | "" => name.to_owned(),
        parent if parent.ends_with(name) => parent.to_owned(),
        parent => format!("{parent}.{name}"),
    };
    if error.is_syntax() || error.is_eof() {
        return ApiError::field("body", "is not valid JSON");
    }
    if text.starts_with("missing field") {
        ApiError::field(inside(quoted), "is required")
    } else if text.starts_with("unknown field") {
        ApiError::field(inside(quoted), "is not a known field")
    } else if text.starts_with("duplicate field") {
        ApiError::field(inside(quoted), "is given twice")
    } else {
        let field = if path == "." || path.is_empty() {
            "body"
        } else {
            path
        };
        ApiError::field(field, text)
    }
}

/// Query parameters; a bad one is a 400 that names it.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = || url::form_urlencoded::parse(query.as_bytes());
        for (name, value) in pairs() {
            require_storable(&name, &value)?;
        }
        let deserializer = serde_urlencoded::Deserializer::new(pairs());
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| {
                let path = error.path().to_string();
                let text = error.inner().to_string();
                let quoted = text.split('`').nth(1).unwrap_or_default().to_owned();
                if text.starts_with("unknown field") {
                    ApiError::field(quoted, "is not a known parameter")
                } else if text.starts_with("missing field") {
                    ApiError::field(quoted, "is required")
                } else if text.starts_with("duplicate field") {
                    ApiError::field(quoted, "is given twice")
                } else {
                    let field = if path == "." { "query" } else { &path };
                    ApiError::field(field, text)
                }
            })
    }
}

/// U+0000 cannot be kept, and nothing we made has it.
fn require_storable(name: &str, value: &str) -> Result<(), ApiError> {
    if name.contains('\0') {
        return Err(ApiError::field("query", "must not contain U+0000"));
    }
    if value.contains('\0') {
        return Err(ApiError::field(name, "must not contain U+0000"));
    }
    Ok(())
}

/// The parameters of a path; one that cannot be read is a 400 that names it.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if let Ok(given) = RawPathParams::from_request_parts(parts, state).await {
            for (name, value) in &given {
                require_storable(name, value)?;
            }
        }
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => {
                Err(match error.into_kind() {
                    ErrorKind::InvalidUtf8InPathParam { key } => {
                        ApiError::field(key, "is not UTF-8")
                    }
                    ErrorKind::ParseErrorAtKey { key, .. }
                    | ErrorKind::DeserializeError { key, .. } => {
                        ApiError::field(key, "is malformed")
                    }
                    _ => ApiError::field("path", "is malformed"),
                })
            }
            Err(error) => Err(ApiError::internal(error)),
        }
    }
}

/// The person who is calling; 401 when nobody is, 503 when it cannot be told.
#[derive(Clone, Debug)]
pub struct Caller(pub Arc<ports::Caller>);

impl std::ops::Deref for Caller {
    type Target = ports::Caller;

    fn deref(&self) -> &ports::Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let credential = parts
            .extensions
            .get::<Credential>()
            .cloned()
            .unwrap_or(Credential::None);
        match credential {
            Credential::Live(caller) => {
                if caller.via == Via::Cookie {
                    require_trusted_origin(parts)?;
                }
                Ok(Self(caller))
            }
            Credential::Unavailable => {
                Err(ApiError::unavailable("the credential could not be checked"))
            }
            Credential::None => Err(ApiError::new(Code::Unauthorized)),
            Credential::DeadCookie | Credential::BadBearer => {
                Err(ApiError::new(Code::Unauthorized)
                    .detail("The credential is not valid, or no longer."))
            }
        }
    }
}

/// A cookie request that changes state needs a trusted Origin (contract accounts.md §2.3).
///
/// # Errors
/// 403 `INVALID_ORIGIN`.
pub fn require_trusted_origin(parts: &Parts) -> Result<(), ApiError> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let trusted = parts.extensions.get::<Arc<TrustedOrigins>>();
    if trusted.is_some_and(|trusted| trusted.allows_request(&parts.headers)) {
        return Ok(());
    }
    Err(ApiError::new(Code::InvalidOrigin))
}

/// An administrator; 403 for everyone else.
#[derive(Clone, Debug)]
pub struct Admin(pub Arc<ports::Caller>);

impl<S: Send + Sync> FromRequestParts<S> for Admin {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Caller(caller) = Caller::from_request_parts(parts, state).await?;
        if caller.role == Role::Admin {
            Ok(Self(caller))
        } else {
            Err(ApiError::new(Code::Forbidden))
        }
    }
}

/// What the request carries about its sender, for events, limits and the language of mails.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The client's address (contract decision 15).
    pub ip: String,
    /// The user agent as it may be stored.
    pub user_agent: String,
    /// The language the browser asks for, when it is one of ours.
    pub locale: Option<Locale>,
    /// What its device may be known again by.
    pub carried: Carried,
}

/// What a request carries that its device may be known again by.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// Its cookies, as they came.
    pub cookies: HeaderMap,
    /// Who is signed in on the device.
    pub caller: Option<Arc<ports::Caller>>,
    /// A cookie that the answer is to set, where there is an answer.
    pub answer: Option<Arc<OnceLock<HeaderValue>>>,
}

impl Carried {
    fn of(parts: &Parts) -> Self {
        let mut cookies = HeaderMap::new();
        for value in parts.headers.get_all(header::COOKIE) {
            let mut value = value.clone();
            value.set_sensitive(true);
            cookies.append(header::COOKIE, value);
        }
        let caller = match parts.extensions.get::<Credential>() {
            Some(Credential::Live(caller)) => Some(caller.clone()),
            _ => None,
        };
        Self {
            cookies,
            caller,
            answer: parts
                .extensions
                .get::<Arc<OnceLock<HeaderValue>>>()
                .cloned(),
        }
    }
}

impl Origin {
    /// That of a request.
    pub fn of(parts: &Parts) -> Self {
        let ip = parts.extensions.get::<super::client_ip::ClientIp>();
        let agent = headers::text(&parts.headers, header::USER_AGENT);
        Self {
            ip: ip.map(ToString::to_string).unwrap_or_default(),
            user_agent: headers::storable(&agent.unwrap_or_default()),
            locale: accepted_locale(&parts.headers),
            carried: Carried::of(parts),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(parts))
    }
}

/// The language that `Accept-Language` prefers of those we speak.
pub fn accepted_locale(headers: &HeaderMap) -> Option<Locale> {
    let accepted = headers::text(headers, header::ACCEPT_LANGUAGE)?;
    Locale::from_accept_language(&accepted)
}
