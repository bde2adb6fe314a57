//! What is around every endpoint. Before: body, then origin. After: cookies, the device's own cookie, `set-auth-token`.

use super::call::Call;
use super::error::{BAD_REQUEST, NativeError, PAYLOAD_TOO_LARGE, Refused};
use super::{devices, origin};
use crate::core::Core;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use kernel::crypto::cookie::percent_decode;
use platform::http::extract::MAX_BODY_BYTES;
use platform::http::headers::text;
use platform::http::json::{BodyFault, COMPARED, check as check_shape, without_mark};
use platform::http::location::location;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// The most values in a body: what clients of this surface send is small and flat.
const MAX_BODY_VALUES: usize = 1_000;

/// What an endpoint answers.
pub(crate) type Answer = Result<Response, NativeError>;

/// Which bodies an endpoint reads.
#[derive(Clone, Copy)]
enum Media {
    Json,
    JsonOrForm,
}

/// An endpoint that reads and changes nothing.
pub(crate) fn get<F, Fut>(handler: F) -> MethodRouter<Arc<Core>>
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send,
{
    answer(&[Method::GET], Media::Json, handler)
}

/// An endpoint with a JSON body.
pub(crate) fn post<F, Fut>(handler: F) -> MethodRouter<Arc<Core>>
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send,
{
    answer(&[Method::POST], Media::Json, handler)
}

/// An endpoint with a JSON body that is there for reading too.
pub(crate) fn get_or_post<F, Fut>(handler: F) -> MethodRouter<Arc<Core>>
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send,
{
    answer(&[Method::GET, Method::POST], Media::Json, handler)
}

/// An endpoint that a plain HTML form may post to as well.
pub(crate) fn post_form<F, Fut>(handler: F) -> MethodRouter<Arc<Core>>
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send,
{
    answer(&[Method::POST], Media::JsonOrForm, handler)
}

