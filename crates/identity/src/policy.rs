//! The one policy: whether a person may have a session or a token now. Every path that issues one asks here.

use kernel::Timestamp;

/// What the policy looks at.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Deleted, at once or within its grace.
    pub is_deleted: bool,
    /// Suspended by an administrator.
    pub is_banned: bool,
    /// Until when; for ever when absent.
    pub ban_expires_at: Option<Timestamp>,
    /// The address is proved.
    pub is_email_verified: bool,
    /// A second factor is asked for.
    pub has_second_factor: bool,
}

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The account is gone.
    Deleted,
    /// The account is suspended.
    Banned,
    /// The address has to be verified first.
    Unverified,
    /// A second factor has to be proved first.
    SecondFactor,
}

/// Whether a person who has a session may keep it, and get tokens for it, now.
///
/// # Errors
/// [`Refusal`], the gravest first.
pub fn may_hold_session(
    standing: &Standing,
    is_verification_required: bool,
    now: Timestamp,
) -> Result<(), Refusal> {
    if standing.is_deleted {
        return Err(Refusal::Deleted);
    }
    if standing.is_banned && standing.ban_expires_at.is_none_or(|until| until > now) {
        return Err(Refusal::Banned);
    }
    if is_verification_required && !standing.is_email_verified {
        return Err(Refusal::Unverified);
    }
    Ok(())
}

/// Whether somebody who proved who they are may have a new session now.
///
/// # Errors
/// [`Refusal`], the gravest first.
pub fn may_open_session(
    standing: &Standing,
    is_verification_required: bool,
    is_second_factor_met: bool,
    now: Timestamp,
) -> Result<(), Refusal> {
    may_hold_session(standing, is_verification_required, now)?;
    if standing.has_second_factor && !is_second_factor_met {
        return Err(Refusal::SecondFactor);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_reason_wins_and_an_expired_ban_lifts_itself() {
        let now = Timestamp::from_millis(1_000_000).unwrap();
        let fine = Standing {
            is_deleted: false,
            is_banned: false,
            ban_expires_at: None,
            is_email_verified: false,
            has_second_factor: false,
        };
        assert_eq!(may_hold_session(&fine, false, now), Ok(()));
        assert_eq!(may_hold_session(&fine, true, now), Err(Refusal::Unverified));
        let banned = Standing {
            is_banned: true,
            ..fine.clone()
        };
        assert_eq!(may_hold_session(&banned, true, now), Err(Refusal::Banned));
        let lifted = Standing {
            ban_expires_at: Some(now),
            ..banned.clone()
        };
        assert_eq!(may_hold_session(&lifted, false, now), Ok(()));
        assert_eq!(
            may_hold_session(
                &Standing {
                    is_deleted: true,
                    ..banned
                },
                false,
                now
            ),
            Err(Refusal::Deleted)
        );
        let careful = Standing {
            has_second_factor: true,
            ..fine
        };
        for (is_required, is_met, verdict) in [
            (false, false, Err(Refusal::SecondFactor)),
            (false, true, Ok(())),
            (true, false, Err(Refusal::Unverified)),
        ] {
            assert_eq!(
                may_open_session(&careful, is_required, is_met, now),
                verdict
            );
        }
    }
}
