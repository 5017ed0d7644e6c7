// The sheet in a real browser on the served book: frames while scrolling, a key until its text is painted, a paste.
// Beside each stands the same in a page that does nothing else: what browser and machine take by themselves.
import { execFileSync } from "node:child_process";
import { Server } from "./process.mjs";

const LOGIN = "bench-browser";
const PASSWORD = "bench-browser-2026";
const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, part) => sorted(list)[Math.min(list.length - 1, Math.floor(list.length * part))];

export async function inBrowser(bench) {
  const user = ["--data", bench.data, "user", "add", LOGIN, "--access", "write", "--password-stdin"];
  // Only this part needs what the journeys have installed.
  const { browser, openPage } = await import("../../e2e/lib/browser.mjs");
  execFileSync(bench.kebu, user, { input: `${PASSWORD}\n`, stdio: ["pipe", "ignore", "inherit"] });
  const server = await Server.start(bench.kebu, bench.data, bench.asOf);
  const b = await browser();
  try {
    const page = await openPage(b, server.url, { reducedMotion: "no-preference" });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("#login").fill(LOGIN);
    await page.locator("#password").fill(PASSWORD);
    await page.locator("button[type=submit]").click();
    await page.locator("textarea.cell-input").waitFor({ state: "attached", timeout: 60_000 });
    const on = { ...bench, b, page, server, openPage };
    for (const part of [firstLoad, scrolling, jumping, typing, pasting]) await bench.attempt(() => part(on));
    if (page.wrong.length) throw new Error(`the page: ${page.wrong[0]}`);
  } finally {
    await b.close();
    await server.stop();
  }
}

/** Everything the page takes until rows are there, as it comes over the wire, nothing kept from before. */
async function firstLoad({ page, server, report }) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  let bytes = 0;
  const kinds = new Map();
  cdp.on("Network.responseReceived", (e) => kinds.set(e.requestId, e.type));
  cdp.on("Network.loadingFinished", (e) => {
    if (["Document", "Script", "Stylesheet"].includes(kinds.get(e.requestId))) bytes += e.encodedDataLength;
  });
  const times = [];
  const bare = [];
  for (let i = 0; i < 5; i++) {
    bytes = 0;
    const started = performance.now();
    await page.goto(`${server.url}/t/customers`);
    await page.waitForFunction(
      () => document.querySelector("canvas [role=gridcell]")?.textContent,
      undefined,
      { polling: "raf", timeout: 60_000 },
    );
    times.push(performance.now() - started);
    const plain = performance.now();
    await page.goto("about:blank");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    bare.push(performance.now() - plain);
  }
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: false });
  await cdp.detach();
  report.add("first load in the browser, compressed", bytes / 1000, "kB", "first_load");
  report.add("first load until rows are there, p50", at(times, 0.5), "ms", undefined, {
    with: "an empty page",
    value: at(bare, 0.5),
  });
  await page.goto(`${server.url}/t/customers`);
  await page.locator("textarea.cell-input").waitFor({ state: "attached" });
  await page.waitForTimeout(1500);
}

/** Frames in the page while the wheel turns. */
async function frames(page, turns) {
  await page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
      if (!window.frames_) return;
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  await page.mouse.move(700, 450);
  for (let i = 0; i < turns; i++) await page.mouse.wheel(0, 240);
  return page.evaluate(() => {
    const seen = window.frames_;
    window.frames_ = undefined;
    return seen.slice(2);
  });
}

async function scrolling({ page, b, openPage, report }) {
  const empty = await openPage(b, "about:blank");
  await empty.setContent('<div style="height:1000000px;background:linear-gradient(#fff,#eee)"></div>');
  const plain = await frames(empty, 300);
  await empty.context().close();
  const own = await frames(page, 300);
  for (const [name, part, bar] of [
    ["p50", 0.5],
    ["p95", 0.95, "scroll"],
  ])
    report.add(`scrolling the sheet, a frame, ${name}`, at(own, part), "ms", bar, {
      with: "an empty page scrolling",
      value: at(plain, part),
    });
}

const label = (page) => page.locator("textarea.cell-input").getAttribute("aria-label");
const painted = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
/** A round through the browser's protocol and two frames: what every figure below holds besides. */
async function round(page) {
  const times = [];
  for (let i = 0; i < 20; i++) {
    const started = performance.now();
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    times.push(performance.now() - started);
  }
  return at(times, 0.5);
}

