//! The commands.

use crate::cli::{Cli, Command, Demo, Export, Grade, Import, MatchBy, Serve, UserCommand};
use crate::output::{remark, report, say, tr, with_progress};
use jobs::export::Format;
use jobs::import::{Import as Importing, Problems, write_problems};
use model::{Date, Error, ErrorCode, Lang, Result, Scope, builtin};
use serde_json::json;
use server::{App, Clock, today_in_shanghai};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{DataFolder, MatchKey};

/// Done, with rejected rows.
const WITH_REJECTED: u8 = 3;

pub(crate) struct Context {
    data: PathBuf,
    database: Option<String>,
    as_of: Option<Date>,
    pub json: bool,
    pub lang: Lang,
}

impl Context {
    pub fn today(&self) -> Date {
        self.as_of.unwrap_or_else(today_in_shanghai)
    }

    fn scope(&self) -> Scope {
        Scope::system(self.lang)
    }

    /// Opens the data folder and brings the book to the as-of day.
    fn open(&self) -> Result<DataFolder> {
        let data = self.folder()?;
        data.book.turn_day(self.today(), &mut |_, _| Ok(()))?;
        Ok(data)
    }

    /// Opens the data folder as it is; says so when that made a new book, in case of a mistyped path.
    pub fn folder(&self) -> Result<DataFolder> {
        let data = DataFolder::open(&self.data, self.database.as_deref(), self.today())?;
        if data.created {
            let place = match &self.database {
                Some(_) => tr(self.lang, "数据库", "the database").to_owned(),
                None => self.data.display().to_string(),
            };
            remark(&format!("{}{place}", tr(self.lang, "新建了空的客户簿，数据在 ", "Made a new, empty book in ")));
        }
        Ok(data)
    }

    pub fn print(&self, json: &serde_json::Value, words: impl FnOnce()) {
        if self.json { say(&json.to_string()) } else { words() }
    }
}

/// Runs a command; its exit code, or the error with the language to show it in.
pub(crate) fn run(cli: Cli) -> std::result::Result<u8, (Lang, Error)> {
    let lang = cli.lang.into();
    let c = Context { data: cli.data, database: cli.database, as_of: cli.as_of, json: cli.json, lang };
    match cli.command {
        Command::Serve(s) => serve(&c, &s),
        Command::Import(i) => import(&c, &i),
        Command::Export(e) => export(&c, &e),
        Command::Grade(g) => grade(&c, &g),
        Command::Demo(d) => demo(&c, &d),
        Command::Check => check(&c),
        Command::Move(m) => crate::moving::run(&c, &m),
        Command::User { command } => user(&c, command),
        Command::Token { command } => crate::tokens::run(&c, command),
        Command::Openapi => server::document().map(|doc| {
            say(&format!("{doc:#}"));
            0
        }),
    }
    .map_err(|e| (lang, e))
}

fn serve(c: &Context, s: &Serve) -> Result<u8> {
    let data = c.folder()?;
    let created = data.created;
    let clock = c.as_of.map_or(Clock::Real, Clock::Fixed);
    let app = App::new(Arc::new(data), clock)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Error::internal)?;
    // Connections to a database end by waiting for it, which no thread of the runtime may.
    let outlasting = Arc::clone(&app);
    let served = runtime.block_on(async {
        let mut listening = server::listen(&s.listen).await?;
        listening.proxies.clone_from(&s.proxies);
        let url = format!("http://{}", listening.address);
        let code = app.setup_code();
        if c.json {
            say(&json!({ "url": url, "setup_code": code, "created": created, "data": c.data }).to_string());
        } else {
            say(&format!("{} {url}", tr(c.lang, "客簿已启动，请在浏览器打开", "Kebu is running, open")));
            if let Some(code) = code {
                say(&format!("{} {code}", tr(c.lang, "第一次使用，设置码：", "First use, set-up code:")));
            }
        }
        server::serve(listening, app, stop_signal()).await;
        Ok(0)
    });
    drop(runtime);
    drop(outlasting);
    served
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
}

fn named(path: &Path) -> (PathBuf, String) {
    (path.to_owned(), path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default())
}

/// Refuses to write over a file that is being read.
fn apart(inputs: &[PathBuf], outputs: &[&PathBuf]) -> Result<()> {
    // What is not there yet is nobody's input.
    let whole = |p: &PathBuf| p.canonicalize().ok();
    let inputs: Vec<_> = inputs.iter().filter_map(whole).collect();
    let Some(out) = outputs.iter().find(|o| whole(o).is_some_and(|o| inputs.contains(&o))) else { return Ok(()) };
    let out = out.display();
    Err(Error::new(
        ErrorCode::Invalid,
        format!("“{out}”就是要读的文件，写进去会把原表盖掉；请换一个输出文件名"),
        format!("“{out}” is a file that is read; writing there would replace it. Choose another output file"),
    )
    .on("argument"))
}

