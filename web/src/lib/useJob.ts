import { useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import type { Job } from "@/api/types";

export const isOver = (job: Job | undefined): boolean =>
  job !== undefined && (job.state === "done" || job.state === "failed" || job.state === "cancelled");

/** Follows a job until it is over. */
export function useJob<R>(id: string | null) {
  return useQuery({
    queryKey: ["job", id],
    queryFn: ({ signal }) => api.job<R>(id ?? "", signal),
    enabled: id !== null,
    staleTime: 0,
    refetchInterval: (query) => (isOver(query.state.data) ? false : 300),
  });
}
