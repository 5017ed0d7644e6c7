// The clipboard: what Excel, WPS and Sheets put there and what they get, growing past the end after asking, many
// cells at once, and words a person types: dates, refused ones kept to be mended. Against the real binary.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { call, closed, faults, opened } from "../lib/journey.mjs";
import { clip, clipped, goTo, ready, waitActive, waitCells } from "../lib/sheet.mjs";

const ROWS = 12_000;

describe("clipboard", { concurrency: 1 }, () => {
  let o = {};
  let page;
  let table;
  const f = {};
  const field = (name) => f[name];
  const cells = (fields, wanted, what) => waitCells(page, table, fields.map(field), wanted, what);
  const count = (n) => page.locator(".count", { hasText: `${n.toLocaleString("en")} 条` }).waitFor();
  const dialog = () => page.locator(".grow-dialog");

  before(async () => {
    o = await opened();
    page = o.page;
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    table = (await call(page, "POST", "/tables", { label: "粘贴" })).key;
    f.名称 = "name";
    for (const [label, kind] of [
      ["甲列", "text"],
      ["乙列", "text"],
      ["金额", "money"],
      ["日子", "date"],
    ])
      f[label] = (await call(page, "POST", `/tables/${table}/fields`, { label, kind })).field.key;
    const records = Array.from({ length: ROWS }, (_, i) => ({
      name: `行${i + 1}`,
    }));
    await call(page, "POST", `/tables/${table}/records`, { records });
  });
  beforeEach(async () => {
    await page.goto(`${o.server.url}/t/${table}`);
    await ready(page);
    await waitActive(page, /第 1 行/);
  });
  after(() => closed(o));

  it("takes text as Excel writes it: quoted breaks, leading zeros, no row for the last newline", async () => {
    await goTo(page, "甲列");
    await clip(page, '00123\t"上\n下"\r\n0571-1\t"说""好"""\r\n');
    await page.keyboard.press("Control+v");
    await cells(
      ["甲列", "乙列"],
      [
        ["00123", "上\n下"],
        ["0571-1", '说"好"'],
        [null, null],
      ],
    );
    await page.keyboard.press("Control+z");
    await cells(
      ["甲列", "乙列"],
      [
        [null, null],
        [null, null],
      ],
      "one step",
    );
  });

  it("looks into the table that comes along where the text says less", async () => {
    await goTo(page, "甲列");
    const td = (text, more = "") => `<td${more}>${text}</td>`;
    // Shortened by its column in Excel; in WPS a break inside a cell comes without quotes.
    await clip(
      page,
      "1.38E+12\t好\n",
      `<table><tr>${td("1.38E+12", ' x:num="1380013800138"')}${td("好")}</tr></table>`,
    );
    await page.keyboard.press("Control+v");
    await cells(["甲列", "乙列"], [["1380013800138", "好"]]);
    await clip(page, "上\n下\t右", `<html><table>\n<tr>${td("上<br>下")}${td("右")}</tr></table></html>`);
    await page.keyboard.press("Control+v");
    await cells(
      ["甲列", "乙列"],
      [
        ["上\n下", "右"],
        [null, null],
      ],
    );
    await clip(page, "", `<table><tr>${td("合并", " colspan=2")}</tr><tr>${td("a")}${td("b")}</tr></table>`);
    await page.keyboard.press("Control+v");
    await cells(
      ["甲列", "乙列"],
      [
        ["合并", null],
        ["a", "b"],
      ],
    );
  });

  it("repeats one cell, and what fits evenly, over a selection", async () => {
    await goTo(page, "甲列");
    await clip(page, "同");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Control+v");
    await cells(
      ["甲列", "乙列"],
      [
        ["同", "同"],
        ["同", "同"],
      ],
    );
    await clip(page, "1\n2");
    for (let i = 0; i < 2; i++) await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+v");
    await cells(
      ["甲列", "乙列"],
      [
        ["1", "1"],
        ["2", "2"],
        ["1", "1"],
        ["2", "2"],
      ],
    );
  });

  it("gives several ranges as one where they share their columns, else says why not", async () => {
    await goTo(page, "甲列");
    const box = await page.locator("textarea.cell-input").boundingBox();
    await page.keyboard.down("Control");
    await page.mouse.click(box.x + 20, box.y + 2.5 * 32);
    await page.keyboard.up("Control");
    await waitActive(page, "甲列，第 3 行");
    await page.keyboard.press("Control+c");
    await page.waitForTimeout(80);
    assert.equal(await clipped(page), "1\r\n1");
    await page.keyboard.down("Control");
    await page.mouse.click(box.x + box.width + 20, box.y + 3.5 * 32);
    await page.keyboard.up("Control");
    await clip(page, "untouched");
    await page.keyboard.press("Control+x");
    await page.locator(".toast", { hasText: "不能一起复制" }).waitFor();
    assert.equal(await clipped(page), "untouched");
    await cells(["甲列"], [["1"], ["2"], ["1"], ["2"]], "what was not copied is not cut");
  });

  it("cuts", async () => {
    await goTo(page, "甲列");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Control+x");
    await cells(["甲列"], [[null], [null], ["1"]]);
    assert.equal(await clipped(page), "1\r\n2");
    await goTo(page, "乙列", 3);
    await page.keyboard.press("Control+v");
    await cells(["乙列"], [["1"], ["2"], ["1"], ["2"]]);
  });

  it("asks before it grows past the end, and grows in the same step", async () => {
    await goTo(page, "名称");
    await page.keyboard.press("Control+ArrowDown");
    await waitActive(page, `第 ${ROWS} 行`);
    await clip(page, "改\t0001\n新1\t0002\n新2\t0003\n");
    await page.keyboard.press("Control+v");
    await dialog().getByText("多 2 行").waitFor();
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press("Escape");
    await dialog().waitFor({ state: "detached" });
    await waitActive(page, `行${ROWS}`);
    await page.waitForTimeout(150);
    await page.keyboard.press("Control+v");
    await dialog().getByRole("button", { name: "新增 2 条记录" }).click();
    await waitActive(page, "：改");
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Home");
    await page.keyboard.press("Tab");
    await waitActive(page, `名称，第 ${ROWS + 2} 行：新2`);
    await page.keyboard.press("Control+z");
    await count(ROWS);
    await page.keyboard.press("Control+End");
    await page.keyboard.press("Home");
    await page.keyboard.press("Tab");
    await waitActive(page, `名称，第 ${ROWS} 行：行${ROWS}`);
  });

  it("pastes ten thousand cells in one step, and fills and clears as many", async () => {
    await goTo(page, "甲列");
    await clip(page, Array.from({ length: 10_000 }, (_, i) => `n${i + 1}`).join("\r\n"));
    await page.keyboard.press("Control+v");
    await waitActive(page, "：n1");
    await page.keyboard.press("Control+c");
    await page.waitForTimeout(600);
    // Not all of these rows were on screen: they were fetched for the copy.
    const got = (await clipped(page)).split("\r\n");
    assert.deepEqual([got.length, got[0], got[9_999]], [10_000, "n1", "n10000"]);
    await page.keyboard.press("Delete");
    await waitActive(page, "：空");
    await cells(["甲列"], [[null]]);
    await page.keyboard.press("Control+z");
    await waitActive(page, "：n1");
    await page.keyboard.press("Control+z");
    await waitActive(page, "：空");
  });

  it("refuses more than fifty thousand cells, and says what to do instead", async () => {
    await goTo(page, "甲列");
    await page.keyboard.press("Control+Space");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.locator(".toast", { hasText: "一次最多 50,000 格" }).waitFor();
  });

  it("reads days as people say them", async () => {
    const day = (n) => new Date(Date.now() + 8 * 3_600_000 + n * 86_400_000).toISOString().slice(0, 10);
    const monday = 7 - ((new Date(`${day(0)}T00:00:00Z`).getUTCDay() + 6) % 7);
    await goTo(page, "日子");
    for (const [words, wanted] of [
      ["明天", day(1)],
      ["下周一", day(monday)],
      ["3天后", day(3)],
    ]) {
      await page.keyboard.type(words);
      await page.keyboard.press("Enter");
      await page.keyboard.press("ArrowUp");
      await waitActive(page, `：${wanted}`, words);
    }
  });

  it("keeps what it refused, to be mended", async () => {
    await goTo(page, "日子", 2);
    await page.keyboard.type("2026-02-30");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    const said = page.locator(".cell-problem");
    await said.waitFor();
    assert.match(await said.textContent(), /没有这一天.*F2/s);
    await page.keyboard.press("F2");
    assert.equal(await page.locator("textarea.cell-input").inputValue(), "2026-02-30");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Backspace");
    await page.keyboard.type("28");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowUp");
    await waitActive(page, "：2026-02-28");
    assert.equal(await said.count(), 0);
  });
});
