import { QueryClient, useQuery } from "@tanstack/react-query";
import { api } from "@/api";
import { ApiError, setOnUnauthorized } from "@/api/client";
import type { Field, FunctionHelp, Places, Table } from "@/api/types";
import { localeStore } from "./prefs";
import { useStore } from "./store";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // Without a network the worker behind the page answers what was opened before.
      networkMode: "always",
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only a broken line is worth a second try.
      retry: (count, error) => count < 2 && error instanceof ApiError && error.code === "network",
    },
  },
});

setOnUnauthorized(() => void queryClient.invalidateQueries({ queryKey: ["status"] }));

export const useStatus = () => useQuery({ queryKey: ["status"], queryFn: api.status, staleTime: 5_000 });
export const useSchema = () =>
  useQuery({ queryKey: ["schema"], queryFn: api.schema, staleTime: 60_000, enabled: true });

export function useTable(key: string): Table | undefined {
  return useSchema().data?.tables.find((t) => t.key === key);
}
export const fieldOf = (table: Table | undefined, key: string): Field | undefined =>
  table?.fields.find((f) => f.key === key);

/** The national list, asked for once: it changes with the program. */
export function usePlaces(): Places {
  return (
    useQuery({ queryKey: ["places"], queryFn: api.places, staleTime: Number.POSITIVE_INFINITY }).data
      ?.provinces ?? []
  );
}
/** Functions of formulas, in the language in use. */
export function useFunctions(): FunctionHelp[] {
  const locale = useStore(localeStore);
  const list = useQuery({
    queryKey: ["functions", locale],
    queryFn: api.functions,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return list.data?.functions ?? NONE;
}
const NONE: FunctionHelp[] = [];

/** After a table or field was made, changed or removed. */
export async function shapeChanged(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["schema"] }),
    queryClient.invalidateQueries({ queryKey: ["values"] }),
    queryClient.invalidateQueries({ queryKey: ["saved"] }),
    queryClient.invalidateQueries({ queryKey: ["card"] }),
    queryClient.invalidateQueries({ queryKey: ["timeline"] }),
  ]);
}

/** After anything that changes many records at once. */
export async function bookChanged(): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: ["status"] }),
    queryClient.invalidateQueries({ queryKey: ["schema"] }),
    queryClient.invalidateQueries({ queryKey: ["overview"] }),
    queryClient.invalidateQueries({ queryKey: ["imports"] }),
    queryClient.invalidateQueries({ queryKey: ["card"] }),
    queryClient.invalidateQueries({ queryKey: ["timeline"] }),
  ]);
}
