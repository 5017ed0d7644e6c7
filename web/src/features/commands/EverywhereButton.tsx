import { useTranslation } from "react-i18next";
import { IconButton } from "@/ui/IconButton";
import { palette } from "./palette";

/** Opens the palette, with what was typed so far. */
export function EverywhereButton({ text = "" }: { text?: string }) {
  const { t } = useTranslation();
  return (
    <IconButton
      icon="layers"
      className="everywhere"
      label={`${t("palette.open")} Ctrl+K`}
      data-command="palette"
      onClick={() => palette.set(text)}
    />
  );
}
