//! The two ceremonies of WebAuthn L3 (§7.1, §7.2) over the JSON that browsers make. No I/O.

use super::authenticator_data::AuthenticatorData;
use super::public_key::PublicKey;
use ciborium::Value as Cbor;
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL_NOPAD};
use kernel::crypto::digest::{constant_time_eq, sha256};
use serde::Deserialize;

/// What the answer has to fit.
pub(super) struct Expected<'a> {
    pub(super) rp_id: &'a str,
    /// Exact origins, never suffixes.
    pub(super) origins: &'a [String],
    /// base64url, as the options had it.
    pub(super) challenge: &'a str,
}

/// Why a ceremony failed; the text is for events and the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CeremonyError {
    #[error("malformed")]
    Malformed,
    #[error("challenge")]
    Challenge,
    #[error("origin")]
    Origin,
    #[error("relying-party")]
    RelyingParty,
    #[error("user-presence")]
    NotPresent,
    #[error("user-verification")]
    NotVerified,
    #[error("public-key")]
    PublicKey,
    #[error("signature")]
    Signature,
    #[error("user-handle")]
    UserHandle,
}

/// A credential as the browser wraps it, of either ceremony.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credential {
    /// base64url.
    pub(super) id: String,
    raw_id: String,
    #[serde(rename = "type")]
    kind: String,
    response: Response,
}

/// The members of both ceremonies' answers.
#[derive(Deserialize)]
struct Response {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    #[serde(rename = "attestationObject")]
    attestation_object: Option<String>,
    #[serde(rename = "authenticatorData")]
    authenticator_data: Option<String>,
    signature: Option<String>,
    #[serde(rename = "userHandle")]
    user_handle: Option<String>,
    transports: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    cross_origin: Option<bool>,
}

/// A credential that a registration made.
#[derive(Debug)]
pub(super) struct Registered {
    /// base64url.
    pub(super) credential_id: String,
    /// base64 of the COSE key.
    pub(super) public_key: String,
    pub(super) counter: u32,
    is_multi_device: bool,
    pub(super) is_backed_up: bool,
    /// Comma list; empty when the browser named none.
    pub(super) transports: String,
    /// As a UUID.
    pub(super) aaguid: String,
}

impl Registered {
    /// As `auth.passkeys` and the wire name it.
    pub(super) fn device_type(&self) -> &'static str {
        if self.is_multi_device {
            "multiDevice"
        } else {
            "singleDevice"
        }
    }
}

/// What a right signature says.
#[derive(Debug)]
pub(super) struct Asserted {
    pub(super) counter: u32,
    pub(super) is_backed_up: bool,
}

/// How a browser may reach an authenticator (WebAuthn L3 §5.8.4).
const TRANSPORTS: [&str; 7] = [
    "ble",
    "cable",
    "hybrid",
    "internal",
    "nfc",
    "smart-card",
    "usb",
];

impl Credential {
    /// Reads what a client sent.
    pub(crate) fn parse(value: &serde_json::Value) -> Result<Self, CeremonyError> {
        let credential = Self::deserialize(value).map_err(|_| CeremonyError::Malformed)?;
        if credential.id != credential.raw_id || credential.kind != "public-key" {
            return Err(CeremonyError::Malformed);
        }
        Ok(credential)
    }

    /// Checks a registration. Attestation is not asked for, so its statement is not looked at.
    pub(super) fn register(&self, expected: &Expected<'_>) -> Result<Registered, CeremonyError> {
        self.client_data("webauthn.create", expected)?;
        let object = self.response.attestation_object.as_deref();
        let object = decode(object.ok_or(CeremonyError::Malformed)?)?;
        let data = attested_data(&object).ok_or(CeremonyError::Malformed)?;
        let data = check(&data, expected)?;
        let (is_multi_device, is_backed_up) = (data.is_backup_eligible(), data.is_backed_up());
        let attested = data.attested.ok_or(CeremonyError::Malformed)?;
        if BASE64URL_NOPAD.encode(&attested.credential_id) != self.id {
            return Err(CeremonyError::Malformed);
        }
        PublicKey::parse(&attested.public_key)
            .filter(PublicKey::can_verify)
            .ok_or(CeremonyError::PublicKey)?;
        Ok(Registered {
            credential_id: self.id.clone(),
            public_key: BASE64.encode(&attested.public_key),
            counter: data.counter,
            is_multi_device,
            is_backed_up,
            transports: self.transports(),
            aaguid: uuid::Uuid::from_bytes(attested.aaguid).to_string(),
        })
    }

