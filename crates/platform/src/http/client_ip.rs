//! The client's address: the peer's, or what a trusted proxy says of it (contract decision 15).

use super::headers::text_of;
use http::HeaderMap;
use ipnet::IpNet;
use kernel::crypto::digest::sha256;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};

/// The address a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

impl std::fmt::Display for ClientIp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// How many times one client's allowance the networks around it have: IPv6 in /64, /56 and /48.
const V6_ALLOWANCES: [(u8, u32); 3] = [(64, 1), (56, 4), (48, 16)];

impl ClientIp {
    /// The networks that count a client, the narrowest first, each with how many times the allowance of one client it has.
    /// One household has a /64 of IPv6 to itself, and whoever has a /48 has 65,536 of them.
    pub fn networks(self) -> impl Iterator<Item = (IpNet, u32)> {
        let (address, allowances): (_, &'static [(u8, u32)]) = match self.0 {
            IpAddr::V4(_) => (self.0, &[(32, 1)]),
            IpAddr::V6(_) => (self.0, &V6_ALLOWANCES),
        };
        allowances.iter().filter_map(move |(length, factor)| {
            let net = IpNet::new(address, *length).ok()?;
            Some((net.trunc(), *factor))
        })
    }

    /// What one client has to itself, and what one provider of servers or lines has at hand: a /32 and /24 of IPv4, a /64
    /// and /48 of IPv6.
    pub fn surroundings(self) -> (IpNet, IpNet) {
        let (own, wide) = match self.0 {
            IpAddr::V4(_) => (32, 24),
            IpAddr::V6(_) => (64, 48),
        };
        let cut =
            |length| IpNet::new(self.0, length).map_or(IpNet::from(self.0), |net| net.trunc());
        (cut(own), cut(wide))
    }
}

/// Which peers may speak for others.
#[derive(Debug, Default)]
pub struct TrustedProxies {
    nets: Vec<IpNet>,
    has_warned_of_stranger: AtomicBool,
    has_warned_of_entry: AtomicBool,
}

/// What proxies say of the client, in one of these.
const FORWARDING: [&str; 3] = [FORWARDED_FOR, "forwarded", "x-real-ip"];
const FORWARDED_FOR: &str = "x-forwarded-for";

impl TrustedProxies {
    /// From `TRUSTED_PROXIES`.
    pub fn new(nets: Vec<IpNet>) -> Self {
        Self {
            nets,
            ..Self::default()
        }
    }

    /// Whether this peer is one of them.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        self.nets.iter().any(|net| net.contains(&ip))
    }

    /// The right-most entry of `X-Forwarded-For` that is not a trusted proxy, when the peer is one; else the peer.
    ///
    /// An entry that cannot be read stands for one client too: a private address is made of its text, so that nobody shares
    /// the limits of everybody behind the proxy. What is left of it was not written by the proxy, and never counts.
    pub fn client_ip(&self, peer: IpAddr, headers: &HeaderMap) -> ClientIp {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            self.warn_of_stranger(peer, headers);
            return ClientIp(peer);
        }
        let mut nearest = peer;
        let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().map(text_of).collect();
        let entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for entry in entries.map(str::trim).filter(|entry| !entry.is_empty()) {
            let Some(ip) = read_entry(entry) else {
                self.warn_of_entry(entry);
                return ClientIp(stand_in(entry));
            };
            nearest = ip;
            if !self.trusts(nearest) {
                break;
            }
        }
        ClientIp(nearest)
    }

    /// Once, or a flood of requests would be one of lines. Whoever connects directly can send the header too.
    fn warn_of_stranger(&self, peer: IpAddr, headers: &HeaderMap) {
        let is_forwarded = FORWARDING.iter().any(|name| headers.contains_key(*name));
        if is_forwarded && !self.has_warned_of_stranger.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "a peer that TRUSTED_PROXIES does not name says whom it speaks for, and is not believed: if it is your proxy, \
                 everybody behind it shares one limit until TRUSTED_PROXIES names it; run: mana-auth doctor"
            );
        }
    }

    fn warn_of_entry(&self, entry: &str) {
        if !self.has_warned_of_entry.swap(true, Ordering::Relaxed) {
            let entry: String = entry.chars().take(64).collect();
            tracing::warn!(
                ?entry,
                "a trusted proxy wrote an X-Forwarded-For that is no address; a private address stands for it"
            );
        }
    }
}

