//! Digests, message authentication codes and key derivation.

use aws_lc_rs::{digest, hkdf, hmac};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use subtle::ConstantTimeEq;

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0_u8; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// How a token is stored: base64url without padding of its SHA-256 (contract decision 14).
pub fn token_hash(token: &str) -> String {
    BASE64URL_NOPAD.encode(&sha256(token.as_bytes()))
}

/// Lower-case hex of a SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(&sha256(bytes))
}

/// HMAC-SHA-256.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut out = [0_u8; 32];
    out.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref());
    out
}

/// Compares two secrets without telling by time where they differ.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA-256 (RFC 5869) of 32 bytes for one purpose.
pub fn derive_key(secret: &[u8], purpose: &str) -> [u8; 32] {
    let mut out = [0_u8; 32];
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"mana-auth").extract(secret);
    let info = [purpose.as_bytes()];
    // 32 bytes are always within HKDF's limit, so expansion and filling cannot fail.
    if let Ok(okm) = prk.expand(&info, Length(32)) {
        let _ = okm.fill(&mut out);
    }
    out
}
