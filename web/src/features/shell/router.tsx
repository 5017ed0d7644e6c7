import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  notFound,
  redirect,
} from "@tanstack/react-router";
import { Gate } from "./Gate";

const idOf = (written: unknown): number | undefined => {
  const id = Number(written);
  return Number.isInteger(id) && id > 0 ? id : undefined;
};

const root = createRootRoute({
  component: Gate,
  notFoundComponent: () => <Navigate to="/t/$table" params={{ table: "customers" }} replace />,
});
const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/t/$table", params: { table: "customers" }, replace: true });
  },
});
const table = createRoute({
  getParentRoute: () => root,
  path: "/t/$table",
  /**
   * `c`: the customer whose panel is open, so that a panel can be linked to and closed by "back"; `view`: the saved
   * view that is open.
   */
  validateSearch: (search: Record<string, unknown>): { c?: number; view?: number } => {
    const found: { c?: number; view?: number } = {};
    for (const key of ["c", "view"] as const) {
      const id = idOf(search[key]);
      if (id !== undefined) found[key] = id;
    }
    return found;
  },
  component: lazyRouteComponent(() => import("@/features/table/TablePage"), "TablePage"),
});
const person = createRoute({
  getParentRoute: () => root,
  path: "/c/$id",
  parseParams: ({ id }) => {
    if (!/^[1-9]\d{0,15}$/.test(id)) throw notFound();
    return { id };
  },
  /** `view`: the saved view the customer was opened from, in whose order previous and next go. */
  validateSearch: (search: Record<string, unknown>): { view?: number } => {
    const view = idOf(search.view);
    return view === undefined ? {} : { view };
  },
  component: lazyRouteComponent(() => import("@/features/customer/CustomerPage"), "CustomerPage"),
});
const charts = createRoute({
  getParentRoute: () => root,
  path: "/charts",
  component: lazyRouteComponent(() => import("@/features/charts/ChartsPage"), "ChartsPage"),
});
const importing = createRoute({
  getParentRoute: () => root,
  path: "/import",
  component: lazyRouteComponent(() => import("@/features/import/ImportPage"), "ImportPage"),
});
const imports = createRoute({
  getParentRoute: () => root,
  path: "/imports",
  component: lazyRouteComponent(() => import("@/features/import/HistoryPage"), "HistoryPage"),
});
const changes = createRoute({
  getParentRoute: () => root,
  path: "/changes",
  component: lazyRouteComponent(() => import("@/features/changes/ChangesPage"), "ChangesPage"),
});
const trash = createRoute({
  getParentRoute: () => root,
  path: "/trash",
  component: lazyRouteComponent(() => import("@/features/changes/TrashPage"), "TrashPage"),
});
const tokens = createRoute({
  getParentRoute: () => root,
  path: "/settings/tokens",
  component: lazyRouteComponent(() => import("@/features/settings/TokensPage"), "TokensPage"),
});
const templates = createRoute({
  getParentRoute: () => root,
  path: "/templates",
  /** `show`: the template that is looked at; `file` for one that was just dropped. */
  validateSearch: (search: Record<string, unknown>): { show?: string } =>
    typeof search.show === "string" ? { show: search.show } : {},
  component: lazyRouteComponent(() => import("@/features/templates/TemplatesPage"), "TemplatesPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    table,
    person,
    charts,
    importing,
    imports,
    changes,
    trash,
    tokens,
    templates,
  ]),
  defaultPreload: "intent",
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
