import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Card, LinkValue } from "@/api/types";
import { ConsentLines } from "@/features/forms/ConsentLines";
import type { BlockCache } from "@/grid/blockCache";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatDate, formatMoney, formatNumber, formatPercent, labelOf } from "@/lib/format";
import { dialogOpen } from "@/lib/hooks";
import { fieldOf, useTable } from "@/lib/query";
import { Badge } from "@/ui/Badge";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { toast } from "@/ui/toast";
import { FieldList } from "./FieldList";
import { HistoryList } from "./HistoryList";
import { OrderList } from "./OrderList";

interface Props {
  id: number;
  /** The view in which previous and next make sense; absent when opened from elsewhere. */
  cache: BlockCache | undefined;
  onGo(id: number): void;
  /** Opens a record of any table. */
  onOpen(table: string, link: LinkValue): void;
  onClose(): void;
}
type Tab = "fields" | "orders" | "history";

/** Everything about one customer, sliding in beside the table. */
export function CustomerPanel({ id, cache, onGo, onOpen, onClose }: Props) {
  const { t } = useTranslation();
  const panel = useRef<HTMLElement>(null);
  const [tab, setTab] = useState<Tab>("fields");
  const card = useQuery({
    queryKey: ["card", id],
    queryFn: () => api.card(id),
    placeholderData: (before) => before,
  });

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    panel.current?.focus({ preventScroll: true });
    return () => before?.focus?.({ preventScroll: true });
  }, []);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== "Escape" || e.isComposing || e.defaultPrevented) return;
      if (dialogOpen() || document.querySelector(".popup")) return;
      onClose();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [onClose]);

  const go = async (by: 1 | -1) => {
    const at = cache?.indexOf(id);
    if (!cache || at === undefined || at + by < 0 || at + by >= cache.total) return;
    const [row] = await cache.load(at + by, at + by);
    if (row && !row.deleted) onGo(row.id);
  };
  const at = cache?.indexOf(id);
  return (
    <aside ref={panel} className="panel" aria-label={t("customer.panel")} tabIndex={-1}>
      <header className="panel-bar">
        <IconButton
          icon="up"
          label={t("customer.previous")}
          disabled={at === undefined || at === 0}
          onClick={() => void go(-1)}
        />
        <IconButton
          icon="down"
          label={t("customer.next")}
          disabled={at === undefined || at >= (cache?.total ?? 0) - 1}
          onClick={() => void go(1)}
        />
        <span className="grow" />
        <IconButton icon="close" label={t("ui.close")} onClick={onClose} />
      </header>
      {card.isError && (
        <p className="form-error pad" role="alert">
          {errorText(card.error)}
        </p>
      )}
      {card.data && (
        <div className="panel-body">
          <Head card={card.data} />
          <ConsentLines table="customers" id={card.data.id} />
          <Figures card={card.data} />
          <Reasons card={card.data} />
          <div className="panel-tabs" role="tablist">
            {(["fields", "orders", "history"] as const).map((k) => (
              <button type="button" role="tab" key={k} aria-selected={tab === k} onClick={() => setTab(k)}>
                {k === "orders" ? t("customer.ordersN", { n: card.data.order_total }) : t(`customer.${k}`)}
              </button>
            ))}
          </div>
          {tab === "fields" && (
            <FieldList
              key={card.data.id}
              id={card.data.id}
              values={card.data.values}
              cache={cache}
              onOpen={onOpen}
            />
          )}
          {tab === "orders" && <OrderList card={card.data} />}
          {tab === "history" && <HistoryList id={card.data.id} onChanged={() => cache?.refresh()} />}
        </div>
      )}
    </aside>
  );
}

async function copy(text: string, said: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A plain-http address in the local network has no clipboard API: the old way still works there.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast(said);
}

function Head({ card }: { card: Card }) {
  const { t } = useTranslation();
  const table = useTable("customers");
  const v = card.values;
  const mobile = typeof v.mobile === "string" ? v.mobile : "";
  const wechat = typeof v.wechat === "string" ? v.wechat : "";
  const place = [v.province, v.city].filter((x): x is string => typeof x === "string" && x !== "");
  return (
    <div className="panel-head">
      <div className="panel-title">
        <h2 className="serif">{String(v.name ?? "") || t("customer.unnamed")}</h2>
        <Badge field={fieldOf(table, "grade")} value={v.grade} />
        <Badge field={fieldOf(table, "lifecycle")} value={v.lifecycle} />
      </div>
      <p className="muted num">
        {[String(v.code ?? ""), ...new Set(place)].filter((s) => s !== "").join(" · ")}
      </p>
      <div className="contact-row">
        {mobile !== "" && (
          <span className="contact">
            <a href={`tel:${mobile}`} aria-label={t("customer.callNumber", { number: mobile })}>
              <Icon name="phone" /> <span className="num">{mobile}</span>
            </a>
            <IconButton
              icon="copy"
              label={t("customer.copyMobile")}
              onClick={() => void copy(mobile, t("customer.copied"))}
            />
          </span>
        )}
        {wechat !== "" && (
          <span className="contact">
            <span>
              <Icon name="wechat" /> {wechat}
            </span>
            <IconButton
              icon="copy"
              label={t("customer.copyWechat")}
              onClick={() => void copy(wechat, t("customer.copied"))}
            />
          </span>
        )}
      </div>
    </div>
  );
}

function Figures({ card }: { card: Card }) {
  const table = useTable("customers");
  const locale = useLocale();
  const v = card.values;
  const items = ["total", "order_count", "average", "repurchase_rate", "last_order", "monthly"] as const;
  const show = (key: (typeof items)[number]) => {
    const value = v[key];
    if (value === null || value === undefined) return "—";
    if (key === "total" || key === "average") return formatMoney(Number(value));
    if (key === "repurchase_rate") return formatPercent(Number(value));
    if (key === "last_order") return formatDate(String(value));
    return formatNumber(Number(value), key === "monthly" ? 1 : 0);
  };
  return (
    <dl className="figures">
      {items.map((key) => {
        const field = fieldOf(table, key);
        return (
          field && (
            <div key={key}>
              <dt>{labelOf(field.label, locale)}</dt>
              <dd className="num">{show(key)}</dd>
            </div>
          )
        );
      })}
    </dl>
  );
}

/** Why this grade, in words, each reason with its points. */
function Reasons({ card }: { card: Card }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const points = card.values.points;
  if (card.reasons.length === 0) return null;
  return (
    <section className="reasons" aria-label={t("customer.why")}>
      <h3>
        {t("customer.why")}
        {typeof points === "number" && (
          <span className="muted num">{t("customer.points", { n: points })}</span>
        )}
      </h3>
      <ul>
        {card.reasons.map((reason) => (
          <li key={reason.field}>
            <span className="dots" aria-hidden="true">
              {[1, 2, 3, 4, 5].map((n) => (
                <i key={n} className={n <= reason.points ? "on" : ""} />
              ))}
            </span>
            <span>{labelOf(reason.text, locale)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
