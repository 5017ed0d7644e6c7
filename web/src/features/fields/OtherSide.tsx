import { Input } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { useTable } from "@/lib/query";
import { type Draft, otherSideName } from "./draft";

interface Props {
  table: Table;
  draft: Draft;
  /** The server's word on the name. */
  error: string | undefined;
  onDraft(next: Partial<Draft>): void;
}

/** Whether a new link shows in the table it goes to, and under which name. */
export function OtherSide({ table, draft, error, onDraft }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const to = useTable(draft.settings.table ?? "");
  const suggested = otherSideName(table, to, draft.name, locale);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another table to link to begins anew
  useEffect(() => onDraft({ otherSide: suggested }), [draft.settings.table, draft.settings.kind]);
  const name = to ? labelOf(to.label, locale) : "";
  const on = draft.otherSide !== undefined;
  return (
    <div className="field-line">
      <label className="check-line">
        <input
          type="checkbox"
          checked={on}
          onChange={(e) => onDraft({ otherSide: e.target.checked ? suggested : undefined })}
        />
        <span>{t("field.otherSide", { table: name })}</span>
      </label>
      {on && (
        <Input
          value={draft.otherSide}
          maxLength={60}
          aria-label={t("field.otherSideName", { table: name })}
          status={error ? "error" : undefined}
          onChange={(e) => onDraft({ otherSide: e.target.value })}
        />
      )}
      {error && (
        <span className="form-error" role="alert">
          {error}
        </span>
      )}
    </div>
  );
}
