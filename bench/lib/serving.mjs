// What a served book answers, over HTTP on this machine.
import { createReadStream, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import { busy } from "./busy.mjs";
import { Client, timed } from "./client.mjs";
import { json, Server } from "./process.mjs";
import { people, random, terms } from "./random.mjs";

/** The filtered, sorted view whose pages are read. Plain sqlite3 is asked the same. */
const FILTER = { field: "status", op: "ne", values: ["潜在客户"] };
const BY_TOTAL = [{ field: "total", desc: true }];

function token(bench, data) {
  const common = [bench.kebu, "--data", data, "--as-of", bench.asOf, "--json"];
  json([...common, "user", "add", "bench"]);
  return json([...common, "token", "create", "--user", "bench"]).token;
}

export async function serving(bench) {
  await memory(bench);
  const secret = token(bench, bench.data);
  const starts = [];
  for (let i = 0; i < 2; i++) {
    const tried = await Server.start(bench.kebu, bench.data, bench.asOf);
    starts.push(tried.startSeconds);
    await tried.stop();
  }
  const server = await Server.start(bench.kebu, bench.data, bench.asOf);
  starts.push(server.startSeconds);
  bench.report.add("start to first answer", starts.sort((a, b) => a - b)[1], "s", "start");
  bench.report.add(
    "memory of a server started after the import",
    server.memory(),
    "MiB",
    bench.size === "1m" ? "memory_after_import" : undefined,
  );
  const client = new Client(server, secret);
  const schema = await client.json("GET", "/schema");
  bench.columns = schema.tables
    .find((t) => t.key === "customers")
    .fields.filter((f) => f.shown)
    .map((f) => f.key);
  bench.people = await people(bench.files.customers);
  const on = { ...bench, bench, server, client, secret, r: random(20261121) };
  for (const part of [pages, opening, indexing, searching, figures, editing, pasting, crowd])
    await bench.attempt(() => part(on));
  await bench.attempt(() => busy(on, (...line) => bench.report.add(...line)));
  if (bench.customers <= 100_000) await workbook(on);
  bench.report.add("memory after all of this", server.memory(), "MiB");
  client.close();
  await server.stop();
}

/** An idle server on an empty book, and after an import through it. */
async function memory(bench) {
  const data = `${bench.folder}/empty`;
  const secret = token(bench, data);
  const server = await Server.start(bench.kebu, data, bench.asOf);
  bench.report.add("idle memory, empty book", server.memory(), "MiB", "idle_memory");
  if (bench.customers <= 100_000) await bench.attempt(() => uploaded(bench, server, secret));
  await server.stop();
}

async function uploaded(bench, server, secret) {
  const client = new Client(server, secret);
  const cpu = server.cpu();
  const taken = await upload(server, secret, [bench.files.customers, bench.files.orders]);
  const { job } = await client.json("POST", `/imports/${taken.import}/run`);
  for (let state = "running"; state !== "done"; ) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await client.json("GET", `/jobs/${job}`);
    state = now.state;
    if (state === "failed" || state === "cancelled")
      throw new Error(`the import through HTTP ${JSON.stringify(now)}`);
  }
  const rows = bench.customers + bench.orders;
  bench.report.add(
    "import through HTTP, upload included",
    (rows * 1000) / (server.cpu() - cpu),
    "rows/CPU s",
  );
  bench.report.add("memory at most during it", server.memory("VmHWM"), "MiB");
  bench.report.add("memory as it ends", server.memory(), "MiB");
  // What is free goes back to the system a moment later.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  bench.report.add("memory 10 s after an import through HTTP", server.memory(), "MiB", "memory_after_import");
  client.close();
}

