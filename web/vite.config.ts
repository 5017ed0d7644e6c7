import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { guide } from "./scripts/guide.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tells the worker behind the page which files the page consists of, once they are written. */
function workerFiles(): Plugin {
  return {
    name: "kebu-worker-files",
    writeBundle({ dir = here("./dist") }) {
      // The public form is a page of its own, which nobody opens without a network.
      const files = readdirSync(`${dir}/assets`)
        // Pictures of the guide are fetched when somebody reads it.
        .filter((name) => !name.startsWith("form-") && !name.endsWith(".webp"))
        .sort()
        .map((name) => `/assets/${name}`);
      const build = createHash("sha256").update(files.join()).digest("hex").slice(0, 12);
      const code = readFileSync(`${dir}/sw.js`, "utf8")
        .replaceAll("__KEBU_FILES__", JSON.stringify([...files, "/kebu.webmanifest", "/seal.svg"]))
        .replaceAll("__KEBU_BUILD__", JSON.stringify(build));
      writeFileSync(`${dir}/sw.js`, code);
    },
  };
}

export default defineConfig({
  plugins: [react(), guide(), workerFiles()],
  resolve: {
    alias: {
      "@": here("./src"),
      // The sheet never shows markdown or image cells; these two would only weigh on its chunk. Tests of what makes
      // the guide want the one that is real.
      ...(process.env.VITEST ? {} : { marked: here("./src/grid/stubs/marked.ts") }),
      "react-responsive-carousel": here("./src/grid/stubs/carousel.ts"),
    },
  },
  build: {
    target: "es2022",
    // The page of public forms is one of its own: it carries nothing of the other.
    rollupOptions: {
      input: {
        index: here("./index.html"),
        form: here("./form.html"),
        sw: here("./src/features/offline/worker.ts"),
      },
      // A worker serves what lies beside and below it.
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
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
