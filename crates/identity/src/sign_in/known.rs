//! Where a guess comes from: a device that signed in before, by what only that device has, or a network.
//!
//! Each has a count of its own, so that strangers lock out strangers. A device is known again by a live session, by the
//! signed cookie that its first sign-in set, or, where it has neither, by the app's id of it or browser and network.

use super::device::fingerprint;
use crate::core::Core;
use kernel::UserId;
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::token_hash;
use platform::db::DbError;
use platform::http::{ClientIp, Origin};
use queries::client::GenericClient;

/// The name of a device's cookie past the prefix of all cookies.
pub(crate) const COOKIE: &str = "known_device";
/// How long the cookie lives, in seconds, counted from the last sign-in: as long as the device is remembered.
const LIFE_SECONDS: i64 = 365 * 86_400;

/// Under what a wrong password counts: the place it came from, what is around that, and everybody like it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(super) near: String,
    pub(super) wide: String,
    pub(super) whole: String,
}

impl Place {
    /// One count for everything.
    fn alone(name: String) -> Self {
        Self {
            near: name.clone(),
            wide: name.clone(),
            whole: name,
        }
    }

    /// A session whose person is asked for their password again.
    pub(crate) fn session(id: &str) -> Self {
        Self::alone(format!("session:{id}"))
    }

    /// The name of its own count.
    pub(crate) fn name(&self) -> &str {
        &self.near
    }
}

/// What a request shows of its device, the strongest first; the last, its network, is true of everybody.
pub(super) struct Evidence {
    /// What must be known of the person for each; empty for the network.
    pub(super) prints: Vec<String>,
    pub(super) places: Vec<Place>,
}

impl Evidence {
    pub(super) fn of(core: &Core, origin: &Origin, device_id: Option<&str>) -> Self {
        let mut found = Self {
            prints: Vec::new(),
            places: Vec::new(),
        };
        if let Some(caller) = &origin.carried.caller {
            let print = format!("person:{}", caller.user_id.as_str());
            found.add(print, Place::session(caller.session_id.as_str()));
        }
        if let Some(mark) = presented(core, origin) {
            let print = mark_print(&mark);
            found.add(print.clone(), Place::alone(print));
        }
        let (own, around) = networks(origin);
        // Others may come upon these too, so that a count is one network's, and no more than a day's bound is theirs alone.
        let ids = [device_id.filter(|id| !id.is_empty()), None];
        let distinct = if ids[0].is_some() {
            &ids[..]
        } else {
            &ids[1..]
        };
        for id in distinct {
            let print = fingerprint(*id, origin);
            let place = Place {
                near: format!("print:{print}|{own}"),
                wide: format!("print:{print}"),
                whole: format!("print:{print}"),
            };
            found.add(print, place);
        }
        let stranger = Place {
            near: format!("net:{own}"),
            wide: format!("wide:{around}"),
            whole: "strangers".to_owned(),
        };
        found.add(String::new(), stranger);
        found
    }

    fn add(&mut self, print: String, place: Place) {
        self.prints.push(print);
        self.places.push(place);
    }

    /// One part of every place.
    pub(super) fn column<'a>(&'a self, part: fn(&'a Place) -> &'a str) -> Vec<&'a str> {
        self.places.iter().map(part).collect()
    }
}

fn networks(origin: &Origin) -> (String, String) {
    let around = origin.ip.parse().ok().map(|ip| ClientIp(ip).surroundings());
    around.map_or_else(Default::default, |(own, wide)| {
        (own.to_string(), wide.to_string())
    })
}

/// The mark in a device's cookie, when we signed it.
fn presented(core: &Core, origin: &Origin) -> Option<String> {
    core.cookies.read_signed(&origin.carried.cookies, COOKIE)
}

fn mark_print(mark: &str) -> String {
    format!("mark:{}", token_hash(mark))
}

/// The fingerprint of the mark that a request's device has already.
pub(crate) fn present_mark(core: &Core, origin: &Origin) -> Option<String> {
    presented(core, origin).map(|mark| mark_print(&mark))
}

/// A mark for the device of a session that is opened.
pub(super) struct Mark {
    text: String,
    is_new: bool,
}

impl Mark {
    /// That of the device's cookie, else a new one where there is an answer to set it with.
    pub(super) fn of(core: &Core, origin: &Origin) -> Option<Self> {
        if let Some(text) = presented(core, origin) {
            return Some(Self {
                text,
                is_new: false,
            });
        }
        origin.carried.answer.as_ref()?;
        let text = chance::text(core.context.random.as_ref(), Alphabet::Alphanumeric, 32);
        Some(Self { text, is_new: true })
    }

    pub(super) fn print(&self) -> String {
        mark_print(&self.text)
    }

    /// Has the answer set the cookie: for a year, or until the browser ends where nothing else stays either.
    pub(super) fn set(&self, core: &Core, origin: &Origin, is_remembered: bool) {
        if !is_remembered && !self.is_new {
            return;
        }
        let life = is_remembered.then_some(LIFE_SECONDS);
        let cookie = core.cookies.set_signed(COOKIE, &self.text, life);
        if let (Some(answer), Some(cookie)) = (&origin.carried.answer, cookie) {
            // Of two sessions that one request opens, both are of this device.
            let _ = answer.set(cookie);
        }
    }
}

/// Whether a request comes from a device that a person signed in on before, or is signed in on.
#[expect(dead_code, reason = "for what keeps a part for known devices")]
pub(crate) async fn is_known_device<C: GenericClient>(
    core: &Core,
    client: &C,
    user: &UserId,
    origin: &Origin,
) -> Result<bool, DbError> {
    let caller = origin.carried.caller.as_ref();
    if caller.is_some_and(|caller| caller.user_id == *user) {
        return Ok(true);
    }
    let evidence = Evidence::of(core, origin, None);
    super::store::is_known_device(client, user, &evidence.prints).await
}
