import { useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { DropZone } from "@/features/import/DropZone";
import { waitingFiles } from "@/features/import/waiting";
import { NewRecord } from "@/features/table/NewRecord";
import { newRecord } from "@/features/table/tableState";
import { useEdits } from "@/features/table/useEdits";
import { errorText } from "@/lib/errors";
import { bookChanged, useTable } from "@/lib/query";
import { useStore } from "@/lib/store";
import { isOver, useJob } from "@/lib/useJob";
import { Icon } from "@/ui/Icon";
import { JobProgress } from "@/ui/JobProgress";
import { toastError } from "@/ui/toast";

/** An empty book teaches the next step: drop a sheet here, or look around in made-up data. */
export function EmptyBook() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useJob(jobId).data;
  const customers = useTable("customers");
  const one = useStore(newRecord);
  const adding = one?.table === "customers" ? one : null;
  const edits = useEdits("customers", undefined, undefined, () => void bookChanged());

  useEffect(() => {
    if (!isOver(job)) return;
    setJobId(null);
    if (job?.state === "failed") toastError(job.error?.message ?? t("error.unknown"));
    void bookChanged();
  }, [job, t]);

  const demo = async () => {
    try {
      setJobId((await api.makeDemo()).job);
    } catch (e) {
      toastError(errorText(e));
    }
  };
  const take = (files: File[]) => {
    waitingFiles.set(files);
    void navigate({ to: "/import" });
  };
  if (jobId)
    return (
      <div className="page narrow">
        <JobProgress job={job} title={t("demo.making")} />
      </div>
    );
  return (
    <div className="page narrow empty-book" data-help="start">
      <h1 className="serif">{t("empty.title")}</h1>
      <p className="lead">{t("empty.lead")}</p>
      <DropZone onFiles={take} />
      <ol className="empty-steps">
        {(["one", "two", "three"] as const).map((k, i) => (
          <li key={k}>
            <span className="step-no num">{i + 1}</span>
            <div>
              <strong>{t(`empty.${k}`)}</strong>
              <p className="muted">{t(`empty.${k}More`)}</p>
            </div>
          </li>
        ))}
      </ol>
      <div className="empty-other">
        <span className="muted">{t("empty.noSheet")}</span>
        <Button
          icon={<Icon name="spark" />}
          onClick={() => void navigate({ to: "/templates", search: {} })}
          data-command="templates"
        >
          {t("empty.template")}
        </Button>
        <Button onClick={() => void demo()} data-command="demo">
          {t("demo.try")}
        </Button>
      </div>
      {customers && adding && (
        <NewRecord table={customers} one={adding} edits={edits} onMade={() => void bookChanged()} />
      )}
    </div>
  );
}
