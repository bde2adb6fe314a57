//! One check of a code, under the lock on the person's row.

use super::challenge::{self, Challenge};
use super::service::{
    BACKUP_PURPOSE, MailedCode, MfaError, Proof, Prover, SECRET_PURPOSE, hidden_code,
    keep_mailed_code, seal_codes, switch_on,
};
use super::store::{self, Factors};
use super::totp;
use crate::core::Core;
use crate::security_events::service as events;
use crate::users::Person;
use crate::verification::store as verification;
use kernel::Timestamp;
use kernel::crypto::digest::constant_time_eq;
use platform::db::{DbError, Tx};
use platform::http::Origin;

/// Wrong codes that end a challenge or a mailed code.
const MOST_TRIES: u32 = 5;
/// Wrong codes in a row, over all challenges, that lock the factors.
const MOST_FAILURES: i32 = 10;
const LOCK_SECONDS: i64 = 900;

/// Who presents a code, and where it is noted.
pub(super) struct Check<'a> {
    pub(super) core: &'a Core,
    pub(super) tx: &'a Tx,
    pub(super) person: &'a Person,
    pub(super) prover: Prover<'a>,
    pub(super) origin: &'a Origin,
    pub(super) now: Timestamp,
}

/// Whether the second factor went on, or why the code was refused. What was written on the way stays either way.
pub(super) type Verdict = Result<bool, MfaError>;

