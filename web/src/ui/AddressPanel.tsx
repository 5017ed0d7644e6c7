import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { PanelProps } from "@/grid/types";
import { usePlaces } from "@/lib/query";
import { joinAddress, splitAddress } from "./places";

/** Province, city and district in three columns, under an address being typed. */
export default function AddressPanel({ text, onPut }: PanelProps) {
  const { t } = useTranslation();
  const places = usePlaces();
  const a = splitAddress(text, places);
  const province = places.find(([name]) => name === a.province);
  const city = province?.[1].find(([name]) => name === a.city);
  const set = (next: Partial<typeof a>) => {
    const out = joinAddress({ ...a, ...next });
    onPut(next.district === undefined ? out : `${out}${a.detail === "" ? " " : ""}`, false);
  };
  return (
    <div className="cascade">
      <Column
        label={t("address.province")}
        names={places.map(([name]) => name)}
        on={a.province}
        onTake={(name) => {
          const only = places.find(([n]) => n === name)?.[1];
          set({ province: name, city: only?.length === 1 ? name : "", district: "" });
        }}
      />
      <Column
        label={t("address.city")}
        names={province?.[1].map(([name]) => name) ?? []}
        on={a.city}
        onTake={(name) => set({ city: name, district: "" })}
      />
      <Column
        label={t("address.district")}
        names={city?.[1] ?? []}
        on={a.district}
        onTake={(name) => set({ district: name })}
      />
    </div>
  );
}

function Column(props: { label: string; names: string[]; on: string; onTake(name: string): void }) {
  const list = useRef<HTMLUListElement>(null);
  // The one taken is in sight when the panel opens on an address.
  useEffect(() => {
    const item = list.current?.querySelector<HTMLElement>(".on");
    if (item && list.current) list.current.scrollTop = Math.max(0, item.offsetTop - 60);
  }, []);
  return (
    <div>
      <h4>{props.label}</h4>
      <ul ref={list}>
        {props.names.map((name) => (
          <li key={name}>
            <button
              type="button"
              tabIndex={-1}
              aria-pressed={name === props.on}
              className={name === props.on ? "on" : undefined}
              onClick={() => props.onTake(name)}
            >
              {name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
