//! The shape of the code, read from its text. Each test names every place that breaks its rule.
#![expect(clippy::unwrap_used, reason = "a test: a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A crate imports from lower floors only.
const FLOORS: &[(&str, u32)] = &[
    ("kernel", 0),
    ("queries", 0),
    ("platform", 1),
    ("identity", 2),
    ("credits", 2),
    ("vault", 2),
    ("privacy", 2),
    ("oidc", 3),
    ("web", 4),
    ("server", 5),
];

/// Who acts as the server itself: jobs, and what happens before anyone is signed in. Add none without need.
const SERVICE_ACTORS: &[&str] = &[
    "credits/src/front.rs",
    "credits/src/usage/gatherer.rs",
    "identity/src/account/deletion.rs",
    "identity/src/account/service.rs",
    "identity/src/email_codes/service.rs",
    "identity/src/magic_link/service.rs",
    "identity/src/mailbox_proof/service.rs",
    "identity/src/maintenance/store.rs",
    "identity/src/mfa/challenge.rs",
    "identity/src/mfa/service.rs",
    "identity/src/mfa/trust.rs",
    "identity/src/moves/service.rs",
    "identity/src/new_device.rs",
    "identity/src/passkeys/service.rs",
    "identity/src/password_reset/service.rs",
    "identity/src/registration/service.rs",
    "identity/src/security_events/service.rs",
    "identity/src/sessions/feed.rs",
    "identity/src/sessions/hand_over.rs",
    "identity/src/sessions/service.rs",
    "identity/src/setup/service.rs",
    "identity/src/sign_in/service.rs",
    "identity/src/tokens/keys.rs",
    "identity/src/tokens/service.rs",
    "identity/src/tokens/store.rs",
    "identity/src/users/mod.rs",
    "identity/src/verification/service.rs",
    "platform/src/jobs.rs",
    "server/src/commands.rs",
];

/// Slices of one crate that need each other. The list only shrinks.
const KNOTS: &[(&str, &[&str])] = &[("identity", &["sessions", "sign_in", "tokens", "users"])];

/// Files that tie slices together: `routes` may ask any slice, `core` and `front` hold what they share.
const TIES: &[&str] = &["routes", "core", "front"];

/// Queries used outside their own slice. The list only shrinks.
const BORROWED_QUERIES: &[(&str, &str)] = &[
    ("identity/src/maintenance/store.rs", "identity::keys"),
    ("identity/src/maintenance/store.rs", "identity::retention"),
    ("identity/src/tokens/store.rs", "identity::keys"),
];

/// Where HTTP is spoken, beside every slice's `routes.rs` and every crate's `lib.rs` that joins its routers.
const HTTP_FOLDERS: &[&str] = &[
    "platform/src/http/",
    "server/",
    "testkit/",
    "web/",
    "identity/src/compat/",
];

/// The one home of the clock.
const CLOCK: &str = "platform/src/context.rs";

const MAXIMUM_LINES: usize = 600;

struct Source {
    /// From the `crates` folder on: `credits/src/usage/store.rs`.
    path: String,
    /// Without comments and without the unit tests at the end.
    code: String,
    lines: usize,
}

impl Source {
    fn crate_name(&self) -> &str {
        self.path.split('/').next().unwrap()
    }

    /// The modules from the crate's root to this file: `["usage", "store"]`, none for `lib.rs`.
    fn modules(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = self
            .path
            .trim_end_matches(".rs")
            .split('/')
            .skip(2)
            .collect();
        if matches!(parts.last(), Some(&("mod" | "lib" | "main"))) {
            parts.pop();
        }
        parts
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// All hand-written sources that are built into the product or its tools.
fn sources() -> Vec<Source> {
    let crates = workspace().join("crates");
    let mut sources = Vec::new();
    for path in files(&crates, "rs") {
        let text = fs::read_to_string(&path).unwrap();
        let path = path
            .strip_prefix(&crates)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        if path.starts_with("queries/") {
            continue;
        }
        let product = text.split("#[cfg(test)]\nmod ").next().unwrap();
        let code = product
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code = code.flat_map(|line| [line, "\n"]).collect();
        sources.push(Source {
            path,
            code,
            lines: text.lines().count(),
        });
    }
    assert!(sources.len() > 10, "the sources are found");
    sources
}

fn product_sources() -> Vec<Source> {
    let is_product = |source: &Source| source.path.split('/').nth(1) == Some("src");
    sources().into_iter().filter(is_product).collect()
}

fn is_word(character: Option<char>) -> bool {
    character.is_some_and(|character| character.is_alphanumeric() || character == '_')
}

/// Whether the code has this path or name, not as a part of a longer one.
fn mentions(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        !is_word(before) && (!is_word(after) || name.ends_with("::"))
    })
}

fn first_word(text: &str) -> &str {
    let end = text
        .find(|character: char| !is_word(Some(character)))
        .unwrap_or(text.len());
    &text[..end]
}

fn report(rule: &str, violations: &[String]) {
    assert!(
        violations.is_empty(),
        "{rule}:\n  {}",
        violations.join("\n  ")
    );
}

