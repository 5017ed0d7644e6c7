/** The tour: whether it runs, and whether a person has been offered it. */
import { createStore, kept } from "@/lib/store";

export const touring = createStore(false);

const seenKey = (user: number) => `tour.${user}`;
/** Counts the answers, for those who look whether there is one. */
export const tourAnswers = createStore(0);
export const tourSeen = (user: number): boolean => kept.read(seenKey(user), false);

/** The offer is answered: it does not come again for this person in this browser. */
export function answerTour(user: number, start: boolean): void {
  kept.write(seenKey(user), true);
  tourAnswers.set((n) => n + 1);
  touring.set(start);
}
