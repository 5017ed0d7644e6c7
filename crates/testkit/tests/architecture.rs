//! What is written down about the house is true: crate arrows (docs/ARCHITECTURE.md), who may name which
//! library, and the commands, options, variables, targets and routes the documents speak of.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which of our crates each crate may depend on. `None`: any of them.
const ARROWS: &[(&str, Option<&[&str]>)] = &[
    ("model", Some(&[])),
    ("formula", Some(&["model"])),
    ("calendar", Some(&["model"])),
    ("exchange", Some(&["model"])),
    ("store", Some(&["model", "formula", "calendar"])),
    ("jobs", Some(&["store", "exchange", "formula", "calendar", "model"])),
    ("server", Some(&["jobs", "store", "exchange", "formula", "calendar", "model"])),
    ("kebu", None),
    ("testkit", Some(&["store", "model"])),
];

/// Libraries only one crate may name.
const OWNED: &[(&str, &[&str])] = &[
    (
        "store",
        &[
            "rusqlite",
            "libsqlite3-sys",
            "sea-query",
            "sqlx",
            "postgres",
            "tokio-postgres",
            "tokio-postgres-rustls",
            "rustls",
            "deadpool-postgres",
        ],
    ),
    ("server", &["axum", "hyper", "hyper-util", "tower", "tower-http", "actix-web", "warp"]),
    ("exchange", &["calamine", "rust_xlsxwriter", "csv", "zip"]),
];

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];
const GUIDES: [&str; 4] = ["README.md", "README.zh-CN.md", "docs/guide/en.md", "docs/guide/zh.md"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Dependencies of a crate by kind: `dependencies`, `dev-dependencies`, `build-dependencies`.
fn dependencies(manifest: &str) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut out: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    let mut kind = None;
    for line in manifest.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            // Of `dependencies`, `target.'…'.dependencies` and `dependencies.name` alike.
            kind = ["dev-dependencies", "build-dependencies", "dependencies"]
                .into_iter()
                .find(|k| section.split('.').any(|part| part == *k));
            if let Some(k) = kind
                && let Some(name) = section.rsplit('.').next().filter(|n| *n != k)
            {
                out.entry(k).or_default().insert(name.to_owned());
                kind = None;
            }
        } else if let (Some(k), Some((name, _))) = (kind, line.split_once(['.', '=', ' '])) {
            out.entry(k).or_default().insert(name.trim_matches('"').to_owned());
        }
    }
    out
}

fn crates() -> BTreeMap<String, BTreeMap<&'static str, BTreeSet<String>>> {
    let mut out = BTreeMap::new();
    for entry in fs::read_dir(root().join("crates")).expect("crates/") {
        let path = entry.expect("an entry").path();
        let Ok(manifest) = fs::read_to_string(path.join("Cargo.toml")) else { continue };
        let name = path.file_name().and_then(|n| n.to_str()).expect("a name").to_owned();
        assert!(manifest.contains(&format!("name = \"{name}\"")), "the crate in crates/{name} has that name");
        out.insert(name, dependencies(&manifest));
    }
    out
}

#[test]
fn crates_depend_downwards_only() {
    let crates = crates();
    for (name, kinds) in &crates {
        let (_, allowed) = ARROWS.iter().find(|(n, _)| n == name).unwrap_or_else(|| {
            panic!("crates/{name} has no arrows yet: add it to this test and to docs/ARCHITECTURE.md")
        });
        for kind in ["dependencies", "build-dependencies"] {
            for d in kinds.get(kind).into_iter().flatten().filter(|d| crates.contains_key(*d)) {
                assert!(d != "testkit", "crates/{name}: testkit is a dev-dependency only");
                assert!(allowed.is_none_or(|a| a.contains(&d.as_str())), "crates/{name} must not depend on {d}");
            }
        }
    }
    for (name, _) in ARROWS {
        assert!(crates.contains_key(*name), "crates/{name} is gone: take it out of this test and docs/ARCHITECTURE.md");
    }
}

#[test]
fn a_library_is_named_by_its_owner_only() {
    for (name, kinds) in crates() {
        for (owner, libraries) in OWNED.iter().filter(|(o, _)| *o != name) {
            for kind in ["dependencies", "build-dependencies"] {
                for d in kinds.get(kind).into_iter().flatten() {
                    assert!(
                        !libraries.contains(&d.as_str()),
                        "crates/{name} names {d}, which is for crates/{owner} alone"
                    );
                }
            }
        }
    }
}

fn files_under(dir: &Path, endings: &[&str], out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_under(&path, endings, out);
        } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e)) {
            out.push(path);
        }
    }
}

#[test]
fn only_the_sheet_names_the_grid_library() {
    let mut files = Vec::new();
    files_under(&root().join("web/src"), &["ts", "tsx", "css"], &mut files);
    assert!(files.len() > 20);
    for f in files.iter().filter(|f| !f.starts_with(root().join("web/src/grid"))) {
        let text = fs::read_to_string(f).expect("readable");
        assert!(!text.contains("@glideapps"), "{} names the grid library", f.display());
    }
}

