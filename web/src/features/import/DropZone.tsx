import { Button } from "antd";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { toastError } from "@/ui/toast";

const ENDINGS = [".xlsx", ".xls", ".ods", ".csv", ".tsv"];
const MAX = 512 * 1024 * 1024;

/** Where sheets are dropped, pasted as files, or picked. */
export function DropZone({ onFiles }: { onFiles(files: File[]): void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (list: FileList | null) => {
    const files = [...(list ?? [])];
    const known = files.filter((f) => ENDINGS.some((e) => f.name.toLowerCase().endsWith(e)));
    const bad = files.find((f) => !known.includes(f));
    if (bad) toastError(t("import.wrongType", { name: bad.name }));
    const large = known.find((f) => f.size > MAX);
    if (large) return toastError(t("import.tooLarge", { name: large.name }));
    if (known.length > 0) onFiles(known);
  };
  const drag = (on: boolean) => (e: DragEvent) => {
    e.preventDefault();
    setOver(on);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a drop target; the button inside is the keyboard's way
    <div
      className={over ? "drop over" : "drop"}
      onDragEnter={drag(true)}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(e) => {
        drag(false)(e);
        take(e.dataTransfer.files);
      }}
    >
      <svg className="drop-art" viewBox="0 0 64 48" aria-hidden="true">
        <rect x="6" y="6" width="40" height="36" rx="3" />
        <path d="M6 15h40M6 24h40M6 33h40M19 6v36M32.500 6v36" />
        <circle cx="49" cy="35" r="10" className="drop-dot" />
        <path d="M49 39.500v-9M45.500 33.500l3.500-3.500 3.500 3.500" className="drop-arrow" />
      </svg>
      <p className="drop-title">{t("import.drop")}</p>
      <p className="muted">{t("import.dropHint")}</p>
      <Button type="primary" size="large" onClick={() => input.current?.click()}>
        {t("import.choose")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ENDINGS.join(",")}
        aria-label={t("import.choose")}
        onChange={(e) => {
          take(e.target.files);
          e.target.value = "";
        }}
      />
    </div>
  );
}