fn import(c: &Context, i: &Import) -> Result<u8> {
    apart(&i.files, &i.errors.iter().collect::<Vec<_>>())?;
    let data = c.open()?;
    let files: Vec<_> = i.files.iter().map(|p| named(p)).collect();
    let schema = data.book.schema();
    let mut import = Importing::inspect(&files, &schema, c.today(), exchange::read::Limits::local());
    if let Some(e) = import.files.iter().find_map(|f| f.error.clone()) {
        return Err(e);
    }
    import.match_key = match i.match_by {
        MatchBy::Identity => MatchKey::Identity,
        MatchBy::Code => MatchKey::Code,
        MatchBy::Mobile => MatchKey::Mobile,
        MatchBy::Name => MatchKey::Name,
        MatchBy::None => MatchKey::None,
    };
    if let Some(year) = i.year {
        for index in 0..import.sheets.len() {
            let change = exchange::recognise::Override { year: Some(year), ..Default::default() };
            import.change(index, &change, &schema)?;
        }
    }
    let temp = tempfile::tempdir().map_err(Error::internal)?;
    let rows = temp.path().join("problems.jsonl");
    let done = with_progress(!c.json, c.lang, |control| {
        let mut problems = Problems::create(&rows)?;
        let done = import.run(&data.book, &c.scope(), i.dry_run, control, &mut problems)?;
        problems.finish()?;
        Ok::<_, Error>(done)
    })?;
    if let Some(out) = &i.errors {
        write_problems(&import, &rows, out, c.lang, Some(temp.path()))?;
    }
    c.print(&serde_json::to_value(&done).map_err(Error::internal)?, || report(&done, c.lang));
    Ok(if done.rejected() > 0 { WITH_REJECTED } else { 0 })
}

fn export(c: &Context, e: &Export) -> Result<u8> {
    let ending = e.out.extension().and_then(|x| x.to_str()).unwrap_or("").to_ascii_lowercase();
    let format = match ending.as_str() {
        "xlsx" => Format::Xlsx,
        "csv" => Format::Csv,
        _ => {
            return Err(Error::new(
                ErrorCode::Invalid,
                "输出文件要以 .xlsx 或 .csv 结尾",
                "The output file must end in .xlsx or .csv",
            )
            .on("argument"));
        }
    };
    let data = c.open()?;
    let scope = c.scope();
    let members = data.system.user_names()?;
    let target = jobs::export::File { path: &e.out, format, members: &members, temp: None };
    let rows = with_progress(!c.json, c.lang, |control| {
        let view = jobs::export::whole_table(&data.book, &scope, &e.table)?;
        jobs::export::view(&data.book, &scope, &view, &target, control)
    })?;
    let file = e.out.display().to_string();
    c.print(&json!({ "rows": rows, "file": file }), || {
        say(&format!("{} {rows} {} {file}", tr(c.lang, "已导出", "Exported"), tr(c.lang, "行到", "rows to")));
    });
    Ok(0)
}

fn grade(c: &Context, g: &Grade) -> Result<u8> {
    apart(&g.files, &std::iter::once(&g.out).chain(&g.errors).collect::<Vec<_>>())?;
    let wanted = jobs::grade::Wanted {
        files: g.files.clone(),
        out: g.out.clone(),
        today: c.today(),
        with_orders: g.with_orders,
        lang: c.lang,
    };
    let temp = tempfile::tempdir().map_err(Error::internal)?;
    let rows = temp.path().join("problems.jsonl");
    let done = with_progress(!c.json, c.lang, |control| {
        let mut problems = Problems::create(&rows)?;
        let done = jobs::grade::run(&wanted, control, &mut problems)?;
        problems.finish()?;
        Ok::<_, Error>(done)
    })?;
    if let Some(out) = &g.errors {
        let files: Vec<_> = g.files.iter().map(|p| named(p)).collect();
        let import = Importing::inspect(&files, &builtin::schema(), c.today(), exchange::read::Limits::local());
        write_problems(&import, &rows, out, c.lang, Some(temp.path()))?;
    }
    let rejected = done.import.rejected();
    c.print(&serde_json::to_value(&done).map_err(Error::internal)?, || {
        report(&done.import, c.lang);
        for (grade, n) in &done.grades {
            say(&format!("  {grade}: {n}"));
        }
        say(&format!("{} {} ({:.1} s)", tr(c.lang, "已写入", "Wrote"), g.out.display(), done.seconds));
    });
    Ok(if rejected > 0 { WITH_REJECTED } else { 0 })
}

