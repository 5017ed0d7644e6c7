import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox } from "antd";
import { useState } from "react";
import { api } from "@/api";
import type { TemplateDetail } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { bookChanged, queryClient, shapeChanged } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { SureButton } from "@/ui/SureButton";
import { toast, toastError } from "@/ui/toast";
import { Brings } from "./Brings";
import { Picture } from "./Picture";
import { missingParts } from "./templates";
import { useTexts, type Word } from "./texts";

const changed = async () => {
  await Promise.all([
    shapeChanged(),
    bookChanged(),
    queryClient.invalidateQueries({ queryKey: ["templates"] }),
  ]);
};

interface Props {
  /** One that ships with Kebu. */
  id?: string;
  /** One that came from a file. */
  from?: { detail: TemplateDetail; document: unknown };
  may: boolean;
  customers: number;
}

/** A template with everything it brings, how it looks, and the button that adds it. */
export function Detail({ id, from, may, customers }: Props) {
  const say = useTexts();
  const locale = useLocale();
  const asked = useQuery({
    queryKey: ["templates", locale, id],
    queryFn: () => api.template(id ?? ""),
    enabled: id !== undefined,
    staleTime: 0,
  });
  const detail = from?.detail ?? asked.data;
  if (!detail) return <div className="page-busy" aria-busy="true" />;
  return (
    <div className="page wide tpl-detail" data-help="templates">
      <Link to="/templates" search={{}} className="quiet-link">
        <Icon name="left" /> {say("back")}
      </Link>
      <div className="page-head">
        <div>
          <h1 className="serif">{labelOf(detail.template.label, locale)}</h1>
          <p className="muted">{labelOf(detail.template.description ?? { zh: "", en: "" }, locale)}</p>
        </div>
        {may && <Acts id={detail.id} added={detail.added} samples={detail.samples} />}
      </div>
      <Looks detail={detail} />
      <Adding detail={detail} document={from?.document} may={may} customers={customers} />
    </div>
  );
}

/** Its views, one at a time. */
function Looks({ detail }: { detail: TemplateDetail }) {
  const say = useTexts();
  const locale = useLocale();
  const [at, setAt] = useState(0);
  const picture = detail.pictures[at];
  if (!picture) return null;
  return (
    <section className="tpl-looks" aria-label={say("views")}>
      <div className="tpl-tabs">
        {detail.pictures.map((p, i) => (
          <button
            key={`${p.table}.${p.view}`}
            type="button"
            aria-pressed={i === at}
            className={i === at ? "on" : undefined}
            onClick={() => setAt(i)}
          >
            {labelOf(p.label, locale)}
          </button>
        ))}
      </div>
      <p className="muted tpl-what">
        {[
          labelOf(picture.table_label, locale),
          say(`kind_${picture.kind}` as Word),
          picture.kind === "form" ? "" : say("records", { n: picture.total }),
        ]
          .filter((s) => s !== "")
          .join(" · ")}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, which keys must reach */}
      <div className="tpl-stage" tabIndex={0} role="group" aria-label={labelOf(picture.label, locale)}>
        <Picture picture={picture} />
      </div>
    </section>
  );
}

function Adding(props: { detail: TemplateDetail; document?: unknown; may: boolean; customers: number }) {
  const { detail, document, may, customers } = props;
  const say = useTexts();
  const locale = useLocale();
  const navigate = useNavigate();
  const [skip, setSkip] = useState<{ table: string; field: string }[]>([]);
  const rows = detail.samples ? 0 : detail.counts.rows;
  const [samples, setSamples] = useState(customers === 0 && rows > 0);
  const [busy, setBusy] = useState(false);
  const missing = missingParts(detail.plan);
  const add = async () => {
    setBusy(true);
    try {
      const which = document === undefined ? { id: detail.id } : { document };
      const done = await api.addTemplate({ ...which, samples, skip });
      await changed();
      const name = labelOf(detail.template.label, locale);
      const fresh = missing > 0 || done.samples > 0;
      toast(
        !fresh
          ? say("nothingNew")
          : done.samples > 0
            ? say("doneSamples", { name, n: done.samples })
            : say("done", { name }),
      );
      if (done.table)
        await navigate({
          to: "/t/$table",
          params: { table: done.table },
          search: done.view ? { view: done.view } : {},
        });
      else await navigate({ to: "/templates", search: {} });
    } catch (e) {
      toastError(errorText(e));
      setBusy(false);
    }
  };
  const toAdd = missing > 0 || rows > 0;
  return (
    <>
      <Brings detail={detail} skip={skip} onSkip={setSkip} />
      {may && (
        <div className="page-foot tpl-foot">
          {toAdd ? (
            <>
              {rows > 0 && (
                <Checkbox
                  className="tpl-samples"
                  checked={samples}
                  onChange={(e) => setSamples(e.target.checked)}
                >
                  {say("samples", { n: rows })}
                  <span className="muted">{say(customers > 0 ? "samplesMixed" : "samplesHint")}</span>
                </Checkbox>
              )}
              <Button
                type="primary"
                size="large"
                loading={busy}
                disabled={missing === 0 && !samples}
                onClick={() => void add()}
              >
                {say(busy ? "adding" : detail.added && missing > 0 ? "addRest" : "add")}
              </Button>
            </>
          ) : (
            <span className="muted">{say("whole")}</span>
          )}
        </div>
      )}
    </>
  );
}

/** Taking away again: the sample rows alone, or all that it brought. */
export function Acts({ id, added, samples }: { id: string; added: boolean; samples: boolean }) {
  const say = useTexts();
  const locale = useLocale();
  const navigate = useNavigate();
  const done = async (text: string) => {
    toast(text);
    await changed();
  };
  const removeSamples = async () => {
    try {
      const { deleted, kept } = await api.removeSamples(id);
      await done(kept > 0 ? say("samplesKept", { n: deleted, kept }) : say("samplesGone", { n: deleted }));
    } catch (e) {
      toastError(errorText(e));
    }
  };
  const remove = async () => {
    try {
      const gone = await api.removeTemplate(id);
      const names = gone.kept.map((l) => labelOf(l, locale));
      const named = names.slice(0, 6).join(locale === "en" ? ", " : "、");
      const list = names.length > 6 ? `${named} ${say("more", { n: names.length })}` : named;
      const text = say("gone", { fields: gone.fields, views: gone.views });
      await navigate({ to: "/templates", search: {} });
      await done(
        names.length > 0 ? `${text}${locale === "en" ? ". " : "。"}${say("kept", { names: list })}` : text,
      );
    } catch (e) {
      toastError(errorText(e));
    }
  };
  if (!added && !samples) return null;
  return (
    <div className="tpl-acts">
      {samples && <Button onClick={() => void removeSamples()}>{say("removeSamples")}</Button>}
      {added && <SureButton label={say("remove")} sure={say("removeSure")} onSure={() => void remove()} />}
    </div>
  );
}
