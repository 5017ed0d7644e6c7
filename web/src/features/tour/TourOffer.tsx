import { useTranslation } from "react-i18next";
import { useStatus } from "@/lib/query";
import { useStore } from "@/lib/store";
import { IconButton } from "@/ui/IconButton";
import { answerTour, tourAnswers, tourSeen } from "./tour";

/** Offers the tour once there is something to see; answered, it does not come again. */
export function TourOffer() {
  const { t } = useTranslation();
  const user = useStatus().data?.user?.id;
  useStore(tourAnswers);
  if (user === undefined || tourSeen(user)) return null;
  return (
    <div className="banner offer">
      <span>{t("tour.offer")}</span>
      <button type="button" className="link" onClick={() => answerTour(user, true)}>
        {t("tour.start")}
      </button>
      <IconButton icon="close" label={t("tour.no")} onClick={() => answerTour(user, false)} />
    </div>
  );
}
