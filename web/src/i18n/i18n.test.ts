/** Every key used exists in both languages, every key is used, and both fill in the same blanks. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en as enFirst } from "./en";
import { enSettings } from "./en.settings";
import { zh as zhFirst } from "./zh";
import { zhSettings } from "./zh.settings";

const zh = { ...zhFirst, ...zhSettings };
const en = { ...enFirst, ...enSettings };

const SRC = join(import.meta.dirname, "..");
const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((f) => /\.tsx?$/.test(f) && !/\.test\.ts$/.test(f) && !/i18n[\\/](zh|en)(\.\w+)?\.ts$/.test(f))
  .map((f) => readFileSync(join(SRC, f), "utf8"));
const code = sources.join("\n");

/** Keys written out, and the fixed beginnings of keys put together at run time. */
const literal = new Set([...code.matchAll(/["'`]([a-z]+\.[A-Za-z]+)["'`]/g)].map((m) => m[1]));
const called = [...code.matchAll(/\bt\(\s*"([^"]+)"/g)].map((m) => m[1] ?? "");
const prefixes = [...code.matchAll(/\bt\(\s*`([a-z]+\.)\$\{/g)].map((m) => m[1] ?? "");
const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();

test("both languages have the same keys, none empty", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const [key, text] of [...Object.entries(zh), ...Object.entries(en)]) expect(text, key).not.toBe("");
});

test("both languages fill in the same blanks", () => {
  for (const key of Object.keys(zh) as (keyof typeof zh)[])
    expect(blanks(en[key]), key).toEqual(blanks(zh[key]));
});

test("no key is missing", () => {
  expect(called.filter((key) => !(key in zh))).toEqual([]);
});

test("no key is unused", () => {
  const unused = Object.keys(zh).filter(
    (key) => !literal.has(key) && !prefixes.some((p) => key.startsWith(p)),
  );
  expect(unused).toEqual([]);
});

test("Chinese texts are Chinese, English texts hold none of it", () => {
  for (const [key, text] of Object.entries(en)) expect(/[\u4e00-\u9fff]/.test(text), key).toBe(false);
});

test("dates and numbers follow the language of the page, not that of the browser", () => {
  expect(code.match(/\.toLocale\w*String\(/g)).toBeNull();
  const languages = [...code.matchAll(/new Intl\.\w+\(\s*([^,)\s]*)/g)].map((m) => m[1]);
  expect(languages.length).toBeGreaterThan(3);
  for (const language of languages) expect(["", "undefined", "[]"]).not.toContain(language);
});
