import { expect, test } from "vitest";
import type { Person } from "@/api/types";
import { byUser, colourOf, initials, PERSON_COLOURS } from "./people";

test("a name is shortened as people call each other", () => {
  const of = (names: string[]) => names.map(initials);
  expect(of(["王小美", "李", "Ann Lee", "owner", "li.wei", " "])).toEqual(["美", "李", "AL", "O", "LW", "?"]);
});

test("everybody has a colour, the same on every page", () => {
  for (let user = -1; user < 20; user++) {
    expect(colourOf(user)).toBeGreaterThanOrEqual(0);
    expect(colourOf(user)).toBeLessThan(PERSON_COLOURS);
  }
  expect(new Set([1, 2, 3, 4, 5, 6].map(colourOf)).size).toBe(PERSON_COLOURS);
});

test("somebody with several pages is shown once, where they moved last", () => {
  const page = (page: string, user: number, table?: string): Person => ({
    page,
    user,
    name: `${user}`,
    at: table === undefined ? null : { table },
  });
  const people = byUser([page("a", 2, "orders"), page("b", 1), page("c", 2), page("d", 2, "customers")]);
  expect(people.map((p) => [p.user, p.at?.table])).toEqual([
    [1, undefined],
    [2, "customers"],
  ]);
});
