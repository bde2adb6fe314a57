//! The one error type at the door: RFC 9457 problem documents with the members every generation of client reads.

use super::codes::Code;
use crate::db::DbError;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use tokio_postgres::error::SqlState;

/// Where a problem's `type` leads; the page lists every code.
pub const PROBLEM_BASE: &str = "/docs/errors#";

/// One field that is wrong.
#[derive(Clone, Debug, Serialize, PartialEq, Eq, utoipa::ToSchema)]
pub struct FieldError {
    /// The field, dotted for nested ones.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// An answer that is not a success.
#[derive(Debug)]
pub struct ApiError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    status: StatusCode,
    detail: String,
    errors: Vec<FieldError>,
    retry_after_seconds: Option<u64>,
    details: Option<serde_json::Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<String>,
}

/// The body of an error: RFC 9457 with the members of all client generations (contract decision 2).
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct Problem<'a> {
    /// A link to the explanation of the code.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What happened, for people.
    detail: &'a str,
    /// The stable code.
    code: &'static str,
    /// The same code, for older clients.
    error: &'static str,
    /// The same text as `detail`, for older clients.
    message: &'a str,
    /// The same as `status`, for older clients.
    status_code: u16,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    errors: &'a [FieldError],
    /// Seconds until another try makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_sec: Option<u64>,
    /// The same, for older clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// The same, for older clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_seconds: Option<u64>,
    /// More about it, by code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    details: Option<&'a serde_json::Value>,
}

impl ApiError {
    /// An error with its code's own status and meaning.
    pub fn new(code: Code) -> Self {
        Self(Box::new(Inner {
            code,
            status: code.status(),
            detail: code.meaning().to_owned(),
            errors: Vec::new(),
            retry_after_seconds: None,
            details: None,
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// A 400 that names the field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::fields(vec![FieldError {
            field: field.into(),
            message: message.into(),
        }])
    }

    /// A 400 that names several fields.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let detail = errors
            .iter()
            .map(|error| format!("{}: {}", error.field, error.message))
            .collect::<Vec<_>>()
            .join("; ");
        let mut error = Self::new(Code::Validation).detail(detail);
        error.0.errors = errors;
        error
    }

    /// 503 with Retry-After; the cause goes to the log, never to the client.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::new(Code::ServiceUnavailable)
            .retry_after(2)
            .cause(cause)
    }

    /// 500; the cause goes to the log, never to the client.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(Code::Internal).cause(cause)
    }

    /// Another text for people.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Another status, where the route sets it (contract decision 2).
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Names the field it is about.
    #[must_use]
    pub fn about(mut self, field: impl Into<String>) -> Self {
        let message = self.0.detail.clone();
        self.0.errors.push(FieldError {
            field: field.into(),
            message,
        });
        self
    }

    /// Seconds until another try makes sense, in the body and as `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// More about it.
    #[must_use]
    pub fn details(mut self, details: serde_json::Value) -> Self {
        self.0.details = Some(details);
        self
    }

    /// An extra header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// What the log should say.
    #[must_use]
    pub fn cause(mut self, cause: impl std::fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What happened, for people, when somebody else answers.
    pub fn detail_text(&self) -> &str {
        &self.0.detail
    }

    /// What the log should say, when somebody else answers.
    pub fn cause_text(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(cause) => Self::unavailable(cause),
            // Who was here a moment ago is gone, and no row of theirs can be written.
            DbError::Statement(_) if is_person_gone(&error) => Self::new(Code::Unauthorized),
            DbError::Statement(_) if error.is_collision() => Self::unavailable(error),
            // The net under each route's own check, which names the field.
            DbError::Statement(_) if is_unstorable(&error) => Self::new(Code::Validation)
                .detail("A text has a character that cannot be kept, such as U+0000."),
            DbError::Statement(_) | DbError::Fault(_) => Self::internal(error),
        }
    }
}

impl From<tokio_postgres::Error> for ApiError {
    fn from(error: tokio_postgres::Error) -> Self {
        DbError::from(error).into()
    }
}

/// PostgreSQL keeps every character but U+0000.
fn is_unstorable(error: &DbError) -> bool {
    error.sql_state().is_some_and(|state| {
        [
            SqlState::CHARACTER_NOT_IN_REPERTOIRE,
            SqlState::UNTRANSLATABLE_CHARACTER,
        ]
        .contains(state)
    })
}

/// Whether a row was to be written for a person or a session whose own row is gone.
fn is_person_gone(error: &DbError) -> bool {
    error.sql_state() == Some(&SqlState::FOREIGN_KEY_VIOLATION)
        && error.constraint().is_some_and(|constraint| {
            constraint.ends_with("_user_id_fkey") || constraint.ends_with("_session_id_fkey")
        })
}

/// What the edge logs about an error.
#[derive(Clone, Debug)]
pub struct Cause {
    /// The code.
    pub code: Code,
    /// What happened, for the log alone.
    pub text: Option<String>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let inner = *self.0;
        let problem = Problem {
            kind: format!("{PROBLEM_BASE}{}", inner.code.as_str()),
            title: inner.status.canonical_reason().unwrap_or("Error"),
            status: inner.status.as_u16(),
            detail: &inner.detail,
            code: inner.code.as_str(),
            error: inner.code.as_str(),
            message: &inner.detail,
            status_code: inner.status.as_u16(),
            errors: &inner.errors,
            retry_after_sec: inner.retry_after_seconds,
            retry_after: inner.retry_after_seconds,
            remaining_seconds: inner.retry_after_seconds,
            details: inner.details.as_ref(),
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (inner.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = inner.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if inner.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        for (name, value) in inner.headers {
            headers.insert(name, value);
        }
        response.extensions_mut().insert(Cause {
            code: inner.code,
            text: inner.cause,
        });
        response
    }
}
