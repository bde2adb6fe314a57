//! What every JSON body passes before anything is built of it: how deep and how large it is, and whether it can be kept.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The deepest nesting of a body.
pub const MAX_DEPTH: usize = 64;

/// Fields that are compared by their digest and kept nowhere: one of ours never has U+0000, so it is a wrong one.
pub const COMPARED: &[&str] = &["token"];

/// Why a body is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyFault {
    /// More than [`MAX_DEPTH`] lists and objects in one another.
    TooDeep,
    /// More values than a body of its kind may hold; a small body can become a tree many times as large.
    TooMany,
    /// The field of the outermost object that contains U+0000, which no database keeps; empty when its name does.
    Unstorable(String),
}

impl BodyFault {
    /// The field that is wrong.
    pub fn field(&self) -> &str {
        match self {
            Self::Unstorable(field) if !field.is_empty() => field,
            _ => "body",
        }
    }

    /// What is wrong with it.
    pub fn message(&self) -> &'static str {
        match self {
            Self::TooDeep => "is nested too deeply",
            Self::TooMany => "holds too many values",
            Self::Unstorable(_) => "must not contain U+0000",
        }
    }
}

/// A body without the byte order mark that some editors and clients put before it (RFC 8259 §8.1 lets a reader ignore it).
pub fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Looks over a body in one pass, before anything is built of it. Whether it is JSON at all is for the parser to say.
///
/// # Errors
/// [`BodyFault`].
pub fn check(bytes: &[u8], max_values: usize) -> Result<(), BodyFault> {
    let (mut depth, mut values, mut has_nul) = (0_usize, 1_usize, false);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let text = text_at(bytes.get(at..).unwrap_or_default());
                has_nul |= contains_nul(text);
                at += text.len() + 1;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(BodyFault::TooDeep);
                }
                // An empty one holds nothing.
                let inside = bytes.get(at..).unwrap_or_default().trim_ascii_start();
                values += usize::from(!matches!(inside.first(), Some(b']' | b'}')));
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if values > max_values {
            return Err(BodyFault::TooMany);
        }
    }
    match has_nul.then(|| field_with_nul(bytes)).flatten() {
        Some(field) => Err(BodyFault::Unstorable(field)),
        None => Ok(()),
    }
}

/// The text up to its closing quote.
fn text_at(bytes: &[u8]) -> &[u8] {
    let mut end = 0;
    while let Some(byte) = bytes.get(end) {
        match byte {
            b'"' => break,
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
    bytes.get(..end).unwrap_or(bytes)
}

/// Whether a JSON text has U+0000 in it. Behind a backslash of its own `\u0000` is six harmless characters.
fn contains_nul(text: &[u8]) -> bool {
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| rest.iter().position(|byte| *byte == b'\\'))
    {
        at += found + 2;
        let escape = text.get(at - 1..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
    }
    false
}

/// The field of the outermost object; `None` when there is no such object, which its reader refuses, or nothing to keep.
fn field_with_nul(bytes: &[u8]) -> Option<String> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).ok()?;
    fields.into_iter().find_map(|(name, value)| {
        if name.contains('\0') {
            return Some(String::new());
        }
        let is_kept = !COMPARED.contains(&name.as_str());
        (is_kept && contains_nul(value.get().as_bytes())).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(body: &str) -> Option<BodyFault> {
        check(body.as_bytes(), 10).err()
    }

    #[test]
    fn nesting_and_number_are_bounded_whatever_the_body_looks_like() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for deep in [nested(MAX_DEPTH + 1), "{\"a\":".repeat(MAX_DEPTH + 1)] {
            assert_eq!(check(deep.as_bytes(), 100), Err(BodyFault::TooDeep));
        }
        assert_eq!(check(nested(MAX_DEPTH).as_bytes(), 100), Ok(()));
        assert_eq!(fault("[0,0,0,0,0,0,0,0,0]"), None);
        assert_eq!(fault("[0,0,0,0,0,0,0,0,0,0]"), Some(BodyFault::TooMany));
        assert_eq!(
            fault("[[],[],[],[],[],[],[],[],[],{}]"),
            Some(BodyFault::TooMany)
        );
        assert_eq!(fault(r#"{"a":"[[[[[[[[,,,,,,,,,,,,\"{{{"}"#), None);
    }

    #[test]
    fn u0000_is_found_in_texts_and_names_of_any_depth_and_named_by_its_field() {
        for (body, field) in [
            (r#"{"a":1,"name":"x\u0000y"}"#, "name"),
            (r#"{"metadata":{"a":[{"b":"\\\u0000"}]}}"#, "metadata"),
            (r#"{"metadata":{"\u0000":1}}"#, "metadata"),
            (r#"{"\u0000":1}"#, "body"),
        ] {
            assert_eq!(fault(body).unwrap().field(), field, "{body}");
        }
        for harmless in [
            r#"{"token":"\u0000"}"#,
            r#"{"a":"\\u0000"}"#,
            r#"{"a":"\\\\u0000"}"#,
            r#"{"a":"u0000 \u00001"#,
            r#"{"a":"\u0001"}"#,
            "\"\\u0000\"",
            "",
            "\"\\",
        ] {
            assert_eq!(fault(harmless), None, "{harmless}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_taken_off_once() {
        assert_eq!(without_mark("\u{feff}{}".as_bytes()), b"{}");
        assert_eq!(without_mark(b"{}"), b"{}");
        assert_eq!(without_mark("\u{feff}\u{feff}".as_bytes()).len(), 3);
    }
}
