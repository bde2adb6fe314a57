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
/// No text longer than this has [`MAX_LENGTH`] code points after NFKC: a composed one comes from at most four.
const MAX_BYTES: usize = 16 * MAX_LENGTH;
const OUTPUT_LENGTH: usize = 32;
/// Stored hashes that ask for more than this are unreadable: a check must end, and fit into memory.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_ARGON2_KIB_PASSES: u64 = 1 << 22;
const MAX_ARGON2_LANES: u32 = 64;
const MAX_BCRYPT_COST: u32 = 16;
/// bcrypt reads no further.
const BCRYPT_BYTES: usize = 72;

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
pub struct Password {
    normalised: Zeroizing<String>,
    /// As it was sent, where that is something else: imported hashes may be of this.
    typed: Option<Zeroizing<String>>,
    /// Longer than any password: it matches nothing.
    is_too_long: bool,
}

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
        let is_too_long = text.len() > MAX_BYTES;
        let cut = if is_too_long { "" } else { text };
        Self {
            is_too_long,
            ..Self::normalised(cut)
        }
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
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        if text.len() > MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        let password = Self::normalised(text);
        match password.normalised.chars().count() {
            n if n < MIN_LENGTH => Err(PasswordError::TooShort),
            n if n > MAX_LENGTH => Err(PasswordError::TooLong),
            _ => Ok(password),
        }
    }

    fn normalised(text: &str) -> Self {
        let normalised = Zeroizing::new(nfkc(text));
        let typed = (*normalised != text).then(|| Zeroizing::new(text.to_owned()));
        Self {
            normalised,
            typed,
            is_too_long: false,
        }
    }

    /// How many texts a check may have to try: the normalised one, then the one that was sent.
    pub fn texts(&self) -> u32 {
        1 + u32::from(self.typed.is_some())
    }

    fn bytes(&self) -> &[u8] {
        self.normalised.as_bytes()
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
    /// The stored hash is of an older kind or cost, or of another spelling, and should be replaced now that the password
    /// is known. Never when it matched a part of what was presented alone.
    pub needs_rehash: bool,
}

impl Verdict {
    const NO: Self = Self {
        is_match: false,
        needs_rehash: false,
    };
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

/// Checks a password against a stored hash of any format. The normalised text is tried first, then what was sent. An
/// unreadable hash matches nothing, and takes as long as a new one.
///
/// # Errors
/// [`HashError`], when the fault is ours.
pub fn verify(
    password: &Password,
    stored: &str,
    cost: Cost,
    memory: &mut Memory,
) -> Result<Verdict, HashError> {
    let Some(stored) = Stored::parse(stored) else {
        hash(password, [0; 16], cost, memory)?;
        return Ok(Verdict::NO);
    };
    let mut verdict = stored.verify(password.bytes(), cost, memory)?;
    if let Some(typed) = password.typed.as_ref().filter(|_| !verdict.is_match) {
        verdict = stored.verify(typed.as_bytes(), cost, memory)?;
        // The next check is to find it at once.
        verdict.needs_rehash |= verdict.is_match && !stored.is_partial(typed.as_bytes());
    }
    if password.is_too_long {
        return Ok(Verdict::NO);
    }
    Ok(verdict)
}

/// Spends what a check of this password costs, for addresses nobody has.
///
/// # Errors
/// [`HashError`].
pub fn pretend(password: &Password, cost: Cost, memory: &mut Memory) -> Result<(), HashError> {
    for _ in 0..password.texts() {
        hash(password, [0; 16], cost, memory)?;
    }
    Ok(())
}

/// The kind of a stored hash, `None` when it cannot be read.
pub fn kind(stored: &str) -> Option<String> {
    match Stored::parse(stored)? {
        Stored::Scrypt { .. } => Some("scrypt".to_owned()),
        Stored::Bcrypt(_) => stored.get(..7).map(ToOwned::to_owned),
        Stored::Argon2(_) => {
            let (end, _) = stored.match_indices('$').nth(3)?;
            stored.get(..=end).map(ToOwned::to_owned)
        }
    }
}

/// A hash that costs what every hash of a kind does, to measure it; `None` for a kind that no hash can be read of. A kind
/// is a stored hash up to its salt, or `scrypt`.
pub fn sample(kind: &str) -> Option<String> {
    let whole = if kind == "scrypt" {
        format!("00:{}", "0".repeat(128))
    } else if kind.starts_with("$argon2") {
        format!("{kind}{}${}", "A".repeat(22), "A".repeat(43))
    } else {
        format!("{kind}{}", ".".repeat(53))
    };
    let is_readable = Stored::parse(&whole).is_some();
    is_readable.then_some(whole)
}

/// A stored hash that can be checked.
enum Stored<'a> {
    Argon2(Phc),
    Bcrypt(&'a str),
    /// Better Auth's `salthex:keyhex`; the hex text itself is the salt.
    Scrypt {
        salt: &'a str,
        key: Vec<u8>,
    },
}

impl<'a> Stored<'a> {
    fn parse(stored: &'a str) -> Option<Self> {
        if stored.starts_with("$argon2") {
            return parse_phc(stored).map(Self::Argon2);
        }
        for prefix in ["$2a$", "$2b$", "$2y$"] {
            if let Some(rest) = stored.strip_prefix(prefix) {
                let (cost, rest) = rest.split_once('$')?;
                let cost: u32 = cost.parse().ok().filter(|_| cost.len() == 2)?;
                let is_readable = (4..=MAX_BCRYPT_COST).contains(&cost) && rest.len() == 53;
                return is_readable.then_some(Self::Bcrypt(stored));
            }
        }
        let (salt, key) = stored.split_once(':')?;
        let key = HEXLOWER.decode(key.as_bytes()).ok()?;
        (key.len() == 64).then_some(Self::Scrypt { salt, key })
    }

