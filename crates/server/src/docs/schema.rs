//! What a JSON schema of the description says, as rows of a table and as an example.

use serde_json::{Map, Value};

/// How deep nested objects are shown; deeper ones are named only.
const DEPTH: usize = 4;

/// A field, nested ones dotted.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) is_required: bool,
    pub(super) meaning: String,
}

/// The schemas of one description.
pub(super) struct Schemas<'a>(pub(super) &'a Value);

impl<'a> Schemas<'a> {
    /// The schema itself where another is referred to, and whether it may be null.
    fn resolve(&self, schema: &'a Value) -> (&'a Value, bool) {
        if let Some(path) = schema.get("$ref").and_then(Value::as_str) {
            let found = self.0.pointer(path.trim_start_matches('#'));
            return found.map_or((schema, false), |found| self.resolve(found));
        }
        for union in ["oneOf", "anyOf"] {
            let Some(parts) = schema.get(union).and_then(Value::as_array) else {
                continue;
            };
            let is_null = |part: &&Value| part.get("type").and_then(Value::as_str) == Some("null");
            let mut others = parts.iter().filter(|part| !is_null(part));
            if let (Some(only), None) = (others.next(), others.next()) {
                let (found, may_be_null) = self.resolve(only);
                return (
                    found,
                    may_be_null || parts.iter().any(|part| is_null(&part)),
                );
            }
        }
        (schema, has_type(schema, "null"))
    }

    /// A type in words: `string (date-time) or null`.
    pub(super) fn kind(&self, schema: &'a Value) -> String {
        let (found, may_be_null) = self.resolve(schema);
        let mut kind = if let Some(values) = found.get("enum").and_then(Value::as_array) {
            values.iter().map(plain).collect::<Vec<_>>().join(" | ")
        } else if let Some(items) = found.get("items") {
            format!("list of {}", self.kind(items))
        } else if let Some(parts) = found
            .get("oneOf")
            .or_else(|| found.get("anyOf"))
            .and_then(Value::as_array)
        {
            parts
                .iter()
                .map(|part| self.kind(part))
                .collect::<Vec<_>>()
                .join(" or ")
        } else {
            types(found)
                .find(|kind| *kind != "null")
                .unwrap_or("any")
                .to_owned()
        };
        match found.get("format").and_then(Value::as_str) {
            Some("int32" | "int64") | None => {}
            Some(format) => kind = format!("{kind} ({format})"),
        }
        if may_be_null {
            kind.push_str(" or null");
        }
        kind
    }

    /// The fields of a schema, required ones first.
    pub(super) fn rows(&self, schema: &'a Value) -> Vec<Row> {
        let mut rows = Vec::new();
        self.collect(schema, "", DEPTH, &mut rows);
        rows
    }

    fn collect(&self, schema: &'a Value, prefix: &str, depth: usize, rows: &mut Vec<Row>) {
        let (found, _) = self.resolve(schema);
        if let Some(items) = found.get("items") {
            return self.collect(items, &format!("{prefix}[]"), depth, rows);
        }
        if let Some(values) = found
            .get("additionalProperties")
            .filter(|values| values.is_object())
        {
            return self.collect(values, &joined(prefix, "*"), depth, rows);
        }
        for (name, property, is_required) in properties(found) {
            let name = joined(prefix, name);
            rows.push(Row {
                kind: self.kind(property),
                is_required,
                meaning: self.meaning(property),
                name: name.clone(),
            });
            if let Some(depth) = depth.checked_sub(1) {
                self.collect(property, &name, depth, rows);
            }
        }
    }

    /// The nearest description, with the bounds.
    fn meaning(&self, schema: &'a Value) -> String {
        let (found, _) = self.resolve(schema);
        let nested = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|union| schema.get(*union).and_then(Value::as_array))
            .flatten()
            .find_map(|part| part.get("description"));
        let text = schema
            .get("description")
            .or(nested)
            .or_else(|| found.get("description"));
        text.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// A value of the schema. Requests show what must be there, answers everything.
    pub(super) fn sample(&self, schema: &'a Value, is_request: bool) -> Value {
        self.sample_at(schema, "", is_request, DEPTH)
    }