/// Takes every method, because the router's own refusal would name the right ones: this surface answers 404.
fn answer<F, Fut>(methods: &'static [Method], media: Media, handler: F) -> MethodRouter<Arc<Core>>
where
    F: Fn(Call) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send,
{
    routing::any(
        move |State(core): State<Arc<Core>>, request: Request| async move {
            if methods.contains(request.method()) {
                run(core, request, media, handler).await
            } else {
                StatusCode::NOT_FOUND.into_response()
            }
        },
    )
}

async fn run<F, Fut>(core: Arc<Core>, request: Request, media: Media, handler: F) -> Response
where
    F: Fn(Call) -> Fut,
    Fut: Future<Output = Answer>,
{
    let (parts, body) = request.into_parts();
    let is_reading = parts.method == Method::GET;
    let body = if is_reading {
        None
    } else {
        match read_body(&parts.headers, body, media).await {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        }
    };
    if let Err(error) = check_pairs("query", parts.uri.query().unwrap_or_default().as_bytes()) {
        return error.into_response();
    }
    let call = Call::new(core, parts, body);
    let checked = if is_reading {
        Ok(())
    } else {
        origin::check(&call)
    };
    let answer = match checked {
        Ok(()) => handler(call.clone()).await,
        Err(error) => Err(error),
    };
    finish(&call, answer.unwrap_or_else(IntoResponse::into_response)).await
}

/// Sends the cookies along, with success and refusal alike.
async fn finish(call: &Call, mut response: Response) -> Response {
    let session = call.outgoing().session.take();
    if let Some(session) = session {
        devices::remember(call, &session).await;
    }
    let cookies = std::mem::take(&mut call.outgoing().cookies);
    if let Some(token) = session_cookie(call, &cookies) {
        response
            .headers_mut()
            .insert(HeaderName::from_static("set-auth-token"), token);
    }
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The signed session token that the answer sets, for apps without cookies (contract better-auth §3.9, bearer).
fn session_cookie(call: &Call, cookies: &[HeaderValue]) -> Option<HeaderValue> {
    let name = format!("{}=", call.core().cookies.name("session_token"));
    let last = cookies
        .iter()
        .rev()
        .find_map(|cookie| cookie.to_str().ok()?.strip_prefix(name.as_str()))?;
    let value = last.split(';').next().filter(|value| !value.is_empty())?;
    HeaderValue::from_str(&percent_decode(value)?).ok()
}

async fn read_body(
    headers: &HeaderMap,
    body: Body,
    media: Media,
) -> Result<Option<Value>, NativeError> {
    // What is announced is refused before it is asked for.
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > MAX_BODY_BYTES {
        return Err(PAYLOAD_TOO_LARGE.into());
    }
    let bytes = axum::body::to_bytes(body, MAX_BODY_BYTES)
        .await
        .map_err(|_| PAYLOAD_TOO_LARGE)?;
    let bytes = without_mark(&bytes);
    if bytes.is_empty() {
        return Ok(None);
    }
    let given = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default();
    let given = given.trim().to_ascii_lowercase();
    if given.contains("application/json") {
        check_shape(bytes, MAX_BODY_VALUES).map_err(|fault| match fault {
            BodyFault::Unstorable(_) => unstorable("body", fault.field()),
            BodyFault::TooDeep | BodyFault::TooMany => too_much(fault.message()),
        })?;
        return Ok(Some(
            serde_json::from_slice(bytes).map_err(|_| BAD_REQUEST)?,
        ));
    }
    match media {
        Media::JsonOrForm if given.contains("application/x-www-form-urlencoded") => {
            check_pairs("body", bytes)?;
            let pairs = url::form_urlencoded::parse(bytes);
            let fields = pairs.map(|(name, value)| (name.into_owned(), value.into_owned().into()));
            Ok(Some(Value::Object(fields.collect())))
        }
        Media::Json => Err(unsupported(&given, "application/json")),
        Media::JsonOrForm => Err(unsupported(
            &given,
            "application/x-www-form-urlencoded, application/json",
        )),
    }
}

/// A query or form within bounds, without what no database keeps.
fn check_pairs(place: &str, bytes: &[u8]) -> Result<(), NativeError> {
    for (number, (name, value)) in url::form_urlencoded::parse(bytes).enumerate() {
        if number >= MAX_BODY_VALUES {
            return Err(too_much(BodyFault::TooMany.message()));
        }
        if name.contains('\0') {
            return Err(unstorable(place, place));
        }
        if value.contains('\0') && !COMPARED.contains(&name.as_ref()) {
            return Err(unstorable(place, &name));
        }
    }
    Ok(())
}

fn too_much(message: &str) -> NativeError {
    let Refused(status, code, _) = BAD_REQUEST;
    NativeError::new(status, Some(code), format!("The request body {message}"))
}

fn unstorable(place: &str, field: &str) -> NativeError {
    let at = if field == place {
        place.to_owned()
    } else {
        format!("{place}.{field}")
    };
    NativeError::validation(format!("[{at}] Invalid input: must not contain U+0000"))
}

fn unsupported(given: &str, allowed: &str) -> NativeError {
    let message = if given.is_empty() {
        format!("Content-Type is required. Allowed types: {allowed}")
    } else {
        format!("Content-Type \"{given}\" is not allowed. Allowed types: {allowed}")
    };
    NativeError::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Some("UNSUPPORTED_MEDIA_TYPE"),
        message,
    )
}

/// A JSON answer that no cache keeps.
pub(crate) fn json(body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(body) => json_bytes(body.into()),
        Err(error) => NativeError::internal(error).into_response(),
    }
}

/// The same of a body that is JSON already.
pub(crate) fn json_bytes(body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::PRAGMA, "no-cache"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A redirect that takes the cookies of its call along (contract better-auth §0.2).
pub(crate) fn redirect(target: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location(target));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// `{"status":true}`, the answer of everything that has nothing to say.
pub(crate) fn status_true() -> Response {
    json_bytes(Bytes::from_static(br#"{"status":true}"#))
}
