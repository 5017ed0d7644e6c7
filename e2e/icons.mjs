// Draws the icons of the installed page from its seal, into web/public: npm run icons.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { browser } from "./lib/browser.mjs";

const folder = new URL("../web/public/", import.meta.url);
const seal = readFileSync(new URL("seal.svg", folder), "utf8");
// Phones cut their own shape out of these: the ground goes to the edge, the sign stays in the middle.
const full = seal
  .replace(/<rect[^>]*stroke[^>]*\/>/, "")
  .replace('<rect x="1" y="1" width="30" height="30" rx="7"', '<rect width="32" height="32"');
const ICONS = [
  ["icon-192.png", 192, seal],
  ["icon-512.png", 512, seal],
  ["icon-maskable-512.png", 512, full],
  ["icon-apple-180.png", 180, full],
];

const b = await browser();
for (const [name, size, svg] of ICONS) {
  const page = await b.newPage({ viewport: { width: size, height: size } });
  const drawn = svg.replace("<svg ", `<svg width="${size}" height="${size}" `);
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawn}`);
  writeFileSync(fileURLToPath(new URL(name, folder)), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await b.close();
