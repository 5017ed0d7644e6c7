import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SavedView } from "@/api/types";
import { isNear } from "@/features/links/address";
import { LinkRows } from "@/features/links/LinkRows";
import { NewLink } from "@/features/links/NewLink";
import { Dialog } from "@/ui/Dialog";
import { SecretActs } from "@/ui/SecretActs";

/** The public addresses of a form: made, shown once, listed, revoked. */
export function ShareForm(props: {
  view: SavedView;
  unsaved: boolean;
  /** It asks for nothing that all may fill in. */
  empty: boolean;
  /** What a record cannot do without, and the address does not ask for. */
  lacking: string[];
  onClose(): void;
}) {
  const { view, unsaved, empty, lacking, onClose } = props;
  const { t } = useTranslation();
  const [made, setMade] = useState<string>();
  return (
    <Dialog
      open
      data-help="form"
      width={560}
      title={t("forms.shareTitle", { name: view.name })}
      footer={null}
      onCancel={onClose}
    >
      <div className="link-dialog">
        <p className="muted">{t("forms.shareAbout")}</p>
        {unsaved && <p className="form-note">{t("forms.unsavedShare")}</p>}
        {lacking.map((name) => (
          <p key={name} className="form-note">
            {t("forms.shareLacking", { name })}
          </p>
        ))}
        {empty ? (
          <p className="form-note">{t("forms.shareEmpty")}</p>
        ) : (
          <NewLink
            view={view}
            kind="form"
            hint={t("forms.shareHint")}
            make={t("forms.shareMake")}
            onMade={setMade}
          />
        )}
        {made && (
          <section className="token-secret" aria-label={t("forms.shareOnce")}>
            <p>{t("forms.shareOnce")}</p>
            <code className="form-address">{made}</code>
            {isNear(location.hostname) && <p className="link-near">{t("forms.near")}</p>}
            <SecretActs text={made} onClose={() => setMade(undefined)} />
          </section>
        )}
        <LinkRows view={view.id} kind="form" none={t("forms.shareNone")} />
      </div>
    </Dialog>
  );
}
