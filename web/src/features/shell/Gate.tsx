import { Button } from "antd";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "@/lib/errors";
import { useStatus } from "@/lib/query";
import { Seal } from "@/ui/Seal";
import { Shell } from "./Shell";

// Forms weigh more than the table's shell, and most visits need none.
const LoginPage = lazy(async () => ({ default: (await import("@/features/login/LoginPage")).LoginPage }));
const SetupPage = lazy(async () => ({ default: (await import("@/features/setup/SetupPage")).SetupPage }));

/** Set-up, login or the book: whichever the server says is due, whatever the address. */
export function Gate() {
  const { t } = useTranslation();
  const status = useStatus();
  if (status.isPending)
    return (
      <div className="center-page" aria-busy="true">
        <Seal size={44} />
      </div>
    );
  // Once in, a line that is down for a while throws nobody out.
  if (status.isError && !status.data)
    return (
      <div className="center-page">
        <Seal size={44} />
        <p role="alert">{errorText(status.error)}</p>
        <Button onClick={() => void status.refetch()}>{t("ui.retry")}</Button>
      </div>
    );
  if (status.data.setup_needed || !status.data.user)
    return (
      <Suspense fallback={<div className="center-page" aria-busy="true" />}>
        {status.data.setup_needed ? <SetupPage /> : <LoginPage />}
      </Suspense>
    );
  return <Shell status={status.data} />;
}
