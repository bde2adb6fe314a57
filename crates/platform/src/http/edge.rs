//! The edge every request passes: id, client address, credential, global limit, time limit, headers, metrics, one log line.

use super::client_ip::{ClientIp, TrustedProxies};
use super::codes::Code;
use super::error::{ApiError, Cause};
use super::headers::text_of;
use super::limits::{self, Decision, Limits};
use super::origin::TrustedOrigins;
use super::serve::{Flaw, Peer};
use crate::Context;
use crate::db::watch;
use crate::ports::{Authenticator, Credential};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router, middleware};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// What the edge needs.
pub struct Edge {
    /// Time and chance.
    pub context: Context,
    /// Who may speak for clients.
    pub proxies: TrustedProxies,
    /// Which origins are ours.
    pub origins: Arc<TrustedOrigins>,
    /// The limiter.
    pub limits: Arc<Limits>,
    /// Who is calling.
    pub authenticator: Arc<dyn Authenticator>,
    /// The longest a request may take.
    pub timeout: Duration,
    /// Whether people reach us by https.
    pub is_https: bool,
}

/// The id of a request, also the answer's `X-Request-Id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Puts the edge around a router.
pub fn protect(router: Router, edge: Arc<Edge>) -> Router {
    let origins = edge.origins.clone();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| {
            origins.allows(&text_of(origin))
        }))
        .allow_credentials(true)
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allow_headers(
            [
                "content-type",
                "authorization",
                "x-requested-with",
                "x-service-key",
                "x-app-id",
                "idempotency-key",
                "if-match",
            ]
            .map(HeaderName::from_static),
        )
        .expose_headers(
            [
                "set-auth-token",
                "set-auth-jwt",
                "x-retry-after",
                "retry-after",
                "ratelimit",
                "ratelimit-policy",
                "x-request-id",
                "idempotency-replayed",
                "etag",
                "x-next-cursor",
            ]
            .map(HeaderName::from_static),
        )
        .max_age(Duration::from_secs(600));
    // Refusals pass CORS too: an app on another origin has to be able to read a 429.
    router
        .layer(middleware::from_fn(guard))
        .layer(cors)
        .layer(middleware::from_fn_with_state(edge, run))
}

/// What the door found, for what runs inside CORS.
#[derive(Clone, Copy)]
struct Admission {
    refused: Option<Decision>,
    flaw: Option<Flaw>,
    deadline: tokio::time::Instant,
}

async fn guard(
    Extension(admission): Extension<Admission>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(flaw) = admission.flaw {
        return refuse(flaw, request.uri().path());
    }
    match admission.refused {
        Some(decision) => decision.refuse(request.uri().path()),
        None => answer(admission.deadline, request, next).await,
    }
}

/// A request that cannot be answered as it came.
fn refuse(flaw: Flaw, path: &str) -> Response {
    let error = match flaw {
        Flaw::Host => ApiError::field(
            "Host",
            "must be given, once, as a host with or without a port",
        ),
        Flaw::Target => ApiError::new(Code::UriTooLong),
        Flaw::Memory => ApiError::unavailable("too much is under way"),
    };
    if path.starts_with("/api/auth/") && flaw != Flaw::Memory {
        return error.code().status().into_response();
    }
    error.into_response()
}

/// Which limit a request counts against: every one counts against one.
fn count(
    edge: &Edge,
    request: &Request,
    ip: ClientIp,
    credential: &Credential,
) -> Option<Decision> {
    let path = request.uri().path();
    let rule = if *request.method() == Method::OPTIONS {
        limits::PREFLIGHT
    } else if path.starts_with("/api/") {
        return edge.limits.check_global(ip, credential);
    } else if path == "/metrics" || path == "/health" || path.starts_with("/health/") {
        // The operator's own probes are never refused.
        if ip.0.is_loopback() || edge.proxies.trusts(ip.0) {
            return None;
        }
        limits::PROBES
    } else {
        limits::PAGES
    };
    edge.limits.check_client(rule, ip, "")
}

