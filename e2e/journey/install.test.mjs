import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import { closed, opened, steps } from "../lib/journey.mjs";

const it = steps();

describe("the installed page", { concurrency: 1 }, () => {
  let book = {};
  before(async () => {
    book = await opened();
  });
  after(() => closed(book));

  it("can be put on a home screen, with its seal", async () => {
    const { page } = book;
    const cdp = await page.context().newCDPSession(page);
    const { url, errors, data } = await cdp.send("Page.getAppManifest");
    assert.deepEqual([new URL(url).pathname, errors], ["/kebu.webmanifest", []]);
    const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
    // Tests browse privately, where nothing is installed.
    const others = installabilityErrors.filter((e) => e.errorId !== "in-incognito");
    assert.deepEqual(others, []);
    const apple = await page.locator('link[rel="apple-touch-icon"]').getAttribute("href");
    const icons = [...JSON.parse(data).icons.map((icon) => icon.src), apple];
    const sizes = await page.evaluate(
      (list) =>
        Promise.all(
          list.map(async (src) => {
            const image = new Image();
            image.src = src;
            await image.decode();
            return image.naturalWidth;
          }),
        ),
      icons,
    );
    assert.deepEqual(sizes, [192, 512, 512, 180]);
  });
});
