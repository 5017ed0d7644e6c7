import { Link, Outlet, useMatchRoute, useNavigate, useParams } from "@tanstack/react-router";
import { Button } from "antd";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Status } from "@/api/types";
import { running } from "@/features/bulk/running";
import { logOut } from "@/features/commands/commands";
import { EverywhereButton } from "@/features/commands/EverywhereButton";
import { palette } from "@/features/commands/palette";
import { help } from "@/features/help/help";
import { openedBy } from "@/features/offline/opened";
import { waitingStore } from "@/features/offline/waiting";
import { SearchBox } from "@/features/table/SearchBox";
import { newRecord, tableDialog } from "@/features/table/tableState";
import { touring } from "@/features/tour/tour";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { useKey, usePhone } from "@/lib/hooks";
import { startLive } from "@/lib/live";
import { useSchema } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon, type IconName } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";
import { Seal } from "@/ui/Seal";
import { People } from "./People";
import { PrefSwitches } from "./PrefSwitches";

const TABLE_ICONS: Record<string, IconName> = {
  customers: "people",
  orders: "receipt",
  products: "box",
  interactions: "talk",
};

export function Shell({ status }: { status: Status }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const table = useParams({ strict: false }).table;
  const user = status.user?.id;
  const seq = useRef(status.seq ?? 0);
  useEffect(() => (user === undefined ? undefined : startLive(user, seq.current)), [user]);
  useEffect(() => {
    if (user === undefined) return;
    void openedBy(user);
    let stop: (() => void) | undefined;
    let gone = false;
    // There before it is needed: without a network nothing more can be loaded.
    void loadOutbox().catch(() => {});
    void import("@/features/offline/outbox").then(({ startOutbox }) => {
      if (!gone) stop = startOutbox(user);
    });
    return () => {
      gone = true;
      stop?.();
    };
  }, [user]);
  useEffect(() => {
    document.title = status.book ? `${status.book.name} · 客簿` : "客簿 Kebu";
  }, [status.book]);
  return (
    <div className={phone ? "shell phone" : "shell"}>
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      {phone ? <PhoneBar status={status} table={table} /> : <TopBar status={status} table={table} />}
      <main id="main" className="main" tabIndex={-1}>
        <Outlet />
      </main>
      {phone && <BottomNav />}
      <Suspense>
        <TableDialogs />
        <Everywhere />
        <LongWork />
        <Helping />
        <Touring />
      </Suspense>
    </div>
  );
}

const loadOutbox = () => import("@/features/offline/OutboxButton");
const OutboxButton = lazy(async () => ({ default: (await loadOutbox()).OutboxButton }));

/** What waits to be sent, while anything does. */
function Outbox() {
  const waiting = useStore(waitingStore).length > 0;
  return (
    waiting && (
      <Suspense>
        <OutboxButton />
      </Suspense>
    )
  );
}

const loadPalette = () => import("@/features/commands/Palette");
const Palette = lazy(async () => ({ default: (await loadPalette()).Palette }));

const toggleHelp = () => help.set((now) => (now === null ? "here" : null));
const HelpPanel = lazy(() => import("@/features/help/HelpPanel"));

/** Help, by its key from anywhere. */
function Helping() {
  const open = useStore(help) !== null;
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== "F1" || e.ctrlKey || e.altKey || e.metaKey) return;
      e.preventDefault();
      toggleHelp();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return open && <HelpPanel />;
}

const Tour = lazy(() => import("@/features/tour/Tour"));
const Touring = () => useStore(touring) && <Tour />;

const RunningJob = lazy(async () => ({ default: (await import("@/features/bulk/RunningJob")).RunningJob }));

function LongWork() {
  const work = useStore(running);
  return work && <RunningJob key={work.job} work={work} />;
}

/** The palette, by its key from anywhere. */
function Everywhere() {
  const first = useStore(palette);
  // There before it is asked for: the first keys typed into it must not get lost.
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), 1_500);
    return () => clearTimeout(timer);
  }, []);
  useKey("k", () => palette.set((now) => (now === null ? "" : null)));
  return first === null ? null : <Palette first={first} />;
}

