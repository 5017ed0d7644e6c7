//! Jobs as all processes see them, and leases: which process may do what only one should. Both lie in the control
//! database, and go by its clock.

use crate::conn::{Row, params};
use crate::system::System;
use model::{Result, UserId};

/// The tables, from version 3 of the control database on.
pub(crate) const TABLES: &str = "
CREATE TABLE jobs (
  job TEXT PRIMARY KEY, kind TEXT NOT NULL, owner INTEGER NOT NULL, process TEXT NOT NULL, state TEXT NOT NULL,
  phase TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL, outcome TEXT, cancel INTEGER NOT NULL,
  began INTEGER NOT NULL, heartbeat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

/// Seconds without a word after which a process counts as dead, and for which a lease is given.
pub const SILENCE: i64 = 15;
/// Seconds for which jobs are kept.
const KEPT: i64 = 7 * 86_400;

/// A job as it is known to all processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Its name.
    pub job: String,
    /// What it does.
    pub kind: String,
    /// Whose it is.
    pub owner: UserId,
    /// `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Where it is.
    pub phase: String,
    /// How much of the phase is done.
    pub done: u64,
    /// Of how much; 0 if unknown.
    pub total: u64,
    /// Result or error, as JSON.
    pub outcome: Option<String>,
    /// Its process has said nothing for [`SILENCE`].
    pub silent: bool,
}

impl System {
    /// Notes a job that a process begins.
    pub fn begin_job(&self, job: &str, kind: &str, owner: UserId, process: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let now = c.dialect().clock();
            let old = ["DELETE FROM jobs WHERE began < ", now, " - ?1"].concat();
            c.run(&old, params![KEPT])?;
            let sql = [
                "INSERT INTO jobs (job, kind, owner, process, state, phase, done, total, cancel, began, heartbeat)
                 VALUES (?1, ?2, ?3, ?4, 'running', '', 0, 0, 0, ",
                now,
                ", ",
                now,
                ")",
            ];
            c.run(&sql.concat(), params![job, kind, owner.0, process]).map(drop)
        })
    }

    /// Notes how far a job of a process is, and that the process lives; whether somebody asked it to stop.
    pub fn report_job(&self, job: &str, process: &str, phase: &str, done: u64, total: u64) -> Result<bool> {
        self.engine.transaction(|c| {
            let sql = [
                "UPDATE jobs SET phase = ?3, done = ?4, total = ?5, heartbeat = ",
                c.dialect().clock(),
                " WHERE job = ?1 AND process = ?2 RETURNING cancel",
            ];
            let values = params![job, process, phase, done as i64, total as i64];
            Ok(c.first(&sql.concat(), values, |r| r.get(0))?.unwrap_or(false))
        })
    }

    /// Notes how a job of a process ended.
    pub fn end_job(&self, job: &str, process: &str, state: &str, outcome: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let sql = "UPDATE jobs SET state = ?3, outcome = ?4 WHERE job = ?1 AND process = ?2 AND state = 'running'";
            c.run(sql, params![job, process, state, outcome]).map(drop)
        })
    }

    /// Gives a running job up for another process to take over at once.
    pub fn give_up_job(&self, job: &str, process: &str) -> Result<()> {
        self.engine.transaction(|c| {
            let sql = "UPDATE jobs SET heartbeat = 0 WHERE job = ?1 AND process = ?2 AND state = 'running'";
            c.run(sql, params![job, process]).map(drop)
        })
    }

    /// A job by its name.
    pub fn job(&self, job: &str) -> Result<Option<JobRow>> {
        self.engine.read(|c| {
            let sql = [
                "SELECT job, kind, owner, state, phase, done, total, outcome, CASE WHEN heartbeat + ?2 < ",
                c.dialect().clock(),
                " THEN 1 ELSE 0 END FROM jobs WHERE job = ?1",
            ];
            c.first(&sql.concat(), params![job, SILENCE], read)
        })
    }

    /// Asks a job to stop, wherever it runs.
    pub fn cancel_job(&self, job: &str, owner: UserId) -> Result<()> {
        self.engine.transaction(|c| {
            let sql = "UPDATE jobs SET cancel = 1 WHERE job = ?1 AND owner = ?2 AND state = 'running'";
            c.run(sql, params![job, owner.0]).map(drop)
        })
    }

    /// Takes over the running jobs of a kind whose processes are dead: all others', where this process has the
    /// data to itself. Of several processes that try, one gets each.
    pub fn adopt_jobs(&self, kind: &str, process: &str) -> Result<Vec<(String, UserId)>> {
        self.engine.transaction(|c| {
            let clock = c.dialect().clock();
            let sql = [
                "UPDATE jobs SET process = ?2, heartbeat = ",
                clock,
                " WHERE kind = ?1 AND state = 'running' AND process <> ?2 AND heartbeat + ?3 < ",
                clock,
                " RETURNING job, owner",
            ];
            let silence = if self.at_hand() { -SILENCE } else { SILENCE };
            c.all(&sql.concat(), params![kind, process, silence], |r| Ok((r.get(0)?, UserId(r.get(1)?))))
        })
    }

    /// Takes a lease for [`SILENCE`], or keeps it for as long again; `false` while another holder has it.
    pub fn claim(&self, name: &str, holder: &str) -> Result<bool> {
        self.engine.transaction(|c| {
            let clock = c.dialect().clock();
            let sql = [
                "INSERT INTO leases (name, holder, until) VALUES (?1, ?2, ",
                clock,
                " + ?3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
                 WHERE leases.holder = excluded.holder OR leases.until < ",
                clock,
            ];
            Ok(c.run(&sql.concat(), params![name, holder, SILENCE])? == 1)
        })
    }

    /// Gives a lease back.
    pub fn release(&self, name: &str, holder: &str) -> Result<()> {
        self.engine.transaction(|c| {
            c.run("DELETE FROM leases WHERE name = ?1 AND holder = ?2", params![name, holder]).map(drop)
        })
    }
}

fn read(r: &Row<'_>) -> Result<JobRow> {
    Ok(JobRow {
        job: r.get(0)?,
        kind: r.get(1)?,
        owner: UserId(r.get(2)?),
        state: r.get(3)?,
        phase: r.get(4)?,
        done: r.get(5)?,
        total: r.get(6)?,
        outcome: r.get(7)?,
        silent: r.get(8)?,
    })
}