#[test]
fn crates_import_from_lower_floors_only() {
    let floors: BTreeMap<&str, u32> = FLOORS.iter().copied().collect();
    let mut violations = Vec::new();
    for (name, floor) in &floors {
        let Ok(manifest) =
            fs::read_to_string(workspace().join("crates").join(name).join("Cargo.toml"))
        else {
            continue;
        };
        let mut section = "";
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line;
            }
            let dependency = first_word(line);
            let is_sideways = floors.get(dependency).is_some_and(|other| other >= floor)
                || dependency == "testkit";
            if section == "[dependencies]" && is_sideways {
                violations.push(format!("{name} depends on {dependency}"));
            }
        }
    }
    report(
        "a crate may depend on lower floors only (and on testkit for its tests)",
        &violations,
    );
}

#[test]
fn slices_import_in_one_direction() {
    let sources = product_sources();
    // The server is all composition: it has no slices.
    let crates = sources
        .iter()
        .map(Source::crate_name)
        .filter(|name| *name != "server");
    let crates: BTreeSet<&str> = crates.collect();
    let mut knots = BTreeSet::new();
    for name in crates {
        let imports = imports_between_slices(name, &sources);
        let reached = |from: &str| {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![from.to_owned()];
            while let Some(slice) = waiting.pop() {
                let next = imports.get(&slice).into_iter().flatten();
                waiting.extend(next.filter(|next| seen.insert((*next).clone())).cloned());
            }
            seen
        };
        for slice in imports.keys() {
            let there = reached(slice);
            if there.contains(slice) {
                let back = there
                    .into_iter()
                    .filter(|other| reached(other).contains(slice));
                knots.insert((name.to_owned(), Vec::from_iter(back)));
            }
        }
    }
    let owned = |slices: &[&str]| slices.iter().map(|slice| (*slice).to_owned()).collect();
    let known: BTreeSet<(String, Vec<String>)> = KNOTS
        .iter()
        .map(|(name, slices)| ((*name).to_owned(), owned(slices)))
        .collect();
    let named = |(name, slices): &(String, Vec<String>)| format!("{name}: {}", slices.join(", "));
    let new: Vec<String> = knots.difference(&known).map(named).collect();
    report("these slices import each other in a circle", &new);
    let gone: Vec<String> = known.difference(&knots).map(named).collect();
    report("these knots are untied: take them off the list", &gone);
}

fn imports_between_slices(name: &str, sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let own = || sources.iter().filter(|source| source.crate_name() == name);
    let slices: BTreeSet<&str> = own()
        .filter_map(|source| source.modules().first().copied())
        .collect();
    for source in own() {
        let modules = source.modules();
        let Some(slice) = modules.first() else {
            continue;
        };
        if modules.last().is_some_and(|file| TIES.contains(file)) {
            continue;
        }
        let to_the_root = "super::".repeat(modules.len());
        for prefix in ["crate::", to_the_root.as_str()] {
            for (at, _) in source.code.match_indices(prefix) {
                let before = source.code[..at].chars().next_back();
                if is_word(before) || before == Some(':') {
                    continue;
                }
                let targets = names_after(&source.code[at + prefix.len()..]);
                let others = targets
                    .into_iter()
                    .filter(|target| target != slice && slices.contains(target));
                imports
                    .entry((*slice).to_owned())
                    .or_default()
                    .extend(others.map(str::to_owned));
            }
        }
    }
    imports
}

/// The name a path goes on with, or the names of its group.
fn names_after(rest: &str) -> Vec<&str> {
    match rest.strip_prefix('{') {
        Some(group) => outer_names(group),
        None => vec![first_word(rest)],
    }
}

