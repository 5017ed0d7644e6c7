import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startWorker } from "@/features/offline/opened";
import { App } from "@/features/shell/App";
import { startI18n } from "@/i18n";
import { startPrefs } from "@/lib/prefs";
import "@/ui/theme.css";
import "@/ui/ui.css";

startPrefs();
startWorker();
const root = document.getElementById("root");
void startI18n().then(() => {
  if (root)
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
});
