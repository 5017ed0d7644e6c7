import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { isAbort } from "@/api/client";
import type { FormulaCheck, Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { useDebounced } from "@/lib/hooks";
import { useFunctions, useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { type Completions, complete } from "./complete";
import { callAt, tokenise } from "./tokens";

interface Props {
  table: Table;
  /** The field the formula is for, so that a cycle is found. */
  field?: string;
  value: string;
  label: string;
  /** One line, for rules and defaults. */
  compact?: boolean;
  autoFocus?: boolean;
  placeholder?: string;
  onChange(text: string): void;
  onChecked?(check: FormulaCheck | null): void;
}

/** Formula text: coloured, completed as it is typed, and its fault marked where it stands. */
export function FormulaEditor(props: Props) {
  const { table, value, compact, onChange } = props;
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data;
  const functions = useFunctions();
  const input = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const [caret, setCaret] = useState(value.length);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const { check, failed } = useCheck(props);
  const offered = useMemo(
    (): Completions | undefined =>
      open && schema ? complete(value, caret, { schema, table, functions, locale }) : undefined,
    [open, schema, value, caret, table, functions, locale],
  );
  const call = callAt(value, caret);
  const about = functions.find((f) => f.name === call?.name);

  const put = (text: string, at: number) => {
    onChange(text);
    setCaret(at);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at, at);
    });
  };
  const take = (index: number) => {
    const item = offered?.items[index];
    if (!offered || !item) return;
    put(
      value.slice(0, offered.from) + item.insert + value.slice(offered.to),
      offered.from + item.insert.length,
    );
    setActive(0);
    setOpen(item.kind !== "field");
  };
  const onKeyDown = (e: KeyboardEvent<HTMLTextAreaElement>) => {
    if (e.nativeEvent.isComposing) return;
    const count = offered?.items.length ?? 0;
    if (e.key === "Escape" && count > 0) {
      e.stopPropagation();
      e.preventDefault();
      return setOpen(false);
    }
    if (e.key === " " && e.ctrlKey) {
      e.preventDefault();
      return setOpen(true);
    }
    if (compact && e.key === "Enter" && count === 0) return e.preventDefault();
    if (count === 0) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setActive((n) => (n + (e.key === "ArrowDown" ? 1 : -1) + count) % count);
    } else if (e.key === "Tab" || e.key === "Enter") {
      e.preventDefault();
      take(Math.min(active, count - 1));
    }
  };
  return (
    <div className={compact ? "formula compact" : "formula"}>
      <div className="formula-box">
        <Coloured text={value} fault={check?.error ?? null} />
        <textarea
          ref={input}
          value={value}
          rows={compact ? 1 : 4}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: the editor is what was asked for
          autoFocus={props.autoFocus}
          placeholder={props.placeholder}
          aria-label={props.label}
          aria-invalid={check?.error ? true : undefined}
          aria-autocomplete="list"
          aria-controls={offered ? list : undefined}
          aria-activedescendant={offered ? `${list}-${active}` : undefined}
          onChange={(e) => {
            onChange(e.target.value);
            setCaret(e.target.selectionStart);
            setActive(0);
            setOpen(true);
          }}
          onSelect={(e) => setCaret(e.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onBlur={() => setOpen(false)}
        />
        {offered && <Offers id={list} offered={offered} active={active} onTake={take} onLook={setActive} />}
      </div>
      {about && !offered && (
        <p className="formula-call">
          <code>{about.syntax}</code> <span className="muted">{about.help}</span>
        </p>
      )}
      <Verdict
        check={check}
        failed={failed}
        blank={value.trim() === ""}
        compact={compact}
        hint={t("formula.hint")}
      />
    </div>
  );
}

/** Asks the server what it thinks, a moment after the typing stops. */
function useCheck({ table, field, value, onChecked }: Props) {
  const [check, setCheck] = useState<FormulaCheck | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const late = useDebounced(value, 300);
  const told = useRef(onChecked);
  told.current = onChecked;
  useEffect(() => {
    const controller = new AbortController();
    setFailed(null);
    if (late.trim() === "") {
      setCheck(null);
      told.current?.(null);
      return;
    }
    api.checkFormula(table.key, late, field, controller.signal).then(
      (out) => {
        setCheck(out);
        told.current?.(out);
      },
      (e: unknown) => {
        if (!isAbort(e)) setFailed(errorText(e));
      },
    );
    return () => controller.abort();
  }, [late, table.key, field]);
  // A verdict on what no longer stands there would underline the wrong place.
  return { check: late === value ? check : null, failed };
}

function Coloured({ text, fault }: { text: string; fault: FormulaCheck["error"] }) {
  const pieces = useMemo(() => {
    const cuts = new Set<number>([0, text.length]);
    const tokens = tokenise(text);
    for (const token of tokens) {
      cuts.add(token.from);
      cuts.add(token.to);
    }
    if (fault) {
      cuts.add(Math.min(fault.from, text.length));
      cuts.add(Math.min(fault.to, text.length));
    }
    const edges = [...cuts].sort((a, b) => a - b);
    return edges.slice(0, -1).map((from, i) => {
      const to = edges[i + 1] ?? text.length;
      const kind = tokens.find((k) => k.from <= from && to <= k.to)?.kind ?? "other";
      const bad = fault !== null && from >= fault.from && to <= fault.to;
      return { from, text: text.slice(from, to), name: `tok-${kind}${bad ? " tok-bad" : ""}` };
    });
  }, [text, fault]);
  const atEnd = fault !== null && fault.from >= text.length;
  return (
    <pre aria-hidden="true">
      {pieces.map((p) => (
        <span key={p.from} className={p.name}>
          {p.text}
        </span>
      ))}
      {atEnd && <span className="tok-bad"> </span>}
      {"\n"}
    </pre>
  );
}

function Offers(props: {
  id: string;
  offered: Completions;
  active: number;
  onTake(index: number): void;
  onLook(index: number): void;
}) {
  const { t } = useTranslation();
  return (
    <div
      id={props.id}
      className="formula-offers"
      role="listbox"
      aria-label={t("formula.offers")}
      tabIndex={-1}
    >
      {props.offered.items.map((item, i) => (
        <div
          key={`${item.kind}${item.insert}`}
          id={`${props.id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === props.active}
          className={i === props.active ? "formula-offer active" : "formula-offer"}
          onMouseMove={() => props.onLook(i)}
          onMouseDown={(e) => {
            e.preventDefault();
            props.onTake(i);
          }}
        >
          <span className={`offer-kind offer-${item.kind}`} aria-hidden="true">
            {item.kind === "function" ? "ƒ" : item.kind === "field" ? "@" : "▦"}
          </span>
          <code>{item.label}</code>
          <span className="muted">{item.hint}</span>
        </div>
      ))}
    </div>
  );
}

function Verdict(props: {
  check: FormulaCheck | null;
  failed: string | null;
  blank: boolean;
  compact: boolean | undefined;
  hint: string;
}) {
  const { check, failed } = props;
  if (failed) return <p className="form-error">{failed}</p>;
  if (check?.error)
    return (
      <p className="formula-fault" role="alert">
        <Icon name="warn" size={14} />
        <span>
          {check.error.message} <span className="cure">{check.error.cure}</span>
        </span>
      </p>
    );
  if (props.compact) return null;
  return <p className="formula-say muted">{props.blank || !check ? props.hint : check.type}</p>;
}
