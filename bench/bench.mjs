// The bars of the design (§5) on generated data, each beside plain sqlite3 doing the same work on the same
// data in the same run; then what differs on PostgreSQL, beside plain SQL in the same server.
//
//   node bench/bench.mjs            100,000 customers, 1,000,000 orders (SIZE=100k)
//   SIZE=1m node bench/bench.mjs    1,000,000 customers, 10,000,000 orders
//   SIZE=tiny node bench/bench.mjs  2,000 customers, 20,000 orders: does the bench itself work?
//
// PARTS=serving,browser,commands,store,postgres runs some parts alone (the store's needs serving, whose plain figures it shows).
// KEBU names the binary (target/release/kebu), KEEP=1 keeps target/bench. Needs python3, PostgreSQL's programs and,
// for the part in the browser, Chromium and `npm ci` in e2e. A bar that is missed
// is reported, not an error; the exit code says whether the bench ran.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { inBrowser } from "./lib/browser.mjs";
import { commandLine, importing, storeOnly } from "./lib/commands.mjs";
import { postgres } from "./lib/postgres.mjs";
import { Peer } from "./lib/process.mjs";
import { Report } from "./lib/report.mjs";
import { serving } from "./lib/serving.mjs";

const SIZES = {
  tiny: { customers: 2_000, orders: 20_000, requests: 300, terms: 60, opens: 3, runs: 1 },
  "100k": { customers: 100_000, orders: 1_000_000, requests: 2_000, terms: 200, opens: 5, runs: 3 },
  "1m": { customers: 1_000_000, orders: 10_000_000, requests: 2_000, terms: 200, opens: 3, runs: 1 },
};

const size = (process.env.SIZE || "100k").toLowerCase();
if (!SIZES[size]) throw new Error(`SIZE is one of ${Object.keys(SIZES).join(", ")}`);
const PARTS = { serving, browser: inBrowser, commands: commandLine, store: storeOnly, postgres };
const parts = (process.env.PARTS || Object.keys(PARTS).join()).split(",");
const unknown = parts.find((name) => !PARTS[name]);
if (unknown !== undefined) throw new Error(`PARTS are of ${Object.keys(PARTS).join(", ")}, not ${unknown}`);
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = path.join(root, "target/bench", size);
const binary = process.env.KEBU || path.join(root, "target/release/kebu");
if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build first`);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
// A copy, so that a build beside the bench does not change what is measured.
const kebu = path.join(folder, "kebu");
copyFileSync(binary, kebu);
const target = process.env.CARGO_TARGET_DIR ?? path.join(root, "target");
execFileSync("cargo", ["build", "--release", "-q", "--locked", "-p", "kebu", "--example", "bench_store"], {
  cwd: root,
  stdio: "inherit",
});
const store = path.join(folder, "bench_store");
copyFileSync(path.join(target, "release/examples/bench_store"), store);

const peer = new Peer();
const bench = {
  ...SIZES[size],
  size,
  root,
  folder,
  kebu,
  store,
  peer,
  asOf: "2026-11-21",
  report: new Report(size),
};
/** Runs a part; what breaks is told at the end and does not stop the rest. */
const broken = [];
bench.attempt = async (part) => {
  try {
    await part();
  } catch (e) {
    broken.push(e);
    process.stderr.write(`  BROKEN: ${e.message}\n`);
  }
};
try {
  const { sqlite } = await peer.ask({ do: "version" });
  await importing(bench);
  for (const name of parts) await bench.attempt(() => PARTS[name](bench));
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim()})`;
  const head = `${size}: ${bench.customers.toLocaleString("en")} customers, ${bench.orders.toLocaleString("en")} orders; ${machine}; beside sqlite3 ${sqlite} through Python`;
  bench.report.finish(path.join(root, "target/bench.json"), head);
  for (const e of broken) process.stdout.write(`BROKEN: ${e.message}\n`);
  process.exitCode = broken.length ? 1 : 0;
} finally {
  peer.stop();
  if (!process.env.KEEP) rmSync(folder, { recursive: true, force: true });
}
