/** The three charts. ECharts core only, in a chunk of its own. */
import { BarChart, LineChart, PieChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Overview } from "@/api/types";
import { useLocale } from "@/i18n";
import { formatCount, formatMoney, formatMoneyShort } from "@/lib/format";
import { usePhone } from "@/lib/hooks";
import { modeStore } from "@/lib/prefs";
import { useStore } from "@/lib/store";

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

function usePalette() {
  const mode = useStore(modeStore);
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const v = (name: string) => style.getPropertyValue(`--${name}`).trim();
    const dark = mode === "dark";
    return {
      ink: v("ink"),
      ink2: v("ink-2"),
      ink3: v("ink-3"),
      line: v("line"),
      surface: v("surface"),
      font: v("sans"),
      // Mineral pigments: ochre gold, slate, sand; ink blue for the one series that matters.
      gold: dark ? "#d9b45c" : "#b98a2b",
      slate: dark ? "#8fa0b1" : "#6f7f8f",
      sand: dark ? "#6f6350" : "#d9c7a6",
      blue: dark ? "#8fb2dd" : "#2f4b6e",
      bar: dark ? "#49443d" : "#dcd4c5",
      still: matchMedia("(prefers-reduced-motion: reduce)").matches,
    };
  }, [mode]);
}
type Palette = ReturnType<typeof usePalette>;

