use super::*;
use crate::read::{Limits, open};
use crate::recognise::recognise;
use model::parse::Ctx;
use model::{Date, builtin};
use std::ops::ControlFlow;

const CTX: Ctx = Ctx { today: Date(20_778), year: Some(2025) };

struct Taken {
    customer_fields: Vec<String>,
    order_fields: Vec<String>,
    rows: Vec<(u32, RowOut)>,
}

fn take(text: &str) -> Taken {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("a.csv");
    std::fs::write(&path, text).unwrap();
    let schema = builtin::schema();
    let mut book = open(&path, &Limits::default()).unwrap();
    let plan = recognise(&mut book, 0, &schema, &CTX).unwrap();
    let mut c = Converter::new(&plan, &schema, CTX);
    let names = |k: &[FieldKey]| k.iter().map(ToString::to_string).collect();
    let (customer_fields, order_fields) = (names(c.customer_fields()), names(c.order_fields()));
    let mut rows = Vec::new();
    book.for_each_row(0, |r| {
        rows.push((r.number, c.row(r)));
        ControlFlow::Continue(())
    })
    .unwrap();
    Taken { customer_fields, order_fields, rows }
}

impl Taken {
    fn customer(&self, row: u32, field: &str) -> Value {
        let at = self.customer_fields.iter().position(|f| f == field).unwrap();
        self.row(row).customer.as_ref().unwrap()[at].clone()
    }

    fn order(&self, row: u32, field: &str) -> Value {
        let at = self.order_fields.iter().position(|f| f == field).unwrap();
        self.row(row).order.as_ref().unwrap()[at].clone()
    }

    fn row(&self, row: u32) -> &RowOut {
        &self.rows.iter().find(|(n, _)| *n == row).unwrap().1
    }
}

#[test]
fn unreadable_cells_are_left_out_and_hopeless_rows_rejected() {
    let t = take(
        "订单号,客户编号,下单时间,产品,金额\nA1,K1,2024-03-05,面膜,12.5\nA2,K1,昨日黄花,面膜,12.5\nA3,K1,2024-03-05,面膜,很贵\nA4,K1,,面膜,\nA5,K1,2024-03-05,面膜,\nA6,K1,,面膜,7\n,,,,\n合计,,,,32\n",
    );
    let rejected: Vec<u32> = t.rows.iter().filter(|(_, r)| r.rejected()).map(|(n, _)| *n).collect();
    assert_eq!(rejected, [3, 4, 5]);
    assert_eq!(t.row(3).problems[0].column, Some(2));
    assert_eq!(t.row(3).problems[0].text, "昨日黄花");
    assert!(t.row(3).order.is_none());
    assert!(t.row(6).problems.is_empty() && t.row(7).problems.is_empty());
    assert_eq!(t.row(8).skip, Some(Skip::Blank));
    assert_eq!(t.row(9).skip, Some(Skip::Total));
    assert_eq!(t.row(2).customer_ref.as_ref().unwrap().code.as_deref(), Some("K1"));
    let t = take("姓名,手机,邮箱,备注\n张三,13800138000,a@b.cn,\n李四,138****,坏邮箱,x\n,,,只有备注\n,13800138001,,\n");
    assert!(!t.row(3).rejected());
    assert_eq!(t.customer(3, "email"), Value::Null);
    assert_eq!(t.row(3).problems.len(), 2);
    assert!(t.row(4).rejected() && t.row(4).customer.is_none());
    assert_eq!(t.row(5).customer_ref.as_ref().unwrap().identities.len(), 1);
}

#[test]
fn refunds_join_the_status_and_failed_ones_do_not() {
    let t = take(
        "订单号,订单状态,售后状态,用户实付金额(元),商家实收金额(元),商品总价(元),订单成交时间\n\
        1,已收货,退款成功,5,5,5,2024-01-01\n2,已收货,无售后或售后取消,5,5,5,2024-01-01\n3,已收货,退款失败,5,5,5,2024-01-01\n\
        4,已取消,退款成功,5,5,5,2024-01-01\n5,,退款成功,5,5,5,2024-01-01\n6,已收货,部分退款成功,5,5,5,2024-01-01\n",
    );
    for (row, status) in [
        (2, "已收货 · 退款成功"),
        (3, "已收货"),
        (4, "已收货"),
        (5, "已取消 · 退款成功"),
        (6, "退款成功"),
        (7, "已收货"),
    ] {
        assert_eq!(t.order(row, "status"), Value::from(status), "row {row}");
    }
}

#[test]
fn an_order_of_several_lines_keeps_its_buyer_and_time() {
    let t = take(
        "Name,Email,Financial Status,Total,Created at,Lineitem quantity,Lineitem name,Billing Phone,Cancelled at\n\
        #1001,a@b.com,paid,30.00,2024-03-05 14:20:00 +0800,1,Mask,,\n#1001,a@b.com,,,,2,Cream,,\n#1002,c@d.com,paid,9.00,2024-03-06 10:00:00 +0800,1,Mask,,2024-03-07\n#1002,,,,,1,Soap,,\n",
    );
    assert_eq!(t.order(3, "time"), t.order(2, "time"));
    assert_eq!(t.order(3, "amount"), Value::Null);
    assert_eq!(t.order(4, "status"), Value::from("paid · cancelled"));
    assert_eq!(t.customer(5, "email"), Value::from("c@d.com"));
    assert!(t.rows.iter().all(|(_, r)| !r.rejected()));
}

#[test]
fn blank_customer_cells_belong_to_the_one_above() {
    let t = take(
        "客户,手机号,下单日期,产品,金额\n张三,13800138000,2024-01-01,面膜,5\n,,2024-01-02,面膜,6\n李四,,3月5日,面膜,7\n,,2024-01-04,面膜,8\n",
    );
    assert_eq!(t.customer(3, "mobile"), Value::from("13800138000"));
    assert_eq!(t.customer(4, "mobile"), Value::Null);
    assert_eq!(t.customer(5, "name"), Value::from("李四"));
    assert_eq!(t.order(4, "time"), Value::DateTime(Date::from_iso("2025-03-05").unwrap().start()));
}

#[test]
fn names_units_addresses_and_frequencies() {
    let t = take("First Name,Last Name,Phone,Province\nJane,Doe,13800138000,广东\n");
    assert_eq!(t.customer(2, "name"), Value::from("Jane Doe"));
    let t = take(
        "客户名称,手机,累计消费（万元）,购买频率,地址\n张三,13800138000,1.2,每月2-3次,广东省深圳市南山区科技路1号\n李四,13800138001,5000元,经常,\n",
    );
    assert_eq!(t.customer(2, "stated_total"), Value::Money(model::Money::new(12_000, 0)));
    assert_eq!(t.customer(3, "stated_total"), Value::Money(model::Money::new(5_000, 0)));
    assert_eq!(t.customer(2, "stated_monthly"), Value::Number(2.5));
    assert_eq!(t.row(3).problems.len(), 1);
    for (field, part) in [("province", "广东省"), ("city", "深圳市"), ("district", "南山区"), ("address", "科技路1号")]
    {
        assert_eq!(t.customer(2, field), Value::from(part));
    }
}

#[test]
fn totals_are_told_from_names() {
    for (text, total) in [
        ("合计", true),
        ("总 计：", true),
        ("合计金额", true),
        ("小计 5 单", true),
        ("Total", true),
        ("合计划", false),
        ("合计数码店", false),
        ("总经理", false),
        ("小计算机公司", false),
        ("Totally", false),
        ("", false),
    ] {
        assert_eq!(is_total([Cell::Text(text)].into_iter()), total, "{text}");
    }
}
