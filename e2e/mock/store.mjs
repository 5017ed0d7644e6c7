// The mock's memory: generated rows, what was typed over them, and a log that can be undone.
import { customer, order, product, schema } from "./data.mjs";
import { addOwn, members, ownTable, sample } from "./fields.mjs";

export class Invalid extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

/** Reads what a person typed, roughly as the real server does. */
export function read(field, value) {
  if (field.formula !== undefined)
    throw new Invalid(`“${field.label.zh}”由公式算出，不能直接改。`, field.key);
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    if (field.kind === "choice" && value !== null && !field.options.some((o) => o.value === value))
      throw new Invalid(`“${value}”不在“${field.label.zh}”的选项里。`, field.key);
    return value;
  }
  const text = String(value.text).trim();
  if (text === "") return null;
  const bad = (hint) => new Invalid(`“${text}”不是有效的${field.label.zh}，${hint}`, field.key);
  const number =
    Number(text.replace(/[,，¥￥元%\s]/g, "").replace(/万$/, "")) * (/万/.test(text) ? 10000 : 1);
  switch (field.kind) {
    case "phone": {
      const digits = text.replace(/[\s-]/g, "").replace(/^(\+86|0086)/, "");
      if (!/^\d{5,12}$/.test(digits)) throw bad("请填写 11 位手机号。");
      return digits;
    }
    case "money":
      if (!Number.isFinite(number)) throw bad("请填写金额，例如 1280 或 1.2万。");
      return Math.round(number * 100);
    case "number":
      if (!Number.isFinite(number)) throw bad("请填写数字。");
      return number;
    case "percent": {
      const n = Number(text.replace("%", ""));
      if (!Number.isFinite(n)) throw bad("请填写百分比。");
      return /%/.test(text) ? n / 100 : n;
    }
    case "date":
    case "date_time": {
      const m = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2}))?/.exec(text);
      if (!m) throw bad("请写成 2024-03-05。");
      const date = `${m[1]}-${m[2].padStart(2, "0")}-${m[3].padStart(2, "0")}`;
      return field.kind === "date" ? date : `${date}T${(m[4] ?? "0").padStart(2, "0")}:${m[5] ?? "00"}:00`;
    }
    case "choice": {
      const o = field.options.find((x) => x.value === text || x.value.startsWith(text));
      if (!o) throw bad(`可选：${field.options.map((x) => x.value).join("、")}。`);
      return o.value;
    }
    case "progress":
    case "rating":
      return field.kind === "rating" ? number : number / (/%/.test(text) || number > 1 ? 100 : 1);
    case "person":
      return members.find((x) => x.name === text)?.id ?? null;
    case "bool":
      return /^(是|true|1|yes)$/i.test(text);
    case "link":
      throw bad("没有这位客户。");
    default:
      return text;
  }
}

export class Store {
  constructor() {
    this.schema = schema();
    addOwn(this.schema);
    this.clear();
    this.log = [];
    this.views = new Map();
    this.nextView = 1;
    this.imports = [];
  }
  clear() {
    this.size = { customers: 0, orders: 0, products: 0 };
    this.over = { customers: new Map(), orders: new Map(), products: new Map() };
    this.gone = { customers: new Set(), orders: new Set(), products: new Set() };
    this.demo = false;
  }
  field(table, key) {
    return this.schema.tables.find((t) => t.key === table)?.fields.find((f) => f.key === key);
  }
  addTable(t, records = 0) {
    this.schema.tables.push(t);
    this.size[t.key] = records;
    this.over[t.key] = new Map();
    this.gone[t.key] = new Set();
  }
  /** A table with a field of every kind. */
  addSamples() {
    this.addTable(ownTable(), 240);
  }
  fill(customers, orders, products = 8) {
    this.size = { customers, orders, products };
  }
  get(table, id) {
    const over = this.over[table].get(id);
    if (over?.$new) return over;
    const base =
      table === "customers"
        ? customer(id)
        : table === "orders"
          ? order(id, this.size.customers)
          : table === "products"
            ? product(id)
            : sample(id);
    return over ? { ...base, ...over } : base;
  }
  count(table) {
    return this.size[table] - this.gone[table].size;
  }
  values(table, id) {
    const row = this.get(table, id);
    return Object.fromEntries(
      this.schema.tables.find((t) => t.key === table).fields.map((f) => [f.key, row[f.key] ?? null]),
    );
  }

