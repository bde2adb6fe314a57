//! What the settings cause that an operator may not expect. Nothing here refuses to start.

use super::Config;
use super::places::{is_home, is_within};
use crate::http::origin_pattern::{self, Entry, Pattern};
use url::Url;

/// One thing to know about a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The setting.
    pub key: &'static str,
    /// What it causes, and what to do.
    pub message: String,
}

impl Config {
    /// What an operator should know about these settings, for the log at start and for `doctor`.
    pub fn advice(&self) -> Vec<Advice> {
        let mut found = Vec::new();
        let mut say = |key, message: String| found.push(Advice { key, message });
        self.advise_on_proxies(&mut say);
        for entry in self
            .cors_origins
            .iter()
            .flat_map(|text| origin_pattern::parse(text))
        {
            match entry {
                Entry::Origin(origin) => self.advise_on_origin(&origin, &mut say),
                Entry::Pattern(pattern) => advise_on_pattern(&pattern, &mut say),
            }
        }
        for origin in self.passkeys.foreign_origins() {
            say(
                "WEBAUTHN_ORIGINS",
                format!(
                    "`{origin}` is not within `{}`: passkeys work there only where a browser finds it in that domain's list of related origins",
                    self.passkeys.rp_id
                ),
            );
        }
        if self.is_production && !self.is_https() && !self.is_base_at_home() {
            say(
                "BASE_URL",
                "is http: passwords and cookies can be read on their way; use https".to_owned(),
            );
        }
        if self.is_production && !self.is_rate_limited {
            say(
                "RATE_LIMIT_ENABLED",
                "is false: nothing limits guesses and floods".to_owned(),
            );
        }
        if self.is_production && self.metrics_token.is_none() {
            say(
                "METRICS_TOKEN",
                "is not set: whoever reaches this server reads /metrics".to_owned(),
            );
        }
        if self.mail.smtp.is_some() && self.mail.from.contains("@localhost") {
            say(
                "SMTP_FROM",
                "is an address that mail servers refuse; set one of your own domain".to_owned(),
            );
        }
        found
    }

    fn advise_on_proxies(&self, say: &mut impl FnMut(&'static str, String)) {
        if self.trusted_proxies.iter().any(|net| net.prefix_len() == 0) {
            say(
                "TRUSTED_PROXIES",
                "trusts everybody: whoever connects chooses the address that limits and events see; name your proxy's address alone".to_owned(),
            );
        }
        // This server speaks no TLS itself.
        if self.trusted_proxies.is_empty() && self.is_https() {
            say(
                "TRUSTED_PROXIES",
                "is empty, and BASE_URL is https: behind the proxy that ends TLS all people share one limit and one address in events; name the proxy's address".to_owned(),
            );
        }
    }

    fn advise_on_origin(&self, origin: &str, say: &mut impl FnMut(&'static str, String)) {
        let Ok(url) = Url::parse(origin) else { return };
        let host = url.host_str().unwrap_or_default();
        let own = self.base_url.host_str().unwrap_or_default();
        if matches!(host, "0.0.0.0" | "[::]") {
            say(
                "CORS_ORIGINS",
                format!("`{origin}` can never match: no browser shows a page from there"),
            );
        } else if self.is_https() && url.scheme() == "http" && !is_home(host) {
            say(
                "CORS_ORIGINS",
                format!(
                    "`{origin}` is http: browsers send no cookie from there to https, and its pages can be changed on their way"
                ),
            );
        } else if let Some(domain) = &self.cookie_domain {
            if !is_within(host, domain.trim_start_matches('.')) {
                say(
                    "CORS_ORIGINS",
                    format!(
                        "`{origin}` is outside of COOKIE_DOMAIN: browsers that refuse cookies of other sites keep nobody signed in there"
                    ),
                );
            }
        } else if !is_home(host) && site(host) != site(own) {
            say(
                "CORS_ORIGINS",
                format!(
                    "`{origin}` is another site than BASE_URL: browsers send no cookie from there; its people stay signed in by tokens alone"
                ),
            );
        }
    }

    fn is_base_at_home(&self) -> bool {
        self.base_url.host_str().is_some_and(is_home)
    }

    /// Why a development server must not start where others reach it: its mailbox shows everybody's links and codes.
    pub fn leaves_home(&self) -> Option<Advice> {
        if self.is_production || self.mail.smtp.is_some() || self.is_base_at_home() {
            return None;
        }
        Some(Advice {
            key: "BASE_URL",
            message: "is not on this machine, and a development server without SMTP_HOST shows all mails at /dev/mailbox: set ENVIRONMENT=production, set SMTP_HOST, or use http://localhost".to_owned(),
        })
    }
}

fn advise_on_pattern(pattern: &Pattern, say: &mut impl FnMut(&'static str, String)) {
    let text = pattern.text();
    let message = if pattern.is_app() {
        format!(
            "`{text}` trusts whichever app a device opens for it; other apps can claim the same scheme"
        )
    } else {
        format!(
            "`{text}` trusts every name below that domain: whoever controls one of them acts for people who are signed in; passkeys need WEBAUTHN_ORIGINS to name such pages one by one"
        )
    };
    say("CORS_ORIGINS", message);
}

/// The last two labels: hosts that differ in them are different sites to every browser.
fn site(host: &str) -> Vec<&str> {
    let mut labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.reverse();
    labels
}
