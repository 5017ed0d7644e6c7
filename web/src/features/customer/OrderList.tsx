import { useTranslation } from "react-i18next";
import type { Card } from "@/api/types";
import { NothingListed } from "@/features/empty/Nothing";
import { formatDateTime, formatMoney, formatNumber } from "@/lib/format";

const str = (value: unknown): string => (typeof value === "string" ? value : "");

/** A customer's orders, newest first; what does not count is struck through, not hidden. */
export function OrderList({ card }: { card: Card }) {
  const { t } = useTranslation();
  if (card.orders.length === 0) return <NothingListed word="noOrders" />;
  return (
    <>
      <ul className="orders">
        {card.orders.map(({ id, values: v }) => (
          <li key={id} className={v.counted === false ? "uncounted" : undefined}>
            <span className="order-when num muted">{formatDateTime(str(v.time))}</span>
            <span className="order-what">
              {str(v.product) || str(v.order_no) || "—"}
              {typeof v.quantity === "number" && v.quantity !== 1 && (
                <span className="muted"> × {formatNumber(v.quantity)}</span>
              )}
              <span className="muted order-sub">
                {[str(v.channel), str(v.status)].filter((s) => s !== "").join(" · ")}
                {v.counted === false && ` · ${t("customer.uncounted")}`}
              </span>
            </span>
            <span className="order-amount num">
              {typeof v.amount === "number" ? formatMoney(v.amount) : "—"}
            </span>
          </li>
        ))}
      </ul>
      {card.order_total > card.orders.length && (
        <p className="muted pad">{t("customer.moreOrders", { n: card.order_total - card.orders.length })}</p>
      )}
    </>
  );
}
