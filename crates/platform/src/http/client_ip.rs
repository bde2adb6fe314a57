//! The client's address: the peer's, or what a trusted proxy says of it (contract decision 15).

use http::HeaderMap;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};

/// The address a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

impl std::fmt::Display for ClientIp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ClientIp {
    /// The key of limits: one household has a /64 of IPv6 to itself.
    pub fn limit_key(&self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }
}

/// Which peers may speak for others.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// From `TRUSTED_PROXIES`.
    pub fn new(nets: Vec<IpNet>) -> Self {
        Self(nets)
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&ip))
    }

    /// The right-most entry of `X-Forwarded-For` that is not a trusted proxy, when the peer is one; else the peer.
    pub fn client_ip(&self, peer: IpAddr, headers: &HeaderMap) -> ClientIp {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return ClientIp(peer);
        }
        let mut nearest = peer;
        let entries: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for entry in entries.iter().rev() {
            let Ok(ip) = entry.trim().parse::<IpAddr>() else {
                break;
            };
            nearest = ip.to_canonical();
            if !self.trusts(nearest) {
                break;
            }
        }
        ClientIp(nearest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn with(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    }

    #[test]
    fn cve_2026_40575_an_untrusted_peer_cannot_forge_its_address() {
        let none = TrustedProxies::default();
        assert_eq!(
            none.client_ip(ip("9.9.9.9"), &with("1.1.1.1")),
            ClientIp(ip("9.9.9.9"))
        );
    }

    #[test]
    fn only_the_entry_our_proxy_wrote_counts() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        assert_eq!(
            proxies.client_ip(ip("10.0.0.1"), &with("6.6.6.6, 1.2.3.4")),
            ClientIp(ip("1.2.3.4"))
        );
        assert_eq!(
            proxies.client_ip(ip("10.0.0.1"), &with("6.6.6.6, 1.2.3.4, 10.0.0.2")),
            ClientIp(ip("1.2.3.4"))
        );
        assert_eq!(
            proxies.client_ip(ip("10.0.0.1"), &with("garbage")),
            ClientIp(ip("10.0.0.1"))
        );
        assert_eq!(
            proxies.client_ip(ip("::ffff:10.0.0.1"), &with("1.2.3.4")),
            ClientIp(ip("1.2.3.4"))
        );
    }
}
