// What a browser must load before the table can be used, compressed. Fails above the bar of DESIGN §5.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BAR = 400_000;
const dist = new URL("../dist/", import.meta.url);
const files = new Map(
  readdirSync(new URL("assets/", dist))
    .filter((f) => !f.endsWith(".br"))
    .map((f) => [f, readFileSync(new URL(`assets/${f}`, dist))]),
);
const gz = (data) => gzipSync(data, { level: 9 }).length;

/** A chunk with everything it imports statically, and its styles. */
function closure(names, seen = new Set()) {
  for (const name of names) {
    if (seen.has(name) || !files.has(name)) continue;
    seen.add(name);
    if (!name.endsWith(".js")) continue;
    const code = files.get(name).toString();
    closure(
      [...code.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)].map((m) => m[1]),
      seen,
    );
  }
  return seen;
}
const html = readFileSync(new URL("index.html", dist)).toString();
const entry = [...html.matchAll(/assets\/([^"]+)"/g)].map((m) => m[1]);
const named = (prefix) => [...files.keys()].filter((f) => f.startsWith(prefix));
const sum = (set) => [...set].reduce((n, f) => n + gz(files.get(f)), 0);

const first = closure(entry);
const shell = closure([...entry, ...named("TablePage-")]);
const sheet = closure([...shell, ...named("Sheet-")]);
const rows = [
  ["entry (set-up, login)", sum(first)],
  ["entry + table shell", sum(shell)],
  ["entry + table shell + sheet grid", sum(sheet)],
  ["charts chunk alone", sum(new Set(named("plots-")))],
];
for (const [name, size] of rows) console.log(`${(size / 1000).toFixed(1).padStart(7)} kB gzip  ${name}`);
if (sum(shell) > BAR) {
  console.error(`above the bar of ${BAR / 1000} kB`);
  process.exit(1);
}
