import "@/i18n/settings";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";
import { toast, toastError } from "./toast";

/** Below a secret that nothing shows again: copied, and put away. */
export function SecretActs({ text, onClose }: { text: string; onClose(): void }) {
  const { t } = useTranslation();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast(t("token.copied")),
      () => toastError(t("token.notCopied")),
    );
  return (
    <div className="token-acts">
      <Button icon={<Icon name="copy" size={14} />} onClick={() => void copy()}>
        {t("token.copy")}
      </Button>
      <Button type="text" onClick={onClose}>
        {t("token.kept")}
      </Button>
    </div>
  );
}
