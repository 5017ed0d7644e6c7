//! Roll-ups and look-ups through linked records, from both sides, right after each change on both engines.

use model::{FieldDef, FieldKind, Label, Money, RecordId, Value};
use testkit::{Book, scope};

/// Orders that name several products, with formulas on both tables.
struct Bed {
    book: Book,
    goods: String,
    products: Vec<RecordId>,
}

fn yuan(n: i64) -> Value {
    Value::Money(Money::new(n, 0))
}

fn formula(book: &Book, table: &str, name: &str, kind: FieldKind, text: &str) -> String {
    let field = FieldDef { formula: Some(text.into()), ..FieldDef::new("", Label::same(name), kind) };
    let made = book.store.add_field(&scope(), table, field).unwrap_or_else(|e| panic!("{text}: {}", e.zh));
    book.store.fill(&mut |_, _| Ok(())).unwrap();
    made.key.to_string()
}

impl Bed {
    fn new() -> Self {
        let book = Book::new();
        let field = FieldDef::new("", Label::same("商品"), FieldKind::Links { table: "products".into() });
        let side = Some(Label::same("订单"));
        let goods = book.store.add_link(&scope(), "orders", field, side).unwrap().key.to_string();
        let products = [("红茶", 30), ("绿茶", 45), ("茶杯", 20)];
        let products =
            products.map(|(n, p)| book.create("products", &[("name", n.into()), ("price", yuan(p))])).to_vec();
        Self { book, goods, products }
    }

    fn list(&self, products: &[usize]) -> Value {
        if products.is_empty() {
            return Value::Null;
        }
        Value::Links(products.iter().map(|i| self.products[*i]).collect())
    }

    fn order(&self, no: &str, amount: i64, products: &[usize]) -> RecordId {
        let cells = [("order_no", no.into()), ("amount", yuan(amount)), (&*self.goods, self.list(products))];
        self.book.create("orders", &cells)
    }
}

fn roll_ups_follow_links_in_both_directions() {
    let bed = Bed::new();
    let book = &bed.book;
    let first = bed.order("A1", 100, &[0, 1]);
    let sum = formula(book, "orders", "标价", FieldKind::Money, "SUMIFS(产品[单价],产品[产品编号],[@商品])");
    let n = formula(book, "orders", "件数", FieldKind::number(0), "COUNTA([@商品])");
    let none =
        formula(book, "orders", "有货", FieldKind::Text, "IF([@商品]=\"\",\"无\",IF(ISBLANK([@商品]),\"?\",\"有\"))");
    let dear = "COUNTIFS(产品[产品编号],[@商品],产品[单价],\">\"&[@金额]/4)";
    let dear = formula(book, "orders", "贵的", FieldKind::number(0), dear);
    let other = "COUNTIFS(产品[产品编号],\"<>\"&[@商品])";
    let other = formula(book, "orders", "别的", FieldKind::number(0), other);
    let one = formula(book, "orders", "首件", FieldKind::Text, "XLOOKUP([@商品],产品[产品编号],产品[产品名称],\"无\")");
    let sold = formula(book, "products", "销售额", FieldKind::Money, "SUMIFS(订单[金额],订单[商品],[@产品编号])");
    let times =
        formula(book, "products", "次数", FieldKind::number(0), "COUNTA([@订单])+COUNTIFS(订单[商品],\"\")*100");
    let big = "COUNTIFS(订单[商品],[@产品编号],订单[金额],\">=\"&[@单价]*3)";
    let big = formula(book, "products", "大单", FieldKind::number(0), big);
    let without = formula(book, "products", "不含", FieldKind::number(0), "COUNTIFS(订单[商品],\"<>\"&[@产品编号])");
    let second = bed.order("A2", 50, &[1]);
    let third = bed.order("A3", 10, &[]);

    let orders = |id, want: (i64, i64, &str, i64, i64, &str)| {
        let got = [&sum, &n, &none, &dear, &other, &one].map(|k| book.cell("orders", id, k));
        let want =
            [yuan(want.0), Value::Int(want.1), want.2.into(), Value::Int(want.3), Value::Int(want.4), want.5.into()];
        assert_eq!(got, want, "order {id:?}");
    };
    let products = |i: usize, want: (i64, i64, i64, i64)| {
        let got = [&sold, &times, &big, &without].map(|k| book.cell("products", bed.products[i], k));
        assert_eq!(got, [yuan(want.0), Value::Int(want.1), Value::Int(want.2), Value::Int(want.3)], "product {i}");
    };
    orders(first, (75, 2, "有", 2, 1, "红茶"));
    orders(second, (45, 1, "有", 1, 2, "绿茶"));
    orders(third, (0, 0, "无", 0, 3, "无"));
    products(0, (100, 101, 1, 2));
    products(1, (150, 102, 0, 1));
    products(2, (0, 100, 0, 3));
    book.assert_sound();

    // A linked record changes; so do the links, from either side; records go and come back.
    book.edit("products", bed.products[1], "price", yuan(15)).unwrap();
    orders(first, (45, 2, "有", 1, 1, "红茶"));
    products(1, (150, 102, 2, 1));
    book.assert_sound();
    let edit = book.edit("orders", first, &bed.goods, bed.list(&[2])).unwrap().change;
    orders(first, (20, 1, "有", 0, 2, "茶杯"));
    products(0, (0, 100, 0, 3));
    products(2, (100, 101, 1, 2));
    book.assert_sound();
    book.store.undo(&scope(), edit, &mut |_, _| Ok(())).unwrap();
    products(2, (0, 100, 0, 3));
    let back = book.store.schema().table("products").unwrap().named("订单").unwrap().key.clone();
    book.edit("products", bed.products[2], &back, Value::Links(vec![second, third])).unwrap();
    orders(third, (20, 1, "有", 1, 2, "茶杯"));
    products(2, (60, 2, 0, 1));
    book.assert_sound();
    let removed = book.delete("products", &[bed.products[1]]).change;
    orders(first, (30, 1, "有", 1, 1, "红茶"));
    book.assert_sound();
    book.store.undo(&scope(), removed, &mut |_, _| Ok(())).unwrap();
    orders(first, (45, 2, "有", 1, 1, "红茶"));
    products(1, (150, 2, 2, 1));
    let removed = book.delete("orders", &[first]).change;
    products(0, (0, 0, 0, 2));
    book.assert_sound();
    book.store.undo(&scope(), removed, &mut |_, _| Ok(())).unwrap();
    products(0, (100, 1, 1, 2));
    book.assert_sound();
}

