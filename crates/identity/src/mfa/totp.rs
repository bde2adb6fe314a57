//! Time-based codes (RFC 6238): HMAC-SHA-1, six digits, 30 seconds, one step of tolerance.

use aws_lc_rs::hmac;
use kernel::Timestamp;
use kernel::crypto::cookie::percent_encode;
use kernel::crypto::digest::constant_time_eq;
use url::form_urlencoded::Serializer;

const PERIOD_SECONDS: i64 = 30;
const TOLERATED_STEPS: i64 = 1;

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

fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
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

/// What an authenticator app scans.
pub(super) fn uri(secret: &[u8], issuer: &str, email: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("secret", &data_encoding::BASE32_NOPAD.encode(secret))
        .append_pair("issuer", issuer)
        .append_pair("digits", "6")
        .append_pair("period", "30")
        .finish();
    format!(
        "otpauth://totp/{}:{}?{query}",
        percent_encode(issuer),
        percent_encode(email)
    )
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
    fn the_address_names_issuer_and_person() {
        assert_eq!(
            uri(b"abc", "My App & Co", "a+b@example.com"),
            "otpauth://totp/My%20App%20%26%20Co:a%2Bb%40example.com?secret=MFRGG&issuer=My+App+%26+Co&digits=6&period=30"
        );
    }
}
