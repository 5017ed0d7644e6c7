//! The tables and fields that ship with Kebu, derived columns and grading rules included.
//!
//! Derived columns are formula texts; nothing about them is known anywhere else. The default grading
//! and its cuts are those of the design (§4); every one is a formula a user can read and change.

use crate::{Check, ChoiceOption, CodePattern, FieldDef, FieldKind, Label, Level, Rule, Schema, TableDef};
use std::sync::LazyLock;

/// Key of the customers table.
pub const CUSTOMERS: &str = "customers";
/// Key of the orders table.
pub const ORDERS: &str = "orders";
/// Key of the products table.
pub const PRODUCTS: &str = "products";
/// Key of the table of talks, visits and feedback, with what is to follow them.
pub const INTERACTIONS: &str = "interactions";

/// The kind of an interaction that is only planned: nobody has talked yet.
pub const PLAN: &str = "计划";
/// The kind of an interaction when nobody says otherwise.
pub const TALK: &str = "沟通";
/// The kinds of interactions that say what a customer thinks.
pub const FEEDBACK: [&str; 2] = ["反馈", "投诉"];

/// The schema of a new book.
pub fn schema() -> Schema {
    Schema {
        tables: vec![
            TableDef::builtin(CUSTOMERS, Label::new("客户", "Customers"), customers()),
            TableDef::builtin(ORDERS, Label::new("订单", "Orders"), orders()),
            TableDef::builtin(PRODUCTS, Label::new("产品", "Products"), products()),
            TableDef::builtin(INTERACTIONS, Label::new("互动", "Interactions"), interactions()),
        ],
    }
}

