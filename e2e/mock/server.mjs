// A stand-in for the Kebu server, for driving the page while testing it. Never shipped.
// It implements docs/API.md far enough for that; rows are generated, nothing is kept.
//   PORT=8787 CUSTOMERS=1000000 ORDERS=2000000 READY=1 node mock/server.mjs

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { hash } from "./data.mjs";
import { routes } from "./fields.mjs";
import { recognise, report } from "./imports.mjs";
import { Invalid, Store } from "./store.mjs";

const DIST = fileURLToPath(new URL("../../web/dist", import.meta.url));
const CODE = "ABCD-1234";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
};
export const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export function start({
  port = 0,
  customers = 0,
  orders = 0,
  ready = false,
  samples = false,
  delay = 8,
} = {}) {
  const store = new Store();
  if (customers > 0) store.fill(customers, orders);
  if (samples) store.addSamples();
  const s = {
    store,
    setup: ready,
    open: ready,
    owner: { id: 1, login: "owner", name: "阿欢" },
    user: null,
    book: "阿欢的山货铺",
    jobs: new Map(),
    imports: new Map(),
    password: "kebu-demo",
    next: 1,
  };
  const server = createServer((req, res) => {
    handle(s, req, res).catch((e) => {
      const [status, code] =
        e instanceof Invalid ? [422, "invalid"] : e.status ? [e.status, e.code] : [500, "internal"];
      if (status === 500) console.error(e);
      send(res, status, { error: { code, message: e.message, field: e.field, request_id: "mock" } });
    });
  });
  s.delay = delay;
  return new Promise((resolve) =>
    server.listen(port, "127.0.0.1", () =>
      resolve({
        server,
        store,
        url: `http://127.0.0.1:${server.address().port}`,
        code: CODE,
        /** Forgets every open view, as a server does that was restarted or needed the room. */
        dropViews: () => store.views.clear(),
      }),
    ),
  );
}

const fail = (status, code, message, field) => Object.assign(new Error(message), { status, code, field });
function send(res, status, body) {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" });
  res.end(status === 204 ? undefined : JSON.stringify(body));
}
async function bodyOf(req) {
  const parts = [];
  for await (const part of req) parts.push(part);
  return Buffer.concat(parts);
}

async function handle(s, req, res) {
  const url = new URL(req.url, "http://x");
  if (!url.pathname.startsWith("/api/")) return file(url.pathname, res);
  const path = decodeURIComponent(url.pathname.slice("/api/v1".length));
  const raw = await bodyOf(req);
  s.user = s.open || /kebu_session=mock/.test(req.headers.cookie ?? "") ? s.owner : null;
  const isJson = (req.headers["content-type"] ?? "").includes("json");
  const body = isJson && raw.length > 0 ? JSON.parse(raw.toString()) : undefined;
  await new Promise((r) => setTimeout(r, s.delay));
  for (const [method, pattern, run] of ROUTES) {
    const m = method === req.method && pattern.exec(path);
    if (!m) continue;
    if (!/^\/(status|setup|login)$/.test(path) && !s.user) throw fail(401, "unauthorized", "请先登录。");
    const out = await run(s, { m, body, raw, url, req, res });
    if (out !== undefined) send(res, out === null ? 204 : 200, out);
    return;
  }
  throw fail(404, "not_found", "没有这个地址。");
}

async function file(path, res) {
  const safe = normalize(path).replace(/^(\.\.[/\\])+/, "");
  for (const name of [safe === "/" ? "/index.html" : safe, "/index.html"]) {
    try {
      const data = await readFile(join(DIST, name));
      res.writeHead(200, {
        "content-type": TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": CSP,
      });
      return res.end(data);
    } catch {}
  }
  res.writeHead(404).end();
}

/** A session for this browser; `ready` servers need none. */
function enter(s, res, login) {
  s.owner = { id: 1, login, name: login };
  s.user = s.owner;
  res.setHeader("set-cookie", "kebu_session=mock; Path=/; HttpOnly; SameSite=Lax");
}

