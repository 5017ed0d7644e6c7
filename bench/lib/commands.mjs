// What the command line does: import, check, grade, a workbook in; and the store's own measures.
import { json, measured } from "./process.mjs";

/** Generates the data and imports it into `data`; the same CSV files go into plain sqlite3. */
export async function importing(bench) {
  const { kebu, folder, report, peer, asOf } = bench;
  const csv = `${folder}/csv`;
  measured(folder, [
    kebu,
    "demo",
    "--csv",
    csv,
    "--customers",
    `${bench.customers}`,
    "--orders",
    `${bench.orders}`,
    "--as-of",
    asOf,
  ]);
  bench.files = { customers: `${csv}/customers.csv`, orders: `${csv}/orders.csv` };
  bench.data = `${folder}/data`;
  const plain = await peer.ask({ do: "load", db: `${folder}/plain.db`, ...bench.files });
  const { mib } = await peer.ask({ do: "memory" });
  await peer.ask({ do: "figures" });
  const ran = measured(folder, [
    kebu,
    "--data",
    bench.data,
    "--as-of",
    asOf,
    "--json",
    "import",
    bench.files.customers,
    bench.files.orders,
  ]);
  const tables = JSON.parse(ran.out).tables;
  const rows = tables.customers.created + tables.orders.created;
  if (rows !== bench.customers + bench.orders || rows !== plain.rows)
    throw new Error(`${rows} of ${plain.rows} rows were imported: ${ran.out}`);
  const loaded = "the same CSV into plain tables";
  report.add("import", rows / ran.cpu, "rows/CPU s", "import_rows_per_cpu_s", {
    with: loaded,
    value: rows / plain.cpu,
  });
  report.add("import, wall", ran.wall, "s", undefined, { with: loaded, value: plain.wall });
  report.add("import, peak memory", ran.mib, "MiB", "import_memory", { with: loaded, value: mib });
}

/** `kebu check`, `kebu grade`, and a workbook of 25 columns read, checked and stored. */
export async function commandLine(bench) {
  const { kebu, folder, report, peer, asOf } = bench;
  const integrity = await peer.repeat([["integrity"]]);
  const check = measured(folder, [kebu, "--data", bench.data, "--json", "check"]);
  const { sound } = JSON.parse(check.out);
  if (!sound) throw new Error(`the book is not sound: ${check.out.slice(0, 1000)}`);
  report.add("check: everything recomputed and compared, wall", check.wall, "s", undefined, {
    with: "PRAGMA integrity_check",
    value: integrity.p50 / 1000,
  });
  report.add("check, peak memory", check.mib, "MiB");
  if (bench.customers > 100_000) return;
  const plain = await peer.repeat([["grades"]]);
  const graded = measured(folder, [
    kebu,
    "--as-of",
    asOf,
    "--json",
    "grade",
    bench.files.customers,
    bench.files.orders,
    "-o",
    `${folder}/graded.xlsx`,
  ]);
  report.add("grade: csv to graded workbook, wall", graded.wall, "s", "grade", {
    with: "the grades in one SQL, no files",
    value: plain.p50 / 1000,
  });
  report.add("grade, CPU", graded.cpu, "s", undefined, {
    with: "the grades in one SQL, no files",
    value: plain.cpu_ms / 1000,
  });
  report.add("grade, peak memory", graded.mib, "MiB", "grade_memory");

  const loaded = await peer.ask({ do: "load", db: `${folder}/plain25.db`, customers: `${folder}/wide.csv` });
  const ran = measured(folder, [
    kebu,
    "--data",
    `${folder}/wide`,
    "--as-of",
    asOf,
    "--json",
    "import",
    `${folder}/wide.xlsx`,
  ]);
  const { created } = JSON.parse(ran.out).tables.customers;
  if (created !== loaded.rows)
    throw new Error(
      `${created} of ${loaded.rows} rows of the workbook were imported: ${ran.out.slice(0, 2000)}`,
    );
  const what = `xlsx of ${created.toLocaleString("en")} × 25 read, checked, stored`;
  report.add(`${what}, CPU`, ran.cpu, "s", "xlsx", {
    with: "the same as CSV into a plain table",
    value: loaded.cpu,
  });
  report.add(`${what}, peak memory`, ran.mib, "MiB", "xlsx_memory");
}

/** What the store does and no command asks for yet; changes the rules of the bench's book. */
export async function storeOnly(bench) {
  const { report } = bench;
  const own = json([bench.store, bench.data, `${bench.runs}`]);
  const { provinces, grades, overview, rule } = bench.plain;
  report.add("customers and sum by province, CPU", own.provinces.cpu_ms, "ms", "provinces", {
    with: "the same GROUP BY",
    value: provinces.cpu_ms,
  });
  report.add("customers and sum by province, wall", own.provinces.wall_ms, "ms", undefined, {
    with: "the same GROUP BY",
    value: provinces.p50,
  });
  report.add("overview in the store, CPU", own.overview.cpu_ms, "ms", undefined, {
    with: "four such queries",
    value: overview.cpu_ms,
  });
  report.add("R, F, M and grade of everyone, CPU", own.grades.cpu_ms, "ms", "grades", {
    with: "one SQL over orders",
    value: grades.cpu_ms,
  });
  report.add("R, F, M and grade of everyone, wall", own.grades.wall_ms, "ms", undefined, {
    with: "one SQL over orders",
    value: grades.p50,
  });
  report.add("a rule changed, everyone regraded, wall", own.rule.wall_ms / 1000, "s", "rule", {
    with: "one UPDATE of points and grade",
    value: rule.p50 / 1000,
  });
  report.add("a rule changed, everyone regraded, CPU", own.rule.cpu_ms / 1000, "s", undefined, {
    with: "one UPDATE of points and grade",
    value: rule.cpu_ms / 1000,
  });
  const formula = await bench.peer.repeat([["formula"]]);
  report.add("a formula added to everyone, wall", own.formula.wall_ms / 1000, "s", undefined, {
    with: "ADD COLUMN and one UPDATE",
    value: formula.p50 / 1000,
  });
  report.add("a formula added to everyone, CPU", own.formula.cpu_ms / 1000, "s", undefined, {
    with: "ADD COLUMN and one UPDATE",
    value: formula.cpu_ms / 1000,
  });
}
