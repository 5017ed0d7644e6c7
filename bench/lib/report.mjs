// The bars of the design (§5), the table that is printed, and the file that is written.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Which bar a name has at a size: null where the design sets none. `more` means that more is better. */
const BARS = {
  import_rows_per_cpu_s: { "100k": 30_000, "1m": 25_000, more: true },
  import_memory: { "1m": 512 },
  start: { "100k": 0.1, "1m": 0.3 },
  idle_memory: { "100k": 28, "1m": 600 },
  memory_after_import: { "100k": 100, "1m": 600 },
  page_50: { "100k": 1, "1m": 1 },
  page_200: { "100k": 3, "1m": 3 },
  page_wall_p99: { "1m": 15 },
  page_middle: { "100k": 3, "1m": 3 },
  open_unindexed: { "100k": 100, "1m": 3_000 },
  open_indexed: { "100k": 100, "1m": 300 },
  search: { "100k": 1.5, "1m": 3 },
  edit: { "100k": 0.7, "1m": 1 },
  provinces: { "100k": 60, "1m": 1_000 },
  grades: { "100k": 160, "1m": 2_500 },
  rule: { "100k": 1, "1m": 10 },
  paste: { "100k": 1, "1m": 1 },
  mixed: { "100k": 1, "1m": 1.5 },
  mixed_spread: { "100k": 10, "1m": 10 },
  errors: { "100k": 0, "1m": 0 },
  xlsx: { "100k": 4 },
  xlsx_memory: { "100k": 200 },
  // In a browser that draws without a graphics card.
  first_load: { tiny: 400, "100k": 400, "1m": 400 },
  scroll: { tiny: 33, "100k": 33, "1m": 33 },
  interaction: { tiny: 100, "100k": 100, "1m": 100 },
  grade: { "100k": 20 },
  grade_memory: { "100k": 512 },
};

export class Report {
  constructor(size) {
    this.size = size;
    this.lines = [];
  }

  /** Adds a line; `bar` names an entry of BARS, `compared` is `{with, value}` in the same unit. */
  add(name, value, unit, bar, compared = null) {
    const rule = BARS[bar];
    if (bar && !rule) throw new Error(`there is no bar ${bar}`);
    const limit = rule?.[this.size] ?? null;
    const met = limit === null ? null : rule.more ? value >= limit : value <= limit;
    const line = {
      name,
      engine: "sqlite",
      size: this.size,
      value: rounded(value),
      unit,
      bar: limit,
      met,
      compared,
    };
    if (compared) compared.value = rounded(compared.value);
    this.lines.push(line);
    process.stderr.write(`  ${name}: ${line.value} ${unit}\n`);
  }

  /** Writes target/bench.json and prints the table. */
  finish(file, head) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(this.lines, null, 1)}\n`);
    const cells = this.lines.map((l) => [
      l.name,
      String(l.value),
      l.unit,
      l.bar === null ? "–" : String(l.bar),
      l.met === null ? "–" : l.met ? "yes" : "NO",
      l.compared?.with ?? "–",
      l.compared ? String(l.compared.value) : "–",
      l.compared?.value ? `×${rounded(l.value / l.compared.value)}` : "–",
    ]);
    const header = ["what", "value", "unit", "bar", "met", "beside", "its value", "ratio"];
    const widths = header.map((h, i) => Math.max(...[header, ...cells].map((row) => row[i].length)));
    const right = [1, 3, 6, 7];
    const show = (row) =>
      row
        .map((c, i) => (right.includes(i) ? c.padStart(widths[i]) : c.padEnd(widths[i])))
        .join("  ")
        .trimEnd();
    const missed = this.lines.filter((l) => l.met === false).length;
    const judged = this.lines.filter((l) => l.met !== null).length;
    process.stdout.write(
      `\n${head}\n\n${[header, widths.map((w) => "-".repeat(w)), ...cells].map(show).join("\n")}\n\n`,
    );
    process.stdout.write(
      `${judged - missed} of ${judged} bars met; written to ${path.relative(process.cwd(), file)}\n`,
    );
  }
}

function rounded(n) {
  return Math.abs(n) >= 100 ? Math.round(n) : Number(n.toPrecision(3));
}
