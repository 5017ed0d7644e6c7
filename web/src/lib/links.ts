/** Records of other tables as cells name them, found by what a person types. */
import { api } from "@/api";
import type { LinkValue, Schema, Table, Value, Values } from "@/api/types";
import { queryClient } from "./query";

/** The columns that call a record of a table by its code and its name. */
export function labelColumns(table: Table | undefined): { code?: string; name?: string } {
  const has = (key: string) => (table?.fields.some((f) => f.key === key) ? key : undefined);
  const code = table?.fields.find((f) => f.kind === "code")?.key ?? has("order_no");
  return { code, name: has("name") };
}

/** A record as a link to it. */
export function linkTo(table: Table | undefined, id: number, values: Values): LinkValue {
  const { code, name } = labelColumns(table);
  return [id, text(code && values[code]), text(name && values[name])];
}

const text = (value: Value | undefined): string => (typeof value === "string" ? value : "");

/** The first few records of a table that fit what was typed. */
export async function findRecords(table: string, typed: string, signal?: AbortSignal): Promise<LinkValue[]> {
  const schema = await queryClient.fetchQuery<Schema>({
    queryKey: ["schema"],
    queryFn: api.schema,
    staleTime: 60_000,
  });
  const { code, name } = labelColumns(schema.tables.find((t) => t.key === table));
  const columns = [code, name].filter((c) => c !== undefined);
  const opened = await api.openView({ table, search: typed, columns }, signal);
  const at = (row: Value[], key: string | undefined) =>
    text(key === undefined ? undefined : row[columns.indexOf(key)]);
  return opened.rows.slice(0, 8).map(([id, ...row]) => [id, at(row, code), at(row, name)]);
}
