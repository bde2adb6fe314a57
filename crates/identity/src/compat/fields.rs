//! Reading the fields of a body or a query with the messages that clients of zod know (contract better-auth §0.1).

use super::error::NativeError;
use crate::account::service::is_picture;
use kernel::text::EmailAddress;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The fields of one object. Every wrong one is noted; [`Fields::finish`] refuses them together.
pub(crate) struct Fields<'a> {
    place: &'static str,
    object: Cow<'a, Map<String, Value>>,
    issues: Vec<String>,
}

impl<'a> Fields<'a> {
    /// The fields of a body that has to be an object.
    pub(crate) fn of_body(body: Option<&'a Value>) -> Result<Self, NativeError> {
        Self::of_object(body, &["object"])
    }

    /// The fields of a body that may have any others too, read as an open record.
    pub(crate) fn of_record(body: Option<&'a Value>) -> Result<Self, NativeError> {
        Self::of_object(body, &["record"])
    }

    /// The fields of a body whose schema is an object together with a record.
    pub(crate) fn of_object_and_record(body: Option<&'a Value>) -> Result<Self, NativeError> {
        Self::of_object(body, &["object", "record"])
    }

    /// The fields of a body that may be absent.
    pub(crate) fn of_optional_body(body: Option<&'a Value>) -> Result<Self, NativeError> {
        match body {
            None => Ok(Self::new("body", Cow::Owned(Map::new()))),
            present => Self::of_body(present),
        }
    }

