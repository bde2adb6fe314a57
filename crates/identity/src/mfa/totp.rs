//! Time-based codes (RFC 6238): HMAC-SHA-1, six digits, 30 seconds, one step of tolerance.

use aws_lc_rs::hmac;
use kernel::Timestamp;
use kernel::crypto::cookie::percent_encode;
use kernel::crypto::digest::constant_time_eq;
use std::borrow::Cow;

const PERIOD_SECONDS: i64 = 30;
const TOLERATED_STEPS: i64 = 1;
/// What a secret begins with that came from another system: the key follows in base 32. Ours hold no colon.
const IMPORTED: &[u8] = b"base32:";

/// The longest issuer, in characters.
const ISSUER_CHARACTERS: usize = 64;

/// The step whose code this is, the oldest first; `None` when it is no code of now.
pub(super) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let present = now.seconds().div_euclid(PERIOD_SECONDS);
    let mut found = None;
    // Every step is computed, so that time does not tell which one matched.
    for step in (present - TOLERATED_STEPS)..=(present + TOLERATED_STEPS) {
        let expected = code_at(secret, step);
        if constant_time_eq(expected.as_bytes(), code.as_bytes()) && found.is_none() {
            found = Some(step);
        }
    }
    found
}

/// The key of a stored secret: its text as it is, or what an imported one spells.
fn key_of(secret: &[u8]) -> Cow<'_, [u8]> {
    let Some(spelt) = secret.strip_prefix(IMPORTED) else {
        return Cow::Borrowed(secret);
    };
    let spelt = spelt.split(|byte| *byte == b'=').next().unwrap_or_default();
    match data_encoding::BASE32_NOPAD_NOCASE.decode(spelt) {
        Ok(key) if !key.is_empty() => Cow::Owned(key),
        _ => Cow::Borrowed(secret),
    }
}

fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key_of(secret));
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or_default() & 0x0f);
    let word = bytes
        .get(offset..offset + 4)
        .and_then(|part| <[u8; 4]>::try_from(part).ok())
        .map(u32::from_be_bytes)
        .unwrap_or_default();
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

/// What an authenticator app scans. Blanks are `%20`: apps show the plus signs of form encoding as they are.
pub(super) fn uri(secret: &[u8], issuer: &str, email: &str) -> String {
    let issuer = percent_encode(issuer);
    format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&digits=6&period=30",
        percent_encode(email),
        data_encoding::BASE32_NOPAD.encode(&key_of(secret)),
    )
}

/// An issuer as apps can show it: on one line, of bounded length, without the colon that ends it in the label. `None` when
/// nothing is left.
pub(super) fn readable_issuer(issuer: &str) -> Option<String> {
    let one_line = issuer.split(|c: char| c.is_whitespace() || c.is_control() || c == ':');
    let words: Vec<&str> = one_line.filter(|word| !word.is_empty()).collect();
    let name: String = words.join(" ").chars().take(ISSUER_CHARACTERS).collect();
    let name = name.trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(code_at(SECRET, seconds / 30), code);
        }
    }

    #[test]
    fn an_imported_secret_is_spelt_in_base_32() {
        let spelt = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for stored in [
            format!("base32:{spelt}"),
            format!("base32:{}", spelt.to_lowercase()),
            format!("base32:{spelt}===="),
        ] {
            assert_eq!(code_at(stored.as_bytes(), 1), code_at(SECRET, 1));
            assert!(uri(stored.as_bytes(), "Mana", "a@b.c").contains(&format!("secret={spelt}&")));
        }
        for other in [spelt.as_bytes(), b"base32:0189", b"base32:", b"BASE32:GE"] {
            assert_ne!(code_at(other, 1), code_at(SECRET, 1));
        }
    }

    #[test]
    fn one_step_early_and_late_counts_and_no_more() {
        for (seconds, is_accepted) in [(0, true), (59, true), (89, true), (90, false)] {
            assert_eq!(
                step_of(SECRET, "287082", at(seconds)),
                is_accepted.then_some(1)
            );
        }
        for wrong in ["", "28708", "2870820", "000000"] {
            assert_eq!(step_of(SECRET, wrong, at(59)), None);
        }
    }

    #[test]
    fn an_issuer_reads_well_in_every_app() {
        let long = "x".repeat(200);
        for (given, shown) in [
            ("Mana", Some("Mana")),
            (" Mana \t Auth\n", Some("Mana Auth")),
            ("Mana: Auth", Some("Mana Auth")),
            ("a:b", Some("a b")),
            ("Grüße & 100%", Some("Grüße & 100%")),
            (&long, Some(&long[..64])),
            ("", None),
            (" :: ", None),
        ] {
            assert_eq!(readable_issuer(given).as_deref(), shown);
        }
        let address = uri(b"abc", "Grüße 100%", "a@example.com");
        let (label, query) = address.split_once('?').unwrap();
        assert_eq!(
            label,
            "otpauth://totp/Gr%C3%BC%C3%9Fe%20100%25:a%40example.com"
        );
        assert!(
            query.contains("&issuer=Gr%C3%BC%C3%9Fe%20100%25&"),
            "{query}"
        );
    }

    #[test]
    fn the_address_names_issuer_and_person() {
        assert_eq!(
            uri(b"abc", "My App & Co", "a+b@example.com"),
            "otpauth://totp/My%20App%20%26%20Co:a%2Bb%40example.com?secret=MFRGG&issuer=My%20App%20%26%20Co&digits=6&period=30"
        );
    }
}
