use super::*;
use crate::read::{Limits, open};
use model::{Date, builtin};
use std::path::PathBuf;
use tempfile::TempDir;

const CTX: Ctx = Ctx { today: Date(20_778), year: None };

fn write(dir: &TempDir, text: &str) -> PathBuf {
    let path = dir.path().join("表.csv");
    std::fs::write(&path, text).unwrap();
    path
}

fn plan_of(text: &str) -> SheetPlan {
    let dir = TempDir::new().unwrap();
    let mut book = open(&write(&dir, text), &Limits::default()).unwrap();
    recognise(&mut book, 0, &builtin::schema(), &CTX).unwrap()
}

/// Targets in the order of the columns: `table.field`, `+table` for a new field, `-` for left out.
fn targets(plan: &SheetPlan) -> Vec<String> {
    let shown = |t: &Target| if t.new_field { format!("+{}", t.table) } else { format!("{}.{}", t.table, t.field) };
    plan.columns.iter().map(|c| c.target.as_ref().map_or_else(|| "-".into(), shown)).collect()
}

/// A sheet of these headers with a few rows of sample contents.
fn sheet(headers: &str) -> SheetPlan {
    let names: Vec<&str> = headers.split(',').collect();
    let mut text = headers.to_owned() + "\n";
    for i in 0..6 {
        let row: Vec<String> = names.iter().map(|h| sample(h, i)).collect();
        text += &(row.join(",") + "\n");
    }
    plan_of(&text)
}

fn sample(header: &str, i: usize) -> String {
    let h = header.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|w| h.contains(w));
    if is(&["手机", "phone", "电话", "mobile"]) {
        format!("1380013800{i}")
    } else if is(&["时间", "日期", "paid at", "created at", "cancelled", "date", "last active", "sign up"]) {
        format!("2024-03-0{} 10:00:00", i + 1)
    } else if is(&[
        "金额", "款", "价", "邮费", "运费", "total", "subtotal", "price", "spent", "aov", "应收", "合计", "补贴",
    ]) {
        format!("{i}9.90")
    } else if is(&["年龄", "数量", "次数", "quantity", "orders", "积分"]) {
        format!("{}", i + 1)
    } else if is(&["email", "e-mail", "邮箱"]) {
        format!("c{i}@example.com")
    } else if is(&["生日"]) {
        "1990-05-06".into()
    } else {
        format!("{header}{i}")
    }
}

