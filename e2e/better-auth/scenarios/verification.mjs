// E-mail verification and change of address.
import { password, trustedOrigin } from "../lib/context.mjs";

const link = (token, callbackURL) => `/verify-email?token=${token}${callbackURL === undefined ? "" : `&callbackURL=${encodeURIComponent(callbackURL)}`}`;

export const scenarios = [
  {
    name: "send-verification-email without a session",
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("POST", "/send-verification-email", { json: { email, callbackURL: "/welcome" } });
      const token = await t.mailedToken(email);
      await t.raw("GET", link(token, "/welcome"));
      await t.raw("POST", "/send-verification-email", { json: { email: t.email("nobody") } });
      await t.recordNoMail(t.email("nobody"));
      await t.raw("POST", "/send-verification-email", { json: { email } });
      await t.recordNoMail(email);
    },
  },
  {
    name: "send-verification-email with a session",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/send-verification-email", { email: t.email("other") });
      await tab.post("/send-verification-email", { email: tab.email.toUpperCase() });
      await t.mailedToken(tab.email);
      await tab.post("/send-verification-email", { email: tab.email });
      const token = await t.mailedToken(tab.email);
      await tab.get(link(token));
      await tab.get("/get-session");
      await tab.post("/send-verification-email", { email: tab.email });
    },
  },
  {
    name: "verify-email with a callback to the app",
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("POST", "/send-verification-email", { json: { email, callbackURL: `${trustedOrigin}/done?a=1` } });
      const token = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(link(token, `${trustedOrigin}/done?a=1`));
      await tab.get("/get-session");
      await t.raw("GET", link(token, `${trustedOrigin}/done?a=1`));
    },
  },
  {
    name: "verify-email: links that lead nowhere",
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("GET", link("bad"));
      await t.raw("GET", link("bad", "/welcome"));
      await t.raw("GET", link("bad", "/welcome?a=1"));
      await t.raw("GET", link("bad", `${trustedOrigin}/welcome`));
      await t.raw("GET", link(t.linkToken({ email, exp: Math.floor(Date.now() / 1000) - 60 })));
      await t.raw("GET", link(t.linkToken({ email, exp: Math.floor(Date.now() / 1000) - 61 }), "/welcome"));
      const forged = t.linkToken({ email });
      await t.raw("GET", link(`${forged.slice(0, -8)}AAAAAAAA`));
      const none = [{ alg: "none" }, { email, exp: 4_000_000_000 }].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
      await t.raw("GET", link(`${none.join(".")}.`));
      await t.raw("POST", "/verify-email", { json: { token: "bad" } });
    },
  },
  {
    name: "change-email of an unverified address",
    run: async (t) => {
      const tab = await t.person();
      const next = t.email("next");
      await tab.post("/change-email", { newEmail: next, callbackURL: "/changed" });
      const token = await t.mailedToken(next);
      await tab.get(link(token, "/changed"));
      await tab.get("/get-session");
      await t.raw("GET", link(token, "/changed"));
      await t.signIn(tab.email);
      await t.signIn(next);
    },
  },
  {
    name: "change-email of a verified address, both steps",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/send-verification-email", { email: tab.email });
      await tab.get(link(await t.mailedToken(tab.email)));
      const other = await t.signIn(tab.email);
      const next = t.email("next");
      await tab.post("/change-email", { newEmail: next.toUpperCase(), callbackURL: "/changed" });
      const first = await t.mailedToken(tab.email);
      await tab.get(link(first, "/changed"));
      await tab.get("/get-session");
      const second = await t.mailedToken(next);
      await tab.get(link(second));
      await tab.get("/get-session");
      await other.get("/get-session");
      await t.signIn(next);
    },
  },
  {
    name: "change-email: what fails",
    run: async (t) => {
      const tab = await t.person();
      const taken = await t.person("taken");
      await tab.post("/change-email", { newEmail: tab.email });
      await tab.post("/change-email", { newEmail: tab.email.toUpperCase() });
      await tab.post("/change-email", { newEmail: "nope" });
      await tab.post("/change-email", {});
      await tab.post("/change-email", { newEmail: taken.email });
      await t.recordNoMail(taken.email);
      await tab.get("/get-session");
    },
  },
  {
    name: "required verification: sign-up and sign-in",
    variant: "verify",
    run: async (t) => {
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Unverified", callbackURL: "/welcome" } });
      await t.signIn(email);
      await t.signIn(email, { password: "wrong password" });
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Again" } });
      await t.raw("POST", "/sign-up/email", { json: { email: email.toUpperCase(), password: "short", name: "Again" } });
      const token = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(link(token, "/welcome"));
      await tab.get("/get-session");
      await t.signIn(email);
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Again" } });
    },
  },
  {
    name: "required verification: without a callback",
    variant: "verify",
    run: async (t) => {
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Unverified" } });
      const token = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(link(token));
      await tab.get("/get-session");
    },
  },
  {
    name: "required verification: a second mail",
    variant: "verify",
    run: async (t) => {
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Unverified" } });
      await t.mailedToken(email);
      await t.raw("POST", "/send-verification-email", { json: { email } });
      const token = await t.mailedToken(email);
      await t.browser().get(link(token, "/"));
      await t.signIn(email);
    },
  },
];
