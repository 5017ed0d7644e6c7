import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import type { GroupLevel, Table } from "@/api/types";
import { PERIODS, useClosed } from "@/features/table/groups";
import { queryStore } from "@/features/table/tableState";
import type { OpenView } from "@/features/table/useView";
import { keysOf } from "@/grid/grouped";
import { useLocale } from "@/i18n";
import { isDateLike, labelOf } from "@/lib/format";
import { fieldOf } from "@/lib/query";
import { useStore } from "@/lib/store";
import { Icon } from "@/ui/Icon";
import { IconButton } from "@/ui/IconButton";
import { Popup } from "@/ui/Popup";

/** What records are grouped by: a chip for each level, with its settings, and all groups closed or opened. */
export function GroupChips({ table, view, folds }: { table: Table; view: OpenView | null; folds?: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const store = queryStore(table.key);
  const levels = useStore(store).group ?? [];
  const closed = useClosed(table.key);
  const anyClosed = useStore(closed).size > 0;
  const [menu, setMenu] = useState<{ index: number; at: DOMRect } | null>(null);
  const close = useCallback(() => setMenu(null), []);
  const put = (next: GroupLevel[]) => store.set((q) => ({ ...q, group: next.length > 0 ? next : undefined }));
  const list = view?.groups?.list ?? [];
  if (levels.length === 0) return null;
  return (
    <ul className="chips group-chips" aria-label={t("group.chips")}>
      {levels.map((level, i) => {
        const field = fieldOf(table, level.field);
        if (!field) return null;
        const name = labelOf(field.label, locale);
        const by = isDateLike(field) ? ` · ${t(`group.by.${level.by ?? "month"}`)}` : "";
        return (
          <li key={level.field} className="chip group-chip">
            <button
              type="button"
              className="group-chip-name"
              aria-haspopup="menu"
              aria-label={t("group.settings", { name })}
              onClick={(e) => setMenu({ index: i, at: e.currentTarget.getBoundingClientRect() })}
            >
              <Icon name="group" size={13} /> {name}
              {by} {level.desc ? "↓" : "↑"}
            </button>
            <button
              type="button"
              aria-label={t("chip.remove", { text: name })}
              onClick={() => put(levels.filter((l) => l.field !== level.field))}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        );
      })}
      {folds && (
        <li>
          <IconButton
            icon={anyClosed ? "right" : "down"}
            className="group-all"
            label={t(anyClosed ? "group.openAll" : "group.closeAll")}
            onClick={() => closed.set(new Set(anyClosed ? [] : keysOf(list)))}
          />
        </li>
      )}
      {menu && (
        <LevelMenu
          table={table}
          levels={levels}
          index={menu.index}
          at={menu.at}
          onChange={put}
          onClose={close}
        />
      )}
    </ul>
  );
}

/** The settings of one level: which way, how long a stretch of days, before which other level. */
function LevelMenu(props: {
  table: Table;
  levels: GroupLevel[];
  index: number;
  at: DOMRect;
  onChange(levels: GroupLevel[]): void;
  onClose(): void;
}) {
  const { t } = useTranslation();
  const { table, levels, index, onChange, onClose } = props;
  const locale = useLocale();
  const level = levels[index];
  const field = level && fieldOf(table, level.field);
  if (!field) return null;
  const set = (change: Partial<GroupLevel>) => {
    onChange(
      levels.map((l, i) => {
        if (i !== index) return l;
        const { field, desc, by } = { ...l, ...change };
        // As the server writes it: what goes without saying is left out.
        return { field, ...(desc ? { desc } : {}), ...(by && by !== "month" ? { by } : {}) };
      }),
    );
    onClose();
  };
  const earlier = () => {
    const next = [...levels];
    next.splice(index - 1, 2, level, levels[index - 1] ?? level);
    onChange(next);
    onClose();
  };
  const item = (
    on: boolean,
    label: string,
    run: () => void,
    icon: "sortAsc" | "sortDesc" | "calendar" | "up",
  ) => (
    <button
      type="button"
      role="menuitem"
      key={label}
      className={on ? "menu-item on" : "menu-item"}
      onClick={run}
    >
      <Icon name={icon} size={14} /> {label}
    </button>
  );
  return (
    <Popup
      at={props.at}
      label={t("group.settings", { name: labelOf(field.label, locale) })}
      onClose={onClose}
    >
      <div role="menu" className="menu">
        {item(!level.desc, t("header.asc"), () => set({ desc: false }), "sortAsc")}
        {item(level.desc === true, t("header.desc"), () => set({ desc: true }), "sortDesc")}
        {isDateLike(field) &&
          PERIODS.map((by) =>
            item((level.by ?? "month") === by, t(`group.by.${by}`), () => set({ by }), "calendar"),
          )}
        {index > 0 && item(false, t("group.earlier"), earlier, "up")}
      </div>
    </Popup>
  );
}
