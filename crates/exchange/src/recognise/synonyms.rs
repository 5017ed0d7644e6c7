//! What people and programs call the fields, normalised as [`super::header::normal`] does.
//!
//! Within a line the first names are the surest. A name may stand for fields of several tables; the
//! role of the sheet decides.

/// Field key and its names, best first.
pub(super) type Names = &'static [(&'static str, &'static [&'static str])];

#[rustfmt::skip]
pub(super) const CUSTOMERS: Names = &[
    ("code", &[
        "客户编号", "客户编码", "客户代码", "客户id", "客户号", "会员编号", "会员号", "会员卡号", "会员id",
        "customercode", "customerid", "customerno", "customernumber", "clientid", "recordid", "编号", "id",
    ]),
    ("name", &[
        "客户名称", "客户姓名", "姓名", "客户", "客户名", "顾客姓名", "顾客", "顾客名称", "会员姓名",
        "会员名称", "买家姓名", "名字", "customername", "fullname", "customer", "client", "clientname", "buyer",
        "buyername", "shippingname", "billingname", "收货人姓名", "收货人", "收件人姓名", "收件人",
        "收货人/提货人", "收货人/提货人姓名", "收货人名称", "联系人姓名", "contactname", "firstname",
        "givenname", "lastname", "familyname", "姓", "名称", "name", "客户昵称", "买家昵称", "微信昵称",
        "会员昵称", "用户昵称", "昵称", "nickname",
    ]),
    ("kind", &["客户类型", "客户性质", "customertype"]),
    ("company", &[
        "公司名称", "公司", "公司名", "企业名称", "企业", "单位名称", "单位", "工作单位", "买家公司名",
        "company", "companyname", "accountname", "organization", "defaultaddresscompany",
    ]),
    ("contact", &["联系人", "contactperson", "contact", "对接人"]),
    ("position", &["职位", "职务", "岗位", "title", "jobtitle", "position"]),
    ("gender", &["性别", "客户性别", "gender", "sex", "称呼", "salutation"]),
    ("birthday", &[
        "生日", "出生日期", "客户生日", "出生年月", "出生年月日", "会员生日", "birthday", "birthdate",
        "dateofbirth",
    ]),
    ("age", &["年龄", "年纪", "客户年龄", "age"]),
    ("status", &[
        "客户状态", "跟进状态", "客户阶段", "跟进阶段", "leadstatus", "customerstatus", "状态", "status",
    ]),
    ("tags", &["标签", "客户标签", "标签组", "会员标签", "标签组1", "标签组2", "标签组3", "tags", "labels"]),
    ("owner", &[
        "负责人", "跟进人", "客户经理", "业务员", "所属员工", "所属销售", "销售员", "归属人", "添加人",
        "导购员", "专属导购", "owner", "contactowner", "leadowner",
    ]),
    ("next_contact", &[
        "下次联系", "下次跟进", "下次跟进时间", "下次跟进日期", "下次联系时间", "下次联系日期", "下次回访",
        "下次回访时间", "下次回访日期", "回访日期", "nextcontact", "nextfollowup", "nextfollow-up",
    ]),
    ("note", &[
        "备注", "客户备注", "备注信息", "描述", "说明", "note", "notes", "remark", "remarks", "description",
        "comments",
    ]),
    ("mobile", &[
        "手机", "手机号", "手机号码", "客户手机号", "客户手机", "买家手机号", "买家手机", "移动电话",
        "手机电话", "会员手机号", "会员手机", "mobile", "mobilephone", "mobilenumber", "cellphone", "cell",
        "联系手机", "收货人手机号/提货人手机号", "收货人/提货人手机号", "收货人手机号", "收货人手机",
        "收件人手机号", "收件人手机", "联系方式", "联系电话", "电话", "电话号码", "客户电话", "收货人电话",
        "收件人电话", "收货电话", "phone", "phonenumber", "telephone", "tel", "contactphone", "contact",
        "billingphone", "shippingphone", "defaultaddressphone",
    ]),
    ("phone", &[
        "固定电话", "座机", "其他电话", "办公电话", "备用电话", "公司电话", "家庭电话", "其他联系方式",
        "homephone", "otherphone", "workphone", "分机",
    ]),
    ("wechat", &["微信", "微信号", "微信id", "微信账号", "客户微信", "wechat", "wechatid", "weixin", "wx"]),
    ("email", &[
        "邮箱", "电子邮箱", "邮箱地址", "电子邮件", "邮件", "email", "e-mail", "emailaddress", "e-mailaddress",
        "mail",
    ]),
    ("account", &[
        "店铺账号", "买家会员名", "会员名", "下单帐号", "下单账号", "买家旺旺", "旺旺", "旺旺号", "旺旺id",
        "买家账号", "买家帐号", "淘宝id", "淘宝账号", "用户名", "买家id", "用户id", "shopaccount", "username",
    ]),
    ("social", &[
        "其他社交账号", "社交媒体账号", "社交账号", "社交媒体", "qq", "qq号", "qq号码", "微博", "抖音号",
        "抖音", "小红书", "othersocialaccounts", "social",
    ]),
    ("province", &[
        "省份", "省", "所在省", "所在省份", "收货人省份", "收货省份", "省/直辖市", "province", "state",
        "shippingprovince", "mailingstate", "defaultaddressprovincecode",
    ]),
    ("city", &[
        "城市", "市", "所在城市", "所在市", "收货人城市", "收货城市", "city", "shippingcity", "mailingcity",
        "defaultaddresscity",
    ]),
    ("district", &["区县", "区", "县", "区/县", "收货人地区", "收货区县", "所在区", "district", "county"]),
    ("address", &[
        "详细地址", "收货地址", "地址", "客户地址", "联系地址", "家庭地址", "通讯地址", "住址", "公司地址",
        "收件地址", "收货/提货详细地址", "详细收货地址/提货地址", "详细收货地址", "收货人地址", "收件人地址",
        "address", "address1", "street", "shippingaddress", "shippingaddress1", "mailingstreet",
        "shippingstreet", "defaultaddressaddress1",
    ]),
    ("source", &[
        "客户来源", "来源", "来源渠道", "渠道来源", "获客渠道", "获客来源", "来源方式", "来自", "leadsource",
        "source", "originalsource",
    ]),
    ("industry", &["行业", "所属行业", "客户行业", "industry"]),
    ("company_size", &["公司规模", "规模", "企业规模", "员工人数", "companysize", "employees"]),
    ("region", &[
        "地区", "区域", "所属区域", "所在地区", "大区", "微信地域", "所在地", "region", "area",
        "country/region",
    ]),
    ("interests", &[
        "兴趣与关注点", "兴趣", "兴趣爱好", "兴趣偏好", "爱好", "关注点", "偏好", "喜好", "潜在需求",
        "interests", "interestsandpointsofattention", "hobbies",
    ]),
    ("service_needs", &["服务需求", "需求", "客户需求", "serviceneeds", "needs"]),
    ("price_sensitivity", &["价格敏感度", "价格敏感", "pricesensitivity"]),
    ("trust", &["信任度", "信任阈值", "信任", "trust"]),
    ("income", &["家庭收入", "收入", "月收入", "年收入", "householdincome", "income"]),
    ("segment", &["市场细分", "细分", "客户细分", "客群", "人群", "marketsegment", "segment"]),
    ("potential", &["销售潜力", "购买潜力", "潜力", "客户潜力", "salespotential", "potential"]),
    ("feedback", &["反馈评价", "反馈", "客户反馈", "评价", "满意度", "客户满意度", "feedback", "satisfaction"]),
    ("talks", &["沟通记录", "跟进记录", "联系记录", "回访记录", "talks", "followuprecords"]),
    ("recommend", &[
        "推荐意愿", "是否推荐", "是否愿意推荐", "愿意推荐", "是否愿意推荐他人", "推荐", "wouldrecommend",
        "recommend",
    ]),
    ("lifecycle_set", &[
        "人工生命周期", "生命周期", "生命周期阶段", "客户生命周期", "lifecyclesetbyhand", "lifecycle",
        "lifecyclestage",
    ]),
    ("stated_orders", &[
        "原表订单数", "消费次数", "购买次数", "订单数", "订单数量", "累计订单数", "累计消费次数",
        "累计购买次数", "下单次数", "成交次数", "交易次数", "总订单数", "ordersinthesheet", "totalorders",
        "orders", "ordercount",
    ]),
    ("stated_total", &[
        "原表累计消费", "累计消费", "累计消费金额", "累计金额", "消费总额", "消费总金额", "总消费",
        "总消费金额", "累计购买金额", "购买总额", "成交总额", "交易总额", "消费金额", "购买金额", "总金额",
        "totalinthesheet", "totalspent", "totalspend", "消费额", "消费", "金额", "amount", "total",
    ]),
    ("stated_average", &[
        "原表客单价", "平均订单价值", "客单价", "平均客单价", "笔单价", "平均消费", "averageorderinthesheet",
        "averageorder", "averageordervalue", "aov",
    ]),
    ("stated_monthly", &[
        "原表月购买次数", "月购买次数", "购买频率", "月均购买次数", "月均购买", "消费频率", "每月购买次数",
        "购买频次", "消费频次", "purchasesamonthinthesheet", "purchasesamonth", "purchasefrequency",
        "frequency",
    ]),
    ("stated_rate", &[
        "原表复购率", "复购率", "回购率", "重复购买率", "repurchaserateinthesheet", "repurchaserate",
    ]),
    ("stated_last", &[
        "原表最近购买", "最近一次购买日期", "最近一次购买时间", "最近购买", "最近购买日期", "最近购买时间",
        "上次消费时间", "上次购买时间", "上次购买日期", "最后购买时间", "最后购买日期", "最后一次购买",
        "最近消费时间", "最近消费日期", "最近下单时间", "最近一次消费", "购买日期", "购买时间", "消费日期",
        "lastorderinthesheet", "lastorder", "lastorderdate", "lastpurchase",
    ]),
    ("stated_grade", &[
        "原表等级", "客户等级", "上次评级", "客户级别", "会员等级", "等级", "级别", "评级", "gradeinthesheet",
        "grade", "level", "tier",
    ]),
];

