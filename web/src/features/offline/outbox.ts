/**
 * Notes, next contacts and new customers without a network: kept on this device, sent when the server is back, each
 * exactly once, with what someone else changed meanwhile shown instead of overwritten.
 */
import { api } from "@/api";
import { ApiError, isNetwork } from "@/api/client";
import { draftsStore } from "@/features/customer/drafts";
import { i18n } from "@/i18n";
import { errorText } from "@/lib/errors";
import { newKey } from "@/lib/key";
import { lostStore } from "@/lib/live";
import { bookChanged } from "@/lib/query";
import { toast } from "@/ui/toast";
import { type Shelf, shelf } from "./shelf";
import { type Act, type Waiting, waitingStore } from "./waiting";

/** How often it is tried again while anything waits, in ms. */
const AGAIN_MS = 5_000;

/** Worth another try later: the line, the session, or the server's own trouble. */
const passing = (e: unknown): boolean =>
  !(e instanceof ApiError) || isNetwork(e) || e.status === 401 || e.status === 429 || e.status >= 500;

/** Someone else set another day meanwhile. */
class Meanwhile extends Error {
  constructor(readonly theirs: string | null) {
    super("meanwhile");
  }
}

type Done = { change?: number };

/** Sends one. `late`: it has waited, so others may have been there before. */
async function send(w: Waiting, late: boolean): Promise<Done> {
  const { act, id } = w;
  switch (act.kind) {
    case "note": {
      const written = Math.floor(w.at / 1000);
      return api.addNote(act.customer, { text: act.text, without: act.without, written }, undefined, id);
    }
    case "next": {
      if (late) {
        const { values } = await api.card(act.customer, true);
        const now = typeof values.next_contact === "string" ? values.next_contact : null;
        if (now === act.day) return {};
        if (now !== act.before) throw new Meanwhile(now);
      }
      return api.patchCells("customers", [{ id: act.customer, field: "next_contact", value: act.day }], id);
    }
    case "customer":
      return api.createRecords("customers", [act.values], id);
  }
}

/** Days that wait to be set for the same customer. */
const sameDay = (act: Act): Waiting[] =>
  waitingStore
    .get()
    .filter((w) => act.kind === "next" && w.act.kind === "next" && w.act.customer === act.customer);

/** Days go first: a note of one's own may set another day, and would be taken for somebody else's. */
const inTurn = (all: Waiting[]): Waiting[] => {
  const left = all.filter((w) => !w.refused);
  const isDay = (w: Waiting) => w.act.kind === "next";
  return [...left.filter(isDay), ...left.filter((w) => !isDay(w))];
};

export class Outbox {
  private user = 0;
  private sending = false;
  /** What is being tried for the first time: kept, but nothing that waits yet. */
  private readonly underWay = new Set<string>();

  constructor(private readonly shelf: Shelf) {}

  /** Shows what waits of a person, and sends it. */
  async open(user: number): Promise<void> {
    // Another person's lines that were begun are none of this one's.
    if (this.user !== 0 && this.user !== user) draftsStore.set(new Map());
    this.user = user;
    await this.show();
    await this.flush();
  }

  /** Does it now; keeps it where the server cannot be reached. Undefined when it is kept. Refusals are thrown. */
  async sendOrKeep(act: Act, name: string): Promise<Done | undefined> {
    const older = sameDay(act);
    const w = this.wait(act, name, newKey());
    this.underWay.add(w.id);
    // First on the shelf: a line may hang, and the page be gone before it is given up.
    const kept = await this.store(w).then(
      () => true,
      () => false,
    );
    try {
      const done = await send(w, false);
      await this.shelf.drop(w.id).catch(() => {});
      return done;
    } catch (e) {
      if (kept && isNetwork(e)) return undefined;
      if (kept) {
        await this.shelf.drop(w.id);
        for (const one of older) await this.shelf.put(one);
      }
      throw e;
    } finally {
      this.underWay.delete(w.id);
      await this.show().catch(() => {});
    }
  }

  /** Keeps what could not be sent under a key for want of a network. Any other failure is thrown, and this one where the device cannot keep anything. */
  async keep(failed: unknown, act: Act, name: string, id: string): Promise<void> {
    if (!isNetwork(failed)) throw failed;
    try {
      await this.store(this.wait(act, name, id));
    } catch {
      throw failed;
    }
    await this.show();
  }

  /** Puts one on the shelf; of days for the same customer the last counts. */
  private async store(w: Waiting): Promise<void> {
    const older = sameDay(w.act);
    // A day set again is compared with what the person saw at first.
    const first = older[0]?.act;
    const act = w.act.kind === "next" && first?.kind === "next" ? { ...w.act, before: first.before } : w.act;
    await this.shelf.put({ ...w, act });
    for (const one of older) await this.shelf.drop(one.id);
  }

  private wait(act: Act, name: string, id: string): Waiting {
    return { id, user: this.user, at: Date.now(), name, act };
  }

  /** Sends what waits. */
  async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    let sent = 0;
    try {
      await this.alone(async () => {
        // Another page may have sent some.
        await this.show();
        for (const w of inTurn(waitingStore.get())) {
          if (!(await this.one(w))) return;
          sent += (await this.shelf.get(w.id)) ? 0 : 1;
        }
      });
    } finally {
      this.sending = false;
      await this.show();
    }
    if (sent === 0) return;
    toast(i18n.t("offline.sent", { n: sent }), { about: "outbox" });
    await bookChanged();
  }

  /** Sends one; whether the next can be tried. */
  private async one(w: Waiting): Promise<boolean> {
    try {
      await send(w, true);
      await this.shelf.drop(w.id);
    } catch (e) {
      if (!(e instanceof Meanwhile) && passing(e)) return false;
      const refused = e instanceof Meanwhile ? { text: "", theirs: e.theirs } : { text: errorText(e) };
      await this.shelf.put({ ...w, refused });
    }
    return true;
  }

  /** Tries one again that was refused; a day is set over what someone else has set. */
  async again(w: Waiting): Promise<void> {
    const { refused, ...rest } = w;
    const act = rest.act.kind === "next" ? { ...rest.act, before: refused?.theirs ?? null } : rest.act;
    await this.put({ ...rest, act });
    await this.flush();
  }

  async put(w: Waiting): Promise<void> {
    await this.shelf.put(w);
    await this.show();
  }

  async drop(id: string): Promise<void> {
    await this.shelf.drop(id);
    await this.show();
  }

  private async show(): Promise<void> {
    const all = await this.shelf.all();
    const own = all
      .filter((w) => w.user === this.user && !this.underWay.has(w.id))
      .sort((a, b) => a.at - b.at);
    if (own.length > 0 || waitingStore.get().length > 0) waitingStore.set(own);
  }

  /** Two pages of one browser take turns, where the browser knows how; keys keep the rest from being done twice. */
  private async alone(work: () => Promise<void>): Promise<void> {
    const { locks } = globalThis.navigator ?? {};
    if (!locks) return work();
    await locks.request("kebu.outbox", { ifAvailable: true }, (lock) => (lock ? work() : undefined));
  }
}

export const outbox = new Outbox(shelf);

/** Opens the outbox of a person and sends whenever the line is back. */
export function startOutbox(user: number): () => void {
  const flush = () => void outbox.flush().catch(() => {});
  void outbox.open(user).catch(() => {});
  const back = lostStore.subscribe(() => lostStore.get() || flush());
  const timer = setInterval(() => waitingStore.get().length > 0 && flush(), AGAIN_MS);
  addEventListener("online", flush);
  return () => {
    back();
    clearInterval(timer);
    removeEventListener("online", flush);
  };
}
