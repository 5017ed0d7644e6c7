import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { it as step } from "node:test";
import { browser, openPage } from "./browser.mjs";
import { binary, serve } from "./server.mjs";

/** Steps that build on each other: after a broken one the rest would only wait in vain. */
export function steps() {
  let broken = false;
  return (name, run) =>
    step(name, async (t) => {
      if (broken) return t.skip("an earlier step failed");
      broken = true;
      await run();
      broken = false;
    });
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.SHOTS;

/** Waits until nothing on screen fades or slides any more; what turns for ever is left out. */
const still = (page) =>
  page.waitForFunction(
    () =>
      !document
        .getAnimations()
        .some((a) => a.playState === "running" && Number.isFinite(a.effect?.getComputedTiming().endTime)),
  );

/** A picture of what is on screen, into the folder SHOTS names where there is one. */
export async function shot(page, name) {
  if (!SHOTS) return;
  await still(page);
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** Serious accessibility faults of what is on screen. */
export async function faults(page) {
  await still(page);
  // Injected through the protocol: the page's own policy rightly refuses inline scripts.
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Runtime.evaluate", { expression: AXE });
  const result = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa"] }));
  return result.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(" | ")}`);
}

/** Sets up a new book; the empty book is shown. */
export async function setUp(page, server) {
  await page.locator("#code").fill(server.code);
  await page.locator("#login").fill("owner");
  await page.locator("#password").fill("ahuan-2026");
  await page.locator("button[type=submit]").click();
  await page.locator(".topbar").waitFor();
}

/** Asks the API as the page's person; throws what it refuses. */
export const call = (page, method, path, body) =>
  page.evaluate(
    async ([method, path, body]) => {
      const answer = await fetch(`/api/v1${path}`, {
        method,
        headers: { "Content-Type": "application/json" },
        body: body && JSON.stringify(body),
      });
      const out = answer.status === 204 ? null : await answer.json();
      if (out?.error) throw new Error(out.error.message);
      return out;
    },
    [method, path, body],
  );

/** Picks from an opened list of the select at hand. */
export async function choose(page, select, text) {
  await select.click();
  // An option on the move is clicked beside.
  await still(page);
  await page
    .locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option")
    .filter({ has: page.getByText(text, { exact: true }) })
    .click();
}
/** Does something with a saved view from the list of views. */
export async function manage(page, view, action) {
  await page.locator(".view-button").click();
  await page.getByLabel(`管理“${view}”`).click();
  await page.locator(".view-actions .menu-item", { hasText: action }).click();
}

/** Adds a colleague who may write: bob, called 李小波. */
export function addColleague(server) {
  const user = ["user", "add", "bob", "--name", "李小波", "--access", "write", "--password-stdin"];
  const made = spawnSync(binary(), ["--data", server.data, ...user], { input: "bobs-password\n" });
  assert.equal(made.status, 0, `${made.stdout}${made.stderr}`);
}

/** Logs somebody in. */
export async function logIn(page, login, password) {
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(password);
  await page.locator("button[type=submit]").click();
}

/** A server over a new book, and a page of its owner. */
export async function opened() {
  const server = await serve();
  const b = await browser();
  const page = await openPage(b, server.url);
  await setUp(page, server);
  return { server, b, page };
}

/** Closes what `opened` opened, as far as it came; nothing may have gone wrong in the page. */
export async function closed({ server, b, page }) {
  await b?.close();
  await server?.stop();
  assert.deepEqual(page?.wrong ?? [], []);
}
