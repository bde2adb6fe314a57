//! Reading request headers byte by byte: what one client garbled must not make the rest of a header disappear.

use http::header::{AUTHORIZATION, AsHeaderName};
use http::{HeaderMap, HeaderValue};
use std::borrow::Cow;

/// The longest header text that is stored, in characters and in bytes of UTF-8.
const MAX_STORED: usize = 512;

/// The first header of a name as text. Bytes that are no UTF-8 are read as Latin-1, as older clients send them.
pub fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<Cow<'_, str>> {
    headers.get(name).map(text_of)
}

/// A header's value as text.
pub fn text_of(value: &HeaderValue) -> Cow<'_, str> {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    }
}

/// A text of a client as it may be stored and shown: without control characters, of a bounded length.
pub fn storable(text: &str) -> String {
    let mut kept = String::with_capacity(text.len().min(MAX_STORED));
    for character in text.chars().filter(|character| !character.is_control()) {
        if kept.len() + character.len_utf8() > MAX_STORED {
            break;
        }
        kept.push(character);
    }
    kept
}

/// The token of `Authorization: Bearer`, empty when it is missing; the scheme ignores case (RFC 9110 §11.1). Other schemes
/// are none of ours.
pub fn bearer(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    headers.get_all(AUTHORIZATION).iter().find_map(|value| {
        let bytes = value.as_bytes().trim_ascii();
        let (scheme, token) = bytes.split_at_checked("bearer".len())?;
        let is_apart = token.first().is_none_or(u8::is_ascii_whitespace);
        let is_bearer = scheme.eq_ignore_ascii_case(b"bearer") && is_apart;
        is_bearer.then(|| String::from_utf8_lossy(token.trim_ascii()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn the_bearer_scheme_ignores_case_and_other_schemes_are_no_bearer() {
        for value in ["Bearer abc", "bearer abc", "BEARER   abc ", "bEaReR\tabc"] {
            assert_eq!(
                bearer(&with(&[value.as_bytes()])).unwrap(),
                "abc",
                "{value}"
            );
        }
        for value in ["Bearer", "bearer  "] {
            assert_eq!(bearer(&with(&[value.as_bytes()])).unwrap(), "", "{value}");
        }
        for value in ["Basic YTpi", "Bearerabc", "Token abc", "abc", ""] {
            assert_eq!(bearer(&with(&[value.as_bytes()])), None, "{value}");
        }
        let both = with(&[b"Basic YTpi", b"Bearer abc"]);
        assert_eq!(bearer(&both).unwrap(), "abc");
        assert!(bearer(&with(&[b"Bearer \xff"])).is_some());
    }

    #[test]
    fn text_beyond_ascii_is_read_as_it_was_meant() {
        let utf8 = HeaderValue::from_bytes("Müller".as_bytes()).unwrap();
        assert_eq!(text_of(&utf8), "Müller");
        let latin = HeaderValue::from_bytes(b"M\xfcller").unwrap();
        assert_eq!(text_of(&latin), "Müller");
    }

    #[test]
    fn what_is_stored_is_bounded_and_has_no_control_characters() {
        assert_eq!(storable("a\u{0}b\tc\u{85}d"), "abcd");
        assert_eq!(storable(&"ü".repeat(600)).len(), 512);
    }
}
