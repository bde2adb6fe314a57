// Turns raw exchanges into comparable ones. A random value becomes a placeholder that names its kind and the place where it
// was first seen, so that equal values keep equal placeholders and one extra field shifts nothing else. A value that
// breaks its kind's format stays as it is and therefore shows up as a difference.
import { createPublicKey, verify } from "node:crypto";
import { parseSetCookie } from "./http.mjs";
import { openCookie } from "./secrets.mjs";

const formats = {
  id: /^(?:[A-Za-z0-9]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/,
  token: /^[A-Za-z0-9]{32}$/,
  oneTimeToken: /^[\w-]{32}$/,
  date: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
  jwt: /^[\w-]+\.[\w-]+\.[\w-]+$/,
  challenge: /^[\w-]{43}$/,
  handle: /^[\w-]{20,}$/,
  keyId: /^[\w-]{32,43}$/,
  backupCode: /^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/,
  coordinate: /^[\w-]{43}$/,
};

const comparedHeaders = [
  "content-type",
  "location",
  "cache-control",
  "pragma",
  "set-auth-jwt",
  "set-auth-token",
  "access-control-expose-headers",
  "x-retry-after",
  "allow",
];

/** Dates are compared by their distance from the exchange, in whole minutes. */
const dateName = (time, at) => {
  const seconds = Math.round((time - at) / 60_000) * 60;
  return seconds === 0 ? "<now>" : `<now${seconds > 0 ? "+" : ""}${seconds}s>`;
};

export class Normaliser {
  constructor({ base, secret, jwks }) {
    this.base = base;
    this.secret = secret;
    this.jwks = jwks;
    this.known = new Map();
  }

  /** Gives a value a fixed name. */
  register(value, name) {
    if (value && !this.known.has(value)) this.known.set(value, name);
    return this.known.get(value);
  }

  /** The placeholder of a random value, named after the place of its first appearance. */
  place(kind, value, where) {
    if (this.peeking && !this.known.has(value)) return `<${kind}>`;
    return this.register(value, `<${kind} ${where}>`);
  }

  text(value) {
    let text = value.replaceAll(this.base, "<base>").replaceAll(encodeURIComponent(this.base), "<base>");
    for (const [secret, name] of this.known) {
      if (secret.length < 6) continue;
      text = text.replaceAll(secret, name);
      if (secret.length >= 32) text = text.replaceAll(secret.toLowerCase(), name.replace("<", "<lower-case "));
    }
    return text;
  }

  jwt(value, where, at) {
    const [header, payload, signature] = value.split(".");
    let parsed;
    try {
      parsed = [header, payload].map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
    } catch {
      return undefined;
    }
    if (parsed[0].alg !== "EdDSA") return undefined;
    const key = this.jwks.keys?.find(({ kid }) => kid === parsed[0].kid);
    const isValid =
      key !== undefined &&
      verify(null, Buffer.from(`${header}.${payload}`), createPublicKey({ key, format: "jwk" }), Buffer.from(signature, "base64url"));
    const { iat, exp, ...claims } = parsed[1];
    return {
      header: this.value(parsed[0], `${where}.header`, at),
      payload: {
        ...this.value(claims, `${where}.payload`, at),
        iat: typeof iat === "number" ? dateName(iat * 1000, at) : iat,
        exp: typeof exp === "number" ? dateName(exp * 1000, at) : exp,
      },
      signature: isValid ? "<valid>" : "<INVALID>",
    };
  }

  signed(value, where, kind) {
    const opened = openCookie(value, this.secret);
    if (!opened) return `<NOT SIGNED> ${this.text(value)}`;
    const content =
      kind === "token" ? this.string(opened.value, "token", where, 0)
      : opened.value === "true" ? "true"
      : `<${kind}>`;
    return `${content}.${opened.isValid ? "<signature>" : "<BAD SIGNATURE>"}`;
  }

  string(value, key, where, at) {
    if (this.known.has(value)) return this.known.get(value);
    if (formats.date.test(value)) return dateName(Date.parse(value), at);
    if (formats.jwt.test(value) && value.length > 100) {
      const jwt = this.jwt(value, where, at);
      if (jwt) return { jwt };
    }
    if (!this.isOneTimeToken && /^(?:token|sessionToken)$/.test(key) && formats.token.test(value)) return this.place("token", value, where);
    if (this.isOneTimeToken && key === "token" && formats.oneTimeToken.test(value)) return this.place("one-time token", value, where);
    if (/^(?:id|sid|sub|[a-z]+Id)$/.test(key) && formats.id.test(value)) return this.place("id", value, where);
    if (key === "challenge" && formats.challenge.test(value)) return this.place("challenge", value, where);
    if (key === "kid" && formats.keyId.test(value)) return this.register(value, "<key id>");
    if (key === "x" && formats.coordinate.test(value)) return "<coordinate>";
    if (key === "totpURI") return this.text(value).replace(/secret=[A-Z2-7]{32,}(?=&|$)/, "secret=<base32>");
    if (/backupCodes$/.test(key) && formats.backupCode.test(value)) return "<backup code>";
    return this.text(value);
  }

  value(value, where, at, key = "") {
    if (typeof value === "string") return this.string(value, key, where, at);
    if (value instanceof Date) return `Date ${dateName(value.getTime(), at)}`;
    if (Array.isArray(value)) return value.map((item, index) => this.value(item, `${where}.${index}`, at, key));
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    // The user handle of registration options is random, not an id.
    if (/\.user$/.test(where) && "displayName" in value && formats.handle.test(value.id ?? "")) {
      return { ...Object.fromEntries(entries), id: "<handle>", name: this.text(value.name), displayName: this.text(value.displayName) };
    }
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, item]) => [name, this.value(item, `${where}.${name}`, at, name)]),
    );
  }

  /** Lists whose order means nothing are sorted by what is known about their items. */
  sorted(list, at) {
    this.peeking = true;
    const named = list.map((item) => [JSON.stringify(this.value(item, "", at)), item]);
    this.peeking = false;
    return named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, item]) => item);
  }

  cookie(line, where) {
    const { name, value, attributes } = parseSetCookie(line);
    let decoded = value;
    try {
      decoded = decodeURIComponent(value);
    } catch {
      // Kept as sent: the comparison shows it.
    }
    const kind =
      /session_token/.test(name) ? "token"
      : /two_factor|trust_device|passkey|state/.test(name) ? "opaque"
      : "text";
    const shown = decoded === "" ? "" : this.signed(decoded, `${where}.${name}`, kind);
    return {
      name: this.text(name),
      value: shown,
      attributes: attributes.map(([key, text]) => (text === true ? key.toLowerCase() : `${key.toLowerCase()}=${text}`)).sort(),
    };
  }

  body(response, exchange, where) {
    if (response.text === "") return "<empty>";
    if (/text\/html/.test(response.headers["content-type"] ?? "")) return "<html>";
    let parsed;
    try {
      parsed = JSON.parse(response.text);
    } catch {
      return { text: this.text(response.text) };
    }
    if (exchange.isUnordered && Array.isArray(parsed)) parsed = this.sorted(parsed, exchange.at);
    return this.value(parsed, `${where}.body`, exchange.at);
  }

  exchange(exchange, index) {
    for (const [value, name] of exchange.known ?? []) this.register(value, name);
    const where = `@${index + 1}`;
    if (exchange.result !== undefined) {
      return { title: exchange.title, endpoint: exchange.title, response: { result: this.value(exchange.result, where, exchange.at) } };
    }
    const { request, response } = exchange;
    this.isOneTimeToken = request.path.endsWith("/one-time-token/generate");
    const body = this.body(response, exchange, where);
    const headers = {};
    for (const name of comparedHeaders) {
      const value = response.headers[name];
      if (value === undefined) continue;
      headers[name] =
        name === "set-auth-jwt" ? this.string(value, name, `${where}.${name}`, exchange.at)
        : name === "set-auth-token" ? this.signed(value, `${where}.${name}`, "token")
        : name === "access-control-expose-headers" ? value.toLowerCase().split(/,\s*/).sort()
        : name === "x-retry-after" ? (/^[1-9]\d*$/.test(value) ? "<seconds>" : value)
        : this.text(value);
    }
    const cookies = {};
    for (const line of response.setCookie) {
      const { name, ...rest } = this.cookie(line, `${where}.cookie`);
      // A browser keeps the last one of a name.
      cookies[name] = rest;
    }
    return {
      title: `${request.method} ${this.text(request.path)}`,
      endpoint: endpointOf(request),
      request: { headers: this.value(request.headers, where, exchange.at), body: request.body === undefined ? undefined : this.text(request.body) },
      response: { status: response.status, headers, cookies, body },
    };
  }
}

/** Method and path with its parameters named, as differences.json and the coverage check use them. */
export const endpointOf = ({ method, path }) => {
  const plain = path.split("?")[0].replace(/^\/api\/auth/, "").replace(/^\/reset-password\/[^/]+$/, "/reset-password/:token");
  return `${method} ${plain}`;
};
