import "@/ui/css/outbox.css";
import { useTranslation } from "react-i18next";
import { useStore } from "@/lib/store";
import { waitingStore } from "./waiting";

/** Notes on a customer that wait to be sent. */
export function KeptNotes({ id }: { id: number }) {
  const { t } = useTranslation();
  const notes = useStore(waitingStore).flatMap((w) =>
    w.act.kind === "note" && w.act.customer === id ? [{ key: w.id, text: w.act.text }] : [],
  );
  if (notes.length === 0) return null;
  return (
    <ul className="kept-notes" aria-label={t("offline.title")}>
      {notes.map((note) => (
        <li key={note.key}>
          <span>{note.text}</span>
          <span className="muted">{t("offline.unsent")}</span>
        </li>
      ))}
    </ul>
  );
}
