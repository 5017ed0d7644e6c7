import "i18next";
import type { zh } from "./zh";
import type { zhSettings } from "./zh.settings";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    keySeparator: false;
    nsSeparator: false;
    resources: { translation: typeof zh & typeof zhSettings };
  }
}
