//! Who is in the book, and in which cell: known for as long as a page's stream is open, in memory only. Other
//! processes hear of it by what is said over the book, and forget what is not said again.

use crate::live::Told;
use model::{Error, ErrorCode, Result, UserId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long somebody of another process is believed to be here without a word.
const BELIEVED: Duration = Duration::from_secs(45);
/// Moves of one person allowed in a second, and saved up to.
const MOVES: f64 = 20.0;

/// A page somebody has open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub page: Arc<str>,
    #[serde(with = "number")]
    pub user: UserId,
    pub name: Arc<str>,
    /// The cell they are in.
    pub at: Option<Place>,
}

/// A cell; without record and field, a table as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub table: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

mod number {
    use model::UserId;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(id: &UserId, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_i64(id.0)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<UserId, D::Error> {
        i64::deserialize(d).map(UserId)
    }
}

/// What processes say to each other.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Spoken {
    /// One that began to listen wants to know.
    Who,
    Here(Arc<Person>),
    Gone {
        user: i64,
        page: Arc<str>,
    },
}

/// What a word of another process comes to.
pub(crate) enum Said {
    News(Told),
    /// Who is here is to be said again.
    Asked,
}

/// As it is sent, with who says it: a process does not listen to itself.
#[derive(Serialize, Deserialize)]
struct Message<S> {
    from: String,
    said: S,
}

struct Known {
    person: Arc<Person>,
    /// The stream of this process that holds the page; 0 for another process.
    seat: u64,
    heard: Instant,
}

/// Everybody who is here.
pub(crate) struct People {
    from: String,
    known: Mutex<HashMap<Arc<str>, Known>>,
    moves: Mutex<HashMap<UserId, (Instant, f64)>>,
}

impl Default for People {
    fn default() -> Self {
        // Only to tell processes apart.
        let mut bytes = [0_u8; 8];
        let random = getrandom::fill(&mut bytes).map_or(u64::from(std::process::id()), |()| u64::from_le_bytes(bytes));
        Self { from: format!("{random:x}"), known: Mutex::default(), moves: Mutex::default() }
    }
}

impl People {
    fn known(&self) -> MutexGuard<'_, HashMap<Arc<str>, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page whose stream opened here; None when the page is somebody else's.
    pub(crate) fn arrive(&self, user: &store::User, page: Arc<str>, seat: u64) -> Option<Arc<Person>> {
        let mut known = self.known();
        let before = known.get(&page);
        if before.is_some_and(|k| k.person.user != user.id) {
            return None;
        }
        let at = before.and_then(|k| k.person.at.clone());
        let person = Arc::new(Person { page: Arc::clone(&page), user: user.id, name: user.name.as_str().into(), at });
        known.insert(page, Known { person: Arc::clone(&person), seat, heard: Instant::now() });
        Some(person)
    }

    /// Forgets a page when its stream ends, unless another stream holds it by now.
    pub(crate) fn leave(&self, user: UserId, page: &Arc<str>, seat: u64) -> bool {
        let mut known = self.known();
        let held = known.get(page).is_some_and(|k| k.person.user == user && k.seat == seat);
        if held {
            known.remove(page);
        }
        held
    }

    /// Moves somebody to a cell; None when nothing changed.
    ///
    /// # Errors
    /// `busy` when they move too often, `conflict` for the name of somebody else's page.
    pub(crate) fn go(&self, user: &store::User, page: &str, at: Option<Place>) -> Result<Option<Arc<Person>>> {
        self.slow_down(user.id)?;
        let mut known = self.known();
        let before = known.get(page);
        if before.is_some_and(|k| k.person.user != user.id) {
            return Err(Error::new(
                ErrorCode::Conflict,
                "这个页面名已有人用，请重新打开页面",
                "The name of this page is somebody else's; open the page again",
            ));
        }
        if before.is_some_and(|k| k.person.at == at) {
            return Ok(None);
        }
        let seat = before.map_or(0, |k| k.seat);
        let page: Arc<str> = page.into();
        let person = Arc::new(Person { page: Arc::clone(&page), user: user.id, name: user.name.as_str().into(), at });
        known.insert(page, Known { person: Arc::clone(&person), seat, heard: Instant::now() });
        Ok(Some(person))
    }

    fn slow_down(&self, user: UserId) -> Result<()> {
        let mut moves = self.moves.lock().unwrap_or_else(PoisonError::into_inner);
        if moves.len() > 1_000 {
            moves.retain(|_, (at, _)| at.elapsed() < Duration::from_secs(60));
        }
        let (at, left) = moves.entry(user).or_insert((Instant::now(), MOVES));
        *left = (*left + at.elapsed().as_secs_f64() * MOVES).min(MOVES);
        *at = Instant::now();
        if *left < 1.0 {
            return Err(Error::new(ErrorCode::Busy, "请求太频繁，请慢一点", "Too many requests; slow down"));
        }
        *left -= 1.0;
        Ok(())
    }

