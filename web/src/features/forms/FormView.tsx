import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { EntryForm, Table } from "@/api/types";
import type { ViewProps } from "@/features/table/SheetView";
import { layoutStore } from "@/features/table/tableState";
import { useOpenView } from "@/features/views/useSaved";
import { ViewMenu } from "@/features/views/ViewMenu";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { usePhone } from "@/lib/hooks";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import "@/ui/css/board.css";
import "@/ui/css/forms.css";
import { FormEntry } from "./FormEntry";
import { FormPreview } from "./FormPreview";
import { forAll, formKind, formOf, lacking, publicOf } from "./forms";

const FormEditor = lazy(async () => ({ default: (await import("./FormEditor")).FormEditor }));
const ShareForm = lazy(async () => ({ default: (await import("./ShareForm")).ShareForm }));

/** A form view: filled in, designed beside its preview, and shared. */
export default function FormView({ table, form, edits }: ViewProps & { form: EntryForm }) {
  const locale = useLocale();
  const { view, may } = useOpenView(table.key);
  // A form nobody has touched yet is to be designed first.
  const [design, setDesign] = useState(!form.title && !form.intro);
  const [sharing, setSharing] = useState(false);
  const kept = formOf(view?.kind);
  const change = (next: EntryForm) => layoutStore(table.key).set((l) => ({ ...l, kind: formKind(next) }));
  const unsaved = kept !== undefined && JSON.stringify(formKind(kept)) !== JSON.stringify(formKind(form));
  const shown = publicOf(table, form, view?.name ?? "", locale);
  return (
    <div className="board-page">
      <FormBar
        table={table}
        consents={Boolean(form.consent)}
        may={may.save}
        design={design}
        onDesign={setDesign}
        onShare={view && (() => setSharing(true))}
      />
      <div className="form-body">
        {design || !may.save ? (
          <div className="form-design">
            {may.save && (
              <Suspense fallback={<div className="page-busy" aria-busy="true" />}>
                <FormEditor table={table} form={form} view={view?.name ?? ""} onChange={change} />
              </Suspense>
            )}
            <FormPreview form={shown} />
          </div>
        ) : (
          view &&
          kept && (
            <FormEntry
              key={view.id}
              table={table}
              view={view}
              form={kept}
              unsaved={unsaved}
              onUndo={() => void edits.undo()}
            />
          )
        )}
      </div>
      <Suspense>
        {sharing && view && (
          <ShareForm
            view={view}
            unsaved={unsaved}
            empty={publicOf(table, kept ?? form, view.name, locale).fields.length === 0}
            lacking={lacking(table, kept ?? form, forAll).map((f) => labelOf(f.label, locale))}
            onClose={() => setSharing(false)}
          />
        )}
      </Suspense>
    </div>
  );
}

function FormBar(props: {
  table: Table;
  /** There may be consents to be downloaded. */
  consents: boolean;
  /** May fill in, design and share. */
  may: boolean;
  design: boolean;
  onDesign(on: boolean): void;
  onShare: (() => void) | undefined;
}) {
  const { table, consents, may, design, onDesign, onShare } = props;
  const { t } = useTranslation();
  const phone = usePhone();
  return (
    <div className="subbar form-bar">
      <ViewMenu table={table} />
      <span className="grow" />
      {consents && (
        <a
          className="icon-button with-text"
          href={api.consentsUrl(table.key)}
          aria-label={t("forms.consents")}
          download
        >
          <Icon name="download" /> {!phone && t("forms.consents")}
        </a>
      )}
      {may && onShare && <IconButton icon="link" text={!phone} label={t("forms.share")} onClick={onShare} />}
      {may && (
        <div className="form-modes" role="tablist" aria-label={t("forms.modes")}>
          {([false, true] as const).map((mode) => (
            <button
              key={String(mode)}
              type="button"
              role="tab"
              aria-selected={design === mode}
              onClick={() => onDesign(mode)}
            >
              {t(mode ? "forms.design" : "forms.fill")}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