struct Group(&'static str);

impl Group {
    fn field(&self, key: &str, zh: &str, en: &str, kind: FieldKind) -> FieldDef {
        FieldDef { group: self.0.into(), builtin: true, ..FieldDef::new(key, Label::new(zh, en), kind) }
    }

    fn text(&self, key: &str, zh: &str, en: &str) -> FieldDef {
        self.field(key, zh, en, FieldKind::Text)
    }

    fn derived(&self, key: &str, zh: &str, en: &str, kind: FieldKind, formula: &str) -> FieldDef {
        FieldDef { formula: Some(formula.into()), ..self.field(key, zh, en, kind) }
    }
}

fn hidden(mut f: FieldDef) -> FieldDef {
    f.shown = false;
    f
}

/// The field with a rule of its own.
fn ruled(mut f: FieldDef, level: Level, check: Check, says: Option<(&str, &str)>) -> FieldDef {
    f.rules.push(Rule { check, level, message: says.map(|(zh, en)| Label::new(zh, en)) });
    f
}

fn choice(options: &[(&str, &str, &str)]) -> FieldKind {
    FieldKind::Choice {
        options: options
            .iter()
            .map(|(value, en, tone)| ChoiceOption { value: (*value).into(), en: (*en).into(), tone: (*tone).into() })
            .collect(),
    }
}

fn code(prefix: &str) -> FieldKind {
    FieldKind::Code(CodePattern::simple(prefix, 6))
}

static WHOLE: LazyLock<FieldKind> = LazyLock::new(|| FieldKind::number(0));
static ONE_DECIMAL: LazyLock<FieldKind> = LazyLock::new(|| FieldKind::number(1));

fn customers() -> Vec<FieldDef> {
    [
        basic_fields(),
        contact_fields(),
        profile_fields(),
        stated_fields(),
        figure_fields(),
        grade_fields(),
        talk_fields(),
    ]
    .concat()
}

fn basic_fields() -> Vec<FieldDef> {
    let g = Group("basic");
    vec![
        ruled(g.field("code", "客户编号", "Customer code", code("K")), Level::Refuse, Check::Unique, None),
        g.text("name", "客户名称", "Name"),
        hidden(g.field(
            "kind",
            "客户类型",
            "Kind",
            choice(&[("个人", "Person", "slate"), ("公司", "Company", "blue")]),
        )),
        hidden(g.text("company", "公司名称", "Company")),
        hidden(g.text("contact", "联系人", "Contact person")),
        hidden(g.text("position", "职位", "Position")),
        hidden(g.field("gender", "性别", "Gender", choice(&[("男", "Male", "blue"), ("女", "Female", "red")]))),
        ruled(
            g.field("birthday", "生日", "Birthday", FieldKind::Birthday),
            Level::Refuse,
            Check::NotFuture,
            Some(("生日不能晚于今天", "A birthday cannot be after today")),
        ),
        hidden(g.field("age", "年龄", "Age", WHOLE.clone())),
        g.field(
            "status",
            "客户状态",
            "Status",
            choice(&[
                ("潜在客户", "Potential", "sand"),
                ("意向客户", "Interested", "blue"),
                ("成交客户", "Won", "green"),
                ("老客户", "Regular", "gold"),
            ]),
        ),
        g.field("tags", "标签", "Tags", FieldKind::Tags),
        hidden(g.text("owner", "负责人", "Owner")),
        g.field("next_contact", "下次联系", "Next contact", FieldKind::Date),
        g.field("note", "备注", "Note", FieldKind::LongText),
    ]
}

fn contact_fields() -> Vec<FieldDef> {
    let c = Group("contact");
    let p = Group("place");
    vec![
        // Sheets hold masked and foreign numbers too, which are worth keeping: a warning, no refusal.
        ruled(
            c.field("mobile", "手机", "Mobile", FieldKind::Phone),
            Level::Warn,
            Check::Pattern { pattern: "1[3-9][0-9]{9}".into() },
            Some(("手机号应为 11 位数字", "A mobile number has 11 digits")),
        ),
        hidden(c.field("phone", "其他电话", "Other phone", FieldKind::Phone)),
        c.text("wechat", "微信", "WeChat"),
        hidden(c.field("email", "邮箱", "E-mail", FieldKind::Email)),
        hidden(c.text("account", "店铺账号", "Shop account")),
        hidden(c.text("social", "其他社交账号", "Other social accounts")),
        p.text("province", "省份", "Province"),
        p.text("city", "城市", "City"),
        hidden(p.text("district", "区县", "District")),
        hidden(p.text("address", "详细地址", "Address")),
    ]
}

fn profile_fields() -> Vec<FieldDef> {
    let g = Group("profile");
    vec![
        g.text("source", "客户来源", "Source"),
        hidden(g.text("industry", "行业", "Industry")),
        hidden(g.text("company_size", "公司规模", "Company size")),
        hidden(g.text("region", "地区", "Region")),
        hidden(g.text("interests", "兴趣与关注点", "Interests and points of attention")),
        hidden(g.text("service_needs", "服务需求", "Service needs")),
        hidden(g.text("price_sensitivity", "价格敏感度", "Price sensitivity")),
        hidden(g.text("trust", "信任度", "Trust")),
        hidden(g.text("income", "家庭收入", "Household income")),
        hidden(g.text("segment", "市场细分", "Market segment")),
        hidden(g.text("potential", "销售潜力", "Sales potential")),
        hidden(g.text("feedback", "反馈评价", "Feedback")),
        hidden(g.text("talks", "沟通记录", "Talks")),
        g.field(
            "recommend",
            "推荐意愿",
            "Would recommend",
            choice(&[("愿意", "Yes", "green"), ("一般", "Some", "slate"), ("不愿意", "No", "red")]),
        ),
    ]
}

/// What a sheet says of purchases made before the book; counts only while the book has no orders of
/// the customer, so that a sheet of totals alone can be graded.
fn stated_fields() -> Vec<FieldDef> {
    let g = Group("figures");
    vec![
        hidden(g.field("stated_orders", "原表订单数", "Orders in the sheet", WHOLE.clone())),
        hidden(g.field("stated_total", "原表累计消费", "Total in the sheet", FieldKind::Money)),
        hidden(g.field("stated_average", "原表客单价", "Average order in the sheet", FieldKind::Money)),
        hidden(g.field("stated_monthly", "原表月购买次数", "Purchases a month in the sheet", ONE_DECIMAL.clone())),
        hidden(g.field("stated_rate", "原表复购率", "Repurchase rate in the sheet", FieldKind::Percent)),
        hidden(g.field("stated_last", "原表最近购买", "Last order in the sheet", FieldKind::Date)),
        hidden(g.text("stated_grade", "原表等级", "Grade in the sheet")),
    ]
}

fn figure_fields() -> Vec<FieldDef> {
    let g = Group("figures");
    vec![
        g.derived(
            "order_count",
            "订单数",
            "Orders",
            WHOLE.clone(),
            "COUNTIFS(订单[客户],[@客户编号],订单[计次],1)",
        ),
        g.derived(
            "total",
            "累计金额",
            "Total",
            FieldKind::Money,
            "IF([@订单数]=0,N([@原表累计消费]),SUMIFS(订单[金额],订单[客户],[@客户编号],订单[计入],TRUE))",
        ),
        g.derived(
            "average",
            "客单价",
            "Average order",
            FieldKind::Money,
            "IF([@订单数]=0,IF([@原表客单价]=\"\",\"\",[@原表客单价]),[@累计金额]/[@订单数])",
        ),
        hidden(g.derived(
            "first_order",
            "首次购买",
            "First order",
            FieldKind::DateTime,
            "IF([@订单数]=0,\"\",MINIFS(订单[下单时间],订单[客户],[@客户编号],订单[计入],TRUE))",
        )),
        g.derived(
            "last_order",
            "最近购买",
            "Last order",
            FieldKind::DateTime,
            "IF([@订单数]=0,IF([@原表最近购买]=\"\",\"\",[@原表最近购买]),MAXIFS(订单[下单时间],订单[客户],[@客户编号],订单[计入],TRUE))",
        ),
        g.derived(
            "monthly",
            "月均购买",
            "Purchases a month",
            ONE_DECIMAL.clone(),
            "IF([@订单数]=0,N([@原表月购买次数]),COUNTIFS(订单[客户],[@客户编号],订单[计次],1,订单[下单时间],\">=\"&TODAY()-89,订单[下单时间],\"<\"&TODAY()+1)/3)",
        ),
        hidden(g.derived(
            "monthly_since_first",
            "首购以来月均",
            "Purchases a month since the first",
            ONE_DECIMAL.clone(),
            "IF([@首次购买]=\"\",\"\",[@订单数]/MAX(1,(TODAY()-INT([@首次购买])+1)/30))",
        )),
        g.derived(
            "days_since",
            "未购天数",
            "Days since last order",
            WHOLE.clone(),
            "IF([@最近购买]=\"\",\"\",TODAY()-INT([@最近购买]))",
        ),
        g.derived(
            "repurchase_rate",
            "复购率",
            "Repurchase rate",
            FieldKind::Percent,
            "IF([@订单数]=0,N([@原表复购率]),([@订单数]-1)/[@订单数])",
        ),
    ]
}

fn grade_fields() -> Vec<FieldDef> {
    let g = Group("grade");
    vec![
        hidden(g.derived(
            "frequency_points",
            "频率分",
            "Frequency points",
            WHOLE.clone(),
            "IF([@月均购买]>=4,5,IF([@月均购买]>=2,3,1))",
        )),
        hidden(g.derived(
            "amount_points",
            "金额分",
            "Amount points",
            WHOLE.clone(),
            "IF([@累计金额]>=10000,5,IF([@累计金额]>=5000,3,1))",
        )),
        hidden(g.derived(
            "loyalty_points",
            "忠诚分",
            "Loyalty points",
            WHOLE.clone(),
            "MIN(IF([@复购率]>=0.8,5,IF([@复购率]>=0.5,3,1)),IF([@推荐意愿]=\"不愿意\",1,IF([@推荐意愿]=\"一般\",3,5)))",
        )),
        g.derived("points", "总评分", "Points", WHOLE.clone(), "[@频率分]+[@金额分]+[@忠诚分]"),
        g.derived(
            "grade",
            "客户等级",
            "Grade",
            choice(&[
                ("VIP客户", "VIP", "gold"),
                ("普通客户", "Regular", "slate"),
                ("潜在客户", "Potential", "sand"),
            ]),
            "IF([@总评分]>=12,\"VIP客户\",IF([@总评分]>=7,\"普通客户\",\"潜在客户\"))",
        ),
        hidden(g.field("lifecycle_set", "人工生命周期", "Lifecycle set by hand", lifecycle_choice())),
        g.derived(
            "lifecycle",
            "生命周期",
            "Lifecycle",
            lifecycle_choice(),
            "IF([@人工生命周期]<>\"\",[@人工生命周期],IF([@最近购买]=\"\",\"潜在\",IF([@未购天数]>365,\"流失\",IF([@未购天数]>180,\"沉睡\",IF([@订单数]>=5,\"忠实\",IF([@订单数]>=2,\"活跃\",\"新客\"))))))",
        ),
    ]
}

/// What the interactions of a customer come to. Books of a format before 15 get them at the end of the table, where
/// they stand here too.
fn talk_fields() -> Vec<FieldDef> {
    let g = Group("figures");
    vec![
        hidden(g.derived(
            "last_talk",
            "最近联系",
            "Last contact",
            FieldKind::DateTime,
            "IF(COUNTIFS(互动[客户],[@客户编号],互动[联系时间],\"<>\")=0,\"\",MAXIFS(互动[联系时间],互动[客户],[@客户编号]))",
        )),
        hidden(g.derived(
            "open_follow_ups",
            "待跟进数",
            "Open follow-ups",
            WHOLE.clone(),
            "COUNTIFS(互动[客户],[@客户编号],互动[待跟进],TRUE)",
        )),
    ]
}

fn lifecycle_choice() -> FieldKind {
    choice(&[
        ("潜在", "Potential", "sand"),
        ("新客", "New", "blue"),
        ("活跃", "Active", "green"),
        ("忠实", "Loyal", "gold"),
        ("沉睡", "Dormant", "grey"),
        ("流失", "Lost", "red"),
    ])
}

fn orders() -> Vec<FieldDef> {
    let g = Group("basic");
    vec![
        g.text("order_no", "订单号", "Order no"),
        hidden(g.field("line", "行号", "Line", WHOLE.clone())),
        g.field("customer", "客户", "Customer", FieldKind::Link { table: CUSTOMERS.into() }),
        hidden(g.text("buyer", "买家", "Buyer as written")),
        // A warning: clocks of shops run ahead, and orders for a later day are written down early.
        ruled(
            g.field("time", "下单时间", "Time", FieldKind::DateTime),
            Level::Warn,
            Check::NotFuture,
            Some(("下单时间晚于今天", "The time of the order is after today")),
        ),
        g.text("product", "产品", "Product"),
        hidden(g.text("category", "品类", "Category")),
        g.field("quantity", "数量", "Quantity", WHOLE.clone()),
        g.field("amount", "金额", "Amount", FieldKind::Money),
        g.text("channel", "渠道", "Channel"),
        g.text("status", "订单状态", "Status"),
        g.derived("counted", "计入", "Counted", FieldKind::Bool, COUNTED),
        hidden(g.derived(
            "purchase",
            "计次",
            "Counts as a purchase",
            WHOLE.clone(),
            "IF(AND([@计入],COUNTIFS(订单[订单号],[@订单号],订单[计入],TRUE,订单[行号],\"<\"&[@行号])=0),1,0)",
        )),
        g.field("note", "备注", "Note", FieldKind::LongText),
    ]
}

/// An order counts unless its status says it was never paid, was cancelled, closed or refunded, or
/// its amount is negative (a refund line). A failed, partial or absent refund leaves it counted.
///
/// The commonest good statuses stand first, so that most orders are settled without the long list.
const COUNTED: &str = "AND(N([@金额])>=0,OR([@订单状态]=\"\",[@订单状态]=\"交易成功\",[@订单状态]=\"已完成\",\
[@订单状态]=\"已收货\",[@订单状态]=\"已发货\",NOT(OR(\
ISNUMBER(SEARCH(\"取消\",[@订单状态])),ISNUMBER(SEARCH(\"交易关闭\",[@订单状态])),ISNUMBER(SEARCH(\"已关闭\",[@订单状态])),\
ISNUMBER(SEARCH(\"退款成功\",[@订单状态])),ISNUMBER(SEARCH(\"已退款\",[@订单状态])),ISNUMBER(SEARCH(\"全额退款\",[@订单状态])),\
ISNUMBER(SEARCH(\"已退货\",[@订单状态])),ISNUMBER(SEARCH(\"退货退款\",[@订单状态])),ISNUMBER(SEARCH(\"作废\",[@订单状态])),\
ISNUMBER(SEARCH(\"待付款\",[@订单状态])),ISNUMBER(SEARCH(\"未付款\",[@订单状态])),ISNUMBER(SEARCH(\"等待买家付款\",[@订单状态])),\
[@订单状态]=\"关闭\",[@订单状态]=\"退款\",[@订单状态]=\"退货\",\
ISNUMBER(SEARCH(\"cancel\",[@订单状态])),[@订单状态]=\"refunded\",[@订单状态]=\"closed\",[@订单状态]=\"voided\",[@订单状态]=\"failed\"))))";

fn products() -> Vec<FieldDef> {
    let g = Group("basic");
    vec![
        g.field("code", "产品编号", "Product code", code("P")),
        g.text("name", "产品名称", "Name"),
        g.text("category", "品类", "Category"),
        g.field("price", "单价", "Price", FieldKind::Money),
        g.field("note", "备注", "Note", FieldKind::LongText),
    ]
}

fn interactions() -> Vec<FieldDef> {
    let g = Group("basic");
    let ways = || {
        choice(&[
            ("电话", "Call", "green"),
            ("微信", "WeChat", "green"),
            ("上门", "Visit", "gold"),
            ("到店", "In store", "gold"),
            ("短信", "Text message", "slate"),
            ("邮件", "E-mail", "slate"),
            ("会议", "Meeting", "blue"),
            ("其他", "Other", "grey"),
        ])
    };
    let kind = choice(&[
        (TALK, "Talk", "slate"),
        ("回访", "Check-back", "blue"),
        (FEEDBACK[0], "Feedback", "green"),
        (FEEDBACK[1], "Complaint", "red"),
        ("活动", "Event", "gold"),
        (PLAN, "Plan", "sand"),
    ]);
    vec![
        g.field("customer", "客户", "Customer", FieldKind::Link { table: CUSTOMERS.into() }),
        g.field("time", "时间", "Time", FieldKind::DateTime),
        FieldDef { default: Some(["\"", TALK, "\""].concat().into()), ..g.field("kind", "类型", "Kind", kind) },
        g.field("way", "方式", "Way", ways()),
        g.field("content", "内容", "Content", FieldKind::LongText),
        hidden(g.field("satisfaction", "满意度", "Satisfaction", FieldKind::Rating { max: 5 })),
        g.field("follow_up", "跟进时间", "Follow up", FieldKind::DateTime),
        g.field("follow_up_way", "跟进方式", "Follow up by", ways()),
        g.field("done", "已完成", "Done", FieldKind::Bool),
        hidden(g.field("done_at", "完成时间", "Done at", FieldKind::DateTime)),
        hidden(g.derived(
            "pending",
            "待跟进",
            "To follow up",
            FieldKind::Bool,
            "AND([@跟进时间]<>\"\",NOT([@已完成]=TRUE))",
        )),
        hidden(g.derived(
            "talked",
            "联系时间",
            "Talked at",
            FieldKind::DateTime,
            "IF(AND([@已完成]=TRUE,[@完成时间]<>\"\"),[@完成时间],IF([@类型]=\"计划\",\"\",[@时间]))",
        )),
        hidden(g.field("author", "记录人", "Noted by", FieldKind::CreatedBy)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn keys_and_labels_are_unique_inside_a_table() {
        for t in schema().tables {
            let mut seen = HashSet::new();
            for f in &t.fields {
                assert!(seen.insert(f.key.to_string()), "{}.{}", t.key, f.key);
                assert!(seen.insert(format!("zh {}", f.label.zh)), "{} {}", t.key, f.label.zh);
                assert!(seen.insert(format!("en {}", f.label.en)), "{} {}", t.key, f.label.en);
            }
        }
    }
}
