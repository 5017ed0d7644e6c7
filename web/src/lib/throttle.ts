/** Runs work at once, and again after `ms` if it was asked for meanwhile. */
export function throttled(ms: number, work: () => void): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let asked = false;
  const rest = () => {
    waiting = undefined;
    if (!asked) return;
    asked = false;
    run();
  };
  const run = () => {
    waiting = setTimeout(rest, ms);
    work();
  };
  return () => {
    if (waiting === undefined) run();
    else asked = true;
  };
}
