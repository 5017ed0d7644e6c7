//! Forms: views through which records are entered one by one, by members or by whoever knows a public address; and
//! the consents given with an entry.

use crate::apply::applied;
use crate::conn::{Conn, Row, params};
use crate::dialect::quote;
use crate::log::{self, now};
use crate::rows::{Once, keyed};
use crate::saved_filters::note;
use crate::store::{Store, require};
use crate::trash::erased;
use model::{
    Access, Change, Error, ErrorCode, FieldDef, FieldKey, FieldKind, Origin, RecordId, Result, Schema, Scope, TableDef,
    TableKey, Value,
};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

/// Consents and every wording that somebody agreed to. Books of a format that lacks them get them when they are opened.
pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS _consent_texts (id ROWNUMBER PRIMARY KEY, content TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS _consents (
  id ROWNUMBER PRIMARY KEY, table_key TEXT NOT NULL, record INTEGER NOT NULL, at INTEGER NOT NULL,
  form INTEGER NOT NULL, form_name TEXT NOT NULL, wording INTEGER NOT NULL, change INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS _consents_record ON _consents (table_key, record);
";

/// Most fields of a form.
const MOST_FIELDS: usize = 100;
/// Most consents told of at once.
pub const MOST_CONSENTS: usize = 500;

/// The settings of a form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntryForm {
    /// What stands at its head, at most 100 characters; when left out, the name of the view.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is for, at most 2,000 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub intro: String,
    /// What is asked, in order; at most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<EntryField>,
    /// What the button says, at most 20 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub button: String,
    /// What is said once it is sent, at most 500 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thanks: String,
    /// What has to be agreed to, at most 5,000 characters; when left out, nothing is asked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub consent: String,
}

/// A field that a form asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryField {
    /// The field: one that people fill, and no member.
    pub field: FieldKey,
    /// How the form calls it, at most 100 characters; when left out, as the table does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What helps to fill it, at most 300 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// It may not stay blank.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// Whether a form may ask for a field: people fill it, and it is neither given by itself nor a member.
pub fn enterable(f: &FieldDef) -> bool {
    !f.fixed() && f.kind.stored() && !matches!(f.kind, FieldKind::Code(_) | FieldKind::Person)
}

/// Whether a form may ask strangers for a field: linked records would show them other customers, and what they upload
/// would have to be kept before anything is known of them.
pub fn enterable_by_all(f: &FieldDef) -> bool {
    enterable(f) && f.kind.linked().is_none() && !matches!(f.kind, FieldKind::Attachment { .. })
}

impl EntryForm {
    /// Leaves out fields that are gone or may not be asked for any more, naming them.
    pub(crate) fn prune(&mut self, table: Option<&TableDef>, missing: &mut Vec<String>) {
        self.fields.retain(|asked| {
            let kept = table.and_then(|t| t.field(&asked.field)).is_some_and(enterable);
            if !kept {
                note(missing, &asked.field);
            }
            kept
        });
    }

    /// Refuses fields the table lacks, those nobody fills, one named twice, and texts that are too long.
    pub(crate) fn check(&self, table: &TableDef) -> Result<()> {
        let mut seen = HashSet::new();
        for asked in &self.fields {
            let field = table.require(&asked.field)?;
            if !enterable(field) {
                return Err(Error::new(
                    ErrorCode::Invalid,
                    format!("“{}”不由人填写，不能放进表单", field.label.zh),
                    format!("Nobody fills in “{}”; a form cannot ask for it", field.label.en),
                )
                .on(&asked.field));
            }
            if !seen.insert(&asked.field) {
                return Err(Error::new(
                    ErrorCode::Invalid,
                    format!("“{}”在表单里出现了两次", field.label.zh),
                    format!("The form asks for “{}” twice", field.label.en),
                )
                .on(&asked.field));
            }
            within("label", &asked.label, 100)?;
            within("help", &asked.help, 300)?;
        }
        if self.fields.len() > MOST_FIELDS {
            return Err(Error::new(
                ErrorCode::TooLarge,
                format!("一张表单最多 {MOST_FIELDS} 个字段"),
                format!("A form asks for at most {MOST_FIELDS} fields"),
            ));
        }
        let texts = [
            ("title", &self.title, 100),
            ("intro", &self.intro, 2_000),
            ("button", &self.button, 20),
            ("thanks", &self.thanks, 500),
            ("consent", &self.consent, 5_000),
        ];
        texts.into_iter().try_for_each(|(name, text, most)| within(name, text, most))
    }
}

fn within(name: &str, text: &str, most: usize) -> Result<()> {
    if text.chars().count() <= most {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::TooLarge,
        format!("表单里这段文字最多 {most} 个字"),
        format!("This text of a form has at most {most} characters"),
    )
    .on(name))
}