    /// The fields of a query; a repeated key is an array.
    pub(crate) fn of_query(query: Option<&str>) -> Self {
        let mut object = Map::new();
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        for (name, value) in pairs {
            let value = Value::String(value.into_owned());
            match object.get_mut(name.as_ref()) {
                None => {
                    object.insert(name.into_owned(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Self::new("query", Cow::Owned(object))
    }

    fn of_object(body: Option<&'a Value>, expected: &[&str]) -> Result<Self, NativeError> {
        if let Some(Value::Object(object)) = body {
            return Ok(Self::new("body", Cow::Borrowed(object)));
        }
        let received = type_name(body);
        let issues: Vec<String> = expected
            .iter()
            .map(|kind| format!("[body] Invalid input: expected {kind}, received {received}"))
            .collect();
        Err(NativeError::validation(issues.join("; ")))
    }

    fn new(place: &'static str, object: Cow<'a, Map<String, Value>>) -> Self {
        Self {
            place,
            object,
            issues: Vec::new(),
        }
    }

    /// The value as it stands.
    pub(crate) fn raw(&self, name: &str) -> Option<&Value> {
        self.object.get(name)
    }

    /// A text that has to be there; empty when it is noted as wrong.
    pub(crate) fn string(&mut self, name: &str) -> String {
        match self.object.get(name) {
            Some(Value::String(text)) => text.clone(),
            other => {
                let received = type_name(other);
                self.note(name, &expected("string", received));
                String::new()
            }
        }
    }

    /// A text that has to be there and have a character.
    pub(crate) fn nonempty(&mut self, name: &str) -> String {
        let text = self.string(name);
        if text.is_empty() && matches!(self.object.get(name), Some(Value::String(_))) {
            self.note(name, "Too small: expected string to have >=1 characters");
        }
        text
    }

    /// A text that may be absent, but not null.
    pub(crate) fn optional_string(&mut self, name: &str) -> Option<String> {
        self.object.contains_key(name).then(|| self.string(name))
    }

    /// A yes or no that may be absent, but not null.
    pub(crate) fn optional_boolean(&mut self, name: &str) -> Option<bool> {
        match self.object.get(name) {
            None => None,
            Some(Value::Bool(value)) => Some(*value),
            other => {
                let received = type_name(other);
                self.note(name, &expected("boolean", received));
                None
            }
        }
    }

    /// A text that has to be there and have a character besides white space around it, which is taken off.
    pub(crate) fn trimmed(&mut self, name: &str) -> String {
        let text = self.string(name).trim().to_owned();
        if text.is_empty() && matches!(self.object.get(name), Some(Value::String(_))) {
            self.note(name, "Too small: expected string to have >=1 characters");
        }
        text
    }

    /// Anything, but something; null when it is noted as wrong.
    pub(crate) fn present(&mut self, name: &str) -> Value {
        match self.object.get(name) {
            Some(value) => value.clone(),
            None => {
                self.note(name, &expected("nonoptional", "undefined"));
                Value::Null
            }
        }
    }

    /// An object that has to be there; null when it is noted as wrong.
    pub(crate) fn record(&mut self, name: &str) -> Value {
        match self.object.get(name) {
            Some(value @ Value::Object(_)) => value.clone(),
            other => {
                let received = type_name(other);
                self.note(name, &expected("record", received));
                Value::Null
            }
        }
    }

    /// Notes something that is neither absent nor an object.
    pub(crate) fn optional_record(&mut self, name: &str) {
        match self.object.get(name) {
            None | Some(Value::Object(_)) => {}
            other => {
                let received = type_name(other);
                self.note(name, &expected("record", received));
            }
        }
    }

    /// One of several words that has to be there; `None` when it is noted as wrong.
    pub(crate) fn one_of<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let given = self.object.get(name).and_then(Value::as_str);
        let found = words.iter().find(|(word, _)| Some(*word) == given);
        if found.is_none() {
            let all: Vec<String> = words
                .iter()
                .map(|(word, _)| format!("\"{word}\""))
                .collect();
            self.note(
                name,
                &format!("Invalid option: expected one of {}", all.join("|")),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// One of a few words that may be absent, but not null.
    pub(crate) fn optional_choice(
        &mut self,
        name: &str,
        choices: &[&'static str],
    ) -> Option<&'static str> {
        let given = self.object.get(name)?;
        let found = choices
            .iter()
            .find(|choice| given.as_str() == Some(**choice));
        if found.is_none() {
            let quoted: Vec<String> = choices
                .iter()
                .map(|choice| format!("\"{choice}\""))
                .collect();
            let message = format!("Invalid option: expected one of {}", quoted.join("|"));
            self.note(name, &message);
        }
        found.copied()
    }

    /// An e-mail address that has to be there; `None` when it is noted as wrong.
    pub(crate) fn email(&mut self, name: &str) -> Option<EmailAddress> {
        if !matches!(self.object.get(name), Some(Value::String(_))) {
            self.string(name);
            return None;
        }
        let found = parse_email(&self.string(name));
        if found.is_none() {
            self.note(name, "Invalid email address");
        }
        found
    }

    /// A picture's URL that may be absent, but not null; an empty one is none.
    pub(crate) fn picture(&mut self, name: &str) -> Option<String> {
        let link = self.optional_string(name).filter(|link| !link.is_empty())?;
        if !is_picture(&link) {
            self.note(name, "Invalid URL");
        }
        Some(link)
    }

    /// Notes a text that is longer than this surface stores.
    pub(crate) fn at_most(&mut self, name: &str, text: &str, characters: usize) {
        if text.chars().count() > characters {
            self.note(
                name,
                &format!("Too big: expected string to have <={characters} characters"),
            );
        }
    }

    fn note(&mut self, name: &str, message: &str) {
        self.issues
            .push(format!("[{}.{name}] {message}", self.place));
    }

    /// Refuses everything that was noted, in one answer.
    pub(crate) fn finish(self) -> Result<(), NativeError> {
        if self.issues.is_empty() {
            Ok(())
        } else {
            Err(NativeError::validation(self.issues.join("; ")))
        }
    }
}

/// An e-mail address without anything around it.
pub(crate) fn parse_email(text: &str) -> Option<EmailAddress> {
    if text.trim() == text {
        EmailAddress::parse(text)
    } else {
        None
    }
}

/// What JavaScript takes for true.
pub(crate) fn is_truthy(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(_) | Value::Object(_)) => true,
    }
}

fn expected(kind: &str, received: &str) -> String {
    format!("Invalid input: expected {kind}, received {received}")
}

fn type_name(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}
