import { type DragEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { isAbort } from "@/api/client";
import type { Field, FileRef } from "@/api/types";
import { errorText } from "@/lib/errors";
import { formatSize } from "@/lib/format";
import { usePhone } from "@/lib/hooks";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import "@/ui/css/files.css";

interface Props {
  field: Field;
  files: FileRef[];
  onChange(files: FileRef[]): void;
}

/** The files of a cell: seen, opened, added, taken out. */
export function FilesList({ field, files, onChange }: Props) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  const [busy, setBusy] = useState<{ name: string; part: number } | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const controller = useRef<AbortController | null>(null);
  const now = useRef(files);
  now.current = files;
  useEffect(() => () => controller.current?.abort(), []);

  const add = async (list: FileList | null) => {
    setError(null);
    controller.current = new AbortController();
    for (const file of list ?? []) {
      setBusy({ name: file.name, part: 0 });
      try {
        const stored = await api.putFile(
          file,
          (done, total) => setBusy({ name: file.name, part: done / Math.max(1, total) }),
          controller.current.signal,
        );
        onChange([...now.current, stored]);
      } catch (e) {
        if (!isAbort(e)) setError(errorText(e));
        break;
      }
    }
    setBusy(null);
    // The same file can be chosen again.
    for (const at of [input, camera]) if (at.current) at.current.value = "";
  };
  const onDrop = (e: DragEvent) => {
    e.preventDefault();
    setOver(false);
    void add(e.dataTransfer.files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way; the button does the same
    <div
      className={over ? "files over" : "files"}
      onDragOver={(e) => {
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <ul>
        {files.map((f) => (
          <li key={f.id}>
            <a href={api.fileUrl(f)} target="_blank" rel="noreferrer">
              {f.type.startsWith("image/") ? (
                <img src={api.fileUrl(f)} alt="" loading="lazy" />
              ) : (
                <span className="file-sign">
                  <Icon name="file" size={18} />
                </span>
              )}
              <span className="file-name">{f.name}</span>
              <span className="muted num">{formatSize(f.size)}</span>
            </a>
            <IconButton
              icon="close"
              label={t("files.remove", { name: f.name })}
              onClick={() => onChange(files.filter((x) => x.id !== f.id))}
            />
          </li>
        ))}
      </ul>
      {busy && (
        <p className="files-busy" role="status">
          <span className="file-name">{busy.name}</span>
          <progress value={busy.part} max={1} />
        </p>
      )}
      {error && (
        <p className="form-error" role="alert">
          {error}
        </p>
      )}
      <div className="files-ways">
        <button
          type="button"
          className="files-add"
          disabled={busy !== null}
          onClick={() => input.current?.click()}
        >
          <Icon name="plus" size={14} /> {field.images ? t("files.addImage") : t("files.add")}
          {!phone && <span className="muted">{t("files.drop")}</span>}
        </button>
        {phone && (
          <button
            type="button"
            className="files-add"
            disabled={busy !== null}
            onClick={() => camera.current?.click()}
          >
            <Icon name="camera" size={14} /> {t("files.camera")}
          </button>
        )}
      </div>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={field.images ? "image/*" : undefined}
        onChange={(e) => void add(e.target.files)}
      />
      {phone && (
        // Sent as the camera took it: nothing is made smaller in silence.
        <input
          ref={camera}
          type="file"
          hidden
          accept="image/*"
          capture="environment"
          onChange={(e) => void add(e.target.files)}
        />
      )}
    </div>
  );
}