/// What was filled into a form.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The table.
    pub table: TableKey,
    /// Cells of the new record.
    pub cells: Vec<(FieldKey, Value)>,
    /// The number of the form's view.
    pub form: i64,
    /// What the form is called.
    pub name: String,
    /// The text that was agreed to.
    pub consent: Option<String>,
    /// It came without a login, through the form's public address. Such an entry is no step of the scope's user.
    pub public: bool,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The record.
    pub id: RecordId,
    /// The change.
    pub change: i64,
}

/// A consent that was given with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its number; later ones are larger.
    pub id: i64,
    /// The record.
    pub record: RecordId,
    /// The record's code, where it has one and is still there.
    pub code: Option<String>,
    /// The record's name likewise.
    pub name: Option<String>,
    /// When, in seconds since 1970 UTC.
    pub at: i64,
    /// The number of the form's view.
    pub form: i64,
    /// What the form was called then.
    pub form_name: String,
    /// The number of the wording; every wording has its own.
    pub wording: i64,
    /// What was agreed to.
    pub text: String,
}

impl Store {
    /// Makes the record of an entry, with the consent given, as one change; keys as in [`Store::apply_once`].
    ///
    /// # Errors
    /// As [`Store::apply_once`].
    pub fn enter(
        &self,
        scope: &Scope,
        entry: Entry,
        once: Option<&Once>,
        answer: impl FnOnce(&Entered) -> String,
    ) -> Result<String> {
        require(scope, Access::Write)?;
        self.write(|conn, now| {
            keyed(conn, scope, once, || {
                let Entry { table, cells, form, name, consent, public } = entry;
                let origin = if public { Origin::Form } else { Origin::Edit };
                let change = Change::Create { table: table.clone(), records: vec![cells] };
                let done = applied(conn, now, scope, change, origin)?;
                let id = done.created.first().copied().ok_or_else(|| Error::internal("no record was made"))?;
                let entered = Entered { id, change: done.change };
                log::describe(conn, done.change, &serde_json::json!({ "form": form, "name": name }).to_string())?;
                if let Some(text) = consent {
                    agreed(conn, &table, entered, form, &name, &text)?;
                }
                Ok(answer(&entered))
            })
        })
    }

    /// Consents given for records of a table, or for one of them, newest first: at most 500, with smaller numbers
    /// than `before`.
    ///
    /// # Errors
    /// `not_found` for an unknown table.
    pub fn consents(
        &self,
        scope: &Scope,
        table: &str,
        record: Option<RecordId>,
        before: Option<i64>,
    ) -> Result<Vec<Consent>> {
        require(scope, Access::Read)?;
        let schema = self.schema();
        let def = schema.require(table)?;
        let code = def.fields.iter().find(|f| matches!(f.kind, FieldKind::Code(_)));
        let column = |f: Option<&FieldDef>| f.map_or_else(|| "NULL".to_owned(), |f| format!("r.{}", quote(&f.key)));
        let name = def.field("name").filter(|f| matches!(f.kind, FieldKind::Text));
        let sql = format!(
            "SELECT c.id, c.record, c.at, c.form, c.form_name, c.wording, t.content, {}, {}
             FROM _consents c JOIN _consent_texts t ON t.id = c.wording LEFT JOIN {} r ON r.id = c.record
             WHERE c.table_key = ?1 AND (?2 = 0 OR c.record = ?2) AND (?3 = 0 OR c.id < ?3)
             ORDER BY c.id DESC LIMIT ?4",
            column(code.or_else(|| def.field("order_no"))),
            column(name),
            quote(&def.key),
        );
        let wanted = params![table, record.map_or(0, |r| r.0), before.unwrap_or(0), MOST_CONSENTS as i64];
        self.engine.read(|conn| conn.all(&sql, wanted, read))
    }
}

