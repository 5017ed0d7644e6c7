//! What the tests of the binary share: running it, running Python, temporary books, a small HTTP client.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The as-of day of the tests.
pub const TODAY: &str = "2026-11-21";

/// What a run of the binary gave.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The JSON object printed.
    pub fn json(&self) -> Value {
        serde_json::from_str(self.out.trim()).unwrap_or_else(|e| panic!("no JSON ({e}): {} {}", self.out, self.err))
    }

    /// Fails unless the exit code is this one.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }
}

/// The binary, with a clean environment.
pub fn command() -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_kebu"));
    for name in ["KEBU_DATA", "KEBU_DATABASE", "KEBU_AS_OF", "KEBU_LANG", "KEBU_LOG", "KEBU_LISTEN"] {
        c.env_remove(name);
    }
    c.stdin(Stdio::null());
    c
}

/// Runs the binary.
pub fn run(args: &[&str]) -> Ran {
    Ran::of(&command().args(args).output().expect("the binary starts"))
}

/// A place of its own with a data folder in it.
pub struct Place {
    folder: tempfile::TempDir,
    /// Where the data is, when not in the folder.
    database: Option<String>,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder"), database: None }
    }

    /// A place whose data is in a PostgreSQL database of its own.
    pub fn on_postgres() -> Self {
        Self::at_address(testkit::postgres::new_database())
    }

    /// A place whose data is at a database address.
    pub fn at_address(address: String) -> Self {
        Self { database: Some(address), ..Self::new() }
    }

    /// Where the data is, as `kebu move` takes it.
    pub fn address(&self) -> String {
        self.database.clone().unwrap_or_else(|| self.at("data"))
    }

    /// The binary on the place's data, as of a day.
    pub fn command(&self, day: &str) -> Command {
        let mut c = command();
        c.args(["--data", &self.at("data"), "--as-of", day, "--json"]);
        if let Some(address) = &self.database {
            c.env("KEBU_DATABASE", address);
        }
        c
    }

    /// A path in the place.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as text.
    pub fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// The file of the book.
    pub fn book(&self) -> PathBuf {
        let books = std::fs::read_dir(self.path("data/books")).expect("there are books");
        books.filter_map(|e| Some(e.ok()?.path())).find(|p| p.extension().is_some_and(|x| x == "db")).expect("a book")
    }

    /// Runs a command on the place's data folder as of the tests' day, printing JSON.
    pub fn kebu(&self, args: &[&str]) -> Ran {
        self.as_of(TODAY, args)
    }

    /// The same as of another day.
    pub fn as_of(&self, day: &str, args: &[&str]) -> Ran {
        Ran::of(&self.command(day).args(args).output().expect("the binary starts"))
    }

    /// `customers.csv` and `orders.csv` of the demonstration data in a folder of the place.
    pub fn demo(&self, folder: &str, customers: u32, orders: u32) -> [String; 2] {
        let (at, c, o) = (self.at(folder), customers.to_string(), orders.to_string());
        run(&["demo", "--csv", &at, "--customers", &c, "--orders", &o, "--as-of", TODAY]).exits(0);
        [format!("{at}/customers.csv"), format!("{at}/orders.csv")]
    }

    /// How many customers and orders the book holds; fails unless it is sound.
    pub fn sound_counts(&self) -> (u64, u64) {
        let data = self.at("data");
        let checked = run(&["--data", &data, "--json", "check"]).exits(0).json();
        assert_eq!(checked["sound"], true, "{checked}");
        let counts = python("book.py", &["counts", &self.book().display().to_string()]);
        (counts["customers"].as_u64().expect("a count"), counts["orders"].as_u64().expect("a count"))
    }
}

/// The repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A fixture.
pub fn fixture(name: &str) -> String {
    let path = repository().join("fixtures/sheets").join(name);
    assert!(path.exists(), "{} is missing", path.display());
    path.display().to_string()
}

/// The Python that can read workbooks: `KEBU_PYTHON`, the one in target/venv, or python3. Workbooks are
/// re-opened by a reader that is not ours, so without it the tests fail rather than pass unseen.
fn interpreter() -> &'static str {
    static FOUND: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    FOUND.get_or_init(|| {
        let own = repository().join("target/venv/bin/python").display().to_string();
        let named = std::env::var("KEBU_PYTHON").ok();
        let tried: Vec<String> = named.into_iter().chain([own, "python3".to_owned()]).collect();
        let able = |p: &String| {
            let probe = Command::new(p).args(["-c", "import openpyxl, sqlite3"]).stderr(Stdio::null()).status();
            probe.is_ok_and(|s| s.success())
        };
        tried.iter().find(|p| able(p)).cloned().unwrap_or_else(|| {
            panic!("no Python with openpyxl among {tried:?}: python3 -m venv target/venv && target/venv/bin/pip install openpyxl")
        })
    })
}

