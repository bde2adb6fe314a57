// Routing, media types and bodies, as every endpoint has them.
import { password } from "../lib/context.mjs";

const jsonType = { "content-type": "application/json" };

export const scenarios = [
  {
    name: "ok and error pages",
    run: async (t) => {
      await t.raw("GET", "/ok");
      await t.raw("GET", "/error");
      await t.raw("GET", "/error?error=INVALID_TOKEN&error_description=Something%20failed");
      await t.raw("GET", "/error?error=%3Cscript%3E");
    },
  },
  {
    name: "unknown paths and methods are 404 with an empty body",
    run: async (t) => {
      await t.raw("GET", "/no-such-endpoint");
      await t.raw("POST", "/no-such-endpoint", { json: {} });
      await t.raw("GET", "/sign-in/email");
      await t.raw("PUT", "/sign-in/email", { json: {} });
      await t.raw("DELETE", "/get-session");
      await t.raw("PATCH", "/update-user", { json: {} });
      await t.raw("GET", "/ok/");
      await t.raw("GET", "//ok");
      await t.raw("GET", "/OK");
      await t.raw("GET", "");
      await t.raw("GET", "/");
      await t.raw("POST", "/ok", { json: {} });
      await t.raw("POST", "/set-password", { json: { newPassword: password } });
      await t.raw("POST", "/two-factor/view-backup-codes", { json: { userId: "x" } });
      await t.raw("POST", "/two-factor/generate-totp", { json: { secret: "x" } });
      await t.raw("GET", "/email-otp/get-verification-otp?email=a@example.com&type=sign-in");
      await t.raw("POST", "/email-otp/create-verification-otp", { json: { email: "a@example.com", type: "sign-in" } });
      await t.raw("POST", "/sign-jwt", { json: { payload: {} } });
      await t.raw("POST", "/verify-jwt", { json: { token: "x" } });
      await t.raw("GET", "/reset-password/a/b");
    },
  },
  {
    name: "media types",
    run: async (t) => {
      const email = t.email();
      const body = JSON.stringify({ email, password });
      await t.raw("POST", "/sign-in/email", { body, headers: { "content-type": "text/plain" } });
      await t.raw("POST", "/sign-in/email", { body });
      await t.raw("POST", "/request-password-reset", { body: JSON.stringify({ email }), headers: { "content-type": "text/plain" } });
      await t.raw("POST", "/request-password-reset", { body: JSON.stringify({ email }) });
      await t.raw("POST", "/request-password-reset", { body: `email=${encodeURIComponent(email)}`, headers: { "content-type": "application/x-www-form-urlencoded" } });
      await t.raw("POST", "/request-password-reset", { body: JSON.stringify({ email }), headers: { "content-type": "application/json; charset=utf-8" } });
      await t.raw("POST", "/request-password-reset", { body: JSON.stringify({ email }), headers: { "content-type": "APPLICATION/JSON" } });
      await t.raw("POST", "/request-password-reset", { body: JSON.stringify({ email }), headers: { "content-type": "application/vnd.api+json" } });
      await t.raw("POST", "/request-password-reset", { body: `<email>${email}</email>`, headers: { "content-type": "application/xml" } });
      await t.raw("POST", "/sign-out", { body: "x=1", headers: { "content-type": "text/plain" } });
    },
  },
  {
    name: "forms are read by sign-up and sign-in",
    run: async (t) => {
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const form = (fields) => new URLSearchParams(fields).toString();
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { body: form({ email, password, name: "Form Person" }), headers });
      await t.raw("POST", "/sign-in/email", { body: form({ email, password }), headers });
      await t.raw("POST", "/sign-in/email", { body: form({ email, password: "wrong password" }), headers });
      await t.raw("POST", "/sign-in/email", { body: form({ email }), headers });
      await t.raw("POST", "/sign-in/email", { body: form({ email, password, rememberMe: "false" }), headers });
    },
  },
  {
    name: "malformed and unexpected JSON",
    run: async (t) => {
      await t.raw("POST", "/sign-in/email", { body: "{", headers: jsonType });
      await t.raw("POST", "/sign-in/email", { body: '{"email":', headers: jsonType });
      await t.raw("POST", "/sign-in/email", { body: "", headers: jsonType });
      await t.raw("POST", "/sign-in/email");
      await t.raw("POST", "/sign-in/email", { body: "null", headers: jsonType });
      await t.raw("POST", "/sign-in/email", { body: "[]", headers: jsonType });
      await t.raw("POST", "/sign-in/email", { body: '"text"', headers: jsonType });
      await t.raw("POST", "/sign-in/email", { body: "42", headers: jsonType });
      await t.raw("POST", "/sign-in/email", { json: {} });
      await t.raw("POST", "/sign-in/email", { json: { email: 1, password: true } });
      await t.raw("POST", "/sign-in/email", { json: { email: null, password: null } });
      await t.raw("POST", "/sign-in/email", { json: { email: ["a"], password: {} } });
      await t.raw("POST", "/sign-in/email", { json: { email: "a@example.com", password, rememberMe: "yes" } });
      await t.raw("POST", "/sign-in/email", { json: { email: "a@example.com", password, callbackURL: 5 } });
      await t.raw("POST", "/sign-in/email", { json: { email: t.email("nobody"), password, surplus: { a: 1 } } });
    },
  },
  {
    name: "bodies that are not needed",
    run: async (t) => {
      const tab = await t.person();
      await t.raw("POST", "/sign-out", { jar: tab.jar, origin: true });
      const again = await t.signIn(tab.email);
      await t.raw("POST", "/revoke-other-sessions", { jar: again.jar, origin: true });
      await t.raw("POST", "/revoke-other-sessions", { jar: again.jar, origin: true, body: "{", headers: jsonType });
      await t.raw("POST", "/revoke-sessions", { jar: again.jar, origin: true, body: "", headers: jsonType });
      await t.raw("GET", "/get-session", { jar: again.jar });
    },
  },
  {
    name: "validation messages of several fields",
    run: async (t) => {
      await t.raw("POST", "/sign-up/email", { json: {} });
      await t.raw("POST", "/sign-up/email", { json: { name: 1, email: "no", password: "" } });
      await t.raw("POST", "/sign-up/email", { json: { name: "A", email: "a@b", password } });
      await t.raw("POST", "/sign-up/email", { json: { name: "A", email: "a b@example.com", password } });
      await t.raw("POST", "/sign-up/email", { json: { name: "A", email: t.email(), password, image: 5, callbackURL: {}, rememberMe: 1 } });
      await t.raw("POST", "/request-password-reset", { json: {} });
      await t.raw("POST", "/request-password-reset", { json: { email: "nope" } });
      await t.raw("POST", "/request-password-reset", { json: { email: t.email(), redirectTo: 5 } });
      await t.raw("POST", "/reset-password", { json: {} });
      await t.raw("POST", "/send-verification-email", { json: {} });
      await t.raw("POST", "/send-verification-email", { json: { email: "nope" } });
      await t.raw("GET", "/verify-email");
      await t.raw("GET", "/verify-email?token=");
      await t.raw("GET", "/verify-email?token=a&token=b");
      await t.raw("GET", "/reset-password/abc");
      await t.raw("GET", "/delete-user/callback");
      await t.raw("GET", "/magic-link/verify");
      await t.raw("POST", "/sign-in/magic-link", { json: {} });
      await t.raw("POST", "/sign-in/magic-link", { json: { email: "nope" } });
      await t.raw("POST", "/sign-in/email-otp", { json: {} });
      await t.raw("POST", "/one-time-token/verify", { json: {} });
      await t.raw("POST", "/passkey/verify-authentication", { json: {} });
      await t.raw("POST", "/two-factor/verify-totp", { json: {} });
      await t.raw("POST", "/two-factor/verify-otp", { json: { code: 123456 } });
      await t.raw("POST", "/two-factor/verify-backup-code", { json: {} });
    },
  },
  {
    name: "session endpoints without a session: body checks come first",
    run: async (t) => {
      for (const [path, body] of [
        ["/verify-password", {}],
        ["/change-password", {}],
        ["/change-email", {}],
        ["/revoke-session", {}],
        ["/update-user", {}],
        ["/update-session", {}],
        ["/delete-user", {}],
        ["/unlink-account", {}],
        ["/two-factor/enable", {}],
        ["/two-factor/disable", {}],
        ["/two-factor/get-totp-uri", {}],
        ["/two-factor/generate-backup-codes", {}],
        ["/passkey/delete-passkey", {}],
        ["/passkey/update-passkey", {}],
        ["/passkey/verify-registration", {}],
        ["/multi-session/set-active", {}],
        ["/multi-session/revoke", {}],
        ["/email-otp/request-email-change", {}],
        ["/email-otp/change-email", {}],
      ]) {
        await t.raw("POST", path, { json: body });
      }
    },
  },
  {
    name: "session endpoints without a session: 401",
    run: async (t) => {
      for (const path of ["/list-sessions", "/list-accounts", "/token", "/one-time-token/generate", "/passkey/generate-register-options", "/passkey/list-user-passkeys"]) {
        await t.raw("GET", path);
      }
      for (const [path, body] of [
        ["/verify-password", { password }],
        ["/change-password", { currentPassword: password, newPassword: password }],
        ["/change-email", { newEmail: t.email() }],
        ["/revoke-session", { token: "a" }],
        ["/revoke-sessions", {}],
        ["/revoke-other-sessions", {}],
        ["/update-user", { name: "x" }],
        ["/update-session", { a: 1 }],
        ["/delete-user", { password }],
        ["/unlink-account", { accountId: "x" }],
        ["/two-factor/enable", { password }],
        ["/two-factor/disable", { password }],
        ["/two-factor/get-totp-uri", { password }],
        ["/two-factor/generate-backup-codes", { password }],
        ["/two-factor/verify-totp", { code: "123456" }],
        ["/two-factor/verify-otp", { code: "123456" }],
        ["/two-factor/verify-backup-code", { code: "aaaaa-bbbbb" }],
        ["/two-factor/send-otp", {}],
        ["/passkey/delete-passkey", { id: "x" }],
        ["/passkey/update-passkey", { id: "x", name: "y" }],
        ["/passkey/verify-registration", { response: {} }],
        ["/multi-session/revoke", { sessionToken: "x" }],
        ["/email-otp/request-email-change", { newEmail: t.email() }],
        ["/email-otp/change-email", { newEmail: t.email(), otp: "123456" }],
      ]) {
        await t.raw("POST", path, { json: body });
      }
    },
  },
  {
    name: "client address",
    run: async (t) => {
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Addressed" }, headers: { "x-forwarded-for": "203.0.113.7" } });
      const tab = t.browser();
      await tab.post("/sign-in/email", { email, password }, { headers: { "x-forwarded-for": "203.0.113.9" } });
      await tab.get("/get-session");
      const other = t.browser();
      await other.post("/sign-in/email", { email, password }, { headers: { "x-real-ip": "203.0.113.10", "user-agent": "Other/2" } });
      await other.get("/get-session");
    },
  },
];
