//! What a book needs done by itself, by one process of those that serve it: columns that are not filled yet, the
//! turn of the day, what is kept no longer. A lease says which process does it; that each part is a transaction
//! that looks for itself makes it right even when two think they hold it.

use crate::app::{App, blocking};
use crate::tasks::FILL;
use jobs::Control;
use model::{Error, ErrorCode, Lang, Result, Scope};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use store::KEPT_DAYS;

/// How often a process looks whether another has left work behind.
const LOOK: Duration = Duration::from_secs(4);
/// How often a lease is kept.
const KEEP: Duration = Duration::from_secs(3);
/// How often the work of another process is looked at by who waits for it.
const WAIT: Duration = Duration::from_millis(300);

/// A lease held until it is dropped, by a thread of its own: one part of the work may take longer than it lasts.
struct Lease {
    app: Arc<App>,
    name: &'static str,
    lost: Arc<AtomicBool>,
    keeper: Option<(mpsc::Sender<()>, std::thread::JoinHandle<()>)>,
}

impl Lease {
    /// Takes a lease; None while another process has it.
    fn take(app: &Arc<App>, name: &'static str) -> Result<Option<Self>> {
        if !app.data.system.claim(name, app.tasks.process())? {
            return Ok(None);
        }
        let lost = Arc::new(AtomicBool::new(false));
        let mut lease = Self { app: Arc::clone(app), name, lost: Arc::clone(&lost), keeper: None };
        // Nobody else can take it where one process has the data to itself.
        if !app.data.system.at_hand() {
            let (over, end) = mpsc::channel::<()>();
            let app = Arc::clone(app);
            let keeper = std::thread::spawn(move || {
                while end.recv_timeout(KEEP) == Err(mpsc::RecvTimeoutError::Timeout) {
                    let kept = app.data.system.claim(name, app.tasks.process());
                    lost.store(matches!(kept, Ok(false)), Ordering::Relaxed);
                }
            });
            lease.keeper = Some((over, keeper));
        }
        Ok(Some(lease))
    }

    fn lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some((over, keeper)) = self.keeper.take() {
            drop(over);
            let _ = keeper.join();
        }
        if let Err(e) = self.app.data.system.release(self.name, self.app.tasks.process()) {
            tracing::warn!(cause = %e, lease = self.name, "a lease is not given back; it runs out by itself");
        }
    }
}

/// Does what a change of the shape left to be done, or waits until another process has.
pub(crate) fn fill(app: &Arc<App>, control: &Control) -> Result<Value> {
    let mut most = 0;
    while let Some(filling) = app.book().filling()? {
        most = most.max(filling.left);
        control.report("derive", most - filling.left, most)?;
        let Some(lease) = Lease::take(app, FILL)? else {
            std::thread::sleep(WAIT);
            continue;
        };
        let done = app.book().fill(&mut |done, total| {
            if lease.lost() {
                return Err(Error::new(ErrorCode::Busy, "由另一个进程接着做", "Another process goes on with it"));
            }
            control.report("derive", done, total)
        });
        match done {
            Err(e) if e.code == ErrorCode::Busy && lease.lost() => {}
            done => return done.map(|()| json!({})),
        }
    }
    Ok(json!({}))
}

/// Starts filling as a job of somebody's.
pub(crate) fn start_fill(app: &Arc<App>, scope: &Scope) -> String {
    let inner = Arc::clone(app);
    app.tasks.start(scope, FILL, move |control| fill(&inner, control))
}

/// Goes on with what a process that ended has left to be filled.
fn take_over(app: &Arc<App>) -> Result<()> {
    let inner = Arc::clone(app);
    app.tasks.take_over(FILL, move || {
        let app = Arc::clone(&inner);
        Box::new(move |control: &Control| fill(&app, control))
    })?;
    // Work nobody waits for, such as what a command line was stopped at.
    if !app.tasks.runs(FILL) && app.book().filling()?.is_some() && Lease::take(app, FILL)?.is_some() {
        start_fill(app, &Scope::system(Lang::Zh));
    }
    Ok(())
}

/// Looks after what other processes left, for as long as the server runs.
pub(crate) async fn look_after(app: Arc<App>) {
    loop {
        let inner = Arc::clone(&app);
        if let Err(e) = blocking(&app, move |_| take_over(&inner)).await {
            tracing::warn!(cause = %e.0, "columns are not filled yet");
        }
        if app.data.system.at_hand() {
            // What comes up from now on is begun by this process itself.
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Brings the book to the present day at start and at each midnight.
pub(crate) async fn turn_days(app: Arc<App>) {
    loop {
        let inner = Arc::clone(&app);
        let wait = match blocking(&app, move |_| turn_day(&inner)).await {
            Ok(true) => app.clock.until_tomorrow(),
            // Another process is at it; should it end, the lease comes here.
            Ok(false) => LOOK,
            Err(e) => {
                tracing::warn!(cause = %e.0, "the day could not be turned; trying again");
                Duration::from_secs(60)
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Turns the day and clears what is kept no longer; `false` while another process does.
fn turn_day(app: &Arc<App>) -> Result<bool> {
    let Some(lease) = Lease::take(app, "day")? else { return Ok(false) };
    app.book().turn_day(app.clock.today(), &mut |_, _| {
        if lease.lost() {
            return Err(Error::new(ErrorCode::Busy, "由另一个进程接着做", "Another process goes on with it"));
        }
        Ok(())
    })?;
    // Before the files: those of removed records that are forgotten are unused from then on.
    if let Err(e) = app.book().empty_trash(KEPT_DAYS) {
        tracing::warn!(cause = %e, "the recycle bin is not emptied yet");
    }
    if let Err(e) = app.book().sweep_files() {
        tracing::warn!(cause = %e, "unused files are not removed yet");
    }
    Ok(true)
}
