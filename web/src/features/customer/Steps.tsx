import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { PlaceInView } from "@/api/types";
import { formatCount } from "@/lib/format";
import { dialogOpen, usePhone } from "@/lib/hooks";
import { IconButton } from "@/ui/IconButton";

interface Props {
  beside: PlaceInView;
  onGo(id: number): void;
}

/** To the customer before or after, with where one stands between them; on a phone the ways are at the bottom. */
export function Steps({ beside, onGo }: Props) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { place, total, previous, next } = beside;
  return (
    <span className="person-steps">
      {!phone && <Step icon="up" label={t("customer.previous")} to={previous} onGo={onGo} />}
      {!phone && <Step icon="down" label={t("customer.next")} to={next} onGo={onGo} />}
      {place !== undefined && (
        <span className="steps-place num" aria-live="polite">
          {t("customer.place", { n: formatCount(place + 1), total: formatCount(total) })}
        </span>
      )}
    </span>
  );
}

/** One way. */
export function Step(props: {
  icon: "up" | "down" | "left" | "right";
  label: string;
  to: number | undefined;
  onGo(id: number): void;
}) {
  const { icon, label, to, onGo } = props;
  const go = () => {
    if (to !== undefined) onGo(to);
  };
  return <IconButton icon={icon} label={label} disabled={to === undefined} onClick={go} />;
}

/** Alt+↑ and Alt+↓ go to the neighbours where `within` allows it; Escape leaves where there is a way out. */
export function useStepKeys({ beside, onGo }: Props, within: () => boolean, onEscape?: () => void): void {
  const latest = useRef({ beside, onGo, within, onEscape });
  latest.current = { beside, onGo, within, onEscape };
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.isComposing || e.defaultPrevented || dialogOpen() || document.querySelector(".popup")) return;
      const now = latest.current;
      if (e.key === "Escape") return now.onEscape?.();
      const up = e.key === "ArrowUp";
      if (!e.altKey || e.shiftKey || !(up || e.key === "ArrowDown") || !now.within()) return;
      e.preventDefault();
      const to = up ? now.beside.previous : now.beside.next;
      if (to !== undefined) now.onGo(to);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
}
