//! Password hash formats: new ones are Argon2id in PHC form; scrypt, bcrypt and other Argon2 hashes of imported
//! accounts verify and are rehashed at the next sign-in (contract decision 6).

use super::digest::constant_time_eq;
use crate::text::nfkc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::{BASE64_NOPAD, HEXLOWER};
use zeroize::Zeroizing;

/// Fewest code points of a password.
pub const MIN_LENGTH: usize = 8;
/// Most code points of a password.
pub const MAX_LENGTH: usize = 128;
const MAX_BYTES: usize = 1024;
const OUTPUT_LENGTH: usize = 32;
const MAX_MEMORY_KIB: u32 = 1 << 20;

/// Cost of new hashes (RFC 9106 names): memory in KiB, passes, lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            passes: 2,
            lanes: 1,
        }
    }
}

/// Working memory of one hash, reused from hash to hash: 1.5 times as fast as fresh memory, and it bounds what hashing may use.
#[derive(Default)]
pub struct Memory(Vec<Block>);

/// A password a person typed: NFKC-normalised, wiped from memory when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// Why a new password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than [`MIN_LENGTH`] code points.
    #[error("Password too short")]
    TooShort,
    /// More than [`MAX_LENGTH`] code points.
    #[error("Password too long")]
    TooLong,
}

impl Password {
    /// A password to sign in with: any length up to the limit counts, so that a policy change locks nobody out.
    pub fn presented(text: &str) -> Self {
        let cut = if text.len() > MAX_BYTES { "" } else { text };
        Self(Zeroizing::new(nfkc(cut)))
    }

    /// Refuses what is longer than any password that was ever set: here, or elsewhere before NFKC.
    pub fn check_length(text: &str) -> Result<(), PasswordError> {
        let is_longer = |text: &str| text.chars().count() > MAX_LENGTH;
        let is_too_long = is_longer(text)
            && (text.len() > MAX_BYTES || is_longer(Zeroizing::new(nfkc(text)).as_str()));
        if is_too_long {
            return Err(PasswordError::TooLong);
        }
        Ok(())
    }

    /// A new password, 8 to 128 code points after NFKC.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        if text.len() > MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        let normalised = Zeroizing::new(nfkc(text));
        match normalised.chars().count() {
            n if n < MIN_LENGTH => Err(PasswordError::TooShort),
            n if n > MAX_LENGTH => Err(PasswordError::TooLong),
            _ => Ok(Self(normalised)),
        }
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Hashing failed for a reason that is ours, not the person's.
#[derive(Debug, thiserror::Error)]
#[error("password hashing failed: {0}")]
pub struct HashError(String);

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The password is right.
    pub is_match: bool,
    /// The stored hash is of an older kind or cost and should be replaced now that the password is known.
    pub needs_rehash: bool,
}

/// Hashes a new password with Argon2id into a PHC string.
pub fn hash(
    password: &Password,
    salt: [u8; 16],
    cost: Cost,
    memory: &mut Memory,
) -> Result<String, HashError> {
    let key = argon2(
        Algorithm::Argon2id,
        cost,
        password.bytes(),
        &salt,
        OUTPUT_LENGTH,
        memory,
    )?;
    Ok(format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        cost.memory_kib,
        cost.passes,
        cost.lanes,
        BASE64_NOPAD.encode(&salt),
        BASE64_NOPAD.encode(&key)
    ))
}

/// Checks a password against a stored hash of any format; an unreadable hash matches nothing.
pub fn verify(
    password: &Password,
    stored: &str,
    cost: Cost,
    memory: &mut Memory,
) -> Result<Verdict, HashError> {
    if stored.starts_with("$argon2") {
        verify_argon2(password, stored, cost, memory)
    } else if ["$2a$", "$2b$", "$2y$"]
        .iter()
        .any(|prefix| stored.starts_with(prefix))
    {
        // bcrypt cuts at 72 bytes; the hash was made so, and the rehash ends it.
        let cut = password.bytes().get(..72).unwrap_or(password.bytes());
        let is_match = bcrypt::verify(cut, stored).unwrap_or(false);
        Ok(Verdict {
            is_match,
            needs_rehash: true,
        })
    } else {
        verify_scrypt(password, stored)
    }
}

