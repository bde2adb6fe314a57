//! The page of operations.

use super::STYLE_PATH;
use super::schema::{Row, Schemas, plain};
use http::StatusCode;
use platform::http::html::Html;
use serde_json::Value;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

/// One operation of the description.
struct Operation<'a> {
    id: &'a str,
    method: &'a str,
    path: &'a str,
    body: &'a Value,
}

impl<'a> Operation<'a> {
    fn text(&self, name: &str) -> &'a str {
        self.body
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn tag(&self) -> &'a str {
        self.body
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or("other")
    }

    /// The ways to authenticate, and whether one may come without any.
    fn ways(&self) -> (Vec<&'a str>, bool) {
        let Some(all) = self.body.get("security").and_then(Value::as_array) else {
            return (Vec::new(), true);
        };
        let names = all
            .iter()
            .filter_map(Value::as_object)
            .flat_map(|way| way.keys());
        let is_optional = all
            .iter()
            .any(|way| way.as_object().is_some_and(serde_json::Map::is_empty));
        (
            names.map(String::as_str).collect(),
            is_optional || all.is_empty(),
        )
    }

    fn request(&self) -> Option<(&'a str, &'a Value)> {
        content(self.body.get("requestBody")?)
    }

    fn parameters(&self) -> &'a [Value] {
        let found = self.body.get("parameters").and_then(Value::as_array);
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// The media type and schema of a body.
fn content(body: &Value) -> Option<(&str, &Value)> {
    let (kind, media) = body.get("content")?.as_object()?.iter().next()?;
    Some((kind, media.get("schema")?))
}

/// Tags in the description's order, each with its meaning and operations.
fn groups(description: &Value) -> Vec<(&str, &str, Vec<Operation<'_>>)> {
    let mut groups: Vec<(&str, &str, Vec<Operation<'_>>)> = Vec::new();
    for tag in description
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let text = |name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default();
        groups.push((text("name"), text("description"), Vec::new()));
    }
    let paths = description.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        for (method, body) in METHODS
            .iter()
            .filter_map(|method| Some((*method, item.get(method)?)))
        {
            let id = body
                .get("operationId")
                .and_then(Value::as_str)
                .unwrap_or(path);
            let operation = Operation {
                id,
                method,
                path,
                body,
            };
            let tag = operation.tag();
            match groups.iter_mut().find(|(name, _, _)| *name == tag) {
                Some((_, _, operations)) => operations.push(operation),
                None => groups.push((tag, "", vec![operation])),
            }
        }
    }
    groups.retain(|(_, _, operations)| !operations.is_empty());
    groups
}

/// The head every page of the reader has.
pub(super) fn masthead(html: &mut Html, description: &Value) {
    let version = description.pointer("/info/version").and_then(Value::as_str);
    html.tag("header", &[], |html| {
        html.tag("a", &[("class", "brand"), ("href", "/docs")], |html| {
            html.line("strong", &[], "Mana Auth");
            html.line("span", &[], &format!("API {}", version.unwrap_or_default()));
        });
        html.tag("nav", &[("aria-label", "Pages")], |html| {
            html.link("/docs", "Operations");
            html.link("/docs/errors", "Errors");
            html.link("/openapi.json", "openapi.json");
        });
    });
}

pub(super) fn page(description: &Value, base: &str) -> String {
    let groups = groups(description);
    let schemas = Schemas(description);
    Html::page("en", "API · Mana Auth", STYLE_PATH, |html| {
        masthead(html, description);
        html.tag("div", &[("class", "columns")], |html| {
            contents(html, &groups);
            html.tag("main", &[], |html| {
                introduction(html, description, base);
                for (tag, meaning, operations) in &groups {
                    html.tag("section", &[("id", &format!("tag-{tag}"))], |html| {
                        html.line("h2", &[], &title(tag));
                        html.tag("p", &[("class", "lead")], |html| html.prose(meaning));
                        for operation in operations {
                            show(html, &schemas, operation, base);
                        }
                    });
                }
            });
        });
    })
}

