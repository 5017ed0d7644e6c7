import { AutoComplete, Button, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import type { CheckName, FieldKind, Rule, Table } from "@/api/types";
import { FormulaEditor } from "@/features/formula/FormulaEditor";
import { Hint } from "@/features/help/Hint";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { renamed } from "./draft";
import { checksOf, PATTERNS } from "./kinds";

interface Props {
  table: Table;
  kind: FieldKind;
  rules: Rule[];
  onChange(rules: Rule[]): void;
}

const begun = (check: CheckName, level: Rule["level"]): Rule => ({
  check,
  level,
  ...(check === "pattern" ? { pattern: "" } : {}),
  ...(check === "expression" ? { formula: "" } : {}),
});

/** What the content must be, whether it refuses or warns, and what it says. */
export function RulesEditor({ table, kind, rules, onChange }: Props) {
  const { t } = useTranslation();
  const allowed = checksOf(kind);
  const set = (index: number, rule: Rule) => onChange(rules.map((r, i) => (i === index ? rule : r)));
  return (
    <div className="rules">
      {rules.length > 0 && <Hint word="rule" topic="fields" />}
      {rules.map((rule, i) => (
        <RuleRow
          key={`${i}`}
          table={table}
          rule={rule}
          allowed={allowed}
          onChange={(next) => set(i, next)}
          onRemove={() => onChange(rules.filter((_, j) => j !== i))}
        />
      ))}
      <Button
        size="small"
        type="text"
        icon={<Icon name="plus" size={13} />}
        onClick={() => onChange([...rules, begun(allowed[0] ?? "required", "warn")])}
      >
        {t("rule.add")}
      </Button>
    </div>
  );
}

function RuleRow(props: {
  table: Table;
  rule: Rule;
  allowed: CheckName[];
  onChange(rule: Rule): void;
  onRemove(): void;
}) {
  const { table, rule, allowed, onChange } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const checks = allowed.includes(rule.check) ? allowed : [...allowed, rule.check];
  return (
    <section className="rule" aria-label={t(`check.${rule.check}`)}>
      <div className="rule-row">
        <Select<CheckName>
          value={rule.check}
          aria-label={t("rule.check")}
          style={{ flex: 1 }}
          onChange={(check) => onChange({ ...begun(check, rule.level), message: rule.message })}
          options={checks.map((check) => ({ value: check, label: t(`check.${check}`) }))}
        />
        <Select<Rule["level"]>
          value={rule.level}
          aria-label={t("rule.level")}
          style={{ width: 108 }}
          onChange={(level) => onChange({ ...rule, level })}
          options={[
            { value: "warn", label: t("rule.warn") },
            { value: "refuse", label: t("rule.refuse") },
          ]}
        />
        <IconButton icon="trash" label={t("rule.remove")} onClick={props.onRemove} />
      </div>
      <Settings table={table} rule={rule} onChange={onChange} />
      <Input
        value={rule.message ? labelOf(rule.message, locale) : ""}
        aria-label={t("rule.message")}
        placeholder={t("rule.messageHint")}
        onChange={(e) => {
          const { message: _, ...rest } = rule;
          const label = renamed(rule.message, e.target.value, locale);
          onChange(
            e.target.value === ""
              ? rest
              : { ...rest, message: typeof label === "string" ? { zh: label, en: label } : label },
          );
        }}
      />
    </section>
  );
}

function Settings({ table, rule, onChange }: { table: Table; rule: Rule; onChange(rule: Rule): void }) {
  const { t } = useTranslation();
  switch (rule.check) {
    case "pattern":
      return (
        <AutoComplete
          value={rule.pattern ?? ""}
          aria-label={t("rule.pattern")}
          className="mono"
          placeholder="1[3-9][0-9]{9}"
          onChange={(pattern: string) => onChange({ ...rule, pattern })}
          options={PATTERNS.map(([name, pattern]) => ({
            value: pattern,
            label: (
              <span className="pattern-offer">
                {t(`pattern.${name}`)} <code className="muted">{pattern}</code>
              </span>
            ),
          }))}
        />
      );
    case "range":
    case "length":
      return <Bounds rule={rule} onChange={onChange} />;
    case "expression":
      return (
        <FormulaEditor
          compact
          table={table}
          value={rule.formula ?? ""}
          label={t("check.expression")}
          placeholder={t("rule.formulaHint")}
          onChange={(formula) => onChange({ ...rule, formula })}
        />
      );
    default:
      return null;
  }
}

function Bounds({ rule, onChange }: { rule: Rule; onChange(rule: Rule): void }) {
  const { t } = useTranslation();
  const count = rule.check === "length";
  const set = (side: "min" | "max", text: string) => {
    const { [side]: _, ...rest } = rule;
    if (text.trim() === "") return onChange(rest);
    const n = Number(text);
    if (!count) return onChange({ ...rest, [side]: text });
    if (Number.isInteger(n) && n >= 0) onChange({ ...rest, [side]: n });
  };
  return (
    <div className="rule-row">
      <Input
        value={String(rule.min ?? "")}
        aria-label={t("rule.min")}
        placeholder={t("rule.min")}
        inputMode={count ? "numeric" : undefined}
        onChange={(e) => set("min", e.target.value)}
      />
      <span className="muted">–</span>
      <Input
        value={String(rule.max ?? "")}
        aria-label={t("rule.max")}
        placeholder={t("rule.max")}
        inputMode={count ? "numeric" : undefined}
        onChange={(e) => set("max", e.target.value)}
      />
    </div>
  );
}