/** Sends files as a browser does, without holding them in memory. */
async function upload(server, secret, files) {
  const edge = "kebu-bench-edge";
  const heads = files.map(
    (f) =>
      `--${edge}\r\nContent-Disposition: form-data; name="file"; filename="${f.split("/").at(-1)}"\r\n\r\n`,
  );
  const length =
    files.reduce((n, f, i) => n + Buffer.byteLength(heads[i]) + statSync(f).size + 2, 0) + edge.length + 6;
  const headers = {
    authorization: `Bearer ${secret}`,
    "content-type": `multipart/form-data; boundary=${edge}`,
    "content-length": length,
  };
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${server.url}/api/v1/imports`,
      { method: "POST", headers },
      async (answer) => {
        const parts = [];
        for await (const p of answer) parts.push(p);
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`upload: ${answer.statusCode} ${text.slice(0, 300)}`));
      },
    );
    // A server that refuses answers before it has read everything; its answer says more than a broken pipe.
    request.on("error", (e) => setTimeout(() => reject(e), 500));
    const send = async () => {
      for (const [i, f] of files.entries()) {
        request.write(heads[i]);
        for await (const chunk of createReadStream(f, { highWaterMark: 1 << 20 })) {
          if (!request.write(chunk)) await new Promise((drained) => request.once("drain", drained));
        }
        request.write("\r\n");
      }
      request.end(`--${edge}--\r\n`);
    };
    send().catch(reject);
  });
}

function open(on, body) {
  return on.client.json("POST", "/views", { table: "customers", columns: on.columns, ...body });
}

async function pages(on) {
  const { client, server, report, peer, r } = on;
  const view = await open(on, { filter: FILTER, sort: BY_TOTAL });
  on.view = view;
  const read = (offset, limit, headers) => () =>
    client.send("GET", `/views/${view.view}/rows?offset=${offset}&limit=${limit}`, undefined, headers);
  const many = (make) => Array.from({ length: on.requests }, make);
  await timed(server, many(() => read(r.below(view.total), 50)).slice(0, 100));
  for (const limit of [50, 200]) {
    const own = await timed(
      server,
      many(() => read(r.below(view.total - limit), limit)),
    );
    const ids = () => Array.from({ length: limit }, () => 1 + r.below(on.customers));
    const plain = await peer.repeat(many(() => ["page", ids()]));
    report.add(`page of ${limit} of a filtered, sorted view, CPU`, own.cpu, "ms", `page_${limit}`, {
      with: "the rows by their keys",
      value: plain.cpu_ms,
    });
    report.add(`page of ${limit}, wall p50`, own.p50, "ms", undefined, {
      with: "the rows by their keys",
      value: plain.p50,
    });
    report.add(`page of ${limit}, wall p99`, own.p99, "ms", "page_wall_p99", {
      with: "the rows by their keys",
      value: plain.p99,
    });
  }
  const zstd = await timed(
    server,
    many(() => read(r.below(view.total), 50, { "accept-encoding": "zstd, gzip" })),
  );
  report.add("page of 50 compressed for a browser, CPU", zstd.cpu, "ms");
  const middle = on.customers >= 1_000_000 ? 500_000 : Math.floor(view.total / 2);
  const near = () => middle + r.below(Math.min(1000, view.total - middle - 50));
  const own = await timed(
    server,
    many(() => read(near(), 50)),
  );
  const plain = await peer.repeat(many(() => ["offset_page", near(), 50]).slice(0, on.opens * 3));
  report.add(`page at row ${middle.toLocaleString("en")}, CPU`, own.cpu, "ms", "page_middle", {
    with: "LIMIT and OFFSET on an index",
    value: plain.cpu_ms,
  });
  report.add(`page at row ${middle.toLocaleString("en")}, wall p99`, own.p99, "ms", "page_wall_p99", {
    with: "LIMIT and OFFSET on an index",
    value: plain.p99,
  });
}

/** Opening is asked a few times, each an order not asked before; the slowest counts. */
async function opening(on) {
  const { server, report, peer } = on;
  const kinds = [
    ["by nothing, all customers", {}, "id", "open_indexed"],
    ["filtered, sorted by total", { filter: FILTER, sort: BY_TOTAL }, "+total DESC, +id", "open_unindexed"],
    [
      "filtered, sorted by last order",
      { filter: FILTER, sort: [{ field: "last_order", desc: true }] },
      "last DESC, id",
      "open_unindexed",
    ],
    [
      "filtered, sorted by name",
      { filter: FILTER, sort: [{ field: "name", desc: false }] },
      "客户名称, id",
      "open_unindexed",
    ],
    [
      "filtered, sorted by province and total",
      { filter: FILTER, sort: [{ field: "province", desc: false }, ...BY_TOTAL] },
      "省份, +total DESC, id",
      "open_unindexed",
    ],
    [
      "filtered, grouped by province with sums, sorted by total",
      { filter: FILTER, group: [{ field: "province" }], figures: ["total"], sort: BY_TOTAL },
      "省份, +total DESC, id",
      "open_unindexed",
    ],
    [
      "filtered, grouped by province, city and grade",
      { filter: FILTER, group: ["province", "city", "grade"].map((field) => ({ field })), sort: BY_TOTAL },
      "省份, +total DESC, id",
      "open_unindexed",
    ],
  ];
  for (const [name, body, order, bar] of kinds) {
    const request = { table: "customers", columns: on.columns, ...body };
    const own = await timed(
      server,
      Array.from({ length: on.opens }, () => () => on.client.send("POST", "/views", request)),
    );
    const plain = await peer.repeat(Array.from({ length: on.opens }, () => ["open_by", order]));
    report.add(`first open of a view ${name}, wall`, own.p99, "ms", bar, {
      with: "the ids in that order",
      value: plain.p99,
    });
  }
}

/** A rare question asked again and again gets an index by itself (docs/decisions/0024). */
async function indexing(on) {
  const { client, server, report } = on;
  const filter = { field: "last_order", op: "eq", values: ["2026-08-01"] };
  const ask = () =>
    client.send("POST", "/views", { table: "customers", columns: on.columns, filter, sort: BY_TOTAL });
  const before = await timed(server, [ask, ask, ask]);
  const goal = before.p50 / 3;
  let now = before;
  for (const end = Date.now() + 90_000; now.p50 > goal && Date.now() < end; ) {
    now = await timed(server, [ask, ask, ask]);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const found = "open of a view of few by one value";
  report.add(`${found}, asked the first time, wall`, before.p50, "ms", "open_unindexed");
  report.add(`${found}, asked often, wall`, now.p50, "ms", "open_indexed");
}

async function searching(on) {
  const { client, server, report, peer } = on;
  for (const [kind, list] of Object.entries(terms(on.people, on.terms, 7))) {
    const find = (search) => () =>
      client.send("POST", "/views", { table: "customers", columns: on.columns, search });
    const hits = await client.json("POST", "/views", {
      table: "customers",
      columns: ["name"],
      search: list[0],
    });
    if (hits.total === 0) throw new Error(`nobody is found by ${kind} “${list[0]}”`);
    const own = await timed(server, list.map(find));
    const digits = kind === "phone tail" || kind === "two characters of a name";
    const plain = await peer.repeat(list.slice(0, 20).map((t) => ["search", t]));
    report.add(`search by ${kind} with its first page, CPU`, own.cpu, "ms", "search", {
      with: digits ? "LIKE '%…%'" : "LIKE '%…%' (finds none)",
      value: plain.cpu_ms,
    });
    report.add(`search by ${kind}, wall p99`, own.p99, "ms", undefined, {
      with: digits ? "LIKE '%…%'" : "LIKE '%…%' (finds none)",
      value: plain.p99,
    });
  }
}

async function figures(on) {
  const { client, server, report, peer } = on;
  const n = on.runs * 3;
  const own = await timed(
    server,
    Array.from({ length: n }, () => () => client.send("GET", "/charts/overview")),
  );
  const plain = {
    overview: await peer.repeat(Array.from({ length: n }, () => ["overview"])),
    provinces: await peer.repeat(Array.from({ length: n }, () => ["provinces"])),
    grades: await peer.repeat(Array.from({ length: on.runs }, () => ["grades"])),
    rule: await peer.repeat([
      ["rule", 20_000],
      ["rule", 10_000],
    ]),
  };
  on.bench.plain = plain;
  const what = "overview: grades, 24 months of orders, totals, provinces";
  report.add(`${what}, CPU`, own.cpu, "ms", undefined, {
    with: "four such queries",
    value: plain.overview.cpu_ms,
  });
  report.add(`${what}, wall`, own.p50, "ms", undefined, {
    with: "four such queries",
    value: plain.overview.p50,
  });
}

const WILLING = ["愿意", "一般", "不愿意"];
const edit = (on, table, id, field, value) => () =>
  on.client.send("PATCH", `/tables/${table}/records`, { cells: [{ id, field, value }] });

/** Another answer than the customer's, so that every edit changes points and grade. */
function willing(on, n) {
  const now = on.people[n].recommend;
  const other = on.r.pick(WILLING.filter((w) => w !== now));
  on.people[n].recommend = other;
  return other;
}

async function editing(on) {
  const { server, report, peer, r } = on;
  const n = Math.floor(on.requests / 2);
  const some = () => r.below(Math.min(on.people.length, on.customers));
  const cells = Array.from({ length: n }, () => {
    const i = some();
    return [i + 1, willing(on, i)];
  });
  const own = await timed(
    server,
    cells.map(([id, v]) => edit(on, "customers", id, "recommend", v)),
  );
  const plain = await peer.repeat(cells.map(([id, v]) => ["edit", id, v]));
  const alone = "UPDATE of the cell alone";
  report.add("edit a cell of a customer, points and grade recomputed, CPU", own.cpu, "ms", "edit", {
    with: alone,
    value: plain.cpu_ms,
  });
  report.add("edit a cell of a customer, wall p50", own.p50, "ms", undefined, {
    with: alone,
    value: plain.p50,
  });
  const amounts = Array.from({ length: n }, () => [1 + r.below(on.orders), 100 + r.below(90_000)]);
  const order = await timed(
    server,
    amounts.map(([id, v]) => edit(on, "orders", id, "amount", v)),
  );
  const plainOrder = await peer.repeat(amounts.map(([id, v]) => ["edit_order", id, v / 100]));
  report.add("edit an order's amount, its customer recomputed, CPU", order.cpu, "ms", "edit", {
    with: alone,
    value: plainOrder.cpu_ms,
  });
  report.add("edit an order's amount, wall p50", order.p50, "ms", undefined, {
    with: alone,
    value: plainOrder.p50,
  });
  if (own.errors + order.errors) throw own.firstError ?? order.firstError;
}

async function pasting(on) {
  const rows = Math.min(2_500, on.customers);
  const fields = ["note", "source", "city", "owner"];
  const cells = [];
  for (let id = 1; id <= rows; id++)
    for (const field of fields) cells.push({ id, field, value: `粘贴 ${id}` });
  const own = await timed(on.server, [() => on.client.send("PATCH", "/tables/customers/records", { cells })]);
  const plain = await on.peer.repeat([["paste", cells.map((c) => [c.value, c.id])]]);
  on.report.add(
    `paste ${cells.length.toLocaleString("en")} cells, wall`,
    own.p50 / 1000,
    "s",
    cells.length === 10_000 ? "paste" : undefined,
    { with: "UPDATEs in one transaction", value: plain.p50 / 1000 },
  );
}

/** 16 clients at once: nine pages to one edit. */
async function crowd(on) {
  const { server, report, peer, r } = on;
  const client = new Client(server, on.secret, 16);
  const crowded = { ...on, client };
  const view = await open(on, { filter: FILTER, sort: BY_TOTAL });
  const some = () => r.below(Math.min(on.people.length, on.customers));
  const calls = [];
  const requests = Array.from({ length: on.requests * 2 }, (_, i) => {
    if (i % 10 === 9) {
      const n = some();
      const value = willing(on, n);
      calls.push(["edit", n + 1, value]);
      return edit(crowded, "customers", n + 1, "recommend", value);
    }
    calls.push(["page", Array.from({ length: 50 }, () => 1 + r.below(on.customers))]);
    const offset = r.below(view.total - 50);
    return () => client.send("GET", `/views/${view.view}/rows?offset=${offset}&limit=50`);
  });
  await timed(
    server,
    requests.slice(0, 100).filter((_, i) => i % 10 !== 9),
    16,
  );
  const own = await timed(server, requests, 16);
  const plain = await peer.repeat(calls);
  const what = "16 clients, 90 % pages of 50, 10 % edits";
  report.add(`${what}, CPU a request`, own.cpu, "ms", "mixed", {
    with: "the same, one after another",
    value: plain.cpu_ms,
  });
  report.add(`${what}, wall p50`, own.p50, "ms", undefined, {
    with: "the same, one after another",
    value: plain.p50,
  });
  report.add(`${what}, wall p99`, own.p99, "ms", undefined, {
    with: "the same, one after another",
    value: plain.p99,
  });
  report.add(`${what}, p99 to p50`, own.p99 / own.p50, "×", "mixed_spread");
  report.add(`${what}, errors`, own.errors, "", "errors");
  client.close();
}

/** Twenty-five filled columns of everyone as a workbook and as CSV, for the import of a workbook. */
async function workbook(on) {
  const columns = [
    "code",
    "name",
    "gender",
    "birthday",
    "status",
    "tags",
    "next_contact",
    "note",
    "mobile",
    "wechat",
    "province",
    "city",
    "district",
    "address",
    "source",
    "recommend",
    "order_count",
    "total",
    "average",
    "last_order",
    "monthly",
    "repurchase_rate",
    "points",
    "grade",
    "owner",
  ];
  const view = await on.client.json("POST", "/views", { table: "customers", columns });
  for (const format of ["xlsx", "csv"]) {
    const started = performance.now();
    const bytes = await on.client.send("GET", `/views/${view.view}/export?format=${format}`);
    writeFileSync(`${on.folder}/wide.${format}`, bytes);
    on.report.add(
      `export of ${view.total.toLocaleString("en")} × 25 as ${format}, wall`,
      (performance.now() - started) / 1000,
      "s",
    );
  }
}