async fn run(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    let started = edge.context.now();
    let stopwatch = tokio::time::Instant::now();
    let id = request_id(&request, &edge.context);
    let peer = request
        .extensions()
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0);
    let ip = edge.proxies.client_ip(peer, request.headers());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let is_api = request.uri().path().starts_with("/api/");
    let path = request.uri().path().to_owned();

    // One deadline for everything: a database that hangs must not hold a request at the door either.
    let deadline = stopwatch + edge.timeout;
    let flaw = request.extensions().get::<Flaw>().copied();
    let (credential, is_due) = if is_api && flaw.is_none() && has_credential(&request) {
        let work = edge.authenticator.check(request.headers());
        tokio::time::timeout_at(deadline, work)
            .await
            .map_or((Credential::Unavailable, false), |checked| {
                (checked.credential, checked.is_due)
            })
    } else {
        (Credential::None, false)
    };
    let user = match &credential {
        Credential::Live(caller) => Some(caller.user_id.clone()),
        _ => None,
    };
    let decision = count(&edge, &request, ip, &credential);
    let refused = decision.filter(|decision| !decision.is_allowed());

    // The surface of the Better Auth client extends by its own rules.
    let extending = is_due && refused.is_none() && !path.starts_with("/api/auth/");
    let extending = extending.then(|| request.headers().clone());

    let extensions = request.extensions_mut();
    extensions.insert(credential);
    extensions.insert(ip);
    extensions.insert(RequestId(id.clone()));
    extensions.insert(edge.origins.clone());
    extensions.insert(edge.limits.clone());

    extensions.insert(Admission {
        refused,
        flaw,
        deadline,
    });

    let mut response = next.run(request).await;
    if let Some(headers) = extending {
        extend_session(&edge, &headers, deadline, &mut response).await;
    }
    if let Some(decision) = decision
        && !response.headers().contains_key("ratelimit")
    {
        decision.write_headers(&mut response);
    }
    write_headers(&mut response, &edge, is_api, &id);
    observe(
        &response,
        &Observed {
            method: &method,
            route: &route,
            path: &path,
            id: &id,
            ip,
            user: user.as_ref(),
            elapsed: stopwatch.elapsed(),
            started,
        },
    );
    response
}

async fn answer(deadline: tokio::time::Instant, request: Request, next: Next) -> Response {
    let work = AssertUnwindSafe(watch(next.run(request))).catch_unwind();
    match tokio::time::timeout_at(deadline, work).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let text = panic
                .downcast_ref::<&str>()
                .map(ToString::to_string)
                .or_else(|| panic.downcast_ref::<String>().cloned());
            ApiError::internal(format!("panic: {}", text.unwrap_or_default())).into_response()
        }
        Err(_) => ApiError::unavailable("the request ran into the time limit").into_response(),
    }
}

/// Extends the session of a request that was served. An answer with cookies of its own stays as it is: it opens or ends one.
async fn extend_session(
    edge: &Edge,
    headers: &HeaderMap,
    deadline: tokio::time::Instant,
    response: &mut Response,
) {
    if response.headers().contains_key(header::SET_COOKIE) {
        return;
    }
    let work = edge.authenticator.extend(headers);
    let cookies = tokio::time::timeout_at(deadline, work).await;
    for cookie in cookies.unwrap_or_default() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn has_credential(request: &Request) -> bool {
    request.headers().contains_key(header::AUTHORIZATION)
        || request.headers().contains_key(header::COOKIE)
}

/// A caller's own id when it is harmless to log, else a new one.
fn request_id(request: &Request, context: &Context) -> String {
    request
        .headers()
        .get("x-request-id")
        .map(text_of)
        .filter(|id| {
            (8..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
        .map_or_else(|| context.new_id(), Cow::into_owned)
}

fn write_headers(response: &mut Response, edge: &Edge, is_api: bool, id: &str) {
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "strict-origin-when-cross-origin");
    // Apps on sibling domains read our answers: dbf5745c0 must not come back.
    set("cross-origin-resource-policy", "cross-origin");
    set("cross-origin-opener-policy", "same-origin-allow-popups");
    set(
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    );
    if edge.is_https {
        set(
            "strict-transport-security",
            "max-age=31536000; includeSubDomains; preload",
        );
    }
    if is_api {
        set("cache-control", "no-store");
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", value);
    }
}

struct Observed<'a> {
    method: &'a Method,
    route: &'a str,
    path: &'a str,
    id: &'a str,
    ip: ClientIp,
    user: Option<&'a kernel::UserId>,
    elapsed: Duration,
    started: kernel::Timestamp,
}

fn observe(response: &Response, seen: &Observed<'_>) {
    let status = response.status();
    if seen.path != "/metrics" {
        let labels = [
            (
                "method",
                metrics::SharedString::from(method_label(seen.method)),
            ),
            ("route", metrics::SharedString::from(seen.route.to_owned())),
            (
                "status",
                metrics::SharedString::from(status.as_str().to_owned()),
            ),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_duration_seconds", &labels)
            .record(seen.elapsed.as_secs_f64());
    }
    let cause = response.extensions().get::<Cause>();
    let code = cause.map(|cause| cause.code.as_str());
    let why = cause.and_then(|cause| cause.text.as_deref());
    // A failure is never silent, whoever answered.
    let why = why.or_else(|| status.is_server_error().then_some("no cause was given"));
    let user = seen.user.map(kernel::UserId::as_str);
    let millis = seen.elapsed.as_secs_f64() * 1000.0;
    let Observed {
        method,
        route,
        id,
        ip,
        started,
        ..
    } = seen;
    if status.is_server_error() {
        tracing::error!(target: "request", %started, %method, route, status = status.as_u16(), millis, %ip, user, code, why, id);
    } else if status.as_u16() == 429
        || matches!(
            cause,
            Some(Cause {
                code: Code::AccountLocked,
                ..
            })
        )
    {
        tracing::warn!(target: "request", %started, %method, route, status = status.as_u16(), millis, %ip, user, code, why, id);
    } else {
        tracing::info!(target: "request", %started, %method, route, status = status.as_u16(), millis, %ip, user, code, why, id);
    }
}

/// A client's invented method must not become a label.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
