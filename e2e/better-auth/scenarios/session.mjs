// Sessions: reading, cookies, lists, revocation, sliding and expiry.
import { password } from "../lib/context.mjs";

const day = 86_400;

export const scenarios = [
  {
    name: "get-session: cookies that are no session",
    run: async (t) => {
      const { jar, token } = await t.person();
      const name = "mana.session_token";
      const good = jar.cookies.get(name);
      const get = (cookie) => t.raw("GET", "/get-session", { cookie });
      await t.raw("GET", "/get-session");
      await get(`${name}=`);
      await get(`${name}=garbage`);
      await get(`${name}=${token}`);
      await get(`${name}=${token}.`);
      await get(`${name}=${good.slice(0, -6)}AAAA%3D`);
      await get(`${name}=${t.signCookie("unknownunknownunknownunknown1234")}`);
      await get(`better-auth.session_token=${good}`);
      await get(`__Secure-${name}=${good}`);
      await get(`${name}=%E0%A4%A`);
      await get(`${name}=${good}; ${name}=garbage`);
      await get(`${name}=garbage; ${name}=${good}`);
      await get(`a=b; ${name}="${good}"; c=d`);
      await get(`a=b;${name}=${good};c=d`);
      await get(`${name}=${decodeURIComponent(good)}`);
    },
  },
  {
    name: "get-session: queries and methods",
    run: async (t) => {
      const tab = await t.person();
      await tab.get("/get-session?disableCookieCache=true");
      await tab.get("/get-session?disableRefresh=true&disableCookieCache=false");
      await tab.get("/get-session?unknown=1");
      await tab.get("/get-session?disableRefresh=");
      await tab.post("/get-session", {});
      await t.raw("POST", "/get-session", { jar: tab.jar, origin: true });
      await t.raw("POST", "/get-session");
      await t.raw("HEAD", "/get-session", { jar: tab.jar });
    },
  },
  {
    name: "a session slides after a day",
    needsDatabase: true,
    run: async (t) => {
      const tab = await t.person();
      await t.age(tab.email, day / 2);
      await tab.get("/get-session");
      await t.age(tab.email, day);
      await tab.get("/get-session?disableRefresh=true");
      await tab.get("/get-session");
      await tab.get("/get-session");
    },
  },
  {
    name: "a session that is not remembered does not slide",
    needsDatabase: true,
    run: async (t) => {
      const { email } = await t.person();
      const tab = await t.signIn(email, { rememberMe: false });
      await t.age(email, day / 2);
      await tab.get("/get-session");
      await t.age(email, day);
      await tab.get("/get-session");
      await tab.get("/get-session");
    },
  },
  {
    name: "a session expires",
    needsDatabase: true,
    run: async (t) => {
      const tab = await t.person();
      const kept = tab.jar.clone();
      await t.age(tab.email, 8 * day);
      await tab.get("/get-session");
      await t.raw("GET", "/list-sessions", { jar: kept.clone() });
      await t.raw("GET", "/token", { jar: kept.clone() });
      await t.raw("POST", "/update-user", { jar: kept, origin: true, json: { name: "x" } });
    },
  },
  {
    name: "what needs a fresh session",
    needsDatabase: true,
    run: async (t) => {
      const tab = await t.person();
      await t.age(tab.email, day + 60);
      await tab.get("/list-sessions");
      await tab.post("/unlink-account", { accountId: "x" });
      await tab.get("/passkey/generate-register-options");
      await tab.post("/passkey/verify-registration", { response: {} });
      await tab.post("/delete-user", {});
      await tab.get("/list-accounts");
      await tab.post("/verify-password", { password });
    },
  },
  {
    name: "list-sessions",
    run: async (t) => {
      const tab = await t.person();
      await tab.get("/list-sessions");
      await t.signIn(tab.email);
      await t.signIn(tab.email, { rememberMe: false });
      await t.raw("GET", "/list-sessions", { jar: tab.jar, isUnordered: true });
    },
  },
  {
    name: "revoke-session",
    run: async (t) => {
      const tab = await t.person();
      const other = await t.signIn(tab.email);
      const stranger = await t.person("stranger");
      await tab.post("/revoke-session", { token: "unknown" });
      await tab.post("/revoke-session", { token: stranger.token });
      await stranger.get("/get-session");
      await tab.post("/revoke-session", {});
      await tab.post("/revoke-session", { token: 5 });
      // The token as the list shows it, which is all that an app has.
      const list = await t.raw("GET", "/list-sessions", { jar: tab.jar, isUnordered: true });
      const shown = t.need(list.json?.find((session) => session.token !== tab.token)?.token, "the other session's token");
      await tab.post("/revoke-session", { token: shown });
      await other.get("/get-session");
      await other.post("/update-user", { name: "x" });
      await tab.get("/list-sessions");
      await tab.post("/revoke-session", { token: tab.token });
      await tab.get("/get-session");
    },
  },
  {
    name: "revoking one's own session takes its cookies along",
    run: async (t) => {
      const brief = await t.signIn((await t.person()).email, { rememberMe: false });
      await brief.post("/revoke-session", { token: brief.token });
      await brief.get("/get-session");
      const { email, token } = await t.person("bearer");
      const authorization = `Bearer ${token}`;
      await t.raw("POST", "/revoke-session", { json: { token: "unknown" }, headers: { authorization } });
      await t.raw("POST", "/revoke-session", { json: { token }, headers: { authorization } });
      const other = await t.signIn(email);
      await t.raw("POST", "/revoke-sessions", { json: {}, headers: { authorization: `Bearer ${other.token}` } });
      await other.get("/get-session");
    },
  },
  {
    name: "revoke-other-sessions and revoke-sessions",
    run: async (t) => {
      const tab = await t.person();
      const other = await t.signIn(tab.email);
      await tab.post("/revoke-other-sessions", {});
      await other.get("/get-session");
      await tab.get("/get-session");
      await tab.post("/revoke-other-sessions", {});
      const third = await t.signIn(tab.email);
      await tab.post("/revoke-sessions", {});
      await tab.get("/get-session");
      await third.get("/list-sessions");
      await third.post("/revoke-sessions", {});
    },
  },
  {
    name: "update-session has no fields",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/update-session", {});
      await tab.post("/update-session", { anything: 1 });
      await tab.post("/update-session", { expiresAt: "2099-01-01T00:00:00.000Z" });
      await tab.post("/update-session", { userId: "x", token: "y" });
      await tab.get("/get-session");
    },
  },
  {
    name: "list-accounts and unlink-account",
    run: async (t) => {
      const tab = await t.person();
      const list = await tab.get("/list-accounts");
      await tab.post("/unlink-account", { accountId: list.json?.[0]?.id ?? "x" });
      await tab.post("/unlink-account", { accountId: "unknown" });
      await tab.post("/unlink-account", { providerId: "credential" });
      await tab.post("/unlink-account", { accountId: 7 });
      await tab.get("/list-accounts");
    },
  },
];
