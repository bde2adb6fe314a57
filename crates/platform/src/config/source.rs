//! Where settings come from: the environment first, then `.env`, then an optional TOML file.

use super::keys::{KEYS, Key};
use std::collections::BTreeMap;
use std::path::Path;

/// The longest duration, ten years: clocks and calendars end before an integer does.
const MAX_SECONDS: i64 = 3650 * 86_400;

/// One problem with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The setting.
    pub key: String,
    /// What is wrong, and what to do.
    pub message: String,
}

/// Settings before they are understood.
#[derive(Clone, Debug, Default)]
pub struct Source {
    values: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Source {
    /// Reads the process environment, `.env` in the working directory, and the TOML file `MANA_AUTH_CONFIG` names.
    #[expect(clippy::disallowed_methods, reason = "the one home of the environment")]
    pub fn from_machine() -> Self {
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| {
                // `vars` would panic on another program's value that is no text.
                Some((
                    name.into_string().ok()?,
                    value.to_string_lossy().into_owned(),
                ))
            })
            .collect();
        let (dot_env, unreadable) = read_dot_env(Path::new(".env"));
        let toml = environment
            .iter()
            .chain(dot_env.iter())
            .find(|(name, _)| name == "MANA_AUTH_CONFIG")
            .map(|(_, path)| path.clone());
        let mut source = Self::new(environment, dot_env, toml.as_deref().map(Path::new));
        if let Some(problem) = unreadable {
            source.problem(".env", problem);
        }
        source
    }

    /// From given parts. Unknown names are problems in `.env` and TOML; the environment holds other programs' names too,
    /// so there only names that look like ours and are not are reported.
    pub fn new(
        environment: Vec<(String, String)>,
        dot_env: Vec<(String, String)>,
        toml: Option<&Path>,
    ) -> Self {
        let mut source = Self::default();
        if let Some(path) = toml {
            source.read_toml(path);
        }
        for (name, value) in dot_env {
            source.accept(name, value, ".env");
        }
        for (name, value) in environment {
            if find(&name).is_some() {
                source.values.insert(name, value);
            } else if let Some(near) = near_miss(&name) {
                source.problem(&name, format!("is not a setting; did you mean {near}?"));
            }
        }
        source
    }

    /// From name and value pairs alone, for tests.
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let values = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self {
            values,
            problems: Vec::new(),
        }
    }

    fn read_toml(&mut self, path: &Path) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return self.problem("MANA_AUTH_CONFIG", format!("{}: {error}", path.display()));
            }
        };
        match text.parse::<toml::Table>() {
            Ok(table) => self.flatten("", &table),
            Err(error) => self.problem(
                "MANA_AUTH_CONFIG",
                format!("{}: {}", path.display(), error.message()),
            ),
        }
    }

    /// `[jwt] issuer = "x"` is `JWT_ISSUER=x`.
    fn flatten(&mut self, prefix: &str, table: &toml::Table) {
        for (name, value) in table {
            let key = format!("{prefix}{}", name.to_ascii_uppercase());
            match value {
                toml::Value::Table(inner) => self.flatten(&format!("{key}_"), inner),
                toml::Value::Array(items) => {
                    let items: Vec<String> = items.iter().map(scalar).collect();
                    self.accept(key, items.join(","), "the TOML file");
                }
                other => self.accept(key, scalar(other), "the TOML file"),
            }
        }
    }

    fn accept(&mut self, name: String, value: String, place: &str) {
        if find(&name).is_some() {
            self.values.insert(name, value);
        } else {
            let hint = near_miss(&name)
                .map(|near| format!("; did you mean {near}?"))
                .unwrap_or_default();
            self.problem(&name, format!("in {place} is not a setting{hint}"));
        }
    }

    /// Notes a problem.
    pub fn problem(&mut self, key: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            key: key.to_owned(),
            message: message.into(),
        });
    }

    /// What is wrong so far.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// A setting's text; empty counts as absent.
    pub fn text(&self, key: &str) -> Option<&str> {
        debug_assert!(
            find(key).is_some(),
            "{key} is not in the table of settings, so nobody could set it"
        );
        self.values
            .get(key)
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
    }

    /// A secret, given itself or as the file `<key>_FILE` names.
    pub fn secret(&mut self, key: &str) -> Option<String> {
        if let Some(value) = self.text(key) {
            return Some(value.to_owned());
        }
        let path = self.text(&format!("{key}_FILE"))?.to_owned();
        match std::fs::read_to_string(&path) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) => {
                self.problem(&format!("{key}_FILE"), format!("{path}: {error}"));
                None
            }
        }
    }

    /// An integer within bounds, or the default.
    pub fn integer(
        &mut self,
        key: &str,
        default: i64,
        bounds: std::ops::RangeInclusive<i64>,
    ) -> i64 {
        let Some(text) = self.text(key) else {
            return default;
        };
        match text.trim().parse() {
            Ok(value) if bounds.contains(&value) => value,
            _ => {
                let message = format!(
                    "must be a whole number from {} to {}, not `{text}`",
                    bounds.start(),
                    bounds.end()
                );
                self.problem(key, message);
                default
            }
        }
    }

    /// `true`/`false`, `1`/`0`, `yes`/`no`, `on`/`off`, or the default.
    pub fn flag(&mut self, key: &str, default: bool) -> bool {
        let Some(text) = self.text(key) else {
            return default;
        };
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => true,
            "false" | "0" | "no" | "off" => false,
            _ => {
                let message = format!("must be true or false, not `{text}`");
                self.problem(key, message);
                default
            }
        }
    }

    /// A duration such as `15m`, `7d`, `30s`, `900` in seconds, from 1 s to ten years, or the default.
    pub fn seconds(&mut self, key: &str, default: i64) -> i64 {
        let Some(text) = self.text(key) else {
            return default;
        };
        match parse_seconds(text.trim()) {
            Some(seconds) if (1..=MAX_SECONDS).contains(&seconds) => seconds,
            _ => {
                let message = format!(
                    "must be a duration such as 15m, 12h or 7d, from 1s to 3650d, not `{text}`"
                );
                self.problem(key, message);
                default
            }
        }
    }

    /// A comma-separated list.
    pub fn list(&self, key: &str) -> Vec<String> {
        self.text(key)
            .map(|text| {
                text.split(',')
                    .map(|item| item.trim().to_owned())
                    .filter(|item| !item.is_empty())
                    .collect()
            })
            .unwrap_or_default()
    }
}

