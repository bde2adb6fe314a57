//! Text that was checked once, at the edge.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// An e-mail address, trimmed and lower-cased; ASCII only, so that no look-alike can stand for another and every mail server
/// takes it. An international domain is held as A-labels (RFC 5890).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Accepts dot-atoms of ASCII before the `@`, at most 64 octets, and a domain of two labels or more, which may be
    /// international. Control characters, double dots, labels in several scripts and anything over 254 octets are refused.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // Longer than any address, however it is written: it is not worth a look.
        if text.len() > 1024 {
            return None;
        }
        let (local, domain) = text.split_once('@')?;
        if !is_local_part(local) {
            return None;
        }
        let address = format!("{}@{}", local.to_ascii_lowercase(), mail_domain(domain)?);
        (address.len() <= 254).then_some(Self(address))
    }

    /// Wraps an address read from the database.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as people write it: an international domain in its own letters.
    pub fn shown(&self) -> Cow<'_, str> {
        shown_email(&self.0)
    }

    /// The mailbox: without what follows a `+`, which most mail servers leave to its owner.
    pub fn without_tag(&self) -> Cow<'_, str> {
        match self.0.split_once('@') {
            Some((local, domain)) => match local.split_once('+') {
                Some((base, _)) if !base.is_empty() => Cow::Owned(format!("{base}@{domain}")),
                _ => Cow::Borrowed(&self.0),
            },
            None => Cow::Borrowed(&self.0),
        }
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

fn is_local_part(local: &str) -> bool {
    local.len() <= 64
        && !local.starts_with('.')
        && !local.contains("..")
        && local
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_'+-.".contains(&b))
        && local
            .bytes()
            .next_back()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"_+-".contains(&b))
}

/// The domain as A-labels, lower-cased.
fn mail_domain(domain: &str) -> Option<String> {
    let lower = domain.to_ascii_lowercase();
    let is_international = !lower.is_ascii() || lower.split('.').any(|l| l.starts_with(A_LABEL));
    let ascii = if is_international {
        let table = Uts46::new();
        let ascii = table
            .to_ascii(
                lower.as_bytes(),
                AsciiDenyList::STD3,
                Hyphens::CheckFirstLast,
                DnsLength::Verify,
            )
            .ok()?
            .into_owned();
        let (letters, outcome) = table.to_unicode(
            ascii.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
        );
        outcome.ok()?;
        // Letters that stand for others, such as wide ones, only look like a domain.
        if !lower.is_ascii() && letters != domain.to_lowercase().nfc().collect::<String>() {
            return None;
        }
        if letters.split('.').any(mixes_scripts) {
            return None;
        }
        ascii
    } else {
        lower
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (_, last) = ascii.rsplit_once('.')?;
    let is_top = last.starts_with(A_LABEL)
        || last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic());
    (ascii.len() <= 253 && is_top && ascii.split('.').all(is_label)).then_some(ascii)
}

/// What labels begin with whose letters are not ASCII.
const A_LABEL: &str = "xn--";

/// Whether a label has letters of several of the scripts whose letters look alike.
fn mixes_scripts(label: &str) -> bool {
    let script = |letter: char| match letter {
        'a'..='z' | '\u{c0}'..='\u{24f}' => Some(0),
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(1),
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => Some(2),
        '\u{530}'..='\u{58f}' => Some(3),
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Some(4),
        _ => None,
    };
    let mut scripts = label.chars().filter_map(script);
    let first = scripts.next();
    scripts.any(|script| Some(script) != first)
}

/// An address as people write it: an international domain in its own letters.
pub fn shown_email(address: &str) -> Cow<'_, str> {
    match address.split_once('@') {
        Some((local, domain)) if domain.contains(A_LABEL) => {
            let (letters, _) = Uts46::new().to_unicode(
                domain.as_bytes(),
                AsciiDenyList::STD3,
                Hyphens::CheckFirstLast,
            );
            Cow::Owned(format!("{local}@{letters}"))
        }
        _ => Cow::Borrowed(address),
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
            "a@b-.de",
            "a@b..de",
            "a@b.de.",
            "\"a\"@b.de",
            "a@[127.0.0.1]",
            "a\0@b.de",
            "a@b\0.de",
            "a@b.de\r\nx: y",
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
        assert!(EmailAddress::parse("a\r\nBcc: x@y.de").is_none());
        let trimmed = EmailAddress::parse(" a@b.de\n").unwrap();
        assert_eq!(trimmed.as_str(), "a@b.de");
    }

    #[test]
    fn parts_are_as_long_as_mail_servers_take_them() {
        let parse = |local: usize, label: usize| {
            let domain = format!("{}.de", "b".repeat(label));
            EmailAddress::parse(&format!("{}@{domain}", "a".repeat(local)))
        };
        assert!(parse(64, 63).is_some());
        assert!(parse(65, 1).is_none());
        assert!(parse(1, 64).is_none());
        let long = |last: usize| {
            let label = "b".repeat(60);
            EmailAddress::parse(&format!(
                "abc@{label}.{label}.{label}.{}.de",
                "b".repeat(last)
            ))
        };
        assert_eq!(long(63).map(|address| address.as_str().len()), Some(253));
        assert!(long(64).is_none());
        let wide = EmailAddress::parse(&format!("{}@{}.de", "a".repeat(64), "b.".repeat(94) + "b"));
        assert!(wide.is_none(), "255 octets");
    }

    #[test]
    fn an_international_domain_is_held_as_a_labels_and_shown_as_typed() {
        let held = "ada@xn--bcher-kva.example";
        for typed in [
            "ada@bücher.example",
            "ADA@BÜCHER.example",
            "ada@bu\u{308}cher.example",
            "ada@xn--bcher-kva.example",
            "ada@XN--BCHER-KVA.EXAMPLE",
        ] {
            let address = EmailAddress::parse(typed).unwrap_or_else(|| panic!("{typed}"));
            assert_eq!(address.as_str(), held, "{typed}");
            assert_eq!(address.shown(), "ada@bücher.example");
        }
        let address = EmailAddress::parse("post@пример.испытание").unwrap();
        assert_eq!(address.as_str(), "post@xn--e1afmkfd.xn--80akhbyknj4f");
        assert_eq!(address.shown(), "post@пример.испытание");
        for bad in [
            "ada@bücher。example",
            "ada@ｅxample.com",
            "ada@xn--\u{fc}.example",
            "ada@xn--a.example",
            "ada@xn--99999999.example",
            "ada@b\u{fc}\u{200b}cher",
            "ada@ex\u{430}mple.de",
            "ada@-bücher.de",
            "ada@bücher",
            "adä@bücher.example",
            "ada@bü cher.example",
            "ada@bü\u{0}cher.example",
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_follows_a_plus_is_left_to_the_owner_of_the_mailbox() {
        let base = |text| {
            EmailAddress::parse(text)
                .unwrap()
                .without_tag()
                .into_owned()
        };
        assert_eq!(base("a+1@x.de"), "a@x.de");
        assert_eq!(base("a+1+2@x.de"), "a@x.de");
        assert_eq!(base("+1@x.de"), "+1@x.de");
        assert_eq!(base("a@x.de"), "a@x.de");
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
