import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Counts, Import, Problem, Report } from "@/api/types";
import { outcome } from "@/features/bulk/running";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatCount, labelOf } from "@/lib/format";
import { bookChanged, useSchema } from "@/lib/query";
import { Icon } from "@/ui/Icon";
import { toast, toastError } from "@/ui/toast";

const sum = (report: Report, key: keyof Counts): number =>
  Object.values(report.tables).reduce((n, c) => n + (c[key] ?? 0), 0);

/** What the import would do; nothing has been written yet. */
export function CheckResult(props: { import: Import; report: Report; onBack(): void; onRun(): void }) {
  const { t } = useTranslation();
  const { report } = props;
  const takes = sum(report, "created") + sum(report, "updated") + sum(report, "unchanged");
  return (
    <section className="result">
      <h2 className="serif">
        {takes === 0 ? t("check.nothing") : report.problem_count === 0 ? t("check.clean") : t("check.some")}
      </h2>
      <CountTable report={report} />
      <Problems report={report} import={props.import} />
      <div className="page-foot">
        <Button onClick={props.onBack}>{t("ui.back")}</Button>
        <span className="grow" />
        <Button type="primary" size="large" disabled={takes === 0} onClick={props.onRun}>
          {t("check.run", { n: formatCount(takes) })}
        </Button>
      </div>
    </section>
  );
}

/** What the import did, and the way back. */
export function ImportResult(props: { import: Import; report: Report; onAgain(): void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [undone, setUndone] = useState(false);
  const { report } = props;
  const undo = async () => {
    if (report.change === null) return;
    try {
      const out = await outcome(await api.undo(report.change), t("undo.running"));
      setUndone(true);
      toast(out.kept > 0 ? t("undo.kept", { n: out.kept }) : t("undo.done"));
      await bookChanged();
    } catch (e) {
      toastError(errorText(e));
    }
  };
  const filled = Object.keys(report.tables).filter((k) => (report.tables[k]?.created ?? 0) > 0);
  const main = filled.includes("customers") ? "customers" : (filled[0] ?? "customers");
  return (
    <section className="result">
      <h2 className="serif">
        <span className="done-mark">
          <Icon name={undone ? "undo" : "check"} size={18} />
        </span>
        {undone
          ? t("result.undone")
          : t("result.done", {
              s: report.seconds < 10 ? report.seconds.toFixed(1) : Math.round(report.seconds),
            })}
      </h2>
      <CountTable report={report} />
      <Problems report={report} import={props.import} />
      <div className="page-foot">
        {!undone && report.change !== null && (
          <Button icon={<Icon name="undo" />} onClick={() => void undo()} data-command="undo-import">
            {t("result.undo")}
          </Button>
        )}
        <Button onClick={props.onAgain}>{t("result.more")}</Button>
        <span className="grow" />
        <Button
          type="primary"
          size="large"
          onClick={() => void navigate({ to: "/t/$table", params: { table: main } })}
        >
          {t("result.toTable")}
        </Button>
      </div>
    </section>
  );
}

export function CountTable({ report }: { report: Report }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const schema = useSchema().data;
  const keys = ["created", "updated", "unchanged", "rejected"] as const;
  const tables = Object.entries(report.tables).filter(([, c]) => keys.some((k) => c[k] > 0));
  return (
    <div className="counts">
      {tables.map(([table, counts]) => {
        const label = schema?.tables.find((x) => x.key === table)?.label;
        return (
          <div key={table} className="count-card" data-table={table}>
            <h3>{label ? labelOf(label, locale) : (report.own_tables[table] ?? table)}</h3>
            <dl>
              {keys.map((k) => (
                <div key={k} className={counts[k] === 0 ? `zero ${k}` : k}>
                  <dt>{report.dry_run ? t(`will.${k}`) : t(`did.${k}`)}</dt>
                  <dd className="num" data-count={k}>
                    {formatCount(counts[k])}
                  </dd>
                </div>
              ))}
            </dl>
          </div>
        );
      })}
    </div>
  );
}

function Problems({ report, import: imp }: { report: Report; import: Import }) {
  const { t } = useTranslation();
  if (report.problem_count === 0) return null;
  const several = new Set(report.problems.map((p) => p.file)).size > 1;
  return (
    <section className="problems" aria-label={t("problem.title")}>
      <div className="page-head">
        <h3>{t("problem.titleN", { n: formatCount(report.problem_count) })}</h3>
        <a className="quiet-link" href={api.problemsUrl(imp.import)} download>
          <Icon name="download" /> {t("problem.download")}
        </a>
      </div>
      <div className="table-scroll">
        <table className="plain problem-table">
          <thead>
            <tr>
              <th scope="col">{t("problem.where")}</th>
              <th scope="col">{t("problem.cell")}</th>
              <th scope="col">{t("problem.reason")}</th>
              <th scope="col">{t("problem.cure")}</th>
            </tr>
          </thead>
          <tbody>
            {report.problems.map((p, i) => (
              <ProblemRow key={i} problem={p} several={several} />
            ))}
          </tbody>
        </table>
      </div>
      {report.problem_count > report.problems.length && (
        <p className="muted pad">
          {t("problem.more", { n: formatCount(report.problem_count - report.problems.length) })}
        </p>
      )}
    </section>
  );
}

function ProblemRow({ problem: p, several }: { problem: Problem; several: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <tr>
      <td className="num">
        <span className={p.rejected ? "badge tone-red" : "badge tone-sand"}>
          {p.rejected ? t("problem.rejected") : t("problem.taken")}
        </span>
        <div>{t("problem.row", { row: p.row })}</div>
        <div className="muted">{[several ? p.file : "", p.sheet].filter((s) => s !== "").join(" · ")}</div>
      </td>
      <td>
        {p.column && <div className="muted">{p.column}</div>}
        {p.cell !== undefined && <code className="bad-cell">{p.cell === "" ? t("grid.blank") : p.cell}</code>}
      </td>
      <td>{labelOf(p.reason, locale)}</td>
      <td className="muted">{labelOf(p.cure, locale)}</td>
    </tr>
  );
}
