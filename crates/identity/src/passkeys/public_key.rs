//! COSE public keys (RFC 9052, RFC 9053) of the three kinds that browsers are asked for: Ed25519, P-256 and RSA.

use super::edwards;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use ciborium::Value;
use std::ops::RangeInclusive;

/// The algorithms that registration offers, the best first (COSE identifiers).
pub(super) const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

/// The longest key, in bytes: RSA of 8192 bits with room for what else a map may say.
const MOST_BYTES: usize = 2048;
/// Moduli that signatures are checked with: 2048 to 8192 bits.
const MODULUS_BYTES: RangeInclusive<usize> = 256..=1024;

const EDDSA: i64 = -8;
const ES256: i64 = -7;
const RS256: i64 = -257;

/// A key that signatures are checked with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    Ed25519(Vec<u8>),
    /// The uncompressed point.
    P256(Vec<u8>),
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads a COSE key; `None` when it is malformed, of another kind, or no signature could fit it.
    pub(super) fn parse(cose: &[u8]) -> Option<Self> {
        if cose.len() > MOST_BYTES {
            return None;
        }
        let mut rest = cose;
        let value: Value = ciborium::from_reader(&mut rest).ok()?;
        if !rest.is_empty() {
            return None;
        }
        let map = value.as_map()?;
        let integer = |label: i64| i64::try_from(member(map, label)?.as_integer()?).ok();
        let bytes = |label: i64| member(map, label)?.as_bytes().cloned();
        match (integer(1)?, integer(3)?) {
            (1, EDDSA) if integer(-1)? == 6 => {
                bytes(-2).filter(|x| x.len() == 32).map(Self::Ed25519)
            }
            (2, ES256) if integer(-1)? == 1 => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                Some(Self::P256([vec![4], x, y].concat()))
            }
            (3, RS256) => Some(Self::Rsa {
                modulus: bytes(-1).filter(|n| MODULUS_BYTES.contains(&n.len()))?,
                exponent: bytes(-2)?,
            }),
            _ => None,
        }
    }

    /// Whether there can be a signature that fits, and only its holder can make it: a point on the curve and of its large
    /// group, a modulus and an exponent that RSA works with.
    pub(super) fn can_verify(&self) -> bool {
        match self {
            Self::Ed25519(key) => edwards::is_public_key(key),
            Self::P256(key) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).is_ok(),
            Self::Rsa { modulus, exponent } => is_rsa(modulus, exponent),
        }
    }

    /// Whether it signed the message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let verdict = match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::P256(key) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key).verify(message, signature)
            }
            Self::Rsa { modulus, exponent } => RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verdict.is_ok()
    }
}

/// An odd modulus of at least 2048 bits, an odd exponent from 3 to 33 bits (what signatures are checked with).
fn is_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    let is_odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last & 1 == 1);
    let has_length = match modulus {
        [first, rest @ ..] => {
            *first != 0
                && (modulus.len() > *MODULUS_BYTES.start() || *first & 0x80 != 0)
                && !rest.is_empty()
        }
        [] => false,
    };
    let value = exponent.iter().try_fold(0_u64, |value, byte| {
        Some(value.checked_mul(256)? + u64::from(*byte))
    });
    let is_exponent =
        exponent.first() != Some(&0) && value.is_some_and(|value| (3..1 << 33).contains(&value));
    has_length && is_odd(modulus) && is_exponent && is_odd(exponent)
}

fn member(map: &[(Value, Value)], label: i64) -> Option<&Value> {
    let label = Value::from(label);
    map.iter()
        .find(|(name, _)| *name == label)
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cose(members: Vec<(i64, Value)>) -> Vec<u8> {
        let map = members.into_iter();
        let map = map.map(|(label, value)| (Value::from(label), value));
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Map(map.collect()), &mut bytes).unwrap();
        bytes
    }

    fn rsa(bytes: usize) -> Vec<(i64, Value)> {
        vec![
            (1, 3.into()),
            (3, RS256.into()),
            (-1, Value::Bytes(vec![0xff; bytes])),
            (-2, Value::Bytes(vec![1, 0, 1])),
        ]
    }

    fn key(members: Vec<(i64, Value)>) -> PublicKey {
        PublicKey::parse(&cose(members)).unwrap()
    }

    fn rsa_of(modulus: Vec<u8>, exponent: &[u8]) -> PublicKey {
        let exponent = exponent.to_vec();
        PublicKey::Rsa { modulus, exponent }
    }

    #[test]
    fn rsa_keys_that_can_never_verify_are_told() {
        assert!(key(rsa(256)).can_verify());
        let odd = || vec![0xff; 256];
        for exponent in [&[3_u8][..], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
            assert!(rsa_of(odd(), exponent).can_verify(), "{exponent:?}");
        }
        for exponent in [
            &[][..],
            &[0],
            &[1],
            &[2],
            &[1, 0, 0],
            &[0, 3],
            &[2, 0, 0, 0, 1],
            &[0xff; 9],
            &[0xff; 256],
        ] {
            assert!(!rsa_of(odd(), exponent).can_verify(), "{exponent:?}");
        }
        let mut even = odd();
        even[255] = 0xfe;
        let mut short = odd();
        short[0] = 0x7f;
        let mut led_by_zero = vec![0xff; 257];
        led_by_zero[0] = 0;
        for modulus in [vec![0; 256], even, short, led_by_zero] {
            assert!(!rsa_of(modulus, &[1, 0, 1]).can_verify());
        }
    }

    #[test]
    fn points_off_the_curve_are_told() {
        let point = |x: u8, y: u8| {
            key(vec![
                (1, 2.into()),
                (3, ES256.into()),
                (-1, 1.into()),
                (-2, Value::Bytes(vec![x; 32])),
                (-3, Value::Bytes(vec![y; 32])),
            ])
        };
        for (x, y) in [(0, 0), (1, 1), (0xff, 0xff), (4, 2)] {
            assert!(!point(x, y).can_verify());
        }
    }

    #[test]
    fn a_key_that_is_kept_is_neither_too_small_nor_a_heap() {
        for (bytes, is_kept) in [(255, false), (256, true), (1024, true), (1025, false)] {
            assert_eq!(PublicKey::parse(&cose(rsa(bytes))).is_some(), is_kept);
        }
        let mut padded = rsa(256);
        padded.push((-70_001, Value::Bytes(vec![0; 100_000])));
        assert_eq!(PublicKey::parse(&cose(padded)), None);
    }
}
