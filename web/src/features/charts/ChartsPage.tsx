import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Overview } from "@/api/types";
import { DemoBanner } from "@/features/demo/DemoBanner";
import { NothingListed } from "@/features/empty/Nothing";
import { useLocale } from "@/i18n";
import { errorText } from "@/lib/errors";
import { formatCount, formatMoney, formatMoneyShort, optionLabel } from "@/lib/format";
import { fieldOf, useTable } from "@/lib/query";

const Charts = {
  Grades: lazy(async () => ({ default: (await import("./plots")).GradePlot })),
  Months: lazy(async () => ({ default: (await import("./plots")).MonthPlot })),
  Provinces: lazy(async () => ({ default: (await import("./plots")).ProvincePlot })),
};

export function ChartsPage() {
  const { t } = useTranslation();
  const overview = useQuery({ queryKey: ["overview"], queryFn: api.overview });
  if (overview.isError)
    return (
      <p className="form-error pad" role="alert">
        {errorText(overview.error)}
      </p>
    );
  if (!overview.data) return <div className="page-busy" aria-busy="true" />;
  const data = overview.data;
  return (
    <>
      <DemoBanner />
      <div className="page wide charts" data-help="charts">
        <h1 className="serif">{t("charts.title")}</h1>
        {data.customers === 0 ? (
          <NothingListed word="noCharts" />
        ) : (
          <>
            <TopFigures data={data} />
            <Suspense fallback={<div className="page-busy" aria-busy="true" />}>
              <div className="chart-grid">
                <GradeCard data={data} />
                <MonthCard data={data} />
                <ProvinceCard data={data} />
              </div>
            </Suspense>
          </>
        )}
      </div>
    </>
  );
}

function TopFigures({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const vip = data.grades.find((g) => g.grade === "VIP客户");
  const share = vip && data.amount > 0 ? Math.round((vip.total / data.amount) * 100) : null;
  const items: [string, string, string?][] = [
    [t("charts.customers"), formatCount(data.customers)],
    [t("charts.orders"), formatCount(data.orders)],
    [t("charts.amount"), formatMoneyShort(data.amount, locale), formatMoney(data.amount)],
    [t("charts.perCustomer"), formatMoney(data.customers > 0 ? Math.round(data.amount / data.customers) : 0)],
  ];
  if (vip && share !== null)
    items.push([t("charts.vipShare"), `${share}%`, t("charts.vipOf", { n: formatCount(vip.count) })]);
  return (
    <dl className="top-figures">
      {items.map(([label, value, title]) => (
        <div key={label} title={title}>
          <dt>{label}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ChartCard(props: {
  title: string;
  wide?: boolean;
  chart: ReactNode;
  head: string[];
  rows: string[][];
}) {
  const { t } = useTranslation();
  return (
    <section className={props.wide ? "chart-card wide" : "chart-card"} aria-label={props.title}>
      <h2>{props.title}</h2>
      {props.chart}
      <details>
        <summary>{t("charts.asTable")}</summary>
        <div className="table-scroll">
          <table className="plain">
            <thead>
              <tr>
                {props.head.map((h, i) => (
                  <th scope="col" key={h} className={i > 0 ? "right" : undefined}>
                    {h}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {props.rows.map((row) => (
                <tr key={row[0]}>
                  {row.map((cell, i) => (
                    <td key={i} className={i > 0 ? "num right" : undefined}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

function GradeCard({ data }: { data: Overview }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const field = fieldOf(useTable("customers"), "grade");
  const name = (grade: string) => (field ? optionLabel(field, grade, locale) : grade);
  return (
    <ChartCard
      title={t("charts.grades")}
      chart={<Charts.Grades data={data.grades.map((g) => ({ ...g, name: name(g.grade) }))} />}
      head={[t("charts.grade"), t("charts.customers"), t("charts.amount")]}
      rows={data.grades.map((g) => [name(g.grade), formatCount(g.count), formatMoney(g.total)])}
    />
  );
}

function MonthCard({ data }: { data: Overview }) {
  const { t } = useTranslation();
  return (
    <ChartCard
      wide
      title={t("charts.months")}
      chart={<Charts.Months data={data.months} />}
      head={[t("charts.month"), t("charts.amount"), t("charts.orders")]}
      rows={[...data.months].reverse().map((m) => [m.month, formatMoney(m.amount), formatCount(m.orders)])}
    />
  );
}

function ProvinceCard({ data }: { data: Overview }) {
  const { t } = useTranslation();
  return (
    <ChartCard
      wide
      title={t("charts.provinces")}
      chart={<Charts.Provinces data={data.provinces} />}
      head={[t("charts.province"), t("charts.customers"), t("charts.amount")]}
      rows={data.provinces.map((p) => [
        p.province || t("filter.blank"),
        formatCount(p.count),
        formatMoney(p.total),
      ])}
    />
  );
}
