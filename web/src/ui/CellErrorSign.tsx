import { useTranslation } from "react-i18next";
import type { CellError } from "@/api/types";

/** What a formula gave in place of a value; what it means shows on hover. */
export function CellErrorSign({ value }: { value: CellError }) {
  const { t } = useTranslation();
  return (
    <span className="cell-error" title={t(`sign.${value.error}`)}>
      {value.error}
    </span>
  );
}
