import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { printed } from "@/features/help/printed";
import { focusBack } from "@/lib/focus";
import { usePhone } from "@/lib/hooks";
import { IconButton } from "@/ui/IconButton";
import "@/ui/css/tour.css";
import { type Box, placeOf, spotOf, stepsOf, type TourStep } from "./steps";
import { useTexts } from "./texts";
import { touring } from "./tour";

/** How long the table may take to be there. */
const PATIENCE_MS = 8_000;
const end = () => touring.set(false);

const find = (target: string) =>
  [...document.querySelectorAll<HTMLElement>(target)].find((el) => el.getClientRects().length > 0);

/** Points at the places used most, one after the other. What it points at can be used meanwhile. */
export default function Tour() {
  const phone = usePhone();
  const steps = useSteps(phone);
  const [at, setAt] = useState(0);
  useEffect(() => {
    // The offer that started it is gone by then.
    const before = document.activeElement;
    return () => focusBack(before);
  }, []);
  // On a screen turned around there may be fewer.
  const step = steps?.[Math.min(at, steps.length - 1)];
  if (!steps || !step) return null;
  return createPortal(
    <Step key={step.word} step={step} at={at} total={steps.length} onGo={setAt} />,
    document.body,
  );
}

/** Goes to the table of customers; its steps once it is there. */
function useSteps(phone: boolean): TourStep[] | null {
  const navigate = useNavigate();
  const [steps, setSteps] = useState<TourStep[] | null>(null);
  useEffect(() => {
    void navigate({ to: "/t/$table", params: { table: "customers" }, search: {} });
    const until = Date.now() + PATIENCE_MS;
    const timer = setInterval(() => {
      const found = stepsOf(phone, (target) => find(target) !== undefined);
      const whole = found[0]?.word === (phone ? "card" : "edit");
      if (!whole && Date.now() < until) return;
      clearInterval(timer);
      if (found.length === 0) end();
      else setSteps(found);
    }, 60);
    return () => clearInterval(timer);
  }, [phone, navigate]);
  return steps;
}

/** Where the target of a step is, as the page is laid out anew. */
function useSpot(step: TourStep): Box | null {
  const [spot, setSpot] = useState<Box | null>(null);
  useLayoutEffect(() => {
    const look = () => {
      const target = find(step.target);
      if (!target) return;
      const r = target.getBoundingClientRect();
      const seen = { left: r.left, top: r.top, width: r.width, height: r.height };
      setSpot(spotOf(step, seen));
    };
    find(step.target)?.scrollIntoView({ block: "nearest" });
    look();
    addEventListener("resize", look);
    addEventListener("scroll", look, true);
    return () => {
      removeEventListener("resize", look);
      removeEventListener("scroll", look, true);
    };
  }, [step]);
  return spot;
}

/** A little around what is meant, and never outside the window, where nobody would see it. */
function ringOf({ left, top, width, height }: Box): Box {
  const from = Math.max(2, left - 4);
  return {
    left: from,
    top: top - 4,
    width: Math.min(innerWidth - 2, left + width + 4) - from,
    height: height + 8,
  };
}

function Step(props: { step: TourStep; at: number; total: number; onGo(at: number): void }) {
  const { step, at, total, onGo } = props;
  const say = useTexts();
  const id = useId();
  const spot = useSpot(step);
  const card = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<{ left: number; top: number } | null>(null);
  useLayoutEffect(() => {
    const size = card.current?.getBoundingClientRect();
    if (spot && size) setPlace(placeOf(spot, size, { width: innerWidth, height: innerHeight }));
  }, [spot]);
  const shown = place !== null;
  useEffect(() => {
    // What is not shown yet cannot be focused.
    if (shown) card.current?.focus({ preventScroll: true });
  }, [shown]);
  const next = useCallback(() => (at + 1 < total ? onGo(at + 1) : end()), [at, total, onGo]);
  const onKey = (e: KeyboardEvent) => {
    e.stopPropagation();
    const pressed = (e.target as HTMLElement).tagName === "BUTTON";
    if (e.key === "Escape") end();
    else if (e.key === "ArrowRight" || (e.key === "Enter" && !pressed)) next();
    else if (e.key === "ArrowLeft" && at > 0) onGo(at - 1);
    else return;
    e.preventDefault();
  };
  return (
    <>
      {spot && <div className="tour-spot" style={ringOf(spot)} />}
      <div
        ref={card}
        className="tour-card"
        role="dialog"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
        tabIndex={-1}
        onKeyDown={onKey}
        style={place ?? { visibility: "hidden" }}
      >
        <header>
          <strong id={`${id}-title`} className="serif">
            {say(step.word)}
          </strong>
          <IconButton icon="close" label={say("close")} onClick={end} />
        </header>
        <p id={`${id}-text`}>
          {say(`${step.word}More`)}{" "}
          {step.keys && (
            <span className="keys">
              {printed(step.keys).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </span>
          )}
        </p>
        <footer>
          <span className="muted num">{say("of", { n: at + 1, total })}</span>
          <span className="grow" />
          {at > 0 && (
            <button type="button" className="tour-back" onClick={() => onGo(at - 1)}>
              {say("back")}
            </button>
          )}
          <button type="button" className="tour-next" onClick={next}>
            {say(at + 1 < total ? "next" : "done")}
          </button>
        </footer>
      </div>
    </>
  );
}
