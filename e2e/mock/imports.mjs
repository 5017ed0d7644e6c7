// Imports as the mock plays them: it splits csv files, and makes the rest up from file names.
const both = (zh, en) => ({ zh, en });
const KNOWN = {
  姓名: "name",
  客户名称: "name",
  客户姓名: "name",
  手机: "mobile",
  手机号: "mobile",
  电话: "mobile",
  微信: "wechat",
  微信号: "wechat",
  生日: "birthday",
  备注: "note",
  来源: "source",
  客户来源: "source",
  省份: "province",
  城市: "city",
  标签: "tags",
  邮箱: "email",
};
const ORDER = {
  订单号: "order_no",
  订单编号: "order_no",
  金额: "amount",
  订单金额: "amount",
  下单时间: "time",
  日期: "time",
  商品: "product",
  产品: "product",
  数量: "quantity",
  订单状态: "status",
  客户: "customer",
};

const FAKE = {
  customers: [
    ["客户编号", "code", 0.98, ["A001", "A002", "A003"]],
    ["姓名", "name", 0.99, ["王晓欢", "李建国", "单雨桐"]],
    ["联系电话", "mobile", 0.96, ["138 0013 8000", "+86 139-1234-5678", "158****2211"]],
    ["微信", "wechat", 0.97, ["wx_xh88", "", "ljg1975"]],
    ["所在地", "city", 0.62, ["浙江杭州", "广东深圳", "成都"]],
    ["累计消费", "stated_total", 0.9, ["1.2万", "¥3,680.00", "980元"]],
    ["推荐意愿", "recommend", 0.93, ["愿意", "一般", ""]],
    ["合作年限", null, 0, ["3年", "1年半", "5"]],
    ["备注", "note", 0.99, ["喜欢顺丰", "", "老客户介绍"]],
  ],
  orders: [
    ["订单号", "order_no", 0.99, ["20240305001", "20240305002"]],
    ["客户", "customer", 0.95, ["王晓欢", "李建国"]],
    ["日期", "time", 0.92, ["3月5日", "3月6日"]],
    ["商品", "product", 0.96, ["山茶油", "龙井礼盒"]],
    ["数量", "quantity", 0.98, ["2", "1"]],
    ["金额", "amount", 0.99, ["376", "1,280.00"]],
  ],
};

export function recognise(id, files) {
  const sheets = [];
  const out = files.map((f) => {
    if (f.size === 0) return { name: f.name, error: "文件是空的。" };
    const orders = /订单|order/i.test(f.name);
    const together = /一张表/.test(f.name);
    const role = together ? "both" : orders ? "orders" : "customers";
    let columns;
    if (/\.(csv|tsv)$/i.test(f.name)) {
      const lines = f.text.split(/\r?\n/).filter((l) => l !== "");
      const split = (l) => (l ?? "").split(/,|\t/).map((c) => c.replace(/^"|"$/g, ""));
      const head = split(lines[0]);
      columns = head.map((header, index) => {
        const field = (orders ? ORDER : KNOWN)[header.trim()];
        return {
          index,
          header,
          samples: lines.slice(1, 6).map((l) => split(l)[index] ?? ""),
          confidence: field ? 0.97 : 0,
          ...(field ? { table: orders ? "orders" : "customers", field } : {}),
        };
      });
    } else {
      const list = together
        ? [...FAKE.customers.slice(1, 4), ...FAKE.orders]
        : FAKE[orders ? "orders" : "customers"];
      columns = list.map(([header, field, confidence, samples], index) => {
        const table = FAKE.customers.some((c) => c[1] === field && c[0] === header) ? "customers" : "orders";
        return { index, header, samples, confidence, ...(field ? { table, field } : {}) };
      });
    }
    sheets.push({
      file: f.name,
      sheet: /\.(csv|tsv)$/i.test(f.name) ? "" : "Sheet1",
      index: sheets.length,
      role,
      rows: 6,
      header_row: /等级/.test(f.name) ? 2 : 1,
      ...(/拼多多/.test(f.name) ? { profile: "pdd" } : {}),
      year_needed: orders && !/csv$/.test(f.name),
      columns,
      notes: /等级|分类/.test(f.name)
        ? [
            both("第 1 行是标题“客户等级表”，没有当作数据。", "Row 1 is a title, not data."),
            both("最后一行“合计”没有导入。", "The total row at the end was set aside."),
          ]
        : [],
    });
    return { name: f.name };
  });
  return { import: id, files: out, sheets, match: "identity", today: "2026-11-21" };
}

export function report(imp, dry, change) {
  const tables = {};
  const add = (t, c) => {
    tables[t] = tables[t] ? Object.fromEntries(Object.keys(c).map((k) => [k, tables[t][k] + c[k]])) : c;
  };
  for (const s of imp.sheets) {
    if (s.role === "ignore") continue;
    for (const t of s.role === "both" ? ["customers", "orders"] : [s.role])
      add(t, {
        created: t === "orders" ? 1260 : 486,
        updated: t === "orders" ? 0 : 12,
        unchanged: 2,
        rejected: t === "orders" ? 1 : 0,
      });
  }
  const first = imp.sheets.find((s) => s.role !== "ignore");
  const p = (row, column, cell, rejected, reason, cure) => ({
    file: first?.file ?? "",
    sheet: first?.sheet ?? "",
    row,
    column,
    cell,
    rejected,
    reason,
    cure,
  });
  const problems = [
    p(
      7,
      "联系电话",
      "158****2211",
      false,
      both("手机号打了码，不能用来认人", "The mobile is masked and identifies nobody"),
      both("补上完整号码；这一格按原样保留", "Fill in the whole number; the cell is kept as written"),
    ),
    p(
      19,
      "累计消费",
      "待定",
      false,
      both("“待定”不是金额", "“待定” is not an amount"),
      both("写成数字，例如 1280 或 1.2万", "Write a number such as 1280"),
    ),
    p(
      42,
      "日期",
      "2024-02-30",
      true,
      both("2 月没有 30 日", "February has no 30th"),
      both("改成真实日期后再导入这一行", "Correct the date and import the row again"),
    ),
  ];
  return {
    dry_run: dry,
    change,
    tables,
    own_tables: {},
    problems,
    problem_count: problems.length,
    seconds: 0.84,
  };
}
