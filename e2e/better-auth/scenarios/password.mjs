// Passwords: verify, change, reset.
import { foreignOrigin, password, trustedOrigin } from "../lib/context.mjs";

const next = "another fine password";

export const scenarios = [
  {
    name: "verify-password",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/verify-password", { password });
      await tab.post("/verify-password", { password: "wrong password" });
      await tab.post("/verify-password", { password: "" });
      await tab.post("/verify-password", {});
      await tab.post("/verify-password", { password: 5 });
    },
  },
  {
    name: "change-password",
    run: async (t) => {
      const tab = await t.person();
      const other = await t.signIn(tab.email);
      await tab.post("/change-password", { currentPassword: "wrong password", newPassword: next });
      await tab.post("/change-password", { currentPassword: password, newPassword: "short" });
      await tab.post("/change-password", { currentPassword: password, newPassword: "x".repeat(129) });
      await tab.post("/change-password", { currentPassword: password });
      await tab.post("/change-password", { newPassword: next });
      await tab.post("/change-password", { currentPassword: password, newPassword: next, revokeOtherSessions: "yes" });
      await tab.post("/change-password", { currentPassword: password, newPassword: next });
      await tab.get("/get-session");
      await other.get("/get-session");
      await t.signIn(tab.email);
      await t.signIn(tab.email, { password: next });
    },
  },
  {
    name: "change-password and revoke the other sessions",
    run: async (t) => {
      const tab = await t.person();
      const other = await t.signIn(tab.email);
      const kept = tab.jar.clone();
      await tab.post("/change-password", { currentPassword: password, newPassword: next, revokeOtherSessions: true });
      await tab.get("/get-session");
      await t.raw("GET", "/get-session", { jar: kept });
      await other.get("/get-session");
    },
  },
  {
    name: "reset by link",
    run: async (t) => {
      const tab = await t.person();
      const { email } = tab;
      await t.raw("POST", "/request-password-reset", { json: { email, redirectTo: "/reset" } });
      const token = await t.mailedToken(email);
      await t.raw("GET", `/reset-password/${token}?callbackURL=${encodeURIComponent("/reset")}`);
      await t.raw("GET", `/reset-password/${token}?callbackURL=${encodeURIComponent(`${trustedOrigin}/reset?a=1`)}`);
      await t.raw("GET", `/reset-password/${token}?callbackURL=`);
      await t.raw("GET", `/reset-password/${token}`);
      await t.raw("GET", `/reset-password/${token}?callbackURL=${encodeURIComponent(foreignOrigin)}`);
      await t.raw("POST", "/reset-password", { json: { token, newPassword: "short" } });
      await t.raw("POST", "/reset-password", { json: { token, newPassword: "x".repeat(129) } });
      await t.raw("POST", "/reset-password", { json: { token } });
      await t.raw("POST", "/reset-password", { json: { newPassword: next } });
      await t.raw("POST", "/reset-password", { json: { token: "bad", newPassword: next } });
      await t.raw("POST", "/reset-password", { json: { token, newPassword: next } });
      await t.raw("POST", "/reset-password", { json: { token, newPassword: next } });
      await t.raw("GET", `/reset-password/${token}?callbackURL=${encodeURIComponent("/reset")}`);
      await tab.get("/get-session");
      await t.signIn(email);
      await t.signIn(email, { password: next });
    },
  },
  {
    name: "reset: token in the query",
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("POST", "/request-password-reset", { json: { email } });
      const token = await t.mailedToken(email);
      await t.raw("POST", `/reset-password?token=${token}`, { json: { newPassword: next } });
      await t.signIn(email, { password: next });
    },
  },
  {
    name: "reset: an empty token in the body leaves the query's",
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("POST", "/request-password-reset", { json: { email } });
      const token = await t.mailedToken(email);
      await t.raw("POST", "/reset-password", { json: { token: "", newPassword: next } });
      await t.raw("POST", "/reset-password?token=", { json: { token: "", newPassword: next } });
      await t.raw("POST", `/reset-password?token=${token}`, { json: { token: "bad", newPassword: next } });
      await t.raw("POST", `/reset-password?token=${token}`, { json: { token: "", newPassword: next } });
      await t.signIn(email, { password: next });
    },
  },
  {
    name: "a password that is too long is refused before it is looked at",
    run: async (t) => {
      const { email } = await t.person();
      const signIn = (json) => t.raw("POST", "/sign-in/email", { json });
      await signIn({ email, password: "x".repeat(128) });
      await signIn({ email, password: "x".repeat(129) });
      await signIn({ email: t.email("nobody"), password: "x".repeat(129) });
      await signIn({ email: "nope", password: "x".repeat(129) });
      await signIn({ email, password: "x".repeat(20_000) });
    },
  },
  {
    name: "reset: links that lead nowhere",
    run: async (t) => {
      await t.raw("GET", `/reset-password/bad?callbackURL=${encodeURIComponent("/reset")}`);
      await t.raw("GET", `/reset-password/bad?callbackURL=${encodeURIComponent("/reset?a=1")}`);
      await t.raw("GET", `/reset-password/bad?callbackURL=${encodeURIComponent(`${trustedOrigin}/reset`)}`);
      await t.raw("GET", "/reset-password/bad?callbackURL=");
      await t.raw("GET", "/reset-password/?callbackURL=/reset");
      await t.raw("POST", "/request-password-reset", { json: { email: t.email("nobody"), redirectTo: "/reset" } });
      await t.raw("POST", "/forget-password", { json: { email: t.email("nobody"), redirectTo: "/reset" } });
    },
  },
  {
    name: "reset: an expired link",
    needsDatabase: true,
    run: async (t) => {
      const { email } = await t.person();
      await t.raw("POST", "/request-password-reset", { json: { email, redirectTo: "/reset" } });
      const token = await t.mailedToken(email);
      await t.expire(token);
      await t.raw("GET", `/reset-password/${token}?callbackURL=${encodeURIComponent("/reset")}`);
      await t.raw("POST", "/reset-password", { json: { token, newPassword: next } });
    },
  },
  {
    name: "reset gives a password to a person without one",
    run: async (t) => {
      const email = t.email("linked");
      await t.raw("POST", "/sign-in/magic-link", { json: { email } });
      const link = await t.mailedToken(email);
      const tab = t.browser();
      await tab.get(`/magic-link/verify?token=${link}`);
      await tab.get("/list-accounts");
      await tab.post("/change-password", { currentPassword: password, newPassword: next });
      await tab.post("/verify-password", { password });
      await t.signIn(email);
      await t.raw("POST", "/request-password-reset", { json: { email } });
      const token = await t.mailedToken(email);
      await t.raw("POST", "/reset-password", { json: { token, newPassword: next } });
      await t.signIn(email, { password: next });
      await tab.get("/list-accounts");
    },
  },
];
