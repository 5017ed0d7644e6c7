//! Imports from a file to the book.

use super::{Import, Problems};
use crate::Control;
use exchange::read::Limits;
use model::{Date, Lang, RecordId, Scope, Value};
use store::{FieldPatch, Store, StoreOptions};

#[test]
fn a_cell_that_was_not_imported_gets_no_default() {
    let folder = tempfile::tempdir().expect("a folder");
    let today = Date(20_778);
    let options = StoreOptions { today, scratch: false };
    let store = Store::open(&folder.path().join("book.db"), options).expect("a book");
    let scope = Scope::system(Lang::Zh);
    let patch = FieldPatch { default: Some(Some("1".into())), ..FieldPatch::default() };
    store.change_field(&scope, "orders", "quantity", patch).expect("a default");
    let file = folder.path().join("orders.csv");
    let rows = "订单号,客户名称,手机号,下单时间,数量,订单金额\n\
                A1,王芳,13800138000,2026-11-01,abc,10\n\
                A2,王芳,13800138000,2026-11-02,,20\n\
                A3,王芳,13800138000,2026-11-03,2,20\n\
                A4,王芳,13800138000,2026-11-04,3,20\n\
                A5,王芳,13800138000,2026-11-05,4,20\n";
    std::fs::write(&file, rows).expect("a file");
    let import = Import::inspect(&[(file, "orders.csv".into())], &store.schema(), today, Limits::default());
    let mut problems = Problems::create(&folder.path().join("problems")).expect("a file");
    let report = import.run(&store, &scope, false, &Control::default(), &mut problems).expect("an import");
    assert_eq!(report.problem_count, 1, "{:?}", report.problems);
    let quantity = |id| {
        let cells = store.record(&scope, "orders", RecordId(id)).expect("an order");
        cells.into_iter().find(|(k, _)| *k == *"quantity").expect("a cell").1
    };
    assert_eq!([quantity(1), quantity(2)], [Value::Null, Value::Int(1)]);
}
