import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { formatInstant } from "@/lib/format";
import { Icon } from "@/ui/Icon";
import "@/ui/css/consent.css";

/** What was agreed to with a record, when and through which form; nothing where nothing was. */
export function ConsentLines({ table, id }: { table: string; id: number }) {
  const { t } = useTranslation();
  const given = useQuery({ queryKey: ["consents", table, id], queryFn: () => api.consents(table, id) });
  return given.data?.consents.map((c) => (
    <details key={c.id} className="consent">
      <summary>
        <Icon name="check" size={13} /> {t("consent.given", { form: c.form_name, at: formatInstant(c.at) })}
      </summary>
      <p>{c.text}</p>
      <p className="muted">{t("consent.wording", { n: c.wording })}</p>
    </details>
  ));
}
