// Origin, Referer and Sec-Fetch rules; callback URLs.
import { foreignOrigin, password, trustedOrigin } from "../lib/context.mjs";

export const scenarios = [
  {
    name: "requests with a cookie need a trusted Origin or Referer",
    run: async (t) => {
      const { jar } = await t.person();
      const update = (headers) => t.raw("POST", "/update-user", { jar, json: { name: "Renamed" }, headers });
      await update({});
      await update({ origin: "null" });
      await update({ origin: "" });
      await update({ origin: foreignOrigin });
      await update({ origin: `${t.base}.evil.example.net` });
      await update({ origin: t.base.replace("http:", "https:") });
      await update({ origin: t.base.toUpperCase() });
      await update({ origin: `${t.base}/` });
      await update({ origin: trustedOrigin });
      await update({ origin: t.base });
      await update({ referer: `${t.base}/settings?tab=1` });
      await update({ referer: `${foreignOrigin}/page` });
      await update({ origin: "null", referer: `${t.base}/settings` });
      await update({ origin: foreignOrigin, referer: `${t.base}/settings` });
      await t.raw("POST", "/sign-out", { json: {}, cookie: "unrelated=1" });
      await t.raw("POST", "/sign-out", { json: {}, cookie: "unrelated=1", origin: foreignOrigin });
      await t.raw("POST", "/sign-out", { json: {}, origin: foreignOrigin });
      await t.raw("GET", "/get-session", { jar, origin: foreignOrigin });
      await t.raw("GET", "/list-sessions", { jar });
    },
  },
  {
    name: "an Origin of null counts when the browser says same-origin",
    run: async (t) => {
      const { jar, email } = await t.person();
      for (const site of ["same-origin", "same-site", "cross-site", "none", "SAME-ORIGIN", ""]) {
        const headers = { origin: "null", "sec-fetch-site": site };
        await t.raw("POST", "/update-user", { jar, json: { name: "Renamed" }, headers });
        await t.raw("POST", "/sign-in/email", { json: { email, password }, headers });
      }
      const headers = { origin: "null", "sec-fetch-site": "same-origin", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
      await t.raw("POST", "/sign-in/email", { body: new URLSearchParams({ email, password }).toString(), headers: { ...headers, "content-type": "application/x-www-form-urlencoded" } });
      await t.raw("POST", "/update-user", { jar, json: { name: "Renamed" }, headers: { "sec-fetch-site": "same-origin" } });
      await t.raw("POST", "/update-user", { jar, json: { name: "Renamed" }, headers: { origin: foreignOrigin, "sec-fetch-site": "same-origin" } });
    },
  },
  {
    name: "unknown paths do not reveal the origin check",
    run: async (t) => {
      const { jar } = await t.person();
      await t.raw("POST", "/nothing-here", { jar, json: {}, origin: foreignOrigin });
      await t.raw("POST", "/get-session", { jar, json: {}, origin: foreignOrigin });
      await t.raw("POST", "/sign-out", { jar, body: "{", origin: foreignOrigin, headers: { "content-type": "application/json" } });
      await t.raw("POST", "/change-password", { jar, json: {}, origin: foreignOrigin });
    },
  },
  {
    name: "sign-up and sign-in check Fetch Metadata without cookies",
    run: async (t) => {
      const { email } = await t.person();
      const signIn = (headers) => t.raw("POST", "/sign-in/email", { json: { email, password }, headers });
      await signIn({});
      await signIn({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" });
      await signIn({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", origin: t.base });
      await signIn({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", origin: foreignOrigin });
      await signIn({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", origin: trustedOrigin });
      await signIn({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", origin: t.base });
      await signIn({ "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" });
      await signIn({ "sec-fetch-mode": "cors" });
      await signIn({ origin: foreignOrigin });
      await signIn({ origin: "null" });
      await signIn({ referer: `${foreignOrigin}/x` });
      await signIn({ referer: `${t.base}/x` });
      await signIn({ origin: t.base });
      const signUp = (name, headers) => t.raw("POST", "/sign-up/email", { json: { email: t.email(name), password, name }, headers });
      await signUp("navigated", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" });
      await signUp("foreign", { origin: foreignOrigin });
      await signUp("bare", {});
    },
  },
  {
    name: "other ways to sign in check Fetch Metadata alike",
    run: async (t) => {
      const navigated = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
      for (const headers of [navigated, { origin: foreignOrigin }, { "sec-fetch-mode": "cors" }]) {
        await t.raw("POST", "/sign-in/magic-link", { json: { email: t.email() }, headers });
        await t.raw("POST", "/email-otp/send-verification-otp", { json: { email: t.email(), type: "sign-in" }, headers });
        await t.raw("POST", "/sign-in/email-otp", { json: { email: t.email("none"), otp: "123456" }, headers });
        await t.raw("POST", "/request-password-reset", { json: { email: t.email("none") }, headers });
        await t.raw("POST", "/send-verification-email", { json: { email: t.email("none") }, headers });
      }
    },
  },
  {
    name: "callback URLs in bodies",
    run: async (t) => {
      const { email } = await t.person();
      for (const callbackURL of [
        "/welcome",
        "/welcome?next=/a/b&x=1",
        "/",
        `${t.base}/in`,
        `${trustedOrigin}/in`,
        foreignOrigin,
        `${trustedOrigin}.evil.example.net/in`,
        `${trustedOrigin}@evil.example.net/in`,
        "//evil.example.net",
        "/\\evil.example.net",
        "/%2fevil.example.net",
        "/%5cevil.example.net",
        "/a/../b",
        "/a#fragment",
        "/a b",
        "welcome",
        "javascript:alert(1)",
        "data:text/html,x",
        "http:evil.example.net",
        "",
        "/a/%2fb",
        "/a/%5Cb",
        "/a?next=%2F%2Fevil.example.net",
        "/a#%2F",
        "/a?b=\\c",
        "/a/b:c;d,e!*'()$~",
        "/a\u0085b",
        "/a\nb",
        "///evil.example.net",
        "/.//evil.example.net",
      ]) {
        await t.raw("POST", "/sign-in/email", { json: { email, password, callbackURL } });
      }
    },
  },
  {
    name: "callback URLs elsewhere",
    run: async (t) => {
      const tab = await t.person();
      const { email } = tab;
      await t.raw("POST", "/sign-up/email", { json: { email: t.email("other"), password, name: "O", callbackURL: foreignOrigin } });
      await t.raw("POST", "/sign-in/email?callbackURL=https%3A%2F%2Fevil.example.net", { json: { email, password } });
      await t.raw("POST", "/request-password-reset", { json: { email, redirectTo: foreignOrigin } });
      await t.raw("POST", "/request-password-reset", { json: { email, redirectTo: "/ok", callbackURL: foreignOrigin } });
      await t.raw("POST", "/send-verification-email", { json: { email, callbackURL: foreignOrigin } });
      await tab.post("/change-email", { newEmail: t.email("new"), callbackURL: foreignOrigin });
      await tab.post("/delete-user", { password, callbackURL: foreignOrigin });
      await t.raw("POST", "/sign-in/magic-link", { json: { email, callbackURL: foreignOrigin } });
      await t.raw("POST", "/sign-in/magic-link", { json: { email, newUserCallbackURL: foreignOrigin } });
      await t.raw("POST", "/sign-in/magic-link", { json: { email, errorCallbackURL: foreignOrigin } });
      await t.raw("POST", "/sign-in/magic-link", { json: { email, callbackURL: "/", errorCallbackURL: 5 } });
      for (const path of ["/verify-email?token=x&", "/reset-password/x?", "/delete-user/callback?token=x&", "/magic-link/verify?token=x&"]) {
        await t.raw("GET", `${path}callbackURL=${encodeURIComponent(foreignOrigin)}`);
        await t.raw("GET", `${path}callbackURL=${encodeURIComponent("//evil.example.net")}`);
      }
      await t.raw("GET", `/magic-link/verify?token=x&errorCallbackURL=${encodeURIComponent(foreignOrigin)}`);
      await t.raw("GET", `/magic-link/verify?token=x&newUserCallbackURL=${encodeURIComponent(foreignOrigin)}`);
      await t.raw("GET", `/magic-link/verify?token=x&callbackURL=${encodeURIComponent(encodeURIComponent(foreignOrigin))}`);
    },
  },
];