impl Check<'_> {
    pub(super) async fn run(
        &self,
        factors: Option<&Factors>,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<Verdict, MfaError> {
        let present = match self.precondition(factors, challenge, proof) {
            Ok(()) => factors,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = self.count_down(challenge, proof).await? {
            return Ok(Err(refusal));
        }
        let (is_right, refusal) = match proof {
            Proof::App(code) => (self.app(present, code).await?, MfaError::WrongCode),
            Proof::Backup { code, .. } => {
                (self.backup(present, code).await?, MfaError::WrongBackupCode)
            }
            Proof::Mail(code) => match self.mail(code).await? {
                Ok(is_right) => (is_right, MfaError::WrongCode),
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        if is_right {
            return self.accept(present, challenge, proof).await;
        }
        self.note_failure(challenge, proof).await?;
        Ok(Err(refusal))
    }

    fn precondition(
        &self,
        factors: Option<&Factors>,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<(), MfaError> {
        let is_signing_in = challenge.is_some();
        match proof {
            Proof::App(_) => {
                let has_app = factors.is_some_and(|factors| {
                    factors.secret.is_some() && (factors.is_verified || !is_signing_in)
                });
                if !has_app {
                    return Err(MfaError::NoApp);
                }
            }
            Proof::Backup { .. } => {
                if factors.is_none_or(|factors| factors.backup_codes.is_none()) {
                    return Err(MfaError::NoBackupCodes);
                }
            }
            Proof::Mail(_) => {}
        }
        let locked_until = factors.and_then(|factors| factors.locked_until);
        if is_signing_in && locked_until.is_some_and(|until| until > self.now) {
            return Err(MfaError::Locked);
        }
        Ok(())
    }

    /// Ends a challenge that saw too many wrong codes; mailed codes count their own.
    async fn count_down(
        &self,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<Result<(), MfaError>, MfaError> {
        let tries = challenge.map_or(0, |challenge| challenge.tries);
        if tries < MOST_TRIES || matches!(proof, Proof::Mail(_)) {
            return Ok(Ok(()));
        }
        self.end_challenge().await?;
        Ok(Err(MfaError::TooManyTries {
            ends_challenge: true,
        }))
    }

    async fn end_challenge(&self) -> Result<bool, DbError> {
        let Prover::Challenge(id) = self.prover else {
            return Ok(true);
        };
        let gone = verification::consume(self.tx, &challenge::identifier(id)).await?;
        Ok(gone.is_some())
    }

    async fn app(&self, factors: Option<&Factors>, code: &str) -> Result<bool, MfaError> {
        let Some(sealed) = factors.and_then(|factors| factors.secret.as_deref()) else {
            return Ok(false);
        };
        let user = &self.person.id;
        let secret = self.core.seal.open(SECRET_PURPOSE, user.as_str(), sealed)?;
        match totp::step_of(&secret, code, self.now) {
            Some(step) => Ok(store::use_step(self.tx, user, step, self.now).await?),
            None => Ok(false),
        }
    }

    async fn backup(&self, factors: Option<&Factors>, code: &str) -> Result<bool, MfaError> {
        let Some(sealed) = factors.and_then(|factors| factors.backup_codes.as_deref()) else {
            return Ok(false);
        };
        let user = &self.person.id;
        let json = self.core.seal.open(BACKUP_PURPOSE, user.as_str(), sealed)?;
        let mut codes: Vec<String> = serde_json::from_slice(&json).unwrap_or_default();
        let before = codes.len();
        codes.retain(|kept| !constant_time_eq(kept.as_bytes(), code.as_bytes()));
        if codes.len() == before {
            return Ok(false);
        }
        let left = seal_codes(self.core, user, &codes)?;
        Ok(store::replace_backup_codes(self.tx, user, sealed, &left, self.now).await?)
    }

    async fn mail(&self, code: &str) -> Result<Result<bool, MfaError>, MfaError> {
        let identifier = self.prover.mailed_code();
        let found = verification::consume(self.tx, &identifier)
            .await?
            .filter(|row| row.expires_at > self.now);
        let mailed = found.and_then(|row| {
            let mailed: MailedCode = serde_json::from_str(&row.value).ok()?;
            Some((mailed, row.expires_at))
        });
        let Some((mut mailed, expires_at)) = mailed else {
            return Ok(Err(MfaError::MailedCodeExpired));
        };
        if mailed.tries >= MOST_TRIES {
            return Ok(Err(MfaError::TooManyTries {
                ends_challenge: false,
            }));
        }
        let given = hidden_code(self.core, &identifier, code);
        if constant_time_eq(given.as_bytes(), mailed.code.as_bytes()) {
            return Ok(Ok(true));
        }
        mailed.tries += 1;
        let user = &self.person.id;
        keep_mailed_code(self.core, self.tx, user, &identifier, &mailed, expires_at).await?;
        Ok(Ok(false))
    }

    async fn accept(
        &self,
        factors: Option<&Factors>,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<Verdict, MfaError> {
        let (core, tx, user) = (self.core, self.tx, &self.person.id);
        if challenge.is_some() {
            let keeps_challenge = matches!(proof, Proof::Backup { opens: false, .. });
            if !keeps_challenge && !self.end_challenge().await? {
                return Ok(Err(MfaError::NoChallenge));
            }
            store::forget_failures(tx, user, self.now).await?;
            let metadata = Some(serde_json::json!({ "method": proof.label() }));
            let origin = self.origin;
            events::record_in(core, tx, user, "TWO_FACTOR_VERIFIED", origin, metadata).await?;
            return Ok(Ok(false));
        }
        let is_unproved = factors.is_some_and(|factors| !factors.is_verified);
        match proof {
            Proof::App(_) if is_unproved => store::confirm_secret(tx, user, self.now).await?,
            Proof::Mail(_) => {}
            Proof::App(_) | Proof::Backup { .. } => return Ok(Ok(false)),
        }
        Ok(Ok(switch_on(
            core,
            tx,
            self.person,
            proof.label(),
            self.origin,
        )
        .await?))
    }

    /// Counts a wrong code of a sign-in; what somebody signed in mistypes locks nobody out.
    async fn note_failure(
        &self,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<(), MfaError> {
        let (Some(challenge), Prover::Challenge(id)) = (challenge, self.prover) else {
            return Ok(());
        };
        let (core, tx, user) = (self.core, self.tx, &self.person.id);
        if !matches!(proof, Proof::Mail(_)) {
            let value = challenge.after_a_try();
            store::count_try(tx, &challenge::identifier(id), &value, self.now).await?;
        }
        let until = self.now.plus_seconds(LOCK_SECONDS);
        store::count_failure(tx, user, MOST_FAILURES, until, self.now).await?;
        let metadata = serde_json::json!({ "reason": "second-factor", "method": proof.label() });
        events::record_in(core, tx, user, "LOGIN_FAILURE", self.origin, Some(metadata)).await?;
        Ok(())
    }
}
