import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { LinkValue, TimelineEntry, Value } from "@/api/types";
import { BeforeAfter } from "@/features/changes/BeforeAfter";
import { KeptNotes } from "@/features/offline/KeptNotes";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatMoney, formatNumber, labelOf, optionLabel } from "@/lib/format";
import { fieldOf, useTable } from "@/lib/query";
import { Badge } from "@/ui/Badge";
import { Icon, type IconName } from "@/ui/Icon";
import { FollowUps } from "./FollowUps";
import { SHOWN, type Shown, useOpen, useTimeline } from "./useTimeline";
import { momentText } from "./words";

const str = (v: unknown): string => (typeof v === "string" ? v : "");
/** Edited cells of one change that are shown. */
const CELLS = 4;

interface Props {
  id: number;
  onOpen(table: string, link: LinkValue): void;
}

/** Everything that happened, newest first, with what is still to be done above it. */
export function Timeline({ id, onOpen }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>("all");
  const open = useOpen(id);
  const found = useTimeline(id, shown);
  const entries = found.data?.pages.flatMap((p) => p.entries);
  return (
    <div className="timeline">
      <KeptNotes id={id} />
      {open && <FollowUps open={open} onOpen={onOpen} />}
      <fieldset className="timeline-filter">
        <legend className="sr-only">{t("timeline.filter")}</legend>
        {SHOWN.map((k) => (
          <button
            type="button"
            key={k}
            className={shown === k ? "pill on" : "pill"}
            aria-pressed={shown === k}
            onClick={() => setShown(k)}
          >
            {t(`timeline.${k}`)}
          </button>
        ))}
      </fieldset>
      {found.isError && (
        <p className="form-error pad" role="alert">
          {errorText(found.error)}
        </p>
      )}
      {found.isPending && <Waiting />}
      {entries && entries.length > 0 && (
        <ol className="events">
          {entries.map((entry) => (
            <Event key={`${entry.kind}${entry.id}`} entry={entry} onOpen={onOpen} />
          ))}
        </ol>
      )}
      {entries?.length === 0 && (
        <p className="muted pad timeline-empty">
          {shown === "all" ? t("timeline.teach") : t("timeline.none")}
        </p>
      )}
      {found.hasNextPage && (
        <button
          type="button"
          className="link timeline-more"
          disabled={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t("timeline.more")}
        </button>
      )}
    </div>
  );
}

/** The shape of what is coming. */
function Waiting() {
  return (
    <ol className="events" aria-busy="true">
      {[1, 2, 3].map((n) => (
        <li key={n} className="event waiting" aria-hidden="true">
          <i />
          <span />
        </li>
      ))}
    </ol>
  );
}

const ICONS: Record<TimelineEntry["kind"], IconName> = {
  order: "receipt",
  talk: "talk",
  edit: "edit",
  made: "user",
  moved: "layers",
};

function Event({ entry, onOpen }: { entry: TimelineEntry } & Pick<Props, "onOpen">) {
  const { t } = useTranslation();
  const locale = useLocale();
  const body: Record<TimelineEntry["kind"], () => ReactNode> = {
    order: () => <Order entry={entry} />,
    talk: () => <Talk entry={entry} onOpen={onOpen} />,
    edit: () => <Edit entry={entry} />,
    made: () => <span>{t(`timeline.made.${madeBy(entry.origin)}`)}</span>,
    moved: () => <Moved entry={entry} />,
  };
  // A move is of a day as a whole.
  const at = entry.kind === "moved" ? entry.at?.slice(0, 10) : entry.at;
  const when = at ? momentText(at, locale, t) : t("timeline.undated");
  return (
    <li className="event" data-kind={entry.kind}>
      <span className="event-mark">
        <Icon name={ICONS[entry.kind]} size={14} />
      </span>
      <div className="event-body">
        <span className="event-when muted num">{[when, entry.user].filter((s) => s !== "").join(" · ")}</span>
        {body[entry.kind]()}
      </div>
    </li>
  );
}

const MADE = ["import", "demo", "template", "restore"] as const;
/** How a customer came into the book; whatever else it was, somebody made them. */
const madeBy = (origin: string) => MADE.find((m) => m === origin) ?? "hand";

function Order({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const v = entry.values;
  const counted = v.counted !== false;
  return (
    <span className={counted ? "event-order" : "event-order uncounted"}>
      <span>
        {str(v.product) || str(v.order_no) || "—"}
        {typeof v.quantity === "number" && v.quantity !== 1 && (
          <span className="muted"> × {formatNumber(v.quantity)}</span>
        )}
        <span className="muted order-sub">
          {[str(v.channel), str(v.status), counted ? "" : t("customer.uncounted")]
            .filter((s) => s !== "")
            .join(" · ")}
        </span>
      </span>
      <span className="order-amount num">{typeof v.amount === "number" ? formatMoney(v.amount) : ""}</span>
    </span>
  );
}

function Talk({ entry, onOpen }: { entry: TimelineEntry } & Pick<Props, "onOpen">) {
  const { t } = useTranslation();
  const locale = useLocale();
  const table = useTable("interactions");
  const v = entry.values;
  const name = (key: string) => {
    const field = fieldOf(table, key);
    return field ? optionLabel(field, str(v[key]), locale) : str(v[key]);
  };
  const follow = str(v.follow_up);
  const state = v.done === true ? t("timeline.done") : t("timeline.open");
  return (
    <button type="button" className="event-talk" onClick={() => onOpen("interactions", [entry.id, "", ""])}>
      <span className="event-tags">
        {v.kind !== "沟通" && <Badge field={fieldOf(table, "kind")} value={v.kind} />}
        <Badge field={fieldOf(table, "way")} value={v.way} />
        {typeof v.satisfaction === "number" && <span className="stars">{"★".repeat(v.satisfaction)}</span>}
      </span>
      {str(v.content) !== "" && <span className="event-text">{str(v.content)}</span>}
      {follow !== "" && (
        <span className={v.done === true ? "event-follow done" : "event-follow"}>
          <Icon name={v.done === true ? "check" : "clock"} size={12} />
          {[t("note.followUp"), momentText(follow, locale, t), name("follow_up_way"), state]
            .filter((s) => s !== "")
            .join(" · ")}
        </span>
      )}
    </button>
  );
}

function Edit({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const table = useTable("customers");
  const more = entry.cells.length - CELLS;
  return (
    <span className="event-edit">
      {entry.cells.slice(0, CELLS).map((c) => (
        <BeforeAfter
          key={c.field}
          field={fieldOf(table, c.field)}
          name={c.field}
          before={c.before}
          after={c.after}
        />
      ))}
      {more > 0 && <span className="muted">{t("timeline.cells", { n: more })}</span>}
    </span>
  );
}

/** From one grade or stage to another. */
function Moved({ entry }: { entry: TimelineEntry }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const table = useTable("customers");
  return (
    <span className="event-edit">
      {entry.cells.map((c) => {
        const field = fieldOf(table, c.field);
        const side = (value: Value) =>
          value === null ? (
            <span className="muted">{t("grid.blank")}</span>
          ) : (
            <Badge field={field} value={value} />
          );
        return (
          <span key={c.field} className="event-move">
            <span className="muted">{field ? labelOf(field.label, locale) : c.field}</span>
            {side(c.before)}
            <span aria-hidden="true">→</span>
            {side(c.after)}
          </span>
        );
      })}
    </span>
  );
}
