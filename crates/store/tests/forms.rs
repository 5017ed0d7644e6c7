//! Forms and what is entered through them, on both engines.

use model::{ErrorCode, FieldDef, FieldKey, FieldKind, Label, RecordId, Scope, UserId};
use store::{Entry, EntryField, EntryForm, LogQuery, Meeting, Names, Once, SavedDef, SavedView, ViewKind};
use testkit::{Book, scope};

fn asked(field: &str) -> EntryField {
    EntryField { field: field.into(), label: String::new(), help: String::new(), required: false }
}

fn save(book: &Book, table: &str, form: EntryForm) -> model::Result<SavedView> {
    let def = SavedDef { kind: ViewKind::Form(form), ..SavedDef::default() };
    book.store.save_view(&scope(), table, "报名", true, &def)
}

fn entry(name: &str, consent: Option<&str>, public: bool) -> Entry {
    Entry {
        table: "customers".into(),
        cells: vec![("name".into(), name.into())],
        form: 7,
        name: "报名表".into(),
        consent: consent.map(str::to_owned),
        public,
    }
}

/// Enters, and gives the record and the change.
fn enter(book: &Book, scope: &Scope, entry: Entry, once: Option<&Once>) -> model::Result<(RecordId, i64)> {
    let text = book.store.enter(scope, entry, once, |e| format!("{} {}", e.id.0, e.change))?;
    let (id, change) = text.split_once(' ').unwrap();
    Ok((RecordId(id.parse().unwrap()), change.parse().unwrap()))
}

fn member() -> Scope {
    Scope { user: UserId(3), ..scope() }
}

fn a_form_asks_for_what_people_fill_and_loses_what_is_gone() {
    let book = Book::new();
    let table = book.store.add_table(&scope(), Label::same("活动"), None).unwrap().key;
    let add = |name: &str, kind| -> FieldKey {
        book.store.add_field(&scope(), &table, FieldDef::new("", Label::same(name), kind)).unwrap().key
    };
    let (phone, photo) = (add("手机", FieldKind::Phone), add("照片", FieldKind::Attachment { images: true }));
    let (guest, who) = (add("客户", FieldKind::Link { table: "customers".into() }), add("负责人", FieldKind::Person));
    let made = add("建立", FieldKind::CreatedTime);
    let form = EntryForm {
        title: "茶会".into(),
        fields: vec![
            EntryField { label: "您的手机".into(), required: true, ..asked(&phone) },
            asked(&guest),
            asked(&photo),
        ],
        consent: "同意".into(),
        ..EntryForm::default()
    };
    let view = save(&book, &table, form.clone()).unwrap();
    assert_eq!((&view.def.kind, &view.missing[..]), (&ViewKind::Form(form.clone()), &[][..]));
    for (wrong, on) in [
        (vec![asked("没有")], "没有"),
        (vec![asked(&who)], &*who),
        (vec![asked(&made)], &*made),
        (vec![asked("code")], "code"),
        (vec![asked(&phone), asked(&phone)], &*phone),
    ] {
        let e = save(&book, &table, EntryForm { fields: wrong, ..EntryForm::default() }).unwrap_err();
        assert_eq!(e.field.as_deref(), Some(on), "{e}");
    }
    let e = save(&book, &table, EntryForm { title: "长".repeat(101), ..EntryForm::default() }).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::TooLarge, Some("title")));
    let derived = save(&book, "customers", EntryForm { fields: vec![asked("grade")], ..EntryForm::default() });
    assert_eq!(derived.unwrap_err().code, ErrorCode::Invalid);

    let schema = book.store.schema();
    let def = schema.require(&table).unwrap();
    let all = |key: &FieldKey| store::enterable_by_all(def.require(key).unwrap());
    assert_eq!((all(&phone), all(&guest), all(&photo), all(&who)), (true, false, false, false));

    book.store.remove_field(&scope(), &table, &phone, false).unwrap();
    let now = book.store.saved_view(&scope(), view.id).unwrap();
    assert_eq!(now.missing, [phone.to_string()]);
    let ViewKind::Form(kept) = now.def.kind else { panic!("it stays a form") };
    assert_eq!((kept.fields, kept.consent), (form.fields[1..].to_vec(), form.consent));
}

