import { Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePlaces } from "@/lib/query";
import { joinAddress, splitAddress } from "./places";

interface Props {
  value: string;
  onChange(text: string): void;
  onDone?(): void;
}

/** An address in a form: three lists and a line. A whole address put into the line is taken apart on saving. */
export function AddressInput({ value, onChange, onDone }: Props) {
  const { t } = useTranslation();
  const places = usePlaces();
  const [text, setText] = useState(value);
  const a = splitAddress(text, places);
  const province = places.find(([name]) => name === a.province);
  const city = province?.[1].find(([name]) => name === a.city);
  const set = (next: Partial<typeof a>) => {
    const out = joinAddress({ ...a, ...next });
    setText(out);
    onChange(out);
  };
  const list = (names: string[]) => names.map((name) => ({ value: name, label: name }));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the focus has left
    <span className="address-input" onBlur={(e) => !e.currentTarget.contains(e.relatedTarget) && onDone?.()}>
      <Select
        showSearch
        allowClear
        placeholder={t("address.province")}
        aria-label={t("address.province")}
        value={a.province || undefined}
        options={list(places.map(([name]) => name))}
        onChange={(name?: string) => set({ province: name ?? "", city: "", district: "" })}
      />
      <Select
        showSearch
        allowClear
        placeholder={t("address.city")}
        aria-label={t("address.city")}
        value={a.city || undefined}
        options={list(province?.[1].map(([name]) => name) ?? [])}
        onChange={(name?: string) => set({ city: name ?? "", district: "" })}
      />
      <Select
        showSearch
        allowClear
        placeholder={t("address.district")}
        aria-label={t("address.district")}
        value={a.district || undefined}
        options={list(city?.[1] ?? [])}
        onChange={(name?: string) => set({ district: name ?? "" })}
      />
      <Input
        placeholder={t("address.detail")}
        aria-label={t("address.detail")}
        value={a.detail}
        onChange={(e) => set({ detail: e.target.value.trimStart() })}
      />
    </span>
  );
}
