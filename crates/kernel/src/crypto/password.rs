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
        // Sent decomposed, these are many more code points and bytes than they count.
        assert!(Password::new(&"\u{1112}\u{1161}\u{11ab}".repeat(128)).is_ok());
        assert!(Password::new(&"\u{3b1}\u{313}\u{300}\u{345}".repeat(128)).is_ok());
        assert!(Password::new(&"e\u{301}".repeat(7)).is_err());
        // And one code point may become eighteen.
        assert!(Password::new("\u{fdfa}").is_ok());
        assert_eq!(
            Password::new(&"\u{fdfa}".repeat(8)).err(),
            Some(PasswordError::TooLong)
        );
        assert_eq!(
            Password::new(&"a".repeat(129)).err(),
            Some(PasswordError::TooLong)
        );
        assert_eq!(
            Password::new(&"a".repeat(1_000_000)).err(),
            Some(PasswordError::TooLong)
        );
    }

    /// A text as the hash of another system may have been made of, which NFKC changes.
    const TYPED: &str = "p\u{e4}ssw\u{f6}rter \u{fb01}";

    #[test]
    fn an_imported_hash_of_the_text_as_sent_matches_and_is_replaced() {
        let mut memory = Memory::default();
        let typed = Password::presented(TYPED);
        assert_eq!(typed.texts(), 2);
        let plain = Password {
            normalised: Zeroizing::new(TYPED.to_owned()),
            typed: None,
            is_too_long: false,
        };
        let imported = [
            bcrypt::hash(TYPED, 4).unwrap(),
            hash(&plain, [1; 16], CHEAP, &mut memory).unwrap(),
        ];
        for stored in imported {
            let found = verify(&typed, &stored, CHEAP, &mut memory).unwrap();
            assert!(found.is_match && found.needs_rehash, "{stored}");
            let wrong = Password::presented("p\u{e4}ssw\u{f6}rter \u{fb02}");
            let found = verify(&wrong, &stored, CHEAP, &mut memory).unwrap();
            assert_eq!(found, Verdict::NO, "{stored}");
        }
        // Ours are of the normalised text, which is tried first.
        let ours = hash(&typed, [1; 16], CHEAP, &mut memory).unwrap();
        let found = verify(&typed, &ours, CHEAP, &mut memory).unwrap();
        assert!(found.is_match && !found.needs_rehash);
    }

    #[test]
    fn a_hash_of_the_beginning_alone_signs_in_and_stays() {
        let mut memory = Memory::default();
        let long = "x".repeat(80);
        let stored = bcrypt::hash(&long[..72], 4).unwrap();
        for (text, needs_rehash) in [
            (long.as_str(), false),
            (&long[..73], false),
            (&long[..72], true),
        ] {
            let password = Password::presented(text);
            let found = verify(&password, &stored, CHEAP, &mut memory).unwrap();
            let is_match = true;
            let wanted = Verdict {
                is_match,
                needs_rehash,
            };
            assert_eq!(found, wanted, "{} bytes", text.len());
        }
        // As sent, 72 bytes are cut in the middle of a character.
        let typed = format!("{}{}", "x".repeat(71), "\u{fb01}".repeat(3));
        let stored = bcrypt::hash(&typed.as_bytes()[..72], 4).unwrap();
        let found = verify(&Password::presented(&typed), &stored, CHEAP, &mut memory).unwrap();
        assert!(found.is_match && !found.needs_rehash);
    }

    #[test]
    fn what_is_longer_than_any_password_matches_nothing() {
        let mut memory = Memory::default();
        let empty = bcrypt::hash("", 4).unwrap();
        let huge = Password::presented(&"a".repeat(1_000_000));
        let found = verify(&huge, &empty, CHEAP, &mut memory).unwrap();
        assert_eq!(found, Verdict::NO);
    }

    #[test]
    fn a_sample_is_a_readable_hash_of_its_kind() {
        let mut memory = Memory::default();
        for kind in ["$2b$04$", "scrypt", "$argon2id$v=19$m=64,t=1,p=1$"] {
            let sample = sample(kind).unwrap();
            assert_eq!(super::kind(&sample).as_deref(), Some(kind));
            let nobody = Password::presented("nobody");
            let found = verify(&nobody, &sample, CHEAP, &mut memory).unwrap();
            assert!(!found.is_match, "{kind}");
        }
        for kind in ["", "$2b$31$", "$argon2id$v=19$m=1048576,t=1000,p=1$", "x"] {
            assert_eq!(sample(kind), None, "{kind}");
        }
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
            // Parameters that would take hours, or that the algorithm refuses.
            "$2b$31$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$2b$00$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$2b$04$short",
            "$2b$\u{e4}$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=1048576,t=4294967295,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=0,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=8,t=1,p=60$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
            "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAA",
            "$argon2id$v=16$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
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
