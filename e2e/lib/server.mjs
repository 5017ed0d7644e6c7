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

/** Starts the binary on a folder; its address and set-up code, when it has said them. */
async function start(data, listen, coded) {
  const bin = binary();
  if (!bin) throw new Error("no kebu binary: build it (make build) or name it in KEBU_BIN");
  const child = spawn(bin, ["serve", "--data", data, "--listen", listen], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const found = { child, said: "" };
  await new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no address or set-up code within 30 s:\n${found.said}`)),
      30_000,
    );
    const hear = (chunk) => {
      found.said += chunk;
      found.url ??= /https?:\/\/127\.0\.0\.1:\d+/.exec(found.said)?.[0];
      found.code ??= /(?:set-up code|设置码)\s*[:：]\s*([A-Z0-9]{4}-?[A-Z0-9]{4})/i.exec(found.said)?.[1];
      if (found.url && (found.code || !coded)) {
        clearTimeout(timer);
        resolve();
      }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`kebu serve ended with ${code}:\n${found.said}`)));
  });
  return found;
}

async function end({ child }, signal) {
  child.removeAllListeners("exit");
  const ended = new Promise((r) => child.on("exit", r));
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(timer);
}

/** Starts `kebu serve` on an empty folder; answers its address, folder and set-up code. */
export async function serve() {
  const data = mkdtempSync(join(tmpdir(), "kebu-e2e-data-"));
  let running = await start(data, "127.0.0.1:0", true);
  const { url, code } = running;
  return {
    url,
    code,
    data,
    said: () => running.said,
    /** Takes what is sent and answers nothing, until it goes on. */
    hang: () => running.child.kill("SIGSTOP"),
    goOn: () => running.child.kill("SIGCONT"),
    /** Kills it and starts it again at the same address. */
    restart: async () => {
      await end(running, "SIGKILL");
      running = await start(data, new URL(url).host, false);
    },
    stop: async () => {
      await end(running, "SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
}
