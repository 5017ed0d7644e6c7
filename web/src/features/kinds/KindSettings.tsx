import { Select } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Board, Field, Gallery, Month, Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { isDateLike, labelOf } from "@/lib/format";
import { MOST_ON_CARD } from "./board";
import { choicesOf, MOST_IN_GALLERY, MOST_IN_MONTH } from "./kinds";
import { titleKeys } from "./title";

/** What the columns of a board are, what heads them and what its cards show. */
export function BoardSettings(props: { table: Table; board: Board; onChange(next: Board): void }) {
  const { table, board, onChange } = props;
  const { t } = useTranslation();
  return (
    <Settings>
      <One
        label={t("board.by")}
        fields={choicesOf(table)}
        value={board.by}
        onChange={(by) => by && onChange({ ...board, by, cards: board.cards?.filter((key) => key !== by) })}
      />
      <Cards
        table={table}
        apart={board.by}
        most={MOST_ON_CARD}
        value={board.cards}
        onChange={(cards) => onChange({ ...board, cards })}
      />
      <One
        label={t("board.sum")}
        none={t("board.noSum")}
        fields={table.fields.filter((f) => f.kind === "money")}
        value={board.sum}
        onChange={(sum) => onChange({ ...board, sum })}
      />
    </Settings>
  );
}

/** What a calendar is laid out by, coloured by and shows. */
export function MonthSettings(props: { table: Table; month: Month; onChange(next: Month): void }) {
  const { table, month, onChange } = props;
  const { t } = useTranslation();
  return (
    <Settings>
      <One
        label={t("month.by")}
        fields={table.fields.filter(isDateLike)}
        value={month.by}
        onChange={(by) => by && onChange({ ...month, by, cards: month.cards?.filter((key) => key !== by) })}
      />
      <One
        label={t("month.tone")}
        none={t("month.noTone")}
        fields={choicesOf(table)}
        value={month.tone}
        onChange={(tone) => onChange({ ...month, tone })}
      />
      <Cards
        table={table}
        apart={month.by}
        most={MOST_IN_MONTH}
        value={month.cards}
        onChange={(cards) => onChange({ ...month, cards })}
      />
    </Settings>
  );
}

/** Which picture the cards of a gallery show, and what below it. */
export function GallerySettings(props: { table: Table; gallery: Gallery; onChange(next: Gallery): void }) {
  const { table, gallery, onChange } = props;
  const { t } = useTranslation();
  return (
    <Settings>
      <One
        label={t("gallery.cover")}
        none={t("gallery.noCover")}
        fields={table.fields.filter((f) => f.kind === "attachment")}
        value={gallery.cover}
        onChange={(cover) => onChange({ ...gallery, cover })}
      />
      <Cards
        table={table}
        apart={gallery.cover}
        most={MOST_IN_GALLERY}
        value={gallery.cards}
        onChange={(cards) => onChange({ ...gallery, cards })}
      />
    </Settings>
  );
}

const Settings = ({ children }: { children: ReactNode }) => <div className="board-settings">{children}</div>;

function useOptions(fields: Field[]) {
  const locale = useLocale();
  return fields.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }));
}

function One(props: {
  label: string;
  /** What no field is called; absent where there has to be one. */
  none?: string;
  fields: Field[];
  value: string | undefined;
  onChange(key: string | undefined): void;
}) {
  return (
    <div className="board-setting">
      <span>{props.label}</span>
      <Select
        allowClear={props.none !== undefined}
        value={props.value}
        aria-label={props.label}
        placeholder={props.none}
        showSearch={{ optionFilterProp: "label" }}
        options={useOptions(props.fields)}
        onChange={(key?: string) => props.onChange(key)}
      />
    </div>
  );
}

/** The fields under a card's title. */
function Cards(props: {
  table: Table;
  apart: string | undefined;
  most: number;
  value: string[] | undefined;
  onChange(keys: string[]): void;
}) {
  const { t } = useTranslation();
  const titles = titleKeys(props.table);
  const label = t("board.cards", { n: props.most });
  return (
    <div className="board-setting">
      <span>{label}</span>
      <Select
        mode="multiple"
        maxCount={props.most}
        value={props.value ?? []}
        aria-label={label}
        placeholder={t("board.noCards")}
        optionFilterProp="label"
        options={useOptions(
          props.table.fields.filter((f) => f.key !== props.apart && !titles.includes(f.key)),
        )}
        onChange={props.onChange}
      />
    </div>
  );
}
