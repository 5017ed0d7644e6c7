import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The binary under test: KEBU_BIN, or what was built last. */
export function binary() {
  const named = process.env.KEBU_BIN;
  if (named) return named;
  return [at("../../target/release/kebu"), at("../../target/debug/kebu")].find((p) => existsSync(p));
}

/** Starts `kebu serve` on an empty folder; answers its address and set-up code. */
export async function serve() {
  const bin = binary();
  if (!bin) throw new Error("no kebu binary: build it (make build) or name it in KEBU_BIN");
  const data = mkdtempSync(join(tmpdir(), "kebu-e2e-data-"));
  const child = spawn(bin, ["serve", "--data", data, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const found = {};
  await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no address or set-up code within 30 s:\n${said}`)),
      30_000,
    );
    const hear = (chunk) => {
      said += chunk;
      found.url ??= /https?:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      found.code ??= /(?:set-up code|设置码)\s*[:：]\s*([A-Z0-9]{4}-?[A-Z0-9]{4})/i.exec(said)?.[1];
      if (found.url && found.code) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`kebu serve ended with ${code}:\n${said}`)));
  });
  return {
    ...found,
    said: () => said,
    stop: async () => {
      child.removeAllListeners("exit");
      const ended = new Promise((r) => child.on("exit", r));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(timer);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
