//! Chance as a value that is passed in, so that tests can seed it.

use crate::crypto::digest::{derive_key, hmac_sha256};
use data_encoding::BASE64URL_NOPAD;
use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bytes. The server passes the operating system's, tests a seeded one.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// Bytes that look random to everybody without the key, and are the same each time for one key and label.
pub struct Derived {
    key: [u8; 32],
    blocks: AtomicU64,
}

impl Derived {
    /// The bytes of a label.
    pub fn new(secret: &[u8], label: &str) -> Self {
        Self {
            key: derive_key(secret, label),
            blocks: AtomicU64::new(0),
        }
    }
}

impl Random for Derived {
    fn fill(&self, buffer: &mut [u8]) {
        for part in buffer.chunks_mut(32) {
            let number = self.blocks.fetch_add(1, Ordering::Relaxed);
            let block = hmac_sha256(&self.key, &number.to_be_bytes());
            for (out, byte) in part.iter_mut().zip(block) {
                *out = byte;
            }
        }
    }
}

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS: &[u8; 10] = b"0123456789";
const LOWER_ALPHANUMERIC: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Which characters a random text is made of.
#[derive(Clone, Copy, Debug)]
pub enum Alphabet {
    /// `[A-Za-z0-9]`: session tokens, reset tokens, ids of Better Auth's form.
    Alphanumeric,
    /// `[A-Za-z]`: magic link tokens.
    Letters,
    /// `[0-9]`: codes a person types.
    Digits,
    /// `[a-z0-9]`: account deletion tokens.
    LowerAlphanumeric,
}

impl Alphabet {
    fn characters(self) -> &'static [u8] {
        match self {
            Self::Alphanumeric => ALPHANUMERIC,
            Self::Letters => LETTERS,
            Self::Digits => DIGITS,
            Self::LowerAlphanumeric => LOWER_ALPHANUMERIC,
        }
    }
}

/// A random text of `length` characters, each equally likely (no modulo bias).
pub fn text(random: &dyn Random, alphabet: Alphabet, length: usize) -> String {
    let characters = alphabet.characters();
    let whole_rounds = 256 / characters.len() * characters.len();
    let mut out = String::with_capacity(length);
    let mut buffer = [0_u8; 64];
    while out.len() < length {
        random.fill(&mut buffer);
        for byte in buffer {
            let index = usize::from(byte);
            if out.len() == length || index >= whole_rounds {
                continue;
            }
            if let Some(character) = characters.get(index % characters.len()) {
                out.push(char::from(*character));
            }
        }
    }
    out
}

/// A fixed number of random bytes.
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut out = [0_u8; N];
    random.fill(&mut out);
    out
}

/// 32 random bytes in base64url without padding: 43 characters, 256 bits.
pub fn opaque_token(random: &dyn Random) -> String {
    BASE64URL_NOPAD.encode(&bytes::<32>(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_derived_depends_on_key_and_label_alone() {
        let derived =
            |secret: &[u8], label| text(&Derived::new(secret, label), Alphabet::Letters, 100);
        let one = derived(b"key", "a");
        assert_eq!(one, derived(b"key", "a"));
        assert_ne!(one, derived(b"key", "b"));
        assert_ne!(one, derived(b"other", "a"));
        assert_ne!(one.get(..50), one.get(50..));
    }
}
