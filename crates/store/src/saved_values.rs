//! Values that saved views name, carried along when they get another name.

use crate::conn::{Conn, params};
use crate::{events, failure};
use model::Result;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Puts the new names of a field's options into the filters of all views of its table.
pub(crate) fn rename(conn: &Conn, table: &str, field: &str, names: &BTreeMap<String, String>) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let kept: Vec<(i64, Option<i64>, String)> = conn.all(
        "SELECT id, owner, def FROM _views WHERE table_key = ?1",
        params![table],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )?;
    for (id, owner, text) in kept {
        let mut def: Json = serde_json::from_str(&text).map_err(failure)?;
        let Some(filter) = def.get_mut("filter") else { continue };
        if rename_in(filter, field, names) {
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
            return parts.iter_mut().fold(false, |any, part| rename_in(part, field, names) || any);
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
