/** What waits to be sent, for whoever shows it. */
import type { NotePart, Written } from "@/api/types";
import { createStore } from "@/lib/store";

export type Act =
  | { kind: "note"; customer: number; text: string; without: NotePart[] }
  /** `before` is what the person saw when they set the day. */
  | { kind: "next"; customer: number; before: string | null; day: string | null }
  | { kind: "customer"; values: Record<string, Written> };

export interface Waiting {
  /** Also the key under which the server does it once. */
  id: string;
  /** Whose it is. */
  user: number;
  /** When it was done, in milliseconds since 1970. */
  at: number;
  /** The customer's name. */
  name: string;
  act: Act;
  /** Why the server did not take it; `theirs` where someone else has set another day meanwhile. */
  refused?: { text: string; theirs?: string | null };
}

/** The person's own, the oldest first. */
export const waitingStore = createStore<Waiting[]>([]);

/** The day that waits to become the next contact of a customer; undefined where none does. */
export function waitingDay(list: Waiting[], customer: number): string | null | undefined {
  const found = list.findLast((w) => w.act.kind === "next" && w.act.customer === customer)?.act;
  return found?.kind === "next" ? found.day : undefined;
}
