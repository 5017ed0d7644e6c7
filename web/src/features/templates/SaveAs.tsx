import { useQueries } from "@tanstack/react-query";
import { Button, Checkbox, Input } from "antd";
import { useState } from "react";
import { api } from "@/api";
import type { SavedView, Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { labelOf } from "@/lib/format";
import { useSchema } from "@/lib/query";
import { Dialog } from "@/ui/Dialog";
import { toast } from "@/ui/toast";
import { download } from "./templates";
import { useTexts } from "./texts";

/** What can be taken along of a table. */
interface Part {
  table: Table;
  fields: { key: string; name: string }[];
  views: SavedView[];
}

function useParts(): Part[] {
  const locale = useLocale();
  const tables = useSchema().data?.tables ?? [];
  const views = useQueries({
    queries: tables.map((t) => ({ queryKey: ["saved", t.key], queryFn: () => api.savedViews(t.key) })),
  });
  return tables
    .map((table, i) => ({
      table,
      fields: table.fields
        .filter((f) => !f.builtin)
        .map((f) => ({ key: f.key, name: labelOf(f.label, locale) })),
      views: (views[i]?.data?.views ?? []).filter((v) => v.shared),
    }))
    .filter((p) => p.fields.length > 0 || p.views.length > 0);
}

/** Fields and views of one's own as a file. */
export function SaveAs({ onClose }: { onClose(): void }) {
  const say = useTexts();
  const locale = useLocale();
  const parts = useParts();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  // Everything comes along unless it is taken out.
  const [out, setOut] = useState<Set<string>>(new Set());
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const turn = (keys: string[], on: boolean) =>
    setOut((now) => {
      const next = new Set(now);
      for (const key of keys) on ? next.delete(key) : next.add(key);
      return next;
    });
  const fieldKey = (p: Part, key: string) => `${p.table.key}.${key}`;
  const viewKey = (v: SavedView) => `view ${v.id}`;
  const save = async () => {
    setBusy(true);
    try {
      const tables = parts
        .map((p) => ({
          table: p.table.key,
          fields: p.fields.filter((f) => !out.has(fieldKey(p, f.key))).map((f) => f.key),
          views: p.views.filter((v) => !out.has(viewKey(v))).map((v) => v.id),
        }))
        .filter((p) => p.fields.length > 0 || p.views.length > 0);
      const made = await api.exportTemplate({ label: name.trim(), description: description.trim(), tables });
      download(name.trim(), made.template);
      const names = made.left.join(locale === "en" ? ", " : "、");
      toast(made.left.length > 0 ? say("leftOut", { names }) : say("saved"));
      onClose();
    } catch (e) {
      setError(errorText(e));
      setBusy(false);
    }
  };
  const all = parts.flatMap((p) => [...p.fields.map((f) => fieldKey(p, f.key)), ...p.views.map(viewKey)]);
  const ready = name.trim() !== "" && all.some((key) => !out.has(key));
  return (
    <Dialog
      open
      data-help="templates"
      width={560}
      title={say("own")}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{say("cancel")}</Button>
          <Button type="primary" loading={busy} disabled={!ready} onClick={() => void save()}>
            {say("save")}
          </Button>
        </>
      }
    >
      <form
        className="field-form tpl-save"
        onSubmit={(e) => {
          e.preventDefault();
          if (ready) void save();
        }}
      >
        <p className="muted">{say("ownAbout")}</p>
        <label className="field-line">
          <span>{say("name")}</span>
          <Input
            autoFocus
            value={name}
            maxLength={40}
            placeholder={say("nameHint")}
            onChange={(e) => setName(e.target.value)}
          />
        </label>
        <label className="field-line">
          <span>{say("description")}</span>
          <Input value={description} maxLength={300} onChange={(e) => setDescription(e.target.value)} />
        </label>
        <fieldset className="tpl-choose">
          <legend>{say("choose")}</legend>
          {parts.length === 0 && <p className="muted">{say("nothing")}</p>}
          {parts.map((p) => (
            <div key={p.table.key}>
              <strong>{labelOf(p.table.label, locale)}</strong>
              {p.fields.map((f) => (
                <Checkbox
                  key={f.key}
                  checked={!out.has(fieldKey(p, f.key))}
                  onChange={(e) => turn([fieldKey(p, f.key)], e.target.checked)}
                >
                  {f.name}
                </Checkbox>
              ))}
              {p.views.map((v) => (
                <Checkbox
                  key={v.id}
                  checked={!out.has(viewKey(v))}
                  onChange={(e) => turn([viewKey(v)], e.target.checked)}
                >
                  {v.name} <span className="muted">{say("views")}</span>
                </Checkbox>
              ))}
            </div>
          ))}
          {parts.length > 0 && <p className="muted">{say("comeAlong")}</p>}
        </fieldset>
        {error && (
          <p className="form-error" role="alert">
            {error}
          </p>
        )}
      </form>
    </Dialog>
  );
}
