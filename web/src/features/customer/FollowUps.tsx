import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LinkValue, TimelineEntry } from "@/api/types";
import { useLocale } from "@/i18n";
import { optionLabel } from "@/lib/format";
import { today } from "@/lib/month";
import { fieldOf, useTable } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { PickDay } from "./PickDay";
import { carriedTo, useActs } from "./useTimeline";
import { momentText } from "./words";

const str = (v: unknown): string => (typeof v === "string" ? v : "");

/** What is still to be done, at the top: done with one tap, or put off. */
export function FollowUps({
  open,
  onOpen,
}: {
  open: TimelineEntry[];
  onOpen(table: string, link: LinkValue): void;
}) {
  const { t } = useTranslation();
  if (open.length === 0) return null;
  return (
    <ul className="follow-ups" aria-label={t("person.open")}>
      {open.map((entry) => (
        <FollowUp key={entry.id} entry={entry} onOpen={onOpen} />
      ))}
    </ul>
  );
}

function FollowUp({ entry, onOpen }: { entry: TimelineEntry; onOpen(table: string, link: LinkValue): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const table = useTable("interactions");
  const { cell } = useActs();
  const [at, setAt] = useState<DOMRect | null>(null);
  const [busy, setBusy] = useState(false);
  const due = str(entry.values.follow_up);
  const late = due.slice(0, 10) < today();
  const field = fieldOf(table, "follow_up_way");
  const way = str(entry.values.follow_up_way);
  const what = str(entry.values.content);
  const done = async () => {
    setBusy(true);
    await cell("interactions", entry.id, "done", true, t("person.doneSaid"));
    setBusy(false);
  };
  const when = momentText(due, locale, t);
  return (
    <li className={late ? "follow-up late" : "follow-up"}>
      <button
        type="button"
        className="follow-done"
        disabled={busy}
        aria-label={t("person.done", { what: what || when })}
        title={t("person.doneShort")}
        onClick={() => void done()}
      >
        <Icon name="check" size={14} />
      </button>
      <button
        type="button"
        className="follow-what"
        onClick={() => onOpen("interactions", [entry.id, "", ""])}
      >
        <span className="follow-when num">
          {[when, way && field ? optionLabel(field, way, locale) : way, late ? t("person.overdue") : ""]
            .filter((s) => s !== "")
            .join(" · ")}
        </span>
        {what !== "" && <span className="follow-text">{what}</span>}
      </button>
      <button
        type="button"
        className="follow-later"
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      >
        {t("person.later")}
      </button>
      {at && (
        <PickDay
          at={at}
          label={t("person.later")}
          value={due}
          onPick={(day) =>
            void cell("interactions", entry.id, "follow_up", carriedTo(entry, day), t("person.moved"))
          }
          onClose={() => setAt(null)}
        />
      )}
    </li>
  );
}
