// The same book on a private PostgreSQL server: import, an edit, a new formula, a changed rule, each beside plain
// SQL doing the same arithmetic on the same data in the same server.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { busy } from "./busy.mjs";
import { Client, timed } from "./client.mjs";
import { json, measured, Server } from "./process.mjs";
import { people, random } from "./random.mjs";

/** Where the server's programs are. */
function programs() {
  const debian = "/usr/lib/postgresql";
  const found = existsSync(debian) ? readdirSync(debian).map((v) => path.join(debian, v, "bin")) : [];
  const all = [...found, ...(process.env.PATH ?? "").split(":")];
  const folder = all.find((d) => ["initdb", "postgres", "psql"].every((p) => existsSync(path.join(d, p))));
  if (!folder) throw new Error("PostgreSQL is not installed");
  return folder;
}

/** PostgreSQL refuses to run as root, so root runs it as nobody. */
const asNobody = (argv) =>
  process.getuid() === 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", ...argv] : argv;

class Postgres {
  static async start() {
    const bin = programs();
    // Sockets have short paths, so the folder is not inside the build's.
    const folder = mkdtempSync(path.join(tmpdir(), "kebu-bench-pg-"));
    chmodSync(folder, 0o777);
    const run = (argv) => {
      const ran = spawnSync(argv[0], argv.slice(1), { encoding: "utf8" });
      if (ran.status !== 0) throw new Error(`${argv.join(" ")}: ${ran.stderr}`);
    };
    run(
      asNobody([
        path.join(bin, "initdb"),
        "--username=kebu",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "-D",
        `${folder}/data`,
      ]),
    );
    const settings = [
      "listen_addresses=",
      "shared_buffers=512MB",
      "max_wal_size=8GB",
      "maintenance_work_mem=256MB",
    ];
    const argv = asNobody([
      path.join(bin, "postgres"),
      "-D",
      `${folder}/data`,
      "-k",
      folder,
      ...settings.flatMap((s) => ["-c", s]),
    ]);
    const child = spawn(argv[0], argv.slice(1), { stdio: "ignore" });
    const server = new Postgres(bin, folder, child);
    process.on("exit", () => server.stop());
    for (let i = 0; i < 200; i++) {
      if (spawnSync(path.join(bin, "psql"), [...server.options(), "-c", "SELECT 1"]).status === 0)
        return server;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("PostgreSQL did not start");
  }

  constructor(bin, folder, child) {
    Object.assign(this, { bin, folder, child, address: `postgres://kebu@/postgres?host=${folder}` });
  }

  options() {
    return ["-qAtX", "-v", "ON_ERROR_STOP=1", "-h", this.folder, "-U", "kebu", "-d", "postgres"];
  }

  /** Runs a script; `{wall s, out}`. */
  sql(script) {
    const started = performance.now();
    const ran = spawnSync(path.join(this.bin, "psql"), this.options(), {
      input: script,
      encoding: "utf8",
      maxBuffer: 64 << 20,
    });
    if (ran.status !== 0) throw new Error(`psql: ${ran.stderr}`);
    return { wall: (performance.now() - started) / 1000, out: ran.stdout };
  }

  /** Runs statements one by one; the middle of their times in ms, as the server's client sees them. */
  each(statements) {
    const { out } = this.sql(`\\timing on\n${statements.join(";\n")};\n`);
    const times = [...out.matchAll(/Time: ([\d.]+) ms/g)].map((m) => Number(m[1])).sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)];
  }

  stop() {
    if (!this.child) return;
    this.child.kill("SIGINT");
    this.child = undefined;
    spawnSync("sleep", ["1"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const PLAIN = `
CREATE SCHEMA plain; SET search_path TO plain;`;

/** Plain tables of the CSV files with the indexes such queries need. */
function load(pg, bench) {
  const table = (name, file) => {
    const header = spawnSync("head", ["-n", "1", file], { encoding: "utf8" })
      .stdout.replace(/^\ufeff/, "")
      .trim()
      .split(",");
    const kind = (h) => (h === "金额" ? "numeric" : h === "数量" ? "bigint" : "text");
    return `CREATE TABLE ${name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ${header.map((h) => `"${h}" ${kind(h)}`).join(", ")});
\\copy ${name} (${header.map((h) => `"${h}"`).join(", ")}) FROM '${file}' CSV HEADER`;
  };
  return pg.sql(`${PLAIN}
${table("customers", bench.files.customers)}
${table("orders", bench.files.orders)}
CREATE UNIQUE INDEX ON customers (客户编号);
CREATE INDEX ON orders (客户编号);
ALTER TABLE customers ADD total numeric, ADD points bigint, ADD grade text;
ANALYZE;`);
}

const EXTRA = `SET search_path TO plain;
UPDATE customers SET total = s.t, points = 3 FROM (SELECT 客户编号 c, sum(金额) t FROM orders GROUP BY 1) s WHERE s.c = 客户编号;
VACUUM ANALYZE customers;`;

const points = (high) =>
  `points - CASE WHEN total >= 10000 THEN 5 WHEN total >= 5000 THEN 3 ELSE 1 END + CASE WHEN total >= ${high} THEN 5 ELSE 1 END`;
const RULE = `SET search_path TO plain; UPDATE customers SET points = ${points(20_000)}, grade = CASE WHEN ${points(20_000)} >= 12 THEN 'VIP客户' ELSE '普通客户' END;`;
const FORMULA = `SET search_path TO plain; ALTER TABLE customers ADD f double precision; UPDATE customers SET f = total / 2 + length(客户名称);`;

export async function postgres(bench) {
  const { kebu, folder, asOf, report } = bench;
  const pg = await Postgres.start();
  try {
    const data = `${folder}/pg`;
    mkdirSync(data, { recursive: true });
    process.env.KEBU_DATABASE = pg.address;
    const plain = load(pg, bench);
    const ran = measured(folder, [
      kebu,
      "--data",
      data,
      "--as-of",
      asOf,
      "--json",
      "import",
      bench.files.customers,
      bench.files.orders,
    ]);
    const { tables } = JSON.parse(ran.out);
    const rows = tables.customers.created + tables.orders.created;
    if (rows !== bench.customers + bench.orders)
      throw new Error(`${rows} rows were imported: ${ran.out.slice(0, 500)}`);
    const on = (name) => `PostgreSQL: ${name}`;
    report.add(on("import, wall"), ran.wall, "s", undefined, {
      with: "COPY into plain tables, two indexes",
      value: plain.wall,
    });
    report.add(on("import, Kebu's own CPU"), ran.cpu, "s");
    report.add(on("import, Kebu's peak memory"), ran.mib, "MiB");
    pg.sql(EXTRA);
    await editing(bench, pg, data, on);
    const own = json([bench.store, data, "1"]);
    report.add(on("a formula added to everyone, wall"), own.formula.wall_ms / 1000, "s", undefined, {
      with: "ADD COLUMN and one UPDATE",
      value: pg.sql(FORMULA).wall,
    });
    report.add(on("a rule changed, everyone regraded, wall"), own.rule.wall_ms / 1000, "s", undefined, {
      with: "one UPDATE of points and grade",
      value: pg.sql(RULE).wall,
    });
    const check = JSON.parse(measured(folder, [kebu, "--data", data, "--json", "check"]).out);
    if (!check.sound) throw new Error("the book on PostgreSQL is not sound");
  } finally {
    delete process.env.KEBU_DATABASE;
    pg.stop();
  }
}

async function editing(bench, pg, data, on) {
  const common = [bench.kebu, "--data", data, "--as-of", bench.asOf, "--json"];
  json([...common, "user", "add", "bench"]);
  const { token } = json([...common, "token", "create", "--user", "bench"]);
  const server = await Server.start(bench.kebu, data, bench.asOf);
  const client = new Client(server, token);
  const r = random(20261121);
  const amounts = Array.from({ length: Math.min(500, bench.requests) }, () => [
    1 + r.below(bench.orders),
    100 + r.below(90_000),
  ]);
  const edit =
    ([id, value]) =>
    () =>
      client.send("PATCH", "/tables/orders/records", { cells: [{ id, field: "amount", value }] });
  const own = await timed(server, amounts.map(edit));
  if (own.errors) throw own.firstError;
  const plain = pg.each([
    "SET search_path TO plain",
    ...amounts.map(([id, v]) => `UPDATE orders SET 金额 = ${v / 100} WHERE id = ${id}`),
  ]);
  bench.report.add(
    on("edit an order's amount, its customer recomputed, wall p50"),
    own.p50,
    "ms",
    undefined,
    { with: "UPDATE of the cell alone", value: plain },
  );
  bench.report.add(on("edit an order's amount, Kebu's own CPU"), own.cpu, "ms");
  // Read by the serving part where that was run before.
  const known = bench.people ?? (await people(bench.files.customers));
  const reading = { ...bench, people: known, client, server, secret: token };
  // The bars are SQLite's.
  await bench.attempt(() =>
    busy(reading, (name, value, unit, bar, beside) =>
      bench.report.add(on(name), value, unit, bar === "errors" ? bar : undefined, beside),
    ),
  );
  client.close();
  await server.stop();
}
