import { fileURLToPath, URL } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@": here("./src"),
      // The sheet never shows markdown or image cells; these two would only weigh on its chunk.
      marked: here("./src/grid/stubs/marked.ts"),
      "react-responsive-carousel": here("./src/grid/stubs/carousel.ts"),
    },
  },
  build: {
    target: "es2022",
    // The page of public forms is one of its own: it carries nothing of the other.
    rollupOptions: { input: { index: here("./index.html"), form: here("./form.html") } },
    outDir: "dist",
    emptyOutDir: true,
    // A data: URL would need its own exception in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    proxy: { "/api": process.env.KEBU_API ?? "http://127.0.0.1:8787" },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
