import { useEffect } from "react";
import { errorText } from "@/lib/errors";
import { isOver, useJob } from "@/lib/useJob";
import { Dialog } from "@/ui/Dialog";
import { JobProgress } from "@/ui/JobProgress";
import { type Running, running } from "./running";

/** The long work at hand, over everything else. */
export function RunningJob({ work }: { work: Running }) {
  const job = useJob<unknown>(work.job);
  const { data, error } = job;
  useEffect(() => {
    if (!error && !isOver(data)) return;
    running.set((now) => (now === work ? null : now));
    if (error) work.failed(errorText(error));
    else if (data?.state === "done") work.over(data.result);
    else work.failed(data?.error?.message ?? "");
  }, [data, error, work]);
  return (
    <Dialog open footer={null} closable={false} keyboard={false} width={480} mask={{ closable: false }}>
      <JobProgress job={data} title={work.title} cancellable={work.cancellable} />
    </Dialog>
  );
}
