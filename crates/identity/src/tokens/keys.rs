//! The signing keys: Ed25519 pairs in `auth.jwks`, private parts sealed, rotated by command and by age (contract decision 5).

use super::store;
use crate::sessions::feed::{KEYS_CHANGED, notify};
use arc_swap::ArcSwap;
use bytes::Bytes;
use kernel::crypto::jwt::{JwtError, Signer};
use kernel::crypto::seal::{SealError, SealKeys};
use kernel::{Timestamp, UserId};
use platform::Context;
use platform::config::JwtConfig;
use platform::db::{Actor, Db, DbError};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::Notify;

/// Why the keys are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A private key does not open.
    #[error(
        "the signing key `{kid}` does not open: {cause}. MANA_AUTH_KEK is not the one it was sealed under; configure the old one in MANA_AUTH_KEKS_PREVIOUS, or run `mana-auth keys rotate` to sign with a new key"
    )]
    Sealed {
        /// The key.
        kid: String,
        /// Why.
        cause: SealError,
    },
    /// A key could not be made or read.
    #[error(transparent)]
    Key(#[from] JwtError),
}

/// The claims of an access token, nothing more (contract decision 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Claims {
    /// The person.
    pub sub: String,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: String,
    /// The session.
    pub sid: String,
    /// Their access tier.
    pub tier: String,
    /// Issued at, seconds.
    pub iat: i64,
    /// Expires at, seconds.
    pub exp: i64,
    /// Issuer.
    pub iss: String,
    /// Audience.
    pub aud: String,
}

/// A token whose signature and claims were checked.
pub(crate) struct Checked {
    pub(crate) claims: Arc<Claims>,
    /// The key that signed it.
    kid: String,
}

/// For whom a token is.
pub(crate) struct Subject<'a> {
    pub(crate) user: &'a UserId,
    pub(crate) email: &'a str,
    pub(crate) role: &'a str,
    pub(crate) session: &'a str,
    pub(crate) tier: &'a str,
}

/// A key as `keys list` shows it.
#[derive(Clone, Debug)]
pub struct KeyInfo {
    /// Its id.
    pub kid: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops being published; the signing key has none.
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone)]
struct PublicKey {
    info: KeyInfo,
    decoding: jsonwebtoken::DecodingKey,
}

struct KeySet {
    signer: Signer,
    public: Vec<PublicKey>,
    document: Bytes,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It was ours and is too old.
    #[error("The token has expired.")]
    Expired,
    /// What it says about its person is no longer so.
    #[error("The token's role, tier or address is no longer its person's; refresh it.")]
    Stale,
    /// Anything else.
    #[error("The token is not valid.")]
    Invalid,
}

/// The keys of this process, reloaded when another replica rotates.
pub struct Keys {
    context: Context,
    db: Db,
    seal: Arc<SealKeys>,
    config: JwtConfig,
    set: ArcSwap<KeySet>,
    loaded_at: AtomicI64,
    is_stale: Notify,
}

const PURPOSE: &str = "jwks";
/// The clock difference between replicas that an old key is still published for.
const SKEW_SECONDS: i64 = 60;
const MAX_TOKEN_BYTES: usize = 4096;