/// The first names in `{a::b, c::{d, e}}`, of which the opening brace is already gone.
fn outer_names(group: &str) -> Vec<&str> {
    let mut depth = 0;
    let mut names = Vec::new();
    let mut is_start = true;
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => is_start = true,
            _ if is_start && is_word(Some(character)) => {
                names.push(first_word(&group[at..]));
                is_start = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn generated_queries_stay_in_their_slice() {
    let mut violations = Vec::new();
    for source in sources() {
        for (at, prefix) in source.code.match_indices(concat!("queries::", "queries::")) {
            let rest = &source.code[at + prefix.len()..];
            let owner = first_word(rest);
            for slice in names_after(rest[owner.len()..].trim_start_matches("::")) {
                let modules = source.modules();
                let is_home = source.crate_name() == owner
                    && match modules[..] {
                        [.., folder, "store"] => folder == slice,
                        [.., file] => file == slice,
                        [] => false,
                    };
                let name = format!("{owner}::{slice}");
                let is_borrowed = BORROWED_QUERIES.contains(&(source.path.as_str(), name.as_str()));
                if !is_home && !is_borrowed {
                    violations.push(format!("{} uses {name}", source.path));
                }
            }
        }
    }
    report(
        "queries/CRATE/SLICE.sql is used by that slice's store.rs alone (or by SLICE.rs)",
        &violations,
    );
}

#[test]
fn http_stays_at_the_door() {
    let mut violations = Vec::new();
    for source in product_sources() {
        let file = source.path.rsplit('/').next().unwrap();
        let is_door = ["routes.rs", "lib.rs"].contains(&file)
            || source.path.contains("/routes/")
            || HTTP_FOLDERS
                .iter()
                .any(|folder| source.path.starts_with(folder));
        if !is_door && mentions(&source.code, "axum::") {
            violations.push(source.path);
        }
    }
    report("axum is for routes.rs and the edge", &violations);
}

#[test]
fn files_stay_readable() {
    let long = sources()
        .into_iter()
        .filter(|source| source.lines > MAXIMUM_LINES);
    let violations: Vec<String> = long
        .map(|source| format!("{} has {} lines", source.path, source.lines))
        .collect();
    report(
        &format!("a file has at most {MAXIMUM_LINES} lines"),
        &violations,
    );
}

#[test]
fn nobody_but_the_clock_reads_the_time() {
    let mut violations = Vec::new();
    for source in product_sources() {
        // A stopwatch decides nothing: tokio's is allowed, and clippy.toml bans the other one.
        let reads = [
            "Utc::now",
            "Local::now",
            "SystemTime::now",
            "std::time::Instant::now",
        ];
        if source.path != CLOCK && reads.iter().any(|name| mentions(&source.code, name)) {
            violations.push(source.path);
        }
    }
    for folder in ["queries", "migrations"] {
        for path in files(&workspace().join(folder), "sql") {
            let text = fs::read_to_string(&path).unwrap().to_lowercase();
            for (number, line) in text.lines().enumerate() {
                // The contract's columns have this default; what the server writes names the moment.
                let statement = line
                    .split("--")
                    .next()
                    .unwrap()
                    .replace("default now()", "");
                let reads = [
                    "now()",
                    "clock_timestamp()",
                    "statement_timestamp()",
                    "current_timestamp",
                    "current_date",
                ];
                if reads.iter().any(|name| mentions(&statement, name)) {
                    violations.push(format!("{}:{}", path.display(), number + 1));
                }
            }
        }
    }
    report(
        "the time comes from kernel::Clock and into SQL as a parameter",
        &violations,
    );
}

#[test]
fn few_act_as_the_server_itself() {
    let users: BTreeSet<String> = product_sources()
        .into_iter()
        .filter(|source| {
            !source.path.starts_with("testkit/") && mentions(&source.code, "Actor::Service")
        })
        .map(|source| source.path)
        .filter(|path| !path.starts_with("platform/src/db/"))
        .collect();
    let allowed: BTreeSet<String> = SERVICE_ACTORS
        .iter()
        .map(|path| (*path).to_owned())
        .collect();
    let new: Vec<String> = users.difference(&allowed).cloned().collect();
    report(
        "Actor::Service passes the policies; these files are not on its list",
        &new,
    );
    let gone: Vec<String> = allowed.difference(&users).cloned().collect();
    report(
        "these files no longer need to be on the list of Actor::Service",
        &gone,
    );
}

/// The text of every file that a reference may mean: `crate::module::test`, `crate/src/file.rs::test`, `e2e::file/scenario`.
fn meant(reference: &str) -> (Vec<PathBuf>, String) {
    let crates = workspace().join("crates");
    if let Some(scenario) = reference.strip_prefix("e2e::") {
        let (file, name) = scenario.split_once('/').unwrap_or((scenario, ""));
        let path = format!("e2e/better-auth/scenarios/{file}.mjs");
        return (vec![workspace().join(path)], format!("name: \"{name}\""));
    }
    let (place, test) = reference.rsplit_once("::").unwrap();
    let definition = format!("fn {test}(");
    if place.ends_with(".rs") {
        return (vec![crates.join(place)], definition);
    }
    let (name, module) = place.split_once("::").unwrap_or((place, ""));
    let tests = crates.join(name).join("tests");
    let mut candidates = vec![tests.join("it").join(format!("{module}.rs"))];
    candidates.extend(files(&tests.join(module), "rs"));
    (candidates, definition)
}

#[test]
fn tests_that_a_list_names_are_there() {
    let mut violations = Vec::new();
    let mut checked = 0;
    let advisories = workspace().join("docs/security/advisories.md");
    let sources = files(&workspace().join("crates"), "rs");
    for path in sources.into_iter().chain([advisories]) {
        let text = fs::read_to_string(&path).unwrap();
        let rows = text.lines().filter_map(|line| {
            let comment = line.strip_prefix("//! |");
            comment.or_else(|| path.ends_with("advisories.md").then_some(line))
        });
        for row in rows {
            for reference in row.split('`').skip(1).step_by(2) {
                if !reference.contains("::") {
                    continue;
                }
                let (candidates, definition) = meant(reference);
                let mut texts = candidates
                    .iter()
                    .filter_map(|path| fs::read_to_string(path).ok());
                if !texts.any(|text| text.contains(&definition)) {
                    violations.push(format!("{}: {reference}", path.display()));
                }
                checked += 1;
            }
        }
    }
    report("these tests are named and not there", &violations);
    assert!(checked > 100, "the lists are found: {checked}");
}
