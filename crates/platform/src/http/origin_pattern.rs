//! What an entry of the list of trusted origins can be: an origin, a pattern with whole labels, or an app's own scheme
//! (contract better-auth §2.5).

use url::{Host, Url};

/// Schemes that run code, read files or name no place; no app can have them.
const REFUSED_SCHEMES: &[&str] = &[
    "about",
    "blob",
    "data",
    "file",
    "filesystem",
    "ftp",
    "javascript",
    "mailto",
    "tel",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];
/// Top-level names that nobody can register (RFC 6761, RFC 8375 and what local networks use).
const HOME_NAMES: &[&str] = &["localhost", "test", "local", "internal"];

/// An entry that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An origin, as browsers write it.
    Origin(String),
    /// Many of them.
    Pattern(Pattern),
}

/// Many origins, or the links of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// `https://*.example.org`, with any port when it ends with `:*`; without a scheme that of our own origin or https.
    Below {
        scheme: Option<String>,
        domain: String,
        port: Port,
    },
    /// `myapp://`, `exp://192.168.*.*:*/**`.
    App {
        scheme: String,
        place: Option<(Vec<String>, Port)>,
        path: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Port {
    /// The scheme's own.
    Usual,
    Given(u16),
    Any,
}

impl Port {
    fn allows(self, port: Option<u16>) -> bool {
        match self {
            Self::Usual => port.is_none(),
            Self::Given(given) => port == Some(given),
            Self::Any => true,
        }
    }
}

impl Pattern {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it names an app instead of pages.
    pub fn is_app(&self) -> bool {
        matches!(self.kind, Kind::App { .. })
    }

    /// Whether a place on the web or in an app is one of these. `own` is the scheme people reach us by.
    pub(super) fn allows(&self, url: &Url, own: &str) -> bool {
        match &self.kind {
            Kind::Below {
                scheme,
                domain,
                port,
            } => {
                let is_scheme = match scheme {
                    Some(scheme) => url.scheme() == scheme,
                    None => url.scheme() == "https" || (url.scheme() == "http" && own == "http"),
                };
                is_scheme
                    && port.allows(url.port())
                    && matches!(url.host(), Some(Host::Domain(host)) if is_below(host, domain))
            }
            Kind::App {
                scheme,
                place,
                path,
            } => {
                let is_place = place.as_ref().is_none_or(|(labels, port)| {
                    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
                    port.allows(url.port()) && are_labels(&host, labels)
                });
                url.scheme() == scheme && is_place && is_at(url.path(), path)
            }
        }
    }
}

/// Whole labels in front of the domain, at least one.
fn is_below(host: &str, domain: &str) -> bool {
    let labels = host
        .strip_suffix(domain)
        .and_then(|front| front.strip_suffix('.'));
    let is_label = |label: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.bytes().all(is_plain)
    };
    labels.is_some_and(|labels| labels.split('.').all(is_label))
}

/// As many labels, each the same or any.
fn are_labels(host: &str, labels: &[String]) -> bool {
    let mut given = host.split('.');
    let are_alike = labels.iter().all(|wanted| {
        given
            .next()
            .is_some_and(|label| !label.is_empty() && (wanted == "*" || wanted == label))
    });
    are_alike && given.next().is_none()
}

/// The path itself or one below it.
fn is_at(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The origin that a text names and nothing more.
pub fn origin_of(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    is_origin.then(|| url.origin().ascii_serialization())
}

/// Understands an entry.
///
/// # Errors
/// What is wrong with it, for whoever wrote it.
pub fn parse(text: &str) -> Result<Entry, &'static str> {
    let pattern = |kind| {
        Ok(Entry::Pattern(Pattern {
            text: text.to_owned(),
            kind,
        }))
    };
    match text.split_once("://") {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            scheme @ ("http" | "https") => {
                if rest.contains('*') {
                    let (domain, port) = below(rest)?;
                    let scheme = Some(scheme.to_owned());
                    return pattern(Kind::Below {
                        scheme,
                        domain,
                        port,
                    });
                }
                origin_of(text)
                    .map(Entry::Origin)
                    .ok_or("is not an origin such as https://app.example")
            }
            scheme => pattern(app(scheme, rest)?),
        },
        None if text.contains('*') => {
            let (domain, port) = below(text)?;
            pattern(Kind::Below {
                scheme: None,
                domain,
                port,
            })
        }
        None => Err("is not an origin such as https://app.example"),
    }
}

/// `*.example.org`, perhaps with a port.
fn below(text: &str) -> Result<(String, Port), &'static str> {
    let Some(rest) = text.strip_prefix("*.") else {
        return Err(
            "may have a * for whole labels in front of a domain alone, such as https://*.example.org",
        );
    };
    let (domain, port) = port_of(rest)?;
    let domain = match Host::parse(domain) {
        Ok(Host::Domain(domain)) if !domain.contains('*') => domain,
        _ => {
            return Err(
                "may have a * for whole labels in front of a domain alone, such as https://*.example.org",
            );
        }
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    if domain.ends_with('.') || (!domain.contains('.') && !HOME_NAMES.contains(&last)) {
        return Err("would trust everybody below a top-level domain");
    }
    Ok((domain, port))
}