fn scalar(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Datetime(moment) => moment.to_string(),
        toml::Value::Array(_) | toml::Value::Table(_) => String::new(),
    }
}

/// The settings of a `.env` file, and why some of it cannot be read. The lines are not repeated: they hold secrets.
fn read_dot_env(path: &Path) -> (Vec<(String, String)>, Option<String>) {
    let entries = match dotenvy::from_path_iter(path) {
        Ok(entries) => entries,
        Err(error) if error.not_found() => return (Vec::new(), None),
        Err(error) => return (Vec::new(), Some(format!("cannot be read: {error}"))),
    };
    let (mut settings, mut wrong) = (Vec::new(), 0_u32);
    for entry in entries {
        match entry {
            Ok(setting) => settings.push(setting),
            Err(_) => wrong = wrong.saturating_add(1),
        }
    }
    let problem = (wrong > 0).then(|| {
        format!("has {wrong} lines that cannot be read; write NAME=value, and quote a value with spaces or #")
    });
    (settings, problem)
}

fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| {
        key.name == name || (key.is_secret && name.strip_suffix("_FILE") == Some(key.name))
    })
}

/// The setting a name is one slip away from: same letters but one or two.
fn near_miss(name: &str) -> Option<&'static str> {
    if name.len() < 6 {
        return None;
    }
    KEYS.iter()
        .map(|key| key.name)
        .find(|known| known.len() >= 6 && distance(name, known) <= 2)
}

fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.bytes().enumerate() {
            let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let best = (cell(&row, j) + usize::from(x != y))
                .min(cell(&row, j + 1) + 1)
                .min(cell(&next, j) + 1);
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

fn parse_seconds(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        digit if digit.is_ascii_digit() => return text.parse().ok(),
        _ => return None,
    };
    text.get(..text.len() - 1)?
        .trim()
        .parse::<i64>()
        .ok()?
        .checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_seconds("15m"), Some(900));
        assert_eq!(parse_seconds("7d"), Some(604_800));
        assert_eq!(parse_seconds("42"), Some(42));
        assert_eq!(parse_seconds("soon"), None);
    }

    #[test]
    fn a_slip_in_a_name_is_reported_with_the_right_name() {
        let source = Source::new(
            vec![
                ("CREDITS_DAILY_FEE".into(), "5".into()),
                ("HOME".into(), "/".into()),
            ],
            vec![],
            None,
        );
        assert_eq!(
            source.into_problems().first().unwrap().message,
            "is not a setting; did you mean CREDITS_DAILY_FREE?"
        );
    }

    #[test]
    fn the_environment_wins_over_dot_env_and_unknown_names_there_are_problems() {
        let source = Source::new(
            vec![("PORT".into(), "4000".into())],
            vec![
                ("PORT".into(), "5000".into()),
                ("WHATEVER".into(), "1".into()),
            ],
            None,
        );
        assert_eq!(source.text("PORT"), Some("4000"));
        assert_eq!(source.into_problems().len(), 1);
    }
}
