import { useEffect, useState } from "react";
import type { Field, FileRef } from "@/api/types";
import { FilesList } from "@/features/files/FilesList";
import type { BlockCache } from "@/grid/blockCache";
import type { Row } from "@/grid/types";
import { useLocale } from "@/i18n";
import { filesOf, labelOf } from "@/lib/format";
import { Popup } from "@/ui/Popup";
import type { Edits } from "./useEdits";

interface Props {
  field: Field;
  row: Row;
  at: DOMRect;
  edits: Edits;
  source: BlockCache | undefined;
  onClose(): void;
}

/** The files of a cell, beside it; every change is written at once. */
export function FilesPopup({ field, row, at, edits, source, onClose }: Props) {
  const locale = useLocale();
  const stored = () => filesOf(row.values[field.key]);
  const [files, setFiles] = useState<FileRef[]>(stored);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row tells when it changed
  useEffect(() => source?.subscribe(() => setFiles(stored())), [source, row]);
  const change = (next: FileRef[]) => {
    setFiles(next);
    void edits.edit([{ id: row.id, field: field.key, value: next.length > 0 ? next : null, text: "" }]);
  };
  return (
    <Popup at={at} label={labelOf(field.label, locale)} onClose={onClose}>
      <FilesList field={field} files={files} onChange={change} />
    </Popup>
  );
}
