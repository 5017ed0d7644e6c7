//! Live updates: what the book tells reaches every open page, and who is there.
//!
//! One thread follows the book (see [`store::Store::follow`]) and passes on to all streams of this process what
//! it hears. It starts with the first stream and ends when the last has gone, so that nobody pays for nobody
//! watching. A stream that fell behind, or comes back, reads what it missed from the book.

use crate::app::{App, blocking};
use crate::error::ApiResult;
use crate::people::{Person, Said, Spoken};
use axum::response::sse::Event as Sent;
use model::{Error, ErrorCode, Result, Scope, UserId};
use serde_json::json;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Event, Heard, Since};
use tokio::sync::{broadcast, watch};
use tokio::time::Interval;

/// Streams one person may have open.
const MOST_STREAMS: usize = 32;
/// News waiting for a slow stream before it has to read them from the book.
const WAITING: usize = 512;
/// How often a stream shows that it is alive and looks whether its session is.
const BEAT: Duration = Duration::from_secs(15);
/// Events told to one that comes back; one that missed more begins anew.
const CAUGHT_UP: u64 = 500;

/// What streams are told.
#[derive(Clone, Debug)]
pub(crate) enum Told {
    Event(Arc<Event>),
    /// Too much happened unheard.
    Missed,
    /// Somebody came, or went to another cell.
    Here(Arc<Person>),
    /// A page of somebody's was closed.
    Gone(UserId, Arc<str>),
    /// The session of this digest was ended.
    Ended(Arc<str>),
}

/// The open streams of this process.
pub(crate) struct Live {
    told: broadcast::Sender<Told>,
    stopped: watch::Sender<bool>,
    seats: Mutex<Seats>,
    pub(crate) people: crate::people::People,
}

#[derive(Default)]
struct Seats {
    of: HashMap<UserId, usize>,
    taken: u64,
    /// Which following is at work; 0 for none.
    following: u64,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            told: broadcast::channel(WAITING).0,
            stopped: watch::channel(false).0,
            seats: Mutex::default(),
            people: crate::people::People::default(),
        }
    }
}

impl Live {
    fn seats(&self) -> std::sync::MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tell(&self, told: Told) {
        // Nobody listening is no failure.
        let _ = self.told.send(told);
    }

    /// Ends all streams: the server stops.
    pub(crate) fn stop(&self) {
        self.stopped.send_replace(true);
    }
}

/// A stream's place; giving it up takes its page from those who are here.
struct Seat {
    app: Arc<App>,
    user: UserId,
    number: u64,
    page: Option<Arc<str>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let live = &self.app.live;
        let mut seats = live.seats();
        if let Some(n) = seats.of.get_mut(&self.user) {
            *n -= 1;
            if *n == 0 {
                seats.of.remove(&self.user);
            }
        }
        drop(seats);
        let Some(page) = self.page.take().filter(|page| live.people.leave(self.user, page, self.number)) else {
            return;
        };
        live.tell(Told::Gone(self.user, Arc::clone(&page)));
        say(&self.app, Spoken::Gone { user: self.user.0, page });
    }
}

/// Says something to the other processes, later: the caller may be on a thread that must not wait.
pub(crate) fn say(app: &Arc<App>, spoken: Spoken) {
    if let (false, Ok(runtime)) = (app.data.system.at_hand(), tokio::runtime::Handle::try_current()) {
        let app = Arc::clone(app);
        runtime.spawn_blocking(move || speak(&app, spoken));
    }
}

/// Says something to the other processes now.
fn speak(app: &Arc<App>, spoken: Spoken) {
    if let Err(e) = app.book().say(&app.live.people.spoken(spoken)) {
        tracing::debug!(cause = %e, "the other processes do not hear who is here");
    }
}

/// Takes a seat and makes sure that the book is followed from before the stream reads what it missed.
fn sit_down(app: &Arc<App>, user: UserId, page: Option<Arc<str>>) -> Result<Seat> {
    let mut seats = app.live.seats();
    if seats.of.get(&user).is_some_and(|taken| *taken >= MOST_STREAMS) {
        return Err(Error::new(
            ErrorCode::Busy,
            format!("打开的页面太多了（最多 {MOST_STREAMS} 个），请关掉几个"),
            format!("Too many pages are open (at most {MOST_STREAMS}); close some"),
        ));
    }
    if seats.following == 0 {
        let from = app.book().newest_event()?;
        seats.following = seats.taken + 1;
        let (number, weak) = (seats.following, Arc::downgrade(app));
        let store = Arc::clone(&app.data);
        std::thread::spawn(move || {
            store.book.follow(from, &mut |heard| {
                // Without the application, or any stream, there is nobody to tell.
                weak.upgrade().is_some_and(|app| pass_on(&app, number, heard))
            });
        });
    }
    *seats.of.entry(user).or_default() += 1;
    seats.taken += 1;
    let number = seats.taken;
    drop(seats);
    Ok(Seat { app: Arc::clone(app), user, number, page })
}

/// Passes on what was heard; whether anybody still listens.
fn pass_on(app: &Arc<App>, following: u64, heard: Heard) -> bool {
    let live = &app.live;
    match heard {
        Heard::Event(event) => live.tell(Told::Event(Arc::new(event))),
        Heard::Missed => live.tell(Told::Missed),
        // Those of the other processes do not say again who they are until asked.
        Heard::Listening => speak(app, Spoken::Who),
        Heard::Said(text) => match live.people.hear(&text) {
            Some(Said::News(told)) => live.tell(told),
            Some(Said::Asked) => live.people.here().into_iter().for_each(|p| speak(app, Spoken::Here(p))),
            None => {}
        },
        Heard::Quiet => {
            let mut seats = live.seats();
            if seats.following == following && seats.of.is_empty() || *live.stopped.borrow() {
                seats.following = 0;
                return false;
            }
        }
    }
    true
}

