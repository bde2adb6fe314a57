//! Which origins may send cookie requests and be redirected to (contract better-auth §2.5).

use http::{HeaderMap, header};
use url::Url;

/// The trusted origins: our own and those of `CORS_ORIGINS`.
#[derive(Clone, Debug)]
pub struct TrustedOrigins {
    origins: Vec<String>,
    base: Url,
}

impl TrustedOrigins {
    /// `base` is our own URL; the others are origins such as `https://app.example`.
    pub fn new(base: &Url, others: &[String]) -> Self {
        let mut origins = vec![base.origin().ascii_serialization()];
        origins.extend(
            others
                .iter()
                .map(|origin| origin.trim_end_matches('/').to_ascii_lowercase()),
        );
        Self {
            origins,
            base: base.clone(),
        }
    }

    /// Every trusted origin.
    pub fn all(&self) -> &[String] {
        &self.origins
    }

    /// Whether an `Origin` header's value is trusted, exactly.
    pub fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|trusted| trusted == origin)
    }

    /// Whether a request's Origin, or else its Referer, is there and trusted.
    pub fn allows_request(&self, headers: &HeaderMap) -> bool {
        request_origin(headers).is_some_and(|origin| self.allows(&origin))
    }

    /// Whether a link may lead there: a safe relative path, or a URL whose origin is trusted.
    /// User information, other schemes, control characters and backslash tricks are refused.
    pub fn allows_link(&self, link: &str) -> bool {
        if link.starts_with('/') {
            return is_safe_path(link);
        }
        // What a parser would take away counts as well.
        let is_odd = |character: char| character == '\\' || character.is_control();
        if link.contains(is_odd) || link.trim() != link {
            return false;
        }
        Url::parse(link).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && self.allows(&url.origin().ascii_serialization())
        })
    }

    /// Our own URL.
    pub fn base(&self) -> &Url {
        &self.base
    }
}

/// The origin a request says it comes from: `Origin`, else the origin of `Referer`; `None` when absent or `null`.
pub fn request_origin(headers: &HeaderMap) -> Option<String> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &http::HeaderValue| value.to_str().ok())
    };
    match text(header::ORIGIN) {
        Some("null" | "") => None,
        Some(origin) => Some(origin.to_owned()),
        None => {
            let url = Url::parse(text(header::REFERER)?).ok()?;
            matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
        }
    }
}

/// A path on this site: one leading slash, then only characters that cannot leave it (contract better-auth §2.5).
fn is_safe_path(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if ["//", "/\\", "/%2f", "/%5c"]
        .iter()
        .any(|prefix| lower.starts_with(prefix))
    {
        return false;
    }
    let (route, query) = path
        .split_once('?')
        .map_or((path, ""), |(route, query)| (route, query));
    route
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_-.+/@".contains(&b))
        && query
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.+/=&%@".contains(&b))
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
            "/\tevil",
            "https:\\\\evil.example",
            "javascript:alert(1)",
            "https://app.example:8443/x",
            "http://app.example/",
            "https://xapp.example",
            "data:text/html,x",
            "\u{1}https://app.example",
            " https://app.example",
            "",
        ] {
            assert!(!trusted().allows_link(bad), "{bad}");
        }
        for good in [
            "/",
            "/login?next=/x",
            "https://app.example/deep?x=1#y",
            "https://auth.example/",
        ] {
            assert!(trusted().allows_link(good), "{good}");
        }
    }
}
