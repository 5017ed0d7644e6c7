import { expect, test } from "vitest";
import { PHONE_STEPS, placeOf, STEPS, spotOf, stepsOf } from "./steps";

test("a step whose target is not there is left out", () => {
  expect(stepsOf(false, () => true)).toEqual(STEPS);
  const without = stepsOf(false, (target) => target !== ".view-button");
  expect(without.map((s) => s.word)).toEqual(["edit", "header", "find", "customer", "undo"]);
  expect(stepsOf(true, () => true)).toEqual(PHONE_STEPS);
  expect(stepsOf(true, () => false)).toEqual([]);
});

test("it is short", () => {
  for (const steps of [STEPS, PHONE_STEPS]) {
    expect(steps.length).toBeGreaterThanOrEqual(4);
    expect(steps.length).toBeLessThanOrEqual(6);
  }
});

test("a part of a target stays within it", () => {
  const step = { word: "edit", target: "x", part: { left: 0, top: 36, width: 760, height: 128 } } as const;
  expect(spotOf(step, { left: 10, top: 100, width: 500, height: 90 })).toEqual({
    left: 10,
    top: 136,
    width: 500,
    height: 54,
  });
});

test.each([
  ["below", { left: 40, top: 100, width: 100, height: 30 }, { left: 40, top: 144 }],
  [
    "above, where there is no room below",
    { left: 40, top: 700, width: 100, height: 30 },
    { left: 40, top: 486 },
  ],
  ["within the window", { left: 900, top: 10, width: 90, height: 30 }, { left: 628, top: 54 }],
  [
    "over a target as high as the window",
    { left: 0, top: 0, width: 800, height: 790 },
    { left: 12, top: 588 },
  ],
])("the card stands %s", (_, spot, at) => {
  expect(placeOf(spot, { width: 360, height: 200 }, { width: 1000, height: 800 })).toEqual(at);
});
