// Made-up records for the mock server: a pure function of the row number, so that a million rows cost nothing.
import { readFileSync } from "node:fs";

const SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗".split("");
const GIVEN = [
  "晓欢",
  "建国",
  "丽华",
  "志强",
  "雨桐",
  "子涵",
  "秀英",
  "海燕",
  "文博",
  "思远",
  "佳怡",
  "明",
  "芳",
  "磊",
  "静",
];
const PLACES = [
  ["浙江", "杭州"],
  ["广东", "深圳"],
  ["江苏", "苏州"],
  ["四川", "成都"],
  ["北京", "北京"],
  ["上海", "上海"],
  ["山东", "青岛"],
  ["福建", "厦门"],
  ["湖南", "长沙"],
  ["河南", "郑州"],
  ["湖北", "武汉"],
  ["陕西", "西安"],
];
const PRODUCTS = [
  "有机山茶油 500ml",
  "龙井春茶 礼盒",
  "手工红糖 1kg",
  "阳澄湖蟹券",
  "羊毛围巾",
  "竹纤维毛巾 3 条",
  "黑芝麻丸",
  "护手霜套装",
];
const CATEGORIES = ["粮油", "茶叶", "食品", "生鲜", "服饰", "家居", "食品", "日化"];
const CHANNELS = ["微信", "淘宝", "拼多多", "抖音", "门店"];
const STATUSES = ["已完成", "已完成", "已完成", "已发货", "已付款", "退款成功"];
const TAGS = ["老乡", "送礼", "团购", "爱比价", "生日提醒", "宝妈"];

export const hash = (n, salt = 0) => {
  let x = (n * 2654435761 + salt * 40503 + 12345) >>> 0;
  x ^= x >>> 15;
  x = Math.imul(x, 2246822519) >>> 0;
  x ^= x >>> 13;
  return x >>> 0;
};
const pick = (list, n, salt) => list[hash(n, salt) % list.length];
const two = (n) => String(n).padStart(2, "0");
const day = (n, salt) =>
  `${2024 + (hash(n, salt) % 3)}-${two(1 + (hash(n, salt + 1) % 12))}-${two(1 + (hash(n, salt + 2) % 28))}`;
const past = (text) => (text > "2026-11-20" ? `2025${text.slice(4)}` : text);

export function customer(i) {
  const h = hash(i, 1);
  const orders = h % 10 < 3 ? 1 : h % 10 < 7 ? 2 + (h % 5) : 6 + (h % 40);
  const total = orders * (3900 + (hash(i, 2) % 42000));
  const monthly = Math.round(Math.min(9, orders / 6 + (h % 7) / 5) * 10) / 10;
  const rate = orders === 0 ? 0 : (orders - 1) / orders;
  const f = monthly >= 4 ? 5 : monthly >= 2 ? 3 : 1;
  const a = total >= 1_000_000 ? 5 : total >= 500_000 ? 3 : 1;
  const recommend = [null, "愿意", "愿意", "一般", "不愿意"][hash(i, 3) % 5];
  const l = Math.min(
    rate >= 0.8 ? 5 : rate >= 0.5 ? 3 : 1,
    recommend === "不愿意" ? 1 : recommend === "一般" ? 3 : 5,
  );
  const [province, city] = pick(PLACES, i, 4);
  const last = past(day(i, 5));
  return {
    code: `K${String(i).padStart(6, "0")}`,
    name: pick(SURNAMES, i, 6) + pick(GIVEN, i, 7),
    birthday:
      hash(i, 8) % 3 === 0
        ? `${1970 + (h % 35)}-${two(1 + (h % 12))}-${two(1 + (h % 28))}`
        : hash(i, 8) % 7 === 1
          ? "农历08-15"
          : null,
    status: ["潜在客户", "意向客户", "成交客户", "老客户"][hash(i, 9) % 4],
    tags: hash(i, 10) % 3 === 0 ? [pick(TAGS, i, 11), ...(h % 4 === 0 ? ["团购"] : [])] : [],
    next_contact: hash(i, 12) % 4 === 0 ? `2026-12-${two(1 + (h % 28))}` : null,
    note: hash(i, 13) % 6 === 0 ? "喜欢顺丰，周末收货" : null,
    mobile: `1${[38, 39, 58, 86, 77][h % 5]}${String(hash(i, 14) % 100000000).padStart(8, "0")}`,
    wechat: hash(i, 15) % 2 ? `wx_${(hash(i, 16) % 1e6).toString(36)}` : null,
    province,
    city,
    source: pick(["朋友介绍", "抖音", "门店", "公众号"], i, 17),
    recommend,
    order_count: orders,
    total,
    average: Math.round(total / orders),
    first_order: `2024-0${1 + (h % 9)}-11T10:20:00`,
    last_order: `${last}T${two(8 + (h % 14))}:${two(h % 60)}:00`,
    monthly,
    monthly_since_first: Math.round(orders * 0.7) / 10,
    days_since: 1 + (h % 400),
    repurchase_rate: rate,
    frequency_points: f,
    amount_points: a,
    loyalty_points: l,
    points: f + a + l,
    grade: f + a + l >= 12 ? "VIP客户" : f + a + l >= 7 ? "普通客户" : "潜在客户",
    lifecycle: ["新客", "活跃", "忠实", "沉睡", "流失"][hash(i, 18) % 5],
  };
}