    fn verify(&self, text: &[u8], cost: Cost, memory: &mut Memory) -> Result<Verdict, HashError> {
        let (is_match, is_old) = match self {
            Self::Argon2(phc) => (
                phc.matches(text, memory)?,
                phc.algorithm != Algorithm::Argon2id || phc.cost != cost,
            ),
            Self::Bcrypt(stored) => {
                let read = text.get(..BCRYPT_BYTES).unwrap_or(text);
                (bcrypt::verify(read, stored).unwrap_or(false), true)
            }
            Self::Scrypt { salt, key } => (scrypt_matches(text, salt, key)?, true),
        };
        Ok(Verdict {
            is_match,
            needs_rehash: is_match && is_old && !self.is_partial(text),
        })
    }

    /// Whether the hash is of the beginning of a text alone: a hash of the whole would refuse what was right so far.
    fn is_partial(&self, text: &[u8]) -> bool {
        matches!(self, Self::Bcrypt(_)) && text.len() > BCRYPT_BYTES
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
    // What the algorithm itself would refuse is no fault of the server either.
    let is_valid = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(key.len())).is_ok()
        && (argon2::MIN_SALT_LEN..=64).contains(&salt.len())
        && (16..=64).contains(&key.len());
    let is_payable = cost.memory_kib <= MAX_MEMORY_KIB
        && cost.lanes <= MAX_ARGON2_LANES
        && u64::from(cost.memory_kib) * u64::from(cost.passes) <= MAX_ARGON2_KIB_PASSES;
    (is_valid && is_payable && parts.next().is_none()).then_some(Phc {
        algorithm,
        cost,
        salt,
        key,
    })
}

impl Phc {
    fn matches(&self, text: &[u8], memory: &mut Memory) -> Result<bool, HashError> {
        let length = self.key.len();
        let key = argon2(self.algorithm, self.cost, text, &self.salt, length, memory)?;
        Ok(constant_time_eq(&key, &self.key))
    }
}

fn scrypt_matches(text: &[u8], salt: &str, expected: &[u8]) -> Result<bool, HashError> {
    let params = scrypt::Params::new(14, 16, 1).map_err(|error| HashError(error.to_string()))?;
    let mut key = Zeroizing::new([0_u8; 64]);
    scrypt::scrypt(text, salt.as_bytes(), &params, key.as_mut_slice())
        .map_err(|error| HashError(error.to_string()))?;
    Ok(constant_time_eq(key.as_slice(), expected))
}

#[cfg(test)]
mod tests;
