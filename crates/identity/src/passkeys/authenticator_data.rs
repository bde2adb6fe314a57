//! What an authenticator signs (WebAuthn L3 §6.1).

use ciborium::Value;

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const BACKUP_ELIGIBLE: u8 = 0x08;
const BACKED_UP: u8 = 0x10;
const ATTESTED: u8 = 0x40;
const EXTENDED: u8 = 0x80;

/// Authenticator data, taken apart.
#[derive(Debug)]
pub(super) struct AuthenticatorData {
    pub(super) rp_id_hash: [u8; 32],
    flags: u8,
    /// How many signatures the authenticator counted; 0 when it does not.
    pub(super) counter: u32,
    pub(super) attested: Option<Attested>,
}

/// The credential that a registration makes.
#[derive(Debug)]
pub(super) struct Attested {
    pub(super) aaguid: [u8; 16],
    pub(super) credential_id: Vec<u8>,
    /// The COSE key as it came.
    pub(super) public_key: Vec<u8>,
}

impl AuthenticatorData {
    /// Takes authenticator data apart; `None` when anything is short, left over or contradictory.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (&[flags], rest) = rest.split_first_chunk::<1>()?;
        let (counter, mut rest) = rest.split_first_chunk::<4>()?;
        let attested = if flags & ATTESTED == 0 {
            None
        } else {
            Some(Attested::take(&mut rest)?)
        };
        if flags & EXTENDED != 0 {
            let extensions: Value = ciborium::from_reader(&mut rest).ok()?;
            extensions.as_map()?;
        }
        // A credential that may not be backed up cannot be.
        let is_contradictory = flags & BACKED_UP != 0 && flags & BACKUP_ELIGIBLE == 0;
        if !rest.is_empty() || is_contradictory {
            return None;
        }
        Some(Self {
            rp_id_hash: *rp_id_hash,
            flags,
            counter: u32::from_be_bytes(*counter),
            attested,
        })
    }

    /// Somebody was there.
    pub(super) fn is_present(&self) -> bool {
        self.flags & PRESENT != 0
    }

    /// The authenticator knew who: by finger, face or PIN.
    pub(super) fn is_verified(&self) -> bool {
        self.flags & VERIFIED != 0
    }

    /// The credential may move between devices.
    pub(super) fn is_backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    /// It is kept on more than one device.
    pub(super) fn is_backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}

impl Attested {
    fn take(rest: &mut &[u8]) -> Option<Self> {
        let (aaguid, after) = rest.split_first_chunk::<16>()?;
        let (length, after) = after.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        // WebAuthn L3 §7.1 step 25.
        if length == 0 || length > 1023 {
            return None;
        }
        let (credential_id, key) = after.split_at_checked(length)?;
        let mut left = key;
        let _: Value = ciborium::from_reader(&mut left).ok()?;
        let public_key = key.get(..key.len().checked_sub(left.len())?)?;
        *rest = left;
        Some(Self {
            aaguid: *aaguid,
            credential_id: credential_id.to_vec(),
            public_key: public_key.to_vec(),
        })
    }
}
