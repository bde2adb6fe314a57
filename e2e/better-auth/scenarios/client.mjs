// The unmodified client: what it sends, and what it hands to the app.
import { setTimeout as sleep } from "node:timers/promises";
import { password } from "../lib/context.mjs";

export const scenarios = [
  {
    name: "account",
    run: async (t) => {
      const { client } = t.browser();
      const email = t.email();
      t.result("getSession", await client.getSession());
      t.result("signUp.email", await client.signUp.email({ email, password, name: "Client Person" }));
      t.result("getSession", await client.getSession());
      t.result("updateUser", await client.updateUser({ name: "Renamed" }));
      t.result("updateUser, nothing", await client.updateUser({}));
      t.result("listSessions", await client.listSessions());
      t.result("listAccounts", await client.listAccounts());
      t.result("revokeSession", await client.revokeSession({ token: "unknown" }));
      t.result("revokeOtherSessions", await client.revokeOtherSessions());
      t.result("changePassword", await client.changePassword({ currentPassword: password, newPassword: `${password}!`, revokeOtherSessions: true }));
      t.result("changeEmail", await client.changeEmail({ newEmail: t.email("next"), callbackURL: "/changed" }));
      t.result("verifyEmail", await client.verifyEmail({ query: { token: await t.mailedToken(t.email("next")) } }));
      t.result("getSession", await client.getSession());
      t.result("signOut", await client.signOut());
      t.result("signIn.email, wrong", await client.signIn.email({ email: t.email("next"), password }));
      t.result("signIn.email", await client.signIn.email({ email: t.email("next"), password: `${password}!`, rememberMe: false }));
      t.result("revokeSessions", await client.revokeSessions());
      t.result("getSession", await client.getSession());
    },
  },
  {
    name: "verification, reset and deletion",
    run: async (t) => {
      const { client } = t.browser();
      const email = t.email();
      await client.signUp.email({ email, password, name: "Client Person" });
      t.result("sendVerificationEmail", await client.sendVerificationEmail({ email, callbackURL: "/welcome" }));
      t.result("verifyEmail", await client.verifyEmail({ query: { token: await t.mailedToken(email) } }));
      t.result("verifyEmail, bad", await client.verifyEmail({ query: { token: "bad" } }));
      t.result("requestPasswordReset", await client.requestPasswordReset({ email, redirectTo: "/reset" }));
      const token = await t.mailedToken(email);
      t.result("resetPassword", await client.resetPassword({ token, newPassword: `${password}!` }));
      t.result("resetPassword again", await client.resetPassword({ token, newPassword: `${password}!` }));
      t.result("signIn.email", await client.signIn.email({ email, password: `${password}!` }));
      t.result("deleteUser, wrong", await client.deleteUser({ password: "wrong password" }));
      t.result("deleteUser", await client.deleteUser({ password: `${password}!` }));
      t.result("getSession", await client.getSession());
    },
  },
  {
    name: "jwt, one-time token, bearer",
    run: async (t) => {
      const { client, jar } = t.browser();
      await client.signUp.email({ email: t.email(), password, name: "Client Person" });
      t.result("token", await client.token());
      t.result("jwks", await client.jwks());
      const data = t.result("oneTimeToken.generate", await client.oneTimeToken.generate());
      t.result("oneTimeToken.verify", await t.browser().client.oneTimeToken.verify({ token: data?.token ?? "none" }));
      t.result("oneTimeToken.verify, bad", await t.browser().client.oneTimeToken.verify({ token: "bad" }));
      const signed = decodeURIComponent(t.need(jar.cookies.get("mana.session_token"), "the session cookie"));
      const headers = { authorization: `Bearer ${signed}` };
      t.result("getSession by header", await t.browser().client.getSession({ fetchOptions: { headers } }));
    },
  },
  {
    name: "two factors",
    run: async (t) => {
      const { client } = t.browser();
      const email = t.email();
      await client.signUp.email({ email, password, name: "Client Person" });
      t.result("twoFactor.enable, wrong", await client.twoFactor.enable({ password: "wrong password" }));
      const data = t.result("twoFactor.enable", await client.twoFactor.enable({ password }));
      const uri = t.need(data?.totpURI, "the TOTP address");
      t.result("twoFactor.getTotpUri", await client.twoFactor.getTotpUri({ password }));
      t.result("twoFactor.verifyTotp", await client.twoFactor.verifyTotp({ code: await t.totp(uri, 0) }));
      t.result("signOut", await client.signOut());
      t.result("signIn.email", await client.signIn.email({ email, password }));
      t.result("twoFactor.verifyTotp, wrong", await client.twoFactor.verifyTotp({ code: "000000" }));
      t.result("twoFactor.sendOtp", await client.twoFactor.sendOtp());
      t.result("twoFactor.verifyOtp", await client.twoFactor.verifyOtp({ code: await t.mailedCode(email), trustDevice: true }));
      const codes = t.result("twoFactor.generateBackupCodes", await client.twoFactor.generateBackupCodes({ password }));
      const other = t.browser();
      t.result("signIn.email", await other.client.signIn.email({ email, password }));
      t.result("twoFactor.verifyBackupCode", await other.client.twoFactor.verifyBackupCode({ code: t.name(codes?.backupCodes?.[0] ?? "none", "<backup code>") }));
      t.result("twoFactor.disable", await other.client.twoFactor.disable({ password }));
    },
  },
  {
    name: "magic link and codes by mail",
    run: async (t) => {
      const { client } = t.browser();
      const email = t.email();
      t.result("signIn.magicLink", await client.signIn.magicLink({ email, name: "Linked", callbackURL: "/in" }));
      t.result("magicLink.verify", await client.magicLink.verify({ query: { token: await t.mailedToken(email) } }));
      t.result("getSession", await client.getSession());
      t.result("emailOtp.sendVerificationOtp", await client.emailOtp.sendVerificationOtp({ email, type: "sign-in" }));
      t.result("signIn.emailOtp", await client.signIn.emailOtp({ email, otp: await t.mailedCode(email) }));
      t.result("emailOtp.sendVerificationOtp", await client.emailOtp.sendVerificationOtp({ email, type: "email-verification" }));
      const code = await t.mailedCode(email);
      t.result("emailOtp.checkVerificationOtp", await client.emailOtp.checkVerificationOtp({ email, type: "email-verification", otp: code }));
      t.result("emailOtp.verifyEmail", await client.emailOtp.verifyEmail({ email, otp: code }));
      t.result("emailOtp.requestPasswordReset", await client.emailOtp.requestPasswordReset({ email }));
      t.result("emailOtp.resetPassword", await client.emailOtp.resetPassword({ email, otp: await t.mailedCode(email), password }));
      t.result("signIn.email", await client.signIn.email({ email, password }));
      t.result("forgetPassword.emailOtp", await client.forgetPassword.emailOtp({ email }));
      t.result("emailOtp.sendVerificationOtp", await client.emailOtp.sendVerificationOtp({ email, type: "email-verification" }));
      t.result("emailOtp.requestEmailChange", await client.emailOtp.requestEmailChange({ newEmail: t.email("next"), otp: await t.mailedCode(email) }));
      t.result("emailOtp.changeEmail", await client.emailOtp.changeEmail({ newEmail: t.email("next"), otp: await t.mailedCode(t.email("next")) }));
    },
  },
  {
    name: "passkeys",
    run: async (t) => {
      const { client } = t.browser();
      await client.signUp.email({ email: t.email(), password, name: "Client Person" });
      const device = t.authenticator();
      await t.withDevice(device, async () => {
        const added = t.result("passkey.addPasskey", await client.passkey.addPasskey({ name: "Laptop" }));
        t.result("passkey.listUserPasskeys", await client.passkey.listUserPasskeys());
        const other = t.browser();
        t.result("signIn.passkey", await other.client.signIn.passkey());
        t.result("getSession", await other.client.getSession());
        t.result("passkey.updatePasskey", await client.passkey.updatePasskey({ id: t.need(added?.id, "the passkey"), name: "Renamed" }));
        t.result("passkey.deletePasskey", await client.passkey.deletePasskey({ id: added.id }));
        t.result("signIn.passkey, deleted", await t.browser().client.signIn.passkey());
      });
    },
  },
  {
    name: "several people on one device",
    run: async (t) => {
      const { client } = t.browser();
      const first = t.result("signUp.email", await client.signUp.email({ email: t.email("first"), password, name: "First" }));
      t.result("signUp.email", await client.signUp.email({ email: t.email("second"), password, name: "Second" }));
      const list = await client.multiSession.listDeviceSessions();
      t.result("multiSession.listDeviceSessions", { ...list, data: list.data?.length });
      t.result("multiSession.setActive", await client.multiSession.setActive({ sessionToken: t.need(first?.token, "a token") }));
      t.result("multiSession.revoke", await client.multiSession.revoke({ sessionToken: first.token }));
      t.result("getSession", await client.getSession());
    },
  },
  {
    name: "useSession follows sign-in and sign-out",
    run: async (t) => {
      const { client } = t.browser();
      const states = [];
      const stop = client.useSession.subscribe(({ data, isPending }) => {
        if (!isPending) states.push(data?.user.name ?? null);
      });
      const until = async (wanted) => {
        for (let waited = 0; waited < 5_000 && states.at(-1) !== wanted; waited += 20) await sleep(20);
        t.record({ title: `useSession shows ${wanted}`, result: states.at(-1) === wanted });
      };
      await until(null);
      await client.signUp.email({ email: t.email(), password, name: "Watched" });
      await until("Watched");
      await client.updateUser({ name: "Watched twice" });
      await until("Watched twice");
      await client.signOut();
      await until(null);
      stop();
    },
  },
];
