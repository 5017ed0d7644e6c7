/** Notes that are being written, by customer: in memory only, so they go with the page, as when one logs out. */
import type { NotePart } from "@/api/types";
import { createStore } from "@/lib/store";

export interface Draft {
  text: string;
  /** What is not to be looked for in it. */
  without: NotePart[];
  /** On its way to the server. */
  busy: boolean;
}
export type Drafts = ReadonlyMap<number, Draft>;

const NONE: Draft = { text: "", without: [], busy: false };

export const draftsStore = createStore<Drafts>(new Map());

export const draftOf = (drafts: Drafts, customer: number): Draft => drafts.get(customer) ?? NONE;

function change(customer: number, to: (now: Draft) => Draft): void {
  draftsStore.set((drafts) => {
    const next = to(draftOf(drafts, customer));
    const out = new Map(drafts);
    if (next.text === "" && !next.busy) out.delete(customer);
    else out.set(customer, next);
    return out;
  });
}

/** Another line of text is looked at anew. */
export const writeDraft = (customer: number, text: string, without: NotePart[]): void =>
  change(customer, ({ busy }) => ({ text, without: text.trim() === "" ? [] : without, busy }));

export const begun = (customer: number): void => change(customer, (now) => ({ ...now, busy: true }));

/** After a text was sent: it goes where it was taken; what was written meanwhile stays. */
export const sent = (customer: number, text: string, taken: boolean): void =>
  change(customer, (now) =>
    taken && now.text === text ? { text: "", without: [], busy: false } : { ...now, busy: false },
  );
