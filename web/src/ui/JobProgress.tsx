import { Button, Progress } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Job } from "@/api/types";
import { formatCount } from "@/lib/format";

const PHASES = ["read", "write", "derive"] as const;

/** How far long work is, and the way to stop it. */
export function JobProgress({
  job,
  title,
  cancellable = true,
}: {
  job: Job | undefined;
  title: string;
  cancellable?: boolean;
}) {
  const { t } = useTranslation();
  const [stopping, setStopping] = useState(false);
  const percent = job?.total ? Math.min(100, Math.floor((job.done / job.total) * 100)) : undefined;
  const phase = PHASES.find((p) => p === job?.phase);
  const state = job?.state === "waiting" || !job ? t("job.waiting") : phase ? t(`job.${phase}`) : job.phase;
  const stop = async () => {
    if (!job) return;
    setStopping(true);
    try {
      await api.cancelJob(job.job);
    } catch {
      setStopping(false);
    }
  };
  return (
    <section className="job" aria-label={title}>
      <h2 className="serif">{title}</h2>
      <Progress percent={percent ?? 0} showInfo={false} status="active" aria-label={title} />
      <div className="job-line num" role="status">
        <span>{stopping ? t("job.stopping") : state}</span>
        <span className="muted">
          {job && job.done > 0
            ? job.total
              ? t("job.of", { done: formatCount(job.done), total: formatCount(job.total) })
              : formatCount(job.done)
            : ""}
        </span>
        {cancellable && (
          <Button size="small" disabled={stopping || !job} onClick={() => void stop()}>
            {t("ui.cancel")}
          </Button>
        )}
      </div>
    </section>
  );
}
