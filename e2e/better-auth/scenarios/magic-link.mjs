// The magic-link plugin.
import { password, trustedOrigin } from "../lib/context.mjs";

const ask = (t, body) => t.raw("POST", "/sign-in/magic-link", { json: body });

export const scenarios = [
  {
    name: "signs a known person in",
    run: async (t) => {
      const { email } = await t.person();
      await ask(t, { email, callbackURL: "/in" });
      const token = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(`/magic-link/verify?token=${token}&callbackURL=%2Fin`);
      await tab.get("/get-session");
      await tab.get(`/magic-link/verify?token=${token}&callbackURL=%2Fin`);
      await tab.get("/list-accounts");
      // The unproven password is gone.
      await t.signIn(email);
    },
  },
  {
    name: "signs a new person up",
    run: async (t) => {
      const email = t.email("new");
      await ask(t, { email, name: "Fresh", callbackURL: "/in", newUserCallbackURL: "/hello", errorCallbackURL: "/oops", metadata: { a: 1 } });
      const token = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(`/magic-link/verify?token=${token}&callbackURL=%2Fin&newUserCallbackURL=%2Fhello&errorCallbackURL=%2Foops`);
      await tab.get("/get-session");
      await tab.get(`/magic-link/verify?token=${token}&callbackURL=%2Fin&newUserCallbackURL=%2Fhello&errorCallbackURL=%2Foops`);
    },
  },
  {
    name: "answers JSON without a callback",
    run: async (t) => {
      const email = t.email("json");
      await ask(t, { email });
      const token = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(`/magic-link/verify?token=${token}`);
      await tab.get("/get-session");
      await tab.get(`/magic-link/verify?token=${token}`);
    },
  },
  {
    name: "a verified person keeps password and sessions",
    run: async (t) => {
      const email = t.email("verified");
      await ask(t, { email });
      const tab = t.browser();
      await tab.get(`/magic-link/verify?token=${await t.mailedToken(email)}`);
      await t.raw("POST", "/request-password-reset", { json: { email } });
      await t.raw("POST", "/reset-password", { json: { token: await t.mailedToken(email), newPassword: password } });
      await t.signIn(email);
      await ask(t, { email: email.toUpperCase(), callbackURL: `${trustedOrigin}/in?a=1` });
      const token = await t.mailedToken(email);
      await t.raw("GET", `/magic-link/verify?token=${token}&callbackURL=${encodeURIComponent(`${trustedOrigin}/in?a=1`)}`);
      await t.signIn(email);
      await tab.get("/list-accounts");
    },
  },
  {
    name: "links that lead nowhere",
    run: async (t) => {
      await t.raw("GET", "/magic-link/verify?token=bad");
      await t.raw("GET", "/magic-link/verify?token=bad&callbackURL=%2Fin");
      await t.raw("GET", "/magic-link/verify?token=bad&callbackURL=%2Fin%3Fa%3D1");
      await t.raw("GET", `/magic-link/verify?token=bad&callbackURL=${encodeURIComponent(trustedOrigin)}`);
      await t.raw("GET", "/magic-link/verify?token=bad&callbackURL=%2Fin&errorCallbackURL=%2Foops");
      await t.raw("GET", "/magic-link/verify?token=&callbackURL=%2Fin");
      await t.raw("POST", "/magic-link/verify", { json: { token: "bad" } });
      await ask(t, { email: t.email(), name: 5 });
      await ask(t, { email: t.email(), metadata: "x" });
    },
  },
  {
    name: "a link expires",
    needsDatabase: true,
    run: async (t) => {
      const email = t.email("late");
      await ask(t, { email });
      const token = await t.mailedToken(email);
      await t.expire(token);
      await t.raw("GET", `/magic-link/verify?token=${token}&callbackURL=%2Fin`);
    },
  },
  {
    name: "two clicks at once: one wins",
    run: async (t) => {
      const email = t.email("twice");
      await ask(t, { email });
      const token = await t.mailedToken(email);
      const silent = t.exchanges;
      t.exchanges = [];
      const answers = await Promise.all([1, 2, 3, 4].map(() => t.raw("GET", `/magic-link/verify?token=${token}&callbackURL=%2Fin`)));
      t.exchanges = silent;
      t.record({
        title: "four clicks",
        result: answers.map(({ setCookie }) => (setCookie.length ? "signed in" : "refused")).sort(),
      });
    },
  },
];
