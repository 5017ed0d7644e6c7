//! Progress and cancelling of a running job, shared between who runs it and who watches.

use model::{Error, ErrorCode, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A job's progress and its stop button; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    phase: Mutex<&'static str>,
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Control {
    /// Enters a phase (`read`, `write`, `search`, `derive`, `commit`) with so much to do; 0 if unknown.
    pub fn phase(&self, name: &'static str, total: u64) {
        *self.0.phase.lock().unwrap_or_else(PoisonError::into_inner) = name;
        tracing::debug!(phase = name, total, "phase begins");
        self.0.done.store(0, Ordering::Relaxed);
        self.0.total.store(total, Ordering::Relaxed);
    }

    /// So much of the phase is done.
    ///
    /// # Errors
    /// `cancelled` once [`Control::cancel`] was called.
    pub fn done(&self, done: u64) -> Result<()> {
        self.0.done.store(done, Ordering::Relaxed);
        if self.0.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorCode::Cancelled, "已取消，客簿没有改动", "Cancelled; the book is as it was"));
        }
        Ok(())
    }

    /// Reports as a store does: (phase, done, total).
    ///
    /// # Errors
    /// As [`Control::done`].
    pub fn report(&self, phase: &'static str, done: u64, total: u64) -> Result<()> {
        if self.state().0 != phase {
            self.phase(phase, total);
        }
        self.0.total.store(total, Ordering::Relaxed);
        self.done(done)
    }

    /// Asks the job to stop; it does at its next step and leaves the book as it was.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }

    /// Phase, done and total (0 if unknown).
    pub fn state(&self) -> (&'static str, u64, u64) {
        let phase = *self.0.phase.lock().unwrap_or_else(PoisonError::into_inner);
        (phase, self.0.done.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }
}
