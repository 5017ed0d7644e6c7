//! What the command line prints: JSON or words, and progress on a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use jobs::Control;
use jobs::import::Report;
use model::{Error, Lang};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Prints a line to standard output; a closed pipe is nobody's fault.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a remark to standard error.
pub(crate) fn remark(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints an error to standard error.
pub(crate) fn failure(e: &Error, lang: Lang, json: bool) {
    let mut err = std::io::stderr();
    let _ = if json {
        let body =
            serde_json::json!({ "error": { "code": e.code.as_str(), "message": e.message(lang), "field": e.field } });
        say(&body.to_string());
        Ok(())
    } else {
        writeln!(err, "{}: {}", if lang == Lang::Zh { "出错" } else { "error" }, e.message(lang))
    };
}

/// The text of a language.
pub(crate) fn tr<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// Runs work with a progress bar when a person watches.
pub(crate) fn with_progress<T: Send>(show: bool, lang: Lang, work: impl FnOnce(&Control) -> T + Send) -> T {
    let control = Control::default();
    if !show || !std::io::stderr().is_terminal() {
        return work(&control);
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:8} {wide_bar} {percent:>3}% {eta}") {
        bar.set_style(style);
    }
    std::thread::scope(|s| {
        let running = s.spawn(|| work(&control));
        while !running.is_finished() {
            let (phase, done, total) = control.state();
            bar.set_message(phase_name(phase, lang).to_owned());
            bar.set_length(total.max(done));
            bar.set_position(done);
            std::thread::sleep(Duration::from_millis(100));
        }
        bar.finish_and_clear();
        match running.join() {
            Ok(out) => out,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

fn phase_name(phase: &str, lang: Lang) -> &str {
    match phase {
        "write" => tr(lang, "写入", "writing"),
        "search" => tr(lang, "建索引", "indexing"),
        "derive" => tr(lang, "计算", "computing"),
        "commit" => tr(lang, "保存", "saving"),
        "workbook" => tr(lang, "工作簿", "workbook"),
        _ => tr(lang, "读取", "reading"),
    }
}

/// An import's report in words.
pub(crate) fn report(r: &Report, lang: Lang) {
    if r.dry_run {
        say(tr(lang, "试运行，没有写入：", "Dry run, nothing was kept:"));
    }
    for (table, c) in &r.tables {
        if c.created + c.updated + c.unchanged + c.rejected == 0 {
            continue;
        }
        let name = match (table.as_str(), r.own_tables.get(table)) {
            ("customers", _) => tr(lang, "客户", "customers"),
            ("orders", _) => tr(lang, "订单", "orders"),
            ("products", _) => tr(lang, "产品", "products"),
            (_, Some(name)) => name.as_str(),
            (key, None) => key,
        };
        say(&match lang {
            Lang::Zh => {
                format!("  {name}：新建 {}，更新 {}，不变 {}，拒绝 {}", c.created, c.updated, c.unchanged, c.rejected)
            }
            Lang::En => format!(
                "  {name}: {} created, {} updated, {} unchanged, {} rejected",
                c.created, c.updated, c.unchanged, c.rejected
            ),
        });
    }
    const SHOWN: usize = 20;
    for p in r.problems.iter().take(SHOWN) {
        let column = p.column.as_deref().map_or(String::new(), |c| format!("“{c}”"));
        let cell = p.cell.as_deref().map_or(String::new(), |c| format!(" [{c}]"));
        say(&match lang {
            Lang::Zh => {
                format!("  ! {} {} 第 {} 行{column}{cell}：{}。{}", p.file, p.sheet, p.row, p.reason.zh, p.cure.zh)
            }
            Lang::En => {
                format!("  ! {} {} row {} {column}{cell}: {}. {}", p.file, p.sheet, p.row, p.reason.en, p.cure.en)
            }
        });
    }
    if r.problem_count > SHOWN as u64 {
        let more = r.problem_count - SHOWN as u64;
        say(&match lang {
            Lang::Zh => format!("  …还有 {more} 个问题，用 --errors 文件.xlsx 全部导出"),
            Lang::En => format!("  … and {more} more; use --errors FILE.xlsx for all of them"),
        });
    }
    if !r.new_fields.is_empty() {
        let names = r.new_fields.join(tr(lang, "、", ", "));
        say(&format!("  {}{names}", tr(lang, "新增字段：", "new fields: ")));
    }
    say(&format!("  {:.1} s", r.seconds));
}
