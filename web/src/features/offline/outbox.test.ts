import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/api/client";
import { draftOf, draftsStore, writeDraft } from "@/features/customer/drafts";
import type { Shelf } from "./shelf";
import { type Act, type Waiting, waitingStore } from "./waiting";

const api = vi.hoisted(() => ({
  addNote: vi.fn(),
  patchCells: vi.fn(),
  createRecords: vi.fn(),
  card: vi.fn(),
}));
vi.mock("@/api", () => ({ api }));
vi.mock("@/i18n", () => ({ i18n: { t: (key: string) => key } }));
vi.mock("@/ui/toast", () => ({ toast: () => {} }));
vi.mock("@/lib/live", () => ({ lostStore: { get: () => false, subscribe: () => () => {} } }));
vi.mock("@/lib/query", () => ({ bookChanged: async () => {} }));
vi.mock("./shelf", () => ({ shelf: {} }));
const { Outbox } = await import("./outbox");

/** A shelf that is a map. */
function memory(): Shelf & { map: Map<string, Waiting> } {
  const map = new Map<string, Waiting>();
  return {
    map,
    all: async () => [...map.values()],
    get: async (id) => map.get(id),
    put: async (w) => void map.set(w.id, w),
    drop: async (id) => void map.delete(id),
  };
}

const down = new ApiError("network", "network", 0);
const refusal = new ApiError("invalid", "手机号不对", 422, "mobile");
const note: Act = { kind: "note", customer: 7, text: "明天电话", without: [] };
const next = (day: string | null, before: string | null = null): Act => ({
  kind: "next",
  customer: 7,
  before,
  day,
});
const waits = () => waitingStore.get().map((w) => w.act);

let shelf = memory();
let box = new Outbox(shelf);
beforeEach(async () => {
  for (const f of Object.values(api)) f.mockReset().mockRejectedValue(down);
  waitingStore.set([]);
  shelf = memory();
  box = new Outbox(shelf);
  await box.open(1);
});

test("what can be sent is sent at once, under a key, and nothing is kept", async () => {
  api.addNote.mockResolvedValue({ change: 5 });
  expect(await box.sendOrKeep(note, "王")).toEqual({ change: 5 });
  const [customer, body, , key] = api.addNote.mock.calls[0] ?? [];
  expect([customer, body.text]).toEqual([7, "明天电话"]);
  expect(key).toMatch(/^[0-9a-f]{32}$/);
  expect(waits()).toEqual([]);
});

test("without a network it is kept, and sent later as it was written, under the same key", async () => {
  expect(await box.sendOrKeep(note, "王")).toBeUndefined();
  expect(waits()).toEqual([note]);
  const first = api.addNote.mock.calls[0];
  await box.flush();
  expect(waits()).toEqual([note]);
  api.addNote.mockResolvedValue({ change: 5 });
  await box.flush();
  expect(api.addNote.mock.calls[2]).toEqual(first);
  expect([waits(), shelf.map.size]).toEqual([[], 0]);
});

