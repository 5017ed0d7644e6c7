import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useLocale } from "@/i18n";
import { useMedia } from "@/lib/hooks";
import { modeStore } from "@/lib/prefs";
import { queryClient } from "@/lib/query";
import { useStore } from "@/lib/store";
import { antdTheme } from "@/ui/antdTheme";
import { Toasts } from "@/ui/toast";
import { router } from "./router";

export function App() {
  const mode = useStore(modeStore);
  const locale = useLocale();
  const still = useMedia("(prefers-reduced-motion: reduce)");
  return (
    <ConfigProvider
      theme={antdTheme(mode, still)}
      locale={locale === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </ConfigProvider>
  );
}
