//! Which 32 bytes are an Ed25519 public key (RFC 8032 §5.1.3). Public values alone: nothing here need take constant time.

use num_bigint::BigUint;
use std::sync::LazyLock;

struct Field {
    /// 2^255 - 19.
    prime: BigUint,
    /// The curve's constant, -121665/121666.
    d: BigUint,
    /// (prime - 1) / 2.
    half: BigUint,
}

static FIELD: LazyLock<Field> = LazyLock::new(|| {
    let one = BigUint::from(1_u8);
    let prime = (&one << 255_u32) - BigUint::from(19_u8);
    let two = BigUint::from(2_u8);
    let inverse = BigUint::from(121_666_u32).modpow(&(&prime - &two), &prime);
    let d = (&prime - BigUint::from(121_665_u32)) * inverse % &prime;
    let half = (&prime - &one) >> 1_u32;
    Field { prime, d, half }
});

/// The second coordinate of the points of order eight; the other one is its negative.
const OF_ORDER_EIGHT: [u8; 32] = [
    0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
    0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
];

/// Whether it names a point of the curve, in its one spelling, that is not of small order: for those anybody can sign.
pub(super) fn is_public_key(bytes: &[u8]) -> bool {
    let Ok(mut bytes) = <[u8; 32]>::try_from(bytes) else {
        return false;
    };
    // The highest bit is the sign of the other coordinate.
    bytes[31] &= 0x7f;
    let y = BigUint::from_bytes_le(&bytes);
    let (prime, one) = (&FIELD.prime, BigUint::from(1_u8));
    if y >= *prime {
        return false;
    }
    let eighth = BigUint::from_bytes_le(&OF_ORDER_EIGHT);
    let small = [
        BigUint::default(),
        one.clone(),
        prime - &one,
        prime - &eighth,
        eighth,
    ];
    if small.contains(&y) {
        return false;
    }
    let square = &y * &y % prime;
    let u = (&square + prime - &one) % prime;
    let v = (&FIELD.d * &square + &one) % prime;
    // x² = u/v has a root where u·v has one (Euler).
    (u * v).modpow(&FIELD.half, prime) == one
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    #[test]
    fn real_keys_are_keys() {
        for _ in 0..32 {
            let pair = Ed25519KeyPair::generate().unwrap();
            assert!(is_public_key(pair.public_key().as_ref()));
        }
    }

    #[test]
    fn points_of_small_order_other_spellings_and_what_is_no_point_are_none() {
        let with = |first: u8, rest: u8, last: u8| {
            let mut bytes = [rest; 32];
            bytes[0] = first;
            bytes[31] = last;
            bytes
        };
        let mut refused = vec![
            [0; 32],
            with(1, 0, 0),
            with(1, 0, 0x80),
            with(0xec, 0xff, 0x7f),
            with(0xed, 0xff, 0x7f),
            with(0xee, 0xff, 0x7f),
            [0xff; 32],
            OF_ORDER_EIGHT,
            // No point has this second coordinate.
            with(2, 0, 0),
        ];
        let mut signed = OF_ORDER_EIGHT;
        signed[31] |= 0x80;
        refused.push(signed);
        for bytes in refused {
            assert!(!is_public_key(&bytes), "{bytes:02x?}");
        }
        assert!(!is_public_key(&[7; 31]));
    }
}
