/** Long work the whole page waits for, shown until it is over. */
import { createStore } from "@/lib/store";

export interface Running {
  job: string;
  title: string;
  /** Whether it can be stopped on the way. */
  cancellable: boolean;
  over(result: unknown): void;
  failed(message: string): void;
}
export const running = createStore<Running | null>(null);

/** Shows a job until it is over; its result. What went wrong, or that it was stopped, is thrown in words. */
export function follow<R>(job: string, title: string, cancellable: boolean): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    running.set({
      job,
      title,
      cancellable,
      over: (result) => resolve(result as R),
      failed: (message) => reject(new Error(message)),
    });
  });
}

/** What was asked for at once, or by a job: its result either way. */
export async function outcome<R extends object>(begun: R | { job: string }, title: string): Promise<R> {
  return "job" in begun ? follow<R>(begun.job, title, false) : begun;
}
