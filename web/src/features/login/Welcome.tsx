import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { PrefSwitches } from "@/features/shell/PrefSwitches";
import { Seal } from "@/ui/Seal";

/** The cover of the book: what set-up and login have in common. */
export function Welcome({ title, intro, children }: { title: string; intro: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="welcome">
      <header className="welcome-brand">
        <Seal size={52} />
        <div>
          <div className="welcome-name serif">客簿</div>
          <div className="muted">{t("brand.line")}</div>
        </div>
      </header>
      <main className="welcome-card">
        <h1 className="serif">{title}</h1>
        <p className="muted">{intro}</p>
        {children}
      </main>
      <footer>
        <PrefSwitches />
      </footer>
    </div>
  );
}