function useTables() {
  const locale = useLocale();
  const schema = useSchema();
  return (schema.data?.tables ?? []).map((tb) => ({
    key: tb.key,
    table: tb,
    label: labelOf(tb.label, locale),
    icon: TABLE_ICONS[tb.key] ?? ("file" as IconName),
  }));
}

/** After the table: nobody waits for it. */
const Bell = lazy(() => import("@/features/comments/Bell"));

const TableDialog = lazy(async () => ({
  default: (await import("@/features/fields/TableDialog")).TableDialog,
}));

/** The dialog of a table, wherever it was asked for. */
function TableDialogs() {
  const asked = useStore(tableDialog);
  const tables = useTables();
  const navigate = useNavigate();
  if (!asked) return null;
  return (
    <TableDialog
      key={asked.table ?? ""}
      table={tables.find((tb) => tb.key === asked.table)?.table}
      onClose={() => tableDialog.set(null)}
      onMade={(key) => void navigate({ to: "/t/$table", params: { table: key } })}
      onRemoved={() => void navigate({ to: "/t/$table", params: { table: "customers" } })}
    />
  );
}

function TopBar({ status, table }: { status: Status; table: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const tables = useTables();
  return (
    <header className="topbar">
      <Link to="/t/$table" params={{ table: "customers" }} className="brand" aria-label={t("brand.name")}>
        <Seal />
        <span className="serif">客簿</span>
      </Link>
      <nav className="tabs" aria-label={t("shell.nav")}>
        {tables.map((tb) => (
          <span key={tb.key} className="tab-set">
            <Link to="/t/$table" params={{ table: tb.key }} className="tab" activeProps={{ className: "on" }}>
              {tb.label}
            </Link>
            {table === tb.key && (
              <IconButton
                icon="down"
                label={t("tables.settings", { name: tb.label })}
                onClick={() => tableDialog.set({ table: tb.key })}
              />
            )}
          </span>
        ))}
        <IconButton
          icon="plus"
          className="tab-add"
          label={t("tables.new")}
          onClick={() => tableDialog.set({})}
        />
        <span className="tab-rule" />
        <Link to="/charts" className="tab" activeProps={{ className: "on" }}>
          {t("shell.charts")}
        </Link>
        <Link to="/import" className="tab" activeProps={{ className: "on" }}>
          {t("shell.import")}
        </Link>
      </nav>
      <div className="topbar-right">
        <Outbox />
        <People most={4} />
        {table ? <SearchBox key={table} table={table} /> : <EverywhereButton />}
        {table ? (
          <Button type="primary" icon={<Icon name="plus" />} onClick={() => newRecord.set({ table })}>
            {t("shell.add")}
          </Button>
        ) : (
          <Button onClick={() => void navigate({ to: "/t/$table", params: { table: "customers" } })}>
            {t("shell.toTable")}
          </Button>
        )}
        <Suspense>
          <Bell />
        </Suspense>
        <IconButton icon="help" label={`${t("help.open")} F1`} onClick={toggleHelp} data-command="help" />
        <UserMenu status={status} />
      </div>
    </header>
  );
}

function PhoneBar({ status, table }: { status: Status; table: string | undefined }) {
  const { t } = useTranslation();
  return (
    <header className="topbar">
      <span className="brand">
        <Seal size={26} />
      </span>
      {table ? (
        <SearchBox key={table} table={table} />
      ) : (
        <span className="phone-title serif">{status.book?.name}</span>
      )}
      {!table && <EverywhereButton />}
      {table && (
        <IconButton
          icon="plus"
          label={t("shell.add")}
          className="seal-button"
          onClick={() => newRecord.set({ table })}
        />
      )}
      <Outbox />
      <People most={2} />
      <Suspense>
        <Bell />
      </Suspense>
      <UserMenu status={status} />
    </header>
  );
}

/** The phone's bar holds what is used daily; own tables and what else there is fold into "more". */
function BottomNav() {
  const { t } = useTranslation();
  const tables = useTables();
  const match = useMatchRoute();
  const [at, setAt] = useState<DOMRect | null>(null);
  const importing = Boolean(match({ to: "/import" }) || match({ to: "/imports" }));
  const close = () => setAt(null);
  return (
    <nav className="bottom-nav" aria-label={t("shell.nav")}>
      {tables
        .filter((tb) => tb.table.builtin)
        .map((tb) => (
          <Link key={tb.key} to="/t/$table" params={{ table: tb.key }} activeProps={{ className: "on" }}>
            <Icon name={tb.icon} size={20} />
            {tb.label}
          </Link>
        ))}
      <Link to="/charts" activeProps={{ className: "on" }}>
        <Icon name="chart" size={20} />
        {t("shell.charts")}
      </Link>
      <button
        type="button"
        aria-haspopup="menu"
        aria-expanded={at !== null}
        className={importing ? "on" : undefined}
        onClick={(e) => setAt(e.currentTarget.getBoundingClientRect())}
      >
        <Icon name="more" size={20} />
        {t("shell.more")}
      </button>
      {at && (
        <Popup at={at} label={t("shell.more")} onClose={close}>
          <div className="menu">
            {tables
              .filter((tb) => !tb.table.builtin)
              .map((tb) => (
                <Link
                  key={tb.key}
                  to="/t/$table"
                  params={{ table: tb.key }}
                  className="menu-item"
                  activeProps={{ className: "on" }}
                  onClick={close}
                >
                  <Icon name={tb.icon} /> {tb.label}
                </Link>
              ))}
            <button
              type="button"
              className="menu-item"
              onClick={() => {
                close();
                tableDialog.set({});
              }}
            >
              <Icon name="plus" /> {t("tables.new")}
            </button>
            <Link to="/import" className="menu-item" onClick={close}>
              <Icon name="upload" /> {t("shell.import")}
            </Link>
          </div>
        </Popup>
      )}
    </nav>
  );
}

function UserMenu({ status }: { status: Status }) {
  const { t } = useTranslation();
  const phone = usePhone();
  const anchor = useRef<HTMLSpanElement>(null);
  const [at, setAt] = useState<DOMRect | null>(null);
  return (
    <span ref={anchor} data-tour="menu">
      <IconButton
        icon="user"
        label={t("shell.userMenu")}
        aria-expanded={at !== null}
        onClick={() => setAt(at ? null : (anchor.current?.getBoundingClientRect() ?? null))}
      />
      {at && (
        <Popup at={at} label={t("shell.userMenu")} onClose={() => setAt(null)}>
          <div className="user-menu">
            <div className="user-who">
              <strong>{status.user?.name || status.user?.login}</strong>
              <span className="muted">{status.book?.name}</span>
            </div>
            <PrefSwitches />
            {phone && (
              <button
                type="button"
                className="menu-item"
                onClick={() => {
                  setAt(null);
                  toggleHelp();
                }}
              >
                <Icon name="help" /> {t("help.open")}
              </button>
            )}
            <Link to="/templates" search={{}} className="menu-item" onClick={() => setAt(null)}>
              <Icon name="spark" /> {t("shell.templates")}
            </Link>
            <Link to="/imports" className="menu-item" onClick={() => setAt(null)}>
              <Icon name="history" /> {t("shell.importHistory")}
            </Link>
            <Link to="/changes" className="menu-item" onClick={() => setAt(null)}>
              <Icon name="clock" /> {t("shell.changes")}
            </Link>
            <Link to="/trash" className="menu-item" onClick={() => setAt(null)}>
              <Icon name="trash" /> {t("shell.trash")}
            </Link>
            <Link to="/settings/tokens" className="menu-item" onClick={() => setAt(null)}>
              <Icon name="lock" /> {t("token.title")}
            </Link>
            <button type="button" className="menu-item" onClick={() => void logOut()}>
              <Icon name="out" /> {t("shell.logout")}
            </button>
            <div className="muted version">Kebu {status.version}</div>
          </div>
        </Popup>
      )}
    </span>
  );
}
