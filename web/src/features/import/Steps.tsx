import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/Icon";

const NAMES = ["files", "columns", "check", "import"] as const;

export function Steps({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <ol className="steps" aria-label={t("import.steps")}>
      {NAMES.map((name, i) => (
        <li
          key={name}
          className={i === at ? "on" : i < at ? "past" : ""}
          aria-current={i === at ? "step" : undefined}
        >
          <span className="step-no num">{i < at ? <Icon name="check" size={13} /> : i + 1}</span>
          <span className="step-name">{t(`step.${name}`)}</span>
        </li>
      ))}
    </ol>
  );
}
