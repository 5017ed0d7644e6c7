import { useTranslation } from "react-i18next";
import { formatCount } from "@/lib/format";

/** New records others made; rows on screen stay where they are until one asks for them. */
export function FreshRecords({ count, onRefresh }: { count: number; onRefresh(): void }) {
  const { t } = useTranslation();
  return (
    <span role="status">
      {count > 0 && (
        <span className="fresh num">
          {t("live.fresh", { n: formatCount(count) })}
          <button
            type="button"
            className="link"
            onClick={() => {
              onRefresh();
              // The button goes away; the keys belong to the sheet, where there is one.
              document.querySelector<HTMLElement>("textarea.cell-input")?.focus({ preventScroll: true });
            }}
          >
            {t("live.refresh")}
          </button>
        </span>
      )}
    </span>
  );
}
