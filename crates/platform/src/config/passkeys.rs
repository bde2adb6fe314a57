//! Settings of passkeys (contract accounts §1.4).

use super::places::is_within;
use super::source::Source;
use crate::http::origin_pattern::origin_of;
use url::{Host, Url};

/// How Android apps are named.
const ANDROID: &str = "android:apk-key-hash:";

/// The relying party (WebAuthn L3 §4).
#[derive(Clone, Debug)]
pub struct PasskeyConfig {
    /// Whether passkeys can be registered and used.
    pub is_enabled: bool,
    /// The domain they are bound to.
    pub rp_id: String,
    /// The name people see.
    pub rp_name: String,
    /// The pages they work on, exactly.
    pub origins: Vec<String>,
}

pub(super) fn read(
    s: &mut Source,
    base_url: &Url,
    cookie_domain: Option<&str>,
    cors_origins: &[String],
    brand_name: &str,
) -> PasskeyConfig {
    let given = s.text("WEBAUTHN_RP_ID").map(str::to_ascii_lowercase);
    if let Some(id) = given.as_deref().filter(|id| !is_domain(id)) {
        let message = format!("must be a domain such as example.org, not `{id}`");
        s.problem("WEBAUTHN_RP_ID", message);
    }
    let shared = cookie_domain.map(|domain| domain.trim_start_matches('.').to_owned());
    let rp_id = given
        .or(shared)
        .or_else(|| base_url.host_str().map(ToOwned::to_owned))
        .unwrap_or_default();
    let mut origins = read_origins(s, "WEBAUTHN_ORIGINS");
    origins.extend(read_origins(s, "WEBAUTHN_ORIGIN"));
    if origins.is_empty() {
        let own = base_url.origin().ascii_serialization();
        origins = std::iter::once(own)
            .chain(cors_origins.iter().cloned())
            .filter(|origin| origin_of(origin).is_some() && is_page_within(origin, &rp_id))
            .collect();
    }
    // Browsers bind passkeys to domains, never to addresses.
    let is_enabled = s.flag("PASSKEY_ENABLED", true) && is_domain(&rp_id);
    let works_on = |origin: &String| origin.starts_with(ANDROID) || is_page_within(origin, &rp_id);
    if is_enabled && !origins.iter().any(works_on) {
        s.problem(
            "WEBAUTHN_RP_ID",
            format!("`{rp_id}` has no origin within it, so that no passkey could be made: set WEBAUTHN_ORIGINS, or PASSKEY_ENABLED=false"),
        );
    }
    PasskeyConfig {
        is_enabled,
        rp_name: s.text("WEBAUTHN_RP_NAME").unwrap_or(brand_name).to_owned(),
        rp_id,
        origins,
    }
}

/// Pages, and Android apps by the hash of their signing key.
fn read_origins(s: &mut Source, key: &str) -> Vec<String> {
    let mut origins = Vec::new();
    for item in s.list(key) {
        if item.starts_with(ANDROID) {
            origins.push(item);
        } else if let Some(origin) = origin_of(&item) {
            origins.push(origin);
        } else {
            let message = format!(
                "`{item}` is not an origin such as https://app.example or android:apk-key-hash:…"
            );
            s.problem(key, message);
        }
    }
    origins
}

fn is_domain(text: &str) -> bool {
    matches!(Host::parse(text), Ok(Host::Domain(domain)) if domain == text)
}

/// Whether an origin's host is the relying party's domain or below it.
fn is_page_within(origin: &str, rp_id: &str) -> bool {
    let url = Url::parse(origin).ok();
    url.is_some_and(|url| url.host_str().is_some_and(|host| is_within(host, rp_id)))
}

impl PasskeyConfig {
    /// Pages outside of the domain that passkeys are bound to.
    pub(super) fn foreign_origins(&self) -> impl Iterator<Item = &String> {
        let pages = self
            .origins
            .iter()
            .filter(|origin| !origin.starts_with(ANDROID));
        pages.filter(|origin| self.is_enabled && !is_page_within(origin, &self.rp_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)], base_url: &str, domain: Option<&str>) -> PasskeyConfig {
        let cors = ["https://app.example.org", "https://badexample.org"].map(ToOwned::to_owned);
        let base_url = Url::parse(base_url).unwrap();
        let mut source = Source::from_pairs(pairs);
        read(&mut source, &base_url, domain, &cors, "Mana")
    }

    #[test]
    fn the_relying_party_follows_setting_then_cookie_domain_then_base_url() {
        let base = "https://auth.example.org";
        assert_eq!(config(&[], base, None).rp_id, "auth.example.org");
        assert_eq!(config(&[], base, Some(".example.org")).rp_id, "example.org");
        let set = [("WEBAUTHN_RP_ID", "Example.org")];
        assert_eq!(config(&set, base, None).rp_id, "example.org");
    }

    #[test]
    fn a_domain_that_only_ends_alike_is_not_within() {
        let config = config(&[], "https://auth.example.org", Some(".example.org"));
        let expected = ["https://auth.example.org", "https://app.example.org"];
        assert_eq!(config.origins, expected);
    }

    #[test]
    fn apps_are_named_by_the_hash_of_their_key() {
        let app = "android:apk-key-hash:Yw3xTZ0-_abc";
        let both = format!("https://app.example.org,{app}");
        let set = [("WEBAUTHN_ORIGINS", both.as_str())];
        let config = config(&set, "https://auth.example.org", None);
        assert_eq!(config.origins, ["https://app.example.org", app]);
    }

    #[test]
    fn an_address_has_no_passkeys() {
        assert!(!config(&[], "http://127.0.0.1:3001", None).is_enabled);
        assert!(!config(&[], "http://[::1]:3001", None).is_enabled);
        assert!(config(&[], "http://localhost:3001", None).is_enabled);
        let off = [("PASSKEY_ENABLED", "false")];
        assert!(!config(&off, "http://localhost:3001", None).is_enabled);
    }
}
