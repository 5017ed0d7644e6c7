// What a browser must load before the table can be used, compressed. Fails above the bar of DESIGN §5.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BAR = 400_000;
/** Of the page of a public form. */
const FORM_BAR = 60_000;
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
const entryOf = (page) =>
  [
    ...readFileSync(new URL(page, dist))
      .toString()
      .matchAll(/assets\/([^"]+)"/g),
  ].map((m) => m[1]);
const entry = entryOf("index.html");
const named = (prefix) => [...files.keys()].filter((f) => f.startsWith(prefix));
const sum = (set) => [...set].reduce((n, f) => n + gz(files.get(f)), 0);

const first = closure(entry);
const shell = closure([...entry, ...named("TablePage-")]);
const sheet = closure([...shell, ...named("Sheet-")]);
const form = sum(closure(entryOf("form.html")));
const rows = [
  ["entry (set-up, login)", sum(first)],
  ["entry + table shell", sum(shell)],
  ["entry + table shell + sheet grid", sum(sheet)],
  ["the same in English", sum(closure([...sheet, ...named("en-")]))],
  ["charts chunk alone", sum(new Set(named("plots-")))],
  ["public form", form],
];
for (const [name, size] of rows) console.log(`${(size / 1000).toFixed(1).padStart(7)} kB gzip  ${name}`);
for (const [size, bar] of [
  [sum(shell), BAR],
  [form, FORM_BAR],
])
  if (size > bar) {
    console.error(`${size} is above the bar of ${bar / 1000} kB`);
    process.exitCode = 1;
  }
