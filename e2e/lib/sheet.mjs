import assert from "node:assert/strict";

/** What the sheet says of its active cell: "列，第 n 行：值". */
export const active = (page) => page.locator("textarea.cell-input").getAttribute("aria-label");

export async function waitActive(page, wanted, what = "active cell") {
  const fits = (label) =>
    wanted instanceof RegExp ? wanted.test(label ?? "") : (label ?? "").includes(wanted);
  const until = Date.now() + 5000;
  let label = null;
  while (Date.now() < until) {
    label = await active(page);
    if (fits(label)) return label;
    await page.waitForTimeout(40);
  }
  throw new Error(`${what}: wanted ${wanted}, the sheet says "${label}"`);
}

/** The sheet has its rows and the keys go to it. */
export async function ready(page) {
  await page.locator("textarea.cell-input").waitFor({ state: "attached" });
  await page.locator("textarea.cell-input").focus();
}

/** Moves to a column by its title, from wherever the active cell is. */
export async function toColumn(page, title) {
  await page.keyboard.press("Home");
  for (let i = 0; i < 40; i++) {
    if (new RegExp(`^${title}[，,]`).test(await active(page))) return;
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(15);
  }
  throw new Error(`no column ${title}`);
}

/**
 * Composes with an input method through the DevTools protocol.
 * "windows": the key arrives as Process/229. "mac": the letter's own key arrives first.
 */
export async function compose(page, steps, text, style) {
  const cdp = await page.context().newCDPSession(page);
  const key = async (letter) => {
    const code = `Key${letter.toUpperCase()}`;
    const event =
      style === "windows"
        ? { key: "Process", code, windowsVirtualKeyCode: 229 }
        : {
            key: letter,
            code,
            windowsVirtualKeyCode: letter.toUpperCase().charCodeAt(0),
          };
    await cdp.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...event });
  };
  for (const step of steps) {
    await key(step.at(-1));
    await cdp.send("Input.imeSetComposition", {
      text: step,
      selectionStart: step.length,
      selectionEnd: step.length,
    });
    await page.waitForTimeout(30);
  }
  return {
    /** Enter that belongs to the input method. */
    enter: () =>
      cdp.send("Input.dispatchKeyEvent", {
        type: "rawKeyDown",
        key: "Process",
        code: "Enter",
        windowsVirtualKeyCode: 229,
      }),
    finish: async () => {
      await cdp.send("Input.insertText", { text });
      await page.waitForTimeout(30);
      await cdp.detach();
    },
  };
}

/** Moves to a cell by its column's title and its row. */
export async function goTo(page, title, row = 1) {
  await page.keyboard.press("Control+Home");
  await toColumn(page, title);
  for (let i = 1; i < row; i++) await page.keyboard.press("ArrowDown");
  await waitActive(page, new RegExp(`^${title}，第 ${row} 行`));
}

/** Puts a copy into the clipboard, as another program would. */
export const clip = (page, text, html) =>
  page.evaluate(
    async ([plain, table]) => {
      const blob = (of, type) => ({ [type]: new Blob([of], { type }) });
      const item = {
        ...blob(plain, "text/plain"),
        ...(table ? blob(table, "text/html") : {}),
      };
      await navigator.clipboard.write([new ClipboardItem(item)]);
    },
    [text, html],
  );
/** The text of the clipboard. */
export const clipped = (page) => page.evaluate(() => navigator.clipboard.readText());

/** Waits until cells of a table, read anew from the book, are as wanted. */
export async function waitCells(page, table, fields, wanted, what = "cells") {
  const until = Date.now() + 6000;
  let seen;
  while (Date.now() < until) {
    seen = await page.evaluate(
      async ([table, columns]) => {
        const headers = { "content-type": "application/json" };
        const body = JSON.stringify({ table, columns });
        const view = await (await fetch("/api/v1/views", { method: "POST", headers, body })).json();
        return view.rows.map((r) => r.slice(1, columns.length + 1));
      },
      [table, fields],
    );
    if (JSON.stringify(seen.slice(0, wanted.length)) === JSON.stringify(wanted)) return seen;
    await page.waitForTimeout(60);
  }
  assert.deepEqual(seen.slice(0, wanted.length), wanted, what);
}
