//! COSE public keys (RFC 9052, RFC 9053) of the three kinds that browsers are asked for: Ed25519, P-256 and RSA.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
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
