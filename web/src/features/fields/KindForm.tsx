import { Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { KindSettings, Table } from "@/api/types";
import { linksTo } from "@/features/formula/gather";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { useSchema } from "@/lib/query";
import { OptionsEditor } from "./OptionsEditor";

interface Props {
  settings: KindSettings;
  /** A known field keeps what its content was stored by. */
  known: boolean;
  onChange(settings: KindSettings): void;
  /** The table of the field; absent where only settings without other tables come up. */
  table?: Table;
}

/** What a kind needs to know besides its name. */
export function KindForm(props: Props) {
  const { settings, known, onChange } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const tables = useSchema().data?.tables ?? [];
  const set = (next: Partial<KindSettings>) => onChange({ ...settings, ...next });
  switch (settings.kind) {
    case "number":
      return (
        <div className="field-pair">
          <label>
            <span>{t("field.decimals")}</span>
            <InputNumber
              min={0}
              max={8}
              value={settings.decimals ?? 0}
              onChange={(n) => set({ decimals: n ?? 0 })}
            />
          </label>
          <label>
            <span>{t("field.unit")}</span>
            <Input
              value={settings.unit ?? ""}
              maxLength={12}
              placeholder={t("field.unitHint")}
              onChange={(e) => set({ unit: e.target.value })}
            />
          </label>
        </div>
      );
    case "choice":
    case "choices":
      return <OptionsEditor options={settings.options ?? []} onChange={(options) => set({ options })} />;
    case "backlinks":
      return <LinkPicker {...props} />;
    case "link":
    case "links":
      return (
        <label className="field-line">
          <span>{t("field.linkTo")}</span>
          <Select
            value={settings.table}
            disabled={known}
            onChange={(table: string) => set({ table })}
            options={tables
              .filter(
                (tb) => tb.fields.some((f) => f.key === "code") && tb.fields.some((f) => f.key === "name"),
              )
              .map((tb) => ({ value: tb.key, label: labelOf(tb.label, locale) }))}
          />
        </label>
      );
    case "rating":
      return (
        <label className="field-line">
          <span>{t("field.stars")}</span>
          <InputNumber min={2} max={10} value={settings.max ?? 5} onChange={(n) => set({ max: n ?? 5 })} />
        </label>
      );
    case "attachment":
      return (
        <label className="check-line">
          <input
            type="checkbox"
            checked={settings.images === true}
            onChange={(e) => set({ images: e.target.checked })}
          />
          <span>{t("field.imagesOnly")}</span>
        </label>
      );
    case "code":
      return (
        <label className="field-line">
          <span>{t("field.pattern")}</span>
          <Input
            className="mono"
            value={settings.pattern ?? ""}
            onChange={(e) => set({ pattern: e.target.value })}
          />
          <span className="muted field-hint">{t("field.patternHint")}</span>
        </label>
      );
    default:
      return null;
  }
}

/** Which link of another table is shown from its other side. */
function LinkPicker({ settings, table, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data ?? { tables: [] };
  const links = table ? linksTo(schema, table) : [];
  if (links.length === 0) return <p className="muted gather-none">{t("gather.noSource")}</p>;
  return (
    <label className="field-line">
      <span>{t("field.shows")}</span>
      <Select
        value={settings.field ? `${settings.table}.${settings.field}` : undefined}
        placeholder={t("gather.field")}
        onChange={(v: string) => {
          const [of, field] = v.split(".");
          onChange({ ...settings, table: of, field });
        }}
        options={links.map(({ table: of, link }) => ({
          value: `${of.key}.${link.key}`,
          label: t("gather.through", {
            table: labelOf(of.label, locale),
            link: labelOf(link.label, locale),
          }),
        }))}
      />
    </label>
  );
}
