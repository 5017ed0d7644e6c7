import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { SearchGroup, Table } from "@/api/types";
import { openRecord, showSearch } from "@/features/table/tableState";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatValue, labelOf } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { useSchema } from "@/lib/query";
import { Badge } from "@/ui/Badge";
import { Icon, type IconName } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { toastError } from "@/ui/toast";
import "@/ui/css/palette.css";
import { offered } from "./commands";
import { type Found, type Hit, hitsOf, lately, palette, remember } from "./palette";

/** One line of the palette. */
interface Line {
  id: string;
  icon: IconName;
  body: ReactNode;
  pick(): void;
}
interface Section {
  title: string;
  lines: Line[];
}

const TABLE_ICONS: Record<string, IconName> = {
  customers: "people",
  orders: "receipt",
  products: "box",
  interactions: "talk",
};

/** One box for everything: records of all tables, and what can be done. */
export function Palette({ first }: { first: string }) {
  const { t } = useTranslation();
  const [text, setText] = useState(first);
  const [composing, setComposing] = useState(false);
  // With nothing typed Enter does nothing: no line is meant before a key or the pointer says so.
  const [at, setAt] = useState(first === "" ? -1 : 0);
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const close = () => palette.set(null);
  const { sections, busy, error } = useSections(composing ? "" : text, close);
  const lines = sections.flatMap((s) => s.lines);
  const active = Math.min(at, lines.length - 1);
  useFocusBack();
  // Enter pressed before the answer is there means the answer's first line, not that of the one before.
  const [entered, setEntered] = useState(false);
  useEffect(() => {
    if (!entered || busy) return;
    setEntered(false);
    lines[active]?.pick();
  }, [entered, busy, lines, active]);
  useEffect(() => {
    box.current?.querySelector(".palette-line.on")?.scrollIntoView({ block: "nearest" });
  });
  const onKey = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || e.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step !== undefined && lines.length > 0)
      setAt(active < 0 && step < 0 ? lines.length - 1 : (active + step + lines.length) % lines.length);
    else if (e.key === "Enter") setEntered(true);
    else if (e.key === "Escape") close();
    else if (e.key !== "Tab") return;
    // The focus stays in the box; Tab has nowhere else to go.
    e.preventDefault();
    e.stopPropagation();
  };
  return createPortal(
    <div className="palette-ground" onPointerDown={(e) => e.target === e.currentTarget && close()}>
      <div ref={box} className="palette" role="dialog" aria-modal="true" aria-label={t("palette.title")}>
        <div className="palette-box">
          <Icon name="search" />
          <input
            // biome-ignore lint/a11y/noAutofocus: it was opened to type
            autoFocus
            role="combobox"
            aria-expanded="true"
            aria-controls={list}
            aria-activedescendant={lines[active] && `${list}.${lines[active].id}`}
            aria-label={t("palette.title")}
            placeholder={t("palette.hint")}
            value={text}
            onChange={(e) => {
              setText(e.target.value);
              setAt(e.target.value === "" ? -1 : 0);
              setEntered(false);
            }}
            onCompositionStart={() => setComposing(true)}
            onCompositionEnd={() => setComposing(false)}
            onKeyDown={onKey}
          />
          <IconButton icon="close" label={t("ui.close")} onClick={close} />
        </div>
        <div
          id={list}
          className="palette-list"
          role="listbox"
          aria-label={t("palette.title")}
          aria-busy={busy}
        >
          {sections.map((s) => (
            <div key={s.title} role="group" aria-label={s.title}>
              <div className="palette-title">{s.title}</div>
              {s.lines.map((line) => (
                // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus and names the active line
                // biome-ignore lint/a11y/useKeyWithClickEvents: the box answers the keys
                <div
                  key={line.id}
                  id={`${list}.${line.id}`}
                  role="option"
                  aria-selected={line === lines[active]}
                  className={line === lines[active] ? "palette-line on" : "palette-line"}
                  onPointerMove={() => setAt(lines.indexOf(line))}
                  onClick={line.pick}
                >
                  <Icon name={line.icon} />
                  {line.body}
                </div>
              ))}
            </div>
          ))}
          {error && <p className="palette-none">{error}</p>}
          {!busy && !error && lines.length === 0 && (
            <p className="palette-none">{t("palette.none", { text })}</p>
          )}
        </div>
      </div>
    </div>,
    document.body,
  );
}

/** When it closes, whoever had the focus has it again. */
function useFocusBack() {
  const [before] = useState(() => document.activeElement as HTMLElement | null);
  useEffect(() => () => before?.focus?.({ preventScroll: true }), [before]);
}

