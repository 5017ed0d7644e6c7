import "@/i18n/settings";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Link, LinkKind } from "@/api/types";
import { errorText } from "@/lib/errors";
import { formatCount, formatMoment } from "@/lib/format";
import { queryClient } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { SureButton } from "@/ui/SureButton";
import { toast, toastError } from "@/ui/toast";
import "@/ui/css/settings.css";

export const askLinks = () => queryClient.invalidateQueries({ queryKey: ["links"] });

/** Links: those of one kind of one view, or all the person may see, each with its view. */
export function LinkRows({ view, kind, none }: { view?: number; kind?: LinkKind; none: string }) {
  const list = useQuery({
    queryKey: ["links", view ?? 0],
    queryFn: () => (view === undefined ? api.links() : api.viewLinks(view)),
    staleTime: 0,
  });
  if (list.isError)
    return (
      <p className="form-error" role="alert">
        {errorText(list.error)}
      </p>
    );
  const links = list.data?.links.filter((link) => kind === undefined || link.kind === kind);
  if (links?.length === 0) return <p className="muted">{none}</p>;
  return (
    <ul className="past">
      {links?.map((link) => (
        <LinkRow key={link.id} link={link} whole={view === undefined} />
      ))}
    </ul>
  );
}

function LinkRow({ link, whole }: { link: Link; whole: boolean }) {
  const { t } = useTranslation();
  const revoke = () =>
    api.revokeLink(link.id).then(
      () => {
        toast(t("link.revoked", { name: link.name }));
        return askLinks();
      },
      (e: unknown) => toastError(errorText(e)),
    );
  const of =
    link.view_name !== null
      ? t("link.of", { view: link.view_name })
      : t(link.table === null ? "link.ofGone" : "link.ofOther");
  return (
    <li className="past-row">
      <Icon name={link.kind === "form" ? "form" : "link"} size={18} />
      <div className="grow">
        <strong>{link.name}</strong>
        <div className="muted num">
          {[
            ...(whole && link.kind === "form" ? [t("link.form")] : []),
            ...(whole ? [of] : []),
            link.owner_name,
            link.used === null
              ? t("link.unused")
              : t("link.used", { at: formatMoment(link.used), n: formatCount(link.uses) }),
          ].join(" · ")}
        </div>
      </div>
      <SureButton label={t("link.revoke")} sure={t("link.sure")} onSure={() => void revoke()} />
    </li>
  );
}