impl Keys {
    /// Opens the keys, making the first one when there is none.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn open(
        context: Context,
        db: Db,
        seal: Arc<SealKeys>,
        config: JwtConfig,
    ) -> Result<Self, KeysError> {
        let set = match load(&db, &seal, context.now()).await? {
            Some(set) => set,
            None => {
                rotate(&context, &db, &seal, &config, false).await?;
                load(&db, &seal, context.now())
                    .await?
                    .ok_or(JwtError::Key)?
            }
        };
        let loaded_at = AtomicI64::new(context.now().millis());
        Ok(Self {
            context,
            db,
            seal,
            config,
            set: ArcSwap::from_pointee(set),
            loaded_at,
            is_stale: Notify::new(),
        })
    }

    /// Makes a new signing key without opening the old ones, which may be unreadable: for the command line.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn replace(
        context: &Context,
        db: &Db,
        seal: &SealKeys,
        config: &JwtConfig,
    ) -> Result<(), KeysError> {
        rotate(context, db, seal, config, true).await
    }

    /// Makes a new signing key; the old one stays published until its last token has expired.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn rotate(&self) -> Result<(), KeysError> {
        rotate(&self.context, &self.db, &self.seal, &self.config, true).await?;
        self.reload().await
    }

    /// Rotates when the signing key is older than the configured age.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn rotate_when_due(&self) -> Result<(), KeysError> {
        self.reload().await?;
        let now = self.context.now();
        let set = self.set.load();
        let age = set
            .public
            .first()
            .map_or(0, |key| now.seconds_since(key.info.created_at));
        if age >= self.config.rotation_seconds {
            self.rotate().await
        } else {
            Ok(())
        }
    }

    /// Reads the keys again.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn reload(&self) -> Result<(), KeysError> {
        let now = self.context.now();
        if let Some(set) = load(&self.db, &self.seal, now).await? {
            self.set.store(Arc::new(set));
            self.loaded_at.store(now.millis(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// Says that the keys may have changed; whoever waits in [`Self::reload_asked`] reads them again.
    pub(crate) fn ask_for_reload(&self) {
        self.is_stale.notify_one();
    }

    /// Waits until somebody asked for a reload; several questions count as one.
    pub(crate) async fn reload_asked(&self) {
        self.is_stale.notified().await;
    }

    /// The published keys, newest first.
    pub fn list(&self) -> Vec<KeyInfo> {
        self.set
            .load()
            .public
            .iter()
            .map(|key| key.info.clone())
            .collect()
    }

    /// The JWKS document (RFC 7517).
    pub fn document(&self) -> Bytes {
        self.set.load().document.clone()
    }

    /// A new access token.
    pub(crate) fn issue(&self, subject: &Subject<'_>) -> Result<String, JwtError> {
        let now = self.context.now().seconds();
        self.set.load().signer.sign(&Claims {
            sub: subject.user.to_string(),
            email: subject.email.to_owned(),
            role: subject.role.to_owned(),
            sid: subject.session.to_owned(),
            tier: subject.tier.to_owned(),
            iat: now,
            exp: now + self.config.access_seconds,
            iss: self.config.issuer.clone(),
            aud: self.config.audience.clone(),
        })
    }

    /// Checks a token's signature and claims: EdDSA alone, a key of ours, issuer, audience, lifetime (RFC 8725).
    pub(crate) async fn verify(&self, token: &str) -> Result<Checked, TokenError> {
        let checked = self.verify_signature(token).await?;
        let now = self.context.now().seconds();
        if checked.claims.exp <= now {
            return Err(TokenError::Expired);
        }
        if checked.claims.iat > now + SKEW_SECONDS {
            return Err(TokenError::Invalid);
        }
        Ok(checked)
    }

    /// The claims of a token that is ours, however old: whoever signs out late still ends the session it names.
    pub(crate) async fn verify_signature(&self, token: &str) -> Result<Checked, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let header = read_header(token)?;
        let known = self.find(&header.kid);
        let key = match known {
            Some(key) => key,
            None => {
                self.reload_for_unknown_kid().await;
                self.find(&header.kid).ok_or(TokenError::Invalid)?
            }
        };
        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::EdDSA);
        validation.set_issuer(&[&self.config.issuer]);
        let audiences: Vec<&String> = std::iter::once(&self.config.audience)
            .chain(&self.config.accepted_audiences)
            .collect();
        validation.set_audience(&audiences);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The lifetime is the caller's to check, by the clock that was passed in.
        validation.validate_exp = false;
        let decoded = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation)
            .map_err(|_| TokenError::Invalid)?;
        Ok(Checked {
            claims: Arc::new(decoded.claims),
            kid: header.kid,
        })
    }

    /// Whether a token that was checked before still counts: it is not too old, and its key was not taken away.
    pub(crate) fn still_counts(&self, checked: &Checked) -> bool {
        checked.claims.exp > self.context.now().seconds()
            && self
                .set
                .load()
                .public
                .iter()
                .any(|key| key.info.kid == checked.kid)
    }

    fn find(&self, kid: &str) -> Option<PublicKey> {
        self.set
            .load()
            .public
            .iter()
            .find(|key| key.info.kid == kid)
            .cloned()
    }

    /// Another replica may have rotated; at most one look per second, whatever kids are thrown at us.
    async fn reload_for_unknown_kid(&self) {
        let now = self.context.now().millis();
        let last = self.loaded_at.load(Ordering::Relaxed);
        let is_mine = now - last >= 1000
            && self
                .loaded_at
                .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_mine && let Err(error) = self.reload().await {
            tracing::warn!(%error, "the signing keys could not be reloaded");
        }
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

fn read_header(token: &str) -> Result<Header, TokenError> {
    let encoded = token.split('.').next().unwrap_or_default();
    let json = data_encoding::BASE64URL_NOPAD
        .decode(encoded.as_bytes())
        .map_err(|_| TokenError::Invalid)?;
    let header: Header = serde_json::from_slice(&json).map_err(|_| TokenError::Invalid)?;
    if header.alg == "EdDSA" && header.crit.is_none() {
        Ok(header)
    } else {
        Err(TokenError::Invalid)
    }
}

async fn load(db: &Db, seal: &SealKeys, now: Timestamp) -> Result<Option<KeySet>, KeysError> {
    let rows = store::list_keys(db, now).await?;
    let Some(newest) = rows.iter().find(|row| row.expires_at.is_none()) else {
        return Ok(None);
    };
    let pkcs8 = seal
        .open(PURPOSE, &newest.kid, &newest.private_key)
        .map_err(|cause| KeysError::Sealed {
            kid: newest.kid.clone(),
            cause,
        })?;
    let signer = Signer::from_pkcs8(&pkcs8, Some(newest.kid.clone()))?;
    let mut public = Vec::new();
    let mut keys = Vec::new();
    for row in rows {
        let Ok(jwk) = serde_json::from_str::<serde_json::Value>(&row.public_key) else {
            continue;
        };
        let Some(x) = jwk.get("x").and_then(|x| x.as_str()) else {
            continue;
        };
        let Ok(decoding) = jsonwebtoken::DecodingKey::from_ed_components(x) else {
            continue;
        };
        let kid = &row.kid;
        keys.push(serde_json::json!({"alg": "EdDSA", "crv": "Ed25519", "x": x, "kty": "OKP", "kid": kid, "use": "sig"}));
        let info = KeyInfo {
            kid: row.kid,
            created_at: row.created_at,
            expires_at: row.expires_at,
        };
        public.push(PublicKey { info, decoding });
    }
    let document = Bytes::from(serde_json::json!({ "keys": keys }).to_string());
    Ok(Some(KeySet {
        signer,
        public,
        document,
    }))
}

/// Retires the present key and makes a new one; `is_forced` also when there is a key already.
async fn rotate(
    context: &Context,
    db: &Db,
    seal: &SealKeys,
    config: &JwtConfig,
    is_forced: bool,
) -> Result<(), KeysError> {
    let tx = db.tx(&Actor::Service).await?;
    let now = context.now();
    let is_there = store::lock_keys(&tx, now).await?;
    if is_there && !is_forced {
        return Ok(());
    }
    let signer = Signer::generate()?;
    let private = seal
        .seal(PURPOSE, signer.kid(), &signer.to_pkcs8()?)
        .map_err(|cause| KeysError::Sealed {
            kid: signer.kid().to_owned(),
            cause,
        })?;
    let public =
        serde_json::json!({"crv": "Ed25519", "x": signer.public_x(), "kty": "OKP"}).to_string();
    let until = now.plus_seconds(config.access_seconds + SKEW_SECONDS);
    store::replace_key(
        &tx,
        &store::NewKey {
            kid: signer.kid(),
            public: &public,
            private: &private,
        },
        until,
        now,
    )
    .await?;
    notify(&tx, KEYS_CHANGED).await?;
    tx.commit().await?;
    Ok(())
}