/// What stands in code: fenced blocks and `spans`.
fn code(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (i, part) in text.split("```").enumerate() {
        if i % 2 == 1 {
            out.extend(part.lines().skip(1).map(str::to_owned));
        } else {
            out.extend(part.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    out
}

/// Words that follow `program` in code: `make run` gives `run`.
fn words_after(text: &str, program: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for line in code(text) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.windows(2) {
            let called = pair[0].rsplit('/').next() == Some(program);
            if called && pair[1].starts_with(|c: char| c.is_ascii_lowercase()) {
                out.insert(pair[1].trim_end_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned());
            }
        }
    }
    out
}

/// Tokens such as `--data` or `KEBU_DATA` anywhere in a text.
fn tokens(text: &str, prefix: &str, part: fn(char) -> bool) -> BTreeSet<String> {
    text.match_indices(prefix)
        .filter(|(i, _)| !text[..*i].ends_with(|c: char| part(c) || c == '-'))
        .map(|(i, _)| {
            let rest = &text[i + prefix.len()..];
            let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
            [prefix, rest[..end].trim_end_matches('-')].concat()
        })
        .filter(|t| t.len() > prefix.len())
        .collect()
}

/// The commands of cli.rs: variants of `enum Command`, in the spelling of the command line.
fn commands() -> BTreeSet<String> {
    let cli = read("crates/kebu/src/cli.rs");
    let body = cli.split("enum Command {").nth(1).and_then(|b| b.split("\n}").next()).expect("enum Command");
    let variants = body.lines().filter_map(|l| {
        let l = l.strip_prefix("    ")?;
        l.starts_with(|c: char| c.is_ascii_uppercase())
            .then(|| l.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("").to_lowercase())
    });
    variants.collect()
}

#[test]
fn documented_commands_exist_and_all_are_documented() {
    let known = commands();
    assert!(known.contains("serve") && known.contains("check"), "{known:?}");
    for path in GUIDES {
        let named = words_after(&read(path), "kebu");
        for c in &named {
            assert!(known.contains(c), "{path} names `kebu {c}`, which does not exist");
        }
        if READMES.contains(&path) {
            assert_eq!(named, known, "{path} documents every command");
        }
    }
}

/// The long options of cli.rs: fields marked `long`, `long = "…"`, and what clap adds.
fn options() -> BTreeSet<String> {
    let cli = read("crates/kebu/src/cli.rs");
    let mut out = BTreeSet::from(["--help".to_owned(), "--version".to_owned()]);
    let mut long = None;
    for line in cli.lines().map(str::trim) {
        if line.starts_with("#[arg(") {
            if let Some(given) = line.split("long = \"").nth(1) {
                long = Some(given.split('"').next().unwrap_or("").to_owned());
            } else if line.split(|c: char| !c.is_ascii_alphanumeric()).any(|w| w == "long") {
                long = Some(String::new());
            }
        } else if let Some(given) = long.take() {
            let field = line.trim_start_matches("pub ").split(':').next().unwrap_or("").replace('_', "-");
            out.insert(["--", if given.is_empty() { &field } else { &given }].concat());
        }
    }
    out
}

#[test]
fn documented_options_and_variables_exist() {
    let (options, cli) = (options(), read("crates/kebu/src/cli.rs"));
    assert!(options.contains("--as-of") && options.contains("--match"), "{options:?}");
    let variables = tokens(&cli, "KEBU_", |c| c.is_ascii_uppercase() || c == '_');
    for path in GUIDES {
        let text = read(path);
        let code = code(&text).join("\n");
        for o in tokens(&code, "--", |c| c.is_ascii_lowercase() || c == '-') {
            assert!(options.contains(&o), "{path} names {o}, which does not exist");
        }
        let named = tokens(&text, "KEBU_", |c| c.is_ascii_uppercase() || c == '_');
        for v in &named {
            assert!(variables.contains(v), "{path} names {v}, which does not exist");
        }
        if READMES.contains(&path) {
            assert_eq!(named, variables, "{path} documents every environment variable");
        }
    }
}

#[test]
fn documented_make_targets_exist() {
    let makefile = read("Makefile");
    let targets: BTreeSet<&str> = makefile
        .lines()
        .filter(|l| !l.starts_with(['\t', '#', '.', ' ']) && !l.contains(":=") && !l.contains("?="))
        .filter_map(|l| l.split_once(':'))
        .flat_map(|(names, _)| names.split_whitespace())
        .collect();
    for target in ["build", "run", "test", "lint", "bench", "fmt"] {
        assert!(targets.contains(target), "the Makefile has no {target}");
    }
    for path in READMES.into_iter().chain(["docs/ARCHITECTURE.md", "CHANGELOG.md"]) {
        for t in words_after(&read(path), "make") {
            assert!(targets.contains(t.as_str()), "{path} names `make {t}`, which does not exist");
        }
    }
}

#[test]
fn the_api_document_names_every_route() {
    let doc = read("docs/API.md");
    // `.routes(routes!(…))` puts a route into the OpenAPI document as well; `.route(…)` would not.
    assert!(!read("crates/server/src/app.rs").contains(".route("), "a route of app.rs is in no document");
    let mut files = Vec::new();
    files_under(&root().join("crates/server/src"), &["rs"], &mut files);
    let texts: Vec<String> = files.iter().map(|f| fs::read_to_string(f).expect("readable")).collect();
    let paths = texts.iter().flat_map(|t| t.split("utoipa::path(").skip(1));
    let routes: Vec<&str> = paths.filter_map(|r| r.split("path = \"").nth(1)?.split('"').next()).collect();
    assert!(routes.len() > 20);
    for r in routes {
        assert!(doc.contains(r), "docs/API.md does not name {r}");
    }
}

#[test]
fn links_inside_the_documents_lead_somewhere() {
    let mut files = vec![root().join("README.md"), root().join("README.zh-CN.md"), root().join("CHANGELOG.md")];
    files_under(&root().join("docs"), &["md"], &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        for link in text.split("](").skip(1).filter_map(|l| l.split(')').next()) {
            let target = link.split('#').next().unwrap_or("");
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let there = file.parent().expect("a folder").join(target);
            assert!(there.exists(), "{} links to {target}, which does not exist", file.display());
        }
    }
}