    fn sample_at(&self, schema: &'a Value, name: &str, is_request: bool, depth: usize) -> Value {
        let (found, _) = self.resolve(schema);
        if let Some(example) = schema.get("example").or_else(|| found.get("example")) {
            return example.clone();
        }
        if let Some(first) = found
            .get("enum")
            .and_then(Value::as_array)
            .and_then(|all| all.first())
        {
            return first.clone();
        }
        let Some(depth) = depth.checked_sub(1) else {
            return Value::Null;
        };
        if let Some(items) = found.get("items") {
            return Value::Array(vec![self.sample_at(items, name, is_request, depth)]);
        }
        if has_type(found, "object") {
            let shown = properties(found)
                .into_iter()
                .filter(|(_, property, is_required)| {
                    *is_required || !is_request || property.get("example").is_some()
                });
            let members: Map<_, _> = shown
                .map(|(name, property, _)| {
                    (
                        name.to_owned(),
                        self.sample_at(property, name, is_request, depth),
                    )
                })
                .collect();
            return Value::Object(members);
        }
        if let Some(first) = found
            .get("oneOf")
            .and_then(Value::as_array)
            .and_then(|all| all.first())
        {
            return self.sample_at(first, name, is_request, depth);
        }
        match types(found).find(|kind| *kind != "null") {
            Some("integer" | "number") => found.get("minimum").cloned().unwrap_or(Value::from(0)),
            Some("boolean") => Value::Bool(true),
            Some("string") => Value::from(text_sample(found, name)),
            _ => Value::Null,
        }
    }
}

/// A text that looks like what the field holds.
fn text_sample(schema: &Value, name: &str) -> &'static str {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => return "2026-01-31T12:00:00.000Z",
        Some("uri") => return "https://app.example.com/",
        _ => {}
    }
    match name {
        "email" => "ada@example.com",
        "name" => "Ada",
        "id" | "userId" | "sub" | "sid" | "sessionId" => "0197e3a5-7b0e-7cc3-9d52-0f8a4c1b6e2d",
        "password" | "newPassword" | "currentPassword" => "correct horse battery",
        name if name.ends_with("At") => "2026-01-31T12:00:00.000Z",
        name if name.to_ascii_lowercase().ends_with("token") => "…",
        _ => "text",
    }
}

/// A JSON value without the quotes of a text.
pub(super) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}

fn types(schema: &Value) -> impl Iterator<Item = &str> {
    let (one, many) = match schema.get("type") {
        Some(Value::Array(many)) => (None, Some(many.iter().filter_map(Value::as_str))),
        one => (one.and_then(Value::as_str), None),
    };
    one.into_iter().chain(many.into_iter().flatten())
}

fn has_type(schema: &Value, wanted: &str) -> bool {
    types(schema).any(|kind| kind == wanted)
}

/// Name, schema and whether it must be there; those that must come first.
fn properties(schema: &Value) -> Vec<(&str, &Value, bool)> {
    let required: Vec<_> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let Some(members) = schema.get("properties").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut found: Vec<_> = members
        .iter()
        .map(|(name, schema)| (name.as_str(), schema, required.contains(&name.as_str())))
        .collect();
    found.sort_by_key(|(_, _, is_required)| !is_required);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_lists_and_nulls_are_followed() {
        let description = json!({"components": {"schemas": {
            "Inner": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "at": {"type": ["string", "null"], "format": "date-time"}}},
            "Loop": {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Loop"}}}
        }}});
        let schemas = Schemas(&description);
        let outer = json!({"type": "object", "properties": {
            "list": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
            "maybe": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Inner"}]}}});
        let rows: Vec<_> = schemas
            .rows(&outer)
            .into_iter()
            .map(|row| format!("{}: {}", row.name, row.kind))
            .collect();
        assert_eq!(
            rows,
            [
                "list: list of object",
                "list[].id: string",
                "list[].at: string (date-time) or null",
                "maybe: object or null",
                "maybe.id: string",
                "maybe.at: string (date-time) or null",
            ]
        );
        assert_eq!(schemas.sample(&outer, true), json!({}));
        let endless = json!({"$ref": "#/components/schemas/Loop"});
        assert_eq!(schemas.rows(&endless).len(), DEPTH + 1);
        assert!(schemas.sample(&endless, false).is_object());
    }
}
