// Fields, formulas and tables of one's own, as far as the page needs them from the mock.
import { readFileSync } from "node:fs";
import { hash } from "./data.mjs";

const OWN = [
  ["u1", "满意度", "Satisfaction", { kind: "rating", max: 5 }],
  ["u2", "成交进度", "Progress", { kind: "progress" }],
  [
    "u3",
    "感兴趣",
    "Interested in",
    {
      kind: "choices",
      options: [
        ["茶叶", "Tea", "green"],
        ["粮油", "Oil", "gold"],
        ["生鲜", "Fresh", "blue"],
        ["服饰", "Clothes", "red"],
      ].map(([value, en, tone]) => ({ value, en, tone })),
    },
  ],
  ["u4", "店铺网址", "Shop page", { kind: "url" }],
  ["u5", "收货地址", "Delivery address", { kind: "address" }],
  ["u6", "跟进人", "Followed by", { kind: "person" }],
  ["u7", "合同", "Contract", { kind: "attachment", images: false }],
  ["u8", "样品数", "Samples", { kind: "number", decimals: 0, unit: "件" }],
  ["u9", "创建时间", "Created", { kind: "created_time" }],
];
export const members = [
  { id: 1, name: "阿欢" },
  { id: 2, name: "小林" },
  { id: 3, name: "王店长" },
];

const field = (key, zh, en, more) => ({
  key,
  label: { zh, en },
  group: "other",
  shown: true,
  builtin: false,
  ...more,
});

/** Adds a table with a field of every kind, and the rules that ship. */
export function addOwn(schema) {
  for (const t of schema.tables) t.builtin = true;
  const rule = (table, key, rule) => {
    const f = schema.tables.find((t) => t.key === table)?.fields.find((x) => x.key === key);
    if (f) f.rules = [rule];
  };
  const text = (zh, en) => ({ zh, en });
  rule("customers", "mobile", {
    check: "pattern",
    pattern: "1[3-9][0-9]{9}",
    level: "warn",
    message: text("手机号应为 11 位数字", "A mobile number has 11 digits"),
  });
  rule("customers", "birthday", { check: "not_future", level: "refuse" });
  for (const f of schema.tables.flatMap((t) => t.fields))
    if (f.kind === "code") f.pattern = `${f.prefix ?? ""}{000000}`;
}

export function ownTable() {
  return {
    key: "t1",
    label: { zh: "样品", en: "样品" },
    builtin: false,
    fields: [
      field("code", "编号", "Code", { kind: "code", pattern: "Y{000}", builtin: true, group: "basic" }),
      field("name", "名称", "Name", { kind: "text", builtin: true, group: "basic" }),
      ...OWN.map(([key, zh, en, more]) => field(key, zh, en, more)),
      field("u10", "累计", "Total", { kind: "money", formula: "SUMIFS(订单[金额],订单[样品],[@编号])" }),
    ],
  };
}

const NAMES = ["春茶小样", "山茶油试用装", "红糖 50g", "围巾色卡", "护手霜旅行装"];
const PLACES = [
  "浙江省 杭州市 西湖区 文三路 12 号",
  "上海市 浦东新区 世纪大道 1 号",
  "广东省 深圳市 南山区 科苑路 8 号",
];

export function sample(i) {
  const h = hash(i, 51);
  const options = OWN[2][3].options.map((o) => o.value);
  return {
    code: `Y${String(i).padStart(3, "0")}`,
    name: NAMES[h % NAMES.length],
    u1: h % 6 === 0 ? null : 1 + (h % 5),
    u2: h % 7 === 0 ? null : Math.round((hash(i, 52) % 101) / 5) / 20,
    u3: options.filter((_, n) => hash(i, 53 + n) % 3 === 0),
    u4: h % 2 ? `https://shop${h % 90}.example.com` : null,
    u5: h % 4 === 0 ? null : PLACES[h % PLACES.length],
    u6: 1 + (h % 3),
    u7:
      h % 3 === 0
        ? [{ id: `f${i}`, name: `样品合同-${i}.pdf`, type: "application/pdf", size: 182_000 + (h % 90_000) }]
        : [],
    u8: h % 40,
    u9: "2026-11-20T09:12:00",
    u10: (hash(i, 57) % 90) * 1000,
  };
}

