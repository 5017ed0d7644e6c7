import "./css/links.css";
import { useTranslation } from "react-i18next";
import type { Field, LinkValue, Value } from "@/api/types";
import { linkCount, linkName, linksOf } from "@/lib/format";

interface Props {
  field: Field;
  value: Value | undefined;
  onOpen(link: LinkValue): void;
  /** Shows all of them, where the cell has only the first. */
  onAll?(): void;
}

/** The records a cell names, each a way to it; of many that link here, how many there are. */
export function LinkChips({ field, value, onOpen, onAll }: Props) {
  const { t } = useTranslation();
  const links = linksOf(value);
  const count = linkCount(value);
  return (
    <span className="badges link-chips">
      {field.kind === "backlinks" && <span className="badge tone-grey num">{count}</span>}
      {links.map((link) => (
        <button
          key={link[0]}
          type="button"
          className="badge tone-slate"
          aria-label={t("links.open", { name: linkName(link) })}
          onClick={() => onOpen(link)}
        >
          {linkName(link)}
        </button>
      ))}
      {count > links.length && onAll && (
        <button type="button" className="link" onClick={onAll}>
          {t("links.more", { n: count - links.length })}
        </button>
      )}
    </span>
  );
}
