import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser to use: CHROMIUM, or the first of the usual names on the path. */
function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  for (const file of NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not here: look further.
    }
  }
  throw new Error("no Chromium found: install it (make test does), or name it in CHROMIUM");
}

/** A fresh browser: no profile, no network of its own. */
export async function browser() {
  const profile = mkdtempSync(join(tmpdir(), "kebu-e2e-"));
  const b = await chromium.launch({
    executablePath: executable(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--disk-cache-dir=${profile}`,
    ],
  });
  const close = b.close.bind(b);
  b.close = async () => {
    await close();
    rmSync(profile, { recursive: true, force: true });
  };
  return b;
}

/** A page that remembers everything that went wrong in it. */
export async function openPage(b, url, options = {}) {
  const context = await b.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "zh-CN",
    acceptDownloads: true,
    // A press on what still grows or slides may end beside it; the bench is what moves.
    reducedMotion: "reduce",
    // Requests of a worker are none of the page's; the journey without a network lets it in.
    serviceWorkers: "block",
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(12_000);
  page.wrong = [];
  page.on("pageerror", (e) => page.wrong.push(`error: ${e.message}`));
  page.on("console", (m) => {
    // A refused edit (422), a refused removal (409) and a wrong login (401) are told by the browser too; they are part of the journey.
    if (m.type() === "error" && !/status of (401|422|404|409)/.test(m.text()))
      page.wrong.push(`console: ${m.text()}`);
  });
  await page.goto(url);
  return page;
}
