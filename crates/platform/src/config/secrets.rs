//! Secrets: given in production, made once in the data folder in development (contract decision 16).

use super::source::Source;
use crate::Context;
use data_encoding::BASE64;
use kernel::{SecretString, chance};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// The keys everything else hangs on.
#[derive(Clone)]
pub struct Secrets {
    /// Signs cookies.
    pub auth: SecretString,
    /// Older cookie secrets that still verify.
    pub auth_previous: Vec<SecretString>,
    /// Seals at rest: id and 32 bytes.
    pub kek: (String, [u8; 32]),
    /// Older KEKs that still open.
    pub keks_previous: Vec<(String, [u8; 32])>,
}

const WELL_KNOWN: &[&str] = &[
    "secret",
    "changeme",
    "change-me",
    "password",
    "better-auth-secret",
    "dev-secret",
    "your-secret",
];

pub(super) fn read(
    source: &mut Source,
    is_production: bool,
    data_dir: &Path,
    context: &Context,
) -> Secrets {
    let auth = match source.secret("BETTER_AUTH_SECRET") {
        Some(value) => value,
        None if is_production => {
            source.problem(
                "BETTER_AUTH_SECRET",
                "is missing; make one with: openssl rand -base64 48",
            );
            String::new()
        }
        None => made_once(
            source,
            "BETTER_AUTH_SECRET",
            &data_dir.join("secrets/better_auth_secret"),
            context,
        ),
    };
    if is_production && !auth.is_empty() && is_weak(&auth) {
        source.problem(
            "BETTER_AUTH_SECRET",
            "is too weak (at least 32 characters, not a well-known word); make one with: openssl rand -base64 48",
        );
    }
    let previous = source.secret("BETTER_AUTH_SECRETS").unwrap_or_default();
    let kek_id = source
        .text("MANA_AUTH_KEK_ID")
        .unwrap_or("env-v1")
        .to_owned();
    let kek = match source.secret("MANA_AUTH_KEK") {
        Some(value) => value,
        None if is_production => {
            source.problem(
                "MANA_AUTH_KEK",
                "is missing; make one with: openssl rand -base64 32",
            );
            String::new()
        }
        None => made_once(
            source,
            "MANA_AUTH_KEK",
            &data_dir.join("secrets/mana_auth_kek"),
            context,
        ),
    };
    let kek = if kek.is_empty() {
        [0; 32]
    } else {
        kek_bytes(source, "MANA_AUTH_KEK", &kek, is_production)
    };
    let older = source.secret("MANA_AUTH_KEKS_PREVIOUS").unwrap_or_default();
    let keks_previous = older
        .split(',')
        .filter(|item| !item.trim().is_empty())
        .filter_map(|item| match item.trim().split_once('=') {
            Some((id, value)) => Some((
                id.to_owned(),
                kek_bytes(source, "MANA_AUTH_KEKS_PREVIOUS", value, is_production),
            )),
            None => {
                source.problem(
                    "MANA_AUTH_KEKS_PREVIOUS",
                    "must be a comma list of id=base64",
                );
                None
            }
        })
        .collect();
    Secrets {
        auth: auth.into(),
        auth_previous: previous
            .split(',')
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(SecretString::from)
            .collect(),
        kek: (kek_id, kek),
        keks_previous,
    }
}

fn is_weak(secret: &str) -> bool {
    let mut distinct: Vec<u8> = secret.bytes().collect();
    distinct.sort_unstable();
    distinct.dedup();
    secret.len() < 32
        || distinct.len() < 8
        || WELL_KNOWN
            .iter()
            .any(|word| secret.eq_ignore_ascii_case(word))
}

fn kek_bytes(source: &mut Source, key: &str, text: &str, is_production: bool) -> [u8; 32] {
    let bytes = BASE64
        .decode(text.trim().as_bytes())
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    match bytes {
        Some(bytes)
            if is_production
                && bytes
                    .iter()
                    .all(|byte| *byte == bytes.first().copied().unwrap_or(0)) =>
        {
            source.problem(
                key,
                "is all one byte; make a real one with: openssl rand -base64 32",
            );
            bytes
        }
        Some(bytes) => bytes,
        None => {
            source.problem(
                key,
                "must be the base64 of 32 bytes; make one with: openssl rand -base64 32",
            );
            [0; 32]
        }
    }
}

/// Reads a development secret, making it the first time.
fn made_once(source: &mut Source, key: &str, path: &Path, context: &Context) -> String {
    if let Ok(text) = std::fs::read_to_string(path) {
        return text.trim().to_owned();
    }
    let secret = BASE64.encode(&chance::bytes::<32>(context.random.as_ref()));
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(secret.as_bytes())?;
        file.sync_all()
    };
    match write() {
        Ok(()) => secret,
        // Another process made it in this moment: theirs counts.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            std::fs::read_to_string(path)
                .map(|text| text.trim().to_owned())
                .unwrap_or(secret)
        }
        Err(error) => {
            source.problem(
                key,
                format!("cannot be kept in {}: {error}", path.display()),
            );
            secret
        }
    }
}
