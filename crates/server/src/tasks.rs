//! Jobs that run, noted where all processes see them, and imports that are being prepared, in memory.

use jobs::Control;
use jobs::import::Import;
use model::{Error, ErrorCode, Result, Scope, UserId};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use store::{DataFolder, JobRow};
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
    code: String,
    message: String,
}

/// A job as the API shows it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Job {
    job: String,
    /// `check`, `import`, `demo`, `fill`, `convert`, `bulk`, `undo` or `redo`.
    kind: String,
    #[schema(value_type = crate::shapes::JobState)]
    state: String,
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
    /// In which order it began.
    number: u64,
}

/// Work that outlives its process: another takes it over. All other jobs end with theirs.
pub(crate) const FILL: &str = "fill";

/// The jobs this process began; finished ones are kept for their results, the oldest dropped. Others' are known
/// from the control database, where every job is noted.
pub(crate) struct Tasks {
    data: Arc<DataFolder>,
    process: String,
    next: AtomicU64,
    stopping: Arc<AtomicBool>,
    tasks: Mutex<HashMap<String, Arc<Task>>>,
}

/// Finished jobs kept.
const KEPT: usize = 200;
/// How often a job's progress is noted where other processes may ask for it, and whether it was cancelled there.
const NOTED: Duration = Duration::from_millis(500);
/// How long a start waits for the job to be noted, so that whoever is told its name can ask for it anywhere.
const PATIENCE: Duration = Duration::from_secs(1);

impl Tasks {
    /// The jobs of a new process.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub(crate) fn new(data: Arc<DataFolder>) -> Result<Self> {
        let (next, stopping, tasks) = (AtomicU64::default(), Arc::default(), Mutex::default());
        Ok(Self { data, process: random("p")?, next, stopping, tasks })
    }

    /// This process, as leases and jobs name it.
    pub(crate) fn process(&self) -> &str {
        &self.process
    }

    /// Starts work on a thread of its own; the job's name.
    pub(crate) fn start(
        &self,
        scope: &Scope,
        kind: &'static str,
        work: impl FnOnce(&Control) -> Result<Value> + Send + 'static,
    ) -> String {
        // Without random bytes there are no sessions either; the name is unique in this process all the same.
        let job = random("j").unwrap_or_else(|_| format!("j{}", self.next.load(Ordering::Relaxed)));
        self.run(job.clone(), scope.user, kind, true, work);
        job
    }

    /// Goes on with jobs whose processes died.
    pub(crate) fn take_over(
        &self,
        kind: &'static str,
        work: impl Fn() -> Box<dyn FnOnce(&Control) -> Result<Value> + Send>,
    ) -> Result<()> {
        for (job, owner) in self.data.system.adopt_jobs(kind, &self.process)? {
            tracing::info!(job, "a job of a process that ended goes on here");
            self.run(job, owner, kind, false, work());
        }
        Ok(())
    }

    fn run(
        &self,
        job: String,
        owner: UserId,
        kind: &'static str,
        new: bool,
        work: impl FnOnce(&Control) -> Result<Value> + Send + 'static,
    ) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (control, state) = (Control::default(), Mutex::new(State::Running));
        let task = Arc::new(Task { kind, owner, control, state, number });
        self.remember(job.clone(), Arc::clone(&task));
        let (noted, wait) = mpsc::sync_channel(1);
        let noting = Noting { data: Arc::clone(&self.data), process: self.process.clone(), job };
        let stopping = Arc::clone(&self.stopping);
        // A thread that ends with the job gives back the memory the job took; a pooled one would keep it.
        std::thread::spawn(move || {
            if new {
                noting.note(|n| n.data.system.begin_job(&n.job, kind, owner, &n.process));
            }
            let _ = noted.send(());
            let result = noting.while_noting(&task.control, || work(&task.control));
            let cancelled = result.as_ref().is_err_and(|e| e.code == ErrorCode::Cancelled);
            let (said, state) = ended(result);
            let outcome = said.to_string();
            let word = state.word();
            *task.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
            if kind == FILL && cancelled && stopping.load(Ordering::Relaxed) {
                noting.note(|n| n.data.system.give_up_job(&n.job, &n.process));
            } else {
                noting.note(|n| n.data.system.end_job(&n.job, &n.process, word, &outcome));
            }
        });
        let _ = wait.recv_timeout(PATIENCE);
    }

    fn remember(&self, job: String, task: Arc<Task>) {
        let mut tasks = self.lock();
        if tasks.len() >= KEPT
            && let Some(oldest) =
                tasks.iter().filter(|(_, t)| !t.running()).min_by_key(|(_, t)| t.number).map(|(job, _)| job.clone())
        {
            tasks.remove(&oldest);
        }
        tasks.insert(job, task);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Task>>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn here(&self, scope: &Scope, job: &str) -> Option<Arc<Task>> {
        self.lock().get(job).filter(|t| t.owner == scope.user).cloned()
    }

    /// A job of another process, or of an earlier run.
    fn elsewhere(&self, scope: &Scope, job: &str) -> Result<JobRow> {
        let found = self.data.system.job(job)?.filter(|row| row.owner == scope.user);
        found.ok_or_else(|| missing("没有这个任务", "There is no such job"))
    }

    /// A job as the API shows it. Blocks where it is another process's.
    pub(crate) fn show(&self, scope: &Scope, job: &str) -> Result<Job> {
        let Some(task) = self.here(scope, job) else { return self.show_row(scope, job) };
        let (phase, done, total) = task.control.state();
        let (state, result, error) = match &*task.state.lock().unwrap_or_else(PoisonError::into_inner) {
            State::Running => ("running", None, None),
            State::Done(v) => ("done", Some(v.clone()), None),
            State::Failed(e) => {
                let state = if e.code == ErrorCode::Cancelled { "cancelled" } else { "failed" };
                (
                    state,
                    None,
                    Some(JobError { code: e.code.as_str().to_owned(), message: e.message(scope.lang).to_owned() }),
                )
            }
        };
        let total = (total != 0).then_some(total);
        let (job, kind, state) = (job.to_owned(), task.kind.to_owned(), state.to_owned());
        Ok(Job { job, kind, state, phase: phase.to_owned(), done, total, result, error })
    }

    fn show_row(&self, scope: &Scope, job: &str) -> Result<Job> {
        let row = self.elsewhere(scope, job)?;
        let mut out = Job {
            job: job.to_owned(),
            kind: row.kind.clone(),
            state: row.state.clone(),
            phase: row.phase.clone(),
            done: row.done,
            total: (row.total != 0).then_some(row.total),
            result: None,
            error: None,
        };
        // With a file of one's own there is no other process: what is not known here ended with an earlier one.
        if row.state == "running" && row.kind != FILL && (row.silent || self.data.system.at_hand()) {
            let e = Error::new(
                ErrorCode::Internal,
                "这项工作所在的服务进程停了，没有做完；请重新开始",
                "The server process that did this work has ended before it was done; start it again",
            );
            out.state = "failed".to_owned();
            out.error = Some(JobError { code: e.code.as_str().to_owned(), message: e.message(scope.lang).to_owned() });
            return Ok(out);
        }
        let outcome: Value = row.outcome.as_deref().and_then(|o| serde_json::from_str(o).ok()).unwrap_or_default();
        out.result = outcome.get("result").cloned();
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        out.error = outcome.get("error").map(|e| JobError {
            code: text(&e["code"]),
            message: text(if scope.lang == model::Lang::Zh { &e["zh"] } else { &e["en"] }),
        });
        Ok(out)
    }

    /// Asks a job to stop, wherever it runs. Blocks where it is another process's.
    pub(crate) fn cancel(&self, scope: &Scope, job: &str) -> Result<()> {
        if let Some(task) = self.here(scope, job) {
            task.control.cancel();
            return Ok(());
        }
        self.elsewhere(scope, job)?;
        self.data.system.cancel_job(job, scope.user)
    }

    /// Asks all jobs to stop: the process ends. What outlives it is given up to the others.
    pub(crate) fn cancel_all(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.lock().values().for_each(|t| t.control.cancel());
    }

    /// Whether any job runs here.
    pub(crate) fn any_running(&self) -> bool {
        self.lock().values().any(|t| t.running())
    }

    /// Whether a job of a kind runs here.
    pub(crate) fn runs(&self, kind: &str) -> bool {
        self.lock().values().any(|t| t.kind == kind && t.running())
    }
}

