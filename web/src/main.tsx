import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/features/shell/App";
import { startI18n } from "@/i18n";
import { startPrefs } from "@/lib/prefs";
import "@/ui/theme.css";
import "@/ui/ui.css";

startPrefs();
startI18n();
const root = document.getElementById("root");
if (root)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
