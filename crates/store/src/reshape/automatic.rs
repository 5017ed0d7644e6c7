//! What Kebu fills by itself in records that are there: codes, who made them and when.

use crate::batch::Codes;
use crate::conn::{Conn, params};
use crate::dialect::quote;
use crate::layout;
use crate::store::{code_counter, counter};
use model::{Date, FieldDef, FieldKind, Result, TableDef};

/// Gives records of a range what a new automatic field says of them: their codes, and when and by whom they
/// were made as far as the log knows.
pub(crate) fn give_automatic(
    conn: &Conn,
    def: &TableDef,
    field: &FieldDef,
    today: Date,
    low: i64,
    high: i64,
) -> Result<()> {
    match field.kind {
        FieldKind::Code(_) => give_codes(conn, def, today, low, high),
        _ => from_log(conn, def, field, low, high),
    }
}

/// Gives automatic codes to records of a range that have none, in their order.
pub(crate) fn give_codes(conn: &Conn, def: &TableDef, today: Date, low: i64, high: i64) -> Result<()> {
    // `code` itself is given out with the record.
    let field = def.fields.iter().find(|f| matches!(f.kind, FieldKind::Code(_)) && f.key != *"code");
    let Some((field, FieldKind::Code(pattern))) = field.map(|f| (f, &f.kind)) else { return Ok(()) };
    let (table, column) = (quote(&def.key), quote(&field.key));
    let blank =
        ["SELECT id FROM ", &table, " WHERE id BETWEEN ?1 AND ?2 AND ", &column, " IS NULL ORDER BY id"].concat();
    let ids: Vec<i64> = conn.all(&blank, params![low, high], |r| r.get(0))?;
    let name = code_counter(&def.key, &pattern.run(today));
    let mut codes = Codes::from(counter(conn, &name)?);
    for part in ids.chunks(1_000) {
        let given: Vec<String> =
            part.iter().map(|_| codes.free(conn, def, &field.key, pattern, today)).collect::<Result<_>>()?;
        match conn.dialect().set_texts(&table, &column) {
            Some(sql) => conn.run(&sql, params![part, given.as_slice()]).map(drop)?,
            None => {
                let sql = ["UPDATE ", &table, " SET ", &column, " = ?1 WHERE id = ?2"].concat();
                part.iter().zip(&given).try_for_each(|(id, code)| conn.run(&sql, params![code, *id]).map(drop))?;
            }
        }
    }
    layout::set_meta(conn, &name, &codes.next.to_string())
}

/// When and by whom records were made or last changed, as the log knows it.
fn from_log(conn: &Conn, def: &TableDef, field: &FieldDef, low: i64, high: i64) -> Result<()> {
    let what = match field.kind {
        FieldKind::CreatedTime | FieldKind::UpdatedTime => format!("c.at + {}", crate::log::AHEAD),
        _ => "c.\"user\"".to_owned(),
    };
    let (table, column) = (quote(&def.key), quote(&field.key));
    let made = [
        "UPDATE ",
        &table,
        " SET ",
        &column,
        " = (SELECT ",
        &what,
        " FROM _change_ranges r JOIN _changes c ON c.id = r.change WHERE r.table_key = ?1 AND ",
        &table,
        ".id BETWEEN r.low AND r.high ORDER BY c.id DESC LIMIT 1) WHERE id BETWEEN ?2 AND ?3",
    ]
    .concat();
    conn.run(&made, params![def.key.as_str(), low, high])?;
    if matches!(field.kind, FieldKind::UpdatedTime | FieldKind::UpdatedBy) {
        let changed = [
            "UPDATE ",
            &table,
            " SET ",
            &column,
            " = (SELECT ",
            &what,
            " FROM _change_cells x JOIN _changes c ON c.id = x.change WHERE x.table_key = ?1 AND x.record = ",
            &table,
            ".id ORDER BY c.id DESC LIMIT 1) WHERE id BETWEEN ?2 AND ?3 \
             AND id IN (SELECT record FROM _change_cells WHERE table_key = ?1 AND record BETWEEN ?2 AND ?3)",
        ]
        .concat();
        conn.run(&changed, params![def.key.as_str(), low, high])?;
    }
    Ok(())
}