#[test]
fn shop_exports_are_known_and_their_best_columns_taken() {
    // headers, profile, role, targets of some columns
    type Case = (&'static str, Profile, Role, &'static [(&'static str, &'static str)]);
    let cases: &[Case] = &[
        (
            "订单编号,买家会员名,买家应付货款,总金额,买家实际支付金额,订单状态,买家留言,收货人姓名,收货地址,联系电话,联系手机,订单创建时间,订单付款时间,宝贝标题,宝贝总数量",
            Profile::Taobao,
            Role::Both,
            &[
                ("买家实际支付金额", "orders.amount"),
                ("买家会员名", "customers.account"),
                ("订单创建时间", "orders.time"),
                ("联系手机", "customers.mobile"),
                ("联系电话", "customers.phone"),
                ("总金额", "-"),
            ],
        ),
        (
            "订单编号,买家公司名,买家会员名,卖家公司名,货品总价(元),运费(元),实付款(元),订单状态,订单创建时间,收货人姓名,收货地址,货品标题,数量",
            Profile::Alibaba,
            Role::Both,
            &[
                ("实付款(元)", "orders.amount"),
                ("买家公司名", "customers.company"),
                ("货品标题", "orders.product"),
                ("买家会员名", "customers.account"),
            ],
        ),
        (
            "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,应付金额,订单状态,下单帐号,客户姓名,客户地址,联系电话,订单备注,付款确认时间",
            Profile::Jd,
            Role::Both,
            &[
                ("下单帐号", "customers.account"),
                ("下单时间", "orders.time"),
                ("订购数量", "orders.quantity"),
                ("客户地址", "customers.address"),
                ("商品名称", "orders.product"),
            ],
        ),
        (
            "主订单编号,子订单编号,选购商品,商品规格,商品数量,订单应付金额,运费,收件人,收件人手机号,详细地址,订单提交时间,商家备注,订单状态,售后状态",
            Profile::Douyin,
            Role::Both,
            &[
                ("主订单编号", "orders.order_no"),
                ("子订单编号", "-"),
                ("订单应付金额", "orders.amount"),
                ("收件人手机号", "customers.mobile"),
                ("售后状态", "orders.status"),
            ],
        ),
        (
            "订单号,归属店铺,订单状态,订单来源,订单创建时间,买家付款时间,商品金额合计,应收订单金额,订单实付金额,全部商品名称,收货人/提货人,收货人手机号/提货人手机号,收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,买家昵称,买家手机号,订单退款状态",
            Profile::Youzan,
            Role::Both,
            &[
                ("订单实付金额", "orders.amount"),
                ("买家手机号", "customers.mobile"),
                ("收货人手机号/提货人手机号", "customers.phone"),
                ("收货人省份", "customers.province"),
                ("订单退款状态", "orders.status"),
                ("全部商品名称", "orders.product"),
            ],
        ),
        (
            "客户名称,描述,添加人,添加人账号,添加人所属部门,添加时间,来源,手机,企业,邮箱,地址,职务,电话,标签组1(价值),标签组2(阶段)",
            Profile::Wecom,
            Role::Customers,
            &[
                ("添加人", "customers.owner"),
                ("手机", "customers.mobile"),
                ("电话", "customers.phone"),
                ("企业", "customers.company"),
                ("标签组1(价值)", "customers.tags"),
                ("标签组2(阶段)", "customers.tags"),
                ("添加时间", "+customers"),
            ],
        ),
        (
            "Name,Email,Financial Status,Paid at,Fulfillment Status,Subtotal,Shipping,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Billing Name,Billing Phone,Shipping Name,Shipping City,Cancelled at,Notes",
            Profile::Shopify,
            Role::Both,
            &[
                ("Name", "orders.order_no"),
                ("Total", "orders.amount"),
                ("Created at", "orders.time"),
                ("Email", "customers.email"),
                ("Shipping Name", "customers.name"),
                ("Lineitem name", "orders.product"),
                ("Financial Status", "orders.status"),
                ("Cancelled at", "orders.status"),
            ],
        ),
        (
            "Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code,Billing Phone",
            Profile::Woocommerce,
            Role::Customers,
            &[
                ("Orders", "customers.stated_orders"),
                ("Total Spend", "customers.stated_total"),
                ("AOV", "customers.stated_average"),
                ("Username", "customers.account"),
                ("Billing Phone", "customers.mobile"),
            ],
        ),
    ];
    for (headers, profile, role, wanted) in cases {
        let plan = sheet(headers);
        assert_eq!((plan.profile, plan.role), (Some(*profile), *role), "{headers}");
        let found = targets(&plan);
        for (header, target) in *wanted {
            let at = plan.columns.iter().position(|c| c.header == *header).unwrap();
            assert_eq!(found[at], *target, "{profile:?} {header}");
        }
    }
}

#[test]
fn roles_of_sheets_people_make() {
    let cases: &[(&str, Role, &str)] = &[
        (
            "客户ID,姓名,公司名称,职位,性别,年龄,电话,邮箱,地址,客户来源,客户状态",
            Role::Customers,
            "customers.code customers.name customers.company customers.position customers.gender customers.age customers.mobile customers.email customers.address customers.source customers.status",
        ),
        ("客户名称,购买频率,购买金额,客户忠诚度,总评分,客户等级", Role::Customers, "customers.name"),
        ("订单号,客户编号,日期,金额", Role::Orders, "orders.order_no orders.customer orders.time orders.amount"),
        ("订单号,客户,下单时间,金额", Role::Both, "orders.order_no customers.name orders.time orders.amount"),
        ("日期,产品,数量,金额", Role::Orders, "orders.time orders.product orders.quantity orders.amount"),
        ("产品编号,产品名称,品类,单价", Role::Products, "products.code products.name products.category products.price"),
        (
            "First Name,Last Name,Phone,E-mail,Company",
            Role::Customers,
            "customers.name customers.name customers.mobile customers.email customers.company",
        ),
        ("甲,乙,丙", Role::Ignore, "- - -"),
        ("姓名,手机号,肤质", Role::Customers, "customers.name customers.mobile +customers"),
    ];
    for (headers, role, wanted) in cases {
        let plan = sheet(headers);
        assert_eq!(plan.role, *role, "{headers}");
        assert!(targets(&plan).join(" ").starts_with(wanted), "{headers}: {:?}", targets(&plan));
    }
}

