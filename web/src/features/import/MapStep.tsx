import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Import, ImportSheet, Match } from "@/api/types";
import { formatCount } from "@/lib/format";
import { useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { SheetMap } from "./SheetMap";

interface Props {
  initial: Import;
  onChange(next: Import): void;
  onNext(): void;
  onAgain(): void;
}
const MATCHES: Match[] = ["identity", "mobile", "code", "name", "none"];

/** What was recognised, and what a person wants instead. */
export function MapStep({ initial: imp, onChange, onNext, onAgain }: Props) {
  const { t } = useTranslation();
  const schema = useSchema().data;
  const first = imp.sheets.find((s) => s.role !== "ignore") ?? imp.sheets[0];
  const [open, setOpen] = useState<number | undefined>(first?.index);
  const used = imp.sheets.filter((s) => s.role !== "ignore");
  const current = imp.sheets.find((s) => s.index === open);
  const unanswered = used.some((s) => s.year_needed && s.year === undefined);
  const update = (sheet: ImportSheet) =>
    onChange({ ...imp, sheets: imp.sheets.map((s) => (s.index === sheet.index ? sheet : s)) });
  const several = new Set(imp.sheets.map((s) => s.file)).size > 1;
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
              <li key={s.index}>
                <button
                  type="button"
                  className={s.index === open ? "sheet-tab on" : "sheet-tab"}
                  aria-pressed={s.index === open}
                  onClick={() => setOpen(s.index)}
                >
                  <strong>{several || s.sheet === "" ? s.file : s.sheet}</strong>
                  <span className="muted num">
                    {t(`role.${s.role}`)}
                    {s.rows !== null && ` · ${t("import.rows", { n: formatCount(s.rows) })}`}
                  </span>
                  {s.year_needed && s.year === undefined && s.role !== "ignore" && (
                    <Icon name="warn" size={14} />
                  )}
                </button>
              </li>
            ))}
          </ul>
          {current && schema && (
            <SheetMap sheet={current} schema={schema} today={imp.today} onChange={update} />
          )}
        </div>
      )}
      <div className="page-foot">
        <Button onClick={onAgain}>{t("import.again")}</Button>
        <span className="grow" />
        <label className="foot-field">
          <span className="muted">{t("import.match")}</span>
          <Select<Match>
            value={imp.match}
            style={{ minWidth: 190 }}
            onChange={(match) => onChange({ ...imp, match })}
            options={MATCHES.map((m) => ({ value: m, label: t(`match.${m}`) }))}
          />
        </label>
        <Button
          type="primary"
          size="large"
          disabled={used.length === 0 || unanswered}
          title={unanswered ? t("import.yearFirst") : undefined}
          onClick={onNext}
        >
          {t("import.toCheck")}
        </Button>
      </div>
    </div>
  );
}
