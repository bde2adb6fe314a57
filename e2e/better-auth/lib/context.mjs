// What a scenario works with: recorded requests, browsers with a cookie jar, the real client, mails, the database clock.
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { createAuthClient } from "better-auth/client";
import { emailOTPClient, jwtClient, magicLinkClient, multiSessionClient, oneTimeTokenClient, twoFactorClient } from "better-auth/client/plugins";
import { passkeyClient } from "@better-auth/passkey/client";
import { Authenticator } from "./authenticator.mjs";
import { Jar, request } from "./http.mjs";
import { signCookie, signLinkToken, totp } from "./secrets.mjs";

export const trustedOrigin = "https://app.example.test";
export const foreignOrigin = "https://evil.example.net";
export const password = "correct horse battery";
const userAgent = "e2e/1 (scenario)";

/** The authenticator of the running scenario, for the browser API that the passkey client calls. */
const current = new AsyncLocalStorage();
const buffer = (text) => new Uint8Array(Buffer.from(text, "base64url")).buffer;
const text = (bytes) => Buffer.from(bytes).toString("base64url");
const credential = (json) => ({
  id: json.id,
  rawId: buffer(json.rawId),
  type: json.type,
  authenticatorAttachment: json.authenticatorAttachment,
  getClientExtensionResults: () => ({}),
  response: {
    ...Object.fromEntries(Object.entries(json.response).filter(([key]) => key !== "transports").map(([key, value]) => [key, buffer(value)])),
    getTransports: () => json.response.transports,
  },
});
globalThis.PublicKeyCredential = class PublicKeyCredential {};
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    userAgent,
    credentials: {
      create: async ({ publicKey }) => credential(current.getStore().register({ ...publicKey, challenge: text(publicKey.challenge) })),
      get: async ({ publicKey }) => credential(current.getStore().authenticate({ ...publicKey, challenge: text(publicKey.challenge) })),
    },
  },
});

export class Failure extends Error {}

/** A scenario's view of one server. */
export class Context {
  constructor({ server, variant, slug }) {
    this.server = server;
    this.port = server.ports[variant];
    this.base = `http://localhost:${this.port}`;
    this.slug = slug;
    this.exchanges = [];
    this.pending = [];
    this.codes = new Map();
  }

  /** An address that belongs to this scenario alone. */
  email(name = "person") {
    return `${name}.${this.slug}@example.com`;
  }

  /** Names a random value for all later exchanges. */
  name(value, name) {
    this.pending.push([value, name]);
    return value;
  }

  record(exchange) {
    this.exchanges.push({ at: Date.now(), ...exchange, known: this.pending });
    this.pending = [];
  }

  /** One recorded request. `json` sets body and content type; without a jar there is no cookie; origin is off unless given. */
  async raw(method, path, options = {}) {
    const { json, jar, origin, isUnordered, cookie, basePath = "/api/auth" } = options;
    const headers = { "user-agent": userAgent, ...options.headers };
    let { body } = options;
    if (json !== undefined) {
      body = JSON.stringify(json);
      headers["content-type"] ??= "application/json";
    }
    if (origin) headers.origin = origin === true ? this.base : origin;
    const sent = cookie ?? jar?.header();
    if (sent) headers.cookie = sent;
    const response = await request({ port: this.port, method, path: basePath + path, headers, body });
    jar?.store(response.setCookie);
    const { "user-agent": agent, cookie: cookies, ...shown } = headers;
    if (cookies) shown.cookie = cookies.split("; ").map((pair) => pair.split("=")[0]).join(", ");
    this.record({ request: { method, path: basePath + path, headers: shown, body }, response, isUnordered });
    let parsed;
    try {
      parsed = JSON.parse(response.text);
    } catch {
      parsed = undefined;
    }
    return { ...response, json: parsed };
  }

  /** A browser tab on the server's own origin: jar, requests with Origin, and the unmodified client. */
  browser(jar = new Jar(), extra = {}) {
    const call = (method) => (path, json, options = {}) =>
      this.raw(method, path, { jar, origin: true, ...(json !== undefined && { json }), ...extra, ...options });
    const tab = { jar, get: (path, options) => call("GET")(path, undefined, options), post: call("POST") };
    let client;
    Object.defineProperty(tab, "client", { get: () => (client ??= this.client(jar)) });
    return tab;
  }

  client(jar) {
    const customFetchImpl = async (url, init = {}) => {
      const target = new URL(url);
      const response = await this.raw(init.method ?? "GET", target.pathname + target.search, {
        basePath: "",
        jar,
        origin: true,
        headers: Object.fromEntries(new Headers(init.headers).entries()),
        body: init.body ?? undefined,
      });
      const { text: content } = response;
      return new Response([204, 304].includes(response.status) ? null : content, {
        status: response.status,
        headers: { ...response.headers },
      });
    };
    return createAuthClient({
      baseURL: this.base,
      fetchOptions: { customFetchImpl },
      plugins: [
        jwtClient(),
        twoFactorClient(),
        magicLinkClient(),
        passkeyClient(),
        multiSessionClient(),
        oneTimeTokenClient(),
        emailOTPClient(),
      ],
    });
  }

