/** Addresses against the national list of provinces, cities and districts. */
import type { Places } from "@/api/types";

export interface Address {
  province: string;
  city: string;
  district: string;
  detail: string;
}

/** Takes the stored form apart: parts separated by spaces, the city left out where it is the province. */
export function splitAddress(text: string, places: Places): Address {
  const out: Address = { province: "", city: "", district: "", detail: text.trim() };
  const [first, ...afterFirst] = out.detail.split(" ");
  const province = places.find(([name]) => name === first);
  if (!province) return out;
  let rest = afterFirst;
  out.province = province[0];
  const own = province[1].find(([name]) => name === province[0]);
  const city = province[1].find(([name]) => name === rest[0]) ?? own;
  if (city) {
    out.city = city[0];
    if (rest[0] === city[0]) rest = rest.slice(1);
    if (rest[0] !== undefined && city[1].includes(rest[0])) {
      out.district = rest[0];
      rest = rest.slice(1);
    }
  }
  out.detail = rest.join(" ");
  return out;
}

export function joinAddress(a: Address): string {
  return [a.province, a.city === a.province ? "" : a.city, a.district, a.detail]
    .filter((p) => p !== "")
    .join(" ");
}