fn argon2(
    algorithm: Algorithm,
    cost: Cost,
    password: &[u8],
    salt: &[u8],
    length: usize,
    memory: &mut Memory,
) -> Result<Zeroizing<Vec<u8>>, HashError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(length))
        .map_err(|error| HashError(error.to_string()))?;
    let blocks = params.block_count();
    if memory.0.len() < blocks {
        memory.0.resize(blocks, Block::default());
    }
    let mut out = Zeroizing::new(vec![0_u8; length]);
    let working = memory
        .0
        .get_mut(..blocks)
        .ok_or_else(|| HashError("no working memory".to_owned()))?;
    Argon2::new(algorithm, Version::V0x13, params)
        .hash_password_into_with_memory(password, salt, &mut out, working)
        .map_err(|error| HashError(error.to_string()))?;
    Ok(out)
}

struct Phc {
    algorithm: Algorithm,
    cost: Cost,
    salt: Vec<u8>,
    key: Vec<u8>,
}

fn parse_phc(stored: &str) -> Option<Phc> {
    let mut parts = stored.split('$').skip(1);
    let algorithm = match parts.next()? {
        "argon2id" => Algorithm::Argon2id,
        "argon2i" => Algorithm::Argon2i,
        "argon2d" => Algorithm::Argon2d,
        _ => return None,
    };
    if parts.next()? != "v=19" {
        return None;
    }
    let mut cost = Cost {
        memory_kib: 0,
        passes: 0,
        lanes: 0,
    };
    for pair in parts.next()?.split(',') {
        let (name, value) = pair.split_once('=')?;
        let value: u32 = value.parse().ok()?;
        match name {
            "m" => cost.memory_kib = value,
            "t" => cost.passes = value,
            "p" => cost.lanes = value,
            _ => return None,
        }
    }
    let salt = BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    let key = BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    (cost.memory_kib <= MAX_MEMORY_KIB && parts.next().is_none()).then_some(Phc {
        algorithm,
        cost,
        salt,
        key,
    })
}

fn verify_argon2(
    password: &Password,
    stored: &str,
    cost: Cost,
    memory: &mut Memory,
) -> Result<Verdict, HashError> {
    let Some(phc) = parse_phc(stored) else {
        return Ok(Verdict {
            is_match: false,
            needs_rehash: false,
        });
    };
    let key = argon2(
        phc.algorithm,
        phc.cost,
        password.bytes(),
        &phc.salt,
        phc.key.len(),
        memory,
    )?;
    Ok(Verdict {
        is_match: constant_time_eq(&key, &phc.key),
        needs_rehash: phc.algorithm != Algorithm::Argon2id || phc.cost != cost,
    })
}

