import type { ButtonHTMLAttributes } from "react";
import { Icon, type IconName } from "./Icon";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: IconName;
  label: string;
  text?: boolean;
}

/** A quiet button: an icon with a spoken name, or icon and text. */
export function IconButton({ icon, label, text, className, ...rest }: Props) {
  return (
    <button
      type="button"
      className={`icon-button ${text ? "with-text" : ""} ${className ?? ""}`}
      aria-label={label}
      title={text ? undefined : label}
      {...rest}
    >
      <Icon name={icon} />
      {text && <span>{label}</span>}
    </button>
  );
}