function useSections(
  text: string,
  close: () => void,
): { sections: Section[]; busy: boolean; error?: string } {
  const tables = useSchema().data?.tables ?? NO_TABLES;
  const commandsOnly = text.startsWith(">");
  const words = (commandsOnly ? text.slice(1) : text).trim();
  const records = commandsOnly ? "" : words;
  const asked = useDebounced(records, 120);
  const answer = useQuery({
    queryKey: ["search", asked],
    queryFn: ({ signal }) => api.search(asked, signal),
    enabled: asked !== "",
    staleTime: 5_000,
    placeholderData: (before) => (asked === "" ? undefined : before),
  });
  const act = useActs(close);
  const found = useFound(records === "" ? NO_GROUPS : (answer.data?.groups ?? NO_GROUPS), tables, words, act);
  const recent = useRecent(text === "", tables, act);
  const commands = useCommands(words, tables, act);
  const busy = records !== "" && (asked !== records || answer.isFetching);
  return {
    sections: [...found, recent, commands].filter((s) => s.lines.length > 0),
    busy,
    error: answer.error ? errorText(answer.error) : undefined,
  };
}
const NO_TABLES: Table[] = [];
const NO_GROUPS: SearchGroup[] = [];
const iconOf = (table: string): IconName => TABLE_ICONS[table] ?? "file";

type Acts = ReturnType<typeof useActs>;

/** What a line does once the palette is closed. */
function useActs(close: () => void) {
  const navigate = useNavigate();
  const go = (table: string, c?: number) =>
    void navigate({ to: "/t/$table", params: { table }, search: c === undefined ? {} : { c } });
  const done = (then: () => void) => () => {
    close();
    then();
  };
  return {
    done,
    toTable: (table: string) => done(() => go(table)),
    toAll: (table: string, search: string) =>
      done(() => {
        showSearch(table, search);
        go(table);
      }),
    open: ({ table, id, title }: Found) =>
      done(() => {
        remember({ table, id, title });
        if (table === "customers") return go(table, id);
        go(table);
        openRecord.set({ table, id });
      }),
  };
}

function useFound(groups: SearchGroup[], tables: Table[], words: string, act: Acts): Section[] {
  const { t } = useTranslation();
  const locale = useLocale();
  return groups.flatMap((group) => {
    const table = tables.find((tb) => tb.key === group.table);
    if (!table) return [];
    const title = labelOf(table.label, locale);
    const lines: Line[] = hitsOf(group, table).map((hit) => ({
      id: `${hit.table}.${hit.id}`,
      icon: iconOf(hit.table),
      body: <HitBody hit={hit} />,
      pick: act.open(hit),
    }));
    if (group.more)
      lines.push({
        id: `${group.table}.more`,
        icon: "filter",
        body: <span className="palette-name muted">{t("palette.more", { table: title })}</span>,
        pick: act.toAll(table.key, words),
      });
    return [{ title, lines }];
  });
}

function useRecent(wanted: boolean, tables: Table[], act: Acts): Section {
  const { t } = useTranslation();
  const locale = useLocale();
  const lines = (wanted ? lately() : []).flatMap((record): Line[] => {
    const table = tables.find((tb) => tb.key === record.table);
    if (!table) return [];
    const body = (
      <>
        <span className="palette-name">{record.title}</span>
        <span className="palette-fact">{labelOf(table.label, locale)}</span>
      </>
    );
    return [{ id: `${record.table}.${record.id}`, icon: iconOf(record.table), body, pick: act.open(record) }];
  });
  return { title: t("palette.lately"), lines };
}

function useCommands(words: string, tables: Table[], act: Acts): Section {
  const { t } = useTranslation();
  const locale = useLocale();
  const navigate = useNavigate();
  const { table } = useParams({ strict: false });
  const fits = (label: string) => label.toLowerCase().includes(words.toLowerCase());
  const commands = offered({ navigate, table })
    .map((c) => ({ c, label: t(c.label) }))
    .filter(({ c, label }) => fits(label) || c.id.includes(words.toLowerCase()))
    .map(({ c, label }): Line => {
      const body = (
        <>
          <span className="palette-name">{label}</span>
          {c.shortcut && <kbd>{c.shortcut}</kbd>}
        </>
      );
      const pick = act.done(() => {
        const middle = new DOMRect(innerWidth / 2 - 140, 96, 280, 0);
        Promise.resolve(c.run(middle)).catch((e: unknown) => toastError(errorText(e)));
      });
      return { id: `do.${c.id}`, icon: c.icon, body, pick };
    });
  const places = tables
    .map((tb) => ({ key: tb.key, label: t("palette.toTable", { table: labelOf(tb.label, locale) }) }))
    .filter(({ label }) => fits(label))
    .map(
      ({ key, label }): Line => ({
        id: `to.${key}`,
        icon: iconOf(key),
        body: <span className="palette-name">{label}</span>,
        pick: act.toTable(key),
      }),
    );
  return { title: t("palette.commands"), lines: [...commands, ...places] };
}

function HitBody({ hit }: { hit: Hit }) {
  const locale = useLocale();
  return (
    <>
      <span className="palette-name">{hit.title}</span>
      {hit.facts.map(({ field, value }) =>
        field.kind === "choice" ? (
          <Badge key={field.key} field={field} value={value} />
        ) : (
          <span key={field.key} className="palette-fact num">
            {formatValue(field, value, locale)}
          </span>
        ),
      )}
      {hit.answer && (
        <span className="palette-answer">
          {labelOf(hit.answer.field.label, locale)}：{hit.answer.text}
        </span>
      )}
    </>
  );
}
