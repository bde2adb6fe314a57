//! Settings that say where the server is, who may speak for whom, and where people may be led.

use super::source::Source;
use crate::http::origin_pattern::{self, Entry};
use ipnet::{IpNet, Ipv4Net};
use std::net::IpAddr;
use url::{Host, Url};

/// Whether a name or address is this machine's own.
pub fn is_home(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

pub(super) fn base_url(s: &mut Source, port: u16) -> Url {
    let fallback = format!("http://localhost:{port}");
    let text = s.text("BASE_URL").unwrap_or(&fallback).to_owned();
    let fallback =
        || Url::parse(&fallback).unwrap_or_else(|_| unreachable!("a URL of ours parses"));
    match Url::parse(&text) {
        Ok(url) if origin_pattern::origin_of(&text).is_some() => url,
        Ok(url) if matches!(url.scheme(), "http" | "https") => {
            s.problem(
                "BASE_URL",
                format!("must be a scheme, a host and perhaps a port, nothing more: links, cookies and tokens are made of it; not `{text}`"),
            );
            fallback()
        }
        _ => {
            let message = format!("must be an http or https URL, not `{text}`");
            s.problem("BASE_URL", message);
            fallback()
        }
    }
}

pub(super) fn frontend_url(s: &mut Source) -> Option<Url> {
    let text = s.text("FRONTEND_URL")?.to_owned();
    match Url::parse(&text) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none() =>
        {
            Some(url)
        }
        _ => {
            let message =
                format!("must be an http or https URL without a name in it, not `{text}`");
            s.problem("FRONTEND_URL", message);
            None
        }
    }
}

pub(super) fn bind(s: &mut Source, is_production: bool) -> IpAddr {
    let fallback = if is_production {
        [0, 0, 0, 0]
    } else {
        [127, 0, 0, 1]
    };
    let Some(text) = s.text("BIND_ADDRESS").map(ToOwned::to_owned) else {
        return fallback.into();
    };
    text.parse().unwrap_or_else(|_| {
        let message = format!("must be an IP address, not `{text}`");
        s.problem("BIND_ADDRESS", message);
        fallback.into()
    })
}

/// `CORS_ORIGINS` in the form that is compared, and the origin of the app that mailed links lead to.
pub(super) fn origins(s: &mut Source, frontend: Option<&Url>) -> Vec<String> {
    let mut origins = Vec::new();
    for item in s.list("CORS_ORIGINS") {
        match origin_pattern::parse(&item) {
            Ok(Entry::Origin(origin)) => origins.push(origin),
            Ok(Entry::Pattern(pattern)) => origins.push(pattern.text().to_owned()),
            Err(reason) => s.problem("CORS_ORIGINS", format!("`{item}` {reason}")),
        }
    }
    // Else links to the app would be refused as leading elsewhere.
    let app = frontend.map(|url| url.origin().ascii_serialization());
    origins.extend(app.filter(|app| !origins.contains(app)));
    origins
}

/// A domain with a dot that the host of `BASE_URL` is, or is below: browsers take cookies for no other.
pub(super) fn cookie_domain(s: &mut Source, base_url: &Url) -> Option<String> {
    let text = s.text("COOKIE_DOMAIN")?.trim().to_ascii_lowercase();
    if base_url.scheme() != "https" {
        s.problem(
            "COOKIE_DOMAIN",
            "needs a BASE_URL with https: browsers refuse SameSite=None cookies without Secure",
        );
        return None;
    }
    let domain = text.strip_prefix('.').unwrap_or(&text);
    let is_domain = matches!(Host::parse(domain), Ok(Host::Domain(parsed)) if parsed == domain)
        && domain.contains('.')
        && !domain.contains('*')
        && !domain.ends_with('.');
    if !is_domain {
        let message = format!("must be a domain such as .example.org, not `{text}`");
        s.problem("COOKIE_DOMAIN", message);
        return None;
    }
    let host = base_url.host_str().unwrap_or_default();
    if !is_within(host, domain) {
        let message = format!(
            "`{text}` must be a domain that the host of BASE_URL, `{host}`, is or is below: browsers refuse other cookies"
        );
        s.problem("COOKIE_DOMAIN", message);
        return None;
    }
    Some(text)
}

/// Whether a host is a domain or below it, by whole labels.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

pub(super) fn cookie_prefix(s: &mut Source) -> String {
    let prefix = s.text("COOKIE_PREFIX").unwrap_or("mana").to_owned();
    let is_plain = prefix
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !is_plain || prefix.starts_with("__") {
        s.problem(
            "COOKIE_PREFIX",
            "may hold letters, digits, dashes, dots and underscores only, and not begin with two underscores, which browsers keep for themselves",
        );
    }
    prefix
}

/// Peers are compared as IPv4 when they are, however the setting writes them.
fn canonical(net: IpNet) -> IpNet {
    let IpNet::V6(mapped) = net else { return net };
    let address = mapped.addr().to_ipv4_mapped();
    let prefix = mapped.prefix_len().checked_sub(96);
    let v4 = address
        .zip(prefix)
        .map(|(address, prefix)| Ipv4Net::new(address, prefix));
    v4.and_then(Result::ok).map_or(net, IpNet::V4)
}

pub(super) fn proxies(s: &mut Source) -> Vec<IpNet> {
    let mut nets = Vec::new();
    for item in s.list("TRUSTED_PROXIES") {
        match item
            .parse::<IpNet>()
            .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
        {
            Ok(net) => nets.push(canonical(net)),
            Err(_) => s.problem(
                "TRUSTED_PROXIES",
                format!("`{item}` is not an address or a network such as 10.0.0.0/8"),
            ),
        }
    }
    nets
}