/// Runs a script of tests/cli/py and gives the JSON it prints.
pub fn python(script: &str, args: &[&str]) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/py").join(script);
    let output =
        Command::new(interpreter()).arg(&path).args(args).env("PYTHONIOENCODING", "utf-8").output().expect("python");
    let ran = Ran::of(&output);
    assert_eq!(ran.code, 0, "{script} {args:?}: {}{}", ran.out, ran.err);
    ran.json()
}

/// Today as LibreOffice will see it.
pub fn system_day() -> String {
    let out = Command::new("date").arg("+%F").env("TZ", "UTC").output().expect("date");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// Always recalculate when loading; LibreOffice trusts stored values otherwise.
const RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// A workbook as LibreOffice saves it after computing every formula anew; fails where there is none.
pub fn recalculated(place: &Place, workbook: &str) -> String {
    let profile = place.path("profile/user");
    std::fs::create_dir_all(&profile).expect("a profile");
    std::fs::write(profile.join("registrymodifications.xcu"), RECALCULATE).expect("settings");
    let status = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", place.at("profile")))
        .args(["--headless", "--norestore", "--convert-to", "xlsx", "--outdir", &place.at("again"), workbook])
        .env("TZ", "UTC")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("soffice runs; scripts/test-tools.sh installs it");
    assert!(status.success());
    let name = Path::new(workbook).file_name().expect("a name").to_string_lossy().into_owned();
    place.at(&format!("again/{name}"))
}

/// Every file of a folder with its bytes.
pub fn content(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|e| {
            let e = e.expect("an entry");
            (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).expect("the file"))
        })
        .collect();
    files.sort();
    files
}

/// A served book, stopped when dropped.
pub struct Server {
    child: Child,
    /// What it printed at start.
    pub said: Value,
    address: String,
}

impl Server {
    pub fn start(place: &Place) -> Self {
        let mut child = place
            .command(TODAY)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let said: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line:?}"));
        let address = said["url"].as_str().and_then(|u| u.strip_prefix("http://")).expect("an address").to_owned();
        Self { child, said, address }
    }

    /// Sends a request; status and JSON of the answer (null when it has no body).
    pub fn call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        self.try_call(method, path, token, body).unwrap_or_else(|| panic!("no answer to {method} {path}"))
    }

    /// As [`Server::call`]; None when the server dies over it.
    pub fn try_call(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let authorization = token.map(|t| format!("Authorization: Bearer {t}\r\n")).unwrap_or_default();
        write!(
            stream,
            "{method} /api/v1{path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{authorization}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        )
        .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let text = String::from_utf8_lossy(&answer).into_owned();
        let status = text.split(' ').nth(1).and_then(|s| s.parse().ok())?;
        let json = text.split_once("\r\n\r\n").and_then(|(_, b)| {
            // A chunked body is one object between its chunk sizes.
            serde_json::from_str(&b[b.find('{')?..=b.rfind('}')?]).ok()
        });
        Some((status, json.unwrap_or(Value::Null)))
    }

    /// Ends the server as a power cut would, in the middle of what it is asked.
    pub fn kill_now(&self) {
        let killed = Command::new("kill").args(["-9", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(killed.success());
    }

    /// Opens the stream of news, and waits until it has said hello.
    pub fn listen(&self, token: &str, query: &str) -> News {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a time limit");
        write!(
            stream,
            "GET /api/v1/events{query} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            self.address
        )
        .expect("the request is sent");
        let mut news = News { lines: BufReader::new(stream), hello: Value::Null };
        news.hello = news.wait("hello");
        news
    }

    /// Ends the server as a power cut would.
    /// A connection that stays open, as a browser keeps it, with its first answer read.
    pub fn kept_open(&self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        write!(stream, "GET /api/v1/status HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).expect("it is sent");
        assert!(stream.read(&mut [0; 1024]).expect("an answer") > 0);
        stream
    }

    /// Asks the server to stop, as a service manager does; its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(asked.success());
        self.child.wait().expect("it stops").code()
    }

    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A stream of news as a page reads it.
pub struct News {
    lines: BufReader<TcpStream>,
    /// What it began with.
    pub hello: Value,
}

impl News {
    /// The data of the next news of a kind; others are passed over.
    pub fn wait(&mut self, kind: &str) -> Value {
        let mut said = false;
        loop {
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).expect("a line") > 0, "the stream ended before {kind}");
            match line.trim_end().split_once(": ") {
                Some(("event", event)) => said = event == kind,
                Some(("data", data)) if said => return serde_json::from_str(data).expect("data are JSON"),
                _ => {}
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
