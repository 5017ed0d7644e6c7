import "@/i18n/settings";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedView } from "@/api/types";
import { Dialog } from "@/ui/Dialog";
import { SecretActs } from "@/ui/SecretActs";
import { isNear, READERS, type Reader, toCopy } from "./address";
import { LinkRows } from "./LinkRows";
import { NewLink } from "./NewLink";

/** The live links of a saved view: made, shown once with what to do with them, listed, revoked. */
export default function LinksDialog({ view, onClose }: { view: SavedView; onClose(): void }) {
  const { t } = useTranslation();
  const [made, setMade] = useState<string>();
  return (
    <Dialog open width={560} title={t("link.title", { name: view.name })} footer={null} onCancel={onClose}>
      <div className="link-dialog" data-help="links">
        <p className="muted">{t("link.about")}</p>
        <NewLink view={view} kind="feed" hint={t("link.nameHint")} make={t("link.make")} onMade={setMade} />
        {made && <Address key={made} base={made} onClose={() => setMade(undefined)} />}
        <LinkRows view={view.id} kind="feed" none={t("link.none")} />
      </div>
    </Dialog>
  );
}

/** The address just made, for whoever is to read it; nothing shows it again. */
function Address({ base, onClose }: { base: string; onClose(): void }) {
  const { t } = useTranslation();
  const [reader, setReader] = useState<Reader>("excel");
  const text = toCopy(reader, base);
  const unreachable = reader === "sheets" && isNear(window.location.hostname);
  return (
    <section className="token-secret" aria-label={t("link.once")}>
      <p>{t("link.once")}</p>
      <div className="link-readers" role="tablist" aria-label={t("link.readers")}>
        {READERS.map((r) => (
          <button
            key={r}
            type="button"
            role="tab"
            aria-selected={r === reader}
            className={r === reader ? "on" : undefined}
            onClick={() => setReader(r)}
          >
            {t(`reader.${r}`)}
          </button>
        ))}
      </div>
      <div className="link-reader" role="tabpanel" aria-label={t(`reader.${reader}`)}>
        <code>{text}</code>
        <p className="muted">{t(`how.${reader}`)}</p>
        {unreachable && <p className="link-near">{t("link.near")}</p>}
      </div>
      <SecretActs text={text} onClose={onClose} />
    </section>
  );
}