/// `sign-in` as a heading.
fn title(tag: &str) -> String {
    let mut letters = tag.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

fn contents(html: &mut Html, groups: &[(&str, &str, Vec<Operation<'_>>)]) {
    html.tag(
        "nav",
        &[("class", "contents"), ("aria-label", "Operations")],
        |html| {
            for (tag, _, operations) in groups {
                html.tag("div", &[], |html| {
                    html.line(
                        "a",
                        &[("class", "group"), ("href", &format!("#tag-{tag}"))],
                        &title(tag),
                    );
                    html.tag("ul", &[], |html| {
                        for operation in operations {
                            html.tag("li", &[], |html| {
                                html.tag("a", &[("href", &format!("#{}", operation.id))], |html| {
                                    method(html, operation.method);
                                    let short = operation.path.trim_start_matches("/api/v1");
                                    html.line("span", &[], short);
                                });
                            });
                        }
                    });
                });
            }
        },
    );
}

fn method(html: &mut Html, method: &str) {
    let class = format!("method {method}");
    html.line("span", &[("class", &class)], &method.to_uppercase());
}

fn introduction(html: &mut Html, description: &Value, base: &str) {
    html.line("h1", &[], "Mana Auth API");
    let text = description
        .pointer("/info/description")
        .and_then(Value::as_str);
    html.line("p", &[("class", "lead")], text.unwrap_or_default());
    html.tag("dl", &[("class", "facts")], |html| {
        let facts = [
            ("Address", format!("`{base}`")),
            (
                "Sign-in",
                "`Authorization: Bearer …` with the access token, or the session cookie. Each operation says what it takes."
                    .to_owned(),
            ),
            (
                "Bodies",
                "JSON in UTF-8, at most 256 KiB. Unknown fields are refused with a 400 that names them.".to_owned(),
            ),
            ("Times", "RFC 3339 in UTC, with milliseconds.".to_owned()),
            (
                "Limits",
                "`RateLimit` and `RateLimit-Policy` say what is left. Over it: 429 with `Retry-After`.".to_owned(),
            ),
        ];
        for (name, text) in &facts {
            html.line("dt", &[], name);
            html.tag("dd", &[], |html| html.prose(text));
        }
        html.line("dt", &[], "Errors");
        html.tag("dd", &[], |html| {
            html.prose("`application/problem+json` with a stable `code`: ");
            html.link("/docs/errors", "all codes");
            html.text(".");
        });
    });
}

fn show(html: &mut Html, schemas: &Schemas<'_>, operation: &Operation<'_>, base: &str) {
    html.tag("article", &[("id", operation.id)], |html| {
        html.tag("h3", &[], |html| {
            html.tag("a", &[("href", &format!("#{}", operation.id))], |html| {
                method(html, operation.method);
                html.line("code", &[], operation.path);
            });
        });
        for text in [operation.text("summary"), operation.text("description")] {
            for paragraph in text.split("\n\n").filter(|text| !text.trim().is_empty()) {
                html.tag("p", &[], |html| html.prose(paragraph));
            }
        }
        html.tag("p", &[("class", "auth")], |html| {
            html.prose(&access(operation))
        });
        let parameters: Vec<Row> = operation
            .parameters()
            .iter()
            .map(|one| parameter(schemas, one))
            .collect();
        if !parameters.is_empty() {
            html.line("h4", &[], "Parameters");
            fields(html, &parameters);
        }
        if let Some((kind, schema)) = operation.request() {
            html.tag("h4", &[], |html| {
                html.text("Request ");
                html.line("small", &[], kind);
            });
            fields(html, &schemas.rows(schema));
        }
        html.tag("pre", &[], |html| {
            html.line("code", &[], &curl(schemas, operation, base))
        });
        html.line("h4", &[], "Answers");
        let responses = operation.body.get("responses").and_then(Value::as_object);
        for (status, response) in responses.into_iter().flatten() {
            answer(html, schemas, status, response);
        }
    });
}

fn access(operation: &Operation<'_>) -> String {
    let (ways, is_optional) = operation.ways();
    let names: Vec<_> = ways
        .iter()
        .map(|way| match *way {
            "bearer" => "bearer token",
            "cookie" => "session cookie",
            other => other,
        })
        .collect();
    match (names.is_empty(), is_optional) {
        (true, _) => "Open to everyone.".to_owned(),
        (false, true) => format!("Takes a {}; neither has to be there.", names.join(" or a ")),
        (false, false) => format!("Needs a {}.", names.join(" or a ")),
    }
}

fn parameter(schemas: &Schemas<'_>, parameter: &Value) -> Row {
    let text = |name: &str| {
        parameter
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let kind = parameter.get("schema").map(|schema| schemas.kind(schema));
    let kind = kind
        .unwrap_or_default()
        .trim_end_matches(" or null")
        .to_owned();
    Row {
        name: text("name").to_owned(),
        kind: format!("{kind} in {}", text("in")),
        is_required: parameter
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        meaning: text("description").to_owned(),
    }
}

/// A table of fields.
pub(super) fn fields(html: &mut Html, rows: &[Row]) {
    if rows.is_empty() {
        return;
    }
    html.tag("table", &[("class", "fields")], |html| {
        html.tag("thead", &[], |html| {
            html.tag("tr", &[], |html| {
                for title in ["Field", "Type", "Meaning"] {
                    html.line("th", &[("scope", "col")], title);
                }
            });
        });
        html.tag("tbody", &[], |html| {
            for row in rows {
                html.tag("tr", &[], |html| {
                    html.tag("td", &[], |html| {
                        html.line("code", &[], &row.name);
                        if !row.is_required {
                            html.line("small", &[], " optional");
                        }
                    });
                    html.line("td", &[("class", "kind")], &row.kind);
                    html.tag("td", &[], |html| html.prose(&row.meaning));
                });
            }
        });
    });
}

fn answer(html: &mut Html, schemas: &Schemas<'_>, status: &str, response: &Value) {
    let number = status
        .parse()
        .ok()
        .and_then(|number| StatusCode::from_u16(number).ok());
    let reason = number
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let is_good = number.is_some_and(|status| status.is_success() || status.is_redirection());
    let given = response
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let heading = |html: &mut Html| {
        let class = if is_good { "status good" } else { "status" };
        html.line("span", &[("class", class)], status);
        html.line("span", &[], reason);
        if !given.is_empty() {
            html.tag("small", &[], |html| html.prose(given));
        }
    };
    let body = content(response);
    let (Some((kind, schema)), true) = (body, is_good) else {
        return html.tag("p", &[("class", "answer")], heading);
    };
    html.tag("details", &[("class", "answer")], |html| {
        html.tag("summary", &[], heading);
        let headers = response.get("headers").and_then(Value::as_object);
        let headers: Vec<Row> = headers
            .into_iter()
            .flatten()
            .map(|(name, value)| header(schemas, name, value))
            .collect();
        fields(html, &headers);
        fields(html, &schemas.rows(schema));
        if kind == "application/json" {
            let sample = schemas.sample(schema, false);
            let sample = serde_json::to_string_pretty(&sample).unwrap_or_default();
            html.tag("pre", &[], |html| html.line("code", &[], &sample));
        } else {
            html.tag("p", &[("class", "note")], |html| {
                html.prose(&format!("`{kind}`"))
            });
        }
    });
}

fn header(schemas: &Schemas<'_>, name: &str, value: &Value) -> Row {
    let kind = value
        .get("schema")
        .map(|schema| schemas.kind(schema))
        .unwrap_or_default();
    Row {
        name: name.to_owned(),
        kind: format!("{kind} in header"),
        is_required: false,
        meaning: value
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    }
}

/// The operation as a command for a POSIX shell.
fn curl(schemas: &Schemas<'_>, operation: &Operation<'_>, base: &str) -> String {
    let mut path = operation.path.to_owned();
    let mut query = Vec::new();
    for parameter in operation.parameters() {
        let text = |name: &str| {
            parameter
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let is_required = parameter
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let sample = parameter.get("example").cloned();
        let sample = sample.or_else(|| Some(schemas.sample(parameter.get("schema")?, true)));
        let sample = plain(&sample.unwrap_or_default());
        match text("in") {
            "path" => path = path.replace(&format!("{{{}}}", text("name")), &sample),
            "query" if is_required => query.push(format!("{}={sample}", text("name"))),
            _ => {}
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let mut command = "curl".to_owned();
    if !matches!(operation.method, "get" | "post")
        || (operation.method == "post" && operation.request().is_none())
    {
        command.push_str(&format!(" -X {}", operation.method.to_uppercase()));
    }
    command.push_str(&format!(" {}", quoted(&format!("{base}{path}"))));
    let (ways, _) = operation.ways();
    if ways.contains(&"bearer") {
        command.push_str(" \\\n  -H \"Authorization: Bearer $ACCESS_TOKEN\"");
    } else if ways.contains(&"cookie") {
        command.push_str(" \\\n  -b cookies.txt");
    }
    if let Some((kind, schema)) = operation.request() {
        let sample = schemas.sample(schema, true);
        command.push_str(&format!(
            " \\\n  -H {}",
            quoted(&format!("Content-Type: {kind}"))
        ));
        command.push_str(&format!(" \\\n  -d {}", quoted(&sample.to_string())));
    }
    command
}

/// A word for a POSIX shell, in quotes only where it needs them.
fn quoted(text: &str) -> String {
    let is_harmless =
        |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@%+,".contains(letter);
    if text.chars().all(is_harmless) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_description_from_anywhere_cannot_write_markup() {
        let evil = "<script>alert(1)</script>";
        let description = json!({"tags": [{"name": evil, "description": evil}], "paths": {evil: {"post": {
            "operationId": evil, "summary": evil, "description": evil, "tags": [evil],
            "parameters": [{"name": evil, "in": "query", "required": true, "description": evil, "schema": {"type": "string", "example": evil}}],
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": [evil], "properties": {evil: {"type": "string", "description": evil, "example": "it's"}}}}}},
            "responses": {"200": {"description": evil, "content": {"application/json": {"schema": {"type": "string", "enum": [evil]}}}}}
        }}}});
        let html = page(&description, "http://localhost:3001");
        assert!(!html.contains("<script"), "{html}");
        assert!(
            html.contains("it&#39;\\&#39;&#39;s"),
            "a quote stays inside the shell word"
        );
    }

    #[test]
    fn an_operation_says_who_may_call_it() {
        let with = |security: Value| {
            let body = json!({"security": security});
            access(&Operation {
                id: "",
                method: "get",
                path: "/",
                body: &body,
            })
        };
        assert_eq!(with(Value::Null), "Open to everyone.");
        assert_eq!(
            with(json!([{"bearer": []}, {"cookie": []}])),
            "Needs a bearer token or a session cookie."
        );
        assert_eq!(
            with(json!([{}, {"bearer": []}, {"cookie": []}])),
            "Takes a bearer token or a session cookie; neither has to be there."
        );
        assert_eq!(with(json!([{"cookie": []}])), "Needs a session cookie.");
    }
}
