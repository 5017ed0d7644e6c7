//! Forms as they are filled in: which fields are asked for, and what was written into them.

use crate::app::App;
use crate::routes::feeds::gone;
use model::{
    Access, Checker, Error, ErrorCode, FieldDef, FieldKey, Label, Lang, Level, Result, Scope, TableDef, Value as Cell,
};
use std::collections::BTreeMap;
use store::{Entry, EntryForm, SavedView, ViewKind};

/// A field that a form asks for, called as the form calls it.
pub(crate) struct Asked {
    pub def: FieldDef,
    pub help: String,
    pub required: bool,
}

/// A form with the fields a caller may fill.
pub(crate) struct Form {
    pub scope: Scope,
    pub view: SavedView,
    pub form: EntryForm,
    pub fields: Vec<Asked>,
}

/// What is wrong with fields, by their keys.
pub(crate) type Faults = Vec<(String, Label)>;

impl Form {
    /// The form of a view; `fits` says which fields may be asked for.
    pub(crate) fn of(app: &App, scope: Scope, view: i64, fits: fn(&FieldDef) -> bool) -> Result<Self> {
        let view = app.book().saved_view(&scope, view)?;
        let ViewKind::Form(form) = view.def.kind.clone() else {
            return Err(Error::new(ErrorCode::Invalid, "这个视图不是表单", "This view is no form"));
        };
        let fields = asked(app.book().schema().require(&view.table)?, &form, fits);
        Ok(Self { scope, view, form, fields })
    }

    /// The form at a secret address.
    pub(crate) fn at(app: &App, digest: &str, lang: Lang) -> Result<Self> {
        let opened = app.data.system.open_secret(super::forms::KIND, digest)?.ok_or_else(gone)?;
        if opened.scope.access < Access::Write {
            return Err(gone());
        }
        // It makes records, whatever else its maker may.
        let scope = Scope { access: Access::Write, lang, ..opened.scope };
        let hidden = |e: Error| if e.code == ErrorCode::Internal { e } else { gone() };
        let form = Self::of(app, scope, opened.about, store::enterable_by_all).map_err(hidden)?;
        if form.fields.is_empty() { Err(gone()) } else { Ok(form) }
    }

    /// Cells for a record, or what is wrong with them.
    ///
    /// # Errors
    /// `invalid` on a field that the form does not ask for.
    pub(crate) fn read<T>(
        &self,
        app: &App,
        mut values: BTreeMap<FieldKey, T>,
        one: impl Fn(&FieldDef, T) -> Result<Cell>,
    ) -> Result<std::result::Result<Vec<(FieldKey, Cell)>, Faults>> {
        let today = app.book().today();
        let (mut cells, mut faults) = (Vec::new(), Faults::new());
        for Asked { def, required, .. } in &self.fields {
            let read = values.remove(&def.key).map_or(Ok(Cell::Null), |v| one(def, v));
            let fault = match &read {
                Err(e) if e.code == ErrorCode::Internal => return Err(e.clone()),
                Err(e) => Some(Label::new(&e.zh, &e.en)),
                Ok(v) if v.is_blank() && *required => Some(Label::new("请填写这一项", "Please fill this in")),
                Ok(v) if v.is_blank() && def.default.is_some() => None,
                Ok(v) => {
                    Checker::new(def, today)?.check(v).into_iter().find(|v| v.level == Level::Refuse).map(|v| v.message)
                }
            };
            match (fault, read) {
                (Some(why), _) => faults.push((def.key.to_string(), why)),
                (None, Ok(v)) if !v.is_blank() => cells.push((def.key.clone(), v)),
                _ => {}
            }
        }
        if let Some(key) = values.keys().next() {
            return Err(Error::new(
                ErrorCode::Invalid,
                format!("表单里没有“{key}”这一项"),
                format!("The form does not ask for “{key}”"),
            )
            .on(key));
        }
        if faults.is_empty() && cells.is_empty() {
            return Err(Error::new(ErrorCode::Invalid, "还没有填写任何内容", "Nothing has been filled in yet"));
        }
        Ok(if faults.is_empty() { Ok(cells) } else { Err(faults) })
    }

    /// The text that was agreed to, where the form asks for it; or that it was not.
    ///
    /// # Errors
    /// `conflict` when another text was agreed to.
    pub(crate) fn agreed(&self, text: Option<String>) -> Result<std::result::Result<Option<String>, Faults>> {
        if self.form.consent.trim().is_empty() {
            return Ok(Ok(None));
        }
        match text {
            Some(text) if text == self.form.consent => Ok(Ok(Some(text))),
            Some(_) => Err(Error::new(
                ErrorCode::Conflict,
                "需要同意的内容刚刚更新过，请重新阅读并勾选",
                "What is to be agreed to has just changed; please read it again and tick the box",
            )
            .on("consent")),
            None => Ok(Err(vec![(
                "consent".to_owned(),
                Label::new("请先阅读并勾选同意", "Please read this and tick the box"),
            )])),
        }
    }

    /// What was read, on its way to the store.
    pub(crate) fn entry(&self, cells: Vec<(FieldKey, Cell)>, consent: Option<String>, public: bool) -> Entry {
        let (table, name) = (self.view.table.clone(), self.view.name.clone());
        Entry { table, cells, form: self.view.id, name, consent, public }
    }
}

/// The fields of a form that fit.
pub(crate) fn asked(table: &TableDef, form: &EntryForm, fits: fn(&FieldDef) -> bool) -> Vec<Asked> {
    let one = |asked: &store::EntryField| {
        let mut def = table.field(&asked.field).filter(|f| fits(f))?.clone();
        if !asked.label.trim().is_empty() {
            def.label = Label::same(asked.label.trim());
        }
        Some(Asked { def, help: asked.help.clone(), required: asked.required })
    };
    form.fields.iter().filter_map(one).collect()
}

/// Faults of the fields, and behind them that of the consent.
pub(crate) fn together<A, B>(
    cells: std::result::Result<A, Faults>,
    consent: std::result::Result<B, Faults>,
) -> std::result::Result<(A, B), Faults> {
    match (cells, consent) {
        (Ok(cells), Ok(consent)) => Ok((cells, consent)),
        (cells, consent) => {
            let mut faults = cells.err().unwrap_or_default();
            faults.extend(consent.err().unwrap_or_default());
            Err(faults)
        }
    }
}
