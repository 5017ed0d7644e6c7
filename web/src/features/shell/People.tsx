import { useTranslation } from "react-i18next";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { lostStore, peopleStore } from "@/lib/live";
import { byUser, colourOf, initials } from "@/lib/people";
import { useSchema } from "@/lib/query";
import { useStore } from "@/lib/store";

/** Who else has the book open, and, quietly, that the line is down. */
export function People({ most }: { most: number }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const people = byUser(useStore(peopleStore));
  const lost = useStore(lostStore);
  const tables = useSchema().data?.tables;
  const told = people.map((p) => {
    const table = tables?.find((tb) => tb.key === p.at?.table);
    return table ? t("live.in", { name: p.name, table: labelOf(table.label, locale) }) : p.name;
  });
  const shown = people.length > most ? people.slice(0, most - 1) : people;
  return (
    <>
      <span role="status">
        {lost && (
          <span className="lost" title={t("live.lostHint")}>
            <span>{t("live.lost")}</span>
          </span>
        )}
      </span>
      {people.length > 0 && (
        <ul
          className="people"
          aria-label={t("live.here", { names: told.join(locale === "en" ? ", " : "、") })}
        >
          {shown.map((p, i) => (
            <li key={p.user}>
              <span
                className="person"
                style={{ "--person": `var(--person-${colourOf(p.user) + 1})` } as React.CSSProperties}
                title={told[i]}
              >
                {initials(p.name)}
              </span>
            </li>
          ))}
          {shown.length < people.length && (
            <li>
              <span className="person more num" title={told.slice(shown.length).join("\n")}>
                +{people.length - shown.length}
              </span>
            </li>
          )}
        </ul>
      )}
    </>
  );
}