fn an_entry_makes_a_record_with_its_consent_and_says_where_it_came_from() {
    let book = Book::new();
    let (first, change) = enter(&book, &member(), entry("甲", Some("第一版"), true), None).unwrap();
    let (second, _) = enter(&book, &member(), entry("乙", Some("第二版"), true), None).unwrap();
    let (third, inside) = enter(&book, &member(), entry("丙", Some("第一版"), false), None).unwrap();
    enter(&book, &member(), entry("丁", None, true), None).unwrap();
    let given = book.store.consents(&scope(), "customers", None, None).unwrap();
    let told: Vec<_> = given.iter().map(|c| (c.record, c.text.as_str(), c.wording, c.name.as_deref())).collect();
    assert_eq!(
        told,
        [(third, "第一版", 1, Some("丙")), (second, "第二版", 2, Some("乙")), (first, "第一版", 1, Some("甲"))],
        "every wording is kept once"
    );
    assert_eq!((given[0].form, given[0].form_name.as_str(), given[0].code.as_deref()), (7, "报名表", Some("K000003")));
    let of_one = book.store.consents(&scope(), "customers", Some(second), None).unwrap();
    assert_eq!(of_one.len(), 1);
    let older = book.store.consents(&scope(), "customers", None, Some(given[1].id)).unwrap();
    assert_eq!(older.iter().map(|c| c.record).collect::<Vec<_>>(), [first]);

    let history = book.store.history(&scope(), "customers", first).unwrap();
    assert_eq!((history[0].origin.as_str(), history[0].form.as_deref(), history[0].user), ("form", Some("报名表"), 3));
    let log = book.store.changes(&scope(), &LogQuery { limit: 9, ..LogQuery::default() }).unwrap();
    let told: Vec<_> = log.iter().map(|e| (e.origin.as_str(), e.form.as_deref())).collect();
    let form = Some("报名表");
    assert_eq!(told, [("form", form), ("edit", form), ("form", form), ("form", form)]);
    let sent = LogQuery { action: Some("form".into()), limit: 9, ..LogQuery::default() };
    assert_eq!(book.store.changes(&scope(), &sent).unwrap().len(), 3);
    let (one, _) = book.store.change(&scope(), change).unwrap();
    assert_eq!((one.form.as_deref(), one.summary.created[0].2), (form, 1));
    book.assert_sound();

    // What strangers sent is no step of the maker's; what the maker entered is.
    let names: &Names = &[];
    book.store.undo_last(&member(), Meeting::Refuse(names)).unwrap();
    assert_eq!(book.store.history(&scope(), "customers", third).unwrap()[0].kind, "delete");
    let e = book.store.undo_last(&member(), Meeting::Refuse(names)).unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound, "nothing else is theirs");
    enter(&book, &member(), entry("戊", None, true), None).unwrap();
    book.store.redo_last(&member(), Meeting::Refuse(names)).unwrap();
    assert!(book.store.change(&scope(), inside).unwrap().0.undone, "done again, by another change");
    assert_eq!(book.cell("customers", third, "name"), "丙".into());
    // From the log it is taken back like any other.
    assert_eq!(book.store.undo_whole(&member(), change, names).unwrap().removed, 1);
    book.assert_sound();
}

fn the_same_entry_sent_twice_is_one() {
    let book = Book::new();
    let once = Once { key: "form 7: a".into(), digest: "x".into() };
    let made = enter(&book, &member(), entry("甲", Some("同意"), true), Some(&once)).unwrap();
    assert_eq!(enter(&book, &member(), entry("甲", Some("同意"), true), Some(&once)).unwrap(), made);
    assert_eq!(book.store.consents(&scope(), "customers", None, None).unwrap().len(), 1);
    let other = Once { digest: "y".into(), ..once.clone() };
    let e = enter(&book, &member(), entry("乙", None, true), Some(&other)).unwrap_err();
    assert_eq!((e.code, e.field.as_deref()), (ErrorCode::Conflict, Some("Idempotency-Key")));
    let reader = Scope { access: model::Access::Read, ..member() };
    assert_eq!(enter(&book, &reader, entry("丙", None, true), None).unwrap_err().code, ErrorCode::Forbidden);
    // What is refused leaves nothing, and its key can be used again.
    let wrong = Entry { cells: vec![("grade".into(), "VIP客户".into())], ..entry("丁", Some("别的"), true) };
    let again = Once { key: "form 7: b".into(), digest: "z".into() };
    assert_eq!(enter(&book, &member(), wrong, Some(&again)).unwrap_err().code, ErrorCode::Invalid);
    assert_eq!(book.store.consents(&scope(), "customers", None, None).unwrap().len(), 1);
    enter(&book, &member(), entry("丁", None, true), Some(&again)).unwrap();
    book.assert_sound();
}

fn a_consent_is_kept_as_long_as_its_record_can_come_back() {
    let book = Book::new();
    let (id, _) = enter(&book, &member(), entry("甲", Some("同意"), true), None).unwrap();
    let (stays, _) = enter(&book, &member(), entry("乙", Some("同意"), true), None).unwrap();
    let given = || book.store.consents(&scope(), "customers", None, None).unwrap();
    book.delete("customers", &[id]);
    assert_eq!(given().len(), 2, "it is in the recycle bin");
    assert_eq!(given()[1].name, None);
    assert_eq!(book.store.empty_trash(store::KEPT_DAYS).unwrap(), 0);
    book.store.restore_removed(&scope(), &[("customers".into(), id)]).unwrap();
    book.delete("customers", &[id]);
    assert_eq!(given().len(), 2);
    book.assert_sound();
    assert_eq!(book.store.empty_trash(-1).unwrap(), 2, "of both removals");
    assert_eq!(given().iter().map(|c| c.record).collect::<Vec<_>>(), [stays], "gone for good, with its consent");
    book.assert_sound();

    let table = book.store.add_table(&scope(), Label::same("活动"), None).unwrap().key;
    let at = Entry { table: table.clone(), ..entry("丙", Some("同意"), true) };
    let (_, change) = enter(&book, &member(), at, None).unwrap();
    assert_eq!(book.store.consents(&scope(), &table, None, None).unwrap().len(), 1);
    book.store.undo(&scope(), change, &mut |_, _| Ok(())).unwrap();
    book.store.remove_table(&scope(), &table, false).unwrap();
    assert_eq!(book.store.consents(&scope(), &table, None, None).unwrap_err().code, ErrorCode::NotFound);
    book.assert_sound();
}

fn an_entry_is_told_to_others_with_its_record() {
    let book = Book::new();
    let from = book.store.newest_event().unwrap();
    let (id, _) = enter(&book, &member(), entry("甲", Some("同意"), true), None).unwrap();
    assert_eq!(book.store.newest_event().unwrap(), from + 1, "one event, for {id:?}");
}

testkit::on_both_engines!(
    a_consent_is_kept_as_long_as_its_record_can_come_back,
    a_form_asks_for_what_people_fill_and_loses_what_is_gone,
    an_entry_is_told_to_others_with_its_record,
    an_entry_makes_a_record_with_its_consent_and_says_where_it_came_from,
    the_same_entry_sent_twice_is_one,
);