fn read(r: &Row<'_>) -> Result<Consent> {
    Ok(Consent {
        id: r.get(0)?,
        record: RecordId(r.get(1)?),
        at: r.get(2)?,
        form: r.get(3)?,
        form_name: r.get(4)?,
        wording: r.get(5)?,
        text: r.get(6)?,
        code: r.get(7)?,
        name: r.get(8)?,
    })
}

/// Keeps a consent, and its wording where it is new.
fn agreed(conn: &Conn, table: &TableKey, entered: Entered, form: i64, name: &str, text: &str) -> Result<()> {
    let known = "SELECT id FROM _consent_texts WHERE content = ?1 ORDER BY id LIMIT 1";
    let wording: i64 = match conn.first(known, params![text], |r| r.get(0))? {
        Some(id) => id,
        None => {
            let sql = "INSERT INTO _consent_texts (content, since) VALUES (?1, ?2) RETURNING id";
            conn.one(sql, params![text, now()])?
        }
    };
    let sql = "INSERT INTO _consents (table_key, record, at, form, form_name, wording, change)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let of = params![table.as_str(), entered.id.0, now(), form, name, wording, entered.change];
    conn.run(sql, of).map(drop)
}

/// Removes the consents of a table that goes.
pub(crate) fn forget(conn: &Conn, table: &str) -> Result<()> {
    conn.run("DELETE FROM _consents WHERE table_key = ?1", params![table]).map(drop)
}

/// Removes the consents of records whose content is gone for good.
pub(crate) fn forget_erased(conn: &Conn, schema: &Schema) -> Result<()> {
    for def in &schema.tables {
        conn.run(&["DELETE FROM _consents WHERE ", &erased(def, "_consents")].concat(), params![def.key.as_str()])?;
    }
    Ok(())
}

/// Consents that say nothing: their wording, their table or their record is gone.
pub(crate) fn faults(conn: &Conn, schema: &Schema) -> Result<Vec<String>> {
    let mut out = Vec::new();
    let wordless = "SELECT count(*) FROM _consents c WHERE NOT EXISTS
                    (SELECT 1 FROM _consent_texts t WHERE t.id = c.wording)";
    let wordless: u64 = conn.one(wordless, &[])?;
    if wordless > 0 {
        out.push(format!("{wordless} consents lack their wording"));
    }
    let mut known = 0;
    for def in &schema.tables {
        let of_table = params![def.key.as_str()];
        known += conn.one::<u64>("SELECT count(*) FROM _consents WHERE table_key = ?1", of_table)?;
        let gone: u64 =
            conn.one(&["SELECT count(*) FROM _consents WHERE ", &erased(def, "_consents")].concat(), of_table)?;
        if gone > 0 {
            out.push(format!("{gone} consents are of records of {} that were erased", def.key));
        }
    }
    let all: u64 = conn.one("SELECT count(*) FROM _consents", &[])?;
    if all > known {
        out.push(format!("{} consents are of tables that are gone", all - known));
    }
    Ok(out)
}

/// The name of the form a change came through, from what its entry in the log is about.
pub(crate) fn form_of(about: Option<&str>) -> Option<String> {
    #[derive(Deserialize)]
    struct About {
        #[serde(rename = "form")]
        _form: i64,
        name: String,
    }
    serde_json::from_str::<About>(about?).ok().map(|a| a.name)
}
