/** Texts of tokens and secret addresses, which few open: whoever shows them imports this, and they come with its chunk. */
import i18next from "i18next";
import { enSettings } from "./en.settings";
import { zhSettings } from "./zh.settings";

i18next.addResourceBundle("zh-CN", "translation", zhSettings, true);
i18next.addResourceBundle("en", "translation", enSettings, true);
