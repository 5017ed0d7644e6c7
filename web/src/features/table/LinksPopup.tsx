import { useNavigate } from "@tanstack/react-router";
import type { Field, LinkValue, Value } from "@/api/types";
import { useLocale } from "@/i18n";
import { labelOf } from "@/lib/format";
import { LinkChips } from "@/ui/LinkChips";
import { Popup } from "@/ui/Popup";
import { showNaming } from "./tableState";

interface Props {
  field: Field;
  value: Value;
  /** The record whose cell it is. */
  of: LinkValue;
  at: DOMRect;
  onOpen(link: LinkValue): void;
  onClose(): void;
}

/** The records of a cell, beside it, each to be opened. */
export function LinksPopup({ field, value, of, at, onOpen, onClose }: Props) {
  const navigate = useNavigate();
  const locale = useLocale();
  const open = (link: LinkValue) => {
    onClose();
    onOpen(link);
  };
  return (
    <Popup at={at} label={labelOf(field.label, locale)} onClose={onClose}>
      <LinkChips
        field={field}
        value={value}
        onOpen={open}
        onAll={() => {
          onClose();
          showNaming(field, of);
          void navigate({ to: "/t/$table", params: { table: field.table ?? "customers" } });
        }}
      />
    </Popup>
  );
}
