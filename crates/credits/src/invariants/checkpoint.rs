//! Signed checkpoints: a chain of seals over the heads of all wallets. Whoever can write the database but does not have
//! the key encryption key cannot rewrite what a checkpoint covers.

use super::Difference;
use crate::ledger::FoldedHeads;
use kernel::crypto::digest::{constant_time_eq, derive_key, hmac_sha256};
use zeroize::Zeroizing;

/// The keys that seal checkpoints, derived from the key encryption keys: the first seals, all of them verify.
pub struct CheckpointKeys {
    current: (String, Zeroizing<[u8; 32]>),
    older: Vec<(String, Zeroizing<[u8; 32]>)>,
}

const PURPOSE: &str = "credits.checkpoint";

impl CheckpointKeys {
    /// Derives the keys from key encryption keys by their ids.
    pub fn new(kek: &(String, [u8; 32]), older: &[(String, [u8; 32])]) -> Self {
        let derive =
            |(id, kek): &(String, [u8; 32])| (id.clone(), Zeroizing::new(derive_key(kek, PURPOSE)));
        Self {
            current: derive(kek),
            older: older.iter().map(derive).collect(),
        }
    }

    /// The seal of a checkpoint and the id of its key.
    pub(crate) fn seal(&self, heads: &FoldedHeads) -> (&str, [u8; 32]) {
        let (id, key) = &self.current;
        (id, hmac_sha256(key.as_slice(), &message(heads)))
    }

    fn key(&self, id: &str) -> Option<&[u8; 32]> {
        std::iter::once(&self.current)
            .chain(&self.older)
            .find(|(known, _)| known == id)
            .map(|(_, key)| &**key)
    }
}

/// What a seal covers: fixed-width numbers, then parts with their lengths, so that no two checkpoints read alike.
fn message(heads: &FoldedHeads) -> Vec<u8> {
    let mut message = b"mana-auth ledger checkpoint 1".to_vec();
    message.extend(heads.accounts.to_be_bytes());
    message.extend(heads.entries.to_be_bytes());
    for part in [
        heads.previous_seal.as_slice(),
        heads.heads_hash.as_slice(),
        heads.system_sums.as_bytes(),
    ] {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        message.extend(length.to_be_bytes());
        message.extend(part);
    }
    message
}

/// A checkpoint as it was kept.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) id: i64,
    pub(super) heads: FoldedHeads,
    pub(super) key_id: String,
    pub(super) seal: Vec<u8>,
}

/// Every seal is ours, follows the one before, and the newest covers the heads that are kept beside it.
pub(super) fn check(kept: &[Kept], heads_hash: &[u8], keys: &CheckpointKeys) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut differ = |id: i64, detail: &str| {
        differences.push(Difference {
            subject: format!("checkpoint {id}"),
            detail: detail.to_owned(),
        });
    };
    let mut before: &[u8] = &[];
    for checkpoint in kept {
        match keys.key(&checkpoint.key_id) {
            None => differ(
                checkpoint.id,
                "its key is not configured (MANA_AUTH_KEKS_PREVIOUS)",
            ),
            Some(key) => {
                let seal = hmac_sha256(key, &message(&checkpoint.heads));
                if !constant_time_eq(&seal, &checkpoint.seal) {
                    differ(checkpoint.id, "the seal does not fit");
                }
            }
        }
        if checkpoint.heads.previous_seal != before {
            differ(checkpoint.id, "does not follow the one before");
        }
        before = &checkpoint.seal;
    }
    if let Some(newest) = kept.last()
        && newest.heads.heads_hash != heads_hash
    {
        differ(newest.id, "the sealed heads were changed");
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> CheckpointKeys {
        CheckpointKeys::new(&("k2".to_owned(), [2; 32]), &[("k1".to_owned(), [1; 32])])
    }

    fn kept(keys: &CheckpointKeys, id: i64, previous: &[u8]) -> Kept {
        let heads = FoldedHeads {
            accounts: 1,
            entries: 2,
            heads_hash: vec![7; 32],
            system_sums: "{}".to_owned(),
            previous_seal: previous.to_vec(),
        };
        let (key_id, seal) = keys.seal(&heads);
        Kept {
            id,
            key_id: key_id.to_owned(),
            seal: seal.to_vec(),
            heads,
        }
    }

    #[test]
    fn a_chain_of_seals_holds_over_a_change_of_key() {
        let first = kept(
            &CheckpointKeys::new(&("k1".to_owned(), [1; 32]), &[]),
            1,
            &[],
        );
        let second = kept(&keys(), 2, &first.seal);
        assert_eq!(check(&[first, second], &[7; 32], &keys()), []);
    }

    #[test]
    fn a_changed_checkpoint_a_missing_one_and_changed_heads_are_named() {
        let keys = keys();
        let first = kept(&keys, 1, &[]);
        let second = kept(&keys, 2, &first.seal);
        let mut changed = first.clone();
        changed.heads.entries = 3;
        assert_eq!(
            check(&[changed], &[7; 32], &keys)[0].detail,
            "the seal does not fit"
        );
        assert_eq!(
            check(&[second], &[7; 32], &keys)[0].detail,
            "does not follow the one before"
        );
        assert_eq!(
            check(&[first], &[8; 32], &keys)[0].detail,
            "the sealed heads were changed"
        );
    }
}
