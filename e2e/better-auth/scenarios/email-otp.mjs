// The email-otp plugin.
import { password } from "../lib/context.mjs";

const next = "another fine password";
const send = (t, email, type) => t.raw("POST", "/email-otp/send-verification-otp", { json: { email, type } });

export const scenarios = [
  {
    name: "send: what is accepted",
    run: async (t) => {
      await t.person();
      await send(t, t.email(), "email-verification");
      await send(t, t.email("nobody"), "email-verification");
      await send(t, t.email("nobody"), "forget-password");
      await t.recordNoMail(t.email("nobody"));
      await send(t, t.email(), "change-email");
      await send(t, t.email(), "other");
      await send(t, "nope", "sign-in");
      await t.raw("POST", "/email-otp/send-verification-otp", { json: {} });
      await t.raw("POST", "/email-otp/send-verification-otp", { json: { email: 5, type: 6 } });
    },
  },
  {
    name: "sign-in of a new person",
    run: async (t) => {
      const email = t.email("new");
      await send(t, email, "sign-in");
      const code = await t.mailedCode(email);
      const tab = t.browser();
      await tab.post("/sign-in/email-otp", { email, otp: t.wrongCode(code) });
      await tab.post("/sign-in/email-otp", { email: email.toUpperCase(), otp: code, name: "Coded", image: "https://images.example.test/c.png" });
      await tab.get("/get-session");
      await tab.post("/sign-in/email-otp", { email, otp: code });
    },
  },
  {
    name: "sign-in of a new person cannot set fields",
    run: async (t) => {
      const email = t.email("fields");
      await send(t, email, "sign-in");
      await t.raw("POST", "/sign-in/email-otp", { json: { email, otp: await t.mailedCode(email), role: "admin", accessTier: "founder" } });
      await send(t, email, "sign-in");
      await t.raw("POST", "/sign-in/email-otp", { json: { email, otp: await t.mailedCode(email), unknown: 1 } });
    },
  },
  {
    name: "sign-in of a known person",
    run: async (t) => {
      const { email } = await t.person();
      await send(t, email, "sign-in");
      const tab = t.browser();
      await tab.post("/sign-in/email-otp", { email, otp: await t.mailedCode(email) });
      await tab.get("/list-accounts");
      await t.signIn(email);
    },
  },
  {
    name: "three wrong codes",
    run: async (t) => {
      const email = t.email("guess");
      await send(t, email, "sign-in");
      const code = await t.mailedCode(email);
      for (let count = 0; count < 4; count += 1) await t.raw("POST", "/sign-in/email-otp", { json: { email, otp: t.wrongCode(code) } });
      await t.raw("POST", "/sign-in/email-otp", { json: { email, otp: code } });
    },
  },
  {
    name: "check-verification-otp",
    run: async (t) => {
      const { email } = await t.person();
      const check = (fields) => t.raw("POST", "/email-otp/check-verification-otp", { json: { email, type: "email-verification", otp: "123456", ...fields } });
      await check({});
      await send(t, email, "email-verification");
      const code = await t.mailedCode(email);
      await check({ otp: code });
      await check({ otp: code, type: "sign-in" });
      await check({ otp: code });
      await check({ email: "nope" });
      await check({ type: "other" });
      await t.raw("POST", "/email-otp/check-verification-otp", { json: {} });
      for (let count = 0; count < 4; count += 1) await check({ otp: t.wrongCode(code) });
      await check({ otp: code });
    },
  },
  {
    name: "check-verification-otp of nobody",
    run: async (t) => {
      const email = t.email("nobody");
      await send(t, email, "sign-in");
      await t.raw("POST", "/email-otp/check-verification-otp", { json: { email, type: "sign-in", otp: await t.mailedCode(email) } });
    },
  },
  {
    name: "codes expire",
    needsDatabase: true,
    run: async (t) => {
      const { email } = await t.person();
      await send(t, email, "email-verification");
      const code = await t.mailedCode(email);
      await t.expire(`otp-${email}`);
      await t.raw("POST", "/email-otp/check-verification-otp", { json: { email, type: "email-verification", otp: code } });
      await send(t, email, "sign-in");
      const other = await t.mailedCode(email);
      await t.expire(`otp-${email}`);
      await t.raw("POST", "/sign-in/email-otp", { json: { email, otp: other } });
      await t.raw("POST", "/sign-in/email-otp", { json: { email, otp: other } });
    },
  },
  {
    name: "verify-email",
    run: async (t) => {
      const tab = await t.person();
      const { email } = tab;
      await t.raw("POST", "/email-otp/verify-email", { json: { email, otp: "123456" } });
      await send(t, email, "email-verification");
      const code = await t.mailedCode(email);
      await t.raw("POST", "/email-otp/verify-email", { json: { email, otp: t.wrongCode(code) } });
      await t.raw("POST", "/email-otp/verify-email", { json: { email: "nope", otp: code } });
      await t.raw("POST", "/email-otp/verify-email", { json: {} });
      const other = t.browser();
      await other.post("/email-otp/verify-email", { email, otp: code });
      await other.get("/get-session");
      await tab.get("/get-session");
      await other.post("/email-otp/verify-email", { email, otp: code });
    },
  },
  {
    name: "verify-email in a signed-in tab",
    run: async (t) => {
      const tab = await t.person();
      await send(t, tab.email, "email-verification");
      await tab.post("/email-otp/verify-email", { email: tab.email, otp: await t.mailedCode(tab.email) });
      await tab.get("/get-session");
    },
  },
  {
    name: "password reset",
    run: async (t) => {
      const tab = await t.person();
      const { email } = tab;
      const reset = (fields) => t.raw("POST", "/email-otp/reset-password", { json: { email, otp: "123456", password: next, ...fields } });
      await reset({});
      await t.raw("POST", "/email-otp/request-password-reset", { json: { email } });
      const code = await t.mailedCode(email);
      await reset({ otp: code, password: "short" });
      await reset({ otp: code, password: "x".repeat(129) });
      await reset({ otp: t.wrongCode(code) });
      await t.raw("POST", "/email-otp/reset-password", { json: {} });
      await reset({ otp: code });
      await reset({ otp: code });
      await t.signIn(email, { password: next });
      await t.signIn(email);
      await tab.get("/get-session");
    },
  },
  {
    name: "password reset by the older path, and of nobody",
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("POST", "/forget-password/email-otp", { json: { email } });
      await t.raw("POST", "/email-otp/reset-password", { json: { email, otp: await t.mailedCode(email), password: next } });
      await t.raw("POST", "/email-otp/request-password-reset", { json: { email: t.email("nobody") } });
      await t.raw("POST", "/forget-password/email-otp", { json: { email: t.email("nobody") } });
      await t.raw("POST", "/email-otp/request-password-reset", { json: { email: "nope" } });
      await t.raw("POST", "/email-otp/request-password-reset", { json: {} });
      await t.recordNoMail(t.email("nobody"));
      await t.raw("POST", "/email-otp/reset-password", { json: { email: t.email("nobody"), otp: "123456", password: next } });
    },
  },
  {
    name: "forget-password code by the general path",
    run: async (t) => {
      const { email } = await t.person();
      await send(t, email, "forget-password");
      await t.raw("POST", "/email-otp/reset-password", { json: { email, otp: await t.mailedCode(email), password: next } });
    },
  },
  {
    name: "change of address",
    run: async (t) => {
      const tab = await t.person();
      const taken = await t.person("taken");
      const newEmail = t.email("next");
      await tab.post("/email-otp/change-email", { newEmail, otp: "123456" });
      await tab.post("/email-otp/request-email-change", { newEmail: tab.email });
      await tab.post("/email-otp/request-email-change", { newEmail: "nope" });
      await tab.post("/email-otp/request-email-change", {});
      await tab.post("/email-otp/request-email-change", { newEmail: taken.email });
      await tab.post("/email-otp/request-email-change", { newEmail });
      const code = await t.mailedCode(newEmail);
      await tab.post("/email-otp/change-email", { newEmail: tab.email, otp: code });
      await tab.post("/email-otp/change-email", { newEmail: "nope", otp: code });
      await tab.post("/email-otp/change-email", { newEmail: taken.email, otp: code });
      await tab.post("/email-otp/change-email", { newEmail, otp: t.wrongCode(code) });
      await tab.post("/email-otp/change-email", { newEmail, otp: code });
      await tab.get("/get-session");
      await t.signIn(newEmail);
      await t.signIn(tab.email);
    },
  },
  {
    name: "change of a proved address",
    run: async (t) => {
      const tab = await t.person();
      const { email } = tab;
      const newEmail = t.email("next");
      await send(t, email, "email-verification");
      await tab.post("/email-otp/verify-email", { email, otp: await t.mailedCode(email) });
      await tab.post("/email-otp/request-email-change", { newEmail: t.email("other") });
      await send(t, email, "email-verification");
      await tab.post("/email-otp/request-email-change", { newEmail, otp: await t.mailedCode(email) });
      await tab.post("/email-otp/change-email", { newEmail, otp: await t.mailedCode(newEmail) });
      await t.signIn(newEmail);
    },
  },
  {
    name: "required verification: sign-in by code verifies",
    variant: "verify",
    run: async (t) => {
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Unverified" } });
      await t.mailedToken(email);
      await send(t, email, "sign-in");
      const tab = t.browser();
      await tab.post("/sign-in/email-otp", { email, otp: await t.mailedCode(email) });
      await tab.get("/get-session");
    },
  },
];
