//! Signing compact JWS with Ed25519 (RFC 7515, RFC 8037). The header is encoded once per key, the key parsed once.

use super::digest::sha256;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;

/// An Ed25519 key that signs tokens.
pub struct Signer {
    kid: String,
    header: String,
    pair: Ed25519KeyPair,
}

/// What went wrong with a signing key or token.
#[derive(Debug, thiserror::Error)]
pub enum JwtError {
    /// The private key is not PKCS#8 Ed25519.
    #[error("the private key is not a PKCS#8 Ed25519 key")]
    Key,
    /// The claims cannot be written as JSON.
    #[error("the claims are not JSON: {0}")]
    Claims(#[from] serde_json::Error),
}

impl Signer {
    /// Makes a new key; its `kid` is the RFC 7638 thumbprint.
    pub fn generate() -> Result<Self, JwtError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| JwtError::Key)?;
        Ok(Self::with_kid(pair, None))
    }

    /// Reads a key from PKCS#8. `kid` is kept when the row has one of its own (imported keys).
    pub fn from_pkcs8(pkcs8: &[u8], kid: Option<String>) -> Result<Self, JwtError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| JwtError::Key)?;
        Ok(Self::with_kid(pair, kid))
    }

    fn with_kid(pair: Ed25519KeyPair, kid: Option<String>) -> Self {
        let x = BASE64URL_NOPAD.encode(pair.public_key().as_ref());
        let kid = kid.unwrap_or_else(|| thumbprint(&x));
        let header = serde_json::json!({"alg": "EdDSA", "kid": kid}).to_string();
        Self {
            header: BASE64URL_NOPAD.encode(header.as_bytes()),
            kid,
            pair,
        }
    }

    /// The key id in headers and JWKS.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public point `x` of the JWK, base64url.
    pub fn public_x(&self) -> String {
        BASE64URL_NOPAD.encode(self.pair.public_key().as_ref())
    }

    /// The private key as PKCS#8 v1, for sealing.
    pub fn to_pkcs8(&self) -> Result<zeroize::Zeroizing<Vec<u8>>, JwtError> {
        let document = self.pair.to_pkcs8v1().map_err(|_| JwtError::Key)?;
        Ok(zeroize::Zeroizing::new(document.as_ref().to_vec()))
    }

    /// The compact token for some claims.
    pub fn sign<C: Serialize>(&self, claims: &C) -> Result<String, JwtError> {
        let payload = BASE64URL_NOPAD.encode(&serde_json::to_vec(claims)?);
        let mut token = String::with_capacity(self.header.len() + payload.len() + 90);
        token.push_str(&self.header);
        token.push('.');
        token.push_str(&payload);
        let signature = self.pair.sign(token.as_bytes());
        token.push('.');
        token.push_str(&BASE64URL_NOPAD.encode(signature.as_ref()));
        Ok(token)
    }
}

/// RFC 7638 thumbprint of an Ed25519 public key (members in lexicographic order).
pub fn thumbprint(x: &str) -> String {
    BASE64URL_NOPAD.encode(&sha256(
        format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_matches_rfc_8037_appendix_a3() {
        assert_eq!(
            thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
    }

    #[test]
    fn a_key_survives_the_round_trip_through_pkcs8() {
        let signer = Signer::generate().unwrap();
        let again = Signer::from_pkcs8(&signer.to_pkcs8().unwrap(), None).unwrap();
        let claims = serde_json::json!({"sub": "x"});
        assert_eq!(signer.sign(&claims).unwrap(), again.sign(&claims).unwrap());
    }
}
