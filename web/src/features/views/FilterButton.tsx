import { lazy, Suspense, useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import { IconButton } from "@/ui/IconButton";
import "@/ui/css/views.css";

// Asked for after the first look, so not part of the first load.
const FilterBuilder = lazy(async () => ({ default: (await import("./FilterBuilder")).FilterBuilder }));

/** The way to all conditions and orders at once. */
export function FilterButton({ table, text }: { table: Table; text?: boolean }) {
  const { t } = useTranslation();
  const [at, setAt] = useState<DOMRect | null>(null);
  const close = useCallback(() => setAt(null), []);
  return (
    <>
      <IconButton
        icon="filter"
        text={text}
        className="filter-button"
        label={t("builder.open")}
        aria-haspopup="dialog"
        aria-expanded={at !== null}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      />
      <Suspense>{at && <FilterBuilder table={table} at={at} onClose={close} />}</Suspense>
    </>
  );
}