const FUNCTIONS = [
  ["IF", "逻辑", "IF(条件, 成立时, 不成立时)", "按条件取两个值之一"],
  ["IFS", "逻辑", "IFS(条件1, 值1, …)", "依次检查，取第一个成立的条件的值"],
  ["AND", "逻辑", "AND(条件1, 条件2, …)", "全部成立才成立"],
  ["OR", "逻辑", "OR(条件1, 条件2, …)", "有一个成立就成立"],
  ["IFERROR", "逻辑", "IFERROR(值, 出错时)", "出错时取另一个值"],
  ["SUM", "数学", "SUM(数1, 数2, …)", "求和"],
  ["ROUND", "数学", "ROUND(数, 小数位)", "四舍五入"],
  ["MAX", "数学", "MAX(数1, 数2, …)", "最大值"],
  ["SUMIFS", "汇总", "SUMIFS(求和列, 条件列1, 条件1, …)", "把符合条件的行加起来"],
  ["COUNTIFS", "汇总", "COUNTIFS(条件列1, 条件1, …)", "数一数符合条件的行"],
  ["XLOOKUP", "汇总", "XLOOKUP(找什么, 在哪列找, 取哪列)", "按值查找另一张表的一格"],
  ["LEFT", "文字", "LEFT(文字, 个数)", "从左取几个字"],
  ["TEXT", "文字", "TEXT(值, 格式)", "按格式写成文字"],
  ["TODAY", "日期", "TODAY()", "今天"],
  ["DATEDIF", "日期", 'DATEDIF(开始, 结束, "D")', "两个日期相差多少"],
];