/// What is noted of an outcome, and what is kept of it.
fn ended(result: Result<Value>) -> (Value, State) {
    match result {
        Ok(v) => (json!({ "result": v }), State::Done(v)),
        Err(e) => {
            let said = json!({ "error": { "code": e.code.as_str(), "zh": e.zh, "en": e.en } });
            (said, State::Failed(e))
        }
    }
}

impl State {
    fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done(_) => "done",
            Self::Failed(e) if e.code == ErrorCode::Cancelled => "cancelled",
            Self::Failed(_) => "failed",
        }
    }
}

/// Random letters and digits.
fn random(before: &str) -> Result<String> {
    let mut bytes = [0_u8; 10];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes.iter().fold(before.to_owned(), |s, b| s + &format!("{b:02x}")))
}

/// Notes what becomes of a job in the control database.
struct Noting {
    data: Arc<DataFolder>,
    process: String,
    job: String,
}

impl Noting {
    /// A note that cannot be written ends no work.
    fn note(&self, write: impl FnOnce(&Self) -> Result<()>) {
        if let Err(e) = write(self) {
            tracing::warn!(cause = %e, job = self.job, "a job is not noted");
        }
    }

    /// Does work while its progress is noted, where another process may ask for it.
    fn while_noting(&self, control: &Control, work: impl FnOnce() -> Result<Value>) -> Result<Value> {
        if self.data.system.at_hand() {
            return work();
        }
        std::thread::scope(|s| {
            let (over, end) = mpsc::channel::<()>();
            s.spawn(move || {
                while end.recv_timeout(NOTED) == Err(mpsc::RecvTimeoutError::Timeout) {
                    let (phase, done, total) = control.state();
                    match self.data.system.report_job(&self.job, &self.process, phase, done, total) {
                        Ok(true) => control.cancel(),
                        Ok(false) => {}
                        Err(e) => tracing::warn!(cause = %e, job = self.job, "a job's progress is not noted"),
                    }
                }
            });
            let result = work();
            drop(over);
            result
        })
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
