import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { NotePart, NoteRead } from "@/api/types";
import { useLocale } from "@/i18n";
import { optionLabel } from "@/lib/format";
import { useDebounced } from "@/lib/hooks";
import { fieldOf, useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { begun, draftOf, draftsStore, sent, writeDraft } from "./drafts";
import { useActs } from "./useTimeline";
import { momentText } from "./words";

/** How long the fingers rest before the line is read. */
const REST_MS = 180;

/** A line about the customer. What is understood of it is shown before it is kept, and can be taken away. */
export function NoteBox({ id, name }: { id: number; name: string }) {
  const { t } = useTranslation();
  const { keepable } = useActs();
  const input = useRef<HTMLInputElement>(null);
  // Outlives the line: who looks at another customer in between finds it again.
  const { text, without, busy } = draftOf(useStore(draftsStore), id);
  const [composing, setComposing] = useState(false);
  // Half a word of an input method is no text yet.
  const rested = useDebounced(composing ? "" : text.trim(), REST_MS);
  const line = text.trim();
  const read = useQuery({
    queryKey: ["note", id, rested, without],
    queryFn: ({ signal }) => api.addNote(id, { text: rested, without, preview: true }, signal),
    enabled: rested !== "",
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  const save = async () => {
    // A key of the input method may also reach the form.
    if (line === "" || busy || composing) return;
    begun(id);
    const act = { kind: "note" as const, customer: id, text: line, without };
    sent(id, text, await keepable(act, name, t("note.saved")));
    input.current?.focus({ preventScroll: true });
  };
  const key = (e: KeyboardEvent) => {
    // Safari ends a composition before the key that ended it: 229 still tells.
    if (e.nativeEvent.isComposing || e.keyCode === 229) return;
    if (e.key === "Escape" && line !== "") {
      // Leaves the line; the next one closes the panel.
      e.preventDefault();
      const panel = e.currentTarget.closest<HTMLElement>(".panel");
      if (panel) panel.focus({ preventScroll: true });
      else input.current?.blur();
    }
    if (e.key !== "Enter") return;
    e.preventDefault();
    void save();
  };
  return (
    <form
      className="note-box"
      // A press beside the line leaves the focus in it: on a phone the keyboard would go, and what is pressed move away.
      onMouseDown={(e) => e.target !== input.current && e.preventDefault()}
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      {line !== "" && read.data && (
        <Understood read={read.data} onDrop={(part) => writeDraft(id, text, [...without, part])} />
      )}
      <div className="note-entry">
        <input
          ref={input}
          value={text}
          maxLength={2000}
          enterKeyHint="done"
          aria-label={t("note.label")}
          placeholder={t("note.hint")}
          onChange={(e) => writeDraft(id, e.target.value, without)}
          onCompositionStart={() => setComposing(true)}
          onCompositionEnd={() => setComposing(false)}
          onKeyDown={key}
        />
        <button type="submit" className="note-save" disabled={line === "" || busy}>
          {t("note.save")}
        </button>
      </div>
    </form>
  );
}

/** What was understood, a chip each. */
function Understood({ read, onDrop }: { read: NoteRead; onDrop(part: NotePart): void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const table = useTable("interactions");
  const name = (field: string, value: string | undefined) => {
    const f = fieldOf(table, field);
    return f && value ? optionLabel(f, value, locale) : (value ?? "");
  };
  const joined = (...parts: string[]) => parts.filter((p) => p !== "").join(" · ");
  const chips: [NotePart, string][] = [];
  const way = name("way", read.way);
  // A plan says so by its follow-up; a talk is what a note is anyway.
  if (read.kind !== "沟通" && read.kind !== "计划") chips.push(["kind", name("kind", read.kind)]);
  if (read.at) chips.push(["past", joined(momentText(read.at, locale, t), way)]);
  else if (way !== "") chips.push(["way", way]);
  if (read.follow_up) {
    const when = momentText(read.follow_up, locale, t);
    chips.push(["ahead", joined(t("note.followUp"), when, name("follow_up_way", read.follow_up_way))]);
  }
  return (
    <ul className="note-chips" aria-label={t("note.understood")} aria-live="polite">
      {chips.map(([part, text]) => (
        <li key={part} className={`note-chip chip-${part}`}>
          <span className="num">{text}</span>
          <button type="button" aria-label={t("note.drop", { what: text })} onClick={() => onDrop(part)}>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
      {chips.length === 0 && <li className="muted">{t("note.plain")}</li>}
    </ul>
  );
}
