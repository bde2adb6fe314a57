//! Building the links that people are led to, and the `Location` that leads there.

use http::HeaderValue;
use kernel::crypto::cookie::percent_encode;
use std::fmt::Write;
use url::Url;

/// A link with a parameter set: in the place of an older one of that name, before the fragment, everything else as it was.
pub fn with_parameter(link: &str, name: &str, value: &str) -> String {
    let (front, fragment) = match link.split_once('#') {
        Some((front, fragment)) => (front, format!("#{fragment}")),
        None => (link, String::new()),
    };
    let (path, query) = front.split_once('?').unwrap_or((front, ""));
    let mut own = Some(format!("{name}={}", percent_encode(value)));
    let mut pairs = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let is_older = url::form_urlencoded::parse(pair.as_bytes()).any(|(key, _)| key == name);
        if is_older {
            pairs.extend(own.take());
        } else {
            pairs.push(pair.to_owned());
        }
    }
    pairs.extend(own);
    format!("{path}?{}{fragment}", pairs.join("&"))
}

/// The value of `Location`: as it is, with everything percent-encoded that may not stand in a URL (RFC 3986 §2).
pub fn location(target: &str) -> HeaderValue {
    if target.bytes().all(is_plain) {
        return value(target);
    }
    // A parser knows how the name of a host is encoded.
    match Url::parse(target) {
        Ok(url) => value(&encoded(url.as_str())),
        Err(_) => value(&encoded(target)),
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_goes_before_the_fragment_and_replaces_an_older_one() {
        for (link, whole) in [
            ("/x", "/x?error=E"),
            ("/x?", "/x?error=E"),
            ("/x?a=1", "/x?a=1&error=E"),
            ("/x#top", "/x?error=E#top"),
            ("/x?a=1#top?b", "/x?a=1&error=E#top?b"),
            ("/x?error=old&a=1", "/x?error=E&a=1"),
            ("/x?a=1&error=1&error=2#f", "/x?a=1&error=E#f"),
            ("/x?%65rror=old", "/x?error=E"),
            ("/x?error&b", "/x?error=E&b"),
            ("/x?xerror=1", "/x?xerror=1&error=E"),
            ("https://a.example", "https://a.example?error=E"),
            ("myapp://cb?z=%20+", "myapp://cb?z=%20+&error=E"),
        ] {
            assert_eq!(with_parameter(link, "error", "E"), whole, "{link}");
        }
        assert_eq!(
            with_parameter("/x", "token", "a&b=c#d"),
            "/x?token=a%26b%3Dc%23d"
        );
    }

    #[test]
    fn what_may_not_stand_in_a_url_is_percent_encoded() {
        for (target, header) in [
            ("/x?a=%20b", "/x?a=%20b"),
            ("/ä b", "/%C3%A4%20b"),
            ("/a\r\nSet-Cookie: x", "/a%0D%0ASet-Cookie:%20x"),
            (
                "https://b\u{fc}cher.example/ä?ö=1#ü",
                "https://xn--bcher-kva.example/%C3%A4?%C3%B6=1#%C3%BC",
            ),
            ("myapp://cb/ä", "myapp://cb/%C3%A4"),
            ("https://a.example/x?{y}", "https://a.example/x?%7By%7D"),
        ] {
            assert_eq!(location(target), header, "{target}");
        }
    }
}
