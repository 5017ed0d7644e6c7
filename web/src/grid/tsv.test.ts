import { expect, test } from "vitest";
import { formatHtml, formatTsv, parseTsv } from "./tsv";

test.each<[string, string, string[][]]>([
  ["one cell", "甲", [["甲"]]],
  ["a row", "a\tb\tc", [["a", "b", "c"]]],
  [
    "Excel's trailing newline is no row",
    "a\tb\r\nc\td\r\n",
    [
      ["a", "b"],
      ["c", "d"],
    ],
  ],
  ["a blank line in the middle is one", "a\n\nb", [["a"], [""], ["b"]]],
  ["quoted newline and tab", '"a\nb"\t"c\td"\r\n', [["a\nb", "c\td"]]],
  ["doubled quotes", '"he said ""hi"""', [['he said "hi"']]],
  ["a quote that is only a quote", '5" pipe\tx', [['5" pipe', "x"]]],
  ["a lone opening quote stays text", '"abc\tx', [['"abc', "x"]]],
  ["empty cells at the ends", "\ta\t", [["", "a", ""]]],
  ["leading zeros stay", "00123\t007", [["00123", "007"]]],
  ["nothing", "", []],
])("parse: %s", (_, text, rows) => {
  expect(parseTsv(text)).toEqual(rows);
});

test("what is written is read back", () => {
  const rows = [
    ["plain", "with\ttab", "two\nlines"],
    ['"q"', "", "末"],
  ];
  expect(parseTsv(formatTsv(rows))).toEqual(rows);
});

test("html is escaped", () => {
  expect(formatHtml([["<b>&"]], () => false)).toContain("&lt;b&gt;&amp;");
});

test("a spreadsheet takes figures as figures, and codes as they are", () => {
  const html = formatHtml([["007", "1234.50"]], (_, x) => x === 1);
  expect(html).toMatch(/<td style="mso-number-format:[^"]+">007<\/td><td>1234.50<\/td>/);
});
