//! Segments: saved views whose filter others use as a condition, `{"segment": id}`. A view may name those that
//! whoever sees it sees too, and none that names it in turn.

use crate::conn::{Conn, params};
use crate::failure;
use crate::saved::SavedDef;
use model::{Error, ErrorCode, Result, UserId};
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};

/// The views a filter names.
fn named(filter: &Json, out: &mut Vec<i64>) {
    for word in ["all", "any"] {
        filter.get(word).and_then(Json::as_array).into_iter().flatten().for_each(|p| named(p, out));
    }
    if let Some(part) = filter.get("not") {
        named(part, out);
    }
    out.extend(filter.get("segment").and_then(Json::as_i64));
}

/// What of a view matters to those that name it.
struct Known {
    name: String,
    owner: Option<i64>,
    names: Vec<i64>,
}

fn known(conn: &Conn, table: &str) -> Result<HashMap<i64, Known>> {
    let sql = "SELECT id, name, owner, def FROM _views WHERE table_key = ?1 ORDER BY id";
    let views = conn.all(sql, params![table], |r| {
        let def: SavedDef = serde_json::from_str(r.text(3)?).map_err(failure)?;
        let mut names = Vec::new();
        def.filter.iter().for_each(|f| named(f, &mut names));
        Ok((r.get(0)?, Known { name: r.get(1)?, owner: r.get(2)?, names }))
    })?;
    Ok(views.into_iter().collect())
}

/// Refuses a filter that names a view of another table or member, in a shared view one that is not shared, or one
/// that leads back to `view`, the view it is for.
///
/// # Errors
/// `invalid`, naming what is wrong.
pub(crate) fn refuse_unfit(
    conn: &Conn,
    user: UserId,
    table: &str,
    shared: bool,
    view: Option<i64>,
    filter: Option<&Json>,
) -> Result<()> {
    let mut wanted = Vec::new();
    filter.iter().for_each(|f| named(f, &mut wanted));
    if wanted.is_empty() {
        return Ok(());
    }
    let views = known(conn, table)?;
    for id in &wanted {
        let Some(segment) = views.get(id).filter(|v| v.owner.is_none_or(|o| o == user.0)) else {
            return Err(unknown());
        };
        if shared && segment.owner.is_some() {
            let name = &segment.name;
            return Err(invalid(
                format!("共享视图的筛选只能用共享的视图；“{name}”还是个人视图"),
                format!("A shared view can use shared views only; “{name}” is a personal one"),
            ));
        }
    }
    let Some(view) = view else { return Ok(()) };
    match way_back(&views, view, &wanted, &mut Vec::new(), &mut HashSet::new()) {
        Some(way) => {
            Err(invalid(format!("视图不能绕回自己：{way}"), format!("A view cannot lead back to itself: {way}")))
        }
        None => Ok(()),
    }
}

/// The way from a view back to itself, in names.
fn way_back(
    views: &HashMap<i64, Known>,
    view: i64,
    next: &[i64],
    way: &mut Vec<i64>,
    seen: &mut HashSet<i64>,
) -> Option<String> {
    for id in next {
        if *id == view {
            let name = |id: &i64| views.get(id).map_or("", |v| v.name.as_str());
            let names: Vec<&str> = [&view].into_iter().chain(way.iter()).chain([&view]).map(name).collect();
            return Some(names.join(" → "));
        }
        if !seen.insert(*id) {
            continue;
        }
        way.push(*id);
        let found = views.get(id).and_then(|v| way_back(views, view, &v.names, way, seen));
        if found.is_some() {
            return found;
        }
        way.pop();
    }
    None
}

/// Refuses to take a view from those that name it. Shared views count, and those of `owner`; those of others are
/// none of the caller's business: their condition is left out from then on.
///
/// # Errors
/// `conflict`, naming them.
pub(crate) fn refuse_used(conn: &Conn, table: &str, view: i64, owner: Option<i64>) -> Result<()> {
    let views = known(conn, table)?;
    let mut users: Vec<(&i64, &Known)> = views
        .iter()
        .filter(|(id, v)| **id != view && v.names.contains(&view) && (v.owner.is_none() || v.owner == owner))
        .collect();
    if users.is_empty() {
        return Ok(());
    }
    users.sort_by_key(|(id, _)| **id);
    let names: Vec<&str> = users.iter().map(|(_, v)| v.name.as_str()).collect();
    Err(Error::new(
        ErrorCode::Conflict,
        format!("这些视图的筛选在用它：{}。请先改它们的筛选", names.join("、")),
        format!("Its filter is used by: {}. Change their filters first", names.join(", ")),
    ))
}

/// What is said of a filter that names a view nobody knows.
pub(crate) fn unknown() -> Error {
    invalid(
        "筛选用到的视图不存在，可能已被删除".to_owned(),
        "The filter names a view that is not there; it may have been deleted".to_owned(),
    )
}

fn invalid(zh: String, en: String) -> Error {
    Error::new(ErrorCode::Invalid, zh, en).on("filter")
}
