import type { ReactNode } from "react";
import type { FieldKind } from "@/api/types";

interface Props {
  kind: FieldKind;
  name: string;
  className: string;
  children: ReactNode;
}

/** A field of a form under its name. Files have several buttons: a label would name, and press, the first of them alone. */
export function FieldFrame({ kind, name, className, children }: Props) {
  return kind === "attachment" ? (
    <fieldset className={className} aria-label={name}>
      {children}
    </fieldset>
  ) : (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className={className}>{children}</label>
  );
}