function Plot({ option, height, label }: { option: EChartsCoreOption; height: number; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return;
    const chart = init(box.current, undefined, { renderer: "svg" });
    chart.setOption(option);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={box} className="plot" style={{ height }} role="img" aria-label={label} />;
}

const base = (p: Palette): EChartsCoreOption => ({
  animation: !p.still,
  animationDuration: 400,
  textStyle: { fontFamily: p.font, color: p.ink2, fontSize: 12 },
  tooltip: {
    backgroundColor: p.surface,
    borderColor: p.line,
    textStyle: { color: p.ink, fontFamily: p.font, fontSize: 12 },
    extraCssText: "box-shadow: var(--shadow); border-radius: 6px;",
  },
});
const axis = (p: Palette) => ({
  axisLine: { lineStyle: { color: p.line } },
  axisTick: { show: false },
  axisLabel: { color: p.ink3, fontFamily: p.font },
  splitLine: { lineStyle: { color: p.line } },
});

const GRADE_TONE: Record<string, "gold" | "slate" | "sand"> = {
  VIP客户: "gold",
  普通客户: "slate",
  潜在客户: "sand",
};

type Grade = Overview["grades"][number] & { name: string };

export function GradePlot({ data }: { data: Grade[] }) {
  const { t } = useTranslation();
  const p = usePalette();
  const all = data.reduce((n, g) => n + g.count, 0);
  const option = useMemo((): EChartsCoreOption => {
    const says = (count: number) =>
      `${formatCount(count)} · ${all > 0 ? Math.round((count / all) * 100) : 0}%`;
    const rich = { b: { color: p.ink, fontSize: 12 }, n: { color: p.ink3, fontSize: 11 } };
    return {
      ...base(p),
      tooltip: {
        ...(base(p).tooltip as object),
        trigger: "item",
        formatter: (x: { name: string; value: number }) => `${x.name}　<b>${says(x.value)}</b>`,
      },
      // A legend, not labels at the ring: small slices and narrow screens have no room for those.
      legend: {
        orient: "vertical",
        left: "center",
        bottom: 0,
        itemWidth: 10,
        itemHeight: 10,
        textStyle: { rich, color: p.ink },
        formatter: (name: string) =>
          `{b|${name}}  {n|${says(data.find((g) => g.name === name)?.count ?? 0)}}`,
      },
      series: [
        {
          type: "pie",
          radius: [64, 92],
          center: ["50%", 98],
          minAngle: 3,
          itemStyle: { borderColor: p.surface, borderWidth: 3, borderRadius: 3 },
          label: { show: false },
          data: data.map((g) => ({
            name: g.name,
            value: g.count,
            itemStyle: { color: p[GRADE_TONE[g.grade] ?? "slate"] },
          })),
        },
      ],
    };
  }, [data, all, p]);
  return (
    <div className="ring">
      <Plot option={option} height={272} label={t("charts.grades")} />
      <div className="ring-middle num" style={{ top: 98 }} aria-hidden="true">
        <strong>{formatCount(all)}</strong>
        <span className="muted">{t("charts.customers")}</span>
      </div>
    </div>
  );
}

export function MonthPlot({ data }: { data: Overview["months"] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const phone = usePhone();
  const p = usePalette();
  const option = useMemo((): EChartsCoreOption => {
    const amount = t("charts.amount");
    const orders = t("charts.orders");
    return {
      ...base(p),
      tooltip: {
        ...(base(p).tooltip as object),
        trigger: "axis",
        axisPointer: { type: "line", lineStyle: { color: p.ink3, type: "dashed" } },
        formatter: (xs: { axisValue: string; seriesName: string; value: number }[]) =>
          `${xs[0]?.axisValue ?? ""}${xs
            .map(
              (x) =>
                `<br>${x.seriesName}　<b>${x.seriesName === amount ? formatMoney(x.value) : formatCount(x.value)}</b>`,
            )
            .join("")}`,
      },
      legend: {
        right: 0,
        top: 0,
        itemWidth: 14,
        itemHeight: 8,
        textStyle: { color: p.ink2, fontFamily: p.font },
      },
      grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        data: data.map((m) => m.month),
        boundaryGap: true,
        ...axis(p),
        splitLine: { show: false },
      },
      yAxis: [
        {
          type: "value",
          ...axis(p),
          splitNumber: 4,
          axisLabel: { color: p.ink3, formatter: (n: number) => formatMoneyShort(n, locale) },
        },
        { type: "value", ...axis(p), show: !phone, splitLine: { show: false }, splitNumber: 4 },
      ],
      series: [
        {
          name: orders,
          type: "bar",
          yAxisIndex: 1,
          data: data.map((m) => m.orders),
          barMaxWidth: 14,
          itemStyle: { color: p.bar, borderRadius: [2, 2, 0, 0] },
        },
        {
          name: amount,
          type: "line",
          data: data.map((m) => m.amount),
          smooth: 0.2,
          symbol: "circle",
          symbolSize: 5,
          lineStyle: { color: p.blue, width: 2 },
          itemStyle: { color: p.blue },
        },
      ],
    };
  }, [data, p, t, locale, phone]);
  return <Plot option={option} height={272} label={t("charts.months")} />;
}

export function ProvincePlot({ data }: { data: Overview["provinces"] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const p = usePalette();
  const option = useMemo((): EChartsCoreOption => {
    const list = [...data].reverse();
    return {
      ...base(p),
      tooltip: {
        ...(base(p).tooltip as object),
        trigger: "axis",
        axisPointer: { type: "shadow", shadowStyle: { color: p.line, opacity: 0.4 } },
        formatter: (xs: { dataIndex: number }[]) => {
          const d = list[xs[0]?.dataIndex ?? 0];
          return d
            ? `${d.province}　<b>${formatMoney(d.total)}</b><br>${t("table.count", { n: formatCount(d.count) })}`
            : "";
        },
      },
      grid: { left: 8, right: 64, top: 4, bottom: 4, containLabel: true },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category",
        data: list.map((d) => d.province || t("filter.blank")),
        ...axis(p),
        axisLine: { show: false },
        axisLabel: { color: p.ink2, fontFamily: p.font },
      },
      series: [
        {
          type: "bar",
          data: list.map((d) => d.total),
          barMaxWidth: 12,
          itemStyle: { color: p.blue, borderRadius: [0, 3, 3, 0], opacity: 0.8 },
          label: {
            show: true,
            position: "right",
            color: p.ink3,
            formatter: (x: { value: number }) => formatMoneyShort(x.value, locale),
          },
        },
      ],
    };
  }, [data, p, t, locale]);
  return <Plot option={option} height={Math.max(180, data.length * 28 + 16)} label={t("charts.provinces")} />;
}