export function order(i, customers) {
  const c = customers === 0 ? 0 : 1 + (hash(i, 21) % customers);
  const p = hash(i, 22) % PRODUCTS.length;
  const quantity = 1 + (hash(i, 23) % 4);
  const status = pick(STATUSES, i, 24);
  const who = c ? customer(c) : null;
  return {
    order_no: `2026${String(10000000 + i)}`,
    customer: who ? [c, who.code, who.name] : null,
    time: `${past(day(i, 25))}T${two(8 + (hash(i, 26) % 14))}:${two(hash(i, 27) % 60)}:00`,
    product: PRODUCTS[p],
    category: CATEGORIES[p],
    quantity,
    amount: quantity * (2900 + (hash(i, 28) % 26000)),
    channel: pick(CHANNELS, i, 29),
    status,
    counted: status !== "退款成功",
    purchase: status !== "退款成功" ? 1 : 0,
    note: null,
  };
}

export const product = (i) => ({
  code: `P${String(i).padStart(6, "0")}`,
  name: PRODUCTS[(i - 1) % PRODUCTS.length],
  category: CATEGORIES[(i - 1) % CATEGORIES.length],
  price: 2900 + (hash(i, 31) % 26000),
  note: null,
});

/** The text up to the parenthesis that closes; quotes in Rust strings may hold any of them. */
function inside(text, from) {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '"') {
      for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
    } else if (text[i] === "(") depth++;
    else if (text[i] === ")" && --depth === 0) return text.slice(from, i);
  }
  return text.slice(from);
}

// The schema is read out of the Rust source, so that the mock cannot drift from the fields that ship.
export function schema() {
  const src = readFileSync(new URL("../../crates/model/src/builtin.rs", import.meta.url), "utf8");
  const OPTIONS = (text) =>
    [...text.matchAll(/\("([^"]+)", "([^"]+)", "([a-z]+)"\)/g)].map(([, value, en, tone]) => ({
      value,
      en,
      tone,
    }));
  const lifecycle = OPTIONS(src.slice(src.indexOf("fn lifecycle_choice"), src.indexOf("fn orders()")));
  const tables = { customers: [], orders: [], products: [] };
  let table = "customers";
  const groups = { g: "basic", c: "contact", p: "place" };
  const body = src.slice(src.indexOf("fn basic_fields"), src.indexOf("#[cfg(test)]"));
  const token = /fn (\w+)\(\)|let (\w) = Group\("(\w+)"\)|(hidden\()?\b([gcp])\.(text|field|derived)\(/g;
  for (const m of body.matchAll(token)) {
    if (m[1]) {
      if (m[1] === "orders" || m[1] === "products") table = m[1];
      continue;
    }
    if (m[2]) {
      groups[m[2]] = m[3];
      continue;
    }
    const args = inside(body, m.index + m[0].length);
    const names = [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((x) => x[1]);
    const f = {
      key: names[0],
      label: { zh: names[1], en: names[2] },
      kind: "text",
      group: groups[m[5]],
      shown: !m[4],
      builtin: true,
    };
    if (/lifecycle_choice/.test(args)) {
      f.kind = "choice";
      f.options = lifecycle;
    } else if (/choice\(/.test(args)) {
      f.kind = "choice";
      f.options = OPTIONS(args);
    } else if (/code\("/.test(args)) {
      f.kind = "code";
      f.prefix = names[3];
      f.width = 6;
    } else if (/WHOLE/.test(args)) {
      f.kind = "number";
      f.decimals = 0;
    } else if (/ONE_DECIMAL/.test(args)) {
      f.kind = "number";
      f.decimals = 1;
    } else {
      const k = /FieldKind::(\w+)/.exec(args);
      if (k) f.kind = k[1].replace(/[A-Z]/g, (c, at) => (at ? "_" : "") + c.toLowerCase());
    }
    if (f.kind === "link") f.table = "customers";
    if (m[6] === "derived") f.formula = /COUNTED/.test(args) ? "AND(N([@金额])>=0,…)" : (names.at(-1) ?? "");
    tables[table].push(f);
  }
  const label = {
    customers: ["客户", "Customers"],
    orders: ["订单", "Orders"],
    products: ["产品", "Products"],
  };
  return {
    tables: Object.entries(tables).map(([key, fields]) => ({
      key,
      label: { zh: label[key][0], en: label[key][1] },
      fields,
    })),
  };
}
