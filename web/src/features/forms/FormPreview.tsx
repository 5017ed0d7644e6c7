import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { PublicForm } from "@/api/types";
import { useLocale } from "@/i18n";
import { drawForm } from "./public/sheet";
import { textsIn } from "./public/texts";

/** A form as whoever gets its address sees it; nothing in it can be filled in. */
export function FormPreview({ form }: { form: PublicForm }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const box = useRef<HTMLDivElement>(null);
  const drawn = JSON.stringify(form);
  useEffect(() => {
    const sheet = drawForm(JSON.parse(drawn) as PublicForm, textsIn(locale), () => {});
    box.current?.replaceChildren(sheet.element);
  }, [drawn, locale]);
  return (
    <section className="form-preview" aria-label={t("forms.preview")}>
      <p className="muted">{t("forms.preview")}</p>
      <div ref={box} inert />
    </section>
  );
}