async function jumping({ page, report, customers }) {
  const times = [];
  for (let i = 0; i < 6; i++) {
    await page.locator("textarea.cell-input").focus();
    await page.keyboard.press("Control+Home");
    await page.waitForTimeout(300);
    const started = performance.now();
    await page.keyboard.press("Control+End");
    // The last row's first cell as the sheet tells it: it is there, not a place holder.
    await page.waitForFunction(
      (n) =>
        document.querySelector(`#glide-cell-1-${n - 1}`)?.textContent ||
        document.querySelector(`#glide-cell-2-${n - 1}`)?.textContent,
      customers,
      { polling: "raf", timeout: 20_000 },
    );
    times.push(performance.now() - started);
  }
  report.add("jump to the last row until it is there, p50", at(times, 0.5), "ms", undefined, {
    with: "two frames",
    value: await round(page),
  });
  await page.keyboard.press("Control+Home");
}

/** Times inside the page, from the key to the frame after it. */
const keyTimes = (page) =>
  page.evaluate(() => {
    window.keys_ = [];
    document.addEventListener(
      "keydown",
      (e) => {
        const from = e.timeStamp;
        requestAnimationFrame(() => setTimeout(() => window.keys_.push(performance.now() - from)));
      },
      true,
    );
  });

async function typing({ page, b, openPage, report }) {
  const empty = await openPage(b, "about:blank");
  await empty.setContent("<textarea autofocus></textarea>");
  await empty.locator("textarea").focus();
  await keyTimes(empty);
  for (let i = 0; i < 60; i++) await empty.keyboard.press("a");
  const plain = await empty.evaluate(() => window.keys_);
  await empty.context().close();
  await page.locator("textarea.cell-input").focus();
  await keyTimes(page);
  const taken = async (run) => {
    await page.evaluate(() => {
      window.keys_ = [];
    });
    await run();
    await painted(page);
    return page.evaluate(() => window.keys_);
  };
  const beside = (part) => ({ with: "a bare text field", value: at(plain, part) });
  const moves = await taken(async () => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press(i % 20 < 10 ? "ArrowDown" : "ArrowRight");
      // As fast as a key that is held repeats: no hand sends more, and a browser paints late what comes all at once.
      await page.waitForTimeout(33);
    }
  });
  report.add(
    "an arrow key held until the next cell is painted, p95",
    at(moves, 0.95),
    "ms",
    "interaction",
    beside(0.95),
  );
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowRight");
  const opened = [];
  for (let i = 0; i < 20; i++) {
    opened.push(...(await taken(() => page.keyboard.press("z"))));
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowDown");
  }
  report.add(
    "a letter over a cell until the editor shows it, p95",
    at(opened, 0.95),
    "ms",
    "interaction",
    beside(0.95),
  );
  const committed = [];
  for (let i = 0; i < 15; i++) {
    await page.keyboard.type(`改 ${i}`);
    committed.push(...(await taken(() => page.keyboard.press("Enter"))));
    await page.waitForTimeout(120);
  }
  report.add(
    "Enter until the new text is painted, p95",
    at(committed, 0.95),
    "ms",
    "interaction",
    beside(0.95),
  );
}

/** 10,000 cells of text from the clipboard, until the book has them and the sheet shows them. */
async function pasting({ page, report, customers }) {
  await page.locator("textarea.cell-input").focus();
  await page.keyboard.press("Control+Home");
  for (let i = 0; i < 40 && !/^客户名称/.test((await label(page)) ?? ""); i++) {
    await page.keyboard.press("ArrowRight");
    await painted(page);
  }
  const cells = Array.from({ length: Math.min(10_000, customers) }, (_, i) => `粘贴 ${i}`);
  await page.evaluate((t) => navigator.clipboard.writeText(t), cells.join("\n"));
  const done = page.waitForResponse((r) => r.request().method() === "PATCH" && r.url().includes("/records"), {
    timeout: 60_000,
  });
  const started = performance.now();
  await page.keyboard.press("Control+v");
  const answer = await done;
  if (!answer.ok()) throw new Error(`the paste was refused: ${(await answer.text()).slice(0, 200)}`);
  await painted(page);
  const s = (performance.now() - started) / 1000;
  report.add(
    `paste ${cells.length.toLocaleString("en")} cells from the clipboard until they are kept and painted`,
    s,
    "s",
    cells.length === 10_000 ? "paste" : undefined,
    {
      with: "two frames",
      value: (await round(page)) / 1000,
    },
  );
}