test("it is kept before it is sent, so that a line that hangs or a page that goes loses nothing", async () => {
  let answer = (_: { change: number }) => {};
  api.addNote.mockReset().mockReturnValue(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const sending = box.sendOrKeep(note, "王");
  await vi.waitFor(() => expect(api.addNote).toHaveBeenCalledTimes(1));
  expect([...shelf.map.values()].map((w) => w.act)).toEqual([note]);
  // Nobody is told of what is just on its way, and it is not sent beside itself.
  await box.flush();
  expect([waits(), api.addNote.mock.calls.length]).toEqual([[], 1]);
  // Another page finds it, and sends the same once more under its key.
  const other = new Outbox(shelf);
  const again = vi.fn().mockResolvedValue({ change: 5 });
  api.addNote.mockImplementation(again);
  await other.open(1);
  expect(again.mock.calls[0]).toEqual(api.addNote.mock.calls[0]);
  answer({ change: 5 });
  expect(await sending).toEqual({ change: 5 });
  expect([waits(), shelf.map.size]).toEqual([[], 0]);
});

test("a day that is refused leaves the one that waited", async () => {
  await box.sendOrKeep(next("2026-11-25", "2026-11-20"), "王");
  api.patchCells.mockReset().mockRejectedValue(refusal);
  await expect(box.sendOrKeep(next("2026-11-28", "2026-11-25"), "王")).rejects.toBe(refusal);
  expect(waits()).toEqual([next("2026-11-25", "2026-11-20")]);
});

test("lines begun by one person are not shown to the next", async () => {
  writeDraft(7, "半句", []);
  await box.open(1);
  expect(draftOf(draftsStore.get(), 7).text).toBe("半句");
  await box.open(2);
  expect(draftOf(draftsStore.get(), 7).text).toBe("");
});

test("a refusal is the form's to show, not kept", async () => {
  api.createRecords.mockRejectedValue(refusal);
  await expect(box.sendOrKeep({ kind: "customer", values: { name: "李" } }, "李")).rejects.toBe(refusal);
  expect(shelf.map.size).toBe(0);
});

test("where the device keeps nothing, one is told that the server cannot be reached", async () => {
  shelf.put = async () => {
    throw new DOMException("no storage");
  };
  await expect(box.sendOrKeep(note, "王")).rejects.toBe(down);
  expect(waits()).toEqual([]);
});

test("what is refused later stays with the reason, and the rest goes on", async () => {
  await box.sendOrKeep({ kind: "customer", values: { name: "李" } }, "李");
  await box.sendOrKeep(note, "王");
  api.createRecords.mockRejectedValue(refusal);
  api.addNote.mockResolvedValue({ change: 5 });
  await box.flush();
  expect(waitingStore.get().map((w) => [w.name, w.refused?.text])).toEqual([["李", "手机号不对"]]);
  api.createRecords.mockClear();
  await box.flush();
  expect(api.createRecords).not.toHaveBeenCalled();
  api.createRecords.mockResolvedValue({ ids: [1], change: 6 });
  const [refused] = waitingStore.get();
  if (refused) await box.again(refused);
  expect(waits()).toEqual([]);
});

test("trouble that passes stops the sending, in order, and loses nothing", async () => {
  await box.sendOrKeep(note, "王");
  await box.sendOrKeep({ ...note, text: "二" }, "王");
  for (const status of [401, 429, 500, 503]) {
    api.addNote.mockReset().mockRejectedValue(new ApiError("internal", "x", status));
    await box.flush();
    expect(api.addNote).toHaveBeenCalledTimes(1);
    expect(waits()).toHaveLength(2);
  }
});

test("a day someone else has changed meanwhile is shown, not overwritten", async () => {
  await box.sendOrKeep(next("2026-11-25", "2026-11-20"), "王");
  api.card.mockResolvedValue({ values: { next_contact: "2026-12-01" } });
  api.patchCells.mockReset().mockResolvedValue({ change: 6 });
  await box.flush();
  expect(api.patchCells).not.toHaveBeenCalled();
  const [kept] = waitingStore.get();
  expect(kept?.refused).toEqual({ text: "", theirs: "2026-12-01" });
  if (kept) await box.again(kept);
  expect(api.patchCells.mock.calls[0]?.[1]).toEqual([{ id: 7, field: "next_contact", value: "2026-11-25" }]);
  expect(waits()).toEqual([]);
});

test("days go before notes, which may set others", async () => {
  await box.sendOrKeep(note, "王");
  await box.sendOrKeep(next("2026-11-25"), "王");
  const order: string[] = [];
  api.card.mockResolvedValue({ values: { next_contact: null } });
  api.patchCells.mockReset().mockImplementation(async () => order.push("day") && { change: 1 });
  api.addNote.mockReset().mockImplementation(async () => order.push("note") && { change: 2 });
  await box.flush();
  expect(order).toEqual(["day", "note"]);
});

test("a day that arrived although its answer did not is not set again", async () => {
  await box.sendOrKeep(next("2026-11-25"), "王");
  api.card.mockResolvedValue({ values: { next_contact: "2026-11-25" } });
  api.patchCells.mockReset();
  await box.flush();
  expect(api.patchCells).not.toHaveBeenCalled();
  expect(waits()).toEqual([]);
});

test("the last day set counts, against what was seen at first", async () => {
  await box.sendOrKeep(next("2026-11-25", "2026-11-20"), "王");
  await box.sendOrKeep(next("2026-11-28", "2026-11-25"), "王");
  expect(waits()).toEqual([next("2026-11-28", "2026-11-20")]);
  api.patchCells.mockReset().mockResolvedValue({ change: 6 });
  await box.sendOrKeep(next("2026-11-30", "2026-11-28"), "王");
  expect([waits(), shelf.map.size]).toEqual([[], 0]);
});

test("what another person of this browser left is not sent in one's name", async () => {
  await box.sendOrKeep(note, "王");
  api.addNote.mockReset().mockResolvedValue({ change: 5 });
  await box.open(2);
  expect([waits(), api.addNote.mock.calls.length, shelf.map.size]).toEqual([[], 0, 1]);
  await box.open(1);
  expect([api.addNote.mock.calls.length, shelf.map.size]).toEqual([1, 0]);
});
