import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useTranslation } from "react-i18next";
import type { Member } from "@/api/types";
import { loadMembers, memberStore } from "@/lib/members";
import { useStatus } from "@/lib/query";
import { useStore } from "@/lib/store";
import { meant, named, suggested, typedName } from "./mentions";

interface Props {
  /** Where an unsent text is kept while the box is closed. */
  draft: string;
  /** What it starts with when nothing was left unsent. */
  text?: string;
  /** Who is mentioned in that. */
  chosen?: number[];
  label: string;
  send: string;
  autoFocus?: boolean;
  onSend(text: string, mentions: number[]): Promise<boolean>;
  onCancel?(): void;
}

/** Unsent texts: closing a box by mistake loses nothing. */
const drafts = new Map<string, string>();

/** A box to write a comment in. After an `@` a list of names is offered; Ctrl+Enter sends. */
export function Composer({ draft, text: first, chosen, label, send, autoFocus, onSend, onCancel }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(drafts.get(draft) ?? first ?? "");
  const [busy, setBusy] = useState(false);
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  const picked = useRef(new Set(chosen));
  const members = useStore(memberStore);
  const me = useStatus().data?.user?.id;
  useEffect(() => void loadMembers(), []);
  // After what closes meanwhile has given the focus back.
  useEffect(() => {
    if (!autoFocus) return;
    box.current?.focus({ preventScroll: true });
    const end = box.current?.value.length ?? 0;
    box.current?.setSelectionRange(end, end);
  }, [autoFocus]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the box is as high as its text
  useLayoutEffect(() => {
    const style = box.current?.style;
    if (!style || !box.current) return;
    style.height = "auto";
    style.height = `${box.current.scrollHeight + 2}px`;
  }, [text]);

  const typed = caret === null ? null : typedName(text, caret);
  const others = members.filter((m) => m.id !== me);
  const names = typed ? suggested(others, typed.typed) : [];
  const active = Math.min(at, names.length - 1);
  const change = (next: string) => {
    setText(next);
    drafts.set(draft, next);
  };
  const pick = (member: Member) => {
    if (!typed || caret === null) return;
    const [next, place] = named(text, typed.from, caret, member.name);
    picked.current.add(member.id);
    change(next);
    setCaret(null);
    requestAnimationFrame(() => {
      box.current?.focus({ preventScroll: true });
      box.current?.setSelectionRange(place, place);
    });
  };
  const done = async () => {
    if (text.trim() === "" || busy) return;
    setBusy(true);
    const sent = await onSend(text.trim(), meant(text, members, picked.current));
    setBusy(false);
    if (!sent) return;
    drafts.delete(draft);
    picked.current.clear();
    setText("");
    setCaret(null);
  };
  const cancel = () => {
    drafts.delete(draft);
    onCancel?.();
  };
  const key = (e: KeyboardEvent) => {
    // Keys of an open input method are its own; Safari ends a composition before the key that ended it.
    if (e.nativeEvent.isComposing || e.keyCode === 229) return;
    const chooses = names.length > 0 && ["ArrowUp", "ArrowDown", "Enter", "Tab", "Escape"].includes(e.key);
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      void done();
    } else if (chooses) {
      e.preventDefault();
      e.stopPropagation();
      const member = names[active];
      if (e.key === "Escape") setCaret(null);
      else if (e.key === "ArrowUp" || e.key === "ArrowDown")
        setAt((active + (e.key === "ArrowUp" ? names.length - 1 : 1)) % names.length);
      else if (member) pick(member);
    }
  };
  const follow = (e: { currentTarget: HTMLTextAreaElement }) => {
    setCaret(e.currentTarget.selectionEnd);
    setAt(0);
  };
  return (
    <div className="composer">
      <textarea
        ref={box}
        rows={1}
        value={text}
        maxLength={2000}
        aria-label={label}
        placeholder={label}
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={names.length > 0}
        aria-controls={names.length > 0 ? id : undefined}
        aria-activedescendant={names.length > 0 ? `${id}-${active}` : undefined}
        onChange={(e) => {
          change(e.target.value);
          follow(e);
        }}
        onClick={follow}
        onBlur={() => setCaret(null)}
        onKeyDown={key}
      />
      {(text.trim() !== "" || onCancel) && (
        <div className="composer-acts">
          {onCancel && (
            <button type="button" className="link" onClick={cancel}>
              {t("ui.cancel")}
            </button>
          )}
          <button
            type="button"
            className="composer-send"
            title="Ctrl+Enter"
            disabled={text.trim() === "" || busy}
            onClick={() => void done()}
          >
            {send}
          </button>
        </div>
      )}
      {names.length > 0 && box.current && (
        <Names id={id} names={names} active={active} under={box.current} onPick={pick} />
      )}
    </div>
  );
}

function Names(props: {
  id: string;
  names: Member[];
  active: number;
  under: HTMLElement;
  onPick(member: Member): void;
}) {
  const { t } = useTranslation();
  const at = props.under.getBoundingClientRect();
  // Above where there is no room below: a phone's keyboard takes half the screen.
  const room = (visualViewport?.height ?? innerHeight) - at.bottom;
  const place =
    room < 40 + props.names.length * 34
      ? { left: at.left, bottom: innerHeight - at.top + 4 }
      : { left: at.left, top: at.bottom + 4 };
  return createPortal(
    <div id={props.id} className="comment-names" role="listbox" aria-label={t("mention.who")} style={place}>
      {props.names.map((m, i) => (
        // The keys stay in the box; the press must not take the focus from it.
        <div
          key={m.id}
          id={`${props.id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === props.active}
          className={i === props.active ? "on" : undefined}
          onMouseDown={(e) => {
            e.preventDefault();
            props.onPick(m);
          }}
        >
          {m.name}
        </div>
      ))}
    </div>,
    document.body,
  );
}
