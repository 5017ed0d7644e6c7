import { ApiError } from "@/api/client";
import { i18n } from "@/i18n";

/** The server's message is already in the caller's language and says how to mend it. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) {
    if (error.code === "network") return i18n.t("error.network");
    return error.message;
  }
  return i18n.t("error.unknown");
}
