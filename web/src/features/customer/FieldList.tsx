import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Field, LinkValue, Value, Values, Written } from "@/api/types";
import { otherTables, showNaming } from "@/features/table/tableState";
import type { BlockCache } from "@/grid/blockCache";
import { toWritten } from "@/grid/written";
import { useLocale } from "@/i18n";
import { groupLabel } from "@/i18n/groups";
import { errorText } from "@/lib/errors";
import { editText, formatValue, isError, isKept, isLinks, isWritable, labelOf, textsOf } from "@/lib/format";
import { linkTo } from "@/lib/links";
import { queryClient, useTable } from "@/lib/query";
import { Badge } from "@/ui/Badge";
import { CellErrorSign } from "@/ui/CellErrorSign";
import { FieldInput } from "@/ui/FieldInput";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { LinkChips } from "@/ui/LinkChips";

interface Props {
  id: number;
  values: Values;
  cache: BlockCache | undefined;
  onOpen(table: string, link: LinkValue): void;
}

/** All fields by group; a click on a value edits it where it stands. */
export function FieldList({ id, values, cache, onOpen }: Props) {
  const { t } = useTranslation();
  const table = useTable("customers");
  const navigate = useNavigate();
  const [all, setAll] = useState(false);
  const fields = (table?.fields ?? []).filter((f) => isWritable(f) || f.formula !== undefined || isKept(f));
  const visible = fields.filter(
    (f) => all || f.shown || (values[f.key] !== null && values[f.key] !== undefined),
  );
  const groups = [...new Set(visible.map((f) => f.group))];
  return (
    <div className="field-list">
      {groups.map((group) => (
        <section key={group}>
          <h3>{groupLabel(group, t)}</h3>
          <dl>
            {visible
              .filter((f) => f.group === group)
              .map((f) => (
                <FieldRow
                  key={f.key}
                  id={id}
                  field={f}
                  value={values[f.key]}
                  cache={cache}
                  onOpen={onOpen}
                  onAll={() => {
                    showNaming(f, linkTo(table, id, values));
                    void navigate({ to: "/t/$table", params: { table: f.table ?? "customers" } });
                  }}
                />
              ))}
          </dl>
        </section>
      ))}
      <button type="button" className="link" onClick={() => setAll(!all)}>
        {all ? t("customer.fewer") : t("customer.allFields")}
      </button>
    </div>
  );
}

/** Kinds whose editor has no "done" of its own: taking something is the answer. */
const INSTANT: Field["kind"][] = ["choice", "bool", "person", "rating"];

/** A content as a page shows it: badges, stars, a link, pictures; text for the rest. */
function FieldView({ field, value, shown }: { field: Field; value: Value | undefined; shown: string }) {
  if (isError(value)) return <CellErrorSign value={value} />;
  switch (field.kind) {
    case "choice":
      return <Badge field={field} value={value} />;
    case "choices":
    case "tags":
      return (
        <span className="badges">
          {textsOf(value).map((v) => (
            <Badge key={v} field={field} value={v} />
          ))}
        </span>
      );
    case "rating": {
      const n = typeof value === "number" ? value : 0;
      return (
        <span className="stars" role="img" aria-label={shown}>
          {"★".repeat(n)}
        </span>
      );
    }
    case "progress":
      return (
        <span className="progress-view">
          <progress value={typeof value === "number" ? value : 0} max={1} /> {shown}
        </span>
      );
    default:
      return shown;
  }
}

/** What is written into an editor. */
type Draft = { text: string; exact?: Written };

function FieldRow(props: {
  id: number;
  field: Field;
  value: Value | undefined;
  cache: BlockCache | undefined;
  onOpen(table: string, link: LinkValue): void;
  onAll(): void;
}) {
  const { id, field, value, cache } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const [editing, setEditing] = useState(false);
  /** What the server did not take, for the editor to go on from; and why. */
  const [refused, setRefused] = useState<Draft | null>(null);
  const [error, setError] = useState<string | null>(null);
  /** What the editor holds and nobody has sent. */
  const draft = useRef<Draft | null>(null);
  const left = useRef(false);
  const row = useRef<HTMLElement>(null);
  const writable = isWritable(field);
  useEffect(() => {
    if (editing || !left.current) return;
    left.current = false;
    row.current?.querySelector<HTMLElement>("button.field-value, .icon-button")?.focus();
  }, [editing]);

  const forget = () => {
    draft.current = null;
    setRefused(null);
    setError(null);
  };
  const key = (e: KeyboardEvent) => {
    if (!editing || e.key !== "Escape" || e.nativeEvent.isComposing || e.keyCode === 229) return;
    // The panel around it stays.
    e.preventDefault();
    left.current = true;
    forget();
    setEditing(false);
  };
  const save = async () => {
    // A focus that goes with Escape is no answer.
    if (left.current) return;
    setEditing(false);
    const entry = draft.current;
    if (!entry) return;
    forget();
    if (entry.exact === undefined && entry.text === editText(field, value)) return;
    try {
      const written = entry.exact !== undefined ? entry.exact : toWritten(field, entry.text);
      if (isLinks(field) && JSON.stringify(written) === "{}") return;
      const out = await api.patchCells("customers", [{ id, field: field.key, value: written }]);
      cache?.patch(out.rows);
      if (isLinks(field)) otherTables.set((n) => n + 1);
      await queryClient.invalidateQueries({ queryKey: ["card", id] });
      for (const key of ["history", "timeline"]) void queryClient.invalidateQueries({ queryKey: [key] });
    } catch (e) {
      setRefused(entry);
      setError(errorText(e));
    }
  };
  const shown = formatValue(field, value, locale);
  const view = <FieldView field={field} value={value} shown={shown} />;
  return (
    <div className="field-row">
      <dt>{labelOf(field.label, locale)}</dt>
      <dd ref={row} onKeyDown={key}>
        {editing ? (
          <FieldInput
            field={field}
            value={value}
            text={refused?.text}
            autoFocus
            onChange={(text, exact) => {
              draft.current = { text, exact };
              // A list has no "done" of its own: taking an item is the answer.
              if (INSTANT.includes(field.kind)) void save();
            }}
            onDone={() => void save()}
          />
        ) : isLinks(field) && shown !== "" ? (
          <span className="field-value fixed">
            <LinkChips
              field={field}
              value={value}
              onOpen={(link) => props.onOpen(field.table ?? "customers", link)}
              onAll={props.onAll}
            />
            {writable && (
              <IconButton
                icon="edit"
                label={t("customer.editField", { field: labelOf(field.label, locale), value: shown })}
                onClick={() => setEditing(true)}
              />
            )}
          </span>
        ) : writable ? (
          <button
            type="button"
            className="field-value"
            aria-label={t("customer.editField", {
              field: labelOf(field.label, locale),
              value: shown || t("grid.blank"),
            })}
            onClick={() => setEditing(true)}
          >
            {shown === "" ? <span className="muted">{t("customer.add")}</span> : view}
          </button>
        ) : (
          <span className="field-value fixed" title={field.formula}>
            {shown === "" ? <span className="muted">—</span> : view}
          </span>
        )}
        {field.kind === "url" && typeof value === "string" && !editing && (
          <a className="field-open" href={value} target="_blank" rel="noreferrer noopener" aria-label={shown}>
            <Icon name="globe" size={14} />
          </a>
        )}
        {error && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
      </dd>
    </div>
  );
}
