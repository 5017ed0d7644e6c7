import type { TFunction } from "i18next";
import type { Locale } from "@/api/types";
import { momentText } from "@/features/customer/words";

/** A day as people say it; none. */
export const dayText = (day: string | null | undefined, locale: Locale, t: TFunction): string =>
  day ? momentText(day, locale, t) : t("offline.noDay");
