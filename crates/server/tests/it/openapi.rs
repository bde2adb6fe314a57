//! What is written from the code: the description, its reader, and the tables in `docs/`.

use crate::harness::House;
use platform::config::keys;
use platform::http::{Code, limits};
use std::collections::BTreeSet;
use std::path::Path;

const RENEW: &str = "script/docs";
const BEGIN: &str = "<!-- generated: script/docs -->\n";
const END: &str = "<!-- end -->\n";

/// Compares a document with what the code says, or writes it anew when `RENEW_DOCS` is set.
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of this test, not a setting"
)]
fn compare(path: &str, wanted: impl FnOnce(&str) -> String) -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path);
    let present = std::fs::read_to_string(&file).unwrap_or_default();
    let wanted = wanted(&present);
    if present == wanted {
        return None;
    }
    if std::env::var_os("RENEW_DOCS").is_some() {
        std::fs::write(&file, wanted).unwrap();
        return None;
    }
    Some(path.to_owned())
}

/// The document with a new table between its marks.
fn with_table(present: &str, table: &str) -> String {
    let marked = present
        .split_once(BEGIN)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = marked else {
        panic!("the marks of the table are gone");
    };
    format!("{before}{BEGIN}\n{table}\n{END}{after}")
}

fn retention() -> String {
    let mut out = String::from("| What | Days | Counted |\n|---|---|---|\n");
    let credits = [(
        "credits receipts of idempotency keys",
        credits::RECEIPT_DAYS,
        "after the use",
    )];
    let jobs = [(
        "platform dead letters",
        platform::jobs::DEAD_LETTER_DAYS,
        "after the last try",
    )];
    let all = identity::maintenance::RETENTION
        .iter()
        .copied()
        .chain(credits)
        .chain(jobs);
    for (name, days, since) in all {
        out.push_str(&format!("| {name} | {days} | {since} |\n"));
    }
    out
}

fn rules() -> String {
    let mut out = String::from("| Rule | Requests | Seconds | Counts |\n|---|---|---|---|\n");
    for (rule, meaning) in limits::RULES {
        let line = format!(
            "| `{}` | {} | {} | {meaning} |\n",
            rule.name, rule.limit, rule.window_seconds
        );
        out.push_str(&line);
    }
    out
}

#[tokio::test]
async fn documents_say_what_the_code_does() {
    let house = House::new().await;
    let description = house.client.get("/openapi.json").await.expect(200).json();
    let description = format!("{}\n", serde_json::to_string_pretty(&description).unwrap());
    let stale: Vec<String> = [
        compare("docs/openapi.json", |_| description),
        compare("docs/operate/configuration.md", |old| {
            with_table(old, &keys::markdown())
        }),
        compare("docs/operate/retention.md", |old| {
            with_table(old, &retention())
        }),
        compare("docs/operate/limits.md", |old| with_table(old, &rules())),
        compare("docs/develop/errors.md", |old| {
            with_table(old, &server::docs::errors_markdown())
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(
        stale.is_empty(),
        "{stale:?} differ from the code; renew them with: {RENEW}"
    );
}

#[tokio::test]
async fn the_reader_shows_every_operation_and_loads_nothing_from_elsewhere() {
    let house = House::new().await;
    let answer = house.client.get("/docs").await.expect(200);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = answer.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self';"),
        "{policy}"
    );
    let html = answer.text();
    assert!(!html.contains("<script") && !html.contains(" style="));
    let loaded = html.matches("<link").count() + html.matches("<img").count();
    assert_eq!(loaded, 1, "the style sheet alone is loaded");
    let description = house.client.get("/openapi.json").await.expect(200).json();
    for operations in description["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(
                html.contains(&format!("<article id=\"{id}\">")),
                "{id} is shown"
            );
        }
    }
    let style = house.client.get("/docs/style.css").await.expect(200);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test]
async fn a_problems_type_leads_to_its_explanation() {
    let house = House::new().await;
    let problem = house
        .client
        .get("/api/v1/credits/balance")
        .await
        .problem(401, "UNAUTHORIZED");
    let link = problem["type"].as_str().unwrap();
    let (page, anchor) = link.split_once('#').unwrap();
    let html = house.client.get(page).await.expect(200).text();
    assert!(html.contains(&format!("<tr id=\"{anchor}\">")));
    for code in Code::ALL {
        assert!(html.contains(&format!("<tr id=\"{}\">", code.as_str())));
    }
}

#[tokio::test]
async fn an_operation_that_asks_for_sign_in_says_so() {
    let house = House::new().await;
    let description = house.client.get("/openapi.json").await.expect(200).json();
    let schemes: BTreeSet<_> = description["components"]["securitySchemes"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(schemes.len(), 2);
    let mut checked = 0;
    for (path, item) in description["paths"].as_object().unwrap() {
        let Some(get) = item.get("get") else { continue };
        let is_plain = !path.contains('{') && path.starts_with("/api/v1/");
        if is_plain && house.client.get(path).await.status == 401 {
            assert!(
                get["security"].is_array(),
                "{path} answers 401 to strangers and does not say why"
            );
            checked += 1;
        }
    }
    assert!(checked >= 4, "{checked}");
}