fn port_of(text: &str) -> Result<(&str, Port), &'static str> {
    match text.rsplit_once(':') {
        None => Ok((text, Port::Usual)),
        Some((host, "*")) => Ok((host, Port::Any)),
        Some((host, digits)) => match digits.parse() {
            Ok(port) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok((host, Port::Given(port)))
            }
            _ => Err("has a port that is neither a number nor *"),
        },
    }
}

fn app(scheme: &str, rest: &str) -> Result<Kind, &'static str> {
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    if !is_scheme || REFUSED_SCHEMES.contains(&scheme) {
        return Err("has a scheme that no app can have");
    }
    let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.trim_end_matches(['/', '*']);
    let is_plain = |text: &str, others: &[u8]| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    if !is_plain(place, b"-_.:*") || !is_plain(path, b"-_./") {
        return Err("is neither an app's scheme such as myapp:// nor a place within it");
    }
    let place = match place {
        "" | "*" | "**" if scheme.ends_with("-extension") => {
            return Err("would trust every extension; name one");
        }
        "" | "*" | "**" => None,
        place => {
            let (host, port) = port_of(place)?;
            let labels: Vec<String> = host
                .to_ascii_lowercase()
                .split('.')
                .map(Into::into)
                .collect();
            let is_label =
                |label: &String| label == "*" || (!label.is_empty() && !label.contains('*'));
            if !labels.iter().all(is_label) {
                return Err("may have a * for whole labels alone");
            }
            Some((labels, port))
        }
    };
    Ok(Kind::App {
        scheme: scheme.to_owned(),
        place,
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(pattern: &str, url: &str) -> bool {
        match parse(pattern).unwrap() {
            Entry::Origin(origin) => origin == url,
            Entry::Pattern(pattern) => pattern.allows(&Url::parse(url).unwrap(), "https"),
        }
    }

    #[test]
    fn cve_2026_18206_a_pattern_matches_whole_labels_alone() {
        for (pattern, good) in [
            ("https://*.example.com", "https://a.example.com"),
            ("https://*.example.com", "https://a.b.example.com/deep?x=1"),
            ("https://*.example.com:8443", "https://a.example.com:8443"),
            ("https://*.example.com:*", "https://a.example.com:9"),
            ("*.example.com", "https://a.example.com"),
            ("http://*.localhost:3000", "http://app.localhost:3000"),
            (
                "https://*.b\u{fc}cher.example",
                "https://a.xn--bcher-kva.example",
            ),
        ] {
            assert!(allows(pattern, good), "{pattern} {good}");
        }
        for (pattern, bad) in [
            ("https://*.example.com", "https://example.com"),
            ("https://*.example.com", "https://evilexample.com"),
            ("https://*.example.com", "https://evil-example.com"),
            ("https://*.example.com", "https://a.example.com.evil.org"),
            ("https://*.example.com", "https://a.example.com:8443"),
            ("https://*.example.com", "https://.example.com"),
            ("https://*.example.com", "https://*.example.com"),
            ("https://*.example.com", "http://a.example.com"),
            ("https://*.example.com", "https://evil.org/.example.com"),
            ("https://*.example.com", "https://evil.org?.example.com"),
            ("*.example.com", "http://a.example.com"),
            ("*.example.com", "myapp://a.example.com"),
        ] {
            assert!(!allows(pattern, bad), "{pattern} {bad}");
        }
    }

    #[test]
    fn an_app_is_its_scheme_with_the_place_and_path_it_was_given() {
        for (pattern, good) in [
            ("myapp://", "myapp://callback?x=1"),
            ("myapp://", "myapp:///deep"),
            ("myapp://auth", "myapp://auth/done"),
            ("myapp://auth/done", "myapp://auth/done/x"),
            ("exp://**", "exp://10.0.0.1:8081/--/x"),
            ("exp://192.168.*.*:*/**", "exp://192.168.1.20:8081/--/x"),
            ("capacitor://localhost", "capacitor://localhost"),
        ] {
            assert!(allows(pattern, good), "{pattern} {good}");
        }
        for (pattern, bad) in [
            ("myapp://", "myapps://callback"),
            ("myapp://auth", "myapp://auth.evil"),
            ("myapp://auth", "myapp://other"),
            ("myapp://auth/done", "myapp://auth/done-not"),
            ("myapp://auth/done", "myapp://auth/done/../other"),
            ("exp://192.168.*.*:*/**", "exp://192.168.1.evil.org:8081"),
            ("exp://192.168.*.*", "exp://192.168.1.2:8081"),
            ("capacitor://localhost", "capacitor://localhost.evil"),
        ] {
            assert!(!allows(pattern, bad), "{pattern} {bad}");
        }
    }

    #[test]
    fn an_entry_that_could_only_half_work_is_refused() {
        for bad in [
            "*",
            "https://*",
            "https://*.com",
            "*.com",
            "https://app-*.example.com",
            "https://a.*.example.com",
            "https://*example.com",
            "https://*.*.example.com",
            "http://192.168.*.*",
            "https://*.1.2.3",
            "https://*.example.com/path",
            "https://*.example.com:x",
            "https://a?.example.com",
            "example.com",
            "https://app.example/path",
            "https://user@app.example",
            "https://app.example?x",
            "//app.example",
            "javascript://*",
            "data://x",
            "file:///",
            "myapp:",
            "my app://",
            "1app://",
            "myapp://a*",
            "chrome-extension://",
            "https://",
            "null",
            "https://*.",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse("HTTPS://App.Example:443/"),
            Ok(Entry::Origin("https://app.example".to_owned()))
        );
    }
}
