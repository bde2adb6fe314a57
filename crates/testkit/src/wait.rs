//! Waiting for what happens elsewhere, and looking into tokens.

use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;

const DEADLINE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(10);

/// Asks until the answer is `Some`; panics after ten seconds. Answers how long it took, too.
pub async fn eventually<T, R>(what: &str, mut ask: impl FnMut() -> R) -> (T, Duration)
where
    R: Future<Output = Option<T>>,
{
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return (answer, started.elapsed());
        }
        assert!(started.elapsed() < DEADLINE, "in vain waited for {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Header and claims of a JWT, unchecked.
pub fn token_claims(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        let json = data_encoding::BASE64URL_NOPAD
            .decode(part.as_bytes())
            .unwrap_or_default();
        serde_json::from_slice(&json).unwrap_or(Value::Null)
    });
    (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    )
}
