import { Input } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field, FormulaCheck, FunctionHelp, KindSettings, Table } from "@/api/types";
import { Hint } from "@/features/help/Hint";
import { useLocale } from "@/i18n";
import { formatValue, isError } from "@/lib/format";
import { useFunctions } from "@/lib/query";
import { CellErrorSign } from "@/ui/CellErrorSign";
import { Icon } from "@/ui/Icon";
import { FormulaEditor } from "./FormulaEditor";
import { GatherForm } from "./GatherForm";

export type FormulaForm = "text" | "rollup" | "lookup";
interface Props {
  table: Table;
  field: string | undefined;
  value: string;
  settings: KindSettings;
  form: FormulaForm;
  onChange(text: string): void;
  onChecked(check: FormulaCheck | null): void;
}

/** The formula of a field: a form or free text, what it gives on real rows, and the functions beside it. */
export function FormulaSection({ table, field, value, settings, form, onChange, onChecked }: Props) {
  const { t } = useTranslation();
  const [check, setCheck] = useState<FormulaCheck | null>(null);
  return (
    <div className="formula-section">
      <div className="formula-main" data-help="formulas">
        <Hint word="formula" topic="formulas" />
        {form !== "text" && <GatherForm key={form} form={form} table={table} onWrite={onChange} />}
        <FormulaEditor
          table={table}
          field={field}
          value={value}
          label={t("formula.label")}
          autoFocus={form === "text"}
          placeholder={t("formula.placeholder")}
          onChange={onChange}
          onChecked={(out) => {
            setCheck(out);
            onChecked(out);
          }}
        />
        {check?.ok && check.preview.length > 0 && <Preview check={check} settings={settings} />}
      </div>
      <FunctionList onTake={(name) => onChange(value === "" ? `${name}(` : `${value}${name}(`)} />
    </div>
  );
}

function Preview({ check, settings }: { check: FormulaCheck; settings: KindSettings }) {
  const { t } = useTranslation();
  const locale = useLocale();
  // Drawn as the field will be, where the result is of its kind.
  const shown = { ...(check.kind ?? settings), ...(check.kind?.kind === settings.kind ? settings : {}) };
  const field = { ...shown, key: "", label: { zh: "", en: "" } } as Field;
  return (
    <table className="formula-preview">
      <caption>{t("formula.preview")}</caption>
      <tbody>
        {check.preview.map((row) => (
          <tr key={row.id}>
            <th scope="row">{row.label}</th>
            <td className="num">
              {isError(row.value) ? (
                <CellErrorSign value={row.value} />
              ) : (
                formatValue(field, row.value, locale) || <span className="muted">{t("grid.blank")}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FunctionList({ onTake }: { onTake(name: string): void }) {
  const { t } = useTranslation();
  const functions = useFunctions();
  const [text, setText] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const groups = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = functions.filter(
      (f) => wanted === "" || `${f.name} ${f.help}`.toLowerCase().includes(wanted),
    );
    const out = new Map<string, FunctionHelp[]>();
    for (const f of found) out.set(f.group, [...(out.get(f.group) ?? []), f]);
    return [...out];
  }, [functions, text]);
  return (
    <aside className="function-list" aria-label={t("formula.functions")}>
      <Input
        size="small"
        allowClear
        value={text}
        prefix={<Icon name="search" size={13} />}
        placeholder={t("formula.findFunction")}
        aria-label={t("formula.findFunction")}
        onChange={(e) => setText(e.target.value)}
      />
      <div className="function-scroll">
        {groups.map(([group, list]) => (
          <section key={group}>
            <h4>{group}</h4>
            {list.map((f) => (
              <div key={f.name} className={open === f.name ? "function-row open" : "function-row"}>
                <button
                  type="button"
                  aria-expanded={open === f.name}
                  onClick={() => setOpen(open === f.name ? null : f.name)}
                >
                  <code>{f.name}</code>
                  {open !== f.name && <span className="muted">{f.help}</span>}
                </button>
                {open === f.name && (
                  <div className="function-help">
                    <code>{f.syntax}</code>
                    <p>{f.help}</p>
                    <button type="button" className="link" onClick={() => onTake(f.name)}>
                      {t("formula.insert")}
                    </button>
                  </div>
                )}
              </div>
            ))}
          </section>
        ))}
        {groups.length === 0 && <p className="muted pad">{t("filter.noValues")}</p>}
      </div>
    </aside>
  );
}
