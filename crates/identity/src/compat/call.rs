//! One request of this surface: what came in, and the cookies that go out with success and refusal alike.

use super::error::NativeError;
use super::fields::Fields;
use crate::core::Core;
use crate::mail_quota::service::Asker;
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use kernel::UserId;
use kernel::text::Locale;
use platform::http::{Origin, TrustedOrigins, accepted_locale};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A request. Clones are the same request.
#[derive(Clone)]
pub(crate) struct Call(Arc<Inner>);

struct Inner {
    core: Arc<Core>,
    parts: Parts,
    body: Option<Value>,
    trusted: Arc<TrustedOrigins>,
    outgoing: Mutex<Outgoing>,
}

/// What the answer carries besides its body.
#[derive(Default)]
pub(super) struct Outgoing {
    pub(super) cookies: Vec<HeaderValue>,
    /// The session whose cookie is among them.
    pub(super) session: Option<Kept>,
}

/// A session that an answer leaves with the browser.
pub(super) struct Kept {
    pub(super) user: UserId,
    pub(super) token: String,
    /// Beyond the browser's end.
    pub(super) is_remembered: bool,
}

impl Call {
    pub(super) fn new(core: Arc<Core>, parts: Parts, body: Option<Value>) -> Self {
        let known = parts.extensions.get::<Arc<TrustedOrigins>>().cloned();
        let trusted = known.unwrap_or_else(|| {
            Arc::new(TrustedOrigins::new(
                &core.config.base_url,
                &core.config.cors_origins,
            ))
        });
        Self(Arc::new(Inner {
            core,
            parts,
            body,
            trusted,
            outgoing: Mutex::default(),
        }))
    }

    /// What every slice works with.
    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    /// The request's headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.parts.headers
    }

    /// The host and port that the request was sent to.
    pub(super) fn host(&self) -> Option<&str> {
        match self.0.parts.uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => self.headers().get(http::header::HOST)?.to_str().ok(),
        }
    }

    /// The request's query, undecoded.
    pub(crate) fn query(&self) -> Option<&str> {
        self.0.parts.uri.query()
    }

    /// The last segment of the path, decoded.
    pub(crate) fn path_segment(&self) -> String {
        let segment = self
            .0
            .parts
            .uri
            .path()
            .rsplit('/')
            .next()
            .unwrap_or_default();
        kernel::crypto::cookie::percent_decode(segment).unwrap_or_default()
    }

    /// The parsed body; `None` when there was none.
    pub(crate) fn body(&self) -> Option<&Value> {
        self.0.body.as_ref()
    }

    /// The fields of a body that has to be an object.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, NativeError> {
        Fields::of_body(self.body())
    }

    /// Which origins links may lead to.
    pub(crate) fn trusted_origins(&self) -> &TrustedOrigins {
        &self.0.trusted
    }

    /// Whether this is a POST.
    pub(super) fn is_post(&self) -> bool {
        self.0.parts.method == http::Method::POST
    }

    /// Who sent it, for events.
    pub(crate) fn origin(&self) -> Origin {
        Origin::of(&self.0.parts)
    }

    /// Who asks for a mail.
    pub(crate) fn asker(&self) -> Asker {
        Asker::of(&self.0.parts)
    }

    /// The language the browser asks for.
    pub(crate) fn locale(&self) -> Option<Locale> {
        accepted_locale(self.headers())
    }

    pub(super) fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        self.0
            .outgoing
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends cookies along.
    pub(crate) fn add_cookie(&self, cookies: impl IntoIterator<Item = HeaderValue>) {
        self.outgoing().cookies.extend(cookies);
    }
}
