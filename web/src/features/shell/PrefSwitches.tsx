import { useTranslation } from "react-i18next";
import type { Locale } from "@/api/types";
import { useLocale } from "@/i18n";
import { localeStore, type ThemeChoice, themeStore } from "@/lib/prefs";
import { useStore } from "@/lib/store";
import { Switch } from "@/ui/Switch";

/** Language and theme, side by side. */
export function PrefSwitches() {
  const { t } = useTranslation();
  const locale = useLocale();
  const theme = useStore(themeStore);
  return (
    <div className="prefs">
      <Switch<Locale>
        label={t("prefs.language")}
        value={locale}
        onChange={(v) => localeStore.set(v)}
        options={[
          { value: "zh-CN", label: "中文" },
          { value: "en", label: "English" },
        ]}
      />
      <Switch<ThemeChoice>
        label={t("prefs.theme")}
        value={theme}
        onChange={(v) => themeStore.set(v)}
        options={[
          { value: "light", label: t("prefs.light") },
          { value: "dark", label: t("prefs.dark") },
          { value: "system", label: t("prefs.system") },
        ]}
      />
    </div>
  );
}
