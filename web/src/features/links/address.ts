/** Where live links are read, and by whom they can be. */

export type Reader = "excel" | "sheets" | "json";
export const READERS = ["excel", "sheets", "json"] as const satisfies Reader[];

/** What is to be copied for a reader: an address, or of Google Sheets the formula around it. */
export function toCopy(reader: Reader, base: string): string {
  if (reader === "json") return `${base}.json`;
  return reader === "excel" ? `${base}.csv` : `=IMPORTDATA("${base}.csv")`;
}

/** Whether a host is of this machine or its own network, where nobody from outside can read it. */
export function isNear(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (
    name === "localhost" ||
    name === "::1" ||
    !/[.:]/.test(name) ||
    /\.(local|lan|internal|home)$/.test(name)
  )
    return true;
  return /^(127|10)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^f[cd][0-9a-f]{2}:|^fe80:/.test(
    name,
  );
}
