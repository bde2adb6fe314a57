//! Identity over HTTP on a real PostgreSQL.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is the report"
)]

mod advisories;
mod budgets;
mod compat;
mod cookies;
mod current_version;
mod deletion;
mod disowned;
mod enumeration;
mod events;
mod factor_changes;
mod feed;
mod gotchas;
mod guesses_in_sessions;
mod harness;
mod hijack;
mod imported_hashes;
mod issuing;
mod keys;
mod known_faults;
mod leading;
mod links;
mod lockout;
mod login;
mod mailed;
mod mailed_factor;
mod mailed_first;
mod moved;
mod native;
mod new_device;
mod once;
mod pages;
mod passkey_rules;
mod passkeys;
mod recovery;
mod refresh;
mod register;
mod retention;
mod second_factor;
mod session_end;
mod sessions;
mod stale_password;
mod steps;
mod strangers;
mod suspended;
mod tokens;
mod typed_codes;
