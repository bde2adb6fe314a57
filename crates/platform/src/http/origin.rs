//! Which origins may send cookie requests and be redirected to (contract better-auth §2.5).

use super::headers;
use super::origin_pattern::{self, Entry, Pattern};
use http::{HeaderMap, header};
use url::Url;

/// The longest link that is mailed and led to; longer ones fit into no request line.
const MAX_LINK_BYTES: usize = 2048;

/// The trusted origins: our own and those of `CORS_ORIGINS`.
#[derive(Clone, Debug)]
pub struct TrustedOrigins {
    origins: Vec<String>,
    patterns: Vec<Pattern>,
    base: Url,
}

impl TrustedOrigins {
    /// `base` is our own URL; the others are entries as the configuration accepts them.
    pub fn new(base: &Url, others: &[String]) -> Self {
        let (mut origins, mut patterns) = (vec![base.origin().ascii_serialization()], Vec::new());
        for entry in others.iter().flat_map(|other| origin_pattern::parse(other)) {
            match entry {
                Entry::Origin(origin) => origins.push(origin),
                Entry::Pattern(pattern) => patterns.push(pattern),
            }
        }
        Self {
            origins,
            patterns,
            base: base.clone(),
        }
    }

    /// Every trusted origin that has no pattern.
    pub fn all(&self) -> &[String] {
        &self.origins
    }

    /// Whether the value of an `Origin` header is trusted. It is an origin and nothing more: a path makes it another text.
    pub fn allows(&self, origin: &str) -> bool {
        if self.origins.iter().any(|trusted| trusted == origin) {
            return true;
        }
        let is_origin = origin.split_once("://").is_some_and(|(_, place)| {
            !place.contains(|character: char| {
                "/?#@\\".contains(character) || character.is_whitespace() || character.is_control()
            })
        });
        is_origin && Url::parse(origin).is_ok_and(|url| self.allows_place(&url))
    }

    /// Whether a request's Origin, or else its Referer, is there and trusted.
    pub fn allows_request(&self, headers: &HeaderMap) -> bool {
        request_origin(headers).is_some_and(|origin| self.allows(&origin))
    }

    /// Whether a link may lead there: a safe relative path, or a URL whose origin is trusted.
    /// User information, schemes nobody named, control characters and backslash tricks are refused.
    pub fn allows_link(&self, link: &str) -> bool {
        if link.len() > MAX_LINK_BYTES {
            return false;
        }
        if link.starts_with('/') {
            return is_safe_path(link);
        }
        // What a parser would take away counts as well.
        let is_odd = |character: char| character == '\\' || character.is_control();
        if link.contains(is_odd) || link.trim() != link || !link.contains("://") {
            return false;
        }
        Url::parse(link).is_ok_and(|url| {
            url.username().is_empty() && url.password().is_none() && self.allows_place(&url)
        })
    }

    fn allows_place(&self, url: &Url) -> bool {
        let is_web = matches!(url.scheme(), "http" | "https");
        let origin = is_web.then(|| url.origin().ascii_serialization());
        origin.is_some_and(|origin| self.origins.contains(&origin))
            || self
                .patterns
                .iter()
                .any(|pattern| pattern.allows(url, self.base.scheme()))
    }
}

/// The origin a request says it comes from: `Origin`, else the origin of `Referer`; `None` when absent or `null`.
pub fn request_origin(headers: &HeaderMap) -> Option<String> {
    match headers::text(headers, header::ORIGIN).as_deref() {
        Some("null" | "") => None,
        Some(origin) => Some(origin.to_owned()),
        None => origin_of_referer(headers),
    }
}

/// The origin of the page that `Referer` names.
pub fn origin_of_referer(headers: &HeaderMap) -> Option<String> {
    let url = Url::parse(&headers::text(headers, header::REFERER)?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// A path on this site: one leading slash, nothing that a browser or a router could read as leaving it (WHATWG URL).
fn is_safe_path(link: &str) -> bool {
    if link.starts_with("//") || link.contains(|c: char| c == '\\' || c.is_control()) {
        return false;
    }
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let path = path.to_ascii_lowercase();
    !path.contains("%2f") && !path.contains("%5c")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> TrustedOrigins {
        TrustedOrigins::new(
            &Url::parse("https://auth.example").unwrap(),
            &["https://app.example".to_owned()],
        )
    }

    #[test]
    fn cve_2024_8883_redirect_tricks_are_refused() {
        for bad in [
            "https://evil.example",
            "https://app.example.evil.example",
            "https://app.example@evil.example",
            "https://user:pw@app.example",
            "//evil.example",
            "/\\evil.example",
            "/%2fevil.example",
            "/%5Cevil.example",
            "/a%2F%2fevil.example",
            "/a\\b?c",
            "/a?b\\c",
            "/a\u{85}b",
            "/a?b\nc",
            "/\tevil",
            "https:\\\\evil.example",
            "javascript:alert(1)",
            "https://app.example:8443/x",
            "http://app.example/",
            "https://xapp.example",
            "data:text/html,x",
            "\u{1}https://app.example",
            " https://app.example",
            "https:app.example",
            "myapp://callback",
            "",
        ] {
            assert!(!trusted().allows_link(bad), "{bad}");
        }
        for good in [
            "/",
            "/login?next=/x",
            "/a#fragment",
            "/a b",
            "/caf\u{e9}?name=\u{fc}&to=%2Fx#%5Cy",
            "/a:b;c,d!(e)*'~$",
            "https://app.example/deep?x=1#y",
            "https://auth.example/",
        ] {
            assert!(trusted().allows_link(good), "{good}");
        }
    }

    #[test]
    fn an_origin_is_an_origin_without_a_path() {
        for good in [
            "https://app.example",
            "HTTPS://APP.EXAMPLE",
            "https://app.example:443",
        ] {
            assert!(trusted().allows(good), "{good}");
        }
        for bad in [
            "https://app.example/",
            "https://app.example/path",
            "https://app.example?",
            "https://app.example#x",
            "https://evil@app.example",
            "https:app.example",
            "https://app.example ",
            "app.example",
            "null",
            "",
        ] {
            assert!(!trusted().allows(bad), "{bad}");
        }
    }

    #[test]
    fn patterns_and_apps_hold_for_origins_and_links_alike() {
        let base = Url::parse("https://auth.example").unwrap();
        let entries = ["https://*.example.org", "myapp://"].map(ToOwned::to_owned);
        let trusted = TrustedOrigins::new(&base, &entries);
        for origin in ["https://a.example.org", "myapp://", "myapp://localhost"] {
            assert!(trusted.allows(origin), "{origin}");
        }
        assert!(trusted.allows_link("https://a.example.org/x#y"));
        assert!(trusted.allows_link("myapp://callback/x?y=1"));
        for bad in [
            "https://example.org",
            "https://u@a.example.org/",
            "myapp:callback",
            "yourapp://x",
        ] {
            assert!(!trusted.allows(bad) && !trusted.allows_link(bad), "{bad}");
        }
    }
}
