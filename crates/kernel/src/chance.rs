//! Chance as a value that is passed in, so that tests can seed it.

use data_encoding::BASE64URL_NOPAD;

/// A source of random bytes. The server passes the operating system's, tests a seeded one.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]);
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
