//! Exports of shops and programs, known by columns that only they have.

use super::synonyms;
use crate::{Constant, Profile, Target};
use model::builtin::ORDERS;
use model::{Value, builtin::CUSTOMERS};

/// A profile and the normalised headers that give it away: all of one line.
const FINGERPRINTS: &[(Profile, &[&str])] = &[
    (Profile::Alibaba, &["货品总价", "订单状态"]),
    (Profile::Alibaba, &["买家公司名", "卖家公司名"]),
    (Profile::Alibaba, &["货品标题", "下单时间"]),
    (Profile::Taobao, &["买家会员名", "买家实际支付金额"]),
    (Profile::Taobao, &["买家会员名", "宝贝标题"]),
    (Profile::Taobao, &["买家下单时间", "买家实付金额"]),
    (Profile::Taobao, &["支付单号", "买家应付货款"]),
    (Profile::Taobao, &["订单编号", "收货地址", "宝贝标题"]),
    (Profile::Jd, &["京东价", "客户地址"]),
    (Profile::Jd, &["京东价", "下单帐号"]),
    (Profile::Pdd, &["商家实收金额", "商品总价"]),
    (Profile::Pdd, &["商家实收金额", "用户实付金额"]),
    (Profile::Douyin, &["主订单编号", "子订单编号"]),
    (Profile::Youzan, &["买家付款时间", "收货人手机号/提货人手机号"]),
    (Profile::Youzan, &["归属店铺", "订单实付金额"]),
    (Profile::YouzanCustomers, &["客户手机号", "笔单价"]),
    (Profile::YouzanCustomers, &["客户手机号", "成长值"]),
    (Profile::Weidian, &["收货人/提货人手机号"]),
    (Profile::Weidian, &["收货/提货详细地址"]),
    (Profile::Wecom, &["添加人", "添加时间", "客户名称"]),
    (Profile::Shopify, &["financialstatus", "lineitemname"]),
    (Profile::ShopifyCustomers, &["totalspent", "acceptsemailmarketing"]),
    (Profile::Woocommerce, &["totalspend", "lastactive"]),
];

/// The profile of a sheet with these normalised headers.
pub(super) fn detect(headers: &[String]) -> Option<Profile> {
    let has = |name: &str| headers.iter().any(|h| h == name);
    if headers.iter().filter(|h| synonyms::OWN.contains(&h.as_str())).count() >= 2 {
        return Some(Profile::Kebu);
    }
    FINGERPRINTS.iter().find(|(_, names)| names.iter().all(|n| has(n))).map(|(p, _)| *p)
}

impl Profile {
    /// The channel of its orders.
    pub fn channel(self) -> Option<&'static str> {
        Some(match self {
            Self::Taobao => "淘宝",
            Self::Alibaba => "1688",
            Self::Jd => "京东",
            Self::Pdd => "拼多多",
            Self::Douyin => "抖音",
            Self::Youzan => "有赞",
            Self::Weidian => "微店",
            Self::Shopify => "Shopify",
            _ => return None,
        })
    }

    /// The shop name before account names, so that the same name in two shops is two identities.
    pub fn account_channel(self) -> Option<&'static str> {
        match self {
            Self::Woocommerce => Some("WooCommerce"),
            other => other.channel(),
        }
    }

    /// Whether its rows are orders.
    pub(super) fn has_orders(self) -> bool {
        self.channel().is_some()
    }

    /// Values every row gets.
    pub(super) fn constants(self) -> Vec<Constant> {
        let constant = |table: &str, field: &str, text: &str| Constant {
            target: Target::field(table, field),
            value: Value::from(text),
        };
        match self {
            Self::Wecom => vec![constant(CUSTOMERS, "source", "企业微信")],
            other => other.channel().map(|c| constant(ORDERS, "channel", c)).into_iter().collect(),
        }
    }

    /// What a header means in this export where it means something else elsewhere: its target, or
    /// nothing for a column to leave out.
    pub(super) fn meaning(self, header: &str) -> Option<Option<(&'static str, &'static str)>> {
        let orders = |field: &'static str| Some(Some((ORDERS, field)));
        let customers = |field: &'static str| Some(Some((CUSTOMERS, field)));
        match (self, header) {
            (Self::Shopify, "name") => orders("order_no"),
            (Self::Shopify, "lineitemname") => orders("product"),
            (Self::Shopify, "tags" | "id" | "source" | "billingname" | "paymentmethod") => Some(None),
            (Self::Shopify, "cancelledat" | "financialstatus") => orders("status"),
            (Self::Shopify, "total") => orders("amount"),
            (Self::Shopify, "subtotal" | "lineitemprice") => Some(None),
            (Self::Jd, "客户姓名") => customers("name"),
            (Self::Jd, "商家应收" | "结算金额") => Some(None),
            (Self::Youzan, "订单来源" | "推广方式") => Some(None),
            (Self::Taobao, "店铺名称" | "宝贝种类" | "买家支付宝账号") => Some(None),
            (Self::Youzan | Self::YouzanCustomers, "所属区域") => customers("region"),
            (Self::YouzanCustomers, "来源方式") => Some(None),
            (Self::Wecom, "描述") => customers("note"),
            (Self::Wecom, "企业") => customers("company"),
            (Self::Woocommerce, "orders") => customers("stated_orders"),
            (Self::Woocommerce, "region") => customers("province"),
            (Self::Woocommerce | Self::ShopifyCustomers, "role" | "signup") => Some(None),
            _ => None,
        }
    }
}
