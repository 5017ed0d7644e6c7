import type { Field, TemplatePicture, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatValue, isError, isNumeric, labelOf, textsOf } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { grouped, lanes, type Sample, samplesOf } from "./templates";
import { useTexts } from "./texts";

/**
 * A view of a template, drawn by the page from its own columns and sample rows: true in both languages and themes.
 * `small` is the one on a card of the gallery.
 */
export function Picture({ picture, small = false }: { picture: TemplatePicture; small?: boolean }) {
  const say = useTexts();
  const Drawn = { sheet: Sheet, kanban: Board, calendar: Days, gallery: Cards, form: Form }[picture.kind];
  if (!Drawn) return null;
  return (
    <div className={`tpl-picture tpl-${picture.kind}${small ? " small" : ""}`}>
      <Drawn picture={picture} small={small} />
      {!small && picture.kind !== "form" && picture.rows.length === 0 && (
        <p className="muted tpl-none">{say("noRows")}</p>
      )}
    </div>
  );
}

interface Props {
  picture: TemplatePicture;
  small: boolean;
}

function Cell({ field, value }: { field: Field; value: Value | undefined }) {
  const locale = useLocale();
  if (isError(value)) return null;
  if (field.kind === "choice") return <Badge field={field} value={value} />;
  const texts = textsOf(value);
  if ((field.kind === "choices" || field.kind === "tags") && texts.length > 0)
    return (
      <span className="tpl-badges">
        {texts.map((v) => (
          <Badge key={v} field={field} value={v} />
        ))}
      </span>
    );
  return <span className="num">{formatValue(field, value, locale)}</span>;
}

function Sheet({ picture, small }: Props) {
  const locale = useLocale();
  const by = picture.columns.find((f) => f.key === picture.by);
  const rest = picture.columns.filter((f) => f !== by);
  const columns = small ? telling(picture, by).slice(0, 4) : rest;
  const groups = by ? grouped(picture) : [{ value: undefined, samples: samplesOf(picture) }];
  let left = small ? 4 : Number.POSITIVE_INFINITY;
  return (
    <table>
      <thead>
        <tr>
          {columns.map((f) => (
            <th key={f.key} scope="col" className={isNumeric(f) ? "figure" : undefined}>
              {labelOf(f.label, locale)}
            </th>
          ))}
        </tr>
      </thead>
      {groups.map((g) => {
        const samples = g.samples.slice(0, Math.max(0, left));
        left -= samples.length;
        return (
          <tbody key={JSON.stringify(g.value)}>
            {by && !small && (
              <tr className="tpl-group">
                <th colSpan={columns.length} scope="rowgroup">
                  <GroupName field={by} value={g.value} />
                </th>
              </tr>
            )}
            {samples.map((s) => (
              <tr key={s.id}>
                {columns.map((f) => (
                  <td key={f.key} className={isNumeric(f) ? "figure" : undefined}>
                    <Cell field={f} value={s.values[f.key]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        );
      })}
    </table>
  );
}

/** The columns that tell most of a way of working: names, badges and figures rather than codes and addresses. */
function telling(picture: TemplatePicture, by: Field | undefined): Field[] {
  const dull = ["code", "phone", "email", "address", "text", "long_text", "date_time", "date"];
  const [first, ...others] = picture.columns.filter((f) => f !== by && f.kind !== "code");
  const filled = (f: Field) => samplesOf(picture).some((s) => s.values[f.key] != null);
  const rest = others.filter((f) => !dull.includes(f.kind) && filled(f));
  const [figures, badges] = [rest.filter(isNumeric), rest.filter((f) => !isNumeric(f))];
  const all = [first, by, ...figures.slice(-1), ...badges, ...figures.slice(0, -1)];
  return all.filter((f): f is Field => f !== undefined);
}

function GroupName({ field, value }: { field: Field; value: Value | undefined }) {
  const say = useTexts();
  const blank = value === null || value === undefined || value === "";
  return blank ? <span className="muted">{say("blank")}</span> : <Cell field={field} value={value} />;
}

/** The one that names a record, and the rest. */
function parts(picture: TemplatePicture): [Field | undefined, Field[]] {
  const [title, ...rest] = picture.columns;
  return [title, rest.filter((f) => f.key !== picture.by)];
}

function Card({ picture, sample, most }: { picture: TemplatePicture; sample: Sample; most: number }) {
  const locale = useLocale();
  const [title, rest] = parts(picture);
  const filled = rest.filter((f) => formatValue(f, sample.values[f.key], locale) !== "");
  return (
    <div className="tpl-card">
      <strong>{title && <Cell field={title} value={sample.values[title.key]} />}</strong>
      {filled.slice(0, most).map((f) => (
        <span key={f.key} className="tpl-fact">
          <span className="muted">{labelOf(f.label, locale)}</span>
          <Cell field={f} value={sample.values[f.key]} />
        </span>
      ))}
    </div>
  );
}

function Board({ picture, small }: Props) {
  const by = picture.columns.find((f) => f.key === picture.by);
  if (!by) return null;
  return (
    <div className="tpl-lanes">
      {lanes(picture).map((lane) => (
        <div key={JSON.stringify(lane.value)} className="tpl-lane">
          <div className="tpl-lane-head">
            <GroupName field={by} value={lane.value} />
            <span className="muted num">{lane.samples.length}</span>
          </div>
          {lane.samples.slice(0, small ? 2 : undefined).map((s) => (
            <Card key={s.id} picture={picture} sample={s} most={small ? 1 : 4} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Days({ picture, small }: Props) {
  const locale = useLocale();
  const dayOf = (s: Sample) => String(s.values[picture.by ?? ""] ?? "").slice(0, 10);
  const days = samplesOf(picture)
    .filter((s) => dayOf(s) !== "")
    .sort((a, b) => dayOf(a).localeCompare(dayOf(b)));
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });
  return (
    <ul className="tpl-days">
      {days.map((s) => (
        <li key={s.id}>
          <span className="tpl-day">
            <strong className="num">{dayOf(s).slice(5)}</strong>
            <span className="muted">{weekday.format(new Date(`${dayOf(s)}T00:00:00Z`))}</span>
          </span>
          <Card picture={picture} sample={s} most={small ? 1 : 3} />
        </li>
      ))}
    </ul>
  );
}

function Cards({ picture, small }: Props) {
  return (
    <div className="tpl-cards">
      {samplesOf(picture).map((s) => (
        <Card key={s.id} picture={picture} sample={s} most={small ? 3 : 6} />
      ))}
    </div>
  );
}

function Form({ picture }: Props) {
  const locale = useLocale();
  return (
    <div className="tpl-form-sheet">
      {picture.columns.map((f) => (
        <span key={f.key} className="tpl-ask">
          <span>{labelOf(f.label, locale)}</span>
          <span className="tpl-blank" />
        </span>
      ))}
    </div>
  );
}