/// What a stream waits for.
enum Woken {
    Heard(Result<Told, broadcast::error::RecvError>),
    Beat,
    Stopped,
}

/// One page's stream of news.
pub(crate) struct Stream {
    seat: Seat,
    scope: Scope,
    digest: Arc<str>,
    heard: broadcast::Receiver<Told>,
    stopped: watch::Receiver<bool>,
    /// The newest event sent.
    last: i64,
    waiting: VecDeque<Sent>,
    beat: Interval,
}

impl Stream {
    /// Opens a stream that begins behind an event: first what was missed, then who is here.
    pub(crate) async fn open(
        app: Arc<App>,
        user: store::User,
        scope: Scope,
        digest: String,
        page: Option<String>,
        after: Option<i64>,
    ) -> ApiResult<Self> {
        let heard = app.live.told.subscribe();
        let page: Option<Arc<str>> = page.map(Into::into);
        let own = page.clone();
        let (seat, missed, last) = blocking(&app.clone(), {
            let (app, scope) = (app.clone(), scope.clone());
            move |_| {
                let seat = sit_down(&app, scope.user, own)?;
                let newest = app.book().newest_event()?;
                let after = after.unwrap_or(newest);
                Ok((seat, app.book().events_since(&scope, after, CAUGHT_UP)?, after))
            }
        })
        .await?;
        let (stopped, beat) = (app.live.stopped.subscribe(), tokio::time::interval(BEAT));
        let mut stream =
            Self { seat, scope, digest: digest.into(), heard, stopped, last, waiting: VecDeque::new(), beat };
        stream.catch_up(missed).await?;
        let here = app.live.people.others(stream.scope.user);
        stream.put(Sent::default().event("hello").data(json!({ "seq": stream.last, "people": here }).to_string()));
        if let Some(page) = page {
            stream.arrive(&user, page);
        }
        // The first beat comes at once, and is not needed.
        stream.beat.reset();
        Ok(stream)
    }

    fn arrive(&mut self, user: &store::User, page: Arc<str>) {
        let app = &self.seat.app;
        if let Some(person) = app.live.people.arrive(user, page, self.seat.number) {
            app.live.tell(Told::Here(Arc::clone(&person)));
            say(app, Spoken::Here(person));
        }
    }

    fn put(&mut self, sent: Sent) {
        self.waiting.push_back(sent.id(self.last.to_string()));
    }

    async fn catch_up(&mut self, missed: Since) -> ApiResult<()> {
        match missed {
            Since::Events(list) => list.iter().for_each(|event| self.event(event)),
            Since::TooOld => {
                let newest = blocking(&self.seat.app, |app| app.book().newest_event()).await?;
                self.last = newest;
                self.put(Sent::default().event("reload").data("{}"));
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &Event) {
        if event.seq <= self.last {
            return;
        }
        self.last = event.seq;
        if event.concerns(&self.scope) {
            self.put(Sent::default().event(&event.kind).data(&event.news));
        }
    }

    /// The next thing to send; None at the end of the stream.
    pub(crate) async fn next(mut self) -> Option<(Result<Sent, Infallible>, Self)> {
        while self.waiting.is_empty() {
            let woken = tokio::select! {
                heard = self.heard.recv() => Woken::Heard(heard),
                _ = self.beat.tick() => Woken::Beat,
                _ = self.stopped.changed() => Woken::Stopped,
            };
            let goes_on = match woken {
                Woken::Heard(heard) => self.hear(heard).await,
                Woken::Beat => self.alive().await,
                Woken::Stopped => false,
            };
            if !goes_on {
                return None;
            }
        }
        self.waiting.pop_front().map(|sent| (Ok(sent), self))
    }

    async fn hear(&mut self, heard: Result<Told, broadcast::error::RecvError>) -> bool {
        match heard {
            Ok(Told::Event(event)) => self.event(&event),
            Ok(Told::Here(person)) if person.user != self.scope.user => {
                let data = serde_json::to_string(&*person).unwrap_or_default();
                self.put(Sent::default().event("here").data(data));
            }
            Ok(Told::Gone(user, page)) if user != self.scope.user => {
                self.put(Sent::default().event("gone").data(json!({ "page": page }).to_string()));
            }
            Ok(Told::Here(_) | Told::Gone(..)) => {}
            Ok(Told::Ended(digest)) => return digest != self.digest,
            Ok(Told::Missed) => return self.catch_up(Since::TooOld).await.is_ok(),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                let (scope, last) = (self.scope.clone(), self.last);
                let missed =
                    blocking(&self.seat.app, move |app| app.book().events_since(&scope, last, CAUGHT_UP)).await;
                return match missed {
                    Ok(missed) => self.catch_up(missed).await.is_ok(),
                    Err(_) => false,
                };
            }
            Err(broadcast::error::RecvError::Closed) => return false,
        }
        true
    }

    /// Shows that the stream is alive; whether its session still is.
    async fn alive(&mut self) -> bool {
        let app = Arc::clone(&self.seat.app);
        let digest = Arc::clone(&self.digest);
        match blocking(&app, move |app| app.data.system.session(&digest)).await {
            Ok(Some(session)) => self.scope.access = session.user.access,
            Ok(None) => return false,
            // A database that cannot be reached now ends nobody's session.
            Err(_) => {}
        }
        if let Some(page) = &self.seat.page
            && let Some(person) = app.live.people.beat(page)
        {
            say(&app, Spoken::Here(person));
        }
        app.live.people.sweep().into_iter().for_each(|told| app.live.tell(told));
        self.waiting.push_back(Sent::default().comment(""));
        true
    }
}