/// Better Auth's format `salthex:keyhex`; the hex text itself is the salt (contract better-auth §2.8).
fn verify_scrypt(password: &Password, stored: &str) -> Result<Verdict, HashError> {
    let expected = stored
        .split_once(':')
        .and_then(|(salt, key)| Some((salt, HEXLOWER.decode(key.as_bytes()).ok()?)));
    let Some((salt, expected)) = expected.filter(|(_, key)| key.len() == 64) else {
        return Ok(Verdict {
            is_match: false,
            needs_rehash: false,
        });
    };
    let params = scrypt::Params::new(14, 16, 1).map_err(|error| HashError(error.to_string()))?;
    let mut key = Zeroizing::new([0_u8; 64]);
    scrypt::scrypt(
        password.bytes(),
        salt.as_bytes(),
        &params,
        key.as_mut_slice(),
    )
    .map_err(|error| HashError(error.to_string()))?;
    Ok(Verdict {
        is_match: constant_time_eq(key.as_slice(), &expected),
        needs_rehash: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
    };

    #[test]
    fn only_what_nobody_ever_set_is_too_long_to_sign_in_with() {
        for fits in [
            "x".repeat(128),
            // 256 code points that compose to 128, and 100 that NFKC makes 1,800 of.
            "e\u{301}".repeat(128),
            "\u{fdfa}".repeat(100),
            "\u{1f44d}".repeat(128),
        ] {
            assert_eq!(Password::check_length(&fits), Ok(()));
        }
        for long in ["x".repeat(129), "x".repeat(2000), "e\u{301}".repeat(2000)] {
            assert_eq!(Password::check_length(&long), Err(PasswordError::TooLong));
        }
    }

    #[test]
    fn argon2id_round_trip_and_rehash_on_cost_change() {
        let mut memory = Memory::default();
        let password = Password::new("correct horse").unwrap();
        let stored = hash(&password, [1; 16], CHEAP, &mut memory).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        let right = verify(&password, &stored, CHEAP, &mut memory).unwrap();
        assert_eq!(
            right,
            Verdict {
                is_match: true,
                needs_rehash: false
            }
        );
        assert!(
            verify(&password, &stored, Cost::default(), &mut memory)
                .unwrap()
                .needs_rehash
        );
        assert!(
            !verify(&Password::presented("wrong"), &stored, CHEAP, &mut memory)
                .unwrap()
                .is_match
        );
    }

    #[test]
    fn better_auth_scrypt_vector_verifies_and_asks_for_a_rehash() {
        let stored = "bc06d9a7f6a33490604c17a628777f82:b189b63fd603e859c3a153d72b0b1d4e4401d09ded671c85b38b77c39253c20cf027065086280f1b5f03a23c094a88a1cf25ff301e8033a723b043a7ca90c20a";
        let mut memory = Memory::default();
        let found = verify(&Password::presented("x"), stored, CHEAP, &mut memory).unwrap();
        assert_eq!(
            found,
            Verdict {
                is_match: true,
                needs_rehash: true
            }
        );
        assert!(
            !verify(&Password::presented("y"), stored, CHEAP, &mut memory)
                .unwrap()
                .is_match
        );
    }

    #[test]
    fn bcrypt_verifies_known_prefixes_and_never_2x() {
        let stored = bcrypt::hash("correct horse", 4).unwrap();
        let mut memory = Memory::default();
        let password = Password::presented("correct horse");
        assert!(
            verify(&password, &stored, CHEAP, &mut memory)
                .unwrap()
                .is_match
        );
        assert!(
            !verify(
                &password,
                &stored.replacen("$2b$", "$2x$", 1),
                CHEAP,
                &mut memory
            )
            .unwrap()
            .is_match
        );
    }

    #[test]
    fn length_counts_code_points_after_nfkc() {
        assert_eq!(
            Password::new("1234567").err(),
            Some(PasswordError::TooShort)
        );
        assert!(Password::new("12345678").is_ok());
        assert!(Password::new(&"\u{1F511}".repeat(128)).is_ok());
        assert_eq!(
            Password::new(&"a".repeat(129)).err(),
            Some(PasswordError::TooLong)
        );
        assert_eq!(
            Password::new(&"a".repeat(1_000_000)).err(),
            Some(PasswordError::TooLong)
        );
    }

    #[test]
    fn unreadable_hashes_match_nothing() {
        let mut memory = Memory::default();
        for stored in [
            "",
            ":",
            "x:y",
            "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA",
            "$argon2id$",
            "plain",
        ] {
            assert!(
                !verify(&Password::presented(""), stored, CHEAP, &mut memory)
                    .unwrap()
                    .is_match,
                "{stored}"
            );
        }
    }
}