#[rustfmt::skip]
pub(super) const ORDERS: Names = &[
    ("order_no", &[
        "订单号", "订单编号", "主订单编号", "主订单号", "单号", "交易编号", "交易号", "订单id", "销售单号",
        "流水号", "小票号", "orderno", "ordernumber", "orderid", "order", "invoiceno", "invoice",
    ]),
    ("line", &["行号", "line"]),
    ("buyer", &["买家", "购买人", "buyeraswritten"]),
    ("time", &[
        "下单时间", "下单日期", "订单创建时间", "买家下单时间", "订单提交时间", "订单成交时间", "成交时间",
        "成交日期", "拼单成功时间", "订单时间", "订单日期", "购买日期", "购买时间", "交易时间", "交易日期",
        "消费时间", "消费日期", "销售日期", "销售时间", "开单日期", "createdat", "orderdate", "ordertime",
        "purchasedate", "invoicedate", "datecreated", "日期", "时间", "date", "time", "订单付款时间",
        "买家付款时间", "付款时间", "支付时间", "付款日期", "支付日期", "付款确认时间", "创建时间", "paidat",
    ]),
    ("product", &[
        "产品", "商品", "产品名称", "商品名称", "宝贝标题", "商品标题", "货品标题", "宝贝名称", "货品名称",
        "选购商品", "全部商品名称", "购买产品", "购买商品", "品名", "货品", "product", "productname", "item",
        "itemname", "lineitemname", "description",
    ]),
    ("category", &[
        "品类", "类目", "商品分类", "产品分类", "商品类目", "产品类别", "商品类别", "产品类型", "商品类型",
        "分类", "类别", "category", "producttype",
    ]),
    ("quantity", &[
        "数量", "购买数量", "商品数量", "宝贝总数量", "订购数量", "产品数量", "销售数量", "件数", "quantity",
        "qty", "lineitemquantity",
    ]),
    ("amount", &[
        "买家实际支付金额", "买家实付金额", "用户实付金额", "订单实付金额", "实付金额", "实付款",
        "实际支付金额", "实付", "付款金额", "支付金额", "实收金额", "实收", "成交金额", "成交价",
        "订单应付金额", "应付金额", "应收订单金额", "商家应收", "订单金额", "购买金额", "消费金额", "交易金额",
        "销售金额", "订单总额", "订单总价", "总金额", "总价", "金额", "合计金额", "销售额", "amount", "total",
        "ordertotal", "totalamount", "商家实收金额", "结算金额", "买家应付货款", "商品总价", "货品总价",
        "商品金额合计", "商品金额", "subtotal", "价格", "price", "合计",
    ]),
    ("channel", &[
        "渠道", "销售渠道", "平台", "购买渠道", "订单来源", "来源平台", "订单渠道", "channel", "platform",
        "saleschannel",
    ]),
    ("status", &[
        "订单状态", "交易状态", "状态", "orderstatus", "status", "financialstatus", "支付状态", "售后状态",
        "退款状态", "订单退款状态", "售后/退款状态", "退款/售后状态", "refundstatus", "cancelledat",
    ]),
    ("note", &[
        "备注", "订单备注", "买家留言", "买家备注", "商家备注", "卖家备注", "商家订单备注", "留言", "note",
        "notes", "remark", "remarks", "comments",
    ]),
];

