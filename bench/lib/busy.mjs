// Twenty different questions, their pages, deep jumps, figures and searches, while ten edits a second go on; each
// beside the same without edits, on either engine.
import { Client, timed } from "./client.mjs";
import { random, terms } from "./random.mjs";

const is = (field, op, ...values) => ({ field, op, values });
const by = (field, desc = false) => ({ field, desc });

/** Filters and sorts over built-in fields of customers, no two alike. */
const QUESTIONS = [
  { sort: [by("name")] },
  { sort: [by("last_order", true)] },
  { sort: [by("points", true), by("total", true)] },
  { filter: is("grade", "eq", "VIP客户"), sort: [by("total", true)] },
  { filter: is("province", "in", "浙江省", "江苏省", "上海市"), sort: [by("city"), by("name")] },
  { filter: is("total", "ge", 1000), sort: [by("order_count", true)] },
  { filter: { all: [is("order_count", "ge", 3), is("recommend", "eq", "愿意")] }, sort: [by("last_order")] },
  { filter: { any: [is("grade", "eq", "VIP客户"), is("total", "ge", 5000)] }, sort: [by("average", true)] },
  { filter: is("name", "contains", "伟"), sort: [by("name")] },
  { filter: is("mobile", "contains", "888"), sort: [by("code")] },
  { filter: is("last_order", "within", "last_30_days"), sort: [by("last_order", true)] },
  { filter: is("last_order", "within", "last_90_days"), sort: [by("total", true)] },
  { filter: is("wechat", "blank"), sort: [by("name")] },
  { filter: is("wechat", "filled"), sort: [by("wechat")] },
  {
    filter: { all: [is("province", "ne", "广东省"), is("status", "ne", "潜在客户")] },
    sort: [by("province"), by("total", true)],
  },
  { filter: is("points", "lt", 6), sort: [by("points")] },
  { filter: is("lifecycle", "filled"), sort: [by("lifecycle"), by("last_order", true)] },
  { filter: is("recommend", "in", "不愿意", "一般"), sort: [by("recommend"), by("name")] },
  {
    filter: { all: [is("order_count", "eq", 1), is("last_order", "within", "last_90_days")] },
    sort: [by("last_order", true)],
  },
  { filter: is("average", "ge", 200), sort: [by("repurchase_rate", true)] },
];
const COLUMNS = [
  "code",
  "name",
  "grade",
  "mobile",
  "total",
  "order_count",
  "last_order",
  "points",
  "province",
  "city",
];
const PAGES = 20;
const EDITS_A_SECOND = 10;
const WILLING = ["愿意", "一般", "不愿意"];

/** Edits records at a steady pace until it is stopped; what they took. */
function edits(server, token, customers) {
  const client = new Client(server, token, 4);
  const r = random(11);
  const walls = [];
  const errors = [];
  const open = new Set();
  const one = () => {
    const started = performance.now();
    const cells = [{ id: 1 + r.below(customers), field: "recommend", value: r.pick(WILLING) }];
    const sent = client
      .send("PATCH", "/tables/customers/records", { cells })
      .then(
        () => walls.push(performance.now() - started),
        (e) => errors.push(e),
      )
      .finally(() => open.delete(sent));
    open.add(sent);
  };
  const timer = setInterval(one, 1000 / EDITS_A_SECOND);
  return async () => {
    clearInterval(timer);
    await Promise.all(open);
    client.close();
    walls.sort((a, b) => a - b);
    const at = (share) => walls[Math.min(walls.length - 1, Math.floor(walls.length * share))];
    return { count: walls.length, p50: at(0.5), p99: at(0.99), errors };
  };
}

/** Everything asked once over; walls in ms, of the opens the slowest too. */
async function asked(on, seed) {
  const { client, server, customers } = on;
  const r = random(seed);
  const views = [];
  const open = (question) => async () => {
    const bytes = await client.send("POST", "/views", { table: "customers", columns: COLUMNS, ...question });
    views.push(JSON.parse(bytes));
    return bytes;
  };
  const opens = await timed(server, QUESTIONS.map(open));
  const full = views.filter((v) => v.total > 0);
  if (full.length < QUESTIONS.length - 4)
    throw new Error(`only ${full.length} of ${QUESTIONS.length} questions find somebody`);
  const page = (view, offset) => () =>
    client.send("GET", `/views/${view.view}/rows?offset=${Math.max(0, offset)}&limit=50`);
  const pages = await timed(
    server,
    full.flatMap((v) => Array.from({ length: PAGES }, () => page(v, r.below(v.total)))),
  );
  const deep = await timed(
    server,
    full.flatMap((v) => [page(v, v.total - 50), page(v, Math.floor(v.total / 2))]),
  );
  const figures = await timed(
    server,
    full.slice(0, 5).map((v) => () => client.send("GET", `/views/${v.view}/summary`)),
  );
  const words = Object.values(terms(on.people, 50, seed)).flat();
  const search = (text) => () =>
    client.send("POST", "/views", { table: "customers", columns: COLUMNS, search: text });
  const searches = await timed(server, words.map(search));
  return { opens, pages, deep, figures, searches, words: words.length, customers };
}

export async function busy(on, add) {
  const quiet = await asked(on, 3);
  const stop = edits(on.server, on.secret, on.customers);
  const now = await asked(on, 4);
  const done = await stop();
  const what = "while 10 edits a second go on";
  const beside = (value) => ({ with: "the same without edits", value });
  const line = (name, part, share, bar) =>
    add(`${name} ${what}, wall ${share}`, now[part][share], "ms", bar, beside(quiet[part][share]));
  line("20 questions opened", "opens", "p50");
  line("20 questions opened", "opens", "p99", "open_unindexed");
  line("random pages of 50", "pages", "p50");
  line("random pages of 50", "pages", "p99", "page_wall_p99");
  line("jumps to the middle and the end", "deep", "p99", "page_wall_p99");
  line("figures of ten columns", "figures", "p50");
  line(`searches of ${now.words} words`, "searches", "p50");
  line(`searches of ${now.words} words`, "searches", "p99");
  add(`edits beside all that (${done.count}), wall p50`, done.p50, "ms");
  add("edits beside all that, wall p99", done.p99, "ms");
  const wrong = done.errors.length + Object.values(now).reduce((n, part) => n + (part.errors ?? 0), 0);
  add("errors of all that", wrong, "", "errors");
  if (done.errors[0]) throw done.errors[0];
}
