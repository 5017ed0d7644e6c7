import "@/i18n/settings";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { SavedView } from "@/api/types";
import { errorText } from "@/lib/errors";
import { toastError } from "@/ui/toast";
import { askLinks } from "./LinkRows";

interface Props {
  view: SavedView;
  kind: "feed" | "form";
  /** What the name is for. */
  hint: string;
  /** What the button says. */
  make: string;
  /** Gets the address, which nothing shows again. */
  onMade(address: string): void;
}

/** Makes a secret address of a saved view, under a name. */
export function NewLink({ view, kind, hint, make, onMade }: Props) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      const { path } = await api.makeLink(view.id, { kind, name: name.trim() || undefined });
      onMade(window.location.origin + path);
      setName("");
      await askLinks();
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="link-new"
      onSubmit={(e) => {
        e.preventDefault();
        void send();
      }}
    >
      <Input
        aria-label={t("link.name")}
        placeholder={hint}
        maxLength={40}
        value={name}
        onChange={(e) => setName(e.target.value)}
      />
      <Button type="primary" htmlType="submit" loading={busy}>
        {make}
      </Button>
    </form>
  );
}