    /// What is said again of a page that is still here.
    pub(crate) fn beat(&self, page: &str) -> Option<Arc<Person>> {
        self.known().get(page).map(|k| Arc::clone(&k.person))
    }

    /// Those whose streams this process holds.
    pub(crate) fn here(&self) -> Vec<Arc<Person>> {
        self.known().values().filter(|k| k.seat != 0).map(|k| Arc::clone(&k.person)).collect()
    }

    /// Everybody but one, as the page is told.
    pub(crate) fn others(&self, user: UserId) -> Vec<Arc<Person>> {
        self.known().values().filter(|k| k.person.user != user).map(|k| Arc::clone(&k.person)).collect()
    }

    /// Forgets those of other processes of whom nothing was heard for long.
    pub(crate) fn sweep(&self) -> Vec<Told> {
        let mut gone = Vec::new();
        self.known().retain(|page, k| {
            let stays = k.seat != 0 || k.heard.elapsed() < BELIEVED;
            if !stays {
                gone.push(Told::Gone(k.person.user, Arc::clone(page)));
            }
            stays
        });
        gone
    }

    /// The text of what is said to other processes.
    pub(crate) fn spoken(&self, said: Spoken) -> String {
        serde_json::to_string(&Message { from: self.from.clone(), said }).unwrap_or_default()
    }

    /// Takes in what a process said.
    pub(crate) fn hear(&self, text: &str) -> Option<Said> {
        let message: Message<Spoken> = serde_json::from_str(text).ok().filter(|m: &Message<_>| m.from != self.from)?;
        let mut known = self.known();
        match message.said {
            Spoken::Who => Some(Said::Asked),
            Spoken::Here(person) => {
                let before = known.get(&person.page);
                let same = before.is_some_and(|k| k.person == person);
                let seat = before.map_or(0, |k| k.seat);
                let kept = Known { person: Arc::clone(&person), seat, heard: Instant::now() };
                known.insert(Arc::clone(&person.page), kept);
                (!same).then_some(Said::News(Told::Here(person)))
            }
            Spoken::Gone { user, page } => {
                let user = UserId(user);
                // A page that has moved its stream to this process is still here.
                known.get(&page).filter(|k| k.person.user == user && k.seat == 0)?;
                known.remove(&page);
                Some(Said::News(Told::Gone(user, page)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Access;

    fn user(id: i64, name: &str) -> store::User {
        store::User { id: UserId(id), login: name.into(), name: name.into(), access: Access::Write }
    }

    fn cell(record: i64) -> Option<Place> {
        Some(Place { table: "customers".into(), record: Some(record), field: Some("name".into()) })
    }

    #[test]
    fn two_processes_know_of_each_others_people() {
        let (a, b) = (People::default(), People::default());
        let (ann, bob) = (user(1, "安"), user(2, "波"));
        let here = a.arrive(&ann, "p1".into(), 1).expect("she is here");
        assert!(a.hear(&a.spoken(Spoken::Here(Arc::clone(&here)))).is_none(), "nobody listens to himself");
        // One that comes later asks.
        assert!(matches!(a.hear(&b.spoken(Spoken::Who)), Some(Said::Asked)) && a.here() == [Arc::clone(&here)]);
        assert!(matches!(b.hear(&a.spoken(Spoken::Here(here))), Some(Said::News(Told::Here(_)))));
        assert!(b.here().is_empty(), "only its own process speaks for somebody");
        assert_eq!((b.others(bob.id).len(), b.others(ann.id).len()), (1, 0));

        // A balancer may bring the next word of her to the other process.
        let moved = b.go(&ann, "p1", cell(5)).expect("she may").expect("she moved");
        assert_eq!(b.go(&ann, "p1", cell(5)).expect("she may"), None);
        assert!(matches!(a.hear(&b.spoken(Spoken::Here(moved))), Some(Said::News(Told::Here(p))) if p.at == cell(5)));
        assert_eq!(b.go(&bob, "p1", None).expect_err("it is hers").code, ErrorCode::Conflict);

        assert!(!a.leave(ann.id, &"p1".into(), 7), "another stream holds the page");
        assert!(a.leave(ann.id, &"p1".into(), 1));
        let gone = a.spoken(Spoken::Gone { user: 1, page: "p1".into() });
        assert!(matches!(b.hear(&gone), Some(Said::News(Told::Gone(..)))));
        assert!(b.hear(&gone).is_none() && b.others(bob.id).is_empty());
    }

    #[test]
    fn who_moves_too_often_is_told_to_slow_down() {
        let people = People::default();
        let busy = (0..60).filter(|n| people.go(&user(1, "安"), "p", cell(*n)).is_err()).count();
        assert!((30..=45).contains(&busy), "{busy}");
        assert!(people.go(&user(2, "波"), "q", cell(1)).is_ok(), "others are not held up");
    }
}
