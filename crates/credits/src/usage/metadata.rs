//! Metadata as an app sent it: it is kept as text, because reading it into numbers would change some of them.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What a person's list may have to carry for each transaction.
const MAX_BYTES: usize = 16 * 1024;
/// So deep may objects and lists lie in each other.
const MAX_DEPTH: usize = 32;
/// Most values, each object, list, text and number being one.
const MAX_VALUES: usize = 4096;
/// Longest number, in characters.
const MAX_NUMBER: usize = 100;

const NOT_JSON: &str = "has a text that is not Unicode";

/// Checks metadata and answers its canonical form, in which no two that differ in meaning read alike: without blanks,
/// members in the order of their names, numbers as they were written.
///
/// # Errors
/// What is wrong with it.
pub(super) fn canonical(metadata: &RawValue) -> Result<String, &'static str> {
    if !metadata.get().starts_with('{') {
        return Err("must be an object");
    }
    if metadata.get().len() > MAX_BYTES {
        return Err("must not exceed 16 KiB");
    }
    let mut writer = Writer {
        text: String::with_capacity(metadata.get().len()),
        values: 0,
    };
    writer.write(metadata, 0)?;
    Ok(writer.text)
}

struct Writer {
    text: String,
    values: usize,
}

impl Writer {
    fn write(&mut self, value: &RawValue, depth: usize) -> Result<(), &'static str> {
        self.values = self.values.saturating_add(1);
        if self.values > MAX_VALUES {
            return Err("must not have more than 4096 values");
        }
        if depth > MAX_DEPTH {
            return Err("must not be nested more than 32 deep");
        }
        let inside = depth.saturating_add(1);
        match value.get().bytes().next() {
            Some(b'{') => {
                let Members(mut members) = read(value)?;
                // Of two members with one name the later counts for most readers, so their order stays.
                members.sort_by(|one, other| one.0.cmp(&other.0));
                self.text.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    self.separate(index);
                    self.write_text(name)?;
                    self.text.push(':');
                    self.write(value, inside)?;
                }
                self.text.push('}');
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = read(value)?;
                self.text.push('[');
                for (index, item) in items.into_iter().enumerate() {
                    self.separate(index);
                    self.write(item, inside)?;
                }
                self.text.push(']');
            }
            Some(b'"') => self.write_text(&read::<String>(value)?)?,
            Some(b'-' | b'0'..=b'9') => {
                check_number(value.get())?;
                self.text.push_str(value.get());
            }
            _ => self.text.push_str(value.get()),
        }
        Ok(())
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.text.push(',');
        }
    }

    fn write_text(&mut self, text: &str) -> Result<(), &'static str> {
        if text.contains('\0') {
            return Err("must not contain U+0000");
        }
        self.text
            .push_str(&serde_json::to_string(text).map_err(|_| NOT_JSON)?);
        Ok(())
    }
}

/// Most readers of a list have doubles: what is none would keep them from reading any of it.
fn check_number(number: &str) -> Result<(), &'static str> {
    if number.len() > MAX_NUMBER {
        return Err("must not have a number of more than 100 characters");
    }
    if number.parse::<f64>().is_ok_and(f64::is_finite) {
        Ok(())
    } else {
        Err("must not have a number beyond 1.8e308")
    }
}

fn read<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<T, &'static str> {
    serde_json::from_str(value.get()).map_err(|_| NOT_JSON)
}

/// An object's members as they were sent, those with the same name too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Result<String, &'static str> {
        canonical(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn numbers_and_repeated_members_stay_as_they_were_sent() {
        let text = r#"{"a":9007199254740993,"b":1.0,"c":1,"d":123456789012345678901234567890,"e":1E2,"e":-0}"#;
        assert_eq!(form(text).unwrap(), text);
    }

    #[test]
    fn what_differs_in_meaning_differs_in_form() {
        for (one, other) in [
            ("9007199254740993", "9007199254740992"),
            ("1.0", "1"),
            ("0.1", "0.10000000000000001"),
            ("-0", "0"),
            ("18446744073709551616", "18446744073709551617"),
            ("\"1\"", "1"),
            ("null", "false"),
            ("[1,2]", "[2,1]"),
            ("[]", "{}"),
            (r#""a,b""#, r#"["a","b"]"#),
            (r#"{"x":1,"x":2}"#, r#"{"x":2}"#),
            (r#"{"x":1,"x":2}"#, r#"{"x":2,"x":1}"#),
        ] {
            let wrap = |value: &str| form(&format!(r#"{{"v":{value}}}"#)).unwrap();
            assert_ne!(wrap(one), wrap(other), "{one} and {other}");
        }
    }

    #[test]
    fn blanks_the_order_of_members_and_escapes_do_not_count() {
        let one = form("{ \"b\" : [ 1 , 2 ],\n\"a\": \"\\u0041/\" }").unwrap();
        assert_eq!(one, form(r#"{"a":"A\/","b":[1,2]}"#).unwrap());
    }

    #[test]
    fn shape_and_size_are_bounded() {
        let nested =
            |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(form(&nested(32)).is_ok());
        for (text, fault) in [
            ("[]".to_owned(), "must be an object"),
            (nested(33), "must not be nested more than 32 deep"),
            (nested(8000), "must not be nested more than 32 deep"),
            (
                format!(r#"{{"a":[{}0]}}"#, "0,".repeat(4096)),
                "must not have more than 4096 values",
            ),
            (
                format!(r#"{{"a":"{}"}}"#, "x".repeat(16 * 1024)),
                "must not exceed 16 KiB",
            ),
            (
                format!(r#"{{"a":1{}}}"#, "0".repeat(100)),
                "must not have a number of more than 100 characters",
            ),
            (
                r#"{"a":1e400}"#.to_owned(),
                "must not have a number beyond 1.8e308",
            ),
            (r#"{"a":"\u0000"}"#.to_owned(), "must not contain U+0000"),
            (r#"{"\u0000":1}"#.to_owned(), "must not contain U+0000"),
            (r#"{"a":"\ud800"}"#.to_owned(), NOT_JSON),
        ] {
            assert_eq!(form(&text).unwrap_err(), fault, "{text:.60}");
        }
        assert!(
            form(r#"{"a":"\\u0000"}"#).is_ok(),
            "a backslash and four digits"
        );
    }
}
