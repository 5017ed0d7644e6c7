// A keep-alive HTTP client of the served book, and the measuring of many requests.
import http from "node:http";

export class Client {
  constructor(server, token, connections = 1) {
    this.server = server;
    this.token = token;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends a request; the body of the answer as bytes. Any status beyond 2xx is an error. */
  send(method, path, body, headers = {}) {
    const content =
      body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const all = { authorization: `Bearer ${this.token}`, "content-type": "application/json", ...headers };
    if (content) all["content-length"] = content.length;
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${this.server.url}/api/v1${path}`,
        { method, agent: this.agent, headers: all },
        (answer) => {
          const parts = [];
          answer.on("data", (p) => parts.push(p));
          answer.on("error", reject);
          answer.on("end", () => {
            const bytes = Buffer.concat(parts);
            if (answer.statusCode >= 200 && answer.statusCode < 300) resolve(bytes);
            else
              reject(new Error(`${method} ${path}: ${answer.statusCode} ${bytes.toString().slice(0, 300)}`));
          });
        },
      );
      request.on("error", reject);
      request.end(content);
    });
  }

  async json(method, path, body) {
    const bytes = await this.send(method, path, body);
    return bytes.length ? JSON.parse(bytes) : null;
  }

  close() {
    this.agent.destroy();
  }
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/**
 * Sends `requests` (each a function that sends one), `clients` at a time. The server's CPU a request in ms
 * (user and system of the whole process, in ticks of 10 ms over all requests), wall p50 and p99 in ms as a
 * client sees them, bytes an answer, and errors.
 */
export async function timed(server, requests, clients = 1) {
  const walls = [];
  let [next, errors, bytes, firstError] = [0, 0, 0, undefined];
  const cpu = server.cpu();
  const client = async () => {
    while (next < requests.length) {
      const send = requests[next++];
      const started = performance.now();
      try {
        bytes += (await send()).length;
      } catch (e) {
        errors++;
        firstError ??= e;
      }
      walls.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const used = server.cpu() - cpu;
  if (errors === requests.length) throw firstError;
  walls.sort((a, b) => a - b);
  return {
    cpu: used / requests.length,
    p50: at(walls, 0.5),
    p99: at(walls, 0.99),
    bytes: bytes / requests.length,
    errors,
    firstError,
  };
}
