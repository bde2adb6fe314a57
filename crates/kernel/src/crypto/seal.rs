//! Sealing secrets at rest: AES-256-GCM under HKDF(KEK, purpose), bound to the row by associated data (contract decision 16).

use super::digest::derive_key;
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

/// What keeps a sealed value shut.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The value was sealed under a key encryption key that is not configured.
    #[error("sealed under the key encryption key `{0}`, which is not configured")]
    UnknownKey(String),
    /// Wrong key, wrong row, or a changed value.
    #[error("the sealed value does not open: wrong key or damaged")]
    Damaged,
}

/// The key encryption keys: one seals, older ones still open.
pub struct SealKeys {
    current: String,
    keys: Vec<(String, Zeroizing<[u8; 32]>)>,
}

impl SealKeys {
    /// `keys[0]` seals; all of them open. Each is `(kek_id, 32 bytes)`.
    pub fn new(current: (String, [u8; 32]), older: Vec<(String, [u8; 32])>) -> Self {
        let mut keys = vec![(current.0.clone(), Zeroizing::new(current.1))];
        keys.extend(older.into_iter().map(|(id, key)| (id, Zeroizing::new(key))));
        Self {
            current: current.0,
            keys,
        }
    }

    fn key(&self, kek_id: &str, purpose: &str) -> Result<RandomizedNonceKey, SealError> {
        let (_, kek) = self
            .keys
            .iter()
            .find(|(id, _)| id == kek_id)
            .ok_or_else(|| SealError::UnknownKey(kek_id.to_owned()))?;
        let key = Zeroizing::new(derive_key(kek.as_slice(), purpose));
        RandomizedNonceKey::new(&AES_256_GCM, key.as_slice()).map_err(|_| SealError::Damaged)
    }

    /// A key derived from the current KEK for one purpose, for authentication codes.
    pub fn derived(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let kek = self
            .keys
            .first()
            .map(|(_, kek)| derive_key(kek.as_slice(), purpose));
        Zeroizing::new(kek.unwrap_or_default())
    }

    /// Seals a value for one purpose and one row: `s1.<kek id>.<nonce and ciphertext>`.
    pub fn seal(&self, purpose: &str, row: &str, plain: &[u8]) -> Result<String, SealError> {
        let key = self.key(&self.current, purpose)?;
        let mut buffer = plain.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(format!("{purpose}|{row}")), &mut buffer)
            .map_err(|_| SealError::Damaged)?;
        let mut out = nonce.as_ref().to_vec();
        out.append(&mut buffer);
        Ok(format!(
            "s1.{}.{}",
            self.current,
            BASE64URL_NOPAD.encode(&out)
        ))
    }

    /// Opens a sealed value; purpose and row must be those it was sealed for.
    pub fn open(
        &self,
        purpose: &str,
        row: &str,
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let rest = sealed.strip_prefix("s1.").ok_or(SealError::Damaged)?;
        let (kek_id, body) = rest.rsplit_once('.').ok_or(SealError::Damaged)?;
        let body = BASE64URL_NOPAD
            .decode(body.as_bytes())
            .map_err(|_| SealError::Damaged)?;
        let (nonce, cipher) = body.split_at_checked(12).ok_or(SealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Damaged)?;
        let key = self.key(kek_id, purpose)?;
        let mut buffer = Zeroizing::new(cipher.to_vec());
        let length = key
            .open_in_place(
                nonce,
                Aad::from(format!("{purpose}|{row}")),
                buffer.as_mut_slice(),
            )
            .map_err(|_| SealError::Damaged)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_for_its_purpose_row_and_key() {
        let keys = SealKeys::new(("env-v1".into(), [7; 32]), vec![]);
        let sealed = keys.seal("totp", "user-1", b"secret").unwrap();
        assert_eq!(
            keys.open("totp", "user-1", &sealed).unwrap().as_slice(),
            b"secret"
        );
        assert!(keys.open("totp", "user-2", &sealed).is_err());
        assert!(keys.open("jwks", "user-1", &sealed).is_err());
        let rotated = SealKeys::new(("env-v2".into(), [8; 32]), vec![("env-v1".into(), [7; 32])]);
        assert_eq!(
            rotated.open("totp", "user-1", &sealed).unwrap().as_slice(),
            b"secret"
        );
        let lost = SealKeys::new(("env-v2".into(), [8; 32]), vec![]);
        assert!(
            matches!(lost.open("totp", "user-1", &sealed), Err(SealError::UnknownKey(id)) if id == "env-v1")
        );
    }
}
