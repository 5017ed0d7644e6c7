import { theme as antd, type ThemeConfig } from "antd";

/** Ant Design, dressed in the colours of theme.css. Hex here because antd derives shades from them. */
const palettes = {
  light: {
    colorPrimary: "#c23b22",
    colorInfo: "#2f4b6e",
    colorLink: "#2f4b6e",
    colorSuccess: "#2a6342",
    colorWarning: "#8a6410",
    colorError: "#a3243b",
    colorTextBase: "#1f2328",
    colorBgBase: "#fffdf9",
    colorBgLayout: "#faf8f4",
    colorBgContainer: "#fffdf9",
    colorBgElevated: "#fffdf9",
    colorBorder: "#d6cebf",
    colorBorderSecondary: "#e8e2d7",
    colorTextPlaceholder: "#6b7079",
    colorTextDescription: "#636871",
    controlItemBgHover: "#f1ece2",
    controlItemBgActive: "#f1ece2",
    controlItemBgActiveHover: "#ebe4d6",
  },
  dark: {
    colorPrimary: "#c8452c",
    colorInfo: "#8fb2dd",
    colorLink: "#a5c1e4",
    colorSuccess: "#97cfab",
    colorWarning: "#e8c877",
    colorError: "#f0919b",
    colorTextBase: "#ece7de",
    colorBgBase: "#191816",
    colorBgLayout: "#191816",
    colorBgContainer: "#211f1c",
    colorBgElevated: "#262420",
    colorBorder: "#49443d",
    colorBorderSecondary: "#33302b",
    colorTextPlaceholder: "#989187",
    colorTextDescription: "#989187",
    controlItemBgHover: "#2b2925",
    controlItemBgActive: "#33302b",
    controlItemBgActiveHover: "#3a3731",
  },
} as const;

export function antdTheme(mode: "light" | "dark", still: boolean): ThemeConfig {
  return {
    algorithm: mode === "dark" ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: "kebu" },
    hashed: false,
    token: {
      ...palettes[mode],
      colorPrimaryHover: mode === "dark" ? "#d6553c" : "#a9311b",
      colorPrimaryActive: mode === "dark" ? "#b23a22" : "#932913",
      fontFamily: "var(--sans)",
      fontSize: 14,
      borderRadius: 6,
      controlHeight: 32,
      sizeUnit: 4,
      wireframe: false,
      motion: !still,
      motionDurationMid: "0.16s",
      motionDurationSlow: "0.22s",
      controlOutlineWidth: 2,
      controlOutline: mode === "dark" ? "rgba(143,178,221,.35)" : "rgba(47,75,110,.22)",
      boxShadowSecondary: "var(--shadow)",
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      // The seal's red is for actions and the mark; a focused field is shown in ink blue.
      Input: { activeBorderColor: "var(--focus)", hoverBorderColor: "var(--line-2)" },
      InputNumber: { activeBorderColor: "var(--focus)", hoverBorderColor: "var(--line-2)" },
      Select: {
        activeBorderColor: "var(--focus)",
        hoverBorderColor: "var(--line-2)",
        optionSelectedBg: "var(--hover)",
        optionSelectedFontWeight: 500,
        // Lists open over our own popups too.
        zIndexPopup: 1200,
      },
      Progress: { defaultColor: "var(--focus)" },
    },
  };
}
