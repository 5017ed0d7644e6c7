//! Jobs and leases of several processes.

use model::{Date, UserId};
use store::{DataFolder, SILENCE};

testkit::on_both_engines!(a_lease_has_one_holder, a_job_is_seen_by_all_and_taken_over_once);

struct Place {
    _folder: tempfile::TempDir,
    processes: [DataFolder; 2],
    several: bool,
}

/// Two processes over one control database.
fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let several = testkit::engine() == testkit::Engine::Postgres;
    let address = several.then(testkit::postgres::new_database);
    let open = || {
        let today = Date::from_iso("2026-11-21").expect("a day");
        DataFolder::open(&folder.path().join("data"), address.as_deref(), today).expect("it opens")
    };
    let processes = [open(), open()];
    Place { processes, _folder: folder, several }
}

fn a_lease_has_one_holder() {
    let place = place();
    let [a, b] = &place.processes;
    assert!(a.system.claim("day", "A").expect("asked") && !b.system.claim("day", "B").expect("asked"));
    assert!(a.system.claim("day", "A").expect("kept") && b.system.claim("fill", "B").expect("another"));
    b.system.release("day", "B").expect("it is not B's to give back");
    assert!(!b.system.claim("day", "B").expect("asked"));
    a.system.release("day", "A").expect("given back");
    assert!(b.system.claim("day", "B").expect("asked"));
    // Of many that want it at once, one gets it.
    let won = std::thread::scope(|s| {
        let tries: Vec<_> =
            (0..8).map(|n| s.spawn(move || place_claim(if n % 2 == 0 { a } else { b }, &format!("P{n}")))).collect();
        tries.into_iter().filter_map(|t| t.join().ok()).filter(|won| *won).count()
    });
    assert_eq!(won, 1);
}

fn place_claim(process: &DataFolder, holder: &str) -> bool {
    process.system.claim("race", holder).expect("asked")
}

fn a_job_is_seen_by_all_and_taken_over_once() {
    let place = place();
    let [a, b] = &place.processes;
    let owner = UserId(3);
    a.system.begin_job("j1", "fill", owner, "A").expect("begun");
    assert_eq!(a.system.report_job("j1", "A", "derive", 5, 10), Ok(false));
    let row = b.system.job("j1").expect("asked").expect("it is there");
    assert_eq!((row.state.as_str(), row.phase.as_str(), row.done, row.total), ("running", "derive", 5, 10));
    assert!(!row.silent && row.owner == owner && b.system.job("j2").expect("asked").is_none());
    b.system.cancel_job("j1", UserId(4)).expect("not theirs");
    assert_eq!(a.system.report_job("j1", "A", "derive", 6, 10), Ok(false));
    b.system.cancel_job("j1", owner).expect("theirs");
    assert_eq!(a.system.report_job("j1", "A", "derive", 7, 10), Ok(true));

    if place.several {
        assert_eq!(b.system.adopt_jobs("fill", "B"), Ok(vec![]), "its process lives");
        a.system.give_up_job("j1", "A").expect("given up");
        assert!(b.system.job("j1").expect("asked").is_some_and(|r| r.silent));
    }
    assert_eq!(b.system.adopt_jobs("check", "B"), Ok(vec![]), "of another kind");
    assert_eq!(b.system.adopt_jobs("fill", "B"), Ok(vec![("j1".to_owned(), owner)]));
    if place.several {
        assert_eq!(a.system.adopt_jobs("fill", "C"), Ok(vec![]), "taken already");
    }
    a.system.end_job("j1", "A", "failed", "{}").expect("it is not A's any more");
    b.system.end_job("j1", "B", "done", "{\"result\":{}}").expect("ended");
    let row = a.system.job("j1").expect("asked").expect("it is there");
    assert_eq!((row.state.as_str(), row.outcome.as_deref()), ("done", Some("{\"result\":{}}")));
    const { assert!(SILENCE < 25, "a dead process's work is taken over within half a minute") };
}
