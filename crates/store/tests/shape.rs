//! The schema as it changes under people's hands: new formulas, other processes.

use model::{FieldDef, FieldKind, Label, Value};
use testkit::{Book, scope};

fn formula(name: &str, kind: FieldKind, text: &str) -> FieldDef {
    FieldDef { formula: Some(text.into()), ..FieldDef::new("", Label::same(name), kind) }
}

fn a_new_formula_is_filled_in_parts_while_people_edit() {
    let book = Book::new();
    let a = book.create("customers", &[("name", "甲".into())]);
    let b = book.create("customers", &[("name", "乙".into())]);
    let f = book.store.add_field(&scope(), "customers", formula("全名", FieldKind::Text, "[@客户名称]&\"!\"")).unwrap();
    assert_eq!(book.cell("customers", a, &f.key), Value::Null, "nothing is filled yet");
    assert_eq!(book.store.filling().unwrap().unwrap().left, 2);

    book.edit("customers", b, "name", "丙".into()).unwrap();
    assert_eq!(book.cell("customers", b, &f.key), "丙!".into(), "an edit computes the new column at once");

    let book = book.reopened();
    let mut seen = Vec::new();
    book.store
        .fill(&mut |done, total| {
            seen.push((done, total));
            Ok(())
        })
        .unwrap();
    assert_eq!(seen.last(), Some(&(2, 2)));
    assert_eq!(book.cell("customers", a, &f.key), "甲!".into());
    assert_eq!(book.store.filling().unwrap(), None);
    book.assert_sound();
}

fn a_changed_rule_reaches_other_tables() {
    let book = Book::new();
    let c = book.create("customers", &[("name", "甲".into())]);
    book.order(c, "A1", "2026-11-01", 100, &[("status", "寄存".into())]);
    assert_eq!(book.cell("customers", c, "total"), Value::Money(model::Money::new(100, 0)));
    let rule = "[@订单状态]<>\"寄存\"";
    book.store.set_formula(&scope(), "orders", "counted", rule, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("customers", c, "order_count"), Value::Int(0));
    assert_eq!(book.cell("customers", c, "total"), Value::Money(model::Money(0)));
    book.assert_sound();
}

fn another_process_sees_a_new_field_with_its_next_write() {
    let book = Book::new();
    let other = book.second();
    let a = book.create("customers", &[("name", "甲".into())]);
    let f = other.add_field(&scope(), "customers", formula("长", FieldKind::number(0), "LEN([@客户名称])"));
    let f = f.unwrap();
    book.edit("customers", a, "name", "甲乙".into()).unwrap();
    assert_eq!(book.cell("customers", a, &f.key), Value::Int(2));
    other.fill(&mut |_, _| Ok(())).unwrap();
    book.assert_sound();
}

testkit::on_both_engines!(
    a_new_formula_is_filled_in_parts_while_people_edit,
    a_changed_rule_reaches_other_tables,
    another_process_sees_a_new_field_with_its_next_write,
);
