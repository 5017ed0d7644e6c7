import type { TFunction } from "i18next";

const known = ["basic", "contact", "place", "profile", "figures", "grade", "other"] as const;

/** Field groups of the schema in words; a group we do not know shows its own name. */
export function groupLabel(group: string, t: TFunction): string {
  const found = known.find((g) => g === group);
  return found ? t(`group.${found}`) : group;
}