  /** Records what the client hands to the app. */
  result(title, { data, error }) {
    const { statusText: _, ...shown } = error ?? {};
    this.record({ title: `client ${title}`, result: { data, error: error ? shown : null } });
    return data;
  }

  /** Signs a new person up; returns a tab that is signed in. */
  async person(name = "person", fields = {}) {
    const tab = this.browser();
    const email = this.email(name);
    const answer = await tab.post("/sign-up/email", { email, password, name: `Person ${name}`, ...fields });
    return Object.assign(tab, { email, token: answer.json?.token, user: answer.json?.user });
  }

  /** Signs a person in on a new tab. */
  async signIn(email, fields = {}, tab = this.browser()) {
    const answer = await tab.post("/sign-in/email", { email, password, ...fields });
    return Object.assign(tab, { email, token: answer.json?.token, user: answer.json?.user, answer });
  }

  /** Makes a value required: without it the scenario cannot go on. */
  need(value, what) {
    if (value === undefined || value === null) throw new Failure(`missing: ${what}`);
    return value;
  }

  async mails(to) {
    const { text: content } = await request({
      port: this.port,
      method: "GET",
      path: "/dev/mailbox",
      headers: { accept: "application/json" },
    });
    return JSON.parse(content).filter((mail) => [mail.to].flat().join().toLowerCase().includes(to.toLowerCase()));
  }

  /** Waits for the newest mail to an address that matches; remembers it, so that the next call waits for another. */
  async mail(to, pattern, what) {
    this.read ??= new Set();
    const end = Date.now() + 6_000;
    for (;;) {
      const found = (await this.mails(to))
        .map((mail, index) => ({ mail, key: `${to}#${index}`, match: `${mail.text}\n${mail.html}`.replaceAll("&amp;", "&").match(pattern) }))
        .filter(({ key, match }) => match && !this.read.has(key));
      if (found.length) {
        const last = found.at(-1);
        for (const { key } of found) this.read.add(key);
        return last.match;
      }
      if (Date.now() > end) throw new Failure(`no mail with ${what} came to ${to}`);
      await sleep(40);
    }
  }

  /** The single-use token of the newest link mailed to an address. */
  async mailedToken(to) {
    const match = await this.mail(to, /(?:\/reset-password\/|[?&#]token=)([\w.-]{16,})/, "a link");
    return this.name(match[1], "<mailed token>");
  }

  /** The six-digit code mailed to an address. */
  async mailedCode(to) {
    const match = await this.mail(to, /(?<![\w#&;-])(\d{6})(?![\w-])/, "a code");
    return this.name(match[1], "<code>");
  }

  /** Records whether an address got a mail with a link or code that was not read yet. */
  async recordNoMail(to) {
    await sleep(250);
    const count = (await this.mails(to)).filter((_, index) => !this.read?.has(`${to}#${index}`)).length;
    this.record({ title: `mails to ${to}`, result: { count } });
  }

  /** A code that is surely wrong. */
  wrongCode(code) {
    return code === "123456" ? "654321" : "123456";
  }

  /** TOTP codes of one secret in rising steps, so that no step is used twice; usable for a minute from the first call. */
  async totp(uri, use) {
    if (!this.codes.has(uri)) {
      const left = 30_000 - (Date.now() % 30_000);
      if (left < 4_000) await sleep(left + 50);
      this.codes.set(uri, Math.floor(Date.now() / 30_000));
    }
    const drift = Math.floor(Date.now() / 30_000) - this.codes.get(uri);
    return this.name(totp(uri, use - 1 - drift), "<code>");
  }

  authenticator(options = {}) {
    const device = new Authenticator({ origin: this.base, ...options });
    this.devices = (this.devices ?? 0) + 1;
    this.name(device.id.toString("base64url"), `<credential ${this.devices}>`);
    this.name(device.coseKey.toString("base64"), `<public key ${this.devices}>`);
    return device;
  }

  /** Runs `action` with a device behind navigator.credentials. */
  withDevice(device, action) {
    return current.run(device, action);
  }

  signCookie(value) {
    return signCookie(value, this.server.secret);
  }

  linkToken(payload) {
    return this.name(signLinkToken(payload, this.server.secret), "<forged token>");
  }

  /** Moves a person's sessions into the past (the server's own clock cannot be turned). */
  async age(email, seconds) {
    await this.server.database.ageSessions(email, seconds);
  }

  /** Lets the codes and links expire that name this address, user id or token. */
  async expire(needle) {
    await this.server.database.expireVerifications(needle);
  }
}