#[rustfmt::skip]
pub(super) const PRODUCTS: Names = &[
    ("code", &[
        "产品编号", "产品编码", "商品编号", "商品编码", "商家编码", "货号", "sku", "条码", "条形码",
        "productcode", "编号", "编码", "id",
    ]),
    ("name", &[
        "产品名称", "商品名称", "产品", "商品", "品名", "货品名称", "宝贝标题", "商品标题", "product",
        "productname", "名称", "name", "title", "item",
    ]),
    ("category", &[
        "品类", "类目", "商品分类", "产品分类", "产品类别", "商品类别", "产品类型", "分类", "类别", "category",
        "type", "producttype",
    ]),
    ("price", &["单价", "价格", "售价", "零售价", "销售价", "产品价格", "商品价格", "unitprice", "price"]),
];

/// Columns that say nothing of customer or order: row numbers.
pub(super) const JUNK: &[&str] = &["序号", "序列", "no", "no.", "#", "行", "index", "rownumber"];

/// Names so general that they do not tell what a sheet is about.
#[rustfmt::skip]
pub(super) const GENERAL: &[&str] = &[
    "编号", "编码", "id", "名称", "name", "日期", "时间", "date", "time", "状态", "status", "类型", "type",
    "数量", "quantity", "金额", "amount", "total", "总金额", "备注", "note", "notes", "说明", "描述",
    "description", "分类", "类别", "价格", "price", "来源", "source", "title", "合计", "总价", "标签", "tags",
    "等级", "级别", "level", "市", "区", "县", "省", "姓", "item", "order", "contact", "昵称", "用户昵称",
    "nickname", "推荐", "推广",
];

/// Names of columns that tell how a return or refund went.
#[rustfmt::skip]
pub(crate) const REFUND: &[&str] = &[
    "售后状态", "退款状态", "订单退款状态", "售后/退款状态", "退款/售后状态", "refundstatus",
];

/// Parts of a Western name, joined in this order.
pub(crate) const NAME_PARTS: &[&str] = &["firstname", "givenname", "lastname", "familyname"];

/// Columns that only Kebu writes: two of them make a sheet one of its own exports.
#[rustfmt::skip]
pub(super) const OWN: &[&str] = &[
    "月均购买", "未购天数", "总评分", "频率分", "金额分", "忠诚分", "首购以来月均", "首次购买", "计入", "计次",
    "purchasesamonth", "dayssincelastorder", "points", "frequencypoints", "amountpoints", "loyaltypoints",
    "purchasesamonthsincethefirst", "firstorder", "counted", "countsasapurchase",
];