  open({ table, filter, search, sort, columns }) {
    const ids = [];
    const plain = !filter && !search && !sort;
    for (let id = 1; id <= this.size[table]; id++) {
      if (this.gone[table].has(id)) continue;
      if (plain) {
        ids.push(id);
        continue;
      }
      const row = this.get(table, id);
      if (
        search &&
        !JSON.stringify([
          row.name,
          row.mobile,
          row.code,
          row.order_no,
          row.product,
          row.customer,
          row.wechat,
        ]).includes(search)
      )
        continue;
      if (filter && !matches(row, filter)) continue;
      ids.push(id);
    }
    if (sort) {
      const keyed = ids.map((id) => [id, sort.map((s) => this.get(table, id)[s.field] ?? null)]);
      keyed.sort((a, b) => {
        for (const [i, s] of sort.entries()) {
          const [x, y] = [a[1][i], b[1][i]];
          if (x === y) continue;
          if (x === null) return 1;
          if (y === null) return -1;
          const d = typeof x === "number" ? x - y : String(x).localeCompare(String(y), "zh");
          if (d !== 0) return s.desc ? -d : d;
        }
        return a[0] - b[0];
      });
      for (const [i, k] of keyed.entries()) ids[i] = k[0];
    }
    const view = { id: `v${this.nextView++}`, table, columns, ids };
    this.views.set(view.id, view);
    return { view: view.id, total: ids.length, columns, rows: this.page(view, 0, 100) };
  }
  page(view, offset, limit) {
    return this.rows(view, view.ids.slice(offset, offset + limit));
  }
  rows(view, ids) {
    return ids.map((id) => {
      if (this.gone[view.table].has(id)) return [id];
      const row = this.get(view.table, id);
      return [id, ...view.columns.map((c) => row[c] ?? null)];
    });
  }

  write(kind, table, undo, extra = {}) {
    this.undone = [];
    this.log.push({ kind, table, undo, at: new Date().toISOString(), ...extra });
    return this.log.length;
  }
  patch(table, cells, records = []) {
    const read1 = cells.map((c) => ({
      ...c,
      value: read(this.field(table, c.field) ?? bad(c.field), c.value),
    }));
    const before = read1.map((c) => ({ ...c, value: this.get(table, c.id)[c.field] ?? null }));
    this.set(table, read1);
    const change = this.write("edit", table, () => this.set(table, before), {
      cells: read1.map((c, i) => ({ ...c, before: before[i].value })),
    });
    const rows = {};
    for (const c of cells) rows[c.id] = this.values(table, c.id);
    const { ids } = records.length > 0 ? this.create(table, records) : { ids: [] };
    return { change, ids, rows, notes: [] };
  }
  set(table, cells) {
    for (const c of cells) this.over[table].set(c.id, { ...this.over[table].get(c.id), [c.field]: c.value });
  }
  create(table, records) {
    const ids = records.map((record) => {
      const id = ++this.size[table];
      const row = { $new: true, order_count: 0, total: 0, points: 3, grade: "潜在客户", lifecycle: "潜在" };
      if (table !== "orders") row.code = `${table === "customers" ? "K" : "P"}${String(id).padStart(6, "0")}`;
      for (const [key, value] of Object.entries(record))
        row[key] = read(this.field(table, key) ?? bad(key), value);
      this.over[table].set(id, row);
      return id;
    });
    return {
      ids,
      change: this.write("create", table, () => ids.forEach((id) => void this.gone[table].add(id)), { ids }),
    };
  }
  remove(table, ids) {
    ids.forEach((id) => void this.gone[table].add(id));
    return {
      deleted: ids.length,
      change: this.write("delete", table, () => ids.forEach((id) => void this.gone[table].delete(id)), {
        ids,
      }),
    };
  }
}

const bad = (key) => {
  throw new Invalid(`没有“${key}”这个字段。`, key);
};

export function matches(row, f) {
  if (f.all) return f.all.every((x) => matches(row, x));
  if (f.any) return f.any.some((x) => matches(row, x));
  const v = row[f.field] ?? null;
  const x = f.values?.[0];
  switch (f.op) {
    case "eq":
      return v === x;
    case "ne":
      return v !== x;
    case "lt":
      return v !== null && v < x;
    case "le":
      return v !== null && v <= x;
    case "gt":
      return v !== null && v > x;
    case "ge":
      return v !== null && v >= x;
    case "contains":
      return v !== null && String(v).includes(x);
    case "in":
      return f.values.includes(v);
    case "blank":
      return v === null;
    case "filled":
      return v !== null;
  }
}
