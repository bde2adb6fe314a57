// A small HTTP client on node:http: it sends exactly the headers it is given (global fetch adds Sec-Fetch-Mode and more).
import http from "node:http";

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });

/** One request; `path` is sent as it stands. Returns status, headers (lower-case, set-cookie as a list) and text. */
export const request = ({ port, method, path, headers = {}, body }) =>
  new Promise((resolve, reject) => {
    const all = { host: `localhost:${port}`, ...headers };
    if (body !== undefined && all["content-length"] === undefined) all["content-length"] = Buffer.byteLength(body);
    else if (body === undefined && !["GET", "HEAD", "OPTIONS"].includes(method)) all["content-length"] = 0;
    const call = http.request({ agent, host: "127.0.0.1", port, method, path, headers: all, timeout: 30_000 }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const { "set-cookie": setCookie = [], ...rest } = response.headers;
        resolve({ status: response.statusCode, headers: rest, setCookie, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    call.on("timeout", () => call.destroy(new Error(`${method} ${path}: no answer within 30 s`)));
    call.on("error", reject);
    call.end(body);
  });

/** Parses one Set-Cookie header into name, value and attributes in the order sent. */
export const parseSetCookie = (line) => {
  const [pair, ...rest] = line.split(/;\s*/);
  const at = pair.indexOf("=");
  const attributes = rest.map((part) => {
    const split = part.indexOf("=");
    return split < 0 ? [part, true] : [part.slice(0, split), part.slice(split + 1)];
  });
  return { name: pair.slice(0, at), value: pair.slice(at + 1), attributes };
};

/** A browser's cookie jar for one host. */
export class Jar {
  constructor(cookies = []) {
    this.cookies = new Map(cookies);
  }
  store(lines) {
    for (const line of lines) {
      const { name, value, attributes } = parseSetCookie(line);
      const maxAge = attributes.find(([key]) => key.toLowerCase() === "max-age")?.[1];
      const expires = attributes.find(([key]) => key.toLowerCase() === "expires")?.[1];
      const isGone = maxAge !== undefined ? Number(maxAge) <= 0 : expires !== undefined && Date.parse(expires) <= Date.now();
      if (isGone) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
  header() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
  clone() {
    return new Jar(this.cookies);
  }
}
