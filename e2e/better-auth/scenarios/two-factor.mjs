// The two-factor plugin.
import { password } from "../lib/context.mjs";

/** A person with TOTP switched on; returns the tab, the URI and the backup codes. */
const enrol = async (t, tab) => {
  const answer = await tab.post("/two-factor/enable", { password });
  const uri = t.need(answer.json?.totpURI, "the TOTP address");
  await tab.post("/two-factor/verify-totp", { code: await t.totp(uri, 0) });
  return { tab, uri, backupCodes: answer.json.backupCodes, email: tab.email };
};
const enrolled = async (t, name = "person") => enrol(t, await t.person(name));

export const scenarios = [
  {
    name: "enable: what fails",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/two-factor/enable", { password: "wrong password" });
      await tab.post("/two-factor/enable", {});
      await tab.post("/two-factor/enable", { password, method: "sms" });
      await tab.post("/two-factor/enable", { password, issuer: 5 });
      await tab.post("/two-factor/get-totp-uri", { password });
      await tab.post("/two-factor/generate-backup-codes", { password });
      await tab.post("/two-factor/disable", { password: "wrong password" });
      await tab.post("/two-factor/verify-totp", { code: "123456" });
      await tab.post("/two-factor/verify-backup-code", { code: "aaaaa-bbbbb" });
    },
  },
  {
    name: "TOTP: enable, sign in, disable",
    run: async (t) => {
      const tab = await t.person();
      const answer = await tab.post("/two-factor/enable", { password });
      const uri = t.need(answer.json?.totpURI, "the TOTP address");
      await tab.get("/get-session");
      await tab.post("/two-factor/get-totp-uri", { password });
      await tab.post("/two-factor/verify-totp", { code: "000000" });
      const before = tab.jar.clone();
      await tab.post("/two-factor/verify-totp", { code: await t.totp(uri, 0) });
      await tab.get("/get-session");
      await t.raw("GET", "/get-session", { jar: before });
      await tab.post("/two-factor/get-totp-uri", { password });
      await tab.post("/two-factor/get-totp-uri", { password: "wrong password" });
      const other = await t.signIn(tab.email);
      await other.get("/get-session");
      await other.get("/list-sessions");
      await other.post("/two-factor/verify-totp", { code: "000000" });
      await other.post("/two-factor/verify-totp", { code: "" });
      await other.post("/two-factor/verify-totp", { code: await t.totp(uri, 1) });
      await other.get("/get-session");
      await other.post("/two-factor/disable", { password: "wrong password" });
      await other.post("/two-factor/disable", { password });
      await other.get("/get-session");
      await t.signIn(tab.email);
      await other.post("/two-factor/disable", { password });
    },
  },
  {
    name: "issuer of the TOTP address",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/two-factor/enable", { password, issuer: "My App & Co" });
      await tab.post("/two-factor/enable", { password, method: "totp" });
    },
  },
  {
    name: "sign-in with callback and without remember me",
    run: async (t) => {
      const { email, uri } = await enrolled(t);
      const tab = await t.signIn(email, { callbackURL: "/in", rememberMe: false });
      await tab.post("/two-factor/verify-totp", { code: await t.totp(uri, 1) });
      await tab.get("/get-session");
    },
  },
  {
    name: "the two_factor cookie",
    run: async (t) => {
      const { email } = await enrolled(t);
      const tab = await t.signIn(email);
      const cookie = t.need(tab.jar.cookies.get("mana.two_factor"), "the two_factor cookie");
      await t.raw("POST", "/two-factor/verify-totp", { json: { code: "123456" }, origin: true, cookie: `mana.two_factor=${cookie.slice(0, -8)}AAAAA%3D` });
      await t.raw("POST", "/two-factor/verify-totp", { json: { code: "123456" }, origin: true, cookie: "mana.two_factor=garbage" });
      await t.raw("POST", "/two-factor/verify-totp", { json: { code: "123456" }, origin: true, cookie: `mana.two_factor=${t.signCookie("2fa-unknownunknownunkno")}` });
      await t.raw("POST", "/two-factor/send-otp", { json: {}, origin: true, cookie: "mana.two_factor=garbage" });
      await t.raw("POST", "/two-factor/verify-backup-code", { json: { code: "aaaaa-bbbbb" }, origin: true, cookie: "mana.two_factor=garbage" });
    },
  },
  {
    name: "too many wrong TOTP codes",
    run: async (t) => {
      const { email, uri } = await enrolled(t);
      const tab = await t.signIn(email);
      for (let count = 0; count < 6; count += 1) await tab.post("/two-factor/verify-totp", { code: "000000" });
      await tab.post("/two-factor/verify-totp", { code: await t.totp(uri, 1) });
    },
  },
  {
    name: "too many wrong codes over several challenges lock the account",
    run: async (t) => {
      const { email, uri } = await enrolled(t);
      for (let challenge = 0; challenge < 2; challenge += 1) {
        const tab = await t.signIn(email);
        for (let count = 0; count < 5; count += 1) await tab.post("/two-factor/verify-totp", { code: "000000" });
      }
      const tab = await t.signIn(email);
      await tab.post("/two-factor/verify-totp", { code: await t.totp(uri, 1) });
      await tab.post("/two-factor/verify-backup-code", { code: "aaaaa-bbbbb" });
    },
  },
  {
    name: "trusted device",
    run: async (t) => {
      const { email, uri } = await enrolled(t);
      const tab = await t.signIn(email);
      await tab.post("/two-factor/verify-totp", { code: await t.totp(uri, 1), trustDevice: true });
      await tab.post("/sign-out", {});
      const stale = tab.jar.clone();
      await t.signIn(email, {}, tab);
      await tab.get("/get-session");
      // The cookie was rotated: its older form is worth nothing.
      await t.signIn(email, {}, t.browser(stale));
      // It is worth nothing for another person either.
      const other = await enrolled(t, "other");
      const elsewhere = t.browser();
      elsewhere.jar.cookies.set("mana.trust_device", tab.jar.cookies.get("mana.trust_device") ?? "none");
      await t.signIn(other.email, {}, elsewhere);
      await tab.post("/two-factor/disable", { password });
    },
  },
  {
    name: "backup codes",
    run: async (t) => {
      const { tab, email, backupCodes } = await enrolled(t);
      for (const code of backupCodes) t.name(code, "<backup code>");
      const other = await t.signIn(email);
      await other.post("/two-factor/verify-backup-code", { code: "aaaaa-bbbbb" });
      await other.post("/two-factor/verify-backup-code", { code: backupCodes[0] });
      await other.get("/get-session");
      const again = await t.signIn(email);
      await again.post("/two-factor/verify-backup-code", { code: backupCodes[0] });
      await again.post("/two-factor/verify-backup-code", { code: backupCodes[1], disableSession: true });
      await again.get("/get-session");
      const third = await t.signIn(email);
      await third.post("/two-factor/verify-backup-code", { code: backupCodes[2], trustDevice: true });
      await tab.post("/two-factor/generate-backup-codes", { password: "wrong password" });
      await tab.post("/two-factor/generate-backup-codes", {});
      const fresh = await tab.post("/two-factor/generate-backup-codes", { password });
      const last = await t.signIn(email);
      await last.post("/two-factor/verify-backup-code", { code: backupCodes[3] });
      await last.post("/two-factor/verify-backup-code", { code: fresh.json?.backupCodes?.[0] ?? "none" });
    },
  },
  {
    name: "a backup code in a signed-in tab",
    run: async (t) => {
      const { tab, backupCodes } = await enrolled(t);
      t.name(backupCodes[0], "<backup code>");
      await tab.post("/two-factor/verify-backup-code", { code: "aaaaa-bbbbb" });
      await tab.post("/two-factor/verify-backup-code", { code: backupCodes[0] });
      await tab.get("/get-session");
    },
  },
  {
    name: "one backup code used twice at once: one wins",
    run: async (t) => {
      const { email, backupCodes } = await enrolled(t);
      const tabs = [];
      for (let count = 0; count < 3; count += 1) tabs.push(await t.signIn(email));
      const silent = t.exchanges;
      t.exchanges = [];
      const answers = await Promise.all(tabs.map((tab) => tab.post("/two-factor/verify-backup-code", { code: backupCodes[0] })));
      t.exchanges = silent;
      t.record({ title: "three uses", result: answers.map(({ status }) => (status === 200 ? "accepted" : "refused")).sort() });
    },
  },
  {
    name: "code by mail at sign-in",
    run: async (t) => {
      const { email } = await enrolled(t);
      const tab = await t.signIn(email);
      await tab.post("/two-factor/verify-otp", { code: "123456" });
      await tab.post("/two-factor/send-otp", {});
      const code = await t.mailedCode(email);
      await tab.post("/two-factor/verify-otp", { code: t.wrongCode(code) });
      await tab.post("/two-factor/verify-otp", { code });
      await tab.get("/get-session");
      await tab.post("/two-factor/verify-otp", { code });
      const trusting = await t.signIn(email);
      await trusting.post("/two-factor/send-otp", { trustDevice: true });
      await trusting.post("/two-factor/verify-otp", { code: await t.mailedCode(email), trustDevice: true });
    },
  },
  {
    name: "too many wrong codes by mail",
    run: async (t) => {
      const { email } = await enrolled(t);
      const tab = await t.signIn(email);
      await tab.post("/two-factor/send-otp", {});
      const code = await t.mailedCode(email);
      for (let count = 0; count < 6; count += 1) await tab.post("/two-factor/verify-otp", { code: t.wrongCode(code) });
      await tab.post("/two-factor/verify-otp", { code });
    },
  },
  {
    name: "a code by mail expires",
    needsDatabase: true,
    run: async (t) => {
      const { email } = await enrolled(t);
      const tab = await t.signIn(email);
      await tab.post("/two-factor/send-otp", {});
      const code = await t.mailedCode(email);
      await t.expire("2fa-otp-" + decodeURIComponent(tab.jar.cookies.get("mana.two_factor") ?? "none").split(".")[0]);
      await tab.post("/two-factor/verify-otp", { code });
    },
  },
  {
    name: "code by mail as the only factor",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/two-factor/enable", { password, method: "otp" });
      await tab.get("/get-session");
      const other = await t.signIn(tab.email);
      await other.post("/two-factor/verify-totp", { code: "123456" });
      await other.post("/two-factor/send-otp", {});
      await other.post("/two-factor/verify-otp", { code: await t.mailedCode(tab.email) });
      await other.get("/get-session");
      await other.post("/two-factor/get-totp-uri", { password });
      await other.post("/two-factor/disable", { password });
      await t.signIn(tab.email);
    },
  },
  {
    name: "a code by mail in a signed-in tab switches it on",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/two-factor/send-otp", {});
      await tab.post("/two-factor/verify-otp", { code: await t.mailedCode(tab.email) });
      await tab.get("/get-session");
      await t.signIn(tab.email);
    },
  },
  {
    name: "a first mailed link takes an unproved second factor along",
    run: async (t) => {
      const { email } = await enrolled(t);
      await t.raw("POST", "/sign-in/magic-link", { json: { email, callbackURL: "/in" } });
      const tab = t.browser();
      await tab.get(`/magic-link/verify?token=${await t.mailedToken(email)}&callbackURL=%2Fin`);
      await tab.get("/get-session");
    },
  },
  {
    name: "a mailed link is one factor",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/send-verification-email", { email: tab.email });
      await tab.get(`/verify-email?token=${await t.mailedToken(tab.email)}`);
      await enrol(t, tab);
      await t.raw("POST", "/sign-in/magic-link", { json: { email: tab.email, callbackURL: "/in" } });
      const other = t.browser();
      await other.get(`/magic-link/verify?token=${await t.mailedToken(tab.email)}&callbackURL=%2Fin`);
      await other.get("/get-session");
    },
  },
];
