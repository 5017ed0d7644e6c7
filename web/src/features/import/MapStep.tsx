import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Import, ImportSheet, Match } from "@/api/types";
import { Hint } from "@/features/help/Hint";
import { useLocale } from "@/i18n";
import { formatCount, labelOf } from "@/lib/format";
import { useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { withSheet } from "./plan";
import { SheetMap } from "./SheetMap";

interface Props {
  import: Import;
  /** A sheet is being recognised anew. */
  busy: boolean;
  onChange(next: Import): void;
  onReread(sheet: ImportSheet): void;
  onNext(): void;
  onAgain(): void;
}
const MATCHES: Match[] = ["identity", "mobile", "code", "name", "none"];

/** What was recognised, and what a person wants instead. */
export function MapStep({ import: imp, busy, onChange, onReread, onNext, onAgain }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data;
  const first = imp.sheets.find((s) => s.role !== "ignore") ?? imp.sheets[0];
  const [open, setOpen] = useState<number | undefined>(first?.index);
  const used = imp.sheets.filter((s) => s.role !== "ignore");
  const current = imp.sheets.find((s) => s.index === open);
  const several = new Set(imp.sheets.map((s) => s.file)).size > 1;
  /** The file's name, the sheet's, or both: whatever tells it from the others. */
  const nameOf = (s: ImportSheet): [main: string, more: string] => {
    const alone = imp.sheets.filter((x) => x.file === s.file).length === 1;
    if (s.sheet === "" || (several && alone)) return [s.file, ""];
    return several ? [s.sheet, s.file] : [s.sheet, ""];
  };
  const destination = (s: ImportSheet): string => {
    if (s.role !== "own") return t(`role.${s.role}`);
    const known = schema?.tables.find((table) => table.key === s.own?.table);
    return known ? labelOf(known.label, locale) : t("import.newTable");
  };
  const nameless = used.some((s) => s.own?.name?.trim() === "");
  return (
    <div className="map-step">
      {imp.files
        .filter((f) => f.error !== undefined)
        .map((f) => (
          <p key={f.name} className="note-line bad" role="alert">
            <Icon name="warn" /> <strong>{f.name}</strong> {f.error}
          </p>
        ))}
      {imp.sheets.length === 0 ? (
        <p className="sheet-empty">{t("import.nothing")}</p>
      ) : (
        <div className="map-body">
          <ul className="sheet-tabs" aria-label={t("import.sheets")}>
            {imp.sheets.map((s) => (
              <li key={s.index} title={nameOf(s).join(" · ")}>
                <button
                  type="button"
                  className={s.index === open ? "sheet-tab on" : "sheet-tab"}
                  aria-pressed={s.index === open}
                  onClick={() => setOpen(s.index)}
                >
                  <strong>{nameOf(s)[0]}</strong>
                  {nameOf(s)[1] !== "" && <span className="muted">{nameOf(s)[1]}</span>}
                  <span className="muted num">
                    {destination(s)}
                    {s.rows !== null && ` · ${t("import.rows", { n: formatCount(s.rows) })}`}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {current && schema && (
            <div className={busy ? "rereading" : undefined} aria-busy={busy} inert={busy}>
              <SheetMap
                sheet={current}
                schema={schema}
                today={imp.today}
                onChange={(sheet) => onChange(withSheet(imp, sheet))}
                onReread={onReread}
              />
            </div>
          )}
        </div>
      )}
      <div className="page-foot">
        <Button onClick={onAgain}>{t("import.again")}</Button>
        <span className="grow" />
        {used.some((s) => s.role !== "own" && s.role !== "products") && (
          <label className="foot-field">
            <span className="muted">{t("import.match")}</span>
            <Select<Match>
              value={imp.match}
              style={{ minWidth: 190 }}
              onChange={(match) => onChange({ ...imp, match })}
              options={MATCHES.map((m) => ({ value: m, label: t(`match.${m}`) }))}
            />
          </label>
        )}
        {used.some((s) => s.role !== "own" && s.role !== "products") && (
          <Hint word={imp.match} topic="identities" />
        )}
        <Button type="primary" size="large" disabled={used.length === 0 || busy || nameless} onClick={onNext}>
          {t("import.toCheck")}
        </Button>
      </div>
    </div>
  );
}