const status = (s) => ({
  version: "0.1.0-mock",
  setup_needed: !s.setup,
  user: s.user,
  book: s.user
    ? {
        name: s.book,
        customers: s.store.count("customers"),
        orders: s.store.count("orders"),
        demo: s.store.demo,
      }
    : null,
  seq: 0,
});

function job(s, kind, total, done) {
  const j = { job: `j${s.next++}`, kind, state: "waiting", phase: "read", done: 0, total };
  s.jobs.set(j.job, j);
  let n = 0;
  const tick = () => {
    if (j.state === "cancelled") return;
    n++;
    Object.assign(j, {
      state: "running",
      phase: n < 3 ? "read" : n < 6 ? "write" : "derive",
      done: Math.min(total, Math.floor((total * n) / 8)),
    });
    if (n >= 8) Object.assign(j, { state: "done", result: done() });
    else setTimeout(tick, 110);
  };
  setTimeout(tick, 60);
  return { job: j.job };
}

const view = (s, id) =>
  s.store.views.get(id) ??
  (() => {
    throw fail(404, "not_found", "这个视图已经关闭，请重新打开。");
  })();

function reasons(v) {
  const zh = [
    `频率 ${v.frequency_points} 分：近 90 天月均 ${v.monthly} 次`,
    `金额 ${v.amount_points} 分：累计 ¥${(v.total / 100).toLocaleString("en")}`,
    `忠诚 ${v.loyalty_points} 分：复购率 ${Math.round(v.repurchase_rate * 100)}%${v.recommend ? `，推荐意愿“${v.recommend}”` : ""}`,
  ];
  const en = [
    `Frequency ${v.frequency_points}: ${v.monthly} purchases a month in the last 90 days`,
    `Amount ${v.amount_points}: ¥${(v.total / 100).toLocaleString("en")} in all`,
    `Loyalty ${v.loyalty_points}: repurchase rate ${Math.round(v.repurchase_rate * 100)}%`,
  ];
  return ["frequency_points", "amount_points", "loyalty_points"].map((field, i) => ({
    field,
    points: v[field] ?? 1,
    text: { zh: zh[i], en: en[i] },
  }));
}

function overview(s) {
  const n = s.store.count("customers");
  const sample = Math.min(n, 4000);
  const grades = {},
    provinces = {};
  let amount = 0;
  for (let i = 1; i <= sample; i++) {
    const v = s.store.get("customers", i);
    const k = n / sample;
    const add = (o, key) => {
      o[key] ??= { count: 0, total: 0 };
      o[key].count += k;
      o[key].total += (v.total ?? 0) * k;
    };
    add(grades, v.grade);
    add(provinces, v.province ?? "");
    amount += (v.total ?? 0) * k;
  }
  const list = (o, name) =>
    Object.entries(o)
      .map(([key, x]) => ({ [name]: key, count: Math.round(x.count), total: Math.round(x.total) }))
      .sort((a, b) => b.total - a.total);
  const months = Array.from({ length: 24 }, (_, i) => {
    const m = new Date(Date.UTC(2024, 11 + i, 1)).toISOString().slice(0, 7);
    const season = 1 + 0.5 * Math.sin((i / 12) * 6.28 - 1) + (hash(i, 99) % 30) / 100;
    return {
      month: m,
      orders: Math.round((s.store.count("orders") / 24) * season),
      amount: Math.round((amount / 24) * season),
    };
  });
  return {
    grades: list(grades, "grade"),
    months,
    provinces: list(provinces, "province").slice(0, 10),
    customers: n,
    orders: s.store.count("orders"),
    amount: Math.round(amount),
  };
}

function filesOf(req, raw) {
  const boundary = /boundary=(.+)$/.exec(req.headers["content-type"])?.[1];
  const text = raw.toString("latin1");
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const at = part.indexOf("\r\n\r\n");
      const name = /filename="([^"]*)"/.exec(part.slice(0, at))?.[1] ?? "file";
      const data = Buffer.from(part.slice(at + 4, -2), "latin1");
      return {
        name: Buffer.from(name, "latin1").toString("utf8"),
        size: data.length,
        text: data.toString("utf8"),
      };
    });
}

