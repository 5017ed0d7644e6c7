//! Documents as they come: bounded, and refused where they say what this program does not know.

use super::world::at;
use super::{KeptRule, MOST_TEMPLATE_BYTES, TEMPLATE_FORMAT, Template, TemplateField, TemplateView};
use model::{Error, ErrorCode, Result};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

fn invalid(zh: impl Into<String>, en: impl Into<String>) -> Error {
    Error::new(ErrorCode::Invalid, zh, en)
}

impl Template {
    /// Reads a document.
    ///
    /// # Errors
    /// `too_large` over [`MOST_TEMPLATE_BYTES`]; `bad_file` for what is no template; `invalid` for parts that are wrong or
    /// unknown, with their place, as those of a newer program are.
    pub fn read(document: &Json) -> Result<Self> {
        if document.to_string().len() > MOST_TEMPLATE_BYTES {
            return Err(Error::new(ErrorCode::TooLarge, "模板文件超过 1 MB", "A template has at most 1 MB"));
        }
        let Some(version) = document.get("kebu_template").and_then(Json::as_u64) else {
            return Err(Error::new(
                ErrorCode::BadFile,
                "这个文件不是客簿的模板；请选择从“存为模板”得到的 .json 文件",
                "This is no template of Kebu; choose a .json file that “Save as template” made",
            ));
        };
        if version > u64::from(TEMPLATE_FORMAT) {
            return Err(invalid(
                format!("模板由更新版本的客簿存成（格式 {version}），请先升级程序"),
                format!("The template was saved by a newer Kebu (format {version}); upgrade the program first"),
            )
            .on("kebu_template"));
        }
        pieces(document)?;
        let read: Self = serde_json::from_value(document.clone()).map_err(|e| unread("template", &e))?;
        let known = serde_json::to_value(&read).map_err(Error::internal)?;
        // Elsewhere reading itself refuses what it does not know; these hold their kind or check flat.
        for (n, table) in read.tables.iter().enumerate() {
            for (name, pieces) in [("fields", table.fields.len()), ("rules", table.rules.len())] {
                for i in 0..pieces {
                    let place = format!("tables[{n}].{name}[{i}]");
                    let of = |doc: &'_ Json| doc["tables"][n][name][i].clone();
                    if let Some(place) = unknown(&of(document), &of(&known), &place) {
                        let (zh, en) = ("这个版本的客簿不认识这一项", "This Kebu does not know this part");
                        return Err(at(&place, invalid(zh, en)));
                    }
                }
            }
        }
        Ok(read)
    }
}

fn unread(place: &str, e: &serde_json::Error) -> Error {
    at(place, invalid(format!("读不懂（{e}）"), format!("cannot be read ({e})")))
}

/// Reads the pieces one by one, so that what is wrong is told with its place.
fn pieces(document: &Json) -> Result<()> {
    fn each<T: DeserializeOwned>(table: &Json, n: usize, name: &str) -> Result<()> {
        for (i, piece) in table.get(name).and_then(Json::as_array).into_iter().flatten().enumerate() {
            serde_json::from_value::<T>(piece.clone()).map_err(|e| unread(&format!("tables[{n}].{name}[{i}]"), &e))?;
        }
        Ok(())
    }
    for (n, table) in document.get("tables").and_then(Json::as_array).into_iter().flatten().enumerate() {
        each::<TemplateField>(table, n, "fields")?;
        each::<KeptRule>(table, n, "rules")?;
        each::<TemplateView>(table, n, "views")?;
    }
    Ok(())
}

/// The place of the first part that was not taken up. Parts that say nothing are none.
fn unknown(given: &Json, known: &Json, place: &str) -> Option<String> {
    match (given, known) {
        (Json::Object(given), Json::Object(known)) => given.iter().find_map(|(key, part)| {
            let place = format!("{place}.{key}");
            match known.get(key) {
                Some(taken) => unknown(part, taken, &place),
                None if says_nothing(part) => None,
                None => Some(place),
            }
        }),
        (Json::Array(given), Json::Array(known)) => {
            let mut both = given.iter().zip(known).enumerate();
            both.find_map(|(i, (g, k))| unknown(g, k, &format!("{place}[{i}]")))
        }
        _ => None,
    }
}

fn says_nothing(part: &Json) -> bool {
    match part {
        Json::Null | Json::Bool(false) => true,
        Json::String(text) => text.is_empty(),
        Json::Array(list) => list.is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::Number(_) | Json::Bool(true) => false,
    }
}