fn links_of_one_and_of_several_go_together() {
    let book = Book::new();
    let people = ["甲", "乙", "丙"].map(|n| book.create("customers", &[("name", n.into())]));
    let t = book.store.add_table(&scope(), Label::same("活动"), None).unwrap();
    let guests = FieldDef::new("", Label::same("参加者"), FieldKind::Links { table: "customers".into() });
    let guests = book.store.add_field(&scope(), &t.key, guests).unwrap().key;
    let of = "SUMIFS(订单[金额],订单[客户],[@参加者])";
    let spent = formula(&book, &t.key, "来客消费", FieldKind::Money, of);
    let who = formula(&book, "orders", "客户名", FieldKind::Text, "XLOOKUP([@客户],客户[客户编号],客户[客户名称])");
    let parties = "COUNTIFS(活动[参加者],[@客户])";
    let parties = formula(&book, "orders", "活动数", FieldKind::number(0), parties);
    let list = |i: &[usize]| Value::Links(i.iter().map(|i| people[*i]).collect());
    let party = book.create(&t.key, &[("name", "茶会".into()), (&guests, list(&[0, 1]))]);
    let a = book.order(people[0], "A1", "2026-11-01", 100, &[]);
    book.order(people[1], "A2", "2026-11-01", 50, &[]);
    let c = book.order(people[2], "A3", "2026-11-01", 7, &[]);
    assert_eq!(book.cell(&t.key, party, &spent), yuan(150));
    assert_eq!((book.cell("orders", a, &who), book.cell("orders", a, &parties)), ("甲".into(), Value::Int(1)));
    assert_eq!((book.cell("orders", c, &who), book.cell("orders", c, &parties)), ("丙".into(), Value::Int(0)));
    book.assert_sound();
    book.edit("customers", people[0], "name", "甲甲".into()).unwrap();
    book.edit("orders", c, "customer", Value::Link(people[0])).unwrap();
    assert_eq!((book.cell("orders", c, &who), book.cell("orders", c, &parties)), ("甲甲".into(), Value::Int(1)));
    assert_eq!(book.cell(&t.key, party, &spent), yuan(157));
    book.edit(&t.key, party, &guests, list(&[1, 2])).unwrap();
    assert_eq!((book.cell("orders", c, &parties), book.cell(&t.key, party, &spent)), (Value::Int(0), yuan(50)));
    book.assert_sound();
    book.delete("customers", &[people[1]]);
    assert_eq!(book.cell(&t.key, party, &spent), yuan(0));
    book.assert_sound();
}

fn many_records_at_once_are_gathered_too() {
    let bed = Bed::new();
    let book = &bed.book;
    let sum = formula(book, "orders", "标价", FieldKind::Money, "SUMIFS(产品[单价],产品[产品编号],[@商品])");
    let sold = formula(book, "products", "销售额", FieldKind::Money, "SUMIFS(订单[金额],订单[商品],[@产品编号])");
    let records = (0..300).map(|i| {
        vec![
            ("amount".into(), yuan(i)),
            (bed.goods.as_str().into(), bed.list(&[(i % 3) as usize, ((i + 1) % 3) as usize])),
        ]
    });
    let change = model::Change::Create { table: "orders".into(), records: records.collect() };
    let made = book.store.apply(&scope(), change, model::Origin::Edit).unwrap();
    assert_eq!(book.cell("orders", made.created[0], &sum), yuan(75));
    let want: i64 = (0..300).filter(|i| i % 3 != 1).sum();
    assert_eq!(book.cell("products", bed.products[0], &sold), yuan(want));
    book.assert_sound();
    book.store.undo(&scope(), made.change, &mut |_, _| Ok(())).unwrap();
    assert_eq!(book.cell("products", bed.products[0], &sold), yuan(0));
    book.assert_sound();
}

testkit::on_both_engines!(
    roll_ups_follow_links_in_both_directions,
    links_of_one_and_of_several_go_together,
    many_records_at_once_are_gathered_too,
);
