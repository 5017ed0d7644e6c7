import { Select } from "antd";
import type { ReactNode } from "react";
import type { PlannedField, PlannedRule, TemplateDetail } from "@/api/types";
import { KIND_ICONS as FIELD_ICONS } from "@/features/fields/kinds";
import { KIND_ICONS as VIEW_ICONS } from "@/features/kinds/kinds";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { Icon, type IconName } from "@/ui/Icon";
import { fieldAt } from "./templates";
import { useTexts, type Word } from "./texts";

interface Skipped {
  table: string;
  field: string;
}

/** What a template brings to this book: what is new, what is there, and what is to be decided. */
export function Brings(props: { detail: TemplateDetail; skip: Skipped[]; onSkip(skip: Skipped[]): void }) {
  const { plan, pictures } = props.detail;
  const say = useTexts();
  const locale = useLocale();
  const viewIcon = (table: string, view: string) => {
    const kind = pictures.find((p) => p.table === table && p.view === view)?.kind;
    return kind && kind !== "sheet" ? VIEW_ICONS[kind as keyof typeof VIEW_ICONS] : "lines";
  };
  return (
    <section className="tpl-brings">
      <Part title={say("fields")} n={plan.fields.length}>
        {plan.fields.map((f) => (
          <FieldLine key={`${f.table}.${f.field}`} {...props} planned={f} />
        ))}
      </Part>
      <Part title={say("views")} n={plan.views.length}>
        {plan.views.map((v) => (
          <Line key={`${v.table}.${v.view}`} icon={viewIcon(v.table, v.view)} fate={v.fate}>
            {v.fate === "new" ? v.name : labelOfView(props.detail, v.table, v.view, locale)}
          </Line>
        ))}
      </Part>
      <Part title={say("rules")} n={plan.rules.length}>
        {plan.rules.map((r) => (
          <RuleLine key={`${r.table}.${r.field}.${r.says.en}`} rule={r} />
        ))}
        {plan.tables.length > 0 && <h3>{say("newTables")}</h3>}
        {plan.tables.map((t) => (
          <Line key={t.table} icon="file" fate={t.known === undefined ? "new" : "there"}>
            {labelOf(t.label, locale)}
          </Line>
        ))}
      </Part>
      <p className="muted tpl-unchanged">
        <Icon name="info" /> {say("unchanged")}
      </p>
    </section>
  );
}

function labelOfView(detail: TemplateDetail, table: string, key: string, locale: "zh-CN" | "en"): string {
  const view = detail.template.tables.find((t) => t.table === table)?.views?.find((v) => v.key === key);
  return view ? labelOf(view.label, locale) : key;
}

function Part({ title, n, children }: { title: string; n: number; children: ReactNode }) {
  return (
    <div className="tpl-part">
      <h2>
        {title} <span className="muted num">{n}</span>
      </h2>
      <ul>{children}</ul>
    </div>
  );
}

const FATES: Record<string, Word> = { there: "there", left: "left", missing: "missing" };

function Line(props: { icon: IconName; fate: string; more?: string; children: ReactNode }) {
  const say = useTexts();
  const word = FATES[props.fate];
  return (
    <li className={`tpl-line ${props.fate}`}>
      <Icon name={props.icon} />
      <span className="grow">
        {props.children}
        {props.more && <span className="muted tpl-more">{props.more}</span>}
        {word && <span className="muted tpl-more">{say(word)}</span>}
      </span>
    </li>
  );
}

function FieldLine(props: {
  detail: TemplateDetail;
  planned: PlannedField;
  skip: Skipped[];
  onSkip(skip: Skipped[]): void;
}) {
  const { detail, planned, skip, onSkip } = props;
  const say = useTexts();
  const locale = useLocale();
  const field = fieldAt(detail, planned.table, planned.field);
  if (!field) return null;
  const name = labelOf(field.label, locale);
  const icon = FIELD_ICONS[field.formula === undefined ? field.kind : "formula"];
  const about = field.description && labelOf(field.description, locale);
  const same = (s: Skipped) => s.table === planned.table && s.field === planned.field;
  if (planned.fate !== "clash")
    return (
      <Line icon={icon} fate={planned.fate} more={about}>
        {name}
      </Line>
    );
  return (
    <Line icon="warn" fate="clash" more={say("clash")}>
      {name}
      <Select
        size="small"
        className="tpl-clash"
        aria-label={say("clashChoice", { name })}
        value={skip.some(same) ? "skip" : "rename"}
        options={[
          { value: "rename", label: say("rename", { name: labelOf(planned.label, locale) }) },
          { value: "skip", label: say("skip") },
        ]}
        onChange={(choice) => {
          const rest = skip.filter((s) => !same(s));
          onSkip(choice === "skip" ? [...rest, { table: planned.table, field: planned.field }] : rest);
        }}
      />
    </Line>
  );
}

function RuleLine({ rule }: { rule: PlannedRule }) {
  const locale = useLocale();
  return (
    <Line icon={rule.fate === "missing" ? "info" : "check"} fate={rule.fate}>
      {labelOf(rule.says, locale)}
    </Line>
  );
}