fn demo(c: &Context, d: &Demo) -> Result<u8> {
    let demo = jobs::demo::Demo { customers: d.customers, orders: d.orders, today: c.today() };
    if let Some(folder) = &d.csv {
        demo.write_csv(folder).map_err(Error::internal)?;
        let place = folder.display().to_string();
        c.print(&json!({ "customers": d.customers, "orders": d.orders, "folder": place }), || {
            say(&format!("{} {place}", tr(c.lang, "已写成 CSV:", "Wrote CSV files to")));
        });
        return Ok(0);
    }
    let data = c.open()?;
    if d.remove {
        let change = data
            .book
            .demo_change()?
            .ok_or_else(|| Error::new(ErrorCode::NotFound, "没有演示数据", "There is no demonstration data"))?;
        let u = data.book.undo(&c.scope(), change, &mut |_, _| Ok(()))?;
        c.print(&json!({ "removed": u.removed, "kept": u.kept }), || {
            say(&format!("{} {}", tr(c.lang, "已移除记录", "Records removed:"), u.removed));
        });
        return Ok(0);
    }
    let started = std::time::Instant::now();
    let change = with_progress(!c.json, c.lang, |control| demo.fill(&data.book, &c.scope(), control))?;
    let seconds = started.elapsed().as_secs_f64();
    c.print(&json!({ "customers": d.customers, "orders": d.orders, "change": change, "seconds": seconds }), || {
        say(&match c.lang {
            Lang::Zh => format!("已生成 {} 位客户、{} 笔订单({seconds:.1} 秒)", d.customers, d.orders),
            Lang::En => format!("Made {} customers and {} orders ({seconds:.1} s)", d.customers, d.orders),
        });
    });
    Ok(0)
}

fn check(c: &Context) -> Result<u8> {
    // The stored day is what the stored columns are of: it is not turned before the check unless asked for.
    let data = match c.as_of {
        Some(_) => c.open()?,
        None => c.folder()?,
    };
    // What an upgrade or an interrupted filling left is no damage.
    data.book.fill(&mut |_, _| Ok(()))?;
    let r = with_progress(!c.json, c.lang, |control| {
        control.phase("derive", 0);
        data.book.check(&c.scope(), &mut |done, total| control.report("derive", done, total))
    })?;
    let listed: Vec<_> = r
        .differences
        .iter()
        .map(|(t, id, f, stored, computed)| json!({ "table": t, "id": id, "field": f, "stored": format!("{stored:?}"), "computed": format!("{computed:?}") }))
        .collect();
    let body = json!({
        "sound": r.sound(), "records": r.records, "cells": r.cells, "different": r.different,
        "differences": listed, "faults": r.faults, "as_of": data.book.today().to_string(),
    });
    c.print(&body, || {
        say(&match c.lang {
            Lang::Zh => format!(
                "重算 {} 条记录的 {} 个格子，不一致 {}，其他问题 {}",
                r.records,
                r.cells,
                r.different,
                r.faults.len()
            ),
            Lang::En => format!(
                "Recomputed {} cells of {} records: {} differ, {} other faults",
                r.cells,
                r.records,
                r.different,
                r.faults.len()
            ),
        });
        for d in &listed {
            say(&format!("  {d}"));
        }
        r.faults.iter().for_each(|f| say(&format!("  {f}")));
    });
    Ok(u8::from(!r.sound()))
}

fn user(c: &Context, command: UserCommand) -> Result<u8> {
    let UserCommand::Add { login, name, password_stdin, access } = command;
    let data = c.folder()?;
    let made = if password_stdin {
        None
    } else {
        let (secret, _) = server::new_token()?;
        Some(secret[5..21].to_owned())
    };
    let password = match &made {
        Some(p) => p.clone(),
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(Error::internal)?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    let id = data.system.add_user(&login, &name, &server::hash_password(&password)?, access.into(), false)?;
    c.print(&json!({ "id": id.0, "login": login, "password": made }), || {
        say(&format!("{} {login}", tr(c.lang, "已添加用户", "Added user")));
        if let Some(p) = &made {
            say(&format!("{} {p}", tr(c.lang, "密码（只显示这一次）：", "Password (shown this once):")));
        }
    });
    Ok(0)
}
