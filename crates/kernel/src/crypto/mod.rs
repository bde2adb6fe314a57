//! Cryptography on aws-lc-rs and the password hash formats. Keys are zeroised, comparisons constant-time.

pub mod cookie;
pub mod digest;
pub mod jwt;
pub mod password;
pub mod seal;
