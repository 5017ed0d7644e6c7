//! A private PostgreSQL server for the tests of one process.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A running server. It stops, and its files go, when the process that started it ends.
struct Server {
    socket: PathBuf,
    programs: PathBuf,
    // Its standard input is the leash: the watcher stops the server when it closes.
    _watcher: Child,
}

static SERVER: OnceLock<Server> = OnceLock::new();

/// Starts the server, waits for the test process to end, then stops it and removes its files.
const WATCH: &str = r#"
"$@" >"$DIR/log" 2>&1 &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$DIR"
"#;

/// The address of the test server's database; started when first asked for.
///
/// # Panics
/// Without PostgreSQL's programs: tests on the second engine are never skipped.
pub fn address() -> String {
    format!("postgres://kebu@/postgres?host={}", server().socket.display())
}

/// Makes an empty schema of a name not used before.
pub fn new_schema() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("book_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    run(&format!("CREATE SCHEMA {name}"));
    name
}

/// Makes an empty database of a name not used before; its address.
pub fn new_database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("kebu_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    run(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"));
    format!("postgres://kebu@/{name}?host={}", server().socket.display())
}

/// Locks held in a database until this is dropped.
pub struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// Runs statements in a transaction of a database that stays open.
pub fn hold(address: &str, sql: &str) -> Held {
    use std::io::{BufRead, BufReader, Write};
    let mut psql = Command::new(server().programs.join("psql"))
        .args(["-qX", "-v", "ON_ERROR_STOP=1", "-d", address])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("psql starts");
    let to = psql.stdin.as_mut().expect("its input");
    writeln!(to, "BEGIN; {sql};\n\\echo held").and_then(|()| to.flush()).expect("it listens");
    let mut said = String::new();
    BufReader::new(psql.stdout.take().expect("its output")).read_line(&mut said).expect("it answers");
    assert_eq!(said.trim(), "held", "{sql}");
    Held(psql)
}

fn run(sql: &str) {
    let s = server();
    let done = Command::new(s.programs.join("psql"))
        .args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "kebu", "-d", "postgres", "-h"])
        .arg(&s.socket)
        .args(["-c", sql])
        .output()
        .expect("psql starts");
    assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
}

fn server() -> &'static Server {
    SERVER.get_or_init(|| start(&programs(), &[]))
}

/// The address of a server that speaks TLS alone, as `localhost`, and the file of the authority that
/// signed its certificate; started when first asked for.
///
/// # Panics
/// As [`address`].
pub fn tls_address() -> (String, PathBuf) {
    static TLS: OnceLock<(Server, u16)> = OnceLock::new();
    let (server, port) = TLS.get_or_init(|| {
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let settings = ["ssl=on", "ssl_cert_file=../cert.pem", "ssl_key_file=../key.pem", "listen_addresses=127.0.0.1"];
        let settings: Vec<String> = settings.iter().map(|s| (*s).to_owned()).chain([format!("port={port}")]).collect();
        (start(&programs(), &settings), port)
    });
    (format!("postgres://kebu@localhost:{port}/postgres"), server.socket.join("cert.pem"))
}

/// Where the server's programs are: on the path, or where Debian keeps them.
fn programs() -> PathBuf {
    let on_path = std::env::var_os("PATH").into_iter().flat_map(|p| std::env::split_paths(&p).collect::<Vec<_>>());
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|d| d.path().join("bin"));
    on_path
        .chain(debian)
        .find(|d| ["initdb", "postgres", "psql", "pg_isready"].iter().all(|p| d.join(p).exists()))
        .expect("PostgreSQL's programs are needed by these tests; `make test` installs them")
}

fn start(programs: &Path, settings: &[String]) -> Server {
    // Sockets have short paths, so the folder is not inside the build's.
    let folder = tempfile::Builder::new().prefix("kebu-pg-").tempdir_in("/tmp").expect("a temporary folder").keep();
    make_open(&folder);
    let data = folder.join("data");
    let initdb = as_nobody(&programs.join("initdb"))
        .args(["--username=kebu", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data)
        .output()
        .expect("initdb starts");
    assert!(initdb.status.success(), "{}", String::from_utf8_lossy(&initdb.stderr));
    certify(&folder);
    let server = as_nobody(&programs.join("postgres"));
    let watcher = Command::new("sh")
        .args(["-c", WATCH, "watch"])
        .arg(server.get_program())
        .args(server.get_args())
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&folder)
        .args(["-c", "listen_addresses=", "-c", "fsync=off", "-c", "synchronous_commit=off"])
        .args(["-c", "full_page_writes=off", "-c", "max_connections=300", "-c", "shared_buffers=64MB"])
        .args(settings.iter().flat_map(|s| ["-c", s]))
        .env("DIR", &folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the watcher starts");
    let s = Server { socket: folder.clone(), programs: programs.to_owned(), _watcher: watcher };
    let deadline = Instant::now() + Duration::from_secs(60);
    let ready = || {
        let port = settings.iter().find_map(|s| s.strip_prefix("port=")).unwrap_or("5432");
        let ask = Command::new(programs.join("pg_isready")).args(["-q", "-p", port, "-h"]).arg(&folder).status();
        ask.is_ok_and(|s| s.success())
    };
    while !ready() {
        if Instant::now() > deadline {
            let mut log = String::new();
            let _ = std::fs::File::open(folder.join("log")).and_then(|mut f| f.read_to_string(&mut log));
            panic!("PostgreSQL did not start: {log}");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    s
}

fn make_open(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o777)).expect("the folder can be opened up");
}

/// Puts a self-signed certificate for `localhost` into the folder; the key is the server's alone.
fn certify(folder: &Path) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).expect("the certificate is written");
    let key = folder.join("key.pem");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("the key is written");
    let owned = as_nobody(Path::new("true")).get_program() == "setpriv";
    if owned {
        std::os::unix::fs::chown(&key, Some(65534), Some(65534)).expect("the key is handed over");
    }
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("the key is closed");
}

/// PostgreSQL refuses to run as root, so root runs it as nobody.
fn as_nobody(program: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"));
    if !root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
    command
}
