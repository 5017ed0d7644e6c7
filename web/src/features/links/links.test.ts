import { expect, test } from "vitest";
import { isNear, toCopy } from "./address";

test("each reader gets what it can use", () => {
  const base = "https://kebu.example/api/v1/feeds/ab";
  expect(toCopy("excel", base)).toBe(`${base}.csv`);
  expect(toCopy("json", base)).toBe(`${base}.json`);
  expect(toCopy("sheets", base)).toBe(`=IMPORTDATA("${base}.csv")`);
});

test("addresses of one's own network are told from those of the world", () => {
  for (const host of [
    "localhost",
    "127.0.0.1",
    "[::1]",
    "10.0.0.8",
    "192.168.1.5",
    "172.20.0.1",
    "shop",
    "nas.local",
  ])
    expect(isNear(host), host).toBe(true);
  for (const host of ["kebu.example.com", "8.8.8.8", "172.32.0.1", "[2001:db8::1]"])
    expect(isNear(host), host).toBe(false);
});
