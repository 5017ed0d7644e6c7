import { Button, Input } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChoiceOption, Tone } from "@/api/types";
import { useLocale } from "@/i18n";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";

const TONES: Tone[] = ["gold", "slate", "sand", "green", "red", "blue", "grey"];

interface Props {
  options: ChoiceOption[];
  onChange(options: ChoiceOption[]): void;
}

/** Moves one of a list; the others close up. */
export function moved<T>(list: T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(Math.max(0, Math.min(next.length, to)), 0, item);
  return next;
}

/** The options of a choice: colour, name, order. Several lines pasted make several options. */
export function OptionsEditor({ options, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const list = useRef<HTMLUListElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const [tone, setTone] = useState<{ index: number; at: DOMRect } | null>(null);
  const english = locale === "en";

  const set = (index: number, next: Partial<ChoiceOption>) =>
    onChange(options.map((o, i) => (i === index ? { ...o, ...next } : o)));
  const rename = (index: number, text: string) => {
    const o = options[index];
    // One name for both languages until someone gives the other its own.
    if (!o || o.value === o.en) return set(index, { value: text, en: text });
    set(index, english ? { en: text } : { value: text });
  };
  const add = (names: string[]) => {
    const fresh = names.filter((n) => n === "" || !options.some((o) => o.value === n));
    onChange([
      ...options,
      ...fresh.map((value, i) => ({
        value,
        en: value,
        tone: TONES[(options.length + i) % TONES.length] ?? "grey",
      })),
    ]);
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLInputElement>("li:last-child input[type=text]")?.focus(),
    );
  };
  const over = (e: DragEvent, index: number) => {
    e.preventDefault();
    if (dragged === null || dragged === index) return;
    onChange(moved(options, dragged, index));
    setDragged(index);
  };
  return (
    <div className="options">
      <ul ref={list}>
        {options.map((o, i) => (
          <li
            key={`${i}`}
            className={dragged === i ? "option dragged" : "option"}
            draggable={dragged === i}
            onDragOver={(e) => over(e, i)}
            onDragEnd={() => setDragged(null)}
          >
            <span
              className="grip"
              aria-hidden="true"
              onPointerDown={() => setDragged(i)}
              onPointerUp={() => setDragged(null)}
            >
              <Icon name="grip" size={14} />
            </span>
            <button
              type="button"
              className={`tone-dot tone-${o.tone}`}
              aria-label={t("field.colour")}
              onClick={(e) => setTone({ index: i, at: e.currentTarget.getBoundingClientRect() })}
            />
            <Input
              type="text"
              size="small"
              value={english ? o.en : o.value}
              aria-label={t("field.option")}
              placeholder={t("field.option")}
              onChange={(e) => rename(i, e.target.value)}
              onKeyDown={(e) => {
                if (e.nativeEvent.isComposing) return;
                if (e.key === "Enter") {
                  e.preventDefault();
                  add([""]);
                } else if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) {
                  e.preventDefault();
                  onChange(moved(options, i, i + (e.key === "ArrowUp" ? -1 : 1)));
                }
              }}
              onPaste={(e) => {
                const lines = e.clipboardData.getData("text/plain").split(/[\r\n\t]+/);
                const names = [...new Set(lines.map((l) => l.trim()).filter((l) => l !== ""))];
                if (names.length < 2) return;
                e.preventDefault();
                add(names);
              }}
            />
            <IconButton
              icon="close"
              label={t("field.removeOption", { name: o.value })}
              onClick={() => onChange(options.filter((_, j) => j !== i))}
            />
          </li>
        ))}
      </ul>
      <Button size="small" type="text" icon={<Icon name="plus" size={13} />} onClick={() => add([""])}>
        {t("field.addOption")}
      </Button>
      {tone && (
        <Popup at={tone.at} label={t("field.colour")} onClose={() => setTone(null)}>
          <div className="tones">
            {TONES.map((name) => (
              <button
                key={name}
                type="button"
                aria-label={t(`tone.${name}`)}
                aria-pressed={options[tone.index]?.tone === name}
                className={`badge tone-${name}`}
                onClick={() => {
                  set(tone.index, { tone: name });
                  setTone(null);
                }}
              >
                {t(`tone.${name}`)}
              </button>
            ))}
          </div>
        </Popup>
      )}
    </div>
  );
}
