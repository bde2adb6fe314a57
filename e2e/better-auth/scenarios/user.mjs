// The person: update and delete.
import { password, trustedOrigin } from "../lib/context.mjs";

export const scenarios = [
  {
    name: "update-user",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/update-user", { name: "New Name" });
      await tab.post("/update-user", { image: "https://images.example.test/x.png" });
      await tab.get("/get-session");
      await tab.post("/update-user", { image: null });
      await tab.post("/update-user", { name: "Löve 🚀", image: "https://images.example.test/y.png" });
      await tab.get("/get-session");
    },
  },
  {
    name: "update-user: what is refused",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/update-user", {});
      await tab.post("/update-user", { email: t.email("other") });
      await tab.post("/update-user", { email: t.email("other"), name: "x" });
      await tab.post("/update-user", { role: "admin" });
      await tab.post("/update-user", { accessTier: "founder" });
      await tab.post("/update-user", { twoFactorEnabled: true });
      await tab.post("/update-user", { unknown: 1 });
      await tab.post("/update-user", { emailVerified: true });
      await tab.post("/update-user", { id: "chosen", createdAt: "2020-01-01T00:00:00.000Z" });
      await tab.post("/update-user", { name: "Kept", emailVerified: true, id: "chosen", unknown: 1 });
      await tab.post("/update-user", { name: 5 });
      await tab.post("/update-user", { name: null });
      await tab.post("/update-user", { image: 5 });
      await tab.post("/update-user", { name: "" });
      await t.raw("POST", "/update-user", { jar: tab.jar, origin: true, json: [] });
      await tab.get("/get-session");
    },
  },
  {
    name: "delete-user with the password",
    run: async (t) => {
      const tab = await t.person();
      const kept = tab.jar.clone();
      await tab.post("/delete-user", { password: "wrong password" });
      await tab.post("/delete-user", { token: "bad" });
      await tab.post("/delete-user", { password: 5 });
      await tab.post("/delete-user", { password, callbackURL: "/bye" });
      await tab.get("/get-session");
      await t.raw("GET", "/get-session", { jar: kept });
      await t.signIn(tab.email);
      await t.person();
    },
  },
  {
    name: "delete-user without a password on a fresh session",
    run: async (t) => {
      const tab = await t.person();
      await tab.post("/delete-user", {});
      await t.signIn(tab.email);
    },
  },
  {
    name: "delete-user/callback needs a token",
    run: async (t) => {
      const tab = await t.person();
      await tab.get("/delete-user/callback?token=bad");
      await tab.get("/delete-user/callback?token=bad&callbackURL=/bye");
      await t.raw("GET", "/delete-user/callback?token=bad");
    },
  },
  {
    name: "delete-user by mail",
    variant: "verify",
    run: async (t) => {
      const email = t.email();
      await t.raw("POST", "/sign-up/email", { json: { email, password, name: "Leaving" } });
      await t.raw("GET", `/verify-email?token=${await t.mailedToken(email)}&callbackURL=/`);
      const tab = await t.signIn(email);
      await tab.post("/delete-user", { password: "wrong password" });
      await tab.post("/delete-user", { password, callbackURL: `${trustedOrigin}/bye` });
      const token = await t.mailedToken(email);
      await t.raw("GET", `/delete-user/callback?token=${token}`);
      await tab.get(`/delete-user/callback?token=${token}&callbackURL=${encodeURIComponent(`${trustedOrigin}/bye`)}`);
      await tab.get("/get-session");
      await t.signIn(email);
    },
  },
];
