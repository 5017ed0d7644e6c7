import { Link } from "@tanstack/react-router";
import { Button, Progress } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { isAbort } from "@/api/client";
import type { Import, ImportSheet, Report } from "@/api/types";
import { errorText } from "@/lib/errors";
import { bookChanged } from "@/lib/query";
import { isOver, useJob } from "@/lib/useJob";
import { Icon } from "@/ui/Icon";
import { JobProgress } from "@/ui/JobProgress";
import { toast, toastError } from "@/ui/toast";
import { DropZone } from "./DropZone";
import { MapStep } from "./MapStep";
import { planOf, reread, withSheet } from "./plan";
import { CheckResult, ImportResult } from "./Results";
import { Steps } from "./Steps";
import { waitingFiles } from "./waiting";

/** Four steps, each with its own state; going back never loses what was chosen. */
type Stage =
  | { at: "files" }
  | { at: "uploading"; percent: number }
  | { at: "map"; import: Import }
  | { at: "checking"; import: Import; job: string }
  | { at: "checked"; import: Import; report: Report }
  | { at: "running"; import: Import; job: string; report: Report }
  | { at: "done"; import: Import; report: Report };

const STEP: Record<Stage["at"], number> = {
  files: 0,
  uploading: 0,
  map: 1,
  checking: 2,
  checked: 2,
  running: 3,
  done: 3,
};

export function ImportPage() {
  const { t } = useTranslation();
  const [stage, setStage] = useState<Stage>({ at: "files" });
  const aborter = useRef<AbortController | null>(null);

  const start = useCallback(async (files: File[]) => {
    aborter.current = new AbortController();
    setStage({ at: "uploading", percent: 0 });
    try {
      const progress = (done: number, total: number) =>
        setStage({ at: "uploading", percent: Math.floor((done / Math.max(1, total)) * 100) });
      setStage({ at: "map", import: await api.startImport(files, progress, aborter.current.signal) });
    } catch (e) {
      setStage({ at: "files" });
      if (!isAbort(e)) toastError(errorText(e));
    }
  }, []);
  useEffect(() => {
    const files = waitingFiles.get();
    waitingFiles.set([]);
    if (files.length > 0) void start(files);
  }, [start]);

  useStageJobs(stage, setStage);

  const check = async (plan: Import) => {
    try {
      const saved = await api.planImport(plan.import, planOf(plan));
      const { job } = await api.checkImport(saved.import);
      setStage({ at: "checking", import: saved, job });
    } catch (e) {
      toastError(errorText(e));
    }
  };
  const [rereading, setRereading] = useState(false);
  const rereadSheet = async (imp: Import, sheet: ImportSheet) => {
    setRereading(true);
    try {
      const saved = await api.planImport(imp.import, reread(imp, sheet));
      const fresh = saved.sheets.find((s) => s.index === sheet.index);
      setStage((now) =>
        fresh && now.at === "map" && now.import.import === imp.import
          ? { at: "map", import: withSheet(now.import, fresh) }
          : now,
      );
    } catch (e) {
      toastError(errorText(e));
    } finally {
      setRereading(false);
    }
  };
  const run = async (imp: Import, report: Report) => {
    try {
      const { job } = await api.runImport(imp.import);
      setStage({ at: "running", import: imp, job, report });
    } catch (e) {
      toastError(errorText(e));
    }
  };
  const again = () => {
    if ("import" in stage) void api.forgetImport(stage.import.import).catch(() => {});
    setStage({ at: "files" });
  };
  const job = useJob("job" in stage ? stage.job : null).data;

  return (
    <div className={stage.at === "map" ? "page wide" : "page"} data-help="import">
      <div className="page-head">
        <h1 className="serif">{t("import.title")}</h1>
        <Link to="/imports" className="quiet-link">
          <Icon name="history" /> {t("shell.importHistory")}
        </Link>
      </div>
      <Steps at={STEP[stage.at]} />
      {stage.at === "files" && (
        <>
          <DropZone onFiles={(files) => void start(files)} />
          <p className="muted center">{t("import.privacy")}</p>
        </>
      )}
      {stage.at === "uploading" && (
        <section className="job">
          <h2 className="serif">{t("import.uploading")}</h2>
          <Progress percent={stage.percent} showInfo={false} status="active" />
          <div className="job-line">
            <span className="muted num">
              {stage.percent < 100 ? `${stage.percent}%` : t("import.recognising")}
            </span>
            <Button size="small" onClick={() => aborter.current?.abort()}>
              {t("ui.cancel")}
            </Button>
          </div>
        </section>
      )}
      {stage.at === "map" && (
        <MapStep
          key={stage.import.import}
          import={stage.import}
          busy={rereading}
          onReread={(sheet) => void rereadSheet(stage.import, sheet)}
          onChange={(next) => setStage({ at: "map", import: next })}
          onNext={() => void check(stage.import)}
          onAgain={again}
        />
      )}
      {stage.at === "checking" && <JobProgress job={job} title={t("import.checking")} />}
      {stage.at === "checked" && (
        <CheckResult
          import={stage.import}
          report={stage.report}
          onBack={() => setStage({ at: "map", import: stage.import })}
          onRun={() => void run(stage.import, stage.report)}
        />
      )}
      {stage.at === "running" && <JobProgress job={job} title={t("import.running")} />}
      {stage.at === "done" && <ImportResult import={stage.import} report={stage.report} onAgain={again} />}
    </div>
  );
}

/** Moves on when the check or the import is over. */
function useStageJobs(stage: Stage, setStage: (next: Stage) => void): void {
  const { t } = useTranslation();
  const job = useJob<Report>("job" in stage ? stage.job : null).data;
  useEffect(() => {
    if (!("job" in stage) || !job || job.job !== stage.job || !isOver(job)) return;
    const back: Stage =
      stage.at === "running"
        ? { at: "checked", import: stage.import, report: stage.report }
        : { at: "map", import: stage.import };
    if (job.state === "done" && job.result) {
      if (stage.at === "running") {
        void bookChanged();
        setStage({ at: "done", import: stage.import, report: job.result });
      } else setStage({ at: "checked", import: stage.import, report: job.result });
      return;
    }
    if (job.state === "failed") toastError(job.error?.message ?? t("error.unknown"));
    else toast(t("import.cancelled"));
    setStage(back);
  }, [job, stage, setStage, t]);
}
