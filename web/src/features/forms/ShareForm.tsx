import { Button, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { SavedView } from "@/api/types";
import { isNear } from "@/features/links/address";
import { askLinks, LinkRows } from "@/features/links/LinkRows";
import { errorText } from "@/lib/errors";
import { SecretActs } from "@/ui/SecretActs";
import { toastError } from "@/ui/toast";

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
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<string>();
  const make = async () => {
    setBusy(true);
    try {
      const { path } = await api.makeLink(view.id, { kind: "form", name: name.trim() || undefined });
      setMade(location.origin + path);
      setName("");
      await askLinks();
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
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
          <form
            className="link-new"
            onSubmit={(e) => {
              e.preventDefault();
              void make();
            }}
          >
            <Input
              aria-label={t("link.name")}
              placeholder={t("forms.shareHint")}
              maxLength={40}
              value={name}
              onChange={(e) => setName(e.target.value)}
            />
            <Button type="primary" htmlType="submit" loading={busy}>
              {t("forms.shareMake")}
            </Button>
          </form>
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
    </Modal>
  );
}
