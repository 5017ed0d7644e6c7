//! The filters of saved views: conditions that no longer fit are left out, renamed options carried along.

use crate::conn::{Conn, params};
use crate::{events, failure};
use model::Result;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A filter with the conditions that `fits` refuses left out; None when nothing remains. Each is named in `missing`.
pub fn prune(filter: &Json, fits: &dyn Fn(&str, &Json) -> bool, missing: &mut Vec<String>) -> Option<Json> {
    for word in ["all", "any"] {
        let Some(parts) = filter.get(word).and_then(Json::as_array) else { continue };
        let kept: Vec<Json> = parts.iter().filter_map(|p| prune(p, fits, missing)).collect();
        // A group that has lost all its parts says nothing; one that was empty says what it said.
        return (!kept.is_empty() || parts.is_empty()).then(|| serde_json::json!({ word: kept }));
    }
    if let Some(part) = filter.get("not") {
        return prune(part, fits, missing).map(|kept| serde_json::json!({ "not": kept }));
    }
    let field = filter.get("field").and_then(Json::as_str).unwrap_or_default();
    if fits(field, filter) {
        return Some(filter.clone());
    }
    match filter.get("segment") {
        Some(view) => note(missing, &format!("segment {view}")),
        None => note(missing, field),
    }
    None
}

pub(crate) fn note(missing: &mut Vec<String>, field: &str) {
    if !missing.iter().any(|m| m == field) {
        missing.push(field.to_owned());
    }
}

/// Whether a condition names a saved view. That is looked up by whoever asks the question.
pub(crate) fn names_view(condition: &Json) -> bool {
    condition.get("segment").is_some()
}

/// Puts the new names of a field's options into the filters and colour rules of all views of its table.
pub(crate) fn rename(conn: &Conn, table: &str, field: &str, names: &BTreeMap<String, String>) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let kept: Vec<(i64, Option<i64>, String)> =
        conn.all("SELECT id, owner, def FROM _views WHERE table_key = ?1", params![table], |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?;
    for (id, owner, text) in kept {
        let mut def: Json = serde_json::from_str(&text).map_err(failure)?;
        let mut renamed = def.get_mut("filter").is_some_and(|filter| rename_in(filter, field, names));
        for rule in def.get_mut("colours").and_then(Json::as_array_mut).into_iter().flatten() {
            if let Some(filter) = rule.get_mut("when").and_then(|when| when.get_mut("filter")) {
                renamed |= rename_in(filter, field, names);
            }
        }
        if renamed {
            conn.run("UPDATE _views SET def = ?2 WHERE id = ?1", params![id, def.to_string()])?;
            events::views_changed(conn, table, owner)?;
        }
    }
    Ok(())
}

/// Whether something was renamed.
fn rename_in(filter: &mut Json, field: &str, names: &BTreeMap<String, String>) -> bool {
    if let Some(part) = filter.get_mut("not") {
        return rename_in(part, field, names);
    }
    for word in ["all", "any"] {
        if let Some(parts) = filter.get_mut(word).and_then(Json::as_array_mut) {
            let mut any = false;
            for part in parts {
                any |= rename_in(part, field, names);
            }
            return any;
        }
    }
    if filter.get("field").and_then(Json::as_str) != Some(field) {
        return false;
    }
    let mut any = false;
    for value in filter.get_mut("values").and_then(Json::as_array_mut).into_iter().flatten() {
        if let Some(new) = value.as_str().and_then(|v| names.get(v)) {
            *value = new.as_str().into();
            any = true;
        }
    }
    any
}
