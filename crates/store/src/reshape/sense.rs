//! What a table or field may be: names, options, settings that make sense.

use super::check::refuse_formulas;
use super::{invalid, place};
use crate::dialect::Dialect;
use crate::store::Now;
use model::{Date, Error, ErrorCode, FieldDef, FieldKind, Label, Result, Schema, TableDef};

/// Most characters of a name.
const LONGEST: usize = 60;
/// Signs with a meaning of their own in formulas.
const SIGNS: [char; 7] = ['[', ']', '\'', '"', '@', '#', '\n'];

pub(crate) fn refuse_name(label: &Label) -> Result<()> {
    for name in [&label.zh, &label.en] {
        let n = name.trim().chars().count();
        if n == 0 || n > LONGEST || **name != *name.trim() || name.contains(SIGNS) || name.contains(char::is_control) {
            return Err(Error::new(
                ErrorCode::Invalid,
                format!("名称要有 1 到 {LONGEST} 个字，不能含 [ ] ' \" @ # 和首尾空格"),
                format!("A name has 1 to {LONGEST} characters, none of [ ] ' \" @ #, and no spaces at its ends"),
            )
            .on("label"));
        }
    }
    Ok(())
}

fn taken(label: &Label) -> Error {
    Error::new(
        ErrorCode::Conflict,
        format!("已经有“{}”了，请换一个名称", label.zh),
        format!("There is “{}” already; choose another name", label.en),
    )
    .on("label")
}

pub(crate) fn refuse_table_name(schema: &Schema, own: Option<&str>, label: &Label) -> Result<()> {
    let other = |name: &str| schema.named(name).is_some_and(|t| own.is_none_or(|k| t.key != *k));
    if other(&label.zh) || other(&label.en) { Err(taken(label)) } else { Ok(()) }
}

pub(crate) fn refuse_field_name(table: &TableDef, own: Option<&str>, label: &Label) -> Result<()> {
    let other = |name: &str| table.named(name).is_some_and(|f| own.is_none_or(|k| f.key != *k));
    if other(&label.zh) || other(&label.en) { Err(taken(label)) } else { Ok(()) }
}

/// Refuses a new field that cannot be: its name, kind, rules or formulas.
pub(crate) fn refuse_unfit(now: &Now, table: &TableDef, field: &FieldDef, dialect: Dialect) -> Result<()> {
    refuse_name(&field.label)?;
    refuse_field_name(table, None, &field.label)?;
    let mut next = (*now.shape.schema).clone();
    let at = place(&next, &table.key)?;
    next.tables[at].fields.push(field.clone());
    refuse_senseless(&next, table, field, now.today)?;
    refuse_formulas(&next, &next.tables[at], field, dialect)
}

/// Refuses settings that make no sense: a link to a table whose records have no name, a second code.
pub(crate) fn refuse_senseless(schema: &Schema, table: &TableDef, field: &FieldDef, today: Date) -> Result<()> {
    for rule in &field.rules {
        rule.validate(field, today)?;
    }
    match &field.kind {
        FieldKind::Link { table: to } | FieldKind::Links { table: to } => {
            let def = schema.require(to)?;
            if def.field("code").is_none() || def.field("name").is_none() {
                return Err(
                    invalid("只能关联到有编号和名称的表", "Links go to tables with a code and a name").on("table")
                );
            }
        }
        FieldKind::Backlinks { table: to, field: key } => {
            let link = schema.require(to)?.require(key)?;
            if link.kind.links_to() != Some(&table.key) {
                return Err(
                    invalid("要选一个关联到这张表的字段", "Choose a field that links to this table").on("field")
                );
            }
        }
        FieldKind::Code(_) => {
            let others = table.fields.iter().filter(|f| f.key != field.key);
            if others.into_iter().any(|f| matches!(f.kind, FieldKind::Code(_))) {
                return Err(invalid("一张表只能有一个自动编号", "A table has one automatic code").on("kind"));
            }
        }
        FieldKind::Number { decimals, .. } if *decimals > 8 => {
            return Err(invalid("小数最多 8 位", "At most 8 decimals").on("decimals"));
        }
        FieldKind::Rating { max } if !(2..=10).contains(max) => {
            return Err(invalid("评分要有 2 到 10 颗星", "A rating has 2 to 10 stars").on("max"));
        }
        FieldKind::Choice { options } | FieldKind::Choices { options } => refuse_options(options)?,
        _ => {}
    }
    let listed = matches!(field.kind, FieldKind::Links { .. } | FieldKind::Backlinks { .. });
    if listed && field.default.is_some() {
        return Err(invalid("多条关联不能有默认值", "Several linked records have no default").on("default"));
    }
    let no_result = listed || matches!(field.kind, FieldKind::Code(_) | FieldKind::Attachment { .. });
    if field.derived() && (field.kind.system() || no_result) {
        return Err(invalid("公式的结果不能是这种字段", "A formula cannot give this kind of field").on("kind"));
    }
    Ok(())
}

/// Most options of a choice.
const MOST_OPTIONS: usize = 500;

fn refuse_options(options: &[model::ChoiceOption]) -> Result<()> {
    let mut seen = std::collections::HashSet::new();
    for o in options {
        if o.value.trim().is_empty() || o.value.contains('\n') || o.value.chars().count() > 100 {
            return Err(
                invalid("选项名称要有 1 到 100 个字", "An option has a name of 1 to 100 characters").on("options")
            );
        }
        if !seen.insert(&o.value) {
            return Err(Error::new(
                ErrorCode::Conflict,
                format!("选项“{}”写了两次", o.value),
                format!("The option “{}” is there twice", o.en),
            )
            .on("options"));
        }
        if !model::TONES.contains(&&*o.tone) {
            return Err(invalid("选项的颜色不对", "An option has a colour that is unknown").on("options"));
        }
    }
    if options.len() > MOST_OPTIONS {
        return Err(invalid("选项最多 500 个", "At most 500 options").on("options"));
    }
    Ok(())
}
