//! The ground floor of Mana Auth: typed ids, time and chance as values passed in, integer credits,
//! validated text, cursor pages and cryptography. Nothing here does I/O, reads the clock or the environment.

pub mod chance;
pub mod clock;
pub mod credits;
pub mod crypto;
pub mod ids;
pub mod page;
pub mod text;
pub mod timestamp;

pub use chance::Random;
pub use clock::Clock;
pub use credits::Credits;
pub use ids::{SessionId, UserId};
pub use secrecy::{ExposeSecret, SecretString};
pub use timestamp::Timestamp;