#[test]
fn titles_totals_second_heads_and_empty_columns_are_set_aside() {
    let plan = plan_of(
        "2024 年客户表,,,,\n制表：小李,,,,\n\n姓名*,手 机 号,金 额（元）,,\ncustomer_name,mobile,amount,,\n张三,13800138000,5,,\n李四,13900138001,7,,\n合 计,,12,,\n",
    );
    assert_eq!((plan.header_row, plan.head_end, plan.rows_estimate), (4, 5, Some(2)));
    assert_eq!(targets(&plan)[..2], ["customers.name", "customers.mobile"]);
    let said: String = plan.notes.iter().map(|n| n.zh.as_ref()).collect();
    assert!(
        said.contains("第 4 行是表头") && said.contains("第 5 行是第二行表头") && said.contains("第 8 行是合计"),
        "{said}"
    );
}

#[test]
fn contents_raise_or_lower_the_trust_in_a_header() {
    let mixed = plan_of("姓名,联系方式\n张三,微信 abc\n李四,见备注\n王五,wx_1\n赵六,13800138000\n");
    assert_eq!(targets(&mixed)[1], "+customers");
    let phones = plan_of("姓名,联系方式\n张三,13800138000\n李四,138****8001\n王五,138xxxxxx\n赵六,13800138003\n");
    assert_eq!(targets(&phones)[1], "customers.mobile");
    let unnamed = plan_of("姓名,\n张三,13800138000\n李四,13800138001\n王五,13800138002\n赵六,13800138003\n");
    assert_eq!(targets(&unnamed)[1], "customers.mobile");
}

#[test]
fn own_exports_leave_derived_columns_out() {
    let plan = plan_of(
        "客户编号,客户名称,手机,订单数,累计金额,月均购买,未购天数,总评分,客户等级\nK000001,张三,13800138000,3,12.00,1.0,5,9,普通客户\n",
    );
    assert_eq!(plan.profile, Some(Profile::Kebu));
    assert_eq!(targets(&plan), ["customers.code", "customers.name", "customers.mobile", "-", "-", "-", "-", "-", "-"]);
    assert!(plan.notes.iter().any(|n| n.zh.contains("由客簿计算")));
}

#[test]
fn a_person_has_the_last_word() {
    let dir = TempDir::new().unwrap();
    let path = write(&dir, "姓名,手机号,金额,日期\n张三,13800138000,5,3月5日\n李四,13800138001,6,3月6日\n");
    let mut book = open(&path, &Limits::default()).unwrap();
    let schema = builtin::schema();
    let plan = recognise(&mut book, 0, &schema, &CTX).unwrap();
    assert_eq!(plan.role, Role::Both);
    assert!(plan.year_needed);
    let left_out = ColumnChoice { index: 2, table: None, field: None, new_field: false };
    let change = Override { year: Some(2024), columns: vec![left_out], ..Override::default() };
    let again = replan(&mut book, &plan, &change, &schema, &CTX).unwrap();
    assert_eq!((again.year_needed, again.year), (false, Some(2024)));
    let automatic = Override { year: Some(0), ..Override::default() };
    let automatic = replan(&mut book, &again, &automatic, &schema, &CTX).unwrap();
    assert_eq!((automatic.year_needed, automatic.year), (true, None), "0 leaves the year to the program again");
    assert_eq!(targets(&again), ["customers.name", "customers.mobile", "-", "orders.time"]);
    let change = Override { role: Some(Role::Customers), ..Override::default() };
    let customers = replan(&mut book, &plan, &change, &schema, &CTX).unwrap();
    assert_eq!(customers.role, Role::Customers);
    assert!(targets(&customers).iter().all(|t| t.starts_with("customers") || t.starts_with('+') || t == "-"));
    let change = Override { header_row: Some(0), ..Override::default() };
    let headless = replan(&mut book, &plan, &change, &schema, &CTX).unwrap();
    assert_eq!((headless.header_row, headless.rows_estimate), (0, Some(3)));
}

#[test]
fn own_order_exports_refer_to_their_customer_by_code() {
    let plan = plan_of(
        "订单号,行号,客户,客户名称,买家,下单时间,产品,数量,金额,订单状态,计入,计次\nA1,1,K000007,王雪秀,,2024-12-05 00:00:00,口红,1,159.00,交易成功,是,1\nA2,1,K000009,杜志敏,,2024-12-17 00:00:00,眼霜,1,259.00,交易成功,是,1\n",
    );
    assert_eq!(plan.role, Role::Orders);
    assert_eq!(targets(&plan)[..5], ["orders.order_no", "orders.line", "orders.customer", "-", "orders.buyer"]);
}
