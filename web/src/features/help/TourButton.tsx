import { answerTour } from "@/features/tour/tour";
import { useStatus } from "@/lib/query";
import { useTexts } from "./texts";

/** Starts the tour again; an empty book has nothing to point at. */
export function TourButton({ onStart }: { onStart(): void }) {
  const say = useTexts();
  const { user, book } = useStatus().data ?? {};
  if (!user || !book || book.customers === 0) return null;
  const start = () => {
    onStart();
    answerTour(user.id, true);
  };
  return (
    <button type="button" className="link" title={say("tourHint")} onClick={start}>
      {say("tour")}
    </button>
  );
}