/// An address as proxies write it: plain, quoted, in brackets, with a port, with a zone.
fn read_entry(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim_matches('"').trim();
    let bare = match entry.strip_prefix('[') {
        Some(rest) => {
            let (inside, after) = rest.split_once(']')?;
            let is_port = after.strip_prefix(':').is_some_and(is_port);
            (after.is_empty() || is_port).then_some(inside)?
        }
        None => match entry.split_once(':') {
            Some((v4, port)) if v4.contains('.') && is_port(port) => v4,
            _ => entry,
        },
    };
    let bare = bare.split('%').next().unwrap_or_default();
    bare.parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

fn is_port(text: &str) -> bool {
    text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A unique local address (RFC 4193) made of a text, another one for every text in its first 48 bits, by which limits count.
fn stand_in(entry: &str) -> IpAddr {
    // A port differs with every connection of one client.
    let host = match entry.rsplit_once(':') {
        Some((host, port)) if is_port(port.trim_end_matches('"')) => host,
        _ => entry,
    };
    let hash = sha256(host.as_bytes());
    let mut octets = [0_u8; 16];
    octets
        .iter_mut()
        .zip(hash)
        .take(6)
        .for_each(|(octet, byte)| *octet = byte);
    let [first, ..] = &mut octets;
    *first = 0xfd;
    IpAddr::from(octets)
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
    fn a_client_counts_in_every_network_around_it() {
        let networks = |text: &str| -> Vec<String> {
            let counted = ClientIp(ip(text)).networks();
            counted
                .map(|(net, factor)| format!("{net} {factor}"))
                .collect()
        };
        assert_eq!(networks("192.0.2.7"), ["192.0.2.7/32 1"]);
        assert_eq!(
            networks("2001:db8:1:2fe:3::4"),
            [
                "2001:db8:1:2fe::/64 1",
                "2001:db8:1:200::/56 4",
                "2001:db8:1::/48 16"
            ]
        );
        let around = |text: &str| {
            let (own, wide) = ClientIp(ip(text)).surroundings();
            (own.to_string(), wide.to_string())
        };
        let nets = |own: &str, wide: &str| (own.to_owned(), wide.to_owned());
        assert_eq!(around("192.0.2.7"), nets("192.0.2.7/32", "192.0.2.0/24"));
        assert_eq!(
            around("2001:db8:1:2fe:3::4"),
            nets("2001:db8:1:2fe::/64", "2001:db8:1::/48")
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
            proxies.client_ip(ip("::ffff:10.0.0.1"), &with("1.2.3.4")),
            ClientIp(ip("1.2.3.4"))
        );
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (entry, address) in [
            ("1.2.3.4:5678", "1.2.3.4"),
            ("1.2.3.4:", "1.2.3.4"),
            ("\"1.2.3.4\"", "1.2.3.4"),
            ("\"1.2.3.4:80\"", "1.2.3.4"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("  1.2.3.4\t", "1.2.3.4"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:9", "1.2.3.4"),
            ("fe80::1%eth0", "fe80::1"),
            ("[fe80::1%25eth0]:1", "fe80::1"),
        ] {
            assert_eq!(read_entry(entry.trim()), Some(ip(address)), "{entry}");
        }
        for odd in [
            "unknown",
            "_hidden",
            "1.2.3.4:x",
            "1.2.3",
            "[1.2.3.4",
            "[::1]x",
            "host.example:80",
            "",
        ] {
            assert_eq!(read_entry(odd), None, "{odd}");
        }
    }

    #[test]
    fn what_cannot_be_read_throws_nobody_into_one_bucket() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let of = |entry: &str| proxies.client_ip(ip("10.0.0.1"), &with(entry));
        assert_ne!(of("ada.example:1"), of("bob.example:1"));
        assert_eq!(of("ada.example:1"), of("ada.example:2"));
        assert_ne!(
            of("ada.example").surroundings(),
            of("bob.example").surroundings()
        );
        // What the client itself may have written, left of the proxy's own entry, never counts.
        assert_eq!(of("6.6.6.6, ada.example"), of("7.7.7.7, ada.example"));
        assert_eq!(of("garbage, 1.2.3.4"), ClientIp(ip("1.2.3.4")));
        assert_eq!(of(" , "), ClientIp(ip("10.0.0.1")));
        assert_eq!(of("1.2.3.4, "), ClientIp(ip("1.2.3.4")));
    }

    #[test]
    fn the_lines_of_a_header_are_one_list() {
        let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let mut headers = with("6.6.6.6, 1.2.3.4");
        headers.append(FORWARDED_FOR, "10.0.0.9".parse().unwrap());
        assert_eq!(
            proxies.client_ip(ip("10.0.0.1"), &headers),
            ClientIp(ip("1.2.3.4"))
        );
    }
}
