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
        : { key: letter, code, windowsVirtualKeyCode: letter.toUpperCase().charCodeAt(0) };
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