/** The first name a formula uses that no field has. */
function fault(table, text) {
  for (const m of text.matchAll(/\[@\[?([^[\]]*)\]{0,2}/g))
    if (!table.fields.some((f) => f.label.zh === m[1] || f.label.en === m[1])) {
      const near = table.fields.find((f) => m[1] !== "" && f.label.zh.includes(m[1].slice(0, 2)));
      return {
        message: `没有名为“${m[1]}”的字段。`,
        from: m.index,
        to: m.index + m[0].length,
        cure: near ? `是不是想用 [@${near.label.zh}]？` : "输入 [@ 从列表里选。",
      };
    }
  for (const m of text.matchAll(/([A-Z]+)\(/g))
    if (!FUNCTIONS.some((f) => f[0] === m[1]))
      return {
        message: `没有函数 ${m[1]}。`,
        from: m.index,
        to: m.index + m[1].length,
        cure: "输入开头几个字母，从列表里选。",
      };
  const open = (text.match(/\(/g) ?? []).length - (text.match(/\)/g) ?? []).length;
  if (open > 0)
    return {
      message: "括号没有写完。",
      from: text.length,
      to: text.length,
      cure: `在末尾加 ${open} 个“)”。`,
    };
  return null;
}

export function routes({ job, fail, filesOf }) {
  const tableOf = (s, key) =>
    s.store.schema.tables.find((t) => t.key === key) ??
    (() => {
      throw fail(404, "not_found", "没有这张表。");
    })();
  const fieldIn = (t, key) =>
    t.fields.find((f) => f.key === key) ??
    (() => {
      throw fail(404, "not_found", "没有这个字段。");
    })();
  const label = (x) => (typeof x === "string" ? { zh: x, en: x } : x);
  const free = (list, letter) => {
    let n = 1;
    while (list.some((x) => x.key === `${letter}${n}`)) n++;
    return `${letter}${n}`;
  };
  const write = (f, body) => {
    for (const [k, v] of Object.entries(body)) {
      if (v === null) delete f[k];
      else f[k] = k === "label" || k === "description" ? label(v) : v;
    }
  };
  return [
    ["GET", /^\/members$/, () => ({ members })],
    ["GET", /^\/mentions$/, () => ({ unseen: 0, mentions: [] })],
    ["POST", /^\/tables\/(\w+)\/commented$/, () => ({ cells: [] })],
    ["GET", /^\/places$/, () => ({ provinces: places() })],
    [
      "GET",
      /^\/functions$/,
      () => ({ functions: FUNCTIONS.map(([name, group, syntax, help]) => ({ name, group, syntax, help })) }),
    ],
    [
      "POST",
      /^\/tables$/,
      (s, { body }) => {
        const t = {
          ...ownTable(),
          key: free(s.store.schema.tables, "t"),
          label: label(body.label),
        };
        t.fields = t.fields.slice(0, 2);
        s.store.addTable(t);
        return t;
      },
    ],
    [
      "PATCH",
      /^\/tables\/(\w+)$/,
      (s, { m, body }) => {
        const t = tableOf(s, m[1]);
        write(t, body);
        return t;
      },
    ],
    [
      "DELETE",
      /^\/tables\/(\w+)$/,
      (s, { m }) => {
        s.store.schema.tables = s.store.schema.tables.filter((t) => t.key !== m[1]);
        return null;
      },
    ],
    [
      "PUT",
      /^\/tables\/(\w+)\/fields\/order$/,
      (s, { m, body }) => {
        const t = tableOf(s, m[1]);
        t.fields = body.fields.map((k) => fieldIn(t, k));
        t.ordered = true;
        return null;
      },
    ],
    [
      "POST",
      /^\/tables\/(\w+)\/fields$/,
      (s, { m, body }) => {
        const t = tableOf(s, m[1]);
        if (t.fields.some((f) => f.label.zh === label(body.label).zh))
          throw fail(409, "conflict", `“${label(body.label).zh}”已经有了，请换一个名称。`, "label");
        const f = field(free(t.fields, "u"), "", "", {});
        write(f, body);
        t.fields.push(f);
        return { field: f, ...(f.formula ? job(s, "fill", 128_640, () => ({})) : {}) };
      },
    ],
    [
      "PATCH",
      /^\/tables\/(\w+)\/fields\/(\w+)$/,
      (s, { m, body }) => {
        const f = fieldIn(tableOf(s, m[1]), m[2]);
        write(f, body);
        return { field: f };
      },
    ],
    [
      "DELETE",
      /^\/tables\/(\w+)\/fields\/(\w+)$/,
      (s, { m }) => {
        const t = tableOf(s, m[1]);
        const f = fieldIn(t, m[2]);
        const users = t.fields.filter((x) => x.formula?.includes(`[@${f.label.zh}]`)).map((x) => x.label.zh);
        if (users.length > 0)
          throw fail(
            409,
            "conflict",
            `“${f.label.zh}”还被 ${users.join("、")} 的公式用着，先改掉公式再移除。`,
          );
        t.fields = t.fields.filter((x) => x !== f);
        return null;
      },
    ],
    [
      "POST",
      /^\/tables\/(\w+)\/fields\/(\w+)\/convert$/,
      (s, { m, body }) => {
        const f = fieldIn(tableOf(s, m[1]), m[2]);
        if (!body.preview)
          return job(s, "convert", 128_640, () => {
            write(f, body.to);
            return {};
          });
        return {
          total: 128_640,
          changed: 3_412,
          partly: 16,
          lost: 9,
          samples: [
            { before: "约三万", after: null, loss: "all" },
            { before: "面议", after: null, loss: "all" },
            { before: "12.345", after: "12.35", loss: "part" },
            { before: "1.2万", after: "12000.00", loss: null },
            { before: "￥980", after: "980.00", loss: null },
          ],
        };
      },
    ],
    [
      "POST",
      /^\/tables\/(\w+)\/formula\/check$/,
      (s, { m, body }) => {
        const t = tableOf(s, m[1]);
        const error = fault(t, body.formula);
        if (error) return { ok: false, type: "", error, preview: [] };
        const money = /金额|SUMIFS|累计/.test(body.formula) && !/^IF|&|"/.test(body.formula);
        const preview = [1, 2, 3, 4, 5].map((id) => {
          const v = s.store.get("customers", id);
          return {
            id,
            label: v.name,
            value: money ? v.total : ["大客户", "普通", "大客户", "潜力", "普通"][id - 1],
          };
        });
        return {
          ok: true,
          type: money ? "金额" : "文本",
          kind: { kind: money ? "money" : "text" },
          error: null,
          preview,
        };
      },
    ],
    [
      "POST",
      /^\/tables\/(\w+)\/marks$/,
      (s, { m, body }) => {
        const marks = [];
        for (const f of tableOf(s, m[1]).fields)
          for (const rule of f.rules ?? []) {
            if (rule.check !== "pattern") continue;
            for (const id of body.ids) {
              const v = s.store.get(m[1], id)[f.key];
              const doubt = v && !new RegExp(`^(?:${rule.pattern})$`).test(v);
              if (doubt || (f.key === "mobile" && id % 9 === 4))
                marks.push({ id, field: f.key, level: rule.level, message: rule.message?.zh ?? "格式不对" });
            }
          }
        return { marks };
      },
    ],
    [
      "POST",
      /^\/files$/,
      (s, { req, raw }) => {
        const [f] = filesOf(req, raw);
        const image = /\.(png|jpe?g|gif|webp)$/i.test(f.name);
        return {
          id: `f${s.next++}`,
          name: f.name,
          type: image ? "image/png" : "application/octet-stream",
          size: f.size,
        };
      },
    ],
    [
      "GET",
      /^\/files\/(\w+)$/,
      (_s, { res }) => void res.writeHead(200, { "content-type": "image/svg+xml" }).end(PICTURE),
    ],
  ];
}

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#d6cebf"/></svg>';

function places() {
  const out = [];
  const file = new URL("../../crates/model/data/divisions.txt", import.meta.url);
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.startsWith("\t")) {
      const [city, ...districts] = line.slice(1).split(" ");
      out.at(-1)[1].push([city, districts]);
    } else if (line !== "") out.push([line, []]);
  }
  return out;
}
