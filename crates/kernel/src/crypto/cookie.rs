//! Better Auth's signed cookie values: `encodeURIComponent(value + "." + base64(HMAC-SHA256))` (contract better-auth §2.2).

use super::digest::{constant_time_eq, hmac_sha256};
use data_encoding::BASE64;

/// Signs a value. The result is not percent-encoded: bearer headers carry it so, cookies encode it.
pub fn sign(secret: &[u8], value: &str) -> String {
    format!(
        "{value}.{}",
        BASE64.encode(&hmac_sha256(secret, value.as_bytes()))
    )
}

/// The signed value as a cookie carries it.
pub fn sign_for_cookie(secret: &[u8], value: &str) -> String {
    percent_encode(&sign(secret, value))
}

/// The value of a signed cookie, or `None` when the signature is not ours. Any of the secrets may have signed.
pub fn verify<'a>(secrets: impl IntoIterator<Item = &'a [u8]>, raw: &str) -> Option<String> {
    let decoded = if raw.contains('%') {
        percent_decode(raw)?
    } else {
        raw.to_owned()
    };
    let (value, signature) = decoded.rsplit_once('.')?;
    if value.is_empty() || signature.len() != 44 || !signature.ends_with('=') {
        return None;
    }
    let given = BASE64.decode(signature.as_bytes()).ok()?;
    secrets
        .into_iter()
        .any(|secret| constant_time_eq(&hmac_sha256(secret, value.as_bytes()), &given))
        .then(|| value.to_owned())
}

/// `encodeURIComponent`: everything but letters, digits and `-_.!~*'()` becomes `%XX`.
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&data_encoding::HEXUPPER.encode(&[byte]));
        }
    }
    out
}

/// `decodeURIComponent`; `None` when the text is not valid.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [
                rest.next()?.to_ascii_uppercase(),
                rest.next()?.to_ascii_uppercase(),
            ];
            out.extend(data_encoding::HEXUPPER.decode(&pair).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef-secret-x";
    const SIGNED: &str = "true.%2B%2FIGNS3seF8td%2BifB%2FyxlOLogUN1bQ%2Fdt9%2FMpu08vck%3D";

    #[test]
    fn contract_vector_signs_and_verifies() {
        assert_eq!(sign_for_cookie(SECRET, "true"), SIGNED);
        assert_eq!(verify([SECRET], SIGNED).as_deref(), Some("true"));
    }

    #[test]
    fn a_changed_byte_or_another_secret_is_refused() {
        assert_eq!(verify([SECRET], &SIGNED.replace("true", "tru3")), None);
        assert_eq!(verify([b"other".as_slice()], SIGNED), None);
        assert_eq!(verify([SECRET], "true"), None);
        assert_eq!(verify([SECRET], "%zz"), None);
    }
}
