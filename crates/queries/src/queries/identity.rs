// This file was generated with `cornucopia`. Do not modify.

pub mod account;
pub mod email_codes;
pub mod keys;
pub mod mail_quota;
pub mod mailbox_proof;
pub mod mfa;
pub mod passkeys;
pub mod registration;
pub mod retention;
pub mod security_events;
pub mod sessions;
pub mod setup;
pub mod sign_in;
pub mod step_up;
pub mod tokens;
pub mod users;
pub mod verification;
