//! Text that was checked once, at the edge.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// An e-mail address, trimmed and lower-cased; ASCII only, so that no look-alike can stand for another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Accepts what the predecessor's clients accept: dot-atoms before the `@`, a domain with a letter-only last label.
    /// Non-ASCII, control characters, double dots and anything over 254 characters are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 254 || !text.is_ascii() {
            return None;
        }
        let (local, domain) = text.split_once('@')?;
        let local_ok = !local.is_empty()
            && !local.starts_with('.')
            && !local.contains("..")
            && local
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_'+-.".contains(&b))
            && local
                .bytes()
                .next_back()
                .is_some_and(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b));
        let labels: Vec<&str> = domain.split('.').collect();
        let domain_ok = labels.len() >= 2
            && labels.iter().all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && label
                        .bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
            && labels
                .last()
                .is_some_and(|l| l.len() >= 2 && l.bytes().all(|b| b.is_ascii_alphabetic()));
        (local_ok && domain_ok).then(|| Self(text.to_ascii_lowercase()))
    }

    /// Wraps an address read from the database.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`; the name of a person who gave none.
    pub fn local_part(&self) -> &str {
        self.0.split('@').next().unwrap_or_default()
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The languages of mails and pages (contract decision 17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// German.
    #[default]
    De,
    /// English.
    En,
}

impl Locale {
    /// From a language tag such as `en-GB`; `None` for languages we do not speak.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag
            .split(['-', '_'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match language.as_str() {
            "de" => Some(Self::De),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The two-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The first language of an `Accept-Language` header that we speak, by its order of preference.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut choices: Vec<(f32, Self)> = header
            .split(',')
            .filter_map(|item| {
                let mut parts = item.split(';');
                let locale = Self::from_tag(parts.next()?)?;
                let quality = parts.find_map(quality_of).unwrap_or(1.0);
                (quality > 0.0).then_some((quality, locale))
            })
            .collect();
        choices.sort_by(|a, b| b.0.total_cmp(&a.0));
        choices.first().map(|choice| choice.1)
    }
}

/// The weight of an item; its name ignores case (RFC 9110 §12.4.2). One that is no number takes the item away.
fn quality_of(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    let is_quality = name.trim().eq_ignore_ascii_case("q");
    is_quality.then(|| value.trim().parse().unwrap_or(0.0))
}

/// NFKC, so that the same password typed on two keyboards is the same password.
pub fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_cased_and_trimmed() {
        assert_eq!(
            EmailAddress::parse(" Ada.L@Example.COM ").unwrap().as_str(),
            "ada.l@example.com"
        );
    }

    #[test]
    fn ghsa_7rqj_homoglyph_at_sign_is_refused() {
        for bad in [
            "a\u{ff20}b.de",
            "a@b.de\u{ff20}c.de",
            "a@b@c.de",
            "a@b.d\u{0435}",
            "\u{0430}da@example.com",
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn malformed_addresses_are_refused() {
        for bad in [
            "",
            "a",
            "a@",
            "@b.de",
            "a@b",
            "a..b@c.de",
            ".a@c.de",
            "a.@c.de",
            "a b@c.de",
            "a@-b.de",
            "a@b.1",
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
        assert!(EmailAddress::parse("a\r\nBcc: x@y.de").is_none());
        let trimmed = EmailAddress::parse(" a@b.de\n").unwrap();
        assert_eq!(trimmed.as_str(), "a@b.de");
    }

    #[test]
    fn accept_language_picks_by_quality() {
        assert_eq!(
            Locale::from_accept_language("fr, en;q=0.8, de;q=0.9"),
            Some(Locale::De)
        );
        assert_eq!(
            Locale::from_accept_language("de;Q=0.1, EN-gb ; Q = 0.5"),
            Some(Locale::En)
        );
        assert_eq!(
            Locale::from_accept_language("en;q=nan, de;q=0.1"),
            Some(Locale::De)
        );
        assert_eq!(Locale::from_accept_language("en-GB"), Some(Locale::En));
        assert_eq!(Locale::from_accept_language("fr"), None);
    }
}
