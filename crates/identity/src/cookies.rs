//! Cookies in Better Auth's format (contract better-auth §2.1, §2.2; decision 14).

use http::{HeaderMap, HeaderValue, header};
use kernel::crypto::cookie;
use kernel::{ExposeSecret, SecretString};
use platform::config::Config;

/// How the names begin of the cookies that keep a device's sessions, past the prefix of all cookies.
pub(crate) const DEVICE_COOKIES: &str = "session_token_multi-";

/// The cookie with the session token.
pub(crate) const SESSION: &str = "session_token";

/// The cookie of a browser that forgets the session at its end.
pub(crate) const FORGOTTEN: &str = "dont_remember";

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

    /// `__Secure-mana.session_token` on https, `mana.session_token` on http. On https no other counts: a page on a sibling
    /// host without https can set those.
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
        self.header(cookie, &signed, max_age_seconds, self.domain.as_deref())
    }

    /// The header values that open a session in a browser: remembered for so long, or until the browser ends.
    pub(crate) fn open_session(
        &self,
        headers: &HeaderMap,
        token: &str,
        max_age_seconds: Option<i64>,
    ) -> Vec<HeaderValue> {
        let mut values = Vec::new();
        if self.domain.is_some() && self.is_sent(headers, SESSION) {
            // It may be one that this host alone has from before, which would hide the new one.
            values.extend(self.header(SESSION, "", Some(0), None));
        }
        values.extend(self.set_signed(SESSION, token, max_age_seconds));
        if max_age_seconds.is_none() {
            values.extend(self.set_signed(FORGOTTEN, "true", None));
        }
        values
    }

    /// The header values that remove a cookie, and the one that this host alone may have from before `COOKIE_DOMAIN`.
    pub(crate) fn clear(&self, cookie: &str) -> Vec<HeaderValue> {
        let domain = self.domain.as_deref();
        let own = domain.and_then(|_| self.header(cookie, "", Some(0), None));
        let values = own.into_iter();
        values
            .chain(self.header(cookie, "", Some(0), domain))
            .collect()
    }

    /// The header values that remove a session with what goes with it.
    pub(crate) fn clear_session(&self) -> Vec<HeaderValue> {
        let names = [SESSION, "session_data", FORGOTTEN];
        names.iter().flat_map(|name| self.clear(name)).collect()
    }

    fn header(
        &self,
        cookie: &str,
        value: &str,
        max_age_seconds: Option<i64>,
        domain: Option<&str>,
    ) -> Option<HeaderValue> {
        let mut text = format!("{}={value}", self.name(cookie));
        if let Some(seconds) = max_age_seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        if let Some(domain) = domain {
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

    /// The verified values of all signed cookies of that name, in their order: a browser sends several when they were set
    /// for different paths and domains.
    pub(crate) fn read_all(&self, headers: &HeaderMap, cookie: &str) -> Vec<String> {
        let name = self.name(cookie);
        pairs(headers)
            .filter(|(other, _)| *other == name)
            .filter_map(|(_, raw)| self.verify(raw))
            .collect()
    }

    /// The first verified value of the signed cookies of that name.
    pub(crate) fn read_signed(&self, headers: &HeaderMap, cookie: &str) -> Option<String> {
        let name = self.name(cookie);
        pairs(headers)
            .filter(|(other, _)| *other == name)
            .find_map(|(_, raw)| self.verify(raw))
    }

    /// Whether a request has a cookie of that name, whoever signed it.
    pub(crate) fn is_sent(&self, headers: &HeaderMap, cookie: &str) -> bool {
        let name = self.name(cookie);
        pairs(headers).any(|(other, _)| other == name)
    }

    /// Whether the browser was told to forget the session at its end.
    pub(crate) fn is_forgetful(&self, headers: &HeaderMap) -> bool {
        self.read_signed(headers, FORGOTTEN).is_some()
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
