//! Every error code with its status and meaning: where a problem's `type` leads.

use super::STYLE_PATH;
use super::reader::{fields, masthead};
use super::schema::Schemas;
use platform::http::Code;
use platform::http::html::Html;
use serde_json::{Value, json};

const EXPLANATION: &str = "Errors are problem documents (RFC 9457) with the content type `application/problem+json`. \
    Compare `code`; `detail` is for people and may change. `type` leads to the line of the code on this page.";

pub(super) fn page(description: &Value) -> String {
    Html::page("en", "Errors · Mana Auth", STYLE_PATH, |html| {
        masthead(html, description);
        html.tag("main", &[("class", "plain")], |html| {
            html.line("h1", &[], "Errors");
            html.tag("p", &[("class", "lead")], |html| html.prose(EXPLANATION));
            html.line("h2", &[], "Codes");
            html.tag("table", &[("class", "codes")], |html| {
                html.tag("thead", &[], |html| {
                    html.tag("tr", &[], |html| {
                        for title in ["Code", "Status", "Meaning"] {
                            html.line("th", &[("scope", "col")], title);
                        }
                    });
                });
                html.tag("tbody", &[], |html| {
                    for code in Code::ALL {
                        row(html, *code);
                    }
                });
            });
            html.tag("p", &[("class", "note")], |html| {
                html.text("A route may answer with another status where its description says so.");
            });
            html.line("h2", &[("id", "problem")], "The body");
            let problem = json!({"$ref": "#/components/schemas/Problem"});
            fields(html, &Schemas(description).rows(&problem));
            html.tag("pre", &[], |html| html.line("code", &[], &example()));
        });
    })
}

fn row(html: &mut Html, code: Code) {
    html.tag("tr", &[("id", code.as_str())], |html| {
        html.tag("td", &[], |html| {
            html.tag("a", &[("href", &format!("#{}", code.as_str()))], |html| {
                html.line("code", &[], code.as_str());
            });
        });
        html.line("td", &[], code.status().as_str());
        html.line("td", &[], code.meaning());
    });
}

fn example() -> String {
    let problem = json!({
        "type": "/docs/errors#VALIDATION", "title": "Bad Request", "status": 400, "statusCode": 400,
        "code": "VALIDATION", "error": "VALIDATION",
        "detail": "amount: is required", "message": "amount: is required",
        "errors": [{"field": "amount", "message": "is required"}],
    });
    serde_json::to_string_pretty(&problem).unwrap_or_default()
}

/// The same table as Markdown, for `docs/develop/errors.md`.
pub fn markdown() -> String {
    let mut out = format!("{EXPLANATION}\n\n| Code | Status | Meaning |\n|---|---|---|\n");
    for code in Code::ALL {
        let line = format!(
            "| `{}` | {} | {} |\n",
            code.as_str(),
            code.status().as_u16(),
            code.meaning()
        );
        out.push_str(&line);
    }
    out
}
