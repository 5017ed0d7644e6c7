// Programs the bench runs: measured ones, the served book, and the peer.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Clock ticks of /proc a second. */
const TICKS = Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout) || 100;

/** Runs a program; `{code, wall s, cpu s, mib peak, out}`, exact (see measure.py). */
export function measured(folder, argv, allowed = [0]) {
  const file = `${folder}/measure.json`;
  rmSync(file, { force: true });
  const ran = spawnSync("python3", [here("measure.py"), file, ...argv], {
    encoding: "utf8",
    maxBuffer: 64 << 20,
  });
  if (ran.status !== 0) throw new Error(`${argv.join(" ")}: ${ran.stderr || ran.error}`);
  const used = JSON.parse(readFileSync(file, "utf8"));
  if (!allowed.includes(used.code))
    throw new Error(`${argv.join(" ")} ended with ${used.code}: ${ran.stdout}${ran.stderr}`);
  return { ...used, out: ran.stdout.trim() };
}

/** Runs a program of the bench's own and gives the JSON it prints. */
export function json(argv, options = {}) {
  const ran = spawnSync(argv[0], argv.slice(1), { encoding: "utf8", maxBuffer: 64 << 20, ...options });
  if (ran.status !== 0)
    throw new Error(`${argv.join(" ")} ended with ${ran.status}: ${ran.stdout}${ran.stderr}`);
  return JSON.parse(ran.stdout.trim().split("\n").at(-1));
}

/** Processes still running, stopped when the bench ends however it ends. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A served book. */
export class Server {
  /** Starts `kebu serve` and waits for its first answer. */
  static async start(kebu, data, asOf) {
    const started = performance.now();
    const child = spawn(
      kebu,
      ["--data", data, "--as-of", asOf, "--json", "serve", "--listen", "127.0.0.1:0"],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    running.add(child);
    const line = await new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => reject(new Error(`kebu serve ended with ${code}`)));
    });
    const { url } = JSON.parse(line);
    const answer = await fetch(`${url}/api/v1/status`);
    if (!answer.ok) throw new Error(`the first answer is ${answer.status}`);
    await answer.text();
    return new Server(child, url, (performance.now() - started) / 1000);
  }

  constructor(child, url, startSeconds) {
    this.child = child;
    this.url = url;
    this.startSeconds = startSeconds;
  }

  /** User and system time of all its threads so far, in ms. */
  cpu() {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  }

  /** Resident memory, MiB: `VmRSS` now or `VmHWM` at most. */
  memory(what = "VmRSS") {
    const status = readFileSync(`/proc/${this.child.pid}/status`, "utf8");
    return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)[1]) / 1024;
  }

  async stop() {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await gone;
    running.delete(this.child);
  }
}

/** Plain sqlite3 (see peer.py). */
export class Peer {
  constructor() {
    this.child = spawn("python3", [here("peer.py")], { stdio: ["pipe", "pipe", "inherit"] });
    running.add(this.child);
    this.waiting = [];
    createInterface({ input: this.child.stdout }).on("line", (line) =>
      this.waiting.shift()?.resolve(JSON.parse(line)),
    );
    this.child.on("exit", (code) =>
      this.waiting.forEach((w) => w.reject(new Error(`the peer ended with ${code}`))),
    );
  }

  ask(question) {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${JSON.stringify(question)}\n`);
    });
  }

  /** Runs calls one after another: `{cpu_ms, p50, p99}`. */
  repeat(calls) {
    return this.ask({ do: "repeat", calls });
  }

  stop() {
    this.child.stdin.end();
    running.delete(this.child);
  }
}
