import type { Field, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatValue, isError, labelOf, textsOf } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { CellErrorSign } from "@/ui/CellErrorSign";

/** A field of a card; nothing where the cell is blank. */
export function CardField({ field, value }: { field: Field; value: Value | undefined }) {
  const locale = useLocale();
  const text = formatValue(field, value, locale);
  if (text === "") return null;
  const chosen = field.kind === "choice" ? [value] : textsOf(value);
  return (
    <span className="board-field">
      <span className="board-label">{labelOf(field.label, locale)}</span>
      <span className="board-value num">
        {isError(value) ? (
          <CellErrorSign value={value} />
        ) : ["choice", "choices", "tags"].includes(field.kind) ? (
          chosen.map((v) => <Badge key={String(v)} field={field} value={v} />)
        ) : (
          text
        )}
      </span>
    </span>
  );
}