const stepped = (entry) => {
  const n = entry.cells?.length ?? 1;
  return { change: 0, kept: 0, rows: !entry.cells, label: { zh: `改了 ${n} 格`, en: `${n} cells edited` } };
};

/** A customer's cells, and their orders, newest first. */
function ordersOf(s, id) {
  const values = s.store.values("customers", id);
  const orders = [];
  const wanted = values.order_count ?? 0;
  for (let i = 1; i <= s.store.size.orders && orders.length < wanted && i < 60000; i++) {
    const o = s.store.get("orders", i);
    if (o.customer?.[0] === id) orders.push({ id: i, values: o });
  }
  orders.sort((a, b) => String(b.values.time).localeCompare(String(a.values.time)));
  return { values, orders };
}

const ROUTES = [
  // Nobody else is ever here, and nothing happens.
  [
    "GET",
    /^\/events$/,
    (_, { res }) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write('id: 0\nevent: hello\ndata: {"seq":0,"people":[]}\n\n');
    },
  ],
  ["POST", /^\/presence$/, () => null],
  ...routes({ job, fail, filesOf }),
  ["GET", /^\/status$/, (s) => status(s)],
  [
    "POST",
    /^\/setup$/,
    (s, { body, res }) => {
      if (body.code !== CODE) throw fail(422, "invalid", "设置码不对，请照终端里打印的填写。", "code");
      if ((body.password ?? "").length < 8) throw fail(422, "invalid", "密码至少 8 位。", "password");
      enter(s, res, body.login);
      Object.assign(s, {
        setup: true,
        book: body.book || "我的客簿",
        password: body.password,
      });
      return status(s);
    },
  ],
  [
    "POST",
    /^\/login$/,
    (s, { body, res }) => {
      if (body.password !== s.password) throw fail(401, "unauthorized", "登录名或密码不对。");
      enter(s, res, body.login);
      return status(s);
    },
  ],
  [
    "POST",
    /^\/logout$/,
    (s, { res }) => {
      s.user = null;
      res.setHeader("set-cookie", "kebu_session=; Path=/; Max-Age=0");
      return null;
    },
  ],
  ["GET", /^\/schema$/, (s) => s.store.schema],
  ["POST", /^\/views$/, (s, { body }) => s.store.open(body)],
  [
    "GET",
    /^\/views\/(\w+)\/rows$/,
    (s, { m, url }) => {
      const ids = url.searchParams.get("ids");
      if (ids !== null) return { rows: s.store.rows(view(s, m[1]), ids.split(",").map(Number)), fits: [] };
      const offset = Number(url.searchParams.get("offset"));
      return {
        offset,
        rows: s.store.page(
          view(s, m[1]),
          offset,
          Math.min(500, Number(url.searchParams.get("limit") ?? 100)),
        ),
      };
    },
  ],
  ["GET", /^\/tables\/(\w+)\/saved$/, () => ({ views: [], may: { save: false, share: false } })],
  [
    "GET",
    /^\/views\/(\w+)\/summary$/,
    (s, { m }) => {
      const v = view(s, m[1]);
      const columns = {};
      for (const c of v.columns) {
        const kind = s.store.field(v.table, c)?.kind;
        columns[c] = { filled: v.ids.length };
        if (["money", "number", "percent"].includes(kind)) {
          let sum = 0;
          for (const id of v.ids.slice(0, 5000)) sum += s.store.get(v.table, id)[c] ?? 0;
          columns[c].sum = Math.round((sum * v.ids.length) / Math.max(1, Math.min(5000, v.ids.length)));
          columns[c].average = columns[c].sum / Math.max(1, v.ids.length);
        }
      }
      return { total: v.ids.length, columns };
    },
  ],
  [
    "GET",
    /^\/views\/(\w+)\/export$/,
    (s, { m, url, res }) => {
      const v = view(s, m[1]);
      const format = url.searchParams.get("format");
      res.writeHead(200, {
        "content-type": "application/octet-stream",
        "content-disposition": `attachment; filename="${v.table}.${format}"`,
      });
      res.end(
        `${v.columns.join(",")}\n${s.store
          .page(v, 0, 1000)
          .map((r) => r.slice(1).join(","))
          .join("\n")}`,
      );
    },
  ],
  [
    "GET",
    /^\/tables\/(\w+)\/fields\/(\w+)\/values$/,
    (s, { m, url }) => {
      const counts = new Map();
      for (let id = 1; id <= Math.min(s.store.size[m[1]], 20000); id++) {
        const v = s.store.get(m[1], id)[m[2]] ?? null;
        counts.set(v, (counts.get(v) ?? 0) + 1);
      }
      const search = url.searchParams.get("search") ?? "";
      const values = [...counts]
        .filter(([v]) => search === "" || String(v ?? "").includes(search))
        .sort((a, b) => b[1] - a[1])
        .map(([value, count]) => ({ value, count }));
      return { values: values.slice(0, 500), more: values.length > 500 };
    },
  ],
  [
    "GET",
    /^\/tables\/(\w+)\/records\/(\d+)$/,
    (s, { m }) => ({ id: Number(m[2]), values: s.store.values(m[1], Number(m[2])) }),
  ],
  ["POST", /^\/tables\/(\w+)\/records$/, (s, { m, body }) => s.store.create(m[1], body.records)],
  ["PATCH", /^\/tables\/(\w+)\/records$/, (s, { m, body }) => s.store.patch(m[1], body.cells, body.records)],
  ["DELETE", /^\/tables\/(\w+)\/records$/, (s, { m, body }) => s.store.remove(m[1], body.ids)],
  [
    "POST",
    /^\/undo$/,
    (s) => {
      const entry = s.store.log.findLast((e) => !e.undone && e.kind !== "undo");
      if (!entry) throw fail(404, "not_found", "没有可以撤销的操作");
      entry.undo();
      entry.undone = true;
      s.store.undone.push(entry);
      return stepped(entry);
    },
  ],
  [
    "POST",
    /^\/redo$/,
    (s) => {
      const entry = s.store.undone.pop();
      if (!entry) throw fail(404, "not_found", "没有可以重做的操作");
      if (entry.cells) s.store.set(entry.table, entry.cells);
      entry.undone = false;
      return stepped(entry);
    },
  ],
  [
    "POST",
    /^\/changes\/(\d+)\/undo$/,
    (s, { m }) => {
      const entry = s.store.log[Number(m[1]) - 1];
      if (!entry) throw fail(404, "not_found", "没有这次改动。");
      entry.undo();
      entry.undone = true;
      return { change: s.store.write("undo", entry.table, () => {}), kept: 0 };
    },
  ],
  [
    "GET",
    /^\/tables\/(\w+)\/records\/(\d+)\/history$/,
    (s, { m }) => {
      const id = Number(m[2]);
      const entries = s.store.log.flatMap((e, i) =>
        e.table === m[1]
          ? (e.cells ?? [])
              .filter((c) => c.id === id)
              .map((c) => ({
                change: i + 1,
                at: e.at,
                user: s.user.name,
                origin: "web",
                field: c.field,
                before: c.before,
                after: c.value,
                kind: "edit",
              }))
          : [],
      );
      return {
        entries: [
          ...entries.reverse(),
          { change: 0, at: "2026-11-20T09:12:00+08:00", user: null, origin: "import", kind: "create" },
        ],
      };
    },
  ],
  [
    "GET",
    /^\/customers\/(\d+)\/timeline$/,
    (s, { m }) => {
      const { orders } = ordersOf(s, Number(m[1]));
      const entry = (o) => ({
        kind: "order",
        at: o.values.time,
        id: o.id,
        values: o.values,
        cells: [],
        user: "",
        origin: "",
      });
      return { open: [], entries: orders.slice(0, 30).map(entry), next: null };
    },
  ],
  [
    "GET",
    /^\/customers\/(\d+)\/card$/,
    (s, { m }) => {
      const id = Number(m[1]);
      const { values, orders } = ordersOf(s, id);
      return { id, values, reasons: reasons(values), orders, order_total: orders.length };
    },
  ],
  [
    "POST",
    /^\/imports$/,
    (s, { req, raw }) => {
      const imp = recognise(`i${s.next++}`, filesOf(req, raw));
      s.imports.set(imp.import, imp);
      return imp;
    },
  ],
  [
    "PUT",
    /^\/imports\/(\w+)$/,
    (s, { m, body }) => {
      const imp = s.imports.get(m[1]);
      for (const sheet of body.sheets) {
        const target = imp.sheets[sheet.index];
        const moved = target.header_row !== sheet.header_row;
        Object.assign(target, {
          role: sheet.role,
          header_row: sheet.header_row,
          year: sheet.year || undefined,
        });
        if (moved)
          target.columns = target.columns.map((c) => ({ ...c, header: c.samples[0] ?? "", confidence: 0.4 }));
        if (sheet.columns.length === 0) continue;
        target.columns = target.columns.map((c, i) => ({
          index: c.index,
          header: c.header,
          samples: c.samples,
          confidence: c.confidence,
          ...sheet.columns[i],
        }));
      }
      imp.match = body.match;
      return imp;
    },
  ],
  [
    "POST",
    /^\/imports\/(\w+)\/check$/,
    (s, { m }) => job(s, "check", 1748, () => report(s.imports.get(m[1]), true, null)),
  ],
  [
    "POST",
    /^\/imports\/(\w+)\/run$/,
    (s, { m }) =>
      job(s, "import", 1748, () => {
        const before = { ...s.store.size };
        const imp = s.imports.get(m[1]);
        const change = s.store.write("import", null, () => {
          s.store.size = before;
          const e = s.store.imports.find((x) => x.change === change);
          if (e) e.undone = true;
        });
        const out = report(imp, false, change);
        s.store.fill(out.tables.customers?.created ?? 0, out.tables.orders?.created ?? 0);
        s.store.imports.unshift({
          change,
          at: new Date().toISOString(),
          origin: "import",
          files: imp.files.map((f) => f.name),
          tables: out.tables,
          own_tables: {},
          undone: false,
        });
        return out;
      }),
  ],
  [
    "DELETE",
    /^\/imports\/(\w+)$/,
    (s, { m }) => {
      s.imports.delete(m[1]);
      return null;
    },
  ],
  [
    "GET",
    /^\/imports\/(\w+)\/problems\.xlsx$/,
    (_s, { res }) =>
      void res.writeHead(200, { "content-disposition": 'attachment; filename="problems.xlsx"' }).end("mock"),
  ],
  ["GET", /^\/imports$/, (s) => ({ imports: s.store.imports })],
  [
    "GET",
    /^\/jobs\/(\w+)$/,
    (s, { m }) =>
      s.jobs.get(m[1]) ??
      (() => {
        throw fail(404, "not_found", "没有这个任务。");
      })(),
  ],
  [
    "POST",
    /^\/jobs\/(\w+)\/cancel$/,
    (s, { m }) => {
      Object.assign(s.jobs.get(m[1]), { state: "cancelled" });
      return null;
    },
  ],
  ["GET", /^\/charts\/overview$/, (s) => overview(s)],
  [
    "POST",
    /^\/demo$/,
    (s, { body }) =>
      job(s, "demo", body.customers + body.orders, () => {
        s.store.fill(body.customers, body.orders);
        s.store.demo = true;
        const change = s.store.write("demo", null, () => s.store.clear());
        s.store.imports.unshift({
          change,
          at: new Date().toISOString(),
          origin: "demo",
          files: [],
          tables: { customers: { created: body.customers, updated: 0, unchanged: 0, rejected: 0 } },
          own_tables: {},
          undone: false,
        });
        return { created: body.customers };
      }),
  ],
  [
    "DELETE",
    /^\/demo$/,
    (s) => {
      const n = s.store.size.customers + s.store.size.orders;
      s.store.clear();
      return { deleted: n };
    },
  ],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const env = process.env;
  const mock = await start({
    port: Number(env.PORT ?? 8787),
    customers: Number(env.CUSTOMERS ?? 0),
    orders: Number(env.ORDERS ?? 0),
    ready: env.READY === "1",
  });
  console.log(`mock at ${mock.url}  set-up code: ${mock.code}`);
}
