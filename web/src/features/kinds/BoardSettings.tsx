import { Select } from "antd";
import { useTranslation } from "react-i18next";
import type { Board, Field, Table } from "@/api/types";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { choicesOf, MOST_ON_CARD, titleKeys } from "./board";

interface Props {
  table: Table;
  board: Board;
  onChange(next: Board): void;
}

/** What the columns of a board are, what heads them and what its cards show. */
export function BoardSettings({ table, board, onChange }: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const options = (fields: Field[]) => fields.map((f) => ({ value: f.key, label: labelOf(f.label, locale) }));
  const titles = titleKeys(table);
  return (
    <div className="board-settings">
      <div className="board-setting">
        <span>{t("board.by")}</span>
        <Select
          value={board.by}
          aria-label={t("board.by")}
          showSearch={{ optionFilterProp: "label" }}
          options={options(choicesOf(table))}
          onChange={(by) => onChange({ ...board, by, cards: board.cards?.filter((key) => key !== by) })}
        />
      </div>
      <div className="board-setting">
        <span>{t("board.cards", { n: MOST_ON_CARD })}</span>
        <Select
          mode="multiple"
          maxCount={MOST_ON_CARD}
          value={board.cards ?? []}
          aria-label={t("board.cards", { n: MOST_ON_CARD })}
          placeholder={t("board.noCards")}
          optionFilterProp="label"
          options={options(table.fields.filter((f) => f.key !== board.by && !titles.includes(f.key)))}
          onChange={(cards) => onChange({ ...board, cards })}
        />
      </div>
      <div className="board-setting">
        <span>{t("board.sum")}</span>
        <Select
          allowClear
          value={board.sum}
          aria-label={t("board.sum")}
          placeholder={t("board.noSum")}
          options={options(table.fields.filter((f) => f.kind === "money"))}
          onChange={(sum?: string) => onChange({ ...board, sum })}
        />
      </div>
    </div>
  );
}
