//! Cookies in Better Auth's format (contract better-auth §2.1, §2.2; decision 14).

use http::{HeaderMap, HeaderValue, header};
use kernel::crypto::cookie;
use kernel::{ExposeSecret, SecretString};
use platform::config::Config;

/// How the names begin of the cookies that keep a device's sessions, past the prefix of all cookies.
pub(crate) const DEVICE_COOKIES: &str = "session_token_multi-";

/// The name of the cookie that keeps a session beside the active one.
pub(crate) fn device_cookie(token: &str) -> String {
    format!("{DEVICE_COOKIES}{}", token.to_lowercase())
}

/// Names, attributes and signing secrets of cookies.
pub(crate) struct Cookies {
    prefix: String,
    domain: Option<String>,
    is_secure: bool,
    secret: SecretString,
    previous: Vec<SecretString>,
}

impl Cookies {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            prefix: config.cookie_prefix.clone(),
            domain: config.cookie_domain.clone(),
            is_secure: config.is_https(),
            secret: config.secrets.auth.clone(),
            previous: config.secrets.auth_previous.clone(),
        }
    }

    /// `__Secure-mana.session_token` on https, `mana.session_token` on http.
    pub(crate) fn name(&self, cookie: &str) -> String {
        let secure = if self.is_secure { "__Secure-" } else { "" };
        format!("{secure}{}.{cookie}", self.prefix)
    }

    /// The header value that sets a signed cookie; without a `max_age_seconds` it ends with the browser session.
    pub(crate) fn set_signed(
        &self,
        cookie: &str,
        value: &str,
        max_age_seconds: Option<i64>,
    ) -> Option<HeaderValue> {
        let signed = cookie::sign_for_cookie(self.secret.expose_secret().as_bytes(), value);
        self.header(cookie, &signed, max_age_seconds)
    }

    /// The header value that removes a cookie.
    pub(crate) fn clear(&self, cookie: &str) -> Option<HeaderValue> {
        self.header(cookie, "", Some(0))
    }

    /// The header values that remove a session with what goes with it.
    pub(crate) fn clear_session(&self) -> [Option<HeaderValue>; 3] {
        ["session_token", "session_data", "dont_remember"].map(|name| self.clear(name))
    }

    fn header(
        &self,
        cookie: &str,
        value: &str,
        max_age_seconds: Option<i64>,
    ) -> Option<HeaderValue> {
        let mut text = format!("{}={value}", self.name(cookie));
        if let Some(seconds) = max_age_seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        if let Some(domain) = &self.domain {
            text.push_str(&format!("; Domain={domain}"));
        }
        text.push_str("; Path=/; HttpOnly");
        if self.is_secure {
            text.push_str("; Secure");
        }
        // Sibling domains fetch with the cookie, which browsers allow for None alone.
        text.push_str(if self.domain.is_some() {
            "; SameSite=None"
        } else {
            "; SameSite=Lax"
        });
        HeaderValue::from_str(&text).ok()
    }

    /// The verified value of a signed cookie of a request.
    pub(crate) fn read_signed(&self, headers: &HeaderMap, cookie: &str) -> SignedCookie {
        match self.read(headers, cookie) {
            None => SignedCookie::Absent,
            Some(raw) => match self.verify(&raw) {
                Some(value) => SignedCookie::Valid(value),
                None => SignedCookie::Forged,
            },
        }
    }

    /// The value of a signed text that any of our secrets signed.
    pub(crate) fn verify(&self, raw: &str) -> Option<String> {
        let secrets = std::iter::once(&self.secret).chain(&self.previous);
        cookie::verify(secrets.map(|secret| secret.expose_secret().as_bytes()), raw)
    }

    /// Every cookie of a request whose name begins so, with its verified value when it has one.
    pub(crate) fn signed_with_prefix(
        &self,
        headers: &HeaderMap,
        beginning: &str,
    ) -> Vec<(String, Option<String>)> {
        let beginning = self.name(beginning);
        let base = self.name("").len();
        pairs(headers)
            .filter(|(name, _)| name.starts_with(&beginning))
            .filter_map(|(name, value)| Some((name.get(base..)?.to_owned(), self.verify(value))))
            .collect()
    }

    /// The first cookie of that name; the plain name counts on https too, for clients of the predecessor.
    fn read(&self, headers: &HeaderMap, cookie: &str) -> Option<String> {
        let plain = format!("{}.{cookie}", self.prefix);
        let secure = format!("__Secure-{plain}");
        let mut fallback = None;
        for (name, value) in pairs(headers) {
            if name == secure && self.is_secure {
                return Some(value.to_owned());
            }
            if name == plain && fallback.is_none() {
                fallback = Some(value.to_owned());
            }
        }
        fallback
    }
}

/// The cookies of a request in their order. One that is no text is left out, and no other with it.
fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
        .map(|(name, value)| (name, value.trim_matches('"')))
}

/// A signed cookie of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SignedCookie {
    Absent,
    /// There, but not signed by us: treated as no credential, never as an error.
    Forged,
    Valid(String),
}

impl SignedCookie {
    /// The value that we signed.
    pub(crate) fn value(self) -> Option<String> {
        match self {
            Self::Valid(value) => Some(value),
            Self::Absent | Self::Forged => None,
        }
    }
}
