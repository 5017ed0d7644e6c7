//! Jobs that run and imports that are being prepared, in memory.

use jobs::Control;
use jobs::import::Import;
use model::{Error, ErrorCode, Result, Scope, UserId};
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

fn missing(zh: &str, en: &str) -> Error {
    Error::new(ErrorCode::NotFound, zh, en)
}

/// State of a job.
enum State {
    Running,
    Done(Value),
    Failed(Error),
}

/// Why a job failed.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobError {
    #[schema(value_type = crate::error::ErrorCodeName)]
    code: &'static str,
    message: String,
}

/// A job as the API shows it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Job {
    job: String,
    /// `check`, `import`, `demo`, `fill` or `convert`.
    kind: &'static str,
    #[schema(value_type = crate::shapes::JobState)]
    state: &'static str,
    /// What it is about: `read`, `write`, `derive`, ….
    phase: String,
    done: u64,
    /// Null while it is not known.
    #[schema(required)]
    total: Option<u64>,
    /// Of a job that is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::shapes::JobResult>)]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JobError>,
}

struct Task {
    kind: &'static str,
    owner: UserId,
    control: Control,
    state: Mutex<State>,
}

/// All jobs since the start; finished ones are kept for their results, the oldest dropped.
#[derive(Default)]
pub(crate) struct Tasks {
    next: AtomicU64,
    tasks: Mutex<HashMap<u64, Arc<Task>>>,
}

/// Finished jobs kept.
const KEPT: usize = 200;

impl Tasks {
    /// Starts work on a thread of its own; the job's name.
    pub(crate) fn start(
        &self,
        scope: &Scope,
        kind: &'static str,
        work: impl FnOnce(&Control) -> Result<Value> + Send + 'static,
    ) -> String {
        let n = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        let task =
            Arc::new(Task { kind, owner: scope.user, control: Control::default(), state: Mutex::new(State::Running) });
        {
            let mut tasks = self.lock();
            if tasks.len() >= KEPT
                && let Some(oldest) = tasks.iter().filter(|(_, t)| !t.running()).map(|(n, _)| *n).min()
            {
                tasks.remove(&oldest);
            }
            tasks.insert(n, Arc::clone(&task));
        }
        // A thread that ends with the job gives back the memory the job took; a pooled one would keep it.
        std::thread::spawn(move || {
            let result = work(&task.control);
            *task.state.lock().unwrap_or_else(PoisonError::into_inner) = match result {
                Ok(v) => State::Done(v),
                Err(e) => State::Failed(e),
            };
        });
        format!("j{n}")
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Task>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, scope: &Scope, job: &str) -> Result<Arc<Task>> {
        let n = job.strip_prefix('j').and_then(|n| n.parse::<u64>().ok());
        let found = n.and_then(|n| self.lock().get(&n).cloned());
        found.filter(|t| t.owner == scope.user).ok_or_else(|| missing("没有这个任务", "There is no such job"))
    }

    /// A job as the API shows it.
    pub(crate) fn show(&self, scope: &Scope, job: &str) -> Result<Job> {
        let task = self.find(scope, job)?;
        let (phase, done, total) = task.control.state();
        let (state, result, error) = match &*task.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Running => ("running", None, None),
            State::Done(v) => ("done", Some(v.clone()), None),
            State::Failed(e) => {
                let state = if e.code == ErrorCode::Cancelled { "cancelled" } else { "failed" };
                (state, None, Some(JobError { code: e.code.as_str(), message: e.message(scope.lang).to_owned() }))
            }
        };
        let total = (total != 0).then_some(total);
        Ok(Job { job: job.to_owned(), kind: task.kind, state, phase: phase.to_owned(), done, total, result, error })
    }

    /// Asks a job to stop.
    pub(crate) fn cancel(&self, scope: &Scope, job: &str) -> Result<()> {
        self.find(scope, job)?.control.cancel();
        Ok(())
    }

    /// Asks all jobs to stop.
    pub(crate) fn cancel_all(&self) {
        self.lock().values().for_each(|t| t.control.cancel());
    }

    /// Whether any job runs.
    pub(crate) fn any_running(&self) -> bool {
        self.lock().values().any(|t| t.running())
    }
}

impl Task {
    fn running(&self) -> bool {
        matches!(*self.state.lock().unwrap_or_else(PoisonError::into_inner), State::Running)
    }
}

/// An import being prepared: uploaded files and the plan.
pub(crate) struct Prepared {
    pub owner: UserId,
    pub folder: PathBuf,
    pub import: Mutex<Import>,
}

impl Prepared {
    /// The plan as it is now.
    pub(crate) fn plan(&self) -> Import {
        self.import.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the rows with problems of the last run are.
    pub(crate) fn problems(&self) -> PathBuf {
        self.folder.join("problems.jsonl")
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Imports being prepared.
#[derive(Default)]
pub(crate) struct Imports {
    next: AtomicU64,
    open: Mutex<HashMap<String, Arc<Prepared>>>,
}

/// Imports kept at once; the oldest is forgotten.
const OPEN: usize = 32;

impl Imports {
    /// A name for a new import.
    pub(crate) fn name(&self) -> String {
        format!("i{}", self.next.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub(crate) fn keep(&self, name: &str, prepared: Prepared) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= OPEN
            && let Some(oldest) = open.keys().min_by_key(|k| k[1..].parse::<u64>().unwrap_or(0)).cloned()
        {
            open.remove(&oldest);
        }
        open.insert(name.to_owned(), Arc::new(prepared));
    }

    pub(crate) fn find(&self, scope: &Scope, name: &str) -> Result<Arc<Prepared>> {
        let found = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        found.filter(|p| p.owner == scope.user).ok_or_else(|| {
            missing("这次导入已经关闭，请重新选择文件", "This import was closed; choose the files again")
        })
    }

    pub(crate) fn forget(&self, scope: &Scope, name: &str) -> Result<()> {
        self.find(scope, name)?;
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}
