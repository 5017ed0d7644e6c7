/** What a record is called on a card. */
import type { Locale, Table } from "@/api/types";
import type { Row } from "@/grid/types";
import { formatValue } from "@/lib/format";
import { fieldOf } from "@/lib/query";

const TITLES: Record<string, string[]> = {
  orders: ["customer", "order_no"],
  interactions: ["customer", "content"],
};

/** Fields that name a record, the first filled one being the title of its card. */
export function titleKeys(table: Table): string[] {
  const keys = TITLES[table.key] ?? ["name", "code"];
  const known = keys.filter((k) => fieldOf(table, k));
  const first = table.fields.find((f) => f.kind === "text");
  return known.length > 0 || !first ? known : [first.key];
}

/** "" for a record without a name. */
export function titleText(table: Table, row: Row, locale: Locale): string {
  for (const key of titleKeys(table)) {
    const field = fieldOf(table, key);
    const text = field ? formatValue(field, row.values[key], locale) : "";
    if (text !== "") return text;
  }
  return "";
}