    /// Checks a signature with the stored key, base64 of its COSE form, and that the authenticator names the owner, where
    /// it names somebody and the owner's handle is known.
    pub(super) fn assert(
        &self,
        expected: &Expected<'_>,
        (public_key, owner): (&str, Option<&str>),
    ) -> Result<Asserted, CeremonyError> {
        self.belongs_to(owner)?;
        let client_data = self.client_data("webauthn.get", expected)?;
        let (Some(raw), Some(signature)) = (
            self.response.authenticator_data.as_deref(),
            self.response.signature.as_deref(),
        ) else {
            return Err(CeremonyError::Malformed);
        };
        let (raw, signature) = (decode(raw)?, decode(signature)?);
        let data = check(&raw, expected)?;
        let key = BASE64_NOPAD
            .decode(public_key.trim_end_matches('=').as_bytes())
            .or_else(|_| decode(public_key))
            .ok()
            .and_then(|cose| PublicKey::parse(&cose))
            .ok_or(CeremonyError::PublicKey)?;
        let signed = [raw.as_slice(), &sha256(&client_data)].concat();
        if !key.verify(&signed, &signature) {
            return Err(CeremonyError::Signature);
        }
        Ok(Asserted {
            counter: data.counter,
            is_backed_up: data.is_backed_up(),
        })
    }

    fn belongs_to(&self, owner: Option<&str>) -> Result<(), CeremonyError> {
        let named = self.response.user_handle.as_deref();
        let Some(named) = named.filter(|named| !named.is_empty()) else {
            return Ok(());
        };
        let named = decode(named)?;
        match owner {
            Some(owner) if decode(owner)? != named => Err(CeremonyError::UserHandle),
            _ => Ok(()),
        }
    }

    /// Checks what the browser says of itself; answers the bytes that were signed.
    fn client_data(&self, kind: &str, expected: &Expected<'_>) -> Result<Vec<u8>, CeremonyError> {
        let bytes = decode(&self.response.client_data)?;
        let data: ClientData =
            serde_json::from_slice(&bytes).map_err(|_| CeremonyError::Malformed)?;
        if data.kind != kind {
            return Err(CeremonyError::Malformed);
        }
        if !constant_time_eq(data.challenge.as_bytes(), expected.challenge.as_bytes()) {
            return Err(CeremonyError::Challenge);
        }
        // No page of ours runs in somebody else's frame.
        if data.cross_origin == Some(true) || !expected.origins.contains(&data.origin) {
            return Err(CeremonyError::Origin);
        }
        Ok(bytes)
    }

    fn transports(&self) -> String {
        let named = self.response.transports.as_deref().unwrap_or_default();
        let known: Vec<&str> = named
            .iter()
            .map(String::as_str)
            .filter(|transport| TRANSPORTS.contains(transport))
            .take(TRANSPORTS.len())
            .collect();
        known.join(",")
    }
}

/// Relying party, presence and, because a passkey signs in alone, verification of the person.
fn check(bytes: &[u8], expected: &Expected<'_>) -> Result<AuthenticatorData, CeremonyError> {
    let data = AuthenticatorData::parse(bytes).ok_or(CeremonyError::Malformed)?;
    if data.rp_id_hash != sha256(expected.rp_id.as_bytes()) {
        return Err(CeremonyError::RelyingParty);
    }
    if !data.is_present() {
        return Err(CeremonyError::NotPresent);
    }
    if !data.is_verified() {
        return Err(CeremonyError::NotVerified);
    }
    Ok(data)
}

/// The authenticator data of an attestation object (WebAuthn L3 §6.5.4).
fn attested_data(object: &[u8]) -> Option<Vec<u8>> {
    let mut rest = object;
    let object: Cbor = ciborium::from_reader(&mut rest).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let (_, data) = object
        .as_map()?
        .iter()
        .find(|(name, _)| name.as_text() == Some("authData"))?;
    data.as_bytes().cloned()
}

fn decode(text: &str) -> Result<Vec<u8>, CeremonyError> {
    BASE64URL_NOPAD
        .decode(text.trim_end_matches('=').as_bytes())
        .map_err(|_| CeremonyError::Malformed)
}
